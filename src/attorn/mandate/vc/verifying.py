"""Holding an intent, a cart and a payment against each other: docs/spec/mandate-v01.md, section 3.

0 sizes · 1 each credential, strictly · 2 its signer, trusted for what it signs · 3 and 4 its keys, signature and
status · 5 what it is bound to · 6 times · 7 one payment for one cart · 8 what the user allowed, and whether the user
was there. The first five refuse at once; the others are points, all of them told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from attorn.clock import instant
from attorn.credential.policy import SKEW, Issuers, Status
from attorn.did.did import is_did
from attorn.did.resolver import Resolver
from attorn.display import shown, stamp
from attorn.errors import InputError, PossessionError, ReplayError, UntrustedRootError
from attorn.handed import members
from attorn.mandate.times import LATE
from attorn.mandate.vc.cart import CartMandate
from attorn.mandate.vc.digest import digest_of
from attorn.mandate.vc.fit import Point, cart_adds_up, cart_fits_intent, payment_fits_cart
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.merchant_authorization import MerchantAuthorization, verify_merchant_authorization
from attorn.mandate.vc.payment import PaymentMandate
from attorn.mandate.vc.purchase import Purchase, VerifiedPurchase
from attorn.mandate.vc.signed import MandateT, SignedMandate, read_mandate, verify_mandate
from attorn.mandate.vc.trust import trusts
from attorn.mandate.vc.user_authorization import UserAuthorization, verify_user_authorization
from attorn.store import Charge, Ledger
from attorn.store.counting import charged_by


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseVerifier:
    """What one party knows and trusts: a merchant, a credential provider or a payment processor.

    `users` are the DIDs that may pay, or a callable that returns True for one. `merchants` are those that may sell: the
    name under which each does, by its DID. `audience` is who this party is in AP2's own signatures. `wallets` are
    believed whose keys are whose (`verify_user_authorization`). `status` looks up the status of credentials, as for
    `attorn.credential.verify`; without it, one that names a status list is refused. `skew` is in seconds. Of no users
    and of no merchants nothing is accepted. Raises `InputError`.
    """

    users: Issuers
    merchants: Mapping[str, str]
    audience: str
    wallets: Issuers = ()
    resolver: Resolver | None = None
    status: Status | None = None
    skew: int = SKEW

    def __post_init__(self) -> None:
        trusts(self.users if not callable(self.users) else (), "", "users")
        trusts(self.wallets if not callable(self.wallets) else (), "", "wallets")
        if not isinstance(self.merchants, Mapping):
            raise InputError("mandate: expected merchants as a mapping of DIDs to names")
        # A copy: what is sold under which name is settled here.
        object.__setattr__(self, "merchants", members("merchants", self.merchants))
        if not all(isinstance(did, str) and is_did(did) and type(name) is str for did, name in self.merchants.items()):
            raise InputError("mandate: expected merchants as a mapping of DIDs to names")
        if type(self.skew) is not int or not 0 <= self.skew < LATE:
            raise InputError(f"mandate: expected skew as 0 to {LATE - 1} seconds")
        if not isinstance(self.audience, str) or not self.audience:
            raise InputError("mandate: expected an audience")

    def verify(
        self, *, intent: str | None, cart: str, payment: str, now: datetime, nonce: str | None = None
    ) -> VerifiedPurchase:
        """What these credentials say together, each of them genuine and good at `now`, which may be in the past.

        `intent` is None where the user gave none. `nonce` is the one handed out for a `user_authorization`. Nothing is
        used up. Raises what `verify_mandate`, `verify_merchant_authorization` and `verify_user_authorization` raise,
        and `UntrustedRootError` where no user has signed anything.
        """
        moment = instant(now, "now")
        given = None if intent is None else self._intent(intent, moment)
        offer = self._mandate(cart, CartMandate, [*self.merchants], moment)
        paid = self._mandate(payment, PaymentMandate, lambda did: self._may_pay(did, given), moment)
        merchant = self._merchant(offer, moment)
        signed = self._user(paid, offer, nonce, moment)
        users = [] if signed is None else [signed.user]
        # Whoever acts under another's intent is an agent there, even where anybody may be a user.
        acts = given is not None and paid.issuer == given.agent != given.issuer
        if not acts and self._is_user(paid.issuer):
            users.append(paid.issuer)
        present = bool(users)
        if given is not None and self._is_user(given.issuer):
            users.append(given.issuer)
        if not users:
            raise UntrustedRootError("purchase: nobody who is trusted as a user has signed any of it")
        contents, details = offer.mandate.contents, paid.mandate.payment_mandate_contents
        return VerifiedPurchase(
            intent=given,
            cart=offer,
            payment=paid,
            merchant_authorization=merchant,
            user_authorization=signed,
            user=users[0],
            human_present=present,
            bound=_bound(given, offer, paid),
            timely=_timely(given, offer, paid, moment, timedelta(seconds=self.skew)),
            agreed=(
                Point("user", len(set(users)) == 1, "one user", shown(list(dict.fromkeys(users)))),
                _named(self.merchants[offer.issuer], contents.merchant_name),
                *cart_adds_up(contents),
                *payment_fits_cart(details, contents, merchant=offer.issuer),
            ),
            permitted=self._permitted(given, offer, present),
            at=moment,
        )

    def accept(
        self, *, intent: str | None, cart: str, payment: str, now: datetime, ledger: Ledger, nonce: str | None = None
    ) -> Purchase:
        """The purchase, if it may be carried out; from now on it may not be again.

        The payment and the cart are used up, and with nobody present the intent is, too: all of them or none, before
        this returns. Raises as `verify` and `VerifiedPurchase.clear` do, `ReplayError` where one of them was used
        before, and `UnavailableError`.
        """
        found = self.verify(intent=intent, cart=cart, payment=payment, now=now, nonce=nonce)
        purchase = found.clear()
        used: list[SignedMandate[IntentMandate] | SignedMandate[CartMandate] | SignedMandate[PaymentMandate]]
        used = [found.payment, found.cart]
        if found.intent is not None and not found.human_present:
            used.append(found.intent)
        names = {f"mandate v0.1 {each.digest}": each.mandate.NAME for each in used}
        # Past its end on every verifier that shares the ledger, whatever its skew.
        until = [int(each.valid_until.timestamp()) + LATE for each in used]
        charges = [Charge(name, 1, 1, end) for name, end in zip(names, until, strict=True)]
        # What the user confirmed, whatever credentials it comes in: those may be issued anew.
        if found.user_authorization is not None:
            confirmed = f"mandate v0.1 confirmed {digest_of(found.payment.mandate.payment_mandate_contents.write())}"
            names[confirmed] = PaymentMandate.NAME
            charges.append(Charge(confirmed, 1, 1))
        charged = charged_by(ledger, charges, now=int(found.at.timestamp()))
        if charged.refused is not None:
            raise ReplayError(f"purchase: its {names[charged.refused.account]} was used before")
        return purchase

    def _intent(self, text: str, now: datetime) -> SignedMandate[IntentMandate]:
        agent = read_mandate(text, IntentMandate).unverified_agent
        # An agent may put down what it was told; such an intent allows nothing without the user.
        return self._mandate(text, IntentMandate, lambda did: did == agent or self._is_user(did), now)

    def _mandate(self, text: str, kind: type[MandateT], issuers: Issuers, now: datetime) -> SignedMandate[MandateT]:
        return verify_mandate(
            text, kind, issuers=issuers, now=now, resolver=self.resolver, status=self.status, skew=self.skew
        )

    def _merchant(self, cart: SignedMandate[CartMandate], now: datetime) -> MerchantAuthorization | None:
        if cart.mandate.merchant_authorization is None:
            return None
        return verify_merchant_authorization(
            cart.unverified_json,
            merchants=[cart.issuer],
            audience=self.audience,
            now=now,
            resolver=self.resolver,
            skew=self.skew,
        )

    def _user(
        self, payment: SignedMandate[PaymentMandate], cart: SignedMandate[CartMandate], nonce: str | None, now: datetime
    ) -> UserAuthorization | None:
        if payment.mandate.user_authorization is None:
            return None
        if nonce is None:
            raise PossessionError("user authorization: it answers a nonce, and this party handed out none")
        return verify_user_authorization(
            payment.unverified_json,
            cart=cart.unverified_json,
            users=self.users,
            wallets=self.wallets,
            audience=self.audience,
            nonce=nonce,
            now=now,
            resolver=self.resolver,
            skew=self.skew,
        )

    def _is_user(self, did: str) -> bool:
        return trusts(self.users, did, "users")

    def _may_pay(self, did: str, intent: SignedMandate[IntentMandate] | None) -> bool:
        return self._is_user(did) or (intent is not None and did == intent.agent)

    def _permitted(
        self, intent: SignedMandate[IntentMandate] | None, cart: SignedMandate[CartMandate], present: bool
    ) -> tuple[Point, ...]:
        asked = [] if not cart.mandate.contents.user_cart_confirmation_required else [CartMandate.NAME]
        fit: tuple[Point, ...] = ()
        if intent is not None:
            limits = intent.mandate
            if limits.user_cart_confirmation_required:
                asked.append(IntentMandate.NAME)
            by_user = self._is_user(intent.issuer)
            fit = (
                Point(
                    "intent.signer",
                    by_user or (present and limits.user_cart_confirmation_required),
                    "the user's signature, or the user's confirmation of the cart",
                    f"that of {shown(intent.issuer)}",
                ),
                *cart_fits_intent(cart.mandate.contents, limits, merchant=cart.issuer),
            )
        confirmed = "the user's" if present else "none"
        return (Point("confirmation", present or not asked, f"confirmation for {shown(asked)}", confirmed), *fit)


def _bound(
    intent: SignedMandate[IntentMandate] | None,
    cart: SignedMandate[CartMandate],
    payment: SignedMandate[PaymentMandate],
) -> tuple[Point, ...]:
    before = None if intent is None else intent.digest
    return (
        Point("cart.follows", cart.follows == before, shown(before), shown(cart.follows)),
        Point("payment.follows", payment.follows == cart.digest, shown(cart.digest), shown(payment.follows)),
    )


def _timely(
    intent: SignedMandate[IntentMandate] | None,
    cart: SignedMandate[CartMandate],
    payment: SignedMandate[PaymentMandate],
    now: datetime,
    skew: timedelta,
) -> tuple[Point, ...]:
    at, end = payment.mandate.payment_mandate_contents.timestamp, cart.mandate.contents.cart_expiry
    given = () if intent is None else (_until("intent.expiry", intent.mandate.intent_expiry, now, skew),)
    # Differences: a sum could leave the years that there are.
    paid = cart.valid_from - at <= skew and at - now <= skew and at <= end
    made = f"after the cart, {stamp(cart.valid_from)}, before {stamp(end)}, and by {stamp(now)}"
    return (*given, _until("cart.expiry", end, now, skew), Point("payment.timestamp", paid, made, stamp(at)))


def _until(name: str, end: datetime, now: datetime, skew: timedelta) -> Point:
    return Point(name, now - end <= skew, f"until {stamp(end)}", stamp(now))


def _named(expected: str, got: str) -> Point:
    return Point("cart.merchant_name", expected == got, shown(expected), shown(got))
