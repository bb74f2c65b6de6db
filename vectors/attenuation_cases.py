"""Tokens passed on: the bytes for every kind of caveat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import caveat_checks as checks
from . import testkit as kit
from .attenuation import PassedOn, stamp
from .case import Case
from .scene import Scene
from .testkit import Part
from .world import World


def kind(name: str, said: Any, part: Callable[[Scene], Part], section: str) -> PassedOn:
    """One caveat of a kind: its JSON, or what makes it, and its check."""
    say = said if callable(said) else lambda s: said
    words = f"docs/spec/caveats.md section {section}: how it is written"
    return PassedOn(f"caveat-{name}", f"one caveat: {name}", lambda s: [say(s)], lambda s: [part(s)], words)


def text(fact: str, *terms: Part) -> Part:
    return checks.alone(fact, *terms)


def each(*literals: checks.Literal) -> Callable[[Scene], Part]:
    """A check with an alternative for each of these."""
    return lambda s: checks.any_of(*literals)


def nested(s: Scene) -> Part:
    first = checks.said("text", kit.text("env"), kit.text("test"))
    return kit.check(
        checks.alternative(first, checks.within("n", 1, 5)),
        checks.alternative(first, checks.starting("text", "name", "x", negate=True)),
    )


def approved(s: Scene) -> Part:
    dids = kit.texts(s.bob.did, s.carol.did)
    first = kit.query(kit.pred("approved", kit.num(2), dids))
    return kit.check(first, checks.alternative(checks.number("n", ("0", kit.LESS, 100))))


def attested(s: Scene) -> Part:
    return text("attested", kit.text("every"), kit.texts(s.mallory.did), kit.texts("model=m-1", "provider=p"))


def bits(text_: str) -> str:
    return "4:" + "".join(f"{int(part):08b}" for part in text_.split("."))


SCOPE: tuple[Callable[[World], Case], ...] = (
    PassedOn("plain", "nothing added: the authority as it is", lambda s: [], lambda s: []),
    PassedOn("purpose", "a purpose, which is a fact", lambda s: [], lambda s: [], purpose="find a free hour"),
    PassedOn(
        "several",
        "three caveats, in the order in which they are said",
        lambda s: [{"MaxUses": 3}, {"Resources": [s.tree]}, {"Range": {"name": "limit", "maximum": 5}}],
        lambda s: [
            text("max_uses", kit.num(3)),
            kit.resources(s.tree),
            checks.any_of(checks.within("limit", None, 5)),
        ],
    ),
    PassedOn(
        "to-p256",
        "to a delegate with a P-256 key",
        lambda s: [],
        lambda s: [],
        delegate=lambda s: (s.carol.did, s.carol, None),
    ),
    PassedOn(
        "to-did-jwk",
        "to a delegate that is a did:jwk",
        lambda s: [],
        lambda s: [],
        delegate=lambda s: (s.scout.did_jwk, s.scout, s.scout.did_jwk + "#0"),
    ),
    PassedOn(
        "to-itself",
        "to itself: counted in depth",
        lambda s: [],
        lambda s: [],
        delegate=lambda s: (s.planner.did, s.planner, None),
    ),
    kind("actions", lambda s: {"Actions": [s.action]}, lambda s: s.read, "Actions"),
    kind("resources", lambda s: {"Resources": [s.tree]}, lambda s: kit.resources(s.tree), "Resources"),
    kind(
        "audience", lambda s: {"Audience": [s.audience]}, lambda s: text("audience", kit.text(s.audience)), "Audience"
    ),
    kind(
        "not-before",
        lambda s: {"NotBefore": stamp(s.now - 5)},
        lambda s: kit.not_before(s.now - 5),
        "NotBefore",
    ),
    kind("expires", lambda s: {"Expires": stamp(s.now + 60)}, lambda s: kit.expires(s.now + 60), "NotBefore"),
    kind("expires-in", {"ExpiresIn": "1h30m"}, lambda s: kit.expires(s.now + 5400), "NotBefore"),
    kind("max-depth", {"MaxDepth": 2}, lambda s: kit.max_depth(2), "MaxDepth"),
    kind("no-delegation", {"NoDelegation": {}}, lambda s: kit.max_depth(1), "MaxDepth"),
    kind("max-uses", {"MaxUses": 10}, lambda s: text("max_uses", kit.num(10)), "MaxUses"),
    kind(
        "rate",
        {"Rate": {"n": 5, "per": "minute"}},
        lambda s: text("rate", kit.num(5), kit.text("minute")),
        "MaxUses",
    ),
    kind(
        "budget",
        {"Budget": {"amount": 5000, "currency": "EUR", "per": "day"}},
        lambda s: text("budget", kit.num(5000), kit.text("EUR"), kit.text("day")),
        "MaxUses",
    ),
    kind(
        "budget-in-all",
        {"Budget": {"amount": 5000, "currency": "EUR"}},
        lambda s: text("budget", kit.num(5000), kit.text("EUR"), kit.text("total")),
        "MaxUses",
    ),
    kind("spaced", {"Spaced": "month"}, lambda s: text("spaced", kit.text("month")), "Spaced"),
    kind(
        "status",
        lambda s: {"Status": {"uri": s.list_uri, "index": 7, "issuer": s.mallory.did}},
        lambda s: text("status", kit.text("token"), kit.text(s.list_uri), kit.num(7), kit.text(s.mallory.did)),
        "Status",
    ),
    kind(
        "fresh-list",
        lambda s: {"FreshList": s.alice.did},
        lambda s: text("fresh_list", kit.text(s.alice.did)),
        "Status",
    ),
    kind(
        "requires-approval",
        lambda s: {
            "RequiresApproval": {
                "by": [s.bob.did, s.carol.did],
                "threshold": 2,
                "when": [{"Range": {"name": "n", "minimum": 100}}],
            }
        },
        approved,
        "RequiresApproval",
    ),
    kind(
        "agent",
        lambda s: {"Agent": {"attested_by": s.mallory.did, "every": True, "model": "m-1", "provider": "p"}},
        attested,
        "Agent",
    ),
)
ARGUMENTS: tuple[Callable[[World], Case], ...] = (
    kind(
        "equals-text",
        {"Equals": {"name": "env", "value": "test"}},
        lambda s: text("text", kit.text("env"), kit.text("test")),
        "Equals",
    ),
    kind(
        "equals-negative",
        {"Equals": {"name": "n", "value": -1}},
        lambda s: text("integer", kit.text("n"), kit.num(-1)),
        "Equals",
    ),
    kind(
        "equals-true",
        {"Equals": {"name": "on", "value": True}},
        lambda s: text("boolean", kit.text("on"), kit.flag(True)),
        "Equals",
    ),
    kind("equals-null", {"Equals": {"name": "p", "value": None}}, lambda s: text("null", kit.text("p")), "Equals"),
    kind(
        "one-of",
        {"OneOf": {"name": "env", "values": ["test", "dev"]}},
        each(checks.among("text", "env", kit.texts("dev", "test"))),
        "OneOf",
    ),
    kind(
        "not-one-of",
        {"NotOneOf": {"name": "port", "values": [8080, 22]}},
        each(checks.among("integer", "port", checks.integers(22, 8080), negate=True)),
        "OneOf",
    ),
    kind(
        "contains",
        {"Contains": {"name": "tags", "values": ["reviewed"]}},
        each(checks.holding("texts", "tags", kit.texts("reviewed"))),
        "Contains",
    ),
    kind(
        "subset-of",
        {"SubsetOf": {"name": "tags", "values": ["b", "a"]}},
        each(checks.among("texts", "tags", kit.texts("a", "b"))),
        "Contains",
    ),
    kind("range", {"Range": {"name": "n", "minimum": 1, "maximum": 5}}, each(checks.within("n", 1, 5)), "Range"),
    kind(
        "max-length",
        {"MaxLength": {"name": "name", "most": 20}},
        each(checks.length("name", kit.LESS_OR_EQUAL, 20)),
        "MaxLength",
    ),
    kind(
        "starts-with",
        {"StartsWith": {"name": "subject", "prefix": "Re: "}},
        each(checks.starting("text", "subject", "Re: ")),
        "StartsWith",
    ),
    kind(
        "glob",
        {"Glob": {"name": "file", "glob": "*.txt"}},
        lambda s: text("glob", kit.text("file"), kit.text("*.txt"), kit.flag(True)),
        "Glob",
    ),
    kind(
        "subpath",
        {"Subpath": {"name": "path", "paths": ["/home/bob", "/home/alice/"]}},
        each(
            checks.said("subpath", kit.text("path"), kit.text("/home/alice")),
            checks.said("subpath", kit.text("path"), kit.text("/home/bob")),
        ),
        "Subpath",
    ),
    kind(
        "url-host",
        {"UrlHost": {"name": "url", "hosts": ["example.com", "*.example.com"]}},
        each(
            checks.said("host", kit.text("url"), kit.text("*.example.com")),
            checks.said("host", kit.text("url"), kit.text("example.com")),
        ),
        "UrlHost",
    ),
    kind(
        "cidr",
        {"Cidr": {"name": "ip", "networks": ["10.0.0.0/8"]}},
        each(checks.starting("address", "ip", bits("10.0.0.0")[:10])),
        "Cidr",
    ),
    kind(
        "not-equals",
        {"Not": {"Equals": {"name": "n", "value": 1}}},
        each(checks.among("integer", "n", checks.integers(1), negate=True)),
        "Equals",
    ),
    kind(
        "formula",
        {
            "AllOf": [
                {"Equals": {"name": "env", "value": "test"}},
                {
                    "AnyOf": [
                        {"Range": {"name": "n", "minimum": 1, "maximum": 5}},
                        {"Not": {"StartsWith": {"name": "name", "prefix": "x"}}},
                    ]
                },
            ]
        },
        nested,
        "AllOf",
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*SCOPE, *ARGUMENTS)
