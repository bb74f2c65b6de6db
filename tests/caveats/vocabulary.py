"""Every kit there is, one for each kind of caveat. Nothing is listed: what stands in `kits` is found."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests.caveats import groups
from tests.caveats.kit import Kit, Plain

from attorn.caveat import Caveat
from attorn.caveat.argument import Atom

_FILES = sorted(path.stem for path in (Path(__file__).parent / "kits").glob("*.py") if path.stem != "__init__")
_FOUND: tuple[Kit, ...] = tuple(
    kit for file in _FILES for kit in importlib.import_module(f"tests.caveats.kits.{file}").KITS
)


def kit_of(limit: Caveat) -> Kit:
    """The kit of a caveat's kind."""
    return next(kit for kit in KITS if kit.kind is type(limit))


def plain(limit: Caveat) -> Plain:
    """The caveat for the reference evaluator."""
    return {"kind": type(limit).__name__, **kit_of(limit).plain(limit)}


def drawn(kits: tuple[Kit, ...]) -> st.SearchStrategy[Any]:
    return st.one_of(*(kit.caveats for kit in kits))


ATOMS = tuple(kit for kit in _FOUND if issubclass(kit.kind, Atom))
KITS = (*_FOUND, *groups.kits(drawn(ATOMS), kit_of, plain))
