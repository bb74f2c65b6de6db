"""What a discharge says, so that a third party can grant with limits, and a person's approval can travel as one.

A discharge has conditions of two kinds and no others: `attorn-caveats-1.` with the checks of a Biscuit block, which
hold for the use as if the link that asked for the third party had stated them; and `attorn-approval-1.` with the text
of one approval. An approval's caveat is made by the holder, and its key follows from the text: what counts is the
approver's signature in it and no secret. Source: docs/adr/0019.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, NotAdmittedError
from attorn.macaroon import mac
from attorn.macaroon.container import VID_BYTES, Macaroon, UnverifiedCaveat
from attorn.macaroon.key import MacKey
from attorn.macaroon.mac import ProvenCaveat

_APPROVAL: Final = b"attorn-approval-1."
_CAVEATS: Final = b"attorn-caveats-1."
_KEY: Final = b"\0ATTORN\0MACAROON APPROVAL KEY\0v1\0"


@dataclass(frozen=True, slots=True)
class Discharged:
    """What all the discharges of one macaroon say. Proven by their MACs; nothing of it is cleared.

    `payloads` are the blocks with checks, each with the position of the link that asked for it.
    """

    approvals: tuple[str, ...]
    payloads: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """Somebody whose discharge a link demands. `identifier` tells them what is asked; `key` they share, or learn by it.

    Used by `Identity.mint` and `Identity.delegate`. Raises `InputError` for values that no macaroon holds, and for an
    identifier that an approval's caveat would have.
    """

    key: MacKey
    identifier: bytes
    location: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.key, MacKey):
            raise InputError(f"third party: expected a MacKey, got {type(self.key).__name__}")
        try:
            UnverifiedCaveat(self.identifier, bytes(VID_BYTES), self.location)
        except (MalformedError, LimitError) as error:
            raise InputError(f"third party: {error}") from None
        if self.identifier.startswith(_APPROVAL):
            raise InputError("third party: an identifier like this belongs to an approval")


def granting(key: MacKey, identifier: bytes, payload: bytes) -> Macaroon:
    """The discharge of the caveat `identifier`, for uses that pass the checks of the block in `payload`."""
    discharge = mac.discharge(key, identifier)
    return mac.attenuate(discharge, _CAVEATS + base64url_encode(payload).encode()) if payload else discharge


def approved(macaroon: Macaroon, approval: str) -> tuple[Macaroon, Macaroon]:
    """`macaroon` with a caveat that this approval discharges, and the discharge, not bound yet.

    Raises `InputError` for a text that is not ASCII.
    """
    try:
        text = approval.encode("ascii")
    except UnicodeEncodeError:
        raise InputError("approval: expected ASCII text") from None
    identifier = _ticket(text)
    ticket = hashlib.sha256(text).digest()
    key = MacKey(hashlib.sha256(_KEY + ticket).digest())
    # No secret is sealed here, so the nonce may as well follow from the text.
    demanding = mac.require(macaroon, key=key, identifier=identifier, random=lambda size: ticket[:size])
    return demanding, mac.attenuate(mac.discharge(key, identifier), _APPROVAL + text)


def read(caveats: Sequence[ProvenCaveat], positions: Sequence[int]) -> Discharged:
    """What the discharges of these caveats say; `positions` are those of the links that asked for each.

    Raises `NotAdmittedError` for a condition of any other kind: what is unknown prohibits.
    """
    approvals: list[str] = []
    payloads: list[tuple[int, bytes]] = []
    for caveat, position in zip(caveats, positions, strict=True):
        if caveat.vid is not None and caveat.id.startswith(_APPROVAL):
            approvals.append(_approval(caveat))
            continue
        for condition in caveat.conditions:
            if not condition.startswith(_CAVEATS):
                raise NotAdmittedError("a discharge holds a condition that is unknown here")
            payloads.append((position, base64url_decode(_text(condition[len(_CAVEATS) :]))))
    return Discharged(tuple(approvals), tuple(payloads))


def _approval(caveat: ProvenCaveat) -> str:
    """The one approval that the caveat is for. Its key is no secret, so anybody could have made another discharge."""
    if len(caveat.conditions) != 1 or not caveat.conditions[0].startswith(_APPROVAL):
        raise NotAdmittedError("the discharge of an approval's caveat holds that approval and nothing else")
    text = caveat.conditions[0][len(_APPROVAL) :]
    if caveat.id != _ticket(text):
        raise NotAdmittedError("a discharge holds another approval than its caveat is for")
    return _text(text)


def _ticket(text: bytes) -> bytes:
    return _APPROVAL + base64url_encode(hashlib.sha256(text).digest()).encode()


def _text(condition: bytes) -> str:
    try:
        return condition.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("a condition of a discharge is not ASCII") from None
