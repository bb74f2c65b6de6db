"""What a shop offers and signs: UCP checkouts (2026-04-08), the parties to a purchase, amounts of currencies.

`sign`, `read` and `verify` are for AP2's `checkout_jwt`; `authorization` has UCP's form of the same signature, and
`Completion` what comes back. `problem` says what a refusal is called on either wire.
"""

from attorn.checkout import authorization, currency, problem
from attorn.checkout.checkout import Checkout, Item, Line, Status, Total
from attorn.checkout.completion import Completion, for_schema, from_schema
from attorn.checkout.known_signer import KnownSigner
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.checkout.signed import SKEW, SignedCheckout, UnverifiedCheckout, checkout_hash, read, sign, verify

__all__ = [
    "SKEW",
    "Checkout",
    "Completion",
    "Instrument",
    "Item",
    "KnownSigner",
    "Line",
    "Merchant",
    "Pisp",
    "SignedCheckout",
    "Status",
    "Total",
    "UnverifiedCheckout",
    "authorization",
    "checkout_hash",
    "currency",
    "for_schema",
    "from_schema",
    "problem",
    "read",
    "sign",
    "verify",
]
