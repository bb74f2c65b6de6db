"""Bitstring Status Lists, and entries, of which one member is of another type or range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Case
from .status_bitstring_cases import (
    BAD,
    ENTRIES,
    ENTRY,
    MALFORMED,
    MESSAGES,
    RULES,
    STATUS_3,
    SUBJECT,
    Make,
    Recipe,
    after,
    good,
    meanings,
    of_document,
    of_subject,
    question,
    refused,
    several,
    told,
    value,
)
from .status_bitstring_list_cases import proof_with
from .status_lists import CONTEXT, FEWEST, bits_of, bitstring, bitstring_jws, uri
from .world import World


def of_entry(name: str, notes: str, attack: int, **changes: Any) -> Recipe:
    """A reference that is none, to a good list."""
    return refused(name, notes, ENTRY, MALFORMED, good, attack=attack, **changes)


def with_id(name: str, notes: str, own: Callable[[World], str], *verdict: Any) -> Recipe:
    """An entry with an id of its own."""

    def recipe(w: World) -> Case:
        asked = question(w, [good(w)], 10, {"id": own(w)}, judge=False)
        attack, result = (104, {}) if verdict else (None, {"value": 1, "valid": False, "message": None})
        full = f"status-list/bitstring-{name}"
        return Case(full, "read-status", notes, attack, ENTRY, asked, *verdict, result=result)

    return recipe


def kept_short(w: World) -> Case:
    """A store is given a list that is too short, and keeps none."""
    text = bitstring_jws(w, bitstring(w, ENTRIES, encodedList=bits_of({}, length=FEWEST // 8 - 1)))
    rule = RULES + "fewer than 131,072"
    asked = {"now": w.now, "statement": text}
    return Case("status-list/bitstring-kept-short", "apply-revocations", "131,064 entries", 106, rule, asked, *BAD)


def of_list(name: str, notes: str, attack: int, text: Make, verdict: tuple[str, int | None] = MALFORMED) -> Recipe:
    """A list that is none."""
    return refused(name, notes, SUBJECT, verdict, text, attack=attack)


def wide(values: dict[int, int]) -> Make:
    """Messages of two bits in a list that does not say how many bits its entries have, which is one."""
    return of_subject(statusPurpose="message", encodedList=bits_of(values, bits=2))


REFERENCES: tuple[Recipe, ...] = (
    with_id("id", "an id that is not that of the list", lambda w: f"{uri(w)}#10"),
    with_id("id-of-list", "the id of the list", uri, *MALFORMED),
    of_entry("index-beyond-integers", "an index beyond 2**53", 104, index="9999999999999999"),
    of_entry("entry-purpose-array", "an array of a purpose", 105, statusPurpose=["revocation"]),
    of_entry("entry-size-text", "its size is a text", 108, statusSize="1"),
    of_entry("entry-size-negative", "-1 bit, with a message", 108, statusSize=-1, statusMessage=meanings("lost")),
    of_entry("entry-size-huge", "sixty bits, with two messages", 108, statusSize=60, statusMessage=meanings("a", "b")),
    of_entry(
        "message-of-number",
        "a number for a value",
        108,
        statusMessage=[{"status": 0, "message": "lost"}, {"status": "0x1", "message": "found"}],
    ),
    of_entry(
        "message-of-decimal",
        "a value without 0x",
        108,
        statusMessage=[{"status": "0", "message": "lost"}, {"status": "0x1", "message": "found"}],
    ),
    of_entry(
        "message-number",
        "a number for a message",
        108,
        statusMessage=[{"status": "0x0", "message": 0}, {"status": "0x1", "message": "found"}],
    ),
    told(
        "message-wider",
        "entries of two bits in a list that says one",
        ENTRY,
        (2, MESSAGES[2]),
        wide({5: 2, 6: 1}),
        index=5,
        **STATUS_3,
    ),
    refused(
        "message-wider-too-few",
        "131,072 bits are 65,536 entries of two",
        ENTRY,
        BAD,
        of_subject(statusPurpose="message"),
        attack=106,
        **STATUS_3,
    ),
    refused(
        "size-for-revocation-in-both",
        "entries of two bits that are no messages, as the entry says too",
        SUBJECT,
        BAD,
        several({}, 2, statusPurpose="revocation"),
        attack=108,
        statusSize=2,
        statusMessage=meanings(*MESSAGES),
    ),
)
LISTS: tuple[Recipe, ...] = (
    kept_short,
    of_list("list-size-text", "its statusSize is a text", 108, of_subject(statusSize="1"), BAD),
    of_list("list-size-zero", "entries of no bits", 108, of_subject(statusSize=0), BAD),
    of_list("list-size-nine", "messages of nine bits", 108, several({}, 9), BAD),
    of_list("list-number", "a number for the array", 108, of_subject(encodedList=5)),
    of_list("purpose-none", "no purpose at all", 105, of_subject(statusPurpose=[])),
    of_list("purpose-number", "a number beside a purpose", 105, of_subject(statusPurpose=["revocation", 5])),
    of_list("ttl-text", "a ttl as text", 56, of_subject(ttl="600000")),
    of_list("no-context", "without @context", 50, of_document(**{"@context": value(None)})),
    of_list("context-number", "a number in @context", 50, of_document(**{"@context": value([CONTEXT, 5])})),
    of_list(
        "type-text",
        "both types in one text",
        105,
        of_document(type=value("VerifiableCredential BitstringStatusListCredential")),
    ),
    of_list("ends-before", "it ends in the second from which it speaks", 107, of_document(validUntil=after(-60)), BAD),
    of_list(
        "before-1970",
        "half a second before 1970, and iat later",
        57,
        of_document(validFrom=value("1969-12-31T23:59:59.5Z"), iat=lambda w: w.now - 60),
    ),
    of_list(
        "proof-issuer-no-did",
        "its issuer is no DID",
        28,
        proof_with(issuer=value("https://carol.example")),
    ),
    of_list(
        "proof-ends-before",
        "it ended before its proof was made",
        107,
        proof_with(validFrom=after(-7200), validUntil=after(-3600)),
        BAD,
    ),
)
RECIPES: tuple[Recipe, ...] = (*REFERENCES, *LISTS)
