"""The worked example of docs/contributing.md, done to a copy: one file, two lines, one kit, and every law holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.laws import test_kinds
from tests.unit.test_docs import ROOT, fences

NEEDED = ("caveats", "laws", "reference", "conftest.py", "primitives.py", "property/chains.py")
FILES = {"least": "src/attorn/caveat/least.py", "kit": "tests/caveats/kits/least.py"}
_COMPLETE = "exactly or vocabulary or asked_of or left_out"
"""The tests that no kind is missing."""
_LAWS = [name for name in vars(test_kinds) if name.startswith("test_law_")]


def fence(kind: str, name: str) -> str:
    (found,) = (each for each in fences(kind) if (each.page, each.name) == ("docs/contributing.md", name))
    return found.text


def copied(folder: Path) -> Path:
    """The package and what the laws need, in a folder of their own, with what was compiled of it."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    for name in NEEDED:
        source, target = ROOT / "tests" / name, folder / "tests" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def contributed(folder: Path) -> Path:
    """The copy with the caveat of the page in it."""
    copied(folder)
    for name, path in FILES.items():
        (folder / path).write_text(fence("python-file", name), encoding="utf-8")
    line, name = fence("python-lines", "least").splitlines()
    vocabulary = folder / "src/attorn/caveat/__init__.py"
    text = vocabulary.read_text(encoding="utf-8")
    text = text.replace("\nfrom ", f"\n{line}\nfrom ", 1).replace("__all__ = [\n", f"__all__ = [\n{name}\n", 1)
    vocabulary.write_text(text, encoding="utf-8")
    return folder


def laws(folder: Path, chosen: str) -> tuple[int, str]:
    """Run the laws of kinds there, with few examples; the exit code and what was said."""
    places = os.pathsep.join(map(str, (folder / "src", folder)))
    arguments = ["tests/laws/test_kinds.py", "-k", chosen, "--hypothesis-profile=glance", "-p", "no:xdist"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_the_caveat_of_the_page_obeys_every_law(tmp_path: Path) -> None:
    code, said = laws(contributed(tmp_path), f"MinLength or {_COMPLETE}")
    assert code == 0, said
    assert f"{len(_LAWS) + 4} passed" in " ".join(said.split()), said


@pytest.mark.parametrize(
    ("broken", "instead", "law"),
    [
        ("length >= self.least", "length > self.least", "reference"),
        ("None if length is None", "False if length is None", "reference"),
        ("self.least >= other.least", "True", "narrower"),
        ("operation == LESS", "operation != LESS", "read_back"),
        ("LESS if negated else GREATER_OR_EQUAL", "GREATER_OR_EQUAL", "read_back"),
    ],
)
@pytest.mark.long
def test_a_mistake_in_it_is_found(tmp_path: Path, broken: str, instead: str, law: str) -> None:
    path = contributed(tmp_path) / FILES["least"]
    text = path.read_text(encoding="utf-8")
    assert text.count(broken) == 1
    path.write_text(text.replace(broken, instead), encoding="utf-8")
    code, said = laws(tmp_path, f"{law} and MinLength")
    assert code == 1, said


def test_a_kind_without_a_kit_is_found(tmp_path: Path) -> None:
    (contributed(tmp_path) / FILES["kit"]).unlink()
    code, said = laws(tmp_path, _COMPLETE)
    assert code == 1
    assert "2 failed" in said
