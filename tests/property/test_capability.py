"""The caveats of an open mandate permit the request of a purchase exactly if its constraints allow the purchase."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st
from tests.property import purchases
from tests.property.purchases import NOW, SEEDS, Json
from tests.property.test_purchases import CARTS, universe
from tests.reference import mandates as reference
from tests.reference.mandates import World

from attorn import Denied, Identity
from attorn.caveat import Caveat, Counted
from attorn.caveat.profile import recognise
from attorn.caveat.validity import LATEST
from attorn.checkout.checkout import Checkout
from attorn.datalog import Check
from attorn.errors import InputError
from attorn.mandate.capability import caveats, purchase
from attorn.mandate.charging import Held, charge_payment
from attorn.mandate.constraint.base import Asked, Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.request.facts import Facts
from attorn.request.request import Request
from attorn.store import MemoryStore
from attorn.token.link import Link
from attorn.token.principal import Principal
from attorn.verify.chain import VerifiedChain
from attorn.verify.clearing import charge, clear

SHOP = "https://shop.example"
PLENTY = Usage()
ALICE, AGENT = (Identity.from_seed(bytes((number,)) * 32) for number in (1, 2))


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


class Token:
    """One link with these caveats, a ledger, and what a verifier makes of requests at steps 9 and 10."""

    def __init__(self, limits: tuple[Caveat, ...]) -> None:
        read = tuple(self._read(limit) for limit in limits)
        by, to = (Principal(each.signer.public_key) for each in (ALICE, AGENT))
        link = Link(1, bytes(16), 0, by, to, read)
        pairs = tuple((link, limit) for limit in read)
        counted = tuple((link, limit, LATEST) for limit in read if isinstance(limit, Counted))
        self.chain = VerifiedChain((link,), b"", (), 0, LATEST, 0, pairs, counted, (), (), (), ())
        self.ledger = MemoryStore()

    @staticmethod
    def _read(limit: Caveat) -> Caveat:
        """As a verifier reads it from the wire."""
        check = limit.render()
        assert isinstance(check, tuple)
        read = recognise(_checked(check))
        assert read.render() == check
        return read

    def permits(self, request: Request, now: int = NOW) -> bool:
        facts = Facts(request, audience="a", now=now, depth=0)
        try:
            clear(self.chain, (), facts)
            charge(self.chain, (), facts, self.ledger, None)
        except Denied:
            return False
        return True


def _checked(check: Any) -> Check:
    assert check
    return check  # type: ignore[no-any-return]


def opened(content: Json) -> OpenPayment:
    return OpenPayment.read(content, unit=Unit.MINOR)


def request_of(payment: Json, world: World) -> Request:
    return purchase(
        resource=SHOP,
        now=moment(world.now),
        payment=ClosedPayment.read(payment),
        open_checkouts=world.open_checkouts,
    )


def violates(mandate: OpenPayment, payment: Json, world: World) -> bool:
    asked = Asked(payment=ClosedPayment.read(payment), now=world.now, open_checkouts=world.open_checkouts, usage=PLENTY)
    return bool(mandate.violations(asked))


@given(SEEDS)
def test_a_payment_is_permitted_exactly_if_no_constraint_is_violated(random: Random) -> None:
    content, payment, world = purchases.open_payment(random), purchases.payment(random), purchases.world(random)
    mandate, world = opened(content), world._replace(uses=0, spent=0, last=None)
    expected = not violates(mandate, payment, world)
    event(f"permitted {expected}")
    assert Token(caveats(mandate)).permits(request_of(payment, world), world.now) is expected, (content, payment, world)
    assert reference.allows_payment(content, payment, world) is expected


@given(st.sampled_from([*purchases.PARTS, *purchases.PRESETS]), SEEDS)
def test_each_kind_alone(kind: str, random: Random) -> None:
    payment, world = purchases.payment(random), World(NOW, frozenset({"h1"}))
    currency = payment["payment_amount"]["currency"]
    content: Json = {
        "vct": "mandate.payment.open.1",
        "constraints": [
            {"type": "payment.amount_range", "currency": currency, "max": 1000},
            {"type": "payment.budget", "currency": currency, "max": 1000},
            purchases.REFERENCE,
        ],
    }
    if kind in purchases.PRESETS:
        content[kind] = (
            purchases.PRESETS[kind](random) if random.random() < 0.5 or kind not in payment else payment[kind]
        )
    else:
        content["constraints"].append(purchases.PARTS[kind](random))
    mandate = opened(content)
    expected = not violates(mandate, payment, world)
    event(f"{kind} {expected}")
    assert Token(caveats(mandate)).permits(request_of(payment, world)) is expected, (content, payment)


@given(SEEDS)
def test_a_cart_is_permitted_exactly_if_no_constraint_is_violated(random: Random) -> None:
    content = purchases.open_checkout(random)
    mandate, cart = OpenCheckout.read(content), Checkout.read(purchases.checkout(random, content))
    try:
        limits = caveats(mandate)
    except InputError:
        # Closed: there is no token at all.
        event("too many carts")
        return
    expected = not mandate.violations(cart, PLENTY)
    event(f"permitted {expected}")
    request = purchase(resource=SHOP, now=moment(NOW), checkout=cart)
    assert Token(limits).permits(request) is expected, (content, cart)


def test_line_items_in_small_all_of_them() -> None:
    """78 constraints and every cart of up to 4 units of 3 items."""
    carts = [_cart(counts) for counts in CARTS]
    requests = [purchase(resource=SHOP, now=moment(NOW), checkout=cart) for cart in carts]
    for each in universe():
        limit = LineItems.read(each)
        mandate = OpenCheckout((limit,))
        limits = [one for one in caveats(mandate) if not isinstance(one, Counted)]
        for cart, request in zip(carts, requests, strict=True):
            facts = Facts(request, audience="a", now=NOW, depth=0)
            permitted = all(one.prohibits(facts) is None for one in limits)
            assert permitted is not mandate.violations(cart, PLENTY), (limit, cart)


def _cart(counts: Counter[str]) -> Checkout:
    total = sum(counts.values())
    lines = [
        {"id": item, "item": {"id": item, "title": "T", "price": 1}, "quantity": count, "totals": []}
        for item, count in counts.items()
        if count
    ]
    totals = [{"type": "subtotal", "amount": total}, {"type": "total", "amount": total}]
    return Checkout.read(
        {
            "id": "c",
            "line_items": lines,
            "currency": "USD",
            "status": "ready_for_complete",
            "totals": totals,
            "links": [],
        }
    )


_WAITS = (
    0,
    1,
    86_399,
    86_400,
    7 * 86_400,
    14 * 86_400,
    27 * 86_400,
    28 * 86_400,
    31 * 86_400,
    92 * 86_400,
    366 * 86_400,
)


@given(SEEDS)
def test_one_purchase_after_another_both_ledgers_agree(random: Random) -> None:
    """Counts, budgets and spaces: what the token has room for is what the mandate has room for."""
    content = purchases.open_payment(random)
    if random.random() < 0.8:
        content["constraints"] = [
            purchases.REFERENCE,
            {"type": "payment.amount_range", "currency": "USD", "max": 5},
            *([purchases.recurrence(random)] if random.random() < 0.9 else []),
            {"type": "payment.budget", "currency": "USD", "max": random.randint(3, 20)},
        ]
        content = {name: value for name, value in content.items() if name in ("vct", "constraints")}
    mandate, ledger, now = opened(content), MemoryStore(), NOW
    token, held = Token(caveats(mandate)), [Held("hop", mandate, LATEST)]
    permitted = 0
    for _ in range(random.randint(1, 6)):
        now += random.choice(_WAITS) + random.choice((-1, 0, 0, 0, 1)) if random.random() < 0.8 else -86_400
        payment, checkouts = purchases.payment(random), frozenset({"h1"})
        if random.random() < 0.8:
            payment["payment_amount"]["currency"] = "USD"
        asked = ClosedPayment.read(payment)
        refused = charge_payment(ledger, held, asked, open_checkouts=checkouts, now=now)
        found = token.permits(request_of(payment, World(now, checkouts)), now)
        assert found is not refused, (content, payment, refused)
        permitted += found
    event(f"permitted {permitted}")
