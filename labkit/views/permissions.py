"""Who may do what: a table of the API server's own answers, for everybody who has a binding in some namespaces.

Roles and bindings say who is concerned, and from where their rights come. What somebody may is not read from them:
rights add up, so the API server is asked about each subject and each act, by a SubjectAccessReview.
"""

from dataclasses import dataclass

from labkit.display.look import GOOD, INK, LINE, SOFT, count, table
from labkit.display.picture import Picture, drawing, label, stroke
from labkit.evidence import cluster

# What is asked of everybody: words, verb, resource.
ACTS = (
    ("see pods", "list", "pods"),
    ("read logs", "get", "pods/log"),
    ("create pods", "create", "pods"),
    ("exec", "create", "pods/exec"),
    ("change apps", "patch", "deployments.apps"),
    ("delete apps", "delete", "deployments.apps"),
    ("read secrets", "get", "secrets"),
    ("give rights", "create", "rolebindings.rbac.authorization.k8s.io"),
)
_RBAC = "rbac.authorization.k8s.io"
_YES, _NO = "●", "·"
# Pixels: where namespaces begin, where answers do, from act to act, from row to row, to the first row.
_WHERE, _LEFT, _STEP, _ROW, _TOP = 260, 370, 54, 22, 96


@dataclass(frozen=True)
class Subject:
    """Somebody in a binding. kind: User, Group or ServiceAccount; namespace: a service account's."""

    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        where = f" of {self.namespace}" if self.namespace else ""
        return {"ServiceAccount": "account"}.get(self.kind, self.kind.lower()) + f" {self.name}{where}"

    def may(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether the API server would let them."""
        if self.kind == "Group":
            return cluster.may("", verb, resource, namespace, groups=(self.name,))
        account = f"system:serviceaccount:{self.namespace}:{self.name}"
        return cluster.may(account if self.kind == "ServiceAccount" else self.name, verb, resource, namespace)


@dataclass(frozen=True)
class Row:
    """What somebody may in a namespace: yes or no for each of ACTS, and by which bindings, as words."""

    subject: Subject
    namespace: str
    answers: tuple[bool, ...]
    by: tuple[str, ...]


def look(*namespaces: str) -> list[Row]:
    """The rows for everybody who has a role binding in one of the namespaces, or a cluster role binding of a chapter
    (with the label lab); whoever has only bindings of the cluster's own is left out."""
    bound: dict[Subject, dict[str, list[str]]] = {}
    for namespace in namespaces:
        for binding in cluster.objects(f"rolebindings.{_RBAC}", namespace):
            _note(bound, binding, (namespace,))
    for binding in cluster.objects(f"clusterrolebindings.{_RBAC}", selector="lab"):
        _note(bound, binding, namespaces)
    return [
        Row(
            subject,
            namespace,
            tuple(subject.may(verb, resource, namespace) for _, verb, resource in ACTS),
            tuple(bound[subject].get(namespace, ())),
        )
        for subject in sorted(bound, key=lambda one: (one.kind, one.namespace, one.name))
        for namespace in namespaces
    ]


def _note(bound: dict, binding: dict, namespaces: tuple[str, ...]) -> None:
    """Enters a binding at each of its subjects, for the namespaces in which it counts."""
    role = binding["roleRef"]
    words = f"{binding['kind']} {binding['metadata']['name']}: {role['kind']} {role['name']}"
    for one in binding.get("subjects") or ():
        own = one.get("namespace", binding["metadata"].get("namespace", ""))
        subject = Subject(one["kind"], one["name"], own if one["kind"] == "ServiceAccount" else "")
        for namespace in namespaces:
            bound.setdefault(subject, {}).setdefault(namespace, []).append(words)


def draw(rows: list[Row], namespaces: tuple[str, ...]) -> Picture:
    """The table as a drawing, and as text."""
    title = "Who may do what"
    people = len({row.subject for row in rows})
    said = f"{count(people, 'subject')} with bindings in {' and '.join(namespaces)}, as the API server answers"
    width = _LEFT + _STEP * len(ACTS)
    parts = [label(0, 18, title, weight="bold", size=15), label(0, 38, said, SOFT)]
    for i, (words, _, _) in enumerate(ACTS):
        x = _column(i)
        first, _, rest = words.partition(" ")
        parts += [label(x, _TOP - 30, first, anchor="middle"), label(x, _TOP - 15, rest, anchor="middle")]
    y = _TOP
    before = None
    for row in rows:
        if row.subject != before:
            parts.append(stroke(0, y - 5, width, y - 5, LINE))
            parts.append(label(0, y + 13, str(row.subject), weight="bold"))
        before = row.subject
        parts.append(label(_WHERE, y + 13, row.namespace, SOFT))
        for i, answer in enumerate(row.answers):
            parts.append(label(_column(i), y + 13, _YES if answer else _NO, GOOD if answer else SOFT, anchor="middle"))
        y += _ROW
    if not rows:
        parts.append(label(0, y + 13, "Nobody has a binding there.", INK))
        y += _ROW
    parts.append(label(0, y + 20, f"{_YES} may    {_NO} may not", SOFT))

    lines: list[tuple] = [("who", "where", *(words for words, _, _ in ACTS))]
    lines += [(row.subject, row.namespace, *("yes" if answer else "no" for answer in row.answers)) for row in rows]
    twin = [title, said, "", table(lines) if rows else "Nobody has a binding there."]
    by = [f"{row.subject} in {row.namespace}: {'; '.join(row.by)}" for row in rows if row.by]
    twin += ["", "By these bindings:", *by] if by else []
    return Picture(drawing(width, y + 30, f"{title}. {said}", *parts), "\n".join(twin))


def _column(number: int) -> float:
    return _LEFT + _STEP * (number + 0.5)


def who_may(*namespaces: str) -> Picture:
    """Who may do what in these namespaces, asked now."""
    return draw(look(*namespaces), namespaces)
