"""From evidence to a root link: never broader, never longer, for the right key; and whose chain it then is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.adapters import outside
from tests.adapters.oauth.evidence_scene import ISSUER, JKT, as_id_token, as_jag, id_token, jag
from tests.unit.scene import ALICE, AUDIENCE, MALLORY, NOW, PLANNER, REQUEST, SCOUT, Clock, draw

from attorn import Access, Identity, Request, Token, Verifier, caveat
from attorn.errors import (
    ChainError,
    DelegationError,
    Denied,
    ExpiredError,
    InputError,
    MalformedError,
    PossessionError,
    UnavailableError,
    UntrustedRootError,
)
from attorn.oauth import CHAIN_DETAILS, Evidence, VouchedUser, from_detail, mint_from_evidence, vouched_user

SERVICE = Identity.from_seed(b"\x51" * 32, clock=Clock(), random=draw)
OWN = [caveat.Resources("cal://alice")]
SCOPES = {"calendar.read": ["events:read"], "calendar.write": ["events:read", "events:write"]}
WRITE = Request(action="events:write", resource="cal://alice/2026-11")


def minted(evidence: Evidence, **changed: Any) -> Token:
    return mint_from_evidence(
        evidence, **{"by": SERVICE, "to": PLANNER.did, "caveats": OWN, "scopes": SCOPES} | changed
    )


def used(
    token: Token, request: Request = REQUEST, *, by: Identity = PLANNER, at: int = NOW, root: str = SERVICE.did
) -> Access:
    holder = Identity(by.signer, clock=Clock(at))
    wire = holder.present(token, request, audience=AUDIENCE)
    return Verifier(audience=AUDIENCE, roots=[root], clock=Clock(at)).authorize(wire, request)


def test_a_token_of_an_id_jag() -> None:
    evidence = as_jag(jag())
    access = used(minted(evidence))
    assert (access.root, access.holder) == (SERVICE.did, PLANNER.did)
    user = evidence.vouched_user
    assert vouched_user(access) == user == VouchedUser("id-jag", ISSUER, "alice", user.digest)
    assert used(minted(evidence), WRITE)


def test_a_token_of_an_id_token_says_what_the_service_says() -> None:
    evidence = as_id_token(id_token())
    access = used(minted(evidence, caveats=[*OWN, caveat.Actions("events:read")], scopes=None))
    assert vouched_user(access) == evidence.vouched_user
    with pytest.raises(Denied):
        used(minted(evidence, caveats=[*OWN, caveat.Actions("events:read")]), WRITE)


def test_the_evidence_itself_does_not_travel() -> None:
    text = jag()
    token = minted(as_jag(text))
    raw = token.carrier.encode()
    for part in text.split("."):
        assert part.encode() not in raw
    assert as_jag(text).vouched_user.digest.encode() in raw


def test_a_scope_is_a_ceiling() -> None:
    """Attack 67."""
    evidence = as_jag(jag(scope="calendar.read"))
    assert used(minted(evidence))
    for own in ([*OWN, caveat.Actions("events:write")], [*OWN, caveat.Actions("events:*")], OWN):
        with pytest.raises(Denied):
            used(minted(evidence, caveats=own), WRITE)


@pytest.mark.parametrize("scope", ["", "openid", "calendar.READ", "calendar.readx", "events:read", "*"])
def test_a_scope_that_means_nothing_grants_nothing(scope: str) -> None:
    with pytest.raises(DelegationError):
        minted(as_jag(jag(scope=scope)))


@pytest.mark.parametrize("scopes", [None, {}])
def test_a_scope_without_a_meaning_is_not_passed_over(scopes: Any) -> None:
    with pytest.raises(DelegationError):
        minted(as_jag(jag()), scopes=scopes)


def test_scopes_that_fail() -> None:
    with pytest.raises(UnavailableError):
        minted(as_jag(jag()), scopes=outside.Failing())


@pytest.mark.parametrize("scopes", [{"calendar.read": "read"}, [("calendar.read", [])], "calendar.read"])
def test_scopes_are_lists(scopes: Any) -> None:
    with pytest.raises(InputError):
        minted(as_jag(jag()), scopes=scopes)


DETAILS = [{"type": "calendar", "actions": ["events:read"]}]


def test_authorization_details_are_a_ceiling() -> None:
    def read(details: Sequence[Any]) -> Sequence[Any]:
        return [caveat.Actions(*details[0]["actions"])]

    evidence = as_jag(jag(scope=..., authorization_details=DETAILS))
    assert used(minted(evidence, details=read))
    with pytest.raises(Denied):
        used(minted(evidence, details=read), WRITE)


def one_of_attorns(details: Sequence[Any]) -> Sequence[Any]:
    """Several would be alternatives, and caveats all hold: one is what can be said."""
    return from_detail(details[0]) if len(details) == 1 else ()


def test_attorns_own_details_are_a_ceiling() -> None:
    detail = {"type": CHAIN_DETAILS, "actions": ["events:read"], "locations": ["cal://alice/2026-11"]}
    evidence = as_jag(jag(scope=..., authorization_details=[detail]))
    assert used(minted(evidence, details=one_of_attorns))
    for request in (WRITE, Request(action="events:read", resource="cal://alice/2027-01")):
        with pytest.raises(Denied):
            used(minted(evidence, details=one_of_attorns), request)
    with pytest.raises(DelegationError):
        minted(as_jag(jag(scope=..., authorization_details=[detail, detail])), details=one_of_attorns)
    with pytest.raises(MalformedError):
        minted(as_jag(jag(scope=..., authorization_details=[{**detail, "privileges": []}])), details=one_of_attorns)


@pytest.mark.parametrize("read", [None, lambda _: [], lambda _: ()])
def test_authorization_details_are_not_passed_over(read: Any) -> None:
    with pytest.raises(DelegationError):
        minted(as_jag(jag(scope=..., authorization_details=DETAILS)), details=read)


def test_details_that_cannot_be_read_decide_nothing() -> None:
    with pytest.raises(UnavailableError):
        minted(as_jag(jag(authorization_details=DETAILS)), details=lambda _: {}["x"])
    for read in (lambda _: None, lambda _: iter(lambda: {}["x"], 0)):
        with pytest.raises(UnavailableError):
            minted(as_jag(jag(authorization_details=DETAILS)), details=read)


@pytest.mark.parametrize("actions", [None, 1, [1, "events:read"], [[]]])
def test_scopes_that_stand_for_no_actions(actions: Any) -> None:
    with pytest.raises((InputError, UnavailableError)):
        minted(as_jag(jag()), scopes={"calendar.read": actions})


def test_a_resource_is_a_ceiling() -> None:
    evidence = as_jag(jag(resource=["cal://alice/2026-11", "cal://alice/2026-12"]))
    assert used(minted(evidence))
    with pytest.raises(Denied):
        used(minted(evidence), Request(action="events:read", resource="cal://alice/2027-01"))
    with pytest.raises(Denied):
        used(minted(as_jag(jag(resource="https://cal.example"))))


def test_no_longer_than_the_evidence() -> None:
    """Attack 69."""
    evidence = as_jag(jag(exp=NOW + 100))
    token = minted(evidence, caveats=[*OWN, caveat.ExpiresIn(hours=8)])
    assert used(token, at=NOW + 99)
    for at in (NOW + 100, NOW + 101, NOW + 4000):
        with pytest.raises(ExpiredError):
            used(token, at=at)
    short = minted(evidence, caveats=[*OWN, caveat.ExpiresIn(timedelta(seconds=10))])
    with pytest.raises(ExpiredError):
        used(short, at=NOW + 10)


def test_bound_evidence_makes_a_token_for_that_key_alone() -> None:
    """Attack 85."""
    bound = as_jag(jag(cnf={"jkt": JKT}))
    assert used(minted(bound)).holder == PLANNER.did
    for to in (MALLORY.did, SCOUT.did, SERVICE.did):
        with pytest.raises(PossessionError):
            minted(bound, to=to)
    for jkt in ("", JKT.lower(), JKT + "A"):
        with pytest.raises(PossessionError):
            minted(as_jag(jag(cnf={"jkt": jkt})))


def test_the_token_is_the_agents_and_passed_on_as_any() -> None:
    token = PLANNER.delegate(minted(as_jag(jag())), to=SCOUT.did, caveats=[caveat.Actions("events:read")])
    access = used(token, by=SCOUT)
    assert vouched_user(access) == as_jag(jag()).vouched_user
    with pytest.raises(DelegationError):
        used(token, by=MALLORY)


def test_a_user_may_have_a_did_of_its_own() -> None:
    evidence = as_jag(jag())
    alice, carol = (SERVICE.pairwise(replace(evidence.vouched_user, subject=name).name) for name in ("alice", "carol"))
    assert evidence.vouched_user.name == f'["{ISSUER}","alice"]'
    assert len({alice.did, carol.did, SERVICE.did}) == 3
    token = minted(evidence, by=alice)
    assert used(token, root=alice.did).root == alice.did
    for root in (carol.did, SERVICE.did):
        with pytest.raises((UntrustedRootError, ChainError)):
            used(token, root=root)


def test_whoever_mints_without_being_trusted_mints_nothing() -> None:
    """Attack 75."""
    with pytest.raises(UntrustedRootError):
        used(minted(as_jag(jag()), by=MALLORY))


def test_a_chain_that_says_nothing_of_a_user() -> None:
    said = (
        None, "Plan my November", "{}", "[]", "5", '{"evidence": "id-jag"}',
        '{"digest":"d","evidence":"vc","iss":"i","sub":"s"}', '{"digest":"d","evidence":"id-jag","iss":"i","sub":5}',
        '{"digest":"d","evidence":"id-jag","iss":"i","sub":"s","x":1}',
        '{"digest":"d","evidence":[],"iss":"i","sub":"s"}',
    )  # fmt: skip
    for sentence in said:
        told = [] if sentence is None else [caveat.Purpose(sentence)]
        assert vouched_user(used(SERVICE.mint(to=PLANNER.did, caveats=[*OWN, *told]))) is None


def test_only_the_root_says_who_the_user_is() -> None:
    """A delegate's sentence is no statement about the user."""
    forged = as_jag(jag(sub="carol")).vouched_user.write()
    token = PLANNER.delegate(ALICE.mint(to=PLANNER.did, caveats=OWN), to=SCOUT.did, caveats=[forged])
    assert vouched_user(used(token, by=SCOUT, root=ALICE.did)) is None


def test_a_claim_is_not_an_origin() -> None:
    token = minted(as_jag(jag()))
    for claim in (token, token.unverified_links[0], None, "x"):
        with pytest.raises(InputError):
            vouched_user(claim)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"by": None},
        {"by": PLANNER.did},
        {"caveats": []},
        {"caveats": None},
        {"caveats": OWN[0]},
        {"caveats": ["x"]},
        {"caveats": [caveat.Purpose("another sentence")]},
        {"to": 5},
    ],
)
def test_unusable_arguments(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        minted(as_jag(jag()), **changed)
    with pytest.raises(InputError):
        minted(jag())  # type: ignore[arg-type]
