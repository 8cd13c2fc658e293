### given
docker rm -f -v lab-16-registry > /dev/null 2>&1 || true
rm -rf made/16/*
sh capstone/image.sh
sh capstone/registry.sh
export COSIGN_PASSWORD=
at=localhost:5061/lab/counter
push() { docker tag "${1:-lab/counter:3.0}" $at:3.0; docker push -q $at:3.0; }
key() { cosign generate-key-pair --output-key-prefix "made/16/${1:-cosign}"; }
digest() { sh capstone/digest.sh 3.0; }
sign() { cosign sign --key "made/16/${1:-cosign}.key" --tlog-upload=false --yes "$at@$(digest)"; }
list() { syft -q lab/counter:3.0 -o spdx-json > made/16/sbom.json; }
# The kind of it, and whose key.
attest() {
    cosign attest --key "made/16/${2:-cosign}.key" --type "${1:-spdxjson}" --predicate made/16/sbom.json \
        --tlog-upload=false --yes "$at@$(digest)"
}

### right spdx: An SPDX document.
push; key; sign; list; attest

### right cyclonedx: CycloneDX, written by hand from go.mod; the list comes before the signature, and the key has a password.
push
export COSIGN_PASSWORD=secret
key
modules=$(sed -n 's/^\t\([^ ]*\) \(v[^ ]*\)$/{"type": "library", "name": "\1", "version": "\2"}/p' 16-app/go.mod | paste -s -d , -)
echo '{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": ['"$modules"']}' > made/16/sbom.json
attest cyclonedx
sign

### wrong unpushed: There is a key.
key

### wrong other (breaks 1): Another image was pushed under the tag, and signed.
push lab/welcome:1.0; key; sign; list; attest

### wrong unsigned (breaks 2): Nobody signed it.
push; key; list; attest

### wrong stranger (breaks 2): Somebody else signed it.
push; key; key stranger; sign stranger; list; attest

### wrong older (breaks 2): What is signed was replaced since, on both sides.
push; key; sign; list; attest
printf 'FROM lab/counter:3.0\nLABEL again=1\n' | docker build -q -t lab/counter:3.0 -
push

### wrong without (breaks 3): There is no list.
push; key; sign

### wrong theirs (breaks 3): Somebody else vouches for the list.
push; key; sign; list; key stranger; attest spdxjson stranger

### wrong short (breaks 3): A module is missing in the list.
push; key; sign; list
python -c 'import json
name = "made/16/sbom.json"
sbom = json.load(open(name))
sbom["packages"] = [one for one in sbom["packages"] if "mux" not in one["name"]]
json.dump(sbom, open(name, "w"))'
attest

### wrong outdated (breaks 3): A module in another version.
push; key; sign; list
# All of it is one line.
sed -i.bak 's/v1.8.1/v1.8.0/g' made/16/sbom.json
attest

### undo
docker rm -f -v lab-16-registry > /dev/null 2>&1 || true
docker rmi -f lab/counter:3.0 localhost:5061/lab/counter:3.0 > /dev/null 2>&1 || true
rm -rf 16-app 16-app-* made/16/*
