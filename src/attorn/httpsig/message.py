"""One HTTP request, or the answer to one, as the library for RFC 9421 wants to see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from attorn.display import shown
from attorn.errors import InputError, LimitError, MalformedError
from attorn.request.origin import checked_origin

MOST_FIELD: Final = 4096
"""Longest field of a signature, in characters."""
ONCE: Final = frozenset({"authorization", "content-digest", "signature", "signature-agent", "signature-input"})
"""Fields of which one line is read. A second one is refused: another reader might prefer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A request as it stands on the wire. `origin` is what the server is configured to be, never a Host header.

    `path` and `query` are raw, still percent-encoded; `headers` are all field lines in their order. Raises
    `InputError` for parts of another type or spelling, `MalformedError` for two lines of a field that is read once,
    and `LimitError` for such a line of over 4096 characters.
    """

    method: str
    origin: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or not self.method.isascii() or not self.method.isupper():
            raise InputError(f"method: expected an upper-case HTTP method, got {shown(self.method)}")
        for name in ("path", "query"):
            text = getattr(self, name)
            if not isinstance(text, str) or not (text.isascii() and text.isprintable()) or "#" in text:
                raise InputError(f"{name}: expected it raw, in printable ASCII")
        if not self.path.startswith("/") or "?" in self.path:
            raise InputError("path: expected a raw path that starts with '/'")
        if not isinstance(self.body, bytes):
            raise InputError(f"body: expected bytes, got {type(self.body).__name__}")
        object.__setattr__(self, "origin", checked_origin(self.origin))
        object.__setattr__(self, "headers", _lines(self.headers))

    def one(self, name: str) -> str | None:
        """The one line of this field, its name in lower case; None if there is none."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def url(self) -> str:
        """The target URI."""
        return f"{self.origin}{self.path}?{self.query}" if self.query else self.origin + self.path


@dataclass(frozen=True, slots=True)
class Fields:
    """Field lines as a mapping that keeps them apart."""

    lines: tuple[tuple[str, str], ...]

    def items(self) -> Iterable[tuple[str, str]]:
        """Every line."""
        return self.lines


@dataclass(frozen=True, slots=True)
class View:
    """A request that is read: method, URL and field lines."""

    method: str
    url: str
    headers: Fields


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that is being signed, and the fields of it that matter."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to `request` that is being signed."""

    status_code: int
    headers: dict[str, str]
    request: View


def _lines(headers: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(headers, list | tuple):
        raise InputError("headers: expected a sequence of names and values")
    lines: list[tuple[str, str]] = []
    seen: set[str] = set()
    for line in headers:
        if not isinstance(line, list | tuple) or len(line) != 2 or not all(isinstance(part, str) for part in line):
            raise InputError("headers: expected a sequence of names and values")
        name, value = line[0].lower(), line[1]
        if name in ONCE:
            if name in seen:
                raise MalformedError(f"{name}: expected one line of it, got several")
            if name != "authorization" and len(value) > MOST_FIELD:
                raise LimitError(f"{name}: expected at most {MOST_FIELD} characters")
            seen.add(name)
        lines.append((name, value))
    return tuple(lines)
