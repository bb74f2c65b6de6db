"""Step 5 of `verify-mandate`, three hops and more: how often a mandate is handed on, and never wider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .mandate_link_cases import LINK, Recipe, paying
from .mandate_scene import Scene, Verdict
from .mandate_time_cases import ordering

Constraints = Callable[[Scene], list[Any]]
NARROWER = "docs/spec/constraints.md section Handing on: "
ONCE = {"attorn": {"redelegations": 1}}


def narrower(
    name: str,
    notes: str,
    attack: int | None,
    row: str,
    verdict: Verdict,
    *,
    upper: Constraints,
    lower: Constraints,
    **closed: Any,
) -> Recipe:
    """Constraints of the user beside the usual ones, and what the agent makes of them."""

    def middle(scene: Scene) -> list[dict[str, Any]]:
        count = len(upper(scene))
        return [{"limits": lambda above: [*above[: len(above) - count], *lower(scene)]}]

    parts = {"open": ONCE, "more": upper, "middle": middle, "closed": closed}
    return paying(f"narrower-{name}", notes, attack, NARROWER + row, verdict, **parts)


def items(
    name: str, notes: str, attack: int | None, verdict: Verdict, *, upper: Constraints, lower: Constraints, **more: Any
) -> Recipe:
    """Line items of the user, and of the agent."""
    parts = {
        "open": ONCE,
        "limits": lambda scene, usual: [scene.lines(*upper(scene))],
        "middle": lambda scene: [{"limits": lambda above: [scene.lines(*lower(scene))]}],
        **more,
    }
    return ordering(f"narrower-{name}", notes, attack, NARROWER + "line items", verdict, **parts)


def preset(name: str, notes: str, attack: int | None, verdict: Verdict, *, upper: Any, lower: Any) -> Recipe:
    """What the user fixed beforehand, and what the agent does."""

    def opened(scene: Scene) -> dict[str, Any]:
        return {**ONCE, **upper(scene)}

    def middle(scene: Scene) -> list[dict[str, Any]]:
        return [{"open": lower(scene)}]

    return paying(f"narrower-{name}", notes, attack, NARROWER + "presets", verdict, open=opened, middle=middle)


def again(scene: Scene, **changed: Any) -> list[Any]:
    """A budget, and a recurrence."""
    return [scene.budget(), scene.recurrence(**{"frequency": "WEEKLY", "max_occurrences": 3, **changed})]


def spent(**changed: Any) -> Constraints:
    return lambda scene: [scene.budget(**{name: value(scene) for name, value in changed.items()})]


def ranged(**changed: Any) -> Constraints:
    return lambda scene: [scene.range(**{name: value(scene) for name, value in changed.items()})]


def days(**bounds: int) -> Constraints:
    return lambda scene: [scene.dates(**{name: scene.at(scene.now + far) for name, far in bounds.items()})]


def bare(scene: Scene) -> dict[str, Any]:
    """The shop without its website."""
    return kit.without({**scene.merchant, "website": ...})


def swap(above: list[Any], at: int, constraint: Any) -> list[Any]:
    return [*above[:at], constraint, *above[at + 1 :]]


def total(scene: Scene) -> int:
    return scene.total


RANGES, LISTS, OFTEN = "ranges, budgets", "lists of payees, merchants, instruments, providers", "recurrence"
RECIPES: tuple[Recipe, ...] = (
    narrower("range", "a smaller range", None, RANGES, None, upper=ranged(), lower=ranged(max=total, min=total)),
    narrower(
        "range-max",
        "max one higher",
        67,
        RANGES,
        LINK,
        upper=ranged(max=total),
        lower=ranged(max=lambda scene: scene.total + 1),
    ),
    narrower(
        "range-min",
        "min one lower",
        67,
        RANGES,
        LINK,
        upper=ranged(min=total),
        lower=ranged(min=lambda scene: scene.total - 1),
    ),
    narrower("range-no-min", "min left out", 67, RANGES, LINK, upper=ranged(min=total), lower=ranged()),
    narrower(
        "range-currency", "another currency", 67, RANGES, LINK, upper=spent(), lower=spent(currency=lambda scene: "EUR")
    ),
    narrower("range-dropped", "a constraint left out", 68, RANGES, LINK, upper=spent(), lower=lambda scene: []),
    narrower("budget", "the same budget", None, RANGES, None, upper=spent(), lower=spent()),
    narrower(
        "budget-max",
        "one minor unit more",
        67,
        RANGES,
        LINK,
        upper=spent(),
        lower=spent(max=lambda scene: scene.total * 2 + 1),
    ),
    narrower(
        "payees",
        "one payee of two",
        None,
        LISTS,
        None,
        upper=lambda scene: [scene.payees()],
        lower=lambda scene: [scene.payees(scene.merchant)],
    ),
    narrower(
        "payees-more",
        "a payee that was not on the list",
        67,
        LISTS,
        LINK,
        upper=lambda scene: [scene.payees(scene.merchant)],
        lower=lambda scene: [scene.payees()],
    ),
    narrower(
        "payees-bare",
        "without the website",
        67,
        LISTS,
        LINK,
        upper=lambda scene: [scene.payees(scene.merchant)],
        lower=lambda scene: [scene.payees(bare(scene))],
    ),
    narrower(
        "payees-website",
        "with a website where there was none",
        None,
        LISTS,
        None,
        upper=lambda scene: [scene.payees(bare(scene))],
        lower=lambda scene: [scene.payees(scene.merchant)],
    ),
    narrower(
        "instruments-more",
        "an account as well as the card",
        67,
        LISTS,
        LINK,
        upper=lambda scene: [scene.instruments(scene.card)],
        lower=lambda scene: [scene.instruments()],
    ),
    narrower(
        "instruments-type",
        "the same id of another type",
        67,
        LISTS,
        LINK,
        upper=lambda scene: [scene.instruments(scene.card)],
        lower=lambda scene: [scene.instruments({**scene.card, "type": "account"})],
    ),
    narrower(
        "providers-more",
        "another provider",
        67,
        LISTS,
        LINK,
        upper=lambda scene: [scene.pisps()],
        lower=lambda scene: [scene.pisps(scene.pisp, {**scene.pisp, "brand_name": "Other"})],
        pisp=...,
    ),
    narrower(
        "recurrence-seldomer",
        "monthly instead of weekly",
        None,
        OFTEN,
        None,
        upper=again,
        lower=lambda scene: again(scene, frequency="MONTHLY"),
    ),
    narrower(
        "recurrence-none",
        "once, where it was thrice",
        None,
        OFTEN,
        None,
        upper=again,
        lower=lambda scene: again(scene)[:1],
    ),
    narrower(
        "recurrence-oftener",
        "daily instead of weekly",
        67,
        OFTEN,
        LINK,
        upper=again,
        lower=lambda scene: again(scene, frequency="DAILY"),
    ),
    narrower(
        "recurrence-more",
        "four times instead of three",
        67,
        OFTEN,
        LINK,
        upper=again,
        lower=lambda scene: again(scene, max_occurrences=4),
    ),
    narrower(
        "recurrence-endless",
        "any number instead of three",
        67,
        OFTEN,
        LINK,
        upper=again,
        lower=lambda scene: again(scene, max_occurrences=...),
    ),
    narrower("recurrence-added", "again, where it was once", 67, OFTEN, LINK, upper=spent(), lower=again),
    narrower(
        "dates",
        "an hour within two",
        None,
        "dates",
        None,
        upper=days(not_before=-7200, not_after=7200),
        lower=days(not_before=-3600, not_after=3600),
    ),
    narrower(
        "dates-after", "a second later", 67, "dates", LINK, upper=days(not_after=3600), lower=days(not_after=3601)
    ),
    narrower(
        "dates-before", "a second earlier", 67, "dates", LINK, upper=days(not_before=-60), lower=days(not_before=-61)
    ),
    narrower(
        "dates-open",
        "a bound left out",
        67,
        "dates",
        LINK,
        upper=days(not_before=-60, not_after=3600),
        lower=days(not_before=-60),
    ),
    paying(
        "narrower-reference",
        "another open checkout",
        67,
        NARROWER + "reference",
        LINK,
        open=ONCE,
        middle=lambda scene: [{"limits": lambda above: swap(above, 2, scene.reference(kit.hashed("x")))}],
    ),
    ordering(
        "narrower-merchants-more",
        "a merchant that was not on the list",
        67,
        NARROWER + LISTS,
        LINK,
        open=ONCE,
        limits=lambda scene, usual: [usual[0], scene.shops(scene.merchant)],
        middle=lambda scene: [{"limits": lambda above: [above[0], scene.shops()]}],
    ),
    items(
        "items",
        "one item fewer to choose from",
        None,
        None,
        upper=lambda scene: [scene.need(1, scene.shoe, scene.sock)],
        lower=lambda scene: [scene.need(1, scene.shoe)],
    ),
    items(
        "items-split",
        "a requirement in two parts",
        None,
        None,
        upper=lambda scene: [scene.need(2, scene.shoe, scene.sock)],
        lower=lambda scene: [scene.need(1, scene.shoe), scene.need(1, scene.sock, id="r-2")],
        document=lambda scene: scene.cart(scene.line(scene.shoe), scene.line(scene.sock, id="l-2")),
    ),
    items(
        "items-more",
        "two instead of one",
        67,
        LINK,
        upper=lambda scene: [scene.need(1, scene.shoe)],
        lower=lambda scene: [scene.need(2, scene.shoe)],
    ),
    items(
        "items-fewer",
        "one instead of two: not all that was wanted",
        67,
        LINK,
        upper=lambda scene: [scene.need(2, scene.shoe)],
        lower=lambda scene: [scene.need(1, scene.shoe)],
    ),
    items(
        "items-another",
        "an item that was not on the list",
        67,
        LINK,
        upper=lambda scene: [scene.need(1, scene.shoe)],
        lower=lambda scene: [scene.need(1, scene.shoe, scene.sock)],
    ),
    items(
        "items-joined",
        "two requirements as one: either item twice",
        67,
        LINK,
        upper=lambda scene: [scene.need(1, scene.shoe), scene.need(1, scene.sock, id="r-2")],
        lower=lambda scene: [scene.need(2, scene.shoe, scene.sock)],
    ),
    preset(
        "preset-same",
        "the same payee",
        None,
        None,
        upper=lambda scene: {"payee": scene.merchant},
        lower=lambda scene: {"payee": scene.merchant},
    ),
    preset(
        "preset-added",
        "a payee where none was fixed",
        None,
        None,
        upper=lambda scene: {},
        lower=lambda scene: {"payee": scene.merchant},
    ),
    preset(
        "preset-dropped",
        "the payee no longer fixed",
        67,
        LINK,
        upper=lambda scene: {"payee": scene.merchant},
        lower=lambda scene: {},
    ),
    preset(
        "preset-changed",
        "another payee",
        67,
        LINK,
        upper=lambda scene: {"payee": scene.rival},
        lower=lambda scene: {"payee": scene.merchant},
    ),
)
