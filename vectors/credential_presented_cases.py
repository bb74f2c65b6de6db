"""Presentations: the credentials in them, each of which must be good itself."""

from __future__ import annotations

from typing import Any

from .credential_presentation_cases import (
    PROVEN,
    SIGNED,
    SUBJECT,
    accepted,
    as_jws,
    enveloped,
    refused,
    shown,
    stating,
    with_members,
)
from .credential_scene import BAD, HOLDER, PROOF, UNSIGNED, Make, Recipe, claiming, document, value, with_proof
from .world import World


def about_bob(w: World) -> dict[str, Any]:
    return with_proof(w, document(w, credentialSubject={"id": w.key("bob").did}))


def tampered(w: World) -> dict[str, Any]:
    return {**PROVEN(w), "description": "Chief"}


def exchanged(w: World) -> dict[str, Any]:
    """Another genuine credential in the place of the one that was shown."""
    return {**shown(w), "verifiableCredential": [about_bob(w)]}


def added(w: World) -> dict[str, Any]:
    made = shown(w)
    return {**made, "verifiableCredential": [*made["verifiableCredential"], about_bob(w)]}


def bound_to(name: str) -> Make:
    """A credential as a JWS that is bound to somebody's key."""
    return lambda w: enveloped(w, claiming(cnf=lambda w: {"jwk": w.key(name).jwk}))


def holding(credential: Make) -> Make:
    """The presentation of another credential."""
    return lambda w: shown(w, credential)


ACCEPTED: tuple[Recipe, ...] = (
    accepted(
        "bound",
        "a credential that is bound to its holder's key",
        "every credential is verified as above",
        lambda w: as_jws(w, bound_to("scout")),
    ),
)
REFUSED: tuple[Recipe, ...] = (
    refused(
        "tampered",
        "its credential was changed",
        "every credential is verified as above",
        PROOF,
        holding(tampered),
        attack=48,
    ),
    refused(
        "untrusted",
        "its credential is by another issuer",
        "with the same arguments",
        UNSIGNED,
        shown,
        attack=75,
        issuers=lambda w: [w.key("bob").did],
    ),
    refused(
        "exchanged",
        "another credential than was shown",
        "signed by a key under authentication",
        PROOF,
        exchanged,
        attack=96,
    ),
    refused(
        "added", "a credential more than was shown", "signed by a key under authentication", PROOF, added, attack=96
    ),
    refused(
        "unsecured",
        "its credential is not signed",
        "every credential is verified as above",
        UNSIGNED,
        holding(document),
        attack=15,
    ),
    refused("text", "its credential is text", "verifiableCredential", BAD, holding(SIGNED), attack=22),
    refused(
        "of-another",
        "it is about another than its holder",
        "holder_is_subject",
        HOLDER,
        holding(about_bob),
        attack=85,
        **SUBJECT,
    ),
    refused(
        "nothing",
        "no credential, where it is to be about its holder",
        "there is a credential",
        HOLDER,
        with_members(verifiableCredential=value([])),
        attack=68,
        **SUBJECT,
    ),
    refused(
        "too-many",
        "65 credentials",
        "at most 64",
        BAD,
        with_members(verifiableCredential=lambda w: [PROVEN(w)] * 65),
        attack=4,
    ),
    refused(
        "jws-proof-inside",
        "a credential with a proof in a JWS",
        "enveloped credentials only",
        BAD,
        lambda w: as_jws(w, PROVEN),
        attack=22,
    ),
    refused(
        "bound-to-another",
        "a credential that is bound to another's key",
        "every credential is verified as above",
        HOLDER,
        lambda w: as_jws(w, bound_to("bob")),
        attack=85,
    ),
    refused("status", "a presentation with a status", "claims", BAD, stating(status=value({})), attack=107),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
