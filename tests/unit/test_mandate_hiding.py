"""What may be kept back of a mandate, and of one that is shown: entries of a list of which one is left, no more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    AUDIENCE,
    ITEMS,
    NONCE,
    NOW,
    PAYEES,
    RANGE,
    REFERENCE,
    SHOP,
    USER,
    Party,
    check,
    hashed,
    opened,
    ordered,
    paid,
    root,
    shopping,
)
from tests.unit.test_mandate_chain import closed, issued

from attorn import sdjwt
from attorn.errors import AttornError
from attorn.mandate.appending import Binding
from attorn.mandate.redacting import redact
from attorn.mandate.verifying import verify_held

DECOY: dict[str, Any] = {"...": hashed("decoy")}
DECOYS: dict[str, Any] = {"_sd": [hashed("decoy")]}


def refused(code: str, call: Any) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return str(caught.value)


def plain(content: Any, *, by: Party = USER) -> str:
    """A root that hides what stands in it as a digest, and nothing by itself."""
    return root(content, by=by, lists=False)


def held(content: Any) -> object:
    return verify_held(plain(content), anchors=[USER.jwk], now=AT)


@pytest.mark.parametrize(
    "constraints",
    [
        [RANGE, {**PAYEES, "allowed": [SHOP, DECOY]}, REFERENCE],
        [RANGE, {**PAYEES, "allowed": [DECOY, SHOP, {"...": hashed("another")}]}, REFERENCE],
    ],
)
def test_entries_of_a_list_may_be_hidden(constraints: Any) -> None:
    assert held(opened(constraints=constraints))
    items = [{**ITEMS["items"][0], "acceptable_items": [{"id": "a", "title": "A"}, DECOY]}]
    assert held(shopping(constraints=[{**ITEMS, "items": items}]))


@pytest.mark.parametrize(
    "content",
    [
        opened(constraints=[{**RANGE, **DECOYS}, PAYEES, REFERENCE]),
        opened(constraints=[{**RANGE, "notes": [1, DECOY]}, PAYEES, REFERENCE]),
        opened(constraints=[RANGE, {**PAYEES, "more": [SHOP, DECOY]}, REFERENCE]),
        opened(constraints=[RANGE, {**PAYEES, "allowed": [{**SHOP, **DECOYS}]}, REFERENCE]),
        opened(constraints=[RANGE, {**PAYEES, "allowed": [{**SHOP, "allowed": [1, DECOY]}]}, REFERENCE]),
        opened(constraints=[RANGE, PAYEES, REFERENCE, DECOY]),
        opened(notes=[0, {"allowed": [1, DECOY]}]),
        opened(notes=[1, DECOY]),
        opened(notes=DECOYS),
        opened(**DECOYS),
        shopping(constraints=[{**ITEMS, "items": [*ITEMS["items"], DECOY]}]),
    ],
    ids=[
        "a member of a constraint", "a list that means nothing", "another list", "a member of an entry",
        "a list in an entry", "a whole constraint", "as if it were a constraint", "beside the constraints",
        "a member beside them", "a member of the whole", "a requirement",
    ],
)  # fmt: skip
def test_nothing_else_of_an_open_mandate(content: Any) -> None:
    assert "hidden" in refused("bad_mandate", lambda: held(content))


@pytest.mark.parametrize("constraints", [[RANGE, {**PAYEES, "allowed": [DECOY]}, REFERENCE]])
def test_a_list_of_which_nothing_is_left(constraints: Any) -> None:
    refused("bad_mandate", lambda: held(opened(constraints=constraints)))
    for items in ([DECOY], [{**ITEMS["items"][0], "acceptable_items": [DECOY]}]):
        refused("bad_mandate", lambda items=items: held(shopping(constraints=[{**ITEMS, "items": items}])))


@pytest.mark.parametrize(
    "more",
    [DECOYS, {"notes": [DECOY]}, {"notes": DECOYS}, {"constraints": [DECOY]}, {"constraints": [[DECOY]]},
     {"constraints": [0, {"allowed": [1, DECOY]}]}],
)  # fmt: skip
def test_nothing_of_a_closed_payment(more: Any) -> None:
    assert "hidden" in refused("bad_mandate", lambda: check(plain(paid(iat=NOW, **more)), unbound=True))


def test_of_a_closed_checkout_the_jwt_alone() -> None:
    whole = ordered(iat=NOW)
    less = {name: member for name, member in whole.items() if name != "checkout_jwt"}

    def shown(content: Any) -> Any:
        return check(plain(content), unbound=True).closed

    assert shown(whole).unverified_jwt == "a.b.c"
    assert shown({**less, **DECOYS}).unverified_jwt is None
    for content in (
        {**whole, **DECOYS},
        {**less, "_sd": [hashed("decoy"), hashed("another")]},
        {**less, "notes": DECOYS},
        {**less, "notes": [DECOY]},
        {**less, **DECOYS, "notes": [{"...": hashed("another")}]},
    ):
        assert "hidden" in refused("bad_mandate", lambda content=content: shown(content))


@pytest.mark.parametrize(("where", "path"), [({}, "it"), ({"notes": DECOYS}, "['notes']")])
def test_where_something_is_hidden_is_said(where: Any, path: str) -> None:
    content = paid(iat=NOW, **(where or DECOYS))
    said = refused("bad_mandate", lambda: check(plain(content), unbound=True))
    assert said == f"mandate.payment.1: something is hidden in {path}"


# what its holder keeps back


def test_a_credential_is_presented_by_another_way() -> None:
    credential = sdjwt.issue(
        {"vct": "com.emvco.dpc", "card": "4111"},
        by=USER.identity,
        typ="dc+sd-jwt",
        holder=AGENT.identity.signer.public_key,
        disclosable=["card"],
    )
    for hide in ([], ["card"]):
        said = refused("invalid_input", lambda hide=hide: redact(credential, hide))
        assert "attorn.sdjwt" in said


@pytest.mark.parametrize("claim", ["payload", "", None, 1, ["delegate_payload"], {}])
def test_the_name_of_the_claim_is_one_of_two(claim: Any) -> None:
    refused("invalid_input", lambda: redact(issued(), [], claim=claim))


def test_the_last_entry_of_an_earlier_hop_stays() -> None:
    chain = closed(issued(), binding=Binding.JWT_HASH)
    two, all_three = ([("constraints", 1, "allowed", at) for at in range(count)] for count in (2, 3))
    less = check(redact(chain, two, position=1), audience=AUDIENCE, nonce=NONCE)
    assert [each.id for each in less.hops[0].content.constraints[1].allowed] == ["m-3"]  # type: ignore[union-attr]
    refused("invalid_input", lambda: redact(chain, all_three, position=1))
    refused("invalid_input", lambda: redact(issued(), [()]))
