"""Principals that are a did:web: what their documents must say of the key that a chain uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import testkit as kit
from .case import Case
from .later_cases import AGAIN
from .presentation import Presentation
from .scene import Scene, compact
from .testkit import Key
from .world import World

DOCUMENTS = (
    "docs/spec/verification.md section The procedure: step 3, its DID lists the very key, for what it is used for"
)

Also = Callable[[Scene], dict[str, Any]]


def page(s: Scene, host: str, key: Key, *uses: str, **changed: Any) -> dict[str, Any]:
    """What a resolver is answered about a did:web of one key, `#k`."""
    did = f"did:web:{host}"
    method = {"id": f"{did}#k", "type": "Multikey", "controller": did, "publicKeyMultibase": key.did[8:]}
    document = {"id": did, "verificationMethod": [method], **{use: [f"{did}#k"] for use in uses}, **changed}
    return {"documents": {f"https://{host}/.well-known/did.json": compact(document)}}


def host(s: Scene) -> str:
    return f"{s.world.word('agent host', 'planner')}.example"


def delegate(name: str, notes: str, attack: int | None, answered: Also, fragment: str = "k") -> Presentation:
    """Alice -> planner, who is a did:web."""
    wire = lambda s: s.one_link(method=f"did:web:{host(s)}#{fragment}")  # noqa: E731 - used once
    if attack is None:
        return Presentation(f"link/valid-{name}", notes, None, wire, "ok", None, answered, DOCUMENTS)
    return Presentation(f"link/principal-{name}", notes, attack, wire, "unresolved_principal", 3, answered, DOCUMENTS)


def root(name: str, notes: str, attack: int | None, answered: Also) -> Presentation:
    """A user who is a did:web, with alice's key -> planner."""
    wire = lambda s: s.one_link(user=kit.text(f"did:web:{host(s)}#k"))  # noqa: E731 - used once
    also = lambda s: {"roots": [f"did:web:{host(s)}"], **answered(s)}  # noqa: E731 - used once
    if attack is None:
        return Presentation(f"link/valid-{name}", notes, None, wire, "ok", None, also, DOCUMENTS)
    return Presentation(f"link/root-{name}", notes, attack, wire, "unresolved_principal", 3, also, DOCUMENTS)


def middle(name: str, notes: str, attack: int | None, *uses: str) -> Presentation:
    """Alice -> planner, who is a did:web -> scout."""

    def wire(s: Scene) -> str:
        first = s.extend([], s.alice, s.planner, [s.read], method=f"did:web:{host(s)}#k")
        return s.wire(s.extend(first, s.planner, s.scout), s.scout)

    also = lambda s: page(s, host(s), s.planner, *uses)  # noqa: E731 - used once
    if attack is None:
        return Presentation(f"link/valid-{name}", notes, None, wire, "ok", None, also, DOCUMENTS)
    return Presentation(f"link/principal-{name}", notes, attack, wire, "unresolved_principal", 3, also, DOCUMENTS)


def roots(name: str, notes: str, did: Callable[[Scene], str]) -> Presentation:
    """A verifier that is set up with a root that is none: no verdict, but a question that cannot be asked."""
    spec = "docs/spec/verification.md section Verification: an argument that is none is never a verdict"
    return Presentation(
        f"link/root-{name}", notes, 32, Scene.baseline, "invalid_input", None, lambda s: {"roots": [did(s)]}, spec
    )


def revoked(name: str, notes: str, *uses: str, code: str = "ok", step: int | None = None) -> Presentation:
    """A user who is a did:web takes the link back, with the key that the document lists for `uses`."""

    def also(s: Scene) -> dict[str, Any]:
        did = f"did:web:{host(s)}"
        entry = s.revocation(s.link_id(1), s.alice, did=did)
        return {"roots": [did], "revocations": [entry], **page(s, host(s), s.alice, *uses)}

    wire = lambda s: s.one_link(user=kit.text(f"did:web:{host(s)}#k"))  # noqa: E731 - used once
    return Presentation(f"standing/{name}", notes, 71, wire, code, step, also)


def revoked_later(name: str, notes: str, *uses: str) -> Presentation:
    """The same, between the call that verifies and the call that judges."""
    first = revoked(name, notes, *uses, code="revoked", step=7)

    def also(s: Scene) -> dict[str, Any]:
        asked = first.also(s) if first.also else {}
        return {**asked, "revocations": [], "later": {"now": s.now + 1, "revocations": asked["revocations"]}}

    return replace(first, name=f"presentation/later-{name}", also=also, spec=AGAIN)


INVOKES, DELEGATES = "capabilityInvocation", "capabilityDelegation"
RECIPES: tuple[Callable[[World], Case], ...] = (
    delegate("did-web-holder", "a holder that is a did:web", None, lambda s: page(s, host(s), s.planner, INVOKES)),
    middle("did-web-delegator", "a delegator that is a did:web", None, DELEGATES),
    root("did-web-root", "a user who is a did:web", None, lambda s: page(s, host(s), s.alice, DELEGATES)),
    revoked_later("revoked-by-did-web", "a user who is a did:web has taken it back since", DELEGATES),
    revoked("by-did-web", "a user who is a did:web takes it back", DELEGATES, code="revoked", step=7),
    delegate(
        "holder-only-delegates",
        "a holder's key that is for delegating",
        30,
        lambda s: page(s, host(s), s.planner, DELEGATES),
    ),
    delegate(
        "holder-only-authenticates",
        "a holder's key that is for authentication",
        30,
        lambda s: page(s, host(s), s.planner, "authentication"),
    ),
    middle("delegator-only-invokes", "a delegator's key that is for invoking", 78, INVOKES),
    delegate("another-key", "its document lists another key", 38, lambda s: page(s, host(s), s.scout, INVOKES)),
    delegate(
        "no-such-method", "its document has no such method", 29, lambda s: page(s, host(s), s.planner, INVOKES), "l"
    ),
    delegate(
        "another-document",
        "the document of another DID",
        31,
        lambda s: page(s, host(s), s.planner, INVOKES, id=s.elsewhere),
    ),
    delegate(
        "expired-method",
        "a method that has ended",
        38,
        lambda s: page(
            s,
            host(s),
            s.planner,
            verificationMethod=[
                {
                    "id": f"did:web:{host(s)}#k",
                    "type": "Multikey",
                    "controller": f"did:web:{host(s)}",
                    "publicKeyMultibase": s.planner.did[8:],
                    "expires": "2001-01-01T00:00:00Z",
                }
            ],
            capabilityInvocation=[f"did:web:{host(s)}#k"],
        ),
    ),
    root("did-web-unknown", "a user whose server has nothing", 40, lambda s: {}),
    root("did-web-only-invokes", "a user's key that is for invoking", 78, lambda s: page(s, host(s), s.alice, INVOKES)),
    Presentation(
        "link/signature-did-web-root",
        "another key in the user's document",
        38,
        lambda s: s.one_link(user=kit.text(f"did:web:{host(s)}#k")),
        "bad_signature",
        4,
        lambda s: {"roots": [f"did:web:{host(s)}"], **page(s, host(s), s.scout, DELEGATES)},
    ),
    roots("no-did", "a name that is no DID", lambda s: "alice"),
    roots("did-url", "a DID URL", lambda s: s.alice.did + "#" + s.alice.did[8:]),
)
