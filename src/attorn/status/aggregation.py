"""Which lists an issuer has: the aggregation of a Token Status List (draft-ietf-oauth-status-list-20, section 9).

Nobody signs an aggregation. It can only name lists to fetch, and each of those has to prove itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.status.fetching import require_fetchable
from attorn.status.status_list import checked_uri, own_uri
from attorn.transport import Transport, fetched

ACCEPT: Final = "application/json"
MOST: Final = 256
"""Most lists that an aggregation names."""
MOST_BYTES: Final = 1 << 18
_MEMBER: Final = "status_lists"


def aggregated(uri: str, transport: Transport, *, loopback: bool = False) -> tuple[str, ...]:
    """The URIs of the lists that the aggregation at `uri` names, each once: what `refresh` may be asked to get.

    `uri` is what a list says (`StatusList.aggregation`), or the issuer elsewhere. Only https is followed; with
    `loopback`, plain http to this machine too. Raises `MalformedError` or `LimitError` for what is no aggregation of at
    most 256 lists, `StatusError` for a URL that may not be followed, and `UnavailableError` if nothing was to be had.
    """
    require_fetchable(uri, loopback=loopback)
    body = fetched(transport, uri, accept=ACCEPT, most=MOST_BYTES)
    if body is None:
        raise UnavailableError("aggregation: there is none")
    return read_aggregation(body)


def read_aggregation(body: bytes | str) -> tuple[str, ...]:
    """The URIs that an aggregation names, each once, in its order. Raises `MalformedError` or `LimitError`."""
    members = parse(body, most=MOST_BYTES, depth=4)
    named = members.get(_MEMBER) if isinstance(members, dict) else None
    if not isinstance(named, list):
        raise MalformedError(f"aggregation: expected an object with {_MEMBER} as an array")
    if len(named) > MOST:
        raise MalformedError(f"aggregation: expected at most {MOST} lists, got {len(named)}")
    return tuple(dict.fromkeys(checked_uri(uri, "aggregation") for uri in named))


def write_aggregation(uris: Iterable[str]) -> bytes:
    """What to serve, as `application/json`, at the URI that lists give as their aggregation. Raises `InputError`."""
    if isinstance(uris, str):
        raise InputError("aggregation: expected URIs, got one text")
    named: list[JsonValue] = [own_uri(uri) for uri in uris]
    if len(named) > MOST or len(set(map(str, named))) < len(named):
        raise InputError(f"aggregation: expected at most {MOST} lists, each once")
    return canonicalise({_MEMBER: named})
