"""`uses`: how often an open checkout mandate is used, at the shop and where it is paid for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .mandate_link_cases import BAD, LINK, Recipe
from .mandate_payment_cases import PAGE
from .mandate_scene import Chain, Purchase, Scene, Verdict
from .mandate_use_cases import DENIED, long, often, used

AGAIN = PAGE + "Payments: Again"
LEFT = ("too_many_uses",)


def order(number: int = 1, said: Any = ..., more: Any = (), **chain: Any) -> Purchase:
    """An order of its own under an open checkout mandate that says so much in `attorn`, and its payment."""

    def opened(scene: Scene) -> dict[str, Any]:
        return long(scene) if said is ... else {**long(scene), "attorn": said}

    paying = Chain(open=long, more=more)
    return Purchase(Chain(**{"open": opened, **chain}), paying, lambda scene: scene.cart(id=f"chk-{number}"))


def sold(
    name: str, notes: str, said: Any, number: int, verdict: Verdict, *, attack: int | None = 112, **chain: Any
) -> Recipe:
    """The order of this number, at the shop."""
    return used(
        f"order-uses-{name}",
        notes,
        attack if verdict else None,
        AGAIN,
        verdict,
        kind="checkout",
        then=order(number, said, **chain),
        before=tuple((order(each, said, **chain), 0, f"n-{each}") for each in range(1, number)),
        reasons=LEFT if verdict == DENIED else (),
    )


def paid(
    name: str,
    notes: str,
    said: Any,
    number: int,
    verdict: Verdict,
    more: Callable[[int], Any] | None = None,
    **chain: Any,
) -> Recipe:
    """The payment of this number, each under a mandate of its own unless `more` says what stands in all of them."""

    def limits(each: int) -> Any:
        # Another limit makes another mandate.
        return (lambda scene: [scene.instruments()] * each) if more is None else more(each)

    return used(
        f"order-paid-{name}",
        notes,
        112 if verdict else None,
        AGAIN,
        verdict,
        then=order(number, said, more=limits(number), **chain),
        before=tuple((order(each, said, more=limits(each), **chain), 0, f"n-{each}") for each in range(1, number)),
        reasons=LEFT if verdict else (),
    )


def silent(scene: Scene) -> list[dict[str, Any]]:
    return [{}]


def handed(uses: int) -> Callable[[Scene], list[dict[str, Any]]]:
    return lambda scene: [{"open": {"attorn": {"uses": uses}}}]


def recurring(most: int) -> Callable[[int], Any]:
    limits = often(times=5, max_occurrences=most)
    return lambda number: limits


ONE, TWO = {"uses": 1}, {"uses": 2}
BELOW = {**TWO, "redelegations": 1}
RECIPES: tuple[Recipe, ...] = (
    sold("two", "the second order of two", TWO, 2, None),
    sold("over", "the third order of two", TWO, 3, DENIED),
    sold("one", "the second order of one", ONE, 2, DENIED),
    sold("unsaid", "the second order under one that says something else", {"redelegations": 1}, 2, DENIED),
    sold("handed", "the second order of two, handed on for two", BELOW, 2, None, middle=handed(2)),
    sold("handed-over", "the third, handed on for two", BELOW, 3, DENIED, middle=handed(2)),
    sold("fewer", "the second order, handed on for one", BELOW, 2, DENIED, middle=handed(1)),
    sold("wider", "handed on for more than it was", BELOW, 1, LINK, attack=116, middle=handed(3)),
    sold("raised", "handed on for two, of one", {"redelegations": 1}, 1, LINK, attack=116, middle=handed(2)),
    sold("zero", "0", {"uses": 0}, 1, BAD, attack=56),
    sold("negative", "-1", {"uses": -1}, 1, BAD, attack=56),
    sold("true", "true for 1", {"uses": True}, 1, BAD, attack=56),
    sold("fraction", "2.0 for 2", {"uses": 2.0}, 1, BAD, attack=56),
    sold("text", "text for 2", {"uses": "2"}, 1, BAD, attack=56),
    sold("null", "null", {"uses": None}, 1, BAD, attack=56),
    sold("too-many", "more than a million", {"uses": 1_000_001}, 1, BAD, attack=56),
    sold("most", "a million", {"uses": 1_000_000}, 1, None),
    paid("unsaid", "a second payment mandate for another order under the same", ..., 2, DENIED),
    paid("two", "the second of two, by another payment mandate", TWO, 2, None),
    paid("over", "the third of two, by another payment mandate", TWO, 3, DENIED),
    paid("recurring", "as often as the payment mandate, where the order says nothing", ..., 2, None, recurring(2)),
    paid("silent", "the second, handed on without a word", BELOW, 2, DENIED, recurring(2), middle=silent),
    paid(
        "below",
        "the second, handed on for one by one that says nothing",
        {"redelegations": 1},
        2,
        DENIED,
        recurring(2),
        middle=handed(1),
    ),
    paid("handed", "the second of two, handed on for two", BELOW, 2, None, recurring(2), middle=handed(2)),
    paid("fewer", "once, as the order says, whatever the payment mandate says", ONE, 2, DENIED, recurring(2)),
    paid(
        "recurring-over", "more than the payment mandate, whatever the order says", {"uses": 9}, 3, DENIED, recurring(2)
    ),
)
