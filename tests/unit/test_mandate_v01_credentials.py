"""Mandates as credentials: what is issued is what is verified, in both securings, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.mandate_v01_scene import (
    AGENT,
    CART,
    FORMS,
    HOUR,
    INTENT,
    MALLORY,
    MERCHANT,
    MINUTE,
    NOW,
    PAYMENT,
    USER,
    Deal,
    altered,
    forms,
)

from attorn import AttornError, Identity, credential
from attorn.credential import Securing
from attorn.errors import InputError, UnavailableError, VerificationError
from attorn.integrity import Suite
from attorn.jose import jws
from attorn.mandate import vc
from attorn.mandate.vc import CartMandate, IntentMandate, PaymentMandate, context, read_mandate, verify_mandate
from attorn.mandate.vc.digest import digest_of
from attorn.mandate.vc.mandate import Mandate
from attorn.status import BitstringEntry

SPEC = Path(__file__).parents[2] / "docs" / "spec"
DIGEST = "sha-256:" + "A" * 43


def issued(form: Securing = Securing.JOSE, **changed: Any) -> str:
    given: dict[str, Any] = {"by": USER, "agent": AGENT.did, "now": NOW, "securing": form, **changed}
    return vc.issue_intent(IntentMandate.read(INTENT), **given)


def verified(text: Any, kind: type[Mandate] = IntentMandate, **changed: Any) -> Any:
    return verify_mandate(text, kind, **{"issuers": [USER.did], "now": NOW, **changed})


def refused(text: Any, *codes: str, kind: type[Mandate] = IntentMandate, **changed: Any) -> AttornError:
    with pytest.raises(AttornError) as caught:
        verified(text, kind, **changed)
    assert caught.value.code in codes, repr(caught.value)
    return caught.value


def document(**changed: Any) -> dict[str, Any]:
    """The intent's credential, unsigned; `credentialSubject__x` changes what is in it."""
    text = credential.read(issued(), contexts=context.contexts()).unverified_document
    return altered(text, **changed)


def signed(by: Identity = USER, form: Securing = Securing.JOSE, **changed: Any) -> Any:
    secured = credential.issue(document(**changed), by=by, securing=form, created=NOW, contexts=context.contexts())
    return secured if isinstance(secured, str) else json.dumps(secured)


@forms
def test_what_is_issued_is_what_is_verified(form: Securing) -> None:
    deal = Deal(form=form)
    assert deal.intent is not None
    intent = verified(deal.intent)
    cart = verified(deal.cart, CartMandate, issuers=[MERCHANT.did])
    payment = verified(deal.payment, PaymentMandate, issuers=[AGENT.did])
    assert (intent.mandate, cart.mandate, payment.mandate) == (
        IntentMandate.read(INTENT),
        CartMandate.read(CART),
        PaymentMandate.read(PAYMENT),
    )
    assert [each.issuer for each in (intent, cart, payment)] == [USER.did, MERCHANT.did, AGENT.did]
    assert [each.agent for each in (intent, cart, payment)] == [AGENT.did, None, None]
    assert [each.follows for each in (intent, cart, payment)] == [None, intent.digest, cart.digest]
    assert (intent.valid_from, intent.valid_until) == (NOW, intent.mandate.intent_expiry)
    assert cart.valid_until == cart.mandate.contents.cart_expiry
    assert payment.valid_until == NOW + HOUR
    assert intent.unverified_json == INTENT


@forms
def test_reading_says_the_same_and_checks_no_signature(form: Securing) -> None:
    text = issued(form)
    found, claimed = verified(text), read_mandate(text, IntentMandate)
    assert claimed.unverified_mandate == found.mandate
    assert (claimed.unverified_issuer, claimed.unverified_agent) == (USER.did, AGENT.did)
    assert (claimed.unverified_digest, claimed.unverified_follows) == (found.digest, None)


def test_two_that_say_the_same_are_two_and_one_has_one_digest_in_every_securing() -> None:
    assert verified(issued()).digest != verified(issued()).digest
    same = [issued(form, random=bytes) for form in FORMS]
    assert len({verified(text).digest for text in same}) == 1
    assert verified(same[0]).digest == digest_of(
        credential.read(same[0], contexts=context.contexts()).unverified_document
    )


@forms
def test_every_part_of_the_text_is_signed(form: Securing) -> None:
    text = issued(form)
    for place in range(0, len(text), max(1, len(text) // 120)):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises(VerificationError):
            verified(text[:place] + other + text[place + 1 :])


CHANGED: list[dict[str, Any]] = [
    {"type": ["VerifiableCredential"]},
    {"type": ["VerifiableCredential", "CartMandateCredential"]},
    {"@context": [credential.Version.V2.value]},
    {"@context": [credential.Version.V2.value, "https://w3id.org/attorn/mandate/v2"]},
    {"credentialSubject__type": "CartMandate"},
    {"credentialSubject__type": ["IntentMandate", "CartMandate"]},
    {"credentialSubject__type": ...},
    {"credentialSubject__id": ...},
    {"credentialSubject__id": "https://agent.example"},
    {"credentialSubject__mandate": ...},
    {"credentialSubject__mandate": "{}"},
    {"credentialSubject__mandate": [INTENT]},
    {"credentialSubject__mandate": {}},
    {"credentialSubject__mandate__max_price": 100},
    {"credentialSubject__mandate__merchants": []},
    {"credentialSubject__follows": DIGEST},
    {"credentialSubject__purpose": "x"},
    {"credentialSubject__name": "x"},
    {"credentialSubject": [document()["credentialSubject"], document()["credentialSubject"]]},
    {"validFrom": ...},
    {"validUntil": ...},
]


@pytest.mark.parametrize("change", CHANGED, ids="-".join)
def test_a_signed_document_that_is_no_such_mandate_is_refused(change: dict[str, Any]) -> None:
    assert verified(signed()).mandate == IntentMandate.read(INTENT)
    key = f"{USER.did}#{USER.did[8:]}"
    text = jws.sign(document(**change), by=USER.signer, typ="vc+jwt", kid=key, cty="vc")
    refused(text, "bad_mandate", "bad_credential")


@pytest.mark.parametrize("follows", ["", "A" * 43, "sha-256:" + "A" * 42, "sha-512:" + "A" * 43, 1, None, [DIGEST]])
def test_a_digest_of_another_form_is_refused(follows: Any) -> None:
    """Attack 109."""
    for issue, mandate, name in (
        (vc.issue_cart, CartMandate.read(CART), "intent"),
        (vc.issue_payment, PaymentMandate.read(PAYMENT), "cart"),
    ):
        until = {} if name == "intent" else {"until": NOW + HOUR}
        if (name, follows) == ("intent", None):
            continue
        with pytest.raises(InputError):
            issue(mandate, by=USER, now=NOW, **{name: follows}, **until)  # type: ignore[operator]


@forms
def test_one_kind_is_not_another(form: Securing) -> None:
    deal = Deal(form=form)
    for kind in (CartMandate, PaymentMandate):
        refused(deal.intent, "bad_mandate", kind=kind)
    refused(deal.cart, "bad_mandate", issuers=[MERCHANT.did])


@forms
def test_too_early_and_too_late(form: Securing) -> None:
    """Attack 112."""
    text, end = issued(form), IntentMandate.read(INTENT).intent_expiry
    verified(text, now=end, skew=0)
    verified(text, now=NOW, skew=0)
    refused(text, "outside_validity", now=end + timedelta(seconds=1), skew=0)
    refused(text, "outside_validity", now=NOW - timedelta(seconds=1), skew=0)
    refused(text, "outside_validity", now=end + timedelta(seconds=301))


@forms
def test_an_issuer_that_is_not_trusted_says_nothing(form: Securing) -> None:
    """Attack 119."""
    for issuers in ([], [MALLORY.did], lambda did: None, lambda did: 1):
        refused(issued(form), "bad_credential", issuers=issuers)
    refused(
        signed(by=USER, form=form).replace(USER.did, MALLORY.did), "bad_credential", "bad_proof", issuers=[MALLORY.did]
    )


@forms
def test_a_status_that_nobody_looks_up_is_none(form: Securing) -> None:
    """Attack 116."""
    text = issued(form, status=BitstringEntry("https://lists.example/1", 7))
    refused(text, "stale_status")
    asked: list[Any] = []
    assert verified(text, status=lambda found: asked.append(found.status)).issuer == USER.did
    assert asked[0][0].members["statusListIndex"] == "7"


def test_how_long_a_credential_may_be() -> None:
    refused("x" * 131_072, "bad_credential")
    refused("x" * 131_073, "bad_mandate")


@pytest.mark.parametrize("text", ["", "x", "{", "{}", "[]", "a.b.c", "a.b.c~", "\ud800", "x" * 131_073, None, 1, b"{}"])
def test_other_texts_are_none(text: Any) -> None:
    refused(text, "bad_credential", "bad_mandate")
    with pytest.raises(VerificationError):
        read_mandate(text, IntentMandate)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "did:web:a.example"},
        {"agent": "agent"},
        {"agent": None},
        {"now": NOW.replace(tzinfo=None)},
        {"now": NOW + 9 * HOUR},
        {"now": IntentMandate.read(INTENT).intent_expiry},
        {"securing": Securing.SD_JWT},
        {"securing": Securing.ENVELOPED},
        {"securing": "jose"},
        {"status": "https://lists.example/1"},
        {"method": "did:web:a.example#k"},
    ],
    ids=repr,
)
def test_unusable_arguments(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        issued(**{"form": Securing.JOSE, **change} if "securing" not in change else change)


def test_the_right_kind_is_issued() -> None:
    cart, payment = CartMandate.read(CART), PaymentMandate.read(PAYMENT)
    for call in (
        lambda: vc.issue_intent(cart, by=USER, agent=AGENT.did, now=NOW),  # type: ignore[arg-type]
        lambda: vc.issue_cart(payment, by=USER, intent=None, now=NOW),  # type: ignore[arg-type]
        lambda: vc.issue_payment(cart, by=USER, cart=DIGEST, until=NOW + HOUR, now=NOW),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            call()


@pytest.mark.parametrize("random", [lambda count: b"", lambda count: "x" * count, lambda count: 1 // 0])
def test_a_random_source_that_fails(random: Any) -> None:
    with pytest.raises(UnavailableError):
        issued(random=random)


def test_an_amount_of_an_offer_is_what_was_meant_in_both_securings() -> None:
    """Attack 111: 128.30 is 12830 cents for whoever reads it, however it is secured."""
    for form in FORMS:
        found = verified(Deal(form=form).cart, CartMandate, issuers=[MERCHANT.did])
        total = found.mandate.contents.payment_request.details.total
        assert (total.amount.amount, total.amount.currency) == (12830, "USD")


def test_the_context_on_the_page_is_the_one_in_use() -> None:
    assert json.loads((SPEC / "mandate-v1.jsonld").read_text()) == context.document()


def test_what_is_json_as_it_is_may_say_what_a_credential_may_not() -> None:
    """A cart's `id` is no URL, and AP2's own programs write null; outside the mandate neither is taken."""
    mandate = altered(INTENT, merchants=None, skus=None)
    assert verified(signed(credentialSubject__mandate=mandate)).mandate.merchants is None
    with pytest.raises(AttornError):
        signed(id="cart-1")
    with pytest.raises(AttornError):
        signed(credentialSubject__follows=None)


def test_a_proof_over_the_graph_covers_the_mandate() -> None:
    pytest.importorskip("pyoxigraph")
    cart = verified(Deal().cart, CartMandate, issuers=[MERCHANT.did])
    whole = credential.read(Deal().cart, contexts=context.contexts()).unverified_document
    suite = Suite.EDDSA_RDFC_2022
    secured = credential.issue(
        whole, by=MERCHANT, securing=Securing.DATA_INTEGRITY, suite=suite, created=NOW, contexts=context.contexts()
    )
    assert verified(json.dumps(secured), CartMandate, issuers=[MERCHANT.did]).mandate == cart.mandate
    items = secured["credentialSubject"]["mandate"]["contents"]["payment_request"]["details"]["display_items"]  # type: ignore[index,call-overload]
    items[0]["amount"]["value"] = 109
    refused(json.dumps(secured), "bad_proof", kind=CartMandate, issuers=[MERCHANT.did])


def test_later_carts_are_other_carts() -> None:
    first = verified(Deal().cart, CartMandate, issuers=[MERCHANT.did])
    later = verified(Deal(made=NOW + MINUTE).cart, CartMandate, issuers=[MERCHANT.did], now=NOW + MINUTE)
    assert first.mandate == later.mandate
    assert first.digest != later.digest
    assert replace(first, digest=later.digest) != first
