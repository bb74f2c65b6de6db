"""What the approval tests share: a payment that needs somebody's word, in both formats, and a holder who smuggles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.unit.scene import ALICE, AUDIENCE, MALLORY, NOW, PLANNER, SCOUT, Clock, draw, person, refused, verifier

from attorn import Identity, Request, Token, Verifier, caveat, macaroon
from attorn.approval import Approval, ApprovalRequest, ApprovalRequired
from attorn.biscuit.block import encode
from attorn.caveat import Caveat, RequiresApproval
from attorn.encoding import base64url_encode
from attorn.request.money import Money
from attorn.token.presentation import Presentation

BOSS, CHIEF, THIRD = (person(number) for number in (11, 12, 13))
PAY = Request(action="pay:out", resource="shop://store/orders/7", args={"amount": 120, "to": "bob"})
KEY = macaroon.MacKey(b"\x07" * 32)
ACTIONS = caveat.Actions("pay:*", "read")
FORMATS = ("biscuit", "macaroon")
BY_BOSS = RequiresApproval(BOSS.did)


class Store:
    """A store of no kind: it remembers presentations and what was said, and keeps no ledger."""

    def __init__(self, *said: Any) -> None:
        self.said = said

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        del presentation, expires, now
        return True

    def statements(self, wanted: Any, *, by: Any = None) -> Any:
        del wanted, by
        return self.said

    def put(self, statements: Any) -> Any:
        raise NotImplementedError


def minted(form: str, *caveats: Caveat, to: Identity = PLANNER, by: Identity = ALICE) -> Token:
    base = macaroon.issue(KEY, random=draw) if form == "macaroon" else None
    return by.mint(to=to.did, caveats=[ACTIONS, *caveats], base=base)


def door(**changed: Any) -> Verifier:
    return verifier(**{"macaroon_keys": [KEY], **changed})


def asked_of(
    *approvers: Identity, request: Request = PAY, holder: str = PLANNER.did, root: str = ALICE.did, at: str = AUDIENCE
) -> ApprovalRequest:
    return ApprovalRequest(
        approvers=tuple(each.did for each in approvers),
        threshold=1,
        audience=at,
        root=root,
        holder=holder,
        request=request,
    )


def approved(by: Identity = BOSS, *, second: float = NOW, **about: Any) -> Approval:
    """An approval by somebody, of the payment unless something else is said."""
    signer = Identity(by.signer, did=by.did, clock=Clock(second), random=draw)
    return signer.approve(asked_of(by, **about))


def smuggled(
    token: Token,
    holder: Identity,
    approvals: Sequence[str | Approval],
    request: Request = PAY,
    *,
    audience: str = AUDIENCE,
    now: int = NOW,
    key: str | None = None,
) -> str:
    """A presentation with whatever texts as approvals, none of which anybody looked at."""
    texts = tuple(each if isinstance(each, str) else each.encode() for each in approvals)
    carrier, stated = token.carrier.accompanied(texts)
    made = Presentation(audience, request.digest(), draw(16), now - 30, now + 60, None, key, stated)
    payload = encode(made.facts(), (made.check(),), token.unverified.symbols)
    return base64url_encode(carrier.presented(holder.signer, payload))


def lacks(text: str, link: int = 1, *, step: int = 9, request: Request = PAY, by: Verifier | None = None) -> Any:
    """The error, after making sure that what is missing is an approval, at this link."""
    error = refused(text, "approval_required", step, by=by or door(), request=request)
    assert isinstance(error, ApprovalRequired)
    assert (error.decision.allowed, error.decision.link) == (False, link)
    return error


__all__ = [
    "ALICE", "AUDIENCE", "BOSS", "BY_BOSS", "CHIEF", "FORMATS", "KEY", "MALLORY", "NOW", "PAY", "PLANNER", "SCOUT",
    "THIRD", "Money", "Store", "approved", "asked_of", "door", "lacks", "minted", "smuggled",
]  # fmt: skip
