"""An intent, a cart and a payment of AP2 v0.1 as credentials, from primitives: the purchase that every case changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import mandate_kit as kit
from .case import Case
from .integrity import proven
from .jose import method
from .moments import stamp
from .testkit import Key, url64
from .world import World

PAGE = "docs/spec/mandate-v01.md section "
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/attorn/mandate/v1"]
NAMES = {"intent": "IntentMandate", "cart": "CartMandate", "payment": "PaymentMandate"}
SHOP = "Red Shoes Ltd"
Edits = Mapping[str, Any]


def digest(document: Any) -> str:
    """By which one credential names another."""
    return "sha-256:" + url64(hashlib.sha256(kit.jcs(document)).digest())


def bare(value: Any) -> str:
    """The hash of a JSON value, as AP2's own signatures have it."""
    return url64(hashlib.sha256(kit.jcs(value)).digest())


class Scene:
    """Who takes part, and the three objects of AP2."""

    def __init__(self, w: World) -> None:
        self.w, self.now = w, w.now
        self.user, self.agent, self.shop = w.key("alice"), w.key("planner"), w.key("shop")
        self.mallory, self.other, self.wallet = w.key("mallory"), w.key("bob"), w.key("wallet")
        self.nonce = url64(w.octets("v0.1 nonce", 16))
        self.price = w.number("v0.1 price", 10, 900, 110)
        self.order = f"order-{w.word('order', 'one')}"

    def money(self, value: Any, currency: str = "USD") -> dict[str, Any]:
        return {"currency": currency, "value": value}

    def item(self, label: str, value: int, sku: str) -> dict[str, Any]:
        return {"label": label, "amount": self.money(value), "refund_period": 30, "sku": sku}

    @property
    def express(self) -> dict[str, Any]:
        return {"id": "express", "label": "Express", "amount": self.money(9), "selected": True}

    @property
    def total(self) -> dict[str, Any]:
        return {"label": "Total", "amount": self.money(self.price + 9), "refund_period": 30}

    @property
    def intent(self) -> dict[str, Any]:
        return {
            "user_cart_confirmation_required": False,
            "natural_language_description": "Red shoes, size 42",
            "merchants": [SHOP],
            "skus": ["SHOE", "SHIP"],
            "requires_refundability": True,
            "intent_expiry": stamp(self.now + 28_800),
        }

    @property
    def cart(self) -> dict[str, Any]:
        details = {
            "id": self.order,
            "display_items": [self.item("Shoes", self.price, "SHOE"), self.item("Express", 9, "SHIP")],
            "shipping_options": [self.express],
            "total": self.total,
        }
        request = {"method_data": [{"supported_methods": "CARD"}], "details": details}
        contents = {
            "id": f"cart-{self.w.word('cart', 'one')}",
            "user_cart_confirmation_required": False,
            "payment_request": {**request, "shipping_address": {"city": "Anytown", "country": "US"}},
            "cart_expiry": stamp(self.now + 900),
            "merchant_name": SHOP,
        }
        return {"contents": contents}

    @property
    def payment(self) -> dict[str, Any]:
        response = {"request_id": self.order, "method_name": "CARD", "shipping_option": self.express}
        return {
            "payment_mandate_contents": {
                "payment_mandate_id": f"pm-{self.w.word('payment', 'one')}",
                "payment_details_id": self.order,
                "payment_details_total": self.total,
                "payment_response": {**response, "shipping_address": {"city": "Anytown", "country": "US"}},
                "merchant_agent": SHOP,
                "timestamp": stamp(self.now),
            }
        }


def _of(scene: Scene, value: Any) -> Any:
    return value(scene) if callable(value) else value


def edited(scene: Scene, value: Any, edits: Edits) -> Any:
    """With what stands at each path such as `contents.id` changed."""
    for path, to in edits.items():
        steps = [int(step) if step.isdigit() else step for step in path.split(".")]
        value = kit.put(value, *steps, to=_of(scene, to))
    return value


@dataclass(frozen=True)
class Deal:
    """The three of them, the usual ones but for `intent`, `cart` and `payment`, edits of the objects, and `documents`,
    edits of the credentials by their names. `by` names other signers. `secure` writes a credential in another form.
    """

    intent: Edits | None = field(default_factory=dict)
    cart: Edits = field(default_factory=dict)
    payment: Edits = field(default_factory=dict)
    documents: Mapping[str, Edits] = field(default_factory=dict)
    by: Mapping[str, str] = field(default_factory=dict)
    secure: Mapping[str, Callable[[Any, Key, Scene], str]] = field(default_factory=dict)
    asked: Any = field(default_factory=dict)

    def credential(self, scene: Scene, kind: str, mandate: Any, by: str, subject: Edits) -> tuple[str, str]:
        """The text of one of the three, and its digest."""
        key: Key = getattr(scene, self.by.get(kind, by))
        document = {
            "@context": CONTEXT,
            "id": f"urn:uuid:{_uuid(scene.w, kind)}",
            "type": ["VerifiableCredential", f"{NAMES[kind]}Credential"],
            "issuer": key.did,
            "validFrom": stamp(scene.now - 60),
            "validUntil": stamp(scene.now + 900),
            "credentialSubject": kit.without({"type": NAMES[kind], "mandate": mandate, **subject}),
        }
        document = edited(scene, document, self.documents.get(kind, {}))
        secure = self.secure.get(kind, as_jws)
        return secure(document, key, scene), digest(document)

    def mandates(self, scene: Scene) -> dict[str, str]:
        """The texts by their names."""
        found, before = {}, ...
        if self.intent is not None:
            wanted = edited(scene, scene.intent, self.intent)
            text, before = self.credential(scene, "intent", wanted, "user", {"id": scene.agent.did})
            found["intent"] = text
        offer = edited(scene, scene.cart, self.cart)
        text, digest = self.credential(scene, "cart", offer, "shop", {"follows": before})
        paid = edited(scene, scene.payment, self.payment)
        found["cart"] = text
        found["payment"], _ = self.credential(scene, "payment", paid, "agent", {"follows": digest})
        return found

    def question(self, scene: Scene) -> dict[str, Any]:
        """The input of `verify-mandate`."""
        asked = {
            "version": "0.1",
            **self.mandates(scene),
            "users": [scene.user.did],
            "merchants": {scene.shop.did: SHOP},
            "audience": scene.w.audience,
            "now": scene.now,
        }
        return kit.without({**asked, **_of(scene, self.asked)})


def as_jws(document: Any, by: Key, scene: Scene) -> str:
    return kit.jws(document, by=by, cty="vc", kid=method(by), typ="vc+jwt")


def as_proof(document: Any, by: Key, scene: Scene) -> str:
    return json.dumps(proven(document, by, scene.now - 60), separators=(",", ":"))


def _uuid(w: World, kind: str) -> str:
    text = w.octets(f"credential {kind}", 16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


Edit = Callable[[dict[str, Any], Scene], dict[str, Any]]


def recipe(
    name: str,
    notes: str,
    attack: int | None,
    rule: str,
    verdict: tuple[str, int | None] | None,
    *,
    points: tuple[str, ...] = (),
    present: bool = False,
    edit: Edit | None = None,
    **deal: Any,
) -> Callable[[World], Case]:
    """A recipe for a case of AP2 v0.1; `points` are all those that do not hold."""
    code, step = verdict or ("ok", None)

    def case(w: World) -> Case:
        scene = Scene(w)
        asked = Deal(**deal).question(scene)
        if edit is not None:
            asked = edit(asked, scene)
        result: dict[str, Any] = {"points": list(points)} if points else {}
        if code == "ok":
            total = {"amount": (scene.price + 9) * 100, "currency": "USD"}
            result = {"user": scene.user.did, "merchant": scene.shop.did, "total": total, "human_present": present}
        return Case(f"mandate-v01/{name}", "verify-mandate", notes, attack, PAGE + rule, asked, code, step, result)

    return case
