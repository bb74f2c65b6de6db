"""A request in words for whoever is to approve it, so that what is read is what gets signed.

Everything comes from the canonical request, in its order. A line break, a control or format character, a blank that
is no space, a second space, and a script that runs from right to left stand as JSON escapes: none of them can add a
line, hide text or move a digit. Whoever shows it marks where it wraps a line: what goes on there is a stranger's text.
Letters that look like other letters are left as they are. What is too long to be read is cut, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.display import escaped
from attorn.request.request import Request

MOST_SHOWN: Final = 200
"""Longest value that is shown in full, in characters of its JSON."""
MOST_ARGUMENTS: Final = 40
"""Most arguments that are shown."""
_HEAD: Final = 120
_TAIL: Final = 60
_MOST_CANONICAL: Final = 131_072
_CODE: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


def message(request: Request) -> str:
    """What is asked, one line for each thing, and behind it the short code of the request."""
    return "\n".join([*_lines(request), f"code {code(request.digest())}"])


def complete(request: Request) -> bool:
    """Whether the message leaves nothing out."""
    spelt = [request.resource, *(_json(part) for argument in _arguments(request) for part in argument)]
    return len(request.args) <= MOST_ARGUMENTS and all(len(text) <= MOST_SHOWN for text in spelt)


def in_full(request: Request) -> str:
    """All of the canonical request, a line for each member, with nothing in it that hides or moves text."""
    said = parse(request.canonical(), most=_MOST_CANONICAL)
    members = said.items() if isinstance(said, dict) else ()
    return "\n".join(f"{name}: {escaped(_json(value))}" for name, value in members)


def code(digest: bytes) -> str:
    """Eight characters for two people to compare, of the digest's first 40 bits. It proves nothing by itself."""
    number = int.from_bytes(digest[:5], "big")
    text = "".join(_CODE[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{text[:4]}-{text[4:]}"


def _arguments(request: Request) -> list[tuple[str, JsonValue]]:
    """The arguments in canonical order."""
    said = parse(request.canonical(), most=_MOST_CANONICAL)
    args = said["args"] if isinstance(said, dict) else None
    return list(args.items()) if isinstance(args, dict) else []


def _lines(request: Request) -> Iterator[str]:
    yield f"{request.action} on {_cut(request.resource)}"
    if request.cost is not None:
        yield f"costs {request.cost.amount} {request.cost.currency}, in minor units"
    arguments = _arguments(request)
    for name, value in arguments[:MOST_ARGUMENTS]:
        label = name if _PLAIN_NAME.fullmatch(name) else _cut(_json(name))
        yield f"{label} = {_cut(_json(value))}"
    if len(arguments) > MOST_ARGUMENTS:
        yield f"[... {len(arguments) - MOST_ARGUMENTS} more arguments are not shown]"


def _json(value: JsonValue) -> str:
    """JSON on one line, its numbers and escapes as RFC 8785 writes them."""
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(name)}: {_json(member)}" for name, member in value.items()) + "}"
    return canonicalise(value).decode()


def _cut(text: str) -> str:
    if len(text) <= MOST_SHOWN:
        return escaped(text)
    left = len(text) - _HEAD - _TAIL
    return f"{escaped(text[:_HEAD])} [... {left} characters are not shown] {escaped(text[-_TAIL:])}"
