"""A bill of materials in SPDX 2.3: from standard input what `go version -m` says of a program, to standard output JSON.

python signing/sbom.py NAME < modules.txt
"""

import json
import sys
from datetime import UTC, datetime

name, modules = sys.argv[1], []
for line in sys.stdin:
    words = line.split()
    if words[:1] == ["dep"] or words[:1] == ["mod"]:
        modules.append((words[1], words[2]))
    elif line.strip() and not line.startswith(("\t", " ")) and "go1" in line:
        modules.append(("stdlib", words[-1].removeprefix("go")))

packages = [
    {
        "SPDXID": f"SPDXRef-{number}",
        "name": module,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": f"pkg:golang/{module}@{version}",
            }
        ],
    }
    for number, (module, version) in enumerate(modules)
]
document = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": name,
    "documentNamespace": f"https://example.org/sbom/{name}",
    "creationInfo": {
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "creators": ["Tool: container-workbook"],
    },
    "packages": packages,
    "relationships": [
        {
            "spdxElementId": "SPDXRef-DOCUMENT",
            "relationshipType": "DESCRIBES",
            "relatedSpdxElement": package["SPDXID"],
        }
        for package in packages
    ],
}
json.dump(document, sys.stdout, indent=1)
