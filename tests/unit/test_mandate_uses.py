"""How often an open checkout mandate is used: once, or as its user says; at the shop, and where it is paid for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    NOW,
    REFERENCE,
    SUB,
    USER,
    check,
    follow,
    hashed,
    opened,
    paid,
    root,
    shopping,
    unb64,
)
from tests.unit.test_mandate_verifier import (
    LINES,
    MERCHANT,
    PROVIDER,
    SHOPS,
    checkout,
    limits,
    money,
    prohibited,
    refused,
    released,
    sold,
    verifier,
)

from attorn.caveat import MaxUses
from attorn.errors import AttornError, InputError, MandateError
from attorn.mandate.appending import delegate
from attorn.mandate.capability import caveats
from attorn.mandate.constraint import AcceptableItem, LineItems, Requirement
from attorn.mandate.constraint.base import Code
from attorn.mandate.issuing import issue
from attorn.mandate.open_checkout import MOST_USES, OpenCheckout
from attorn.mandate.verifier import MandateVerifier
from attorn.mandate.verifying import verify_held
from attorn.store import MemoryStore

ITEMS = LineItems((Requirement("r", (AcceptableItem("a", "A"),), 1),))
HOUR = AT + timedelta(hours=1)
RECURRING = [
    {"type": "payment.budget", "currency": "USD", "max": 900_000},
    {"type": "payment.agent_recurrence", "frequency": "ON_DEMAND", "max_occurrences": 3},
]


def ordering(**changed: Any) -> str:
    return root(shopping(constraints=[LINES, SHOPS], **changed))


def offer(number: int) -> str:
    lasting = {**shop.CHECKOUT, "expires_at": "2031-01-01T00:00:00Z"}
    return shop.jws(shop.changed("jti", to=f"jti-of-offer-{number}-0123456789", of=lasting))


def paying(order: str, *more: Any, **changed: Any) -> str:
    """An open payment mandate for orders under this open one."""
    reference = {**REFERENCE, "conditional_transaction_id": hashed(order)}
    return root(opened(constraints=[*limits()[:-1], reference, *more], **changed))


def bought(by: MandateVerifier, order: str, payment: str, number: int, *, below: str | None = None) -> Any:
    """By the agent; or by its sub-agent, to whom the order was handed on as `below`."""
    offered = offer(number)
    content = {"transaction_id": hashed(offered), "payee": shop.MERCHANT, "payment_amount": money()}
    closed = follow(payment, paid(**content), nonce=f"p-{number}")
    beside = checkout(order, offered) if below is None else checkout(below, offered, by=SUB)
    return released(closed, by, nonce=f"p-{number}", checkout=beside)


def taken(by: MandateVerifier, order: str, number: int) -> Any:
    return sold(checkout(order, offer(number), nonce=f"m-{number}"), by, nonce=f"m-{number}")


@pytest.mark.parametrize(("said", "uses"), [(..., 1), ({}, 1), ({"uses": 1}, 1), ({"uses": 3}, 3)])
def test_a_shop_sells_as_often_as_the_user_says(said: Any, uses: int) -> None:
    merchant, order = verifier(MERCHANT), ordering(attorn=said)
    for number in range(uses):
        assert taken(merchant, order, number)
    prohibited(lambda: taken(merchant, order, uses), Code.TOO_MANY_USES)


@pytest.mark.parametrize(("said", "uses"), [(..., 1), ({"uses": 1}, 1), ({"uses": 2}, 2)])
def test_no_more_is_paid_however_many_payment_mandates_there_are(said: Any, uses: int) -> None:
    """One open checkout is for one order: a second payment mandate that refers to it does not make it two."""
    provider, order = verifier(), ordering(attorn=said)
    for number in range(uses):
        assert bought(provider, order, paying(order), number)
    found = prohibited(lambda: bought(provider, order, paying(order), uses), Code.TOO_MANY_USES)
    assert found.prohibitions[0].violation.type == "mandate.checkout.open.1"
    assert found.prohibitions[0].violation.limit == ("1 use" if uses == 1 else "2 uses")


@pytest.mark.parametrize(("said", "uses"), [(..., 3), ({"uses": 1}, 1), ({"uses": 2}, 2), ({"uses": 9}, 3)])
def test_a_recurrence_pays_for_as_many_orders_unless_the_order_says_fewer(said: Any, uses: int) -> None:
    provider, order = verifier(), ordering(attorn=said)
    payment = paying(order, *RECURRING)
    for number in range(uses):
        assert bought(provider, order, payment, number)
    prohibited(lambda: bought(provider, order, payment, uses), Code.TOO_MANY_USES)


def test_below_one_that_says_how_often_silence_is_once() -> None:
    """Attack 116: what is handed on as one order is paid for once, whatever the payment mandate says."""
    provider = verifier()
    order = ordering(attorn={"uses": 3, "redelegations": 1})
    handed = follow(order, shopping(SUB, constraints=[LINES, SHOPS], exp=NOW + 600), aud="sub", nonce="q")
    payment = paying(order, *RECURRING)

    assert bought(provider, order, payment, 0, below=handed)
    found = prohibited(lambda: bought(provider, order, payment, 1, below=handed), Code.TOO_MANY_USES)
    assert found.prohibitions[0].position == 2
    assert bought(provider, order, payment, 2)


def test_above_one_that_says_how_often_the_payment_mandate_still_counts() -> None:
    provider = verifier()
    order = ordering(attorn={"redelegations": 1})
    once = shopping(SUB, constraints=[LINES, SHOPS], exp=NOW + 600, attorn={"uses": 1})
    handed = follow(order, once, aud="sub", nonce="q")
    payment = paying(order, *RECURRING)
    assert bought(provider, order, payment, 0)
    assert bought(provider, order, payment, 1, below=handed)
    found = prohibited(lambda: bought(provider, order, payment, 2, below=handed), Code.TOO_MANY_USES)
    assert found.prohibitions[0].position == 2


def test_what_was_refused_uses_up_neither() -> None:
    provider, order = verifier(), ordering()
    first, second = paying(order), paying(order)
    assert bought(provider, order, first, 0)
    prohibited(lambda: bought(provider, order, second, 1), Code.TOO_MANY_USES)
    other = ordering()
    elsewhere = paying(other)
    prohibited(lambda: bought(provider, other, second, 2), Code.WRONG_CHECKOUT)
    assert bought(provider, other, elsewhere, 3)


def test_a_subscription_is_the_same_for_shop_and_provider() -> None:
    clock = [AT]
    shared = MemoryStore()
    merchant, provider = (
        verifier(each, clock=lambda: clock[0], store=shared, skew=timedelta(0)) for each in (MERCHANT, PROVIDER)
    )
    weekly = [RECURRING[0], {**RECURRING[1], "frequency": "WEEKLY"}]
    end = NOW + 90 * 86_400
    order = ordering(attorn={"uses": 3}, exp=end)
    payment = paying(order, *weekly, exp=end)

    offers = [offer(week) for week in range(4)]

    def beside(week: int) -> str:
        return checkout(order, offers[week], nonce=f"m-{week}", iat=NOW + week * 7 * 86_400)

    def sell(week: int) -> Any:
        return sold(beside(week), merchant, nonce=f"m-{week}")

    def pay(week: int) -> Any:
        content = {"transaction_id": hashed(offers[week]), "payee": shop.MERCHANT, "payment_amount": money()}
        closed = follow(payment, paid(**content), nonce=f"p-{week}", iat=NOW + week * 7 * 86_400)
        return released(closed, provider, nonce=f"p-{week}", checkout=beside(week))

    for week in range(3):
        clock[0] = AT + timedelta(days=7 * week)
        assert sell(week)
        assert pay(week)
    clock[0] = AT + timedelta(days=21)
    prohibited(lambda: sell(3), Code.TOO_MANY_USES)
    prohibited(lambda: pay(3), Code.TOO_MANY_USES)


def test_sub_agents_share_what_there_is() -> None:
    merchant, order = verifier(MERCHANT), ordering(attorn={"uses": 2, "redelegations": 1})
    twice = {"constraints": [LINES, SHOPS], "attorn": {"uses": 2}}
    under = [follow(order, shopping(SUB, **twice, exp=NOW + end), aud="sub", nonce="q") for end in (600, 700)]

    def sell(before: str, number: int) -> Any:
        closed = checkout(before, offer(number), nonce=f"m-{number}", by=SUB)
        return sold(closed, merchant, nonce=f"m-{number}")

    assert sell(under[0], 0)
    assert sell(under[1], 1)
    for number, before in enumerate(under, 2):
        found = prohibited(lambda before=before, number=number: sell(before, number), Code.TOO_MANY_USES)
        assert found.prohibitions[0].position == 1


@pytest.mark.parametrize("uses", [0, -1, True, 1.0, 1.5, "2", None, [2], MOST_USES + 1, 2**53 - 1], ids=repr)
def test_uses_that_are_no_number_of_uses(uses: Any) -> None:
    refused("bad_mandate", lambda: check(checkout(ordering(attorn={"uses": uses})), audience=MERCHANT, nonce="m-1"))
    if uses is not None:
        with pytest.raises(InputError, match="uses: expected an integer of 1 to 1000000"):
            OpenCheckout((ITEMS,), uses)


def test_an_extension_that_is_none() -> None:
    refused("bad_mandate", lambda: check(checkout(ordering(attorn=[2])), audience=MERCHANT, nonce="m-1"))


@pytest.mark.parametrize("extension", [[2], ["uses"], "uses", 5, None])
def test_an_extension_that_is_none_is_told_by_whoever_reads_the_content(extension: Any) -> None:
    with pytest.raises(MandateError):
        OpenCheckout.read({**OpenCheckout((ITEMS,)).write(), "attorn": extension})


def test_nothing_is_said_of_what_goes_without_saying() -> None:
    text = issue(OpenCheckout((ITEMS,)), by=USER.identity, to=AGENT.did, now=AT, expires=HOUR)
    (shown,) = [each for each in text.split("~")[1:] if each and "vct" in unb64(each).decode()]
    assert "attorn" not in json.loads(unb64(shown))[1]


def test_it_is_handed_on_for_as_many_or_fewer() -> None:
    given: dict[str, Any] = {"now": AT, "expires": HOUR}
    text = issue(OpenCheckout((ITEMS,), 3), by=USER.identity, to=AGENT.did, redelegations=1, **given)
    (hop,) = verify_held(text, anchors=[USER.did], now=AT).hops
    assert (hop.content, hop.redelegations) == (OpenCheckout((ITEMS,), 3), 1)

    def on(uses: int | None) -> str:
        narrower = OpenCheckout((ITEMS,), uses)
        return delegate(text, narrower, by=AGENT.identity, to=SUB.did, audience="s", nonce="q", **given)

    for uses in (None, 1, 3):
        assert len(verify_held(on(uses), anchors=[USER.did], now=AT).hops) == 2
    with pytest.raises(AttornError, match="uses: 4 are not as few as 3") as caught:
        on(4)
    assert caught.value.code == "cannot_delegate"


@pytest.mark.parametrize(("above", "below"), [({"uses": 2}, 3), ({}, 2)])
def test_116_a_sub_agent_that_takes_more(above: dict[str, int], below: int) -> None:
    before = ordering(attorn={**above, "redelegations": 1})
    wider = follow(before, shopping(SUB, constraints=[LINES, SHOPS], attorn={"uses": below}), aud="sub", nonce="q")
    refused("broken_chain", lambda: check(checkout(wider, by=SUB), audience=MERCHANT, nonce="m-1"))


def test_it_is_read_as_it_was_written() -> None:
    for uses in (None, 1, 2, MOST_USES):
        mandate = OpenCheckout((ITEMS,), uses)
        assert OpenCheckout.read(mandate.write()) == mandate
    assert "attorn" not in OpenCheckout((ITEMS,)).write()


@pytest.mark.parametrize(("uses", "most"), [(None, 1), (1, 1), (12, 12)])
def test_a_token_may_be_used_as_often(uses: int | None, most: int) -> None:
    assert [each for each in caveats(OpenCheckout((ITEMS,), uses)) if isinstance(each, MaxUses)] == [MaxUses(most)]
