"""Tenuo 0.3.3 doing the same job, through the calls its own HTTP adapters make.

Out: the warrant stack (root to leaf, base64) and the proof of possession (base64), its two headers. In: decode both,
`Authorizer.check_chain` over tool and arguments. `grants` counts the warrants after the root: a chain of g grants has
g + 2 principals (issuer, holder of the root, one per grant) and g + 2 signatures (g + 1 warrants and the proof).
Not in Tenuo, so not in its time: replay store, audience, DID resolution.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field

from tenuo import Authorizer, Range, SigningKey, Subpath, Warrant, decode_warrant_stack_base64, encode_warrant_stack
from tests.benchmarks import scenario

Headers = tuple[str, str]
"""Warrant stack and proof of possession, both base64."""


def _capabilities(link: int, ranged: bool) -> dict[str, dict[str, object]]:
    constraints: dict[str, object] = {"path": Subpath(scenario.path(link))}
    if ranged:
        constraints["limit"] = Range(1, scenario.highest(link))
    return {scenario.ACTION: constraints}


@dataclass(frozen=True, slots=True)
class Tenuo:
    """One trusted issuer, and chains that lead back to it."""

    root: SigningKey = field(default_factory=SigningKey.generate)
    ranged: bool = True
    """Whether each warrant states the numeric range; sizes are also compared without it."""

    def authorizer(self) -> Authorizer:
        return Authorizer(trusted_roots=[self.root.public_key])

    def mint(self, holder: SigningKey) -> Warrant:
        return Warrant.issue(
            self.root,
            capabilities=_capabilities(1, self.ranged),
            ttl_seconds=scenario.lifetime(1),
            holder=holder.public_key,
        )

    def grant(self, warrant: Warrant, by: SigningKey, to: SigningKey, link: int) -> Warrant:
        return warrant.attenuate(
            capabilities=_capabilities(link, self.ranged),
            signing_key=by,
            ttl_seconds=scenario.lifetime(link),
            holder=to.public_key,
        )

    def chain(self, grants: int) -> tuple[list[Warrant], SigningKey]:
        """Warrants from root to leaf among principals never seen before, and the leaf's holder."""
        holder = SigningKey.generate()
        warrants = [self.mint(holder)]
        for link in range(2, grants + 2):
            following = SigningKey.generate()
            warrants.append(self.grant(warrants[-1], holder, following, link))
            holder = following
        return warrants, holder

    def present(self, warrants: list[Warrant], holder: SigningKey) -> Headers:
        proof = warrants[-1].sign(holder, scenario.ACTION, scenario.ARGUMENTS, int(time.time()))
        return encode_warrant_stack(warrants), base64.b64encode(proof).decode("ascii")

    def presentation(self, grants: int) -> Headers:
        """The two headers of a chain never seen before."""
        return self.present(*self.chain(grants))


def verify(authorizer: Authorizer, headers: Headers) -> object:
    """From the wire to the decision; raises unless allowed."""
    stack, proof = headers
    return authorizer.check_chain(
        decode_warrant_stack_base64(stack),
        scenario.ACTION,
        scenario.ARGUMENTS,
        signature=base64.b64decode(proof),
    )
