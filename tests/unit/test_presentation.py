"""The presentation block, term by term: the one check that is a presentation, and its neighbours that are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from attorn.biscuit.block import Block
from attorn.clock import LATEST
from attorn.datalog import (
    BYTES,
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    Check,
    Expression,
    Predicate,
    Query,
    date,
    integer,
    octets,
    string,
    variable,
)
from attorn.errors import InputError, LimitError, MalformedError
from attorn.token.presentation import Presentation, read, words

PLAIN = Presentation("did:web:calendar.example", bytes(32), bytes(16), 100, 160)
ANSWERING = replace(PLAIN, challenge="c")
AUDIENCE = Predicate("audience", (string("did:web:calendar.example"),))
REQUEST, NONCE = Predicate("request", (octets(bytes(32)),)), Predicate("nonce", (octets(bytes(16)),))
CHALLENGE = Predicate("challenge", (string("c"),))
NOW = variable("time")
TIME = Predicate("time", (NOW,))
FROM, UNTIL = (NOW, date(100), GREATER_OR_EQUAL), (NOW, date(160), LESS)
QUERY = Query((AUDIENCE, REQUEST, NONCE, TIME), (FROM, UNTIL))


def block(*checks: Check, facts: tuple[Predicate, ...] = ()) -> Block:
    return Block((), facts, checks, 0, 0)


def body(*predicates: Predicate, where: tuple[Expression, ...] = (FROM, UNTIL)) -> Block:
    return block((Query(predicates, where),))


@pytest.mark.parametrize("made", [PLAIN, ANSWERING, replace(PLAIN, start=0, stop=LATEST)])
def test_a_presentation_is_read_back(made: Presentation) -> None:
    assert read(block(made.check())) == made


def test_what_the_check_says() -> None:
    assert PLAIN.check() == (QUERY,)
    assert ANSWERING.check() == (Query((AUDIENCE, REQUEST, NONCE, CHALLENGE, TIME), (FROM, UNTIL)),)


STATED = (
    Predicate("idempotency", (string("k"),)),
    Predicate("approval", (string("a"),)),
    Predicate("approval", (string("b"),)),
    Predicate("credential", (string("c"),)),
)


def test_what_the_facts_say() -> None:
    whole = replace(PLAIN, idempotency_key="k", unverified_approvals=("a", "b"), unverified_credentials=("c",))
    assert whole.facts() == STATED
    assert read(block(whole.check(), facts=STATED)) == whole
    assert PLAIN.facts() == ()


@pytest.mark.parametrize(("name", "most"), [("approval", 16), ("credential", 32)])
def test_as_many_as_travel_with_one(name: str, most: int) -> None:
    stated = tuple(Predicate(name, (string(f"{number}"),)) for number in range(most + 1))
    found = read(block(PLAIN.check(), facts=stated[:-1]))
    assert found.facts() == stated[:-1]
    with pytest.raises(LimitError, match=f"expected at most {most} {name}s"):
        read(block(PLAIN.check(), facts=stated))


def named(predicate: Predicate) -> Predicate:
    return Predicate("other", predicate.terms)


def typed(predicate: Predicate) -> Predicate:
    """The same value as another type."""
    ((kind, value),) = predicate.terms
    return Predicate(predicate.name, (octets(b"x") if kind != BYTES else string(str(value)),))


REST = (REQUEST, NONCE, TIME)
NONE_AT_ALL: dict[str, Block] = {
    "empty": block(),
    "a-fact-beside-it": block((QUERY,), facts=(Predicate("seen", (string("x"),)),)),
    "a-fact-instead": block(facts=(AUDIENCE,)),
    "twice": block((QUERY,), (QUERY,)),
    "a-check-behind-it": block((QUERY,), (Query((TIME,), ()),)),
    "an-alternative": block((QUERY, QUERY)),
    "another-alternative": block((QUERY, Query((TIME,), ()))),
    "no-alternative": block(()),
    "nothing-asked": body(where=()),
    "no-window": body(AUDIENCE, *REST, where=()),
    "no-end": body(AUDIENCE, *REST, where=(FROM,)),
    "three-conditions": body(AUDIENCE, *REST, where=(FROM, UNTIL, UNTIL)),
    "window-turned": body(AUDIENCE, *REST, where=(UNTIL, FROM)),
    "end-included": body(AUDIENCE, *REST, where=(FROM, (NOW, date(160), LESS_OR_EQUAL))),
    "start-as-a-number": body(AUDIENCE, *REST, where=((NOW, integer(100), GREATER_OR_EQUAL), UNTIL)),
    "end-as-a-number": body(AUDIENCE, *REST, where=(FROM, (NOW, integer(160), LESS))),
    "another-variable": body(AUDIENCE, *REST, where=((variable("0"), date(100), GREATER_OR_EQUAL), UNTIL)),
    "condition-of-two-parts": body(AUDIENCE, *REST, where=(FROM, (NOW, LESS))),
    "no-audience": body(*REST),
    "no-request": body(AUDIENCE, NONCE, TIME),
    "no-nonce": body(AUDIENCE, REQUEST, TIME),
    "no-time": body(AUDIENCE, REQUEST, NONCE),
    "swapped": body(AUDIENCE, NONCE, REQUEST, TIME),
    "audience-twice": body(AUDIENCE, AUDIENCE, *REST),
    "two-challenges": body(AUDIENCE, REQUEST, NONCE, CHALLENGE, CHALLENGE, TIME),
    "challenge-of-nothing": body(AUDIENCE, REQUEST, NONCE, Predicate("challenge", ()), TIME),
    "challenge-of-two": body(AUDIENCE, REQUEST, NONCE, Predicate("challenge", (string("c"), string("d"))), TIME),
    "challenge-behind-time": body(AUDIENCE, REQUEST, NONCE, TIME, CHALLENGE),
    "challenge-of-another-name": body(AUDIENCE, REQUEST, NONCE, named(CHALLENGE), TIME),
    "challenge-of-another-type": body(AUDIENCE, REQUEST, NONCE, typed(CHALLENGE), TIME),
    "audience-of-nothing": body(Predicate("audience", ()), *REST),
    "audience-of-two": body(Predicate("audience", (string("x"), string("y"))), *REST),
    "audience-of-another-name": body(named(AUDIENCE), *REST),
    "audience-of-another-type": body(typed(AUDIENCE), *REST),
    "request-of-another-name": body(AUDIENCE, named(REQUEST), NONCE, TIME),
    "request-of-another-type": body(AUDIENCE, typed(REQUEST), NONCE, TIME),
    "nonce-of-another-name": body(AUDIENCE, REQUEST, named(NONCE), TIME),
    "nonce-of-another-type": body(AUDIENCE, REQUEST, typed(NONCE), TIME),
    "time-of-another-name": body(AUDIENCE, REQUEST, NONCE, named(TIME)),
    "time-of-a-date": body(AUDIENCE, REQUEST, NONCE, Predicate("time", (date(100),))),
}


def malformed(found: Block) -> str:
    with pytest.raises(MalformedError) as caught:
        read(found)
    assert (caught.value.code, caught.value.step) == ("malformed", 1)
    return str(caught.value)


@pytest.mark.parametrize("name", NONE_AT_ALL)
def test_blocks_that_are_no_presentation(name: str) -> None:
    assert "presentation" in malformed(NONE_AT_ALL[name])


@pytest.mark.parametrize(
    "changed",
    [
        *({"id": bytes(size)} for size in (0, 15, 17)),
        *({"digest": bytes(size)} for size in (0, 31, 33)),
        *({"stop": second} for second in (LATEST + 1, 1 << 52)),
    ],
    ids=str,
)
def test_values_out_of_their_range(changed: dict[str, Any]) -> None:
    said = malformed(block(replace(PLAIN, **changed).check()))
    assert ("before the year 10000" if "stop" in changed else "an id of 16 bytes and a digest of 32") in said


@pytest.mark.parametrize("name", ["audience", "challenge"])
def test_a_name_or_a_challenge_of_no_length_that_they_have(name: str) -> None:
    for text in ("", "x" * 2049):
        assert "1 to 2048 characters" in malformed(block(replace(PLAIN, **{name: text}).check()))
    assert read(block(replace(PLAIN, **{name: "x" * 2048}).check()))


@pytest.mark.parametrize("text", ["a", "x" * 2048, "é" * 2048, "did:web:x"], ids=["one", "most", "wide", "did"])
def test_words(text: str) -> None:
    assert words(text, "audience") == text


@pytest.mark.parametrize(
    "make",
    [lambda: "", lambda: "x" * 2049, lambda: "\ud800", lambda: None, lambda: 5, lambda: b"x", lambda: ["x"]],
    ids=["empty", "too-long", "surrogate", "none", "number", "bytes", "list"],
)
def test_words_that_are_none(make: Callable[[], Any]) -> None:
    with pytest.raises(InputError, match=r"^audience: ") as caught:
        words(make(), "audience")
    assert caught.value.code == "invalid_input"
