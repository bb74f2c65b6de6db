"""Mandates: what a user lets an agent buy and pay for, signed and handed on (AP2)."""

from attorn.mandate.a2a import UnverifiedParts, data_part, read_parts
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.anchor import Anchor
from attorn.mandate.appending import Binding, close, delegate
from attorn.mandate.issuing import issue, issue_closed
from attorn.mandate.links import Links
from attorn.mandate.listed import by_lists
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.presets import Presets
from attorn.mandate.prohibited import Prohibited, Prohibition
from attorn.mandate.redacting import redact
from attorn.mandate.vct import Vct
from attorn.mandate.verified import VerifiedChain, VerifiedHop
from attorn.mandate.verifier import CheckedCheckout, CheckedPayment, MandateVerifier
from attorn.mandate.verifying import verify, verify_held

__all__ = [
    "AgentKey",
    "Anchor",
    "Binding",
    "CheckedCheckout",
    "CheckedPayment",
    "ClosedCheckout",
    "ClosedPayment",
    "Links",
    "MandateVerifier",
    "OpenCheckout",
    "OpenPayment",
    "Presets",
    "Prohibited",
    "Prohibition",
    "UnverifiedParts",
    "Vct",
    "VerifiedChain",
    "VerifiedHop",
    "by_lists",
    "close",
    "data_part",
    "delegate",
    "issue",
    "issue_closed",
    "read_parts",
    "redact",
    "verify",
    "verify_held",
]
