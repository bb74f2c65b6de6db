"""Every single check of the verifier, found in the source, and the function that it stands in without it."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.deletion.places import ACCEPTING, CALLERS, REFUSING, ROOTS, in_scope, numbered, step_of
from tests.deletion.reach import Function, Module, Place, Reach

_CHECKING = re.compile(r"_?(verify|check|require|refuse|confirm|clear|trust|ask)(_\w+)?")
_TYPE = re.compile(r"(not )?(isinstance|type|callable)\(")
Edit = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `name` is how the table calls it: place and what is asked, without line numbers.

    `errors` are the classes that it raises, `index` is where it stands among the nodes of its function.
    """

    module: str
    function: str
    line: int
    kind: str
    what: str
    step: int
    errors: tuple[str, ...]
    index: int
    edit: Edit

    @property
    def name(self) -> str:
        return f"{self.module}:{self.function}: {self.what}"

    def without(self, module: Module) -> ast.Module:
        """Its module without it, every line where it was."""
        changed = copy.deepcopy(module.tree)
        self.edit(list(ast.walk(_same(changed, self.function)))[self.index])
        return ast.fix_missing_locations(changed)


def all_checks(known: dict[str, Module]) -> list[Check]:
    """Every check of the verifier, module by module."""
    places = Reach(known, ROOTS).functions()
    steps = numbered(known, places)
    return [check for name, module in known.items() if in_scope(name) for check in checks(name, module, places, steps)]


def checks(name: str, module: Module, places: set[Place], steps: dict[str, int]) -> Iterator[Check]:
    """The checks in those functions of a module that can be reached."""
    known: dict[str, int] = {}
    for function, node in module.functions.items():
        if (name, function) not in places or f"{name}:{function}" in CALLERS:
            continue
        for found in _in_function(name, function, node):
            index, kind, what, edit, errors, raised = found
            # Two checks of one function may read alike.
            known[f"{function}: {what}"] = count = known.get(f"{function}: {what}", 0) + 1
            what = what if count == 1 else f"{what} ({count})"
            line = getattr(list(ast.walk(node))[index], "lineno", node.lineno)
            step = step_of((name, function), node, raised, module, steps)
            yield Check(name, function, line, kind, what, step, errors, index, edit)


def _same(tree: ast.Module, function: str) -> Function:
    body: list[ast.stmt] = tree.body
    found: ast.stmt | None = None
    for part in function.split("."):
        found = [each for each in body if isinstance(each, ast.ClassDef | ast.FunctionDef) and each.name == part][-1]
        body = found.body
    assert isinstance(found, Function)
    return found


_Found = tuple[int, str, str, Edit, tuple[str, ...], ast.AST | None]


def _in_function(module: str, function: str, node: Function) -> Iterator[_Found]:
    answers = f"{module}:{function}"
    for index, each in enumerate(ast.walk(node)):
        if isinstance(each, ast.If):
            yield from _conditions(index, each, answers)
        for body in _bodies(each):
            yield from _alone(index, each, body, answers)
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            called = _last(each.value.func)
            if _CHECKING.fullmatch(called):
                yield index, "call", ast.unparse(each), _nothing, (), each.value
        if isinstance(each, ast.Return) and each.value is not None:
            yield from _returned(index, each.value, answers)


def _conditions(index: int, node: ast.If, answers: str) -> Iterator[_Found]:
    """`if` before a raise, a denial or an answer that refuses: each side of an `or` is a check of its own."""
    last = node.body[-1]
    if isinstance(last, ast.Raise) and not _is_abstract(last):
        kind, errors = "raise", _errors(last)
    elif isinstance(last, ast.Return) and (_is_denial(last.value) or _refuses(last.value, answers)):
        kind, errors = ("denial" if _is_denial(last.value) else "answer"), ()
    else:
        return
    for number, part in enumerate(_sides(node.test)):
        if errors == ("InputError",) and _TYPE.match(ast.unparse(part)):
            # A value read from bytes has its type from the reader: this is asked of a program.
            continue
        yield index, kind, f"if {ast.unparse(part)}", _without(number), errors, last


def _alone(index: int, owner: ast.AST, body: tuple[str, int], answers: str) -> Iterator[_Found]:
    """A raise that stands at the end of a function or of an `except`, and not behind an `if`."""
    name, place = body
    statement = getattr(owner, name)[place]
    if isinstance(owner, ast.If) and name == "body" and place == len(owner.body) - 1:
        return
    if isinstance(statement, ast.Return) and _is_denial(statement.value):
        yield index, "denial", "at the end: a denial", _passed(name, place), (), statement
    caught = ast.unparse(owner.type) if isinstance(owner, ast.ExceptHandler) and owner.type is not None else None
    if isinstance(statement, ast.Return) and _refuses(statement.value, answers):
        where = "at the end" if caught is None else f"except {caught}"
        yield index, "answer", f"{where}: {ast.unparse(statement)}", _accepted(name, place), (), statement
    if not isinstance(statement, ast.Raise) or _is_abstract(statement):
        return
    what = f"at the end: {_short(statement)}" if caught is None else f"except {caught}: {_short(statement)}"
    yield index, "raise", what, _passed(name, place), _errors(statement), statement


def _returned(index: int, value: ast.expr, answers: str) -> Iterator[_Found]:
    if isinstance(value, ast.IfExp) and _is_denial(value.orelse):
        yield index, "denial", f"unless {ast.unparse(value.test)}", _returning(None), (), None
    elif answers in ACCEPTING and not isinstance(value, ast.Constant):
        parts = value.values if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.And) else [value]
        for number, part in enumerate(parts):
            edit = _member(number, True) if len(parts) > 1 else _returning(True)
            yield index, "answer", f"return {ast.unparse(part)}", edit, (), None
    elif answers in REFUSING and not isinstance(value, ast.Constant):
        parts = value.values if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) else [value]
        for number, part in enumerate(parts):
            edit = _member(number, False) if len(parts) > 1 else _returning(False)
            yield index, "answer", f"return {ast.unparse(part)}", edit, (), None


def _refuses(value: ast.expr | None, answers: str) -> bool:
    if not isinstance(value, ast.Constant):
        return False
    return (answers in ACCEPTING and value.value is False) or (answers in REFUSING and value.value is True)


def _is_denial(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "denial"


def _is_abstract(node: ast.Raise) -> bool:
    return node.exc is not None and ast.unparse(node.exc).startswith("NotImplementedError")


def _bodies(node: ast.AST) -> Iterator[tuple[str, int]]:
    for name in ("body", "orelse", "finalbody"):
        value = getattr(node, name, None)
        if isinstance(value, list):
            yield from ((name, place) for place in range(len(value)))


def _errors(node: ast.Raise) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id.endswith("Error"))
    )


def _short(node: ast.Raise) -> str:
    return "raise" if node.exc is None else f"raise {ast.unparse(node.exc)[:100]}"


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _sides(test: ast.expr) -> list[ast.expr]:
    """What any one of which suffices. `not (a and b)` and `not a < b < c` have two, as `or` has."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return [part for value in test.values for part in _sides(value)]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = test.operand
        if isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.And):
            return [part for value in inner.values for part in _sides(_not(value))]
        if isinstance(inner, ast.Compare) and len(inner.ops) > 1:
            left = [inner.left, *inner.comparators]
            pairs = zip(left, inner.ops, left[1:], strict=False)
            return [_not(ast.Compare(one, [op], [other])) for one, op, other in pairs]
    return [test]


def _not(value: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), value)


def _without(number: int) -> Edit:
    def edit(node: ast.AST) -> None:
        assert isinstance(node, ast.If)
        sides = _sides(node.test)
        deleted: ast.expr = ast.Constant(False)
        if any(isinstance(part, ast.NamedExpr) for part in ast.walk(sides[number])):
            # It is asked still, for the name that it binds; whatever the answer.
            deleted = ast.BoolOp(ast.And(), [ast.Tuple([sides[number]], ast.Load()), ast.Constant(False)])
        sides[number] = deleted
        made = sides[0] if len(sides) == 1 else ast.BoolOp(ast.Or(), sides)
        node.test = ast.copy_location(made, node.test)

    return edit


def _passed(name: str, place: int) -> Edit:
    def edit(node: ast.AST) -> None:
        body = getattr(node, name)
        body[place] = ast.copy_location(ast.Pass(), body[place])

    return edit


def _accepted(name: str, place: int) -> Edit:
    def edit(node: ast.AST) -> None:
        answer = getattr(node, name)[place].value
        answer.value = not answer.value

    return edit


def _nothing(node: ast.AST) -> None:
    assert isinstance(node, ast.Expr)
    node.value = ast.copy_location(ast.Constant(None), node.value)


def _returning(value: bool | None) -> Edit:
    def edit(node: ast.AST) -> None:
        assert isinstance(node, ast.Return)
        node.value = ast.Constant(value)

    return edit


def _member(number: int, value: bool) -> Edit:
    def edit(node: ast.AST) -> None:
        assert isinstance(node, ast.Return)
        assert isinstance(node.value, ast.BoolOp)
        node.value.values[number] = ast.Constant(value)

    return edit
