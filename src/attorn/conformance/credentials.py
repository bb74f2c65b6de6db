"""`verify-credential`: who says what of whom, in a credential or in a presentation of some."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TypedDict

from attorn import credential, status
from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.conformance import pages, status_lists
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.credential import UnsignedPresentation, VerifiedCredential
from attorn.credential.policy import Status
from attorn.did.resolver import Resolver
from attorn.errors import InputError
from attorn.jsonld import Contexts, PinnedContext


class _Policy(TypedDict):
    resolver: Resolver
    now: datetime
    issuers: Collection[str]
    status: Status | None
    resources: Mapping[str, bytes]
    contexts: Contexts | None
    accept_v1: bool
    cosigners: Collection[str] | None


def verify(members: Members) -> Answer:
    """The credential, or the presentation, if it is good now and for this verifier."""
    policy = _policy(members)
    if members.has("presentation"):
        return _presentation(members, policy)
    secured, audience, nonce = (
        _secured(members, "credential"),
        members.maybe_text("audience"),
        members.maybe_text("nonce"),
    )
    members.done()
    found = credential.verify(secured, **policy, audience=audience, nonce=nonce)
    return Answer(result=_credential(found))


def _presentation(members: Members, policy: _Policy) -> Answer:
    secured, challenge = _secured(members, "presentation"), members.maybe_text("challenge")
    domain = members.texts("domain") if isinstance(members.value("domain"), list) else members.maybe_text("domain")
    unsigned, holder_is_subject = members.flag("unsigned"), members.flag("holder_is_subject")
    members.done()
    found = credential.verify_presentation(
        secured,
        **policy,
        challenge=challenge,
        domain=domain,
        unsigned=unsigned,
        holder_is_subject=holder_is_subject,
    )
    holder = found.unverified_holder if isinstance(found, UnsignedPresentation) else found.holder
    return Answer(result={"holder": holder, "credentials": [_credential(each) for each in found.credentials]})


def _secured(members: Members, name: str) -> JsonValue:
    """Whatever somebody sent, also what is neither an object nor text. Raises `InputError` for nothing at all."""
    if not members.has(name):
        raise InputError("input: expected a credential or a presentation")
    return members.value(name)


def _credential(found: VerifiedCredential) -> dict[str, JsonValue]:
    return {"issuer": found.issuer, "signers": list(found.signers), "document": found.document}


def _policy(members: Members) -> _Policy:
    now = members.second("now")
    resolver = pages.resolver(members, now)
    return {
        "resolver": resolver,
        "now": moment(now),
        "issuers": members.texts("issuers"),
        "status": _status(members, resolver, now),
        "resources": pages.contents(members, "resources"),
        "contexts": _contexts(members),
        "accept_v1": members.flag("accept_v1"),
        "cosigners": members.texts("cosigners") if members.has("cosigners") else None,
    }


def _status(members: Members, resolver: Resolver, now: int) -> Status | None:
    if not members.has("lists"):
        return None
    lists = status_lists.verified(members, resolver)
    return partial(status.check_credential, lists=lists, now=now, staleness=members.integer("staleness"))


def _contexts(members: Members) -> Contexts | None:
    """The contexts that the caller knows, each by the digest of what it knows."""
    if not members.has("contexts"):
        return None
    known = pages.contents(members, "contexts")
    return Contexts({url: PinnedContext(data, hashlib.sha256(data).hexdigest()) for url, data in known.items()})
