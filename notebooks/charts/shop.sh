# The release `shop` with chart 0.1.0 from the registry, which forgets version 0.2.0 of the chart.
set -e
sh charts/aside.sh 12-upgrade.log
sh cluster/images.sh 2.0 2.1
docker rm -f -v lab-12-registry > /dev/null 2>&1 || true
sh charts/registry.sh
mkdir -p made/12
helm package charts/welcome -d made/12 > /dev/null
# Section 9 reads its digest there, also when its cells are run once more.
helm push made/12/welcome-0.1.0.tgz oci://localhost:5051/charts --plain-http > made/12/pushed.txt 2>&1
sh charts/gone.sh shop
helm -n lab-helm install shop oci://localhost:5051/charts/welcome --version 0.1.0 --plain-http \
    --set replicas=4,graceSeconds=4,service.nodePort=31124 --wait
sh cluster/reached.sh http://workbook:31124/version
