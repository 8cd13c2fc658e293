"""What couriers bring: images' configurations with a publisher's signature, in made/13/courier, and the key that the
publisher has handed you in person, in made/13/publisher.pub.

Each folder has config.json, and in digest the SHA-256 of it, as sha256:…, in digest.sig the signature (Ed25519) on
exactly that text, and in publisher.pub the key with which the courier asks you to verify.
"""

import hashlib
import json
import shutil
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PLACE = Path("made/13/courier")


def digest(config: bytes) -> bytes:
    return b"sha256:" + hashlib.sha256(config).hexdigest().encode()


def public(key: Ed25519PrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def bring(name: str, config: bytes, said: bytes, signature: bytes | None, key: bytes) -> None:
    folder = PLACE / name
    folder.mkdir(parents=True)
    files = {"config.json": config, "digest": said, "digest.sig": signature, "publisher.pub": key}
    for file, content in files.items():
        if content is not None:
            (folder / file).write_bytes(content)


shutil.rmtree(PLACE, ignore_errors=True)
publisher, mallory = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
config = json.dumps({"architecture": "amd64", "config": {"Cmd": ["/till"], "Env": ["BANK=one"]}}).encode()
changed = config.replace(b"BANK=one", b"BANK=two")
good = digest(config)
Path("made/13/publisher.pub").write_bytes(public(publisher))
bring("monday", config, good, publisher.sign(good), public(publisher))
bring("tuesday", changed, good, publisher.sign(good), public(publisher))
bring("wednesday", changed, digest(changed), mallory.sign(digest(changed)), public(mallory))
bring("thursday", config, good, None, public(publisher))
print("four deliveries are in made/13/courier; which of them would you run?")
