"""Showing less: single entries of the lists that an open mandate allows, or the checkout itself, kept back.

Nothing gets wider by it: what is not shown is not allowed, and a list of which nothing is shown is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from attorn.errors import InputError, MandateError
from attorn.mandate import wire
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import read
from attorn.mandate.hop import JWT_HASH, PAYLOAD, UnverifiedHop, require_claim
from attorn.sdjwt.pointer import Pointer, matching


def redact(
    chain: str, hide: Iterable[Pointer], *, position: int | None = None, claim: str = PAYLOAD, unit: Unit = Unit.MINOR
) -> str:
    """`chain` without what `hide` points at in the content of one hop: the last, or that at `position`, from 1.

    A pointer is a path in the content, as `("constraints", 0, "allowed", 2)`; `attorn.sdjwt` has the form. Only the
    last hop, and one that the next names by `issuer_jwt_hash`, can still be shown in part.

    Raises `InputError` for a pointer that leads nowhere, or to what cannot be kept back, for a list of which nothing
    would be left, and for a hop that is bound as it is; and what reading the chain raises.
    """
    require_claim(claim)
    parts = list(wire.split(chain))
    at = len(parts) if position is None else position
    if type(at) is not int or not 0 < at <= len(parts):
        raise InputError(f"mandate: expected position as 1 to {len(parts)}")
    if at < len(parts) and JWT_HASH not in UnverifiedHop.read(parts[at], claim=claim).claims:
        raise InputError("mandate: the next hop was made for this one with all that it shows")
    hop = UnverifiedHop.read(parts[at - 1], claim=claim)
    if hop.content is None:
        raise InputError("mandate: present a credential with attorn.sdjwt")
    hidden = frozenset(matching(hop.content, hide))
    if not hidden <= set(hop.disclosed):
        raise InputError("mandate: expected pointers to what can be kept back")
    # A disclosure within one that is kept back would belong to no digest.
    texts = tuple(
        text
        for path, text in zip(hop.disclosed, hop.texts, strict=True)
        if not any(path[: len(each)] == each for each in hidden)
    )
    parts[at - 1] = hop.compact._replace(disclosures=texts)
    left = UnverifiedHop.read(parts[at - 1], claim=claim)
    try:
        read(left.content or {}, left.disclosed, left.hidden, unit)
    except MandateError as error:
        raise InputError(str(error)) from None
    return wire.join(parts)
