"""The wrong changes that the mutation run makes: each is made, each is a program, and nothing else is changed."""

from __future__ import annotations

import ast

import pytest
from tests.mutation.mutants import mutants

CHANGED: dict[str, tuple[str, set[str]]] = {
    "check": ("if x:\n    raise y", {"if False:\n    raise y"}),
    "exit": (
        "for x in y:\n    if x:\n        continue\n    z",
        {"for x in y:\n    if False:\n        continue\n    z"},
    ),
    "call": ("x.append(y)", {"None"}),
    "compared": ("x < y", {"x <= y"}),
    "included": ("x in y", {"x not in y"}),
    "sum": ("x + y", {"x - y"}),
    "added": ("x += y", {"x -= y"}),
    "both": ("x and y", {"True and y", "x and True"}),
    "either": ("x or y", {"False or y", "x or False"}),
    "not": ("not x", {"not not x"}),
    "chosen": ("x if y else z", {"z if y else x"}),
    "filter": ("[x for x in y if x]", {"[x for x in y]"}),
    "all": ("all(x)", {"any(x)", "None"}),
    "truth": ("x = True", {"x = False"}),
    "number": ("x = 7", {"x = 8"}),
    "text": ("x = 'a'", {"x = 'a?'"}),
    "bytes": ("x = b'a'", {"x = b'a?'"}),
    "sql": (
        "x = 'SELECT max(a) WHERE a <= b AND c'",
        {
            "x = 'SELECT min(a) WHERE a <= b AND c'",
            "x = 'SELECT max(a) WHERE a < b AND c'",
            "x = 'SELECT max(a) WHERE a <= b OR c'",
        },
    ),
    "lua": ("x = 'redis.call(y) ~= z'", {"x = 'redis.call(y) == z'"}),
}


@pytest.mark.parametrize("name", CHANGED)
def test_each_change(name: str) -> None:
    source, expected = CHANGED[name]
    found = [mutant.text for mutant in mutants(source)]
    assert set(found) == expected
    assert len(found) == len(expected)


UNCHANGED = {
    "documentation": '"""Words."""\nx',
    "message": "raise Error('words')",
    "formatted": "x = f'words {y}'",
    "type": "x: 'Type' = y",
    "returned": "def f() -> 'Type':\n    x",
    "exported": "__all__ = ['x']",
    "slots": "__slots__ = ('x',)",
    "dataclass": "@dataclass(frozen=True, slots=True)\nclass X:\n    pass",
    "comment": "x = f'''\n-- SELECT a and b\nSELECT {a}'''",
    "texts": "x = f'{a}' + b",
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_what_only_people_read_is_left_alone(name: str) -> None:
    assert [mutant.change for mutant in mutants(UNCHANGED[name])] == []


def test_every_mutant_is_another_program() -> None:
    source = "\n".join(text for text, _ in CHANGED.values())
    texts = [mutant.text for mutant in mutants(source)]
    assert len({ast.dump(ast.parse(text)) for text in (*texts, source)}) == len(texts) + 1
