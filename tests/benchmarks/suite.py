"""The measurements behind each budget, grouped so that what is divided by each other is measured turn by turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tenuo import SigningKey
from tests.benchmarks import floor, ours, peer_biscuit, peer_tenuo, scenario
from tests.benchmarks.measure import Case, Timing, each, interleaved, repeated
from tests.benchmarks.protobuf import from_text, message_sizes
from tests.benchmarks.threads import Scaling, scaling

from attorn import Identity, Token

ATTORN_COLD = "attorn, 3 links (4 principals, 5 signatures), nothing cached"
ATTORN_NEW_CHAIN = "attorn, 3 links, default verifier, chain never seen"
ATTORN_WARM = "attorn, 3 links, new request, prefix verified before"
TENUO_SAME_PRINCIPALS = "tenuo, root + 2 grants + PoP (4 principals, 4 signatures)"
TENUO_SAME_SIGNATURES = "tenuo, root + 3 grants + PoP (5 principals, 5 signatures)"
BISCUIT = "biscuit-python, 3 blocks, bearer (no holder, no proof; 3 signatures)"
FLOOR = "PyNaCl, 5 raw verifications over the same message sizes"
FLOOR_ONE = "PyNaCl, 1 raw verification over a link"


@dataclass(frozen=True, slots=True)
class Sides:
    """One trusted user per library."""

    attorn: ours.Attorn = field(default_factory=ours.Attorn)
    tenuo: peer_tenuo.Tenuo = field(default_factory=peer_tenuo.Tenuo)
    biscuit: peer_biscuit.Bearer = field(default_factory=peer_biscuit.Bearer)

    @property
    def roots(self) -> list[str]:
        return [self.attorn.root.did]


def message_sizes_of(sides: Sides) -> list[int]:
    """Bytes under each of the five signatures of a three-link presentation."""
    return message_sizes(from_text(sides.attorn.presentation(scenario.HEADLINE_LINKS)))


def verification(sides: Sides, rounds: int) -> dict[str, Timing]:
    """From the wire to the decision, every chain new to everyone, but for the one case that is about a known prefix."""
    sizes = message_sizes_of(sides)
    authorizer = sides.tenuo.authorizer()
    warm = ours.verifier(sides.roots)
    known, holder = sides.attorn.chain(scenario.HEADLINE_LINKS)
    ours.verify(warm, sides.attorn.present(known, holder))
    cold = partial(ours.verify, ours.uncached_verifier(sides.roots))
    fresh = each(lambda: sides.attorn.presentation(scenario.HEADLINE_LINKS))
    cases = [
        Case(ATTORN_COLD, fresh, cold),
        Case(TENUO_SAME_PRINCIPALS, each(lambda: sides.tenuo.presentation(2)), partial(peer_tenuo.verify, authorizer)),
        Case(ATTORN_WARM, each(lambda: sides.attorn.present(known, holder)), partial(ours.verify, warm)),
        Case(TENUO_SAME_SIGNATURES, each(lambda: sides.tenuo.presentation(3)), partial(peer_tenuo.verify, authorizer)),
        Case(FLOOR, repeated(floor.signed_messages(sizes)), floor.verify_all),
        Case(ATTORN_NEW_CHAIN, fresh, partial(ours.verify, ours.verifier(sides.roots))),
        Case(
            BISCUIT,
            each(lambda: sides.biscuit.wire(scenario.HEADLINE_LINKS)),
            partial(peer_biscuit.verify, sides.biscuit.public_key),
        ),
    ]
    return interleaved(cases, rounds)


def per_link(sides: Sides, rounds: int) -> dict[str, Timing]:
    """Uncached verification at 1 to 8 links, one raw verification over a middle link, and Tenuo at 1, 3 and 8."""
    cold = partial(ours.verify, ours.uncached_verifier(sides.roots))
    check = partial(peer_tenuo.verify, sides.tenuo.authorizer())
    link_size = message_sizes_of(sides)[1]
    cases = [Case(FLOOR_ONE, repeated(floor.signed_messages([link_size])[0]), floor.verify_one)]
    cases += [Case(attorn_links(n), each(_presenting(sides.attorn, n)), cold, 20) for n in scenario.SLOPE_LINKS]
    cases += [Case(tenuo_links(n), each(_presenting(sides.tenuo, n - 1)), check, 20) for n in (1, 3, 8)]
    return interleaved(cases, rounds)


def attorn_links(links: int) -> str:
    return f"attorn, {links} links, nothing cached"


def tenuo_links(links: int) -> str:
    return f"tenuo, {links} warrants + PoP"


def _presenting(side: ours.Attorn | peer_tenuo.Tenuo, count: int) -> Callable[[], object]:
    return partial(side.presentation, count)


def issuing(sides: Sides, rounds: int) -> dict[str, Timing]:
    """What it costs to hand authority on: mint, one more link, one presentation; signing included on every side."""
    holder, following = Identity.generate(), Identity.generate()
    token = sides.attorn.mint(holder)
    known, leaf = sides.attorn.chain(scenario.HEADLINE_LINKS)
    key, next_key = SigningKey.generate(), SigningKey.generate()
    warrant = sides.tenuo.mint(key)
    warrants, leaf_key = sides.tenuo.chain(scenario.HEADLINE_LINKS - 1)
    bearer = sides.biscuit.mint()
    signed = floor.signed_messages([message_sizes_of(sides)[1]])[0]
    text = known.encode()
    works: dict[str, Callable[[object], object]] = {
        "attorn mint": lambda _: sides.attorn.mint(holder),
        "tenuo mint": lambda _: sides.tenuo.mint(key),
        "biscuit-python mint": lambda _: sides.biscuit.mint(),
        "attorn delegate": lambda _: sides.attorn.delegate(token, holder, following, 2),
        "tenuo grant": lambda _: sides.tenuo.grant(warrant, key, next_key, 2),
        "biscuit-python append": lambda _: sides.biscuit.delegate(bearer, 2),
        "attorn present (3 links)": lambda _: sides.attorn.present(known, leaf),
        "tenuo present (root + 2 grants)": lambda _: sides.tenuo.present(warrants, leaf_key),
        "attorn decode (3 links)": lambda _: Token.decode(text),
        FLOOR_ONE: lambda _: floor.verify_one(signed),
    }
    return interleaved([Case(name, repeated(None), work) for name, work in works.items()], rounds)


def threading(sides: Sides, rounds: int) -> dict[str, Scaling]:
    """One and two threads through one shared verifier; PyNaCl shows what the machine itself can give."""
    cold = partial(ours.verify, ours.uncached_verifier(sides.roots))
    check = partial(peer_tenuo.verify, sides.tenuo.authorizer())
    one = floor.signed_messages(message_sizes_of(sides))
    cases = [
        Case("attorn", each(lambda: sides.attorn.presentation(scenario.HEADLINE_LINKS)), cold, 150),
        # A proof of possession ages within two minutes, so each batch gets a new one.
        Case("tenuo", lambda count: [sides.tenuo.presentation(scenario.HEADLINE_LINKS)] * count, check, 200),
        Case(
            "biscuit-python",
            repeated(sides.biscuit.wire(scenario.HEADLINE_LINKS)),
            partial(peer_biscuit.verify, sides.biscuit.public_key),
            200,
        ),
        Case("PyNaCl, 5 verifications", repeated(one), floor.verify_all, 300),
    ]
    return scaling(cases, rounds)


def sizes(sides: Sides) -> dict[str, int]:
    """Characters on the wire: attorn's one text; Tenuo's two headers; biscuit-python's bearer token."""
    out = {}
    for links in (1, scenario.HEADLINE_LINKS, 4, 8):
        out[f"attorn, {links} links"] = len(sides.attorn.presentation(links))
        out[f"tenuo, {links} warrants"] = sum(map(len, sides.tenuo.presentation(links - 1)))
        out[f"biscuit-python, {links} blocks"] = len(sides.biscuit.wire(links))
    out["attorn, 3 links, no range"] = len(ours.Attorn(ranged=False).presentation(3))
    for warrants in (3, 4):
        lean = peer_tenuo.Tenuo(ranged=False).presentation(warrants - 1)
        out[f"tenuo, {warrants} warrants, no range"] = sum(map(len, lean))
    return out
