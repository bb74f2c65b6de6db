"""Transaction tokens (draft-ietf-oauth-transaction-tokens) out of a decision, for services inside one trust domain.

One permitted request becomes a JWT that lives for minutes: `sub` is the root, `act` the holder with those before it
inside, `scope` the one action that was permitted. It proves nothing about the chain; who takes it trusts its issuer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import Clock, second_of, seconds_in, system_clock
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.encoding import base64url_encode
from attorn.errors import AudienceError, ExpiredError, InputError, MalformedError, UntrustedRootError
from attorn.handed import draw, members
from attorn.jose import jws
from attorn.jose.actors import act
from attorn.jose.claims import SKEW, Claims, is_text
from attorn.jose.kid import kid_of
from attorn.keys.signer import Signatory, require_signatory
from attorn.verify.access import Access

TYP: Final = "txntoken+jwt"
MOST: Final = 16_384
"""Longest text, in characters."""
LONGEST: Final = timedelta(minutes=15)
"""Longest life."""
MOST_ACTORS: Final = 16
_MOST_CONTEXT: Final = 4096
_NAME_BYTES: Final = 16
_REQUIRED: Final = ("iss", "aud", "txn", "sub", "scope", "req_wl")


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnToken:
    """A transaction token that its issuer signed, and that was good when it was verified. Made by `verify_txn_token`.

    `actors` are who acts for `subject`, the current one first. `issued` and `expires` are Unix seconds.
    """

    issuer: str
    subject: str
    actors: tuple[str, ...]
    txn: str
    scope: tuple[str, ...]
    workload: str
    issued: int
    expires: int
    context: Mapping[str, JsonValue]
    request: Mapping[str, JsonValue]


def issue_txn_token(
    access: Access,
    *,
    by: Signatory,
    trust_domain: str,
    workload: str,
    request_context: Mapping[str, JsonValue] | None = None,
    lifetime: timedelta = timedelta(minutes=5),
    txn: str | None = None,
    kid: str | None = None,
    clock: Clock = system_clock,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """The transaction token for the request that `access` permitted, good for services of `trust_domain`.

    `by` is the trust domain's token service, `workload` names who asked for it (`req_wl`), `request_context` what is
    known of the request beside (`rctx`). It ends `lifetime`, at most 15 minutes, after the decision, and no later than
    the first link of the chain. `txn` goes on with a transaction that has a name. Raises `InputError` for unusable
    arguments and chains of more than 16 links, `ExpiredError` if it would be over already, and `UnavailableError`.
    """
    if not isinstance(access, Access) or not access.decision.allowed or len(access.chain) > MOST_ACTORS:
        raise InputError(f"transaction token: expected an Access through at most {MOST_ACTORS} links")
    by = require_signatory(by, "transaction token")
    name = base64url_encode(draw(random, _NAME_BYTES)) if txn is None else txn
    if not all(is_text(text) for text in (trust_domain, workload, name)):
        raise InputError("transaction token: expected the trust domain, the workload and txn as text")
    life = timedelta(seconds=seconds_in(lifetime, "lifetime", least=1, most=LONGEST))
    now, limit = second_of(clock), access.expires
    ends = int((access.at + life).timestamp())
    if limit is not None:
        ends = min(ends, int(limit.timestamp()))
    if now >= ends:
        raise ExpiredError("transaction token: it would be over already")
    claims: dict[str, JsonValue] = {
        "iss": by.did,
        "iat": now,
        "exp": ends,
        "aud": trust_domain,
        "txn": name,
        "sub": access.root,
        "scope": access.request.action,
        "req_wl": workload,
        "act": act(link.delegate for link in access.chain),
        "tctx": {
            "action": access.request.action,
            "resource": access.request.resource,
            "request": f"sha-256:{base64url_encode(access.request.digest())}",
            "links": [base64url_encode(link.id) for link in access.chain],
        },
        "rctx": _context(request_context),
    }
    return jws.sign(claims, by=by.signer, typ=TYP, kid=kid_of(by, kid, "transaction token"))


def verify_txn_token(
    text: str,
    *,
    issuer: str,
    trust_domain: str,
    resolver: Resolver | None = None,
    clock: Clock = system_clock,
    skew: timedelta = SKEW,
) -> TxnToken:
    """What the transaction token in `text` says, signed by the DID `issuer` for `trust_domain`, and good now.

    `skew` is how far ahead the issuer's clock may be. Raises `MalformedError` (another `typ` among others),
    `UntrustedRootError` for another issuer, `ResolutionError`, `SignatureError`, `AudienceError`, `ExpiredError`, and
    `UnavailableError`; `InputError` for unusable arguments other than `text`.
    """
    if not (isinstance(issuer, str) and is_did(issuer)) or not is_text(trust_domain):
        raise InputError("transaction token: expected an issuer as a DID, and a trust domain as text")
    ahead = seconds_in(skew, "skew")
    found = jws.read(text, typ=TYP, most=MOST)
    claims = Claims(found.claims, "transaction token")
    said, audience, txn, subject, scope, workload = map(claims.text, _REQUIRED)
    if said != issuer:
        raise UntrustedRootError("transaction token: by another issuer")
    resolver = LocalResolver() if resolver is None else resolver
    found.verify(jws.issuer_keys(resolver, issuer, found.kid, Relationship.ASSERTION_METHOD))
    if audience != trust_domain:
        raise AudienceError("transaction token: for another trust domain")
    ends = claims.require_times(second_of(clock), ahead, LONGEST, issued=True)
    contexts = [found.claims.get(name, {}) for name in ("tctx", "rctx")]
    context, request = (each if isinstance(each, dict) else None for each in contexts)
    if context is None or request is None:
        raise MalformedError("transaction token: expected tctx and rctx as objects")
    return TxnToken(
        issuer=issuer,
        subject=subject,
        actors=_actors(claims),
        txn=txn,
        scope=tuple(scope.split()),
        workload=workload,
        issued=claims.second("iat"),
        expires=ends,
        context=context,
        request=request,
    )


def _actors(claims: Claims) -> tuple[str, ...]:
    found: list[str] = []
    while "act" in claims:
        actor = claims.members["act"]
        if not isinstance(actor, dict):
            raise MalformedError("transaction token: expected act as an object with sub")
        claims = Claims(actor, "transaction token: act")
        found.append(claims.text("sub"))
    if not 0 < len(found) <= MOST_ACTORS:
        raise MalformedError(f"transaction token: expected 1 to {MOST_ACTORS} actors")
    return tuple(found)


def _context(context: Mapping[str, JsonValue] | None) -> JsonValue:
    if context is not None and not isinstance(context, Mapping):
        raise InputError("transaction token: expected the request context as a mapping")
    try:
        return parse(
            canonicalise({} if context is None else members("request context", context)), most=_MOST_CONTEXT, depth=8
        )
    except MalformedError:
        raise InputError("transaction token: the request context is too long or too deep") from None
