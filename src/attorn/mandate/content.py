"""What a mandate says, as what it means: one of four contents, with nothing hidden in it that could matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import MandateError
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.constraint.base import Constraint
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.vct import Vct
from attorn.sdjwt.pointer import Path, matching

Open: TypeAlias = OpenCheckout | OpenPayment
Closed: TypeAlias = ClosedCheckout | ClosedPayment
Content: TypeAlias = Open | Closed
CHECKOUT_JWT: Final = "checkout_jwt"
_CONSTRAINTS: Final = "constraints"
OPEN: Final = (OpenCheckout, OpenPayment)
CLOSED: Final = (ClosedCheckout, ClosedPayment)
"""The same as `Open` and `Closed`, in the form that `isinstance` is quickest with."""
_PAYMENT: Final = (OpenPayment, ClosedPayment)


def read(content: Mapping[str, JsonValue], disclosed: Sequence[Path], hidden: Sequence[Path], unit: Unit) -> Content:
    """The mandate that a revealed content is, given where its disclosures and its remaining digests stand.

    Raises `MandateError` for a `vct` that is none of the four, what the mandate refuses, `cnf` in a closed one and none
    in an open one, and whatever is or can be hidden but entries of a list of which one is shown, and `checkout_jwt`;
    `MalformedError` for a member of another kind.
    """
    vct = content.get("vct")
    found: Content
    match vct:
        case Vct.OPEN_PAYMENT:
            found = OpenPayment.read(content, unit=unit)
        case Vct.PAYMENT:
            found = ClosedPayment.read(content)
        case Vct.OPEN_CHECKOUT:
            found = OpenCheckout.read(content)
        case Vct.CHECKOUT:
            found = ClosedCheckout.read(content)
        case _:
            raise MandateError(f"vct: expected one of {', '.join(Vct)}, got {shown(vct)}")
    opens = is_open(found)
    if opens != (CONFIRMATION in content):
        raise MandateError(f"{vct}: expected cnf in an open mandate, and in no other")
    _require_disclosable(found, disclosed)
    for path in hidden:
        if not _may_hide(found, content, path, len(hidden)):
            raise MandateError(f"{vct}: something is hidden in {shown(list(path)) if path else 'it'}")
    return found


def is_open(content: Content) -> bool:
    """Whether it has constraints, and a next holder."""
    return isinstance(content, OPEN)


def is_payment(content: Content) -> bool:
    """Whether it is about a payment; else it is about a checkout."""
    return isinstance(content, _PAYMENT)


def disclosable(content: Content) -> list[Path]:
    """Where in `content.write()` a holder may keep something back: entries of lists, and `checkout_jwt`."""
    if isinstance(content, ClosedCheckout):
        return [] if content.unverified_jwt is None else [(CHECKOUT_JWT,)]
    if isinstance(content, ClosedPayment):
        return []
    written = content.write()
    pointers = [
        (_CONSTRAINTS, index, *constraint.redactable, None)
        for index, constraint in enumerate(content.constraints)
        if constraint.redactable
    ]
    return list(matching(written, pointers))


def _require_disclosable(content: Content, disclosed: Sequence[Path]) -> None:
    """Raises unless what could have been kept back is harmless, were it a whole constraint: then its digest is left."""
    first = _CONSTRAINTS if is_open(content) else CHECKOUT_JWT if isinstance(content, ClosedCheckout) else None
    for path in disclosed:
        if path and (path[0] != first or path == (_CONSTRAINTS,)):
            raise MandateError(f"mandate: {shown(path[0])} must not be selectively disclosable")


def _may_hide(content: Content, revealed: Mapping[str, JsonValue], path: Path, count: int) -> bool:
    if isinstance(content, ClosedCheckout):
        # Which member the digest is of, nobody can tell; this one is missing, and then there must be no other.
        return path == () and count == 1 and content.unverified_jwt is None
    if isinstance(content, ClosedPayment) or len(path) < 2 or path[0] != _CONSTRAINTS or type(path[1]) is not int:
        return False
    constraint: Constraint = content.constraints[path[1]]
    return constraint.may_hide(path[2:]) and bool(list(_shown(revealed, path)))


def _shown(value: JsonValue | Mapping[str, JsonValue], path: Path) -> Iterator[JsonValue]:
    """The elements that are left of the list at `path`."""
    for step in path:
        value = value[step]  # type: ignore[index]  # the walk that found the path went there
    yield from value if isinstance(value, list) else ()
