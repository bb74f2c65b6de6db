"""Wycheproof's verdicts on Ed25519 and P-256 signatures, each one accounted for."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from attorn.errors import MalformedError
from attorn.keys import ecdsa
from attorn.keys.jwk import from_jwk
from attorn.keys.public import Algorithm, PublicKey

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ATTORN_ORACLES") or ROOT.parent / "shared" / "oracles") / "wycheproof"

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no wycheproof folder under $ATTORN_ORACLES or ../shared/oracles"),
]


# 262 cases. Our low-S rule is stricter than ECDSA, and costs 70 of the 173 valid ones.
P256_COUNT = {"valid, accepted": 103, "valid with high S, refused": 70, "invalid, refused": 89}


class Case(NamedTuple):
    number: int
    group: dict[str, object]
    message: bytes
    signature: bytes
    valid: bool


def cases(name: str) -> Iterator[Case]:
    data = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    for group in data["testGroups"]:
        for test in group["tests"]:
            assert test["result"] in ("valid", "invalid")
            message, signature = bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])
            yield Case(test["tcId"], group, message, signature, test["result"] == "valid")


def ed25519_key(group: dict[str, object]) -> PublicKey:
    return PublicKey.checked(Algorithm.ED25519, bytes.fromhex(group["publicKey"]["pk"]))  # type: ignore[index]


def p256_key(group: dict[str, object]) -> PublicKey:
    octets = bytes.fromhex(group["publicKey"]["uncompressed"])  # type: ignore[index]
    assert len(octets) == 65
    return PublicKey.checked(Algorithm.P256, bytes((2 | octets[64] & 1,)) + octets[1:33])


def test_every_ed25519_verdict_is_the_same() -> None:
    count: Counter[bool] = Counter()
    for case in cases("ed25519_test.json"):
        verdict = ed25519_key(case.group).verify(case.signature, case.message)
        assert verdict is case.valid, f"test {case.number}"
        count[verdict] += 1
    assert count == {True: 88, False: 63}


def test_every_p256_verdict_is_the_same_except_high_s() -> None:
    count: Counter[str] = Counter()
    for case in cases("ecdsa_secp256r1_sha256_p1363_test.json"):
        key = p256_key(case.group)
        verdict = key.verify(case.signature, case.message)
        if not case.valid:
            assert not verdict, f"test {case.number}"
            count["invalid, refused"] += 1
        elif ecdsa.is_low_s(case.signature):
            assert verdict, f"test {case.number}"
            count["valid, accepted"] += 1
        else:
            # Valid but for the half that s is in: refused as it stands, accepted as its twin.
            assert not verdict, f"test {case.number}"
            assert key.verify(ecdsa.to_low_s(case.signature), case.message), f"test {case.number}"
            count["valid with high S, refused"] += 1
    assert count == P256_COUNT


def test_every_p256_verdict_is_the_same_where_either_half_is_taken() -> None:
    """As JWS and Data Integrity take them: 262 of 262. Only the 70 valid ones with high S are told apart above."""
    count: Counter[bool] = Counter()
    for case in cases("ecdsa_secp256r1_sha256_p1363_test.json"):
        verdict = p256_key(case.group).verify_any_s(case.signature, case.message)
        assert verdict is case.valid, f"test {case.number}"
        count[verdict] += 1
    assert count == {True: 173, False: 89}


def test_every_ed25519_verdict_is_the_same_for_data_integrity() -> None:
    for case in cases("ed25519_test.json"):
        assert ed25519_key(case.group).verify_any_s(case.signature, case.message) is case.valid, f"test {case.number}"


def test_normalising_makes_no_invalid_signature_valid() -> None:
    for case in cases("ecdsa_secp256r1_sha256_p1363_test.json"):
        if case.valid:
            continue
        try:
            low = ecdsa.to_low_s(case.signature)
        except MalformedError:
            continue
        assert not p256_key(case.group).verify(low, case.message), f"test {case.number}"


@pytest.mark.parametrize("name", ["ed25519_test.json", "ecdsa_secp256r1_sha256_p1363_test.json"])
def test_every_jwk_is_the_same_key(name: str) -> None:
    read = ed25519_key if name.startswith("ed25519") else p256_key
    groups = {id(case.group): case.group for case in cases(name)}
    assert groups
    for group in groups.values():
        if "publicKeyJwk" in group:
            assert from_jwk(group["publicKeyJwk"]) == read(group)  # type: ignore[arg-type]
