"""The presentation and the caveats: steps 6 and 8 to 10."""

from __future__ import annotations

from vectors import testkit as kit
from vectors.scenario import Case, one_link, wire
from vectors.testkit import ALICE, BOB, MALLORY, NOW, PLANNER, SCOUT, pb

CHAIN = kit.three_links()
PRESENTED = kit.presented(CHAIN, BOB)
READ = kit.actions(kit.ACTION)
DELETE = {"action": "events:delete", "args": {}}
GOOD = kit.baseline()
ONE_USE = kit.check(kit.query(kit.pred("max_uses", kit.num(1))))

MONTHLY = kit.check(kit.query(kit.pred("spaced", kit.text("month"))))


def with_proof(proof: bytes, blocks: list[kit.Signed] | None = None) -> str:
    return kit.url64(kit.container(blocks or PRESENTED, proof))


def denied(name: str, notes: str, attack: int, *checks: kit.Part) -> Case:
    """A second link with these caveats; the request is the usual one."""
    text = wire(kit.extend(kit.extend([], ALICE, PLANNER, [READ]), PLANNER, SCOUT, checks), SCOUT)
    return Case(name, notes, attack, text, "denied", 9)


def wider() -> str:
    chain = kit.extend([], ALICE, PLANNER, [READ])
    chain = kit.extend(chain, PLANNER, SCOUT, [kit.actions(kit.ACTION, "events:delete")])
    return wire(chain, SCOUT, request=kit.digest(action="events:delete", args={}))


def not_holder(name: str, notes: str, attack: int, text: str) -> Case:
    return Case(name, notes, attack, text, "not_holder", 8)


def alone() -> str:
    symbols = kit.Symbols([])
    payload = b"".join(kit.block_fields(symbols, (), [kit.presentation_check()]))
    return kit.url64(kit.sealed([kit.sign(BOB, payload, BOB, None, symbols.added)], BOB))


def unbound(name: str, notes: str, left_out: int) -> Case:
    body = [kit.pred("audience", kit.text(kit.AUDIENCE)), kit.pred("request", kit.octets(kit.digest()))]
    body += [kit.pred("nonce", kit.octets(bytes(16))), kit.pred("time", kit.var("time"))]
    del body[left_out]
    low = kit.expr(kit.value(kit.var("time")), kit.value(kit.date(NOW - 30)), kit.GREATER_OR_EQUAL)
    high = kit.expr(kit.value(kit.var("time")), kit.value(kit.date(NOW + 60)), kit.LESS)
    checks = [kit.check(kit.query(*body, where=[low, high]))]
    return Case(name, notes, 86, wire(CHAIN, BOB, checks=checks), "malformed", 1)


CASES: tuple[Case, ...] = (
    Case("valid/challenge", "a challenge, answered", None, kit.baseline(challenge="7f3a"), challenge="7f3a"),
    Case(
        "valid/another-nonce",
        "a second presentation of the same chain",
        None,
        kit.baseline(id=bytes(16)),
        before=(GOOD,),
    ),
    Case("valid/first-use", "one use, not used yet", None, one_link(ONE_USE)),
    Case("valid/first-spaced", "uses a month apart, not used yet", None, one_link(MONTHLY)),
    not_holder("holder/in-transit", "an empty proof", 85, with_proof(b"")),
    not_holder("holder/secret", "a bearer's secret in place of the seal", 63, with_proof(pb(1, BOB.seed))),
    not_holder("holder/no-presentation", "sealed without a presentation", 86, kit.url64(kit.sealed(CHAIN, BOB))),
    not_holder("holder/presentation-alone", "a sealed presentation of no link", 86, alone()),
    not_holder(
        "holder/stripped",
        "the presentation cut off, its seal kept",
        59,
        with_proof(pb(2, kit.seal(BOB, PRESENTED[-1])), CHAIN),
    ),
    Case("holder/thief", "presented by another key", 85, wire(CHAIN, MALLORY), "bad_signature", 4),
    Case(
        "holder/seal-by-another",
        "sealed by another key",
        63,
        with_proof(pb(2, kit.seal(MALLORY, PRESENTED[-1]))),
        "bad_signature",
        4,
    ),
    Case(
        "holder/two-presentations",
        "a presentation of a presentation",
        63,
        wire(PRESENTED, BOB, id=bytes(16)),
        "not_admitted",
        1,
    ),
    Case(
        "holder/extended",
        "a link behind the presentation",
        63,
        wire(kit.extend(PRESENTED, BOB, SCOUT), SCOUT),
        "not_admitted",
        1,
    ),
    unbound("presentation/no-audience", "without an audience", 0),
    unbound("presentation/no-request", "without a request digest", 1),
    unbound("presentation/no-nonce", "without an id", 2),
    unbound("presentation/no-time", "without a time", 3),
    Case("presentation/stopped", "valid until now", 81, kit.baseline(stop=NOW), "outside_validity", 6),
    Case(
        "presentation/too-long",
        "valid for ten minutes and a second",
        81,
        kit.baseline(stop=NOW + 571),
        "outside_validity",
        6,
    ),
    Case(
        "presentation/audience",
        "made for another audience",
        83,
        kit.baseline(audience="did:web:mail.example"),
        "wrong_audience",
        8,
    ),
    Case("presentation/argument", "made for another argument", 84, GOOD, "wrong_request", 8, args={"limit": 11}),
    Case("presentation/no-challenge", "the challenge is not answered", 82, GOOD, "wrong_request", 8, challenge="7f3a"),
    Case("presentation/replayed", "used before", 80, GOOD, "replayed", 8, before=(GOOD,)),
    Case(
        "presentation/same-id",
        "another presentation with a used id",
        80,
        kit.baseline(stop=NOW + 61),
        "replayed",
        8,
        before=(GOOD,),
    ),
    Case(
        "caveat/action",
        "an action that the parent does not allow, and the child does",
        67,
        wider(),
        "denied",
        9,
        **DELETE,
    ),  # type: ignore[arg-type]
    denied("caveat/resource-boundary", "cal://ali does not cover cal://alice", 53, kit.resources("cal://ali")),
    denied(
        "caveat/unknown", "a check that nobody knows", 68, kit.check(kit.query(kit.pred("weather", kit.text("fine"))))
    ),
    denied("caveat/always-true", "a check without any limit is no caveat", 68, kit.check(kit.query())),
    denied(
        "caveat/true-is-not-one",
        "limit = true",
        56,
        kit.check(kit.query(kit.pred("arg", kit.text("limit"), kit.flag(True)))),
    ),
    denied(
        "caveat/text-is-no-number",
        'limit = "10"',
        56,
        kit.check(kit.query(kit.pred("arg", kit.text("limit"), kit.text("10")))),
    ),
    denied(
        "caveat/time-as-number",
        "a time that is an integer",
        57,
        kit.compare("time", variable="time", op=kit.LESS, to=kit.num(-(2**63))),
    ),
    denied("caveat/spaced-by-hours", "no such period", 68, kit.check(kit.query(kit.pred("spaced", kit.text("hour"))))),
    Case(
        "caveat/too-soon",
        "uses a month apart, used just before",
        67,
        one_link(MONTHLY, nonce=bytes(16)),
        "denied",
        10,
        before=(one_link(MONTHLY),),
    ),
    Case(
        "caveat/used-up",
        "one use, used",
        67,
        one_link(ONE_USE, nonce=bytes(16)),
        "denied",
        10,
        before=(one_link(ONE_USE),),
    ),
)
