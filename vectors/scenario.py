"""Cases of `verify-presentation`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vectors import case
from vectors import testkit as kit

RULES = {
    0: "verification step 0: size limits",
    1: "verification step 1: one canonical encoding, and only what the caveat profile admits",
    2: "verification step 2: the root is trusted",
    3: "verification step 3: each principal's DID resolves to the key that the token binds",
    4: "verification step 4: each signature, version 1 only, low S",
    5: "verification step 5: linkage and depth",
    6: "verification step 6: validity windows, half-open, children within parents",
    7: "verification step 7: revocation by whoever stands above the link",
    8: "verification step 8: audience, request, holder's proof, replay",
    9: "step 9: every caveat of every link; an unknown one prohibits",
    10: "step 10: uses are charged to every link that counts",
}


@dataclass(frozen=True)
class Case:
    """One presentation, one request, one verdict. `step` is None where it is accepted."""

    name: str
    notes: str
    attack: int | None
    wire: str
    code: str = "ok"
    step: int | None = None
    action: str = kit.ACTION
    resource: str = kit.RESOURCE
    args: dict[str, Any] = field(default_factory=lambda: dict(kit.ARGS))
    audience: str = kit.AUDIENCE
    roots: tuple[str, ...] = (kit.ALICE.did,)
    now: int = kit.NOW
    challenge: str | None = None
    before: tuple[str, ...] = ()
    revocations: tuple[str, ...] = ()
    macaroon_keys: tuple[str, ...] = ()

    def case(self) -> case.Case:
        """The question that this is."""
        asked: dict[str, Any] = {
            "wire": self.wire,
            "request": {"action": self.action, "resource": self.resource, "args": self.args},
            "audience": self.audience,
            "roots": list(self.roots),
            "now": self.now,
        }
        if self.challenge is not None:
            asked["challenge"] = self.challenge
        for name in ("before", "revocations", "macaroon_keys"):
            if getattr(self, name):
                asked[name] = list(getattr(self, name))
        spec = "laws 1 to 5: a genuine chain, used as it was given" if self.step is None else RULES[self.step]
        return case.Case(self.name, "verify-presentation", self.notes, self.attack, spec, asked, self.code, self.step)


def wire(chain: list[kit.Signed], holder: kit.Key, **presentation: Any) -> str:
    """The chain, presented and sealed by `holder`."""
    return kit.url64(kit.sealed(kit.presented(chain, holder, **presentation), holder))


def one_link(*checks: kit.Part, nonce: bytes = bytes(range(16)), **link: Any) -> str:
    """Alice -> planner with these caveats, presented by the planner."""
    chain = kit.extend([], kit.ALICE, kit.PLANNER, [kit.actions(kit.ACTION), *checks], **link)
    return wire(chain, kit.PLANNER, id=nonce)
