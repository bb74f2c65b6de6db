"""The credential provider: it has the user's card, and pays with it what the user's mandates allow, once."""

import secrets
from datetime import UTC, datetime, timedelta

import terms
from service import Service

from attorn import status
from attorn.checkout import KnownSigner
from attorn.errors import WrongRequestError
from attorn.mandate import MandateVerifier, by_lists
from attorn.mandate import receipt as receipts

provider = Service("provider")
verifier = MandateVerifier(
    audience="provider",
    anchors=[provider.did("user")],
    merchants=[KnownSigner.of(each.id, provider.did(each.id)) for each in terms.SHOPS],
    status=by_lists(lambda: status.verify(provider.ask("user", "/list")["list"]), staleness=timedelta(minutes=5)),
)
asked: set[str] = set()


def nonce() -> dict[str, str]:
    """A mandate for a payment must answer it."""
    asked.add(fresh := secrets.token_urlsafe(16))
    return {"nonce": fresh}


def pay(payment: str, order: str, nonce: str) -> dict[str, str]:
    """The payment is for exactly this order, and within every limit of everybody who handed it on."""
    if nonce not in asked:
        raise WrongRequestError("nobody was asked that")
    verifier.accept_payment(payment, nonce=nonce, checkout=order)
    done = receipts.PaymentReceipt(
        issuer="provider",
        reference=receipts.Reference.JWT.of(payment),
        issued_at=datetime.now(UTC),
        payment_id=f"pay-{secrets.token_hex(4)}",
        psp_confirmation_id=f"psp-{secrets.token_hex(4)}",
        network_confirmation_id=f"net-{secrets.token_hex(4)}",
    )
    return {"payment": receipts.issue(done, by=provider.me.signer, kid=provider.kid)}


provider.run({"/nonce": nonce, "/pay": pay})
