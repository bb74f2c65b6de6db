"""A chain with a DPoP proof at both doors: what is let in, and every attack that is not (58-71, 80-86, 129, 130)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from tests.adapters.oauth.dpop_scene import (
    AUDIENCE,
    HELD,
    NOW,
    ORIGIN,
    PATH,
    TEXT,
    URL,
    Clock,
    alice,
    by_middleware,
    call,
    fresh,
    guard,
    headers,
    minted,
    planner,
    proof,
    refused,
    scout,
    send,
    thief,
)

from attorn import Identity, Request, caveat, revocation
from attorn.errors import InputError, UnavailableError
from attorn.keys.jwk import to_jwk
from attorn.oauth import DpopMiddleware, Nonces
from attorn.store import MemoryStore
from attorn.web.http import HttpMessage, bind

PROOF, TOKEN = "invalid_dpop_proof", "invalid_token"


def test_the_holder_is_let_in_and_the_endpoint_told_who(door: Any) -> None:
    response = send(door(), fresh())
    assert (response.status_code, response.json()["root"], response.json()["holder"]) == (200, alice.did, scout.did)


@pytest.mark.parametrize("method", ["key", "jwk"])
@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_every_kind_of_key_and_did_key(door: Any, algorithm: str, method: str) -> None:
    holder = Identity.generate(algorithm=algorithm, method=method, clock=Clock())
    token = Identity(scout.signer, clock=Clock()).delegate(HELD, to=holder.did)
    assert send(door(), fresh(token, by=holder), token=token).json()["holder"] == holder.did


def test_the_body_reaches_the_endpoint_and_the_query_too(door: Any) -> None:
    answer = send(door(), fresh(method="POST"), method="POST", url=f"{PATH}?a=1", content=b"abc").json()
    assert (answer["query"], answer["body"]) == ("a=1", "abc")


# What is there at all: missing chain, stripped proof, two of anything.


@pytest.mark.parametrize(
    ("sent", "code", "error"),
    [
        ([], "no_presentation", None),
        ([("DPoP", fresh())], "no_presentation", None),
        (headers(HELD, fresh(), scheme="Bearer"), "no_presentation", None),
        (headers(HELD, scheme="Bearer"), "no_presentation", None),
        (headers(HELD, fresh(), scheme="Attorn"), "no_presentation", None),
        (headers(HELD), PROOF, PROOF),
        (headers(HELD, ""), PROOF, PROOF),
        (headers(HELD, fresh(), fresh()), PROOF, PROOF),
        (headers(HELD, f"{fresh()}, {fresh()}"), PROOF, PROOF),
        (headers("", fresh()), PROOF, PROOF),
        ([*headers(HELD, fresh()), ("Authorization", "Bearer x")], "malformed", TOKEN),
        (headers(HELD, "x" * 8193), PROOF, PROOF),
        (headers("x" * 65537, fresh()), "limit_exceeded", TOKEN),
    ],
)
def test_what_does_not_bring_one_chain_and_one_proof(door: Any, sent: Any, code: str, error: str | None) -> None:
    refused(call(door(), headers=sent), code, error)


def test_a_presentation_is_no_token_in_transit(door: Any) -> None:
    """Whoever saw one must not use it again with a proof of a key of theirs, nor may the holder."""
    request = bind(HttpMessage(method="GET", origin=ORIGIN, path=PATH))
    wire = Identity(scout.signer, clock=Clock()).present(HELD, request, audience=AUDIENCE)
    refused(send(door(), proof(wire), token=wire), "malformed", TOKEN)
    refused(send(door(), proof(wire, by=thief), token=wire), "malformed", TOKEN)


# Whose key.


@pytest.mark.parametrize("by", [thief, planner, alice])
def test_a_proof_by_anybody_but_the_holder(door: Any, by: Identity) -> None:
    refused(send(door(), proof(by=by)), "not_holder", TOKEN)


def test_the_holders_key_shown_and_another_used(door: Any) -> None:
    forged = proof(by=thief, header={"jwk": to_jwk(scout.signer.public_key)})
    refused(send(door(), forged), PROOF, PROOF)


@pytest.mark.parametrize("place", range(3))
def test_no_part_can_be_changed(door: Any, place: int) -> None:
    parts = fresh().split(".")
    other = fresh(method="POST", url=f"{ORIGIN}/events").split(".")
    parts[place] = other[place] if place else parts[0].replace("E", "F", 1)
    assert send(door(), ".".join(parts)).status_code == 401


# What it was made for.


@pytest.mark.parametrize(
    "claims",
    [
        {"htm": "POST"},
        {"htm": "get"},
        {"htm": "GET "},
        {"htu": f"{ORIGIN}/events/2026-12"},
        {"htu": f"{ORIGIN}/events"},
        {"htu": ORIGIN},
        {"htu": PATH},
        {"htu": f"{URL}/"},
        {"htu": f"http://calendar.example{PATH}"},
        {"htu": f"https://other.example{PATH}"},
        {"htu": f"https://calendar.example.evil.example{PATH}"},
        {"htu": f"https://calendar.example:8443{PATH}"},
        {"htu": f"https://user@calendar.example{PATH}"},
        {"htu": f"https://calendar.example@evil.example{PATH}"},
        {"htu": f"{URL}?a=1"},
        {"htu": f"{URL}#a"},
        {"htu": f"{ORIGIN}/x/..{PATH}"},
        {"htu": f"{ORIGIN}/%2e%2e{PATH}"},
        {"htu": f"{ORIGIN}/.{PATH}"},
        {"htu": f"{ORIGIN}/{PATH}"},
        {"htu": f"{ORIGIN}/Events/2026-11"},
        {"htu": f"{ORIGIN}/events%2F2026-11"},
        {"htu": f"{ORIGIN}/events/2026-11%00"},
        {"htu": f"{ORIGIN}\\events\\2026-11"},
        {"htu": f" {URL}"},
        {"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"},
        {"ath": ""},
    ],
)
def test_a_proof_of_another_request(door: Any, claims: dict[str, Any]) -> None:
    refused(send(door(), proof(**claims)), PROOF, PROOF)


@pytest.mark.parametrize(
    "url",
    [
        f"HTTPS://Calendar.Example{PATH}",
        f"https://calendar.example:443{PATH}",
        f"{ORIGIN}/%65vents/2026-11",
        f"{ORIGIN}/events/2026%2D11",
    ],
)
def test_other_spellings_of_this_very_url(door: Any, url: str) -> None:
    assert send(door(), proof(htu=url)).status_code == 200


def test_the_same_proof_again_and_at_another_place(door: Any) -> None:
    app, once = door(), fresh()
    assert send(app, once).status_code == 200
    refused(send(app, once), "replayed", PROOF)
    refused(send(app, once, method="POST"), PROOF, PROOF)
    refused(send(app, once, url="/events/2026-12"), PROOF, PROOF)
    # Not even for another URL: an id is used up for this holder.
    app = door()
    assert send(app, proof(jti="x")).status_code == 200
    refused(send(app, proof(jti="x", htu=f"{ORIGIN}/events/2026-12"), url="/events/2026-12"), "replayed", PROOF)


def test_processes_that_share_a_store_share_their_memory(door: Any) -> None:
    store, once = MemoryStore(), fresh()
    assert send(door(guard(store=store)), once).status_code == 200
    refused(send(door(guard(store=store)), once), "replayed", PROOF)


def test_nobody_can_use_up_the_id_of_another_holder(door: Any) -> None:
    app = door()
    refused(send(app, proof(by=thief, jti="x")), "not_holder", TOKEN)
    assert send(app, proof(jti="x")).status_code == 200


def test_ath_is_of_this_chain_and_of_no_shorter_or_longer_one(door: Any) -> None:
    """The same holder under a wider and a narrower chain: a proof for one serves no other."""
    again = Identity(scout.signer, clock=Clock()).delegate(HELD, to=scout.did)
    app = door()
    refused(send(app, fresh(), token=again), PROOF, PROOF)
    refused(send(app, fresh(again)), PROOF, PROOF)
    assert send(app, fresh(again), token=again).status_code == 200


def test_a_chain_cut_short_is_its_delegators(door: Any) -> None:
    wide = Identity(alice.signer, clock=Clock()).mint(to=planner.did, caveats=[caveat.Actions("http:*")])
    refused(send(door(), proof(wide), token=wide), "not_holder", TOKEN)


# When.


@pytest.mark.parametrize(("offset", "good"), [(-300, False), (-299, True), (300, True), (301, False)])
def test_the_window(door: Any, offset: int, good: bool) -> None:
    response = send(door(), proof(iat=NOW + offset))
    if good:
        assert response.status_code == 200
    else:
        refused(response, PROOF, PROOF)


def test_a_narrower_window(door: Any) -> None:
    app = door(window=timedelta(seconds=10))
    refused(send(app, proof(iat=NOW - 10)), PROOF, PROOF)
    assert send(app, proof(iat=NOW - 9)).status_code == 200
    app = door(window=timedelta(seconds=10, milliseconds=900))
    refused(send(app, proof(iat=NOW - 10, jti="y")), PROOF, PROOF)
    assert send(app, proof(iat=NOW - 9, jti="y")).status_code == 200


def test_a_clock_that_steps_back_opens_no_proof_anew(door: Any) -> None:
    clock = Clock()
    app = door(guard(clock))
    assert send(app, proof(jti="x")).status_code == 200
    clock.second += 3600
    assert send(app, proof(jti="y", iat=NOW + 3600)).status_code == 200
    clock.second -= 3600
    refused(send(app, proof(jti="x")), "replayed", PROOF)


# The chain: what DPoP changes nothing of.


def test_caveats_are_asked_as_ever(door: Any) -> None:
    token = minted(caveat.Equals("@query", "a=1"), caveat.Actions("http:get"))
    app = door()
    assert send(app, fresh(token), token=token, url=f"{PATH}?a=1").status_code == 200
    refused(send(app, fresh(token), token=token, url=f"{PATH}?a=2"), "denied", "insufficient_scope", 403)
    refused(send(app, fresh(token), token=token), "denied", "insufficient_scope", 403)
    refused(send(app, fresh(token, method="POST"), token=token, method="POST"), "denied", "insufficient_scope", 403)


def test_a_widened_argument_of_the_route(door: Any) -> None:
    """Arguments come from the server's own parsing: DPoP does not cover them, and they are enforced."""

    def route(message: HttpMessage) -> Request:
        return Request(action="events:read", resource=message.resource, args={"limit": int(message.query or 0)})

    token = Identity(alice.signer, clock=Clock()).mint(
        to=scout.did, caveats=[caveat.Actions("events:read"), caveat.Range("limit", maximum=10)]
    )
    app = door(route=route)
    assert send(app, fresh(token), token=token, url=f"{PATH}?10").status_code == 200
    refused(send(app, fresh(token), token=token, url=f"{PATH}?11"), "denied", "insufficient_scope", 403)


def test_header_and_body_that_disagree(door: Any) -> None:
    """`@body` is of the bytes that came, whatever anybody says about them: a chain can hold a holder to one body."""
    body = HttpMessage(method="POST", origin=ORIGIN, path=PATH, body=b'{"a":1}')
    token = minted(caveat.Equals("@body", bind(body).args["@body"]))
    app = door()
    assert send(app, fresh(token, method="POST"), token=token, method="POST", content=b'{"a":1}').status_code == 200
    response = send(app, fresh(token, method="POST"), token=token, method="POST", content=b'{"a":2}')
    refused(response, "denied", "insufficient_scope", 403)


@pytest.mark.parametrize(
    "header",
    [
        ("x-http-method-override", "DELETE"),
        ("x-original-url", "/admin"),
    ],
)
def test_headers_that_ask_for_another_request(door: Any, header: tuple[str, str]) -> None:
    assert call(door(), headers=[*headers(HELD, fresh()), header]).status_code == 400


def test_another_audience(door: Any) -> None:
    token = minted(caveat.Audience("did:web:mail.example"))
    refused(send(door(), fresh(token), token=token), "denied", "insufficient_scope", 403)
    here = minted(caveat.Audience(AUDIENCE))
    assert send(door(), fresh(here), token=here).status_code == 200


def test_another_root(door: Any) -> None:
    token = minted(by=thief)
    refused(send(door(), fresh(token), token=token), "untrusted_root", TOKEN)


def test_limits_on_uses_count(door: Any) -> None:
    token, app = minted(caveat.MaxUses(2)), door()
    assert [send(app, fresh(token), token=token).status_code for _ in range(3)] == [200, 200, 403]


def test_what_needs_approval_or_a_credential_is_refused_since_none_can_travel(door: Any) -> None:
    token = minted(caveat.RequiresApproval(by=[alice.did]))
    refused(send(door(), fresh(token), token=token), "approval_required", "insufficient_scope", 403)
    token = minted(caveat.Agent(attested_by=[alice.did], owner="Acme"))
    refused(send(door(), fresh(token), token=token), "denied", "insufficient_scope", 403)


def test_what_is_over_or_taken_back(door: Any) -> None:
    token, clock = minted(caveat.ExpiresIn(seconds=60)), Clock()
    app = door(guard(clock))
    clock.second += 60
    refused(send(app, proof(token, iat=clock.second), token=token), "outside_validity", TOKEN)
    store = MemoryStore()
    store.apply(revocation.revoke(HELD, by=planner))
    refused(send(door(guard(store=store)), fresh()), "revoked", TOKEN)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-4], lambda text: f"{text}=", lambda text: f"A{text}", str.lower]
)
def test_a_token_that_is_none(door: Any, change: Any) -> None:
    assert send(door(), proof(change(TEXT)), token=change(TEXT)).status_code == 401


def test_a_store_that_fails_is_no_yes(door: Any) -> None:
    class Broken(MemoryStore):
        def remember(self, *_: Any, **__: Any) -> bool:
            raise OSError("gone")

    assert send(door(guard(store=Broken())), fresh()).status_code == 503


# Nonces.


def nonces(clock: Clock | None = None) -> Nonces:
    return Nonces(b"\7" * 32, clock=clock or Clock())


def test_a_server_that_asks_for_its_nonce(door: Any) -> None:
    app = door(nonces=nonces())
    for asked in (send(app, fresh()), send(app, fresh(nonce="x")), send(app, fresh(nonce=_other().issue()))):
        refused(asked, "use_dpop_nonce", "use_dpop_nonce")
        given = asked.headers["dpop-nonce"]
    assert send(app, fresh(nonce=given)).status_code == 200


def _other() -> Nonces:
    return Nonces(b"\x08" * 32, clock=Clock())


def test_a_nonce_grows_old(door: Any) -> None:
    clock = Clock()
    app = door(guard(clock), nonces=nonces(clock))
    given = send(app, fresh()).headers["dpop-nonce"]
    clock.second += 299
    assert send(app, proof(iat=clock.second, nonce=given)).status_code == 200
    clock.second += 1
    refused(send(app, proof(iat=clock.second, nonce=given, jti="y")), "use_dpop_nonce", "use_dpop_nonce")


def test_answers_of_the_application_bring_a_nonce() -> None:
    app = by_middleware(nonces=nonces())
    given = send(app, fresh()).headers["dpop-nonce"]
    response = send(app, fresh(nonce=given))
    assert (response.status_code, len(response.headers.get_list("dpop-nonce"))) == (200, 1)
    assert "dpop-nonce" not in send(by_middleware(), fresh()).headers


def test_a_nonce_that_nobody_asked_for_is_ignored(door: Any) -> None:
    assert send(door(), fresh(nonce="any")).status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [
        {"window": timedelta(0)},
        {"window": timedelta(minutes=6)},
        {"window": timedelta(minutes=5, microseconds=1)},
        {"window": timedelta(microseconds=999_999)},
        {"window": timedelta(seconds=-1)},
        {"window": timedelta.max},
        {"window": None},
        {"window": 300},
        {"nonces": b"x" * 32},
        {"origin": "calendar.example"},
        {"realm": 'a"b'},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        DpopMiddleware(lambda *_: None, **{"verifier": guard(), "origin": ORIGIN, **arguments})  # type: ignore[arg-type]


def test_a_clock_that_fails_gives_no_nonce_and_no_access(door: Any) -> None:
    def broken() -> Any:
        raise OSError("no time")

    response = send(door(guard(broken), nonces=Nonces(b"\7" * 32, clock=broken)), fresh())  # type: ignore[arg-type]
    assert (response.status_code, response.headers.get("dpop-nonce")) == (503, None)
    with pytest.raises(UnavailableError):
        Nonces(b"\7" * 32, clock=broken).issue()


def _raising() -> datetime:
    raise OSError("no time")


SENSELESS = {
    "raises": _raising,
    "before-1970": lambda: datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    "first-year": lambda: datetime.min.replace(tzinfo=UTC),
    "naive": lambda: datetime(2030, 1, 1),
    "number": lambda: 1_900_000_000,
    "nothing": lambda: None,
}


@pytest.mark.parametrize("clock", SENSELESS.values(), ids=SENSELESS.keys())
@pytest.mark.parametrize("nonce", [None, "x", "A" * 32, nonces().issue()], ids=["none", "short", "other", "ours"])
def test_nobody_is_asked_for_a_nonce_who_can_be_given_none(door: Any, clock: Any, nonce: str | None) -> None:
    response = send(door(nonces=Nonces(b"\7" * 32, clock=clock)), fresh(nonce=nonce))
    assert (response.status_code, response.headers.get("dpop-nonce")) == (503, None)
    assert "www-authenticate" not in response.headers


@pytest.mark.parametrize("clock", SENSELESS.values(), ids=SENSELESS.keys())
def test_a_senseless_clock_stamps_no_nonce_and_knows_none(clock: Any) -> None:
    broken = Nonces(b"\7" * 32, clock=clock)
    with pytest.raises(UnavailableError):
        broken.issue()
    with pytest.raises(UnavailableError):
        broken.knows(nonces().issue())


class Failing(Clock):
    """A clock that can be read `times` times, and counts."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times, self.read = times, 0

    def __call__(self) -> datetime:
        self.read += 1
        return super().__call__() if self.read <= self.times else _raising()


LACKING = {"none": None, "short": "x", "other": "A" * 32, "old": nonces(Clock(NOW - 300)).issue()}


@pytest.mark.parametrize("times", range(4))
@pytest.mark.parametrize("lacking", LACKING)
def test_whoever_is_asked_for_a_nonce_is_given_one_however_long_the_clock_goes(
    door: Any, lacking: str, times: int
) -> None:
    response = send(door(nonces=Nonces(b"\7" * 32, clock=Failing(times))), fresh(nonce=LACKING[lacking]))
    if times == 0:
        assert (response.status_code, response.headers.get("dpop-nonce")) == (503, None)
    else:
        refused(response, "use_dpop_nonce", "use_dpop_nonce")
        assert nonces().knows(response.headers.get("dpop-nonce"))


@pytest.mark.parametrize("lacking", LACKING)
def test_whoever_is_asked_for_a_nonce_is_given_one_of_the_moment_at_which_it_was_asked(door: Any, lacking: str) -> None:
    clock = Failing(9)
    response = send(door(nonces=Nonces(b"\7" * 32, clock=clock)), fresh(nonce=LACKING[lacking]))
    assert (response.headers["dpop-nonce"], clock.read) == (nonces().issue(), 1)


def test_what_is_public_stays_so_without_a_clock() -> None:
    for clock in SENSELESS.values():
        ours: Any = Nonces(b"\7" * 32, clock=clock)  # type: ignore[arg-type]
        app = DpopMiddleware(PlainTextResponse("up"), verifier=guard(), origin=ORIGIN, nonces=ours, public=["/health"])
        answer = send(app, url="/health")
        assert (answer.status_code, answer.headers.get("dpop-nonce")) == (200, None)
