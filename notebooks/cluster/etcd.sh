# The keys in etcd that have a word in them, as the namespace; of its events, which can be hundreds, the first four. Runs
# in the node: etcd answers on its loopback, to those who show a certificate that it knows. Its API takes and gives keys in
# base64.
certs=/var/lib/minikube/certs/etcd
curl -sS --cacert $certs/ca.crt --cert $certs/server.crt --key $certs/server.key \
    https://127.0.0.1:2379/v3/kv/range \
    -d "{\"key\": \"$(printf /registry/ | base64)\", \"range_end\": \"$(printf /registry0 | base64)\", \"keys_only\": true}" |
    grep -o '"key":"[^"]*"' | cut -d '"' -f 4 | while read -r key; do
        echo "$key" | base64 -d
        echo
    done | grep -F "/$1/" |
    awk '/^\/registry\/events\// && ++events > 4 { next }
        { print }
        END { if (events > 4) print "(and " events - 4 " more events)" }'
