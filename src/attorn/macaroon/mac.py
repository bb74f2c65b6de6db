"""The MAC of a Macaroon: made link by link, and verified over every caveat before any of them is shown.

HMAC-SHA256 as libmacaroons chains it, so any Macaroon library makes and verifies the same signatures. Two steps, and
the second cannot come first: `verify` returns the caveats, and nothing else does that a decision may rest on. What no
MAC covers, the locations, is not among what it returns.

A discharge may need no discharge itself: without that rule a few kilobytes verify in exponential time, or never end.
Source: libmacaroons, macaroons.c; Birgisson and others, "Macaroons" (NDSS 2014).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from attorn.errors import (
    ChainError,
    InputError,
    LimitError,
    NotAdmittedError,
    SignatureError,
)
from attorn.handed import draw
from attorn.macaroon.container import MOST_CAVEATS, MOST_MACAROONS, SIGNATURE_BYTES, Macaroon, UnverifiedCaveat
from attorn.macaroon.key import MacKey

_GENERATOR: Final = b"macaroons-key-generator"
_ZERO: Final = bytes(SIGNATURE_BYTES)


@dataclass(frozen=True, slots=True)
class ProvenCaveat:
    """A caveat that the MAC covers. Proven is not cleared: what it demands is still to be asked.

    `id` is the condition of a first-party caveat. A third party's has its `vid` and, as `conditions`, the first-party
    caveats of its discharge, all of which must hold as well.
    """

    id: bytes
    vid: bytes | None = None
    conditions: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """What one root key has signed: the identifier, and every caveat in its order."""

    identifier: bytes
    caveats: tuple[ProvenCaveat, ...]


def mint(root: MacKey, identifier: bytes, *, location: str | None = None) -> Macaroon:
    """A macaroon without caveats, under the root key's own key for this identifier. Use an identifier once.

    Raises `InputError`, `MalformedError` or `LimitError` for an identifier or location that no macaroon holds.
    """
    return _first(_key(root).of_token(identifier), identifier, location)


def discharge(key: MacKey, identifier: bytes, *, location: str | None = None) -> Macaroon:
    """What a third party returns once the caveat `identifier` holds; `key` is that caveat's. Raises as `mint`."""
    return _first(_key(key), identifier, location)


def attenuate(macaroon: Macaroon, condition: bytes) -> Macaroon:
    """`macaroon` with one more first-party caveat. Needs no key. Raises as `UnverifiedCaveat` does."""
    return _added(_whole(macaroon), UnverifiedCaveat(condition))


def require(
    macaroon: Macaroon,
    *,
    key: MacKey,
    identifier: bytes,
    random: Callable[[int], bytes],
    location: str | None = None,
) -> Macaroon:
    """`macaroon` with a third party's caveat, which only a discharge under `key` satisfies.

    The third party must be able to tell from `identifier` what is asked of it and what the key is. `random` returns
    that many random bytes, as `secrets.token_bytes` does. Raises as `UnverifiedCaveat` does, and `UnavailableError` if
    the random source fails.
    """
    nonce = draw(random, SecretBox.NONCE_SIZE)
    box = SecretBox(_whole(macaroon).signature)
    vid = bytes(box.encrypt(_generated(_key(key)), nonce))
    return _added(macaroon, UnverifiedCaveat(identifier, vid, location))


def bind(macaroon: Macaroon, unbound: Macaroon) -> Macaroon:
    """The discharge `unbound`, good from now on only beside `macaroon` as it stands."""
    return replace(_whole(unbound), signature=_bound(_whole(macaroon).signature, unbound.signature))


def verify(macaroon: Macaroon, discharges: Sequence[Macaroon], root: MacKey) -> Proven:
    """Everything that `root` has signed in `macaroon`, after each third party's caveat was met by its one discharge.

    Raises `NotAdmittedError` for a discharge that needs discharging, `SignatureError` if any MAC is not right,
    `ChainError` for a discharge that is missing, given twice or not asked for, and `LimitError` for too many.
    """
    given = _given(macaroon, discharges)
    before, caveats = verify_mac(macaroon, root), macaroon.unverified_caveats
    wanted = [caveat.id for caveat in caveats if caveat.vid is not None]
    if len(set(wanted)) != len(wanted) or set(wanted) != given.keys():
        raise ChainError("expected exactly one discharge for each third party's caveat, and no other")
    for held, caveat in zip(before, caveats, strict=True):
        if caveat.vid is not None:
            _verify_discharge(given[caveat.id], _opened(held, caveat.vid), macaroon.signature)
    return Proven(macaroon.identifier, tuple(_proven(caveat, given) for caveat in caveats))


def verify_mac(macaroon: Macaroon, root: MacKey) -> list[bytes]:
    """The signature before each caveat, if `root` has signed all of them. Raises `SignatureError`.

    What third parties demand is another question, which `verify` asks.
    """
    signature = _hmac(_generated(_key(root).of_token(_whole(macaroon).identifier)), macaroon.identifier)
    before: list[bytes] = []
    for caveat in macaroon.unverified_caveats:
        before.append(signature)
        signature = _next(signature, caveat)
    if not hmac.compare_digest(signature, macaroon.signature):
        raise SignatureError("the MAC of the macaroon does not verify")
    return before


def _given(macaroon: Macaroon, discharges: Sequence[Macaroon]) -> dict[bytes, Macaroon]:
    """The discharges by identifier."""
    _whole(macaroon)
    if not isinstance(discharges, list | tuple):
        raise InputError(f"discharges: expected a list, got {type(discharges).__name__}")
    if len(discharges) >= MOST_MACAROONS:
        raise LimitError(f"expected at most {MOST_MACAROONS - 1} discharges, got {len(discharges)}", step=1)
    found = {_whole(each).identifier: each for each in discharges}
    if len(found) != len(discharges):
        raise ChainError("two discharges have the same identifier")
    if any(caveat.vid is not None for each in discharges for caveat in each.unverified_caveats):
        raise NotAdmittedError("a discharge that needs a discharge itself is not admitted")
    return found


def _verify_discharge(found: Macaroon, generated: bytes, bound_to: bytes) -> None:
    signature = _hmac(generated, found.identifier)
    for caveat in found.unverified_caveats:
        signature = _next(signature, caveat)
    if not hmac.compare_digest(_bound(bound_to, signature), found.signature):
        raise SignatureError("the MAC of a discharge does not verify, or it is bound to another macaroon")


def _opened(held: bytes, vid: bytes) -> bytes:
    """The key of a third party's caveat, as whoever added it hid it in its verification id."""
    try:
        return bytes(SecretBox(held).decrypt(vid))
    except CryptoError:
        # Whoever holds a macaroon can add a caveat with anything in this place; the MAC over it is right.
        raise SignatureError("the verification id of a third party's caveat is not genuine") from None


def _proven(caveat: UnverifiedCaveat, given: dict[bytes, Macaroon]) -> ProvenCaveat:
    if caveat.vid is None:
        return ProvenCaveat(caveat.id)
    return ProvenCaveat(caveat.id, caveat.vid, tuple(each.id for each in given[caveat.id].unverified_caveats))


def _key(key: MacKey) -> MacKey:
    if not isinstance(key, MacKey):
        raise InputError(f"macaroon key: expected a MacKey, got {type(key).__name__}")
    return key


def _whole(macaroon: Macaroon) -> Macaroon:
    if not isinstance(macaroon, Macaroon):
        raise InputError(f"expected a Macaroon, got {type(macaroon).__name__}")
    return macaroon


def _first(key: MacKey, identifier: bytes, location: str | None) -> Macaroon:
    if type(identifier) is not bytes:
        raise InputError(f"identifier: expected bytes, got {type(identifier).__name__}")
    return Macaroon(identifier, (), _hmac(_generated(key), identifier), location)


def _added(macaroon: Macaroon, caveat: UnverifiedCaveat) -> Macaroon:
    if len(macaroon.unverified_caveats) == MOST_CAVEATS:
        raise InputError(f"a macaroon has at most {MOST_CAVEATS} caveats")
    caveats = (*macaroon.unverified_caveats, caveat)
    return replace(macaroon, unverified_caveats=caveats, signature=_next(macaroon.signature, caveat))


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _generated(key: MacKey) -> bytes:
    return _hmac(_GENERATOR, key.secret)


def _next(signature: bytes, caveat: UnverifiedCaveat) -> bytes:
    if caveat.vid is None:
        return _hmac(signature, caveat.id)
    return _hmac(signature, _hmac(signature, caveat.vid) + _hmac(signature, caveat.id))


def _bound(root: bytes, signature: bytes) -> bytes:
    return _hmac(_ZERO, _hmac(_ZERO, root) + _hmac(_ZERO, signature))
