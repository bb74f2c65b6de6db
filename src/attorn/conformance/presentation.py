"""`verify-presentation`: steps 0 to 10, by a verifier that has the default limits and an empty memory."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.conformance import asked, pages, verifying
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.store import MemoryStore
from attorn.verify.access import Access


def verify(members: Members) -> Answer:
    """Who authorised the request and through whom, if the verifier that `members` describe permits it."""
    request = asked.request(members.inner("request"))
    wire, challenge = members.text("wire"), members.maybe_text("challenge")
    before, later = members.texts("before"), _later(members)
    hands, store = verifying.Hands(), MemoryStore()
    resolver = pages.resolver(members, members.second("now"))
    verifier = verifying.verifier(members, members.text("audience"), hands, store)
    members.done()
    for earlier in before:
        verifying.use(verifier, earlier, request, challenge)
    if later is None:
        return Answer(result=_result(verifier.authorize(wire, request, challenge=challenge)))
    found = verifier.verify(wire, request, challenge=challenge)
    hands.second, statements = later
    for entry in statements:
        verifying.apply(store, entry, resolver)
    return Answer(result=_result(found.clear()))


def _later(members: Members) -> tuple[int, tuple[str, ...]] | None:
    """When it is judged, if that is a call of its own, and what the verifier is told in between."""
    if not members.has("later"):
        return None
    inner = members.inner("later")
    found = inner.second("now"), inner.texts("revocations")
    inner.done()
    return found


def _result(access: Access) -> dict[str, JsonValue]:
    return {"root": access.root, "holder": access.holder, "chain": [link.delegate for link in access.chain]}
