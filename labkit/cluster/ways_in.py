"""Three more ways to the API server, and one more to say who may what: a file with tokens, a file with policies (ABAC),
and issuers of identities (OpenID Connect).

The API server learns of the files from its flags, so its manifest is changed; the kubelet then starts it anew. The file
with issuers is looked at again whenever it changes, the two others are read at its start alone
(https://kubernetes.io/docs/reference/access-authn-authz/authentication/, read 2026-11). A change that it does not
survive, or that is broken off, is taken back at once.
"""

import hashlib
import io
import json
import re
import tarfile

from labkit import cluster, engine
from labkit.cluster import PROFILE, static_pods
from labkit.errors import Trouble
from labkit.report import Report

# Of the node's folders this is below one that the API server sees, and stays when the node is started again.
FOLDER = "/var/lib/minikube/certs/ways-in"
TOKENS, POLICIES, ISSUERS = "tokens.csv", "policies.jsonl", "authentication.yaml"
_NOTHING = {
    TOKENS: "",
    POLICIES: "",
    ISSUERS: "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: []\n",
}
_MANIFEST = "kube-apiserver.yaml"
# The manifest as it was changed here, on the node: by this one sees whether it is still so.
_OURS = "/etc/workbook/ways-in"

# What the next add() brings to the node: texts, by the names of the files.
given: dict[str, str] = {}


def add(report: Report) -> None:
    """The ways are open when this returns, with the files that are given, that are there, or that have nothing in them.

    Raises Trouble with the API server's own words when it does not run so; they are then closed, and the files gone.
    """
    there = cluster.in_node(PROFILE, f"mkdir -p -m 700 {FOLDER}; ls {FOLDER}").split()
    brought = {name: text for name, text in _NOTHING.items() if name not in there} | given
    given.clear()
    if brought:
        _bring(FOLDER, brought)
    wanted = changed(static_pods.copy(_MANIFEST), _stamp())
    if static_pods.now(_MANIFEST) == wanted:
        if missing := static_pods.settle(report):
            raise Trouble(f"the API server is not ready: {missing}", "it to be", "run this again")
        return
    cluster.in_node(PROFILE, f"mkdir -p {_OURS}")
    _bring(_OURS, {_MANIFEST: wanted})
    missing = "it was broken off"
    try:
        report.detail("the API server starts anew")
        began = cluster.in_node(PROFILE, "date +%s%N")
        static_pods.replace(_MANIFEST, f"{_OURS}/{_MANIFEST}")
        missing = static_pods.settle(report, lambda: _has_ended_twice(int(began)))
    finally:
        if missing:
            why = _last_words()
            static_pods.put_back()
            cluster.in_node(PROFILE, f"rm -rf {FOLDER} {_OURS}")
    if missing:
        static_pods.settle(report)
        raise Trouble(
            f"the API server does not run with these files: {why or missing}",
            "one that does",
            "the API server is as the cluster was made; mend the file, then run this again",
        )


def remove(report: Report) -> None:
    """The API server is as the cluster was made, and the files are gone."""
    static_pods.restore(report)
    cluster.in_node(PROFILE, f"rm -rf {FOLDER} {_OURS}")


def kept() -> tuple[str, ...]:
    """The manifests that are as add() has left them."""
    same = cluster.in_node(PROFILE, f"cmp -s {_OURS}/{_MANIFEST} {static_pods.NOW}/{_MANIFEST} && echo same || true")
    return (_MANIFEST,) if same else ()


def changed(manifest: str, stamp: str) -> str:
    """The API server's manifest with the flags. stamp: of the files that it reads at its start; the kubelet starts what
    another manifest describes."""
    flags = (
        f"--token-auth-file={FOLDER}/{TOKENS}",
        f"--authentication-config={FOLDER}/{ISSUERS}",
        f"--authorization-policy-file={FOLDER}/{POLICIES}",
    )
    for pattern, replacement in (
        (r"^( +)- kube-apiserver$", r"\g<0>" + "".join(rf"\n\1- {flag}" for flag in flags)),
        (r"^( +- --authorization-mode=)(\S+)$", r"\1\2,ABAC"),
        (r"^( +)annotations:$", rf"\g<0>\n\1  workbook/ways-in: '{stamp}'"),
    ):
        manifest, times = re.subn(pattern, replacement, manifest, count=1, flags=re.MULTILINE)
        if not times:
            raise Trouble(f"the API server's manifest has no line {pattern}", "one as kubeadm writes it")
    return manifest


def _stamp() -> str:
    text = cluster.in_node(PROFILE, f"sha256sum {FOLDER}/{TOKENS} {FOLDER}/{POLICIES}")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _bring(folder: str, texts: dict[str, str]) -> None:
    """Puts files into a folder of the node. Not by a command: all processes of a machine see those."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in texts.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o600
            archive.addfile(entry, io.BytesIO(text.encode()))
    engine.client().containers.get(PROFILE).put_archive(folder, packed.getvalue())


def _has_ended_twice(since: int) -> bool:
    """Whether the API server was started since then (nanoseconds) and has ended, twice: that is not by chance."""
    said = cluster.in_node(PROFILE, "crictl ps --all --state Exited --name '^kube-apiserver$' --output json || true")
    try:
        found = json.loads(said)["containers"] or []
    except ValueError:  # it does not answer
        return False
    return any(int(one["createdAt"]) > since and one["metadata"].get("attempt", 0) > 0 for one in found)


def _last_words() -> str:
    """What the API server said when it ended last; empty when it does not say."""
    said = cluster.in_node(
        PROFILE,
        "for one in $(crictl ps --all --quiet --name '^kube-apiserver$' | head -n 2); do "
        "crictl logs --tail 50 $one 2>&1 | grep -aF -A 1 '\"command failed\"' | tail -n 2; done || true",
    )
    # Of several lines it is <, and they follow.
    found = re.search(r'err=(?:"((?:[^"\\]|\\.)*)"|<\s*(.*))', said)
    return (found[1] or found[2] or "").replace('\\"', '"')[:400] if found else ""
