# Asks the API server to evict a pod, as `kubectl drain` does:  08-evict.sh POD
kubectl create --raw "/api/v1/namespaces/lab-deployments/pods/$1/eviction" -f - <<END
{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "$1", "namespace": "lab-deployments"}}
END
