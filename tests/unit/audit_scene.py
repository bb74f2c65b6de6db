"""The log that the audit tests share: who signs, what a decision looks like, and both kinds of log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import ALICE, NOW, PLANNER, SCOUT, person

from attorn.audit import ChargeLine, Hop, JsonLinesLog, Receipt, ReceiptDraft, Recorder, SQLiteLog, verify
from attorn.audit.ports import Log
from attorn.errors import AuditError

SERVICE, OTHER = person(40), person(41)
"""Two services with a log each."""
LINKS = (b"\x0a" * 16, b"\x0b" * 16)
CHAIN = (Hop(LINKS[0], PLANNER.did), Hop(LINKS[1], SCOUT.did))
USE = ChargeLine(link=1, unit="uses", period="total", limit=10, amount=1, account=f"{ALICE.did}/uses")
COST = ChargeLine(link=2, unit="EUR", period="day", limit=500, amount=250, account=f"{PLANNER.did}/EUR/2030-03-17")
KINDS = {"lines": JsonLinesLog, "sqlite": SQLiteLog}


def draft(**changed: Any) -> ReceiptDraft:
    """A permitted request of the scout, with changes."""
    usual: dict[str, Any] = {
        "at": NOW,
        "audience": "did:web:calendar.example",
        "root": ALICE.did,
        "chain": CHAIN,
        "action": "events:read",
        "resource": "cal://alice/2026-11",
        "request": b"\x0c" * 32,
        "verdict": "allowed",
        "charges": (USE, COST),
    }
    return ReceiptDraft(**{**usual, **changed})


def denied(**changed: Any) -> ReceiptDraft:
    """The same, refused by a caveat of the second link."""
    return draft(**{"verdict": "denied", "step": 9, "link": 2, "charges": (), **changed})


def open_log(kind: str, folder: Path, name: str = "log") -> Any:
    return KINDS[kind](folder / name)


def filled(log: Log, count: int, by: Any = SERVICE, **changed: Any) -> list[Receipt]:
    """Receipts, every third a denial, each a minute after the one before."""
    recorder = Recorder(log, by=by)
    made = [draft if number % 3 else denied for number in range(1, count + 1)]
    return [recorder.record(make(at=NOW + 60 * number, **changed)) for number, make in enumerate(made)]


def broken(log: Log, sequence: int | None, *words: str, **how: Any) -> AuditError:
    """The error of verifying, after making sure that it names this receipt and says these words."""
    with pytest.raises(AuditError) as caught:
        verify(log, **{"by": [SERVICE.did], **how})
    assert caught.value.sequence == sequence, caught.value
    for word in words:
        assert word in str(caught.value)
    return caught.value
