"""Security events fetched over HTTP (RFC 8936): the client that asks for them, and the endpoint that has them."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import anyio
import httpx

from attorn.asgi.application import HttpApplication
from attorn.asgi.body import BodyLimitError, read_body, require_json
from attorn.asgi.connection import Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.canonical import JsonValue, parse
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError, VerificationError
from attorn.events.receiver import Received, Receiver
from attorn.events.security_event import MOST_CHARACTERS, TYP, SecurityEvent
from attorn.events.transmitter import Outbox
from attorn.jose import jws
from attorn.web.events import TIMEOUT, answer_json, error_code
from attorn.web.http import read_authorization
from attorn.web.posting import JSON, post, seconds_of

MOST_EVENTS: Final = 100
"""Most events in one answer."""
_MOST_ASKED: Final = 1 << 20
_MOST_ANSWER: Final = MOST_EVENTS * (MOST_CHARACTERS + 4096)
_MOST_REASON: Final = 80
_LONGEST_WAIT: Final = 300
_STEP: Final = 0.05


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought, by `jti`: what became of each event, why others were refused, and whether more wait."""

    received: Mapping[str, Received]
    refused: Mapping[str, AttornError]
    more: bool


class Poller:
    """Fetches events from the endpoint `url` for `receiver`. One thread at a time.

    Each poll tells the transmitter what became of the events of the one before. The transmitter decides who may ask:
    give `client` what it wants to see, like an Authorization header. Each step of a poll takes as long as `client` lets
    it, and the answer no longer than `timeout`, beside the time that a transmitter waits. Raises `InputError`.
    """

    def __init__(self, client: httpx.Client, url: str, receiver: Receiver, *, timeout: timedelta = TIMEOUT) -> None:
        self._seconds = seconds_of(timeout)
        self._client = client
        self._url = url
        self._receiver = receiver
        self._acks: list[str] = []
        self._errors: dict[str, JsonValue] = {}

    def poll(self, *, most: int = MOST_EVENTS, wait: bool = False) -> Polled:
        """Fetch and apply at most `most` events (0: only tell). With `wait` the answer comes once there is one.

        Raises `UnavailableError` if the transmitter does not answer or answers nonsense, or if the receiver's store
        fails: what was not applied is fetched again.
        """
        if type(most) is not int or not 0 <= most <= MOST_EVENTS:
            raise InputError(f"poll: expected at most {MOST_EVENTS} events")
        asked: dict[str, JsonValue] = {"maxEvents": most, "returnImmediately": not wait}
        if self._acks:
            asked["ack"] = list(self._acks)
        if self._errors:
            asked["setErrs"] = dict(self._errors)
        seconds = self._seconds + (_LONGEST_WAIT if wait else 0)
        answered = post(
            "transmitter",
            self._client,
            self._url,
            json.dumps(asked).encode(),
            {"Content-Type": JSON},
            most=_MOST_ANSWER,
            seconds=seconds,
        )
        if answered.status != 200:
            raise UnavailableError(f"the transmitter has no events for us: HTTP status {answered.status}")
        events, more = _sets(answered.body, most)
        self._acks, self._errors = [], {}
        return self._apply(events, more)

    def _apply(self, events: Mapping[str, str], more: bool) -> Polled:
        received: dict[str, Received] = {}
        refused: dict[str, AttornError] = {}
        for jti, text in events.items():
            try:
                if _jti(text) != jti:
                    raise MalformedError("security event: it came under another jti than its own")
                received[jti] = self._receiver.receive(text)
                self._acks.append(jti)
            except UnavailableError:
                # Not its fault: unsettled, it is fetched again.
                raise
            except AttornError as error:
                refused[jti] = error
                self._errors[jti] = {"err": error_code(error), "description": str(error)}
        return Polled(received, refused, more)


def _jti(text: str) -> str:
    return SecurityEvent.read(jws.read(text, typ=TYP, most=MOST_CHARACTERS).claims).jti


def _sets(body: bytes, most: int) -> tuple[dict[str, str], bool]:
    """The events in an answer, and whether there are more. Raises `UnavailableError`."""
    try:
        members = parse(body, most=_MOST_ANSWER)
    except MalformedError:
        members = None
    if isinstance(members, dict):
        sets, more = members.get("sets"), members.get("moreAvailable", False)
        if isinstance(sets, dict) and type(more) is bool and len(sets) <= most:
            events = {jti: text for jti, text in sets.items() if isinstance(text, str)}
            if len(events) == len(sets):
                return events, more
    raise UnavailableError("the transmitter's answer is no list of events")


class PollEndpoint(HttpApplication):
    """An ASGI application that hands out what is in `outbox` to whoever has the bearer `token`.

    None as the token is for an endpoint behind something else that asks who is there: whoever can poll can make
    events disappear. A client that is willing to wait does so for at most `patience` seconds, and nobody waits for one
    that went away, as soon as the server says so. Raises `InputError`.
    """

    def __init__(self, outbox: Outbox, *, token: str | None, patience: float = 20.0) -> None:
        if not isinstance(outbox, Outbox):
            raise InputError(f"outbox: expected an Outbox, got {type(outbox).__name__}")
        if token is not None and (not isinstance(token, str) or len(token) < 16 or not token.isascii()):
            raise InputError("poll endpoint: expected a token of at least 16 ASCII characters, or None")
        if isinstance(patience, bool) or not isinstance(patience, int | float) or not 0 <= patience <= _LONGEST_WAIT:
            raise InputError(f"poll endpoint: expected a patience of 0 to {_LONGEST_WAIT} seconds")
        self._outbox = outbox
        self._token = token
        self._patience = patience

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await answer_json(send, 405, headers=[("Allow", "POST")])
        elif not self._authorised(scope):
            await answer_json(send, 401, headers=[("WWW-Authenticate", "Bearer")])
        else:
            try:
                asked = await _asked(scope, receive)
            except BodyLimitError:
                await answer_json(send, 413)
            except AttornError as error:
                await answer_json(send, 400, {"err": "invalid_request", "description": str(error)})
            else:
                if asked is not None:
                    await self._hand_out(asked, receive, send)

    def _authorised(self, scope: Scope) -> bool:
        if self._token is None:
            return True
        try:
            given = read_authorization(header_values(scope, b"authorization"), most=len(self._token), scheme="Bearer")
        except VerificationError:
            return False
        return hmac.compare_digest(given, self._token)

    async def _hand_out(self, asked: _Asked, receive: Receive, send: Send) -> None:
        self._outbox.settle(asked.acks, asked.errors)
        events, more = self._outbox.waiting(asked.most)
        if asked.wait and asked.most and not events:
            later = await self._awaited(asked.most, receive)
            if later is None:
                return
            events, more = later
        await answer_json(send, 200, {"sets": dict(events), "moreAvailable": more})

    async def _awaited(self, most: int, receive: Receive) -> tuple[Mapping[str, str], bool] | None:
        """What there is as soon as there is anything, or at the end of the patience. None if the client went away."""
        found = None
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
            with anyio.move_on_after(self._patience):
                while not self._outbox.waiting(1)[0]:
                    await anyio.sleep(_STEP)
            found = self._outbox.waiting(most)
            group.cancel_scope.cancel()
        return found


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    try:
        gone = (await receive())["type"] == "http.disconnect"
    except Exception:  # noqa: BLE001 - a middleware's own; who cannot say what the client does says nothing of it
        return
    # Anything else is no news of the client: a middleware that has read the body may say it again and again.
    if gone:
        scope.cancel()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One poll, as it stands in its body."""

    most: int
    wait: bool
    acks: tuple[str, ...]
    errors: Mapping[str, str]


async def _asked(scope: Scope, receive: Receive) -> _Asked | None:
    """The poll in the body, None if the client went away. Raises `InputError`, `BodyLimitError`, `MalformedError`."""
    require_json(scope)
    body = await read_body(scope, receive, _MOST_ASKED)
    if body is None:
        return None
    members = parse(body, most=_MOST_ASKED)
    if not isinstance(members, dict):
        raise MalformedError("poll: expected an object")
    most, now = members.get("maxEvents", MOST_EVENTS), members.get("returnImmediately", False)
    acks, errors = members.get("ack", []), members.get("setErrs", {})
    if type(most) is not int or most < 0 or type(now) is not bool:
        raise MalformedError("poll: expected maxEvents as a number and returnImmediately as true or false")
    if not isinstance(acks, list) or not isinstance(errors, dict):
        raise MalformedError("poll: expected ack as a list and setErrs as an object")
    settled = tuple(jti for jti in acks if isinstance(jti, str))
    # Cut: it is kept for as long as the outbox is.
    reasons = {jti: str(error.get("err"))[:_MOST_REASON] for jti, error in errors.items() if isinstance(error, dict)}
    if len(settled) != len(acks) or len(reasons) != len(errors):
        raise MalformedError("poll: expected names of events, and a reason for each in setErrs")
    return _Asked(min(most, MOST_EVENTS), not now, settled, reasons)
