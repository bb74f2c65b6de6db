"""Several users' authority for one action: every one of them must permit it, and is charged for it, or nobody is.

All presentations go through steps 0 to 8 before any is asked what it permits, all of them through step 9 before any is
charged, and all charges are one. So one that is refused costs the others nothing but their presentations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from attorn.clock import Clock, read
from attorn.decision import Decision, Denial
from attorn.did.did import is_did
from attorn.did.subject import subject
from attorn.display import shown
from attorn.errors import (
    AttornError,
    ChainError,
    Denied,
    InputError,
    LimitError,
    MalformedError,
    PossessionError,
    UnavailableError,
    VerificationError,
)
from attorn.handed import ask
from attorn.request.facts import Facts
from attorn.request.request import Request
from attorn.store.ports import Ledger, Retry
from attorn.token.presentation import Presentation
from attorn.verify.access import Access, Joint, key_text
from attorn.verify.chain import VerifiedChain
from attorn.verify.clearing import ALLOWED, Use, charge_all
from attorn.verify.possession import Possession
from attorn.verify.trail import Trail

MOST: Final = 64
"""How many presentations may be judged at once."""


class _Recorded(Protocol):
    def __call__(self, request: Request, trail: Trail, *, decides: bool = True) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of the procedure for one presentation, as its verifier does them, and what all have in common.

    `genuine` is 0 to 8 but for the replay, which `remember` asks, `again` is 6 and 7, and `use` is 9. `clear` is 9 and
    10, and `caveats` what of 9 hangs on no approval.
    """

    audience: str
    clock: Clock
    ledger: Ledger | None
    recorded: _Recorded
    genuine: Callable[[str, Request, str | None, Trail], tuple[VerifiedChain, Presentation, datetime]]
    remember: Callable[[VerifiedChain, Presentation, datetime], None]
    again: Callable[[VerifiedChain, Presentation, datetime], None]
    use: Callable[[VerifiedChain, Presentation, Request, datetime], tuple[Use, Retry | None]]
    clear: Callable[[VerifiedChain, Presentation, Request, datetime, Trail], Access]
    caveats: Callable[[VerifiedChain, Presentation, Facts, datetime], None]


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the presentations, which is genuine, and its number, from 1."""

    number: int
    trail: Trail
    chain: VerifiedChain
    presentation: Presentation
    at: datetime


def authorize(
    steps: Steps, wires: Iterable[str], request: Request, challenge: str | None, audience_of: Iterable[str] | None
) -> Joint:
    """See `Verifier.authorize_all`."""
    readers = _readers(audience_of)
    texts = _texts(steps, wires, request)
    parts: list[_Part] = []
    for number, wire in enumerate(texts, start=1):
        trail = Trail()
        with _about(steps, request, number, trail):
            parts.append(_Part(number, trail, *steps.genuine(wire, request, challenge, trail)))
    with _about_all(steps, request, parts):
        _require_together(parts)
    for part in parts:
        # Only now, when every one is known to be genuine: what is refused before uses up nothing.
        with _about(steps, request, part.number, part.trail):
            steps.remember(part.chain, part.presentation, part.at)
    return _clear(steps, parts, request, readers)


def _clear(steps: Steps, parts: Sequence[_Part], request: Request, readers: frozenset[str] | None) -> Joint:
    """(9) and (10) for all of them. Time has passed, as in `Verified.clear`: 6 and 7 are asked once more."""
    uses: list[Use] = []
    retries: list[Retry | None] = []
    with _about_all(steps, request, parts):
        now = read(steps.clock)
        _require_readers(parts, readers)
    for part in parts:
        part.trail.at = now
        with _about(steps, request, part.number, part.trail):
            steps.again(part.chain, part.presentation, now)
            use, retry = steps.use(part.chain, part.presentation, request, now)
            uses.append(use._replace(number=part.number))
            retries.append(retry)
    with _about_charge(steps, request, parts):
        one = _one_retry(retries)
        charged, repeated = charge_all(uses, steps.ledger, one)
    for part, entries in zip(parts, charged, strict=True):
        part.trail.entries, part.trail.repeated = entries, repeated
        with steps.recorded(request, part.trail):
            pass
    accesses = [
        Access(
            chain=part.chain.links,
            request=request,
            audience=steps.audience,
            at=now,
            decision=ALLOWED,
            repeated=repeated,
            retry_key=key_text(one),
        )
        for part in parts
    ]
    return Joint(accesses=tuple(accesses), readers=readers)


def _texts(steps: Steps, wires: Iterable[str], request: Request) -> tuple[str, ...]:
    """(0) The presentations, at least one and not too many."""
    if not isinstance(request, Request):
        raise InputError(f"request: expected a Request, got {type(request).__name__}")
    if isinstance(wires, str | bytes) or not isinstance(wires, Iterable):
        raise InputError("wires: expected a list of presentations, one for each user")
    texts = ask("list of presentations", lambda: tuple(islice(wires, MOST + 1)))
    if any(isinstance(text, Possession) for text in texts):
        raise InputError("wires: expected presentations, and no other proofs")
    trail = Trail()
    with steps.recorded(request, trail, decides=False):
        if not texts or len(texts) > MOST:
            trail.at = read(steps.clock)
        if not texts:
            raise PossessionError("expected a presentation for each user, got none at all", step=0)
        if len(texts) > MOST:
            raise LimitError(f"expected at most {MOST} presentations at once")
    return texts


def _readers(audience_of: Iterable[str] | None) -> frozenset[str] | None:
    """Who reads the answer; None if nobody asked. Nobody at all is no answer: an unset value must not turn it off."""
    if audience_of is None:
        return None
    if isinstance(audience_of, str | bytes) or not isinstance(audience_of, Iterable):
        raise InputError("audience_of: expected a list of DIDs")
    readers = frozenset(map(_reader, ask("list of readers", lambda: tuple(audience_of))))
    if not readers:
        raise InputError("audience_of: expected the DID of at least one reader; None does not ask")
    return readers


def _reader(did: str) -> str:
    try:
        if isinstance(did, str) and is_did(did):
            # A did:key that holds no key is nobody's.
            subject(did)
            return did
    except MalformedError:
        pass
    raise InputError(f"audience_of: expected DIDs, got {shown(did)}")


def _require_together(parts: Sequence[_Part]) -> None:
    """(5) (8) Chains of different users that share no link, all of the same holder. Raises for the first that does not.

    A user is not counted twice: whoever asks for the consent of several gets that of several. A link that two chains
    shared would be charged twice for one use, or once for two. And what another holder may do, this one may not.
    """
    first, roots, links = parts[0].chain, set[str](), set[tuple[str, bytes]]()
    for part in parts:
        root = part.chain.links[0].by.subject
        mine = {(link.by.subject, link.id) for link in part.chain.links}
        error: VerificationError | None = None
        if root in roots:
            error = ChainError("two of the presentations lead back to the same user")
        elif links & mine:
            error = ChainError("two of the presentations have a link with the same id by the same delegator")
        elif part.chain.holder.subject != first.holder.subject:
            error = PossessionError("the presentations are not all by the same holder")
        if error is not None:
            raise _blamed(error, part.number, part.trail)
        roots.add(root)
        links |= mine


def _require_readers(parts: Sequence[_Part], readers: frozenset[str] | None) -> None:
    """(9) What somebody reads who has not let this holder see it, is not shown to anybody."""
    roots = {part.chain.links[0].by.subject for part in parts}
    missing = sorted(did for did in readers or () if subject(did) not in roots)
    if missing:
        others = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        asked = f"an answer that {missing[0]}{others} would read, without authority from there"
        raise Denied(Decision(False, 9, denial=Denial("Readers", "what every reader has given authority for", asked)))


def _one_retry(retries: Sequence[Retry | None]) -> Retry | None:
    """Under what they are the same use when they are tried again: all of their keys, whatever their order."""
    keyed = [retry for retry in retries if retry is not None]
    if len(keyed) < len(retries):
        return None
    if len(keyed) == 1:
        return keyed[0]
    key = hashlib.sha256(b"\0".join((b"all", *sorted(retry.key for retry in keyed)))).digest()
    return Retry(key, keyed[0].until)


def _blamed(error: AttornError, number: int, trail: Trail) -> AttornError:
    error.presentation = number
    error.root = None if trail.chain is None else trail.chain.links[0].delegator
    return error


@contextmanager
def _about(steps: Steps, request: Request, number: int, trail: Trail) -> Iterator[None]:
    """What is raised within is about one presentation, and leaves a receipt of it alone."""
    with steps.recorded(request, trail, decides=False):
        try:
            yield
        except AttornError as error:
            _blamed(error, number, trail)
            raise


@contextmanager
def _about_all(steps: Steps, request: Request, parts: Sequence[_Part]) -> Iterator[None]:
    """What is raised within is about all of them, and leaves a receipt of each."""
    with ExitStack() as receipts:
        for part in reversed(parts):
            receipts.enter_context(steps.recorded(request, part.trail, decides=False))
        yield


@contextmanager
def _about_charge(steps: Steps, request: Request, parts: Sequence[_Part]) -> Iterator[None]:
    """A refusal is about the one whose limit was met; that there is no answer, about all."""
    try:
        yield
    except Denied as error:
        part = parts[(error.presentation or 1) - 1]
        with _about(steps, request, part.number, part.trail):
            raise
    except UnavailableError:
        with _about_all(steps, request, parts):
            raise
