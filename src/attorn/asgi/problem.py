"""Refusals as HTTP answers (RFC 9457). With which status, and what they ask for, each server says itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from attorn.asgi.answer import answer, unstored
from attorn.asgi.connection import Send
from attorn.errors import AttornError

MEDIA_TYPE: Final = "application/problem+json"
BLANK: Final = "about:blank"
"""The type of a problem of which the status says all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer: status, headers, and the members of its body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    members: Mapping[str, object]

    @classmethod
    def plain(cls, status: int) -> Problem:
        """The answer of which there is no more to say than the status."""
        members = {"type": BLANK, "title": HTTPStatus(status).phrase, "status": int(status)}
        return cls(int(status), unstored(status, MEDIA_TYPE), members)

    @classmethod
    def of(
        cls,
        error: AttornError,
        status: int,
        *,
        undecided: str,
        challenge: tuple[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> Problem:
        """The answer to a request that was refused with `error`; `more` are members to add or to replace.

        503 tells `undecided`, and not what a store or resolver said when it failed.
        """
        plain = cls.plain(status)
        detail = undecided if status == HTTPStatus.SERVICE_UNAVAILABLE else str(error)
        members = {**plain.members, "detail": detail, "code": error.code, **(more or {})}
        return cls(plain.status, plain.headers if challenge is None else (*plain.headers, challenge), members)

    @property
    def detail(self) -> str:
        """What is wrong, in words; empty if nobody said."""
        return str(self.members.get("detail", ""))

    @property
    def body(self) -> bytes:
        """The members as `application/problem+json`."""
        return json.dumps(self.members).encode()

    async def send(self, send: Send) -> None:
        """Send it as the answer."""
        await answer(send, self.status, self.headers, self.body)
