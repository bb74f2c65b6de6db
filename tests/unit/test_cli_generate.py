"""`attorn vectors generate`: the committed cases, or fresh ones, also where only the package is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.unit.test_cli_world import call, refused
from vectors import counts, generate
from vectors.case import Case as Made

from attorn.cli import generating

Capsys = pytest.CaptureFixture[str]

ROOT = Path(__file__).parents[2]
CASES = ROOT / "vectors" / "cases"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_without_a_seed_the_committed_cases_come_out(capsys: Capsys, tmp_path: Path) -> None:
    target = tmp_path / "new" / "cases"
    told = call(capsys, "vectors", "generate", str(target), "--json")
    assert files(target) == files(CASES)
    assert (told.code, told.data["written"]) == (0, len(files(CASES)))


def test_fresh_cases_have_the_verdicts_of_the_committed_ones(capsys: Capsys, tmp_path: Path) -> None:
    only = ("--only", "container/*", "--only", "chain/*")
    for name, seed in (("first", "a"), ("again", "a"), ("other", "b")):
        target = tmp_path / name
        assert call(capsys, "vectors", "generate", str(target), "--seed", seed, "--count", "2", *only).code == 0
        assert call(capsys, "vectors", "run", str(target)).code == 0
    first, again, other = (files(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    assert first.keys() == other.keys()
    assert {name.partition("/")[0] for name in first} == {"container", "chain"}
    fixed = {name: content for name, content in files(CASES).items() if name.startswith(("container/", "chain/"))}
    assert set(first) == {f"{name.removesuffix('.json')}@{number}.json" for name in fixed for number in (1, 2)}
    for name, content in first.items():
        told, twin = json.loads(content), json.loads(fixed[f"{name.partition('@')[0]}.json"])
        assert told["name"] == name.removesuffix(".json")
        assert [told["expect"][each] for each in ("code", "step")] == [
            twin["expect"][each] for each in ("code", "step")
        ]
    assert sum(content == other[name] for name, content in first.items()) < len(first) // 10


def test_a_folder_with_anything_in_it_is_left_alone(capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    refused(call(capsys, "vectors", "generate", str(tmp_path)), 1, "invalid_input", "not empty")
    refused(call(capsys, "vectors", "generate", str(tmp_path / "mine")), 1, "invalid_input", "cannot write")
    refused(call(capsys, "vectors", "generate", str(tmp_path / "mine" / "below")), 1, "invalid_input", "cannot write")
    assert files(tmp_path) == {"mine": b""}


@pytest.mark.parametrize(
    "more",
    [
        ("--count", "2"),
        ("--seed", "a", "--count", "0"),
        ("--seed", "a", "--count", "-1"),
        ("--seed", "a", "--count", "1001"),
        ("--seed", "a", "--count", "many"),
        ("--only", "nothing/*"),
        ("--only", ""),
        ("--seed",),
        ("second",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_generated_is_refused(capsys: Capsys, tmp_path: Path, more: tuple[str, ...]) -> None:
    refused(call(capsys, "vectors", "generate", str(tmp_path / "new"), *more), 1, "invalid_input")
    assert list(tmp_path.iterdir()) == []


def test_fresh_cases_are_made_of_one_world_at_a_time() -> None:
    made = generate.chosen("a", 1000, generate.named(["chain/time-expired"]))
    assert next(iter(made)).name == "chain/time-expired@1"


def test_without_the_kit_nothing_is_generated(capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "_KIT", "attorn_vectors_that_are_not_there.generate")
    refused(call(capsys, "vectors", "generate", str(tmp_path / "new")), 4, "unavailable", "not installed")


def test_renewing_takes_away_what_is_no_case_any_more(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    shutil.copytree(ROOT / "vectors", folder)
    (folder / "cases" / "chain" / "gone.json").write_text("{}")
    (folder / "cases" / "gone").mkdir()
    (folder / "cases" / "gone" / "gone.json").write_text("{}")
    page = (folder / "README.md").read_text()
    (folder / "README.md").write_text(page.replace("| all | ", "| all | 1"))
    assert generate.renew(folder) == len(files(CASES))
    assert files(folder / "cases") == files(CASES)
    assert not (folder / "cases" / "gone").exists()
    assert (folder / "README.md").read_text() == page


def made(name: str, code: str = "ok", **result: object) -> Made:
    return Made(name, "run-trace", "n", None, "s", {}, code, None, result)


def test_what_counts_as_negative() -> None:
    assert not counts.negative(made("a/a"))
    assert not counts.negative(made("a/a", codes=[["ok", None], ["ok", None]]))
    assert counts.negative(made("a/a", codes=[["ok", None], ["denied", 10]]))
    assert counts.negative(made("a/a", "denied"))
    table = counts.table([made("b/a"), made("a/a", "denied"), made("a/b", "denied")])
    assert table.startswith("Of 3 cases 2 are negative: 66.7 %.\n\n|")
    assert table.endswith("|---|---|---|\n| a | 2 | 2 |\n| b | 1 | 0 |\n| all | 3 | 2 |\n")


@pytest.mark.parametrize("page", ["", "a", counts.BEGIN, counts.END, counts.END + counts.BEGIN])
def test_a_page_without_the_marks_is_not_written(page: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        counts.counted(page, [made("a/a")])


def _python(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Python with nothing on its path but what is installed here, and `folder`."""
    around = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-P", *argv],
        cwd=folder.parent,
        env={**around, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_works_away_from_the_repository(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "src", site, ignore=shutil.ignore_patterns("*.egg-info", "cases", "__pycache__"))
    assert not _python(site, "-c", "import vectors").stdout
    target = str(tmp_path / "new")
    done = _python(site, "-m", "attorn", "vectors", "generate", target, "--only", "chain/*")
    assert (done.returncode, done.stderr) == (0, "")
    ran = _python(site, "-m", "attorn", "vectors", "run", target)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert files(Path(target)) == {name: text for name, text in files(CASES).items() if name.startswith("chain/")}


@pytest.mark.long
def test_the_wheel_holds_what_generates_cases_and_no_cases(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.skip("no wheel can be built here: is the package index in reach?")
    with ZipFile(next(tmp_path.glob("attorn-*.whl"))) as wheel:
        names = set(wheel.namelist())
    own = {f"attorn_vectors/{path.name}" for path in (ROOT / "vectors").iterdir() if path.suffix == ".py"}
    kit = {name for name in names if name.startswith("attorn_vectors/")}
    assert kit == own | {"attorn_vectors/LICENSE", "attorn_vectors/case.schema.json"}
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"attorn", "attorn_vectors"}
