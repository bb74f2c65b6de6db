"""One SD-JWT of a chain, taken apart and revealed, before anybody has checked its signature."""

from __future__ import annotations

from typing import Final, NamedTuple

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import ChainError, CredentialError, InputError, MandateError
from attorn.jose.jws import plain_typ
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.envelope import Envelope, id_of
from attorn.mandate.verified import VerifiedHop
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import Disclosure
from attorn.sdjwt.pointer import Path
from attorn.sdjwt.revealing import reveal

PAYLOAD: Final = "delegate_payload"
"""The claim that holds the content of a mandate, by AP2 v0.2."""
PAYLOADS: Final = (PAYLOAD, "_delegate_payload")
"""Both names in use. A verifier says which one it takes."""
TERMINAL: Final = "kb+sd-jwt"
INTERMEDIATE: Final = "kb+sd-jwt+kb"
TERMINALS: Final = (TERMINAL, "kb-sd-jwt")
INTERMEDIATES: Final = (INTERMEDIATE, "kb-sd-jwt+kb")
"""Types to emit, and both spellings of the draft to accept."""
SD_HASH: Final = "sd_hash"
JWT_HASH: Final = "issuer_jwt_hash"
_PAYLOADS: Final = frozenset(PAYLOADS)
_BEHIND: Final = (*TERMINALS, *INTERMEDIATES)


class UnverifiedHop(NamedTuple):
    """A hop that is well formed, perhaps forged. Made by `read`.

    `content` is what the delegate payload says, None for a credential, which has none. `disclosed` has the paths of
    what its holder could have kept back and did not, `hidden` the path of an object or array for each digest in it that
    is not disclosed: within the content, or for a credential within the claims.
    """

    compact: Compact
    envelope: Envelope
    algorithm: HashAlgorithm
    claims: dict[str, JsonValue]
    content: dict[str, JsonValue] | None
    disclosed: tuple[Path, ...]
    hidden: tuple[Path, ...]
    texts: tuple[str, ...]
    """The disclosures, in the order of `disclosed`; none for a credential."""
    named: str | None
    """The disclosure of its content, by which its `id` tells it from others in the same JWT."""

    def __repr__(self) -> str:
        return f"UnverifiedHop({self.envelope!r}, {len(self.disclosed)} disclosed, {len(self.hidden)} hidden)"

    @classmethod
    def read(cls, compact: Compact, *, claim: str = PAYLOAD) -> UnverifiedHop:
        """The hop that an SD-JWT is, with its content in `claim`.

        Raises `MalformedError` for a JWT, a disclosure or a digest in any other form, and `MandateError` for a
        disclosure that belongs to no digest, more or fewer payloads than one, and claims of the JWT that are hidden.
        """
        envelope = Envelope.read(compact.jwt)
        algorithm = HashAlgorithm.of(envelope.claims)
        try:
            revealed = reveal(envelope.claims, map(Disclosure.read, compact.disclosures), algorithm)
        except CredentialError as error:
            raise MandateError(str(error)) from None
        claims, hidden = revealed.claims, revealed.hidden
        if _PAYLOADS.isdisjoint(claims):
            return cls(compact, envelope, algorithm, claims, None, revealed.disclosed, hidden, (), None)
        content, own = _content(claims, claim), (claim, 0)
        named, disclosed, texts = None, [], []
        for path, disclosure in revealed.disclosures:
            if path == own:
                named = disclosure.text
            elif path[0] != claim:
                raise MandateError(f"mandate: expected {claim} as the only claim that can be hidden")
            disclosed.append(path[2:])
            texts.append(disclosure.text)
        if named is None:
            raise MandateError(f"mandate: expected exactly one disclosed element of {claim}")
        within = _within(claim, hidden) if hidden else ()
        return cls(compact, envelope, algorithm, claims, content, tuple(disclosed), within, tuple(texts), named)

    @property
    def sd_hash(self) -> str:
        """The hash of this hop as it is shown here."""
        return self.compact.sd_hash(self.algorithm)

    @property
    def id(self) -> str:
        """What this mandate is known by, as of `id_of`."""
        return id_of(self.compact.jwt, self.named)

    @property
    def is_open(self) -> bool:
        """Whether its content names the key of a next holder."""
        return self.content is not None and CONFIRMATION in self.content

    def require_follows(self, before: VerifiedHop) -> None:
        """Raises `MandateError` unless this names one hop by one hash, `ChainError` unless it is the one before."""
        claims = self.claims
        if (SD_HASH in claims) == (JWT_HASH in claims):
            raise MandateError(f"mandate: expected exactly one of {SD_HASH} and {JWT_HASH}", step=5)
        if SD_HASH in claims:
            expected, found = before.sd_hash, claims[SD_HASH]
        else:
            expected, found = before.algorithm.digest(before.jwt), claims[JWT_HASH]
        if found != expected:
            raise ChainError("mandate: a hop was made for another one, or other disclosures, than stand before it")

    def require_root(self) -> None:
        """Raises `MandateError` if this was made as a hop behind another one, which has been cut off."""
        typ = self.envelope.typ
        if plain_typ(typ) in _BEHIND:
            raise MandateError(f"mandate: expected a first hop that stands behind none, got typ {shown(typ)}")
        for name in (SD_HASH, JWT_HASH):
            if name in self.claims:
                raise MandateError(f"mandate: expected a first hop that stands behind none, got one with {name}")

    def require_typ(self) -> None:
        """Raises `MandateError` unless the type of the JWT says whether its content names a next holder."""
        expected = INTERMEDIATES if self.is_open else TERMINALS
        if self.envelope.typ not in expected:
            raise MandateError(f"mandate: expected typ {expected[0]}, got {shown(self.envelope.typ)}")
        if self.envelope.brings_certificates:
            raise MandateError("mandate: x5c has a place at the root alone")


def require_claim(claim: str) -> None:
    """Raises `InputError` unless a JWT may say its content there."""
    if claim not in PAYLOADS:
        raise InputError(f"mandate: expected claim as {' or '.join(PAYLOADS)}")


def _content(claims: dict[str, JsonValue], claim: str) -> dict[str, JsonValue]:
    for name in PAYLOADS:
        if name in claims and name != claim:
            raise MandateError(f"mandate: expected its content in {claim}, got it under another name")
    payload = claims.get(claim)
    if not isinstance(payload, list) or len(payload) != 1:
        raise MandateError(f"mandate: expected exactly one disclosed element of {claim}")
    content = payload[0]
    if not isinstance(content, dict):
        raise MandateError(f"mandate: expected {claim} to disclose an object")
    if CONFIRMATION in claims:
        raise MandateError("mandate: cnf beside its content would name a second holder")
    return content


def _within(claim: str, hidden: tuple[Path, ...]) -> tuple[Path, ...]:
    """Where digests stand in the content. Raises `MandateError` for one of a claim beside it."""
    for path in hidden:
        if not path or path[0] != claim:
            raise MandateError(f"mandate: expected {claim} as the only claim that can be hidden")
    return tuple([path[2:] for path in hidden if len(path) > 1])
