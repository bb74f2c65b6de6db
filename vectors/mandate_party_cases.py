"""Constraints that name parties: payees, instruments, providers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .mandate_link_cases import BAD, Recipe
from .mandate_payment_cases import (
    ALL,
    MALFORMED,
    PAYEES,
    Constraints,
    meets,
    more,
    prohibited,
    refused,
)
from .mandate_scene import Scene

EMPTY = ALL + "3, a list that is empty never means any"


INSTRUMENTS, PISPS = "Payments: payment.allowed_payment_instruments", "Payments: payment.allowed_pisps"


def payees(*changed: dict[str, Any]) -> Callable[[Scene, list[Any]], list[Any]]:
    """The list of payees: the merchant with other members, once for each."""

    def limits(scene: Scene, usual: list[Any]) -> list[Any]:
        allowed = [kit.without({**scene.merchant, **each}) for each in changed]
        return [usual[0], {"type": "payment.allowed_payees", "allowed": allowed}, usual[2]]

    return limits


def instruments(**changed: Any) -> Constraints:
    return lambda scene: [scene.instruments(kit.without({**scene.card, **changed}))]


def pisp(**changed: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"pisp": {**scene.pisp, **changed}}


def bare(kind: str, value: Any) -> Callable[[Scene], list[Any]]:
    return lambda scene: [{"type": kind, "allowed": value}]


RECIPES: tuple[Recipe, ...] = (
    meets("payees-name", "another name, which decides nothing", PAYEES, limits=payees({"name": "Another name"})),
    meets("payees-no-website", "an entry without a website", PAYEES, limits=payees({"website": ...})),
    meets("payees-empty-website", "an empty website is none", PAYEES, limits=payees({"website": ""})),
    prohibited("payees-another", "another id", 110, PAYEES, "payee_not_allowed", limits=payees({"id": "another"})),
    prohibited(
        "payees-website",
        "the same id with another website",
        110,
        PAYEES,
        "payee_not_allowed",
        limits=payees({"website": "https://mallory.example"}),
    ),
    prohibited(
        "payees-website-slash",
        "a website with a slash behind it",
        53,
        PAYEES,
        "payee_not_allowed",
        limits=lambda scene, usual: payees({"website": scene.merchant["website"] + "/"})(scene, usual),
    ),
    prohibited(
        "payees-case",
        "an id in capitals",
        52,
        PAYEES,
        "payee_not_allowed",
        limits=lambda scene, usual: payees({"id": scene.merchant["id"].upper()})(scene, usual),
    ),
    prohibited(
        "payees-zero-width",
        "an invisible character behind the id",
        52,
        PAYEES,
        "payee_not_allowed",
        limits=lambda scene, usual: payees({"id": scene.merchant["id"] + "\u200b"})(scene, usual),
    ),
    prohibited(
        "payees-hidden",
        "the payee is kept back",
        115,
        EMPTY,
        "payee_not_allowed",
        root={"hide": [("constraints", 1, "allowed", 0)]},
    ),
    refused("payees-empty", "nobody", 115, EMPTY, BAD, limits=payees()),
    refused(
        "payees-missing", "no list", 115, EMPTY, MALFORMED, more=lambda scene: [{"type": "payment.allowed_payees"}]
    ),
    refused("payees-null", "the list is null", 115, EMPTY, MALFORMED, more=bare("payment.allowed_payees", None)),
    refused(
        "payees-object",
        "one payee, in no list",
        115,
        EMPTY,
        MALFORMED,
        more=lambda scene: [{"type": "payment.allowed_payees", "allowed": scene.merchant}],
    ),
    refused(
        "payees-texts", "a list of ids", 115, PAYEES, MALFORMED, more=lambda scene: [scene.payees(scene.merchant["id"])]
    ),
    refused("payees-no-id", "an entry without an id", 115, PAYEES, MALFORMED, limits=payees({"id": ...})),
    meets("instruments-description", "another description", INSTRUMENTS, more=instruments(description="Another")),
    meets(
        "instruments-second", "one of two", INSTRUMENTS, more=lambda scene: [scene.instruments(scene.bank, scene.card)]
    ),
    prohibited(
        "instruments-another", "another card", 110, INSTRUMENTS, "instrument_not_allowed", more=instruments(id="card-9")
    ),
    prohibited(
        "instruments-type",
        "the same id of another type",
        110,
        INSTRUMENTS,
        "instrument_not_allowed",
        more=instruments(type="account"),
    ),
    refused("instruments-empty", "none", 115, EMPTY, BAD, more=bare("payment.allowed_payment_instruments", [])),
    refused("instruments-number", "an id that is a number", 115, INSTRUMENTS, MALFORMED, more=instruments(id=5)),
    meets("providers-same", "all three names", PISPS, more=more(Scene.pisps), closed=pisp()),
    prohibited("providers-none", "a payment that names none", 110, PISPS, "pisp_not_allowed", more=more(Scene.pisps)),
    prohibited(
        "providers-brand",
        "another brand",
        110,
        PISPS,
        "pisp_not_allowed",
        more=more(Scene.pisps),
        closed=pisp(brand_name="Other"),
    ),
    prohibited(
        "providers-domain",
        "a longer domain",
        54,
        PISPS,
        "pisp_not_allowed",
        more=more(Scene.pisps),
        closed=lambda scene: pisp(domain_name="a." + scene.pisp["domain_name"])(scene),
    ),
    refused("providers-empty", "none", 115, EMPTY, BAD, more=bare("payment.allowed_pisps", []), closed=pisp()),
    meets("payees-long-id", "an id of 2,048 characters on the list", PAYEES, limits=payees({"id": "m" * 2048}, {})),
    refused(
        "payees-too-long-id", "an id of 2,049 characters", 4, PAYEES, MALFORMED, limits=payees({"id": "m" * 2049}, {})
    ),
)
