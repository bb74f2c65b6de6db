"""libsodium and OpenSSL, asked the same thing once: signatures, whether keys are points, and keys from passphrases.

A law's examples share people and links, and whoever signs verifies at once what a verifier verifies again. The answers
are those of the same bytes, so nothing that attorn does is left out; a signature that is not genuine is always asked.
"""

from __future__ import annotations

from functools import lru_cache

import pytest
from nacl.exceptions import BadSignatureError

from attorn.keys import keyfile, p256, public, signer

_MOST = 20_000
_verify_p256 = p256.verify
_signed = lru_cache(_MOST)(signer.crypto_sign)
_opened = lru_cache(_MOST)(public.crypto_sign_open)
_is_point = lru_cache(_MOST)(public.crypto_core_ed25519_is_valid_point)
_stretched = lru_cache(_MOST)(keyfile._stretch)


@lru_cache(_MOST)
def _genuine(key: bytes, signature: bytes, message: bytes) -> bool:
    if not _verify_p256(key, signature, message):
        raise BadSignatureError
    return True


def _verified(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        return _genuine(key, signature, message)
    except BadSignatureError:
        return False


def asked_once(patch: pytest.MonkeyPatch) -> None:
    """From now on, until the patch is undone."""
    patch.setattr(signer, "crypto_sign", _signed)
    patch.setattr(public, "crypto_sign_open", _opened)
    patch.setattr(public, "crypto_core_ed25519_is_valid_point", _is_point)
    patch.setattr(p256, "verify", _verified)


def stretched_once(patch: pytest.MonkeyPatch) -> None:
    """From now on, until the patch is undone: a key file is opened again and again in one test, and by many."""
    patch.setattr(keyfile, "_stretch", _stretched)
