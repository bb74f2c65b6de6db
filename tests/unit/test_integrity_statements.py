"""Proofs over RDF: what statements cannot say, or could say under another name, is refused."""

from __future__ import annotations

import builtins
import hashlib
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.integrity_scene import ALICE, CREDENTIAL, RDFC, SIGNER, accepted, refused, signed, with_proof

from attorn.canonical import canonicalise
from attorn.errors import CredentialError, ProofError, UnavailableError, VerificationError
from attorn.integrity import Suite, sign, verifying
from attorn.integrity.stages import transform
from attorn.integrity.statements import MOST_STATEMENTS, canonical
from attorn.jsonld import Contexts, PinnedContext, require_known
from attorn.jsonld.known import DATA_LOSS
from attorn.jsonld.library import CREDENTIALS_V1, CREDENTIALS_V2, bundled

CRED = "https://www.w3.org/2018/credentials#"
SUITE = Suite.EDDSA_RDFC_2022
BODY: dict[str, Any] = {
    "@context": [CREDENTIALS_V2],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential"],
    "issuer": ALICE.did,
    "validUntil": "2026-12-01T00:00:00Z",
    "credentialSubject": {"id": "urn:a"},
    "credentialStatus": {
        "id": "https://a.example/1#5",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://a.example/1",
    },
}
EXTRA = "https://a.example/context"
IRI = {"@type": "@id"}
DOUBLE = {"@type": "http://www.w3.org/2001/XMLSchema#double"}


def extra(context: Any) -> Contexts:
    return _extra(canonicalise({"@context": context}))


@cache
def _extra(data: bytes) -> Contexts:
    return Contexts({EXTRA: PinnedContext(data, hashlib.sha256(data).hexdigest())})


def statements(document: Mapping[str, Any], contexts: Contexts | None = None) -> str:
    return transform(document, SUITE, bundled() if contexts is None else contexts).decode()


def about(value: Any, **term: Any) -> tuple[dict[str, Any], Contexts]:
    """Something with a member `about`, and what defines that."""
    contexts = extra({"id": "@id", "type": "@type", "about": {"@id": "https://a.example/about", **term}})
    return {"@context": EXTRA, "id": "urn:a", "about": value}, contexts


def lost(document: Mapping[str, Any], contexts: Contexts | None = None) -> None:
    with pytest.raises(VerificationError) as caught:
        statements(document, contexts)
    assert isinstance(caught.value, CredentialError | ProofError)
    assert caught.value.problem == DATA_LOSS


@pytest.mark.parametrize("suite", RDFC)
def test_a_member_written_as_its_iri_is_refused(suite: Suite) -> None:
    document = signed(SIGNER[suite], BODY, suite=suite)
    accepted(document)
    stamp = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": BODY["validUntil"]}
    for name, value in (("validUntil", stamp), ("credentialStatus", BODY["credentialStatus"]),
                        ("issuer", {"id": BODY["issuer"]})):  # fmt: skip
        hidden = {each: document[each] for each in document if each != name}
        hidden[CRED + name] = value
        # The same statements: a reader of JSON would take it for a credential without an end, or without a status.
        assert (
            canonical({each: hidden[each] for each in hidden if each != "proof"}, bundled())
            == statements(BODY).encode()
        )
        with pytest.raises(CredentialError):
            accepted(hidden)  # attack 50
        with pytest.raises(CredentialError):
            accepted({**hidden, "@context": [CREDENTIALS_V2, {"other": CRED + name}]})


@pytest.mark.parametrize("suite", RDFC)
def test_a_member_under_another_name_is_refused(suite: Suite) -> None:
    document = signed(SIGNER[suite], BODY, suite=suite)
    hidden = {("end" if name == "validUntil" else name): value for name, value in document.items()}
    alias = {"end": {"@id": CRED + "validUntil", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}}
    for context in (alias, {**alias, "@protected": True}, {"@vocab": CRED}):
        with pytest.raises(CredentialError):
            accepted({**hidden, "@context": [CREDENTIALS_V2, context]})
    contexts = extra(alias)
    with pytest.raises(CredentialError):
        accepted({**hidden, "@context": [CREDENTIALS_V2, EXTRA]}, contexts=contexts)
    for changed in (
        {("@id" if name == "id" else name): value for name, value in document.items()},
        {("@type" if name == "type" else name): value for name, value in document.items()},
        {**document, "type": [CRED + "VerifiableCredential"]},
        {**document, "credentialSubject": {"@id": "urn:a"}},
        {**document, "credentialStatus": {**BODY["credentialStatus"], "type": "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry"}},
    ):  # fmt: skip
        with pytest.raises(CredentialError):
            accepted(changed)


def test_version_1_has_prefixes_and_they_are_no_other_names() -> None:
    body = {
        "@context": [CREDENTIALS_V1, "https://w3id.org/security/data-integrity/v2"],
        "type": ["VerifiableCredential"],
        "issuer": ALICE.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "expirationDate": "2026-11-30T00:00:00Z",
        "credentialSubject": {"id": "urn:a"},
    }
    document = sign(body, by=ALICE, suite=SUITE)
    assert accepted(document).document == body
    hidden = {name: value for name, value in document.items() if name != "expirationDate"}
    hidden["cred:expirationDate"] = {"@type": "xsd:dateTime", "@value": "2026-11-30T00:00:00Z"}
    with pytest.raises(CredentialError):
        accepted(hidden)


@pytest.mark.parametrize(
    "value",
    [
        None, [], [None], ["x", None], [["x"], ["y"]], [[]], {"@value": None}, {"@value": "x", "@direction": "rtl"},
        0.1 + 0.2, 1.0000000000000002, {"@value": 0.30000000000000004}, {"@value": "x", "@language": None},
        {"type": []}, {"about": None},
    ],
)  # fmt: skip
def test_what_rdf_has_no_word_for_is_refused(value: Any) -> None:
    lost(*about(value))
    lost(*about([{"about": "x"}, {"about": value}]))


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("relative", IRI), ("", IRI), ("#a", IRI), ("//a.example/", IRI), ("?x", IRI), ("a b:c", IRI), ("_:a", IRI),
        ("https://a.example/a b", IRI), ("relative-iri://none/x", IRI), ("other", {"@type": "@vocab"}),
        ({"id": "x"}, {}), ({"id": "_:a"}, {}), ("1.0", DOUBLE), ("NaN", DOUBLE),
    ],
)  # fmt: skip
def test_what_would_be_dropped_or_rewritten_is_refused(value: Any, term: dict[str, str]) -> None:
    lost(*about(value, **term))


def test_lists_keep_their_order_and_may_be_nested() -> None:
    lists = {"@container": "@list"}
    one, two = statements(*about(["a", "b"], **lists)), statements(*about(["b", "a"], **lists))
    assert one != two
    assert statements(*about([["a"], ["b"]], **lists)) != statements(*about([["a", "b"]], **lists))
    # Without, they are sets: the order says nothing.
    assert statements(*about(["a", "b"])) == statements(*about(["b", "a"]))


def test_a_null_in_a_literal_of_json_is_kept() -> None:
    document, contexts = about({"a": [None, []], "b": 0.1 + 0.2, "": {"@context": 1}}, **{"@type": "@json"})
    assert '"{\\"\\":{\\"@context\\":1},\\"a\\":[null,[]],\\"b\\":0.30000000000000004}"' in statements(
        document, contexts
    )


_text = st.text('aé"\\\n\x7f😀 /', max_size=4)
_json = st.recursive(
    st.sampled_from([None, True, False, 2**53 - 1, -5, 0.1, 1e-7, 1e15, 0.1 + 0.2]) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)


def quoted(text: str) -> str:
    """A literal of canonical N-Quads (RDF 1.2 N-Quads section 3)."""
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}

    def spelt(number: int) -> str:
        return short.get(number) or (f"\\u{number:04X}" if number < 0x20 or number == 0x7F else chr(number))

    return '"' + "".join(spelt(ord(character)) for character in text) + '"'


@settings(max_examples=25)
@given(_json)
def test_literals_of_json_are_written_as_rfc_8785_says(value: Any) -> None:
    if value is None:
        return
    document, contexts = about(value, **{"@type": "@json"})
    expected = f"{quoted(canonicalise(value).decode())}^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"
    assert f"<urn:a> <https://a.example/about> {expected} .\n" in statements(document, contexts)


@settings(max_examples=40)
@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_texts_are_written_as_n_quads_says(text: str) -> None:
    assert f"<urn:a> <https://a.example/about> {quoted(text)} .\n" in statements(*about(text))


@settings(max_examples=40)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-9e15, max_value=9e15))
def test_two_numbers_are_never_the_same_statement(value: float) -> None:
    if value == 0 or value.is_integer():
        return
    try:
        found = statements(*about(value))
    except ProofError as error:
        assert error.problem == DATA_LOSS  # noqa: PT017 - either is right
        return
    literal = found.partition("<https://a.example/about> ")[2].split('"')[1]
    assert float(literal) == value


def test_texts_may_have_a_language() -> None:
    assert '"x"@en .' in statements(*about({"@value": "x", "@language": "en"}))
    assert '"x"@de .' in statements(*about({"de": "x"}, **{"@container": "@language"}))
    for language in ("a b", "1", "e" * 9 + "-", ""):
        with pytest.raises(ProofError):
            statements(*about({"@value": "x", "@language": language}))


def test_statements_are_counted() -> None:
    with pytest.raises(ProofError) as caught:
        statements(*about([f"{n}" for n in range(MOST_STATEMENTS + 1)]))
    assert caught.value.problem.endswith("PROOF_TRANSFORMATION_ERROR")
    statements(*about([f"{n}" for n in range(MOST_STATEMENTS - 20)]))


def test_a_chain_counts_its_statements_for_each_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    # attack 49: sixteen proofs over 4,096 statements each were four seconds, whoever made them
    counted = accepted(chain := signed(SIGNER[SUITE], CREDENTIAL, suite=SUITE, id="urn:p:0"))
    for number in range(1, 4):
        chain = signed(SIGNER[SUITE], chain, suite=SUITE, id=f"urn:p:{number}", previous=f"urn:p:{number - 1}")
    assert len(accepted(chain).proofs) == 4
    alone = transform(counted.document, SUITE, bundled()).count(b"\n")
    monkeypatch.setattr(verifying, "MOST_STATEMENTS", 4 * alone)
    refused(chain, "PROOF_TRANSFORMATION_ERROR")
    # A set is over the document alone, and so is each of its proofs.
    both = signed(SIGNER[SUITE], signed(SIGNER[SUITE], CREDENTIAL, suite=SUITE), suite=SUITE)
    monkeypatch.setattr(verifying, "MOST_STATEMENTS", alone)
    assert len(accepted(both).proofs) == 2
    monkeypatch.setattr(verifying, "MOST_STATEMENTS", alone - 1)
    refused(both, "PROOF_TRANSFORMATION_ERROR")


def test_contexts_that_are_applied_again_and_again_count_each_time() -> None:
    context = {f"T{n}": {"@id": f"https://a.example/{n}", "@context": {f"m{k}": "urn:x:m" for k in range(40)}}
               for n in range(11)}  # fmt: skip
    contexts = extra({**context, "type": "@type", "about": "https://a.example/about"})
    document = {"@context": EXTRA, "about": [{"type": [f"T{n % 11}"]} for n in range(200)]}
    require_known(document, contexts=contexts)
    with pytest.raises(CredentialError):
        statements(document, contexts)


def test_a_presentation_keeps_its_credentials_apart() -> None:
    inner = {**CREDENTIAL, "credentialSubject": {"alumniOf": "x"}}
    presentation = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": ALICE.did}
    both = {
        **presentation,
        "verifiableCredential": [signed(SIGNER[SUITE], inner, suite=SUITE), signed(SIGNER[SUITE], CREDENTIAL)],
    }
    document = signed(SIGNER[SUITE], both, suite=SUITE)
    assert accepted(document).document == both
    first, second = both["verifiableCredential"]
    refused({**document, "verifiableCredential": [first]})
    refused({**document, "verifiableCredential": [with_proof(first, created="2020-01-01T00:00:00Z"), second]})
    refused(
        {**document, "verifiableCredential": [{**first, "proof": second["proof"]}, {**second, "proof": first["proof"]}]}
    )


def test_without_the_extra_it_is_undecidable(monkeypatch: pytest.MonkeyPatch) -> None:
    document = signed(suite=SUITE)
    original = builtins.__import__

    def importing(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("pyld", "pyoxigraph", "cachetools"):
            raise ImportError(name)
        return original(name, *rest)

    for name in [name for name in sys.modules if name.partition(".")[0] in ("pyld", "pyoxigraph", "cachetools")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "attorn.integrity.statements")
    import attorn.integrity  # noqa: PLC0415 - to forget its module

    monkeypatch.delattr(attorn.integrity, "statements")
    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(UnavailableError, match=r"attorn\[rdf\]"):
        accepted(document)
    with pytest.raises(UnavailableError):
        signed(suite=SUITE)
    accepted(signed())
