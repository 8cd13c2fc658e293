# Puts lab/welcome:VERSION on the nodes unless they list it, and waits until they do:  08-images.sh [VERSION]
# 2.0 is built as in section 3 when it is missing.
set -e
image=lab/welcome:${1:-2.0}
lists() { minikube image ls | grep -q "$image\$"; }
[ "$image" != lab/welcome:2.0 ] || docker image inspect $image > /dev/null 2>&1 ||
    docker build -q --build-arg VERSION=2.0 -t $image -f deployment/Dockerfile app
lists || minikube image load $image
for _ in $(seq 100); do
    lists && exit
    sleep 0.2
done
echo "the nodes do not list $image"
exit 1
