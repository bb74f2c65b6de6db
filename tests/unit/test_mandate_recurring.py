"""Headers and keys that a verifier has read before: what they say is what reading them again would say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.mandate_scene import AGENT, AUDIENCE, MALLORY, NONCE, NOW, USER, b64, follow, opened, root

from attorn.errors import AttornError, MalformedError, MandateError, SignatureError
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.envelope import Header
from attorn.mandate.policy import Policy
from attorn.mandate.recurring import MOST, Recurring, p256_of
from attorn.mandate.verifying import closed_chain, require_bound

JWK = AGENT.jwk
X, Y = JWK["x"], JWK["y"]


def header(**members: Any) -> str:
    return b64(json.dumps({"alg": "ES256", "typ": "kb+sd-jwt", **members}).encode())


def test_a_header_is_read_once() -> None:
    known = Recurring()
    found = known.header(header())
    assert found == Header.read(header()) == Header("ES256", "kb+sd-jwt", None, False)
    assert known.header(header()) is found
    assert known.header(header(kid="a")) == Header("ES256", "kb+sd-jwt", "a", False)


def test_a_long_header_is_read_each_time() -> None:
    known = Recurring()
    first, second = (known.header(header(x5c=["A" * 400])) for _ in range(2))
    assert first == second
    assert first.brings_certificates
    assert first is not second


@pytest.mark.parametrize(
    "part",
    [header(alg="none"), header(alg="HS256"), header(crit=[]), header(jwk=JWK), header(typ=5), header(kid=None),
     header() + "A", header() + "=", "", "*", b64(b"[]"), b64(b'{"alg":"ES256","alg":"ES256"}'), "A" * 20_000],
)  # fmt: skip
def test_what_is_no_header_is_refused_however_often_it_comes(part: str) -> None:
    known = Recurring()
    known.header(header())
    for _ in range(2):
        with pytest.raises(MalformedError):
            known.header(part)


def test_a_key_is_built_once() -> None:
    known = Recurring()
    found = known.key(JWK)
    assert found == p256_of(JWK)
    assert known.key({name: JWK[name] for name in reversed(JWK)}) is found
    assert known.key(MALLORY.jwk) == p256_of(MALLORY.jwk) != found


def test_a_key_with_more_to_it_is_read_each_time() -> None:
    known = Recurring()
    known.key(JWK)
    for more in ({"kid": "a"}, {"use": "sig"}, {"alg": "ES256", "key_ops": ["verify"]}, {"kid": []}):
        first, second = (known.key({**JWK, **more}) for _ in range(2))
        assert first == second == p256_of(JWK)
        assert first is not second


@pytest.mark.parametrize(
    "changed",
    [
        {"x": Y, "y": X}, {"x": X, "y": X}, {"y": MALLORY.jwk["y"]}, {"x": X + "="}, {"x": X[:-1]}, {"y": ""}, {"x": 5},
        {"x": [X]}, {"y": {"y": Y}}, {"y": None}, {"kty": "OKP"}, {"kty": "ec"}, {"kty": None}, {"kty": ["EC"]},
        {"crv": "P-384"}, {"crv": "secp256k1"}, {"crv": "p-256"}, {"crv": None}, {"d": X}, {"use": "enc"},
        {"use": None}, {"alg": "ES384"}, {"key_ops": ["sign"]}, {"key_ops": ["verify", "sign"]},
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused_beside_one_that_is_known(changed: dict[str, Any]) -> None:
    known = Recurring()
    known.key(JWK)
    for _ in range(2):
        with pytest.raises(MalformedError):
            known.key({**JWK, **changed})
        with pytest.raises(MandateError):
            AgentKey.read({"jwk": {**JWK, **changed}}, known.key)


@pytest.mark.parametrize("name", ["kty", "crv", "x", "y"])
def test_a_member_is_not_made_up_for(name: str) -> None:
    known = Recurring()
    known.key(JWK)
    for more in ({}, {"d": X}, {"kid": X}):
        with pytest.raises(MalformedError):
            known.key({**{each: value for each, value in JWK.items() if each != name}, **more})


def test_so_many_are_remembered() -> None:
    known = Recurring()
    first = known.header(header(kid="0"))
    for number in range(1, MOST + 1):
        assert known.header(header(kid=str(number))) is known.header(header(kid=str(number)))
    again = known.header(header(kid="0"))
    assert again == first
    assert again is not first


def test_a_verifier_that_has_seen_a_chain_is_taken_in_by_no_other() -> None:
    policy = Policy.of(anchors=[USER.jwk])
    before = root(opened())

    def verify(text: str) -> None:
        require_bound(closed_chain(text, policy, NOW), audience=AUDIENCE, nonce=NONCE, unbound=False)

    verify(follow(before))
    wrong = {**AGENT.cnf, "jwk": {**JWK, "use": "enc"}}
    refused: list[tuple[str, type[AttornError]]] = [
        (follow(before, by=MALLORY), SignatureError),
        (follow(root(opened(), by=MALLORY)), SignatureError),
        (follow(root(opened(MALLORY))), SignatureError),
        (follow(root(opened(cnf=wrong))), MandateError),
    ]
    for text, error in refused:
        with pytest.raises(error):
            verify(text)
    verify(follow(before))
