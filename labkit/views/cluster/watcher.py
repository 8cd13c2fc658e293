"""Keeps a model true by the watch API: one thread a kind, one connection a watch, and a pulse."""

import contextlib
import json
import threading
import time
from typing import Any

from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

from labkit import cluster
from labkit.display import stage
from labkit.evidence import cluster as evidence
from labkit.views.cluster.kinds import KINDS
from labkit.views.cluster.model import Model

_PAUSED = "it is paused, and the next command wakes it"
_ABSENT = 2.0  # seconds until a kind that the cluster does not know is asked for again: its CRD may have come


class Watcher(stage.Watcher):
    """Keeps a Model true by the watch API.

    namespace: whose objects. connect() gives a fresh ApiClient; by default it reads the workbook's own kubeconfig.

    Nothing is polled for its state. Once a `pulse` (seconds) the API server is asked whether it
    lives, because nothing else tells: the kernel of a paused node goes on acknowledging TCP keep-alives.
    """

    def __init__(self, namespace: str, changed, connect=None, pause: float = 0.1, pulse: float = 2.0):
        super().__init__(Model(namespace), changed, pause)
        self._pulse, self._connect = pulse, connect or cluster.connect
        self._began = time.time()
        self._down: dict[str, tuple[float, str]] = {}
        self._heard: dict[str, float] = {}
        self._open: dict[str, Any] = {}
        self._api: Any = None  # the client that all threads share
        self._connecting = threading.Lock()
        self._threads += [
            threading.Thread(target=self._follow, args=(kind,), name=f"labkit-{kind}", daemon=True) for kind in KINDS
        ]
        self._threads.append(threading.Thread(target=self._beat, name="labkit-pulse", daemon=True))

    def stop(self, timeout: float = 3.0) -> None:
        super().stop(timeout)
        self._drop(self._api)

    def _client(self):
        with self._connecting:
            if self._api is None:
                self._api = self._connect()
            return self._api

    def _drop(self, api) -> None:
        """Forgets a client that failed: the cluster may have been made anew, with other keys."""
        if api is not None:
            with self._connecting:
                if self._api is api:
                    self._api = None
            with contextlib.suppress(Exception):
                api.rest_client.pool_manager.clear()

    # A thread for each kind: list, then watch from the list's version.

    def _follow(self, kind: str) -> None:
        delay = 0.25
        while not self._stop.is_set():
            api = None
            try:
                api = self._client()
                version = self._list(api, kind)
                delay = 0.25
                while not self._stop.is_set():
                    version = self._watch(api, kind, version)
            except _Gone:
                continue
            except evidence.Refused as problem:
                if problem.status == 410:
                    continue
                if problem.status == 404:  # the cluster does not know this kind
                    with self._lock:
                        self.model.replace(kind, [])
                        self._answered(kind)
                    self._stop.wait(_ABSENT)
                    continue
                self._lost(kind, evidence.silence(problem))
                self._drop(api)
            except Exception as problem:  # whatever it is, the picture says so and tries again
                self._lost(kind, evidence.silence(problem))
                self._drop(api)
            self._stop.wait(delay)
            delay = min(delay * 2, 4.0)

    def _list(self, api, kind: str) -> str:
        body = json.loads(self._ask(api, kind, timeout=Timeout(connect=2, read=5)).data)
        with self._lock:
            self.model.replace(kind, body["items"] or [])  # null in an empty list of metadata
            self._answered(kind)
        return body["metadata"]["resourceVersion"]

    def _ask(self, api, kind: str, *query, **options):
        """The answer to a list of a kind, or to a watch when the query says so."""
        path, _, _, always, accept = KINDS[kind]
        return evidence.request(
            path.format(namespace=self.model.namespace),
            query=[*always, *query],
            headers={"Accept": accept.format(list="" if query else "List")} if accept else {},
            connection=api,
            **options,
        )

    def _watch(self, api, kind: str, version: str) -> str:
        """Follows until the server ends the watch; the version to go on from.

        The server sends a bookmark about once a minute; a watch that is silent for 100 s is asked for anew.
        """
        answer = self._ask(
            api,
            kind,
            ("watch", "true"),
            ("resourceVersion", version),
            ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", 600),
            timeout=Timeout(connect=2, read=100),
            stream=True,
        )
        with self._lock:
            self._open[kind] = answer
        try:
            if self._stop.is_set():  # stop() came before there was a watch that it could cut
                return version
            for lines in evidence.stream(answer):
                events = [json.loads(line) for line in lines]
                with self._lock:
                    for event in events:
                        if event["type"] == "ERROR":
                            if event["object"].get("code") == 410:  # history compacted: list again
                                raise _Gone
                            raise ConnectionError(event["object"].get("message", "the watch failed"))
                        version = event["object"]["metadata"]["resourceVersion"]
                        self.model.apply(kind, event)
                    self._answered(kind)
                if self._stop.is_set():
                    break
        except ReadTimeoutError:
            pass  # nothing happened for long; the next watch goes on from here, or says what is wrong
        except (OSError, HTTPError):
            if kind in self._open:
                raise
        finally:
            with self._lock:
                cut = self._open.pop(kind, None) is None
            with contextlib.suppress(Exception):
                answer.close()
        if cut:  # by the pulse: what was missed is not known
            raise _Gone
        return version

    def _cut(self) -> None:
        """Ends the open watches; their threads list anew."""
        with self._lock:
            answers = list(self._open.values())
            self._open.clear()
        for answer in answers:
            with contextlib.suppress(Exception):
                answer.shutdown()

    # A thread for the question whether the API server lives.

    def _beat(self) -> None:
        while not self._stop.wait(self._pulse):
            api = None
            try:
                api = self._client()
                evidence.request("/livez", connection=api, timeout=Timeout(connect=1, read=1.5))
            except Exception as problem:
                self._lost("pulse", _PAUSED if _paused() else evidence.silence(problem))
                self._drop(api)
                continue
            with self._lock:
                back = "pulse" in self._down
                self._answered("pulse")
                if back:  # keep saying "away" until all lists are fresh
                    for kind in self._open:
                        self._down.setdefault(kind, (time.time(), "it is back, and asked for news"))
                    self._told()
            if back:
                self._cut()

    def _answered(self, part: str) -> None:
        self._heard[part] = time.time()
        self._down.pop(part, None)
        self._told()

    def _lost(self, part: str, why: str) -> None:
        if self._stop.is_set():
            return
        with self._lock:
            since = max(self._heard.values(), default=self._began)
            self._down.setdefault(part, (since, why))
            self._told()

    def _told(self) -> None:
        """Under the lock: settle whether the cluster is away, and wake the teller."""
        away = None
        if self._down:
            # The pulse knows best why: it asks again and again, where a watch may still wait.
            away = min(self._down.values())[0], self._down.get("pulse", min(self._down.values()))[1]
        self.model.changes += away != self.model.away
        self.model.away = away
        if self.model.away or self.model.complete:
            self._first.set()
        self._tell_soon()


class _Gone(Exception):
    """The version that we wanted to go on from is no longer known: list again."""


def _paused() -> bool:
    with contextlib.suppress(Exception):
        return cluster.state() == "paused"
    return False
