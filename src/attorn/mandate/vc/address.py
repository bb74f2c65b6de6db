"""Where to ship (W3C Contact Picker's ContactAddress, as AP2 v0.1 spells it)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from attorn.mandate.vc.kinds import TEXT, TEXTS
from attorn.mandate.vc.shape import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAddress(Shape):
    """A postal address; every part of it may be missing."""

    city: Annotated[str | None, TEXT] = None
    country: Annotated[str | None, TEXT] = None
    dependent_locality: Annotated[str | None, TEXT] = None
    organization: Annotated[str | None, TEXT] = None
    phone_number: Annotated[str | None, TEXT] = None
    postal_code: Annotated[str | None, TEXT] = None
    recipient: Annotated[str | None, TEXT] = None
    region: Annotated[str | None, TEXT] = None
    sorting_code: Annotated[str | None, TEXT] = None
    address_line: Annotated[tuple[str, ...] | None, TEXTS] = None
