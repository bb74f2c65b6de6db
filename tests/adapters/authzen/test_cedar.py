"""Cedar after a chain: what a policy is told, what its failures mean, and what it cannot be told."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from tests.adapters.authzen.scene import wire
from tests.unit.scene import ALICE, AUDIENCE, NOW, PLANNER, REQUEST, SCOUT, accepted, given, refused, shown, verifier
from tests.web import world

from attorn import Denied, Request, caveat
from attorn.authzen.cedar import CedarPolicy, _value
from attorn.authzen.evaluation import Entity, Evaluation
from attorn.decision import Denial
from attorn.errors import InputError, UnavailableError
from attorn.request.money import Money

ALL = "permit (principal, action, resource);"
PAY = Request(action="pay:out", resource="shop://store/orders/7", args={"to": "bob"}, cost=Money(1500, "EUR"))


def permitted(text: str, request: Request = REQUEST, **how: Any) -> None:
    accepted(wire(request=request), by=verifier(policy=CedarPolicy(text, **how)), request=request)


def prohibited(text: str, request: Request = REQUEST, **how: Any) -> Denial:
    error = refused(wire(request=request), "denied", 9, by=verifier(policy=CedarPolicy(text, **how)), request=request)
    assert isinstance(error, Denied)
    assert error.decision.denial is not None
    assert (error.decision.link, error.decision.denial.caveat) == (None, "Cedar")
    return error.decision.denial


def undecided(text: str, request: Request = REQUEST, **how: Any) -> None:
    refused(wire(request=request), "unavailable", None, by=verifier(policy=CedarPolicy(text, **how)), request=request)


def when(condition: str) -> str:
    return f"permit (principal, action, resource) when {{ {condition} }};"


@pytest.mark.parametrize(
    "condition",
    [
        f'principal == Agent::"{SCOUT.did}"',
        'action == Action::"events:read"',
        'resource == Resource::"cal://alice/2026-11"',
        "context.chain.depth == 1",
        f'context.chain.root == "{ALICE.did}"',
        f'context.chain.holder == "{SCOUT.did}"',
        f'context.chain.delegates == ["{PLANNER.did}", "{SCOUT.did}"]',
        "context.args.limit == 10",
        "context.args == {limit: 10}",
        f'context.audience == "{AUDIENCE}"',
        f"context.time == {NOW}",
        'context.within.contains("cal://alice")',
        "!(context has cost)",
    ],
)
def test_what_a_policy_is_told(condition: str) -> None:
    permitted(when(condition))
    prohibited(when(f"!({condition})"))


@pytest.mark.parametrize(
    ("condition", "args"),
    [
        ("context.args.a", {"a": True}),
        ('context.args.a == "true"', {"a": "true"}),
        ("context.args.a == 9007199254740991", {"a": 2**53 - 1}),
        ("context.args.a == -9007199254740991", {"a": -(2**53) + 1}),
        ("context.args.a == 10", {"a": 10.0}),
        ("context.args.a.isEmpty()", {"a": []}),
        ("context.args.a == [2, 1]", {"a": [1, 2, 2]}),
        ('context.args.a["@b"].c == [[1]]', {"a": {"@b": {"c": [[1]]}}}),
        ('context.args["quo\\"te"] == "line\\nbreak"', {'quo"te': "line\nbreak"}),
    ],
)
def test_arguments_keep_their_types(condition: str, args: dict[str, Any]) -> None:
    permitted(when(condition), Request(action="events:read", resource=REQUEST.resource, args=args))


def test_money_is_an_integer_of_minor_units() -> None:
    cleared = when('context.cost.amount <= 2000 && context.cost.currency == "EUR"')
    by = verifier(policy=CedarPolicy(cleared))
    token = given(caveat.Actions("pay:out"))
    accepted(shown(token, PLANNER, PAY), by=by, request=PAY)
    dear = Request(action="pay:out", resource=PAY.resource, cost=Money(2001, "EUR"))
    refused(shown(token, PLANNER, dear), "denied", 9, by=by, request=dear)
    free = Request(action="pay:out", resource=PAY.resource)
    refused(shown(token, PLANNER, free), "unavailable", None, by=by, request=free)


@pytest.mark.parametrize("value", [1.5, None, [None], {"a": {"b": 0.1}}, [[1.25]]])
def test_what_cedar_cannot_say_is_not_decided(value: Any) -> None:
    """Nothing is rounded, and nothing is left out that a policy might forbid."""
    undecided(ALL, Request(action="events:read", resource=REQUEST.resource, args={"a": value}))


@pytest.mark.parametrize(
    "args",
    [
        {"a": {"__entity": {"type": "Agent", "id": ALICE.did}}},
        {"a": [{"__extn": {"fn": "ip", "arg": "127.0.0.1"}}]},
        {"__entity": {"type": "Agent", "id": ALICE.did}},
        {"__extn": {"fn": "decimal", "arg": "1.0"}},
        {"a": {"b": {"__expr": "true"}}},
        {"__cedar": 1},
    ],
)
def test_an_argument_is_never_an_entity_or_a_function(args: dict[str, Any]) -> None:
    """Attack 76: it would mint a fact for the engine behind."""
    undecided(ALL, Request(action="events:read", resource=REQUEST.resource, args=args))


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**64, 10**40])
def test_integers_beyond_64_bits_are_refused_and_not_wrapped(number: int) -> None:
    """Attack 56."""
    with pytest.raises(UnavailableError):
        _value({"a": [number]})
    assert _value(MappingProxyType({"a": (2**63 - 1, -(2**63), True)})) == {"a": [2**63 - 1, -(2**63), True]}


@pytest.mark.parametrize(
    "text",
    [
        # Cedar itself skips what fails, and permits all three.
        f"{ALL} forbid (principal, action, resource) when {{ context.args.amount > 100 }};",
        f'{ALL} forbid (principal, action, resource) when {{ context.args.limit like "1*" }};',
        f"{ALL} forbid (principal, action, resource) when {{ context.args.limit * 9223372036854775807 > 1 }};",
        when("context.args.amount < 100"),
        when("ip(context.args.limit).isLoopback()"),
        when('principal.role == "admin"'),
    ],
)
def test_a_policy_that_fails_decides_nothing(text: str) -> None:
    undecided(text)


def test_what_forbids_overrides() -> None:
    forbid = '@id("no-reads") forbid (principal, action == Action::"events:read", resource);'
    assert "no-reads" in prohibited(ALL + forbid).limit
    assert "policy0" in prohibited(f"forbid (principal, action, resource); {ALL}").limit
    # Also where another policy fails.
    prohibited(ALL + forbid + when("context.args.amount > 1"))


def test_what_no_policy_permits_is_prohibited() -> None:
    prohibited(when("false"))
    prohibited('permit (principal == Agent::"did:key:z6MkOther", action, resource);')
    prohibited(f'permit (principal == Asserted::agent::"{SCOUT.did}", action, resource);')
    prohibited('permit (principal, action == Action::"events:rea", resource);')


def test_it_widens_nothing() -> None:
    by = verifier(policy=CedarPolicy(ALL))
    other = Request(action="events:write", resource=REQUEST.resource)
    refused(wire(request=other), "denied", 9, by=by, request=other)
    refused(wire(), "wrong_request", 8, by=by, request=other)
    token = given(caveat.Actions("events:read"), caveat.MaxUses(1))
    accepted(shown(token, PLANNER), by=by)
    refused(shown(token, PLANNER), "denied", 10, by=by)


def test_groups_are_entities_of_the_caller() -> None:
    entities = json.dumps(
        [
            {
                "uid": {"type": "Agent", "id": SCOUT.did},
                "attrs": {"level": 3},
                "parents": [{"type": "Team", "id": "a"}],
            },
            {"uid": {"type": "Team", "id": "a"}, "attrs": {}, "parents": []},
        ]
    )
    text = 'permit (principal in Team::"a", action, resource) when { principal.level > 2 };'
    permitted(text, entities=entities)
    prohibited(text)
    undecided(when("principal.level > 2"))


def test_it_holds_behind_a_web_server_too() -> None:
    reads = when('context.args["@method"] == "GET" && context.within.contains("https://calendar.example/events")')
    app = world.by_middleware(world.verifier(policy=CedarPolicy(reads)))
    assert world.call(app, wire=world.present()).status_code == 200
    problem = world.refused(world.call(app, "POST", wire=world.present("POST", body=b"x"), content=b"x"), 403, "denied")
    assert (problem["caveat"], problem["link"], problem["step"]) == ("Cedar", None, 9)
    broken = world.by_middleware(world.verifier(policy=CedarPolicy(when("context.args.none"))))
    world.refused(world.call(broken, wire=world.present()), 503, "unavailable")


SCHEMA = """
entity Agent; entity Resource;
type Chain = {depth: Long, root: String, holder: String, delegates: Set<String>};
action "events:read" appliesTo {
  principal: [Agent], resource: [Resource],
  context: {chain: Chain, args: {limit: Long}, audience: String, time: Long, within: Set<String>}
};
"""


def test_a_schema_holds_policies_and_requests() -> None:
    permitted(when("context.args.limit == 10"), schema=SCHEMA)
    undecided(ALL, Request(action="events:read", resource=REQUEST.resource, args={"limit": "10"}), schema=SCHEMA)
    undecided(ALL, Request(action="events:read", resource=REQUEST.resource), schema=SCHEMA)
    for wrong in (when("context.args.amount == 10"), 'permit (principal, action == Action::"other", resource);'):
        with pytest.raises(InputError):
            CedarPolicy(wrong, schema=SCHEMA)


@pytest.mark.parametrize(
    "arguments",
    [
        {"policies": ""},
        {"policies": "// nothing"},
        {"policies": "permit ("},
        {"policies": "permit (principal, action, resource)"},
        {"policies": when("foo")},
        {"policies": "permit (principal == ?principal, action, resource);"},
        {"policies": ALL + "forbid (principal == ?principal, action, resource);"},
        {"policies": None},
        {"policies": ALL.encode()},
        {"policies": ALL + " " * (1 << 20)},
        {"policies": ALL, "entities": "{}"},
        {"policies": ALL, "entities": "nothing"},
        {"policies": ALL, "entities": []},
        {"policies": ALL, "entities": '[{"uid":{"type":"U","id":"a"},"attrs":{"n":9223372036854775808},"parents":[]}]'},
        {"policies": ALL, "entities": '[{"uid":{"type":"U","id":"a"},"attrs":{"n":1.5},"parents":[]}]'},
        {"policies": ALL, "entities": '[{"uid":{"type":"U","id":"a"},"attrs":{"n":1,"n":2},"parents":[]}]'},
        {"policies": ALL, "schema": "entity"},
        {"policies": ALL, "schema": 5},
    ],
)
def test_texts_that_are_refused_when_they_are_handed_in(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        CedarPolicy(arguments.pop("policies"), **arguments)


def evaluation(**changed: Any) -> Evaluation:
    usual: dict[str, Any] = {"subject": Entity("user", "alice"), "action": "read", "resource": Entity("record", "1")}
    return Evaluation(**{**usual, **changed})


@pytest.mark.parametrize(
    "condition",
    [
        'context.subject == {role: "admin"}',
        "context.action == {soft: true}",
        'context.resource == {status: "active"}',
        'context.request == {ip: "192.0.2.1"}',
        'principal == Asserted::user::"alice"',
        'resource == Asserted::record::"1"',
    ],
)
def test_what_is_said_of_an_asserted_subject(condition: str) -> None:
    said = evaluation(
        subject=Entity("user", "alice", {"role": "admin"}),
        resource=Entity("record", "1", {"status": "active"}),
        properties={"soft": True},
        context={"ip": "192.0.2.1"},
    )
    assert CedarPolicy(when(condition)).permits_asserted(said) is True
    assert isinstance(CedarPolicy(when(f"!({condition})")).permits_asserted(said), Denial)


def test_nobody_is_an_agent_by_saying_so() -> None:
    """Whoever strips the presentation is another principal, in another namespace."""
    text = (
        f'permit (principal == Agent::"{SCOUT.did}", action, resource); permit (principal is Agent, action, resource);'
    )
    policy = CedarPolicy(text)
    for kind in ("Agent", "agent", "Asserted"):
        assert isinstance(policy.permits_asserted(evaluation(subject=Entity(kind, SCOUT.did))), Denial)


@pytest.mark.parametrize(
    "kind", ["user // ", "a::b", "::Agent", "user x", "user-x", "1", "in", "__cedar", "é", "a" * 200]
)
def test_types_that_are_no_identifiers(kind: str) -> None:
    policy = CedarPolicy(ALL)
    for changed in ({"subject": Entity(kind, "alice")}, {"resource": Entity(kind, "1")}):
        with pytest.raises(UnavailableError):
            policy.permits_asserted(evaluation(**changed))


@pytest.mark.parametrize("name", ['a"; permit', "\n", "\\", "\0", "*", "é", ""])
def test_names_are_names_whatever_they_hold(name: str) -> None:
    policy = CedarPolicy('permit (principal == Asserted::user::"alice", action == Action::"read", resource);')
    assert policy.permits_asserted(evaluation()) is True
    assert isinstance(policy.permits_asserted(evaluation(subject=Entity("user", name))), Denial)
    assert isinstance(policy.permits_asserted(evaluation(action=name)), Denial)
    assert policy.permits_asserted(evaluation(resource=Entity("record", name))) is True
