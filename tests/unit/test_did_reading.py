"""DID documents in JSON: what they say about authority, and everything for which one is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.canonical import parse
from attorn.did import reading
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.material import KeyFormat
from attorn.encoding import base58_encode
from attorn.errors import InputError, MalformedError
from attorn.keys import multikey, x25519
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer, P256Signer

DID = "did:web:agents.example:a"
OTHER = "did:web:other.example"
ED25519 = Ed25519Signer.from_seed(b"\x01" * 32).public_key
P256 = P256Signer.from_scalar(b"\x02" * 32).public_key
AGREEMENT = x25519.derive(ED25519)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
INVOKE = Relationship.CAPABILITY_INVOCATION


def multi(fragment: str = "k1", key: Any = ED25519, **more: Any) -> dict[str, Any]:
    text = x25519.to_multibase(key) if isinstance(key, x25519.AgreementKey) else multikey.to_multibase(key)
    return {"id": f"{DID}#{fragment}", "type": "Multikey", "controller": DID, "publicKeyMultibase": text, **more}


def jwk(fragment: str = "k1", kind: str = "JsonWebKey", members: Any = None, **more: Any) -> dict[str, Any]:
    key = to_jwk(ED25519) if members is None else members
    return {"id": f"{DID}#{fragment}", "type": kind, "controller": DID, "publicKeyJwk": key, **more}


def document(*methods: Any, **more: Any) -> dict[str, Any]:
    listed = list(methods) or [multi()]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": listed,
        "capabilityInvocation": [listed[0]["id"]],
        **more,
    }


def keys(value: Any, relationship: Relationship = INVOKE, now: datetime | None = NOW) -> tuple[Any, ...]:
    return reading.read(value, DID, now=now).keys_for(relationship)


@pytest.mark.parametrize(
    "method",
    [
        multi(),
        multi(id="#k1"),
        jwk(),
        jwk(kind="JsonWebKey2020"),
        jwk(members={**to_jwk(ED25519), "use": "sig", "kid": "x", "alg": "EdDSA", "key_ops": ["verify"]}),
        multi(type="Ed25519VerificationKey2020"),
        multi(expires="2026-11-22T09:00:01Z"),
        multi(expires="2026-11-22T10:00:00.001+01:00"),
        multi(revoked="2027-01-01T00:00:00Z"),
        multi(blockchainAccountId="passed over"),
    ],
)
def test_every_form_of_a_key(method: dict[str, Any]) -> None:
    read = reading.read(document(method), DID, now=NOW)
    (found,) = read.methods
    assert (found.id, found.controller, found.key) == (f"{DID}#k1", DID, ED25519)
    assert found.relationships == {INVOKE}


def test_p256_in_its_two_forms() -> None:
    assert keys(document(multi(key=P256))) == keys(document(jwk(members=to_jwk(P256)))) == (P256,)


@pytest.mark.parametrize(
    "method",
    [
        multi(key=AGREEMENT),
        multi(key=AGREEMENT, type="X25519KeyAgreementKey2020"),
        jwk(members=x25519.to_jwk(AGREEMENT)),
        jwk(members={"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        jwk(members={"kty": "RSA", "n": "AQ", "e": "AQAB"}),
        jwk(members={**to_jwk(ED25519), "use": "enc"}),  # attack 23
        jwk(members={**to_jwk(P256), "key_ops": ["deriveKey"]}),  # attack 23
        multi(publicKeyMultibase="z" + base58_encode(b"\xe7\x01\x02" + bytes(32))),
        multi(publicKeyMultibase="z"),
        multi(type="EcdsaSecp256k1VerificationKey2019", publicKeyMultibase=5),
        multi(type="Unheard"),
        multi(expires="2026-11-22T09:00:00Z"),
        multi(expires="2026-11-22T08:59:59.999999999Z"),
        multi(revoked="1969-01-01T00:00:00Z"),
        multi(revoked="2026-11-22T09:30:00+00:31"),
        multi(expires="2030-01-01T00:00:00Z", revoked="2026-01-01T00:00:00Z"),
    ],
)
def test_keys_that_are_of_no_use_here_break_nothing(method: dict[str, Any]) -> None:
    agreement = multi("k9", AGREEMENT)
    value = document(method, multi("k2"), agreement, keyAgreement=[f"{DID}#k9"])
    assert keys(value | {"capabilityInvocation": ["#k1", "#k2"]}) == (ED25519,)
    assert [each.id for each in reading.read(value, DID, now=NOW).methods] == [f"{DID}#k2"]


def test_a_key_that_ever_ends_is_not_used_by_whoever_has_no_clock() -> None:
    value = document(multi(expires="2099-01-01T00:00:00Z"))
    assert keys(value, now=None) == ()
    (method,) = reading.read(value, DID, now=NOW).methods
    assert method.until == datetime(2099, 1, 1, tzinfo=UTC)


def test_an_embedded_key_is_only_for_where_it_stands() -> None:  # attack 30
    value = document(multi(), authentication=[multi("k2", P256)], assertionMethod=["#k2", "#k1"])
    read = reading.read(value, DID)
    assert read.keys_for(Relationship.AUTHENTICATION) == (P256,)
    assert read.keys_for(INVOKE) == (ED25519,)
    assert read.keys_for(Relationship.CAPABILITY_DELEGATION) == ()


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_key_is_for_what_lists_it_and_nothing_else(relationship: Relationship) -> None:  # attack 30
    value = {**document(), "capabilityInvocation": [], str(relationship): ["#k1"]}
    assert reading.read(value, DID).methods[0].relationships == {relationship}


def test_a_key_of_another_did_lends_nothing() -> None:  # attack 31
    value = document(multi(), capabilityInvocation=[f"{OTHER}#k1", f"{DID}#k1"])
    assert keys(value) == (ED25519,)


def test_services_and_other_names_are_passed_over() -> None:
    services = [
        {"id": "#s", "type": "A", "serviceEndpoint": "https://a.example/"},
        {"id": "https://x.example/s", "type": ["A", "B"], "serviceEndpoint": [{"uri": "x"}, "https://b.example/"]},
    ]
    value = document(controller=[OTHER, DID], alsoKnownAs=["https://a.example/"], service=services, unknown={"a": 1})
    assert keys(value) == (ED25519,)


def edited(**members: Any) -> Callable[[], Any]:
    return lambda: document(**members)


P256_POINT = to_jwk(P256)
REFUSED: dict[str, Any] = {
    "no object": [document()],
    "text": "x",
    "null": None,
    "31-another id": document(id=OTHER),
    "31-id in another case": document(id=DID.upper()),
    "31-id is a url": document(id=DID + "#k1"),
    "31-no id": {name: member for name, member in document().items() if name != "id"},
    "31-foreign controller": document(multi(controller=OTHER)),
    "31-no controller": document({k: v for k, v in multi().items() if k != "controller"}),
    "31-controllers": document(multi(controller=[DID])),
    "31-method of another did": document(multi(id=OTHER + "#k1")),
    "31-embedded method of another did": document(authentication=[multi(id=OTHER + "#k1", controller=OTHER)]),
    "31-document controller": document(controller="https://a.example/"),
    "31-document controllers": document(controller=[5]),
    "29-id without fragment": document(multi(id=DID)),
    "29-empty fragment": document(multi(id=DID + "#")),
    "29-bare fragment sign": document(multi(id="#")),
    "29-path": document(multi(id=DID + "/../x#k1")),
    "29-query": document(multi(id=DID + "?a=b#k1")),
    "29-relative path": document(multi(id="k1")),
    "29-id is no text": document(multi(id=5)),
    "29-two fragments": document(multi(id="#a#b")),
    "listed twice": document(multi(), multi()),
    "listed twice, relative": document(multi(), multi(id="#k1")),
    "listed and embedded": document(authentication=[multi()]),
    "embedded twice": document(authentication=[multi("k2")], assertionMethod=[multi("k2")]),
    "named twice": document(capabilityInvocation=["#k1", f"{DID}#k1"]),
    "names none": document(capabilityInvocation=["#k2"]),
    "names in another case": document(capabilityInvocation=["#K1"]),
    "names no url": document(capabilityInvocation=["k1"]),
    "names a number": document(capabilityInvocation=[5]),
    "relationship is text": document(capabilityInvocation="#k1"),
    "relationship is null": document(authentication=None),
    "methods are an object": document(verificationMethod={}),
    "methods are texts": document(verificationMethod=["#k1"]),
    "too many methods": document(*(multi(f"k{n}") for n in range(257))),
    "too many references": document(capabilityInvocation=[f"{OTHER}#k{n}" for n in range(257)]),
    "too many embedded": document(
        *(multi(f"k{n}") for n in range(200)), authentication=[multi(f"m{n}") for n in range(57)]
    ),
    "no type": document({k: v for k, v in multi().items() if k != "type"}),
    "type is a list": document(multi(type=["Multikey"])),
    "no key": document({k: v for k, v in multi().items() if k != "publicKeyMultibase"}),
    "two keys": document(multi(publicKeyJwk=to_jwk(ED25519))),
    "25-secret multibase": document(multi(secretKeyMultibase="z3u2")),
    "25-secret jwk": document(jwk(secretKeyJwk={})),
    "25-private base58": document(multi(privateKeyBase58="x")),
    "25-private member": document(jwk(members={**to_jwk(ED25519), "d": "secret"})),
    "25-private member of an unknown kind": document(jwk(members={"kty": "RSA", "n": "AQ", "d": "secret"})),
    "25-symmetric": document(jwk(members={"kty": "oct", "k": "secret"})),
    "33-low order": document(multi(publicKeyMultibase="z" + base58_encode(b"\xed\x01" + bytes(32)))),
    "32-too short": document(multi(publicKeyMultibase="z" + base58_encode(b"\xed\x01" + bytes(31)))),
    "32-trailing byte": document(multi(publicKeyMultibase="z" + base58_encode(multikey.encode(ED25519) + b"\0"))),
    "32-base64url": document(multi(publicKeyMultibase="u7QE")),
    "32-no base58": document(multi(publicKeyMultibase="z0OIl")),
    "32-long": document(multi(publicKeyMultibase="z" + "2" * 2000)),
    "32-no text": document(multi(publicKeyMultibase=5)),
    "18-another curve": document(multi(key=P256, type="Ed25519VerificationKey2020")),
    "18-x25519 to verify with": document(multi(key=AGREEMENT, type="Ed25519VerificationKey2020")),
    "17-alg of another kind": document(jwk(members={**to_jwk(ED25519), "alg": "ES256"})),
    "42-no point": document(jwk(members={**P256_POINT, "y": P256_POINT["x"]})),
    "jwk is text": document(jwk(members="{}")),
    "jwk without kty": document(jwk(members={"crv": "Ed25519"})),
    "jwk with a list": document(jwk(members={"kty": ["OKP"], "crv": "Ed25519"})),
    "44-padding": document(jwk(members={**to_jwk(ED25519), "x": to_jwk(ED25519)["x"] + "="})),
    "57-expires naive": document(multi(expires="2027-01-01T00:00:00")),
    "57-expires date": document(multi(expires="2027-01-01")),
    "57-month 13": document(multi(expires="2027-13-01T00:00:00Z")),
    "57-hour 24": document(multi(revoked="2027-01-01T24:00:00Z")),
    "57-number": document(multi(revoked=1800000000)),
    "57-null": document(multi(expires=None)),
    "57-fullwidth": document(multi(expires="\uff12027-01-01T00:00:00Z")),
    "57-beyond": document(multi(expires="9999-12-31T23:59:59-23:59")),
    "context is a number": document(**{"@context": 1}),
    "context is empty": document(**{"@context": []}),
    "context of numbers": document(**{"@context": [1]}),
    "alsoKnownAs is text": document(alsoKnownAs="x"),
    "alsoKnownAs of objects": document(alsoKnownAs=[{}]),
    "too many names": document(alsoKnownAs=["x"] * 257),
    "service is an object": document(service={}),
    "service without id": document(service=[{"type": "A", "serviceEndpoint": "x"}]),
    "service with an empty id": document(service=[{"id": "", "type": "A", "serviceEndpoint": "x"}]),
    "service twice": document(
        service=[{"id": each, "type": "A", "serviceEndpoint": "x"} for each in ("#s", f"{DID}#s")]
    ),
    "service without type": document(service=[{"id": "#s", "serviceEndpoint": "x"}]),
    "service of no type": document(service=[{"id": "#s", "type": [], "serviceEndpoint": "x"}]),
    "service without endpoint": document(service=[{"id": "#s", "type": "A"}]),
    "service at a number": document(service=[{"id": "#s", "type": "A", "serviceEndpoint": [5]}]),
    "service at nothing": document(service=[{"id": "#s", "type": "A", "serviceEndpoint": []}]),
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED.keys())
def test_documents_that_are_refused(value: Any) -> None:
    before = copy.deepcopy(value)
    with pytest.raises(MalformedError) as caught:
        reading.read(value, DID, now=NOW)
    assert "secret" not in str(caught.value).replace("a secret key", "")
    assert value == before


@pytest.mark.parametrize("now", [datetime(2026, 1, 1), "2026", 5])
def test_unusable_arguments(now: Any) -> None:
    with pytest.raises(InputError):
        reading.read(document(), DID, now=now)
    with pytest.raises(InputError):
        reading.read(document(), 5)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        reading.write(now)
    with pytest.raises(InputError):
        VerificationMethod(f"{DID}#k", DID, ED25519, frozenset(), until=now)


def test_a_p256_key_is_no_ed25519_method() -> None:
    made = DidDocument(DID, (VerificationMethod(f"{DID}#k", DID, P256, frozenset()),))
    for wrong in (KeyFormat.ED25519_2020, KeyFormat.X25519_2020):
        with pytest.raises(InputError):
            reading.write(made, key_format=wrong)


METHODS = st.lists(
    st.tuples(
        st.sampled_from(["k1", "k2", "k-3", "%41", "0"]),
        st.sampled_from([ED25519, P256]),
        st.frozensets(st.sampled_from(list(Relationship))),
        st.none() | st.datetimes(datetime(2027, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    ),
    max_size=4,
    unique_by=lambda each: each[0],
)


@settings(derandomize=True, deadline=None)
@given(METHODS, st.sampled_from([KeyFormat.MULTIKEY, KeyFormat.JSON_WEB_KEY, KeyFormat.JSON_WEB_KEY_2020]))
def test_what_is_written_is_read(methods: list[Any], form: KeyFormat) -> None:
    made = DidDocument(
        DID,
        tuple(
            VerificationMethod(f"{DID}#{name}", DID, key, may, None if at is None else at.replace(tzinfo=UTC))
            for name, key, may, at in methods
        ),
    )
    text = json.dumps(reading.write(made, key_format=form))
    assert reading.read(parse(text), DID, now=NOW) == made
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    assert reading.read(parse(text), DID, now=elsewhere) == made
