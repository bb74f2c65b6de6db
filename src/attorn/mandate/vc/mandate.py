"""What an intent, a cart and a payment have in common: each can be signed, and has a name of AP2's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from attorn.mandate.vc.shape import Shape


@dataclass(frozen=True, slots=True)
class Mandate(Shape):
    """One of the three mandates of AP2 v0.1. `NAME` is its name there, and the type of its credential's subject."""

    NAME: ClassVar[str]
