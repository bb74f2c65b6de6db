"""What a decision says of itself, to whoever was refused."""

from __future__ import annotations

import json

import pytest

from attorn.decision import Decision, Denial

DENIAL = Denial("MaxUses", "1 use", "a second")
ENDS = {"delegator": "did:key:a", "delegate": "did:key:b"}


@pytest.mark.parametrize(
    ("decision", "members"),
    [
        (
            Decision(allowed=False, step=9, link=2, denial=DENIAL, **ENDS),
            {"step": 9, "link": 2, **ENDS, "caveat": "MaxUses", "limit": "1 use", "asked": "a second"},
        ),
        (Decision(allowed=False, step=10, link=1, **ENDS), {"step": 10, "link": 1, **ENDS}),
        (Decision(allowed=False, step=9), {"step": 9, "link": None, "delegator": None, "delegate": None}),
    ],
)
def test_its_members(decision: Decision, members: dict[str, object]) -> None:
    assert decision.members() == members
    assert json.loads(json.dumps(decision.members())) == members


def test_its_members_are_the_callers() -> None:
    decision = Decision(allowed=False, step=9, denial=DENIAL)
    decision.members().clear()
    assert decision.members()["caveat"] == "MaxUses"


@pytest.mark.parametrize("allowed", [True, False])
def test_it_is_not_true_and_not_false(allowed: bool) -> None:
    with pytest.raises(TypeError, match="allowed"):
        bool(Decision(allowed=allowed, step=9))
