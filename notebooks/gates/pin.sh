# Gives an image that is in the node a name with its digest, and prints that. An image from a registry has one by its pull.
#   pin.sh IMAGE NAME
set -e
digest=$(docker exec workbook ctr -n k8s.io images ls "name==docker.io/$1" | awk 'NR == 2 { print $3 }')
[ -n "$digest" ] || { echo "the node has no image $1" >&2; exit 1; }
docker exec workbook ctr -n k8s.io images tag --force "docker.io/$1" "docker.io/$2@$digest" > /dev/null
for _ in $(seq 100); do   # what the kubelet asks hears of it a moment later
    docker exec workbook crictl inspecti -q "$2@$digest" > /dev/null 2>&1 && break
    sleep 0.1
done
echo "$2@$digest"
