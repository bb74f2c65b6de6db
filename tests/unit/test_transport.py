"""A transport is foreign code: what it gets is bytes, as many as were asked for, or nothing, or not known."""

from __future__ import annotations

from typing import Any

import pytest

from attorn.errors import AttornError, UnavailableError
from attorn.transport import fetched

URL = "https://a.example/x"


class Giving:
    """A transport that gives this, whatever it is asked for."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.asked: list[tuple[str, str, int]] = []

    def get(self, url: str, *, accept: str, most: int) -> Any:
        self.asked.append((url, accept, most))
        if isinstance(self.body, Exception):
            raise self.body
        return self.body


def test_what_a_transport_gets() -> None:
    for body in (b"", b"1234", None):
        transport = Giving(body)
        assert fetched(transport, URL, accept="a/b", most=4) == body
        assert transport.asked == [(URL, "a/b", 4)]


@pytest.mark.parametrize("body", [b"12345", "1234", bytearray(4), memoryview(b"1"), [1], 0, False, True, object()])
def test_what_is_no_document(body: Any) -> None:
    with pytest.raises(UnavailableError):
        fetched(Giving(body), URL, accept="a/b", most=4)


@pytest.mark.parametrize("error", [OSError("secret"), KeyError("secret"), TypeError("secret"), TimeoutError()])
def test_a_transport_that_fails(error: Exception) -> None:
    with pytest.raises(UnavailableError) as caught:
        fetched(Giving(error), URL, accept="a/b", most=4)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("transport", [None, object(), "https://a.example", print])
def test_what_is_no_transport(transport: Any) -> None:
    with pytest.raises(UnavailableError):
        fetched(transport, URL, accept="a/b", most=4)


def test_an_error_of_our_own_stays_what_it_is() -> None:
    error = AttornError("mine")
    with pytest.raises(AttornError) as caught:
        fetched(Giving(error), URL, accept="a/b", most=4)
    assert caught.value is error
