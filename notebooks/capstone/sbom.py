"""Writes an SPDX 2.3 document from what `go version -m` says of a program: `… | sbom.py IMAGE`."""

import json
import sys
import uuid
from datetime import UTC, datetime

modules = []
for line in sys.stdin:
    words = line.split()
    if words[:1] in (["mod"], ["dep"]) and len(words) >= 3:
        modules.append((words[1], words[2]))
    elif words[:1] == ["=>"]:  # what is used in place of the one before
        modules[-1] = (words[1], words[2])
if not modules:
    sys.exit("sbom.py: no modules on standard input")

packages = [
    {
        "SPDXID": f"SPDXRef-{number}",
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": f"pkg:golang/{name}@{version}",
            }
        ],
    }
    for number, (name, version) in enumerate(modules)
]
document = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": sys.argv[1],
    "documentNamespace": f"https://example.org/{uuid.uuid4()}",
    "creationInfo": {"created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "creators": ["Tool: sbom.py"]},
    "packages": packages,
    "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-0"},
        *(
            {"spdxElementId": "SPDXRef-0", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": one["SPDXID"]}
            for one in packages[1:]
        ),
    ],
}
print(json.dumps(document, indent=1))
