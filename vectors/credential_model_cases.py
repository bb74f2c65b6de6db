"""Credentials: what the document itself must be, whoever signed it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .credential_scene import (
    ANY_TERM,
    BAD,
    DOCUMENTS,
    LATE,
    UNSIGNED,
    V1,
    V2,
    VERIFYING,
    Make,
    Recipe,
    accepted,
    document,
    refused,
    saying,
    spelt,
    value,
    with_proof,
)
from .moments import stamp
from .world import World

TERMS = "docs/spec/integrity.md section Terms: "
MEMBER = "the members of a credential"


def after(seconds: int) -> Callable[[World], str]:
    return lambda w: stamp(w.now + seconds)


def about(**changes: Any) -> Make:
    """The credential whose subject has these members as well."""
    return saying(credentialSubject=lambda w: {**document(w)["credentialSubject"], **changes})


def unsecured(w: World) -> dict[str, Any]:
    return document(w)


def text_of(w: World) -> str:
    """Its text: in another order and with white space, which canonical JSON does not see."""
    signed = saying()(w)
    return json.dumps({name: signed[name] for name in sorted(signed, reverse=True)}, indent=2)


def behind(w: World) -> str:
    return json.dumps(saying()(w)) + "{}"


def deep(w: World) -> str:
    """33 levels: the document, the subject, and 31 more."""
    inner: Any = "deep"
    for _ in range(31):
        inner = [inner]
    return json.dumps(with_proof(w, document(w, credentialSubject={"id": w.key("scout").did, "name": inner})))


def old_version(w: World) -> dict[str, Any]:
    """Data model 1.1."""
    changes = {
        "@context": [V1, "https://w3id.org/security/data-integrity/v2"],
        "validFrom": None,
        "validUntil": None,
        "issuanceDate": stamp(w.now - 3600),
    }
    subject = {"id": w.key("scout").did}
    return with_proof(w, document(w, **changes, credentialSubject=subject))


def inline(**terms: Any) -> Make:
    """A context written out in the document, behind the base context."""
    return saying(**{"@context": value([V2, terms])})


OWN = "https://a.example/terms/v1"


def with_own_context(w: World) -> dict[str, Any]:
    """A claim that is defined by a context of its own."""
    subject = {"id": w.key("scout").did, "role": "buyer"}
    return with_proof(w, document(w, **{"@context": [V2, OWN]}, credentialSubject=subject))


def defining(**terms: str) -> Make:
    """The page of that context, as the verifier knows it."""
    return value({OWN: json.dumps({"@context": terms})})


ACCEPTED: tuple[Recipe, ...] = (
    accepted(
        "context-handed-in",
        "a context that the verifier knows",
        DOCUMENTS + "handed in with their SHA-256",
        with_own_context,
        contexts=defining(role="https://a.example/terms#role"),
    ),
    accepted("good", "with a proof by its issuer", VERIFYING + "every signature must hold", saying()),
    accepted("text", "as text, in another order of members", DOCUMENTS + "a JSON object", text_of),
    accepted(
        "issuer-object",
        "its issuer is an object",
        DOCUMENTS + "issuer",
        saying(issuer=lambda w: {"id": w.key("carol").did}),
    ),
    accepted("begins-within-skew", "300 seconds before validFrom", VERIFYING + "skew", saying(validFrom=after(300))),
    accepted("ended-within-skew", "300 seconds after validUntil", VERIFYING + "skew", saying(validUntil=after(-300))),
    accepted(
        "no-times",
        "it says nothing of its time",
        DOCUMENTS + "validFrom",
        saying(validFrom=value(None), validUntil=value(None)),
    ),
    accepted(
        "version-1",
        "data model 1.1, where that is taken",
        DOCUMENTS + "version 1.1",
        old_version,
        accept_v1=value(True),
    ),
    accepted(
        "own-term",
        "a term that an inline context defines",
        DOCUMENTS + "every term must be defined",
        lambda w: with_proof(
            w,
            document(
                w,
                **{"@context": [V2, {"role": "https://a.example/terms#role"}]},
                credentialSubject={"id": w.key("scout").did, "role": "buyer"},
            ),
        ),
    ),
)
FORM: tuple[Recipe, ...] = (
    refused(
        "unsecured",
        "neither proof nor signature",
        VERIFYING + "every signature must hold",
        UNSIGNED,
        unsecured,
        attack=15,
    ),
    refused(
        "untrusted-issuer",
        "the verifier takes others' credentials",
        VERIFYING + "its issuer",
        UNSIGNED,
        saying(),
        attack=75,
        issuers=lambda w: [w.key("bob").did],
    ),
    refused(
        "no-issuers",
        "the verifier takes nobody's credentials",
        VERIFYING + "there is no default",
        UNSIGNED,
        saying(),
        attack=75,
        issuers=value([]),
    ),
    refused(
        "member-twice",
        "a member twice",
        DOCUMENTS + "parsed strictly",
        BAD,
        spelt('"type":', '"type": [], "type":'),
        attack=21,
    ),
    refused("behind-the-text", "something behind it", DOCUMENTS + "a JSON object", BAD, behind, attack=12),
    refused("no-object", "an array", DOCUMENTS + "anything else", BAD, value("[]"), attack=13),
    refused("number", "a number", DOCUMENTS + "anything else", BAD, value(7), attack=13),
    refused(
        "lone-surrogate",
        "half a character",
        DOCUMENTS + "parsed strictly",
        BAD,
        spelt('"type"', '"\\ud800": 1, "type"'),
        attack=13,
    ),
    refused(
        "not-a-number", "NaN", DOCUMENTS + "parsed strictly", BAD, spelt('"type"', '"name": NaN, "type"'), attack=47
    ),
    refused(
        "large-number",
        "a number beyond 2^53",
        DOCUMENTS + "parsed strictly",
        BAD,
        spelt('"type"', '"name": 9007199254740993, "type"'),
        attack=47,
    ),
    refused("too-deep", "33 levels deep", DOCUMENTS + "32 levels deep", BAD, deep, attack=1),
)
CONTEXTS: tuple[Recipe, ...] = (
    refused("no-context", "without @context", DOCUMENTS + "@context", BAD, saying(**{"@context": value(None)})),
    refused(
        "context-text", "one context, and no array", DOCUMENTS + "@context", BAD, saying(**{"@context": value(V2)})
    ),
    refused(
        "context-turned",
        "the base context is not the first",
        DOCUMENTS + "the base context, then",
        BAD,
        saying(**{"@context": value([ANY_TERM, V2])}),
    ),
    refused("context-twice", "a context twice", DOCUMENTS + "none twice", BAD, saying(**{"@context": value([V2, V2])})),
    refused(
        "context-unknown",
        "a context that nobody handed in",
        DOCUMENTS + "nothing is fetched",
        BAD,
        saying(**{"@context": value([V2, "https://a.example/v1"])}),
        attack=49,
    ),
    refused(
        "context-without-the-term",
        "a context that the verifier knows, which does not define the claim",
        DOCUMENTS + "an undefined member",
        BAD,
        with_own_context,
        contexts=defining(part="https://a.example/terms#part"),
    ),
    refused("version-1-not-taken", "data model 1.1", DOCUMENTS + "version 1.1", BAD, old_version),
    refused(
        "undefined-member",
        "a member that nothing defines",
        DOCUMENTS + "an undefined member",
        BAD,
        saying(limit=value(10)),
    ),
    refused("undefined-below", "a claim that nothing defines", DOCUMENTS + "an undefined member", BAD, about(limit=10)),
    refused(
        "undefined-type",
        "a type that nothing defines",
        DOCUMENTS + "an undefined type",
        BAD,
        saying(type=value(["VerifiableCredential", "Licence"])),
    ),
    refused(
        "context-below",
        "a context within the subject",
        TERMS + "a context anywhere but at the top",
        BAD,
        about(**{"@context": {"role": "https://a.example/#r"}}),
    ),
    refused(
        "term-redefined",
        "an inline context gives name another meaning",
        TERMS + "redefine a protected term",
        BAD,
        inline(name="https://a.example/terms#other"),
    ),
    refused(
        "term-cleared",
        "an inline context takes the meaning of name away",
        TERMS + "clear a protected term",
        BAD,
        inline(name=None),
    ),
)
MEMBERS: tuple[Recipe, ...] = (
    refused(
        "no-type",
        "without the type of a credential",
        DOCUMENTS + "type",
        BAD,
        saying(type=value(["VerifiablePresentation"])),
    ),
    refused(
        "type-number",
        "a type that is a number",
        DOCUMENTS + "type, anywhere",
        BAD,
        saying(type=value(["VerifiableCredential", 1])),
        attack=56,
    ),
    refused("no-issuer", "nobody issued it", DOCUMENTS + "issuer", BAD, saying(issuer=value(None)), attack=28),
    refused(
        "issuer-no-did",
        "an issuer that is no DID",
        VERIFYING + "its issuer must be a DID",
        UNSIGNED,
        saying(issuer=value("https://issuer.example")),
        attack=28,
        issuers=value(["https://issuer.example"]),
    ),
    refused(
        "issuer-name", "an issuer that is a name", DOCUMENTS + "a URL", BAD, saying(issuer=value("carol")), attack=28
    ),
    refused(
        "no-subject", "it is about nobody", DOCUMENTS + "credentialSubject", BAD, saying(credentialSubject=value(None))
    ),
    refused(
        "subject-empty",
        "it says nothing",
        DOCUMENTS + "objects that are not empty",
        BAD,
        saying(credentialSubject=value({})),
    ),
    refused(
        "subjects-none",
        "no subject in a list",
        DOCUMENTS + "one or more objects",
        BAD,
        saying(credentialSubject=value([])),
        attack=68,
    ),
    refused(
        "subject-id-relative",
        "a subject that is no URL",
        DOCUMENTS + "id, anywhere",
        BAD,
        saying(credentialSubject=value({"id": "scout", "name": "Scout"})),
        attack=28,
    ),
    refused("id-two", "two ids", DOCUMENTS + "one absolute URL", BAD, saying(id=value(["urn:a:1", "urn:a:2"]))),
    refused("null", "null for a value", DOCUMENTS + "is not null", BAD, about(description=None), attack=48),
    refused(
        "name-words",
        "a name with more than words",
        DOCUMENTS + "@value with @language and @direction at most",
        BAD,
        saying(name=value({"@value": "Scout", "@type": "text"})),
    ),
    refused(
        "evidence-typeless",
        "evidence of no type",
        DOCUMENTS + "objects with a type",
        BAD,
        saying(evidence=value({"id": "urn:a:1"})),
    ),
    refused(
        "status-typeless",
        "a status of no type",
        DOCUMENTS + "objects with a type",
        BAD,
        saying(credentialStatus=value({"id": "urn:a:1"})),
        attack=107,
    ),
    refused(
        "schema-nameless",
        "a schema without an id",
        DOCUMENTS + "and an id",
        BAD,
        saying(credentialSchema=value({"type": "JsonSchema"})),
    ),
)
TIMES: tuple[Recipe, ...] = (
    refused(
        "too-early", "301 seconds before validFrom", VERIFYING + "skew", LATE, saying(validFrom=after(301)), attack=81
    ),
    refused(
        "ended", "301 seconds after validUntil", VERIFYING + "skew", LATE, saying(validUntil=after(-301)), attack=70
    ),
    refused(
        "ends-before-it-begins",
        "validUntil before validFrom",
        DOCUMENTS + "the first not after the second",
        BAD,
        saying(validFrom=after(60), validUntil=after(59)),
        attack=69,
    ),
    *(
        refused(
            f"time-{name}",
            notes,
            DOCUMENTS + "date and time with seconds and a zone",
            BAD,
            saying(validUntil=value(text)),
            attack=57,
        )
        for name, notes, text in (
            ("no-zone", "a time without a zone", "2120-01-01T00:00:00"),
            ("no-seconds", "a time without seconds", "2120-01-01T00:00Z"),
            ("leap-second", "a leap second", "2120-12-31T23:59:60Z"),
            ("24", "24 o'clock", "2120-12-31T24:00:00Z"),
            ("no-such-day", "the 30th of February", "2120-02-30T00:00:00Z"),
            ("date", "a date alone", "2120-01-01"),
            ("space", "a space for the T", "2120-01-01 00:00:00Z"),
            ("number", "a Unix second", 4_733_510_400),
        )
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *FORM, *CONTEXTS, *MEMBERS, *TIMES)
