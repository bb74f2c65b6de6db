"""When a payment may be executed: payment.execution_date."""

from __future__ import annotations

from typing import Any

from .mandate_link_cases import BAD, Recipe
from .mandate_payment_cases import DATES, MALFORMED, meets, prohibited, refused
from .mandate_scene import Scene


def dated(text: str | None = None, **bounds: Any) -> dict[str, Any]:
    """A window, its bounds seconds from now or text, and the date of the payment."""

    def window(scene: Scene) -> list[Any]:
        said = {name: scene.at(scene.now + far) if isinstance(far, int) else far for name, far in bounds.items()}
        return [scene.dates(**said)]

    return {"more": window} if text is None else {"more": window, "closed": {"execution_date": text}}


def day(offset: int, name: str) -> dict[str, Any]:
    """A whole day in UTC as a bound of a payment without a date."""
    return {"more": lambda scene: [scene.dates(**{name: scene.day(scene.now + offset * 86_400)})]}


RECIPES: tuple[Recipe, ...] = (
    meets("dates-now", "no date is now", DATES, **dated(not_before=0, not_after=0)),
    meets("dates-today", "until today, to its end", DATES, **day(0, "not_after")),
    meets("dates-from-today", "from today", DATES, **day(0, "not_before")),
    prohibited("dates-yesterday", "until yesterday", 116, DATES, "too_late", **day(-1, "not_after")),
    prohibited("dates-tomorrow", "from tomorrow", 116, DATES, "too_early", **day(1, "not_before")),
    prohibited("dates-a-second-late", "over since a second", 116, DATES, "too_late", **dated(not_after=-1)),
    prohibited("dates-a-second-early", "from the next second", 116, DATES, "too_early", **dated(not_before=1)),
    meets(
        "dates-zone",
        "the next day there, the last second here",
        DATES,
        **dated("2030-06-02T00:59:59+01:00", not_after="2030-06-01"),
    ),
    prohibited(
        "dates-zone-late",
        "the same day there, the next one here",
        116,
        DATES,
        "too_late",
        **dated("2030-06-01T23:59:59-01:00", not_after="2030-06-01"),
    ),
    prohibited(
        "dates-zone-early",
        "the same day there, the one before here",
        116,
        DATES,
        "too_early",
        **dated("2030-06-01T00:30:00+01:00", not_before="2030-06-01"),
    ),
    meets(
        "dates-same-instant",
        "one instant in two zones",
        DATES,
        **dated("2030-06-01T12:00:00+02:00", not_before="2030-06-01T10:00:00Z", not_after="2030-06-01T10:00:00Z"),
    ),
    meets(
        "dates-day",
        "a whole day within two",
        DATES,
        **dated("2030-06-01", not_before="2030-06-01", not_after="2030-06-02"),
    ),
    prohibited(
        "dates-part-of-day",
        "a day of which the first second is too early",
        116,
        DATES,
        "too_early",
        **dated("2030-06-01", not_before="2030-06-01T00:00:01Z"),
    ),
    prohibited(
        "dates-end-of-day",
        "a day of which the last second is too late",
        116,
        DATES,
        "too_late",
        **dated("2030-06-01", not_after="2030-06-01T23:59:58Z"),
    ),
    refused(
        "dates-no-zone",
        "a time without a zone",
        57,
        DATES,
        MALFORMED,
        **dated("2030-06-01T10:00:00", not_after="2030-06-02"),
    ),
    refused(
        "dates-bound-no-zone", "a bound without a zone", 57, DATES, MALFORMED, **dated(not_after="2030-06-02T00:00:00")
    ),
    refused("dates-hour-24", "24:00", 57, DATES, MALFORMED, **dated("2030-06-01T24:00:00Z", not_after="2030-06-02")),
    refused(
        "dates-february-30",
        "a day that there is not",
        57,
        DATES,
        MALFORMED,
        **dated("2030-02-30", not_after="2030-06-02"),
    ),
    refused(
        "dates-other-digits",
        "a year in other digits",
        56,
        DATES,
        MALFORMED,
        **dated("\u0662\u0660\u0663\u0660-06-01", not_after="2030-06-02"),
    ),
    refused(
        "dates-nanoseconds",
        "finer than a microsecond",
        57,
        DATES,
        MALFORMED,
        **dated("2030-06-01T10:00:00.0000001Z", not_after="2030-06-02"),
    ),
    refused(
        "dates-second", "a Unix second", 57, DATES, MALFORMED, more=lambda scene: [scene.dates(not_after=scene.now)]
    ),
    refused(
        "dates-reversed", "a window in which there is no time", 115, DATES, BAD, **dated(not_before=1, not_after=0)
    ),
    refused("dates-no-bound", "neither bound", 115, DATES, BAD, **dated()),
)
