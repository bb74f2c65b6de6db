"""One entry of a did:webvh log as its line has it: read strictly, nothing of it verified yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.did.webvh.hashes import hash_bytes, hash_json
from attorn.did.webvh.identifier import PLACEHOLDER
from attorn.did.webvh.proof import UnverifiedProof
from attorn.did.webvh.refusal import Reason, refused, within
from attorn.did.webvh.stamp import read_stamp
from attorn.display import shown
from attorn.errors import MalformedError, ResolutionError

MOST_LOG: Final = 1_048_576
"""Longest log, in bytes."""
MOST_ENTRIES: Final = 512
MOST_ENTRY: Final = 65_536
"""Longest entry, in bytes."""
DEPTH: Final = 24
"""Deepest nesting of an entry."""
MOST_PROOFS: Final = 8
"""Most proofs of one entry."""
MOST_PROOFS_IN_ALL: Final = 1024
"""Most proofs of all entries: each costs as much as a short entry."""

_MEMBERS: Final = ("versionId", "versionTime", "parameters", "state", "proof")
_VERSION: Final = re.compile(r"([1-9][0-9]{0,8})-([1-9A-HJ-NP-Za-km-z]{46})", re.ASCII)


@dataclass(frozen=True, slots=True)
class UnverifiedEntry:
    """An entry as it claims to be. `number` and `hash` are the parts of `version`, `bare` is all but the proof.

    `framing` is its canonical form before and behind the value of `versionId`.
    """

    number: int
    hash: str
    time: datetime
    parameters: JsonValue
    state: dict[str, JsonValue]
    proofs: tuple[UnverifiedProof, ...]
    bare: dict[str, JsonValue]
    framing: tuple[bytes, bytes]

    @property
    def version(self) -> str:
        """The `versionId`."""
        return f"{self.number}-{self.hash}"

    def canonical(self, version: str) -> bytes:
        """What is hashed and signed: all of it but its proof, in canonical form (RFC 8785), with this `versionId`."""
        before, behind = self.framing
        return before + canonicalise(version) + behind

    def hash_after(self, version: str) -> str:
        """The hash of this entry behind that of `version`, or behind the SCID."""
        return hash_bytes(self.canonical(version))

    def scid(self, claimed: str) -> str:
        """The SCID of this entry as a log's first one, which has `claimed` as its SCID in all places."""
        text = self.canonical(PLACEHOLDER).decode()
        try:
            value = parse(text.replace(claimed, PLACEHOLDER), most=MOST_ENTRY, depth=DEPTH)
        except MalformedError as error:
            raise refused(Reason.INVALID_DID, f"the SCID stands where it cannot: {error}") from None
        return hash_json(value)


def read_log(data: str | bytes) -> tuple[UnverifiedEntry, ...]:
    """The entries of the log in `data`, one to a line. Raises `ResolutionError`."""
    text = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(text) > MOST_LOG:
        raise refused(Reason.INVALID_DID, f"expected a log of at most {MOST_LOG} bytes, got {len(text)}")
    lines = text.removesuffix(b"\n").split(b"\n", MOST_ENTRIES)
    if len(lines) > MOST_ENTRIES:
        raise refused(Reason.INVALID_DID, f"expected a log of at most {MOST_ENTRIES} entries")
    return tuple(_numbered(lines))


def _numbered(lines: Iterable[bytes]) -> Iterable[UnverifiedEntry]:
    proofs = 0
    for position, line in enumerate(lines, start=1):
        try:
            entry = read_entry(line)
            proofs += len(entry.proofs)
            if proofs > MOST_PROOFS_IN_ALL:
                raise refused(Reason.INVALID_PROOF, f"expected at most {MOST_PROOFS_IN_ALL} proofs in the whole log")
            if entry.number != position:
                raise refused(Reason.INVALID_DID, f"versionId has number {entry.number}")
        except ResolutionError as error:
            raise within(f"entry {position}", error) from None
        yield entry


def read_entry(line: bytes) -> UnverifiedEntry:
    """The entry in one line. Raises `ResolutionError`."""
    try:
        value = parse(line, most=MOST_ENTRY, depth=DEPTH)
    except MalformedError as error:
        raise refused(Reason.INVALID_DID, str(error)) from None
    if not isinstance(value, dict) or set(value) != set(_MEMBERS):
        raise refused(Reason.INVALID_DID, f"expected an object of {', '.join(_MEMBERS)} and nothing else")
    version, state, proof = value["versionId"], value["state"], value["proof"]
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        raise refused(Reason.INVALID_DID, f"expected versionId as a number, - and a hash, got {shown(version)}")
    if not isinstance(state, dict):
        raise refused(Reason.INVALID_DID, "expected state as an object")
    proofs = proof if isinstance(proof, list) else [proof]
    if not 0 < len(proofs) <= MOST_PROOFS:
        raise refused(Reason.INVALID_PROOF, f"expected from 1 to {MOST_PROOFS} proofs, got {len(proofs)}")
    return UnverifiedEntry(
        int(match[1]),
        match[2],
        read_stamp(value["versionTime"], "versionTime", Reason.INVALID_DID),
        value["parameters"],
        state,
        tuple(map(UnverifiedProof.read, proofs)),
        {name: member for name, member in value.items() if name != "proof"},
        _framing(value),
    )


def _framing(value: dict[str, JsonValue]) -> tuple[bytes, bytes]:
    # The two members that differ in what is hashed and signed sort behind the large ones, which are written once.
    large = canonicalise({"parameters": value["parameters"], "state": value["state"]})
    return large[:-1] + b',"versionId":', b',"versionTime":' + canonicalise(value["versionTime"]) + b"}"


def write_entry(bare: dict[str, JsonValue], proof: dict[str, JsonValue]) -> str:
    """The line of an entry, without the newline at its end."""
    return canonicalise({**bare, "proof": [proof]}).decode()
