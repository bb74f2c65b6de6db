"""The W3C's vectors of Data Integrity, every intermediate value, in both directions."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from attorn.did import key as did_key
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver
from attorn.encoding import base58_decode, base58_encode
from attorn.integrity import Suite, VerifiedDocument, sign, verify
from attorn.integrity.proof import proofs_of, read
from attorn.integrity.stages import configuration, hash_data, transform
from attorn.integrity.verifying import secured
from attorn.jsonld import Contexts
from attorn.keys import ecdsa, multikey
from attorn.keys.public import Algorithm
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ATTORN_ORACLES") or ROOT.parent / "shared" / "oracles")
EDDSA, ECDSA = FOLDER / "w3c-eddsa", FOLDER / "w3c-ecdsa"
SETS = EDDSA / "proof-set-chain"

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        not (EDDSA.is_dir() and ECDSA.is_dir()),
        reason="no w3c-eddsa and w3c-ecdsa folders under $ATTORN_ORACLES or ../shared/oracles",
    ),
]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTEXTS = Contexts()


class Vector(NamedTuple):
    """One folder of vectors: the suite, the suffix of its files, its document and its keys."""

    folder: Path
    suffix: str
    suite: Suite
    document: Path
    keys: Path

    def text(self, name: str) -> str:
        return (self.folder / f"{name}{self.suffix}.txt").read_text(encoding="utf-8")

    def json(self, name: str) -> Any:
        return parsed(self.folder / f"{name}{self.suffix}.json")


class Party(NamedTuple):
    """A did:key and its signer."""

    did: str
    signer: Signer


VECTORS = {
    "eddsa-jcs": Vector(EDDSA / "eddsa-jcs-2022", "JCS", Suite.EDDSA_JCS_2022, EDDSA / "unsigned.json",
                        EDDSA / "keyPair.json"),
    "eddsa-rdfc": Vector(EDDSA / "eddsa-rdfc-2022", "DataInt", Suite.EDDSA_RDFC_2022, EDDSA / "unsigned.json",
                         EDDSA / "keyPair.json"),
    "eddsa-rdfc-employ": Vector(EDDSA / "eddsa-rdfc-2022" / "employ", "DataInt", Suite.EDDSA_RDFC_2022,
                                EDDSA / "employmentAuth.json", EDDSA / "keyPair.json"),
    "ecdsa-jcs": Vector(ECDSA / "ecdsa-jcs-2019-p256", "JCSECDSAP256", Suite.ECDSA_JCS_2019, ECDSA / "unsigned.json",
                        ECDSA / "p256KeyPair.json"),
    "ecdsa-rdfc": Vector(ECDSA / "ecdsa-rdfc-2019-p256", "ECDSAP256", Suite.ECDSA_RDFC_2019, ECDSA / "unsigned.json",
                         ECDSA / "p256KeyPair.json"),
    "ecdsa-rdfc-employ": Vector(ECDSA / "ecdsa-rdfc-2019-p256" / "employ", "ECDSAP256", Suite.ECDSA_RDFC_2019,
                                ECDSA / "employmentAuth.json", ECDSA / "p256KeyPair.json"),
}  # fmt: skip

every = pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS.keys())


def parsed(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def party(pair: dict[str, str]) -> Party:
    """The owner of a key pair as the vectors spell it: multicodec prefix, then the secret."""
    secret = base58_decode((pair.get("privateKeyMultibase") or pair["secretKeyMultibase"])[1:])
    signer: Signer
    if secret[:2] == b"\x80\x26":
        signer = Ed25519Signer.from_seed(secret[2:])
    else:
        assert secret[:2] == b"\x86\x26"
        signer = P256Signer.from_scalar(secret[2:])
    assert multikey.to_multibase(signer.public_key) == pair["publicKeyMultibase"]
    return Party(did_key.encode(signer.public_key), signer)


def checked(document: Any) -> VerifiedDocument:
    return verify(document, purpose=Relationship.ASSERTION_METHOD, resolver=LocalResolver(), now=NOW)


@every
def test_every_intermediate_value_is_the_same(vector: Vector) -> None:
    signed, document = vector.json("signed"), parsed(vector.document)
    proof = read(signed["proof"])
    assert proof.suite is vector.suite
    options = configuration(proof.members, document, vector.suite)
    assert options == vector.json("proofConfig")
    canonical_options = transform(options, vector.suite, CONTEXTS)
    canonical_document = transform(document, vector.suite, CONTEXTS)
    assert canonical_options.decode("utf-8") == vector.text("proofCanon")
    assert canonical_document.decode("utf-8") == vector.text("canonDoc")
    assert hashlib.sha256(canonical_options).hexdigest() == vector.text("proofHash")
    assert hashlib.sha256(canonical_document).hexdigest() == vector.text("docHash")
    data = hash_data(canonical_options, canonical_document)
    assert data.hex() == vector.text("combinedHash")
    assert proof.signature.hex() == vector.text("sigHex")
    assert signed["proof"]["proofValue"] == vector.text("sigBTC58")
    assert party(parsed(vector.keys)).signer.public_key.verify_any_s(proof.signature, data)


@every
def test_the_signed_document_is_accepted(vector: Vector) -> None:
    found = checked(vector.json("signed"))
    assert found.document == parsed(vector.document)
    (proof,) = found.proofs
    assert proof.controller == party(parsed(vector.keys)).did
    assert proof.suite is vector.suite


@every
def test_signing_makes_the_same_document(vector: Vector) -> None:
    signer, signed = party(parsed(vector.keys)), vector.json("signed")
    created = datetime.fromisoformat(signed["proof"]["created"])
    made = sign(parsed(vector.document), by=signer, suite=vector.suite, created=created)
    if vector.suite.algorithm is Algorithm.P256:
        # As deterministic, and always the lower half of s.
        low = ecdsa.to_low_s(base58_decode(signed["proof"]["proofValue"][1:]))
        signed["proof"]["proofValue"] = "z" + base58_encode(low)
    assert made == signed


def steps() -> Iterator[tuple[str, str, str, str]]:
    """What is signed first, the options of the proof that is added, that proof, and the key."""
    yield "unsigned", "proofSetConfig1", "proofSetConfigSigned1", "keyPair1"
    yield "unsigned", "proofSetConfig2", "proofSetConfigSigned2", "keyPair2"
    yield "proofChainTempDoc1", "proofChainConfig1", "proofChainConfigSigned1", "keyPair3"
    yield "proofChainTempDoc2", "proofChainConfig2", "proofChainConfigSigned2", "keyPair4"


@pytest.mark.parametrize(("over", "options", "signed", "key"), list(steps()))
def test_each_proof_of_the_sets_and_chains_is_made_alike(over: str, options: str, signed: str, key: str) -> None:
    document, config = parsed(SETS / f"{over}.json"), parsed(SETS / f"{options}.json")
    expected, signer = parsed(SETS / f"{signed}.json"), party(parsed(SETS / "multiKeyPairs.json")[key])
    suite = Suite.EDDSA_RDFC_2022
    data = hash_data(
        transform(configuration(config, document, suite), suite, CONTEXTS), transform(document, suite, CONTEXTS)
    )
    assert signer.signer.public_key.verify_any_s(base58_decode(expected["proofValue"][1:]), data)
    assert "z" + base58_encode(signer.signer.sign(data)) == expected["proofValue"]


SIGNED = ("signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2")


@pytest.mark.parametrize("name", SIGNED)
def test_sets_and_chains_are_accepted_and_made_again(name: str) -> None:
    signed = parsed(SETS / f"{name}.json")
    found = checked(signed)
    assert found.document == parsed(SETS / "unsigned.json")
    proofs = [dict(proof.members) for proof in found.proofs]
    assert (proofs if len(proofs) > 1 else proofs[0]) == signed["proof"]
    pairs = parsed(SETS / "multiKeyPairs.json")
    signers = {signer.did: signer for signer in map(party, pairs.values())}
    made: Any = found.document
    for proof in found.proofs:
        made = sign(
            made, by=signers[proof.controller], suite=proof.suite, created=proof.created, id=proof.id,
            previous=proof.members.get("previousProof", ()),
        )  # fmt: skip
    assert made == signed


@pytest.mark.parametrize(("chain", "temporary"), [("signedProofChain1", 1), ("signedProofChain2", 2)])
def test_what_a_proof_of_a_chain_is_over(chain: str, temporary: int) -> None:
    signed = parsed(SETS / f"{chain}.json")
    proofs, body = proofs_of(signed), parsed(SETS / "unsigned.json")
    over = secured(body, proofs[-1].previous, proofs)
    assert over == parsed(SETS / f"proofChainTempDoc{temporary}.json")


def test_every_file_is_used() -> None:
    files = {path for folder in (EDDSA, ECDSA) for path in folder.rglob("*") if path.is_file()}
    names = ("canonDoc", "combinedHash", "docHash", "proofCanon", "proofHash", "sigBTC58", "sigHex")
    used = {vector.folder / f"{name}{vector.suffix}.txt" for vector in VECTORS.values() for name in names}
    for vector in VECTORS.values():
        used |= {vector.folder / f"{name}{vector.suffix}.json" for name in ("proofConfig", "signed")}
        used |= {vector.document, vector.keys}
    used |= {SETS / f"{name}.json" for step in steps() for name in step[:3]}
    used |= {SETS / f"{name}.json" for name in (*SIGNED, "multiKeyPairs")}
    assert files == used
