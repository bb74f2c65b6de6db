"""What completes a checkout: mandates in the form of AP2, and in the one that UCP's schema has a pattern for."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attorn.checkout.completion import MOST_INSTRUMENTS, Completion, for_schema, from_schema
from attorn.checkout.jwt import MOST_CHARACTERS
from attorn.errors import InputError, LimitError, MalformedError

_CHARACTERS = string.ascii_letters + string.digits + "_-"
_SOME = st.text(_CHARACTERS, min_size=1)
BARE = st.builds(
    lambda header, payload, more: "~".join((f"{header}.{payload}.{more[0]}", *more[1:])),
    _SOME,
    st.text(_CHARACTERS),
    st.lists(_SOME, min_size=1),
)
"""Whatever the schema takes."""
# As it stands in UCP's ap2_mandate.json, in all of its versions.
SCHEMA = re.compile(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(~[A-Za-z0-9_-]+)*$")
SINGLE, CHAIN = "a.b.c~d1~d2~", "a.b.c~d1~~e.f.g~d2~"


def request(mandate: Any = SINGLE, *tokens: Any) -> dict[str, Any]:
    instruments = [{"id": "i", "credential": {"type": "x", "token": token}} for token in tokens]
    return {"ap2": {"checkout_mandate": mandate}, "payment": {"instruments": instruments}}


def test_mandates_are_found_where_ucp_has_them() -> None:
    found = Completion.read(request(CHAIN, CHAIN, "tok_visa", None))
    assert found == Completion(CHAIN, (CHAIN, None, None))
    assert Completion.read({"ap2": {"checkout_mandate": CHAIN}}).unverified_payment_mandates == ()
    assert CHAIN not in repr(found)


def test_both_forms_are_read_and_only_one_fits_the_schema() -> None:
    assert for_schema(SINGLE) == SINGLE[:-1]
    assert SCHEMA.match(for_schema(SINGLE))
    assert not SCHEMA.match(SINGLE)
    assert not SCHEMA.match(CHAIN)
    assert Completion.read(request(for_schema(SINGLE))) == Completion.read(request(SINGLE))
    assert from_schema("a.b.c") == "a.b.c~"


@pytest.mark.parametrize(
    "mandate", [CHAIN, SINGLE[:-1], SINGLE + "~", "a.b.c~d~e.f.g~", "a..c~ ", "", "~", None, 7, b"a"]
)
def test_what_has_no_form_for_the_schema(mandate: Any) -> None:
    with pytest.raises(InputError, match="one SD-JWT"):
        for_schema(mandate)


@pytest.mark.parametrize(
    "wrong", [{}, {"ap2": {}}, {"ap2": {"checkout_mandate": None}}, {"payment": {"instruments": []}}]
)
def test_a_missing_mandate_is_none(wrong: dict[str, Any]) -> None:
    assert Completion.read(wrong).unverified_checkout_mandate is None


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "a.b.c~",
        {"ap2": "a.b.c~"},
        {"ap2": None},
        request(""),
        request(7),
        request(["a.b.c~"]),
        request("a.b"),
        request("a.b.c~ "),
        request("a.b.c~\n"),
        request("a.b.c~d~e.f.g"),
        request("a.b.c~~"[:-2] + " ~"),
        {**request(), "payment": []},
        {**request(), "payment": {"instruments": {}}},
        {**request(), "payment": {"instruments": ["x"]}},
        request(SINGLE, *[None] * (MOST_INSTRUMENTS + 1)),
    ],
)
def test_other_requests(wrong: Any) -> None:
    with pytest.raises(MalformedError):
        Completion.read(wrong)


def test_there_is_a_bound() -> None:
    with pytest.raises(LimitError):
        from_schema("a" * MOST_CHARACTERS + "~")
    assert Completion.read(request(SINGLE, "~" * (MOST_CHARACTERS + 1))).unverified_payment_mandates == (None,)


@given(BARE)
def test_the_last_tilde_comes_back(bare: str) -> None:
    assert SCHEMA.fullmatch(bare)
    assert for_schema(from_schema(bare)) == bare
    assert from_schema(from_schema(bare)) == from_schema(bare)
