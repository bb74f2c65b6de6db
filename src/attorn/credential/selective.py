"""Credentials as an SD-JWT whose payload they are (VC-JOSE-COSE 1.0 section 3.2): what the holder shows of it.

Everything about disclosures and key binding is `attorn.sdjwt`'s; here is what makes it one more form of a credential.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from attorn import sdjwt
from attorn.credential.jose import Kind, UnverifiedPayload, payload_of
from attorn.credential.problem import unparsed, unsecured
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import LimitError, MalformedError, SignatureError
from attorn.sdjwt.pointer import Path

_HIDEABLE: Final = ("credentialSubject", "evidence")


def read(text: str, *, most: int) -> UnverifiedPayload:
    """What the SD-JWT `text` of type `vc+sd-jwt` discloses. Nothing of it is verified.

    Raises `CredentialError` as `jose.read` does, also for disclosures that belong to no digest.
    """
    if len(text) > most:
        raise unparsed(f"SD-JWT: expected at most {most} characters, got {len(text)}")
    try:
        found = sdjwt.read(text)
    except (MalformedError, LimitError) as error:
        raise unparsed(str(error)) from None
    if found.typ != sdjwt.W3C_VC:
        raise unparsed(f"SD-JWT: expected typ {sdjwt.W3C_VC}, got {shown(found.typ)}")
    return replace(payload_of(found.jws, found.unverified_claims, Kind.CREDENTIAL), sd_jwt=text)


def verify(
    payload: UnverifiedPayload,
    issuer: str,
    *,
    resolver: Resolver,
    now: datetime,
    skew: int,
    audience: str | None,
    nonce: str | None,
) -> None:
    """Returns if `issuer` signed what `read` returned, and its holder bound it as was asked.

    With an audience and a nonce the holder must have bound it to them; without, it must name no holder. Nothing but
    claims about subjects and evidence may be kept back. Raises `CredentialError` (CRYPTOGRAPHIC_SECURITY_ERROR) and
    otherwise as `attorn.sdjwt.verify` does.
    """
    try:
        found = sdjwt.verify(
            payload.sd_jwt or "",
            typ=sdjwt.W3C_VC,
            audience=audience,
            nonce=nonce,
            now=now,
            resolver=resolver,
            skew=timedelta(seconds=skew),
        )
    except (MalformedError, LimitError) as error:
        raise unparsed(str(error)) from None
    except SignatureError as error:
        raise unsecured(str(error)) from None
    if found.issuer != issuer or found.claims != {**payload.unverified_document, **payload.unverified_claims}:
        raise unsecured("SD-JWT: not what its issuer signed")
    # Each is the path of what holds a digest; beside the claims it could be one of the end or of the status.
    require_hideable((*path, "") for path in found.hidden)


def require_hideable(paths: Iterable[Path]) -> None:
    """Raises `CredentialError` unless claims at these paths may be kept back: those about subjects, and evidence."""
    for path in paths:
        if len(path) < 2 or path[0] not in _HIDEABLE:
            raise unsecured(f"SD-JWT: only claims within {' and '.join(_HIDEABLE)} may be kept back")
