"""`ap2.merchant_authorization`: over the whole checkout but `ap2`, and the same signature as a `checkout_jwt`."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws
from tests.unit.checkout_scene import AT, CHECKOUT, KID, KNOWN, MALLORY, SHOP, b64, changed, checked, jws

from attorn.checkout import authorization, signed
from attorn.checkout.jwt import MOST_CHARACTERS
from attorn.encoding import base64url_decode
from attorn.errors import AttornError, InputError, MalformedError
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer

PLAIN = {name: value for name, value in CHECKOUT.items() if name != "merchant"}
GOOD: dict[str, Any] = authorization.authorize(PLAIN, by=SHOP, kid=KID)
DETACHED: str = GOOD["ap2"]["merchant_authorization"]


def verified(checkout: Any, **other: Any) -> signed.SignedCheckout:
    return authorization.verify(checkout, **{"merchants": [KNOWN], "now": AT, **other})


def refused(checkout: Any, code: str, **other: Any) -> str:
    with pytest.raises(AttornError) as caught:
        verified(checkout, **other)
    assert caught.value.code == code, caught.value
    return str(caught.value)


def with_authorization(detached: Any, of: Any = PLAIN) -> dict[str, Any]:
    return {**of, "ap2": {"merchant_authorization": detached}}


def signed_by_hand(checkout: dict[str, Any], **header: Any) -> dict[str, Any]:
    """As UCP's text has it, step by step."""
    head, _, signature = jws(rfc8785.dumps(checkout), **{"typ": ..., **header}).split(".")
    return with_authorization(f"{head}..{signature}", checkout)


@pytest.mark.parametrize("spelling", ["{}.0", "{}e0", "{}.0000000000000000001", "{}00e-2"])
@pytest.mark.parametrize("member", ["amount", "price", "quantity"])
def test_amounts_are_integers_as_they_are_written_too(member: str, spelling: str) -> None:
    """What is signed is the canonical form, in which all of these are one; another reader may take another of them."""
    text = json.dumps(GOOD)
    assert verified(text)
    spelt, count = re.subn(rf'("{member}": )(\d+)', lambda found: found[1] + spelling.format(found[2]), text, count=1)
    assert count == 1
    refused(spelt, "malformed")
    refused(json.loads(spelt), "malformed")


def nested(levels: int) -> Any:
    found: Any = []
    for _ in range(levels):
        found = [found]
    return found


def test_what_is_authorized_is_verified() -> None:
    found = verified(GOOD)
    assert found.signer == "merchant_1"
    assert found.document == PLAIN
    assert found.text == authorization.attach(GOOD)
    assert {name: GOOD[name] for name in PLAIN} == PLAIN
    assert set(GOOD) - set(PLAIN) == {"ap2"}
    assert "ap2" not in PLAIN


def test_text_is_read_as_it_came() -> None:
    for text in (json.dumps(GOOD), json.dumps(GOOD, indent=2).encode(), json.dumps(dict(reversed(GOOD.items())))):
        assert verified(text).hash == verified(GOOD).hash
    refused(json.dumps(GOOD)[:-1] + ',"id":"chk_999"}', "malformed")


def test_it_is_the_form_that_ucp_has() -> None:
    header = json.loads(base64url_decode(DETACHED.split("..", maxsplit=1)[0]))
    assert header == {"alg": "ES256", "kid": KID}
    token = jwcrypto_jws.JWS()
    public = jwcrypto_jwk.JWK(**to_jwk(SHOP.public_key))
    head, signature = DETACHED.split("..")
    token.deserialize(f"{head}.{b64(rfc8785.dumps(PLAIN))}.{signature}", public)
    assert verified(signed_by_hand(PLAIN)).document == PLAIN


def test_each_authorization_is_another_text() -> None:
    assert len({authorization.attach(authorization.authorize(PLAIN, by=SHOP, kid=KID)) for _ in range(4)}) == 4


def test_members_beside_it_stay_and_are_not_signed() -> None:
    found = authorization.authorize({**CHECKOUT, "ap2": {"more": 1, "merchant_authorization": "old"}}, by=SHOP, kid=KID)
    assert found["ap2"]["more"] == 1  # type: ignore[index, call-overload]
    assert verified({**found, "ap2": {**found["ap2"], "more": 2}}).signer == "merchant_1"  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "wrong",
    [
        {"checkout": None},
        {"checkout": "text"},
        {"checkout": {**PLAIN, "currency": "usd"}},
        {"checkout": {**PLAIN, "exp": "soon"}},
        {"checkout": {**PLAIN, "iat": None}},
        {"checkout": {**PLAIN, "nbf": -1}},
        {"checkout": {**PLAIN, "exp": 1e12}},
        {"checkout": {**PLAIN, "ap2": {"more": float("nan")}}},
        {"checkout": {**PLAIN, "ap2": {"more": {1}}}},
        {"checkout": {**PLAIN, "ap2": {"more": nested(40)}}},
        {"checkout": {**PLAIN, "ap2": {"more": "a" * 300_000}}},
        {"checkout": changed("line_items", 0, "item", "price", to=19900.0, of=PLAIN)},
        {"checkout": changed("line_items", 0, "quantity", to=1.0, of=PLAIN)},
        {"checkout": changed("totals", 0, "amount", to=19900.0, of=PLAIN)},
        {"checkout": {**PLAIN, "ap2": "x"}},
        {"checkout": {**PLAIN, "more": {1, 2}}},
        {"checkout": {**PLAIN, 1: 2}},
        {"kid": ""},
        {"kid": None},
        {"by": Ed25519Signer.from_seed(b"\x21" * 32)},
    ],
)
def test_what_is_not_authorized(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        authorization.authorize(**{"checkout": PLAIN, "by": SHOP, "kid": KID, **wrong})


# attacks 109 and 110: the cart changed under a signature
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), "chk_124"),
        (("line_items", 0, "quantity"), 2),
        (("line_items", 1, "item", "id"), "sku-3"),
        (("line_items", 0, "item", "price"), 19901),
        (("currency",), "EUR"),
        (("status",), "completed"),
        (("links", 0, "url"), "https://evil.example"),
        (("continue_url",), "https://evil.example"),
        (("ucp", "version"), "2026-01-11"),
        (("ucp",), ...),
        (("expires_at",), ...),
        (("unheard_of",), {"of": "anybody"}),
        (("merchant",), {"id": "merchant_1", "name": "x"}),
    ],
)
def test_every_member_is_signed(path: tuple[Any, ...], value: Any) -> None:
    refused(changed(*path, to=value, of=GOOD), "bad_signature")


def test_shipping_and_tax_moved_by_one_unit() -> None:
    moved = copy.deepcopy(GOOD)
    moved["totals"][2]["amount"] += 1
    moved["totals"][3]["amount"] -= 1
    refused(moved, "bad_signature")


@pytest.mark.parametrize("checkout", [PLAIN, {**PLAIN, "ap2": {}}, with_authorization(None), {**PLAIN, "ap2": "x"}])
def test_a_missing_authorization_is_told_from_a_bad_one(checkout: Any) -> None:
    assert authorization.is_missing(checkout)
    assert authorization.is_missing(json.dumps(checkout))
    assert "missing" in refused(checkout, "malformed")
    assert not authorization.is_missing(GOOD)
    assert not authorization.is_missing(with_authorization("bad"))


@pytest.mark.parametrize(
    "detached",
    [
        "",
        "..",
        1,
        True,
        ["a..b"],
        DETACHED.replace("..", "."),
        DETACHED.replace("..", "..."),
        DETACHED.replace("..", f".{b64(rfc8785.dumps(PLAIN))}."),
        DETACHED + ".",
        DETACHED + "=",
        DETACHED + "\n",
        " " + DETACHED,
        DETACHED.split("..", maxsplit=1)[0] + "..",
        ".." + DETACHED.split("..")[1],
        "a" * MOST_CHARACTERS + "..b",
    ],
    ids=range(15),
)
def test_other_forms(detached: Any) -> None:
    refused(with_authorization(detached), "malformed")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"kid": ...}, "malformed"),
        ({"kid": None}, "malformed"),
        ({"kid": "other"}, "untrusted_root"),
        ({"alg": "none"}, "malformed"),
        ({"alg": "EdDSA"}, "malformed"),
        ({"alg": "ES384"}, "untrusted_root"),
        ({"alg": ...}, "malformed"),
        ({"b64": False, "crit": ["b64"]}, "malformed"),
        ({"by": MALLORY}, "bad_signature"),
    ],
)
def test_headers_that_are_refused(header: dict[str, Any], code: str) -> None:
    refused(signed_by_hand(PLAIN, **header), code)


@pytest.mark.parametrize("checkout", [None, [GOOD], "[]", b"\xff", "", 7])
def test_only_an_object(checkout: Any) -> None:
    with pytest.raises(AttornError) as caught:
        verified(checkout)
    assert caught.value.code in {"malformed", "invalid_input"}


def test_a_parsed_checkout_that_json_cannot_say_is_refused() -> None:
    refused({**GOOD, "more": float("nan")}, "malformed")
    refused({**GOOD, "more": 2**60}, "malformed")
    refused({**GOOD, "more": "x" * MOST_CHARACTERS}, "limit_exceeded")


# attack 119
def test_without_a_trusted_key_nothing_is_verified() -> None:
    refused(GOOD, "untrusted_root", merchants=[])


def test_the_bridge_to_a_checkout_jwt_and_back() -> None:
    text = authorization.attach(GOOD)
    assert checked(text) == verified(GOOD)
    assert authorization.detach(text) == GOOD
    assert authorization.attach(authorization.detach(text)) == text
    own = signed.sign(CHECKOUT, by=SHOP, kid=KID)
    assert authorization.attach(authorization.detach(own)) == own
    assert verified(authorization.detach(own)).hash == checked(own).hash


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (jws(CHECKOUT), "canonical JSON"),
        (jws(rfc8785.dumps({**CHECKOUT, "ap2": {}})), "canonical JSON"),
        (jws(rfc8785.dumps(CHECKOUT), kid=...), "kid"),
        (jws(rfc8785.dumps({**CHECKOUT, "id": ""})), "checkout.id"),
        ("x", "three parts"),
    ],
)
def test_what_has_no_detached_form(text: str, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        authorization.detach(text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e9, 1e9).map(lambda number: number or 0.0)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3).map("x-{}".format), JSON, max_size=3))
def test_any_member_survives_both_bridges(more: dict[str, Any]) -> None:
    found = authorization.authorize({**PLAIN, **more}, by=SHOP, kid=KID)
    text = authorization.attach(json.dumps(found))
    assert verified(json.dumps(found)).text == text
    assert authorization.attach(authorization.detach(text)) == text
