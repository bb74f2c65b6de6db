"""Receipts of AP2 v0.2: what became of a mandate, in both models, by whom, and of which mandate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import mandate_kit as kit
from .case import Case
from .mandate_kit import Hop
from .mandate_scene import KID, Purchase, Scene
from .testkit import Key, url64
from .world import World

Recipe = Callable[[World], Case]
RECEIPTS = "docs/spec/checkout.md section Receipts: "
FORM = "docs/spec/checkout.md section `checkout_jwt`: "
MALFORMED, FORGED, STRANGER = ("malformed", 1), ("bad_signature", 4), ("untrusted_root", 2)
ANOTHER, LATE = ("broken_chain", 5), ("outside_validity", 6)
STATUS, RESULT = "the model of AP2's schemas: status", "the model of its specification: result"
PAYMENT = {"payment_id": "pay-1", "psp_confirmation_id": "psp-1", "network_confirmation_id": "net-1"}


def _of(scene: Scene, value: Any) -> Any:
    return value(scene) if callable(value) else value


def claims(scene: Scene, kind: str, last: Hop) -> dict[str, Any]:
    """What the usual receipt says: a success, to the JWT of the closed mandate."""
    ids = {"order_id": "order-1"} if kind == "checkout" else PAYMENT
    issuer = scene.merchant["website"]
    return {"status": "Success", "iss": issuer, "iat": scene.now, "reference": kit.hashed(last.jwt), **ids}


def receipt(
    name: str,
    notes: str,
    attack: int | None,
    spec: str,
    verdict: tuple[str, int] | None,
    *,
    kind: str = "checkout",
    by: Callable[[Scene], Key] | None = None,
    header: dict[str, Any] | None = None,
    asked: Any = None,
    out: dict[str, Any] | None = None,
    **said: Any,
) -> Recipe:
    """A receipt with other claims, or another question about it; `out` are members that must come out."""
    code, step = verdict or ("ok", None)

    def case(w: World) -> Case:
        scene = Scene(w)
        hops = getattr(Purchase(), "ordered" if kind == "checkout" else "paid")(scene, scene.nonce)
        told = {**claims(scene, kind, hops[-1]), **{each: _of(scene, value) for each, value in said.items()}}
        signer = scene.shop if by is None else by(scene)
        text = kit.jws(kit.without(told), by=signer, **{"kid": KID, "typ": "JWT", **(header or {})})
        usual = {
            "kind": kind,
            "receipt": text,
            "mandate": kit.joined(hops),
            "issuers": [{**scene.merchants[0], "name": scene.merchant["website"]}],
            "now": scene.now,
        }
        result = (
            {} if verdict else {"issuer": scene.merchant["website"], "error": None, "matched": "jwt", **(out or {})}
        )
        question = kit.without({**usual, **_of(scene, asked or {})})
        return Case(f"receipt/{name}", "verify-receipt", notes, attack, spec, question, code, step, result)

    return case


def closed(scene: Scene, kind: str = "checkout") -> Hop:
    return getattr(Purchase(), "ordered" if kind == "checkout" else "paid")(scene, scene.nonce)[-1]


def alone(scene: Scene) -> dict[str, Any]:
    return {"mandate": closed(scene).text}


def tied(scene: Scene, **more: Any) -> dict[str, Any]:
    """What a receipt by attorn ties together."""
    hops = Purchase().ordered(scene, scene.nonce)
    return {"checkout": kit.hashed(scene.offer()), "mandate": [each.id for each in hops], **more}


def text(name: str, notes: str, attack: int, change: Callable[[str], str]) -> Recipe:
    """The usual receipt, its finished text changed."""
    usual = receipt(name, notes, attack, FORM + "three parts of canonical base64url", MALFORMED)

    def case(w: World) -> Case:
        made = usual(w)
        asked = {**made.input, "receipt": change(str(made.input["receipt"]))}
        return Case(made.name, made.operation, notes, attack, made.spec, asked, made.code, made.step)

    return case


def long_text(name: str, notes: str) -> Recipe:
    """More text than anybody decodes."""
    usual = text(name, notes, 4, lambda wire: wire + "A" * 262_144)

    def case(w: World) -> Case:
        made = usual(w)
        spec = FORM + "what is read is at most 262,144 characters long"
        return Case(made.name, made.operation, notes, 4, spec, made.input, "limit_exceeded", 0)

    return case


def model(name: str, notes: str, rule: str, **said: Any) -> Recipe:
    """A receipt that is of neither model."""
    return receipt(f"model-{name}", notes, 118, RECEIPTS + rule, MALFORMED, **said)


OLD = {"status": ..., "result": "success"}
FAILED = {"status": "Error", "order_id": ..., "error": "invalid_mandate", "error_description": "No"}
PROCESSED = {"kind": "payment"}
RECIPES: tuple[Recipe, ...] = (
    receipt("checkout", "an order", None, RECEIPTS + STATUS, None, out={"order_id": "order-1"}),
    receipt(
        "payment",
        "a payment",
        None,
        RECEIPTS + STATUS,
        None,
        out={"payment_id": "pay-1", "self_declared": False},
        **PROCESSED,
    ),
    receipt(
        "self-declared",
        "one id under three names",
        None,
        RECEIPTS + "one id under three names is read",
        None,
        out={"self_declared": True},
        psp_confirmation_id="pay-1",
        network_confirmation_id="pay-1",
        **PROCESSED,
    ),
    receipt(
        "failed",
        "a failure",
        None,
        RECEIPTS + STATUS,
        None,
        out={"error": "invalid_mandate", "order_id": None},
        **FAILED,
    ),
    receipt("result", "the other model", None, RECEIPTS + RESULT, None, **OLD),
    receipt(
        "result-bare",
        "the other model, without what it may leave out",
        None,
        RECEIPTS + RESULT,
        None,
        **{**OLD, "iat": ..., "order_id": ...},
    ),
    receipt(
        "result-failed",
        "a failure in the other model",
        None,
        RECEIPTS + RESULT,
        None,
        out={"error": "denied"},
        status=...,
        result="error",
        order_id=...,
        error="denied",
    ),
    receipt(
        "null-member",
        "what is null is not there",
        None,
        RECEIPTS + "a member that is null is not there",
        None,
        error=None,
    ),
    receipt(
        "by-sd-jwt",
        "a reference to the JWT and its disclosures",
        None,
        RECEIPTS + "both references are taken",
        None,
        out={"matched": "sd-jwt"},
        reference=lambda scene: closed(scene).sd_hash,
    ),
    receipt(
        "closed-alone",
        "held against the closed mandate alone",
        None,
        RECEIPTS + "the last SD-JWT of its chain",
        None,
        asked=alone,
    ),
    receipt(
        "no-issuer",
        "an empty iss, as the SDK writes it",
        None,
        RECEIPTS + "without an issuer it is taken from any",
        None,
        out={"issuer": ""},
        iss="",
    ),
    receipt(
        "ahead", "from 300 seconds ahead", None, RECEIPTS + "300 seconds ahead", None, iat=lambda scene: scene.now + 300
    ),
    receipt(
        "tied",
        "the checkout and the mandate that it is of",
        None,
        RECEIPTS + "what it ties together",
        None,
        attorn=tied,
    ),
    receipt(
        "from-the-future",
        "from 301 seconds ahead",
        112,
        RECEIPTS + "300 seconds ahead",
        LATE,
        iat=lambda scene: scene.now + 301,
    ),
    receipt(
        "another-mandate",
        "a reference to another mandate",
        118,
        RECEIPTS + "a reference to another mandate",
        ANOTHER,
        reference=kit.hashed("another"),
    ),
    receipt(
        "of-the-root",
        "a reference to the user's mandate",
        118,
        RECEIPTS + "the last SD-JWT of its chain",
        ANOTHER,
        reference=lambda scene: kit.hashed(Purchase().ordered(scene, scene.nonce)[0].jwt),
    ),
    receipt(
        "of-the-payment",
        "the receipt of the order, for the payment",
        118,
        RECEIPTS + "a reference to another mandate",
        ANOTHER,
        asked=lambda scene: {"mandate": closed(scene, "payment").text},
    ),
    receipt(
        "reference-padded",
        "the reference with =",
        118,
        RECEIPTS + "a reference to another mandate",
        ANOTHER,
        reference=lambda scene: kit.hashed(closed(scene).jwt) + "=",
    ),
    receipt(
        "forged",
        "by mallory in the shop's name",
        118,
        RECEIPTS + "one that a known issuer did not sign",
        FORGED,
        by=lambda scene: scene.mallory,
    ),
    receipt(
        "unknown-issuer",
        "by somebody that nobody knows",
        119,
        RECEIPTS + "one that a known issuer did not sign",
        STRANGER,
        iss="https://mallory.example",
    ),
    receipt(
        "no-issuers",
        "nobody is known",
        119,
        RECEIPTS + "one that a known issuer did not sign",
        STRANGER,
        asked={"issuers": []},
    ),
    receipt(
        "another-kid",
        "by a key of another name",
        28,
        FORM + "1, by alg and kid",
        STRANGER,
        header={"kid": "shop-key-2"},
    ),
    receipt("eddsa", "by EdDSA", 17, FORM + "other algorithms", MALFORMED, by=lambda scene: scene.w.key("shop")),
    receipt("alg-none", "by no algorithm", 15, FORM + "other algorithms", MALFORMED, header={"alg": "none"}),
    receipt("another-typ", "a key binding", 22, FORM + "a typ other than JWT", MALFORMED, header={"typ": "kb+jwt"}),
    receipt("no-typ", "no typ", None, FORM + "typ may be missing", None, header={"typ": ...}),
    receipt("crit", "a critical extension", 20, FORM + "crit is malformed", MALFORMED, header={"crit": ["b64"]}),
    receipt("x5c", "certificates", 19, FORM + "x5c is malformed", MALFORMED, header={"x5c": ["AAAA"]}),
    text("four-parts", "a fourth part", 12, lambda wire: wire + ".AAAA"),
    text("padded", "a signature with =", 44, lambda wire: wire + "="),
    text("white-space", "a space in front", 12, lambda wire: " " + wire),
    text("no-signature", "no signature", 15, lambda wire: wire.rpartition(".")[0] + "."),
    model("both", "both models at once", "not both at once", result="success"),
    model("neither", "neither model", "not both at once", status=...),
    model("status-case", "success with a small letter", STATUS, status="success"),
    model("result-case", "Success in the other model", RESULT, status=..., result="Success"),
    model("no-order", "a success without an order", STATUS, order_id=...),
    model("failed-order", "an order that failed", STATUS, **{**FAILED, "order_id": "order-1"}),
    model("failed-no-error", "a failure without a code", STATUS, status="Error", order_id=...),
    model("success-error", "a success with a code", STATUS, error="denied"),
    model("no-description", "a failure without words", STATUS, **{**FAILED, "error_description": ...}),
    model("no-iat", "no word of when", STATUS, iat=...),
    model("iat-fraction", "iat with a fraction", STATUS, iat=lambda scene: scene.now + 0.5),
    model("no-reference", "no reference", STATUS, reference=...),
    model("no-iss", "no iss", STATUS, iss=...),
    model(
        "payment-of-checkout",
        "the receipt of a payment, where an order is asked for",
        "a receipt of one kind is none of the other",
        payment_id="pay-1",
    ),
    model(
        "order-of-payment",
        "the receipt of an order, where a payment is asked for",
        "a receipt of one kind is none of the other",
        order_id="order-1",
        **PROCESSED,
    ),
    model("no-network", "a payment that no network confirmed", STATUS, network_confirmation_id=..., **PROCESSED),
    model(
        "failed-confirmed",
        "a payment that failed, and was confirmed",
        STATUS,
        status="Error",
        error="denied",
        error_description="No",
        **PROCESSED,
    ),
    model(
        "tied-to-more",
        "another member of attorn",
        "with anything else in it",
        attorn=lambda scene: tied(scene, note="x"),
    ),
    model("tied-to-nothing", "an attorn without a checkout", "with anything else in it", attorn={"mandate": []}),
    model(
        "tied-token-alone",
        "a token, and no request",
        "with anything else in it",
        attorn=lambda scene: tied(scene, token=[url64(bytes(16))]),
    ),
    text(
        "header-too-long",
        "a header of 4,100 characters",
        2,
        lambda wire: url64(b'{"alg":"ES256","kid":"' + b"k" * 3060 + b'"}') + wire[wire.index(".") :],
    ),
    text(
        "signature-too-long",
        "a signature of 160 bytes",
        2,
        lambda wire: wire.rpartition(".")[0] + "." + url64(bytes(160)),
    ),
    text("header-list", "a header in a list", 12, lambda wire: url64(b'[{"alg":"ES256"}]') + wire[wire.index(".") :]),
    receipt(
        "kid-number",
        "a kid that is a number",
        29,
        FORM + "three parts of canonical base64url",
        MALFORMED,
        header={"kid": 5},
    ),
    long_text("too-long", "over 262,144 characters"),
    model(
        "result-failed-confirmed",
        "a payment that failed in the other model, and was confirmed",
        RESULT,
        status=...,
        result="error",
        error="denied",
        **PROCESSED,
    ),
    model(
        "result-failed-no-error",
        "a failure in the other model without a code",
        RESULT,
        status=...,
        result="error",
        order_id=...,
    ),
)
