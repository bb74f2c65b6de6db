"""DIDs: syntax, documents, the two methods that are their own key, and resolution."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.did import did, jwk, key
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, Resolver, StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys.signer import Ed25519Signer, P256Signer

ED25519 = Ed25519Signer.from_seed(bytes(32)).public_key
P256 = P256Signer.from_scalar(bytes(31) + b"\x07").public_key
KEY = key.encode(ED25519)
WEB = "did:web:agents.example"
EVERYTHING = frozenset(Relationship)
SIGNING = EVERYTHING - {Relationship.KEY_AGREEMENT}


def as_jwk(text: str | bytes) -> str:
    return jwk.PREFIX + base64url_encode(text.encode() if isinstance(text, str) else text)


def method(url: str = WEB + "#k1", controller: str = WEB) -> VerificationMethod:
    return VerificationMethod(url, controller, ED25519, SIGNING)


@pytest.mark.parametrize(
    ("text", "name", "identifier"),
    [
        ("did:key:z6Mk", "key", "z6Mk"),
        ("did:web:host.example%3A8443:a:b", "web", "host.example%3A8443:a:b"),
        ("did:a1::b", "a1", ":b"),
        ("did:x:-._A%aF", "x", "-._A%aF"),
    ],
)
def test_a_did_has_parts(text: str, name: str, identifier: str) -> None:
    assert did.parse(text) == did.Did(text, name, identifier)
    assert did.is_did(text)


BAD_DIDS = [
    "",
    "did",
    "did:",
    "did:key",
    "did:key:",
    "did::z6Mk",
    "did:Key:z6Mk",
    "DID:key:z6Mk",
    "did:key:z6Mk:",
    "did:web:a:",
    "did:key:z6Mk ",
    " did:key:z6Mk",
    "did:key:z6Mk\n",
    "did:key:z6Mk\0",
    "did:key:z6M/k\\",
    "did:web:a%2",
    "did:web:a%",
    "did:web:a%zz",
    "did:web:höst",
    "did:web:a\u200b",
    "did:key:z６Mk",
    "did:ke-y:z6Mk",
    "did:web:a@b",
    "did:web:'; drop",
    "urn:uuid:1",
    "did:x:" + "a" * 2048,
]


@pytest.mark.parametrize("text", [*BAD_DIDS, "did:key:z6Mk#a", "did:key:z6Mk/a", "did:key:z6Mk?a=b", "did:key:z6Mk#"])
def test_other_text_is_no_did(text: str) -> None:
    assert not did.is_did(text)
    with pytest.raises(MalformedError):
        did.parse(text)


def test_a_did_url_has_parts() -> None:
    url = did.parse_url("did:web:a.example/p/q?versionId=1&x=/?#key-1")
    assert url == did.DidUrl(did.parse("did:web:a.example"), "/p/q", "versionId=1&x=/?", "key-1")
    assert did.parse_url(KEY) == did.DidUrl(did.parse(KEY), "", None, None)
    assert did.parse_url(KEY + "#").fragment == ""


@pytest.mark.parametrize(
    "text",
    [
        *BAD_DIDS,
        "#k1",
        "/a#k1",
        KEY + "#a#b",
        KEY + "#é",
        KEY + "#a b",
        KEY + "?a[]",
        KEY + "/\\",
        KEY + "#%2",
        KEY + "#\n",
    ],
)
def test_other_text_is_no_did_url(text: str) -> None:
    with pytest.raises(MalformedError):
        did.parse_url(text)


@pytest.mark.parametrize("parse", [did.parse, did.parse_url, key.parse, key.document, jwk.parse, jwk.document])
@pytest.mark.parametrize("value", [None, b"did:key:z", 5, ["did"]])
def test_what_is_no_text_is_the_callers_mistake(parse: object, value: object) -> None:
    with pytest.raises(InputError):
        parse(value)  # type: ignore[operator]
    assert not did.is_did(value)  # type: ignore[arg-type]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(max_size=40) | st.text("did:#/?%aA1._- \n", max_size=20).map(lambda tail: "did:x:" + tail))
def test_parts_make_the_whole(text: str) -> None:
    try:
        url = did.parse_url(text)
    except MalformedError:
        assert not did.is_did(text)
        return
    query = "" if url.query is None else "?" + url.query
    fragment = "" if url.fragment is None else "#" + url.fragment
    assert url.did.text + url.path + query + fragment == text
    assert did.is_did(url.did.text)
    assert url.did.text == f"did:{url.did.method}:{url.did.identifier}"


def test_hostile_lengths_are_refused_at_once() -> None:
    for text in ("did:x:" + ":" * 2042, "did:x:" + "%4" * 1020, "did:x:a/" + "%4" * 1000, "d" * 10_000_000):
        with pytest.raises(MalformedError):
            did.parse_url(text)


def test_messages_show_hostile_text_escaped_and_short() -> None:
    for text in ("did:x:\x1b[31m\n\u202e" * 3, "é" * 2000):
        with pytest.raises(MalformedError) as caught:
            did.parse(text)
        assert str(caught.value).isascii()
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 700


def test_did_key_is_the_key() -> None:
    assert KEY == "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    assert key.parse(KEY) == ED25519
    document = key.document(KEY)
    found = document.method(f"{KEY}#{KEY[8:]}")
    assert found is not None
    assert (found.key, found.controller, found.relationships) == (ED25519, KEY, SIGNING)
    assert document.methods == (found,)
    assert key.parse(key.encode(P256)) == P256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:key:",
        "did:key:z",
        KEY[8:],
        KEY.upper(),
        KEY + "#" + KEY[8:],
        KEY + "?a=b",
        KEY + "/",
        KEY + "\n",
        "did:key:1.1:" + KEY[8:],
        "did:key:1:" + KEY[8:],
        "did:jwk:" + KEY[8:],
        KEY.replace("z6Mk", "z06Mk"),
        KEY.replace("z6Mk", "z16Mk"),
        KEY[:-1],
        KEY + "1",
        "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:u7QEA",
    ],
)
def test_other_did_keys_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        key.parse(text)
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(text)


def test_did_jwk_is_the_key() -> None:
    for public in (ED25519, P256):
        text = jwk.encode(public)
        assert jwk.parse(text) == public
        document = jwk.document(text)
        assert document.methods == (VerificationMethod(text + "#0", text, public, EVERYTHING),)
    assert base64url_decode(jwk.encode(ED25519)[8:]).startswith(b'{"crv":"Ed25519","kty":"OKP","x":"')


def test_did_jwk_example_of_the_specification() -> None:
    text = as_jwk(
        '{"crv":"P-256","kty":"EC","x":"acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",'
        '"y":"_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE"}'
    )
    assert jwk.encode(jwk.parse(text)) == text


def test_other_spellings_are_other_principals_with_the_same_key() -> None:
    members = json.loads(base64url_decode(jwk.encode(ED25519)[8:]))
    text = as_jwk(json.dumps(members | {"use": "sig", "kid": "me"}, indent=1))
    assert jwk.parse(text) == ED25519
    assert text != jwk.encode(ED25519)
    assert jwk.document(text).methods[0].relationships == SIGNING


X = json.loads(base64url_decode(jwk.encode(ED25519)[8:]))["x"]


@pytest.mark.parametrize(
    "text",
    [
        "did:jwk:",
        "did:key:" + jwk.encode(ED25519)[8:],
        jwk.encode(ED25519) + "=",
        jwk.encode(ED25519) + "#0",
        jwk.encode(ED25519)[:-1],
        jwk.encode(ED25519) + "\n",
        as_jwk(""),
        as_jwk("null"),
        as_jwk("[]"),
        as_jwk('"text"'),
        as_jwk("{}"),
        as_jwk(f'{{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":"{X}"}}'),
        as_jwk(f'{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}x'),
        as_jwk(f'\ufeff{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}'),
        as_jwk(f'{{"kty":"OKP","crv":"Ed25519","x":"{X}","d":"{X}"}}'),
        as_jwk(f'{{"kty":"OKP","crv":"Ed25519","x":"{X}","use":"enc"}}'),
        as_jwk(f'{{"kty":"OKP","crv":"X25519","x":"{X}"}}'),
        as_jwk(f'{{"kty":"OKP","crv":"Ed25519","x":"{X}=" }}'),
        as_jwk("[" * 1000),
        as_jwk(b"\xff\xfe"),
        as_jwk(f'{{"kty":"OKP","crv":"Ed25519","x":"{X}","kid":"{"a" * 2000}"}}'),
    ],
)
def test_other_did_jwks_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        jwk.parse(text)
    with pytest.raises(MalformedError):
        jwk.document(text)
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(text)


def test_a_document_finds_methods_by_exact_url_and_purpose() -> None:
    other = VerificationMethod(WEB + "#k2", WEB, P256, frozenset({Relationship.CAPABILITY_INVOCATION}))
    document = DidDocument(WEB, (method(), other))
    assert document.method(WEB + "#k2") == other
    assert document.keys_for(Relationship.CAPABILITY_INVOCATION) == (ED25519, P256)
    assert document.keys_for(Relationship.CAPABILITY_DELEGATION) == (ED25519,)
    assert document.keys_for(Relationship.KEY_AGREEMENT) == ()
    for url in ("#k1", "k1", WEB, WEB + "#k3", WEB + "#K1", WEB + "?#k1", WEB + "/#k1", ""):
        assert document.method(url) is None


def test_a_deactivated_document_has_no_usable_method() -> None:
    document = DidDocument(WEB, (method(),), deactivated=True)
    assert document.method(WEB + "#k1") is None
    assert document.keys_for(Relationship.CAPABILITY_DELEGATION) == ()
    with pytest.raises(ResolutionError, match="deactivated"):
        StaticResolver({WEB: document}).resolve(WEB)


@pytest.mark.parametrize(
    ("identifier", "methods"),
    [
        ("agents.example", ()),
        (WEB + "#k1", ()),
        ("", ()),
        (WEB, (method("did:web:other.example#k1"),)),
        (WEB, (method(WEB),)),
        (WEB, (method(WEB + "#"),)),
        (WEB, (method("#k1"),)),
        (WEB, (method(WEB + "/path#k1"),)),
        (WEB, (method(WEB + "?v=1#k1"),)),
        (WEB, (method(WEB + ".evil.example#k1"),)),
        (WEB, (method(controller="did:web:other.example"),)),
        (WEB, (method(), method())),
    ],
)
def test_documents_with_foreign_or_repeated_methods_are_refused(
    identifier: str, methods: tuple[VerificationMethod, ...]
) -> None:
    with pytest.raises(MalformedError):
        DidDocument(identifier, methods)


def test_a_method_needs_a_key_and_known_relationships() -> None:
    with pytest.raises(InputError):
        VerificationMethod(WEB + "#k1", WEB, b"key", SIGNING)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        VerificationMethod(WEB + "#k1", WEB, ED25519, frozenset({"capabilityDelegation"}))  # type: ignore[arg-type]


def test_local_resolution_names_what_to_hand_in() -> None:
    with pytest.raises(ResolutionError, match="did:web") as caught:
        LocalResolver().resolve(WEB)
    assert caught.value.step == 3


def test_static_resolution_falls_back_to_the_local_one() -> None:
    document = DidDocument(WEB, (method(),))
    resolver: Resolver = StaticResolver({WEB: document})
    assert resolver.resolve(WEB) is document
    assert resolver.resolve(KEY) == LocalResolver().resolve(KEY) == key.document(KEY)
    assert resolver.resolve(jwk.encode(P256)).methods[0].key == P256
    with pytest.raises(ResolutionError):
        resolver.resolve("did:web:other.example")


@pytest.mark.parametrize("documents", [{KEY: DidDocument(WEB, ())}, {WEB: None}, {WEB: "document"}])
def test_a_document_under_another_did_is_refused(documents: dict[str, DidDocument]) -> None:
    with pytest.raises(InputError):
        StaticResolver(documents)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(max_size=60) | st.text(max_size=60).map(lambda tail: "did:key:z" + tail))
def test_any_text_resolves_or_is_refused(text: str) -> None:
    try:
        document = LocalResolver().resolve(text)
    except ResolutionError:
        return
    assert document.id == text
