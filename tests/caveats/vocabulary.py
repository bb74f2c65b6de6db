"""Every kit there is, one for each kind of caveat. Nothing is listed: what stands in `kits` is found."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Plain

from attorn.caveat import Caveat, Not
from attorn.caveat.argument import Atom
from attorn.errors import InputError

_FILES = sorted(path.stem for path in (Path(__file__).parent / "kits").glob("*.py"))
_MODULES = [importlib.import_module(f"tests.caveats.kits.{file}") for file in _FILES]


def kit_of(limit: Caveat) -> Kit:
    """The kit of a caveat's kind."""
    return next(kit for kit in KITS if kit.kind is type(limit))


def plain(limit: Caveat) -> Plain:
    """The caveat for the reference evaluator."""
    return {"kind": type(limit).__name__, **kit_of(limit).plain(limit)}


def with_opposite(limit: Caveat) -> tuple[Caveat, ...]:
    """The caveat and, of an atom, its negation if that can be written."""
    if not isinstance(limit, Atom):
        return (limit,)
    try:
        return limit, Not(limit)
    except InputError:
        return (limit,)


@cache
def drawn(kits: tuple[Kit, ...]) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: st.one_of(*(kit.caveats for kit in kits)))


def _found() -> tuple[Kit, ...]:
    """First the kinds that stand for themselves, then those that are made of them."""
    first = tuple(kit for module in _MODULES for kit in getattr(module, "KITS", ()))
    kinds = {kit.name: kit for kit in first}
    made = [module.kits(kinds, kit_of, plain) for module in _MODULES if hasattr(module, "kits")]
    return (*first, *(kit for kits in made for kit in kits))


KITS = _found()
ATOMS = tuple(kit for kit in KITS if issubclass(kit.kind, Atom))
