"""Faults planted where each harness looks, and harnesses that find something at once: none of it may go unnoticed."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fuzz import __main__ as runner
from tests.fuzz import corpus
from tests.fuzz.harness import Finding, Harness, run
from tests.fuzz.planted import PLANTED, SOUND
from tests.fuzz.registry import ALL

EACH = pytest.mark.parametrize("harness", ALL.values(), ids=ALL.keys())
WRITING = [harness for harness in ALL.values() if harness.writes is not None]


def outcome(harness: Harness) -> str:
    """What becomes of the seeds: a finding, some accepted, or none."""
    taken = False
    for data in harness.seeds():
        try:
            taken = run(harness, data) or taken
        except Exception as error:  # noqa: BLE001 - a finding is any of them
            return f"finding: {type(error).__name__}"
    return "accepted" if taken else "all refused"


@functools.cache
def unharmed(name: str) -> str:
    """What becomes of the seeds where nothing is planted: the same, whatever is planted next."""
    return outcome(ALL[name])


def planted(patch: pytest.MonkeyPatch, where: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put what `change` makes of it in the place of a function."""
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    kept = vars(owner)[name]
    made = change(kept.__func__ if isinstance(kept, classmethod) else kept)
    patch.setattr(owner, name, classmethod(made) if isinstance(kept, classmethod) else made)


@EACH
@pytest.mark.parametrize("kind", [KeyError, RecursionError, MemoryError, UnicodeDecodeError])
def test_an_error_that_escapes(harness: Harness, kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    error = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "planted") if kind is UnicodeDecodeError else kind("planted")

    def change(_: Callable[..., Any]) -> Callable[..., Any]:
        def fail(*_: object, **__: object) -> object:
            raise error

        return fail

    list(harness.seeds())
    assert unharmed(harness.name) == "accepted"
    planted(monkeypatch, harness.reads, change)
    assert outcome(harness) == f"finding: {kind.__name__}"


def spoilt(value: Any) -> Any:
    """Almost the same."""
    if isinstance(value, str):
        return value + "A" if value.isalnum() else value[:-1]
    if isinstance(value, bytes):
        return value[:-1] + bytes((value[-1] ^ 1,)) if value else b"\0"
    if isinstance(value, dict):
        return {name: spoilt(member) for name, member in value.items()} | ({} if value else {"x": 1})
    return value + 1 if isinstance(value, int) and not isinstance(value, bool) else [value]


@pytest.mark.parametrize("harness", WRITING, ids=lambda harness: harness.name)
def test_what_is_written_is_not_what_was_read(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = list(harness.seeds())
    spared = Harness(harness.name, harness.promise, harness.check, lambda: seeds, harness.reads)

    def change(write: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: spoilt(write(*given, **named))

    assert harness.writes is not None
    planted(monkeypatch, harness.writes, change)
    # A parser that compares for itself refuses everything then, which another test does not accept.
    assert outcome(spared) != "accepted"


@pytest.mark.parametrize(
    "name",
    ["encodings", "multikey", "container", "token", "macaroon", "jws", "checkpoint", "revocation", "roll", "receipt"],
)
def test_a_second_spelling_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    harness = ALL[name]
    seeds = [data + b"!" for data in harness.seeds()]
    longer = Harness(name, harness.promise, harness.check, lambda: seeds, harness.reads)

    def change(read: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(*given: Any, **named: Any) -> Any:
            cut = [each[:-1] if isinstance(each, str | bytes) and each[-1:] in ("!", b"!") else each for each in given]
            return read(*cut, **named)

        return lenient

    assert not outcome(longer).startswith("finding")
    planted(monkeypatch, harness.reads, change)
    assert outcome(longer) == "finding: Finding"


@pytest.mark.parametrize("name", ["planted-escape", "planted-recursion", "planted-identity", "planted-message"])
def test_planted_harnesses_find(name: str) -> None:
    with pytest.raises((KeyError, RecursionError, Finding)):
        run(PLANTED[name], b"\x1bSEED")


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: make fuzz")
@pytest.mark.parametrize("name", PLANTED)
def test_the_runner_tells(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "SECONDS_EACH", 1)
    told = runner.fuzz(PLANTED[name], tmp_path / "corpus", seconds=30, runs=0, findings=tmp_path / "findings")
    assert told.finding is not None
    assert Path(told.finding).name.startswith(name)
    assert told.executions >= 1


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: make fuzz")
def test_the_runner_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    arguments = ["encodings", "--runs", "500", "--seconds", "20", "--work", str(tmp_path), "--json", str(figures)]
    assert runner.main(arguments) == 0
    assert "encodings" in capsys.readouterr().out
    assert '"executions": 5' in figures.read_text()


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: make fuzz")
def test_what_is_kept_reaches_what_was_found(tmp_path: Path) -> None:
    found, kept = tmp_path / "found", tmp_path / "kept"
    told = runner.fuzz(SOUND, found, seconds=20, runs=500, findings=tmp_path / "findings")
    assert (told.finding, told.accepted > 0) == (None, True)
    runner.keep(SOUND, found, kept)
    inputs = corpus.read(SOUND.name, kept)
    assert inputs
    assert set(inputs) <= {path.read_bytes() for path in found.iterdir()}


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: make fuzz")
def test_a_merge_of_nothing_leaves_the_corpus_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "found").mkdir()
    corpus.write(SOUND.name, [b"kept"], tmp_path / "kept")
    with pytest.raises(RuntimeError, match="stays as it was"):
        runner.keep(SOUND, tmp_path / "found", tmp_path / "kept")
    assert corpus.read(SOUND.name, tmp_path / "kept") == [b"kept"]


def test_a_corpus_is_read_as_it_was_written(tmp_path: Path) -> None:
    inputs = [b"\0", b"longer \xff", b"\n", b"\n"]
    assert corpus.write("name", [*inputs, bytes(corpus.MOST_BYTES)], tmp_path) == 3
    assert sorted(corpus.read("name", tmp_path)) == sorted(set(inputs))
    assert corpus.read("other", tmp_path) == []
