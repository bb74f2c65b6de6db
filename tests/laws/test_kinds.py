"""The laws of caveats, each asked of every kind in turn. A new kind is here as soon as it has a kit."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.caveats.kit import Kit, situations
from tests.caveats.pools import APPROVERS
from tests.caveats.vocabulary import KITS, drawn, kit_of, plain, with_opposite
from tests.laws.scene import (
    FORMATS,
    Case,
    Step,
    cases,
    formats,
    grant,
    grants,
    people,
    permits,
    permitted,
    verdict,
    within_limits,
)
from tests.laws.sizes import for_each_kind
from tests.laws.stock import stock_permits
from tests.property.chains import PEOPLE
from tests.reference import caveats as reference

import attorn.caveat
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat import Agent, Caveat, Purpose, Unrecognised
from attorn.caveat.formula import Alternatives
from attorn.caveat.profile import recognise
from attorn.caveat.spoken import from_json, to_json
from attorn.datalog import Check, Predicate, Query
from attorn.errors import AttornError
from attorn.limits import Limits

each_kind = pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.name)
each_written_kind = pytest.mark.parametrize("kit", [kit for kit in KITS if kit.written], ids=lambda kit: kit.name)


# Every kind has a kit, and every law takes every kit


def kinds() -> set[type[Caveat]]:
    """Every caveat class of the package that no other class of it extends."""
    files = [each.name for each in pkgutil.iter_modules(attorn.caveat.__path__)]
    modules = [importlib.import_module(f"attorn.caveat.{file}") for file in files]
    found = {each for module in modules for each in vars(module).values() if inspect.isclass(each)}
    caveats = {each for each in found if issubclass(each, Caveat)}
    return {each for each in caveats if not any(each in other.__bases__ for other in caveats)}


def test_every_kind_has_exactly_one_kit() -> None:
    listed = [kit.kind for kit in KITS]
    assert len(listed) == len(set(listed))
    assert {kind.__name__ for kind in kinds()} == {kind.__name__ for kind in listed}


def test_every_name_of_the_vocabulary_has_a_kit_or_is_what_several_share() -> None:
    named = {getattr(attorn.caveat, name) for name in attorn.caveat.__all__}
    shared = {kind for kind in named if any(issubclass(kit.kind, kind) and kit.kind is not kind for kit in KITS)}
    assert named - shared <= {kit.kind for kit in KITS}


def test_every_law_is_asked_of_every_kind() -> None:
    laws = [each for name, each in vars(sys.modules[__name__]).items() if name.startswith("test_law_")]
    for each in laws:
        marks = [mark for mark in each.pytestmark if mark.name == "parametrize"]
        assert marks[0] in (each_kind.mark, each_written_kind.mark)
        assert len(marks) == 1
    assert len(laws) >= 9


def test_only_what_is_never_a_check_of_its_own_is_left_out() -> None:
    assert {kit.name for kit in KITS if not kit.written} == {"ExpiresIn", "NoDelegation", "Purpose"}


def test_agents_of_whom_the_right_thing_is_said_are_among_those_that_the_laws_see() -> None:
    limits = [Agent(attested_by=APPROVERS[0], every=every, model="a", capability="=") for every in (False, True)]
    for limit, allowed in zip(limits, (3, 2), strict=True):
        found = [
            [verdict(grant(each, PEOPLE[0], _steps(limit, to.depth)), to).code for to in kit_of(limit).near(limit)]
            for each in FORMATS
        ]
        assert found[0] == found[1]
        assert (found[0].count("allowed"), found[0].count("denied")) == (allowed, 6 - allowed)


def _steps(limit: Caveat, depth: int) -> list[Step]:
    return [*(Step(PEOPLE[place + 5]) for place in range(depth)), Step(PEOPLE[4], (limit,))]


# Laws of chains


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_every_ancestor_permits_what_a_descendant_permits(kit: Kit, data: Any) -> None:
    case = data.draw(cases(about=kit))
    several = grants(data.draw(formats), case.root, case.steps)
    found = [permitted(each, case.situation) for each in several]
    for parent, child in pairwise(found):
        assert parent or not child


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_one_more_caveat_is_one_more_condition(kit: Kit, data: Any) -> None:
    limit, format_ = data.draw(kit.caveats), data.draw(formats)
    situation = data.draw(st.sampled_from(list(kit.near(limit))))
    steps = [Step(data.draw(people), (), situation.now) for _ in range(situation.depth)]
    root, last = data.draw(people), data.draw(people)
    bare, narrowed = (grant(format_, root, [*steps, Step(last, added, situation.now)]) for added in ((), (limit,)))
    assert permitted(bare, situation)
    delegates = narrowed.delegates
    expected = permits(limit, situation, issued=situation.now, place=situation.depth, delegates=delegates)
    assert permitted(narrowed, situation) is expected


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_order_and_repetition_of_caveats_change_no_verdict(kit: Kit, data: Any) -> None:
    case, format_ = data.draw(cases(about=kit, most=2)), data.draw(formats)
    steps = []
    for step in case.steps:
        several = [each for each in step.caveats if not isinstance(each, Purpose)]
        again = data.draw(st.lists(st.sampled_from(several), max_size=2)) if several else []
        mixed = data.draw(st.permutations(several + again))
        steps.append(Step(step.to, tuple(mixed), step.issued))
    moved = within_limits(verdict(grant(format_, case.root, steps), case.situation))
    assert moved.code == within_limits(verdict(case.grant(format_), case.situation)).code


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_everybody_gives_the_same_verdict(kit: Kit, data: Any) -> None:
    case: Case = data.draw(cases(about=kit, most=3))
    held = [case.grant(format_) for format_ in FORMATS]
    ours = [within_limits(verdict(each, case.situation)) for each in held]
    assert ours == [case.expected({})] * len(FORMATS)
    if not any(isinstance(limit, Unrecognised) for _, _, limit in case.caveats()):
        # A stock engine runs a check that stands for no caveat, and may find it true.
        assert stock_permits(held[0], case.situation) is case.stock_permits()


# Laws of one caveat


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_the_reference_evaluator_agrees(kit: Kit, data: Any) -> None:
    limit, other = data.draw(kit.caveats), data.draw(kit.caveats)
    for situation in (*kit.near(limit), *kit.near(other), data.draw(situations())):
        for each in with_opposite(limit):
            ours = each.prohibits(situation.facts()) is not None
            assert reference.prohibits(plain(each), situation.plain(), situation.world()) is ours, situation


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_whoever_is_called_narrower_permits_no_more(kit: Kit, data: Any) -> None:
    limit = data.draw(kit.caveats)
    wider = kit.wider(limit)
    partner = data.draw(kit.caveats if wider is None else wider)
    decided = limit.narrower_than(partner)
    assert decided is True or (wider is None and decided is None)
    assert limit.narrower_than(Purpose("x")) is None
    other = data.draw(drawn(KITS))
    compared = [(limit, partner), (limit, limit), (limit, other), (other, limit), (partner, limit)]
    for one, two in compared:
        if one.narrower_than(two) is not True:
            continue
        for situation in (*kit_of(one).near(one), *kit_of(two).near(two), data.draw(situations())):
            assert two.prohibits(situation.facts()) is None or one.prohibits(situation.facts()) is not None


@each_written_kind
@for_each_kind
@given(data=st.data())
def test_law_a_caveat_is_read_back_as_what_was_written(kit: Kit, data: Any) -> None:
    limit = data.draw(kit.caveats.map(with_opposite).flatmap(st.sampled_from))
    check = limit.render()
    known = data.draw(st.sampled_from(((), ("a", "n"), ("arg", "ü☃", "events:read"))))
    found = admit(encode((), (check,), known), known, Limits())
    assert found.checks == (check,)
    (read,) = map(recognise, found.shaped)
    assert read == recognise(check)
    assert read.render() == check
    assert isinstance(read, Unrecognised) is (kit.kind is Unrecognised)
    for situation in kit_of(limit).near(limit):
        assert (read.prohibits(situation.facts()) is None) is (limit.prohibits(situation.facts()) is None)


@each_written_kind
@for_each_kind
@given(data=st.data())
def test_law_what_is_almost_a_caveat_is_another_or_prohibits(kit: Kit, data: Any) -> None:
    check = data.draw(kit.caveats).render()
    changed = data.draw(_almost(check))
    try:
        admit(encode((), (changed,), ()), (), Limits())
    except AttornError:
        return
    read = recognise(changed)
    assert read.render() == changed
    situation = data.draw(situations())
    if isinstance(read, Unrecognised):
        assert read.prohibits(situation.facts()) is not None
        held = [grant(each, PEOPLE[0], [Step(PEOPLE[1], (read,))]) for each in FORMATS]
        assert [verdict(each, situation).code for each in held] == ["denied"] * len(FORMATS)
    else:
        ours = read.prohibits(situation.facts()) is not None
        assert ours is reference.prohibits(plain(read), situation.plain(), situation.world())


@st.composite
def _almost(draw: st.DrawFn, check: Check) -> Check:
    """The check with one thing in one of its conditions changed, left out or said twice."""
    place = draw(st.integers(0, len(check) - 1))
    body, expressions = check[place]
    part = draw(st.integers(0, len(body) - 1))
    name, terms = body[part]
    change = draw(st.sampled_from(("name", "terms", "fewer", "again", "expressions", "order")))
    if change == "name":
        names = ("phase_of_the_moon", "text", "path", "operation", f"{name}s", name[:-1] or "x")
        body = (*body[:part], Predicate(draw(st.sampled_from(names)), terms), *body[part + 1 :])
    elif change == "terms":
        body = (*body[:part], Predicate(name, terms[::-1] if len(terms) > 1 else terms * 2), *body[part + 1 :])
    elif change == "fewer":
        body = (*body[:part], Predicate(name, terms[:-1] or terms * 2), *body[part + 1 :])
    elif change == "again":
        body = (*body, body[part])
    elif change == "expressions":
        expressions = expressions[:-1] if draw(st.booleans()) else expressions * 2
    else:
        expressions = expressions[::-1]
        body = body[::-1]
    return (*check[:place], Query(body, expressions), *check[place + 1 :])


@each_kind
@for_each_kind
@given(data=st.data())
def test_law_the_shell_writes_a_caveat_as_it_reads_it(kit: Kit, data: Any) -> None:
    limit = data.draw(kit.caveats)
    if kit.kind in (Unrecognised, Alternatives):
        # Neither can be written by a person.
        with pytest.raises(AttornError):
            from_json(to_json(limit))
        return
    again = from_json(to_json(limit))
    # Spans are written in whole seconds.
    assert again == limit or kit.name == "ExpiresIn"
