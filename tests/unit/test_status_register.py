"""The register: which entries each credential was given, kept across restarts, and when the next list begins."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.status import BitstringEntry, ListKind, Publisher
from attorn.status.register import StatusRegister

REVOCATION, SUSPENSION = ListKind.REVOCATION, ListKind.SUSPENSION


def uri(kind: ListKind, number: int) -> str:
    return f"https://issuer.example/{kind}/{number}"


def test_entries_by_id_and_by_place() -> None:
    register = StatusRegister(uri)
    revocation, suspension = register.assign("urn:a", [REVOCATION, SUSPENSION])
    assert (revocation.uri, suspension.uri) == (uri(REVOCATION, 1), uri(SUSPENSION, 1))
    assert register.entry("urn:a", REVOCATION) == revocation
    assert register.entry("urn:a", SUSPENSION) == suspension
    assert register.entry_at(suspension.uri, suspension.index) == suspension
    assert register.uris == (uri(REVOCATION, 1), uri(SUSPENSION, 1))
    (nameless,) = register.assign(None, [REVOCATION])
    assert nameless.index != revocation.index
    register.set(revocation, True)
    register.set(suspension, True)
    register.set(suspension, False)
    assert register.publisher(revocation.uri).value(revocation.index) == 1
    assert register.publisher(suspension.uri).value(suspension.index) == 0
    assert (register.changes(revocation.uri), register.changes(suspension.uri)) == (1, 2)


def test_a_full_list_is_followed_by_the_next() -> None:
    register = StatusRegister(uri)
    (first,) = register.assign(None, [REVOCATION])
    publisher = register.publisher(first.uri)
    publisher._given[:] = b"\xff" * len(publisher._given)
    publisher._free = 0
    (next_one,) = register.assign("urn:a", [REVOCATION])
    assert next_one.uri == uri(REVOCATION, 2)
    again = StatusRegister.decode(register.encode(), uri)
    assert again.assign(None, [REVOCATION])[0].uri == uri(REVOCATION, 2)
    assert again.uris == register.uris


@pytest.mark.parametrize(
    ("credential_id", "purposes"),
    [
        ("urn:a", [REVOCATION]),
        ("urn:b", []),
        ("urn:b", [REVOCATION, REVOCATION]),
        ("urn:b", [ListKind.MESSAGE]),
        ("urn:b", [ListKind.TOKEN]),
        ("urn:b", ["anything"]),
        ("", [REVOCATION]),
        ("u" * 2049, [REVOCATION]),
        (5, [REVOCATION]),
    ],
)
def test_what_cannot_be_assigned(credential_id: Any, purposes: list[Any]) -> None:
    register = StatusRegister(uri)
    register.assign("urn:a", [SUSPENSION])
    before = register.encode()
    with pytest.raises(InputError):
        register.assign(credential_id, purposes)
    assert register.encode() == before


def test_what_was_not_given_out_is_not_set() -> None:
    register = StatusRegister(uri)
    (entry,) = register.assign("urn:a", [REVOCATION])
    other = next(index for index in range(2) if index != entry.index)
    for wrong in (
        BitstringEntry(entry.uri, other, REVOCATION),
        BitstringEntry(uri(REVOCATION, 2), entry.index, REVOCATION),
        BitstringEntry(entry.uri, entry.index, SUSPENSION),
    ):
        with pytest.raises(InputError):
            register.set(wrong, True)
    with pytest.raises(InputError):
        register.entry("urn:a", SUSPENSION)
    with pytest.raises(InputError):
        register.entry("urn:b", REVOCATION)
    with pytest.raises(InputError):
        register.entry_at(entry.uri, other)
    assert register.changes(entry.uri) == 0


def test_a_revocation_is_for_good() -> None:
    register = StatusRegister(uri)
    (entry,) = register.assign("urn:a", [REVOCATION])
    register.set(entry, False)
    register.set(entry, True)
    register.set(entry, True)
    with pytest.raises(InputError):
        register.set(entry, False)
    assert register.publisher(entry.uri).value(entry.index) == 1


def test_several_are_set_at_once_and_kept_once() -> None:
    kept: list[bytes] = []
    register = StatusRegister(uri, keep=kept.append)
    revocation, suspension = register.assign("urn:a", [REVOCATION, SUSPENSION])
    register.set_all([(revocation, True), (suspension, True)])
    assert len(kept) == 2
    assert kept[-1] == register.encode()
    assert [register.publisher(each.uri).value(each.index) for each in (revocation, suspension)] == [1, 1]
    assert [register.changes(each.uri) for each in (revocation, suspension)] == [1, 1]


@pytest.mark.parametrize("last", ["revocation", "purpose", "index", "list", "twice", "again"])
def test_one_that_cannot_be_set_and_none_is(last: str) -> None:
    register = StatusRegister(uri)
    (revoked,) = register.assign("urn:a", [REVOCATION])
    register.set(revoked, True)
    entry, suspended = register.assign("urn:b", [REVOCATION, SUSPENSION])
    never = next(index for index in range(3) if index not in (revoked.index, entry.index))
    cannot = {
        "revocation": (revoked, False),
        "purpose": (BitstringEntry(entry.uri, entry.index, SUSPENSION), True),
        "index": (BitstringEntry(entry.uri, never, REVOCATION), True),
        "list": (BitstringEntry(uri(REVOCATION, 2), entry.index, REVOCATION), True),
        "twice": (entry, False),
        "again": (entry, True),
    }[last]
    before = register.encode()
    with pytest.raises(InputError):
        register.set_all([(suspended, True), (entry, True), cannot])
    assert register.encode() == before
    assert (register.changes(entry.uri), register.changes(suspended.uri)) == (1, 0)


def test_the_state_is_kept_at_every_change() -> None:
    kept: list[bytes] = []
    register = StatusRegister(uri, keep=kept.append)
    (entry,) = register.assign("urn:a", [REVOCATION])
    register.set(entry, True)
    assert len(kept) == 2
    again = StatusRegister.decode(kept[-1], uri, keep=kept.append)
    assert again.encode() == kept[-1] == register.encode()
    assert again.entry("urn:a", REVOCATION) == entry
    assert again.publisher(entry.uri).value(entry.index) == 1
    again.assign("urn:b", [REVOCATION])
    assert len(kept) == 3


def test_a_state_that_cannot_be_kept_gives_nothing_out() -> None:
    def full(state: bytes) -> None:
        raise OSError("no space left")

    with pytest.raises(UnavailableError):
        StatusRegister(uri, keep=full).assign("urn:a", [REVOCATION])


def state() -> dict[str, Any]:
    register = StatusRegister(uri)
    register.assign("urn:a", [REVOCATION])
    return json.loads(register.encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("given"),
        lambda found: found.pop("lists"),
        lambda found: found.update(version=2),
        lambda found: found.update(more=1),
        lambda found: found.update(lists={}),
        lambda found: found.update(given=[]),
        lambda found: found.update(lists=found["lists"] * 2),
        lambda found: found.update(lists=[]),
        lambda found: found.update(lists=[json.loads(Publisher("urn:x:1").encode())]),
        lambda found: found["lists"][0].update(kind="message"),
        lambda found: found["lists"][0].update(given=""),
        lambda found: found["given"].update({"urn:b": "x"}),
        lambda found: found["given"].update({"urn:b": [["urn:no:list", 1]]}),
        lambda found: found["given"].update({"urn:b": [[found["lists"][0]["uri"], -1]]}),
        lambda found: found["given"].update({"urn:b": [[found["lists"][0]["uri"], "1"]]}),
        lambda found: found["given"].update({"urn:b": [[found["lists"][0]["uri"]]]}),
    ],
)
def test_a_damaged_state_is_refused(change: Any) -> None:
    found = state()
    change(found)
    with pytest.raises(MalformedError):
        StatusRegister.decode(json.dumps(found), uri)


@given(st.binary(max_size=64))
def test_no_bytes_are_more_than_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        StatusRegister.decode(data, uri)
