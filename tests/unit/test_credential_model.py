"""The data model of credentials, rule by rule: what each takes, and what it refuses under which name."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.unit.credential_scene import (
    CRYPTOGRAPHIC,
    EXAMPLES,
    HOLDER,
    ISSUER,
    MALFORMED,
    NOW,
    PARSING,
    RANGE,
    V1,
    V2,
    document,
    issued,
    refused,
    unread,
    verified,
)

from attorn import credential
from attorn.credential import Securing, Version
from attorn.encoding import base58_encode, base64url_encode
from attorn.errors import CredentialError, ExpiredError, InputError
from attorn.jsonld import Contexts, PinnedContext

BYTES = b'{"a": 1}'
HERE = "https://resource.example/a.json"
URLS = ("https://a.example/x?y=1#z", "did:example:1", "urn:uuid:7d1c2b9a-5b1f-4a83-9a53-0c5a0c3f5d11", "tag:a,2026:b")
NOT_URLS: list[Any] = [
    None, "", "a", "/a", "#a", "https:", "https://", "https:///a", "https ://a.example", "https://a.example/ b", "_:b0",
    "https://a.example/%zz", "https://a.example/\u00fc", "\u200bhttps://a.example", " https://a.example", 7, True, [],
    ["https://a.example/1", "https://a.example/2"], ["https://a.example"], {"@id": "https://a.example"},
]  # fmt: skip


def read(**changed: Any) -> credential.UnverifiedCredential:
    return credential.read(document(**changed))


def sri(name: str = "sha256", content: bytes = BYTES) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, content).digest()).decode()}"


def multibase(content: bytes = BYTES, prefix: bytes = b"\x12\x20", name: str = "sha256") -> str:
    return "u" + base64url_encode(prefix + hashlib.new(name, content).digest())


def test_what_a_credential_claims() -> None:
    found = read(
        name="Scout's badge",
        issuer={"id": ISSUER.did, "name": {"@value": "Org", "@language": "en"}},
        credentialSubject=[{"id": HOLDER.did, "name": "Scout"}, {"description": "A planner"}],
        credentialSchema={"id": "https://a.example/schema", "type": "JsonSchema"},
    )
    assert found.version is Version.V2
    assert found.unverified_issuer == ISSUER.did
    assert found.unverified_types == ("VerifiableCredential",)
    assert [(each.id, each.claims) for each in found.unverified_subjects] == [
        (HOLDER.did, {"name": "Scout"}),
        (None, {"description": "A planner"}),
    ]
    assert found.unverified_period.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.unverified_period.valid_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert [(each.id, each.types) for each in found.unverified_schemas] == [
        ("https://a.example/schema", ("JsonSchema",))
    ]
    assert found.unverified_status == found.unverified_resources == ()


def test_no_claim_is_told_but_as_unverified() -> None:
    names = set(credential.UnverifiedCredential.__slots__)
    assert names - {"version"} == {name for name in names if name.startswith("unverified_")}


def test_a_document_is_kept_as_it_was_when_it_was_read() -> None:
    given = document()
    found = credential.read(given)
    given["issuer"] = given["credentialSubject"]["id"] = "did:example:other"
    assert found.unverified_document == document()


# Contexts, VC Data Model 2.0 section 4.3.


@pytest.mark.parametrize(
    "context",
    [[V2], [V2, EXAMPLES], [V2, {"a": "https://a.example/#a"}], [V2, {"@vocab": "https://a.example/#"}, EXAMPLES]],
)
def test_contexts(context: list[Any]) -> None:
    assert read(**{"@context": context}).version is Version.V2


@pytest.mark.parametrize(
    "context",
    [
        ..., None, V2, [], {}, {"@vocab": "https://a.example/#"}, [[V2]], [EXAMPLES], [EXAMPLES, V2], [V2 + "/"],
        [{"a": "https://a.example/#a"}, V2], [V2, 5], [V2, None], [V2, True], [V2, [EXAMPLES]], [V2, "a"],
        [V2, "https ://not-a-url/contexts/example/v1"], [V2, V2], [V1], [V1, V2], [V2.replace("https", "http")],
        [V2, *({} for _ in range(32))],
    ],
)  # fmt: skip
def test_contexts_refused(context: Any) -> None:
    unread(MALFORMED, **{"@context": context})


@pytest.mark.parametrize("context", [[V2, "https://a.example/never-heard-of/v1"], [V2, V1]])
def test_contexts_that_nobody_knows_or_that_redefine_terms(context: Any) -> None:
    # attacks 49, 50
    with pytest.raises(CredentialError):
        read(**{"@context": context})


# Identifiers, section 4.4.


@pytest.mark.parametrize("url", URLS)
def test_ids(url: str) -> None:
    assert read(id=url).unverified_id == url
    assert read(credentialSubject={"id": url}).unverified_subjects[0].id == url
    assert read(issuer=url).unverified_issuer == read(issuer={"id": url}).unverified_issuer == url


@pytest.mark.parametrize("url", NOT_URLS, ids=repr)
def test_ids_refused(url: Any) -> None:
    unread(MALFORMED, id=url)
    unread(MALFORMED, credentialSubject={"id": url, "name": "a"})
    unread(MALFORMED, issuer={"id": url})
    unread(MALFORMED, credentialSchema={"id": url, "type": "JsonSchema"})
    unread(MALFORMED, credentialStatus={"id": url, "type": "BitstringStatusListEntry"})
    unread(MALFORMED, evidence={"id": url, "type": EXAMPLES + "#Evidence"})
    unread(MALFORMED, relatedResource={"id": url, "digestSRI": sri()})
    unread(MALFORMED, credentialSubject={"a": {"b": [{"id": url}]}}, **{"@context": [V2, EXAMPLES]})
    if not isinstance(url, dict):
        unread(MALFORMED, issuer=url)


# Types, section 4.5.


@pytest.mark.parametrize(
    "types",
    ["VerifiableCredential", ["VerifiableCredential"], ["https://a.example/#T", "VerifiableCredential"],
     ["VerifiableCredential", "Made"], ["Made", "VerifiableCredential", "https://a.example/#T"]],
)  # fmt: skip
def test_types(types: Any) -> None:
    found = read(type=types, **{"@context": [V2, {"Made": "https://a.example/#Made"}]})
    assert found.unverified_types == tuple(types if isinstance(types, list) else [types])


@pytest.mark.parametrize(
    "types",
    [..., None, "", [], {}, 5, True, "verifiablecredential", "VerifiablePresentation", ["https://a.example/#T"],
     ["VerifiableCredential", 5], ["VerifiableCredential", None], ["VerifiableCredential", ""],
     ["VerifiableCredential", "@id"], [["VerifiableCredential"]], ["VerifiableCredential", {}],
     "EnvelopedVerifiablePresentation", ["EnvelopedVerifiableCredential", "VerifiableCredential "]],
    ids=repr,
)  # fmt: skip
def test_types_refused(types: Any) -> None:
    unread(MALFORMED, type=types)


@pytest.mark.parametrize("definition", [..., "relative", "not-a-url", {"@id": "also not one"}, None], ids=repr)
def test_types_that_mean_nothing(definition: Any) -> None:
    # attack 50
    inline = {} if definition is ... else {"Made": definition}
    with pytest.raises(CredentialError):
        read(type=["VerifiableCredential", "Made"], **{"@context": [V2, inline]})


@pytest.mark.parametrize(
    "name", ["termsOfUse", "evidence", "refreshService", "confidenceMethod", "renderMethod", "credentialStatus"]
)
def test_objects_with_a_type(name: str) -> None:
    typed = {"type": "https://a.example/#T"}
    for value in (typed, [typed], [typed, {**typed, "id": "https://a.example/1"}]):
        assert read(**{name: value}).unverified_document[name] == value
    bad: list[Any] = [
        {}, [], "a", 5, None, True, [typed, {}], [typed, "https://a.example"], {"id": "https://a.example/1"},
        {"type": []}, {"type": None}, {"type": 2}, {"type": [5]}, {"type": ""}, {**typed, "id": None}, [[typed]],
        {**typed, "id": ["https://a.example/1"]}, {**typed, "id": "not a URL"},
    ]  # fmt: skip
    for value in bad:
        unread(MALFORMED, **{name: value})


def test_schemas_have_an_id_as_well() -> None:
    good = {"id": "did:example:schemas/1", "type": "JsonSchema"}
    assert len(read(credentialSchema=[good, {**good, "id": "https://a.example/2"}]).unverified_schemas) == 2
    for value in ({"type": "JsonSchema"}, {"id": "https://a.example/1"}, {**good, "id": 5}, [good, {}], [], {}, "a"):
        unread(MALFORMED, credentialSchema=value)


# Names and descriptions, sections 4.6 and 11.1.

WORDS: list[Any] = [
    "Badge", {"@value": "Badge"}, {"@value": "Badge", "@language": "en"}, {"@value": "X", "@language": "zh-Hant-TW"},
    {"@value": "Badge", "@language": "ar-EG", "@direction": "rtl"},
    [{"@value": "Dog", "@language": "en"}, {"@value": "Chien", "@language": "fr"}],
]  # fmt: skip
NO_WORDS: list[Any] = [
    None, 5, True, [], {}, [5], ["Badge", None], {"@value": 5}, {"@value": None}, {"@language": "en"},
    {"@value": "Badge", "url": "did:example:1"}, {"@value": "Badge", "@type": "https://a.example/#T"},
    {"@value": "Badge", "@language": ""}, {"@value": "Badge", "@language": "e n"}, {"@value": "B", "@language": 5},
    {"@value": "Badge", "@direction": "up"}, {"@value": "Badge", "@direction": ["ltr"]}, {"value": "Badge"},
]  # fmt: skip


@pytest.mark.parametrize("name", ["name", "description"])
def test_words(name: str) -> None:
    for value in WORDS:
        read(**{name: value})
        read(issuer={"id": ISSUER.did, name: value})


@pytest.mark.parametrize("value", NO_WORDS, ids=repr)
@pytest.mark.parametrize("name", ["name", "description"])
def test_words_refused(name: str, value: Any) -> None:
    unread(MALFORMED, **{name: value})
    unread(MALFORMED, issuer={"id": ISSUER.did, name: value})


# Issuer and subject, sections 4.7 and 4.8.


@pytest.mark.parametrize("issuer", [..., None, [], {}, [ISSUER.did], {"name": "a"}, {"id": ""}, [{"id": ISSUER.did}]])
def test_issuers_refused(issuer: Any) -> None:
    unread(MALFORMED, issuer=issuer)


@pytest.mark.parametrize("subject", [..., None, {}, [], "did:example:1", 5, [{}], [{"id": "did:example:1"}, {}], [[]]])
def test_subjects_refused(subject: Any) -> None:
    unread(MALFORMED, credentialSubject=subject)


def test_null_is_no_value() -> None:
    # A proof over the graph would not notice that one is gone.
    for subject in ({"id": "did:example:1", "name": None}, {"a": [None]}, {"a": {"b": None}}):
        unread(MALFORMED, credentialSubject=subject, **{"@context": [V2, EXAMPLES]})
    unread(MALFORMED, validUntil=None)
    unread(MALFORMED, validFrom=None)


PINNED = (
    b'{"@context": {"cart": {"@id": "https://shop.example/cart", "@type": "@json"}, "note": "https://shop.example/n"}}'
)
SHOP = Contexts({"https://shop.example/v1": PinnedContext(PINNED, hashlib.sha256(PINNED).hexdigest())})


def shopping(**claims: Any) -> Any:
    return document(credentialSubject=claims, **{"@context": [V2, "https://shop.example/v1"]})


def test_json_as_it_stands_may_say_what_the_graph_may_not() -> None:
    odd = {"id": "cart-1", "type": 5, "list": [None, {"id": [], "@context": {}}]}
    assert credential.read(shopping(cart=odd), contexts=SHOP).unverified_subjects[0].claims == {"cart": odd}
    for form in (Securing.JOSE, Securing.DATA_INTEGRITY):
        secured = credential.issue(shopping(cart=odd), by=ISSUER, securing=form, created=NOW, contexts=SHOP)
        assert verified(secured, contexts=SHOP).subjects[0].claims == {"cart": odd}
        refused(secured, None)


@pytest.mark.parametrize(
    "claims", [{"note": None}, {"note": {"id": "x"}}, {"id": "cart-1"}, {"cart": {}, "note": [None]}]
)
def test_what_is_beside_it_may_not(claims: dict[str, Any]) -> None:
    with pytest.raises(CredentialError) as caught:
        credential.read(shopping(**claims), contexts=SHOP)
    assert caught.value.problem == MALFORMED


# Times, section 4.9. # attack 57

STAMPS = {
    "2026-11-22T12:00:00Z": NOW,
    "2026-11-22T12:00:00+00:00": NOW,
    "2026-11-22T13:00:00+01:00": NOW,
    "2026-11-22T07:00:00-05:00": NOW,
    "2026-11-23T02:00:00+14:00": NOW,
    "2026-11-22T12:00:00.000Z": NOW,
    "2026-11-22T12:00:00.5Z": NOW + timedelta(milliseconds=500),
    "2026-11-22T12:00:00.123456789Z": NOW + timedelta(microseconds=123456),
    "1951-02-03T04:05:06Z": datetime(1951, 2, 3, 4, 5, 6, tzinfo=UTC),
    "9999-12-31T23:59:59Z": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "2024-02-29T00:00:00-14:00": datetime(2024, 2, 29, tzinfo=timezone(timedelta(hours=-14))),
}
NO_STAMPS: list[Any] = [
    "", "2026-11-22", "2026-11-22T12:00:00", "2026-11-22T12:00Z", "2026-11-22 12:00:00Z", "2026-11-22t12:00:00z",
    "2026-11-22T24:00:00Z", "2026-11-22T23:59:60Z", "2026-11-22T12:60:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z", "12026-01-01T00:00:00Z", "-2026-01-01T00:00:00Z",
    "2026-11-22T12:00:00+14:01", "2026-11-22T12:00:00+15:00", "2026-11-22T12:00:00+0100", "2026-11-22T12:00:00+01",
    "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00,5Z", "2026-11-22T12:00:00.1234567890Z", "2026-1-2T12:00:00Z",
    "\u0662026-11-22T12:00:00Z", "2026-11-22T12:00:00Z\n", " 2026-11-22T12:00:00Z", "20261122T120000Z", "now",
    1_795_348_800, 1.5e9, True, None, [], ["2026-11-22T12:00:00Z"], {"@value": "2026-11-22T12:00:00Z"},
]  # fmt: skip
NO_DAYS = ["2025-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
           "9999-12-31T23:59:59-14:00"]  # fmt: skip


@pytest.mark.parametrize("stamp", STAMPS)
def test_times(stamp: str) -> None:
    assert read(validFrom=stamp, validUntil=...).unverified_period.valid_from == STAMPS[stamp]
    assert read(validFrom=..., validUntil=stamp).unverified_period.valid_until == STAMPS[stamp]


@pytest.mark.parametrize("name", ["validFrom", "validUntil"])
def test_times_refused(name: str) -> None:
    for stamp in NO_STAMPS:
        unread(MALFORMED, **{name: stamp})
    for stamp in NO_DAYS:
        unread(RANGE, **{name: stamp})


def test_a_period_does_not_end_before_it_begins() -> None:
    read(validFrom="2026-11-22T13:00:00+01:00", validUntil="2026-11-22T12:00:00Z")
    unread(RANGE, validFrom="2026-11-22T12:00:01Z", validUntil="2026-11-22T12:00:00Z")
    unread(RANGE, validFrom="2026-11-22T12:00:00Z", validUntil="2026-11-22T12:00:00+00:01")


def test_a_period_and_its_skew() -> None:
    begins, ends = "2026-11-22T12:05:00Z", "2026-11-22T12:06:00Z"
    secured = issued(validFrom=begins, validUntil=ends, created=NOW - timedelta(days=1))
    start, end = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    for at in (start - timedelta(seconds=300), start, end, end + timedelta(seconds=300)):
        assert verified(secured, now=at).valid_from == start
    for at in (start - timedelta(seconds=301), end + timedelta(seconds=301)):
        refused(secured, error=ExpiredError, now=at)
    verified(secured, now=start, skew=0)
    for at in (start - timedelta(seconds=1), end + timedelta(seconds=1)):
        refused(secured, error=ExpiredError, now=at, skew=0)
    for skew in (-1, 1.5, True, None, 86_401):
        with pytest.raises(InputError):
            verified(secured, skew=skew)


# Related resources, section 5.3.


@pytest.mark.parametrize(
    "digests",
    [{"digestSRI": sri()}, {"digestSRI": sri("sha384")}, {"digestSRI": f"{sri('sha512')} {sri()}"},
     {"digestSRI": [sri("sha512"), sri()]}, {"digestMultibase": multibase()},
     {"digestMultibase": multibase(prefix=b"")}, {"digestMultibase": multibase(BYTES, b"\x13\x40", "sha512")},
     {"digestMultibase": multibase(BYTES, b"\x20\x30", "sha384")},
     {"digestMultibase": "z" + base58_encode(b"\x12\x20" + hashlib.sha256(BYTES).digest())},
     {"digestMultibase": multibase(), "digestSRI": sri(), "mediaType": "application/json"}],
    ids=repr,
)  # fmt: skip
def test_resources(digests: dict[str, Any]) -> None:
    secured = issued(relatedResource=[{"id": HERE, **digests}])
    assert verified(secured, resources={HERE: BYTES}).unchecked_resources == ()
    assert verified(secured).unchecked_resources == (HERE,)
    refused(secured, CRYPTOGRAPHIC, resources={HERE: BYTES + b" "})
    with pytest.raises(CredentialError):
        credential.issue(
            document(relatedResource={"id": HERE, **digests}), by=ISSUER, resources={HERE: b""}, created=NOW
        )


@pytest.mark.parametrize(
    "digests",
    [{}, {"mediaType": "application/json"}, {"digestSRI": ""}, {"digestSRI": []}, {"digestSRI": None},
     {"digestSRI": "sha256-"}, {"digestSRI": sri("md5")}, {"digestSRI": sri("sha1")}, {"digestSRI": sri() + "="},
     {"digestSRI": sri().replace("sha256", "sha512")}, {"digestSRI": sri().replace("sha256", "SHA256")},
     {"digestSRI": sri()[:-1]}, {"digestSRI": sri()[:-2] + "B="}, {"digestSRI": f"{sri()}  {sri()}"},
     {"digestSRI": "sha256-" + hashlib.sha256(BYTES).hexdigest()}, {"digestSRI": sri() + "?x"},
     {"digestMultibase": ""}, {"digestMultibase": "u"}, {"digestMultibase": multibase()[1:]}, {"digestMultibase": 5},
     {"digestMultibase": multibase() + "="}, {"digestMultibase": "f" + hashlib.sha256(BYTES).hexdigest()},
     {"digestMultibase": multibase(prefix=b"\x13\x40")}, {"digestMultibase": "u" + "A" * 200},
     {"digestMultibase": multibase(prefix=b"\x11\x20")}, {"digestSRI": sri(), "mediaType": "json"},
     {"digestSRI": sri(), "mediaType": None}, {"digestSRI": sri(), "mediaType": ["application/json"]}],
    ids=repr,
)  # fmt: skip
def test_resources_refused(digests: dict[str, Any]) -> None:
    unread(MALFORMED, relatedResource={"id": HERE, **digests})


@pytest.mark.parametrize("value", [[], {}, "a", [HERE], None, 5, [{"digestSRI": sri()}], [[{"id": HERE}]]], ids=repr)
def test_what_is_no_resource(value: Any) -> None:
    unread(MALFORMED, relatedResource=value)


def test_resources_are_named_once() -> None:
    unread(MALFORMED, relatedResource=[{"id": HERE, "digestSRI": sri()}, {"id": HERE, "digestSRI": sri("sha384")}])


def test_the_base_context_counts_as_retrieved() -> None:
    published = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
    bare = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"
    genuine = issued(relatedResource={"id": V2, "digestSRI": published, "digestMultibase": bare})
    assert verified(genuine).unchecked_resources == ()
    for wrong in ({"digestSRI": published.replace("l/H", "l/h")}, {"digestMultibase": bare.replace("WZV", "WZv")}):
        with pytest.raises(CredentialError, match="not what the issuer says"):
            issued(relatedResource={"id": V2, **wrong})
    assert verified(issued(relatedResource={"id": V2, "digestSRI": sri("sha512")})).unchecked_resources == (V2,)


# Undefined terms. # attack 50


@pytest.mark.parametrize("changed", [{"stray": 1}, {"credentialSubject": {"id": HOLDER.did, "stray": 1}}])
def test_undefined_terms_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(CredentialError):
        read(**changed)
    with pytest.raises(CredentialError):
        issued(**changed)
    read(**changed, **{"@context": [V2, {"stray": "https://a.example/#stray"}]})


# VC 1.1.

OLD = {
    "@context": [V1], "type": ["VerifiableCredential"], "issuer": ISSUER.did, "issuanceDate": "2020-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:1"},
}  # fmt: skip


def test_version_1_is_read_where_the_caller_says_so() -> None:
    found = credential.read({**OLD, "expirationDate": "2030-01-01T00:00:00Z"}, accept_v1=True)
    assert found.version is Version.V1
    assert found.unverified_period.valid_from == datetime(2020, 1, 1, tzinfo=UTC)
    assert found.unverified_period.valid_until == datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(CredentialError, match="@context"):
        credential.read(OLD)
    with pytest.raises(CredentialError, match="@context"):
        credential.issue(OLD, by=ISSUER)
    refused(OLD, MALFORMED)
    for value in (1, None, "yes"):
        with pytest.raises(InputError):
            verified(OLD, accept_v1=value)


@pytest.mark.parametrize(
    "changed",
    [{"issuanceDate": ...}, {"issuanceDate": "2020-01-01"}, {"expirationDate": "2019-01-01T00:00:00Z"},
     {"expirationDate": None}, {"credentialStatus": {"type": "https://a.example/#T"}},
     {"refreshService": {"type": "https://a.example/#T"}}, {"credentialSchema": {"id": "https://a.example"}},
     {"@context": [V1, V1]}, {"@context": [EXAMPLES, V1]}, {"type": "Credential"}, {"issuer": "a"}],
    ids=repr,
)  # fmt: skip
def test_version_1_refused(changed: dict[str, Any]) -> None:
    found = {name: value for name, value in {**OLD, **changed}.items() if value is not ...}
    with pytest.raises(CredentialError) as caught:
        credential.read(found, accept_v1=True)
    assert caught.value.problem in (MALFORMED, RANGE)


# What is no document at all. # attacks 1, 3, 13, 14, 21, 47, 56

ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
DEEP: Any = "a"
for _ in range(40):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [None, 5, 1.5, True, [], [{}], (), "", " ", "a", b"", b"\xff", "{", "{}{}", "[]", '{"a": 1, "a": 2}', "\ufeff{}",
     '{"a": NaN}', '{"a": 1e999}', '{"a": -0}', '{"a": 9007199254740992}', '{"a": "\\ud800"}', "\ud800", "{\ud800}",
     "[" * 100_000, '{"a":' * 100_000, {"a": float("nan")}, {"a": float("inf")}, {"a": -0.0}, {"a": 2**53},
     {"a": "\ud800"}, {"\ud800": 1}, {5: 1}, {"a": b""}, {"a": {1, 2}}, {"a": (1,)}, {"a": datetime.now},
     {"a": ENDLESS}, {"a": DEEP}, {"a": ["x" * 1000] * 1000}, int, dict],
    ids=lambda value: repr(value)[:40] if value is not ENDLESS else "endless",
)  # fmt: skip
def test_what_is_no_document(value: Any) -> None:
    for call in (credential.read, verified):
        with pytest.raises(CredentialError) as caught:
            call(value)  # type: ignore[operator]
        assert caught.value.problem == PARSING
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize("value", [{}, {"type": ["NonconformingDocument"]}, {"a": DEEP[0][0][0][0][0][0][0][0][0][0]}])
def test_what_is_a_document_and_no_credential(value: Any) -> None:
    for secured in (value, json.dumps(value), json.dumps(value).encode()):
        refused(secured, MALFORMED)


def test_the_most_that_is_read() -> None:
    text = json.dumps(document())
    credential.read(text, most=len(text))
    for most in (len(text) - 1, 1):
        with pytest.raises(CredentialError):
            credential.read(text, most=most)
        with pytest.raises(CredentialError):
            credential.read(document(), most=most // 2 or 1)
    for bad in (0, -1, 1.5, True, None, "9"):
        with pytest.raises(InputError):
            credential.read(text, most=bad)  # type: ignore[arg-type]
