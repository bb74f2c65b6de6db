"""Revocation: who may end which link, what an entry is, and that nobody else's word counts."""

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
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    SCOUT,
    Clock,
    accepted,
    given,
    passed,
    refused,
    shown,
    verifier,
)

from attorn import Identity, Token, Verifier
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AttornError,
    DelegationError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
)
from attorn.keys.signer import P256Signer
from attorn.revocation import RevocationEntry, revoke, verify
from attorn.statement import Kind
from attorn.store import MemoryStore

# alice -> planner -> scout -> helper, and alice -> planner -> mallory beside it.
FIRST = given(READ)
SECOND = passed(FIRST, PLANNER, SCOUT)
THIRD = passed(SECOND, SCOUT, HELPER)
BESIDE = passed(FIRST, PLANNER, MALLORY)
HOLDERS = {FIRST: PLANNER, SECOND: SCOUT, THIRD: HELPER, BESIDE: MALLORY}
ENTRY = revoke(FIRST, by=ALICE, clock=Clock())


def after(*entries: RevocationEntry | str, **changed: Any) -> Verifier:
    store = MemoryStore()
    for entry in entries:
        store.apply(entry)
    return verifier(store=store, **changed)


def honoured(by: Verifier, token: Token, link: int) -> None:
    error = refused(shown(token, HOLDERS[token]), "revoked", 7, by=by)
    assert f"link {link} " in str(error)


def still_good(by: Verifier, *tokens: Token) -> None:
    for token in tokens:
        accepted(shown(token, HOLDERS[token]), by=by)


def test_by_the_user_the_whole_tree() -> None:
    by = after(revoke(FIRST, by=ALICE))
    for token in (FIRST, SECOND, THIRD, BESIDE):
        honoured(by, token, 1)


def test_by_the_delegator_a_link_in_the_middle() -> None:
    by = after(revoke(SECOND, by=PLANNER))
    honoured(by, SECOND, 2)
    honoured(by, THIRD, 2)
    still_good(by, FIRST, BESIDE)


def test_the_last_link_alone() -> None:
    by = after(revoke(THIRD, by=SCOUT))
    honoured(by, THIRD, 3)
    still_good(by, FIRST, SECOND, BESIDE)


@pytest.mark.parametrize("who", [ALICE, PLANNER, SCOUT], ids=["alice", "planner", "scout"])
def test_by_any_principal_above(who: Identity) -> None:
    by = after(revoke(THIRD, by=who))
    honoured(by, THIRD, 3)
    still_good(by, FIRST, SECOND, BESIDE)


@pytest.mark.parametrize(
    ("token", "who"),
    [
        (FIRST, PLANNER),
        (FIRST, SCOUT),
        (FIRST, MALLORY),
        (SECOND, SCOUT),
        (SECOND, HELPER),
        (SECOND, MALLORY),
        (THIRD, HELPER),
        (THIRD, MALLORY),
        (BESIDE, SCOUT),
        (BESIDE, MALLORY),
    ],
    ids=[
        "first-planner", "first-scout", "first-mallory", "second-scout", "second-helper", "second-mallory",
        "third-helper", "third-mallory", "beside-scout", "beside-itself",
    ],
)  # fmt: skip
def test_by_a_stranger_or_by_somebody_below(token: Token, who: Identity) -> None:
    with pytest.raises(DelegationError, match="cannot revoke"):
        revoke(token, by=who)
    # A link alone does not say who stood above it: the entry is made, kept, and not honoured.
    for target in (token.unverified_links[-1], token.unverified_links[-1].id):
        by = after(revoke(target, by=who))
        still_good(by, FIRST, SECOND, THIRD, BESIDE)


def test_a_stranger_does_not_undo_or_shadow_a_revocation() -> None:
    link = SECOND.unverified_links[-1]
    for entries in ([PLANNER, MALLORY], [MALLORY, PLANNER]):
        by = after(*[revoke(link, by=who) for who in entries])
        honoured(by, SECOND, 2)


def test_a_principal_revokes_only_below_itself() -> None:
    """The scout stands above the third link, and below the second."""
    scout = [revoke(link, by=SCOUT) for link in THIRD.unverified_links[:2]]
    by = after(*scout)
    still_good(by, FIRST, SECOND, THIRD, BESIDE)
    by = after(*scout, revoke(THIRD, by=SCOUT))
    honoured(by, THIRD, 3)
    still_good(by, FIRST, SECOND, BESIDE)


def test_the_same_people_in_another_chain() -> None:
    """Who may revoke is asked of the chain at hand: above in one, below in another."""
    other = passed(passed(given(READ, by=ALICE, to=SCOUT), SCOUT, PLANNER), PLANNER, HELPER)
    by = after(revoke(other.unverified_links[-1], by=SCOUT), revoke(SECOND.unverified_links[-1], by=SCOUT))
    refused(shown(other, HELPER), "revoked", 7, by=by)
    still_good(by, FIRST, SECOND, THIRD)


def test_a_revoked_chain_that_was_verified_before_is_refused_all_the_same() -> None:
    store = MemoryStore()
    by = verifier(store=store)
    still_good(by, THIRD)
    store.apply(revoke(SECOND, by=PLANNER))
    honoured(by, THIRD, 2)
    still_good(by, FIRST)


def test_a_new_link_after_the_revocation_is_good() -> None:
    by = after(revoke(SECOND, by=PLANNER))
    accepted(shown(passed(FIRST, PLANNER, SCOUT), SCOUT), by=by)


def test_a_revocation_does_not_wait_for_its_time() -> None:
    """The entry says since when; whoever has it honours it now, whatever its signer's clock said."""
    for second in (0, NOW, NOW + 10**6):
        honoured(after(revoke(FIRST, by=ALICE, clock=Clock(second))), FIRST, 1)


@pytest.mark.parametrize("token", [FIRST, SECOND], ids=["own", "below"])
def test_a_link_of_p256(token: Token) -> None:
    root = Identity(P256Signer.from_scalar(b"\1" * 32), clock=Clock())
    mine = root.mint(to=PLANNER.did, caveats=[READ])
    if token is SECOND:
        mine = passed(mine, PLANNER, SCOUT)
    by = after(revoke(mine, by=root).encode(), roots=[root.did])
    refused(shown(mine, HOLDERS[token]), "revoked", 7, by=by)


@pytest.mark.parametrize(
    "target",
    [None, "", FIRST.encode(), b"", b"\0" * 15, b"\0" * 17, 5, bytearray(16), (FIRST,)],
    ids=["none", "empty", "text", "no-bytes", "15-bytes", "17-bytes", "number", "bytearray", "tuple"],
)
def test_targets_that_are_none(target: Any) -> None:
    with pytest.raises(InputError):
        revoke(target, by=ALICE)


@pytest.mark.parametrize("who", [None, "did:key:x", 5], ids=["none", "text", "number"])
def test_revokers_that_are_nobody(who: Any) -> None:
    with pytest.raises(AttornError):
        revoke(FIRST, by=who)


def test_an_entry_is_text_and_the_text_is_the_entry() -> None:
    assert RevocationEntry.decode(ENTRY.encode()) == ENTRY
    assert verify(ENTRY.encode()) == ENTRY
    assert ENTRY.at == datetime.fromtimestamp(NOW, UTC)
    assert (ENTRY.link, ENTRY.by) == (FIRST.unverified_links[0].id, ALICE.did)
    assert json.loads(base64url_decode(ENTRY.encode())).keys() == {"at", "by", "link", "signature"}


def _edited(**changed: object) -> str:
    members = json.loads(base64url_decode(ENTRY.encode()))
    members.update(changed)
    members = {name: value for name, value in members.items() if value is not ...}
    return base64url_encode(json.dumps(members, sort_keys=True, separators=(",", ":")).encode())


def _spelled(change: Callable[[bytes], bytes]) -> str:
    return base64url_encode(change(base64url_decode(ENTRY.encode())))


LINK = base64url_encode(ENTRY.link)
SIGNATURE = base64url_encode(ENTRY.signature)
MALFORMED: dict[str, Any] = {
    "nothing": "",
    "no-base64": "!",
    "padded": ENTRY.encode() + "=",
    "newline": ENTRY.encode() + "\n",
    "cut": ENTRY.encode()[:-4],
    "twice": ENTRY.encode() * 2,
    "long": "A" * 8193,
    "a-list": base64url_encode(b"[]"),
    "a-number": base64url_encode(b"1"),
    "null": base64url_encode(b"null"),
    "not-json": base64url_encode(b"{"),
    "deep": base64url_encode(b"[" * 4000),
    "space": _spelled(lambda text: text.replace(b":", b": ", 1)),
    "space-behind": _spelled(lambda text: text + b" "),
    "bom": _spelled(lambda text: b"\xef\xbb\xbf" + text),
    "other-order": _spelled(lambda text: b"{" + b",".join(reversed(text[1:-1].split(b","))) + b"}"),
    "escaped": _spelled(lambda text: text.replace(b'"by"', b'"b\\u0079"')),
    "member-twice": _spelled(lambda text: text[:-1] + b',"at":1}'),
    "one-member-more": _edited(more=1),
    "no-signature": _edited(signature=...),
    "no-at": _edited(at=...),
    "at-text": _edited(at=str(NOW)),
    "at-fraction": _edited(at=NOW + 0.5),
    "at-true": _edited(at=True),
    "at-negative": _edited(at=-1),
    "at-beyond": _edited(at=253_402_300_800),
    "by-number": _edited(by=5),
    "by-null": _edited(by=None),
    "link-null": _edited(link=None),
    "link-short": _edited(link=base64url_encode(bytes(15))),
    "link-long": _edited(link=base64url_encode(bytes(17))),
    "link-hex": _edited(link=ENTRY.link.hex() + "!"),
    "link-padded": _edited(link=LINK + "=="),
    "signature-list": _edited(signature=[SIGNATURE]),
    "signature-padded": _edited(signature=SIGNATURE + "=="),
    "none": None,
    "bytes": ENTRY.encode().encode(),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_texts_that_are_no_entry(name: str) -> None:
    with pytest.raises(MalformedError):
        RevocationEntry.decode(MALFORMED[name])
    store = MemoryStore()
    with pytest.raises((MalformedError, InputError)):
        store.apply(MALFORMED[name])
    assert not store.statements([(Kind.REVOCATION, ENTRY.link.hex())])


def _signed_by(who: Identity, message: bytes) -> bytes:
    return who.signer.sign(message)


FORGED: dict[str, RevocationEntry | str] = {
    "unsigned": replace(ENTRY, signature=b""),
    "zeros": replace(ENTRY, signature=bytes(64)),
    "short": replace(ENTRY, signature=ENTRY.signature[:-1]),
    "long": replace(ENTRY, signature=ENTRY.signature + b"\0"),
    "bit-flipped": replace(ENTRY, signature=bytes((ENTRY.signature[0] ^ 1,)) + ENTRY.signature[1:]),
    "another-link": replace(ENTRY, link=SECOND.unverified_links[-1].id),
    "another-second": replace(ENTRY, second=ENTRY.second + 1),
    "another-name": replace(ENTRY, by=PLANNER.did),
    "foreign-signature": replace(ENTRY, signature=_signed_by(MALLORY, ENTRY.statement())),
    "other-bytes": replace(ENTRY, signature=_signed_by(ALICE, ENTRY.statement()[1:])),
    "without-domain": replace(ENTRY, signature=_signed_by(ALICE, ENTRY.statement().split(b"v1\0")[1])),
    "another-version": replace(ENTRY, signature=_signed_by(ALICE, ENTRY.statement().replace(b"v1", b"v2"))),
    "edited-link": _edited(link=base64url_encode(SECOND.unverified_links[-1].id)),
    "edited-name": _edited(by=MALLORY.did),
    "edited-second": _edited(at=NOW + 1),
    "a-block-signature": replace(ENTRY, signature=FIRST.unverified.blocks[0].signature),
}


@pytest.mark.parametrize("name", FORGED)
def test_entries_that_nobody_signed(name: str) -> None:
    store = MemoryStore()
    with pytest.raises(SignatureError) as caught:
        store.apply(FORGED[name])
    assert caught.value.step == 7
    assert not store.statements([(Kind.REVOCATION, link.id.hex()) for link in THIRD.unverified_links])
    with pytest.raises(SignatureError):
        verify(FORGED[name])


@pytest.mark.parametrize(
    "name",
    ["", "alice", "did:key:z6Mk", "did:web:alice.example", ALICE.did + "#" + ALICE.did[8:], ALICE.did + " "],
    ids=["empty", "name", "broken", "unknown", "url", "space"],
)
def test_entries_of_nobody(name: str) -> None:
    with pytest.raises(ResolutionError):
        MemoryStore().apply(replace(ENTRY, by=name))


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@drawn(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_survives(place: int, change: int) -> None:
    data = bytearray(base64url_decode(ENTRY.encode()))
    data[place % len(data)] ^= change
    with pytest.raises(AttornError):
        verify(base64url_encode(bytes(data)))
