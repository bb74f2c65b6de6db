"""Macaroons put together from primitives, right or wrong on purpose. Nothing here imports attorn.

Sources: libmacaroons (doc/format.txt, macaroons.c) and docs/spec/macaroon.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from nacl.secret import SecretBox

from . import testkit as kit

ASK = b"is it monday?"
ZERO = bytes(32)


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def named(secret: bytes, drawn: bytes) -> bytes:
    """The identifier of a base under this key."""
    return mac(secret, b"\0ATTORN\0MACAROON KEY NAME\0v1\0")[:8] + drawn


def generated(key: bytes) -> bytes:
    return mac(b"macaroons-key-generator", key)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes((number & 127 | 128,))
        number >>= 7
    return out + bytes((number,))


def field(kind: int, value: bytes) -> bytes:
    return bytes((kind,)) + varint(len(value)) + value


@dataclass(frozen=True)
class Caveat:
    """A condition, or with a `vid` a third party's caveat."""

    id: bytes
    vid: bytes | None = None

    def fields(self) -> bytes:
        return field(2, self.id) + (b"" if self.vid is None else field(4, self.vid)) + b"\0"

    def members(self) -> dict[str, str]:
        found = {"i": self.id.decode()}
        return found if self.vid is None else {**found, "v64": kit.url64(self.vid)}


@dataclass(frozen=True)
class Macaroon:
    """One macaroon. `first` is the signature before any caveat, `written` one that is written in place of the right."""

    identifier: bytes
    first: bytes
    caveats: tuple[Caveat, ...] = ()
    written: bytes | None = None
    location: bytes | None = None

    def plus(self, *caveats: Caveat) -> Macaroon:
        return replace(self, caveats=(*self.caveats, *caveats))

    @property
    def signature(self) -> bytes:
        if self.written is not None:
            return self.written
        found = self.first
        for each in self.caveats:
            message = each.id if each.vid is None else mac(found, each.vid) + mac(found, each.id)
            found = mac(found, message)
        return found

    @property
    def transcript(self) -> bytes:
        found = hashlib.sha256(b"\0ATTORN\0MACAROON IDENTIFIER\0v1\0" + self.identifier).digest()
        for each in self.caveats:
            vid = each.vid or b""
            found = hashlib.sha256(
                b"\0ATTORN\0MACAROON CAVEAT\0v1\0" + found + varint(len(vid)) + vid + each.id
            ).digest()
        return found

    def bytes(self) -> bytes:
        where = b"" if self.location is None else field(1, self.location)
        body = b"".join(each.fields() for each in self.caveats)
        return b"\x02" + where + field(2, self.identifier) + b"\0" + body + b"\0" + field(6, self.signature)

    def members(self) -> dict[str, Any]:
        caveats = [each.members() for each in self.caveats]
        return {"i64": kit.url64(self.identifier), "c": caveats, "s64": kit.url64(self.signature)}


def base(secret: bytes, identifier: bytes) -> Macaroon:
    """What a server issues under an identifier, which `named` makes."""
    key = mac(secret, b"\0ATTORN\0MACAROON KEY\0v1\0" + identifier)
    return Macaroon(identifier, mac(generated(key), identifier))


def raw(signer: kit.Key, message: bytes, *, low: bool = True) -> bytes:
    """64 bytes: Ed25519, or P-256 as r and s."""
    if signer.algorithm == 0:
        return signer.sign(message)
    r, s = signer.sign_numbers(message)
    small = min(s, kit.P256_ORDER - s)
    return r.to_bytes(32, "big") + (small if low else kit.P256_ORDER - small).to_bytes(32, "big")


def link_caveat(block: kit.Signed, signature: bytes) -> Caveat:
    """The caveat of a link that says what this block of a Biscuit says."""
    key = (b"\xed\x01", b"\x80\x24")[block.next_key.algorithm] + block.next_key.data
    body = bytes((len(key),)) + key + signature + block.payload
    return Caveat(b"attorn-link-1." + kit.url64(body).encode())


def link(macaroon: Macaroon, by: kit.Key, block: kit.Signed, *, low: bool = True) -> Macaroon:
    """The macaroon with one more link, signed by `by`."""
    key = (b"\xed\x01", b"\x80\x24")[block.next_key.algorithm] + block.next_key.data
    message = b"\0ATTORN\0MACAROON LINK\0v1\0" + macaroon.transcript + key + block.payload
    return macaroon.plus(link_caveat(block, raw(by, message, low=low)))


def present(macaroon: Macaroon, holder: kit.Key, block: kit.Signed, *, tag: bytes = b"PRESENTATION") -> Macaroon:
    """The macaroon with the presentation that this block holds, signed by `holder`."""
    message = b"\0ATTORN\0MACAROON " + tag + b"\0v1\0" + macaroon.transcript + block.payload
    body = raw(holder, message) + block.payload
    return macaroon.plus(Caveat(b"attorn-presentation-1." + kit.url64(body).encode()))


def demand(macaroon: Macaroon, key: bytes, identifier: bytes = ASK, *, nonce: bytes = b"\x55" * 24) -> Macaroon:
    """The macaroon with a third party's caveat."""
    vid = bytes(SecretBox(macaroon.signature).encrypt(generated(key), nonce))
    return macaroon.plus(Caveat(identifier, vid))


def discharge(*conditions: bytes, key: bytes, identifier: bytes = ASK) -> Macaroon:
    """What the third party answers, not bound yet."""
    return Macaroon(identifier, mac(generated(key), identifier), tuple(map(Caveat, conditions)))


def caveats(checks: Iterable[kit.Part] = (), facts: Iterable[kit.Part] = ()) -> bytes:
    """The condition of a discharge that holds these checks."""
    payload = b"".join(kit.block_fields(kit.Symbols([]), facts, checks))
    return b"attorn-caveats-1." + kit.url64(payload).encode()


def bind(macaroon: Macaroon, unbound: Macaroon) -> Macaroon:
    return replace(unbound, written=mac(ZERO, mac(ZERO, macaroon.signature) + mac(ZERO, unbound.signature)))


def text(*macaroons: Macaroon) -> str:
    return kit.url64(b"".join(each.bytes() for each in macaroons))


def json_text(*macaroons: Macaroon) -> str:
    return json.dumps([each.members() for each in macaroons], separators=(",", ":"))
