"""Each thing once: a store's memory of what was used, and only one answer of it that lets anything pass."""

from __future__ import annotations

from attorn.errors import ReplayError
from attorn.handed import ask
from attorn.store.ports import Store


def require_new(store: Store, seen: bytes, what: str, *, expires: int, now: int) -> None:
    """(8) Return the first time for `seen`, which is `what`; until Unix second `expires` it is not new again.

    The store may be foreign code. Raises `ReplayError` for any answer but True, and `UnavailableError` if it fails.
    """
    if ask("store", lambda: store.remember(seen, expires=expires, now=now)) is not True:
        raise ReplayError(f"{what} was used before")
