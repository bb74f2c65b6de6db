"""What goes round the rules where others look less closely: second signatures, second contents, second places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AT,
    AUDIENCE,
    NONCE,
    NOW,
    REFERENCE,
    USER,
    b64,
    check,
    concealed,
    disclosure,
    follow,
    hashed,
    jwt,
    opened,
    ordered,
    paid,
    root,
    shopping,
    unb64,
)
from tests.unit.test_mandate_verifier import (
    LINES,
    MERCHANT,
    OPEN_CHECKOUT,
    ORDER,
    OTHER_ORDER,
    SHOPS,
    checkout,
    limits,
    money,
    payment,
    prohibited,
    refused,
    released,
    sold,
    verifier,
)

from attorn.errors import InputError
from attorn.mandate import OpenPayment, redact, vc
from attorn.mandate.constraint import AmountRange, Frequency, Reference
from attorn.mandate.constraint.base import Code
from attorn.mandate.purchase import purchase
from attorn.mandate.verified import VerifiedHop
from attorn.store import MemoryStore, SQLiteStore

ORDER_OF_THE_CURVE = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
STATUS = {"status_list": {"idx": 3, "uri": "https://lists.example/1"}}
RECURRING = [
    *limits(),
    {"type": "payment.budget", "currency": "USD", "max": 900_000},
    {"type": "payment.agent_recurrence", "frequency": "ON_DEMAND", "max_occurrences": 9},
]


def turned(text: str) -> str:
    """The same JWS with the other signature that ECDSA has for it, which anybody can make."""
    body, _, signature = text.rpartition(".")
    octets = unb64(signature)
    s = ORDER_OF_THE_CURVE - int.from_bytes(octets[32:], "big")
    return f"{body}.{b64(octets[:32] + s.to_bytes(32, 'big'))}"


# attack 112: an offer is taken once, whatever its signature looks like


def test_112_another_signature_of_the_same_checkout_is_no_other_checkout() -> None:
    merchant = verifier(MERCHANT)
    sold(checkout(), merchant)
    other = root(shopping(constraints=[LINES, SHOPS]))
    assert hashed(turned(ORDER)) != hashed(ORDER)
    again = checkout(other, turned(ORDER), nonce="m-2")
    refused("replayed", lambda: sold(again, merchant, nonce="m-2"))
    assert sold(again, verifier(MERCHANT), nonce="m-2")


def test_112_nor_is_it_another_payment() -> None:
    provider, before = verifier(), root(opened(constraints=RECURRING))
    released(payment(before), provider)
    order = turned(ORDER)
    content = {"transaction_id": hashed(order), "payee": shop.MERCHANT, "payment_amount": money()}
    again = follow(before, paid(**content), nonce="2")
    refused("replayed", lambda: released(again, provider, nonce="2", checkout=checkout(order=order)))


# one JWT may hold several mandates, of which one is shown


def several(*contents: Any) -> list[str]:
    """A root with all of these, shown with one of them each."""
    made = [concealed(content) for content in contents]
    signed = jwt({"delegate_payload": [element for element, _ in made], "_sd_alg": "sha-256"}, by=USER, typ="x")
    return ["~".join((signed, *texts, "")) for _, texts in made]


def test_two_mandates_of_one_jwt_are_counted_apart() -> None:
    provider = verifier()
    twice = root(shopping(constraints=[LINES, SHOPS], attorn={"uses": 2}))
    within = [*limits()[:-1], {**REFERENCE, "conditional_transaction_id": hashed(twice)}]
    first, second = several(opened(constraints=within), opened(constraints=within))
    ids = {check(follow(each)).hops[0].id for each in (first, second)}
    assert len(ids) == 2
    released(payment(first), provider, checkout=checkout(twice))
    content = {"transaction_id": hashed(OTHER_ORDER), "payee": shop.MERCHANT, "payment_amount": money()}
    later = [follow(each, paid(**content), nonce="2") for each in (first, second)]
    beside = checkout(twice, OTHER_ORDER)
    prohibited(lambda: released(later[0], provider, nonce="2", checkout=beside), Code.TOO_MANY_USES)
    assert released(later[1], provider, nonce="2", checkout=beside)


def test_two_mandates_of_a_payload_that_is_itself_disclosed_are_counted_apart() -> None:
    made = [concealed(opened(constraints=limits())) for _ in range(2)]
    payload = disclosure("delegate_payload", [element for element, _ in made])
    signed = jwt({"_sd": [hashed(payload)], "_sd_alg": "sha-256"}, by=USER, typ="x")
    shown = ["~".join((signed, payload, *texts, "")) for _, texts in made]
    assert len({check(follow(each)).hops[0].id for each in shown}) == 2


def test_one_mandate_is_the_same_however_much_of_it_is_shown() -> None:
    whole = root(opened(constraints=limits()))
    texts = whole.split("~")
    less = "~".join((texts[0], texts[-2], ""))
    assert less != whole
    refused("bad_mandate", lambda: check(follow(less)))
    two = {"type": "payment.allowed_payees", "allowed": [shop.MERCHANT, {"id": "m-2", "name": "Other"}]}
    whole = root(opened(constraints=[*limits()[:1], two, *limits()[2:]]))
    texts = whole.split("~")
    part = "~".join((texts[0], texts[1], texts[-2], ""))
    assert check(follow(part)).hops[0].id == check(follow(whole)).hops[0].id


# a status is a status wherever it stands


@pytest.mark.parametrize("place", ["root", "last"])
def test_a_status_in_the_content_is_asked_for(place: str) -> None:
    where = {"status": STATUS}
    before = root(opened(constraints=limits(), **(where if place == "root" else {})))
    text = payment(before, **(where if place == "last" else {}))
    refused("stale_status", lambda: released(text))
    asked: list[int] = []

    def status(hop: VerifiedHop, now: int) -> None:
        if hop.status is not None:
            asked.append(hop.status.index)

    assert released(text, verifier(status=status))
    assert 3 in asked


@pytest.mark.parametrize(
    "status", [{"other": 1}, {}, None, 3, {"status_list": {"idx": -1, "uri": "https://a.example"}}]
)
def test_a_status_in_the_content_that_nobody_can_read(status: Any) -> None:
    refused("bad_mandate", lambda: check(follow(root(opened(status=status)))))


def test_one_status_beside_another() -> None:
    refused("bad_mandate", lambda: check(follow(root(opened(status=STATUS), status=STATUS))))


# whom a mandate was made for


DIRECT = root(
    paid(iat=NOW, transaction_id=hashed(ORDER), payee=shop.MERCHANT, payment_amount=money()),
)


def test_a_mandate_for_nobody_in_particular_is_taken_only_where_that_is_asked_for() -> None:
    refused("wrong_audience", lambda: released(DIRECT, checkout=ORDER))
    refused("wrong_audience", lambda: check(DIRECT))
    refused("wrong_audience", lambda: sold(root(ordered(ORDER, iat=NOW))))
    assert released(DIRECT, verifier(unbound=True), checkout=ORDER)
    assert check(DIRECT, unbound=True)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "another", "nonce": NONCE}, "wrong_audience"),
        ({"aud": AUDIENCE, "nonce": "another"}, "wrong_request"),
        ({"aud": "another"}, "wrong_audience"),
        ({"nonce": "another"}, "wrong_request"),
        ({"aud": ""}, "bad_mandate"),
    ],
)
def test_what_it_says_it_was_made_for_counts_all_the_same(claims: dict[str, str], code: str) -> None:
    content = paid(iat=NOW, transaction_id=hashed(ORDER), payee=shop.MERCHANT, payment_amount=money())
    refused(code, lambda: released(root(content, **claims), verifier(unbound=True), checkout=ORDER))


@pytest.mark.parametrize("unbound", [None, 1, "yes"])
def test_unbound_is_yes_or_no(unbound: Any) -> None:
    refused("invalid_input", lambda: verifier(unbound=unbound))


# attack 110: a checkout that names no merchant is its signer's


def test_110_whoever_signed_the_checkout_is_paid() -> None:
    order = shop.jws(shop.changed("merchant", to=..., of=shop.changed("jti", to="0011223344556677")))
    unlimited = [limits()[0], {"type": "payment.reference", "conditional_transaction_id": hashed(open_checkout())}]
    beside = checkout(open_checkout(), order)
    assert released(payment(root(opened(constraints=unlimited)), order), checkout=beside)
    other = {"id": "m-2", "name": "Other"}
    prohibited(
        lambda: released(payment(root(opened(constraints=unlimited)), order, payee=other), checkout=beside),
        Code.WRONG_PAYEE,
    )


def open_checkout() -> str:
    return _OPEN


_OPEN = root(shopping(constraints=[LINES]))

# what is over is over


@pytest.mark.parametrize("status", ["completed", "canceled"])
def test_a_checkout_that_is_over(status: str) -> None:
    order = shop.jws(shop.changed("status", to=status))
    refused("outside_validity", lambda: sold(checkout(order=order)))
    refused("outside_validity", lambda: released(payment(order=order), checkout=checkout(order=order)))


@pytest.mark.parametrize("status", ["incomplete", "requires_escalation", "ready_for_complete", "complete_in_progress"])
def test_a_checkout_that_is_not(status: str) -> None:
    assert sold(checkout(order=shop.jws(shop.changed("status", to=status))))


def test_112_the_earlier_of_two_times_is_how_old_it_is() -> None:
    refused("outside_validity", lambda: check(follow(root(), paid(iat=NOW), iat=1)))
    refused("outside_validity", lambda: check(follow(root(), paid(iat=1), iat=NOW)))
    refused("outside_validity", lambda: check(follow(root(), paid(iat=NOW + 9999), iat=NOW)))
    assert check(follow(root(), paid(iat=NOW - 60), iat=NOW))


# a limit that is not there limits nothing

REQUIRED = ["payment.amount_range", "payment.allowed_payees", "checkout.allowed_merchants"]


def test_115_what_the_verifier_requires_is_there() -> None:
    assert released(payment(), verifier(required=REQUIRED))
    assert sold(checkout(), verifier(MERCHANT, required=REQUIRED))


@pytest.mark.parametrize("at", [0, 1])
def test_115_a_limit_that_the_verifier_requires_is_missing(at: int) -> None:
    kept = [each for index, each in enumerate(limits()) if index != at]
    text = payment(root(opened(constraints=kept)))
    assert released(text)
    found = prohibited(lambda: released(text, verifier(required=REQUIRED)), Code.CONSTRAINT_MISSING)
    assert REQUIRED[at] in found.decision.explain()


def test_115_nor_may_the_order_beside_it_do_without() -> None:
    bare = root(shopping(constraints=[LINES]))
    prohibited(lambda: sold(checkout(bare), verifier(MERCHANT, required=REQUIRED)), Code.CONSTRAINT_MISSING)
    unlimited = [limits()[0], limits()[1], {**limits()[2], "conditional_transaction_id": hashed(bare)}]
    text = payment(root(opened(constraints=unlimited)))
    assert released(text, checkout=checkout(bare))
    prohibited(lambda: released(text, verifier(required=REQUIRED), checkout=checkout(bare)), Code.CONSTRAINT_MISSING)


@pytest.mark.parametrize("required", ["payment.budget", "", ["payment.other"], [1], [["payment.budget"]], None, 5])
def test_115_what_may_be_required(required: Any) -> None:
    refused("invalid_input", lambda: verifier(required=required))


# attack 112: a nonce is used up for as long as a mandate for it can be taken


@pytest.mark.parametrize("later", [0, 1, 3599, 3600, 3900])
def test_112_a_nonce_is_answered_once(later: int) -> None:
    times, first, second = [AT], lasting("first"), lasting("second")
    provider = verifier(clock=lambda: times[0])
    released(payment(order=first), provider, checkout=checkout(order=first))
    times[0] = at(NOW + later)
    for number in range(2):
        # Others buy, so that the store forgets what it may.
        order, bound = lasting(f"other-{number}"), {"aud": AUDIENCE, "nonce": f"n-{number}"}
        other = paid(iat=NOW + later, transaction_id=hashed(order), payee=shop.MERCHANT, payment_amount=money())
        released(root(other, **bound), provider, nonce=bound["nonce"], checkout=order)
    again = payment(order=second)
    refused("replayed", lambda: released(again, provider, checkout=checkout(order=second)))
    assert released(again, verifier(clock=lambda: times[0]), checkout=checkout(order=second))


# attack 112: verifiers that share a store need not agree on how far clocks differ


@pytest.mark.parametrize("store", [MemoryStore, SQLiteStore])
@pytest.mark.parametrize(("first", "second"), [(0, 300), (300, 600), (0, 3600)])
def test_112_a_larger_skew_makes_no_second_use(store: Any, first: int, second: int, tmp_path: Path) -> None:
    kept = store() if store is MemoryStore else store(tmp_path / "store.db")
    ends, before = NOW + 3600, root(opened(constraints=limits()))
    released(payment(before), verifier(store=kept, skew=timedelta(seconds=first)))
    late = verifier(store=kept, skew=timedelta(seconds=second), clock=lambda: at(ends + second))
    for number in range(2):
        # Others buy, so that the store forgets what it may.
        order = shop.jws(
            shop.changed("jti", to=f"other-{number}", of={**shop.CHECKOUT, "expires_at": "2031-01-01T00:00:00Z"})
        )
        other = paid(iat=ends + second, transaction_id=hashed(order), payee=shop.MERCHANT, payment_amount=money())
        released(root(other, aud=AUDIENCE, nonce=f"n-{number}"), late, nonce=f"n-{number}", checkout=order)
    order = lasting("late")
    content = {"transaction_id": hashed(order), "payee": shop.MERCHANT, "payment_amount": money()}
    again = follow(before, paid(**content), nonce="2", iat=ends)
    prohibited(
        lambda: released(again, late, nonce="2", checkout=checkout(OPEN_CHECKOUT, order, iat=ends)), Code.TOO_MANY_USES
    )


def lasting(name: str) -> str:
    return shop.jws(shop.changed("jti", to=name, of={**shop.CHECKOUT, "expires_at": "2031-01-01T00:00:00Z"}))


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize("skew", [timedelta(seconds=3601), timedelta.max, -timedelta(1), 5])
def test_112_clocks_differ_by_an_hour_at_most(skew: Any) -> None:
    refused("invalid_input", lambda: verifier(skew=skew))


# attack 110: a payee without a website is not every payee


def test_110_the_website_of_the_checkout_counts_where_the_payee_has_none() -> None:
    payee = {"id": shop.MERCHANT["id"], "name": shop.MERCHANT["name"]}
    allowed = {"type": "payment.allowed_payees", "allowed": [{**payee, "website": "https://good.example"}]}
    before = root(opened(constraints=[limits()[0], allowed, limits()[2]]))
    prohibited(lambda: released(payment(before)), Code.PAYEE_NOT_ALLOWED)
    prohibited(lambda: released(payment(before, payee=payee)), Code.PAYEE_NOT_ALLOWED)
    good = root(opened(constraints=limits()))
    assert released(payment(good, payee=payee))


# a second of the processor for a chain, and no more


@pytest.mark.parametrize(
    ("limit", "most"), [(limits()[0], 16), ({"type": "payment.execution_date", "not_before": "2020-01-01"}, 16)]
)
def test_one_kind_of_limit_stands_in_a_mandate_a_few_times_at_most(limit: Any, most: int) -> None:
    others = [each for each in limits() if each["type"] != limit["type"]]
    assert check(follow(root(opened(constraints=[*others, *[limit] * most]))))
    refused("bad_mandate", lambda: check(follow(root(opened(constraints=[*others, *[limit] * (most + 1)])))))
    with pytest.raises(InputError):
        OpenPayment((*(AmountRange(5, "USD") for _ in range(17)), Reference("x")))


# what programs hand in by mistake


@pytest.mark.parametrize(
    "call",
    [
        lambda: Frequency.MONTHLY.after(2**53),
        lambda: Frequency.DAILY.after(-1),
        lambda: OpenPayment((Reference("x"),)).violations(None),  # type: ignore[arg-type]
        lambda: purchase(resource="a://b", now=AT, payment=None, checkout=None),
        lambda: purchase(
            resource="a://b",
            now=AT,
            payment=check(payment(), nonce=NONCE).closed,  # type: ignore[arg-type]
            open_checkouts=True,  # type: ignore[arg-type]
        ),
        lambda: redact(OPEN_CHECKOUT, [], claim=[[]]),  # type: ignore[arg-type]
        lambda: vc.data_part(credentials=None),  # type: ignore[arg-type]
    ],
)
def test_misuse_is_told(call: Any) -> None:
    refused("invalid_input", call)
