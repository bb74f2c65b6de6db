"""Identities of workloads, verified: JWT-SVIDs, and WITs with a proof by the key that they name.

A JWT-SVID is a bearer token, so it counts for one audience and nothing beside it. A Workload Identity Token
(draft-ietf-wimse-workload-creds) says nothing without a Workload Proof Token by its key: docs/adapters/workload.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.agent.workload import SpiffeId, WorkloadEvidence
from attorn.canonical import JsonValue, canonicalise
from attorn.clock import Clock, second_of, seconds_in, system_clock
from attorn.errors import (
    AudienceError,
    InputError,
    MalformedError,
    PossessionError,
    SignatureError,
    UntrustedRootError,
)
from attorn.handed import items
from attorn.jose import foreign
from attorn.jose.claims import SKEW, Claims, require_expected
from attorn.jose.foreign import EC_ALGS, ForeignJws
from attorn.jose.jws import token_hash
from attorn.jose.key_set import ForeignKey, KeySet
from attorn.keys.rsa_key import ALGS as RSA_ALGS
from attorn.store.once import require_new
from attorn.store.ports import Store
from attorn.workload.bundle import Bundle

LONGEST: Final = timedelta(days=1)
"""For how long an SVID may be good."""
LONGEST_PROOF: Final = timedelta(minutes=5)
"""For how long a Workload Proof Token may be good."""
_SVID_TYPS: Final = (None, "jwt", "jose")
# EdDSA is not among those of the JWT-SVID specification, section 2.2.
_SVID_ALGS: Final = (*RSA_ALGS, *EC_ALGS)
_CHAIN: Final = "attorn"
"""What a chain is called among the other tokens that a proof binds (`oth`)."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload that was verified for one audience, until Unix second `expires`. Made by `WorkloadVerifier`."""

    evidence: WorkloadEvidence
    audience: str
    expires: int

    @property
    def id(self) -> SpiffeId:
        """Its name."""
        return self.evidence.workload


class WorkloadVerifier:
    """Verifies workloads of the trust domains of `bundles`. `store` remembers the proofs that were used.

    `skew` is how far ahead an issuer's clock may be. Raises `InputError` for unusable arguments, and `UnavailableError`
    for a list that fails.
    """

    def __init__(
        self,
        *,
        bundles: Iterable[Bundle],
        store: Store,
        clock: Clock = system_clock,
        skew: timedelta = SKEW,
    ) -> None:
        listed = items("bundles", bundles) if isinstance(bundles, Iterable) else ()
        if not listed or not all(isinstance(each, Bundle) for each in listed):
            raise InputError("workload: expected bundles")
        self._bundles = {each.trust_domain: each for each in listed}
        if len(self._bundles) != len(listed):
            raise InputError("workload: two bundles of one trust domain")
        if not callable(getattr(store, "remember", None)):
            raise InputError(f"workload: expected a store, got {type(store).__name__}")
        self._store, self._clock, self._skew = store, clock, seconds_in(skew, "skew")

    def jwt_svid(self, text: str, *, audience: str) -> Workload:
        """The workload that the JWT-SVID in `text` names, which was made for `audience` alone.

        Raises `MalformedError` (another `typ` or `alg`, EdDSA among them), `UntrustedRootError` for another trust
        domain, `SignatureError`, `AudienceError`, `ExpiredError`, `UnavailableError`, and `InputError` for unusable
        arguments other than `text`.
        """
        require_expected("workload", audience=audience)
        found = foreign.read(text, typs=_SVID_TYPS, algs=_SVID_ALGS)
        workload, bundle = self._named(found)
        found.verify(bundle.jwt)
        if found.audiences() != (audience,):
            raise AudienceError("workload: the JWT-SVID is for another audience, or for more than one")
        ends = found.claims.require_times(second_of(self._clock), self._skew, LONGEST)
        return Workload(WorkloadEvidence(workload, "jwt-svid", found.digest), audience, ends)

    def wit(self, text: str, *, proof: str, audience: str, chain: str | None = None) -> Workload:
        """The workload that the WIT in `text` names, and that made `proof`, a WPT, for `audience`. Once.

        `chain` is the presentation or token that the proof must be over; without it, the proof is over no other token.
        Raises as `jwt_svid` does, `PossessionError` where the proof is over another WIT or another chain, or by another
        key, and `ReplayError`.
        """
        require_expected("workload", audience=audience)
        found = foreign.read(text, typs=("wit+jwt",))
        if found.kid is None or "aud" in found.claims:
            raise MalformedError("WIT: expected kid, and no aud")
        workload, bundle = self._named(found)
        found.verify(bundle.wit)
        now = second_of(self._clock)
        ends = found.claims.require_times(now, self._skew, LONGEST)
        proven = self._proven(proof, found, audience, chain, now)
        return Workload(WorkloadEvidence(workload, "wit-svid", found.digest), audience, min(ends, proven))

    def _named(self, found: ForeignJws) -> tuple[SpiffeId, Bundle]:
        workload = SpiffeId.read(found.claims.text("sub"))
        bundle = self._bundles.get(workload.trust_domain)
        if bundle is None:
            raise UntrustedRootError("workload: of a trust domain that nobody vouches for here")
        return workload, bundle

    def _proven(self, proof: str, wit: ForeignJws, audience: str, chain: str | None, now: int) -> int:
        """Until when the proof is good, which is this WIT's, for this audience and over this chain, and new."""
        alg, key = _confirmed(wit.claims)
        found = foreign.read(proof, typs=("wpt+jwt",), algs=(alg,))
        try:
            # The header names no key: it is the one in the WIT.
            found.verify(KeySet((ForeignKey(found.kid, key.algs, key.verifies),)))
        except SignatureError:
            raise PossessionError("WPT: not by the key of the WIT") from None
        # As long as `sha-256:`, the digest is what WIMSE calls the hash.
        if found.claims.text("wth") != wit.digest.removeprefix("sha-256:"):
            raise PossessionError("WPT: over another WIT")
        _require_over(found.claims, chain)
        if found.audiences() != (audience,):
            raise AudienceError("WPT: for another audience, or for more than one")
        ends, one = found.claims.require_times(now, self._skew, LONGEST_PROOF), found.claims.text("jti")
        seen = hashlib.sha256(canonicalise(["attorn wpt v1", wit.digest, one])).digest()
        require_new(self._store, seen, "WPT: it", expires=ends, now=now)
        return ends


def _confirmed(claims: Claims) -> tuple[str, ForeignKey]:
    confirmation = claims.members.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) and set(confirmation) == {"jwk"} else None
    if not isinstance(jwk, dict) or not isinstance(jwk.get("alg"), str):
        raise MalformedError("WIT: expected cnf with a jwk that names its alg, and nothing else")
    key = ForeignKey.read(jwk)
    return str(jwk["alg"]), key


def _require_over(claims: Claims, chain: str | None) -> None:
    """Returns if a proof binds this chain and nothing else: what nobody can compare is not passed over."""
    over = {name: claims.members[name] for name in ("ath", "oth", "tth") if name in claims}
    if chain is None:
        if over:
            raise PossessionError("WPT: over a token that nobody handed in")
        return
    if not isinstance(chain, str) or not chain.isascii():
        raise InputError("workload: expected chain as the text of a token")
    expected: dict[str, JsonValue] = {"ath": token_hash(chain), "oth": {_CHAIN: token_hash(chain)}}
    if not over.keys() <= expected.keys():
        # Named before it is compared: a null would equal what is not expected at all.
        raise PossessionError("WPT: over a token beside the chain")
    if not over or any(said != expected[name] for name, said in over.items()):
        raise PossessionError("WPT: over another chain, or none")
