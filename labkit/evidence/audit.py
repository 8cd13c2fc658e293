"""What the API server wrote down of the requests that it got: its audit log, as the cluster's audit policy keeps it.

A line is one JSON object (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/, read 2026-11).
"""

import json
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from urllib3 import Timeout
from urllib3.exceptions import ReadTimeoutError

from labkit import cluster as running
from labkit.cluster import PROFILE
from labkit.evidence import cluster


@dataclass(frozen=True)
class Entry:
    """One request. at: when it came, in seconds since 1970; user: who asked; agent: with which program; verb: create,
    patch, delete …; resource, name, namespace: of what, with a part of it as pods/binding; a name that the API server
    chose is not known; status: the answer's; dry_run: whether it was only tried."""

    at: float
    user: str
    agent: str
    verb: str
    resource: str
    name: str
    namespace: str
    status: int
    dry_run: bool


def parse(line: str) -> Entry | None:
    """What a line of the API server's log says of a request that has ended; None for any other line."""
    try:
        said = json.loads(line)
        if said["stage"] != "ResponseComplete":
            return None
        of = said["objectRef"]
        return Entry(
            at=datetime.fromisoformat(said["requestReceivedTimestamp"]).timestamp(),
            user=said["user"]["username"],
            agent=said.get("userAgent", "").partition("/")[0],
            verb=said["verb"],
            resource="/".join(filter(None, (of["resource"], of.get("subresource")))),
            name=of.get("name", ""),
            namespace=of.get("namespace", ""),
            status=said.get("responseStatus", {}).get("code", 0),
            dry_run="dryRun=" in said.get("requestURI", ""),
        )
    except (ValueError, KeyError, TypeError):
        return None


def follow(connection=None, since: float = 0, silence: float = 60, opened=lambda answer: None) -> Iterator[Entry]:
    """The requests from a moment on (seconds since 1970), as they end; stops when none ended for `silence` seconds.

    connection, opened, and what it raises: as labkit.evidence.cluster.follow.
    """
    pods = cluster.read(
        "/api/v1/namespaces/kube-system/pods",
        query=[("labelSelector", "component=kube-apiserver")],
        connection=connection,
    )["items"]
    moment = datetime.fromtimestamp(since or time.time(), UTC).isoformat().replace("+00:00", "Z")
    answer = cluster.request(
        f"/api/v1/namespaces/kube-system/pods/{pods[0]['metadata']['name']}/log",
        query={"follow": "true", "sinceTime": moment}.items(),
        connection=connection,
        timeout=Timeout(connect=2, read=silence),
        stream=True,
    )
    opened(answer)
    try:
        for line in (line for lines in cluster.stream(answer) for line in lines):
            if entry := parse(line.decode(errors="replace")):
                yield entry
    except ReadTimeoutError:
        pass
    finally:
        answer.close()


def past(*words: str) -> list[Entry]:
    """The requests that have ended since the API server was last started, the oldest first; those alone in whose lines
    each of the words stands."""
    # The kubelet keeps five files of the log, and packs the older ones.
    script = "zcat -f /var/log/pods/kube-system_kube-apiserver-*/kube-apiserver/*.log* 2>/dev/null"
    script += "".join(f" | grep -aF {shlex.quote(word)}" for word in ('"kind":"Event"', *words))
    lines = running.in_node(PROFILE, f"{script} || true").splitlines()
    found = (parse("{" + line.partition("{")[2]) for line in lines)
    return sorted((entry for entry in found if entry), key=lambda entry: entry.at)
