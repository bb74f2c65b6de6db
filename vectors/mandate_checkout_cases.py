"""Step 9 of `verify-mandate`: the checkout that a mandate is for, what was fixed, and what must be limited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .mandate_link_cases import Recipe
from .mandate_payment_cases import DENIED, amount, total
from .mandate_scene import Chain, Purchase, Scene, Verdict, recipe
from .mandate_time_cases import ordering

TAKEN = "docs/spec/mandate.md section Accepting: "
FIXED = "docs/spec/constraints.md section Payments: Presets"
HELD = "docs/spec/constraints.md section Checkouts: a payment is held against its checkout"
LINK, FORGED, BAD, MALFORMED = ("broken_chain", 9), ("bad_signature", 9), ("bad_mandate", 9), ("malformed", 9)
LATE, STRANGER = ("outside_validity", 9), ("untrusted_root", 9)
Changed = Callable[[dict[str, Any], Scene], dict[str, Any]]


def order(name: str, notes: str, attack: int | None, spec: str, verdict: Verdict, **parts: Any) -> Recipe:
    return ordering(f"checkout-{name}", notes, attack, spec, verdict, **parts)


def pay(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    *reasons: str,
    verdict: Verdict = None,
    order: Chain | None = None,
    document: Any = None,
    offer: Any = None,
    input: Any = None,
    edit: Changed | None = None,
    **chain: Any,
) -> Recipe:
    """A payment and its checkout; prohibited where there are reasons."""
    purchase = Purchase(order or Chain(), Chain(**chain), document, offer, {} if input is None else input)
    found = DENIED if reasons else verdict
    return recipe(f"checkout-{name}", notes, attack, spec, found, purchase=purchase, reasons=reasons, edit=edit)


def preset(name: str, notes: str, member: str, fixed: Any, paid: Any = None, *, same: bool = False) -> Recipe:
    """Something that the user fixed beforehand, and the payment, by which it was changed or not."""

    def closed(scene: Scene) -> dict[str, Any]:
        return {} if paid is None else {member: _of(scene, paid)}

    def opened(scene: Scene) -> dict[str, Any]:
        return {member: _of(scene, fixed)}

    reasons = () if same else ("preset_changed",)
    attack = None if same else 116
    made = Purchase(payment=Chain(open=opened, closed=closed))
    found = None if same else DENIED
    return recipe(f"preset-{name}", notes, attack, FIXED, found, purchase=made, reasons=reasons)


def _of(scene: Scene, value: Any) -> Any:
    return value(scene) if callable(value) else value


def document(**changed: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: scene.cart(**{name: _of(scene, value) for name, value in changed.items()})


def beside(scene: Scene) -> dict[str, Any]:
    """Another genuine cart of the same shop."""
    return scene.cart(id="chk-other")


def other_checkout(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The order is for another cart than the payment."""
    other, _ = Purchase(document=beside).question(scene, "payment")
    return {**asked, "checkout": other["checkout"]}


def jwt_alone(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    return {**asked, "checkout": scene.offer()}


def swapped(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The payment mandate where the order should be."""
    return {**asked, "checkout": asked["mandate"]}


def as_checkout(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The payment mandate, to a merchant."""
    return kit.without({**asked, "kind": "checkout", "checkout": ...})


def taxed(more: int) -> Callable[[Scene], dict[str, Any]]:
    """The tax off by so much, and the total as well, so that the cart adds up."""

    def cart(scene: Scene) -> dict[str, Any]:
        entries = scene.document["totals"]
        changed = [entries[0], {**entries[1], "amount": entries[1]["amount"] + more}]
        return scene.cart(totals=[*changed, {**entries[2], "amount": scene.total + more}])

    return cart


def direct(**parts: Any) -> dict[str, Any]:
    return {"direct": True, "edit": jwt_alone, **parts}


RISK = {"score": 5, "seen": ["a", "b"]}
RECIPES: tuple[Recipe, ...] = (
    pay(
        "required-payment",
        "of payments only their types count",
        None,
        TAKEN + "required lists types of constraints",
        input={"required": ["payment.amount_range", "checkout.allowed_merchants"]},
    ),
    pay(
        "required-payment-missing",
        "a budget that must be there",
        115,
        TAKEN + "required lists types of constraints",
        "constraint_missing",
        input={"required": ["payment.budget"]},
    ),
    pay(
        "another",
        "another cart than was paid for",
        109,
        TAKEN + "derives transaction_id",
        verdict=LINK,
        edit=other_checkout,
    ),
    pay(
        "transaction-of-another",
        "transaction_id of another cart",
        109,
        TAKEN + "derives transaction_id",
        verdict=LINK,
        closed=lambda scene: {"transaction_id": kit.hashed(scene.offer(beside(scene)))},
    ),
    pay(
        "swapped",
        "a payment mandate where the order should be",
        22,
        TAKEN + "it takes the checkout mandate beside the payment mandate",
        verdict=BAD,
        edit=swapped,
    ),
    recipe(
        "checkout-is-payment",
        "a payment mandate, shown to a merchant",
        22,
        TAKEN + "accept_checkout is for a merchant",
        BAD,
        edit=as_checkout,
    ),
    pay("total-below", "a minor unit less than the total", 110, HELD, "wrong_total", closed=amount(total(-1))),
    pay("total-above", "a minor unit more", 110, HELD, "wrong_total", closed=amount(total(1))),
    pay(
        "tax-off-by-one",
        "the cart's tax, and so its total, is a unit higher",
        110,
        HELD,
        "wrong_total",
        document=taxed(1),
    ),
    pay(
        "currency",
        "the amount in another currency",
        110,
        HELD,
        "wrong_total",
        closed=amount(total(), "EUR"),
        limits=lambda scene, usual: usual[1:],
    ),
    pay(
        "yen",
        "all of it in a currency without decimals",
        None,
        HELD,
        document=document(currency="JPY"),
        limits=lambda scene, usual: [scene.range(currency="JPY", max=scene.total), *usual[1:]],
        closed=amount(total(), "JPY"),
    ),
    pay(
        "payee",
        "a payee who is allowed, and does not sell it",
        110,
        HELD,
        "wrong_payee",
        closed=lambda scene: {"payee": scene.rival},
    ),
    pay(
        "payee-website",
        "the merchant with another website",
        110,
        HELD,
        "wrong_payee",
        limits=lambda scene, usual: [usual[0], usual[2]],
        closed=lambda scene: {"payee": {**scene.merchant, "website": "https://m.example"}},
    ),
    pay(
        "payee-bare",
        "the payee without a website, of whom another with one is allowed",
        110,
        HELD,
        "payee_not_allowed",
        limits=lambda scene, usual: [
            usual[0],
            scene.payees({**scene.merchant, "website": "https://m.example"}),
            usual[2],
        ],
        closed=lambda scene: {"payee": {"id": scene.merchant["id"], "name": "m"}},
    ),
    pay(
        "order-too-wide",
        "an order that its own mandate does not allow",
        116,
        TAKEN + "holds its cart against its own constraints",
        "too_many_items",
        document=lambda scene: scene.cart(scene.line(scene.shoe, 2)),
    ),
    pay(
        "order-forged",
        "an order by who is no agent",
        114,
        TAKEN + "verifies it but for its audience and nonce",
        verdict=FORGED,
        order=Chain(hop=lambda scene: {"by": scene.mallory}),
    ),
    pay(
        "order-kept-back",
        "an order that does not show its checkout",
        115,
        TAKEN + "derives transaction_id",
        verdict=BAD,
        order=Chain(hop={"hide": [("checkout_jwt",)]}),
    ),
    pay(
        "order-over",
        "an order that ended",
        112,
        "docs/spec/mandate.md section Order and codes: whatever is wrong with the checkout mandate is wrong at step 9",
        verdict=LATE,
        order=Chain(closed=lambda scene: {"exp": scene.now - 301}),
    ),
    pay(
        "jwt-of-agent",
        "a checkout alone, of an agent that was given a reference",
        109,
        TAKEN + "where the user signed the payment, the checkout_jwt alone will do",
        "wrong_checkout",
        edit=jwt_alone,
    ),
    pay(
        "jwt-of-user",
        "a checkout alone, of a user who is there",
        None,
        TAKEN + "where the user signed the payment, the checkout_jwt alone will do",
        **direct(),
    ),
    pay(
        "jwt-of-user-another",
        "a checkout alone that was not paid for",
        109,
        TAKEN + "derives transaction_id",
        verdict=LINK,
        **direct(closed=lambda scene: {"transaction_id": kit.hashed("x")}),
    ),
    pay(
        "human-forged",
        "an agent that says that a human was there",
        117,
        "docs/spec/mandate.md section Hops: human present",
        closed={"human_present": True},
    ),
    preset("payee", "the same payee", "payee", lambda scene: scene.merchant, same=True),
    preset(
        "payee-changed", "the same payee by another name", "payee", lambda scene: {**scene.merchant, "name": "Another"}
    ),
    preset(
        "amount",
        "the same amount",
        "payment_amount",
        lambda scene: {"amount": scene.total, "currency": "USD"},
        same=True,
    ),
    preset(
        "amount-changed",
        "a unit less was fixed",
        "payment_amount",
        lambda scene: {"amount": scene.total - 1, "currency": "USD"},
    ),
    preset(
        "instrument-changed",
        "another description",
        "payment_instrument",
        lambda scene: {**scene.card, "description": "Another"},
    ),
    preset("provider", "the same provider", "pisp", lambda scene: scene.pisp, lambda scene: scene.pisp, same=True),
    preset("provider-none", "a provider was fixed, and none is named", "pisp", lambda scene: scene.pisp),
    preset("date", "the same date", "execution_date", "2030-06-01", "2030-06-01", same=True),
    preset(
        "date-spelt",
        "the same instant in another spelling",
        "execution_date",
        "2030-06-01T10:00:00Z",
        "2030-06-01T10:00:00+00:00",
    ),
    preset(
        "risk",
        "members in another order, numbers in another spelling",
        "risk_data",
        {"seen": ["a", "b"], "score": 5.0},
        RISK,
        same=True,
    ),
    preset("risk-changed", "a list in another order", "risk_data", {**RISK, "seen": ["b", "a"]}, RISK),
    preset("risk-none", "none, where some was fixed", "risk_data", RISK),
)
