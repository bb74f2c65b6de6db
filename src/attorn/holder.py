"""A holder and the token that it presents, as programs hand them over together."""

from __future__ import annotations

from attorn.errors import InputError
from attorn.identity import Identity
from attorn.token.token import Token


def check_holder(identity: Identity, token: Token) -> None:
    """Return if these are what they are to be; whether the one holds the other is not asked. Raises `InputError`."""
    if not isinstance(identity, Identity) or not isinstance(token, Token):
        raise InputError(f"expected an Identity and a Token, got {type(identity).__name__}, {type(token).__name__}")
