"""References to entries: their two spellings, and what lists at hand make of them (attacks 104 to 108)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.unit.scene import ALICE, MALLORY, NOW
from tests.unit.status_scene import ABSENT, LEAST, URI, without

from attorn.errors import AttornError, InputError, MalformedError, RevokedError, StaleError, StatusError, SuspendedError
from attorn.status import BitstringEntry, ListKind, StatusList, TokenReference, check, judge, require_current

OTHER = "https://issuer.example/lists/2"
ENTRY: dict[str, Any] = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "94567",
    "statusListCredential": URI,
}
TWO_BITS: dict[str, Any] = {
    **ENTRY,
    "statusPurpose": "message",
    "statusSize": 2,
    "statusMessage": [
        {"status": "0x0", "message": "pending"},
        {"status": "0x1", "message": "accepted"},
        {"status": "0x2", "message": "rejected"},
        {"status": "0x3", "message": "undefined"},
    ],
}


def token(*statuses: int, **changed: Any) -> StatusList:
    data = sum(value << 2 * index for index, value in enumerate(statuses)).to_bytes(4, "little")
    given: dict[str, Any] = {"kind": ListKind.TOKEN, "bits": 2, "data": data, "issued": NOW, **changed}
    return StatusList(uri=given.pop("uri", URI), issuer=given.pop("issuer", ALICE.did), **given)


def bitstring(first: int, kind: ListKind = ListKind.REVOCATION, **changed: Any) -> StatusList:
    return token(kind=kind, bits=1, data=bytes([first]) + LEAST, **changed)


# The two spellings.


def test_a_token_reference_is_read_and_written() -> None:
    reference = TokenReference.read({"iss": "x", "status": {"status_list": {"idx": 5, "uri": URI, "x": 1}, "y": 2}})
    assert reference == TokenReference(URI, 5)
    assert reference.write() == {"status_list": {"idx": 5, "uri": URI}}
    assert TokenReference.read({"status": reference.write()}) == reference


NOT_AN_INTEGER = ["5", "0", "05", 5.0, 5.5, -1, 2**53, 10**30, None, True, [5], ABSENT]


@pytest.mark.parametrize("index", NOT_AN_INTEGER, ids=str)
def test_attack_104_an_index_that_is_none(index: Any) -> None:
    with pytest.raises(MalformedError):
        TokenReference.read({"status": {"status_list": without({"idx": index, "uri": URI})}})
    with pytest.raises(InputError):
        TokenReference(URI, index)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"status": None},
        {"status": []},
        {"status": {}},
        {"status": {"status_list": None}},
        {"status": {"status_list": [5, URI]}},
        {"status": {"status_list": {"idx": 5}}},
        {"status": {"status_list": {"idx": 5, "uri": "/lists/1"}}},
        {"status": {"status_list": {"idx": 5, "uri": None}}},
        {"status_list": {"idx": 5, "uri": URI}},
        None,
        [],
    ],
)
def test_malformed_token_references(claims: Any) -> None:
    with pytest.raises(MalformedError):
        TokenReference.read(claims)


def test_a_bitstring_entry_is_read_and_written() -> None:
    assert BitstringEntry.read(ENTRY) == BitstringEntry(URI, 94567)
    assert BitstringEntry.read({**ENTRY, "type": ["BitstringStatusListEntry"], "statusSize": 1, "x": 1}).index == 94567
    assert BitstringEntry.read({**ENTRY, "statusReference": "https://a.example/"}).index == 94567
    assert BitstringEntry(URI, 94567).write() == ENTRY
    assert BitstringEntry.read({**ENTRY, "id": f"{URI}#94567"}).write() == {**ENTRY, "id": f"{URI}#94567"}
    wide = BitstringEntry.read(TWO_BITS)
    assert (wide.size, wide.messages[2]) == (2, "rejected")
    assert wide.write() == TWO_BITS


@pytest.mark.parametrize(
    "index",
    # Attack 104, the base-10 text of this form.
    [
        None,
        True,
        ["5"],
        ABSENT,
        "9" * 5000,
        94567,
        0,
        "094567",
        "00",
        "",
        " 5",
        "5 ",
        "+5",
        "-5",
        "-0",
        "5.0",
        "5e3",
        "0x5",
        "1_000",
        "٥",
        "9" * 17,
        "9007199254740992",
    ],
    ids=lambda index: f"{index!s:.20}",
)
def test_attack_104_an_index_that_is_not_plain_text(index: Any) -> None:
    with pytest.raises(MalformedError):
        BitstringEntry.read(without({**ENTRY, "statusListIndex": index}))


MESSAGES = TWO_BITS["statusMessage"]
ENTRIES: dict[str, Any] = {
    "not an object": None,
    "a text": "BitstringStatusListEntry",
    "a list": [ENTRY],
    "type absent": without({**ENTRY, "type": ABSENT}),
    "type of 2021": {**ENTRY, "type": "StatusList2021Entry"},
    "two types": {**ENTRY, "type": ["BitstringStatusListEntry", "Other"]},
    "attack 105: purpose absent": without({**ENTRY, "statusPurpose": ABSENT}),
    "attack 105: purpose unknown": {**ENTRY, "statusPurpose": "revoked"},
    "attack 105: purpose of the other form": {**ENTRY, "statusPurpose": "token"},
    "attack 105: purpose a list": {**ENTRY, "statusPurpose": ["revocation"]},
    "list absent": without({**ENTRY, "statusListCredential": ABSENT}),
    "list relative": {**ENTRY, "statusListCredential": "/lists/1"},
    "list an object": {**ENTRY, "statusListCredential": {"id": URI}},
    "list with a fragment": {**ENTRY, "statusListCredential": f"{URI}#list"},
    "id of the list": {**ENTRY, "id": URI},
    "id null": {**ENTRY, "id": None},
    "id relative": {**ENTRY, "id": "#94567"},
    "size zero": {**ENTRY, "statusSize": 0},
    "size negative": {**ENTRY, "statusSize": -1},
    "size text": {**ENTRY, "statusSize": "1"},
    "size a boolean": {**ENTRY, "statusSize": True},
    "size a fraction": {**ENTRY, "statusSize": 1.0},
    "size null": {**ENTRY, "statusSize": None},
    "size too large": {**ENTRY, "statusSize": 9},
    "size without messages": {**ENTRY, "statusSize": 2},
    "messages too few": {**TWO_BITS, "statusMessage": MESSAGES[:3]},
    "messages too many": {**TWO_BITS, "statusMessage": [*MESSAGES, {"status": "0x4", "message": "x"}]},
    "messages for one bit too many": {**ENTRY, "statusMessage": MESSAGES},
    "messages empty": {**ENTRY, "statusMessage": []},
    "messages an object": {**TWO_BITS, "statusMessage": {}},
    "message twice": {**TWO_BITS, "statusMessage": [*MESSAGES[:3], MESSAGES[0]]},
    "message of a number": {**TWO_BITS, "statusMessage": [*MESSAGES[:3], {"status": 3, "message": "x"}]},
    "message in base 10": {**TWO_BITS, "statusMessage": [*MESSAGES[:3], {"status": "3", "message": "x"}]},
    "message zero-padded": {**TWO_BITS, "statusMessage": [*MESSAGES[:3], {"status": "0x03", "message": "x"}]},
    "message no text": {**TWO_BITS, "statusMessage": [*MESSAGES[:3], {"status": "0x3", "message": 3}]},
    "message no object": {**TWO_BITS, "statusMessage": [*MESSAGES[:3], "0x3"]},
}


@pytest.mark.parametrize("name", ENTRIES)
def test_malformed_entries(name: str) -> None:
    with pytest.raises(MalformedError):
        BitstringEntry.read(ENTRIES[name])


@pytest.mark.parametrize(
    "wrong",
    [
        {"uri": "/lists/1"},
        {"index": "5"},
        {"index": -1},
        {"index": 2**53},
        {"purpose": "revocation"},
        {"purpose": ListKind.TOKEN},
        {"size": 0},
        {"size": 9},
        {"size": 2},
        {"size": True},
        {"messages": ("one",)},
        {"messages": ["no", "yes"]},
        {"messages": (1, 2)},
        {"id": URI},
        {"id": "x"},
    ],
    ids=str,
)
def test_unusable_arguments_of_an_entry(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        BitstringEntry(**{"uri": URI, "index": 5, **wrong})


@hypothesis_settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 2**53 - 1), st.sampled_from(list(ListKind)))
def test_any_reference_comes_back(index: int, kind: ListKind) -> None:
    assert TokenReference.read({"status": TokenReference(URI, index).write()}).index == index
    if kind is not ListKind.TOKEN:
        entry = BitstringEntry(URI, index, kind)
        assert BitstringEntry.read(entry.write()) == entry


# What a list says of them.


def test_the_value_of_a_reference() -> None:
    assert [TokenReference(URI, index).value(token(3, 2, 1, 0)) for index in range(5)] == [3, 2, 1, 0, 0]
    assert [BitstringEntry(URI, index).value(bitstring(0b10100000)) for index in range(4)] == [1, 0, 1, 0]
    wide = replace(bitstring(0b00011011, ListKind.MESSAGE), data=b"\x1b" + LEAST * 2)
    asked = [replace(BitstringEntry.read(TWO_BITS), index=index).value(wide) for index in range(5)]
    assert asked == [0, 1, 2, 3, 0]


@pytest.mark.parametrize(
    ("reference", "status_list"),
    [
        (TokenReference(URI, 16), token()),
        (TokenReference(URI, 2**53 - 1), token()),
        (TokenReference(OTHER, 1), token()),
        (TokenReference(URI + "/", 1), token()),
        (TokenReference(URI, 1), bitstring(0)),
        (BitstringEntry(URI, 131_080), bitstring(0)),
        (BitstringEntry(OTHER, 1), bitstring(0)),
        (BitstringEntry(URI, 1), bitstring(0, ListKind.SUSPENSION)),
        (BitstringEntry(URI, 1, ListKind.SUSPENSION), bitstring(0)),
        (BitstringEntry(URI, 1), token()),
        (BitstringEntry(URI, 1), token(kind=ListKind.REVOCATION, bits=1, data=LEAST[:-1])),
        (BitstringEntry.read(TWO_BITS), bitstring(0, ListKind.MESSAGE)),
        (BitstringEntry(URI, 1, ListKind.MESSAGE), token(kind=ListKind.MESSAGE, bits=2, data=LEAST * 2)),
    ],
)
def test_attacks_104_to_106_and_108_a_list_that_does_not_answer(reference: Any, status_list: StatusList) -> None:
    with pytest.raises(StatusError):
        reference.value(status_list)


def asked(*references: Any, lists: list[StatusList], now: int = NOW, staleness: int = 300) -> None:
    check(references, lists, issuer=ALICE.did, now=now, staleness=staleness)


def test_every_reference_must_be_to_a_valid_entry() -> None:
    lists = [token(0, 1, 2, 3), bitstring(0b01000000), bitstring(0b01000000, ListKind.SUSPENSION, uri=OTHER)]
    good = TokenReference(URI, 0), BitstringEntry(URI, 0), BitstringEntry(OTHER, 0, ListKind.SUSPENSION)
    asked(*good, lists=lists)
    asked(lists=[])
    for bad, error in (
        (TokenReference(URI, 1), RevokedError),
        (TokenReference(URI, 2), SuspendedError),
        (TokenReference(URI, 3), StatusError),
        (BitstringEntry(URI, 1), RevokedError),
        (BitstringEntry(OTHER, 1, ListKind.SUSPENSION), SuspendedError),
        (TokenReference(URI, 99), StatusError),
        (TokenReference(OTHER, 0), StaleError),
        (BitstringEntry(OTHER, 0), StaleError),
    ):
        # Attack 108: several entries, one of them revoked.
        with pytest.raises(error):
            asked(*good, bad, lists=lists)
        with pytest.raises(error):
            asked(bad, *good, lists=lists)


@pytest.mark.parametrize("reference", [None, URI, {"idx": 1, "uri": URI}, 5])
def test_a_reference_must_be_one(reference: Any) -> None:
    with pytest.raises(InputError):
        asked(reference, lists=[token()])


@pytest.mark.parametrize("lists", [None, 5, URI, [None], [URI], token, [()]])
def test_lists_must_be_lists(lists: Any) -> None:
    with pytest.raises(InputError):
        asked(TokenReference(URI, 1), lists=lists)


def test_attack_107_only_the_issuers_own_list_counts() -> None:
    with pytest.raises(StaleError):
        asked(TokenReference(URI, 0), lists=[token(issuer=MALLORY.did)])
    with pytest.raises(RevokedError):
        asked(TokenReference(URI, 0), lists=[token(issuer=MALLORY.did, issued=NOW + 9), token(1)])


def test_attack_107_the_newest_list_at_hand_counts() -> None:
    for lists in ([token(0, issued=NOW - 9), token(1)], [token(1), token(0, issued=NOW - 9)]):
        with pytest.raises(RevokedError):
            asked(TokenReference(URI, 0), lists=lists)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({}, None),
        ({"issued": NOW - 300}, None),
        ({"issued": NOW - 301}, StaleError),
        ({"issued": NOW + 60}, None),
        ({"issued": NOW + 61}, StaleError),
        ({"issued": NOW - 9, "expires": NOW + 1}, None),
        ({"issued": NOW - 9, "expires": NOW}, StaleError),
        ({"issued": NOW - 9, "expires": NOW - 1}, StaleError),
        ({"issued": NOW - 200, "ttl": 5}, None),
    ],
    ids=str,
)
def test_attack_107_only_a_current_list_counts(changed: dict[str, int], error: type[AttornError] | None) -> None:
    found = token(0, **changed)
    if error is None:
        require_current(found, now=NOW, staleness=300)
        asked(TokenReference(URI, 0), lists=[found])
        return
    with pytest.raises(error):
        require_current(found, now=NOW, staleness=300)
    with pytest.raises(error):
        asked(TokenReference(URI, 0), lists=[found])


@pytest.mark.parametrize("kind", list(ListKind))
def test_what_each_value_means(kind: ListKind) -> None:
    judge(kind, 0)
    expected: dict[ListKind, list[type[AttornError] | None]] = {
        ListKind.TOKEN: [RevokedError, SuspendedError, StatusError],
        ListKind.REVOCATION: [RevokedError, StatusError, StatusError],
        ListKind.SUSPENSION: [SuspendedError, SuspendedError, SuspendedError],
    }
    for value, error in enumerate(expected.get(kind, [None] * 3), start=1):
        if error is None:
            judge(kind, value)
        else:
            with pytest.raises(error):
                judge(kind, value)
