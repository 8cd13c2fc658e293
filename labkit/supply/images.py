"""Builds stand-ins for public images, and the workbook's own images, from Debian packages and our recipes.

A recipe is a folder in images/ with a Dockerfile. What it needs from this
machine (certificates, a toolchain, a binary) comes as the build context
`machine`, so that the Dockerfile names every file that goes in.
"""

import functools
import hashlib
import io
import os
import shutil
import ssl
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import download, golang, pypi
from labkit.supply.catalog import IMAGES, Image, cpu
from labkit.system import apt, disks, processes

STAND_IN = f"{engine.LABEL}.stand-in"
_RECIPE = f"{engine.LABEL}.recipe"
_RECIPES = Path(__file__).with_name("images")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def present(image: Image) -> bool:
    """Whether the engine, if one answers, has the image: anybody's when it is public, else ours from today's recipe."""
    labels = _labels(image.reference) if engine.find() else None
    if labels is None:
        return False
    return (_RECIPE not in labels and image.public) or labels.get(_RECIPE) == key(image)


def stand_ins() -> dict[str, str]:
    """{reference: how it was made} of the stand-ins in the engine.

    What is built on one inherits its labels, so the label alone does not make a stand-in.
    """
    public = {image.reference for image in IMAGES.values() if image.public}
    return {
        reference: image["Labels"][STAND_IN]
        for image in engine.client().api.images(filters={"label": STAND_IN})
        for reference in image["RepoTags"] or []
        if reference in public
    }


def exists(reference: str) -> bool:
    """Whether the engine, if one answers, has an image of this reference."""
    return engine.find() is not None and _labels(reference) is not None


def size(reference: str) -> int | None:
    """Bytes of an image in the engine, layers that others share included; None when it is not there."""
    import docker

    try:
        return engine.client().images.get(reference).attrs["Size"]
    except (docker.errors.DockerException, Trouble):
        return None


def _labels(reference: str) -> dict[str, str] | None:
    import docker

    try:
        return engine.client().api.inspect_image(reference)["Config"].get("Labels") or {}
    except docker.errors.ImageNotFound:
        return None


def read(image: Image, path: str) -> str:
    """A text file of an image that is in the engine."""
    container = engine.client().containers.create(image.reference, "nothing", labels={engine.LABEL: "1"})
    try:
        parts, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(parts))) as archive:
            content = archive.extractfile(archive.next() or "")
            return content.read().decode() if content else ""
    finally:
        container.remove()


@functools.cache
def key(image: Image) -> str:
    """Changes when the recipe, or that of an image it builds on, changes."""
    content = hashlib.sha256(image.reference.encode())
    for file in sorted((_RECIPES / image.name).rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            content.update(file.read_bytes())
    if image.name == "welcome":
        for file in sorted((paths.notebooks / "app").glob("*")):
            if file.suffix in (".go", ".mod", ".sum"):
                content.update(file.read_bytes())
    if image.go:
        content.update(golang.folder(image.go).name.encode())
    for need in image.needs:
        content.update(key(IMAGES[need]).encode())
    return content.hexdigest()[:16]


def build(image: Image, report: Report) -> None:
    """Builds the image in the engine, with labels that say that it is ours and how it was made. An older one of
    ours of that name, which is then without a name, goes."""
    import docker

    client = engine.client()
    older = client.images.get(image.reference).id if _RECIPE in (_labels(image.reference) or {}) else ""
    _build(image, report)
    if older:
        with suppress(docker.errors.APIError):  # a container may still run from it
            if not client.images.get(older).tags:
                client.images.remove(older)


def _build(image: Image, report: Report) -> None:
    labels = {engine.LABEL: "1", _RECIPE: key(image)}
    if image.public:
        also = {"golang": " and Go", "deluge": " and PyPI"}.get(image.name, " and Go modules" if image.go else "")
        labels[STAND_IN] = f"built from Debian packages{also}"
    if image.name == "debian":
        _debian(image, labels, report)
        return
    context = paths.notebooks / "app" if image.name == "welcome" else _RECIPES / image.name
    with _machine(image, report) as machine:
        command = [
            "docker",
            "buildx",
            "build",
            "--progress",
            "plain",
            "--tag",
            image.reference,
            "--network",
            "host",
            "--build-context",
            f"machine={machine}",
            *_proxies(),
            "--file",
            str(_RECIPES / image.name / "Dockerfile"),
            *(f"--label={name}={value}" for name, value in labels.items()),
            str(context),
        ]
        run(command, f"building the image {image.reference}", report)


def _proxies() -> list[str]:
    """The machine's proxies for what a build fetches; BuildKit keeps these out of the image
    (docs.docker.com/build/building/variables, predefined build arguments, read 2026-11)."""
    return [f"--build-arg={name}" for name in (*PROXIES, *map(str.lower, PROXIES)) if os.environ.get(name)]


def run(command: list[str], doing: str, report: Report) -> str:
    """Runs a docker command against the engine in use, its last line as progress. Raises Trouble with the end
    of what it said; Ctrl-C ends it."""
    lines = []

    def said(line: str) -> None:
        lines.append(line)
        report.detail(line[:70])

    status, last = processes.run(command, said, env=engine.environment(report))
    if status:
        raise Trouble(f"{doing} failed: {last}", "", "check the network and the disk, try again")
    return "\n".join(lines)


@contextmanager
def _machine(image: Image, report: Report):
    """A folder with the files of this machine that a recipe asks for."""
    name = image.name
    work = _folder(paths.cache / "work")
    for left in work.glob(f"{name}-*"):  # by a build that was killed; one at a time makes this image
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=work) as folder:
        place = Path(folder)
        if name in ("static", "golang"):
            shutil.copy(_certificates(), place / "certificates.crt")
        if name == "golang":
            goroot = golang.toolchain(report)
            _link_tree(goroot, place / "go")
            settings = Path(golang.environment(goroot)["GOENV"])
            (place / "goenv").write_text(settings.read_text() if settings.exists() else "")
        if name == "busybox":
            apt.unpack([f"busybox-static/{apt.ENGINE_SUITE}"], place / "debian")
            shutil.copy(next((place / "debian").glob("**/bin/busybox")), place / "busybox")
            shutil.rmtree(place / "debian")
        if name == "dind":
            apt.unpack(
                [f"{package}/{apt.ENGINE_SUITE}" for package in ("docker.io", "docker-cli", "containerd")],
                place / "debian",
            )
        if name == "deluge":
            # For the image's Python, whichever this machine's is.
            pypi.download(
                _RECIPES / "deluge/requirements.txt",
                place / "wheels",
                "Deluge",
                "--python-version",
                "3.11",
                *(f"--platform=manylinux_2_{glibc}_{cpu()}" for glibc in (17, 28)),
            )
        if image.go:
            for program in golang.build(image.go, report).iterdir():
                shutil.copy(program, place)
        yield place


def _certificates() -> Path:
    """The bundle of certificates that programs on this machine trust."""
    candidates = [os.environ.get("SSL_CERT_FILE"), *download.BUNDLES, ssl.get_default_verify_paths().cafile]
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    raise Trouble(
        "this machine has no bundle of CA certificates",
        "one, as in /etc/ssl/certs",
        "install the package ca-certificates",
    )


def _link_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=os.link)


def _debian(image: Image, labels: dict[str, str], report: Report) -> None:
    """A minimal Debian from its packages alone, as one layer."""
    place = paths.cache / "work" / "debootstrap"
    _clear(place)
    report.detail("fetching debootstrap")
    apt.unpack(["debootstrap"], place / "program")
    root = place / "root"
    variables = {**os.environ, "DEBOOTSTRAP_DIR": str(place / "program/usr/share/debootstrap")}
    try:
        status, last = processes.run(
            [
                place / "program/usr/sbin/debootstrap",
                "--variant=minbase",
                "--cache-dir",
                _folder(paths.cache / "debs"),
                "bookworm",
                root,
                apt.mirrors()["main"],
            ],
            lambda line: report.detail(line[:70]),
            env=variables,
        )
    except BaseException:
        _clear(place)
        raise
    if status:
        raise Trouble(f"debootstrap failed: {last}", "a Debian base system", "check the network and try again")
    for folder in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir(parents=True)
    (root / "var/cache/apt/archives/partial").mkdir(parents=True)
    _write_sources(root)
    changes = [f"LABEL {name}={value!r}" for name, value in labels.items()] + ['CMD ["bash"]']
    report.detail("importing it")
    _import(root, changes, image.reference, engine.environment(report))
    _clear(place)


def _clear(place: Path) -> None:
    """Removes what debootstrap worked on; one that was killed leaves /proc mounted in it."""
    disks.unmount_below(place)
    shutil.rmtree(place, ignore_errors=True)


def _import(root: Path, changes: list[str], reference: str, variables: dict[str, str]) -> None:
    command = ["docker", "import", *(f"--change={change}" for change in changes), "-", reference]
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as archive:
        imported = subprocess.run(command, stdin=archive.stdout, env=variables, capture_output=True, text=True)
        if archive.stdout:
            archive.stdout.close()  # or tar would wait for ever for somebody to read on
    if archive.returncode or imported.returncode:
        raise Trouble(f"docker import of {reference} failed: {imported.stderr.strip()}", "", "check the disk")


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write_sources(root: Path) -> None:
    """apt inside uses the machine's mirrors, with security updates, and keeps no downloaded files."""
    uris = apt.mirrors()
    lines = [f"deb {uris['main']} bookworm main"]
    if "security" in uris:
        lines.append(f"deb {uris['security']} bookworm-security main")
    (root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n")
    (root / "etc/apt/apt.conf.d/docker-clean").write_text(
        'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n'
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nAcquire::Languages "none";\n'
        'APT::Install-Recommends "false";\n'
    )
    (root / "etc/dpkg/dpkg.cfg.d/unsafe").write_text("force-unsafe-io\n")
