"""Small wrong changes to a module: a check deleted, a comparison shifted, an answer turned round."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong version of a module: where, what was done, and the whole text."""

    line: int
    change: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of `source`, in the order of the file."""
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        for change, edit in _edits(node):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[index]
            edit(target)
            yield Mutant(getattr(node, "lineno", 0), change, ast.unparse(ast.fix_missing_locations(changed)))


def _edits(node: ast.AST) -> Iterator[tuple[str, object]]:
    if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise):
        yield f"deleted: if {ast.unparse(node.test)}", _never
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_append(node.value):
        yield f"deleted: {ast.unparse(node)}", _nothing
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SWAPS:
        yield f"turned round: {ast.unparse(node)}", _swapped
    if isinstance(node, ast.BoolOp):
        yield f"and for or: {ast.unparse(node)}", _other
    if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 1 << 20:
        yield f"one more: {ast.unparse(node)}", _one_more


def _is_append(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "__setattr__")


def _never(node: ast.If) -> None:
    node.test = ast.Constant(False)


def _nothing(node: ast.Expr) -> None:
    node.value = ast.Constant(None)


def _swapped(node: ast.Compare) -> None:
    node.ops = [_SWAPS[type(node.ops[0])]()]


def _other(node: ast.BoolOp) -> None:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _one_more(node: ast.Constant) -> None:
    node.value += 1
