"""One span for each decision, through the real SDK: what it says, what it never says, and what it cannot change."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode

from attorn import Denied, Identity, Request, Token, UnavailableError, VerificationError, Verifier, caveat
from attorn.audit import JsonLinesLog, ReceiptDraft, Recorder, receipts
from attorn.errors import AttornError, InputError, UntrustedRootError
from attorn.otel import NAMES, SpanRecorder
from attorn.store import MemoryStore

AUDIENCE = "did:web:calendar.example"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
ALICE, PLANNER, SCOUT, SERVICE = (Identity.from_seed(bytes([n]) * 32, clock=lambda: NOW) for n in range(1, 5))
SECRET = "the-argument-that-nobody-else-may-see"
REQUEST = Request(action="events:read", resource="cal://alice/2026-11", args={"q": SECRET, "limit": 10})
OTHER = Request(action="events:write", resource="cal://alice/2026-11", args={"q": SECRET})


class Telemetry:
    """The SDK with an exporter that keeps what it gets."""

    def __init__(self, processor: SpanProcessor | None = None, **arguments: Any) -> None:
        self.kept = InMemorySpanExporter()
        self.provider = TracerProvider(resource=Resource({}), shutdown_on_exit=False, **arguments)
        self.provider.add_span_processor(processor or SimpleSpanProcessor(self.kept))

    def spans(self) -> list[Mapping[str, Any]]:
        return [span.attributes or {} for span in self.kept.get_finished_spans()]

    def only(self) -> ReadableSpan:
        (span,) = self.kept.get_finished_spans()
        return span


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def token() -> Token:
    wide = ALICE.mint(to=PLANNER.did, caveats=[caveat.Actions("events:read", "events:write"), caveat.MaxUses(2)])
    return PLANNER.delegate(wide, to=SCOUT.did, caveats=[caveat.Actions("events:read")])


def verifier(by: SpanRecorder | None, **arguments: Any) -> Verifier:
    given = {"audience": AUDIENCE, "roots": [ALICE.did], "clock": lambda: NOW, "receipts": by}
    return Verifier(**{**given, **arguments})


def present(request: Request = REQUEST, **arguments: Any) -> str:
    return SCOUT.present(token(), request, **{"audience": AUDIENCE, **arguments})


def told(by: Verifier, wire: str, request: Request, **arguments: Any) -> str:
    """What becomes of it, whoever watches."""
    try:
        by.authorize(wire, request, **arguments)
    except AttornError as error:
        return f"{error.code}: {error}"
    return "allowed"


def test_an_allowed_request(telemetry: Telemetry) -> None:
    verifier(SpanRecorder(provider=telemetry.provider)).authorize(present(), REQUEST)
    span = telemetry.only()
    assert (span.name, span.kind, span.status.status_code) == ("attorn.authorize", SpanKind.INTERNAL, StatusCode.UNSET)
    assert dict(span.attributes or {}) == {
        "user.id": ALICE.did,
        "gen_ai.agent.id": SCOUT.did,
        "attorn.audience": AUDIENCE,
        "attorn.action": "events:read",
        "attorn.outcome": "allowed",
        "attorn.verdict": "allowed",
        "attorn.retry": False,
        "attorn.charges": 1,
        "attorn.chain": (PLANNER.did, SCOUT.did),
        "attorn.links": 2,
    }


@pytest.mark.parametrize("answer", [False, None, 1, "yes"])
def test_what_an_adapter_refuses_in_between_is_told_once(answer: object, telemetry: Telemetry) -> None:
    verified = verifier(SpanRecorder(provider=telemetry.provider)).verify(present(), REQUEST)
    assert telemetry.spans() == []
    with pytest.raises(UntrustedRootError, match="not together"):
        verified.require(lambda: answer, UntrustedRootError("not together"))
    (said,) = telemetry.spans()
    assert (said["attorn.outcome"], said["attorn.verdict"]) == ("invalid", "untrusted_root")
    assert (said["user.id"], said["gen_ai.agent.id"]) == (ALICE.did, SCOUT.did)


def test_what_an_adapter_cannot_find_out_is_told_once(telemetry: Telemetry) -> None:
    def fails() -> bool:
        raise KeyError("the directory's password is hunter2")

    verified = verifier(SpanRecorder(provider=telemetry.provider)).verify(present(), REQUEST)
    with pytest.raises(UnavailableError) as caught:
        verified.require(fails, UntrustedRootError("not together"))
    assert "hunter2" not in str(caught.value)
    (said,) = telemetry.spans()
    assert said["attorn.verdict"] == "unavailable"


def test_what_an_adapter_takes_is_told_once_it_is_cleared(telemetry: Telemetry) -> None:
    verified = verifier(SpanRecorder(provider=telemetry.provider)).verify(present(), REQUEST)
    verified.require(lambda: True, UntrustedRootError("not together"))
    assert telemetry.spans() == []
    verified.clear()
    assert [said["attorn.outcome"] for said in telemetry.spans()] == ["allowed"]


def test_a_prohibited_request(telemetry: Telemetry) -> None:
    with pytest.raises(Denied):
        verifier(SpanRecorder(provider=telemetry.provider)).authorize(present(OTHER), OTHER)
    (said,) = telemetry.spans()
    shown = {name: said[f"attorn.{name}"] for name in ("outcome", "verdict", "step", "link")}
    assert shown == {"outcome": "denied", "verdict": "denied", "step": 9, "link": 2}
    assert (said["user.id"], said["gen_ai.agent.id"]) == (ALICE.did, SCOUT.did)
    assert "error.type" not in said


@pytest.mark.parametrize(
    ("wire", "arguments", "verdict", "known"),
    [
        ("AAAA", {}, "malformed", False),
        (None, {"roots": [PLANNER.did]}, "untrusted_root", False),
        (None, {"audience": "did:web:bank.example"}, "wrong_audience", True),
    ],
)
def test_an_invalid_one_names_nobody_but_who_was_verified(
    wire: str | None, arguments: dict[str, Any], verdict: str, known: bool, telemetry: Telemetry
) -> None:
    with pytest.raises(VerificationError):
        verifier(SpanRecorder(provider=telemetry.provider), **arguments).authorize(wire or present(), REQUEST)
    (said,) = telemetry.spans()
    assert (said["attorn.outcome"], said["attorn.verdict"]) == ("invalid", verdict)
    assert ("user.id" in said, "gen_ai.agent.id" in said, "attorn.chain" in said) == (known, known, known)


def test_a_replay(telemetry: Telemetry) -> None:
    by, wire = verifier(SpanRecorder(provider=telemetry.provider)), present()
    by.authorize(wire, REQUEST)
    with pytest.raises(VerificationError):
        by.authorize(wire, REQUEST)
    assert [said["attorn.verdict"] for said in telemetry.spans()] == ["allowed", "replayed"]


def test_an_undecided_one_is_an_error(telemetry: Telemetry) -> None:
    class Broken(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            raise OSError

    with pytest.raises(UnavailableError):
        verifier(SpanRecorder(provider=telemetry.provider), store=Broken()).authorize(present(), REQUEST)
    span = telemetry.only()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "unavailable"


def test_it_is_a_child_of_what_is_going_on(telemetry: Telemetry) -> None:
    with telemetry.provider.get_tracer("server").start_as_current_span("GET /events"):
        verifier(SpanRecorder(provider=telemetry.provider)).authorize(present(), REQUEST)
    inner, outer = telemetry.kept.get_finished_spans()
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id


def test_a_use_that_is_tried_again_and_not_the_key_to_its_answer(telemetry: Telemetry) -> None:
    by = verifier(SpanRecorder(provider=telemetry.provider), retries=timedelta(minutes=5))
    again = token()
    for repeated in (False, True):
        wire = SCOUT.present(again, REQUEST, audience=AUDIENCE, idempotency_key="order-17")
        access = by.authorize(wire, REQUEST)
        assert access.repeated is telemetry.spans()[-1]["attorn.retry"] is repeated
    assert access.retry_key is not None
    assert access.retry_key not in str(telemetry.spans())


def test_what_only_the_server_knows(telemetry: Telemetry) -> None:
    known = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "read_events" * 99,
        "mcp.method.name": "tools/call",
        "user.id": "mallory",
        "attorn.outcome": "allowed",
        "gen_ai.tool.call.arguments": SECRET,
        "gen_ai.agent.id": "mallory",
        "gen_ai.tool.type": 1,
    }
    seen: list[ReceiptDraft] = []

    def about(draft: ReceiptDraft) -> Mapping[str, Any]:
        seen.append(draft)
        return known

    with pytest.raises(Denied):
        verifier(SpanRecorder(provider=telemetry.provider, about=about)).authorize(present(OTHER), OTHER)
    (said,) = telemetry.spans()
    assert (said["gen_ai.operation.name"], said["mcp.method.name"]) == ("execute_tool", "tools/call")
    assert said["gen_ai.tool.name"] == ("read_events" * 99)[:256]
    assert (said["user.id"], said["attorn.outcome"], said["gen_ai.agent.id"]) == (ALICE.did, "denied", SCOUT.did)
    assert not {"gen_ai.tool.call.arguments", "gen_ai.tool.type"} & said.keys()
    assert seen[0].action == "events:write"
    assert {"gen_ai.tool.name", "mcp.method.name"} <= NAMES
    assert not [name for name in NAMES if name.startswith(("user", "attorn", "enduser"))]


def test_the_resource_only_if_it_is_wanted(telemetry: Telemetry) -> None:
    verifier(SpanRecorder(provider=telemetry.provider, resources=True)).authorize(present(), REQUEST)
    assert telemetry.spans()[0]["attorn.resource"] == REQUEST.resource


def test_no_token_no_argument_no_nonce(telemetry: Telemetry) -> None:
    # attacks 133, 134
    by = verifier(SpanRecorder(provider=telemetry.provider, resources=True))
    challenge, key = "a-challenge-of-this-server", "an-idempotency-key"
    wires = [present(challenge=challenge, idempotency_key=key), present(OTHER, challenge=challenge)]
    for wire, request in zip((*wires, "A" * 99, wires[0]), (REQUEST, OTHER, REQUEST, REQUEST), strict=True):
        told(by, wire, request, challenge=challenge)
    spans = telemetry.kept.get_finished_spans()
    assert len(spans) == 4
    text = "\n".join(span.to_json() for span in spans)
    secrets = [SECRET, challenge, key, REQUEST.digest().hex(), "A" * 20]
    for wire in wires:
        secrets += [wire[at : at + 24] for at in range(0, len(wire) - 24, 24)]
    for link in token().unverified_links:
        secrets += [link.id.hex()]
    # A DID is a key, and so is what stands in a token of it.
    named = json.dumps([ALICE.did, PLANNER.did, SCOUT.did])
    assert [secret for secret in secrets if secret in text and secret not in named] == []


def test_behind_a_receipt(telemetry: Telemetry, tmp_path: Path) -> None:
    log = JsonLinesLog(str(tmp_path / "audit.jsonl"))
    by = verifier(SpanRecorder(Recorder(log, by=SERVICE), provider=telemetry.provider))
    by.authorize(present(), REQUEST)
    told(by, present(OTHER), OTHER)
    assert [said["attorn.receipt"] for said in telemetry.spans()] == [1, 2]
    assert [each.verdict for each in receipts(log, by=[SERVICE.did])] == ["allowed", "denied"]


def test_without_a_receipt_nothing_is_permitted_and_the_span_says_so(telemetry: Telemetry) -> None:
    class Full:
        def record(self, draft: ReceiptDraft) -> object:
            raise UnavailableError("the disk is full")

    with pytest.raises(UnavailableError):
        verifier(SpanRecorder(Full(), provider=telemetry.provider)).authorize(present(), REQUEST)  # type: ignore[arg-type]
    (said,) = telemetry.spans()
    assert (said["attorn.outcome"], said["attorn.verdict"], said["error.type"]) == ("undecided", *["unavailable"] * 2)


class FailingExporter(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise OSError("no collector")


class FailingStart(SpanProcessor):
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        raise RuntimeError("start")


class FailingEnd(SpanProcessor):
    def on_end(self, span: ReadableSpan) -> None:
        raise RuntimeError("end")


class NoTracer:
    def get_tracer(self, *_: object, **__: object) -> object:
        raise RuntimeError("no tracer")


def failing(name: str) -> SpanRecorder:
    """A recorder of spans in which something fails."""
    if name == "provider":
        return SpanRecorder(provider=NoTracer())  # type: ignore[arg-type]
    if name in ("about", "about-none"):
        wrong: Callable[[ReceiptDraft], Any] = (lambda _: 1 / 0) if name == "about" else (lambda _: None)
        return SpanRecorder(provider=Telemetry().provider, about=wrong)
    processors = {"exporter": SimpleSpanProcessor(FailingExporter()), "start": FailingStart(), "end": FailingEnd()}
    return SpanRecorder(provider=Telemetry(processors[name]).provider)


@pytest.mark.parametrize("name", ["exporter", "start", "end", "provider", "about", "about-none"])
def test_what_fails_changes_no_decision(name: str) -> None:
    spans = failing(name)
    watched, alone = verifier(spans), verifier(None)
    attempts = [(present(), REQUEST), (present(OTHER), OTHER), ("AAAA", REQUEST), (present(), OTHER)]
    for wire, request in attempts:
        assert told(watched, wire, request) == told(alone, wire, request)
    # The SDK itself keeps what an exporter throws.
    assert spans.failed == (0 if name == "exporter" else len(attempts))


def test_what_fails_in_several_threads_is_counted_each_time() -> None:
    """Another thread gets its turn after every single instruction in which a failure could be counted."""
    drafts: list[ReceiptDraft] = []
    spans = SpanRecorder(provider=Telemetry().provider, about=drafts.append)  # type: ignore[arg-type]
    told(verifier(spans), present(), REQUEST)
    threads, each = 4, 25

    def turns(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is SpanRecorder._span.__code__:
            frame.f_trace_opcodes = True
            if event == "opcode":
                time.sleep(0)
            return turns
        return None

    def work() -> None:
        sys.settrace(turns)
        for _ in range(each):
            spans.record(drafts[0])

    working = [Thread(target=work) for _ in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    assert spans.failed == 1 + threads * each


def test_how_often_it_failed_is_for_reading_only() -> None:
    with pytest.raises(AttributeError):
        SpanRecorder().failed = 0  # type: ignore[misc]


def test_a_sampler_that_drops_it_all_changes_nothing_either() -> None:
    telemetry = Telemetry(sampler=ALWAYS_OFF)
    spans = SpanRecorder(provider=telemetry.provider)
    assert verifier(spans).authorize(present(), REQUEST).decision.allowed
    assert (telemetry.spans(), spans.failed) == ([], 0)


def test_without_any_sdk_it_does_nothing() -> None:
    spans = SpanRecorder()
    assert verifier(spans).authorize(present(), REQUEST).decision.allowed
    assert spans.failed == 0


def test_a_stop_is_a_stop() -> None:
    class Stopped(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verifier(SpanRecorder(provider=Telemetry(Stopped()).provider)).authorize(present(), REQUEST)


@pytest.mark.parametrize("wrong", [{"recorder": 1}, {"about": 1}, {"resources": 1}, {"provider": 1}])
def test_what_it_cannot_be_made_of(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        SpanRecorder(**wrong)


def test_what_it_cannot_be_told() -> None:
    with pytest.raises(InputError):
        SpanRecorder().record("allowed")  # type: ignore[arg-type]


def test_several_users_are_several_decisions(telemetry: Telemetry) -> None:
    bob = Identity.from_seed(b"\x09" * 32, clock=lambda: NOW)
    theirs = bob.mint(to=SCOUT.did, caveats=[caveat.Actions("events:read")])
    by = verifier(SpanRecorder(provider=telemetry.provider), roots=[ALICE.did, bob.did])
    by.authorize_all([present(), SCOUT.present(theirs, REQUEST, audience=AUDIENCE)], REQUEST)
    assert sorted(said["user.id"] for said in telemetry.spans()) == sorted([ALICE.did, bob.did])
