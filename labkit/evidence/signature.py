"""What cosign says of an image in a registry: who has signed it, and what has been attested of it."""

import base64
import json
import os
import re
import subprocess
from pathlib import Path

from labkit import cluster as workbook
from labkit.evidence import registry

# What an SBOM may be, by cosign's names for the kinds of attestations.
SBOMS = ("spdxjson", "spdx", "cyclonedx")


def _cosign(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["cosign", *words], capture_output=True, text=True, env={**os.environ, **workbook.variables()}
    )


def unverified(reference: str, key: Path) -> str:
    """Why cosign does not find a good signature by a public key on an image; nothing when it does. reference: with a
    digest. The transparency log is not asked: nothing of the lab is in it."""
    ended = _cosign("verify", "--key", str(key), "--insecure-ignore-tlog=true", reference)
    return "" if ended.returncode == 0 else _why(ended)


def attested(reference: str, key: Path, kinds: tuple[str, ...] = SBOMS) -> list[dict]:
    """What the owner of a key attested of an image, of these kinds; nothing when cosign finds none."""
    found = []
    for kind in kinds:
        options = ("--type", kind, "--key", str(key), "--insecure-ignore-tlog=true")
        ended = _cosign("verify-attestation", *options, reference)
        for line in ended.stdout.splitlines() if ended.returncode == 0 else ():
            if line.startswith("{"):
                statement = json.loads(base64.b64decode(json.loads(line)["payload"]))
                predicate = statement.get("predicate")
                # Some kinds carry the document as text.
                found.append(json.loads(predicate) if isinstance(predicate, str) else predicate)
    return found


def modules(document: dict) -> set[tuple[str, str]]:
    """Name and version of everything that an SBOM lists, in SPDX's or CycloneDX's form."""
    packages = document.get("packages") or document.get("components") or ()
    return {(one.get("name", ""), one.get("versionInfo") or one.get("version") or "") for one in packages}


def signed(container: str, address: str, repository: str, key: Path) -> set[str]:
    """The digests of a repository on which there is a good signature by a key. container, address: of the registry.
    Raises as registry.tags."""
    names = registry.tags(container, repository)
    digests = [f"sha256:{found[1]}" for name in names if (found := re.fullmatch(r"sha256-([0-9a-f]{64})\.sig", name))]
    return {digest for digest in digests if not unverified(f"{address}/{repository}@{digest}", key)}


def _why(ended: subprocess.CompletedProcess) -> str:
    lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:]
    return (errors[0].removeprefix("Error: ") if errors else f"it ended with status {ended.returncode}")[:200]
