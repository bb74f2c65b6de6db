"""Small definitions, straight from docs/spec, that the encodings need where z3 is not asked."""

from __future__ import annotations


def glob_matches(pattern: str, text: str) -> bool:
    """Whether a glob matches the whole text, by trying every split."""
    if not pattern:
        return not text
    if pattern.startswith("**"):
        return any(glob_matches(pattern[2:], text[at:]) for at in range(len(text) + 1))
    if pattern[0] == "*":
        run = text.partition("/")[0]
        return any(glob_matches(pattern[1:], text[at:]) for at in range(len(run) + 1))
    if not text:
        return False
    if pattern[0] == "?":
        return text[0] != "/" and glob_matches(pattern[1:], text[1:])
    literal = pattern[1:2] if pattern[0] == "\\" else pattern[0]
    return text[0] == literal and glob_matches(pattern[2 if pattern[0] == "\\" else 1 :], text[1:])
