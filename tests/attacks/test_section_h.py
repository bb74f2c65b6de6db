"""Attacks 95 to 103: SD-JWT. Each is refused whole, with its code; the same credential unharmed is accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.sdjwt_scene import (
    AUDIENCE,
    HOLDER,
    ISSUER,
    MALLORY,
    NONCE,
    NOW,
    TYP,
    b64,
    bound,
    check,
    disclosure,
    element,
    hashed,
    issued,
    jwt,
    named,
    payload,
    presented,
    public_jwk,
    token,
    unb64,
    with_sd,
)

from attorn.errors import AttornError

HELD = issued()
GOOD = presented(HELD, "name", ("address", "street"), ("nationalities", 1))
JWT, *DISCLOSURES, KEY_BINDING = GOOD.split("~")
KEPT = [each for each in HELD.split("~")[1:-1] if each not in DISCLOSURES]


def refused(text: str, code: str, **changed: Any) -> None:
    with pytest.raises(AttornError) as caught:
        check(text, **changed)
    assert caught.value.code == code, caught.value


def test_without_an_attack_it_holds() -> None:
    found = check(GOOD)
    assert found.issuer == ISSUER.did
    assert found.bound
    assert len(DISCLOSURES) == 4
    assert found.claims["nationalities"] == ["FR"]
    assert check(bound(with_sd(named("name", "Alice")))).claims["name"] == "Alice"


# attack 95: the key binding stripped, or put where nobody asked for one


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD.rpartition("~")[0] + "~", "not_holder"),
        (GOOD.rpartition("~")[0], "malformed"),
        (JWT + "~", "not_holder"),
        (JWT, "malformed"),
        (GOOD + "~", "malformed"),
        (GOOD.replace("~" + KEY_BINDING, "~~" + KEY_BINDING), "malformed"),
    ],
    ids=["stripped", "with its ~", "with all disclosures", "all of them with their ~", "~ behind it", "an empty part"],
)
def test_95_no_key_binding(text: str, code: str) -> None:
    refused(text, code)


def test_95_a_key_binding_is_not_optional() -> None:
    refused(GOOD, "not_holder", audience=None, nonce=None)
    refused(GOOD.rpartition("~")[0] + "~", "not_holder", audience=None, nonce=None)
    unbound = token(payload(cnf=...))
    assert not check(unbound, audience=None, nonce=None).bound
    refused(unbound, "not_holder")
    refused(bound(unbound), "not_holder")
    refused(bound(unbound), "not_holder", audience=None, nonce=None)


# attack 96: another set of disclosures than the holder bound


def rejoined(*disclosures: str) -> str:
    return "~".join((JWT, *disclosures, KEY_BINDING))


@pytest.mark.parametrize(
    "text",
    [
        rejoined(*DISCLOSURES[:-1]),
        rejoined(*DISCLOSURES, KEPT[0]),
        rejoined(DISCLOSURES[1], DISCLOSURES[0], *DISCLOSURES[2:]),
        rejoined(*(each for each in DISCLOSURES if each != DISCLOSURES[0]), KEPT[0]),
        bound(HELD, sd_hash=hashed(GOOD.rpartition("~")[0] + "~")),
        bound(HELD, sd_hash=hashed(HELD[:-1])),
        bound(HELD, sd_hash=hashed(HELD, "sha512")),
        bound(HELD, sd_hash=hashed(HELD).upper()),
        bound(HELD, sd_hash=hashed(HELD) + "="),
        bound(HELD, sd_hash=...),
        bound(HELD, sd_hash=None),
        bound(HELD, sd_hash=[hashed(HELD)]),
    ],
    ids=[
        "removed", "added", "reordered", "swapped", "of less", "without the last ~", "by another hash", "in capitals",
        "padded", "absent", "null", "in a list",
    ],
)  # fmt: skip
def test_96_another_set_of_disclosures(text: str) -> None:
    refused(text, "not_holder")


def test_96_the_key_binding_of_another_credential() -> None:
    other = presented(issued(), "name")
    refused("~".join((JWT, *DISCLOSURES, other.rpartition("~")[2])), "not_holder")
    refused("~".join((other.split("~")[0], KEY_BINDING)), "not_holder")


# attack 97: disclosures that no digest names once


ONE, TWO = named("name", "Alice"), element("DE")
INNER = named("street", "Main 1")
OUTER = named("address", {"_sd": [hashed(INNER)], "city": "Anytown"})


def edited(text: str, old: bytes, new: bytes) -> str:
    return b64(unb64(text).replace(old, new))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (token(payload(), ONE), "bad_credential"),
        (token(payload(_sd=[hashed(ONE)]), ONE, named("admin", True)), "bad_credential"),
        (token(payload(_sd=[hashed(ONE)]), edited(ONE, b"Alice", b"Mallory")), "bad_credential"),
        (token(payload(_sd=[hashed(ONE)]), edited(ONE, b", ", b",")), "bad_credential"),
        (token(payload(_sd=[hashed(ONE)]), ONE, ONE), "bad_credential"),
        (token(payload(_sd=[hashed(ONE), hashed(ONE)]), ONE), "bad_credential"),
        (token(payload(_sd=[hashed(ONE)], other={"_sd": [hashed(ONE)]}), ONE), "bad_credential"),
        (token(payload(_sd=[hashed(ONE)], list=[{"...": hashed(ONE)}]), ONE), "bad_credential"),
        (token(payload(_sd=["a", "a"])), "bad_credential"),
        (token(payload(_sd=["a"], list=[{"...": "a"}])), "bad_credential"),
        (token(payload(list=[{"...": hashed(TWO)}, {"...": hashed(TWO)}]), TWO), "bad_credential"),
        (token(payload(_sd=[hashed(OUTER), hashed(INNER)]), OUTER, INNER), "bad_credential"),
        (token(payload(_sd=[hashed(OUTER)]), INNER), "bad_credential"),
        (token(payload(_sd=[hashed(ONE, "sha512")]), ONE), "bad_credential"),
        (token(payload(_sd=[hashed(TWO)]), TWO), "bad_credential"),
        (token(payload(list=[{"...": hashed(ONE)}]), ONE), "bad_credential"),
        (token(payload(note=hashed(ONE)), ONE), "bad_credential"),
        (token(payload(_sd=[{"...": hashed(TWO)}]), TWO), "malformed"),
        (with_sd(b64(b'["s", "name", "\xff"]')), "malformed"),
        (with_sd(b64(b'["s", "name", "\\ud800"]')), "malformed"),
        (with_sd(b64(b'["s", "name", 1] ') + "="), "malformed"),
        (with_sd(b64(b'["s", "name", 1]')[:-1] + "R"), "malformed"),
        (with_sd(b64(b'["s", "name", 1]') + "A"), "malformed"),
        (with_sd(b64(b'["s", "name", {"a": 1, "a": 2}]')), "malformed"),
        (with_sd(b64(b'["s", "name", NaN]')), "malformed"),
        (with_sd(b64(b'["s", "name", 9007199254740993]')), "malformed"),
        (with_sd(b64(b'["s", "name", 1] []')), "malformed"),
        (with_sd(b64(b'\xef\xbb\xbf["s", "name", 1]')), "malformed"),
        (with_sd(b64(b"not json")), "malformed"),
        (with_sd(disclosure("s")), "malformed"),
        (with_sd(disclosure("s", "name", 1, 2)), "malformed"),
        (with_sd(disclosure(1, "name", 1)), "malformed"),
        (with_sd(disclosure("s", 1, 1)), "malformed"),
        (with_sd(disclosure("s", None, 1)), "malformed"),
        (with_sd(b64(b'{"0": "s", "1": "name", "2": 1}')), "malformed"),
        (with_sd(b64(b'"abc"')), "malformed"),
        (with_sd(b64(b'["s", "name", ' + b"[" * 40 + b"]" * 40 + b"]")), "malformed"),
    ],
)
def test_97_disclosures_that_do_not_belong(text: str, code: str) -> None:
    refused(bound(text), code)


def test_97_what_is_nested_is_found() -> None:
    found = check(bound(token(payload(_sd=[hashed(OUTER)]), INNER, OUTER)))
    assert found.claims["address"] == {"city": "Anytown", "street": "Main 1"}
    assert found.disclosed == (("address",), ("address", "street"))


# attack 98: a disclosure of a name that it must not have


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
@pytest.mark.parametrize("value", ["sha-256", [], [hashed(ONE)]])
def test_98_reserved_names(name: str, value: Any) -> None:
    refused(bound(with_sd(named(name, value))), "malformed")
    inner = named(name, value)
    refused(bound(token(payload(there={"_sd": [hashed(inner)]}), inner)), "malformed")


@pytest.mark.parametrize("name", ["iss", "exp", "nbf", "aud", "cnf", "status", "vct", "vct#integrity"])
@pytest.mark.parametrize("there", [True, False])
def test_98_names_that_decide_validity(name: str, there: bool) -> None:
    values = {"exp": NOW + 9999, "nbf": 0, "cnf": {"jwk": public_jwk(MALLORY)}, "aud": AUDIENCE}
    values |= {"status": {"status_list": {"idx": 0, "uri": "https://mallory.example/1"}}}
    hidden = named(name, values.get(name, MALLORY.did))
    open_value = payload().get(name, values.get(name, "x")) if there else ...
    text = token(payload(**{name: open_value, "_sd": [hashed(hidden)]}), hidden)
    refused(bound(text), "bad_credential")


@pytest.mark.parametrize("name", ["level", "constructor"])
def test_98_existing_names(name: str) -> None:
    hidden = named(name, 9)
    refused(bound(token(payload(**{name: 3, "_sd": [hashed(hidden)]}), hidden)), "bad_credential")
    inside = {"there": {name: 3, "_sd": [hashed(hidden)]}}
    refused(bound(token(payload(**inside), hidden)), "bad_credential")
    twin = named(name, 8)
    refused(bound(token(payload(**{name: ..., "_sd": [hashed(hidden), hashed(twin)]}), hidden, twin)), "bad_credential")


# attack 99: the hash algorithm


@pytest.mark.parametrize(
    "name",
    ["md5", "sha-1", "sha1", "SHA-256", "sha256", "sha-224", "sha-256-128", "sha3-256", "", None, 256, ["sha-256"]],
)
def test_99_unknown_or_weak(name: Any) -> None:
    refused(bound(token(payload(_sd_alg=name))), "malformed")


@pytest.mark.parametrize(
    "claims",
    [
        {"there": {"_sd_alg": "sha-256"}},
        {"there": [{"_sd_alg": "sha-256"}]},
        {"_sd_alg": "sha-256", "there": {"deep": {"_sd_alg": "sha-512"}}},
    ],
)
def test_99_nested(claims: dict[str, Any]) -> None:
    refused(bound(token(payload(**claims))), "malformed")
    hidden = named("deep", {"_sd_alg": "sha-256"})
    refused(bound(with_sd(hidden)), "malformed")


def test_99_changed() -> None:
    head, body, signature = JWT.split(".")
    claims = json.loads(unb64(body))
    claims["_sd_alg"] = "sha-512"
    refused(".".join((head, b64(json.dumps(claims).encode()), signature)) + "~", "bad_signature")
    # A disclosure by one algorithm under the name of another, and a key binding by the wrong one.
    refused(bound(with_sd(ONE, _sd_alg="sha-512")), "bad_credential")
    refused(bound(token(payload(_sd_alg="sha-512"))), "not_holder")


# attack 100: the claims and the type of the key binding


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"aud": ...}, "wrong_audience"),
        ({"aud": "https://other.example"}, "wrong_audience"),
        ({"aud": [AUDIENCE]}, "wrong_audience"),
        ({"aud": AUDIENCE + "/"}, "wrong_audience"),
        ({"aud": None}, "wrong_audience"),
        ({"nonce": ...}, "wrong_request"),
        ({"nonce": "other"}, "wrong_request"),
        ({"nonce": [NONCE]}, "wrong_request"),
        ({"nonce": None}, "wrong_request"),
        ({"iat": ...}, "not_holder"),
        ({"iat": None}, "not_holder"),
        ({"iat": True}, "not_holder"),
        ({"iat": str(NOW)}, "not_holder"),
        ({"iat": NOW + 0.5}, "not_holder"),
        ({"iat": -1}, "not_holder"),
        ({"iat": NOW - 301}, "outside_validity"),
        ({"iat": NOW + 61}, "outside_validity"),
        ({"typ": "JWT"}, "malformed"),
        ({"typ": "kb+sd-jwt"}, "malformed"),
        ({"typ": TYP}, "malformed"),
        ({"typ": ...}, "malformed"),
        ({"typ": ["kb+jwt"]}, "malformed"),
        ({"alg": "none"}, "malformed"),
        ({"alg": "HS256"}, "malformed"),
        ({"alg": "ES256"}, "not_holder"),
        ({"by": MALLORY}, "not_holder"),
        ({"by": ISSUER}, "not_holder"),
    ],
)
def test_100_the_key_binding(changed: dict[str, Any], code: str) -> None:
    refused(bound(HELD, **changed), code)


@pytest.mark.parametrize("iat", [NOW - 300, NOW, NOW + 60])
def test_100_within_the_window(iat: int) -> None:
    assert check(bound(HELD, iat=iat)).bound


@pytest.mark.parametrize("name", ["jwk", "crit", "x5c", "jku"])
def test_100_a_key_binding_brings_no_key(name: str) -> None:
    claims = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(HELD)}
    header = {name: public_jwk(MALLORY)}
    refused(HELD + jwt(claims, by=MALLORY, typ="kb+jwt", kid=..., **header), "malformed")


# attack 101: times of the credential


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({"exp": 1}, "outside_validity"),
        ({"exp": NOW}, "outside_validity"),
        ({"exp": NOW - 1, "iat": NOW - 9}, "outside_validity"),
        ({"nbf": NOW + 61}, "outside_validity"),
        ({"iat": NOW + 61}, "outside_validity"),
        ({"exp": str(NOW + 9)}, "bad_credential"),
        ({"exp": NOW + 9.5}, "bad_credential"),
        ({"exp": None}, "bad_credential"),
        ({"exp": True}, "bad_credential"),
        ({"exp": 253_402_300_800}, "bad_credential"),
        ({"nbf": "now"}, "bad_credential"),
        ({"nbf": -1}, "bad_credential"),
        ({"iat": [NOW]}, "bad_credential"),
    ],
)
def test_101_times(times: dict[str, Any], code: str) -> None:
    refused(bound(token(payload(**times))), code)


def test_101_times_that_hold() -> None:
    assert check(bound(token(payload(exp=NOW + 1, nbf=NOW + 60, iat=NOW + 60)))).bound


def test_101_a_disclosed_time_of_issue_counts() -> None:
    assert check(bound(with_sd(named("iat", NOW)))).claims["iat"] == NOW
    refused(bound(with_sd(named("iat", NOW + 999))), "outside_validity")
    refused(bound(with_sd(named("iat", "x"))), "bad_credential")


# attack 102: what the holder must be is selectively disclosable


@pytest.mark.parametrize("name", ["cnf", "status", "iss", "vct"])
def test_102_within_what_decides_validity(name: str) -> None:
    hidden = named("jwk", public_jwk(MALLORY))
    for digest, shown in ((hashed(hidden), [hidden]), ("x" * 43, [])):
        base = payload().get(name, {})
        value = {**base, "_sd": [digest]} if isinstance(base, dict) else {"_sd": [digest]}
        value.pop("jwk", None)
        refused(bound(token(payload(**{name: value}), *shown)), "bad_credential")


@pytest.mark.parametrize(
    "cnf",
    [
        None, "", [], {}, {"jwk": None}, {"jwk": {}}, {"jkt": "x"}, {"jwk": public_jwk(HOLDER), "kid": "did:a:1#a"},
        {"jwk": {**public_jwk(HOLDER), "d": "x" * 43}}, {"jwk": {**public_jwk(HOLDER), "use": "enc"}},
        {"jwk": {"kty": "oct", "k": "AAAA"}}, {"kid": "a"}, {"kid": "#a"}, {"kid": HOLDER.did}, {"kid": None},
        {"kid": f"{HOLDER.did}?x=1#a"},
    ],
)  # fmt: skip
def test_102_a_confirmation_that_names_nobody(cnf: Any) -> None:
    refused(bound(token(payload(cnf=cnf))), "bad_credential")


def test_102_a_confirmation_by_name() -> None:
    kid = f"{HOLDER.did}#{HOLDER.did[8:]}"
    assert check(bound(token(payload(cnf={"kid": kid})))).bound
    refused(bound(token(payload(cnf={"kid": kid})), by=MALLORY), "not_holder")
    refused(bound(token(payload(cnf={"kid": f"{HOLDER.did}#other"}))), "unresolved_principal")
    refused(bound(token(payload(cnf={"kid": "did:web:nobody.example#a"}))), "unresolved_principal")


# attack 103: another audience or nonce at any hop. A credential's own `aud` is one hop more.


@pytest.mark.parametrize(
    ("aud", "code"),
    [
        ("https://other.example", "wrong_audience"),
        (["https://other.example"], "wrong_audience"),
        ([], "wrong_audience"),
        (None, "bad_credential"),
        ([AUDIENCE, 1], "bad_credential"),
        ({AUDIENCE: 1}, "bad_credential"),
    ],
)
def test_103_the_audience_of_the_credential(aud: Any, code: str) -> None:
    refused(bound(token(payload(aud=aud))), code)
    assert check(bound(token(payload(aud=AUDIENCE)))).bound
    assert check(bound(token(payload(aud=["x", AUDIENCE])))).bound
    refused(token(payload(aud=AUDIENCE, cnf=...)), "wrong_audience", audience=None, nonce=None)


@pytest.mark.parametrize(
    "changed", [{"audience": "https://other.example"}, {"audience": AUDIENCE.upper()}, {"nonce": "other"}]
)
def test_103_what_the_verifier_expects(changed: dict[str, str]) -> None:
    refused(GOOD, "wrong_audience" if "audience" in changed else "wrong_request", **changed)


@pytest.mark.parametrize(
    "changed",
    [{"audience": None}, {"nonce": None}, {"audience": ""}, {"nonce": ""}, {"audience": [AUDIENCE]}, {"nonce": b"n"}],
)
def test_103_an_expectation_is_never_left_out(changed: dict[str, Any]) -> None:
    refused(GOOD, "invalid_input", **changed)
