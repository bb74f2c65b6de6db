"""`verify-mandate`: AP2 v0.2, a chain of mandates; AP2 v0.1 is the file `purchase`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from attorn import status
from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.conformance import parties, purchase
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import Denied, InputError, UnavailableError, VerificationError
from attorn.mandate import MandateVerifier, Prohibited, VerifiedChain, by_lists, verify_held
from attorn.mandate.constraint import Unit
from attorn.mandate.policy import Status
from attorn.status import StatusList
from attorn.store import MemoryStore

CHECKOUT: Final = "checkout"
PAYMENT: Final = "payment"
HELD: Final = "held"


def verify(members: Members) -> Answer:
    """What a mandate allows, if it holds: for version "0.2" here, for "0.1" by `purchase.verify`."""
    version = members.text("version")
    if version == "0.1":
        return purchase.verify(members)
    if version != "0.2":
        raise InputError('input: version: expected "0.1" or "0.2"')
    return _held(members) if members.text("kind") == HELD else _used(members)


def _held(members: Members) -> Answer:
    text, now, policy = members.text("mandate"), moment(members.second("now")), _policy(members)
    members.done()
    chain = verify_held(text, now=now, **policy)
    return Answer(result={**_result(chain), "redelegations": chain.hops[-1].redelegations})


@dataclass(frozen=True, slots=True)
class _Use:
    """One mandate that is shown, to whom, when, and what is shown beside it."""

    kind: str
    mandate: str
    audience: str
    nonce: str
    now: int
    checkout: str | None
    checkout_jwt: str | None

    @classmethod
    def read(cls, members: Members, audience: str | None = None) -> _Use:
        kind = members.text("kind")
        if kind not in (CHECKOUT, PAYMENT):
            raise InputError(f"input: kind: expected {CHECKOUT}, {PAYMENT} or {HELD}")
        return cls(
            kind,
            members.text("mandate"),
            members.text("audience") if audience is None or members.has("audience") else audience,
            members.text("nonce"),
            members.second("now"),
            members.text("checkout") if kind == PAYMENT else None,
            members.maybe_text("checkout_jwt") if kind == CHECKOUT else None,
        )


def _used(members: Members) -> Answer:
    use, looks = _Use.read(members), members.flag("check")
    before = [Members(each, "before") for each in members.items("before")]
    given = {
        "merchants": parties.signers(members, "merchants"),
        "required": members.texts("required"),
        "unbound": members.flag("unbound"),
        **_span(members, "age"),
        **_policy(members),
    }
    members.done()
    store = MemoryStore()
    for earlier in before:
        first = _Use.read(earlier, use.audience)
        earlier.done()
        _before(first, store, given)
    try:
        return Answer(result=_result(_chain(use, store, given, looks=looks)))
    except Prohibited as denied:
        reasons: list[JsonValue] = [*sorted({str(code) for code in denied.codes})]
        return Answer(denied.code, denied.decision.step, {"reasons": reasons})


def _chain(use: _Use, store: MemoryStore, given: dict[str, Any], *, looks: bool = False) -> VerifiedChain:
    now = moment(use.now)
    verifier = MandateVerifier(audience=use.audience, store=store, clock=lambda: now, **given)
    if use.checkout is None:
        if looks:
            return verifier.check_checkout(use.mandate, nonce=use.nonce, checkout_jwt=use.checkout_jwt, now=now).chain
        return verifier.accept_checkout(use.mandate, nonce=use.nonce, checkout_jwt=use.checkout_jwt).chain
    if looks:
        return verifier.check_payment(use.mandate, nonce=use.nonce, checkout=use.checkout, now=now).chain
    return verifier.accept_payment(use.mandate, nonce=use.nonce, checkout=use.checkout).chain


def _before(use: _Use, store: MemoryStore, given: dict[str, Any]) -> None:
    try:
        _chain(use, store, given)
    except (VerificationError, Denied, UnavailableError):
        # A case may say that a refused mandate came first; its verdict is another case's.
        return


def _policy(members: Members) -> dict[str, Any]:
    """What a verifier demands, by the names of its arguments. What is not said is left to it."""
    given: dict[str, Any] = {
        "anchors": parties.anchors(members, "anchors"),
        "credentials": members.texts("credentials"),
        "redelegations": members.integer("redelegations", 0),
        **_span(members, "skew"),
    }
    if members.has("unit"):
        given["unit"] = _unit(members.text("unit"))
    if members.has("claim"):
        given["claim"] = members.text("claim")
    if members.has("status"):
        given["status"] = _status(members.inner("status"))
    return given


def _unit(name: str) -> Unit:
    if name not in [str(unit) for unit in Unit]:
        raise InputError(f"input: unit: expected {' or '.join(Unit)}")
    return Unit(name)


def _span(members: Members, name: str) -> dict[str, timedelta]:
    return {name: _seconds(members, name)} if members.has(name) else {}


def _seconds(members: Members, name: str) -> timedelta:
    seconds = members.integer(name)
    if not 0 <= seconds <= 1_000_000_000:
        raise InputError(f"input: {name}: expected seconds")
    return timedelta(seconds=seconds)


def _status(members: Members) -> Status:
    lists = [each for text in members.texts("lists") for each in _lists(text)]
    staleness = _seconds(members, "staleness")
    issuers = members.texts_by_name("issuers")
    members.done()
    return by_lists(lambda: lists, staleness=staleness, issuers=issuers)


def _lists(text: str) -> tuple[StatusList, ...]:
    try:
        return status.verify(text)
    except VerificationError:
        # A case may say that a forged list is at hand: it says nothing.
        return ()


def _result(chain: VerifiedChain) -> dict[str, JsonValue]:
    return {
        "hops": [hop.id for hop in chain.hops],
        "dids": [hop.did for hop in chain.hops],
        "human_present": chain.human_present,
        "expires": chain.expires,
    }
