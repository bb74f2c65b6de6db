"""The page on the command line says what the program prints, and its examples run as a reader would run them."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from tests.primitives import stretched_once
from tests.unit.warm_shell import WarmShell

from attorn.cli import main
from attorn.cli.exits import EPILOG, Exit
from attorn.cli.program import parser

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
HELP = dict(re.findall(r"^```help ([a-z-]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = re.findall(r"^```sh\n(.*?)^```\n\n```output\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def words_of(block: str) -> list[str]:
    return [] if block == "attorn" else block.split("-")


def kind(argv: list[str]) -> str:
    """The block of the command that is called."""
    return next(block for end in range(len(argv), -1, -1) if (block := "-".join(argv[:end]) or "attorn") in HELP)


def commands(of: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> list[str]:
    """The names of all commands below a parser, as the page's blocks are named."""
    found = ["-".join(path) or "attorn"]
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                found += commands(child, (*path, name))
    return found


def test_every_command_has_its_help_on_the_page() -> None:
    assert sorted(HELP) == sorted(commands(parser()))


@pytest.mark.parametrize("block", HELP)
def test_help_is_what_the_program_prints(
    block: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*words_of(block), "--help"]) == 0
    printed = capsys.readouterr().out
    assert printed.endswith(EPILOG)
    usage, rest = printed.removesuffix(EPILOG).rstrip().split("\n\n", 1)
    shown_usage, shown_rest = HELP[block].rstrip().split("\n\n", 1)
    # Python 3.13 breaks the lines of a usage elsewhere; its words and their order are the same in all versions.
    assert shown_usage.split() == usage.split()
    assert shown_rest == rest


def test_the_exit_codes_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| .+ \|$", PAGE, re.MULTILINE)
    assert [int(code) for code in rows] == [int(code) for code in Exit]


def test_every_example_says_what_it_prints() -> None:
    assert len(EXAMPLES) == PAGE.count("```sh\n") >= 4


def test_the_examples_say_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stretched_once(monkeypatch)
    shell = WarmShell(tmp_path, kind)
    for source, shown in EXAMPLES:
        code, printed = shell.run(f"set -eu\n{source}", PYTHONPATH=str(ROOT / "src"))
        assert code == 0, printed
        assert re.sub(r"did:key:z\w+", "did:key:...", printed) == shown
