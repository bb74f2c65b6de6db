"""Caveats that others answer: RequiresApproval, Agent."""

from __future__ import annotations

from . import testkit as kit
from .caveat_checks import (
    Literal,
    alternative,
    among,
    any_of,
    holding,
    number,
    operand,
    said,
    test,
    variable,
)
from .caveat_question import Check, Kind, action, argument
from .primitives import Part
from .world import World

APPROVAL = Kind("caveat-requires-approval", "docs/spec/caveats.md section 4: RequiresApproval")
AGENT = Kind("caveat-agent", "docs/spec/caveats.md section 4: Agent")
UNLIKE, UNICODE, EMPTY = 56, 52, 68


def boss(w: World) -> str:
    return w.key("boss").did


def clerk(w: World) -> str:
    return w.key("clerk").did


def of(threshold: int, *people: str) -> Literal:
    return said("approved", kit.num(threshold), kit.texts(*people))


def by_boss(w: World) -> Part:
    return any_of(of(1, boss(w)))


def by_both(w: World) -> Part:
    return any_of(of(2, boss(w), clerk(w)))


def by_one_of_two(w: World) -> Part:
    return any_of(of(1, boss(w), clerk(w)))


def unless(*exceptions: Literal) -> Check:
    """The boss, or one of these, each in an alternative of its own."""
    return lambda w: any_of(of(1, boss(w)), *exceptions)


def none_of(fact: str, names: tuple[str, ...], prefixes: tuple[str, ...]) -> Literal:
    """The fact's value is none of these names and starts with none of these prefixes."""
    where = [test(operand(kit.texts(*names)), variable("0"), kit.CONTAINS, kit.NEGATE)] if names else []
    where += [test(variable("0"), operand(kit.text(each)), kit.PREFIX, kit.NEGATE) for each in prefixes]
    return Literal(kit.pred(fact, kit.var("0")), tuple(where))


PAYING = unless(none_of("operation", ("refund",), ("pay:",)))
IN_DATA = unless(none_of("resource", ("/data",), ("/data/",)))


def large(w: World) -> Part:
    """From 100 on."""
    return any_of(of(1, boss(w)), number(argument(w), ("0", kit.LESS, 100)))


def not_test(w: World) -> Part:
    """Unless the argument is `test`."""
    return any_of(of(1, boss(w)), said("text", kit.text(argument(w)), kit.text("test")))


def production(w: World) -> Part:
    """`AnyOf(Equals(..., "prod"), UrlHost(..., "*.bank.example"))`, negated in one alternative."""
    first = among("text", argument(w), kit.texts("prod"), negate=True)
    second = holding("hosts", "url", kit.text("*.bank.example"), negate=True, name="1")
    return kit.check(alternative(of(1, boss(w))), alternative(first, second))


def several(*boxes: Check) -> Check:
    return lambda w: kit.check(*(each(w) for each in boxes))


def people(count: int) -> Check:
    return lambda w: any_of(of(1, *(w.key(f"approver {n}").did for n in range(count))))


def approved(*who: str) -> dict[str, object]:
    named = {"boss": boss, "clerk": clerk}
    return {"approved": lambda w: [named[each](w) for each in who]}


APPROVAL_RECIPES = (
    APPROVAL.permits("given", "the one who must approve did", by_boss, **approved("boss")),
    APPROVAL.permits("more-than-asked", "both approved, one is enough", by_one_of_two, **approved("boss", "clerk")),
    APPROVAL.permits("one-of-two", "either of two", by_one_of_two, **approved("clerk")),
    APPROVAL.permits("both", "both of two", by_both, **approved("boss", "clerk")),
    APPROVAL.prohibits("none", "nobody approved", EMPTY, by_boss),
    APPROVAL.prohibits("another", "somebody else approved", 67, by_boss, **approved("clerk")),
    APPROVAL.prohibits("one-too-few", "one of two, where both are asked", 67, by_both, **approved("boss")),
    APPROVAL.prohibits("same-twice", "a DID counts once", 67, by_both, approved=lambda w: [boss(w), boss(w)]),
    APPROVAL.permits("action-free", "an action that needs no approval", PAYING, action="pay"),
    APPROVAL.prohibits("action-name", "an action that needs it, by its name", 67, PAYING, action="refund"),
    APPROVAL.prohibits("action-below", "an action that needs it, by its namespace", 67, PAYING, action="pay:out"),
    APPROVAL.permits("action-approved", "the same, approved", PAYING, action="pay:out", **approved("boss")),
    APPROVAL.permits("resource-free", "a resource whose name goes on", IN_DATA, resource="/database"),
    APPROVAL.prohibits("resource-itself", "the resource that needs it", 53, IN_DATA, resource="/data/"),
    APPROVAL.prohibits("resource-below", "a resource below, by way of dots", 53, IN_DATA, resource="/x/../data/a"),
    APPROVAL.permits("below-the-amount", "an amount just below", large, value=99.5),
    APPROVAL.prohibits("at-the-amount", "the amount from which it is needed", 110, large, value=100),
    APPROVAL.prohibits(
        "amount-as-text", "whether a text is below is unknown, so it is needed", UNLIKE, large, value="99"
    ),
    APPROVAL.prohibits("amount-absent", "without an amount it is unknown, so it is needed", EMPTY, large),
    APPROVAL.permits("test", "a request that is excepted by its argument", not_test, value="test"),
    APPROVAL.prohibits("test-absent", "without the argument it is unknown, so it is needed", EMPTY, not_test),
    APPROVAL.prohibits("test-in-list", "a list is no text, so it is needed", UNLIKE, not_test, value=["test"]),
    APPROVAL.permits(
        "neither",
        "known to be neither of the two",
        production,
        args=lambda w: {argument(w): "test", "url": "https://a.example/"},
    ),
    APPROVAL.prohibits(
        "one-unknown",
        "of a URL without a safe reading it is unknown",
        EMPTY,
        production,
        args=lambda w: {argument(w): "test", "url": "https://a.example@x.bank.example/"},
    ),
    APPROVAL.permits("sixteen", "the first of sixteen", people(16), approved=lambda w: [w.key("approver 0").did]),
    APPROVAL.strange(
        "seventeen", "seventeen who may approve", people(17), approved=lambda w: [w.key("approver 0").did]
    ),
    APPROVAL.strange(
        "threshold-zero", "a threshold of zero", lambda w: any_of(of(0, boss(w))), attack=127, **approved("boss")
    ),
    APPROVAL.strange(
        "threshold-too-high",
        "a threshold that cannot be reached, beside an exception",
        lambda w: any_of(of(2, boss(w)), said("text", kit.text(argument(w)), kit.text("test"))),
        value="test",
    ),
    APPROVAL.strange(
        "no-did", "a name that is no DID", lambda w: any_of(of(1, boss(w), "the boss")), **approved("boss")
    ),
    APPROVAL.strange(
        "one-text",
        "a text in place of the set",
        lambda w: any_of(said("approved", kit.num(1), kit.text(boss(w)))),
        **approved("boss"),
    ),
    APPROVAL.strange(
        "exception-first",
        "the exception before the approval",
        lambda w: any_of(said("text", kit.text(argument(w)), kit.text("test")), of(1, boss(w))),
        value="test",
    ),
    APPROVAL.strange(
        "exception-twice",
        "the same exception twice",
        lambda w: any_of(of(1, boss(w)), *(said("text", kit.text(argument(w)), kit.text("test")),) * 2),
        value="test",
    ),
    APPROVAL.strange(
        "exception-null",
        "an exception by null",
        lambda w: any_of(of(1, boss(w)), said("null", kit.text(argument(w)))),
        value=None,
    ),
    APPROVAL.strange(
        "exception-by-name",
        "one action is excepted by its name, which no condition says",
        lambda w: any_of(of(1, boss(w)), said("operation", kit.text(action(w)))),
    ),
    APPROVAL.strange("exception-any", "every action is excepted", unless(Literal(kit.pred("operation", kit.var("0"))))),
    APPROVAL.strange(
        "boundary-left-out",
        "a resource without the slash behind it",
        unless(none_of("resource", ("/data",), ("/data",))),
        resource="/x",
    ),
    APPROVAL.strange(
        "two-approvals",
        "two sets in two alternatives, either of which would do",
        lambda w: any_of(of(1, boss(w)), of(1, clerk(w))),
        attack=79,
        **approved("boss"),
    ),
)


def asks(*say: str, who: str = "holder", by: Check | None = None) -> Check:
    """By the boss; what must be said as texts `name=value`."""

    def made(w: World) -> Part:
        terms = [kit.text(who), by(w) if by else kit.texts(boss(w))]
        return any_of(said("attested", *terms, *([kit.texts(*say)] if say else [])))

    return made


def attested(*delegates: tuple[tuple[str, ...], ...], by: str = "boss") -> dict[str, object]:
    """For each delegate the credentials by one issuer, each of which says these texts."""
    issuer = {"boss": boss, "clerk": clerk}[by]
    return {
        "attested": lambda w: [[{"by": issuer(w), "says": list(says)} for says in each] for each in delegates],
        "depth": max(0, len(delegates) - 1),
    }


def two_issuers(w: World) -> list[list[dict[str, object]]]:
    return [[{"by": boss(w), "says": ["model=a"]}, {"by": clerk(w), "says": ["version=1"]}]]


BOTH_ASKED = asks("model=a", "version=1", by=lambda w: kit.texts(boss(w), clerk(w)))
MANY = tuple(f"model={number}" for number in range(10, 75))
AGENT_RECIPES = (
    AGENT.permits("attested", "a credential by the one who is asked", asks(), **attested(((),))),
    AGENT.permits("holder-last", "the holder has one, a delegate before it none", asks(), **attested((), ((),))),
    AGENT.permits("every", "each delegate has one", asks(who="every"), **attested(((),), (("model=a",),))),
    AGENT.permits(
        "one-value-of-two", "one of two values of a property", asks("model=a", "model=b"), **attested((("model=b",),))
    ),
    AGENT.permits(
        "two-properties",
        "one credential that says both",
        asks("model=a", "version=1"),
        **attested((("model=a", "version=1"),)),
    ),
    AGENT.permits("equals-sign", "a value with an equals sign", asks("provider=a=b"), **attested((("provider=a=b",),))),
    AGENT.prohibits("nobody", "nothing is known of anybody", EMPTY, asks()),
    AGENT.prohibits("every-of-nobody", "nothing is known, where every delegate is asked", EMPTY, asks(who="every")),
    AGENT.prohibits("another-issuer", "a credential by somebody else", 67, asks(), **attested(((),), by="clerk")),
    AGENT.prohibits("holder-without", "a delegate before has one, the holder none", 67, asks(), **attested(((),), ())),
    AGENT.prohibits("every-but-one", "one of two delegates has none", 67, asks(who="every"), **attested((), ((),))),
    AGENT.prohibits("other-value", "another value", 67, asks("model=a"), **attested((("model=b",),))),
    AGENT.prohibits("upper-case", "the value in another case", UNICODE, asks("model=a"), **attested((("model=A",),))),
    AGENT.prohibits(
        "decomposed",
        "the same letter in two code points",
        UNICODE,
        asks("model=\u00e9"),
        **attested((("model=e\u0301",),)),
    ),
    AGENT.prohibits(
        "other-property", "the value of another property", 67, asks("model=a"), **attested((("version=a",),))
    ),
    AGENT.prohibits(
        "two-credentials",
        "two credentials, each of which says one of two things",
        79,
        asks("model=a", "version=1"),
        **attested((("model=a",), ("version=1",))),
    ),
    AGENT.prohibits("two-issuers", "the same by two issuers", 79, BOTH_ASKED, attested=two_issuers),
    AGENT.strange(
        "unknown-property",
        "a property that there is not, beside one that is said",
        asks("model=a", "rank=1"),
        attack=91,
        **attested((("model=a", "rank=1"),)),
    ),
    AGENT.strange("no-equals-sign", "a text that names no value", asks("model"), **attested((("model",),))),
    AGENT.strange("empty-value", "an empty value", asks("model="), **attested((("model=",),))),
    AGENT.strange(
        "value-too-long",
        "a value of 257 characters",
        asks("model=" + "a" * 257),
        attack=4,
        **attested((("model=" + "a" * 257,),)),
    ),
    AGENT.permits(
        "longest-value", "a value of 256 characters", asks("model=" + "a" * 256), **attested((("model=" + "a" * 256,),))
    ),
    AGENT.permits("values-at-the-limit", "64 values, one of which is said", asks(*MANY[:64]), **attested((MANY[:1],))),
    AGENT.strange("values", "65 values, one of which is said", asks(*MANY), attack=4, **attested((MANY[:1],))),
    AGENT.strange("somebody", "neither the holder nor every delegate", asks(who="any"), **attested(((),))),
    AGENT.strange(
        "no-did", "an issuer that is no DID", asks(by=lambda w: kit.texts(boss(w), "the boss")), **attested(((),))
    ),
    AGENT.strange("one-issuer", "a text in place of the set", asks(by=lambda w: kit.text(boss(w))), **attested(((),))),
    AGENT.strange(
        "two-alternatives",
        "two sets of issuers in two alternatives",
        lambda w: any_of(*(said("attested", kit.text("holder"), kit.texts(who(w))) for who in (boss, clerk))),
        attack=79,
        **attested(((),)),
    ),
    AGENT.strange(
        "seventeen-issuers",
        "seventeen issuers",
        asks(by=lambda w: kit.texts(boss(w), *(w.key(f"issuer {n}").did for n in range(16)))),
        attack=4,
        **attested(((),)),
    ),
)

RECIPES = (*APPROVAL_RECIPES, *AGENT_RECIPES)
