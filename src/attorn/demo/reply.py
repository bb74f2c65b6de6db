"""What one agent answers to one line of its script."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`status` is the server's, 0 where nothing was sent; `code` and `words` are those of whoever refused it."""

    status: int = 0
    code: str = ""
    words: str = ""
    by: str = ""
    """The link and caveat that prohibited it, as `2 Actions`."""
    token: str = ""
    presentation: str = ""
    did: str = ""
