"""Attacks 26, 28 to 30, 41 to 43 and 46 to 51 on documents with Data Integrity proofs."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from time import process_time
from typing import Any

import pyoxigraph
import pytest
from tests.unit.integrity_scene import (
    ALICE,
    AUTHENTICATION,
    BOB,
    CAROL,
    CREDENTIAL,
    DAVE,
    EXAMPLES,
    NOW,
    RDFC,
    SECURITY,
    SIGNER,
    accepted,
    refused,
    signed,
    with_proof,
)

from attorn.canonical import canonicalise, parse
from attorn.errors import CredentialError, MalformedError, ProofError, VerificationError
from attorn.integrity import Suite, sign
from attorn.integrity.alike import require_tame
from attorn.integrity.stages import transform
from attorn.jsonld.known import DATA_LOSS
from attorn.jsonld.library import CREDENTIALS_V2, bundled

FULL = {
    suite: signed(
        SIGNER[suite], suite=suite, id="urn:uuid:1", expires=NOW.replace(year=2027), domain=["a.example", "b.example"],
        challenge="challenge", nonce="nonce",
    )
    for suite in Suite
}  # fmt: skip
OTHER: dict[str, Any] = {
    "type": "Ed25519Signature2020",
    "id": "urn:uuid:2",
    "created": "2026-11-22T12:00:01Z",
    "expires": "2027-11-22T12:00:01Z",
    "verificationMethod": f"{BOB.did}#{BOB.did[8:]}",
    "proofPurpose": "authentication",
    "domain": ["a.example"],
    "challenge": "challengf",
    "nonce": "nonce ",
    "previousProof": "urn:uuid:1",
    "proofValue": signed(BOB)["proof"]["proofValue"],
}
every = pytest.mark.parametrize("suite", Suite)


def refused_somehow(document: Any) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        accepted(document)
    return caught.value


@every
@pytest.mark.parametrize("name", OTHER)
def test_51_every_member_of_a_proof_is_signed(suite: Suite, name: str) -> None:
    document = FULL[suite]
    accepted(document)
    refused(with_proof(document, **{name: OTHER[name]}))
    if name in document["proof"]:
        refused(with_proof(document, **{name: None}))


@every
@pytest.mark.parametrize("other", [each.value for each in Suite] + ["eddsa-2022", "none", "HS256", "eddsa-jcs-2022 "])
def test_26_the_name_of_a_suite_is_signed_and_fits_the_key(suite: Suite, other: str) -> None:
    if other != suite:
        refused(with_proof(FULL[suite], cryptosuite=other), "PROOF_VERIFICATION_ERROR")


def test_26_a_signature_by_one_suite_is_none_by_another() -> None:
    made = {suite: signed(SIGNER[suite], suite=suite) for suite in Suite}
    for suite, document in made.items():
        for other, another in made.items():
            if suite != other:
                refused(with_proof(document, proofValue=another["proof"]["proofValue"]))


@every
def test_28_a_proof_by_somebody_else_names_somebody_else(suite: Suite) -> None:
    by = BOB if suite.startswith("eddsa") else CAROL
    document = signed(by, suite=suite)
    assert accepted(document).proofs[0].controller == by.did
    alice = signed(SIGNER[suite], suite=suite)["proof"]["verificationMethod"]
    if by is BOB:
        refused(with_proof(document, verificationMethod=alice))
    # The key of another DID, even if it is the same key.
    same = signed(DAVE)
    refused(with_proof(same, verificationMethod=f"{BOB.did}#{BOB.did[8:]}"))


def test_47_numbers_and_text_that_json_parsers_disagree_on() -> None:
    good = json.dumps(signed())
    accepted(parse(good))
    for bad in ('"years": [NaN]', '"years": [1e999]', '"years": [9007199254740992]', '"years": [-0]',
                '"years": [-0.0]', '"years": ["\\ud800"]', '"years": [3, 4], "years": [3]'):  # fmt: skip
        with pytest.raises(MalformedError):
            parse(good.replace('"years": [3, 4]', bad))


@every
def test_48_order_of_members_and_escapes_do_not_matter(suite: Suite) -> None:
    document = FULL[suite]
    turned = json.loads(json.dumps(document, ensure_ascii=True), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert list(turned) != list(document)
    accepted(turned)
    text = json.dumps(document).replace("Alumni Credential", "\\u0041lumni Credential")
    assert text != json.dumps(document)
    accepted(json.loads(text))


def changes(value: Any) -> Iterator[Any]:
    """`value` with one thing in it changed, in every place and each of several ways."""
    if isinstance(value, dict):
        for name in value:
            yield {each: value[each] for each in value if each != name}
            yield {(f"{each}x" if each == name else each): value[each] for each in value}
            for other in changes(value[name]):
                yield {**value, name: other}
    elif isinstance(value, list):
        yield value[1:]
        yield [*value, "urn:x:more"]
        for index, each in enumerate(value):
            for other in changes(each):
                yield [*value[:index], other, *value[index + 1 :]]
    elif isinstance(value, str):
        yield from (value + "x", value[:-1], value.swapcase(), None, 1, {})
    else:
        yield from (value + 1, str(value) + "x", None, value * 2, [])


@every
def test_48_anything_else_that_changes_is_refused(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    body = {name: value for name, value in document.items() if name != "proof"}
    count = 0
    for changed in changes({name: value for name, value in body.items() if name != "@context"}):
        refused_somehow({**changed, "@context": body["@context"], "proof": document["proof"]})
        count += 1
    assert count > 60


POISON = {
    "everybody knows everybody": [(a, b) for a in range(8) for b in range(8) if a != b],
    "two stars": [(star * 100, star * 100 + 1 + leaf) for star in range(2) for leaf in range(9)],
    "two halves": [(a, 10 + b) for a in range(6) for b in range(6)],
    "a ring of 64": [(a, (a + 1) % 64) for a in range(64)],
    "cliques of five": [(a, b) for a in range(60) for b in range(60) if a != b and a // 5 == b // 5],
    "many cliques of four": [(a, b) for a in range(400) for b in range(400) if a != b and a // 4 == b // 4],
    "everybody knows sixty": [(a, b) for a in range(60) for b in range(60)],
}
TAME = {
    "all different": [(a, b) for a in range(60) for b in range(a)],
    "a clique of four": [(a, b) for a in range(4) for b in range(4) if a != b],
    "a ring of 16": [(a, (a + 1) % 16) for a in range(16)],
    "a star": [(0, 1 + leaf) for leaf in range(2000)],
    "pairs": [(a, a ^ 1) for a in range(1000)],
    "nothing": [],
}


def quads(edges: list[tuple[int, int]]) -> list[tuple[str, str, str, str]]:
    return [(f"_:b{a}", "<urn:x:knows>", f"_:b{b}", "") for a, b in edges]


@pytest.mark.parametrize("edges", POISON.values(), ids=POISON.keys())
def test_49_poison_graphs_are_refused_before_any_work(edges: list[tuple[int, int]]) -> None:
    before = process_time()
    with pytest.raises(ProofError) as caught:
        require_tame(quads(edges))
    assert caught.value.problem == SECURITY + "PROOF_TRANSFORMATION_ERROR"
    assert process_time() - before < 0.5


@pytest.mark.parametrize("edges", TAME.values(), ids=TAME.keys())
def test_49_what_is_let_through_is_quick(edges: list[tuple[int, int]]) -> None:
    require_tame(quads(edges))
    blank, knows = pyoxigraph.BlankNode, pyoxigraph.NamedNode("urn:x:knows")
    graph = pyoxigraph.Dataset(pyoxigraph.Quad(blank(f"b{a}"), knows, blank(f"b{b}")) for a, b in edges)
    before = process_time()
    graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert process_time() - before < 0.5


def test_49_nodes_that_a_document_names_by_itself_are_refused() -> None:
    # What is left are trees, so poison needs branches that are the same many times over.
    nodes: list[Any] = [{"id": f"_:n{a}", "knows": [{"id": f"_:n{b}"} for b in range(8)]} for a in range(8)]
    for suite in RDFC:
        with pytest.raises(ProofError):
            signed(SIGNER[suite], {**CREDENTIAL, "credentialSubject": nodes}, suite=suite)


def test_49_alike_nodes_without_names_for_each_other_are_refused_when_many() -> None:
    def tree(depth: int, wide: int) -> Any:
        return {"of": [tree(depth - 1, wide) for _ in range(wide)]} if depth else {"of": "x"}

    few = {**CREDENTIAL, "credentialSubject": tree(1, 100)}
    accepted(signed(document=few, suite=Suite.EDDSA_RDFC_2022))
    with pytest.raises(ProofError) as caught:
        signed(document={**CREDENTIAL, "credentialSubject": tree(3, 7)}, suite=Suite.EDDSA_RDFC_2022)
    assert caught.value.problem == SECURITY + "PROOF_TRANSFORMATION_ERROR"


@every
def test_49_a_remote_context_is_refused(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    for context in ("https://evil.example/v1", CREDENTIALS_V2.replace("https", "http"), EXAMPLES + "?"):
        changed = {**document, "@context": [*document["@context"], context]}
        if suite in RDFC:
            with pytest.raises(CredentialError):
                accepted(changed)
        else:
            assert context not in accepted(changed).document["@context"]  # type: ignore[operator]
            changed["proof"] = {**document["proof"], "@context": changed["@context"]}
            with pytest.raises(CredentialError):
                accepted(changed)


@every
def test_50_redefining_a_term_is_refused(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite)
    for context in (
        {"issuer": "https://evil.example/issuer"},
        {"VerifiableCredential": "https://evil.example/vc"},
        {"proof": "https://evil.example/proof"},
        {"alumniOf": "https://evil.example/alumniOf"},
        {"@vocab": "https://evil.example/#"},
        None,
    ):
        with pytest.raises(CredentialError if suite in RDFC and context in (None,) else VerificationError):
            accepted({**document, "@context": [document["@context"][0], context]})
        behind = {**document, "@context": [*document["@context"], context]}
        if suite in RDFC:
            refused_somehow(behind)
        else:
            # Not signed, and not returned.
            assert accepted(behind).document == CREDENTIAL


def test_50_terms_that_would_be_dropped_are_refused() -> None:
    body = {**CREDENTIAL, "@context": [CREDENTIALS_V2], "type": "VerifiableCredential",
            "credentialSubject": {"id": "urn:a"}}  # fmt: skip
    for suite in RDFC:
        document = signed(SIGNER[suite], body, suite=suite)
        accepted(document)
        for name in ("role", "Issuer", "@role", "./role", "_:role"):
            with pytest.raises(CredentialError):
                accepted({**document, name: "admin"})
            with pytest.raises(CredentialError):
                accepted({**document, "credentialSubject": {"id": "urn:a", name: "admin"}})
    # What shows that the check is needed: the statements of both are the same.
    assert transform(body, Suite.EDDSA_RDFC_2022, bundled()) == _statements({**body, "role": "admin"})


def _statements(document: dict[str, Any]) -> bytes:
    from attorn.integrity import statements  # noqa: PLC0415 - without the check that belongs in front of it

    original = statements._dropped
    try:
        statements._dropped = lambda name: None  # type: ignore[assignment]
        return statements.canonical(document, bundled())
    finally:
        statements._dropped = original


def test_50_a_second_guard_stands_behind_the_first() -> None:
    from attorn.integrity import statements  # noqa: PLC0415 - without the check that belongs in front of it

    body = {**CREDENTIAL, "@context": [CREDENTIALS_V2], "type": "VerifiableCredential",
            "credentialSubject": {"id": "urn:a"}}  # fmt: skip
    for bad in (
        {"role": "admin"}, {"id": "relative"}, {"issuer": "../relative"}, {"type": "Relative"},
        {"evidence": [{"type": "JsonSchema", "id": "#x"}]}, {"name": {"@value": "x", "@direction": "rtl"}},
    ):  # fmt: skip
        with pytest.raises(ProofError) as caught:
            statements.canonical({**body, **bad}, bundled())
        assert caught.value.problem == DATA_LOSS


# Sets and chains.


def a_set(suite: Suite = Suite.EDDSA_JCS_2022) -> dict[str, Any]:
    return sign(signed(suite=suite, id="urn:p:1"), by=BOB, created=NOW, suite=suite, id="urn:p:2")


def a_chain(suite: Suite = Suite.EDDSA_JCS_2022) -> dict[str, Any]:
    """Two proofs, one over both, and one over that."""
    both = sign(a_set(suite), by=DAVE, created=NOW, suite=suite, id="urn:p:3", previous=["urn:p:2", "urn:p:1"])
    return sign(both, by=BOB, created=NOW, suite=suite, id="urn:p:4", previous="urn:p:3")


eddsa = pytest.mark.parametrize("suite", [Suite.EDDSA_JCS_2022, Suite.EDDSA_RDFC_2022])


@eddsa
def test_51_every_member_of_a_set_must_hold(suite: Suite) -> None:
    document = a_set(suite)
    assert [proof.controller for proof in accepted(document).proofs] == [ALICE.did, BOB.did]
    for index in range(2):
        for name, value in OTHER.items():
            changed = copy.deepcopy(document)
            if changed["proof"][index].get(name) != value:
                changed["proof"][index][name] = value
                refused_somehow(changed)
        refused({**document, "proof": [document["proof"][index], {**document["proof"][index], "id": "urn:p:9"}]})


@eddsa
def test_51_the_order_of_a_set_does_not_matter_and_each_stands_alone(suite: Suite) -> None:
    document = a_set(suite)
    first, second = document["proof"]
    assert accepted({**document, "proof": [second, first]}).proofs[0].controller == BOB.did
    accepted({**document, "proof": first})
    accepted({**document, "proof": [second]})


@eddsa
def test_51_a_chain_holds_together(suite: Suite) -> None:
    document = a_chain(suite)
    found = accepted(document)
    assert [proof.previous for proof in found.proofs] == [
        frozenset(), frozenset(), {"urn:p:1", "urn:p:2"}, {"urn:p:3"},
    ]  # fmt: skip
    one, two, three, four = document["proof"]
    assert three["previousProof"] == ["urn:p:2", "urn:p:1"]
    assert four["previousProof"] == "urn:p:3"
    for missing in ([one, two, four], [one, three, four], [two, three, four], [three], [four], [three, four]):
        refused({**document, "proof": missing}, "PROOF_VERIFICATION_ERROR")
    accepted({**document, "proof": [one, two, three]})
    accepted({**document, "proof": [one, two]})


@eddsa
def test_51_a_previous_proof_is_signed_by_the_next(suite: Suite) -> None:
    document = a_chain(suite)
    for index in range(3):
        # Another good proof in its place, by the same key.
        changed = copy.deepcopy(document)
        again = sign(CREDENTIAL, by=(ALICE, BOB, DAVE)[index], suite=suite, id=f"urn:p:{index + 1}")
        if index < 2:
            accepted(again)
        changed["proof"][index] = again["proof"]
        refused(changed)
    for names in (["urn:p:1"], "urn:p:1", ["urn:p:2", "urn:p:1", "urn:p:4"], ["urn:p:3"], "urn:p:4", None):
        changed = copy.deepcopy(document)
        changed["proof"][2]["previousProof"] = names
        refused(changed, "PROOF_VERIFICATION_ERROR")


def test_51_circles_and_doubles_are_refused() -> None:
    document = a_set()
    first, second = document["proof"]
    for proofs in (
        [{**first, "previousProof": "urn:p:2"}, {**second, "previousProof": "urn:p:1"}],
        [{**first, "previousProof": "urn:p:1"}],
        [{**first, "id": "urn:p:2"}, second],
        [first, {key: value for key, value in second.items() if key != "id"}, {**first, "previousProof": ["urn:p:2"]}],
    ):
        refused({**document, "proof": proofs}, "PROOF_VERIFICATION_ERROR")


def test_51_a_chain_over_json_depends_on_the_order_of_what_came_before() -> None:
    document = a_chain()
    one, two, three, four = document["proof"]
    refused({**document, "proof": [two, one, three, four]})
    accepted({**document, "proof": [four, one, three, two]})


def test_51_suites_mix_in_sets_and_chains() -> None:
    document = sign(CREDENTIAL, by=ALICE, id="urn:p:1")
    document = sign(document, by=CAROL, suite=Suite.ECDSA_RDFC_2019, id="urn:p:2", previous="urn:p:1")
    document = sign(document, by=CAROL, previous=["urn:p:1", "urn:p:2"])
    assert [proof.suite for proof in accepted(document).proofs] == [
        Suite.EDDSA_JCS_2022, Suite.ECDSA_RDFC_2019, Suite.ECDSA_JCS_2019,
    ]  # fmt: skip
    changed = copy.deepcopy(document)
    changed["proof"][0]["created"] = "2026-01-01T00:00:00Z"
    refused(changed)


def test_51_proofs_for_two_purposes_hold_for_neither() -> None:
    document = sign(signed(), by=BOB, purpose=AUTHENTICATION)
    refused(document, "PROOF_VERIFICATION_ERROR")
    refused(document, "PROOF_VERIFICATION_ERROR", purpose=AUTHENTICATION)


def test_51_proofs_made_in_different_contexts_are_refused() -> None:
    document = signed()
    more = {**document, "@context": [*document["@context"], "https://w3id.org/security/data-integrity/v2"]}
    refused(sign(more, by=BOB), "PROOF_VERIFICATION_ERROR")
    refused(sign(more, by=CAROL, suite=Suite.ECDSA_RDFC_2019), "PROOF_VERIFICATION_ERROR")


def test_a_proof_is_no_proof_of_another_document() -> None:
    document, other = signed(), {**CREDENTIAL, "name": "Another"}
    refused({**other, "proof": document["proof"]})
    assert canonicalise(other) != canonicalise(CREDENTIAL)
