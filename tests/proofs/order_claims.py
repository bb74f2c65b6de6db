"""Claims about caveats that are one number: Expires, NotBefore, MaxDepth, MaxLength; and what Budget says by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3
from tests.proofs import questions
from tests.proofs.logic import Claim, Kind, Question, Terms

from attorn import caveat
from attorn.caveat import Caveat
from attorn.caveat.validity import moment

Compared = Callable[[Any, Any], Any]


def _ordered(
    of: type[Caveat],
    question: Question,
    samples: list[Caveat],
    number: Callable[[Any], int],
    permits: Callable[[Terms, Terms], Any],
) -> Kind:
    return Kind(
        of,
        question,
        any=lambda name: (z3.Int(name),),
        terms=lambda limit: (z3.IntVal(number(limit)),),
        permits=permits,
        samples=tuple(samples),
    )


EXPIRES = _ordered(
    caveat.Expires,
    questions.moment,
    [caveat.Expires(moment(second)) for second in range(6)],
    lambda limit: limit.second,
    lambda limit, asked: asked[0] < limit[0],
)
NOT_BEFORE = _ordered(
    caveat.NotBefore,
    questions.moment,
    [caveat.NotBefore(moment(second)) for second in range(6)],
    lambda limit: limit.second,
    lambda limit, asked: limit[0] <= asked[0],
)
MAX_DEPTH = _ordered(
    caveat.MaxDepth,
    questions.depth,
    [caveat.MaxDepth(hops) for hops in range(6)],
    lambda limit: limit.hops,
    lambda limit, asked: asked[0] <= limit[0],
)
MAX_LENGTH = _ordered(
    caveat.MaxLength,
    questions.length,
    [caveat.MaxLength(questions.NAME, most) for most in range(4)],
    lambda limit: limit.most,
    lambda limit, asked: z3.And(asked[0], asked[1] <= limit[0]),
)

PERIODS = (None, "day", "week", "month")
BUDGET = Kind(
    caveat.Budget,
    questions.cost,
    any=lambda name: (z3.Int(name), z3.String(f"{name}-currency"), z3.Int(f"{name}-period")),
    terms=lambda limit: (
        z3.IntVal(limit.amount),
        z3.StringVal(limit.currency),
        z3.IntVal(PERIODS.index(limit.per)),
    ),
    permits=lambda limit, asked: z3.And(asked[0], asked[1] == limit[1], asked[2] <= limit[0]),
    samples=tuple(
        caveat.Budget(amount, currency, per) for amount in (1, 2, 3) for currency in ("EUR", "USD") for per in PERIODS
    ),
)


def _budget(compared: Compared) -> Callable[[Terms, Terms], Any]:
    return lambda mine, theirs: z3.And(mine[1] == theirs[1], mine[2] == theirs[2], compared(mine[0], theirs[0]))


def _below(mine: Any, theirs: Any) -> Any:
    return mine <= theirs


def _above(mine: Any, theirs: Any) -> Any:
    return mine >= theirs


def _first(compared: Compared) -> Callable[[Terms, Terms], Any]:
    return lambda mine, theirs: compared(mine[0], theirs[0])


CLAIMS = (
    Claim(EXPIRES, EXPIRES, _first(_below), _first(_above)),
    Claim(NOT_BEFORE, NOT_BEFORE, _first(_above), _first(_below)),
    Claim(MAX_DEPTH, MAX_DEPTH, _first(_below), _first(_above)),
    Claim(MAX_LENGTH, MAX_LENGTH, _first(_below), _first(_above)),
    Claim(BUDGET, BUDGET, _budget(_below), _budget(_above)),
)
