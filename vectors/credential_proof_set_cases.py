"""Credentials: several proofs, beside each other or one over another."""

from __future__ import annotations

from typing import Any

from .credential_proof_cases import CHECKS, MEMBER
from .credential_scene import PROOF, UNSIGNED, VERIFYING, Recipe, accepted, document, refused, value
from .integrity import proof_of
from .jose import changed
from .moments import stamp
from .world import World

FIRST = "urn:uuid:94a1f9f8-5b1f-4a5e-9c5f-9d3f5a3c6a51"


def both(w: World, **changes: Any) -> dict[str, Any]:
    """Carol's proof, and bob's beside it."""
    proofs = [proof_of(document(w), w.key(name), w.now - 60) for name in ("carol", "bob")]
    return {**document(w), "proof": [proofs[0], changed(proofs[1], **changes)]}


def chained(w: World, *, previous: Any = FIRST, over: bool = True, **first: Any) -> dict[str, Any]:
    """Carol's proof, and bob's over both."""
    one = proof_of(document(w), w.key("carol"), w.now - 60, id=FIRST, **first)
    two = proof_of(document(w), w.key("bob"), w.now - 60, over=[one] if over else None, previousProof=previous)
    return {**document(w), "proof": [one, two]}


def chained_anew(w: World) -> dict[str, Any]:
    """The first proof was made anew, after the second was over it."""
    made = chained(w)
    first = proof_of(document(w), w.key("carol"), w.now - 50, id=FIRST)
    return {**made, "proof": [first, made["proof"][1]]}


def circle(w: World) -> dict[str, Any]:
    one = proof_of(document(w), w.key("carol"), w.now - 60, id=FIRST, previousProof=FIRST)
    return {**document(w), "proof": one}


def seventeen(w: World) -> dict[str, Any]:
    return {**document(w), "proof": [proof_of(document(w), w.key("carol"), w.now - each) for each in range(17)]}


def same_ids(w: World) -> dict[str, Any]:
    proofs = [proof_of(document(w), w.key(name), w.now - 60, id=FIRST) for name in ("carol", "bob")]
    return {**document(w), "proof": proofs}


ACCEPTED: tuple[Recipe, ...] = (
    accepted("proof-set", "two proofs, the second by another", CHECKS + "every proof must hold", both),
    accepted(
        "proof-set-known",
        "the second is by one whom the verifier takes",
        VERIFYING + "cosigners",
        both,
        cosigners=lambda w: [w.key("bob").did],
    ),
    accepted("proof-chain", "the second is over the first as well", CHECKS + "previousProof", chained),
)
REFUSED: tuple[Recipe, ...] = (
    refused(
        "proof-set-one-bad",
        "two proofs, the second of which does not hold",
        CHECKS + "every proof must hold",
        PROOF,
        lambda w: both(w, created=stamp(w.now)),
        attack=51,
    ),
    refused(
        "proof-set-unknown",
        "the second is by one whom the verifier does not take",
        VERIFYING + "cosigners",
        UNSIGNED,
        both,
        attack=51,
        cosigners=value([]),
    ),
    refused("proof-set-of-17", "17 proofs", MEMBER + "up to 16 proofs", PROOF, seventeen, attack=4),
    refused("proof-set-same-id", "two of one id", MEMBER + "once in a document", PROOF, same_ids, attack=51),
    refused(
        "proof-chain-missing",
        "the previous proof is not there",
        CHECKS + "each previous proof is there",
        PROOF,
        lambda w: chained(w, previous="urn:uuid:0", over=False),
        attack=51,
    ),
    refused(
        "proof-chain-not-over",
        "it names the first, and is not over it",
        CHECKS + "a proof with previousProof",
        PROOF,
        lambda w: chained(w, over=False),
        attack=51,
    ),
    refused(
        "proof-chain-anew",
        "the first was made anew",
        CHECKS + "complete, as they stand",
        PROOF,
        chained_anew,
        attack=51,
    ),
    refused("proof-chain-circle", "it is over itself", CHECKS + "none is before itself", PROOF, circle, attack=51),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
