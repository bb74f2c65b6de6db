"""Cases of `resolve-did`, as recipes, and the documents that servers have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .case import Case
from .scene import Scene, compact
from .testkit import Key
from .world import World

ALL = ["assertionMethod", "authentication", "capabilityDelegation", "capabilityInvocation", "keyAgreement"]
SIGNING = ALL[:-1]


def multibase(key: Key) -> str:
    return key.did.removeprefix("did:key:")


def host(s: Scene) -> str:
    return f"{s.world.word('resolved host', 'agents')}.example"


def web(s: Scene) -> str:
    return f"did:web:{host(s)}"


def method(s: Scene, did: str | None = None, key: Key | None = None, **changed: Any) -> dict[str, Any]:
    """A Multikey, `#k`; what becomes None is left out."""
    did = did or web(s)
    members = {
        "id": f"{did}#k",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multibase(key or s.alice),
        **changed,
    }
    return {name: value for name, value in members.items() if value is not None}


def document(s: Scene, did: str | None = None, **changed: Any) -> dict[str, Any]:
    """One method, for authentication; what becomes None is left out."""
    did = did or web(s)
    members = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [method(s, did)],
        "authentication": [f"{did}#k"],
        **changed,
    }
    return {name: value for name, value in members.items() if value is not None}


def served(s: Scene, content: dict[str, Any] | str, path: str = "/.well-known/did.json") -> dict[str, str]:
    """The one page there is."""
    return {f"https://{host(s)}{path}": content if isinstance(content, str) else compact(content)}


@dataclass(frozen=True)
class Resolved:
    """The recipe of a DID with keys: `asked` makes the question, `methods` what comes out by DID URL."""

    name: str
    notes: str
    asked: Callable[[Scene], dict[str, Any]]
    methods: Callable[[Scene], dict[str, tuple[Key, list[str]]]]
    spec: str
    family: str = "did"

    def __call__(self, w: World) -> Case:
        s = Scene(w)
        methods = {url: {"key": multibase(key), "for": uses} for url, (key, uses) in self.methods(s).items()}
        asked = {"now": s.now, **self.asked(s)}
        name = f"{self.family}/valid-{self.name}"
        return Case(name, "resolve-did", self.notes, None, self.spec, asked, result={"methods": methods})


@dataclass(frozen=True)
class Unresolved:
    """The recipe of a question about a DID that leads nowhere."""

    name: str
    notes: str
    attack: int
    asked: Callable[[Scene], dict[str, Any]]
    spec: str
    family: str = "did"

    def __call__(self, w: World) -> Case:
        s = Scene(w)
        asked = {"now": s.now, **self.asked(s)}
        name = f"{self.family}/{self.name}"
        return Case(name, "resolve-did", self.notes, self.attack, self.spec, asked, "unresolved_principal", 3)
