"""AP2 v0.1: what the user allowed, and whether the user was there."""

from __future__ import annotations

from .purchase_cases import DENIED, ITEMS, USER_PAYS, Recipe, fine, point

RECIPES: tuple[Recipe, ...] = (
    fine(
        "merchant-by-did",
        "the intent names the merchant by its DID",
        "cart.merchant",
        intent={"merchants": lambda scene: [scene.shop.did]},
    ),
    fine("any-merchant", "merchants is null", "cart.merchant", intent={"merchants": None}),
    fine(
        "confirmed",
        "the user confirms what the intent asks to be confirmed",
        "confirmation",
        present=True,
        intent={"user_cart_confirmation_required": True},
        **USER_PAYS,
    ),
    fine(
        "intent-by-agent",
        "an agent's intent that the user confirms",
        "intent.signer",
        present=True,
        intent={"user_cart_confirmation_required": True},
        by={"intent": "agent", "payment": "user"},
    ),
    point(
        "not-confirmed",
        "the intent asks for the user, and an agent pays",
        113,
        "confirmation",
        DENIED,
        intent={"user_cart_confirmation_required": True},
    ),
    point(
        "cart-not-confirmed",
        "the cart asks for the user, and an agent pays",
        113,
        "confirmation",
        DENIED,
        cart={"contents.user_cart_confirmation_required": True},
    ),
    point(
        "intent-unsigned",
        "an agent's intent that asks for nobody, and the user pays",
        113,
        "intent.signer",
        DENIED,
        by={"intent": "agent", "payment": "user"},
    ),
    point(
        "merchant-not-listed",
        "a merchant that the intent does not name",
        110,
        "cart.merchant",
        DENIED,
        intent={"merchants": ["Blue Shoes Ltd"]},
    ),
    point(
        "sku-not-listed",
        "an item that the intent does not name",
        110,
        "cart.skus",
        DENIED,
        cart={f"{ITEMS}.0.sku": "BOOT"},
    ),
    point("sku-missing", "an item without a SKU", 110, "cart.skus", DENIED, cart={f"{ITEMS}.1.sku": ...}),
    point(
        "not-refundable",
        "an item that cannot be given back",
        110,
        "cart.refundability",
        DENIED,
        cart={f"{ITEMS}.0.refund_period": 0},
    ),
)
