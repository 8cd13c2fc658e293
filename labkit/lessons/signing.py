"""Chapter 13: what it prepares, and its checkers.

They play who brings a forged image, who pulls with and without content trust, and who asks the cluster to start what
nobody has signed.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from labkit import session
from labkit.cluster.addons import STORE as INSIDE
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, cluster, docker, registry
from labkit.system import pace, wait

OPEN, GUARDED, DOOR, GATE = "lab-signing-open", "lab-signing", "lab-signing-door", "lab-signing-gate"
STORE = "lab-13-store"

lesson = Lesson(
    number="13",
    name="signing",
    title="Signing",
    minutes=50,
    goals=(
        "sign a digest by hand, and say what a signature proves and what it does not",
        "sign and publish with Docker Content Trust, and say which attacks it refuses, and by what",
        "sign an image and its bill of materials with cosign, and say where both are kept",
        "sign a chart, and install it only if it is what was signed",
        "let the cluster refuse what nobody has signed, and heal it when its gatekeeper is away",
    ),
    images=("notary", "registry", "dind", "welcome", "busybox"),
    tools=("kubectl", "helm", "cosign", "syft", "docker-buildx"),
    cluster=True,
    addons=("registry", "signature-admission"),
    namespaces=(OPEN, GUARDED, DOOR, GATE),
    load=("welcome", "busybox"),
    alters_cluster=True,
    owns=("lab-13", "lab-13-*", "localhost:5052/lab/*", f"{INSIDE}/lab/*"),
    files=("signing/*", "13-*"),
    ports=(5052,),
)


# -- what a courier brings -----------------------------------------------------------------------


@lesson.exercise(
    "courier",
    title="What the courier brings",
    task="""Couriers have brought four deliveries (the next cell puts them into `made/13/courier`). The publisher's
public key you have from the publisher in person: `made/13/publisher.pub`. Write a program that decides whether to take
a delivery: **`13-verify.py`**, which we run as `python 13-verify.py FOLDER KEY`, or `13-verify.sh`, run by `bash`
likewise. FOLDER is a delivery, KEY is the file with the publisher's key.

- It ends with status 0 when `config.json` has the digest that was signed with KEY.
- It ends with another status when `config.json` was changed, even by one bit.
- So it does when somebody else has signed, also if the folder brings their key along.
- So it does when there is no signature.

We try it with deliveries of our own.""",
    hints=(
        "What is signed is the text in `digest`, as `sha256:…`. Two things have to be true: the signature is on this "
        "text, by KEY, and the text is that of the file. Which of the files in the folder do you need at all?",
        "`serialization.load_pem_public_key(open(key, 'rb').read()).verify(signature, digest)` raises an exception, "
        "which ends Python with status 1. Compute `digest` from `config.json`, as in the cells above.",
    ),
)
def courier():
    program = _program()
    bring = _Deliveries()
    config, other = b'{"config":{"Cmd":["/till"]},"os":"linux"}', b'{"config":{"Cmd":["/shop"]},"os":"linux"}'
    changed = config.replace(b"/till", b"/uill")  # t is 0x74, u 0x75; and it is still JSON
    digest, theirs, fresh = _digest(config), _digest(other), _digest(changed)
    sign, forge = bring.publisher.sign, bring.mallory.sign
    keys = bring.key, bring.forged
    tried = (
        # (config, digest, signature, the key in the folder), whether it is to be taken, what it is, what to do
        ((config, digest, sign(digest), keys[0]), True, "a delivery that is in order", ""),
        (
            (changed, digest, sign(digest), keys[0]),
            False,
            "a `config.json` with one bit changed, with the old digest and signature",
            "compute the SHA-256 of `config.json`, and compare it with `digest`",
        ),
        (
            (changed, fresh, sign(digest), keys[0]),
            False,
            "a changed `config.json` with its new digest, and the signature of the old one",
            "verify the signature on the digest of this very `config.json`, which you have computed yourself",
        ),
        (
            (other, theirs, forge(theirs), keys[1]),
            False,
            "a delivery that Mallory has signed, with Mallory's own key in the folder",
            "verify with KEY, and never with a key that comes with what it is to prove",
        ),
        (
            (other, theirs, forge(theirs), keys[0]),
            False,
            "a delivery that Mallory has signed",
            "`verify` with KEY, and let its exception end the program",
        ),
        (
            (config, digest, None, keys[0]),
            False,
            "a delivery without `digest.sig`",
            "no signature is no proof: end with another status then",
        ),
        ((other, theirs, sign(theirs), keys[0]), True, "another delivery that is in order", ""),
    )
    with tempfile.TemporaryDirectory() as place:
        key = Path(place, "handed-over.pub")
        key.write_bytes(keys[0])
        for number, (what, good, words, fix) in enumerate(tried):
            folder = Path(place, f"delivery-{number}")
            bring.put(folder, *what)
            ended = _decides(program, folder, key)
            if (ended.returncode == 0) == good:
                continue
            said = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
            last = f" ({said[-1][:120]})" if said else ""
            raise NotYet(
                f"{words}: `{program.name}` ended with status {ended.returncode}{last}",
                "status 0" if good else "another status than 0",
                fix or f"try it: `{_call(program)} made/13/courier/monday made/13/publisher.pub; echo $?`",
            )
    return passed(f"{program.name} took two deliveries, and refused five")


def _program() -> Path:
    """The learner's program, the newer one if there are two."""
    there = [file for name in ("13-verify.py", "13-verify.sh") if (file := session.current.folder / name).is_file()]
    if not there:
        raise NotYet(
            "there is no `13-verify.py` beside the notebook",
            "your program",
            "write it in a cell that begins with `%%writefile 13-verify.py`",
        )
    return max(there, key=lambda file: file.stat().st_mtime_ns)


def _call(program: Path) -> str:
    return f"{'python' if program.suffix == '.py' else 'bash'} {program.name}"


def _decides(program: Path, folder: Path, key: Path) -> subprocess.CompletedProcess:
    command = [sys.executable if program.suffix == ".py" else "bash", str(program), str(folder), str(key)]
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd=session.current.folder,
            timeout=pace.patience(5),
        )
    except subprocess.TimeoutExpired:
        raise NotYet(
            f"{program.name} did not end in {pace.patience(5):.0f} s", "it to decide", "it may not wait for anything"
        ) from None


def _digest(config: bytes) -> bytes:
    return b"sha256:" + hashlib.sha256(config).hexdigest().encode()


class _Deliveries:
    """Keys of a publisher and of somebody else, and what couriers bring."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.publisher, self.mallory = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()

    @property
    def key(self) -> bytes:
        return self._public(self.publisher)

    @property
    def forged(self) -> bytes:
        return self._public(self.mallory)

    @staticmethod
    def _public(key) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @staticmethod
    def put(folder: Path, config: bytes, digest: bytes, signature: bytes | None, key: bytes) -> None:
        folder.mkdir()
        content = {"config.json": config, "digest": digest, "digest.sig": signature, "publisher.pub": key}
        for name, data in content.items():
            if data is not None:
                (folder / name).write_bytes(data)


# -- a release on Notary -------------------------------------------------------------------------

_SHOP = "registry:5000/shop"
_ANEW = "run the cell that sets up the exercise once more"
_ON = "`docker exec lab-13-publisher docker trust {}`"


@lesson.exercise(
    "till",
    title="A release that users can trust",
    task=f"""`{_SHOP}` has 1.0, which Anna has signed. She is on holiday, and Cleo stands in for her. Somebody who
could push, and had no key, has put something of theirs there as `2.0` and as `trial`. Publish the real 2.0: on the
publisher's machine it is called `lab/welcome:1.0`.

- Who pulls `{_SHOP}:2.0` with content trust gets the real one.
- It is signed by the signer `cleo`, with a key that is not Anna's.
- Who pulls it without content trust gets the real one, too.
- Who pulls `trial` with content trust is refused.
- 1.0 can still be pulled with content trust, signed by Anna.

The check takes about five seconds: it pulls all of that.""",
    hints=(
        "Four steps: a key for Cleo, Cleo as a signer of this repository, the image under its new name, the signature. "
        "Which of them did you do for Anna in section 2?",
        "On the publisher's machine: `docker trust key generate cleo --dir /root`, `docker trust signer add --key "
        f"/root/cleo.pub cleo {_SHOP}`, `docker tag lab/welcome:1.0 {_SHOP}:2.0`, `docker trust sign {_SHOP}:2.0`.",
    ),
    patience=40,
)
def till():
    publisher, user = _machine("publisher"), _machine("user")
    for name in ("registry", "notary"):
        _machine(name)
    if not (wanted := _image_id(publisher, "lab/welcome:1.0")):
        raise NotYet("the publisher's machine has no lab/welcome:1.0", "it, to compare with", _ANEW)
    status, said = _pull(user, f"{_SHOP}:2.0")
    if status:
        raise NotYet(
            f"with content trust, `docker pull {_SHOP}:2.0` says: {_last(said)}",
            "the real one",
            f"{_ON.format(f'inspect --pretty {_SHOP}')} shows what is signed; or {_ANEW}"
            if "No valid trust data" not in said
            else f"sign it: {_ON.format(f'sign {_SHOP}:2.0')}"
            if _image_id(publisher, f"{_SHOP}:2.0") == wanted
            else f"give it its name: `docker exec lab-13-publisher docker tag lab/welcome:1.0 {_SHOP}:2.0`; sign that",
        )
    if _image_id(user, f"{_SHOP}:2.0") != wanted:
        raise NotYet(
            f"what is signed as {_SHOP}:2.0 is not the image lab/welcome:1.0",
            "the real one",
            f"on the publisher's machine: `docker tag lab/welcome:1.0 {_SHOP}:2.0`, then `docker trust sign --local "
            f"{_SHOP}:2.0` (without `--local` it signs what is signed once more)",
        )
    trust = _trust(user)
    signers = {one["Name"]: {key["ID"] for key in one["Keys"]} for one in trust.get("Signers") or ()}
    signed = {one["SignedTag"]: one for one in trust.get("SignedTags") or ()}
    by = signed.get("2.0", {}).get("Signers") or ()
    if "cleo" not in by:
        raise NotYet(
            f"2.0 is signed by {' and '.join(by) or 'nobody by name'}",
            "by cleo",
            f"{_ON.format(f'sign {_SHOP}:2.0')} signs as everybody whose key is there and who is a signer"
            if "cleo" in signers
            else f"make Cleo a signer, with a key of Cleo's: {_ON.format(f'signer add --key FILE cleo {_SHOP}')}; sign",
        )
    if signers.get("cleo", set()) & signers.get("anna", set()):
        raise NotYet(
            "signer cleo has the key of signer anna",
            "a key of Cleo's own",
            f"begin anew: {_ANEW}, then {_ON.format('key generate cleo --dir /root')}",
        )
    plain, said = docker.run(user, "docker", "pull", "-q", f"{_SHOP}:2.0")
    if plain != 0 or _image_id(user, f"{_SHOP}:2.0") != wanted:
        raise NotYet(
            f"without content trust, `docker pull {_SHOP}:2.0` "
            + (f"says: {_last(said)}" if plain != 0 else "gives another image than the signed one"),
            "the real one",
            f"push the signed image as 2.0 once more: `docker exec lab-13-publisher docker push {_SHOP}:2.0`, where "
            "that is the real one (`docker trust sign` pushes only what is not signed yet)",
        )
    status, said = _pull(user, f"{_SHOP}:trial")
    if not status:
        raise NotYet(
            f"with content trust, `docker pull {_SHOP}:trial` succeeds",
            "a refusal: nobody should vouch for it",
            f"take the signature back: {_ON.format(f'revoke {_SHOP}:trial')}",
        )
    status, said = _pull(user, f"{_SHOP}:1.0")
    first = signed.get("1.0", {}).get("Signers") or ()
    if status or "anna" not in first:
        raise NotYet(
            f"with content trust, `docker pull {_SHOP}:1.0` says: {_last(said)}"
            if status
            else f"1.0 is signed by {' and '.join(first) or 'nobody by name'}",
            "1.0, signed by Anna: users still run it",
            f"add to what is there, and delete nothing. To get it back, {_ANEW}",
        )
    return passed(f"a user got the real 2.0, signed by {' and '.join(by)}; trial was refused")


def _machine(name: str):
    return docker.running(f"lab-13-{name}", _ANEW, anew=_ANEW)


def _pull(user, reference: str) -> tuple[int, str]:
    """Exit status and output of a pull with content trust by somebody who has never seen the repository."""
    script = (
        "rm -rf /tmp/look && cp -r /root/.docker /tmp/look && rm -rf /tmp/look/trust && "
        f"DOCKER_CONFIG=/tmp/look DOCKER_CONTENT_TRUST=1 docker pull -q {reference} 2>&1"
    )
    status, said = docker.run(user, "sh", "-c", script)
    return (255 if status is None else status), said


def _image_id(machine, reference: str) -> str:
    status, said = docker.run(machine, "docker", "image", "inspect", "--format", "{{.Id}}", reference)
    return said if status == 0 else ""


def _trust(user) -> dict:
    """What Notary says to that somebody of the shop's signers and signed tags."""
    _, said = docker.run(user, "sh", "-c", f"DOCKER_CONFIG=/tmp/look docker trust inspect {_SHOP} 2> /dev/null")
    try:
        return json.loads(said)[0]
    except (ValueError, IndexError):
        raise NotYet(
            f"`docker trust inspect {_SHOP}` on the user's machine says nothing of signers", "who has signed", _ANEW
        ) from None


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "nothing"


# -- what the cluster admits ---------------------------------------------------------------------

_IMAGES = "run the cell that fills the store once more: `sh signing/store.sh`"
_POLICIES = "clusterimagepolicies.policy.sigstore.dev"


def _reference(name: str) -> str:
    """An image of the store by digest, as the cluster names it. Raises NotYet when it is not there."""
    found = registry.asked(STORE, f"lab/{name}", "1.0")
    if found is None:
        raise NotYet(f"the store has no lab/{name}:1.0", "it, to try with", _IMAGES)
    return f"{INSIDE}/lab/{name}@{found.digests[0]}"


def _refusal(image: str, namespace: str) -> str:
    """Why the API server would not create a pod of this image, labelled as the shop's are; nothing when it would."""
    spec = {"containers": [{"name": "tried", "image": image}]}
    metadata = {"name": "lab-tried", "labels": {"app": "shop"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    status, said = cluster.act("POST", f"/api/v1/namespaces/{namespace}/pods", pod, query=[("dryRun", "All")])
    return "" if status == 201 else said or f"status {status}"


_AWAY = "failed calling webhook"


def _way_out(refusal: str, namespace: str) -> str:
    """What to do when the API server refuses so what it should admit."""
    if _AWAY in refusal:
        return "the controller that judges does not answer: `kubectl -n cosign-system get deployments,pods`"
    if "namespaces" in refusal and "not found" in refusal:
        return "run the first cell of this chapter: it makes the namespace"
    if "policy.sigstore.dev" not in refusal:
        return f"`kubectl describe namespace {namespace}` shows its label, its quota and its limits"
    if "no matching policies" in refusal:
        return f"there has to be a policy whose glob is that of the image: `kubectl get {_POLICIES} -o yaml`"
    return f"which key do the policies ask for? `kubectl get {_POLICIES} -o yaml`"


def _must_admit(image: str, called: str, namespace: str) -> None:
    """Raises NotYet unless a pod of it may come; a new policy counts after a moment."""
    why = ""

    def settled() -> bool:
        nonlocal why
        why = _refusal(image, namespace)
        return not why or _AWAY in why

    wait.until(settled, 3, every=0.3)
    if why:
        raise NotYet(
            f"a pod with {called} in {namespace} is refused: {why[:330]}", "it admitted", _way_out(why, namespace)
        )


def _must_refuse(image: str, called: str, namespace: str, fix: str) -> None:
    """Raises NotYet unless the policy controller refuses a pod of it. fix: what to do when it is admitted."""
    why = wait.until(lambda: _refusal(image, namespace), 3, every=0.3)
    if not why:
        raise NotYet(f"a pod with {called} in {namespace} is admitted", "a refusal", fix)
    if "policy.sigstore.dev" not in why or _AWAY in why:
        raise NotYet(
            f"a pod with {called} in {namespace} is refused, and not by a signature policy: {why[:250]}",
            "a refusal for want of a signature",
            _way_out(why, namespace),
        )


def _is_ours(image: str) -> bool:
    """Whether it is lab/welcome from the store, by tag or digest."""
    return re.split("[:@]", image.removeprefix(f"{INSIDE}/"))[0] == "lab/welcome" and image.startswith(INSIDE)


def _must_fail_closed() -> None:
    for kind in ("validatingwebhookconfigurations", "mutatingwebhookconfigurations"):
        found = cluster.get(kind, "policy.sigstore.dev")
        hooks = (found or {}).get("webhooks") or []
        if not hooks or any(one.get("failurePolicy") != "Fail" for one in hooks):
            raise NotYet(
                f"{kind[:-1]} policy.sigstore.dev "
                + ("has failurePolicy Ignore" if hooks else "is gone" if found is None else "has no webhooks"),
                "failurePolicy Fail: while nobody judges, nothing passes",
                f"`kubectl patch {kind} policy.sigstore.dev --type=json -p "
                """'[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Fail"}]'`"""
                if hooks
                else 'run lab.prepare("13-signing"), which puts it back',
            )


# By digest, since a tag is looked up first, and where there is no internet that fails.
_ELSEWHERE = f"docker.io/library/busybox@sha256:{'0' * 64}"
_LABEL = "`kubectl get namespaces -L policy.sigstore.dev/include` shows who asks for it"


@lesson.exercise(
    "door",
    title="Nobody gets in",
    task=f"""The deployment `shop` in `{DOOR}` should have two copies, and has none. Its image is signed with the key of
which you have `made/13/cosign.pub`. (The key before it was lost last week; `made/13/mallory.pub` is its public half.)
Find out why, and heal it.

- Deployment `shop` runs two copies of `{INSIDE}/lab/welcome` that are ready.
- A pod in `{DOOR}` with an image that nobody has signed is refused.
- So is one that was signed with the lost key, as `{INSIDE}/lab/foreign:1.0` is.
- While the controller that judges is away, nothing gets in: its webhooks still *fail closed*.""",
    hints=(
        f"The refusal is told to the replica set: `kubectl -n {DOOR} describe replicaset`. There are two faults, one "
        "behind the other. Who does not answer, and what runs there? And when it answers, what does it say?",
        "`kubectl -n cosign-system scale deployment webhook --replicas=1`, and then a `ClusterImagePolicy` with the "
        "key in `made/13/cosign.pub` in place of the old one. "
        f"`kubectl -n {DOOR} rollout restart deployment shop` makes the replica set try again at once.",
    ),
    patience=45,
)
def door():
    setup = "run the cell that sets up the exercise: `sh signing/door.sh`"
    shop = cluster.get("deployment", "shop", DOOR)
    if shop is None:
        raise NotYet(f"there is no deployment shop in {DOOR}", "it, with two copies", setup)
    _must_admit(_reference("welcome"), "the signed image", DOOR)
    shop = cluster.ready_deployment("shop", DOOR, setup)
    if (copies := shop["spec"].get("replicas", 1)) < 2:
        raise NotYet(f"shop has {copies} replicas", "two", f"`kubectl -n {DOOR} scale deployment shop --replicas=2`")
    if not _is_ours(cluster.image_of(shop)):
        raise NotYet(f"shop runs {cluster.image_of(shop)}", f"{INSIDE}/lab/welcome", setup)
    _must_fail_closed()
    keep = f"the namespace keeps its label, and a policy asks for a signature: {_LABEL}; `kubectl get {_POLICIES}`"
    _must_refuse(_reference("unsigned"), "an image that nobody has signed", DOOR, keep)
    lost = f"let the policy ask for `made/13/cosign.pub` alone: `kubectl get {_POLICIES} -o yaml` shows its authorities"
    _must_refuse(_reference("foreign"), "an image that was signed with the lost key", DOOR, lost)
    return passed("shop runs; what is unsigned, or signed with the lost key, was refused, and the webhooks fail closed")


@lesson.exercise(
    "gate",
    title="A gate of your own",
    task=f"""Chapter 12 and this one together. Guard the namespace `{GATE}`, and install into it.

- The Helm release `shop`, of a chart `welcome` as in `charts/welcome`, is deployed there. Its deployment has two copies
  that are ready, and their image is `{INSIDE}/lab/welcome`, by digest.
- A pod there with an image that nobody has signed is refused.
- A pod there with an image signed with another key than that of `made/13/cosign.pub` is refused, as
  `{INSIDE}/lab/foreign:1.0` is.
- A pod there with an image from elsewhere is refused, as `busybox:1.37` is.
- In `{OPEN}` everything starts as before.""",
    hints=(
        "A namespace asks for it by its label. Which images does a policy speak of, and what becomes of those of which "
        "none speaks? The chart's values are `image.repository` and `image.tag`.",
        "`kubectl label namespace`, a `ClusterImagePolicy` as in section 7, and `helm upgrade --install shop "
        f"charts/welcome -n {GATE} --set replicas=2 --set image.repository={INSIDE}/lab/welcome --set image.tag=1.0 "
        "--wait`. The controller writes the digest into it. Old policies for everything, as `**`, have to go.",
    ),
    patience=45,
)
def gate():
    _must_admit(_reference("welcome"), "the signed image", GATE)
    _must_be_released()
    label = f"{_LABEL}; `kubectl label namespace {GATE} policy.sigstore.dev/include=true` does"
    _must_refuse(_reference("unsigned"), "an image that nobody has signed", GATE, label)
    only = f"let policies for {INSIDE} ask for `made/13/cosign.pub` alone: `kubectl get {_POLICIES} -o yaml`"
    _must_refuse(_reference("foreign"), "an image signed with another key", GATE, only)
    glob = f"which policy lets it in? `kubectl get {_POLICIES} -o yaml` shows their globs and authorities"
    _must_refuse(_ELSEWHERE, "busybox, which is from elsewhere", GATE, glob)
    for image in ("busybox:1.37", _reference("unsigned")):
        if why := _refusal(image, OPEN):
            raise NotYet(
                f"a pod with {image[:40]} in {OPEN} is refused: {why[:200]}",
                "it admitted: only your own namespace is guarded",
                f"`kubectl label namespace {OPEN} policy.sigstore.dev/include-`"
                if "policy.sigstore.dev" in why
                else _way_out(why, OPEN),
            )
    return passed(f"shop runs in {GATE} by digest; what is unsigned, foreign or from elsewhere was refused there")


def _must_be_released() -> None:
    install = (
        f"`helm upgrade --install shop charts/welcome -n {GATE} --set replicas=2 --set "
        f"image.repository={INSIDE}/lab/welcome --set image.tag=1.0 --wait`"
    )
    releases = cluster.objects("secrets", GATE, "owner=helm,name=shop,status=deployed")
    if not releases:
        raise NotYet(f"there is no deployed Helm release shop in {GATE}", "it", install)
    shop = cluster.ready_deployment("shop", GATE, install)
    if (shop["metadata"].get("annotations") or {}).get("meta.helm.sh/release-name") != "shop":
        raise NotYet(
            "deployment shop is not the release's", "the one of Helm's release shop", f"delete it, and {install}"
        )
    if (copies := shop["spec"].get("replicas", 1)) != 2:
        raise NotYet(f"shop has {copies} replicas", "two", install)
    for pod in cluster.staying(cluster.pods_of(shop)):
        image = cluster.image_of(pod)
        if not _is_ours(image) or "@sha256:" not in image:
            raise NotYet(
                f"pod {pod['metadata']['name']} runs {image}",
                f"{INSIDE}/lab/welcome by digest",
                f"the controller writes digests into what comes to a namespace with its label: {_LABEL}; then {install}"
                if _is_ours(image)
                else install,
            )
