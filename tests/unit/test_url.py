"""Hosts of URLs: found only where every parser finds the same one (attacks 34, 35, 52, 54, 55)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError
from attorn.request.url import host_pattern, hosts

FOUND = [
    ("https://a.b.example.com/x", {"a.b.example.com", "*.b.example.com", "*.example.com", "*.com"}),
    ("HTTP://Example.COM", {"example.com", "*.com"}),
    ("wss://localhost:8080/chat?x=1#y", {"localhost"}),
    ("ws://a_b.example/", {"a_b.example", "*.example"}),
    ("https://xn--bcher-kva.example/", {"xn--bcher-kva.example", "*.example"}),
    ("https://example.com/@user:8/?q=http://evil.example/", {"example.com", "*.com"}),
    ("https://example.com/a//b", {"example.com", "*.com"}),
    ("https://example.com/ü", {"example.com", "*.com"}),
    ("http://127.0.0.1/", {"127.0.0.1"}),
    ("http://[2001:DB8:0:0:0:0:0:1]:65535/", {"[2001:db8::1]"}),
    ("http://1.2.3.4.example/", {"1.2.3.4.example", "*.2.3.4.example", "*.3.4.example", "*.4.example", "*.example"}),
    ("http://0xg.example/", {"0xg.example", "*.example"}),
]

REFUSED = {
    "13-empty": "",
    "13-blank": " ",
    "13-nul": "https://example.com\0.evil.example/",
    "34-tab": "https://exam\tple.com/",
    "34-newline-end": "https://example.com/\n",
    "34-leading-space": " https://example.com/",
    "34-space-in-path": "https://example.com/a b",
    "34-no-break-space": "https://example.com/a\u00a0b",
    "34-backslash": "https://example.com\\@evil.example/",
    "34-backslash-in-path": "https://example.com/\\evil.example",
    "34-backslash-scheme": "https:\\\\example.com",
    "34-encoded-host": "https://ex%61mple.com/",
    "34-encoded-slash": "https://example.com%2f.evil.example/",
    "34-encoded-port": "https://example.com%3A80/",
    "35-decimal": "http://2130706433/",
    "35-hex": "http://0x7f000001/",
    "35-hex-parts": "http://0x7f.0.0.1/",
    "35-hex-last": "http://127.0.0.0x1/",
    "35-hex-empty": "http://a.0x/",
    "35-octal": "http://0177.0.0.1/",
    "35-short": "http://127.1/",
    "35-leading-zero": "http://127.0.0.01/",
    "35-five-parts": "http://1.2.3.4.5/",
    "35-octet-256": "http://1.2.3.256/",
    "35-numeric-last-label": "http://example.1/",
    "35-mapped": "http://[::ffff:127.0.0.1]/",
    "35-mapped-hex": "http://[::ffff:7f00:1]/",
    "35-zone": "http://[fe80::1%25eth0]/",
    "35-ipv6-bare": "http://::1/",
    "35-ipv6-open": "http://[::1/",
    "35-ipv6-tail": "http://[::1].evil.example/",
    "35-ipv6-future": "http://[v1.x]/",
    "35-ipv6-empty": "http://[]/",
    "52-fullwidth-dot": "https://example\uff0ecom/",
    "52-ideographic-dot": "https://example\u3002com/",
    "52-kelvin-host": "https://\u212aelvin.example/",
    "52-kelvin-folds": "http://\u212a/",
    "52-long-s-scheme": "http\u017f://example.com/",
    "52-idn": "https://bücher.example/",
    "52-cyrillic": "https://ex\u0430mple.com/",
    "52-zero-width": "https://example.com/\u200b",
    "52-soft-hyphen": "https://exam\u00adple.com/",
    "54-trailing-dot": "https://example.com./",
    "54-empty-label": "https://example..com/",
    "54-leading-dot": "https://.example.com/",
    "54-hyphen-first": "https://-a.example/",
    "54-hyphen-last": "https://a-.example/",
    "54-label-64": f"https://{'a' * 64}.example/",
    "54-host-254": "https://" + ".".join(["a" * 49] * 5) + ".abcd/",
    "54-wildcard": "https://*.example.com/",
    "55-userinfo": "https://example.com@evil.example/",
    "55-userinfo-password": "https://example.com:80@evil.example/",
    "55-userinfo-empty": "https://@example.com/",
    "55-userinfo-encoded": "https://example.com%40evil.example/",
    "55-fragment-trick": "https://example.com#@evil.example/",
    "55-query-trick": "https://example.com?@evil.example/",
    "55-query-behind-host": "https://example.com?x",
    "55-fragment-behind-port": "https://example.com:80#x",
    "55-semicolon": "https://example.com;evil.example/",
    "55-comma": "https://example.com,evil.example/",
    "port-empty": "https://example.com:/",
    "port-zero": "https://example.com:0/",
    "port-leading-zero": "https://example.com:0443/",
    "port-65536": "https://example.com:65536/",
    "port-text": "https://example.com:https/",
    "port-sign": "https://example.com:+80/",
    "port-twice": "https://example.com:80:80/",
    "no-slashes": "https:example.com",
    "one-slash": "https:/example.com/",
    "three-slashes": "https:///example.com/",
    "slashes-behind": "https://example.com//evil.example",
    "no-host": "https://",
    "no-scheme": "//example.com/",
    "bare-host": "example.com",
    "other-scheme": "ftp://example.com/",
    "javascript": "javascript://example.com/",
    "nested": "view-source:https://example.com/",
}


@pytest.mark.parametrize(("url", "expected"), FOUND)
def test_found(url: str, expected: set[str]) -> None:
    assert hosts(url) == frozenset(expected)


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_refused(url: str) -> None:
    assert hosts(url) is None


@pytest.mark.parametrize("value", [None, 1, True, b"https://example.com", ["https://example.com"]], ids=repr)
def test_56_only_text_is_a_url(value: object) -> None:
    assert hosts(value) is None  # type: ignore[arg-type]


def test_sizes_at_the_boundary() -> None:
    host = ".".join(["a" * 49] * 5) + ".abc"
    assert len(host) == 253
    assert host in (hosts(f"https://{host}:65535/") or ())
    assert hosts(f"https://{'a' * 63}.example") is not None


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("*.example.com", "https://example.com/"),
        ("*.example.com", "https://evilexample.com/"),
        ("*.example.com", "https://example.com.evil/"),
        ("example.com", "https://a.example.com/"),
        ("example.com", "https://example.community/"),
        ("*.0.0.1", "http://127.0.0.1/"),
        ("*.com", "https://com/"),
    ],
)
def test_54_a_pattern_does_not_cover_its_neighbours(pattern: str, url: str) -> None:
    assert pattern not in (hosts(url) or ())


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Example.com", "example.com"),
        ("*.Example.com", "*.example.com"),
        ("*.com", "*.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("2001:DB8:0::1", "[2001:db8::1]"),
    ],
)
def test_host_pattern(text: str, normal: str) -> None:
    assert host_pattern(text) == normal
    assert host_pattern(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "*.", "*.*.com", "a.*.com", "**.com", "*com", "*.127.0.0.1", "*.[::1]", ".com", "example.com.",
        "https://example.com", "example.com/", "example.com:80", "a@b.com", "a b", "bücher.example", "\u212a.example",
        "0x7f.1", "127.1", "2130706433", "::ffff:1.2.3.4", "[::1", "::1]", "fe80::1%1", "a\n", "a" * 64,
        "a." * 127 + "com",
    ],
)  # fmt: skip
def test_host_pattern_refused(text: str) -> None:
    with pytest.raises(InputError):
        host_pattern(text)


@pytest.mark.parametrize("value", [None, 1, True, b"example.com", ["example.com"]], ids=repr)
def test_56_only_text_is_a_pattern(value: object) -> None:
    with pytest.raises(InputError):
        host_pattern(value)  # type: ignore[arg-type]


def test_the_longest_host_of_a_pattern() -> None:
    host = ".".join(["a" * 49] * 5) + ".abc"
    assert [host_pattern(text) for text in (host, f"*.{host}")] == [host, f"*.{host}"]
    for text in (f"{host}d", f"*.{host}d", f"*.{host[:-1]}.d"):
        with pytest.raises(InputError):
            host_pattern(text)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.text("ab.:/@[]%\\#?0x1-é\t", max_size=16))
def test_a_host_that_is_found_is_spelled_in_the_url(rest: str) -> None:
    found = hosts("http://" + rest)
    if found is None:
        return
    host = next(name for name in found if not name.startswith("*."))
    assert host_pattern(host) == host
    if host[0] != "[":
        assert rest.partition("/")[0].partition(":")[0] == host
        assert all(name == host or host.endswith(name[1:]) for name in found)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.ip_addresses(v=6))
def test_ipv6_literals_agree_with_the_standard_library(address: ipaddress.IPv6Address) -> None:
    expected = None if address.ipv4_mapped else {f"[{address.compressed}]"}
    assert hosts(f"http://[{address.exploded}]/") == expected
