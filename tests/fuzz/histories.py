"""Harnesses of did:webvh: names, logs as they arrive, logs that are signed whatever they say, and files of proofs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import rfc8785
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from tests.unit.webvh_world import NOW, Forgery, committed, did_key, document, signer, spelt, witnessed

from attorn.canonical import canonicalise
from attorn.did.webvh import controller, entry, history, identifier
from attorn.did.webvh.document import read_state, with_services
from attorn.did.webvh.history import History
from attorn.did.webvh.metadata import VersionMetadata
from attorn.did.webvh.witness import UnverifiedWitnessFile, Witnesses, require_witnessed
from attorn.encoding import base58_encode
from attorn.errors import InputError, ResolutionError
from attorn.transport import is_fetchable

_WATCHED = Forgery().first(witnessed(1, did_key(7), did_key(8))).then().then({"witness": {}})
_VERSIONS = [line["versionId"] for line in _WATCHED.lines]
_WANTED = [Witnesses(1, (did_key(7), did_key(8)))] * 3


def _name(data: bytes) -> bool:
    """A DID: the one place that it names is one a transport may be asked for."""
    found = accepted(lambda: identifier.parse(text_of(data)), ResolutionError)
    require(identifier.write(found.authority, found.segments, scid=found.scid) == found.text, "a second spelling")
    for url in (found.folder, found.log_url, found.witness_url):
        require(is_fetchable(url) and url.startswith(f"https://{found.authority}/"), "another place", url)
    require(".." not in found.segments and "\\" not in found.log_url, "a way up")
    return True


def _log(data: bytes) -> bool:
    """A log as it arrives."""
    entries = accepted(lambda: entry.read_log(data), ResolutionError)
    require([each.number for each in entries] == list(range(1, len(entries) + 1)), "numbers")
    written = [canonicalise({**each.bare, "proof": [_proof(proof) for proof in each.proofs]}) for each in entries]
    again = entry.read_log(b"\n".join(written))
    require([each.bare for each in again] == [each.bare for each in entries], "other entries once written")
    known = accepted(lambda: history.unasked(data, now=NOW), ResolutionError)
    _whole(known)
    return True


def _proof(proof: Any) -> dict[str, Any]:
    return {**proof.config, "proofValue": "z" + base58_encode(proof.signature)}


def _whole(known: History) -> None:
    """What every history is that was verified."""
    before = None
    for version in known.versions:
        require(version.did.scid == known.scid == version.parameters.scid, "another SCID")
        require(before is None or (before.time < version.time and before.number + 1 == version.number), "order")
        require(before is None or not before.parameters.deactivated, "an entry after the end")
        moved = before is not None and before.did != version.did
        require(not moved or version.parameters.portable, "moved without leave")
        require(version.witnesses.threshold <= len(version.witnesses.ids), "more approvals than witnesses")
        require(known.at(version.time) is known.number(version.number) is known.version(version.id), "names")
        json.dumps(VersionMetadata.of(known, version).to_json())
        with_services(version.state, version.did)
        tried(lambda version=version: read_state(version.state, version.did.text, now=NOW), ResolutionError)  # type: ignore[misc]
        before = version


def _signed(data: bytes) -> bool:
    """Logs whose entries are hashed and signed well, whatever parameters and states they have."""
    forged, first = Forgery(), True
    for part in parts_of(data, 6):
        given = tried(lambda part=part: _object(part), InputError)  # type: ignore[misc]
        if given is None:
            return False
        by = given.pop("by", 1)
        made = (forged.first if first else forged.then)(
            given.get("parameters"),
            by=int(by) if by in (1, 2, 3) else 1,
            hashed=lambda bare, given=given: _in(bare, given),
        )
        require(made is forged, "the forger")
        first = False
    known = accepted(lambda: history.unasked(forged.log, now=NOW), ResolutionError)
    _whole(known)
    grown = tried(lambda: controller.update(forged.log, by=signer(1), at=NOW), InputError)
    require(grown is None or grown.startswith(forged.log), "another log before the new entry")
    return True


def _object(part: bytes) -> dict[str, Any]:
    try:
        given = json.loads(part)
        rfc8785.dumps(given)
        json.dumps(given).encode()
    except (ValueError, RecursionError) as error:
        raise _Unusable from error
    if not isinstance(given, dict) or not isinstance(given.get("parameters", {}), dict):
        raise _Unusable
    return given


class _Unusable(InputError):
    """Nothing that the forger could sign."""


def _in(bare: dict[str, Any], given: dict[str, Any]) -> None:
    if isinstance(given.get("state"), dict):
        bare["state"].update(given["state"])
    if isinstance(given.get("time"), str):
        bare["versionTime"] = given["time"]


def _witnesses(data: bytes) -> bool:
    """A did-witness.json, and whether it approves a log."""
    found = accepted(lambda: UnverifiedWitnessFile.read(data), ResolutionError)
    require(all(isinstance(version, str) for version in found.proofs), "a version that is no text")
    accepted(lambda: require_witnessed(_VERSIONS, _WANTED, found), ResolutionError)
    return True


def _names() -> Iterable[bytes]:
    scid = _WATCHED.scid
    for place in (
        "example.com", "a.b.example.com%3A8443", "example.com:dids:issuer", "example.com:%E7%94%A8%E6%88%B7",
        "example.com:a%20b:%7Ec", "127.0.0.1", "example.com:..", "localhost", "xn--e1afmkfd.example",
    ):  # fmt: skip
        yield f"did:webvh:{scid}:{place}".encode()


def _logs() -> Iterable[bytes]:
    yield _WATCHED.log.encode()
    yield Forgery().first({"portable": True, "ttl": 5}).log.encode()
    forged = Forgery().first({"nextKeyHashes": [committed(2)]})
    yield (
        forged.then({"updateKeys": [spelt(2)], "nextKeyHashes": []}, by=2)
        .then({"deactivated": True}, by=2)
        .log.encode()
    )


def _parameters() -> Iterable[bytes]:
    rows: tuple[tuple[dict[str, Any], ...], ...] = (
        ({"parameters": {}}, {"parameters": {"ttl": 60, "watchers": ["https://a.example/"]}}),
        ({"parameters": {"nextKeyHashes": [committed(2)]}},
         {"parameters": {"updateKeys": [spelt(2)], "nextKeyHashes": []}, "by": 2}, {"by": 2}),
        ({"parameters": witnessed()}, {"parameters": {"witness": {}}}, {"parameters": {"deactivated": True}}),
        ({"parameters": {"portable": True}}, {"state": {"alsoKnownAs": ["did:web:a.example"], "service": []}}),
        ({}, {"time": "2026-03-01T00:00:00.5+00:00", "parameters": {"updateKeys": [spelt(2), spelt(3)]}}, {"by": 3}),
        ({}, {"state": document("did:web:a.example", 1)}),
    )  # fmt: skip
    for row in rows:
        yield joined(*(json.dumps(each).encode() for each in row))


def _proofs() -> Iterable[bytes]:
    yield _WATCHED.approved(8).encode()
    yield json.dumps([*json.loads(_WATCHED.approved(7, number=1)), *json.loads(_WATCHED.approved(7, 8))]).encode()
    yield b'[{"versionId":"1-x"}]'


HARNESSES = (
    Harness("webvh-did", "one place, which may be fetched", _name, _names, "attorn.did.webvh.identifier:parse",
            "attorn.did.webvh.identifier:write"),
    Harness("webvh-log", "entries once written", _log, _logs, "attorn.did.webvh.entry:read_log", None,
            mutators.json_text, size=16_384),
    Harness("webvh-signed", "laws of a verified history", _signed, _parameters, "attorn.did.webvh.history:unasked",
            None, mutators.each_part(mutators.json_text)),
    Harness("webvh-witness", "approved or not", _witnesses, _proofs,
            "attorn.did.webvh.witness:UnverifiedWitnessFile.read", None, mutators.json_text),
)  # fmt: skip
