"""The adapter to the stock engine: what it is fed, what it is never fed, and how its failures end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.property.chains import (
    AUDIENCE,
    NOW,
    PEOPLE,
    THIEF,
    Chain,
    Step,
    build,
    clock_at,
    presentation,
    presented,
    resigned,
    wire_of,
)

from attorn import Request, caveat, engine
from attorn.biscuit.container import ExternalSignature, ProofKind, parse
from attorn.biscuit.signature import seal, sign_block
from attorn.caveat import Caveat
from attorn.caveat.unrecognised import Unrecognised
from attorn.datalog import Predicate, Query, string, variable
from attorn.encoding import base64url_decode, base64url_encode
from attorn.engine import StockEngine
from attorn.errors import (
    AttornError,
    ChainError,
    Denied,
    EngineError,
    ExpiredError,
    InputError,
    LimitError,
    MalformedError,
    NotAdmittedError,
    PossessionError,
    SignatureError,
    UnavailableError,
    UntrustedRootError,
    VerificationError,
    WrongRequestError,
)
from attorn.keys import ecdsa
from attorn.limits import Limits

ALICE, PLANNER, SCOUT = PEOPLE[0], PEOPLE[1], PEOPLE[9]
REQUEST = Request(
    action="events:read", resource="cal://alice/2026-11", args={"limit": 10, 'q"\\': "{x}\n$y", "n": None}
)
SCOPE = (caveat.Actions("events:read"), caveat.Resources("cal://alice"))


def chain_with(*limits: Caveat) -> Chain:
    """Alice to Planner to Scout (P-256), with these limits on Planner's link."""
    return build(ALICE, [Step(PLANNER, SCOPE), Step(SCOUT, limits)])


def wire_with(*limits: Caveat) -> str:
    return presented(chain_with(*limits), presentation(REQUEST))


def ask(wire: str, request: Request = REQUEST, *, judge: StockEngine | None = None, **changed: Any) -> None:
    known: dict[str, Any] = {"root": ALICE.key, "audience": AUDIENCE, "now": NOW, "nonce": bytes(16)}
    (judge or StockEngine()).authorize(wire, request, **(known | changed))


# What is permitted


def test_it_permits_what_every_caveat_permits() -> None:
    ask(wire_with(caveat.Range("limit", 0, 50), caveat.Glob('q"\\', "{x}*"), caveat.Equals("n", None)))


def test_it_reads_the_presentation_so_that_its_id_can_be_looked_up() -> None:
    admitted = StockEngine().read(wire_with())
    assert (admitted.presentation.id, admitted.presentation.audience) == (bytes(16), AUDIENCE)
    assert [link.delegate for link in admitted.chain.links] == [PLANNER.did, SCOUT.did]


def test_a_challenge_is_a_fact_like_any_other() -> None:
    wire = presented(chain_with(), replace(presentation(REQUEST), challenge="c1"))
    ask(wire, challenge="c1")
    for given in (None, "C1", "c1 "):
        with pytest.raises(WrongRequestError):
            ask(wire, challenge=given)


# What is refused


@pytest.mark.parametrize(
    ("limit", "error", "named"),
    [
        (caveat.Actions("events:write"), Denied, "link 2 .*Actions allows events:write"),
        (caveat.Range("limit", 0, 5), Denied, "link 2 .*Range"),
        (caveat.Equals("absent", 1), Denied, "Equals"),
        (caveat.Not(caveat.Equals("limit", 10)), Denied, "link 2"),
        (caveat.MaxUses(3), Denied, "MaxUses"),
        (caveat.Expires(clock_at(NOW)), ExpiredError, "link 2"),
        (caveat.NotBefore(clock_at(NOW + 1)), ExpiredError, "link 2"),
        (caveat.MaxDepth(0), ChainError, "link 2"),
    ],
)
def test_a_failed_check_names_its_link_and_caveat(limit: Caveat, error: type[AttornError], named: str) -> None:
    with pytest.raises(error, match=named):
        ask(wire_with(caveat.Purpose("Plan"), limit))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"now": NOW + 61}, WrongRequestError),
        ({"now": NOW - 31}, WrongRequestError),
        ({"audience": "did:web:other.example"}, WrongRequestError),
        ({"nonce": b"\x01" * 16}, WrongRequestError),
        ({"nonce": b""}, WrongRequestError),
        ({"root": PLANNER.key}, UntrustedRootError),
        ({"root": THIEF.key}, UntrustedRootError),
        (
            {"request": Request(action="events:read", resource="cal://alice/2026-12", args=REQUEST.args)},
            WrongRequestError,
        ),
        ({"request": Request(action="events:write", resource="cal://alice/2026-11", args=REQUEST.args)}, Denied),
        ({"request": Request(action="events:read", resource="cal://bob", args=REQUEST.args)}, Denied),
    ],
)
def test_another_question_than_the_one_presented_for_is_refused(
    changed: dict[str, Any], error: type[AttornError]
) -> None:
    with pytest.raises(error):
        ask(wire_with(), **changed)


def test_depth_can_be_stated_by_a_caller_who_counts_otherwise() -> None:
    wire = wire_with(caveat.MaxDepth(1))
    ask(wire)
    with pytest.raises(ChainError):
        ask(wire, depth=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"now": float(NOW)}, {"now": True}, {"now": -1}, {"now": 253_402_300_800}, {"nonce": "00"}, {"audience": ""},
        {"audience": None}, {"challenge": ""}, {"challenge": b"c"}, {"depth": -1}, {"depth": True}, {"root": ALICE.did},
        {"root": ALICE.key.data}, {"request": {"action": "events:read"}}, {"request": None},
    ],
)  # fmt: skip
def test_an_unusable_argument_is_the_caller_s_error(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        ask(wire_with(), **changed)


@pytest.mark.parametrize("patience", [timedelta(milliseconds=99), timedelta(0), timedelta(-1), 1, None])
def test_patience_has_a_floor_because_honest_tokens_miss_less(patience: Any) -> None:
    with pytest.raises(InputError):
        StockEngine(patience=patience)


# What the engine is never fed


@pytest.fixture
def unfed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine fails the test if any bytes reach it."""

    class Unfed:
        @staticmethod
        def from_bytes(*_: object) -> None:
            pytest.fail("bytes reached the stock engine")

    monkeypatch.setattr(engine, "Biscuit", Unfed)


def _unrecognised() -> Caveat:
    return Unrecognised((Query((Predicate("phase_of_the_moon", (variable("0"),)),), ()),))


def _joined() -> Caveat:
    pairs = tuple(Predicate("path", (variable(str(number)),)) for number in range(8))
    return Unrecognised((Query(pairs, ()),))


@pytest.mark.usefixtures("unfed")
@pytest.mark.parametrize("limit", [_unrecognised(), _joined()])
def test_a_check_that_stands_for_no_caveat_is_never_fed(limit: Caveat) -> None:
    with pytest.raises(NotAdmittedError, match=r"link 2|profile"):
        ask(wire_with(limit))


def _unsealed(wire: str) -> str:
    return wire_of(parse(base64url_decode(wire), most_blocks=8).blocks, ProofKind.IN_TRANSIT)


def _in_transit(wire: str) -> str:
    return wire_of(parse(base64url_decode(wire), most_blocks=8).blocks[:-1], ProofKind.IN_TRANSIT)


def _bearer(wire: str) -> str:
    return wire_of(parse(base64url_decode(wire), most_blocks=8).blocks, ProofKind.BEARER, b"\x01" * 32)


def _sealed_without_presentation(wire: str) -> str:
    links = parse(base64url_decode(wire), most_blocks=8).blocks[:-1]
    return wire_of(links, ProofKind.SEAL, seal(SCOUT.signer, links[-1]))


def _one_block(wire: str) -> str:
    links = parse(base64url_decode(wire), most_blocks=8).blocks[:1]
    return wire_of(links, ProofKind.SEAL, seal(PLANNER.signer, links[-1]))


def _older_version(wire: str) -> str:
    container = parse(base64url_decode(wire), most_blocks=8)
    return base64url_encode(replace(container, blocks=tuple(replace(b, version=0) for b in container.blocks)).encode())


def _third_party(wire: str) -> str:
    container = parse(base64url_decode(wire), most_blocks=8)
    extra = ExternalSignature(THIEF.signer.sign(b"x"), THIEF.key)
    blocks = (*container.blocks[:-1], replace(container.blocks[-1], external=extra))
    return base64url_encode(replace(container, blocks=blocks).encode())


def _high_s(wire: str) -> str:
    container = parse(base64url_decode(wire), most_blocks=8)
    raw = ecdsa.der_to_raw(container.proof_bytes)
    s = ecdsa.ORDER - int.from_bytes(raw[32:], "big")
    return base64url_encode(replace(container, proof_bytes=_der(raw[:32] + s.to_bytes(32, "big"))).encode())


def _der(raw: bytes) -> bytes:
    parts = []
    for half in (raw[:32], raw[32:]):
        number = half.lstrip(b"\0")
        number = b"\0" + number if number[0] & 0x80 else number
        parts.append(bytes((2, len(number))) + number)
    return b"\x30" + bytes((len(b"".join(parts)),)) + b"".join(parts)


def _other_next_key(wire: str) -> str:
    container = parse(base64url_decode(wire), most_blocks=8)
    *links, last = container.blocks
    moved = sign_block(SCOUT.signer, last.payload, PLANNER.key, links[-1].signature)
    return wire_of((*links, moved), ProofKind.SEAL, seal(PLANNER.signer, moved))


def _root_hint(wire: str) -> str:
    return base64url_encode(replace(parse(base64url_decode(wire), most_blocks=8), root_key_id=1).encode())


def _padded(wire: str) -> str:
    return wire + "="


def _rules(wire: str) -> str:
    # A rule, field 5 of a block, signed by Planner as a legitimate delegator could.
    chain = chain_with()
    rule = b"\x2a\x04\x0a\x02\x08\x00"
    spoilt = resigned(chain, {1: chain.blocks[1].payload + rule})
    return presented(spoilt, presentation(REQUEST))


@pytest.mark.usefixtures("unfed")
@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_unsealed, PossessionError),
        (_in_transit, PossessionError),
        (_bearer, PossessionError),
        (_sealed_without_presentation, PossessionError),
        (_one_block, PossessionError),
        (_older_version, SignatureError),
        (_third_party, SignatureError),
        (_high_s, SignatureError),
        (_other_next_key, ChainError),
        (_root_hint, MalformedError),
        (_padded, MalformedError),
        (_rules, NotAdmittedError),
        (lambda wire: wire[:-4], MalformedError),
        (lambda wire: "", MalformedError),
        (lambda wire: "A" * 65_537, LimitError),
    ],
)
def test_what_is_not_admitted_is_never_fed(spoil: Callable[[str], str], error: type[VerificationError]) -> None:
    with pytest.raises(error):
        ask(spoil(wire_with()))


@pytest.mark.usefixtures("unfed")
def test_its_limits_are_kept_before_anything_is_fed() -> None:
    with pytest.raises(LimitError):
        ask(wire_with(), judge=StockEngine(limits=Limits(links=1)))


def test_a_forged_signature_is_found_by_the_engine_itself() -> None:
    chain = build(ALICE, [Step(PLANNER, SCOPE), Step(SCOUT, signer=THIEF)])
    with pytest.raises(SignatureError):
        ask(presented(chain, presentation(REQUEST)))


# How its failures end


class PanicException(BaseException):
    """What pyo3 raises when native code panics: no `Exception`."""


def _failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    class Failing:
        def __getattr__(self, _: str) -> Any:
            raise error

    monkeypatch.setattr(engine, "AuthorizerBuilder", Failing)


@pytest.mark.parametrize(
    "error",
    [PanicException("boom"), RuntimeError("x"), MemoryError(), TypeError(), ValueError("secret"), GeneratorExit()],
)
def test_a_panic_or_any_other_failure_is_undecided(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    wire = wire_with()
    _failing(monkeypatch, error)
    with pytest.raises(EngineError) as caught:
        ask(wire)
    assert isinstance(caught.value, UnavailableError)
    assert caught.value.code == "engine_failed"
    assert "secret" not in str(caught.value)


def test_a_real_native_panic_is_contained() -> None:
    fact: Any = engine.Fact("f({true, false})")
    with pytest.raises(EngineError, match="PanicException"):
        engine._contained(lambda: fact.terms)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    wire = wire_with()
    _failing(monkeypatch, error)
    with pytest.raises(type(error)):
        ask(wire)


@pytest.mark.parametrize(
    "message",
    [
        "Reached Datalog execution limits",
        "Datalog  execution failure: Invalid type",
        "authorization failed: no matching policy was found",
        "",
        "authorization failed: an allow policy matched (policy index: 0), and the following checks failed: Check n°9 in"
        " block n°1: check if x",
    ],
)
def test_a_message_that_is_no_failed_check_is_undecided(message: str) -> None:
    links = StockEngine().read(wire_with()).chain.links
    assert isinstance(engine._refusal(message, links), EngineError)


def test_running_out_of_time_is_undecided() -> None:
    judge = StockEngine()
    judge._patience = timedelta(0)
    with pytest.raises(EngineError, match="limits"):
        ask(wire_with(), judge=judge)


def test_text_in_a_request_or_caveat_cannot_pose_as_a_refusal_of_another_link() -> None:
    name = "x, Check n°0 in block n°7: "
    with pytest.raises(Denied, match="link 2"):
        ask(wire_with(caveat.Equals(name, 'a", Check n°0 in block n°0: ')))


def test_attorn_does_not_import_the_engine_unless_asked() -> None:
    code = "import sys, attorn; sys.exit('biscuit_auth' in sys.modules or 'attorn.engine' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_facts_are_bound_as_parameters() -> None:
    hostile = '"), operation("pay'
    fact: Any = engine._fact(Predicate("operation", (string(hostile),)))
    assert repr(fact) == f'operation("{hostile}")'
