"""The page on the audit log shows what the code makes, and lists what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from tests.unit.scene import person

from attorn import Request
from attorn.audit import ChargeLine, Checkpoint, Hop, JsonLinesLog, Receipt, ReceiptDraft, Recorder, verify

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
SHOWN = {
    name: text.replace("\n", "") for name, text in re.findall(r"^```json ([a-z-]+)\n(.*?)^```$", PAGE, re.M | re.S)
}


def test_the_example_is_what_the_code_makes(tmp_path: Path) -> None:
    alice, planner, scout, service = (person(number) for number in (1, 2, 3, 9))
    request = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10})
    account = f"{planner.did}/{'22' * 16}/uses/total/"
    log = JsonLinesLog(tmp_path / "log")
    receipt = Recorder(log, by=service).record(
        ReceiptDraft(
            at=1795262400,
            audience="did:web:calendar.example",
            root=alice.did,
            chain=(Hop(b"\x11" * 16, planner.did), Hop(b"\x22" * 16, scout.did)),
            action=request.action,
            resource=request.resource,
            request=request.digest(),
            verdict="allowed",
            step=10,
            charges=(ChargeLine(link=2, unit="uses", period="total", limit=10, amount=1, account=account),),
        )
    )
    assert {
        "receipt": receipt.encode(),
        "receipt-digest": receipt.digest().hex(),
        "checkpoint": log.checkpoint(),
    } == SHOWN
    assert Receipt.decode(SHOWN["receipt"]).statement().startswith(b"\0ATTORN\0RECEIPT\0v1\0{")
    assert Checkpoint.decode(SHOWN["checkpoint"]).statement().startswith(b"\0ATTORN\0CHECKPOINT\0v1\0{")
    assert verify(log, by=[service.did], expect=SHOWN["checkpoint"]).count == 1


def test_every_member_is_explained() -> None:
    rows = re.findall(r"^\| (`[a-z`, ]+`) \| [^|]+ \|", PAGE.split("## The line")[0], re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)} - {"member"}
    assert explained == {field.name for field in fields(Receipt)} | {"holder"}


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        exec(compile(block, "docs/audit.md", "exec"), names)
