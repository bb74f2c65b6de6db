"""What a verifier demands of a credential, beside what the standards do: said once for all that it verifies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from attorn.clock import instant
from attorn.credential.document import checked_most
from attorn.credential.problem import unsecured
from attorn.credential.verified import VerifiedCredential
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import InputError, StaleError
from attorn.handed import ask, check_by, members
from attorn.jsonld import Contexts

NO_RESOURCES: Final[Mapping[str, bytes]] = MappingProxyType({})
SKEW: Final = 300
"""By how many seconds clocks may differ, unless the caller says otherwise."""
_MOST_SKEW: Final = 86_400

Issuers: TypeAlias = Collection[str] | Callable[[str], bool]
"""The DIDs whose credentials are taken, or who says so of one: only True is a yes."""
Status: TypeAlias = Callable[[VerifiedCredential], None]
"""Returns if a credential's status is no reason to refuse it, and raises a `VerificationError` or `StaleError`."""


def unsafe_ignore_status(credential: VerifiedCredential) -> None:
    """A `status` that looks up nothing: a revoked credential passes as well as any other."""


def _require_no_status(credential: VerifiedCredential) -> None:
    if credential.status or credential.token_status is not None:
        raise StaleError("credential: it names a status list, and none was handed in")


@dataclass(frozen=True, slots=True)
class Policy:
    """How credentials are verified. Raises `InputError` for arguments that say nothing of use."""

    resolver: Resolver
    now: datetime
    issuers: Issuers
    status: Status | None
    skew: int
    resources: Mapping[str, bytes] = field(repr=False)
    contexts: Contexts | None
    audience: str | None
    nonce: str | None
    accept_v1: bool
    most: int
    cosigners: Issuers | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", instant(self.now, "now"))
        if not callable(ask("resolver", lambda: getattr(self.resolver, "resolve", None))):
            raise InputError(f"credential: expected a resolver, got {type(self.resolver).__name__}")
        for name, dids in (("issuers", self.issuers), ("cosigners", [] if self.cosigners is None else self.cosigners)):
            # A text is a collection of texts, and one that any of its own letters is in.
            if isinstance(dids, str | bytes) or not isinstance(dids, Collection | Callable):
                raise InputError(f"credential: expected {name} as a list of DIDs, or as a callable")
        if self.status is not None and not callable(self.status):
            raise InputError("credential: expected status as a callable")
        if type(self.skew) is not int or not 0 <= self.skew <= _MOST_SKEW:
            raise InputError(f"credential: expected skew as 0 to {_MOST_SKEW} seconds")
        resources = members("resources", self.resources) if isinstance(self.resources, Mapping) else None
        if resources is None or not all(isinstance(each, str) for each in resources):
            raise InputError("credential: expected resources as a mapping of URLs to bytes")
        if not all(isinstance(content, bytes) for content in resources.values()):
            raise InputError("credential: expected resources as a mapping of URLs to bytes")
        object.__setattr__(self, "resources", resources)
        if self.contexts is not None and not isinstance(self.contexts, Contexts):
            raise InputError(f"credential: expected Contexts, got {type(self.contexts).__name__}")
        for name, text in (("audience", self.audience), ("nonce", self.nonce)):
            if text is not None and (not isinstance(text, str) or not text):
                raise InputError(f"credential: expected {name} as text that is not empty")
        if (self.audience is None) != (self.nonce is None):
            raise InputError("credential: expected both an audience and a nonce, or neither")
        if type(self.accept_v1) is not bool:
            raise InputError("credential: expected accept_v1=True or False")
        checked_most(self.most)

    def require_trusted(self, issuer: str) -> None:
        """Raises `CredentialError` (CRYPTOGRAPHIC_SECURITY_ERROR) unless the caller takes this issuer's credentials."""
        if not is_named(self.issuers, issuer, "issuers"):
            raise unsecured(f"credential: {shown(issuer)} is not an issuer whose credentials are taken here")

    def require_cosigners(self, signers: Iterable[str], own: str) -> None:
        """Raises `CredentialError` (CRYPTOGRAPHIC_SECURITY_ERROR) for one but `own` whom the caller does not take."""
        if self.cosigners is None:
            return
        for signer in signers:
            if signer != own and not is_named(self.cosigners, signer, "cosigners"):
                raise unsecured(f"{shown(signer)} is not one whose proofs are taken here beside that of {shown(own)}")

    def require_status(self, credential: VerifiedCredential) -> None:
        """Raises what the caller's `status` raises; without one, `StaleError` for a credential that has a status."""
        status = self.status or _require_no_status
        check_by("status", lambda: status(credential))


def is_named(dids: Issuers, did: str, what: str) -> bool:
    """Whether `did` is one of `dids`, which errors call `what`. Raises `UnavailableError` where they fail to say so."""
    answer = ask(what, lambda: dids(did) if callable(dids) else did in dids)
    return answer is True
