"""The attacks on the PEP: FastAPI behind a verifier that asks a decision point on loopback, by httpx over a socket.

The decision point says yes to everything, where nothing else is said: a yes of its own permits nothing.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from tests.adapters.authzen.test_pep import Oracle, Said
from tests.attacks.adapter_scene import Till, nothing_happens, watched
from tests.web import world
from tests.web.world import AUDIENCE, ORIGIN, PATH, call, header, knock, present, refused

from attorn import Token, caveat
from attorn.authzen.evaluation import EVALUATION
from attorn.authzen.pep import RemotePolicy

HELD = world.token(caveat.StartsWith("@query", "limit=1"), caveat.MaxUses(99))
QUERY = "limit=10"
JSON = {"Content-Type": "application/json"}


class Calendar:
    """One application, the decision point that it asks, what ran, what was charged and what was asked."""

    def __init__(self, oracle: type[Oracle], url: str, client: httpx.Client, patch: pytest.MonkeyPatch) -> None:
        self.oracle = oracle
        self.asked: list[Any] = []
        self.says()
        self.till = Till()
        self.ran = watched(patch, world, "said")
        policy = RemotePolicy(client, url)
        self.app = world.by_middleware(world.verifier(store=self.till, policy=policy))

    def says(self, body: object = True, status: int = 200, headers: dict[str, str] = JSON) -> None:
        """What the decision point answers from now on: a decision, or the very bytes."""
        content = body if isinstance(body, bytes) else json.dumps({"decision": body}).encode()
        self.oracle.said = Said(body=content, status=status, headers=headers, asked=self.asked)

    def get(self, wire: str | None, *, query: str = QUERY, **more: Any) -> Any:
        return call(self.app, "GET", f"{PATH}?{query}", wire, **more)

    @property
    def seen(self) -> tuple[list[Any], ...]:
        """What ran, what was charged, and what the decision point was asked."""
        return self.ran, self.till.taken, self.asked

    def honest(self) -> str:
        """Lets the holder in, and gives the presentation that did it."""
        wire = presented()
        assert self.get(wire).status_code == 200
        assert [len(each) for each in self.seen] == [1, 1, 1]
        ((path, _, _),) = self.asked
        assert path == EVALUATION
        return wire


def presented(held: Token = HELD, *, query: str = QUERY, **changed: Any) -> str:
    return present("GET", PATH, query, token=held, **changed)


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calendar]:
    class Own(Oracle):
        """With a state of its own."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    running.daemon_threads = True
    thread = threading.Thread(target=lambda: running.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    with httpx.Client(trust_env=False) as client:
        yield Calendar(Own, f"http://127.0.0.1:{running.server_port}", client, monkeypatch)
    running.shutdown()
    running.server_close()
    thread.join()


def test_wrong_audience(calendar: Calendar) -> None:
    """Attacks 83 and 129: nobody is asked about what was made for another."""
    calendar.honest()
    with nothing_happens(*calendar.seen):
        for audience in ("did:web:payroll.example", ORIGIN, f"{AUDIENCE}:events"):
            refused(calendar.get(presented(audience=audience)), 401, "wrong_audience")


def test_replay(calendar: Calendar) -> None:
    """Attacks 80 and 132: neither the presentation nor an answer of before is good again."""
    once = calendar.honest()
    with nothing_happens(*calendar.seen):
        refused(calendar.get(once), 401, "replayed")
    calendar.says(False)
    with nothing_happens(calendar.ran, calendar.till.taken):
        refused(calendar.get(presented()), 403, "denied")
    assert len(calendar.asked) == 2


def test_widened_argument(calendar: Calendar) -> None:
    """Attacks 67 and 84: its yes widens no chain, it is asked about what was presented, and its no holds."""
    calendar.honest()
    with nothing_happens(*calendar.seen):
        refused(calendar.get(presented(), query="limit=11"), 401, "wrong_request")
        problem = refused(calendar.get(presented(query="limit=20"), query="limit=20"), 403, "denied")
        assert problem["caveat"] == "StartsWith"
    with nothing_happens(calendar.ran, calendar.till.taken):
        calendar.says(False)
        problem = refused(calendar.get(presented(query="limit=100"), query="limit=100"), 403, "denied")
        assert (problem["caveat"], problem["link"]) == ("AuthZEN", None)
        told = json.loads(calendar.asked[-1][2])["action"]["properties"]
        assert told["@query"] == "limit=100"


def test_missing_chain(calendar: Calendar) -> None:
    """What is missing is denied, and nobody is asked."""
    calendar.honest()
    with nothing_happens(*calendar.seen):
        for headers in ([], [("Authorization", "Bearer x")], [("X-Forwarded-User", world.alice.did)]):
            refused(calendar.get(None, headers=headers), 401, "no_presentation")


def test_stripped_proof(calendar: Calendar) -> None:
    """Attacks 58, 59 and 85: the token as it travels, and a presentation short of its seal."""
    wire = calendar.honest()
    with nothing_happens(*calendar.seen):
        refused(calendar.get(HELD.encode()), 401, "not_holder")
        for cut in (presented()[:-4], wire[: len(HELD.encode())]):
            refused(calendar.get(cut), 401, "malformed")


UNCLEAN: list[tuple[bytes, int, dict[str, str]]] = [
    (b'{"decision": true}', 403, JSON),
    (b'{"decision": true}', 500, JSON),
    (b'{"decision": true}', 302, {**JSON, "Location": EVALUATION}),
    (b'{"decision": true}', 200, {"Content-Type": "text/html"}),
    (b'{"decision": true}', 200, {**JSON, "Content-Encoding": "gzip"}),
    (b'{"decision": true, "error": {"status": 500}}', 200, JSON),
    (b'{"decision": true, "context": {"error": {"status": 403}}}', 200, JSON),
    (b'{"decision": false, "decision": true}', 200, JSON),
    (b'{"decision": "true"}', 200, JSON),
    (b'{"evaluations": [{"decision": true}]}', 200, JSON),
]


def test_header_and_body_disagree(calendar: Calendar) -> None:
    """Attacks 130 and 131: an answer whose status, kind or error says another thing than its decision is none."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for body, status, headers in UNCLEAN:
            calendar.says(body, status, headers)
            refused(calendar.get(presented()), 503, "unavailable")
    assert len(calendar.asked) == 1 + len(UNCLEAN)
    calendar.says()
    with nothing_happens(*calendar.seen):
        refused(calendar.get(presented(), headers=[("X-Original-URL", "/admin")]), 400, "invalid_input")
        lengths = [(b"content-length", b"2"), (b"content-length", b"3")]
        status, problem = knock(calendar.app, query=QUERY.encode(), headers=[header(presented()), *lengths])
        assert (status, problem["code"]) == (400, "invalid_input")
