"""Presentations: who shows which credentials, to whom, once."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.credential_scene import (
    CRYPTOGRAPHIC,
    EXAMPLES,
    FORMS,
    HOLDER,
    ISSUER,
    MALFORMED,
    MALLORY,
    NOW,
    PARSING,
    RANGE,
    V1,
    V2,
    document,
    issued,
    jws,
)
from tests.unit.test_credential_verifying import edited, edits

from attorn import AttornError, Identity, credential, integrity
from attorn.credential import Securing, UnsignedPresentation, VerifiedPresentation
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.errors import (
    CredentialError,
    ExpiredError,
    InputError,
    PossessionError,
    ProofError,
    ResolutionError,
    StaleError,
)
from attorn.keys.jwk import to_jwk

VP_FORMS = (Securing.DATA_INTEGRITY, Securing.JOSE, Securing.ENVELOPED)
EVERY = pytest.mark.parametrize("securing", VP_FORMS)
CHALLENGE, DOMAIN = "7f2c", "https://shop.example"
INVALID_CHALLENGE, INVALID_DOMAIN = (
    f"https://w3id.org/security#INVALID_{name}_ERROR" for name in ("CHALLENGE", "DOMAIN")
)


def presented(securing: Securing = Securing.JOSE, *held: Any, by: Identity = HOLDER, **changed: Any) -> Any:
    asked: dict[str, Any] = {"challenge": CHALLENGE, "domain": DOMAIN, "created": NOW, **changed}
    return credential.present(list(held) or [issued()], by=by, securing=securing, **asked)


def shown(secured: object, **changed: Any) -> Any:
    asked: dict[str, Any] = {
        "resolver": LocalResolver(), "now": NOW, "issuers": [ISSUER.did], "challenge": CHALLENGE, "domain": DOMAIN,
        **changed,
    }  # fmt: skip
    return credential.verify_presentation(secured, **asked)


def refused(
    secured: object, problem: str | None = None, error: type[AttornError] = CredentialError, **changed: Any
) -> None:
    with pytest.raises(AttornError) as caught:
        shown(secured, **changed)
    assert type(caught.value) is error, repr(caught.value)
    if problem is not None:
        assert getattr(caught.value, "problem", None) == problem, repr(caught.value)


def bare(**changed: Any) -> dict[str, Any]:
    """A presentation that nobody signed; `...` takes a member away."""
    given: dict[str, Any] = {
        "@context": [V2], "type": ["VerifiablePresentation"], "holder": HOLDER.did,
        "verifiableCredential": [issued(Securing.ENVELOPED)], **changed,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not ...}


def vp(by: Identity = HOLDER, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A presentation as a JWS, signed as it is."""
    payload = {**bare(), "nonce": CHALLENGE, "aud": DOMAIN, **changed}
    members = {"typ": "vp+jwt", "cty": "vp", "kid": f"{by.did}#{by.did[8:]}", **(header or {})}
    return jws({name: value for name, value in payload.items() if value is not ...}, members, signer=by.signer)


def proven(by: Identity = HOLDER, claims: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "by": by, "purpose": Relationship.AUTHENTICATION, "created": NOW, "challenge": CHALLENGE, "domain": DOMAIN,
        **changed,
    }  # fmt: skip
    return integrity.sign(bare() if claims is None else claims, **asked)


@EVERY
@pytest.mark.parametrize("inner", FORMS)
def test_a_presentation_in_every_form(securing: Securing, inner: Securing) -> None:
    held = issued(inner)
    if securing is not Securing.DATA_INTEGRITY and inner is Securing.DATA_INTEGRITY:
        with pytest.raises(CredentialError, match="enveloped"):
            presented(securing, held)
        return
    found = shown(presented(securing, held, issued(Securing.ENVELOPED)), holder_is_subject=True)
    assert isinstance(found, VerifiedPresentation)
    assert (found.holder, found.signers, found.securing) == (HOLDER.did, (HOLDER.did,), securing)
    assert [each.document for each in found.credentials] == [document(), document()]
    assert all(each.issuer == ISSUER.did for each in found.credentials)


@EVERY
def test_reading_checks_no_signature(securing: Securing) -> None:
    found = credential.read_presentation(presented(securing))
    assert found.unverified_holder == HOLDER.did
    (held,) = found.unverified_credentials
    assert credential.read(held).unverified_issuer == ISSUER.did
    assert set(type(found).__slots__) - {"version"} == {n for n in type(found).__slots__ if n.startswith("unverified_")}
    for bad in (bare(type=[]), bare(stray=1), {}, "a", None, issued(securing), vp(header={"typ": "vc+jwt"})):
        with pytest.raises(CredentialError):
            credential.read_presentation(bad)
    with pytest.raises(InputError):
        credential.read_presentation(bare(), most=0)


def test_a_presentation_of_nothing() -> None:
    assert shown(credential.present([], by=HOLDER, challenge=CHALLENGE, domain=DOMAIN)).credentials == ()
    assert shown(vp(verifiableCredential=...)).credentials == ()


# Challenge and domain. # attacks 51, 83


@EVERY
def test_it_answers_one_challenge(securing: Securing) -> None:
    secured = presented(securing)
    for challenge in ("7f2d", CHALLENGE + " "):
        refused(secured, INVALID_CHALLENGE, ProofError, challenge=challenge)
    refused(presented(securing, challenge=None), INVALID_CHALLENGE, ProofError)
    # None is to ask for nothing, and has to be said.
    shown(secured, challenge=None, domain=None)
    with pytest.raises(TypeError):
        credential.verify_presentation(secured, resolver=LocalResolver(), now=NOW, issuers=[])  # type: ignore[call-overload]


@EVERY
def test_it_is_for_one_domain(securing: Securing) -> None:
    secured = presented(securing)
    for domain in ("https://shop.example/", "shop.example", [DOMAIN, "https://b.example"]):
        refused(secured, INVALID_DOMAIN, ProofError, domain=domain)
    refused(presented(securing, domain=None), INVALID_DOMAIN, ProofError)
    both = presented(securing, domain=[DOMAIN, "https://b.example"])
    shown(both, domain=["https://b.example", DOMAIN])
    refused(both, INVALID_DOMAIN, ProofError)


@pytest.mark.parametrize(
    "audience", [..., None, "", [], 5, [5], {}, [DOMAIN, 5], [[DOMAIN]], [DOMAIN, "other"]], ids=repr
)
def test_audiences_refused(audience: Any) -> None:
    refused(vp(aud=audience), INVALID_DOMAIN, ProofError)


@pytest.mark.parametrize("nonce", [..., None, "", 5, [CHALLENGE], {}, CHALLENGE.encode().hex()], ids=repr)
def test_nonces_refused(nonce: Any) -> None:
    refused(vp(nonce=nonce), INVALID_CHALLENGE, ProofError)


# The holder.


def test_a_holder_must_have_signed() -> None:
    # attack 28
    refused(vp(by=MALLORY), CRYPTOGRAPHIC)
    refused(vp(header={"kid": f"{MALLORY.did}#{MALLORY.did[8:]}"}), CRYPTOGRAPHIC)
    refused(vp(holder=MALLORY.did), CRYPTOGRAPHIC)
    refused(proven(MALLORY), CRYPTOGRAPHIC)
    assert shown(proven(MALLORY, proven())).holder == HOLDER.did
    # Without a holder it is whoever signed, if that is one.
    assert shown(vp(holder=...)).holder == HOLDER.did
    assert shown(proven(claims=bare(holder=...))).holder == HOLDER.did
    refused(proven(MALLORY, proven(claims=bare(holder=...))), CRYPTOGRAPHIC)


def test_nobody_else_is_asked_for_keys_before_the_holders_proof_holds() -> None:
    # attack 35: whoever forges a presentation would choose what a verifier fetches
    class Resolver:
        def resolve(self, did: str) -> Any:
            asked.append(did)
            return LocalResolver().resolve(did)

    empty = bare(verifiableCredential=[])
    both = proven(HOLDER, proven(MALLORY, empty))
    for order in (1, -1):
        asked: list[str] = []
        good = {**both, "proof": both["proof"][::order]}
        assert shown(good, resolver=Resolver()).signers == (MALLORY.did, HOLDER.did)[::order]
        assert asked == [HOLDER.did, MALLORY.did]
        asked = []
        refused({**good, "id": "urn:uuid:1"}, error=ProofError, resolver=Resolver())
        assert asked == [HOLDER.did]
    for forged in ({**both, "proof": both["proof"][0]}, {name: both[name] for name in both if name != "holder"}):
        asked = []
        refused(forged, CRYPTOGRAPHIC, resolver=Resolver())
        assert asked == []


def test_others_sign_only_where_the_caller_takes_them() -> None:
    def ask(did: str) -> Any:
        raise AssertionError(did)

    both = proven(HOLDER, proven(MALLORY))
    refused(both, CRYPTOGRAPHIC, cosigners=[])
    refused(both, CRYPTOGRAPHIC, cosigners=lambda did: did == ISSUER.did)
    assert shown(both, cosigners=[MALLORY.did]).holder == HOLDER.did
    assert shown(proven(), cosigners=ask).holder == HOLDER.did
    held = integrity.sign(issued(Securing.DATA_INTEGRITY), by=MALLORY, purpose=Relationship.ASSERTION_METHOD)
    assert shown(presented(Securing.DATA_INTEGRITY, held)).credentials[0].signers == (ISSUER.did, MALLORY.did)
    refused(presented(Securing.DATA_INTEGRITY, held), CRYPTOGRAPHIC, cosigners=[])


def test_a_holder_may_be_an_object() -> None:
    assert shown(vp(holder={"id": HOLDER.did, "name": "Scout"})).holder == HOLDER.did
    for holder in (None, "", 5, [], {}, [HOLDER.did], {"name": "a"}, {"id": None}, {"id": "a"}):
        refused(vp(holder=holder), MALFORMED)
        refused(bare(holder=holder), MALFORMED, unsigned=True)


def test_an_iss_is_the_holder() -> None:
    assert shown(vp(iss=HOLDER.did)).holder == HOLDER.did
    for iss in (MALLORY.did, None, 5, [HOLDER.did]):
        refused(vp(iss=iss), MALFORMED)
        refused(vp(iss=iss, holder=...), MALFORMED)


@EVERY
def test_a_holder_is_the_subject_where_that_is_asked(securing: Securing) -> None:
    stolen = presented(securing, issued(), by=MALLORY)
    assert shown(stolen).holder == MALLORY.did
    refused(stolen, error=PossessionError, holder_is_subject=True)
    shared = issued(credentialSubject=[{"id": HOLDER.did}, {"id": MALLORY.did}])
    refused(presented(securing, shared), error=PossessionError, holder_is_subject=True)
    nobody = issued(credentialSubject={"name": "a"})
    refused(presented(securing, issued(), nobody), error=PossessionError, holder_is_subject=True)


def test_of_no_credentials_the_holder_is_no_subject() -> None:
    for held in ([], ...):
        assert shown(vp(verifiableCredential=held)).credentials == ()
        refused(vp(verifiableCredential=held), error=PossessionError, holder_is_subject=True)
        refused(proven(claims=bare(verifiableCredential=held)), error=PossessionError, holder_is_subject=True)


def held_by(cnf: Any) -> dict[str, Any]:
    """A credential that names its holder's key, in its envelope."""
    text = jws({**document(), "cnf": cnf})
    return {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{text}"}


@pytest.mark.parametrize("cnf", [{"jwk": to_jwk(HOLDER.signer.public_key)}, {"kid": f"{HOLDER.did}#{HOLDER.did[8:]}"}])
def test_a_credential_with_cnf_is_shown_by_that_key_alone(cnf: Any) -> None:
    # attacks 85, 86: who copied it has another key
    held = held_by(cnf)
    assert shown(vp(verifiableCredential=[held])).credentials[0].subjects[0].id == HOLDER.did
    assert shown(proven(claims=bare(verifiableCredential=[held]))).holder == HOLDER.did
    thief = {"holder": MALLORY.did, "verifiableCredential": [held]}
    refused(vp(MALLORY, **thief, header={"kid": f"{MALLORY.did}#{MALLORY.did[8:]}"}), error=PossessionError)
    refused(proven(MALLORY, bare(**thief)), error=PossessionError)
    nobodys = {"unsigned": True, "challenge": None, "domain": None}
    refused(bare(verifiableCredential=[held]), error=PossessionError, **nobodys)


def test_the_key_in_cnf_by_another_name() -> None:
    # One key, which two DIDs list: who has it is who may show it.
    web = "did:web:holder.example"
    method = VerificationMethod(f"{web}#a", web, HOLDER.signer.public_key, frozenset({Relationship.AUTHENTICATION}))
    resolver = StaticResolver({web: DidDocument(web, (method,))})
    secured = vp(verifiableCredential=[held_by({"kid": f"{web}#a"})])
    assert shown(secured, resolver=resolver).holder == HOLDER.did
    refused(secured, error=ResolutionError)
    other = VerificationMethod(f"{web}#a", web, MALLORY.signer.public_key, frozenset({Relationship.AUTHENTICATION}))
    refused(secured, error=PossessionError, resolver=StaticResolver({web: DidDocument(web, (other,))}))
    unfit = replace(method, relationships=frozenset({Relationship.ASSERTION_METHOD}))
    refused(secured, error=ResolutionError, resolver=StaticResolver({web: DidDocument(web, (unfit,))}))


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_holder_signs_with_a_key_for_authentication(relationship: Relationship) -> None:
    # attack 30
    web = "did:web:holder.example"
    method = VerificationMethod(f"{web}#1", web, HOLDER.signer.public_key, frozenset({relationship}))
    resolver = StaticResolver({web: DidDocument(web, (method,))})
    secured = vp(holder=web, header={"kid": f"{web}#1"})
    if relationship is Relationship.AUTHENTICATION:
        assert shown(secured, resolver=resolver).holder == web
    else:
        refused(secured, error=ResolutionError, resolver=resolver)
        with pytest.raises(AttornError):
            shown(proven(purpose=relationship))


# Unsigned.


@pytest.mark.parametrize("secured", [bare(), json.dumps(bare()), bare(holder=...), bare(verifiableCredential=[])])
def test_an_unsigned_one_is_taken_where_the_caller_says_so(secured: Any) -> None:
    refused(secured, CRYPTOGRAPHIC)
    nothing: dict[str, Any] = {"challenge": None, "domain": None}
    refused(secured, CRYPTOGRAPHIC, **nothing)
    found = shown(secured, unsigned=True, **nothing)
    assert isinstance(found, UnsignedPresentation)
    assert not hasattr(found, "holder")
    # What was asked of the holder nobody has answered.
    for asked in ({"challenge": CHALLENGE}, {"domain": DOMAIN}, {"holder_is_subject": True}):
        refused(secured, CRYPTOGRAPHIC, unsigned=True, **{**nothing, **asked})


def test_its_credentials_are_verified_all_the_same() -> None:
    asked: dict[str, Any] = {"challenge": None, "domain": None, "unsigned": True}
    refused(bare(verifiableCredential=[document()]), CRYPTOGRAPHIC, **asked)
    refused(bare(verifiableCredential=[issued(Securing.ENVELOPED, by=MALLORY)]), CRYPTOGRAPHIC, **asked)


def test_a_signed_one_is_verified_where_an_unsigned_one_would_do() -> None:
    assert isinstance(shown(vp(), unsigned=True), VerifiedPresentation)
    refused(vp(by=MALLORY), CRYPTOGRAPHIC, unsigned=True)
    tampered = {**proven(), "id": "urn:uuid:1"}
    refused(tampered, error=ProofError, unsigned=True, challenge=None, domain=None)


# What it holds.


@pytest.mark.parametrize(
    "held",
    [None, "a", 5, True, {}, ["a"], [5], [None], [{}], [[]], [issued()], ["https://a.example/1"],
     [issued(Securing.ENVELOPED), "a"], [[issued(Securing.ENVELOPED)]]],
    ids=lambda held: repr(held)[:40],
)  # fmt: skip
def test_credentials_are_objects(held: Any) -> None:
    for secured, asked in ((vp(verifiableCredential=held), {}), (bare(verifiableCredential=held), {"unsigned": True})):
        refused(secured, MALFORMED, **asked)


def test_credentials_that_do_not_hold() -> None:
    good = issued(Securing.ENVELOPED)
    head, body, _ = issued().split(".")
    forged = {**good, "id": f"data:application/vc+jwt,{head}.{body}.{'A' * 86}"}
    refused(vp(verifiableCredential=[good, forged]), CRYPTOGRAPHIC)
    refused(vp(verifiableCredential=[good, document()]), MALFORMED)
    refused(vp(verifiableCredential=[issued(Securing.DATA_INTEGRITY)]), MALFORMED)
    refused(proven(claims=bare(verifiableCredential=[good, document()])), CRYPTOGRAPHIC)
    late = issued(Securing.ENVELOPED, validUntil="2026-11-01T00:00:00Z", created=NOW)
    refused(vp(verifiableCredential=[good, late]), error=ExpiredError)
    refused(vp(), CRYPTOGRAPHIC, issuers=[MALLORY.did])
    listed = issued(Securing.ENVELOPED, credentialStatus={"id": "https://a.example/1", "type": "https://a.example/#T"})
    refused(vp(verifiableCredential=[listed]), error=StaleError)
    shown(vp(verifiableCredential=[listed]), status=credential.unsafe_ignore_status)


def test_a_presentation_is_no_credential() -> None:
    # attack 22
    for kind in VP_FORMS:
        with pytest.raises(CredentialError):
            credential.verify(presented(kind), resolver=LocalResolver(), now=NOW, issuers=[HOLDER.did])
    for kind in FORMS:
        refused(issued(kind))
    inner = {**issued(Securing.ENVELOPED), "type": "EnvelopedVerifiablePresentation"}
    refused(vp(verifiableCredential=[inner]), MALFORMED)
    refused(vp(verifiableCredential=[presented(Securing.ENVELOPED)]), MALFORMED)


def test_no_presentation_is_an_sd_jwt() -> None:
    refused(issued(Securing.SD_JWT), PARSING)
    with pytest.raises(InputError):
        presented(Securing.SD_JWT)


def test_the_most_credentials() -> None:
    one = issued(Securing.ENVELOPED)
    refused(vp(verifiableCredential=[one] * 65), RANGE)


def test_the_most_proofs() -> None:
    # Each is a signature to verify and perhaps a server to ask; 64 credentials of 16 are a thousand.
    held = issued(Securing.DATA_INTEGRITY)
    sixteen = {**held, "proof": [held["proof"]] * 16}
    for secured in (bare(verifiableCredential=[sixteen] * 7), proven(claims=bare(verifiableCredential=[sixteen] * 7))):
        refused(secured, RANGE, unsigned=True)
    several = [sixteen] * 5 + [held] * 15 + [issued(Securing.ENVELOPED)]
    credential.read_presentation(bare(verifiableCredential=several))
    with pytest.raises(AttornError, match="expected at most 96 proofs of its credentials, got 97"):
        credential.read_presentation(bare(verifiableCredential=[*several, held]))


@pytest.mark.parametrize(
    "changed",
    [{"@context": ...}, {"@context": V2}, {"@context": []}, {"@context": [EXAMPLES, V2]}, {"@context": [V2, 123192875]},
     {"@context": [V2, "https ://not-a-url/contexts/example/v1"]}, {"@context": [V1]}, {"type": ...}, {"type": []},
     {"type": "VerifiableCredential"}, {"type": ["VerifiablePresentation", 5]}, {"id": None}, {"id": "a"},
     {"id": ["https://a.example/1"]}, {"termsOfUse": {}}, {"termsOfUse": {"id": "https://a.example/1"}},
     {"termsOfUse": "a"}],
    ids=repr,
)  # fmt: skip
def test_presentations_refused(changed: dict[str, Any]) -> None:
    refused(vp(**changed), MALFORMED)
    refused(bare(**changed), MALFORMED, unsigned=True, challenge=None, domain=None)


@pytest.mark.parametrize("changed", [{"stray": 1}, {"type": ["VerifiablePresentation", "Stray"]}], ids=repr)
def test_undefined_terms_are_refused(changed: dict[str, Any]) -> None:
    # attack 50
    refused(vp(**changed))
    refused(bare(**changed), unsigned=True)


# Header, as for credentials. # attacks 15 to 22, 29


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"typ": "vc+jwt"}, {"typ": "JWT"}, {"cty": "vc"}, {"crit": []}, {"jwk": {}}],
    ids=repr,
)  # fmt: skip
def test_headers_refused(header: dict[str, Any]) -> None:
    refused(vp(header=header), PARSING)


@pytest.mark.parametrize("kid", [None, "", "#1", HOLDER.did, HOLDER.did[8:], f"{HOLDER.did}?a=b#{HOLDER.did[8:]}"])
def test_kids_refused(kid: Any) -> None:
    refused(vp(header={"kid": kid}))


@pytest.mark.parametrize("name", ["vc", "vp", "proof", "status"])
def test_claims_that_have_no_place(name: str) -> None:
    refused(vp(**{name: {}}), MALFORMED)


def test_a_signature_has_its_time() -> None:
    second = int(NOW.timestamp())
    shown(vp(iat=second + 300, exp=second - 300))
    for changed in ({"iat": second + 301}, {"exp": second - 301}):
        refused(vp(**changed), error=ExpiredError)


@pytest.mark.parametrize("value", [None, 5, [], "", "a", "{}", {}, "[]", b"\xff", {"a": float("nan")}, object()])
def test_what_is_no_presentation(value: Any) -> None:
    refused(value)


@pytest.mark.parametrize(
    "changed",
    [{"challenge": 5}, {"challenge": ""}, {"domain": 5}, {"domain": []}, {"domain": ""}, {"domain": [5]},
     {"unsigned": 1}, {"holder_is_subject": None}, {"issuers": None}],
    ids=repr,
)  # fmt: skip
def test_arguments_that_say_nothing(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        shown(vp(), **changed)


@pytest.mark.parametrize(
    ("held", "changed"),
    [("a", {}), (None, {}), ([], {"challenge": 5}), ([], {"domain": 5}), ([], {"by": None}), ([], {"securing": "x"}),
     ([], {"domain": []})],
    ids=repr,
)  # fmt: skip
def test_arguments_that_nobody_can_present_by(held: Any, changed: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"by": HOLDER, "challenge": None, "domain": None, **changed}
    with pytest.raises(InputError):
        credential.present(held, **asked)


@pytest.mark.parametrize("held", [document(), {}, "a", 5, {"type": "EnvelopedVerifiableCredential"}])
def test_what_nobody_presents(held: Any) -> None:
    with pytest.raises(CredentialError):
        credential.present([held], by=HOLDER, challenge=None, domain=None)


SIGNED = presented(Securing.DATA_INTEGRITY, issued(Securing.DATA_INTEGRITY), id="urn:uuid:1")
EDITS = sorted(edits(SIGNED), key=repr)


@given(st.sampled_from(EDITS))
def test_a_presentation_with_any_one_member_changed_is_refused(edit: tuple[tuple[Any, ...], str]) -> None:
    changed = edited(copy.deepcopy(SIGNED), *edit)
    with pytest.raises(AttornError) as caught:
        shown(changed, issuers=lambda did: True)
    assert isinstance(caught.value, CredentialError | ProofError | ResolutionError), repr(caught.value)
