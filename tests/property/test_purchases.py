"""A purchase is allowed exactly if the reference says so; a mandate that is narrower allows nothing more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from tests.property import purchases
from tests.property.purchases import NOW, SEEDS, Json
from tests.reference import mandates as reference
from tests.reference.mandates import World

from attorn.checkout.checkout import Checkout
from attorn.mandate.constraint.base import Asked, Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.constraint.flow import fills
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.narrowing import widening
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment


def asked(payment: Json, world: World) -> Asked:
    usage = Usage(world.uses, world.spent, world.last)
    return Asked(payment=ClosedPayment.read(payment), now=world.now, open_checkouts=world.open_checkouts, usage=usage)


def opened(content: Json) -> OpenPayment:
    return OpenPayment.read(content, unit=Unit.MINOR)


@given(SEEDS)
def test_a_payment_is_allowed_exactly_if_the_reference_says_so(random: Random) -> None:
    mandate, payment, world = purchases.open_payment(random), purchases.payment(random), purchases.world(random)
    allowed = reference.allows_payment(mandate, payment, world)
    event(f"allowed {allowed}")
    assert (not opened(mandate).violations(asked(payment, world))) is allowed, (mandate, payment, world)


@pytest.mark.parametrize("kind", purchases.PARTS)
@given(random=SEEDS)
def test_each_constraint_alone_agrees_with_the_reference(kind: str, random: Random) -> None:
    found, payment, world = purchases.PARTS[kind](random), purchases.payment(random), purchases.world(random)
    if kind != "payment.reference":
        world = world._replace(open_checkouts=frozenset({"h1"}))
    currency = payment["payment_amount"]["currency"]
    met = [
        {"type": "payment.amount_range", "currency": currency, "max": 1000},
        {"type": "payment.budget", "currency": currency, "max": 1000},
        {"type": "payment.agent_recurrence", "frequency": "ON_DEMAND"},
        purchases.REFERENCE,
    ]
    mandate = {"vct": "mandate.payment.open.1", "constraints": [*met, found]}
    allowed = reference.allows_payment(mandate, payment, world)
    event(f"{kind} {allowed}")
    violations = opened(mandate).violations(asked(payment, world))
    assert (not violations) is allowed, (found, payment, world)
    assert allowed or {each.type for each in violations} == {kind}


@given(SEEDS)
def test_a_cart_fits_exactly_if_the_reference_says_so(random: Random) -> None:
    mandate = purchases.open_checkout(random)
    checkout, uses = purchases.checkout(random, mandate), random.choice((0, 0, 0, 1))
    allowed = reference.allows_checkout(mandate, checkout, uses)
    event(f"allowed {allowed}")
    usage = Usage(uses, 0, NOW if uses else None)
    violations = OpenCheckout.read(mandate).violations(Checkout.read(checkout), usage)
    assert (not violations) is allowed, (mandate, checkout)


@given(SEEDS)
def test_a_narrower_payment_mandate_allows_nothing_more(random: Random) -> None:
    parent = purchases.open_payment(random)
    child = purchases.narrowed(random, parent) if random.random() < 0.9 else purchases.open_payment(random)
    wider = widening(opened(child), opened(parent))
    event(f"narrower {wider is None}")
    if wider is None:
        for _ in range(10):
            payment, world = purchases.payment(random), purchases.world(random)
            if reference.allows_payment(child, payment, world):
                event("both allow")
                assert reference.allows_payment(parent, payment, world), (child, parent, payment, world)


@given(SEEDS)
def test_a_narrower_checkout_mandate_allows_nothing_more(random: Random) -> None:
    parent = purchases.open_checkout(random)
    child = purchases.narrowed_order(random, parent) if random.random() < 0.9 else purchases.open_checkout(random)
    wider = widening(OpenCheckout.read(child), OpenCheckout.read(parent))
    event(f"narrower {wider is None}")
    if wider is None:
        for _ in range(10):
            checkout = purchases.checkout(random, child)
            if reference.allows_checkout(child, checkout):
                event("both allow")
                assert reference.allows_checkout(parent, checkout), (child, parent, checkout)


@given(SEEDS)
def test_a_mandate_is_as_narrow_as_itself_and_is_written_as_it_is_read(random: Random) -> None:
    content = purchases.open_payment(random)
    mandate = opened(content)
    assert widening(mandate, mandate) is None
    # The minor units stand beside the number, so its unit does not matter.
    assert opened(mandate.write()) == OpenPayment.read(mandate.write(), unit=Unit.MAJOR) == mandate
    checkout = purchases.open_checkout(random)
    order = OpenCheckout.read(checkout)
    assert widening(order, order) is None
    assert order.write() == checkout
    payment = purchases.payment(random)
    assert ClosedPayment.read(payment).write() == payment


SETS = [frozenset(some) for size in (1, 2) for some in combinations("xyz", size)]


def universe() -> Iterator[Json]:
    """Every constraint of one or two requirements of one or two units of up to two of three items."""
    one = [{"ids": ids, "quantity": quantity} for ids in SETS for quantity in (1, 2)]
    for parts in [*((each,) for each in one), *combinations(one, 2)]:
        yield {
            "items": [
                {
                    "id": f"r{index}",
                    "acceptable_items": [{"id": item, "title": "T"} for item in sorted(each["ids"])],
                    "quantity": each["quantity"],
                }
                for index, each in enumerate(parts)
            ]
        }


CARTS = [
    Counter(dict(zip("xyz", counts, strict=True))) for counts in product(range(5), repeat=3) if 0 < sum(counts) < 5
]


def test_line_items_narrow_exactly_in_small() -> None:
    """For all pairs of 78 constraints and all carts: narrower has no counterexample; most that have none are found."""
    every = list(universe())
    fitting = [
        frozenset(index for index, cart in enumerate(CARTS) if reference.fits(each["items"], sorted(cart.elements())))
        for each in every
    ]
    read = [LineItems.read(each) for each in every]
    missed = found = 0
    for mine, my_carts in zip(read, fitting, strict=True):
        for theirs, their_carts in zip(read, fitting, strict=True):
            said = mine.narrower_than(theirs)
            assert not said or my_carts <= their_carts
            found += said
            missed += not said and my_carts <= their_carts
    assert found > 150
    assert missed < found / 3


def brute(supply: list[int], demand: list[int], allowed: list[frozenset[int]]) -> bool:
    things = [index for index, amount in enumerate(supply) for _ in range(amount)]
    ways = {tuple(demand)}
    for thing in things:
        ways = {
            (*way[:place], way[place] - 1, *way[place + 1 :]) for way in ways for place in allowed[thing] if way[place]
        }
    return any(not any(way) for way in ways)


@given(SEEDS)
def test_a_flow_fills_exactly_if_some_way_of_dealing_out_does(random: Random) -> None:
    demand = [random.randint(1, 4) for _ in range(random.randint(1, 4))]
    places = range(len(demand))
    allowed = [frozenset(random.sample(places, random.randint(0, len(demand)))) for _ in range(random.randint(1, 5))]
    supply = [0] * len(allowed)
    for _ in range(sum(demand)):
        supply[random.randrange(len(supply))] += 1
    expected = brute(supply, demand, allowed)
    event(f"fills {expected}")
    assert fills(supply, demand, allowed) is expected


@pytest.mark.parametrize(
    ("supply", "demand", "allowed"),
    [
        ([4, 3, 2], [3, 1, 3, 2], ["012", "123", "13"]),
        ([2, 2, 1, 1, 0], [3, 2, 1], ["012", "12", "012", "2", "2"]),
        ([6, 3, 2, 5], [3, 2, 3, 3, 3, 2], ["035", "014", "234", "24"]),
    ],
)
def test_a_flow_that_takes_back_all_it_gave_somewhere(supply: list[int], demand: list[int], allowed: list[str]) -> None:
    """What has left a place can no longer leave it."""
    places = [frozenset(map(int, each)) for each in allowed]
    assert brute(supply, demand, places)
    assert fills(supply, demand, places)


SECONDS = st.integers(0, 4_000_000_000)


@given(st.sampled_from(Frequency), SECONDS)
def test_the_calendar_is_that_of_the_reference(frequency: Frequency, last: int) -> None:
    assert frequency.after(last) == int(reference.next_use(frequency, last).timestamp())


@given(st.sampled_from(Frequency), st.sampled_from(Frequency), SECONDS)
def test_what_is_seldomer_is_never_sooner(one: Frequency, other: Frequency, last: int) -> None:
    assert one.seldomer_than(other) or other.seldomer_than(one)
    if one.seldomer_than(other):
        assert one.after(last) >= other.after(last)


def test_what_a_constraint_is_compared_with_is_of_its_kind() -> None:
    parts = [
        purchases.REFERENCE,
        {"type": "payment.amount_range", "currency": "USD", "max": 5},
        {"type": "payment.budget", "currency": "USD", "max": 5},
        {"type": "payment.agent_recurrence", "frequency": "DAILY"},
        {"type": "payment.execution_date", "not_after": "2026-01-01"},
        {"type": "payment.allowed_payees", "allowed": [{"id": "a", "name": "A"}]},
        {"type": "payment.allowed_payment_instruments", "allowed": [{"id": "a", "type": "A"}]},
        {
            "type": "payment.allowed_pisps",
            "allowed": [{"legal_name": "a", "brand_name": "A", "domain_name": "d"}],
        },
    ]
    constraints = opened({"vct": "mandate.payment.open.1", "constraints": parts}).constraints
    for mine, theirs in product(constraints, constraints):
        assert mine.narrower_than(theirs) is (mine is theirs)
