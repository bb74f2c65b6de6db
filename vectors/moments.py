"""Dates as documents write them. Nothing here imports attorn."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(second: int) -> str:
    """A Unix second as date and time in UTC (RFC 3339)."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
