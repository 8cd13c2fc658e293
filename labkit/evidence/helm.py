"""What Helm and its secrets say of a release, and what a chart renders."""

import base64
import gzip
import json
import os
import subprocess

import yaml

from labkit import cluster as workbook
from labkit import session
from labkit.evidence import NotYet, cluster


def run(*command: str, given: str = "") -> subprocess.CompletedProcess:
    """A command's end, in the learner's folder. given: what it reads from its standard input."""
    variables = {**os.environ, **workbook.variables()}
    return subprocess.run(
        command, input=given, capture_output=True, text=True, env=variables, cwd=session.current.folder
    )


def why(ended: subprocess.CompletedProcess) -> str:
    """What a command that failed said of it, in one short line: of a schema's refusal the places and rules."""
    lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
    rules = [line.removeprefix("- ") for line in lines if line.startswith("- at ")]
    errors = rules or [line for line in lines if line.startswith(("Error", "error"))] or lines[-1:]
    return ("; ".join(errors) if rules else errors[0] if errors else f"it ended with status {ended.returncode}")[:220]


def revisions(name: str, namespace: str) -> list[dict]:
    """What Helm keeps of a release, the newest revision last; of each the number, the status and the secret."""
    secrets = cluster.objects("secrets", namespace, f"owner=helm,name={name}")
    found = [
        {
            "revision": int(one["metadata"]["labels"]["version"]),
            "status": one["metadata"]["labels"]["status"],
            "created": one["metadata"]["creationTimestamp"],
            "secret": one,
        }
        for one in secrets
    ]
    return sorted(found, key=lambda one: one["revision"])


def opened(revision: dict) -> dict:
    """What is in a revision's secret: the chart, the values, the manifest."""
    packed = base64.b64decode(base64.b64decode(revision["secret"]["data"]["release"]))
    return json.loads(gzip.decompress(packed))


def deployed(name: str, namespace: str, anew: str) -> tuple[list[dict], dict]:
    """All revisions of a release, and what is in the newest, which is deployed. Raises NotYet when it is not. anew:
    what to do when there is none."""
    found = revisions(name, namespace)
    if not found:
        raise NotYet(f"there is no release {name} in namespace {namespace}", "one that is deployed", anew)
    last = found[-1]
    must_not_be_pending(name, namespace, last)
    if last["status"] != "deployed":
        raise NotYet(
            f"revision {last['revision']} of release {name} is {last['status']}",
            "the newest one deployed",
            f"`helm -n {namespace} history {name}` says why; once the cause is mended, upgrade again",
        )
    return found, opened(last)


def must_not_be_pending(name: str, namespace: str, last: dict) -> None:
    """Raises NotYet when an upgrade is under way, or was broken off: Helm then refuses the next one."""
    if last["status"].startswith("pending"):
        raise NotYet(
            f"revision {last['revision']} of release {name} is {last['status']}",
            "one that has come to an end",
            f"let it end; if nothing runs any more, `helm -n {namespace} rollback {name}` ends it",
        )


def differences(name: str, namespace: str, manifest: str) -> list[str]:
    """The lines of `kubectl diff` between a release's manifest and the cluster, apart from the count of changes. Raises
    NotYet when there is no comparison."""
    ended = run("kubectl", "-n", namespace, "diff", "-f", "-", given=manifest)
    if ended.returncode not in (0, 1):
        fix = f"`helm -n {namespace} get manifest {name}`"
        raise NotYet(f"`kubectl diff` failed: {why(ended)}", "a comparison", fix)
    lines = [line for line in ended.stdout.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return [" ".join(line.split()) for line in lines if "generation:" not in line]


def objects(manifest: str) -> dict[tuple, dict]:
    """The objects in a manifest by kind and name; those that are none, and lists, are left out."""
    documents = [one for one in yaml.safe_load_all(manifest) if isinstance(one, dict) and one.get("metadata")]
    return {(one.get("kind"), one["metadata"].get("name")): one for one in documents}


def version(release: dict) -> str:
    """The version of a release's chart."""
    return release["chart"]["metadata"]["version"]
