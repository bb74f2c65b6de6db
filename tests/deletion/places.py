"""Where the checks of the procedure stand, and of which numbered step they are."""

from __future__ import annotations

import ast
import re
from typing import Final

from tests.deletion.reach import Function, Module, Place

from attorn import errors

ROOTS: Final[tuple[Place, ...]] = (
    ("verify.verifier", "Verifier.authorize"),
    ("verify.verifier", "Verifier.authorize_all"),
    ("verify.verifier", "Verifier.verify"),
    ("verify.verifier", "Verifier.verify_token"),
    ("store.memory", "MemoryStore.apply"),
    ("store.memory", "MemoryStore.remember"),
    ("store.memory", "MemoryStore.statements"),
    ("store.memory", "MemoryStore.put"),
    ("store.memory", "MemoryStore.charge"),
    ("store.memory", "MemoryStore.used"),
)
"""What a server calls, and the store that answers it: what it was told decides step 7."""
SCOPE: Final = (
    *("verify", "token", "biscuit", "macaroon", "caveat", "approval", "agent", "revocation", "status", "store"),
    *("keys.ecdsa", "keys.multikey", "keys.p256", "keys.public", "did.did", "did.jwk", "did.key", "did.resolver"),
    *("encoding", "canonical", "clock", "handed", "statement", "request.facts", "request.glob"),
)
"""The modules, and packages, whose checks are deleted. Outside are what reads a request or a verifier's own settings,
credentials and DID documents, which have operations and vectors of their own, proofs of other protocols and
what is asked in a second call, which no vector does, and other stores than memory."""
OUTSIDE: Final = (
    *("verify.arguments", "verify.later", "verify.possession", "verify.trail"),
    *("store.sqlite", "store.redis", "store.postgres", "store.remote"),
)
_STEPS: Final = {
    "approval": 9,
    "agent": 9,
    "caveat": 9,
    "request": 9,
    "revocation": 7,
    "status": 7,
    "statement": 7,
    "store.applying": 7,
    "store.counting": 10,
    "verify.standing": 7,
    "verify.joint": 9,
    "verify.rotation": 3,
    "verify.attesting": 9,
    "verify.approving": 9,
    "verify.policy": 9,
    "did.resolver": 3,
    "keys": 4,
    "biscuit.signature": 4,
    "macaroon.link": 4,
    "macaroon.mac": 4,
    "handed": 7,
    "clock": 0,
}
"""The step of what says no step itself, by module or package."""
_BY_FUNCTION: Final = {
    "MemoryStore.remember": 8,
    "require_presentation": 8,
    "MemoryStore.charge": 10,
    "MemoryStore.used": 10,
    "require_charges": 10,
    "require_accounts": 10,
    "Charge.__post_init__": 10,
    "Retry.__post_init__": 10,
    "MemoryStore.statements": 7,
    "MemoryStore.put": 7,
    "require_statements": 7,
    "require_wanted": 7,
    "MemoryStore.apply": 7,
    "_check_life": 7,
    "_answer": 10,
    "_asked": 10,
    "used": 10,
}
_RESTAMPED: Final = ("approval", "agent", "revocation", "status")
"""What is read there is about what travels beside: the verifier gives its errors the step at which it asks."""
_NUMBER: Final = re.compile(r"\((\d+)\)")

ACCEPTING: Final = frozenset(
    {
        "approval.approval:Approval.is_about",
        "approval.approval:Approval.is_good",
        "biscuit.signature:verifies",
        "caveat.argument:Formula.prohibits",
        "caveat.formula:AllOf.holds",
        "keys.public:PublicKey.verify",
        "macaroon.link:SignedLink.signed_by",
        "macaroon.link:SignedPresentation.signed_by",
        "keys.p256:verify",
        "keys.p256:is_point",
        "store.memory:MemoryStore.remember",
    }
)
"""Functions whose answer *true* lets something pass."""
REFUSING: Final = frozenset({"approval.approval:too_many_by_one", "caveat.approval:RequiresApproval.concerns"})
"""Functions whose answer *true* refuses something."""

CALLERS: Final = frozenset(
    {
        *("verify.verifier:Verifier.__init__", "verify.rotation:Principals.__post_init__"),
        *("store.memory:MemoryStore.__init__", "store.ports:Charged.__bool__", "macaroon.key:MacKey.__init__"),
        *("macaroon.key:MacKey.__reduce_ex__", "macaroon.key:MacKey.__getstate__", "macaroon.container:encode_all"),
        *("approval.asked:ApprovalRequest.decode", "approval.asked:_request"),
        *("approval.asked:ApprovalRequest.__post_init__", "macaroon.issuing:name_of", "macaroon.key:MacKey.of_token"),
        *("revocation.entry:RevocationEntry.decode", "revocation.lifecycle:LifecycleEntry.decode"),
        "revocation.roll:RevocationList.decode",
    }
)
"""What a program sets a verifier up with, or asks of one of its own values: nothing of it comes over the wire."""


def in_scope(module: str) -> bool:
    """Whether the checks of this module are deleted."""
    named = any(module == each or module.startswith(f"{each}.") for each in SCOPE)
    return named and not any(module.startswith(each) for each in OUTSIDE)


def numbered(known: dict[str, Module], places: set[Place]) -> dict[str, int]:
    """The step that the documentation of a function begins with, by the last part of its name."""
    found: dict[str, int] = {}
    for name, function in places:
        documented = _NUMBER.match(ast.get_docstring(known[name].functions[function]) or "")
        if documented is not None:
            found[function.rpartition(".")[2]] = int(documented[1])
    return found


def step_of(place: Place, node: Function, raised: ast.AST | None, module: Module, steps: dict[str, int]) -> int:
    """The numbered step: as the error says, as the documentation of the function says, or as the module is.

    `steps` are those of `numbered`, for a call.
    """
    name, function = place
    package = name.partition(".")[0]
    said = _said(raised, module)
    if said is not None:
        return said
    if isinstance(raised, ast.Call) and (called := ast.unparse(raised.func).rpartition(".")[2]) in steps:
        return steps[called]
    if function in _BY_FUNCTION:
        return _BY_FUNCTION[function]
    documented = _NUMBER.match(ast.get_docstring(node) or "")
    if documented is not None:
        return int(documented[1])
    if package not in _RESTAMPED and (default := _default(raised)) is not None:
        return default
    return _STEPS.get(name, _STEPS.get(package, 1))


def _said(raised: ast.AST | None, module: Module) -> int | None:
    for node in ast.walk(raised) if raised is not None else ():
        if not isinstance(node, ast.Call):
            continue
        values = [keyword.value for keyword in node.keywords if keyword.arg == "step"]
        called = ast.unparse(node.func)
        values += [node.args[1]] if called == "Decision" else [node.args[2]] if called == "denied" else []
        for given in values:
            named = isinstance(given, ast.Name) and given.id in module.values
            value = module.values[ast.unparse(given)][0] if named else given
            if isinstance(value, ast.Constant) and isinstance(value.value, int):
                return value.value
    return None


def _default(raised: ast.AST | None) -> int | None:
    for node in ast.walk(raised) if raised is not None else ():
        if isinstance(node, ast.Name):
            kind = getattr(errors, node.id, None)
            if isinstance(kind, type) and issubclass(kind, errors.VerificationError):
                return kind.default_step
    return None
