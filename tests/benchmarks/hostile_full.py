"""Genuine tokens of the public API, as large and as costly as its limits let a legitimate delegate make them.

They pass admission; what bounds them is the size limit, the counts in `attorn.Limits`, and the cost of each caveat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tests.benchmarks import ours, scenario
from tests.benchmarks.hostile import TEXT_LIMIT, Genuine, Specimen
from tests.benchmarks.protobuf import seed

from attorn import Identity, Request, caveat
from attorn.errors import AttornError

_LINKS = 32
_LONG = "a" * 60_000
_A: dict[str, object] = {"text": "a" * 1024}
"""As long as Glob looks at."""

Caveats = Callable[[int, int], Sequence[caveat.Caveat]]
"""(link number, how many) to caveats; the number is raised until the presentation would pass the size limit."""


def root() -> Identity:
    """The user whom the verifier of the hostile rows trusts."""
    return ours.principal("hostile root")


def genuine() -> Genuine:
    """A presentation of two links with known seeds, to graft upon."""
    names = ("hostile root", "hostile agent", "hostile holder")
    user, agent, holder = (ours.principal(name) for name in names)
    token = user.mint(to=agent.did, caveats=ours.caveats(1))
    token = agent.delegate(token, to=holder.did, caveats=ours.caveats(2))
    seeds = tuple(seed(name) for name in names)
    return Genuine(holder.present(token, ours.request(), audience=scenario.AUDIENCE), (*seeds, seeds[-1]))


def full() -> Iterator[Specimen]:
    """Every kind of caveat in masses, in one link and in the longest chain; the longest chain of P-256 keys."""
    for name, (caveats, arguments) in _kinds().items():
        request = _request(arguments)
        for links in (1, 8):
            made = _largest(links, caveats, request, "Ed25519")
            if made is not None:
                yield Specimen("full", f"{name}, {made[1]} in each of {links} links", made[0], request)
    usual = ours.request()
    for algorithm in ("Ed25519", "P-256"):
        made = _largest(_LINKS, _plain, usual, algorithm)
        if made is not None:
            yield Specimen("full", f"{_LINKS} links of {algorithm}, {made[1]} caveats each", made[0], usual)


def _request(arguments: dict[str, object]) -> Request:
    return Request(action=scenario.ACTION, resource=scenario.RESOURCE, args={**scenario.ARGUMENTS, **arguments})


def _largest(links: int, caveats: Caveats, request: Request, algorithm: str) -> tuple[str, int] | None:
    """The presentation with the most caveats per link that the API makes and the size limit admits, and that number."""
    best = None
    for count in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 63):
        try:
            text = _present([caveats(link, count) for link in range(1, links + 1)], request, algorithm)
        except AttornError:
            break  # above one of the API's own limits
        if len(text) > TEXT_LIMIT:
            break
        best = text, count
    return best


def _present(caveats: Sequence[Sequence[caveat.Caveat]], request: Request, algorithm: str) -> str:
    holder = Identity.generate(algorithm=algorithm)
    token = root().mint(to=holder.did, caveats=caveats[0])
    for more in caveats[1:]:
        following = Identity.generate(algorithm=algorithm)
        token = holder.delegate(token, to=following.did, caveats=more)
        holder = following
    return holder.present(token, request, audience=scenario.AUDIENCE)


def _plain(_link: int, count: int) -> list[caveat.Caveat]:
    return [caveat.Range("limit", 1, 100)] * count


def _kinds() -> dict[str, tuple[Caveats, dict[str, object]]]:
    """Caveats by name, each true of the request that goes with it, so that the last of them is looked at too."""
    return {
        "Actions": (lambda _, n: [caveat.Actions(*_words(50), scenario.ACTION) for _ in range(n)], {}),
        "Glob over many runs": (lambda link, n: [caveat.Glob("text", _runs(100, link * n + i)) for i in range(n)], _A),
        "AllOf of 32 short Globs": (
            lambda link, n: [caveat.AllOf(*_globs(32, (link * n + i) * 32)) for i in range(n)],
            _A,
        ),
        "NotOneOf with ever new strings": (
            lambda link, n: [caveat.NotOneOf("text", *_words(350 // n, link * n + i)) for i in range(n)],
            {"text": "x"},
        ),
        "OneOf with numbers": (lambda _, n: [caveat.OneOf("limit", *range(500)) for _ in range(n)], {}),
        "NotOneOf with numbers": (lambda _, n: [caveat.NotOneOf("limit", *range(11, 500)) for _ in range(n)], {}),
        "Contains": (
            lambda _, n: [caveat.Contains("list", *range(100)) for _ in range(n)],
            {"list": list(range(9_000))},
        ),
        "SubsetOf": (
            lambda _, n: [caveat.SubsetOf("list", *range(500)) for _ in range(n)],
            {"list": [*range(500)] * 20},
        ),
        "MaxLength": (lambda _, n: [caveat.MaxLength("text", 60_000)] * n, {"text": _LONG}),
        "StartsWith": (lambda _, n: [caveat.StartsWith("text", "a" * 600) for _ in range(n)], {"text": _LONG}),
        "Subpath": (
            lambda _, n: [caveat.Subpath("file", "/a" * 60)] * n,
            {"file": "/a" * 64},
        ),
        "UrlHost": (
            lambda _, n: [
                caveat.UrlHost("url", *(f"*.h{i}.example" for i in range(30)), "*.example.com") for _ in range(n)
            ],
            {"url": "https://" + "a." * 100 + "example.com/"},
        ),
        "Cidr": (
            lambda _, n: [caveat.Cidr("address", *(f"10.{i}.0.0/16" for i in range(60))) for _ in range(n)],
            {"address": "10.59.1.1"},
        ),
        "AnyOf": (lambda _, n: [_any_of(31, i) for i in range(n)], {"text": "x"}),
        "Not": (lambda _, n: [caveat.Not(caveat.AllOf(*_unequal(20, i))) for i in range(n)], {"text": "x"}),
        "many arguments": (
            lambda _, n: [caveat.Equals(f"argument {i}", i) for i in range(n)],
            {f"argument {i}": i for i in range(2_000)},
        ),
        "Purpose": (lambda _, n: [caveat.Purpose("to sum up the week " * 10) for _ in range(n)], {}),
    }


def _words(count: int, salt: int = 0) -> Sequence[str]:
    """Short words, others for every salt."""
    return [f"{salt * count + index:x}" for index in range(count)]


def _runs(length: int, salt: int) -> str:
    """A pattern of single characters and runs that matches any number of "a"; another for every salt."""
    return "".join("?*" if salt >> bit & 1 else "a*" for bit in range(length))


def _globs(count: int, start: int) -> list[caveat.Glob]:
    return [caveat.Glob("text", _runs(11, salt)) for salt in range(start, start + count)]


def _unequal(count: int, salt: int) -> list[caveat.Equals]:
    return [caveat.Equals("text", word) for word in _words(count, salt)]


def _any_of(count: int, salt: int) -> caveat.Caveat:
    return caveat.AnyOf(*_unequal(count, salt), caveat.Equals("text", "x"))
