"""biscuit-python 0.4.0 as its own users use it: a bearer token with the same policy. No delegate identity, no proof.

Shown for scale only; it does less than the other sides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from biscuit_auth import AuthorizerBuilder, Biscuit, BiscuitBuilder, BlockBuilder, KeyPair, PublicKey
from tests.benchmarks import scenario

_CHECKS = """
check if operation({action});
check if path($p), $p.starts_with({path});
check if limit($n), $n >= 1, $n <= {highest};
check if time($t), $t <= {expiry};
"""
_REQUEST = "operation({action}); path({path}); limit({limit}); allow if true;"


def _parameters(link: int) -> dict[str, object]:
    return {
        "action": scenario.ACTION,
        "path": scenario.path(link),
        "highest": scenario.highest(link),
        "expiry": datetime.now(UTC) + timedelta(seconds=scenario.lifetime(link)),
    }


@dataclass(frozen=True, slots=True)
class Bearer:
    """One root key, and tokens that lead back to it."""

    root: KeyPair = field(default_factory=KeyPair)

    @property
    def public_key(self) -> PublicKey:
        return self.root.public_key

    def mint(self) -> Biscuit:
        return BiscuitBuilder(_CHECKS, _parameters(1)).build(self.root.private_key)

    def delegate(self, token: Biscuit, link: int) -> Biscuit:
        return token.append(BlockBuilder(_CHECKS, _parameters(link)))

    def wire(self, links: int) -> str:
        token = self.mint()
        for link in range(2, links + 1):
            token = self.delegate(token, link)
        return token.to_base64()


def verify(root: PublicKey, wire: str) -> int:
    """From the wire to the decision; raises unless allowed."""
    token = Biscuit.from_base64(wire, root)
    builder = AuthorizerBuilder(
        _REQUEST,
        {"action": scenario.ACTION, "path": scenario.ARGUMENTS["path"], "limit": scenario.ARGUMENTS["limit"]},
    )
    builder.set_time()  # type: ignore[attr-defined]
    limits = builder.limits()  # type: ignore[attr-defined]  # the stubs lack it
    limits.max_time = timedelta(seconds=1)  # the default of 1 ms fails at random on a busy machine
    builder.set_limits(limits)  # type: ignore[attr-defined]
    return builder.build(token).authorize()
