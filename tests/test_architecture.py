"""Data flows one way: a module imports only from lower layers, or from its own package, and never in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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
    "asgi": 5,
    "outgoing": 5,
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
    "holder": 15,
    "": 15,
    "web": 16,
    "a2a": 16,
    "oauth": 17,
    "httpsig": 16,
    "otel": 16,
    "workload": 16,
    "conformance": 16,
    "mcp": 17,
    "authzen": 17,
    "demo": 17,
    "cli": 18,
    "__main__": 19,
}
"""The layer of each module or package below `attorn`; the empty name is `attorn/__init__.py` itself."""

HOMES = {
    "starlette": ("web", "mcp", "a2a", "oauth", "authzen"),
    "fastapi": ("web",),
    "httpx": ("web", "oauth", "authzen", "a2a"),
    "uvicorn": ("web",),
    "biscuit_auth": ("engine",),
    "pyld": ("integrity",),
    "pyoxigraph": ("integrity",),
    "redis": ("store",),
    "psycopg": ("store",),
    "mcp": ("mcp",),
    "mcp_types": ("mcp",),
    "fastmcp": ("mcp",),
    "a2a": ("a2a",),
    "http_message_signatures": ("httpsig",),
    "http_sf": ("httpsig",),
    "cedarpy": ("authzen",),
    "opentelemetry": ("otel",),
}
FRAMEWORKS = set(HOMES)
CORE_FORBIDDEN = {"os.environ", "os.getenv", "time.time", "datetime.now", "datetime.utcnow"}
MODULES = sorted(SOURCE.rglob("*.py"))


@cache
def read(path: Path) -> tuple[str, tuple[ast.AST, ...]]:
    """The text of a file, and everything that stands in it."""
    text = path.read_text()
    return text, tuple(ast.walk(ast.parse(text)))


def name_of(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def layer_of(name: tuple[str, ...]) -> str:
    return name[0] if name else ""


def imports(path: Path) -> list[tuple[str, ...]]:
    """Every attorn module that a file imports, wherever in the file, type-only imports included."""
    found: list[tuple[str, ...]] = []
    for node in read(path)[1]:
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


def upwards(path: Path) -> Iterator[str]:
    mine = layer_of(name_of(path))
    if mine not in RANKS:
        yield f"{mine}: give the new module a layer"
        return
    for target in imports(path):
        theirs = layer_of(target)
        if theirs != mine and RANKS[theirs] >= RANKS[mine]:
            yield f"{path} imports {'.'.join(target)}: upwards"


def test_imports_run_downwards() -> None:
    assert [fault for path in MODULES for fault in upwards(path)] == []


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


def strayed(path: Path) -> Iterator[str]:
    mine = layer_of(name_of(path))
    for node in read(path)[1]:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            top = name.split(".")[0]
            if top in FRAMEWORKS and mine not in (*HOMES[top], "demo"):
                yield f"{path}: imports {top}"


def test_frameworks_stay_in_their_adapters() -> None:
    assert [fault for path in MODULES for fault in strayed(path)] == []


def asked(path: Path) -> set[str]:
    if layer_of(name_of(path)) in ("cli", "demo", "clock", "__main__"):
        return set()
    return CORE_FORBIDDEN & {ast.unparse(node) for node in read(path)[1] if isinstance(node, ast.Attribute)}


def test_the_core_reads_no_clock_and_no_environment() -> None:
    assert [(path, found) for path in MODULES if (found := asked(path))] == []


def too_long(path: Path) -> Iterator[str]:
    text, nodes = read(path)
    if len(text.splitlines()) > 400:
        yield f"{path} is too long"
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60:
            yield f"{path}: {node.name} is too long"


def test_files_and_functions_stay_short() -> None:
    assert [fault for path in MODULES for fault in too_long(path)] == []


def test_no_drawers() -> None:
    drawers = {"utils", "helpers", "manager", "common", "misc"}
    assert [path for path in MODULES if drawers & set(name_of(path))] == []


def open_to_change(path: Path) -> Iterator[str]:
    for node in read(path)[1]:
        for decorator in getattr(node, "decorator_list", []):
            text = ast.unparse(decorator)
            if text.startswith("dataclass") and not ("frozen=True" in text and "slots=True" in text):
                yield f"{path}: {text}"


def test_dataclasses_are_frozen_and_slotted() -> None:
    assert [fault for path in MODULES for fault in open_to_change(path)] == []
