"""Agent: what issuers say of the holder or of every delegate, or do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from tests.caveats.kit import Kit, Plain, Situation, nothing_wider
from tests.caveats.pools import APPROVERS, DIDS, some

from attorn.agent import AgentProfile
from attorn.caveat import Agent
from attorn.errors import InputError
from attorn.request.attested import NAMES, Attested

_ANYTHING = ("a", "A", "a=b", "=", "\u2603", "x" * 256)
_VALUES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(NAMES, _ANYTHING),
    "digest": ("a", "sha-256:" + "A" * 43, "sha-256:" + "B" * 43),
    "kind": ("a", "agent", "service"),
    "owner": ("a", *DIDS),
    "parent": ("a", *DIDS),
    "stage": ("a", "production", "retired"),
}
"""What a caveat asks for: some of it no credential can say."""
_ISSUERS = (*APPROVERS, DIDS[0])
"""Whose word may count. The last of them says nothing here."""


def _profile(members: Mapping[str, str]) -> AgentProfile:
    made: dict[str, Any] = {name: (text,) if name == "capability" else text for name, text in members.items()}
    return AgentProfile(id=DIDS[0], **made)


def _can_say(name: str, value: str) -> bool:
    try:
        _profile({name: value})
    except InputError:
        return False
    return True


def _near(limit: Agent) -> Iterator[Situation]:
    """Nobody shows anything; then, if it can be said at all, all of it, some of it, and by somebody else."""
    yield Situation(depth=1, args={"model": "a"})
    chosen = {name: next((each for each in values if _can_say(name, each)), None) for name, values in limit.properties}
    whole = {name: value for name, value in chosen.items() if value is not None}
    by = next((did for did in limit.attested_by if did in APPROVERS), None)
    if len(whole) < len(chosen) or by is None:
        yield Situation()
        return
    said = _profile(whole).says()
    full = frozenset({Attested(by, said)})
    yield Situation(attested=full)
    yield Situation(attested=full, depth=1)
    yield Situation(attested=full, depth=1, holder_only=True)
    yield Situation(attested=frozenset(Attested(did, said) for did in APPROVERS if did not in limit.attested_by))
    if len(whole) > 1:
        parts = [{name: value} for name, value in whole.items()]
        yield Situation(attested=frozenset(Attested(by, _profile(part).says()) for part in parts))


def _plain(limit: Agent) -> Plain:
    return {"attested_by": list(limit.attested_by), "every": limit.every, "properties": list(limit.properties)}


def _asking(names: list[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.fixed_dictionaries({name: some(_VALUES[name]) for name in names})


KITS = (
    Kit(
        Agent,
        st.builds(
            Agent.of,
            some(_ISSUERS),
            st.booleans(),
            st.lists(st.sampled_from(NAMES), max_size=3, unique=True).flatmap(_asking),
        ),
        _plain,
        _near,
        nothing_wider,
    ),
)
