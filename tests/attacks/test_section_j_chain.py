"""Attacks 109 and 112 to 119 on chains of mandates. Each is refused whole, with its code; unharmed the chain holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.mandate_scene import (
    AGENT,
    AUDIENCE,
    MALLORY,
    NOW,
    OTHER,
    PAYEES,
    RANGE,
    REFERENCE,
    SHOP,
    SUB,
    USER,
    b64,
    check,
    follow,
    hashed,
    opened,
    ordered,
    paid,
    root,
    sd_jwt,
    shopping,
    unb64,
)

from attorn.errors import AttornError
from attorn.mandate.payment import ClosedPayment

ROOT = root()
GOOD = follow(ROOT)
ALLOWING = root(opened(attorn={"redelegations": 1}))
NARROW = opened(SUB, constraints=[{**RANGE, "max": 2000}, {**PAYEES, "allowed": [SHOP]}, REFERENCE], exp=NOW + 600)
NARROW_AGAIN = {**NARROW, "cnf": AGENT.cnf}
HANDED_ON = follow(ALLOWING, NARROW, aud="sub", nonce="q")
GOOD_TWICE = follow(HANDED_ON, by=SUB)


def refused(text: str, code: str, **changed: Any) -> str:
    with pytest.raises(AttornError) as caught:
        check(text, **changed)
    assert caught.value.code == code, caught.value
    return str(caught.value)


def test_without_an_attack_it_holds() -> None:
    found = check(GOOD)
    assert isinstance(found.closed, ClosedPayment)
    assert found.closed.amount.amount == 1999
    assert [hop.position for hop in found.opens] == [1]
    assert not found.human_present
    assert check(GOOD_TWICE).hops[1].redelegations == 0
    assert len(check(GOOD_TWICE).opens) == 2


# attack 112: expired, early, old


@pytest.mark.parametrize(
    "text",
    [
        follow(root(opened(exp=NOW - 301))),
        follow(root(opened(iat=NOW + 301, exp=NOW + 900)), iat=NOW + 1),
        follow(root(opened(nbf=NOW + 301))),
        follow(root(opened(), exp=NOW - 301)),
        follow(root(opened(), nbf=NOW + 301)),
        follow(root(opened(), iat=NOW + 301), iat=NOW + 1),
        follow(ROOT, paid(exp=NOW - 301)),
        follow(ROOT, paid(nbf=NOW + 301)),
        follow(ROOT, paid(iat=NOW + 301)),
        follow(ROOT, exp=NOW - 301),
        follow(ROOT, nbf=NOW + 301),
        follow(ROOT, iat=NOW + 301),
        follow(root(opened(iat=NOW - 9000)), iat=NOW - 3901),
        follow(follow(ALLOWING, {**NARROW, "exp": NOW - 301}, aud="sub", nonce="q"), by=SUB),
        root(paid(iat=NOW - 3901)),
    ],
    ids=[
        "open expired", "open from the future", "open not begun", "its JWT expired", "its JWT not begun",
        "its JWT from the future", "closed expired", "closed not begun", "closed from the future", "hop expired",
        "hop not begun", "hop from the future", "too old", "one in the middle expired", "direct and too old",
    ],
)  # fmt: skip
def test_112_outside_its_time(text: str) -> None:
    refused(text, "outside_validity")


def test_112_at_the_edges_it_holds() -> None:
    assert check(follow(root(opened(exp=NOW - 300)), iat=NOW))
    assert check(follow(root(opened(nbf=NOW + 300, iat=NOW + 300)), iat=NOW + 300))
    assert check(follow(root(opened(iat=NOW - 9000)), iat=NOW - 3900))


@pytest.mark.parametrize(
    "content",
    [opened(exp=...), opened(exp=True), opened(exp=float(NOW + 60)), opened(exp=str(NOW + 60)), opened(iat=-1)],
    ids=["no end", "true", "a fraction", "text", "before 1970"],
)
def test_112_an_open_mandate_ends(content: Any) -> None:
    refused(follow(root(content)), "bad_mandate")


def test_112_a_direct_mandate_says_when() -> None:
    refused(root(paid()), "bad_mandate")
    assert check(root(paid(iat=NOW)), unbound=True).human_present
    assert check(root(paid(exp=NOW + 60)), unbound=True).human_present


def test_112_a_hop_says_when_it_was_made() -> None:
    refused(follow(ROOT, iat=...), "bad_mandate")
    refused(follow(ROOT, paid(iat=NOW), iat=...), "bad_mandate")


# attack 113, 114: signed by somebody else than the holder that the mandate before it names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (follow(ROOT, by=MALLORY), "bad_signature"),
        (follow(ROOT, by=USER), "bad_signature"),
        (follow(HANDED_ON, by=AGENT), "bad_signature"),
        (follow(root(by=MALLORY)), "bad_signature"),
        (follow(root(by=MALLORY, header={"jwk": MALLORY.jwk})), "malformed"),
        (follow(ROOT, by=MALLORY, header={"jwk": MALLORY.jwk}), "malformed"),
        (follow(ROOT, by=MALLORY, header={"x5c": ["AAAA"]}), "bad_mandate"),
        (follow(root(by=MALLORY, header={"x5c": ["AAAA"]})), "bad_signature"),
        (follow(root(opened(cnf=...), cnf=AGENT.cnf)), "bad_mandate"),
        (follow(root(opened(), cnf=MALLORY.cnf), by=MALLORY), "bad_mandate"),
        (follow(root(opened(cnf={"kid": AGENT.did}))), "bad_mandate"),
        (follow(root(opened(cnf={"jkt": "x"}))), "bad_mandate"),
        (follow(root(opened(cnf={**AGENT.cnf, "kid": "x"}))), "bad_mandate"),
        (follow(root(opened(cnf={"jwk": {**AGENT.jwk, "d": "x"}}))), "bad_mandate"),
        (follow(root(opened(cnf={"jwk": {**AGENT.jwk, "use": "enc"}}))), "bad_mandate"),
        (follow(root(opened(cnf={"jwk": {**AGENT.jwk, "alg": "ES384"}}))), "bad_mandate"),
        (follow(root(opened(cnf={"jwk": {**AGENT.jwk, "y": AGENT.jwk["x"]}}))), "bad_mandate"),
        (follow(root(opened(cnf={"jwk": {**AGENT.jwk, "crv": "P-384"}}))), "bad_mandate"),
        (follow(root(opened(cnf={**AGENT.cnf, "did": MALLORY.did}))), "unresolved_principal"),
        (follow(root(opened(cnf={**AGENT.cnf, "did": "AGENT"}))), "bad_mandate"),
        (follow(root(opened(cnf={**AGENT.cnf, "did": "did:web:agent.example"}))), "unresolved_principal"),
    ],
    ids=[
        "another agent", "the user", "the agent above", "another root", "with its key in the root's header",
        "with its key in the header", "with a certificate", "with a certificate at the root", "cnf beside the content",
        "two of cnf", "cnf by name", "cnf by thumbprint", "cnf by key and by name", "a private key", "not to sign with",
        "of another algorithm", "no point", "of another curve", "another DID", "no DID", "a DID nobody can look up",
    ],
)  # fmt: skip
def test_113_not_the_holder(text: str, code: str) -> None:
    refused(text, code)


def test_113_a_did_beside_its_own_key_is_named() -> None:
    found = check(follow(root(opened(cnf={**AGENT.cnf, "did": AGENT.did}))))
    assert found.hops[1].did == AGENT.did
    assert found.hops[0].did is None


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "PS256", "ES512", "es256", "", None, 1, ["ES256"]])
def test_113_an_algorithm_is_named(alg: Any) -> None:
    for text in (follow(root(header={"alg": alg})), follow(ROOT, header={"alg": alg})):
        assert f"got {alg!r}" in refused(text, "malformed")


@pytest.mark.parametrize("alg", ["EdDSA", "ES384", "ES256K"])
def test_113_the_key_decides_the_algorithm(alg: str) -> None:
    refused(follow(root(header={"alg": alg})), "untrusted_root")
    refused(follow(ROOT, header={"alg": alg}), "bad_mandate")


# attack 109, 114: a hop that was made for another one


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (follow(ROOT, sd_hash=hashed(root())), "broken_chain"),
        (follow(ROOT, sd_hash=hashed(ROOT[:-1])), "broken_chain"),
        (follow(ROOT, sd_hash=hashed(ROOT.split("~")[0])), "broken_chain"),
        (follow(ROOT, sd_hash=hashed(ROOT, "sha512")), "broken_chain"),
        (follow(ROOT, sd_hash=..., issuer_jwt_hash=hashed(ROOT)), "broken_chain"),
        (follow(ROOT, sd_hash=None), "broken_chain"),
        (follow(ROOT, sd_hash=...), "bad_mandate"),
        (follow(ROOT, issuer_jwt_hash=hashed(ROOT.split("~")[0])), "bad_mandate"),
        (GOOD.replace(ROOT[:-1], root()[:-1]), "broken_chain"),
        (GOOD_TWICE.replace("~~" + HANDED_ON.split("~~")[1][:-1], ""), "bad_signature"),
        (follow(HANDED_ON, by=SUB, sd_hash=hashed(HANDED_ON)), "broken_chain"),
    ],
    ids=[
        "another root", "without the last ~", "the JWT alone", "by another hash", "as issuer_jwt_hash", "null", "none",
        "both", "another root in front", "one in the middle cut out", "of the whole chain",
    ],
)  # fmt: skip
def test_114_made_for_another(text: str, code: str) -> None:
    refused(text, code)


def test_114_either_hash_names_the_hop_before() -> None:
    assert check(follow(ROOT, sd_hash=..., issuer_jwt_hash=hashed(ROOT.split("~")[0])))


def test_114_a_chain_cut_off_at_its_root() -> None:
    tail = follow(root(by=MALLORY)).split("~~")[1]
    refused(tail, "bad_mandate", anchors=[AGENT.jwk])
    refused(GOOD_TWICE.split("~~", 1)[1], "bad_mandate", anchors=[AGENT.jwk])
    refused(root(paid(iat=NOW), typ="kb+sd-jwt"), "bad_mandate")
    refused(root(paid(iat=NOW), sd_hash="x"), "bad_mandate")


def test_114_a_payment_is_no_checkout() -> None:
    refused(follow(ROOT, ordered()), "broken_chain")
    refused(follow(root(shopping()), paid()), "broken_chain")
    refused(follow(follow(ALLOWING, shopping(SUB, exp=NOW + 600)), ordered(), by=SUB), "broken_chain")


# attack 115: constraints that are unknown, untyped, absent or hidden


@pytest.mark.parametrize(
    ("constraints", "code"),
    [
        ([RANGE, REFERENCE, {"type": "payment.colour", "max": 1}], "bad_mandate"),
        ([RANGE, REFERENCE, {"currency": "USD", "max": 5000}], "bad_mandate"),
        ([RANGE, {**REFERENCE, "type": "mandate.payment.reference"}], "bad_mandate"),
        ([RANGE], "bad_mandate"),
        ([], "bad_mandate"),
        (..., "malformed"),
        ([{**PAYEES, "allowed": []}, REFERENCE], "bad_mandate"),
    ],
    ids=["unknown", "untyped", "misnamed", "no reference", "empty", "absent", "nobody"],
)
def test_115_constraints(constraints: Any, code: str) -> None:
    refused(follow(root(opened(constraints=constraints))), code)


@pytest.mark.parametrize(
    "vct",
    ["mandate.payment.open", "mandate.payment.open.2", "payment.open.1", "MANDATE.PAYMENT.OPEN.1", "", None, 1, ...],
)
def test_115_a_type_of_mandate_is_named(vct: Any) -> None:
    said = refused(follow(root(opened(vct=vct))), "bad_mandate")
    assert said.startswith("vct: expected one of mandate.")
    assert said.endswith(f"got {None if vct is ... else vct!r}")


# attack 116: wider than the open mandate above


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({**NARROW, "constraints": [{**RANGE, "max": 5001}, PAYEES, REFERENCE]}, "broken_chain"),
        ({**NARROW, "constraints": [PAYEES, REFERENCE]}, "broken_chain"),
        ({**NARROW, "constraints": [RANGE, REFERENCE]}, "broken_chain"),
        ({**NARROW, "constraints": [RANGE, {**PAYEES, "allowed": [SHOP, {"id": "m-3", "name": "Third"}]}, REFERENCE]},
         "broken_chain"),
        ({**NARROW, "constraints": [RANGE, PAYEES, {**REFERENCE, "conditional_transaction_id": "x"}]}, "broken_chain"),
        ({**NARROW, "exp": NOW + 3601}, "broken_chain"),
        ({**NARROW, "iat": NOW - 361}, "broken_chain"),
        ({**NARROW, "vct": "mandate.checkout.open.1"}, "bad_mandate"),
    ],
    ids=["more", "no range", "no payees", "another payee", "another order", "longer", "made before", "another kind"],
)  # fmt: skip
def test_116_wider(content: Any, code: str) -> None:
    refused(follow(follow(ALLOWING, content, iat=content["iat"]), by=SUB), code)


def test_116_a_preset_stays() -> None:
    preset = opened(attorn={"redelegations": 1}, payee=SHOP)
    for kept, code in ((..., "broken_chain"), (OTHER, "broken_chain")):
        refused(
            follow(follow(root(preset), {**opened(SUB), "payee": kept} if kept is not ... else opened(SUB)), by=SUB),
            code,
        )
    assert check(follow(follow(root(preset), opened(SUB, payee=SHOP)), by=SUB))


def test_116_a_closed_mandate_ends_with_its_open_one() -> None:
    refused(follow(ROOT, paid(exp=NOW + 3601)), "broken_chain")
    refused(follow(ROOT, exp=NOW + 3601), "broken_chain")
    assert check(follow(ROOT, paid(exp=NOW + 3600))).expires == NOW + 3600


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        (follow(follow(ROOT, NARROW), by=SUB), "broken_chain"),
        (follow(follow(follow(ALLOWING, NARROW), NARROW_AGAIN, by=SUB)),
         "broken_chain"),
        (follow(follow(ALLOWING, {**NARROW, "attorn": {"redelegations": 9}}), by=SUB), None),
        (follow(follow(follow(ALLOWING, {**NARROW, "attorn": {"redelegations": 9}}),
                       NARROW_AGAIN, by=SUB)), "broken_chain"),
        (follow(root(opened(attorn={"redelegations": -1}))), "bad_mandate"),
        (follow(root(opened(attorn={"redelegations": True}))), "bad_mandate"),
        (follow(root(opened(attorn={"redelegations": 1.0}))), "bad_mandate"),
        (follow(root(opened(attorn={"redelegations": 32}))), "bad_mandate"),
        (follow(root(opened(attorn=[1]))), "bad_mandate"),
        (follow(follow(GOOD, by=AGENT), by=AGENT), "broken_chain"),
        (ROOT, "bad_mandate"),
        (HANDED_ON, "bad_mandate"),
    ],
    ids=[
        "not allowed", "once too often", "says more than it may", "and is believed", "-1", "true", "1.0", "32",
        "a list", "behind a closed one", "not closed", "not closed but handed on",
    ],
)  # fmt: skip
def test_116_handed_on(chain: str, code: str | None) -> None:
    if code is None:
        assert [hop.redelegations for hop in check(chain).hops] == [1, 0, 0]
    else:
        refused(chain, code)


def test_116_a_verifier_may_let_those_be_handed_on_that_do_not_say() -> None:
    chain = follow(follow(ROOT, NARROW), by=SUB)
    assert len(check(chain, redelegations=1).opens) == 2
    refused(chain, "broken_chain", redelegations=0)
    said = follow(follow(root(opened(attorn={"redelegations": 0})), NARROW), by=SUB)
    refused(said, "broken_chain", redelegations=1)


# attack 117: human presence is what was signed, not what somebody says


@pytest.mark.parametrize(
    "flag", [{"human_present": True}, {"attorn": {"human_present": True}}, {"modality": "present"}]
)
def test_117_a_flag_counts_for_nothing(flag: dict[str, Any]) -> None:
    assert not check(follow(root(opened(**flag)), paid(**flag), **flag)).human_present
    assert check(root(paid(iat=NOW, human_present=False), human_present=False), unbound=True).human_present


def test_117_whose_hand_it_was() -> None:
    credential = credential_root()
    present = check(follow(credential), credentials=["com.emvco.dpc"])
    assert present.human_present
    assert present.opens == ()
    absent = check(follow(follow(credential, opened(SUB)), by=SUB), credentials=["com.emvco.dpc"])
    assert not absent.human_present
    assert [hop.position for hop in absent.opens] == [2]


def credential_root(**changed: Any) -> str:
    claims = {"vct": "com.emvco.dpc", "cnf": AGENT.cnf, "exp": NOW + 9000, "delegate_payload": ..., **changed}
    return sd_jwt(None, by=USER, typ="dc+sd-jwt", disclosures=[], **claims)


@pytest.mark.parametrize(
    ("text", "taken", "code"),
    [
        (follow(credential_root()), [], "bad_mandate"),
        (follow(credential_root()), ["other"], "bad_mandate"),
        (follow(credential_root(vct=...)), ["com.emvco.dpc"], "bad_mandate"),
        (follow(credential_root(vct=["com.emvco.dpc"])), ["com.emvco.dpc"], "bad_mandate"),
        (follow(credential_root(cnf=...)), ["com.emvco.dpc"], "bad_mandate"),
        (credential_root(), ["com.emvco.dpc"], "bad_mandate"),
        (follow(follow(credential_root()), None), ["com.emvco.dpc"], "broken_chain"),
    ],
    ids=["none taken", "another taken", "no type", "two types", "no holder", "alone", "behind a closed one"],
)
def test_117_a_credential_at_the_root(text: str, taken: list[str], code: str) -> None:
    refused(text, code, credentials=taken)


# attack 119: nobody is trusted


def test_119_no_anchor_at_all() -> None:
    refused(GOOD, "untrusted_root", anchors=[])
    refused(root(paid(iat=NOW)), "untrusted_root", anchors=[])


@pytest.mark.parametrize("kid", [MALLORY.did + "#key", "another", "did:web:mallory.example#1"])
def test_119_an_anchor_of_another_name(kid: str) -> None:
    text = follow(root(header={"kid": kid}))
    refused(text, "untrusted_root", anchors=[{**USER.jwk, "kid": "user-root"}])
    assert check(text, anchors=[USER.jwk]).hops[0].did is None


def test_119_an_anchor_that_cannot_be_looked_up_trusts_nobody() -> None:
    refused(GOOD, "unresolved_principal", anchors=["did:web:user.example"])


def test_119_one_signed_thing_has_one_name() -> None:
    """Attack 112: the twin of an ECDSA signature is as good, and must not make a new mandate of a spent one."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    head, _, signature = ROOT.split("~")[0].rpartition(".")
    r, s = unb64(signature)[:32], int.from_bytes(unb64(signature)[32:], "big")
    twin = f"{head}.{b64(r + (order - s).to_bytes(32, 'big'))}~" + ROOT.partition("~")[2]
    assert twin != ROOT
    assert check(follow(twin)).hops[0].id == check(GOOD).hops[0].id


def test_119_nothing_of_a_mandate_is_told_in_an_error() -> None:
    for text in (follow(ROOT, by=MALLORY), follow(root(by=MALLORY)), follow(ROOT, sd_hash="x"), ROOT):
        with pytest.raises(AttornError) as caught:
            check(text)
        assert json.dumps(SHOP["website"])[1:-1] not in str(caught.value)
        assert ROOT.split("~")[0] not in str(caught.value)
        assert AUDIENCE not in str(caught.value)
