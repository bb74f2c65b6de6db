"""Origins, in one spelling each, and nothing that is more than one."""

from __future__ import annotations

from typing import Any

import pytest

from attorn.errors import InputError
from attorn.request.origin import checked_origin


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://Calendar.example", "https://calendar.example"),
        ("HTTPS://calendar.example:443/", "https://calendar.example"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[0:0::1]:8080", "http://[::1]:8080"),
    ],
)
def test_origins(text: str, normal: str) -> None:
    assert checked_origin(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "calendar.example",
        "//calendar.example",
        "/",
        "ftp://calendar.example",
        "cal://alice",
        "https://",
        "https://a/b",
        "https://a@b",
        "https://a:b@c",
        "https://a?b",
        "https://a#b",
        "https://a:0",
        "https://a:99999",
        "https://a b",
        "https://a\\b",
        "https://\u00e9.example",
        "https://a/..",
        None,
        b"https://a",
    ],
)
def test_no_origins(text: Any) -> None:
    with pytest.raises(InputError):
        checked_origin(text)
