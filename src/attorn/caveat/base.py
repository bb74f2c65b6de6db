"""What every caveat is: a typed limit that can prohibit a request and can never permit one.

A caveat is written as a Datalog check (or, for words that limit nothing, a fact) that any stock Biscuit engine
enforces. `read` is loose on purpose: what it returns counts only if it renders to exactly the check it was read from,
which `attorn.caveat.profile` tests, so no check can mean more than the caveat that stands for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from attorn.datalog import Check, Predicate, Query
from attorn.decision import Denial
from attorn.display import bare
from attorn.request.facts import Facts


class Caveat:
    """One limit. Subclasses are frozen, slotted and compare by value, and define what raises NotImplementedError here.

    Not an `abc.ABC`: asking whether a caveat is of some kind is on the hot path, and there it costs ten times as much.
    """

    __slots__ = ()

    over: ClassVar[tuple[str, ...]] = ()
    """The facts that a check begins with which may stand for this caveat; for an atom, those its condition is over."""

    def prohibits(self, facts: Facts) -> Denial | None:
        """Why this request is prohibited, or None. None permits nothing: every other caveat is asked too."""
        raise NotImplementedError

    def render(self) -> Check | Predicate:
        """The Datalog check that a stock engine enforces; a fact for a caveat that limits nothing."""
        raise NotImplementedError

    @classmethod
    def read(cls, check: Check) -> Caveat | None:
        """The caveat that `check` might stand for; None for a kind that no check of its own stands for.

        May raise `InputError`, LookupError, TypeError or ValueError.
        """
        del check
        return None

    @classmethod
    def read_with(cls, check: Check, literals: Callable[[Query], tuple[Any, ...]]) -> Caveat | None:
        """As `read`, for a kind that holds conditions on arguments: `literals` reads those of one alternative."""
        del literals
        return cls.read(check)

    def limit(self) -> str:
        """The limit in words, as a person would finish the sentence "may only ..."."""
        raise NotImplementedError

    def resolved(self, now: datetime, depth: int) -> Caveat:
        """The absolute form, for a link issued at `now` with `depth` links before it."""
        del now, depth
        return self

    def narrower_than(self, other: Caveat) -> bool | None:
        """Whether everything this permits `other` permits too; None where that is not decided by the two alone."""
        del other
        return None

    def denial(self, asked: str) -> Denial:
        """A denial by this caveat."""
        limit = self.limit()
        return Denial(type(self).__name__, limit if len(limit) <= 1000 else limit[:997] + "...", asked)


def listed(values: tuple[str, ...]) -> str:
    """A few untrusted names for a person's eyes."""
    return " or ".join(bare(value) for value in values[:8]) + (" ..." if len(values) > 8 else "")
