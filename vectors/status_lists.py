"""Status lists of both standards written from primitives, right or wrong on purpose. Nothing here imports attorn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .deflate import gzipped, zlibbed
from .integrity import proven
from .jose import changed, header_of, jws
from .moments import stamp
from .testkit import Key, url64
from .world import World

CONTEXT = "https://www.w3.org/ns/credentials/v2"
TOKEN, BITSTRING = "statuslist+jwt", "vc+jwt"
FEWEST = 131_072


def uri(w: World) -> str:
    """Where the one list of every case is found."""
    return f"https://{w.word('lists', 'lists')}.example/1"


def packed(values: Mapping[int, int], bits: int, length: int, *, most_first: bool) -> bytes:
    """`length` bytes of entries of `bits` bits, all 0 but these, by their index."""
    data = bytearray(length)
    for index, value in values.items():
        for place in range(bits):
            # A value's own bits go the same way as the entries: its lowest first, or its highest.
            at = index * bits + (bits - 1 - place if most_first else place)
            data[at // 8] |= (value >> place & 1) << (7 - at % 8 if most_first else at % 8)
    return bytes(data)


def token_claims(w: World, values: Iterable[int] = (), *, bits: int = 2, **changes: Any) -> dict[str, Any]:
    """A Token Status List by carol of 16 bytes that begins with these values; None takes a claim away."""
    data = packed(dict(enumerate(values)), bits, 16, most_first=False)
    claims = {
        "iss": w.key("carol").did,
        "sub": uri(w),
        "iat": w.now - 60,
        "exp": w.now + 3600,
        "ttl": 600,
        "status_list": {"bits": bits, "lst": url64(zlibbed(data))},
    }
    return changed(claims, **changes)


def token_list(w: World, claims: Mapping[str, Any] | bytes, *, by: Key | None = None, **header: Any) -> str:
    key = by or w.key("carol")
    return jws(key, header_of(key, TOKEN, **header), claims)


def bits_of(values: Mapping[int, int], *, bits: int = 1, length: int = FEWEST // 8) -> str:
    """The `encodedList` of as many entries as there must be."""
    return "u" + url64(gzipped(packed(values, bits, length * bits, most_first=True)))


def bitstring(w: World, values: Mapping[int, int], **subject: Any) -> dict[str, Any]:
    """A credential by carol that is a list of revocations, but for what secures it; None takes a member away."""
    about = {
        "id": f"{uri(w)}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": bits_of(values),
    }
    return {
        "@context": [CONTEXT],
        "id": uri(w),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": w.key("carol").did,
        "validFrom": stamp(w.now - 60),
        "validUntil": stamp(w.now + 3600),
        "credentialSubject": changed(about, **subject),
    }


def bitstring_jws(w: World, document: Mapping[str, Any] | bytes, *, by: Key | None = None, **header: Any) -> str:
    key = by or w.key("carol")
    return jws(key, header_of(key, BITSTRING, **header), document)


def bitstring_proven(w: World, document: Mapping[str, Any], *, by: Key | None = None, **proof: Any) -> dict[str, Any]:
    """The list with a proof of Data Integrity."""
    return proven(document, by or w.key("carol"), w.now - 60, **proof)
