"""The attacks on evidence: ID-JAG and ID token, written by PyJWT and joserfc, and the chain that is made of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.adapters import outside
from tests.adapters.oauth.evidence_scene import (
    CLIENT,
    ISSUER,
    JAG_TYP,
    JKT,
    KEYS,
    NONCE,
    SERVER,
    id_claims,
    jag_claims,
    verifier,
)
from tests.adapters.oauth.test_evidence_minting import OWN, SERVICE, WRITE, minted
from tests.attacks.adapter_scene import Once, Till, nothing_happens, refuses
from tests.unit.scene import AUDIENCE, MALLORY, PLANNER, REQUEST, Clock

from attorn import Request, Verifier, caveat
from attorn.encoding import base64url_decode, base64url_encode
from attorn.jose.key_set import KeySet

KINDS = ("id-jag", "id-token")
OTHER = "https://other-idp.example"


class Service:
    """Takes evidence, mints for the user's agent, and the agent reads the user's calendar."""

    def __init__(self, kind: str) -> None:
        self.is_jag = kind == "id-jag"
        self.once, self.till = Once(), Till()
        self.ran: list[Request] = []
        keys = {"keys": [outside.jwk(outside.OTHER_RSA, kid="2", use="sig")]}
        self.reader = verifier(store=self.once, issuers={ISSUER: KEYS, OTHER: KeySet.read(keys)})
        self.calendar = Verifier(audience=AUDIENCE, roots=[SERVICE.did], clock=Clock(), store=self.till)

    def text(self, *, key: Any = None, header: Any = None, **claims: Any) -> str:
        """Evidence as an identity provider writes it with one of two libraries; `...` takes a claim out."""
        said = {"kid": "1", "typ": JAG_TYP if self.is_jag else "JWT"} | (header or {})
        if self.is_jag:
            return outside.with_pyjwt(jag_claims(**claims), key=key, **said)
        return outside.with_joserfc(id_claims(**claims), key=key, **said)

    def read(self, text: str, **changed: Any) -> Any:
        if self.is_jag:
            return self.reader.id_jag(text, **{"audience": SERVER, "client_id": CLIENT, **changed})
        return self.reader.id_token(text, **{"client_id": CLIENT, "nonce": NONCE, **changed})

    def redeem(self, text: str, request: Request = REQUEST, **changed: Any) -> None:
        """Everything that comes of evidence."""
        evidence = self.read(text, **changed)
        limits = [*OWN, caveat.MaxUses(99), *([] if self.is_jag else [caveat.Actions("events:read")])]
        self.use(PLANNER.present(minted(evidence, caveats=limits), request, audience=AUDIENCE), request)

    def use(self, wire: str, request: Request = REQUEST) -> None:
        self.calendar.authorize(wire, request)
        self.ran.append(request)

    def honest(self) -> str:
        text = self.text(jti="honest", nonce=NONCE)
        self.redeem(text)
        assert (len(self.ran), len(self.till.taken), len(self.once.taken)) == (1, 1, 1)
        return text


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest) -> Service:
    return Service(request.param)


def changed(text: str, **claims: Any) -> str:
    """The same header and signature, over other claims."""
    header, body, signature = text.split(".")
    said = json.loads(base64url_decode(body)) | claims
    return f"{header}.{base64url_encode(json.dumps(said).encode())}.{signature}"


def test_wrong_audience(service: Service) -> None:
    """Attacks 83 and 129: for another server or client, for several, and a client that is another here."""
    service.honest()
    right = SERVER if service.is_jag else CLIENT
    with nothing_happens(service.ran, service.till.taken, service.once.taken):
        for aud in ("https://other.example", f"{right}/", [right, "https://other.example"], ISSUER):
            refuses("wrong_audience", service.redeem, service.text(aud=aud))
        refuses("wrong_audience", service.redeem, service.text(), client_id="another")


def test_replay(service: Service) -> None:
    """Attack 80: the same evidence, and other evidence under the same `jti` or nonce."""
    text = service.honest()
    with nothing_happens(service.ran, service.till.taken, service.once.taken):
        for again in (text, service.text(jti="honest", sub="carol")):
            refuses("replayed", service.redeem, again)


def test_widened_argument(service: Service) -> None:
    """Attacks 67 and 84: a scope put in afterwards, and a use beyond what the evidence grants."""
    service.honest()
    with nothing_happens(service.ran, service.till.taken):
        narrow = service.text(jti="2", scope="calendar.read", nonce=NONCE)
        wide: dict[str, Any] = {"scope": "calendar.read calendar.write"}
        for claims in (wide, {"resource": "cal://"}, {"sub": "carol"}):
            refuses("bad_signature", service.redeem, changed(narrow, **claims))
        if service.is_jag:
            refuses("denied", service.redeem, narrow, WRITE)
        else:
            refuses("denied", service.redeem, service.text(nonce="2"), WRITE, nonce="2")


def test_missing_chain(service: Service) -> None:
    """Evidence is no chain, nothing is none, and one that the service did not mint counts for nothing."""
    service.honest()
    own = MALLORY.mint(to=PLANNER.did, caveats=[*OWN, caveat.MaxUses(99)])
    with nothing_happens(service.ran, service.till.taken, service.once.taken):
        for text in ("", service.text(), service.text().replace(".", "")):
            refuses("malformed", service.use, text)
        refuses("untrusted_root", service.use, PLANNER.present(own, REQUEST, audience=AUDIENCE))


def test_stripped_proof(service: Service) -> None:
    """Attacks 15, 59 and 85: no signature, the token as it travels, and evidence that another key is bound to."""
    service.honest()
    header, body, _ = service.text().split(".")
    none = base64url_encode(json.dumps({"alg": "none", "typ": JAG_TYP if service.is_jag else "JWT"}).encode())
    with nothing_happens(service.ran, service.till.taken, service.once.taken):
        for text in (f"{header}.{body}.", f"{header}.{body}", f"{none}.{body}."):
            refuses("malformed", service.redeem, text)
    with nothing_happens(service.ran, service.till.taken):
        answered = {} if service.is_jag else {"nonce": "2"}
        bound = service.read(service.text(cnf={"jkt": JKT}, jti="2", nonce="2"), **answered)
        refuses("not_holder", minted, bound, to=MALLORY.did)
        refuses("not_holder", service.use, minted(bound).encode())


def test_header_and_body_disagree(service: Service) -> None:
    """Attacks 22, 28 and 130: the kind, the key and the algorithm that the header names, against what is claimed."""
    service.honest()
    other = Service(KINDS[service.is_jag])
    refusals: dict[str, list[str]] = {
        "malformed": [
            other.text(),
            service.text(header={"typ": "at+jwt"}),
            service.text(header={"jwk": outside.jwk(outside.RSA)}),
        ],
        "bad_signature": [
            service.text(header={"kid": "2"}),
            service.text(key=outside.OTHER_RSA),
            service.text(key=outside.OTHER_RSA, header={"kid": "2"}),
            service.text(iss=OTHER),
            service.text(iss=OTHER, header={"kid": "2"}),
        ],
        "untrusted_root": [service.text(iss="https://evil.example")],
    }
    with nothing_happens(service.ran, service.till.taken, service.once.taken):
        for code, texts in refusals.items():
            for text in texts:
                refuses(code, service.redeem, text)
        if not service.is_jag:
            refuses("wrong_request", service.redeem, service.text(nonce="another"))
