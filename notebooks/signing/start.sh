# Starts what the sections on Docker Content Trust need, unless it runs already: on a network of their own (lab-13) a
# registry and a Notary, which speak TLS with certificates of a CA made here, and two machines with an engine each, the
# publisher's and the user's, which know that CA. Only the publisher's has passphrases, for the keys that it will make.
#
#   start.sh [anew]   anew: makes all of it anew, without what was signed
set -eu
there=$(docker ps -q -f name='^lab-13-(registry|notary|publisher|user)$' | wc -l)
[ "${1:-}" = anew ] || [ "$there" -ne 4 ] || [ ! -e made/13/tls/notary.crt ] || exit 0
echo "starting a registry, a Notary, and two machines"
docker rm -fv lab-13-registry lab-13-notary lab-13-publisher lab-13-user lab-13-mallory > /dev/null 2>&1 || true
docker network inspect lab-13 > /dev/null 2>&1 || docker network create lab-13 > /dev/null

rm -rf made/13/tls
mkdir -p made/13/tls
(
    cd made/13/tls
    umask 077
    for name in ca registry notary; do openssl ecparam -name prime256v1 -genkey -noout -out $name.key; done
    openssl req -x509 -new -key ca.key -subj /CN=lab-13-ca -days 30 -out ca.crt
    for name in registry notary; do
        openssl req -new -key $name.key -subj /CN=$name -out $name.csr
        echo "subjectAltName=DNS:$name" > $name.ext
        openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile $name.ext \
            -out $name.crt
    done
    for what in ROOT REPOSITORY; do
        echo "DOCKER_CONTENT_TRUST_${what}_PASSPHRASE=$(openssl rand -hex 16)"
    done > passphrases
    sed -n 's/^DOCKER_CONTENT_TRUST_ROOT_/NOTARY_ROOT_/p' passphrases > notary
    for role in TARGETS SNAPSHOT DELEGATION; do
        sed -n "s/^DOCKER_CONTENT_TRUST_REPOSITORY_/NOTARY_${role}_/p" passphrases
    done >> notary
    cat notary >> passphrases
) 2> made/13/tls/log || { cat made/13/tls/log; exit 1; }

docker create --name lab-13-registry --network lab-13 --network-alias registry \
    -e REGISTRY_HTTP_TLS_CERTIFICATE=/tls.crt -e REGISTRY_HTTP_TLS_KEY=/tls.key registry:2.8.2 > /dev/null
docker create --name lab-13-notary --network lab-13 --network-alias notary \
    lab/notary:0.7 notaryd /tls.crt /tls.key > /dev/null
for name in registry notary; do
    docker cp -q made/13/tls/$name.crt lab-13-$name:/tls.crt
    docker cp -q made/13/tls/$name.key lab-13-$name:/tls.key
done

machine() {
    name=$1
    shift
    docker create --privileged --name "$name" --hostname "${name#lab-13-}" --network lab-13 \
        -e DOCKER_CONTENT_TRUST_SERVER=https://notary:4443 "$@" docker:26.1-dind > /dev/null
}
machine lab-13-publisher --env-file made/13/tls/passphrases
machine lab-13-user
docker start lab-13-registry lab-13-notary lab-13-publisher lab-13-user > /dev/null
for machine in lab-13-publisher lab-13-user; do
    docker exec -i $machine sh -c 'mkdir -p /etc/docker/certs.d/registry:5000 "$HOME/.docker/tls/notary:4443"
        tee /etc/docker/certs.d/registry:5000/ca.crt > "$HOME/.docker/tls/notary:4443/ca.crt"' < made/13/tls/ca.crt
done
# The command notary, for the machines alone.
docker run --rm --name lab-13-copy lab/notary:0.7 cat /usr/local/bin/notary > made/13/tls/program
for machine in lab-13-publisher lab-13-user; do
    docker exec -i $machine sh -c 'cat > /usr/local/bin/notary && chmod +x /usr/local/bin/notary' < made/13/tls/program
    docker exec -i $machine sh -c 'mkdir -p "$HOME/.notary" && cat > "$HOME/.notary/config.json"' << 'EOF'
{"trust_dir": "/root/.docker/trust",
 "remote_server": {"url": "https://notary:4443", "root_ca": "/root/.docker/tls/notary:4443/ca.crt"}}
EOF
done
rm made/13/tls/program made/13/tls/passphrases made/13/tls/notary
sh deployment/engine.sh lab-13-publisher lab-13-user
# What the publisher is going to publish.
docker save busybox:1.37 lab/welcome:1.0 | docker exec -i lab-13-publisher docker load -q
