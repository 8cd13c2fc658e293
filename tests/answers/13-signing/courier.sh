### given
rm -f 13-verify.py 13-verify.sh
begin() {
    cat > 13-verify.py << 'EOF'
import hashlib
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

folder, key = Path(sys.argv[1]), Path(sys.argv[2])
config = (folder / "config.json").read_bytes()
said = (folder / "digest").read_bytes()
digest = b"sha256:" + hashlib.sha256(config).hexdigest().encode()
signature = folder / "digest.sig"
EOF
    cat >> 13-verify.py
}

### right own: It trusts only what it has computed.
begin << 'EOF'
load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), digest)
EOF

### right both: It compares, then verifies what was brought, and says why not.
begin << 'EOF'
if said != digest:
    sys.exit("the configuration was changed")
try:
    load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), said)
except (InvalidSignature, OSError) as problem:
    print(repr(problem))
    sys.exit(3)
EOF

### right openssl: Without Python.
cat > 13-verify.sh << 'EOF'
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
printf 'sha256:%s' "$(openssl dgst -sha256 -r "$1/config.json" | cut -d ' ' -f 1)" > "$work/digest"
openssl pkeyutl -verify -pubin -inkey "$2" -rawin -in "$work/digest" -sigfile "$1/digest.sig"
EOF

### wrong nothing: There is no program.
ls

### wrong never (breaks 1): It takes nothing at all.
begin << 'EOF'
sys.exit("better safe than sorry")
EOF

### wrong other-text (breaks 1): It verifies the signature on the file itself, and not on its digest.
begin << 'EOF'
load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), config)
EOF

### wrong said (breaks 2): It believes the digest that was brought.
begin << 'EOF'
load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), said)
EOF

### wrong sound (breaks 2): It looks whether the configuration is JSON, and believes the digest that was brought.
begin << 'EOF'
import json
json.loads(config)
load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), said)
EOF

### wrong brought-key (breaks 3): It verifies with the key that came with the delivery.
begin << 'EOF'
load_pem_public_key((folder / "publisher.pub").read_bytes()).verify(signature.read_bytes(), digest)
EOF

### wrong same-key: It looks whether the key in the folder is the publisher's, and never at the signature.
begin << 'EOF'
same = (folder / "publisher.pub").read_bytes() == key.read_bytes()
sys.exit(0 if same and said == digest and signature.exists() else 1)
EOF

### wrong unsigned (breaks 4): No signature, nothing to complain of.
begin << 'EOF'
assert said == digest
if signature.exists():
    load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), digest)
EOF

### wrong says: It finds everything, says so, and ends with status 0.
begin << 'EOF'
try:
    load_pem_public_key(key.read_bytes()).verify(signature.read_bytes(), digest)
    print("good")
except Exception:
    print("BAD")
EOF

### undo
rm -f 13-verify.py 13-verify.sh
