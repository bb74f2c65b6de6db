"""Bases: what a server issues, and the arguments with which it issues none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.macaroon_scene import mac

from attorn import AttornError, macaroon
from attorn.errors import InputError, LimitError, MalformedError, UnavailableError
from attorn.macaroon import Macaroon, MacKey
from attorn.macaroon.issuing import claimed_name, key_of, name_of, named
from attorn.macaroon.mac import attenuate

KEY, OTHER = MacKey(bytes(range(40))), MacKey(b"o" * 40)


def test_what_is_issued() -> None:
    base = macaroon.issue(KEY, location="https://calendar.example", random=bytes)
    assert base.identifier == name_of(KEY) + bytes(16)
    assert (base.unverified_caveats, base.unverified_location) == ((), "https://calendar.example")
    assert macaroon.decode(macaroon.encode(base)) == base
    assert claimed_name(base.identifier) == name_of(KEY).hex()


def test_names_tell_keys_apart_and_say_nothing_of_them() -> None:
    assert name_of(KEY) == mac(KEY.secret, b"\0ATTORN\0MACAROON KEY NAME\0v1\0")[:8]
    names = {name_of(each) for each in (KEY, OTHER, KEY.of_token(b"x"), MacKey(KEY.secret[:-1]))}
    assert len(names) == 4
    assert {len(each) for each in names} == {8}
    assert all(name not in KEY.secret and KEY.secret[:8] != name for name in names)
    assert named([KEY, OTHER, KEY]) == {name_of(KEY): KEY, name_of(OTHER): OTHER}


ISSUES: dict[str, dict[str, Any]] = {
    "no-key": {"key": None},
    "a-key-in-bytes": {"key": bytes(40)},
    "a-number-for-a-location": {"location": 5},
    "bytes-for-a-location": {"location": b"here"},
    "a-long-location": {"location": "x" * 1025},
    "a-long-location-of-few-characters": {"location": "\u2603" * 342},
    "a-surrogate": {"location": "\ud800"},
}


@pytest.mark.parametrize("name", ISSUES)
def test_arguments_that_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        macaroon.issue(**{"key": KEY, **ISSUES[name]})


SOURCES: dict[str, Callable[[int], Any]] = {
    "short": lambda size: bytes(size - 1),
    "long": lambda size: bytes(size + 1),
    "text": lambda size: "x" * size,
    "none": lambda _: None,
    "an-array": bytearray,
}


@pytest.mark.parametrize("name", SOURCES)
def test_random_sources_that_fail(name: str) -> None:
    with pytest.raises(UnavailableError, match="random source"):
        macaroon.issue(KEY, random=SOURCES[name])


@pytest.mark.parametrize("size", [0, 7, 8, 23, 25, 1024])
def test_identifiers_of_another_length_are_of_no_key(size: int) -> None:
    identifier = (name_of(KEY) + bytes(1016))[:size]
    assert claimed_name(identifier) is None
    with pytest.raises(AttornError) as caught:
        key_of(identifier, named([KEY]))
    assert caught.value.code == "untrusted_root"


TEXTS: dict[str, tuple[Any, type[AttornError]]] = {
    "none": (None, InputError),
    "bytes": (b"AgI", InputError),
    "empty": ("", MalformedError),
    "no-base64url": ("Ag I", MalformedError),
    "padding": (macaroon.encode(macaroon.issue(KEY)) + "=", MalformedError),
    "cut": (macaroon.encode(macaroon.issue(KEY))[:-4], MalformedError),
    "two": (macaroon.encode(macaroon.issue(KEY)) * 2, MalformedError),
    "an-array": ("[" + macaroon.to_json(macaroon.issue(KEY)) + "]", MalformedError),
    "json-of-nothing": ("{}", MalformedError),
    "long": ("A" * 87_385, LimitError),
    "long-and-wrong": ("=" * 87_385, LimitError),
    "long-json": ("{" * 65_537, LimitError),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_are_no_macaroon(name: str) -> None:
    text, error = TEXTS[name]
    with pytest.raises(error) as caught:
        macaroon.decode(text)
    assert type(caught.value) is error


def _sized(size: int) -> Macaroon:
    """A macaroon of so many bytes, a little more than three conditions of the longest."""
    base = macaroon.issue(KEY)
    for _ in range(3):
        base = attenuate(base, bytes(16_384))
    return attenuate(base, bytes(size - len(base.encode()) - 4))


def test_the_longest_text() -> None:
    most = _sized(65_536)
    text = macaroon.encode(most)
    assert (len(most.encode()), len(text)) == (65_536, 87_382)
    assert macaroon.decode(text) == most
    with pytest.raises(InputError, match="65536"):
        macaroon.encode(_sized(65_537))
    for length, error in ((87_382, MalformedError), (87_383, LimitError)):
        with pytest.raises(error) as caught:
            macaroon.decode("=" * length)
        assert type(caught.value) is error


def test_encoding_anything_else() -> None:
    for value in (None, b"x", "x", KEY, [macaroon.issue(KEY)]):
        with pytest.raises(InputError):
            macaroon.encode(value)  # type: ignore[arg-type]
