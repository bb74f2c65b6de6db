"""How often an open mandate may be handed on: a member of its content that AP2 does not know and its SDK passes over.

`"attorn": {"redelegations": 2}` allows two open mandates below the one that says it, each of which allows one fewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import ChainError, InputError, MandateError
from attorn.mandate import extension
from attorn.mandate.extension import EXTENSION
from attorn.mandate.wire import MOST_HOPS

_MEMBER: Final = "redelegations"


def read(content: Mapping[str, JsonValue], unsaid: int) -> int:
    """How many open mandates may stand below this one; `unsaid` where it does not say. Raises `MandateError`."""
    own = extension.members(content)
    if _MEMBER not in own:
        return unsaid
    try:
        return require(own[_MEMBER], _MEMBER)
    except InputError as error:
        raise MandateError(str(error)) from None


def add(content: Mapping[str, JsonValue], count: int) -> dict[str, JsonValue]:
    """The content, if it allows so many; 0 goes without saying. Raises `InputError`."""
    require(count, _MEMBER)
    if not count:
        return dict(content)
    return {**content, EXTENSION: {**extension.members(content), _MEMBER: count}}


def require(count: object, name: str) -> int:
    """`count` if a mandate may be handed on so often. Raises `InputError`."""
    if type(count) is not int or not 0 <= count < MOST_HOPS:
        raise InputError(f"mandate: expected {name} as an integer of 0 to {MOST_HOPS - 1}, got {shown(count)}")
    return count


def below(allowed: int, said: int) -> int:
    """What an open mandate below one that allows `allowed` allows, if it says `said`. Raises `ChainError` for none."""
    if allowed < 1:
        raise ChainError("mandate: handed on once more than the one before it allows")
    return min(said, allowed - 1)
