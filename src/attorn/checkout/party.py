"""Who takes part in a purchase: the merchant, what it is paid with, and who starts the payment (AP2 v0.2 types)."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.canonical import JsonValue
from attorn.checkout.member import MOST_TEXT, members, optional_text_in, text_in
from attorn.display import shown
from attorn.errors import InputError


@dataclass(frozen=True, slots=True)
class Merchant:
    """A shop, or whoever is to be paid. Raises `InputError` for text that is empty, too long or none at all."""

    id: str
    name: str
    website: str | None = None

    def __post_init__(self) -> None:
        if not _fit(self.id, self.name, self.website):
            _require("merchant", "id", self.id)
            _require("merchant", "name", self.name)
            _require_optional("merchant", "website", self.website)

    @classmethod
    def read(cls, value: JsonValue, name: str = "merchant") -> Merchant:
        """The merchant in `value`; other members are ignored. Raises `MalformedError`."""
        found = members(value, name)
        try:
            # What these are, the constructor sees to; what is said of what is wrong names the member.
            return cls(found.get("id"), found.get("name"), found.get("website"))  # type: ignore[arg-type]
        except InputError:
            text_in(found, "id", name)
            text_in(found, "name", name)
            optional_text_in(found, "website", name)
            raise

    def write(self) -> dict[str, JsonValue]:
        """The members of `read`."""
        found: dict[str, JsonValue] = {"id": self.id, "name": self.name}
        if self.website is not None:
            found["website"] = self.website
        return found

    def matches(self, other: Merchant) -> bool:
        """Whether a list that names one of them means the other: the same id, and websites that do not differ.

        Names are for people to read, and decide nothing.
        """
        return self.id == other.id and (not self.website or not other.website or self.website == other.website)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is paid with: a card, an account. Raises `InputError` for text that is empty, too long or none at all."""

    id: str
    type: str
    description: str | None = None

    def __post_init__(self) -> None:
        if not _fit(self.id, self.type, self.description):
            _require("payment instrument", "id", self.id)
            _require("payment instrument", "type", self.type)
            _require_optional("payment instrument", "description", self.description)

    @classmethod
    def read(cls, value: JsonValue, name: str = "payment_instrument") -> Instrument:
        """The instrument in `value`; other members are ignored. Raises `MalformedError`."""
        found = members(value, name)
        try:
            # What these are, the constructor sees to; what is said of what is wrong names the member.
            return cls(found.get("id"), found.get("type"), found.get("description"))  # type: ignore[arg-type]
        except InputError:
            text_in(found, "id", name)
            text_in(found, "type", name)
            optional_text_in(found, "description", name)
            raise

    def write(self) -> dict[str, JsonValue]:
        """The members of `read`."""
        found: dict[str, JsonValue] = {"id": self.id, "type": self.type}
        if self.description is not None:
            found["description"] = self.description
        return found

    def matches(self, other: Instrument) -> bool:
        """Whether a list that names one of them means the other: the same id and the same type."""
        return (self.id, self.type) == (other.id, other.type)


@dataclass(frozen=True, slots=True)
class Pisp:
    """A payment initiation service provider. Raises `InputError` for text that is empty, too long or none at all."""

    legal_name: str
    brand_name: str
    domain_name: str

    def __post_init__(self) -> None:
        _require("pisp", "legal_name", self.legal_name)
        _require("pisp", "brand_name", self.brand_name)
        _require("pisp", "domain_name", self.domain_name)

    @classmethod
    def read(cls, value: JsonValue, name: str = "pisp") -> Pisp:
        """The provider in `value`; other members are ignored. Raises `MalformedError`."""
        found = members(value, name)
        return cls(
            text_in(found, "legal_name", name),
            text_in(found, "brand_name", name),
            text_in(found, "domain_name", name),
        )

    def write(self) -> dict[str, JsonValue]:
        """The members of `read`."""
        return {"legal_name": self.legal_name, "brand_name": self.brand_name, "domain_name": self.domain_name}

    def matches(self, other: Pisp) -> bool:
        """Whether a list that names one of them means the other: all three names equal."""
        return self == other


def _fit(first: object, second: object, optional: object) -> bool:
    """Whether these are texts as of `_require`, the last perhaps empty or None; in one call, as a mandate has many."""
    return (
        type(first) is str
        and type(second) is str
        and 0 < len(first) <= MOST_TEXT
        and 0 < len(second) <= MOST_TEXT
        and (optional is None or (type(optional) is str and len(optional) <= MOST_TEXT))
    )


def _require(what: str, name: str, value: object) -> None:
    if type(value) is not str or not 0 < len(value) <= MOST_TEXT:
        raise InputError(f"{what}: expected {name} as text of 1 to {MOST_TEXT} characters, got {shown(value)}")


def _require_optional(what: str, name: str, value: object) -> None:
    if value is not None and value != "":
        _require(what, name, value)
