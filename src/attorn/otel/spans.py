"""Spans of decisions. They say what a receipt says, less the resource and the digest, and never decide anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode, TracerProvider

from attorn.audit import Receipt, ReceiptDraft, Recorder
from attorn.errors import AttornError, InputError

if TYPE_CHECKING:
    from opentelemetry.util.types import AttributeValue

SPAN: Final = "attorn.authorize"
NAMES: Final = frozenset(
    {
        "gen_ai.agent.name",
        "gen_ai.agent.version",
        "gen_ai.operation.name",
        "gen_ai.tool.call.id",
        "gen_ai.tool.name",
        "gen_ai.tool.type",
        "mcp.method.name",
        "mcp.protocol.version",
        "mcp.resource.uri",
    }
)
"""What `about` may add: the names of OpenTelemetry's conventions that a server knows and a verifier does not."""
_MOST_TEXT: Final = 256
_UNDECIDED, _INVALID, _DENIED, _ALLOWED = "undecided", "invalid", "denied", "allowed"
_FIRST_CLEARING: Final = 9


class SpanRecorder:
    """`Verifier(receipts=SpanRecorder(...))`: a span for each decision, once `recorder`, if given, left its receipt.

    Spans go to `provider`, the global one unless given, as children of the span that is current. `about` may add what
    the server knows of a request, under `NAMES` alone; `resources` adds the resource. Whatever fails in making a span
    is counted in `failed` and changes no decision. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self,
        recorder: Recorder | None = None,
        *,
        provider: TracerProvider | None = None,
        about: Callable[[ReceiptDraft], Mapping[str, str]] | None = None,
        resources: bool = False,
    ) -> None:
        if recorder is not None and not callable(getattr(recorder, "record", None)):
            raise InputError(f"recorder: expected a Recorder, got {type(recorder).__name__}")
        if not (about is None or callable(about)) or type(resources) is not bool:
            raise InputError("expected about as a callable, and resources as True or False")
        if provider is not None and not callable(getattr(provider, "get_tracer", None)):
            raise InputError(f"provider: expected a TracerProvider, got {type(provider).__name__}")
        self._failed = 0
        # Several threads are decided for at once.
        self._lock = Lock()
        self._recorder = recorder
        self._provider = provider
        self._about = about
        self._resources = resources

    @property
    def failed(self) -> int:
        """How many spans could not be made."""
        with self._lock:
            return self._failed

    def record(self, draft: ReceiptDraft) -> Receipt | None:
        """The receipt of this decision, None without a recorder. Raises what the recorder raises, and `InputError`."""
        if not isinstance(draft, ReceiptDraft):
            raise InputError(f"record: expected a ReceiptDraft, got {type(draft).__name__}")
        try:
            receipt = None if self._recorder is None else self._recorder.record(draft)
        except AttornError as error:
            # No receipt, no permission: this is what became of the decision.
            self._span(draft, None, error.code)
            raise
        self._span(draft, receipt, draft.verdict)
        return receipt

    def _span(self, draft: ReceiptDraft, receipt: Receipt | None, verdict: str) -> None:
        try:
            provider = trace.get_tracer_provider() if self._provider is None else self._provider
            said = self._attributes(draft, receipt, verdict)
            span = provider.get_tracer("attorn").start_span(SPAN, kind=SpanKind.INTERNAL, attributes=said)
            if said["attorn.outcome"] == _UNDECIDED:
                span.set_status(StatusCode.ERROR)
            span.end()
        except Exception:  # noqa: BLE001 - processors, exporters and `about` are the caller's own code, and decide nothing
            with self._lock:
                self._failed += 1

    def _attributes(self, draft: ReceiptDraft, receipt: Receipt | None, verdict: str) -> dict[str, AttributeValue]:
        said: dict[str, AttributeValue] = {} if self._about is None else _known(self._about(draft))
        outcome = _outcome(draft) if verdict == draft.verdict else _UNDECIDED
        said |= {
            "attorn.audience": draft.audience,
            "attorn.action": draft.action,
            "attorn.outcome": outcome,
            "attorn.verdict": verdict,
            "attorn.retry": draft.retry,
            "attorn.charges": len(draft.charges),
        }
        if outcome == _UNDECIDED:
            said["error.type"] = verdict
        if draft.root is not None and draft.holder is not None:
            said |= {"user.id": draft.root, "gen_ai.agent.id": draft.holder}
            said |= {"attorn.chain": [hop.delegate for hop in draft.chain], "attorn.links": len(draft.chain)}
        numbers = {"step": draft.step, "link": draft.link, "receipt": None if receipt is None else receipt.sequence}
        said |= {f"attorn.{name}": number for name, number in numbers.items() if number is not None}
        if self._resources:
            said["attorn.resource"] = draft.resource
        return said


def _outcome(draft: ReceiptDraft) -> str:
    if draft.allowed:
        return _ALLOWED
    if draft.step is None:
        return _UNDECIDED
    return _INVALID if draft.step < _FIRST_CLEARING else _DENIED


def _known(found: Mapping[str, str]) -> dict[str, AttributeValue]:
    """What is known by a name that is everybody's, as text that is not long."""
    return {name: value[:_MOST_TEXT] for name, value in found.items() if name in NAMES and isinstance(value, str)}
