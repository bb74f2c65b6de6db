"""Servers outside: keys of every kind, and signatures by two other libraries and by hand, however wrong.

The RSA keys are fixed: to make one takes longer than most tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jwt as pyjwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from attorn.encoding import base64url_encode

_PEM = """\
-----BEGIN PRIVATE KEY-----
MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQC+E+S2inuX9oOo
0KBKDyO+b7VEBFjZr9Cb1zRDTz3ZnoKN9+wtGeb7x0UcBTuawaRDXZPHz3V8Pnux
u2g+LhBULVxv34ZOWX8t0sct4T6VoiGaq6D5l3sUfirrWxD0R+J0fxt14nDmZmdp
n4JWWYVhfxDfzFLhvZwvQgbyBdkMlH7Em6kMpM1l+QrHjP8OjOaKSZwBYLRfQjcq
NOP+3O0nq4zSbvCDFaxs09GY4pSiJvq5ksSY/bNf8Fu/c2Y9Lb9WQ1Ickon3W7vE
sQQVBm1bG3xCCQJHxIwfjacvTdbR2EMrWcHGu9F2DYn0ZPsWpFQa4KkcNCYv0Lc8
NNB5HvgNAgMBAAECggEAA/8jFft/cciLKCeK10POOpjatN1qiNk7h6tUu/2UjVjZ
4eZOnvwmcTDVcSti/3QG4iu7ib4A+GXP8ALCxFvvl/WENg37Ivaax/ngmkRcLoVE
M55cOiNHQT0N5fj6OEiyqERr7WSffxi0H/JsqSgkt9IWJr6DF6AHAq9eugQJdkw3
vbZxBtwXeGctd13TscEASWcUZTJuYbRj7ov6eAo1TKzPcwiOzgGjgrAssGUMpQT+
BFMz3kzm6x79ERt3EfLZjywFmZmp9cStf2j/IdDVgczc+yl379nT/5JexkRm9NU4
NeH2Joiz8pUQvoTzB031t/gNYIlB/7o8BK2muZcguQKBgQDk98HniqZJmqB4gGPs
/YlNUjvSDpTL5XhPCNf50QWVceJuY63WOU0E4dS95g77aiG79E5zKGDRa6jIagLb
pWSI2WuKIQEVqSap94ev4o6CYiiAG3YxjJp8FOkjCfRzykhxdLW4WFxhDflUfRTm
DK5/aljdda5PQ4kDLUYYQKqhvwKBgQDUhLxEDX2GTaQFW7omlGoju7OJ/WsC1Kz+
P9jTI673UFTMuFIJ1cbi7kJxmH6w/ESWlXtFpHyz4JrEu4SSgSLZOUxOLvqvfOeN
JANUavNmNdCoLM5uZWEUnJgwzLNyZ8LmUM2lBRCUlHojtWtKH7LC3kYm8XVkTTZJ
n+ZI5UEBMwKBgQDMZJr03aFZnS3YxAvvt9hEbL834YpUhZCjROq/eCa65IHUNyks
TdSCIjJuHpuLNY/Nn+YUCJx89dUiqvfIKVmYjDXihVnZgzkfivbWPLEolQVAbsNQ
sgoJ8AS6IZ3Va2LF3QCHAmHcxcOn90ybnAB9f2q6rt2eplP9wQGMjtWDMwKBgQC2
+IVDLj45qJUkS+JMnxF3LH8aukYtDMDYsk3TE3Dr24z3KWbwss7myO4J8Zp6dOf0
okSdJE59bE60PSKaJHbFgZCR697Hwol1umDniKGBCapZcSJWaBCad2yM72E8iduD
AmTbxC2PTvqNzf/OtNXq8waBNvi0X8nyv6m8by11gwKBgQDbstpoPbGRVf/rMceZ
YNlmYlpFzhOztS61XStlZXF/0tQy4vCbkK+QN5qMRP+ebJ8FnFCGh2GaZtwWecHl
Bl0iF7hIvhkLMEn4vFtoFPMs0MA3DFljLCkNybBTGCPY5QMxY+6omv0Tc+gh/YT7
CBWscNHhf8OSVSsgfuNDvOgdFA==
-----END PRIVATE KEY-----
"""
_OTHER_PEM = """\
-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCd0e0V6xrH5rjn
RoJcpsc8R3rmyhVVLcBLVdrAGbjruP9pYDhJO13ObaGTVVotL1CAjAjS3fn4uvyD
bNv8ynjU0rxibj3vBv1RVFYv/iWOhvY/DroTqxqJRPMdk52lv9CF4EHMCulCE4LN
zg2yAKbinCuyYbpPZVR8czuI6X2Ur9fp/+NNVh+0aI7GHkErlUoNMhvuh7NQJspv
J4iwuTGTi6nf0aVubH5cIPEDNf4rY25YOkoIOk6X1fgxwpv8lZ3n0+Sfx9wlrY5C
nCmwyMiryN5atBIc/Wr4RsHLF1KMJt5fpH/OnvqWSGotUeERMxdLgCM/FuwaG2Dd
eeWUYI2tAgMBAAECggEAFARLeg90+NxEYP8SKz6y/+wABFQmwwQ3wsZbpahNikZP
TNX5pZ4sPnGsv+NgOeFpqDg6qUYivZ+3xdKRj1092J526tQZMl80U3OrL9CgAlUP
V/2d778wsS7n1/1ATkTHJafFKKRMpAcV/NTw6z4GbLEKoMgg6Y+MWPGDoFCfDzPQ
U7t16wEMnRvWlAz7CM+e90IMfZ3Nkkge617gYOZV9bf1j6q61nr8VMr303dE4VuJ
v3/mmC2U2e9v29K/oVyfrsikOjY5Sqw7q6+FDq5YQO4LoBcftnZvA62bF8JgCdjr
PVwfsN522jZ9cni5vDHRSr3l3xz6hx5EILjvjpiRcQKBgQDTzniojQvN1Uao8KlH
di59u4sJUfuN/Jtx+znJZFpjI1CVYIxr5yHZWisZ/KcjbrX0tYaRUY1LO+TRNuGI
VzIPom6vGuD4AStHsdN36bG/lfMXt7LTtMHn0b3X+4Pa42t2Hb9VM0nCXRdYNjbS
kg+wM1O7fYKqUUVLcILK8XAgEQKBgQC+v8ukd1DOjVeiZ7rWf2KKG260cRkSQIs1
W9/F0ag5qtlzIqEGhUmWfE2z5xJpmNLcTaA7M7HPGi34FwCJyonrvuAdkhHM3soS
Bt1x265wqG6ASEwcpGwoiCsQT/k632BniGNb/c/pZfwCFRj4rcPElGYSJyuxle8D
xWZGo1Xv3QKBgGPoE0/l3/iCLmdHxYFYxIs4KFgIHLEXwzbbeqF9PYlfwgYD2ZiY
GIZOmuASJcB320oHSedH4W7oXIE28uD9yDZJtw3PjuhMnN6fiZEZYWduUpEQbECi
FYjEjVjQYZyhAzJey75jh9ovUPCh+fAPR2kkfM2GYVj3Jslz063ofqwRAoGAB8zg
DwGyFEBDbSjAwzTCWtN0W3ykgdKR3sS7CePg9Tq/Wa3418NrlvPOWaUBY8AUH14t
Rz597vIrHxIRu5DEwxczIwJuJ+qUaNhPBfDt2T2KB0Ttl95Bbgbje+9JSdcIojM5
nPFsJyc8fvlN5B12+/r1kZh4ePKgq47O9+SGByECgYA76IcY8ANyN2QoPjNQOaM7
J9MkS85FJ1xUSkge5evd6rqv4IDsPpexv1K7MelsLj/R/8Fq0R5MNkRYxwDPmOZ/
J8bjXTFvCAmxbpfGBUlrPr1mYB1XtSzJ/ng+jYkGlIsgEgIH1H6TFDzCRo9qh7Sp
8gLjC9ikhR9DlBnFWSSyug==
-----END PRIVATE KEY-----
"""


def _loaded(pem: str) -> Any:
    return serialization.load_pem_private_key(pem.encode(), None)


RSA, OTHER_RSA = map(_loaded, (_PEM, _OTHER_PEM))
P256, P384, P521, K1 = (
    ec.derive_private_key(7, curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1())
)
ED = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x0b" * 32)
BY_ALG: dict[str, Any] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), RSA),
    "ES256": P256,
    "ES384": P384,
    "ES512": P521,
    "EdDSA": ED,
}
TYPS = (
    *("dpop+jwt", "txntoken+jwt", "wit+jwt", "wpt+jwt", "secevent+jwt", "command+jwt", "statuslist+jwt", "at+jwt"),
    *("application/at+jwt", "kya+jwt", "pay+jwt", "kya-pay+jwt", "dc+sd-jwt", "vc+sd-jwt", "kb+jwt", "kb-sd-jwt"),
    *("kb-sd-jwt+kb", "aa-agent+jwt", "aip+jwt", "entity-statement+jwt", "logout+jwt", "vc+jwt", "vp+jwt"),
)
"""Kinds of token that are neither a plain JWT nor an ID-JAG."""
ENCODING = serialization.Encoding.PEM
_HASHES = {"256": SHA256(), "384": SHA384(), "512": SHA512()}


def derived(number: int) -> Any:
    """Another P-256 key."""
    return ec.derive_private_key(number, ec.SECP256R1())


def pem(key: Any) -> str:
    """A private key as text, which every library reads."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(key: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@cache
def joserfc_key(key: Any) -> Any:
    kinds = {rsa.RSAPrivateKey: RSAKey, ec.EllipticCurvePrivateKey: ECKey, ed25519.Ed25519PrivateKey: OKPKey}
    (kind,) = (made for each, made in kinds.items() if isinstance(key, each))
    return kind.import_key(pem(key))


def jwk(key: Any, **members: Any) -> dict[str, Any]:
    """The public half, as another library writes it."""
    return {**joserfc_key(key).as_dict(private=False), **members}


def with_pyjwt(claims: dict[str, Any], *, alg: str = "RS256", key: Any = None, **header: Any) -> str:
    return pyjwt.encode(claims, BY_ALG[alg] if key is None else key, algorithm=alg, headers=header)


def with_joserfc(claims: dict[str, Any], *, alg: str = "RS256", key: Any = None, **header: Any) -> str:
    signer = joserfc_key(BY_ALG[alg] if key is None else key)
    return joserfc_jwt.encode({"alg": alg, **header}, claims, signer, algorithms=[alg])


def signature(alg: str, key: Any, message: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    digest = _HASHES[alg[2:]]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest, deterministic_signing=True)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if alg[0] == "P" else padding.PKCS1v15()
    return key.sign(message, scheme, digest)


def by_hand(
    header: dict[str, Any] | bytes, claims: dict[str, Any] | bytes, *, key: Any = RSA, alg: str = "RS256"
) -> str:
    """Signed as it stands there, by `alg`, whatever the header says."""
    parts = (each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, claims))
    text = ".".join(base64url_encode(part) for part in parts)
    return f"{text}.{base64url_encode(signature(alg, key, text.encode()))}"


class Failing(Mapping[str, Any]):
    """A mapping that fails at every touch, as one from elsewhere may."""

    def __getitem__(self, name: str) -> Any:
        raise OSError("gone")

    def __iter__(self) -> Iterator[str]:
        raise OSError("gone")

    def __len__(self) -> int:
        raise OSError("gone")
