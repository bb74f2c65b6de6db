"""SD-JWTs: digests, and disclosures that are nobody's, twice, or where none belongs."""

from __future__ import annotations

from typing import Any

from .sd_jwt_scene import (
    DIGESTS,
    MALFORMED,
    NOT_GENUINE,
    Recipe,
    accepted,
    events,
    hiding,
    model,
    one,
    owner,
    owner_name,
    payload,
    refused,
    spaced,
    top,
)
from .selective import claim, claims_of, digest, hidden, issued, shown
from .world import World


def sha512(w: World) -> str:
    claims = claims_of(w, _sd_alg="sha-512", _sd=[digest(model(w), "sha512")])
    return shown(w, issued(w, claims, model(w)), algorithm="sha512")


def deep(w: World) -> str:
    """33 levels once all is revealed, of which no part alone has that many."""
    inner: Any = "deep"
    for _ in range(20):
        inner = [inner]
    inside = claim(w, "inside", inner)
    outer: Any = {"_sd": [digest(inside)]}
    for _ in range(12):
        outer = {"a": outer}
    return shown(w, issued(w, claims_of(w, outer=outer), inside))


ACCEPTED: tuple[Recipe, ...] = (
    accepted("disclosed", "a claim is hidden and shown", DIGESTS + "_sd", one(model), model="example-1"),
    accepted(
        "kept-back",
        "a claim is hidden and kept back",
        DIGESTS + "a digest that nobody discloses is passed over",
        payload(_sd=top(model)),
    ),
    accepted(
        "element",
        "an element of an array is hidden and shown, another kept back",
        DIGESTS + "in an array",
        payload(events, capabilities=lambda w: ["events:read", hidden(events(w)), hidden(model(w))]),
        capabilities=["events:read", "events:write"],
    ),
    accepted(
        "nested",
        "a disclosed object hides a claim, and both are shown",
        DIGESTS + "disclosures may hold digests in turn",
        payload(owner_name, owner, _sd=top(owner)),
        owner={"name": "Alice", "team": "Calendar"},
    ),
    accepted(
        "nothing-left",
        "an object of which nothing is shown stays",
        DIGESTS + "stays as {}",
        payload(owner=lambda w: {"_sd": [digest(owner_name(w))]}),
        owner={},
    ),
    accepted("sha-512", "digests by SHA-512", DIGESTS + "_sd_alg", sha512, model="example-1"),
)
REFUSED: tuple[Recipe, ...] = (
    refused(
        "unreferenced",
        "a disclosure that no digest names",
        DIGESTS + "that no digest names",
        NOT_GENUINE,
        payload(model),
    ),
    refused(
        "disclosed-twice",
        "a disclosure twice",
        DIGESTS + "one that is there twice",
        NOT_GENUINE,
        hiding(lambda w: [model(w)] * 2),
    ),
    refused(
        "respelt",
        "the same claim with white space: another text",
        DIGESTS + "the hash of the disclosure's text",
        NOT_GENUINE,
        payload(spaced, _sd=top(model)),
    ),
    refused(
        "digest-twice",
        "a digest twice",
        DIGESTS + "a digest that is there twice",
        NOT_GENUINE,
        payload(model, _sd=top(model, model)),
    ),
    refused(
        "decoy-twice",
        "a digest twice that nobody discloses",
        DIGESTS + "whether or not anybody discloses it",
        NOT_GENUINE,
        payload(_sd=top(events, events)),
    ),
    refused(
        "digest-twice-apart",
        "one digest at the top and in an array",
        DIGESTS + "a digest that is there twice, wherever",
        NOT_GENUINE,
        payload(_sd=top(model), capabilities=lambda w: [hidden(model(w))]),
    ),
    refused(
        "parent-kept-back",
        "the claim in an object is shown, and not the object",
        DIGESTS + "in a disclosed value",
        NOT_GENUINE,
        payload(owner_name, _sd=top(owner)),
    ),
    refused(
        "element-as-member",
        "no name where a member is hidden",
        DIGESTS + "without one",
        NOT_GENUINE,
        payload(events, _sd=top(events)),
    ),
    refused(
        "member-as-element",
        "a name where an element is hidden",
        DIGESTS + "with a name where an array element is hidden",
        NOT_GENUINE,
        payload(model, capabilities=lambda w: [hidden(model(w))]),
    ),
    refused(
        "name-there-already",
        "the claim is there already",
        DIGESTS + "a name that its object has already",
        NOT_GENUINE,
        payload(model, _sd=top(model), model=lambda w: "other"),
        attack=98,
    ),
    refused(
        "name-disclosed-twice",
        "two disclosures of one name",
        DIGESTS + "a name that its object has already",
        NOT_GENUINE,
        payload(model, spaced, _sd=top(model, spaced)),
        attack=98,
    ),
    refused(
        "sd-text",
        "_sd is text",
        DIGESTS + "an array of texts",
        MALFORMED,
        payload(model, _sd=lambda w: digest(model(w))),
    ),
    refused("sd-number", "_sd holds a number", DIGESTS + "an array of texts", MALFORMED, payload(_sd=lambda w: [1])),
    refused(
        "dots-beside",
        "a member beside ...",
        DIGESTS + "with no other member",
        MALFORMED,
        payload(events, capabilities=lambda w: [{**hidden(events(w)), "a": 1}]),
    ),
    refused(
        "dots-in-object",
        "... in an object",
        DIGESTS + "... anywhere else",
        MALFORMED,
        payload(owner=lambda w: hidden(events(w))),
    ),
    refused(
        "dots-number",
        "a digest that is a number",
        DIGESTS + "an array of texts",
        MALFORMED,
        payload(capabilities=lambda w: [{"...": 1}]),
    ),
    refused(
        "hash-unknown",
        "digests by SHA-1",
        DIGESTS + "one of the three",
        MALFORMED,
        payload(_sd_alg=lambda w: "sha-1"),
        attack=99,
    ),
    refused(
        "hash-capitals",
        "SHA-256 in capitals",
        DIGESTS + "one of the three",
        MALFORMED,
        payload(_sd_alg=lambda w: "SHA-256"),
        attack=99,
    ),
    refused(
        "hash-below",
        "_sd_alg below the top",
        DIGESTS + "_sd_alg below the top",
        MALFORMED,
        payload(owner=lambda w: {"_sd_alg": "sha-256"}),
        attack=99,
    ),
    refused(
        "hash-disclosed",
        "_sd_alg in a disclosed object",
        DIGESTS + "_sd_alg below the top",
        MALFORMED,
        one(lambda w: claim(w, "owner", {"_sd_alg": "sha-256"})),
        attack=99,
    ),
    refused("too-deep", "33 levels once it is revealed", DIGESTS + "more than 32 levels", MALFORMED, deep, attack=1),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
