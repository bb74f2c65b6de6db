"""Harnesses of approvals: what an approver is asked, what it signs, and either in a presentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, text_of, tried
from tests.fuzz.wire import REQUEST
from tests.property.chains import AUDIENCE, NOW, PEOPLE, clock

from attorn import Request, macaroon
from attorn.approval import Approval, ApprovalRequest, approve, verify
from attorn.errors import DelegationError, InputError, VerificationError

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
    tried(lambda: verify(found), *_REFUSED)
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
    signed_by = tried(lambda: approve(found, by=APPROVER, clock=clock, random=bytes), DelegationError, InputError)
    require(signed_by is None or verify(signed_by.encode()) == signed_by, "an approval that does not verify")
    return True


def _approvals() -> Iterable[bytes]:
    for by in (APPROVER, OTHER):
        yield approve(ASKED, by=by, clock=clock, random=bytes).encode().encode()


def _questions() -> Iterable[bytes]:
    yield ASKED.encode().encode()
    odd = {"a\nb": "\u202e", "x": [1, {"y": None}], "long": "z" * 300}
    asked = replace(ASKED, request=Request(action="pay", resource="https://a.example/\u00e9", args=odd), threshold=2)
    yield asked.encode().encode()


_TEXT = mutators.base64url(mutators.json_text)

HARNESSES = (
    Harness("approval", "identity", _approval, _approvals, "attorn.approval.approval:Approval.decode",
            "attorn.approval.approval:Approval.encode", _TEXT),
    Harness("approval-request", "identity; its message adds and hides no line", _asked, _questions,
            "attorn.approval.asked:ApprovalRequest.decode", "attorn.approval.asked:ApprovalRequest.encode", _TEXT),
)  # fmt: skip
