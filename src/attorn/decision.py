"""Verdicts as pure data: who was stopped, at which link, by which caveat, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNDECIDED: Final = "It could not be decided whether this is allowed; nothing was done. Try again."
"""What is told of a failure inside: not what a store or a resolver said."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why one caveat prohibits one request, in words a person can act on."""

    caveat: str
    """The kind of caveat, for instance `Actions`."""
    limit: str
    """What the link allows."""
    asked: str
    """What the request asked for."""

    def explain(self) -> str:
        return f"{self.caveat} allows {self.limit}; the request asked for {self.asked}"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of clearing one request. It has no truth value: read `allowed`.

    `link` is the position of the prohibiting link (1 is the user's own), None if it was none of them; `step` is the
    numbered step (9 or 10).
    """

    allowed: bool
    step: int
    link: int | None = None
    delegator: str | None = None
    delegate: str | None = None
    denial: Denial | None = None

    def explain(self) -> str:
        """One line: which link, which caveat, what the limit was and what was asked."""
        if self.denial is None:
            return "allowed" if self.allowed else "denied"
        if self.link is None:
            return self.denial.explain()
        return f"link {self.link} ({self.delegator} -> {self.delegate}): {self.denial.explain()}"

    def members(self) -> dict[str, str | int | None]:
        """What a refusal tells of it, for JSON: `caveat`, `limit` and `asked` only where a caveat prohibits."""
        found: dict[str, str | int | None] = {"step": self.step, "link": self.link}
        found |= {"delegator": self.delegator, "delegate": self.delegate}
        if self.denial is not None:
            found |= {"caveat": self.denial.caveat, "limit": self.denial.limit, "asked": self.denial.asked}
        return found

    def __bool__(self) -> bool:
        raise TypeError("a Decision has no truth value; read .allowed")
