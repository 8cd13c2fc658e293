# The third exercise: pushed, signed and attested with the key in made/16; nothing is done twice.
set -e
sh capstone/image.sh
sh capstone/registry.sh
at=localhost:5061/lab/counter
docker tag lab/counter:3.0 $at:3.0
docker push -q $at:3.0 > /dev/null
digest=$(sh capstone/digest.sh 3.0)
export COSIGN_PASSWORD=
mkdir -p made/16
[ -e made/16/cosign.key ] && [ -e made/16/cosign.pub ] || {
    rm -f made/16/cosign.key made/16/cosign.pub
    cosign generate-key-pair --output-key-prefix made/16/cosign > /dev/null 2>&1
}
verify="--key made/16/cosign.pub --insecure-ignore-tlog=true"
cosign verify $verify $at@$digest > /dev/null 2>&1 ||
    cosign sign --key made/16/cosign.key --tlog-upload=false --yes $at@$digest > /dev/null 2>&1
cosign verify-attestation --type spdxjson $verify $at@$digest > /dev/null 2>&1 || {
    syft -q lab/counter:3.0 -o spdx-json > made/16/sbom.json
    cosign attest --key made/16/cosign.key --type spdxjson --predicate made/16/sbom.json --tlog-upload=false \
        --yes $at@$digest > /dev/null 2>&1
}
