"""The recorder: makes a signed receipt of every decision it is told, behind the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Final

from attorn.audit.checkpoint import Checkpoint
from attorn.audit.ports import Head, Log
from attorn.audit.receipt import MOST_LINE, Receipt, ReceiptDraft
from attorn.audit.signers import Signers
from attorn.canonical import MOST_INTEGER
from attorn.did.did import is_did
from attorn.did.resolver import Resolver
from attorn.errors import AuditError, InputError, ResolutionError, UnavailableError
from attorn.handed import ask
from attorn.keys.signer import PinnedSigner, Signatory, key_of, signed

_DRAFT: Final = tuple(field.name for field in fields(ReceiptDraft))


class Recorder:
    """Appends receipts to `log`, signed `by` an identity. Used from several threads, and by several processes at once.

    `others` are the DIDs of further recorders of the same log, if any; `resolver` says what their keys are (default:
    did:key and did:jwk only). Raises `InputError` for unusable arguments, and `UnavailableError` if the signer fails.
    """

    def __init__(
        self, log: Log, *, by: Signatory, others: Iterable[str] = (), resolver: Resolver | None = None
    ) -> None:
        did = getattr(by, "did", None)
        if not isinstance(did, str) or not is_did(did) or not hasattr(by, "signer"):
            raise InputError(f"recorder: expected an identity, got {type(by).__name__}")
        if not callable(getattr(log, "append", None)):
            raise InputError(f"recorder: expected a log, got {type(log).__name__}")
        self.log = log
        self.did = did
        key = key_of(by.signer)
        self._signer = PinnedSigner(by.signer, key)
        self._signers = Signers((did, *others), resolver, {did: (key,)})
        self._checkpoint: Checkpoint | None = None

    def record(self, draft: ReceiptDraft) -> Receipt:
        """The receipt of this decision, once the log holds it durably.

        Raises `UnavailableError` if it could not be signed or kept: whoever decided must then permit nothing.
        """
        if not isinstance(draft, ReceiptDraft) or isinstance(draft, Receipt):
            raise InputError(f"recorder: expected a ReceiptDraft, got {type(draft).__name__}")
        made: list[Receipt] = []

        def make(head: Head) -> tuple[Receipt, Checkpoint]:
            receipt, checkpoint = self._make(draft, head)
            made.append(receipt)
            return receipt, checkpoint

        try:
            ask("audit log", lambda: self.log.append(make))
        except (AuditError, ResolutionError) as error:
            raise UnavailableError(f"the audit log takes no more receipts: {error}") from error
        if not made:
            raise UnavailableError("the audit log did not ask for the receipt")
        return made[-1]

    def _make(self, draft: ReceiptDraft, head: Head) -> tuple[Receipt, Checkpoint]:
        self._check(head)
        said = {name: getattr(draft, name) for name in _DRAFT}
        unsigned = Receipt(**said, sequence=head.count + 1, previous=head.digest, by=self.did, signature=b"")
        receipt = replace(unsigned, signature=signed(self._signer, unsigned.statement()))
        if len(receipt.encode().encode()) > MOST_LINE:
            raise UnavailableError(f"audit log: expected a receipt of at most {MOST_LINE} bytes")
        point = Checkpoint(count=receipt.sequence, digest=receipt.digest(), at=draft.at, by=self.did, signature=b"")
        self._checkpoint = replace(point, signature=signed(self._signer, point.statement()))
        return receipt, self._checkpoint

    def _check(self, head: Head) -> None:
        """What anybody could have written is not gone on with: it would hide what was done to the log."""
        known = head.checkpoint
        if known is not None and known == self._checkpoint and known.digest == head.digest:
            return
        for name, found in (("the checkpoint beside the log", known), ("the last receipt", head.last)):
            flaw = None if found is None else self._signers.flaw(found)
            if flaw is not None:
                raise AuditError(f"{name} {flaw}")
        if head.count >= MOST_INTEGER:
            raise AuditError("the log has no number left")
