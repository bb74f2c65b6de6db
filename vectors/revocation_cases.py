"""Revocation entries and lists: what a receiver refuses, and what it knows after those that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .case import Case
from .jose import changed
from .statements import ENTRY, LIST, entry, listed, signed
from .testkit import url64
from .web_did import WEB, served
from .world import World

Text = Callable[[World], str]
Recipe = Callable[[World], Case]
FORM = "docs/spec/revocation.md section 2: "
NUMBERS = "docs/spec/revocation.md section 3: "
WHO = "docs/spec/revocation.md section 1: "


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


def two(w: World) -> dict[str, Any]:
    return listed(w.key("alice"), [link(w, 0), link(w, 1)], w.now - 10)


def one(**changes: Any) -> Text:
    """Alice's entry about the first link."""
    return lambda w: signed(ENTRY, entry(w.key("alice"), link(w, 0), w.now - 10, **changes), w.key("alice"))


def forged(w: World) -> str:
    return signed(LIST, two(w), w.key("mallory"))


def from_web(w: World) -> str:
    return signed(LIST, changed(two(w), by=WEB), w.key("alice"))


def delegating(w: World) -> dict[str, str]:
    return served(w.key("alice"), "capabilityDelegation")


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
RECIPES: tuple[Recipe, ...] = KNOWN
