"""`apply-revocations`: what a receiver makes of signed statements, and what it knows then."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.conformance import pages
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.did.resolver import Resolver
from attorn.did.subject import subject
from attorn.encoding import base64url_decode
from attorn.errors import InputError, MalformedError, UnavailableError, VerificationError
from attorn.statement import Kind, Statement
from attorn.store import MemoryStore


def apply(members: Members) -> Answer:
    """What is known of the links, principals and signers that are asked about, if `statement` is not refused."""
    store, before = MemoryStore(), members.texts("before")
    resolver = pages.resolver(members, members.second("now"))
    statement = members.maybe_text("statement")
    links = tuple(map(_link, members.texts("links")))
    principals, signers = tuple(map(_subject, members.texts("principals"))), members.texts("signers")
    members.done()
    for text in before:
        _apply(store, text, resolver)
    if statement is not None:
        store.apply(statement, resolver=resolver)
    result: dict[str, JsonValue] = {
        "links": [[said.by for said in _about(store, Kind.REVOCATION, link.hex())] for link in links],
        "principals": [
            [[said.by, said.value, said.sequence] for said in _about(store, Kind.LIFECYCLE, principal)]
            for principal in principals
        ],
        "signers": [[[said.sequence, said.at] for said in _about(store, Kind.LIST, signer)] for signer in signers],
    }
    return Answer(result=result)


def _about(store: MemoryStore, kind: Kind, about: str) -> list[Statement]:
    """What everybody says of it, by signer."""
    return sorted(store.statements([(kind, about)]), key=lambda said: said.by)


def _apply(store: MemoryStore, text: str, resolver: Resolver) -> None:
    try:
        store.apply(text, resolver=resolver)
    except (VerificationError, UnavailableError):
        # A case may say that a forgery, or an old list, came first: it must change nothing.
        return


def _link(text: str) -> bytes:
    try:
        return base64url_decode(text)
    except MalformedError as error:
        raise InputError(f"input: links: {error}") from None


def _subject(did: str) -> str:
    try:
        return subject(did)
    except MalformedError as error:
        raise InputError(f"input: principals: {error}") from None
