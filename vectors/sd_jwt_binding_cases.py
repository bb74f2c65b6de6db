"""SD-JWTs: what their holder signs, for one verifier and one nonce."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Case
from .jose import jws, method
from .sd_jwt_scene import MALFORMED, Make, Recipe, model
from .selective import BEARER, audience, binding, bound, claim, claims_of, digest, issued, nonce, question, shown
from .testkit import Key
from .world import World

BINDING = "docs/spec/sd-jwt.md section Key binding: "
NOT_HOLDER, AUDIENCE, REQUEST = ("not_holder", 8), ("wrong_audience", 8), ("wrong_request", 8)
LATE = ("outside_validity", 8)


def refused(
    name: str, notes: str, rule: str, verdict: tuple[str, int], text: Make, *, attack: int = 96, **asked: Any
) -> Recipe:
    """A presentation that is refused."""
    return lambda w: Case(
        f"sd-jwt/{name}", "verify-sd-jwt", notes, attack, BINDING + rule, question(w, text(w), **asked), *verdict
    )


def accepted(name: str, notes: str, rule: str, text: Make) -> Recipe:
    """A presentation that holds."""
    return lambda w: Case(
        f"sd-jwt/{name}",
        "verify-sd-jwt",
        notes,
        None,
        BINDING + rule,
        question(w, text(w)),
        result={"bound": True, "issuer": w.key("carol").did},
    )


def owner(w: World) -> str:
    return claim(w, "owner", "Alice")


def credential(w: World, *disclosures: str, **claims: Any) -> str:
    """As it was issued: two claims are hidden, and scout is its holder."""
    return issued(w, claims_of(w, _sd=sorted([digest(model(w)), digest(owner(w))]), **claims), *disclosures)


def saying(**changes: Callable[[World], Any]) -> Make:
    """One claim is shown; the key binding says this, and None takes a claim away."""

    def text(w: World) -> str:
        return shown(w, credential(w, model(w)), **{name: make(w) for name, make in changes.items()})

    return text


def header(**changes: Any) -> Make:
    def text(w: World) -> str:
        unbound = credential(w, model(w))
        return bound(unbound, binding(w, unbound), w.key("scout"), **changes)

    return text


def over(bound_text: Make, sent: Make) -> Make:
    """The key binding of one presentation behind another."""

    def text(w: World) -> str:
        unbound = bound_text(w)
        return sent(w) + shown(w, unbound).removeprefix(unbound)

    return text


def one(w: World) -> str:
    return credential(w, model(w))


def both(w: World) -> str:
    return credential(w, model(w), owner(w))


def both_turned(w: World) -> str:
    return credential(w, owner(w), model(w))


def none(w: World) -> str:
    return credential(w)


def by_another(w: World) -> str:
    return bound(one(w), binding(w, one(w)), w.key("mallory"))


def unsigned(w: World) -> str:
    """`alg: none`, the signature left as long as one is."""
    said = binding(w, one(w))
    return one(w) + jws(w.key("scout"), {"alg": "none", "typ": "kb+jwt"}, said, signature=bytes(64))


def no_jws(w: World) -> str:
    return one(w) + model(w)


def named(w: World) -> str:
    """The holder is named by the DID URL of its key."""
    return shown(w, credential(w, model(w), cnf={"kid": method(w.key("scout"))}))


def on_p256(w: World, *, high: bool = False) -> str:
    key: Key = w.key("dave", 1)
    unbound = credential(w, model(w), cnf={"jwk": key.jwk})
    if high:
        return unbound + high_half(w, unbound, key)
    return bound(unbound, binding(w, unbound), key)


def high_half(w: World, unbound: str, key: Key) -> str:
    return jws(key, {"alg": "ES256", "typ": "kb+jwt"}, binding(w, unbound), high=True)


def nobody(w: World) -> str:
    return credential(w, model(w), cnf=None)


def ago(seconds: int) -> Callable[[World], int]:
    return lambda w: w.now - seconds


def absent(w: World) -> None:
    return None


ACCEPTED: tuple[Recipe, ...] = (
    accepted("bound", "by the key in cnf", "a key binding by that holder", saying()),
    accepted("bound-by-name", "by the key that cnf names", "a key binding by that holder", named),
    accepted("bound-p256", "by a P-256 key", "a key binding by that holder", on_p256),
    accepted(
        "bound-high-s", "with the upper half of s", "a key binding by that holder", lambda w: on_p256(w, high=True)
    ),
    accepted(
        "bound-nothing-shown", "both claims are kept back", "a key binding by that holder", lambda w: shown(w, none(w))
    ),
    accepted("bound-five-minutes-ago", "as long ago as may be", "iat at most 5 minutes ago", saying(iat=ago(300))),
    accepted("bound-a-minute-ahead", "as far ahead as may be", "iat at most the skew ahead", saying(iat=ago(-60))),
)
REFUSED: tuple[Recipe, ...] = (
    refused("binding-stripped", "the key binding was taken away", "no key binding", NOT_HOLDER, one, attack=95),
    refused("bound-by-another", "by another key", "one by another key", NOT_HOLDER, by_another, attack=85),
    refused("bound-unsigned", "alg none", "no JWS", MALFORMED, unsigned, attack=15),
    refused("binding-no-jws", "a disclosure for a key binding", "no JWS", MALFORMED, no_jws, attack=95),
    refused("claim-added", "a disclosure more than was bound", "over another text", NOT_HOLDER, over(one, both)),
    refused("claim-removed", "a disclosure less than was bound", "over another text", NOT_HOLDER, over(both, one)),
    refused(
        "claims-turned", "the disclosures in another order", "over another text", NOT_HOLDER, over(both, both_turned)
    ),
    refused("no-sd-hash", "without sd_hash", "sd_hash exactly that of the text", NOT_HOLDER, saying(sd_hash=absent)),
    refused(
        "sd-hash-of-jwt",
        "sd_hash of the JWT alone",
        "of the text up to its last ~",
        NOT_HOLDER,
        saying(sd_hash=lambda w: digest(one(w).partition("~")[0])),
    ),
    refused(
        "sd-hash-sha512",
        "sd_hash by another algorithm",
        "by the credential's own algorithm",
        NOT_HOLDER,
        saying(sd_hash=lambda w: digest(one(w), "sha512")),
        attack=99,
    ),
    refused("another-nonce", "another nonce", "nonce", REQUEST, saying(nonce=lambda w: nonce(w) + "x"), attack=80),
    refused("no-nonce", "without a nonce", "nonce", REQUEST, saying(nonce=absent), attack=100),
    refused(
        "another-audience", "another audience", "aud", AUDIENCE, saying(aud=lambda w: audience(w) + "/"), attack=83
    ),
    refused(
        "audience-list",
        "the audience in a list",
        "exactly those given",
        AUDIENCE,
        saying(aud=lambda w: [audience(w)]),
        attack=83,
    ),
    refused("no-audience", "without an audience", "aud", AUDIENCE, saying(aud=absent), attack=100),
    refused("bound-long-ago", "301 seconds ago", "iat at most 5 minutes ago", LATE, saying(iat=ago(301)), attack=81),
    refused(
        "bound-in-the-future", "61 seconds ahead", "iat at most the skew ahead", LATE, saying(iat=ago(-61)), attack=81
    ),
    refused("no-iat", "without a time", "no whole Unix second", NOT_HOLDER, saying(iat=absent), attack=100),
    refused(
        "iat-text", "a time as text", "no whole Unix second", NOT_HOLDER, saying(iat=lambda w: str(w.now)), attack=57
    ),
    refused("binding-typ", "of type JWT", "of another type", MALFORMED, header(typ="JWT"), attack=100),
    refused("binding-no-typ", "without a type", "of another type", MALFORMED, header(typ=None), attack=100),
    refused("binding-crit", "a critical extension", "no JWS", MALFORMED, header(crit=["b64"]), attack=20),
    refused(
        "holder-not-asked",
        "it names a holder, and the verifier asks for none",
        "None for both: refused",
        NOT_HOLDER,
        saying(),
        attack=86,
        **BEARER,
    ),
    refused(
        "holder-not-asked-unbound",
        "it names a holder, is not bound, and the verifier asks for none",
        "None for both: refused",
        NOT_HOLDER,
        one,
        attack=95,
        **BEARER,
    ),
    refused(
        "bound-by-nobody",
        "a key binding though it names no holder",
        "None for both: refused with one",
        NOT_HOLDER,
        lambda w: shown(w, nobody(w)),
        attack=86,
        **BEARER,
    ),
    refused(
        "no-holder-named",
        "it names no holder, and the verifier asks for one",
        "it names none: refused",
        NOT_HOLDER,
        lambda w: shown(w, nobody(w)),
        attack=86,
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
