"""How the rows of all kinds belong together: cards in bands, with names instead of identities.

The order is that of the dashboards: what wants pods, then what leads to them, then what they keep. A card is

    {id, word, name, status, tone, facts: [text], cause, lines: [[tone, text, [names]]], parts: [cards], dots: text}

where word is its kind, a line may go on with names, parts stand side by side in it, and dots has a sign for each pod.
The page draws any card, and text() writes any: what is said of a kind is said here alone.
"""

from collections import defaultdict
from collections.abc import Iterable

from labkit.display.look import SIGNS, count
from labkit.views.cluster import rows

BANDS = {
    "releases": "Helm releases",
    "wants": "What wants pods",
    "leads": "What leads to pods",
    "keeps": "What pods keep",
}
_DOTS = 40  # signs of pods in a card


def _card(row: dict, word: str, facts: Iterable[str] = (), **more) -> dict:
    return {
        "id": row["id"],
        "word": word,
        "name": row["name"],
        "status": row["status"],
        "tone": row["tone"],
        "facts": [fact for fact in facts if fact],
        "cause": row.get("cause", ""),
        "lines": [],
        "parts": [],
        "dots": "",
        **more,
    }


def by_name(rows: Iterable[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row["name"])


# -- which pod is whose --------------------------------------------------------------------------


def of(pod: dict, tables: dict) -> list[str]:
    """Whose a pod is: its owner, and which of its owner's generations. Empty for a pod of its own."""
    if "owner" not in pod:
        return []
    kind, name, identity = pod["owner"]
    mine = tables["replicasets"].get(identity)
    deployment = mine and tables["deployments"].get(mine["owner"])
    if deployment and mine:
        age = _age(mine, deployment) if _changing(deployment, tables) else ""
        return [f"deployment {deployment['name']}", f"revision {mine['revision']}{', ' * bool(age)}{age}"]
    return [f"{rows.in_words(kind)} {name}", ""]


def _age(replica_set: dict, deployment: dict) -> str:
    return "new" if replica_set["revision"] == deployment["revision"] else "old"


def _changing(deployment: dict, tables: dict) -> bool:
    """Whether replica sets of more than one revision have pods or want them."""
    return any(
        row["wanted"] or row["total"]
        for row in tables["replicasets"].values()
        if row["owner"] == deployment["id"] and row["revision"] != deployment["revision"]
    )


# -- the bands -----------------------------------------------------------------------------------


def bands(tables: dict, pods: list[dict]) -> dict[str, list[dict]]:
    """Cards of each band. tables: rows by kind and identity; pods: their rows, in order."""
    return {
        "releases": _releases(tables),
        "wants": _wants(tables, pods),
        "leads": _leads(tables),
        "keeps": _keeps(tables, pods),
    }


def _wants(tables: dict, pods: list[dict]) -> list[dict]:
    tones: dict[str, list[str]] = defaultdict(list)
    for pod in pods:
        if "owner" in pod:
            tones[pod["owner"][2]].append(SIGNS[pod["tone"]])
    dots = {owner: "".join(signs[:_DOTS]) + "…" * (len(signs) > _DOTS) for owner, signs in tones.items()}
    sets: dict[str, list[dict]] = defaultdict(list)
    for row in tables["replicasets"].values():
        sets[row["owner"]].append(row)
    cards = [_deployment(row, sets[row["id"]], dots) for row in by_name(tables["deployments"].values())]
    for owner in sorted(sets.keys() - tables["deployments"].keys()):
        cards += [_replica_set(row, row["status"], dots) for row in by_name(sets[owner])]
    for row in by_name(tables["statefulsets"].values()):
        facts = [
            f"{row['ready']} of {row['wanted']} ready",
            f"{row['updated']} updated",
            *row["images"],
            f"service {row['service']}" if row["service"] else "",
        ]
        cards.append(_card(row, "stateful set", facts, dots=dots.get(row["id"], "")))
    for row in by_name(tables["jobs"].values()):
        facts = [f"{row['succeeded']} of {row['wanted']} done", f"{row['failed']} failed" * bool(row["failed"])]
        cards.append(_card(row, "job", [*facts, *row["images"]], dots=dots.get(row["id"], "")))
    return _with_autoscalers(cards, tables)


def _deployment(row: dict, sets: list[dict], dots: dict) -> dict:
    facts = [
        f"{row['ready']} of {row['wanted']} ready",
        f"{row['updated']} updated",
        f"revision {row['revision']}" if row["revision"] else "",
        *row["images"],
    ]
    newest = sorted(sets, key=lambda one: int(one["revision"] or 0), reverse=True)
    shown = [one for one in newest if one["wanted"] or one["total"] or one["revision"] == row["revision"]]
    ages = [_age(one, row) if len(shown) > 1 else "" for one in shown]
    kept = [f"revision {one['revision']} ({', '.join(one['images'])})" for one in newest if one not in shown]
    return _card(
        row,
        "deployment",
        facts,
        parts=[_replica_set(one, age, dots) for one, age in zip(shown, ages)],
        lines=[["done", "without pods, kept to roll back to:", kept]] if kept else [],
    )


def _replica_set(row: dict, status: str, dots: dict) -> dict:
    facts = [
        f"{row['ready']} of {row['wanted']} ready",
        f"{row['total'] - row['wanted']} too many" if row["total"] > row["wanted"] else "",
        f"revision {row['revision']}" if row["revision"] else "",
        *row["images"],
    ]
    return _card({**row, "status": status}, "replica set", facts, dots=dots.get(row["id"], ""))


def _with_autoscalers(cards: list[dict], tables: dict) -> list[dict]:
    """An autoscaler is a line in the card that it scales, or a card when that is not there."""
    known = {(card["word"].replace(" ", ""), card["name"]): card for card in cards}
    for row in by_name(tables["autoscalers"].values()):
        facts = [*row["metrics"], f"{row['least']} to {row['most']} replicas"]
        facts += [f"now {row['now']}"] if row["now"] is not None else []
        facts += [f"wants {row['wants']}"] if row["wants"] not in (None, row["now"]) else []
        if card := known.get(tuple(row["target"])):
            cause = f" ({row['cause']})" if row["cause"] else ""
            card["lines"].append([row["tone"], f"autoscaler {row['name']}: {', '.join(facts)}{cause}", []])
        else:
            missing = {"status": f"there is no {' '.join(row['target'])}", "tone": "bad"}
            cards.append(_card({**row, **missing}, "autoscaler", facts))
    return cards


def _leads(tables: dict) -> list[dict]:
    services = {row["name"]: _service(row, tables) for row in by_name(tables["services"].values())}
    cards = []
    for kind, word in (("ingresses", "ingress"), ("routes", "HTTP route")):
        for row in by_name(tables[kind].values()):
            lines = [_way(way, services) for way in row["ways"]]
            worse = {"tone": "bad"} if any(tone == "bad" for tone, *_ in lines) else {}
            cards.append(_card({**row, **worse}, word, row["facts"], lines=lines))
    return cards + list(services.values())


def _way(way: list[str], services: dict) -> list:
    asked, name, port, weight = way
    weighed = f", weight {weight}" if weight else ""
    if not name:
        return ["good" if port else "bad", f"{asked} → {port or 'no service'}", []]
    text = f"{asked} → service {name}{f':{port}' if port else ''}{weighed}"
    if "/" in name:  # in another namespace, of which nothing is known here
        return ["done", text, []]
    card = services.get(name)
    if card is None:
        return ["bad", f"{text}: there is no such service", []]
    return [card["tone"], text + (f": {card['status']}" if card["tone"] == "bad" else ""), []]


def _service(row: dict, tables: dict) -> dict:
    states: dict[str, str] = {}
    for piece in tables["slices"].values():
        if piece["service"] == row["name"]:
            states.update(piece["endpoints"])
    names = {state: sorted(name for name, own in states.items() if own == state) for state in states.values()}
    ready, cause = len(names.get("ready", ())), ""
    if row["external"]:
        status, tone = f"another name of {row['external']}", "good"
    elif not states:
        status, tone = "no endpoints", "bad"
        cause = f"no pod with an address has {row['selector']}" if row["selector"] else "it selects no pods"
    elif ready == len(states):
        status, tone = f"{count(ready, 'endpoint')}, ready", "good"
    else:
        status, tone = f"{ready} of {count(len(states), 'endpoint')} ready", "busy" if ready else "bad"
    lines = [
        [tone_, words, names[state]]
        for state, tone_, words in (
            ("ready", "good", "ready:"),
            ("not ready", "busy", "not ready, gets no requests:"),
            ("ending", "done", "ending:"),
        )
        if state in names
    ]
    facts = [row["type"], row["address"], *row["ports"], row["selector"] and f"selects {row['selector']}"]
    return _card({**row, "status": status, "tone": tone, "cause": cause}, "service", facts, lines=lines)


def _keeps(tables: dict, pods: list[dict]) -> list[dict]:
    users: dict[str, list[str]] = defaultdict(list)
    for pod in pods:
        for name in pod.get("claims", ()):
            users[name].append(pod["name"])
    cards = []
    for row in by_name(tables["claims"].values()):
        facts = [row["size"], row["class"] and f"class {row['class']}", row["volume"] and f"volume {row['volume']}"]
        used = sorted(users[row["name"]])
        lines = [["good", "mounted by", used]] if used else [["done", "mounted by no pod", []]]
        cards.append(_card(row, "claim", facts, lines=lines))
    return cards


def _releases(tables: dict) -> list[dict]:
    """A card for each release, of its newest revision; the earlier ones are a line."""
    known: dict[str, list[dict]] = defaultdict(list)
    for row in sorted(tables["releases"].values(), key=lambda row: row["revision"], reverse=True):
        known[row["name"]].append(row)
    cards = []
    for name in sorted(known):
        newest, *earlier = known[name]
        before = [f"{row['revision']} {row['status']}" for row in earlier]
        lines = [["done", "before:", before]] if before else []
        cards.append(_card(newest, "release", [f"revision {newest['revision']}"], lines=lines))
    return cards


# -- the same as text ----------------------------------------------------------------------------


def text(cards: list[dict], indent: str = "") -> list[str]:
    """The lines of a band's cards."""
    lines = []
    for card in cards:
        words = [f"{SIGNS[card['tone']]} {card['status']}" if card["status"] else SIGNS[card["tone"]], *card["facts"]]
        lines.append(f"{indent}{card['word']} {card['name']}: {', '.join(words)}")
        inner = indent + "  "
        lines += [f"{inner}{card['cause']}"] * bool(card["cause"])
        lines += text(card["parts"], inner)
        lines += [
            f"{inner}{SIGNS[tone]} {' '.join([said, ', '.join(names)]).strip()}" for tone, said, names in card["lines"]
        ]
    return lines
