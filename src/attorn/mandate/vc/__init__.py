"""AP2 v0.1: what a user wants, what a merchant offers and what is paid, as verifiable credentials bound to each other.

`issue_intent`, `issue_cart` and `issue_payment` sign; `PurchaseVerifier` says, point by point, whether they agree, who
signed what, and whether a human was there. docs/spec/mandate-v01.md.
"""

from attorn.mandate.vc.a2a import Role, UnverifiedParts, data_part, extension, read_parts, read_roles
from attorn.mandate.vc.address import ContactAddress
from attorn.mandate.vc.cart import CartContents, CartMandate
from attorn.mandate.vc.fit import Point, cart_adds_up, cart_fits_intent, payment_fits_cart
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.issuing import issue_cart, issue_intent, issue_payment
from attorn.mandate.vc.item import PaymentItem, PaymentShippingOption
from attorn.mandate.vc.merchant_authorization import (
    MerchantAuthorization,
    authorize_cart,
    verify_merchant_authorization,
)
from attorn.mandate.vc.payment import PaymentMandate, PaymentMandateContents, PaymentResponse
from attorn.mandate.vc.purchase import Purchase, VerifiedPurchase
from attorn.mandate.vc.receipt import Error, Failure, PaymentReceipt, Success, receipt_fits_payment
from attorn.mandate.vc.request import (
    PaymentDetailsInit,
    PaymentDetailsModifier,
    PaymentMethodData,
    PaymentOptions,
    PaymentRequest,
)
from attorn.mandate.vc.signed import SignedMandate, UnverifiedMandate, read_mandate, verify_mandate
from attorn.mandate.vc.user_authorization import UserAuthorization, authorize_payment, verify_user_authorization
from attorn.mandate.vc.verifying import PurchaseVerifier

__all__ = [
    "CartContents",
    "CartMandate",
    "ContactAddress",
    "Error",
    "Failure",
    "IntentMandate",
    "MerchantAuthorization",
    "PaymentDetailsInit",
    "PaymentDetailsModifier",
    "PaymentItem",
    "PaymentMandate",
    "PaymentMandateContents",
    "PaymentMethodData",
    "PaymentOptions",
    "PaymentReceipt",
    "PaymentRequest",
    "PaymentResponse",
    "PaymentShippingOption",
    "Point",
    "Purchase",
    "PurchaseVerifier",
    "Role",
    "SignedMandate",
    "Success",
    "UnverifiedMandate",
    "UnverifiedParts",
    "UserAuthorization",
    "VerifiedPurchase",
    "authorize_cart",
    "authorize_payment",
    "cart_adds_up",
    "cart_fits_intent",
    "data_part",
    "extension",
    "issue_cart",
    "issue_intent",
    "issue_payment",
    "payment_fits_cart",
    "read_mandate",
    "read_parts",
    "read_roles",
    "receipt_fits_payment",
    "verify_mandate",
    "verify_merchant_authorization",
    "verify_user_authorization",
]
