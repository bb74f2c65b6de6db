"""Step 7: has anybody entitled to revoked a link, ended or suspended a principal, and do the lists say valid.

Who is entitled: over a link, its delegator and every principal above it; over a principal, itself, every principal
above it in this chain, and the verifier's authorities. What anybody else says has no effect.
"""

from __future__ import annotations

import hashlib
import threading
from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from attorn.caveat.status import Standing, Status
from attorn.errors import (
    DeprovisionedError,
    RevokedError,
    StaleError,
    SuspendedError,
    UnavailableError,
    VerificationError,
)
from attorn.handed import ask, items
from attorn.statement import Kind, Statement
from attorn.store.ports import Store
from attorn.token.link import Link
from attorn.token.principal import Principal
from attorn.verify.chain import VerifiedChain

if TYPE_CHECKING:
    from attorn.status import StatusList

_MOST_BYTES: Final = 1 << 25
_OF_OTHERS: Final = (str, bytes, bytearray, memoryview, array, range)
"""Sequences that can hold no statement: even an empty one is not the answer that there is none."""

Said = dict[tuple[Kind, str], list[Statement]]
"""Statements by what they are about."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose word counts for any principal, and how many seconds old a list, and how far ahead a clock, may be."""

    authorities: frozenset[str]
    staleness: int
    skew: int


class Entitled(Collection[str]):
    """Everybody whose word may count for a chain: those in it, the authorities, and the issuers of its lists.

    Worked out when it is first asked for: a store that keeps nothing never asks.
    """

    __slots__ = ("_chain", "_found", "_rules")

    def __init__(self, chain: VerifiedChain, rules: Rules) -> None:
        self._chain = chain
        self._rules = rules
        self._found: frozenset[str] | None = None

    def _all(self) -> frozenset[str]:
        if self._found is None:
            links = self._chain.links
            issuers = [caveat.signer for _, caveat in self._chain.standing]
            chain = [links[0].delegator, *(link.delegate for link in links)]
            self._found = frozenset((*chain, *issuers)) | self._rules.authorities
        return self._found

    def __contains__(self, did: object) -> bool:
        return did in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class Lists:
    """The status lists read last, by the SHA-256 of their texts: reading one unpacks it. At most 32 MiB are kept."""

    __slots__ = ("_lock", "_read")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[bytes, tuple[StatusList, ...]] = OrderedDict()

    def read(self, text: str) -> tuple[StatusList, ...]:
        """The lists in `text`, whose signature was checked when it was applied. Raises `UnavailableError`."""
        key = hashlib.sha256(text.encode()).digest()
        with self._lock:
            found = self._read.get(key)
            if found is not None:
                self._read.move_to_end(key)
                return found
        from attorn import status  # noqa: PLC0415 - most verifiers never see a status list

        try:
            found = status.read(text)
        except VerificationError as error:
            # The store's fault, not that of whoever presents.
            raise UnavailableError("the store keeps a status list that cannot be read") from error
        with self._lock:
            self._read[key] = found
            while len(self._read) > 1 and self._size() > _MOST_BYTES:
                self._read.popitem(last=False)
        return found

    def _size(self) -> int:
        return sum(len(each.data) + len(each.text) for lists in self._read.values() for each in lists)


def known(store: Store, subjects: Sequence[tuple[Kind, str]], by: Collection[str]) -> Sequence[Statement]:
    """What a store keeps about these subjects, by these signers. Raises `UnavailableError`."""
    answer = ask("store", lambda: store.statements(subjects, by=by))
    if not isinstance(answer, Sequence) or isinstance(answer, _OF_OTHERS):
        raise UnavailableError("the store must return a sequence of statements")
    said = items("store", answer)
    if not all(isinstance(each, Statement) for each in said):
        raise UnavailableError("the store must return statements and nothing else")
    return said


def check(chain: VerifiedChain, statements: Sequence[Statement], rules: Rules, lists: Lists, now: int) -> None:
    """Return if nothing said keeps the chain from use now.

    Raises `RevokedError`, `DeprovisionedError`, `SuspendedError`, `StatusError`, or `StaleError` where it is not known.
    """
    said = by_subject(statements)
    if said:
        _check_said(chain.links, said, rules.authorities)
    for link, caveat in chain.standing:
        check_status(link, caveat, said, rules=rules, lists=lists, now=now)


def check_status(link: Link, caveat: Standing, said: Said, *, rules: Rules, lists: Lists, now: int) -> None:
    """Return if the list that the caveat of a link depends on is known and fresh, and says valid. As `check`."""
    kept = _fresh(link, caveat, said, rules, now)
    if isinstance(caveat, Status):
        _check_value(link, caveat, _list(caveat, lists.read(kept.value)), now)


def by_subject(statements: Sequence[Statement]) -> Said:
    """The statements by what they are about."""
    said: Said = {}
    for statement in statements:
        said.setdefault((statement.kind, statement.subject), []).append(statement)
    return said


def _check_said(links: tuple[Link, ...], said: Said, authorities: Set[str]) -> None:
    _check_life(links[0].by, said, {links[0].delegator} | authorities)
    above: set[str] = set()
    for link in links:
        above.add(link.delegator)
        revocations = said.get((Kind.REVOCATION, link.id.hex()), ())
        if any(revocation.by in above for revocation in revocations):
            raise RevokedError(f"link {link.position} ({link.delegator} -> {link.delegate}) has been revoked")
        _check_life(link.to, said, above | {link.delegate} | authorities)


def _check_life(principal: Principal, said: Said, entitled: Set[str]) -> None:
    check_life(principal.did, said.get((Kind.LIFECYCLE, principal.subject), ()), entitled)


def check_life(did: str, said: Sequence[Statement], entitled: Set[str]) -> None:
    """Return if nobody entitled to says in what was said about this principal that it is suspended or gone.

    Raises `DeprovisionedError`, `SuspendedError`, or `UnavailableError` for what this version does not know.
    """
    events = {entry.value for entry in said if entry.by in entitled}
    if "deprovision" in events:
        raise DeprovisionedError(f"{did} has been deprovisioned")
    if "suspend" in events:
        raise SuspendedError(f"{did} is suspended")
    if not events <= {"enrol", "resume"}:
        raise UnavailableError(f"the store says of {did} what this version does not know")


def _fresh(link: Link, caveat: Standing, said: Said, rules: Rules, now: int) -> Statement:
    """The list that the caveat depends on, if it is known and no older than accepted. Raises `StaleError`."""
    found = next((statement for statement in said.get(caveat.about, ()) if statement.by == caveat.signer), None)
    if found is None:
        raise StaleError(f"link {link.position} depends on a list of {caveat.signer}, and none is known")
    age = now - found.at
    if age > rules.staleness:
        raise StaleError(f"link {link.position} depends on a list that is {age} s old; accepted are {rules.staleness}")
    if age < -rules.skew:
        raise StaleError(f"link {link.position} depends on a list that says it was signed in the future")
    return found


def _list(caveat: Status, found: tuple[StatusList, ...]) -> StatusList:
    for each in found:
        if (each.kind, each.uri, each.issuer) == (caveat.kind, caveat.uri, caveat.issuer):
            return each
    raise UnavailableError("the store keeps a status list under a name that is not its own")


def _check_value(link: Link, caveat: Status, found: StatusList, now: int) -> None:
    if found.expires is not None and now >= found.expires:
        raise StaleError(f"link {link.position} depends on a status list that has expired")
    from attorn.status import judge  # noqa: PLC0415 - most verifiers never see a status list

    try:
        judge(found.kind, found.value(caveat.index))
    except VerificationError as error:
        raise type(error)(f"link {link.position} ({link.delegator} -> {link.delegate}): {error}") from None
