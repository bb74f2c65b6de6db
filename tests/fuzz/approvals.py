"""Harnesses of approvals: what an approver is asked, what it signs, and either in a presentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.fuzz.wire import FACTS, REQUEST, known_store
from tests.property.chains import AUDIENCE, NOW, PEOPLE, clock, presentation

from attorn import Denied, Request, Token, Verifier, caveat, macaroon
from attorn.approval import Approval, ApprovalRequest, approve, verify_signature
from attorn.biscuit.block import encode
from attorn.canonical import canonicalise, parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import DelegationError, InputError, UnavailableError, VerificationError
from attorn.keys.signer import signed

APPROVER, OTHER = PEOPLE[5].identity, PEOPLE[6].identity
KEY = macaroon.MacKey(bytes(range(32)))
ASKED = ApprovalRequest(
    approvers=(APPROVER.did, OTHER.did), threshold=1, audience=AUDIENCE, root=PEOPLE[0].did, holder=PEOPLE[1].did,
    request=REQUEST,
)  # fmt: skip
_REFUSED = (VerificationError,)


def _approval(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: Approval.decode(text), *_REFUSED)
    require(found.encode() == text, "approval")
    tried(lambda: verify_signature(found), *_REFUSED)
    found.is_good(NOW, 60)
    return True


def _asked(data: bytes) -> bool:
    """What an approver is asked, and shown: nothing in it can add a line or hide one."""
    text = text_of(data)
    found = accepted(lambda: ApprovalRequest.decode(text), *_REFUSED)
    require(found.encode() == text, "approval request")
    lines = found.message().split("\n")
    require(lines[-1] == f"code {found.code}" and all(line.isprintable() for line in lines), "a message with controls")
    require(len(lines) <= len(found.request.args) + 4, "a message with more lines than there are things to say", lines)
    require(all(line.isprintable() for line in _full(found)), "all of it, with controls")
    require(Request(**_kept(found)).digest() == found.digest, "another digest than that of what is shown")
    signed_by = tried(lambda: approve(found, by=APPROVER, clock=clock, random=bytes), DelegationError, InputError)
    require(signed_by is None or verify_signature(signed_by.encode()) == signed_by, "an approval that does not verify")
    return True


def _kept(found: ApprovalRequest) -> dict[str, Any]:
    """The request as the lines of it say."""
    said = {name: parse(value, most=1 << 20) for name, _, value in (each.partition(": ") for each in _full(found))}
    kept: dict[str, Any] = {name: said[name] for name in ("action", "resource", "args")}
    return kept if found.request.cost is None else {**kept, "cost": found.request.cost}


def _full(found: ApprovalRequest) -> list[str]:
    return found.in_full().split("\n")


def _travelling(data: bytes) -> bool:
    """Approvals of any content, signed by whom they name where that is one of two, with a use that needs one."""
    first, *parts = parts_of(data, 5)
    token = _token(first == b"biscuit")
    texts = list(map(_signed, parts))
    wire = tried(lambda: _presented(token, texts), InputError)
    if wire is None:
        return False
    judge = Verifier(
        audience=AUDIENCE, roots=[PEOPLE[0].did], store=known_store(), clock=clock, cache=0, macaroon_keys=[KEY]
    )
    access = accepted(lambda: judge.authorize(wire, REQUEST), VerificationError, Denied, UnavailableError)
    good = [approval for approval in map(Approval.decode, texts) if _counts(approval)]
    require(access.decision.allowed and good, "allowed without an approval")
    return True


@cache
def _token(biscuit: bool) -> Token:
    base = None if biscuit else macaroon.issue(KEY, random=bytes)
    asks = [caveat.RequiresApproval(by=[APPROVER.did, OTHER.did], when=caveat.Range("limit", 5))]
    return PEOPLE[0].identity.mint(to=PEOPLE[1].did, caveats=asks, base=base)


def _presented(token: Token, texts: list[str]) -> str:
    """The presentation with these approvals, whether or not its holder would send them."""
    carrier, stated = token.carrier.accompanied(tuple(texts))
    claim = replace(presentation(REQUEST), unverified_approvals=stated)
    payload = encode(claim.facts(), (claim.check(),), token.unverified.symbols)
    return base64url_encode(carrier.presented(PEOPLE[1].signer, payload))


def _counts(approval: Approval) -> bool:
    about = approval.is_about(audience=AUDIENCE, root=PEOPLE[0].did, holder=PEOPLE[1].did, digest=REQUEST.digest())
    return about and approval.is_good(FACTS.now, 60) and approval.by in (APPROVER.did, OTHER.did)


def _signed(part: bytes) -> str:
    """The approval with these members, signed; the part itself if it is none."""
    try:
        members = accepted(lambda: parse(part), *_REFUSED)
        fields = members if isinstance(members, dict) else {}
        text = base64url_encode(canonicalise({**fields, "signature": base64url_encode(bytes(64))}))
        unsigned = accepted(lambda: Approval.decode(text), *_REFUSED)
    except Refusal:
        return part.decode("utf-8", "replace")
    by = OTHER if unsigned.by == OTHER.did else APPROVER
    signature = base64url_encode(signed(by.signer, unsigned.statement()))
    return base64url_encode(canonicalise({**fields, "signature": signature}))


def _approvals() -> Iterable[bytes]:
    for by in (APPROVER, OTHER):
        yield approve(ASKED, by=by, clock=clock, random=bytes).encode().encode()


def _questions() -> Iterable[bytes]:
    yield ASKED.encode().encode()
    odd = {"a\nb": "\u202e", "x": [1, {"y": None}], "long": "z" * 300}
    asked = replace(ASKED, request=Request(action="pay", resource="https://a.example/\u00e9", args=odd), threshold=2)
    yield asked.encode().encode()


def _accompanied() -> Iterable[bytes]:
    members = [base64url_decode(text.decode()) for text in _approvals()]
    for form in (b"biscuit", b"macaroon"):
        yield joined(form, members[0])
        yield joined(form, members[1], members[0])
        yield joined(form, members[0].replace(AUDIENCE.encode(), b"did:web:other.example"), members[1])


_TEXT = mutators.base64url(mutators.json_text)

HARNESSES = (
    Harness("approval", "identity", _approval, _approvals, "attorn.approval.approval:Approval.decode",
            "attorn.approval.approval:Approval.encode", _TEXT),
    Harness("approval-request", "identity; its message adds and hides no line", _asked, _questions,
            "attorn.approval.asked:ApprovalRequest.decode", "attorn.approval.asked:ApprovalRequest.encode", _TEXT),
    Harness("approved-use", "nothing is allowed without a good approval", _travelling, _accompanied,
            "attorn.verify.verifier:Verifier.authorize", None,
            mutators.each_part(mutators.plain, mutators.json_text)),
)  # fmt: skip
