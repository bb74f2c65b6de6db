"""Multikey: one canonical form of each key, everything else refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.encoding import base58_encode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys import multikey
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer

ED25519 = Ed25519Signer.from_seed(bytes(32)).public_key
P256 = P256Signer.from_scalar(bytes(31) + b"\x07").public_key
KEYS = (ED25519, P256)


def spelled(prefix: bytes, data: bytes) -> str:
    return "z" + base58_encode(prefix + data)


def test_the_known_text_of_a_known_key() -> None:
    # The first example of the did:key specification: the Ed25519 key of an all-zero seed.
    assert multikey.to_multibase(ED25519) == "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    assert multikey.encode(ED25519)[:2] == b"\xed\x01"
    assert multikey.encode(P256)[:2] == b"\x80\x24"
    assert multikey.to_multibase(P256).startswith("zDn")


def test_a_p256_example_of_the_specification() -> None:
    key = multikey.from_multibase("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")
    assert key.algorithm is Algorithm.P256
    assert multikey.to_multibase(key) == "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back(seed: bytes) -> None:
    for key in (Ed25519Signer.from_seed(seed).public_key, P256Signer.from_scalar(b"\x01" + seed[1:]).public_key):
        assert multikey.decode(multikey.encode(key)) == key
        assert multikey.from_multibase(multikey.to_multibase(key)) == key


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(KEYS), st.data())
def test_a_changed_character_is_refused_or_another_key(key: PublicKey, data: st.DataObject) -> None:
    text = multikey.to_multibase(key)
    index = data.draw(st.integers(0, len(text) - 1))
    changed = text[:index] + data.draw(st.sampled_from("1zZ0OIl a+é\n")) + text[index + 1 :]
    try:
        read = multikey.from_multibase(changed)
    except MalformedError:
        return
    assert multikey.to_multibase(read) == changed


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(max_size=40) | st.binary(min_size=30, max_size=35).map(lambda tail: b"\xed\x01" + tail))
def test_accepted_bytes_are_the_only_spelling(data: bytes) -> None:
    try:
        key = multikey.decode(data)
    except MalformedError:
        return
    assert multikey.encode(key) == data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xed", id="half a code"),
        pytest.param(b"\xed\x01", id="no key"),
        pytest.param(b"\xed\x01" + ED25519.data[:-1], id="short"),
        pytest.param(b"\xed\x01" + ED25519.data + b"\0", id="trailing byte"),
        pytest.param(b"\xed\x81\x00" + ED25519.data, id="code not in its shortest form"),
        pytest.param(b"\xed\x00" + ED25519.data, id="another varint"),
        pytest.param(b"\xec\x01" + ED25519.data, id="X25519"),
        pytest.param(b"\x80\x26" + ED25519.data, id="an Ed25519 private key"),
        pytest.param(b"\xe7\x01" + P256.data, id="secp256k1"),
        pytest.param(b"\x81\x24" + P256.data, id="P-384"),
        pytest.param(b"\x12\x00" + P256.data, id="code big-endian"),
        pytest.param(b"\x80\x24" + ED25519.data, id="an Ed25519 key as P-256"),
        pytest.param(b"\xed\x01" + P256.data, id="a P-256 key as Ed25519"),
        pytest.param(b"\x80\x24\x04" + P256.data[1:], id="uncompressed prefix"),
        pytest.param(b"\x80\x24\x04" + P256.data[1:] * 2, id="uncompressed point"),
        pytest.param(b"\x80\x24\x02" + b"\xff" * 32, id="coordinate above the field"),
        pytest.param(b"\xed\x01\x01" + bytes(31), id="the neutral point"),
        pytest.param(b"\xed\x01" + bytes(32), id="a point of order four"),
        pytest.param(b"\xed\x01\x02" + bytes(31), id="no point at all"),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        multikey.decode(data)
    with pytest.raises(MalformedError):
        multikey.from_multibase("z" + base58_encode(data))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        multikey.to_multibase(ED25519)[1:],
        "Z" + multikey.to_multibase(ED25519)[1:],
        "u" + base64url_encode(multikey.encode(ED25519)),
        "f" + multikey.encode(ED25519).hex(),
        "zz" + multikey.to_multibase(ED25519)[1:],
        "z1" + multikey.to_multibase(ED25519)[1:],
        multikey.to_multibase(ED25519).upper(),
        multikey.to_multibase(ED25519) + " ",
        " " + multikey.to_multibase(ED25519),
        multikey.to_multibase(ED25519) + "\n",
        multikey.to_multibase(ED25519)[:-1] + "0",
        multikey.to_multibase(ED25519)[:-1] + "ｐ",
        "z" + "1" * 2000,
        "z" + "6" * 1_000_000,
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        multikey.from_multibase(text)


def test_the_wrong_type_is_the_callers_mistake() -> None:
    with pytest.raises(InputError):
        multikey.decode("z6Mk")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        multikey.from_multibase(b"z6Mk")  # type: ignore[arg-type]
