"""Agent identity credentials on the word of a workload: the issuer checks the SVID, and says what it found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from attorn.agent import AgentProfile, Securing, issue
from attorn.clock import Clock, second_of, system_clock
from attorn.did.did import is_did
from attorn.errors import AudienceError, ExpiredError, InputError
from attorn.keys.signer import Signatory, require_signatory
from attorn.status import BitstringEntry, TokenReference
from attorn.workload.svid import Workload


def endorsement_audience(*, issuer: str, agent: str) -> str:
    """The audience for which a workload gets its SVID, or makes its proof, to endorse `agent` before `issuer`.

    Both are DIDs. That the agent is in it is what binds a bearer token to the agent: nobody can endorse another by
    it. Raises `InputError`.
    """
    if not all(isinstance(did, str) and is_did(did) for did in (issuer, agent)):
        raise InputError("workload: expected the issuer and the agent as DIDs")
    return f"{issuer}?endorse={agent}"


def endorse(
    profile: AgentProfile,
    workload: Workload,
    *,
    by: Signatory,
    lifetime: timedelta,
    status: Sequence[BitstringEntry | TokenReference] = (),
    securing: Securing = Securing.JOSE,
    method: str | None = None,
    clock: Clock = system_clock,
) -> str:
    """The credential in which `by` says `profile` of the agent, and that `workload` endorsed it.

    The other arguments are those of `attorn.agent.issue`. Raises `AudienceError` unless the workload was verified for
    `endorsement_audience(issuer=by.did, agent=profile.id)`, `ExpiredError` if that is over, and as `issue` does.
    """
    if not isinstance(profile, AgentProfile) or not isinstance(workload, Workload):
        raise InputError("workload: expected an AgentProfile, and a workload that was verified")
    by = require_signatory(by, "workload")
    if workload.audience != endorsement_audience(issuer=by.did, agent=profile.id):
        raise AudienceError("workload: it endorsed another agent, or before another issuer")
    if second_of(clock) >= workload.expires:
        raise ExpiredError("workload: what it said is over")
    return issue(
        profile,
        by=by,
        lifetime=lifetime,
        status=status,
        workloads=[workload.evidence],
        securing=securing,
        method=method,
        clock=clock,
    )
