"""Security events pushed over HTTP (RFC 8935): the endpoint that takes them, and the call that delivers one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

import httpx
from starlette.concurrency import run_in_threadpool

from attorn.asgi.answer import answer, unstored
from attorn.asgi.application import HttpApplication
from attorn.asgi.body import BodyLimitError, read_body
from attorn.asgi.connection import Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.canonical import parse
from attorn.errors import (
    AttornError,
    AudienceError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
    UnavailableError,
    VerificationError,
)
from attorn.events.receiver import IssuerError, Receiver
from attorn.events.security_event import MOST_CHARACTERS, TYP
from attorn.jose import jws
from attorn.web.posting import post, seconds_of

MEDIA_TYPE: Final = "application/secevent+jwt"
TIMEOUT: Final = timedelta(seconds=30)
"""How long an answer may take."""
_INVALID_REQUEST: Final = "invalid_request"
_MOST_ANSWER: Final = 16_384
_MOST_WORDS: Final = 500


class DeliveryError(AttornError):
    """The receiver would not have this security event, and will not if it is sent again. `err` is its code for why."""

    code = "delivery_refused"

    def __init__(self, err: str, description: str) -> None:
        super().__init__(f"the receiver refused the event: {err!a:.80}: {description!a:.{_MOST_WORDS}}")
        self.err = err
        self.description = description

    def __reduce__(self) -> tuple[type[DeliveryError], tuple[str, str]]:
        return type(self), (self.err, self.description)


class PushEndpoint(HttpApplication):
    """An ASGI application that takes pushed events for `receiver`: 202, or 400 with `err` and `description`.

    503 means try again. It asks nobody who they are: events are signed, and nothing but a signature counts. Bodies
    are at most 64 KiB. Raises `InputError` for anything but a `Receiver`.
    """

    def __init__(self, receiver: Receiver) -> None:
        if not isinstance(receiver, Receiver):
            raise InputError(f"receiver: expected a Receiver, got {type(receiver).__name__}")
        self._receiver = receiver

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await answer_json(send, 405, headers=[("Allow", "POST")])
            return
        try:
            text = await _text(scope, receive)
            if text is not None:
                await run_in_threadpool(self._receiver.receive, text)
        except BodyLimitError as error:
            await answer_json(send, 413, _refusal(error))
        except UnavailableError:
            await answer_json(send, 503)
        except AttornError as error:
            await answer_json(send, 400, _refusal(error))
        else:
            if text is not None:
                await answer_json(send, 202)


async def _text(scope: Scope, receive: Receive) -> str | None:
    """The event in the body, None if the client went away. Raises `InputError`, `BodyLimitError`, `MalformedError`."""
    types = header_values(scope, b"content-type")
    # A parameter would change nothing, so none is taken.
    if len(types) != 1 or types[0].strip().lower() != MEDIA_TYPE.encode():
        raise InputError(f"expected Content-Type: {MEDIA_TYPE}")
    if header_values(scope, b"content-encoding"):
        raise InputError("expected a body without Content-Encoding")
    body = await read_body(scope, receive, MOST_CHARACTERS)
    try:
        return None if body is None else body.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("expected an event in ASCII") from None


def error_code(error: AttornError) -> str:
    """The code of RFC 8935 section 2.4 for an event that was refused with `error`."""
    if isinstance(error, SignatureError | ResolutionError):
        return "invalid_key"
    if isinstance(error, IssuerError):
        return "invalid_issuer"
    if isinstance(error, AudienceError):
        return "invalid_audience"
    return _INVALID_REQUEST


def _refusal(error: AttornError) -> dict[str, object]:
    return {"err": error_code(error), "description": str(error)}


async def answer_json(
    send: Send, status: int, content: Mapping[str, object] | None = None, *, headers: Iterable[tuple[str, str]] = ()
) -> None:
    """Send a response that no cache keeps: with `content` as JSON, or empty."""
    if content is None:
        await answer(send, status, (*unstored(status), *headers))
    else:
        told = (*unstored(status, "application/json"), ("Content-Language", "en"), *headers)
        await answer(send, status, told, json.dumps(content).encode())


def _require_event(text: str) -> None:
    """Return if this is the text of an event, whoever signed it. Raises `InputError`."""
    if not isinstance(text, str):
        raise InputError(f"push: expected a security event as text, got {type(text).__name__}")
    try:
        jws.read(text, typ=TYP, most=MOST_CHARACTERS)
    except VerificationError as error:
        raise InputError(f"push: expected a security event: {error}") from error


def push(client: httpx.Client, url: str, text: str, *, timeout: timedelta = TIMEOUT) -> None:
    """Deliver the event in `text` to the endpoint `url`; return once the receiver has it.

    Each step of the call takes as long as `client` lets it, and the answer no longer than `timeout`. Raises
    `DeliveryError` if the receiver refuses it for good, `UnavailableError` if it did not arrive, or nobody knows
    whether it did: push it again, twice does no harm; and `InputError` for what is no event, and for another timeout.
    """
    _require_event(text)
    headers, seconds = {"Content-Type": MEDIA_TYPE}, seconds_of(timeout)
    answered = post("receiver", client, url, text.encode("ascii"), headers, most=_MOST_ANSWER, seconds=seconds)
    if answered.status == 202:
        return
    if answered.status != 400:
        raise UnavailableError(f"the event was not taken: HTTP status {answered.status}")
    try:
        members = parse(answered.body, most=_MOST_ANSWER)
    except MalformedError:
        members = None
    if not isinstance(members, dict) or not isinstance(members.get("err"), str):
        raise DeliveryError(_INVALID_REQUEST, "no reason was given")
    raise DeliveryError(str(members["err"]), str(members.get("description", "")))
