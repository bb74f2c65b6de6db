"""Keys that never leave their hardware, and hardware that fails: a signer is trusted with nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    refused,
    shown,
    verifier,
)

from attorn import Identity, Token, caveat, revocation
from attorn.did import jwk, key
from attorn.errors import (
    KeyFileError,
    UnavailableError,
)
from attorn.keys.public import Algorithm, PublicKey

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Vault:
    """Stands for the inside of a hardware module: keys by their handle, nothing but signatures comes out."""

    def __init__(self) -> None:
        self.__keys: list[Ed25519PrivateKey | ec.EllipticCurvePrivateKey] = []
        self.high = 0

    def create(self, algorithm: str) -> int:
        self.__keys.append(
            Ed25519PrivateKey.generate() if algorithm == "Ed25519" else ec.generate_private_key(ec.SECP256R1())
        )
        return len(self.__keys) - 1

    def public(self, handle: int) -> PublicKey:
        public = self.__keys[handle].public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            return PublicKey(Algorithm.P256, public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
        return PublicKey(Algorithm.ED25519, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, handle: int, message: bytes, *, high: bool) -> bytes:
        key = self.__keys[handle]
        if isinstance(key, Ed25519PrivateKey):
            return key.sign(message)
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
        low = min(s, ORDER - s)
        self.high += high
        return r.to_bytes(32, "big") + (ORDER - low if high else low).to_bytes(32, "big")


VAULT = Vault()


class Hardware:
    """A signer that knows a handle. Every second P-256 signature it returns has high S."""

    __slots__ = ("calls", "handle", "public_key")

    def __init__(self, algorithm: str) -> None:
        self.handle = VAULT.create(algorithm)
        self.public_key = VAULT.public(self.handle)
        self.calls = 0

    def sign(self, message: bytes) -> bytes:
        self.calls += 1
        return VAULT.sign(self.handle, message, high=self.calls % 2 == 0)


@pytest.mark.parametrize(
    "algorithms",
    [("Ed25519",) * 3, ("P-256",) * 3, ("Ed25519", "P-256", "Ed25519"), ("P-256", "Ed25519", "P-256")],
    ids=["ed25519", "p256", "mixed", "mixed-the-other-way"],
)
@pytest.mark.parametrize("method", ["key", "jwk"])
def test_a_key_in_hardware_mints_delegates_presents_and_revokes(algorithms: Sequence[str], method: str) -> None:
    signers = [Hardware(algorithm) for algorithm in algorithms]
    dids = [(key if method == "key" else jwk).encode(signer.public_key) for signer in signers]
    alice, planner, scout = (
        Identity(signer, did=did, clock=Clock()) for signer, did in zip(signers, dids, strict=True)
    )
    assert [signer.calls for signer in signers] == [0, 0, 0]
    by = verifier(roots=[alice.did])
    # Several times, so that each signature is made in both halves of S.
    for number in range(1, 5):
        token = alice.mint(to=planner.did, caveats=[READ, caveat.ExpiresIn(hours=8)])
        narrow = planner.delegate(Token.decode(token.encode()), to=scout.did, caveats=[caveat.Range("limit", 1, 10)])
        access = accepted(shown(narrow, scout), by=by)
        assert (access.root, access.holder) == (alice.did, scout.did)
        # One signature for each link; a presentation takes two, its block and the seal.
        assert [signer.calls for signer in signers] == [number, number, 2 * number]
    by.store.apply(revocation.revoke(narrow, by=planner))  # type: ignore[attr-defined]
    refused(shown(narrow, scout), "revoked", 7, by=by)
    # Nothing that attorn was handed holds a key.
    for signer in signers:
        assert {name for name in dir(signer) if not name.startswith("__")} == {"calls", "handle", "public_key", "sign"}


def test_the_hardware_really_returned_high_s() -> None:
    before = VAULT.high
    signer = Hardware("P-256")
    root = Identity(signer, clock=Clock())
    signatures = [root.mint(to=PLANNER.did, caveats=[READ]).unverified.blocks[0].signature for _ in range(4)]
    assert VAULT.high - before == 2
    for signature in signatures:
        assert decode_dss_signature(signature)[1] <= ORDER // 2


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_a_key_in_hardware_cannot_be_saved(tmp_path: Path, algorithm: str) -> None:
    with pytest.raises(KeyFileError, match="does not reveal"):
        Identity(Hardware(algorithm)).save(tmp_path / "key", passphrase="p", strength="interactive")
    assert list(tmp_path.iterdir()) == []


class Faulty:
    """A signer that answers with whatever `spoil` makes of a good signature."""

    def __init__(self, algorithm: str, spoil: Callable[[Hardware, bytes], Any]) -> None:
        self._good = Hardware(algorithm)
        self._spoil = spoil

    @property
    def public_key(self) -> PublicKey:
        return self._good.public_key

    def sign(self, message: bytes) -> bytes:
        return self._spoil(self._good, message)  # type: ignore[no-any-return]


def _raise(error: BaseException) -> Any:
    raise error


def _flipped(signature: bytes) -> bytes:
    return bytes((signature[0] ^ 1,)) + signature[1:]


FAULTS: dict[str, Callable[[Hardware, bytes], Any]] = {
    "raises-os-error": lambda *_: _raise(OSError("token removed")),
    "raises-runtime-error": lambda *_: _raise(RuntimeError("PIN 1234 is wrong")),
    "raises-key-error": lambda *_: _raise(KeyError("slot")),
    "returns-none": lambda *_: None,
    "returns-text": lambda *_: "x" * 64,
    "returns-bytearray": lambda good, message: bytearray(good.sign(message)),
    "returns-nothing": lambda *_: b"",
    "returns-zeros": lambda *_: bytes(64),
    "returns-ones": lambda *_: b"\xff" * 64,
    "cut-short": lambda good, message: good.sign(message)[:-1],
    "one-byte-more": lambda good, message: good.sign(message) + b"\0",
    "one-bit-flipped": lambda good, message: _flipped(good.sign(message)),
    "another-message": lambda good, message: good.sign(message + b"\0"),
    "another-key": lambda good, message: Hardware(str(good.public_key.algorithm)).sign(message),
}


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_signer_emits_nothing(algorithm: str, fault: Callable[[Hardware, bytes], Any]) -> None:
    broken = Identity(Faulty(algorithm, fault), clock=Clock())
    token = ALICE.mint(to=broken.did, caveats=[READ])
    for attempt in (
        lambda: broken.mint(to=SCOUT.did, caveats=[READ]),
        lambda: broken.delegate(token, to=SCOUT.did),
        lambda: broken.present(token, REQUEST, audience=AUDIENCE),
        lambda: revocation.revoke(token.unverified_links[0], by=broken),
    ):
        with pytest.raises(UnavailableError) as caught:
            attempt()
        assert "1234" not in str(caught.value)


def test_a_signer_that_fails_at_the_seal_emits_nothing() -> None:
    calls = iter((True, False))
    broken = Identity(Faulty("Ed25519", lambda good, message: good.sign(message) if next(calls) else b""))
    token = ALICE.mint(to=broken.did, caveats=[READ])
    with pytest.raises(UnavailableError):
        broken.present(token, REQUEST, audience=AUDIENCE)


class Swapped:
    """A signer whose slot was given another key meanwhile."""

    def __init__(self) -> None:
        self.inner: Hardware = Hardware("Ed25519")

    @property
    def public_key(self) -> PublicKey:
        return self.inner.public_key

    def sign(self, message: bytes) -> bytes:
        return self.inner.sign(message)


@pytest.mark.parametrize("what", ["mint", "delegate", "present"])
def test_a_signer_that_changes_its_key_emits_nothing(what: str) -> None:
    signer = Swapped()
    identity = Identity(signer, clock=Clock())
    token = ALICE.mint(to=identity.did, caveats=[READ])
    signer.inner = Hardware("Ed25519")
    with pytest.raises(UnavailableError):
        {
            "mint": lambda: identity.mint(to=SCOUT.did, caveats=[READ]),
            "delegate": lambda: identity.delegate(token, to=SCOUT.did),
            "present": lambda: identity.present(token, REQUEST, audience=AUDIENCE),
        }[what]()


class NoKey:
    """A signer whose key cannot be read."""

    @property
    def public_key(self) -> PublicKey:
        raise OSError("no slot")

    def sign(self, message: bytes) -> bytes:
        raise OSError("no slot")


def test_a_signer_that_does_not_say_its_key() -> None:
    with pytest.raises(UnavailableError):
        Identity(NoKey())
