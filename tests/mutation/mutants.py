"""Small wrong changes to a module: a check deleted, a comparison shifted, an answer turned round."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
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
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_NAMES = {"all": "any", "any": "all", "max": "min", "min": "max"}
_PROGRAM = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE) |redis\.call")
_WORD = re.compile(r"(?<= )(?:<=|>=|<|>|==|~=|<>|\+|-|and|or|not|AND|OR|NOT)(?= )|\b(?:max|min|greatest|least)(?=\()")
_WORDS = {
    "<=": "<", "<": "<=", ">=": ">", ">": ">=", "==": "~=", "~=": "==", "<>": "=", "+": "-", "-": "+",
    "and": "or", "or": "and", "AND": "OR", "OR": "AND", "not": "", "NOT": "",
    "max": "min", "min": "max", "greatest": "least", "least": "greatest",
}  # fmt: skip
"""What can be changed in a text that is a program itself, in SQL or Lua."""
_EXITS = (ast.Raise, ast.Return, ast.Continue, ast.Break)
_Edit = Callable[[ast.AST], object]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong version of a module: where, what was done, and the whole text."""

    line: int
    change: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of `source`, each once."""
    tree = ast.parse(source)
    told, known = _told(tree), {ast.unparse(tree)}
    for index, node in enumerate(ast.walk(tree)):
        for change, edit in _programs(node) if index in told else (*_edits(node), *_programs(node)):
            changed = copy.deepcopy(tree)
            edit(list(ast.walk(changed))[index])
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in known:
                known.add(text)
                yield Mutant(getattr(node, "lineno", 0), change, text)


def _told(tree: ast.Module) -> frozenset[int]:
    """Where what only people or type checkers read stands: documentation, messages, types, names to export.

    And what stands in brackets behind `@dataclass`: tests/test_architecture.py reads that in the source.
    """
    read: list[ast.AST] = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            read += [part for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is str]
        if isinstance(node, ast.Raise):
            read += [part for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is str]
        for kind in ("annotation", "returns"):
            if isinstance(part := getattr(node, kind, None), ast.AST):
                read += ast.walk(part)
        for decorator in getattr(node, "decorator_list", ()):
            read += [part for part in ast.walk(decorator) if ast.unparse(decorator).startswith("dataclass(")]
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__all__", "__slots__"):
            read += ast.walk(node.value)
    known = {id(node) for node in read}
    return frozenset(index for index, node in enumerate(ast.walk(tree)) if id(node) in known)


def _edits(node: ast.AST) -> Iterator[tuple[str, _Edit]]:
    if isinstance(node, ast.If) and isinstance(node.body[0], _EXITS):
        yield f"deleted: if {ast.unparse(node.test)}", _never
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_setattr(node.value):
        yield f"deleted: {ast.unparse(node)}", _nothing
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SWAPS:
        yield f"turned round: {ast.unparse(node)}", _compared
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _SWAPS and not _is_text(node):
        yield f"other sum: {ast.unparse(node)}", _reckoned
    if isinstance(node, ast.BoolOp):
        for place, value in enumerate(node.values):
            yield f"without {ast.unparse(value)}: {ast.unparse(node)}", _without(place)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield f"plain: {ast.unparse(node)}", _plain
    if isinstance(node, ast.IfExp):
        yield f"the other way: {ast.unparse(node)}", _otherwise
    if isinstance(node, ast.comprehension) and node.ifs:
        yield f"all of: {ast.unparse(node)}", _unfiltered
    if isinstance(node, ast.Name) and node.id in _NAMES and isinstance(node.ctx, ast.Load):
        yield f"{_NAMES[node.id]} for {node.id}", _renamed
    if isinstance(node, ast.Constant):
        yield from _constants(node)


def _constants(node: ast.Constant) -> Iterator[tuple[str, _Edit]]:
    if type(node.value) is bool:
        yield f"not {node.value}", _turned
    if type(node.value) is int and 0 <= node.value < 1 << 20:
        yield f"one more: {ast.unparse(node)}", _one_more
    if type(node.value) in (str, bytes) and not _is_program(node):
        yield f"another text: {ast.unparse(node)}", _another


def _is_program(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is str and _PROGRAM.search(node.value) is not None


def _programs(node: ast.AST) -> Iterator[tuple[str, _Edit]]:
    if not _is_program(node):
        return
    for found in _WORD.finditer(node.value):
        line = node.value[node.value.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
        if not line.lstrip().startswith(("--", "CREATE")) and "NOT NULL," not in line:
            new = _WORDS[found[0]]
            yield f"in the text, {new or 'nothing'} for {found[0]}: {line.strip()}", _rewritten(found.span(), new)


def _rewritten(span: tuple[int, int], new: str) -> _Edit:
    def edit(node: ast.Constant) -> None:
        node.value = node.value[: span[0]] + new + node.value[span[1] :]

    return edit


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    """Texts can only be put together."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in sides
    )


def _is_setattr(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__setattr__"


def _never(node: ast.If) -> None:
    node.test = ast.Constant(False)


def _nothing(node: ast.Expr) -> None:
    node.value = ast.Constant(None)


def _compared(node: ast.Compare) -> None:
    node.ops = [_SWAPS[type(node.ops[0])]()]


def _reckoned(node: ast.BinOp) -> None:
    node.op = _SWAPS[type(node.op)]()


def _without(place: int) -> _Edit:
    # What is left where there were two would be no operation any more: the word that changes nothing takes the place.
    def edit(node: ast.BoolOp) -> None:
        node.values[place] = ast.Constant(isinstance(node.op, ast.And))

    return edit


def _plain(node: ast.UnaryOp) -> None:
    # `not not x` is `x` as an answer, and stays an operation where it stands.
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.op = ast.UAdd()


def _otherwise(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _unfiltered(node: ast.comprehension) -> None:
    node.ifs = []


def _renamed(node: ast.Name) -> None:
    node.id = _NAMES[node.id]


def _turned(node: ast.Constant) -> None:
    node.value = not node.value


def _one_more(node: ast.Constant) -> None:
    node.value += 1


def _another(node: ast.Constant) -> None:
    node.value += "?" if isinstance(node.value, str) else b"?"
