"""Evidence of a purchase: what somebody who was not there finds in it long after, and what a forger cannot put in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.evidence_scene import (
    ALICE,
    CHECKOUT,
    CONTENT,
    HOLDER,
    LATER,
    OPEN_PAYMENT,
    PAYMENT,
    PROCESSOR,
    SHOP_AUDIENCE,
    WHOLE,
    bought,
    judged,
    presented,
    settled,
    sold,
)
from tests.unit.mandate_scene import (
    AT,
    AUDIENCE,
    MALLORY,
    NONCE,
    SUB,
    USER,
    b64,
    follow,
    opened,
    ordered,
    paid,
    root,
    shopping,
)
from tests.unit.test_mandate_verifier import LINES, MERCHANT, OPEN_CHECKOUT, ORDER, SHOPS, checkout, limits, money

from attorn import Identity, Request, caveat
from attorn.checkout.checkout import Checkout
from attorn.checkout.known_signer import KnownSigner
from attorn.did.webvh import controller
from attorn.errors import AttornError, InputError
from attorn.evidence import Evidence, Finding, Findings, Point, Presented, Shown, verify
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import P256Signer
from attorn.mandate import Links
from attorn.mandate.receipt import CheckoutReceipt, Failure, Reference, issue
from attorn.request.money import Money
from attorn.status import token_list

ALL = list(Point)
OTHER_CART = Checkout.read(shop.changed("id", to="another"))


def test_every_point_holds_long_after() -> None:
    found = judged(Evidence.read(WHOLE.encode()))
    assert [each.point for each in found.points] == ALL[:-1]
    assert found.holds
    assert found.failed == ()
    assert found.checkout is not None
    assert found.payment is not None
    assert found.payment.checkout.hash == found.checkout.checkout.hash
    assert found.checkout_receipt is not None
    assert found.checkout_receipt.receipt.order_id == "order-1"
    assert found.access is not None
    assert (found.access.root, found.access.holder) == (ALICE.did, HOLDER.did)
    assert found.point(Point.PAYMENT) == found.points[1]


def test_it_reads_as_it_was_written() -> None:
    content = WHOLE.encode()
    assert Evidence.read(content) == WHOLE
    assert Evidence.read(content).encode() == content
    for secret in (CHECKOUT, PAYMENT, NONCE, settled()):
        assert secret not in repr(WHOLE)


def fails(evidence: Evidence, *points: tuple[Point, str], **changed: Any) -> Findings:
    """These points fail, with these codes, and no others."""
    found = judged(evidence, **changed)
    assert {(each.point, each.code) for each in found.failed} == set(points)
    assert not found.holds
    return found


def part(which: str, **changed: Any) -> Evidence:
    return replace(WHOLE, **{which: replace(getattr(WHOLE, which), **changed)})


NO_PURCHASE = (Point.PURCHASE, "broken_chain")


# whom to believe is the caller's to say (attack 119)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"anchors": []}, ["untrusted_root", "untrusted_root", "broken_chain", "broken_chain", None, "broken_chain"]),
        ({"anchors": [MALLORY.jwk]}, ["bad_signature"] * 2 + ["broken_chain"] * 2 + [None, "broken_chain"]),
        ({"merchants": []}, ["untrusted_root"] * 3 + ["broken_chain", None, "broken_chain"]),
        ({"processors": []}, [None, None, None, "untrusted_root", None, None]),
        ({"roots": []}, [None] * 4 + ["untrusted_root", None]),
        ({"roots": [HOLDER.did]}, [None] * 4 + ["untrusted_root", None]),
    ],
    ids=["no anchors", "others", "no merchants", "no processors", "no roots", "another root"],
)
def test_119_nothing_is_believed_because_it_is_there(changed: Any, codes: list[str | None]) -> None:
    assert [each.code for each in judged(**changed).points] == codes


# what was shown to another, or another time


def test_a_mandate_for_somebody_else() -> None:
    rest = [(Point.PAYMENT_RECEIPT, "broken_chain"), (Point.PURCHASE, "wrong_request")]
    fails(part("payment", audience="another"), (Point.PAYMENT, "wrong_audience"), *rest)
    fails(part("payment", nonce="another"), (Point.PAYMENT, "wrong_request"), *rest)


@pytest.mark.parametrize("days", [-1, 1, 400])
def test_112_the_time_of_the_verdict_is_no_other(days: int) -> None:
    found = judged(replace(WHOLE, at=AT + timedelta(days=days)))
    assert [each.code for each in found.points] == [
        "outside_validity", "outside_validity", "broken_chain", "broken_chain", "outside_validity", "broken_chain",
    ]  # fmt: skip


# attack 109, 110: another purchase


def test_109_a_payment_for_another_checkout() -> None:
    other = follow(OPEN_PAYMENT, paid(**{**CONTENT, "transaction_id": shop.b64(b"x" * 32)}))
    fails(
        part("payment", mandate=other, receipt=settled(other)),
        (Point.PAYMENT, "broken_chain"), (Point.PAYMENT_RECEIPT, "broken_chain"), (Point.PURCHASE, "wrong_request"),
    )  # fmt: skip


def test_110_a_payment_of_one_more() -> None:
    more = follow(OPEN_PAYMENT, paid(**{**CONTENT, "payment_amount": money(24517)}))
    fails(
        part("payment", mandate=more, receipt=settled(more)),
        (Point.PAYMENT, "denied"), (Point.PAYMENT_RECEIPT, "broken_chain"), (Point.PURCHASE, "wrong_request"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"checkout": None, "payment": None},
        {"resource": "shop://orders", "action": "buy"},
        {"open_checkouts": None},
    ],
    ids=["nothing", "another action", "without the orders"],
)
def test_the_request_may_say_less_but_nothing_else(changed: Any) -> None:
    if changed.get("payment", 1) is None:
        with pytest.raises(InputError):
            bought(**changed)
        return
    found = judged(replace(WHOLE, presentation=presented(bought(**changed))))
    codes = [each.code for each in found.points]
    assert codes[5] is None
    assert codes[4] == ("denied" if "action" in changed else None)


@pytest.mark.parametrize(
    "request_",
    [
        Request(action="purchase", resource="shop://orders"),
        Request(action="purchase", resource="shop://orders", args={**bought().args, "amount": 1}, cost=bought().cost),
        Request(action="purchase", resource="shop://orders", args=dict(bought().args)),
        Request(action="purchase", resource="shop://orders", args=dict(bought().args), cost=Money(1, "USD")),
        Request(
            action="purchase",
            resource="shop://orders",
            args={**bought().args, "first.second": 5},
            cost=bought().cost,
        ),
    ],
    ids=["nothing of it", "another amount", "no cost", "another cost", "another time"],
)  # fmt: skip
def test_109_a_token_for_another_purchase(request_: Request) -> None:
    fails(replace(WHOLE, presentation=presented(request_)), (Point.PURCHASE, "wrong_request"))


# attack 118: receipts


@pytest.mark.parametrize(
    ("receipt", "code"),
    [
        (settled(CHECKOUT), "broken_chain"),
        (settled(by=shop.MALLORY), "bad_signature"),
        (settled(issuer="another"), "untrusted_root"),
        (settled(issued_at=LATER + timedelta(hours=1)), "outside_validity"),
        (settled(issued_at=AT - timedelta(hours=1)), "outside_validity"),
        (settled(issued_at=AT + timedelta(minutes=10, seconds=1)), "outside_validity"),
        (sold(PAYMENT), "malformed"),
        ("x", "malformed"),
    ],
    ids=["for another", "forged", "by another", "from the future", "older", "long after", "a merchant's", "none"],
)
def test_118_a_receipt_that_is_none(receipt: str, code: str) -> None:
    fails(part("payment", receipt=receipt), (Point.PAYMENT_RECEIPT, code))


def test_a_receipt_that_does_not_say_when_is_for_its_mandate_all_the_same() -> None:
    said = {"iss": "merchant_1", "result": "success", "reference": Reference.JWT.of(CHECKOUT)}
    undated = part("checkout", receipt=shop.jws(said))
    found = judged(undated, delay=timedelta(0), skew=timedelta(0))
    assert found.holds
    assert found.checkout_receipt is not None
    assert found.checkout_receipt.receipt.issued_at is None
    fails(part("checkout", receipt=shop.jws({**said, "reference": "x"})), (Point.CHECKOUT_RECEIPT, "broken_chain"))


def test_116_what_does_not_say_that_it_is_handed_on_was_not() -> None:
    handed = follow(OPEN_CHECKOUT, shopping(SUB, constraints=[LINES, SHOPS]), aud="sub", nonce="q")
    order = Evidence(at=AT, checkout=Shown(checkout(handed, by=SUB), MERCHANT, "m-1"))
    fails(order, (Point.CHECKOUT, "broken_chain"))
    assert judged(order, redelegations=1).holds


def test_112_a_verdict_is_not_dated_back() -> None:
    """Whoever composes the file says of when it is: not of long before the receipt, when less had been revoked."""
    late = timedelta(minutes=10)
    later = part("checkout", receipt=sold(issued_at=AT + late))
    assert judged(later).holds
    fails(later, (Point.CHECKOUT_RECEIPT, "outside_validity"), delay=timedelta(minutes=4))
    fails(replace(later, at=AT - timedelta(seconds=1)), (Point.CHECKOUT_RECEIPT, "outside_validity"))
    much_later = part("checkout", receipt=sold(issued_at=AT + timedelta(days=2)))
    fails(much_later, (Point.CHECKOUT_RECEIPT, "outside_validity"))
    assert judged(much_later, delay=timedelta(days=2)).holds


def test_118_a_receipt_by_another_known_merchant() -> None:
    rival = KnownSigner.of("m-2", {**to_jwk(shop.MALLORY.public_key), "kid": shop.KID})
    by_rival = part("checkout", receipt=sold(by=shop.MALLORY, issuer="m-2"))
    fails(by_rival, (Point.CHECKOUT_RECEIPT, "untrusted_root"), merchants=[shop.KNOWN, rival])
    # The same merchant under its other name, with the same key.
    url = KnownSigner.of("https://shop.example", {**to_jwk(shop.SHOP.public_key), "kid": shop.KID})
    assert judged(
        part("checkout", receipt=sold(issuer="https://shop.example")), merchants=[shop.KNOWN, url, rival]
    ).holds


def test_no_time_is_too_far_away() -> None:
    assert judged(delay=timedelta.max).holds
    assert judged(clock=lambda: datetime.max.replace(tzinfo=UTC)).holds
    early = judged(clock=lambda: datetime.min.replace(tzinfo=UTC))
    assert {each.code for each in early.points} == {"outside_validity"}


def test_118_a_merchant_with_a_did_is_known_by_it_under_any_name() -> None:
    mine, theirs = (Identity(each).did for each in (shop.SHOP, shop.MALLORY))
    kids = {did: f"{did}#{did.removeprefix('did:key:')}" for did in (mine, theirs)}
    order = follow(OPEN_CHECKOUT, ordered(shop.jws(shop.CHECKOUT, kid=kids[mine])), aud=MERCHANT, nonce="m-1")

    def shown(by: P256Signer, did: str) -> Evidence:
        said = CheckoutReceipt("m-2", Reference.JWT.of(order), AT, order_id="order-1")
        return Evidence(at=AT, checkout=Shown(order, MERCHANT, "m-1", issue(said, by=by, kid=kids[did])))

    first = KnownSigner.of("merchant_1", mine)
    assert judged(shown(shop.SHOP, mine), merchants=[first, KnownSigner.of("m-2", mine)]).holds
    moved = [first, KnownSigner.of("merchant_1", USER.did), KnownSigner.of("m-2", mine)]
    assert judged(shown(shop.SHOP, mine), merchants=moved).holds
    by_rival = shown(shop.MALLORY, theirs)
    rival = KnownSigner.of("m-2", theirs)
    fails(by_rival, (Point.CHECKOUT_RECEIPT, "untrusted_root"), merchants=[first, rival])
    # Two keys of one name are not another's.
    keys = KnownSigner.of("m-3", shop.MALLORY.public_key, shop.SHOP.public_key)
    fails(by_rival, (Point.CHECKOUT_RECEIPT, "untrusted_root"), merchants=[first, rival, keys])


def test_a_token_for_an_order_alone() -> None:
    asked = bought(payment=None, open_checkouts=None)
    order = Evidence(at=AT, checkout=WHOLE.checkout, presentation=presented(asked))
    assert judged(order).holds
    other = presented(bought(payment=None, open_checkouts=None, resource="shop://orders", checkout=OTHER_CART))
    fails(replace(order, presentation=other), (Point.PURCHASE, "wrong_request"))


def test_112_a_verdict_of_the_future_proves_nothing() -> None:
    assert judged(clock=lambda: AT - timedelta(minutes=5)).holds
    found = judged(clock=lambda: AT - timedelta(minutes=5, seconds=1))
    assert {each.code for each in found.points} == {"outside_validity"}
    found = judged(clock=lambda: AT - timedelta(minutes=6))
    assert {each.code for each in found.points} == {"outside_validity"}
    assert judged(clock=lambda: AT - timedelta(minutes=4)).holds


@pytest.mark.parametrize("seconds", [-3599, -301, -299, -1, 1, 50, 299, 3599])
def test_the_request_is_of_when_the_payment_was_signed_or_judged(seconds: int) -> None:
    request = bought(now=AT + timedelta(seconds=seconds))
    fails(replace(WHOLE, presentation=presented(request)), (Point.PURCHASE, "wrong_request"))


def test_118_a_token_of_somebody_else() -> None:
    other = Identity(P256Signer.from_scalar(b"\x61" * 32), clock=lambda: AT)
    request = bought()
    token = ALICE.mint(to=other.did, caveats=[caveat.Actions("purchase")])
    shown = Presented(other.present(token, request, audience=SHOP_AUDIENCE), SHOP_AUDIENCE, request)
    fails(replace(WHOLE, presentation=shown), (Point.PURCHASE, "not_holder"))


def test_a_receipt_of_a_failure_is_a_receipt() -> None:
    failed = settled(failure=Failure("invalid_mandate", "over"), psp_confirmation_id=None, network_confirmation_id=None)
    found = judged(part("payment", receipt=failed))
    assert found.holds
    assert found.payment_receipt is not None
    assert found.payment_receipt.receipt.failure == Failure("invalid_mandate", "over")


def test_what_is_not_there_is_no_point() -> None:
    found = judged(Evidence(at=AT, checkout=Shown(CHECKOUT, MERCHANT, "m-1")))
    assert [each.point for each in found.points] == [Point.CHECKOUT]
    assert found.point(Point.PAYMENT) is None
    direct = root(paid(iat=1_900_000_000, **CONTENT), aud=AUDIENCE, nonce=NONCE)
    alone = judged(Evidence(at=AT, payment=Shown(direct, AUDIENCE, NONCE), checkout_jwt=ORDER))
    assert [(each.point, each.holds) for each in alone.points] == [(Point.PAYMENT, True)]
    assert alone.payment is not None
    assert alone.payment.chain.human_present
    # Whoever the user had ask for it: there was no agent that could have been another.
    asked = bought(payment=alone.payment.payment, open_checkouts=None)
    by_token = Evidence(
        at=AT, payment=Shown(direct, AUDIENCE, NONCE), checkout_jwt=ORDER, presentation=presented(asked)
    )
    assert judged(by_token).point(Point.PURCHASE) == Finding(Point.PURCHASE, None, "holds")


# what a receipt ties together


def linked(**changed: Any) -> Links:
    found = judged()
    assert found.access is not None
    assert found.payment is not None
    here = Links.of(
        found.payment.chain, found.payment.checkout.hash, token=found.access.chain, request=found.access.request
    )
    return replace(here, **changed)


def test_a_receipt_ties_checkout_mandates_and_token_together() -> None:
    found = judged(part("payment", receipt=settled(links=linked())))
    assert found.holds
    assert found.points[-1].point is Point.LINKS
    less = judged(part("payment", receipt=settled(links=linked(token=(), request=""))))
    assert less.holds
    assert less.points[-1].point is Point.LINKS
    assert judged(part("checkout", receipt=sold(links=replace(sold_links(), token=(), request="")))).holds


def sold_links() -> Links:
    found = judged()
    assert found.checkout is not None
    return Links.of(found.checkout.chain, found.checkout.checkout.hash)


OTHER_ID = b64(b"x" * 32)


@pytest.mark.parametrize(
    "links",
    [
        linked(checkout=OTHER_ID),
        linked(mandate=(OTHER_ID,)),
        linked(mandate=linked().mandate[:1]),
        linked(mandate=linked().mandate[::-1]),
        linked(mandate=(*linked().mandate, OTHER_ID)),
        linked(token=(b64(b"y" * 16),)),
        linked(request=OTHER_ID),
        sold_links(),
    ],
    ids=["checkout", "mandate", "fewer", "turned", "more", "token", "request", "the other mandate's"],
)
def test_118_a_receipt_of_other_things(links: Links) -> None:
    fails(part("payment", receipt=settled(links=links)), (Point.LINKS, "broken_chain"))


def test_118_a_receipt_of_a_token_that_is_not_there() -> None:
    evidence = part("payment", receipt=settled(links=linked()))
    fails(replace(evidence, presentation=None), (Point.LINKS, "broken_chain"))
    fails(evidence, (Point.PRESENTATION, "untrusted_root"), (Point.LINKS, "broken_chain"), roots=[])


@pytest.mark.parametrize(
    "member",
    [
        None, [], "x", {}, {"checkout": OTHER_ID}, {"checkout": OTHER_ID, "mandate": []},
        {"checkout": OTHER_ID, "mandate": OTHER_ID}, {"checkout": OTHER_ID, "mandate": [1]},
        {"checkout": OTHER_ID[:-1], "mandate": [OTHER_ID]}, {"checkout": OTHER_ID, "mandate": ["="]},
        {"checkout": OTHER_ID, "mandate": [OTHER_ID] * 33}, {"checkout": OTHER_ID, "mandate": [OTHER_ID], "more": 1},
        {"checkout": OTHER_ID, "mandate": [OTHER_ID], "token": [b64(b"y" * 16)]},
        {"checkout": OTHER_ID, "mandate": [OTHER_ID], "request": OTHER_ID},
        {"checkout": OTHER_ID, "mandate": [OTHER_ID], "token": [], "request": ""},
        {"checkout": OTHER_ID, "mandate": [OTHER_ID], "token": [OTHER_ID], "request": OTHER_ID},
    ],
)  # fmt: skip
def test_a_receipt_that_ties_nothing(member: Any) -> None:
    claims = {
        "status": "Success", "iss": "processor", "iat": 1_900_000_000, "reference": Reference.JWT.of(PAYMENT),
        "payment_id": "a", "psp_confirmation_id": "b", "network_confirmation_id": "c", "attorn": member,
    }  # fmt: skip
    text = shop.jws(claims, by=PROCESSOR, kid="p-1")
    fails(part("payment", receipt=text), (Point.PAYMENT_RECEIPT, "malformed"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Links(OTHER_ID, [OTHER_ID]),  # type: ignore[arg-type]
        lambda: Links(OTHER_ID, ()),
        lambda: Links("x", (OTHER_ID,)),
        lambda: Links(OTHER_ID, (OTHER_ID,), (b64(b"y" * 16),)),
        lambda: Links.of(None, OTHER_ID),  # type: ignore[arg-type]
        lambda: settled(links={}),
        lambda: sold(links="x"),
    ],
)
def test_links_that_are_none(make: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        make()


# what was fetched at the time

LIST = "https://lists.example/1"


def listed(revoked: bool = False, by: Identity = USER.identity, issued: int = 1_900_000_000 - 60) -> bytes:
    return token_list.issue(LIST, bytes([0, 0b1000 if revoked else 0]), by=by, bits=1, issued=issued).encode()


def revocable(*files: bytes) -> Evidence:
    before = root(opened(constraints=limits()), status={"status_list": {"idx": 11, "uri": LIST}})
    mandate = follow(before, paid(**CONTENT))
    return Evidence(
        at=AT,
        checkout=Shown(CHECKOUT, MERCHANT, "m-1"),
        payment=Shown(mandate, AUDIENCE, NONCE),
        files=dict.fromkeys([LIST], files[0]) if files else {},
    )


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([listed()], None),
        ([], "stale_status"),
        ([listed(revoked=True)], "revoked"),
        ([listed(issued=1_900_000_000 - 2 * 86_400)], "stale_status"),
        ([listed(issued=1_900_000_000 + 4_000)], "stale_status"),
        ([listed(by=MALLORY.identity)], "stale_status"),
        ([b"\xff"], "malformed"),
        ([b"x.y.z"], "malformed"),
        ([listed()[:-8] + b"AAAAAAAA"], "bad_signature"),
    ],
    ids=["valid", "none", "revoked", "old", "later", "another's", "no text", "no list", "forged"],
)
def test_116_the_status_is_that_of_the_time(files: list[bytes], code: str | None) -> None:
    found = judged(revocable(*files), anchors=[USER.did])
    assert found.point(Point.CHECKOUT) is not None
    assert {each.point: each.code for each in found.points}[Point.PAYMENT] == code


def test_a_did_webvh_proves_its_own_past() -> None:
    user, next_key = USER.identity.signer, P256Signer.from_scalar(b"\x41" * 32)
    log = controller_log(user)
    did = json.loads(log.splitlines()[0])["state"]["id"]
    url = "https://agents.example/user/did.jsonl"
    rotated = controller.update(
        log, by=SIGNER, at=AT + timedelta(days=9), document=document_of(did, Identity(next_key).did)
    )
    for files in ({url: log.encode()}, {url: rotated.encode()}):
        evidence = Evidence(at=AT, checkout=Shown(CHECKOUT, MERCHANT, "m-1"), files=files)
        assert judged(evidence, anchors=[did]).holds, judged(evidence, anchors=[did])
    for files in ({}, {url: log.replace("agents.example", "others.example").encode()}, {url: b"{}"}):
        evidence = Evidence(at=AT, checkout=Shown(CHECKOUT, MERCHANT, "m-1"), files=files)
        assert not judged(evidence, anchors=[did]).holds


SIGNER = Identity.from_seed(b"\x51" * 32).signer


def document_of(did: str, key: str) -> dict[str, Any]:
    method = {
        "id": f"{did}#key", "type": "Multikey", "controller": did, "publicKeyMultibase": key.removeprefix("did:key:")
    }  # fmt: skip
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }


def controller_log(user: Any) -> str:
    did = "did:webvh:{SCID}:agents.example:user"
    return controller.create(
        domain="agents.example",
        path=["user"],
        by=SIGNER,
        at=AT - timedelta(days=9),
        document=document_of(did, Identity(user).did),
    )


def test_a_did_web_proves_nothing_but_where_the_caller_vouches_for_its_file() -> None:
    did, url = "did:web:users.example", "https://users.example/.well-known/did.json"
    files = {url: json.dumps(document_of(did, USER.did)).encode()}
    evidence = Evidence(at=AT, checkout=Shown(CHECKOUT, MERCHANT, "m-1"), files=files)
    found = judged(evidence, anchors=[did])
    assert [each.code for each in found.points] == ["unresolved_principal"]
    assert judged(evidence, anchors=[did], trusted_files=[url]).holds
    assert not judged(evidence, anchors=[did], trusted_files=["https://users.example/did.json"]).holds
    forged = {url: json.dumps(document_of(did, MALLORY.did)).encode()}
    assert not judged(replace(evidence, files=forged), anchors=[did], trusted_files=[url]).holds


# files that are none


def changed(**members: Any) -> bytes:
    found = {**json.loads(WHOLE.encode()), **members}
    return json.dumps({name: value for name, value in found.items() if value is not ...}).encode()


def inner(name: str, **members: Any) -> bytes:
    found = {**json.loads(WHOLE.encode())[name], **members}
    return changed(**{name: {key: value for key, value in found.items() if value is not ...}})


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"null", b"\xff", WHOLE.encode()[:-1], WHOLE.encode() + b"x",
        changed(format="attorn evidence v2"), changed(format=...), changed(more=1),
        changed(at=...), changed(at="now"), changed(at=-1), changed(at=1.5), changed(at=True), changed(at=10**15),
        changed(checkout=...), changed(checkout=None), changed(checkout=[]), changed(checkout="x"),
        changed(checkout_jwt=ORDER), changed(checkout=..., checkout_jwt=1), changed(checkout=..., checkout_jwt=""),
        changed(checkout=..., payment=..., checkout_jwt=ORDER), changed(checkout=..., payment=...),
        inner("checkout", mandate=...), inner("checkout", mandate=1), inner("checkout", mandate=""),
        inner("checkout", nonce=...), inner("checkout", audience=""), inner("checkout", more=1),
        inner("checkout", receipt=None), inner("checkout", receipt=""), inner("checkout", mandate="x" * 300_000),
        inner("presentation", request="{}"), inner("presentation", request={}), inner("presentation", wire=""),
        inner("presentation", request=bought().canonical().decode() + " "), inner("presentation", more=1),
        inner("presentation", request='{"action":"x y","args":{},"resource":"a://b"}'),
        inner("presentation", request='{"action":"x","args":[],"resource":"a://b"}'),
        inner("presentation", request='{"action":"x","args":{},"cost":{"amount":1.5,"currency":"USD"},"resource":"a://b"}'),
        inner("presentation", request='{"action":"x","args":{},"cost":{"amount":1,"currency":"usd"},"resource":"a://b"}'),
        changed(files=[]), changed(files={"http://a.example/": ""}), changed(files={"https://a.example/": "="}),
        changed(files={"https://a.example/": 1}), changed(files={"": ""}),
        changed(files={f"https://a.example/{n}": "" for n in range(65)}),
    ],
)  # fmt: skip
def test_a_file_of_another_form(content: bytes) -> None:
    with pytest.raises(AttornError) as caught:
        Evidence.read(content)
    assert caught.value.code == "malformed"


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(AttornError) as caught:
        Evidence.read(b" " * 4_194_305)
    assert caught.value.code == "limit_exceeded"
    big = {f"https://a.example/{n}": b"x" * 100_000 for n in range(40)}
    with pytest.raises(InputError):
        replace(WHOLE, files=big).encode()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Evidence.read("{}"),  # type: ignore[arg-type]
        lambda: Evidence(at=AT),
        lambda: Evidence(at=datetime(2030, 1, 1), checkout=WHOLE.checkout),
        lambda: Evidence(at=AT, checkout=WHOLE.checkout, checkout_jwt=ORDER),
        lambda: Evidence(at=AT, checkout_jwt=ORDER),
        lambda: Evidence(at=AT, checkout=CHECKOUT),  # type: ignore[arg-type]
        lambda: Evidence(at=AT, checkout=WHOLE.checkout, files={"http://a.example": b""}),
        lambda: Evidence(at=AT, checkout=WHOLE.checkout, files={"https://a.example": "x"}),  # type: ignore[dict-item]
        lambda: Shown("", MERCHANT, "n"),
        lambda: Shown(CHECKOUT, MERCHANT, ""),
        lambda: Shown(CHECKOUT, 1, "n"),  # type: ignore[arg-type]
        lambda: Presented("x", SHOP_AUDIENCE, {}),  # type: ignore[arg-type]
        lambda: verify(WHOLE.encode(), anchors=[], merchants=[]),  # type: ignore[arg-type]
        lambda: judged(trusted_files="https://a.example"),
        lambda: judged(anchors="did:key:x"),
        lambda: judged(merchants=[shop.SHOP]),
        lambda: judged(staleness=-timedelta(1)),
        lambda: judged(skew=5),
        lambda: judged(delay=5),
        lambda: judged(delay=-timedelta(1)),
        lambda: judged(skew=timedelta.max),
        lambda: judged(anchors=None),
        lambda: judged(roots=None),
        lambda: judged(roots="did:key:x"),
        lambda: judged(unit="minor"),
        lambda: judged(replace(WHOLE, presentation=None), roots="did:key:x"),
        lambda: judged(redelegations=-1, clock=lambda: AT - timedelta(minutes=6)),
        lambda: judged().point("checkout"),  # type: ignore[arg-type]
    ],
)
def test_misuse_is_told(make: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        make()


def test_findings_are_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(judged())


def test_no_bit_of_what_was_shown_can_change() -> None:
    """Any letter of a mandate that changes takes its point away, of a disclosure as of a signature."""
    for name in ("checkout", "payment"):
        mandate = getattr(WHOLE, name).mandate
        for position in range(3, len(mandate), 97):
            letter = "A" if mandate[position] != "A" else "B"
            if mandate[position] in ".~":
                continue
            turned = mandate[:position] + letter + mandate[position + 1 :]
            found = judged(part(name, mandate=turned))
            assert not found.holds, position
