"""What one vector says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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

    def members(self) -> dict[str, Any]:
        """The JSON form."""
        found: dict[str, Any] = {
            "name": self.name,
            "notes": self.notes,
            "attack": self.attack,
            "spec": "laws 1 to 5: a genuine chain, used as it was given" if self.step is None else RULES[self.step],
            "wire": self.wire,
            "request": {"action": self.action, "resource": self.resource, "args": self.args},
            "audience": self.audience,
            "roots": list(self.roots),
            "now": self.now,
        }
        if self.challenge is not None:
            found["challenge"] = self.challenge
        if self.before:
            found["before"] = list(self.before)
        if self.revocations:
            found["revocations"] = list(self.revocations)
        if self.macaroon_keys:
            found["macaroon_keys"] = list(self.macaroon_keys)
        found["expect"] = {"code": self.code, "step": self.step}
        return found


def wire(chain: list[kit.Signed], holder: kit.Key, **presentation: Any) -> str:
    """The chain, presented and sealed by `holder`."""
    return kit.url64(kit.sealed(kit.presented(chain, holder, **presentation), holder))


def one_link(*checks: kit.Part, nonce: bytes = bytes(range(16)), **link: Any) -> str:
    """Alice -> planner with these caveats, presented by the planner."""
    chain = kit.extend([], kit.ALICE, kit.PLANNER, [kit.actions(kit.ACTION), *checks], **link)
    return wire(chain, kit.PLANNER, id=nonce)
