"""The negative cases against other libraries: what each accepts that it is to refuse, as docs/differential.md holds it.

python -m tests.differential
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from tests.differential import biscuits, jose, macaroons, selective
from tests.differential.asked import OWN, Finding, Peer, asked, committed, findings

from attorn.conformance.case import Case
from attorn.conformance.operations import OPERATIONS, answer

PAGE = Path(__file__).parent.parent.parent / "docs" / "differential.md"
MARK = "## The table"
"""What stands behind this heading is computed."""
PEERS = (*biscuits.PEERS, *macaroons.PEERS, *jose.PEERS, *selective.PEERS)


def tables() -> Iterator[str]:
    """The lines of the page that are computed."""
    cases = committed()
    found = {peer.name: list(findings(peer, cases)) for peer in PEERS}
    yield "| library | version | asked by a standard's rule | accepted | asked by attorn's own rule | accepted |"
    yield "|---|---|--:|--:|--:|--:|"
    for peer in PEERS:
        standard = [each for each in found[peer.name] if each.rule != OWN]
        own = [each for each in found[peer.name] if each.rule == OWN]
        yield f"| {peer.name} | {version(peer.name)} | {_counts(standard)} | {_counts(own)} |"
    every = {each.case for of in found.values() for each in of}
    accepted = [name for name in sorted(every) if _ours(cases[name]) == "ok"]
    yield f"| attorn | | | | {len(every)} | {len(accepted)} |"
    for peer in PEERS:
        yield from _section(peer, found[peer.name])


def refused_twins() -> list[tuple[str, str, str]]:
    """Good cases that a library refuses: library, case, error. There should be none."""
    cases = committed()
    return [(peer.name, name, raised) for peer in PEERS for name in peer.twins if (raised := asked(peer, cases[name]))]


def _section(peer: Peer, found: list[Finding]) -> Iterator[str]:
    yield f"\n### {peer.name} {version(peer.name)}\n"
    yield f"Called: {peer.call}.\n"
    yield f"{peer.why_not}\n"
    accepted = [each for each in found if each.accepted]
    if not accepted:
        yield "Accepted: none."
        return
    yield "| accepted | what it is | rule |"
    yield "|---|---|---|"
    for each in sorted(accepted, key=lambda each: (each.rule == OWN, each.case)):
        yield f"| `{each.case}` | {each.notes} | {each.rule} |"


def _counts(found: list[Finding]) -> str:
    return f"{len(found)} | {sum(each.accepted for each in found)}"


def _ours(case: dict[str, object]) -> str:
    read = Case(str(case["name"]), str(case["operation"]), case["input"], None)  # type: ignore[arg-type]
    return answer(OPERATIONS[read.operation], read.input).code


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.differential")
    parser.add_argument("--write", action="store_true", help="put it into the page")
    options = parser.parse_args()
    computed = "\n".join(tables())
    if options.write:
        text = PAGE.read_text()
        PAGE.write_text(text[: text.index(MARK) + len(MARK)] + f"\n\n{computed}\n")
    else:
        print(computed)
    refused = refused_twins()
    for name, case, raised in refused:
        print(f"{name} refuses {case}: {raised}", file=sys.stderr)
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main())
