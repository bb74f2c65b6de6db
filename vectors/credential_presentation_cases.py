"""Presentations of credentials: who shows them, to whom, and in answer to what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Case
from .credential_scene import (
    BAD,
    PRESENTING,
    PROOF,
    UNSIGNED,
    V2,
    Make,
    Recipe,
    claiming,
    saying,
    value,
)
from .integrity import proof_of, proven
from .jose import changed, header_of, jws, method
from .testkit import Key
from .world import World

PROVEN, SIGNED = saying(), claiming()


def challenge(w: World) -> str:
    return w.octets("challenge", 12).hex()


def domain(w: World) -> str:
    return f"https://{w.word('shop', 'shop')}.example"


def presentation(w: World, credentials: Any, **changes: Any) -> dict[str, Any]:
    """What scout shows, which nobody has signed; None takes a member away."""
    members = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": w.key("scout").did,
        "verifiableCredential": credentials,
    }
    return changed(members, **changes)


def shown(
    w: World,
    credential: Make = PROVEN,
    *,
    by: Callable[[World], Key] | None = None,
    members: Any = None,
    **proof: Any,
) -> dict[str, Any]:
    """A credential in a presentation with a proof by scout."""
    key = by(w) if by else w.key("scout")
    said = {"proofPurpose": "authentication", "challenge": challenge(w), "domain": domain(w)}
    return proven(presentation(w, [credential(w)], **(members or {})), key, w.now - 30, **{**said, **proof})


def proof(**changes: Make) -> Make:
    """The presentation whose proof says this; None takes a member away."""
    return lambda w: shown(w, **{name: make(w) for name, make in changes.items()})


def with_members(**changes: Make) -> Make:
    """The presentation with these members, and a proof over them."""
    return lambda w: shown(w, members={name: make(w) for name, make in changes.items()})


def enveloped(w: World, text: Make = SIGNED) -> dict[str, Any]:
    return {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{text(w)}"}


def as_jws(w: World, credential: Make = enveloped, *, typ: str = "vp+jwt", **changes: Any) -> str:
    """The presentation as a JWS by scout."""
    key = w.key("scout")
    claims = {"nonce": challenge(w), "aud": domain(w), **changes}
    return jws(key, header_of(key, typ, cty="vp"), changed(presentation(w, [credential(w)]), **claims))


def stating(**changes: Make) -> Make:
    """The presentation as a JWS with these claims; None takes one away."""
    return lambda w: as_jws(w, **{name: make(w) for name, make in changes.items()})


def question(w: World, secured: Any, **more: Make) -> dict[str, Any]:
    """Whether it is good, for a verifier that gave a challenge."""
    asked = {
        "presentation": secured,
        "issuers": [w.key("carol").did],
        "now": w.now,
        "challenge": challenge(w),
        "domain": domain(w),
    }
    return changed(asked, **{name: make(w) for name, make in more.items()})


def accepted(name: str, notes: str, rule: str, make: Make, **more: Make) -> Recipe:
    """A presentation that is good, by scout."""
    return lambda w: Case(
        f"credential/presented-{name}",
        "verify-credential",
        notes,
        None,
        PRESENTING + rule,
        question(w, make(w), **more),
        result={"holder": w.key("scout").did},
    )


def refused(
    name: str, notes: str, rule: str, verdict: tuple[str, int | None], make: Make, *, attack: int = 80, **more: Make
) -> Recipe:
    """A presentation that is refused."""
    return lambda w: Case(
        f"credential/presented-{name}",
        "verify-credential",
        notes,
        attack,
        PRESENTING + rule,
        question(w, make(w), **more),
        *verdict,
    )


def unsigned(w: World) -> dict[str, Any]:
    return presentation(w, [PROVEN(w)])


def by_mallory(w: World) -> dict[str, Any]:
    return shown(w, by=lambda w: w.key("mallory"))


def forged(w: World) -> dict[str, Any]:
    return shown(w, by=lambda w: w.key("mallory"), verificationMethod=method(w.key("scout")))


def both(w: World) -> dict[str, Any]:
    """Scout's proof, and bob's beside it."""
    members = presentation(w, [PROVEN(w)])
    said = {"proofPurpose": "authentication", "challenge": challenge(w), "domain": domain(w)}
    return {**members, "proof": [proof_of(members, w.key(name), w.now - 30, **said) for name in ("scout", "bob")]}


def jws_forged(w: World) -> str:
    key = w.key("scout")
    claims = {**presentation(w, [enveloped(w)]), "nonce": challenge(w), "aud": domain(w)}
    return jws(key, header_of(key, "vp+jwt"), claims, signer=w.key("mallory"))


def domains(*names: str) -> Make:
    return lambda w: [f"https://{name}.example" for name in names]


NOTHING: dict[str, Make] = {"challenge": value(None), "domain": value(None)}
SUBJECT: dict[str, Make] = {"holder_is_subject": value(True)}
ACCEPTED: tuple[Recipe, ...] = (
    accepted("proof", "with a proof by its holder", "signed by a key under authentication", shown),
    accepted("jws", "as a JWS", "in a JWS nonce and aud", as_jws),
    accepted("subject", "it is about its holder", "holder_is_subject", shown, **SUBJECT),
    accepted(
        "no-holder-member",
        "without holder it is by its only signer",
        "it is the only signer",
        with_members(holder=value(None)),
    ),
    accepted(
        "domains-turned",
        "two domains in another order",
        "compared as a set",
        proof(domain=domains("b", "a")),
        domain=domains("a", "b"),
    ),
    accepted(
        "not-asked", "the verifier asked for nothing", "None means that the verifier asked for none", shown, **NOTHING
    ),
    accepted("unsigned", "nobody signed it, and nobody has to", "unsigned", unsigned, unsigned=value(True), **NOTHING),
)
ANSWERS: tuple[Recipe, ...] = (
    refused("other-challenge", "the answer to another challenge", "challenge", PROOF, proof(challenge=value("other"))),
    refused("no-challenge", "the answer to none", "challenge", PROOF, proof(challenge=value(None))),
    refused(
        "other-domain", "for another verifier", "domain", PROOF, proof(domain=value("https://other.example")), attack=83
    ),
    refused("no-domain", "for nobody in particular", "domain", PROOF, proof(domain=value(None)), attack=83),
    refused(
        "domain-more",
        "for another verifier as well",
        "compared as a set",
        PROOF,
        proof(domain=lambda w: [domain(w), "https://other.example"]),
        attack=83,
    ),
    refused(
        "domain-less",
        "for one of two domains",
        "compared as a set",
        PROOF,
        shown,
        attack=83,
        domain=lambda w: [domain(w), "https://other.example"],
    ),
    refused(
        "jws-other-nonce",
        "the answer to another challenge",
        "in a JWS nonce and aud",
        PROOF,
        stating(nonce=value("other")),
    ),
    refused("jws-no-nonce", "the answer to none", "in a JWS nonce and aud", PROOF, stating(nonce=value(None))),
    refused(
        "jws-other-audience",
        "for another verifier",
        "in a JWS nonce and aud",
        PROOF,
        stating(aud=value("https://other.example")),
        attack=83,
    ),
    refused(
        "jws-audience-more",
        "for another verifier as well",
        "compared as a set",
        PROOF,
        stating(aud=lambda w: [domain(w), "https://other.example"]),
        attack=83,
    ),
    refused(
        "jws-no-audience",
        "for nobody in particular",
        "in a JWS nonce and aud",
        PROOF,
        stating(aud=value(None)),
        attack=83,
    ),
)
SIGNERS: tuple[Recipe, ...] = (
    refused(
        "unsigned-not-taken",
        "nobody signed it",
        "signed by a key under authentication",
        UNSIGNED,
        unsigned,
        attack=86,
        **NOTHING,
    ),
    refused(
        "unsigned-and-asked",
        "nobody signed it, and the holder was asked",
        "unless something was asked of the holder",
        UNSIGNED,
        unsigned,
        attack=86,
        unsigned=value(True),
    ),
    refused(
        "other-purpose",
        "a proof that makes an assertion",
        "under authentication",
        PROOF,
        proof(proofPurpose=value("assertionMethod")),
        attack=51,
    ),
    refused(
        "by-another",
        "signed by another than its holder",
        "the holder must have signed",
        UNSIGNED,
        by_mallory,
        attack=85,
    ),
    refused(
        "forged",
        "signed by another key in its holder's name",
        "signed by a key under authentication",
        PROOF,
        forged,
        attack=17,
    ),
    refused(
        "jws-forged",
        "signed by another key in its holder's name",
        "signed by a key under authentication",
        UNSIGNED,
        jws_forged,
        attack=17,
    ),
    refused(
        "jws-other-type", "of the type of a credential", "vp+jwt", BAD, lambda w: as_jws(w, typ="vc+jwt"), attack=22
    ),
    refused(
        "cosigner",
        "one more signed it, whom the verifier does not take",
        "cosigners",
        UNSIGNED,
        both,
        attack=51,
        cosigners=value([]),
    ),
    refused(
        "no-type",
        "not of the type of a presentation",
        "the same",
        BAD,
        with_members(type=value(["VerifiableCredential"])),
        attack=22,
    ),
    refused("undefined", "a member that nothing defines", "the same", BAD, with_members(limit=value(10)), attack=50),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *ANSWERS, *SIGNERS)
