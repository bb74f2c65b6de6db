"""AP2 v0.1 IntentMandate: what a user wants bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from attorn.mandate.vc.kinds import FLAG, INSTANT, TEXT, TEXTS
from attorn.mandate.vc.mandate import Mandate


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentMandate(Mandate):
    """What the user said, and within which limits an agent may buy it; None for `merchants` and `skus` is any.

    The description is for people: no program decides by it.
    """

    NAME: ClassVar[str] = "IntentMandate"

    user_cart_confirmation_required: Annotated[bool, FLAG] = True
    natural_language_description: Annotated[str, TEXT]
    merchants: Annotated[tuple[str, ...] | None, TEXTS] = None
    skus: Annotated[tuple[str, ...] | None, TEXTS] = None
    requires_refundability: Annotated[bool | None, FLAG] = False
    intent_expiry: Annotated[datetime, INSTANT]
