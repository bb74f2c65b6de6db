"""`run-trace`: one use after another, by one verifier with one ledger, on a clock that each use sets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.conformance import asked, verifying
from attorn.conformance.answer import OK, Answer
from attorn.conformance.members import Members
from attorn.did.resolver import LocalResolver
from attorn.errors import Denied, InputError, UnavailableError, VerificationError
from attorn.request.request import Request
from attorn.statement import Kind, Statement
from attorn.store import MemoryStore
from attorn.verify.verifier import Verifier

_MOST_RETRIES: Final = 10**9


@dataclass(frozen=True, slots=True)
class _Use:
    wire: str
    request: Request
    challenge: str | None
    second: int
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A store that keeps no ledger."""

    store: MemoryStore

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return self.store.remember(presentation, expires=expires, now=now)

    def statements(
        self, wanted: Sequence[tuple[Kind, str]], *, by: Collection[str] | None = None
    ) -> Sequence[Statement]:
        return self.store.statements(wanted, by=by)

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        return self.store.put(statements)


def run(members: Members) -> Answer:
    """What became of each use: its code and step, and which of them were retries."""
    store, clock = MemoryStore(), verifying.Hands()
    uses = [_use(Members(value, "input: uses")) for value in members.items("uses")]
    verifier = Verifier(
        audience=members.text("audience"),
        roots=members.texts("roots"),
        store=_Plain(store) if members.flag("without_ledger") else store,
        clock=clock,
        retries=_retries(members),
        macaroon_keys=map(verifying.key, members.texts("macaroon_keys")),
    )
    members.done()
    if not uses:
        raise InputError("input: uses: expected at least one")
    codes: list[JsonValue] = []
    repeated: list[JsonValue] = []
    for number, use in enumerate(uses):
        clock.second = use.second
        for text in use.statements:
            verifying.apply(store, text, LocalResolver())
        found = _answer(verifier, use)
        codes.append([found.code, found.step])
        if found.result:
            repeated.append(number)
    return Answer(result={"codes": codes, "repeated": repeated})


def _answer(verifier: Verifier, use: _Use) -> Answer:
    """Its result is empty but for a retry."""
    try:
        access = verifier.authorize(use.wire, use.request, challenge=use.challenge)
    except (VerificationError, Denied, UnavailableError) as error:
        return Answer.of(error)
    return Answer(OK, None, {"repeated": True} if access.repeated else {})


def _use(members: Members) -> _Use:
    found = _Use(
        members.text("wire"),
        asked.request(members.inner("request")),
        members.maybe_text("challenge"),
        members.second("now"),
        members.texts("revocations"),
    )
    members.done()
    return found


def _retries(members: Members) -> timedelta | None:
    if not members.has("retries"):
        return None
    seconds = members.integer("retries")
    if not 0 < seconds <= _MOST_RETRIES:
        raise InputError("input: retries: expected a number of seconds")
    return timedelta(seconds=seconds)
