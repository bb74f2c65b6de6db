"""The presentation, the caveats in it, and what a retry states: steps 1, 6 and 8 to 10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene, sealed
from .testkit import Part, check, pb, pred, query
from .world import World

FORM = "docs/spec/wire.md section 7: the parts of a presentation block, in this order"
SEAL = "docs/spec/wire.md section 7: the links, one presentation block, the seal"
RETRY = "docs/spec/wire.md section 7: one idempotency key of 1 to 255 printable ASCII characters"
UNKNOWN = "docs/spec/caveats.md section 3: a check that stands for no caveat prohibits"

Wire = Callable[[Scene], str]
Also = Callable[[Scene], dict[str, Any]]
ONE_USE = check(query(pred("max_uses", kit.num(1))))
MONTHLY = check(query(pred("spaced", kit.text("month"))))


def shown(
    name: str, notes: str, attack: int | None, wire: Wire, code: str, step: int | None, also: Also | None = None
) -> Presentation:
    return Presentation(f"presentation/{name}", notes, attack, wire, code, step, also)


def not_holder(name: str, notes: str, attack: int, wire: Wire) -> Presentation:
    return Presentation(f"presentation/{name}", notes, attack, wire, "not_holder", 8, spec=SEAL)


def denied(name: str, notes: str, attack: int, check: Callable[[Scene], Part], spec: str | None = None) -> Presentation:
    """A second link with this caveat; the request is the usual one."""
    return Presentation(f"caveat-{name}", notes, attack, lambda s: s.delegated(check(s)), "denied", 9, spec=spec)


def with_proof(proof: Callable[[Scene, list[kit.Signed]], bytes], take: slice = slice(None)) -> Wire:
    """The baseline with another proof, made from the scene and all blocks; `take` says which of them are sent."""

    def wire(s: Scene) -> str:
        blocks = s.presented(s.three_links(), s.bob)
        return kit.url64(kit.container(blocks[take], proof(s, blocks)))

    return wire


def alone(s: Scene) -> str:
    symbols = kit.Symbols([])
    payload = b"".join(kit.block_fields(symbols, (), [s.presentation_check()]))
    return sealed([kit.sign(s.bob, payload, s.bob, None, symbols.added)], s.bob)


def unbound(name: str, notes: str, left_out: int) -> Presentation:
    """The baseline, one of the four predicates left out."""

    def wire(s: Scene) -> str:
        body = [pred("audience", kit.text(s.audience)), pred("request", kit.octets(s.digest()))]
        body += [pred("nonce", kit.octets(s.nonce)), pred("time", kit.var("time"))]
        del body[left_out]
        low = kit.expr(kit.value(kit.var("time")), kit.value(kit.date(s.now - 30)), kit.GREATER_OR_EQUAL)
        high = kit.expr(kit.value(kit.var("time")), kit.value(kit.date(s.now + 60)), kit.LESS)
        return s.wire(s.three_links(), s.bob, checks=[check(query(*body, where=[low, high]))])

    return Presentation(f"presentation/{name}", notes, 86, wire, "malformed", 1, spec=FORM)


def delete(s: Scene) -> dict[str, Any]:
    return {"action": f"{s.namespace}:delete", "args": {}}


def wider(s: Scene) -> str:
    chain = s.two_links(kit.actions(s.action, f"{s.namespace}:delete"))
    return s.wire(chain, s.scout, request=s.digest(**delete(s)))


def retry(name: str, notes: str, code: str, facts: Callable[[Scene], list[Part]]) -> Presentation:
    wire = lambda s: s.wire(s.three_links(), s.bob, facts=facts(s))  # noqa: E731 - one expression, used once
    step = None if code == "ok" else 1
    return Presentation(f"presentation/retry-{name}", notes, 121, wire, code, step, spec=RETRY)


def keyed(*texts: str) -> Callable[[Scene], list[Part]]:
    return lambda s: [kit.fact("idempotency", kit.text(text)) for text in texts]


HOLDER: tuple[Callable[[World], Case], ...] = (
    not_holder("in-transit", "an empty proof", 85, with_proof(lambda s, blocks: b"")),
    not_holder("secret", "a bearer's secret in place of the seal", 63, with_proof(lambda s, blocks: pb(1, s.bob.seed))),
    not_holder("none-but-sealed", "sealed without a presentation", 86, lambda s: sealed(s.three_links(), s.bob)),
    not_holder("alone", "a sealed presentation of no link", 86, alone),
    not_holder(
        "stripped",
        "the presentation cut off, its seal kept",
        59,
        with_proof(lambda s, blocks: pb(2, kit.seal(s.bob, blocks[-1])), slice(3)),
    ),
    shown("thief", "presented by another key", 85, lambda s: s.wire(s.three_links(), s.mallory), "bad_signature", 4),
    shown(
        "seal-by-another",
        "sealed by another key",
        63,
        with_proof(lambda s, blocks: pb(2, kit.seal(s.mallory, blocks[-1]))),
        "bad_signature",
        4,
    ),
    shown(
        "two",
        "a presentation of a presentation",
        63,
        lambda s: s.wire(s.presented(s.three_links(), s.bob), s.bob, id=s.other_id),
        "not_admitted",
        1,
    ),
    shown(
        "extended",
        "a link behind the presentation",
        63,
        lambda s: s.wire(s.extend(s.presented(s.three_links(), s.bob), s.bob, s.scout), s.scout),
        "not_admitted",
        1,
    ),
)
BINDING: tuple[Callable[[World], Case], ...] = (
    shown(
        "valid-challenge",
        "a challenge, answered",
        None,
        lambda s: s.baseline(challenge=s.challenge),
        "ok",
        None,
        lambda s: {"challenge": s.challenge},
    ),
    shown(
        "valid-another-nonce",
        "a second presentation of the same chain",
        None,
        lambda s: s.baseline(id=s.other_id),
        "ok",
        None,
        lambda s: {"before": [s.baseline()]},
    ),
    unbound("no-audience", "without an audience", 0),
    unbound("no-request", "without a request digest", 1),
    unbound("no-nonce", "without an id", 2),
    unbound("no-time", "without a time", 3),
    shown("stopped", "valid until now", 81, lambda s: s.baseline(stop=s.now), "outside_validity", 6),
    shown(
        "too-long",
        "valid for ten minutes and a second",
        81,
        lambda s: s.baseline(stop=s.now + 571),
        "outside_validity",
        6,
    ),
    shown("audience", "made for another audience", 83, lambda s: s.baseline(audience=s.elsewhere), "wrong_audience", 8),
    shown(
        "argument",
        "made for another argument",
        84,
        Scene.baseline,
        "wrong_request",
        8,
        lambda s: {"request": s.request(args={"limit": 11})},
    ),
    shown(
        "no-challenge",
        "the challenge is not answered",
        82,
        Scene.baseline,
        "wrong_request",
        8,
        lambda s: {"challenge": s.challenge},
    ),
    shown("replayed", "used before", 80, Scene.baseline, "replayed", 8, lambda s: {"before": [s.baseline()]}),
    shown(
        "same-id",
        "another presentation with a used id",
        80,
        lambda s: s.baseline(stop=s.now + 61),
        "replayed",
        8,
        lambda s: {"before": [s.baseline()]},
    ),
)
RETRIES: tuple[Callable[[World], Case], ...] = (
    retry("key", "a key for tries of one use", "ok", keyed("order-1")),
    retry("empty", "no text", "malformed", keyed("")),
    retry("longest", "255 characters", "ok", keyed("k" * 255)),
    retry("too-long", "256 characters", "malformed", keyed("k" * 256)),
    retry("control", "a control character", "malformed", keyed("a\nb")),
    retry("not-ascii", "a letter beyond ASCII", "malformed", keyed("\u00e9")),
    retry("twice", "two keys", "malformed", keyed("a", "b")),
    retry("two-terms", "two texts", "malformed", lambda s: [kit.fact("idempotency", kit.text("a"), kit.text("b"))]),
    retry("number", "a number", "malformed", lambda s: [kit.fact("idempotency", kit.num(1))]),
    retry("another-fact", "a fact of another name", "malformed", lambda s: [kit.fact("operation", kit.text(s.action))]),
)
CAVEATS: tuple[Callable[[World], Case], ...] = (
    Presentation("caveat-max-uses/first-use", "one use, not used yet", None, lambda s: s.one_link(ONE_USE)),
    Presentation("caveat-spaced/first-use", "a month apart, not used yet", None, lambda s: s.one_link(MONTHLY)),
    Presentation(
        "caveat-actions/parent-forbids",
        "an action that the parent does not allow, and the child does",
        67,
        wider,
        "denied",
        9,
        lambda s: {"request": s.request(**delete(s))},
    ),
    denied(
        "resources/boundary",
        "a prefix that ends within a segment covers nothing",
        53,
        lambda s: kit.resources(s.tree[:-2]),
        "docs/spec/caveats.md section Resources: whole path segments",
    ),
    denied(
        "unknown/name",
        "a check that nobody knows",
        68,
        lambda s: check(query(pred("weather", kit.text("fine")))),
        UNKNOWN,
    ),
    denied("unknown/always-true", "a check without any limit is no caveat", 68, lambda s: check(query()), UNKNOWN),
    denied(
        "equals/true-is-not-one",
        "limit = true",
        56,
        lambda s: check(query(pred("arg", kit.text("limit"), kit.flag(True)))),
        UNKNOWN,
    ),
    denied(
        "equals/text-is-no-number",
        'limit = "10"',
        56,
        lambda s: check(query(pred("arg", kit.text("limit"), kit.text("10")))),
        UNKNOWN,
    ),
    denied(
        "expires/time-as-number",
        "a time that is an integer",
        57,
        lambda s: kit.compare("time", variable="time", op=kit.LESS, to=kit.num(-(2**63))),
        UNKNOWN,
    ),
    denied("spaced/by-hours", "no such period", 68, lambda s: check(query(pred("spaced", kit.text("hour")))), UNKNOWN),
    Presentation(
        "caveat-spaced/too-soon",
        "uses a month apart, used just before",
        67,
        lambda s: s.one_link(MONTHLY, nonce=s.other_id),
        "denied",
        10,
        lambda s: {"before": [s.one_link(MONTHLY)]},
    ),
    Presentation(
        "caveat-max-uses/used-up",
        "one use, used",
        67,
        lambda s: s.one_link(ONE_USE, nonce=s.other_id),
        "denied",
        10,
        lambda s: {"before": [s.one_link(ONE_USE)]},
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*HOLDER, *BINDING, *RETRIES, *CAVEATS)
