"""What each type of SD-JWT asks of its claims beyond RFC 9901, and what may never be hidden in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.did.did import is_did
from attorn.display import shown
from attorn.errors import CredentialError, InputError
from attorn.sdjwt.confirmation import CLAIM as CONFIRMATION
from attorn.sdjwt.pointer import Path
from attorn.sdjwt.times import TIMES, second
from attorn.uri import is_uri

SD_JWT_VC: Final = "dc+sd-jwt"
"""SD-JWT VC of the IETF: flat claims, and `vct` says of what type the credential is."""
W3C_VC: Final = "vc+sd-jwt"
"""A credential of the W3C's data model 2.0 as the payload (VC-JOSE-COSE 1.0 section 3.2)."""

# RFC 9901 section 9.7: whoever could keep one of these back would change what the credential is worth.
_VALIDITY: Final = frozenset(("iss", "aud", "exp", "nbf", CONFIRMATION, "status"))
_NEVER: Final = {SD_JWT_VC: _VALIDITY | {"vct", "vct#integrity"}}
_NEVER_ISSUED: Final = {
    W3C_VC: _VALIDITY
    | {"@context", "type", "issuer", "validFrom", "validUntil"}
    | {"credentialStatus", "credentialSchema", "relatedResource"}
}
_ABSENT: Final = ("vc", "vp")


def plain(typ: str) -> str:
    """A type as the others here take it: in lower case, without `application/`. Raises `InputError`."""
    if not isinstance(typ, str) or not typ.isascii():
        raise InputError("SD-JWT: expected typ as ASCII text")
    return typ.lower().removeprefix("application/")


def require_open(typ: str, paths: Iterable[Path]) -> None:
    """Raises `CredentialError` if one of these paths, of claims somebody hid, is in a claim that never may be."""
    _require_open(_NEVER.get(typ, _VALIDITY), paths)


def require_open_at_issue(typ: str, paths: Iterable[Path]) -> None:
    """As `require_open`, for what attorn issues: also what W3C's model needs to be checked at all."""
    _require_open(_NEVER_ISSUED.get(typ, _NEVER.get(typ, _VALIDITY)), paths)


def issuer_in(typ: str, claims: Mapping[str, JsonValue]) -> JsonValue:
    """Who claims to have issued: `issuer` or its `id` in the W3C's form, else `iss`; None if nobody.

    Raises `CredentialError` where `iss` names somebody else than the W3C's `issuer`.
    """
    if typ != W3C_VC:
        return claims.get("iss")
    issuer = claims.get("issuer")
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    if "iss" in claims and claims["iss"] != issuer:
        raise CredentialError("SD-JWT: its iss is not its issuer")
    return issuer


def issuer_did(typ: str, claims: Mapping[str, JsonValue]) -> str | None:
    """As `issuer_in`, as a DID. Raises `CredentialError` for anything else; None is left to the `kid`."""
    issuer = issuer_in(typ, claims)
    if issuer is None and typ != W3C_VC and "iss" not in claims:
        return None
    if not isinstance(issuer, str) or not is_did(issuer):
        raise CredentialError(f"SD-JWT: expected a DID as its issuer, got {shown(issuer)}")
    return issuer


def require_claims(typ: str, claims: Mapping[str, JsonValue]) -> None:
    """Raises `CredentialError` unless these claims, all of them revealed, are what the type asks for."""
    for name in TIMES:
        second(claims, name)
    if "status" in claims:
        _require_status(claims["status"])
    if typ == SD_JWT_VC:
        _require_type(claims)
    elif typ == W3C_VC:
        for name in _ABSENT:
            if name in claims:
                raise CredentialError(f"SD-JWT: {name} has no place in a credential of the W3C")


def _require_open(never: frozenset[str], paths: Iterable[Path]) -> None:
    for path in paths:
        if path and path[0] in never:
            raise CredentialError(f"SD-JWT: {path[0]} must not be selectively disclosable")


def _require_type(claims: Mapping[str, JsonValue]) -> None:
    """SD-JWT VC, section on registered claims."""
    for name, required in (("vct", True), ("vct#integrity", False)):
        value = claims.get(name)
        if (required or name in claims) and (not isinstance(value, str) or not value):
            raise CredentialError(f"SD-JWT VC: expected {name} as text that is not empty")
    if "aka_vcts" in claims:
        others = claims["aka_vcts"]
        if not isinstance(others, list) or not all(isinstance(each, str) and each for each in others):
            raise CredentialError("SD-JWT VC: expected aka_vcts as an array of texts")


def _require_status(status: JsonValue) -> None:
    """Token Status List, section on referenced tokens. A status of another kind would be one that nobody looks up."""
    entry = status.get("status_list") if isinstance(status, dict) else None
    if not isinstance(status, dict) or not isinstance(entry, dict) or len(status) != 1:
        raise CredentialError("SD-JWT: expected status as an object with status_list alone")
    index, uri = entry.get("idx"), entry.get("uri")
    if type(index) is not int or not 0 <= index <= MOST_INTEGER:
        raise CredentialError("SD-JWT: expected idx of its status as an integer from 0 to 2**53 - 1")
    if not is_uri(uri):
        raise CredentialError("SD-JWT: expected uri of its status as an absolute URI")
