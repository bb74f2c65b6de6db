"""Identities: what they are made of, how they are kept, and how they present."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    Clock,
    accepted,
    document,
    shown,
    verifier,
)

from attorn import Identity, caveat
from attorn.did.resolver import StaticResolver
from attorn.errors import (
    AttornError,
    InputError,
    KeyFileError,
    ResolutionError,
)

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize(
    ("algorithm", "method", "prefix"),
    [
        ("Ed25519", "key", "did:key:z6Mk"),
        ("P-256", "key", "did:key:zDn"),
        ("Ed25519", "jwk", "did:jwk:"),
        ("P-256", "jwk", "did:jwk:"),
    ],
    ids=["ed25519-key", "p256-key", "ed25519-jwk", "p256-jwk"],
)
def test_generated_identities_work_end_to_end(algorithm: str, method: str, prefix: str) -> None:
    clock = Clock()
    root, holder = (Identity.generate(algorithm=algorithm, method=method, clock=clock) for _ in range(2))
    assert root.did.startswith(prefix)
    assert root.did != holder.did
    token = root.mint(to=holder.did, caveats=[READ])
    assert accepted(shown(token, holder), by=verifier(roots=[root.did])).holder == holder.did


@pytest.mark.parametrize("algorithm", ["ed25519", "P256", "RSA", "", None, 5], ids=ascii)
def test_unknown_algorithms(algorithm: Any) -> None:
    with pytest.raises(InputError, match="algorithm"):
        Identity.generate(algorithm=algorithm)


@pytest.mark.parametrize("method", ["web", "KEY", "", "did:key", None], ids=ascii)
def test_unknown_did_methods(method: Any) -> None:
    with pytest.raises(InputError, match="method"):
        Identity.generate(method=method)
    with pytest.raises(InputError, match="method"):
        Identity.from_seed(bytes(32), method=method)


def test_a_seed_gives_one_identity() -> None:
    # RFC 8032 section 7.1, test 1.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    identity = Identity.from_seed(seed)
    assert identity.signer.public_key.data.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert identity.did == Identity.from_seed(seed).did
    assert Identity.from_seed(seed, method="jwk").did.startswith("did:jwk:")


@pytest.mark.parametrize(
    "seed",
    [b"", bytes(31), bytes(33), "0" * 32, bytearray(32), None, 5],
    ids=lambda seed: type(seed).__name__ + "-seed",
)
def test_seeds_that_are_none(seed: Any) -> None:
    with pytest.raises(InputError):
        Identity.from_seed(seed)


def test_no_secret_is_shown() -> None:
    seed = bytes(range(32))
    identity = Identity.from_seed(seed)
    for text in (repr(identity), repr(identity.signer), str(identity)):
        assert seed.hex() not in text
        assert repr(seed)[2:-1] not in text
    assert identity.did in repr(identity)


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
@pytest.mark.parametrize("method", ["key", "jwk"])
def test_saved_and_loaded(tmp_path: Path, algorithm: str, method: str) -> None:
    path, clock = tmp_path / "alice.key", Clock()
    alice = Identity.generate(algorithm=algorithm, method=method)
    alice.save(path, passphrase="open sesame", strength="interactive")
    assert path.stat().st_mode & 0o777 == 0o600
    again = Identity.load(path, passphrase="open sesame", clock=clock)
    assert again.did == alice.did
    token = again.mint(to=PLANNER.did, caveats=[caveat.ExpiresIn(hours=1)])
    assert token.unverified_links[0].second == NOW
    accepted(shown(token, PLANNER), by=verifier(roots=[alice.did]))


def test_a_file_of_another_did_needs_its_resolver(tmp_path: Path) -> None:
    path = tmp_path / "key"
    did = "did:web:alice.example"
    resolver = StaticResolver({did: document(did, ALICE.signer.public_key)})
    Identity(ALICE.signer, did=did, resolver=resolver).save(path, passphrase="p", strength="interactive")
    assert Identity.load(path, passphrase="p", resolver=resolver).did == did
    with pytest.raises(ResolutionError):
        Identity.load(path, passphrase="p")
    rotated = StaticResolver({did: document(did, MALLORY.signer.public_key)})
    with pytest.raises(InputError, match="does not list"):
        Identity.load(path, passphrase="p", resolver=rotated)


def _other_did(content: dict[str, Any]) -> None:
    content["did"] = MALLORY.did


def _other_algorithm(content: dict[str, Any]) -> None:
    content["algorithm"] = "P-256"


def _no_salt(content: dict[str, Any]) -> None:
    del content["salt"]


@pytest.mark.parametrize("damage", [_other_did, _other_algorithm, _no_salt], ids=lambda damage: damage.__name__)
def test_damaged_key_files(tmp_path: Path, damage: Callable[[dict[str, Any]], None]) -> None:
    path = tmp_path / "key"
    ALICE.save(path, passphrase="p", strength="interactive")
    content = json.loads(path.read_text())
    damage(content)
    path.write_text(json.dumps(content))
    with pytest.raises(KeyFileError):
        Identity.load(path, passphrase="p")


def test_key_files_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    ALICE.save(path, passphrase="right", strength="interactive")
    secret = ALICE.signer.export_secret()  # type: ignore[attr-defined]
    with pytest.raises(KeyFileError) as wrong:
        Identity.load(path, passphrase="wrong")
    assert "wrong" not in str(wrong.value).removeprefix("wrong passphrase")
    assert secret.hex() not in str(wrong.value)
    with pytest.raises(KeyFileError):
        ALICE.save(path, passphrase="right", strength="interactive")
    with pytest.raises(KeyFileError):
        Identity.load(tmp_path / "missing", passphrase="right")
    path.chmod(0o644)
    with pytest.raises(KeyFileError):
        Identity.load(path, passphrase="right")


@pytest.mark.parametrize("passphrase", ["", b"", None, 5], ids=["text", "bytes", "none", "number"])
def test_passphrases_that_are_none(tmp_path: Path, passphrase: Any) -> None:
    with pytest.raises(AttornError):
        ALICE.save(tmp_path / "key", passphrase=passphrase, strength="interactive")
    assert not (tmp_path / "key").exists()
