"""A chain drawn as a tree that a person can read: who gave what to whom, for what purpose, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attorn.caveat import Expires, Purpose
from attorn.display import Colour, line, painted, stamp
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.token.link import Link

_UNVERIFIED: Final = "UNVERIFIED: this is what the bytes claim; nobody has checked a signature, a date or a revocation"
_VERIFIED: Final = "VERIFIED: every link is signed by the one before it and was valid when this was checked"


def draw(links: Sequence[Link], *, colour: bool, verified: bool = False) -> str:
    """The chain as lines of text without a newline at the end, coloured for a terminal if `colour`.

    Its first line says that nothing was verified, unless `verified`: say so only of the chain of an `Access` or a
    `Verified`. Text from the token is escaped. Raises `InputError` for a chain without links
    and for anything else that is not a list or tuple of them.
    """
    if not _checked(links):
        raise InputError("draw: expected at least one link")
    if type(colour) is not bool or type(verified) is not bool:
        raise InputError("draw: expected colour and verified to be True or False")
    heading = painted(_VERIFIED, Colour.GREEN, colour) if verified else painted(_UNVERIFIED, Colour.RED, colour)
    rows = [heading, f"{painted(line(links[0].delegator), Colour.BOLD, colour)}  root: whose authority this is"]
    for index, link in enumerate(links):
        margin = "   " * index
        last = index == len(links) - 1
        delegate = painted(line(link.delegate), Colour.BOLD, colour)
        rows.append(f"{margin}└─ link {link.position}: gave to {delegate}" + ("  (the holder)" if last else ""))
        stem = f"{margin}   " + ("   " if last else "│  ")
        rows += [f"{stem}{row}" for row in _details(links[: index + 1], colour)]
    return "\n".join(rows)


def until(links: Sequence[Link]) -> tuple[datetime, int] | None:
    """When the last of `links` stops being valid, and the position of the link that says so; None if none says.

    Raises `InputError` for anything but links.
    """
    ends = [
        (caveat.second, link.position, caveat.at)
        for link in _checked(links)
        for caveat in link.caveats
        if isinstance(caveat, Expires)
    ]
    if not ends:
        return None
    _, position, at = min(ends)
    return at, position


def _checked(links: Sequence[Link]) -> Sequence[Link]:
    if not isinstance(links, list | tuple) or not all(isinstance(link, Link) for link in links):
        raise InputError(f"expected a list of links, got {type(links).__name__}")
    return links


def _details(links: Sequence[Link], colour: bool) -> list[str]:
    link = links[-1]
    purpose = "no purpose stated" if link.purpose is None else f'"{line(link.purpose)}"'
    end = until(links)
    rows = [("for", purpose), ("until", _until(end, link.position))]
    for caveat in link.caveats:
        is_until = isinstance(caveat, Expires) and end is not None and caveat.at == end[0]
        if not isinstance(caveat, Purpose) and not is_until:
            rows.append(("only", line(f"{type(caveat).__name__}: {caveat.limit()}")))
    if len(rows) == 2:
        rows.append(("only", "no further limits: all that the delegator may do"))
    rows.append(("issued", f"{stamp(link.issued)}, link id {base64url_encode(link.id)}"))
    return [f"{painted(f'{label:<7}', Colour.DIM, colour)}{text}" for label, text in rows]


def _until(end: tuple[datetime, int] | None, last: int) -> str:
    if end is None:
        return "no end: nothing in the chain expires"
    at, position = end
    return stamp(at) + ("" if position == last else f" (link {position} says so)")
