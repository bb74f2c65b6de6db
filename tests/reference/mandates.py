"""What an open mandate of AP2 v0.2 says to one purchase, by docs/spec/constraints.md. Slow, and meant to be read.

Everything is plain JSON, as it was signed. A budget's number is minor units here. Units in a cart are dealt out one by
one, in every way there is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

Json = dict[str, Any]
DAYS = {"ON_DEMAND": 0, "DAILY": 1, "WEEKLY": 7, "BIWEEKLY": 14}
MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUALLY": 12}
PRESETS = ("payee", "payment_amount", "payment_instrument", "pisp", "execution_date", "risk_data")


class World(NamedTuple):
    """What is known beside the purchase: the second, what the order rests on, and what the mandate was used for."""

    now: int
    open_checkouts: frozenset[str] = frozenset()
    uses: int = 0
    spent: int = 0
    last: int | None = None


def allows_payment(mandate: Json, payment: Json, world: World) -> bool:
    """Whether every constraint is met, every preset is kept, and the mandate may still be used."""
    recurring = any(each["type"] == "payment.agent_recurrence" for each in mandate["constraints"])
    if world.uses and not recurring:
        return False
    if any(name in mandate and mandate[name] != payment.get(name) for name in PRESETS):
        return False
    return all(_payment_meets(each, payment, world) for each in mandate["constraints"])


def allows_checkout(mandate: Json, checkout: Json, uses: int = 0) -> bool:
    """Whether every constraint is met and the mandate was not used."""
    return not uses and all(_checkout_meets(each, checkout) for each in mandate["constraints"])


def fits(requirements: list[Json], cart: list[str]) -> bool:
    """Whether the units in the cart, an item id each, can be dealt out so that each requirement has its quantity."""
    if not cart:
        return all(each["quantity"] == 0 for each in requirements)
    unit, rest = cart[0], cart[1:]
    for index, each in enumerate(requirements):
        if each["quantity"] and unit in [item["id"] for item in each["acceptable_items"]]:
            fewer = [*requirements[:index], {**each, "quantity": each["quantity"] - 1}, *requirements[index + 1 :]]
            if fits(fewer, rest):
                return True
    return False


def next_use(frequency: str, last: int) -> datetime:
    """When a mandate may be used again that was last used at that second."""
    at = datetime.fromtimestamp(last, UTC)
    if frequency in DAYS:
        return at + timedelta(days=DAYS[frequency])
    month = at.month + MONTHS[frequency]
    year, month = (at.year + 1, month - 12) if month > 12 else (at.year, month)
    day = at.day
    while True:
        try:
            return at.replace(year=year, month=month, day=day)
        except ValueError:
            day -= 1


def span(text: str) -> tuple[datetime, datetime]:
    """The first instant of a date, and the first that is behind it."""
    if "T" in text:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return at, at + timedelta(microseconds=1)
    day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    return day, day + timedelta(days=1)


def _same_merchant(one: Json, other: Json) -> bool:
    if one["id"] != other["id"]:
        return False
    sites = {each["website"] for each in (one, other) if each.get("website")}
    return len(sites) < 2


def _payment_meets(constraint: Json, payment: Json, world: World) -> bool:
    kind, amount = constraint["type"], payment["payment_amount"]
    if kind == "payment.amount_range":
        cheap = constraint.get("min", 0) <= amount["amount"] <= constraint["max"]
        return cheap and amount["currency"] == constraint["currency"]
    if kind == "payment.allowed_payees":
        return any(_same_merchant(each, payment["payee"]) for each in constraint["allowed"])
    if kind == "payment.allowed_payment_instruments":
        paid = payment["payment_instrument"]
        return any((each["id"], each["type"]) == (paid["id"], paid["type"]) for each in constraint["allowed"])
    if kind == "payment.allowed_pisps":
        return payment.get("pisp") in constraint["allowed"]
    if kind == "payment.agent_recurrence":
        if world.uses >= constraint.get("max_occurrences", world.uses + 1):
            return False
        now = datetime.fromtimestamp(world.now, UTC)
        return world.last is None or now >= next_use(constraint["frequency"], world.last)
    if kind == "payment.budget":
        return amount["currency"] == constraint["currency"] and world.spent + amount["amount"] <= constraint["max"]
    if kind == "payment.reference":
        return constraint["conditional_transaction_id"] in world.open_checkouts
    assert kind == "payment.execution_date"
    now = datetime.fromtimestamp(world.now, UTC).isoformat()
    first, behind = span(payment.get("execution_date", now))
    early = "not_before" in constraint and first < span(constraint["not_before"])[0]
    return not early and not ("not_after" in constraint and behind > span(constraint["not_after"])[1])


def _checkout_meets(constraint: Json, checkout: Json) -> bool:
    if constraint["type"] == "checkout.allowed_merchants":
        merchant = checkout.get("merchant")
        return merchant is not None and any(_same_merchant(each, merchant) for each in constraint["allowed"])
    assert constraint["type"] == "checkout.line_items"
    cart = [line["item"]["id"] for line in checkout["line_items"] for _ in range(line["quantity"])]
    return bool(cart) and fits(constraint["items"], cart)
