"""The chain drawn for a person: complete, escaped, and honest about what nobody has verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn import Identity, Request, Token, Verifier, caveat
from attorn.caveat.base import Caveat
from attorn.cli.chains import receive
from attorn.display import escaped, line
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError, VerificationError
from attorn.token.link import Link
from attorn.tree import draw, until

NOW = datetime(2026, 11, 21, 18, 0, 0, tzinfo=UTC)
ALICE, PLANNER, SCOUT = (
    Identity.from_seed(bytes([number]) * 32, clock=lambda: NOW, random=bytes) for number in (1, 2, 3)
)
OTHER_IDS = Identity.from_seed(bytes([2]) * 32, clock=lambda: NOW, random=lambda count: b"\1" * count)


def chain(*caveats: Caveat, then: tuple[Caveat, ...] = ()) -> tuple[Link, ...]:
    token = ALICE.mint(to=PLANNER.did, caveats=[caveat.Actions("events:*"), *caveats])
    return OTHER_IDS.delegate(token, to=SCOUT.did, caveats=then).unverified_links


def test_who_gave_what_to_whom_for_what_until_when() -> None:
    links = chain(
        caveat.Purpose("Find a free evening"),
        caveat.Resources("cal://alice"),
        caveat.ExpiresIn(hours=8),
        then=(caveat.MaxUses(10), caveat.Not(caveat.Range("limit", maximum=10))),
    )
    assert draw(links, colour=False).split("\n") == [
        "UNVERIFIED: this is what the bytes claim; nobody has checked a signature, a date or a revocation",
        f"{ALICE.did}  root: whose authority this is",
        f"└─ link 1: gave to {PLANNER.did}",
        '   │  for    "Find a free evening"',
        "   │  until  2026-11-22T02:00:00Z",
        "   │  only   Actions: events:*",
        "   │  only   Resources: cal://alice",
        "   │  issued 2026-11-21T18:00:00Z, link id AAAAAAAAAAAAAAAAAAAAAA",
        f"   └─ link 2: gave to {SCOUT.did}  (the holder)",
        "         for    no purpose stated",
        "         until  2026-11-22T02:00:00Z (link 1 says so)",
        "         only   MaxUses: 10 uses",
        "         only   Not: not (limit <= 10)",
        "         issued 2026-11-21T18:00:00Z, link id AQEBAQEBAQEBAQEBAQEBAQ",
    ]


def test_a_link_that_claims_to_outlast_its_parent_is_drawn_with_both_times() -> None:
    links = chain(caveat.Expires(NOW + timedelta(hours=1)))
    late = Link(2, links[1].id, links[1].second, links[1].by, links[1].to, (caveat.Expires(NOW + timedelta(days=9)),))
    drawn = draw([links[0], late], colour=False)
    assert "until  2026-11-21T19:00:00Z (link 1 says so)" in drawn
    assert "Expires: use before 2026-11-30T18:00:00Z" in drawn
    assert until([links[0], late]) == (NOW + timedelta(hours=1), 1)


def test_nothing_is_promised_where_nothing_is_said() -> None:
    drawn = draw(chain(), colour=False)
    assert drawn.count("no end: nothing in the chain expires") == 2
    assert "no further limits: all that the delegator may do" in drawn
    assert until(chain()) is None


def test_only_a_verified_chain_is_called_verified() -> None:
    token = ALICE.mint(to=PLANNER.did, caveats=[caveat.Actions("a")])
    request = Request(action="a", resource="/r")
    verifier = Verifier(audience="x", roots=[ALICE.did], clock=lambda: NOW)
    access = verifier.authorize(PLANNER.present(token, request, audience="x"), request)
    assert draw(access.chain, colour=False, verified=True).startswith("VERIFIED: ")
    assert draw(access.chain, colour=False).startswith("UNVERIFIED: ")


def test_a_chain_without_links_is_none() -> None:
    with pytest.raises(InputError):
        draw([], colour=False)


def test_colour_changes_no_word() -> None:
    links = chain(caveat.Purpose("p"), caveat.ExpiresIn(hours=1))
    plain, coloured = draw(links, colour=False), draw(links, colour=True)
    assert "\x1b" not in plain
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m"):
        assert code in coloured
        coloured = coloured.replace(code, "")
    assert coloured == plain


HOSTILE = [
    "\x1b[2J",
    "\x9b2J",
    "a\nb",
    "\r",
    "\u202edid",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\x00",
    "\x7f",
    "\ud800",
    "\u2028",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_could_deceive_a_terminal_is_escaped(text: str) -> None:
    shown = escaped(f"x{text}y")
    assert shown.isprintable()
    assert "\\" in shown
    for kind in (caveat.Equals("n", "v" + text) if text != "\ud800" else caveat.Equals("n", "\\"),):
        drawn = draw(chain(kind), colour=False)
        assert all(row.isprintable() for row in drawn.split("\n"))


def test_printable_text_in_any_script_is_left_alone() -> None:
    assert escaped("Müllers Kalender, 予定") == "Müllers Kalender, 予定"


def test_what_is_cut_is_said() -> None:
    assert line("x" * 600) == "x" * 600
    assert line("x" * 10_000) == "x" * 600 + "... (9400 more characters)"
    assert len(line("\u202e" * 10_000)) < 700


def test_a_caveat_unknown_to_this_version_is_drawn_as_that() -> None:
    links = chain()
    unknown = caveat.Unrecognised(caveat.MaxUses(1).render())
    odd = Link(1, links[0].id, 0, links[0].by, links[0].to, (unknown,))
    assert "Unrecognised: what a caveat unknown to this version says" in draw([odd], colour=False)


def test_tokens_and_presentations_are_told_apart() -> None:
    token = ALICE.mint(to=PLANNER.did, caveats=[caveat.Actions("a")])
    request = Request(action="a", resource="/r")
    wire = PLANNER.present(token, request, audience="x", challenge="c")
    assert receive(token.encode()).presentation is None
    received = receive(wire)
    assert received.links == token.unverified_links
    assert received.presentation is not None
    assert (received.presentation.audience, received.presentation.challenge) == ("x", "c")
    assert received.presentation.digest == request.digest()


def _wires() -> tuple[bytes, bytes]:
    token = ALICE.mint(to=PLANNER.did, caveats=[caveat.Actions("a"), caveat.Purpose("p")])
    wire = PLANNER.present(token, Request(action="a", resource="/r"), audience="x")
    return base64url_decode(token.encode()), base64url_decode(wire)


TOKEN, WIRE = _wires()


def _sealed_without_a_presentation() -> bytes:
    # The seal's field of a presentation behind the one block of a token.
    return TOKEN[:-2] + WIRE[-68:]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TOKEN[:-1],
        TOKEN[:-2],
        TOKEN + b"\x00",
        WIRE[:-1],
        WIRE + TOKEN,
        _sealed_without_a_presentation(),
        TOKEN[:-2] + b"\x22\x22\x0a\x20" + bytes(32),
        b"\x08\x01" + TOKEN,
    ],
    ids=["empty", "cut", "no proof", "longer", "cut seal", "joined", "bare seal", "bearer", "root key id"],
)
def test_what_is_neither_is_refused(data: bytes) -> None:
    with pytest.raises(VerificationError):
        receive(base64url_encode(data))


@given(data=st.data(), wire=st.sampled_from([TOKEN, WIRE]))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_damaged_bytes_are_drawn_in_printable_lines_or_refused(data: st.DataObject, wire: bytes) -> None:
    position = data.draw(st.integers(0, len(wire) - 1))
    octet = data.draw(st.integers(0, 255))
    damaged = wire[:position] + bytes([octet]) + wire[position + 1 :]
    try:
        received = receive(base64url_encode(damaged))
    except AttornError:
        return
    assert all(row.isprintable() for row in draw(received.links, colour=False).split("\n"))


def test_drawing_leaves_the_token_as_it_was() -> None:
    token = Token.decode(base64url_encode(TOKEN))
    draw(token.unverified_links, colour=True)
    assert base64url_decode(token.encode()) == TOKEN
