"""Characters that a name, path or URL must not hold, because people or parsers would read past them."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def hidden(text: str) -> bool:
    """Whether `text` holds a control, format, line or paragraph separator, or surrogate character (Cc Cf Cs Zl Zp)."""
    if text.isascii():
        return not text.isprintable()
    return any(unicodedata.category(character) in _HIDDEN for character in text)


def composed(text: str) -> bool:
    """Whether `text` is in Unicode normalisation form C; another form is refused everywhere, never converted."""
    return text.isascii() or unicodedata.is_normalized("NFC", text)
