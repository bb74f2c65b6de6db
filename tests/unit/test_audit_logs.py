"""Both kinds of log: appending is one step that lasts or did not happen, whoever else appends, whatever fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.audit_scene import KINDS, OTHER, SERVICE, broken, denied, draft, filled, open_log
from tests.unit.scene import Answering, document

from attorn.audit import EMPTY, Head, JsonLinesLog, Recorder, SQLiteLog, receipts, verify
from attorn.did.document import Relationship
from attorn.did.resolver import StaticResolver
from attorn.errors import AuditError, InputError, MalformedError, ResolutionError, UnavailableError

both = pytest.mark.parametrize("kind", KINDS)
ROOT = Path(__file__).parents[2]


@both
def test_what_was_recorded_is_there(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    made = filled(log, 7)
    head = verify(log, by=[SERVICE.did])
    assert (head.count, head.digest) == (7, made[-1].digest())
    assert head.checkpoint is not None
    assert (head.checkpoint.count, head.checkpoint.digest) == (7, head.digest)
    assert list(receipts(log, by=[SERVICE.did])) == made
    assert [line.decode() for line in log.lines()] == [receipt.encode() for receipt in made]


@both
def test_it_goes_on_after_it_was_closed(kind: str, tmp_path: Path) -> None:
    made = [receipt for _ in range(3) for receipt in filled(open_log(kind, tmp_path), 2)]
    assert [receipt.sequence for receipt in made] == [1, 2, 3, 4, 5, 6]
    assert verify(open_log(kind, tmp_path), by=[SERVICE.did]).count == 6


@both
def test_only_its_owner_reads_it(kind: str, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        filled(open_log(kind, tmp_path), 1)
    finally:
        os.umask(before)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@both
def test_one_log_may_have_several_signers(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    one = Recorder(log, by=SERVICE, others=[OTHER.did])
    two = Recorder(log, by=OTHER, others=[SERVICE.did])
    assert [(one if number % 2 else two).record(draft()).sequence for number in range(4)] == [1, 2, 3, 4]
    assert verify(log, by=[SERVICE.did, OTHER.did]).count == 4
    broken(log, 1, "may not sign")


@both
def test_a_stranger_does_not_go_on_with_a_log(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 2)
    with pytest.raises(UnavailableError, match="may not sign"):
        Recorder(log, by=OTHER).record(draft())
    assert verify(log, by=[SERVICE.did]).count == 2


@both
def test_a_log_that_is_not_there(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    for act in (log.checkpoint, lambda: list(log.lines()), lambda: verify(log, by=[SERVICE.did])):
        if kind == "lines" and act == log.checkpoint:
            assert act() is None
            continue
        with pytest.raises(UnavailableError):
            act()
    assert list(tmp_path.iterdir()) == []


@both
def test_reading_goes_on_while_others_append(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 3)
    walk = receipts(log, by=[SERVICE.did])
    assert next(walk).sequence == 1
    filled(log, 2)
    assert [receipt.sequence for receipt in walk] == [2, 3]
    assert verify(log, by=[SERVICE.did]).count == 5


@both
def test_what_makes_the_receipt_may_fail(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 1)

    def fail(head: Head) -> Any:
        assert head.count == 1
        raise UnavailableError("no signer")

    with pytest.raises(UnavailableError, match="no signer"):
        log.append(fail)
    assert [receipt.sequence for receipt in filled(log, 1)] == [2]
    assert verify(log, by=[SERVICE.did]).count == 2


@both
@pytest.mark.parametrize("path", ["", "a\0b", "\ud800", None, 7, b"log"])
def test_no_path(kind: str, path: Any) -> None:
    with pytest.raises(InputError):
        KINDS[kind](path)


@both
@pytest.mark.parametrize("timeout", [-1, True, "1", None, 1e9, float("nan")])
def test_no_timeout(kind: str, timeout: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        KINDS[kind](tmp_path / "log", timeout=timeout)


@both
def test_a_folder_that_is_not_there_or_a_folder_itself(kind: str, tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "log", tmp_path):
        with pytest.raises(UnavailableError):
            Recorder(KINDS[kind](path), by=SERVICE).record(draft())


@both
def test_a_file_of_another_kind(kind: str, tmp_path: Path) -> None:
    other = "sqlite" if kind == "lines" else "lines"
    filled(open_log(other, tmp_path), 2)
    if other == "sqlite":
        open_log(other, tmp_path).close()
    content = (tmp_path / "log").read_bytes()
    with pytest.raises(UnavailableError):
        Recorder(open_log(kind, tmp_path), by=SERVICE).record(draft())
    with pytest.raises(AuditError):
        verify(open_log(kind, tmp_path), by=[SERVICE.did])
    assert (tmp_path / "log").read_bytes() == content


@both
def test_others_that_never_let_go(kind: str, tmp_path: Path) -> None:
    filled(open_log(kind, tmp_path), 1)
    entered, leave = threading.Event(), threading.Event()

    def hold(head: Head) -> Any:
        entered.set()
        leave.wait(10)
        raise UnavailableError("gave up")

    def holding() -> None:
        with pytest.raises(UnavailableError):
            open_log(kind, tmp_path).append(hold)

    thread = threading.Thread(target=holding)
    thread.start()
    assert entered.wait(10)
    with pytest.raises(UnavailableError):
        Recorder(KINDS[kind](tmp_path / "log", timeout=0.05), by=SERVICE).record(draft())
    leave.set()
    thread.join()
    assert verify(open_log(kind, tmp_path), by=[SERVICE.did]).count == 1


@pytest.mark.parametrize("rest", [b"{", b'{"action":"ev', b"\0" * 100, b'{"action":' + b"x" * 70_000, b'{"a\0'])
def test_an_unfinished_last_line_is_cut_off(rest: bytes, tmp_path: Path) -> None:
    log, path = JsonLinesLog(tmp_path / "log"), tmp_path / "log"
    made = filled(log, 3)
    with path.open("ab") as file:
        file.write(rest)
    assert verify(log, by=[SERVICE.did]).count == 3
    made += filled(log, 1)
    assert path.read_text() == "".join(receipt.encode() + "\n" for receipt in made)


def test_an_unfinished_first_line_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b'{"action"')
    (tmp_path / "log").chmod(0o600)
    log = JsonLinesLog(tmp_path / "log")
    assert verify(log, by=[SERVICE.did]) == EMPTY
    assert [receipt.sequence for receipt in filled(log, 1)] == [1]


@pytest.mark.parametrize("rest", [b"\n", b"{}\n", b"\xff\n", b"\n{", b"x", b"{}", b'{"action":' + b"x" * 2_200_000])
def test_any_other_end_is_left_alone(rest: bytes, tmp_path: Path) -> None:
    log, path = JsonLinesLog(tmp_path / "log"), tmp_path / "log"
    filled(log, 3)
    with path.open("ab") as file:
        file.write(rest)
    content = path.read_bytes()
    with pytest.raises(UnavailableError):
        Recorder(log, by=SERVICE).record(draft())
    assert path.read_bytes() == content


def test_a_checkpoint_that_was_not_replaced_in_time(tmp_path: Path) -> None:
    log, head = JsonLinesLog(tmp_path / "log"), tmp_path / "log.head"
    filled(log, 3)
    before = head.read_bytes()
    filled(log, 1)
    head.write_bytes(before)
    found = verify(log, by=[SERVICE.did])
    assert found.checkpoint is not None
    assert (found.count, found.checkpoint.count) == (4, 3)
    assert filled(log, 1)[0].sequence == 5
    assert verify(log, by=[SERVICE.did]).count == 5


@both
def test_a_log_whose_tail_was_dropped_takes_no_more(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 3)
    drop_last(kind, tmp_path / "log")
    with pytest.raises(UnavailableError, match="receipt 3 is missing"):
        Recorder(open_log(kind, tmp_path), by=SERVICE).record(draft())
    broken(open_log(kind, tmp_path), 3, "is missing")


def drop_last(kind: str, path: Path) -> None:
    if kind == "lines":
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    else:
        unprotected(path, "DELETE FROM receipt WHERE sequence = (SELECT max(sequence) FROM receipt)")


def unprotected(path: Path, *statements: str, values: tuple[Any, ...] = ()) -> None:
    """Do what the triggers refuse."""
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement, values)
    connection.close()


@both
def test_no_checkpoint_vouches_for_a_log_but_a_signed_one(kind: str, tmp_path: Path) -> None:
    log, other = open_log(kind, tmp_path), open_log(kind, tmp_path, "other")
    made = filled(log, 3)
    drop_last(kind, tmp_path / "log")
    # Signed by a stranger, over the very receipt that is the last now.
    Recorder(other, by=OTHER).record(draft())
    forged = Recorder(other, by=OTHER)._make(draft(), Head(1, made[0].digest()))[1]
    keep(kind, tmp_path / "log", forged.__class__(**{**fields_of(forged), "digest": made[1].digest()}).encode())
    with pytest.raises(UnavailableError, match="may not sign"):
        Recorder(open_log(kind, tmp_path), by=SERVICE).record(draft())
    keep(kind, tmp_path / "log", forged.__class__(**{**fields_of(forged), "by": SERVICE.did}).encode())
    with pytest.raises(UnavailableError):
        Recorder(open_log(kind, tmp_path), by=SERVICE).record(draft())
    broken(open_log(kind, tmp_path), None, "signature")


def fields_of(point: Any) -> dict[str, Any]:
    return {name: getattr(point, name) for name in ("count", "digest", "at", "by", "signature")}


def keep(kind: str, path: Path, text: str) -> None:
    """Put another checkpoint beside the log."""
    if kind == "lines":
        Path(f"{path}.head").write_text(text + "\n")
    else:
        unprotected(path, "UPDATE checkpoint SET text = ?", values=(text,))


@both
@pytest.mark.parametrize("text", ["", "***", "e30", "x" * 10_000, "\u00e9"])
def test_a_checkpoint_that_is_none(kind: str, text: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 2)
    keep(kind, tmp_path / "log", text)
    broken(log, None, "the checkpoint beside the log is none")
    with pytest.raises(UnavailableError):
        Recorder(log, by=SERVICE).record(draft())


@both
def test_a_checkpoint_that_is_gone(kind: str, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 2)
    if kind == "lines":
        (tmp_path / "log.head").unlink()
    else:
        unprotected(tmp_path / "log", "DELETE FROM checkpoint")
    broken(log, None, "is gone")
    with pytest.raises(UnavailableError):
        Recorder(log, by=SERVICE).record(draft())


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write(mode: int, tmp_path: Path) -> None:
    log = JsonLinesLog(tmp_path / "log")
    filled(log, 1)
    (tmp_path / "log").chmod(mode)
    with pytest.raises(UnavailableError, match="only its owner"):
        Recorder(log, by=SERVICE).record(draft())


def test_a_link_to_a_file(tmp_path: Path) -> None:
    filled(JsonLinesLog(tmp_path / "log"), 1)
    (tmp_path / "link").symlink_to(tmp_path / "log")
    with pytest.raises(UnavailableError, match="ELOOP"):
        Recorder(JsonLinesLog(tmp_path / "link"), by=SERVICE).record(draft())
    with pytest.raises(UnavailableError, match="ELOOP"):
        verify(JsonLinesLog(tmp_path / "link"), by=[SERVICE.did])


def test_files_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe"):
        log = JsonLinesLog(path)
        with pytest.raises(UnavailableError):
            Recorder(log, by=SERVICE).record(draft())
        with pytest.raises(UnavailableError):
            list(log.lines())
    (tmp_path / "log.head").mkdir()
    with pytest.raises(UnavailableError):
        JsonLinesLog(tmp_path / "log").checkpoint()


@both
def test_names_that_mean_something_else_to_an_engine(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:log?mode=memory", "a b%20c", "-log", "log#1"):
        filled(KINDS[kind](name), 2)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert verify(KINDS[kind](name), by=[SERVICE.did]).count == 2


@both
@pytest.mark.parametrize("sequence", [4, 2**53 - 1])
def test_a_line_that_somebody_added_is_not_gone_on_with(kind: str, sequence: int, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    last = filled(log, 3)[-1]
    added = replace(last, sequence=sequence, previous=last.digest(), resource="cal://bob").encode()
    if kind == "lines":
        with (tmp_path / "log").open("a") as file:
            file.write(added + "\n")
    else:
        unprotected(tmp_path / "log", "INSERT INTO receipt VALUES (?, ?)", values=(sequence, added.encode()))
    with pytest.raises(UnavailableError, match="signature"):
        Recorder(log, by=SERVICE).record(draft())
    broken(log, 4, "receipt 4 was edited")


def failing(monkeypatch: pytest.MonkeyPatch, name: str, times: int = 1) -> None:
    """Let the next calls of a function of the system fail."""
    real: Callable[..., Any] = getattr(os, name)
    left = [times]

    def call(*args: Any, **named: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise OSError(28, "No space left on device")
        return real(*args, **named)

    monkeypatch.setattr(f"attorn.audit.jsonlines.os.{name}", call)


@pytest.mark.parametrize("name", ["write", "fsync", "replace", "pread", "open"])
def test_a_disk_that_fails(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = JsonLinesLog(tmp_path / "log")
    filled(log, 2)
    with monkeypatch.context() as patched:
        failing(patched, name)
        with pytest.raises(UnavailableError, match="ENOSPC"):
            Recorder(log, by=SERVICE).record(draft())
    assert verify(log, by=[SERVICE.did]).count == 2
    assert filled(log, 1)[0].sequence == 3


def test_a_disk_that_takes_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, real = JsonLinesLog(tmp_path / "log"), os.write
    filled(log, 2)
    with monkeypatch.context() as patched:
        patched.setattr("attorn.audit.jsonlines.os.write", lambda where, octets: real(where, octets[:100]))
        assert filled(log, 1)[0].sequence == 3
    assert verify(log, by=[SERVICE.did]).count == 3


def test_the_triggers_refuse(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log")
    filled(log, 3)
    connection = sqlite3.connect(tmp_path / "log")
    for statement in (
        "UPDATE receipt SET line = x'00' WHERE sequence = 2",
        "DELETE FROM receipt WHERE sequence = 3",
        "DELETE FROM receipt",
        "INSERT INTO receipt VALUES (7, x'00')",
        "INSERT OR REPLACE INTO receipt VALUES (2, x'00')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    connection.close()
    assert verify(log, by=[SERVICE.did]).count == 3


@pytest.mark.parametrize("value", ["'text'", "7", "zeroblob(2000000)", "x''", "x'ff'"])
def test_a_row_that_is_no_receipt(value: str, tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log")
    filled(log, 3)
    unprotected(tmp_path / "log", f"UPDATE receipt SET line = {value} WHERE sequence = 3")
    broken(log, 3)
    with pytest.raises(UnavailableError):
        Recorder(log, by=SERVICE).record(draft())


def test_a_damaged_sqlite_file(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log")
    filled(log, 40)
    log.close()
    content = bytearray((tmp_path / "log").read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    (tmp_path / "log").write_bytes(content)
    with pytest.raises(AuditError, match="damaged"):
        verify(SQLiteLog(tmp_path / "log"), by=[SERVICE.did])


@both
@pytest.mark.parametrize("by", [(), "did:key:z", None, ["nobody"], [7]])
def test_verify_refuses(kind: str, by: Any, tmp_path: Path) -> None:
    log = open_log(kind, tmp_path)
    filled(log, 1)
    with pytest.raises(InputError):
        verify(log, by=by)


def test_verify_needs_keys(tmp_path: Path) -> None:
    log = JsonLinesLog(tmp_path / "log")
    filled(log, 1)
    with pytest.raises(InputError):
        verify(log, by=[SERVICE.did], resolver=7)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        verify(log, by=[SERVICE.did], expect=7)  # type: ignore[arg-type]
    with pytest.raises(MalformedError):
        verify(log, by=[SERVICE.did], expect="***")
    for answer in (ResolutionError("gone"), None, document(OTHER.did, OTHER.signer.public_key)):
        with pytest.raises(ResolutionError):
            verify(log, by=[SERVICE.did], resolver=Answering(answer))
    with pytest.raises(UnavailableError):
        verify(log, by=[SERVICE.did], resolver=Answering(OSError("network")))


def test_the_key_must_be_for_assertion(tmp_path: Path) -> None:
    log, did = JsonLinesLog(tmp_path / "log"), "did:web:calendar.example"

    class By:
        signer = SERVICE.signer

    By.did = did  # type: ignore[attr-defined]
    Recorder(log, by=By()).record(denied())  # type: ignore[arg-type]
    for relationship in Relationship:
        listed = document(did, SERVICE.signer.public_key, relationships=[relationship])
        resolver = StaticResolver({did: listed})
        if relationship is Relationship.ASSERTION_METHOD:
            assert verify(log, by=[did], resolver=resolver).count == 1
        else:
            broken(log, None, "signature", by=[did], resolver=resolver)


def test_a_copy_of_a_log_verifies(tmp_path: Path) -> None:
    filled(JsonLinesLog(tmp_path / "log"), 2)
    for name in ("log", "log.head"):
        shutil.copy(tmp_path / name, tmp_path / name.replace("log", "copy"))
    (tmp_path / "copy").chmod(0o400)
    assert verify(JsonLinesLog(tmp_path / "copy"), by=[SERVICE.did]).count == 2


WORKER = """
import sys, threading
sys.path.insert(0, {root!r})
from tests.unit.audit_scene import KINDS, SERVICE, draft
from attorn.audit import Recorder

recorder = Recorder(KINDS[sys.argv[1]](sys.argv[2], timeout=60), by=SERVICE)
each = int(sys.argv[3])
threads = [threading.Thread(target=lambda: [recorder.record(draft()) for _ in range(each)]) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@both
def test_threads_and_processes_make_one_chain(kind: str, tmp_path: Path) -> None:
    each, processes = 5, 2
    command = [sys.executable, "-c", WORKER.format(root=str(ROOT)), kind, str(tmp_path / "log"), str(each)]
    around = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    running = [subprocess.Popen(command, env=around) for _ in range(processes)]
    assert [process.wait(120) for process in running] == [0] * processes
    assert verify(open_log(kind, tmp_path), by=[SERVICE.did]).count == processes * 8 * each
