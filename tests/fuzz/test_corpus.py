"""Every input that is kept, and some made of them, through every harness: without atheris, on every Python."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from random import Random
from types import CodeType, FrameType

import pytest
from tests.fuzz import corpus, mutators
from tests.fuzz.harness import Harness, run
from tests.fuzz.registry import ALL

SOURCE = Path(__file__).parent.parent.parent / "src" / "attorn"
EACH = pytest.mark.parametrize("harness", ALL.values(), ids=ALL.keys())
MOST = 1_700_000
"""Largest corpus, in bytes of its files."""
READERS = ("parse", "read", "decode", "from_", "all_from_", "unpack", "admit", "recognise", "outline")
"""How functions begin that read what somebody else wrote."""
NO_PARSERS = {
    "clock.read": "asks a clock",
    "keys.signer.Ed25519Signer.from_seed": "makes a key of 32 bytes",
    "keys.signer.P256Signer.from_scalar": "makes a key of 32 bytes",
    "identity.Identity.from_seed": "makes an identity of 32 bytes",
    "caveat.value.Range.admits": "asks about a number",
    "cli.program.parser": "makes a parser of arguments",
    "caveat.collection.SubsetOf.from_pattern": "Contains reads it",
    "caveat.value.NotOneOf.from_pattern": "OneOf reads it",
    "caveat.unrecognised.Unrecognised.read": "made by whoever finds no other kind",
    "keys.owned.read": "reads a file that is the user's own",
    "verify.possession.ArrivedToken.read_chain": "`token` reads the same bytes",
    "verify.possession.ArrivedToken.read_presentation": "hands out what an adapter made",
    "outgoing.ClientRequest.read": "a protocol",
    "verify.arrival.Arrival.read_chain": "a protocol",
    "verify.arrival.Arrival.read_presentation": "a protocol",
    "caveat.base.Caveat.read": "replaced by each kind of caveat",
    "mandate.vc.shape.Kind.read": "a protocol",
    "caveat.argument.Atom.from_pattern": "replaced by each kind of atom",
    "mandate.constraint.base.Constraint.read": "replaced by each kind of constraint",
}
"""Functions that begin so and read nothing of anybody else's."""


@EACH
def test_seeds_and_corpus(harness: Harness) -> None:
    seeds = list(harness.seeds())
    assert sum(run(harness, data) for data in seeds) * 3 > len(seeds), "a third of the seeds is to be accepted"
    for data in corpus.read(harness.name):
        run(harness, data)


@EACH
@pytest.mark.parametrize("rounds", [60, pytest.param(3000, marks=pytest.mark.long)])
def test_inputs_made_of_others(harness: Harness, rounds: int) -> None:
    random, mutate = Random(1), harness.mutate or mutators.plain
    pool = [*harness.seeds(), *corpus.read(harness.name)]
    for _ in range(rounds):
        run(harness, mutate(random.choice(pool), random)[: harness.size])


def test_the_corpus_is_small_and_somebody_reads_each_file() -> None:
    files = sorted(corpus.FOLDER.iterdir())
    assert sorted(path.stem for path in files) == sorted(ALL)
    assert 0 < sum(path.stat().st_size for path in files) <= MOST


def _readers() -> set[str]:
    """The public functions and methods of attorn that read something, as `module.name`."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text()).body:
            inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
            prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            names = (each.name for each in inner if isinstance(each, ast.FunctionDef))
            found |= {f"{module}.{prefix}{name}" for name in names if name.startswith(READERS)}
    return found


def test_a_harness_reaches_every_reader() -> None:
    """Who adds a parser adds a harness, or says here why it is none."""
    reached: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            reached.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for harness in ALL.values():
            for data in harness.seeds():
                run(harness, data)
    finally:
        sys.setprofile(before)
    names = {
        f"{'.'.join(Path(code.co_filename).relative_to(SOURCE).with_suffix('').parts)}.{code.co_qualname}"
        for code in reached
        if Path(code.co_filename).is_relative_to(SOURCE)
    }
    gone = sorted(NO_PARSERS.keys() - _readers())
    assert not gone, "no such function any more: " + " ".join(gone)
    missed = sorted(_readers() - names - NO_PARSERS.keys())
    assert not missed, " ".join(missed)
