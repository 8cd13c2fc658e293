"""The hashes in a saved image, from its configuration up: python dockerfiles/chain.py FILE ID

An index names manifests by their SHA-256, and a manifest names its configuration in the same way. Each hash is
computed here and compared with the name; ID is the one that the engine reports.
"""

import hashlib
import json
import sys
import tarfile

file, answer = sys.argv[1:]
with tarfile.open(file) as image:
    files = {member.name: image.extractfile(member).read() for member in image if member.isfile()}


def sha256(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def chain(digest):
    """Follows an index to its manifests, and a manifest to its configuration."""
    content = files.get("blobs/sha256/" + digest.removeprefix("sha256:"))
    if content is None:
        return  # named, but not in this file: the image for another kind of machine
    assert sha256(content) == digest
    document = json.loads(content)
    if "manifests" in document:
        kind, named = "index", document["manifests"]
    elif "layers" in document:
        kind, named = "manifest", [document["config"]]
    else:
        kind, named = "configuration", []
    yield kind, digest
    for entry in named:
        # Not a note on how the image was built.
        if "vnd.docker.reference.type" not in entry.get("annotations", {}):
            yield from chain(entry["digest"])


config = json.loads(files["manifest.json"])[0]["Config"]
computed = [("configuration", sha256(files[config]))]
# Engines before 25 save no index.
for entry in json.loads(files.get("index.json", "{}")).get("manifests", []):
    computed += [step for step in chain(entry["digest"]) if step not in computed]
for kind, digest in computed:
    print(f"{kind:14} {digest} {'<- the ID that the engine reports' if digest == answer else ''}".rstrip())
