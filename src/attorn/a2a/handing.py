"""A narrower token handed from agent to agent in a message: inert for everybody but the one it is addressed to."""

from __future__ import annotations

from a2a.helpers import new_data_part
from a2a.types import Message, Part

from attorn.a2a.extension import EXTENSION
from attorn.a2a.said import TOKEN, said_once
from attorn.errors import InputError, MalformedError
from attorn.token.token import Token
from attorn.verify.access import Access


def token_part(token: Token) -> Part:
    """A part of a message that hands `token` to whom it was delegated to. Raises `InputError`."""
    if not isinstance(token, Token):
        raise InputError(f"token_part: expected a Token, got {type(token).__name__}")
    return new_data_part({EXTENSION: {TOKEN: token.encode()}})


def handed_over(message: Message, access: Access, *, to: str) -> Token | None:
    """The token that the sender of a message, of which `access` was given, hands to the DID `to`; None if it does not.

    It is addressed to `to`, and delegated by the holder of that chain for the same user. Nothing in it is verified: a
    verifier's `verify_token` says whether it would be accepted. Raises `MalformedError`, `NotAdmittedError`,
    `LimitError` or `InputError`.
    """
    if not isinstance(message, Message) or not isinstance(access, Access):
        raise InputError("handed_over: expected a Message and the Access of its sender")
    text = said_once(message.parts, TOKEN)
    if text is None:
        return None
    token = Token.decode(text)
    links = token.unverified_links
    if token.holder != to:
        raise MalformedError("message: it hands over a token that is addressed to somebody else")
    if (links[0].delegator, links[-1].delegator) != (access.root, access.holder):
        raise MalformedError("message: it hands over a token of somebody else than its sender, or for another user")
    return token
