"""What the calendar's URLs mean. The agents and the server share this route, so they mean the same."""

from __future__ import annotations

import re
from typing import Final

from attorn.errors import InputError
from attorn.request.request import Request
from attorn.web.http import HttpMessage

AUDIENCE: Final = "did:web:calendar.example"
_PATH = re.compile(r"/([a-z]+)/([0-9]{4}-[0-9]{2})")
_ACTIONS: Final = {"GET": "events:read", "POST": "events:write"}


def route(message: HttpMessage) -> Request:
    """`GET /alice/2026-11` reads events of `cal://alice/2026-11`, `POST` writes them. Raises `InputError`."""
    match = _PATH.fullmatch(message.path)
    action = _ACTIONS.get(message.method)
    if match is None or action is None:
        raise InputError(f"the calendar knows no {message.method} {message.path!a:.80}")
    return Request(action=action, resource=f"cal://{match[1]}/{match[2]}")
