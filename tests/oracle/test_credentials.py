"""The W3C's example credentials: the model reads every one, and the front door takes them once a DID signs them."""

from __future__ import annotations

import copy
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from attorn import Identity, credential
from attorn.credential import Securing
from attorn.did.resolver import LocalResolver
from attorn.errors import CredentialError
from attorn.integrity import Suite
from attorn.keys.public import Algorithm
from attorn.keys.signer import P256Signer

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ATTORN_ORACLES") or ROOT.parent / "shared" / "oracles")
FOLDERS = [FOLDER / "w3c-eddsa", FOLDER / "w3c-ecdsa"]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BY = {
    Algorithm.ED25519: Identity.from_seed(b"\x2b" * 32),
    Algorithm.P256: Identity(P256Signer.from_scalar(b"\x2b" * 32)),
}

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        not all(folder.is_dir() for folder in FOLDERS),
        reason="no w3c-eddsa and w3c-ecdsa folders under $ATTORN_ORACLES or ../shared/oracles",
    ),
]


def credentials() -> list[Path]:
    """Every file of the vectors that holds a credential."""
    found = []
    for path in sorted(path for folder in FOLDERS for path in folder.rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and "VerifiableCredential" in content.get("type", []):
            found.append(path)
    return found


EACH = pytest.mark.parametrize("path", credentials(), ids=lambda path: str(path.relative_to(FOLDER)))


def loaded(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_there_are_some() -> None:
    assert len(credentials()) >= 17


@EACH
def test_the_data_model_reads_it(path: Path) -> None:
    document = loaded(path)
    found = credential.read(document, accept_v1=True)
    assert found.unverified_document == {name: document[name] for name in document if name != "proof"}
    assert found.unverified_types == tuple(document["type"])
    assert len(found.unverified_subjects) == 1


@EACH
def test_without_its_issuers_own_proof_it_is_refused(path: Path) -> None:
    # The examples are by a URL that is no DID, or by another key than their issuer's.
    with pytest.raises(CredentialError, match=r"no DID|by its issuer|not secured"):
        credential.verify(loaded(path), resolver=LocalResolver(), now=NOW, issuers=lambda did: True, accept_v1=True)


@EACH
@pytest.mark.parametrize("suite", list(Suite))
def test_issued_again_by_a_did_it_is_taken(path: Path, suite: Suite) -> None:
    if suite.signs_rdf:
        pytest.importorskip("pyoxigraph")
    by = BY[suite.algorithm]
    document = {**loaded(path), "issuer": by.did}
    document.pop("proof", None)
    secured = credential.issue(document, by=by, suite=suite, created=NOW)
    asked: dict[str, Any] = {"resolver": LocalResolver(), "now": NOW, "issuers": [by.did]}
    assert credential.verify(secured, **asked).document == document
    text = credential.issue(document, by=by, securing=Securing.JOSE, created=NOW)
    assert credential.verify(text, **asked).document == document
    changed = copy.deepcopy(secured)
    changed["credentialSubject"]["id"] = "did:example:other"
    with pytest.raises(Exception, match="did not sign"):
        credential.verify(changed, **asked)
