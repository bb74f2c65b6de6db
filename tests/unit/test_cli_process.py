"""The command line as a process: streams that fail, terminals and colours, encodings, the module entry point."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from tests.unit.test_cli_world import PASSPHRASE, World, environment

from attorn.cli import exits, main
from attorn.cli.command import Parser
from attorn.cli.exits import Exit
from attorn.cli.families import SUMMARIES
from attorn.cli.program import parser
from attorn.errors import AttornError, AuditError, Denied, InputError, KeyFileError, UnavailableError, VerificationError

ATTORN = (sys.executable, "-m", "attorn")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("process"))


@pytest.fixture(scope="module")
def token(world: World) -> str:
    return world.token("--purpose", "Müllers Kalender")


def run(*argv: str, **settings: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*ATTORN, *argv], capture_output=True, timeout=60, check=False, **settings)


def test_the_module_is_the_command(token: str) -> None:
    drawn = run("inspect", token, env=environment(PYTHONIOENCODING="utf-8"))
    assert (drawn.returncode, drawn.stderr) == (0, b"")
    assert drawn.stdout.decode().startswith("UNVERIFIED")
    assert "└─ link 2" in drawn.stdout.decode()
    assert b"\x1b" not in drawn.stdout


def test_errors_leave_standard_output_empty() -> None:
    failed = run("inspect", "no/such")
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr == b"attorn: invalid_input: token: cannot read 'no/such': No such file or directory\n"


def test_an_error_as_json() -> None:
    failed = run("inspect", "no/such", "--json")
    assert (failed.returncode, failed.stderr.count(b"\n")) == (1, 1)
    told = json.loads(failed.stdout)
    assert (told["ok"], told["exit"], told["error"]["code"], told["error"]["step"]) == (False, 1, "invalid_input", None)


def test_a_stream_that_has_only_ascii_gets_ascii(token: str) -> None:
    drawn = run("inspect", token, env=environment(PYTHONIOENCODING="ascii"))
    assert (drawn.returncode, drawn.stderr) == (0, b"")
    assert b"   `- link 2: gave to " in drawn.stdout
    assert b"M\\xfcllers Kalender" in drawn.stdout


def test_arguments_that_are_not_text(token: str) -> None:
    failed = subprocess.run([*map(os.fsencode, ATTORN), b"inspect", b"\xff"], capture_output=True, check=False)
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr == b"attorn: invalid_input: argument 2: not text in UTF-8\n"


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
def test_a_result_that_cannot_be_written_is_a_failure(token: str, redirection: str) -> None:
    line = f'exec "$0" -m attorn inspect "$1" {redirection}'
    failed = subprocess.run(["sh", "-c", line, sys.executable, token], capture_output=True, timeout=60, check=False)
    assert failed.returncode == 1
    assert b"Traceback" not in failed.stderr
    assert b"Exception" not in failed.stderr


def test_all_streams_closed_is_no_crash(token: str) -> None:
    line = 'exec "$0" -m attorn inspect "$1" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", line, sys.executable, token], timeout=60, check=False).returncode == 1


def test_a_reader_that_went_away_is_no_traceback(token: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        failed = subprocess.run([*ATTORN, "inspect", token], stdout=write, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(write)
    assert failed.returncode == 1
    assert failed.stderr == b"attorn: cannot write the result: Broken pipe\n"


def test_no_terminal_to_ask_for_a_passphrase(world: World) -> None:
    failed = run(
        "mint", *world.key("alice")[:2], "--to", world.did["scout"], "--max-uses", "1",
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert (failed.returncode, failed.stdout) == (5, b"")
    assert failed.stderr.startswith(b"attorn: key_file: no terminal")
    assert failed.stderr.count(b"\n") == 1


def test_a_passphrase_from_a_pipe(world: World) -> None:
    minted = run(
        "mint", *world.key("alice")[:2], "--passphrase-stdin", "--to", world.did["scout"], "--max-uses", "1",
        input=PASSPHRASE.encode() + b"\n",
    )  # fmt: skip
    assert (minted.returncode, minted.stderr) == (0, b"")


def _on_a_terminal(token: str, **changes: str) -> bytes:
    """What a person sees."""
    mine, theirs = pty.openpty()
    try:
        settings = environment(TERM="xterm", NO_COLOR="", PYTHONIOENCODING="utf-8") | changes
        assert subprocess.run([*ATTORN, "inspect", token], stdout=theirs, env=settings, check=False).returncode == 0
        return os.read(mine, 65_536)
    finally:
        os.close(mine)
        os.close(theirs)


def test_colours_on_a_terminal_unless_asked_not_to(token: str) -> None:
    assert b"\x1b[31mUNVERIFIED" in _on_a_terminal(token)
    for changes in ({"NO_COLOR": "1"}, {"NO_COLOR": "0"}, {"TERM": "dumb"}):
        plain = _on_a_terminal(token, **changes)
        assert b"UNVERIFIED" in plain
        assert b"\x1b" not in plain


@pytest.mark.parametrize(
    "argv",
    [
        *((), ("id",), ("id", "new"), ("id", "show"), ("mint",), ("delegate",), ("present",), ("inspect",)),
        *(("verify",), ("revoke",), ("vectors",), ("vectors", "run"), ("demo",)),
    ],
)
def test_help_is_ascii_and_documents_the_exit_codes(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args([*argv, "--help"])
    text = capsys.readouterr().out
    assert text.isascii()
    for code in Exit:
        assert f"{code:>3}  " in text


def test_what_is_said_of_every_command_needs_none_of_them() -> None:
    assert parser("").format_help() == parser().format_help()


@pytest.mark.parametrize("word", SUMMARIES)
def test_a_command_is_the_same_beside_those_that_were_not_loaded(word: str) -> None:
    def told(of: Parser) -> str:
        with redirect_stdout(io.StringIO()) as printed, pytest.raises(SystemExit):
            of.parse_args([word, "--help"])
        return printed.getvalue()

    assert told(parser(word)) == told(parser())


@pytest.mark.parametrize("argv", ["unheard-of", "--json unheard-of id", "- id new"])
def test_no_command_is_told_from_those_that_were_not_loaded(argv: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv.split()) == 1
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert all(repr(word) in told.err for word in SUMMARIES)


LOADS = {
    "--help": ("identity", "caveat", "token", "approval", "mandate", "web"),
    "id new --help": ("mandate", "verify", "audit", "web", "conformance", "demo"),
    "mint --help": ("mandate", "verify", "audit", "web", "conformance", "demo"),
    "id show no/such": ("mandate", "verify", "audit", "web", "conformance", "demo"),
    "verify --help": ("mandate", "web", "conformance", "demo"),
}


@pytest.mark.parametrize("argv", LOADS)
def test_a_command_loads_no_family_but_its_own(argv: str) -> None:
    program = "import sys; from attorn.cli import main; main(sys.argv[1:]); sys.stderr.write(' '.join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", program, *argv.split()],
        input=b"", start_new_session=True, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    loaded = set(ran.stderr.decode().split())
    assert "attorn.cli.families" in loaded
    assert not loaded & {"starlette", "uvicorn", "httpx", *(f"attorn.{name}" for name in LOADS[argv])}


def test_the_table_and_the_help_name_every_exit_code() -> None:
    assert exits.__doc__ is not None
    for code in Exit:
        assert f"| {int(code)} |" in exits.__doc__
        assert f"{code:>3}  " in exits.EPILOG


parser()  # Every family, and with them every error that there is.


def _all(kind: type[AttornError]) -> list[type[AttornError]]:
    return [kind, *(below for direct in kind.__subclasses__() for below in _all(direct))]


@pytest.mark.parametrize("kind", _all(AttornError), ids=lambda kind: kind.__name__)
def test_every_error_has_one_documented_exit_code(kind: type[AttornError]) -> None:
    expected = {VerificationError: 2, AuditError: 2, Denied: 3, UnavailableError: 4, KeyFileError: 5, InputError: 1}
    code = next((number for above, number in expected.items() if issubclass(kind, above)), 1)
    assert exits.of(kind.__new__(kind)) == code


def test_only_the_terminal_code_reads_the_environment() -> None:
    folder = Path(exits.__file__).parent
    readers = {path.name for path in folder.glob("*.py") if "environ" in path.read_text()}
    assert readers == {"inspection.py"}
