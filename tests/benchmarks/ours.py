"""attorn doing the job, through its public names only.

`links` counts signed links: three links are the root and three delegates, four principals in all. A presentation of n
links holds n + 2 signatures: one per link, one over the presentation block, and the seal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.benchmarks import scenario
from tests.benchmarks.protobuf import seed

from attorn import Identity, Request, Token, Verifier, caveat


def request() -> Request:
    """Made anew each time, as a server does from what it received: nothing memoised is carried over."""
    return Request(action=scenario.ACTION, resource=scenario.RESOURCE, args=scenario.ARGUMENTS)


def caveats(link: int, *, ranged: bool = True) -> list[caveat.Caveat]:
    return [
        caveat.Actions(scenario.ACTION),
        caveat.Subpath("path", scenario.path(link)),
        *([caveat.Range("limit", 1, scenario.highest(link))] if ranged else []),
        caveat.ExpiresIn(seconds=scenario.lifetime(link)),
    ]


def uncached_verifier(roots: list[str]) -> Verifier:
    """A verifier that remembers no verified prefix. The one place that knows how to ask for it."""
    return Verifier(audience=scenario.AUDIENCE, roots=roots, cache=0)


def verifier(roots: list[str]) -> Verifier:
    """A verifier as anyone gets it: prefix cache and replay protection on."""
    return Verifier(audience=scenario.AUDIENCE, roots=roots)


@dataclass(frozen=True, slots=True)
class Attorn:
    """One user, and chains that lead back to them."""

    root: Identity = field(default_factory=Identity.generate)
    ranged: bool = True
    """Whether each link states the numeric range; sizes are also compared without it."""

    def mint(self, holder: Identity) -> Token:
        return self.root.mint(to=holder.did, caveats=caveats(1, ranged=self.ranged))

    def delegate(self, token: Token, by: Identity, to: Identity, link: int) -> Token:
        return by.delegate(token, to=to.did, caveats=caveats(link, ranged=self.ranged))

    def chain(self, links: int) -> tuple[Token, Identity]:
        """A token among principals never seen before, and its holder."""
        holder = Identity.generate()
        token = self.mint(holder)
        for link in range(2, links + 1):
            following = Identity.generate()
            token = self.delegate(token, holder, following, link)
            holder = following
        return token, holder

    def present(self, token: Token, holder: Identity) -> str:
        return holder.present(token, request(), audience=scenario.AUDIENCE)

    def presentation(self, links: int) -> str:
        """The wire text of a chain never seen before."""
        return self.present(*self.chain(links))


def verify(checker: Verifier, wire: str) -> object:
    """From the wire to the decision; raises unless allowed."""
    return checker.authorize(wire, request())


def principal(name: str) -> Identity:
    """An Ed25519 principal whose seed the bench's own writer knows too."""
    return Identity.from_seed(seed(name))
