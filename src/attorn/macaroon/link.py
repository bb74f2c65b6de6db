"""Links of a Macaroon: first-party caveats that a principal has signed, over everything that stands before them.

A link holds the very bytes of a Biscuit block, the delegate's key, and the delegator's signature; a presentation holds
such bytes and the holder's signature, and nothing follows it. Both sign a transcript of the identifier and of every
caveat before them, but no MAC: so they can be checked without the root key, and signing reveals no secret. They are
ASCII, because there are Macaroon libraries that read every condition as text. Source: docs/adr/0016.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from attorn.encoding import base64url_decode, base64url_encode, varint_encode
from attorn.errors import DelegationError, InputError, LimitError, MalformedError, NotAdmittedError, SignatureError
from attorn.keys import multikey
from attorn.keys.public import SIGNATURE_BYTES, PublicKey
from attorn.keys.signer import Signer, signed
from attorn.macaroon.container import Macaroon
from attorn.macaroon.mac import attenuate

_LINK: Final = b"attorn-link-1."
_PRESENTATION: Final = b"attorn-presentation-1."
_LINK_TAG: Final = b"\0ATTORN\0MACAROON LINK\0v1\0"
_PRESENTATION_TAG: Final = b"\0ATTORN\0MACAROON PRESENTATION\0v1\0"
_IDENTIFIER_TAG: Final = b"\0ATTORN\0MACAROON IDENTIFIER\0v1\0"
_CAVEAT_TAG: Final = b"\0ATTORN\0MACAROON CAVEAT\0v1\0"


class Covered(Protocol):
    """What a transcript covers of one caveat, proven or not: its id and, if a third party's, its verification id."""

    @property
    def id(self) -> bytes: ...
    @property
    def vid(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class SignedLink:
    """One link as it was signed. `transcript` stands for everything before it, third parties' caveats included."""

    payload: bytes
    next_key: PublicKey
    signature: bytes
    transcript: bytes

    def signed_by(self, key: PublicKey) -> bool:
        """Whether `key` signed this link, in this place of this token."""
        return key.verify(self.signature, _link_message(self.transcript, self.next_key, self.payload))


@dataclass(frozen=True, slots=True)
class SignedPresentation:
    """The presentation as it was signed; the members are those of `SignedLink`."""

    payload: bytes
    signature: bytes
    transcript: bytes

    def signed_by(self, key: PublicKey) -> bool:
        """Whether `key` signed this presentation of this very token."""
        return key.verify(self.signature, _PRESENTATION_TAG + self.transcript + self.payload)


@dataclass(frozen=True, slots=True)
class UnverifiedLinks:
    """The links of a macaroon as its caveats claim them, the user's own first, and the presentation if there is one.

    `transcript` stands for everything up to the last link, that link included.
    """

    links: tuple[SignedLink, ...]
    presentation: SignedPresentation | None
    transcript: bytes


def transcript(identifier: bytes, caveats: Sequence[Covered]) -> bytes:
    """The 32 bytes that stand for a macaroon's identifier and these caveats, in their order."""
    state = _begun(identifier)
    for caveat in caveats:
        state = _continued(state, caveat)
    return state


def append_link(signer: Signer, macaroon: Macaroon, payload: bytes, next_key: PublicKey) -> Macaroon:
    """`macaroon` with one more link, from the holder of `signer` to that of `next_key`.

    Raises `DelegationError` if it has been presented, `InputError` for an unusable argument, `UnavailableError` if the
    signer fails, and `LimitError` for a payload that is too long.
    """
    state = _open(macaroon, payload)
    key = multikey.encode(next_key)
    signature = signed(signer, _link_message(state, next_key, payload))
    return attenuate(macaroon, _LINK + base64url_encode(bytes((len(key),)) + key + signature + payload).encode())


def append_presentation(signer: Signer, macaroon: Macaroon, payload: bytes) -> Macaroon:
    """`macaroon` bound to what `payload` says, for good: nothing can be put behind it. Raises as `append_link`."""
    state = _open(macaroon, payload)
    signature = signed(signer, _PRESENTATION_TAG + state + payload)
    return attenuate(macaroon, _PRESENTATION + base64url_encode(signature + payload).encode())


def read(identifier: bytes, caveats: Sequence[Covered], *, most_links: int) -> UnverifiedLinks:
    """The links among `caveats`, which are all the caveats of one macaroon, proven or not.

    Nothing but links, third parties' caveats before a link or before the presentation, and the presentation at the end
    is admitted: what no principal signed has no place here, and what is unknown prohibits. Raises `NotAdmittedError`,
    `MalformedError`, or `LimitError` above `most_links`.
    """
    links: list[SignedLink] = []
    presentation: SignedPresentation | None = None
    uncovered = False
    state = joined = _begun(identifier)
    for caveat in caveats:
        if presentation is not None:
            raise NotAdmittedError("a caveat behind the presentation")
        uncovered = caveat.vid is not None
        following = _continued(state, caveat)
        if not uncovered and caveat.id.startswith(_LINK):
            if len(links) == most_links:
                raise LimitError(f"expected at most {most_links} links", step=1)
            links.append(_link(caveat.id, state))
            joined = following
        elif not uncovered and caveat.id.startswith(_PRESENTATION):
            presentation = _presentation(caveat.id, state)
        elif not uncovered:
            raise NotAdmittedError("a first-party caveat that is neither a link nor a presentation")
        state = following
    if not links:
        raise NotAdmittedError("a macaroon without links: nobody's authority")
    if uncovered:
        raise NotAdmittedError("a third party's caveat that no signature covers")
    return UnverifiedLinks(tuple(links), presentation, joined)


def verify_link(key: PublicKey, link: SignedLink, position: int) -> None:
    """Return if `key` signed `link`. Raises `SignatureError` naming its position."""
    if not link.signed_by(key):
        raise SignatureError(f"link {position}: the signature does not verify with its delegator's key")


def _begun(identifier: bytes) -> bytes:
    return hashlib.sha256(_IDENTIFIER_TAG + identifier).digest()


def _continued(state: bytes, caveat: Covered) -> bytes:
    # Another tag than the identifier's: else a server could choose one that stands for the links of another token.
    vid = caveat.vid or b""
    return hashlib.sha256(_CAVEAT_TAG + state + varint_encode(len(vid)) + vid + caveat.id).digest()


def _link_message(state: bytes, next_key: PublicKey, payload: bytes) -> bytes:
    # A key's code says how long it is, so no two links have one message.
    return _LINK_TAG + state + multikey.encode(next_key) + payload


def _open(macaroon: Macaroon, payload: bytes) -> bytes:
    """The transcript of all of `macaroon`, to which something may be added."""
    if not isinstance(macaroon, Macaroon):
        raise InputError(f"expected a Macaroon, got {type(macaroon).__name__}")
    if type(payload) is not bytes or not payload:
        raise InputError("link: expected a payload of at least one byte")
    caveats = macaroon.unverified_caveats
    if caveats and caveats[-1].vid is None and caveats[-1].id.startswith(_PRESENTATION):
        raise DelegationError("this macaroon has been presented; nothing can be added to it")
    return transcript(macaroon.identifier, caveats)


def _body(condition: bytes, prefix: bytes) -> bytes:
    try:
        text = condition[len(prefix) :].decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("a link is not ASCII") from None
    return base64url_decode(text)


def _link(condition: bytes, state: bytes) -> SignedLink:
    body = _body(condition, _LINK)
    # The length is said once more than needed, and must be that of the key's algorithm.
    size = 1 + int.from_bytes(body[:1])
    key = multikey.read(body[1:size])
    signature, payload = _split(body[size:])
    return SignedLink(payload, key, signature, state)


def _presentation(condition: bytes, state: bytes) -> SignedPresentation:
    signature, payload = _split(_body(condition, _PRESENTATION))
    return SignedPresentation(payload, signature, state)


def _split(body: bytes) -> tuple[bytes, bytes]:
    if len(body) <= SIGNATURE_BYTES:
        raise MalformedError("a link or presentation is cut short")
    return body[:SIGNATURE_BYTES], body[SIGNATURE_BYTES:]
