"""The official did:webvh logs: good ones resolve as they say, bad ones are refused for their reason."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from attorn.did.resolution import Options
from attorn.did.resolver import look_up
from attorn.did.webvh.history import History
from attorn.did.webvh.resolver import WebvhResolver
from attorn.errors import ResolutionError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ATTORN_ORACLES") or ROOT.parent / "shared" / "oracles") / "didwebvh"

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no didwebvh folder under $ATTORN_ORACLES or ../shared/oracles"),
]

RESULTS = [
    path for path in sorted(FOLDER.glob("*/*/resolutionResult*.json")) if not path.parts[-3].startswith("negative-")
]
LOGS = sorted({path.parent for path in RESULTS})
NOT_ASKED = {"multi-update/python/resolutionResult.1.json", "multi-update/python/resolutionResult.2.json"}
"""Results for a version number whose writer did not look at it: they hold the newest version."""
REFUSED = {
    "negative-did-key-body-fragment-mismatch": (
        "entry 1: invalidProof: verificationMethod names one key before the # and another"
    ),
    "negative-duplicate-witness-ids": "entry 1: invalidParameters: witness: .* is listed twice",
    "negative-path-traversal-did": r"invalidDid: path segment '\.\.' could mean another place",
    "negative-pre-rotation-omit-updatekeys": "entry 2: invalidParameters: updateKeys is missing",
    "negative-scid-mismatch-genesis": "entry 1: invalidDid: .*QmAttacker.* has no SCID",
    "negative-versiontime-non-monotonic": "entry 2: invalidDid: versionTime is not later",
    "negative-wrong-cryptosuite": "entry 1: invalidProof: expected cryptosuite eddsa-jcs-2022, got 'eddsa-rdfc-2022'",
}


class Folder:
    """A transport to the files of one case."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, url: str, *, accept: str, most: int) -> bytes:
        assert accept
        body = (self.path / url.rpartition("/")[2]).read_bytes()
        assert len(body) <= most
        return body


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def first_entry(folder: Path) -> Any:
    return json.loads((folder / "did.jsonl").read_bytes().split(b"\n")[0])


def resolver(folder: Path) -> WebvhResolver:
    clock = datetime(2026, 11, 22, tzinfo=UTC)
    return WebvhResolver(Folder(folder), clock=lambda: clock)


def resolved(folder: Path, did: str) -> History:
    return resolver(folder).history(did)


def comparable(document: Any) -> Any:
    """A document whose services have absolute ids: of the two writers, one left them relative, and cut a slash off."""
    for service in document["service"]:
        if service["id"].startswith("#"):
            service["id"] = document["id"] + service["id"]
        service["serviceEndpoint"] = service["serviceEndpoint"].removesuffix("/")
    document["service"].sort(key=lambda service: service["id"])
    return document


def test_every_folder_is_here() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == {folder.parts[-2] for folder in LOGS} | set(REFUSED)
    assert len(LOGS) == 18
    assert len(RESULTS) == 22


@pytest.mark.parametrize("path", RESULTS, ids=name)
def test_it_resolves_to_the_expected_result(path: Path) -> None:
    expected = json.loads(path.read_text())
    number = path.name.split(".")[1]
    options = Options() if number == "json" or name(path) in NOT_ASKED else Options(version_number=int(number))
    found = look_up(resolver(path.parent), first_entry(path.parent)["state"]["id"], options).to_json()
    assert comparable(found["didDocument"]) == comparable(expected["didDocument"])
    told: Any = found["didDocumentMetadata"]
    assert {member: told[member] for member in expected["didDocumentMetadata"]} == expected["didDocumentMetadata"]


@pytest.mark.parametrize("folder", LOGS, ids=name)
def test_every_version_has_the_number_the_time_and_the_id_that_its_entry_says(folder: Path) -> None:
    entries = [json.loads(line) for line in (folder / "did.jsonl").read_bytes().splitlines()]
    known = resolved(folder, entries[0]["state"]["id"])
    assert [version.id for version in known.versions] == [entry["versionId"] for entry in entries]
    for number, entry in enumerate(entries, start=1):
        at = datetime.fromisoformat(entry["versionTime"])
        assert known.number(number) is known.version(entry["versionId"]) is known.at(at)


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_it_is_refused_for_the_named_reason(case: str) -> None:
    folder = FOLDER / case / "ts"
    did = (
        "did:webvh:Qm0000000000000000000000000000000000000000000000:example.com:..:..:admin"
        if case == "negative-path-traversal-did"
        else "did:webvh:" + first_entry(folder)["parameters"]["scid"] + ":example.com"
    )
    expected = json.loads((folder / "resolutionResult.json").read_text())["didResolutionMetadata"]["error"]
    with pytest.raises(ResolutionError, match=REFUSED[case]) as refusal:
        resolved(folder, did)
    assert f" {expected}: " in str(refusal.value)


def test_an_attackers_scid_is_no_name_for_a_log() -> None:
    with pytest.raises(ResolutionError, match=r"invalidDid: .* has no SCID"):
        resolved(
            FOLDER / "negative-scid-mismatch-genesis" / "ts",
            "did:webvh:QmAttackerControlledScidThatDoesNotHashToAnything:example.com",
        )
