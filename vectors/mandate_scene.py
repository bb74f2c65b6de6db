"""A user, an agent, a sub-agent and a shop: the one purchase that every case of AP2 v0.2 changes in one point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from . import mandate_kit as kit
from .case import Case
from .mandate_kit import Hop
from .testkit import Key, url64
from .world import World

HOUR = 3600
KID = "shop-key-1"


class Scene:
    """Everybody and everything in it, of one world. What a constraint is about has a member of its name."""

    def __init__(self, w: World, now: int | None = None, made: int | None = None) -> None:
        """`now` is the verifier's clock, `made` when the user made the open mandates: the clock of the world."""
        self.w = w
        self.now = w.now if now is None else now
        self.made = self.now if made is None else made
        names = ("alice", "planner", "scout", "mallory", "shop")
        self.user, self.agent, self.sub, self.mallory, self.shop = (w.key(name, 1) for name in names)
        word = w.word("shop", "shoes")
        self.merchant = {"id": f"m-{word}", "name": f"Shop {word}", "website": f"https://{word}.example"}
        self.rival = {"id": f"r-{w.word('rival', 'boots')}", "name": "Rival"}
        self.card = {"id": f"card-{w.word('card', 'one')}", "type": "card", "description": "Card *4242"}
        self.bank = {"id": f"iban-{w.word('bank', 'two')}", "type": "account"}
        pisp = w.word("pisp", "payer")
        self.pisp = {"legal_name": f"{pisp} Ltd", "brand_name": pisp, "domain_name": f"{pisp}.example"}
        self.shoe, self.sock = (f"sku-{w.word(name, name)}" for name in ("shoe", "sock"))
        self.price = w.number("price", 1000, 90_000, 19_900)
        self.total = self.price + self.price * 8 // 100
        self.nonce = url64(w.octets("nonce", 16))
        self.merchants = [{"name": self.merchant["id"], "keys": [{**self.shop.jwk, "kid": KID}]}]

    def at(self, second: int, zone: str = "Z") -> str:
        """A second as text of ISO 8601; `zone` is written behind it, whatever it is."""
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S") + zone

    def day(self, second: int) -> str:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d")

    # Constraints.

    def range(self, **changed: Any) -> dict[str, Any]:
        return kit.without({"type": "payment.amount_range", "currency": "USD", "max": self.total + 5000, **changed})

    def payees(self, *allowed: Any) -> dict[str, Any]:
        return {"type": "payment.allowed_payees", "allowed": list(allowed or (self.merchant, self.rival))}

    def instruments(self, *allowed: Any) -> dict[str, Any]:
        return {"type": "payment.allowed_payment_instruments", "allowed": list(allowed or (self.card, self.bank))}

    def pisps(self, *allowed: Any) -> dict[str, Any]:
        return {"type": "payment.allowed_pisps", "allowed": list(allowed or (self.pisp,))}

    def budget(self, **changed: Any) -> dict[str, Any]:
        return kit.without({"type": "payment.budget", "currency": "USD", "max": self.total * 2, **changed})

    def recurrence(self, **changed: Any) -> dict[str, Any]:
        return kit.without({"type": "payment.agent_recurrence", "frequency": "ON_DEMAND", **changed})

    def dates(self, **bounds: Any) -> dict[str, Any]:
        return {"type": "payment.execution_date", **bounds}

    def reference(self, hashed: Any) -> dict[str, Any]:
        return {"type": "payment.reference", "conditional_transaction_id": hashed}

    def shops(self, *allowed: Any) -> dict[str, Any]:
        return {"type": "checkout.allowed_merchants", "allowed": list(allowed or (self.merchant, self.rival))}

    def lines(self, *requirements: Any) -> dict[str, Any]:
        return {"type": "checkout.line_items", "items": list(requirements or (self.need(1, self.shoe),))}

    def need(self, quantity: Any, *skus: str, id: str = "r-1") -> dict[str, Any]:
        items = [{"id": sku, "title": "An item"} for sku in skus]
        return {"id": id, "acceptable_items": items, "quantity": quantity}

    # What is bought.

    def line(self, sku: str, quantity: Any = 1, id: str = "l-1") -> dict[str, Any]:
        return {
            "id": id,
            "item": {"id": sku, "title": "An item", "price": self.price},
            "quantity": quantity,
            "totals": [],
        }

    @cached_property
    def document(self) -> dict[str, Any]:
        """The checkout."""
        return {
            "id": f"chk-{self.w.word('checkout', 'one')}",
            "jti": url64(self.w.octets("checkout jti", 16)),
            "status": "ready_for_complete",
            "currency": "USD",
            "links": [],
            "merchant": self.merchant,
            "line_items": [self.line(self.shoe)],
            "totals": [
                {"type": "subtotal", "amount": self.price},
                {"type": "tax", "amount": self.total - self.price},
                {"type": "total", "amount": self.total},
            ],
        }

    def cart(self, *lines: Any, **changed: Any) -> dict[str, Any]:
        """The checkout with other lines or members."""
        return kit.without({**self.document, **({"line_items": list(lines)} if lines else {}), **changed})

    def offer(self, document: Any = None, *, by: Key | None = None, **header: Any) -> str:
        """A `checkout_jwt`."""
        payload = self.document if document is None else document
        return kit.jws(payload, by=by or self.shop, **{"kid": KID, "typ": "JWT", **header})


def _at(scene: Scene, value: Any) -> Any:
    return value(scene) if callable(value) else value


@dataclass(frozen=True)
class Chain:
    """A chain of mandates, the usual one but for what is said here; every member may be a function of the scene.

    `limits` makes the constraints of the user's mandate of the usual ones, `more` stands behind those, `open` are
    changes in its content, `root` how it is signed (`by`, `header`, `claims` and what `mandate_kit.hop` takes), or the
    hop itself. `middle` has a mapping for each mandate that is handed on: `to`, `limits` of those above, changes in its
    content under `open`, the rest as of `root`. `closed` are changes in the closed mandate, `hop` how it is signed.
    `direct` has the user sign the closed mandate.
    """

    limits: Callable[[Scene, list[Any]], Any] | None = None
    more: Any = ()
    open: Any = field(default_factory=dict)
    root: Any = field(default_factory=dict)
    middle: Any = ()
    closed: Any = field(default_factory=dict)
    hop: Any = field(default_factory=dict)
    direct: bool = False


Content = Mapping[str, Any]


def build(scene: Scene, kind: str, chain: Chain, limits: list[Any], *, closed: Content, nonce: str) -> list[Hop]:
    """The hops of a chain whose usual constraints and closed content these are."""
    users = [*limits, *_at(scene, chain.more)] if chain.limits is None else chain.limits(scene, limits)
    content = _open(scene, kind, scene.agent, users, _at(scene, chain.open))
    found, holder = [], scene.agent
    if not chain.direct:
        signed = _at(scene, chain.root)
        found.append(signed if isinstance(signed, Hop) else _root(scene, kind, content, signed))
        for given in _at(scene, chain.middle):
            told = {"limits": list, "to": scene.sub, "open": {}, **given}
            content = _open(
                scene,
                kind,
                told["to"],
                told["limits"](content["constraints"]),
                {"iat": scene.made - 30, **told["open"]},
            )
            signing = {name: value for name, value in told.items() if name not in ("limits", "to", "open")}
            usual = {"iat": scene.made - 30, "aud": "sub-agent", "nonce": "n-sub"}
            aimed = {**signing, "claims": {**usual, **signing.get("claims", {})}}
            found.append(_next(scene, kind, found, content, {"by": holder, "typ": "kb+sd-jwt+kb", **aimed}))
            holder = told["to"]
    last = kit.without({**closed, **_at(scene, chain.closed)})
    how = _at(scene, chain.hop)
    claims = {"aud": scene.w.audience, "nonce": nonce, **how.get("claims", {})}
    if chain.direct:
        found.append(_root(scene, kind, last, {**how, "claims": {"iat": scene.now, **claims}}))
    else:
        found.append(_next(scene, kind, found, last, {"by": holder, "typ": "kb+sd-jwt", **how, "claims": claims}))
    return found


def _open(scene: Scene, kind: str, to: Key, limits: Any, changed: Content) -> dict[str, Any]:
    return kit.without(
        {
            "vct": f"mandate.{kind}.open.1",
            "constraints": limits,
            "cnf": {"jwk": to.jwk},
            "iat": scene.made - 60,
            "exp": scene.made + HOUR,
            **changed,
        }
    )


def _root(scene: Scene, kind: str, content: Any, how: Mapping[str, Any]) -> Hop:
    given = {"by": scene.user, **how}
    given["header"] = {"typ": "mandate+sd-jwt", **how.get("header", {})}
    return kit.hop(scene.w, f"{kind} 1", content, **{"claims": {}, **given})


def _next(scene: Scene, kind: str, before: list[Hop], content: Any, how: Mapping[str, Any]) -> Hop:
    given = dict(how)
    given["header"] = {"typ": how["typ"], **how.get("header", {})}
    del given["typ"]
    given["claims"] = {"iat": scene.now, "sd_hash": before[-1].sd_hash, **how.get("claims", {})}
    return kit.hop(scene.w, f"{kind} {len(before) + 1}", content, **given)


@dataclass(frozen=True)
class Purchase:
    """A checkout and its payment: the checkout as the shop signed it, both chains, and what is asked about them."""

    order: Chain = Chain()
    payment: Chain = Chain()
    document: Any = None
    offer: Any = None
    input: Any = field(default_factory=dict)

    def jwt(self, scene: Scene) -> str:
        if self.offer is not None:
            return str(_at(scene, self.offer))
        return scene.offer(_at(scene, self.document))

    def ordered(self, scene: Scene, nonce: str) -> list[Hop]:
        text = self.jwt(scene)
        closed = {"vct": "mandate.checkout.1", "checkout_jwt": text, "checkout_hash": kit.hashed(text)}
        return build(scene, "checkout", self.order, [scene.lines(), scene.shops()], closed=closed, nonce=nonce)

    def paid(self, scene: Scene, nonce: str) -> list[Hop]:
        order = self.ordered(scene, nonce)
        limits = [scene.range(), scene.payees(), scene.reference(order[0].sd_hash)]
        closed = {
            "vct": "mandate.payment.1",
            "transaction_id": kit.hashed(self.jwt(scene)),
            "payee": scene.merchant,
            "payment_amount": {"amount": scene.total, "currency": "USD"},
            "payment_instrument": scene.card,
        }
        return build(scene, "payment", self.payment, limits, closed=closed, nonce=nonce)

    def question(self, scene: Scene, kind: str, nonce: str | None = None) -> tuple[dict[str, Any], list[Hop]]:
        """The input of `verify-mandate`, and the hops that are asked about."""
        nonce = scene.nonce if nonce is None else nonce
        hops = self.ordered(scene, nonce) if kind == "checkout" else self.paid(scene, nonce)
        if kind == "held":
            hops = hops[:1]
        asked = {
            "version": "0.2",
            "kind": kind,
            "mandate": kit.joined(hops),
            "audience": scene.w.audience,
            "nonce": nonce,
            "anchors": [scene.user.jwk],
            "merchants": scene.merchants,
            "now": scene.now,
        }
        if kind == "payment":
            asked["checkout"] = kit.joined(self.ordered(scene, "n-merchant"))
        return kit.without({**asked, **_at(scene, self.input)}), hops


Verdict = tuple[str, int | None] | None
"""The code and the step of a refusal; None where nothing is refused."""


def recipe(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    verdict: Verdict,
    *,
    kind: str = "payment",
    purchase: Purchase = Purchase(),
    reasons: Iterable[str] = (),
    edit: Callable[[dict[str, Any], Scene], dict[str, Any]] | None = None,
    clock: Callable[[World], tuple[int, int]] | None = None,
) -> Callable[[World], Case]:
    """A recipe for a case of `verify-mandate`; `edit` changes the finished question, `clock` says now and made."""
    code, step = verdict or ("ok", None)

    def case(w: World) -> Case:
        scene = Scene(w, *(clock(w) if clock is not None else ()))
        asked, hops = purchase.question(scene, kind)
        if edit is not None:
            asked = edit(asked, scene)
        result: dict[str, Any] = {"reasons": sorted(reasons)} if reasons else {}
        if code == "ok":
            chain = purchase.order if kind == "checkout" else purchase.payment
            result = {"hops": [each.id for each in hops], "human_present": chain.direct}
        return Case(f"mandate-v02/{name}", "verify-mandate", notes, attack, spec, asked, code, step, result)

    return case
