"""The node's store of images, ready made, so that a cluster starts without loading them one by one.

minikube takes such a file from its cache: the node's /var/lib/containerd and
Kubernetes' binaries, as tar and lz4 (pkg/minikube/download/preload.go, v1.38.1).
"""

import functools
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

from labkit import engine, paths
from labkit.report import Report
from labkit.supply import golang, images
from labkit.supply.catalog import CLUSTER_IMAGES, CLUSTER_PROGRAMS, KUBERNETES, NODE, arch

# To be raised when this module puts something else into it.
_FORMAT = 1
BINARIES = ("kubelet", "kubeadm", "kubectl")  # what the node runs beside images


def file() -> Path:
    """Where the preload is, or will be; the name changes with anything that is in it."""
    content = hashlib.sha256(f"{_FORMAT} {images.key(NODE)} {sorted(CLUSTER_IMAGES)}".encode())
    for name in CLUSTER_PROGRAMS:
        content.update(golang.folder(name).name.encode())
    return paths.cache / "built" / f"preload-{KUBERNETES}-{content.hexdigest()[:12]}.tar.lz4"


def build(report: Report) -> Path:
    """Makes the preload with the node image itself: its containerd takes the images in."""
    done = file()
    if done.exists():
        return done
    work = paths.cache / "work" / "preload"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    root = _kube_proxy_root(work, report)
    for reference, program in CLUSTER_IMAGES.items():
        report.detail(f"packing {reference}")
        _archive(reference, program, [root] if program == "kube-proxy" else [], work)
    root.unlink()
    for binary in BINARIES:
        shutil.copy(_binary(binary), work / binary)
    report.detail("taking the images into the node's store")
    (work / "make.sh").write_text(_MAKE.format(version=KUBERNETES, binaries=" ".join(BINARIES)))
    name = "lab-preload"
    remove = functools.partial(
        subprocess.run, ["docker", "rm", "--force", "--volumes", name], capture_output=True, env=engine.environment()
    )
    remove()  # of one that was killed
    try:
        # /var/lib must not be an overlay itself: overlays cannot be stacked on one.
        images.run(
            [
                "docker",
                "run",
                "--rm",
                "--privileged",
                "--name",
                name,
                "--network",
                "none",
                "--volume",
                "/var/lib/containerd",
                "--volume",
                f"{work}:/made",
                "--entrypoint",
                "bash",
                NODE.reference,
                "/made/make.sh",
            ],
            "making the cluster's preload",
            report,
        )
    finally:
        remove()
    (work / "preload.tar.lz4").rename(done)
    for old in done.parent.glob("preload-*"):
        if old != done:
            old.unlink()
    shutil.rmtree(work)
    return done


_MAKE = """set -euo pipefail
containerd --log-level fatal &
until ctr version >/dev/null 2>&1; do kill -0 $! || exit 1; sleep 0.05; done
for archive in /made/*.image.tar; do
    ctr -n k8s.io images import "$archive" >/dev/null
    rm "$archive"
done
kill %1 && wait || true
mkdir -p /var/lib/minikube/binaries/{version}
cd /made && install -m 755 {binaries} /var/lib/minikube/binaries/{version}/
tar -C /var -c lib/containerd lib/minikube/binaries | lz4 -q > /made/preload.tar.lz4
"""


def _binary(name: str) -> Path:
    for program in CLUSTER_PROGRAMS:
        candidate = golang.folder(program) / name
        if candidate.exists():
            return candidate
    raise FileNotFoundError(name)


def _kube_proxy_root(work: Path, report: Report) -> Path:
    """A Debian with what kube-proxy calls, as a layer."""
    target = work / "root.tar"
    images.run(
        [
            "docker",
            "buildx",
            "build",
            "--progress",
            "plain",
            "--network",
            "host",
            "--output",
            f"type=tar,dest={target}",
            "--file",
            str(Path(__file__).with_name("images") / "node/kube-proxy.Dockerfile"),
            str(work),
        ],
        "building kube-proxy's base",
        report,
    )
    return target


def _archive(reference: str, program: str, layers: list[Path], work: Path) -> None:
    """An image as `docker save` writes it: the given layers and one with the program on top.

    Format: the Docker image specification v1.2, section "Combined Image JSON + Filesystem Changeset Format".
    """
    top = work / f"{program}.layer"
    with tarfile.open(top, "w") as layer:

        def root(member: tarfile.TarInfo) -> tarfile.TarInfo:
            member.uid = member.gid = member.mtime = 0
            member.uname = member.gname = ""
            member.mode = 0o755
            return member

        layer.add(_binary(program), f"usr/local/bin/{program}", filter=root)
        # minikube's pod calls it by this path.
        link = tarfile.TarInfo(program)
        link.type, link.linkname = tarfile.SYMTYPE, f"usr/local/bin/{program}"
        layer.addfile(link)
    layers = [*layers, top]
    digests = [_sha256(path) for path in layers]
    config = json.dumps(
        {
            "architecture": arch(),
            "os": "linux",
            "config": {
                "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "Entrypoint": [f"/usr/local/bin/{program}"],
                "Labels": {engine.LABEL: "1", images.STAND_IN: "built from Go modules"},
            },
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
            "history": [{"created_by": f"labkit: {path.stem}"} for path in layers],
        }
    ).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps(
        [{"Config": name, "RepoTags": [reference], "Layers": [f"{digest}.tar" for digest in digests]}]
    ).encode()
    done = work / f"{program}.image.tar"
    with tarfile.open(done, "w") as archive:
        for path, digest in zip(layers, digests):
            archive.add(path, f"{digest}.tar")
        for member, content in ((name, config), ("manifest.json", manifest)):
            information = tarfile.TarInfo(member)
            information.size = len(content)
            archive.addfile(information, io.BytesIO(content))
    top.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
