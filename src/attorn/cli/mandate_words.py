"""What mandates, carts and receipts say, as people read it: money in major units, parties by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.checkout import Checkout
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.checkout.signed import SignedCheckout
from attorn.display import line, shown, stamp
from attorn.mandate import amount
from attorn.mandate.constraint.allowed_instruments import AllowedInstruments
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.allowed_pisps import AllowedPisps
from attorn.mandate.constraint.base import Constraint
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.content import Content
from attorn.mandate.extension import EXTENSION
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.presets import Presets
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, VerifiedReceipt
from attorn.request.money import Money
from attorn.sdjwt.pointer import Path

_COMMON: Final = frozenset({"cnf", "iat", "nbf", "exp", "status", "attorn"})
"""What every mandate may say beside its own; drawn with the hop."""


_OWN: Final = ("redelegations", "uses")
"""What attorn itself says of an open mandate; the second of a checkout alone."""


def limits(content: Content, hidden: Sequence[Path] = ()) -> list[str]:
    """What a mandate says, each in a line: every limit, or what is bought; and what of it is kept back."""
    if isinstance(content, OpenCheckout | OpenPayment):
        rows = [
            f"{each.type}: {line(_limit(each))}{_kept_back(hidden, at)}" for at, each in enumerate(content.constraints)
        ]
        if isinstance(content, OpenCheckout) and content.uses is not None:
            rows.append(f"uses: at most {content.uses}")
        fixed = {} if isinstance(content, OpenCheckout) else _terms(content.presets)
        return rows + [f"{name}: fixed to {line(words)}" for name, words in fixed.items()]
    if isinstance(content, ClosedCheckout):
        text = "[REDACTED]" if content.unverified_jwt is None else "shown"
        return [f"order: checkout_hash {line(content.unverified_hash)}, checkout_jwt {text}"]
    said = {name: line(words) for name, words in _terms(content.terms).items()}
    rows = [
        f"pay: {said['payment_amount']} to {said['payee']}",
        f"with: {said['payment_instrument']}",
        f"for: the checkout {line(content.transaction_id)}",
    ]
    names = (("pisp", "through"), ("execution_date", "on"), ("risk_data", "risk data"))
    return rows + [f"{label}: {said[name]}" for name, label in names if name in said]


def passed_over(content: Content, members: Mapping[str, JsonValue]) -> list[str]:
    """What stands in a content that means nothing to a verifier, each in a line."""
    known = _COMMON | content.write().keys()
    odd = {line(name): members[name] for name in members if name not in known}
    own = members.get(EXTENSION)
    if isinstance(own, dict):
        said = _OWN[:2] if isinstance(content, OpenCheckout) else _OWN[:1]
        odd |= {f"{EXTENSION}.{line(name)}": own[name] for name in own if name not in said}
    return [f"passed over: {name} {shown(value)}" for name, value in odd.items()]


def _limit(constraint: Constraint) -> str:
    """What it allows, with the names of what is allowed, for which the library's own words have no place."""
    match constraint:
        case AllowedMerchants() | AllowedPayees():
            return " or ".join(map(party, constraint.allowed))
        case AllowedInstruments():
            return " or ".join(map(_instrument, constraint.allowed))
        case AllowedPisps():
            return " or ".join(map(_pisp, constraint.allowed))
        case LineItems():
            return " and ".join(
                f"{each.quantity} of {' or '.join(_named(item.id, item.title) for item in each.acceptable)}"
                for each in constraint.items
            )
        case _:
            return constraint.limit()


def _terms(fixed: Presets) -> dict[str, str]:
    """What is there of a payment, by what AP2 calls it."""
    words = {
        "payee": None if fixed.payee is None else party(fixed.payee),
        "payment_amount": None if fixed.amount is None else _money(fixed.amount),
        "payment_instrument": None if fixed.instrument is None else _instrument(fixed.instrument),
        "pisp": None if fixed.pisp is None else _pisp(fixed.pisp),
        "execution_date": None if fixed.execution_date is None else fixed.execution_date.text,
        "risk_data": None if fixed.risk_data is None else fixed.risk_data.decode(),
    }
    return {name: said for name, said in words.items() if said is not None}


def _money(money: Money) -> str:
    return amount.said(money.amount, money.currency)


def _named(found: str, name: str | None) -> str:
    """An id, and its name if that is another."""
    return f"{found} ({name})" if name and name != found else found


def party(merchant: Merchant) -> str:
    """A shop by its id, its name if that is another, and its website."""
    return _named(merchant.id, merchant.name) + (f" at {merchant.website}" if merchant.website else "")


def _instrument(instrument: Instrument) -> str:
    return _named(f"{instrument.type} {instrument.id}", instrument.description)


def _pisp(pisp: Pisp) -> str:
    return f"{_named(pisp.legal_name, pisp.brand_name)} at {pisp.domain_name}"


def _kept_back(hidden: Iterable[Path], constraint: int) -> str:
    count = sum(1 for path in hidden if path[:2] == ("constraints", constraint))
    return f" [REDACTED: {count} more, not shown and so not allowed]" if count else ""


def cart(checkout: Checkout) -> list[str]:
    """What is bought, each line in one, and what it comes to."""
    rows = [
        f"{each.quantity} of {line(_named(each.item.id, each.item.title))}, {_money(each.item.price)} each"
        for each in checkout.line_items
    ]
    for each in checkout.totals:
        sign = "-" if each.amount < 0 else ""
        rows.append(f"{line(each.type):<6} {sign}{amount.said(abs(each.amount), checkout.currency)}")
    return rows


def cart_json(checkout: Checkout) -> dict[str, JsonValue]:
    """The same for machines, in minor units."""
    return {
        "id": checkout.id,
        "line_items": [
            {"id": each.item.id, "title": each.item.title, "quantity": each.quantity, "price": each.item.price.amount}
            for each in checkout.line_items
        ],
        "totals": [{"type": each.type, "amount": each.amount} for each in checkout.totals],
        "total": amount.write(checkout.total),
    }


def bought(signed: SignedCheckout) -> list[str]:
    """A cart that its shop signed."""
    head = f"checkout {line(signed.checkout.id)} signed by {line(signed.signer)}"
    return [head, *(f"      {each}" for each in cart(signed.checkout))]


def bought_json(signed: SignedCheckout) -> dict[str, JsonValue]:
    """The same for machines."""
    return {**cart_json(signed.checkout), "hash": signed.hash, "signer": signed.signer}


def receipt(name: str, found: VerifiedReceipt[CheckoutReceipt] | VerifiedReceipt[PaymentReceipt]) -> list[str]:
    """What became of a mandate."""
    said, failure = found.receipt, found.receipt.failure
    told = "done"
    if failure is not None:
        told = f"it failed: {line(_named(failure.code, failure.description))}"
    rows = [f"{name} receipt by {line(found.signer)}: {told}"]
    rows += [f"      {label:<24} {line(value)}" for label, value in _ids(said).items() if value is not None]
    if said.issued_at is not None:
        rows.append(f"      {'issued at':<24} {stamp(said.issued_at)}")
    return rows


def receipt_json(found: VerifiedReceipt[CheckoutReceipt] | VerifiedReceipt[PaymentReceipt]) -> dict[str, JsonValue]:
    """The same for machines."""
    said, failure = found.receipt, found.receipt.failure
    return {
        "signer": found.signer,
        "issued_at": None if said.issued_at is None else stamp(said.issued_at),
        "failure": None if failure is None else failure.code,
        "failure_description": None if failure is None else failure.description,
        **{label.replace(" ", "_"): value for label, value in _ids(said).items()},
    }


def _ids(said: CheckoutReceipt | PaymentReceipt) -> dict[str, str | None]:
    if isinstance(said, CheckoutReceipt):
        return {"order id": said.order_id}
    return {
        "payment id": said.payment_id,
        "psp confirmation id": said.psp_confirmation_id,
        "network confirmation id": said.network_confirmation_id,
    }
