"""What can be asked of a presentation that was verified before: whether it is cleared, or permits what lasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attorn.caveat.approval import RequiresApproval
from attorn.clock import read
from attorn.errors import InputError, VerificationError
from attorn.handed import ask
from attorn.request.facts import Facts
from attorn.request.request import Request
from attorn.token.presentation import Presentation, words
from attorn.verify.access import Access, Verified
from attorn.verify.chain import VerifiedChain
from attorn.verify.clearing import denied
from attorn.verify.joint import Steps
from attorn.verify.trail import Trail

_UNCOUNTED = "a permission that lasts, of which nobody counts the uses"


def verified(
    steps: Steps, request: Request, chain: VerifiedChain, presentation: Presentation, at: datetime
) -> Verified:
    """See `Verifier.verify`."""

    def cleared() -> Access:
        again = Trail(chain)
        with steps.recorded(request, again):
            now = again.at = read(steps.clock)
            # Time has passed since: the windows are asked again, and what was taken back.
            steps.again(chain, presentation, now)
            return steps.clear(chain, presentation, request, now, again)

    def required(holds: Callable[[], object], otherwise: VerificationError) -> None:
        again = Trail(chain)
        with steps.recorded(request, again, decides=False):
            again.at = read(steps.clock)
            if ask("adapter", holds) is not True:
                raise otherwise

    def lasting(asked: Request, audience: str) -> None:
        if not isinstance(asked, Request):
            raise InputError(f"request: expected a Request, got {type(asked).__name__}")
        words(audience, "audience")
        again = Trail(chain)
        with steps.recorded(asked, again):
            now = again.at = read(steps.clock)
            steps.again(chain, presentation, now)
            for each in dict.fromkeys((steps.audience, audience)):
                facts = Facts(asked, audience=each, now=int(now.timestamp()), depth=len(chain.links) - 1)
                steps.caveats(chain, presentation, facts, now)
            _require_uncounted(chain, presentation)

    return Verified(
        chain=chain.links,
        request=request,
        audience=steps.audience,
        at=at,
        _clear=cleared,
        _lasting=lasting,
        _require=required,
    )


def _require_uncounted(chain: VerifiedChain, presentation: Presentation) -> None:
    """(10) Nothing is to be charged or used up, whatever is asked. Raises `Denied`."""
    for link, counted, _ in chain.counted:
        raise denied(link, counted.denial(_UNCOUNTED), 10)
    demanded = [(chain.links[position - 1], caveat) for position, caveat in presentation.demands]
    for link, caveat in (*chain.approvals, *demanded):
        if isinstance(caveat, RequiresApproval):
            raise denied(link, caveat.denial(_UNCOUNTED), 10)
