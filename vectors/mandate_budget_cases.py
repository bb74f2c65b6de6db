"""Budgets as they are written: units, currencies, and numbers that are none."""

from __future__ import annotations

from typing import Any

from .mandate_link_cases import BAD, Recipe
from .mandate_payment_cases import MALFORMED
from .mandate_scene import Chain, Purchase, Scene, Verdict, recipe
from .mandate_use_cases import DENIED

BUDGET = "docs/spec/constraints.md section Payments: Budgets"


def budget(
    name: str,
    notes: str,
    attack: int | None,
    verdict: Verdict,
    *,
    input: Any = None,
    reasons: tuple[str, ...] = (),
    **said: Any,
) -> Recipe:
    """A budget of the user's; what is a function is asked for its value."""

    def more(scene: Scene) -> list[Any]:
        return [scene.budget(**{key: value(scene) if callable(value) else value for key, value in said.items()})]

    purchase = Purchase(payment=Chain(more=more), input={} if input is None else input)
    return recipe(f"budget-{name}", notes, attack, BUDGET, verdict, purchase=purchase, reasons=reasons)


MAJOR = {"unit": "major"}


RECIPES: tuple[Recipe, ...] = (
    budget("at-once", "exactly all of it", None, None, max=lambda scene: scene.total),
    budget(
        "too-small", "a minor unit too little", 116, DENIED, reasons=("over_budget",), max=lambda scene: scene.total - 1
    ),
    budget("currency", "in another currency", 110, ("denied", 9), reasons=("wrong_currency",), currency="EUR"),
    budget("zero", "nothing at all", 115, BAD, max=0),
    budget("text", "as text", 111, MALFORMED, max=lambda scene: str(scene.total)),
    budget("true", "true", 111, MALFORMED, max=True),
    budget("missing", "no max", 115, MALFORMED, max=...),
    budget("fraction", "a fraction of a minor unit", 111, BAD, max=lambda scene: scene.total + 0.5),
    budget("major", "major units, exactly all of it", None, None, input=MAJOR, max=lambda scene: scene.total / 100),
    budget(
        "major-too-small",
        "major units, a hundredth too little",
        116,
        DENIED,
        reasons=("over_budget",),
        input=MAJOR,
        max=lambda scene: (scene.total - 1) / 100,
    ),
    budget(
        "major-as-minor",
        "major units, where minor are meant",
        116,
        DENIED,
        reasons=("over_budget",),
        max=lambda scene: scene.total // 100,
    ),
    budget(
        "major-fraction",
        "a fraction of a minor unit, of major ones",
        111,
        BAD,
        input=MAJOR,
        max=lambda scene: (scene.total * 10 + 1) / 1000,
    ),
    budget("major-yen", "major units of a currency without decimals", 111, BAD, input=MAJOR, currency="JPY"),
    budget(
        "both",
        "minor units beside it",
        None,
        None,
        input=MAJOR,
        max=lambda scene: scene.total / 100,
        attorn=lambda scene: {"minor": scene.total},
    ),
    budget(
        "two-limits",
        "minor units beside it that are others",
        111,
        BAD,
        max=lambda scene: scene.total / 100,
        attorn=lambda scene: {"minor": scene.total + 1},
    ),
)
