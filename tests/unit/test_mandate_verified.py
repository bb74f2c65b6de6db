"""What a verified chain says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    NOW,
    SUB,
    USER,
    check,
    follow,
    opened,
    ordered,
    paid,
    root,
    sd_jwt,
    shopping,
)

from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.verifying import verify_held

CREDENTIAL = sd_jwt(
    None, by=USER, typ="dc+sd-jwt", disclosures=[], vct="com.emvco.dpc", cnf=AGENT.cnf, delegate_payload=...
)
ALLOWING = {"attorn": {"redelegations": 1}}


def checked(text: str) -> Any:
    return check(text, unbound=True, credentials=["com.emvco.dpc"])


@pytest.mark.parametrize(
    ("text", "kind", "present"),
    [
        (root(paid(iat=NOW)), ClosedPayment, True),
        (root(ordered(iat=NOW)), ClosedCheckout, True),
        (follow(CREDENTIAL), ClosedPayment, True),
        (follow(CREDENTIAL, ordered()), ClosedCheckout, True),
        (follow(root()), ClosedPayment, False),
        (follow(root(shopping()), ordered()), ClosedCheckout, False),
        (follow(follow(root(opened(**ALLOWING)), opened(SUB)), by=SUB), ClosedPayment, False),
        (follow(follow(CREDENTIAL, shopping(SUB)), ordered(), by=SUB), ClosedCheckout, False),
    ],
    ids=[
        "a payment", "a checkout", "a payment by a credential", "a checkout by a credential", "an agent's payment",
        "an agent's checkout", "a payment by the next", "a checkout by the next",
    ],
)  # fmt: skip
def test_what_is_to_be_done_and_whose_hand_it_was(text: str, kind: type, present: bool) -> None:
    found = checked(text)
    assert type(found.closed) is kind
    assert (found.is_payment, found.human_present) == (kind is ClosedPayment, present)
    assert found.text == text
    assert text not in repr(found)


@pytest.mark.parametrize(("content", "payment"), [(opened(), True), (shopping(), False)])
def test_what_a_holder_was_handed_is_not_done(content: Any, payment: bool) -> None:
    found = verify_held(root(content), anchors=[USER.jwk], now=AT)
    assert (found.closed, found.is_payment, found.human_present) == (None, payment, False)
    assert [hop.position for hop in found.opens] == [1]
