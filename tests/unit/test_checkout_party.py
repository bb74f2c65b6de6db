"""Merchants, instruments and payment providers: how they are read and written, and when two of them are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attorn.checkout.member import MOST_TEXT
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.errors import InputError, MalformedError

FULL: dict[type[Merchant] | type[Instrument] | type[Pisp], dict[str, Any]] = {
    Merchant: {"id": "m-1", "name": "Shop", "website": "https://shop.example"},
    Instrument: {"id": "pi-1", "type": "card", "description": "Card 4242"},
    Pisp: {"legal_name": "Pay Ltd", "brand_name": "Pay", "domain_name": "pay.example"},
}
OPTIONAL = {"website", "description"}
WORDS = st.sampled_from(["a", "b", "\u00e4"])


@pytest.mark.parametrize("kind", FULL)
def test_they_are_read_and_written(kind: Any) -> None:
    assert kind.read(FULL[kind]).write() == FULL[kind]
    assert kind.read({**FULL[kind], "more": {"deep": 1}}).write() == FULL[kind]


@pytest.mark.parametrize(("kind", "name"), [(Merchant, "website"), (Instrument, "description")])
@pytest.mark.parametrize("value", [None, ...])
def test_the_optional_member_is_left_out(kind: Any, name: str, value: Any) -> None:
    less = {member: text for member, text in FULL[kind].items() if member != name}
    assert kind.read(less if value is ... else {**less, name: value}).write() == less


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, full in FULL.items() for name in full])
@pytest.mark.parametrize("value", [..., None, "", 7, True, ["x"], "x" * (MOST_TEXT + 1)])
def test_each_member_is_text(kind: Any, name: str, value: Any) -> None:
    if name in OPTIONAL and value in (..., None, ""):
        return
    changed = {member: text for member, text in FULL[kind].items() if member != name}
    with pytest.raises(MalformedError, match=name):
        kind.read(changed if value is ... else {**changed, name: value})
    if value is not ...:
        with pytest.raises(InputError, match=name):
            kind(**{**FULL[kind], name: value})


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("value", [None, [], "m-1", 4])
def test_it_must_be_an_object(kind: Any, value: Any) -> None:
    with pytest.raises(MalformedError, match="expected an object"):
        kind.read(value)


def test_a_merchant_is_known_by_its_id() -> None:
    shop = Merchant("m-1", "Shop", "https://shop.example")
    assert shop.matches(Merchant("m-1", "Another name"))
    assert shop.matches(Merchant("m-1", "Shop", ""))
    assert shop.matches(Merchant("m-1", "Shop", "https://shop.example"))


# attack 110: another payee
@pytest.mark.parametrize(
    "other",
    [
        Merchant("m-2", "Shop", "https://shop.example"),
        Merchant("M-1", "Shop", "https://shop.example"),
        Merchant("m-1", "Shop", "https://evil.example"),
        Merchant("m-1", "Shop", "https://shop.example/"),
        Merchant("\uff4d-1", "Shop"),
    ],
)
def test_another_merchant_is_another(other: Merchant) -> None:
    shop = Merchant("m-1", "Shop", "https://shop.example")
    assert not shop.matches(other)
    assert not other.matches(shop)


def test_an_instrument_is_known_by_id_and_type() -> None:
    card = Instrument("pi-1", "card", "Card 4242")
    assert card.matches(Instrument("pi-1", "card"))
    assert not card.matches(Instrument("pi-1", "account", "Card 4242"))
    assert not card.matches(Instrument("pi-2", "card", "Card 4242"))


@pytest.mark.parametrize("name", FULL[Pisp])
def test_a_provider_is_known_by_all_its_names(name: str) -> None:
    provider = Pisp(**FULL[Pisp])
    assert provider.matches(Pisp(**FULL[Pisp]))
    assert not provider.matches(Pisp(**{**FULL[Pisp], name: "other"}))


@given(st.builds(Merchant, WORDS, WORDS, st.none() | WORDS), st.builds(Merchant, WORDS, WORDS, st.none() | WORDS))
def test_matching_goes_both_ways(one: Merchant, other: Merchant) -> None:
    assert one.matches(one)
    assert one.matches(other) == other.matches(one)
    assert not one.matches(other) or one.id == other.id
