"""`attorn vectors run --entrypoint`: another program is believed only where all that it says agrees."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.test_cli_world import call, refused, stdin

from attorn.cli import main
from attorn.conformance import protocol
from attorn.conformance.answer import Answer
from attorn.conformance.case import Case
from attorn.conformance.entrypoint import Entrypoint, Fault
from attorn.conformance.protocol import Told, told
from attorn.errors import InputError

Capsys = pytest.CaptureFixture[str]

ASKED: dict[str, object] = {
    "wire": "A",
    "request": {"action": "a", "resource": "/a"},
    "audience": "a",
    "roots": [],
    "now": 0,
}
MALFORMED = Answer("malformed", 1)
CASE = Case("a/a", "verify-presentation", dict(ASKED), MALFORMED)
SAYS_MALFORMED = """print('{"code": "malformed", "step": 1}'); sys.exit(1)"""


def program(source: str, *, seconds: float = 20) -> Entrypoint:
    """An implementation in Python; `operation` and `content` are what it is asked."""
    start = "import os, sys, time\noperation, content = sys.argv[-1], sys.stdin.read()\n"
    return Entrypoint((sys.executable, "-I", "-S", "-c", start + source), seconds)


def one(entrypoint: Entrypoint) -> Answer | Fault:
    (found,) = entrypoint.each([CASE])
    return found


def test_an_answer_whose_exit_code_agrees_is_believed() -> None:
    assert one(program(SAYS_MALFORMED)) == MALFORMED
    assert one(program("""print('\\n {"code":"ok", "result": {"a": [1]}}\\n ')""")) == Answer(result={"a": [1]})
    assert one(program("""print('{"code":"stale_status","step":7}'); sys.exit(2)""")) == Answer("stale_status", 7)
    assert one(program("""print('{"code":"invalid_input"}'); sys.exit(3)""")) == Answer("invalid_input")
    assert one(program("sys.exit(4)")) == Answer("unsupported")
    assert one(program("""print('{"code":"unsupported"}'); sys.exit(4)""")) == Answer("unsupported")


def test_a_program_is_given_the_operation_and_the_input_and_nothing_else() -> None:
    checks = """
import json
assert sys.argv[1:] == ["verify-presentation"]
assert content.isascii() and content.endswith("\\n") and content.count("\\n") == 1
print(json.dumps({"code": "ok", "result": json.loads(content)}))"""
    assert one(program(checks)) == Answer(result=ASKED)  # type: ignore[arg-type]


def test_a_program_need_not_read_its_input() -> None:
    entrypoint = Entrypoint((sys.executable, "-I", "-S", "-c", f"import sys\n{SAYS_MALFORMED}"))
    long = Case("a/a", "verify-presentation", {"wire": "A" * 1_000_000}, MALFORMED)
    assert list(entrypoint.each([long, long])) == [MALFORMED, MALFORMED]


LIES = {
    "nothing, and success": ("", "exit code 0 and nothing on standard output"),
    "blank": ("print(' ')", "exit code 0 and nothing"),
    "a crash": (
        "raise ValueError('no \\x1b[2J luck')",
        "exit code 1 and nothing on standard output; it said: Trace",
    ),
    "a crash at the end": ('print(\'{"code":"ok"}\'); raise ValueError', "exit code 1, where ok goes with 0"),
    "a signal": ("os.kill(os.getpid(), 9)", "ended by signal 9"),
    "an answer and a signal": ('print(\'{"code":"ok"}\', flush=True); os.abort()', "ended by signal 6"),
    "another exit code": ('print(\'{"code":"malformed","step":1}\'); sys.exit(5)', "exit code 5"),
    "exit code of a shell": ("sys.exit(127)", "exit code 127"),
    "refused, as ok": ('print(\'{"code":"malformed","step":1}\')', "exit code 0, where malformed goes with 1"),
    "undecided, as refused": ('print(\'{"code":"unavailable"}\'); sys.exit(1)', "where unavailable goes with 2"),
    "refused, as undecided": ('print(\'{"code":"denied"}\'); sys.exit(2)', "where denied goes with 1"),
    "invalid, as refused": ('print(\'{"code":"invalid_input"}\'); sys.exit(1)', "where invalid_input goes with 3"),
    "ok, as unsupported": ('print(\'{"code":"ok"}\'); sys.exit(4)', "where ok goes with 0"),
    "unsupported, as ok": ('print(\'{"code":"unsupported"}\')', "where unsupported goes with 4"),
    "twice": ('print(\'{"code":"ok"}\'); print(\'{"code":"ok"}\')', "nothing behind it"),
    "a log before it": ("print('checking'); print('{\"code\":\"ok\"}')", "expected one JSON value"),
    "no JSON": ("print('ok')", "expected one JSON value"),
    "cut short": ('print(\'{"code":"ok"\')', "expected one JSON value"),
    "a list": ("print('[\"ok\"]')", "expected an object"),
    "text": ("print('\"ok\"')", "expected an object"),
    "null": ("print('null')", "expected an object"),
    "code twice": ('print(\'{"code":"denied","code":"ok"}\')', "names a member twice"),
    "no code": ("print('{\"step\":1}')", "code: expected text"),
    "empty code": ('print(\'{"code":""}\'); sys.exit(1)', "code: expected 1 to 64"),
    "a code that is not text": ("print('{\"code\":0}')", "code: expected text"),
    "a long code": ("print('{\"code\":\"' + 65 * 'a' + '\"}'); sys.exit(1)", "code: expected 1 to 64"),
    "a code with an escape": ('print(\'{"code":"\\\\u001b[2J"}\'); sys.exit(1)', "code: expected 1 to 64"),
    "step as text": ('print(\'{"code":"denied","step":"9"}\'); sys.exit(1)', "step: expected an integer"),
    "step as true": ('print(\'{"code":"denied","step":true}\'); sys.exit(1)', "step: expected an integer"),
    "step 11": ('print(\'{"code":"denied","step":11}\'); sys.exit(1)', "step: expected 0 to 10"),
    "result as a list": ('print(\'{"code":"ok","result":[]}\')', "result: expected an object"),
    "another member": ('print(\'{"code":"ok","why":""}\')', "unknown members 'why'"),
    "no UTF-8": ('sys.stdout.buffer.write(b\'{"code":"\\xff"}\')', "not valid UTF-8"),
    "a byte order mark": ('sys.stdout.buffer.write(b\'\\xef\\xbb\\xbf{"code":"ok"}\')', "nothing behind it"),
    "nesting": ("print('{\"code\":\"ok\",\"result\":' + 9999 * '[' + 9999 * ']' + '}')", "answer: "),
    "huge": ("[print('A' * 65536) for _ in range(99)]", "more than 1048576 bytes on standard output"),
    "without end": ("while True: print('A' * 65536)", "more than 1048576 bytes on standard output"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_program_that_lies_or_fails_is_not_believed(lie: str) -> None:
    source, why = LIES[lie]
    found = one(program(source))
    assert isinstance(found, Fault)
    assert why in found.why
    assert found.why.isascii()
    assert found.why.isprintable()


HANGS = {
    "sleeps": "time.sleep(60)",
    "answers, and sleeps": 'print(\'{"code": "ok"}\', flush=True); time.sleep(60)',
    "leaves a child": "os.fork(); time.sleep(60)",
    "does not listen": "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
}


@pytest.mark.parametrize("source", HANGS.values(), ids=HANGS)
def test_a_program_that_hangs_is_ended(source: str) -> None:
    before = time.monotonic()
    assert one(program(source, seconds=0.5)) == Fault("no end within 0.5 seconds")
    assert time.monotonic() - before < 10


def test_what_a_program_leaves_running_is_ended_and_holds_nobody_up() -> None:
    before = time.monotonic()
    left = f"sys.stdout.flush()\nif os.fork() == 0:\n    time.sleep(60)\n{SAYS_MALFORMED}"
    assert one(program(left)) == MALFORMED
    assert time.monotonic() - before < 10


def test_what_a_program_says_for_people_is_shown_where_it_fails_and_only_there() -> None:
    assert one(program(f"print('look', file=sys.stderr); {SAYS_MALFORMED}")) == MALFORMED
    found = one(program("print('\\x1b[2J\\nhere\\udc00', file=sys.stderr); sys.exit(1)"))
    assert isinstance(found, Fault)
    assert found.why.endswith("it said: \\u001b[2J\\nhere\\udc00")
    flood = one(program("print('first' + 'A' * 4000 + 'last', file=sys.stderr); print('B' * 9999999, file=sys.stderr)"))
    assert isinstance(flood, Fault)
    assert "it said: first" in flood.why
    assert len(flood.why) < 600


@pytest.mark.parametrize("command", ["", " ", "''", "a 'b", 'a "', "a \\"])
def test_a_command_that_is_none_is_refused(capsys: Capsys, tmp_path: Path, command: str) -> None:
    with pytest.raises(InputError):
        Entrypoint.of(command)
    folder = _folder(tmp_path)
    refused(call(capsys, "vectors", "run", folder, "--entrypoint", command), 1, "invalid_input")


def test_a_program_that_is_not_there_fails_no_case_but_the_run(capsys: Capsys, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    for command in (str(tmp_path / "none"), str(tmp_path), f"{tmp_path}/0.json x"):
        for more in ((), ("--batch",)):
            refused(
                call(capsys, "vectors", "run", folder, "--entrypoint", command, *more),
                1,
                "invalid_input",
                "cannot start",
            )


def test_a_command_is_never_for_a_shell(capsys: Capsys, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    witness = tmp_path / "witness"
    command = (
        f"{shlex.quote(sys.executable)} -c 'import sys; sys.exit(4)' ; touch {witness} $(touch {witness}) > {witness}"
    )
    assert call(capsys, "vectors", "run", folder, "--entrypoint", command).code == 6
    assert not witness.exists()


def _folder(tmp_path: Path, *names: str) -> str:
    """Cases that are to be malformed at step 1, one for each name."""
    for number, name in enumerate(names or ("a/a",)):
        members = {"name": name, "operation": "verify-presentation", "input": ASKED}
        content = {**members, "expect": {"code": "malformed", "step": 1}}
        (tmp_path / f"{number}.json").write_text(json.dumps(content))
    return str(tmp_path)


def _command(source: str) -> str:
    return shlex.join(program(source).words)


def test_a_run_tells_how_each_case_failed(capsys: Capsys, tmp_path: Path) -> None:
    folder = _folder(tmp_path, "a/a", "b/b")
    told = call(capsys, "vectors", "run", folder, "--entrypoint", _command(SAYS_MALFORMED))
    assert (told.code, told.out.splitlines()[-1]) == (0, "2 passed, 0 failed")
    wrong = call(capsys, "vectors", "run", folder, "--entrypoint", _command('print(\'{"code": "ok"}\')'))
    assert wrong.code == 6
    assert wrong.out.count("expected malformed at step 1, got ok\n") == 2
    none = call(capsys, "vectors", "run", folder, "--entrypoint", _command("sys.exit(4)"))
    assert (none.code, none.out.count("no operation 'verify-presentation'\n")) == (6, 2)
    step = call(capsys, "vectors", "run", folder, "--entrypoint", _command(SAYS_MALFORMED.replace("1}", "2}")))
    assert (step.code, step.out.count("expected malformed at step 1, got malformed at step 2\n")) == (6, 2)


def _batch(source: str, count: int = 3, seconds: float = 20) -> Sequence[Answer | Fault]:
    return program(source, seconds=seconds).batch([CASE] * count)


GOOD_LINE = '{"code": "malformed", "step": 1}'


def test_a_batch_is_answered_line_by_line() -> None:
    echo = """
import json
assert operation == "batch"
for line in content.splitlines():
    asked = json.loads(line)
    assert list(asked) == ["operation", "input"]
    print(json.dumps({"code": "ok", "result": asked}))"""
    assert _batch(echo) == [Answer(result={"operation": "verify-presentation", "input": ASKED})] * 3  # type: ignore[dict-item]


def test_one_bad_line_of_a_batch_spoils_no_other() -> None:
    good = f"print('{GOOD_LINE}')\n"
    for bad in ("", "ok", "[]", '{"code": 1}', '{"code": "ok", "more": 1}', GOOD_LINE * 2):
        first, second, third = _batch(f"{good}print('{bad}')\n{good}")
        assert (first, third) == (MALFORMED, MALFORMED)
        assert isinstance(second, Fault)
    assert _batch(f'{good}print(\'{{"code": "unsupported"}}\')\n{good}')[1] == Answer("unsupported")


BATCHES: dict[str, tuple[str, int, str]] = {
    "nothing": ("", 0, "0 of 3 lines answered"),
    "a crash": (f"print('{GOOD_LINE}', flush=True); os.abort()", 1, "ended by signal 6: 1 of 3 lines answered"),
    "one too few": (f"print('{GOOD_LINE}\\n{GOOD_LINE}')", 2, "2 of 3 lines answered"),
    "an end within a line": (f"print('{GOOD_LINE}\\n{GOOD_LINE}\\n{GOOD_LINE}', end='')", 2, "the last was not ended"),
    "one too many": (f"print('{GOOD_LINE}\\n' * 4)", 0, "more than the 3 lines"),
    "more behind the last": (f"print('{GOOD_LINE}\\n' * 3 + 'x', end='')", 0, "more than the 3 lines"),
    "exit code": (f"print('{GOOD_LINE}\\n' * 3, end=''); sys.exit(1)", 0, "the batch failed: exit code 1"),
    "no batches here": ("sys.exit(4)", 0, "exit code 4: 0 of 3 lines answered"),
    "huge": ("while True: print('A' * 65536)", -1, "more than 1245184 bytes on standard output"),
    "one line": ("print('A' * 9999999)", 0, "more than 1245184 bytes on standard output"),
}


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_that_fails_fails_what_was_not_answered(name: str) -> None:
    source, judged, why = BATCHES[name]
    found = _batch(source)
    if judged < 0:
        assert all(isinstance(each, Fault) for each in found)
        return
    assert list(found[:judged]) == [MALFORMED] * judged
    assert len(found) == 3
    for each in found[judged:]:
        assert isinstance(each, Fault)
        assert why in each.why


def test_a_batch_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attorn.conformance.entrypoint._STARTING", 0)
    monkeypatch.setattr("attorn.conformance.entrypoint._SECONDS_EACH", 0.2)
    first, *rest = _batch(f"print('{GOOD_LINE}', flush=True); time.sleep(60)", seconds=0.6)
    assert first == MALFORMED
    assert rest == [Fault("no end within 0.6 seconds: 1 of 3 lines answered, and no more")] * 2


def test_a_batch_is_for_a_program(capsys: Capsys, tmp_path: Path) -> None:
    refused(call(capsys, "vectors", "run", _folder(tmp_path), "--batch"), 1, "invalid_input")


def test_exit_codes_of_answers() -> None:
    expected = {"ok": 0, "malformed": 1, "denied": 1, "unavailable": 2, "stale_status": 2}
    assert {code: told(code) for code in expected} == expected
    assert (told("invalid_input"), told("unsupported"), told("nonsense")) == (3, 4, 1)


QUESTIONS: list[tuple[str, bytes, Answer]] = [
    ("verify-presentation", json.dumps(ASKED).encode(), MALFORMED),
    ("verify-presentation", b"", Answer("invalid_input")),
    ("verify-presentation", b"{", Answer("invalid_input")),
    ("verify-presentation", b"[]", Answer("invalid_input")),
    ("verify-presentation", b"{}", Answer("invalid_input")),
    ("verify-presentation", b'{"wire": "a", "wire": "b"}', Answer("invalid_input")),
    ("verify-presentation", json.dumps({**ASKED, "misspelt": 1}).encode(), Answer("invalid_input")),
    ("verify-presentation", b"\xff", Answer("invalid_input")),
    ("verify-presentation", b" " * (protocol.MOST_INPUT + 1), Answer("invalid_input")),
    ("verify-nothing", b"{}", Answer("unsupported")),
    ("verify-nothing", b"", Answer("unsupported")),
    ("", b"{}", Answer("unsupported")),
]


@pytest.mark.parametrize(("operation", "content", "expected"), QUESTIONS)
def test_this_library_answers_one_question(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, operation: str, content: bytes, expected: Answer
) -> None:
    stdin(monkeypatch, content)
    code = main(["vectors", "answer", operation])
    out, err = capsys.readouterr()
    assert (protocol.read(out.encode()), err, out.count("\n")) == (expected, "", 1)
    assert code == told(expected.code)


def test_this_library_answers_a_batch(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    question = protocol.line("verify-presentation", dict(ASKED))  # type: ignore[arg-type]
    asked: list[tuple[bytes, Answer]] = [
        (question, MALFORMED),
        (b"\n", Answer("invalid_input")),
        (b"junk\n", Answer("invalid_input")),
        (b'{"operation": 1, "input": {}}\n', Answer("invalid_input")),
        (b'{"operation": "verify-presentation"}\n', Answer("invalid_input")),
        (b'{"operation": "verify-nothing", "input": {}}\n', Answer("unsupported")),
        (b'{"operation": "verify-presentation", "input": {}, "more": 1}\n', Answer("invalid_input")),
        (b"A" * (protocol.MOST_INPUT * 2 + 5) + b"\n", Answer("invalid_input")),
        (b"A" * (protocol.MOST_INPUT + 1) + question, Answer("invalid_input")),
        (question[:-1], MALFORMED),
    ]
    stdin(monkeypatch, b"".join(content for content, _ in asked))
    assert main(["vectors", "answer", "batch"]) == 0
    out, err = capsys.readouterr()
    assert [protocol.read(line.encode()) for line in out.splitlines()] == [answer for _, answer in asked]
    assert err == ""


def test_this_library_passes_as_a_program_of_its_own(capsys: Capsys, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    command = shlex.join([sys.executable, "-m", "attorn", "vectors", "answer"])
    for more in ((), ("--batch",)):
        found = call(capsys, "vectors", "run", folder, "--entrypoint", command, *more)
        assert (found.code, found.out.splitlines()[-1]) == (0, "1 passed, 0 failed")


def test_an_interrupted_run_leaves_no_program_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []
    wait = subprocess.Popen.wait

    def interrupted(child: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if timeout is not None:
            children.append(child)
            raise KeyboardInterrupt
        return wait(child)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one(program("time.sleep(60)"))
    assert [child.returncode for child in children] == [-9]


def test_the_exit_codes_are_those_of_the_page() -> None:
    page = (Path(__file__).parents[2] / "vectors" / "PROTOCOL.md").read_text()
    for code in Told:
        assert f"\n| {int(code)} | " in page


def test_attorn_itself_gives_every_answer_over_the_protocol() -> None:
    root = Path(__file__).parents[2]
    itself = shlex.join([sys.executable, "-m", "attorn", "vectors", "answer"])
    run = ["-m", "attorn", "vectors", "run", "vectors/cases", "--entrypoint", itself, "--batch", "--json"]
    done = subprocess.run([sys.executable, *run], cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr
    told = json.loads(done.stdout)
    assert (told["passed"], told["failed"]) == (len(list((root / "vectors" / "cases").rglob("*.json"))), 0)
