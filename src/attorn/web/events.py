"""Security events pushed over HTTP (RFC 8935): the endpoint that takes them, and the call that delivers one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from attorn.canonical import parse
from attorn.errors import (
    AttornError,
    AudienceError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
    UnavailableError,
)
from attorn.events.receiver import IssuerError, Receiver
from attorn.events.security_event import MOST_CHARACTERS
from attorn.web.http import BodyLimitError
from attorn.web.scope import check_length, declared_length, header_values, read_body

MEDIA_TYPE: Final = "application/secevent+jwt"
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


class PushEndpoint:
    """An ASGI application that takes pushed events for `receiver`: 202, or 400 with `err` and `description`.

    503 means try again. It asks nobody who they are: events are signed, and nothing but a signature counts. Bodies
    are at most 64 KiB.
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises `InputError` for connections that are not HTTP."""
        if scope["type"] != "http":
            raise InputError(f"scope: expected http, got {scope['type']!a:.80}")
        if scope["method"] != "POST":
            await answer(send, 405, headers={"Allow": "POST"})
            return
        try:
            text = await _text(scope, receive)
            if text is not None:
                await run_in_threadpool(self._receiver.receive, text)
        except BodyLimitError as error:
            await answer(send, 413, _refusal(error))
        except UnavailableError:
            await answer(send, 503, headers={"Retry-After": "1"})
        except AttornError as error:
            await answer(send, 400, _refusal(error))
        else:
            if text is not None:
                await answer(send, 202)


async def _text(scope: Scope, receive: Receive) -> str | None:
    """The event in the body, None if the client went away. Raises `InputError`, `BodyLimitError`, `MalformedError`."""
    types = header_values(scope, b"content-type")
    # A parameter would change nothing, so none is taken.
    if len(types) != 1 or types[0].strip().lower() != MEDIA_TYPE.encode():
        raise InputError(f"expected Content-Type: {MEDIA_TYPE}")
    if header_values(scope, b"content-encoding"):
        raise InputError("expected a body without Content-Encoding")
    check_length(declared_length(scope) or 0, MOST_CHARACTERS)
    body = await read_body(receive, MOST_CHARACTERS)
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


async def answer(
    send: Send, status: int, content: Mapping[str, object] | None = None, *, headers: Mapping[str, str] | None = None
) -> None:
    """Send a response: with `content` as JSON, or empty."""
    body = b"" if content is None else json.dumps(content).encode()
    fields = {"cache-control": "no-store", "content-length": str(len(body)), **(headers or {})}
    if content is not None:
        fields |= {"content-type": "application/json", "content-language": "en"}
    raw = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def push(client: httpx.Client, url: str, text: str) -> None:
    """Deliver the event in `text` to the endpoint `url`; return once the receiver has it.

    Raises `DeliveryError` if the receiver refuses it for good, `UnavailableError` if it did not arrive, or nobody
    knows whether it did: push it again, twice does no harm; and `InputError` for what is no event.
    """
    if not isinstance(text, str) or not text.isascii():
        raise InputError("push: expected a security event as text")
    status, body = post(client, url, text.encode("ascii"), MEDIA_TYPE, most=_MOST_ANSWER)
    if status == 202:
        return
    if status != 400:
        raise UnavailableError(f"the event was not taken: HTTP status {status}")
    try:
        members = parse(body, most=_MOST_ANSWER)
    except MalformedError:
        members = None
    if not isinstance(members, dict) or not isinstance(members.get("err"), str):
        raise DeliveryError(_INVALID_REQUEST, "no reason was given")
    raise DeliveryError(str(members["err"]), str(members.get("description", "")))


def post(client: httpx.Client, url: str, body: bytes, media_type: str, *, most: int) -> tuple[int, bytes]:
    """The status and the body, of at most `most` bytes, of the answer to a POST. Follows no redirect.

    Raises `UnavailableError` for any failure of the network, and for an answer that is longer or compressed.
    """
    headers = {"Content-Type": media_type, "Accept": "application/json", "Accept-Encoding": "identity"}
    answered = bytearray()
    try:
        with client.stream("POST", url, content=body, headers=headers, follow_redirects=False) as response:
            plain = response.headers.get("Content-Encoding", "identity") == "identity"
            for part in response.iter_bytes() if plain else ():
                answered += part
                if len(answered) > most:
                    break
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError) as error:
        # A client that was closed raises RuntimeError.
        raise UnavailableError(f"the receiver could not be reached: {type(error).__name__}") from error
    if not plain or len(answered) > most:
        raise UnavailableError("the receiver's answer is compressed or too long")
    return status, bytes(answered)
