# Brings a file with issuers to the API server, and waits until it goes by it, some ten seconds. ISSUER and CA stand in
# the file for the company's issuer, and for its authority. A file that it refuses is taken away again.
#   believe.sh FILE
folder=/var/lib/minikube/certs/ways-in
[ -r "$1" ] || { echo "there is no file $1"; exit 1; }
issuer=$(docker exec lab-15-issuer printenv ISSUER) || exit
ca=$(docker exec lab-15-issuer cat ca.crt | awk '{ printf "%s\\n", $0 }')
began=$(docker exec workbook date -u +%Y-%m-%dT%H:%M:%SZ)
docker exec workbook test -d $folder ||
    { echo "the API server has no such file yet: lab.ways_in.add() gives it one"; exit 1; }
CA=$ca awk -v issuer="$issuer" '
    { gsub(/ISSUER/, issuer)
      at = match($0, /CA$/)
      if (at) print substr($0, 1, at - 1) "\"" ENVIRON["CA"] "\""
      else print }' "$1" |
    docker exec -i workbook sh -c "cd $folder && cat > .new && cp authentication.yaml .old && mv .new authentication.yaml" ||
    exit
hash=$(docker exec workbook sha256sum $folder/authentication.yaml | cut -d ' ' -f 1)
for _ in $(seq 160); do
    if kubectl get --raw /metrics | grep -q "^apiserver_authentication_config_controller_last_config_info.*$hash"; then
        echo "the API server goes by $1"
        exit
    fi
    # The server says in its log why it stays with the file that it had.
    why=$(kubectl -n kube-system logs -l component=kube-apiserver --since-time="$began" --tail=-1 2> /dev/null |
        awk '/"failed to [a-z]+ authentication config" err="/ { sub(/.*err="/, ""); sub(/"$/, ""); why = $0 }
             /"failed to [a-z]+ authentication config" err=<$/ { getline; sub(/^[ \t]+/, ""); why = $0 }
             END { print why }')
    [ -z "$why" ] || break
    sleep 0.5
done
# With a file that it refuses it would not start again.
docker exec workbook mv $folder/.old $folder/authentication.yaml
echo "the API server stays with what it had: ${why:-it does not say why}"
exit 1
