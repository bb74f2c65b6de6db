"""Keys that a verifier has read before: each is the one that reading it again would give."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.mandate_scene import AGENT, AUDIENCE, MALLORY, NONCE, NOW, USER, follow, opened, party, root

from attorn.errors import AttornError, MalformedError, MandateError, SignatureError
from attorn.mandate.agent_key import AgentKey, p256_of
from attorn.mandate.known_keys import MOST, KnownKeys
from attorn.mandate.policy import Policy
from attorn.mandate.verifying import closed_chain, require_bound

JWK = AGENT.jwk
X, Y = JWK["x"], JWK["y"]


def test_a_key_is_built_once() -> None:
    known = KnownKeys()
    found = known.read(JWK)
    assert found == p256_of(JWK)
    assert known.read({name: JWK[name] for name in reversed(JWK)}) is found
    assert known.read(MALLORY.jwk) == p256_of(MALLORY.jwk) != found


def test_a_key_with_more_to_it_is_read_each_time() -> None:
    known = KnownKeys()
    known.read(JWK)
    for more in ({"kid": "a"}, {"use": "sig"}, {"alg": "ES256", "key_ops": ["verify"]}, {"kid": ""}):
        first, second = (known.read({**JWK, **more}) for _ in range(2))
        assert first == second == p256_of(JWK)
        assert first is not second


@pytest.mark.parametrize(
    "changed",
    [
        {"x": Y, "y": X}, {"x": X, "y": X}, {"y": MALLORY.jwk["y"]}, {"x": X + "="}, {"x": X[:-1]}, {"y": ""}, {"x": 5},
        {"x": [X]}, {"y": {"y": Y}}, {"y": None}, {"kty": "OKP"}, {"kty": "ec"}, {"kty": None}, {"kty": ["EC"]},
        {"crv": "P-384"}, {"crv": "secp256k1"}, {"crv": "p-256"}, {"crv": None}, {"d": X}, {"use": "enc"},
        {"kid": []}, {"kid": None}, {"kid": 5},
        {"use": None}, {"alg": "ES384"}, {"key_ops": ["sign"]}, {"key_ops": ["verify", "sign"]},
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused_beside_one_that_is_known(changed: dict[str, Any]) -> None:
    known = KnownKeys()
    known.read(JWK)
    for _ in range(2):
        with pytest.raises(MalformedError):
            known.read({**JWK, **changed})
        with pytest.raises(MandateError):
            AgentKey.read({"jwk": {**JWK, **changed}}, known.read)


@pytest.mark.parametrize("name", ["kty", "crv", "x", "y"])
def test_a_member_is_not_made_up_for(name: str) -> None:
    known = KnownKeys()
    known.read(JWK)
    for more in ({}, {"d": X}, {"kid": X}):
        with pytest.raises(MalformedError):
            known.read({**{each: value for each, value in JWK.items() if each != name}, **more})


def test_so_many_are_remembered() -> None:
    known = KnownKeys()
    first = known.read(JWK)
    for number in range(1, MOST):
        known.read(party(3000 + number).jwk)
    assert known.read(JWK) is first
    for number in range(MOST):
        known.read(party(4000 + number).jwk)
    again = known.read(JWK)
    assert again == first
    assert again is not first


def test_none_is_remembered_where_none_is_asked_for() -> None:
    known = KnownKeys(0)
    first, second = (known.read(JWK) for _ in range(2))
    assert first == second == p256_of(JWK)
    assert first is not second


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
