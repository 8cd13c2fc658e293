"""What the workbook needs from outside: programs, images and the parts of a cluster, with their versions.

The versions are one set: minikube 1.38.1's defaults for Kubernetes v1.35.1
(k8s.io/minikube v1.38.1, pkg/minikube/constants and pkg/minikube/bootstrapper/images).
"""

import platform
from dataclasses import dataclass
from pathlib import Path

from labkit import paths

MINIKUBE = "v1.38.1"
KUBERNETES = "v1.35.1"
HELM = "v4.2.3"
BUILDX = "v0.30.1"
COMPOSE = "v2.40.3"
CRICTL = "v1.36.0"
METRICS_SERVER = "v0.9.0"
KUBE_ROUTER = "v2.1.0"
POLICY_CONTROLLER = "v0.13.1"
TRAEFIK = "v3.6.12"
# The version that Traefik 3.6 knows (its go.mod).
GATEWAY_API = "v1.4.0"
COSIGN = "v2.5.0"
NOTARY = "v0.7.0"
# 1.57 needs a newer Go than ours.
SYFT = "v1.52.0"
GOVULNCHECK = "v1.9.0"
GO = "1.26.6"
# minikube names its preloaded images by this format version (pkg/minikube/download/preload.go).
PRELOAD = "v18"

# Linux on amd64 is what the tests run on; the rest follows the publishers' naming and is untested.
TESTED_PLATFORMS = ("linux-amd64",)
UNTESTED_PLATFORMS = ("linux-arm64", "darwin-amd64", "darwin-arm64")


def system() -> str:
    """linux or darwin; Windows' WSL 2 is linux."""
    return platform.system().lower()


def arch() -> str:
    """amd64 or arm64, as Go and the publishers name them."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def cpu() -> str:
    """amd64 or arm64, as Linux names them."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(arch(), arch())


def _here(text: str) -> str:
    return text.format(system=system(), arch=arch(), cpu=cpu())


@dataclass(frozen=True)
class Tool:
    """A program for this machine.

    accepts: which versions of one that is there already will do, as PEP 440 writes it; url: the publisher's
    file, with {system}, {arch} and {cpu}; checksum: the file with its SHA-256, as a suffix of the url or, from a
    slash on, beside it; what: a few words for a reader; member: the program inside an archive; go: the folder of its
    build recipe in go/, or package: the Debian package that has it, from the machine's own release if `linked` to
    libraries of it; later: whether no cluster needs it, so that it is made last; asked: whether it is made only when
    a chapter asks for it, and not ahead. One that is named docker-… extends the docker command.
    """

    name: str
    version: str
    version_command: tuple[str, ...]
    accepts: str
    url: str
    checksum: str
    what: str
    member: str = ""
    go: str = ""
    package: str = ""
    linked: bool = False
    later: bool = False
    asked: bool = False

    @property
    def extends_docker(self) -> bool:
        return self.name.startswith("docker-")

    @property
    def path(self) -> Path:
        """Where ours is, or will be."""
        return (paths.docker_config / "cli-plugins" if self.extends_docker else paths.tools) / self.name

    def address(self) -> str:
        """The publisher's file for this machine."""
        return _here(self.url)

    def checksum_address(self) -> str:
        """The file that has its SHA-256."""
        if self.checksum.startswith("/"):
            return self.address().rpartition("/")[0] + self.checksum
        return self.address() + self.checksum

    def member_here(self) -> str:
        """The name of the program in its archive, or empty."""
        return _here(self.member)


@dataclass(frozen=True)
class Image:
    """An image in the engine.

    name: also the folder in images/ with its recipe; reference: its public name; what: a few words for a reader;
    needs: images it is built from; public: whether a registry has it, so that what we build is only a stand-in;
    later, asked: as of a tool; seconds: CPU time that building it takes, about; go: the Go recipe of the program in it.
    """

    name: str
    reference: str
    what: str
    needs: tuple[str, ...] = ()
    public: bool = True
    later: bool = False
    asked: bool = False
    seconds: int = 20
    go: str = ""


@dataclass(frozen=True)
class Program:
    """What one Go recipe builds. packages: import paths; version: variables set at link time, {}
    is the version; seconds: CPU time it took once on two cores, to weigh its progress."""

    name: str
    version: str
    packages: tuple[str, ...]
    variables: tuple[str, ...] = ()
    seconds: int = 60


TOOLS = {
    tool.name: tool
    for tool in (
        # Build contexts by name came with buildx 0.8, those of pictures with 0.10; formats of one's own in
        # `docker compose ps` came with Compose 2.21.
        Tool(
            "docker-buildx",
            BUILDX,
            ("version",),
            ">=0.10",
            f"https://github.com/docker/buildx/releases/download/{BUILDX}/buildx-{BUILDX}.{{system}}-{{arch}}",
            "/checksums.txt",
            "docker's part that builds images",
            package="docker-buildx",
        ),
        Tool(
            "docker-compose",
            COMPOSE,
            ("version",),
            ">=2.21",
            f"https://github.com/docker/compose/releases/download/{COMPOSE}/docker-compose-{{system}}-{{cpu}}",
            ".sha256",
            "docker's part that runs compose files",
            package="docker-compose",
        ),
        # kubectl is supported within one minor version of the API server
        # (kubernetes.io/releases/version-skew-policy, read 2026-11).
        Tool(
            "kubectl",
            KUBERNETES,
            ("version", "--client"),
            ">=1.34,<1.37",
            f"https://dl.k8s.io/release/{KUBERNETES}/bin/{{system}}/{{arch}}/kubectl",
            ".sha256",
            "the command kubectl",
            go="kubernetes",
        ),
        Tool(
            "minikube",
            MINIKUBE,
            ("version", "--short"),
            f"=={MINIKUBE}",
            f"https://github.com/kubernetes/minikube/releases/download/{MINIKUBE}/minikube-{{system}}-{{arch}}",
            ".sha256",
            "minikube, which starts clusters",
            go="minikube",
        ),
        Tool(
            "helm",
            HELM,
            ("version", "--short"),
            ">=4,<5",
            f"https://get.helm.sh/helm-{HELM}-{{system}}-{{arch}}.tar.gz",
            ".sha256sum",
            "the command helm",
            member="{system}-{arch}/helm",
            go="helm",
            later=True,
        ),
        # Whoever cloned the workbook has it.
        Tool("git", "2", ("--version",), ">=2.23,<3", "", "", "the command git", package="git", linked=True),
        # What cosign 3 writes unless told otherwise, the policy controller cannot verify with a key.
        Tool(
            "cosign",
            COSIGN,
            ("version",),
            ">=2.4,<3",
            f"https://github.com/sigstore/cosign/releases/download/{COSIGN}/cosign-{{system}}-{{arch}}",
            "/cosign_checksums.txt",
            "the command cosign, which signs images",
            package="cosign",
            asked=True,
        ),
        Tool(
            "syft",
            SYFT,
            ("version",),
            ">=1.20,<2",
            f"https://github.com/anchore/syft/releases/download/{SYFT}/syft_{SYFT[1:]}_{{system}}_{{arch}}.tar.gz",
            f"/syft_{SYFT[1:]}_checksums.txt",
            "the command syft, which lists what is in an image",
            member="syft",
            go="syft",
            asked=True,
        ),
    )
}

IMAGES = {
    image.name: image
    for image in (
        Image("debian", "debian:bookworm-slim", "Debian, a base image"),
        Image("busybox", "busybox:1.37", "busybox, an image of small tools", needs=("debian",)),
        Image(
            "static",
            "gcr.io/distroless/static-debian12:nonroot",
            "a base image with hardly anything in it",
            needs=("debian",),
        ),
        Image("golang", "golang:1.26-bookworm", "the Go compiler", needs=("debian",)),
        Image("redis", "redis:7.0", "redis, a store", needs=("debian",)),
        Image("registry", "registry:2.8.2", "a registry for images", needs=("debian",)),
        Image("deluge", "linuxserver/deluge:2.2.0", "Deluge, software for the home", needs=("debian",)),
        # Floating, because the last patch releases of Debian's package and of the public image differ.
        Image("dind", "docker:26.1-dind", "a Docker engine in a container", needs=("debian",)),
        Image("vm", "lab/vm:1", "a virtual machine to compare with", needs=("debian",), public=False),
        Image("welcome", "lab/welcome:1.0", "our app", needs=("golang", "static"), public=False),
        Image(
            "issuer",
            "lab/issuer:1",
            "a small issuer of identities, by OpenID Connect",
            needs=("debian",),
            public=False,
            asked=True,
        ),
        Image(
            "door", "lab/door:1", "the door of a shop that breaks", needs=("golang", "static"), public=False, asked=True
        ),
        # What a chapter adds to the cluster.
        Image(
            "metrics-server",
            f"registry.k8s.io/metrics-server/metrics-server:{METRICS_SERVER}",
            "what measures pods and nodes",
            needs=("static",),
            later=True,
            seconds=190,
            go="metrics-server",
        ),
        Image(
            "kube-router",
            f"cloudnativelabs/kube-router:{KUBE_ROUTER}",
            "what enforces network policies",
            needs=("debian",),
            later=True,
            seconds=190,
            go="kube-router",
        ),
        Image(
            "policy-controller",
            f"ghcr.io/sigstore/policy-controller/policy-controller:{POLICY_CONTROLLER}",
            "what admits signed images only",
            needs=("static",),
            asked=True,
            seconds=220,
            go="policy-controller",
        ),
        Image(
            "traefik",
            f"traefik:{TRAEFIK}",
            "what takes requests into the cluster, by routes",
            needs=("static",),
            later=True,
            seconds=520,
            go="traefik",
        ),
        Image(
            "notary",
            "lab/notary:0.7",
            "Notary, which keeps the signatures of Docker's old way",
            needs=("debian",),
            public=False,
            asked=True,
            seconds=50,
            go="notary",
        ),
        Image(
            "gateway-api",
            f"lab/gateway-api:{GATEWAY_API}",
            "the definitions of Gateway API's kinds",
            needs=("golang",),
            public=False,
            later=True,
        ),
        Image(
            "govulncheck",
            f"lab/govulncheck:{GOVULNCHECK}",
            "what finds known vulnerabilities in a Go program",
            needs=("golang", "busybox"),
            public=False,
            asked=True,
            seconds=30,
        ),
    )
}

# What a cluster starts from: the image of its node, and the preload, which is what the node's store of images holds.
NODE = Image(
    "node", f"lab/node:{KUBERNETES}", "the image of a cluster's node", needs=("debian",), public=False, go="crictl"
)
# The publisher's node image, where minikube looks for it (pkg/drivers/kic/types.go, v1.38.1): by digest, then by tag.
_KICBASE = "v0.0.50"
_KICBASE_DIGEST = "sha256:eb4fec00e8ad70adf8e6436f195cc429825ffb85f95afcdb5d8d9deb576f3e93"
NODE_PUBLISHED = tuple(
    f"{repository}:{version}"
    for version in (f"{_KICBASE}@{_KICBASE_DIGEST}", _KICBASE)
    for repository in ("gcr.io/k8s-minikube/kicbase", "kicbase/stable")
)


def preload_name() -> str:
    """The preload's file, as minikube names it (pkg/minikube/download/preload.go, v1.38.1)."""
    return f"preloaded-images-k8s-{PRELOAD}-{KUBERNETES}-containerd-overlay2-{arch()}.tar.lz4"


def preload_address() -> str:
    """Where its publisher has it; the answer's headers carry its MD5."""
    return f"https://storage.googleapis.com/minikube-preloaded-volume-tarballs/{PRELOAD}/{KUBERNETES}/{preload_name()}"


_KUBE = "k8s.io/kubernetes/cmd/"
PROGRAMS = {
    program.name: program
    for program in (
        Program(
            "kubernetes",
            KUBERNETES,
            tuple(
                _KUBE + name
                for name in (
                    "kubectl",
                    "kubeadm",
                    "kubelet",
                    "kube-apiserver",
                    "kube-controller-manager",
                    "kube-scheduler",
                    "kube-proxy",
                )
            ),
            ("k8s.io/component-base/version.gitVersion={}", "k8s.io/client-go/pkg/version.gitVersion={}"),
            536,
        ),
        Program(
            "minikube",
            MINIKUBE,
            ("k8s.io/minikube/cmd/minikube",),
            ("k8s.io/minikube/pkg/version.version={}", "k8s.io/minikube/pkg/version.storageProvisionerVersion=v5"),
            152,
        ),
        Program("etcd", "3.6.6-0", ("go.etcd.io/etcd/server/v3",), seconds=41),
        Program("coredns", "v1.13.1", (".",), seconds=50),
        Program("storage-provisioner", "v5", (".",), seconds=59),
        Program("pause", "3.10.1", (".",), seconds=3),
        Program(
            "crictl",
            CRICTL,
            ("sigs.k8s.io/cri-tools/cmd/crictl",),
            ("sigs.k8s.io/cri-tools/pkg/version.Version={}",),
            52,
        ),
        Program(
            "metrics-server",
            METRICS_SERVER,
            ("sigs.k8s.io/metrics-server/cmd/metrics-server",),
            ("k8s.io/client-go/pkg/version.gitVersion={}",),
            170,
        ),
        Program(
            "kube-router",
            KUBE_ROUTER,
            ("github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",),
            ("github.com/cloudnativelabs/kube-router/v2/pkg/version.Version={}",),
            180,
        ),
        Program(
            "policy-controller",
            POLICY_CONTROLLER,
            ("github.com/sigstore/policy-controller/cmd/webhook",),
            seconds=200,
        ),
        Program(
            "traefik",
            TRAEFIK,
            ("github.com/traefik/traefik/v3/cmd/traefik",),
            ("github.com/traefik/traefik/v3/pkg/version.Version={}",),
            500,
        ),
        # The server is a main of ours around the publisher's packages: its timestamps can be made to live shortly.
        Program(
            "notary",
            NOTARY,
            (".", "github.com/theupdateframework/notary/cmd/notary"),
            ("github.com/theupdateframework/notary/version.NotaryVersion={}",),
            25,
        ),
        Program("helm", HELM, ("helm.sh/helm/v4/cmd/helm",), ("helm.sh/helm/v4/internal/version.version={}",), 124),
        Program("syft", SYFT, ("github.com/anchore/syft/cmd/syft",), ("main.version={}",), 280),
    )
}

# The images that run in the cluster from its start, and the program of each.
CLUSTER_IMAGES = {
    **{
        f"registry.k8s.io/{name}:{KUBERNETES}": name
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
    },
    "registry.k8s.io/etcd:3.6.6-0": "etcd",
    "registry.k8s.io/coredns/coredns:v1.13.1": "coredns",
    "registry.k8s.io/pause:3.10.1": "pause",
    "gcr.io/k8s-minikube/storage-provisioner:v5": "storage-provisioner",
}

# The recipes that build what a cluster runs: Kubernetes' own programs have one together.
CLUSTER_PROGRAMS = ("kubernetes", *(name for name in CLUSTER_IMAGES.values() if name in PROGRAMS))


# What is made ahead, in the order in which a reader will need it. The cluster's parts are its node and its preload.
CLUSTER = "cluster"
ORDER = (
    *(name for name, tool in TOOLS.items() if tool.extends_docker),
    *(name for name, image in IMAGES.items() if not (image.later or image.asked)),
    *(name for name, tool in TOOLS.items() if not (tool.extends_docker or tool.later or tool.asked)),
    CLUSTER,
    *(name for name, thing in (TOOLS | IMAGES).items() if thing.later),
)
ASKED = tuple(name for name, thing in (TOOLS | IMAGES).items() if thing.asked)
EVERYTHING = (*ORDER, *ASKED)


def what(name: str) -> str:
    """What a thing is, in a few words."""
    return (TOOLS | IMAGES)[name].what if name != CLUSTER else "Kubernetes' own parts"


def recipe(name: str) -> str:
    """The Go recipe of a tool's program, or of the one in an image; empty when it has none."""
    return (TOOLS | IMAGES)[name].go if name != CLUSTER else ""


def seconds(name: str) -> int:
    """About how much CPU time building it takes, to weigh its progress."""
    if name in TOOLS:
        return PROGRAMS[TOOLS[name].go].seconds if TOOLS[name].go else 5
    return IMAGES[name].seconds if name in IMAGES else 240
