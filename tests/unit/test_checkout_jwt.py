"""What a shop signs, to the last character and level, before anybody looks for its key."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.checkout_scene import SHOP, b64

from attorn.checkout import jwt
from attorn.checkout.jwt import UnverifiedJwt
from attorn.errors import AttornError

HEADER = b'{"alg":"ES256"}'


def refused(code: str, call: Any) -> None:
    with pytest.raises(AttornError) as caught:
        call()
    assert caught.value.code == code, caught.value


def read(header: bytes = HEADER, claims: bytes = b"{}", signature: bytes = b"s" * 64) -> UnverifiedJwt:
    return UnverifiedJwt.read(".".join(map(b64, (header, claims, signature))))


def nested(levels: int) -> bytes:
    return b'{"alg":"ES256","more":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("other", [b"[]", b'["alg"]', b"1", b"null", b'"alg"'])
def test_header_and_claims_are_objects(other: bytes) -> None:
    assert read().unverified_claims == {}
    refused("malformed", lambda: read(header=other))
    refused("malformed", lambda: read(claims=other))


def test_how_long_each_part_may_be() -> None:
    assert read(header=HEADER.ljust(3072), signature=b"s" * 132).alg == "ES256"
    refused("malformed", lambda: read(header=HEADER.ljust(3073)))
    refused("malformed", lambda: read(signature=b"s" * 133))
    rest = len(b64(HEADER)) + 2 + 86
    text = ".".join((b64(HEADER), "e30" + "g" * (262_144 - rest - 3), b64(b"s" * 64)))
    assert len(text) == 262_144
    refused("malformed", lambda: UnverifiedJwt.read(text))
    refused("limit_exceeded", lambda: UnverifiedJwt.read(f"{text}A"))


def test_how_deep_header_and_claims_may_be() -> None:
    assert read(header=nested(4), claims=nested(32)).alg == "ES256"
    refused("malformed", lambda: read(header=nested(5)))
    refused("malformed", lambda: read(claims=nested(33)))


@pytest.mark.parametrize("name", ["crit", "b64", "jwk", "jku", "x5c", "x5u"])
def test_what_no_header_holds(name: str) -> None:
    refused("malformed", lambda: read(header=b'{"alg":"ES256","' + name.encode() + b'":null}'))


@pytest.mark.parametrize(
    "text", ["", "a.b", "a.b.c.d", "a..c", ".b.c", "a.b.", "a.b.c ", " a.b.c", "a.b=.c", "a.b.c\n"]
)
def test_three_parts_of_base64url(text: str) -> None:
    refused("malformed", lambda: UnverifiedJwt.read(text))


def test_nothing_is_shown_of_it() -> None:
    found = read(claims=b'{"secret":"s"}')
    assert repr(found) == "UnverifiedJwt(alg='ES256', kid=None)"


def test_the_longest_that_is_signed_is_read() -> None:
    header = len(b64(b'{"alg":"ES256"}')) + 1
    longest = (262_144 - 132 - header) * 3 // 4
    assert UnverifiedJwt.read(jwt.sign({}, b'{"a":"' + b"x" * (longest - 8) + b'"}', by=SHOP)).kid is None
    refused("invalid_input", lambda: jwt.sign({}, b"x" * (longest + 1), by=SHOP))
