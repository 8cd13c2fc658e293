"""The live engine picture: its model, and its watcher on the real engine."""

import contextlib
import logging
import os
import socket
import threading
import time

import docker
import pytest
from conftest import wait_for

from labkit.display import stage
from labkit.engine import owned
from labkit.views.engine import Live, Model, Watcher, container, network, volume

ANONYMOUS = "5b" * 32


def inspected(name="lab-x", status="running", code=0, error="", restarts=0, ports=None, mounts=(), **state):
    """A container as the engine answers to an inspect."""
    return {
        "Id": f"id-{name}",
        "Name": f"/{name}",
        "RestartCount": restarts,
        "Config": {"Image": "busybox:1.37"},
        "State": {
            "Status": status,
            "Running": status in ("running", "restarting"),
            "ExitCode": code,
            "Error": error,
            "Restarting": status == "restarting",
            "OOMKilled": False,
            "StartedAt": "2026-11-23T10:00:00Z",
            **state,
        },
        "HostConfig": {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}, "PortBindings": ports or {}},
        "NetworkSettings": {
            "Ports": ports or {},
            "Networks": {"bridge": {"IPAddress": "172.17.0.2"}, "lab-net": {"IPAddress": "172.18.0.2"}},
        },
        "Mounts": list(mounts),
    }


# -- the model -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, words, tone",
    [
        ({}, "running", "good"),
        ({"Health": {"Status": "starting"}}, "running, starting", "busy"),
        ({"Health": {"Status": "unhealthy"}}, "running, unhealthy", "bad"),
        ({"status": "exited", "code": 137}, "ended with status 137", "bad"),
        ({"status": "exited"}, "ended with status 0", "done"),
        ({"status": "restarting", "code": 1}, "restarting after status 1", "bad"),
        ({"status": "created"}, "created", "busy"),
        ({"status": "created", "error": "port is already allocated"}, "not started", "bad"),
        ({"status": "paused"}, "paused", "busy"),
    ],
)
def test_the_status_of_a_container(given, words, tone):
    row = container(inspected(**given))
    assert (row["status"], row["tone"]) == (words, tone)
    assert row["cause"] == given.get("error", "")
    assert row["policy"] == "on-failure:3" and row["networks"][0] == ["lab-net", "172.18.0.2"]


def test_what_is_in_trouble_stands_first_then_the_newest_in_the_text_too():
    model = Model()
    for name, day, given in (
        ("lab-fine", 1, {}),
        ("lab-new", 2, {}),
        ("lab-ended", 3, {"status": "exited"}),
        ("lab-broken", 1, {"status": "exited", "code": 1}),
    ):
        model.put("containers", container({**inspected(name, **given), "Created": f"2026-11-0{day}T10:00:00Z"}))
    order = ["lab-broken", "lab-ended", "lab-new", "lab-fine"]
    assert [row["name"] for row in model.state()["containers"]] == order
    assert [line.split()[0] for line in model.text().splitlines() if line.split()[0] in order] == order


def test_ports_say_who_can_reach_them():
    ports = {
        "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}],
        "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
        "9000/tcp": None,
    }
    rows = container(inspected(ports=ports))["ports"]
    assert [(row["words"], row["everywhere"], row["open"]) for row in rows] == [
        ("127.0.0.1:53 → 53/udp", False, True),
        ("every address:8080 → 80", True, True),
    ]
    stopped = container(inspected(ports=ports, status="exited"))["ports"]
    assert [row["open"] for row in stopped] == [False, False]


def test_volumes_stay_and_say_who_uses_them():
    model = Model()
    mounts = [
        {"Type": "volume", "Name": "lab-data", "Source": "/var/lib/docker/volumes/x", "Destination": "/data"},
        {"Type": "volume", "Name": ANONYMOUS, "Source": "/var/lib/docker/volumes/y", "Destination": "/more"},
        {"Type": "bind", "Source": "/home/ada/www", "Destination": "/www"},
    ]
    model.replace("volumes", [volume("lab-data"), volume(ANONYMOUS), volume("theirs")])
    model.replace(
        "networks",
        [
            network({"Id": "1", "Name": "bridge", "Driver": "bridge"}),
            network({"Id": "2", "Name": "theirs", "Driver": "bridge"}),
        ],
    )
    model.replace("containers", [container(inspected(mounts=mounts)), container(inspected("theirs"))])
    model.known = True
    state = model.state()
    assert [row["name"] for row in state["containers"]] == ["lab-x"]
    assert [row["name"] for row in state["networks"]] == ["bridge"]
    assert [(row["words"], row["users"], row["tone"]) for row in state["volumes"]] == [
        ("lab-data", ["lab-x"], "good"),
        (f"{ANONYMOUS[:12]}… (anonymous)", ["lab-x"], "good"),
    ]
    model.drop("containers", "id-lab-x")
    assert [(row["name"], row["users"], row["tone"]) for row in model.state()["volumes"]] == [("lab-data", [], "done")]
    text = model.text()
    assert "volume lab-data: unused" in text and "theirs" not in text
    assert [what for _, _, what in model.news] == ["removed"]


def test_news_tell_what_changed():
    model = Model()
    model.replace("containers", [container(inspected())])
    model.known = True
    assert not model.news, "the first list is no news"
    model.put("containers", container(inspected(restarts=1, StartedAt="2026-11-23T10:00:05Z")))
    model.put("containers", container(inspected(restarts=1, status="exited", code=143)))
    model.put("volumes", volume("lab-data"))
    model.put("volumes", volume("theirs"))
    model.replace("containers", [])
    assert [(name, what) for _, name, what in model.news] == [
        ("lab-x", "started again, restarted by the engine, 1 so far"),
        ("lab-x", "running → ended with status 143"),
        ("lab-data", "volume made"),
        ("lab-x", "removed"),
    ]


def test_when_the_engine_is_away_the_text_says_so_before_anything_else():
    model = Model()
    model.replace("containers", [container(inspected())])
    model.known = True
    model.away = (time.time(), "it is silent")
    first, second, *rest = model.text().splitlines()
    assert first.startswith("The engine is not answering since ") and second == stage.STALE
    assert any("lab-x" in line for line in rest)


# -- the real engine -----------------------------------------------------------------------------

NAME = "lab-view-engine"


class Gate:
    """A socket through which the engine is reached, and which can be closed or made silent."""

    def __init__(self, engine, folder):
        host = engine.find().host
        if not host.startswith("unix://"):
            pytest.skip(f"the engine is at {host}: this test stands between a socket and its user")
        self.path = str(folder / "docker.sock")
        self._engine, self._pairs, self.silent = host.removeprefix("unix://"), [], False
        self._door = None
        self.open()

    def open(self):
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(self.path)
        self._door.listen()
        threading.Thread(target=self._receive, args=(self._door,), daemon=True).start()

    def _receive(self, door):
        while True:
            try:
                here, _ = door.accept()
            except OSError:
                return
            there = socket.socket(socket.AF_UNIX)
            there.connect(self._engine)
            self._pairs.append((here, there))
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one, other):
        try:
            while data := one.recv(65536):
                if not self.silent:
                    other.sendall(data)
        except OSError:
            pass
        self._end(one, other)

    @staticmethod
    def _end(*ends):
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self):
        os.unlink(self.path)
        self._end(self._door)
        for pair in self._pairs:
            self._end(*pair)
        self._pairs.clear()


@pytest.fixture
def client(engine):
    from labkit import supply

    supply.ensure("busybox")
    owned.remove((f"{NAME}*",))
    yield engine.client()
    owned.remove((f"{NAME}*",))


@pytest.fixture
def gate(engine, tmp_path):
    gate = Gate(engine, tmp_path)
    yield gate
    if gate._pairs:
        gate.close()


@pytest.fixture
def watched(gate, capfd, caplog):
    """A watcher that reaches the engine through a gate, and what it told."""
    told = []

    def connect():
        return docker.APIClient(base_url=f"unix://{gate.path}", version="auto", timeout=3)

    watcher = Watcher((f"{NAME}*",), lambda state: told.append((time.monotonic(), state)), connect, silent=2).start()
    assert watcher.wait(10), "the watcher knows nothing after 10 s"
    with caplog.at_level(logging.WARNING):
        yield watcher, told
    watcher.stop()
    assert not watcher.alive, "a thread of the watcher outlived stop()"
    out, err = capfd.readouterr()
    assert out + err == "" and not caplog.records, f"the watcher printed: {out}{err}{caplog.text}"


def row(watcher, name=NAME):
    return next((r for r in watcher.state()["containers"] if r["name"] == name), None)


def start(client, name=NAME, **settings):
    return client.containers.run(
        "busybox:1.37", ["sleep", "1000000"], name=name, detach=True, stop_signal="KILL", **settings
    )


def test_a_container_comes_and_goes_in_the_picture(client, watched):
    watcher, told = watched
    one = start(
        client,
        volumes={f"{NAME}-data": {"bind": "/data"}},
        ports={"80/tcp": ("127.0.0.1", None)},
        restart_policy={"Name": "always"},
    )
    began = time.monotonic()
    seen = wait_for(lambda: row(watcher), lambda r: r and r["status"] == "running")
    assert time.monotonic() - began < 1
    assert seen["ports"][0]["words"].startswith("127.0.0.1:") and seen["policy"] == "always"
    assert [v["name"] for v in watcher.state()["volumes"]] == [f"{NAME}-data"]
    one.stop()
    wait_for(lambda: row(watcher)["status"], lambda status: status == "ended with status 137")
    one.remove()
    wait_for(lambda: row(watcher), lambda r: r is None)
    volumes = watcher.state()["volumes"]
    assert [(v["name"], v["users"]) for v in volumes] == [(f"{NAME}-data", [])], "a named volume stays"
    wait_for(lambda: told[-1][1]["containers"], lambda rows: not rows)


def test_networks_and_names_follow(client, watched):
    watcher, _ = watched
    one = start(client)
    net = client.networks.create(f"{NAME}-net")
    net.connect(one)
    wait_for(
        lambda: [name for name, _ in row(watcher)["networks"]] if row(watcher) else [],
        lambda names: f"{NAME}-net" in names,
    )
    net.disconnect(one)
    wait_for(lambda: [name for name, _ in row(watcher)["networks"]], lambda names: f"{NAME}-net" not in names)
    net.remove()
    wait_for(lambda: [n["name"] for n in watcher.state()["networks"]], lambda names: f"{NAME}-net" not in names)
    one.rename(f"{NAME}-two")
    wait_for(lambda: row(watcher, f"{NAME}-two"))
    assert row(watcher) is None
    one.update(restart_policy={"Name": "unless-stopped"})
    wait_for(lambda: row(watcher, f"{NAME}-two")["policy"], lambda policy: policy == "unless-stopped")


def test_an_engine_that_goes_away_and_comes_back(client, gate, watched):
    watcher, _ = watched
    start(client)
    wait_for(lambda: row(watcher), bool)
    gate.close()
    text = wait_for(watcher.text, lambda text: "not answering since" in text)
    assert stage.STALE in text and NAME in text
    client.containers.get(NAME).remove(force=True)  # nobody tells the watcher
    gate.open()
    wait_for(watcher.text, lambda text: "not answering" not in text)
    assert row(watcher) is None and "removed" in watcher.state()["news"][-1]
    start(client)
    wait_for(lambda: row(watcher), bool, 5)


def test_events_that_are_silent_are_asked_for_anew(client, gate, watched):
    watcher, _ = watched
    gate.silent = True
    start(client)
    wait_for(watcher.text, lambda text: "not answering since" in text, 15)
    gate.silent = False
    wait_for(lambda: row(watcher), bool, 15)
    assert "not answering" not in watcher.text()


def test_many_containers_come_in_few_updates(client, watched):
    _watcher, told = watched
    before = len(told)
    began = time.monotonic()
    for number in range(20):
        client.api.create_container("busybox:1.37", name=f"{NAME}-{number}")
    wait_for(lambda: len(told[-1][1]["containers"]), lambda n: n == 20)
    took = time.monotonic() - began
    assert len(told) - before <= 10 * took + 2, f"{len(told) - before} updates in {took:.1f} s"


def test_the_widget_is_its_text_where_there_is_no_page(engine):
    picture = Live(f"{NAME}*")
    try:
        data, _ = picture._repr_mimebundle_()
        assert data["text/plain"] == picture.text() == repr(picture)
        assert picture.text().startswith(f"engine, {NAME}*: 0 containers")
    finally:
        picture.close()
    assert not picture._watcher.alive
