"""Steps 6 to 8 of `verify-mandate`: times, status, and for whom the last hop was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit
from .mandate_link_cases import BAD, LINK, Recipe
from .mandate_scene import HOUR, Chain, Purchase, Scene, Verdict, recipe
from .world import World

TIMES = "docs/spec/mandate.md section Times: "
STATUS = "docs/spec/mandate.md section Status: "
BOUND = "docs/spec/mandate.md section Order and codes: "
LATE, REVOKED, UNKNOWN = ("outside_validity", 6), ("revoked", 7), ("stale_status", None)
URI = "https://lists.example/mandates"
SKEW = "300 seconds for clocks that differ, at both ends"
EARLY = "the latest of the starts, in the JWT and in the content"
END = "a hop may not end after the one before it, nor be made before it"
AGE = "a closed mandate may be 3,600 seconds old, unless the verifier says otherwise"


def ordering(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    verdict: Verdict,
    *,
    input: Any = None,
    document: Any = None,
    offer: Any = None,
    reasons: tuple[str, ...] = (),
    clock: Callable[[World], tuple[int, int]] | None = None,
    **chain: Any,
) -> Recipe:
    """An order whose chain, or whose verifier, differs in one point."""
    asked = {} if input is None else input
    purchase = Purchase(order=Chain(**chain), input=asked, document=document, offer=offer)
    return recipe(name, notes, attack, spec, verdict, kind="checkout", purchase=purchase, reasons=reasons, clock=clock)


def later(seconds: int) -> Callable[[World], tuple[int, int]]:
    """So long after the user's mandate was made."""
    return lambda w: (w.now + seconds, w.now)


def at(**offsets: int | None) -> Callable[[Scene], dict[str, Any]]:
    """Times in the content, by what lies between them and now."""
    return lambda scene: {name: ... if far is None else scene.now + far for name, far in offsets.items()}


def claims(**offsets: int | None) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"claims": at(**offsets)(scene)}


def time(name: str, notes: str, attack: int | None, rule: str, verdict: Verdict, **parts: Any) -> Recipe:
    return ordering(f"time-{name}", notes, attack, TIMES + rule, verdict, **parts)


def entry(index: int = 0) -> dict[str, Any]:
    return {"status": {"status_list": {"idx": index, "uri": URI}}}


def lists(
    *values: int, age: int = 10, signer: str = "lists", issuer: str = "lists"
) -> Callable[[Scene], dict[str, Any]]:
    """A verifier that has one list with these values."""

    def asked(scene: Scene) -> dict[str, Any]:
        text = testkit.status_list(scene.w.key(signer), URI, values, at=scene.now - age)
        return {"status": {"lists": [text], "staleness": 300, "issuers": {URI: scene.w.key(issuer).did}}}

    return asked


def status(name: str, notes: str, attack: int | None, verdict: Verdict, asked: Any, **parts: Any) -> Recipe:
    rule = "an entry of a Token Status List"
    return ordering(f"status-{name}", notes, attack, STATUS + rule, verdict, input=asked, **parts)


def bound(name: str, notes: str, attack: int | None, rule: str, verdict: Verdict, **parts: Any) -> Recipe:
    return ordering(f"bound-{name}", notes, attack, BOUND + rule, verdict, **parts)


AUDIENCE, UNBOUND = (
    "8, audience and nonce of the last hop",
    "a closed mandate by an anchor may name nobody, if a verifier takes those",
)
FREE = {"aud": ..., "nonce": ...}
ROOT = {"claims": entry()}
RECIPES: tuple[Recipe, ...] = (
    time(
        "open-last-second", "300 seconds after the end of the user's mandate", None, SKEW, None, clock=later(HOUR + 300)
    ),
    time("open-over", "301 seconds after it", 112, SKEW, LATE, clock=later(HOUR + 301)),
    time("open-no-end", "an open mandate without exp", 69, "an open mandate must have exp", BAD, open={"exp": ...}),
    time(
        "open-end-beside",
        "exp beside the content is earlier",
        112,
        "the earliest of the ends",
        LATE,
        root=claims(exp=-301),
    ),
    time("open-starts-soon", "nbf in 300 seconds", None, SKEW, None, open=at(nbf=300)),
    time("open-not-yet", "nbf in 301 seconds", 112, SKEW, LATE, open=at(nbf=301)),
    time("open-not-yet-beside", "nbf beside the content", 112, EARLY, LATE, root=claims(nbf=301)),
    time("closed-ahead", "made 300 seconds from now", None, SKEW, None, hop=claims(iat=300)),
    time("closed-from-the-future", "made 301 seconds from now", 112, SKEW, LATE, hop=claims(iat=301)),
    time("closed-last-second", "ended 300 seconds ago", None, SKEW, None, closed=at(exp=-300)),
    time("closed-over", "ended 301 seconds ago", 112, SKEW, LATE, closed=at(exp=-301)),
    time("closed-ends-with-open", "both end together", None, END, None, closed=at(exp=HOUR)),
    time("closed-ends-after-open", "a second longer than the user's mandate", 69, END, LINK, closed=at(exp=HOUR + 1)),
    time("closed-before-open", "made 301 seconds before the user's mandate", 112, END, LINK, hop=claims(iat=-361)),
    time("closed-skewed", "made 300 seconds before it, by another clock", None, END, None, hop=claims(iat=-360)),
    time(
        "old",
        "3,600 seconds old, and 300 for the clocks",
        None,
        AGE,
        None,
        open=at(iat=-5000, exp=HOUR),
        hop=claims(iat=-3900),
    ),
    time("too-old", "a second older", 112, AGE, LATE, open=at(iat=-5000, exp=HOUR), hop=claims(iat=-3901)),
    time(
        "older-than-asked",
        "361 seconds, where 60 are taken",
        112,
        AGE,
        LATE,
        input={"age": 60},
        open=at(iat=-5000, exp=HOUR),
        hop=claims(iat=-361),
    ),
    time(
        "no-skew", "a second ahead, where clocks must not differ", 112, SKEW, LATE, input={"skew": 0}, hop=claims(iat=1)
    ),
    time(
        "fraction",
        "exp with a fraction",
        57,
        "times are as of every SD-JWT",
        BAD,
        open=lambda scene: {"exp": scene.now + 0.5},
    ),
    time(
        "text", "exp as text", 57, "times are as of every SD-JWT", BAD, open=lambda scene: {"exp": str(scene.now + 60)}
    ),
    time("true", "nbf is true", 57, "times are as of every SD-JWT", BAD, closed={"nbf": True}),
    time("negative", "nbf before 1970", 57, "times are as of every SD-JWT", BAD, closed={"nbf": -1}),
    time("far", "exp after the year 9999", 57, "times are as of every SD-JWT", BAD, open={"exp": 253_402_300_800}),
    time(
        "direct-end-alone",
        "by the user, with exp alone",
        None,
        "one that an anchor signed must have iat or exp",
        None,
        direct=True,
        hop={"claims": {"iat": ...}},
        closed=at(exp=60),
    ),
    time(
        "direct-endless",
        "by the user, good for ever",
        69,
        "one that an anchor signed must have iat or exp",
        BAD,
        direct=True,
        hop={"claims": {"iat": ...}},
    ),
    status("valid", "0", None, None, lists(0), root=ROOT),
    status("in-content", "in the content, as others have it", None, None, lists(0), open=entry()),
    status("revoked", "the user's mandate, 1", 71, REVOKED, lists(1), root=ROOT),
    status("revoked-in-content", "the same in the content", 71, REVOKED, lists(1), open=entry()),
    status("suspended", "2", 71, ("suspended", 7), lists(2), root=ROOT),
    status("closed-revoked", "the closed mandate", 71, REVOKED, lists(0, 1), root=ROOT, hop={"claims": entry(1)}),
    status(
        "middle-revoked",
        "the mandate in the middle",
        71,
        REVOKED,
        lists(0, 1),
        root=ROOT,
        open={"attorn": {"redelegations": 1}},
        middle=({"claims": entry(1)},),
    ),
    status("unknown-value", "a value that nobody knows", 108, ("bad_status", 7), lists(9), root=ROOT),
    status("past-the-end", "an entry behind the last", 104, ("bad_status", 7), lists(0), root={"claims": entry(1)}),
    status("nobody-to-ask", "a verifier that looks up no lists", 107, UNKNOWN, None, root=ROOT),
    status(
        "not-at-hand",
        "the list is not there",
        107,
        UNKNOWN,
        lambda scene: {"status": {"lists": [], "staleness": 300, "issuers": {URI: scene.user.did}}},
        root=ROOT,
    ),
    status("too-old", "a list of 601 seconds ago, where 300 are taken", 107, UNKNOWN, lists(0, age=601), root=ROOT),
    status("of-another", "a list by mallory", 107, UNKNOWN, lists(0, signer="mallory"), root=ROOT),
    status(
        "by-nobody",
        "a bare key, whose DID nobody knows",
        107,
        UNKNOWN,
        lambda scene: {"status": {"lists": [], "staleness": 300}},
        root=ROOT,
    ),
    status("twice", "in the content and beside it", 107, BAD, lists(0), root=ROOT, open=entry()),
    status(
        "another-kind",
        "a second kind of status beside it",
        107,
        BAD,
        lists(0),
        root={"claims": {"status": {**entry()["status"], "oauth": {}}}},
    ),
    status("negative", "an index below 0", 104, BAD, lists(0), root={"claims": entry(-1)}),
    bound(
        "another-audience",
        "for somebody else",
        83,
        AUDIENCE,
        ("wrong_audience", 8),
        hop={"claims": {"aud": "did:web:another.example"}},
    ),
    bound(
        "audience-case",
        "another case",
        52,
        AUDIENCE,
        ("wrong_audience", 8),
        hop=lambda scene: {"claims": {"aud": scene.w.audience.upper()}},
    ),
    bound(
        "audience-slash",
        "a slash behind it",
        83,
        AUDIENCE,
        ("wrong_audience", 8),
        hop=lambda scene: {"claims": {"aud": scene.w.audience + "/"}},
    ),
    bound("another-nonce", "another nonce", 82, AUDIENCE, ("wrong_request", 8), hop={"claims": {"nonce": "another"}}),
    bound(
        "middle-for-others",
        "what a hop in the middle names was for somebody else",
        None,
        "intermediate hops must name both",
        None,
        open={"attorn": {"redelegations": 1}},
        middle=({"claims": {"aud": "somebody", "nonce": "else"}},),
    ),
    bound(
        "middle-unbound",
        "a hop in the middle for nobody",
        101,
        "intermediate hops must name both",
        BAD,
        open={"attorn": {"redelegations": 1}},
        middle=({"claims": {"aud": ...}},),
    ),
    bound("direct", "by the user, for this audience", None, UNBOUND, None, direct=True),
    bound(
        "direct-free",
        "by the user for nobody, where that is taken",
        None,
        UNBOUND,
        None,
        direct=True,
        hop={"claims": FREE},
        input={"unbound": True},
    ),
    bound(
        "direct-free-refused",
        "by the user for nobody",
        83,
        UNBOUND,
        ("wrong_audience", 8),
        direct=True,
        hop={"claims": FREE},
    ),
    bound(
        "direct-no-nonce",
        "by the user for this audience, without a nonce",
        82,
        UNBOUND,
        ("wrong_request", 8),
        direct=True,
        hop={"claims": {"nonce": ...}},
    ),
    bound(
        "direct-for-another",
        "what it names is compared",
        83,
        UNBOUND,
        ("wrong_audience", 8),
        direct=True,
        hop={"claims": {"aud": "another"}},
        input={"unbound": True},
    ),
    bound(
        "hop-free",
        "an agent's mandate must be for somebody",
        83,
        UNBOUND,
        BAD,
        hop={"claims": FREE},
        input={"unbound": True},
    ),
)
