"""Datalog that no caveat renders to, as protobuf fields of a `Block`: joins, closures, regular expressions, masses.

Each function returns fields to graft into a block. Names come from Biscuit's default symbol table, so that no block
needs strings of its own unless the bomb is about strings. `first_symbol` is the number of the next free symbol.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.benchmarks.protobuf import field, number

RIGHT, TIME, OWNER, QUERY = 4, 5, 7, 27
LESS, EQUAL, REGEX, ADD, AND = 0, 4, 8, 9, 13


def variable(identity: int) -> bytes:
    return number(1, identity)


def integer(value: int) -> bytes:
    return number(2, value)


def string(symbol: int) -> bytes:
    return number(3, symbol)


def boolean(value: bool) -> bytes:
    return number(6, int(value))


def set_of(members: Iterable[bytes]) -> bytes:
    return field(7, *(field(1, member) for member in members))


def predicate(name: int, *terms: bytes) -> bytes:
    return number(1, name) + b"".join(field(2, term) for term in terms)


def fact(name: int, *terms: bytes) -> bytes:
    """A fact as field 4 of a block."""
    return field(4, field(1, predicate(name, *terms)))


def push(term: bytes) -> bytes:
    return field(1, field(1, term))


def unary(kind: int) -> bytes:
    return field(1, field(2, number(1, kind)))


def binary(kind: int) -> bytes:
    return field(1, field(3, number(1, kind)))


def rule(head: bytes, body: Iterable[bytes], *expressions: bytes) -> bytes:
    parts = [field(1, head), *(field(2, item) for item in body), *(field(3, item) for item in expressions)]
    return b"".join(parts)


def check(*queries: bytes, kind: int = 0) -> bytes:
    """A check as field 6 of a block."""
    return field(6, *(field(1, query) for query in queries), number(2, kind) if kind else b"")


def _never(variables: int) -> bytes:
    """An expression over all variables that is false for every binding, so that all of them are tried."""
    total = push(variable(0)) + b"".join(push(variable(index)) + binary(ADD) for index in range(1, variables))
    return total + push(integer(-1)) + binary(EQUAL)


def join_in_check(*, facts: int, width: int, kind: int = 0) -> bytes:
    """`facts` facts and a check that joins them with themselves `width` times: facts ** width bindings."""
    seen = b"".join(fact(RIGHT, integer(value)) for value in range(facts))
    body = [predicate(RIGHT, variable(index)) for index in range(width)]
    return seen + check(rule(predicate(QUERY), body, _never(width)), kind=kind)


def join_in_rule(*, facts: int, width: int) -> bytes:
    seen = b"".join(fact(RIGHT, integer(value)) for value in range(facts))
    body = [predicate(RIGHT, variable(index)) for index in range(width)]
    return seen + field(5, rule(predicate(OWNER, variable(0)), body, _never(width)))


def repeated_join(checks: int) -> bytes:
    """Many checks, each with a join of three over forty facts."""
    seen = b"".join(fact(RIGHT, integer(value)) for value in range(40))
    body = [predicate(RIGHT, variable(index)) for index in range(3)]
    return seen + check(rule(predicate(QUERY), body, _never(3))) * checks


def closures(depth: int) -> bytes:
    """`{0..63}.any($p -> {0..63}.any(...))`, nested."""
    universe = set_of(integer(value) for value in range(64))
    inner = push(boolean(False))
    for level in range(depth):
        closure = field(1, field(4, number(1, 100 + level), inner))
        inner = push(universe) + closure + binary(26)
    return check(rule(predicate(QUERY), [], inner))


def expensive_regex(first_symbol: int, checks: int) -> bytes:
    """Checks that match an expensive expression against a short string."""
    symbols = field(1, b"a" * 60) + field(1, rb"(?:(?:[\w\W]{1,60}){1,60}){1,8}$")
    match = push(string(first_symbol)) + push(string(first_symbol + 1)) + binary(REGEX)
    return symbols + check(rule(predicate(QUERY), [], match)) * checks


def many_facts(count: int) -> bytes:
    return b"".join(fact(RIGHT, integer(value)) for value in range(count))


def many_checks(count: int) -> bytes:
    """`count` checks of the shape that the caveat profile could produce."""
    query = rule(predicate(QUERY), [predicate(TIME, variable(0))], push(variable(0)) + push(integer(0)) + binary(LESS))
    return check(query) * count


def many_queries(count: int) -> bytes:
    """One check with `count` alternatives."""
    query = rule(predicate(QUERY), [predicate(RIGHT, integer(1))])
    return check(*[query] * count)


def many_predicates(count: int) -> bytes:
    """One alternative with `count` predicates."""
    return check(rule(predicate(QUERY), [predicate(TIME, variable(index % 20)) for index in range(count)]))


def bare_predicates(count: int) -> bytes:
    """One alternative with `count` predicates that have no terms at all."""
    return check(rule(predicate(QUERY), [predicate(TIME)] * count))


def empty_expressions(count: int) -> bytes:
    """One alternative with `count` expressions that say nothing."""
    return check(rule(predicate(QUERY), [predicate(TIME)], *[b""] * count))


def many_terms(count: int) -> bytes:
    return fact(RIGHT, *(integer(value) for value in range(count)))


def huge_set(count: int) -> bytes:
    """A check on membership in a set of `count` integers, in ascending order."""
    members = set_of(integer(value) for value in range(count))
    query = rule(predicate(QUERY), [predicate(RIGHT, variable(0))], push(members) + push(variable(0)) + binary(5))
    return check(query)


def nested_sets(depth: int) -> bytes:
    term = integer(1)
    for _ in range(depth):
        term = set_of([term])
        if len(term) > 47_000:
            break
    return fact(RIGHT, term)


def nested_arrays(depth: int) -> bytes:
    term = integer(1)
    for _ in range(depth):
        term = field(9, field(1, term))
        if len(term) > 47_000:
            break
    return fact(RIGHT, term)


def long_expression(operations: int) -> bytes:
    """`!!!...true`, in postfix."""
    return check(rule(predicate(QUERY), [], push(boolean(True)) + unary(0) * operations))


def unbalanced_expression(pushes: int) -> bytes:
    """A stack that grows and is never used up."""
    return check(rule(predicate(QUERY), [], push(integer(1)) * pushes))


def many_symbols(count: int, start: int = 0) -> bytes:
    return b"".join(field(1, b"%03x" % value) for value in range(start, start + count))


def same_symbol(count: int) -> bytes:
    return field(1, b"again") * count


def long_symbol(size: int) -> bytes:
    return field(1, b"x" * size)


def scopes(count: int) -> bytes:
    """A check that trusts a foreign key, `count` times."""
    key = field(8, number(1, 0), field(2, b"\x42" * 32))
    trusting = b"".join(field(4, number(2, 0)) for _ in range(count))
    return key + field(6, field(1, field(1, predicate(QUERY)), trusting))
