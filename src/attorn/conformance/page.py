"""A run as a page for people: one HTML file, without scripts, and nothing in it is fetched."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

from attorn.conformance.run import Kind, Outcome, Run
from attorn.display import escaped

_HEAD: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Conformance: {title}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0 }}
th, td {{ border: 1px solid #bbb; padding: .2rem .6rem; text-align: left; vertical-align: top }}
td.number {{ text-align: right }}
.failed {{ background: #fdd }}
code {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>Conformance: {title}</h1>
"""


def page(found: Run, title: str) -> str:
    """The page about a run against what `title` names."""
    parts = [_HEAD.format(title=_text(title)), _summary(found), _counts(found)]
    for kind, heading in ((Kind.FAILED, "Failed"), (Kind.EXPECTED, "Expected to fail")):
        chosen = [each for each in found.outcomes if each.kind is kind]
        if chosen:
            parts += [f"<h2>{heading}</h2>\n", _cases(chosen)]
    if found.unused:
        items = "".join(f"<li><code>{_text(each)}</code></li>\n" for each in found.unused)
        parts.append(f"<h2>Expected to fail, and no case is called so</h2>\n<ul>\n{items}</ul>\n")
    parts.append("<h2>All cases</h2>\n")
    for name, family in found.families().items():
        parts.append(f"<details><summary>{_text(name)}</summary>\n{_cases(family.outcomes)}</details>\n")
    return "".join([*parts, "</body>\n</html>\n"])


def _summary(found: Run) -> str:
    counts = ", ".join(f"{found.count(kind)} {name}" for kind, name in _KINDS.items())
    return f"<p>{len(found.outcomes)} cases: {counts}.</p>\n"


_KINDS: Final = {Kind.PASSED: "passed", Kind.FAILED: "failed", Kind.EXPECTED: "expected to fail"}


def _counts(found: Run) -> str:
    rows = [
        _row([f"<td>{_text(name)}</td>", *(f'<td class="number">{each.count(kind)}</td>' for kind in _KINDS)], each)
        for name, each in found.families().items()
    ]
    return _table(("family", *_KINDS.values()), rows)


def _cases(outcomes: Iterable[Outcome]) -> str:
    rows = []
    for each in outcomes:
        case = each.file.case
        notes, spec = ("", "") if case is None else (case.notes, case.spec)
        cells = [
            f"<td><code>{_text(each.file.name)}</code></td>",
            f"<td>{_text(notes)}</td>",
            f"<td>{_text(spec)}</td>",
        ]
        told = str(each.kind) if not each.why else f"{each.kind}: {each.why}"
        rows.append(_row([*cells, f"<td>{_text(told)}</td>"], Run((each,))))
    return _table(("case", "what it is about", "rule", "outcome"), rows)


def _row(cells: Iterable[str], found: Run) -> str:
    mark = ' class="failed"' if found.count(Kind.FAILED) else ""
    return f"<tr{mark}>{''.join(cells)}</tr>\n"


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{each}</th>" for each in heads)
    return f"<table>\n<tr>{head}</tr>\n{''.join(rows)}</table>\n"


def _text(text: str) -> str:
    """Text of others as text, whatever is in it."""
    return html.escape(escaped(text))
