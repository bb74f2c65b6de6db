"""Token exchange: what is issued for a chain, never more than it, and every attack that gets nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from tests.adapters import outside
from tests.adapters.oauth.dpop_scene import NOW, Clock, alice, planner, proof, scout, thief
from tests.adapters.oauth.exchange_scene import (
    CALENDAR,
    ENDPOINT,
    EVENTS,
    HELD,
    KEY,
    MAIL,
    NAME,
    SERVER,
    WAYS,
    app,
    by_dpop,
    by_presentation,
    details,
    form,
    issued,
    minted,
    post,
    refused,
    server,
)
from tests.web.world import knock, verifier

from attorn import Identity, caveat, macaroon, revocation
from attorn.errors import InputError, UnavailableError
from attorn.jose.jws import token_hash
from attorn.keys.jwk import thumbprint
from attorn.keys.signer import P256Signer
from attorn.oauth import DETAILS_TYPE, GRANT, Nonces, exchange_request, prove
from attorn.store import MemoryStore


@pytest.fixture(params=sorted(WAYS))
def way(request: pytest.FixtureRequest) -> Any:
    return WAYS[request.param]


def test_what_is_issued(way: Any) -> None:
    exchange = server()
    claims = issued(post(exchange, way()), exchange)
    assert claims.pop("jti")
    assert claims == {
        "iss": SERVER,
        "sub": alice.did,
        "aud": CALENDAR,
        "client_id": scout.did,
        "iat": NOW,
        "exp": NOW + 300,
        "act": {"sub": scout.did, "act": {"sub": planner.did}},
        "cnf": {"jkt": thumbprint(scout.signer.public_key)},
        "attorn_chain": token_hash(HELD.encode()),
        "scope": "events:read",
    }


def test_a_server_with_a_p256_key_and_either_kind_of_token(way: Any) -> None:
    exchange = server(by=P256Signer.from_scalar(b"\x01" * 32))
    kind = "urn:ietf:params:oauth:token-type:jwt"
    response = post(exchange, way(requested_token_type=kind))
    issued(response, exchange)
    assert response.json()["issued_token_type"] == kind
    assert post(exchange, way(jti="x")).json()["issued_token_type"].endswith(":access_token")


def test_the_longest_chain_is_one_nest_of_actors() -> None:
    clock, people = Clock(), [Identity.generate(clock=Clock()) for _ in range(31)]
    token = Identity(alice.signer, clock=clock).mint(to=people[0].did, caveats=[EVENTS])
    for one, other in pairwise(people):
        token = one.delegate(token, to=other.did)
    exchange = server()
    found: Any = issued(post(exchange, by_dpop(token, by=people[-1])), exchange)["act"]
    seen = []
    while found:
        seen.append(found["sub"])
        found = found.get("act")
    assert seen == [each.did for each in reversed(people)]


# Never broader than the chain.


def test_of_the_scopes_those_that_the_chain_permits(way: Any) -> None:
    exchange = server()
    asked = "events:read mail:send events:write events:* openid events:read /x"
    assert issued(post(exchange, way(scope=asked)), exchange)["scope"] == "events:read events:write"


@pytest.mark.parametrize(
    "limit",
    [
        caveat.Actions("events:write"),
        caveat.Resources(f"{CALENDAR}/alice"),
        caveat.Resources("cal://alice"),
        caveat.Range("limit", 1, 10),
        caveat.Not(caveat.Equals("limit", 11)),
        caveat.Audience(CALENDAR),
        caveat.Audience(NAME),
        caveat.Audience(NAME, "did:web:mail.example"),
        caveat.MaxUses(1000),
        caveat.Rate(1000, "second"),
        caveat.Budget(1000, "EUR"),
        caveat.Spaced("day"),
        caveat.RequiresApproval(alice.did, when=caveat.Actions("pay:*")),
        caveat.Agent(attested_by=alice.did, owner="Acme"),
    ],
    ids=lambda limit: limit.limit(),
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_scope_that_is_broader_than_the_chain(way: Any, limit: caveat.Caveat, place: int) -> None:
    """Whatever a JWT cannot hold its bearer to, it is not issued for."""
    token = minted(EVENTS, limit) if place else minted(narrower=(limit,))
    refused(post(server(), way(token)), "invalid_scope", "bad_token_request")


def test_an_audience_that_the_chain_names_along_with_this_server(way: Any) -> None:
    exchange = server()
    token = minted(EVENTS, caveat.Audience(NAME, CALENDAR))
    assert issued(post(exchange, way(token)), exchange)["scope"] == "events:read"
    refused(post(exchange, way(token, audience="did:web:mail.example")), "invalid_scope")


def test_places_each_with_what_may_be_done_there(way: Any) -> None:
    exchange = server()
    token = minted(
        EVENTS, caveat.Resources(f"{CALENDAR}/alice", f"{CALENDAR}/bob"), narrower=(caveat.Actions("events:read"),)
    )
    asked = details(f"{CALENDAR}/alice", f"{CALENDAR}/BOB", f"{CALENDAR}/bob/x", CALENDAR, f"{MAIL}/alice")
    both = asked[:-1] + "," + details(f"{CALENDAR}/alice/y", actions=("events:read", "events:write", "events:read"))[1:]
    claims = issued(post(exchange, way(token, scope=None, authorization_details=both)), exchange)
    assert "scope" not in claims
    assert claims["authorization_details"] == [
        {"type": DETAILS_TYPE, "actions": ["events:read"], "locations": [place]}
        for place in (f"{CALENDAR}/alice", f"{CALENDAR}/bob/x", f"{CALENDAR}/alice/y")
    ]


def test_a_place_that_is_not_the_targets(way: Any) -> None:
    """The chain permits it, but not at whom this is for."""
    token = minted(EVENTS, caveat.Resources(MAIL))
    sent = way(token, scope=None, authorization_details=details(f"{MAIL}/x"))
    refused(post(server(), sent), "invalid_scope")
    exchange = server()
    sent = way(token, scope=None, authorization_details=details(f"{MAIL}/x"), audience="did:web:mail.example")
    assert issued(post(exchange, sent), exchange, "did:web:mail.example")["authorization_details"]


@pytest.mark.parametrize(("seconds", "left"), [(600, 300), (300, 300), (299, 299), (1, 1)])
def test_it_never_outlives_the_chain(way: Any, seconds: int, left: int) -> None:
    exchange = server()
    ends = caveat.Expires(datetime.fromtimestamp(NOW + seconds, UTC))
    assert issued(post(exchange, way(minted(EVENTS, ends))), exchange)["exp"] == NOW + left
    assert issued(post(exchange, way(minted(narrower=(ends,)))), exchange)["exp"] == NOW + left


def test_a_chain_that_is_over_or_taken_back(way: Any) -> None:
    clock, store = Clock(), MemoryStore()
    exchange = server(judge=verifier(audience=NAME, clock=clock, store=store))
    ends = caveat.Expires(datetime.fromtimestamp(NOW + 5, UTC))
    sent = way(minted(EVENTS, ends))
    clock.second += 5
    refused(post(exchange, sent), "invalid_request", "outside_validity")
    store.apply(revocation.revoke(HELD, by=planner))
    refused(post(exchange, way()), "invalid_request", "revoked")


# Whose it is, for whom, once.


def test_the_same_request_again(way: Any) -> None:
    exchange, sent = server(), way()
    assert post(exchange, sent).status_code == 200
    refused(post(exchange, sent), "invalid_request", "replayed")


def test_a_stranger_with_the_chain() -> None:
    made = proof(HELD, by=thief, htm="POST", htu=ENDPOINT)
    refused(post(server(), by_dpop(proof=made)), "invalid_request", "not_holder")
    sent = by_dpop()
    sent["headers"] = []
    refused(post(server(), sent), "invalid_dpop_proof")
    sent["headers"] = [*by_dpop()["headers"], *by_dpop()["headers"]]
    refused(post(server(), sent), "invalid_dpop_proof")


@pytest.mark.parametrize(
    "claims",
    [
        {"htm": "GET"},
        {"htu": f"{SERVER}/tokens"},
        {"htu": "https://other.example/token"},
        {"htu": f"{ENDPOINT}?a=1"},
        {"iat": NOW - 301},
        {"ath": token_hash("another")},
    ],
)
def test_a_proof_for_something_else(claims: dict[str, Any]) -> None:
    made = proof(HELD, **{"htm": "POST", "htu": ENDPOINT, **claims})
    refused(post(server(), by_dpop(proof=made)), "invalid_dpop_proof")


def test_a_proof_for_a_shorter_chain() -> None:
    again = Identity(scout.signer, clock=Clock()).delegate(HELD, to=scout.did, caveats=[caveat.Actions("events:read")])
    sent = by_dpop(again)
    sent["headers"] = by_dpop()["headers"]
    refused(post(server(), sent), "invalid_dpop_proof")


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "events:read events:write"},
        {"scope": "events:write"},
        {"audience": "did:web:mail.example"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:jwt"},
        {"client_id": "me"},
        {"authorization_details": details(CALENDAR)},
    ],
)
def test_a_presentation_covers_all_that_is_asked(changed: dict[str, str]) -> None:
    sent = by_presentation()
    sent["data"] |= changed
    refused(post(server(), sent), "invalid_request", "wrong_request")


def test_a_presentation_for_another_audience_or_with_a_proof_beside_it() -> None:
    refused(post(server(), by_presentation(made_for=CALENDAR)), "invalid_request", "wrong_audience")
    sent = by_presentation()
    sent["headers"] = by_dpop()["headers"]
    refused(post(server(), sent), "invalid_request", "bad_token_request")


def test_one_kind_of_token_named_as_the_other() -> None:
    for sent, other in ((by_dpop(), by_presentation()), (by_presentation(), by_dpop())):
        sent["data"]["subject_token_type"] = other["data"]["subject_token_type"]
        sent["headers"] = other["headers"]
        assert post(server(), sent).status_code == 400


def test_another_root(way: Any) -> None:
    refused(post(server(), way(minted(by=thief))), "invalid_request", "untrusted_root")


def test_a_macaroon() -> None:
    key = macaroon.MacKey.generate()
    token = Identity(alice.signer, clock=Clock()).mint(to=scout.did, caveats=[EVENTS], base=macaroon.issue(key))
    exchange = server(judge=verifier(audience=NAME, clock=Clock(), macaroon_keys=[key]))
    refused(post(exchange, by_dpop(token)), "invalid_request", "not_admitted")
    refused(post(exchange, by_presentation(token)), "invalid_request", "not_admitted")


@pytest.mark.parametrize("kind", ["access_token", "id_token", "jwt", "refresh_token", "saml2", "id-jag", "txn_token"])
def test_a_foreign_token_with_actors_of_its_own_grants_nothing(kind: str) -> None:
    """Nested `act` proves nothing: one is made here, as anybody can, and nobody reads it."""
    claims = {"sub": alice.did, "act": {"sub": scout.did, "act": {"sub": planner.did}}, "scope": "events:read"}
    claims |= {"may_act": {"sub": scout.did}, "attorn_chain": token_hash(HELD.encode())}
    foreign = jwt.encode(claims, "secret" * 8, "HS256", {"typ": "at+jwt"})
    sent = by_dpop()
    sent["data"] |= {"subject_token": foreign, "subject_token_type": f"urn:ietf:params:oauth:token-type:{kind}"}
    refused(post(server(), sent), "invalid_request", "bad_token_request")
    sent["data"]["subject_token_type"] = by_dpop()["data"]["subject_token_type"]
    sent["headers"] = [("DPoP", proof(foreign, htm="POST", htu=ENDPOINT))]
    assert post(server(), sent).status_code == 400


@pytest.mark.parametrize("text", ["ä", "\u2028", f"{HELD.encode()}\u0000ä"])
def test_a_token_in_other_characters_is_none(text: str) -> None:
    """Attack 33: a form may say any character."""
    sent = by_dpop()
    sent["data"]["subject_token"] = text
    refused(post(server(), sent), "invalid_request", "malformed")


def test_what_was_issued_buys_nothing_more() -> None:
    exchange = server()
    text = post(exchange, by_dpop()).json()["access_token"]
    sent = by_dpop()
    sent["data"]["subject_token"] = text
    sent["headers"] = [("DPoP", proof(text, htm="POST", htu=ENDPOINT))]
    assert post(exchange, sent).status_code == 400


@pytest.mark.parametrize("name", ["actor_token", "actor_token_type"])
def test_an_actor_token_is_not_looked_at_and_so_refused(way: Any, name: str) -> None:
    refused(post(server(), way(**{name: "x"})), "invalid_request", "bad_token_request")


# What is no such request.


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"audience": None}, "invalid_target"),
        ({"audience": "https://evil.example"}, "invalid_target"),
        ({"audience": "HTTPS://calendar.example"}, "invalid_target"),
        ({"audience": f"{CALENDAR}/"}, "invalid_target"),
        ({"resource": CALENDAR}, "invalid_target"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": " events:read"}, "invalid_scope"),
        ({"scope": "events:read  events:write"}, "invalid_scope"),
        ({"scope": 'events:"read"'}, "invalid_scope"),
        ({"scope": "events:read\nx"}, "invalid_scope"),
        ({"scope": " ".join(f"a{n}" for n in range(65))}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        *(
            ({"authorization_details": text}, "invalid_authorization_details")
            for text in (
                "x", "{}", "[]", "[1]", "[null]", '[{"type":"x"}]', details(),
                details(CALENDAR, actions=()), details("x://?"), details("a\\b"), details(CALENDAR, actions=("a b",)),
                details(CALENDAR).replace('"type"', '"typ"'), details(CALENDAR).replace("access", "other"),
                details(CALENDAR).replace("]}", '],"identifier":"x"}'), details(*[f"/{n}" for n in range(65)]),
                details(CALENDAR)[:-1], "[" * 99 + "]" * 99, details(CALENDAR).replace('"type"', '"type":1,"type"'),
            )
        ),
    ],
)  # fmt: skip
def test_a_request_that_asks_for_nothing_that_is_given(way: Any, changed: dict[str, str], error: str) -> None:
    refused(post(server(), way(**changed)), error)


def test_a_resource_in_place_of_an_audience(way: Any) -> None:
    exchange = server()
    assert issued(post(exchange, way(audience=None, resource=CALENDAR)), exchange)["aud"] == CALENDAR


def test_parameters_that_are_not_known_are_ignored_and_empty_ones_not_there(way: Any) -> None:
    exchange = server()
    assert issued(post(exchange, way(foo="bar", actor_token="")), exchange)["scope"] == "events:read"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"&",
        b"a",
        b"\xff=1",
        b"a=%ff",
        b"x" * 100_000,
        urlencode([("grant_type", GRANT), ("grant_type", GRANT)]).encode(),
        urlencode([(f"a{n}", "1") for n in range(33)]).encode(),
    ],
)
def test_bodies_that_are_no_form(content: bytes) -> None:
    sent = {"content": content, "headers": [("Content-Type", "application/x-www-form-urlencoded")]}
    assert post(server(), sent).json()["error"] in ("invalid_request", "unsupported_grant_type")


FORM = (b"content-type", b"application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ([FORM, (b"content-length", b"1000000")], [b"a=1"], "limit_exceeded"),
        ([FORM], [b"a=" + b"x" * 60_000, b"x" * 60_000], "limit_exceeded"),
        ([FORM, (b"content-length", b"3"), (b"content-length", b"3")], [b"a=1"], "invalid_input"),
        ([FORM, (b"content-length", b"3"), (b"transfer-encoding", b"chunked")], [b"a=1"], "invalid_input"),
        ([FORM, FORM], [b"a=1"], "bad_token_request"),
        ([FORM, (b"content-type", b"text/plain")], [b"a=1"], "bad_token_request"),
    ],
)
def test_bodies_that_are_not_read(headers: list[tuple[bytes, bytes]], body: list[bytes], code: str) -> None:
    status, told = knock(app(server()), method="POST", path="/token", headers=headers, body=body)
    assert (status, told) == (400, {"error": "invalid_request", "error_description": code})


def test_a_client_that_goes_away_gets_nothing_issued() -> None:
    assert knock(app(server()), method="POST", path="/token", headers=[FORM], body=[b"a=1"], gone=True)[0] == 503


def test_a_parameter_twice() -> None:
    sent = by_dpop()
    body = urlencode([*sent["data"].items(), ("scope", "events:write")])
    head = [*sent["headers"], ("Content-Type", "application/x-www-form-urlencoded")]
    refused(post(server(), {"content": body.encode(), "headers": head}), "invalid_request")


def test_another_place_another_method_and_another_kind_of_body() -> None:
    refused(post(server(), by_dpop(), url="/other"), "invalid_request", "invalid_input")
    refused(post(server(), by_dpop(), url="/token?scope=events:write"), "invalid_request", "invalid_input")
    refused(post(server(), {**by_dpop(), "data": None, "params": form()}, method="GET"), "invalid_request")
    sent = by_dpop()
    refused(post(server(), {"json": sent["data"], "headers": sent["headers"]}), "invalid_request")


def test_a_server_that_asks_for_its_nonce() -> None:
    once = iter([Clock()()])
    response = post(server(nonces=Nonces(b"\7" * 32, clock=lambda: next(once))), by_dpop())
    refused(response, "use_dpop_nonce", "use_dpop_nonce")
    assert response.headers["dpop-nonce"] == Nonces(b"\7" * 32, clock=Clock()).issue()
    exchange = server(nonces=Nonces(b"\7" * 32, clock=Clock()))
    response = post(exchange, by_dpop())
    refused(response, "use_dpop_nonce", "use_dpop_nonce")
    made = prove(HELD, by=scout, method="POST", url=ENDPOINT, nonce=response.headers["dpop-nonce"], clock=Clock())
    assert post(exchange, by_dpop(proof=made)).status_code == 200


def test_what_fails_is_no_yes(way: Any) -> None:
    class Broken(MemoryStore):
        def remember(self, *_: Any, **__: Any) -> bool:
            raise OSError("gone")

    exchange = server(judge=verifier(audience=NAME, clock=Clock(), store=Broken()))
    refused(post(exchange, way()), "temporarily_unavailable", "unavailable", 503)

    class Dumb:
        public_key = KEY.public_key

        def sign(self, message: bytes) -> bytes:
            raise OSError("no smart card")

    refused(post(server(by=Dumb()), way()), "temporarily_unavailable", "unavailable", 503)


@pytest.mark.parametrize(
    "arguments",
    [
        {"issuer": "as.example"},
        {"issuer": None},
        {"endpoint": "/token"},
        {"endpoint": "https://as.example/token?x"},
        {"endpoint": "http://as.example/token"},
        {"endpoint": "http://127.0.0.1.example/token"},
        {"endpoint": "mcp://as.example/token"},
        {"endpoint": None},
        {"targets": {}},
        {"lifetime": timedelta(0)},
        {"lifetime": timedelta(hours=2)},
        {"lifetime": 300},
        {"targets": [CALENDAR]},
        {"targets": {"": CALENDAR}},
        {"targets": {CALENDAR: "a\\b"}},
        {"nonces": "x"},
        {"verifier": "x"},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        server(**{"judge": arguments.pop("verifier", None), **arguments})


def test_targets_that_fail_and_targets_that_change(way: Any) -> None:
    with pytest.raises(UnavailableError):
        server(targets=outside.Failing())
    targets = {CALENDAR: CALENDAR}
    exchange = server(targets=targets)
    targets[CALENDAR] = "https://elsewhere.example"
    assert post(exchange, way()).status_code == 200


@pytest.mark.parametrize("parameters", [None, "scope", [("scope", "a")], 5])
def test_parameters_that_are_no_mapping(parameters: Any) -> None:
    with pytest.raises(InputError):
        exchange_request(ENDPOINT, parameters)
    with pytest.raises(UnavailableError):
        exchange_request(ENDPOINT, outside.Failing())
