"""Credentials as an SD-JWT whose payload they are (VC-JOSE-COSE 1.0 section 3.2): what the holder shows of it.

Everything about disclosures and key binding is `attorn.sdjwt`'s; here is what makes it one more form of a credential.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from attorn import sdjwt
from attorn.credential.jose import Kind, UnverifiedPayload, payload_of
from attorn.credential.problem import unparsed, unsecured
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import LimitError, MalformedError, SignatureError


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

    With an audience and a nonce the holder must have bound it to them; without, it must name no holder. Raises
    `CredentialError` (CRYPTOGRAPHIC_SECURITY_ERROR) and otherwise as `attorn.sdjwt.verify` does.
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
