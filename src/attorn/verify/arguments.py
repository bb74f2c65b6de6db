"""What a verifier is set up with, as far as it must be looked at: trusted roots, authorities, spans and keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from attorn.did import key as did_key
from attorn.did.did import is_did
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.handed import ask
from attorn.macaroon.issuing import named
from attorn.macaroon.key import MacKey
from attorn.token.principal import Principal
from attorn.token.token import Token


def trusted_root(did: str) -> Principal | str:
    """A trusted root as a token names it: a did:key by its key, any other DID as it is."""
    if not isinstance(did, str) or not is_did(did):
        raise InputError(f"roots: expected DIDs, got {shown(did)}")
    try:
        return Principal(did_key.parse(did)) if did.startswith(did_key.PREFIX) else did
    except MalformedError as error:
        raise InputError(f"roots: {error}") from None


def dids(several: Iterable[str], name: str) -> frozenset[str]:
    """The DIDs of a list. Raises `InputError`, which names the argument."""
    if isinstance(several, str) or not isinstance(several, Iterable):
        raise InputError(f"{name}: expected a list of DIDs")
    # To go through them is the caller's code.
    found = ask(f"list of {name}", lambda: tuple(several))
    if not all(isinstance(did, str) and is_did(did) for did in found):
        raise InputError(f"{name}: expected a list of DIDs")
    return frozenset(found)


def require_method(handed: object, method: str, name: str) -> None:
    """Return for what has this method, and for None. Raises `InputError`, which names the argument."""
    if handed is not None and not callable(getattr(handed, method, None)):
        raise InputError(f"{name}: expected something with {method}(...), got {type(handed).__name__}")


def require_token(token: object, name: str) -> None:
    """Raises `InputError` for anything but a Token, and names who expected one."""
    if not isinstance(token, Token):
        raise InputError(f"{name}: expected a Token, got {type(token).__name__}")


def seconds(span: timedelta | None) -> int | None:
    """For how long a retry is known, in seconds; None for not at all. Raises `InputError`."""
    if span is not None and (not isinstance(span, timedelta) or span < timedelta(seconds=1)):
        raise InputError("retries: expected a timedelta of at least a second, or None")
    return None if span is None else int(span.total_seconds())


def keys_by_name(keys: Iterable[MacKey]) -> Mapping[bytes, MacKey]:
    """Keys by the names that macaroons give them. Raises `InputError`."""
    if not isinstance(keys, Iterable):
        raise InputError(f"macaroon_keys: expected a list of keys, got {type(keys).__name__}")
    return named(ask("list of macaroon keys", lambda: tuple(keys)))
