"""File paths: below a folder, or refused (attacks 52, 53)."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError
from attorn.request.filepath import MOST_CHARACTERS, MOST_SEGMENTS, plain, subpaths

REFUSED = {
    "13-empty": "",
    "13-nul": "/a\0/b",
    "13-surrogate": "/a\udc80",
    "52-not-nfc": "/e\u0301",
    "52-bidi": "/a\u202e",
    "52-zero-width": "/a\u200b",
    "53-relative": "a/b",
    "53-home": "~/a",
    "53-dot": "/a/./b",
    "53-dots": "/a/../b",
    "53-dots-end": "/a/..",
    "53-dot-first": "/.",
    "53-double-slash": "/a//b",
    "53-double-slash-start": "//a",
    "53-double-slash-end": "/a//",
    "53-only-slashes": "//",
    "53-backslash": "/a\\..\\b",
    "53-drive": "C:/a",
    "53-url": "file:///a",
    "53-newline": "/a\n",
    "53-encoded-dots": "/a/%2e%2E/b",
    "53-encoded-slash": "/a%2Fb",
    "53-encoded-backslash": "/a%5cb",
    "53-encoded-nul": "/a%00",
    "53-encoded-percent": "/a%252e",
    "4-characters": "/" + "a" * MOST_CHARACTERS,
    "4-segments": "/a" * (MOST_SEGMENTS + 1),
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"/"}),
        ("/a", {"/", "/a"}),
        ("/a/", {"/", "/a"}),
        ("/data/a/x", {"/", "/data", "/data/a", "/data/a/x"}),
        ("/.hidden/...", {"/", "/.hidden", "/.hidden/..."}),
        ("/100%/é", {"/", "/100%", "/100%/é"}),
        ("/A b", {"/", "/A b"}),
    ],
)
def test_subpaths(path: str, expected: set[str]) -> None:
    assert subpaths(path) == frozenset(expected)
    assert plain(path) in expected


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_refused(path: str) -> None:
    assert subpaths(path) is None
    with pytest.raises(InputError):
        plain(path)


@pytest.mark.parametrize("value", [None, 1, True, b"/a", ["/a"]], ids=repr)
def test_56_only_text_is_a_path(value: object) -> None:
    assert subpaths(value) is None  # type: ignore[arg-type]
    with pytest.raises(InputError):
        plain(value)  # type: ignore[arg-type]


def test_sizes_at_the_boundary() -> None:
    assert (MOST_CHARACTERS, MOST_SEGMENTS) == (4096, 64)
    assert plain("/" + "a" * (MOST_CHARACTERS - 1))
    for segment in ("/a", "/é"):
        assert len(subpaths(segment * MOST_SEGMENTS) or ()) == MOST_SEGMENTS + 1
        assert subpaths(segment * (MOST_SEGMENTS + 1)) is None


@pytest.mark.parametrize("asked", ["/data/ab", "/data", "/data/A", "/data/a.", "/data/a ", "/data/a;x", "/x/data/a"])
def test_53_a_folder_does_not_cover_its_neighbours(asked: str) -> None:
    assert plain("/data/a") not in (subpaths(asked) or ())


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.text("ab./%25eé\\", max_size=12), st.text("ab./", max_size=6))
def test_what_is_accepted_is_what_the_standard_library_calls_normal(path: str, folder: str) -> None:
    found = subpaths("/" + path)
    if found is None:
        return
    normal = plain("/" + path)
    assert posixpath.normpath(normal) == normal
    limit = posixpath.normpath("/" + folder.lstrip("/"))
    assert (limit in found) == (posixpath.commonpath([limit, normal]) == limit)
