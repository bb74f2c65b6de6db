"""Credentials: proofs of Data Integrity, over JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from .canonical import jcs
from .credential_scene import (
    ANY_TERM,
    PROOF,
    UNSIGNED,
    V2,
    VERIFYING,
    Make,
    Recipe,
    accepted,
    document,
    refused,
    value,
    with_proof,
)
from .jose import changed, method, unreduced
from .moments import stamp
from .testkit import BASE58, Key, base58, url64
from .world import World

INTEGRITY = "docs/spec/integrity.md section "
MEMBER, CHECKS, SIGNED = f"{INTEGRITY}A proof: ", f"{INTEGRITY}Verification: ", f"{INTEGRITY}What is signed: "


def proof(**changes: Make) -> Make:
    """The credential whose proof says this, signed so; None takes a member away."""
    return lambda w: with_proof(w, document(w), **{name: make(w) for name, make in changes.items()})


def after(seconds: int) -> Callable[[World], str]:
    return lambda w: stamp(w.now + seconds)


def edited(**changes: Make) -> Make:
    """The credential whose proof was changed after it was made."""

    def make(w: World) -> dict[str, Any]:
        signed = with_proof(w, document(w))
        return {**signed, "proof": changed(signed["proof"], **{name: make(w) for name, make in changes.items()})}

    return make


def tampered(**changes: Make) -> Make:
    """The credential of which something was changed after it was signed; None takes a member away."""
    return lambda w: changed(with_proof(w, document(w)), **{name: make(w) for name, make in changes.items()})


def by_key(w: World) -> Key:
    return w.key("dave", 1)


def on_p256(w: World, *, high: bool = False, **changes: Any) -> dict[str, Any]:
    return with_proof(w, document(w, issuer=by_key(w).did), by=by_key(w), high=high, **changes)


def p256(name: str, notes: str, rule: str, make: Make) -> Recipe:
    return accepted(name, notes, rule, make, issuer=lambda w: by_key(w).did, issuers=lambda w: [by_key(w).did])


def by_mallory(w: World) -> dict[str, Any]:
    """Mallory's own proof of what carol is to have said."""
    return with_proof(w, document(w), by=w.key("mallory"))


def forged(w: World) -> dict[str, Any]:
    """Mallory's signature in carol's name."""
    return with_proof(w, document(w), by=w.key("mallory"), verificationMethod=method(w.key("carol")))


def proof_value(spell: Callable[[bytes], str]) -> Make:
    """Carol's signature in another spelling."""

    def make(w: World) -> dict[str, Any]:
        signed = with_proof(w, document(w))
        number = 0
        for digit in signed["proof"]["proofValue"][1:]:
            number = number * 58 + BASE58.index(digit)
        return {**signed, "proof": {**signed["proof"], "proofValue": spell(number.to_bytes(64, "big"))}}

    return make


def context_behind(w: World) -> dict[str, Any]:
    """A context that was put behind those that were signed."""
    return {**with_proof(w, document(w)), "@context": [V2, ANY_TERM]}


def contexts_turned(w: World) -> dict[str, Any]:
    """Two contexts that were signed in another order."""
    other = "https://w3id.org/security/data-integrity/v2"
    return {**with_proof(w, document(w, **{"@context": [V2, ANY_TERM, other]})), "@context": [V2, other, ANY_TERM]}


def expiry_removed(w: World) -> dict[str, Any]:
    signed = with_proof(w, document(w), expires=stamp(w.now + 60))
    return {**signed, "proof": changed(signed["proof"], expires=None)}


def options_last(w: World) -> dict[str, Any]:
    """The two hashes in the other order."""
    signed = with_proof(w, document(w))
    options = {name: member for name, member in signed["proof"].items() if name != "proofValue"}
    hashed = hashlib.sha256(jcs(document(w))).digest() + hashlib.sha256(jcs(options)).digest()
    return {**signed, "proof": {**options, "proofValue": "z" + base58(w.key("carol").sign(hashed))}}


ACCEPTED: tuple[Recipe, ...] = (
    p256("proof-p256", "ecdsa-jcs-2019", SIGNED + "ECDSA signs their SHA-256", on_p256),
    p256(
        "proof-high-s",
        "the upper half of s",
        SIGNED + "writes the lower and reads both",
        lambda w: on_p256(w, high=True),
    ),
    accepted(
        "proof-created-ahead",
        "created 300 seconds from now",
        CHECKS + "no more than 300 seconds from now",
        proof(created=after(300)),
    ),
    accepted("proof-expires", "one second before it expires", CHECKS + "not expired", proof(expires=after(1))),
    accepted("proof-no-time", "it does not say when it was created", MEMBER + "created", proof(created=value(None))),
    accepted(
        "proof-no-context",
        "a proof without an @context of its own",
        SIGNED + "contexts of a proof",
        proof(**{"@context": value(None)}),
    ),
    accepted(
        "proof-unasked-challenge",
        "a challenge that nobody asked for",
        CHECKS + "if these are expected",
        proof(challenge=value("c"), domain=value("d")),
    ),
)
SIGNATURES: tuple[Recipe, ...] = (
    refused(
        "proof-claim-changed",
        "another claim than was signed",
        CHECKS + "the signature",
        PROOF,
        tampered(credentialSubject=lambda w: {"id": w.key("mallory").did}),
        attack=48,
    ),
    refused(
        "proof-end-removed",
        "the end was taken away",
        CHECKS + "the signature",
        PROOF,
        tampered(validUntil=value(None)),
        attack=48,
    ),
    refused(
        "proof-claim-added",
        "a description was added",
        CHECKS + "the signature",
        PROOF,
        tampered(description=value("Chief")),
        attack=48,
    ),
    refused(
        "proof-forged", "signed by another key in its issuer's name", CHECKS + "the signature", PROOF, forged, attack=51
    ),
    refused(
        "proof-by-another",
        "another's proof, and none by its issuer",
        VERIFYING + "one must be the issuer's",
        UNSIGNED,
        by_mallory,
        attack=28,
    ),
    refused(
        "proof-options-last",
        "the hash of the document before that of the options",
        SIGNED + "in this order",
        PROOF,
        options_last,
        attack=51,
    ),
    refused(
        "proof-created-changed",
        "another time than was signed",
        CHECKS + "the signature",
        PROOF,
        edited(created=after(-59)),
        attack=51,
    ),
    refused(
        "proof-expiry-removed",
        "the end of the proof was taken away",
        CHECKS + "the signature",
        PROOF,
        expiry_removed,
        attack=51,
    ),
    refused(
        "proof-contexts-turned",
        "contexts in another order than was signed",
        SIGNED + "with the same",
        PROOF,
        contexts_turned,
    ),
    refused(
        "proof-context-behind",
        "a context behind those that were signed",
        VERIFYING + "cover all contexts",
        UNSIGNED,
        context_behind,
    ),
    refused(
        "proof-base64url",
        "multibase base64url",
        MEMBER + "z and base58btc",
        PROOF,
        proof_value(lambda data: "u" + url64(data)),
        attack=46,
    ),
    refused(
        "proof-no-prefix",
        "without the z of multibase",
        MEMBER + "z and base58btc",
        PROOF,
        proof_value(base58),
        attack=46,
    ),
    refused(
        "proof-zero-before",
        "a byte of zero before it",
        MEMBER + "of 64 bytes",
        PROOF,
        proof_value(lambda data: "z1" + base58(data)),
        attack=46,
    ),
    refused(
        "proof-63-bytes",
        "the last byte is missing",
        MEMBER + "of 64 bytes",
        PROOF,
        proof_value(lambda data: "z" + base58(data[:-1])),
        attack=42,
    ),
    refused(
        "proof-other-digit",
        "a digit that base58 does not have",
        MEMBER + "z and base58btc",
        PROOF,
        proof_value(lambda data: "z0" + base58(data)[1:]),
        attack=46,
    ),
    refused(
        "proof-larger-s",
        "an S above the order of the group",
        "docs/spec/wire.md section 3: S must be below the group order",
        PROOF,
        proof_value(lambda data: "z" + base58(unreduced(data))),
        attack=41,
    ),
    refused(
        "proof-no-value",
        "without a proofValue",
        MEMBER + "proofValue",
        PROOF,
        edited(proofValue=value(None)),
        attack=51,
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *SIGNATURES)
