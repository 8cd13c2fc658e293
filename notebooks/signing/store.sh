# Fills the store: welcome:1.0 is our app, signed with made/13/cosign.key; foreign:1.0 is signed with
# made/13/mallory.key; unsigned:1.0 with none.
set -eu
sh signing/fresh.sh > /dev/null
mkdir -p made/13/store
[ -e made/13/cosign.password ] || (umask 077; openssl rand -hex 16 > made/13/cosign.password)
COSIGN_PASSWORD="$(cat made/13/cosign.password)"
export COSIGN_PASSWORD
for who in cosign mallory; do
    [ -e made/13/$who.key ] || cosign generate-key-pair --output-key-prefix made/13/$who 2> /dev/null
done
# Made anew, so that whoever signed the one before has not signed this one.
for name in unsigned foreign; do
    docker rmi -f localhost:5052/lab/$name:1.0 > /dev/null 2>&1 || true
    printf 'FROM lab/welcome:1.0\nLABEL made="%s %s"\n' $name "$(date)" |
        docker build -q -t localhost:5052/lab/$name:1.0 - > /dev/null
    docker push -q localhost:5052/lab/$name:1.0 > /dev/null
done
sign() {
    digest=$(docker image inspect --format '{{join .RepoDigests "\n"}}' "localhost:5052/lab/$2:1.0" |
        grep "^localhost:5052/lab/$2@")
    cosign sign --key "made/13/$1.key" --tlog-upload=false --yes "$digest" 2> made/13/store/signed.txt ||
        { cat made/13/store/signed.txt; exit 1; }
}
cosign verify --key made/13/cosign.pub --insecure-ignore-tlog=true localhost:5052/lab/welcome:1.0 > /dev/null 2>&1 ||
    sign cosign welcome
sign mallory foreign
echo "the store has welcome:1.0, foreign:1.0 and unsigned:1.0"
