"""Transaction tokens: what a decision says and no more, for minutes, inside one trust domain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import jwt as pyjwt
import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OKPKey
from tests.adapters import outside
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    draw,
    given,
    passed,
    person,
    shown,
)

from attorn import Access, Identity, Request, caveat
from attorn.caveat.validity import moment
from attorn.decision import Decision
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AttornError,
    AudienceError,
    ExpiredError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
    UnavailableError,
    UntrustedRootError,
)
from attorn.jose import jws
from attorn.keys.jwk import to_jwk
from attorn.oauth import issue_txn_token, verify_txn_token
from attorn.oauth.txn_token import MOST_ACTORS, TYP

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
SERVICE = Identity.from_seed(b"\x52" * 32, clock=Clock(), random=draw)
DOMAIN = "https://inside.example"
GATEWAY = "spiffe://inside.example/gateway"


def access(*limits: caveat.Caveat, at: int = NOW) -> Access:
    """What SCOUT was permitted, for ALICE, through PLANNER."""
    token = passed(given(READ, *limits), PLANNER, SCOUT)
    return replace(accepted(shown(token, SCOUT)), at=moment(at))


ACCESS = access()


def issued(of: Access = ACCESS, **changed: Any) -> str:
    arguments = {"by": SERVICE, "trust_domain": DOMAIN, "workload": GATEWAY, "clock": Clock(), "random": draw} | changed
    return issue_txn_token(of, **arguments)


def verified(text: str, **changed: Any) -> Any:
    return verify_txn_token(text, **{"issuer": SERVICE.did, "trust_domain": DOMAIN, "clock": Clock()} | changed)


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of one; `...` takes one out."""
    made = {**jws.read(issued(), typ=TYP).claims, **changed}
    return {name: value for name, value in made.items() if value is not ...}


def signed(said: dict[str, Any], *, by: Identity = SERVICE, **header: Any) -> str:
    return jws.sign(said, **{"by": by.signer, "typ": TYP, "kid": f"{by.did}#{by.did[8:]}"} | header)


def test_what_a_transaction_token_says() -> None:
    told = verified(issued(request_context={"ip": "192.0.2.1"}))
    assert (told.issuer, told.subject, told.actors) == (SERVICE.did, ALICE.did, (SCOUT.did, PLANNER.did))
    assert (told.scope, told.workload) == (("events:read",), GATEWAY)
    assert (told.issued, told.expires) == (NOW, NOW + 300)
    assert told.request == {"ip": "192.0.2.1"}
    assert told.context == {
        "action": "events:read",
        "resource": "cal://alice/2026-11",
        "request": f"sha-256:{base64url_encode(REQUEST.digest())}",
        "links": [base64url_encode(link.id) for link in ACCESS.chain],
    }
    assert len(base64url_decode(told.txn)) == 16


def test_the_claims_of_the_draft_are_there() -> None:
    said = jws.read(issued(), typ=TYP).claims
    assert {"iat", "exp", "aud", "txn", "sub", "scope", "req_wl", "tctx", "rctx", "act"} <= set(said)
    assert said["act"] == {"sub": SCOUT.did, "act": {"sub": PLANNER.did}}
    assert said["aud"] == DOMAIN
    # No argument of the request, and nothing that could be presented again.
    assert "limit" not in str(said)


def test_two_libraries_read_it() -> None:
    text = issued()
    public = to_jwk(SERVICE.signer.public_key)
    key = pyjwt.algorithms.OKPAlgorithm.from_jwk(public)
    assert pyjwt.get_unverified_header(text)["typ"] == "txntoken+jwt"
    told = pyjwt.decode(
        text, key, algorithms=["EdDSA"], audience=DOMAIN, options={"verify_exp": False, "verify_iat": False}
    )
    assert told == joserfc_jwt.decode(text, OKPKey.import_key(public), algorithms=["EdDSA"]).claims
    assert told["sub"] == ALICE.did


@pytest.mark.parametrize("write", [outside.with_pyjwt, outside.with_joserfc])
def test_one_by_another_library_is_read(write: Any) -> None:
    service = person(0x0B)
    said = claims(iss=service.did)
    text = write(said, alg="EdDSA", typ=TYP, kid=f"{service.did}#{service.did[8:]}")
    assert verified(text, issuer=service.did).subject == ALICE.did


@pytest.mark.parametrize(
    ("limit", "lifetime", "ends"),
    [
        ([], timedelta(minutes=15), NOW + 900),
        ([caveat.Expires(moment(NOW + 40))], timedelta(minutes=15), NOW + 40),
        ([caveat.Expires(moment(NOW + 4000))], timedelta(seconds=1), NOW + 1),
        ([caveat.Expires(moment(NOW + 50)), caveat.Expires(moment(NOW + 30))], timedelta(minutes=5), NOW + 30),
    ],
)
def test_it_never_outlives_the_chain(limit: list[caveat.Caveat], lifetime: timedelta, ends: int) -> None:
    """Attack 69."""
    assert verified(issued(access(*limit), lifetime=lifetime)).expires == ends


def test_the_first_link_to_end_ends_it() -> None:
    for own, others in (((caveat.Expires(moment(NOW + 20)),), ()), ((), (caveat.Expires(moment(NOW + 20)),))):
        token = passed(given(READ, *own), PLANNER, SCOUT, *others)
        assert verified(issued(accepted(shown(token, SCOUT)))).expires == NOW + 20


def test_it_counts_from_the_decision() -> None:
    assert verified(issued(access(at=NOW - 100))).expires == NOW + 200
    for old in (access(at=NOW - 300), access(caveat.Expires(moment(NOW + 10)), at=NOW - 300)):
        with pytest.raises(ExpiredError):
            issued(old)


def test_it_is_one_action_whatever_the_chain_permits() -> None:
    """Attack 67."""
    wide = accepted(shown(given(caveat.Actions("events:*", "mail:send")), PLANNER))
    assert verified(issued(wide)).scope == ("events:read",)


def test_a_chain_of_one_link() -> None:
    told = verified(issued(accepted(shown(given(), PLANNER))))
    assert (told.subject, told.actors) == (ALICE.did, (PLANNER.did,))


def long_chain(size: int) -> Access:
    people = [PLANNER, *(person(20 + number) for number in range(size - 1))]
    token = given()
    for by, to in pairwise(people):
        token = passed(token, by, to)
    return accepted(shown(token, people[-1]))


def test_a_long_chain() -> None:
    assert len(verified(issued(long_chain(MOST_ACTORS))).actors) == MOST_ACTORS
    with pytest.raises(InputError):
        issued(long_chain(MOST_ACTORS + 1))


def test_a_transaction_goes_on() -> None:
    assert verified(issued(txn="97053963")).txn == "97053963"
    assert verified(issued()).txn != verified(issued()).txn


@pytest.mark.parametrize(
    "changed",
    [
        {"of": None},
        {"of": ACCESS.chain},
        {"of": replace(ACCESS, decision=Decision(allowed=False, step=9))},
        {"by": None},
        {"by": SERVICE.did},
        {"trust_domain": ""},
        {"trust_domain": None},
        {"workload": ""},
        {"workload": 5},
        {"txn": ""},
        {"txn": 5},
        {"lifetime": timedelta(0)},
        {"lifetime": timedelta(minutes=15, seconds=1)},
        {"lifetime": 300},
        {"request_context": []},
        {"request_context": {"a": float("nan")}},
        {"request_context": {"a": "x" * 5000}},
        {"request_context": {"a": [[[[[[[[1]]]]]]]]}},
        {"kid": "did:web:other.example#k"},
    ],
)
def test_unusable_arguments(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        issued(**changed)


def test_what_fails_issues_nothing() -> None:
    def broken(size: int) -> bytes:
        raise OSError("gone")

    for changed in ({"random": broken}, {"clock": lambda: None}, {"request_context": outside.Failing()}):
        with pytest.raises(UnavailableError):
            issued(**changed)


@pytest.mark.parametrize(
    "random", [lambda _: "x" * 16, lambda _: b"", lambda size: bytes(size - 1), lambda _: None, bytearray]
)
def test_a_name_is_made_of_as_many_random_bytes_as_it_should_be(random: Any) -> None:
    with pytest.raises(UnavailableError, match="random source"):
        issued(random=random)
    assert verified(issued(random=random, txn="1")).txn == "1"


@pytest.mark.parametrize("typ", [*(typ for typ in outside.TYPS if typ != TYP), "JWT", "oauth-id-jag+jwt"])
def test_no_other_type(typ: str) -> None:
    """Attack 22."""
    with pytest.raises((MalformedError, InputError)):
        verified(signed(claims(), typ=typ))


@pytest.mark.parametrize("domain", [f"{DOMAIN}/", DOMAIN.upper(), "inside.example", "https://other.example"])
def test_another_trust_domain(domain: str) -> None:
    """Attack 83."""
    with pytest.raises(AudienceError):
        verified(issued(trust_domain=domain))
    with pytest.raises(AudienceError):
        verified(issued(), trust_domain=domain)


@pytest.mark.parametrize("aud", [[DOMAIN], [DOMAIN, "x"], [], None, 5, ...])
def test_one_audience_as_text(aud: Any) -> None:
    with pytest.raises(MalformedError):
        verified(signed(claims(aud=aud)))


def test_a_resolver_that_is_empty_is_asked() -> None:
    class Nobody(dict[str, Any]):
        def resolve(self, did: str) -> Any:
            raise ResolutionError("nobody is known here")

    with pytest.raises(ResolutionError):
        verified(issued(), resolver=Nobody())


def test_another_issuer() -> None:
    with pytest.raises(UntrustedRootError):
        verified(issued(by=MALLORY))
    with pytest.raises(UntrustedRootError):
        verified(issued(), issuer=MALLORY.did)
    with pytest.raises(UntrustedRootError):
        verified(signed(claims(iss=...) | {"iss": "x"}))


def test_somebody_elses_signature() -> None:
    """Attack 17, attack 28."""
    with pytest.raises(SignatureError):
        verified(signed(claims(), by=MALLORY, kid=f"{SERVICE.did}#{SERVICE.did[8:]}"))
    with pytest.raises(ResolutionError):
        verified(signed(claims(), by=MALLORY))
    with pytest.raises(SignatureError):
        verified(signed(claims(), by=MALLORY, kid=None))


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256"])
def test_another_algorithm(alg: str) -> None:
    """Attack 15, attack 16."""
    with pytest.raises(MalformedError):
        verified(outside.by_hand({"alg": alg, "typ": TYP}, claims(), key=outside.ED, alg="EdDSA"))


@pytest.mark.parametrize("name", ["iss", "txn", "sub", "scope", "req_wl", "iat", "exp"])
@pytest.mark.parametrize("value", [..., None, "", True, 1.5, [], {}, -1])
def test_what_must_be_there(name: str, value: Any) -> None:
    with pytest.raises(MalformedError):
        verified(signed(claims(**{name: value})))


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": NOW},
        {"exp": NOW - 1},
        {"iat": NOW + 31, "exp": NOW + 60},
        {"iat": NOW - 601, "exp": NOW + 300},
        {"exp": NOW + 901},
        {"iat": 0},
        {"nbf": NOW + 31},
        {"nbf": NOW + 250},
    ],
)
def test_too_early_too_late_or_too_long(changed: dict[str, Any]) -> None:
    """Attack 81."""
    with pytest.raises(ExpiredError):
        verified(signed(claims(**changed)))


def test_just_in_time() -> None:
    for changed in ({"nbf": NOW + 30}, {"nbf": 0}, {"iat": NOW + 30, "exp": NOW + 930}, {"exp": NOW + 1}):
        assert verified(signed(claims(**changed))).subject == ALICE.did


@pytest.mark.parametrize("nbf", [None, "1", 1.5, True, -1])
def test_not_before_is_a_second(nbf: Any) -> None:
    with pytest.raises(MalformedError):
        verified(signed(claims(nbf=nbf)))


@pytest.mark.parametrize(
    "changed",
    [
        {"act": ...},
        {"act": None},
        {"act": {}},
        {"act": "did:key:x"},
        {"act": {"sub": 5}},
        {"act": {"sub": "a", "act": {}}},
        {"act": {"sub": "a", "act": {"sub": ""}}},
        {"act": {"sub": "a\nb"}},
        {"tctx": []},
        {"tctx": None},
        {"rctx": "x"},
    ],
)
def test_odd_actors_and_contexts(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        verified(signed(claims(**changed)))


def test_too_many_actors() -> None:
    act: dict[str, Any] = {"sub": "a"}
    for _ in range(MOST_ACTORS):
        act = {"sub": "a", "act": act}
    with pytest.raises(MalformedError):
        verified(signed(claims(act=act)))


def test_without_contexts() -> None:
    told = verified(signed(claims(tctx=..., rctx=...)))
    assert (told.context, told.request) == ({}, {})


def test_huge_and_odd_texts() -> None:
    """Attacks 2, 21 and 44."""
    said = claims()
    doubled = base64url_encode(b'{"sub":"x",' + str(said).replace("'", '"').encode()[1:])
    header = issued().split(".")[0]
    for text in ("a" * 1_000_000, issued() + "=", "", "..", f"{header}.{doubled}.{'A' * 86}", None):
        with pytest.raises(MalformedError):
            verified(text)  # type: ignore[arg-type]


def test_any_changed_character_is_noticed() -> None:
    text = issued()
    for position in range(0, len(text), 11):
        changed = text[:position] + ("B" if text[position] != "B" else "C") + text[position + 1 :]
        with pytest.raises(AttornError):
            verified(changed)


def test_a_transaction_token_is_no_presentation() -> None:
    with pytest.raises(AttornError):
        accepted(issued())


@pytest.mark.parametrize(
    "changed", [{"issuer": "x"}, {"issuer": None}, {"trust_domain": ""}, {"skew": 30}, {"skew": -timedelta(1)}]
)
def test_nothing_expected_is_a_mistake(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        verified(issued(), **changed)


def test_a_request_with_arguments_is_known_by_its_digest() -> None:
    other = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 11})
    one = verified(issued()).context
    two = verified(issued(accepted(shown(given(), PLANNER, other), request=other))).context
    assert one["request"] != two["request"]
    assert HELPER.did not in str(one)
