"""Revocation entries and lists: what a receiver refuses, and what it knows after those that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .case import Case
from .jose import changed
from .statements import ENTRY, LIST, entry, listed, octets, signed
from .testkit import url64
from .web_did import WEB, served
from .world import World

Text = Callable[[World], str]
Recipe = Callable[[World], Case]
FORM = "docs/spec/revocation.md section 2: "
NUMBERS = "docs/spec/revocation.md section 3: "
WHO = "docs/spec/revocation.md section 1: "
MALFORMED, FORGED, UNRESOLVED = ("malformed", 1), ("bad_signature", 7), ("unresolved_principal", 3)
OLD, GAP = ("rolled_back", 7), ("missing_delta", 7)


def link(w: World, number: int) -> bytes:
    """The id of one of four links, in ascending order."""
    return sorted(w.octets(f"revoked {each}", 16) for each in range(4))[number]


def question(
    w: World, before: Iterable[Text], documents: Callable[[World], Mapping[str, str]] | None
) -> dict[str, Any]:
    """What is known of the four links, and of alice's lists, after these statements."""
    asked: dict[str, Any] = {"now": w.now, "before": [text(w) for text in before]}
    asked |= {"links": [url64(link(w, number)) for number in range(4)], "signers": [w.key("alice").did]}
    return asked if documents is None else {**asked, "documents": dict(documents(w))}


def refused(
    name: str,
    notes: str,
    rule: str,
    verdict: tuple[str, int],
    text: Text,
    *,
    attack: int = 71,
    before: Iterable[Text] = (),
    documents: Callable[[World], Mapping[str, str]] | None = None,
) -> Recipe:
    """A statement that a receiver refuses."""
    return lambda w: Case(
        f"revocation-list/{name}",
        "apply-revocations",
        notes,
        attack,
        rule,
        {**question(w, before, documents), "statement": text(w)},
        *verdict,
    )


def known(
    name: str,
    notes: str,
    rule: str,
    texts: Iterable[Text],
    revoked: Iterable[int],
    *,
    last: tuple[int, int] | None = None,
    attack: int | None = None,
    by: Callable[[World], str] = lambda w: w.key("alice").did,
    refused: bool = False,
    documents: Callable[[World], Mapping[str, str]] | None = None,
) -> Recipe:
    """What is known after these: that the links of these numbers are `revoked`, and the number of alice's last list
    with the seconds since it was signed. The last of them is applied, unless it is said to be refused."""
    *before, statement = texts

    def recipe(w: World) -> Case:
        asked = question(w, [*before, statement] if refused else before, documents)
        if not refused:
            asked["statement"] = statement(w)
        result: dict[str, Any] = {"links": [[by(w)] if number in revoked else [] for number in range(4)]}
        result["signers"] = [[] if last is None else [[last[0], w.now - last[1]]]]
        return Case(f"revocation-list/{name}", "apply-revocations", notes, attack, rule, asked, result=result)

    return recipe


def full(*numbers: int, ago: int = 10, by: str = "alice", algorithm: int = 0, **changes: Any) -> Text:
    """A genuine list by somebody of the links of these numbers, in this order."""

    def text(w: World) -> str:
        key = w.key(by, algorithm)
        return signed(LIST, listed(key, [link(w, number) for number in numbers], w.now - ago, **changes), key)

    return text


def remade(**changes: Any) -> Text:
    """Alice's list of two links with these members, signed as it then is; None takes one away."""
    return lambda w: signed(LIST, changed(two(w), **changes), w.key("alice"))


def respelt(old: bytes, new: bytes) -> Text:
    """Alice's list of two links with a piece of its JSON written otherwise."""
    return lambda w: url64(octets(LIST, two(w), w.key("alice")).replace(old, new, 1))


def two(w: World) -> dict[str, Any]:
    return listed(w.key("alice"), [link(w, 0), link(w, 1)], w.now - 10)


def one(**changes: Any) -> Text:
    """Alice's entry about the first link."""
    return lambda w: signed(ENTRY, entry(w.key("alice"), link(w, 0), w.now - 10, **changes), w.key("alice"))


def forged_entry(w: World) -> str:
    return signed(ENTRY, entry(w.key("alice"), link(w, 0), w.now - 10), w.key("mallory"))


def forged(w: World) -> str:
    return signed(LIST, two(w), w.key("mallory"))


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


def padded(w: World) -> str:
    return signed(LIST, two(w), w.key("alice")) + "="


def padded_links(w: World) -> str:
    return signed(LIST, changed(two(w), links=url64(link(w, 0)) + "=="), w.key("alice"))


def from_web(w: World) -> str:
    return signed(LIST, changed(two(w), by=WEB), w.key("alice"))


def delegating(w: World) -> dict[str, str]:
    return served(w.key("alice"), "capabilityDelegation")


def authenticating(w: World) -> dict[str, str]:
    return served(w.key("alice"), "authentication")


def no_pages(w: World) -> dict[str, str]:
    return {}


KNOWN: tuple[Recipe, ...] = (
    known("entry", "one link, by an entry", FORM + "an entry", [one()], [0]),
    known("full", "a full list", NUMBERS + "since 0 is a full list", [full(0, 2)], [0, 2], last=(1, 10)),
    known("empty", "a full list of nothing", NUMBERS + "since 0 is a full list", [full()], [], last=(1, 10)),
    known(
        "delta",
        "a delta since the list that is known",
        NUMBERS + "since is not above what is known",
        [full(0), full(3, sequence=2, since=1, ago=5)],
        [0, 3],
        last=(2, 5),
    ),
    known(
        "heartbeat",
        "a delta without links: nothing was revoked in between",
        NUMBERS + "a delta without links is a heartbeat",
        [full(0, ago=300), full(sequence=2, since=1, ago=5)],
        [0],
        last=(2, 5),
    ),
    known(
        "delta-from-further-back",
        "a delta since an older list than is known says everything as well",
        NUMBERS + "since is not above what is known",
        [full(0), full(1, sequence=2, since=1), full(1, 2, sequence=3, since=1, ago=5)],
        [0, 1, 2],
        last=(3, 5),
    ),
    known(
        "numbers-left-out",
        "a full list is understood without those before it",
        NUMBERS + "a full list brings a receiver up to date",
        [full(0), full(0, 1, sequence=9, ago=5)],
        [0, 1],
        last=(9, 5),
    ),
    known(
        "same-again",
        "the very list twice",
        NUMBERS + "applying it twice changes nothing",
        [full(0), full(0)],
        [0],
        last=(1, 10),
    ),
    known(
        "by-stranger",
        "kept, whoever signed; whether it has any effect is asked for a chain",
        WHO + "it is kept whatever it says",
        [full(1, by="mallory")],
        [1],
        by=lambda w: w.key("mallory").did,
    ),
    known(
        "p256",
        "signed with P-256, the lower half of s",
        FORM + "64 bytes r, s, low s",
        [full(1, by="carol", algorithm=1)],
        [1],
        by=lambda w: w.key("carol", 1).did,
    ),
    known(
        "did-web",
        "the signer's document lists the key under capabilityDelegation",
        WHO + "keys under capabilityDelegation",
        [from_web],
        [0, 1],
        by=lambda w: WEB,
        documents=delegating,
    ),
    known(
        "equivocation",
        "two lists of one number: nothing is un-revoked, whichever came first",
        NUMBERS + "a receiver never knows less than it did",
        [full(0), full(1)],
        [0, 1],
        last=(1, 10),
        attack=107,
    ),
    known(
        "old-list-changes-nothing",
        "the second list is older, and its links are not taken from it",
        NUMBERS + "all links and the number, or none of it",
        [full(0, sequence=5), full(3, sequence=4)],
        [0],
        last=(5, 10),
        attack=107,
        refused=True,
    ),
    known(
        "gap-changes-nothing",
        "a delta of what is not known: none of its links is taken",
        NUMBERS + "all links and the number, or none of it",
        [full(0), full(3, sequence=3, since=2)],
        [0],
        last=(1, 10),
        attack=107,
        refused=True,
    ),
    known(
        "forged-changes-nothing", "signed by another key", FORM + "the signature", [forged], [], attack=71, refused=True
    ),
)
REFUSED: tuple[Recipe, ...] = (
    refused("entry-forged", "signed by another key", FORM + "the signature", FORGED, forged_entry),
    refused("forged", "signed by another key", FORM + "the signature", FORGED, forged),
    refused("other-tag", "signed under the tag of an entry", FORM + "the tags", FORGED, other_tag),
    refused("another-link", "another link than was signed", FORM + "the signature", FORGED, another_link),
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
RECIPES: tuple[Recipe, ...] = (*KNOWN, *REFUSED)
