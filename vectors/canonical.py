"""Canonical JSON (RFC 8785), as far as text, integers, true, false and null go. Nothing here imports attorn."""

from __future__ import annotations

import json
from typing import Any


def jcs(value: Any) -> bytes:
    """The one spelling of `value`: members in the order of their names in UTF-16, no white space, UTF-8."""
    return _spelt(value).encode()


def _spelt(value: Any) -> str:
    if isinstance(value, float):
        raise TypeError("no case needs a number with a fraction in canonical form")
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_spelt(name)}:{_spelt(value[name])}" for name in names) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_spelt, value)) + "]"
    # The escapes that are left are those of RFC 8785 section 3.2.2.2.
    return json.dumps(value, ensure_ascii=False)
