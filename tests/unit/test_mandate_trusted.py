"""Whom a verifier trusts, whose key a mandate names, and what else a verifier is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AGENT,
    AT,
    AUDIENCE,
    MALLORY,
    NONCE,
    NOW,
    SUB,
    USER,
    check,
    follow,
    hashed,
    opened,
    paid,
    party,
    root,
)

from attorn import Identity
from attorn.checkout import KnownSigner
from attorn.did.document import DidDocument
from attorn.did.reading import read
from attorn.errors import AttornError
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.jwk import to_jwk
from attorn.mandate import allowance
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.anchor import Anchor, anchors_of
from attorn.mandate.verifier import MandateVerifier

ROOT = root()
GOOD = follow(ROOT)
DID = "did:web:user.example"
P384 = party(77, ec.SECP384R1(), "P-384")


def refused(code: str, call: Any) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return str(caught.value)


def verifier(**changed: Any) -> MandateVerifier:
    return MandateVerifier(**{"audience": AUDIENCE, "anchors": [USER.jwk], "merchants": [], **changed})


class Listing:
    """A resolver of one DID that lists these keys, called `#1`, `#2` and so on."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = keys

    def resolve(self, did: str) -> DidDocument:
        methods = [
            {"id": f"{did}#{number}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": key}
            for number, key in enumerate(self.keys, start=1)
        ]
        names = [each["id"] for each in methods]
        return read({"id": did, "verificationMethod": methods, "assertionMethod": names}, did)


# anchors


@pytest.mark.parametrize(
    "anchors", ["", "did:web:user.example", b"", b"x", {}, USER.jwk, 5, None, True, USER.identity.signer.public_key]
)
def test_anchors_are_a_list(anchors: Any) -> None:
    said = refused("invalid_input", lambda: check(GOOD, anchors=anchors))
    assert said.startswith("anchors: expected a list")


def test_how_many_anchors_there_may_be() -> None:
    assert len(anchors_of([USER.did] * 1024)) == 1024
    refused("invalid_input", lambda: anchors_of([USER.did] * 1025))


@pytest.mark.parametrize("kid", [None, 1, True, ["a"], {}])
def test_the_name_of_a_key_is_text(kid: Any) -> None:
    ed25519 = {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}
    for jwk in (USER.jwk, P384.jwk, ed25519):
        refused("invalid_input", lambda jwk=jwk: Anchor.of({**jwk, "kid": kid}))
    assert Anchor.of(USER.jwk).kid is None
    assert Anchor.of({**USER.jwk, "kid": "a"}).kid == "a"


@pytest.mark.parametrize("trusted", ["user", "", None, 5, b"did:web:user.example", ["did:web:user.example"]])
def test_an_anchor_is_a_key_or_a_did(trusted: Any) -> None:
    said = refused("invalid_input", lambda: check(GOOD, anchors=[trusted]))
    assert said.startswith("anchor: expected a key, a DID or a JWK")


@pytest.mark.parametrize(
    ("kid", "code"),
    [
        (f"{DID}#2", None),
        (f"{DID}#1", "bad_signature"),
        (f"{DID}#3", "unresolved_principal"),
        ("user-key", None),
        ("", None),
        (..., None),
        (DID, "untrusted_root"),
        (f"{DID}.evil.example#2", "untrusted_root"),
    ],
)
def test_which_key_of_a_did_signed(kid: Any, code: str | None) -> None:
    text = follow(root(header={"kid": kid}))
    asked: dict[str, Any] = {"anchors": [DID], "resolver": Listing(MALLORY.jwk, USER.jwk)}
    if code is None:
        assert check(text, **asked).hops[0].did == DID
    else:
        refused(code, lambda: check(text, **asked))


# the key of the next holder


@pytest.mark.parametrize("name", ["jku", "jwe", "kid", "jkt", "x5t#S256"])
@pytest.mark.parametrize("value", ["x", None])
def test_a_second_name_of_a_key(name: str, value: Any) -> None:
    refused("bad_mandate", lambda: check(follow(root(opened(cnf={**AGENT.cnf, name: value})))))


@pytest.mark.parametrize("did", [1, True, "", "agent", ["did:key:x"], {}])
def test_the_did_of_a_key(did: Any) -> None:
    refused("bad_mandate", lambda: check(follow(root(opened(cnf={**AGENT.cnf, "did": did})))))


@pytest.mark.parametrize(
    ("key", "did"),
    [
        (None, None),
        ("key", None),
        (AGENT.identity.signer.public_key, None),
        (EcKey.read(P384.jwk, curves=list(Curve)), None),
        (EcKey.of(AGENT.identity.signer.public_key), "agent"),
        (EcKey.of(AGENT.identity.signer.public_key), 1),
    ],
)
def test_an_agents_key_is_of_p256(key: Any, did: Any) -> None:
    refused("invalid_input", lambda: AgentKey(key, did))


def test_whose_key_it_is() -> None:
    key = AgentKey.of(AGENT.did)
    assert AgentKey.of(key) is key
    assert key == AgentKey(EcKey.of(AGENT.identity.signer.public_key), AGENT.did)
    assert key.is_of(AGENT.identity.signer.public_key)
    assert not key.is_of(SUB.identity.signer.public_key)
    assert not key.is_of(Identity.from_seed(bytes(32)).signer.public_key)
    for other in ("did:web:agent.example", "agent", None, 1):
        said = refused("invalid_input", lambda other=other: AgentKey.of(other))
        assert "hand in an AgentKey" in said


# what a verifier demands


@pytest.mark.parametrize("credentials", ["com.emvco.dpc", "", 5, None, iter(["com.emvco.dpc"]), [""], [1], [None]])
def test_credentials_are_a_list_of_names(credentials: Any) -> None:
    refused("invalid_input", lambda: check(GOOD, credentials=credentials))


@pytest.mark.parametrize("redelegations", [-1, 32, 1.0, True, None])
def test_how_often_it_may_be_handed_on_where_nothing_says(redelegations: Any) -> None:
    said = refused("invalid_input", lambda: check(GOOD, redelegations=redelegations))
    assert "0 to 31" in said
    assert check(GOOD, redelegations=31)
    assert "0 to 31" in refused("invalid_input", lambda: allowance.add({}, redelegations))
    assert allowance.add({}, 31) == {"attorn": {"redelegations": 31}}


@pytest.mark.parametrize("redelegations", [-1, 32, 1.0, True, None])
def test_how_often_a_mandate_says_so(redelegations: Any) -> None:
    text = follow(root(opened(attorn={"redelegations": redelegations})))
    assert "0 to 31" in refused("bad_mandate", lambda: check(text))
    assert check(follow(root(opened(attorn={"redelegations": 31})))).hops[0].redelegations == 31


@pytest.mark.parametrize("age", [timedelta(-1), 3600, None])
def test_an_age_is_a_span_of_time(age: Any) -> None:
    assert refused("invalid_input", lambda: check(GOOD, age=age)).startswith("age: ")


def test_a_status_that_returns_a_verdict_is_named() -> None:
    status = {"status_list": {"idx": 1, "uri": "https://a.example/1"}}
    text = follow(root(opened(status=status)))
    assert "the status must" in refused("unavailable", lambda: check(text, status=lambda hop, now: True))


@pytest.mark.parametrize(
    "changed",
    [{"audience": ""}, {"audience": None}, {"merchants": None}, {"merchants": "did:web:shop.example"}],
)
def test_what_a_verifier_lacks_is_named(changed: dict[str, Any]) -> None:
    assert refused("invalid_input", lambda: verifier(**changed)).startswith(f"{next(iter(changed))}: ")


@pytest.mark.parametrize("nonce", ["", None, 1, "x" * 2049])
def test_a_verifier_says_what_it_asked(nonce: Any) -> None:
    order = shop.jws(shop.changed("jti", to="x"))
    by = verifier(unbound=True)
    for call in (
        lambda: by.verify(follow(ROOT), nonce=nonce, now=AT),
        lambda: by.verify(root(paid(iat=NOW)), nonce=nonce, now=AT),
        lambda: by.accept_payment(follow(ROOT), nonce=nonce, checkout=order),
        lambda: by.accept_checkout(follow(ROOT), nonce=nonce),
    ):
        assert refused("invalid_input", call).startswith("nonce: ")


def test_a_verifier_takes_nothing_handed_on_that_does_not_say_so() -> None:
    chain = follow(follow(ROOT, opened(SUB)), by=SUB)
    assert len(verifier(redelegations=1).verify(chain, nonce=NONCE, now=AT).hops) == 3
    refused("broken_chain", lambda: verifier().verify(chain, nonce=NONCE, now=AT))


@pytest.mark.parametrize("resolver", [None, Listing(to_jwk(shop.SHOP.public_key))])
def test_a_merchant_by_a_did(resolver: Any) -> None:
    """did:key needs nobody to look it up; of any other DID, whoever was handed in is asked."""
    did = Identity(shop.SHOP).did if resolver is None else "did:web:shop.example"
    by = verifier(merchants=[KnownSigner.of("merchant_1", did)], resolver=resolver, unbound=True, clock=lambda: AT)
    order = shop.jws(shop.changed("jti", to="x"), kid=f"{did}#{did[8:] if resolver is None else 1}")
    total = {"payment_amount": {"amount": 24516, "currency": "USD"}, "payee": shop.MERCHANT}
    bought = root(paid(iat=NOW, transaction_id=hashed(order), **total))
    assert by.accept_payment(bought, nonce=NONCE, checkout=order).payment.transaction_id == hashed(order)
    if resolver is not None:
        elsewhere = verifier(merchants=[KnownSigner.of("merchant_1", did)], unbound=True, clock=lambda: AT)
        refused("unresolved_principal", lambda: elsewhere.accept_payment(bought, nonce=NONCE, checkout=order))
