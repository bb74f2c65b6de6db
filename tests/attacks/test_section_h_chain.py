"""Attacks 95 to 103 on the SD-JWTs of a chain of mandates. Each is refused whole, with its code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.mandate_scene import (
    AGENT,
    AUDIENCE,
    CARD,
    ITEMS,
    NONCE,
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
    concealed,
    disclosure,
    follow,
    hashed,
    jwt,
    opened,
    ordered,
    paid,
    root,
    sd_jwt,
    shopping,
    unb64,
)

from attorn.errors import AttornError
from attorn.mandate import wire
from attorn.mandate.open_payment import OpenPayment

ROOT = root()
GOOD = follow(ROOT)
JWT, *TEXTS = ROOT[:-1].split("~")
CONTENT = TEXTS[-1]


def refused(text: str, code: str, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        check(text, **changed)
    assert caught.value.code == code, caught.value


def rebuilt(*texts: str) -> str:
    """A root with these disclosures, and a hop that was made for exactly that."""
    return follow("~".join((JWT, *texts, "")))


def test_without_an_attack_it_holds() -> None:
    assert check(GOOD)
    assert check(rebuilt(*reversed(TEXTS)))


# attack 95: cut, joined or followed in another way


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD[:-1], "malformed"),
        (GOOD + "~", "malformed"),
        (GOOD + "x", "malformed"),
        (GOOD + GOOD.split("~~")[1].split("~")[0], "malformed"),
        ("~" + GOOD, "malformed"),
        (GOOD.replace("~~", "~~~"), "malformed"),
        (GOOD.replace("~~", "~"), "malformed"),
        (GOOD.replace("~~", "~~~~"), "malformed"),
        (ROOT.replace("~", "~~", 1), "malformed"),
        (GOOD.split("~~")[1], "bad_mandate"),
        (GOOD + "~" + GOOD, "bad_mandate"),
        ("", "malformed"),
        ("~", "malformed"),
        ("~~", "malformed"),
        (JWT, "malformed"),
        (JWT + "~", "bad_mandate"),
        (GOOD.replace("~", "\u007e\n", 1), "malformed"),
        (GOOD.replace("~", "\u02dc", 1), "malformed"),
    ],
    ids=[
        "without its last ~", "two at its end", "something behind it", "a key binding behind it", "~ in front",
        "three between", "one between", "four between", "cut between disclosures", "its last hop alone",
        "one behind another", "empty", "~", "~~", "a JWT", "a JWT and ~", "a line break", "another tilde",
    ],
)  # fmt: skip
def test_95_another_form(text: str, code: str) -> None:
    refused(text, code)


def test_95_sizes_are_bounded_before_anything_is_read() -> None:
    refused("a.b.c~" * 43_691, "limit_exceeded")
    refused("~~".join(["a.b.c"] * 33) + "~", "limit_exceeded")
    refused("a.b.c~" + "x~" * 513, "limit_exceeded")
    refused("a.b.c~" + "x~" * 300 + "~a.b.c~" + "x~" * 300, "limit_exceeded")
    refused("~~".join(["a.b.c"] * 32) + "~", "malformed")
    deep = b64(b'["s",' + b"[" * 40 + b"]" * 40 + b"]")
    refused(f"{JWT}~{deep}~", "malformed")


# attack 96: other disclosures than the next hop was made for


@pytest.mark.parametrize(
    "texts",
    [TEXTS[1:], [TEXTS[1], TEXTS[0], *TEXTS[2:]], [*TEXTS, disclosure("x")], [TEXTS[0], *TEXTS]],
    ids=["removed", "reordered", "added", "repeated"],
)
def test_96_another_set_of_disclosures(texts: list[str]) -> None:
    text = "~".join((JWT, *texts)) + "~~" + GOOD.split("~~")[1]
    with pytest.raises(AttornError) as caught:
        check(text)
    assert caught.value.code in ("broken_chain", "bad_mandate")


def test_96_the_last_hop_shows_what_it_signed() -> None:
    before = follow(root(shopping()), ordered())
    assert check(before)
    less = before[:-1].rsplit("~", 2)
    assert check("~".join((less[0], less[2], ""))).closed is not None
    refused("~".join((less[0], less[1], "")), "bad_mandate")


def test_96_one_entry_may_be_kept_back_and_one_must_be_shown() -> None:
    found = check(rebuilt(TEXTS[0], CONTENT)).hops[0].content
    assert isinstance(found, OpenPayment)
    (payees,) = (each for each in found.constraints if each.type == PAYEES["type"])
    assert payees.write()["allowed"] == [SHOP]
    refused(rebuilt(CONTENT), "bad_mandate")


# attack 97: disclosures that no digest names once


EDITED = b64(unb64(CONTENT).replace(b"5000", b"9000"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (rebuilt(*TEXTS, disclosure({"vct": "mandate.payment.1"})), "bad_mandate"),
        (rebuilt(*TEXTS[:-1], EDITED), "bad_mandate"),
        (rebuilt(*TEXTS, EDITED), "bad_mandate"),
        (rebuilt(*TEXTS, CONTENT), "bad_mandate"),
        (rebuilt(*TEXTS[:-1], CONTENT + "="), "malformed"),
        (rebuilt(*TEXTS[:-1], b64(b'["s", {"a": 1, "a": 2}]')), "malformed"),
        (rebuilt(*TEXTS[:-1], b64(b'["s", "\xff"]')), "malformed"),
        (rebuilt(*TEXTS[:-1], b64(b'["s"]')), "malformed"),
        (rebuilt(*TEXTS[:-1], b64(b'{"s": 1}')), "malformed"),
        (rebuilt(*TEXTS[:-1]), "bad_mandate"),
        (rebuilt(), "bad_mandate"),
    ],
    ids=[
        "of nothing", "edited", "an edited one more", "twice", "padded", "a duplicate member", "no UTF-8", "no value",
        "an object", "no content", "none at all",
    ],
)  # fmt: skip
def test_97_disclosures(text: str, code: str) -> None:
    refused(text, code)


def payload_of(*elements: Any, **claims: Any) -> dict[str, Any]:
    return {"delegate_payload": list(elements), "_sd_alg": "sha-256", **claims}


def signed(payload: Any, *texts: str) -> str:
    return follow("~".join((jwt(payload, by=USER, typ="example+sd-jwt"), *texts, "")))


ONE, SHOWN = concealed(opened())
TWO, SHOWN_TOO = concealed(opened(SUB))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (signed(payload_of(ONE, TWO), *SHOWN, *SHOWN_TOO), "bad_mandate"),
        (signed(payload_of(ONE, ONE), *SHOWN), "bad_mandate"),
        (signed(payload_of(ONE, opened()), *SHOWN), "bad_mandate"),
        (signed(payload_of(opened())), "bad_mandate"),
        (signed(payload_of(ONE["..."]), *SHOWN), "bad_mandate"),
        (signed(payload_of({**ONE, "x": 1}), *SHOWN), "malformed"),
        (signed(payload_of()), "bad_mandate"),
        (signed({**payload_of(ONE), "delegate_payload": ONE}, *SHOWN), "malformed"),
        (signed({**payload_of(ONE), "_delegate_payload": [TWO]}, *SHOWN), "bad_mandate"),
        (signed({"_delegate_payload": [ONE]}, *SHOWN), "bad_mandate"),
        (signed(payload_of({"...": hashed(text := disclosure([1]))}), text), "bad_mandate"),
        (signed({}), "bad_mandate"),
        (signed(payload_of(ONE, other={"...": "x"}), *SHOWN), "malformed"),
        (signed(b"[]"), "malformed"),
        (signed(b'{"a":1,"a":2}'), "malformed"),
    ],
    ids=[
        "two", "one twice", "one shown, one in the open", "in the open", "a bare digest", "more than a digest", "none",
        "no list", "under both names", "under the other name", "no object", "no claims", "... elsewhere", "a list",
        "a duplicate claim",
    ],
)  # fmt: skip
def test_97_exactly_one_payload(text: str, code: str) -> None:
    refused(text, code)


def test_97_of_several_payloads_one_may_be_shown() -> None:
    assert check(signed(payload_of(TWO, ONE), *SHOWN))


def test_97_the_claim_is_the_one_that_was_asked_for() -> None:
    other = sd_jwt(opened(), by=USER, typ="x", delegate_payload=..., lists=False)
    element, texts = concealed(opened())
    claims = {"_delegate_payload": [element]}
    before = "~".join((jwt(claims, by=USER, typ="x"), *texts, ""))
    element, texts = concealed(paid())
    hop = {"_delegate_payload": [element], "iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(before)}
    text = before[:-1] + "~~" + "~".join((jwt(hop, by=AGENT, typ="kb+sd-jwt"), *texts, ""))
    assert check(text, claim="_delegate_payload")
    refused(text, "bad_mandate")
    refused(GOOD, "bad_mandate", claim="_delegate_payload")
    refused(follow(other), "bad_mandate")


# attack 98: a disclosure of what must not be kept back


def with_hidden(name: str, content: dict[str, Any], *, shown: bool) -> str:
    """An open mandate one member of which is disclosable."""
    text = disclosure(name, content.pop(name))
    outer = disclosure({**content, "_sd": [hashed(text)]})
    return signed(payload_of({"...": hashed(outer)}), *([text] if shown else []), outer)


@pytest.mark.parametrize("shown", [True, False], ids=["shown", "kept back"])
@pytest.mark.parametrize("name", ["vct", "cnf", "exp", "iat", "nbf", "constraints", "payee", "attorn", "risk_data"])
def test_98_103_members_that_decide(name: str, shown: bool) -> None:
    content = opened(nbf=NOW - 60, payee=SHOP, attorn={"redelegations": 0}, risk_data={"a": 1})
    code = "malformed" if (name, shown) == ("constraints", False) else "bad_mandate"
    refused(with_hidden(name, content, shown=shown), code)


@pytest.mark.parametrize(
    "constraints",
    [
        [{"_sd": ["x"], **RANGE}, REFERENCE],
        [{"...": "x"}, RANGE, REFERENCE],
        [{**PAYEES, "_sd": ["x"]}, REFERENCE],
        [{**PAYEES, "allowed": [{**SHOP, "_sd": ["x"]}]}, REFERENCE],
        [{**PAYEES, "allowed": [{"...": "x"}]}, REFERENCE],
        [{**RANGE, "extra": [{"...": "x"}]}, REFERENCE],
        [{**PAYEES, "extra": [SHOP, {"...": "x"}]}, REFERENCE],
        [{"type": "payment.allowed_pisps", "allowed": [
            {"legal_name": "P", "brand_name": "P", "domain_name": "p.example"}, {"...": "x"}]}, REFERENCE],
    ],
    ids=[
        "of a range", "a constraint", "of a list", "of an entry", "all entries", "of another list", "of an extra list",
        "of a list that is no allow list",
    ],
)  # fmt: skip
def test_98_hidden_in_a_constraint(constraints: list[Any]) -> None:
    with pytest.raises(AttornError) as caught:
        check(follow(root(opened(constraints=constraints), lists=False)))
    assert caught.value.code in ("bad_mandate", "malformed")


def test_98_items_that_would_be_acceptable() -> None:
    less = [{**ITEMS, "items": [{**ITEMS["items"][0], "acceptable_items": [{"...": "x"}]}]}]  # type: ignore[index]
    some = [{**ITEMS, "items": [{**ITEMS["items"][0], "acceptable_items": [{"id": "a", "title": "A"}, {"...": "x"}]}]}]  # type: ignore[index]
    with pytest.raises(AttornError):
        check(follow(root(shopping(constraints=less), lists=False), ordered()))
    assert check(follow(root(shopping(constraints=some), lists=False), ordered()))


@pytest.mark.parametrize("name", ["iat", "exp", "aud", "nonce", "sd_hash", "status", "cnf", "iss", "jti"])
def test_98_claims_of_the_jwt(name: str) -> None:
    text = disclosure(name, "x")
    element, texts = concealed(paid())
    claims = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(ROOT), **payload_of(element)}
    claims.pop(name, None)
    hop = jwt({**claims, "_sd": [hashed(text)]}, by=AGENT, typ="kb+sd-jwt")
    for shown in ([text], []):
        refused(ROOT[:-1] + "~~" + "~".join((hop, *texts, *shown, "")), "bad_mandate")


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_98_reserved_names(name: str) -> None:
    text = disclosure(name, "x")
    outer = disclosure({**opened(), "_sd": [hashed(text)]})
    refused(signed(payload_of({"...": hashed(outer)}), text, outer), "malformed")


def test_98_a_closed_payment_hides_nothing() -> None:
    for content in (paid(_sd=["x"]), paid(payee={**SHOP, "_sd": ["x"]}), paid(risk_data={"a": [{"...": "x"}]})):
        refused(follow(ROOT, content), "bad_mandate")


def test_98_a_closed_checkout_hides_its_checkout_alone() -> None:
    before = root(shopping())
    kept = {name: value for name, value in ordered().items() if name != "checkout_jwt"}
    assert check(follow(before, {**kept, "_sd": ["x"]}))
    refused(follow(before, {**kept, "_sd": ["x", "y"]}), "bad_mandate")
    refused(follow(before, {**ordered(), "_sd": ["x"]}, lists=False), "bad_mandate")
    refused(follow(before, {**kept, "a": {"_sd": ["x"]}}), "bad_mandate")


# attack 99: the hash algorithm


@pytest.mark.parametrize("name", ["md5", "sha-1", "SHA-256", "sha-3", "", None, 256, ["sha-256"]])
def test_99_an_unknown_algorithm_is_named(name: Any) -> None:
    for text in (follow(root(_sd_alg=name)), follow(ROOT, _sd_alg=name)):
        refused(text, "malformed")
        with pytest.raises(AttornError, match="_sd_alg"):
            check(text)


def test_99_another_algorithm_than_was_used() -> None:
    refused(follow(root(_sd_alg="sha-512")), "bad_mandate")
    refused(follow(root(opened(_sd_alg="sha-256"))), "malformed")
    assert check(follow(root(_sd_alg=...)))


# attacks 100 to 102: what every hop after the root must say


@pytest.mark.parametrize("name", ["aud", "nonce"])
@pytest.mark.parametrize("value", [..., None, "", 1, ["credential-provider"], {}, "x" * 2049])
def test_100_for_nobody(name: str, value: Any) -> None:
    refused(follow(ROOT, **{name: value}), "bad_mandate")
    middle = follow(root(opened(attorn={"redelegations": 1})), opened(SUB), **{name: value})
    refused(follow(middle, by=SUB), "bad_mandate")


def test_100_for_somebody_else() -> None:
    refused(follow(ROOT, aud="merchant"), "wrong_audience")
    refused(follow(ROOT, aud=AUDIENCE.upper()), "wrong_audience")
    refused(follow(ROOT, nonce="n-0123456788"), "wrong_request")
    refused(GOOD, "wrong_audience", audience="merchant")
    refused(GOOD, "wrong_request", nonce="another")


@pytest.mark.parametrize(("name", "code"), [("aud", "wrong_audience"), ("nonce", "wrong_request")])
def test_100_a_direct_mandate_for_somebody_else(name: str, code: str) -> None:
    content = paid(iat=NOW)
    refused(root(content, **{"aud": AUDIENCE, "nonce": NONCE, name: "another"}), code)
    refused(root(content), "wrong_audience")
    assert check(root(content, aud=AUDIENCE, nonce=NONCE))
    assert check(root(content), unbound=True)


@pytest.mark.parametrize(
    "changed", [{"audience": ""}, {"nonce": ""}, {"audience": None}, {"nonce": None}, {"nonce": 1}]
)
def test_100_a_verifier_that_asks_for_nothing(changed: dict[str, Any]) -> None:
    refused(GOOD, "invalid_input", **changed)


TYPS = ["kb+sd-jwt", "kb-sd-jwt", "kb+sd-jwt+kb", "kb-sd-jwt+kb", "kb+jwt", "dc+sd-jwt", "KB+SD-JWT", "", ..., 1, []]


@pytest.mark.parametrize("typ", TYPS, ids=str)
def test_100_the_type_says_whether_it_goes_on(typ: Any) -> None:
    last, middle = follow(ROOT, typ=typ), follow(root(opened(attorn={"redelegations": 1})), opened(SUB), typ=typ)
    for text, good in ((last, TYPS[:2]), (follow(middle, by=SUB), TYPS[2:4])):
        if typ in good:
            assert check(text)
        else:
            refused(text, "malformed" if typ in (1, []) else "bad_mandate")


def test_100_a_type_of_a_root_may_be_any_but_that_of_a_hop() -> None:
    for typ in (..., "", "x", "JWT", "vc+jwt"):
        assert check(follow(root(typ=typ)))
    for typ in TYPS[:4]:
        refused(follow(root(typ=typ)), "bad_mandate")


@pytest.mark.parametrize("name", ["crit", "b64", "jwk", "jku", "x5u"])
def test_100_headers_that_would_change_the_rules(name: str) -> None:
    refused(follow(root(header={name: ["x"]})), "malformed")
    refused(follow(ROOT, header={name: ["x"]}), "malformed")


def test_103_numbers_of_every_kind_are_read_as_they_stand() -> None:
    for amount in (1999.0, "1999", True, -1, None, 10**17):
        with pytest.raises(AttornError):
            check(follow(ROOT, paid(payment_amount={"amount": amount, "currency": "USD"})))
    text = follow(ROOT).split("~~")[1]
    assert json.loads(unb64(text.split("~")[1]))[1]["payment_instrument"] == CARD


def test_the_parts_of_a_chain_are_those_that_were_joined() -> None:
    parts = wire.split(GOOD)
    assert wire.join(parts) == GOOD
    assert [len(part.disclosures) for part in parts] == [len(TEXTS), 1]
    assert OTHER["id"] not in GOOD
