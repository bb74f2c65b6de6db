"""The four tokens that AP2's own pages show: read, verified and judged; and refused when anything in them is moved.

Their agent's key stands in them. The key of their issuer was never published: it is the only one under which both open
mandates verify, found from their two signatures.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from tests.unit.mandate_scene import MALLORY

from attorn.checkout import checkout_hash
from attorn.checkout.signed import read as read_checkout
from attorn.errors import AttornError
from attorn.mandate import ClosedCheckout, ClosedPayment, OpenCheckout, OpenPayment, VerifiedChain, verify
from attorn.mandate.constraint import Asked, Usage

pytestmark = pytest.mark.oracle
PAGES = json.loads((Path(__file__).parent / "ap2_pages.json").read_text())
ISSUER = {
    "kty": "EC",
    "crv": "P-256",
    "x": "vxIBPL4N3Xghx0iqkf8L2esJ5_OldPSAK1zVOmG9s8o",
    "y": "ZjcIzzkmC37FTqV5hXVQwL2cj5BdqxTNcUjqp8p_xbU",
}
NOW = datetime.fromtimestamp(1_777_342_380, UTC)
OPEN_CHECKOUT = "FzLoxbbtgQGYZxoSM2NJYJtkFTSsdfUBoVEQ12k7JN8"
OPEN_PAYMENT = "uixoHemmfrrCSbPREo9j-ziLuMkqExsPeWrwA-PK0Ck"
CHECKOUT = "NivWhuqfzcvZNapvIEJ2-3tsdQLkiuIcye2g46WVgX8"
ASKED = {
    "checkout": {"audience": "merchant", "nonce": "b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4"},
    "payment": {"audience": "credential-provider", "nonce": "a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3"},
}
KINDS = pytest.mark.parametrize("kind", list(ASKED))


def chain(kind: str, closed: str | None = None) -> str:
    """As AP2 joins two tokens."""
    return str(PAGES[f"open {kind}"][:-1] + "~~" + PAGES[f"closed {closed or kind}"])


def verified(kind: str, text: str | None = None, **changed: Any) -> VerifiedChain:
    given: dict[str, Any] = {**ASKED[kind], "anchors": [ISSUER], "now": NOW, **changed}
    return verify(chain(kind) if text is None else text, **given)


def refused(code: str, kind: str, text: str | None = None, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        verified(kind, text, **changed)
    assert caught.value.code == code, caught.value


def test_the_checkout() -> None:
    found = verified("checkout")
    assert [hop.sd_hash for hop in found.opens] == [OPEN_CHECKOUT]
    assert isinstance(found.closed, ClosedCheckout)
    assert found.closed.unverified_jwt is not None
    assert found.closed.unverified_hash == checkout_hash(found.closed.unverified_jwt) == CHECKOUT
    content, cart = found.opens[0].content, read_checkout(found.closed.unverified_jwt).unverified
    assert isinstance(content, OpenCheckout)
    assert (cart.total.amount, cart.total.currency) == (19900, "USD")
    assert content.violations(cart, Usage()) == ()
    assert [each.code for each in content.violations(cart, Usage(1))] == ["too_many_uses"]


def test_the_payment_of_that_checkout() -> None:
    found = verified("payment")
    assert [hop.sd_hash for hop in found.opens] == [OPEN_PAYMENT]
    payment, content = found.closed, found.opens[0].content
    assert isinstance(payment, ClosedPayment)
    assert isinstance(content, OpenPayment)
    assert payment.transaction_id == CHECKOUT

    def codes(order: str) -> list[str]:
        asked = Asked(payment=payment, now=int(NOW.timestamp()), open_checkouts=frozenset({order}), usage=Usage())
        return [each.code for each in content.violations(asked)]

    assert codes(OPEN_CHECKOUT) == []
    assert codes(OPEN_PAYMENT) == ["wrong_checkout"]


@KINDS
def test_the_sd_jwt_library_reads_the_same(kind: str) -> None:
    found = verified(kind)
    holder = found.opens[0].holder
    assert holder is not None
    for hop, token, key in zip(
        found.hops, (PAGES[f"open {kind}"], PAGES[f"closed {kind}"]), (ISSUER, holder.key.write()), strict=True
    ):
        theirs = SDJWTVerifier(token, lambda *_, key=key: JWK(**key)).get_verified_payload()
        (content,) = theirs["delegate_payload"]
        assert hop.content is not None
        assert content["vct"] == hop.content.write()["vct"]
        assert theirs.get("nonce") == hop.nonce


@KINDS
def test_112_for_nobody_else(kind: str) -> None:
    refused("wrong_audience", kind, audience="another")
    refused("wrong_request", kind, nonce="another")
    refused("outside_validity", kind, now=datetime.fromtimestamp(1_777_345_957 + 301, UTC))
    refused("outside_validity", kind, now=datetime.fromtimestamp(1_777_342_357 - 301, UTC))
    refused("untrusted_root", kind, anchors=[])
    refused("bad_signature", kind, anchors=[{**MALLORY.jwk, "kid": "agent-provider-key-1"}])


@KINDS
def test_116_behind_another_mandate(kind: str) -> None:
    other = "payment" if kind == "checkout" else "checkout"
    refused("broken_chain", kind, chain(kind, other))
    refused("bad_mandate", kind, PAGES[f"closed {kind}"])
    refused("bad_mandate", kind, PAGES[f"open {kind}"])


@KINDS
def test_117_no_disclosure_but_the_checkout_can_be_taken_away(kind: str) -> None:
    segments = chain(kind).split("~~")
    for number, segment in enumerate(segments):
        parts = segment.removesuffix("~").split("~")
        for index in range(1, len(parts)):
            left = [*segments]
            left[number] = "~".join(parts[:index] + parts[index + 1 :])
            text = "~~".join(left).removesuffix("~") + "~"
            if kind == "checkout" and number == 1 and index == 2:
                # Its checkout, which whoever holds the mandate may keep back.
                assert verified(kind, text).closed == ClosedCheckout(unverified_hash=CHECKOUT, unverified_jwt=None)
                continue
            refused("bad_mandate", kind, text)


@KINDS
def test_43_characters_cannot_change(kind: str) -> None:
    text = chain(kind)
    for index in range(0, len(text) - 1, 7):
        other = "A" if text[index] != "A" else "B"
        with pytest.raises(AttornError):
            verified(kind, text[:index] + other + text[index + 1 :])
