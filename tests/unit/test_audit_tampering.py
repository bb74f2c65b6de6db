"""Every way to tamper with a log is found, and the receipt it was done to is named (attack 135).

docs/audit.md states the counts.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.unit.audit_scene import KINDS, OTHER, SERVICE, broken, denied, draft, open_log
from tests.unit.scene import ALICE, MALLORY, NOW

from attorn.audit import Checkpoint, Head, Receipt, Recorder, verify
from attorn.audit.sqlite import _SCHEMA
from attorn.encoding import base64url_encode
from attorn.keys.signer import signed

COUNT = 9
PLACES = {"first": 1, "middle": 5, "last": COUNT}
PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")


class Memory:
    """A log that is written to a file later."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.points: list[Checkpoint] = []

    def append(self, make: Any) -> None:
        head = Head(len(self.receipts), self.receipts[-1].digest()) if self.receipts else Head(0, bytes(32))
        receipt, point = make(head)
        self.receipts.append(receipt)
        self.points.append(point)

    @property
    def lines(self) -> list[str]:
        return [receipt.encode() for receipt in self.receipts]


def written(start: int = 0, by: Any = SERVICE) -> Memory:
    log = Memory()
    recorder = Recorder(log, by=by)  # type: ignore[arg-type]
    for number in range(COUNT):
        recorder.record((draft if number % 3 else denied)(at=NOW + start + number, charges=draft().charges))
    return log


TRUE, BESIDE, STRANGE = written(), written(start=1000), written(by=OTHER)


def edited(line: str, change: Callable[[dict[str, Any]], object]) -> str:
    """The line with its content changed, in canonical form again, so that nothing but the signature tells."""
    members = json.loads(line)
    change(members)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def resigned(receipt: Receipt, whom: Any, **changed: Any) -> Receipt:
    unsigned = replace(receipt, **changed, signature=b"")
    return replace(unsigned, signature=signed(whom.signer, unsigned.statement()))


def rewritten(start: int, whom: Any, **changed: Any) -> list[str]:
    """The log from receipt `start` on, written again with correct links."""
    kept = TRUE.receipts[: start - 1]
    for receipt in TRUE.receipts[start - 1 :]:
        previous = kept[-1].digest() if kept else bytes(32)
        kept.append(resigned(receipt, whom, previous=previous, **changed))
        changed.pop("resource", None)
    return [receipt.encode() for receipt in kept]


class Tampering(NamedTuple):
    """One way to tamper: the lines that are left, and the receipt to be named."""

    kind: str
    name: str
    lines: list[str]
    sequence: int


OTHER_DIGEST = base64url_encode(b"\x07" * 32)
EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "action": lambda m: m.update(action="events:write"),
    "at": lambda m: m.update(at=m["at"] - 3600),
    "audience": lambda m: m.update(audience="did:web:other.example"),
    "by": lambda m: m.update(by=OTHER.did),
    "holder and delegate": lambda m: (m.update(holder=MALLORY.did), m["chain"][-1].update(delegate=MALLORY.did)),
    "holder alone": lambda m: m.update(holder=MALLORY.did),
    "middle delegate": lambda m: m["chain"][0].update(delegate=MALLORY.did),
    "link id": lambda m: m["chain"][0].update(link=base64url_encode(b"\x07" * 16)),
    "shorter chain": lambda m: (m["chain"].pop(0), m.update(charges=[], link=None)),
    "charges taken out": lambda m: m.update(charges=[]),
    "charged amount": lambda m: m["charges"][0].update(amount=0),
    "charged limit": lambda m: m["charges"][0].update(limit=11),
    "charged unit": lambda m: m["charges"][0].update(unit="USD"),
    "charged period": lambda m: m["charges"][0].update(period="day"),
    "charged account": lambda m: m["charges"][0].update(account="another"),
    "charged link": lambda m: m["charges"][0].update(link=2),
    "refusing link": lambda m: m.update(link=1 if m["link"] != 1 else 2),
    "previous": lambda m: m.update(previous=OTHER_DIGEST),
    "request": lambda m: m.update(request=OTHER_DIGEST),
    "resource": lambda m: m.update(resource="cal://bob"),
    "retry": lambda m: m.update(retry=True),
    "root": lambda m: m.update(root=MALLORY.did),
    "sequence": lambda m: m.update(sequence=m["sequence"] + 1),
    "signature": lambda m: m.update(signature=base64url_encode(b"\x07" * 64)),
    "signature taken out": lambda m: m.update(signature=""),
    "step": lambda m: m.update(step=8),
    "verdict": lambda m: m.update(verdict="allowed" if m["verdict"] != "allowed" else "denied"),
    "a member more": lambda m: m.update(note="x"),
    "a member less": lambda m: m.pop("retry"),
}


def tamperings() -> list[Tampering]:
    lines, found = TRUE.lines, []
    for name, change in EDITS.items():
        for place, k in PLACES.items():
            found.append(
                Tampering("edited", f"{name}, {place}", [*lines[: k - 1], edited(lines[k - 1], change), *lines[k:]], k)
            )
    for k in range(1, COUNT + 1):
        found.append(Tampering("dropped", f"{k}", lines[: k - 1] + lines[k:], k))
        found.append(Tampering("tail dropped", f"from {k}", lines[: k - 1], k))
        found.append(Tampering("duplicated", f"{k}, behind itself", lines[:k] + lines[k - 1 :], k))
        found.append(Tampering("duplicated", f"{k}, at the end", [*lines, lines[k - 1]], k))
        resign = resigned(TRUE.receipts[k - 1], MALLORY)
        found.append(Tampering("signed by another", f"{k}", [*lines[: k - 1], resign.encode(), *lines[k:]], k))
        named = resigned(TRUE.receipts[k - 1], MALLORY, by=MALLORY.did)
        found.append(Tampering("signed by another", f"{k}, named", [*lines[: k - 1], named.encode(), *lines[k:]], k))
        found.append(Tampering("signed by another", f"all from {k}", rewritten(k, MALLORY), k))
        for what, line in (("nothing", ""), ("a space", f" {lines[k - 1]}"), ("words", "not a receipt")):
            found.append(Tampering("made unreadable", f"{k}, {what}", [*lines[: k - 1], line, *lines[k:]], k))
        found.append(Tampering("inserted", f"before {k}", [*lines[: k - 1], STRANGE.lines[k - 1], *lines[k - 1 :]], k))
    for k in range(1, COUNT):
        swapped = [*lines[: k - 1], lines[k], lines[k - 1], *lines[k + 1 :]]
        found.append(Tampering("reordered", f"{k} and {k + 1}", swapped, k))
    for k in range(2, COUNT + 1):
        spliced = [*lines[: k - 1], BESIDE.lines[k - 1], *lines[k:]]
        found.append(Tampering("spliced from another log", f"{k}", spliced, k))
        found.append(Tampering("spliced from another log", f"all from {k}", lines[: k - 1] + BESIDE.lines[k - 1 :], k))
    # Both are first receipts of a log: that they are not of one is seen at the second.
    found.append(Tampering("spliced from another log", "1", [BESIDE.lines[0], *lines[1:]], 2))
    found.append(Tampering("spliced from another log", "all", BESIDE.lines, COUNT))
    found.append(Tampering("reordered", "all", lines[::-1], 1))
    return found


TAMPERINGS = tamperings()


def put(kind: str, path: Path, lines: list[str], point: str | None) -> None:
    """Write a log as somebody would who writes its file."""
    if kind == "lines":
        path.write_text("".join(f"{line}\n" for line in lines))
        path.chmod(0o600)
        if point is not None:
            Path(f"{path}.head").write_text(f"{point}\n")
        return
    connection = sqlite3.connect(path)
    connection.executescript(_SCHEMA)
    rows = [(number, line.encode()) for number, line in enumerate(lines, start=1)]
    connection.executemany("INSERT INTO receipt VALUES (?, ?)", rows)
    connection.execute("INSERT INTO checkpoint VALUES (1, ?)", (point,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_true_log_verifies(kind: str, tmp_path: Path) -> None:
    put(kind, tmp_path / "log", TRUE.lines, TRUE.points[-1].encode())
    head = verify(open_log(kind, tmp_path), by=[SERVICE.did], expect=TRUE.points[3])
    assert (head.count, head.digest) == (COUNT, TRUE.receipts[-1].digest())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: f"{tampering.kind}: {tampering.name}")
def test_tampering_is_found_and_named(tampering: Tampering, kind: str, tmp_path: Path) -> None:
    put(kind, tmp_path / "log", tampering.lines, TRUE.points[-1].encode())
    error = broken(open_log(kind, tmp_path), tampering.sequence)
    assert error.code == "audit_broken"
    assert str(tampering.sequence) in re.findall(r"\b\d+\b", str(error))


CUTS = range(1, sum(len(line.encode()) + 1 for line in TRUE.lines), 301)


@pytest.mark.parametrize("size", CUTS)
def test_a_file_cut_anywhere_is_found(size: int, tmp_path: Path) -> None:
    put("lines", tmp_path / "log", TRUE.lines, TRUE.points[-1].encode())
    content = (tmp_path / "log").read_bytes()[:size]
    (tmp_path / "log").write_bytes(content)
    broken(open_log("lines", tmp_path), content.count(b"\n") + 1, "is missing")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (TRUE.lines[1:], "receipt 1 is missing: 2 stands in its place"),
        (TRUE.lines[:3] + TRUE.lines[5:], "receipt 4 is missing: 6 stands in its place"),
        (TRUE.lines[:-2], "receipt 8 is missing: the log ends at 7, and held 9"),
        ([*TRUE.lines[:3], TRUE.lines[4], TRUE.lines[3], *TRUE.lines[5:]], "receipts 4 and 5 stand in the wrong order"),
        (TRUE.lines[:4] + TRUE.lines[3:], "receipt 4 stands again where 5 belongs"),
        ([*TRUE.lines[:3], BESIDE.lines[3], *TRUE.lines[4:]], "receipt 4 does not follow the one before it"),
        ([*TRUE.lines[:3], STRANGE.lines[3], *TRUE.lines[4:]], "receipt 4 is signed by did:key:"),
        ([*TRUE.lines[:3], "{}", *TRUE.lines[4:]], "receipt 4 cannot be read"),
        ([*TRUE.lines[:3], edited(TRUE.lines[3], EDITS["verdict"])], "receipt 4 was edited, or not signed by"),
        (BESIDE.lines, "receipt 9 is not the one that the checkpoint beside the log names"),
    ],
)
def test_what_is_said(lines: list[str], words: str, tmp_path: Path) -> None:
    put("lines", tmp_path / "log", lines, TRUE.points[-1].encode())
    with pytest.raises(Exception, match=re.escape(words)):
        verify(open_log("lines", tmp_path), by=[SERVICE.did])


# Whoever can put an older checkpoint beside the log, or has the signing key, is found only by one kept elsewhere.
UNSEEN = {
    "tail dropped, and the checkpoint of then": (TRUE.lines[:5], TRUE.points[4], 6),
    "another log of the same service": (BESIDE.lines, BESIDE.points[-1], 7),
    "written again with the key": (rewritten(4, SERVICE, resource="cal://bob"), None, 7),
    "emptied": ([], None, 1),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_only_a_checkpoint_kept_elsewhere_tells(name: str, tmp_path: Path) -> None:
    lines, point, sequence = UNSEEN[name]
    log = open_log("lines", tmp_path)
    if point is None and lines:
        last = Receipt.decode(lines[-1])
        unsigned = Checkpoint(count=COUNT, digest=last.digest(), at=NOW, by=SERVICE.did, signature=b"")
        point = replace(unsigned, signature=signed(SERVICE.signer, unsigned.statement()))
    put("lines", tmp_path / "log", lines, None if point is None else point.encode())
    assert verify(log, by=[SERVICE.did]).count == len(lines)
    broken(log, sequence, expect=TRUE.points[6].encode())


@pytest.mark.parametrize("count", [1, 4, COUNT])
def test_any_earlier_checkpoint_is_met(count: int, tmp_path: Path) -> None:
    put("lines", tmp_path / "log", TRUE.lines, TRUE.points[-1].encode())
    log = open_log("lines", tmp_path)
    assert verify(log, by=[SERVICE.did], expect=TRUE.points[count - 1]).count == COUNT
    broken(log, None, "the checkpoint that was expected", expect=STRANGE.points[count - 1])
    broken(log, None, "signature", expect=replace(TRUE.points[count - 1], count=2))
    broken(log, None, "signature", expect=replace(TRUE.points[count - 1], at=NOW - 1))
    broken(log, count, "names", expect=BESIDE.points[count - 1])


def test_a_log_by_somebody_else(tmp_path: Path) -> None:
    put("lines", tmp_path / "log", STRANGE.lines, STRANGE.points[-1].encode())
    broken(open_log("lines", tmp_path), None, "may not sign")
    broken(open_log("lines", tmp_path), None, by=[ALICE.did])


def test_the_page_states_these_counts() -> None:
    kinds = dict.fromkeys(tampering.kind for tampering in TAMPERINGS)
    counts = {kind: sum(tampering.kind == kind for tampering in TAMPERINGS) for kind in kinds}
    rows = dict(re.findall(r"^\| ([a-z ]+) \| \d+/(\d+) \|", PAGE, re.MULTILINE))
    both = {**counts, "cut in the middle of a line": len(CUTS)}
    assert rows == {kind: str(count) for kind, count in both.items()}
    assert f"{len(TAMPERINGS)} ways, {len(TAMPERINGS)} found" in " ".join(PAGE.split())
