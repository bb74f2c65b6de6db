"""What a third party grants: a discharge with caveats of its own, in the one caveat language."""

from __future__ import annotations

from collections.abc import Sequence

from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat.base import Caveat
from attorn.caveat.counted import Counted
from attorn.caveat.profile import recognise
from attorn.caveat.status import Standing
from attorn.datalog import Check, Predicate
from attorn.errors import InputError, LimitError, NotAdmittedError, VerificationError
from attorn.limits import Limits
from attorn.macaroon.container import Macaroon
from attorn.macaroon.discharge import granting
from attorn.macaroon.key import MacKey

Demand = tuple[int, Caveat]
"""A caveat of a discharge, and the position of the link that asked for the third party."""


def discharge(key: MacKey, identifier: bytes, *, caveats: Sequence[Caveat] = ()) -> Macaroon:
    """What a third party answers once the condition it knows as `identifier` holds, for uses within `caveats`.

    The holder hands it to `Identity.present`. Raises `InputError` for an unusable argument, and for a caveat that is
    counted, looked up, a purpose, or relative to a link: a discharge has no account, no list and no time of issue.
    """
    if not isinstance(caveats, list | tuple):
        raise InputError(f"caveats: expected a list, got {type(caveats).__name__}")
    checks = tuple(map(_check, caveats))
    try:
        return granting(key, identifier, encode((), checks, ()) if checks else b"")
    except VerificationError as error:
        raise InputError(f"no verifier would read this discharge: {error}") from error


def _check(caveat: Caveat) -> Check:
    usable = isinstance(caveat, Caveat) and not isinstance(caveat, Counted | Standing)
    rendered = caveat.render() if usable else None
    if rendered is None or isinstance(rendered, Predicate):
        raise InputError(f"discharge: expected caveats that the request alone answers, got {type(caveat).__name__}")
    return rendered


def read(payloads: Sequence[tuple[int, bytes]], limits: Limits) -> tuple[Demand, ...]:
    """The caveats of blocks in discharges. Raises `MalformedError`, `NotAdmittedError` or `LimitError`."""
    found: list[Demand] = []
    terms = globs = 0
    if len(payloads) > limits.links:
        # Whoever holds a discharge can put blocks into it, and each costs as much to read as a link.
        raise LimitError(f"expected at most {limits.links} blocks in discharges, got {len(payloads)}", step=1)
    for position, payload in payloads:
        block = admit(payload, (), limits)
        terms += block.terms
        globs += block.globs
        if terms > limits.terms or globs > limits.globs:
            raise LimitError(
                f"expected at most {limits.terms} values and {limits.globs} patterns in discharges", step=1
            )
        if block.facts:
            # A fact that a discharge states must never be mistaken for one the verifier supplies (attack 76).
            raise NotAdmittedError("a discharge states no facts")
        if not block.shaped:
            raise NotAdmittedError("a discharge that has nothing to demand holds no block")
        for caveat in map(recognise, block.shaped):
            if isinstance(caveat, Counted | Standing):
                raise NotAdmittedError(f"a discharge holds no {type(caveat).__name__}: it has no account and no list")
            found.append((position, caveat))
    return tuple(found)
