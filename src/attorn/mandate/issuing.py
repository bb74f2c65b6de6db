"""Issuing: the user, or whoever signs for the user, makes the root of a chain (AP2 v0.2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import instant
from attorn.errors import InputError, LimitError, VerificationError
from attorn.jose import jws
from attorn.jose.kid import kid_of
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signatory
from attorn.mandate import allowance, wire
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import Closed, Content, Open, disclosable
from attorn.mandate.hop import PAYLOAD, require_claim
from attorn.mandate.open_payment import OpenPayment
from attorn.sdjwt.binding import require_text
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.concealing import Random, conceal
from attorn.sdjwt.digest import ALGORITHM, HashAlgorithm
from attorn.sdjwt.times import unix
from attorn.status import TokenReference

ROOT: Final = "mandate+sd-jwt"
"""The type of a root that attorn signs. AP2 leaves it open."""


def issue(
    mandate: Open,
    *,
    by: Signatory,
    to: AgentKey | PublicKey | str,
    now: datetime,
    expires: datetime,
    redelegations: int = 0,
    status: TokenReference | None = None,
    kid: str | None = None,
    claim: str = PAYLOAD,
    random: Random = secrets.token_bytes,
) -> str:
    """The open mandate that `to` may close, or hand on `redelegations` times, until `expires`.

    `to` is a P-256 key or the DID that is one; for another DID it is an `AgentKey` with its key beside it. `status` is
    the entry of a Token Status List by which it can be revoked. `kid` is the DID URL of the signer's key, known by
    itself for did:key and did:jwk. `claim` is the name of the claim with the content.

    Raises `InputError`, and `UnavailableError` if the signer or `random` fails.
    """
    if not isinstance(mandate, Open):
        raise InputError(f"mandate: expected an open mandate, got {type(mandate).__name__}")
    kid = kid_of(by, kid, "mandate")
    content = open_content(mandate, to=to, now=now, expires=expires, redelegations=redelegations)
    claims: dict[str, JsonValue] = {} if status is None else {"status": status_of(status)}
    jwt_claims, texts = concealed(content, mandate, claims, claim=claim, random=random)
    jwt = jws.sign(jwt_claims, by=by.signer, typ=ROOT, kid=kid)
    return bounded(Compact(jwt, texts).encode())


def issue_closed(
    mandate: Closed,
    *,
    by: Signatory,
    audience: str,
    nonce: str,
    now: datetime,
    expires: datetime | None = None,
    status: TokenReference | None = None,
    kid: str | None = None,
    claim: str = PAYLOAD,
    random: Random = secrets.token_bytes,
) -> str:
    """The closed mandate that the user signs, being present: a chain of one hop, for one audience and nonce.

    Raises as `issue`.
    """
    if not isinstance(mandate, Closed):
        raise InputError(f"mandate: expected a closed mandate, got {type(mandate).__name__}")
    kid = kid_of(by, kid, "mandate")
    claims = bound_claims(audience, nonce, now)
    if status is not None:
        claims["status"] = status_of(status)
    content = closed_content(mandate, now=now, expires=expires)
    jwt_claims, texts = concealed(content, mandate, claims, claim=claim, random=random)
    jwt = jws.sign(jwt_claims, by=by.signer, typ=ROOT, kid=kid)
    return bounded(Compact(jwt, texts).encode())


def open_content(
    mandate: Open, *, to: AgentKey | PublicKey | str, now: datetime, expires: datetime, redelegations: int
) -> dict[str, JsonValue]:
    """All that an open mandate says, who may use it until when and how often hand it on included. `InputError`."""
    return {
        **allowance.add(_readable(mandate), redelegations),
        CONFIRMATION: AgentKey.of(to).write(),
        "iat": unix(now),
        "exp": _end(expires, now),
    }


def closed_content(mandate: Closed, *, now: datetime, expires: datetime | None) -> dict[str, JsonValue]:
    """All that a closed mandate says. Raises `InputError`."""
    content = {**_readable(mandate), "iat": unix(now)}
    return content if expires is None else {**content, "exp": _end(expires, now)}


def _readable(mandate: Content) -> dict[str, JsonValue]:
    """What a mandate says, if it is read as it is written: what verifiers refuse is not signed. Raises `InputError`."""
    try:
        content = mandate.write()
        if isinstance(mandate, OpenPayment):
            OpenPayment.read(content, unit=Unit.MINOR)
        else:
            type(mandate).read(content)
    except VerificationError as error:
        raise InputError(str(error)) from None
    return content


def bound_claims(audience: str, nonce: str, now: datetime) -> dict[str, JsonValue]:
    """The claims that say for whom a hop was made, and when. Raises `InputError`."""
    require_text(audience, "audience")
    require_text(nonce, "nonce")
    return {"aud": audience, "nonce": nonce, "iat": unix(now)}


def concealed(
    content: Mapping[str, JsonValue], mandate: Content, claims: Mapping[str, JsonValue], *, claim: str, random: Random
) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """The claims of a JWT with the digest of the content in `claim`, and its disclosures. Raises `InputError`."""
    require_claim(claim)
    algorithm = HashAlgorithm.SHA_256
    whole: dict[str, JsonValue] = {**claims, claim: [dict(content)]}
    pointers = [(claim, 0), *((claim, 0, *path) for path in disclosable(mandate))]
    found = conceal(whole, pointers, algorithm=algorithm, random=random)
    return {**found.payload, ALGORITHM: str(algorithm)}, tuple(each.text for each in found.disclosures)


def status_of(status: TokenReference) -> dict[str, JsonValue]:
    """The value of the `status` claim. Raises `InputError`."""
    if not isinstance(status, TokenReference):
        raise InputError(f"mandate: expected status as a TokenReference, got {type(status).__name__}")
    return status.write()


def _end(expires: datetime, now: datetime) -> int:
    end = int(instant(expires, "expires").timestamp())
    if end <= unix(now):
        raise InputError("mandate: expected expires after now")
    return end


def bounded(text: str) -> str:
    """`text` if it is no longer, and has no more disclosures, than anybody reads. Raises `InputError`."""
    try:
        wire.split(text)
    except LimitError as error:
        raise InputError(f"{error}, once signed") from None
    return text
