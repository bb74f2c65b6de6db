"""Key binding: a JWT by the holder over one presentation, for one audience (RFC 9901 section 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import written
from attorn.display import shown
from attorn.errors import (
    AudienceError,
    CredentialError,
    ExpiredError,
    InputError,
    PossessionError,
    SignatureError,
    WrongRequestError,
)
from attorn.handed import members
from attorn.jose import jws
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signer
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.times import second

TYP: Final = "kb+jwt"
AGE: Final = timedelta(minutes=5)
"""How old a key binding may be, unless a verifier says otherwise."""
MOST_TEXT: Final = 2048
"""Longest audience and nonce, in characters."""
OWN: Final = frozenset(("aud", "iat", "nonce", "sd_hash"))
"""The claims that every key binding has."""
NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})
_MOST: Final = 16_384


def bind(
    presented: Compact,
    *,
    by: Signer,
    audience: str,
    nonce: str,
    now: int,
    algorithm: HashAlgorithm,
    also: Mapping[str, JsonValue] = NOTHING,
) -> Compact:
    """`presented` with a key binding by its holder. `now` is the Unix second to write, `also` are claims beside it.

    Raises `InputError` for an audience or nonce that is empty or too long and for claims of a binding's own in `also`,
    `UnavailableError` if the signer fails.
    """
    require_text(audience, "audience")
    require_text(nonce, "nonce")
    beside = members("mapping of claims", also) if isinstance(also, Mapping) else None
    if beside is None or not OWN.isdisjoint(beside):
        raise InputError(f"key binding: expected other claims than {', '.join(sorted(OWN))}")
    claims: dict[str, JsonValue] = {
        **beside,
        "aud": audience,
        "iat": now,
        "nonce": nonce,
        "sd_hash": presented.sd_hash(algorithm),
    }
    return presented._replace(key_binding=jws.sign(claims, by=by, typ=TYP))


def check(
    presented: Compact,
    keys: Iterable[PublicKey],
    *,
    audience: str,
    nonce: str,
    now: int,
    age: int,
    skew: int,
    algorithm: HashAlgorithm,
) -> dict[str, JsonValue]:
    """The claims of the binding, if one of these keys bound exactly `presented`, for this audience and nonce, just now.

    Raises `PossessionError` for no binding, one by another key, of another presentation or in any other form; else as
    `require_bound`. Also `MalformedError` for what is no JWS.
    """
    if presented.key_binding is None:
        raise PossessionError("SD-JWT: no key binding by its holder")
    found = jws.read(presented.key_binding, typ=TYP, most=_MOST)
    try:
        found.verify(keys)
    except SignatureError:
        raise PossessionError("SD-JWT: its key binding is not signed by its holder") from None
    if found.claims.get("sd_hash") != presented.sd_hash(algorithm):
        raise PossessionError("SD-JWT: its key binding is of another presentation")
    require_bound(found.claims, audience=audience, nonce=nonce, now=now, age=age, skew=skew)
    return found.claims


def require_bound(claims: Mapping[str, JsonValue], *, audience: str, nonce: str, now: int, age: int, skew: int) -> None:
    """Raises an error unless these claims of a holder are for this audience and nonce, and were made just now.

    `AudienceError`, `WrongRequestError` for the nonce, `ExpiredError` for a time too far from `now`, or
    `PossessionError` for a time that is none. Times in seconds.
    """
    try:
        issued = second(claims, "iat")
    except CredentialError:
        issued = None
    if issued is None:
        raise PossessionError("key binding: expected iat as a whole Unix second")
    if claims.get("aud") != audience:
        raise AudienceError(f"key binding: for {shown(claims.get('aud'))}, and this is {shown(audience)}")
    if claims.get("nonce") != nonce:
        raise WrongRequestError("key binding: it answers another nonce")
    if not now - age <= issued <= now + skew:
        raise ExpiredError(f"key binding: made at {written(issued)}, and it is {written(now)}", step=8)


def require_text(value: str, name: str) -> None:
    """Raises `InputError` unless this is text of 1 to 2048 characters."""
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
        raise InputError(f"{name}: expected text of 1 to {MOST_TEXT} characters")
