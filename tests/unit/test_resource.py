"""Resources: one normal form, prefixes at segment boundaries, everything ambiguous refused (attacks D, 130)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError
from attorn.request.resource import MOST_CHARACTERS, MOST_SEGMENTS, ancestors, normalise

ALREADY_NORMAL = [
    "cal://alice",
    "cal://alice/2026-11/x",
    "/",
    "/data",
    "/data/a",
    "a",
    "a/b",
    "https://example.com/a;v=1/@me",
    "https://example.com:8443/a",
    "http://example.com:443",
    "http://localhost:8000/x",
    "s3+v2://my_bucket/k-1",
    "http://[2001:db8::1]/x",
    "http://[::1]:8080",
    "did:web:calendar.example",
    "/.hidden/...",
    "/a%2Cb",
    "/%25",
    "/%C3%A9",
]

SPELLINGS = [
    ("CAL://Alice", "cal://alice"),
    ("cal://alice/", "cal://alice"),
    ("/data/a/", "/data/a"),
    ("a/", "a"),
    ("./a/b", "a/b"),
    ("a/../b", "b"),
    ("/a/./b/../c", "/a/c"),
    ("/a/b/..", "/a"),
    ("/a/.", "/a"),
    ("/..data", "/..data"),
    ("/.", "/"),
    ("http://h/a/..", "http://h"),
    ("/a/%2e%2E/b", "/b"),
    ("/%64ata/%7Ea", "/data/~a"),
    ("/a%2c%3b", "/a%2C%3B"),
    ("/é", "/%C3%A9"),
    ("/%c3%a9", "/%C3%A9"),
    ("/a b", "/a%20b"),
    ('/a"b', "/a%22b"),
    ("/{x}|^`", "/%7Bx%7D%7C%5E%60"),
    ("HTTP://Example.COM:80/A", "http://example.com/A"),
    ("https://example.com:443", "https://example.com"),
    ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]"),
]

REFUSED = {
    "13-empty": "",
    "13-nul": "/a\0",
    "13-lone-surrogate": "/a\ud800",
    "14-byte-order-mark": "\ufeff/a",
    "52-not-nfc": "/e\u0301",
    "52-kelvin-sign": "/\u212a",
    "52-bidi": "/a\u202eb",
    "52-zero-width": "/a\u200bb",
    "52-line-separator": "/a\u2028b",
    "52-encoded-zero-width": "/a%E2%80%8Bb",
    "52-encoded-not-nfc": "/e%CC%81",
    "52-fullwidth-host": "http://ex\uff41mple.com/",
    "52-cyrillic-host": "cal://\u0430lice/x",
    "53-above-root": "/..",
    "53-above-root-later": "/a/../../b",
    "53-above-root-encoded": "/a/%2e%2e/%2e%2e",
    "53-above-authority": "cal://alice/../bob",
    "53-above-relative": "../a",
    "53-nothing-left": "a/..",
    "53-only-dot": ".",
    "53-double-slash": "/a//b",
    "53-double-slash-end": "/a//",
    "53-double-slash-start": "//host/a",
    "53-double-slash-authority": "http://h//",
    "53-backslash": "/a\\..\\b",
    "53-encoded-slash": "/a%2fb",
    "53-encoded-slash-upper": "/a%2Fb",
    "53-encoded-backslash": "/a%5cb",
    "53-encoded-nul": "/a%00",
    "53-encoded-newline": "/a%0Ab",
    "53-encoded-delete": "/a%7f",
    "53-encoded-c1": "/a%C2%80",
    "53-dots-with-parameter": "/a/..;v=1/b",
    "53-dot-with-parameter": "/a/.;/b",
    "53-dots-with-encoded-parameter": "/a/..%3bx/b",
    "53-encoded-dots-with-parameter": "/a/%2e%2e;/b",
    "54-trailing-dot-host": "http://example.com./a",
    "54-leading-dot-host": "http://.example.com",
    "54-empty-label": "http://a..b/",
    "55-userinfo": "http://alice@evil.example/",
    "55-userinfo-password": "http://a:b@evil.example/",
    "55-encoded-authority": "http://ex%61mple.com/",
    "55-tab-in-scheme": "ht\ttp://a/",
    "55-empty-authority": "file:///etc/passwd",
    "55-space-in-host": "http://a b/",
    "55-scheme-without-slashes": "http:/example.com/a",
    "55-scheme-alone": "http:",
    "55-scheme-after-dots": "a/../http:/b",
    "query": "/a?x=1",
    "fragment": "/a#b",
    "port-empty": "http://a:/",
    "port-zero": "http://a:0/",
    "port-leading-zero": "http://a:080/",
    "port-too-large": "http://a:65536/",
    "port-text": "http://a:http/",
    "port-fullwidth": "http://a:\uff18\uff10/",
    "ipv6-zone": "http://[fe80::1%25eth0]/",
    "ipv6-mapped": "http://[::ffff:127.0.0.1]/",
    "ipv6-open": "http://[::1/",
    "ipv6-nonsense": "http://[::1::2]/",
    "label-64": f"http://{'a' * 64}.example/",
    "host-254": "http://" + ".".join(["a" * 49] * 5) + ".abcd/",
    "escape-cut": "/a%2",
    "escape-not-hex": "/a%zz",
    "escape-lone": "/100%",
    "escape-not-utf8": "/%ff",
    "escape-overlong": "/%C0%AF",
    "escape-surrogate": "/%ED%A0%80",
    "130-encoded-twice": "/a%252fb",
    "130-encoded-twice-in-parts": "/a%25%32%66b",
    "4-characters": "/" + "a" * MOST_CHARACTERS,
    "4-characters-after-encoding": "/" + "é" * 400,
    "4-segments": "/a" * (MOST_SEGMENTS + 1),
    "4-segments-relative": "a" + "/a" * MOST_SEGMENTS,
    "4-characters-encoded-by-one": "/" + "é" * 341 + "aa",
    "4-segments-before-dots": "/a/.." * (MOST_SEGMENTS // 2) + "/b",
}


@pytest.mark.parametrize("resource", ALREADY_NORMAL)
def test_a_normal_form_stays(resource: str) -> None:
    assert normalise(resource) == resource


@pytest.mark.parametrize(("resource", "normal"), SPELLINGS)
def test_spellings_of_one_resource_meet(resource: str, normal: str) -> None:
    assert normalise(resource) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize("resource", REFUSED.values(), ids=REFUSED.keys())
def test_refused(resource: str) -> None:
    with pytest.raises(InputError) as caught:
        normalise(resource)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", [None, 1, True, b"/a", ["/a"], object()], ids=lambda value: type(value).__name__)
def test_56_only_text_is_a_resource(value: object) -> None:
    with pytest.raises(InputError):
        normalise(value)  # type: ignore[arg-type]


TOLD = {
    "13-empty": "expected text, got an empty string",
    "13-nul": "control, format, separator or surrogate character in",
    "13-lone-surrogate": "control, format, separator or surrogate character in",
    "52-bidi": "control, format, separator or surrogate character in",
    "52-not-nfc": "expected Unicode normalisation form C",
    "52-kelvin-sign": "expected Unicode normalisation form C",
    "52-encoded-zero-width": "percent-encoding hides a control or uncomposed character",
    "52-encoded-not-nfc": "percent-encoding hides a control or uncomposed character",
    "53-backslash": "is not part of a resource; put queries into args",
    "53-double-slash": "empty segment",
    "53-encoded-slash": "encoded separator %2f",
    "53-dot-with-parameter": "dot segment with a parameter",
    "53-nothing-left": "a relative path must name something",
    "53-above-root": "climbs above its root",
    "55-scheme-alone": "expected '//' after the scheme",
    "55-userinfo": "expected host or host:port in plain ASCII",
    "ipv6-mapped": "expected an IPv6 address in brackets",
    "port-too-large": "expected a port of 1 to 65535, got 65536",
    "escape-cut": "malformed percent-encoding",
    "escape-not-utf8": "percent-encoding is not UTF-8",
    "130-encoded-twice": "percent-encoded twice",
    "4-characters": "expected at most 2048 characters, got 2049",
    "4-characters-encoded-by-one": "expected at most 2048 characters after encoding, got 2049",
    "4-segments": "expected at most 64 segments, got 65",
    "4-segments-relative": "expected at most 64 segments, got 65",
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_is_told(name: str) -> None:
    with pytest.raises(InputError) as caught:
        normalise(REFUSED[name])
    assert str(caught.value).startswith("resource: ")
    assert TOLD[name] in str(caught.value)


def test_sizes_at_the_boundary() -> None:
    assert (MOST_CHARACTERS, MOST_SEGMENTS) == (2048, 64)
    assert len(normalise("/" + "é" * 341 + "a")) == MOST_CHARACTERS
    assert normalise("a" + "/a" * 63) == "a" + "/a" * 63
    assert normalise("http://a:65535/") == "http://a:65535"
    longest = "/" + "a" * (MOST_CHARACTERS - 1)
    assert normalise(longest) == longest
    most = "/a" * MOST_SEGMENTS
    assert normalise(most) == most
    assert normalise("h://a" + most) == "h://a" + most
    host = ".".join(["a" * 49] * 5) + ".abc"
    assert len(host) == 253
    assert normalise(f"http://{host}/x") == f"http://{host}/x"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("cal://alice/2026-11/x", {"cal://alice", "cal://alice/2026-11", "cal://alice/2026-11/x"}),
        ("cal://alice", {"cal://alice"}),
        ("/data/a", {"/", "/data", "/data/a"}),
        ("/", {"/"}),
        ("a/b", {"a", "a/b"}),
        ("a", {"a"}),
    ],
)
def test_ancestors(resource: str, expected: set[str]) -> None:
    assert ancestors(resource) == expected


@pytest.mark.parametrize(
    ("limit", "asked"),
    [
        ("/data/a", "/data/ab"),
        ("/data/a", "/data"),
        ("/data/a", "/data/a;v=1"),
        ("/data/a", "/data/a."),
        ("/data/a", "/data/a "),
        ("/data/a", "/data/a%2Cb/c"),
        ("/data/a", "/DATA/a"),
        ("/data/a", "data/a"),
        ("cal://alice", "cal://alice.evil.example"),
        ("cal://alice", "cal://alice-2/x"),
        ("cal://alice", "cal2://alice/x"),
        ("cal://alice", "/cal:/alice"),
        ("http://example.com", "http://example.com:8080/a"),
        ("http://example.com", "https://example.com/a"),
        ("/data/ſ", "/data/s"),
        ("/data/\uff0f", "/data/x"),
    ],
)
def test_53_54_a_limit_does_not_cover_its_neighbours(limit: str, asked: str) -> None:
    assert normalise(limit) not in ancestors(normalise(asked))


WORDS = [
    "a",
    "b",
    "ab",
    ".",
    "..",
    "...",
    "%2e",
    "%41",
    "%7E",
    "%c3%a9",
    "é",
    "a b",
    ";",
    "..;",
    "%25",
    "%2541",
    "~",
    "",
]
STARTS = ["", "/", "cal://alice/", "HTTP://H:80/", "http://[::1]/", "http:", "//"]


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.sampled_from(STARTS), st.lists(st.sampled_from(WORDS), max_size=6))
def test_normalise_is_idempotent(start: str, words: list[str]) -> None:
    try:
        normal = normalise(start + "/".join(words))
    except InputError:
        return
    assert normalise(normal) == normal
    # The shortcut for what is normal already agrees with the long way, which a slash at the end enforces.
    assert normal == "/" or normalise(normal + "/") == normal
    assert normal.isascii()
    assert not any(segment in (".", "..") for segment in normal.split("/"))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.text(max_size=30))
def test_9_any_text_is_normalised_or_refused(text: str) -> None:
    for resource in (text, "/" + text, "a://b/" + text, "a://" + text):
        try:
            normal = normalise(resource)
        except InputError:
            continue
        assert normalise(normal) == normal


SEGMENTS = st.lists(
    st.text("ab.~;=", min_size=1, max_size=3).filter(lambda s: s[0] not in ".;"), min_size=1, max_size=5
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(["cal://alice", ""]), SEGMENTS, SEGMENTS)
def test_law_of_ancestors(root: str, upper: list[str], lower: list[str]) -> None:
    """A limit is an ancestor exactly if its segments are the first segments of what is asked."""
    limit = normalise("/".join([root, *upper]))
    assert limit in ancestors(normalise("/".join([root, *upper, *lower])))
    asked = normalise("/".join([root, *lower]))
    assert (limit in ancestors(asked)) == (lower[: len(upper)] == upper)
    assert all(above in ancestors(asked) and ancestors(above) <= ancestors(asked) for above in ancestors(asked))
