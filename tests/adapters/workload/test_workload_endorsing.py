"""Credentials on the word of a workload: what they say, that a verifier asks for them, and who cannot get one."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.workload.workload_scene import AUDIENCE, ORG, WORKLOAD, found, proven, svid, wit, wpt
from tests.unit.scene import ALICE, MALLORY, NOW, PLANNER, REQUEST, Clock, given, shown, verifier

from attorn import Denied, agent, caveat, credential, workload
from attorn.agent import AgentProfile, Securing, SpiffeId, WorkloadEvidence
from attorn.agent.context import URL, contexts
from attorn.canonical import canonicalise
from attorn.errors import AudienceError, CredentialError, ExpiredError, InputError, MalformedError, ProofError

DAY = timedelta(days=1)
PROFILE = AgentProfile(id=PLANNER.did, owner=ORG.did, stage="production")
ROOT = Path(__file__).parents[3] / "docs"


def endorsed(told: Any = None, profile: AgentProfile = PROFILE, **changed: Any) -> str:
    arguments: dict[str, Any] = {"by": ORG, "lifetime": DAY, "clock": Clock()} | changed
    return workload.endorse(profile, found(svid()) if told is None else told, **arguments)


def told(text: str, at: int = NOW) -> agent.AgentIdentity:
    return agent.verify(text, issuers=[ORG.did], now=Clock(at)())


@pytest.mark.parametrize("securing", [Securing.JOSE, Securing.DATA_INTEGRITY])
def test_a_credential_says_which_workload_and_by_what(securing: Securing) -> None:
    text = svid()
    evidence = found(text).evidence
    identity = told(endorsed(securing=securing))
    assert identity.workloads == (evidence,)
    assert str(evidence.workload) == WORKLOAD
    assert identity.profile == PROFILE
    for part in text.split("."):
        assert part not in endorsed(securing=securing)


def test_a_wit_endorses_as_well() -> None:
    text = wit()
    assert told(endorsed(proven(text, wpt(text)))).workloads[0].form == "wit-svid"


def test_a_verifier_takes_it_as_any_credential() -> None:
    token = given(caveat.Agent(attested_by=ORG.did, stage="production"))
    verifier().authorize(shown(token, PLANNER, credentials=[endorsed()]), REQUEST)
    with pytest.raises(Denied):
        verifier().authorize(shown(token, PLANNER), REQUEST)


@pytest.mark.parametrize(
    "changed",
    [
        {"profile": AgentProfile(id=MALLORY.did)},
        {"profile": AgentProfile(id=ORG.did)},
        {"by": ALICE},
        {"by": PLANNER},
    ],
)
def test_a_stolen_svid_endorses_nobody_else(changed: dict[str, Any]) -> None:
    """Attack 83: the audience names the issuer and the agent."""
    with pytest.raises(AudienceError):
        endorsed(**changed)


def test_a_workload_that_was_verified_for_something_else() -> None:
    for audience in ("https://api.example", ORG.did, f"{AUDIENCE}#x"):
        with pytest.raises(AudienceError):
            endorsed(found(svid(aud=audience), audience=audience))


def test_too_late() -> None:
    with pytest.raises(ExpiredError):
        endorsed(clock=Clock(NOW + 300))
    text = wit()
    with pytest.raises(ExpiredError):
        endorsed(proven(text, wpt(text)), clock=Clock(NOW + 60))


@pytest.mark.parametrize(
    "changed",
    [
        {"told": WORKLOAD},
        {"told": found(svid()).evidence},
        {"profile": PLANNER.did},
        {"by": None},
        {"lifetime": timedelta(days=400)},
        {"securing": Securing.SD_JWT},
    ],
)
def test_unusable_arguments(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        endorsed(**changed)


@pytest.mark.parametrize(
    ("issuer", "agents"), [(ORG.did, "x"), ("x", PLANNER.did), (None, PLANNER.did), (f"{ORG.did}?a=b", PLANNER.did)]
)
def test_audiences_are_of_dids(issuer: Any, agents: Any) -> None:
    with pytest.raises(InputError):
        workload.endorsement_audience(issuer=issuer, agent=agents)


def document(*evidence: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", URL],
        "type": ["VerifiableCredential", "AgentIdentityCredential"],
        "issuer": ORG.did,
        "validFrom": "2020-01-01T00:00:00Z",
        "validUntil": "2040-01-01T00:00:00Z",
        "credentialSubject": PROFILE.subject(),
        "evidence": list(evidence),
    }


def secured(*evidence: Any) -> str:
    made = credential.issue(document(*evidence), by=ORG, securing=Securing.JOSE, contexts=contexts())
    assert isinstance(made, str)
    return made


GOOD = found(svid()).evidence.write()
OTHER_KIND = {"type": "https://other.example/Evidence", "id": "https://other.example/1"}


def test_other_evidence_is_passed_over() -> None:
    assert (
        told(secured(OTHER_KIND, GOOD, {**GOOD, "type": ["WorkloadEvidence"]})).workloads
        == (found(svid()).evidence,) * 2
    )
    assert told(secured(OTHER_KIND)).workloads == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"workload": "spiffe://Prod.example/a"},
        {"workload": "spiffe://prod.example/../a"},
        {"workload": ["spiffe://prod.example/a"]},
        {"form": "x509-svid"},
        {"form": ["jwt-svid"]},
        {"digest": "sha-256:x"},
        {"digest": "sha-512:" + "A" * 43},
        {"id": "https://a.example/"},
        {"digest": ...},
        {"workload": ...},
    ],
)
def test_what_is_no_workload_evidence(changed: dict[str, Any]) -> None:
    members = {name: value for name, value in {**GOOD, **changed}.items() if value is not ...}
    with pytest.raises(CredentialError):
        told(secured(members))


@pytest.mark.parametrize("read", [None, WORKLOAD, [GOOD], {}, {**GOOD, "type": "Evidence"}, {**GOOD, "type": []}])
def test_what_is_read_alone_is_of_this_type(read: Any) -> None:
    with pytest.raises(CredentialError):
        WorkloadEvidence.read(read)


def test_a_member_without_a_meaning() -> None:
    with pytest.raises(CredentialError):
        secured({**GOOD, "svid": svid()})


def test_at_most_eight() -> None:
    with pytest.raises(CredentialError):
        told(secured(*[GOOD] * 9))
    one = found(svid()).evidence
    issued = agent.issue(PROFILE, by=ORG, lifetime=DAY, workloads=[one] * 8, clock=Clock())
    assert told(issued).workloads == (one,) * 8
    for workloads in ([one] * 9, one, [GOOD], None):
        with pytest.raises(InputError):
            agent.issue(PROFILE, by=ORG, lifetime=DAY, workloads=workloads, clock=Clock())


def test_evidence_is_signed() -> None:
    made = json.loads(endorsed(securing=Securing.DATA_INTEGRITY))
    for change in ({"workload": "spiffe://prod.example/other"}, {"form": "wit-svid"}):
        forged = {**made, "evidence": [{**made["evidence"][0], **change}]}
        with pytest.raises(ProofError):
            told(canonicalise(forged).decode())
    without = {name: value for name, value in made.items() if name != "evidence"}
    with pytest.raises(ProofError):
        told(canonicalise(without).decode())


@pytest.mark.parametrize(
    ("id", "form", "digest"),
    [
        (WORKLOAD, "jwt-svid", GOOD["digest"]),
        (SpiffeId.read(WORKLOAD), "svid", GOOD["digest"]),
        (SpiffeId.read(WORKLOAD), "jwt-svid", None),
    ],
)
def test_evidence_that_is_made_is_evidence(id: Any, form: Any, digest: Any) -> None:
    with pytest.raises(InputError):
        WorkloadEvidence(id, form, digest)


def test_the_schema_on_the_page_says_what_is_read() -> None:
    schema = json.loads((ROOT / "spec" / "agent-v1.schema.json").read_text())
    rule, listed = schema["$defs"]["evidence"]["then"], schema["properties"]["evidence"]["anyOf"][1]
    assert listed["maxContains"] == agent.workload.MOST
    assert set(rule["required"]) == set(rule["properties"]) == set(GOOD)
    assert rule["properties"]["form"]["enum"] == list(agent.workload.FORMS)
    pattern = re.compile(rule["properties"]["workload"]["pattern"])
    assert pattern.search(WORKLOAD)
    for other in (
        "spiffe://Prod.example/a",
        "spiffe://prod.example",
        "spiffe://prod.example/a/",
        *(f"spiffe://prod.example/{path}" for path in ("..", "a/.", "../a", "a/../b", "a//b", "a b")),
    ):
        assert not pattern.search(other), other
        with pytest.raises(MalformedError):
            SpiffeId.read(other)
    for same in ("spiffe://prod.example/...", "spiffe://prod.example/.a/b.", "spiffe://prod.example/a/..b"):
        assert pattern.search(same)
        assert str(SpiffeId.read(same)) == same
