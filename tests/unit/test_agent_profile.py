"""What a credential says of an agent, and what it cannot say (docs/spec/agent.md, section 1)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attorn.agent import AgentProfile
from attorn.agent.profile import KINDS, STAGES
from attorn.errors import CredentialError, InputError
from attorn.request.attested import NAMES

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "agent.md"
FULL: dict[str, Any] = {
    "id": "did:web:agent.example",
    "type": "AgentIdentity",
    "kind": "agent",
    "owner": "did:web:org.example",
    "accountable": "Payments team",
    "purpose": "Books travel",
    "provider": "Lab",
    "model": "m-1",
    "version": "1.2.3",
    "digest": "sha-256:" + "A" * 43,
    "capability": ["search", "book"],
    "stage": "production",
    "parent": "did:web:other.example",
}


def test_every_member_is_read_and_written_back() -> None:
    profile = AgentProfile.read(FULL)
    assert profile.subject() == FULL
    assert profile.capability == ("search", "book")
    assert {text.partition("=")[0] for text in profile.says()} == set(NAMES)


def test_the_page_says_what_is_said() -> None:
    block = re.search(r"```profile\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block is not None
    subject, said = map(json.loads, block[1].splitlines())
    assert sorted(AgentProfile.read(subject).says()) == said


def test_one_capability_needs_no_list() -> None:
    one = AgentProfile.read({**FULL, "capability": "search"})
    assert one.capability == ("search",)
    assert "capability=search" in one.says()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", STAGES)
def test_kinds_and_stages(kind: str, stage: str) -> None:
    assert AgentProfile.read({**FULL, "kind": kind, "stage": stage}).says() >= {f"kind={kind}", f"stage={stage}"}


ODD: list[tuple[str, Any]] = [
    *(
        (name, value)
        for name in ("id", "owner", "parent")
        for value in ("x", "did:web:a#k", "", None, 1, ["did:web:a"])
    ),
    *((name, value) for name in ("kind", "stage") for value in ("Agent", "", None, 1, [], {}, "production ")),
    *(
        (name, value)
        for name in ("accountable", "model", "provider", "purpose", "version")
        for value in ("", "x" * 257, None, 1, True, ["x"], {"id": "x"}, "\ud800")
    ),
    *(
        ("digest", value)
        for value in ("", "sha-256:", "sha-256:" + "A" * 42, "sha-256:" + "A" * 42 + "=", "A" * 43, None)
    ),
    *(("capability", value) for value in ([""], ["a", "a"], ["a"] * 65, [None], [1], None, "", {"a": 1}, ["x" * 257])),
    *(("type", value) for value in (None, "Agent", [], ["AgentIdentity", "Person"], "agentidentity")),
    ("name", "x"),
    ("Model", "m"),
    ("@context", {}),
]


@pytest.mark.parametrize(("name", "value"), ODD, ids=lambda value: repr(value)[:40])
def test_anything_else_is_refused(name: str, value: Any) -> None:
    with pytest.raises(CredentialError) as caught:
        AgentProfile.read({**FULL, name: value})
    assert caught.value.code == "bad_credential"


@pytest.mark.parametrize("name", ["id", "type", "kind"])
def test_what_is_required(name: str) -> None:
    with pytest.raises(CredentialError):
        AgentProfile.read({key: value for key, value in FULL.items() if key != name})


@pytest.mark.parametrize("subject", [None, [], "x", [FULL]])
def test_one_subject_is_expected(subject: Any) -> None:
    with pytest.raises(CredentialError):
        AgentProfile.read(subject)


def test_who_makes_one_is_told_of_a_mistake() -> None:
    for changed in ({"id": "x"}, {"kind": "robot"}, {"model": ""}, {"capability": "search"}):
        with pytest.raises(InputError):
            AgentProfile(**{"id": "did:web:a.example", **changed})


@given(st.dictionaries(st.sampled_from(sorted(FULL)), st.none() | st.booleans() | st.integers() | st.text(max_size=5)))
def test_whatever_is_read_says_just_what_was_there(changed: dict[str, Any]) -> None:
    try:
        profile = AgentProfile.read({**FULL, **changed})
    except CredentialError:
        return
    again = AgentProfile.read(profile.subject())
    assert again == profile
    assert again.says() == profile.says()
