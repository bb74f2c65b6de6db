"""Every recipe about mandates, checkouts and receipts."""

from __future__ import annotations

from collections.abc import Callable

from . import (
    mandate_budget_cases,
    mandate_cart_cases,
    mandate_checkout_cases,
    mandate_content_cases,
    mandate_date_cases,
    mandate_depth_cases,
    mandate_form_cases,
    mandate_held_cases,
    mandate_link_cases,
    mandate_narrow_cases,
    mandate_offer_cases,
    mandate_party_cases,
    mandate_payment_cases,
    mandate_recurrence_cases,
    mandate_time_cases,
    mandate_trust_cases,
    mandate_use_cases,
    mandate_uses_cases,
    purchase_cases,
    purchase_form_cases,
    purchase_permitted_cases,
    receipt_cases,
    receipt_offer_cases,
)
from .case import Case
from .world import World

RECIPES: tuple[Callable[[World], Case], ...] = (
    *mandate_budget_cases.RECIPES,
    *mandate_cart_cases.RECIPES,
    *mandate_checkout_cases.RECIPES,
    *mandate_content_cases.RECIPES,
    *mandate_date_cases.RECIPES,
    *mandate_depth_cases.RECIPES,
    *mandate_form_cases.RECIPES,
    *mandate_held_cases.RECIPES,
    *mandate_link_cases.RECIPES,
    *mandate_narrow_cases.RECIPES,
    *mandate_offer_cases.RECIPES,
    *mandate_party_cases.RECIPES,
    *mandate_payment_cases.RECIPES,
    *mandate_recurrence_cases.RECIPES,
    *mandate_time_cases.RECIPES,
    *mandate_trust_cases.RECIPES,
    *mandate_use_cases.RECIPES,
    *mandate_uses_cases.RECIPES,
    *purchase_cases.RECIPES,
    *purchase_form_cases.RECIPES,
    *purchase_permitted_cases.RECIPES,
    *receipt_cases.RECIPES,
    *receipt_offer_cases.RECIPES,
)
