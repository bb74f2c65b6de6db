"""Chains of mandates that anybody could have made, however wrong: by `json` and `cryptography`, not by attorn."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from attorn import Identity
from attorn.keys.signer import P256Signer
from attorn.mandate.verified import VerifiedChain
from attorn.mandate.verifying import verify

NOW = 1_900_000_000
AT = datetime.fromtimestamp(NOW, UTC)
AUDIENCE, NONCE = "credential-provider", "n-0123456789"
SALTS = iter(range(1 << 30))
_HASHES = {"ES256": SHA256, "ES384": SHA384, "ES256K": SHA256}
_CURVES = {"P-256": "ES256", "P-384": "ES384", "secp256k1": "ES256K"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hashed(text: str, name: str = "sha256") -> str:
    return b64(hashlib.new(name, text.encode()).digest())


@dataclass(frozen=True)
class Party:
    """Somebody with a key, who signs whatever there is to sign."""

    private: ec.EllipticCurvePrivateKey
    crv: str

    @property
    def jwk(self) -> dict[str, Any]:
        numbers, size = self.private.public_key().public_numbers(), (self.private.curve.key_size + 7) // 8
        x, y = (b64(each.to_bytes(size, "big")) for each in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": self.crv, "x": x, "y": y}

    @property
    def cnf(self) -> dict[str, Any]:
        return {"jwk": self.jwk}

    @property
    def identity(self) -> Identity:
        scalar = self.private.private_numbers().private_value
        return Identity(P256Signer.from_scalar(scalar.to_bytes(32, "big")))

    @property
    def did(self) -> str:
        return self.identity.did

    def sign(self, message: bytes) -> bytes:
        size = (self.private.curve.key_size + 7) // 8
        der = self.private.sign(message, ec.ECDSA(_HASHES[_CURVES[self.crv]]()))
        return b"".join(each.to_bytes(size, "big") for each in decode_dss_signature(der))


def party(number: int, curve: ec.EllipticCurve | None = None, crv: str = "P-256") -> Party:
    return Party(ec.derive_private_key(number, ec.SECP256R1() if curve is None else curve), crv)


USER, AGENT, SUB, MALLORY = (party(number) for number in (1001, 1002, 1003, 1666))
SHOP = {"id": "m-1", "name": "Shop", "website": "https://shop.example"}
OTHER = {"id": "m-2", "name": "Other"}
CARD = {"id": "i-1", "type": "card"}
REFERENCE = {"type": "payment.reference", "conditional_transaction_id": "c-hash"}
RANGE = {"type": "payment.amount_range", "currency": "USD", "max": 5000}
PAYEES = {"type": "payment.allowed_payees", "allowed": [SHOP, OTHER]}
ITEMS = {
    "type": "checkout.line_items",
    "items": [{"id": "r-1", "acceptable_items": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}], "quantity": 1}],
}
LISTS = [("allowed",), ("items", 0, "acceptable_items")]


def without(members: dict[str, Any]) -> dict[str, Any]:
    """The members that are not `...`."""
    return {name: value for name, value in members.items() if value is not ...}


def opened(to: Party = AGENT, **changed: Any) -> dict[str, Any]:
    """The content of an open payment mandate. A member of `...` is left out."""
    members = {
        "vct": "mandate.payment.open.1",
        "constraints": [RANGE, PAYEES, REFERENCE],
        "cnf": to.cnf,
        "iat": NOW - 60,
        "exp": NOW + 3600,
        **changed,
    }
    return copy.deepcopy(without(members))


def paid(**changed: Any) -> dict[str, Any]:
    """The content of a closed payment mandate."""
    members = {
        "vct": "mandate.payment.1",
        "transaction_id": "t-hash",
        "payee": SHOP,
        "payment_amount": {"amount": 1999, "currency": "USD"},
        "payment_instrument": CARD,
        **changed,
    }
    return copy.deepcopy(without(members))


def shopping(to: Party = AGENT, **changed: Any) -> dict[str, Any]:
    """The content of an open checkout mandate."""
    return opened(to, **{"vct": "mandate.checkout.open.1", "constraints": [ITEMS], **changed})


def ordered(checkout_jwt: str = "a.b.c", **changed: Any) -> dict[str, Any]:
    """The content of a closed checkout mandate."""
    members = {
        "vct": "mandate.checkout.1",
        "checkout_jwt": checkout_jwt,
        "checkout_hash": hashed(checkout_jwt),
        **changed,
    }
    return copy.deepcopy(without(members))


def disclosure(*content: Any) -> str:
    return b64(json.dumps([f"salt-{next(SALTS)}", *content]).encode())


def concealed(content: Any, *, lists: bool = True) -> tuple[dict[str, Any], list[str]]:
    """An array element that stands for a content, and its disclosures, that of the content itself the last."""
    content, texts = copy.deepcopy(content), []
    if lists and isinstance(content, dict):
        constraints = content.get("constraints")
        for constraint in constraints if isinstance(constraints, list) else []:
            for path in LISTS:
                texts += _hide(constraint, path)
        if "checkout_jwt" in content and content.get("vct") == "mandate.checkout.1":
            texts.append(disclosure("checkout_jwt", content.pop("checkout_jwt")))
            content["_sd"] = [hashed(texts[-1])]
    texts.append(disclosure(content))
    return {"...": hashed(texts[-1])}, texts


def _hide(value: Any, path: tuple[Any, ...]) -> list[str]:
    try:
        for step in path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return []
    texts = [disclosure(each) for each in value] if isinstance(value, list) else []
    if texts:
        value[:] = [{"...": hashed(text)} for text in texts]
    return texts


def jwt(payload: Any, *, by: Party, typ: Any, **header: Any) -> str:
    """Signed as it is. A header member of `...` is left out."""
    members = without({"alg": _CURVES[by.crv], "typ": typ, **header})
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    text = f"{b64(json.dumps(members).encode())}.{b64(body)}"
    return f"{text}.{b64(by.sign(text.encode()))}"


def sd_jwt(
    content: Any,
    *,
    by: Party,
    typ: Any,
    lists: bool = True,
    header: dict[str, Any] | None = None,
    disclosures: list[str] | None = None,
    **claims: Any,
) -> str:
    """An SD-JWT of a content, ending in `~`. `disclosures` are shown instead of its own; claims of `...` left out."""
    element, texts = concealed(content, lists=lists)
    payload = without({"delegate_payload": [element], "_sd_alg": "sha-256", **claims})
    return "~".join(
        (jwt(payload, by=by, typ=typ, **(header or {})), *(texts if disclosures is None else disclosures), "")
    )


def root(content: Any = None, *, by: Party = USER, typ: Any = "example+sd-jwt", **changed: Any) -> str:
    """As the official SDK issues one: no claims but the content's."""
    return sd_jwt(opened() if content is None else content, by=by, typ=typ, **changed)


def follow(before: str, content: Any = None, *, by: Party = AGENT, typ: Any = None, **claims: Any) -> str:
    """`before` and a hop behind it, as it should be but for what is changed."""
    content = paid() if content is None else content
    if typ is None:
        typ = "kb+sd-jwt+kb" if isinstance(content, dict) and "cnf" in content else "kb+sd-jwt"
    last = before.rpartition("~~")[2]
    given = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(last), **claims}
    return before[:-1] + "~~" + sd_jwt(content, by=by, typ=typ, **given)


def check(text: str, **changed: Any) -> VerifiedChain:
    """As a credential provider checks it that trusts the user's key."""
    given: dict[str, Any] = {"audience": AUDIENCE, "nonce": NONCE, "anchors": [USER.jwk], "now": AT, **changed}
    return verify(text, **given)
