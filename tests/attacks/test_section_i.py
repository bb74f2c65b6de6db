"""Attacks 104 to 108: status lists, asked about a credential, and about a link of a chain. Each with its code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from tests.unit.scene import ALICE, MALLORY, NOW
from tests.unit.status_scene import (
    ABSENT,
    LEAST,
    URI,
    credential,
    encoded,
    lst,
    signed_bitstring,
    signed_token,
    token_claims,
)

from attorn import AttornError, status
from attorn.credential import Securing, VerifiedCredential, issue, verify
from attorn.did.resolver import LocalResolver
from attorn.errors import RollbackError, StatusError
from attorn.status import BitstringEntry, ListKind, StatusList, TokenReference
from attorn.store import MemoryStore

AT = datetime.fromtimestamp(NOW, UTC)
ENTRIES = 131_072
ENTRY: dict[str, Any] = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": URI,
}
MESSAGES = [{"status": hex(value), "message": str(value)} for value in range(4)]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    return caught.value.code


def with_status(*entries: dict[str, Any], token: Any = None) -> Any:
    """A credential by ALICE that names these entries; with `token`, a `status` claim beside it."""
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": ALICE.did,
        "credentialSubject": {"id": "urn:x:subject"},
    }
    if entries:
        document["credentialStatus"] = list(entries)
    return issue(document, by=ALICE, securing=Securing.JOSE, token_status=token)


def asked(secured: Any, *texts: str, now: int = NOW, staleness: int = 300) -> VerifiedCredential:
    """The credential as whoever has these lists verifies it."""
    lists = [each for text in texts for each in status.verify(text)]
    check = partial(status.check_credential, lists=lists, now=now, staleness=staleness)
    return verify(secured, resolver=LocalResolver(), now=AT, issuers=[ALICE.did], status=check)


def bitstring(*revoked: int, bits: int = 1, value: int = 1, **subject: Any) -> str:
    """A list by ALICE that others could have written: entries from the left, the first bit of a byte the highest."""
    whole = sum(value << ENTRIES * bits - bits * (index + 1) for index in revoked)
    data = whole.to_bytes(ENTRIES * bits // 8, "big")
    return signed_bitstring(credential({"encodedList": encoded(data), **subject}))


def test_the_twins_are_accepted() -> None:
    secured = with_status(ENTRY)
    assert asked(secured, bitstring(6, 8)).status[0].members == ENTRY
    assert code_of(lambda: asked(secured, bitstring(7))) == "revoked"
    token = with_status(token=TokenReference(URI, 1).write())
    assert asked(token, signed_token(token_claims(status_list={"bits": 1, "lst": lst(b"\x01")}))).token_status
    assert code_of(lambda: asked(token, signed_token(token_claims(status_list={"bits": 1, "lst": lst(b"\x02")})))) == (
        "revoked"
    )


# attack 104


@pytest.mark.parametrize(
    ("index", "code"),
    [
        ("131072", "bad_status"),
        ("131073", "bad_status"),
        ("4294967303", "bad_status"),
        ("9007199254740991", "bad_status"),
        ("9007199254740992", "bad_credential"),
        ("1" + "0" * 15, "bad_status"),
        ("9" * 5000, "bad_credential"),
        ("-1", "bad_credential"),
        ("-0", "bad_credential"),
        ("+7", "bad_credential"),
        ("07", "bad_credential"),
        ("00", "bad_credential"),
        ("7.0", "bad_credential"),
        ("7e0", "bad_credential"),
        ("0x7", "bad_credential"),
        ("7 ", "bad_credential"),
        ("", "bad_credential"),
        ("\u0667", "bad_credential"),
        (7, "bad_credential"),
        (7.5, "bad_credential"),
        (True, "bad_credential"),
        (["7"], "bad_credential"),
    ],
    ids=lambda value: f"{value!r:.20}",
)
def test_104_an_index_of_a_bitstring(index: Any, code: str) -> None:
    secured = with_status({**ENTRY, "statusListIndex": index})
    assert code_of(lambda: asked(secured, bitstring())) == code


@pytest.mark.parametrize(
    ("index", "code"),
    [
        (16, "bad_status"),
        (2**53 - 1, "bad_status"),
        (-1, "bad_credential"),
        ("1", "bad_credential"),
        ("01", "bad_credential"),
        (1.5, "bad_credential"),
        (True, "bad_credential"),
        (None, "bad_credential"),
    ],
    ids=repr,
)
def test_104_an_index_of_a_token_list(index: Any, code: str) -> None:
    secured = with_status(token={"status_list": {"idx": index, "uri": URI}})
    assert code_of(lambda: asked(secured, signed_token(token_claims()))) == code


def test_104_numbers_that_json_readers_disagree_on() -> None:
    (found,) = status.verify(signed_token(token_claims()))
    for index in (2**53, 10**400, 1.0, float("nan"), "1e0"):
        assert code_of(lambda index=index: found.value(index)) == "bad_status"  # type: ignore[misc]


# attack 105


@pytest.mark.parametrize("listed", ["revocation", "suspension", "refresh", "message"])
@pytest.mark.parametrize("named", ["revocation", "suspension", "refresh", "message"])
def test_105_a_list_for_another_purpose(named: str, listed: str) -> None:
    secured = with_status({**ENTRY, "statusPurpose": named})
    text = bitstring(statusPurpose=listed)
    if named == listed:
        asked(secured, text)
        return
    assert code_of(lambda: asked(secured, text)) == "stale_status"
    (found,) = status.verify(text)
    entry = BitstringEntry(URI, 7, ListKind(named))
    assert code_of(lambda: entry.value(found)) == "bad_status"


@pytest.mark.parametrize("purpose", ["revoked", "Revocation", "token", "", None, ["revocation"], {}])
def test_105_a_purpose_that_is_none(purpose: Any) -> None:
    given = {name: value for name, value in {**ENTRY, "statusPurpose": purpose}.items() if value is not None}
    assert code_of(lambda: asked(with_status(given), bitstring())) == "bad_credential"


def test_105_a_token_list_is_no_bitstring() -> None:
    assert code_of(lambda: asked(with_status(ENTRY), signed_token(token_claims()))) == "stale_status"
    assert code_of(lambda: asked(with_status(token=TokenReference(URI, 7).write()), bitstring())) == "stale_status"


# attack 106


@pytest.mark.parametrize("octets", [0, 1, ENTRIES // 8 - 1])
def test_106_a_list_with_too_few_entries(octets: int) -> None:
    text = signed_bitstring(credential({"encodedList": encoded(bytes(octets))}))
    assert code_of(lambda: status.verify(text)) == "bad_status"
    short = StatusList(URI, ALICE.did, ListKind.REVOCATION, 1, bytes(octets), NOW)
    assert code_of(lambda: BitstringEntry(URI, 0).value(short)) == "bad_status"
    given: dict[str, Any] = {"by": ALICE, "purposes": [ListKind.REVOCATION], "issued": NOW}
    assert code_of(lambda: status.bitstring.issue(URI, bytes(octets), **given)) == "invalid_input"


def test_106_entries_that_are_wider_are_fewer() -> None:
    text = bitstring(statusPurpose="message")
    secured = with_status({**ENTRY, "statusPurpose": "message", "statusSize": 2, "statusMessage": MESSAGES})
    assert code_of(lambda: asked(secured, text)) == "bad_status"
    wide = signed_bitstring(credential({"statusPurpose": "message", "statusSize": 2}))
    assert code_of(lambda: status.verify(wide)) == "bad_status"


# attack 107


@pytest.mark.parametrize(
    ("claims", "now"),
    [
        ({"issuer": MALLORY.did}, NOW),
        ({"id": URI + "/2"}, NOW),
        ({}, NOW + 301),
        ({}, NOW - 61),
        ({"exp": NOW + 10}, NOW + 10),
        ({"validUntil": "2030-03-17T17:46:50Z"}, NOW + 10),
        ({"validUntil": "2031-01-01T00:00:00Z", "exp": NOW + 10}, NOW + 10),
        ({"validFrom": "2030-03-17T18:46:40Z"}, NOW),
        ({"nbf": NOW + 90}, NOW),
    ],
    ids=["other issuer", "other id", "old", "from the future", "exp", "validUntil", "both", "validFrom", "nbf"],
)
def test_107_a_bitstring_that_does_not_count(claims: dict[str, Any], now: int) -> None:
    by = MALLORY if "issuer" in claims else ALICE
    assert code_of(lambda: asked(with_status(ENTRY), signed_bitstring(credential(**claims), by=by), now=now)) == (
        "stale_status"
    )


@pytest.mark.parametrize(
    ("claims", "now"),
    [
        ({"iss": MALLORY.did}, NOW),
        ({"sub": URI + "/2"}, NOW),
        ({}, NOW + 301),
        ({}, NOW - 61),
        ({"exp": NOW + 10}, NOW + 10),
    ],
    ids=["other issuer", "sub is another URI", "old", "from the future", "exp"],
)
def test_107_a_token_list_that_does_not_count(claims: dict[str, Any], now: int) -> None:
    by = MALLORY if "iss" in claims else ALICE
    secured = with_status(token=TokenReference(URI, 1).write())
    assert code_of(lambda: asked(secured, signed_token(token_claims(**claims), by=by), now=now)) == "stale_status"


def test_107_a_list_signed_by_another_than_it_names() -> None:
    for text in (signed_bitstring(credential(), by=MALLORY), signed_token(token_claims(), by=MALLORY)):
        assert code_of(lambda text=text: status.verify(text)) == "bad_signature"  # type: ignore[misc]
    assert code_of(lambda: status.verify(signed_bitstring(credential(iss=MALLORY.did)))) == "malformed"


def test_107_nothing_at_hand() -> None:
    assert code_of(lambda: asked(with_status(ENTRY))) == "stale_status"
    nobody = partial(verify, resolver=LocalResolver(), now=AT, issuers=[ALICE.did])
    assert code_of(lambda: nobody(with_status(ENTRY))) == "stale_status"
    assert nobody(with_status(ENTRY), status=lambda _: None)


def test_107_older_than_one_seen() -> None:
    old, new = signed_token(token_claims(iat=NOW - 1)), signed_token(token_claims())
    store = MemoryStore()
    store.apply(new)
    assert code_of(lambda: store.apply(old)) == RollbackError.code == "rolled_back"
    assert code_of(lambda: asked(with_status(ENTRY), bitstring(7), signed_bitstring(credential(iat=NOW - 9)))) == (
        "revoked"
    )


class Pages:
    """A transport with one answer, that remembers who was asked."""

    def __init__(self, answer: Any = b"") -> None:
        self.answer = answer
        self.asked: list[str] = []

    def get(self, url: str, *, accept: str, most: int) -> bytes:
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (signed_token(token_claims(sub=URI + "/2")).encode(), "bad_status"),
        (signed_bitstring(credential(id=URI + "/2")).encode(), "bad_status"),
        (signed_token(token_claims(), by=MALLORY).encode(), "bad_signature"),
        (b"<html>", "malformed"),
        (TimeoutError("slow"), "unavailable"),
        (None, "unavailable"),
    ],
    ids=["another list", "another bitstring", "another signer", "a page", "unreachable", "nothing"],
)
def test_107_what_is_fetched_and_of_no_use(answer: Any, code: str) -> None:
    store = MemoryStore()
    (found,) = status.refresh(store, [URI], Pages(answer))
    assert found.lists == ()
    assert found.error is not None
    assert found.error.code == code


# attack 108


def test_108_the_order_of_bits() -> None:
    left = signed_bitstring(credential({"encodedList": encoded(b"\x01" + LEAST[1:])}))
    right = signed_token(token_claims(status_list={"bits": 1, "lst": lst(b"\x01")}))
    assert [index for index in range(8) if status.verify(left)[0].value(index)] == [7]
    assert [index for index in range(8) if status.verify(right)[0].value(index)] == [0]
    assert code_of(lambda: asked(with_status(ENTRY), left)) == "revoked"
    asked(with_status({**ENTRY, "statusListIndex": "0"}), left)
    asked(with_status(token=TokenReference(URI, 7).write()), right)
    assert code_of(lambda: asked(with_status(token=TokenReference(URI, 0).write()), right)) == "revoked"


@pytest.mark.parametrize("bits", [2, 3, 5, 7, 8])
def test_108_entries_that_cross_a_byte(bits: int) -> None:
    text = bitstring(2, ENTRIES - 1, bits=bits, value=(1 << bits) - 1, statusPurpose="message", statusSize=bits)
    (found,) = status.verify(text)
    assert len(found) == ENTRIES
    for index in (0, 1, 3, 4, ENTRIES - 2):
        assert found.value(index) == 0
    for index in (2, ENTRIES - 1):
        assert found.value(index) == (1 << bits) - 1
    assert code_of(lambda: found.value(ENTRIES)) == "bad_status"


@pytest.mark.parametrize("size", [0, 9, -1, "1", 1.5, True, 2**53 - 1, None], ids=repr)
def test_108_sizes_that_no_entry_has(size: Any) -> None:
    text = signed_bitstring(
        credential({"statusPurpose": "message", "statusSize": size, "encodedList": encoded(LEAST * 9)})
    )
    assert code_of(lambda: status.verify(text)) == "bad_status"


@pytest.mark.parametrize("revoked", [0, 1, 2])
def test_108_one_entry_of_several(revoked: int) -> None:
    entries = [{**ENTRY, "statusListIndex": str(index)} for index in range(3)]
    asked(with_status(*entries), bitstring(3))
    assert code_of(lambda: asked(with_status(*entries), bitstring(revoked))) == "revoked"


def test_108_one_entry_that_nobody_can_look_up() -> None:
    other = {"type": "https://a.example/#Unknown", "id": "https://a.example/1"}
    for entries in ([ENTRY, other], [other, ENTRY]):
        assert code_of(lambda entries=entries: asked(with_status(*entries), bitstring())) == "bad_status"  # type: ignore[misc]


@pytest.mark.parametrize(
    "at",
    [
        "http://issuer.example/lists/1",
        "ftp://issuer.example/lists/1",
        "file:///etc/passwd",
        "https://127.1/lists/1",
        "https://0x7f.1/lists/1",
        "https://2130706433/lists/1",
        "https://[::ffff:127.0.0.1]/lists/1",
        "https://user@issuer.example/lists/1",
        "https://issuer.example/lists/1#x",
        "https://issuer.example\\@evil.example/",
    ],
)
def test_108_urls_that_are_not_followed(at: str) -> None:
    pages = Pages(signed_token(token_claims()).encode())
    (found,) = status.refresh(MemoryStore(), [at], pages)
    assert found.error is not None
    assert found.error.code in (StatusError.code, "malformed")
    assert pages.asked == []


@pytest.mark.parametrize(
    "text",
    [encoded(LEAST)[1:], "z" + encoded(LEAST)[1:], "U" + encoded(LEAST)[1:], "m" + encoded(LEAST)[1:], "", ABSENT],
)
def test_108_a_list_without_its_multibase_prefix(text: Any) -> None:
    assert code_of(lambda: status.verify(signed_bitstring(credential({"encodedList": text})))) == "malformed"
