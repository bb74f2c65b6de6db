"""A mutator of what blocks say: facts and checks changed as such, and written again as attorn writes them.

So most of what it makes is admitted, and what comes behind admission is reached: recognising, judging, joining.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import joined, parts_of

from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.datalog import (
    BOOL,
    BYTES,
    DATE,
    INTEGER,
    OPERATIONS,
    STRING,
    VARIABLE,
    Predicate,
    Query,
    Term,
    set_of,
)
from attorn.errors import AttornError
from attorn.limits import Limits

Said = tuple[bytes, list[Predicate], list[tuple[Query, ...]]]
"""What stands before a block in the input, the facts of the block, and its checks."""
_NOW = 1_900_000_000
_LIMITS = Limits()
_VALUES: dict[int, tuple[Any, ...]] = {
    VARIABLE: ("0", "1", "2", "time", "x"),
    INTEGER: (0, 1, -1, 2, 3, 10, 50, 2**31, 2**53, 2**63 - 1, -(2**63)),
    STRING: ("", "a", "*", "limit", "to", "events:read", "events:", "cal://alice", "/", "/data", "EUR", "day",
             "10.0.0.0/8", "did:web:a.example", "did:web:a.example#k", "4:0000", "\u202e", "x" * 40, "https://a.example/1"),
    DATE: (0, 1, _NOW - 31, _NOW - 30, _NOW, _NOW + 1, _NOW + 9, 253_402_300_799, 253_402_300_800, 2**53 - 1),
    BYTES: (b"", bytes(16), bytes(32), b"\xed\x01" + bytes(32)),
    BOOL: (True, False),
}  # fmt: skip
_NAMES = (
    "operation", "path", "audience", "time", "depth", "max_uses", "rate", "budget", "status", "fresh_list", "approved",
    "text", "integer", "boolean", "null", "number", "length", "texts", "integers", "booleans", "glob", "subpath",
    "host", "hosts", "subpaths", "address", "link", "user", "purpose", "idempotency", "approval", "nonce", "request",
    "resource",
)  # fmt: skip


def blocks(data: bytes, random: Random) -> bytes:
    """The parts of a chain, one of their blocks saying something else; links begin with a byte that is none of it."""
    try:
        said = _read(parts_of(data, 8))
        _change(random.choice(said), said, random)
        return joined(*_written(said))
    except (AttornError, ValueError, IndexError, TypeError):
        return mutators.plain(data, random)


def block(data: bytes, known: tuple[str, ...], random: Random) -> bytes:
    """One block behind others with these symbols, saying something else."""
    try:
        found = admit(data, known, _LIMITS)
        said: Said = (b"", list(found.facts), list(found.checks))
        _change(said, [said], random)
        return encode(tuple(said[1]), tuple(said[2]), known)
    except (AttornError, ValueError, IndexError, TypeError):
        return mutators.protobuf(data, random)


def _read(parts: list[bytes]) -> list[Said]:
    said: list[Said] = []
    known: tuple[str, ...] = ()
    for number, part in enumerate(parts):
        head = 0 if number == len(parts) - 1 else 1
        asks = part[:1] == b"?"
        if asks and not part[1:]:
            said.append((part, [], []))
            continue
        found = admit(part[head:], () if asks else known, _LIMITS)
        known += () if asks else found.symbols
        said.append((part[:head], list(found.facts), list(found.checks)))
    return said


def _written(said: list[Said]) -> list[bytes]:
    parts: list[bytes] = []
    known: tuple[str, ...] = ()
    for head, facts, checks in said:
        asks = head == b"?"
        payload = b"" if asks and not checks else encode(tuple(facts), tuple(checks), () if asks else known)
        parts.append(head + payload)
        known += () if asks else admit(payload, known, _LIMITS).symbols
    return parts


def _change(one: Said, said: list[Said], random: Random) -> None:
    _, facts, checks = one
    others = [check for _, _, found in said for check in found]
    match random.randrange(10):
        case 0 if facts:
            at = random.randrange(len(facts))
            facts[at] = _predicate(facts[at], random, ground=True)
        case 1 if facts:
            facts.insert(random.randrange(len(facts) + 1), random.choice(facts))
        case 2 if len(facts) > 1:
            del facts[random.randrange(len(facts))]
        case 3 if checks:
            del checks[random.randrange(len(checks))]
        case 4 if others:
            checks.insert(random.randrange(len(checks) + 1), random.choice(others))
        case 5 if checks and others:
            at = random.randrange(len(checks))
            checks[at] = (*checks[at], *random.choice(others))
        case _ if checks:
            at = random.randrange(len(checks))
            queries = list(checks[at])
            number = random.randrange(len(queries))
            queries[number] = _query(queries[number], others, random)
            checks[at] = tuple(queries)


def _query(query: Query, others: list[tuple[Query, ...]], random: Random) -> Query:
    body, expressions = list(query.body), list(query.expressions)
    match random.randrange(6):
        case 0:
            other = random.choice(random.choice(others))
            body += other.body
            expressions += other.expressions
        case 1 if expressions:
            del expressions[random.randrange(len(expressions))]
        case 2 | 3 if expressions:
            at = random.randrange(len(expressions))
            ops = list(expressions[at])
            op = random.randrange(len(ops))
            ops[op] = random.choice(sorted(OPERATIONS)) if ops[op] in OPERATIONS else _term(ops[op], random)
            expressions[at] = tuple(ops)
        case _ if body:
            at = random.randrange(len(body))
            body[at] = _predicate(body[at], random, ground=False)
    return Query(tuple(body), tuple(expressions))


def _predicate(predicate: Predicate, random: Random, *, ground: bool) -> Predicate:
    name, terms = predicate.name, list(predicate.terms)
    at = random.randrange(len(terms))
    match random.randrange(6):
        case 0:
            name = random.choice(_NAMES)
        case 1:
            terms.insert(at, _term(terms[at], random))
        case 2 if len(terms) > 1:
            del terms[at]
        case _:
            terms[at] = _term(terms[at], random)
    if ground and any(kind == VARIABLE for kind, _ in terms):
        return predicate
    return Predicate(name, tuple(terms))


def _term(term: Term, random: Random) -> Term:
    kind, value = term
    if kind not in _VALUES or not random.randrange(5):
        kind = random.choice(list(_VALUES))
    if not random.randrange(10):
        members = _VALUES[random.choice((INTEGER, STRING, BOOL))]
        of = INTEGER if type(members[0]) is int else STRING if type(members[0]) is str else BOOL
        return set_of(frozenset((of, each) for each in random.sample(members, random.randint(1, 2))))
    if isinstance(value, int) and kind in (INTEGER, DATE) and random.random() < 0.5:
        return kind, value + random.choice((1, -1))
    if isinstance(value, str) and kind == STRING and random.random() < 0.5:
        changed = mutators.plain(value.encode(), random).decode("utf-8", "replace")
        return kind, changed
    return kind, random.choice(_VALUES[kind])
