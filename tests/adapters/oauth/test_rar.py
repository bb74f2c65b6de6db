"""A chain as one authorization detail: the same verdicts, or none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.chains import AUDIENCE, NOW
from tests.property.strategies import COUNTED, SCOPES, caveats, formulas, law, requests
from tests.unit.scene import ALICE, PLANNER, REQUEST, SCOUT, passed, shown, verifier
from tests.unit.scene import given as minted

from attorn import Request, caveat
from attorn.canonical import canonicalise, parse
from attorn.caveat import Caveat
from attorn.errors import InputError, MalformedError
from attorn.oauth import CHAIN_DETAILS, ProjectionError, from_detail, to_detail
from attorn.request.facts import Facts
from attorn.token.link import Link

_LINK = minted().unverified_links[0]


def chain(*several: list[Caveat]) -> list[Link]:
    return [
        Link(number, bytes(16), NOW, _LINK.by, _LINK.to, tuple(held)) for number, held in enumerate(several, start=1)
    ]


def permitted(limits: Any, request: Request, *, audience: str = AUDIENCE, now: int = NOW) -> bool:
    facts = Facts(request, audience=audience, now=now, depth=0)
    return all(each.prohibits(facts) is None for each in limits)


_said = st.one_of(*(kind for name, kind in SCOPES.items() if name not in ("RequiresApproval", "Agent")), formulas())
_mostly = st.integers(0, 9).flatmap(lambda number: _said if number else caveats)
few = settings(law, max_examples=60)


@few
@given(st.lists(st.lists(_mostly, max_size=2), min_size=1, max_size=2), st.lists(requests(), min_size=1, max_size=3))
def test_what_it_says_permits_the_same_requests(several: list[list[Caveat]], asked: list[Request]) -> None:
    """Whatever cannot be said is refused; whatever is said, read back, gives the same verdict on every request."""
    limits = [each for held in several for each in held]
    try:
        detail = to_detail(chain(*several))
    except ProjectionError as error:
        sayable = all(isinstance(each, _SAYABLE) for each in limits)
        nothing = "in common" in str(error) or "never valid" in str(error)
        assert nothing or not sayable
        assert not nothing or not any(permitted(limits, request) for request in asked)
        return
    again = from_detail(parse(canonicalise(detail)))  # type: ignore[arg-type]
    counts = [each for each in limits if not isinstance(each, caveat.MaxDepth)]
    for request in asked:
        for audience in (AUDIENCE, "did:web:mail.example"):
            for now in (NOW, NOW - 10**6, NOW + 10**6):
                said = permitted(again, request, audience=audience, now=now)
                assert said is permitted(counts, request, audience=audience, now=now)
    assert to_detail(chain([*again])) == detail


_SAYABLE = (
    caveat.Actions,
    caveat.Resources,
    caveat.Audience,
    caveat.NotBefore,
    caveat.Expires,
    caveat.MaxDepth,
    caveat.Purpose,
    caveat.argument.Formula,
)


@few
@given(st.one_of(*COUNTED.values(), SCOPES["RequiresApproval"], SCOPES["Agent"]))
def test_what_is_counted_or_asked_of_somebody_is_refused(limit: Caveat) -> None:
    with pytest.raises(ProjectionError, match=type(limit).__name__):
        to_detail(chain([caveat.Actions("a")], [limit]))


@pytest.mark.parametrize(
    "limit",
    [
        caveat.Status("https://lists.example/1", 7, "did:web:lists.example"),
        caveat.FreshList("did:web:lists.example"),
        caveat.Unrecognised(caveat.Actions("a").render()),
    ],
    ids=lambda limit: type(limit).__name__,
)
def test_what_is_looked_up_or_not_known_is_refused(limit: Caveat) -> None:
    with pytest.raises(ProjectionError):
        to_detail(chain([limit]))


def test_an_example() -> None:
    wide = minted(
        caveat.Actions("events:*", "mail:send"),
        caveat.Resources("cal://alice", "/data"),
        caveat.Purpose("Plan my November"),
        caveat.MaxDepth(3),
        caveat.Expires(datetime(2031, 1, 1, tzinfo=UTC)),
    )
    token = passed(
        wide,
        PLANNER,
        SCOUT,
        caveat.Actions("events:read", "events:write:*"),
        caveat.Resources("cal://alice/2026-11"),
        caveat.Range("limit", 1, 10),
        caveat.Expires(datetime(2030, 12, 1, tzinfo=UTC)),
    )
    verified = verifier().verify(shown(token, SCOUT), REQUEST)
    assert to_detail(verified.chain) == {
        "type": CHAIN_DETAILS,
        "actions": ["events:read", "events:write:*"],
        "locations": ["cal://alice/2026-11"],
        "constraints": [{"Range": {"name": "limit", "minimum": 1, "maximum": 10}}],
        "exp": 1_922_313_600,
    }
    assert to_detail(token.unverified_links) == to_detail(verified.chain)


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        (["a"], ["a"], ["a"]),
        (["a"], ["b"], None),
        (["a:*"], ["a"], None),
        (["a:*"], ["a:b"], ["a:b"]),
        (["a:*"], ["a:b:*", "a:c"], ["a:b:*", "a:c"]),
        (["a:*", "a:b"], ["a:*"], ["a:*"]),
        (["a:b", "a:*"], ["a:b", "c"], ["a:b"]),
        (["a:*"], ["ab:c"], None),
        (["a:*"], ["b:*"], None),
    ],
)
def test_actions_in_common(left: list[str], right: list[str], both: list[str] | None) -> None:
    for one, other in ((left, right), (right, left)):
        links = chain([caveat.Actions(*one)], [caveat.Actions(*other)])
        if both is None:
            with pytest.raises(ProjectionError):
                to_detail(links)
        else:
            assert to_detail(links)["actions"] == both


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        (["/a"], ["/a/b"], ["/a/b"]),
        (["/a"], ["/ab"], None),
        (["/"], ["/a", "cal://x"], ["/a"]),
        (["cal://x/a"], ["cal://x"], ["cal://x/a"]),
        (["cal://x"], ["cal://xy"], None),
        (["/a", "/a/b"], ["/a"], ["/a"]),
        (["a/b"], ["/a"], None),
    ],
)
def test_locations_in_common(left: list[str], right: list[str], both: list[str] | None) -> None:
    for one, other in ((left, right), (right, left)):
        links = chain([caveat.Resources(*one)], [caveat.Resources(*other)])
        if both is None:
            with pytest.raises(ProjectionError):
                to_detail(links)
        else:
            assert to_detail(links)["locations"] == both


def test_windows_that_do_not_meet() -> None:
    early, late = (datetime.fromtimestamp(second, UTC) for second in (NOW, NOW + 1))
    assert to_detail(chain([caveat.NotBefore(early)], [caveat.Expires(late)])) == {
        "type": CHAIN_DETAILS,
        "nbf": NOW,
        "exp": NOW + 1,
    }
    with pytest.raises(ProjectionError):
        to_detail(chain([caveat.NotBefore(late)], [caveat.Expires(late)]))


def test_a_limit_that_is_there_twice_is_said_once() -> None:
    limit = caveat.Range("limit", 1, 10)
    assert len(json.dumps(to_detail(chain([limit, limit], [limit])))) < 200
    with pytest.raises(ProjectionError):
        to_detail(chain(*[[caveat.Range(f"n{n}", 1, 10)] for n in range(65)]))


def _deep(levels: int) -> Any:
    found: Any = {"Equals": {"name": "a", "value": 1}}
    for _ in range(levels):
        found = {"Not": found}
    return found


_GOOD: dict[str, Any] = {"type": CHAIN_DETAILS, "actions": ["a"]}


@pytest.mark.parametrize(
    "detail",
    [
        None,
        [],
        "x",
        {},
        {"type": "x"},
        {**_GOOD, "type": f"{CHAIN_DETAILS}x"},
        {"actions": ["a"]},
        {**_GOOD, "identifier": "x"},
        {**_GOOD, "Actions": ["a"]},
        {**_GOOD, "actions": []},
        {**_GOOD, "actions": "a"},
        {**_GOOD, "actions": ["a b"]},
        {**_GOOD, "actions": ["*"]},
        {**_GOOD, "actions": [1]},
        {**_GOOD, "actions": None},
        {**_GOOD, "locations": ["x://?"]},
        {**_GOOD, "locations": []},
        {**_GOOD, "locations": {}},
        {**_GOOD, "audiences": [""]},
        {**_GOOD, "audiences": ["a b"]},
        {**_GOOD, "nbf": -1},
        {**_GOOD, "nbf": True},
        {**_GOOD, "nbf": 1.5},
        {**_GOOD, "nbf": "1"},
        {**_GOOD, "exp": 253_402_300_800},
        {**_GOOD, "exp": None},
        {**_GOOD, "constraints": []},
        {**_GOOD, "constraints": {}},
        {**_GOOD, "constraints": [{"Range": {"name": "limit"}}]},
        {**_GOOD, "constraints": [{"Range": {"name": "limit", "maximum": 1, "x": 1}}]},
        {**_GOOD, "constraints": [{"Actions": ["a"]}]},
        {**_GOOD, "constraints": [{"MaxUses": 1}]},
        {**_GOOD, "constraints": [{"Unrecognised": {}}]},
        {**_GOOD, "constraints": [{"Wide": True}]},
        {**_GOOD, "constraints": [_deep(40)]},
        {**_GOOD, "constraints": [_deep(5000)]},
        {**_GOOD, "exp": float("nan")},
        {**_GOOD, "exp": object()},
        {1: 2},
        {**_GOOD, "constraints": [{"Range": {"name": "limit", "maximum": 1}}] * 65},
    ],
)
def test_what_is_no_such_detail(detail: Any) -> None:
    with pytest.raises(MalformedError):
        from_detail(detail)


@pytest.mark.parametrize("links", [(), [], None, "x", [1], shown(minted(), PLANNER)])
def test_unusable_arguments(links: Any) -> None:
    with pytest.raises(InputError):
        to_detail(links)


def test_a_detail_becomes_a_link_again() -> None:
    """What was granted as a detail can be passed on as a chain, no wider."""
    detail = to_detail(passed(minted(), PLANNER, SCOUT, caveat.Range("limit", 1, 10)).unverified_links)
    token = ALICE.mint(to=PLANNER.did, caveats=list(from_detail(detail)))
    assert to_detail(token.unverified_links) == detail
    assert verifier().authorize(shown(token, PLANNER), REQUEST).root == ALICE.did
