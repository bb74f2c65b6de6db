"""SD-JWTs: what their claims must say, what may never be hidden, and whose key signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .case import Case
from .jose import header_of, jws, method, unreduced
from .sd_jwt_scene import BAD, Make, Recipe, payload, refused
from .selective import TYP, claim, claims_of, digest, issued, question, shown
from .testkit import url64
from .web_did import WEB, served
from .world import World

CLAIMS = "docs/spec/sd-jwt.md section Claims: "
KEY = "docs/spec/sd-jwt.md section Whose key: "
LATE, UNRESOLVED = ("outside_validity", 6), ("unresolved_principal", 3)


def value(found: Any) -> Callable[[World], Any]:
    return lambda w: found


def after(seconds: int) -> Callable[[World], int]:
    """So many seconds from now."""
    return lambda w: w.now + seconds


def good(name: str, notes: str, rule: str, text: Make, result: Callable[[World], Mapping[str, Any]]) -> Recipe:
    """One that holds, of which this is told."""
    return lambda w: Case(f"sd-jwt/{name}", "verify-sd-jwt", notes, None, rule, question(w, text(w)), result=result(w))


def border(name: str, notes: str, rule: str, **changes: Callable[[World], Any]) -> Recipe:
    """One that only just holds."""
    return good(
        name,
        notes,
        rule,
        payload(**changes),
        lambda w: {"claims": claims_of(w, **{name: make(w) for name, make in changes.items()})},
    )


def hiding(name: str) -> Make:
    """This claim hidden and disclosed, as it stands in the others."""

    def text(w: World) -> str:
        content = {**claims_of(w), "nbf": w.now - 600, "aud": [f"https://{w.word('verifier', 'calendar')}.example"]}
        content["status"] = {"status_list": {"idx": 1, "uri": "https://lists.example/1"}}
        hidden = claim(w, name, content[name])
        claims = claims_of(w, _sd=[digest(hidden)], **{name: None})
        return shown(w, issued(w, claims, hidden))

    return text


def within(name: str, inner: Callable[[World], Mapping[str, Any]]) -> Make:
    """A decoy within a claim that may not hold a digest."""
    return payload(**{name: lambda w: {**inner(w), "_sd": [digest("nothing")]}})


def another_kid(w: World) -> str:
    return shown(w, issued(w, claims_of(w), kid=method(w.key("mallory"))))


def relative_kid(w: World) -> str:
    return shown(w, issued(w, claims_of(w), kid="#0"))


def forged(w: World) -> str:
    """Signed by mallory under carol's kid."""
    key = w.key("carol")
    return shown(w, jws(key, header_of(key, TYP), claims_of(w), signer=w.key("mallory")) + "~")


def larger_s(w: World) -> str:
    """Carol's signature with a larger S."""
    signed, _, _ = issued(w, claims_of(w)).rstrip("~").rpartition(".")
    return shown(w, f"{signed}.{url64(unreduced(w.key('carol').sign(signed.encode())))}~")


def forged_without_kid(w: World) -> str:
    return shown(w, issued(w, claims_of(w), by=w.key("mallory"), kid=None))


def key_in_header(w: World) -> str:
    mallory = w.key("mallory")
    return shown(w, issued(w, claims_of(w), by=mallory, kid=None, jwk=mallory.jwk))


def without_issuer(w: World) -> str:
    """Neither `iss` nor `kid`."""
    return shown(w, issued(w, claims_of(w, iss=None), kid=None))


def by_kid_alone(w: World) -> str:
    return shown(w, issued(w, claims_of(w, iss=None)))


def on_p256(w: World, *, high: bool = False) -> str:
    key = w.key("dave", 1)
    return shown(w, jws(key, header_of(key, TYP), claims_of(w, iss=key.did), high=high) + "~")


def by_web(w: World) -> str:
    return shown(w, issued(w, claims_of(w, iss=WEB), kid=f"{WEB}#k"))


def web(name: str, notes: str, relationship: str, verdict: tuple[str, int | None]) -> Recipe:
    """By a did:web whose document lists its key under this relationship alone."""

    def recipe(w: World) -> Case:
        asked = {**question(w, by_web(w)), "documents": served(w.key("carol"), relationship)}
        result = {"issuer": WEB} if verdict[0] == "ok" else {}
        attack = None if verdict[0] == "ok" else 30
        rule = KEY + "listed under assertionMethod"
        return Case(f"sd-jwt/{name}", "verify-sd-jwt", notes, attack, rule, asked, *verdict, result=result)

    return recipe


ACCEPTED: tuple[Recipe, ...] = (
    border("expires-in-a-second", "one second before exp", CLAIMS + "from exp on", exp=after(1)),
    border("begins-within-skew", "60 seconds before nbf", CLAIMS + "more than the skew before", nbf=after(60)),
    good(
        "kid-alone",
        "without iss its kid names the issuer",
        KEY + "the DID of kid",
        by_kid_alone,
        lambda w: {"issuer": w.key("carol").did},
    ),
    good(
        "p256",
        "by a P-256 key",
        KEY + "the key decides the algorithm",
        on_p256,
        lambda w: {"issuer": w.key("dave", 1).did},
    ),
    good(
        "p256-high-s",
        "the upper half of s, which JOSE signers write as well",
        "docs/spec/status.md section JWS: reads either half",
        lambda w: on_p256(w, high=True),
        lambda w: {"issuer": w.key("dave", 1).did},
    ),
    web("did-web", "by a did:web", "assertionMethod", ("ok", None)),
)
REFUSED: tuple[Recipe, ...] = (
    refused("expired", "at the second of exp", CLAIMS + "from exp on", LATE, payload(exp=after(0)), attack=101),
    refused(
        "too-early",
        "61 seconds before nbf",
        CLAIMS + "more than the skew before nbf",
        LATE,
        payload(nbf=after(61)),
        attack=101,
    ),
    refused("issued-later", "61 seconds before iat", CLAIMS + "or iat", LATE, payload(iat=after(61)), attack=101),
    refused(
        "exp-text", "exp as text", CLAIMS + "whole Unix seconds", BAD, payload(exp=lambda w: str(w.now + 60)), attack=57
    ),
    refused(
        "exp-fraction",
        "exp with a fraction",
        CLAIMS + "whole Unix seconds",
        BAD,
        payload(exp=lambda w: w.now + 60.5),
        attack=57,
    ),
    refused(
        "exp-negative", "exp before 1970", CLAIMS + "the years 1970 to 9999", BAD, payload(exp=value(-1)), attack=57
    ),
    refused(
        "exp-year-10000",
        "exp in the year 10000",
        CLAIMS + "the years 1970 to 9999",
        BAD,
        payload(exp=value(253402300800)),
        attack=57,
    ),
    refused("no-vct", "without vct", CLAIMS + "vct", BAD, payload(vct=value(None)), attack=98),
    refused("vct-number", "vct as a number", CLAIMS + "vct", BAD, payload(vct=value(1)), attack=56),
    refused("vct-empty", "an empty vct", CLAIMS + "vct", BAD, payload(vct=value("")), attack=68),
    refused(
        "aka-vcts-text",
        "aka_vcts as text",
        CLAIMS + "aka_vcts",
        BAD,
        payload(aka_vcts=value("https://a.example/t")),
        attack=56,
    ),
    *(
        refused(f"hidden-{name}", f"{name} hidden and shown", CLAIMS + "are never hidden", BAD, hiding(name), attack=98)
        for name in ("iss", "aud", "exp", "nbf", "cnf", "status", "vct")
    ),
    refused(
        "hidden-in-cnf",
        "a decoy within cnf",
        CLAIMS + "nothing within them is",
        BAD,
        within("cnf", lambda w: {"jwk": w.key("scout").jwk}),
        attack=101,
    ),
    refused(
        "hidden-in-status",
        "a decoy within status",
        CLAIMS + "nothing within them is",
        BAD,
        within("status", lambda w: {"status_list": {"idx": 1, "uri": "https://lists.example/1"}}),
        attack=98,
    ),
    refused(
        "other-status",
        "a status that nobody looks up",
        CLAIMS + "status",
        BAD,
        payload(status=value({"other": {}})),
        attack=107,
    ),
    refused(
        "status-index-text",
        "an index as text",
        CLAIMS + "status",
        BAD,
        payload(status=value({"status_list": {"idx": "1", "uri": "https://lists.example/1"}})),
        attack=104,
    ),
    refused(
        "other-audience",
        "the credential is for another verifier",
        CLAIMS + "aud",
        ("wrong_audience", 8),
        payload(aud=lambda w: f"https://other-{w.word('verifier', 'calendar')}.example"),
        attack=83,
    ),
    refused(
        "cnf-two",
        "a key and the name of one",
        CLAIMS + "cnf",
        BAD,
        payload(cnf=lambda w: {"jwk": w.key("scout").jwk, "kid": method(w.key("scout"))}),
        attack=85,
    ),
    refused("cnf-none", "a cnf without a key", CLAIMS + "cnf", BAD, payload(cnf=value({})), attack=85),
    refused(
        "cnf-private",
        "a private key in cnf",
        CLAIMS + "cnf",
        BAD,
        payload(cnf=lambda w: {"jwk": {**w.key("scout").jwk, "d": url64(w.key("scout").seed)}}),
        attack=25,
    ),
    refused(
        "forged",
        "signed by another key, under its issuer's kid",
        KEY + "its key",
        ("bad_signature", 4),
        forged,
        attack=17,
    ),
    refused(
        "forged-without-kid",
        "signed by another key",
        KEY + "its key",
        ("bad_signature", 4),
        forged_without_kid,
        attack=28,
    ),
    refused(
        "larger-s",
        "an S above the order of the group",
        "docs/spec/wire.md section 3: S must be below the group order",
        ("bad_signature", 4),
        larger_s,
        attack=41,
    ),
    refused(
        "kid-of-another", "the kid of another DID", KEY + "must be the issuer's own", UNRESOLVED, another_kid, attack=28
    ),
    refused(
        "kid-relative",
        "a kid that is no absolute DID URL",
        KEY + "that absolute DID URL",
        UNRESOLVED,
        relative_kid,
        attack=29,
    ),
    refused(
        "key-in-header",
        "it brings its own key",
        KEY + "a key in the header is refused",
        ("malformed", 1),
        key_in_header,
        attack=19,
    ),
    refused("no-issuer", "neither iss nor kid", KEY + "the DID of kid", BAD, without_issuer, attack=28),
    refused(
        "issuer-https",
        "an issuer that is no DID",
        KEY + "the issuer is the DID in iss",
        BAD,
        payload(iss=value("https://issuer.example")),
        attack=28,
    ),
    web("did-web-other-relationship", "its key is listed under authentication alone", "authentication", UNRESOLVED),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
