"""The text of a chain, taken apart: SD-JWTs joined by `~~`, and one `~` behind the last (delegate SD-JWT, AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attorn.errors import InputError, LimitError, MalformedError
from attorn.sdjwt.compact import MOST_CHARACTERS, MOST_DISCLOSURES, SEPARATOR, Compact

MOST_HOPS: Final = 32
"""Most SD-JWTs of one chain, the root included."""
_BETWEEN: Final = 2 * SEPARATOR


def split(text: str) -> tuple[Compact, ...]:
    """The SD-JWTs of a chain in order, none of them decoded.

    Raises `LimitError` for too many characters, hops or disclosures in all, and `MalformedError` for any other form: a
    chain that does not end in exactly one `~`, an empty part, a key binding JWT.
    """
    if not isinstance(text, str):
        raise InputError(f"mandate: expected str, got {type(text).__name__}")
    if len(text) > MOST_CHARACTERS:
        raise LimitError(f"mandate: expected at most {MOST_CHARACTERS} characters, got {len(text)}")
    if not text.endswith(SEPARATOR):
        raise MalformedError("mandate: expected ~ at its end, and no key binding JWT behind it")
    hops = text[:-1].split(_BETWEEN, MOST_HOPS)
    if len(hops) > MOST_HOPS:
        raise LimitError(f"mandate: expected at most {MOST_HOPS} hops")
    # One more than all hops may have, so that too many are seen to be too many.
    pieces = [hop.split(SEPARATOR, MOST_DISCLOSURES + 1) for hop in hops]
    if sum(map(len, pieces)) - len(pieces) > MOST_DISCLOSURES:
        raise LimitError(f"mandate: expected at most {MOST_DISCLOSURES} disclosures in all")
    return tuple([_part(*each) for each in pieces])


def _part(jwt: str, *disclosures: str) -> Compact:
    """As `Compact.split`, but for the alphabet, which is seen to when each part is decoded."""
    if jwt.count(".") != 2 or "" in disclosures:
        raise MalformedError("mandate: expected a JWT of three parts, and no empty part between each ~ and the next")
    return Compact(jwt, disclosures)


def join(parts: Iterable[Compact]) -> str:
    """The text of a chain."""
    return SEPARATOR.join(part.unbound for part in parts)
