"""`verify-presentation`: steps 0 to 10, by a verifier that has the default limits and an empty memory."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.conformance import asked
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.encoding import base64url_decode
from attorn.errors import Denied, InputError, MalformedError, VerificationError
from attorn.macaroon import MacKey
from attorn.request.request import Request
from attorn.store import MemoryStore
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier


def verify(members: Members) -> Answer:
    """Who authorised the request and through whom, if the verifier that `members` describe permits it."""
    request = asked.request(members.inner("request"))
    wire, challenge = members.text("wire"), members.maybe_text("challenge")
    before = members.texts("before")
    verifier = _verifier(members)
    members.done()
    for earlier in before:
        _use(verifier, earlier, request, challenge)
    return Answer(result=_result(verifier.authorize(wire, request, challenge=challenge)))


def _verifier(members: Members) -> Verifier:
    store, now = MemoryStore(), moment(members.second("now"))
    for entry in members.texts("revocations"):
        _apply(store, entry)
    return Verifier(
        audience=members.text("audience"),
        roots=members.texts("roots"),
        store=store,
        clock=lambda: now,
        macaroon_keys=map(_key, members.texts("macaroon_keys")),
    )


def _result(access: Access) -> dict[str, JsonValue]:
    return {"root": access.root, "holder": access.holder, "chain": [link.delegate for link in access.chain]}


def _apply(store: MemoryStore, entry: str) -> None:
    try:
        store.apply(entry)
    except VerificationError:
        # A case may say that a forged revocation came first: it must change nothing.
        return


def _use(verifier: Verifier, wire: str, request: Request, challenge: str | None) -> None:
    try:
        verifier.authorize(wire, request, challenge=challenge)
    except (VerificationError, Denied):
        # A case may say that a refused presentation came first; its verdict is another case's.
        return


def _key(text: str) -> MacKey:
    try:
        return MacKey(base64url_decode(text))
    except MalformedError as error:
        raise InputError(f"input: macaroon_keys: {error}") from None
