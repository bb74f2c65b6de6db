"""An SD-JWT taken apart, before anybody has checked its signature."""

from __future__ import annotations

from dataclasses import dataclass, field

from attorn.canonical import JsonValue
from attorn.jose import jws
from attorn.jose.jws import UnverifiedJws
from attorn.sdjwt.compact import MOST_CHARACTERS, Compact
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import Disclosure
from attorn.sdjwt.pointer import Path
from attorn.sdjwt.revealing import Revealed, reveal


@dataclass(frozen=True, slots=True)
class UnverifiedSdJwt:
    """An SD-JWT that is well formed, perhaps forged. Made by `read`.

    `compact` has its parts, `jws` its JWT, and `unverified` what its disclosures reveal.
    """

    compact: Compact = field(repr=False)
    jws: UnverifiedJws = field(repr=False)
    typ: str
    algorithm: HashAlgorithm
    unverified: Revealed

    @property
    def unverified_claims(self) -> dict[str, JsonValue]:
        """The claims, with all that is disclosed."""
        return self.unverified.claims

    @property
    def disclosable(self) -> tuple[Path, ...]:
        """Where the claims stand that were disclosed here, and may be kept back in a presentation of this text."""
        return self.unverified.disclosed


def read(text: str) -> UnverifiedSdJwt:
    """The SD-JWT in `text`, with or without key binding, of any type. No signature is checked.

    Raises `LimitError` for one that is too long or has too many disclosures, `CredentialError` for disclosures that do
    not belong to its digests, and `MalformedError` for any other form.
    """
    compact = Compact.split(text)
    typ = jws.typ_of(compact.jwt, most=MOST_CHARACTERS)
    found = jws.read(compact.jwt, typ=typ, most=MOST_CHARACTERS)
    algorithm = HashAlgorithm.of(found.claims)
    return UnverifiedSdJwt(compact, found, typ, algorithm, open_up(compact, found, algorithm))


def open_up(compact: Compact, found: UnverifiedJws, algorithm: HashAlgorithm) -> Revealed:
    """What the disclosures of an SD-JWT reveal. Raises as `reveal` and `Disclosure.read` do."""
    return reveal(found.claims, map(Disclosure.read, compact.disclosures), algorithm)
