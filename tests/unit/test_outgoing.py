"""A request that a client is about to send: where it goes, and its body, whatever it is made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from attorn.errors import InputError
from attorn.outgoing import Target, aload_content, load_content, target_of

URL = "https://shop.example/a"


def now() -> Iterator[bytes]:
    yield from (b"ab", b"c")


async def later() -> AsyncIterator[bytes]:
    yield b"ab"
    yield b"c"


def spent() -> httpx.Request:
    """Its stream was read by somebody who kept nothing."""
    request = httpx.Request("POST", URL, content=now())
    assert isinstance(request.stream, httpx.SyncByteStream)
    assert list(request.stream)
    return request


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (URL, Target("https://shop.example", "/a", "")),
        ("https://shop.example", Target("https://shop.example", "/", "")),
        ("https://user:word@SHOP.example:443/a?b#c", Target("https://shop.example", "/a", "b")),
        ("http://shop.example:81/%C3%BC//x?b=%20&b?", Target("http://shop.example:81", "/%C3%BC//x", "b=%20&b?")),
        ("https://b\u00fccher.example/\u00fc?\u00fc", Target("https://xn--bcher-kva.example", "/%C3%BC", "%C3%BC")),
        ("https://[::1]:8443/", Target("https://[::1]:8443", "/", "")),
    ],
)
def test_where_it_goes(url: str, target: Target) -> None:
    assert target_of(httpx.Request("GET", url)) == target


@pytest.mark.parametrize("content", [b"abc", "abc", now])
def test_a_body_is_read_and_stays(content: Any) -> None:
    request = httpx.Request("POST", URL, content=content() if callable(content) else content)
    assert (load_content(request), load_content(request), request.content) == (b"abc",) * 3


@pytest.mark.parametrize("content", [b"abc", "abc", later])
def test_a_body_is_read_and_stays_in_a_loop(content: Any) -> None:
    request = httpx.Request("POST", URL, content=content() if callable(content) else content)
    assert (asyncio.run(aload_content(request)), request.content) == (b"abc", b"abc")


@pytest.mark.parametrize("made", [lambda: httpx.Request("POST", URL, content=later()), spent])
def test_a_body_that_no_synchronous_client_can_read(made: Callable[[], httpx.Request]) -> None:
    with pytest.raises(InputError):
        load_content(made())


@pytest.mark.parametrize("made", [lambda: httpx.Request("POST", URL, content=now()), spent])
def test_a_body_that_no_asynchronous_client_can_read(made: Callable[[], httpx.Request]) -> None:
    with pytest.raises(InputError):
        asyncio.run(aload_content(made()))


def unlike(**parts: Any) -> SimpleNamespace:
    """A request with a part that is another, or with None for it is not there."""
    request = httpx.Request("POST", URL, content=b"x")
    names = ("method", "headers", "url", "read", "aread")
    whole = {name: getattr(request, name) for name in names} | {"content": b"x"} | parts
    return SimpleNamespace(**{name: value for name, value in whole.items() if value is not None})


OTHERS: dict[str, Any] = {
    "none": None,
    "number": 5,
    "text": URL,
    "bytes": b"GET / HTTP/1.1",
    "class": httpx.Request,
    "response": httpx.Response(200),
    "url": httpx.URL(URL),
    "no-method": unlike(method=None),
    "method": unlike(method=b"POST"),
    "no-headers": unlike(headers=None),
    "headers": unlike(headers=[("a", "b")]),
    "no-url": unlike(url=None),
    "url-text": unlike(url=URL),
    "no-body": unlike(read=None, aread=None),
    "body": unlike(read=b"x", aread=b"x"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_request(name: str) -> None:
    with pytest.raises(InputError, match="request"):
        load_content(OTHERS[name])
    with pytest.raises(InputError, match="request"):
        asyncio.run(aload_content(OTHERS[name]))


def test_a_request_of_another_client_is_one() -> None:
    """What it has for the other kind of client does not matter."""
    assert load_content(unlike(aread=None)) == b"x"  # type: ignore[arg-type]
    assert asyncio.run(aload_content(unlike(read=None))) == b"x"  # type: ignore[arg-type]
