"""Attacks 15 to 27: algorithm and key confusion."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from tests.attacks.scene import accepted, refused, verdict, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, CAROL_P256, DAVE_P256, PLANNER, Key

from attorn import AttornError, Identity
from attorn.did import jwk as did_jwk
from attorn.errors import InputError, MalformedError
from attorn.keys.jwk import from_jwk
from attorn.keys.public import Algorithm, PublicKey

LINK = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)])
PRESENTED = kit.presented(LINK, PLANNER)
MALFORMED, BAD_SIGNATURE = ("malformed", 1), ("bad_signature", 4)
P384_X = "A" * 64


def given_to(key: kit.AnyKey) -> str:
    """A presentation by the planner of a link that Alice properly signed over to `key`."""
    first = kit.sign(ALICE, LINK[0].payload, key, None, LINK[0].symbols)
    return wire([first], PLANNER)


KEYS = {
    "15-algorithm-2": (kit.Claimed(2, PLANNER.data), *MALFORMED),
    "15-algorithm-127": (kit.Claimed(127, PLANNER.data), *MALFORMED),
    "15-algorithm-negative": (kit.Claimed(-1, PLANNER.data), *MALFORMED),
    "15-key-empty": (kit.Claimed(0, b""), *MALFORMED),
    "17-ed25519-as-p256": (kit.Claimed(1, PLANNER.data), *MALFORMED),
    "17-p256-as-ed25519": (kit.Claimed(0, CAROL_P256.data), *MALFORMED),
    "17-p256-x-as-ed25519": (kit.Claimed(0, CAROL_P256.data[1:]), *BAD_SIGNATURE),
    "17-ed25519-point-behind-a-p256-prefix": (kit.Claimed(1, b"\x02" + PLANNER.data), *BAD_SIGNATURE),
    "17-p256-other-half": (kit.Claimed(1, bytes((CAROL_P256.data[0] ^ 1,)) + CAROL_P256.data[1:]), *BAD_SIGNATURE),
    "17-p256-uncompressed": (kit.Claimed(1, b"\x04" + bytes(64)), *MALFORMED),
    "17-p256-hybrid-prefix": (kit.Claimed(1, b"\x06" + CAROL_P256.data[1:]), *MALFORMED),
    "18-ed448-length": (kit.Claimed(0, bytes(range(57))), *MALFORMED),
    "18-p384-length": (kit.Claimed(1, b"\x02" + bytes(48)), *MALFORMED),
    "16-key-as-pem": (kit.Claimed(0, b"-----BEGIN PUBLIC KEY-----"), *MALFORMED),
    "33-low-order-zero": (kit.Claimed(0, bytes(32)), *MALFORMED),
    "33-low-order-one": (kit.Claimed(0, b"\x01" + bytes(31)), *MALFORMED),
    "33-low-order-eight": (
        kit.Claimed(0, bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
        *MALFORMED,
    ),
    "41-key-not-canonical": (kit.Claimed(0, b"\xee" + b"\xff" * 30 + b"\x7f"), *MALFORMED),
    "85-key-of-another": (kit.MALLORY, *BAD_SIGNATURE),
}


@pytest.mark.parametrize(("key", "code", "step"), KEYS.values(), ids=KEYS.keys())
def test_next_keys(key: kit.AnyKey, code: str, step: int) -> None:
    refused(given_to(key), code, step)


def test_the_twin_with_its_own_key_is_accepted() -> None:
    accepted(given_to(PLANNER))


@pytest.mark.parametrize("keys", [(ALICE, CAROL_P256), (CAROL_P256, PLANNER), (CAROL_P256, DAVE_P256)])
def test_both_algorithms_are_accepted_in_any_mixture(keys: tuple[Key, Key]) -> None:
    root, holder = keys
    by = verifier(roots=[root.did])
    accepted(wire(kit.extend([], root, holder, [kit.actions(kit.ACTION)]), holder), by=by)


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128], ids=lambda length: f"42-ed25519-signature-of-{length}-bytes")
def test_signature_lengths(length: int) -> None:
    broken = replace(PRESENTED[0], signature=(PRESENTED[0].signature * 2)[:length])
    refused(kit.url64(kit.sealed([broken, PRESENTED[1]], PLANNER)), *BAD_SIGNATURE)


def test_17_signature_of_the_other_algorithm() -> None:
    payload = kit.payload_v1(LINK[0].payload, PLANNER, None)
    broken = replace(PRESENTED[0], signature=CAROL_P256.sign(payload))
    refused(kit.url64(kit.sealed([broken, PRESENTED[1]], PLANNER)), *BAD_SIGNATURE)


def test_17_root_multikey_of_the_other_algorithm() -> None:
    user = kit.octets(b"\x80\x24" + ALICE.data)
    refused(wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], user=user), PLANNER), *MALFORMED)


JWKS: dict[str, dict[str, object]] = {
    "15-kty-none": {"kty": "none"},
    "15-kty-missing": {"crv": "Ed25519", "x": ALICE.jwk["x"]},
    "15-kty-in-lower-case": {**ALICE.jwk, "kty": "okp"},
    "16-symmetric": {"kty": "oct", "k": kit.url64(b"secret" * 8)},
    "17-okp-with-p256-curve": {**ALICE.jwk, "crv": "P-256"},
    "17-ec-with-ed25519-curve": {**CAROL_P256.jwk, "crv": "Ed25519"},
    "17-okp-with-y": {**ALICE.jwk, "y": ALICE.jwk["x"]},
    "17-ec-without-y": {"kty": "EC", "crv": "P-256", "x": CAROL_P256.jwk["x"]},
    "17-coordinates-swapped": {**CAROL_P256.jwk, "x": CAROL_P256.jwk["y"], "y": CAROL_P256.jwk["x"]},
    "17-alg-of-another": {**ALICE.jwk, "alg": "ES256"},
    "18-p384": {"kty": "EC", "crv": "P-384", "x": P384_X, "y": P384_X},
    "18-secp256k1": {**CAROL_P256.jwk, "crv": "secp256k1"},
    "18-ed448": {"kty": "OKP", "crv": "Ed448", "x": "A" * 76},
    "18-x25519": {**ALICE.jwk, "crv": "X25519"},
    "23-use-enc": {**ALICE.jwk, "use": "enc"},
    "23-key-ops-without-verify": {**ALICE.jwk, "key_ops": ["sign"]},
    "23-key-ops-twice": {**ALICE.jwk, "key_ops": ["verify", "verify"]},
    "23-key-ops-as-text": {**ALICE.jwk, "key_ops": "verify"},
    "25-private-okp": {**ALICE.jwk, "d": kit.url64(ALICE.seed)},
    "25-private-null": {**ALICE.jwk, "d": None},
    "27-rsa-1024": {"kty": "RSA", "n": "A" * 172, "e": "AQAB"},
    "32-x-too-long": {**ALICE.jwk, "x": ALICE.jwk["x"] + "AA"},
    "33-low-order": {**ALICE.jwk, "x": kit.url64(bytes(32))},
    "42-x-off-the-curve": {**CAROL_P256.jwk, "x": kit.url64(bytes(31) + b"\x05"), "y": kit.url64(bytes(31) + b"\x05")},
    "44-x-with-trailing-bits": {**ALICE.jwk, "x": ALICE.jwk["x"][:-1] + chr(ord(ALICE.jwk["x"][-1]) + 1)},
    "44-x-padded": {**ALICE.jwk, "x": ALICE.jwk["x"] + "="},
    "56-x-as-number": {**ALICE.jwk, "x": 5},
}


@pytest.mark.parametrize("jwk", JWKS.values(), ids=JWKS.keys())
def test_jwks(jwk: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        from_jwk(jwk)
    did = "did:jwk:" + kit.url64(json.dumps(jwk).encode())
    with pytest.raises(AttornError) as caught:
        did_jwk.parse(did)
    assert verdict(caught.value) == MALFORMED
    chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], method=did + "#0")
    refused(wire(chain, PLANNER), "unresolved_principal", 3)


@pytest.mark.parametrize(
    "jwk",
    [PLANNER.jwk, {**PLANNER.jwk, "use": "sig"}, {**PLANNER.jwk, "key_ops": ["verify"]}, {**PLANNER.jwk, "kid": "x"}],
)
def test_the_twins_of_the_jwks_are_accepted(jwk: dict[str, object]) -> None:
    did = "did:jwk:" + kit.url64(json.dumps(jwk).encode())
    chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], method=did + "#0")
    assert accepted(wire(chain, PLANNER)).holder == did


@pytest.mark.parametrize(
    "data",
    [ALICE.data.hex(), base64.b64encode(ALICE.data), bytearray(ALICE.data), memoryview(ALICE.data), None, 5],
    ids=["16-hex", "16-base64", "16-bytearray", "16-memoryview", "16-none", "16-number"],
)
def test_keys_are_typed(data: object) -> None:
    with pytest.raises((InputError, MalformedError)):
        PublicKey(Algorithm.ED25519, data)  # type: ignore[arg-type]


@pytest.mark.parametrize("algorithm", ["none", "NONE", "", "HS256", "ed25519", "P-384", "secp256k1", None])
def test_15_algorithms_that_do_not_exist(algorithm: object) -> None:
    with pytest.raises(InputError):
        PublicKey(algorithm, ALICE.data)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        Identity.generate(algorithm=algorithm)  # type: ignore[arg-type]


def test_25_a_private_jwk_is_not_shown() -> None:
    secret = kit.url64(ALICE.seed)
    with pytest.raises(MalformedError) as caught:
        from_jwk({**ALICE.jwk, "d": secret})
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value.__cause__)
