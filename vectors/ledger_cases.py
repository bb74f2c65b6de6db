"""Traces of uses that a ledger counts, and of what is shared below one link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import macaroons as mac
from . import testkit as kit
from .macaroon_cast import Cast
from .scene import Scene
from .trace import (
    DENIED,
    OK,
    Holder,
    Refusal,
    Trace,
    alone,
    digest,
    max_uses,
    rate,
    siblings,
    used,
)

COUNTED = "docs/spec/caveats.md section MaxUses: a permitted request is charged to every link that carries a limit"
ALL_OR_NONE = "docs/spec/verification.md section The procedure: if one account would exceed its limit, none is charged"
ACCOUNTS = "docs/spec/verification.md section The procedure: an account is named by delegator, link, unit and period"
PROCEDURE = "docs/spec/verification.md section The procedure: what is refused before step 10 charges nobody"
DENIED_9: Refusal = ("denied", 9)
Uses = Callable[[Scene], Sequence[dict[str, Any]]]


def spent(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(2))
    return [planner.use(number) for number in range(3)]


def shared(s: Scene) -> list[dict[str, Any]]:
    scout, bob, planner = siblings(s, max_uses(3))
    return [scout.use(0), bob.use(1), planner.use(2), scout.use(3), bob.use(4), planner.use(5)]


def all_or_none(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, max_uses(2), scout=(max_uses(1),))
    return [scout.use(0), scout.use(1), bob.use(2), bob.use(3)]


def ancestor_spent(s: Scene) -> list[dict[str, Any]]:
    """Bob spends alice's limit; what scout holds is never charged for what that refuses."""
    scout, bob, _ = siblings(s, rate(1, "minute"), scout=(max_uses(1),))
    start = s.now - s.now % 60
    return [
        bob.use(0, second=start),
        scout.use(1, second=start),
        scout.use(2, second=start + 60),
        scout.use(3, second=start + 120),
    ]


def two_roots(s: Scene) -> list[dict[str, Any]]:
    by_carol = Holder(
        s, s.extend([], s.carol, s.planner, [s.read, max_uses(1)], user=kit.octets(s.carol.multikey)), s.planner
    )
    by_alice = alone(s, max_uses(1))
    return [by_alice.use(0), by_carol.use(1), by_alice.use(2), by_carol.use(3)]


def two_tokens(s: Scene) -> list[dict[str, Any]]:
    one, other = alone(s, max_uses(1)), alone(s, max_uses(1), id=s.other_id)
    return [one.use(0), other.use(1), one.use(2), other.use(3)]


def two_limits(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(3), max_uses(1))
    return [planner.use(0), planner.use(1)]


def denied_before(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(1))
    return [planner.use(0, action=f"{s.namespace}:write"), planner.use(1), planner.use(2)]


def refused_before(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(1))
    good = planner.use(2)
    asked_twice = [planner.use(0, audience=s.elsewhere), {**planner.use(1), "request": s.request(args={})}]
    return [*asked_twice, {**good, "now": s.now + 300}, planner.use(3), planner.use(4)]


def replayed(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(2))
    first = planner.use(0)
    return [first, first, planner.use(1), first, planner.use(2)]


def denied_and_replayed(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(1))
    return [planner.use(0), planner.use(1), planner.use(1)]


def challenged(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(1))
    first, second = s.challenge, f"{s.challenge}-2"
    return [
        planner.use(0, challenge=second, answers=first),
        planner.use(1, challenge=second),
        planner.use(2, challenge=first),
    ]


def expired(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(3), kit.expires(s.now + 60))
    return [planner.use(0, 59), planner.use(1, 60), planner.use(2, 58), planner.use(3, 59), planner.use(4, 59)]


def two_formats(s: Scene) -> list[dict[str, Any]]:
    """The same link as a Biscuit's and as a Macaroon's."""
    cast, planner = Cast(s), alone(s, max_uses(2))
    macaroon = cast.chained(planner.chain, (s.alice,))
    asked = s.request()

    def shown(number: int) -> dict[str, Any]:
        made = cast.presented(macaroon, planner.chain, s.planner, id=planner.nonce(number), request=digest(asked))
        return used(mac.text(made), asked, s.now)

    return [planner.use(0), shown(1), planner.use(2), shown(3), shown(0)]


def keyed(s: Scene) -> dict[str, Any]:
    return {"macaroon_keys": [kit.url64(s.secret)]}


USES = (
    Trace("uses-spent", "two uses, and a third", 112, COUNTED, spent, (OK, OK, DENIED)),
    Trace(
        "uses-shared",
        "three uses by the delegate and those below it together",
        125,
        COUNTED,
        shared,
        (OK, OK, OK, DENIED, DENIED, DENIED),
    ),
    Trace(
        "uses-all-or-none",
        "what a child's limit refuses is not charged to its parent",
        125,
        ALL_OR_NONE,
        all_or_none,
        (OK, DENIED, OK, DENIED),
    ),
    Trace(
        "uses-parent-spent",
        "what a parent's limit refuses is not charged to its child",
        125,
        ALL_OR_NONE,
        ancestor_spent,
        (OK, DENIED, OK, DENIED),
    ),
    Trace(
        "uses-two-roots",
        "links of two users with one id have an account each",
        75,
        ACCOUNTS,
        two_roots,
        (OK, OK, DENIED, DENIED),
        also=lambda s: {"roots": [s.alice.did, s.carol.did]},
    ),
    Trace(
        "uses-two-tokens",
        "links of one user with two ids have an account each",
        67,
        ACCOUNTS,
        two_tokens,
        (OK, OK, DENIED, DENIED),
    ),
    Trace("uses-two-limits", "of two limits on one account the lower holds", 67, ACCOUNTS, two_limits, (OK, DENIED)),
    Trace(
        "uses-denied-before",
        "what a caveat prohibits is not charged",
        67,
        PROCEDURE,
        denied_before,
        (DENIED_9, OK, DENIED),
    ),
    Trace(
        "uses-refused-before",
        "what was made for another audience, another request or another time is not charged",
        83,
        PROCEDURE,
        refused_before,
        (("wrong_audience", 8), ("wrong_request", 8), ("outside_validity", 6), OK, DENIED),
    ),
    Trace(
        "uses-replayed",
        "a presentation that is shown again is not charged again",
        80,
        PROCEDURE,
        replayed,
        (OK, ("replayed", 8), OK, ("replayed", 8), DENIED),
    ),
    Trace(
        "uses-denied-and-replayed",
        "a presentation that was denied is used up all the same",
        80,
        PROCEDURE,
        denied_and_replayed,
        (OK, DENIED, ("replayed", 8)),
    ),
    Trace(
        "uses-challenged",
        "an answer to the challenge before is not charged",
        80,
        PROCEDURE,
        challenged,
        (("wrong_request", 8), OK, DENIED),
    ),
    Trace(
        "uses-expired",
        "a limit outlasts no link, and a clock that steps back opens it again as far as uses are left",
        88,
        PROCEDURE,
        expired,
        (OK, ("outside_validity", 6), OK, OK, DENIED),
    ),
    Trace(
        "uses-two-formats",
        "one link as a Biscuit's and as a Macaroon's is one account and one memory",
        77,
        ACCOUNTS,
        two_formats,
        (OK, OK, DENIED, DENIED, ("replayed", 8)),
        also=keyed,
    ),
    Trace(
        "uses-without-ledger",
        "a verifier without a ledger permits no use of what is counted",
        122,
        COUNTED,
        spent,
        (DENIED, DENIED, DENIED),
        also=lambda s: {"without_ledger": True},
    ),
    Trace(
        "uses-uncounted-without-ledger",
        "a verifier without a ledger remembers presentations",
        80,
        PROCEDURE,
        lambda s: [alone(s).use(0), alone(s).use(0), alone(s).use(1)],
        (OK, ("replayed", 8), OK),
        also=lambda s: {"without_ledger": True},
    ),
)


RECIPES = USES
