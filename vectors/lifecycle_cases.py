"""Lifecycle entries: what a receiver refuses, and what it knows of a principal after those that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .case import Case
from .statements import LAST, LIFE, life, octets, signed
from .testkit import url64
from .world import World

Text = Callable[[World], str]
Recipe = Callable[[World], Case]
RULES = "docs/spec/revocation.md section 4: "
FORM = "docs/spec/revocation.md section 2: "
MALFORMED, OLD, ENDED = ("malformed", 1), ("rolled_back", 7), ("deprovisioned", 7)


def said(event: str, sequence: int, *, by: str = "alice", **changes: Any) -> Text:
    """A genuine entry by somebody about scout."""

    def text(w: World) -> str:
        key = w.key(by)
        return signed(LIFE, life(key, w.key("scout").did, event, w.now - 10, sequence, **changes), key)

    return text


def question(w: World, before: Iterable[Text]) -> dict[str, Any]:
    return {"now": w.now, "before": [text(w) for text in before], "principals": [w.key("scout").did]}


def refused(
    name: str,
    notes: str,
    rule: str,
    verdict: tuple[str, int],
    text: Text,
    *,
    before: Iterable[Text] = (),
    attack: int = 71,
) -> Recipe:
    """An entry that a receiver refuses."""
    return lambda w: Case(
        f"revocation-list/life-{name}",
        "apply-revocations",
        notes,
        attack,
        rule,
        {**question(w, before), "statement": text(w)},
        *verdict,
    )


def known(
    name: str, notes: str, rule: str, texts: Iterable[Text], events: Iterable[tuple[str, str, int]], **more: Any
) -> Recipe:
    """What everybody, by name, last said about scout after these entries."""

    def recipe(w: World) -> Case:
        found = sorted([w.key(by).did, event, sequence] for by, event, sequence in events)
        result = {"principals": [found]}
        return Case(
            f"revocation-list/life-{name}",
            "apply-revocations",
            notes,
            more.get("attack"),
            rule,
            question(w, texts),
            result=result,
        )

    return recipe


def forged(w: World) -> str:
    members = life(w.key("alice"), w.key("scout").did, "suspend", w.now - 10, 5)
    return signed(LIFE, members, w.key("mallory"))


def of_a_key(w: World) -> str:
    did = w.key("scout").did
    members = life(w.key("alice"), f"{did}#{did.removeprefix('did:key:')}", "suspend", w.now - 10, 5)
    return signed(LIFE, members, w.key("alice"))


def another_event(w: World) -> str:
    """A suspension that says that it ended one."""
    members = life(w.key("alice"), w.key("scout").did, "suspend", w.now - 10, 5)
    return url64(octets(LIFE, members, w.key("alice")).replace(b'"suspend"', b'"resume"'))


KNOWN: tuple[Recipe, ...] = (
    known(
        "suspended", "by one signer", RULES + "the highest sequence", [said("suspend", 5)], [("alice", "suspend", 5)]
    ),
    known(
        "resumed",
        "by whoever suspended",
        RULES + "the highest sequence",
        [said("suspend", 5), said("resume", 6)],
        [("alice", "resume", 6)],
    ),
    known(
        "two-signers",
        "each signer's last word is kept",
        RULES + "others cannot lift it",
        [said("suspend", 5), said("resume", 6, by="bob")],
        [("alice", "suspend", 5), ("bob", "resume", 6)],
    ),
    known(
        "ended",
        "deprovisioned, whatever comes later",
        RULES + "deprovisioning is final",
        [said("suspend", 5), said("deprovision", LAST), said("resume", 7)],
        [("alice", "deprovision", LAST)],
    ),
    known(
        "older-changes-nothing",
        "a suspension that was lifted comes again",
        RULES + "an older one is rolled back",
        [said("resume", 6), said("suspend", 5)],
        [("alice", "resume", 6)],
        attack=107,
    ),
)
REFUSED: tuple[Recipe, ...] = (
    refused("forged", "signed by another key", FORM + "the signature", ("bad_signature", 7), forged),
    refused(
        "another-event", "another event than was signed", FORM + "the signature", ("bad_signature", 7), another_event
    ),
    refused(
        "older",
        "an older number",
        RULES + "an older one is rolled back",
        OLD,
        said("resume", 4),
        before=[said("suspend", 5)],
    ),
    refused(
        "same-number",
        "another event under the same number",
        RULES + "two entries must not share a number",
        OLD,
        said("resume", 5),
        before=[said("suspend", 5)],
    ),
    refused(
        "resumed-after-the-end",
        "a life that ended",
        RULES + "nothing by that signer can follow",
        ENDED,
        said("resume", LAST - 1),
        before=[said("deprovision", LAST)],
    ),
    refused(
        "enrolled-after-the-end",
        "a life that ended",
        RULES + "nothing by that signer can follow",
        ENDED,
        said("enrol", LAST - 1),
        before=[said("deprovision", LAST)],
    ),
    refused(
        "ended-with-another-number",
        "deprovisioned under a number that something could follow",
        RULES + "2^53 - 1 for deprovision",
        MALFORMED,
        said("deprovision", 5),
    ),
    refused(
        "suspended-with-the-last-number",
        "the last number ends lives alone",
        RULES + "2^53 - 1 for nothing else",
        MALFORMED,
        said("suspend", LAST),
    ),
    refused("numbered-zero", "numbered 0", RULES + "sequence from 1", MALFORMED, said("suspend", 0), attack=56),
    refused(
        "unknown-event", "an event that there is not", RULES + "the four events", MALFORMED, said("pause", 5), attack=52
    ),
    refused("event-in-capitals", "SUSPEND", RULES + "the four events", MALFORMED, said("SUSPEND", 5), attack=52),
    refused("of-a-key", "the DID URL of a key", RULES + "the bare DID", MALFORMED, of_a_key, attack=29),
    refused(
        "further-member",
        "with a member more",
        FORM + "further members",
        MALFORMED,
        said("suspend", 5, reason="lost"),
        attack=48,
    ),
)
RECIPES: tuple[Recipe, ...] = (*KNOWN, *REFUSED)
