"""The claim `act` (RFC 8693 section 4.1): who acts, and through whom. It proves nothing."""

from __future__ import annotations

from collections.abc import Iterable

from attorn.canonical import JsonValue


def act(delegates: Iterable[str]) -> dict[str, JsonValue]:
    """The claim for these DIDs, the last of them outermost; no members for none."""
    found: dict[str, JsonValue] = {}
    for did in delegates:
        found = {"sub": did, "act": found} if found else {"sub": did}
    return found
