"""The corner of Biscuit Datalog that attorn speaks: ground facts, and checks made of alternatives.

A term carries its type beside its value, so that `True` never equals `1` and a date never equals an integer. No rules,
no scopes, no closures, no regular expressions, no foreign functions: what cannot be written here cannot be smuggled in.
Type numbers are the field numbers of `Term` in the Biscuit schema (specification 3.3, `schema.proto`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

VARIABLE: Final = 1
INTEGER: Final = 2
STRING: Final = 3
DATE: Final = 4
BYTES: Final = 5
BOOL: Final = 6
SET: Final = 7

UNARY: Final = 100
BINARY: Final = 101
NEGATE: Final = (UNARY, 0)
LESS: Final = (BINARY, 0)
GREATER: Final = (BINARY, 1)
LESS_OR_EQUAL: Final = (BINARY, 2)
GREATER_OR_EQUAL: Final = (BINARY, 3)
CONTAINS: Final = (BINARY, 5)
PREFIX: Final = (BINARY, 6)
OPERATIONS: Final = frozenset({NEGATE, LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL, CONTAINS, PREFIX})

Scalar = str | int | bool
"""A JSON value that a Datalog term can hold; null and numbers that are not integers are not among them."""
Plain = int | str | bytes | bool
Member = tuple[int, Plain]
Term = tuple[int, Plain | tuple[Member, ...]]
"""(type number, value). The value of a variable is its name, of a date its Unix second, of a set its sorted members."""
Op = tuple[int, Plain | tuple[Member, ...]]
"""A `Term` to push, or one of the operations above."""
Expression = tuple[Op, ...]
"""Postfix."""

TYPES: Final = {STRING: "text", INTEGER: "integer", BOOL: "boolean"}
"""The name of the fact about an argument whose value has this type."""


class Predicate(NamedTuple):
    """A name and its terms; a fact if none of the terms is a variable."""

    name: str
    terms: tuple[Term, ...]


class Query(NamedTuple):
    """One alternative of a check: it holds if all predicates match facts and all expressions are true."""

    body: tuple[Predicate, ...]
    expressions: tuple[Expression, ...]


Check = tuple[Query, ...]
"""`check if` with its alternatives (`or`)."""


def variable(name: str) -> Term:
    return (VARIABLE, name)


def string(value: str) -> Term:
    return (STRING, value)


def integer(value: int) -> Term:
    return (INTEGER, value)


def date(second: int) -> Term:
    return (DATE, second)


def octets(value: bytes) -> Term:
    return (BYTES, value)


def scalar(value: Scalar) -> Member:
    """The term of a JSON scalar; the order of the tests matters because Python's `bool` is an `int`."""
    if isinstance(value, bool):
        return (BOOL, value)
    if isinstance(value, int):
        return (INTEGER, value)
    return (STRING, value)


def member_order(member: Member) -> tuple[int, Plain]:
    """The order in which a set's members are held: by type, then by value."""
    return member


def set_of(members: frozenset[Member]) -> Term:
    """A set term, its members in their one order."""
    return (SET, tuple(sorted(members, key=member_order)))
