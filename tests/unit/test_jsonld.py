"""Every term of a document means something, and only contexts of known digest say what."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from importlib.resources import files
from typing import Any

import pytest

from attorn.errors import CredentialError, InputError
from attorn.jsonld import Contexts, PinnedContext, require_known
from attorn.jsonld.known import DATA_LOSS, DEEPEST, MOST_VALUES
from attorn.jsonld.library import CREDENTIALS_V1, CREDENTIALS_V2, MOST_BYTES
from attorn.jsonld.processing import MOST_CONTEXTS, MOST_DEFINITIONS, MOST_IRI

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"
EXTRA = "https://a.example/context"


def credential(*contexts: Any, **members: Any) -> dict[str, Any]:
    """A credential of contexts behind the first."""
    return {
        "@context": [CREDENTIALS_V2, *contexts],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:a.example",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:web:b.example"},
        **members,
    }


def subject(*contexts: Any, **members: Any) -> dict[str, Any]:
    return credential(*contexts, credentialSubject=members)


def pinned(context: Any, url: str = EXTRA) -> Contexts:
    data = json.dumps({"@context": context}).encode()
    return Contexts({url: PinnedContext(data, hashlib.sha256(data).hexdigest())})


def refused(document: Any, contexts: Contexts | None = None) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        require_known(document, contexts=contexts)
    return caught.value


def undefined(document: Any, contexts: Contexts | None = None) -> None:
    assert refused(document, contexts).problem == DATA_LOSS


STATUS = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "message",
    "statusListIndex": "1",
    "statusListCredential": "https://a.example/1",
    "statusMessage": [{"status": "0x0", "message": "none"}, {"status": "0x1", "message": "one"}],
}
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": "2026-01-01T00:00:00Z",
    "verificationMethod": "did:web:a.example#1",
    "proofPurpose": "assertionMethod",
    "proofValue": "z1",
}
LABEL = {"label": {"@id": "urn:x:l", "@container": "@language"}}

KNOWN = {
    "least": credential(),
    "a context alone": {**credential(), "@context": CREDENTIALS_V2},
    "one of several subjects": credential(credentialSubject=[{"id": "urn:a"}, {"type": "JsonSchema"}]),
    "a status": credential(credentialStatus=STATUS),
    "a proof": credential(proof=[PROOF, {**PROOF, "@context": [CREDENTIALS_V2]}]),
    "any term, by the issuer's word": subject(EXAMPLES, alumniOf="x", more={"and": {"more": 1}}),
    "@vocab in the document": subject({"@vocab": "https://a.example/#"}, anything=[1, True, None]),
    "an inline term": subject({"role": "https://a.example/role"}, role="agent"),
    "an inline prefix": subject({"a": "https://a.example/#", "role": "a:role"}, role="x", **{"a:more": 1}),
    "a prefix defined behind its use": subject({"role": "a:role", "a": "https://a.example/#"}, role="x"),
    "an absolute IRI": subject(**{"https://a.example/role": {"https://a.example/of": 1}}),
    "a type by prefix": subject({"a": "https://a.example/#"}, type="a:Agent"),
    "an absolute type": subject(type=["https://a.example/Agent"]),
    "a context of a type": subject({"A": {"@id": "urn:x:a", "@context": {"role": "urn:x:b"}}}, type="A", role=1),
    "a context of a member": subject({"of": {"@id": "urn:x:a", "@context": {"role": "urn:x:b"}}}, of={"role": 1}),
    "a datatype by its address": subject(name={"@value": "5", "@type": "http://www.w3.org/2001/XMLSchema#integer"}),
    "keywords": subject(name={"@value": "x", "@language": "en", "@direction": "ltr"}, **{"@type": "JsonSchema"}),
    "an alias": subject({"kind": "@type"}, kind="JsonSchema"),
    "raw JSON": subject(type="JsonSchema", jsonSchema={"$anything": [{"@context": 1}]}),
    "a protected term said again": credential({"description": "https://schema.org/description"}),
    "texts by language": subject(LABEL, label={"en": "a", "de": ["b"]}),
    "version 1.1": {
        "@context": [CREDENTIALS_V1, INTEGRITY],
        "type": "VerifiableCredential",
        "issuer": {"id": "did:web:a.example"},
        "issuanceDate": "2026-01-01T00:00:00Z",
        "proof": PROOF,
    },
    "a presentation": {
        "@context": [CREDENTIALS_V2],
        "type": "VerifiablePresentation",
        "holder": {"id": "urn:a"},
        "verifiableCredential": [
            subject(EXAMPLES, alumniOf="x"),
            {"@context": CREDENTIALS_V2, "id": "data:a,b", "type": "EnvelopedVerifiableCredential"},
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_defined_is_known(name: str) -> None:
    before = copy.deepcopy(KNOWN[name])
    require_known(KNOWN[name])
    assert KNOWN[name] == before


UNDEFINED = {
    "beside the others": credential(statusEntry=1),
    "in the subject": subject(alumniOf="x"),
    "in the subject of a later one": credential(credentialSubject=[{"id": "urn:a"}, {"role": 1}]),
    "in a status": credential(credentialStatus={**STATUS, "extra": 1}),
    "deep in a status": credential(credentialStatus={**STATUS, "statusMessage": [{"other": 1}]}),
    "in a proof": credential(proof={**PROOF, "cryptosuit": "x"}),
    "in an issuer": credential(issuer={"id": "urn:a", "reputation": 5}),
    "even if it is null": credential(statusEntry=None),
    "even if it is empty": subject(role=[]),
    "of a type": credential(type=["VerifiableCredential", "Alumni"]),
    "of a subject's type": subject(type="Agent"),
    "of a type that is none": credential(type=["VerifiableCredential", 1]),
    "a relative type": subject(type="./Agent"),
    "a type with a blank": subject(type="https://a.example/a b"),
    "only for another type": credential(statusListIndex="1"),
    "only inside a status": subject(statusListIndex="1"),
    "only inside a member": subject({"of": {"@id": "urn:x:a", "@context": {"role": "urn:x:b"}}}, of=1, role=1),
    "not inside a type's members": subject(
        {"Agent": {"@id": "urn:x:a", "@context": {"role": "urn:x:b", "of": "urn:x:of"}}}, type="Agent", of={"role": 1}
    ),
    "by a type that only a type defines": subject(
        {"Agent": {"@id": "urn:x:a", "@context": {"Sub": "urn:x:b"}}}, type=["Agent", "Sub"]
    ),
    "in another case": credential(validfrom="2026-01-01T00:00:00Z"),
    "mapped to nothing": subject({"role": None}, role=1),
    "mapped to nothing by its id": subject({"role": {"@id": None}}, role=1),
    "taken back": subject({"@vocab": "https://a.example/#"}, {"@vocab": None}, role=1),
    "like a keyword": subject(EXAMPLES, **{"@role": 1}),
    "of a blank node": subject(EXAMPLES, **{"_:role": 1}),
    "by a term that is no prefix": subject({"a": {"@id": "https://a.example/#"}}, **{"a: x": 1}),
    "an IRI with a blank": subject(**{"https://a.example/a b": 1}),
    "a colon in front": subject(**{":role": 1}),
    "without any context": {"type": "VerifiableCredential"},
    "with an empty context": {**credential(), "@context": []},
    "in a value object": subject(name={"@value": "x", "role": 1}),
    "a datatype": subject(name={"@value": "x", "@type": "Foo"}),
    "a datatype that is a blank node": subject(name={"@value": "x", "@type": "_:b"}),
    "in a credential that leans on its presentation": {
        "@context": [CREDENTIALS_V2, EXAMPLES],
        "type": "VerifiablePresentation",
        "verifiableCredential": {"type": "VerifiableCredential"},
    },
    "in an embedded credential": {
        "@context": [CREDENTIALS_V2, EXAMPLES],
        "type": "VerifiablePresentation",
        "verifiableCredential": [subject(alumniOf="x")],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", UNDEFINED)
def test_what_nothing_defines_is_refused(name: str) -> None:
    undefined(UNDEFINED[name])  # attack 50


def chain(length: int) -> dict[str, str]:
    return {**{f"t{n}": f"t{n + 1}:x" for n in range(length)}, f"t{length}": "https://a.example/#"}


REFUSED = {
    # attack 50: redefined, swapped, nested
    "a protected term redefined": credential({"issuer": "https://a.example/i", "name": "https://a.example/n"}),
    "a protected term cleared": credential({"name": None}),
    "a protected alias redefined": credential({"id": "https://a.example/id"}),
    "a protected type redefined": credential({"VerifiableCredential": "https://a.example/vc"}),
    "a protected term by a type's context": subject(
        {"Agent": {"@id": "urn:x:a", "@context": {"name": "urn:x:b"}}}, type="Agent"
    ),
    "protected terms cleared by null": credential(None, EXAMPLES),
    "protected terms cleared by a type": subject({"Agent": {"@id": "urn:x:a", "@context": None}}, type="Agent"),
    "a context in the subject": credential(credentialSubject={"@context": EXAMPLES, "alumniOf": "x"}),
    "a context in a status": credential(credentialStatus={**STATUS, "@context": {"extra": "urn:x:e"}}),
    "a context deep in a proof": credential(proof={**PROOF, "verificationMethod": {"@context": {}, "id": "urn:a"}}),
    "an IRI redefined": subject({"https://a.example/a": "https://a.example/b"}),
    "a prefixed name redefined": subject({"a": "https://a.example/#", "a:b": "https://a.example/other"}),
    # attack 49: remote
    "an unknown context": credential("https://evil.example/v1"),
    "a context in another spelling": credential("https://www.w3.org/ns/credentials/v2/"),
    "a context without its fragment": credential(CREDENTIALS_V2 + "#"),
    "a relative context": credential("./context"),
    "a remote context of a term": subject(
        {"of": {"@id": "urn:x:a", "@context": "https://evil.example/v1"}}, of={"id": "urn:b"}
    ),
    "an imported context": credential({"@import": EXAMPLES}),
    "a context that is a number": credential(1),
    "a context in two lists": credential([EXAMPLES]),
    # what attorn does not read
    "@base": credential({"@base": "https://a.example/"}),
    "@propagate": credential({"@propagate": False}),
    "@nest": subject({"of": "@nest"}, of={"name": "x"}),
    "@reverse": subject(**{"@reverse": {"https://a.example/x": {"id": "urn:a"}}}),
    "@included": subject(**{"@included": []}),
    "@graph": {**credential(), "@graph": []},
    "@list": subject(name={"@list": ["x"]}),
    "a reversed term": credential({"of": {"@reverse": "https://a.example/of"}}),
    "an index": subject({"of": {"@id": "urn:x:a", "@container": "@index"}}, of={"a": 1}),
    "a container that is none": credential({"of": {"@id": "urn:x:a", "@container": "@bag"}}),
    "version 1.0": credential({"@version": 1.0}),
    "@protected as text": credential({"@protected": "true"}),
    "a term as a number": credential({"role": 1}),
    "a term without a meaning": credential({"role": "role"}),
    "a term without an IRI": credential({"role": "a role"}),
    "a term of a blank node": credential({"role": "_:role"}),
    "a term that is a context": credential({"role": "@context"}),
    "a term like a keyword": credential({"@role": "https://a.example/"}),
    "an empty term": credential({"": "https://a.example/"}),
    "a type that is none": credential({"role": {"@id": "urn:x:r", "@type": "text"}}),
    "a relative vocabulary": credential({"@vocab": "vocab#"}),
    "a vocabulary of blank nodes": credential({"@vocab": "_:"}),
    "terms in a circle": credential({"a": "b:x", "b": "a:x"}),
    "a term by itself": credential({"a": "a:x"}),
    "an id that is null": credential(id=None),
    "an id that is a list": credential(id=["urn:uuid:1"]),
    "two ids": credential(**{"@id": "urn:uuid:2"}),
    "two types": subject(type="JsonSchema", **{"@type": "JsonSchema"}),
    "a value object with an id": subject(name={"@value": "x", "id": "urn:a"}),
    "a language that is a list": subject(name={"@value": "x", "@language": ["en"]}),
    "texts by language that are none": subject(LABEL, label={"en": {}}),
    # bounds
    "too many contexts": credential(*[EXAMPLES] * MOST_CONTEXTS),
    "too many terms": credential({f"t{n}": "https://a.example/" for n in range(MOST_DEFINITIONS + 1)}),
    "a long way from term to term": credential(chain(1000)),
    "too many values": subject(EXAMPLES, a=[1] * MOST_VALUES),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_mean_something_else_is_refused(name: str) -> None:
    refused(REFUSED[name])


def test_nesting_is_bounded() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = {"a": value}
    refused(subject(EXAMPLES, a=value))  # attack 1
    for _ in range(100_000):
        value = [value]
    refused(subject(EXAMPLES, a=value))
    value = 1
    for _ in range(DEEPEST - 2):
        value = [value]
    require_known(subject(EXAMPLES, a=value))


def test_types_in_any_number_and_order_stay_within_the_bound() -> None:
    context = {
        f"T{n}": {"@id": f"urn:x:{n}", "@context": {f"m{n}x{k}": f"urn:x:{k}" for k in range(50)}} for n in range(12)
    }
    nodes = [{"type": [f"T{n}" for n in range(12) if mask >> n & 1]} for mask in range(4096)]
    refused(credential(context, credentialSubject=nodes))


def test_names_grow_no_longer_than_the_document_says() -> None:
    # attack 1: 200 kB of this were 29 s and 890 MB
    long = "https://a.example/" + "x" * 60_000
    began = time.process_time()
    refused(credential({"@vocab": long}, credentialSubject={f"k{n}": 1 for n in range(9000)}))
    refused(credential({"a": f"{long}#", **{f"k{n}": f"a:{n}" for n in range(4000)}}))
    fits = "https://a.example/" + "x" * (MOST_IRI - 18)
    require_known(credential({"@vocab": fits, "a": f"{fits[:-1]}#"}, credentialSubject={"a:b": 1, "c": 2}))
    refused(credential({"@vocab": f"{fits}x"}))
    refused(credential({"a": f"{fits}x"}))
    refused(credential({"a": f"{fits[:-1]}#", "b": "a:b"}))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "scope", [{}, [{}] * MOST_CONTEXTS, {"@vocab": "urn:x:"}], ids=["empty", "empties", "vocabulary"]
)
def test_contexts_that_define_nothing_are_counted(scope: Any) -> None:
    # attack 1: each is a copy of all that was defined before; 180 kB of this were 550 MB
    terms: dict[str, Any] = {f"p{n}": f"urn:x:{n}" for n in range(3500)}
    terms |= {f"T{n}": {"@id": f"urn:x:T{n}", "@context": scope} for n in range(20)}
    terms |= {f"m{n}": {"@id": f"urn:x:m{n}", "@context": scope} for n in range(20)}
    pairs = [{"type": [f"T{a}", f"T{b}", f"T{c}"]} for a in range(20) for b in range(20) for c in range(5)]
    refused(credential(terms, credentialSubject=pairs))
    refused(credential(terms, credentialSubject={f"m{a}": {f"m{b}": {} for b in range(20)} for a in range(20)}))
    require_known(credential(terms, credentialSubject=[{"type": "T1"}, {"m1": {}}]))


def test_a_handed_in_context_defines_its_terms() -> None:
    contexts = pinned({"role": "https://a.example/role"})
    require_known(subject(EXTRA, role=1), contexts=contexts)
    undefined(subject(EXTRA, other=1), contexts)
    refused(subject(EXTRA, role=1))  # attack 49
    assert EXTRA in contexts.urls
    assert CREDENTIALS_V2 in contexts.urls


def test_a_handed_in_context_may_name_others_and_not_itself() -> None:
    require_known(subject(EXTRA, alumniOf=1), contexts=pinned([EXAMPLES, {"role": "https://a.example/role"}]))
    refused(subject(EXTRA, role=1), pinned([EXTRA, {"role": "https://a.example/role"}]))
    refused(subject(EXTRA, role=1), pinned(["https://evil.example/v1"]))


def test_a_context_of_a_member_may_redefine_what_is_protected() -> None:
    context = {"of": {"@id": "urn:x:a", "@context": {"name": "urn:x:n", "@protected": True}}}
    require_known(subject(context, of={"name": 1}))
    refused(subject({**context, "@protected": True}, {"of": {"@id": "urn:x:a"}}))


def test_contexts_are_held_to_their_digest() -> None:
    data = b'{"@context": {}}'
    digest = hashlib.sha256(data).hexdigest()
    assert PinnedContext(data, digest).sha256 == digest
    for other in (digest.upper(), digest[:-1], "0" * 64, None, digest.encode()):
        with pytest.raises(InputError):
            PinnedContext(data, other)  # type: ignore[arg-type]
    for bad in (b"{}", b"[]", b"{", b'{"@context": {}, "@context": {}}', b" " * (MOST_BYTES + 1), "{}", None):
        with pytest.raises(InputError):
            PinnedContext(bad, hashlib.sha256(bad if isinstance(bad, bytes) else b"").hexdigest())  # type: ignore[arg-type]


@pytest.mark.parametrize("url", [CREDENTIALS_V2, "context", "", "HTTPS://a.example", "https://a.example/ ", 1, None])
def test_a_context_is_handed_in_under_a_url_of_its_own(url: Any) -> None:
    data = b'{"@context": {}}'
    context = PinnedContext(data, hashlib.sha256(data).hexdigest())
    with pytest.raises(InputError):
        Contexts({url: context})


@pytest.mark.parametrize("extra", [[], "https://a.example", {EXTRA: b"{}"}, {EXTRA: None}])
def test_contexts_are_handed_in_as_a_mapping_of_pinned_ones(extra: Any) -> None:
    with pytest.raises(InputError):
        Contexts(extra)


@pytest.mark.parametrize("document", [[], "x", None, {1: 2}, {**credential(), "name": {1, 2}}])
def test_a_document_is_a_mapping_of_json(document: Any) -> None:
    with pytest.raises((InputError, CredentialError)):
        require_known(document)


def test_every_bundled_context_is_whole_and_used() -> None:
    contexts = Contexts()
    for url in contexts.urls:
        require_known({"@context": url})
    folder = files("attorn.jsonld") / "contexts"
    documents = [each.name for each in folder.iterdir() if each.name.endswith(".jsonld")]
    assert len(documents) == len(contexts.urls)
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in documents)


def test_a_document_that_was_refused_leaves_nothing_behind() -> None:
    for document in (*UNDEFINED.values(), *REFUSED.values()):
        with pytest.raises(CredentialError):
            require_known(document)
    for document in KNOWN.values():
        require_known(document)
