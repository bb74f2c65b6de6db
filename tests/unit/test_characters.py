"""Characters that no name, path or URL may hold, and the one form of those that are put together (attacks 13, 52)."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from attorn.request.characters import composed, hidden

HIDDEN = ("\0", "\n", "\x1f", "\x7f", "\x80", "\x85", "\xad", "\u200b", "\u2028", "\u2029", "\ud800", "\ufeff")
SHOWN = ("", " ", "~", "a b", "\xa0", "\u3000", "e\u0301", "\u0301", "\U0001f600", "\ue000", "\u0378")


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_what_is_hidden_is_so_wherever_it_stands(character: str) -> None:
    for text in (character, f"a{character}", f"{character}a", f"\xe9{character}", f"\u20ac{character}\u20ac"):
        assert hidden(text)


@pytest.mark.parametrize("text", SHOWN, ids=ascii)
def test_what_is_shown(text: str) -> None:
    assert not hidden(text)
    assert not hidden(f"\xe9{text}a")


def test_every_character_there_is() -> None:
    for number in range(0, sys.maxunicode + 1, 7):
        assert hidden(chr(number)) is (unicodedata.category(chr(number)) in ("Cc", "Cf", "Cs", "Zl", "Zp"))


@pytest.mark.parametrize("text", ["", "a", "\xe9", "\u20ac", "\U0001f600", "\u1e9b\u0323"], ids=ascii)
def test_what_is_composed(text: str) -> None:
    assert composed(text)


@pytest.mark.parametrize("text", ["e\u0301", "\u212a", "\u212b", "a\u0323\u0307\u0301", "\u2126"], ids=ascii)
def test_what_is_not_composed(text: str) -> None:
    assert not composed(text)
