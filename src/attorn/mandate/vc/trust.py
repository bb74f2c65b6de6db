"""Whom a verifier trusts: named by it, never by what is verified."""

from __future__ import annotations

from collections.abc import Callable, Collection

from attorn.credential.policy import Issuers
from attorn.errors import InputError
from attorn.handed import ask


def trusts(parties: Issuers, did: str, name: str) -> bool:
    """Whether `did` is one of `parties`; of none, nobody is. Raises `InputError`, and `UnavailableError`."""
    if isinstance(parties, str | bytes) or not isinstance(parties, Collection | Callable):
        raise InputError(f"mandate: expected {name} as DIDs, or as a callable")
    return ask(name, lambda: parties(did) if callable(parties) else did in parties) is True
