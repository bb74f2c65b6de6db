"""An identity: a DID with the key that speaks for it. It mints, delegates, presents and approves."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from attorn.approval import DEFAULT_TTL, Approval, ApprovalRequest, approve, texts_about
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat.base import Caveat
from attorn.caveat.validity import Expires, MaxDepth, NotBefore, Purpose
from attorn.clock import Clock, read, second_of, system_clock
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.document import DELEGATE
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.encoding import base64url_encode
from attorn.errors import AttornError, DelegationError, InputError, VerificationError
from attorn.handed import ask, draw
from attorn.keys import keyfile
from attorn.keys.derived import derive
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, PinnedSigner, Signer
from attorn.limits import Limits
from attorn.macaroon.container import MOST_MACAROONS, Macaroon
from attorn.macaroon.discharge import ThirdParty
from attorn.macaroon.mac import require
from attorn.request.request import Request
from attorn.token.carrier import BiscuitCarrier, Carrier, MacaroonCarrier
from attorn.token.chain import UnverifiedChain
from attorn.token.link import ID_BYTES, Link, write
from attorn.token.presentation import Presentation, key_words, words
from attorn.token.presentation import read as read_presentation
from attorn.token.principal import own, resolve
from attorn.token.token import Token

_Carried = TypeVar("_Carried")
_EMPTY = UnverifiedChain((), (), ())
_LEEWAY = timedelta(seconds=30)
_LIMITS = Limits()
"""Those of a verifier that chose none: what this writes must be readable there."""


class Identity:
    """A DID and a signer for it. `clock` and `random` are what it tells the time and draws ids with.

    Raises `InputError` or `ResolutionError` where the signer's key is not one that the DID delegates with, and
    `UnavailableError` where the signer or the resolver fails.
    """

    __slots__ = ("_clock", "_key", "_pinned", "_principal", "_random", "_resolver", "did", "signer")

    def __init__(
        self,
        signer: Signer,
        *,
        did: str | None = None,
        resolver: Resolver | None = None,
        clock: Clock = system_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.signer = signer
        self._clock = clock
        self._random = random
        self._resolver = LocalResolver() if resolver is None else resolver
        key = ask("signer", lambda: signer.public_key)
        if not isinstance(key, PublicKey):
            raise InputError(f"signer: expected one with a public key, got {type(signer).__name__}")
        self._key = key
        self._pinned = PinnedSigner(signer, key)
        self._principal = own(self._resolver, did_key.encode(key) if did is None else did, key, DELEGATE)
        self.did = self._principal.did

    @classmethod
    def generate(cls, *, algorithm: str = "Ed25519", method: str = "key", clock: Clock = system_clock) -> Identity:
        """A fresh identity: `algorithm` Ed25519 or P-256, `method` key or jwk. Raises `InputError`."""
        if not isinstance(algorithm, str):
            raise InputError(f"algorithm: expected text, got {type(algorithm).__name__}")
        if algorithm == Algorithm.ED25519:
            return cls._of(Ed25519Signer.generate(), method, clock)
        if algorithm == Algorithm.P256:
            return cls._of(P256Signer.generate(), method, clock)
        raise InputError(f"algorithm: expected Ed25519 or P-256, got {shown(algorithm)}")

    @classmethod
    def from_seed(
        cls,
        seed: bytes,
        *,
        method: str = "key",
        clock: Clock = system_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> Identity:
        """The Ed25519 identity of a 32-byte seed, for vectors and tests. Raises `InputError`."""
        return cls._of(Ed25519Signer.from_seed(seed), method, clock, random)

    @classmethod
    def _of(
        cls, signer: Signer, method: str, clock: Clock, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> Identity:
        if not isinstance(method, str) or method not in ("key", "jwk"):
            raise InputError(f"method: expected key or jwk, got {shown(method)}")
        did = (did_key if method == "key" else did_jwk).encode(signer.public_key)
        return cls(signer, did=did, clock=clock, random=random)

    @classmethod
    def load(
        cls, path: str | Path, *, passphrase: str | bytes, resolver: Resolver | None = None, clock: Clock = system_clock
    ) -> Identity:
        """The identity in an encrypted key file.

        Raises `KeyFileError`, also where others could read the file; for the DID in it, as the constructor does.
        """
        signer, did = keyfile.load(path, passphrase)
        return cls(signer, did=did, resolver=resolver, clock=clock)

    def save(self, path: str | Path, *, passphrase: str | bytes, strength: keyfile.Strength = "moderate") -> None:
        """Write this identity to a new file that its owner alone can read, encrypted under the passphrase.

        `strength` is how hard guessing is made: interactive, moderate or sensitive. Raises `KeyFileError`, also for a
        signer that does not give its key away.
        """
        keyfile.save(path, self.signer, self.did, passphrase, strength=strength)

    def mint(
        self,
        *,
        to: str,
        caveats: Sequence[Caveat],
        resolver: Resolver | None = None,
        base: Macaroon | None = None,
        third_parties: Sequence[ThirdParty] = (),
    ) -> Token:
        """A token that turns over this identity's own authority to the DID `to`, within `caveats`.

        It is a Biscuit, or with `base`, which a server issued, a Macaroon for that server; only a Macaroon can demand
        discharges of `third_parties`. Raises `InputError` for unusable caveats (an empty list among them),
        `ResolutionError` if `to` has no key, `UnavailableError` if the signer fails.
        """
        if all(isinstance(caveat, Purpose) for caveat in _listed(caveats)):
            raise InputError("mint: expected a caveat that limits something; a token without would be all-powerful")
        carrier = BiscuitCarrier() if base is None else MacaroonCarrier(_bare(base))
        return self._extend(_demanding(carrier, third_parties, self._random), _EMPTY, to, caveats, resolver)

    def delegate(
        self,
        token: Token,
        *,
        to: str,
        caveats: Sequence[Caveat] = (),
        resolver: Resolver | None = None,
        third_parties: Sequence[ThirdParty] = (),
    ) -> Token:
        """`token` passed on to the DID `to`, narrowed by `caveats`. Offline; the authority can only shrink.

        Raises `DelegationError` if this identity does not hold the token, may not pass it on, or tries to widen it;
        otherwise as `mint`.
        """
        self._hold(token)
        chain = token.unverified
        if len(chain.links) >= _LIMITS.links:
            raise DelegationError(f"a chain has at most {_LIMITS.links} links; this one may not be passed on")
        second = second_of(self._clock)
        for link in chain.links:
            for caveat in link.caveats:
                _refuse_use(link, caveat, second, len(chain.links))
        return self._extend(_demanding(token.carrier, third_parties, self._random), chain, to, caveats, resolver)

    def present(
        self,
        token: Token,
        request: Request,
        *,
        audience: str,
        challenge: str | None = None,
        idempotency_key: str | None = None,
        ttl: timedelta = timedelta(seconds=60),
        discharges: Sequence[Macaroon] = (),
        approvals: Sequence[Approval | str] = (),
        credentials: Sequence[str] = (),
    ) -> str:
        """The token bound to one request at one audience, once, as text for the wire.

        A Biscuit becomes a sealed standard Biscuit. `discharges` are those that a Macaroon's third parties gave,
        `approvals` those of this very use that principals gave, or their texts. `credentials` are the texts of
        identity credentials, of this identity and of other delegates, for an `Agent` caveat.

        It is valid from half a minute ago (clocks differ) until `ttl` from now. `challenge` answers a verifier that
        asked for one. `idempotency_key` marks every try of one use: a verifier that honours retries charges it once.
        Raises `DelegationError` if this identity does not hold the token, `InputError`, or
        `UnavailableError` if the signer fails.
        """
        self._hold(token)
        if not isinstance(request, Request):
            raise InputError(f"present: expected a Request, got {type(request).__name__}")
        words(audience, "audience")
        if challenge is not None:
            words(challenge, "challenge")
        if idempotency_key is not None:
            key_words(idempotency_key)
        if not isinstance(ttl, timedelta) or not timedelta(seconds=1) <= ttl <= timedelta(days=1):
            raise InputError("present: expected a ttl from one second to one day")
        now = second_of(self._clock)
        start, stop = now - int(_LEEWAY.total_seconds()), now + int(ttl.total_seconds())
        chain, digest = token.unverified, request.digest()
        texts = texts_about(approvals, audience=audience, root=chain.links[0].delegator, holder=self.did, digest=digest)
        discharged = _discharging(token.carrier, discharges)
        carrier, stated = _carried(lambda: discharged.accompanied(texts))
        shown = _credentials(credentials)
        presentation = Presentation(
            audience, digest, self._draw(), start, stop, challenge, idempotency_key, stated, shown
        )
        payload = encode(presentation.facts(), (presentation.check(),), chain.symbols)
        _require_readable(payload, chain)
        wire = base64url_encode(_carried(lambda: carrier.presented(self._pinned, payload)))
        if len(wire) > _LIMITS.token_bytes:
            raise InputError(f"this token is too long to be presented in {_LIMITS.token_bytes} characters")
        return wire

    def pairwise(self, audience: str) -> Identity:
        """This identity's other name for one audience: a did:key that follows from its key, the same every time.

        Nobody without that key can tell that both are one. Raises `InputError` for an audience that is none, and for a
        signer that does not give its key away.
        """
        other = derive(self.signer, words(audience, "audience"))
        return Identity(other, clock=self._clock, random=self._random)

    def approve(self, asked: ApprovalRequest, *, ttl: timedelta = DEFAULT_TTL) -> Approval:
        """A signed approval of one use of somebody's request, good for `ttl` of at most a day.

        What is signed is what `asked.message()` says, in full if `asked.complete`. Raises `DelegationError` if this
        identity is not among those asked, `InputError`, or `UnavailableError` if the signer fails.
        """
        return approve(asked, by=self, ttl=ttl, clock=self._clock, random=self._random)

    def _draw(self) -> bytes:
        """A fresh id. Raises `UnavailableError` where the random source fails."""
        return draw(self._random, ID_BYTES)

    def _hold(self, token: Token) -> None:
        if not isinstance(token, Token):
            raise InputError(f"expected a Token, got {type(token).__name__}; Token.decode reads one from text")
        if token.unverified.links[-1].to != self._principal:
            raise DelegationError(f"{self.did} does not hold this token; {token.holder} does")

    def _extend(
        self,
        carrier: Carrier,
        chain: UnverifiedChain,
        to: str,
        caveats: Sequence[Caveat],
        resolver: Resolver | None,
    ) -> Token:
        now = read(self._clock)
        position = len(chain.links) + 1
        delegate = resolve(self._resolver if resolver is None else resolver, to, DELEGATE)
        resolved = tuple(_resolved(caveat, now, position - 1) for caveat in _listed(caveats))
        for link in chain.links:
            _refuse_widening(resolved, link)
        link = Link(position, self._draw(), int(now.timestamp()), self._principal, delegate, resolved)
        facts, checks = write(link)
        payload = encode(facts, checks, chain.symbols)
        key = delegate.key
        if key is None:
            raise InputError(f"{to} has no key")
        token = _carried(lambda: Token.of(carrier.extended(self._pinned, payload, key)))
        if len(token.encode()) > _LIMITS.token_bytes:
            raise InputError(f"these caveats make a token of more than {_LIMITS.token_bytes} characters")
        return token

    def __repr__(self) -> str:
        return f"Identity({self.did})"


def _credentials(texts: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) and _is_text(text) for text in texts):
        raise InputError("credentials: expected a list of the texts of identity credentials")
    return tuple(dict.fromkeys(texts))


def _is_text(text: str) -> bool:
    return bool(text) and not any("\ud800" <= character <= "\udfff" for character in text)


def _listed(caveats: Sequence[Caveat]) -> Sequence[Caveat]:
    if not isinstance(caveats, list | tuple):
        raise InputError(f"caveats: expected a list, got {type(caveats).__name__}")
    return caveats


def _refuse_use(link: Link, caveat: Caveat, second: int, depth: int) -> None:
    """Tell a delegator at once that nobody could use what it is about to sign."""
    if isinstance(caveat, MaxDepth) and depth > caveat.hops:
        raise DelegationError(f"link {link.position} allows only {caveat.limit()}; this may not be passed on")
    if isinstance(caveat, Expires) and second >= caveat.second:
        raise DelegationError(f"link {link.position} allows only {caveat.limit()}; that is over")
    if isinstance(caveat, NotBefore) and second < caveat.second:
        raise DelegationError(f"link {link.position} allows only {caveat.limit()}; that has not begun")


def _resolved(caveat: Caveat, now: datetime, depth: int) -> Caveat:
    if not isinstance(caveat, Caveat):
        raise InputError(f"caveats: expected caveats, got {type(caveat).__name__}")
    return caveat.resolved(now, depth)


def _refuse_widening(caveats: tuple[Caveat, ...], link: Link) -> None:
    """Tell a delegator at once that a caveat would not do what it says. Verification does not depend on this."""
    for theirs in link.caveats:
        for mine in caveats:
            if mine.narrower_than(theirs) is False:
                raise DelegationError(
                    f"{type(mine).__name__} allows {mine.limit()}, which is wider than link {link.position}"
                    f" ({link.delegator} -> {link.delegate}): it allows {theirs.limit()}"
                )


def _require_readable(payload: bytes, chain: UnverifiedChain) -> None:
    """Return if a receiver can read this presentation behind that chain, whose symbols may leave it no room."""
    try:
        read_presentation(admit(payload, chain.symbols, _LIMITS))
    except AttornError as error:
        raise InputError(f"no verifier would read a presentation of this token: {error}") from error


def _carried(work: Callable[[], _Carried]) -> _Carried:
    """What a carrier made. What would be refused elsewhere does not leave here: that raises `InputError`."""
    try:
        return work()
    except VerificationError as error:
        raise InputError(f"this makes a token that no verifier would read: {error}") from error


def _bare(base: Macaroon) -> Macaroon:
    if not isinstance(base, Macaroon):
        raise InputError(f"base: expected a Macaroon, got {type(base).__name__}; attorn.macaroon.decode reads one")
    if base.unverified_caveats:
        raise InputError("base: expected a macaroon without caveats, as its server issued it")
    return base


def _demanding(carrier: Carrier, third_parties: Sequence[ThirdParty], random: Callable[[int], bytes]) -> Carrier:
    """`carrier` with caveats that these third parties discharge, for the link to come."""
    if not isinstance(third_parties, list | tuple) or not all(isinstance(each, ThirdParty) for each in third_parties):
        raise InputError("third_parties: expected a list of ThirdParty")
    if not third_parties:
        return carrier
    if not isinstance(carrier, MacaroonCarrier):
        raise InputError("third_parties: only a Macaroon can demand discharges; use RequiresApproval in a Biscuit")
    macaroon = carrier.macaroon
    for each in third_parties:
        macaroon = _required(macaroon, each, random)
    asked = [caveat.id for caveat in macaroon.unverified_caveats if caveat.vid is not None]
    if len(set(asked)) != len(asked):
        raise InputError("third_parties: one discharge meets one demand; expected each identifier once in a chain")
    if len(asked) >= MOST_MACAROONS:
        raise InputError(f"third_parties: expected at most {MOST_MACAROONS - 1} in a chain; no more can be discharged")
    return MacaroonCarrier(macaroon, carrier.blocks)


def _required(macaroon: Macaroon, party: ThirdParty, random: Callable[[int], bytes]) -> Macaroon:
    return _carried(
        lambda: require(macaroon, key=party.key, identifier=party.identifier, random=random, location=party.location)
    )


def _discharging(carrier: Carrier, discharges: Sequence[Macaroon]) -> Carrier:
    if not isinstance(discharges, list | tuple) or not all(isinstance(each, Macaroon) for each in discharges):
        raise InputError("discharges: expected a list of Macaroons")
    if not isinstance(carrier, MacaroonCarrier):
        if discharges:
            raise InputError("discharges: only a Macaroon is discharged")
        return carrier
    asked = sorted(caveat.id for caveat in carrier.macaroon.unverified_caveats if caveat.vid is not None)
    if sorted(each.identifier for each in discharges) != asked:
        raise InputError(f"discharges: expected one for each of the {len(asked)} third parties of the chain, no other")
    return MacaroonCarrier(carrier.macaroon, carrier.blocks, tuple(discharges))
