"""Entries of more than one bit: messages of a bitstring, and what an application makes of a token list."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import Any

import pytest
from tests.unit.credential_scene import document
from tests.unit.scene import ALICE, MALLORY, NOW, Clock
from tests.unit.status_scene import URI

from attorn import credential, status
from attorn.did.resolver import LocalResolver
from attorn.errors import InputError, MalformedError, RevokedError, StaleError, StatusError
from attorn.status import BitstringEntry, ListKind, Publisher, Report, StatusList, TokenReference, check, look_up
from attorn.status.checking import Reference

MESSAGES = ("pending", "accepted", "rejected", "undefined")
Lists = tuple[StatusList, ...]


def lists(publisher: Publisher) -> Lists:
    return status.verify(publisher.publish(ALICE, clock=Clock()))


def told(references: list[Reference], found: Lists, **changed: Any) -> tuple[Report, ...]:
    return look_up(references, found, **{"issuer": ALICE.did, "now": NOW, "staleness": 600, **changed})


# Messages.


@pytest.mark.parametrize("width", range(1, 9))
def test_messages_of_every_width_from_end_to_end(width: int) -> None:
    said = [f"meaning {value}" for value in range(1 << width)]
    publisher = Publisher(URI, kind="message", messages=said, random=random.Random(width).randrange)
    entries = [publisher.allocate() for _ in said[:40]]
    for value, entry in enumerate(entries):
        publisher.set(entry.index, value)
    (found,) = lists(publisher)
    assert (found.kind, found.bits, publisher.bits, len(found)) == (ListKind.MESSAGE, width, width, 131_072)
    for value, (entry, report) in enumerate(zip(entries, told([*entries], (found,)), strict=True)):
        assert isinstance(entry, BitstringEntry)
        assert BitstringEntry.read(entry.write()) == entry
        assert (report.value, report.message, report.valid) == (value, said[value], value == 0)
        assert (report.reference, report.purpose) == (entry, ListKind.MESSAGE)
        check([entry], (found,), issuer=ALICE.did, now=NOW, staleness=600)
    # Values may change back and forth: a message is no revocation.
    publisher.set(entries[1].index, 0)
    assert publisher.value(entries[1].index) == 0


def test_a_credential_says_what_its_messages_mean() -> None:
    publisher, revocations = Publisher(URI, kind="message", messages=MESSAGES), Publisher(f"{URI}0", kind="revocation")
    entry, other = publisher.allocate(), revocations.allocate()
    publisher.set(entry.index, 2)
    known = (*lists(publisher), *lists(revocations))
    judging = partial(status.check_credential, lists=known, now=NOW, staleness=600)
    entries = [entry.write(), other.write()]
    dates = {"validFrom": "2030-01-01T00:00:00Z", "validUntil": "2031-01-01T00:00:00Z"}
    made = document(issuer=ALICE.did, credentialStatus=entries, **dates)
    secured = credential.issue(made, by=ALICE)
    now = Clock()()
    found = credential.verify(secured, resolver=LocalResolver(), now=now, issuers=[ALICE.did], status=judging)
    reports = told([*status.references_of(found)], known)
    assert [(each.purpose, each.value, each.message) for each in reports] == [
        ("message", 2, "rejected"),
        ("revocation", 0, None),
    ]
    revocations.revoke(other.index)
    known = (*lists(publisher), *status.verify(revocations.publish(ALICE, clock=Clock(NOW + 1))))
    # Telling judges nothing: what is revoked is told too, and refused by `check`.
    assert [each.valid for each in told([*status.references_of(found)], known, now=NOW + 1)] == [False, False]
    with pytest.raises(RevokedError):
        status.check_credential(found, known, now=NOW + 1, staleness=600)


def test_a_newer_credential_is_to_be_had() -> None:
    publisher = Publisher(URI, kind="refresh")
    entry = publisher.allocate()
    assert [each.value for each in told([entry], lists(publisher))] == [0]
    publisher.set(entry.index, 1)
    (report,) = told([entry], status.verify(publisher.publish(ALICE, clock=Clock())))
    assert (report.purpose, report.value, report.valid, report.message) == (ListKind.REFRESH, 1, False, None)
    with pytest.raises(InputError):
        publisher.set(entry.index, 2)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        # Attacks 105 and 107.
        ({"issuer": MALLORY.did}, StaleError),
        ({"now": NOW + 601}, StaleError),
        ({"now": NOW - 61}, StaleError),
        ({"references": [TokenReference(URI, 1)]}, StaleError),
        ({"references": [BitstringEntry(URI, 1)]}, StaleError),
        ({"references": [BitstringEntry(f"{URI}0", 1, ListKind.MESSAGE)]}, StaleError),
        # Attacks 104 and 108: out of range, and read with another width.
        ({"references": [BitstringEntry(URI, 131_072, ListKind.MESSAGE, 2, MESSAGES)]}, StatusError),
        ({"references": [BitstringEntry(URI, 1, ListKind.MESSAGE)]}, StatusError),
        ({"references": [BitstringEntry(URI, 1, ListKind.MESSAGE, 3, MESSAGES * 2)]}, StatusError),
        ({"references": [None]}, InputError),
        ({"references": [URI]}, InputError),
    ],
)
def test_nothing_is_told_of_what_is_not_known(changed: dict[str, Any], error: type[Exception]) -> None:
    publisher = Publisher(URI, kind="message", messages=MESSAGES)
    asked = {"references": [publisher.allocate()], "issuer": ALICE.did, "now": NOW, "staleness": 600, **changed}
    with pytest.raises(error):
        look_up(lists=lists(publisher), **asked)


def test_what_is_bad_is_not_hidden_by_what_is_not_known() -> None:
    publisher = Publisher(URI, entries=16)
    bad = publisher.allocate()
    publisher.revoke(bad.index)
    with pytest.raises(RevokedError):
        check([bad, TokenReference(f"{URI}0", 1)], lists(publisher), issuer=ALICE.did, now=NOW, staleness=600)


# Token lists.


@pytest.mark.parametrize(("bits", "values"), [(1, []), (2, [3]), (4, [3, 12, 13, 14, 15]), (8, [3, 12, 13, 14, 15])])
def test_a_token_list_holds_what_an_application_means(bits: int, values: list[int]) -> None:
    publisher = Publisher(URI, entries=16, bits=bits)
    first, *entries = [publisher.allocate() for _ in range(1 + len(values))]
    for value in range(-1, 257):
        if value in (0, *values):
            publisher.set(first.index, value)
            assert publisher.value(first.index) == value
        else:
            with pytest.raises(InputError):
                publisher.set(first.index, value)
    for entry, value in zip(entries, values, strict=True):
        publisher.set(entry.index, value)
    found = lists(publisher)
    assert found[0].bits == bits
    assert [each.value for each in told([*entries], found)] == values
    for entry in entries:
        # Without the application it has no meaning, and so it is no reason to go on.
        with pytest.raises(StatusError):
            check([entry], found, issuer=ALICE.did, now=NOW, staleness=600)


def test_an_application_cannot_undo_a_revocation() -> None:
    publisher = Publisher(URI, entries=16, bits=4)
    entry = publisher.allocate()
    publisher.set(entry.index, 12)
    publisher.suspend(entry.index)
    publisher.set(entry.index, 0)
    publisher.revoke(entry.index)
    for value in (0, 3, 12):
        with pytest.raises(InputError):
            publisher.set(entry.index, value)
    assert publisher.value(entry.index) == status.INVALID


# What a publisher refuses, and remembers.


@pytest.mark.parametrize("kind", ["revocation", "suspension"])
def test_other_bitstrings_have_verbs_of_their_own(kind: str) -> None:
    publisher = Publisher(URI, kind=kind)
    index = publisher.allocate().index
    for value in (0, 1):
        with pytest.raises(InputError):
            publisher.set(index, value)


@pytest.mark.parametrize("kind", ["message", "refresh"])
def test_a_message_neither_revokes_nor_suspends(kind: str) -> None:
    publisher = Publisher(URI, kind=kind, messages=MESSAGES if kind == "message" else ())
    index = publisher.allocate().index
    for name in ("revoke", "suspend", "resume"):
        with pytest.raises(InputError):
            getattr(publisher, name)(index)
    for value in (-1, 4, 2**70, 1.0, "1", None, True):
        with pytest.raises(InputError):
            publisher.set(index, value)
    with pytest.raises(InputError):
        publisher.set(131_072, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": ()},
        {"messages": ("a",)},
        {"messages": ("a", "b", "c")},
        {"messages": ["a"] * 512},
        {"messages": "ab"},
        {"messages": ("a", None)},
        {"messages": ("a", "b" * 257)},
        {"messages": 5},
        {"bits": 1},
        {"bits": 4},
        {"bits": True, "messages": ("a", "b")},
        {"entries": 131_064},
        {"kind": "refresh"},
        {"kind": "token"},
        {"kind": "revocation"},
        {"kind": "suspension"},
        {"kind": "other"},
        {"kind": "refresh", "messages": (), "bits": 2},
    ],
    ids=str,
)
def test_unusable_arguments(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Publisher(URI, **{"kind": "message", "messages": MESSAGES, **wrong})


def test_a_publisher_of_messages_is_restored_as_it_was() -> None:
    publisher = Publisher(URI, kind="message", messages=MESSAGES)
    entry = publisher.allocate()
    publisher.set(entry.index, 3)
    restored = Publisher.decode(publisher.encode())
    assert restored.encode() == publisher.encode()
    assert (restored.messages, restored.bits, restored.value(entry.index)) == (MESSAGES, 2, 3)
    state = json.loads(publisher.encode())
    assert "messages" not in json.loads(Publisher(URI).encode())
    for messages in ([], ["a"], ["a", 1, "b", "c"], "abcd", {"0": "a"}, None, list(MESSAGES[:2]), ["a" * 300] * 4):
        with pytest.raises(MalformedError):
            Publisher.decode(json.dumps({**state, "messages": messages}))
    with pytest.raises(MalformedError):
        Publisher.decode(json.dumps({name: value for name, value in state.items() if name != "messages"}))
