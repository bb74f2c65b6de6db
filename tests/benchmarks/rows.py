"""Rows of the report: a measured value, the budget it is held against, and whether it is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class Verdict(StrEnum):
    STRETCH = "stretch"
    MET = "met"
    MISSED = "MISSED"
    NONE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the budget table. Without `must` it is there for scale only."""

    name: str
    value: float
    unit: str
    must: float | None = None
    stretch: float | None = None
    at_least: bool = False
    """Whether more is better."""
    absolute: str = ""
    """The measured quantities behind a ratio, with their units."""

    @property
    def verdict(self) -> Verdict:
        if self.must is None:
            return Verdict.NONE
        if self.stretch is not None and self._within(self.stretch):
            return Verdict.STRETCH
        return Verdict.MET if self._within(self.must) else Verdict.MISSED

    def _within(self, bound: float) -> bool:
        return self.value >= bound if self.at_least else self.value <= bound

    def record(self) -> dict[str, object]:
        return {**asdict(self), "value": round(self.value, 4), "verdict": self.verdict.value}

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            _number(self.value, self.unit),
            self._bound(self.must),
            self._bound(self.stretch),
            self.verdict.value,
            self.absolute,
        )

    def _bound(self, bound: float | None) -> str:
        if bound is None:
            return ""
        return f"{'>=' if self.at_least else '<='} {_number(bound, self.unit)}"


HEADINGS = ("what", "measured", "must", "stretch", "verdict", "behind it")


def _number(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value:,.0f} bytes"
    return f"{value:.2f} {unit}" if unit else f"{value:.0f}"


def table(headings: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table whose columns line up in plain text too."""
    widths = [max(len(line[column]) for line in [headings, *lines]) for column in range(len(headings))]
    rule = tuple("-" * width for width in widths)
    drawn = (
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [headings, rule, *lines]
    )
    return "\n".join(drawn)
