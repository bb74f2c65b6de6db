"""Every constraint of a payment: both sides of each border, empty lists, other types, other scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .mandate_link_cases import BAD, Recipe, paying
from .mandate_scene import Scene

MALFORMED, DENIED = ("malformed", 1), ("denied", 9)
PAGE = "docs/spec/constraints.md section "
ALL = "What holds for all of them: "
NUMBERS = ALL + "4, amounts are integers of minor units"
CURRENCIES = ALL + "4, a currency is an active code, and compared exactly"
KNOWN = ALL + "2, known, typed, and what must be there"
RANGE, PAYEES = "Payments: payment.amount_range", "Payments: payment.allowed_payees"
DATES, ONCE = "Payments: payment.execution_date", "Payments: payment.reference"
Constraints = Callable[[Scene], list[Any]]


def meets(name: str, notes: str, rule: str, **parts: Any) -> Recipe:
    """A payment that the mandate allows."""
    return paying(name, notes, None, PAGE + rule, None, **parts)


def prohibited(name: str, notes: str, attack: int, rule: str, *reasons: str, **parts: Any) -> Recipe:
    """A payment that the mandate does not allow, for these reasons and no other."""
    return paying(name, notes, attack, PAGE + rule, DENIED, reasons=reasons, **parts)


def refused(name: str, notes: str, attack: int, rule: str, verdict: tuple[str, int], **parts: Any) -> Recipe:
    """A mandate that says nothing."""
    return paying(name, notes, attack, PAGE + rule, verdict, **parts)


def first(constraint: Callable[[Scene], Any]) -> Callable[[Scene, list[Any]], list[Any]]:
    """This instead of the usual range."""
    return lambda scene, usual: [constraint(scene), *usual[1:]]


def ranged(**changed: Any) -> Callable[[Scene, list[Any]], list[Any]]:
    """The range with these members, of which functions are asked for their value."""

    def limits(scene: Scene, usual: list[Any]) -> list[Any]:
        return [scene.range(**{name: _of(scene, value) for name, value in changed.items()}), *usual[1:]]

    return limits


def _of(scene: Scene, value: Any) -> Any:
    return value(scene) if callable(value) else value


def more(constraint: Callable[[Scene], Any]) -> Constraints:
    return lambda scene: [constraint(scene)]


def total(more: int = 0) -> Callable[[Scene], int]:
    return lambda scene: scene.total + more


def amount(value: Any, currency: Any = "USD") -> Callable[[Scene], dict[str, Any]]:
    """What the closed mandate pays."""
    return lambda scene: {"payment_amount": {"amount": _of(scene, value), "currency": currency}}


def spelt(label: str) -> dict[str, Any]:
    return {"id": label, "name": "Shop"}


RECIPES: tuple[Recipe, ...] = (
    meets("range-at-max", "exactly max", RANGE, limits=ranged(max=total())),
    meets("range-at-min", "exactly min", RANGE, limits=ranged(min=total())),
    prohibited("range-above", "one minor unit above max", 110, RANGE, "amount_too_high", limits=ranged(max=total(-1))),
    prohibited("range-below", "one minor unit below min", 110, RANGE, "amount_too_low", limits=ranged(min=total(1))),
    prohibited(
        "range-major-units",
        "max in major units allows a hundredth",
        110,
        RANGE,
        "amount_too_high",
        limits=ranged(max=lambda scene: scene.total // 100),
    ),
    prohibited("range-currency", "a range in euros", 110, RANGE, "wrong_currency", limits=ranged(currency="EUR")),
    prohibited(
        "range-zero-exponent",
        "a range in yen, which have no decimals",
        110,
        RANGE,
        "wrong_currency",
        limits=ranged(currency="JPY"),
    ),
    prohibited(
        "range-both",
        "of two ranges the narrower counts as well",
        116,
        ALL + "1, all of them must be met",
        "amount_too_high",
        more=lambda scene: [scene.range(max=scene.total - 1)],
    ),
    prohibited(
        "range-and-payee",
        "everything that is wrong is told",
        116,
        ALL + "5, it is said of all constraints",
        "amount_too_high",
        "payee_not_allowed",
        limits=lambda scene, usual: [scene.range(max=1), scene.payees(scene.rival), usual[2]],
    ),
    refused("range-reversed", "min above max", 111, RANGE, BAD, limits=ranged(min=5, max=4)),
    refused("range-no-max", "no max", 115, RANGE, MALFORMED, limits=ranged(max=...)),
    refused("range-null", "max is null", 111, NUMBERS, MALFORMED, limits=ranged(max=None)),
    refused(
        "range-fraction",
        "max with a fraction of zero",
        111,
        NUMBERS,
        MALFORMED,
        limits=ranged(max=lambda scene: float(scene.total)),
    ),
    refused("range-text", "max as text", 111, NUMBERS, MALFORMED, limits=ranged(max=lambda scene: str(scene.total))),
    refused("range-true", "min is true", 111, NUMBERS, MALFORMED, limits=ranged(min=True)),
    refused("range-negative", "min below 0", 111, NUMBERS, MALFORMED, limits=ranged(min=-1)),
    refused(
        "range-too-large",
        "2**53, which a double cannot tell from the next",
        111,
        NUMBERS,
        MALFORMED,
        limits=ranged(max=2**53),
    ),
    refused("range-lower-case", "usd", 111, CURRENCIES, MALFORMED, limits=ranged(currency="usd")),
    refused("range-cyrillic", "a Cyrillic letter for S", 52, CURRENCIES, MALFORMED, limits=ranged(currency="U\u0405D")),
    refused("range-no-currency", "a code that is none", 111, CURRENCIES, MALFORMED, limits=ranged(currency="ZZZ")),
    refused(
        "amount-fraction", "100.0 for 100", 111, NUMBERS, MALFORMED, closed=amount(lambda scene: float(scene.total))
    ),
    refused("amount-negative", "below 0", 111, NUMBERS, MALFORMED, closed=amount(-1)),
    refused("amount-text", "as text", 111, NUMBERS, MALFORMED, closed=amount(lambda scene: str(scene.total))),
    refused("amount-currency-case", "usd", 111, CURRENCIES, MALFORMED, closed=amount(total(), "usd")),
    refused("constraints-empty", "no constraint", 115, KNOWN, BAD, limits=lambda scene, usual: []),
    refused("constraints-null", "constraints is null", 115, KNOWN, MALFORMED, limits=lambda scene, usual: None),
    refused("constraints-missing", "no constraints", 115, KNOWN, MALFORMED, open={"constraints": ...}),
    refused("constraints-no-reference", "for no order", 115, KNOWN, BAD, limits=lambda scene, usual: usual[:2]),
    refused(
        "constraints-unknown",
        "a type that nobody knows",
        115,
        KNOWN,
        BAD,
        more=lambda scene: [{"type": "payment.max_risk", "max": 1}],
    ),
    refused("constraints-no-type", "a range without its type", 115, KNOWN, BAD, limits=ranged(type=...)),
    refused(
        "constraints-type-case", "Payment.Amount_Range", 52, KNOWN, BAD, limits=ranged(type="Payment.Amount_Range")
    ),
    refused(
        "constraints-of-checkouts",
        "line items in a payment mandate",
        115,
        KNOWN,
        BAD,
        more=lambda scene: [scene.lines()],
    ),
    refused(
        "constraints-text",
        "a constraint that is text",
        115,
        KNOWN,
        MALFORMED,
        more=lambda scene: ["payment.amount_range"],
    ),
    refused(
        "constraints-65",
        "one constraint too many",
        4,
        ALL + "at most 64 constraints",
        MALFORMED,
        more=lambda scene: [
            each
            for _ in range(16)
            for each in (scene.range(), scene.payees(), scene.instruments(), scene.dates(not_before="1970-01-01"))
        ],
    ),
    refused(
        "constraints-17-of-one",
        "one of a type too many",
        4,
        ALL + "at most 16 of one type",
        BAD,
        more=lambda scene: [scene.range()] * 16,
    ),
    prohibited(
        "reference-another",
        "another open checkout mandate",
        109,
        ONCE,
        "wrong_checkout",
        limits=lambda scene, usual: [*usual[:2], scene.reference(kit.hashed("another"))],
    ),
    refused(
        "reference-number",
        "a number",
        115,
        ONCE,
        MALFORMED,
        limits=lambda scene, usual: [*usual[:2], scene.reference(5)],
    ),
    refused(
        "reference-empty",
        "an empty text",
        115,
        ONCE,
        MALFORMED,
        limits=lambda scene, usual: [*usual[:2], scene.reference("")],
    ),
)
