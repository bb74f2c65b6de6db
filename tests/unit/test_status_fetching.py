"""Refreshing lists through a transport that may answer anything: one bad list stops no other, and none is raised."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.scene import MALLORY, NOW
from tests.unit.status_scene import URI, credential, signed_bitstring, signed_token, token_claims

from attorn.did.resolver import LocalResolver, Resolver
from attorn.errors import (
    AttornError,
    InputError,
    MalformedError,
    RollbackError,
    SignatureError,
    StatusError,
    UnavailableError,
)
from attorn.status import BitstringEntry, Refreshed, TokenReference, refresh
from attorn.status.fetching import ACCEPT, require_fetchable
from attorn.status.status_list import MOST_CHARACTERS


class Pages:
    """A transport that has these pages, and remembers who asked."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def get(self, url: str, *, accept: str, most: int) -> bytes:
        assert (accept, most) == (ACCEPT, MOST_CHARACTERS)
        self.asked.append(url)
        page = self.pages[url]
        if isinstance(page, Exception):
            raise page
        return page  # type: ignore[no-any-return]


class Kept:
    """A store that keeps what it is given, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.texts: list[str] = []

    def apply(self, signed: str, *, resolver: Resolver | None = None) -> None:
        assert isinstance(resolver, LocalResolver)
        if self.failure:
            raise self.failure
        self.texts.append(signed)


def uri(number: int) -> str:
    return f"https://issuer.example/lists/{number}"


def page(number: int, **changed: Any) -> bytes:
    return signed_token(token_claims(sub=uri(number), **changed)).encode()


def outcome(body: Any, store: Kept | None = None, at: str = URI) -> Refreshed:
    (found,) = refresh(store or Kept(), [at], Pages({at: body}))
    return found


def test_lists_are_fetched_once_each_and_kept() -> None:
    pages = Pages({uri(1): page(1), uri(2): signed_bitstring(credential(id=uri(2))).encode()})
    store = Kept()
    wanted = [uri(1), TokenReference(uri(1), 5), BitstringEntry(uri(2), 5), BitstringEntry(uri(2), 6)]
    first, second = refresh(store, wanted, pages)
    assert pages.asked == [uri(1), uri(2)]
    assert (first.uri, first.error, first.lists[0].issued) == (uri(1), None, NOW)
    assert second.lists[0].uri == uri(2)
    assert store.texts == [body.decode() for body in pages.pages.values()]
    assert refresh(store, [], pages) == ()


def test_one_bad_list_stops_no_other() -> None:
    pages = Pages({uri(1): b"junk", uri(2): page(2), uri(3): OSError("down"), uri(4): page(4)})
    results = refresh(Kept(), [uri(number) for number in (1, 2, 3, 4)], pages)
    assert [type(result.error) for result in results] == [MalformedError, type(None), UnavailableError, type(None)]
    assert [bool(result.lists) for result in results] == [False, True, False, True]


ELSEWHERE = signed_token(token_claims(sub=uri(2))).encode()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (ELSEWHERE, StatusError),
        (signed_bitstring(credential(id=uri(2))).encode(), StatusError),
        (signed_token(token_claims(), by=MALLORY).encode(), SignatureError),
        (b"", MalformedError),
        (b"<html>", MalformedError),
        (b"\xff\xfe", MalformedError),
        (signed_token(token_claims()).encode() + b"\n", MalformedError),
        (None, UnavailableError),
        ("text", UnavailableError),
        (bytearray(b"a"), UnavailableError),
        (b"a" * (MOST_CHARACTERS + 1), UnavailableError),
        (OSError("down"), UnavailableError),
        (KeyError("x"), UnavailableError),
        (UnavailableError("status 500"), UnavailableError),
    ],
)
def test_attack_107_what_cannot_be_used_is_told_and_not_kept(body: Any, error: type[AttornError]) -> None:
    store = Kept()
    found = outcome(body, store)
    assert type(found.error) is error
    assert found.lists == ()
    assert store.texts == []


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (RollbackError("older"), RollbackError),
        (UnavailableError("locked"), UnavailableError),
        (OSError("disk"), UnavailableError),
    ],
)
def test_attack_107_what_the_store_refuses_is_told(failure: Exception, error: type[AttornError]) -> None:
    found = outcome(signed_token(token_claims()).encode(), Kept(failure))
    assert type(found.error) is error
    assert found.lists == ()


FORBIDDEN = [
    "http://issuer.example/lists/1",
    "HTTPS://issuer.example/lists/1",
    "https://user@issuer.example/1",
    "https://user:pw@issuer.example/1",
    "https://issuer.example\\@evil.example/",
    "https://issuer.example?x/1",
    "https://issuer.example/1#list",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://[::ffff:127.0.0.1]/",
    "https://issuer.example:0/",
    "https://issuer.example:99999/",
    "https://issuer.example./",
    "https:///lists/1",
    "https://",
    "https:lists/1",
    "//issuer.example/1",
    "/lists/1",
    "",
    "file:///etc/passwd",
    "ftp://issuer.example/1",
    "wss://issuer.example/1",
    "data:application/statuslist+jwt,a.b.c",
    "did:web:issuer.example",
    "https://issuer.example/ 1",
    "https://issu\u00e9r.example/",
    "https://issuer.example/" + "a" * 3000,
]


@pytest.mark.parametrize("at", FORBIDDEN, ids=lambda at: f"{at:.40}")
def test_attack_108_a_url_that_is_not_followed(at: str) -> None:
    pages = Pages({at: signed_token(token_claims()).encode()})
    for loopback in (False, True):
        (found,) = refresh(Kept(), [at], pages, loopback=loopback)
        assert isinstance(found.error, StatusError | MalformedError)
    assert pages.asked == []


@pytest.mark.parametrize("at", ["http://127.0.0.1:8000/1", "http://localhost/1", "http://[::1]:8000/1"])
def test_plain_http_only_to_this_machine_and_only_if_asked(at: str) -> None:
    require_fetchable(at, loopback=True)
    with pytest.raises(StatusError):
        require_fetchable(at)


@pytest.mark.parametrize("at", ["http://127.0.0.2/1", "http://localhost.example/1", "http://10.0.0.1/1"])
def test_plain_http_to_no_other_machine(at: str) -> None:
    for loopback in (False, True):
        with pytest.raises(StatusError):
            require_fetchable(at, loopback=loopback)


@pytest.mark.parametrize("wanted", [None, 5, b"https://a.example/", ("https://a.example/", 1)])
def test_what_names_no_list(wanted: Any) -> None:
    with pytest.raises(InputError):
        refresh(Kept(), [wanted], Pages({}))
