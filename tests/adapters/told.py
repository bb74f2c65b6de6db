"""What a verifier tells of its decisions, kept for a test to look at."""

from __future__ import annotations

from attorn.audit.ports import ReceiptDraft


class Told:
    """Stands where a `Recorder` would: the verdict of every decision, in order."""

    def __init__(self) -> None:
        self.verdicts: list[str] = []

    def record(self, draft: ReceiptDraft) -> None:
        self.verdicts.append(draft.verdict)
