"""Private keys at rest: one JSON file, argon2id (RFC 9106) over the passphrase, XChaCha20-Poly1305 over the key.

Everything readable in the file is authenticated with the key. The file's owner and mode are the other half of its
protection (attorn/keys/owned.py).
"""

from __future__ import annotations

import os
import secrets
import unicodedata
from typing import Literal

from nacl import bindings
from nacl.exceptions import CryptoError

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, KeyFileError, MalformedError
from attorn.keys import owned
from attorn.keys.public import Algorithm
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer

Strength = Literal["interactive", "moderate", "sensitive"]

MOST = owned.MOST
"""Longest key file, in bytes."""

_FORMAT = "attorn key file 1"
_STRENGTHS: dict[str, tuple[int, int]] = {
    "interactive": (
        bindings.crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
        bindings.crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
    ),
    "moderate": (
        bindings.crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
        bindings.crypto_pwhash_argon2id_MEMLIMIT_MODERATE,
    ),
    "sensitive": (
        bindings.crypto_pwhash_argon2id_OPSLIMIT_SENSITIVE,
        bindings.crypto_pwhash_argon2id_MEMLIMIT_SENSITIVE,
    ),
}
_MEMBERS = {"algorithm", "did", "format", "memory", "nonce", "operations", "salt", "sealed"}
_SECRET_BYTES = 32
_SALT_BYTES = bindings.crypto_pwhash_SALTBYTES
_NONCE_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_SEALED_BYTES = _SECRET_BYTES + bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES


def save(
    path: str | os.PathLike[str],
    signer: Signer,
    did: str,
    passphrase: str | bytes,
    *,
    strength: Strength = "moderate",
    replace: bool = False,
) -> None:
    """Writes `signer`'s secret and its `did` to a new file of mode 0600, on disk when this returns.

    An existing file is an error unless `replace` is true; then it is replaced in one step. Raises `KeyFileError`,
    also for a signer that does not reveal its secret.
    """
    if not isinstance(signer, Ed25519Signer | P256Signer):
        raise KeyFileError(f"a {type(signer).__name__} does not reveal its secret; only keys held in memory are saved")
    if not isinstance(did, str) or not did.isascii():
        raise KeyFileError("key file: expected the DID as ASCII text")
    if not isinstance(strength, str) or strength not in _STRENGTHS:
        raise KeyFileError("key file: strength must be interactive, moderate or sensitive")
    name = owned.name(path)
    operations, memory = _STRENGTHS[strength]
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    header: dict[str, JsonValue] = {
        "algorithm": str(signer.public_key.algorithm),
        "did": did,
        "format": _FORMAT,
        "memory": memory,
        "nonce": base64url_encode(nonce),
        "operations": operations,
        "salt": base64url_encode(salt),
    }
    key = _stretch(_octets(passphrase), salt, operations, memory)
    sealed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        signer.export_secret(), canonicalise(header), nonce, key
    )
    content = canonicalise(header | {"sealed": base64url_encode(sealed)}) + b"\n"
    if len(content) > MOST:
        raise KeyFileError("key file: the DID is too long")
    owned.write(name, content, replace=replace)


def load(path: str | os.PathLike[str], passphrase: str | bytes) -> tuple[Ed25519Signer | P256Signer, str]:
    """The signer and the DID in the file at `path`.

    Raises `KeyFileError`: no such file, a symbolic link or no plain file, not this user's own, open to group or
    others, longer than 16 KiB, damaged, asking for more work than attorn ever writes, or another passphrase.
    """
    octets = _octets(passphrase)
    header, sealed = _open(owned.read(owned.name(path)))
    salt, nonce = _binary(header, "salt", _SALT_BYTES), _binary(header, "nonce", _NONCE_BYTES)
    did = header["did"]
    if not isinstance(did, str) or not did.isascii():
        raise KeyFileError("key file is damaged: its DID is not ASCII text")
    key = _stretch(octets, salt, *_work(header))
    try:
        secret = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, canonicalise(header), nonce, key)
    except CryptoError:
        raise KeyFileError("wrong passphrase, or the key file was altered") from None
    try:
        if header["algorithm"] == Algorithm.ED25519:
            return Ed25519Signer.from_seed(secret), did
        return P256Signer.from_scalar(secret), did
    except InputError:
        raise KeyFileError("key file is damaged: what it holds is not a private key") from None


def _open(content: bytes) -> tuple[dict[str, JsonValue], bytes]:
    try:
        header = parse(content, most=MOST, depth=2)
    except MalformedError as error:
        raise KeyFileError(f"key file is damaged: {error}") from None
    if not isinstance(header, dict) or header.keys() != _MEMBERS:
        raise KeyFileError("key file is damaged: not the members of a key file")
    if header["format"] != _FORMAT or header["algorithm"] not in tuple(Algorithm):
        raise KeyFileError("key file is of an unknown format or algorithm")
    sealed = _binary(header, "sealed", _SEALED_BYTES)
    del header["sealed"]
    return header, sealed


def _binary(header: dict[str, JsonValue], name: str, length: int) -> bytes:
    text = header[name]
    try:
        data = base64url_decode(text) if isinstance(text, str) else b""
    except MalformedError:
        data = b""
    if len(data) != length:
        raise KeyFileError(f"key file is damaged: {name} is not {length} bytes of base64url")
    return data


def _work(header: dict[str, JsonValue]) -> tuple[int, int]:
    # A damaged or hostile file must not choose how much time and memory opening it takes.
    for operations, memory in _STRENGTHS.values():
        if header["operations"] == operations and header["memory"] == memory:
            return operations, memory
    raise KeyFileError("key file is damaged: not the parameters of any strength")


def _octets(passphrase: str | bytes) -> bytes:
    # NFC, so that the same passphrase typed on another machine is the same bytes (RFC 8265 section 4.2).
    try:
        octets = unicodedata.normalize("NFC", passphrase).encode() if isinstance(passphrase, str) else passphrase
    except UnicodeEncodeError:
        octets = None
    if not isinstance(octets, bytes):
        raise KeyFileError("passphrase: expected text or bytes")
    if not octets:
        raise KeyFileError("passphrase: must not be empty")
    return octets


def _stretch(passphrase: bytes, salt: bytes, operations: int, memory: int) -> bytes:
    length = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
    algorithm = bindings.crypto_pwhash_ALG_ARGON2ID13
    try:
        return bindings.crypto_pwhash_alg(length, passphrase, salt, operations, memory, algorithm)
    except (CryptoError, RuntimeError, MemoryError):
        raise KeyFileError(f"key derivation failed: it needs {memory >> 20} MiB of memory") from None
