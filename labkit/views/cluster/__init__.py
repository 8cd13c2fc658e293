"""The live cluster picture: nodes, pods, what wants them and what leads to them, as the watch API tells of them.

Each part is usable alone: `rows` says what is kept of an object and `kinds` which kinds there are, `Model` turns watch
events into a small state and `bands` says how its rows belong together, `Watcher` feeds a model from the cluster, and
`Live` shows the state in the page.
"""

from labkit.views.cluster.model import Model
from labkit.views.cluster.page import Live, live
from labkit.views.cluster.watcher import Watcher

__all__ = ["Live", "Model", "Watcher", "live"]
