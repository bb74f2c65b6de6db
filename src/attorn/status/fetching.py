"""Getting newer lists through a transport that the caller hands in: attorn itself opens no connection here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from attorn.clock import Clock, second_of, system_clock
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import AttornError, InputError, MalformedError, StaleError, StatusError, UnavailableError
from attorn.handed import ask
from attorn.status import bitstring, token_list
from attorn.status.entry import TYPE
from attorn.status.reading import verify
from attorn.status.status_list import MOST_CHARACTERS, StatusList, checked_uri
from attorn.status.token_list import TokenReference
from attorn.transport import Transport, fetched, is_fetchable

if TYPE_CHECKING:
    from attorn.credential.verified import VerifiedCredential

ACCEPT: Final = f"application/{token_list.TYP}, application/{bitstring.TYP}, application/vc"
LONGEST: Final = 86_400
"""Seconds after which a list is fetched again whatever it says."""


class Applying(Protocol):
    """A store, as far as this needs one."""

    def apply(self, signed: str, *, resolver: Resolver | None = None) -> object:
        """Verify `signed` and keep what it states. Raises `VerificationError` or `UnavailableError`."""


class Referring(Protocol):
    """Anything that names a list: a `TokenReference`, a `BitstringEntry`, a caveat."""

    @property
    def uri(self) -> str:
        """Where the list is."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of one URI: the lists that the store now has, or the error for which it has not.

    `fetched` is the Unix second at which it was asked for.
    """

    uri: str
    lists: tuple[StatusList, ...] = ()
    error: AttornError | None = None
    fetched: int = 0

    def keeps(self, now: int, longest: int = LONGEST) -> bool:
        """Whether it need not be fetched again at Unix second `now`.

        So it is until its `ttl` has passed, but not beyond the end of the list, nor for more than `longest` seconds. A
        list without a `ttl`, and what failed, is always fetched again.
        """
        if self.error is not None or not self.lists or self.lists[0].ttl is None:
            return False
        ends = [each.expires for each in self.lists if each.expires is not None]
        stop = min([self.fetched + min(self.lists[0].ttl, longest), *ends])
        # Before: a clock that was set back says nothing about how long this was kept.
        return self.fetched <= now < stop


def refresh(
    store: Applying,
    wanted: Iterable[str | Referring],
    transport: Transport,
    resolver: Resolver | None = None,
    *,
    loopback: bool = False,
    before: Iterable[Refreshed] = (),
    issuers: Collection[str] | None = None,
    longest: int = LONGEST,
    clock: Clock = system_clock,
) -> tuple[Refreshed, ...]:
    """Gets each list once, verifies it, makes sure that it is the list of that URI, and applies it to `store`.

    `wanted` holds URIs, or anything with a `uri`. Only https is followed; with `loopback`, plain http to this machine
    too. With `before`, what an earlier call gave, a list is not fetched again before its `ttl` has passed, or `longest`
    seconds. With `issuers`, lists by other DIDs are not applied: say so where others chose the URIs, as an aggregation
    does. One bad list stops no other: see `Refreshed.error`. Raises `InputError` for unusable arguments, and
    `UnavailableError` if the clock fails.
    """
    if isinstance(issuers, str) or type(longest) is not int or longest < 0:
        raise InputError("refresh: expected issuers as several DIDs, and longest in whole seconds")
    now = second_of(clock)
    kept = {each.uri: each for each in before if each.keeps(now, longest) and _expected(each.lists[0], issuers)}
    results: dict[str, Refreshed] = {}
    for item in wanted:
        uri = item if isinstance(item, str) else getattr(item, "uri", None)
        if not isinstance(uri, str):
            raise InputError(f"refresh: expected a URI or a reference to a list, got {type(item).__name__}")
        if uri in results:
            continue
        if uri in kept:
            results[uri] = kept[uri]
            continue
        known = LocalResolver() if resolver is None else resolver
        try:
            require_fetchable(uri, loopback=loopback)
            results[uri] = Refreshed(uri, _refreshed(store, uri, transport, known, issuers), fetched=now)
        except AttornError as error:
            results[uri] = Refreshed(uri, error=error, fetched=now)
    return tuple(results.values())


def lists_for(
    credential: VerifiedCredential,
    transport: Transport,
    resolver: Resolver | None = None,
    *,
    loopback: bool = False,
) -> tuple[StatusList, ...]:
    """The lists that a verified credential names, got and verified as `refresh` does, and kept nowhere.

    Raises `StaleError` for one that is not to be had, and what is wrong with one that is.
    """
    wanted = [entry.members.get("statusListCredential") for entry in credential.status if TYPE in entry.types]
    if credential.token_status is not None:
        wanted.append(TokenReference.read({"status": credential.token_status}).uri)
    found: list[StatusList] = []
    uris = [uri for uri in wanted if isinstance(uri, str)]
    for refreshed in refresh(_Nowhere(), uris, transport, resolver, loopback=loopback):
        if isinstance(refreshed.error, UnavailableError):
            raise StaleError(str(refreshed.error))
        if refreshed.error is not None:
            raise refreshed.error
        found += refreshed.lists
    return tuple(found)


class _Nowhere:
    """A store that keeps nothing."""

    def apply(self, signed: str, *, resolver: Resolver | None = None) -> None:
        """Returns."""


def _refreshed(
    store: Applying, uri: str, transport: Transport, resolver: Resolver, issuers: Collection[str] | None
) -> tuple[StatusList, ...]:
    body = fetched(transport, uri, accept=ACCEPT, most=MOST_CHARACTERS)
    if body is None:
        raise UnavailableError("status list: there is none")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise MalformedError("status list: not valid UTF-8")
    lists = verify(text, resolver)
    if lists[0].uri != uri:
        raise StatusError(f"status list: {shown(uri)} holds the list of {shown(lists[0].uri)}")
    if not _expected(lists[0], issuers):
        raise StatusError(f"status list: {shown(lists[0].issuer)} is none of the issuers expected")
    ask("store", lambda: store.apply(text, resolver=resolver))
    return lists


def _expected(found: StatusList, issuers: Collection[str] | None) -> bool:
    return issuers is None or found.issuer in issuers


def require_fetchable(uri: str, *, loopback: bool = False) -> None:
    """Return if `uri` is an https URL of one reading, or with `loopback` http to this machine.

    Raises `MalformedError` for what is no absolute URI, and `StatusError` for any other.
    """
    checked_uri(uri, "status list")
    if not is_fetchable(uri, loopback=loopback):
        raise StatusError(f"status list: {shown(uri)} is not an https URL that may be followed")
