"""The harness of evidence: a file as it comes, and what somebody who trusts nobody finds in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require
from tests.unit import evidence_scene as scene

from attorn.errors import VerificationError
from attorn.evidence import Evidence


def _evidence(data: bytes) -> bool:
    found = accepted(lambda: Evidence.read(data), VerificationError)
    written = found.encode()
    require(Evidence.read(written) == found and Evidence.read(written).encode() == written, "other evidence")
    findings = scene.judged(found, anchors=[], merchants=[], processors=[], roots=[])
    require(bool(findings.points) and not any(each.holds for each in findings.points[:-1]), "proof without trust")
    return True


def _seeds() -> Iterable[bytes]:
    whole = scene.WHOLE
    yield whole.encode()
    yield replace(whole, presentation=None).encode()
    yield replace(whole, checkout=None, checkout_jwt="a.b.c", presentation=None).encode()
    yield replace(whole, payment=None, presentation=None, files={"https://a.example/did.json": b"{}"}).encode()


HARNESSES = (
    Harness("evidence", "fixpoint; nothing holds for who trusts nobody", _evidence, _seeds,
            "attorn.evidence.evidence:Evidence.read", "attorn.evidence.evidence:Evidence.encode",
            mutators.json_text, size=16_384),
)  # fmt: skip
