"""Prints what an attestation says of which image; from standard input what `cosign verify-attestation` prints."""

import base64
import json
import sys

statement = json.loads(base64.b64decode(json.loads(sys.stdin.readline())["payload"]))
for subject in statement["subject"]:
    print("of", subject["name"], "sha256:" + subject["digest"]["sha256"])
print("it is", statement["predicateType"])
for package in statement["predicate"]["packages"]:
    print("    ", package["name"], package.get("versionInfo", ""))
