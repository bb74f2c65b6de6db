"""The law of policies: what is permitted with one is what the chain permits and the policy permits, and no more."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit import scene

from attorn import AttornError, Denied, Request, caveat
from attorn.authzen.cedar import CedarPolicy
from attorn.decision import Denial
from attorn.errors import UnavailableError
from attorn.store import MemoryStore
from attorn.verify.access import Cleared

_CAVEATS = st.lists(
    st.sampled_from(
        [
            caveat.Actions("events:read"),
            caveat.Actions("events:*"),
            caveat.Resources("cal://alice"),
            caveat.Range("limit", maximum=10),
            caveat.MaxUses(1),
            caveat.MaxDepth(1),
        ]
    ),
    max_size=3,
)
_REQUESTS = st.builds(
    Request,
    action=st.sampled_from(["events:read", "events:write"]),
    resource=st.sampled_from(["cal://alice/2026-11", "cal://bob/2026-11"]),
    args=st.fixed_dictionaries({"limit": st.sampled_from([1, 10, 11])}),
)
_ANSWERS = st.sampled_from([True, False, None, 1, "true", Denial("a", "b", "c"), ValueError("x")])
_CEDAR = st.sampled_from(
    [
        "permit (principal, action, resource);",
        'permit (principal, action == Action::"events:read", resource);',
        "permit (principal, action, resource) when { context.args.limit > 5 };",
        "permit (principal, action, resource); forbid (principal, action, resource) when { context.args.limit == 10 };",
        "permit (principal, action, resource); forbid (principal, action, resource) when { context.args.none == 1 };",
    ]
)


class Saying:
    """Gives one answer, and counts how often it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0

    def permits(self, cleared: Cleared) -> Any:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer.permits(cleared) if isinstance(self.answer, CedarPolicy) else self.answer


def uses(policy: Any, caveats: list[caveat.Caveat], request: Request) -> tuple[list[AttornError | None], int]:
    """What becomes of the same request, twice, and how many charges the ledger was asked for."""
    charged = 0

    class Counting(MemoryStore):
        """Counts charges."""

        def charge(self, charges: Any, **others: Any) -> Any:
            nonlocal charged
            charged += 1
            return super().charge(charges, **others)

    verifier = scene.verifier(policy=policy, store=Counting())
    token = scene.passed(scene.given(caveat.Actions("events:*")), scene.PLANNER, scene.SCOUT, *caveats)
    found: list[AttornError | None] = []
    for _ in range(2):
        try:
            verifier.authorize(scene.shown(token, scene.SCOUT, request), request)
            found.append(None)
        except AttornError as error:
            found.append(error)
    return found, charged


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_CAVEATS, _REQUESTS, _ANSWERS | _CEDAR.map(CedarPolicy))
def test_a_policy_only_narrows(caveats: list[caveat.Caveat], request: Request, answer: Any) -> None:
    policy = Saying(answer)
    alone, charged = uses(None, caveats, request)
    both, paid = uses(policy, caveats, request)
    for chain, with_policy in zip(alone, both, strict=True):
        assert with_policy is not None or chain is None, "permitted what the chain does not"
        if isinstance(chain, Denied) and chain.decision.step == 9:
            # The chain's own refusal, word for word, and the policy never heard of it.
            assert str(with_policy) == str(chain)
            assert policy.asked == 0
        assert with_policy is None or isinstance(with_policy, Denied | UnavailableError)
    assert paid <= charged
    if answer is True:
        assert [str(each) for each in both] == [str(each) for each in alone]
    elif not isinstance(answer, CedarPolicy):
        assert None not in both
        assert paid == 0
