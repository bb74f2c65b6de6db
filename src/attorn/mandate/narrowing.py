"""Whether an open mandate is no wider than the one it was handed on under (law 1: attenuation only narrows).

What is compared is how the two are written, not every purchase there could be: where it is not plain that the child is
narrower, it is refused. Expiry is the chain's to compare.
"""

from __future__ import annotations

from attorn.errors import ChainError, InputError
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment


def widening(child: OpenPayment | OpenCheckout, parent: OpenPayment | OpenCheckout) -> str | None:
    """In what `child` is wider than `parent`, or not plainly as narrow; None if every purchase it allows `parent` does.

    Each constraint of the parent needs one of the child that is as narrow, and each preset must be the same. A child
    without a recurrence is used once, which is as narrow as any. Raises `InputError` for what is no open mandate.
    """
    if not isinstance(child, OpenPayment | OpenCheckout) or not isinstance(parent, OpenPayment | OpenCheckout):
        raise InputError("narrowing: expected two open mandates")
    if type(child) is not type(parent):
        return "a mandate of another type"
    if isinstance(child, OpenPayment) and isinstance(parent, OpenPayment):
        if child.recurrences and not parent.recurrences:
            return f"{Recurrence.type}: it may be used again, and what it comes from may not"
        changed = parent.presets.changed(child.presets)
        if changed:
            return f"{', '.join(changed)}: not as it was fixed beforehand"
    if isinstance(child, OpenCheckout) and isinstance(parent, OpenCheckout) and child.most > parent.most:
        return f"uses: {child.most} are not as few as {parent.most}"
    once = isinstance(child, OpenPayment) and not child.recurrences
    for theirs in parent.constraints:
        if once and isinstance(theirs, Recurrence):
            continue
        if not any(mine.narrower_than(theirs) for mine in child.constraints):
            return f"{theirs.type}: nothing in it is plainly as narrow as {theirs.limit()}"
    return None


def require_narrower(child: OpenPayment | OpenCheckout, parent: OpenPayment | OpenCheckout) -> None:
    """Raises `ChainError` if `child` is wider than `parent`, or not plainly as narrow."""
    wider = widening(child, parent)
    if wider is not None:
        raise ChainError(f"mandate: wider than the one before it: {wider}")
