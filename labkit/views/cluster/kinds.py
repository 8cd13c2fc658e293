"""The kinds that the picture watches. Another one is one entry here, its row in `rows`, and its card in `bands`."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from labkit.views.cluster import rows


class Kind(NamedTuple):
    path: str  # with {namespace} where it has one
    row: Callable[[dict], dict]  # what is kept of an object
    word: str  # what it is called in the news; empty when its changes are none
    query: Iterable[tuple[str, str]] = ()
    accept: str = ""  # what is asked for instead of whole objects; {list} is "List" in a list and "" in a watch


def _path(group: str, plural: str) -> str:
    return f"/{group}/namespaces/{{namespace}}/{plural}"


KINDS = {
    "nodes": Kind("/api/v1/nodes", rows.node, ""),
    "pods": Kind(_path("api/v1", "pods"), rows.pod, ""),
    "deployments": Kind(_path("apis/apps/v1", "deployments"), rows.deployment, "deployment"),
    "replicasets": Kind(_path("apis/apps/v1", "replicasets"), rows.replica_set, ""),
    "statefulsets": Kind(_path("apis/apps/v1", "statefulsets"), rows.stateful_set, "stateful set"),
    "jobs": Kind(_path("apis/batch/v1", "jobs"), rows.job, "job"),
    "autoscalers": Kind(_path("apis/autoscaling/v2", "horizontalpodautoscalers"), rows.autoscaler, ""),
    "services": Kind(_path("api/v1", "services"), rows.service, ""),
    "slices": Kind(_path("apis/discovery.k8s.io/v1", "endpointslices"), rows.endpoint_slice, ""),
    "ingresses": Kind(_path("apis/networking.k8s.io/v1", "ingresses"), rows.ingress, ""),
    "routes": Kind(_path("apis/gateway.networking.k8s.io/v1", "httproutes"), rows.http_route, ""),
    "claims": Kind(_path("api/v1", "persistentvolumeclaims"), rows.claim, "claim"),
    "releases": Kind(
        _path("api/v1", "secrets"),
        rows.release,
        "release",
        query=(("fieldSelector", "type=helm.sh/release.v1"), ("labelSelector", "owner=helm")),
        accept="application/json;as=PartialObjectMetadata{list};g=meta.k8s.io;v=v1",
    ),
}
