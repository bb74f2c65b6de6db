"""What each library is asked, and by whose rule it is expected to refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

CASES: Final = Path(__file__).parent.parent.parent / "vectors" / "cases"
OWN: Final = "attorn"
"""The rule is attorn's own and no standard's: the library says nowhere that it checks that."""
NOT_COUNTED: Final = ""
OPERATIONS: Final = ("verify-presentation", "verify-sd-jwt", "read-status", "verify-mandate", "verify-receipt")
"""Those whose input holds something that one of the libraries reads."""


@dataclass(frozen=True)
class Peer:
    """A library: what is called, which cases it is asked and by which rule, and which it must accept.

    `rules` are patterns of names, the first that fits counts. `ask` returns if the library accepts and raises if it
    refuses. `twins` are good cases of the same form: a library that refuses these would refuse anything.
    """

    name: str
    call: str
    rules: Mapping[str, str]
    twins: tuple[str, ...]
    ask: Callable[[dict[str, Any]], None]
    why_not: str


@dataclass(frozen=True)
class Finding:
    """What became of one case. `rule` is by whom it is to be refused."""

    case: str
    notes: str
    rule: str
    accepted: bool
    raised: str


def committed() -> dict[str, dict[str, Any]]:
    """Every committed case by its name."""
    found = (json.loads(path.read_text()) for path in sorted(CASES.rglob("*.json")))
    return {case["name"]: case for case in found}


def findings(peer: Peer, cases: Mapping[str, dict[str, Any]]) -> Iterator[Finding]:
    """What the library makes of every refusal that it is meant to make."""
    for name, case in cases.items():
        rule = next((rule for pattern, rule in peer.rules.items() if fnmatchcase(name, pattern)), None)
        if not rule or case["expect"]["code"] == "ok" or case["operation"] not in OPERATIONS:
            continue
        raised = asked(peer, case)
        yield Finding(name, case["notes"], rule, raised == "", raised)


def asked(peer: Peer, case: dict[str, Any]) -> str:
    """The name of the error that refused; empty where the library accepted."""
    try:
        peer.ask(case)
    except BaseException as error:
        # Any end but a return refuses: a native panic is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return type(error).__name__
    return ""
