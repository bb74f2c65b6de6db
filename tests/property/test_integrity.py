"""Laws of Data Integrity proofs over any JSON: whatever changes, they do not hold; however it is written, they do."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz import mutators
from tests.unit.integrity_scene import ALICE, ASSERTION, BOB, CAROL, DAVE, NOW, RESOLVER, accepted

from attorn.canonical import canonicalise, parse
from attorn.errors import InputError, MalformedError, VerificationError
from attorn.integrity import sign, verify

_texts = st.sampled_from(["", "a", "b", "é", "id", "type", "\U0001f600", "€", '"\\\n', "1"])
_values = st.recursive(
    st.sampled_from([None, True, False, 0, 1, -7, 2**53 - 1, 0.5, 1e21 / 1e10, 1e-7]) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_documents = st.dictionaries(_texts, _values, max_size=4)
_parties = st.sampled_from([ALICE, BOB, CAROL, DAVE])


def holds(document: Any) -> bool:
    try:
        verify(document, purpose=ASSERTION, resolver=RESOLVER, now=NOW)
    except (VerificationError, InputError):
        return False
    return True


@settings(max_examples=50)
@given(_documents, st.lists(_parties, min_size=1, max_size=3), st.integers(0, 2**32))
def test_any_change_refuses(document: dict[str, Any], parties: list[Any], seed: int) -> None:
    signed: Any = document
    for number, party in enumerate(parties):
        signed = sign(signed, by=party, created=NOW, id=f"urn:p:{number}")
    assert accepted(signed).document == document
    text, random = canonicalise(signed), Random(seed)
    for _ in range(6):
        try:
            changed = parse(mutators.json_text(text, random))
            if canonicalise(changed) == text or not isinstance(changed, dict):
                continue
        except MalformedError:
            continue
        if holds(changed):
            # Fewer or doubled proofs of a set are proofs all the same, in any order; nothing else may differ.
            proofs = changed["proof"] if isinstance(changed["proof"], list) else [changed["proof"]]
            before = signed["proof"] if isinstance(signed["proof"], list) else [signed["proof"]]
            assert all(proof in before for proof in proofs)
            assert {**changed, "proof": 1} == {**signed, "proof": 1}


@settings(max_examples=35)
@given(_documents, st.permutations([ALICE, BOB, CAROL]), st.permutations([0, 1, 2]))
def test_sets_have_no_order(document: dict[str, Any], parties: list[Any], order: list[int]) -> None:
    signed: Any = document
    for party in parties:
        signed = sign(signed, by=party)
    shuffled = {**signed, "proof": [signed["proof"][index] for index in order]}
    first, second = accepted(signed), accepted(shuffled)
    assert first.document == second.document == document
    assert {proof.controller for proof in first.proofs} == {proof.controller for proof in second.proofs}


@settings(max_examples=35)
@given(_documents, st.permutations([ALICE, BOB, CAROL]))
def test_chains_have_one(document: dict[str, Any], parties: list[Any]) -> None:
    signed: Any = document
    for number, party in enumerate(parties):
        previous = [f"urn:p:{number - 1}"] if number else []
        signed = sign(signed, by=party, id=f"urn:p:{number}", previous=previous)
    accepted(signed)
    first, second, third = signed["proof"]
    # None may be taken out of the middle, nor two change places and names.
    assert not holds({**signed, "proof": [first, third]})
    assert not holds({**signed, "proof": [second, third]})
    turned = copy.deepcopy([second, first, third])
    turned[0]["id"], turned[1]["id"] = first["id"], second["id"]
    assert not holds({**signed, "proof": turned})
    turned[0].pop("previousProof")
    assert not holds({**signed, "proof": turned})


@settings(max_examples=35)
@given(_documents, _parties, st.booleans())
def test_how_json_is_written_does_not_matter(document: dict[str, Any], party: Any, ascii_only: bool) -> None:
    signed = sign(document, by=party)
    text = json.dumps(dict(reversed(signed.items())), indent=3, ensure_ascii=ascii_only)
    again: Any = parse(text)
    assert accepted(again).document == document
    assert sign(again, by=party)["proof"][1] == signed["proof"]


@settings(max_examples=35)
@given(_documents, _documents, _parties)
def test_a_proof_is_of_one_document(one: dict[str, Any], other: dict[str, Any], party: Any) -> None:
    if canonicalise(one) != canonicalise(other):
        assert not holds({**other, "proof": sign(one, by=party)["proof"]})
