"""Verifying an SD-JWT: whose key, which type, which claims, how large; and what is returned."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.sdjwt_scene import (
    AT,
    HOLDER,
    ISSUER,
    MALLORY,
    NOW,
    TYP,
    VCT,
    b64,
    bound,
    check,
    element,
    hashed,
    issued,
    jwt,
    named,
    payload,
    presented,
    public_jwk,
    token,
    with_sd,
)

from attorn import Identity, sdjwt
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import Resolver, StaticResolver
from attorn.errors import AttornError, CredentialError, ExpiredError, InputError, LimitError, MalformedError
from attorn.keys.signer import Ed25519Signer
from attorn.sdjwt.compact import MOST_CHARACTERS, MOST_DISCLOSURES, Compact
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import Disclosure
from attorn.sdjwt.revealing import MOST_DEPTH, reveal
from attorn.status import TokenReference

SOMEBODY = "did:web:issuer.example"
REFERENCE = {"status_list": {"idx": 7, "uri": "https://issuer.example/lists/1"}}


def refused(text: str, code: str, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        check(text, **changed)
    assert caught.value.code == code, caught.value


def somebody(*relationships: Relationship, signer: Any = None, fragment: str = "a") -> Resolver:
    """A resolver of SOMEBODY, with one key for these relationships."""
    key = (ISSUER.signer if signer is None else signer).public_key
    method = VerificationMethod(f"{SOMEBODY}#{fragment}", SOMEBODY, key, frozenset(relationships))
    return StaticResolver({SOMEBODY: DidDocument(SOMEBODY, (method,))})


# What is returned.


def test_what_is_returned() -> None:
    found = check(presented(issued(), ("address", "street"), ("nationalities", 2)))
    assert (found.typ, found.issuer, found.bound) == ("dc+sd-jwt", ISSUER.did, True)
    assert found.kid == f"{ISSUER.did}#{ISSUER.did[8:]}"
    assert found.claims == {
        "iss": ISSUER.did,
        "vct": VCT,
        "iat": NOW - 60,
        "exp": NOW + 3600,
        "level": 3,
        "cnf": {"jwk": public_jwk(HOLDER)},
        "nationalities": ["US"],
        "address": {"city": "Anytown", "street": "Main 1"},
    }
    assert found.disclosed == (("nationalities", 0), ("address",), ("address", "street"))
    assert sorted(found.hidden) == [(), ("nationalities",), ("nationalities",)]
    assert found.confirmation == sdjwt.Confirmation(key=HOLDER.signer.public_key)


def test_what_the_holder_said_beside_it() -> None:
    found = check(presented(issued(), also={"transaction_data": ["a", "b"]}))
    assert found.binding_claims["transaction_data"] == ["a", "b"]
    assert set(found.binding_claims) == {"aud", "iat", "nonce", "sd_hash", "transaction_data"}
    assert check(presented(issued())).binding_claims["nonce"] == found.binding_claims["nonce"]
    assert sdjwt.verify_issued(issued(), typ=TYP, now=AT).binding_claims == {}


@pytest.mark.parametrize(
    "also", [{"nonce": "n"}, {"aud": "a", "x": 1}, {"iat": 1}, {"sd_hash": "h"}, ["x"], None, {"x": {1}}]
)
def test_what_a_holder_may_not_say_there(also: Any) -> None:
    with pytest.raises(InputError):
        presented(issued(), also=also)


def test_without_a_binding_nothing_can_be_said_there() -> None:
    with pytest.raises(InputError):
        sdjwt.present(issued(holder=None), also={"x": 1})


def test_as_issued_nobody_is_bound() -> None:
    text = issued()
    found = sdjwt.verify_issued(text, typ=TYP, now=AT)
    assert not found.bound
    assert found.confirmation is not None
    assert found.claims["name"] == "Alice"
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(presented(text), typ=TYP, now=AT)
    assert caught.value.code == "not_holder"
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(text[:-3] + "AA~", typ=TYP, now=AT)
    assert caught.value.code in ("malformed", "bad_credential")


def test_unverified_says_so() -> None:
    head, _, rest = issued().partition("~")
    forged = f"{head[:-4]}AAAA~{rest}"
    found = sdjwt.read(forged)
    assert found.unverified_claims["name"] == "Alice"
    assert not [name for name in dir(found) if name == "claims"]
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(forged, typ=TYP, now=AT)
    assert caught.value.code == "bad_signature"


def test_the_status_is_told_and_not_looked_up() -> None:
    found = check(presented(issued({"vct": VCT, "status": REFERENCE}, disclosable=[])))
    assert TokenReference.read(found.claims) == TokenReference("https://issuer.example/lists/1", 7)


# Whose key.


def test_the_issuers_did_says_which_key() -> None:
    by = {"iss": SOMEBODY}
    kid = f"{SOMEBODY}#a"
    good = somebody(Relationship.ASSERTION_METHOD)
    assert check(bound(token(payload(**by), kid=kid)), resolver=good).issuer == SOMEBODY
    assert check(bound(token(payload(**by), kid=...)), resolver=good).kid is None
    assert check(bound(token(payload(iss=...), kid=kid)), resolver=good).issuer == SOMEBODY


@pytest.mark.parametrize("relationship", sorted(set(Relationship) - {Relationship.ASSERTION_METHOD}))
def test_a_key_for_another_purpose(relationship: Relationship) -> None:
    # attack 30
    text = bound(token(payload(iss=SOMEBODY), kid=f"{SOMEBODY}#a"))
    refused(text, "unresolved_principal", resolver=somebody(relationship))
    refused(bound(token(payload(iss=SOMEBODY), kid=...)), "unresolved_principal", resolver=somebody(relationship))


@pytest.mark.parametrize("relationship", sorted(set(Relationship) - {Relationship.AUTHENTICATION}))
def test_a_holders_key_for_another_purpose(relationship: Relationship) -> None:
    text = bound(token(payload(cnf={"kid": f"{SOMEBODY}#a"})))
    assert check(text, resolver=somebody(Relationship.AUTHENTICATION, signer=HOLDER.signer)).bound
    refused(text, "unresolved_principal", resolver=somebody(relationship, signer=HOLDER.signer))


@pytest.mark.parametrize(
    ("claims", "header", "code"),
    [
        ({}, {"kid": f"{MALLORY.did}#{MALLORY.did[8:]}", "by": MALLORY}, "unresolved_principal"),
        ({}, {"kid": ..., "by": MALLORY}, "bad_signature"),
        ({}, {"kid": f"{ISSUER.did}#{ISSUER.did[8:]}", "by": MALLORY}, "bad_signature"),
        ({}, {"kid": f"{ISSUER.did}#other"}, "unresolved_principal"),
        ({}, {"kid": f"#{ISSUER.did[8:]}"}, "unresolved_principal"),
        ({}, {"kid": "1"}, "unresolved_principal"),
        ({}, {"kid": "' OR 1=1 --"}, "unresolved_principal"),
        ({}, {"kid": 1}, "malformed"),
        ({"iss": ...}, {"kid": ...}, "bad_credential"),
        ({"iss": ...}, {"kid": "1"}, "bad_credential"),
        ({"iss": None}, {}, "bad_credential"),
        ({"iss": "https://issuer.example"}, {}, "bad_credential"),
        ({"iss": [ISSUER.did]}, {}, "bad_credential"),
        ({"iss": ISSUER.did + "#a"}, {}, "bad_credential"),
        ({"iss": "did:web:nobody.example"}, {"kid": ...}, "unresolved_principal"),
        ({}, {"jwk": public_jwk(MALLORY), "by": MALLORY}, "malformed"),
        ({}, {"crit": ["exp"], "exp": 1}, "malformed"),
        ({}, {"crit": []}, "malformed"),
        ({}, {"x5c": ["AAAA"]}, "malformed"),
        ({}, {"alg": "none"}, "malformed"),
        ({}, {"alg": "HS256"}, "malformed"),
        ({}, {"alg": "ES256"}, "bad_signature"),
        ({}, {"alg": ...}, "malformed"),
        ({}, {"typ": ...}, "malformed"),
    ],
)  # fmt: skip
def test_who_did_not_issue(claims: dict[str, Any], header: dict[str, Any], code: str) -> None:
    # attacks 15 to 20, 28 and 29
    refused(bound(token(payload(**claims), **header)), code)


def test_keys_that_are_handed_in() -> None:
    text = bound(token(payload(iss="https://issuer.example"), kid="1"))
    found = check(text, keys=[MALLORY.signer.public_key, ISSUER.signer.public_key])
    assert (found.issuer, found.kid) == ("https://issuer.example", "1")
    assert check(bound(token(payload(iss=...), kid=...)), keys={ISSUER.signer.public_key}).issuer is None
    refused(text, "bad_signature", keys=[MALLORY.signer.public_key])
    for wrong in ([], "", [b"x" * 32], ISSUER.signer.public_key, 1, [ISSUER.did], {ISSUER.did: 1}):
        refused(text, "invalid_input", keys=wrong)


def test_a_resolver_that_fails() -> None:
    class Broken:
        def resolve(self, did: str) -> Any:
            raise OSError("no network")

    refused(bound(token(payload())), "unavailable", resolver=Broken())


def test_nothing_of_a_forgery_is_looked_at() -> None:
    """The signature comes first: what a forger hides or discloses costs nothing and tells nothing."""
    refused(bound(token(payload(_sd="x", exp=1, vct=...), by=MALLORY, kid=...)), "bad_signature")


# Which type.


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "sd-jwt", "JWT", "vc+jwt", "kb+jwt", "dc+sd-jwt+x", "application/x", ""])
def test_another_type(typ: str) -> None:
    # attack 22
    refused(bound(token(payload(), typ=typ)), "malformed")
    assert check(bound(token(payload(), typ="application/DC+sd-jwt"))).typ == "dc+sd-jwt"


def test_a_key_binding_is_no_credential() -> None:
    claims = {"iat": NOW, "aud": "x", "nonce": "y", "sd_hash": "z", "iss": HOLDER.did}
    refused(bound(jwt(claims, by=HOLDER, typ="kb+jwt") + "~"), "malformed")


@pytest.mark.parametrize("typ", [None, b"dc+sd-jwt", ["dc+sd-jwt"], "dc+sd-jwt\u212a"])
def test_a_type_that_is_none(typ: Any) -> None:
    refused(bound(token(payload())), "invalid_input", typ=typ)


@pytest.mark.parametrize(
    "changed",
    [
        {"vct": ...}, {"vct": ""}, {"vct": None}, {"vct": [VCT]}, {"vct#integrity": None}, {"vct#integrity": ""},
        {"aka_vcts": VCT}, {"aka_vcts": [1]}, {"aka_vcts": [""]},
        {"status": None}, {"status": {}}, {"status": []}, {"status": {"status_list": []}},
        {"status": {"status_list": {"idx": "7", "uri": "https://a.example"}}},
        {"status": {"status_list": {"idx": 7.0 + 0.5, "uri": "https://a.example"}}},
        {"status": {"status_list": {"idx": True, "uri": "https://a.example"}}},
        {"status": {"status_list": {"idx": -1, "uri": "https://a.example"}}},
        {"status": {"status_list": {"idx": 7, "uri": "list"}}},
        {"status": {"status_list": {"idx": 7, "uri": "https://a.example/#x"}}},
        {"status": {"status_list": {"idx": 7}}},
        {"status": {**REFERENCE, "another_kind": {}}},
        {"status": {"another_kind": {}}},
    ],
)  # fmt: skip
def test_claims_that_an_sd_jwt_vc_does_not_have(changed: dict[str, Any]) -> None:
    refused(bound(token(payload(**changed))), "bad_credential")


def test_claims_of_an_application() -> None:
    text = bound(token(payload(vct=...), typ="example+sd-jwt"))
    assert check(text, typ="example+sd-jwt").issuer == ISSUER.did
    # What decides validity is never hidden, whatever the type.
    hidden = named("exp", NOW + 9)
    text = bound(token(payload(_sd=[hashed(hidden)]), hidden, typ="example+sd-jwt"))
    refused(text, "bad_credential", typ="example+sd-jwt")
    hidden = named("vct", "x")
    text = bound(token(payload(vct=..., _sd=[hashed(hidden)]), hidden, typ="example+sd-jwt"))
    assert check(text, typ="example+sd-jwt").disclosed == (("vct",),)


# Forms.


@pytest.mark.parametrize(
    "text",
    [
        "", "~", "~~", "a~", "a.b~", "a.b.c.d~", "a.b.c", "a.b.c~~", "a.b.c~d", "a.b.c~d.e~", "a.b.c~d~e.f", "a.b.~",
        ".b.c~", "a..c~", "a.b.c~ ~", "a.b.c ~", " a.b.c~", "a.b.c~\n", "a.b.c~d=~", "a.b.c~d+~", "a.b.c~é~",
        "a.b.c~\x00~",         "a.b.c~d~\u2028", "{}", "a.b.c\uff5e",
    ],
)  # fmt: skip
def test_what_is_no_sd_jwt(text: str) -> None:
    with pytest.raises(MalformedError):
        Compact.split(text)
    refused(text, "malformed")
    with pytest.raises(MalformedError):
        sdjwt.read(text)


def test_parts_are_put_together_as_they_were() -> None:
    for text in ("a.b.c~", "a.b.c~d~", "a.b.c~d~e~", "a.b.c~d.e.f", "a.b.c~d~e.f.g"):
        assert Compact.split(text).encode() == text
    assert Compact.split("a.b.c~d~e.f.g").unbound == "a.b.c~d~"
    assert Compact.split("a.b.c~d~e.f.g").sd_hash(HashAlgorithm.SHA_256) == hashed("a.b.c~d~")


@pytest.mark.parametrize("text", [None, b"a.b.c~", 1, ["a.b.c", ""]])
def test_what_is_no_text(text: Any) -> None:
    with pytest.raises(InputError):
        sdjwt.read(text)
    refused(text, "invalid_input")


@pytest.mark.parametrize(
    "claims",
    [
        b"[]", b"null", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":9007199254740993}', b'{"a":"\\ud800"}', b"{} {}",
        b"\xff",         b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)  # fmt: skip
def test_payloads_that_parsers_disagree_on(claims: bytes) -> None:
    # attacks 1, 3, 12 to 14, 21
    refused(bound(token(claims)), "malformed")


@pytest.mark.parametrize(
    "claims",
    [
        {"_sd": None}, {"_sd": "x"}, {"_sd": {}}, {"_sd": [1]}, {"_sd": [None]}, {"_sd": [["x"]]},
        {"a": {"_sd": "x"}}, {"a": [{"_sd": {"...": "x"}}]},
        {"...": "x"}, {"a": {"...": "x"}}, {"a": [{"...": 1}]}, {"a": [{"...": None}]}, {"a": [{"...": "x", "b": 1}]},
        {"a": [{"...": "x", "_sd": []}]}, {"a": [[{"...": {"...": "x"}}]]},
    ],
)  # fmt: skip
def test_digests_in_another_form(claims: dict[str, Any]) -> None:
    refused(bound(token(payload(**claims))), "malformed")
    inside = named("inside", claims)
    refused(bound(with_sd(inside)), "malformed")


def test_empty_digests_leave_nothing_behind() -> None:
    found = check(bound(token(payload(_sd=[], a={"_sd": []}, b=[{"...": "x"}], c=[[], {}], _sd_alg="sha-256"))))
    assert {name: found.claims[name] for name in "abc"} == {"a": {}, "b": [], "c": [[], {}]}
    assert found.hidden == (("b",),)
    assert not [name for name in found.claims if name.startswith("_sd")]


# How large.


def test_sizes_and_counts_come_first() -> None:
    # attacks 2 and 4
    refused("a.b.c~" + "a" * MOST_CHARACTERS, "limit_exceeded")
    refused("a.b.c~" + "a~" * (MOST_DISCLOSURES + 1), "limit_exceeded")
    refused("~" * MOST_CHARACTERS, "limit_exceeded")
    with pytest.raises(LimitError):
        sdjwt.read("a.b.c~" + "a~" * (MOST_DISCLOSURES + 1))
    assert len(Compact.split("a.b.c~" + "a~" * MOST_DISCLOSURES).disclosures) == MOST_DISCLOSURES


def test_as_many_as_allowed() -> None:
    disclosures = [element(index) for index in range(MOST_DISCLOSURES)]
    text = token(payload(list=[{"...": hashed(each)} for each in disclosures]), *disclosures)
    assert check(bound(text)).claims["list"] == list(range(MOST_DISCLOSURES))


def nested(depth: int) -> tuple[dict[str, Any], list[str]]:
    """A payload in which disclosures stand within disclosures, so many of them."""
    inner: dict[str, Any] = {}
    disclosures = []
    for _ in range(depth):
        disclosures.append(named("a", inner))
        inner = {"_sd": [hashed(disclosures[-1])]}
    return payload(**inner), disclosures


def test_disclosures_within_disclosures_are_only_so_deep() -> None:
    claims, disclosures = nested(MOST_DEPTH)
    assert check(bound(token(claims, *disclosures))).disclosed[-1] == ("a",) * MOST_DEPTH
    claims, disclosures = nested(MOST_DEPTH + 1)
    refused(bound(token(claims, *disclosures)), "malformed")
    # None of it recurses further than that.
    claims, disclosures = nested(400)
    refused(bound(token(claims, *disclosures)), "malformed")


# Arguments.


@pytest.mark.parametrize(
    "changed",
    [
        {"now": NOW}, {"now": None}, {"now": AT.replace(tzinfo=None)}, {"skew": 60}, {"skew": timedelta(seconds=-1)},
        {"age": 300}, {"age": None}, {"age": timedelta(seconds=-1)},
    ],
)  # fmt: skip
def test_arguments_that_are_no_use(changed: dict[str, Any]) -> None:
    refused(bound(token(payload())), "invalid_input", **changed)


def test_skew_and_age_are_the_verifiers() -> None:
    text = bound(token(payload(iat=NOW + 90, nbf=NOW + 90)), iat=NOW - 400)
    refused(text, "outside_validity")
    wide = {"skew": timedelta(seconds=90), "age": timedelta(seconds=400)}
    assert check(text, **wide).bound
    for name in wide:
        refused(text, "outside_validity", **{**wide, name: timedelta(0)})
    with pytest.raises(ExpiredError, match=rf"made at {AT - timedelta(seconds=400):%Y-%m-%dT%H:%M:%SZ}, and it is 2"):
        check(bound(token(payload()), iat=NOW - 400))
    # Expiry knows no skew: it is the issuer's own word on its own clock.
    refused(bound(token(payload(exp=NOW))), "outside_validity", skew=timedelta(days=1))


# The pieces.


def test_reveal_takes_no_signature_to_task() -> None:
    inner = Disclosure.of("s1", "Main 1", "street")
    outer = Disclosure.of("s2", {"_sd": [HashAlgorithm.SHA_512.digest(inner.text)]})
    claims: dict[str, Any] = {"delegate_payload": [{"...": HashAlgorithm.SHA_512.digest(outer.text)}, {"...": "other"}]}
    before = json.dumps(claims)
    found = reveal(claims, [outer, inner], HashAlgorithm.SHA_512)
    assert found.claims == {"delegate_payload": [{"street": "Main 1"}]}
    assert found.disclosed == (("delegate_payload", 0), ("delegate_payload", 0, "street"))
    assert found.hidden == (("delegate_payload",),)
    assert json.dumps(claims) == before
    with pytest.raises(CredentialError) as caught:
        reveal(claims, [inner], HashAlgorithm.SHA_512)
    # What nobody signed is refused at one step, whatever secures a credential.
    assert caught.value.problem.endswith("#CRYPTOGRAPHIC_SECURITY_ERROR")
    assert caught.value.step == 4


@pytest.mark.parametrize(
    "made",
    [
        lambda: Disclosure.of("s", 1, "_sd"), lambda: Disclosure.of("s", 1, "..."),
        lambda: Disclosure.of("s", 1, "_sd_alg"), lambda: Disclosure.of(1, 1),
        lambda: Disclosure.of("s", 1, 2), lambda: Disclosure.of("s", {1}),
        sdjwt.Confirmation, lambda: sdjwt.Confirmation(key=ISSUER.signer.public_key, method="did:a:1#a"),
        lambda: sdjwt.Confirmation(method="did:a:1"), lambda: sdjwt.Confirmation(key="k"),
    ],
)  # fmt: skip
def test_pieces_that_cannot_be_made(made: Any) -> None:
    with pytest.raises(InputError):
        made()


def test_no_secret_is_shown() -> None:
    text = issued()
    seen = [sdjwt.read(text), sdjwt.read(text).unverified.disclosures, sdjwt.verify_issued(text, typ=TYP, now=AT)]
    secrets = [*text.split("~"), "Alice", "Anytown", "Main 1", "FR"]
    # attack 133
    assert not [each for each in secrets for value in seen if each and each in repr(value)]


def test_another_key_of_the_same_holder() -> None:
    twin = Identity(Ed25519Signer.from_seed(b"\x63" * 32))
    refused(bound(token(payload()), by=twin), "not_holder")
    assert b64(HOLDER.signer.public_key.data) in json.dumps(payload())
