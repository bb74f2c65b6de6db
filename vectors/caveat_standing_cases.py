"""Caveats that a list answers: how Status and FreshList are written. What lists say is in `standing_cases`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .caveat_checks import alone, any_of, said
from .caveat_question import Kind
from .presentation import Presentation
from .primitives import Part
from .scene import Scene
from .world import World

STATUS = "docs/spec/caveats.md section Status: what a list of that kind says at step 7"
FRESH = "docs/spec/caveats.md section Status: only while a signed revocation list is known"
FORM = "docs/spec/caveats.md section 3: a check that stands for no caveat prohibits"
Check = Callable[[Scene], Part]
SEVEN = kit.num(7)


def lists(s: Scene) -> dict[str, Any]:
    """Fresh ones by alice: a revocation list, and a status list whose entries are all valid."""
    return {"revocations": [s.revocation_list(s.alice, []), s.status_list(s.alice, [0] * 8)]}


def case(
    name: str, notes: str, attack: int | None, check: Check, *verdict: Any, rule: str = FORM, known: bool = True
) -> Presentation:
    also = lists if known else None
    return Presentation(f"caveat-{name}", notes, attack, lambda s: s.one_link(check(s)), *verdict, also=also, spec=rule)


def strange(name: str, notes: str, check: Check, attack: int = 68) -> Presentation:
    """A check that is no such caveat, though the lists that it might mean are fresh and say valid."""
    return case(name, notes, attack, check, "denied", 9)


def entry(
    index: Part = SEVEN,
    *more: Part,
    kind: str = "token",
    uri: Callable[[Scene], str] = lambda s: s.list_uri,
    issuer: Callable[[Scene], str] = lambda s: s.alice.did,
) -> Check:
    return lambda s: alone("status", kit.text(kind), kit.text(uri(s)), index, kit.text(issuer(s)), *more)


def uri_first(s: Scene) -> Part:
    return alone("status", kit.text(s.list_uri), kit.text("token"), kit.num(7), kit.text(s.alice.did))


def either_entry(s: Scene) -> Part:
    terms = kit.text("token"), kit.text(s.list_uri)
    return any_of(*(said("status", *terms, kit.num(index), kit.text(s.alice.did)) for index in (6, 7)))


def any_entry(s: Scene) -> Part:
    return alone("status", kit.text("token"), kit.text(s.list_uri), kit.var("0"), kit.text(s.alice.did))


def by(*names: Callable[[Scene], str]) -> Check:
    return lambda s: any_of(*(said("fresh_list", kit.text(name(s))) for name in names))


RECIPES: tuple[Callable[[World], Case], ...] = (
    case("status/valid", "an entry that says valid", None, entry(), rule=STATUS),
    case("status/last", "the last entry of the list, by its number", None, entry(kit.num(7)), rule=STATUS),
    case("status/no-list", "the list is not known", 107, entry(), "stale_status", rule=STATUS, known=False),
    case(
        "status/behind-the-last", "an entry that the list has not", 104, entry(kit.num(8)), "bad_status", 7, rule=STATUS
    ),
    case(
        "status/largest",
        "the largest index that can be written",
        104,
        entry(kit.num(2**53 - 1)),
        "bad_status",
        7,
        rule=STATUS,
    ),
    case(
        "status/other-kind",
        "a list of another kind is another list",
        105,
        entry(kind="revocation"),
        "stale_status",
        rule=STATUS,
    ),
    case(
        "status/upper-case-uri",
        "another spelling of the URI is another list",
        107,
        entry(uri=lambda s: s.list_uri.replace("https", "HTTPS")),
        "stale_status",
        rule=STATUS,
    ),
    strange("status/negative", "an index below zero", entry(kit.num(-1)), 104),
    strange("status/too-large", "an index of 2^53", entry(kit.num(2**53)), 104),
    strange("status/index-as-text", "an index as text", entry(kit.text("7")), 104),
    strange("status/index-as-date", "a date in place of the index", entry(kit.date(7)), 56),
    strange("status/unknown-kind", "a kind that there is not", entry(kind="refresh"), 105),
    strange("status/upper-case-kind", "the kind in upper case", entry(kind="Token"), 52),
    strange("status/relative", "a URI that is not absolute", entry(uri=lambda s: "lists/1"), 108),
    strange("status/space", "a URI with a space behind it", entry(uri=lambda s: f"{s.list_uri} "), 108),
    strange("status/not-ascii", "a URI with a letter outside ASCII", entry(uri=lambda s: f"{s.list_uri}\u00e9"), 52),
    strange("status/line-break", "a URI with a line break behind it", entry(uri=lambda s: f"{s.list_uri}\n"), 90),
    strange("status/empty-uri", "an empty URI", entry(uri=lambda s: ""), 13),
    strange("status/long-uri", "a URI of 2,049 characters", entry(uri=lambda s: s.list_uri.ljust(2049, "1")), 4),
    strange("status/no-did", "an issuer that is no DID", entry(issuer=lambda s: "alice")),
    strange(
        "status/did-url",
        "an issuer that is the URL of a key",
        entry(issuer=lambda s: f"{s.alice.did}#{s.alice.did[8:]}"),
        29,
    ),
    strange(
        "status/three-terms",
        "no issuer",
        lambda s: alone("status", kit.text("token"), kit.text(s.list_uri), kit.num(7)),
    ),
    strange("status/five-terms", "a term too many", entry(kit.num(7), kit.num(0))),
    strange("status/uri-first", "the URI before the kind", uri_first),
    strange("status/either", "two entries, either of which would do", either_entry),
    strange("status/any", "any entry", any_entry),
    Kind("caveat-status", STATUS).prohibits(
        "asked-alone", "a request by itself, for which nobody has looked", 107, lambda w: entry()(Scene(w))
    ),
    Kind("caveat-fresh-list", FRESH).prohibits(
        "asked-alone",
        "a request by itself, for which nobody has looked",
        107,
        lambda w: by(lambda s: s.alice.did)(Scene(w)),
    ),
    case("fresh-list/known", "a fresh list", None, by(lambda s: s.alice.did), rule=FRESH),
    case(
        "fresh-list/unknown",
        "no list is known",
        107,
        by(lambda s: s.alice.did),
        "stale_status",
        rule=FRESH,
        known=False,
    ),
    case(
        "fresh-list/of-another",
        "the list of somebody else is known",
        107,
        by(lambda s: s.planner.did),
        "stale_status",
        rule=FRESH,
    ),
    strange("fresh-list/no-did", "a name that is no DID", by(lambda s: "alice")),
    strange("fresh-list/did-url", "the URL of a key", by(lambda s: f"{s.alice.did}#{s.alice.did[8:]}"), 29),
    strange(
        "fresh-list/upper-case",
        "the scheme of a DID in upper case",
        by(lambda s: s.alice.did.replace("did:", "DID:")),
        52,
    ),
    strange(
        "fresh-list/either",
        "two lists, either of which would do",
        by(lambda s: s.alice.did, lambda s: s.planner.did),
        79,
    ),
    strange("fresh-list/any", "anybody's list", lambda s: alone("fresh_list", kit.var("0"))),
    strange("fresh-list/set", "a set in place of the DID", lambda s: alone("fresh_list", kit.texts(s.alice.did))),
    strange(
        "fresh-list/two-terms", "a term too many", lambda s: alone("fresh_list", kit.text(s.alice.did), kit.num(300))
    ),
)
