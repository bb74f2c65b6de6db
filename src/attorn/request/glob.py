"""Glob patterns in time linear in the text, whatever the pattern: no backtracking, no regular expressions.

`?` is one character but `/`, `*` any run of characters but `/`, `**` any run at all, a backslash makes the next
character literal, and everything else stands for itself. A pattern matches the whole text.
"""

from __future__ import annotations

from typing import Final

from attorn.errors import InputError

MOST_CHARACTERS: Final = 256
"""Longest pattern."""
MOST_TEXT: Final = 1024
"""Longest text that a verifier matches for a caveat."""


def check_pattern(pattern: str) -> None:
    """Raises `InputError` unless `pattern` has 1 to 256 characters and no backslash at its end."""
    if type(pattern) is not str:
        raise InputError(f"pattern: expected str, got {type(pattern).__name__}")
    if not 1 <= len(pattern) <= MOST_CHARACTERS:
        raise InputError(f"pattern: expected 1 to {MOST_CHARACTERS} characters, got {len(pattern)}")
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise InputError("pattern: expected a character after the last backslash")


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` matches the whole of `text`. Raises `InputError`, also where `check_pattern` does."""
    check_pattern(pattern)
    if not isinstance(text, str):
        raise InputError(f"text: expected str, got {type(text).__name__}")
    literals, single, run, any_run, accept = _automaton(pattern)
    # Bit n of `state`: the first n single-character items of the pattern have matched. A run loops on its state.
    state = 1
    step = literals.get
    loops = run | any_run
    for character in text:
        if character == "/":
            state = ((state & step(character, 0)) << 1) | (state & any_run)
        else:
            state = ((state & (step(character, 0) | single)) << 1) | (state & loops)
        if not state:
            return False
    return bool(state & accept)


def _automaton(pattern: str) -> tuple[dict[str, int], int, int, int, int]:
    """Bit sets over states: per character where it is literal, where `?`, `*` and `**` stand, and the accepting one."""
    literals: dict[str, int] = {}
    single = run = any_run = 0
    bit = 1
    index = 0
    while index < len(pattern):
        character = pattern[index]
        if character == "*":
            if pattern.startswith("**", index):
                any_run |= bit
                index += 1
            else:
                run |= bit
        else:
            if character == "?":
                single |= bit
            else:
                if character == "\\":
                    index += 1
                    character = pattern[index]
                literals[character] = literals.get(character, 0) | bit
            bit <<= 1
        index += 1
    return literals, single, run, any_run, bit
