"""Tokens put together from primitives, right or wrong on purpose. Nothing here imports attorn.

Sources: Biscuit specification 3.3 (`schema.proto`, "Cryptography"), RFC 4648, RFC 8032, FIPS 186-5, and
docs/spec/wire.md for what a link and a presentation hold.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from . import signing
from .primitives import *  # noqa: F403 - one name to import: the kit
from .primitives import (
    GREATER_OR_EQUAL,
    LESS,
    Part,
    Symbols,
    actions,
    check,
    date,
    expires,
    expr,
    fact,
    max_depth,
    octets,
    pb,
    pred,
    query,
    resources,
    text,
    value,
    var,
)

NOW = 1_790_000_000
"""The second that every fixed token is made for: 2026-09-21T14:13:20Z."""
ISSUED = NOW - 3600
AUDIENCE = "did:web:calendar.example"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@lru_cache(signing.MOST)
def base58(data: bytes) -> str:
    number, out = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        out = BASE58[digit] + out
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + out


def der_integer(number: int, *, pad: int = 0) -> bytes:
    octets_ = bytes(pad) + number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes((2, len(octets_))) + octets_


def der(r: int, s: int, *, pad: int = 0) -> bytes:
    body = der_integer(r, pad=pad) + der_integer(s)
    return bytes((0x30, len(body))) + body


@dataclass(frozen=True)
class Key:
    """A key pair from 32 bytes: `algorithm` 0 is Ed25519, 1 is P-256."""

    seed: bytes
    algorithm: int = 0

    @property
    def data(self) -> bytes:
        if self.algorithm == 0:
            return signing.ed25519(self.seed).verify_key.encode()
        x, y = signing.point(self.seed)
        return bytes((2 | y & 1,)) + x.to_bytes(32, "big")

    def sign(self, message: bytes) -> bytes:
        """64 bytes for Ed25519, low-S DER for P-256."""
        if self.algorithm == 0:
            return signing.signature(self.seed, message)
        r, s = self.sign_numbers(message)
        return der(r, min(s, P256_ORDER - s))

    def sign_numbers(self, message: bytes) -> tuple[int, int]:
        return signing.numbers(self.seed, message)

    @property
    def multikey(self) -> bytes:
        return (b"\xed\x01", b"\x80\x24")[self.algorithm] + self.data

    @property
    def did(self) -> str:
        return "did:key:z" + base58(self.multikey)

    @property
    def jwk(self) -> dict[str, str]:
        if self.algorithm == 0:
            return {"crv": "Ed25519", "kty": "OKP", "x": url64(self.data)}
        x, y = (url64(number.to_bytes(32, "big")) for number in signing.point(self.seed))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    @property
    def did_jwk(self) -> str:
        return "did:jwk:" + url64(json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode())

    @property
    def message(self) -> bytes:
        return pb(1, self.algorithm) + pb(2, self.data)


@dataclass(frozen=True)
class Claimed:
    """A public key as a block claims it: any algorithm number, any bytes, nobody's private half."""

    algorithm: int
    data: bytes

    @property
    def message(self) -> bytes:
        return pb(1, self.algorithm) + pb(2, self.data)


AnyKey = Key | Claimed
ALICE, PLANNER, SCOUT, MALLORY = (Key(bytes([number]) * 32) for number in (1, 2, 3, 66))
BOB = Key(bytes([4]) * 32)
CAROL_P256, DAVE_P256 = Key(bytes([5]) * 32, 1), Key(bytes([6]) * 32, 1)


def payload_v0(payload: bytes, next_key: AnyKey) -> bytes:
    return payload + (next_key.algorithm & 0xFFFFFFFF).to_bytes(4, "little") + next_key.data


def payload_v1(payload: bytes, next_key: AnyKey, previous: bytes | None, *, version: int = 1) -> bytes:
    out = b"\0BLOCK\0\0VERSION\0" + version.to_bytes(4, "little") + b"\0PAYLOAD\0" + payload
    out += b"\0ALGORITHM\0" + (next_key.algorithm & 0xFFFFFFFF).to_bytes(4, "little") + b"\0NEXTKEY\0" + next_key.data
    return out if previous is None else out + b"\0PREVSIG\0" + previous


@dataclass(frozen=True)
class Signed:
    """One signed block; `version` is what the wire says, whatever was signed. None leaves it out."""

    payload: bytes
    next_key: AnyKey
    signature: bytes
    version: int | None = 1
    symbols: tuple[str, ...] = ()

    def fields(self) -> list[bytes]:
        """Payload, next key, signature, version: reorder, repeat or drop at will."""
        out = [pb(1, self.payload), pb(2, self.next_key.message), pb(3, self.signature)]
        return out if self.version is None else [*out, pb(5, self.version)]

    @property
    def message(self) -> bytes:
        return b"".join(self.fields())


def sign(signer: Key, payload: bytes, next_key: AnyKey, previous: bytes | None, symbols: Iterable[str] = ()) -> Signed:
    """A block in attorn's one form: signature version 1."""
    return Signed(payload, next_key, signer.sign(payload_v1(payload, next_key, previous)), 1, tuple(symbols))


def seal(holder: Key, last: Signed) -> bytes:
    return holder.sign(payload_v0(last.payload, last.next_key) + last.signature)


def block_fields(
    symbols: Symbols, facts: Iterable[Part] = (), checks: Iterable[Part] = (), *, version: int = 3
) -> list[bytes]:
    """The fields of a `Block` in schema order: symbols, version, facts, checks."""
    body = [pb(4, part(symbols)) for part in facts]
    body += [pb(6, part(symbols)) for part in checks]
    return [*(pb(1, name.encode()) for name in symbols.added), pb(3, version), *body]


def link_id(position: int) -> bytes:
    return hashlib.sha256(b"link %d" % position).digest()[:16]


def known(chain: list[Signed]) -> list[str]:
    return [name for block in chain for name in block.symbols]


def link_facts(
    chain: list[Signed],
    by: Key,
    *,
    id: bytes | None = None,
    issued: int | None = None,
    method: str | None = None,
    user: Part | None = None,
    purpose: str | None = None,
) -> list[Part]:
    """The facts of a link after `chain`."""
    position = len(chain) + 1
    terms = [octets(link_id(position) if id is None else id), date(ISSUED + position if issued is None else issued)]
    if method is not None:
        terms.append(text(method))
    facts = [fact("user", user or octets(by.multikey))] if position == 1 else []
    facts.append(fact("link", *terms))
    return facts if purpose is None else [*facts, fact("purpose", text(purpose))]


def extend(
    chain: list[Signed],
    by: Key,
    to: AnyKey,
    checks: Iterable[Part] = (),
    *,
    facts: Iterable[Part] | None = None,
    version: int = 3,
    edit: Callable[[list[bytes]], list[bytes]] | None = None,
    previous: bytes | None = None,
    **link: Any,
) -> list[Signed]:
    """`chain` with one more link. `facts` replaces its facts, `edit` rewrites its fields before they are signed."""
    symbols = Symbols(known(chain))
    parts = link_facts(chain, by, **link) if facts is None else list(facts)
    fields = block_fields(symbols, parts, checks, version=version)
    payload = b"".join(edit(fields) if edit else fields)
    before = previous if previous is not None else chain[-1].signature if chain else None
    return [*chain, sign(by, payload, to, before, symbols.added)]


ACTION, RESOURCE, ARGS = "events:read", "cal://alice/2026-11", {"limit": 10}


def digest(action: str = ACTION, resource: str = RESOURCE, args: dict[str, Any] | None = None) -> bytes:
    """The request digest, for ASCII text, integers and lists of them."""
    request = {"action": action, "args": ARGS if args is None else args, "resource": resource}
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"attorn request v1\0" + canonical.encode()).digest()


def presentation_check(
    *,
    audience: str = AUDIENCE,
    request: bytes | None = None,
    id: bytes = bytes(range(16)),
    start: int = NOW - 30,
    stop: int = NOW + 60,
    challenge: str | None = None,
) -> Part:
    """The one check of a presentation block."""
    body = [pred("audience", text(audience)), pred("request", octets(digest() if request is None else request))]
    body.append(pred("nonce", octets(id)))
    if challenge is not None:
        body.append(pred("challenge", text(challenge)))
    window = [
        expr(value(var("time")), value(date(start)), GREATER_OR_EQUAL),
        expr(value(var("time")), value(date(stop)), LESS),
    ]
    return check(query(*body, pred("time", var("time")), where=window))


def presented(
    chain: list[Signed],
    holder: Key,
    *,
    facts: Iterable[Part] = (),
    checks: Iterable[Part] | None = None,
    version: int = 3,
    edit: Callable[[list[bytes]], list[bytes]] | None = None,
    next_key: AnyKey | None = None,
    **presentation: Any,
) -> list[Signed]:
    """`chain` with a presentation block by `holder`."""
    symbols = Symbols(known(chain))
    parts = [presentation_check(**presentation)] if checks is None else checks
    fields = block_fields(symbols, facts, parts, version=version)
    payload = b"".join(edit(fields) if edit else fields)
    return [*chain, sign(holder, payload, next_key or holder, chain[-1].signature, symbols.added)]


def container(blocks: Iterable[Signed | bytes], proof: bytes, *, head: bytes = b"", tail: bytes = b"") -> bytes:
    """The `Biscuit` message; `proof` is the content of its proof field."""
    messages = [block if isinstance(block, bytes) else block.message for block in blocks]
    first, rest = messages[0], messages[1:]
    return head + pb(2, first) + b"".join(pb(3, message) for message in rest) + pb(4, proof) + tail


def sealed(blocks: list[Signed], holder: Key) -> bytes:
    """The bytes of a sealed container."""
    return container(blocks, pb(2, seal(holder, blocks[-1])))


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def three_links(**first: Any) -> list[Signed]:
    """Alice -> planner -> scout -> bob, each link with caveats; `first` changes the first link."""
    chain = extend(
        [],
        ALICE,
        PLANNER,
        [actions("events:read", "events:write"), resources("cal://alice"), expires(NOW + 7200), max_depth(3)],
        **first,
    )
    chain = extend(chain, PLANNER, SCOUT, [actions("events:read")], purpose="find a free hour")
    return extend(chain, SCOUT, BOB, [expires(NOW + 600)])


def baseline(**presentation: Any) -> str:
    """A presentation that must be accepted at `NOW` for the default request."""
    return url64(sealed(presented(three_links(), BOB, **presentation), BOB))


def revocation(
    link: bytes, by: Key, second: int = NOW - 10, *, signer: Key | None = None, did: str | None = None
) -> str:
    """A revocation entry as text."""
    members: dict[str, Any] = {"at": second, "by": did or by.did, "link": url64(link)}
    signature = (signer or by).sign(b"\0ATTORN\0REVOCATION\0v1\0" + compact(members))
    return url64(compact({**members, "signature": url64(signature)}))


def compact(members: dict[str, Any]) -> bytes:
    """RFC 8785, as far as ASCII text and integers go."""
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


def life(principal: str, event: str, by: Key, sequence: int, *, signer: Key | None = None, at: int = NOW - 10) -> str:
    """A lifecycle entry as text."""
    members: dict[str, Any] = {
        "at": at,
        "by": by.did,
        "event": event,
        "principal": principal,
        "sequence": sequence,
    }
    signature = (signer or by).sign(b"\0ATTORN\0LIFECYCLE\0v1\0" + compact(members))
    return url64(compact({**members, "signature": url64(signature)}))


def revocation_list(by: Key, links: Iterable[bytes], *, sequence: int = 1, since: int = 0, at: int = NOW - 10) -> str:
    """A signed revocation list as text."""
    joined = b"".join(sorted(links))
    members: dict[str, Any] = {
        "at": at,
        "by": by.did,
        "links": url64(joined),
        "sequence": sequence,
        "since": since,
    }
    signature = by.sign(b"\0ATTORN\0REVOCATION-LIST\0v1\0" + compact(members))
    return url64(compact({**members, "signature": url64(signature)}))


def status_list(by: Key, uri: str, values: Iterable[int], *, at: int = NOW - 10, exp: int | None = None) -> str:
    """A Token Status List of eight-bit entries as a JWT. Stored, not deflated: every zlib writes that alike."""
    claims: dict[str, Any] = {
        "iat": at,
        "iss": by.did,
        "status_list": {"bits": 8, "lst": url64(zlib.compress(bytes(values), 0))},
        "sub": uri,
    }
    if exp is not None:
        claims["exp"] = exp
    kid = f"{by.did}#{by.did.removeprefix('did:key:')}"
    signed = f"{url64(compact({'alg': 'EdDSA', 'kid': kid, 'typ': 'statuslist+jwt'}))}.{url64(compact(claims))}"
    return f"{signed}.{url64(by.sign(signed.encode()))}"
