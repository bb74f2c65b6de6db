"""Chains beside other people's code: the `sd-jwt` library puts them together and takes them apart, hop by hop."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    AUDIENCE,
    NONCE,
    NOW,
    OTHER,
    SHOP,
    SUB,
    USER,
    Party,
    b64,
    check,
    hashed,
    opened,
    ordered,
    paid,
    shopping,
    unb64,
)

from attorn.checkout.party import Instrument, Merchant
from attorn.mandate.appending import Binding, close, delegate
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.issuing import issue, issue_closed
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.request.money import Money

IN_AN_HOUR = AT + timedelta(hours=1)


def private_jwk(party: Party) -> JWK:
    d = party.private.private_numbers().private_value.to_bytes(32, "big")
    return JWK(**party.jwk, d=b64(d))


def by_library(content: dict[str, Any], party: Party, typ: str, **claims: Any) -> str:
    """One SD-JWT by the library, disclosable where AP2 says."""
    content = dict(content)
    for constraint in content.get("constraints", []):
        if "allowed" in constraint:
            constraint["allowed"] = [SDObj(each) for each in constraint["allowed"]]
        for item in constraint.get("items", []):
            item["acceptable_items"] = [SDObj(each) for each in item["acceptable_items"]]
    if "checkout_jwt" in content:
        content[SDObj("checkout_jwt")] = content.pop("checkout_jwt")
    made = SDJWTIssuer(
        {"delegate_payload": [SDObj(content)], **claims},
        private_jwk(party),
        extra_header_parameters={"typ": typ},
    )
    return str(made.sd_jwt_issuance)


def chained(before: str, content: dict[str, Any], party: Party, typ: str, **claims: Any) -> str:
    bound = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(before.rpartition("~~")[2]), **claims}
    return before[:-1] + "~~" + by_library(content, party, typ, **bound)


def read_by_library(segment: str, party: Party) -> dict[str, Any]:
    found = SDJWTVerifier(segment, lambda *_: JWK(**party.jwk)).get_verified_payload()
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("typ", ["kb+sd-jwt", "kb-sd-jwt"])
def test_a_payment_that_the_library_put_together(typ: str) -> None:
    found = check(chained(by_library(opened(), USER, "example+sd-jwt"), paid(), AGENT, typ))
    assert found.closed == ClosedPayment(
        transaction_id="t-hash",
        payee=Merchant(SHOP["id"], SHOP["name"], SHOP["website"]),
        amount=Money(1999, "USD"),
        instrument=Instrument("i-1", "card"),
    )
    assert found.hops[0].sd_hash == json.loads(unb64(found.text.split("~~")[1].split(".")[1]))["sd_hash"]


def test_a_checkout_that_the_library_put_together() -> None:
    found = check(chained(by_library(shopping(), USER, "example+sd-jwt"), ordered("h.p.s"), AGENT, "kb+sd-jwt"))
    assert found.closed is not None
    assert not found.is_payment


def test_three_hops_that_the_library_put_together() -> None:
    before = by_library(opened(attorn={"redelegations": 1}), USER, "example+sd-jwt")
    before = chained(before, opened(SUB, exp=NOW + 60), AGENT, "kb-sd-jwt+kb", aud="sub", nonce="q")
    found = check(chained(before, paid(), SUB, "kb+sd-jwt"))
    assert [hop.audience for hop in found.hops] == [None, "sub", AUDIENCE]


def mandate(most: int = 5000, *payees: str) -> OpenPayment:
    allowed = tuple(Merchant(each, each) for each in payees or ("m-1", "m-2"))
    return OpenPayment((AmountRange(most, "USD"), AllowedPayees(allowed), Reference("c-hash")))


PAYMENT = ClosedPayment(
    transaction_id="t-hash",
    payee=Merchant("m-1", "m-1"),
    amount=Money(1999, "USD"),
    instrument=Instrument("i-1", "card"),
)


@pytest.mark.parametrize("binding", Binding)
def test_the_library_and_raw_keys_read_what_attorn_signs(binding: Binding) -> None:
    """Each hop as an independent reader takes it: the key before, the hash by hand, disclosures by `sd-jwt`."""
    text = issue(mandate(), by=USER.identity, to=AGENT.did, now=AT, expires=IN_AN_HOUR, redelegations=1)
    text = delegate(text, mandate(2000, "m-1"), by=AGENT.identity, to=SUB.identity.signer.public_key, audience="sub",
                    nonce="q", now=AT, expires=AT + timedelta(minutes=5), binding=binding)  # fmt: skip
    text = close(text, PAYMENT, by=SUB.identity, audience=AUDIENCE, nonce=NONCE, now=AT, binding=binding)
    assert text.endswith("~")
    assert not text.endswith("~~")
    segments = [f"{each}~" for each in text[:-1].split("~~")]
    signers = [USER, AGENT, SUB]
    contents = []
    for segment, signer in zip(segments, signers, strict=True):
        assert len(segment.split("~")) > 2, "the SDK wants a disclosure in every segment"
        contents.append(read_by_library(segment, signer)["delegate_payload"][0])
        require_signed(segment.split("~")[0], signer)
    assert [each["vct"] for each in contents] == ["mandate.payment.open.1"] * 2 + ["mandate.payment.1"]
    assert [each.get("cnf", {}).get("jwk") for each in contents] == [AGENT.jwk, SUB.jwk, None]
    assert contents[0]["cnf"]["did"] == AGENT.did
    assert "did" not in contents[1]["cnf"]
    assert contents[2]["payment_amount"] == {"amount": 1999, "currency": "USD"}
    for before, after in pairwise(segments):
        claims = json.loads(unb64(after.split(".")[1]))
        over = before if binding is Binding.SD_HASH else before.split("~")[0]
        assert claims[str(binding)] == b64(hashlib.sha256(over.encode()).digest())
        assert {"iat", "aud", "nonce", "_sd_alg", "delegate_payload", str(binding)} == set(claims)
    assert [json.loads(unb64(each.split(".")[0]))["typ"] for each in segments[1:]] == ["kb+sd-jwt+kb", "kb+sd-jwt"]
    assert check(text).closed == PAYMENT


def require_signed(jwt: str, by: Party) -> None:
    signed, _, signature = jwt.rpartition(".")
    r, s = (int.from_bytes(half, "big") for half in (unb64(signature)[:32], unb64(signature)[32:]))
    by.private.public_key().verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))


def test_the_library_reads_a_mandate_that_the_user_closed() -> None:
    text = issue_closed(PAYMENT, by=USER.identity, audience=AUDIENCE, nonce=NONCE, now=AT)
    found = read_by_library(text, USER)
    assert (found["aud"], found["nonce"]) == (AUDIENCE, NONCE)
    assert found["delegate_payload"][0]["transaction_id"] == "t-hash"
    assert check(text).human_present


def test_entries_of_a_list_are_disclosed_one_by_one() -> None:
    text = issue(mandate(), by=USER.identity, to=AGENT.did, now=AT, expires=IN_AN_HOUR)
    jwt, *texts = text[:-1].split("~")
    values = [json.loads(unb64(each))[-1] for each in texts]
    assert {"id": "m-1", "name": "m-1"} in values
    assert len(values) == 3
    assert all(len(unb64(json.loads(unb64(each))[0])) == 16 for each in texts)
    assert OTHER["id"] not in jwt
