"""did:webvh logs that must not resolve, each for its own reason and no other (attack 37)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.webvh_world import (
    HOST,
    NOW,
    Forgery,
    Web,
    committed,
    day,
    did_key,
    document,
    p256,
    proof_of,
    resolver,
    sha,
    spelt,
    witnessed,
)

from attorn.did.webvh import entry as entries
from attorn.encoding import base58_encode
from attorn.errors import ResolutionError, UnavailableError


def resolve(log: str, did: str, proofs: str | None = None) -> Any:
    return resolver(Web().publish(log, proofs)).resolve(did)


def good() -> Forgery:
    return Forgery().first({"portable": True}).then({"updateKeys": [spelt(2)]}).then(by=2)


LOW_ORDER = "z" + base58_encode(b"\xed\x01\x01" + bytes(31))


def test_what_the_forger_makes_is_good_unless_it_lies() -> None:
    forged = good()
    found = resolve(forged.log, forged.did)
    assert [method.id for method in found.methods] == [f"{forged.did}#{spelt(1)}"]


def edited(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda bare: bare.update(members)


def of_state(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda bare: bare["state"].update(members)


FIRST: dict[str, tuple[Callable[[], Forgery], str]] = {
    "no method": (lambda: Forgery().first(before=lambda e: e["parameters"].pop("method")), "Parameters: method is"),
    "no scid": (lambda: Forgery().first(before=lambda e: e["parameters"].pop("scid")), "Parameters: scid is missing"),
    "no updateKeys": (
        lambda: Forgery().first(before=lambda e: e["parameters"].pop("updateKeys")), "Parameters: updateKeys is missing"
    ),
    "empty updateKeys": (lambda: Forgery().first({"updateKeys": []}), "Parameters: updateKeys is empty"),
    "an older method": (lambda: Forgery().first({"method": "did:webvh:0.5"}), "expected method did:webvh:1.0"),
    "a newer method": (lambda: Forgery().first({"method": "did:webvh:1.1"}), "expected method did:webvh:1.0"),
    "the predecessor's method": (lambda: Forgery().first({"method": "did:tdw:1.0"}), "expected method did:webvh:1.0"),
    "an unknown parameter": (lambda: Forgery().first({"prerotation": True}), "has no parameter 'prerotation'"),
    "a parameter in capitals": (lambda: Forgery().first({"UpdateKeys": []}), "has no parameter 'UpdateKeys'"),
    "null": (lambda: Forgery().first({"nextKeyHashes": None}), "Parameters: nextKeyHashes is null"),
    "a P-256 update key": (lambda: Forgery().first({"updateKeys": [spelt(1), p256()]}), "needs an Ed25519 key"),
    "an update key of low order": (
        lambda: Forgery().first({"updateKeys": [spelt(1), LOW_ORDER]}), "low order"
    ),
    "an update key as a DID": (lambda: Forgery().first({"updateKeys": [did_key(1)]}), "Parameters: updateKeys: "),
    "an update key twice": (lambda: Forgery().first({"updateKeys": [spelt(1), spelt(1)]}), "twice"),
    "too many update keys": (lambda: Forgery().first({"updateKeys": [spelt(n) for n in range(1, 34)]}), "at most 32"),
    "an update key that is no text": (lambda: Forgery().first({"updateKeys": [1]}), "expected updateKeys as texts"),
    "updateKeys as text": (lambda: Forgery().first({"updateKeys": spelt(1)}), "expected updateKeys as a list"),
    "a hash twice": (lambda: Forgery().first({"nextKeyHashes": [committed(2)] * 2}), "twice"),
    "an empty hash": (lambda: Forgery().first({"nextKeyHashes": [""]}), "expected nextKeyHashes as texts"),
    "portable as text": (lambda: Forgery().first({"portable": "false"}), "expected portable as true or false"),
    "deactivated as a number": (lambda: Forgery().first({"deactivated": 1}), "expected deactivated as true or false"),
    "a negative ttl": (lambda: Forgery().first({"ttl": -1}), "expected ttl as seconds"),
    "a ttl beyond all": (lambda: Forgery().first({"ttl": 2**31 + 1}), "expected ttl as seconds"),
    "a ttl as text": (lambda: Forgery().first({"ttl": "3600"}), "expected ttl as seconds"),
    "a ttl that is true": (lambda: Forgery().first({"ttl": True}), "expected ttl as seconds"),
    "a watcher that is no URI": (lambda: Forgery().first({"watchers": ["watch me"]}), "expected watchers as URIs"),
    "parameters as a list": (lambda: Forgery().first(before=edited(parameters=[])), "expected parameters as an object"),
    "threshold 0": (lambda: Forgery().first(witnessed(0)), "expected a threshold from 1 to 1, got 0"),
    "threshold above the witnesses": (lambda: Forgery().first(witnessed(2)), "expected a threshold from 1 to 1, got 2"),
    "threshold true": (lambda: Forgery().first(witnessed(True)), "expected a threshold from 1 to 1, got True"),
    "threshold as text": (lambda: Forgery().first(witnessed("1")), "expected a threshold from 1 to 1, got '1'"),
    "no witnesses": (
        lambda: Forgery().first({"witness": {"threshold": 1, "witnesses": []}}), "expected from 1 to 32 witnesses"
    ),
    "a threshold alone": (lambda: Forgery().first({"witness": {"threshold": 1}}), "expected threshold and witnesses"),
    "a witness of another method": (lambda: Forgery().first(witnessed(1, "did:web:a.example")), "a did:key"),
    "a witness with a P-256 key": (lambda: Forgery().first(witnessed(1, f"did:key:{p256()}")), "an Ed25519 key"),
    "a witness by DID URL": (lambda: Forgery().first(witnessed(1, f"{did_key(8)}#{spelt(8)}")), "Parameters: witness"),
    "a witness with a weight": (
        lambda: Forgery().first({"witness": {"threshold": 1, "witnesses": [{"id": did_key(8), "weight": 1}]}}),
        "expected each witness as an id",
    ),
    "the same witness twice": (lambda: Forgery().first(witnessed(2, did_key(8), did_key(8))), "listed twice"),
    "an SCID of something else": (
        lambda: Forgery().first(before=lambda e: e["parameters"].update(scid=sha(b"else"))), "invalidDid: state is of"
    ),
    "content that the SCID does not cover": (
        lambda: Forgery().first(hashed=of_state(alsoKnownAs=["did:web:bank.example"])),
        "invalidDid: the SCID is not the hash of this entry",
    ),
    "a state of another SCID": (
        lambda: Forgery().first(hashed=of_state(id=f"did:webvh:{sha(b'else')}:{HOST}")), "state is of the SCID"
    ),
    "a state of another method": (lambda: Forgery().first(before=of_state(id="did:web:a.example")), "a did:webvh"),
    "a state without an id": (lambda: Forgery().first(before=lambda e: e["state"].pop("id")), "state has no id"),
    "a first entry signed by a stranger": (lambda: Forgery().first(by=9), "invalidProof: .* is no key that may update"),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_a_first_entry_is_refused(name: str) -> None:
    make, reason = FIRST[name]
    forged = make()
    with pytest.raises(ResolutionError, match=f"entry 1: .*{reason}"):
        resolve(forged.log, forged.did)


def moved(**state: Any) -> Callable[[dict[str, Any]], None]:
    def move(bare: dict[str, Any]) -> None:
        old = bare["state"]["id"]
        bare["state"] = {**document(old.replace(HOST, "other.example"), 1), "alsoKnownAs": [old], **state}

    return move


LATER: dict[str, tuple[Callable[[], Forgery], str]] = {
    "the same time": (lambda: Forgery().first().then(hashed=edited(versionTime=day(0))), "versionTime is not later"),
    "an earlier time": (
        lambda: Forgery().first().then(hashed=edited(versionTime="2025-12-31T23:59:59Z")), "versionTime is not later"
    ),
    "the future": (
        lambda: Forgery().first().then(hashed=edited(versionTime="2026-11-22T09:05:01Z")), "is in the future"
    ),
    "a time in another zone": (
        lambda: Forgery().first().then(hashed=edited(versionTime="2026-01-02T01:00:00+01:00")), "expected versionTime"
    ),
    "a time without a zone": (
        lambda: Forgery().first().then(hashed=edited(versionTime="2026-01-02T01:00:00")), "expected versionTime"
    ),
    "a date": (lambda: Forgery().first().then(hashed=edited(versionTime="2026-01-02")), "expected versionTime"),
    "a leap second": (
        lambda: Forgery().first().then(hashed=edited(versionTime="2026-06-30T23:59:60Z")), "expected versionTime"
    ),
    "a time as a number": (lambda: Forgery().first().then(hashed=edited(versionTime=1767312000)), "expected versionTi"),
    "a time in other digits": (
        lambda: Forgery().first().then(hashed=edited(versionTime="２026-01-02T00:00:00Z")), "expected versionTime"
    ),
    "scid again": (lambda: (f := Forgery().first()).then({"scid": f.scid}), "scid may stand in the first entry only"),
    "an older method": (lambda: Forgery().first().then({"method": "did:webvh:0.5"}), "expected method did:webvh:1.0"),
    "portable afterwards": (lambda: Forgery().first().then({"portable": True}), "portable may become true"),
    "portable again": (
        lambda: Forgery().first({"portable": True}).then({"portable": False}).then({"portable": True}), "become true"
    ),
    "signed by a key that is new in it": (
        lambda: Forgery().first().then({"updateKeys": [spelt(2)]}, by=2), "is no key that may update"
    ),
    "signed by a key that was taken out": (
        lambda: Forgery().first().then({"updateKeys": [spelt(2)]}).then(by=1), "is no key that may update"
    ),
    "after the keys were taken out": (
        lambda: Forgery().first().then({"updateKeys": []}).then(by=1), "is no key that may update"
    ),
    "signed by a key of the document": (
        lambda: Forgery().first({"updateKeys": [spelt(2)]}, by=2).then(by=1), "is no key that may update"
    ),
    "a key that was not committed to": (
        lambda: Forgery().first({"nextKeyHashes": [committed(2)]}).then(
            {"updateKeys": [spelt(3)], "nextKeyHashes": []}, by=3), "has not committed to the update key"
    ),
    "one key of two not committed to": (
        lambda: Forgery().first({"nextKeyHashes": [committed(2)]}).then(
            {"updateKeys": [spelt(2), spelt(3)], "nextKeyHashes": []}, by=2), "has not committed to the update key"
    ),
    "a commitment to the key's bytes": (
        lambda: Forgery().first({"nextKeyHashes": [sha(spelt(2)[1:].encode())]}).then(
            {"updateKeys": [spelt(2)], "nextKeyHashes": []}, by=2), "has not committed to the update key"
    ),
    "the old key under pre-rotation": (
        lambda: Forgery().first({"nextKeyHashes": [committed(2)]}).then(
            {"updateKeys": [spelt(2)], "nextKeyHashes": []}, by=1), "is no key that may update"
    ),
    "no update keys under pre-rotation": (
        lambda: Forgery().first({"nextKeyHashes": [committed(2)]}).then({"nextKeyHashes": []}, by=1),
        "updateKeys is missing",
    ),
    "no next hashes under pre-rotation": (
        lambda: Forgery().first({"nextKeyHashes": [committed(2)]}).then({"updateKeys": [spelt(2)]}, by=2),
        "nextKeyHashes is missing",
    ),
    "empty update keys under pre-rotation": (
        lambda: Forgery().first({"nextKeyHashes": [committed(2)]}).then(
            {"updateKeys": [], "nextKeyHashes": []}, by=1), "is no key that may update"
    ),
    "after deactivation": (
        lambda: Forgery().first().then({"deactivated": True}).then({"deactivated": False}), "deactivated the DID"
    ),
    "behind another entry than the last": (
        lambda: (f := Forgery().first().then()).then(previous=f.lines[0]["versionId"]), "does not hold the hash"
    ),
    "behind the SCID": (lambda: (f := Forgery().first()).then(previous=f.scid), "does not hold the hash"),
    "changed after it was hashed": (
        lambda: Forgery().first().then(signed=of_state(alsoKnownAs=["did:web:bank.example"])), "does not hold the hash"
    ),
    "a hash of another algorithm": (
        lambda: Forgery().first().then(signed=edited(versionId="2-" + "1" * 46)), "does not hold the hash"
    ),
    "a move that is not allowed": (lambda: Forgery().first().then(hashed=moved()), "is not portable"),
    "a move that ends portability": (
        lambda: Forgery().first({"portable": True}).then({"portable": False}, hashed=moved()), "is not portable"
    ),
    "a move that keeps the old name to itself": (
        lambda: Forgery().first({"portable": True}).then(hashed=moved(alsoKnownAs=[])), "does not name it as it was"
    ),
    "a move to another SCID": (
        lambda: Forgery().first({"portable": True}).then(hashed=moved(id=f"did:webvh:{sha(b'else')}:{HOST}")),
        "state is of the SCID",
    ),
    "a move to an address": (
        lambda: (f := Forgery().first({"portable": True})).then(hashed=moved(id=f"did:webvh:{f.scid}:127.0.0.1")),
        "lower-case host name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LATER)
def test_a_later_entry_is_refused(name: str) -> None:
    make, reason = LATER[name]
    forged = make()
    with pytest.raises(ResolutionError, match=f"entry [23]: .*{reason}"):
        resolve(forged.log, forged.did)


PROOFS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "none": (lambda _: [], "expected from 1 to 8 proofs"),
    "too many": (lambda bare: [proof_of(bare, 1)] * 9, "expected from 1 to 8 proofs"),
    "text": (lambda _: ["proof"], "expected a proof as an object"),
    "another suite": (lambda bare: [proof_of(bare, 1, cryptosuite="ecdsa-jcs-2019")], "expected cryptosuite"),
    "no suite": (lambda bare: [proof_of(bare, 1, cryptosuite=None)], "expected cryptosuite"),
    "another purpose": (lambda bare: [proof_of(bare, 1, proofPurpose="authentication")], "expected proofPurpose"),
    "another type": (lambda bare: [proof_of(bare, 1, type="Ed25519Signature2020")], "expected type"),
    "an end": (lambda bare: [proof_of(bare, 1, expires=day(400))], "has no 'expires'"),
    "a chain": (lambda bare: [proof_of(bare, 1, previousProof="urn:x")], "has no 'previousProof'"),
    "a context": (lambda bare: [proof_of(bare, 1, **{"@context": ["https://a.example"]})], "has no '@context'"),
    "created as a number": (lambda bare: [proof_of(bare, 1, created=1)], "expected created"),
    "a method as a bare DID": (lambda bare: [proof_of(bare, 1, verificationMethod=did_key(1))], "verificationMethod"),
    "a method with two fragments": (
        lambda bare: [proof_of(bare, 1, verificationMethod=f"{did_key(1)}#{spelt(1)}#{spelt(1)}")], "verificationMethod"
    ),
    "a method of the DID itself": (
        lambda bare: [proof_of(bare, 1, verificationMethod=f"{bare['state']['id']}#{spelt(1)}")], "verificationMethod"
    ),
    "a stranger's key before the #": (
        lambda bare: [proof_of(bare, 9, verificationMethod=f"{did_key(9)}#{spelt(1)}")], "names one key before the #"
    ),
    "a stranger's key behind the #": (
        lambda bare: [proof_of(bare, 1, verificationMethod=f"{did_key(1)}#{spelt(9)}")], "names one key before the #"
    ),
    "a stranger's method": (lambda bare: [proof_of(bare, 9)], "is no key that may update"),
    "a stranger's signature": (
        lambda bare: [proof_of(bare, 9, verificationMethod=f"{did_key(1)}#{spelt(1)}")], "does not verify"
    ),
    "of another entry": (lambda bare: [proof_of({**bare, "versionId": "2-x"}, 1)], "does not verify"),
    "signed, then changed": (lambda bare: [{**proof_of(bare, 1), "created": day(1)}], "does not verify"),
    "one good, one by a stranger": (lambda bare: [proof_of(bare, 1), proof_of(bare, 9)], "is no key that may update"),
    "one good, one that does not hold": (
        lambda bare: [proof_of(bare, 1), {**proof_of(bare, 1), "created": day(1)}], "does not verify"
    ),
    "a short value": (lambda bare: [{**proof_of(bare, 1), "proofValue": "z1111"}], "expected proofValue"),
    "a long value": (lambda bare: [{**proof_of(bare, 1), "proofValue": "z" + "1" * 200}], "expected proofValue"),
    "a value in base64": (
        lambda bare: [{**proof_of(bare, 1), "proofValue": "u" + proof_of(bare, 1)["proofValue"][1:]}], "proofValue"
    ),
    "a value with one byte more": (
        lambda bare: [{**proof_of(bare, 1), "proofValue": "z1" + proof_of(bare, 1)["proofValue"][1:]}], "proofValue"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROOFS)
def test_a_proof_is_refused(name: str) -> None:
    proof, reason = PROOFS[name]
    forged = Forgery().first().then(proof=proof)
    with pytest.raises(ResolutionError, match=f"entry 2: invalidProof: .*{reason}"):
        resolve(forged.log, forged.did)


def test_one_proof_may_stand_by_itself_and_need_not_say_when_it_was_made() -> None:
    forged = Forgery().first().then(proof=lambda bare: proof_of(bare, 1, created=None))
    assert resolve(forged.log, forged.did)


def _proofs(forged: Forgery, most: int) -> str:
    (first,) = forged.lines[:1]
    proof, rest = first["proof"], first["versionId"].partition("-")[2]
    several = (proof if isinstance(proof, list) else [proof])[:1] * 8
    lines = [{**first, "versionId": f"{number}-{rest}", "proof": several} for number in range(1, most // 8 + 2)]
    return "".join(json.dumps(line) + "\n" for line in lines)


LOGS: dict[str, tuple[Callable[[Forgery], str], str]] = {
    "empty": (lambda _: "", "entry 1: invalidDid"),
    "an empty line in it": (lambda f: f.log.replace("\n", "\n\n", 1), "entry 2: invalidDid: expected one JSON"),
    "an empty line behind it": (lambda f: f.log + "\n", "entry 4: invalidDid"),
    "the first entry missing": (lambda f: f.log.split("\n", 1)[1], "entry 1: invalidDid: versionId has number 2"),
    "an entry missing between": (
        lambda f: "\n".join(f.log.split("\n")[0:3:2]), "entry 2: invalidDid: versionId has number 3"
    ),
    "in another order": (
        lambda f: "\n".join(reversed(f.log.strip().split("\n"))), "entry 1: invalidDid: versionId has number 3"
    ),
    "an entry twice": (lambda f: f.log + f.log.strip().split("\n")[-1], "entry 4: invalidDid: versionId has number 3"),
    "two entries on a line": (lambda f: f.log.replace("\n", "", 1), "entry 1: invalidDid: expected one JSON value"),
    "a list of entries": (lambda f: json.dumps(f.lines), "entry 1: invalidDid: expected an object of"),
    "another member": (lambda f: f.log.replace('{"versionId"', '{"note":1,"versionId"', 1), "expected an object of"),
    "a member twice": (lambda f: f.log.replace('{"versionId"', '{"state":{},"versionId"', 1), "names a member twice"),
    "a state that is no object": (
        lambda f: json.dumps({**f.lines[0], "state": [f.lines[0]["state"]]}), "expected state as an object"
    ),
    "a version without a number": (
        lambda f: json.dumps({**f.lines[0], "versionId": f.lines[0]["versionId"][2:]}), "expected versionId"
    ),
    "a version with a zero before": (
        lambda f: json.dumps({**f.lines[0], "versionId": "0" + f.lines[0]["versionId"]}), "expected versionId"
    ),
    "a byte order mark": (lambda f: "\ufeff" + f.log, "nothing behind it"),
    "a lone surrogate": (lambda f: f.log.replace("example.com", "\\ud800", 1), "lone surrogate"),
    "nested without end": (lambda _: "[" * 60_000, "nested deeper than 24 levels"),
    "a state nested too deep": (
        lambda f: json.dumps({**f.lines[0], "state": {"id": json.loads("[" * 24 + "]" * 24)}}), "nested deeper than 24"
    ),
    "a long entry": (
        lambda f: json.dumps({**f.lines[0], "state": {"id": "x" * entries.MOST_ENTRY}}), "expected at most 65536 bytes"
    ),
    "many proofs": (lambda f: _proofs(f, entries.MOST_PROOFS_IN_ALL), "expected at most 1024 proofs in the whole log"),
    "many entries": (lambda f: f.log + "{}\n" * entries.MOST_ENTRIES, "expected a log of at most 512 entries"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_refused(name: str) -> None:
    make, reason = LOGS[name]
    forged = good()
    with pytest.raises(ResolutionError, match=reason):
        resolve(make(forged), forged.did)


def test_a_log_that_is_too_long_is_not_read() -> None:
    forged = good()
    with pytest.raises(UnavailableError, match="more than it was asked for"):
        resolve("x" * (entries.MOST_LOG + 1), forged.did)
    with pytest.raises(ResolutionError, match="expected a log of at most 1048576 bytes"):
        entries.read_log("x" * (entries.MOST_LOG + 1))


def test_a_few_minutes_ahead_are_a_wrong_clock() -> None:
    ahead = (NOW + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    forged = Forgery().first().then(hashed=edited(versionTime=ahead))
    assert resolve(forged.log, forged.did)


def test_the_log_must_be_of_the_did_that_was_asked_for() -> None:
    forged, other = good(), Forgery("other.example").first()
    with pytest.raises(ResolutionError, match="invalidDid: the log is of the SCID"):
        resolve(forged.log, f"did:webvh:{other.scid}:{HOST}")
    copied = Web().publish(forged.log, at="https://thief.example/.well-known/")
    with pytest.raises(ResolutionError, match="invalidDid: no entry of the log is of"):
        resolver(copied).resolve(f"did:webvh:{forged.scid}:thief.example")
