"""What the docker command of the lab has from its user: its plug-ins, and the proxies for their containers.

The lab's DOCKER_CONFIG is its own, so that the user's credentials and contexts stay theirs; without this its user's
plug-ins would be missing.
"""

import json
import os
from pathlib import Path

from labkit import paths
from labkit.engine import finding

# Where the docker command looks for plug-ins after those of its user (github.com/docker/cli, cli-plugins/manager).
_PLUGIN_FOLDERS = tuple(
    Path(folder)
    for folder in (
        "/usr/local/lib/docker/cli-plugins",
        "/usr/local/libexec/docker/cli-plugins",
        "/usr/lib/docker/cli-plugins",
        "/usr/libexec/docker/cli-plugins",
    )
)


def program(name: str) -> Path | None:
    """The program that `docker` in the lab runs for one of its plug-ins, as docker-buildx; None when there is none."""
    users = [folder / name for folder in _users_plugin_folders()] if not _ours_runs() else []
    candidates = [paths.docker_config / "cli-plugins" / name, *users, *(folder / name for folder in _PLUGIN_FOLDERS)]
    return next((file for file in candidates if os.access(file, os.X_OK) and file.is_file()), None)


def _ours_runs() -> bool:
    found = finding.find()
    return found is not None and found.ours


def _users_plugin_folders() -> list[Path]:
    extra = finding.users_config().get("cliPluginsExtraDirs") or []
    return [Path.home() / ".docker/cli-plugins", *map(Path, extra)]


def take_over() -> None:
    """Puts links to the user's plug-ins, and the proxies, where the lab's docker looks for them."""
    plugins = paths.docker_config / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for file in (file for folder in _users_plugin_folders() for file in folder.glob("docker-*")):
        if not (plugins / file.name).exists():
            (plugins / file.name).unlink(missing_ok=True)
            (plugins / file.name).symlink_to(file)
    settings = paths.docker_config / "config.json"
    if (proxies := finding.users_config().get("proxies")) and not settings.exists():
        settings.write_text(json.dumps({"proxies": proxies}) + "\n")
