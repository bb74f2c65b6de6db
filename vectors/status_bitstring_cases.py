"""Bitstring Status Lists: where an entry stands, what it says, and lists that say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .case import Case
from .deflate import fixed, gzip_frame, gzipped, zeros, zlibbed
from .jose import changed, header_of, jws
from .moments import stamp
from .status_lists import BITSTRING, FEWEST, bits_of, bitstring, bitstring_jws, bitstring_proven, uri
from .testkit import url64
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


def header(**changes: Any) -> Make:
    return lambda w: bitstring_jws(w, bitstring(w, ENTRIES), **changes)


def packed(how: Callable[[bytes], str]) -> Make:
    """The list with another `encodedList`, made of as many bytes of zero as there must be."""
    return of_subject(encodedList=how(bytes(FEWEST // 8)))


def several(values: Mapping[int, int], bits: int, **subject: Any) -> Make:
    """A list of entries of more than one bit."""
    encoded = bits_of(values, bits=bits)
    return of_subject(encodedList=encoded, statusSize=bits, **{"statusPurpose": "message", **subject})


def meanings(*messages: str) -> list[dict[str, str]]:
    return [{"status": hex(number), "message": message} for number, message in enumerate(messages)]


def bomb(w: World) -> str:
    """One byte of 258 more than 16 MiB, which is some 16 kB packed."""
    matches = (16 << 20) // 258 + 1
    data = gzip_frame(zeros(matches), bytes(1 + 258 * matches))
    return of_subject(encodedList="u" + url64(data))(w)


def forged(w: World) -> str:
    key = w.key("carol")
    return jws(key, header_of(key, BITSTRING), bitstring(w, ENTRIES), signer=w.key("mallory"))


def by_mallory(w: World) -> str:
    """A genuine list, by another issuer."""
    mallory = w.key("mallory")
    return bitstring_jws(w, {**bitstring(w, ENTRIES), "issuer": mallory.did}, by=mallory)


def proof(**changes: Any) -> Make:
    """The list with a proof that says this."""
    return lambda w: json.dumps(bitstring_proven(w, bitstring(w, ENTRIES), **changes))


def proof_by_mallory(w: World) -> str:
    """Carol is its issuer, and the proof is another's."""
    return json.dumps(bitstring_proven(w, bitstring(w, ENTRIES), by=w.key("mallory")))


def proof_tampered(w: World) -> str:
    signed = bitstring_proven(w, bitstring(w, ENTRIES))
    return json.dumps({**signed, "credentialSubject": bitstring(w, {})["credentialSubject"]})


def proof_with(**changes: Callable[[World], Any]) -> Make:
    """The list with these members, and a proof over all of it."""

    def text(w: World) -> str:
        document = changed(bitstring(w, ENTRIES), **{name: make(w) for name, make in changes.items()})
        return json.dumps(bitstring_proven(w, document))

    return text


ORDER = RULES + "counted from the most significant bit"
PACKED = BOTH + "packed data"
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
LISTS: tuple[Recipe, ...] = (
    refused(
        "too-short",
        "131,064 entries",
        RULES + "fewer than 131,072",
        BAD,
        of_subject(encodedList=bits_of({}, length=FEWEST // 8 - 1)),
        attack=106,
    ),
    refused(
        "size-for-revocation",
        "entries of two bits that are no messages",
        SUBJECT,
        BAD,
        several({}, 2, statusPurpose="revocation"),
        attack=108,
    ),
    refused(
        "no-known-purpose", "no purpose that is known", SUBJECT, BAD, of_subject(statusPurpose="deletion"), attack=105
    ),
    refused(
        "purpose-twice",
        "a purpose twice",
        SUBJECT,
        MALFORMED,
        of_subject(statusPurpose=["revocation", "revocation"]),
        attack=105,
    ),
    refused(
        "other-subject", "a subject of another type", SUBJECT, MALFORMED, of_subject(type="StatusList2021"), attack=105
    ),
    refused(
        "two-subjects",
        "two subjects",
        RULES + "one object",
        MALFORMED,
        of_document(credentialSubject=lambda w: [bitstring(w, ENTRIES)["credentialSubject"]] * 2),
        attack=108,
    ),
    refused(
        "no-list-type",
        "not of the type of a list",
        RULES + "type",
        MALFORMED,
        of_document(type=value(["VerifiableCredential"])),
        attack=105,
    ),
    refused(
        "other-context",
        "another base context",
        RULES + "@context",
        MALFORMED,
        of_document(**{"@context": value(["https://www.w3.org/2018/credentials/v1"])}),
        attack=50,
    ),
    refused("vc-claim", "a vc claim", RULES + "must be absent", MALFORMED, of_document(vc=value({})), attack=22),
    refused(
        "own-status",
        "a list that has a status itself",
        RULES + "must be absent",
        MALFORMED,
        of_document(credentialStatus=lambda w: entry(w, 1)),
        attack=108,
    ),
    refused(
        "iss-differs",
        "iss is not its issuer",
        RULES + "iss, if there, is the same",
        MALFORMED,
        of_document(iss=lambda w: w.key("mallory").did),
        attack=28,
    ),
    refused(
        "no-start",
        "nobody says when it begins",
        RULES + "one start must be said",
        BAD,
        of_document(validFrom=value(None)),
    ),
    refused(
        "no-zone",
        "a time without a zone",
        RULES + "with a zone",
        MALFORMED,
        of_document(validFrom=lambda w: stamp(w.now - 60)[:-1]),
        attack=57,
    ),
    refused(
        "ended", "at the second of validUntil", RULES + "to the earliest end", UNKNOWN, of_document(validUntil=after(0))
    ),
    refused(
        "ended-by-exp",
        "exp is earlier than validUntil",
        RULES + "to the earliest end",
        UNKNOWN,
        of_document(exp=lambda w: w.now),
    ),
    refused(
        "another-uri",
        "its id is another",
        RULES + "the same URI and purpose",
        UNKNOWN,
        of_document(id=lambda w: uri(w) + "0"),
    ),
    refused("another-issuer", "a genuine list by another", BOTH + "whose", UNKNOWN, by_mallory),
    refused("forged", "signed by another key", JWS + "the keys", ("bad_signature", 7), forged, attack=17),
    refused(
        "typ-of-another", "of the type of a token list", JWS + "typ", MALFORMED, header(typ="statuslist+jwt"), attack=22
    ),
    refused(
        "no-prefix",
        "without the u of multibase",
        RULES + "then u and base64url",
        MALFORMED,
        packed(lambda data: url64(gzipped(data))),
        attack=108,
    ),
    refused(
        "other-base",
        "multibase base64url with padding",
        RULES + "then u and base64url",
        MALFORMED,
        packed(lambda data: "U" + url64(gzipped(data))),
        attack=46,
    ),
    refused("zlib", "zlib for gzip", PACKED, MALFORMED, packed(lambda data: "u" + url64(zlibbed(data))), attack=6),
    refused(
        "behind-the-data",
        "a byte behind it",
        PACKED,
        MALFORMED,
        packed(lambda data: "u" + url64(gzipped(data) + b"\0")),
        attack=6,
    ),
    refused(
        "second-member",
        "a second gzip member",
        PACKED,
        MALFORMED,
        packed(lambda data: "u" + url64(gzipped(data) * 2)),
        attack=6,
    ),
    refused(
        "cut-short",
        "the last byte is missing",
        PACKED,
        MALFORMED,
        packed(lambda data: "u" + url64(gzipped(data)[:-1])),
        attack=6,
    ),
    refused(
        "checksum",
        "another checksum",
        PACKED,
        MALFORMED,
        packed(lambda data: "u" + url64(gzip_frame(fixed(data), b"\1" + data[1:]))),
        attack=6,
    ),
    refused("bomb", "more than 16 MiB", PACKED, ("limit_exceeded", 0), bomb, attack=5),
    refused(
        "proof-tampered",
        "another list than was proven",
        RULES + "proofs of Data Integrity",
        ("bad_proof", 4),
        proof_tampered,
        attack=51,
    ),
    refused(
        "proof-by-another",
        "proven by another than its issuer",
        RULES + "one must be the issuer's",
        ("bad_signature", 7),
        proof_by_mallory,
        attack=28,
    ),
    refused(
        "proof-purpose",
        "a proof for authentication",
        JWS + "under assertionMethod",
        ("bad_proof", 4),
        proof(proofPurpose="authentication"),
        attack=51,
    ),
    refused(
        "proof-and-iat",
        "iat beside a proof",
        RULES + "must be absent",
        MALFORMED,
        proof_with(iat=lambda w: w.now - 60),
        attack=22,
    ),
    refused(
        "proof-undefined",
        "a term that nothing defines",
        RULES + "no term may be undefined",
        ("bad_credential", 1),
        proof_with(limit=value(1)),
        attack=50,
    ),
)
RECIPES: tuple[Recipe, ...] = (*TOLD, *JUDGED, *REFERENCES, *LISTS)
