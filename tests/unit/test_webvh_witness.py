"""Approval by witnesses: what counts, what counts for nothing, and what a file of proofs may not be (attack 37)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.webvh_world import HOST, Forgery, Web, day, did_key, proof_of, resolver, spelt, witnessed

from attorn.did.webvh import witness as witnesses
from attorn.errors import ResolutionError, UnavailableError


def resolve(log: str, did: str, proofs: str | None = None) -> Any:
    return resolver(Web().publish(log, proofs)).resolve(did)


def approved_as(forged: Forgery, by: int, method: str) -> str:
    """An approval of the last entry that says of itself that this key made it."""
    version = {"versionId": forged.lines[-1]["versionId"]}
    return json.dumps([{**version, "proof": [proof_of(version, by, verificationMethod=method)]}])


WITNESSES: dict[str, tuple[Callable[[Forgery], str], str]] = {
    "none": (lambda _: "[]", "entry 1: expected approval by 1 of 1 witnesses, got 0"),
    "of an entry before": (lambda f: f.approved(8, number=1), "entry 2: expected approval by 1 of 1 witnesses, got 0"),
    "by a stranger": (lambda f: f.approved(9), "entry 1: expected approval"),
    "by the controller": (lambda f: f.approved(1), "entry 1: expected approval"),
    "of another DID's log": (
        lambda _: Forgery("other.example").first(witnessed()).then().approved(8), "entry 1: expected approval"
    ),
    "of a version that is not published": (
        lambda f: f.then().approved(8), "entry 1: expected approval"
    ),
    "in a stranger's hand": (
        lambda f: f.approved(9).replace(spelt(9), spelt(8)), "entry 1: expected approval"
    ),
    "with another suite": (lambda f: f.approved(8).replace("eddsa-jcs", "eddsa-rdfc"), "entry 1: expected approval"),
    "by a stranger under a witness's name": (
        lambda f: approved_as(f, 9, f"{did_key(9)}#{spelt(8)}"), "entry 1: expected approval"
    ),
    "by a witness under a stranger's name": (
        lambda f: approved_as(f, 8, f"{did_key(8)}#{spelt(9)}"), "entry 1: expected approval"
    ),
    "moved to the version after": (
        lambda f: f.approved(8, number=1).replace(f.lines[0]["versionId"], f.lines[1]["versionId"]),
        "entry 1: expected approval",
    ),
    "an object": (lambda _: "{}", "did-witness.json: expected a list"),
    "texts": (lambda _: '["a"]', "did-witness.json: expected objects"),
    "no version": (lambda _: '[{"proof":[]}]', "did-witness.json: expected objects"),
    "another member": (lambda f: f.approved(8).replace("{", '{"x":1,', 1), "did-witness.json: expected objects"),
    "one proof, no list": (lambda f: f.approved(8).replace("[{", "{").replace("}]", "}"), "did-witness.json: expect"),
    "no JSON": (lambda _: "x", "did-witness.json: expected one JSON value"),
    "too many": (
        lambda f: json.dumps([{"versionId": "1-x", "proof": [{}] * (witnesses.MOST_PROOFS + 1)}]), "at most 512 proofs"
    ),
    "too many without proofs": (lambda _: json.dumps([{"versionId": "1-x"}] * 513), "at most 512 proofs"),
    "deep": (lambda _: "[" * 9 + "]" * 9, "nested deeper than 8"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITNESSES)
def test_approval_is_missing(name: str) -> None:
    make, reason = WITNESSES[name]
    forged = Forgery().first(witnessed()).then()
    log, did = forged.log, forged.did
    proofs = make(forged)
    with pytest.raises(ResolutionError, match=f"invalidProof: .*{reason}"):
        resolve(log, did, proofs)


def test_without_the_witnesses_file_nothing_was_approved() -> None:
    forged = Forgery().first(witnessed())
    with pytest.raises(ResolutionError, match="entry 1: expected approval by 1 of 1 witnesses, got 0"):
        resolve(forged.log, forged.did)
    web = Web().publish(forged.log, forged.approved(8))
    web.down.add(f"https://{HOST}/.well-known/did-witness.json")
    with pytest.raises(UnavailableError, match="no answer"):
        resolver(web).resolve(forged.did)


def test_two_approvals_by_one_witness_are_one() -> None:
    forged = Forgery().first(witnessed(2, did_key(7), did_key(8)))
    with pytest.raises(ResolutionError, match="expected approval by 2 of 2 witnesses, got 1"):
        resolve(forged.log, forged.did, forged.approved(8, 8))
    assert resolve(forged.log, forged.did, forged.approved(8, 7, 8))


def test_an_approval_that_does_not_hold_hides_none_that_does() -> None:
    forged = Forgery().first(witnessed()).then()
    version = forged.lines[1]["versionId"]
    bad = {"versionId": version, "proof": [{**proof_of({"versionId": version}, 8), "created": day(3)}, {}]}
    assert resolve(forged.log, forged.did, json.dumps([bad, *json.loads(forged.approved(8)), bad]))


def test_those_who_are_replaced_must_agree_and_the_first_to_their_own_list() -> None:
    forged = Forgery().first().then(witnessed()).then(witnessed(1, did_key(9))).then({"witness": {}}).then()
    approvals = {number: json.loads(forged.approved(by, number=number)) for number, by in ((2, 8), (3, 8), (4, 9))}
    assert resolve(forged.log, forged.did, json.dumps([*approvals[3], *approvals[4]]))
    with pytest.raises(ResolutionError, match="entry 4: expected approval"):
        resolve(forged.log, forged.did, json.dumps([*approvals[2], *approvals[3]]))
    with pytest.raises(ResolutionError, match="entry 3: expected approval"):
        resolve(forged.log, forged.did, json.dumps([*approvals[2], *approvals[4]]))
    with pytest.raises(ResolutionError, match="entry 2: expected approval"):
        resolve(forged.log, forged.did, json.dumps(approvals[4]))


def test_nobody_is_asked_for_approvals_that_nobody_needs() -> None:
    forged = Forgery().first().then({"updateKeys": [spelt(2)]}).then(by=2)
    web = Web().publish(forged.log)
    resolver(web).resolve(forged.did)
    assert web.asked == [f"https://{HOST}/.well-known/did.jsonl"]
