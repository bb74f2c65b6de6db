"""Random requests, caveats over the whole vocabulary, and chains of 0 to 8 links after the root's own.

Values come from small pools that caveats and requests share, so that they meet often; some are drawn at large.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, reject, settings
from hypothesis import strategies as st
from tests.property.chains import AUDIENCE, NOW, PEOPLE, Chain, Person, Step, build, permits

from attorn import Request, caveat
from attorn.canonical import MOST_INTEGER as SAFE
from attorn.caveat import Caveat
from attorn.caveat.argument import Formula
from attorn.errors import InputError
from attorn.request.money import Money

law = settings(
    max_examples=500,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
"""How every law is checked: at least 500 examples, the same ones on every machine."""

NAMES = ("n", "t", "u", "p", "ip", "l", "ü☃", 'q"\\{x} $y')
ACTIONS = ("events:read", "events:write", "events:read:all", "events", "files:read", "pay")
RESOURCES = (
    "cal://alice",
    "cal://alice/2026-11",
    "cal://alice/2026-11/x",
    "cal://alicex",
    "/data/a",
    "/data/ab",
    "/",
    "a/b",
)
TEXTS = (
    "",
    "a",
    "ab",
    "abc",
    "a/b",
    "a/b/c.txt",
    'say "hi"\\',
    "line\nbreak\r\t",
    "ünï☃\u2028",
    "{x} $0",
    "*",
    "A",
    "1",
    "true",
)
URLS = (
    "https://a.example.com/x",
    "http://example.com",
    "https://EXAMPLE.com:8443/",
    "https://api.h2/",
    "https://10.0.0.1/",
    "https://[2001:db8::1]/",
    "https://a.example.com@evil.test/",
    "https://evilexample.com/",
    "https://example.com\\@evil.test/",
    "ftp://example.com/",
)
HOSTS = ("example.com", "*.example.com", "a.example.com", "*.com", "10.0.0.1", "2001:db8::1", "*.h2", "api.h2")
PATHS = (
    "/",
    "/data",
    "/data/a",
    "/data/a/x",
    "/data/ab",
    "/data/a/",
    "/data/../etc",
    "/data//a",
    "data/a",
    "/d%2e",
    "/dä",
)
FOLDERS = ("/", "/data", "/data/a", "/data/ab", "/dä")
ADDRESSES = (
    "10.0.0.1",
    "10.255.0.9",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "010.0.0.1",
    "10.1",
    "fe80::1%eth0",
    "192.168.0.1",
)
NETWORKS = (
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.128.0.0/9",
    "10.0.0.1/32",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
    "192.168.0.0/16",
)
PATTERNS = ("*", "**", "a*", "a/*", "a/**", "?", "??", "a/b/*.txt", r"\*", "abc", "ü*", 'say "*"\\\\')
NUMBERS = (-3, -1, 0, 1, 2, 3, 5, 2**53 - 1, -(2**53 - 1))
FRACTIONS = (0.5, 2.5, -1.5, 3.0, 1e15 + 0.5)
SECONDS = (0, NOW - 5000, NOW - 1, NOW, NOW + 1, NOW + 5000)
CURRENCIES = ("EUR", "USD")

_text = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
_integer = st.sampled_from(NUMBERS)
_list = st.one_of(
    st.lists(st.sampled_from(TEXTS[:5]), max_size=4),
    st.lists(st.sampled_from(NUMBERS[:6]), max_size=4),
    st.lists(st.booleans(), max_size=2),
    st.lists(st.sampled_from((None, 1, "a", True, 2.5)), max_size=3),
)
_anything = st.one_of(
    _text,
    _integer,
    st.booleans(),
    st.none(),
    st.sampled_from(FRACTIONS),
    _list,
    st.sampled_from(URLS + PATHS + ADDRESSES),
    st.just({"inner": ["x"]}),
)
_FITTING = {
    "n": st.one_of(_integer, st.sampled_from(FRACTIONS)),
    "t": _text,
    "u": st.sampled_from(URLS),
    "p": st.sampled_from(PATHS),
    "ip": st.sampled_from(ADDRESSES),
    "l": _list,
}


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A request whose arguments mostly have the type that caveats expect of them."""
    args: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=6, unique=True)):
        fitting = name in _FITTING and draw(st.integers(0, 4))
        args[name] = draw(_FITTING[name] if fitting else _anything)
    cost = draw(st.sampled_from((None, None, Money(0, "EUR"), Money(5, "EUR"), Money(500, "USD"))))
    return Request(
        action=draw(st.sampled_from(ACTIONS)), resource=draw(st.sampled_from(RESOURCES)), args=args, cost=cost
    )


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _some(pool: tuple[str, ...], most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(pool), min_size=1, max_size=most, unique=True)


_name = st.sampled_from(NAMES)
_values = st.one_of(
    _some(TEXTS), st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3), st.just([True]), st.just([False, True])
)


def _listing(kind: Callable[..., Formula], name: str, pool: tuple[str, ...]) -> st.SearchStrategy[Formula]:
    return st.builds(lambda key, some: kind(key, *some), st.sampled_from((name, name, name, "t")), _some(pool))


def _over(kind: Callable[..., Formula]) -> st.SearchStrategy[Formula]:
    return st.builds(lambda key, some: kind(key, *some), _name, _values)


@st.composite
def _ranges(draw: st.DrawFn) -> Formula:
    low, high = sorted((draw(_integer), draw(_integer)))
    open_end = draw(st.sampled_from(("", "", "low", "high")))
    minimum, maximum = (None if open_end == "low" else low), (None if open_end == "high" else high)
    return caveat.Range(draw(st.sampled_from(("n", "n", "n", "t", "l"))), minimum, maximum)


ATOMS: dict[str, st.SearchStrategy[Formula]] = {
    "Equals": st.builds(caveat.Equals, _name, st.one_of(_text, _integer, st.booleans(), st.none())),
    "OneOf": _over(caveat.OneOf),
    "NotOneOf": _over(caveat.NotOneOf),
    "Range": _ranges(),
    "MaxLength": st.builds(caveat.MaxLength, st.sampled_from(("t", "l", "n", "ü☃")), st.integers(0, 4)),
    "StartsWith": st.builds(
        caveat.StartsWith, st.sampled_from(("t", "u", "p")), st.sampled_from((*TEXTS[1:], "https://"))
    ),
    "Glob": st.builds(caveat.Glob, st.sampled_from(("t", "p", "ü☃")), st.sampled_from(PATTERNS)),
    "Contains": st.builds(lambda some: caveat.Contains("l", *some), _values),
    "SubsetOf": st.builds(lambda some: caveat.SubsetOf("l", *some), _values),
    "Subpath": _listing(caveat.Subpath, "p", FOLDERS),
    "UrlHost": _listing(caveat.UrlHost, "u", HOSTS),
    "Cidr": _listing(caveat.Cidr, "ip", NETWORKS),
}
SCOPES: dict[str, st.SearchStrategy[Caveat]] = {
    "Actions": st.builds(lambda some: caveat.Actions(*some), _some((*ACTIONS, "events:*", "files:*", "events:read:*"))),
    "Resources": st.builds(lambda some: caveat.Resources(*some), _some(RESOURCES)),
    "Audience": st.builds(lambda some: caveat.Audience(*some), _some((AUDIENCE, AUDIENCE, "did:web:other.example"))),
    "Expires": st.builds(lambda second: caveat.Expires(_moment(second)), st.sampled_from(SECONDS)),
    "NotBefore": st.builds(lambda second: caveat.NotBefore(_moment(second)), st.sampled_from(SECONDS)),
    "MaxDepth": st.builds(caveat.MaxDepth, st.integers(0, 9)),
}
COUNTED: dict[str, st.SearchStrategy[Caveat]] = {
    "MaxUses": st.builds(caveat.MaxUses, st.integers(1, 3)),
    "Rate": st.builds(caveat.Rate, st.integers(1, 3), st.sampled_from(("second", "day", "week", "month"))),
    "Budget": st.builds(
        caveat.Budget,
        st.sampled_from((1, 5, 600)),
        st.sampled_from(CURRENCIES),
        st.sampled_from((None, "day", "month")),
    ),
}
_atom = st.one_of(*ATOMS.values())


@st.composite
def formulas(draw: st.DrawFn, depth: int = 2) -> Formula:
    """An atom, or AllOf, AnyOf and Not over formulas, at most `depth` deep."""
    shape = draw(st.sampled_from(("atom", "all", "any", "not"))) if depth else "atom"
    if shape == "atom":
        return draw(_atom)
    try:
        if shape == "not":
            return caveat.Not(draw(formulas(depth - 1)))
        parts = [draw(formulas(depth - 1)) for _ in range(draw(st.integers(1, 3)))]
        return caveat.AllOf(*parts) if shape == "all" else caveat.AnyOf(*parts)
    except InputError:
        # Not(Equals(name, None)) and the like cannot be written.
        return reject()


APPROVERS = tuple(person.did for person in PEOPLE[:4])


@st.composite
def conditions(draw: st.DrawFn) -> Any:
    """What `when` may hold: one caveat whose negation can be written."""
    condition = draw(st.one_of(SCOPES["Actions"], SCOPES["Resources"], _atom, formulas()))
    try:
        caveat.RequiresApproval(APPROVERS[0], when=condition)  # type: ignore[arg-type]
    except InputError:
        # Equals(name, None) and the like have no opposite that can be written.
        return reject()
    return condition


@st.composite
def approvals(draw: st.DrawFn) -> caveat.RequiresApproval:
    """Any RequiresApproval over a few people."""
    by = draw(_some(APPROVERS))
    when = draw(st.one_of(st.none(), conditions(), st.lists(conditions(), min_size=1, max_size=2)))
    try:
        return caveat.RequiresApproval(by, draw(st.integers(1, len(by))), when)
    except InputError:
        # Two formulas may be too much where each of them is not.
        return reject()


uncounted: st.SearchStrategy[Caveat] = st.one_of(*SCOPES.values(), _atom, formulas(), formulas(), approvals())
caveats: st.SearchStrategy[Caveat] = st.one_of(
    *SCOPES.values(), _atom, formulas(), formulas(), approvals(), *COUNTED.values()
)
purposes = st.builds(caveat.Purpose, st.sampled_from(("Plan the week", 'say "hi"; allow if true;', "Für ☃ \\")))


@dataclass(frozen=True, slots=True)
class Scene:
    """A request, and the steps of a chain from a root."""

    request: Request
    root: Person
    steps: tuple[Step, ...]

    def chain(self) -> Chain:
        return build(self.root, self.steps)

    @property
    def depth(self) -> int:
        return len(self.steps) - 1

    def caveats(self) -> list[Caveat]:
        return [each for step in self.steps for each in step.caveats]


@st.composite
def scenes(
    draw: st.DrawFn, *, most: int = 9, kinds: st.SearchStrategy[Caveat] = caveats, purpose: bool = True
) -> Scene:
    """A chain of 1 to `most` links. In most scenes all caveats but perhaps one permit the request."""
    request = draw(requests())
    length = draw(st.integers(1, most))
    people = [draw(st.sampled_from(PEOPLE)) for _ in range(length + 1)]
    # 0: whatever comes; 1: only what permits; 2: at most one that prohibits.
    mood = draw(st.integers(0, 2))
    spare = 1 if mood == 2 else 0
    steps = []
    for to in people[1:]:
        kept: list[Caveat] = []
        for each in draw(st.lists(kinds, max_size=2)):
            if mood and not permits(each, request, depth=length - 1):
                if not spare:
                    continue
                spare = 0
            kept.append(each)
        if purpose and not draw(st.integers(0, 5)):
            kept.insert(0, draw(purposes))
        steps.append(Step(to, tuple(kept)))
    return Scene(request, people[0], tuple(steps))


def near(limit: Any) -> Iterator[Any]:
    """Values of an argument that lie just inside and just outside what an atom allows."""
    if isinstance(limit, caveat.Equals):
        yield limit.value
    if isinstance(limit, caveat.OneOf | caveat.NotOneOf | caveat.Contains | caveat.SubsetOf):
        yield from limit.values
        yield list(limit.values)
        yield from ([value] for value in limit.values)
    if isinstance(limit, caveat.Range):
        for bound in (limit.minimum, limit.maximum):
            if bound is not None:
                yield from (each for each in (bound - 1, bound, bound + 1, bound + 0.5) if abs(each) <= SAFE)
    if isinstance(limit, caveat.MaxLength):
        yield from ("x" * limit.most, [0] * limit.most)
    if isinstance(limit, caveat.StartsWith):
        yield limit.prefix
    if isinstance(limit, caveat.Glob):
        yield limit.glob
    if isinstance(limit, caveat.Subpath):
        yield from limit.names
    if isinstance(limit, caveat.UrlHost):
        yield from (f"https://{name.replace('*', 'zz')}/" for name in limit.names)
    if isinstance(limit, caveat.Cidr):
        for network in map(ipaddress.ip_network, limit.names):
            yield from (str(network[0]), str(network[-1]))
