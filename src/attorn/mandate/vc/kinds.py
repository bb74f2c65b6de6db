"""The kinds of member that AP2's objects have: texts, flags, numbers, amounts, instants, lists, and JSON as it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.checkout.currency import from_number, to_number
from attorn.display import shown
from attorn.errors import InputError, MalformedError, MandateError
from attorn.mandate.vc.shape import Kind, Shape
from attorn.request.money import Money
from attorn.stamp import read_stamp

MOST_TEXT: Final = 4096
"""Longest text of a mandate, in characters."""
MOST_ELEMENTS: Final = 128
"""Longest list in a mandate."""
MOST_JSON: Final = 16_384
"""Longest canonical text of what a mandate holds as it is, in bytes."""
MOST_TOKEN: Final = 65_536
"""Longest signature of AP2's own, a JWT or an SD-JWT, in characters."""
MOST_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True)
class _Plain(ABC):
    """What holds no other object: its values are those that are written and read back as they were."""

    def check(self, value: object, name: str) -> None:
        """Raises `InputError`."""
        if not self.has(value):
            raise InputError(f"{name}: expected another type, got {shown(value)}")
        try:
            same = self.read(self.write(value), name) == value
        except MandateError as error:
            raise InputError(str(error)) from None
        if not same:
            raise InputError(f"{name}: {shown(value)} has another spelling")

    @abstractmethod
    def read(self, value: JsonValue, name: str) -> object:
        """As `Kind` has it."""

    @abstractmethod
    def write(self, value: Any) -> JsonValue:
        """As `Kind` has it."""

    @abstractmethod
    def has(self, value: object) -> bool:
        """Whether a value is of its type; what is in it may still be out of range."""


@dataclass(frozen=True, slots=True)
class Text(_Plain):
    """Text that is not empty."""

    most: int = MOST_TEXT

    def read(self, value: JsonValue, name: str) -> str:
        """Raises `MandateError`."""
        if not isinstance(value, str) or not 0 < len(value) <= self.most:
            raise MandateError(f"{name}: expected text of 1 to {self.most} characters, got {shown(value)}")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise MandateError(f"{name}: it holds a lone surrogate")
        return value

    def write(self, value: str) -> JsonValue:
        """The text."""
        return value

    def has(self, value: object) -> bool:
        """Whether it is text."""
        return type(value) is str


@dataclass(frozen=True, slots=True)
class Flag(_Plain):
    """True or false."""

    def read(self, value: JsonValue, name: str) -> bool:
        """Raises `MandateError`."""
        if not isinstance(value, bool):
            raise MandateError(f"{name}: expected true or false, got {shown(value)}")
        return value

    def write(self, value: bool) -> JsonValue:
        """The truth value."""
        return value

    def has(self, value: object) -> bool:
        """Whether it is a truth value."""
        return type(value) is bool


@dataclass(frozen=True, slots=True)
class Days(_Plain):
    """A number of days, 0 to 36,500."""

    def read(self, value: JsonValue, name: str) -> int:
        """Raises `MandateError`."""
        if type(value) is not int or not 0 <= value <= MOST_DAYS:
            raise MandateError(f"{name}: expected a whole number of days, got {shown(value)}")
        return value

    def write(self, value: int) -> JsonValue:
        """The number."""
        return value

    def has(self, value: object) -> bool:
        """Whether it is a number."""
        return type(value) is int


@dataclass(frozen=True, slots=True)
class Amount(_Plain):
    """PaymentCurrencyAmount: `currency`, and `value` as a number of major units, which is whole minor units."""

    def read(self, value: JsonValue, name: str) -> Money:
        """Raises `MandateError`."""
        if not isinstance(value, dict) or value.keys() != {"currency", "value"}:
            raise MandateError(f"{name}: expected an object with currency and value, got {shown(value)}")
        currency = value["currency"]
        try:
            return from_number(value["value"], currency if isinstance(currency, str) else "")
        except MalformedError as error:
            raise MandateError(f"{name}: {error}") from None

    def write(self, value: Money) -> JsonValue:
        """The object. Raises `MandateError` for an amount that no JSON number says exactly."""
        try:
            return {"currency": value.currency, "value": to_number(value)}
        except InputError as error:
            raise MandateError(str(error)) from None

    def has(self, value: object) -> bool:
        """Whether it is `Money`."""
        return type(value) is Money


@dataclass(frozen=True, slots=True)
class Instant(_Plain):
    """A date and time with a zone (ISO 8601): without one it would be no instant."""

    def read(self, value: JsonValue, name: str) -> datetime:
        """Raises `MandateError`."""
        at = read_stamp(value)
        if at is None:
            raise MandateError(f"{name}: expected a date and time with seconds and a zone, got {shown(value)}")
        return at

    def write(self, value: datetime) -> JsonValue:
        """The instant in UTC."""
        return value.replace(tzinfo=None).isoformat() + "Z"

    def has(self, value: object) -> bool:
        """Whether it is an instant, in UTC."""
        return type(value) is datetime and value.tzinfo is UTC


@dataclass(frozen=True, slots=True)
class Json(_Plain):
    """An object that a payment method defines: kept as its canonical text (RFC 8785), and not looked into."""

    def read(self, value: JsonValue, name: str) -> str:
        """Raises `MandateError`."""
        try:
            text = canonicalise(value) if isinstance(value, dict) else b""
        except InputError:
            text = b""
        if not 0 < len(text) <= MOST_JSON:
            raise MandateError(f"{name}: expected an object of at most {MOST_JSON} bytes, got {shown(value)}")
        return text.decode()

    def write(self, value: str) -> JsonValue:
        """The object. Raises `MandateError` for a text that is none."""
        try:
            return parse(value, most=MOST_JSON)
        except MalformedError as error:
            raise MandateError(str(error)) from None

    def has(self, value: object) -> bool:
        """Whether it is text."""
        return type(value) is str


@dataclass(frozen=True, slots=True)
class Of:
    """An object of this shape."""

    shape: type[Shape]

    def read(self, value: JsonValue, name: str) -> Shape:
        """Raises `MandateError`."""
        return self.shape.read(value, name)

    def write(self, value: Shape) -> JsonValue:
        """The object."""
        return value.write()

    def check(self, value: object, name: str) -> None:
        """Raises `InputError` for another type; it was checked when it was made."""
        if type(value) is not self.shape:
            raise InputError(f"{name}: expected {self.shape.__name__}, got {shown(value)}")


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object of one of these shapes: the only one whose members it has."""

    shapes: tuple[type[Shape], ...]

    def read(self, value: JsonValue, name: str) -> Shape:
        """Raises `MandateError`."""
        found: list[Shape] = []
        for shape in self.shapes:
            try:
                found.append(shape.read(value, name))
            except MandateError:
                continue
        if len(found) != 1:
            raise MandateError(f"{name}: expected {self._names()}, got {shown(value)}")
        return found[0]

    def write(self, value: Shape) -> JsonValue:
        """The object."""
        return value.write()

    def check(self, value: object, name: str) -> None:
        """Raises `InputError` for another type; it was checked when it was made."""
        if type(value) not in self.shapes:
            raise InputError(f"{name}: expected {self._names()}, got {shown(value)}")

    def _names(self) -> str:
        return " or ".join(shape.__name__ for shape in self.shapes)


@dataclass(frozen=True, slots=True)
class Many:
    """One or more. An empty list is refused: it could be said to allow nothing, or anything."""

    kind: Kind

    def read(self, value: JsonValue, name: str) -> tuple[object, ...]:
        """Raises `MandateError`."""
        if not isinstance(value, list) or not 0 < len(value) <= MOST_ELEMENTS:
            raise MandateError(f"{name}: expected a list of 1 to {MOST_ELEMENTS}, got {shown(value)}")
        return tuple(self.kind.read(each, f"{name}[{index}]") for index, each in enumerate(value))

    def write(self, value: tuple[Any, ...]) -> JsonValue:
        """The list."""
        return [self.kind.write(each) for each in value]

    def check(self, value: object, name: str) -> None:
        """Raises `InputError`."""
        if type(value) is not tuple or not 0 < len(value) <= MOST_ELEMENTS:
            raise InputError(f"{name}: expected a tuple of 1 to {MOST_ELEMENTS}, got {shown(value)}")
        for index, each in enumerate(value):
            self.kind.check(each, f"{name}[{index}]")


TEXT: Final = Text()
TOKEN: Final = Text(MOST_TOKEN)
FLAG: Final = Flag()
DAYS: Final = Days()
AMOUNT: Final = Amount()
INSTANT: Final = Instant()
JSON: Final = Json()
TEXTS: Final = Many(TEXT)
