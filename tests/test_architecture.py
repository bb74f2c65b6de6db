"""Data flows one way: a module imports only from lower layers, or from its own package, and never in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "attorn"

RANKS = {
    "decision": 0,
    "datalog": 0,
    "display": 0,
    "errors": 1,
    "limits": 2,
    "encoding": 2,
    "handed": 2,
    "place": 2,
    "recent": 2,
    "stamp": 2,
    "uri": 2,
    "canonical": 3,
    "clock": 3,
    "statement": 4,
    "keys": 4,
    "request": 4,
    "transport": 5,
    "words": 5,
    "did": 6,
    "jsonld": 6,
    "biscuit": 7,
    "macaroon": 7,
    "jose": 7,
    "integrity": 7,
    "caveat": 8,
    "sdjwt": 8,
    "token": 9,
    "credential": 9,
    "checkout": 9,
    "approval": 10,
    "revocation": 10,
    "status": 10,
    "tree": 10,
    "store": 11,
    "agent": 11,
    "events": 12,
    "audit": 12,
    "mandate": 12,
    "verify": 13,
    "engine": 13,
    "evidence": 14,
    "identity": 14,
    "": 15,
    "web": 16,
    "conformance": 16,
    "demo": 17,
    "cli": 18,
    "__main__": 19,
}
"""The layer of each module or package below `attorn`; the empty name is `attorn/__init__.py` itself."""

HOMES = {
    "starlette": "web",
    "fastapi": "web",
    "httpx": "web",
    "uvicorn": "web",
    "biscuit_auth": "engine",
    "pyld": "integrity",
    "pyoxigraph": "integrity",
    "redis": "store",
    "psycopg": "store",
}
FRAMEWORKS = set(HOMES)
CORE_FORBIDDEN = {"os.environ", "os.getenv", "time.time", "datetime.now", "datetime.utcnow"}
MODULES = sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def layer_of(name: tuple[str, ...]) -> str:
    return name[0] if name else ""


def imports(path: Path) -> list[tuple[str, ...]]:
    """Every attorn module that a file imports, wherever in the file, type-only imports included."""
    found: list[tuple[str, ...]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [tuple(alias.name.split(".")[1:]) for alias in node.names if alias.name.split(".")[0] == "attorn"]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module and node.module.split(".")[0] == "attorn":
                base = tuple(node.module.split(".")[1:])
                found += [resolve(base, alias.name) for alias in node.names]
    return found


def resolve(base: tuple[str, ...], name: str) -> tuple[str, ...]:
    """`from attorn.x import y` names the module attorn.x.y if there is one, else attorn.x."""
    target = SOURCE.joinpath(*base, name)
    return (*base, name) if target.with_suffix(".py").exists() or (target / "__init__.py").exists() else base


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_downwards(path: Path) -> None:
    mine = layer_of(name_of(path))
    assert mine in RANKS, f"{mine}: give the new module a layer"
    for target in imports(path):
        theirs = layer_of(target)
        assert theirs == mine or RANKS[theirs] < RANKS[mine], f"{path.name} imports {'.'.join(target)}: upwards"


def test_a_planted_upward_import_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("from attorn.verify.verifier import Verifier\n")
    (target,) = imports(planted)
    assert RANKS[layer_of(target)] > RANKS["keys"]


def test_no_import_cycles_between_modules() -> None:
    graph = {name_of(path): set(imports(path)) for path in MODULES if name_of(path)}
    done: set[tuple[str, ...]] = set()

    def visit(node: tuple[str, ...], trail: tuple[tuple[str, ...], ...]) -> None:
        assert node not in trail, f"cycle: {trail} -> {node}"
        if node in done or node not in graph:
            return
        for target in graph[node]:
            if target != node:
                visit(target, (*trail, node))
        done.add(node)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_frameworks_stay_in_their_adapters(path: Path) -> None:
    mine = layer_of(name_of(path))
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            top = name.split(".")[0]
            assert top not in FRAMEWORKS or mine in (HOMES[top], "demo"), f"{path}: imports {top}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_core_reads_no_clock_and_no_environment(path: Path) -> None:
    if layer_of(name_of(path)) in ("cli", "demo", "clock", "__main__"):
        return
    tree = ast.parse(path.read_text())
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & CORE_FORBIDDEN


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_drawers(path: Path) -> None:
    assert not {"utils", "helpers", "manager", "common", "misc"} & set(name_of(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_dataclasses_are_frozen_and_slotted(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        for decorator in getattr(node, "decorator_list", []):
            text = ast.unparse(decorator)
            if text.startswith("dataclass"):
                assert "frozen=True" in text, f"{path.name}: {text}"
                assert "slots=True" in text, f"{path.name}: {text}"
