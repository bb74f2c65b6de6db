"""Facts: what caveats may know about a request, and what a stock Biscuit engine is told (attacks 52-57)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from biscuit_auth import AuthorizationError, AuthorizerBuilder, BiscuitBuilder, KeyPair
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn import datalog
from attorn.datalog import Member, Predicate, Term
from attorn.errors import InputError
from attorn.request.attested import Attested
from attorn.request.facts import Facts
from attorn.request.glob import MOST_TEXT
from attorn.request.money import Money
from attorn.request.request import Request

NOW = 1_795_000_000
INTEGER, STRING, BOOL = datalog.INTEGER, datalog.STRING, datalog.BOOL
VALUED = ("text", "integer", "boolean", "texts", "number", "length")


def facts(args: dict[str, Any] | None = None, resource: str = "cal://alice/2026-11", **others: Any) -> Facts:
    request = Request(action="events:read", resource=resource, args=args or {}, cost=others.pop("cost", None))
    return Facts(request, audience="did:web:calendar.example", now=NOW, depth=2)


def named(statements: list[Predicate], name: str) -> list[tuple[Term, ...]]:
    return [statement.terms for statement in statements if statement.name == name]


def plain(term: Term) -> Any:
    kind, value = term
    if kind == datalog.SET:
        assert isinstance(value, tuple)
        return {member[1] for member in value}
    if kind == datalog.DATE:
        assert isinstance(value, int)
        return datetime.fromtimestamp(value, UTC)
    return value


def told(statements: list[Predicate]) -> AuthorizerBuilder:
    """A stock authorizer with the statements; values go in as parameters, null (which cannot be one) as text."""
    builder = AuthorizerBuilder()
    for statement in statements:
        parameters = {f"p{index}": plain(term) for index, term in enumerate(statement.terms)}
        text = ", ".join(f"{{p{index}}}" for index, term in enumerate(statement.terms))
        builder.add_code(f"{statement.name}({text});", parameters)
    return builder


def stock_agrees(statements: list[Predicate], check: str, parameters: dict[str, Any] | None = None) -> None:
    """Raises unless the stock engine finds that `check` holds over the statements."""
    keys = KeyPair()
    token = BiscuitBuilder("issued(true);").build(keys.private_key)
    builder = told(statements)
    builder.add_code(f"check if {check}; allow if true;", parameters or {})
    limits = builder.limits()
    limits.max_time = timedelta(seconds=5)  # the default is 1 ms, which a busy machine exceeds
    builder.set_limits(limits)
    builder.build(token).authorize()


def test_the_request_itself() -> None:
    known = facts()
    assert known.action == "events:read"
    assert known.audience == "did:web:calendar.example"
    assert (known.now, known.depth) == (NOW, 2)
    assert known.resources == {"cal://alice", "cal://alice/2026-11"}
    assert known.resources is known.resources


VALUES = [
    ("a", (STRING, "a")),
    ("", (STRING, "")),
    (True, (BOOL, True)),
    (False, (BOOL, False)),
    (None, None),
    (1, (INTEGER, 1)),
    (1.0, (INTEGER, 1)),
    (2**53 - 1, (INTEGER, 2**53 - 1)),
    (1.5, None),
    (1e-300, None),
    ([1], None),
    ([], None),
    ({"a": 1}, None),
]


@pytest.mark.parametrize(("argument", "expected"), VALUES, ids=repr)
def test_value(argument: object, expected: Term | None) -> None:
    found = facts({"x": argument}).value("x")
    assert found == expected
    if found is not None and expected is not None:
        assert type(found[1]) is type(expected[1])


@pytest.mark.parametrize(
    ("argument", "expected"),
    [(5, (5, 5)), (5.0, (5, 5)), (5.5, (5, 6)), (-5.5, (-6, -5)), (1e-300, (0, 1)), (-1e-300, (-1, 0)), (0, (0, 0))],
)
def test_number(argument: object, expected: tuple[int, int]) -> None:
    assert facts({"x": argument}).number("x") == expected


@pytest.mark.parametrize(
    "argument",
    [True, False, None, "1", "", "1.5", "\uff11", "1_000", " 1 ", "NaN", [1], [], {"a": 1}],
    ids=repr,
)
def test_56_no_number(argument: object) -> None:
    assert facts({"x": argument}).number("x") is None


@pytest.mark.parametrize(
    ("argument", "expected"), [("", 0), ("a\U0001f600", 2), ("e\u0301", 2), ([], 0), ([1, [2]], 2)]
)
def test_length(argument: object, expected: int) -> None:
    assert facts({"x": argument}).length("x") == expected


@pytest.mark.parametrize("argument", [1, 1.5, True, None, {"a": 1}, {}], ids=repr)
def test_56_no_length_and_no_text(argument: object) -> None:
    assert facts({"x": argument}).length("x") is None
    assert facts({"x": argument}).text("x") is None


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        (["a", "b", "a"], {(STRING, "a"), (STRING, "b")}),
        ([1, 2.0], {(INTEGER, 1), (INTEGER, 2)}),
        ([True], {(BOOL, True)}),
        ([""], {(STRING, "")}),
    ],
    ids=lambda value: repr(value) if isinstance(value, list) else str(len(value)),
)
def test_items(argument: object, expected: set[Member]) -> None:
    assert facts({"x": argument}).items("x") == frozenset(expected)


@pytest.mark.parametrize(
    "argument",
    [
        [],
        [None],
        ["a", None],
        ["a", 1],
        [True, 1],
        [1, False],
        [1.5],
        [1, 1.5],
        ["a", ["b"]],
        [[]],
        [{}],
        "ab",
        1,
        {"a": 1},
    ],
    ids=repr,
)
def test_56_68_no_items(argument: object) -> None:
    assert facts({"x": argument}).items("x") is None


def test_derived_facts() -> None:
    known = facts({"url": "https://a.example/", "ip": "10.0.0.1", "path": "/a/b", "n": 1})
    assert known.hosts("url") == frozenset({"a.example", "*.example"})
    assert known.hosts("url") is known.hosts("url")
    assert known.address("ip") == "4:00001010000000000000000000000001"
    assert known.subpaths("path") == frozenset({"/", "/a", "/a/b"})
    assert known.glob("path", "/a/*") is True
    assert known.glob("path", "/*") is False


@pytest.mark.parametrize("argument", [None, 1, True, 1.5, ["https://a.example/"], {"a": "/a"}], ids=repr)
def test_56_nothing_is_derived_from_other_types(argument: object) -> None:
    known = facts({"x": argument})
    assert known.hosts("x") is None
    assert known.address("x") is None
    assert known.subpaths("x") is None
    assert known.glob("x", "**") is None


@pytest.mark.parametrize(
    "argument",
    ["", "https://a@b.example/", "10.0.0.01", "/a/../b", "a\\b", "\uff0fa", "http://2130706433/", "/a/%2e%2e", "::1%1"],
)
def test_53_54_55_nothing_is_derived_from_ambiguous_text(argument: str) -> None:
    known = facts({"x": argument})
    assert known.hosts("x") is None
    assert known.address("x") is None
    assert known.subpaths("x") is None
    statements = known.statements()
    assert not [name for name in ("host", "address", "subpath") if named(statements, name)]


def test_absent_arguments_have_no_facts() -> None:
    known = facts({"x": 1})
    for ask in (known.value, known.text, known.number, known.length, known.items):
        assert ask("y") is None
    for derive in (known.hosts, known.address, known.subpaths):
        assert derive("y") is None
    assert known.glob("y", "*") is None


def test_4_a_glob_has_no_answer_for_long_text() -> None:
    known = facts({"x": "a" * MOST_TEXT, "y": "a" * (MOST_TEXT + 1)})
    assert known.glob("x", "*") is True
    assert known.glob("y", "*") is None


@pytest.mark.parametrize("pattern", ["", "\\", "a" * 257])
def test_a_bad_pattern_is_the_callers_mistake(pattern: str) -> None:
    with pytest.raises(InputError):
        facts({"x": "a"}).glob("x", pattern)


def test_statements_of_a_plain_request() -> None:
    known = facts()
    assert known.statements() == [
        Predicate("operation", ((STRING, "events:read"),)),
        Predicate("resource", ((STRING, "cal://alice/2026-11"),)),
        Predicate("path", ((STRING, "cal://alice"),)),
        Predicate("path", ((STRING, "cal://alice/2026-11"),)),
        Predicate("audience", ((STRING, "did:web:calendar.example"),)),
        Predicate("time", ((datalog.DATE, NOW),)),
        Predicate("depth", ((INTEGER, 2),)),
        Predicate("request", ((datalog.BYTES, known.request.digest()),)),
    ]


ARGS: dict[str, Any] = {
    "z": "https://a.example/",
    "n": 2.5,
    "list": ["b", "a"],
    "ip": "::1",
    "path": "/a",
    "none": None,
    "yes": True,
    "odd": [1, "a"],
    "object": {"a": 1},
    "empty": [],
}


def test_statements_of_arguments() -> None:
    statements = facts(ARGS).statements([("path", "/*"), ("path", "x"), ("n", "*"), ("absent", "*")])
    names = [statement.terms[0][1] for statement in statements if statement.name in VALUED]
    assert names == sorted(names, key=str)
    assert named(statements, "number") == [((STRING, "n"), (INTEGER, 2), (INTEGER, 3))]
    assert named(statements, "texts") == [((STRING, "list"), (datalog.SET, ((STRING, "a"), (STRING, "b"))))]
    assert named(statements, "host") == [
        ((STRING, "z"), (STRING, "*.example")),
        ((STRING, "z"), (STRING, "a.example")),
    ]
    assert named(statements, "subpath") == [((STRING, "path"), (STRING, "/")), ((STRING, "path"), (STRING, "/a"))]
    assert named(statements, "hosts") == [
        ((STRING, "z"), (datalog.SET, ((STRING, "*.example"), (STRING, "a.example"))))
    ]
    assert named(statements, "address") == [((STRING, "ip"), (STRING, "6:" + "0" * 127 + "1"))]
    assert named(statements, "subpaths") == [((STRING, "path"), (datalog.SET, ((STRING, "/"), (STRING, "/a"))))]
    assert {terms[0][1]: terms[1][1] for terms in named(statements, "length")} == {
        "z": 18, "list": 2, "ip": 3, "path": 2, "odd": 2, "empty": 0,
    }  # fmt: skip
    assert named(statements, "glob") == [
        ((STRING, "path"), (STRING, "/*"), (BOOL, True)),
        ((STRING, "path"), (STRING, "x"), (BOOL, False)),
    ]
    assert named(statements, "null") == [((STRING, "none"),)]
    assert not [
        terms for terms in named(statements, "arg") if terms[0][1] in ("n", "list", "object", "odd", "empty", "none")
    ]


def test_statements_of_approvals() -> None:
    request = facts().request
    known = Facts(request, audience="x:y", now=NOW, depth=0, approved=frozenset({"did:x:a", "did:x:b"}))
    both, other = frozenset({"did:x:a", "did:x:b"}), frozenset({"did:x:a", "did:x:c"})
    asked = [(1, both), (2, both), (3, both), (1, other), (2, other), (1, frozenset({"did:x:c"}))]
    assert named(known.statements(approvals=asked), "approved") == [
        ((INTEGER, 1), (datalog.SET, ((STRING, "did:x:a"), (STRING, "did:x:b")))),
        ((INTEGER, 2), (datalog.SET, ((STRING, "did:x:a"), (STRING, "did:x:b")))),
        ((INTEGER, 1), (datalog.SET, ((STRING, "did:x:a"), (STRING, "did:x:c")))),
    ]
    assert known.statements(approvals=asked)[:-3] == known.statements()
    assert not named(facts().statements(approvals=asked), "approved")
    stock_agrees(known.statements(approvals=asked), 'approved(2, {"did:x:b", "did:x:a"})')
    with pytest.raises(AuthorizationError):
        stock_agrees(known.statements(approvals=asked), 'approved(2, {"did:x:a", "did:x:c"})')


def texts(*values: str) -> Term:
    return datalog.set_of(frozenset(map(datalog.scalar, values)))


ORG, LAB, MODEL = "did:x:org", "did:x:lab", "model=m-1"
ATTESTATIONS: list[tuple[tuple[bool, set[str], set[str]], bool]] = [
    ((False, {ORG}, {MODEL}), True),
    ((False, {ORG}, {"model=m-2"}), False),
    ((False, {ORG}, {MODEL, "model=m-2"}), True),
    ((False, {ORG}, {MODEL, "purpose=a=b"}), True),
    ((False, {LAB}, {MODEL}), False),
    ((False, {ORG, LAB}, {MODEL}), True),
    ((False, {ORG, LAB}, {MODEL, "stage=test"}), False),
    ((False, {LAB}, set()), True),
    ((False, {"did:x:none"}, set()), False),
    ((True, {ORG}, {MODEL}), True),
    ((True, {ORG}, {"purpose=a=b"}), False),
]


def test_statements_of_attestations() -> None:
    """Only what one credential by one of those says, of the holder or of every delegate, is a fact for anybody."""
    holder = {Attested(ORG, frozenset({MODEL, "purpose=a=b"})), Attested(LAB, frozenset({"stage=test"}))}
    other = {Attested(ORG, frozenset({MODEL}))}
    told_of = (frozenset(other), frozenset(holder))
    known = Facts(facts().request, audience="x:y", now=NOW, depth=1, attested=told_of)
    asked = [(every, frozenset(by), frozenset(said)) for (every, by, said), _ in ATTESTATIONS]
    assert named(known.statements(attestations=asked), "attested") == [
        (datalog.string("every" if every else "holder"), texts(*by), *([texts(*said)] if said else []))
        for (every, by, said), holds in ATTESTATIONS
        if holds
    ]
    assert not named(known.statements(), "attested")
    assert not named(facts().statements(attestations=asked), "attested")


CHECKS = [
    'operation("events:read")',
    'path("cal://alice")',
    'resource("cal://alice/2026-11")',
    'audience("did:web:calendar.example")',
    "time($t), $t < 2099-01-01T00:00:00Z, $t > 2026-01-01T00:00:00Z",
    "depth($d), $d <= 2",
    'boolean("yes", true)',
    'null("none")',
    'text("z", $v), {"https://a.example/"}.contains($v)',
    'number("n", $low, $high), $low >= 2, $high <= 3',
    'length("list", 2)',
    'texts("list", $s), $s.contains("a"), {"a", "b", "c"}.contains($s)',
    'host("z", "*.example")',
    'hosts("z", $s), $s.contains("*.example")',
    'address("ip", $b), $b.starts_with("6:0000")',
    'subpath("path", "/")',
    'subpaths("path", $s), $s.contains("/")',
    'glob("path", "/*", true)',
]


@pytest.mark.parametrize("check", CHECKS)
def test_the_stock_engine_reads_every_kind_of_fact(check: str) -> None:
    stock_agrees(facts(ARGS, cost=Money(1, "EUR")).statements([("path", "/*")]), check)


def test_the_stock_engine_reads_the_request_digest() -> None:
    known = facts(ARGS)
    stock_agrees(known.statements(), "request({digest})", {"digest": known.request.digest()})


TEXTS = st.text(
    st.one_of(st.sampled_from('";\\\n\0){}\u202e\U0001f600'), st.characters(exclude_categories=["Cs"])), max_size=8
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), TEXTS)
ARGUMENTS = st.dictionaries(TEXTS.filter(bool), st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=3)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(ARGUMENTS)
def test_90_the_stock_engine_takes_any_arguments(args: dict[str, Any]) -> None:
    known = facts(args)
    statements = known.statements([(name, "*") for name in args])
    assert statements == facts(dict(reversed(args.items()))).statements([(name, "*") for name in args])
    for name, value in args.items():
        member = known.value(name)
        if member is None and value is not None:
            continue
        text = "null({name})" if member is None else f"{datalog.TYPES[member[0]]}({{name}}, {{value}})"
        stock_agrees(statements, text, {"name": name} if value is None else {"name": name, "value": value})


@settings(derandomize=True, deadline=None, max_examples=300)
@given(ARGUMENTS)
def test_facts_are_ground_and_typed(args: dict[str, Any]) -> None:
    for statement in facts(args).statements():
        for kind, value in statement.terms:
            assert kind != datalog.VARIABLE
            if kind == datalog.SET:
                assert isinstance(value, tuple)
                assert value
                assert len({member[0] for member in value}) == 1
                assert len(set(value)) == len(value)
