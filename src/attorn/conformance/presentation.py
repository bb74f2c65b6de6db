"""`verify-presentation`: steps 0 to 10, by a verifier that has the default limits and an empty memory."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.conformance import asked, verifying
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import Denied, UnavailableError, VerificationError
from attorn.request.request import Request
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier


def verify(members: Members) -> Answer:
    """Who authorised the request and through whom, if the verifier that `members` describe permits it."""
    request = asked.request(members.inner("request"))
    wire, challenge = members.text("wire"), members.maybe_text("challenge")
    before = members.texts("before")
    verifier = verifying.verifier(members, members.text("audience"))
    members.done()
    for earlier in before:
        _use(verifier, earlier, request, challenge)
    return Answer(result=_result(verifier.authorize(wire, request, challenge=challenge)))


def _result(access: Access) -> dict[str, JsonValue]:
    return {"root": access.root, "holder": access.holder, "chain": [link.delegate for link in access.chain]}


def _use(verifier: Verifier, wire: str, request: Request, challenge: str | None) -> None:
    try:
        verifier.authorize(wire, request, challenge=challenge)
    except (VerificationError, Denied, UnavailableError):
        # A case may say that a refused presentation came first; its verdict is another case's.
        return
