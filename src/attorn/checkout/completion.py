"""What a platform sends to complete a checkout (UCP): the checkout mandate, and a payment mandate for each instrument.

UCP's schema has a pattern for `ap2.checkout_mandate` that neither a chain (`~~`) nor any text with a `~` at its end
fits. attorn sends and takes what AP2 says; for a peer that holds to the pattern, a single SD-JWT can go without that
last `~`, and gets it back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.jwt import MOST_CHARACTERS
from attorn.checkout.member import elements, members
from attorn.display import shown
from attorn.errors import InputError, LimitError, MalformedError

MOST_INSTRUMENTS: Final = 16
"""Most payment instruments of one request."""
_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:~[A-Za-z0-9_-]+)*")
_CHAIN: Final = re.compile(r"[A-Za-z0-9_.~-]+~")


@dataclass(frozen=True, slots=True)
class Completion:
    """The mandates in a request to complete a checkout, as AP2 has them: each ends in `~`. None of them is verified.

    The checkout mandate is None where it is missing, which is UCP's `mandate_required`. Each instrument has its payment
    mandate, in order, or None if it is paid without one.
    """

    unverified_checkout_mandate: str | None = field(repr=False)
    unverified_payment_mandates: tuple[str | None, ...] = field(repr=False)

    @classmethod
    def read(cls, request: JsonValue) -> Completion:
        """The mandates in a request. Raises `MalformedError` and `LimitError`."""
        found = members(request, "request")
        mandate = members(found.get("ap2", {}), "ap2").get("checkout_mandate")
        payment = members(found.get("payment", {}), "payment")
        instruments = elements(payment.get("instruments", []), "payment.instruments", most=MOST_INSTRUMENTS)
        return cls(None if mandate is None else from_schema(mandate), tuple(map(_payment_mandate, instruments)))


def for_schema(mandate: str) -> str:
    """The form of a single SD-JWT that fits UCP's pattern. Raises `InputError` for a chain, which has none."""
    bare = mandate.removesuffix("~") if isinstance(mandate, str) else ""
    if bare == mandate or _PATTERN.fullmatch(bare) is None:
        raise InputError("checkout mandate: expected one SD-JWT that ends in ~; a chain does not fit UCP's schema")
    return bare


def from_schema(value: JsonValue) -> str:
    """A mandate as AP2 has it, with its last `~`, from either form. Raises `MalformedError` and `LimitError`."""
    if not isinstance(value, str):
        raise MalformedError(f"checkout_mandate: expected text, got {shown(value)}")
    if len(value) > MOST_CHARACTERS:
        raise LimitError(f"checkout_mandate: expected at most {MOST_CHARACTERS} characters, got {len(value)}")
    if _CHAIN.fullmatch(value) is not None:
        return value
    if _PATTERN.fullmatch(value) is None:
        raise MalformedError("checkout_mandate: expected an SD-JWT, or a chain of them")
    return f"{value}~"


def _payment_mandate(value: JsonValue) -> str | None:
    credential = members(value, "payment.instruments").get("credential")
    token = credential.get("token") if isinstance(credential, dict) else None
    # Other kinds of instruments have tokens of their own, which are no mandates.
    return token if isinstance(token, str) and "~" in token and len(token) <= MOST_CHARACTERS else None
