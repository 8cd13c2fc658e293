"""Every fault of the game day: it is felt by users, no restart mends it, its own mending does, and nothing is left.

A plain run plays a twelfth of them, as WORKBOOK_SEED chooses; --every-answer plays them all.
"""

import base64
import random
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from conftest import SEED, wait_for
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from labkit import shell
from labkit.course import exercise, prepare
from labkit.course.gameday import faults, play
from labkit.course.gameday.faults import FAULTS
from labkit.errors import Trouble
from labkit.evidence import NotYet, cluster, incident, shop
from labkit.evidence.incident import Incident
from labkit.lessons import capstone
from labkit.report import Report

CHECK = capstone.lesson.exercises["game-day"]


# -- the table -----------------------------------------------------------------------------------


def test_there_are_faults_of_each_difficulty_and_each_is_whole():
    assert len(FAULTS) >= 15
    for difficulty in (1, 2, 3):
        assert sum(fault.difficulty == difficulty for fault in FAULTS.values()) >= 5
    for fault in FAULTS.values():
        assert len(fault.hints) == 3 and all(fault.hints), fault.name
        assert not any(fault.name in hint for hint in fault.hints), f"a hint says the name of {fault.name}"
        for script in (fault.inject, fault.mend):
            asked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
            assert asked.returncode == 0, f"{fault.name}: {asked.stderr}"


def test_faults_that_have_not_come_yet_come_first(monkeypatch):
    had = [name for name, fault in FAULTS.items() if fault.difficulty == 1][1:]
    reports = [incident.Report(1, name, 1, 0, 0, 0, None, 0, 0) for name in had]
    monkeypatch.setattr(incident, "past", lambda: reports)
    [left] = {play.choose(1).name for _ in range(20)}
    assert left not in had and FAULTS[left].difficulty == 1
    reports.append(incident.Report(2, left, 1, 0, 0, 0, None, 0, 0))
    assert play.choose(1).difficulty == 1, "all have come: any of them again"
    assert len({play.choose(None).difficulty for _ in range(200)}) > 1


def pem(ends: datetime) -> tuple[bytes, bytes]:
    """A certificate that ends then, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, ends - timedelta(days=1), ends)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return (
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, *plain),
    )


@pytest.mark.parametrize("year", [2026, 2081])
def test_the_end_of_a_certificate_is_read(year):
    ends = datetime(year, 11, 27, 19, 48, 17, tzinfo=UTC)
    certificate, key = pem(ends)
    assert faults.ends(certificate) == faults.ends(certificate + key) == faults.ends(key + certificate) == ends


def test_what_is_no_certificate_says_so():
    for other in (b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", pem(datetime.now(UTC))[1]):
        with pytest.raises(ValueError, match=r"PEM|asn1"):
            faults.ends(other)


def test_mendings_of_other_kinds_count(monkeypatch):
    """A fault may be mended in another place than where it was made; settings are read as the programs read them."""
    assert [faults.seconds(text) for text in ("2s", "500ms", "1m30s", "0")] == [2, 0.5, 90, 0]
    tls = {"name": "tls", "env": [{"name": "JOURNAL_PAGES", "value": "many"}]}
    assert shop.number(tls, "JOURNAL_PAGES", 64) == 64 and shop.number({}, "JOURNAL_PAGES", 64) == 64

    web: dict = {"name": "web"}
    monkeypatch.setattr(
        cluster, "get", lambda kind, *rest: {"data": {"STORE_URL": ""}} if kind == "configmap" else None
    )
    monkeypatch.setattr(shop, "container", lambda *asked: web)
    assert FAULTS["forgotten-store"].left()
    web["env"] = [{"name": "STORE_URL", "value": "redis://store:6379/0"}]
    assert not FAULTS["forgotten-store"].left()
    web.clear()
    web["args"] = ["-store", "redis://store:6379/0"]
    assert not FAULTS["forgotten-store"].left()

    door = {"env": [{"name": "OPENS_AFTER", "value": "500ms"}], "livenessProbe": {"periodSeconds": 1}}
    monkeypatch.setattr(shop, "container", lambda *asked: door)
    assert not FAULTS["impatient-probe"].left()

    parts = {
        "web": {"args": ["-addr", ":9000"]},
        "tls": {"env": [{"name": "BACKEND", "value": "http://127.0.0.1:9000/"}]},
    }
    monkeypatch.setattr(shop, "container", lambda deployment, name: parts[name])
    assert not FAULTS["bad-rollout"].left()
    parts["tls"]["env"][0]["value"] = "http://127.0.0.1:90001"
    assert FAULTS["bad-rollout"].left()


@pytest.mark.parametrize("label, left", [("app=web", True), ("app=none", False)])
def test_who_deletes_pods_of_nobody_is_left_alone(monkeypatch, label, left):
    one = {"name": "tidy", "args": ["tidy"], "env": [{"name": "LABEL", "value": label}]}
    spec = {"template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [one]}}}
    monkeypatch.setattr(cluster, "get", lambda *asked: {"spec": spec})
    monkeypatch.setattr(cluster, "objects", lambda *asked: [])
    monkeypatch.setattr(cluster, "may", lambda *asked: True)
    assert bool(FAULTS["restless-job"].left()) == left


def test_the_certificate_that_the_web_mounts_counts(monkeypatch):
    (old, _), (new, _) = pem(datetime.now(UTC) - timedelta(days=1)), pem(datetime.now(UTC) + timedelta(days=1))
    kept = {"web-certificate": old, "another": new}
    monkeypatch.setattr(
        cluster, "get", lambda kind, name, *rest: {"data": {"web.pem": base64.b64encode(kept[name]).decode()}}
    )
    monkeypatch.setattr(shop, "volume", lambda *asked: {"secret": {"secretName": "another"}})
    assert not FAULTS["expired-certificate"].left()
    monkeypatch.setattr(shop, "volume", lambda *asked: {"secret": {"secretName": "web-certificate"}})
    assert FAULTS["expired-certificate"].left()


def policy(selector: dict, *rules: dict) -> dict:
    return {"spec": {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": [*rules]}}


def test_network_policies_are_read_as_they_count(monkeypatch):
    def says(*policies: dict) -> bool:
        monkeypatch.setattr(cluster, "objects", lambda *asked: [*policies])
        monkeypatch.setattr(
            shop, "template", lambda name: {"containers": [{"ports": [{"name": "https", "containerPort": 8443}]}]}
        )
        return shop.allows({"app": "web"}, {"app": "door"}, 8443)

    web, door = {"matchLabels": {"app": "web"}}, {"podSelector": {"matchLabels": {"app": "door"}}}
    assert says(), "nobody forbids it"
    assert says(policy({"matchLabels": {"app": "store"}})), "it is about others"
    assert not says(policy(web)) and not says(policy({}))
    assert says(policy(web, {"from": [door]})) and says(policy(web, {"from": [door], "ports": [{"port": 8443}]}))
    assert not says(policy(web, {"from": [door], "ports": [{"port": 8000}]}))
    assert says(policy(web, {"from": [door], "ports": [{"port": 8000, "endPort": 9000}]}))
    assert says(policy(web, {"from": [door], "ports": [{"port": "https"}]}))
    assert not says(policy(web, {"from": [door], "ports": [{"port": "http"}]}))
    assert says(policy(web, {"from": [door], "ports": [{"protocol": "TCP"}]}))
    assert not says(policy(web, {"from": [{"podSelector": {"matchLabels": {"app": "dor"}}}]}))
    assert says(policy(web), policy(web, {"from": [door]})), "policies add up"
    some = {"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["door", "bell"]}]}}
    assert says(policy(web, {"from": [some]})) and says(policy(web, {}))


# -- each of them, in the open shop --------------------------------------------------------------


def played(every: bool) -> list[str]:
    """The names of the faults that are played."""
    some = random.Random(f"{SEED}faults").sample([*FAULTS], -(-len(FAULTS) // 12))
    return [name for name in FAULTS if every or name in some]


def pytest_generate_tests(metafunc):
    if "fault" in metafunc.fixturenames:
        metafunc.parametrize("fault", played(metafunc.config.getoption("--every-answer")))


@pytest.fixture(scope="module")
def chapter(request):
    """Chapter 16, ready, and cleaned up after the last fault."""
    request.getfixturevalue("cluster")
    prepare.get_ready(capstone.lesson, Report())
    yield
    prepare.take_back(capstone.lesson, Report())


def bash(script: str) -> None:
    shell.run(f'k() {{ kubectl -n {shop.NAMESPACE} "$@"; }}\n{script}')


def settle(seconds: int = 60) -> None:
    wait_for(shop.is_steady, timeout=seconds, what="users who are served")


@pytest.mark.engine
@pytest.mark.cluster
@pytest.mark.plays("16")
@pytest.mark.disturbs_cluster
def test_a_fault_is_felt_and_no_restart_mends_it_and_its_own_mending_does(chapter, fresh_progress, fault):
    play.open_shop(Report())
    shop.must_be_whole()
    assert not FAULTS[fault].left(), "nothing is wrong in the open shop"

    drawn = play.draw(Report(), name=fault)
    assert FAULTS[fault].left(), "what was changed is seen"
    assert incident.measure(shop.log(), drawn).lost >= 3, "users have noticed"
    said = exercise.judge(CHECK)
    assert said.state == "not yet" and fault not in said.text(), "the check does not tell the name"

    bash("k rollout restart deployment/door deployment/web statefulset/store; k delete pods --all --wait=false")
    assert FAULTS[fault].left(), "a restart mends nothing"
    assert exercise.judge(CHECK).state == "not yet"

    assert not play.name(next(name for name in FAULTS if name != fault)) and play.name(fault)
    bash(FAULTS[fault].mend)
    wait_for(FAULTS[fault].left, lambda left: not left, 10, "that its cause is gone")
    settle(150)  # what was started anew again and again is not tried at once
    wait_for(
        lambda: exercise.judge(CHECK).text(), lambda text: text.startswith("✓"), 60, "the verdict that it is mended"
    )
    [report] = [one for one in incident.past() if one.number == drawn.number]
    assert report.fault == fault and report.guesses == 2 and report.lost >= 3
    assert report.detected is not None and report.suffered > 0
    assert cluster.objects("nodes")[0]["spec"].get("unschedulable") is None


@pytest.mark.engine
@pytest.mark.cluster
@pytest.mark.plays("16")
@pytest.mark.disturbs_cluster
def test_whatever_was_done_to_it_the_shop_opens_again(chapter):
    play.open_shop(Report())
    bash("""
k delete deployment web; k delete service store; k delete networkpolicies,resourcequotas --all
k delete secret store-password web-certificate
k create rolebinding all --clusterrole=admin --serviceaccount=lab-gameday:door
k patch deployment door -p '{"spec": {"template": {"spec": {"nodeSelector": {"lab-disk": "ssd"}}}}}'
k exec store-0 -- sh -c 'REDISCLI_AUTH="$(cat /etc/store/password)" redis-cli RPUSH integers 6'
kubectl cordon workbook
""")
    with pytest.raises(NotYet):
        shop.must_be_whole()
    play.open_shop(Report())
    shop.must_be_whole()
    play.users_come()
    settle()


@pytest.mark.engine
@pytest.mark.cluster
@pytest.mark.plays("16")
@pytest.mark.disturbs_cluster
def test_the_clean_up_takes_all_of_it_and_opens_the_node(chapter):
    play.open_shop(Report())
    incident.save(Incident(1, "cordoned-node", 2))
    bash(
        "kubectl cordon workbook; kubectl label node workbook lab-disk=ssd\n"
        "kubectl taint node workbook lab-day=1:NoSchedule"
    )
    prepare.take_back(capstone.lesson, Report())
    [node] = cluster.objects("nodes")
    assert not node["spec"].get("unschedulable") and not node["spec"].get("taints")
    assert not [label for label in node["metadata"]["labels"] if label.startswith("lab-")]
    assert incident.current() is None and incident.past() == []
    with pytest.raises(Trouble, match="nothing has happened yet"):
        play.name("small-quota")
    prepare.get_ready(capstone.lesson, Report())
