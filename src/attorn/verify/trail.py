"""What is known of one attempt so far, for the receipt of its outcome.

Only what was verified is recorded of a chain: a receipt must not name somebody because a stranger's bytes did.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attorn.errors import Denied, InputError, UnavailableError, VerificationError
from attorn.handed import ask
from attorn.request.request import Request
from attorn.verify.chain import VerifiedChain
from attorn.verify.clearing import Entry

if TYPE_CHECKING:
    from attorn.audit import ReceiptDraft
    from attorn.audit.ports import Recording


class Trail:
    """The time, the chain once its links are verified, what was charged, and whether it had been before."""

    __slots__ = ("at", "chain", "entries", "repeated")

    def __init__(self, chain: VerifiedChain | None = None) -> None:
        self.at: datetime | None = None
        self.chain = chain
        self.entries: tuple[Entry, ...] = ()
        self.repeated = False

    def record(
        self,
        receipts: Recording,
        audience: str,
        request: Request,
        error: VerificationError | Denied | UnavailableError | None,
    ) -> None:
        """Leave a receipt of the outcome; `error` is None if the request was permitted.

        Raises `UnavailableError` if there can be none, and so no decision either.
        """
        if self.at is None:
            raise UnavailableError("there can be no receipt of a decision without a time") from error
        try:
            draft = self._draft(int(self.at.timestamp()), audience, request, error)
        except InputError as bad:
            raise UnavailableError(f"there can be no receipt of this decision: {bad}") from error
        ask("recorder", lambda: receipts.record(draft))

    def _draft(
        self, at: int, audience: str, request: Request, error: VerificationError | Denied | UnavailableError | None
    ) -> ReceiptDraft:
        """What the receipt says."""
        from attorn.audit import ALLOWED, ChargeLine, Hop, ReceiptDraft  # noqa: PLC0415 - for those who keep receipts

        links = () if self.chain is None else self.chain.links
        step, link = (error.decision.step, error.decision.link) if isinstance(error, Denied) else (None, None)
        return ReceiptDraft(
            at=at,
            audience=audience,
            root=links[0].delegator if links else None,
            chain=tuple(Hop(hop.id, hop.delegate) for hop in links),
            action=request.action,
            resource=request.resource,
            request=request.digest(),
            verdict=ALLOWED if error is None else error.code,
            step=error.step if isinstance(error, VerificationError) else step,
            link=link,
            charges=tuple(
                ChargeLine(
                    link=entry.link.position,
                    unit=entry.counter.unit,
                    period=entry.counter.period,
                    limit=entry.charge.limit,
                    amount=entry.charge.amount,
                    account=entry.charge.account,
                )
                for entry in self.entries
            ),
            retry=self.repeated,
        )
