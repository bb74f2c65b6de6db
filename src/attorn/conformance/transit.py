"""`verify-token` and `attenuate`: what whoever is handed a token in transit must know, and does with it."""

from __future__ import annotations

from typing import Final

from attorn.caveat import Caveat, Purpose
from attorn.caveat.spoken import from_json
from attorn.caveat.validity import moment
from attorn.conformance import verifying
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import InputError
from attorn.identity import Identity
from attorn.token.token import Token

_ID_BYTES: Final = 16
_NOBODY: Final = "nobody"
"""The audience of a verifier that is shown no presentation."""


def verify(members: Members) -> Answer:
    """Who is at its ends and between them, if a presentation of the token could be accepted now."""
    text, verifier = members.text("token"), verifying.verifier(members, _NOBODY)
    members.done()
    links = verifier.verify_token(Token.decode(text, limits=verifier.limits))
    chain = [link.delegate for link in links]
    return Answer(result={"root": links[0].delegator, "holder": chain[-1], "chain": [*chain]})


def attenuate(members: Members) -> Answer:
    """The token with one more link, to the byte."""
    text, to = members.text("token"), members.text("to")
    drawn, at = members.octets("id"), moment(members.second("issued"))
    if len(drawn) != _ID_BYTES:
        raise InputError(f"input: id: expected {_ID_BYTES} bytes")
    purpose = members.maybe_text("purpose")
    caveats: list[Caveat] = [] if purpose is None else [Purpose(purpose)]
    caveats += [from_json(each) for each in members.items("caveats")]
    holder = Identity.from_seed(members.octets("seed"), clock=lambda: at, random=lambda _: drawn)
    members.done()
    return Answer(result={"token": holder.delegate(Token.decode(text), to=to, caveats=caveats).encode()})
