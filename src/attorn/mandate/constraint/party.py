"""Lists of parties that a constraint allows: who is on them, and when one list is within another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Final, TypeVar

from attorn.canonical import JsonValue
from attorn.checkout.member import elements
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.display import bare
from attorn.errors import InputError, MandateError

MOST: Final = 256
"""Most entries of one list."""
_Party = TypeVar("_Party", Merchant, Instrument, Pisp)


def read(value: JsonValue, name: str, party: Callable[[JsonValue, str], _Party]) -> tuple[_Party, ...]:
    """The entries that are disclosed. Raises `MandateError` for none, never read as "anybody", and `MalformedError`."""
    found = elements(value, name, most=MOST)
    if not found:
        raise MandateError(f"{name}: expected an entry that is disclosed, got none")
    return tuple([party(each, f"{name}[{index}]") for index, each in enumerate(found)])


def require(allowed: object, kind: type[object], name: str) -> None:
    """Raises `InputError` unless this is a tuple of 1 to `MOST` parties of this kind."""
    if not isinstance(allowed, tuple) or not all(map(isinstance, allowed, repeat(kind))):
        raise InputError(f"{name}: expected a tuple, each a {kind.__name__}")
    if not 0 < len(allowed) <= MOST:
        raise InputError(f"{name}: expected 1 to {MOST} entries, got {len(allowed)}")


def listed(ids: Sequence[str]) -> str:
    """A few untrusted identifiers for a person's eyes."""
    return " or ".join(bare(each) for each in ids[:8]) + (" ..." if len(ids) > 8 else "")


def merchants_within(mine: Sequence[Merchant], theirs: Sequence[Merchant]) -> bool:
    """Whether every merchant that matches one of mine matches one of theirs.

    An entry without a website matches any website; so it is within another only if that has none either.
    """
    return all(
        any(each.id == other.id and (not other.website or each.website == other.website) for other in theirs)
        for each in mine
    )
