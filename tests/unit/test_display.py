"""Values in messages: short, escaped, and spelt in bounded time without running anybody's code."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.display import bare, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (-7, "-7"),
        (1.5, "1.5"),
        ("a", "'a'"),
        ("it's", '"it\'s"'),
        ("", "''"),
        (b"\xff", "b'\\xff'"),
        ("\u202e\x1b\n", "'\\u202e\\x1b\\n'"),
        ((1, "b"), "[1, 'b']"),
        ([], "[]"),
        ({"a": [{}]}, "{'a': [{}]}"),
        (MappingProxyType({"a": 1, "b": None}), "{'a': 1, 'b': None}"),
        (timedelta(1), "datetime.timedelta(days=1)"),
        (object(), "something of type object"),
        ({1, 2}, "something of type set"),
        (2**256 - 1, str(2**256 - 1)),
        ([10**5000], "[an integer of 16610 bits]"),
    ],
)
def test_what_is_shown(value: object, text: str) -> None:
    assert shown(value) == (text if len(text) <= 80 else f"{text[:77]}...")


def test_integers_too_long_to_spell() -> None:
    assert shown(-(10**5000)) == "an integer of 16610 bits"


def test_lists_that_hold_one_list_often_take_no_time() -> None:
    value: Any = "a"
    for _ in range(100):
        value = [value] * 100
    assert shown(value) == "[" * 77 + "..."
    assert len(shown({"a": [[]] * 100})) == 80


def test_text_that_is_cut_ends_in_its_quote() -> None:
    assert shown("a" * 10**6) == "'" + "a" * 75 + "...'"
    assert shown("'" + "a" * 79) == "\"'" + "a" * 74 + '..."'
    assert shown(b"a" * 80) == "b'" + "a" * 74 + "...'"
    assert shown("a" * 78) == "'" + "a" * 78 + "'"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    # What is shown has at most 80 characters; lists that are larger by far have a test of their own.
    max_leaves=20,
)


@given(ANY)
@settings(derandomize=True, deadline=None)
def test_what_is_shown_is_short_and_plain(value: object) -> None:
    text = shown(value)
    assert len(text) <= 80
    assert text.isascii()
    assert text.isprintable()


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_bare_is_without_quotes(text: str) -> None:
    assert bare(text).isascii()
    assert bare(text).isprintable()
    assert len(bare(text)) <= 80
