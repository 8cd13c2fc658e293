"""Somebody who is not root and has a Docker of their own: it works, or one line says why; what is theirs stays."""

import pytest
from machines.learners import refusal

from labkit import cluster
from labkit.supply.catalog import IMAGES, NODE, NODE_PUBLISHED

# What somebody has who works with Docker; some of it is named like ours.
_THEIRS = """set -eu
mkdir -p .docker .kube notes
echo '{"auths": {"registry.example.com": {"auth": "bWU6c2VjcmV0"}}, "credsStore": ""}' > .docker/config.json
echo 'apiVersion: v1
kind: Config
current-context: work
contexts: [{name: work, context: {cluster: work, user: me}}]
clusters: [{name: work, cluster: {server: https://kubernetes.example.com}}]
users: [{name: me, user: {token: secret}}]' > .kube/config
echo mine > notes/todo.txt
docker pull -q busybox:1.37
docker run --name made busybox:1.37 sh -c 'echo mine > /mine'
docker commit made mine:1 && docker tag mine:1 lab/mine:1
docker rm made && docker rmi busybox:1.37
for name in data lab-data; do
    docker volume create $name
    docker run --rm -v $name:/data mine:1 cp /mine /data/mine
done
docker network create backend && docker network create lab-backend
docker run -d --name database --network backend -v data:/data --restart unless-stopped mine:1 sleep 100000
docker run -d --name lab-database -v lab-data:/data mine:1 sleep 100000
docker create --name old mine:1 true
docker context create here --docker host=unix:///var/run/docker.sock && docker context use here
"""
_SEEN = """set -eu
find . -mindepth 1 -path ./course -prune -o -path ./.local -prune -o -path ./.cache -prune -o -print | sort |
while read -r file; do
    echo "file $(stat -c '%n %A %U %Y' "$file") $([ -f "$file" ] && sha256sum < "$file")"
done
docker context ls --format 'context {{.Name}} {{.Current}} {{.DockerEndpoint}}'
docker ps --all --no-trunc --format 'container {{.ID}} {{.Names}} {{.Image}} {{.State}} {{.Mounts}} {{.Networks}}'
docker image ls --no-trunc --format 'image {{.ID}} {{.Repository}}:{{.Tag}}'
docker volume ls --format 'volume {{.Name}}'
docker network ls --no-trunc --format 'network {{.ID}} {{.Name}}'
docker exec database cat /data/mine
docker exec lab-database cat /data/mine
"""


def seen(learner) -> list[str]:
    """All that is theirs: files by their hashes, and what is in their engine. Not the folders that are ours."""
    return sorted(learner("bash", "-c", _SEEN).splitlines())


@pytest.fixture(scope="module")
def learner(sits_down):
    with sits_down("ubuntu") as learner:
        learner("bash", "-c", _THEIRS)
        yield learner


def _stays(learner, *chapters: str, minutes: float) -> None:
    """Chapters are played and all is taken back: what is theirs is as before, meanwhile and afterwards."""
    before = seen(learner)
    assert learner.workbook("doctor").status == 0
    learner.plays(*chapters, minutes=minutes)
    now = seen(learner)
    assert not set(before) - set(now)
    ours = {image.reference for image in (*IMAGES.values(), NODE)} | set(NODE_PUBLISHED)
    for line in set(now) - set(before):
        words = line.split()
        assert words[1].startswith("./container-workbook") or words[-1] in ours or cluster.PROFILE in words, line
    ended = learner.workbook("reset", "--all", "--purge", "--yes")
    assert ended.status == 0, ended.text
    assert seen(learner) == before


def test_nothing_of_theirs_is_changed(learner):
    _stays(learner, "00", minutes=3)


@pytest.mark.machines
def test_nothing_of_theirs_is_changed_by_all_chapters(sits_down):
    with sits_down("ubuntu") as learner:
        learner("bash", "-c", _THEIRS)
        _stays(learner, "00", "01", "02", "03", "04", "05", "07", minutes=40)


def test_their_context_is_followed(learner):
    """The engine that the docker command would use is the one that we use."""
    learner(
        "bash",
        "-c",
        "ln -s /var/run/docker.sock elsewhere.sock && docker context create elsewhere "
        "--docker host=unix:///home/learner/elsewhere.sock && docker context use elsewhere",
    )
    try:
        assert "unix:///home/learner/elsewhere.sock answers" in learner.workbook("doctor").text
        learner("rm", "elsewhere.sock")
        assert "unix:///var/run/docker.sock answers" in learner.workbook("doctor").text
    finally:
        learner("bash", "-c", "docker context use here && docker context rm elsewhere")


def test_somebody_who_may_not_use_docker_is_told_how(learner):
    ended = learner.workbook("doctor", groups=False)
    assert ended.status == 1 and "usermod -aG docker" in ended.text, ended.text
    assert "usermod -aG docker" in refusal(learner.workbook("run", "00", groups=False))
