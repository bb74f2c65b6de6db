"""A chain as its bytes claim it to be: blocks admitted one after another, nothing verified yet (step 1).

In which of the two formats the blocks came makes no difference from here on.
"""

from __future__ import annotations

from dataclasses import dataclass

from attorn.biscuit.admission import admit
from attorn.biscuit.container import SignedBlock
from attorn.errors import LimitError
from attorn.limits import Limits
from attorn.macaroon.link import SignedLink
from attorn.token import link as links
from attorn.token.link import Link


@dataclass(frozen=True, slots=True)
class UnverifiedChain:
    """The links that blocks claim, with the symbols that a further block can refer to."""

    blocks: tuple[SignedBlock | SignedLink, ...]
    links: tuple[Link, ...]
    symbols: tuple[str, ...]


def read(blocks: tuple[SignedBlock | SignedLink, ...], limits: Limits) -> UnverifiedChain:
    """The chain in `blocks`. Raises `MalformedError`, `NotAdmittedError` or `LimitError`."""
    found: list[Link] = []
    symbols: tuple[str, ...] = ()
    terms = globs = 0
    for position, signed in enumerate(blocks, start=1):
        block = admit(signed.payload, symbols, limits)
        symbols += block.symbols
        terms += block.terms
        globs += block.globs
        if terms > limits.terms:
            raise LimitError(f"expected at most {limits.terms} values in a chain", step=1)
        if globs > limits.globs:
            raise LimitError(f"expected at most {limits.globs} patterns in a chain", step=1)
        found.append(links.read(block, position, found[-1].to if found else None, signed.next_key))
    return UnverifiedChain(blocks, tuple(found), symbols)
