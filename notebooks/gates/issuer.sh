# The company's issuer of identities: a container on the network of the cluster's nodes, with an address that stays, and
# no port of this machine.
set -e
name=lab-15-issuer
subnet=$(docker network inspect workbook -f '{{(index .IPAM.Config 0).Subnet}}')
address=${subnet%.*}.200
url=https://$address:8443
if ! docker start $name > /dev/null 2>&1 || [ "$(docker exec $name printenv ISSUER)" != "$url" ]; then
    docker rm -f $name > /dev/null 2>&1 || true
    docker run -d --name $name --network workbook --ip "$address" -e ISSUER="$url" \
        --cap-drop ALL --security-opt no-new-privileges lab/issuer:1 > /dev/null
fi
for _ in $(seq 100); do
    docker exec workbook curl -skf -o /dev/null "$url/keys" && echo "the issuer answers at $url" && exit
    sleep 0.2
done
echo "the issuer does not answer at $url"
docker logs --tail 5 $name
exit 1
