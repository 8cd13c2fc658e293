"""Where the workbook keeps its things: three folders, and nothing outside them.

WORKBOOK_HOME moves all three under one folder. The layout is the XDG base
directory one on every system, because paths with a space ("Application
Support") break too many shell scripts.
"""

import os
from pathlib import Path

from platformdirs.unix import Unix

_app = Unix("container-workbook", appauthor=False)
_home = os.environ.get("WORKBOOK_HOME")

repo = Path(__file__).resolve().parent.parent
notebooks = repo / "notebooks"

# Can be made again: downloads, build caches, built tools and images.
cache = Path(_home, "cache").resolve() if _home else Path(_app.user_cache_dir)
# What runs: engine, cluster, settings, progress.
data = Path(_home, "data").resolve() if _home else Path(_app.user_data_dir)
# The learner's own copies of the notebooks and their files.
files = Path(_home, "files").resolve() if _home else Path.home() / "container-workbook"

tools = cache / "bin"
engine = data / "engine"
minikube = data / "minikube"
kubeconfig = data / "kubeconfig"
docker_config = data / "docker"
progress = data / "progress"
logs = data / "logs"
tmp = data / "tmp"
