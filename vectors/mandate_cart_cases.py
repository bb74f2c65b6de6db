"""Constraints of a checkout: whose it is, and line items by a maximum flow that fills both totals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .mandate_link_cases import BAD, Recipe
from .mandate_party_cases import EMPTY
from .mandate_payment_cases import DENIED, MALFORMED, PAGE
from .mandate_scene import Scene
from .mandate_time_cases import ordering

LINES, SHOPS = "Checkouts: checkout.line_items", "Checkouts: checkout.allowed_merchants"
FLOW = LINES + ", no unit missing, none beside"


def bought(name: str, notes: str, attack: int | None, rule: str, reason: str | None, **parts: Any) -> Recipe:
    """An order, prohibited for a reason, or not."""
    reasons = () if reason is None else (reason,)
    return ordering(name, notes, attack, PAGE + rule, DENIED if reason else None, reasons=reasons, **parts)


def cart(name: str, notes: str, attack: int | None, reason: str | None, *, needs: str, lines: str) -> Recipe:
    """Requirements such as `ab2 c1`, of two of a or b and one of c, and lines such as `a1 b2`."""

    def limits(scene: Scene, usual: list[Any]) -> list[Any]:
        found = enumerate(needs.split(), 1)
        return [scene.lines(*(scene.need(_count(word), *_skus(scene, word), id=f"r-{at}") for at, word in found))]

    def document(scene: Scene) -> dict[str, Any]:
        found = enumerate(lines.split(), 1)
        return scene.cart(*(scene.line(*_skus(scene, word), _count(word), id=f"l-{at}") for at, word in found))

    return bought(f"items-{name}", notes, attack, FLOW, reason, limits=limits, document=document)


def _count(word: str) -> int:
    return int(word.lstrip("abcd"))


def _skus(scene: Scene, word: str) -> list[str]:
    return [f"{scene.shoe}-{letter}" for letter in word if letter.isalpha()]


def needs(name: str, notes: str, attack: int, verdict: tuple[str, int], items: Callable[[Scene], Any]) -> Recipe:
    """Line items that say nothing."""

    def limits(scene: Scene, usual: list[Any]) -> list[Any]:
        return [{"type": "checkout.line_items", "items": items(scene)}, usual[1]]

    return ordering(f"items-{name}", notes, attack, PAGE + LINES, verdict, limits=limits)


def need(**changed: Any) -> Callable[[Scene], Any]:
    return lambda scene: [kit.without({**scene.need(1, scene.shoe), **changed})]


def shops(**changed: Any) -> Callable[[Scene, list[Any]], list[Any]]:
    """The list of merchants: the one that sells, with other members."""
    return lambda scene, usual: [usual[0], scene.shops(kit.without({**scene.merchant, **changed}))]


def nameless(scene: Scene) -> dict[str, Any]:
    return scene.cart(merchant=...)


def one_kept_back(asked: Scene) -> dict[str, Any]:
    return {"hide": [("constraints", 0, "items", 0, "acceptable_items", 1)]}


def either(scene: Scene, usual: list[Any]) -> list[Any]:
    return [scene.lines(scene.need(1, scene.shoe, scene.sock)), usual[1]]


RECIPES: tuple[Recipe, ...] = (
    bought("merchants-name", "another name, which decides nothing", None, SHOPS, None, limits=shops(name="Another")),
    bought("merchants-another", "another id", 110, SHOPS, "merchant_not_allowed", limits=shops(id="another")),
    bought(
        "merchants-website",
        "another website",
        110,
        SHOPS,
        "merchant_not_allowed",
        limits=shops(website="https://m.example"),
    ),
    bought(
        "merchants-hidden",
        "the merchant is kept back",
        115,
        SHOPS,
        "merchant_not_allowed",
        root={"hide": [("constraints", 1, "allowed", 0)]},
    ),
    bought(
        "merchants-nameless", "a checkout that names no merchant", 115, SHOPS, "merchant_not_allowed", document=nameless
    ),
    bought(
        "merchants-unlimited",
        "no list, and a checkout that names no merchant",
        None,
        SHOPS,
        None,
        limits=lambda scene, usual: usual[:1],
        document=nameless,
    ),
    ordering(
        "merchants-empty",
        "nobody",
        115,
        PAGE + EMPTY,
        BAD,
        limits=lambda scene, usual: [usual[0], {**usual[1], "allowed": []}],
    ),
    ordering(
        "merchants-all-hidden",
        "nobody is shown",
        115,
        PAGE + EMPTY,
        BAD,
        root={"hide": [("constraints", 1, "allowed", at) for at in (0, 1)]},
    ),
    cart("one", "one of one", None, None, needs="a1", lines="a1"),
    cart("over-lines", "units are counted over all lines", None, None, needs="a3", lines="a1 a2"),
    cart("either", "one of two that may be", None, None, needs="ab1", lines="b1"),
    cart("mixed", "two of either, one of each", None, None, needs="ab2", lines="a1 b1"),
    cart("not-greedy", "who fills the first requirement first is stuck", None, None, needs="ab1 a1", lines="a1 b1"),
    cart(
        "through-three",
        "each unit has to make room for the next",
        None,
        None,
        needs="ab1 bc1 cd1 a1",
        lines="a1 b1 c1 d1",
    ),
    cart("split", "one line fills two requirements", None, None, needs="a1 ab2", lines="a3"),
    cart("too-few", "one unit missing", 110, "too_few_items", needs="a2", lines="a1"),
    cart("too-many", "one unit beside", 110, "too_many_items", needs="a2", lines="a3"),
    cart(
        "under-filled", "all of it fits, and a requirement stays empty", 110, "too_few_items", needs="a1 b1", lines="a1"
    ),
    cart(
        "do-not-fit", "as many units as required, but not those", 110, "items_do_not_fit", needs="a2 b1", lines="a1 b2"
    ),
    cart("one-for-two", "one unit fills one requirement", 110, "too_few_items", needs="a1 a1", lines="a1"),
    cart(
        "bottleneck",
        "two requirements for what only one line has",
        110,
        "items_do_not_fit",
        needs="a1 a1 bc2",
        lines="a1 b2 c1",
    ),
    ordering(
        "items-not-allowed",
        "an item that no requirement lists",
        110,
        PAGE + FLOW,
        DENIED,
        reasons=("item_not_allowed",),
        document=lambda scene: scene.cart(scene.line(scene.sock)),
    ),
    ordering(
        "items-one-more",
        "an item beside what was wanted",
        110,
        PAGE + FLOW,
        DENIED,
        reasons=("item_not_allowed", "too_many_items"),
        document=lambda scene: scene.cart(scene.line(scene.shoe), scene.line(scene.sock, id="l-2")),
    ),
    ordering(
        "items-case",
        "an item in capitals",
        52,
        PAGE + FLOW,
        DENIED,
        reasons=("item_not_allowed",),
        document=lambda scene: scene.cart(scene.line(scene.shoe.upper())),
    ),
    ordering(
        "items-composed",
        "an accent in another composition",
        52,
        PAGE + FLOW,
        DENIED,
        reasons=("item_not_allowed",),
        limits=lambda scene, usual: [scene.lines(scene.need(1, "caf\u00e9")), usual[1]],
        document=lambda scene: scene.cart(scene.line("cafe\u0301")),
    ),
    ordering(
        "items-title",
        "another title, which decides nothing",
        None,
        PAGE + LINES,
        None,
        document=lambda scene: scene.cart(kit.put(scene.line(scene.shoe), "item", "title", to="Another")),
    ),
    ordering(
        "items-kept-back",
        "an item kept back that is not bought",
        None,
        PAGE + EMPTY,
        None,
        limits=either,
        root=one_kept_back,
    ),
    ordering(
        "items-bought-kept-back",
        "an item kept back, and bought",
        115,
        PAGE + EMPTY,
        DENIED,
        reasons=("item_not_allowed",),
        limits=either,
        root=one_kept_back,
        document=lambda scene: scene.cart(scene.line(scene.sock)),
    ),
    ordering(
        "items-all-kept-back",
        "no item is shown",
        115,
        PAGE + EMPTY,
        BAD,
        root={"hide": [("constraints", 0, "items", 0, "acceptable_items", 0)]},
    ),
    needs("no-items", "no requirement", 115, BAD, lambda scene: []),
    needs("missing", "items is null", 115, MALFORMED, lambda scene: None),
    needs("none-acceptable", "no item that would do", 115, BAD, need(acceptable_items=[])),
    needs("no-acceptable", "not a word of which item", 115, MALFORMED, need(acceptable_items=...)),
    needs("quantity-zero", "none of it", 56, MALFORMED, need(quantity=0)),
    needs("quantity-negative", "less than none", 56, MALFORMED, need(quantity=-1)),
    needs("quantity-true", "true for one", 56, MALFORMED, need(quantity=True)),
    needs("quantity-fraction", "1.0", 56, MALFORMED, need(quantity=1.0)),
    needs("quantity-text", "one as text", 56, MALFORMED, need(quantity="1")),
    needs("quantity-too-large", "1,000,001", 56, MALFORMED, need(quantity=1_000_001)),
    needs("no-id", "a requirement without an id", 115, MALFORMED, need(id=...)),
    needs("item-text", "an item that is text", 115, MALFORMED, need(acceptable_items=["shoe"])),
    ordering(
        "items-missing-constraint",
        "a mandate for any cart",
        115,
        PAGE + "What holds for all of them: 2, what must be there",
        BAD,
        limits=lambda scene, usual: usual[1:],
    ),
    ordering(
        "items-of-payments",
        "a range in a checkout mandate",
        115,
        PAGE + "What holds for all of them: 2, known and typed",
        BAD,
        limits=lambda scene, usual: [*usual, scene.range()],
    ),
)
