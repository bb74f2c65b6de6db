"""Getting newer lists through a transport that the caller hands in: attorn itself opens no connection here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import AttornError, InputError, MalformedError, StaleError, StatusError, UnavailableError
from attorn.handed import ask
from attorn.status import bitstring, token_list
from attorn.status.entry import TYPE
from attorn.status.reading import verify
from attorn.status.status_list import MOST_CHARACTERS, StatusList, checked_uri
from attorn.status.token_list import TokenReference
from attorn.transport import Transport, is_fetchable

if TYPE_CHECKING:
    from attorn.credential.verified import VerifiedCredential

ACCEPT: Final = f"application/{token_list.TYP}, application/{bitstring.TYP}, application/vc"


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
    """What came of one URI: the lists that the store now has, or the error for which it has not."""

    uri: str
    lists: tuple[StatusList, ...] = ()
    error: AttornError | None = None


def refresh(
    store: Applying,
    wanted: Iterable[str | Referring],
    transport: Transport,
    resolver: Resolver | None = None,
    *,
    loopback: bool = False,
) -> tuple[Refreshed, ...]:
    """Gets each list once, verifies it, makes sure that it is the list of that URI, and applies it to `store`.

    `wanted` holds URIs, or anything with a `uri`. Only https is followed; with `loopback`, plain http to this machine
    too. One bad list stops no other: see `Refreshed.error`. Raises `InputError` for unusable arguments only.
    """
    results: dict[str, Refreshed] = {}
    for item in wanted:
        uri = item if isinstance(item, str) else getattr(item, "uri", None)
        if not isinstance(uri, str):
            raise InputError(f"refresh: expected a URI or a reference to a list, got {type(item).__name__}")
        if uri in results:
            continue
        try:
            results[uri] = Refreshed(
                uri, _refreshed(store, uri, transport, LocalResolver() if resolver is None else resolver, loopback)
            )
        except AttornError as error:
            results[uri] = Refreshed(uri, error=error)
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
    store: Applying, uri: str, transport: Transport, resolver: Resolver, loopback: bool
) -> tuple[StatusList, ...]:
    require_fetchable(uri, loopback=loopback)
    body = ask("transport", lambda: transport.get(uri, accept=ACCEPT, most=MOST_CHARACTERS))
    if type(body) is not bytes or len(body) > MOST_CHARACTERS:
        raise UnavailableError("the transport returned no bytes, or more than it was asked for")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise MalformedError("status list: not valid UTF-8")
    lists = verify(text, resolver)
    if lists[0].uri != uri:
        raise StatusError(f"status list: {shown(uri)} holds the list of {shown(lists[0].uri)}")
    ask("store", lambda: store.apply(text, resolver=resolver))
    return lists


def require_fetchable(uri: str, *, loopback: bool = False) -> None:
    """Return if `uri` is an https URL of one reading, or with `loopback` http to this machine.

    Raises `MalformedError` for what is no absolute URI, and `StatusError` for any other.
    """
    checked_uri(uri, "status list")
    if not is_fetchable(uri, loopback=loopback):
        raise StatusError(f"status list: {shown(uri)} is not an https URL that may be followed")
