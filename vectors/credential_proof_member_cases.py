"""Credentials: what a proof of Data Integrity says of itself, and of whose key it is by."""

from __future__ import annotations

from .case import Case
from .credential_proof_cases import CHECKS, MEMBER, after, proof, tampered
from .credential_scene import BAD, PROOF, UNRESOLVED, Recipe, asked, document, refused, value, with_proof
from .jose import method
from .moments import stamp
from .web_did import WEB, served
from .world import World


def web(name: str, notes: str, relationship: str, verdict: tuple[str, int | None], pages: bool = True) -> Recipe:
    """By a did:web whose document lists its key under this relationship alone."""

    def recipe(w: World) -> Case:
        signed = with_proof(w, document(w, issuer=WEB), verificationMethod=f"{WEB}#k")
        question = asked(w, signed, issuers=value([WEB]))
        question["documents"] = served(w.key("carol"), relationship) if pages else {}
        attack, result = (None, {"issuer": WEB}) if verdict[0] == "ok" else (30, {})
        return Case(
            f"credential/proof-{name}",
            "verify-credential",
            notes,
            attack,
            CHECKS + "the DID lists that very method for the purpose",
            question,
            *verdict,
            result=result,
        )

    return recipe


MEMBERS: tuple[Recipe, ...] = (
    refused(
        "proof-other-purpose",
        "for authentication",
        CHECKS + "purpose",
        PROOF,
        proof(proofPurpose=value("authentication")),
        attack=51,
    ),
    refused(
        "proof-no-purpose", "for no purpose", MEMBER + "proofPurpose", PROOF, proof(proofPurpose=value(None)), attack=51
    ),
    refused(
        "proof-suite-of-another-key",
        "a suite for another kind of key",
        MEMBER + "the key must be of its kind",
        PROOF,
        proof(cryptosuite=value("ecdsa-jcs-2019")),
        attack=26,
    ),
    refused(
        "proof-suite-unknown",
        "a suite under an older name",
        MEMBER + "one of the four",
        PROOF,
        proof(cryptosuite=value("eddsa-2022")),
        attack=26,
    ),
    refused(
        "proof-suite-capitals",
        "a suite in capitals",
        MEMBER + "one of the four",
        PROOF,
        proof(cryptosuite=value("EDDSA-JCS-2022")),
        attack=26,
    ),
    refused(
        "proof-no-suite", "without a suite", MEMBER + "cryptosuite", PROOF, proof(cryptosuite=value(None)), attack=26
    ),
    refused(
        "proof-other-type",
        "of an older type",
        MEMBER + "type",
        PROOF,
        proof(type=value("Ed25519Signature2020")),
        attack=26,
    ),
    refused(
        "proof-in-the-future",
        "created 301 seconds from now",
        CHECKS + "no more than 300 seconds from now",
        PROOF,
        proof(created=after(301)),
        attack=81,
    ),
    refused(
        "proof-expired",
        "at the second at which it expires",
        CHECKS + "not expired",
        PROOF,
        proof(expires=after(0)),
        attack=70,
    ),
    refused(
        "proof-no-zone",
        "a time without a zone",
        MEMBER + "with Z or an offset",
        PROOF,
        proof(created=lambda w: stamp(w.now - 60)[:-1]),
        attack=57,
    ),
    refused(
        "proof-undefined",
        "a member of the proof that nothing defines",
        MEMBER + "they must be defined",
        BAD,
        proof(limit=value(10)),
    ),
    refused(
        "proof-method-of-no-key",
        "the DID alone",
        MEMBER + "a DID and a fragment",
        PROOF,
        proof(verificationMethod=lambda w: w.key("carol").did),
        attack=29,
    ),
    refused(
        "proof-method-query",
        "a DID URL with a query",
        MEMBER + "no path and no query",
        PROOF,
        proof(verificationMethod=lambda w: method(w.key("carol")).replace("#", "?a=b#")),
        attack=29,
    ),
    refused(
        "proof-method-other-fragment",
        "a fragment that is not the DID's own",
        CHECKS + "the DID's own body",
        PROOF,
        proof(verificationMethod=lambda w: w.key("carol").did + "#0"),
        attack=32,
    ),
    web("did-web-other-relationship", "its key is listed under authentication alone", "authentication", PROOF),
    web("did-web-unknown", "its server has no document", "assertionMethod", UNRESOLVED, pages=False),
    refused(
        "proof-text",
        "a text for a proof",
        CHECKS + "each proof is as above",
        PROOF,
        tampered(proof=value("none")),
        attack=51,
    ),
    refused(
        "proof-id-relative", "an id that is no URL", MEMBER + "absolute URL", PROOF, proof(id=value("first")), attack=51
    ),
    refused(
        "proof-domains-17",
        "for 17 domains",
        MEMBER + "up to 16 different ones",
        PROOF,
        proof(domain=value([f"d{number}" for number in range(17)])),
        attack=4,
    ),
    refused(
        "proof-domain-twice",
        "one domain twice",
        MEMBER + "different ones",
        PROOF,
        proof(domain=value(["d", "d"])),
        attack=51,
    ),
    refused(
        "proof-challenge-empty",
        "an empty challenge",
        MEMBER + "1 to 2,048 characters",
        PROOF,
        proof(challenge=value("")),
        attack=13,
    ),
    refused("proof-nonce-number", "a nonce that is a number", MEMBER + "text", PROOF, proof(nonce=value(7)), attack=56),
    refused(
        "proof-ended-before-it-began",
        "it expires before it was created",
        CHECKS + "not before it was created",
        PROOF,
        proof(created=after(200), expires=after(100)),
        attack=69,
    ),
    refused(
        "proof-none",
        "no proof in a list",
        f"{MEMBER}a document has up to 16",
        PROOF,
        tampered(proof=value([])),
        attack=68,
    ),
)
RECIPES: tuple[Recipe, ...] = (
    web("did-web", "by a did:web", "assertionMethod", ("ok", None)),
    *MEMBERS,
)
