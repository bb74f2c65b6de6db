"""Credentials as recipes put them together: what carol says of scout, in each of the forms that secure it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .case import Case
from .integrity import proven
from .jose import changed, header_of, jws
from .moments import stamp
from .testkit import Key
from .world import World

Make = Callable[[World], Any]
Recipe = Callable[[World], Case]
V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
ANY_TERM = "https://www.w3.org/ns/credentials/examples/v2"
PAGE = "docs/spec/credential.md section "
DOCUMENTS, VERIFYING, PRESENTING = (
    f"{PAGE}Documents: ",
    f"{PAGE}Verifying a credential: ",
    f"{PAGE}Verifying a presentation: ",
)
BAD, UNSIGNED, PROOF = ("bad_credential", 1), ("bad_credential", 4), ("bad_proof", 4)
HOLDER, AUDIENCE, LATE, UNRESOLVED = (
    ("not_holder", 8),
    ("wrong_audience", 8),
    ("outside_validity", 6),
    ("unresolved_principal", 3),
)


def value(found: Any) -> Make:
    return lambda w: found


def document(w: World, **changes: Any) -> dict[str, Any]:
    """What carol says, which nobody has signed; None takes a member away."""
    members = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": w.key("carol").did,
        "validFrom": stamp(w.now - 3600),
        "validUntil": stamp(w.now + 86_400),
        "credentialSubject": {"id": w.key("scout").did, "name": w.word("name", "Scout").capitalize()},
    }
    return changed(members, **changes)


def with_proof(w: World, members: Mapping[str, Any], *, by: Key | None = None, **proof: Any) -> dict[str, Any]:
    return proven(members, by or w.key("carol"), w.now - 60, **proof)


def with_jws(w: World, members: Mapping[str, Any] | bytes, *, by: Key | None = None, **header: Any) -> str:
    key = by or w.key("carol")
    return jws(key, header_of(key, "vc+jwt", **{"cty": "vc", **header}), members)


def saying(**changes: Make) -> Make:
    """The credential with these members, and a proof over them; None takes one away."""
    return lambda w: with_proof(w, document(w, **{name: make(w) for name, make in changes.items()}))


def claiming(**changes: Make) -> Make:
    """The credential as a JWS with these claims beside it; None takes one away."""
    return lambda w: with_jws(w, document(w, **{name: make(w) for name, make in changes.items()}))


def spelt(old: str, new: str) -> Make:
    """The text of the proven credential, with a piece of it written otherwise."""
    return lambda w: json.dumps(saying()(w)).replace(old, new, 1)


def asked(w: World, credential: Any, **more: Make) -> dict[str, Any]:
    """The question, for a verifier that takes carol's credentials."""
    question = {"credential": credential, "issuers": [w.key("carol").did], "now": w.now}
    return changed(question, **{name: make(w) for name, make in more.items()})


def refused(
    name: str, notes: str, rule: str, verdict: tuple[str, int | None], make: Make, *, attack: int = 50, **more: Make
) -> Recipe:
    """A credential that is refused; `more` is asked beside."""
    return lambda w: Case(
        f"credential/{name}", "verify-credential", notes, attack, rule, asked(w, make(w), **more), *verdict
    )


def accepted(
    name: str, notes: str, rule: str, make: Make, *, issuer: Callable[[World], str] | None = None, **more: Make
) -> Recipe:
    """A credential that is good, by carol unless another is named."""

    def recipe(w: World) -> Case:
        result = {"issuer": issuer(w) if issuer else w.key("carol").did}
        question = asked(w, make(w), **more)
        return Case(f"credential/{name}", "verify-credential", notes, None, rule, question, result=result)

    return recipe
