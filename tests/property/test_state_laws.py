"""Laws 5, 6 and 7 over random trees of delegations: once, to everybody below and nobody else, charged to all above.

Uses, replays, retries, revocations, lists, lives and time come in any order; a plain model says what each may lead to.
Stores that break a law in one place each show that this would be noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.property.state_machine import Delegations

from attorn.statement import Kind, Statement
from attorn.store import Charge, Charged, MemoryStore, SQLiteStore
from attorn.store.ports import Retry

_SETTINGS = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def hold(open_store: Callable[[], Any], *, examples: int, steps: int, **changed: Any) -> None:
    """Raises what the machine raises where a law does not hold with these stores."""
    chosen = settings(_SETTINGS, max_examples=examples, stateful_step_count=steps, **changed)
    run_state_machine_as_test(lambda: Delegations(open_store()), settings=chosen)


def files(folder: Path) -> Callable[[], SQLiteStore]:
    numbers = count()
    return lambda: SQLiteStore(folder / f"{next(numbers)}.db")


def test_in_memory() -> None:
    hold(MemoryStore, examples=60, steps=40)


def test_in_a_file(tmp_path: Path) -> None:
    hold(files(tmp_path), examples=12, steps=40)


@pytest.mark.long
def test_in_memory_at_length() -> None:
    hold(MemoryStore, examples=600, steps=60)


@pytest.mark.long
def test_in_a_file_at_length(tmp_path: Path) -> None:
    hold(files(tmp_path), examples=120, steps=60)


class ForgetsPresentations(MemoryStore):
    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return True


class ForgetsOneOfTwo(MemoryStore):
    """As a verifier that keeps its own memory does."""

    asked = 0

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        new = super().remember(presentation, expires=expires, now=now)
        self.asked += 1
        return new or self.asked % 2 == 0


class ChargesTheLastLinkAlone(MemoryStore):
    """What every library measured does: each holder counts for itself."""

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        return super().charge(charges[-1:], now=now, retry=retry)


class AsksAllAndChargesOne(MemoryStore):
    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        used = self.used([charge.account for charge in charges])
        for charge in charges:
            if used.get(charge.account, 0) + charge.amount > charge.limit:
                return Charged(refused=charge)
        return super().charge(charges[-1:], now=now, retry=retry)


class ReadsThenWrites(MemoryStore):
    """What it checks against is as it was before the last charge: somebody else's came in between."""

    def __init__(self) -> None:
        super().__init__()
        self._before: Mapping[str, int] = {}

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        accounts = [charge.account for charge in charges]
        for charge in charges:
            if self._before.get(charge.account, 0) + charge.amount > charge.limit:
                return Charged(refused=charge)
        self._before = {**self._before, **self.used(accounts)}
        return super().charge(
            [Charge(charge.account, 10**9, charge.amount, charge.until) for charge in charges], now=now, retry=retry
        )


class ChargesUntilRefused(MemoryStore):
    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        for charge in charges:
            answer = super().charge([charge], now=now, retry=None)
            if answer.refused is not None:
                return answer
        return super().charge([], now=now, retry=retry)


class ChargesEveryTry(MemoryStore):
    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        return super().charge(charges, now=now)


class TakesARefusalForACharge(MemoryStore):
    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        if retry is not None and super().charge([], now=now, retry=retry).repeated:
            return Charged(repeated=True)
        return super().charge(charges, now=now)


class OpensOldPeriodsAgain(MemoryStore):
    """A pruned account is a fresh one."""

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        if now % 2:
            self._used.clear()
        return super().charge(charges, now=now, retry=retry)


class ForgetsRevocations(MemoryStore):
    def statements(self, wanted: Sequence[tuple[Kind, str]], *, by: Any = None) -> Sequence[Statement]:
        return [said for said in super().statements(wanted, by=by) if said.kind is not Kind.REVOCATION]


class RevokesTheLinkAlone(MemoryStore):
    """Only the holder's own link is looked up, not those above it."""

    def statements(self, wanted: Sequence[tuple[Kind, str]], *, by: Any = None) -> Sequence[Statement]:
        last = [each for each in wanted if each[0] is Kind.REVOCATION][-1:]
        return super().statements([*last, *(each for each in wanted if each[0] is not Kind.REVOCATION)], by=by)


class KeepsTheLastSigner(MemoryStore):
    """One statement about each subject, whoever made it: a stranger un-revokes."""

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        newer = super().put(statements)
        for said in statements if newer is None else ():
            self._said[said.kind, said.subject] = {said.by: said}
        return newer


class TakesListsForTheWholeTruth(MemoryStore):
    """A later list that leaves a link out makes it good again."""

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        for said in statements:
            if said.kind is Kind.LIST:
                for (kind, _), about in self._said.items():
                    if kind is Kind.REVOCATION:
                        about.pop(said.by, None)
        return super().put(statements)


class RollsBack(MemoryStore):
    def put(self, statements: Sequence[Statement]) -> Statement | None:
        for said in statements:
            self._said.setdefault((said.kind, said.subject), {})[said.by] = said
        return None


class EndsNobody(MemoryStore):
    def put(self, statements: Sequence[Statement]) -> Statement | None:
        return super().put([said for said in statements if said.value != "deprovision"])


BROKEN = [
    ForgetsPresentations,
    ForgetsOneOfTwo,
    ChargesTheLastLinkAlone,
    AsksAllAndChargesOne,
    ReadsThenWrites,
    ChargesUntilRefused,
    ChargesEveryTry,
    TakesARefusalForACharge,
    OpensOldPeriodsAgain,
    ForgetsRevocations,
    RevokesTheLinkAlone,
    KeepsTheLastSigner,
    TakesListsForTheWholeTruth,
    RollsBack,
    EndsNobody,
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_store_that_breaks_a_law_is_noticed(broken: type[MemoryStore]) -> None:
    # Within 16,000 steps; for these draws, examples of 80 show the faults in fewer than examples of 40.
    with pytest.raises(AssertionError):
        hold(broken, examples=200, steps=80, phases=[Phase.generate])
