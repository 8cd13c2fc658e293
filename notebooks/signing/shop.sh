# The repository registry:5000/shop as it is found: Anna has signed 1.0. Somebody who could push, and has no key, has
# put an image of theirs there as 2.0 and as trial. Cleo has no key.
set -eu
sh signing/start.sh
publisher() { docker exec lab-13-publisher "$@"; }
publisher docker image inspect busybox:1.37 lab/welcome:1.0 > /dev/null 2>&1 ||
    docker save busybox:1.37 lab/welcome:1.0 | docker exec -i lab-13-publisher docker load -q > /dev/null
publisher notary delete registry:5000/shop --remote > /dev/null 2>&1 || true
for machine in publisher user; do
    docker exec lab-13-$machine sh -c 'rm -rf /root/.docker/trust/tuf/registry:5000/shop
        shop=$(docker image ls -q registry:5000/shop | sort -u)
        test -z "$shop" || docker rmi -f $(docker image ls -q registry:5000/shop --format "{{.Repository}}:{{.Tag}}" |
            grep -v "<none>")' > /dev/null 2>&1 || true
done
publisher rm -f /root/cleo.pub
sh signing/anna.sh
publisher docker tag busybox:1.37 registry:5000/shop:1.0
publisher docker trust signer add --key /root/anna.pub anna registry:5000/shop > /dev/null 2>&1
publisher docker trust sign registry:5000/shop:1.0 > /dev/null 2>&1
for tag in 2.0 trial; do sh signing/tampered.sh registry:5000/shop:$tag > /dev/null; done
echo "registry:5000/shop has 1.0, which Anna has signed, and 2.0 and trial, which nobody has"
