"""AP2 v0.1: whether an intent, a cart and a payment agree, point by point, and who signed what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Case
from .moments import stamp
from .purchase_scene import Deal, Scene, as_proof, recipe
from .world import World

Recipe = Callable[[World], Case]
HOLD = "3: "
BROKEN, LATE, BAD, DENIED = ("broken_chain", 5), ("outside_validity", 6), ("bad_mandate", 1), ("denied", 9)
ITEMS, DETAILS = "contents.payment_request.details.display_items", "contents.payment_request.details"
PAID = "payment_mandate_contents"
RESPONSE = f"{PAID}.payment_response"
USER_PAYS = {"by": {"payment": "user"}}


def point(name: str, notes: str, attack: int, fails: str, verdict: tuple[str, int], *also: str, **deal: Any) -> Recipe:
    """A purchase in which this point does not hold, and perhaps others."""
    return recipe(name, notes, attack, HOLD + fails, verdict, points=(fails, *also), **deal)


def fine(name: str, notes: str, rule: str, *, present: bool = False, **deal: Any) -> Recipe:
    return recipe(name, notes, None, HOLD + rule, None, present=present, **deal)


def at(offset: int) -> Callable[[Scene], str]:
    return lambda scene: stamp(scene.now + offset)


def cents(more: int) -> Callable[[Scene], dict[str, Any]]:
    """The total, off by so many cents."""
    return lambda scene: scene.money(((scene.price + 9) * 100 + more) / 100)


def wider(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """Another genuine intent of the user's, that allows more."""
    return {**asked, "intent": Deal(intent={"merchants": None, "skus": None}).mandates(scene)["intent"]}


def another_cart(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """Another genuine cart of the merchant's for the same intent."""
    return {**asked, "cart": Deal(cart={"contents.id": "cart-other"}).mandates(scene)["cart"]}


def unasked(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The intent is not shown."""
    return {name: value for name, value in asked.items() if name != "intent"}


def again(asked: dict[str, Any], scene: Scene, **changed: Any) -> dict[str, Any]:
    names = ("intent", "cart", "payment", "now")
    return {**asked, "before": [{name: asked[name] for name in names if name in asked}]}


def paid_before(**deal: Any) -> Callable[[dict[str, Any], Scene], dict[str, Any]]:
    """Another purchase was made before."""

    def edit(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
        return {**asked, "before": [{**Deal(**deal).mandates(scene), "now": scene.now}]}

    return edit


def two_users(scene: Scene) -> dict[str, Any]:
    return {"users": [scene.user.did, scene.other.did]}


def shipping(**changed: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {**scene.express, **changed}


def two_options(scene: Scene) -> list[Any]:
    return [scene.express, {**scene.express, "id": "again"}]


def modifier(scene: Scene) -> list[Any]:
    return [{"supported_methods": "CARD", "total": None, "additional_display_items": None, "data": None}]


OTHER_CART = {"cart": {"contents.id": "cart-two"}, "payment": {f"{PAID}.payment_mandate_id": "pm-two"}}
PROOFS = {"intent": as_proof, "cart": as_proof, "payment": as_proof}
RECIPES: tuple[Recipe, ...] = (
    fine("agent", "an agent pays under an intent", "every point holds"),
    fine("proofs", "the same by Data Integrity proofs", "every point holds", secure=PROOFS),
    fine(
        "mixed-forms",
        "a cart by a proof, the others as JWS: the digest is the same",
        "every point holds",
        secure={"cart": as_proof},
    ),
    fine("user", "the user pays", "a human is present if a user signed this payment", present=True, **USER_PAYS),
    fine(
        "no-intent",
        "the user pays, and gave no intent",
        "a cart without an intent says none",
        present=True,
        intent=None,
        **USER_PAYS,
    ),
    fine(
        "payee-by-did",
        "the payment names the merchant by its DID",
        "payment.payee",
        payment={f"{PAID}.merchant_agent": lambda scene: scene.shop.did},
    ),
    point("another-intent", "a wider intent than the cart answers", 109, "cart.follows", BROKEN, edit=wider),
    point("another-cart", "another cart than was paid for", 109, "payment.follows", BROKEN, edit=another_cart),
    point(
        "intent-not-shown",
        "the cart answers an intent that nobody shows",
        109,
        "cart.follows",
        BROKEN,
        edit=unasked,
        **USER_PAYS,
    ),
    point(
        "follows-nothing",
        "a payment for no cart",
        109,
        "payment.follows",
        BROKEN,
        documents={"payment": {"credentialSubject.follows": ...}},
    ),
    point(
        "intent-over",
        "the intent ended 301 seconds ago",
        112,
        "intent.expiry",
        LATE,
        intent={"intent_expiry": at(-301)},
    ),
    fine("intent-last-second", "the intent ended 300 seconds ago", "intent.expiry", intent={"intent_expiry": at(-300)}),
    point(
        "cart-over",
        "the cart ended 301 seconds ago",
        112,
        "cart.expiry",
        LATE,
        cart={"contents.cart_expiry": at(-301)},
        payment={f"{PAID}.timestamp": at(-301)},
    ),
    point(
        "payment-ahead",
        "a payment 301 seconds from now",
        112,
        "payment.timestamp",
        LATE,
        payment={f"{PAID}.timestamp": at(301)},
    ),
    point(
        "payment-before-cart",
        "a payment 301 seconds before the cart",
        112,
        "payment.timestamp",
        LATE,
        payment={f"{PAID}.timestamp": at(-361)},
    ),
    point(
        "another-user",
        "a user's intent, and another user pays",
        113,
        "user",
        BAD,
        asked=two_users,
        by={"payment": "other"},
    ),
    point(
        "another-name",
        "the merchant under another's name",
        110,
        "cart.merchant_name",
        BAD,
        cart={"contents.merchant_name": "Other"},
        intent={"merchants": None},
        payment={f"{PAID}.merchant_agent": "Other"},
    ),
    point(
        "sum",
        "a cent more than the items",
        110,
        "cart.total",
        BAD,
        cart={f"{DETAILS}.total.amount": cents(1)},
        payment={f"{PAID}.payment_details_total.amount": cents(1)},
    ),
    point(
        "mixed-currencies",
        "shipping in another currency",
        110,
        "cart.total",
        BAD,
        "cart.shipping",
        cart={f"{ITEMS}.1.amount.currency": "EUR"},
    ),
    point(
        "two-options",
        "two ways of shipping are chosen",
        110,
        "cart.shipping",
        BAD,
        "payment.shipping_option",
        cart={f"{DETAILS}.shipping_options": two_options},
    ),
    point(
        "shipping-not-paid",
        "shipping that no item pays for",
        110,
        "cart.shipping",
        BAD,
        "payment.shipping_option",
        cart={f"{DETAILS}.shipping_options.0.amount.value": 10},
    ),
    point("pending", "a total that is not final", 110, "cart.pending", BAD, cart={f"{DETAILS}.total.pending": True}),
    point(
        "another-order",
        "a payment for another order",
        109,
        "payment.details",
        BAD,
        payment={f"{PAID}.payment_details_id": "order-other"},
    ),
    point(
        "another-request",
        "an answer to another request",
        109,
        "payment.request",
        BAD,
        payment={f"{RESPONSE}.request_id": "order-other"},
    ),
    point(
        "cent-more",
        "a cent more than the cart",
        110,
        "payment.total",
        BAD,
        payment={f"{PAID}.payment_details_total.amount": cents(1)},
    ),
    point(
        "cent-less",
        "a cent less",
        110,
        "payment.total",
        BAD,
        payment={f"{PAID}.payment_details_total.amount": cents(-1)},
    ),
    point(
        "another-currency",
        "in another currency",
        110,
        "payment.total",
        BAD,
        payment={f"{PAID}.payment_details_total.amount.currency": "EUR"},
    ),
    point(
        "another-label",
        "another label",
        110,
        "payment.item",
        BAD,
        payment={f"{PAID}.payment_details_total.label": "Gift"},
    ),
    point(
        "refund-period",
        "a day less to give it back",
        110,
        "payment.item",
        BAD,
        payment={f"{PAID}.payment_details_total.refund_period": 29},
    ),
    point(
        "another-payee", "another payee", 110, "payment.payee", BAD, payment={f"{PAID}.merchant_agent": "Mallory Ltd"}
    ),
    point(
        "payee-case",
        "the payee in capitals",
        52,
        "payment.payee",
        BAD,
        payment={f"{PAID}.merchant_agent": "RED SHOES LTD"},
    ),
    point(
        "another-method",
        "a method that the cart does not take",
        110,
        "payment.method",
        BAD,
        payment={f"{RESPONSE}.method_name": "CASH"},
    ),
    point(
        "another-shipping",
        "another way of shipping",
        110,
        "payment.shipping_option",
        BAD,
        payment={f"{RESPONSE}.shipping_option": shipping(id="slow")},
    ),
    point(
        "another-address",
        "to another place",
        110,
        "payment.shipping_address",
        BAD,
        payment={f"{RESPONSE}.shipping_address.city": "Elsewhere"},
    ),
    recipe("again", "the same purchase twice", 112, HOLD + "once", ("replayed", 8), edit=again),
    recipe(
        "intent-twice",
        "an intent without a user is good for one purchase",
        112,
        HOLD + "once",
        ("replayed", 8),
        edit=paid_before(**OTHER_CART),
    ),
    recipe(
        "cart-twice",
        "a cart paid for a second time by its user",
        112,
        HOLD + "once",
        ("replayed", 8),
        edit=paid_before(**USER_PAYS, payment={f"{PAID}.payment_mandate_id": "pm-two"}),
        **USER_PAYS,
    ),
    fine(
        "user-twice",
        "an intent under which the user pays twice, two carts",
        "once",
        present=True,
        edit=paid_before(**OTHER_CART, **USER_PAYS),
        **USER_PAYS,
    ),
)
