"""What stands in a mandate that attorn writes, and what whoever writes one is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.mandate_scene import AGENT, AT, AUDIENCE, NONCE, NOW, SUB, USER, check
from tests.unit.test_mandate_chain import HOUR, PAYMENT, closed, handed_on, issued, limits

from attorn import sdjwt
from attorn.errors import AttornError
from attorn.mandate.appending import delegate
from attorn.mandate.constraint.line_items import AcceptableItem, LineItems, Requirement
from attorn.mandate.issuing import bounded, issue_closed
from attorn.mandate.open_checkout import OpenCheckout
from attorn.status import TokenReference

ENTRY = TokenReference("https://user.example/status", 7)


def refused(code: str, call: Any) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return str(caught.value)


def signed(**changed: Any) -> str:
    given: dict[str, Any] = {"by": USER.identity, "audience": AUDIENCE, "nonce": NONCE, "now": AT}
    return issue_closed(PAYMENT, **{**given, **changed})


def said(text: str) -> Any:
    """The claims of the last hop."""
    return check(text).hops[-1].claims


def test_when_it_was_made_stands_in_the_content_and_beside_it() -> None:
    for text in (closed(issued()), signed()):
        claims = said(text)
        assert (claims["iat"], claims["delegate_payload"][0]["iat"]) == (NOW, NOW)
    assert said(closed(issued(), expires=HOUR))["delegate_payload"][0]["exp"] == NOW + 3600


def test_a_status_of_each_hop() -> None:
    seen: list[Any] = []
    chain = handed_on(issued(redelegations=1, status=ENTRY), status=ENTRY)
    for text in (signed(status=ENTRY), closed(chain, by=SUB.identity)):
        assert check(text, status=lambda hop, now: seen.append((hop.position, hop.status)))
    assert seen == [(1, ENTRY), (1, ENTRY), (2, ENTRY)]


def test_the_longest_that_is_written_is_the_longest_that_is_read() -> None:
    most = "a.b." + "c" * 262_139 + "~"
    assert bounded(most) == most
    refused("invalid_input", lambda: bounded("c" + most))
    payees = [f"{number:0>900}" for number in range(250)]
    refused("invalid_input", lambda: issued(limits(5000, *payees)))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: issued(by=USER.identity.signer), "mandate"),
        (lambda: signed(by=USER.identity.signer), "mandate"),
        (lambda: closed(issued(), by=AGENT.identity.signer), "mandate"),
        (lambda: signed(audience=""), "audience"),
        (lambda: signed(nonce=""), "nonce"),
        (lambda: signed(expires="soon"), "expires"),
        (lambda: issued(expires=None), "expires"),
    ],
)
def test_what_is_wrong_is_named(call: Any, name: str) -> None:
    assert refused("invalid_input", call).startswith(f"{name}: ")


def test_nothing_is_closed_or_handed_on_before_it_was_made() -> None:
    before = AT - timedelta(seconds=1)
    for call in (lambda: closed(issued(), now=before), lambda: handed_on(issued(redelegations=1), now=before)):
        refused("cannot_delegate", call)


def test_a_payment_is_not_handed_on_as_an_order() -> None:
    item = Requirement("r-1", (AcceptableItem("a", "A"),), 1)
    order: Any = OpenCheckout((LineItems((item,)),))
    refused("cannot_delegate", lambda: handed_on(issued(redelegations=1), order))
    refused("cannot_delegate", lambda: handed_on(issued(order, redelegations=1)))
    assert handed_on(issued(order, redelegations=1), order)


def test_behind_a_credential_stands_an_open_mandate_or_a_closed_one() -> None:
    credential = sdjwt.issue(
        {"vct": "com.emvco.dpc"}, by=USER.identity, typ="dc+sd-jwt", holder=AGENT.identity.signer.public_key
    )
    asked: dict[str, Any] = {"by": AGENT.identity, "audience": "sub", "nonce": "q", "now": AT}
    for other in (PAYMENT, None, "mandate"):
        wrong: Any = other
        refused("invalid_input", lambda wrong=wrong: delegate(credential, wrong, to=SUB.did, expires=HOUR, **asked))
    assert delegate(credential, limits(), to=SUB.did, expires=HOUR, **asked)
