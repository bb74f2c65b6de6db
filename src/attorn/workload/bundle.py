"""Bundles of a trust domain (SPIFFE Trust Domain and Bundle, section 4): the keys that sign who its workloads are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attorn.agent.workload import is_trust_domain
from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.jose.key_set import KeySet, fetch_set
from attorn.transport import Transport


@dataclass(frozen=True, slots=True)
class Bundle:
    """The keys of one trust domain, for JWT-SVIDs and for WIT-SVIDs. Made by `read` and `fetch`."""

    trust_domain: str
    jwt: KeySet
    wit: KeySet

    @classmethod
    def read(cls, unverified: str | bytes | Mapping[str, JsonValue], *, trust_domain: str) -> Bundle:
        """The bundle of `trust_domain`, which the caller got from where it trusts that domain.

        A key counts for the one `use` that it names, `jwt-svid` or `wit-svid`; others are passed over. Raises
        `InputError` for no trust domain, and as `KeySet.read` does.
        """
        if not is_trust_domain(trust_domain):
            raise InputError(f"bundle: expected the name of a trust domain, got {shown(trust_domain)}")
        jwt, wit = (KeySet.read(unverified, use=use, least=0) for use in ("jwt-svid", "wit-svid"))
        if not (jwt.keys or wit.keys):
            raise MalformedError("bundle: no key for JWT-SVIDs or WIT-SVIDs that may be used")
        return cls(trust_domain, jwt, wit)

    @classmethod
    def fetch(cls, url: str, *, trust_domain: str, transport: Transport) -> Bundle:
        """The bundle at `url`. Raises as `read`, `UnavailableError` for none, `InputError` for no URL."""
        return cls.read(fetch_set(url, transport), trust_domain=trust_domain)
