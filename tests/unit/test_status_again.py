"""When a list is fetched again: not before its `ttl` has passed, but never later than it, or the list, allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.scene import ALICE, MALLORY, NOW, Clock
from tests.unit.status_scene import URI, credential, signed_bitstring, signed_token, token_claims

from attorn.errors import InputError, UnavailableError
from attorn.status import Publisher, Refreshed, refresh
from attorn.status.fetching import LONGEST
from attorn.store import MemoryStore


class Server:
    """A transport that serves this text at every URL, and counts."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.asked = 0

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        self.asked += 1
        return None if self.text is None else self.text.encode()


def fetches(text: str | None, seconds: Sequence[int], **options: Any) -> list[int]:
    """How often the list was fetched after each of these seconds from now, each call told what the last one gave."""
    server, clock, store = Server(text), Clock(), MemoryStore()
    before: tuple[Refreshed, ...] = ()
    counts = []
    for second in seconds:
        clock.second = NOW + second
        before = refresh(store, [URI], server, before=before, clock=clock, **options)
        counts.append(server.asked)
    return counts


def token(**claims: Any) -> str:
    return signed_token(token_claims(**claims))


def test_a_token_list_says_seconds_and_a_bitstring_milliseconds() -> None:
    for text in (token(ttl=300), signed_bitstring(credential({"ttl": 300_000}))):
        assert fetches(text, [0, 1, 299, 300, 301, 599, 600]) == [1, 1, 1, 2, 2, 2, 3]


def test_what_a_publisher_says_is_kept_as_long_in_both_forms() -> None:
    for publisher in (Publisher(URI, entries=16), Publisher(URI, kind="revocation")):
        text = publisher.publish(ALICE, clock=Clock(), ttl=timedelta(minutes=5))
        assert fetches(text, [0, 299, 300]) == [1, 1, 2]


def test_time_counts_from_when_it_was_fetched_and_not_from_when_it_was_signed() -> None:
    assert fetches(token(ttl=300, iat=NOW - 5000), [0, 299, 300]) == [1, 1, 2]


def test_a_list_that_was_kept_is_told_again() -> None:
    server, store = Server(token(ttl=300)), MemoryStore()
    first = refresh(store, [URI], server, clock=Clock())
    assert refresh(store, [URI, URI], server, before=first, clock=Clock()) == first
    assert (first[0].fetched, first[0].lists[0].ttl, server.asked) == (NOW, 300, 1)


def test_without_a_ttl_or_without_what_was_before_it_is_fetched_each_time() -> None:
    assert fetches(token(), [0, 0, 1]) == [1, 2, 3]
    server = Server(token(ttl=300))
    for _ in range(3):
        refresh(MemoryStore(), [URI], server, clock=Clock())
    assert server.asked == 3


def test_attack_107_a_ttl_keeps_no_list_beyond_its_end() -> None:
    assert fetches(token(ttl=300, exp=NOW + 100), [0, 99, 100, 101]) == [1, 1, 2, 3]
    assert fetches(signed_bitstring(credential({"ttl": 300_000}, validUntil="2030-03-17T17:48:20Z")), [0, 99, 100]) == [
        1,
        1,
        2,
    ]


def test_attack_107_no_ttl_is_obeyed_for_ever() -> None:
    assert fetches(token(ttl=2**53 - 1), [0, LONGEST - 1, LONGEST]) == [1, 1, 2]
    assert fetches(token(ttl=2**53 - 1), [0, 59, 60], longest=60) == [1, 1, 2]
    assert fetches(token(ttl=300), [0, 0, 1], longest=0) == [1, 2, 3]


def test_a_clock_that_was_set_back_keeps_nothing() -> None:
    assert fetches(token(ttl=300), [0, -1, -2]) == [1, 2, 3]


def test_what_failed_is_tried_again() -> None:
    assert fetches(None, [0, 0]) == [1, 2]
    assert fetches("<html>", [0, 0]) == [1, 2]


def test_what_is_kept_for_one_uri_says_nothing_of_another() -> None:
    other = "https://issuer.example/lists/2"
    kept = refresh(MemoryStore(), [URI], Server(token(ttl=300)), clock=Clock())
    server = Server(token(ttl=300, sub=other))
    (found,) = refresh(MemoryStore(), [other], server, before=kept, clock=Clock())
    assert (found.uri, found.error, server.asked) == (other, None, 1)


def test_attack_107_what_was_kept_of_a_stranger_is_not_told_to_who_expects_another() -> None:
    kept = refresh(MemoryStore(), [URI], Server(token(ttl=300)), clock=Clock())
    (found,) = refresh(MemoryStore(), [URI], Server(None), before=kept, issuers=[MALLORY.did], clock=Clock())
    assert (type(found.error), found.lists) == (UnavailableError, ())


def test_unusable_arguments() -> None:
    for longest in (-1, 1.5, "60", None, True):
        with pytest.raises(InputError):
            refresh(MemoryStore(), [], Server(None), longest=longest)  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        refresh(MemoryStore(), [], Server(None), clock=lambda: None)  # type: ignore[arg-type,return-value]
