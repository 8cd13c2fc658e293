"""Chapter 14: what it prepares, and its checkers.

The dangerous part happens in engines in containers, on a network of their own that leads nowhere. The checkers attack:
they come to an engine without a certificate, and try in a container what somebody who broke in would try.
"""

import base64
import hashlib
import json
import re
import secrets

from labkit import session
from labkit.course import made
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.errors import Trouble
from labkit.evidence import NotYet, docker, layers
from labkit.system import wait

NETWORK, TILL, BOOK, DIND = "lab-14", "lab-14-till", "lab-14-book", "docker:26.1-dind"
_MIB = 1024 * 1024

lesson = Lesson(
    number="14",
    name="docker-security",
    title="Docker security",
    minutes=50,
    goals=(
        "say what is in an image before you run it, and what is known to be vulnerable in its program",
        "find a secret in an image's layers, and build without leaving one",
        "show why access to the Docker daemon is root on its machine",
        "open an engine's API to those who have a certificate, and to nobody else",
        "take away from a container what its program does not need, and show that the attack fails then",
    ),
    images=("busybox", "debian", "golang", "static", "welcome", "dind", "govulncheck"),
    tools=("docker-buildx", "syft"),
    owns=("lab-14", "lab-14-*", "lab/14-*"),
    files=("14-offers.txt",),
)


# -- third-party images --------------------------------------------------------------------------

_OFFERS = ("red", "green", "blue")
# What is wrong with an offer, as a line about it has to say it; and what it is, for a verdict.
_VULNERABILITY, _COLLECTOR = "GO-2022-1059", "collect.example"


@lesson.exercise(
    "offers",
    title="Three offers",
    task="""
Three firms offer an image of the same program: `lab/14-greet:red`, `lab/14-greet:green`, `lab/14-greet:blue`. One of
them can be run. Find out which, **without running any**, and say why not the others. What the Go distribution itself
brings is the same in all three, and does not count here.

- The file `14-offers.txt` has a line for each offer: `red: …`, `green: …`, `blue: …`. After the colour stands **run**
  or **refuse**; run stands at one.
- A refused offer whose own code *calls* a known vulnerability: its line names that, as `GO-…`.
- A refused offer that tells a stranger about you: its line names the host to which it does so.
- `made/14/offer.spdx.json` is the SBOM, in SPDX's JSON, of the offer that you run.
""",
    hints=(
        "`docker inspect` and `docker history` say what an image starts, and as whom. `docker create` and `docker cp` "
        "take a file out of an image, and nothing of it runs.",
        "Give `/greet` of each to `lab/govulncheck:v1.9.0`, as in section 1: “Symbol Results” are what is called. One "
        "of the images starts a script: read it. For the last point: `syft lab/14-greet:COLOUR -o spdx-json`.",
    ),
)
def offers():
    for colour in _OFFERS:
        if docker.image(f"lab/14-greet:{colour}") is None:
            raise NotYet(
                f"there is no image lab/14-greet:{colour}", "the three offers", "run the cell that builds the offers"
            )
    said = _said_of_offers()
    run = [colour for colour, (verdict, _) in said.items() if verdict == "run"]
    if len(run) != 1:
        raise NotYet(
            f"14-offers.txt runs {' and '.join(run) or 'none of them'}",
            "one that is run",
            "write `run` after one colour, and `refuse` after the others",
        )
    if run == ["red"]:
        raise NotYet(
            "14-offers.txt runs red, whose code calls what is known to be vulnerable",
            "an offer whose code does not",
            "give each program to `lab/govulncheck:v1.9.0`, and read its Symbol Results",
        )
    if run == ["blue"]:
        raise NotYet(
            "14-offers.txt runs blue, which does more than its program",
            "an offer that does nothing else",
            "`docker inspect --format '{{.Config.Entrypoint}}' lab/14-greet:blue` names what it starts: read that file",
        )
    if _VULNERABILITY not in said["red"][1].upper():
        other = re.findall(r"GO-\d+-\d+", said["red"][1].upper())
        raise NotYet(
            f"the line about red names {other[0]}, which its own code does not call"
            if other
            else "the line about red names no known vulnerability",
            "the one that its code calls",
            "`lab/govulncheck:v1.9.0` lists it first for red's `/greet`, with the function: add its number to the line",
        )
    if _COLLECTOR not in said["blue"][1].lower():
        raise NotYet(
            "the line about blue does not name whom it tells",
            "the host",
            "copy the script that blue starts out of the image, and read to whom it sends; add that host to the line",
        )
    _sbom_of(run[0])
    return passed("green is run: it has the old module, and its code never calls what is wrong in it")


def _said_of_offers() -> dict[str, tuple[str, str]]:
    """Verdict and the whole line about each offer, by its colour. Raises NotYet unless each has one line."""
    file = session.current.folder / "14-offers.txt"
    try:
        lines = [line.strip() for line in file.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        raise NotYet(
            "there is no file 14-offers.txt", "a line for each offer", "write it beside the notebook: `red: refuse, …`"
        ) from None
    said: dict[str, tuple[str, str]] = {}
    for line in lines:
        # As in a list, in a table, or by the image's name; a line about none of them is the learner's own.
        match = re.match(r"[\W_]*(?:lab/14-greet:)?(red|green|blue)\W+(.*)", line, re.IGNORECASE)
        if not match:
            continue
        colour = match[1].lower()
        if colour in said:
            raise NotYet(f"14-offers.txt has two lines about {colour}", "one for each offer", "make one line of them")
        verdict = re.match(r"(run|refuse)", match[2], re.IGNORECASE)
        if not verdict:
            raise NotYet(
                f"14-offers.txt says “{line[:60]}”",
                "run or refuse after the colour",
                f"begin with `{colour}: run` or `{colour}: refuse`",
            )
        said[colour] = verdict[1].lower(), line
    if missing := [colour for colour in _OFFERS if colour not in said]:
        raise NotYet(
            f"14-offers.txt has no line that begins with {' or '.join(missing)}",
            "a line for each offer",
            f"add `{missing[0]}: …`, with all that you say about it on that line",
        )
    return said


def _sbom_of(colour: str) -> None:
    """Raises NotYet unless the learner's SBOM is of this offer."""
    file, reference = "made/14/offer.spdx.json", f"lab/14-greet:{colour}"
    make = f"`syft {reference} -o spdx-json > {file}`"
    try:
        document = json.loads((made.folder(lesson) / "offer.spdx.json").read_text())
        version = document["spdxVersion"]
        packages = document["packages"]
        names = {(one.get("name"), one.get("versionInfo")) for one in packages}
    except OSError:
        raise NotYet(f"there is no file {file}", f"the SBOM of {reference}", make) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotYet(f"{file} is no SBOM in SPDX's JSON", "one, as syft writes it", make) from None
    # What it describes is a package itself, with the image's tag or ID.
    about = json.dumps([one for one in packages if "DocumentRoot" in str(one.get("SPDXID"))] or document.get("name"))
    image = docker.image(reference)
    meant = re.search(rf"\b{colour}\b", about) or (image and image.id.partition(":")[2] in about)
    others = [other for other in _OFFERS if other != colour and re.search(rf"\b{other}\b", about)]
    part = re.search(r"DocumentRoot-(File|Directory)", about)
    if others or part or not meant or ("golang.org/x/text", "v0.3.7") not in names:
        what = f"lab/14-greet:{others[0]}" if others else str(document.get("name"))
        what = f"the {part[1].lower()} {what}" if part else what
        raise NotYet(f"{file} ({version}) describes {what}", f"the SBOM of {reference}", make)


# -- secrets in layers ---------------------------------------------------------------------------

_TOKEN = rb"lab-token-[0-9a-f]{32}"


@lesson.exercise(
    "token",
    title="A parcel with a token in it",
    task="""
`lab/14-parcel:1` was built with a token, by somebody who left. Nobody else has that token, and a parcel without its
receipt is worth nothing. You need the token, and a parcel that does not carry it.

- `made/14/found` has the token that `lab/14-parcel:1` carries, and no more than a few words beside it. It begins with
  `lab-token-`.
- `lab/14-parcel:2` has the receipt in its file `/parcel/receipt`: the SHA-256 of the token's characters, without an end
  of line.
- Nowhere in `lab/14-parcel:2` is the token: in no layer, in no file that a later layer removes, in no line of its
  history, in no variable. A token in base64 is the token.
""",
    hints=(
        "`docker history lab/14-parcel:1` says what was copied, and what was removed afterwards. `docker save` writes "
        "all layers into a file; section 2 unpacked one.",
        "Keep the token in `made/14/found`, and build with `--secret id=token,src=made/14/found`. In the Dockerfile: "
        "`RUN --mount=type=secret,id=token tr -d '\\n' < /run/secrets/token | sha256sum | cut -c 1-64 > …/receipt`",
    ),
)
def token():
    if docker.image("lab/14-parcel:1") is None:
        raise NotYet("there is no image lab/14-parcel:1", "the parcel", "run the cell that builds it")
    carried = {match for _, match in layers.found("lab/14-parcel:1", _TOKEN)}
    if len(carried) != 1:
        raise NotYet(
            f"lab/14-parcel:1 carries {len(carried)} tokens", "the parcel as it was", "run the cell that builds it"
        )
    [secret] = carried
    try:
        mine = (made.folder(lesson) / "found").read_bytes()
    except OSError:
        raise NotYet(
            "there is no file made/14/found",
            "the token of lab/14-parcel:1",
            "`docker save lab/14-parcel:1` writes its layers: look into each, and keep the token in that file",
        ) from None
    if secret not in re.findall(_TOKEN, mine):
        raise NotYet(
            f"made/14/found says “{mine.decode(errors='replace').strip()[:50]}”, which lab/14-parcel:1 does not carry",
            "its token",
            "look into its layers again: the parcel is another one each time it is built",
        )
    if len(mine) > 500:
        raise NotYet(
            f"made/14/found has {len(mine):,} bytes", "the token alone", "it has 42 characters: keep those in the file"
        )
    if docker.image("lab/14-parcel:2") is None:
        raise NotYet(
            "there is no image lab/14-parcel:2", "one with the receipt", "build it, with the token as a secret"
        )
    receipt = docker.files_of_image("lab/14-parcel:2", "/parcel/receipt")
    text = receipt[0][1].decode(errors="replace").strip() if receipt else ""
    wanted = hashlib.sha256(secret).hexdigest()
    if wanted not in text.lower():
        ends = hashlib.sha256(secret + b"\n").hexdigest() in text.lower()
        saw = f"/parcel/receipt in lab/14-parcel:2 says “{text[:20]}…”" if text else "there is no /parcel/receipt"
        raise NotYet(
            saw + (", the SHA-256 of the token with an end of line" if ends else ""),
            "the SHA-256 of the token's characters, as `docker run --rm lab/14-parcel:1` prints it",
            "`tr -d '\\n' < /run/secrets/token | sha256sum | cut -c 1-64 > /parcel/receipt`, in a RUN with the secret",
        )
    # An image is saved whole for this, so once.
    forms = b"|".join(map(re.escape, (secret, *_in_base64(secret))))
    if places := layers.found("lab/14-parcel:2", forms):
        where, what = places[0]
        raise NotYet(
            f"lab/14-parcel:2 carries the token{'' if what == secret else ', in base64'}: {where}",
            "it nowhere",
            (
                "what a layer has, no later layer takes back"
                if where.startswith("layer")
                else "arguments, variables and labels stay in the configuration, which everybody pulls"
            )
            + ": build anew, with the token as a secret of the build",
        )
    return passed(f"the receipt {wanted[:12]}… is in lab/14-parcel:2, and the token is not")


def _in_base64(secret: bytes) -> list[bytes]:
    """What base64 makes of a secret inside a longer text, wherever in that it begins: the part that is always there, in
    two halves, of which the end of a line can break only one."""
    halves = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + secret)
        # The first and the last group of four depend on what stands beside it.
        part = text[4 if before else 0 : len(text) // 4 * 4 - 4]
        halves += [part[: len(part) // 2], part[len(part) // 2 :]]
    return halves


# -- an engine's API -----------------------------------------------------------------------------


def _certificates(folder: str, *more: str) -> dict[str, bytes] | None:
    """ca.pem, cert.pem, key.pem and more files of a folder in made/14, or None when one of them is not there."""
    names = ("ca.pem", "cert.pem", "key.pem", *more)
    try:
        return {name: (made.folder(lesson) / folder / name).read_bytes() for name in names}
    except OSError:
        return None


def _answered(guest, ports: list[int], folder: str = "") -> dict[int, str]:
    """How the engine answers on which of these ports, by plain HTTP or by TLS, to somebody who asks all of them at once
    and takes any certificate of it. folder: where the guest has a certificate of their own, with which they ask by TLS
    alone."""
    tls = "--tls --tlscacert /old/ca.pem"  # a client wants one, though it does not look at it
    if folder:
        tls = f"--tls --tlscacert {folder}/ca.pem --tlscert {folder}/cert.pem --tlskey {folder}/key.pem"
    asks = [(how, port) for how in ([tls] if folder else ["", tls]) for port in ports]
    script = "\n".join(
        f"(docker {how} -H tcp://{TILL}:{port} version --format x > /dev/null 2>&1 "
        f"&& echo {port} {'TLS' if how else 'plain HTTP'}) &"
        for how, port in asks
    )
    _, said = docker.run(guest, "sh", "-c", f"{script}\nwait")
    return {int(port): how for port, _, how in (line.partition(" ") for line in said.splitlines()) if port.isdigit()}


@lesson.exercise(
    "till",
    title="A door for those who have a key",
    task="""
The engine in **`lab-14-till`** is open to its whole network, by plain TCP on port 2375. You need its API from another
machine, and nobody else may have it. The colleague who set it up has left, with a certificate from the authority in
`made/14/old`, which has the authority's key, too.

- Whoever comes to `lab-14-till` without a certificate is refused, on every port.
- The colleague's certificate, in `made/14/old`, is refused.
- With `ca.pem`, `cert.pem` and `key.pem` from the folder `made/14/till`, `docker --tlsverify` gets an answer from
  `tcp://lab-14-till:2376`.
- It is the same engine: the container `takings` that is in it runs.
- No port of `lab-14-till` is published on your own machine.
""",
    hints=(
        "What section 4 did for `lab-14-host`: an authority, a certificate for a server by the name by which it is "
        "called, one for a client. Whose signature does the colleague's certificate have?",
        "An engine's data are in the volume `lab-14-till`, not in the container: `docker rm -f` that, and make another "
        "with the same `-v`, and with `--tlsverify --tlscacert … --tlscert … --tlskey …` instead of `--tls=false`. "
        "`docker create`, `docker cp`, `docker start`.",
    ),
    patience=40,
)
def till():
    setup = "run the cell that sets it up"
    anew = f"`docker rm -f {TILL}`, and make it anew with `-v {TILL}:/var/lib/docker`"
    container = docker.running(
        TILL, setup, ended=f"read `docker logs {TILL}`; then {anew}", anew=f"mend that; then {anew}"
    )
    published = [port for port, places in (container.attrs["NetworkSettings"]["Ports"] or {}).items() if places]
    if published or container.attrs["HostConfig"]["NetworkMode"] == "host":
        raise NotYet(
            f"{TILL} publishes {', '.join(published) or 'all its ports'} on your machine",
            "no port of it there",
            f"{anew}, with `--network {NETWORK}` and without `-p`",
        )
    _on_network(container, anew)
    old = _certificates("old", "takings")
    if old is None:
        raise NotYet("what the colleague left is not in made/14/old any more", "it, to try it", setup)

    def listens() -> bool:
        return bool(docker.open_ports(container)) or docker.run(container, "docker", "version")[0] == 0

    if not wait.until(listens, 15, every=0.3):
        raise NotYet(
            f"no engine answers in {TILL}", "one", f"`docker logs {TILL}` says why; mend that, and then {anew}"
        )
    ports = docker.open_ports(container)
    with docker.guest(DIND, NETWORK) as guest:
        docker.put(guest, "/old", old)
        for port, how in _answered(guest, ports).items():
            raise NotYet(
                f"somebody without a certificate asks port {port} of {TILL} by {how}, and is answered",
                "a refusal on every port",
                f"the engine asks nobody for a certificate: {anew}, with `--tlsverify` and `--tlscacert`"
                if how == "TLS"
                else f"{anew}, without plain HTTP on port {port}",
            )
        for port in _answered(guest, ports, "/old"):
            raise NotYet(
                f"the colleague's certificate is accepted on port {port}",
                "a refusal",
                "an engine cannot take one certificate back: make another authority, with `security/authority.sh`; "
                f"sign anew; {anew}, with that `--tlscacert`",
            )
        mine = _certificates("till")
        if mine is None:
            raise NotYet(
                "ca.pem, cert.pem and key.pem are not all in made/14/till",
                "a client's three files there",
                "`sh security/certificate.sh AUTHORITY made/14/till NAME client` makes them",
            )
        if 2376 not in ports:
            others = ", ".join(map(str, ports)) or "none"
            raise NotYet(
                f"{TILL} listens on TCP port {others}", "port 2376", f"{anew}, with `--host tcp://0.0.0.0:2376`"
            )
        docker.put(guest, "/mine", mine)
        verified = {"DOCKER_CERT_PATH": "/mine", "DOCKER_TLS_VERIFY": "1", "DOCKER_HOST": f"tcp://{TILL}:2376"}
        every = ("docker", "ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.State}}")
        status, said = docker.run(guest, *every, environment=verified)
        if status:
            why = (said.splitlines() or ["no answer"])[-1].rpartition('": ')[2]
            raise NotYet(f"with made/14/till the client is told: {why}", "an answer", _key_fix(why))
        if 2376 not in _answered(guest, [2376], "/mine"):
            raise Trouble("the engine answers now and then", "an answer each time it is asked", "check again")
    state = dict(line.partition(" ")[::2] for line in said.splitlines()).get(old["takings"].decode().strip())
    if state is None:
        raise NotYet(
            f"the engine in {TILL} does not have the container takings that was there: it is another engine",
            "the same one, with its data",
            f"{anew}; if that volume was removed, {setup} again",
        )
    if state != "running":
        raise NotYet(f"takings in {TILL} is {state}", "it running", "start it, as your client of that engine")
    return passed("who has no certificate is refused, so is the colleague; you get in, and takings runs")


def _key_fix(why: str) -> str:
    """What to do when a client is refused. why: what it was told."""
    if "unknown authority" in why:
        return "the ca.pem in made/14/till is not that of the authority which signed the server's certificate: copy it"
    if "valid for" in why or "SAN" in why:
        return f"the server's certificate needs the name `{TILL}`: make it anew, and put it into the container"
    if "remote error" in why:
        return (
            "the engine does not accept the certificate in made/14/till: sign one for a client (`clientAuth`), by the "
            "authority in the engine's `--tlscacert`"
        )
    return f"`docker logs {TILL}`, and the files in made/14/till, may tell why"


def _on_network(container, anew: str) -> None:
    """Raises NotYet unless a container is on the chapter's network. anew: how to make it once more."""
    if NETWORK not in container.attrs["NetworkSettings"]["Networks"]:
        raise NotYet(
            f"{container.name} is not on the network {NETWORK}", "it there", f"{anew}, with `--network {NETWORK}`"
        )


# -- what a container may do ---------------------------------------------------------------------

_BACKDOORS = (
    *("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/usr/lib"),
    *("/www", "/www/cgi-bin", "/etc", "/root"),
)
_OLD_ENTRY = "the first guest was here"


@lesson.exercise(
    "book",
    title="A guestbook that still works",
    task="""
A colleague has hardened the guestbook, **`lab-14-book`**. Since then it takes no entry any more. Find out why, and
start it anew from `lab/14-book:1`, so that it works, and so that somebody who breaks in gets nowhere. There is more
than one fault.

- It takes a new entry from a guest on the network `lab-14`, and shows it.
- It still has the old entry, which is in the volume `lab-14-book`.
- No process in it is root's.
- Nobody in it can change the files of its image, not even root.
- The helper, which is set-user-ID root, makes nobody root.
- It has no capability, and can get none: `CapBnd` in its `/proc/1/status` is 0.
- The kernel filters its system calls (seccomp).
- It may use 128 MiB of memory at most, and have 100 processes at most.
""",
    hints=(
        "Write into it with `sh security/guest.sh hello`, and read what it answers, and `docker logs lab-14-book`. "
        "Where does it write? Whose folders are these: `docker run --rm lab/14-book:1 ls -ldn /tmp /data`?",
        "`--read-only` needs `--tmpfs /tmp`; the user is the one whose folder `/data` is, `--user 1001:1001`. Then "
        "`--cap-drop ALL`, `--security-opt no-new-privileges`, `--memory 128m`, `--pids-limit 100`; and `-v` and "
        "`--network` as before.",
    ),
)
def book():
    anew = f"`docker rm -f {BOOK}`, and run it anew"
    container = docker.running(BOOK, "run the cell that sets it up", ended=f"read `docker logs {BOOK}`; then {anew}")
    wanted = docker.image("lab/14-book:1")
    if wanted is None:
        raise NotYet("there is no image lab/14-book:1", "the guestbook's", "run the cell that sets it up")
    if container.attrs["Image"] != wanted.id:
        named = container.attrs["Config"]["Image"]
        older = ", as it was before that was built again" if named == "lab/14-book:1" else ""
        raise NotYet(f"{BOOK} runs from {named}{older}", "today's lab/14-book:1", f"{anew}, from `lab/14-book:1`")
    _on_network(container, anew)
    entry = f"checked {secrets.token_hex(4)}"
    shown = _asked(entry)
    if entry not in shown:
        where = "read `docker logs lab-14-book`: it needs a /tmp and a /data in which its user may write"
        seen = f"a guest writes into {BOOK}, and is told: {shown.splitlines()[0] if shown else 'nothing'}"
        raise NotYet(seen, "the new entry", f"{where}; then {anew}")
    if _OLD_ENTRY not in shown:
        raise NotYet(
            f"the old entry, “{_OLD_ENTRY}”, is gone from {BOOK}",
            "it, from the volume lab-14-book",
            f"{anew}, with `-v lab-14-book:/data`; if the volume is new, begin with the cell that sets it up",
        )
    if 0 in (numbers := docker.users(container)) or not numbers:
        raise NotYet(f"a process of {BOOK} is root's", "none", f"{anew}, with `--user`")
    _no_backdoor(container, anew)
    _, became = docker.run(container, "helper", "-p", "-c", "id -u", user=_first(container))
    if became.strip() == "0":
        raise NotYet(
            f"`helper -p -c 'id -u'` in {BOOK} says 0: whoever runs it is root",
            "a helper that makes nobody root",
            f"{anew}, with `--security-opt no-new-privileges`",
        )
    facts, host = _facts(container), container.attrs["HostConfig"]
    if host["Privileged"]:
        raise NotYet(
            f"{BOOK} is privileged: it has all capabilities, and CapBnd is {facts['CapBnd']}",
            "no capability",
            f"{anew}, without `--privileged`, and with `--cap-drop ALL`",
        )
    if any(int(facts[name], 16) for name in ("CapBnd", "CapPrm", "CapEff")):
        raise NotYet(
            f"{BOOK} has capabilities, or can get them: CapBnd is {facts['CapBnd']}",
            "none",
            f"{anew}, with `--cap-drop ALL` alone",
        )
    if facts["Seccomp"] != "2":
        asked = any("seccomp" in option for option in host["SecurityOpt"] or ())
        raise NotYet(
            f"the kernel does not filter the system calls of {BOOK}: Seccomp is {facts['Seccomp']}",
            "a filter",
            f"{anew}, without `--security-opt seccomp=unconfined`"
            if asked
            else f"this engine has none unless asked: {anew}, with `--security-opt seccomp=builtin`",
        )
    if not 0 < host["Memory"] <= 128 * _MIB:
        seen = f"{host['Memory'] / _MIB:g} MiB of memory" if host["Memory"] else "all the memory that there is"
        raise NotYet(f"{BOOK} may use {seen}", "128 MiB at most", f"{anew}, with `--memory 128m`")
    if not 0 < (host["PidsLimit"] or 0) <= 100:
        pids = host["PidsLimit"] or 0
        seen = f"{pids} processes" if pids > 0 else "as many processes as it likes"
        raise NotYet(f"{BOOK} may have {seen}", "100 at most", f"{anew}, with `--pids-limit 100`")
    return passed("it takes entries, and keeps the old one; whoever breaks in is nobody, and can leave nothing behind")


def _asked(entry: str) -> str:
    """What a guest is told who writes an entry into the guestbook, from another container on its network."""
    url = f"http://{BOOK}:8000/cgi-bin/book"
    with docker.guest("busybox:1.37", NETWORK) as guest:

        def ask() -> tuple[int | None, str]:
            return docker.run(guest, "wget", "-q", "-O", "-", "-T", "2", "--post-data", entry, url)

        status, said = ask()
        if status and "refused" in said:  # it has just been started
            wait.until(lambda: ask()[0] == 0, 3, every=0.3)
            _, said = ask()
        return said


def _first(container) -> str:
    """The user as whom the container's own program runs, as a number."""
    return str(max(docker.users(container), default=65534))


def _no_backdoor(container, anew: str) -> None:
    """Raises NotYet when somebody in the container can change what came with its image, tried as root."""
    script = "\n".join(
        f"(echo evil > {folder}/lab-backdoor) 2> /dev/null && rm {folder}/lab-backdoor && echo {folder}"
        for folder in _BACKDOORS
    )
    _, said = docker.run(container, "sh", "-c", script, user="0")
    if said:
        raise NotYet(
            f"root in {BOOK} can leave a file in {said.split()[0]}",
            "files that nobody changes",
            f"{anew}, and mount nothing there that can be written"
            if container.attrs["HostConfig"]["ReadonlyRootfs"]
            else f"{anew}, with `--read-only`",
        )


def _facts(container) -> dict[str, str]:
    """What the kernel says about the container's first process."""
    _, said = docker.run(container, "cat", "/proc/1/status")
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in said.splitlines())}
    if not {"CapBnd", "CapPrm", "CapEff", "Seccomp"} <= set(facts):
        raise Trouble(f"the kernel does not say what {BOOK} may do", "its /proc/1/status", "check again")
    return facts
