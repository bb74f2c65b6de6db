"""Revocation entries and lists that a receiver refuses."""

from __future__ import annotations

from typing import Any

from .canonical import jcs
from .jose import changed, unreduced
from .revocation_cases import FORM, NUMBERS, WHO, Recipe, Text, forged, from_web, full, link, refused, two
from .statements import ENTRY, LIST, entry, listed, octets, signed
from .testkit import url64
from .web_did import served
from .world import World

MALFORMED, FORGED, UNRESOLVED = ("malformed", 1), ("bad_signature", 7), ("unresolved_principal", 3)
OLD, GAP = ("rolled_back", 7), ("missing_delta", 7)


def remade(**changes: Any) -> Text:
    """Alice's list of two links with these members, signed as it then is; None takes one away."""
    return lambda w: signed(LIST, changed(two(w), **changes), w.key("alice"))


def respelt(old: bytes, new: bytes) -> Text:
    """Alice's list of two links with a piece of its JSON written otherwise."""
    return lambda w: url64(octets(LIST, two(w), w.key("alice")).replace(old, new, 1))


def forged_entry(w: World) -> str:
    return signed(ENTRY, entry(w.key("alice"), link(w, 0), w.now - 10), w.key("mallory"))


def other_tag(w: World) -> str:
    return signed(ENTRY, two(w), w.key("alice"))


def another_link(w: World) -> str:
    """Alice's list of one link, with another in its place."""
    members = listed(w.key("alice"), [link(w, 0)], w.now - 10)
    text = octets(LIST, members, w.key("alice"))
    return url64(text.replace(members["links"].encode(), url64(link(w, 1)).encode()))


def short_id(w: World) -> str:
    return signed(ENTRY, entry(w.key("alice"), link(w, 0)[:15], w.now - 10), w.key("alice"))


def short_list(w: World) -> str:
    return signed(LIST, listed(w.key("alice"), [link(w, 0), link(w, 1)[:15]], w.now - 10), w.key("alice"))


def high_half(w: World) -> str:
    key = w.key("carol", 1)
    return signed(LIST, listed(key, [link(w, 0)], w.now - 10), key, high=True)


def larger_s(w: World) -> str:
    """Alice's signature with a larger S."""
    members = two(w)
    made = unreduced(w.key("alice").sign(LIST + jcs(members)))
    return url64(jcs({**members, "signature": url64(made)}))


def padded(w: World) -> str:
    return signed(LIST, two(w), w.key("alice")) + "="


def padded_links(w: World) -> str:
    return signed(LIST, changed(two(w), links=url64(link(w, 0)) + "=="), w.key("alice"))


def authenticating(w: World) -> dict[str, str]:
    return served(w.key("alice"), "authentication")


def no_pages(w: World) -> dict[str, str]:
    return {}


REFUSED: tuple[Recipe, ...] = (
    refused("entry-forged", "signed by another key", FORM + "the signature", FORGED, forged_entry),
    refused("forged", "signed by another key", FORM + "the signature", FORGED, forged),
    refused("other-tag", "signed under the tag of an entry", FORM + "the tags", FORGED, other_tag),
    refused("another-link", "another link than was signed", FORM + "the signature", FORGED, another_link),
    refused(
        "larger-s",
        "an S above the order of the group",
        "docs/spec/wire.md section 3: S must be below the group order",
        FORGED,
        larger_s,
        attack=41,
    ),
    refused("high-s", "the larger half of s", FORM + "low s", FORGED, high_half, attack=43),
    refused(
        "did-web-other-relationship",
        "the signer's document lists the key under authentication alone",
        WHO + "keys under capabilityDelegation",
        FORGED,
        from_web,
        attack=30,
        documents=authenticating,
    ),
    refused(
        "did-web-unknown",
        "the signer's server has no document",
        "docs/spec/wire.md section 8: the resolver's document must be of that very DID",
        UNRESOLVED,
        from_web,
        attack=40,
        documents=no_pages,
    ),
    refused(
        "rolled-back",
        "an older list than was applied",
        NUMBERS + "a sequence below what is known",
        OLD,
        full(0, sequence=4),
        attack=107,
        before=[full(0, sequence=5)],
    ),
    refused(
        "rolled-back-later",
        "an older number, though signed later",
        NUMBERS + "a sequence below what is known",
        OLD,
        full(0, 1, sequence=4, ago=1),
        attack=107,
        before=[full(0, sequence=5, ago=100)],
    ),
    refused(
        "gap-at-first",
        "a delta where nothing is known",
        NUMBERS + "since above what is known",
        GAP,
        full(0, sequence=2, since=1),
        attack=107,
    ),
    refused(
        "gap",
        "the list in between is missing",
        NUMBERS + "since above what is known",
        GAP,
        full(1, sequence=3, since=2),
        attack=107,
        before=[full(0)],
    ),
    refused(
        "gap-of-another",
        "what is known of another signer is no part of it",
        NUMBERS + "for each signer it knows the number",
        GAP,
        full(1, sequence=2, since=1),
        attack=107,
        before=[full(0, by="mallory")],
    ),
    refused(
        "unsorted",
        "the links in descending order",
        NUMBERS + "links in ascending order",
        MALFORMED,
        full(1, 0),
        attack=41,
    ),
    refused("link-twice", "a link twice", NUMBERS + "links, each once", MALFORMED, full(1, 1), attack=41),
    refused("short-link", "a link of 15 bytes", NUMBERS + "link ids, 16 bytes each", MALFORMED, short_list, attack=46),
    refused(
        "entry-short-link",
        "a link of 15 bytes",
        "docs/spec/wire.md section 8: the 16-byte link id",
        MALFORMED,
        short_id,
        attack=46,
    ),
    refused("sequence-zero", "numbered 0", NUMBERS + "sequence from 1", MALFORMED, remade(sequence=0), attack=56),
    refused(
        "sequence-too-large",
        "numbered 2^53",
        NUMBERS + "sequence to 2^53 - 1",
        MALFORMED,
        remade(sequence=2**53),
        attack=56,
    ),
    refused(
        "sequence-text",
        "a number as text",
        NUMBERS + "sequence is an integer",
        MALFORMED,
        remade(sequence="1"),
        attack=56,
    ),
    refused(
        "sequence-true",
        "true for the number 1",
        NUMBERS + "sequence is an integer",
        MALFORMED,
        remade(sequence=True),
        attack=56,
    ),
    refused(
        "since-itself", "since its own number", NUMBERS + "since below sequence", MALFORMED, remade(since=1), attack=56
    ),
    refused("since-negative", "since -1", NUMBERS + "since from 0", MALFORMED, remade(since=-1), attack=56),
    refused("at-text", "a time as text", NUMBERS + "at is an integer", MALFORMED, remade(at="1"), attack=57),
    refused("no-since", "without since", FORM + "missing members", MALFORMED, remade(since=None), attack=48),
    refused("further-member", "with a member more", FORM + "further members", MALFORMED, remade(until=0), attack=48),
    refused(
        "member-twice",
        "since twice",
        FORM + "duplicate members",
        MALFORMED,
        respelt(b'"since":0', b'"since":0,"since":0'),
        attack=21,
    ),
    refused(
        "white-space",
        "a space in its JSON",
        FORM + "there is one spelling",
        MALFORMED,
        respelt(b'"at":', b'"at": '),
        attack=48,
    ),
    refused(
        "escaped",
        "a letter of its JSON as an escape",
        FORM + "there is one spelling",
        MALFORMED,
        respelt(b'"by":"did', b'"by":"\\u0064id'),
        attack=48,
    ),
    refused("padded", "base64url with padding", FORM + "base64url without padding", MALFORMED, padded, attack=44),
    refused(
        "padded-links", "links with padding", NUMBERS + "base64url of link ids", MALFORMED, padded_links, attack=44
    ),
)
RECIPES: tuple[Recipe, ...] = REFUSED
