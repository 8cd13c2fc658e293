"""The picture in the page."""

from labkit.display import stage
from labkit.views.cluster.watcher import Watcher


class Live(stage.Widget):
    """The picture in the page. `.text()` is its text twin, `.close()` ends it and its threads."""

    _esm, _css = stage.script(__file__), stage.style(__file__)

    def __init__(self, namespace: str, connect=None):
        super().__init__()
        self._watch(Watcher(namespace, self._show, connect))


def live(namespace: str) -> Live:
    """The live picture of the cluster's nodes, of the pods in `namespace`, and of what else there is to them.

    A second call in the same kernel gives the same picture again: it may be shown as often as you like.
    The cluster need not be there yet: the picture says so, and shows it when it comes.
    """
    return stage.once(Live, namespace)
