"""The attacks on workload identities: a JWT-SVID, and a WIT with its proof, written by PyJWT and joserfc.

An organisation takes the workload's word, issues its agent a credential, and a verifier asks for that credential.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.adapters import outside
from tests.adapters.workload.test_workload_endorsing import PROFILE, endorsed
from tests.adapters.workload.workload_scene import (
    AUDIENCE,
    ORG,
    OTHER,
    OWN,
    SIGNER,
    claims,
    hashed,
    svid,
    verifier,
    wit,
    wpt,
)
from tests.attacks.adapter_scene import Once, Till, nothing_happens, refuses
from tests.unit import scene
from tests.unit.scene import MALLORY, PLANNER, given, shown

from attorn import caveat
from attorn.agent import AgentProfile
from attorn.encoding import base64url_decode, base64url_encode
from attorn.workload import Workload

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
HELD = given(caveat.Agent(attested_by=ORG.did, stage="production"), caveat.Actions("events:read"), caveat.MaxUses(99))
CHAIN, OTHER_CHAIN = shown(HELD, PLANNER), shown(HELD, PLANNER)
STRANGER = outside.derived(9)
KINDS = ("jwt-svid", "wit-svid")
ELSEWHERE = (AUDIENCE.replace(PLANNER.did, MALLORY.did), AUDIENCE + "/", [AUDIENCE, "https://other.example"])


class Travel:
    """Takes what a workload shows, has its agent's credential issued, and the agent reads a calendar."""

    def __init__(self, kind: str) -> None:
        self.is_wit = kind == "wit-svid"
        self.once, self.till = Once(), Till()
        self.ran: list[str] = []
        self.reader = verifier(store=self.once)
        self.calendar = scene.verifier(store=self.till)
        self.seen = (self.ran, self.till.taken) + ((self.once.taken,) if self.is_wit else ())

    def shows(self, *, aud: Any = AUDIENCE, jti: str = "p") -> tuple[str, ...]:
        """An SVID; or a WIT, and the proof over it and over the agent's presentation."""
        if not self.is_wit:
            return (outside.with_joserfc(claims(aud=aud), alg="ES256", key=SIGNER, kid="j"),)
        text = wit()
        said = {"aud": aud, "exp": scene.NOW + 60, "jti": jti, "wth": hashed(text), "ath": hashed(CHAIN)}
        return text, outside.with_pyjwt(said, alg="EdDSA", key=OWN, typ="wpt+jwt")

    def read(self, text: str, proof: Any = None) -> Workload:
        if self.is_wit:
            return self.reader.wit(text, proof=proof, audience=AUDIENCE, chain=CHAIN)
        return self.reader.jwt_svid(text, audience=AUDIENCE)

    def endorse(self, *shown: Any, profile: AgentProfile = PROFILE) -> str:
        return endorsed(self.read(*shown), profile)

    def serve(self, *shown: Any) -> None:
        """Everything that comes of it."""
        self.use(self.endorse(*shown))

    def use(self, *credentials: str) -> None:
        self.show(shown(HELD, PLANNER, credentials=list(credentials)))

    def show(self, wire: str) -> None:
        self.calendar.authorize(wire, scene.REQUEST)
        self.ran.append(wire)

    def honest(self) -> tuple[str, ...]:
        """Lets the workload's agent in, and gives what the workload showed."""
        made = self.shows()
        self.serve(*made)
        assert [len(each) for each in self.seen] == [1] * len(self.seen)
        return made


@pytest.fixture(params=KINDS)
def travel(request: pytest.FixtureRequest) -> Travel:
    return Travel(request.param)


def test_wrong_audience(travel: Travel) -> None:
    """Attacks 83 and 129: for another agent, for another issuer, and for several; and an agent that shows another's."""
    travel.honest()
    with nothing_happens(*travel.seen):
        for aud in ELSEWHERE:
            refuses("wrong_audience", travel.serve, *travel.shows(aud=aud, jti="2"))
    with nothing_happens(travel.ran, travel.till.taken):
        refuses("wrong_audience", travel.endorse, *travel.shows(jti="3"), profile=AgentProfile(id=MALLORY.did))


def test_replay(travel: Travel) -> None:
    """Attack 80. An SVID is a bearer token, good again and for this agent alone; what the agent shows is good once."""
    made = travel.honest()
    (once,) = travel.ran
    with nothing_happens(*travel.seen):
        refuses("replayed", travel.show, once)
        if travel.is_wit:
            refuses("replayed", travel.serve, *made)
            refuses("replayed", travel.serve, made[0], wpt(made[0], jti="p", ath=hashed(CHAIN), exp=scene.NOW + 90))


def test_widened_argument(travel: Travel) -> None:
    """Attacks 67 and 84: another workload put in, and a stage that the issuer did not say."""
    travel.honest()
    text, *proof = travel.shows(jti="2")
    with nothing_happens(*travel.seen):
        wider = _changed(text, sub="spiffe://prod.example/ns/travel/sa/admin")
        over = [wpt(wider, jti="2", ath=hashed(CHAIN))] if travel.is_wit else []
        refuses("bad_signature", travel.serve, wider, *over)
    with nothing_happens(travel.ran, travel.till.taken):
        staged = AgentProfile(id=PLANNER.did, owner=ORG.did, stage="staging")
        made = travel.endorse(text, *proof, profile=staged)
        refuses("denied", travel.use, made)
        refuses("bad_credential", travel.use, _changed(made, credentialSubject=PROFILE.subject()))


def test_missing_chain(travel: Travel) -> None:
    """What is missing is denied: a credential permits nothing, and a proof is over the chain that comes with it."""
    text, *_ = travel.honest()
    with nothing_happens(*travel.seen):
        credential = endorsed()
        for wire in ("", credential, text):
            refuses("malformed", travel.show, wire)
        if travel.is_wit:
            refuses("not_holder", travel.serve, text, wpt(text, jti="2"))


def test_stripped_proof(travel: Travel) -> None:
    """Attacks 15, 59, 85 and 86: no signature, no proof, no credential, and the token as it travels."""
    text, *proof = travel.honest()
    with nothing_happens(*travel.seen):
        refuses("malformed", travel.serve, text.rpartition(".")[0] + ".", *proof)
        refuses("denied", travel.use)
        refuses("not_holder", travel.show, HELD.encode())
        if travel.is_wit:
            for none in ("", None, text, svid()):
                refuses("malformed", travel.serve, text, none)
            refuses("malformed", travel.reader.jwt_svid, text, audience=AUDIENCE)
            other = wit(own=outside.P256)
            refuses("not_holder", travel.serve, other, wpt(other, own=STRANGER, jti="2", ath=hashed(CHAIN)))


def test_header_and_body_disagree(travel: Travel) -> None:
    """Attacks 22, 28 and 130: key, kind and algorithm of the header, and what a proof says that it is over."""
    travel.honest()
    with nothing_happens(*travel.seen):
        if travel.is_wit:
            text, over = wit(), {"jti": "2", "ath": hashed(CHAIN)}
            for odd in (wpt(text, {"alg": "ES256"}, **over), wpt(text, {"typ": "JWT"}, **over)):
                refuses("malformed", travel.serve, text, odd)
            for kid in ("j", "other"):
                swapped = wit({"kid": kid})
                refuses("bad_signature", travel.serve, swapped, wpt(swapped, **over))
            for proof in (wpt(wit(jti="w2"), **over), wpt(text, jti="2", ath=hashed(OTHER_CHAIN))):
                refuses("not_holder", travel.serve, text, proof)
        else:
            refuses("malformed", travel.serve, svid({"typ": "wit+jwt"}))
            refuses("malformed", travel.serve, wit(aud=[AUDIENCE]))
            for kid in ("r", "w", "other"):
                refuses("bad_signature", travel.serve, svid({"kid": kid}))
            by_other = outside.by_hand({"alg": "ES384", "kid": "w"}, claims(), key=OTHER, alg="ES384")
            refuses("bad_signature", travel.serve, by_other)
        elsewhere = "spiffe://other.example/a"
        text = wit(sub=elsewhere) if travel.is_wit else svid(sub=elsewhere)
        refuses("untrusted_root", travel.serve, text, *([wpt(text, jti="2")] if travel.is_wit else []))


def _changed(text: str, **members: Any) -> str:
    """The same header and signature, over other claims."""
    header, body, signature = text.split(".")
    said = json.loads(base64url_decode(body)) | members
    return f"{header}.{base64url_encode(json.dumps(said).encode())}.{signature}"
