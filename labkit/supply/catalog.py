"""What the workbook needs from outside: programs, images and the parts of a cluster, with their versions.

The versions are one set: minikube 1.38.1's defaults for Kubernetes v1.35.1
(k8s.io/minikube v1.38.1, pkg/minikube/constants and pkg/minikube/bootstrapper/images).
"""

import platform
from dataclasses import dataclass

MINIKUBE = "v1.38.1"
KUBERNETES = "v1.35.1"
HELM = "v4.2.3"
CRICTL = "v1.36.0"
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


@dataclass(frozen=True)
class Tool:
    """A program for this machine.

    accepts: versions of one on PATH that will do, as prefixes; url: the publisher's file, with
    {system} and {arch}, and beside it, with checksum appended, its SHA-256; member: the
    program inside an archive; go: the folder of its build recipe in go/.
    """

    name: str
    version: str
    version_command: tuple[str, ...]
    accepts: tuple[str, ...]
    url: str
    checksum: str
    member: str = ""
    go: str = ""


@dataclass(frozen=True)
class Image:
    """An image in the engine.

    name: also the folder in images/ with its recipe; reference: its public name; what: a few words for a reader;
    needs: images it is built from; public: whether a registry has it, so that what we build is only a stand-in.
    """

    name: str
    reference: str
    what: str
    needs: tuple[str, ...] = ()
    public: bool = True


@dataclass(frozen=True)
class Program:
    """What one Go recipe builds. packages: import paths; version: variables set at link time, {}
    is the version; seconds: CPU time it took once on two cores, to weigh its progress."""

    name: str
    version: str
    packages: tuple[str, ...]
    variables: tuple[str, ...] = ()
    seconds: int = 60


TOOLS = {tool.name: tool for tool in (
    Tool("minikube", MINIKUBE, ("version", "--short"), (MINIKUBE,),
         f"https://github.com/kubernetes/minikube/releases/download/{MINIKUBE}/minikube-{{system}}-{{arch}}",
         ".sha256", go="minikube"),
    # kubectl is supported within one minor version of the API server
    # (kubernetes.io/releases/version-skew-policy, read 2026-11).
    Tool("kubectl", KUBERNETES, ("version", "--client"), ("v1.34.", "v1.35.", "v1.36."),
         f"https://dl.k8s.io/release/{KUBERNETES}/bin/{{system}}/{{arch}}/kubectl", ".sha256", go="kubernetes"),
    Tool("helm", HELM, ("version", "--short"), ("v4.",),
         f"https://get.helm.sh/helm-{HELM}-{{system}}-{{arch}}.tar.gz", ".sha256sum",
         member="{system}-{arch}/helm", go="helm"),
)}

IMAGES = {image.name: image for image in (
    Image("debian", "debian:bookworm-slim", "Debian, a base image"),
    Image("busybox", "busybox:1.37", "busybox, an image of small tools", needs=("debian",)),
    Image("static", "gcr.io/distroless/static-debian12:nonroot", "a base image with hardly anything in it", needs=("debian",)),
    Image("golang", "golang:1.26-bookworm", "the Go compiler", needs=("debian",)),
    Image("redis", "redis:7.0", "redis, a store", needs=("debian",)),
    Image("registry", "registry:2.8.2", "a registry for images", needs=("debian",)),
    Image("deluge", "linuxserver/deluge:2.2.0", "Deluge, software for the home", needs=("debian",)),
    # Floating, because the last patch releases of Debian's package and of the public image differ.
    Image("dind", "docker:26.1-dind", "a Docker engine in a container", needs=("debian",)),
    Image("vm", "lab/vm:1", "a virtual machine to compare with", needs=("debian",), public=False),
    Image("welcome", "lab/welcome:1.0", "our app", needs=("golang", "static"), public=False),
    Image("node", f"lab/node:{KUBERNETES}", "the image of a cluster's node", needs=("debian",)),
)}

_KUBE = "k8s.io/kubernetes/cmd/"
PROGRAMS = {program.name: program for program in (
    Program("kubernetes", KUBERNETES,
            tuple(_KUBE + name for name in ("kubectl", "kubeadm", "kubelet", "kube-apiserver",
                                            "kube-controller-manager", "kube-scheduler", "kube-proxy")),
            ("k8s.io/component-base/version.gitVersion={}", "k8s.io/client-go/pkg/version.gitVersion={}"), 536),
    Program("minikube", MINIKUBE, ("k8s.io/minikube/cmd/minikube",),
            ("k8s.io/minikube/pkg/version.version={}", "k8s.io/minikube/pkg/version.storageProvisionerVersion=v5"), 152),
    Program("etcd", "3.6.6-0", ("go.etcd.io/etcd/server/v3",), seconds=41),
    Program("coredns", "v1.13.1", (".",), seconds=50),
    Program("storage-provisioner", "v5", (".",), seconds=59),
    Program("pause", "3.10.1", (".",), seconds=3),
    Program("crictl", CRICTL, ("sigs.k8s.io/cri-tools/cmd/crictl",),
            ("sigs.k8s.io/cri-tools/pkg/version.Version={}",), 52),
    Program("helm", HELM, ("helm.sh/helm/v4/cmd/helm",), ("helm.sh/helm/v4/internal/version.version={}",), 124),
)}

# The images that run in the cluster from its start: reference, program and its arguments' entry point.
CLUSTER_IMAGES = {
    **{f"registry.k8s.io/{name}:{KUBERNETES}": name
       for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")},
    "registry.k8s.io/etcd:3.6.6-0": "etcd",
    "registry.k8s.io/coredns/coredns:v1.13.1": "coredns",
    "registry.k8s.io/pause:3.10.1": "pause",
    "gcr.io/k8s-minikube/storage-provisioner:v5": "storage-provisioner",
}
