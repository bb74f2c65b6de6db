"""A run as JUnit XML, which build servers read."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from attorn.conformance.run import Kind, Outcome, Run
from attorn.display import escaped


def junit(found: Run, title: str) -> str:
    """One test suite for each family of a run against what `title` names. An expected failure is skipped."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites name={_quoted(title)} {_counts(found)}>"]
    for name, family in found.families().items():
        lines.append(f" <testsuite name={_quoted(name)} {_counts(family)}>")
        lines += [_case(each) for each in family.outcomes]
        lines.append(" </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(found: Run) -> str:
    failed, skipped = found.count(Kind.FAILED), found.count(Kind.EXPECTED)
    return f'tests="{len(found.outcomes)}" failures="{failed}" errors="0" skipped="{skipped}"'


def _case(outcome: Outcome) -> str:
    name = outcome.file.name.rpartition("/")[2]
    start = f"  <testcase classname={_quoted(outcome.family)} name={_quoted(name)}"
    if outcome.kind is Kind.PASSED:
        return f"{start}/>"
    if outcome.kind is Kind.EXPECTED:
        return f"{start}><skipped message={_quoted(outcome.why)}/></testcase>"
    case = outcome.file.case
    about = "" if case is None else f"{case.notes} ({case.spec})"
    return f"{start}><failure message={_quoted(outcome.why)}>{escape(escaped(about))}</failure></testcase>"


def _quoted(text: str) -> str:
    """An attribute. What XML cannot hold, such as a control character, is spelt as in JSON."""
    return quoteattr(escaped(text))
