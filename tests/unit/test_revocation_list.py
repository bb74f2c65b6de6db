"""Signed revocation lists: what one is, what a receiver may take it for, and the roll that publishes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.unit.scene import ALICE, HELPER, MALLORY, NOW, PLANNER, READ, SCOUT, Answering, Clock, given, passed

from attorn import Identity
from attorn.canonical import MOST_INTEGER
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AttornError,
    DelegationError,
    GapError,
    InputError,
    MalformedError,
    ResolutionError,
    RollbackError,
    SignatureError,
    UnavailableError,
)
from attorn.keys.signer import P256Signer
from attorn.revocation import LifecycleEntry, RevocationEntry, RevocationList, Roll, read, revoke, verify
from attorn.revocation.roll import MOST_LINKS, MOST_LIST_CHARACTERS
from attorn.statement import Kind, Statement

FIRST = given(READ)
SECOND = passed(FIRST, PLANNER, SCOUT)
ONE, TWO, THREE = (bytes((number,)) * 16 for number in (1, 2, 3))


def roll(*links: bytes, by: Identity = PLANNER) -> Roll:
    made = Roll(by)
    for link in links:
        made.add(link)
    return made


def published(*links: bytes) -> RevocationList:
    return roll(*links).publish(clock=Clock())


LIST = published(ONE, TWO)


def test_a_list_is_text_and_the_text_is_the_list() -> None:
    assert RevocationList.decode(LIST.encode()) == LIST
    assert read(LIST.encode()) == LIST
    assert verify(LIST.encode()) == LIST
    assert verify(LIST) is LIST
    assert (LIST.by, LIST.sequence, LIST.since, LIST.links) == (PLANNER.did, 1, 0, (ONE, TWO))
    assert LIST.at == datetime.fromtimestamp(NOW, UTC)


def test_what_a_store_keeps() -> None:
    assert LIST.statements() == (
        Statement(Kind.REVOCATION, ONE.hex(), PLANNER.did, 0, NOW),
        Statement(Kind.REVOCATION, TWO.hex(), PLANNER.did, 0, NOW),
        Statement(Kind.LIST, PLANNER.did, PLANNER.did, 1, NOW),
    )
    entry = revoke(SECOND, by=PLANNER, clock=Clock())
    assert entry.statements() == (Statement(Kind.REVOCATION, entry.link.hex(), PLANNER.did, 0, NOW, entry.encode()),)


def test_deltas_hold_what_was_added_since() -> None:
    publisher = roll(ONE)
    assert publisher.publish().links == (ONE,)
    publisher.add(TWO)
    assert publisher.publish(since=1).links == (TWO,)
    publisher.add(THREE)
    publisher.add(ONE)
    for since, links in ((2, (THREE,)), (1, (TWO, THREE)), (0, (ONE, TWO, THREE))):
        delta = publisher.publish(since=since)
        assert (delta.since, delta.links) == (since, links)
    assert publisher.sequence == 5
    heartbeat = publisher.publish(since=5)
    assert (heartbeat.sequence, heartbeat.since, heartbeat.links) == (6, 5, ())
    assert heartbeat.statements() == (Statement(Kind.LIST, PLANNER.did, PLANNER.did, 6, heartbeat.second),)
    assert verify(heartbeat.encode()) == heartbeat


def test_an_empty_full_list() -> None:
    empty = Roll(PLANNER).publish()
    assert (empty.sequence, empty.since, empty.links) == (1, 0, ())
    assert verify(empty.encode()) == empty


def test_what_is_added_to_a_roll() -> None:
    publisher = Roll(PLANNER)
    publisher.add(SECOND)
    publisher.add(SECOND.unverified_links[-1])
    publisher.add(SECOND.unverified_links[-1].id)
    assert publisher.links == {SECOND.unverified_links[-1].id}
    with pytest.raises(DelegationError):
        publisher.add(given(READ, by=MALLORY))
    with pytest.raises(DelegationError):
        roll(by=HELPER).add(SECOND)


@pytest.mark.parametrize("link", [None, "", ONE.hex(), b"", ONE[:-1], ONE + b"\0", bytearray(ONE), 5, (ONE,)], ids=repr)
def test_what_is_no_link(link: Any) -> None:
    publisher = Roll(PLANNER)
    with pytest.raises(InputError):
        publisher.add(link)
    assert not publisher.links


@pytest.mark.parametrize(
    "by", [None, "did:key:x", PLANNER.did, 5, PLANNER.signer], ids=["none", "text", "did", "5", "key"]
)
def test_a_roll_of_nobody(by: Any) -> None:
    with pytest.raises(InputError):
        Roll(by)


@pytest.mark.parametrize("since", [-1, 2, MOST_INTEGER, 0.0, True, "0", None], ids=repr)
def test_deltas_since_nothing(since: Any) -> None:
    publisher = roll(ONE)
    publisher.publish()
    with pytest.raises(InputError):
        publisher.publish(since=since)
    assert publisher.sequence == 1


def test_a_failed_publication_leaves_no_gap() -> None:
    class Broken:
        did = PLANNER.did
        public_key = PLANNER.signer.public_key
        signer = property(lambda self: self)
        working = False

        def sign(self, message: bytes) -> bytes:
            if not self.working:
                raise OSError("token removed")
            return PLANNER.signer.sign(message)

    by = Broken()
    publisher = Roll(by)
    publisher.add(ONE)
    with pytest.raises(UnavailableError):
        publisher.publish()
    with pytest.raises(UnavailableError):
        publisher.publish(clock=lambda: None)  # type: ignore[arg-type,return-value]
    assert publisher.sequence == 0
    by.working = True
    assert publisher.publish().sequence == 1


def test_a_list_of_p256() -> None:
    by = Identity(P256Signer.from_scalar(b"\1" * 32), clock=Clock())
    assert verify(roll(ONE, by=by).publish().encode()).by == by.did


def test_the_largest_list() -> None:
    links = tuple(number.to_bytes(16, "big") for number in range(MOST_LINKS))
    publisher = roll(*links)
    with pytest.raises(InputError, match="publish it first"):
        publisher.add(b"\xff" * 16)
    publisher.add(links[0])
    full = publisher.publish()
    text = full.encode()
    assert verify(text) == full
    # The longest DID there can be, in place of the publisher's.
    assert len(text) + 2048 * 4 / 3 < MOST_LIST_CHARACTERS
    publisher.add(b"\xff" * 16)
    with pytest.raises(InputError, match="do not fit"):
        publisher.publish()
    assert publisher.publish(since=1).links == (b"\xff" * 16,)
    assert Roll.decode(publisher.encode(), by=PLANNER).links == publisher.links
    with pytest.raises(InputError):
        replace(full, links=(*full.links, b"\xff" * 16))


@pytest.mark.parametrize(
    ("sequence", "since", "known", "outcome"),
    [
        (1, 0, 0, True),
        (5, 0, 0, True),
        (5, 0, 4, True),
        (5, 4, 4, True),
        (5, 3, 4, True),
        (5, 0, 5, False),
        (5, 4, 5, False),
        (5, 0, 6, RollbackError),
        (5, 4, 6, RollbackError),
        (1, 0, 2, RollbackError),
        (5, 0, MOST_INTEGER, RollbackError),
        (5, 4, 3, GapError),
        (5, 4, 0, GapError),
        (2, 1, 0, GapError),
        (MOST_INTEGER, MOST_INTEGER - 1, 5, GapError),
    ],
)
def test_what_follows_what(sequence: int, since: int, known: int, outcome: Any) -> None:
    made = replace(LIST, sequence=sequence, since=since)
    if isinstance(outcome, bool):
        assert made.follows(known) is outcome
    else:
        with pytest.raises(outcome) as caught:
            made.follows(known)
        assert caught.value.step == 7


WRONG: dict[str, dict[str, Any]] = {
    "sequence-0": {"sequence": 0},
    "sequence-negative": {"sequence": -1},
    "sequence-beyond": {"sequence": MOST_INTEGER + 1},
    "sequence-true": {"sequence": True},
    "sequence-fraction": {"sequence": 1.0},
    "sequence-text": {"sequence": "1"},
    "since-negative": {"since": -1},
    "since-itself": {"since": 1},
    "since-later": {"since": 2},
    "since-false": {"since": False},
    "second-negative": {"second": -1},
    "second-beyond": {"second": 253_402_300_800},
    "second-none": {"second": None},
    "by-none": {"by": None},
    "by-bytes": {"by": b"did"},
    "links-list": {"links": [ONE, TWO]},
    "links-set": {"links": frozenset((ONE,))},
    "links-short": {"links": (ONE[:-1],)},
    "links-long": {"links": (ONE + b"\0",)},
    "links-text": {"links": ("1" * 16,)},
    "links-twice": {"links": (ONE, ONE)},
    "links-unordered": {"links": (TWO, ONE)},
    "signature-text": {"signature": "x"},
    "signature-none": {"signature": None},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_list_can_say(name: str) -> None:
    with pytest.raises(InputError):
        replace(LIST, **WRONG[name])


def _edited(**changed: object) -> str:
    members = json.loads(base64url_decode(LIST.encode()))
    members.update(changed)
    members = {name: value for name, value in members.items() if value is not ...}
    return base64url_encode(json.dumps(members, sort_keys=True, separators=(",", ":")).encode())


def _spelled(change: Callable[[bytes], bytes]) -> str:
    return base64url_encode(change(base64url_decode(LIST.encode())))


MALFORMED: dict[str, Any] = {
    "nothing": "",
    "no-base64": "!",
    "padded": LIST.encode() + "=",
    "newline": LIST.encode() + "\n",
    "cut": LIST.encode()[:-4],
    "too-long": "A" * (MOST_LIST_CHARACTERS + 1),
    "an-array": base64url_encode(b"[]"),
    "null": base64url_encode(b"null"),
    "deep": base64url_encode(b"[" * 100_000),
    "space": _spelled(lambda text: text.replace(b":", b": ", 1)),
    "other-order": _spelled(lambda text: b"{" + b",".join(reversed(text[1:-1].split(b","))) + b"}"),
    "escaped": _spelled(lambda text: text.replace(b'"by"', b'"b\\u0079"')),
    "member-twice": _spelled(lambda text: text[:-1] + b',"since":0}'),
    "one-member-more": _edited(more=1),
    "no-signature": _edited(signature=...),
    "no-since": _edited(since=...),
    "no-sequence": _edited(sequence=...),
    "at-text": _edited(at="1"),
    "at-beyond": _edited(at=253_402_300_800),
    "sequence-0": _edited(sequence=0),
    "sequence-fraction": _edited(sequence=1.5),
    "sequence-beyond": _edited(sequence=2**53),
    "sequence-true": _edited(sequence=True),
    "since-itself": _edited(since=1),
    "since-null": _edited(since=None),
    "by-number": _edited(by=5),
    "links-array": _edited(links=[base64url_encode(ONE)]),
    "links-null": _edited(links=None),
    "links-odd": _edited(links=base64url_encode(ONE + b"\0")),
    "links-padded": _edited(links=base64url_encode(ONE) + "=="),
    "links-unordered": _edited(links=base64url_encode(TWO + ONE)),
    "links-twice": _edited(links=base64url_encode(ONE + ONE)),
    "signature-array": _edited(signature=[]),
    "none": None,
    "bytes": LIST.encode().encode(),
    "number": 5,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_texts_that_are_no_list(name: str) -> None:
    for reader in (RevocationList.decode, read, verify):
        with pytest.raises((MalformedError, InputError)):
            reader(MALFORMED[name])  # type: ignore[operator]
    if isinstance(MALFORMED[name], str):
        with pytest.raises(MalformedError):
            verify(MALFORMED[name])


ENTRY = revoke(SECOND, by=PLANNER, clock=Clock())
OTHERS = roll(ONE, TWO, by=MALLORY).publish(clock=Clock())


def _signed(who: Identity, message: bytes) -> bytes:
    return who.signer.sign(message)


FORGED: dict[str, RevocationList | str] = {
    "unsigned": replace(LIST, signature=b""),
    "zeros": replace(LIST, signature=bytes(64)),
    "long": replace(LIST, signature=LIST.signature + b"\0"),
    "one-link-less": replace(LIST, links=(ONE,)),
    "one-link-more": replace(LIST, links=(ONE, TWO, THREE)),
    "emptied": replace(LIST, links=()),
    "renumbered": replace(LIST, sequence=2),
    "as-a-delta": replace(LIST, sequence=2, since=1),
    "another-second": replace(LIST, second=NOW + 1),
    "another-name": replace(LIST, by=ALICE.did),
    "somebody-elses": replace(OTHERS, by=PLANNER.did),
    "foreign": replace(LIST, signature=_signed(MALLORY, LIST.statement())),
    "an-entrys": replace(LIST, signature=ENTRY.signature),
    "without-domain": replace(LIST, signature=_signed(PLANNER, LIST.statement().split(b"v1\0")[1])),
    "entry-domain": replace(LIST, signature=_signed(PLANNER, LIST.statement().replace(b"-LIST", b""))),
    "edited-links": _edited(links=base64url_encode(THREE)),
    "edited-sequence": _edited(sequence=9),
}


@pytest.mark.parametrize("name", FORGED)
def test_lists_that_nobody_signed(name: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(FORGED[name])
    assert caught.value.step == 7


@pytest.mark.parametrize("by", ["", "alice", "did:web:alice.example", PLANNER.did + "#x"], ids=repr)
def test_lists_of_nobody(by: str) -> None:
    with pytest.raises(ResolutionError):
        verify(replace(LIST, by=by))


@pytest.mark.parametrize("answer", [OSError("no network"), None, "document", KeyError("x")], ids=repr)
def test_a_resolver_that_fails(answer: object) -> None:
    with pytest.raises((UnavailableError, ResolutionError)):
        verify(LIST, Answering(answer))


def test_read_tells_them_apart() -> None:
    assert isinstance(read(ENTRY.encode()), RevocationEntry)
    assert isinstance(read(LIST.encode()), RevocationList)
    for reader in (RevocationEntry.decode, LifecycleEntry.decode):
        with pytest.raises(MalformedError):
            reader(LIST.encode())
    for text in (ENTRY.encode(), base64url_encode(b"{}"), base64url_encode(b'{"at":1}')):
        with pytest.raises(MalformedError):
            RevocationList.decode(text)
    with pytest.raises(MalformedError, match="8192"):
        read(base64url_encode(b'{"at":"' + b"x" * 9000 + b'"}'))


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@drawn(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_survives(place: int, change: int) -> None:
    data = bytearray(base64url_decode(LIST.encode()))
    data[place % len(data)] ^= change
    with pytest.raises(AttornError):
        verify(base64url_encode(bytes(data)))


def test_a_roll_goes_on_where_it_was() -> None:
    publisher = roll(ONE)
    publisher.publish()
    publisher.add(TWO)
    again = Roll.decode(publisher.encode(), by=PLANNER)
    assert (again.encode(), again.sequence, again.links) == (publisher.encode(), 1, {ONE, TWO})
    assert again.publish(since=1).links == (TWO,)
    assert Roll.decode(Roll(PLANNER).encode(), by=PLANNER).publish().sequence == 1


STATE = '{{"by":"{by}","links":{links},"sequence":{sequence}}}'
ID = base64url_encode(ONE)
STATES: dict[str, Any] = {
    "nothing": "",
    "array": "[]",
    "null": "null",
    "no-json": "{",
    "member-more": STATE.format(by=PLANNER.did, links="[]", sequence=1)[:-1] + ',"x":1}',
    "member-less": f'{{"by":"{PLANNER.did}","links":[]}}',
    "twice": f'{{"by":"{PLANNER.did}","links":[],"links":[],"sequence":1}}',
    "space": STATE.format(by=PLANNER.did, links="[]", sequence=1) + " ",
    "sequence-negative": STATE.format(by=PLANNER.did, links="[]", sequence=-1),
    "sequence-text": STATE.format(by=PLANNER.did, links="[]", sequence='"1"'),
    "sequence-at-the-end": STATE.format(by=PLANNER.did, links="[]", sequence=MOST_INTEGER),
    "links-object": STATE.format(by=PLANNER.did, links="{}", sequence=1),
    "row-short": STATE.format(by=PLANNER.did, links="[[1]]", sequence=1),
    "row-text": STATE.format(by=PLANNER.did, links=f'["1{ID}"]', sequence=1),
    "row-0": STATE.format(by=PLANNER.did, links=f'[[0,"{ID}"]]', sequence=1),
    "row-later": STATE.format(by=PLANNER.did, links=f'[[3,"{ID}"]]', sequence=1),
    "row-order": STATE.format(by=PLANNER.did, links=f'[[2,"{ID}"],[1,"{base64url_encode(TWO)}"]]', sequence=1),
    "row-empty": STATE.format(by=PLANNER.did, links='[[1,""]]', sequence=1),
    "link-twice": STATE.format(by=PLANNER.did, links=f'[[1,"{ID}"],[2,"{ID}"]]', sequence=1),
    "link-cut": STATE.format(by=PLANNER.did, links=f'[[1,"{ID[:-4]}"]]', sequence=1),
    "by-number": STATE.replace('"{by}"', "5").format(links="[]", sequence=1),
    "others": STATE.format(by=MALLORY.did, links="[]", sequence=1),
    "bytes": b"{}",
    "none": None,
}


@pytest.mark.parametrize("name", STATES)
def test_texts_that_are_no_roll(name: str) -> None:
    with pytest.raises((MalformedError, InputError)):
        Roll.decode(STATES[name], by=PLANNER)
