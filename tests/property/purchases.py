"""Open mandates and purchases, as plain JSON, out of so few words that they often meet.

Made from one seed each, because drawing them part by part takes ten times as long as judging them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.reference.mandates import World, span

Json = dict[str, Any]
NOW = int(datetime(2026, 2, 28, 12, 0, 0, tzinfo=UTC).timestamp())
IDS = ("a", "b", "c")
CURRENCIES = ("USD", "USD", "USD", "EUR")
FREQUENCIES = ("ON_DEMAND", "DAILY", "WEEKLY", "BIWEEKLY", "MONTHLY", "QUARTERLY", "ANNUALLY")
REFERENCE: Json = {"type": "payment.reference", "conditional_transaction_id": "h1"}
DATES = (
    *("2026-02-27", "2026-02-28", "2026-03-01", "2026-02-28T12:00:00Z", "2026-02-28T12:00:00.000001Z"),
    *("2026-02-28T13:00:00+01:00", "2026-02-28T23:59:59.999999Z", "2026-03-01T00:00:00Z"),
    *("2026-02-28T11:59:59Z", "2026-03-01T00:30:00+14:00", "2026-02-27T20:00:00-05:00"),
)
DAYS = (0, 1, 7, 13, 14, 27, 28, 30, 31, 59, 90, 92, 365, 366)
ITEMS = ("x", "y", "z")
SEEDS = st.integers(0, 2**64 - 1).map(Random)


def merchant(random: Random) -> Json:
    found = {"id": random.choice(IDS), "name": random.choice("AB")}
    website = random.choice((None, None, "https://a.example", "https://b.example"))
    return found if website is None else {**found, "website": website}


def instrument(random: Random) -> Json:
    found = {"id": random.choice(IDS), "type": random.choice(("card", "card", "bank"))}
    return {**found, "description": "x"} if random.random() < 0.5 else found


def pisp(random: Random) -> Json:
    return {
        "legal_name": random.choice("LM"),
        "brand_name": "B",
        "domain_name": random.choice(("p.example", "q.example")),
    }


def money(random: Random) -> Json:
    return {"amount": random.randint(0, 6), "currency": random.choice(CURRENCIES)}


def date(random: Random) -> str:
    return random.choice(DATES)


def risk(random: Random) -> Json:
    return random.choice(({}, {"a": 1}, {"a": [1, "x"]}))


def listed(name: str, entry: Callable[[Random], Json]) -> Callable[[Random], Json]:
    return lambda random: {"type": name, "allowed": [entry(random) for _ in range(random.randint(1, 3))]}


def amount_range(random: Random) -> Json:
    low, high = sorted((random.randint(0, 6), random.randint(0, 6)))
    least = {"min": low} if random.random() < 0.5 else {}
    return {"type": "payment.amount_range", "currency": random.choice(CURRENCIES), "max": high, **least}


def window(random: Random) -> Json:
    bounds = dict(zip(("not_before", "not_after"), sorted((date(random), date(random)), key=span), strict=True))
    names = random.choice((("not_before",), ("not_after",), ("not_before", "not_after")))
    return {"type": "payment.execution_date", **{name: bounds[name] for name in names}}


def recurrence(random: Random) -> Json:
    most = {"max_occurrences": random.randint(1, 3)} if random.random() < 0.5 else {}
    return {"type": "payment.agent_recurrence", "frequency": random.choice(FREQUENCIES), **most}


def budget(random: Random) -> Json:
    return {"type": "payment.budget", "max": random.randint(1, 12), "currency": random.choice(CURRENCIES)}


def reference_to(random: Random) -> Json:
    return {**REFERENCE, "conditional_transaction_id": random.choice(("h1", "h1", "h2"))}


PARTS: dict[str, Callable[[Random], Json]] = {
    "payment.amount_range": amount_range,
    "payment.allowed_payees": listed("payment.allowed_payees", merchant),
    "payment.allowed_payment_instruments": listed("payment.allowed_payment_instruments", instrument),
    "payment.allowed_pisps": listed("payment.allowed_pisps", pisp),
    "payment.agent_recurrence": recurrence,
    "payment.budget": budget,
    "payment.reference": reference_to,
    "payment.execution_date": window,
}
STATELESS = tuple(name for name in PARTS if name not in {"payment.agent_recurrence", "payment.budget"})
PRESETS: dict[str, Callable[[Random], Any]] = {
    "payee": merchant,
    "payment_amount": money,
    "payment_instrument": instrument,
    "pisp": pisp,
    "execution_date": date,
    "risk_data": risk,
}


def open_payment(random: Random) -> Json:
    constraints = [REFERENCE, *(PARTS[random.choice(STATELESS)](random) for _ in range(random.randint(0, 2)))]
    case = random.random()
    if case < 0.5:
        constraints += [recurrence(random), amount_range(random), budget(random)]
    elif case < 0.7:
        constraints.append(budget(random))
    random.shuffle(constraints)
    fixed = random.sample(sorted(PRESETS), random.choice((0, 0, 1)))
    return {
        "vct": "mandate.payment.open.1",
        "constraints": constraints,
        **{name: PRESETS[name](random) for name in fixed},
    }


def narrowed(random: Random, parent: Json) -> Json:
    """The parent with some parts changed for others of their kind, and perhaps one more."""
    child = copy.deepcopy(parent)
    child["constraints"] = [
        PARTS[each["type"]](random) if random.random() < 0.25 and each != REFERENCE else each
        for each in child["constraints"]
    ]
    if random.random() < 0.3:
        child["constraints"].append(PARTS[random.choice(STATELESS)](random))
    return child


def payment(random: Random) -> Json:
    rest = {name: PRESETS[name](random) for name in ("pisp", "execution_date", "risk_data") if random.random() < 0.5}
    return {
        "vct": "mandate.payment.1",
        "transaction_id": "t",
        "payee": merchant(random),
        "payment_amount": money(random),
        "payment_instrument": instrument(random),
        **rest,
    }


def world(random: Random) -> World:
    checkouts = random.choice((frozenset({"h1"}), frozenset({"h1"}), frozenset({"h1", "h2"}), frozenset({"h2"})))
    uses = random.choice((0, 0, 1, 2, 3))
    if not uses:
        return World(NOW, checkouts)
    last = NOW - int(timedelta(days=random.choice(DAYS)).total_seconds()) + random.choice((-1, 0, 0, 1))
    return World(NOW, checkouts, uses, random.randint(0, 12), min(last, NOW))


def line_items(random: Random) -> Json:
    requirements = [
        {
            "id": f"r{index}",
            "acceptable_items": [{"id": item, "title": "T"} for item in random.sample(ITEMS, random.randint(1, 3))],
            "quantity": random.randint(1, 3),
        }
        for index in range(random.randint(1, 4))
    ]
    return {"type": "checkout.line_items", "items": requirements}


def open_checkout(random: Random) -> Json:
    constraints = [line_items(random)]
    if random.random() < 0.5:
        constraints.append(listed("checkout.allowed_merchants", merchant)(random))
    random.shuffle(constraints)
    return {"vct": "mandate.checkout.open.1", "constraints": constraints}


def narrowed_order(random: Random, parent: Json) -> Json:
    """The parent with some items taken out, some requirements in two parts, and now and then a unit more."""
    child = copy.deepcopy(parent)
    for part in child["constraints"]:
        for each in list(part.get("items", ())):
            if random.random() < 0.5:
                each["acceptable_items"] = each["acceptable_items"][:1]
            if random.random() < 0.4 and each["quantity"] > 1:
                each["quantity"] -= 1
                part["items"].append({**each, "quantity": 1})
            if random.random() < 0.1:
                each["quantity"] += 1
    return child


def checkout(random: Random, near: Json) -> Json:
    """A checkout of the units that a mandate requires, one of which is perhaps another, missing or one too many."""
    units = [
        random.choice(each["acceptable_items"])["id"]
        for part in near["constraints"]
        for each in part.get("items", ())
        for _ in range(each["quantity"])
    ]
    match random.randrange(8):
        case 0:
            units[0] = random.choice(ITEMS)
        case 1:
            units.append(random.choice(ITEMS))
        case 2:
            units = units[1:] or units
    lines = [
        {"id": f"l{item}", "item": {"id": item, "title": "T", "price": 1}, "quantity": units.count(item), "totals": []}
        for item in sorted(set(units))
    ]
    party = {"merchant": merchant(random)} if random.random() < 0.7 else {}
    return {
        "id": "c",
        "line_items": lines,
        "currency": "USD",
        "status": "ready_for_complete",
        "totals": [{"type": "subtotal", "amount": len(units)}, {"type": "total", "amount": len(units)}],
        "links": [],
        **party,
    }
