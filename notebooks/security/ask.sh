# Asks the engine in lab-14-host by TCP, as somebody on the same network:  ask.sh FOLDER|none PORT ARGUMENTS…
# FOLDER has ca.pem, cert.pem and key.pem; with none the client speaks plain HTTP. ARGUMENTS are docker's.
set -e
folder=$1 port=$2
shift 2
docker rm -f lab-14-client > /dev/null 2>&1 || true
docker create --name lab-14-client --network lab-14 docker:26.1-dind sleep 1000000 > /dev/null
[ "$folder" = none ] || docker cp -q "$folder" lab-14-client:/certs
docker start lab-14-client > /dev/null
tls=
[ "$folder" = none ] || tls='-e DOCKER_TLS_VERIFY=1 -e DOCKER_CERT_PATH=/certs'
docker exec $tls -e DOCKER_HOST="tcp://${HOST:-lab-14-host}:$port" lab-14-client docker "$@"
