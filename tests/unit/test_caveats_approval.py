"""RequiresApproval: who must have approved which requests, and what of it survives the wire."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.caveat_scene import ABSENT, V, facts, written

from attorn import Identity, caveat
from attorn.caveat import RequiresApproval, Unrecognised
from attorn.caveat.formula import Alternatives
from attorn.caveat.profile import recognise
from attorn.datalog import (
    CONTAINS,
    LESS,
    NEGATE,
    PREFIX,
    Predicate,
    Query,
    integer,
    octets,
    scalar,
    set_of,
    string,
    variable,
)
from attorn.engine import StockEngine
from attorn.errors import InputError
from attorn.request.facts import Facts

C = caveat
A, B, D = "did:web:a.test", "did:web:b.test", "did:web:d.test"


def permits(limit: RequiresApproval, value: object = ABSENT, *, approved: tuple[str, ...] = (), **others: Any) -> bool:
    about = facts(value, **others)
    known = Facts(about.request, audience="x:y", now=about.now, depth=0, approved=frozenset(approved))
    denial, again = limit.prohibits(known), recognise(written(limit)).prohibits(known)
    assert (denial is None) is (again is None)
    return denial is None


@pytest.mark.parametrize(
    ("by", "threshold", "approved", "expected"),
    [
        (A, 1, (), False),
        (A, 1, (A,), True),
        (A, 1, (B,), False),
        (A, 1, (A + "m",), False),
        (A, 1, (A.upper(),), False),
        (A, 1, (A + "#key-1",), False),
        ([A, B], 1, (B,), True),
        ([A, B], 2, (B,), False),
        ([A, B], 2, (B, D), False),
        ([A, B], 2, (A, B), True),
        ([A, B, D], 2, (A, D), True),
        ([A, B, D], 3, (A, D), False),
    ],
)
def test_as_many_as_are_asked_for(by: Any, threshold: int, approved: tuple[str, ...], expected: bool) -> None:
    assert permits(RequiresApproval(by, threshold), approved=approved) is expected


WHEN: dict[str, tuple[Any, list[Any], list[Any]]] = {
    # conditions, values that need approval, values that need none
    "range": (C.Range(V, 100), [100, 101, "99", None, True, ABSENT], [99, 99.5, -1]),
    "range-both-ends": (C.Range(V, 5, 9), [5, 9, 8.5, "5", ABSENT], [4, 10, 9.5]),
    "equals": (C.Equals(V, "prod"), ["prod", 1, None, ["prod"], ABSENT], ["test", ""]),
    "not-equals": (C.Not(C.Equals(V, "test")), ["prod", 1, None, ABSENT], ["test"]),
    "one-of": (C.OneOf(V, 1, 2), [1, 2, "1", True, ABSENT], [3]),
    "not-one-of": (C.NotOneOf(V, 1, 2), [3, "1", True, ABSENT], [1, 2]),
    "length": (C.MaxLength(V, 2), ["ab", 12, ABSENT], ["abc", [1, 2, 3]]),
    "prefix": (C.StartsWith(V, "a"), ["ab", 1, ABSENT], ["b", ""]),
    "glob": (C.Glob(V, "a*"), ["ab", 1, "b" * 1025, ABSENT], ["b"]),
    "contains": (C.Contains(V, "a"), [["a"], [], [1], "b", ABSENT], [["b"]]),
    "subset": (C.SubsetOf(V, "a"), [["a"], [], [1], ABSENT], [["a", "b"]]),
    "folder": (C.Subpath(V, "/etc", "/root"), ["/etc/x", "/root", "/a/../etc", "etc", ABSENT], ["/srv"]),
    "host": (C.UrlHost(V, "*.bank.test"), ["https://a.bank.test/", "bank", ABSENT], ["https://bank.test/"]),
    "network": (C.Cidr(V, "10.0.0.0/8"), ["10.1.2.3", "10.1", ABSENT], ["11.0.0.1"]),
    "all": (C.AllOf(C.Range(V, 5), C.Range("w", 5)), [5, "4", ABSENT], [4]),
    "any": (C.AnyOf(C.Range(V, 5), C.Range("w", 5)), [5, 4, "4", ABSENT], []),
    "several": ([C.Range(V, 5), C.Actions("events:*")], [5, "4", ABSENT], [4]),
    "other-action": ([C.Range(V, 5), C.Actions("pay")], [], [5, 4, "4", ABSENT]),
    "contradiction": ([C.Equals(V, 1), C.Equals(V, 2)], ["1", None, ABSENT], [1, 2, 3]),
}


@pytest.mark.parametrize("name", WHEN)
def test_when_it_is_not_known_to_be_false_approval_is_needed(name: str) -> None:
    when, needs, free = WHEN[name]
    limit = RequiresApproval(A, when=when)
    for value in needs:
        assert not permits(limit, value), f"{value!a} should need approval"
        assert permits(limit, value, approved=(A,))
        assert not permits(limit, value, approved=(B,))
    for value in free:
        assert permits(limit, value), f"{value!a} should need none"


@pytest.mark.parametrize(
    ("when", "asked", "needed"),
    [
        (C.Actions("pay", "mail:*"), {"action": "pay"}, True),
        (C.Actions("pay", "mail:*"), {"action": "mail:send"}, True),
        (C.Actions("pay", "mail:*"), {"action": "mail"}, False),
        (C.Actions("pay", "mail:*"), {"action": "pay:out"}, False),
        (C.Actions("mail:*"), {"action": "mailbox"}, False),
        (C.Resources("/data"), {"resource": "/data"}, True),
        (C.Resources("/data"), {"resource": "/data/a/b"}, True),
        (C.Resources("/data"), {"resource": "/x/../data/a"}, True),
        (C.Resources("/data"), {"resource": "/database"}, False),
        (C.Resources("/data"), {"resource": "/"}, False),
        (C.Resources("/"), {"resource": "/"}, True),
        (C.Resources("/"), {"resource": "/x"}, True),
        (C.Resources("/"), {"resource": "x"}, False),
        (C.Resources("/"), {"resource": "cal://alice"}, False),
        (C.Resources("cal://alice"), {"resource": "cal://ALICE/2026"}, True),
        (C.Resources("cal://alice"), {"resource": "cal://alicex"}, False),
        (C.Resources("a/b"), {"resource": "a/b/c"}, True),
        (C.Resources("a/b"), {"resource": "/a/b/c"}, False),
    ],
)
def test_by_action_and_resource(when: Any, asked: dict[str, Any], needed: bool) -> None:
    assert permits(RequiresApproval(A, when=when), **asked) is not needed


LONG = [C.Equals(f"n{number}", number) for number in range(40)]
REFUSED: dict[str, Any] = {
    "nobody": lambda: RequiresApproval([]),
    "no-did": lambda: RequiresApproval("alice"),
    "did-url": lambda: RequiresApproval(f"{A}#key-1"),
    "number": lambda: RequiresApproval(7),  # type: ignore[arg-type]
    "number-among-them": lambda: RequiresApproval([A, 7]),  # type: ignore[list-item]
    "set": lambda: RequiresApproval({A}),  # type: ignore[arg-type]
    "twice": lambda: RequiresApproval([A, A]),
    "seventeen": lambda: RequiresApproval([f"did:web:p{number}.test" for number in range(17)]),
    "threshold-zero": lambda: RequiresApproval(A, 0),
    "threshold-negative": lambda: RequiresApproval(A, -1),
    "threshold-too-high": lambda: RequiresApproval([A, B], 3),
    "threshold-true": lambda: RequiresApproval(A, True),
    "threshold-fraction": lambda: RequiresApproval(A, 1.0),  # type: ignore[arg-type]
    "when-empty": lambda: RequiresApproval(A, when=[]),
    "when-text": lambda: RequiresApproval(A, when="pay"),  # type: ignore[arg-type]
    "when-audience": lambda: RequiresApproval(A, when=C.Audience("x:y")),  # type: ignore[arg-type]
    "when-counted": lambda: RequiresApproval(A, when=C.MaxUses(1)),  # type: ignore[arg-type]
    "when-approval": lambda: RequiresApproval(A, when=RequiresApproval(B)),  # type: ignore[arg-type]
    "when-null": lambda: RequiresApproval(A, when=C.Equals(V, None)),
    "when-null-within": lambda: RequiresApproval(A, when=C.AnyOf(C.Equals(V, 1), C.Equals(V, None))),
    "when-read": lambda: RequiresApproval(A, when=Alternatives(C.Equals(V, 1).alternatives(False))),
    "alternatives": lambda: RequiresApproval(A, when=[*LONG, *(C.Equals(f"m{n}", n) for n in range(24))]),
    "conditions": lambda: RequiresApproval(A, when=LONG * 2),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_said_is_refused_where_it_is_said(name: str) -> None:
    with pytest.raises(InputError) as caught:
        REFUSED[name]()
    assert len(str(caught.value)) < 300


LIMITS: dict[str, RequiresApproval] = {
    "plain": RequiresApproval(A),
    "several": RequiresApproval([B, A, D], 2),
    "scope": RequiresApproval(A, when=[C.Actions("pay", "mail:*", "a:*"), C.Resources("/", "/data", "cal://alice")]),
    "hosts-unsorted": RequiresApproval(A, when=C.AnyOf(C.UrlHost(V, "b.test"), C.UrlHost(V, "a.test"))),
    "only-namespaces": RequiresApproval(A, when=C.Actions("mail:*")),
    "most-alternatives": RequiresApproval(A, when=[*LONG, *(C.Equals(f"m{n}", n) for n in range(23))]),
    "most-conditions": RequiresApproval(A, when=C.AnyOf(C.AnyOf(*LONG[:32]), C.AnyOf(*LONG[32:]), C.Equals("m", 1))),
    **{name: RequiresApproval([A, B], when=row[0]) for name, row in WHEN.items()},
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_is_written_is_read_back(name: str) -> None:
    check = written(LIMITS[name])
    again = recognise(check)
    assert isinstance(again, RequiresApproval)
    assert again.render() == check
    assert recognise(written(again)) == again
    assert (again.by, again.threshold) == (LIMITS[name].by, LIMITS[name].threshold)


@pytest.mark.parametrize(
    "when",
    [
        None,
        C.Actions("pay", "mail:*"),
        C.Resources("/data"),
        C.Range(V, 100),
        C.Equals(V, "prod"),
        C.OneOf(V, 1, 2),
        C.NotOneOf(V, 1),
        C.Not(C.Range(V, 100)),
        C.UrlHost(V, "a.test", "b.test"),
        C.AnyOf(C.Equals(V, 1), C.StartsWith("w", "x")),
        [C.Actions("pay"), C.Range(V, 1)],
    ],
)
def test_common_conditions_come_back_as_they_were_said(when: Any) -> None:
    limit = RequiresApproval([A, B], 2, when)
    assert recognise(written(limit)) == limit
    assert hash(recognise(written(limit))) == hash(limit)


X = variable("0")
APPROVED = Query((Predicate("approved", (integer(1), set_of(frozenset({scalar(A)})))),), ())
OTHER = Query((Predicate("operation", (X,)),), ((set_of(frozenset({scalar("pay")})), X, CONTAINS, NEGATE),))
SMALL = Query((Predicate("number", (string(V), X, variable("1"))),), ((X, integer(100), LESS),))


def _approved(*terms: Any) -> Query:
    return Query((Predicate("approved", terms),), ())


def _operation(*expressions: Any) -> Query:
    return Query((Predicate("operation", (X,)),), expressions)


def _resource(*expressions: Any) -> Query:
    return Query((Predicate("resource", (X,)),), expressions)


def _not_in(*names: str) -> Any:
    return (set_of(frozenset(map(scalar, names))), X, CONTAINS, NEGATE)


def _not_from(prefix: str) -> Any:
    return (X, string(prefix), PREFIX, NEGATE)


ALMOST: dict[str, tuple[Query, ...]] = {
    "by-text": (_approved(integer(1), string(A)),),
    "by-one-of-any": (_approved(integer(1), X),),
    "any-threshold": (_approved(X, set_of(frozenset({scalar(A)}))),),
    "threshold-zero": (_approved(integer(0), set_of(frozenset({scalar(A)}))),),
    "threshold-negative": (_approved(integer(-1), set_of(frozenset({scalar(A)}))),),
    "threshold-too-high": (_approved(integer(2), set_of(frozenset({scalar(A)}))),),
    "threshold-true": (_approved(scalar(True), set_of(frozenset({scalar(A)}))),),
    "threshold-alone": (_approved(integer(1)),),
    "three-terms": (_approved(integer(1), set_of(frozenset({scalar(A)})), string("x")),),
    "turned-round": (_approved(set_of(frozenset({scalar(A)})), integer(1)),),
    "no-dids": (_approved(integer(1), set_of(frozenset({scalar("alice")}))),),
    "numbers": (_approved(integer(1), set_of(frozenset({scalar(1)}))),),
    "keys": (_approved(integer(1), set_of(frozenset({octets(b"k")}))),),  # type: ignore[arg-type]
    "twice": (APPROVED, APPROVED),
    "two-of-them": (Query((*APPROVED.body, *APPROVED.body), ()),),
    "with-more": (Query((*APPROVED.body, Predicate("text", (string(V), string("a")))), ()),),
    "last": (OTHER, APPROVED),
    "same-exception-twice": (APPROVED, OTHER, OTHER),
    "exception-of-nothing": (APPROVED, Query((), ())),
    "everything-but": (APPROVED, _operation()),
    "a-name-itself": (APPROVED, Query((Predicate("operation", (string("pay"),)),), ())),
    "one-of-the-names": (APPROVED, _operation((set_of(frozenset({scalar("pay")})), X, CONTAINS))),
    "no-name": (APPROVED, _operation(_not_in("a b"))),
    "names-twice": (APPROVED, _operation(_not_in("a"), _not_in("b"))),
    "namespaces-unsorted": (APPROVED, _operation(_not_from("b:"), _not_from("a:"))),
    "namespace-first": (APPROVED, _operation(_not_from("a:"), _not_in("b"))),
    "no-namespace": (APPROVED, _operation(_not_from("a"))),
    "another-variable": (
        APPROVED,
        Query((Predicate("operation", (variable("1"),)),), ((variable("1"), string("a:"), PREFIX, NEGATE),)),
    ),
    "operation-and-resource": (APPROVED, Query((*OTHER.body, Predicate("resource", (variable("1"),))), ())),
    "path": (APPROVED, Query((Predicate("path", (string("/data"),)),), ())),
    "resource-without-below": (APPROVED, _resource(_not_in("/data"))),
    "resource-without-itself": (APPROVED, _resource(_not_from("/data/"))),
    "resource-by-prefix": (APPROVED, _resource(_not_in("/data"), _not_from("/data"))),
    "resource-of-another": (APPROVED, _resource(_not_in("/data"), _not_from("/other/"))),
    "resource-not-normal": (APPROVED, _resource(_not_in("/data/"), _not_from("/data//"))),
    "audience": (APPROVED, Query((Predicate("audience", (string("x:y"),)),), ())),
    "time": (APPROVED, Query((Predicate("time", (variable("time"),)),), ())),
    "null": (APPROVED, Query((Predicate("null", (string(V),)),), ())),
    "literal-twice": (APPROVED, Query(SMALL.body * 2, SMALL.expressions * 2)),
    "number-swapped": (
        APPROVED,
        Query((Predicate("number", (string(V), variable("1"), X)),), ((X, integer(100), LESS),)),
    ),
    "condition-nobody-knows": (APPROVED, Query((Predicate("weather", (string("fine"),)),), ())),
}


@pytest.mark.parametrize("name", ALMOST)
def test_checks_that_are_almost_it_stand_for_nothing(name: str) -> None:
    found = recognise(ALMOST[name])
    assert isinstance(found, Unrecognised)
    for value in (1, 99, None, ABSENT):
        for action in ("pay", "read"):
            about = facts(value, action=action)
            known = Facts(about.request, audience="x:y", now=about.now, depth=0, approved=frozenset({A, B}))
            assert found.prohibits(known) is not None


def test_the_near_misses_start_from_what_is_right() -> None:
    for check in ((APPROVED,), (APPROVED, OTHER), (APPROVED, SMALL), (APPROVED, SMALL, OTHER)):
        assert isinstance(recognise(check), RequiresApproval)


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        (RequiresApproval(A), RequiresApproval(A), True),
        (RequiresApproval([A, B], 2), RequiresApproval([A, B]), True),
        (RequiresApproval([A, B], 2), RequiresApproval(A), True),
        (RequiresApproval([A, B, D], 3), RequiresApproval([A, B], 2), True),
        (RequiresApproval([A, B], 2), RequiresApproval([A, D]), True),
        (RequiresApproval([A, B]), RequiresApproval([A, B, D]), True),
        (RequiresApproval([A, B]), RequiresApproval([A, B], 2), False),
        (RequiresApproval([A, B]), RequiresApproval([A, B], 2, C.Range(V, 1)), None),
        (RequiresApproval([A, B], when=C.Range(V, 1)), RequiresApproval([A, B], 2, C.Range(V, 1)), None),
        (RequiresApproval([A, D]), RequiresApproval([A, B], 2), None),
        (RequiresApproval(B), RequiresApproval(A), None),
        (RequiresApproval(A), RequiresApproval(A, when=C.Range(V, 1)), True),
        (RequiresApproval(A, when=C.Range(V, 1)), RequiresApproval(A), None),
        (RequiresApproval(A, when=C.Range(V, 1)), RequiresApproval(A, when=C.Range(V, 2)), None),
        (RequiresApproval(A, when=C.Range(V, 1)), RequiresApproval(A, when=[C.Range(V, 1), C.Range("w", 1)]), True),
        (RequiresApproval(A), C.Actions("pay"), None),
        (C.Actions("pay"), RequiresApproval(A), None),
    ],
)
def test_which_is_narrower(narrow: Any, wide: Any, expected: bool | None) -> None:
    assert narrow.narrower_than(wide) is expected


def test_a_denial_says_who_is_asked_and_when() -> None:
    limit = RequiresApproval([A, B], 2, [C.Actions("pay"), C.Resources("/shop"), C.Range(V, 100)])
    about = facts(100, action="pay", resource="/shop/1")
    denial = limit.prohibits(Facts(about.request, audience="x:y", now=1, depth=0, approved=frozenset({B})))
    assert denial is not None
    assert denial.explain() == (
        "RequiresApproval allows use with the approval of 2 of did:web:a.test, did:web:b.test, when the action is pay"
        " and the resource is within /shop and 100 <= v; the request asked for a use that 1 of them approved, 1 too few"
    )
    nobody = RequiresApproval(A).prohibits(about)
    assert nobody is not None
    assert nobody.asked == "a use that none of them approved, 1 too few"


def test_the_approvers_in_words() -> None:
    dids = [f"did:web:{letter}.test" for letter in "abcdefghi"]
    assert RequiresApproval(A).limit() == f"use with the approval of {A}"
    assert RequiresApproval(dids[:8]).limit() == "use with the approval of 1 of " + ", ".join(dids[:8])
    assert RequiresApproval(dids, 9).limit() == "use with the approval of 9 of " + ", ".join(dids[:8]) + ", ..."


@pytest.mark.parametrize("approved", [A, [1], 7, {A: 1}, None])
def test_the_engine_is_told_by_a_list_of_dids(approved: Any) -> None:
    alice = Identity.from_seed(bytes(32))
    about = facts().request
    wire = alice.present(alice.mint(to=alice.did, caveats=[RequiresApproval(A)]), about, audience="x:y")
    with pytest.raises(InputError, match="approved"):
        StockEngine().authorize(
            wire,
            about,
            root=alice.signer.public_key,
            audience="x:y",
            now=int(facts().now),
            nonce=bytes(16),
            approved=approved,
        )
