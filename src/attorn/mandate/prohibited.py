"""A purchase that its mandates do not allow: everything that is wrong with it, and which mandate says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from attorn.decision import Decision
from attorn.errors import Denied
from attorn.mandate.constraint.base import Code, Violation
from attorn.mandate.verified import VerifiedChain, VerifiedHop

_COUNTED: Final = frozenset({Code.TOO_MANY_USES, Code.TOO_SOON, Code.OVER_BUDGET})


@dataclass(frozen=True, slots=True)
class Prohibition:
    """One limit that is not met, of the mandate at `position` of its chain, from 1."""

    position: int
    violation: Violation


class Prohibited(Denied):
    """Genuine, but not allowed. `prohibitions` has every reason, and `decision` the first of them."""

    def __init__(self, decision: Decision, prohibitions: tuple[Prohibition, ...]) -> None:
        super().__init__(decision)
        self.prohibitions = prohibitions

    def __reduce__(self) -> tuple[type[Prohibited], tuple[object, ...], dict[str, object]]:
        return type(self), (self.decision, self.prohibitions), self.__dict__

    @property
    def codes(self) -> tuple[Code, ...]:
        """The code of every reason, in their order."""
        return tuple(each.violation.code for each in self.prohibitions)


def require_none(chain: VerifiedChain, found: Sequence[Prohibition]) -> None:
    """Raises `Prohibited` if there is any reason to refuse."""
    if not found:
        return
    first = found[0]
    hop = chain.hops[first.position - 1]
    decision = Decision(
        allowed=False,
        step=10 if first.violation.code in _COUNTED else 9,
        link=first.position,
        delegator=_signer(hop),
        delegate=_holder(hop),
        denial=first.violation.denial(),
    )
    raise Prohibited(decision, tuple(found))


def _signer(hop: VerifiedHop) -> str:
    return hop.did or "an anchor" if hop.position == 1 else hop.did or "the holder before it"


def _holder(hop: VerifiedHop) -> str:
    if hop.holder is None:
        return hop.audience or "whoever it is shown to"
    return hop.holder.did or "the key in cnf"
