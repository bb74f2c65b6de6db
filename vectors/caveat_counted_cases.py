"""Caveats that a ledger holds, as far as the request goes: MaxUses, Rate, Budget, Spaced. How they are written."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import Literal, alone, any_of, operand, said, test, variable
from .caveat_question import Check, Kind, Question
from .primitives import Part

USES = Kind("caveat-max-uses", "docs/spec/caveats.md section 4: MaxUses, Rate, Budget")
RATE = Kind("caveat-rate", "docs/spec/caveats.md section 4: MaxUses, Rate, Budget")
BUDGET = Kind("caveat-budget", "docs/spec/caveats.md section 4: MaxUses, Rate, Budget")
SPACED = Kind("caveat-spaced", "docs/spec/caveats.md section 4: Spaced")
SAFE = 2**53 - 1
UNLIKE, COUNTS, MONEY = 56, 127, 111


def the(fact: str, *terms: Part) -> Check:
    return lambda w: alone(fact, *terms)


def uses(count: int) -> Check:
    return the("max_uses", kit.num(count))


def at_most(fact: str) -> Check:
    """`fact($0), $0 <= 10`, as if the verifier said how many."""
    bound = test(variable("0"), operand(kit.num(10)), kit.LESS_OR_EQUAL)
    return lambda w: any_of(Literal(kit.pred(fact, kit.var("0")), (bound,)))


USES_RECIPES = (
    USES.permits("one", "one use, as far as the request goes", uses(1)),
    USES.permits("most", "the largest number", uses(SAFE)),
    USES.strange("zero", "no uses at all", uses(0), attack=COUNTS),
    USES.strange("negative", "fewer than none", uses(-1), attack=COUNTS),
    USES.strange("too-many", "2^53", uses(2**53), attack=COUNTS),
    USES.strange("largest-of-64-bits", "the largest integer of 64 bits", uses(2**63 - 1), attack=COUNTS),
    USES.strange("text", "a number as text", the("max_uses", kit.text("10")), attack=UNLIKE),
    USES.strange("boolean", "true is not 1", the("max_uses", kit.flag(True)), attack=UNLIKE),
    USES.strange("date", "a date", the("max_uses", kit.date(10)), attack=UNLIKE),
    USES.strange("set", "a set of one number", the("max_uses", kit.members(kit.num(10))), attack=UNLIKE),
    USES.strange("two-terms", "a period, which a rate has", the("max_uses", kit.num(10), kit.text("day"))),
    USES.strange("comparison", "a bound on a fact that nobody supplies", at_most("max_uses")),
    USES.strange(
        "either",
        "two numbers, either of which would do",
        lambda w: any_of(said("max_uses", kit.num(1)), said("max_uses", kit.num(9))),
    ),
    USES.strange("other-case", "the name of the fact in another case", the("Max_uses", kit.num(1)), attack=91),
    USES.refused(
        "malformed",
        "overlong",
        "the number with a byte more than it needs",
        the("max_uses", kit.raw(kit.pb(2, 1, pad=1))),
    ),
)


def rate(count: int, per: str) -> Check:
    return the("rate", kit.num(count), kit.text(per))


RATE_RECIPES = (
    *(
        RATE.permits(per, f"five in each {per}", rate(5, per))
        for per in ("second", "minute", "hour", "day", "week", "month")
    ),
    RATE.strange("year", "a period that a rate has not", rate(5, "year")),
    RATE.strange("total", "the period of an account without one", rate(5, "total")),
    RATE.strange("upper-case", "a period in upper case", rate(5, "Day"), attack=52),
    RATE.strange("empty-period", "an empty period", rate(5, "")),
    RATE.strange("zero", "none in each day", rate(0, "day"), attack=COUNTS),
    RATE.strange("negative", "fewer than none", rate(-5, "day"), attack=COUNTS),
    RATE.strange("too-many", "2^53 in each day", rate(2**53, "day"), attack=COUNTS),
    RATE.strange("turned", "the period before the number", the("rate", kit.text("day"), kit.num(5))),
    RATE.strange("period-as-number", "a period in seconds", the("rate", kit.num(5), kit.num(86400)), attack=UNLIKE),
    RATE.strange("period-as-bytes", "a period in bytes", the("rate", kit.num(5), kit.octets(b"day")), attack=UNLIKE),
    RATE.strange("no-period", "no period", the("rate", kit.num(5))),
)


def budget(amount: int, currency: str = "EUR", per: str = "total") -> Check:
    return the("budget", kit.num(amount), kit.text(currency), kit.text(per))


def cost(amount: object, currency: object = "EUR") -> dict[str, object]:
    return {"cost": {"amount": amount, "currency": currency}}


def no_cost(name: str, notes: str, amount: object, currency: object = "EUR") -> Question:
    return BUDGET.asks_wrongly(name, notes, MONEY, budget(100), **cost(amount, currency))


BUDGET_RECIPES = (
    BUDGET.permits("whole", "the whole amount at once", budget(100), **cost(100)),
    BUDGET.permits("nothing", "a cost of nothing", budget(100), **cost(0)),
    BUDGET.permits("each-day", "within the amount of each day", budget(100, per="day"), **cost(1)),
    BUDGET.prohibits("above", "a cost above the whole amount", 110, budget(100), **cost(101)),
    BUDGET.prohibits(
        "each-month-above", "a cost above the amount of a month", 110, budget(100, per="month"), **cost(101)
    ),
    BUDGET.prohibits("other-currency", "the same number of another currency", 111, budget(100), **cost(1, "USD")),
    BUDGET.prohibits("nothing-of-another", "nothing, of another currency", 111, budget(100), **cost(0, "USD")),
    BUDGET.prohibits("no-cost", "a request that states no cost", 68, budget(100)),
    BUDGET.prohibits(
        "cost-in-arguments",
        "a cost that stands among the arguments",
        68,
        budget(100),
        args={"cost": {"amount": 1, "currency": "EUR"}},
    ),
    BUDGET.prohibits(
        "two-budgets",
        "two budgets of two currencies, which no cost can meet",
        111,
        budget(100),
        budget(100, "USD"),
        **cost(1),
    ),
    BUDGET.strange("currency-lower-case", "a currency in lower case", budget(100, "eur"), attack=MONEY, **cost(1)),
    BUDGET.strange(
        "currency-of-two",
        "a currency of two letters beside the right one",
        lambda w: any_of(*(said("budget", kit.num(100), kit.text(each), kit.text("total")) for each in ("EUR", "EU"))),
        attack=MONEY,
        **cost(1),
    ),
    BUDGET.strange("hour", "a period that a budget has not", budget(100, per="hour"), **cost(1)),
    BUDGET.strange("zero", "an amount of zero", budget(0), attack=COUNTS, **cost(0)),
    BUDGET.strange("negative", "an amount below zero", budget(-1), attack=COUNTS, **cost(0)),
    BUDGET.strange("too-much", "an amount of 2^53", budget(2**53), attack=COUNTS, **cost(1)),
    BUDGET.strange(
        "decimal",
        "an amount as decimal text",
        the("budget", kit.text("100.00"), kit.text("EUR"), kit.text("total")),
        attack=MONEY,
        **cost(1),
    ),
    BUDGET.strange("no-period", "two terms", the("budget", kit.num(100), kit.text("EUR")), **cost(1)),
    no_cost("asked-negative", "a cost below zero", -1),
    no_cost("asked-fraction", "a cost with a fraction", 1.5),
    no_cost("asked-text", "a cost as text", "1"),
    no_cost("asked-true", "true is not 1", True),
    no_cost("asked-lower-case", "a currency in lower case", 1, "eur"),
    no_cost("asked-fullwidth", "fullwidth letters", 1, "\uff25\uff35\uff32"),
)
SPACES = ("day", "week", "fortnight", "month", "quarter", "year")


def spaced(per: str) -> Check:
    return the("spaced", kit.text(per))


SPACED_RECIPES = (
    *(SPACED.permits(per, f"at least one {per} apart, as far as the request goes", spaced(per)) for per in SPACES),
    SPACED.strange("hour", "a period that it has not", spaced("hour")),
    SPACED.strange("total", "the period of its account", spaced("total")),
    SPACED.strange("upper-case", "a period in upper case", spaced("Month"), attack=52),
    SPACED.strange("seconds", "a period in seconds", the("spaced", kit.num(86400)), attack=UNLIKE),
    SPACED.strange("two-terms", "a number beside the period", the("spaced", kit.num(2), kit.text("week"))),
    SPACED.strange(
        "either",
        "two periods, either of which would do",
        lambda w: any_of(*(said("spaced", kit.text(per)) for per in ("day", "year"))),
    ),
    SPACED.strange("variable", "any period", the("spaced", kit.var("0"))),
)

RECIPES = (*USES_RECIPES, *RATE_RECIPES, *BUDGET_RECIPES, *SPACED_RECIPES)
