"""What the calendar's URLs mean. The agents and the server share this route, so they mean the same."""

from __future__ import annotations

import re
from typing import Final

from attorn.errors import InputError
from attorn.request.money import Money
from attorn.request.request import Request
from attorn.web.http import HttpMessage

AUDIENCE: Final = "did:web:calendar.example"
_PATH = re.compile(r"/([a-z]+)/([0-9]{4}-[0-9]{2})(/ticket)?")
_TICKET: Final = Money(4000, "EUR")
"""What a ticket for an event costs, in cents."""
_ACTIONS: Final = {"GET": "events:read", "POST": "events:write"}


def route(message: HttpMessage) -> Request:
    """`GET /alice/2026-11` reads events of `cal://alice/2026-11`, `POST` writes them, and `POST /alice/2026-11/ticket`
    buys a ticket. Raises `InputError`.
    """
    match = _PATH.fullmatch(message.path)
    action = _ACTIONS.get(message.method)
    if match is None or action is None:
        raise InputError(f"the calendar knows no {message.method} {message.path!a:.80}")
    resource = f"cal://{match[1]}/{match[2]}"
    if match[3] is None:
        return Request(action=action, resource=resource)
    if message.method != "POST":
        raise InputError("the calendar only sells tickets, by POST")
    return Request(action="tickets:buy", resource=resource, cost=_TICKET)
