"""Small complete universes: every caveat and every request that a few letters, numbers or names can make.

In these the real `narrower_than` and the real `prohibits` are asked about everything there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

from tests.proofs.questions import ABSENT, NAME, facts

from attorn import caveat
from attorn.caveat import Caveat
from attorn.caveat.validity import moment
from attorn.errors import InputError
from attorn.request.address import network_text
from attorn.request.facts import Facts
from attorn.request.money import Money

Narrower = Callable[[Any, Any], bool | None]


@dataclass(frozen=True, slots=True)
class Universe:
    """Caveats to be compared, each of the first with each of the second, and every request there is."""

    narrow: tuple[Caveat, ...]
    wide: tuple[Caveat, ...]
    requests: tuple[Facts, ...]


@dataclass(slots=True)
class Count:
    """What came of comparing all pairs."""

    narrower: int = 0
    wider: int = 0
    undecided: int = 0
    missed: int = 0
    """Undecided, though the one permits no more than the other in this universe."""
    wrong: list[tuple[Caveat, Caveat]] = field(default_factory=list)
    """Called narrower, and permits what the other prohibits."""
    unwitnessed: list[tuple[Caveat, Caveat]] = field(default_factory=list)
    """Called wider, and permits nothing that the other prohibits."""


def asked(left: Any, right: Any) -> bool | None:
    """What the code says."""
    return left.narrower_than(right)  # type: ignore[no-any-return]


def compare(universe: Universe, narrower: Narrower = asked) -> Count:
    """Ask about every pair, and hold the answer against what the two permit."""
    permitted = {
        id(limit): sum(1 << bit for bit, about in enumerate(universe.requests) if limit.prohibits(about) is None)
        for limit in {id(each): each for each in (*universe.narrow, *universe.wide)}.values()
    }
    count = Count()
    for left, right in product(universe.narrow, universe.wide):
        more = permitted[id(left)] & ~permitted[id(right)]
        match narrower(left, right):
            case True:
                count.narrower += 1
                if more:
                    count.wrong.append((left, right))
            case False:
                count.wider += 1
                if not more:
                    count.unwitnessed.append((left, right))
            case _:
                count.undecided += 1
                count.missed += not more
    return count


def texts(alphabet: str, longest: int, shortest: int = 0) -> Iterator[str]:
    """Every text over these letters."""
    for length in range(shortest, longest + 1):
        yield from map("".join, product(alphabet, repeat=length))


def accepted(make: Callable[..., Caveat], arguments: Iterable[tuple[Any, ...]]) -> list[Caveat]:
    """What the constructor makes of these, each once; those that it refuses are no caveats."""
    found: dict[Caveat, None] = {}
    for some in arguments:
        try:
            found[make(*some)] = None
        except InputError:
            continue
    return list(found)


def requests(values: Iterable[Any], make: Callable[[Any], Facts] = facts) -> tuple[Facts, ...]:
    """The facts of every request that there is."""
    found = []
    for value in values:
        try:
            found.append(make(value))
        except InputError:
            continue
    return tuple(found)


def sets(names: Iterable[str], most: int) -> list[tuple[str, ...]]:
    """Every set of 1 to `most` names."""
    pool = list(names)
    return [some for size in range(1, most + 1) for some in combinations(pool, size)]


def named(limits: Iterable[Caveat]) -> list[str]:
    """The names of caveats that each have one."""
    return [limit.names[0] for limit in limits]  # type: ignore[attr-defined]


OTHER = "w"
"""Another argument, which no request here has."""
ODD = (None, 1, True, 0.5, ["a"], {"a": "a"}, ABSENT)
"""Arguments that are no text."""


def actions(full: bool) -> Universe:
    singles = accepted(caveat.Actions, ((name,) for name in texts("ab:*", 5 if full else 4, 1)))
    short = [name for name in named(singles) if len(name) <= 4 - (not full)]
    wide = accepted(caveat.Actions, sets(short, 2))
    some = requests(texts("ab:", 6 if full else 5, 1), lambda action: facts(action=action))
    return Universe((*singles, *accepted(caveat.Actions, sets(short[:12], 3))), (*singles, *wide), some)


def resources(full: bool) -> Universe:
    ends = list(texts("ab/.", 4 if full else 3))
    spelled = [*ends, *(f"s://{end}" for end in ends), *(f"//{end}" for end in ends), *(f"S://A/{end}" for end in ends)]
    singles = accepted(caveat.Resources, ((name,) for name in spelled))
    below = [f"{name}{end}" for name in spelled for end in ("", "/a", "/../b")]
    wide = accepted(caveat.Resources, sets(named(singles)[: 40 if full else 24], 2))
    return Universe(tuple(singles), (*singles, *wide), requests(below, lambda resource: facts(resource=resource)))


def audiences(full: bool) -> Universe:
    names = list(texts("ab", 2, 1))
    limits = tuple(accepted(caveat.Audience, sets(names, 4 if full else 3)))
    return Universe(limits, limits, requests([*names, "c", "aaa"], lambda audience: facts(audience=audience)))


def times(full: bool) -> Universe:
    seconds = range(9 if full else 6)
    kinds = (caveat.Expires, caveat.NotBefore)
    limits = tuple(kind(moment(second)) for kind in kinds for second in seconds)
    return Universe(limits, limits, requests(range(11), lambda now: facts(now=now)))


def depths(full: bool) -> Universe:
    limits = tuple(map(caveat.MaxDepth, range(12 if full else 6)))
    return Universe(limits, limits, requests(range(14), lambda depth: facts(depth=depth)))


def costs(full: bool) -> Universe:
    amounts = range(1, 6 if full else 4)
    arguments = product(amounts, ("EUR", "USD"), (None, "day", "week", "month"))
    limits = tuple(accepted(caveat.Budget, arguments))
    some = (None, *(Money(amount, unit) for amount in range(7) for unit in ("EUR", "USD", "CHF")))
    return Universe(limits, limits, requests(some, lambda cost: facts(cost=cost)))


def _of_one_argument(limits: Iterable[Caveat], others: Iterable[Caveat], asked: Iterable[Any]) -> Universe:
    """Caveats about one argument, compared with each other and with caveats about another."""
    mine = tuple(limits)
    return Universe(mine, (*mine, *others), requests(asked))


def values(full: bool) -> Universe:
    """The four kinds that are compared with each other, about one argument and about another."""
    pools: tuple[tuple[Any, ...], ...] = (("", "1", "a"), (-1, 0, 1, 2) if full else (0, 1, 2), (True, False))
    groups = [some for pool in pools for some in sets(pool, len(pool))]
    bounds = (None, *range(-2 if full else -1, 4 if full else 3))
    limits, others = (
        (
            *accepted(caveat.Equals, ((name, value) for value in (*pools[0], *pools[1], *pools[2], None, "true"))),
            *accepted(caveat.OneOf, ((name, *some) for some in groups)),
            *accepted(caveat.NotOneOf, ((name, *some) for some in groups)),
            *accepted(caveat.Range, product((name,), bounds, bounds)),
        )
        for name in (NAME, OTHER)
    )
    numbers = [half / 2 for half in range(-9, 10)]
    asked = ["", "1", "a", "b", "true", "false", True, False, *numbers, *ODD, [1], [], {}]
    return _of_one_argument(limits, others, asked)


def lists(full: bool) -> Universe:
    pools: tuple[tuple[Any, ...], ...] = (("a", "b", "c"), (0, 1, 2), (True, False))
    groups = [some for pool in pools for some in sets(pool, len(pool))]
    kinds = (caveat.Contains, caveat.SubsetOf)
    limits, others = ([kind(name, *some) for kind in kinds for some in groups] for name in (NAME, OTHER))
    elements = ("a", "b", "c", 0, 1, 2, True, False, None, 0.5, *(("d", 3) if full else ()))
    asked = (list(some) for length in range(4) for some in product(elements, repeat=length))
    return _of_one_argument(limits, others, (*asked, *ODD, "a", ["a", ["a"]]))


def lengths(full: bool) -> Universe:
    limits, others = ([caveat.MaxLength(name, most) for most in range(9 if full else 6)] for name in (NAME, OTHER))
    asked = [made * length for made in ("a", "\U0001f600", [1], [None]) for length in range(11)]
    return _of_one_argument(limits, others, [*asked, *ODD])


def prefixes(full: bool) -> Universe:
    some = list(texts("ab\u00e9", 4 if full else 3, 1))
    limits, others = ([caveat.StartsWith(name, prefix) for prefix in some] for name in (NAME, OTHER))
    return _of_one_argument(limits, others[:9], [*texts("ab\u00e9", 5), *ODD])


def globs(full: bool) -> Universe:
    narrow = accepted(caveat.Glob, ((NAME, glob) for glob in texts("a/*?\\", 3, 1)))
    wide = accepted(caveat.Glob, ((NAME, glob) for glob in texts("a/*?\\", 4, 1))) if full else narrow
    others = (caveat.Glob(OTHER, "a"), caveat.Glob(OTHER, "*"), caveat.Glob(OTHER, "a*"))
    return Universe(tuple(narrow), (*wide, *others), requests([*texts("ab/*\\", 4 if full else 3), *ODD]))


def paths(full: bool) -> Universe:
    singles = accepted(caveat.Subpath, ((NAME, f"/{end}") for end in texts("ab/.", 4 if full else 3)))
    wide = accepted(caveat.Subpath, ((NAME, *some) for some in sets(named(singles)[: 45 if full else 18], 2)))
    asked = [*texts("ab/.", 5 if full else 4), *(f"/{end}" for end in texts("ab/.", 4)), *ODD]
    return Universe(tuple(singles), (*singles, *wide, *_about_another(singles)), requests(asked))


def _about_another(limits: list[Caveat]) -> list[Caveat]:
    return [type(limit)(OTHER, *limit.names) for limit in limits[:5]]  # type: ignore[attr-defined,call-arg]


def hosts(full: bool) -> Universe:
    labels = ("a", "ba", "1") if full else ("a", "ba")
    names = [".".join(some) for length in (1, 2, 3) for some in product(labels, repeat=length)]
    numbers = ["10.0.0.1", "10.0.0.2", "::1", "[::2]", "1.a", "10.0.0.a"]
    spelled = [*names, *(f"*.{name}" for name in (*names, *numbers)), *numbers]
    singles = accepted(caveat.UrlHost, ((NAME, name) for name in spelled))
    wide = accepted(caveat.UrlHost, ((NAME, *some) for some in sets(named(singles), 2)))
    deeper = [
        *names,
        *(f"{label}.{name}" for label in (*labels, "1") for name in (*names, *numbers)),
        *numbers,
        "[::1]",
    ]
    asked = [f"{scheme}://{name}{end}" for scheme in ("https", "ftp") for name in deeper for end in ("", ":1/")]
    return Universe(tuple(singles), (*singles, *wide, *_about_another(singles)), requests([*asked, *names, *ODD]))


def _networks(family: str, longest: int) -> list[str]:
    return [network_text(f"{family}:{bits}") for bits in texts("01", longest)]


def networks(full: bool) -> Universe:
    pool = [*_networks("4", 2), *_networks("6", 1)[: 3 if full else 2]]
    every = [caveat.Cidr(NAME, *some) for some in sets(pool, len(pool))]
    singles = [caveat.Cidr(NAME, network) for network in (*_networks("4", 3), *_networks("6", 3))]
    narrow = (*singles, *every[: 60 if full else 20])
    return Universe(narrow, (*every, *singles, *_about_another(every)), requests([*_addresses(3), *ODD]))


def many_networks(full: bool) -> Universe:
    """Every set of IPv4 networks of two bits, or of up to five of three: halves are joined, and halves of halves."""
    pool = _networks("4", 3 if full else 2)
    every = tuple(caveat.Cidr(NAME, *some) for some in sets(pool, 5 if full else 7))
    singles = tuple(caveat.Cidr(NAME, network) for network in pool)
    return Universe(singles, every, requests(_addresses(3)))


def _addresses(bits: int) -> list[str]:
    """The first and the last address of every network of so many bits, and IPv4 addresses written as IPv6."""
    step = 256 >> bits
    edges = [edge for first in range(0, 256, step) for edge in (first, first + step - 1)]
    four = [f"{edge}.0.0.{edge}" for edge in edges]
    return [
        *four,
        *(f"{edge << 8:x}::1" for edge in edges),
        *(f"::ffff:{each}" for each in four),
        "10.0.0",
        "fe80::1%a",
    ]


DIDS = tuple(f"did:web:{letter}.example" for letter in "abcd")
OCCASIONS: tuple[Any, ...] = (
    caveat.Actions("a"),
    caveat.Actions("b:*"),
    caveat.Actions("a", "b:*"),
    caveat.Resources("/a"),
    caveat.Resources("/", "s://a"),
    caveat.Equals(NAME, 1),
    caveat.NotOneOf(NAME, 1),
    caveat.Range(NAME, 0, 1),
    caveat.Not(caveat.Range(NAME, 0, 1)),
    caveat.AnyOf(caveat.Equals(NAME, 1), caveat.Equals(NAME, 2)),
    caveat.AllOf(caveat.Equals(NAME, 1), caveat.Range(NAME, 0, 1)),
    (caveat.Actions("a"), caveat.Range(NAME, 0, 1)),
    (caveat.Range(NAME, 0, 1), caveat.Actions("a"), caveat.Resources("/a")),
)


def approvals(full: bool) -> Universe:
    """Who has to approve, how many of them, and what; each request with every set of approvals."""

    def among(dids: Sequence[str], occasions: Sequence[Any]) -> list[Caveat]:
        thresholds = [(some, number) for some in sets(dids, len(dids)) for number in range(1, len(some) + 1)]
        return [caveat.RequiresApproval(list(some), number, when) for when in occasions for some, number in thresholds]

    limits = (
        *among(DIDS, (None,)),
        *among(DIDS[: 3 if full else 2], [each if isinstance(each, tuple) else [each] for each in OCCASIONS]),
    )
    asked = [
        facts(value, action=action, resource=resource, approved=approved)
        for value in (ABSENT, 0, 1, 2, 0.5, "1")
        for action in ("a", "b", "b:c")
        for resource in ("/", "/a/x", "s://a", "a")
        for approved in ((), *sets(DIDS if full else DIDS[:3], 4))
    ]
    return Universe(limits, limits, tuple(asked))


UNIVERSES: dict[str, Callable[[bool], Universe]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        actions, resources, audiences, times, depths, costs, values, lists, lengths, prefixes, globs, paths, hosts,
        networks, many_networks, approvals,
    )
}  # fmt: skip
