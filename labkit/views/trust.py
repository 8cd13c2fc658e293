"""Who vouches for what, from the root key down to an image: drawn from the metadata that a machine keeps."""

from labkit.display.look import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SOFT, count, table
from labkit.display.picture import Picture, box, drawing, label, stroke
from labkit.evidence import docker, notary
from labkit.evidence.notary import Repository, Role

_WIDTH, _TALL, _GAP = 760, 46, 26
_NOTARYS = ("snapshot", "timestamp")


def chain(repository: str, publisher: str = "lab-13-publisher", user: str = "lab-13-user") -> Picture:
    """Root, repository key, signers, tags, digests and images of a repository.

    publisher, user: names of containers with an engine; what the user's has of the images is looked up there. Raises
    Trouble when the publisher's machine knows no signatures.
    """
    state = notary.kept(publisher, repository)
    container = docker.container(user)
    images = {tag: _image(container, repository, digest) for tag, digest in state.tags.items()}
    return draw(state, images)


def _image(machine, repository: str, digest: str) -> str:
    """The ID of an image that an engine has by digest; empty when it has none."""
    name = f"{repository}@sha256:{digest}"
    status, said = (
        docker.run(machine, "docker", "image", "inspect", "--format", "{{.Id}}", name) if machine else (1, "")
    )
    return said.removeprefix("sha256:") if status == 0 else ""


def draw(state: Repository, images: dict[str, str]) -> Picture:
    """The picture of a repository; images: tag → ID of the image that the user has, or nothing."""
    title = f"Who vouches for {state.name}"
    root, targets = state.roles["root"], state.roles["targets"]
    people = [role for name, role in state.roles.items() if name.startswith("targets/") and name != "targets/releases"]
    parts = [label(0, 18, title, weight="bold", size=15)]
    y = 34
    parts += _card(0, y, _WIDTH, ORANGE, "root", f"says which keys count here: {_how(root)}")
    y += _TALL + _GAP
    third = (_WIDTH - 2 * 16) / 3
    for i, role in enumerate((targets, *(state.roles[name] for name in _NOTARYS))):
        x = i * (third + 16)
        parts.append(stroke(x + third / 2, y - _GAP, x + third / 2, y, ORANGE, 2))
        words = "repository key (targets)" if role is targets else f"{role.name}, Notary's own"
        parts += _card(x, y, third, BLUE if role is targets else GREY, words, _how(role))
    y += _TALL + _GAP
    each = (third - 8 * max(len(people) - 1, 0)) / max(len(people), 1)
    wide = max(each, 150)
    for i, role in enumerate(people):
        x = i * (wide + 8)
        parts.append(stroke(third / 2, y - _GAP, x + wide / 2, y, BLUE, 2))
        parts += _card(x, y, wide, PURPLE, f"signer {role.name.partition('/')[2]}", _how(role, keys_only=True))
    if not people:
        parts.append(label(0, y + 20, "nobody is a signer yet", SOFT))
    y += _TALL + _GAP
    rows = [("tag", "signed by", "digest of its manifest", "image ID at the user's")]
    for number, (tag, digest) in enumerate(sorted(state.tags.items())):
        who = " and ".join(state.signers[tag]) or "the repository key"
        image = images.get(tag, "")
        if number == 0 and people:
            parts.append(stroke(wide / 2, y - _GAP, wide / 2, y, PURPLE, 2))
        parts.append(box(0, y, _WIDTH, 28, GREEN, GREEN, 0.14))
        parts.append(label(10, y + 19, f"tag {tag}", weight="bold"))
        parts.append(label(120, y + 19, f"signed by {who}", INK))
        parts.append(label(330, y + 19, f"→ digest {digest[:12]}", INK))
        parts.append(
            label(540, y + 19, f"→ image {image[:12]}" if image else "not at the user's", INK if image else SOFT)
        )
        rows.append((tag, who, digest[:12], image[:12] or "-"))
        y += 34
    if not state.tags:
        parts.append(label(0, y + 18, "no tag is signed yet", SOFT))
        y += 30
    roles: list[tuple[object, ...]] = [("role", "keys", "named by", "version", "good until")]
    for one in state.roles.values():
        keys = ", ".join(key[:12] for key in one.keys)
        by = "itself" if one is root else one.by
        roles.append((one.name, keys, by, one.version or "-", one.expires or "-"))
    said = f"{count(len(state.tags), 'signed tag')}, {count(len(people), 'signer')}"
    twin = [title, said, "", table(roles), "", table(rows) if state.tags else "No tag is signed yet."]
    return Picture(drawing(_WIDTH, int(y) + 8, f"{title}: {said}", *parts), "\n".join(twin))


def _card(x: float, y: float, width: float, colour: str, head: str, words: str) -> list[str]:
    return [
        box(x, y, width, _TALL, colour, colour, 0.14),
        label(x + 10, y + 19, head, weight="bold"),
        label(x + 10, y + 37, words, SOFT),
    ]


def _how(role: Role, keys_only: bool = False) -> str:
    keys = f"key {', '.join(key[:6] for key in role.keys)}"
    return keys if keys_only or not role.version else f"{keys}, v{role.version}, until {role.expires}"
