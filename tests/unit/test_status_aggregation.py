"""Aggregations: which lists an issuer has. Nobody signs one, so it can name lists to fetch and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.scene import ALICE, MALLORY, NOW, Clock
from tests.unit.status_scene import signed_token, token_claims

from attorn.errors import AttornError, InputError, LimitError, MalformedError, StatusError, UnavailableError
from attorn.status import Publisher, aggregated, read_aggregation, refresh, verify, write_aggregation
from attorn.status.aggregation import ACCEPT, MOST, MOST_BYTES
from attorn.store import MemoryStore

AT = "https://issuer.example/all"
ONE, TWO = "https://issuer.example/lists/1", "https://issuer.example/lists/2"


class Pages:
    """A transport that has these pages."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, str, int]] = []

    def get(self, url: str, *, accept: str, most: int) -> Any:
        self.asked.append((url, accept, most))
        found = self.pages[url]
        if isinstance(found, Exception):
            raise found
        return found


def test_an_aggregation_is_written_and_read() -> None:
    assert write_aggregation([ONE, TWO]) == f'{{"status_lists":["{ONE}","{TWO}"]}}'.encode()
    assert read_aggregation(write_aggregation([ONE, TWO])) == (ONE, TWO)
    assert read_aggregation(json.dumps({"status_lists": [TWO, ONE, TWO], "more": 1})) == (TWO, ONE)
    assert read_aggregation(write_aggregation([])) == ()


def test_lists_are_followed_from_the_list_that_names_its_aggregation() -> None:
    publishers = [Publisher(uri, entries=16) for uri in (ONE, TWO)]
    texts = [each.publish(ALICE, clock=Clock(), aggregation=AT) for each in publishers]
    pages = Pages({AT: write_aggregation([ONE, TWO]), ONE: texts[0].encode(), TWO: texts[1].encode()})
    (known,) = verify(texts[0])
    assert known.aggregation == AT
    found = refresh(MemoryStore(), aggregated(AT, pages), pages, clock=Clock())
    assert pages.asked[0] == (AT, ACCEPT, MOST_BYTES)
    assert [(each.uri, each.error, len(each.lists)) for each in found] == [(ONE, None, 1), (TWO, None, 1)]


def test_attack_107_an_aggregation_brings_no_list_of_a_stranger() -> None:
    foreign = "https://bob.example/1"
    pages = Pages(
        {
            AT: write_aggregation([ONE, foreign]),
            ONE: signed_token(token_claims(sub=ONE)).encode(),
            foreign: signed_token(token_claims(sub=foreign, iss=MALLORY.did), by=MALLORY).encode(),
        }
    )
    store = MemoryStore()
    good, bad = refresh(store, aggregated(AT, pages), pages, issuers=[ALICE.did], clock=Clock())
    assert (good.error, type(bad.error), bad.lists) == (None, StatusError, ())
    (both,) = refresh(store, [foreign], pages, issuers=[ALICE.did, MALLORY.did], clock=Clock())
    assert both.error is None
    with pytest.raises(InputError):
        refresh(store, [ONE], pages, issuers=ALICE.did)


@pytest.mark.parametrize(
    "uri", ["http://issuer.example/1", "https://127.1/", "file:///etc/passwd", "https://u@a.example/"]
)
def test_attack_108_what_an_aggregation_names_is_followed_no_further_than_anything(uri: str) -> None:
    pages = Pages({AT: write_aggregation([uri, ONE]), ONE: signed_token(token_claims(sub=ONE)).encode()})
    bad, good = refresh(MemoryStore(), aggregated(AT, pages), pages, clock=Clock())
    assert (type(bad.error), good.error) == (StatusError, None)
    assert [url for url, _, _ in pages.asked] == [AT, ONE]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b'{"status_lists": null}',
        b'{"status_lists": "https://a.example/1"}',
        b'{"status_lists": {"0": "https://a.example/1"}}',
        b'{"status_lists": [1]}',
        b'{"status_lists": [null]}',
        b'{"status_lists": [["https://a.example/1"]]}',
        b'{"status_lists": ["/lists/1"]}',
        b'{"status_lists": ["https://a.example/#list"]}',
        b'{"status_lists": ["https://a.example/ 1"]}',
        b'{"status_lists": [], "status_lists": []}',
        b'{"status_lists": []} ,',
        b'{"status_list": ["https://a.example/1"]}',
        json.dumps({"status_lists": [f"https://a.example/{number}" for number in range(MOST + 1)]}).encode(),
        json.dumps({"status_lists": [ONE], "x": "a" * MOST_BYTES}).encode(),
        b'{"status_lists": [[[[[[[[]]]]]]]]}',
    ],
    ids=lambda body: f"{body!r:.40}",
)
def test_what_is_no_aggregation(body: bytes) -> None:
    for read in (read_aggregation, lambda body: aggregated(AT, Pages({AT: body}))):
        with pytest.raises((MalformedError, LimitError, UnavailableError)):
            read(body)


@pytest.mark.parametrize(
    "answer", [None, "text", bytearray(b"{}"), OSError("down"), KeyError("x"), b"a" * (MOST_BYTES + 1)]
)
def test_what_could_not_be_had(answer: Any) -> None:
    with pytest.raises(UnavailableError):
        aggregated(AT, Pages({AT: answer}))


@pytest.mark.parametrize(
    "uri", ["http://issuer.example/all", "https://user@issuer.example/", "ftp://a.example/", "", None]
)
def test_attack_108_an_aggregation_that_is_not_fetched(uri: Any) -> None:
    pages = Pages({uri: write_aggregation([ONE])})
    with pytest.raises(AttornError) as caught:
        aggregated(uri, pages)
    assert isinstance(caught.value, StatusError | MalformedError)
    assert pages.asked == []


def test_plain_http_to_this_machine_if_asked() -> None:
    local = "http://127.0.0.1:8000/all"
    assert aggregated(local, Pages({local: write_aggregation([ONE])}), loopback=True) == (ONE,)
    with pytest.raises(StatusError):
        aggregated(local, Pages({}))


@pytest.mark.parametrize("uris", [ONE, [ONE, ONE], ["/lists/1"], [None], [f"{ONE}{n}" for n in range(MOST + 1)]])
def test_what_is_not_written(uris: Any) -> None:
    with pytest.raises(InputError):
        write_aggregation(uris)


def test_only_a_token_list_names_an_aggregation() -> None:
    for aggregation in (AT, "x"):
        with pytest.raises(InputError):
            Publisher(ONE, kind="revocation").publish(ALICE, clock=Clock(), aggregation=aggregation)
    publisher = Publisher(ONE, entries=16)
    with pytest.raises(InputError):
        publisher.publish(ALICE, clock=Clock(), aggregation="lists")
    assert verify(publisher.publish(ALICE, clock=Clock()))[0].issued == NOW
