"""What may be bought, in AP2's words: the user's limits, and whatever narrower ones an agent hands on."""

from attorn.checkout import Merchant
from attorn.mandate import OpenCheckout, OpenPayment
from attorn.mandate.constraint import (
    AcceptableItem,
    AllowedMerchants,
    AllowedPayees,
    AmountRange,
    Budget,
    Frequency,
    LineItems,
    Recurrence,
    Reference,
    Requirement,
)

SHOPS = (Merchant("teashop", "The Tea Shop"), Merchant("corner", "The Corner Shop"))
PRICES = {"tea": 1200, "coffee": 2400, "champagne": 9900}


def order(*items: str) -> OpenCheckout:
    """One of any of these items, at either shop."""
    wanted = Requirement("drink", tuple(AcceptableItem(item, item) for item in items), 1)
    return OpenCheckout((AllowedMerchants(SHOPS), LineItems((wanted,))))


def payment(order_hash: str, *, most: int) -> OpenPayment:
    """At most `most` cents each time and 30 dollars in all, to either shop, for orders under that mandate."""
    return OpenPayment(
        (
            Reference(order_hash),
            AmountRange(most, "USD"),
            Budget(3000, "USD"),
            Recurrence(Frequency.ON_DEMAND, 5),
            AllowedPayees(SHOPS),
        )
    )
