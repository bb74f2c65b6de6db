"""Software with its safety checks taken out, as an attacker would run it. The server must not rely on them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

from attorn.biscuit.block import encode
from attorn.biscuit.container import parse as parse_container
from attorn.caveat.base import Caveat
from attorn.did.key import parse
from attorn.encoding import base64url_decode
from attorn.identity import Identity
from attorn.limits import Limits
from attorn.token.carrier import BiscuitCarrier
from attorn.token.link import ID_BYTES, Link, write
from attorn.token.principal import Principal
from attorn.token.token import Token


class Careless(Identity):
    """An identity that presents tokens it does not hold."""

    __slots__ = ()

    def _hold(self, token: Token) -> None:
        del token


def extended(identity: Identity, token: Token, to: str, caveats: Sequence[Caveat]) -> Token:
    """`token` with a link that `identity` signed, whether or not it holds the token and whatever the caveats say."""
    chain = token.unverified
    holder = Principal(identity.signer.public_key)
    delegate = parse(to)
    position = len(chain.links) + 1
    link = Link(position, secrets.token_bytes(ID_BYTES), int(time.time()), holder, Principal(delegate), tuple(caveats))
    facts, checks = write(link)
    payload = encode(facts, checks, chain.symbols)
    return Token.of(token.carrier.extended(identity.signer, payload, delegate))


def shortened(token: Token) -> Token:
    """The Biscuit `token` without its last link."""
    blocks = parse_container(base64url_decode(token.encode()), most_blocks=Limits().links).blocks
    return Token.of(BiscuitCarrier(blocks[:-1]))
