# The registry of this chapter: localhost:5061 for you, registry.local:5000 for the cluster's node.
docker start lab-16-registry > /dev/null 2>&1 ||
    docker run -d --name lab-16-registry --network workbook --network-alias registry.local \
        -p 127.0.0.1:5061:5000 registry:2.8.2 > /dev/null || exit 1
curl -fs --retry 300 --retry-delay 1 --retry-all-errors http://localhost:5061/v2/ > /dev/null
