"""Both forms of a status list: what attorn writes it reads, what others write it reads, and all that it refuses."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.scene import ALICE, MALLORY, NOW, person
from tests.unit.status_scene import (
    ABSENT,
    LEAST,
    URI,
    credential,
    encoded,
    lst,
    signed_bitstring,
    signed_token,
    token_claims,
)

from attorn import Identity, status
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_encode
from attorn.errors import (
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
    StatusError,
    UnavailableError,
    VerificationError,
)
from attorn.jose import jws
from attorn.statement import Kind, Statement
from attorn.status import ListKind, StatusList, bitstring, token_list

QUICK = settings(derandomize=True, deadline=None, max_examples=40)
P256 = Identity.generate(algorithm="P-256")
JWK = person(9, method="jwk")


# Written and read.


@pytest.mark.parametrize("by", [ALICE, P256, JWK])
def test_a_token_list_is_read_as_it_was_written(by: Identity) -> None:
    text = token_list.issue(
        URI, b"\xb9\xa3", by=by, bits=2, issued=NOW, expires=NOW + 60, ttl=5, aggregation="https://issuer.example/all"
    )
    (found,) = status.verify(text)
    assert found == StatusList(
        URI, by.did, ListKind.TOKEN, 2, b"\xb9\xa3", NOW, NOW + 60, 5, "https://issuer.example/all", text
    )
    assert status.read(text) == (found,)
    assert [found.value(index) for index in range(len(found))] == [1, 2, 3, 2, 3, 0, 2, 2]
    assert jws.read(text, typ="statuslist+jwt").kid == by_kid(by)


@pytest.mark.parametrize("by", [ALICE, P256, JWK])
def test_a_bitstring_is_read_as_it_was_written(by: Identity) -> None:
    data = b"\x80\x01" + LEAST
    text = bitstring.issue(
        URI, data, by=by, purposes=[ListKind.SUSPENSION, ListKind.REVOCATION], issued=NOW, expires=NOW + 60, ttl=5
    )
    revocation, suspension = status.verify(text)
    assert revocation == StatusList(URI, by.did, ListKind.REVOCATION, 1, data, NOW, NOW + 60, 5, None, text)
    assert suspension.kind is ListKind.SUSPENSION
    assert suspension.data == data
    assert status.read(text) == (revocation, suspension)
    assert [index for index in range(100) if revocation.value(index)] == [0, 15]
    claims = jws.read(text, typ="vc+jwt").claims
    assert "vc" not in claims
    assert claims["validFrom"] == "2030-03-17T17:46:40Z"
    assert claims["validUntil"] == "2030-03-17T17:47:40Z"


def by_kid(by: Identity) -> str:
    return f"{by.did}#0" if by is JWK else f"{by.did}#{by.did.removeprefix('did:key:')}"


def test_messages_are_wider() -> None:
    data = b"\x1b" + bytes(131_072 * 2 // 8)
    text = bitstring.issue(URI, data, by=ALICE, purposes=[ListKind.MESSAGE], issued=NOW, bits=2)
    (found,) = status.verify(text)
    assert [found.value(index) for index in range(5)] == [0, 1, 2, 3, 0]


@QUICK
@given(st.binary(min_size=1, max_size=300), st.sampled_from([1, 2, 4, 8]))
def test_any_token_list_comes_back(data: bytes, bits: int) -> None:
    (found,) = status.verify(token_list.issue(URI, data, by=ALICE, bits=bits, issued=NOW))
    assert (found.data, found.bits, len(found)) == (data, bits, len(data) * 8 // bits)


@QUICK
@given(st.sets(st.integers(0, 131_071), max_size=200))
def test_any_set_of_revoked_entries_comes_back(revoked: set[int]) -> None:
    number = sum(1 << 131_071 - index for index in revoked)
    text = bitstring.issue(URI, number.to_bytes(16_384, "big"), by=ALICE, purposes=[ListKind.REVOCATION], issued=NOW)
    (found,) = status.verify(text)
    assert int.from_bytes(found.data, "big") == number
    near = {index + step for index in revoked for step in (-1, 0, 1)} & set(range(131_072))
    assert {index for index in near if found.value(index)} == revoked


def test_the_statement_of_a_list() -> None:
    (found,) = status.verify(signed_token(token_claims()))
    assert found.statements() == (Statement(Kind.STATUS, f"token {URI}", ALICE.did, NOW, NOW, found.text),)
    first, second = status.verify(signed_bitstring(credential({"statusPurpose": ["suspension", "revocation"]})))
    assert first.statement().subject == f"revocation {URI}"
    assert second.statement().subject == f"suspension {URI}"
    with pytest.raises(InputError):
        StatusList(URI, ALICE.did, ListKind.TOKEN, 1, b"\0", NOW).statement()


# Forms that others may choose.


@pytest.mark.parametrize(
    "claims",
    [
        token_claims(exp=NOW + 1, ttl=1, nbf=NOW, jti="x", other=[1]),
        token_claims(status_list={"bits": 1, "lst": lst(b"\xb9\xa3"), "aggregation_uri": "https://a.example/", "x": 1}),
    ],
)
def test_token_lists_with_more_in_them(claims: dict[str, Any]) -> None:
    (found,) = status.verify(signed_token(claims))
    assert found.data == b"\xb9\xa3"


@pytest.mark.parametrize(
    "claims",
    [
        credential(issuer={"id": ALICE.did, "name": "Alice"}),
        credential(iss=ALICE.did, iat=NOW, exp=NOW + 9, sub="x"),
        credential(validFrom=ABSENT, iat=NOW),
        credential(validFrom="2030-03-17T18:46:40.5+01:00", validUntil="2031-01-01T00:00:00-08:00"),
        credential(context=["https://www.w3.org/ns/credentials/v2", "https://a.example/", {"a": "https://a.example"}]),
        credential(type=["Other", "BitstringStatusListCredential", "VerifiableCredential"]),
        credential({"type": ["BitstringStatusList"], "id": f"{URI}#list"}),
        credential({"statusPurpose": ["revocation"]}),
        credential({"statusPurpose": ["revocation", "of-another-kind"], "ttl": 300_000}),
        credential(name="List", description={"@value": "x"}),
    ],
)
def test_bitstrings_with_other_spellings(claims: dict[str, Any]) -> None:
    (found,) = status.verify(signed_bitstring(claims))
    assert (found.kind, found.issued) == (ListKind.REVOCATION, NOW)


def test_an_issuer_may_be_known_by_kid_alone() -> None:
    (found,) = status.verify(signed_token(token_claims(iss=ABSENT), kid=by_kid(ALICE)))
    assert found.issuer == ALICE.did


def test_the_latest_start_and_the_earliest_end_hold() -> None:
    (found,) = status.read(
        signed_bitstring(credential(iat=NOW - 5, nbf=NOW + 5, exp=NOW + 90, validUntil="2030-03-17T17:47:40Z"))
    )
    assert (found.issued, found.expires) == (NOW + 5, NOW + 60)
    (found,) = status.read(signed_token(token_claims(nbf=NOW + 5)))
    assert found.issued == NOW + 5


@pytest.mark.parametrize(("milliseconds", "seconds"), [(1, 1), (999, 1), (1000, 1), (300_000, 300)])
def test_a_bitstring_says_milliseconds(milliseconds: int, seconds: int) -> None:
    (found,) = status.read(signed_bitstring(credential({"ttl": milliseconds})))
    assert found.ttl == seconds


# Refused.


NO_URI = [
    ABSENT,
    None,
    1,
    "",
    "lists/1",
    "/lists/1",
    "//a.example/1",
    "https:",
    f"{URI}#1",
    f"{URI} ",
    "https://\u00e9/",
]
NO_SECOND = [None, "1900000000", 1.5, True, -1, 10**12, [1]]
NO_TTL = [0, -1, None, "5", 1.5, True]

TOKEN_MALFORMED: dict[str, dict[str, Any]] = {
    **{f"sub {value!r:.30}": {"sub": value} for value in NO_URI if value is not ABSENT},
    "sub absent": {"sub": ABSENT},
    **{f"iat {value!r:.30}": {"iat": value} for value in NO_SECOND},
    "iat absent": {"iat": ABSENT},
    **{f"exp {value!r:.30}": {"exp": value} for value in NO_SECOND},
    **{f"nbf {value!r:.30}": {"nbf": value} for value in NO_SECOND},
    **{f"ttl {value!r:.30}": {"ttl": value} for value in NO_TTL},
    **{f"bits {value!r:.30}": {"status_list": {"bits": value, "lst": lst(b"a")}} for value in [0, 3, 5, 16, -1, True]},
    **{f"bits {value!r:.30}": {"status_list": {"bits": value, "lst": lst(b"a")}} for value in [None, "1", 1.5, [1]]},
    "bits absent": {"status_list": {"lst": lst(b"a")}},
    "lst absent": {"status_list": {"bits": 1}},
    "lst null": {"status_list": {"bits": 1, "lst": None}},
    "lst with multibase": {"status_list": {"bits": 1, "lst": "u" + lst(b"a")}},
    "lst padded": {"status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ=="}},
    "lst not canonical": {"status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXR"}},
    "lst in gzip": {"status_list": {"bits": 1, "lst": encoded(LEAST)[1:]}},
    "lst not packed": {"status_list": {"bits": 1, "lst": base64url_encode(b"\xb9\xa3")}},
    "lst with more behind": {"status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQAA"}},
    "lst empty": {"status_list": {"bits": 1, "lst": ""}},
    "aggregation": {"status_list": {"bits": 1, "lst": lst(b"a"), "aggregation_uri": 1}},
    "aggregation null": {"status_list": {"bits": 1, "lst": lst(b"a"), "aggregation_uri": None}},
    "status_list absent": {"status_list": ABSENT},
    "status_list text": {"status_list": lst(b"a")},
    "status_list list": {"status_list": [1]},
    "iss a URL": {"iss": "https://issuer.example"},
    "iss null": {"iss": None},
    "iss a number": {"iss": 1},
    "iss a DID URL": {"iss": f"{ALICE.did}#1"},
    "iss absent and no kid": {"iss": ABSENT},
}


@pytest.mark.parametrize("name", TOKEN_MALFORMED)
def test_malformed_token_lists(name: str) -> None:
    text = signed_token(token_claims(**TOKEN_MALFORMED[name]))
    for call in (status.read, status.verify):
        with pytest.raises(MalformedError):
            call(text)


@pytest.mark.parametrize("expires", [NOW, NOW - 1, 0])
def test_attack_107_a_list_that_expires_before_it_speaks(expires: int) -> None:
    for text in (signed_token(token_claims(exp=expires)), signed_bitstring(credential(exp=expires))):
        with pytest.raises(StatusError):
            status.verify(text)


BITSTRING_MALFORMED: dict[str, dict[str, Any]] = {
    **{f"id {value!r:.30}": {"id": value} for value in NO_URI if value is not ABSENT},
    "id absent": {"id": ABSENT},
    "context absent": {"context": ABSENT},
    "context text": {"context": "https://www.w3.org/ns/credentials/v2"},
    "context empty": {"context": []},
    "context in another order": {"context": ["https://a.example/", "https://www.w3.org/ns/credentials/v2"]},
    "context of version 1": {"context": ["https://www.w3.org/2018/credentials/v1"]},
    "context with a number": {"context": ["https://www.w3.org/ns/credentials/v2", 1]},
    "context with null": {"context": ["https://www.w3.org/ns/credentials/v2", None]},
    "type absent": {"type": ABSENT},
    "type text": {"type": "BitstringStatusListCredential"},
    "type without VerifiableCredential": {"type": ["BitstringStatusListCredential"]},
    "type without BitstringStatusListCredential": {"type": ["VerifiableCredential"]},
    "type of 2021": {"type": ["VerifiableCredential", "StatusList2021Credential"]},
    "issuer absent": {"issuer": ABSENT},
    "issuer null": {"issuer": None},
    "issuer a URL": {"issuer": "https://issuer.example"},
    "issuer an object without id": {"issuer": {"name": "Alice"}},
    "issuer a list": {"issuer": [ALICE.did]},
    "iss another": {"iss": MALLORY.did},
    "iss null": {"iss": None},
    "validFrom without a zone": {"validFrom": "2030-03-17T17:46:40"},
    "validFrom a date": {"validFrom": "2030-03-17"},
    "validFrom with a space": {"validFrom": "2030-03-17 17:46:40Z"},
    "validFrom a leap second": {"validFrom": "2030-03-17T17:46:60Z"},
    "validFrom month 13": {"validFrom": "2030-13-17T17:46:40Z"},
    "validFrom hour 24": {"validFrom": "2030-03-17T24:00:00Z"},
    "validFrom zone 99": {"validFrom": "2030-03-17T17:46:40+99:00"},
    "validFrom 1969": {"validFrom": "1969-12-31T23:59:59Z"},
    "validFrom year 0": {"validFrom": "0000-01-01T00:00:00Z"},
    "validFrom first instant": {"validFrom": "0001-01-01T00:00:00+14:00"},
    "validFrom other digits": {"validFrom": "٢٠٣٠-03-17T17:46:40Z"},
    "validFrom a number": {"validFrom": NOW},
    "validFrom null": {"validFrom": None},
    "validUntil null": {"validUntil": None},
    "validUntil without a zone": {"validUntil": "2030-03-18T17:46:40"},
    "exp null": {"exp": None},
    "iat text": {"iat": str(NOW)},
    "vc": {"vc": {}},
    "vp": {"vp": None},
    "a status of its own": {"credentialStatus": {"type": "BitstringStatusListEntry"}},
    "subject absent": {"credentialSubject": ABSENT},
    "subject a list": {"credentialSubject": [{"type": "BitstringStatusList"}]},
    "subject text": {"credentialSubject": "x"},
}
SUBJECT_MALFORMED: dict[str, dict[str, Any]] = {
    "type absent": {"type": ABSENT},
    "type another": {"type": "StatusList2021"},
    "type of the credential": {"type": "BitstringStatusListCredential"},
    "purpose absent": {"statusPurpose": ABSENT},
    "purpose null": {"statusPurpose": None},
    "purpose a number": {"statusPurpose": 1},
    "purpose empty": {"statusPurpose": []},
    "purpose twice": {"statusPurpose": ["revocation", "revocation"]},
    "purpose with a number": {"statusPurpose": ["revocation", 1]},
    "list absent": {"encodedList": ABSENT},
    "list null": {"encodedList": None},
    "list empty": {"encodedList": ""},
    "list a prefix": {"encodedList": "u"},
    "attack 108: list without multibase": {"encodedList": encoded(LEAST)[1:]},
    "list in base58": {"encodedList": "z" + encoded(LEAST)[1:]},
    "list in capitals": {"encodedList": "U" + encoded(LEAST)[1:]},
    "list padded": {"encodedList": encoded(LEAST) + "="},
    "list in zlib": {"encodedList": "u" + lst(LEAST)},
    "list not packed": {"encodedList": "u" + base64url_encode(LEAST)},
    "list with more behind": {"encodedList": encoded(LEAST) + "AAAA"},
    **{f"ttl {value!r:.30}": {"ttl": value} for value in NO_TTL},
}


@pytest.mark.parametrize("name", BITSTRING_MALFORMED)
def test_malformed_bitstrings(name: str) -> None:
    text = signed_bitstring(credential(**BITSTRING_MALFORMED[name]))
    for call in (status.read, status.verify):
        with pytest.raises(MalformedError):
            call(text)


@pytest.mark.parametrize("name", SUBJECT_MALFORMED)
def test_malformed_subjects(name: str) -> None:
    text = signed_bitstring(credential(SUBJECT_MALFORMED[name]))
    for call in (status.read, status.verify):
        with pytest.raises(MalformedError):
            call(text)


@pytest.mark.parametrize(
    "claims",
    [
        credential({"encodedList": encoded(LEAST[:-1])}),
        credential({"encodedList": encoded(b"")}),
        credential({"statusPurpose": "message", "statusSize": 2}),
        credential({"statusSize": 2}),
        credential({"statusSize": 0}),
        credential({"statusSize": "1"}),
        credential({"statusSize": True}),
        credential({"statusSize": 9, "statusPurpose": "message", "encodedList": encoded(LEAST * 9)}),
        credential({"statusPurpose": ["message", "revocation"], "statusSize": 2, "encodedList": encoded(LEAST * 2)}),
        credential({"statusPurpose": "token"}),
        credential({"statusPurpose": "Revocation"}),
        credential({"statusPurpose": ["token", "other"]}),
        credential(validFrom=ABSENT),
        credential(validUntil="2030-03-17T17:46:40Z"),
    ],
    ids=lambda claims: str(claims["credentialSubject"].get("statusPurpose")),
)
def test_attacks_105_and_106_bitstrings_that_say_the_wrong_thing(claims: dict[str, Any]) -> None:
    text = signed_bitstring(claims)
    for call in (status.read, status.verify):
        with pytest.raises(StatusError) as caught:
            call(text)
        assert caught.value.code == "bad_status"


def test_a_list_of_one_form_is_not_read_as_the_other() -> None:
    for text in (
        jws.sign(token_claims(), by=ALICE.signer, typ="vc+jwt"),
        jws.sign(credential(), by=ALICE.signer, typ="statuslist+jwt"),
        jws.sign(token_claims(), by=ALICE.signer, typ="JWT"),
        jws.sign(credential(), by=ALICE.signer, typ="vc-ld+jwt"),
        jws.sign(credential(), by=ALICE.signer, typ="vp+jwt"),
        jws.sign(token_claims(), by=ALICE.signer, typ="statuslist+cwt"),
    ):
        for call in (status.read, status.verify):
            with pytest.raises(MalformedError):
                call(text)


@pytest.mark.parametrize("text", ["", "a.b.c", None, b"", 1, "a" * (5 << 20), "." * 20])
def test_what_is_no_list_at_all(text: Any) -> None:
    for call in (status.read, status.verify, token_list.read, bitstring.verify):
        with pytest.raises(MalformedError):
            call(text)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.dictionaries(st.sampled_from([*credential(), *token_claims()]), st.none() | st.integers() | st.text()))
def test_only_verification_errors_escape(claims: dict[str, Any]) -> None:
    for sign, base in ((signed_token, token_claims()), (signed_bitstring, credential())):
        with suppress(InputError):
            text = sign({**base, **claims})
            with suppress(VerificationError):
                status.verify(text)


# Whose list.


@pytest.mark.parametrize(
    "text",
    [
        signed_token(token_claims(), by=MALLORY),
        signed_bitstring(credential(), by=MALLORY),
        signed_token(token_claims(), by=P256),
    ],
)
def test_attack_107_a_list_signed_by_somebody_else(text: str) -> None:
    assert status.read(text)[0].issuer == ALICE.did
    with pytest.raises(SignatureError) as caught:
        status.verify(text)
    assert caught.value.step == 7


@pytest.mark.parametrize("by", [ALICE, MALLORY])
def test_a_key_of_another_is_no_key_of_the_issuer(by: Identity) -> None:
    for text in (
        signed_token(token_claims(), by=by, kid=by_kid(MALLORY)),
        signed_bitstring(credential(), by=by, kid=by_kid(MALLORY)),
        signed_token(token_claims(), by=by, kid="#1"),
    ):
        with pytest.raises(ResolutionError):
            status.verify(text)


WEB = "did:web:issuer.example"


def resolver(*relationships: Relationship, deactivated: bool = False) -> StaticResolver:
    method = VerificationMethod(f"{WEB}#k", WEB, ALICE.signer.public_key, frozenset(relationships))
    return StaticResolver({WEB: DidDocument(WEB, (method,), deactivated)})


class Web:
    did = WEB
    signer = ALICE.signer


@pytest.mark.parametrize("kid", [None, f"{WEB}#k"])
def test_an_issuer_that_is_resolved(kid: str | None) -> None:
    text = token_list.issue(URI, b"\0", by=Web(), bits=1, issued=NOW, kid=kid)
    assert jws.read(text, typ="statuslist+jwt").kid == kid
    assert status.verify(text, resolver(Relationship.ASSERTION_METHOD))[0].issuer == WEB
    for wrong in (
        resolver(Relationship.AUTHENTICATION, Relationship.CAPABILITY_DELEGATION),
        resolver(Relationship.ASSERTION_METHOD, deactivated=True),
        None,
    ):
        with pytest.raises(ResolutionError):
            status.verify(text, wrong)


def test_a_resolver_that_cannot_be_asked() -> None:
    class Down:
        def resolve(self, did: str) -> DidDocument:
            raise OSError("no route")

    for text in (signed_token(token_claims()), signed_bitstring(credential())):
        with pytest.raises(UnavailableError):
            status.verify(text, Down())


# Asking and writing.


@pytest.mark.parametrize(
    "index", [16, 17, -1, 2**53, 10**30, pytest.param(10**5000, id="long"), "0", "1", 1.0, 0.5, None, True, "01", "1e0"]
)
def test_attack_104_an_index_that_the_list_has_not(index: Any) -> None:
    (found,) = status.read(signed_token(token_claims()))
    assert found.value(15) == 1
    with pytest.raises(StatusError):
        found.value(index)


def test_a_list_is_true_even_if_it_is_empty() -> None:
    (found,) = status.read(signed_token(token_claims(status_list={"bits": 1, "lst": lst(b"")})))
    assert found
    assert len(found) == 0


@pytest.mark.parametrize(
    "wrong", [{"kind": "token"}, {"data": bytearray(1)}, {"bits": 0}, {"bits": 9}, {"bits": True}, {"bits": "1"}]
)
def test_no_such_list(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"kind": ListKind.TOKEN, "data": b"", "bits": 1, **wrong}
    with pytest.raises(InputError):
        StatusList(uri=URI, issuer=ALICE.did, issued=NOW, **given)


WRONG: list[dict[str, Any]] = [
    {"uri": "lists/1"},
    {"uri": f"{URI}#1"},
    {"uri": None},
    {"data": "text"},
    {"data": bytearray(20_000)},
    {"data": b""},
    {"data": bytes((16 << 20) + 1)},
    {"by": ALICE.did},
    {"by": None},
    {"issued": -1},
    {"issued": 1.5},
    {"issued": 10**12},
    {"expires": NOW},
    {"expires": 10**12},
    {"expires": NOW + 0.5},
    {"ttl": 0},
    {"ttl": 1.5},
    {"kid": "k"},
    {"kid": 1},
    {"kid": by_kid(MALLORY)},
    {"bits": 3},
    {"bits": "1"},
    {"bits": 0},
]


@pytest.mark.parametrize("wrong", [*WRONG, {"aggregation": "x"}], ids=lambda wrong: f"{wrong!s:.30}")
def test_unusable_arguments_of_a_token_list(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        token_list.issue(**{"uri": URI, "data": b"\0", "by": ALICE, "bits": 1, "issued": NOW, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        *WRONG,
        {"data": LEAST[:-1]},
        {"purposes": []},
        {"purposes": [ListKind.TOKEN]},
        {"purposes": ["revoked"]},
        {"purposes": [ListKind.REVOCATION, ListKind.REVOCATION]},
        {"purposes": [ListKind.MESSAGE], "bits": 2},
        {"purposes": [ListKind.REVOCATION], "bits": 2, "data": LEAST * 2},
    ],
    ids=lambda wrong: f"{wrong!s:.30}",
)
def test_unusable_arguments_of_a_bitstring(wrong: dict[str, Any]) -> None:
    given = {"uri": URI, "data": LEAST, "by": ALICE, "purposes": [ListKind.REVOCATION], "issued": NOW, **wrong}
    with pytest.raises(InputError):
        bitstring.issue(**given)


def test_a_list_that_does_not_compress_has_an_end() -> None:
    noise = random.Random(1).randbytes(3 << 20)
    with pytest.raises(InputError, match="longer than"):
        token_list.issue(URI, noise, by=ALICE, bits=1, issued=NOW)
    with pytest.raises(InputError, match="longer than"):
        bitstring.issue(URI, noise, by=ALICE, purposes=[ListKind.REVOCATION], issued=NOW)


@pytest.mark.parametrize("issuer", [ABSENT, None, {"name": "Alice"}, {"id": None}])
def test_a_credential_names_its_issuer_whatever_kid_says(issuer: Any) -> None:
    text = signed_bitstring(credential(issuer=issuer), kid=by_kid(ALICE))
    for call in (status.read, status.verify):
        with pytest.raises(MalformedError):
            call(text)
