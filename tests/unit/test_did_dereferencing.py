"""Resolvers put together, what they keep, what a DID URL leads to, and finding the key of a signature."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attorn import Identity, Request, Verifier, caveat
from attorn.did import reading
from attorn.did.caching import CachingResolver
from attorn.did.dereferencing import dereference
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.fault import Fault
from attorn.did.methods import MethodResolver
from attorn.did.resolution import DocumentMetadata, Options, Resolution
from attorn.did.resolver import LocalResolver, StaticResolver, live_document, look_up, resolution
from attorn.did.retrieval import retrieve
from attorn.did.web import WebResolver
from attorn.errors import InputError, MalformedError, ResolutionError, UnavailableError
from attorn.keys.signer import Ed25519Signer

DID = "did:web:agents.example"
KEY = Ed25519Signer.from_seed(b"\x01" * 32).public_key
OTHER_KEY = Ed25519Signer.from_seed(b"\x02" * 32).public_key
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
INVOKE, LOGIN = Relationship.CAPABILITY_INVOCATION, Relationship.AUTHENTICATION
METHOD = VerificationMethod(f"{DID}#k", DID, KEY, frozenset({INVOKE}))
DOCUMENT = DidDocument(DID, (METHOD,))
SERVICES: list[Any] = [
    {"id": "#files", "type": "Files", "serviceEndpoint": "https://files.example/base/"},
    {"id": f"{DID}#two", "type": ["Files", "Mirror"], "serviceEndpoint": ["https://a.example/x", "https://b.example"]},
    {"id": "#object", "type": "Object", "serviceEndpoint": {"uri": "https://a.example/"}},
    {"id": "#didcomm", "type": "DIDComm", "serviceEndpoint": "didcomm://queue"},
    {"id": "#marked", "type": "Marked", "serviceEndpoint": "https://a.example/#top"},
]
EMBEDDED = {**reading.write(DOCUMENT)["verificationMethod"][0], "id": "#login"}  # type: ignore[index,call-overload,dict-item]
WRITTEN: dict[str, Any] = {**reading.write(DOCUMENT), "service": SERVICES, "authentication": [EMBEDDED]}


class Knows:
    """A resolver with one answer, which may be an error; counts how often it is asked."""

    def __init__(self, answer: Any = None, metadata: DocumentMetadata | None = None) -> None:
        self.answer = (
            Resolution(did_document=WRITTEN, document=reading.read(WRITTEN, DID)) if answer is None else answer
        )
        if metadata is not None:
            self.answer = replace(self.answer, metadata=metadata)
        self.asked: list[Any] = []

    def resolve(self, did: str) -> DidDocument:
        return self.look_up(did, None).document  # type: ignore[return-value]

    def look_up(self, did: str, options: Any) -> Resolution:
        self.asked.append((did, options))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]


class Plain:
    """A resolver as they were: no JSON."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def resolve(self, did: str) -> Any:
        del did
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def found(url: str, resolver: Any = None, **more: Any) -> Any:
    result = dereference(url, Knows() if resolver is None else resolver, **more)
    assert result.error is None, result.error
    assert json.loads(json.dumps(result.to_json()))["content"] == result.content
    return result.content


def failed(url: str, resolver: Any = None, **more: Any) -> str:
    result = dereference(url, Knows() if resolver is None else resolver, **more)
    assert result.error is not None
    assert result.content is None
    assert result.to_json()["content"] is None
    return result.error.type


def test_documents_and_their_parts() -> None:
    assert found(DID) == WRITTEN
    assert found(f"{DID}#k") == WRITTEN["verificationMethod"][0]
    assert found(f"{DID}#login") == EMBEDDED
    assert found(f"{DID}#files") == SERVICES[0]
    assert found(f"{DID}#two") == SERVICES[1]
    assert found(f"{DID}?versionId=1#k") == WRITTEN["verificationMethod"][0]


def test_a_method_for_a_purpose() -> None:
    assert found(f"{DID}#k", relationship=INVOKE)["id"] == f"{DID}#k"
    assert found(f"{DID}#login", relationship=LOGIN)["id"] == "#login"
    wrong = Fault.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
    assert failed(f"{DID}#login", relationship=INVOKE) == wrong  # attack 30
    assert failed(f"{DID}#k", relationship=LOGIN) == wrong
    for url in (DID, f"{DID}#", f"{DID}#files", f"{DID}#none", f"{DID}#K"):
        assert failed(url, relationship=INVOKE) == Fault.INVALID_VERIFICATION_METHOD


def test_services() -> None:
    assert found(f"{DID}?service=files") == ["https://files.example/base/"]
    assert found(f"{DID}?service=two") == ["https://a.example/x", "https://b.example"]
    assert len(found(f"{DID}?serviceType=Files")) == 3
    assert found(f"{DID}?serviceType=Mirror&relativeRef=/y") == ["https://a.example/y", "https://b.example/y"]
    assert found(f"{DID}?service=files&relativeRef=a%2Fb%3Fc%3D1#top") == ["https://files.example/base/a/b?c=1#top"]
    assert found(f"{DID}?service=didcomm") == ["didcomm://queue"]
    assert found(f"{DID}?service=marked") == ["https://a.example/#top"]
    assert dereference(f"{DID}?service=files", Knows()).content_type == "text/uri-list"


URLS = {
    "no did": ("https://a.example/", Fault.INVALID_DID_URL),
    "empty": ("", Fault.INVALID_DID_URL),
    "relative": ("#k", Fault.INVALID_DID_URL),
    "34-not ascii": (f"{DID}#\u00fc", Fault.INVALID_DID_URL),
    "two fragments": (f"{DID}#a#b", Fault.INVALID_DID_URL),
    "too long": (DID + "#" + "a" * 2048, Fault.INVALID_DID_URL),
    "bad percent": (f"{DID}?service=%zz", Fault.INVALID_DID_URL),
    "no utf-8": (f"{DID}?service=%ff", Fault.INVALID_DID_URL),
    "twice": (f"{DID}?service=files&service=two", Fault.INVALID_DID_URL),
    "relativeRef alone": (f"{DID}?relativeRef=/x", Fault.INVALID_DID_URL),
    "version time": (f"{DID}?versionTime=yesterday", Fault.INVALID_DID_URL),
    "version time before 1970": (f"{DID}?versionTime=1969-01-01T00:00:00Z", Fault.INVALID_DID_URL),
    "version number": (f"{DID}?versionNumber=-1", Fault.INVALID_DID_URL),
    "fragments of both": (f"{DID}?service=marked#a", Fault.INVALID_DID_URL),
    "path": (f"{DID}/a", Fault.FEATURE_NOT_SUPPORTED),
    "29-traversal": (f"{DID}/../x#k", Fault.FEATURE_NOT_SUPPORTED),
    "hashlink": (f"{DID}?hl=zQm", Fault.FEATURE_NOT_SUPPORTED),
    "unknown parameter": (f"{DID}?x=1", Fault.FEATURE_NOT_SUPPORTED),
    "empty parameter": (f"{DID}?&", Fault.FEATURE_NOT_SUPPORTED),
    "object as endpoint": (f"{DID}?service=object", Fault.FEATURE_NOT_SUPPORTED),
    "relative to no url": (f"{DID}?service=didcomm&relativeRef=/x", Fault.FEATURE_NOT_SUPPORTED),
    "no such service": (f"{DID}?service=none", Fault.NOT_FOUND),
    "service in another case": (f"{DID}?service=Files", Fault.NOT_FOUND),
    "a method as service": (f"{DID}?service=k", Fault.NOT_FOUND),
    "no such type": (f"{DID}?serviceType=None", Fault.NOT_FOUND),
    "no such part": (f"{DID}#none", Fault.NOT_FOUND),
    "29-part in another case": (f"{DID}#K", Fault.NOT_FOUND),
    "29-part encoded": (f"{DID}#%6b", Fault.NOT_FOUND),
    "no part": (f"{DID}#", Fault.NOT_FOUND),
}


@pytest.mark.parametrize(("url", "fault"), URLS.values(), ids=URLS.keys())
def test_urls_that_lead_nowhere(url: str, fault: str) -> None:
    assert failed(url) == fault


@pytest.mark.parametrize(
    "reference",
    [
        "//evil.example/",
        "https://evil.example/",
        "evil:x",
        "%5C%5Cevil.example",
        "/%5Cevil",
        "%00",
        "/%0Ax",
        "%2F%2Fevil",
    ],
)
def test_attack_55_a_relative_reference_leads_to_no_other_host(reference: str) -> None:
    assert failed(f"{DID}?service=files&relativeRef={reference}") == Fault.INVALID_DID_URL


def test_versions_are_asked_of_the_resolver() -> None:
    by = Knows()
    found(f"{DID}?versionId=1-abc", by)
    found(f"{DID}?versionTime=2026-01-01T00%3A00%3A00Z", by)
    found(f"{DID}?versionNumber=3", by, options=Options(accept="application/did+json"))
    asked = [options for _, options in by.asked]
    assert [options.version_id for options in asked] == ["1-abc", None, None]
    assert asked[1].version_time == datetime(2026, 1, 1, tzinfo=UTC)
    assert (asked[2].version_number, asked[2].accept) == (3, "application/did+json")


def test_attack_39_a_deactivated_did_leads_nowhere_and_is_shown() -> None:
    by = Knows(metadata=DocumentMetadata(deactivated=True, version_id="2"))
    assert failed(f"{DID}#k", by) == Fault.NOT_FOUND
    result = resolution(by, DID)
    assert result.to_json()["didDocumentMetadata"] == {"versionId": "2", "deactivated": True}
    assert result.status == 410
    gone = replace(DOCUMENT, deactivated=True)
    static = StaticResolver({DID: gone})
    assert resolution(static, DID).metadata.deactivated
    assert failed(DID, static) == Fault.NOT_FOUND
    for resolver in (
        static,
        MethodResolver({"web": static}),
        CachingResolver(static),
        MethodResolver({"web": Plain(gone)}),
    ):
        with pytest.raises(ResolutionError):
            resolver.resolve(DID)
        with pytest.raises(ResolutionError):
            retrieve(f"{DID}#k", INVOKE, resolver)


# Resolvers.


def test_a_result_in_json() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    metadata = DocumentMetadata(
        created=at,
        updated=at,
        version_id="1",
        next_update=at,
        next_version_id="2",
        equivalent_id=("did:a:b",),
        canonical_id="did:a:c",
    )
    stamp = "2026-01-02T03:04:05Z"
    assert resolution(Knows(metadata=metadata), DID, Options(accept="application/did+json")).to_json() == {
        "@context": "https://w3id.org/did-resolution/v1",
        "didDocument": WRITTEN,
        "didResolutionMetadata": {"contentType": "application/did"},
        "didDocumentMetadata": {
            "created": stamp,
            "updated": stamp,
            "nextUpdate": stamp,
            "versionId": "1",
            "nextVersionId": "2",
            "canonicalId": "did:a:c",
            "equivalentId": ["did:a:b"],
        },
    }


@pytest.mark.parametrize(
    "value",
    [
        [],
        None,
        {"unknown": 1},
        {"accept": 5},
        {"versionId": None},
        {"versionTime": "2026"},
        {"versionTime": "1960-01-01T00:00:00Z"},
        {"versionNumber": 1},
        {"versionNumber": "0"},
        {"versionNumber": "\uff11"},
        {"publicKeyFormat": ["Multikey"]},
        {"enableEncryptionKeyDerivation": 1},
        {"enableExperimentalPublicKeyTypes": "true"},
    ],
)
def test_options_that_are_none(value: Any) -> None:
    with pytest.raises(ResolutionError) as caught:
        Options.read(value)
    assert caught.value.problem == Fault.INVALID_OPTIONS


def test_options_under_the_standards_names() -> None:
    value = {
        "accept": "application/did",
        "versionId": "1",
        "versionTime": "2026-01-01T00:00:00Z",
        "versionNumber": "2",
        "enableEncryptionKeyDerivation": True,
        "publicKeyFormat": "JsonWebKey2020",
        "enableExperimentalPublicKeyTypes": True,
    }
    assert Options.read(value) == Options(  # type: ignore[arg-type]
        version_id="1",
        version_time=datetime(2026, 1, 1, tzinfo=UTC),
        version_number=2,
        key_agreement=True,
        key_format="JsonWebKey2020",
        experimental=True,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"accept": None},
        {"version_id": 1},
        {"version_time": datetime(2026, 1, 1)},
        {"version_number": 0},
        {"version_number": True},
        {"key_agreement": 1},
    ],
)
def test_options_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Options(**wrong)


@pytest.mark.parametrize(
    "answer",
    [
        ResolutionError("gone"),
        Resolution(),
        Resolution(did_document=WRITTEN),
        Resolution(document=DOCUMENT),
        Resolution(did_document=WRITTEN, document=DidDocument("did:web:other.example", ())),  # attack 31
        "text",
        {},
        5,
    ],
)
def test_attack_40_resolvers_that_answer_nonsense(answer: Any) -> None:
    with pytest.raises(ResolutionError):
        look_up(Knows(answer), DID)
    assert failed(DID, Knows(answer)) == Fault.NOT_FOUND


@pytest.mark.parametrize("error", [UnavailableError("later"), TimeoutError(), KeyError("x"), RecursionError()])
def test_attack_40_resolvers_that_fail(error: Exception) -> None:
    for resolver in (Knows(error), Plain(error), MethodResolver({"web": Plain(error)}), CachingResolver(Plain(error))):
        with pytest.raises(UnavailableError):
            look_up(resolver, DID)
        with pytest.raises(UnavailableError):
            retrieve(f"{DID}#k", INVOKE, resolver)
        assert failed(DID, resolver) == Fault.INTERNAL_ERROR


def test_a_resolver_without_json_will_do() -> None:
    by = MethodResolver({"web": Plain(DOCUMENT)})
    assert live_document(by, DID) == DOCUMENT
    assert resolution(by, DID).did_document == reading.write(DOCUMENT)
    assert resolution(by, DID, Options(version_id="1")).error is not None
    assert resolution(StaticResolver({DID: DOCUMENT}), DID).document == DOCUMENT


def test_each_method_has_its_resolver() -> None:
    web, other = Knows(), Knows()
    by = MethodResolver({"web": web, "example": other})
    local = Identity.generate()
    assert by.resolve(DID).id == DID
    assert by.resolve(local.did) == LocalResolver().resolve(local.did)
    assert resolution(by, local.did).did_document == resolution(LocalResolver(), local.did).did_document
    assert (len(web.asked), len(other.asked)) == (1, 0)
    for did in ("did:example:1", "did:other:1", "did:web", "", DID + "#k", "DID:web:agents.example"):
        with pytest.raises(ResolutionError):
            by.resolve(did)
        assert resolution(by, did).error is not None
    assert resolution(by, "did:other:1").error.type == Fault.METHOD_NOT_SUPPORTED  # type: ignore[union-attr]
    assert resolution(by, DID + "#k").error.type == Fault.INVALID_DID  # type: ignore[union-attr]


@pytest.mark.parametrize("wrong", [None, [], {"did:web": Knows()}, {5: Knows()}, {"web": None}, {"web": "x"}])
def test_method_resolvers_that_cannot_be(wrong: Any) -> None:
    with pytest.raises(InputError):
        MethodResolver(wrong)


# What is kept.


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def caching(by: Any, **more: Any) -> tuple[CachingResolver, Clock]:
    clock = Clock()
    return CachingResolver(by, clock=clock, **{"lifetime": timedelta(minutes=5), **more}), clock


def test_a_document_is_kept_for_its_lifetime_and_no_longer() -> None:
    by = Knows()
    kept, clock = caching(by)
    for asked, minutes in ((1, 4.99), (1, 0.01), (2, 3), (2, 3), (3, 0)):
        assert kept.resolve(DID) == by.answer.document
        assert len(by.asked) == asked
        clock.pass_by(minutes=minutes)
    clock.pass_by(minutes=-1)
    kept.resolve(DID)
    assert len(by.asked) == 4  # the clock was put back
    kept.forget(DID)
    kept.forget("did:web:unknown.example")
    kept.resolve(DID)
    assert len(by.asked) == 5


def test_a_key_is_kept_no_longer_than_it_lasts() -> None:
    until = NOW + timedelta(seconds=10)
    by = Plain(DidDocument(DID, (METHOD, replace(METHOD, id=f"{DID}#b", until=until.astimezone(UTC)))))
    kept, clock = caching(by)
    kept.resolve(DID)
    clock.pass_by(seconds=9.9)
    assert len(kept.resolve(DID).methods) == 2
    by.answer = DOCUMENT
    assert len(kept.resolve(DID).methods) == 2
    clock.pass_by(seconds=0.1)
    assert kept.resolve(DID) == DOCUMENT


@pytest.mark.parametrize("error", [ResolutionError("gone"), UnavailableError("later"), TimeoutError()])
def test_attack_40_no_failure_is_kept(error: Exception) -> None:
    by = Knows(error)
    kept, clock = caching(by)
    for _ in range(2):
        with pytest.raises((ResolutionError, UnavailableError)):
            kept.resolve(DID)
        with pytest.raises((ResolutionError, UnavailableError)):
            kept.look_up(DID, Options())
    by.answer = Knows().answer
    assert kept.resolve(DID).id == DID
    # And what was known does not outlive its time because nobody can be asked.
    by.answer = error
    assert kept.resolve(DID).id == DID
    clock.pass_by(minutes=5)
    with pytest.raises((ResolutionError, UnavailableError)):
        kept.resolve(DID)


def test_attack_39_a_deactivated_did_is_not_kept() -> None:
    by = Knows(metadata=DocumentMetadata(deactivated=True))
    kept, _ = caching(by)
    for asked in (1, 2):
        assert kept.look_up(DID, Options()).metadata.deactivated
        assert len(by.asked) == asked


def test_few_are_kept_and_those_asked_for_last() -> None:
    by = StaticResolver({f"did:web:{n}.example": DidDocument(f"did:web:{n}.example", ()) for n in "abcd"})
    asked: list[str] = []

    class Noting:
        def resolve(self, did: str) -> DidDocument:
            asked.append(did[8])
            return by.resolve(did)

    kept, _ = caching(Noting(), most=2)
    for name in "abacabdcbb":
        kept.resolve(f"did:web:{name}.example")
    assert "".join(asked) == "abcbdcb"


def test_who_changes_what_it_was_given_changes_nothing_here() -> None:
    kept, _ = caching(Knows())
    first = kept.look_up(DID, Options())
    assert first.did_document is not None
    first.did_document["service"][0]["serviceEndpoint"] = "https://evil.example/"  # type: ignore[index,call-overload]
    assert kept.look_up(DID, Options()).did_document == {
        **WRITTEN,
        "service": kept.look_up(DID, Options()).did_document["service"],
    }  # type: ignore[index]


def test_other_options_are_another_question() -> None:
    by = Knows()
    kept, _ = caching(by)
    for options in (Options(), Options(version_id="1"), Options(), Options(version_id="1")):
        kept.look_up(DID, options)
    assert len(by.asked) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"lifetime": timedelta(0)},
        {"lifetime": timedelta(days=2)},
        {"lifetime": 5},
        {"most": 0},
        {"most": True},
        {"most": 1.5},
        {"resolver": None},
    ],
)
def test_caching_resolvers_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        CachingResolver(**{"resolver": Knows(), **wrong})


# The key of a signature.


def test_the_method_of_a_signature() -> None:
    assert retrieve(f"{DID}#k", INVOKE, StaticResolver({DID: DOCUMENT})) == METHOD
    local = Identity.from_seed(b"\x01" * 32)
    assert retrieve(f"{local.did}#{local.did[8:]}", Relationship.ASSERTION_METHOD, LocalResolver()).key == KEY


FIVE: dict[str, tuple[str, Callable[[], Any], str]] = {
    "28-another did": (
        "did:web:other.example#k",
        lambda: Plain(DOCUMENT),
        Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
    ),
    "28-did:key of another": (
        f"{Identity.from_seed(b'2' * 32).did}#{Identity.from_seed(b'1' * 32).did[8:]}",
        LocalResolver,
        Fault.INVALID_VERIFICATION_METHOD,
    ),
    "29-bare fragment": ("#k", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD_URL),
    "29-bare did": (DID, lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD_URL),
    "29-empty fragment": (f"{DID}#", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD_URL),
    "29-query": (f"{DID}?versionId=1#k", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD_URL),
    "29-traversal": (f"{DID}/../x#k", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD_URL),
    "29-url": ("https://a.example/#k", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD_URL),
    "29-other fragment": (f"{DID}#K", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD),
    "29-sql": (f"{DID}#k'--", lambda: Plain(DOCUMENT), Fault.INVALID_VERIFICATION_METHOD),
    "38-key removed": (f"{DID}#k", lambda: Plain(DidDocument(DID, ())), Fault.INVALID_VERIFICATION_METHOD),
    "30-for something else": (
        f"{DID}#k",
        lambda: Plain(DidDocument(DID, (replace(METHOD, relationships=frozenset({LOGIN})),))),
        Fault.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD,
    ),
    "39-deactivated": (
        f"{DID}#k",
        lambda: Plain(replace(DOCUMENT, deactivated=True)),
        Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    ),
    "40-not found": (f"{DID}#k", LocalResolver, Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT),
    "40-malformed": (
        f"{DID}#k",
        lambda: Plain(MalformedError("x")),
        Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    ),
    "40-nonsense": (f"{DID}#k", lambda: Plain("x"), Fault.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT),
}


@pytest.mark.parametrize(("url", "resolver", "fault"), FIVE.values(), ids=FIVE.keys())
def test_methods_that_are_none(url: str, resolver: Callable[[], Any], fault: str) -> None:
    with pytest.raises(ResolutionError) as caught:
        retrieve(url, INVOKE, resolver())
    assert caught.value.problem == fault


@pytest.mark.parametrize("wrong", [None, 5, "capabilityInvocation"])
def test_unusable_arguments(wrong: Any) -> None:
    with pytest.raises(InputError):
        retrieve(f"{DID}#k", wrong, Knows())
    if not isinstance(wrong, str):
        with pytest.raises(InputError):
            retrieve(wrong, INVOKE, Knows())
        with pytest.raises(InputError):
            dereference(wrong, Knows())
        with pytest.raises(InputError):
            resolution(Knows(), wrong)
    with pytest.raises(InputError):
        dereference(DID, Knows(), relationship=wrong or "x")


def test_a_chain_through_a_did_web() -> None:
    """From a document on a server to a decision: one verifier, two methods."""
    alice = Identity.generate()
    signer = Ed25519Signer.generate()
    method = VerificationMethod(f"{DID}#k", DID, signer.public_key, frozenset(Relationship))
    body = json.dumps(reading.write(DidDocument(DID, (method,)))).encode()

    class Pages:
        def get(self, url: str, *, accept: str, most: int) -> bytes | None:
            return body if url == "https://agents.example/.well-known/did.json" else None

    by = MethodResolver({"web": CachingResolver(WebResolver(Pages()))})
    agent = Identity(signer, did=DID, resolver=by)
    token = alice.mint(to=DID, caveats=[caveat.Actions("read")], resolver=by)
    request = Request(action="read", resource="/x")
    wire = agent.present(token, request, audience="did:web:calendar.example")
    verifier = Verifier(audience="did:web:calendar.example", roots=[alice.did], resolver=by)
    assert verifier.authorize(wire, request).holder == DID
