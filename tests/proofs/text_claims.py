"""Claims about caveats on names and text: Actions, Resources, Audience, StartsWith, Glob, Subpath, UrlHost, Cidr."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import z3
from tests.proofs import questions
from tests.proofs.logic import Claim, Kind, Listed, Terms, Unbounded, all_covered, any_of
from tests.proofs.questions import ADDRESS, DOMAIN, NAME, SEGMENTS, WIDTH, address_term, place, text
from tests.proofs.reference import glob_matches

from attorn import caveat
from attorn.request.address import network_bits


def _some(pool: tuple[str, ...], most: int = 2) -> list[tuple[str, ...]]:
    return [some for size in range(1, most + 1) for some in combinations(pool, size)]


def _is_wild_or_not(make: Any, name: str) -> tuple[Terms, ...]:
    return tuple((Listed((make(z3.BoolVal(wild), z3.String(name)),)),) for wild in (True, False))


ACTION = z3.TupleSort("Action", [z3.BoolSort(), z3.StringSort()])
_make_action, (_has_star, _stem) = ACTION[1], ACTION[2]
"""What a caveat lists: whether it ends in a star, and the text without it."""


def _action(name: Any, asked: Any) -> Any:
    """By section 'Actions': exactly this one, or whatever starts with what stands before the star."""
    return z3.If(_has_star(name), z3.PrefixOf(_stem(name), asked), _stem(name) == asked)


def _action_covers(other: Any, name: Any) -> Any:
    spelling = z3.If(_has_star(name), z3.Concat(_stem(name), text("*")), _stem(name))
    return z3.Or(other == name, z3.And(_has_star(other), z3.PrefixOf(_stem(other), spelling)))


def _stem_covers(other: Any, name: Any) -> Any:
    both = z3.And(_has_star(other), _has_star(name))
    return z3.If(both, z3.PrefixOf(_stem(other), _stem(name)), _action_covers(other, name))


ACTIONS = Kind(
    caveat.Actions,
    questions.action,
    any=lambda name: (Unbounded.of(name, ACTION[0]),),
    terms=lambda limit: (
        Listed(tuple(_make_action(z3.BoolVal(name[-1] == "*"), text(name.removesuffix("*"))) for name in limit.names)),
    ),
    permits=any_of(lambda name, asked: _action(name, asked[0])),
    samples=tuple(caveat.Actions(*names) for names in _some(("a", "b", "a:a", "a:*", "ab:*", "a:b:*", "a:b:a"))),
    small=lambda name: _is_wild_or_not(_make_action, name),
    # All that the proof needs of names: no star before the star.
    valid=lambda limit: limit[0].every(lambda name: z3.Not(z3.SuffixOf(text("*"), _stem(name)))),
)
AUDIENCE = Kind(
    caveat.Audience,
    questions.audience,
    any=lambda name: (Unbounded.of(name, z3.StringSort()),),
    terms=lambda limit: (Listed(tuple(map(text, limit.names))),),
    permits=lambda limit, asked: limit[0].has(asked[0]),
    samples=tuple(caveat.Audience(*names) for names in _some(("a", "b", "ab"))),
    small=lambda name: ((Listed((z3.String(f"{name}-1"), z3.String(f"{name}-2"))),),),
)

PLACE = z3.TupleSort("Place", [z3.StringSort(), SEGMENTS])
_make_place, (_start_of, _segments_of) = PLACE[1], PLACE[2]


def _above(name: Any, start: Any, parts: Any) -> Any:
    """Whether a name is the place itself or above it, by whole segments."""
    return z3.And(_start_of(name) == start, z3.PrefixOf(_segments_of(name), parts))


def _lies_within(names: Any, start: Any, parts: Any) -> Any:
    return names.some(lambda name: _above(name, start, parts))


def _one_place(name: str) -> tuple[Terms, ...]:
    """One place, by the number of its segments up to one: enough for a fault."""
    parts = z3.Empty(SEGMENTS), z3.Unit(z3.String(f"{name}-segment"))
    return tuple((Listed((_make_place(z3.String(f"{name}-start"), some),)),) for some in parts)


def _any_places(name: str) -> Terms:
    return (Unbounded.of(name, PLACE[0]),)


RESOURCES = Kind(
    caveat.Resources,
    questions.resource,
    any=_any_places,
    terms=lambda limit: (Listed(tuple(_make_place(*place(name)) for name in limit.names)),),
    permits=lambda limit, asked: _lies_within(limit[0], asked[0], asked[1]),
    samples=tuple(
        caveat.Resources(*names) for names in _some(("/", "/a", "/a/b", "/ab", "a", "a/b", "s://a", "s://a/b"))
    ),
    small=_one_place,
)
ROOT = text("/")
SUBPATH = Kind(
    caveat.Subpath,
    questions.path,
    any=_any_places,
    terms=lambda limit: (Listed(tuple(_make_place(*place(name)) for name in limit.names)),),
    permits=lambda limit, asked: z3.And(asked[0], _lies_within(limit[0], ROOT, asked[1])),
    samples=tuple(caveat.Subpath(NAME, *names) for names in _some(("/", "/a", "/a/b", "/ab", "/b"))),
    small=_one_place,
)


def _below(mine: Terms, theirs: Terms) -> Any:
    return mine[0].every(lambda name: _lies_within(theirs[0], _start_of(name), _segments_of(name)))


STARTS_WITH = Kind(
    caveat.StartsWith,
    questions.strings,
    any=lambda name: (z3.String(name),),
    terms=lambda limit: (text(limit.prefix),),
    permits=lambda limit, asked: z3.And(asked[0], z3.PrefixOf(limit[0], asked[1])),
    samples=tuple(caveat.StartsWith(NAME, prefix) for prefix in ("a", "b", "ab", "abc", "*", "a/")),
)

MATCHES = z3.Function("matches", z3.StringSort(), z3.StringSort(), z3.BoolSort())


def _matches(pattern: Any, asked: Any) -> Any:
    """What nothing is known of but that a pattern without special characters matches itself alone."""
    if z3.is_string_value(pattern) and z3.is_string_value(asked):
        return z3.BoolVal(glob_matches(pattern.as_string(), asked.as_string()))
    return MATCHES(pattern, asked)


def _literal(pattern: Any) -> Any:
    return z3.And([z3.Not(z3.Contains(pattern, text(special))) for special in "*?\\"])


def _means_itself(limit: Terms) -> Any:
    asked = z3.FreshConst(z3.StringSort(), "text")
    return z3.Implies(_literal(limit[0]), z3.ForAll([asked], MATCHES(limit[0], asked) == (asked == limit[0])))


GLOB = Kind(
    caveat.Glob,
    questions.strings,
    any=lambda name: (z3.String(name),),
    terms=lambda limit: (text(limit.glob),),
    permits=lambda limit, asked: z3.And(asked[0], z3.Length(asked[1]) <= 1024, _matches(limit[0], asked[1])),
    samples=tuple(caveat.Glob(NAME, glob) for glob in ("a", "ab", "a*", "*", "**", "?", "a?", "a/*", "a/b", r"\*")),
    valid=_means_itself,
)


def _glob(mine: Terms, theirs: Terms) -> Any:
    return z3.If(_literal(mine[0]), _matches(theirs[0], mine[0]), mine[0] == theirs[0])


HOST = z3.TupleSort("Host", [z3.BoolSort(), z3.StringSort()])
_make_host, (_is_wild, _body) = HOST[1], HOST[2]
"""What a caveat lists: whether it begins with `*.`, and what follows."""


def _spelling(name: Any) -> Any:
    return z3.If(_is_wild(name), z3.Concat(text("*."), _body(name)), _body(name))


def _ends_below(name: Any, spelling: Any) -> Any:
    """Whether a text ends in a dot and what the wildcard stands above."""
    return z3.SuffixOf(z3.Concat(text("."), _body(name)), spelling)


def _host_in(name: Any, asked: Terms) -> Any:
    """By section 'URL hosts': an address lies within itself alone, a name within `*.` and each proper parent too."""
    below = z3.And(z3.Not(z3.InRe(asked[1], ADDRESS)), _ends_below(name, asked[1]))
    return z3.And(asked[0], z3.If(_is_wild(name), below, _body(name) == asked[1]))


def _is_host(name: Any) -> Any:
    domain = z3.InRe(_body(name), DOMAIN)
    return z3.If(_is_wild(name), domain, z3.Or(domain, z3.InRe(_body(name), ADDRESS)))


def _host_covers(pattern: Any, name: Any) -> Any:
    return z3.Or(pattern == name, z3.And(_is_wild(pattern), _ends_below(pattern, _spelling(name))))


def _domain_covers(pattern: Any, name: Any) -> Any:
    """The same for what follows `*.`; and what lies below a domain is no address."""
    named = z3.And(z3.Not(z3.InRe(_body(name), ADDRESS)), _ends_below(pattern, _body(name)))
    below = z3.If(_is_wild(name), z3.Or(_body(name) == _body(pattern), _ends_below(pattern, _body(name))), named)
    return z3.Or(pattern == name, z3.And(_is_wild(pattern), below))


def _host_covers_too_much(pattern: Any, name: Any) -> Any:
    """`*.b` taken to lie above `xb`."""
    return z3.Or(pattern == name, z3.And(_is_wild(pattern), z3.SuffixOf(_body(pattern), _spelling(name))))


URL_HOST = Kind(
    caveat.UrlHost,
    questions.host,
    any=lambda name: (Unbounded.of(name, HOST[0]),),
    terms=lambda limit: (
        Listed(tuple(_make_host(z3.BoolVal(name[0] == "*"), text(name.removeprefix("*."))) for name in limit.names)),
    ),
    permits=any_of(_host_in),
    samples=tuple(
        caveat.UrlHost(NAME, *names) for names in _some(("a", "a.b", "*.b", "b", "*.b.c", "*.c", "10.0.0.1", "::1"))
    ),
    small=lambda name: _is_wild_or_not(_make_host, name),
    valid=lambda limit: limit[0].every(_is_host),
)

NETWORK = z3.TupleSort("Network", [z3.BoolSort(), z3.BitVecSort(WIDTH), z3.BitVecSort(WIDTH)])
"""Whether it is IPv6; its bits; and a mask, ones and then zeros, that says how many of them count."""
make_network, (six_of, bits_of, mask_of) = NETWORK[1], NETWORK[2]
FULL = z3.BitVecVal(-1, WIDTH)


def network_term(bits: str) -> Any:
    digits = bits[2:]
    mask = FULL << (WIDTH - len(digits)) if digits else z3.BitVecVal(0, WIDTH)
    return make_network(z3.BoolVal(bits[0] == "6"), address_term(digits), z3.simplify(mask))


def is_network(network: Any) -> Any:
    """The mask is ones and then zeros, and no bit stands behind it."""
    hole = ~mask_of(network)
    return z3.And(hole & (hole + 1) == 0, bits_of(network) & hole == 0)


def in_network(network: Any, six: Any, address: Any) -> Any:
    return z3.And(six_of(network) == six, address & mask_of(network) == bits_of(network))


def _starts_with(outer: Any, inner: Any) -> Any:
    """Whether the bit text of the inner network starts with that of the outer."""
    return z3.And(
        six_of(inner) == six_of(outer),
        mask_of(inner) & mask_of(outer) == mask_of(outer),
        bits_of(inner) & mask_of(outer) == bits_of(outer),
    )


CIDR = Kind(
    caveat.Cidr,
    questions.address,
    any=lambda name: (Unbounded.of(name, NETWORK[0]),),
    terms=lambda limit: (Listed(tuple(network_term(network_bits(name)) for name in limit.names)),),
    permits=any_of(lambda name, asked: z3.And(asked[0], in_network(name, asked[1], asked[2]))),
    samples=tuple(
        caveat.Cidr(NAME, *names)
        for names in _some(
            ("0.0.0.0/0", "10.0.0.0/8", "10.0.0.1/32", "128.0.0.0/1", "::/0", "2001:db8::/32", "::1/128")
        )
    ),
    small=lambda name: ((Listed((z3.Const(name, NETWORK[0]),)),),),
    valid=lambda limit: limit[0].every(is_network),
)


def _turned(narrower: Callable[[Terms, Terms], Any]) -> Callable[[Terms, Terms], Any]:
    return lambda mine, theirs: narrower(theirs, mine)


def _names(mine: Terms, theirs: Terms) -> Any:
    return mine[0].every(theirs[0].has)


CLAIMS = (
    Claim(
        ACTIONS,
        ACTIONS,
        all_covered(_action_covers),
        _turned(all_covered(_action_covers)),
        between=all_covered(_stem_covers),
        by_name=True,
    ),
    Claim(AUDIENCE, AUDIENCE, _names, _turned(_names)),
    Claim(RESOURCES, RESOURCES, _below, _turned(_below)),
    Claim(SUBPATH, SUBPATH, _below, _turned(_below)),
    Claim(
        STARTS_WITH,
        STARTS_WITH,
        lambda mine, theirs: z3.PrefixOf(theirs[0], mine[0]),
        lambda mine, theirs: z3.PrefixOf(mine[0], theirs[0]),
    ),
    Claim(GLOB, GLOB, _glob, lambda mine, theirs: _matches(theirs[0], mine[0])),
    Claim(
        URL_HOST,
        URL_HOST,
        all_covered(_host_covers),
        all_covered(_host_covers_too_much),
        between=all_covered(_domain_covers),
        by_name=True,
    ),
    # Of networks in which no two halves are left to be joined: test_symbolic.py proves that joining changes nothing.
    Claim(CIDR, CIDR, all_covered(_starts_with), _turned(all_covered(_starts_with)), by_name=True),
)
