"""The 38 published Biscuit samples: containers read, signatures judged, foreign Datalog kept out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from attorn import Request, Token, Verifier
from attorn.biscuit.admission import admit
from attorn.biscuit.container import parse
from attorn.biscuit.signature import verify_foreign
from attorn.encoding import base64url_encode
from attorn.engine import StockEngine
from attorn.errors import MalformedError, NotAdmittedError, PossessionError, SignatureError, VerificationError
from attorn.keys import ecdsa
from attorn.keys.public import Algorithm, PublicKey
from attorn.limits import Limits
from attorn.token import chain as chains

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ATTORN_ORACLES") or ROOT.parent / "shared" / "oracles") / "biscuit-samples"
PRESENT = FOLDER.is_dir()

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not PRESENT, reason="no biscuit-samples folder under $ATTORN_ORACLES or ../shared/oracles"),
]

FORGED = ("002", "003", "004", "005", "006")
"""The samples whose published verdict is a failure of format or signature."""
HIGH_S = ("036", "037")
"""Genuine samples that hold high-S signatures, which stock libraries accept and attorn refuses (attack 43)."""
REFUSED_AT = {
    "004": 1, "007": 1, "013": 1, "014": 0, "017": 0, "018": 1, "019": 1, "024": 0, "025": 0, "026": 0, "027": 0,
    "028": 0, "029": 0, "030": 0, "031": 0, "032": 0, "033": 0, "034": 0, "035": 0, "037": 0, "038": 0,
}  # fmt: skip
"""The block at which admission refuses a sample. The blocks of the others hold ground facts and plain `check if` in
Datalog 3.0 and no more: nothing that could stall an engine or widen a scope, which is all that admission is about.
They are no chains (no `user` and `link` facts), and every entry point refuses them for that."""


def _samples() -> tuple[PublicKey | None, list[dict[str, Any]]]:
    if not PRESENT:
        return None, []
    listed = json.loads((FOLDER / "samples.json").read_text(encoding="utf-8"))
    return PublicKey(Algorithm.ED25519, bytes.fromhex(listed["root_public_key"])), listed["testcases"]


ROOT_KEY, CASES = _samples()
each_sample = pytest.mark.parametrize("case", CASES, ids=lambda case: case["filename"][:-3])


def number(case: dict[str, Any]) -> str:
    return str(case["filename"])[4:7]


def data_of(case: dict[str, Any]) -> bytes:
    return (FOLDER / case["filename"]).read_bytes()


def test_all_samples_are_here() -> None:
    assert [number(case) for case in CASES] == [f"{index:03}" for index in range(1, 39)]


@each_sample
def test_a_container_is_read_and_written_back_byte_for_byte(case: dict[str, Any]) -> None:
    assert parse(data_of(case), most_blocks=8).encode() == data_of(case)


@each_sample
def test_signatures_have_the_published_verdict(case: dict[str, Any]) -> None:
    assert ROOT_KEY is not None
    results = [validation["result"] for validation in case["validations"].values()]
    forged = all("Format" in result.get("Err", {}) for result in results)
    assert forged is (number(case) in FORGED)
    container = parse(data_of(case), most_blocks=8)
    if forged:
        with pytest.raises(SignatureError):
            verify_foreign(container, ROOT_KEY)
        return
    verify_foreign(container, ROOT_KEY)


@each_sample
def test_high_s_is_for_foreign_tokens_alone(case: dict[str, Any]) -> None:
    """Attack 43: what `verify_foreign` lets through is refused by the check that attorn's own tokens go through."""
    signatures = []
    for block in parse(data_of(case), most_blocks=8).blocks:
        signatures.append(block.signature)
        if block.external is not None:
            signatures.append(block.external.signature)
    high = [found for found in signatures if is_high_s(found)]
    assert bool(high) is (number(case) in HIGH_S)


def is_high_s(der: bytes) -> bool:
    if len(der) == 64:
        return False
    try:
        raw = ecdsa.der_to_raw(der, low_s=False)
    except MalformedError:
        return False
    return not ecdsa.is_low_s(raw)


@each_sample
def test_revocation_ids_are_the_signatures_of_the_blocks(case: dict[str, Any]) -> None:
    signatures = [block.signature.hex() for block in parse(data_of(case), most_blocks=8).blocks]
    for validation in case["validations"].values():
        if number(case) not in FORGED:
            assert validation["revocation_ids"] == signatures


@each_sample
def test_another_root_key_is_refused(case: dict[str, Any]) -> None:
    other = PublicKey(
        Algorithm.ED25519, bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    )
    with pytest.raises(SignatureError):
        verify_foreign(parse(data_of(case), most_blocks=8), other)


@each_sample
def test_foreign_datalog_is_not_admitted(case: dict[str, Any]) -> None:
    known: tuple[str, ...] = ()
    refused_at = None
    for index, block in enumerate(parse(data_of(case), most_blocks=8).blocks):
        try:
            known += admit(block.payload, known, Limits()).symbols
        except NotAdmittedError:
            refused_at = index
            break
    assert refused_at == REFUSED_AT.get(number(case))


@each_sample
def test_no_sample_is_taken_for_a_chain(case: dict[str, Any]) -> None:
    blocks = parse(data_of(case), most_blocks=8).blocks
    with pytest.raises(NotAdmittedError):
        chains.read(blocks, Limits())
    wire = base64url_encode(data_of(case))
    with pytest.raises(MalformedError):
        Token.decode(wire)
    judge = Verifier(audience="x", roots=lambda root, request: True)
    with pytest.raises(VerificationError):
        judge.authorize(wire, Request(action="read", resource="file1"))
    with pytest.raises((PossessionError, SignatureError)):
        StockEngine().read(wire)
