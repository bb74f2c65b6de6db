"""Issuing and presenting: what goes into an SD-JWT, what never may, and who may present it."""

from __future__ import annotations

import json
from secrets import token_bytes
from typing import Any

import pytest
from tests.unit.sdjwt_scene import (
    AT,
    AUDIENCE,
    CLAIMS,
    DISCLOSABLE,
    HOLDER,
    ISSUER,
    MALLORY,
    NONCE,
    NOW,
    TYP,
    VCT,
    check,
    hashed,
    issued,
    jwt,
    payload,
    presented,
    public_jwk,
    token,
    unb64,
)

from attorn import Identity, sdjwt
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.jose import jws
from attorn.keys.signer import P256Signer
from attorn.sdjwt import HashAlgorithm, concealing
from attorn.sdjwt.binding import require_bound
from attorn.sdjwt.compact import MOST_CHARACTERS, MOST_DISCLOSURES, Compact
from attorn.sdjwt.disclosure import Disclosure
from attorn.sdjwt.pointer import matching
from attorn.sdjwt.revealing import reveal

W3C: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": ISSUER.did,
    "credentialSubject": {"id": HOLDER.did, "name": "Alice"},
}


def signed(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = text.split("~", maxsplit=1)[0].split(".")
    return json.loads(unb64(header)), json.loads(unb64(claims))


# What is issued.


def test_what_is_signed() -> None:
    header, claims = signed(issued())
    assert header == {"alg": "EdDSA", "kid": f"{ISSUER.did}#{ISSUER.did[8:]}", "typ": "dc+sd-jwt"}
    assert claims["iss"] == ISSUER.did
    assert claims["cnf"] == {"jwk": public_jwk(HOLDER)}
    assert claims["_sd_alg"] == "sha-256"
    assert claims.keys() == {"iss", "vct", "iat", "exp", "level", "nationalities", "cnf", "_sd", "_sd_alg"}
    assert [list(each) for each in claims["nationalities"]] == [["..."]] * 3


def test_each_digest_is_of_one_disclosure() -> None:
    text = issued()
    whole = text + "".join(unb64(each).decode() for each in text.split("~")[1:-1]) + json.dumps(signed(text)[1])
    disclosures = text.split("~")[1:-1]
    assert len(disclosures) == 6
    assert all(hashed(each) in whole for each in disclosures)
    salts = [json.loads(unb64(each))[0] for each in disclosures]
    assert len(set(salts)) == 6
    assert {len(unb64(salt)) for salt in salts} == {16}
    # In quotes: two letters alone may well stand in a digest.
    assert all(json.dumps(each) not in json.dumps(signed(text)[1]) for each in ("Alice", "Anytown", "FR"))


def test_the_order_of_digests_says_nothing() -> None:
    names = {f"n{index}": index for index in range(20)}
    digests = signed(issued({"vct": VCT, **names}, disclosable=list(names)))[1]["_sd"]
    assert digests == sorted(digests)
    assert len(digests) == 20


@pytest.mark.parametrize(("algorithm", "size"), [("sha-256", 43), ("sha-384", 64), ("sha-512", 86)])
def test_hash_algorithms(algorithm: str, size: int) -> None:
    text = issued(algorithm=HashAlgorithm(algorithm))
    claims = signed(text)[1]
    assert claims["_sd_alg"] == algorithm
    assert {len(digest) for digest in claims["_sd"]} == {size}
    assert hashed(text.split("~")[1], algorithm.replace("-", "")) in json.dumps(claims)
    found = check(presented(text, "name"))
    assert found.algorithm == algorithm
    assert found.claims["name"] == "Alice"


def test_decoys_look_like_the_others() -> None:
    plain, padded = signed(issued())[1], signed(issued(decoys=5))[1]
    assert len(padded["_sd"]) == len(plain["_sd"]) + 5
    assert len(padded["nationalities"]) == 8
    assert {len(digest) for digest in padded["_sd"]} == {43}
    assert {tuple(each) for each in padded["nationalities"]} == {("...",)}
    assert len(sdjwt.read(issued(decoys=5)).disclosable) == len(sdjwt.read(issued()).disclosable)
    # Where nothing is hidden there is nothing to hide it among.
    assert "_sd" not in signed(issued(disclosable=[], decoys=5))[1]


def test_decoys_in_an_array_are_anywhere() -> None:
    claims = {"vct": VCT, "list": ["a"]}
    at = set()
    for _ in range(60):
        text = issued(claims, disclosable=[("list", 0)], decoys=3)
        at.add([each["..."] for each in signed(text)[1]["list"]].index(hashed(text.split("~")[1])))
    assert at == {0, 1, 2, 3}


def test_claims_are_not_changed() -> None:
    claims = {"vct": VCT, "a": {"b": [1, {"c": 2}]}}
    before = json.dumps(claims)
    issued(claims, disclosable=["a", ("a", "b"), ("a", "b", None), ("a", "b", 1, "c")], decoys=2)
    assert json.dumps(claims) == before


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
@pytest.mark.parametrize(
    "where", [lambda it: it, lambda it: {"a": it}, lambda it: {"a": [it]}, lambda it: {"a": [[it]]}]
)
def test_reserved_names_are_not_issued(name: str, where: Any) -> None:
    with pytest.raises(InputError):
        issued({"vct": VCT, **where({name: []})}, disclosable=[])


BAD: dict[str, Any] = {
    "no mapping": {"claims": [("vct", VCT)]},
    "no vct": {"claims": {"name": "Alice"}},
    "vct empty": {"claims": {"vct": ""}},
    "vct no text": {"claims": {"vct": 1}},
    "integrity no text": {"claims": {"vct": VCT, "vct#integrity": 1}},
    "aka_vcts no list": {"claims": {"vct": VCT, "aka_vcts": "x"}},
    "another iss": {"claims": {"vct": VCT, "iss": MALLORY.did}},
    "cnf among the claims": {"claims": {"vct": VCT, "cnf": {"jwk": public_jwk(HOLDER)}}},
    "exp no number": {"claims": {"vct": VCT, "exp": "soon"}},
    "exp a float": {"claims": {"vct": VCT, "exp": 1e9 + 0.5}},
    "status of another kind": {"claims": {"vct": VCT, "status": {"other": 1}}},
    "status of two kinds": {
        "claims": {"vct": VCT, "status": {"status_list": {"idx": 1, "uri": "https://a.example"}, "x": 1}}
    },
    "status below zero": {"claims": {"vct": VCT, "status": {"status_list": {"idx": -1, "uri": "https://a.example"}}}},
    "status without uri": {"claims": {"vct": VCT, "status": {"status_list": {"idx": 1}}}},
    "status with no uri": {"claims": {"vct": VCT, "status": {"status_list": {"idx": 1, "uri": "a b"}}}},
    "a value that is no JSON": {"claims": {"vct": VCT, "x": {1, 2}}},
    "a value that is NaN": {"claims": {"vct": VCT, "x": float("nan")}},
    "a name that is no text": {"claims": {"vct": VCT, "x": {1: 2}}},
    "a number beyond JSON": {"claims": {"vct": VCT, "x": 2**53}},
    "too deep": {"claims": {"vct": VCT, "x": json.loads("[" * 40 + "]" * 40)}},
    "too long": {"claims": {"vct": VCT, "x": "a" * MOST_CHARACTERS}},
    "nothing there": {"disclosable": ["nobody"]},
    "no such element": {"disclosable": [("nationalities", 3)]},
    "an element from the end": {"disclosable": [("nationalities", -1)]},
    "None for an object": {"disclosable": [("address", None)]},
    "a step into text": {"disclosable": [("name", "a")]},
    "a step that is no step": {"disclosable": [("nationalities", 1.0)]},
    "a step that is True": {"disclosable": [("nationalities", True)]},
    "an empty path": {"disclosable": [()]},
    "a path that never ends": {"disclosable": [("a",) * 65]},
    "text for a list": {"disclosable": "name"},
    "a number for a list": {"disclosable": 1},
    "a number for a path": {"disclosable": [1]},
    "bytes for a path": {"disclosable": [b"name"]},
    "too many": {
        "claims": {"vct": VCT, "x": list(range(MOST_DISCLOSURES + 1))},
        "disclosable": [("x", None)],
    },
    "hidden vct": {"disclosable": ["vct"]},
    "hidden exp": {"disclosable": ["exp"]},
    "hidden iss": {"disclosable": ["iss"]},
    "hidden cnf": {"disclosable": ["cnf"]},
    "hidden key": {"disclosable": [("cnf", "jwk")]},
    "hidden member of a key": {"disclosable": [("cnf", "jwk", "x")]},
    "decoys below zero": {"decoys": -1},
    "too many decoys": {"decoys": 65},
    "decoys that are True": {"decoys": True},
    "an algorithm by name": {"algorithm": "sha-256"},
    "a holder that is no key": {"holder": "alice"},
    "a holder that must say which key": {"holder": "did:web:alice.example"},
    "a holder of bytes": {"holder": b"x" * 32},
    "a relative holder": {"holder": "#key"},
    "no identity": {"by": HOLDER.signer},
    "no typ": {"typ": None},
    "typ with a space": {"typ": "a b"},
    "a kid of another": {"kid": f"{MALLORY.did}#a"},
    "a relative kid": {"kid": "#a"},
}  # fmt: skip


@pytest.mark.parametrize("changed", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_issued(changed: dict[str, Any]) -> None:
    given = {"disclosable": [] if "claims" in changed else DISCLOSABLE, **changed}
    claims = given.pop("claims", CLAIMS)
    with pytest.raises(InputError):
        issued(claims, **given)


def test_rules_hold_however_a_type_is_spelt() -> None:
    for typ in ("DC+SD-JWT", "application/dc+sd-jwt", "Application/DC+sd-jwt"):
        with pytest.raises(InputError):
            issued({"name": "Alice"}, typ=typ, disclosable=[])
        assert check(presented(issued(typ=typ), "name")).typ == "dc+sd-jwt"


@pytest.mark.parametrize(
    "random",
    [lambda size: b"", lambda size: "x" * size, bytes, lambda size: 1 / 0, lambda: b"x" * 16],
    ids=["nothing", "text", "the same again", "raises", "takes nothing"],
)
def test_a_broken_random_source(random: Any) -> None:
    with pytest.raises(UnavailableError):
        issued({"vct": VCT, "list": ["a", "a"]}, disclosable=[("list", None)], random=random)


def test_a_broken_signer() -> None:
    class Broken:
        public_key = ISSUER.signer.public_key

        def sign(self, message: bytes) -> bytes:
            return bytes(64)

    class Somebody:
        did = ISSUER.did
        signer = Broken()

    with pytest.raises(UnavailableError):
        issued(by=Somebody())


# The form of the W3C.


def test_a_credential_of_the_w3c() -> None:
    disclosable = [("credentialSubject", "name")]
    text = issued({**W3C, "exp": NOW + 9}, typ=sdjwt.W3C_VC, disclosable=disclosable)
    assert signed(text)[0]["typ"] == "vc+sd-jwt"
    assert "iss" not in signed(text)[1]
    found = check(presented(text), typ=sdjwt.W3C_VC)
    assert found.issuer == ISSUER.did
    assert found.claims["credentialSubject"] == {"id": HOLDER.did}
    assert (
        check(presented(text, *disclosable), typ=sdjwt.W3C_VC).claims["credentialSubject"] == W3C["credentialSubject"]
    )
    by_object = {**W3C, "issuer": {"id": ISSUER.did, "name": "Issuer"}, "iss": ISSUER.did}
    assert check(presented(issued(by_object, typ=sdjwt.W3C_VC, disclosable=[])), typ=sdjwt.W3C_VC).issuer == ISSUER.did


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": MALLORY.did}, {"issuer": {"name": "x"}}, {"issuer": None}, {"iss": MALLORY.did},
        {"vc": {}}, {"vp": {}},
    ],
)  # fmt: skip
def test_what_a_credential_of_the_w3c_is_not(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        issued({**W3C, **changed}, typ=sdjwt.W3C_VC, disclosable=[])
    text = sdjwt.present(
        token({**W3C, "cnf": {"jwk": public_jwk(HOLDER)}, **changed}, typ=sdjwt.W3C_VC),
        by=HOLDER, audience=AUDIENCE, nonce=NONCE, now=AT,
    )  # fmt: skip
    with pytest.raises(AttornError) as caught:
        check(text, typ=sdjwt.W3C_VC)
    assert caught.value.code in ("bad_credential", "unresolved_principal")


@pytest.mark.parametrize("name", ["@context", "type", "issuer", "validFrom", "credentialStatus", "credentialSchema"])
def test_what_a_credential_of_the_w3c_never_hides(name: str) -> None:
    with pytest.raises(InputError):
        issued({**W3C, name: W3C.get(name, "x")}, typ=sdjwt.W3C_VC, disclosable=[name])


def test_a_credential_of_the_w3c_names_its_key() -> None:
    somebody = "did:web:issuer.example"
    document = DidDocument(
        somebody,
        (VerificationMethod(f"{somebody}#a", somebody, ISSUER.signer.public_key, frozenset(Relationship)),),
    )
    by = Identity(ISSUER.signer, did=somebody, resolver=StaticResolver({somebody: document}))
    claims = {**W3C, "issuer": somebody}
    with pytest.raises(InputError):
        issued(claims, typ=sdjwt.W3C_VC, by=by, disclosable=[], holder=None)
    text = issued(claims, typ=sdjwt.W3C_VC, by=by, disclosable=[], holder=None, kid=f"{somebody}#a")
    given: dict[str, Any] = {"typ": sdjwt.W3C_VC, "now": AT, "resolver": StaticResolver({somebody: document})}
    assert sdjwt.verify_issued(text, **given).kid == f"{somebody}#a"
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(token(claims, typ=sdjwt.W3C_VC, kid=...), **given)
    assert caught.value.code == "bad_credential"


# Presenting.


def test_a_path_is_of_the_claim_itself() -> None:
    text = issued()
    assert check(presented(text, "address")).claims["address"] == {"city": "Anytown"}
    both = check(presented(text, ("address", "street"))).claims["address"]
    assert both == {"city": "Anytown", "street": "Main 1"}
    assert check(presented(text)).disclosed == ()
    assert check(presented(text, ("nationalities", None))).claims["nationalities"] == ["DE", "FR", "US"]
    assert check(presented(text, "level", "vct")).disclosed == ()
    assert check(presented(text, "name", "name", ["name"])).disclosed == (("name",),)


def test_numbers_count_in_what_is_held() -> None:
    claims = {"vct": VCT, "list": ["a", "b", "c"]}
    text = issued(claims, disclosable=[("list", 0), ("list", 2)])
    found = check(presented(text, ("list", 2)))
    assert found.claims["list"] == ["b", "c"]
    assert found.disclosed == (("list", 1),)
    # Presented again by who holds less, numbers count in less.
    less = sdjwt.present(issued(claims, disclosable=[("list", None)], holder=None), disclose=[("list", 2)])
    assert sdjwt.read(less).unverified_claims["list"] == ["c"]
    assert sdjwt.present(less, disclose=[("list", 0)]) == less
    with pytest.raises(InputError):
        sdjwt.present(less, disclose=[("list", 2)])


NOT_PRESENTED: dict[str, Any] = {
    "nobody": {"by": None},
    "no audience": {"audience": None},
    "no nonce": {"nonce": None},
    "no time": {"now": None},
    "an empty audience": {"audience": ""},
    "an empty nonce": {"nonce": ""},
    "a nonce of bytes": {"nonce": b"n"},
    "a long nonce": {"nonce": "n" * 2049},
    "a naive time": {"now": AT.replace(tzinfo=None)},
    "a time that is a number": {"now": NOW},
    "somebody else": {"by": MALLORY},
    "a signer alone": {"by": HOLDER.signer},
}


@pytest.mark.parametrize("changed", NOT_PRESENTED.values(), ids=NOT_PRESENTED.keys())
def test_what_cannot_be_presented(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        presented(issued(), "name", **changed)


def test_only_what_was_issued_is_presented() -> None:
    with pytest.raises(InputError):
        presented(presented(issued(), "name"), "name")
    with pytest.raises(InputError):
        presented(issued(), "nobody")
    with pytest.raises(MalformedError):
        presented(issued()[:-1])


def test_a_credential_of_nobody_in_particular() -> None:
    text = issued(holder=None)
    shown = sdjwt.present(text, disclose=["name"])
    assert check(shown, audience=None, nonce=None).confirmation is None
    for given in ({"by": HOLDER}, {"audience": AUDIENCE}, {"nonce": NONCE}):
        with pytest.raises(InputError):
            sdjwt.present(text, **given)  # type: ignore[arg-type]


def test_a_holder_by_name() -> None:
    for holder in (HOLDER.did, f"{HOLDER.did}#{HOLDER.did[8:]}"):
        text = issued(holder=holder)
        assert signed(text)[1]["cnf"] == {"kid": f"{HOLDER.did}#{HOLDER.did[8:]}"}
        found = check(presented(text, "name"))
        assert found.confirmation is not None
        assert found.confirmation.method == f"{HOLDER.did}#{HOLDER.did[8:]}"
        with pytest.raises(InputError):
            presented(text, by=MALLORY)


def test_keys_of_either_kind() -> None:
    issuer, holder = (Identity(P256Signer.from_scalar(bytes([number]) * 32)) for number in (3, 4))
    text = issued(by=issuer, holder=holder.signer.public_key)
    assert signed(text)[0]["alg"] == "ES256"
    assert check(presented(text, "name", by=holder)).issuer == issuer.did
    again = issued(by=issuer, holder=holder.did)
    assert check(presented(again, "name", by=holder)).bound


# The pieces, for those that build on them.


def test_pointers() -> None:
    claims: Any = {"a": [{"b": 1}, {"b": 2}], "c": []}
    assert matching(claims, ["a", ("a", None, "b"), ("c", None), ("a", 0, "b")]) == (
        ("a",),
        ("a", 0, "b"),
        ("a", 1, "b"),
    )
    for wrong in [[("a", "b")], [("a", None, "c")], [("c", 0)], [("x",)], "a", None, [None], [{"a": 1}]]:
        with pytest.raises(InputError):
            matching(claims, wrong)  # type: ignore[arg-type]


def test_a_payload_that_is_no_credential_hides_as_well() -> None:
    made = concealing.conceal(
        {"content": [{"secret": 1, "open": 2}]},
        [("content", 0), ("content", 0, "secret")],
        algorithm=HashAlgorithm.SHA_256,
        random=lambda size: bytes(range(size)),
    )
    inner, outer = made.disclosures
    assert made.payload == {"content": [{"...": hashed(outer.text)}]}
    assert outer.value == {"open": 2, "_sd": [hashed(inner.text)]}
    assert (inner.name, inner.value, outer.name) == ("secret", 1, None)


def test_the_scene_and_attorn_agree() -> None:
    assert sdjwt.read(token(payload())).typ == TYP


def test_pieces_make_a_chain_of_delegated_tokens() -> None:
    """Two SD-JWTs joined by `~~`, the second by the key that the first discloses, bound to exactly what came before."""
    algorithm = HashAlgorithm.SHA_256
    content = {"limit": 5, "cnf": {"jwk": public_jwk(HOLDER)}, "payees": ["a", "b"]}
    pointers: list[Any] = [("delegate_payload", 0), ("delegate_payload", 0, "payees", None)]
    opened = concealing.conceal({"delegate_payload": [content]}, pointers, algorithm=algorithm, random=token_bytes)
    *payees, outer = (each.text for each in opened.disclosures)
    first = Compact(jwt(opened.payload, typ="example+sd-jwt", kid=...), (outer, payees[1]))
    claims = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": first.sd_hash(algorithm), "paid": "b"}
    second = Compact(jwt(claims, by=HOLDER, typ="kb+sd-jwt", kid=...))
    chain = first.encode()[:-1] + "~~" + second.encode()

    left, right = chain.split("~~")
    parts = Compact.split(left + "~"), Compact.split(right)
    assert parts == (first, second)
    root = jws.read(parts[0].jwt, typ="example+sd-jwt")
    root.verify([ISSUER.signer.public_key])
    found = reveal(root.claims, map(Disclosure.read, parts[0].disclosures), algorithm)
    assert found.claims == {"delegate_payload": [{**content, "payees": ["b"]}]}
    assert found.hidden == (("delegate_payload", 0, "payees"),)
    mandate = found.claims["delegate_payload"][0]  # type: ignore[index, call-overload]
    holder = sdjwt.Confirmation.read(mandate)  # type: ignore[arg-type]
    hop = jws.read(parts[1].jwt, typ="kb+sd-jwt")
    assert holder is not None
    hop.verify(holder.keys(LocalResolver()))
    assert hop.claims["sd_hash"] == parts[0].sd_hash(algorithm)
    asked: dict[str, Any] = {"audience": AUDIENCE, "nonce": NONCE, "now": NOW, "age": 300, "skew": 60}
    require_bound(hop.claims, **asked)
    # attack 103: the audience and nonce of a hop
    for wrong in ({"audience": "x"}, {"nonce": "x"}, {"now": NOW + 301}):
        with pytest.raises(AttornError):
            require_bound(hop.claims, **{**asked, **wrong})
