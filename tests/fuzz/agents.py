"""Harnesses of what is said of agents: identity credentials in every form, profiles, and an issuer's register."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, text_of
from vectors.testkit import ALICE, PLANNER

from attorn import Identity, agent
from attorn.agent import AgentProfile, Register, Securing, identity
from attorn.canonical import canonicalise, parse
from attorn.errors import CredentialError, ExpiredError, InputError, LimitError, MalformedError, VerificationError
from attorn.status import BitstringEntry, Publisher, TokenReference

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ORG = Identity.from_seed(b"\x2a" * 32, clock=lambda: NOW)
FULL = AgentProfile(
    id=PLANNER.did,
    owner=ALICE.did,
    accountable="Travel team",
    purpose="Books",
    provider="Lab",
    model="m-1",
    version="1",
    digest="sha-256:" + "A" * 43,
    capability=("a", "b"),
    stage="staging",
    parent=ALICE.did,
)
TOKEN = TokenReference("https://lists.example/1", 7)


def _issued(profile: AgentProfile, form: Securing, status: list[Any]) -> str:
    day = timedelta(days=1)
    return agent.issue(profile, by=ORG, lifetime=day, status=status, securing=form, clock=lambda: NOW)


def _credential(data: bytes) -> bool:
    text = text_of(data)
    claimed = accepted(lambda: identity.read(text), CredentialError, MalformedError, LimitError)
    found = accepted(lambda: identity.verify(text, issuers=[ORG.did], now=NOW), VerificationError, ExpiredError)
    require((found.issuer, found.profile.id) == (claimed.unverified_issuer, claimed.unverified_id))
    # Nobody but the organisation has its key, and it said no more than this.
    require(found.profile.says() <= FULL.says() | {"kind=service"}, found.profile)
    return True


def _credentials() -> Iterable[bytes]:
    entry = BitstringEntry("https://lists.example/r", 3)
    for form, status in ((Securing.JOSE, [TOKEN]), (Securing.DATA_INTEGRITY, [entry]), (Securing.SD_JWT, [])):
        yield _issued(FULL, form, status).encode()
    yield agent.disclose(_issued(FULL, Securing.SD_JWT, [TOKEN]), "model", "stage").encode()
    yield _issued(AgentProfile(id=ALICE.did, kind="service"), Securing.JOSE, []).encode()


def _profile(data: bytes) -> bool:
    subject: Any = accepted(lambda: parse(data), MalformedError)
    profile = accepted(lambda: AgentProfile.read(subject), CredentialError)
    again = profile.subject()
    require(AgentProfile.read(again) == profile)
    require(_plain(subject) == _plain(again))
    return True


def _plain(subject: dict[str, Any]) -> bytes:
    """The subject in one spelling of what has two."""
    capability = subject.get("capability", [])
    several = capability if isinstance(capability, list) else [capability]
    return canonicalise({**subject, "type": "AgentIdentity", "capability": several})


def _profiles() -> Iterable[bytes]:
    yield json.dumps(FULL.subject()).encode()
    yield json.dumps({"id": ALICE.did, "type": ["AgentIdentity"], "kind": "person", "capability": "a"}).encode()
    yield json.dumps({"id": "did:web:a.example", "type": "AgentIdentity", "kind": "agent"}).encode()


def _register(data: bytes) -> bool:
    lists = Publisher("https://lists.example/1", entries=64)
    found = accepted(lambda: Register.decode(data, by=ORG, publisher=lists), MalformedError, InputError)
    state = found.encode()
    require(Register.decode(state, by=ORG, publisher=lists).encode() == state)
    require(all(record.index >= 0 for record in found))
    return True


def _registers() -> Iterable[bytes]:
    register = Register(by=ORG, publisher=Publisher("https://lists.example/1", entries=64), clock=lambda: NOW)
    yield register.encode()
    register.enrol(FULL)
    register.enrol(AgentProfile(id=ALICE.did), alias_of=PLANNER.did)
    yield register.encode()
    register.deprovision(ALICE.did)
    yield register.encode()


HARNESSES = (
    Harness("agent-credential", "signed, and said by nobody else; what is claimed is what is found", _credential,
            _credentials, "attorn.agent.identity:verify", None,
            mutators.either(mutators.json_text, mutators.plain)),
    Harness("agent-profile", "fixpoint; nothing is added or lost", _profile, _profiles,
            "attorn.agent.profile:AgentProfile.read", "attorn.agent.profile:AgentProfile.subject", mutators.json_text),
    Harness("agent-register", "fixpoint", _register, _registers, "attorn.agent.register:Register.decode",
            "attorn.agent.register:Register.encode", mutators.json_text),
)  # fmt: skip
