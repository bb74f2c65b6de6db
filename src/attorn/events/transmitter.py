"""Entries on their way out: as signed security events, and in a queue for receivers that ask."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final

from attorn.clock import Clock, second_of, system_clock
from attorn.encoding import base64url_encode
from attorn.errors import InputError, UnavailableError
from attorn.events import meaning
from attorn.events.security_event import MOST_CHARACTERS, TYP, SecurityEvent
from attorn.handed import draw
from attorn.jose import jws
from attorn.keys.signer import Signatory, require_signatory
from attorn.revocation import LifecycleEntry, RevocationEntry

_ID_BYTES: Final = 16


def emit(
    entry: RevocationEntry | LifecycleEntry,
    *,
    by: Signatory,
    audience: str | Iterable[str],
    clock: Clock = system_clock,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """The signed security event that carries `entry` to `audience`: a compact JWS.

    `by` is the transmitter: anyone, since what counts is who signed the entry. Raises `InputError` for unusable
    arguments, and `UnavailableError` if the clock, the random source or the signer fails.
    """
    if not isinstance(entry, RevocationEntry | LifecycleEntry):
        raise InputError(f"emit: expected an entry, got {type(entry).__name__}")
    by = require_signatory(by, "emit")
    if not isinstance(audience, str | Iterable):
        raise InputError(f"emit: expected an audience, got {type(audience).__name__}")
    drawn = draw(random, _ID_BYTES)
    event = SecurityEvent(
        iss=by.did,
        jti=base64url_encode(drawn),
        iat=second_of(clock),
        aud=(audience,) if isinstance(audience, str) else tuple(audience),
        sub_id=meaning.subject_of(entry),
        events=meaning.events_of(entry),
    )
    text = jws.sign(event.claims(), by=by.signer, typ=TYP)
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"emit: the event is longer than {MOST_CHARACTERS} characters")
    return text


class Outbox:
    """Security events for one receiver, kept until it says that it has them. In memory: what it holds ends with it.

    Holds at most `capacity`. Raises `InputError` for a capacity that is not positive.
    """

    def __init__(self, *, capacity: int = 10_000) -> None:
        if type(capacity) is not int or capacity < 1:
            raise InputError("outbox: expected a positive capacity")
        self._capacity = capacity
        self._lock = threading.Lock()
        self._waiting: dict[str, str] = {}
        self._refused: dict[str, str] = {}

    def add(self, text: str) -> str:
        """Queue the event in `text`, and return its `jti`.

        Raises `MalformedError` for what is no event, and `UnavailableError` when full.
        """
        jti = SecurityEvent.read(jws.read(text, typ=TYP, most=MOST_CHARACTERS).claims).jti
        with self._lock:
            if len(self._waiting) >= self._capacity:
                raise UnavailableError("the outbox is full")
            self._waiting.setdefault(jti, text)
        return jti

    def waiting(self, most: int) -> tuple[Mapping[str, str], bool]:
        """The first `most` events that were not settled, by `jti`, and whether there are more."""
        with self._lock:
            return dict(islice(self._waiting.items(), most)), len(self._waiting) > most

    def settle(self, received: Iterable[str], refused: Mapping[str, str]) -> None:
        """Forget the events with these names; `refused` says why the receiver would not have some of them."""
        with self._lock:
            for jti in received:
                self._waiting.pop(jti, None)
            for jti, reason in refused.items():
                if self._waiting.pop(jti, None) is not None and len(self._refused) < self._capacity:
                    self._refused[jti] = reason

    @property
    def refused(self) -> Mapping[str, str]:
        """Why the receiver would not have these events."""
        with self._lock:
            return dict(self._refused)
