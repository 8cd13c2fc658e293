# Waits until an address answers that users of the cluster's nodes ask, as the node itself sees it:  reached.sh URL
for _ in $(seq 300); do
    docker exec workbook curl -fs -o /dev/null "$1" && exit
    sleep 0.2
done
echo "nobody answers at $1"
exit 1
