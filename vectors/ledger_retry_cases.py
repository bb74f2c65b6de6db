"""Traces of honest retries, of approvals, and of what is taken back in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import approval_cases as approvals
from . import testkit as kit
from .ledger_cases import ALL_OR_NONE, COUNTED, PROCEDURE, Uses
from .primitives import Part
from .scene import Scene
from .trace import DENIED, OK, Holder, Refusal, Trace, alone, max_uses, rate, siblings, spaced

RETRIES = "docs/spec/verification.md section The procedure: a use that is tried again under its key is charged once"
USED_UP = "docs/spec/verification.md section Approvals: which approvals are used up"
TAKEN_BACK = "docs/spec/verification.md section The procedure: what was signed about a link or principal holds at once"
LEDGERLESS = "docs/spec/verification.md section Approvals: without a ledger nobody is asked to approve"
REVOKED: Refusal = ("revoked", 7)
SUSPENDED: Refusal = ("suspended", 7)
REQUIRED: Refusal = ("approval_required", 10)


def told(seconds: int = 600) -> Callable[[Scene], dict[str, Any]]:
    return lambda s: {"retries": seconds}


def tried(*tries: tuple[str | None, int], limit: Part | None = None) -> Uses:
    """Uses of one link with one use, each under a key and at a time."""

    def uses(s: Scene) -> list[dict[str, Any]]:
        planner = alone(s, limit or max_uses(1))
        return [planner.use(number, at, key=key) for number, (key, at) in enumerate(tries)]

    return uses


def other_arguments(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(1))
    return [planner.use(0, key="k"), planner.use(1, key="k", args={"limit": 11}), planner.use(2, key="k")]


def other_holder(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, max_uses(1))
    return [scout.use(0, key="k"), bob.use(1, key="k"), scout.use(2, key="k")]


def other_chain(s: Scene) -> list[dict[str, Any]]:
    """The same holder by another way below the same link."""
    first = s.extend([], s.alice, s.planner, [s.read, max_uses(1)])
    one, other = (
        Holder(s, s.extend(first, s.planner, s.scout, [s.read], id=id), s.scout) for id in (s.link_id(2), s.other_id)
    )
    return [one.use(0, key="k"), other.use(1, key="k"), one.use(2, key="k")]


def same_presentation(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(2))
    first = planner.use(0, key="k")
    return [first, first, planner.use(1, key="k"), planner.use(2), planner.use(3)]


def prohibited_meanwhile(s: Scene) -> list[dict[str, Any]]:
    """A retry passes every step before: here the link has ended."""
    planner = alone(s, max_uses(1), kit.expires(s.now + 60))
    return [planner.use(0, key="k"), planner.use(1, 60, key="k"), planner.use(2, 59, key="k")]


def refused_first(s: Scene) -> list[dict[str, Any]]:
    """What was refused is not kept under its key."""
    planner, start = alone(s, rate(1, "minute")), s.now - s.now % 60
    times = (("a", 0), ("b", 0), ("b", 60), ("b", 61), ("c", 62))
    return [planner.use(number, second=start + at, key=key) for number, (key, at) in enumerate(times)]


AGAIN = (
    Trace(
        "retry-charged-once",
        "one use, tried twice under one key, and another",
        121,
        RETRIES,
        tried(("a", 0), ("a", 1), ("b", 2)),
        (OK, OK, DENIED),
        (1,),
        told(),
    ),
    Trace(
        "retry-not-told",
        "a verifier that was not told to honour keys charges every try",
        121,
        RETRIES,
        tried(("a", 0), ("a", 1)),
        (OK, DENIED),
    ),
    Trace(
        "retry-without-key", "tries without a key", 121, RETRIES, tried((None, 0), (None, 1)), (OK, DENIED), also=told()
    ),
    Trace(
        "retry-key-upper-case",
        "the key in another case",
        121,
        RETRIES,
        tried(("a", 0), ("A", 1)),
        (OK, DENIED),
        also=told(),
    ),
    Trace(
        "retry-late",
        "within the time, and later than it",
        121,
        RETRIES,
        tried(("a", 0), ("a", 599), ("a", 601)),
        (OK, OK, DENIED),
        (1,),
        told(),
    ),
    Trace(
        "retry-from-the-first",
        "the time counts from the first charge",
        121,
        RETRIES,
        tried(("a", 0), ("a", 400), ("a", 700)),
        (OK, OK, DENIED),
        (1,),
        told(),
    ),
    Trace(
        "retry-other-request",
        "the same key for another request",
        121,
        RETRIES,
        other_arguments,
        (OK, DENIED, OK),
        (2,),
        told(),
    ),
    Trace(
        "retry-other-holder",
        "the same key of another holder",
        121,
        RETRIES,
        other_holder,
        (OK, DENIED, OK),
        (2,),
        told(),
    ),
    Trace(
        "retry-other-chain",
        "the same key through another link",
        121,
        RETRIES,
        other_chain,
        (OK, DENIED, OK),
        (2,),
        told(),
    ),
    Trace(
        "retry-same-presentation",
        "a retry is a new presentation",
        80,
        RETRIES,
        same_presentation,
        (OK, ("replayed", 8), OK, OK, DENIED),
        (2,),
        told(),
    ),
    Trace(
        "retry-ended",
        "a retry passes every step before",
        69,
        RETRIES,
        prohibited_meanwhile,
        (OK, ("outside_validity", 6), OK),
        (2,),
        told(),
    ),
    Trace(
        "retry-refused-first",
        "what was refused is not kept under its key",
        121,
        RETRIES,
        refused_first,
        (OK, DENIED, OK, OK, DENIED),
        (3,),
        told(),
    ),
    Trace(
        "retry-spaced",
        "a retry is not too early",
        121,
        RETRIES,
        tried(("a", 0), ("a", 5), ("b", 6), limit=spaced("day")),
        (OK, OK, DENIED),
        (1,),
        told(),
    ),
    Trace(
        "retry-without-ledger",
        "a key does not help where nothing can be counted",
        122,
        COUNTED,
        tried(("a", 0), ("a", 1)),
        (DENIED, DENIED),
        also=lambda s: {"retries": 600, "without_ledger": True},
    ),
)


def revoked(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(3))
    entry = s.revocation(s.link_id(1), s.alice)
    return [planner.use(0), planner.use(1, 1, revocations=[entry]), planner.use(2, 2)]


def revoked_below(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, max_uses(2))
    entry = s.revocation(s.link_id(2), s.planner)
    return [scout.use(0), scout.use(1, 1, revocations=[entry]), bob.use(2, 2), bob.use(3, 3)]


def revoked_by_a_stranger(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(2))
    entries = [s.revocation(s.link_id(1), s.mallory), s.revocation(s.link_id(1), s.alice, signer=s.mallory)]
    return [planner.use(0), planner.use(1, 1, revocations=entries), planner.use(2, 2)]


def suspended(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(2))
    stop, again = (s.life(s.planner.did, event, s.alice, number) for number, event in ((1, "suspend"), (2, "resume")))
    return [
        planner.use(0),
        planner.use(1, 1, revocations=[stop]),
        planner.use(2, 2, revocations=[again]),
        planner.use(3, 3),
    ]


def revoked_retry(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(1))
    entry = s.revocation(s.link_id(1), s.alice)
    return [planner.use(0, key="k"), planner.use(1, 1, key="k"), planner.use(2, 2, key="k", revocations=[entry])]


def approved(s: Scene) -> tuple[Holder, str, str]:
    """One use a minute, each approved; and two approvals."""
    planner = alone(s, rate(1, "minute"), approvals.asking(s.bob))
    return planner, approvals.approval(s), approvals.approval(s, id=kit.url64(s.other_id))


def approval_kept(s: Scene) -> list[dict[str, Any]]:
    planner, one, other = approved(s)
    start = s.now - s.now % 60 + 60
    times = ((one, 0), (other, 0), (other, 60), (one, 120))
    return [planner.use(number, second=start + at, approvals=[text]) for number, (text, at) in enumerate(times)]


def approval_unused_first(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, approvals.asking(s.bob))
    one, other = approvals.approval(s), approvals.approval(s, id=kit.url64(s.other_id))
    return [
        planner.use(0, approvals=[one]),
        planner.use(1, approvals=[one, other]),
        planner.use(2, approvals=[one, other]),
    ]


def approval_retried(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, approvals.asking(s.bob))
    one = approvals.approval(s)
    return [
        planner.use(0, approvals=[one], key="k"),
        planner.use(1, approvals=[one], key="k"),
        planner.use(2, approvals=[one], key="m"),
    ]


def approval_uncounted(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, approvals.asking(s.bob))
    return [planner.use(0, approvals=[approvals.approval(s)]), planner.use(1)]


BETWEEN = (
    Trace("revoked-between", "revoked after the first use", 71, TAKEN_BACK, revoked, (OK, REVOKED, REVOKED)),
    Trace(
        "revoked-below",
        "a link revoked, a sibling goes on with what is left",
        71,
        TAKEN_BACK,
        revoked_below,
        (OK, REVOKED, OK, DENIED),
    ),
    Trace(
        "revoked-by-a-stranger",
        "what a stranger signed, and what nobody signed, changes nothing",
        71,
        TAKEN_BACK,
        revoked_by_a_stranger,
        (OK, OK, DENIED),
    ),
    Trace(
        "suspended-between",
        "suspended, resumed, and charged for what was permitted alone",
        71,
        PROCEDURE,
        suspended,
        (OK, SUSPENDED, OK, DENIED),
    ),
    Trace(
        "revoked-retry",
        "a retry after the link was revoked",
        132,
        RETRIES,
        revoked_retry,
        (OK, OK, REVOKED),
        (1,),
        told(),
    ),
    Trace(
        "approval-kept",
        "an approval that came with a refused use is good for the next",
        112,
        ALL_OR_NONE,
        approval_kept,
        (OK, DENIED, OK, REQUIRED),
    ),
    Trace(
        "approval-unused-first",
        "of two approvals by one DID the unused one is taken",
        112,
        USED_UP,
        approval_unused_first,
        (OK, OK, REQUIRED),
    ),
    Trace(
        "approval-retried",
        "a use that is tried again finds its own approval",
        121,
        USED_UP,
        approval_retried,
        (OK, OK, REQUIRED),
        (1,),
        told(),
    ),
    Trace(
        "approval-without-ledger",
        "a verifier without a ledger permits nothing that must be approved",
        122,
        LEDGERLESS,
        approval_uncounted,
        (("denied", 9), ("denied", 9)),
        also=lambda s: {"without_ledger": True},
    ),
)

RECIPES = (*AGAIN, *BETWEEN)
