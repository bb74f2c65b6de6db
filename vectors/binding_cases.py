"""Presentation blocks part by part, and what they bind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .approval_cases import approval, asking, presented
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import Part, check, expr, pred, query, value, var
from .world import World

FORM = "docs/spec/wire.md section 7: the parts of a presentation block, in this order"
DOCUMENTS = (
    "docs/spec/verification.md section The procedure: step 3, its DID lists the very key, for what it is used for"
)
CACHED = "docs/spec/verification.md section The cache: the presentation's and the seal's signatures on every use"
LATEST = 253_402_300_799

Wire = Callable[[Scene], str]
Also = Callable[[Scene], dict[str, Any]]


def shown(
    name: str, notes: str, attack: int | None, wire: Wire, verdict: tuple[str, int | None], also: Also | None = None
) -> Presentation:
    return Presentation(f"presentation/{name}", notes, attack, wire, *verdict, also)


def compared(name: str, second: Part, op: Part) -> Part:
    return expr(value(var(name)), value(second), op)


def body(s: Scene, **changed: list[Part]) -> Part:
    """The one query of a presentation block, in parts that can be replaced."""
    parts: dict[str, list[Part]] = {
        "audience": [pred("audience", kit.text(s.audience))],
        "request": [pred("request", kit.octets(s.digest()))],
        "nonce": [pred("nonce", kit.octets(s.nonce))],
        "challenge": [],
        "time": [pred("time", var("time"))],
        "where": [
            compared("time", kit.date(s.now - 30), kit.GREATER_OR_EQUAL),
            compared("time", kit.date(s.now + 60), kit.LESS),
        ],
        **changed,
    }
    where = parts.pop("where")
    return query(*(part for group in parts.values() for part in group), where=where)


def form(name: str, notes: str, changed: Callable[[Scene], dict[str, list[Part]]]) -> Presentation:
    """The baseline, its check with other parts."""
    wire = lambda s: s.wire(s.three_links(), s.bob, checks=[check(body(s, **changed(s)))])  # noqa: E731 - used once
    return Presentation(f"presentation/{name}", notes, 86, wire, "malformed", 1, spec=FORM)


def checked(name: str, notes: str, checks: Callable[[Scene], list[Part]]) -> Presentation:
    wire = lambda s: s.wire(s.three_links(), s.bob, checks=checks(s))  # noqa: E731 - used once
    return Presentation(f"presentation/{name}", notes, 86, wire, "malformed", 1, spec=FORM)


def window(start: Part, stop: Part, name: str = "time") -> list[Part]:
    return [compared(name, start, kit.GREATER_OR_EQUAL), compared(name, stop, kit.LESS)]


def facts(name: str, notes: str, verdict: tuple[str, int | None], *stated: Part) -> Presentation:
    return Presentation(
        f"presentation/fact-{name}",
        notes,
        None if verdict[0] == "ok" else 76,
        lambda s: s.wire(s.three_links(), s.bob, facts=stated),
        *verdict,
        spec=FORM,
    )


FORMS: tuple[Callable[[World], Case], ...] = (
    checked("two-checks", "two checks", lambda s: [check(body(s)), check(body(s))]),
    checked("no-check", "no check at all", lambda s: []),
    checked(
        "two-alternatives",
        "another audience as an alternative",
        lambda s: [check(body(s), body(s, audience=[pred("audience", kit.text(s.elsewhere))]))],
    ),
    form(
        "two-audiences",
        "two names of verifiers",
        lambda s: {"audience": [pred("audience", kit.text(s.audience)), pred("audience", kit.text(s.elsewhere))]},
    ),
    form(
        "audience-with-two-terms",
        "two names in one predicate",
        lambda s: {"audience": [pred("audience", kit.text(s.audience), kit.text(s.elsewhere))]},
    ),
    form(
        "audience-of-bytes",
        "a name that is bytes",
        lambda s: {"audience": [pred("audience", kit.octets(s.audience.encode()))]},
    ),
    form(
        "audience-too-long",
        "a name of 2,049 characters",
        lambda s: {"audience": [pred("audience", kit.text("a" * 2049))]},
    ),
    form(
        "challenge-too-long",
        "a challenge of 2,049 characters",
        lambda s: {"challenge": [pred("challenge", kit.text("a" * 2049))]},
    ),
    form("audience-empty", "a name of no characters", lambda s: {"audience": [pred("audience", kit.text(""))]}),
    form("audience-variable", "any audience", lambda s: {"audience": [pred("audience", var("a"))]}),
    form(
        "order",
        "the request before the audience",
        lambda s: {
            "audience": [pred("request", kit.octets(s.digest()))],
            "request": [pred("audience", kit.text(s.audience))],
        },
    ),
    form(
        "request-of-31-bytes",
        "a digest cut short",
        lambda s: {"request": [pred("request", kit.octets(s.digest()[:-1]))]},
    ),
    form("request-of-text", "a digest in hex", lambda s: {"request": [pred("request", kit.text(s.digest().hex()))]}),
    form("nonce-of-15-bytes", "an id cut short", lambda s: {"nonce": [pred("nonce", kit.octets(s.nonce[:-1]))]}),
    form("nonce-of-17-bytes", "an id too long", lambda s: {"nonce": [pred("nonce", kit.octets(s.nonce + b"\0"))]}),
    form("challenge-empty", "a challenge of no characters", lambda s: {"challenge": [pred("challenge", kit.text(""))]}),
    form("challenge-number", "a challenge that is a number", lambda s: {"challenge": [pred("challenge", kit.num(1))]}),
    form(
        "challenge-behind",
        "the challenge behind the time",
        lambda s: {"time": [pred("time", var("time")), pred("challenge", kit.text(s.challenge))]},
    ),
    form(
        "another-name",
        "the time under another variable",
        lambda s: {"time": [pred("time", var("t"))], "where": window(kit.date(s.now - 30), kit.date(s.now + 60), "t")},
    ),
    form(
        "window-of-integers",
        "times that are integers",
        lambda s: {"where": window(kit.num(s.now - 30), kit.num(s.now + 60))},
    ),
    form("no-end", "without an end", lambda s: {"where": window(kit.date(s.now - 30), kit.date(0))[:1]}),
    form("no-start", "without a beginning", lambda s: {"where": window(kit.date(0), kit.date(s.now + 60))[1:]}),
    form(
        "window-swapped",
        "the end before the beginning",
        lambda s: {"where": window(kit.date(s.now - 30), kit.date(s.now + 60))[::-1]},
    ),
    form(
        "end-included",
        "an end that is included",
        lambda s: {
            "where": [
                compared("time", kit.date(s.now - 30), kit.GREATER_OR_EQUAL),
                compared("time", kit.date(s.now + 60), kit.LESS_OR_EQUAL),
            ]
        },
    ),
    form(
        "further-condition",
        "a third condition",
        lambda s: {
            "where": [
                *window(kit.date(s.now - 30), kit.date(s.now + 60)),
                compared("time", kit.date(s.now + 50), kit.LESS),
            ]
        },
    ),
    form(
        "ends-after-9999",
        "an end that no date has",
        lambda s: {"where": window(kit.date(LATEST - 500), kit.date(LATEST + 1))},
    ),
    facts("credential", "a text that nobody reads here", ("ok", None), kit.fact("credential", kit.text("x"))),
    facts(
        "33-credentials",
        "one too many",
        ("limit_exceeded", 1),
        *(kit.fact("credential", kit.text(f"c{n}")) for n in range(33)),
    ),
    facts(
        "order",
        "an approval behind a credential",
        ("malformed", 1),
        kit.fact("credential", kit.text("x")),
        kit.fact("approval", kit.text("y")),
    ),
    facts("user", "a user, as links state it", ("malformed", 1), kit.fact("user", kit.text("x"))),
    facts("credential-bytes", "a credential that is bytes", ("malformed", 1), kit.fact("credential", kit.octets(b"x"))),
)


def thief(s: Scene) -> str:
    """A presentation by mallory of a chain that was accepted just before."""
    return s.wire(s.three_links(), s.mallory, id=s.other_id)


def resealed(s: Scene) -> str:
    blocks = s.presented(s.three_links(), s.bob, id=s.other_id)
    return kit.url64(kit.container(blocks, kit.pb(2, kit.seal(s.mallory, blocks[-1]))))


def handed_on(s: Scene) -> str:
    return s.wire(s.three_links(), s.bob, next_key=s.mallory, id=s.other_id)


def seen(s: Scene) -> dict[str, Any]:
    return {"before": [s.baseline()]}


def five(s: Scene) -> str:
    approvals = (approval(s, id=kit.url64(bytes((n,)) * 16)) for n in range(5))
    return presented(s, asking(s.bob), *approvals)


BOUND: tuple[Callable[[World], Case], ...] = (
    shown("valid-first-second", "from this very second on", None, lambda s: s.baseline(start=s.now), ("ok", None)),
    shown("valid-last-second", "for one more second", None, lambda s: s.baseline(stop=s.now + 1), ("ok", None)),
    shown("valid-longest", "valid for ten minutes", None, lambda s: s.baseline(stop=s.now + 570), ("ok", None)),
    shown("not-yet", "from the next second on", 81, lambda s: s.baseline(start=s.now + 1), ("outside_validity", 6)),
    shown(
        "challenge-not-asked",
        "an answer to what nobody asked",
        82,
        lambda s: s.baseline(challenge=s.challenge),
        ("wrong_request", 8),
    ),
    shown(
        "challenge-another",
        "an answer to another challenge",
        82,
        lambda s: s.baseline(challenge=s.challenge + "0"),
        ("wrong_request", 8),
        lambda s: {"challenge": s.challenge},
    ),
    shown(
        "action",
        "made for another action",
        84,
        Scene.baseline,
        ("wrong_request", 8),
        lambda s: {"request": s.request(action=f"{s.namespace}:write")},
    ),
    shown(
        "resource",
        "made for another resource",
        84,
        Scene.baseline,
        ("wrong_request", 8),
        lambda s: {"request": s.request(resource=f"{s.tree}/2026-12")},
    ),
    shown(
        "cost",
        "made for a request without a cost",
        84,
        Scene.baseline,
        ("wrong_request", 8),
        lambda s: {"request": s.request(cost={"amount": 1, "currency": "EUR"})},
    ),
    shown(
        "audience-case",
        "another case of the audience's name",
        83,
        lambda s: s.baseline(audience=s.audience.upper()),
        ("wrong_audience", 8),
    ),
    Presentation(
        "presentation/cached-thief",
        "a chain that was accepted before, presented by another",
        132,
        thief,
        "bad_signature",
        4,
        seen,
        CACHED,
    ),
    Presentation(
        "presentation/cached-seal",
        "a chain that was accepted before, sealed by another",
        132,
        resealed,
        "bad_signature",
        4,
        seen,
        CACHED,
    ),
    Presentation(
        "presentation/cached-next-key",
        "a chain that was accepted before, with another next key",
        132,
        handed_on,
        "broken_chain",
        5,
        seen,
        CACHED,
    ),
    Presentation(
        "approval/five-by-one",
        "at most four by one approver",
        8,
        five,
        "limit_exceeded",
        9,
        spec="docs/spec/verification.md section The procedure: step 9, at most 4 of them are by one DID",
    ),
    Presentation(
        "chain/time-issued-before-parent-begins",
        "issued 61 seconds before its parent begins",
        69,
        lambda s: s.delegated(parent=(kit.not_before(s.now - 100),), issued=s.now - 161),
        "outside_validity",
        6,
    ),
    Presentation(
        "chain/valid-issued-before-parent-begins",
        "issued 60 seconds before its parent begins",
        None,
        lambda s: s.delegated(parent=(kit.not_before(s.now - 100),), issued=s.now - 160),
    ),
    Presentation(
        "chain/valid-issued-ahead", "issued 60 seconds from now", None, lambda s: s.one_link(issued=s.now + 60)
    ),
    Presentation(
        "chain/valid-issued-before-parent",
        "issued 60 seconds before its parent",
        None,
        lambda s: s.delegated(issued=s.issued + 1 - 60),
    ),
    Presentation(
        "chain/id-and-depth",
        "two links with one id, issued too early: the ids come first",
        62,
        lambda s: s.delegated(id=s.link_id(1), issued=s.issued - 100),
        "broken_chain",
        5,
    ),
    Presentation(
        "caveat-agent/no-credential",
        "an agent of whom nobody says anything",
        68,
        lambda s: s.one_link(check(query(pred("attested", kit.text("holder"), kit.texts(s.mallory.did))))),
        "denied",
        9,
        spec="docs/spec/caveats.md section Agent: without a credential it prohibits",
    ),
)


RECIPES: tuple[Callable[[World], Case], ...] = (*FORMS, *BOUND)
