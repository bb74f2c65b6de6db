"""A witness's part in a did:webvh log: approving its newest entry (did:webvh 1.0, DID Witnesses)."""

from __future__ import annotations

from datetime import datetime

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import instant
from attorn.did import key as did_key
from attorn.did.webvh import history, proof
from attorn.did.webvh.witness import DEPTH, MOST_BYTES, UnverifiedWitnessFile, approved
from attorn.errors import InputError, ResolutionError
from attorn.keys.signer import Signer, key_of


def approve(log: str, *, by: Signer, at: datetime, proofs: str = "[]") -> str:
    """The did-witness.json `proofs` with the approval of the last entry of `log`, and so of all before it, by `by`.

    The log is verified first, and must ask this witness. Of the witness's earlier approvals the newest stays, for those
    who still have the log without the new entry. Raises `InputError`, and `UnavailableError` if the signer fails.
    """
    now = instant(at, "at")
    witness = did_key.encode(key_of(by))
    try:
        known = history.unasked(log, now=now)
        UnverifiedWitnessFile.read(proofs)
    except ResolutionError as error:
        raise InputError(f"this is not to be approved: {error}") from None
    if all(witness not in version.witnesses.ids for version in known.versions):
        raise InputError(f"{witness} is no witness of this log")
    order = {version.id: version.number for version in known.versions}
    given = _listed(proofs)
    mine = [each for each in given if _signer(each[1]) == witness and each[0] != known.head.id]
    kept = max(mine, key=lambda each: order.get(each[0], 0), default=None)
    made: JsonValue = {**proof.sign(approved(known.head.id), by=by, at=now)}
    together: dict[str, list[JsonValue]] = {}
    for each in (*(each for each in given if _signer(each[1]) != witness or each is kept), (known.head.id, made)):
        together.setdefault(each[0], []).append(each[1])
    return canonicalise([{"versionId": version, "proof": each} for version, each in together.items()]).decode() + "\n"


def _listed(proofs: str) -> list[tuple[str, JsonValue]]:
    """Each proof with the version that it approves, of a file that was read before."""
    found: list[tuple[str, JsonValue]] = []
    listed = parse(proofs, most=MOST_BYTES, depth=DEPTH)
    for each in listed if isinstance(listed, list) else []:
        given = each.get("proof") if isinstance(each, dict) else None
        if isinstance(each, dict) and isinstance(given, list):
            found += [(str(each["versionId"]), one) for one in given]
    return found


def _signer(given: JsonValue) -> str | None:
    """The DID that a proof names."""
    method = given.get("verificationMethod") if isinstance(given, dict) else None
    return method.partition("#")[0] if isinstance(method, str) else None
