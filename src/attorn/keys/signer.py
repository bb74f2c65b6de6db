"""Private keys behind one protocol, so that a key may as well live in a hardware module that never reveals it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, Protocol, Self, SupportsIndex

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.handed import ask
from attorn.keys import ecdsa
from attorn.keys.public import SIGNATURE_BYTES, Algorithm, PublicKey

if TYPE_CHECKING:
    from attorn.keys import p256


class Signer(Protocol):
    """Whatever can sign for one public key. Callers use `signed`, which trusts no signer."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what `sign` returns."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes: R||S for Ed25519; r||s for ECDSA with SHA-256 over P-256 (either half of s)."""


class Signatory(Protocol):
    """Whoever signs under a DID: an `Identity`, or anything with its DID and its signer."""

    @property
    def did(self) -> str:
        """The DID that signs."""

    @property
    def signer(self) -> Signer:
        """The key that signs for it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a signatory said of itself, once."""

    did: str
    signer: Signer = field(repr=False)


def require_signatory(by: Signatory, name: str) -> Signatory:
    """The DID and the signer of `by`, asked once. Raises `InputError` unless it has both, `UnavailableError`."""
    did, signer = ask("identity", lambda: (getattr(by, "did", None), getattr(by, "signer", None)))
    if not isinstance(did, str) or signer is None:
        raise InputError(f"{name}: expected an identity, got {type(by).__name__}")
    return _Asked(did, signer)


class _PrivateKey:
    """What both private keys share: they show the public half only, and refuse to be copied or pickled."""

    __slots__ = ("_public_key",)
    _public_key: PublicKey

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what `sign` returns."""
        return self._public_key

    def __repr__(self) -> str:
        return f"{type(self).__name__}(public_key={self._public_key.data.hex()})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise InputError("a private key cannot be pickled or copied; save it to a key file")

    def __getstate__(self) -> NoReturn:
        raise InputError("a private key cannot be pickled or copied; save it to a key file")


class Ed25519Signer(_PrivateKey):
    """An Ed25519 private key (RFC 8032) held in memory."""

    __slots__ = ("_secret",)
    _secret: bytes

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the system's random source."""
        return cls.from_seed(secrets.token_bytes(32))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed, the private key of RFC 8032. Raises `InputError`."""
        if not isinstance(seed, bytes) or len(seed) != 32:
            raise InputError("Ed25519 seed: expected 32 bytes")
        public, secret = crypto_sign_seed_keypair(bytes(seed))
        signer = cls()
        signer._public_key = PublicKey(Algorithm.ED25519, public)
        signer._secret = secret
        return signer

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature R||S of `message`. Raises `InputError` for a message that is not `bytes`."""
        return crypto_sign(_octets(message), self._secret)[:SIGNATURE_BYTES]

    def export_secret(self) -> bytes:
        """The 32-byte seed itself, for a key file or a backup. Whoever has it can sign as this key."""
        return self._secret[:32]


class P256Signer(_PrivateKey):
    """A P-256 private key held in memory. Signatures are deterministic (RFC 6979)."""

    __slots__ = ("_private",)
    _private: p256.PrivateKey

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the system's random source."""
        return cls.from_scalar((secrets.randbelow(ecdsa.ORDER - 1) + 1).to_bytes(32, "big"))

    @classmethod
    def from_scalar(cls, scalar: bytes) -> Self:
        """The key of a 32-byte big-endian scalar in 1..n-1. Raises `InputError`."""
        if not isinstance(scalar, bytes) or len(scalar) != 32:
            raise InputError("P-256 scalar: expected 32 bytes")
        number = int.from_bytes(scalar, "big")
        if not 0 < number < ecdsa.ORDER:
            raise InputError("P-256 scalar: outside 1..n-1")
        from attorn.keys import p256  # noqa: PLC0415 - loads OpenSSL, which most programs never need

        signer = cls()
        signer._private = p256.PrivateKey(number)
        signer._public_key = PublicKey(Algorithm.P256, signer._private.public)
        return signer

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature r||s of `message`, low S.

        Raises `InputError` for a message that is not `bytes`, and `UnavailableError` if OpenSSL is older than 3.2.
        """
        return self._private.sign(_octets(message))

    def unpredictable(self) -> Signer:
        """The same key with a fresh random number in each signature: for what nobody may guess from its hash."""
        signer = _UnpredictableSigner()
        signer._private, signer._public_key = self._private, self._public_key
        return signer

    def export_secret(self) -> bytes:
        """The 32-byte scalar itself, for a key file or a backup. Whoever has it can sign as this key."""
        return self._private.scalar()


class _UnpredictableSigner(_PrivateKey):
    __slots__ = ("_private",)
    _private: p256.PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature r||s of `message`, low S, another one each time."""
        return self._private.sign(_octets(message), deterministic=False)


class PinnedSigner:
    """A signer held to one key: `signed` refuses what it signs with any other, whatever it says its key is later."""

    __slots__ = ("_signer", "public_key")

    def __init__(self, signer: Signer, key: PublicKey) -> None:
        self._signer = signer
        self.public_key = key

    def sign(self, message: bytes) -> bytes:
        """What the signer returns."""
        return self._signer.sign(message)


def key_of(signer: Signer) -> PublicKey:
    """The public key of `signer`. Raises `UnavailableError` if the signer fails in any way, or has none."""
    try:
        key = signer.public_key
    except Exception as error:  # noqa: BLE001 - a signer is the caller's own code or hardware and may raise anything
        failure = type(error).__name__
    else:
        if not isinstance(key, PublicKey):
            raise UnavailableError(f"the signer's public key must be a PublicKey, got {type(key).__name__}")
        return key
    # Outside the handler: what the hardware said may name secrets, so it is not chained to this error.
    raise UnavailableError(f"the signer failed with {failure}")


def signed(signer: Signer, message: bytes) -> bytes:
    """The signature of `message`, made by `signer` and then verified: a faulty one must not emit junk.

    P-256 signatures are normalised to low S. Raises `InputError` for a message that is not `bytes`, and
    `UnavailableError` if the signer fails in any way or its signature does not verify with `signer.public_key`.
    """
    _octets(message)
    try:
        key = signer.public_key
        signature = signer.sign(message)
    except Exception as error:  # noqa: BLE001 - a signer is the caller's own code or hardware and may raise anything
        failure = type(error).__name__
    else:
        return _normalised(key, signature, message)
    # Outside the handler: what the hardware said may name secrets, so it is not chained to this error.
    raise UnavailableError(f"the signer failed with {failure}")


def _octets(message: bytes) -> bytes:
    if type(message) is not bytes:
        raise InputError(f"message: expected bytes, got {type(message).__name__}")
    return message


def _normalised(key: PublicKey, signature: bytes, message: bytes) -> bytes:
    if not isinstance(key, PublicKey):
        raise UnavailableError(f"the signer's public key must be a PublicKey, got {type(key).__name__}")
    if type(signature) is not bytes or len(signature) != SIGNATURE_BYTES:
        raise UnavailableError("the signer must return 64 bytes")
    if key.algorithm is Algorithm.P256 and not ecdsa.is_low_s(signature):
        try:
            signature = ecdsa.to_low_s(signature)
        except MalformedError:
            raise UnavailableError("the signer returned a signature out of range") from None
    if not key.verify(signature, message):
        raise UnavailableError("the signer returned a signature that its own public key does not verify")
    return signature
