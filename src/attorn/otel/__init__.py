"""OpenTelemetry: one span for each decision of a verifier, with who acted for whom and what became of it."""

try:
    import opentelemetry.trace as _trace
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"attorn.otel needs {error.name}, not installed here: pip install 'attorn[otel]'", name=error.name
    ) from None

from attorn.otel.spans import NAMES, SpanRecorder

__all__ = ["NAMES", "SpanRecorder"]

del _trace
