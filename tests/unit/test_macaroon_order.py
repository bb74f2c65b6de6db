"""The order of checks of docs/spec/macaroon.md, section 7: of two faults the earlier one is the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.macaroon_scene import OTHER_SECRET
from tests.unit.macaroon_world import (
    ASK,
    ASKED,
    FRIEND,
    attended,
    base,
    bent,
    closed,
    given,
    held,
    opened,
    refused,
    remade,
    verifier,
)
from tests.unit.scene import ALICE, MALLORY, PLANNER, READ, REQUEST, SCOUT, draw

from attorn import Verifier, errors
from attorn.biscuit.block import encode
from attorn.datalog import Predicate, string
from attorn.macaroon import Macaroon, MacKey, container
from attorn.macaroon.container import UnverifiedCaveat
from attorn.macaroon.discharge import granting
from attorn.macaroon.link import append_presentation
from attorn.macaroon.mac import attenuate, bind, require
from attorn.token.discharge import discharge

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "macaroon.md").read_text(encoding="utf-8")
TOKEN = PLANNER.delegate(given(READ), to=SCOUT.did, third_parties=[ASKED])
MET = discharge(FRIEND, ASK)
WHOLE = opened(attended(TOKEN, SCOUT))[0]
ONE, ASKING, TWO, LAST = WHOLE.unverified_caveats
FACT = granting(FRIEND, ASK, encode((Predicate("x", (string("y"),)),), (), ()))
Made = tuple[Macaroon, list[Macaroon]]


def changed(*caveats: UnverifiedCaveat) -> Macaroon:
    return remade(WHOLE, caveats)


def unpresented(macaroon: Macaroon) -> Macaroon:
    return remade(macaroon, macaroon.unverified_caveats[:-1])


def presenting(payload: bytes) -> Macaroon:
    return append_presentation(SCOUT.signer, held(TOKEN), payload)


PLAIN = encode((), (READ.render(),), TOKEN.unverified.symbols)  # type: ignore[arg-type]
STRANGE = UnverifiedCaveat(b"time < 2030")
# From the first check to the last: a fault of the macaroon, or of its discharges, and what it gives.
OF_MACAROON: dict[str, tuple[int, Callable[[], Macaroon], tuple[str, int]]] = {
    "another-key": (2, lambda: replace(WHOLE, identifier=bytes(24)), ("untrusted_root", 2)),
    "bad-mac": (5, lambda: replace(WHOLE, signature=bytes(32)), ("bad_signature", 4)),
    "two-demands-alike": (6, lambda: changed(ONE, ASKING, ASKING, TWO, LAST), ("broken_chain", 5)),
    "hollow-vid": (7, lambda: changed(ONE, UnverifiedCaveat(ASK, bytes(72)), TWO, LAST), ("bad_signature", 4)),
    "a-condition": (8, lambda: changed(ONE, ASKING, STRANGE, TWO, LAST), ("not_admitted", 1)),
    "no-presentation": (9, lambda: unpresented(WHOLE), ("not_holder", 8)),
    "no-presentation-block": (12, lambda: presenting(PLAIN), ("malformed", 1)),
    "a-bent-link": (15, lambda: changed(ONE, ASKING, bent(TWO), LAST), ("bad_signature", 4)),
    "a-bent-presentation": (16, lambda: changed(ONE, ASKING, TWO, bent(LAST)), ("bad_signature", 4)),
}
OF_DISCHARGES: dict[str, tuple[int, Callable[[Macaroon], list[Macaroon]], tuple[str, int]]] = {
    "twice": (3, lambda to: [bind(to, MET), bind(to, MET)], ("broken_chain", 5)),
    "nested": (4, lambda to: [bind(to, require(MET, key=FRIEND, identifier=b"x", random=draw))], ("not_admitted", 1)),
    "missing": (6, lambda _: [], ("broken_chain", 5)),
    "unbound": (7, lambda _: [MET], ("bad_signature", 4)),
    "unknown": (10, lambda to: [bind(to, attenuate(MET, b"x = 1"))], ("not_admitted", 1)),
    "a-fact": (13, lambda to: [bind(to, FACT)], ("not_admitted", 1)),
}


@pytest.mark.parametrize("name", OF_MACAROON)
def test_each_fault_of_a_macaroon_alone(name: str) -> None:
    _, make, verdict = OF_MACAROON[name]
    whole = make()
    refused(closed(whole, bind(whole, MET)), *verdict)


@pytest.mark.parametrize("name", OF_DISCHARGES)
def test_each_fault_of_a_discharge_alone(name: str) -> None:
    _, make, verdict = OF_DISCHARGES[name]
    refused(closed(WHOLE, *make(WHOLE)), *verdict)


@pytest.mark.parametrize("ours", OF_MACAROON)
@pytest.mark.parametrize("theirs", OF_DISCHARGES)
def test_of_two_faults_the_earlier_is_the_answer(ours: str, theirs: str) -> None:
    (first, make, verdict), (second, spoil, other) = OF_MACAROON[ours], OF_DISCHARGES[theirs]
    whole = make()
    refused(closed(whole, *spoil(whole)), *(verdict if first <= second else other))


def test_a_root_that_is_not_trusted_comes_before_signatures_and_after_reading() -> None:
    by = verifier(roots=[MALLORY.did])
    untrusted = ("untrusted_root", 2)
    for place, make, verdict in OF_MACAROON.values():
        whole = make()
        refused(closed(whole, bind(whole, MET)), *(verdict if place < 14 else untrusted), by=by)
    for place, spoil, verdict in OF_DISCHARGES.values():
        assert place < 14
        refused(closed(WHOLE, *spoil(WHOLE)), *verdict, by=by)


def test_bytes_come_before_keys_and_keys_before_everything_else() -> None:
    other = verifier(macaroon_keys=[MacKey(OTHER_SECRET)])
    for _, make, _ in OF_MACAROON.values():
        whole = make()
        refused(closed(whole, *[MET] * 2), "untrusted_root", 2, by=other)
        refused(closed(whole, *[MET] * 2)[:-4], "malformed", 1, by=other)
    keyless = Verifier(audience="x", roots=[ALICE.did])
    refused(closed(base()), "untrusted_root", 2, by=keyless, request=REQUEST)


def test_the_page_names_real_codes() -> None:
    section = PAGE[PAGE.index("## 7.") :]
    rows = re.findall(r"^\| (\d+)(?:, named \d+)? \| .+ \| (.+) \|$", section, re.MULTILINE)
    named = {code for _, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    real = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "code")}
    assert len(rows) == 20
    assert named <= real


def test_the_page_names_the_bounds_of_the_code() -> None:
    for number in (
        container.MOST_BYTES,
        container.MOST_CAVEATS,
        container.MOST_MACAROONS,
        container.MOST_IDENTIFIER,
        container.MOST_CONDITION,
    ):
        assert f" {number:,}" in PAGE
