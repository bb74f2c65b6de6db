"""Globs: the same answer as a slow obvious matcher, in linear time (attacks 11, 53)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError
from attorn.request.glob import MOST_CHARACTERS, MOST_TEXT, check_pattern, matches


def obvious(pattern: str, text: str) -> bool:
    """The definition, spelled out by recursion; exponential, so for short texts only."""
    if not pattern:
        return not text
    if pattern.startswith("**"):
        return any(obvious(pattern[2:], text[cut:]) for cut in range(len(text) + 1))
    if pattern[0] == "*":
        run = len(text) if "/" not in text else text.index("/")
        return any(obvious(pattern[1:], text[cut:]) for cut in range(run + 1))
    if pattern[0] == "?":
        return text[:1] not in ("", "/") and obvious(pattern[1:], text[1:])
    rest = pattern[1:] if pattern[0] == "\\" else pattern
    return text[:1] == rest[0] and obvious(rest[1:], text[1:])


MATCH = [
    ("a", "a"),
    ("*", ""),
    ("*", "abc"),
    ("**", "a/b/c"),
    ("***", "a/b"),
    ("*.csv", "x.csv"),
    ("reports/*/x.csv", "reports/2026/x.csv"),
    ("reports/**", "reports/"),
    ("reports/**/x", "reports/a/b/x"),
    ("a?c", "abc"),
    ("?", "\U0001f600"),
    (r"\*", "*"),
    (r"\?", "?"),
    (r"\\", "\\"),
    (r"\a", "a"),
    ("[a]", "[a]"),
    ("{a,b}", "{a,b}"),
    ("a\n*", "a\nb"),
]

NO_MATCH = [
    ("a", ""),
    ("a", "A"),
    ("a", "ab"),
    ("a", "ba"),
    ("?", ""),
    ("?", "/"),
    ("?", "ab"),
    ("*", "/"),
    ("*", "a/b"),
    ("*.csv", "a/x.csv"),
    ("*.csv", "x.csv\n"),
    ("*.csv", "x.csv.exe"),
    ("reports/*", "reports"),
    ("reports/**", "reports"),
    ("reports/**/x", "reports/x"),
    (r"\*", "a"),
    (r"\\", "a"),
    ("[a]", "a"),
    ("[!a]", "b"),
    ("{a,b}", "a"),
    ("a.c", "abc"),
    ("k", "\u212a"),
    ("é", "e\u0301"),
    ("^a$", "a"),
]


@pytest.mark.parametrize(("pattern", "text"), MATCH)
def test_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text)
    assert obvious(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), NO_MATCH)
def test_does_not_match(pattern: str, text: str) -> None:
    assert not matches(pattern, text)
    assert not obvious(pattern, text)


@pytest.mark.parametrize("pattern", ["", "\\", "a\\", "\\\\\\", "a" * (MOST_CHARACTERS + 1)])
def test_bad_patterns(pattern: str) -> None:
    with pytest.raises(InputError):
        check_pattern(pattern)
    with pytest.raises(InputError):
        matches(pattern, "a")


@pytest.mark.parametrize("value", [None, 1, True, b"*", ["*"]], ids=repr)
def test_56_only_text_is_a_pattern(value: object) -> None:
    with pytest.raises(InputError):
        check_pattern(value)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^text: expected str, got "):
        matches("*", value)  # type: ignore[arg-type]


def test_longest_pattern() -> None:
    assert (MOST_CHARACTERS, MOST_TEXT) == (256, 1024)
    assert matches("?" * MOST_CHARACTERS, "a" * MOST_CHARACTERS)
    assert not matches("?" * MOST_CHARACTERS, "a" * (MOST_CHARACTERS - 1))


@settings(derandomize=True, deadline=None, max_examples=1000)
@given(st.text("ab/*?\\", min_size=1, max_size=8), st.text("ab/*?\\", max_size=8))
def test_agrees_with_the_obvious_matcher(pattern: str, text: str) -> None:
    try:
        check_pattern(pattern)
    except InputError:
        assert pattern.endswith("\\")
        return
    assert matches(pattern, text) == obvious(pattern, text)


@pytest.mark.parametrize("pattern", ["**a" * 85, "*a" * 128, "**?" * 85, "**a" + "?" * 253, "a*" * 127 + "b"])
def test_11_no_pattern_is_slow(pattern: str) -> None:
    started = time.process_time()
    assert not matches(pattern, "a" * 50_000 + "!/")
    assert time.process_time() - started < 10
