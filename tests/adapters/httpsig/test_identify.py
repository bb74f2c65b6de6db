"""Signed, and known: by either key, with a body, in either kind of source, and in the legacy form where it is taken."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.adapters.httpsig.library import fields
from tests.adapters.httpsig.scene import (
    AGENT,
    ORIGIN,
    START,
    Clock,
    Web,
    agent,
    message,
    p256,
    published,
    signed,
    signer,
    verifier,
    web,
)

from attorn.errors import InputError, SignatureError
from attorn.httpsig import AgentVerifier, Coverage, Directories, Kind, Source
from attorn.httpsig.source import WELL_KNOWN
from attorn.keys.jwk import thumbprint

BARE = '("@authority" "signature-agent";key="sig1")'


def test_an_agent_is_its_url_and_its_key() -> None:
    clock = Clock()
    found = verifier(clock).identify(signed(clock))
    assert (found.url, found.did, found.keyid) == (AGENT, agent.did, thumbprint(agent.signer.public_key))
    assert (found.created, found.expires) == (int(START.timestamp()), int(START.timestamp()) + 60)
    assert found.covered == {'"@method"', '"@authority"', '"@path"', '"signature-agent";key="sig1"'}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("query", ["", "a=1&b=%20", "?"])
@pytest.mark.parametrize("body", [b"", b"{}", bytes(range(256))])
def test_the_whole_request_is_covered(method: str, query: str, body: bytes) -> None:
    clock = Clock()
    asked = message(method, "/cart/%C3%BC;x=1", query=query, body=body, headers=(("authorization", "Attorn AAAA"),))
    found = verifier(clock).identify(signed(clock, asked))
    assert ('"@query"' in found.covered, '"content-digest"' in found.covered) == (bool(query), bool(body))
    assert '"authorization"' in found.covered


def test_a_key_of_p256() -> None:
    clock, transport = Clock(), web()
    transport.documents[AGENT + WELL_KNOWN] = published(p256)
    request = signed(clock, by=signer(clock, p256))
    assert verifier(clock, transport).identify(request).did == p256.did


def test_a_jwk_set_at_a_url_whose_kids_are_its_own_affair() -> None:
    clock, transport = Clock(), Web()
    url = f"{AGENT}/jwks.json"
    keys = json.loads(published(agent))["keys"]
    transport.documents[url] = json.dumps({"keys": [{**keys[0], "kid": "mine"}]}).encode()
    request = signed(clock, by=signer(clock, agent=Source(url, Kind.JWKS_URI)))
    assert request.one("signature-agent") == f'sig1="{url}";type=jwks_uri'
    assert verifier(clock, transport, agents=lambda found: found == url).identify(request).url == url
    assert (transport.asked, "application/jwk-set+json" in transport.accepts[0]) == ([url], True)


@pytest.mark.parametrize("spelling", [AGENT.upper().replace("HTTPS", "https"), AGENT + "/", AGENT + ":443"])
def test_one_agent_however_its_url_is_spelt(spelling: str) -> None:
    clock = Clock()
    request = signed(clock, by=signer(clock, agent=spelling))
    assert verifier(clock, agents=[AGENT]).identify(request).url == AGENT
    assert verifier(clock, agents=[spelling]).identify(signed(clock)).url == AGENT


def test_an_agent_of_this_machine_is_for_directories_with_loopback() -> None:
    url = "http://localhost:8080"
    with pytest.raises(InputError):
        AgentVerifier(Directories(Web()), agents=[url])
    with pytest.raises(InputError):
        AgentVerifier(Directories(Web(), loopback=True), agents=["http://agent.example"])
    clock, transport = Clock(), Web()
    transport.documents[url + WELL_KNOWN] = published(agent)
    request = signed(clock, by=signer(clock, agent=Source(url, loopback=True)))
    by = AgentVerifier(Directories(transport, clock=clock, loopback=True), agents=[url], clock=clock)
    assert by.identify(request).url == url


def test_the_target_uri_is_authority_path_and_query() -> None:
    clock = Clock()
    asked = message(query="a=1")
    claims = _rewritten(clock, '("@method" "@target-uri" "signature-agent";key="sig1")', query="a=1")
    assert '"@target-uri"' in verifier(clock).identify(signed(clock, asked, **claims)).covered


def test_the_least_that_the_profile_asks_for_counts_only_where_that_is_enough() -> None:
    clock = Clock()
    claims = _rewritten(clock, BARE)
    with pytest.raises(SignatureError, match="@method"):
        verifier(clock).identify(signed(clock, **claims))
    found = verifier(clock, coverage=Coverage.AUTHORITY).identify(signed(clock, **claims))
    assert found.covered == {'"@authority"', '"signature-agent";key="sig1"'}


def test_a_member_may_be_called_other_than_the_signature() -> None:
    clock = Clock()
    request = signed(clock)
    named = {name: str(request.one(name)) for name in ("signature", "signature-input")}
    relabelled = {name.replace("-", "_"): value.replace("sig1=", "proxied=", 1) for name, value in named.items()}
    assert verifier(clock).identify(signed(clock, **relabelled, signature_agent=f'sig1="{AGENT}"')).url == AGENT


def test_another_signature_beside_it_is_somebody_elses_affair() -> None:
    clock = Clock()
    request = signed(clock)
    more = {
        "signature_input": f'{request.one("signature-input")}, tls=("@path");created=1;keyid="x";tag="other"',
        "signature": f"{request.one('signature')}, tls=:AAAA:",
    }
    more["signature_agent"] = str(request.one("signature-agent"))
    assert verifier(clock).identify(signed(clock, **more)).url == AGENT


def test_it_may_be_a_minute_ahead_and_as_old_as_it_says() -> None:
    for ahead in (-60, 0, 59):
        clock = Clock()
        request = signed(Clock(START - timedelta(seconds=ahead)))
        assert verifier(clock).identify(request).url == AGENT


def _rewritten(clock: Clock, components: str, query: str = "") -> dict[str, str]:
    """The fields of a signature over other components, made with the agent's key and the library alone."""
    url = f"{ORIGIN}/cart{'?' if query else ''}{query}"
    return {name.lower().replace("-", "_"): value for name, value in fields(agent, components, clock, url=url).items()}
