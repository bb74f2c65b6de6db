"""What principals sign to take authority back (docs/spec/revocation.md). Nothing here imports attorn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .canonical import jcs
from .jose import raw_signature
from .testkit import Key, url64

ENTRY, LIST, LIFE = (b"\0ATTORN\0%s\0v1\0" % kind for kind in (b"REVOCATION", b"REVOCATION-LIST", b"LIFECYCLE"))
LAST = 2**53 - 1
"""The highest sequence number there is."""


def entry(by: Key, link: bytes, at: int, **changes: Any) -> dict[str, Any]:
    """The members of a revocation entry, but for the signature."""
    return {"at": at, "by": by.did, "link": url64(link), **changes}


def listed(
    by: Key, links: Iterable[bytes], at: int, *, sequence: int = 1, since: int = 0, **changes: Any
) -> dict[str, Any]:
    """The members of a revocation list of these links in this order, but for the signature."""
    return {"at": at, "by": by.did, "links": url64(b"".join(links)), "sequence": sequence, "since": since, **changes}


def life(by: Key, principal: str, event: str, at: int, sequence: int, **changes: Any) -> dict[str, Any]:
    """The members of a lifecycle entry, but for the signature."""
    return {"at": at, "by": by.did, "event": event, "principal": principal, "sequence": sequence, **changes}


def signature(tag: bytes, members: Mapping[str, Any], signer: Key, *, high: bool = False) -> str:
    """The signature of these members by `signer`, as text."""
    return url64(raw_signature(signer, tag + jcs(members), high=high))


def octets(tag: bytes, members: Mapping[str, Any], signer: Key, *, high: bool = False) -> bytes:
    """The canonical JSON of the signed statement."""
    return jcs({**members, "signature": signature(tag, members, signer, high=high)})


def signed(tag: bytes, members: Mapping[str, Any], signer: Key, *, high: bool = False) -> str:
    """The statement as text."""
    return url64(octets(tag, members, signer, high=high))
