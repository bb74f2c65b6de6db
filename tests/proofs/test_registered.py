"""Every kind of caveat that can be compared is proved: a new one fails here until it has a proof."""

from __future__ import annotations

from itertools import product

import pytest
from tests.proofs.claims import CLAIMS
from tests.proofs.test_ledger import LIMITS
from tests.proofs.universes import UNIVERSES

from attorn import caveat
from attorn.caveat import Caveat
from attorn.caveat.profile import recognise
from attorn.caveat.validity import moment

Pair = tuple[type[Caveat], type[Caveat]]
COUNTED: frozenset[Pair] = frozenset((kind, kind) for kind in (caveat.MaxUses, caveat.Rate, caveat.Budget))
"""Proved in test_ledger.py."""
SPACED: frozenset[Pair] = frozenset({(caveat.Spaced, caveat.Spaced)})
"""Proved in test_spaced.py."""
APPROVED: frozenset[Pair] = frozenset({(caveat.RequiresApproval, caveat.RequiresApproval)})
"""Proved in test_approved.py."""
PROVED: frozenset[Pair] = frozenset(claim.kinds for claim in CLAIMS) | COUNTED | SPACED | APPROVED
KINDS = [kind for name in caveat.__all__ if issubclass(kind := getattr(caveat, name), Caveat)]
SAMPLES: list[Caveat] = [
    *(
        limit
        for made in UNIVERSES.values()
        for universe in (made(False),)
        for limit in (*universe.narrow, *universe.wide)[::7]
    ),
    *LIMITS[::3],
    *map(caveat.Spaced, ("day", "month")),
    caveat.Purpose("a"),
    caveat.Status("https://a.example/1", 1, "did:web:a.example"),
    caveat.FreshList("did:web:a.example"),
    caveat.ExpiresIn(hours=1),
    caveat.NoDelegation(),
    caveat.Not(caveat.StartsWith("v", "a")),
    caveat.AllOf(caveat.Equals("v", 1), caveat.Equals("v", 1)),
    caveat.AnyOf(caveat.Equals("v", 1), caveat.Equals("v", 2)),
    caveat.Expires(moment(5)),
]


def comparable(kind: type[Caveat]) -> bool:
    """Whether it says anything of its own, or by inheritance, about which of two is narrower."""
    return kind.narrower_than is not Caveat.narrower_than


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_that_can_be_compared_has_a_proof(kind: type[Caveat]) -> None:
    if kind is caveat.Counted:
        # No caveat by itself: MaxUses, Rate, Budget and Spaced are.
        assert {left for left, _ in COUNTED | SPACED} == {each for each in KINDS if issubclass(each, kind)} - {kind}
    else:
        assert comparable(kind) is any(left is kind for left, _ in PROVED)


def test_a_kind_without_a_proof_is_found() -> None:
    class Planted(Caveat):
        __slots__ = ()

        def narrower_than(self, other: Caveat) -> bool | None:
            return True

    assert comparable(Planted)
    assert not any(left is Planted for left, _ in PROVED)
    assert not comparable(caveat.Purpose)


def test_there_is_a_sample_of_every_kind_that_can_be_compared() -> None:
    """Other kinds never decide anything, whatever they are compared with."""
    sampled = {type(limit) for limit in SAMPLES}
    assert {kind for kind in KINDS if comparable(kind)} - sampled == {caveat.Counted}
    assert recognise(()).narrower_than(SAMPLES[0]) is None


def test_only_pairs_of_kinds_that_are_proved_are_decided() -> None:
    decided = {
        (type(left), type(right)) for left, right in product(SAMPLES, repeat=2) if left.narrower_than(right) is not None
    }
    assert decided == PROVED


def test_every_claim_is_about_two_kinds_once() -> None:
    assert len({claim.kinds for claim in CLAIMS}) == len(CLAIMS)
