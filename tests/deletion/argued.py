"""The checks that no vector covers, each with the reason."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from tests.deletion.checks import Check

BEHIND: Final = "another check stands behind it"
CALLER: Final = "not over the wire"
ALIKE: Final = "the same comes out"

ARGUED: Final[dict[str, tuple[str, str]]] = {}
"""Names of checks, `*` standing for anything, with the kind of reason and the reason."""


def argued(check: Check) -> tuple[str, str] | None:
    """Why no vector covers this check; None where nobody has said."""
    if check.name in ARGUED:
        return ARGUED[check.name]
    return next((reason for pattern, reason in ARGUED.items() if fnmatchcase(check.name, _exact(pattern))), None)


def _exact(pattern: str) -> str:
    # Brackets are brackets here, and a question mark is one.
    return pattern.replace("[", "[[]").replace("?", "[?]")
