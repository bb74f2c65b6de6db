"""One whole answer to a request."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from attorn.asgi.connection import Send

_RETRY_SECONDS: Final = "1"


def unstored(status: int, media_type: str | None = None) -> tuple[tuple[str, str], ...]:
    """The headers of an answer that no cache is to keep. 503, where nothing was decided, says to try again."""
    headers = [("Cache-Control", "no-store")]
    if media_type is not None:
        headers.insert(0, ("Content-Type", media_type))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", _RETRY_SECONDS))
    return tuple(headers)


async def answer(send: Send, status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> None:
    """Send all of it. Its length is that of `body` unless a header says another, as for HEAD."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    if not any(name == b"content-length" for name, _ in raw):
        raw.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": int(status), "headers": raw})
    await send({"type": "http.response.body", "body": body})
