"""`checkout_jwt`: signed by its merchant with entropy enough, verified by known keys alone, hashed as it is."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws
from tests.unit.checkout_scene import CHECKOUT, KID, KNOWN, MALLORY, NOW, SHOP, b64, changed, checked, jws

from attorn.checkout import signed
from attorn.checkout.checkout import Checkout
from attorn.checkout.jwt import MOST_CHARACTERS
from attorn.checkout.known_signer import MOST_KEYS, KnownSigner
from attorn.did import key as did_key
from attorn.did.resolver import LocalResolver
from attorn.encoding import base64url_decode
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.keys import ecdsa
from attorn.keys.jwk import to_jwk
from attorn.keys.public import PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer
from attorn.sdjwt.digest import HashAlgorithm

GOOD = signed.sign(CHECKOUT, by=SHOP, kid=KID)
PLAIN = {name: value for name, value in CHECKOUT.items() if name != "merchant"}
DID = did_key.encode(SHOP.public_key)
CURVES: dict[str, ec.EllipticCurve] = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}


def refused(text: Any, code: str, **other: Any) -> str:
    with pytest.raises(AttornError) as caught:
        checked(text, **other)
    assert caught.value.code == code, caught.value
    return str(caught.value)


def without_kid(key: jwcrypto_jwk.JWK) -> dict[str, str]:
    return {name: value for name, value in json.loads(key.export_public()).items() if name != "kid"}


def test_what_is_signed_is_verified() -> None:
    found = checked(GOOD)
    assert found.checkout == Checkout.read(CHECKOUT)
    assert found.signer == "merchant_1"
    assert found.text == GOOD
    assert {name: found.document[name] for name in CHECKOUT} == CHECKOUT
    assert found.document.keys() - CHECKOUT.keys() == {"jti"}


def test_the_hash_is_of_the_text() -> None:
    digest = hashlib.sha256(GOOD.encode()).digest()
    assert checked(GOOD).hash == b64(digest) == signed.checkout_hash(GOOD)
    assert signed.checkout_hash(GOOD, HashAlgorithm.SHA_512) == b64(hashlib.sha512(GOOD.encode()).digest())
    for wrong in ("caf\u00e9", b"x", None):
        with pytest.raises(InputError):
            signed.checkout_hash(wrong)  # type: ignore[arg-type]


def test_other_libraries_verify_it() -> None:
    public = {**to_jwk(SHOP.public_key), "kid": KID}
    token = jwcrypto_jws.JWS()
    token.deserialize(GOOD, jwcrypto_jwk.JWK(**public))
    assert json.loads(token.payload)["id"] == "chk_123"
    assert token.jose_header == {"alg": "ES256", "kid": KID, "typ": "JWT"}
    assert joserfc_jws.deserialize_compact(GOOD, ECKey.import_key(public)).payload == token.payload


@pytest.mark.parametrize("alg", CURVES)
@pytest.mark.parametrize("named", [True, False])
def test_what_other_libraries_sign_is_verified_by_the_algorithm_of_the_key(alg: str, named: bool) -> None:
    private, other = (jwcrypto_jwk.JWK.from_pyca(ec.generate_private_key(CURVES[alg])) for _ in range(2))
    public = {**without_kid(private), **({"kid": KID} if named else {})}
    token = jwcrypto_jws.JWS(json.dumps(CHECKOUT))
    token.add_signature(private, None, json.dumps({"alg": alg, "typ": "JWT", "kid": KID}))
    text = token.serialize(compact=True)
    assert checked(text, merchants=[KnownSigner.of("merchant_1", public)]).checkout.id == "chk_123"
    refused(text, "bad_signature" if alg == "ES256" else "untrusted_root")
    refused(text, "bad_signature", merchants=[KnownSigner.of("merchant_1", without_kid(other))])


def test_two_signatures_of_one_cart_have_nothing_in_common() -> None:
    texts = [signed.sign(CHECKOUT, by=SHOP, kid=KID) for _ in range(8)]
    assert len({checked(text).document["jti"] for text in texts}) == 8
    assert all(len(base64url_decode(str(checked(text).document["jti"]))) == 16 for text in texts)
    fixed = [signed.sign(CHECKOUT, by=SHOP, kid=KID, random=bytes) for _ in range(8)]
    # The same payload, and yet not one signature twice.
    assert len({text.rpartition(".")[0] for text in fixed}) == 1
    assert len(set(fixed)) == 8


class _Hardware:
    """A signer of another kind, which is asked as it is."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.asked = 0

    @property
    def public_key(self) -> PublicKey:
        return self._signer.public_key

    def sign(self, message: bytes) -> bytes:
        self.asked += 1
        return self._signer.sign(message)


def test_a_key_in_hardware_signs() -> None:
    hardware = _Hardware(SHOP)
    assert checked(signed.sign(CHECKOUT, by=hardware, kid=KID)).signer == "merchant_1"
    assert hardware.asked == 1


@pytest.mark.parametrize(
    ("changed_arguments", "message"),
    [
        ({"document": [CHECKOUT]}, "expected a mapping"),
        ({"document": changed("currency", to="usd")}, "ISO 4217"),
        ({"document": changed("totals", 4, "amount", to=24517)}, "the total is"),
        ({"document": changed("line_items", 0, "item", "price", to=19900.0)}, "price: expected an integer"),
        ({"document": changed("line_items", 0, "quantity", to=1.0)}, "quantity: expected an integer"),
        ({"document": changed("totals", 0, "amount", to=19900.0)}, "amount: expected an integer"),
        ({"document": {**CHECKOUT, "jti": "mine"}}, "jti has no place"),
        ({"document": {**CHECKOUT, "exp": NOW}}, "exp has no place"),
        ({"document": {**CHECKOUT, "iat": NOW}}, "iat has no place"),
        ({"document": {**CHECKOUT, "more": object()}}, "no canonical JSON"),
        ({"document": {**CHECKOUT, "more": "x" * MOST_CHARACTERS}}, "longer than"),
        ({"kid": ""}, "expected kid"),
        ({"kid": None}, "expected kid"),
        ({"kid": "k" * 5000}, "header"),
        ({"by": Ed25519Signer.from_seed(b"\x21" * 32)}, "expected a P-256 key"),
    ],
)
def test_what_is_not_signed(changed_arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        signed.sign(**{"document": CHECKOUT, "by": SHOP, "kid": KID, **changed_arguments})


@pytest.mark.parametrize("random", [lambda _: b"", lambda _: b"x" * 15, lambda _: "x" * 16, lambda _: 1 / 0])
def test_without_randomness_nothing_is_signed(random: Any) -> None:
    with pytest.raises(UnavailableError):
        signed.sign(CHECKOUT, by=SHOP, kid=KID, random=random)


# attack 109: the cart swapped after it was signed
@pytest.mark.parametrize(
    "path",
    [("line_items", 0, "quantity"), ("line_items", 0, "item", "price"), ("id",), ("merchant", "website"), ("ucp",)],
)
def test_one_changed_member_is_no_longer_signed(path: tuple[Any, ...]) -> None:
    value: Any = {"quantity": 2, "price": 19901, "id": "chk_124", "website": "https://evil.example", "ucp": {}}[
        path[-1]
    ]
    header, _, signature = GOOD.split(".")
    body = b64(json.dumps(changed(*path, to=value, of=checked(GOOD).document)).encode())
    refused(f"{header}.{body}.{signature}", "bad_signature")


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABCabc012-_.~ =\n\u00e9"))
def test_no_other_character_anywhere(index: int, character: str) -> None:
    text = GOOD[:index] + character + GOOD[index + 1 :]
    if text == GOOD:
        return
    with pytest.raises(AttornError) as caught:
        checked(text)
    assert caught.value.code in {"malformed", "bad_signature", "untrusted_root"}


# attack 119: no key that is trusted
def test_nobody_known_is_nobody_believed() -> None:
    refused(GOOD, "untrusted_root", merchants=[])
    refused(GOOD, "bad_signature", merchants=[KnownSigner.of("merchant_1", MALLORY.public_key)])
    refused(GOOD, "untrusted_root", merchants=[KnownSigner.of("merchant_2", SHOP.public_key)])
    refused(jws(CHECKOUT, kid="another-key"), "untrusted_root")


def test_another_merchant_that_is_known_cannot_sign_for_this_one() -> None:
    mallory = KnownSigner.of("merchant_2", MALLORY.public_key)
    forged = jws(CHECKOUT, by=MALLORY)
    refused(forged, "bad_signature", merchants=[KNOWN, mallory])
    refused(forged, "untrusted_root", merchants=[mallory])
    own = changed("merchant", "id", to="merchant_2")
    assert checked(jws(own, by=MALLORY), merchants=[KNOWN, mallory]).signer == "merchant_2"
    refused(jws(own), "bad_signature", merchants=[KNOWN, mallory])


def test_a_checkout_that_names_no_merchant_is_of_whoever_signed_it() -> None:
    mallory = KnownSigner.of("merchant_2", MALLORY.public_key)
    for name, signer in (("merchant_1", SHOP), ("merchant_2", MALLORY)):
        assert checked(jws(PLAIN, by=signer, kid=...), merchants=[KNOWN, mallory]).signer == name
    refused(jws(PLAIN, by=P256Signer.generate(), kid=...), "bad_signature", merchants=[KNOWN, mallory])


def test_keys_of_a_did() -> None:
    known = KnownSigner.of("merchant_1", DID)
    fragment = f"#{DID.removeprefix('did:key:')}"
    for kid in (..., fragment, DID + fragment):
        assert checked(jws(CHECKOUT, kid=kid), merchants=[known], resolver=LocalResolver()).signer == "merchant_1"
    refused(jws(CHECKOUT, kid="#other"), "unresolved_principal", merchants=[known], resolver=LocalResolver())
    refused(jws(CHECKOUT, kid=KID), "untrusted_root", merchants=[known], resolver=LocalResolver())
    refused(jws(CHECKOUT, by=MALLORY, kid=...), "bad_signature", merchants=[known], resolver=LocalResolver())
    ed25519 = KnownSigner.of("merchant_1", did_key.encode(Ed25519Signer.from_seed(b"\x21" * 32).public_key))
    refused(jws(CHECKOUT, kid=...), "untrusted_root", merchants=[ed25519], resolver=LocalResolver())
    refused(jws(CHECKOUT, kid=...), "invalid_input", merchants=[known])


def test_a_signer_that_a_header_does_not_mean_is_no_obstacle() -> None:
    others = [KnownSigner.of("merchant_2", DID), KNOWN]
    assert checked(jws(PLAIN), merchants=others, resolver=LocalResolver()).signer == "merchant_1"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("", [SHOP.public_key]),
        (None, [SHOP.public_key]),
        ("merchant_1", []),
        ("merchant_1", [SHOP.public_key] * (MOST_KEYS + 1)),
        ("merchant_1", ["did"]),
        ("merchant_1", [DID, DID]),
        ("merchant_1", [SHOP]),
        ("merchant_1", [Ed25519Signer.from_seed(b"\x21" * 32).public_key]),
        ("merchant_1", [to_jwk(Ed25519Signer.from_seed(b"\x21" * 32).public_key)]),
        ("merchant_1", [{**to_jwk(SHOP.public_key), "d": "x"}]),
        ("merchant_1", [{**to_jwk(SHOP.public_key), "kid": 1}]),
        ("merchant_1", [without_kid(jwcrypto_jwk.JWK.generate(kty="EC", crv="secp256k1"))]),
        ("merchant_1", [{}]),
    ],
)
def test_who_cannot_be_known(name: Any, known: list[Any]) -> None:
    with pytest.raises(InputError):
        KnownSigner.of(name, *known)


@pytest.mark.parametrize("merchants", [KNOWN, "merchant_1", None, [SHOP.public_key], {"merchant_1": KNOWN}])
def test_merchants_are_a_list(merchants: Any) -> None:
    refused(GOOD, "invalid_input", merchants=merchants)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"alg": "none"}, "got 'none'"),
        ({"alg": "HS256"}, "got 'HS256'"),
        ({"alg": "EdDSA"}, "got 'EdDSA'"),
        ({"alg": "ES256K"}, "got 'ES256K'"),
        ({"alg": "es256"}, "got 'es256'"),
        ({"alg": ["ES256"]}, "got"),
        ({"alg": ...}, "got None"),
        ({"typ": "kb+sd-jwt"}, "got 'kb"),
        ({"typ": "vc+jwt"}, "expected typ as JWT"),
        ({"typ": 1}, "expected typ as JWT"),
        ({"typ": "\uff2a\uff37\uff34"}, "expected typ as JWT"),
        ({"kid": 1}, "kid"),
        ({"kid": None}, "none"),
        ({"crit": ["b64"], "b64": False}, "crit"),
        ({"jwk": to_jwk(MALLORY.public_key)}, "jwk"),
        ({"jku": "https://evil.example"}, "jku"),
        ({"x5c": []}, "x5c"),
        ({"x5u": "https://evil.example"}, "x5u"),
    ],
)
def test_headers_that_are_refused(header: dict[str, Any], message: str) -> None:
    if header == {"kid": None}:
        assert checked(jws(CHECKOUT, **header)).signer == "merchant_1"
        return
    assert message in refused(jws(CHECKOUT, **header), "malformed")


def test_no_type_is_the_type_that_there_is() -> None:
    for typ in (..., "JWT", "jwt"):
        assert checked(jws(CHECKOUT, typ=typ)).checkout.id == "chk_123"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        f"{GOOD}.",
        f" {GOOD}",
        f"{GOOD}\n",
        f"{GOOD}~",
        f"{GOOD}=",
        GOOD.rpartition(".")[0] + ".",
        GOOD.replace(".", "..", 1),
        jws(b"[1]"),
        jws(b'{"id":"a","id":"b"}'),
        jws(b"\xff"),
        jws({**CHECKOUT, "currency": "XXX"}),
    ],
)
def test_other_texts(text: str) -> None:
    refused(text, "malformed")


def test_only_text_and_not_too_much_of_it() -> None:
    refused("a" * (MOST_CHARACTERS + 1), "limit_exceeded")
    refused(GOOD.encode(), "invalid_input")
    refused(None, "invalid_input")
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    refused(jws({**CHECKOUT, "more": deep}), "malformed")


def test_either_half_of_s_is_a_signature() -> None:
    head, _, signature = jws(CHECKOUT).rpartition(".")
    raw = base64url_decode(signature)
    twin = raw[:32] + (ecdsa.ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    assert checked(f"{head}.{b64(twin)}").hash != checked(f"{head}.{signature}").hash
    for wrong in (b"", raw[:63], raw + b"\0", bytes(64), raw[:32] + bytes(32), b"\xff" * 64):
        with pytest.raises(AttornError):
            checked(f"{head}.{b64(wrong)}")


# attack 112: too late, or too early
@pytest.mark.parametrize(
    ("member", "value", "good"),
    [
        ("exp", NOW - 299, True),
        ("exp", NOW - 300, False),
        ("nbf", NOW + 300, True),
        ("nbf", NOW + 301, False),
        ("iat", NOW + 300, True),
        ("iat", NOW + 301, False),
        ("expires_at", NOW - 299, True),
        ("expires_at", NOW - 300, False),
    ],
)
def test_times_to_the_second(member: str, value: int, good: bool) -> None:
    written = datetime.fromtimestamp(value, UTC).isoformat() if member == "expires_at" else value
    text = jws({**CHECKOUT, member: written})
    if good:
        assert checked(text).checkout.id == "chk_123"
        with pytest.raises(AttornError, match="checkout"):
            checked(text, skew=timedelta(0))
    else:
        refused(text, "outside_validity")
        assert checked(text, skew=timedelta(seconds=301)).checkout.id == "chk_123"


@pytest.mark.parametrize("value", [1.5, "1900000000", True, None, -1])
@pytest.mark.parametrize("member", ["exp", "nbf", "iat"])
def test_times_are_whole_seconds(member: str, value: Any) -> None:
    refused(jws({**CHECKOUT, member: value}), "malformed")


def test_now_and_skew_are_what_they_must_be() -> None:
    for now in (datetime(2030, 1, 1), NOW, None):
        refused(GOOD, "invalid_input", now=now)
    for skew in (timedelta(seconds=-1), 300, None):
        refused(GOOD, "invalid_input", skew=skew)


def test_what_was_read_once_need_not_be_read_again() -> None:
    found = signed.read(GOOD)
    assert found.text == GOOD
    assert found.unverified == checked(found).checkout
    with pytest.raises(MalformedError):
        signed.read("x")


def test_nothing_signed_stands_in_a_message_or_a_repr() -> None:
    forged = jws({**CHECKOUT, "secret": "hush"}, by=MALLORY)
    signature = forged.rpartition(".")[2]
    for text in (refused(forged, "bad_signature"), repr(checked(GOOD)), repr(signed.read(forged))):
        assert signature not in text
        assert "hush" not in text
        assert GOOD.rpartition(".")[2] not in text
