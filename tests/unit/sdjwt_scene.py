"""SD-JWTs that anybody could have made, however wrong: put together here without attorn's own issuing."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from attorn import Identity, sdjwt
from attorn.sdjwt import VerifiedSdJwt

NOW = 1_900_000_000
AT = datetime.fromtimestamp(NOW, UTC)
ISSUER, HOLDER, MALLORY = (Identity.from_seed(bytes([number]) * 32) for number in (41, 42, 43))
AUDIENCE, NONCE = "https://verifier.example", "n-0123456789"
VCT = "https://issuer.example/member"
TYP = sdjwt.SD_JWT_VC
SALTS = iter(range(1 << 30))
CLAIMS: dict[str, Any] = {
    "vct": VCT,
    "iat": NOW - 60,
    "exp": NOW + 3600,
    "name": "Alice",
    "address": {"street": "Main 1", "city": "Anytown"},
    "nationalities": ["DE", "FR", "US"],
    "level": 3,
}
DISCLOSABLE: list[Any] = ["name", "address", ("address", "street"), ("nationalities", None)]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hashed(text: str, name: str = "sha256") -> str:
    return b64(hashlib.new(name, text.encode()).digest())


def disclosure(*content: Any) -> str:
    """A disclosure of any content. What is not given a salt by the caller is a name and a value, or a value."""
    return b64(json.dumps(content).encode())


def named(name: Any, value: Any) -> str:
    return disclosure(f"salt{next(SALTS)}", name, value)


def element(value: Any) -> str:
    return disclosure(f"salt{next(SALTS)}", value)


def public_jwk(identity: Identity) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(identity.signer.public_key.data)}


def jwt(payload: Any, *, by: Identity = ISSUER, typ: Any = TYP, **header: Any) -> str:
    """Signed as it is. A header member of `...` is left out."""
    members = {"alg": "EdDSA", "typ": typ, "kid": f"{by.did}#{by.did[8:]}", **header}
    members = {name: value for name, value in members.items() if value is not ...}
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    text = f"{b64(json.dumps(members).encode())}.{b64(body)}"
    return f"{text}.{b64(by.signer.sign(text.encode()))}"


def payload(**changed: Any) -> dict[str, Any]:
    """What a credential of HOLDER's says in the open. A claim of `...` is left out."""
    members = {"iss": ISSUER.did, "vct": VCT, "cnf": {"jwk": public_jwk(HOLDER)}, "level": 3, **changed}
    return {name: value for name, value in members.items() if value is not ...}


def token(claims: Any, *disclosures: str, **header: Any) -> str:
    return "~".join((jwt(claims, **header), *disclosures, ""))


def with_sd(*disclosures: str, **changed: Any) -> str:
    """A credential with these disclosures, the digest of each in `_sd` at the top."""
    return token(payload(_sd=[hashed(each) for each in disclosures], **changed), *disclosures)


def bound(text: str, *, by: Identity = HOLDER, typ: Any = "kb+jwt", alg: str = "EdDSA", **changed: Any) -> str:
    """`text` with a key binding as it should be but for what is changed. A claim of `...` is left out."""
    members = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": hashed(text), **changed}
    claims = {name: value for name, value in members.items() if value is not ...}
    return text + jwt(claims, by=by, typ=typ, alg=alg, kid=...)


def check(text: str, **changed: Any) -> VerifiedSdJwt:
    """As a verifier checks it that asks for a key binding."""
    given = {"typ": TYP, "audience": AUDIENCE, "nonce": NONCE, "now": AT, **changed}
    return sdjwt.verify(text, **given)


def issued(claims: dict[str, Any] | None = None, **changed: Any) -> str:
    """A credential by attorn itself."""
    given: dict[str, Any] = {"by": ISSUER, "typ": TYP, "disclosable": DISCLOSABLE, "holder": HOLDER.signer.public_key}
    return sdjwt.issue(CLAIMS if claims is None else claims, **{**given, **changed})


def presented(text: str, *disclose: Any, **changed: Any) -> str:
    given: dict[str, Any] = {"by": HOLDER, "audience": AUDIENCE, "nonce": NONCE, "now": AT, **changed}
    return sdjwt.present(text, disclose=disclose, **given)
