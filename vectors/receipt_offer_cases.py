"""Checkouts that a shop signed, as `checkout_jwt` and as UCP's `merchant_authorization`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .case import Case
from .mandate_scene import KID, Scene
from .receipt_cases import FORGED, LATE, MALFORMED, STRANGER, Recipe
from .testkit import url64
from .world import World

READING = "docs/spec/checkout.md section Reading a checkout: "
JWT = "docs/spec/checkout.md section `checkout_jwt`: "
UCP = "docs/spec/checkout.md section UCP's authorization: "
Document = Callable[[Scene], Any]


def usual(scene: Scene) -> Any:
    return scene.document


def case(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    verdict: tuple[str, int] | None,
    *,
    asked: Callable[[Scene], dict[str, Any]],
) -> Recipe:
    """A question about the checkout of a scene."""
    code, step = verdict or ("ok", None)

    def made(w: World) -> Case:
        scene = Scene(w)
        question = {"merchants": scene.merchants, "now": scene.now, **asked(scene)}
        result: dict[str, Any] = (
            {} if verdict else {"signer": scene.merchant["id"], "total": {"amount": scene.total, "currency": "USD"}}
        )
        return Case(f"receipt/{name}", "verify-checkout", notes, attack, spec, question, code, step, result)

    return made


def compact(
    name: str,
    notes: str,
    attack: int | None,
    rule: str,
    verdict: tuple[str, int] | None,
    *,
    document: Document = usual,
    by: str = "shop",
    asked: dict[str, Any] | None = None,
    **header: Any,
) -> Recipe:
    """A `checkout_jwt`."""

    def question(scene: Scene) -> dict[str, Any]:
        text = scene.offer(document(scene), by=getattr(scene, by), **header)
        return {"form": "checkout_jwt", "checkout": text, **(asked or {})}

    return case(f"offer-{name}", notes, attack, rule, verdict, asked=question)


def authorized(scene: Scene, document: Any, *, by: str = "shop", **header: Any) -> dict[str, Any]:
    """A UCP checkout with the merchant's detached signature over all but `ap2`."""
    signed = {name: value for name, value in document.items() if name != "ap2"}
    head, _, signature = kit.jws(signed, by=getattr(scene, by), **{"kid": KID, **header}).split(".")
    return {**document, "ap2": {**document.get("ap2", {}), "merchant_authorization": f"{head}..{signature}"}}


def detached(
    name: str,
    notes: str,
    attack: int | None,
    rule: str,
    verdict: tuple[str, int] | None,
    *,
    document: Document = usual,
    then: Callable[[Any], Any] | None = None,
    write: Callable[[Any], str] = json.dumps,
    **signing: Any,
) -> Recipe:
    """A UCP checkout with `merchant_authorization`; `then` changes it after it was signed."""

    def question(scene: Scene) -> dict[str, Any]:
        made = authorized(scene, document(scene), **signing)
        return {"form": "merchant_authorization", "checkout": write(made if then is None else then(made))}

    return case(f"ucp-{name}", notes, attack, UCP + rule, verdict, asked=question)


def with_(*path: str | int, to: Any) -> Document:
    """The checkout with another value at `path`."""
    return lambda scene: kit.put(scene.document, *path, to=to(scene) if callable(to) else to)


def after(*path: str | int, to: Any) -> Callable[[Any], Any]:
    return lambda document: kit.put(document, *path, to=to)


def reading(name: str, notes: str, attack: int, rule: str, *path: str | int, to: Any) -> Recipe:
    """A checkout that is none, and well signed."""
    return compact(name, notes, attack, READING + rule, MALFORMED, document=with_(*path, to=to))


def twice(document: Any) -> str:
    """The id twice, the second time another."""
    return json.dumps(document)[:-1] + ', "id": "chk-other"}'


def compact_member(document: Any) -> Any:
    """The payload in the middle, where none should be."""
    head, _, signature = document["ap2"]["merchant_authorization"].split(".")
    return kit.put(document, "ap2", "merchant_authorization", to=f"{head}.{url64(b'{}')}.{signature}")


def nameless(scene: Scene) -> Any:
    return kit.put(scene.document, "merchant", to=...)


INTEGERS, SUM = "amounts are JSON integers of minor units", "exactly one subtotal and one total, the sum of all others"
RECIPES: tuple[Recipe, ...] = (
    compact("good", "a checkout_jwt", None, JWT + "by ES256", None),
    compact("no-typ", "without typ", None, JWT + "typ may be missing", None, typ=...),
    compact("no-kid", "without kid", None, JWT + "1, where both have a name", None, kid=...),
    compact(
        "nameless",
        "a checkout that names no merchant",
        None,
        JWT + "1, all of them where the checkout names none",
        None,
        document=nameless,
    ),
    compact(
        "more",
        "a member that nobody knows",
        None,
        READING + "other members are allowed",
        None,
        document=with_("note", to="thanks"),
    ),
    compact("forged", "by mallory", 110, JWT + "2, one of these made the signature", FORGED, by="mallory"),
    compact(
        "unknown",
        "nobody is known",
        119,
        JWT + "1, an empty list refuses everything",
        STRANGER,
        asked={"merchants": []},
    ),
    compact(
        "another-id",
        "another merchant's id",
        110,
        JWT + "1, whose name is the checkout's merchant.id",
        STRANGER,
        document=with_("merchant", "id", to="m-other"),
    ),
    compact("another-kid", "the name of another key", 28, JWT + "1, by alg and kid", STRANGER, kid="shop-key-2"),
    compact("alg-none", "no algorithm", 15, JWT + "other algorithms", MALFORMED, alg="none"),
    compact("another-typ", "another type", 22, JWT + "a typ other than JWT", MALFORMED, typ="vc+jwt"),
    compact("jku", "where to fetch a key", 19, JWT + "jku is malformed", MALFORMED, jku="https://mallory.example/keys"),
    compact(
        "exp-over",
        "exp 300 seconds ago",
        112,
        JWT + "3, times with 300 seconds of skew",
        LATE,
        document=with_("exp", to=lambda scene: scene.now - 300),
    ),
    compact(
        "exp-last-second",
        "exp 299 seconds ago",
        None,
        JWT + "3, times with 300 seconds of skew",
        None,
        document=with_("exp", to=lambda scene: scene.now - 299),
    ),
    compact(
        "not-yet",
        "nbf in 301 seconds",
        112,
        JWT + "3, times with 300 seconds of skew",
        LATE,
        document=with_("nbf", to=lambda scene: scene.now + 301),
    ),
    compact(
        "soon",
        "nbf in 300 seconds",
        None,
        JWT + "3, times with 300 seconds of skew",
        None,
        document=with_("nbf", to=lambda scene: scene.now + 300),
    ),
    reading("no-lines", "an empty cart", 110, "1 to 512 line items", "line_items", to=[]),
    reading(
        "lines-twice",
        "two lines of one id",
        110,
        "each with another id",
        "line_items",
        to=lambda scene: scene.document["line_items"] * 2,
    ),
    reading("quantity", "none of it", 56, "a quantity is 1 to 1,000,000", "line_items", 0, "quantity", to=0),
    reading("quantity-fraction", "1.0 of it", 56, INTEGERS, "line_items", 0, "quantity", to=1.0),
    reading(
        "price-fraction", "a price with a fraction of zero", 111, INTEGERS, "line_items", 0, "item", "price", to=1990.0
    ),
    reading(
        "price-negative", "a price below 0", 111, "a price is not negative", "line_items", 0, "item", "price", to=-1
    ),
    reading("total-text", "the total as text", 111, INTEGERS, "totals", 2, "amount", to=lambda scene: str(scene.total)),
    reading(
        "total-off", "a total one unit above the sum", 110, SUM, "totals", 2, "amount", to=lambda scene: scene.total + 1
    ),
    reading(
        "tax-off",
        "a tax one unit lower",
        110,
        SUM,
        "totals",
        1,
        "amount",
        to=lambda scene: scene.total - scene.price - 1,
    ),
    reading("no-total", "no total", 110, SUM, "totals", 2, "type", to="fee"),
    reading("two-totals", "two totals", 110, SUM, "totals", 1, "type", to="total"),
    reading("currency", "usd", 111, "an active code of ISO 4217, in capitals", "currency", to="usd"),
    reading("status", "a status that there is not", 110, "status is one of six", "status", to="paid"),
    reading("no-links", "no links", 110, "links are there", "links", to=...),
    reading(
        "no-zone",
        "open until a time without a zone",
        57,
        "expires_at has seconds and a zone",
        "expires_at",
        to="2099-01-01T00:00:00",
    ),
    reading("empty-id", "an empty id", 110, "texts are not empty", "id", to=""),
    detached("good", "a detached signature", None, "the complete checkout without ap2", None),
    detached(
        "spaced",
        "the same with white space",
        None,
        "over the JCS",
        None,
        write=lambda document: json.dumps(document, indent=3),
    ),
    detached(
        "beside",
        "another member of ap2",
        None,
        "ap2 may hold other things beside it",
        None,
        document=with_("ap2", to={"checkout_mandate": "x"}),
    ),
    detached(
        "unknown-member",
        "a member that nobody knows is signed as well",
        None,
        "members that attorn does not know are signed",
        None,
        document=with_("note", to="thanks"),
    ),
    detached(
        "unknown-changed",
        "such a member changed",
        109,
        "members that attorn does not know are signed",
        FORGED,
        document=with_("note", to="thanks"),
        then=after("note", to="no thanks"),
    ),
    detached(
        "unknown-added",
        "such a member added",
        109,
        "members that attorn does not know are signed",
        FORGED,
        then=after("note", to="thanks"),
    ),
    detached(
        "id-changed", "another id", 109, "the complete checkout without ap2", FORGED, then=after("id", to="chk-other")
    ),
    detached(
        "title-changed",
        "another title",
        109,
        "the complete checkout without ap2",
        FORGED,
        then=after("line_items", 0, "item", "title", to="Another"),
    ),
    detached(
        "merchant-changed",
        "another name of the merchant",
        109,
        "the complete checkout without ap2",
        FORGED,
        then=after("merchant", "name", to="Another"),
    ),
    detached(
        "null-added",
        "null where nothing was",
        48,
        "the complete checkout without ap2",
        FORGED,
        then=after("expires_at", to=None),
    ),
    detached("forged", "by mallory", 110, "verify takes it from there", FORGED, by="mallory"),
    detached(
        "missing",
        "no authorization",
        119,
        "a checkout without any authorization is malformed",
        MALFORMED,
        then=after("ap2", to=...),
    ),
    detached("compact", "a payload in the middle", 22, "a detached JWS", MALFORMED, then=compact_member),
    detached("no-kid", "a key without a name", 29, "the header must name its key", MALFORMED, kid=...),
    detached("member-twice", "the id twice", 21, "hand the text of a response to verify", MALFORMED, write=twice),
    detached("eddsa", "alg EdDSA", 17, "verify takes it from there, as above", MALFORMED, alg="EdDSA"),
)
