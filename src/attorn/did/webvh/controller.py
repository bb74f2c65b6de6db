"""Keeping a did:webvh log: each function takes the log so far and returns it with one more entry (did:webvh 1.0).

Nothing is published here, and nothing is returned that a resolver would refuse: what was appended is verified first.
An entry that needs approval may be published only after the file of its witnesses' proofs: see `approve`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import instant
from attorn.did.document import Relationship
from attorn.did.webvh import history, proof
from attorn.did.webvh.document import write_state
from attorn.did.webvh.entry import DEPTH, MOST_ENTRY, write_entry
from attorn.did.webvh.hashes import hash_bytes, hash_json
from attorn.did.webvh.history import History, Version
from attorn.did.webvh.identifier import PLACEHOLDER, write
from attorn.did.webvh.parameters import VERSION
from attorn.did.webvh.witness import Witnesses
from attorn.display import stamp
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import multikey
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signer, key_of


def create(
    *,
    domain: str,
    by: Signer,
    at: datetime,
    path: Sequence[str] = (),
    document: Mapping[str, JsonValue] | None = None,
    update_keys: Sequence[PublicKey] = (),
    next_keys: Sequence[PublicKey] = (),
    witness: Witnesses | None = None,
    watchers: Sequence[str] = (),
    portable: bool = False,
    ttl: int | None = None,
) -> str:
    """The log of a new DID at `domain` and `path`, its one entry signed by `by` at `at`.

    `document` has the text `{SCID}` wherever the SCID belongs; without it, the signer's key is the DID's one key, for
    everything but key agreement. `update_keys` (default: the signer's) are those that may sign the next entry, unless
    `next_keys` commits to others (pre-rotation). Raises `InputError` for what no resolver would accept, and
    `UnavailableError` if the signer fails.
    """
    changes = _changes(tuple(update_keys) or (key_of(by),), next_keys or None, witness, watchers or None, ttl)
    changes |= {"method": VERSION, "scid": PLACEHOLDER, "portable": portable}
    draft: dict[str, JsonValue] = {
        "versionId": PLACEHOLDER,
        "versionTime": stamp(instant(at, "at")),
        "parameters": changes,
        "state": write_state(write(domain, path), (key_of(by),)) if document is None else dict(document),
    }
    text = canonicalise(draft).decode()
    scid = hash_json(draft)
    return _appended("", _object(text.replace(PLACEHOLDER, scid)), scid, 1, _Pen(by, at))


def update(
    log: str,
    *,
    by: Signer,
    at: datetime,
    document: Mapping[str, JsonValue] | None = None,
    update_keys: Sequence[PublicKey] | None = None,
    next_keys: Sequence[PublicKey] | None = None,
    witness: Witnesses | None = None,
    watchers: Sequence[str] | None = None,
    ttl: int | None = None,
) -> str:
    """`log` with one more entry, signed by `by` at `at`; what is None stays as it is.

    Under pre-rotation `by` is one of the keys that the entry before committed to, and the one that may update from now
    on unless `update_keys` says otherwise; `next_keys` must then be given, an empty list to end pre-rotation.
    `witness` set to `NOBODY` ends witnessing. Raises as `create`.
    """
    known = _kept(log, at)
    return _next(log, known, _Pen(by, at), document, _changes(update_keys, next_keys, witness, watchers, ttl))


def rotate(
    log: str, *, by: Signer, at: datetime, key: PublicKey | None = None, next_keys: Sequence[PublicKey] | None = None
) -> str:
    """`log` with an entry that makes `key` the one key of the DID and the one that may update it.

    `key` is by default the signer's, as it is under pre-rotation. The rest of the document stays. Raises as `update`.
    """
    known = _kept(log, at)
    new = key_of(by) if key is None else key
    state = {name: value for name, value in known.head.state.items() if name not in _KEYS}
    written = write_state(known.head.did.text, (new,))
    return _next(log, known, _Pen(by, at), {**written, **state}, _changes((new,), next_keys, None, None, None))


_KEYS = frozenset({"verificationMethod", *map(str, Relationship)})


def move(
    log: str,
    *,
    domain: str,
    by: Signer,
    at: datetime,
    path: Sequence[str] = (),
    next_keys: Sequence[PublicKey] | None = None,
) -> str:
    """`log` with an entry that moves a portable DID to another place, where the whole log is to be published.

    Its document names itself anew, and keeps the old name under `alsoKnownAs`. Raises as `update`.
    """
    known = _kept(log, at)
    old = known.head.did.text
    new = write(domain, path, scid=known.scid)
    state = {name: _renamed(value, old, new) for name, value in known.head.state.items()}
    names = known.head.state.get("alsoKnownAs", [])
    state["alsoKnownAs"] = (
        [*(name for name in names if name not in (old, new)), old] if isinstance(names, list) else [old]
    )
    return _next(log, known, _Pen(by, at), state, _changes(None, next_keys, None, None, None))


def deactivate(log: str, *, by: Signer, at: datetime) -> str:
    """`log` with its last entry, after which the DID is of no use and cannot be updated. Raises as `update`."""
    known = _kept(log, at)
    changes: dict[str, JsonValue] = {"deactivated": True, "updateKeys": []}
    if known.head.parameters.next_key_hashes:
        # Even the last entry must be signed by a key that was committed to.
        changes |= {"updateKeys": [multikey.to_multibase(key_of(by))], "nextKeyHashes": []}
    return _next(log, known, _Pen(by, at), None, changes)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Who signs an entry, and when."""

    by: Signer
    at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", instant(self.at, "at"))


def _kept(log: str, at: datetime) -> History:
    """The history of a log that its own controller has. Raises `InputError`."""
    if not isinstance(log, str):
        raise InputError(f"log: expected text, got {type(log).__name__}")
    try:
        return history.unasked(log, now=instant(at, "at"))
    except ResolutionError as error:
        raise InputError(f"this log cannot be continued: {error}") from None


def _next(
    log: str,
    known: History,
    pen: _Pen,
    document: Mapping[str, JsonValue] | None,
    changes: dict[str, JsonValue],
) -> str:
    head: Version = known.head
    if head.parameters.next_key_hashes:
        changes = {"updateKeys": [multikey.to_multibase(key_of(pen.by))], **changes}
    bare: dict[str, JsonValue] = {
        "versionId": head.id,
        "versionTime": stamp(pen.at),
        "parameters": changes,
        "state": dict(head.state if document is None else document),
    }
    return _appended(log, bare, head.id, head.number + 1, pen)


def _appended(log: str, draft: dict[str, JsonValue], before: str, number: int, pen: _Pen) -> str:
    """`log` and the entry, once a resolver would take it. Raises `InputError`."""
    bare: dict[str, JsonValue] = {**draft, "versionId": f"{number}-{hash_json({**draft, 'versionId': before})}"}
    line = write_entry(bare, proof.sign(bare, by=pen.by, at=pen.at))
    grown = f"{log.removesuffix(chr(10))}\n{line}\n" if log else f"{line}\n"
    try:
        history.unasked(grown, now=pen.at)
    except ResolutionError as error:
        raise InputError(f"no resolver would accept this: {error}") from None
    return grown


def _changes(
    update_keys: Sequence[PublicKey] | None,
    next_keys: Sequence[PublicKey] | None,
    witness: Witnesses | None,
    watchers: Sequence[str] | None,
    ttl: int | None,
) -> dict[str, JsonValue]:
    changes: dict[str, JsonValue] = {}
    if update_keys is not None:
        changes["updateKeys"] = list(map(multikey.to_multibase, update_keys))
    if next_keys is not None:
        changes["nextKeyHashes"] = [key_hash(key) for key in next_keys]
    if witness is not None:
        changes["witness"] = witness.write()
    if watchers is not None:
        changes["watchers"] = list(watchers)
    if ttl is not None:
        changes["ttl"] = ttl
    return changes


def key_hash(key: PublicKey) -> str:
    """What commits to `key` as one of the next update keys, without showing it."""
    return hash_bytes(multikey.to_multibase(key).encode())


def _object(text: str) -> dict[str, JsonValue]:
    try:
        value = parse(text, most=MOST_ENTRY, depth=DEPTH)
    except MalformedError as error:
        raise InputError(f"no resolver would accept this: {error}") from None
    if not isinstance(value, dict):
        raise InputError("expected an object")
    return value


def _renamed(value: JsonValue, old: str, new: str) -> JsonValue:
    """`value` with the DID `old`, and every DID URL of it, under its new name."""
    if isinstance(value, dict):
        return {name: _renamed(member, old, new) for name, member in value.items()}
    if isinstance(value, list):
        return [_renamed(member, old, new) for member in value]
    if isinstance(value, str) and value.startswith(old) and value[len(old) : len(old) + 1] in ("", "#", "/", "?"):
        return new + value[len(old) :]
    return value
