"""What an identity provider says of a user, verified: evidence that a root link is minted from.

An ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant) or an OpenID Connect ID token is verified once, and becomes
one token for one agent: by a service whose DID the verifiers trust as a root, within what the evidence grants, and for
no longer. The token holds the digest of the evidence and who the user is, and no more: docs/adapters/oauth-evidence.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from attorn.canonical import canonicalise
from attorn.clock import Clock, second_of, seconds_in, system_clock
from attorn.errors import AudienceError, InputError, MalformedError, UntrustedRootError, WrongRequestError
from attorn.handed import members
from attorn.jose import foreign
from attorn.jose.claims import SKEW, require_expected
from attorn.jose.foreign import ForeignJws
from attorn.jose.key_set import KeySet
from attorn.oauth.granted import KINDS, Evidence, VouchedUser, details_in, jkt_in, resources_in, scope_in
from attorn.store.once import require_new
from attorn.store.ports import Store

ID_JAG: Final = "oauth-id-jag+jwt"
LONGEST: Final = timedelta(days=1)
"""For how long evidence may be good."""
_JWT: Final = (None, "jwt")


class EvidenceVerifier:
    """Verifies evidence by `issuers`, a mapping of each issuer's URL to its keys. `store` remembers what was used.

    `skew` is how far ahead an issuer's clock may be. Raises `InputError` for unusable arguments, and `UnavailableError`
    for a mapping that fails.
    """

    def __init__(
        self,
        *,
        issuers: Mapping[str, KeySet],
        store: Store,
        clock: Clock = system_clock,
        skew: timedelta = SKEW,
    ) -> None:
        self._issuers = members("issuers", issuers) if isinstance(issuers, Mapping) else {}
        if not self._issuers or not all(isinstance(keys, KeySet) for keys in self._issuers.values()):
            raise InputError("evidence: expected issuers as a mapping of URLs to key sets")
        if not callable(getattr(store, "remember", None)):
            raise InputError(f"evidence: expected a store, got {type(store).__name__}")
        self._store, self._clock, self._skew = store, clock, seconds_in(skew, "skew")

    def id_jag(self, text: str, *, audience: str, client_id: str, tenant: str | None = None) -> Evidence:
        """The ID-JAG in `text`, made for the authorization server `audience` and the client that showed it. Once.

        `client_id` is the client that the caller has authenticated; `tenant` that of the issuer, where it has several.
        Raises `MalformedError` (another `typ` among others), `UntrustedRootError` for another issuer, `SignatureError`,
        `AudienceError` for another audience, client or tenant, `ExpiredError`, `ReplayError`, `UnavailableError`, and
        `InputError` for unusable arguments other than `text`.
        """
        named = {} if tenant is None else {"tenant": tenant}
        require_expected("evidence", audience=audience, client_id=client_id, **named)
        found = foreign.read(text, typs=(ID_JAG,))
        issuer, now = self._genuine(found)
        claims = found.claims
        subject, one = claims.text("sub"), claims.text("jti")
        # An issuer must not redeem what it issued.
        if found.audiences() != (audience,) or audience == issuer or claims.text("client_id") != client_id:
            raise AudienceError("evidence: it is for another authorization server or client")
        # A null, too, is a tenant that the caller has not named.
        right = "tenant" not in claims if tenant is None else claims.says("tenant", tenant)
        if not right or "aud_tenant" in claims:
            raise AudienceError("evidence: it is for another tenant")
        ends = claims.require_times(now, self._skew, LONGEST)
        evidence = Evidence(
            vouched_user=_vouched(KINDS[0], issuer, subject, found),
            client=client_id,
            expires=ends,
            scope=scope_in(claims),
            details=details_in(claims),
            resources=resources_in(claims),
            jkt=jkt_in(claims),
        )
        self._once((KINDS[0], issuer, one), ends, now)
        return evidence

    def id_token(self, text: str, *, client_id: str, nonce: str) -> Evidence:
        """The ID token in `text`, issued to `client_id` alone, in answer to `nonce`. Once for each nonce.

        It says who the user is and grants nothing. Raises as `id_jag` does, and `WrongRequestError` for another nonce.
        """
        require_expected("evidence", client_id=client_id, nonce=nonce)
        found = foreign.read(text, typs=_JWT)
        issuer, now = self._genuine(found)
        claims = found.claims
        subject = claims.text("sub")
        if "events" in claims or ("typ" in claims and not claims.says("typ", "ID")):
            raise MalformedError("evidence: a JWT of another kind")
        if found.audiences() != (client_id,) or ("azp" in claims and not claims.says("azp", client_id)):
            raise AudienceError("evidence: it is for another client, or for more than one")
        if not claims.says("nonce", nonce):
            raise WrongRequestError("evidence: it answers another nonce, or none")
        ends = claims.require_times(now, self._skew, LONGEST)
        evidence = Evidence(
            vouched_user=_vouched(KINDS[1], issuer, subject, found),
            client=client_id,
            expires=ends,
            jkt=jkt_in(claims),
        )
        self._once((KINDS[1], issuer, nonce), ends, now)
        return evidence

    def _genuine(self, found: ForeignJws) -> tuple[str, int]:
        """The issuer, who signed it, and now."""
        issuer = found.claims.text("iss")
        keys = self._issuers.get(issuer)
        if keys is None:
            raise UntrustedRootError("evidence: no evidence is taken from its issuer")
        found.verify(keys)
        found.claims.second("iat")
        return issuer, second_of(self._clock)

    def _once(self, names: tuple[str, ...], ends: int, now: int) -> None:
        seen = hashlib.sha256(canonicalise(["attorn evidence v1", *names])).digest()
        require_new(self._store, seen, "evidence: it", expires=ends, now=now)


def _vouched(kind: str, issuer: str, subject: str, found: ForeignJws) -> VouchedUser:
    made = VouchedUser(kind, issuer, subject, found.digest)
    try:
        made.write()
    except InputError:
        raise MalformedError("evidence: iss and sub are too long, or hold what cannot be shown") from None
    return made
