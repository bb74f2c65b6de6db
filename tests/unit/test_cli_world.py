"""The people, key files and helper calls that the command line's tests share, and what must hold of every call."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from attorn import Identity
from attorn.canonical import parse
from attorn.cli import main
from attorn.encoding import base64url_encode

PASSPHRASE = "correct horse battery staple"
AUDIENCE = "did:web:calendar.example"
ASK = ("--action", "events:read", "--resource", "cal://alice/2026-11")
SEEDS = {name: bytes([number]) * 32 for number, name in enumerate(("alice", "planner", "scout", "mallory"), start=1)}


@dataclass(frozen=True)
class Outcome:
    """What one call left behind; `data` is its JSON where it was asked for."""

    code: int
    out: str
    err: str
    data: dict


@cache
def _key_file(seed: bytes) -> bytes:
    """What `save` writes, once for all: a key is stretched for some hundred milliseconds each time."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        Identity.from_seed(seed).save(path, passphrase=PASSPHRASE, strength="interactive")
        return path.read_bytes()


class World:
    """Four principals with a key file each, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.did = {}
        for name, seed in SEEDS.items():
            self.did[name] = Identity.from_seed(seed).did
            self.write(f"{name}.key", _key_file(seed))
        self.write("passphrase", PASSPHRASE + "\n")

    def write(self, name: str, content: str | bytes) -> str:
        """A file that its owner alone can read; its path."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o600)
        return str(path)

    def key(self, name: str) -> tuple[str, ...]:
        """The options that act as somebody."""
        return ("--key", str(self.folder / f"{name}.key"), "--passphrase-file", str(self.folder / "passphrase"))

    def token(self, *caveats: str) -> str:
        """A token of two links, alice to planner to scout, as a file."""
        done(main_quietly("mint", *self.key("alice"), "--to", self.did["planner"], "--actions", "events:*", *caveats))
        first = self.write("first.token", main_quietly.out)
        done(main_quietly("delegate", first, *self.key("planner"), "--to", self.did["scout"], "--max-uses", "10"))
        return self.write("second.token", main_quietly.out)

    def verify(self, *more: str) -> tuple[str, ...]:
        """The start of a verify command."""
        return ("verify", "--root", self.did["alice"], "--audience", AUDIENCE, *ASK, *more)


class _Quietly:
    """Calls `main` with its output kept here, for use outside a test."""

    out = ""

    def __call__(self, *argv: str) -> int:
        kept, real = io.StringIO(), sys.stdout
        sys.stdout = kept
        try:
            code = main(argv)
        finally:
            sys.stdout = real
        self.out = kept.getvalue()
        return code


main_quietly = _Quietly()


def done(code: int) -> None:
    assert code == 0


def call(capsys: pytest.CaptureFixture[str], *argv: str) -> Outcome:
    """One call of `main`, after checking what every call must keep to."""
    capsys.readouterr()
    code = main(argv)
    out, err = capsys.readouterr()
    assert err.count("\n") <= 1
    assert (code == 0) == (err == "") or code == 6
    for secret in (PASSPHRASE, *(form for seed in SEEDS.values() for form in (seed.hex(), base64url_encode(seed)))):
        assert secret not in out + err
    data: dict = {}
    if "--json" in argv:
        value = parse(out, most=1 << 22)
        assert isinstance(value, dict)
        assert (value["ok"], value["exit"]) == (code == 0, code)
        assert out.isascii()
        data = json.loads(out)
    return Outcome(code, out, err, data)


def refused(outcome: Outcome, code: int, name: str, *words: str) -> None:
    """The call ended with this exit code, error code and words, and said nothing else."""
    assert (outcome.code, outcome.err.split(" ")[:2]) == (code, ["attorn:", outcome.err.split(" ")[1]])
    assert outcome.err.startswith((f"attorn: {name}:", f"attorn: {name} (step"))
    for word in words:
        assert word in outcome.err
    if outcome.data:
        assert outcome.data["error"]["code"] == name
    else:
        assert outcome.out == ""


def stdin(monkeypatch: pytest.MonkeyPatch, content: str | bytes) -> None:
    """Let standard input hold `content`."""
    octets = content.encode() if isinstance(content, str) else content
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes, for a subprocess."""
    return {**os.environ, **changes}
