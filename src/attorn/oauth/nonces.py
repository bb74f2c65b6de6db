"""Nonces of a server (RFC 9449, section 8): a stamp of the time that only the server can make."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from attorn.clock import Clock, second_of, seconds_in, system_clock
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, UnavailableError

_LEAST_SECRET: Final = 32
_TIME_BYTES: Final = 8
_LENGTH: Final = 32
"""Of a nonce, in characters: 24 bytes."""
_TAG: Final = b"\0ATTORN\0DPOP NONCE\0v1\0"
_LEEWAY: Final = 60
_LONGEST: Final = timedelta(days=1)


class Nonces:
    """Gives out nonces, and knows them again without keeping any, for `lifetime`.

    `secret` is at least 32 random bytes, alike for all processes that serve one origin. A nonce is no protection from
    replay, which is the store's: it shows that the proof was made after it was given out. Raises `InputError`.
    """

    def __init__(
        self, secret: bytes, *, lifetime: timedelta = timedelta(minutes=5), clock: Clock = system_clock
    ) -> None:
        if not isinstance(secret, bytes) or len(secret) < _LEAST_SECRET:
            raise InputError(f"nonces: expected a secret of at least {_LEAST_SECRET} bytes")
        self._secret = secret
        self._lifetime = seconds_in(lifetime, "lifetime", least=1, most=_LONGEST)
        self._clock = clock

    def issue(self) -> str:
        """A nonce of now. Raises `UnavailableError` if the clock fails."""
        return self._stamp(self._now().to_bytes(_TIME_BYTES, "big"))

    def knows(self, nonce: str) -> bool:
        """Whether this is one of ours, and not too old. Raises `UnavailableError` if the clock fails."""
        at = self._second(nonce)
        return at is not None and self._holds(at, self._now())

    def in_place_of(self, nonce: str | None) -> str | None:
        """None if `nonce` is one of ours, and not too old; else one of now for whoever sent it.

        The clock is read once. Raises `UnavailableError` if it fails.
        """
        now = self._now()
        at = self._second(nonce)
        return None if at is not None and self._holds(at, now) else self._stamp(now.to_bytes(_TIME_BYTES, "big"))

    def _second(self, nonce: str | None) -> int | None:
        """When a nonce was given out, None if it is none of ours."""
        if not isinstance(nonce, str) or len(nonce) != _LENGTH:
            return None
        try:
            at = base64url_decode(nonce)[:_TIME_BYTES]
        except MalformedError:
            return None
        return int.from_bytes(at, "big") if hmac.compare_digest(self._stamp(at).encode(), nonce.encode()) else None

    def _holds(self, at: int, now: int) -> bool:
        # The clock of another process that gave it out may be ahead.
        return -_LEEWAY <= now - at < self._lifetime

    def _now(self) -> int:
        now = second_of(self._clock)
        if now < 0:
            raise UnavailableError("the clock is of no use: expected 1970 or later")
        return now

    def _stamp(self, at: bytes) -> str:
        return base64url_encode(at + hmac.digest(self._secret, _TAG + at, hashlib.sha256)[:16])
