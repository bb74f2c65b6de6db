"""Times as a did:webvh log has them: UTC, in the one profile of ISO 8601 that leaves no doubt."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.did.webvh.refusal import Reason, refused
from attorn.display import shown

_STAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|\+00:00)", re.ASCII
)


def read_stamp(value: JsonValue, name: str, reason: Reason) -> datetime:
    """The instant that `value` spells, in 1970 or later. Raises `ResolutionError` for `reason`."""
    if isinstance(value, str) and _STAMP.fullmatch(value):
        try:
            at = datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            at = None
        if at is not None and at.year >= 1970:
            return at
    raise refused(reason, f"expected {name} as a time in UTC, like 2026-11-22T09:00:00Z, got {shown(value)}")
