"""What a mandate says, as people type it: from options, or from a file in AP2's own form."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from attorn.canonical import JsonValue, parse
from attorn.checkout.party import Instrument, Merchant
from attorn.checkout.signed import checkout_hash
from attorn.checkout.signed import read as read_checkout
from attorn.cli import source
from attorn.cli.command import Parser
from attorn.display import shown
from attorn.errors import InputError, VerificationError
from attorn.mandate import wire
from attorn.mandate.constraint.allowed_instruments import AllowedInstruments
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import CheckoutConstraint, PaymentConstraint
from attorn.mandate.constraint.budget import Budget, Unit
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.constraint.line_items import AcceptableItem, LineItems, Requirement
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.content import Closed, Open
from attorn.mandate.hop import PAYLOAD, PAYLOADS, UnverifiedHop
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.vct import Vct
from attorn.sdjwt.compact import MOST_CHARACTERS
from attorn.words import instant, money, span, whole

MOST: Final = 1 << 20
"""Largest file of any kind that a mandate is made of, in bytes."""
HOW_GIVEN: Final = "a file's name, its text (longer than 255 characters), or - for standard input"
_DEPTH: Final = 24
_ELSEWHERE: Final = ("cnf", "iat", "nbf", "exp", "status", "attorn")
"""Members of a content that options say: in a file they would be passed over, and so are refused."""
_CHECKOUT: Final = ("item", "merchant")
_PAYMENT: Final = ("order", "max", "min", "budget", "frequency", "payee", "instrument")
_ALONE: Final = "--uses goes with --frequency, or with --item"
_Kind = TypeVar("_Kind")


def add_content(parser: Parser) -> None:
    """The file that says all of it."""
    parser.add_argument(
        "--content", metavar="FILE", help="all that it says, as JSON in AP2's form, vct included; - for standard input"
    )


def add_limits(parser: Parser) -> None:
    """What an open mandate may say."""
    checkout = parser.add_argument_group("what may be ordered (an open checkout mandate)")
    checkout.add_argument(
        "--item", metavar="N:ID[,ID]", action="append", help="N units of any of these items (repeatable)"
    )
    checkout.add_argument("--merchant", metavar="ID[=NAME]", action="append", help="at this shop (repeatable)")
    payment = parser.add_argument_group("what may be paid (an open payment mandate)")
    payment.add_argument("--order", metavar="MANDATE", help=f"only for orders under this open one: {HOW_GIVEN}")
    payment.add_argument("--max", metavar="MONEY", help="at most this each time: minor units, like 5000:USD")
    payment.add_argument("--min", metavar="MONEY", help="at least this each time")
    payment.add_argument("--budget", metavar="MONEY", help="at most this in all")
    payment.add_argument("--frequency", choices=tuple(map(str, Frequency)), help="more than once, so far apart")
    payment.add_argument("--uses", metavar="N", help="with --frequency, or of a checkout: so many times")
    payment.add_argument("--payee", metavar="ID[=NAME]", action="append", help="only to this payee (repeatable)")
    payment.add_argument("--instrument", metavar="TYPE:ID", action="append", help="only with this (repeatable)")


def add_purchase(parser: Parser, *, beside: bool = False) -> None:
    """What a closed mandate may say; `beside` those of an open one, some of whose options it shares."""
    group = parser.add_argument_group("what is bought (a closed mandate)")
    group.add_argument(
        "--checkout", metavar="JWT", help=f"order what the shop offers in this checkout_jwt: {HOW_GIVEN}"
    )
    group.add_argument("--pay", metavar="JWT", help="pay for this checkout_jwt, with --instrument: given likewise")
    if not beside:
        group.add_argument("--payee", metavar="ID[=NAME]", action="append", help="whom, if it names no merchant")
        group.add_argument("--instrument", metavar="TYPE:ID", action="append", help="what it is paid with")


def add_expiry(parser: Parser) -> None:
    """Until when."""
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--expires-in", metavar="SPAN", help="like 8h, 30m or 1d12h")
    until.add_argument("--expires", metavar="TIME", help="like 2026-11-21T18:00:00Z")


def add_claim(parser: Parser) -> None:
    """The name of the claim that holds what a mandate says."""
    parser.add_argument("--claim", choices=PAYLOADS, default=PAYLOAD, help=f"where a JWT says it (default: {PAYLOAD})")


def expiry(arguments: argparse.Namespace, now: datetime) -> datetime | None:
    """The end that is asked for, None if there is none. Raises `InputError`."""
    if arguments.expires_in is not None:
        try:
            return now + span(arguments.expires_in, "--expires-in")
        except OverflowError:
            raise InputError(f"--expires-in: too long, got {shown(arguments.expires_in)}") from None
    return None if arguments.expires is None else instant(arguments.expires, "--expires")


def mandate_text(argument: str) -> str:
    """The text of a mandate, whose own limits are the reader's. Raises `InputError`."""
    return source.token_text(argument, what="mandate", most=MOST_CHARACTERS + 2)


def jwt_text(argument: str) -> str:
    """The text of a checkout_jwt. Raises `InputError`."""
    return source.token_text(argument, what="checkout_jwt", most=MOST_CHARACTERS + 2)


def document(argument: str, name: str) -> dict[str, JsonValue]:
    """The JSON object in a file. Raises `InputError`."""
    content = source.standard_input(MOST) if argument == "-" else source.file(argument, name, MOST)
    value = _own(lambda: parse(content, most=MOST, depth=_DEPTH), name)
    if not isinstance(value, dict):
        raise InputError(f"{name}: expected a JSON object")
    return value


def opened(arguments: argparse.Namespace, parent: Open | None = None) -> Open:
    """The open mandate that is asked for; what is not said stays as it is in `parent`. Raises `InputError`."""
    checkout, payment, uses = (_given(arguments, names) for names in (_CHECKOUT, _PAYMENT, ("uses",)))
    if arguments.content is not None:
        found = _content(arguments)
        if checkout or payment:
            raise InputError(f"--content says all of it; {checkout or payment} goes without")
        if not isinstance(found, Open):
            raise InputError("--content: expected an open mandate")
        if uses and isinstance(found, OpenCheckout):
            return replace(found, uses=whole(arguments.uses, "--uses"))
        if uses:
            raise InputError("--content says all of it; --uses goes with that of a checkout alone")
        return found
    if checkout and payment:
        raise InputError(f"{checkout} is for a checkout, {payment} for a payment: one mandate is about one of them")
    if checkout or (uses and not payment and isinstance(parent, OpenCheckout)):
        return _with_checkout(arguments, _parent(parent, OpenCheckout, checkout or "--uses"))
    if payment:
        return _with_payment(_payment_limits(arguments), _parent(parent, OpenPayment, payment))
    if uses:
        raise InputError(_ALONE)
    if parent is None:
        raise InputError("mandate: expected --content, or what it allows: --item or --order, and more")
    return parent


def closed(arguments: argparse.Namespace) -> Closed:
    """The closed mandate that is asked for. Raises `InputError`."""
    given = [name for name in ("content", "checkout", "pay") if getattr(arguments, name) is not None]
    if len(given) != 1:
        raise InputError("mandate: expected one of --content, --checkout and --pay")
    if wrong := _given(arguments, (*_CHECKOUT, "order", "max", "min", "budget", "frequency", "uses")):
        raise InputError(f"{wrong} is for an open mandate")
    if arguments.pay is None and (wrong := _given(arguments, ("payee", "instrument"))):
        raise InputError(f"{wrong} goes with --pay")
    if arguments.content is not None:
        found = _content(arguments)
        if isinstance(found, Open):
            raise InputError("--content: expected a closed mandate")
        return found
    text = jwt_text(arguments.pay if arguments.checkout is None else arguments.checkout)
    offered = _own(lambda: read_checkout(text), "checkout_jwt").unverified
    if arguments.checkout is not None:
        return ClosedCheckout(unverified_hash=checkout_hash(text), unverified_jwt=text)
    payees, instruments = _all(arguments.payee, _merchant), _all(arguments.instrument, _instrument)
    if len(instruments) != 1 or len(payees) + (offered.merchant is not None) != 1:
        raise InputError("--pay: expected one --instrument, and one --payee if the checkout names no merchant")
    payee = payees[0] if offered.merchant is None else offered.merchant
    return ClosedPayment(
        transaction_id=checkout_hash(text), payee=payee, amount=offered.total, instrument=instruments[0]
    )


def _content(arguments: argparse.Namespace) -> Open | Closed:
    members = document(arguments.content, "content")
    for name in _ELSEWHERE:
        if name in members:
            raise InputError(f"content: {name} is for the options to say")
    readers: dict[str, Callable[[], Open | Closed]] = {
        Vct.OPEN_CHECKOUT: lambda: OpenCheckout.read(members),
        Vct.OPEN_PAYMENT: lambda: OpenPayment.read(members, unit=Unit.MINOR),
        Vct.CHECKOUT: lambda: ClosedCheckout.read(members),
        Vct.PAYMENT: lambda: ClosedPayment.read(members),
    }
    vct = members.get("vct")
    if not isinstance(vct, str) or vct not in readers:
        raise InputError(f"content: expected vct as one of {', '.join(Vct)}, got {shown(vct)}")
    found = _own(readers[vct], "content")
    if isinstance(found, ClosedCheckout) and found.unverified_jwt is None:
        raise InputError("content: expected checkout_jwt")
    return found


def _parent(parent: Open | None, kind: type[_Kind], asked: str) -> _Kind | None:
    if parent is not None and not isinstance(parent, kind):
        raise InputError(f"{asked}: the mandate is about the other thing")
    return parent


def _with_checkout(arguments: argparse.Namespace, parent: OpenCheckout | None) -> OpenCheckout:
    limits = _checkout_limits(arguments)
    said = {each.type for each in limits}
    kept = () if parent is None else tuple(each for each in parent.constraints if each.type not in said)
    uses = None if parent is None else parent.uses
    return OpenCheckout((*kept, *limits), uses if arguments.uses is None else whole(arguments.uses, "--uses"))


def _with_payment(limits: Sequence[PaymentConstraint], parent: OpenPayment | None) -> OpenPayment:
    if parent is None:
        return OpenPayment(tuple(limits))
    said = {each.type for each in limits}
    return replace(parent, constraints=(*(each for each in parent.constraints if each.type not in said), *limits))


def _checkout_limits(arguments: argparse.Namespace) -> list[CheckoutConstraint]:
    found: list[CheckoutConstraint] = []
    if arguments.merchant is not None:
        found.append(AllowedMerchants(_all(arguments.merchant, _merchant)))
    if arguments.item is not None:
        found.append(LineItems(tuple(_requirement(str(at), each) for at, each in enumerate(arguments.item, 1))))
    return found


def _payment_limits(arguments: argparse.Namespace) -> list[PaymentConstraint]:
    found: list[PaymentConstraint] = []
    if arguments.order is not None:
        found.append(_reference(arguments))
    if arguments.max is not None:
        most = money(arguments.max, "--max")
        least = 0 if arguments.min is None else money(arguments.min, "--min").amount
        if arguments.min is not None and not arguments.min.endswith(f":{most.currency}"):
            raise InputError("--min: expected the currency of --max")
        found.append(AmountRange(most.amount, most.currency, least))
    elif arguments.min is not None:
        raise InputError("--min goes with --max")
    if arguments.budget is not None:
        budget = money(arguments.budget, "--budget")
        found.append(Budget(budget.amount, budget.currency))
    if arguments.frequency is not None:
        uses = None if arguments.uses is None else whole(arguments.uses, "--uses")
        found.append(Recurrence(Frequency(arguments.frequency), uses))
    elif arguments.uses is not None:
        raise InputError(_ALONE)
    if arguments.payee is not None:
        found.append(AllowedPayees(_all(arguments.payee, _merchant)))
    if arguments.instrument is not None:
        found.append(AllowedInstruments(_all(arguments.instrument, _instrument)))
    return found


def _reference(arguments: argparse.Namespace) -> Reference:
    last = wire.split(mandate_text(arguments.order))[-1]
    hop = _own(lambda: UnverifiedHop.read(last, claim=arguments.claim), "--order")
    if hop.content is None or hop.content.get("vct") != Vct.OPEN_CHECKOUT:
        raise InputError("--order: expected an open checkout mandate")
    return Reference(hop.sd_hash)


def _requirement(name: str, text: str) -> Requirement:
    quantity, separator, ids = text.partition(":")
    if not separator:
        raise InputError(f"--item: expected units and items, like 2:tea,coffee, got {shown(text)}")
    return Requirement(name, tuple(AcceptableItem(each, each) for each in ids.split(",")), whole(quantity, "--item"))


def _merchant(text: str) -> Merchant:
    found, _, name = text.partition("=")
    return Merchant(found, name or found)


def _instrument(text: str) -> Instrument:
    kind, separator, name = text.partition(":")
    if not separator:
        raise InputError(f"--instrument: expected its type and its id, like card:c-1, got {shown(text)}")
    return Instrument(name, kind)


def _all(given: Sequence[str] | None, read: Callable[[str], _Kind]) -> tuple[_Kind, ...]:
    return tuple(map(read, given or ()))


def _given(arguments: argparse.Namespace, names: Sequence[str]) -> str | None:
    """The first of these options that is used."""
    return next((f"--{name}" for name in names if getattr(arguments, name, None) is not None), None)


def _own(work: Callable[[], _Kind], name: str) -> _Kind:
    """What was read of one's own file: what is wrong with it is wrong input. Raises `InputError`."""
    try:
        return work()
    except VerificationError as error:
        raise InputError(f"{name}: {error}") from None
