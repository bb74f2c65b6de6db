"""Which functions of attorn a call may reach, worked out from the source: an upper bound, found by names."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[str, str]
"""A module below `attorn`, with dots, and a name in it, perhaps of a member of a class."""


@dataclass
class Module:
    """One file: what its names stand for. `values` are assignments at module level, `names` what is imported."""

    path: Path
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    values: dict[str, list[ast.expr]] = field(default_factory=dict)
    names: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def modules(package: Path) -> dict[str, Module]:
    """Every module of the package by its dotted name, the package itself by the empty one."""
    found: dict[str, Module] = {}
    paths = {path: _dotted(path, package) for path in sorted(package.rglob("*.py"))}
    for path, name in paths.items():
        module = found[name] = Module(path, ast.parse(path.read_text()))
        for node in module.tree.body:
            _define(module, node)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package.name:
                base = node.module.partition(".")[2]
                for alias in node.names:
                    inner = f"{base}.{alias.name}".lstrip(".")
                    known = inner in paths.values()
                    module.names[alias.asname or alias.name] = (inner, None) if known else (base, alias.name)
    return found


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _define(module: Module, node: ast.stmt) -> None:
    if isinstance(node, Function):
        module.functions[node.name] = node
    elif isinstance(node, ast.ClassDef):
        module.classes[node.name] = node
        for member in node.body:
            if isinstance(member, Function):
                module.functions[f"{node.name}.{member.name}"] = member
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                module.values.setdefault(target.id, []).append(node.value)


class Reach:
    """What can be reached from `roots`. A member of any class that is reached counts by its name alone."""

    def __init__(self, known: dict[str, Module], roots: Iterable[Place]) -> None:
        self._known = known
        self._seen: set[Place] = set()
        self._classes: set[Place] = set()
        self._asked: set[str] = set()
        self._left: list[Place] = list(roots)
        while self._left:
            self._visit(self._left.pop())

    def functions(self) -> set[Place]:
        """Every function and method that may be called."""
        return {place for place in self._seen if place[1] in self._known[place[0]].functions}

    def _visit(self, place: Place) -> None:
        if place in self._seen:
            return
        self._seen.add(place)
        name, member = place
        module = self._known[name]
        if member in module.classes:
            self._reach_class(place, module.classes[member])
        elif member in module.functions:
            self._read(name, module.functions[member])
            owner = member.rpartition(".")[0]
            if owner:
                self._left.append((name, owner))
        for value in module.values.get(member, ()):
            self._read(name, value)
        if member in module.names:
            self._left += self._resolved(name, member)

    def _reach_class(self, place: Place, node: ast.ClassDef) -> None:
        self._classes.add(place)
        name = place[0]
        for base in (*node.bases, *(item for item in node.body if not isinstance(item, Function))):
            self._read(name, base)
        for member in node.body:
            if isinstance(member, Function) and (member.name.startswith("__") or member.name in self._asked):
                self._left.append((name, f"{node.name}.{member.name}"))

    def _read(self, name: str, tree: ast.AST) -> None:
        for node in _executed(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._left += self._resolved(name, node.id)
            elif isinstance(node, ast.Attribute):
                self._attribute(name, node)

    def _attribute(self, name: str, node: ast.Attribute) -> None:
        module = self._known[name]
        if isinstance(node.value, ast.Name) and node.value.id in module.names:
            target, inner = module.names[node.value.id]
            if inner is None:
                self._left += self._resolved(target, node.attr)
                return
        if node.attr not in self._asked:
            self._asked.add(node.attr)
            for home, owner in self._classes:
                if f"{owner}.{node.attr}" in self._known[home].functions:
                    self._left.append((home, f"{owner}.{node.attr}"))

    def _resolved(self, name: str, word: str) -> list[Place]:
        for _ in range(9):
            module = self._known[name]
            if word in module.functions or word in module.classes or word in module.values:
                return [(name, word)]
            if word not in module.names:
                return []
            name, inner = module.names[word]
            if inner is None:
                return []
            word = inner
        return []


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """All but annotations, which run nothing."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _executed(child)
