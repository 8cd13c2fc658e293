# What etcd holds under a key, as readable text. Runs in the node:  10-etcd.sh KEY
# cluster/etcd.sh of chapter 06 lists the keys.
certs=/var/lib/minikube/certs/etcd
curl -sS --cacert $certs/ca.crt --cert $certs/server.crt --key $certs/server.key \
    https://127.0.0.1:2379/v3/kv/range -d "{\"key\": \"$(printf %s "$1" | base64 -w0)\"}" |
    grep -o '"value":"[^"]*"' | cut -d '"' -f 4 | base64 -d | tr -c '[:print:]' '\n' | grep -E '.{4,}'
