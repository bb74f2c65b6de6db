"""Credentials: where their status stands, and lists that say what it is, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .credential_scene import (
    BAD,
    VERIFYING,
    Make,
    Recipe,
    accepted,
    claiming,
    refused,
    saying,
    value,
)
from .moments import stamp
from .status_lists import bitstring, bitstring_jws, token_claims, token_list, uri
from .world import World

STATUS = VERIFYING + "every entry to be valid in a current list"
REVOKED, SUSPENDED, UNKNOWN, NO_STATUS = ("revoked", 7), ("suspended", 7), ("stale_status", None), ("bad_status", 7)
ASKED: dict[str, Make] = {"staleness": value(600)}


def entry(w: World, index: int, **changes: Any) -> dict[str, Any]:
    """An entry of carol's list of revocations."""
    members = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": str(index)}
    return {**members, "statusListCredential": uri(w), **changes}


def listed(values: Mapping[int, int], **changes: Any) -> Make:
    return lambda w: [bitstring_jws(w, {**bitstring(w, values), **changes})]


def suspensions(w: World) -> list[str]:
    return [bitstring_jws(w, bitstring(w, {1: 1}, statusPurpose="suspension"))]


def ended(w: World) -> list[str]:
    return [bitstring_jws(w, {**bitstring(w, {}), "validUntil": stamp(w.now)})]


def old(w: World) -> list[str]:
    return [bitstring_jws(w, {**bitstring(w, {}), "validFrom": stamp(w.now - 601)})]


def by_bob(w: World) -> list[str]:
    """A genuine list at that URI by another issuer, in which all is well."""
    return [bitstring_jws(w, {**bitstring(w, {}), "issuer": w.key("bob").did}, by=w.key("bob"))]


def tokens(*values: int) -> Make:
    return lambda w: [token_list(w, token_claims(w, values))]


def with_entry(index: int, **changes: Any) -> Make:
    return saying(credentialStatus=lambda w: entry(w, index, **changes))


def with_token(index: int) -> Make:
    return claiming(status=lambda w: {"status_list": {"idx": index, "uri": uri(w)}})


def two(first: int, second: int) -> Make:
    return saying(credentialStatus=lambda w: [entry(w, first), entry(w, second)])


ACCEPTED: tuple[Recipe, ...] = (
    accepted("status-valid", "the list says 0", STATUS, with_entry(0), lists=listed({1: 1}), **ASKED),
    accepted("status-token-valid", "a token list says 0", STATUS, with_token(0), lists=tokens(0, 1), **ASKED),
    accepted(
        "status-none", "it names no list, and the verifier has some", STATUS, saying(), lists=listed({1: 1}), **ASKED
    ),
)
REFUSED: tuple[Recipe, ...] = (
    refused(
        "status-revoked", "the list says 1", STATUS, REVOKED, with_entry(1), attack=71, lists=listed({1: 1}), **ASKED
    ),
    refused(
        "status-suspended",
        "a list for suspension says 1",
        STATUS,
        SUSPENDED,
        with_entry(1, statusPurpose="suspension"),
        attack=71,
        lists=suspensions,
        **ASKED,
    ),
    refused(
        "status-token-revoked",
        "a token list says 1",
        STATUS,
        REVOKED,
        with_token(1),
        attack=71,
        lists=tokens(0, 1),
        **ASKED,
    ),
    refused(
        "status-token-suspended",
        "a token list says 2",
        STATUS,
        SUSPENDED,
        with_token(1),
        attack=71,
        lists=tokens(0, 2),
        **ASKED,
    ),
    refused(
        "status-token-no-meaning",
        "a token list says 3",
        STATUS,
        NO_STATUS,
        with_token(1),
        attack=68,
        lists=tokens(0, 3),
        **ASKED,
    ),
    refused(
        "status-second-revoked",
        "the second of two entries is revoked",
        STATUS,
        REVOKED,
        two(0, 1),
        attack=108,
        lists=listed({1: 1}),
        **ASKED,
    ),
    refused(
        "status-not-looked-up",
        "the verifier has no means to look it up",
        VERIFYING + "without status",
        UNKNOWN,
        with_entry(0),
        attack=107,
    ),
    refused(
        "status-token-not-looked-up",
        "the verifier has no means to look it up",
        VERIFYING + "without status",
        UNKNOWN,
        with_token(0),
        attack=107,
    ),
    refused(
        "status-no-list",
        "the verifier has no list",
        STATUS,
        UNKNOWN,
        with_entry(0),
        attack=107,
        lists=value([]),
        **ASKED,
    ),
    refused(
        "status-list-of-another",
        "a list at that URI by another issuer",
        VERIFYING + "a current list of the issuer's",
        UNKNOWN,
        with_entry(0),
        attack=107,
        lists=by_bob,
        **ASKED,
    ),
    refused(
        "status-list-ended", "the list has ended", STATUS, UNKNOWN, with_entry(0), attack=107, lists=ended, **ASKED
    ),
    refused(
        "status-list-old",
        "the list is older than accepted",
        STATUS,
        UNKNOWN,
        with_entry(0),
        attack=107,
        lists=old,
        **ASKED,
    ),
    refused(
        "status-other-purpose",
        "the list is for suspension, and the entry for revocation",
        STATUS,
        UNKNOWN,
        with_entry(1),
        attack=105,
        lists=suspensions,
        **ASKED,
    ),
    refused(
        "status-index-beyond",
        "an index behind the last",
        STATUS,
        NO_STATUS,
        with_entry(131_072),
        attack=104,
        lists=listed({}),
        **ASKED,
    ),
    refused(
        "status-index-number",
        "a number for an index",
        STATUS,
        BAD,
        with_entry(0, statusListIndex=0),
        attack=104,
        lists=listed({}),
        **ASKED,
    ),
    refused(
        "status-token-of-another-kind",
        "a status claim of another kind",
        VERIFYING + "knows no entries but those",
        BAD,
        claiming(status=value({"other": {}})),
        attack=107,
        lists=listed({}),
        **ASKED,
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
