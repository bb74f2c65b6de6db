"""Lists that others could have signed, however wrong, and compression bombs made without inflating them first."""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any

from tests.unit.scene import ALICE, NOW

from attorn import Identity
from attorn.encoding import base64url_encode
from attorn.jose import jws
from attorn.status import bitstring, token_list
from attorn.status.bits import Packing, pack

URI = "https://issuer.example/lists/1"
LEAST = bytes(131_072 // 8)
ABSENT: Any = ...
MIB = 1 << 20


def without(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ABSENT}


def token_claims(**changed: Any) -> dict[str, Any]:
    content = changed.pop("status_list", {"bits": 1, "lst": lst(b"\xb9\xa3")})
    return without({"sub": URI, "iss": ALICE.did, "iat": NOW, "status_list": content, **changed})


def lst(data: bytes) -> str:
    return base64url_encode(pack(data, Packing.ZLIB))


def encoded(data: bytes) -> str:
    return "u" + base64url_encode(pack(data, Packing.GZIP))


def credential(subject: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    about = {"type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": encoded(LEAST)}
    named = {name.replace("context", "@context"): value for name, value in changed.items()}
    return without(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": URI,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": ALICE.did,
            "validFrom": "2030-03-17T17:46:40Z",
            "credentialSubject": without({**about, **(subject or {})}),
            **named,
        }
    )


def signed_token(claims: dict[str, Any], by: Identity = ALICE, kid: str | None = None) -> str:
    return jws.sign(claims, by=by.signer, typ=token_list.TYP, kid=kid)


def signed_bitstring(claims: dict[str, Any], by: Identity = ALICE, kid: str | None = None) -> str:
    return jws.sign(claims, by=by.signer, typ=bitstring.TYP, kid=kid)


@cache
def zeros(mebibytes: int, packing: Packing) -> bytes:
    """One whole stream of so many MiB of zeros, its checksum right: one deflated MiB again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    deflated = block * mebibytes + packer.flush()
    size = mebibytes * MIB
    if packing is Packing.ZLIB:
        # Adler-32 of zeros: the second sum counts them (RFC 1950 section 8.2).
        return b"\x78\xda" + deflated + ((size % 65_521) << 16 | 1).to_bytes(4, "big")
    checksum, plain = 0, bytes(MIB)
    for _ in range(mebibytes):
        checksum = zlib.crc32(plain, checksum)
    trailer = checksum.to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\x03" + deflated + trailer


def token_bomb(mebibytes: int = 1024) -> str:
    packed = base64url_encode(zeros(mebibytes, Packing.ZLIB))
    return signed_token(token_claims(status_list={"bits": 1, "lst": packed}))


def bitstring_bomb(mebibytes: int = 1024) -> str:
    packed = base64url_encode(zeros(mebibytes, Packing.GZIP))
    return signed_bitstring(credential({"encodedList": f"u{packed}"}))
