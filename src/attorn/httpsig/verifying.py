"""Which agent sent a request: its signature, checked with a key that the agent's own URL publishes.

The steps: 1 read the fields, one meaning or none · 2 the window · 3 what is covered · 4 whether this agent is one to be
looked up · 5 its key, from its own URL · 6 the signature, and the body against its digest · 7 replay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, MappingKeyResolver

from attorn.clock import Clock, second_of, seconds_in, system_clock
from attorn.display import shown
from attorn.errors import ExpiredError, InputError, SignatureError, UntrustedRootError
from attorn.handed import ask, items
from attorn.httpsig.agent import Agent
from attorn.httpsig.algorithm import ALGORITHMS
from attorn.httpsig.directories import Directories
from attorn.httpsig.fields import LABEL, TAG, UnverifiedClaim, read_claim
from attorn.httpsig.message import Fields, SignedMessage, View
from attorn.keys.public import PublicKey
from attorn.request.resource import normalise
from attorn.store.memory import MemoryStore
from attorn.store.once import require_new
from attorn.store.ports import Store
from attorn.transport import is_fetchable

LONGEST: Final = timedelta(hours=24)
_SKEW: Final = timedelta(seconds=60)
_TARGET: Final = '"@target-uri"'
_IN_TARGET: Final = frozenset(('"@authority"', '"@path"', '"@query"'))
Agents = Iterable[str] | Callable[[str], bool]


class Coverage(StrEnum):
    """What a signature must be over: the whole `request`, or as little as the profile allows, the `authority`."""

    REQUEST = "request"
    AUTHORITY = "authority"


class AgentVerifier:
    """Says which agent signed a request.

    `agents` are the https URLs to be looked up, or a callable that says so of one. Signatures may be good for at most
    `lifetime`, and `skew` ahead of this clock. `store` remembers what was used. `legacy` takes the String form of
    Signature-Agent too. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self,
        directories: Directories,
        *,
        agents: Agents,
        store: Store | None = None,
        clock: Clock = system_clock,
        coverage: Coverage = Coverage.REQUEST,
        lifetime: timedelta = LONGEST,
        skew: timedelta = _SKEW,
        legacy: bool = False,
    ) -> None:
        if not callable(getattr(directories, "key", None)) or not hasattr(directories, "loopback"):
            raise InputError(f"directories: expected Directories, got {type(directories).__name__}")
        if isinstance(agents, str) or not (callable(agents) or isinstance(agents, Iterable)):
            raise InputError("agents: expected a list of URLs, or a callable (url) -> bool")
        if not isinstance(coverage, Coverage) or type(legacy) is not bool:
            raise InputError("expected a Coverage, and legacy as True or False")
        self._directories = directories
        self._policy = agents if callable(agents) else None
        listed = () if callable(agents) else items("agents", agents)
        self._agents = frozenset(_listed(agent, loopback=directories.loopback) for agent in listed)
        self._store: Store = MemoryStore() if store is None else store
        self._clock = clock
        self._coverage = coverage
        self._lifetime, self._skew = seconds_in(lifetime, "lifetime"), seconds_in(skew, "skew")
        self._legacy = legacy

    def identify(self, message: SignedMessage) -> Agent:
        """The agent that signed this very request, once.

        Raises `MalformedError` for fields that cannot be read, `ReplayError` for a signature that was used before,
        another `VerificationError` for one that does not count, `UnavailableError` if that was not found out, and
        `InputError` for what is no `SignedMessage`.
        """
        if not isinstance(message, SignedMessage):
            raise InputError(f"identify: expected a SignedMessage, got {type(message).__name__}")
        claim = read_claim(message, legacy=self._legacy, loopback=self._directories.loopback)
        now = second_of(self._clock)
        self._check_window(claim, now)
        missing = [name for name in self.wanted(message) if not _covers(claim, name)]
        if missing:
            raise SignatureError(f"expected the signature to cover {', '.join(missing)}")
        self._check_agent(claim.source.url)
        key = self._directories.key(claim.source, claim.keyid)
        base = self._check_signature(claim, message, key)
        self._check_replay(claim, message, key, base, now)
        return Agent(
            url=claim.source.url,
            key=key,
            keyid=claim.keyid,
            created=claim.created,
            expires=claim.expires,
            covered=claim.covered,
        )

    def wanted(self, message: SignedMessage) -> tuple[str, ...]:
        """The components that a signature of this request must cover; whatever carries authority is one of them."""
        names = ['"@authority"']
        if self._coverage is Coverage.REQUEST:
            names = ['"@method"', '"@authority"', '"@path"', *(['"@query"'] if message.query else [])]
            names += ['"content-digest"'] if message.body else []
        return tuple(names + (['"authorization"'] if message.one("authorization") is not None else []))

    def challenge(self, message: SignedMessage | None = None) -> str:
        """What to ask for in Accept-Signature."""
        names = ('"@method"', '"@authority"', '"@path"') if message is None else self.wanted(message)
        return f'{LABEL}=({" ".join(names)} "signature-agent";key="{LABEL}");created;expires;tag="{TAG}"'

    def _check_window(self, claim: UnverifiedClaim, now: int) -> None:
        if claim.created > now + self._skew:
            raise ExpiredError("the signature says it was made in the future")
        if not claim.created < claim.expires or claim.expires - claim.created > self._lifetime:
            raise ExpiredError(f"a signature may be good for at most {timedelta(seconds=self._lifetime)}")
        if claim.expires <= now:
            raise ExpiredError("the signature has expired")

    def _check_agent(self, url: str) -> None:
        policy = self._policy
        known = url in self._agents if policy is None else ask("agents policy", lambda: policy(url)) is True
        if not known:
            raise UntrustedRootError("the agent is none that is looked up here")

    def _check_signature(self, claim: UnverifiedClaim, message: SignedMessage, key: PublicKey) -> bytes:
        """What was signed. The algorithm is that of the key."""
        covered = '"content-digest"' in claim.covered or self._coverage is Coverage.REQUEST
        library = _Verifier(
            signature_algorithm=ALGORITHMS[key.algorithm],
            key_resolver=MappingKeyResolver(public_keys={claim.keyid: key}, private_keys={}),  # type: ignore[dict-item]
        )
        view = View(message.method, message.url, Fields(message.headers))
        try:
            (result,) = library.verify(
                view, max_age=None, expect_tag=TAG, expect_label=claim.label, body=message.body if covered else None
            )
        except HTTPMessageSignaturesException:
            found = None
        else:
            found = result.covered_components
        if found is None:
            # Out here, because the library's error may carry what the message said.
            raise SignatureError("the signature is not one of this request by that key")
        return "\n".join(f"{name}: {value}" for name, value in found.items()).encode()

    def _check_replay(
        self, claim: UnverifiedClaim, message: SignedMessage, key: PublicKey, base: bytes, now: int
    ) -> None:
        """Its name holds the key, so nobody can use up another's. What has no nonce is known by what was signed."""
        once = b"nonce\0" + claim.nonce.encode() if claim.nonce is not None else b"base\0" + base
        name = hashlib.sha256(b"\0".join((b"attorn httpsig", message.origin.encode(), key.data, once))).digest()
        require_new(self._store, name, "this signature", expires=claim.expires, now=now)


def _listed(agent: str, *, loopback: bool) -> str:
    """The URL of an agent as `Source` writes it: any that it refuses could name nobody. Raises `InputError`."""
    url = normalise(agent)
    if not is_fetchable(url, loopback=loopback):
        raise InputError(f"agents: expected https URLs, got {shown(agent)}")
    return url


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: timedelta | None = None) -> None:
        """Nothing: the window was checked by attorn's clock, which is handed in."""


def _covers(claim: UnverifiedClaim, name: str) -> bool:
    return name in claim.covered or (name in _IN_TARGET and _TARGET in claim.covered)
