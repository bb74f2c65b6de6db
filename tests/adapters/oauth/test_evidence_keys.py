"""Key sets of issuers: whole, public and strong, or not taken at all; and how they are fetched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.adapters import outside
from tests.unit.scene import ALICE

from attorn.encoding import base64url_encode
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.jose.jwk_set import MOST_KEYS
from attorn.jose.key_set import KeySet
from attorn.keys.jwk import to_jwk
from attorn.keys.rsa_key import RsaKey

GOOD = outside.jwk(outside.RSA, kid="1")


def number(value: int) -> str:
    return base64url_encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def read(*keys: Any, **call: Any) -> KeySet:
    return KeySet.read({"keys": list(keys)}, **call)


def test_a_key_set_in_any_form() -> None:
    text = json.dumps({"keys": [GOOD], "other": 1})
    for form in (text, text.encode(), json.loads(text)):
        assert KeySet.read(form) == read(GOOD)
    kept = read(GOOD, *(outside.jwk(key, kid=str(bits)) for bits, key in ((2, outside.P256), (3, outside.P384))))
    assert [key.algs[-1] for key in kept.keys] == ["PS512", "ES256", "ES384"]
    assert read(to_jwk(ALICE.signer.public_key)).keys[0].algs == ("EdDSA", "Ed25519")


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "oct2", "kid": "x"},
        outside.jwk(outside.P256, kid="2", use="enc"),
        outside.jwk(outside.P256, kid="2", use="jwt-svid"),
        outside.jwk(outside.P256, kid="2", use=None),
        outside.jwk(outside.P256, kid="2", key_ops=["encrypt"]),
        outside.jwk(outside.P256, kid="2", key_ops=[]),
        outside.jwk(outside.P256, kid="2", key_ops="verify"),
        outside.jwk(outside.P256, kid="2", alg="ES384"),
        outside.jwk(outside.P256, kid="2", alg="HS256"),
        outside.jwk(outside.P256, kid=5),
        outside.jwk(outside.P256, kid=None),
        outside.jwk(outside.RSA, kid=None),
        outside.jwk(outside.RSA, kid="2", alg=None),
        {**to_jwk(ALICE.signer.public_key), "kid": None},
        outside.jwk(outside.K1, kid="2"),
        outside.jwk(outside.RSA, kid="2", n=number(2**1023 + 1)),
        outside.jwk(outside.RSA, kid="2", n=number(2**2046 + 1)),
        outside.jwk(outside.RSA, kid="2", e="AQ"),
        outside.jwk(outside.RSA, kid="2", e="Aw"),
        outside.jwk(outside.RSA, kid="2", e=number(2**32 + 1)),
        outside.jwk(outside.RSA, kid="2", e=number(65_538)),
        outside.jwk(outside.RSA, kid="2", e="AAEAAQ"),
        outside.jwk(outside.RSA, kid="2", n=number(2**2048)),
        outside.jwk(outside.RSA, kid="2", n=number(2**8200 + 1)),
        outside.jwk(outside.RSA, kid="2", n=number(65_537**128)),
        outside.jwk(outside.RSA, kid="2", n=None),
        outside.jwk(outside.RSA, kid="2", n=""),
        outside.jwk(outside.RSA, kid="2", alg="RSA-OAEP"),
        {**to_jwk(ALICE.signer.public_key), "crv": "Ed448"},
        {**to_jwk(ALICE.signer.public_key), "alg": "ES256"},
    ],
)
def test_keys_that_verify_nothing(other: dict[str, Any]) -> None:
    """Attacks 18, 23 and 27: passed over beside a good one, refused where there is no other."""
    assert read(GOOD, other) == read(GOOD)
    with pytest.raises(MalformedError):
        read(other)


def test_the_weak_generator_is_known_by_its_moduli() -> None:
    assert (65_537**128).bit_length() > 2048
    with pytest.raises(MalformedError, match="factored"):
        RsaKey.read({"kty": "RSA", "n": number(65_537**128), "e": "AQAB"})


@pytest.mark.parametrize(
    "keys",
    [
        [GOOD, GOOD],
        [GOOD, outside.jwk(outside.P256, kid="1")],
        [GOOD, {"kty": "oct", "k": "c2VjcmV0", "kid": "2"}],
        [GOOD, {**GOOD, "kid": "2", "d": "AQAB"}],
        [GOOD, {"kty": "RSA", "use": "enc", "p": "AQ"}],
        [GOOD, "key"],
        [GOOD, None],
        [],
        [{**GOOD, "kid": str(index)} for index in range(MOST_KEYS + 1)],
        None,
        {},
    ],
)
def test_key_sets_that_nobody_should_trust(keys: Any) -> None:
    """Attack 24, attack 25."""
    with pytest.raises(MalformedError) as caught:
        KeySet.read({"keys": keys})
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"keys": [], "keys": []}', '{"keys":' + "[" * 100, "{" + " " * 70_000 + "}", b"\xff"],
)
def test_text_that_is_no_key_set(text: str | bytes) -> None:
    with pytest.raises(MalformedError):
        KeySet.read(text)


def test_a_use_may_be_asked_for() -> None:
    svid = outside.jwk(outside.P256, kid="2", use="jwt-svid")
    assert [key.kid for key in read(GOOD, svid, use="jwt-svid").keys] == ["2"]
    assert [key.kid for key in read(GOOD, svid).keys] == ["1"]


@pytest.mark.parametrize("alg", ["RS256", "PS384"])
def test_a_signature_is_as_long_as_the_modulus(alg: str) -> None:
    key = RsaKey.read(outside.jwk(outside.RSA))
    made = outside.signature(alg, outside.RSA, b"x")
    assert key.verify(made, b"x", alg)
    for signature in (b"\0" + made, made[1:], made + b"\0", b"", bytes(256)):
        assert not key.verify(signature, b"x", alg)
    assert not key.verify(made, b"y", alg)
    assert not key.verify(made, b"x", "none")


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "EC"},
        {"d": "AQAB"},
        {"p": ""},
        {"n": None},
        {"n": "A" * 2000},
        {"n": "AQ"},
        {"n": ""},
        {"e": ""},
        {"e": 3},
    ],
)
def test_what_is_no_rsa_key(changed: dict[str, Any]) -> None:
    """Attack 25, attack 27."""
    with pytest.raises(MalformedError):
        RsaKey.read({**outside.jwk(outside.RSA), **changed})


def test_a_longer_key_is_taken() -> None:
    # 65537 is odd, and so is the modulus: what is asked of a key beside its length.
    numbers = rsa.RSAPublicNumbers(65_537, 2**4095 + 9)
    assert RsaKey.read({"kty": "RSA", "n": number(numbers.n), "e": "AQAB"}).modulus == numbers.n


class Served:
    """A transport that has one document."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.asked: list[tuple[str, str, int]] = []

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        self.asked.append((url, accept, most))
        if isinstance(self.body, Exception):
            raise self.body
        return self.body  # type: ignore[no-any-return]


def test_a_key_set_is_fetched() -> None:
    transport = Served(json.dumps({"keys": [GOOD]}).encode())
    assert KeySet.fetch("https://idp.example/jwks", transport=transport) == read(GOOD)
    assert transport.asked == [("https://idp.example/jwks", "application/jwk-set+json, application/json", 65_536)]


@pytest.mark.parametrize("body", [None, OSError("x"), UnavailableError("x"), "text", b" " * 65_537])
def test_a_key_set_that_is_not_to_be_had(body: Any) -> None:
    with pytest.raises(UnavailableError):
        KeySet.fetch("https://idp.example/jwks", transport=Served(body))


def test_a_key_set_that_is_none() -> None:
    with pytest.raises(MalformedError):
        KeySet.fetch("https://idp.example/jwks", transport=Served(b"<html>"))
    with pytest.raises(InputError):
        KeySet.fetch(None, transport=Served(b""))  # type: ignore[arg-type]


def test_a_mapping_that_fails_is_no_key_set() -> None:
    with pytest.raises(UnavailableError):
        KeySet.read(outside.Failing())
