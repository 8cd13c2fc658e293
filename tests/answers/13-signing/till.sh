### given
sh signing/shop.sh
publisher() { docker exec lab-13-publisher "$@"; }
shop=registry:5000/shop
key() { publisher docker trust key generate cleo --dir /root; }
signer() { publisher docker trust signer add --key /root/cleo.pub cleo $shop; }
named() { publisher docker tag lab/welcome:1.0 $shop:2.0; }

### right steps: A key, a signer, a name, a signature.
key
signer
named
publisher docker trust sign $shop:2.0

### right push: Signed by a push with content trust.
key
signer
named
docker exec -e DOCKER_CONTENT_TRUST=1 lab-13-publisher docker push $shop:2.0

### right notary: Delegations by Notary's own command line, and an engine that pulls nothing.
key
publisher notary delegation add $shop targets/cleo /root/cleo.pub --all-paths -p
publisher notary delegation add $shop targets/releases /root/cleo.pub --all-paths -p
named
publisher docker trust sign $shop:2.0

### right mended: What lay there was signed by mistake, and then the real one.
key
signer
publisher docker pull -q $shop:2.0
publisher docker trust sign $shop:2.0
named
publisher docker trust sign --local $shop:2.0

### wrong pushed (breaks 1): Pushed, and not signed.
key
signer
named
publisher docker push -q $shop:2.0

### wrong foreign (breaks 1): What lay there was signed.
key
signer
publisher docker pull -q $shop:2.0
publisher docker trust sign $shop:2.0

### wrong anna (breaks 2): Anna's key has signed once more.
named
publisher docker trust sign $shop:2.0

### wrong shared (breaks 2): Cleo signs with Anna's key.
publisher cp /root/anna.pub /root/cleo.pub
signer
named
publisher docker trust sign $shop:2.0

### wrong moved (breaks 3): The tag was moved afterwards.
key
signer
named
publisher docker trust sign $shop:2.0
sh signing/tampered.sh $shop:2.0

### wrong all (breaks 4): Whatever was there was signed.
key
signer
named
publisher docker trust sign $shop:2.0
publisher docker pull -q $shop:trial
publisher docker trust sign $shop:trial

### wrong anew (breaks 5): The repository was deleted at Notary, and begun again.
key
publisher notary delete $shop --remote
publisher rm -rf /root/.docker/trust/tuf/$shop
signer
named
publisher docker trust sign $shop:2.0

### undo
sh signing/shop.sh
