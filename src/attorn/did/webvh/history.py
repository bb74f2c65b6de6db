"""A did:webvh log verified from its first entry on, and the versions of the DID that it holds (did:webvh 1.0, Read).

For each entry, in this order: its form and number · its time · its parameters · whose DID it is · its hash (and the
SCID, for the first) · which keys may sign it · its proofs. Then, over all: that it is of the DID that was asked for,
and that every entry which must be witnessed is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.did.webvh import parameters
from attorn.did.webvh.entry import UnverifiedEntry, read_log
from attorn.did.webvh.hashes import hash_bytes
from attorn.did.webvh.identifier import WebvhDid
from attorn.did.webvh.identifier import parse as parse_did
from attorn.did.webvh.parameters import Parameters
from attorn.did.webvh.refusal import Reason, refused, within
from attorn.did.webvh.witness import Witnesses
from attorn.display import shown, stamp
from attorn.errors import ResolutionError

SKEW: Final = timedelta(minutes=5)
"""How far ahead of the verifier's clock an entry may be."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the DID: `state` is its document as the log has it, `did` the document's id.

    `witnesses` are those who had to approve it.
    """

    number: int
    id: str
    time: datetime
    stamp: str
    did: WebvhDid
    state: dict[str, JsonValue]
    parameters: Parameters
    witnesses: Witnesses


@dataclass(frozen=True, slots=True)
class History:
    """The versions of one DID, the oldest first: a verified chain from its SCID to its head."""

    versions: tuple[Version, ...]

    @property
    def head(self) -> Version:
        """The version that is current."""
        return self.versions[-1]

    @property
    def scid(self) -> str:
        """What every version's DID has in common."""
        return self.head.parameters.scid

    @property
    def needs_witnesses(self) -> bool:
        """Whether any version had to be approved."""
        return any(version.witnesses.threshold for version in self.versions)

    def at(self, time: datetime) -> Version:
        """The version that was current at `time`. Raises `ResolutionError` (notFound) for a time before the first."""
        found = None
        for version in self.versions:
            if version.time > time:
                break
            found = version
        if found is None:
            raise refused(Reason.NOT_FOUND, f"there was no version yet at {stamp(time)}")
        return found

    def version(self, version_id: str) -> Version:
        """The version of this `versionId`. Raises `ResolutionError` (notFound)."""
        for version in self.versions:
            if version.id == version_id:
                return version
        raise refused(Reason.NOT_FOUND, f"there is no version {shown(version_id)}")

    def number(self, number: int) -> Version:
        """The version of this number, from 1 on. Raises `ResolutionError` (notFound)."""
        if not 1 <= number <= len(self.versions):
            raise refused(Reason.NOT_FOUND, f"there is no version {shown(number)}")
        return self.versions[number - 1]


def verify(log: str | bytes, *, did: str, now: datetime) -> History:
    """The history in `log` of the did:webvh `did`, all verified but the approval of witnesses.

    That is for the caller to ask: see `History.needs_witnesses` and `witness.require_witnessed`. `now` is a UTC
    instant. Raises `ResolutionError`, which says of what kind and in which entry.
    """
    history = unasked(log, now=now)
    asked = parse_did(did)
    if asked.scid != history.scid:
        raise refused(Reason.INVALID_DID, f"the log is of the SCID {history.scid}, not of {asked.scid}")
    if all(version.did.text != did for version in history.versions):
        raise refused(Reason.INVALID_DID, f"no entry of the log is of {shown(did)}")
    return history


def unasked(log: str | bytes, *, now: datetime) -> History:
    """As `verify`, for whatever DID the log is of: for those who keep the log."""
    return History(tuple(_verified(read_log(log), now)))


def _verified(entries: tuple[UnverifiedEntry, ...], now: datetime) -> Iterator[Version]:
    before: Version | None = None
    for entry in entries:
        try:
            before = _version(entry, before, now)
        except ResolutionError as error:
            raise within(f"entry {entry.number}", error) from None
        yield before


def _version(entry: UnverifiedEntry, before: Version | None, now: datetime) -> Version:
    _check_time(entry, before, now)
    changed = _parameters(entry, before)
    did = _did(entry, before, changed)
    if before is None and entry.scid(changed.scid) != changed.scid:
        raise refused(Reason.INVALID_DID, "the SCID is not the hash of this entry")
    if entry.hash_after(changed.scid if before is None else before.id) != entry.hash:
        raise refused(Reason.INVALID_DID, "versionId does not hold the hash of this entry behind the one before")
    _check_proofs(entry, _signing(changed, before))
    return Version(
        entry.number,
        entry.version,
        entry.time,
        str(entry.bare["versionTime"]),
        did,
        entry.state,
        changed,
        # Whoever is listed before must agree to being replaced; the first ever listed agree to the list itself.
        changed.witness if before is None or not before.parameters.witness.ids else before.parameters.witness,
    )


def _check_time(entry: UnverifiedEntry, before: Version | None, now: datetime) -> None:
    if before is not None and entry.time <= before.time:
        raise refused(Reason.INVALID_DID, "versionTime is not later than that of the entry before")
    if entry.time > now + SKEW:
        raise refused(Reason.INVALID_DID, f"versionTime {stamp(entry.time)} is in the future")


def _parameters(entry: UnverifiedEntry, before: Version | None) -> Parameters:
    if before is None:
        return parameters.first(entry.parameters)
    if before.parameters.deactivated:
        raise refused(Reason.INVALID_PARAMETERS, "the entry before has deactivated the DID, for good")
    changed = before.parameters.followed_by(entry.parameters)
    if before.parameters.next_key_hashes:
        for key in changed.update_keys:
            if hash_bytes(key.encode()) not in before.parameters.next_key_hashes:
                raise refused(
                    Reason.INVALID_PARAMETERS, f"the entry before has not committed to the update key {shown(key)}"
                )
    return changed


def _did(entry: UnverifiedEntry, before: Version | None, changed: Parameters) -> WebvhDid:
    """Whose document it is: the DID's own, or where it may move, its new name's."""
    identifier = entry.state.get("id")
    if not isinstance(identifier, str):
        raise refused(Reason.INVALID_DID, "state has no id")
    did = parse_did(identifier)
    if did.scid != changed.scid:
        raise refused(Reason.INVALID_DID, f"state is of the SCID {did.scid}, not of {changed.scid}")
    if before is None or before.did.text == identifier:
        return did
    if not before.parameters.portable or not changed.portable:
        raise refused(Reason.INVALID_DID, f"the DID becomes {shown(identifier)}, but is not portable")
    known = entry.state.get("alsoKnownAs")
    if not isinstance(known, list) or before.did.text not in known:
        raise refused(Reason.INVALID_DID, "the DID has moved, and alsoKnownAs does not name it as it was")
    return did


def _signing(changed: Parameters, before: Version | None) -> tuple[str, ...]:
    """The keys that may sign this entry."""
    if before is None or before.parameters.next_key_hashes:
        return changed.update_keys
    return before.parameters.update_keys


def _check_proofs(entry: UnverifiedEntry, keys: tuple[str, ...]) -> None:
    document = entry.canonical(entry.version)
    for proof in entry.proofs:
        if proof.key not in keys:
            raise refused(Reason.INVALID_PROOF, f"{shown(proof.key)} is no key that may update the DID")
        if not proof.holds_for(document):
            raise refused(Reason.INVALID_PROOF, f"the signature of {shown(proof.key)} does not verify")
