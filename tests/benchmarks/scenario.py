"""The policy that every side states, link by link, so that sizes and times compare like with like.

Each link says four things, on every side: one action, a path that an argument must stay under, a numeric range for
another argument, and an expiry. Later links narrow the path once and the range by one. There is one action at the root
too, because Tenuo states constraints once per tool and a second action would charge it for its layout.
"""

from __future__ import annotations

from typing import Final

ACTION: Final = "events:read"
RESOURCE: Final = "cal://alice"
AUDIENCE: Final = "did:web:calendar.example"
ARGUMENTS: Final[dict[str, str | int]] = {"path": "/calendars/alice/2026/11", "limit": 10}
LIFETIME_SECONDS: Final = 3600

HEADLINE_LINKS: Final = 3
"""User -> agent -> agent -> agent: three links, four principals."""
SLOPE_LINKS: Final = tuple(range(1, 9))


def path(link: int) -> str:
    """The directory that link number `link` (from 1) allows."""
    return "/calendars/alice" if link == 1 else "/calendars/alice/2026"


def highest(link: int) -> int:
    """The upper end of the range that link number `link` (from 1) allows; the lower end is 1."""
    return 101 - link


def lifetime(link: int) -> int:
    """Seconds until link number `link` (from 1) expires: a child never outlives its parent."""
    return LIFETIME_SECONDS - 60 * (link - 1)
