"""Attacks 113, 115 and 119: an algorithm, a type or a version that is not supported is named in the error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import (
    AGENT,
    NOW,
    USER,
    b64,
    check,
    follow,
    opened,
    ordered,
    paid,
    root,
    sd_jwt,
    shopping,
    unb64,
)
from tests.unit.mandate_v01_scene import (
    AUDIENCE,
    CART,
    MERCHANT,
    NONCE,
    PAYMENT,
    WALLET,
    Deal,
    altered,
    door,
    wallet,
)
from tests.unit.mandate_v01_scene import NOW as THEN
from tests.unit.mandate_v01_scene import USER as PAYER

from attorn import credential, sdjwt
from attorn.checkout import authorization
from attorn.credential import Securing
from attorn.errors import AttornError
from attorn.jose import jws
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.jwk import from_jwk, to_jwk
from attorn.mandate import vc
from attorn.mandate.anchor import Anchor
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, Reference, issue, verify
from attorn.mandate.vc import context
from attorn.store import MemoryStore

ROOT = root()
MANDATE = "r.s.t~d0~~a.b.c~d1~"
ALGS = ["none", "HS256", "RS256", "PS256", "ES256X", "es256", "", None, 1, ["ES256"]]
"""All in the header of something that is signed by ES256: the signature would hold."""
TYPS = ["at+jwt", "JWT ", "", None, 1, ["JWT"]]


def named(code: str, value: Any, call: Callable[[], object], words: str = "{}") -> None:
    """Refused with this code, and the value stands in the error, in quotes if it is text."""
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value
    assert words.format(ascii(value)) in str(caught.value)


def headed(text: str, **header: Any) -> str:
    """The JWS or SD-JWT with another header, and the signature of the first one. `...` takes a member away."""
    head, dot, rest = text.partition(".")
    members = {**json.loads(unb64(head)), **header}
    return b64(json.dumps({name: each for name, each in members.items() if each is not ...}).encode()) + dot + rest


# AP2 v0.2


@pytest.mark.parametrize("alg", [*ALGS, "ES512"])
def test_the_algorithm_of_a_hop(alg: Any) -> None:
    for text in (follow(root(header={"alg": alg})), follow(ROOT, header={"alg": alg})):
        named("malformed", alg, lambda text=text: check(text), "got {}")


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519", "ES384", "ES256K"])
def test_the_algorithm_of_another_key(alg: str) -> None:
    named("untrusted_root", alg, lambda: check(follow(root(header={"alg": alg}))))
    named("bad_mandate", alg, lambda: check(follow(ROOT, header={"alg": alg})), "in hop 2, got {}")


@pytest.mark.parametrize("name", ["sha-1", "SHA-256", "md5", "", None, 256])
def test_the_algorithm_of_its_hashes(name: Any) -> None:
    named("malformed", name, lambda: check(follow(root(_sd_alg=name))), "got {}")
    named("malformed", name, lambda: check(follow(ROOT, _sd_alg=name)), "got {}")


@pytest.mark.parametrize(
    "vct",
    ["mandate.payment.open", "mandate.payment.open.2", "payment.open.1", "MANDATE.PAYMENT.OPEN.1", "", None, 1, ...],
)
def test_the_type_of_a_mandate(vct: Any) -> None:
    said = None if vct is ... else vct
    named("bad_mandate", said, lambda: check(follow(root(opened(vct=vct)))), "got {}")
    named("bad_mandate", said, lambda: check(follow(ROOT, paid(vct=vct))), "got {}")


@pytest.mark.parametrize("vct", ["mandate.payment.open.0", "mandate.checkout", "", None, 1])
@pytest.mark.parametrize(
    ("read", "content"),
    [
        (lambda content: OpenPayment.read(content, unit=Unit.MINOR), opened()),
        (OpenCheckout.read, shopping()),
        (ClosedPayment.read, paid()),
        (ClosedCheckout.read, ordered()),
    ],
)
def test_the_type_that_a_model_reads(read: Callable[..., object], content: Any, vct: Any) -> None:
    assert read(content)
    named("bad_mandate", vct, lambda: read({**content, "vct": vct}), "got {}")


@pytest.mark.parametrize("name", ["payment.colour", "payment.amount_range.2", "", None, 1])
def test_the_type_of_a_constraint(name: Any) -> None:
    constraints = [*opened()["constraints"], {"type": name, "max": 1}]
    named("bad_mandate", name, lambda: check(follow(root(opened(constraints=constraints)))), "got {}")


@pytest.mark.parametrize("vct", ["com.emvco.dpc.2", "", None, 1, ["com.emvco.dpc"]])
def test_the_type_of_a_credential(vct: Any) -> None:
    claims = {"vct": vct, "cnf": AGENT.cnf, "delegate_payload": ...}
    text = follow(sd_jwt(None, by=USER, typ="dc+sd-jwt", disclosures=[], **claims))
    named("bad_mandate", vct, lambda: check(text, credentials=["com.emvco.dpc"]), "vct {}")


@pytest.mark.parametrize("typ", ["kb+jwt", "KB+SD-JWT", "application/kb+sd-jwt", "kb+sd-jwt+kb", ""])
def test_the_type_of_a_hop(typ: str) -> None:
    named("bad_mandate", typ, lambda: check(follow(ROOT, typ=typ)), "got {}")


def test_a_hop_without_a_type() -> None:
    named("bad_mandate", None, lambda: check(follow(ROOT, typ=...)), "got {}")
    named("malformed", 1, lambda: check(follow(ROOT, typ=1)), "got {}")
    named("malformed", None, lambda: check(follow(root(typ=None))), "got {}")


@pytest.mark.parametrize(
    "typ", ["kb+sd-jwt", "kb-sd-jwt", "kb+sd-jwt+kb", "kb-sd-jwt+kb", "KB+SD-JWT", "application/kb+sd-jwt"]
)
def test_a_root_of_the_type_of_a_hop(typ: str) -> None:
    named("bad_mandate", typ, lambda: check(root(paid(iat=NOW), typ=typ), unbound=True), "got typ {}")


@pytest.mark.parametrize("name", ["sd_hash", "issuer_jwt_hash"])
def test_a_root_with_the_hash_of_a_hop(name: str) -> None:
    text = root(paid(iat=NOW), **{name: "x"})
    named("bad_mandate", name, lambda: check(text, unbound=True), f"got one with {name}")


# Keys


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("use", value) for value in ("enc", "SIG", "", None, 1, ["sig"])),
        *(("alg", value) for value in ("ES384", "ES256K", "ECDH-ES", "es256", "", None, 1, ["ES256"])),
    ],
)
def test_what_a_key_is_for(member: str, value: Any) -> None:
    jwk = {**AGENT.jwk, member: value}
    for call in (
        lambda: EcKey.read(jwk, curves=(Curve.P256,)),
        lambda: from_jwk(jwk),
    ):
        named("malformed", value, call, f"got {member} {{}}")
    named("bad_mandate", value, lambda: check(follow(root(opened(cnf={"jwk": jwk})))), f"got {member} {{}}")
    for trusted in (jwk, {**to_jwk(PAYER.signer.public_key), member: value}):
        named("invalid_input", value, lambda trusted=trusted: Anchor.of(trusted), f"got {member} {{}}")


def test_the_use_of_a_key_is_named_before_its_algorithm() -> None:
    named("malformed", "enc", lambda: EcKey.read({**AGENT.jwk, "use": "enc", "alg": "A"}, curves=(Curve.P256,)))


@pytest.mark.parametrize("crv", ["P-224", "P-384", "X25519", "", None, 1])
def test_the_curve_of_a_key(crv: Any) -> None:
    jwk = {**AGENT.jwk, "crv": crv}
    named("bad_mandate", crv, lambda: check(follow(root(opened(cnf={"jwk": jwk})))), "got crv {}")


# Checkouts, receipts, UCP


def signed_checkouts(**header: Any) -> list[Callable[[], object]]:
    """What each reader makes of it under such a header: a checkout, UCP's authorization, both kinds of receipt."""
    text = shop.jws(rfc8785.dumps(shop.CHECKOUT), **header)
    head, _, signature = text.split(".")
    detached = {**shop.CHECKOUT, "ap2": {"merchant_authorization": f"{head}..{signature}"}}
    issuer, reference = "https://demo-merchant.example", Reference.JWT.of(MANDATE)
    order = CheckoutReceipt(issuer, reference, shop.AT, "order-1")
    charge = PaymentReceipt(issuer, reference, shop.AT, "pay-1", "psp-1", "net-1")
    asked: dict[str, Any] = {"mandate": MANDATE, "issuers": [shop.KnownSigner.of(issuer, shop.SHOP.public_key)]}
    receipts = [(type(each), headed(issue(each, by=shop.SHOP, kid=shop.KID), **header)) for each in (order, charge)]
    return [
        lambda: shop.checked(text),
        lambda: authorization.verify(detached, merchants=[shop.KNOWN], now=shop.AT),
        *(lambda kind=kind, text=text: verify(text, kind=kind, now=shop.AT, **asked) for kind, text in receipts),
    ]


@pytest.mark.parametrize("alg", [*ALGS, "EdDSA", "Ed25519", "ES256K"])
def test_the_algorithm_of_what_a_shop_signs(alg: Any) -> None:
    for call in signed_checkouts(alg=alg):
        named("malformed", alg, call, "got {}")


def test_a_shop_that_names_no_algorithm() -> None:
    for call in signed_checkouts(alg=...):
        named("malformed", None, call, "got {}")


@pytest.mark.parametrize("alg", ["ES384", "ES512"])
def test_the_algorithm_of_another_key_than_the_shops(alg: str) -> None:
    for call in signed_checkouts(alg=alg):
        named("untrusted_root", alg, call, f"signs by {alg}")


@pytest.mark.parametrize("typ", [*TYPS, "kb+sd-jwt", "\u212awt", "application/jwt"])
def test_the_type_of_what_a_shop_signs(typ: Any) -> None:
    for call in signed_checkouts(typ=typ):
        named("malformed", typ, call, "got {}")


@pytest.mark.parametrize(
    ("member", "value"), [("status", "Pending"), ("status", None), ("result", "OK"), ("result", True)]
)
def test_a_receipt_in_another_model(member: str, value: Any) -> None:
    claims = {member: value, "iss": "https://demo-merchant.example", "iat": shop.NOW, "reference": "r"}
    for kind in (CheckoutReceipt, PaymentReceipt):
        named("malformed", value, lambda kind=kind: kind.read(claims), "got {}")


# AP2 v0.1


def bought(**changed: Any) -> Callable[[], object]:
    deal = Deal()
    return lambda: door().accept(**deal(**changed), ledger=MemoryStore())


@pytest.mark.parametrize("name", ["intent", "cart", "payment"])
@pytest.mark.parametrize(
    ("member", "value"), [*(("alg", alg) for alg in [*ALGS, "ES384", "ES256K"]), ("typ", "JWT"), ("typ", "vc+sd-jwt")]
)
def test_the_header_of_a_mandate_credential(name: str, member: str, value: Any) -> None:
    text = headed(Deal()()[name], **{member: value})
    named("bad_credential", value, bought(**{name: text}), "got {}")


@pytest.mark.parametrize("typ", [None, 1, ["JWT"]])
def test_a_type_that_is_no_text(typ: Any) -> None:
    named("bad_credential", typ, bought(cart=headed(Deal().cart, typ=typ)), "got typ {}")


@pytest.mark.parametrize("suite", ["eddsa-jcs-2023", "ecdsa-rdfc-2019X", "", None, 1])
def test_the_suite_of_a_mandate_credential(suite: Any) -> None:
    document = json.loads(Deal(form=Securing.DATA_INTEGRITY).cart)
    named("bad_proof", suite, bought(cart=json.dumps(altered(document, proof__cryptosuite=suite))), "got {}")


@pytest.mark.parametrize("version", ["https://www.w3.org/ns/credentials/v3", "https://www.w3.org/2018/credentials/v0"])
def test_the_version_of_a_credential(version: str) -> None:
    named("bad_credential", version, bought(cart=remade(Deal().cart, **{"@context__0": version})), "got {}")


def remade(text: str, **changes: Any) -> str:
    """A cart's credential with something in it changed, signed again by the merchant."""
    document = altered(credential.read(text, contexts=context.contexts()).unverified_document, **changes)
    kid = f"{MERCHANT.did}#{MERCHANT.did[8:]}"
    return jws.sign(document, by=MERCHANT.signer, typ="vc+jwt", kid=kid, cty="vc")


@pytest.mark.parametrize("name", ["IntentMandate", "PaymentMandate"])
def test_the_type_of_a_mandate_credential(name: str) -> None:
    cart, other = Deal().cart, f"{name}Credential"
    named("bad_mandate", other, bought(cart=remade(cart, type=["VerifiableCredential", other])))
    named("bad_mandate", name, bought(cart=remade(cart, credentialSubject__type=name)), "got type {}")
    named("bad_credential", "CartMandateV2", bought(cart=remade(cart, type=["VerifiableCredential", "CartMandateV2"])))


@pytest.mark.parametrize(
    ("member", "value"), [*(("alg", alg) for alg in ("none", "HS256", None, "ES384")), ("typ", "at+jwt"), ("typ", "")]
)
def test_the_header_of_a_merchants_jwt(member: str, value: Any) -> None:
    cart = vc.authorize_cart(vc.CartMandate.read(CART), by=MERCHANT, audience=AUDIENCE, now=THEN).write()
    text = headed(str(cart["merchant_authorization"]), **{member: value})
    named(
        "malformed",
        value,
        lambda: vc.verify_merchant_authorization(
            {**cart, "merchant_authorization": text}, merchants=[MERCHANT.did], audience=AUDIENCE, now=THEN
        ),
        "got {}",
    )


def authorized(change: Callable[[str], str] = str) -> Callable[[], object]:
    """What is made of a user's authorization that was changed."""
    cart = vc.CartMandate.read(CART).write()
    payment = vc.authorize_payment(
        vc.PaymentMandate.read(PAYMENT), cart=cart, credential=wallet(), by=PAYER, audience=AUDIENCE, nonce=NONCE,
        now=THEN,
    ).write()  # fmt: skip
    text = change(str(payment["user_authorization"]))
    return lambda: vc.verify_user_authorization(
        {**payment, "user_authorization": text}, cart=cart, users=[PAYER.did], wallets=[WALLET.did],
        audience=AUDIENCE, nonce=NONCE, now=THEN,
    )  # fmt: skip


def bound(text: str, **header: Any) -> str:
    shown, tilde, binding = text.rpartition("~")
    return shown + tilde + headed(binding, **header)


@pytest.mark.parametrize("change", [headed, bound], ids=["the credential", "its binding"])
@pytest.mark.parametrize(
    ("member", "value"),
    [*(("alg", alg) for alg in ("none", "HS256", None, "ES384")), ("typ", "vc+sd-jwt"), ("typ", "")],
)
def test_the_header_of_a_users_authorization(change: Callable[..., str], member: str, value: Any) -> None:
    assert authorized()()
    named("malformed", value, authorized(lambda text: change(text, **{member: value})), "got {}")


@pytest.mark.parametrize("name", ["sha-512", "SHA-256", "", None, ["sha-256"]])
def test_the_algorithm_of_what_a_user_authorizes(name: Any) -> None:
    said = {"transaction_data": [], "transaction_data_hashes_alg": name}
    text = sdjwt.present(wallet(), by=PAYER, audience=AUDIENCE, nonce=NONCE, now=THEN, also=said)
    named("bad_mandate", name, authorized(lambda _: text), "got {}")
