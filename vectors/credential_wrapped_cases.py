"""Credentials in an envelope, and as an SD-JWT."""

from __future__ import annotations

import base64
from typing import Any

from . import selective
from .credential_scene import (
    BAD,
    HOLDER,
    UNSIGNED,
    V2,
    Make,
    Recipe,
    accepted,
    claiming,
    document,
    refused,
    saying,
)
from .world import World

AS_SD_JWT = "docs/spec/credential.md section Verifying a credential: as an SD-JWT, "
ENVELOPES = "docs/spec/credential.md section Documents: envelopes, "
ASKED: dict[str, Make] = {"audience": selective.audience, "nonce": selective.nonce}


def envelope(text: Make, media_type: str = "application/vc+jwt", **more: Any) -> Make:
    """A text in a `data:` URL."""
    return lambda w: {
        "@context": [V2],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:{media_type},{text(w)}",
        **more,
    }


def encoded(w: World) -> str:
    return base64.b64encode(claiming()(w).encode()).decode()


def selective_text(w: World, *, bind: bool = True, typ: str = "vc+sd-jwt", hidden: str = "", **changes: Any) -> str:
    """The credential as an SD-JWT of which the subject's name is hidden and shown."""
    name = selective.claim(w, "name", "Scout")
    subject = {"id": w.key("scout").did, "_sd": [selective.digest(name)]}
    holder = {"jwk": w.key("scout").jwk} if bind else None
    members = document(w, credentialSubject=subject, cnf=holder, **changes)
    if hidden:
        members |= {"_sd": [selective.digest(selective.claim(w, hidden, members.pop(hidden)))]}
    text = selective.issued(w, members, name, typ=typ)
    return selective.shown(w, text) if bind else text


ACCEPTED: tuple[Recipe, ...] = (
    accepted("envelope", "in an envelope", ENVELOPES + "the media type", envelope(claiming())),
    accepted(
        "sd-jwt",
        "as an SD-JWT, bound by its holder",
        AS_SD_JWT + "with them, its holder must have bound it",
        selective_text,
        **ASKED,
    ),
    accepted(
        "sd-jwt-bearer",
        "as an SD-JWT that names no holder",
        AS_SD_JWT + "without audience and nonce",
        lambda w: selective_text(w, bind=False),
    ),
)
ENVELOPED: tuple[Recipe, ...] = (
    refused(
        "envelope-media-type",
        "of another media type",
        ENVELOPES + "the same",
        UNSIGNED,
        envelope(claiming(), "application/vp+jwt"),
        attack=22,
    ),
    refused(
        "envelope-base64",
        "with a parameter",
        ENVELOPES + "no parameter",
        BAD,
        envelope(encoded, "application/vc+jwt;base64"),
        attack=22,
    ),
    refused(
        "envelope-member",
        "with a member that nobody signed",
        ENVELOPES + "no other member",
        BAD,
        envelope(claiming(), issuer="did:web:a.example"),
        attack=48,
    ),
    refused(
        "envelope-no-url",
        "a text and no data: URL",
        ENVELOPES + "id as data:",
        BAD,
        lambda w: {**envelope(claiming())(w), "id": claiming()(w)},
        attack=22,
    ),
)
SELECTIVE: tuple[Recipe, ...] = (
    refused(
        "sd-jwt-unbound",
        "not bound by its holder",
        AS_SD_JWT + "its holder must have bound it",
        HOLDER,
        lambda w: selective_text(w).rpartition("~")[0] + "~",
        attack=95,
        **ASKED,
    ),
    refused(
        "sd-jwt-not-asked",
        "bound, and the verifier asked for nothing",
        AS_SD_JWT + "must name no holder",
        HOLDER,
        selective_text,
        attack=86,
    ),
    refused(
        "sd-jwt-other-nonce",
        "bound for another nonce",
        AS_SD_JWT + "bound it to them",
        ("wrong_request", 8),
        selective_text,
        attack=80,
        audience=selective.audience,
        nonce=lambda w: selective.nonce(w) + "x",
    ),
    refused(
        "sd-jwt-type",
        "of the type of an SD-JWT VC",
        AS_SD_JWT + "vc+sd-jwt",
        BAD,
        lambda w: selective_text(w, typ="dc+sd-jwt"),
        attack=22,
        **ASKED,
    ),
    refused(
        "sd-jwt-end-kept-back",
        "its end is kept back",
        AS_SD_JWT + "within credentialSubject and evidence",
        UNSIGNED,
        lambda w: selective_text(w, hidden="validUntil"),
        attack=98,
        **ASKED,
    ),
    refused(
        "sd-jwt-asked",
        "the verifier asked a holder, and it is no SD-JWT",
        AS_SD_JWT + "no other form will do",
        HOLDER,
        claiming(),
        attack=86,
        **ASKED,
    ),
    refused(
        "proof-asked",
        "the verifier asked a holder, and it has a proof",
        AS_SD_JWT + "no other form will do",
        HOLDER,
        saying(),
        attack=86,
        **ASKED,
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *ENVELOPED, *SELECTIVE)
