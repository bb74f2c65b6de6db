"""Bitstring Status Lists: where an entry stands, what it says, and lists that say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .case import Case
from .jose import changed
from .moments import stamp
from .status_lists import FEWEST, bits_of, bitstring, bitstring_jws, bitstring_proven, uri
from .world import World

Make = Callable[[World], str]
Recipe = Callable[[World], Case]
RULES, JWS, BOTH = (
    "docs/spec/status.md section Bitstring Status List: ",
    "docs/spec/status.md section JWS: ",
    "docs/spec/status.md section Both: ",
)
MALFORMED, BAD, UNKNOWN = ("malformed", 1), ("bad_status", 7), ("stale_status", None)
ENTRIES = {0: 1, 10: 1, FEWEST - 1: 1}
MESSAGES = ("packed", "sent", "lost", "found")


def entry(w: World, index: Any, **changes: Any) -> dict[str, Any]:
    """What a credential says of its status; None takes a member away."""
    members = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index) if type(index) is int else index,
        "statusListCredential": uri(w),
    }
    return changed(members, **changes)


def question(w: World, texts: Iterable[str], index: Any, of: Mapping[str, Any], judge: bool) -> dict[str, Any]:
    """What these lists, if they are carol's and not ten minutes old, say of one entry."""
    asked = {"now": w.now, "staleness": 600, "issuer": w.key("carol").did, "lists": list(texts)}
    asked["reference"] = entry(w, index, **of)
    return {**asked, "judge": True} if judge else asked


def refused(
    name: str,
    notes: str,
    rule: str,
    verdict: tuple[str, int | None],
    text: Make,
    *,
    index: Any = 1,
    attack: int = 107,
    judge: bool = False,
    **of: Any,
) -> Recipe:
    """An entry of which nothing is told, or nothing good."""
    return lambda w: Case(
        f"status-list/bitstring-{name}",
        "read-status",
        notes,
        attack,
        rule,
        question(w, [text(w)], index, of, judge),
        *verdict,
    )


def told(
    name: str,
    notes: str,
    rule: str,
    result: tuple[int, str | None],
    text: Make,
    *,
    index: int,
    judge: bool = False,
    **of: Any,
) -> Recipe:
    """An entry of this value, perhaps with a message."""
    value, message = result
    return lambda w: Case(
        f"status-list/bitstring-{name}",
        "read-status",
        notes,
        None,
        rule,
        question(w, [text(w)], index, of, judge),
        result={"value": value, "valid": value == 0, "message": message},
    )


def good(w: World) -> str:
    return bitstring_jws(w, bitstring(w, ENTRIES))


def of_subject(**changes: Any) -> Make:
    """The list whose subject has these members; None takes one away."""
    return lambda w: bitstring_jws(w, bitstring(w, ENTRIES, **changes))


def of_document(**changes: Callable[[World], Any]) -> Make:
    """The list with these members; None takes one away."""

    def text(w: World) -> str:
        return bitstring_jws(w, changed(bitstring(w, ENTRIES), **{name: make(w) for name, make in changes.items()}))

    return text


def value(found: Any) -> Callable[[World], Any]:
    return lambda w: found


def after(seconds: int) -> Callable[[World], str]:
    return lambda w: stamp(w.now + seconds)


def several(values: Mapping[int, int], bits: int, **subject: Any) -> Make:
    """A list of entries of more than one bit."""
    encoded = bits_of(values, bits=bits)
    return of_subject(encodedList=encoded, statusSize=bits, **{"statusPurpose": "message", **subject})


def meanings(*messages: str) -> list[dict[str, str]]:
    return [{"status": hex(number), "message": message} for number, message in enumerate(messages)]


def proof(**changes: Any) -> Make:
    """The list with a proof that says this."""
    return lambda w: json.dumps(bitstring_proven(w, bitstring(w, ENTRIES), **changes))


ORDER = RULES + "counted from the most significant bit"
SUBJECT, ENTRY = RULES + "the subject", RULES + "a credential refers to its entry"
STATUS_3 = {"statusPurpose": "message", "statusSize": 2, "statusMessage": meanings(*MESSAGES)}
TOLD: tuple[Recipe, ...] = (
    told("first", "the most significant bit of the first byte", ORDER, (1, None), good, index=0),
    told("middle", "a bit that is another one when read from the other end", ORDER, (1, None), good, index=10),
    told("other-end", "the bit that stands for it when read from the other end", ORDER, (0, None), good, index=13),
    told("last", "the last entry there is", ORDER, (1, None), good, index=FEWEST - 1),
    told("valid", "0 is no reason to refuse", RULES + "revoked", (0, None), good, index=1, judge=True),
    told(
        "message",
        "a value of two bits, and what it means; a message judges nothing",
        RULES + "what they say is told",
        (2, "lost"),
        several({5: 2, 6: 1}, 2),
        index=5,
        judge=True,
        **STATUS_3,
    ),
    told(
        "several-purposes",
        "one list for both",
        SUBJECT,
        (1, None),
        of_subject(statusPurpose=["suspension", "revocation"]),
        index=10,
    ),
    told("proof", "secured by Data Integrity", RULES + "proofs of Data Integrity", (1, None), proof(), index=10),
    told(
        "issuer-object",
        "its issuer is an object",
        RULES + "issuer",
        (1, None),
        of_document(issuer=lambda w: {"id": w.key("carol").did}),
        index=10,
    ),
    told(
        "ends-in-a-second",
        "one second before validUntil",
        RULES + "to the earliest end",
        (1, None),
        of_document(validUntil=after(1)),
        index=10,
    ),
)
JUDGED: tuple[Recipe, ...] = (
    refused("revoked", "1 is revoked", RULES + "revoked", ("revoked", 7), good, index=10, attack=71, judge=True),
    refused(
        "suspended",
        "1 is suspended",
        RULES + "suspended",
        ("suspended", 7),
        of_subject(statusPurpose="suspension"),
        index=10,
        attack=71,
        judge=True,
        statusPurpose="suspension",
    ),
)
REFERENCES: tuple[Recipe, ...] = (
    refused("index-beyond", "one entry behind the last", ORDER, BAD, good, index=FEWEST, attack=104),
    *(
        refused(f"index-{name}", f"the index {index!r}", ENTRY, MALFORMED, good, index=index, attack=104)
        for name, index in (
            ("zeros", "01"),
            ("plus", "+1"),
            ("minus", "-1"),
            ("exponent", "1e1"),
            ("space", " 1"),
            ("empty", ""),
        )
    ),
    refused("index-number", "a number for a text", ENTRY, MALFORMED, good, index=1, attack=104, statusListIndex=1),
    refused("index-other-digits", "fullwidth digits", ENTRY, MALFORMED, good, index="\uff11", attack=52),
    refused(
        "other-purpose",
        "the list is about another purpose",
        RULES + "the same URI and purpose",
        UNKNOWN,
        good,
        attack=105,
        statusPurpose="suspension",
    ),
    refused(
        "unknown-purpose", "a purpose that there is not", ENTRY, MALFORMED, good, attack=105, statusPurpose="deletion"
    ),
    refused("other-type", "an entry of another type", ENTRY, MALFORMED, good, attack=105, type="StatusList2021Entry"),
    refused("size-zero", "entries of no bits", ENTRY, MALFORMED, good, attack=108, statusSize=0),
    refused("size-nine", "entries of nine bits", ENTRY, MALFORMED, good, attack=108, statusSize=9),
    refused(
        "size-without-messages",
        "two bits, and nobody says what they mean",
        ENTRY,
        MALFORMED,
        several({}, 2),
        attack=108,
        statusPurpose="message",
        statusSize=2,
    ),
    refused(
        "message-missing",
        "three messages for four values",
        ENTRY,
        MALFORMED,
        several({}, 2),
        attack=108,
        **{**STATUS_3, "statusMessage": meanings(*MESSAGES[:3])},
    ),
    refused(
        "message-twice",
        "a message for one value twice, and none for the last",
        ENTRY,
        MALFORMED,
        several({}, 2),
        attack=108,
        **{**STATUS_3, "statusMessage": [*meanings(*MESSAGES[:3]), {"status": "0x0", "message": "found"}]},
    ),
    refused(
        "size-differs", "two bits in the entry, four in the list", SUBJECT, BAD, several({}, 4), attack=108, **STATUS_3
    ),
)
RECIPES: tuple[Recipe, ...] = (*TOLD, *JUDGED, *REFERENCES)
