"""Step 7: a link that points into a status list, of either format, at its entry and at nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    SCOUT,
    Clock,
    accepted,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import Identity, Token, Verifier
from attorn.caveat import Status
from attorn.errors import RollbackError, SignatureError
from attorn.statement import Kind, Statement
from attorn.status import Publisher, bitstring, token_list
from attorn.status.status_list import ListKind
from attorn.store import MemoryStore
from attorn.verify.standing import Lists

URI = "https://lists.example/1"
ISSUER = person(70)
KINDS = ("token", "revocation", "suspension")
ENTRIES = 131_072
STALENESS, SKEW = 300, 60


def a_list(
    kind: str,
    values: dict[int, int] | None = None,
    *,
    uri: str = URI,
    by: Identity = ISSUER,
    at: int = NOW,
    **more: Any,
) -> str:
    """A signed list of 131,072 entries; a token list's are of 4 bits."""
    bits = 4 if kind == "token" else 1
    data = bytearray(ENTRIES * bits // 8)
    for index, value in (values or {}).items():
        if kind == "token":
            data[index // 2] |= value << 4 * (index % 2)
        else:
            data[index // 8] |= value << 7 - index % 8
    if kind == "token":
        return token_list.issue(uri, bytes(data), by=by, bits=bits, issued=at, **more)
    return bitstring.issue(uri, bytes(data), by=by, purposes=[ListKind(kind)], issued=at, **more)


def pointing(kind: str, index: int = 5, *, uri: str = URI, issuer: Identity = ISSUER) -> Token:
    return passed(given(READ), PLANNER, SCOUT, Status(uri, index, issuer=issuer.did, kind=kind))


def knowing(*lists: str, cache: int = 16, now: int = NOW) -> Verifier:
    store = MemoryStore()
    for said in lists:
        store.apply(said)
    return verifier(store=store, cache=cache, clock=Clock(now))


def no(token: Token, code: str, by: Verifier) -> None:
    """Refused, the first time and when the chain might be remembered."""
    step = None if code in ("stale_status", "unavailable") else 7
    for _ in range(2):
        refused(shown(token, SCOUT), code, step, by=by)


def yes(token: Token, by: Verifier) -> None:
    for _ in range(2):
        accepted(shown(token, SCOUT), by=by)


@pytest.mark.parametrize("cache", [16, 0], ids=["cached", "uncached"])
@pytest.mark.parametrize("index", [0, 5, ENTRIES - 1])
@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_that_says_valid(kind: str, index: int, cache: int) -> None:
    others = dict.fromkeys((1, 4, 6, 12, ENTRIES - 2), 1)
    yes(pointing(kind, index), knowing(a_list(kind, others), cache=cache))


@pytest.mark.parametrize("cache", [16, 0], ids=["cached", "uncached"])
@pytest.mark.parametrize("index", [0, 5, 6, ENTRIES - 1])
@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("token", 1, "revoked"),
        ("token", 2, "suspended"),
        *(("token", value, "bad_status") for value in (3, 4, 9, 15)),
        ("revocation", 1, "revoked"),
        ("suspension", 1, "suspended"),
    ],
)
def test_an_entry_that_says_anything_else(kind: str, value: int, code: str, index: int, cache: int) -> None:
    by = knowing(a_list(kind, {index: value}), cache=cache)
    no(pointing(kind, index), code, by)
    error = refused(shown(pointing(kind, index), SCOUT), code, 7, by=by)
    assert f"link 2 ({PLANNER.did} -> {SCOUT.did})" in str(error)


@pytest.mark.parametrize("index", [ENTRIES, ENTRIES + 1, 2**31, 2**53 - 1])
@pytest.mark.parametrize("kind", KINDS)
def test_an_index_out_of_range(kind: str, index: int) -> None:
    no(pointing(kind, index), "bad_status", knowing(a_list(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_no_list_is_known(kind: str) -> None:
    no(pointing(kind), "stale_status", knowing())


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_by_another_issuer(kind: str) -> None:
    no(pointing(kind), "stale_status", knowing(a_list(kind, by=MALLORY)))
    # Beside the right one it changes nothing, whichever comes last.
    bad, good = a_list(kind, {5: 1}, by=MALLORY, at=NOW + 5), a_list(kind)
    for lists in ((bad, good), (good, bad)):
        yes(pointing(kind), knowing(*lists))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_at_another_uri(kind: str) -> None:
    no(pointing(kind), "stale_status", knowing(a_list(kind, uri=URI + "2")))
    no(pointing(kind, uri=URI + "/"), "stale_status", knowing(a_list(kind)))


@pytest.mark.parametrize("listed", KINDS)
@pytest.mark.parametrize("asked", KINDS)
def test_a_list_for_another_purpose(asked: str, listed: str) -> None:
    by = knowing(a_list(listed))
    if asked == listed:
        yes(pointing(asked), by)
    else:
        no(pointing(asked), "stale_status", by)


def test_one_credential_may_serve_two_purposes() -> None:
    data = bytes([0b0000_0100, *bytes(ENTRIES // 8 - 1)])
    purposes = [ListKind.REVOCATION, ListKind.SUSPENSION]
    by = knowing(bitstring.issue(URI, data, by=ISSUER, purposes=purposes, issued=NOW))
    for kind, code in (("revocation", "revoked"), ("suspension", "suspended")):
        no(pointing(kind, 5), code, by)
        yes(pointing(kind, 6), by)
    no(pointing("token", 6), "stale_status", by)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("age", [0, STALENESS, -SKEW])
def test_a_list_that_is_fresh(kind: str, age: int) -> None:
    yes(pointing(kind), knowing(a_list(kind, at=NOW - age)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("age", [STALENESS + 1, 86_400, -SKEW - 1])
def test_a_list_that_is_not(kind: str, age: int) -> None:
    no(pointing(kind), "stale_status", knowing(a_list(kind, at=NOW - age)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_that_has_expired(kind: str) -> None:
    said = a_list(kind, at=NOW - 10, expires=NOW)
    yes(pointing(kind), knowing(a_list(kind, at=NOW - 10, expires=NOW + 1)))
    no(pointing(kind), "stale_status", knowing(said))
    # Expired, or revoked: both are told of a list that can no longer be relied on as not known.
    no(pointing(kind), "stale_status", knowing(a_list(kind, {5: 1}, at=NOW - 10, expires=NOW)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_that_was_rolled_back(kind: str) -> None:
    store = MemoryStore()
    old, new = a_list(kind, at=NOW - 1), a_list(kind, {5: 1}, at=NOW)
    store.apply(old)
    store.apply(new)
    with pytest.raises(RollbackError) as caught:
        store.apply(old)
    assert (caught.value.code, caught.value.step) == ("rolled_back", 7)
    no(pointing(kind), "revoked" if kind != "suspension" else "suspended", verifier(store=store))
    store.apply(new)


@pytest.mark.parametrize("kind", KINDS)
def test_two_lists_of_one_second_are_not_taken_for_one(kind: str) -> None:
    """The second would not be kept: whoever applied it must not believe that it was."""
    store = MemoryStore()
    store.apply(a_list(kind))
    with pytest.raises(RollbackError) as caught:
        store.apply(a_list(kind, {5: 1}))
    assert (caught.value.code, caught.value.step) == ("rolled_back", 7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_signed_by_another_is_not_kept(kind: str) -> None:
    store = MemoryStore()
    head, claims, _ = a_list(kind).split(".")
    other = a_list(kind, {5: 1}).split(".")[2]
    with pytest.raises(SignatureError) as caught:
        store.apply(f"{head}.{claims}.{other}")
    assert (caught.value.code, caught.value.step) == ("bad_signature", 7)
    no(pointing(kind), "stale_status", verifier(store=store))


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_that_keeps_a_list_under_another_name(kind: str) -> None:
    text = a_list(kind, uri=URI + "/other")
    store = MemoryStore()
    store.put([Statement(Kind.STATUS, f"{kind} {URI}", ISSUER.did, NOW, NOW, text)])
    no(pointing(kind), "unavailable", verifier(store=store))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "valid", "a.b.c", "e30.e30.e30"])
def test_a_store_that_keeps_no_list(kind: str, text: str) -> None:
    """Whatever it is, it is no reason to permit."""
    store = MemoryStore()
    store.put([Statement(Kind.STATUS, f"{kind} {URI}", ISSUER.did, NOW, NOW, text)])
    no(pointing(kind), "unavailable", verifier(store=store))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_publisher_publishes(kind: str) -> None:
    clock, store = Clock(), MemoryStore()
    by = verifier(store=store, clock=clock)
    publisher = Publisher(URI, kind=kind)
    index, other = (publisher.allocate().index for _ in range(2))
    token, beside = pointing(kind, index), pointing(kind, other)
    store.apply(publisher.publish(ISSUER, clock=clock))
    yes(token, by)
    if kind != "revocation":
        publisher.suspend(index)
        store.apply(publisher.publish(ISSUER, clock=clock))
        no(token, "suspended", by)
        yes(beside, by)
        publisher.resume(index)
        store.apply(publisher.publish(ISSUER, clock=clock))
        yes(token, by)
    if kind != "suspension":
        publisher.revoke(index)
        store.apply(publisher.publish(ISSUER, clock=clock, lifetime=timedelta(hours=1)))
        no(token, "revoked", by)
        yes(beside, by)


def test_each_link_is_asked_and_the_first_that_is_not_valid_told() -> None:
    first = given(READ, Status(URI, 1, issuer=ISSUER.did))
    token = passed(first, PLANNER, SCOUT, Status(URI, 2, issuer=ISSUER.did, kind="suspension"))
    tokens, bits = a_list("token"), a_list("suspension")
    yes(token, knowing(tokens, bits))
    no(token, "stale_status", knowing(tokens))
    no(token, "stale_status", knowing(bits))
    no(token, "revoked", knowing(a_list("token", {1: 1}), a_list("suspension", {2: 1})))
    no(token, "suspended", knowing(tokens, a_list("suspension", {2: 1})))
    # The planner's own link does not depend on the second list.
    accepted(shown(first, PLANNER), by=knowing(tokens))


def test_the_issuer_need_not_be_of_the_chain_but_must_be_the_one_named() -> None:
    by = knowing(a_list("token", {5: 1}))
    no(pointing("token"), "revoked", by)
    no(pointing("token", issuer=ALICE), "stale_status", by)


def test_lists_that_were_read_are_kept_up_to_a_size() -> None:
    texts = [
        token_list.issue(f"https://lists.example/{number}", bytes(4 << 20), by=ALICE, bits=8, issued=NOW)
        for number in range(10)
    ]
    lists = Lists()
    first = lists.read(texts[0])
    for text in texts[1:5]:
        lists.read(text)
        # Asked for again and again, so it is not the oldest.
        assert lists.read(texts[0]) is first
    for text in texts:
        lists.read(text)
        assert sum(len(found.data) for kept in lists._read.values() for found in kept) <= 1 << 25
    assert len(lists._read) == 7
    assert lists.read(texts[0]) is not first
    assert lists.read(texts[9]) is lists.read(texts[9])


@pytest.mark.parametrize("kind", KINDS)
def test_two_issuers_of_one_uri_speak_each_for_its_own(kind: str) -> None:
    """A chain may depend on both, and then both may be looked up: neither list stands in for the other's."""
    root = given(READ, Status(URI, 5, issuer=ALICE.did, kind=kind))
    token = passed(root, PLANNER, SCOUT, Status(URI, 5, issuer=ISSUER.did, kind=kind))
    theirs, hers = a_list(kind), a_list(kind, by=ALICE)
    for known in ((theirs,), (hers,)):
        no(token, "stale_status", knowing(*known))
    yes(token, knowing(theirs, hers))
    for revoked in ((a_list(kind, {5: 1}), hers), (theirs, a_list(kind, {5: 1}, by=ALICE))):
        no(token, "suspended" if kind == "suspension" else "revoked", knowing(*revoked))
        no(token, "suspended" if kind == "suspension" else "revoked", knowing(*reversed(revoked)))
