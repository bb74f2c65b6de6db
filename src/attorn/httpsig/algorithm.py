"""attorn's own strict signature checks, as algorithms of the library. The key says which one, never the message."""

from __future__ import annotations

from typing import Final

from http_message_signatures import HTTPSignatureAlgorithm, InvalidSignature

from attorn.keys.public import Algorithm, PublicKey


class _Strict(HTTPSignatureAlgorithm):
    def __init__(self, public_key: PublicKey | None = None, private_key: None = None) -> None:
        # What is signed here is signed by attorn: the library sees no private key.
        self._key = public_key

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return for a genuine signature. Raises `InvalidSignature`."""
        # RFC 9421 signers emit either half of s.
        if self._key is None or not self._key.verify_any_s(signature, message):
            raise InvalidSignature("not signed by this key")


class _Ed25519(_Strict):
    algorithm_id = "ed25519"


class _P256(_Strict):
    algorithm_id = "ecdsa-p256-sha256"


ALGORITHMS: Final[dict[Algorithm, type[HTTPSignatureAlgorithm]]] = {
    Algorithm.ED25519: _Ed25519,
    Algorithm.P256: _P256,
}
"""The one algorithm of each key. There is no shared secret among them, and no RSA."""
