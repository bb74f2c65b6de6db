"""JSON that readers disagree on: numbers that a did:jwk says beside its key, and texts that are too long."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .case import Case
from .credential_scene import BAD, DOCUMENTS, refused, saying
from .did_cases import bad, good, jwk
from .resolving import ALL
from .scene import Scene, compact
from .world import World

NUMBERS = "docs/spec/facts.md section The request: numbers within 2^53 - 1 of zero, no negative zero"
SMALL = "docs/spec/facts.md section The request: no number too small to tell from zero"
MOST = 262_144


def beside(number: str) -> Callable[[Scene], str]:
    """A did:jwk of alice's key with one more member, which nobody asks for: this number."""
    return lambda s: jwk(compact(s.alice.jwk)[:-1] + f',"a":{number}}}')


def number(name: str, notes: str, written: str, spec: str = NUMBERS) -> Callable[[World], Case]:
    return bad(f"jwk-number-{name}", notes, 47, beside(written), spec)


def padded(w: World) -> str:
    """The text of a genuine credential, with spaces up to one character too many."""
    return json.dumps(saying()(w)).ljust(MOST + 1)


def of_wide_characters(w: World) -> Any:
    """The text of a genuine credential with few enough characters, of three bytes each."""
    signed = saying(description=lambda w: "\u20ac" * (MOST // 3))(w)
    return json.dumps(signed, ensure_ascii=False)


RECIPES: tuple[Callable[[World], Case], ...] = (
    good(
        "jwk-numbers",
        "numbers that every reader reads alike",
        beside("[0,0.0,0.5,-9007199254740991,9007199254740991,1e3]"),
        lambda s: "0",
        ALL,
        NUMBERS,
    ),
    number("large", "2^53", "9007199254740992"),
    number("negative-zero", "a negative zero", "-0"),
    number("large-exponent", "10^16", "1e16"),
    number("far-below", "-10^16", "-1e16"),
    number("negative-zero-fraction", "a negative zero with a fraction", "-0.0"),
    number("tiny", "10^-400, which many read as zero", "1e-400", SMALL),
    refused("long-text", "262,145 characters", DOCUMENTS + "262,144 characters", BAD, padded, attack=4),
    refused(
        "long-in-bytes",
        "262,144 bytes and more",
        DOCUMENTS + "262,144 bytes as text",
        BAD,
        of_wide_characters,
        attack=4,
    ),
)
