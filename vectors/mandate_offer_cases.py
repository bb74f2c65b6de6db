"""Step 9 of `verify-mandate`: the `checkout_jwt` of an order."""

from __future__ import annotations

from typing import Any

from . import mandate_kit as kit
from .mandate_checkout_cases import (
    BAD,
    FORGED,
    LATE,
    LINK,
    MALFORMED,
    STRANGER,
    TAKEN,
    beside,
    document,
    order,
)
from .mandate_link_cases import Recipe
from .mandate_payment_cases import DENIED
from .mandate_scene import Scene

SHOP = "docs/spec/checkout.md section `checkout_jwt`: "


def miscounted(scene: Scene) -> dict[str, Any]:
    """The total is not the sum."""
    return kit.put(scene.document, "totals", 2, "amount", to=scene.total + 1)


def others_jwt(scene: Scene) -> dict[str, Any]:
    return {"checkout_jwt": scene.offer(beside(scene))}


RECIPES: tuple[Recipe, ...] = (
    order(
        "offered",
        "the very text that was offered",
        None,
        TAKEN + "with checkout_jwt it is what was offered last",
        None,
        input=lambda scene: {"checkout_jwt": scene.offer()},
    ),
    order(
        "offered-another",
        "another text of the same shop was offered last",
        109,
        TAKEN + "with checkout_jwt it is what was offered last",
        LINK,
        input=others_jwt,
    ),
    order(
        "hash-of-another",
        "checkout_hash is of another cart",
        109,
        TAKEN + "its hash is derived",
        LINK,
        closed=lambda scene: {"checkout_hash": kit.hashed(scene.offer(beside(scene)))},
    ),
    order(
        "kept-back",
        "checkout_jwt is not shown",
        115,
        TAKEN + "checkout_jwt is disclosed",
        BAD,
        hop={"hide": [("checkout_jwt",)]},
    ),
    order(
        "plain",
        "checkout_jwt is not selectively disclosable",
        None,
        TAKEN + "checkout_jwt is disclosed",
        None,
        hop={"plain": True},
    ),
    order(
        "by-another",
        "signed by mallory",
        110,
        SHOP + "2, one of these made the signature",
        FORGED,
        offer=lambda scene: scene.offer(by=scene.mallory),
    ),
    order(
        "unknown-shop",
        "a merchant that nobody knows",
        119,
        SHOP + "1, an empty list refuses everything",
        STRANGER,
        input={"merchants": []},
    ),
    order(
        "another-shop",
        "a merchant known by another name",
        119,
        SHOP + "1, whose name is the checkout's merchant.id",
        STRANGER,
        input=lambda scene: {"merchants": [{**scene.merchants[0], "name": "m-other"}]},
    ),
    order(
        "another-kid",
        "the name of another key",
        28,
        SHOP + "1, by alg and kid",
        STRANGER,
        offer=lambda scene: scene.offer(kid="shop-key-2"),
    ),
    order(
        "eddsa",
        "by EdDSA, which no checkout is",
        17,
        SHOP + "other algorithms than ES256, ES384 and ES512",
        MALFORMED,
        offer=lambda scene: scene.offer(by=scene.w.key("shop")),
    ),
    order(
        "adds-up-wrongly",
        "a total that is not the sum",
        110,
        "docs/spec/checkout.md section Reading a checkout: the total is the sum of all other entries",
        MALFORMED,
        document=miscounted,
    ),
    order(
        "completed",
        "it is completed",
        112,
        TAKEN + "one that is completed or canceled",
        LATE,
        document=document(status="completed"),
    ),
    order(
        "canceled",
        "it is canceled",
        112,
        TAKEN + "one that is completed or canceled",
        LATE,
        document=document(status="canceled"),
    ),
    order(
        "open-last-second",
        "open until 299 seconds ago",
        None,
        SHOP + "3, times with 300 seconds of skew",
        None,
        document=document(expires_at=lambda scene: scene.at(scene.now - 299)),
    ),
    order(
        "over",
        "open until 301 seconds ago",
        112,
        SHOP + "3, times with 300 seconds of skew",
        LATE,
        document=document(expires_at=lambda scene: scene.at(scene.now - 301)),
    ),
    order(
        "merchant-null",
        "no list of merchants, and the merchant is null",
        None,
        TAKEN + "a checkout that names no merchant is that of whoever signed it",
        None,
        document=document(merchant=None),
        limits=lambda scene, usual: usual[:1],
    ),
    order(
        "required",
        "a type of constraint that must be there, and is",
        None,
        TAKEN + "required lists types of constraints",
        None,
        input={"required": ["checkout.allowed_merchants"]},
    ),
    order(
        "required-missing",
        "one that is not",
        115,
        TAKEN + "required lists types of constraints",
        DENIED,
        reasons=("constraint_missing",),
        input={"required": ["checkout.allowed_merchants"]},
        limits=lambda scene, usual: usual[:1],
    ),
    order(
        "jwt-number",
        "checkout_jwt as a number",
        115,
        TAKEN + "checkout_jwt is disclosed",
        ("malformed", 1),
        closed={"checkout_jwt": 5},
    ),
    order(
        "jwt-empty",
        "an empty checkout_jwt",
        115,
        TAKEN + "checkout_jwt is disclosed",
        ("malformed", 1),
        closed={"checkout_jwt": ""},
    ),
    order(
        "no-hash",
        "no checkout_hash",
        115,
        TAKEN + "its hash is derived",
        ("malformed", 1),
        closed={"checkout_hash": ...},
    ),
)
