"""What Biscuit signatures cover, and whether they verify.

Source: Biscuit specification 3.3, "Cryptography". attorn signs and accepts version 1 alone: a version 0 payload does
not cover the previous signature, so with long-lived keys a link could be moved onto another token. Version 0 and
external signatures are here so that foreign tokens can be told genuine from forged.
"""

from __future__ import annotations

from attorn.biscuit.container import Container, ProofKind, SignedBlock
from attorn.errors import InputError, MalformedError, SignatureError
from attorn.keys.ecdsa import der_to_raw, raw_to_der, to_low_s
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer, signed

_BLOCK = b"\0BLOCK\0\0VERSION\0\x01\0\0\0\0PAYLOAD\0"
_ALGORITHM = {
    Algorithm.ED25519: b"\0ALGORITHM\0\0\0\0\0\0NEXTKEY\0",
    Algorithm.P256: b"\0ALGORITHM\0\x01\0\0\0\0NEXTKEY\0",
}
_ALGORITHM_V0 = {Algorithm.ED25519: b"\0\0\0\0", Algorithm.P256: b"\x01\0\0\0"}


def block_payload(payload: bytes, next_key: PublicKey, previous: bytes | None, external: bytes | None = None) -> bytes:
    """The version 1 signature payload; `previous` is the previous block's wire signature, None for the authority."""
    out = _BLOCK + payload + _ALGORITHM[next_key.algorithm] + next_key.data
    if previous is not None:
        out += b"\0PREVSIG\0" + previous
    if external is not None:
        out += b"\0EXTERNALSIG\0" + external
    return out


def seal_payload(last: SignedBlock) -> bytes:
    """What `finalSignature` covers (version 0, the only one there is)."""
    return last.payload + _ALGORITHM_V0[last.next_key.algorithm] + last.next_key.data + last.signature


def sign_block(signer: Signer, payload: bytes, next_key: PublicKey, previous: bytes | None) -> SignedBlock:
    """A version 1 block signed by `signer`. Raises `UnavailableError` if the signer fails."""
    signature = signed(signer, block_payload(payload, next_key, previous))
    return SignedBlock(payload, next_key, to_wire(signer.public_key, signature))


def seal(signer: Signer, last: SignedBlock) -> bytes:
    """The wire form of the final signature over `last`. Raises `UnavailableError` if the signer fails."""
    return to_wire(signer.public_key, signed(signer, seal_payload(last)))


def to_wire(key: PublicKey, raw: bytes) -> bytes:
    """The form a raw 64-byte signature takes in a container."""
    return raw if key.algorithm is Algorithm.ED25519 else raw_to_der(raw)


def verifies(key: PublicKey, wire_signature: bytes, message: bytes) -> bool:
    """Whether `key` signed `message`; a high-S or carelessly encoded P-256 signature does not count."""
    if key.algorithm is Algorithm.ED25519:
        return key.verify(wire_signature, message)
    try:
        return key.verify(der_to_raw(wire_signature), message)
    except MalformedError:
        return False


def verify_block(key: PublicKey, block: SignedBlock, previous: bytes | None, position: int) -> None:
    """Return if `key` signed `block` in attorn's one form. Raises `SignatureError` naming the block's position."""
    if block.version != 1 or block.external is not None:
        raise SignatureError(f"block {position}: expected signature version 1 and no external signature")
    if not verifies(key, block.signature, block_payload(block.payload, block.next_key, previous)):
        raise SignatureError(f"block {position}: the signature does not verify with the previous block's next key")


def verify_foreign(container: Container, root: PublicKey) -> None:
    """Return if every signature of any standard Biscuit verifies, as stock libraries hold it.

    That is with version 0, third-party blocks and high-S signatures, none of which attorn makes or accepts: it tells a
    genuine foreign token from a forged one and authorises nothing. Raises `SignatureError`.
    """
    key, previous = root, None
    for position, block in enumerate(container.blocks):
        _verify_foreign_block(key, block, previous, position)
        key, previous = block.next_key, block.signature
    if container.proof is ProofKind.SEAL:
        if not _verifies_foreign(key, container.proof_bytes, seal_payload(container.blocks[-1])):
            raise SignatureError("the seal does not verify with the last next key")
    elif container.proof is not ProofKind.BEARER or not _is_secret_of(container.proof_bytes, key):
        raise SignatureError("the proof is not the secret of the last next key")


def _verify_foreign_block(key: PublicKey, block: SignedBlock, previous: bytes | None, position: int) -> None:
    external = None if block.external is None else block.external.signature
    if block.version == 1:
        message = block_payload(block.payload, block.next_key, previous, external)
    elif block.version == 0 and external is None:
        message = block.payload + _ALGORITHM_V0[block.next_key.algorithm] + block.next_key.data
    else:
        raise SignatureError(f"block {position}: signature version {block.version} is not supported here")
    if not _verifies_foreign(key, block.signature, message):
        raise SignatureError(f"block {position}: the signature does not verify")
    if block.external is not None:
        message = b"\0EXTERNAL\0\0VERSION\0\x01\0\0\0\0PAYLOAD\0" + block.payload + b"\0PREVSIG\0" + (previous or b"")
        if not _verifies_foreign(block.external.key, block.external.signature, message):
            raise SignatureError(f"block {position}: the external signature does not verify")


def _verifies_foreign(key: PublicKey, wire_signature: bytes, message: bytes) -> bool:
    if key.algorithm is Algorithm.ED25519:
        return key.verify(wire_signature, message)
    try:
        # The low-S twin is good exactly where the signature is.
        return key.verify(to_low_s(der_to_raw(wire_signature, low_s=False)), message)
    except MalformedError:
        return False


def _is_secret_of(secret: bytes, key: PublicKey) -> bool:
    try:
        if key.algorithm is Algorithm.ED25519:
            return Ed25519Signer.from_seed(secret).public_key == key
        return P256Signer.from_scalar(secret).public_key == key
    except InputError:
        return False
