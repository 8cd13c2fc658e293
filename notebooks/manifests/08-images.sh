# Builds lab/welcome:2.0 and puts it on the nodes, as the cells of section 3 do, unless it is there.
set -e
lists() { minikube image ls | grep -q 'lab/welcome:2.0$'; }
docker image inspect lab/welcome:2.0 > /dev/null 2>&1 ||
    docker build -q --build-arg VERSION=2.0 -t lab/welcome:2.0 -f deployment/Dockerfile app
lists || minikube image load lab/welcome:2.0
for _ in $(seq 100); do
    lists && exit
    sleep 0.2
done
echo "the nodes do not list lab/welcome:2.0"
exit 1
