"""The PEP: a decision point on loopback that says whatever a test wants, and attorn's own behind uvicorn."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from tests.adapters.authzen.scene import ALICE, AUDIENCE, FIXTURE, SECRET, URL, wire
from tests.unit.scene import (
    NOW,
    PLANNER,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    given,
    refused,
    shown,
    verifier,
)

from attorn import Request, caveat
from attorn.authzen.carried import read_carried
from attorn.authzen.cedar import CedarPolicy
from attorn.authzen.deciding import DecisionPoint
from attorn.authzen.evaluation import EVALUATION, EVALUATIONS, read_evaluation
from attorn.authzen.pdp import application
from attorn.authzen.pep import RemotePolicy, question
from attorn.errors import InputError, UnavailableError
from attorn.request.money import Money
from attorn.verify.access import Cleared
from attorn.web.serving import listen, server

CLEARED = Cleared(chain=verifier().verify_token(given(to=SCOUT)), request=REQUEST, audience=AUDIENCE, at=Clock(NOW)())
YES = {"decision": True}


@dataclass
class Said:
    """What the decision point answers next, and what it was asked."""

    status: int = 200
    body: bytes = b'{"decision": true}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    pause: float = 0
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


class Oracle(BaseHTTPRequestHandler):
    """Answers as it was told."""

    said: Said

    def do_POST(self) -> None:
        said = type(self).said
        content = self.rfile.read(int(self.headers["Content-Length"]))
        said.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, content))
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for at in range(0, len(said.body), 4096 if not said.pause else 1):
                self.wfile.write(said.body[at : at + (4096 if not said.pause else 1)])
                time.sleep(said.pause)
        except OSError:
            # The PEP has heard enough.
            pass
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[tuple[str, type[Oracle]]]:
    class Own(Oracle):
        """With a state of its own."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    running.daemon_threads = True
    thread = threading.Thread(target=lambda: running.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", Own
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as made:
        yield made


@pytest.fixture
def tell(oracle: tuple[str, type[Oracle]], client: httpx.Client) -> Any:
    """Says what the decision point answers; gives the policy that asks it, and what it was asked."""
    url, handler = oracle

    def told(body: object = YES, **how: Any) -> tuple[RemotePolicy, Said]:
        made = {name: how.pop(name) for name in ("secret", "timeout") if name in how}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.said = Said(body=content, **how)
        return RemotePolicy(client, url, **made), handler.said

    return told


def test_what_is_asked(tell: Any) -> None:
    policy, said = tell(secret=SECRET)
    priced = Request(
        action="events:read", resource=REQUEST.resource, args={"a": [1, {"b": None}, 1.5]}, cost=Money(4, "EUR")
    )
    text = wire(request=priced)
    accepted(text, by=verifier(policy=policy), request=priced)
    ((path, headers, content),) = said.asked
    assert path == EVALUATION
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert headers["content-type"] == "application/json"
    assert json.loads(content) == {
        "subject": {"type": "agent", "id": SCOUT.did},
        "action": {"name": "events:read", "properties": {"a": [1, {"b": None}, 1.5]}},
        "resource": {"type": "resource", "id": REQUEST.resource},
        "context": {
            "chain": {"depth": 1, "root": ALICE.did, "holder": SCOUT.did, "delegates": [PLANNER.did, SCOUT.did]},
            "audience": AUDIENCE,
            "time": "2030-03-17T17:46:40Z",
            "cost": {"amount": 4, "currency": "EUR"},
        },
    }
    assert text[:60].encode() not in content


def test_what_is_asked_is_a_question_of_the_standard() -> None:
    read = read_evaluation(question(CLEARED))
    assert (read.subject.id, read.action, read.resource.id) == (SCOUT.did, REQUEST.action, REQUEST.resource)
    assert read_carried(read) is None


@pytest.mark.parametrize(
    "body",
    [
        {"decision": True},
        {"decision": True, "context": {}},
        {"decision": True, "context": {"reason_user": {"en": "fine"}}, "more": 1},
    ],
)
def test_a_clean_yes(tell: Any, body: object) -> None:
    policy, _ = tell(body)
    accepted(wire(), by=verifier(policy=policy))
    assert policy.permits(CLEARED) is True


@pytest.mark.parametrize(
    "body",
    [
        {"decision": False},
        {"decision": False, "context": {"reason": "denied", "error": {"status": 404, "message": "x"}}},
        {"decision": False, "context": {"error": "of any kind"}},
        {"decision": False, "error": 5},
        {"decision": True, "context": {"obligations": [{"type": "step-up", "id": "1"}]}},
        {"decision": True, "context": {"obligations": [None]}},
        {"decision": True, "context": {"obligations": []}},
    ],
)
def test_a_no(tell: Any, body: object) -> None:
    policy, _ = tell(body)
    refused(wire(), "denied", 9, by=verifier(policy=policy))


UNCLEAN = [
    {"decision": "true"},
    {"decision": 1},
    {"decision": 1.0},
    {"decision": None},
    {"decision": [True]},
    {"decision": {"decision": True}},
    {"decision": "false"},
    {"decision": 0},
    {"Decision": True},
    {"decision ": True},
    {},
    {"context": {"decision": True}},
    {"result": {"decision": True}},
    {"evaluations": [{"decision": True}]},
    {"decision": True, "evaluations": [{"decision": False}]},
    {"decision": True, "context": None},
    {"decision": True, "context": "fine"},
    {"decision": True, "context": [1]},
    {"decision": True, "error": {"status": 500}},
    {"decision": True, "context": {"error": {"status": 500}}},
    {"decision": True, "context": {"obligations": {"type": "step-up"}}},
    {"decision": True, "context": {"obligations": None}},
    {"decision": True, "obligations": [1]},
    {"decision": False, "context": {"error": {"status": 503, "message": "x"}}},
    [{"decision": True}],
    [True],
    True,
    "true",
    None,
    1,
    b"",
    b"true",
    b"decision=true",
    b'{"decision": true',
    b'{"decision": true}}',
    b'{"decision": true} {"decision": false}',
    b'{"decision": false, "decision": true}',
    b'{"decision": true, "decision": false}',
    b'{"decision": true, "context": {"a": 1, "a": 2}}',
    b'{"decision": True}',
    b"{'decision': true}",
    b'\xef\xbb\xbf{"decision": true}',
    '{"decision": true}'.encode("utf-16"),
    b'{"decision": true, "n": NaN}',
    b'{"decision": true, "n": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    b'{"decision": true, "n": "' + b"x" * 70_000 + b'"}',
]


@pytest.mark.parametrize("body", UNCLEAN, ids=range(len(UNCLEAN)))
def test_anything_else_is_undecided(tell: Any, body: object) -> None:
    """Attacks 21 and 131."""
    policy, _ = tell(body)
    refused(wire(), "unavailable", None, by=verifier(policy=policy))


@pytest.mark.parametrize(
    "status", [201, 202, 203, 204, 206, 301, 302, 307, 308, 400, 401, 403, 404, 429, 500, 502, 503]
)
def test_any_other_status_is_undecided(tell: Any, status: int) -> None:
    """Attack 131; a redirect is not followed, whatever the client would do."""
    policy, said = tell(status=status, headers={"Content-Type": "application/json", "Location": EVALUATION})
    with httpx.Client(trust_env=False, follow_redirects=True) as following:
        policy._client = following
        refused(wire(), "unavailable", None, by=verifier(policy=policy))
    assert len(said.asked) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": ""},
        {"Content-Type": "text/html"},
        {"Content-Type": "text/json"},
        {"Content-Type": "application/json+x"},
        {"Content-Type": "application/problem+json"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": "text/html, application/json"},
        {"Content-Type": "application/json", "content-type": "text/html"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json; charset=iso-8859-1"},
        {"Content-Type": 'application/json; charset="US-ASCII"'},
        {"Content-Type": "application/json; charset="},
        {"Content-Type": "application/json; charset"},
        {"Content-Type": "application/json; a=b; Charset = utf-16"},
        {"Content-Type": "application/json; charset=utf-8; charset=utf-16"},
        {"Content-Type": "application/json; charset=utf-8, text/html"},
    ],
)
def test_any_other_content_type_is_undecided(tell: Any, headers: dict[str, str]) -> None:
    policy, _ = tell(headers=headers)
    with pytest.raises(UnavailableError):
        policy.permits(CLEARED)


def test_a_compressed_answer_is_not_unpacked(tell: Any) -> None:
    bomb = gzip.compress(b'{"decision": true, "n": "' + b"0" * 5_000_000 + b'"}')
    for body in (bomb, gzip.compress(b'{"decision": true}')):
        policy, _ = tell(body, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
        with pytest.raises(UnavailableError):
            policy.permits(CLEARED)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "Application/JSON; charset=utf-8"},
        {"Content-Type": 'application/json;Charset="UTF-8"'},
        {"Content-Type": "application/json; profile=x"},
        {"Content-Type": "application/json;"},
        {"Content-Type": "application/json", "Content-Encoding": "identity"},
    ],
)
def test_what_of_the_headers_changes_nothing(tell: Any, headers: dict[str, str]) -> None:
    policy, _ = tell(headers=headers)
    assert policy.permits(CLEARED) is True


def test_an_answer_without_an_end_is_given_up(tell: Any) -> None:
    policy, _ = tell(b" " * 10_000_000 + b'{"decision": true}')
    with pytest.raises(UnavailableError):
        policy.permits(CLEARED)


@pytest.mark.parametrize("pause", [0.05, 1.0])
def test_an_answer_that_takes_too_long_is_none(tell: Any, pause: float) -> None:
    """One byte at a time, and none for longer than it may take."""
    policy, _ = tell(pause=pause, timeout=timedelta(milliseconds=200))
    started = time.monotonic()
    refused(wire(), "unavailable", None, by=verifier(policy=policy))
    assert time.monotonic() - started < 3


def test_nobody_there() -> None:
    with httpx.Client(trust_env=False) as client:
        with listen("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
        policy = RemotePolicy(client, f"http://127.0.0.1:{port}")
        with pytest.raises(UnavailableError):
            policy.permits(CLEARED)
    with pytest.raises(UnavailableError):
        policy.permits(CLEARED)


def test_it_is_not_asked_what_the_chain_refuses_and_its_yes_adds_nothing(tell: Any) -> None:
    policy, said = tell()
    by = verifier(policy=policy)
    other = Request(action="events:write", resource=REQUEST.resource)
    refused(wire(request=other), "denied", 9, by=by, request=other)
    refused(wire(), "wrong_request", 8, by=by, request=other)
    refused(wire(audience="elsewhere"), "wrong_audience", 8, by=by)
    refused(wire(caveat.Range("limit", maximum=9)), "denied", 9, by=by)
    assert said.asked == []
    token = given(caveat.Actions("events:read"), caveat.MaxUses(1))
    accepted(shown(token, PLANNER), by=by)
    refused(shown(token, PLANNER), "denied", 10, by=by)


def test_a_no_and_no_answer_charge_nothing(tell: Any) -> None:
    by = verifier()
    token = given(caveat.Actions("events:read"), caveat.MaxUses(1))
    for body, code, step in (({"decision": False}, "denied", 9), ({}, "unavailable", None)):
        by._policy, _ = tell(body)
        refused(shown(token, PLANNER), code, step, by=by)
    by._policy, _ = tell()
    accepted(shown(token, PLANNER), by=by)


# Several at once.


def test_several_in_one_call(tell: Any) -> None:
    policy, said = tell({"evaluations": [{"decision": True}, {"decision": False}], "decision": False})
    first, second = policy.permits_all([CLEARED, CLEARED])
    assert first is True
    assert second.caveat == "AuthZEN"
    ((path, _, content),) = said.asked
    assert path == EVALUATIONS
    asked = json.loads(content)
    assert asked["evaluations"] == [question(CLEARED)] * 2
    assert asked["options"] == {"evaluations_semantic": "execute_all"}


@pytest.mark.parametrize(
    "body",
    [
        {"decision": True},
        {"evaluations": []},
        {"evaluations": [YES]},
        {"evaluations": [YES, YES, YES]},
        {"evaluations": [YES, {}]},
        {"evaluations": [YES, {"decision": "true"}]},
        {"evaluations": [YES, None]},
        {"evaluations": [YES, True]},
        {"evaluations": [YES, [YES]]},
        {"evaluations": [YES, {"decision": True, "context": None}]},
        {"evaluations": {"0": YES, "1": YES}},
        {"evaluations": [YES, {"decision": False, "context": {"error": {"status": 500}}}]},
        b'{"evaluations": [{"decision": false, "decision": true}, {"decision": true}]}',
    ],
)
def test_several_that_are_not_all_answered(tell: Any, body: object) -> None:
    policy, _ = tell(body)
    with pytest.raises(UnavailableError):
        policy.permits_all([CLEARED, CLEARED])


def test_how_many_may_be_asked(tell: Any) -> None:
    policy, said = tell()
    for several in ([], [CLEARED] * 101, [None], CLEARED.chain):
        with pytest.raises(InputError):
            policy.permits_all(several)
    assert said.asked == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"client": None},
        {"client": httpx.AsyncClient()},
        {"url": "http://pdp.example"},
        {"url": "http://127.0.0.1.evil.example"},
        {"url": "ftp://pdp.example"},
        {"url": "https://user@pdp.example"},
        {"url": f"{URL}?tenant=1"},
        {"url": f"{URL}#x"},
        {"url": None},
        {"secret": ""},
        {"secret": "a\r\nX-Admin: 1"},
        {"secret": "é"},
        {"secret": b"secret"},
        {"timeout": 5},
        {"timeout": timedelta(0)},
        {"timeout": None},
    ],
)
def test_what_cannot_ask(arguments: dict[str, Any], client: httpx.Client) -> None:
    usual: dict[str, Any] = {"client": client, "url": URL}
    given = {**usual, **arguments}
    with pytest.raises(InputError):
        RemotePolicy(given.pop("client"), given.pop("url"), **given)


def test_a_secret_is_in_no_error_and_no_repr(tell: Any) -> None:
    policy, _ = tell(b"{", secret=SECRET)
    with pytest.raises(UnavailableError) as caught:
        policy.permits(CLEARED)
    assert SECRET not in f"{caught.value!r} {policy!r}"


def test_attorn_at_both_ends(client: httpx.Client) -> None:
    """A verifier asks a decision point whose policy is Cedar, over a socket."""
    only = f'permit (principal == Asserted::agent::"{SCOUT.did}", action == Action::"events:read", resource);'
    at = DecisionPoint(None, asserted=CedarPolicy(only + FIXTURE))
    with listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        running = server(application(at, url=url, peps=[SECRET]), context=None)
        thread = threading.Thread(target=lambda: running.run(sockets=[listener]), daemon=True)
        thread.start()
        policy = RemotePolicy(client, url, secret=SECRET, timeout=timedelta(seconds=10))
        accepted(wire(), by=verifier(policy=policy))
        refused(shown(given(), PLANNER), "denied", 9, by=verifier(policy=policy))
        nulls = Request(action="events:read", resource=REQUEST.resource, args={"a": None})
        refused(wire(request=nulls), "unavailable", None, by=verifier(policy=policy), request=nulls)
        answers = policy.permits_all([CLEARED, CLEARED])
        assert answers == (True, True)
        stranger = RemotePolicy(client, url, secret=SECRET[::-1], timeout=timedelta(seconds=10))
        refused(wire(), "unavailable", None, by=verifier(policy=stranger))
        running.should_exit = True
        thread.join(10)
    assert not thread.is_alive()
