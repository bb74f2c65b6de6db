"""Agent: in these laws nobody shows a credential; tests/unit/test_agent_caveat.py and the pages say what one does."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Plain, Situation, nothing_wider
from tests.caveats.pools import DIDS, some

from attorn.caveat import Agent
from attorn.request.attested import NAMES

_VALUES = ("a", "A", "a=b", "=", "\u2603", "x" * 256)


def _nobody(limit: object) -> Iterator[Situation]:
    del limit
    yield Situation()
    yield Situation(depth=1, args={"model": "a"})


def _plain(limit: Agent) -> Plain:
    return {"attested_by": list(limit.attested_by), "every": limit.every, "properties": list(limit.properties)}


KITS = (
    Kit(
        Agent,
        st.builds(
            Agent.of,
            some(DIDS),
            st.booleans(),
            st.dictionaries(st.sampled_from(NAMES), some(_VALUES), max_size=3),
        ),
        _plain,
        _nobody,
        nothing_wider,
    ),
)
