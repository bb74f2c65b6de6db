"""Strict JSON and its canonical bytes: one meaning per text, one text per meaning."""

from __future__ import annotations

import json
import math
import time
import traceback
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.errors import InputError, MalformedError

SAFE = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-SAFE, SAFE) | st.floats(-SAFE, SAFE, allow_nan=False).filter(lambda number: number != 0)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(VALUES)
def test_canonical_bytes_say_the_value_and_are_stable(value: JsonValue) -> None:
    octets = canonicalise(value)
    assert parse(octets) == json.loads(octets) == value
    assert canonicalise(parse(octets)) == octets


@settings(derandomize=True, deadline=None, max_examples=200)
@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_any_spelling_has_the_same_canonical_bytes(
    value: JsonValue, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert canonicalise(parse(text)) == canonicalise(parse(text.encode())) == canonicalise(value)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.text('[]{}":,\\u0d8e1-.ea ntrl\n', max_size=30) | st.text(max_size=30) | st.binary(max_size=30))
def test_any_text_is_a_value_or_malformed(text: str | bytes) -> None:
    try:
        value = parse(text, depth=4)
    except MalformedError:
        return
    assert parse(canonicalise(value), depth=4) == value


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text('[{]}"\\a', max_size=24), st.integers(0, 3))
def test_depth_counts_only_real_brackets(text: str, most: int) -> None:
    string = json.dumps(text)
    assert parse("[" * most + string + "]" * most, depth=most) is not None
    with pytest.raises(MalformedError, match="nested"):
        parse("[" * (most + 1) + string + "]" * (most + 1), depth=most)


def test_the_rfc_8785_example() -> None:
    # Section 3.2.2 and 3.2.3, without the number beyond 2**53 that I-JSON forbids.
    text = r"""{"numbers": [4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    assert canonicalise(parse(text)).decode() == (
        '{"literals":[null,true,false],"numbers":[4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonicalise(dict.fromkeys(names, 0)))) == ordered


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" 1 ", 1),
        ("-9007199254740991", -SAFE),
        ("9007199254740991", SAFE),
        ("0", 0),
        ("0.0", 0.0),
        ("0e5", 0.0),
        ("1.0", 1.0),
        ("5e-324", 5e-324),
        ("1e15", 1e15),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\\ud800"', r"\ud800"),
        (" \t\n\r1\r\n\t ", 1),
        ('{"a":{},"b":[]}', {"a": {}, "b": []}),
        (b'"\xc3\xa9"', "é"),
    ],
)
def test_what_is_accepted(text: str | bytes, value: JsonValue) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "\v1",
        "1\v",
        "1\u00a0",
        " \ufeff1",
        "\u00a01",
        "\ufeff1",
        b"\xef\xbb\xbf1",
        b"\xff",
        b'"\xc0\xaf"',
        b'"\xed\xa0\x80"',
        "1".encode("utf-16"),
        b"1\0",
        '"\ud800"',
        r'"\ud800"',
        r'"\uDC00"',
        r'"\udc00\ud800"',
        r'["\ud83d", "\ude00"]',
        r'{"\ud800":1}',
        r'{"a":["\uDfFf"]}',
        '{"a":1,"a":1}',
        r'{"a":1,"\u0061":2}',
        '{"b":{"a":1,"a":1}}',
        "[1,2",
        "[1,]",
        "[,1]",
        '{"a":1,}',
        "{a:1}",
        "{'a':1}",
        '{"a"}',
        "1 2",
        "[] []",
        "{}x",
        "// 1",
        "/**/1",
        "NaN",
        "[Infinity]",
        '{"a":-Infinity}',
        "nan",
        "True",
        "1e999",
        "-1e999",
        "9007199254740992",
        "-9007199254740992",
        "9007199254740992.0",
        "1e16",
        "1e-999",
        "0.0000e1" + "0" * 3 + "1x",
        "-0",
        "-0.0",
        "-0e5",
        "-1e-999",
        "9" * 5000,
        "-" + "9" * 5000,
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "1_000",
        "١",
        "1e",
        "--1",
        '"a\nb"',
        '"\t"',
        r'"\x41"',
        r'"\u12"',
        r'"\u+123"',
        '"open',
        '"open\\',
        "\\",
        "nul",
        "]",
        "[}",
    ],
)
def test_what_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedError):
        parse(text)


def test_size_counts_bytes() -> None:
    assert parse('"aa"', most=4) == "aa"
    for text in ('"aaa"', b'"aaa"', '"é"' + " ", '"😀"'):
        with pytest.raises(MalformedError, match="at most 4 bytes"):
            parse(text, most=4)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":[', '[""', "[[],"])
def test_deep_nesting_is_refused_before_it_can_hurt(opening: str) -> None:
    with pytest.raises(MalformedError, match="nested"):
        parse(opening * (65_000 // len(opening)))


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 32_000,
        '["' + '\\"' * 31_000 + "[" * 40,
        "[" * 33 + '"' * 65_000,
        "[[]," * 16_000,
        "[" + "[]," * 21_000 + "[]]",
        "[" + '"\\ud83d\\ude00",' * 4000 + "1]",
        "1" * 65_000,
        "1." + "1" * 65_000,
        "0." + "0" * 65_000 + "1",
        "1" + "0" * 60_000 + "e-60000",
        "{" + ",".join(f'"{i}":{i}' for i in range(5000)) + "}",
    ],
)
def test_hostile_text_is_answered_in_time(text: str) -> None:
    start = time.process_time()
    with suppress(MalformedError):
        parse(text)
    # A guard against hanging, no more: the benchmarks hold the budget of 20 ms.
    assert time.process_time() - start < 10


def test_errors_do_not_carry_the_text() -> None:
    for text in ('{"secret-value": oops', b'"secret-value\xff"', '"secret-value\ud800"'):
        with pytest.raises(MalformedError) as caught:
            parse(text)
        assert "secret-value" not in "".join(traceback.format_exception(caught.value))
        assert caught.value.__context__ is None


@pytest.mark.parametrize("text", [None, 1, bytearray(b"1"), memoryview(b"1"), ["1"]])
def test_what_is_no_text_is_the_callers_mistake(text: object) -> None:
    with pytest.raises(InputError):
        parse(text)  # type: ignore[arg-type]


def endless() -> object:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        SAFE + 1,
        -SAFE - 1,
        10**5000,
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        {None: 1},
        {b"a": 1},
        b"bytes",
        {1, 2},
        object(),
        1j,
        [object()],
        {"a": {"b": [b""]}},
        endless(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        canonicalise(value)


def test_tuples_are_lists_and_negative_zero_is_zero() -> None:
    assert canonicalise({"b": (1, -0.0), "a": 1.0}) == b'{"a":1,"b":[1,0]}'
