"""Signed statements of another form: seconds, lengths, spellings, and what is no member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import lifecycle_cases as lives
from .canonical import jcs
from .case import Case
from .revocation_cases import FORM, NUMBERS, full, link, refused
from .revocation_refusal_cases import MALFORMED, OLD, UNRESOLVED
from .statements import ENTRY, LIFE, LIST, entry, life, listed, octets, signed
from .testkit import url64
from .world import World

Members = Callable[[World], dict[str, Any]]
Text = Callable[[World], str]
Recipe = Callable[[World], Case]
LATE = 253_402_300_800
"""The first second of the year 10000."""
MOST_TEXT = 1_875_000
MOST_LINKS = 65_536
SECOND = FORM + "a second of the years 1970 to 9999"
ONE_FORM = FORM + "there is one spelling"
LONGEST = FORM + "most characters"


def an_entry(w: World) -> dict[str, Any]:
    return entry(w.key("alice"), link(w, 0), w.now - 10)


def a_list(w: World) -> dict[str, Any]:
    return listed(w.key("alice"), [link(w, 0), link(w, 1)], w.now - 10)


def a_life(w: World) -> dict[str, Any]:
    return life(w.key("alice"), w.key("scout").did, "suspend", w.now - 10, 5)


def with_members(tag: bytes, members: Members, **changes: Any) -> Text:
    """The statement with these members, signed by alice as it then is."""
    return lambda w: signed(tag, {**members(w), **changes}, w.key("alice"))


def spaced(tag: bytes, members: Members) -> Text:
    """The statement with a space in its JSON, signed without."""
    return lambda w: url64(octets(tag, members(w), w.key("alice")).replace(b'"at":', b'"at": '))


def many_digits(w: World) -> str:
    """An entry at a second of 4,400 digits, more than some readers take for a number."""
    text = octets(ENTRY, an_entry(w), w.key("alice"))
    return url64(text.replace(b'"at":%d' % (w.now - 10), b'"at":' + b"9" * 4400))


def long_signature(members: Members, size: int) -> Text:
    """The statement with so many bytes of zero, which may be divided by 3, for its signature."""
    return lambda w: url64(jcs({**members(w), "signature": "AAAA" * (size // 3)}))


def full_list(links: int) -> Text:
    """A list of so many links, which count up."""

    def text(w: World) -> str:
        key = w.key("alice")
        return signed(LIST, listed(key, [number.to_bytes(16, "big") for number in range(links)], w.now - 10), key)

    return text


def names(members: Mapping[str, Any]) -> str:
    """An array of the names that the members of a statement have."""
    return url64(jcs(sorted([*members, "signature"])))


def broken_key(w: World) -> dict[str, Any]:
    """About a did:key that is cut short."""
    return {**a_life(w), "principal": w.key("scout").did[:-1]}


def web_url(w: World) -> dict[str, Any]:
    """About a key of a did:web, and not about the DID."""
    return {**a_life(w), "principal": f"did:web:{w.word('suspended', 'scout')}.example#k"}


PRINCIPAL = lives.RULES + "principal is the bare DID, a did:key a whole one"
RECIPES: tuple[Recipe, ...] = (
    refused("entry-before-1970", "second -1", SECOND, MALFORMED, with_members(ENTRY, an_entry, at=-1), attack=57),
    refused(
        "entry-year-10000", "a second too late", SECOND, MALFORMED, with_members(ENTRY, an_entry, at=LATE), attack=57
    ),
    refused("before-1970", "second -1", SECOND, MALFORMED, with_members(LIST, a_list, at=-1), attack=57),
    refused("year-10000", "a second too late", SECOND, MALFORMED, with_members(LIST, a_list, at=LATE), attack=57),
    lives.refused("before-1970", "second -1", SECOND, MALFORMED, with_members(LIFE, a_life, at=-1), attack=57),
    lives.refused("year-10000", "a second too late", SECOND, MALFORMED, with_members(LIFE, a_life, at=LATE), attack=57),
    refused("entry-white-space", "a space in its JSON", ONE_FORM, MALFORMED, spaced(ENTRY, an_entry), attack=48),
    lives.refused("white-space", "a space in its JSON", ONE_FORM, MALFORMED, spaced(LIFE, a_life), attack=48),
    refused(
        "entry-many-digits",
        "a second of 4,400 digits",
        "docs/spec/facts.md section The request: numbers within 2^53 - 1 of zero",
        MALFORMED,
        many_digits,
        attack=57,
    ),
    lives.refused(
        "event-list",
        "an array of one event",
        FORM + "other types",
        MALFORMED,
        with_members(LIFE, a_life, event=["suspend"]),
        attack=56,
    ),
    lives.refused(
        "of-a-web-key",
        "about a key of a did:web",
        PRINCIPAL,
        MALFORMED,
        lambda w: signed(LIFE, web_url(w), w.key("alice")),
        attack=29,
    ),
    lives.refused(
        "of-half-a-key",
        "about a did:key that is cut short",
        PRINCIPAL,
        MALFORMED,
        lambda w: signed(LIFE, broken_key(w), w.key("alice")),
        attack=13,
    ),
    lives.refused(
        "of-half-a-key-forged",
        "about a did:key that is cut short, and signed by another key: the form comes first",
        FORM + "the form comes first",
        MALFORMED,
        lambda w: signed(LIFE, broken_key(w), w.key("mallory")),
        attack=13,
    ),
    refused(
        "array-of-names",
        "an array of the names of a list's members",
        FORM + "canonical JSON of members",
        MALFORMED,
        lambda w: names(a_list(w)),
        attack=56,
    ),
    refused(
        "by-no-did",
        "signed by a name that is no DID",
        FORM + "a by that is no DID",
        UNRESOLVED,
        lambda w: signed(LIST, {**a_list(w), "by": w.word("no did", "alice")}, w.key("alice")),
        attack=40,
    ),
    refused(
        "rolled-back-delta",
        "a delta that is older than what is known",
        NUMBERS + "a sequence below what is known",
        OLD,
        full(1, sequence=4, since=3),
        attack=107,
        before=[full(0, sequence=5)],
    ),
    refused(
        "entry-long",
        "more than 8,192 characters",
        LONGEST,
        MALFORMED,
        long_signature(an_entry, 4608),
        attack=4,
    ),
    refused(
        "long",
        "more than 1,875,000 characters",
        LONGEST,
        MALFORMED,
        long_signature(a_list, MOST_TEXT * 9 // 16),
        attack=4,
    ),
    refused(
        "many-links",
        "65,537 links",
        NUMBERS + "links, at most 65,536",
        MALFORMED,
        full_list(MOST_LINKS + 1),
        attack=4,
    ),
)
