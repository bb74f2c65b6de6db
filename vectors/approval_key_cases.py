"""Approvals by those who have many keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .approval_cases import COUNTS, case, presented
from .approval_form_cases import approving
from .case import Case
from .presentation import Presentation
from .scene import Scene, compact
from .world import World


def approver(s: Scene) -> str:
    return s.did_web("approver", "bob")


def page(s: Scene, count: int) -> dict[str, Any]:
    """What a resolver is answered about the approver: that so many keys may delegate, the last of them bob's."""
    did = approver(s)
    keys = [*(s.world.key(f"key {number}") for number in range(1, count)), s.bob]
    methods = [
        {"id": f"{did}#{number}", "type": "Multikey", "controller": did, "publicKeyMultibase": key.did[8:]}
        for number, key in enumerate(keys)
    ]
    document = {
        "id": did,
        "verificationMethod": methods,
        "capabilityDelegation": [method["id"] for method in methods],
    }
    return {"documents": {f"https://{did.removeprefix('did:web:')}/.well-known/did.json": compact(document)}}


def of(name: str, notes: str, count: int, attack: int | None, *verdict: Any) -> Presentation:
    """An approval by a did:web of so many keys."""
    check = lambda s: kit.check(  # noqa: E731 - used once
        kit.query(kit.pred("approved", kit.num(1), kit.texts(approver(s))))
    )
    wire = lambda s: presented(s, check(s), approving(s, by=approver(s)))  # noqa: E731 - used once
    return case(name, notes, attack, wire, verdict or ("ok", None), COUNTS, lambda s: page(s, count))


RECIPES: tuple[Callable[[World], Case], ...] = (
    of("keys-8", "the last of eight keys signed", 8, None),
    of("keys-9", "more keys than anybody would try", 9, 4, "unresolved_principal", 9),
)
