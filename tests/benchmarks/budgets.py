"""The published budgets, and the rows that hold measurements against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks import scenario, suite
from tests.benchmarks.hostile_run import ESCAPED, Weight
from tests.benchmarks.measure import Timing, slope
from tests.benchmarks.rows import Row
from tests.benchmarks.threads import Scaling

TENUO_PUBLISHED_BYTES = 1660


def verification_rows(timings: Mapping[str, Timing]) -> list[Row]:
    cold, warm = timings[suite.ATTORN_COLD], timings[suite.ATTORN_WARM]
    principals, signatures = timings[suite.TENUO_SAME_PRINCIPALS], timings[suite.TENUO_SAME_SIGNATURES]
    return [
        _ratio("3 links cold / tenuo, same principals and links", cold, principals, 1.0, 0.85),
        _ratio("3 links cold / tenuo, same number of signatures", cold, signatures, 1.0, 0.85),
        _ratio("3 links, prefix known / tenuo, same principals", warm, principals, 0.35, 0.25),
        _ratio("3 links, prefix known / tenuo, same signatures", warm, signatures, 0.35, 0.25),
        _ratio("3 links cold / 5 raw PyNaCl verifications", cold, timings[suite.FLOOR], 1.6, 1.3),
        _ratio("3 links cold / biscuit-python bearer", cold, timings[suite.BISCUIT], None, None),
    ]


def _ratio(name: str, ours: Timing, theirs: Timing, must: float | None, stretch: float | None) -> Row:
    absolute = f"{ours.median:.0f} us over {theirs.median:.0f} us"
    return Row(name=name, value=ours.over(theirs), unit="x", must=must, stretch=stretch, absolute=absolute)


def per_link_rows(timings: Mapping[str, Timing]) -> list[Row]:
    points = [(float(n), timings[suite.attorn_links(n)].median) for n in scenario.SLOPE_LINKS]
    one = timings[suite.FLOOR_ONE].median
    rise, deviation = slope(points)
    theirs, _ = slope([(float(n), timings[suite.tenuo_links(n)].median) for n in (1, 3, 8)])
    return [
        Row(
            name="one more link / one raw verification",
            value=rise / one,
            unit="x",
            must=1.6,
            absolute=f"{rise:.0f} us over {one:.0f} us; tenuo {theirs:.0f} us",
        ),
        Row(name="largest deviation from a straight line", value=deviation * 100, unit="%", absolute="1 to 8 links"),
    ]


def size_rows(sizes: Mapping[str, int]) -> list[Row]:
    """The published 1,660 bytes were Tenuo's with one constraint per warrant: the rows without the range are nearer."""
    rows = []
    for suffix, policy in (("", "with a range"), (", no range", "without a range")):
        same_links, same_signatures = sizes[f"tenuo, 3 warrants{suffix}"], sizes[f"tenuo, 4 warrants{suffix}"]
        rows.append(
            Row(
                name=f"3-link presentation on the wire, policy {policy}",
                value=sizes[f"attorn, 3 links{suffix}"],
                unit="bytes",
                must=TENUO_PUBLISHED_BYTES,
                stretch=1300,
                absolute=f"tenuo, same policy: {same_links} (same principals), {same_signatures} (same signatures)",
            )
        )
    return rows


def thread_rows(scalings: Mapping[str, Scaling]) -> list[Row]:
    peers = ", ".join(f"{name} {found.ratio:.2f} x" for name, found in scalings.items() if name != "attorn")
    peers += " (PyNaCl is what the machine had to give)"
    return [
        Row(
            name="two threads / one",
            value=scalings["attorn"].ratio,
            unit="x",
            must=1.5,
            stretch=1.8,
            at_least=True,
            absolute=peers,
        )
    ]


def import_rows(times: Mapping[str, float]) -> list[Row]:
    parts = ", ".join(f"{name} {times[name]:.0f}" for name in ("tenuo", "biscuit_auth", "nacl.bindings", "bare"))
    return [
        Row(name="import attorn over bare", value=times["attorn"], unit="ms", must=60, stretch=40, absolute=parts),
        Row(
            name="import of the names in use over bare",
            value=times["attorn, used names"],
            unit="ms",
            must=60,
            stretch=40,
            absolute=f"of it cryptography's P-256 {times['cryptography P-256']:.0f} when imported alone",
        ),
    ]


def hostile_rows(weights: Sequence[Weight]) -> list[Row]:
    slowest = max(weights, key=lambda weight: weight.median_ms)
    heaviest = max(weights, key=lambda weight: weight.memory_mib)
    count = len(weights)
    escaped = [weight.name for weight in weights if weight.outcome.startswith(ESCAPED)]
    return [
        Row(
            name=f"errors that escaped, of {count} hostile tokens",
            value=len(escaped),
            unit="",
            must=0,
            absolute="; ".join(escaped) or "every outcome a decision or an AttornError",
        ),
        Row(
            name=f"slowest of {count} hostile tokens",
            value=slowest.median_ms,
            unit="ms",
            must=20,
            stretch=5,
            absolute=f"{slowest.name}: {slowest.outcome}; slowest single run {max(w.most_ms for w in weights):.1f} ms",
        ),
        Row(
            name=f"heaviest of {count} hostile tokens",
            value=heaviest.memory_mib,
            unit="MiB",
            must=32,
            absolute=f"{heaviest.name}: {heaviest.outcome}",
        ),
    ]
