"""`read-key` and `resolve-did`: one public key in either of its spellings, and the keys of a DID."""

from __future__ import annotations

from typing import Final

from attorn.canonical import JsonValue
from attorn.conformance import pages
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.did.document import Relationship
from attorn.did.resolver import live_document
from attorn.did.retrieval import retrieve
from attorn.errors import InputError
from attorn.keys import jwk, multikey
from attorn.keys.public import PublicKey

_RELATIONSHIPS: Final = {str(each): each for each in Relationship}


def key(members: Members) -> Answer:
    """The key that `multibase` or `jwk` spells, in both spellings."""
    if members.has("multibase") is members.has("jwk"):
        raise InputError("input: expected a multibase or a jwk")
    text = members.maybe_text("multibase")
    given = members.object("jwk")
    members.done()
    found = jwk.from_jwk(given) if text is None else multikey.from_multibase(text)
    return Answer(result=_spelt(found))


def keys(members: Members) -> Answer:
    """What the keys of `did` are for; or the one key that `url` names, if it is for `relationship`."""
    resolver = pages.resolver(members, members.second("now"))
    if members.has("did") is members.has("url"):
        raise InputError("input: expected a did or a url")
    if members.has("url"):
        url, relationship = members.text("url"), _RELATIONSHIPS.get(members.text("relationship"))
        members.done()
        if relationship is None:
            raise InputError("input: relationship: expected one of DID Core")
        return Answer(result=_spelt(retrieve(url, relationship, resolver).key))
    did = members.text("did")
    members.done()
    found = live_document(resolver, did)
    methods: dict[str, JsonValue] = {
        each.id: {"key": multikey.to_multibase(each.key), "for": [*sorted(map(str, each.relationships))]}
        for each in found.methods
    }
    return Answer(result={"methods": methods})


def _spelt(found: PublicKey) -> dict[str, JsonValue]:
    return {"multibase": multikey.to_multibase(found), "jwk": {**jwk.to_jwk(found)}}
