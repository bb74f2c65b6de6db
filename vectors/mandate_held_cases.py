"""Open mandates as they are held, and the wrong kind of mandate at the end of a chain."""

from __future__ import annotations

from typing import Any

from . import mandate_kit as kit
from .mandate_link_cases import BAD, LINK, Recipe, paying
from .mandate_scene import Chain, Purchase, Scene, Verdict, recipe

HELD = "docs/spec/mandate.md section Use: whoever holds an open mandate"
ENDS = "docs/spec/mandate.md section Order and codes: 1, every hop and what it means"
KIND = "docs/spec/mandate.md section Order and codes: 5, one kind"


def held(name: str, notes: str, attack: int | None, verdict: Verdict, **chain: Any) -> Recipe:
    """What the agent was handed."""

    def asked(scene: Scene) -> dict[str, Any]:
        return {"audience": ..., "nonce": ..., "merchants": ...}

    purchase = Purchase(payment=Chain(**chain), input=asked)
    return recipe(f"held-{name}", notes, attack, HELD, verdict, kind="held", purchase=purchase)


def closed_held(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    names = ("version", "mandate", "anchors", "now")
    return {"kind": "held", **{name: asked[name] for name in names}}


def open_shown(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """The user's mandate, where a closed one should be."""
    return {**asked, "mandate": asked["mandate"].partition("~~")[0] + "~"}


def order_shown(asked: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """An order for this verifier, where a payment should be."""
    order, _ = Purchase().question(scene, "checkout")
    return {**asked, "mandate": order["mandate"]}


def order_content(scene: Scene) -> dict[str, Any]:
    """An order under a mandate for payments."""
    text = scene.offer()
    gone = dict.fromkeys(("transaction_id", "payee", "payment_amount", "payment_instrument"), ...)
    return {**gone, "vct": "mandate.checkout.1", "checkout_jwt": text, "checkout_hash": kit.hashed(text)}


TAKEN = "docs/spec/mandate.md section Accepting: accept_payment is for whoever releases a credential"
RECIPES: tuple[Recipe, ...] = (
    held("open", "a mandate that an agent holds", None, None),
    held("redacted", "with a payee kept back", None, None, root={"hide": [("constraints", 1, "allowed", 1)]}),
    held("forged", "by mallory", 75, ("bad_signature", 3), root=lambda scene: {"by": scene.mallory}),
    held("over", "that ended", 112, ("outside_validity", 6), open=lambda scene: {"exp": scene.now - 301}),
    recipe("held-closed", "a closed mandate is nobody's to hold", 22, ENDS, BAD, edit=closed_held),
    recipe("end-open", "an open mandate where a closed one should be", 114, ENDS, BAD, edit=open_shown),
    recipe("end-order", "an order where a payment should be", 22, TAKEN, ("bad_mandate", 9), edit=order_shown),
    paying("kind-changed", "an order under a mandate for payments", 77, KIND, LINK, closed=order_content),
)
