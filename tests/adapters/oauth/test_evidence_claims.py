"""What evidence says: for whom it is, until when, once; and what of it limits anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.adapters.oauth.evidence_scene import (
    CLIENT,
    ISSUER,
    JKT,
    NONCE,
    SERVER,
    as_id_token,
    as_jag,
    id_token,
    jag,
    verifier,
)
from tests.unit.scene import NOW, Clock

from attorn.errors import (
    AttornError,
    AudienceError,
    ExpiredError,
    InputError,
    MalformedError,
    ReplayError,
    UnavailableError,
    WrongRequestError,
)
from attorn.store import MemoryStore


def test_what_an_id_jag_says() -> None:
    details = [{"type": "calendar", "actions": ["read"]}]
    text = jag(authorization_details=details, resource="https://cal.example/", cnf={"jkt": JKT}, aud=[SERVER])
    found = as_jag(text)
    user = found.vouched_user
    assert (user.kind, user.issuer, user.subject) == ("id-jag", ISSUER, "alice")
    assert (found.client, found.expires, found.jkt) == (CLIENT, NOW + 300, JKT)
    assert found.scope == ("calendar.read", "calendar.write")
    assert (found.details, found.resources) == (tuple(details), ("https://cal.example/",))


def test_what_is_not_limited_is_none() -> None:
    found = as_jag(jag(scope=...))
    assert (found.scope, found.details, found.resources, found.jkt) == (None, None, None, None)
    assert as_jag(jag(scope="")).scope == ()
    assert as_id_token(id_token(scope="openid", aud=[CLIENT], azp=CLIENT)).scope is None


@pytest.mark.parametrize("aud", [f"{SERVER}/", SERVER.upper(), CLIENT, ISSUER, [SERVER, "x"], "", ...])
def test_another_audience(aud: Any) -> None:
    """Attack 83."""
    with pytest.raises((AudienceError, MalformedError)):
        as_jag(jag(aud=aud))


@pytest.mark.parametrize("aud", [None, 5, [], [5], [SERVER, 5], [SERVER, SERVER], {"a": 1}, [[SERVER]]])
def test_an_audience_is_text(aud: Any) -> None:
    with pytest.raises((MalformedError, AudienceError)):
        as_jag(jag(aud=aud))


@pytest.mark.parametrize("client", [f"{CLIENT}/", "other", "", None, 5, [CLIENT], ...])
def test_another_client(client: Any) -> None:
    with pytest.raises((AudienceError, MalformedError)):
        as_jag(jag(client_id=client))


def test_an_issuer_does_not_redeem_what_it_issued() -> None:
    with pytest.raises(AudienceError):
        as_jag(jag(aud=ISSUER), audience=ISSUER)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": [CLIENT, "other"]},
        {"azp": "other"},
        {"azp": None},
        {"aud": ...},
        {"aud": []},
        {"aud": [CLIENT, None]},
    ],
)
def test_an_id_token_for_another_client(claims: dict[str, Any]) -> None:
    with pytest.raises((AudienceError, MalformedError)):
        as_id_token(id_token(**claims))


@pytest.mark.parametrize("nonce", ["", NONCE.lower(), None, 5, [NONCE], ...])
def test_another_nonce(nonce: Any) -> None:
    with pytest.raises(WrongRequestError):
        as_id_token(id_token(nonce=nonce))


def test_tenants_are_kept_apart() -> None:
    def of(claims: dict[str, Any], tenant: str | None) -> Any:
        return as_jag(jag(**claims), tenant=tenant)

    assert of({"tenant": "t1"}, "t1").vouched_user.subject == "alice"
    assert of({}, None).vouched_user.subject == "alice"
    for claims, tenant in (({"tenant": "t1"}, None), ({"tenant": "t1"}, "t2"), ({}, "t1"), ({"aud_tenant": "x"}, None)):
        with pytest.raises(AudienceError):
            of(claims, tenant)
    # A null is a tenant that nobody named, and no absence.
    for tenant in (None, "t1"):
        with pytest.raises(AudienceError):
            of({"tenant": None}, tenant)


@pytest.mark.parametrize("tenant", ["", 5, ["t1"]])
def test_an_unset_tenant_matches_nothing(tenant: Any) -> None:
    with pytest.raises(InputError):
        as_jag(jag(tenant=tenant), tenant=tenant)


@pytest.mark.parametrize("name", ["sub", "jti", "iss", "iat", "exp"])
@pytest.mark.parametrize("value", [..., None, 1.5, True, [], {}, "", -1, 10**12])
def test_what_must_be_there(name: str, value: Any) -> None:
    """Attack 57."""
    with pytest.raises((MalformedError, ExpiredError)):
        as_jag(jag(**{name: value}))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW},
        {"exp": NOW - 1},
        {"iat": NOW + 31},
        {"nbf": NOW + 31},
        {"exp": NOW + 86_401},
    ],
)
def test_too_early_or_too_late(claims: dict[str, Any]) -> None:
    """Attack 81."""
    with pytest.raises(ExpiredError):
        as_jag(jag(**claims))
    with pytest.raises(ExpiredError):
        as_id_token(id_token(**claims))


@pytest.mark.parametrize(
    "claims", [{"exp": NOW + 1}, {"iat": NOW + 30, "nbf": NOW + 30, "exp": NOW + 31}, {"exp": NOW + 86_400, "iat": 0}]
)
def test_just_in_time(claims: dict[str, Any]) -> None:
    assert as_jag(jag(**claims)).expires == as_id_token(id_token(**claims)).expires


def test_another_skew_than_the_usual_one_is_said() -> None:
    late = jag(iat=NOW + 60)
    assert verifier(skew=timedelta(minutes=1)).id_jag(late, audience=SERVER, client_id=CLIENT)
    for skew, claims in ((60, {"iat": NOW + 61}), (0, {"nbf": NOW + 1}), (0, {"iat": NOW + 1})):
        with pytest.raises(ExpiredError):
            verifier(skew=timedelta(seconds=skew)).id_jag(jag(**claims), audience=SERVER, client_id=CLIENT)


@pytest.mark.parametrize("nbf", [None, "1", 1.0, True])
def test_not_before_is_a_second(nbf: Any) -> None:
    with pytest.raises(MalformedError):
        as_jag(jag(nbf=nbf))


def test_an_id_jag_is_used_once() -> None:
    """Attack 80."""
    by = verifier()

    def used(text: str) -> Any:
        return by.id_jag(text, audience=SERVER, client_id=CLIENT)

    assert used(jag())
    for text in (jag(), jag(scope="other"), jag(sub="carol")):
        with pytest.raises(ReplayError):
            used(text)
    assert used(jag(jti="jag-2"))


def test_an_id_token_is_used_once_for_each_nonce() -> None:
    by = verifier()
    assert by.id_token(id_token(), client_id=CLIENT, nonce=NONCE)
    with pytest.raises(ReplayError):
        by.id_token(id_token(sub="carol", jti="x"), client_id=CLIENT, nonce=NONCE)
    assert by.id_token(id_token(nonce="another"), client_id=CLIENT, nonce="another")
    assert by.id_jag(jag(jti=NONCE), audience=SERVER, client_id=CLIENT)


@pytest.mark.parametrize("answer", [None, False, 1, "new", [0]])
def test_only_true_says_that_it_is_new(answer: Any) -> None:
    """Attack 80: a store that answers with something else, such as a coroutine, remembers nothing that is known."""

    class Vague(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> Any:
            return answer

    by = verifier(store=Vague())
    with pytest.raises(ReplayError):
        by.id_jag(jag(), audience=SERVER, client_id=CLIENT)
    with pytest.raises(ReplayError):
        by.id_token(id_token(), client_id=CLIENT, nonce=NONCE)


def test_what_is_refused_uses_nothing_up() -> None:
    by = verifier()
    with pytest.raises(AudienceError):
        by.id_jag(jag(), audience=SERVER, client_id="other")
    assert by.id_jag(jag(), audience=SERVER, client_id=CLIENT)


def test_a_clock_that_steps_back_makes_nothing_new() -> None:
    """Attack 88."""
    clock, store = Clock(), MemoryStore()
    by = verifier(clock=clock, store=store)
    assert by.id_jag(jag(), audience=SERVER, client_id=CLIENT)
    clock.second = NOW + 301
    assert by.id_jag(jag(jti="later", exp=NOW + 600), audience=SERVER, client_id=CLIENT)
    clock.second = NOW
    with pytest.raises(ReplayError):
        by.id_jag(jag(), audience=SERVER, client_id=CLIENT)


def test_a_store_that_fails_decides_nothing() -> None:
    """Attack 82."""

    class Broken(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            raise OSError("gone")

    with pytest.raises(UnavailableError):
        verifier(store=Broken()).id_jag(jag(), audience=SERVER, client_id=CLIENT)


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": ["a"]},
        {"scope": None},
        {"scope": "a\nb"},
        {"scope": "ä"},
        {"scope": "a " * 4000},
        {"authorization_details": {}},
        {"authorization_details": []},
        {"authorization_details": ["a"]},
        {"authorization_details": [{"actions": []}]},
        {"authorization_details": [{"type": 5}]},
        {"authorization_details": [{"type": "calendar"}, {"actions": []}]},
        {"authorization_details": None},
        {"resource": None},
        {"resource": []},
        {"resource": ["https://a.example", 5]},
        {"resource": "https://a.example/?q=1"},
        {"resource": "https://u@a.example/"},
        {"resource": "x"},
        {"resource": "/alice"},
        {"resource": "//a.example/alice"},
        {"resource": "a.example/x"},
        {"resource": ["https://a.example/", "x"]},
        {"resource": "1a://alice"},
        {"resource": "alice:"},
        {"cnf": None},
        {"cnf": {}},
        {"cnf": {"jkt": 5}},
        {"cnf": {"jkt": JKT, "x5t#S256": "a"}},
        {"cnf": {"jwk": {}}},
        {"sub": "a" * 480},
        {"sub": "a\u202eb"},
        {"jti": "a\nb"},
        {"jti": "a" * 2049},
    ],
)
def test_what_cannot_be_understood_is_refused(claims: dict[str, Any]) -> None:
    """Attack 52, attack 68: what would limit the grant is not passed over."""
    with pytest.raises(MalformedError):
        as_jag(jag(**claims))


@pytest.mark.parametrize("changed", [{"audience": ""}, {"audience": None}, {"client_id": ""}, {"client_id": 5}])
def test_nothing_expected_is_a_mistake(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        as_jag(jag(), **changed)


@pytest.mark.parametrize("changed", [{"nonce": ""}, {"nonce": None}, {"client_id": ""}])
def test_nothing_expected_of_an_id_token_is_a_mistake(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        as_id_token(id_token(), **changed)


@pytest.mark.parametrize("skew", [timedelta(seconds=-1), 60, None])
def test_a_skew_is_a_span(skew: Any) -> None:
    with pytest.raises(InputError):
        verifier(skew=skew)


def test_a_clock_that_fails_decides_nothing() -> None:
    with pytest.raises(AttornError) as caught:
        verifier(clock=lambda: None).id_jag(jag(), audience=SERVER, client_id=CLIENT)
    assert caught.value.code == "unavailable"


@pytest.mark.parametrize("store", [5, None, "attorn.db", {}, object()])
def test_what_remembers_nothing_is_no_store(store: Any) -> None:
    with pytest.raises(InputError, match="store"):
        verifier(store=store)
