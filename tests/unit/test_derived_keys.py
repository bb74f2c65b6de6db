"""One key for each audience: the same every time, of the same kind, and nothing like any other."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from attorn.errors import InputError
from attorn.keys.derived import derive
from attorn.keys.public import Algorithm
from attorn.keys.signer import Ed25519Signer, P256Signer, PinnedSigner, signed

SEED = bytes(range(32))
SIGNERS = [Ed25519Signer.from_seed(SEED), P256Signer.from_scalar(SEED)]


@pytest.mark.parametrize("signer", SIGNERS, ids=["Ed25519", "P-256"])
def test_a_name_gives_one_key_of_the_same_kind_that_signs(signer: Any) -> None:
    made = derive(signer, "did:web:a.example")
    assert made.public_key == derive(signer, "did:web:a.example").public_key
    assert made.public_key.algorithm is signer.public_key.algorithm
    assert made.public_key.verify(signed(made, b"x"), b"x")


@pytest.mark.parametrize("signer", SIGNERS, ids=["Ed25519", "P-256"])
def test_other_names_and_other_keys_give_other_keys(signer: Any) -> None:
    other = type(signer).generate()
    names = ["a", "A", "a ", "a\0", "\0a", "\u2603", "a" * 5000]
    found = {derive(each, name).public_key for each in (signer, other) for name in names}
    assert len(found) == 2 * len(names)
    assert not found & {signer.public_key, other.public_key}


def test_one_secret_of_two_kinds_gives_unrelated_keys() -> None:
    first, second = (derive(signer, "a") for signer in SIGNERS)
    assert first.export_secret() != second.export_secret()  # type: ignore[attr-defined]


def test_it_is_hkdf_with_sha_256() -> None:
    """Extract by hand (RFC 5869 section 2.2), expand by another class than the one that is used."""
    key = hmac.digest(b"attorn pairwise key v1", SEED, hashlib.sha256)
    expected = HKDFExpand(SHA256(), 32, b"Ed25519\0did:web:a.example").derive(key)
    assert derive(SIGNERS[0], "did:web:a.example").public_key == Ed25519Signer.from_seed(expected).public_key
    assert derive(SIGNERS[0], "a").public_key.algorithm is Algorithm.ED25519


@pytest.mark.parametrize("name", ["", None, b"a", 1, "\ud800"])
def test_a_name_is_text(name: Any) -> None:
    with pytest.raises(InputError):
        derive(SIGNERS[0], name)


def test_a_key_that_is_not_given_away_has_no_others() -> None:
    """A hardware module never reveals its key."""
    with pytest.raises(InputError):
        derive(PinnedSigner(SIGNERS[0], SIGNERS[0].public_key), "a")
