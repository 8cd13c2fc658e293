# 16-chart: the chart of chapter 12 for version 3.0 of the app, by digest, and fit for the level restricted.
set -e
sh charts/aside.sh 16-chart
cp -R charts/welcome 16-chart
sed -i.bak 's/^version: .*/version: 0.2.0/; s/^appVersion: .*/appVersion: "3.0"/' 16-chart/Chart.yaml
sed -i.bak 's|^\( *\)image: ".*|\1image: "{{ .Values.image.repository }}@{{ required "image.digest" .Values.image.digest }}"\
\1securityContext:\
\1  runAsNonRoot: true\
\1  allowPrivilegeEscalation: false\
\1  capabilities: {drop: [ALL]}\
\1  seccompProfile: {type: RuntimeDefault}|' 16-chart/templates/deployment.yaml
sed -i.bak 's|^  repository: .*|  repository: registry.local:5000/lab/counter|; s|^  tag: .*|  digest: ""|' \
    16-chart/values.yaml
find 16-chart -name '*.bak' -exec rm {} +
