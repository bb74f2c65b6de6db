"""Verifying an SD-JWT (RFC 9901 section 7), step by step:

0 sizes and counts · 1 the JWT, strictly · 2 the issuer's key · 3 its signature · 4 disclosures and digests · 5 the
claims of its type · 6 times · 7 the holder's binding. Nothing is returned unless all of them hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from attorn.canonical import JsonValue
from attorn.clock import seconds_in
from attorn.did.did import parse_url
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import AudienceError, CredentialError, InputError, MalformedError, PossessionError, SignatureError
from attorn.jose import jws
from attorn.jose.jws import UnverifiedJws, issuer_keys
from attorn.keys.public import PublicKey
from attorn.sdjwt import binding
from attorn.sdjwt.compact import MOST_CHARACTERS, Compact
from attorn.sdjwt.confirmation import Confirmation
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.pointer import Path
from attorn.sdjwt.profile import W3C_VC, issuer_did, issuer_in, plain, require_claims, require_open
from attorn.sdjwt.reading import open_up
from attorn.sdjwt.times import SKEW, require_current, unix


@dataclass(frozen=True, slots=True)
class VerifiedSdJwt:
    """Genuine claims, and which of them the holder chose to disclose. Made by `verify` and `verify_issued`.

    `issuer` is the DID that signed; with `keys` handed in it is what the credential says, perhaps None. `claims` are as
    RFC 9901 calls them processed: no digests, no `_sd_alg`. `disclosed` has the paths of what was disclosed, `hidden`
    the path of an object or array for each digest in it that was not. `confirmation` names the holder, and `bound` says
    whether that one bound this presentation; `binding_claims` are what it said then. If the claims have a `status`, it
    is a Token Status List's reference, which nobody has looked up yet: `status.TokenReference.read(claims)`.
    """

    typ: str
    issuer: str | None
    kid: str | None
    claims: dict[str, JsonValue] = field(repr=False)
    disclosed: tuple[Path, ...]
    hidden: tuple[Path, ...]
    confirmation: Confirmation | None
    bound: bool
    algorithm: HashAlgorithm
    binding_claims: dict[str, JsonValue] = field(default_factory=dict)


def verify(
    text: str,
    *,
    typ: str,
    audience: str | None,
    nonce: str | None,
    now: datetime,
    resolver: Resolver | None = None,
    keys: Collection[PublicKey] | None = None,
    age: timedelta = binding.AGE,
    skew: timedelta = SKEW,
) -> VerifiedSdJwt:
    """What a holder presented to a verifier, if it is an SD-JWT of type `typ` that holds in every way.

    With `audience` and `nonce` the credential must name its holder, who must have bound this presentation to them
    within `age`. With None for both it must name no holder and be bound by nobody: whoever has it can present it. An
    `aud` of the credential's own must name the audience, too.
    The issuer's key is one that its DID lists under assertionMethod, or one of `keys` if they are handed in. Whether
    that issuer is trusted, whether the nonce is fresh, and what the status is, is for the caller to say.

    Raises `InputError` for unusable arguments; for the text `LimitError`, `MalformedError`, `CredentialError`,
    `ResolutionError`, `SignatureError`, `ExpiredError`, `PossessionError`, `AudienceError`, `WrongRequestError` for
    another nonce, or `UnavailableError`.
    """
    if (audience is None) != (nonce is None):
        raise InputError("SD-JWT: expected both an audience and a nonce, or None for both")
    if audience is not None and nonce is not None:
        binding.require_text(audience, "audience")
        binding.require_text(nonce, "nonce")
    second, ahead, oldest = unix(now), seconds_in(skew, "skew"), seconds_in(age, "age")
    resolver = LocalResolver() if resolver is None else resolver
    compact = Compact.split(text)
    found = _verified(compact, typ, resolver=resolver, keys=keys, now=second, skew=ahead)
    _require_audience(found.claims, audience)
    if audience is None or nonce is None:
        if found.confirmation is not None:
            raise PossessionError("SD-JWT: it names its holder, and no key binding was asked for")
        if compact.key_binding is not None:
            raise PossessionError("SD-JWT: a key binding, though it names no holder")
        return found
    if found.confirmation is None:
        raise PossessionError("SD-JWT: it names no holder, so nobody can have bound it")
    if compact.key_binding is None:
        # Before the holder is resolved: a key that nobody used need not be looked up.
        raise PossessionError("SD-JWT: no key binding by its holder")
    said = binding.check(
        compact,
        found.confirmation.keys(resolver),
        audience=audience,
        nonce=nonce,
        now=second,
        age=oldest,
        skew=ahead,
        algorithm=found.algorithm,
    )
    return replace(found, bound=True, binding_claims=said)


def verify_issued(
    text: str,
    *,
    typ: str,
    now: datetime,
    resolver: Resolver | None = None,
    keys: Collection[PublicKey] | None = None,
    skew: timedelta = SKEW,
) -> VerifiedSdJwt:
    """What an issuer gave its holder: as `verify`, but not bound by anybody, whether or not it names its holder.

    For holders, and for whoever else was handed a credential by its issuer. It says nothing about who presents it, or
    to whom: an `aud` is not looked at.
    """
    compact = Compact.split(text)
    if compact.key_binding is not None:
        raise PossessionError("SD-JWT: expected it as issued, and it has a key binding")
    resolver = LocalResolver() if resolver is None else resolver
    return _verified(compact, typ, resolver=resolver, keys=keys, now=unix(now), skew=seconds_in(skew, "skew"))


def _verified(
    compact: Compact, typ: str, *, resolver: Resolver, keys: Collection[PublicKey] | None, now: int, skew: int
) -> VerifiedSdJwt:
    """All but the key binding."""
    typ = plain(typ)
    found = jws.read(compact.jwt, typ=typ, most=MOST_CHARACTERS)
    issuer = _require_signed(found, typ, resolver, keys)
    algorithm = HashAlgorithm.of(found.claims)
    revealed = open_up(compact, found, algorithm)
    require_open(typ, (*revealed.disclosed, *revealed.hidden))
    require_claims(typ, revealed.claims)
    require_current(revealed.claims, now=now, skew=skew)
    return VerifiedSdJwt(
        typ=typ,
        issuer=issuer,
        kid=found.kid,
        claims=revealed.claims,
        disclosed=revealed.disclosed,
        hidden=revealed.hidden,
        confirmation=Confirmation.read(revealed.claims),
        bound=False,
        algorithm=algorithm,
    )


def _require_audience(claims: Mapping[str, JsonValue], audience: str | None) -> None:
    """Raises `AudienceError` if the issuer says for whom the credential is, and that is not `audience`."""
    if "aud" not in claims:
        return
    named = claims["aud"]
    names = named if isinstance(named, list) else [named]
    if not all(isinstance(name, str) for name in names):
        raise CredentialError("SD-JWT: expected aud as text, or as an array of texts")
    if audience not in names:
        raise AudienceError(f"SD-JWT: for {shown(named)}, and this is {shown(audience)}")


def _require_signed(
    found: UnverifiedJws, typ: str, resolver: Resolver, keys: Collection[PublicKey] | None
) -> str | None:
    """Who signed. Raises `CredentialError` for nobody, and as `issuer_keys` and `UnverifiedJws.verify` do."""
    if keys is not None:
        trusted = tuple(keys) if isinstance(keys, list | tuple | set | frozenset) else ()
        if not trusted or not all(isinstance(key, PublicKey) for key in trusted):
            raise InputError("SD-JWT: expected keys as a list of public keys, at least one")
        found.verify(trusted)
        named = issuer_in(typ, found.claims)
        return named if isinstance(named, str) else None
    issuer = issuer_did(typ, found.claims)
    if issuer is None:
        if found.kid is None:
            raise CredentialError("SD-JWT: neither iss nor kid says who issued it")
        try:
            issuer = parse_url(found.kid).did.text
        except MalformedError:
            raise CredentialError("SD-JWT: without iss, expected kid as an absolute DID URL") from None
    if typ == W3C_VC and found.kid is None:
        raise CredentialError("SD-JWT: expected kid, which VC-JOSE-COSE requires of an issuer that is a DID")
    trusted = issuer_keys(resolver, issuer, found.kid, Relationship.ASSERTION_METHOD)
    try:
        found.verify(trusted)
    except SignatureError:
        raise SignatureError("SD-JWT: not signed by its issuer") from None
    return issuer
