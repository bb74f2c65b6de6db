"""Token Status Lists of which one member is of another type or range, and packed data that end where reading pauses."""

from __future__ import annotations

import json
from typing import Any

from .deflate import fixed, zlib_frame
from .status_lists import token_claims, token_list
from .status_token_cases import (
    MALFORMED,
    PACKED,
    RULES,
    VALUES,
    Make,
    Recipe,
    after,
    refused,
    saying,
    told,
    value,
)
from .testkit import url64
from .world import World

PAUSE = 1 << 14
"""A reader that takes packed data piece by piece takes pieces of some power of two."""


def with_null(w: World) -> str:
    """The list with an `iss` that is null, which is not one that is absent."""
    return token_list(w, json.dumps({**token_claims(w, VALUES), "iss": None}, separators=(",", ":")).encode())


def paused(behind: bytes = b"") -> Make:
    """A list whose packed data are 16,384 bytes long, and have these behind them."""
    # Of each byte below 144 eight bits, ten more around them, two bytes and four in the frame.
    data = bytes(index % 144 for index in range(PAUSE - 8))
    packed = zlib_frame(fixed(data), data) + behind
    return saying(status_list=value({"bits": 8, "lst": url64(packed)}))


def member(name: str, notes: str, rule: str, attack: int, text: Make, **more: Any) -> Recipe:
    return refused(name, notes, RULES + rule, MALFORMED, text, attack=attack, **more)


YEARS = "of the years 1970 to 9999"
RECIPES: tuple[Recipe, ...] = (
    told("packed-pause", "16,384 bytes of packed data", PACKED, 7, paused(), index=7),
    refused(
        "packed-pause-behind",
        "a byte behind 16,384 bytes of packed data",
        PACKED,
        MALFORMED,
        paused(b"\0"),
        attack=6,
    ),
    member("iat-negative", "issued before 1970, if it begins later", YEARS, 57, saying(iat=value(-1), nbf=after(-60))),
    member("exp-negative", "it ends before 1970", YEARS, 57, saying(exp=value(-1))),
    member("exp-year-10000", "it ends in the year 10000", YEARS, 57, saying(exp=value(253_402_300_800))),
    member("iss-no-did", "its issuer is no DID", "the issuer's DID", 28, saying(iss=value("https://carol.example"))),
    member("iss-null", "its issuer is null", "the issuer's DID; if absent", 28, with_null),
    member("list-text", "a text for the list", "status_list.bits", 108, saying(status_list=value("bits, lst"))),
    member(
        "reference-number",
        "a number for the reference",
        "A token refers to its entry",
        104,
        saying(),
        reference={"status_list": 5},
    ),
)
