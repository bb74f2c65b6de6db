"""What an open payment mandate may fix beforehand, and a closed one must then repeat unchanged (AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, TypedDict

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.checkout.member import members
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.errors import InputError
from attorn.handed import require_mapping
from attorn.mandate import amount
from attorn.mandate.date import Date
from attorn.request.money import Money

FIELDS: Final = (
    ("payee", "payee", Merchant),
    ("amount", "payment_amount", Money),
    ("instrument", "payment_instrument", Instrument),
    ("pisp", "pisp", Pisp),
    ("execution_date", "execution_date", Date),
    ("risk_data", "risk_data", bytes),
)
"""Each field, what AP2 calls it, and of what type it is."""
_NAMES: Final = frozenset(name for _, name, _ in FIELDS)
_VALUES: Final = attrgetter(*(field for field, _, _ in FIELDS))
_TYPES: Final = tuple((kind, type(None)) for _, _, kind in FIELDS)


class Fields(TypedDict, total=False):
    """The fields that are there, by their names."""

    payee: Merchant
    amount: Money
    instrument: Instrument
    pisp: Pisp
    execution_date: Date
    risk_data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Presets:
    """Six members, each perhaps None. `risk_data` is an object as canonical JSON (RFC 8785): equal if it says the same.

    Raises `InputError` for fields of other types.
    """

    payee: Merchant | None = None
    amount: Money | None = None
    instrument: Instrument | None = None
    pisp: Pisp | None = None
    execution_date: Date | None = None
    risk_data: bytes | None = None

    def __post_init__(self) -> None:
        require(self)

    @classmethod
    def read(cls, content: Mapping[str, JsonValue]) -> Presets:
        """Those of the six that the content has. Raises `MalformedError`, `InputError` for what is no mapping."""
        require_mapping(content, "presets")
        return NONE if _NAMES.isdisjoint(content) else cls(**read(content))

    def write(self) -> dict[str, JsonValue]:
        """The members of the content that say this."""
        content: dict[str, JsonValue] = {}
        if self.payee is not None:
            content["payee"] = self.payee.write()
        if self.amount is not None:
            content["payment_amount"] = amount.write(self.amount)
        if self.instrument is not None:
            content["payment_instrument"] = self.instrument.write()
        if self.pisp is not None:
            content["pisp"] = self.pisp.write()
        if self.execution_date is not None:
            content["execution_date"] = self.execution_date.text
        if self.risk_data is not None:
            content["risk_data"] = parse(self.risk_data)
        return content

    def changed(self, found: Presets) -> tuple[str, ...]:
        """What AP2 calls each of these that is not the same in `found`; what is not fixed here may be anything."""
        return tuple(
            name
            for field, name, _ in FIELDS
            if getattr(self, field) is not None and getattr(self, field) != getattr(found, field)
        )


def require(of: object) -> None:
    """Raises `InputError` unless each of the six fields of this object is of its type, or None."""
    values = _VALUES(of)
    if all(map(isinstance, values, _TYPES)):
        return
    for (_, name, kind), found in zip(FIELDS, values, strict=True):
        if found is not None and not isinstance(found, kind):
            raise InputError(f"{name}: expected {kind.__name__}, got {type(found).__name__}")


def read(content: Mapping[str, JsonValue]) -> Fields:
    """The fields that the content has, each read. Raises `MalformedError`."""
    found: Fields = {}
    if "payee" in content:
        found["payee"] = Merchant.read(content["payee"], "payee")
    if "payment_amount" in content:
        found["amount"] = amount.read(content["payment_amount"], "payment_amount")
    if "payment_instrument" in content:
        found["instrument"] = Instrument.read(content["payment_instrument"], "payment_instrument")
    if "pisp" in content:
        found["pisp"] = Pisp.read(content["pisp"], "pisp")
    if "execution_date" in content:
        found["execution_date"] = Date.read(content["execution_date"], "execution_date")
    if "risk_data" in content:
        found["risk_data"] = _risk(content["risk_data"], "risk_data")
    return found


def _risk(value: JsonValue, name: str) -> bytes:
    return canonicalise(members(value, name))


NONE: Final = Presets()
"""Nothing fixed beforehand."""
