"""All harnesses, one after another: `python -m tests.fuzz [--seconds S | --runs N] [--json FILE] [NAME ...]`.

Prints for each how often it ran, how often it accepted its input, and how much of attorn it reached. Ends with status 1
if any of them found anything; the input is then in the folder of findings, and
`python -m tests.fuzz --replay FILE NAME` shows what it does, without atheris.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.fuzz import corpus
from tests.fuzz.harness import Harness, run
from tests.fuzz.registry import ALL, module_of

SECONDS_EACH = 5
"""Longest that one input may take; any more is a finding."""
MEBIBYTES = 1024
_COVERED = re.compile(rb"cov: (\d+) ft: (\d+) corp: (\d+)")
_COUNTERS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of one harness. `edges` is libFuzzer's count of what was reached, `finding` the input if there is one."""

    harness: str
    executions: int
    accepted: int
    seconds: float
    edges: int
    corpus: int
    finding: str | None


def fuzz(harness: Harness, folder: Path, *, seconds: int, runs: int, findings: Path) -> Outcome:
    """Run a harness over its corpus and on from there, at most `seconds` long and `runs` often (0: as often as fits).

    What it adds to the corpus stays in `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate([*harness.seeds(), *corpus.read(harness.name)]):
        (folder / f"kept-{number}").write_bytes(data)
    findings.mkdir(parents=True, exist_ok=True)
    before = set(findings.iterdir())
    with tempfile.TemporaryDirectory() as scratch:
        counts = Path(scratch) / "counts"
        command = [sys.executable, "-m", "tests.fuzz.one", module_of(harness), harness.name, str(counts)]
        command += [
            f"-timeout={SECONDS_EACH}",
            f"-rss_limit_mb={MEBIBYTES}",
            f"-artifact_prefix={findings}/{harness.name}-",
        ]
        command += [f"-max_total_time={seconds}", f"-runs={runs or -1}", "-print_final_stats=1", str(folder)]
        started = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        spent = time.monotonic() - started
        numbers = counts.read_bytes() if counts.exists() else bytes(2 * _COUNTERS)
    executions, accepted = (int.from_bytes(numbers[at : at + _COUNTERS], sys.byteorder) for at in (0, _COUNTERS))
    found = sorted(set(findings.iterdir()) - before)
    if done.returncode and not found:
        sys.stdout.buffer.write(done.stdout[-4000:])
    edges, _, kept = (_COVERED.findall(done.stdout) or [(b"0", b"0", b"0")])[-1]
    finding = str(found[0]) if found else "ended by itself" if done.returncode else None
    if found:
        (findings / f"{found[0].name}.log").write_bytes(done.stdout[-20_000:])
    return Outcome(harness.name, executions, accepted, round(spent, 1), int(edges), int(kept), finding)


def _told(outcome: Outcome) -> str:
    share = outcome.accepted / max(1, outcome.executions)
    speed = outcome.executions / max(0.1, outcome.seconds)
    line = f"{outcome.harness:<16}{outcome.executions:>12,}{share:>9.0%}{outcome.edges:>8,}{speed:>10,.0f}/s"
    return line if outcome.finding is None else f"{line}  FOUND {outcome.finding}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("harness", nargs="*", choices=[[], *ALL], default=[], help="all of them unless named")
    parser.add_argument("--seconds", type=int, default=60, help="for each harness")
    parser.add_argument("--runs", type=int, default=0, help="of each harness; 0: as many as fit the seconds")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--work", type=Path, default=Path("build/fuzz"), help="a folder for corpora and findings")
    parser.add_argument("--keep", action="store_true", help="keep what was found worth keeping in the repository")
    parser.add_argument("--replay", type=Path, help="run one input, without atheris")
    given = parser.parse_args(arguments)
    chosen = [ALL[name] for name in given.harness or ALL]
    if given.replay is not None:
        print("accepted" if run(chosen[0], given.replay.read_bytes()) else "refused")
        return 0
    print(f"{'harness':<16}{'executions':>12}{'accepted':>9}{'edges':>8}{'speed':>12}")
    outcomes = []
    for harness in chosen:
        folder, findings = given.work / "corpus" / harness.name, given.work / "findings"
        outcomes.append(fuzz(harness, folder, seconds=given.seconds, runs=given.runs, findings=findings))
        print(_told(outcomes[-1]), flush=True)
        if given.keep:
            keep(harness, folder)
    print(f"{'in all':<16}{sum(outcome.executions for outcome in outcomes):>12,}")
    if given.json is not None:
        given.json.write_text(json.dumps(_figures(outcomes), indent=1) + "\n")
    return 1 if any(outcome.finding for outcome in outcomes) else 0


def keep(harness: Harness, folder: Path, to: Path = corpus.FOLDER) -> None:
    """Write the corpus anew: as few inputs as reach all that those in `folder` reach.

    Raises `RuntimeError` where that fails, and leaves it as it was.
    """
    with tempfile.TemporaryDirectory() as scratch:
        merged, counts = Path(scratch) / "merged", Path(scratch) / "counts"
        merged.mkdir()
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.one",
            module_of(harness),
            harness.name,
            str(counts),
            "-merge=1",
            str(merged),
            str(folder),
        ]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        inputs = [path.read_bytes() for path in merged.iterdir()]
        if done.returncode or not inputs:
            # What is kept already is worth more than nothing.
            sys.stdout.buffer.write(done.stdout[-4000:])
            raise RuntimeError(f"{harness.name}: the corpus could not be merged, and stays as it was")
        corpus.write(harness.name, inputs, to)


def _figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "atheris": importlib.metadata.version("atheris"),
        "executions": sum(outcome.executions for outcome in outcomes),
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 1),
        "harnesses": [asdict(outcome) for outcome in outcomes],
    }


if __name__ == "__main__":
    sys.exit(main())
