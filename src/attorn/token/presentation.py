"""The presentation block: what binds a chain to one request, at one audience, once.

One check: `check if audience(a), request(digest), nonce(id), time($time), $time >= from, $time <
until`, with `challenge(c)` after the nonce where the verifier asked for one. A verifier supplies `nonce(id)` only while
it has not seen that id, so a stock engine enforces single use as well. Beside it may stand the fact
`idempotency(key)`, by which a ledger knows a use that is tried again; then approvals, each as a fact `approval(text)`,
and credentials of the agents of the chain, each as a fact `credential(text)`.
Source: docs/spec/wire.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from attorn.biscuit.block import Block
from attorn.biscuit.shapes import Presented, written
from attorn.clock import LATEST
from attorn.datalog import (
    GREATER_OR_EQUAL,
    LESS,
    STRING,
    Check,
    Predicate,
    Query,
    date,
    octets,
    string,
    variable,
)
from attorn.errors import InputError, LimitError, MalformedError
from attorn.token.discharge import Demand

_TIME: Final = variable("time")
_TIME_FACT: Final = Predicate("time", (_TIME,))
ID_BYTES: Final = 16
DIGEST_BYTES: Final = 32
MOST_APPROVALS: Final = 16
"""Most approvals that travel with one presentation."""
MOST_CREDENTIALS: Final = 32
"""Most credentials that travel with one presentation: one for each delegate of the longest chain."""
_MOST_KEY: Final = 255
_MOST_WORDS: Final = 2048


def words(value: str, name: str) -> str:
    """`value`, if it can be an audience or a challenge: 1 to 2048 characters of text. Raises `InputError`."""
    if not isinstance(value, str) or not _has_length(value):
        raise InputError(f"{name}: expected text of 1 to {_MOST_WORDS} characters, got {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name}: text holds a lone surrogate") from None
    return value


def _has_length(text: str) -> bool:
    return 0 < len(text) <= _MOST_WORDS


def key_words(value: str) -> str:
    """`value`, if it can be an idempotency key: 1 to 255 printable ASCII characters. Raises `InputError`."""
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_KEY or not value.isascii() or not value.isprintable():
        raise InputError(f"idempotency key: expected 1 to {_MOST_KEY} printable ASCII characters")
    return value


@dataclass(frozen=True, slots=True)
class Presentation:
    """What is presented for one request. Times are Unix seconds: valid from `start`, no longer at `stop`.

    In a Biscuit the holder signed all of it. In a Macaroon what others said stands beside the holder's block, in
    discharges that are bound to it: they are the approvals, and the demands.
    """

    audience: str
    digest: bytes
    id: bytes
    start: int
    stop: int
    challenge: str | None = None
    idempotency_key: str | None = None
    unverified_approvals: tuple[str, ...] = ()
    """Texts that may be approvals of this use. Nobody has read them yet, and anybody may have written them."""
    unverified_credentials: tuple[str, ...] = ()
    """Texts that may be identity credentials of delegates. Nobody has read them yet."""
    demands: tuple[Demand, ...] = ()
    """What third parties demand of this use, in their discharges. It stands beside the block and not in it."""

    def facts(self) -> tuple[Predicate, ...]:
        """The facts of the block, if it has any. No check asks for them; a verifier that keeps a ledger reads them."""
        key = self.idempotency_key
        keys = () if key is None else (Predicate("idempotency", (string(key),)),)
        approvals = (Predicate("approval", (string(text),)) for text in self.unverified_approvals)
        credentials = (Predicate("credential", (string(text),)) for text in self.unverified_credentials)
        return (*keys, *approvals, *credentials)

    def check(self) -> Check:
        """The one check of the block."""
        body = [
            Predicate("audience", (string(self.audience),)),
            Predicate("request", (octets(self.digest),)),
            Predicate("nonce", (octets(self.id),)),
        ]
        if self.challenge is not None:
            body.append(Predicate("challenge", (string(self.challenge),)))
        window = ((_TIME, date(self.start), GREATER_OR_EQUAL), (_TIME, date(self.stop), LESS))
        return (Query((*body, _TIME_FACT), window),)


def read(block: Block) -> Presentation:
    """The presentation in an admitted block. Raises `MalformedError` if it is anything else."""
    if len(block.shaped) != 1:
        raise MalformedError("expected a presentation block: one check")
    check = block.shaped[0]
    presentation = Presentation(*check) if isinstance(check, Presented) else _read(written(check))
    if block.facts:
        key, approvals, credentials = _stated(block)
        presentation = accompanied(replace(presentation, idempotency_key=key), approvals)
        if len(credentials) > MOST_CREDENTIALS:
            raise LimitError(f"expected at most {MOST_CREDENTIALS} credentials, got {len(credentials)}", step=1)
        presentation = replace(presentation, unverified_credentials=tuple(credentials))
    if not _has_length(presentation.audience) or not (
        presentation.challenge is None or _has_length(presentation.challenge)
    ):
        raise MalformedError(f"an audience and a challenge have 1 to {_MOST_WORDS} characters")
    if presentation.stop > LATEST:
        raise MalformedError("a presentation ends before the year 10000")
    return presentation


def _read(check: Check) -> Presentation:
    try:
        query = check[0]
        (audience,), (digest,), (nonce,), *challenges, _ = [predicate.terms for predicate in query.body]
        (_, start, _), (_, stop, _) = query.expressions
        challenge = challenges[0][0] if challenges else (STRING, None)
    except (ValueError, IndexError):
        raise MalformedError("the last block is no presentation") from None
    values = (term[1] for term in (audience, digest, nonce, start, stop, challenge))
    presentation = Presentation(*values)  # type: ignore[arg-type]  # written again, each has its type
    # Rendering again is what makes the reading exact: names, order, types, operations, number of terms and queries.
    if presentation.check() != check:
        raise MalformedError("the last block is no presentation")
    if len(presentation.id) != ID_BYTES or len(presentation.digest) != DIGEST_BYTES:
        raise MalformedError("a presentation holds an id of 16 bytes and a digest of 32")
    return presentation


def accompanied(presentation: Presentation, approvals: Sequence[str]) -> Presentation:
    """The presentation with the approvals that travel with it. Raises `LimitError` above 16."""
    if len(approvals) > MOST_APPROVALS:
        raise LimitError(f"expected at most {MOST_APPROVALS} approvals, got {len(approvals)}", step=1)
    return replace(presentation, unverified_approvals=tuple(approvals))


def _stated(block: Block) -> tuple[str | None, list[str], list[str]]:
    """The idempotency key, the approvals and the credentials that the block states, in this order. `MalformedError`."""
    found: dict[str, list[str]] = {"idempotency": [], "approval": [], "credential": []}
    order = list(found)
    last = 0
    for name, terms in block.facts:
        place = order.index(name) if name in found else -1
        if len(terms) != 1 or terms[0][0] != STRING or place < last or (name == "idempotency" and found[name]):
            raise MalformedError(
                "a presentation block states perhaps one idempotency key, then approvals, then credentials, no more"
            )
        last = place
        found[name].append(str(terms[0][1]))
    try:
        key = key_words(found["idempotency"][0]) if found["idempotency"] else None
    except InputError as error:
        raise MalformedError(str(error)) from None
    return key, found["approval"], found["credential"]
