"""Asking somebody over HTTP by a POST: what comes back is read to an end, and whatever goes wrong is one error."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import httpx

from attorn.errors import AttornError, InputError, UnavailableError
from attorn.handed import ask

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `media_type` is in lower case and without parameters, empty where nothing says it.

    `charsets` are what its parameters say of the characters, in lower case: one at most, unless somebody errs.
    """

    status: int
    media_type: str
    charsets: tuple[str, ...]
    body: bytes


def seconds_of(timeout: timedelta) -> float:
    """`timeout` in seconds. Raises `InputError` unless it is a positive timedelta."""
    if not isinstance(timeout, timedelta) or timeout <= timedelta(0):
        raise InputError("timeout: expected a positive timedelta")
    return timeout.total_seconds()


def post(
    what: str,
    client: httpx.Client,
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    most: int,
    seconds: float,
    step: float | None = None,
) -> Answer:
    """The answer to a POST to `what`, its body at most `most` bytes. JSON is asked for, and no redirect followed.

    Parts that come later than `seconds` from now are too late; how long each may be waited for says `step`, or the
    client. Raises `UnavailableError` for every failure, also of what the caller gave the client, and for an answer that
    is longer or compressed.
    """
    end = time.monotonic() + seconds
    try:
        return ask(what, lambda: _answer(what, client, url, content, headers, most=most, end=end, step=step))
    except UnavailableError:
        raise
    except AttornError as error:
        raise UnavailableError(f"the {what} could not be asked") from error


def _answer(
    what: str,
    client: httpx.Client,
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    most: int,
    end: float,
    step: float | None,
) -> Answer:
    timeout = httpx.USE_CLIENT_DEFAULT if step is None else step
    asked = {**headers, "Accept": JSON, "Accept-Encoding": "identity"}
    body = bytearray()
    with client.stream(
        "POST", url, content=content, headers=asked, timeout=timeout, follow_redirects=False
    ) as response:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise UnavailableError(f"the {what} answered in an encoding that was not asked for")
        for part in response.iter_bytes():
            body += part
            if len(body) > most:
                raise UnavailableError(f"the {what} answered with more than {most} bytes")
            if time.monotonic() > end:
                raise UnavailableError(f"the {what} took too long")
        media_type, *parameters = response.headers.get("Content-Type", "").lower().split(";")
        return Answer(response.status_code, media_type.strip(), _charsets(parameters), bytes(body))


def _charsets(parameters: Iterable[str]) -> tuple[str, ...]:
    pairs = (each.partition("=") for each in parameters)
    return tuple(value.strip().strip('"') for name, _, value in pairs if name.strip() == "charset")
