"""Bitstring Status Lists that say nothing: of another form, not signed, or by somebody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .deflate import fixed, gzip_frame, gzipped, zeros, zlibbed
from .jose import changed, header_of, jws
from .moments import stamp
from .status_bitstring_cases import (
    BAD,
    BOTH,
    ENTRIES,
    JWS,
    MALFORMED,
    RULES,
    SUBJECT,
    UNKNOWN,
    Make,
    Recipe,
    after,
    entry,
    of_document,
    of_subject,
    proof,
    refused,
    several,
    value,
)
from .status_lists import BITSTRING, FEWEST, bits_of, bitstring, bitstring_jws, bitstring_proven, uri
from .testkit import url64
from .world import World


def header(**changes: Any) -> Make:
    return lambda w: bitstring_jws(w, bitstring(w, ENTRIES), **changes)


def packed(how: Callable[[bytes], str]) -> Make:
    """The list with another `encodedList`, made of as many bytes of zero as there must be."""
    return of_subject(encodedList=how(bytes(FEWEST // 8)))


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


PACKED = BOTH + "packed data"
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
    refused("ttl-zero", "a ttl of 0", SUBJECT, MALFORMED, of_subject(ttl=0), attack=56),
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
RECIPES: tuple[Recipe, ...] = LISTS
