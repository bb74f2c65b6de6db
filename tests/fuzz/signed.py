"""Harnesses of what principals sign beside tokens: JWS, revocations, status lists, receipts and security events.

Most of them sign what the input says, so that what stands behind the signature is reached.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.unit import audit_scene, event_scene, status_scene
from tests.unit.scene import ALICE, NOW, PLANNER, Clock

from attorn import audit, revocation
from attorn.audit import checkpoint, receipt
from attorn.audit.checkpoint import Checkpoint
from attorn.canonical import canonicalise, parse
from attorn.encoding import base64url_encode
from attorn.errors import AuditError, GapError, InputError, VerificationError
from attorn.events import meaning, security_event
from attorn.events.receiver import Received
from attorn.events.security_event import SecurityEvent
from attorn.jose import jws
from attorn.keys.signer import signed
from attorn.revocation import Roll
from attorn.status import aggregation, bits, bitstring, entry, reading, status_list, token_list
from attorn.status.bits import Packing
from attorn.store import MemoryStore

SIGNER = ALICE.signer
_REFUSED = (VerificationError,)


def _object(data: bytes) -> dict[str, Any]:
    """The JSON object in an input. Refused is any other, which another harness tries."""
    value = accepted(lambda: parse(data, most=1 << 16), *_REFUSED)
    if not isinstance(value, dict):
        raise Refusal
    return value


def _jws(data: bytes) -> bool:
    text = text_of(data)
    tried(lambda: jws.typ_of(text), *_REFUSED)
    found = accepted(lambda: jws.read(text, typ=security_event.TYP), *_REFUSED)
    require(f"{found.signing_input.decode()}.{base64url_encode(found.signature)}" == text, "JWS")
    require(jws.typ_of(text) == security_event.TYP, "another type")
    tried(lambda: found.verify((ALICE.signer.public_key,)), *_REFUSED)
    return True


def _revocation(data: bytes) -> bool:
    """The text as it comes, and the members in it once ALICE has signed them."""
    text = text_of(data)
    found = tried(lambda: revocation.read(text), *_REFUSED)
    if found is not None:
        require(found.encode() == text, "revocation")
        require(type(found).decode(text) == found, "another revocation where its kind is known")
        tried(lambda: revocation.verify(found), *_REFUSED)
        return True
    members = _object(data)
    unsigned = dict(members, signature="")
    first = accepted(lambda: revocation.read(base64url_encode(canonicalise(unsigned))), *_REFUSED)
    signature = base64url_encode(signed(SIGNER, first.statement()))
    text = base64url_encode(canonicalise({**members, "signature": signature}))
    genuine = accepted(lambda: revocation.verify(text), *_REFUSED)
    require(genuine.encode() == text and genuine.by == ALICE.did, "revocation")
    store = MemoryStore()
    accepted(lambda: store.apply(genuine), GapError)
    store.apply(genuine)
    kept = {(each.kind, each.subject) for each in genuine.statements()}
    require(all(store.statements([each]) for each in kept), "a store that forgets what it applied")
    return True


def _roll(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: Roll.decode(text, by=ALICE), InputError, *_REFUSED)
    require(found.encode() == text, "roll")
    published = found.publish(clock=Clock())
    require(set(published.links) == found.links, "a list that leaves links out")
    return True


def _claims(typ: str, data: bytes) -> str:
    return jws.sign(_object(data), by=SIGNER, typ=typ)


def _status_token(data: bytes) -> bool:
    text = accepted(lambda: _claims(token_list.TYP, data), InputError)
    (found,) = accepted(lambda: reading.verify(text), *_REFUSED)
    require((found,) == reading.read(text) and found.issuer == ALICE.did, "another list unsigned than signed")
    _ask(found)
    again = token_list.issue(found.uri, found.data, by=ALICE, bits=found.bits, issued=found.issued,
                             expires=found.expires, ttl=found.ttl if found.ttl is None else min(found.ttl, 1 << 30),
                             aggregation=found.aggregation) if found.data else text  # fmt: skip
    require(token_list.verify(again).data == found.data, "other entries once issued again")
    return True


def _status_bitstring(data: bytes) -> bool:
    text = accepted(lambda: _claims(bitstring.TYP, data), InputError)
    found = accepted(lambda: reading.verify(text), *_REFUSED)
    require(found == reading.read(text), "other lists unsigned than signed")
    for each in found:
        require(each.issuer == ALICE.did and len(each) >= entry.FEWEST, "a list that is none")
        _ask(each)
    return True


def _ask(found: status_list.StatusList) -> None:
    size = len(found)
    for index in (0, 1, 7, size - 1, size, -1, 1 << 60):
        value = tried(lambda index=index: found.value(index), *_REFUSED)  # type: ignore[misc]
        require((value is not None) == (0 <= index < size), "an entry where there is none", index)
        require(value is None or 0 <= value < 1 << found.bits, "a value that does not fit", value)
    found.statement()


def _packed(data: bytes) -> bool:
    """Compressed arrays, in either frame, of at most a megabyte."""
    reached = False
    for packing in Packing:
        found = tried(lambda packing=packing: bits.unpack(data, packing, most=1 << 20), *_REFUSED)  # type: ignore[misc]
        if found is not None:
            reached = True
            again = bits.pack(found, packing)
            require(bits.unpack(again, packing) == found, "other entries once packed")
            require(bits.pack(bits.unpack(again, packing), packing) == again, "packed anew otherwise")
    return reached


def _reference(data: bytes) -> bool:
    claims = _object(data)
    found = tried(lambda: token_list.TokenReference.read(claims), *_REFUSED)
    if found is not None:
        require(token_list.TokenReference.read({"status": found.write()}) == found, "another reference once written")
    other = tried(lambda: entry.BitstringEntry.read(claims), *_REFUSED)
    if other is not None:
        written = other.write()
        require(entry.BitstringEntry.read(written) == other, "another entry once written", written)
        require(entry.BitstringEntry.read(written).write() == written, "written anew otherwise", written)
    named = tried(lambda: aggregation.read_aggregation(data), *_REFUSED)
    if named is not None:
        again = aggregation.read_aggregation(aggregation.write_aggregation(named))
        require(again == named, "another aggregation once written")
    return any(each is not None for each in (found, other, named))


def _receipt(data: bytes) -> bool:
    found = accepted(lambda: receipt.Receipt.decode(data), *_REFUSED)
    require(found.encode().encode() == data, "receipt")
    require(receipt.Receipt.decode(text_of(data)) == found, "another receipt as text")
    require(canonicalise(json.loads(data)) == data, "not the canonical form of RFC 8785")
    require(len(found.delegators) == len(found.chain) and (found.holder is None) == (not found.chain), "a chain")
    return True


def _checkpoint(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: checkpoint.Checkpoint.decode(text), *_REFUSED)
    require(found.encode() == text, "checkpoint")
    return True


class _Log:
    """A log of these lines, which takes no more."""

    def __init__(self, lines: list[bytes], point: str | None) -> None:
        self._lines, self._point = lines, point

    def append(self, make: object) -> None:
        raise NotImplementedError

    def lines(self) -> Iterator[bytes]:
        return iter(self._lines)

    def checkpoint(self) -> str | None:
        return self._point


def _log(data: bytes) -> bool:
    """Lines of any content, signed and chained where they are receipts; the last part is the checkpoint's members."""
    *parts, last = parts_of(data, 6)
    lines: list[bytes] = []
    previous = receipt.FIRST
    for number, part in enumerate(parts, start=1):
        line = _line(part, number, previous)
        lines.append(line)
        previous = hashlib.sha256(line).digest()
    log = _Log(lines, _point(last, len(lines), previous))
    head = accepted(lambda: audit.verify(log, by=[audit_scene.SERVICE.did]), AuditError)
    require(head.count == len(lines) and head.digest == previous, "a head of other lines")
    return True


def _line(part: bytes, number: int, previous: bytes) -> bytes:
    """The receipt whose members these are, in its place and signed; the part itself if it is none."""
    try:
        members = _object(part)
        members |= {"by": audit_scene.SERVICE.did, "previous": base64url_encode(previous), "signature": ""}
        members.setdefault("sequence", number)
        found = accepted(lambda: receipt.Receipt.decode(canonicalise(members)), *_REFUSED)
    except Refusal:
        return part
    members["signature"] = base64url_encode(signed(audit_scene.SERVICE.signer, found.statement()))
    return canonicalise(members)


def _point(part: bytes, count: int, digest: bytes) -> str | None:
    if part == b"none":
        return None
    try:
        members = _object(part)
    except Refusal:
        return text_of(part)
    members = {"count": count, "digest": base64url_encode(digest), "by": audit_scene.SERVICE.did, **members}
    try:
        unsigned = Checkpoint.decode(base64url_encode(canonicalise({**members, "signature": ""})))
    except VerificationError:
        return text_of(part)
    members["signature"] = base64url_encode(signed(audit_scene.SERVICE.signer, unsigned.statement()))
    return base64url_encode(canonicalise(members))


def _event(data: bytes) -> bool:
    claims = _object(data)
    found = accepted(lambda: SecurityEvent.read(claims), *_REFUSED)
    written = found.claims()
    require(SecurityEvent.read(written) == found, "another event once written", written)
    require(SecurityEvent.read(written).claims() == written, "written anew otherwise", written)
    tried(lambda: meaning.statements_in(found), *_REFUSED)
    tried(lambda: meaning.entry_in(found), *_REFUSED)
    text = jws.sign(claims, by=event_scene.SENDER.signer, typ=security_event.TYP)
    store = event_scene.Spy()
    received = accepted(lambda: event_scene.receiver(store).receive(text), *_REFUSED)
    require((received is Received.APPLIED) == (len(store.kept) > 1), "applied is kept, and nothing else", received)
    require(event_scene.receiver(store).receive(text) is Received.DUPLICATE, "received twice")
    return True


def _entries() -> list[Any]:
    spent = Roll(ALICE)
    spent.add(bytes(range(16)))
    first = spent.publish(clock=Clock())
    spent.add(bytes(16))
    kept = list(event_scene.ENTRIES.values())
    return [*kept, first, spent.publish(clock=Clock()), spent.publish(since=1, clock=Clock())]


def _revocations() -> Iterable[bytes]:
    for each in _entries():
        yield each.encode().encode()
        yield canonicalise({**each._members(), "by": ALICE.did, "signature": ""})


def _rolls() -> Iterable[bytes]:
    spent = Roll(ALICE)
    yield spent.encode().encode()
    for number in range(3):
        spent.add(bytes((number,)) * 16)
        yield spent.encode().encode()
        spent.publish(clock=Clock())
    yield spent.encode().encode()


def _tokens() -> Iterable[bytes]:
    yield json.dumps(status_scene.token_claims()).encode()
    content = {"bits": 8, "lst": status_scene.lst(bytes(range(40))), "aggregation_uri": "https://issuer.example/all"}
    yield json.dumps(status_scene.token_claims(status_list=content, exp=NOW + 9, ttl=60, nbf=NOW + 1)).encode()


def _bitstrings() -> Iterable[bytes]:
    yield json.dumps(status_scene.credential()).encode()
    yield json.dumps(status_scene.credential({"statusPurpose": ["suspension", "refresh"], "ttl": 60_000})).encode()
    wide = {"statusPurpose": "message", "statusSize": 2, "encodedList": status_scene.encoded(bytes(1 << 15))}
    yield json.dumps(status_scene.credential(wide, iat=NOW, exp=NOW + 60, issuer={"id": ALICE.did})).encode()


def _packings() -> Iterable[bytes]:
    for data in (b"", b"a", bytes(1000), bytes(range(256)), bytes(1 << 21)):
        yield from (bits.pack(data, packing) for packing in Packing)


def _references() -> Iterable[bytes]:
    yield json.dumps({"status": token_list.TokenReference(status_scene.URI, 7).write()}).encode()
    purpose = status_list.ListKind.SUSPENSION
    yield json.dumps(entry.BitstringEntry(status_scene.URI, 7, purpose, id="https://a.example/#7").write()).encode()
    four = entry.BitstringEntry(status_scene.URI, 0, status_list.ListKind.MESSAGE, 2, ("a", "b", "c", "d"))
    yield json.dumps(four.write()).encode()
    yield aggregation.write_aggregation([status_scene.URI, "https://a.example/2"])


class _Kept:
    """A log in memory."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.points: list[Checkpoint] = []
        self._head = audit.ports.EMPTY

    def append(self, make: Any) -> None:
        made, point = make(self._head)
        self.kept.append(made.encode().encode())
        self.points.append(point)
        self._head = audit.ports.Head(made.sequence, made.digest(), point, made)


def _kept() -> _Kept:
    log = _Kept()
    audit_scene.filled(log, 4)  # type: ignore[arg-type]
    return log


def _logs() -> Iterable[bytes]:
    lines = []
    for line in _kept().kept:
        members = json.loads(line)
        del members["sequence"]
        lines.append(canonicalise(members))
    yield joined(*lines[:3], canonicalise({"at": NOW}))
    yield joined(*lines, canonicalise({"at": NOW}))
    yield joined(lines[0], b"none")
    yield joined(b"none")


def _events() -> Iterable[bytes]:
    for name in event_scene.ENTRIES:
        text = event_scene.event(name)
        yield canonicalise(jws.read(text, typ=security_event.TYP).claims)
    changes = (
        {}, {"sub_id": event_scene.DID, "events": {event_scene.RISC + "account-disabled": {"reason": "x"}}},
        {"sub_id": {"format": "complex", "user": event_scene.DID, "group": event_scene.OPAQUE}},
        {"sub_id": {"format": "aliases", "identifiers": [event_scene.DID, {"format": "email", "email": "a@b.c"}]}},
        {"aud": ["x", "did:web:calendar.example"], "iat": NOW - 5},
        {"events": {event_scene.CAEP + "credential-change": {"change_type": "revoke", "n": 1.5}}},
    )  # fmt: skip
    for changed in changes:
        yield canonicalise(event_scene.claims(**changed))


def _signed_jws() -> Iterable[bytes]:
    for name in event_scene.ENTRIES:
        yield event_scene.event(name).encode()
    yield jws.sign({"a": 1}, by=SIGNER, typ=security_event.TYP, kid=f"{PLANNER.did}#k").encode()


_TEXT = mutators.base64url(mutators.json_text)
_JSON = mutators.json_text

HARNESSES = (
    Harness("jws", "identity", _jws, _signed_jws, "attorn.jose.jws:read", None, size=8192),
    Harness("revocation", "identity; what is signed is applied", _revocation, _revocations,
            "attorn.revocation:read", None,
            mutators.either(_TEXT, _JSON)),
    Harness("roll", "identity", _roll, _rolls, "attorn.revocation.roll:Roll.decode",
            "attorn.revocation.roll:Roll.encode", _JSON),
    Harness("status-token", "fixpoint; signed", _status_token, _tokens, "attorn.status.reading:verify",
            "attorn.status.token_list:issue", _JSON),
    Harness("status-bitstring", "signed", _status_bitstring, _bitstrings, "attorn.status.reading:verify", None, _JSON),
    Harness("status-packed", "fixpoint", _packed, _packings, "attorn.status.bits:unpack", "attorn.status.bits:pack"),
    Harness("status-reference", "fixpoint", _reference, _references, "attorn.status.entry:BitstringEntry.read",
            "attorn.status.entry:BitstringEntry.write", _JSON),
    Harness("receipt", "identity", _receipt, lambda: _kept().kept, "attorn.audit.receipt:Receipt.decode",
            "attorn.audit.receipt:Receipt.encode", _JSON),
    Harness("checkpoint", "identity", _checkpoint, lambda: (each.encode().encode() for each in _kept().points),
            "attorn.audit.checkpoint:Checkpoint.decode", "attorn.audit.checkpoint:Checkpoint.encode", _TEXT),
    Harness("audit-log", "a head of the lines that were read", _log, _logs, "attorn.audit:verify", None,
            mutators.each_part(_JSON), size=8192),
    Harness("security-event", "fixpoint; signed and received", _event, _events,
            "attorn.events.security_event:SecurityEvent.read", "attorn.events.security_event:SecurityEvent.claims",
            _JSON),
)  # fmt: skip
