"""What caveats look at in a request, as terms and as the real facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import z3
from tests.proofs.logic import Listed, Question, Terms, Unbounded

from attorn import Request
from attorn.request.facts import Facts
from attorn.request.money import Money

NAME = "v"
NOW = 1_000
ABSENT = object()
"""In place of a value: the argument is left out."""


def facts(
    value: Any = ABSENT,
    *,
    now: int = NOW,
    depth: int = 0,
    audience: str = "x:y",
    approved: Iterable[str] = (),
    **changed: Any,
) -> Facts:
    """The facts of a request with this value for the one argument that caveats here are about."""
    args = {} if value is ABSENT else {NAME: value}
    request = Request(**{"action": "a", "resource": "/", "args": args, **changed})
    return Facts(request, audience=audience, now=now, depth=depth, approved=frozenset(approved))


text = z3.StringVal


def _value_sort() -> z3.DatatypeSortRef:
    sort = z3.Datatype("Value")
    for bare in ("absent", "null", "other"):
        sort.declare(bare)
    sort.declare("text", ("text_of", z3.StringSort()))
    sort.declare("integer", ("integer_of", z3.IntSort()))
    sort.declare("boolean", ("boolean_of", z3.BoolSort()))
    # A number with a fraction lies between its floor and the next integer.
    sort.declare("fraction", ("floor_of", z3.IntSort()))
    return sort.create()


VALUE: Any = _value_sort()


def value_term(value: Any) -> Any:
    """The term of an argument: its type is part of it."""
    if value is ABSENT:
        return VALUE.absent
    if value is None:
        return VALUE.null
    if isinstance(value, str):
        return VALUE.text(text(value))
    if isinstance(value, bool):
        return VALUE.boolean(z3.BoolVal(value))
    if isinstance(value, int):
        return VALUE.integer(z3.IntVal(value))
    if isinstance(value, float):
        return VALUE.fraction(z3.IntVal(int(value // 1)))
    return VALUE.other


def type_of(term: Any) -> Any:
    """The number of a scalar's type: text 1, integer 2, boolean 3; 0 for whatever has no typed fact."""
    return z3.If(
        VALUE.is_text(term), 1, z3.If(VALUE.is_integer(term), 2, z3.If(VALUE.is_boolean(term), 3, z3.IntVal(0)))
    )


VALUES = (
    "",
    "a",
    "b",
    "ab",
    "1",
    -1,
    0,
    1,
    2,
    3,
    2**53 - 1,
    True,
    False,
    0.5,
    1.5,
    -0.5,
    None,
    ABSENT,
    [],
    [1],
    {"a": 1},
)
value = Question(
    any=lambda: (z3.Const("value", VALUE),),
    terms=lambda sample: (value_term(sample),),
    facts=facts,
    samples=VALUES,
)

moment = Question(
    any=lambda: (z3.Int("now"),),
    terms=lambda now: (z3.IntVal(now),),
    facts=lambda now: facts(now=now),
    samples=tuple(range(8)),
)
depth = Question(
    any=lambda: (z3.Int("depth"),),
    terms=lambda links: (z3.IntVal(links),),
    facts=lambda links: facts(depth=links),
    samples=tuple(range(8)),
)


def _measured(sample: Any) -> Terms:
    measured = isinstance(sample, str | list)
    return z3.BoolVal(measured), z3.IntVal(len(sample) if measured else 0)


length = Question(
    any=lambda: (z3.Bool("measured"), z3.Int("length")),
    terms=_measured,
    facts=facts,
    samples=("", "a", "ab", "abc", "\U0001f600\U0001f600", [], [1], [1, "a"], [None] * 3, 2, True, None, ABSENT, {}),
)


def _items(sample: Any) -> Terms:
    """Whether there is a fact of the elements, all of them, and the first, whose type names the fact."""
    kinds = {type(element) for element in sample} if isinstance(sample, list) else set()
    known = len(kinds) == 1 and kinds <= {str, int, bool}
    terms = tuple(map(value_term, sample)) if known else (VALUE.null,)
    return z3.BoolVal(known), Listed(terms), terms[0]


items = Question(
    any=lambda: (z3.Bool("known"), Unbounded.of("elements", VALUE), z3.Const("first", VALUE)),
    terms=_items,
    facts=facts,
    samples=(
        [], ["a"], ["a", "b"], ["b", "a", "a"], ["c"], ["a", "c"], ["a", "b", "c"], [1], [1, 2], [2, 1, 3], [True],
        [True, False], [1, True], ["a", 1], [None], ["a", None], [0.5], [[1]], "a", 1, None, ABSENT,
    ),
    valid=lambda terms: z3.And(terms[1].has(terms[2]), type_of(terms[2]) != 0),
)  # fmt: skip

strings = Question(
    any=lambda: (z3.Bool("is_text"), z3.String("text")),
    terms=lambda sample: (z3.BoolVal(isinstance(sample, str)), text(sample if isinstance(sample, str) else "")),
    facts=facts,
    samples=(
        "",
        "a",
        "b",
        "ab",
        "abc",
        "aab",
        "a/b",
        "a/",
        "*",
        "a*",
        "?",
        "x" * 1024,
        "x" * 1025,
        1,
        None,
        ["a"],
        ABSENT,
    ),
)
action = Question(
    any=lambda: (z3.String("action"),),
    terms=lambda sample: (text(sample),),
    facts=lambda sample: facts(action=sample),
    samples=("a", "b", "a:a", "a:b", "ab", "ab:a", "a:b:a", "a:b:c:d", "b:a"),
)
audience = Question(
    any=lambda: (z3.String("audience"),),
    terms=lambda sample: (text(sample),),
    facts=lambda sample: facts(audience=sample),
    samples=("a", "b", "ab", "c"),
)

SEGMENTS = z3.SeqSort(z3.StringSort())


def segments(parts: list[str]) -> Any:
    """The sequence of these."""
    made = z3.Empty(SEGMENTS)
    for part in parts:
        made = z3.Concat(made, z3.Unit(text(part)))
    return z3.simplify(made)


def place(normal: str) -> Terms:
    """A resource in normal form: what it starts from, and its segments (docs/spec/facts.md, step 9)."""
    scheme, found, rest = normal.partition("://")
    if found:
        authority, *parts = rest.split("/")
        return text(f"{scheme}://{authority}"), segments(parts)
    if normal[0] == "/":
        return text("/"), segments([part for part in normal[1:].split("/") if part])
    return text(""), segments(normal.split("/"))


resource = Question(
    any=lambda: (z3.String("start"), z3.Const("segments", SEGMENTS)),
    terms=place,
    facts=lambda sample: facts(resource=sample),
    samples=("/", "/a", "/a/b", "/ab", "/b/a/b", "a", "a/b", "ab", "a/b/c", "s://a", "s://a/b", "s://ab", "t://a/b"),
)


def _path(sample: Any) -> Terms:
    """A path in plain form, by its segments; unknown for anything else."""
    parts = sample.removesuffix("/")[1:].split("/") if isinstance(sample, str) and sample.startswith("/") else [""]
    plain = sample == "/" or not any(part in ("", ".", "..") for part in parts)
    return z3.BoolVal(plain), segments([part for part in parts if part] if plain else [])


path = Question(
    any=lambda: (z3.Bool("plain"), z3.Const("segments", SEGMENTS)),
    terms=_path,
    facts=facts,
    samples=(
        "/",
        "/a",
        "/a/",
        "/a/b",
        "/ab",
        "/b/a",
        "/a/b/a",
        "//",
        "/a//b",
        "/../a",
        "/./a",
        "a",
        "",
        1,
        None,
        ABSENT,
    ),
)

_LETTER = z3.Union(z3.Range("a", "z"), z3.Re("-"), z3.Re("_"))
_FIGURE = z3.Range("0", "9")
_LABEL = z3.Star(z3.Union(_LETTER, _FIGURE))
DOMAIN = z3.Concat(z3.Star(z3.Union(_LETTER, _FIGURE, z3.Re("."))), _LETTER, _LABEL)
"""Names whose last label is not a number. Every DNS name is one; the proof needs no more of them than this."""
ADDRESS = z3.Union(
    z3.Concat(z3.Star(z3.Union(_FIGURE, z3.Re("."))), _FIGURE),
    z3.Concat(z3.Star(z3.Union(_FIGURE, z3.Range("a", "f"), z3.Re(":"), z3.Re("["))), z3.Re("]")),
)
"""The same for addresses, the brackets of IPv6 included."""


def _host(sample: Any) -> Terms:
    known = isinstance(sample, str) and sample.startswith("https://")
    name = sample.removeprefix("https://").partition("/")[0] if known else "x"
    return z3.BoolVal(known), text(name)


host = Question(
    any=lambda: (z3.Bool("is_url"), z3.String("host")),
    terms=_host,
    facts=facts,
    samples=(
        "https://a", "https://a.b/x", "https://b/", "https://a.b.c", "https://c.b.c/", "https://xa.b", "https://1.b",
        "https://10.0.0.1/", "https://[::1]/", "ftp", "a.b", 1, None, ABSENT,
    ),
    valid=lambda terms: z3.Or(z3.InRe(terms[1], DOMAIN), z3.InRe(terms[1], ADDRESS)),
)  # fmt: skip

WIDTH = 128


def address_term(bits: str) -> Any:
    """128 bits that begin with these."""
    return z3.BitVecVal(int(bits.ljust(WIDTH, "0") or "0", 2), WIDTH)


def _address(sample: Any) -> Terms:
    if not isinstance(sample, tuple):
        return z3.BoolVal(False), z3.BoolVal(False), address_term("")
    six, number = sample
    return z3.BoolVal(True), z3.BoolVal(six), address_term(f"{number:0128b}" if six else f"{number:032b}")


def _address_facts(sample: Any) -> Facts:
    if not isinstance(sample, tuple):
        return facts(sample)
    six, number = sample
    width = 8 if six else 4
    parts = [
        number >> (16 * index if six else 8 * index) & (0xFFFF if six else 0xFF) for index in reversed(range(width))
    ]
    return facts(":".join(f"{part:x}" for part in parts) if six else ".".join(map(str, parts)))


address = Question(
    any=lambda: (z3.Bool("is_address"), z3.Bool("six"), z3.BitVec("address", WIDTH)),
    terms=_address,
    facts=_address_facts,
    samples=(
        (False, 0), (False, 1 << 31), (False, 1 << 30), (False, 3 << 30), (False, 10 << 24 | 1), (False, 2**32 - 1),
        (True, 0), (True, 1), (True, 1 << 127), (True, 1 << 126), (True, 0x20010DB8 << 96),
        "10.0.0", "010.0.0.1", 1, None, ABSENT,
    ),
)  # fmt: skip

cost = Question(
    any=lambda: (z3.Bool("stated"), z3.String("currency"), z3.Int("cost")),
    terms=lambda sample: (
        z3.BoolVal(sample is not None),
        text("" if sample is None else sample.currency),
        z3.IntVal(0 if sample is None else sample.amount),
    ),
    facts=lambda sample: facts(cost=sample),
    samples=(None, *(Money(amount, unit) for amount in (0, 1, 2, 3, 2**53 - 1) for unit in ("EUR", "USD"))),
)
