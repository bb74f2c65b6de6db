"""Witnesses of a did:webvh log: who must have approved an entry, and the file of their proofs (did:webvh 1.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.did import key as did_key
from attorn.did.webvh.proof import UnverifiedProof, ed25519
from attorn.did.webvh.refusal import Reason, refused
from attorn.display import shown
from attorn.errors import MalformedError, ResolutionError

MOST_WITNESSES: Final = 32
MOST_BYTES: Final = 262_144
"""Longest file of proofs."""
MOST_PROOFS: Final = 512
"""Most proofs in one file."""
DEPTH: Final = 8
"""Deepest nesting of that file."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """So many (`threshold`) of these did:keys must approve; of `NOBODY`, none."""

    threshold: int
    ids: tuple[str, ...]

    @classmethod
    def read(cls, value: JsonValue) -> Witnesses:
        """The parameter `witness`. Raises `ResolutionError` (invalidParameters)."""
        if value == {} and isinstance(value, dict):
            return NOBODY
        if not isinstance(value, dict) or set(value) != {"threshold", "witnesses"}:
            raise _refused("expected threshold and witnesses, and nothing else")
        threshold, witnesses = value["threshold"], value["witnesses"]
        if not isinstance(witnesses, list) or not 0 < len(witnesses) <= MOST_WITNESSES:
            raise _refused(f"expected from 1 to {MOST_WITNESSES} witnesses")
        ids = tuple(map(_id, witnesses))
        if len(set(ids)) != len(ids):
            raise _refused(f"{shown(max(ids, key=ids.count))} is listed twice")
        if type(threshold) is not int or not 1 <= threshold <= len(ids):
            raise _refused(f"expected a threshold from 1 to {len(ids)}, got {shown(threshold)}")
        return cls(threshold, ids)

    def write(self) -> dict[str, JsonValue]:
        """The inverse of `read`."""
        if not self.ids:
            return {}
        return {"threshold": self.threshold, "witnesses": [{"id": each} for each in self.ids]}


NOBODY: Final = Witnesses(0, ())


def _id(value: JsonValue) -> str:
    found = value.get("id") if isinstance(value, dict) and set(value) == {"id"} else None
    if not isinstance(found, str) or not found.startswith(did_key.PREFIX):
        raise _refused(f"expected each witness as an id that is a did:key, got {shown(value)}")
    try:
        ed25519(found.removeprefix(did_key.PREFIX))
    except MalformedError as error:
        raise _refused(str(error)) from None
    return found


def _refused(text: str) -> ResolutionError:
    return refused(Reason.INVALID_PARAMETERS, f"witness: {text}")


@dataclass(frozen=True, slots=True)
class UnverifiedWitnessFile:
    """The proofs of a did-witness.json for each `versionId`, none of them verified."""

    proofs: Mapping[str, tuple[UnverifiedProof, ...]]

    @classmethod
    def read(cls, data: str | bytes) -> UnverifiedWitnessFile:
        """The file in `data`.

        A proof of another form than witnesses may write counts for nothing, and is passed over as one that does not
        verify. Raises `ResolutionError` (invalidProof) for a file of another form.
        """
        try:
            value = parse(data, most=MOST_BYTES, depth=DEPTH)
        except MalformedError as error:
            raise refused(Reason.INVALID_PROOF, f"did-witness.json: {error}") from None
        if not isinstance(value, list):
            raise refused(Reason.INVALID_PROOF, "did-witness.json: expected a list")
        found: dict[str, tuple[UnverifiedProof, ...]] = {}
        count = 0
        for each in value:
            version, proofs = _approvals(each)
            count += len(proofs)
            if count > MOST_PROOFS or len(value) > MOST_PROOFS:
                raise refused(Reason.INVALID_PROOF, f"did-witness.json: expected at most {MOST_PROOFS} proofs")
            found[version] = found.get(version, ()) + tuple(_readable(proofs))
        return cls(found)


def _approvals(value: JsonValue) -> tuple[str, Sequence[JsonValue]]:
    if isinstance(value, dict) and set(value) <= {"versionId", "proof"}:
        version, proofs = value.get("versionId"), value.get("proof", [])
        if isinstance(version, str) and isinstance(proofs, list):
            return version, proofs
    raise refused(Reason.INVALID_PROOF, "did-witness.json: expected objects with a versionId and a list of proofs")


def _readable(proofs: Sequence[JsonValue]) -> Iterable[UnverifiedProof]:
    for proof in proofs:
        try:
            yield UnverifiedProof.read(proof)
        except ResolutionError:
            continue


def require_witnessed(versions: Sequence[str], wanted: Sequence[Witnesses], file: UnverifiedWitnessFile) -> None:
    """Return if each version has as many approvals as it wants, `wanted` being in the order of `versions`.

    A witness who approved a version has approved all before it; proofs for versions that are not in the log count for
    nothing. Raises `ResolutionError` (invalidProof).
    """
    latest: dict[str, int] = {}
    known = {each for witnesses in wanted for each in witnesses.ids}
    for number, version in enumerate(versions, start=1):
        for proof in file.proofs.get(version, ()):
            witness = did_key.PREFIX + proof.key
            if witness in known and latest.get(witness) != number and proof.holds_for(canonicalise(approved(version))):
                latest[witness] = number
    for number, witnesses in enumerate(wanted, start=1):
        count = sum(latest.get(each, 0) >= number for each in witnesses.ids)
        if count < witnesses.threshold:
            raise refused(
                Reason.INVALID_PROOF,
                f"entry {number}: expected approval by {witnesses.threshold} of {len(witnesses.ids)} witnesses,"
                f" got {count}",
            )


def approved(version: str) -> dict[str, JsonValue]:
    """What a witness signs."""
    return {"versionId": version}
