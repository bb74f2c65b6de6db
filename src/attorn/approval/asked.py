"""What an approver is shown and decides about: one request, of one holder, for one user, at one audience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.approval import message as messages
from attorn.approval.text import read, require_parties, text_of, write
from attorn.canonical import JsonValue, parse
from attorn.caveat.approval import RequiresApproval
from attorn.errors import InputError, MalformedError
from attorn.request.money import Money
from attorn.request.request import Request

MOST_CHARACTERS: Final = 196_608
"""Longest text of what asks for approval: the largest request and the longest DIDs fit."""
_NAME: Final = "approval request"
_KINDS: Final = {
    "approvers": list,
    "audience": str,
    "holder": str,
    "request": dict,
    "root": str,
    "threshold": int,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """`threshold` of the DIDs `approvers` are asked to approve `request`, made by `holder` for `root` at `audience`.

    Whoever hands it on proves nothing: an approver reads it and decides. It carries the whole request, of which the
    digest that gets signed is derived anew wherever it is read. Raises `InputError` for unusable values.
    """

    approvers: tuple[str, ...]
    threshold: int
    audience: str
    root: str
    holder: str
    request: Request

    def __post_init__(self) -> None:
        # What a caveat may ask for, and in the same order.
        asked = RequiresApproval(self.approvers, self.threshold)
        object.__setattr__(self, "approvers", asked.by)
        require_parties(self.audience, self.root, self.holder, _NAME)
        if not isinstance(self.request, Request):
            raise InputError(f"{_NAME}: expected a Request, got {type(self.request).__name__}")

    @property
    def digest(self) -> bytes:
        """The digest of the request: what an approval is bound to."""
        return self.request.digest()

    @property
    def code(self) -> str:
        """Eight characters of the digest, for people who compare what two screens show."""
        return messages.code(self.digest)

    @property
    def complete(self) -> bool:
        """Whether the message shows all of the request; if not, it says what it leaves out."""
        return messages.complete(self.request)

    def require_about(self, request: Request, *, audience: str, holder: str, root: str) -> None:
        """Raises `MalformedError` unless it is about `request`, made by `holder` for `root` at `audience`.

        For a client, before anybody is asked: a server can ask for approval of anything.
        """
        if (self.request, self.audience, self.holder, self.root) != (request, audience, holder, root):
            raise MalformedError(f"{_NAME}: it is about another request than was sent")

    def message(self) -> str:
        """The request in words, safe to print: derived from what gets signed, and from nothing else."""
        return messages.message(self.request)

    def in_full(self) -> str:
        """All of the request, a line for each member, safe to print, however long it is."""
        return messages.in_full(self.request)

    def encode(self) -> str:
        """It as text, to be handed to the approvers."""
        return write(
            {
                "approvers": list(self.approvers),
                "audience": self.audience,
                "holder": self.holder,
                "request": parse(self.request.canonical(), most=MOST_CHARACTERS),
                "root": self.root,
                "threshold": self.threshold,
            }
        )

    @classmethod
    def decode(cls, text: str) -> ApprovalRequest:
        """The approval request in `text`. Raises `MalformedError` for anything but its one canonical form."""
        members = read(text, _KINDS, most=MOST_CHARACTERS, name=_NAME)
        approvers, threshold, request = members["approvers"], members["threshold"], members["request"]
        if not isinstance(approvers, list) or not isinstance(threshold, int) or not isinstance(request, dict):
            raise MalformedError(f"{_NAME}: a member of another type")
        try:
            found = cls(
                approvers=tuple(map(str, approvers)),
                threshold=threshold,
                audience=text_of(members, "audience"),
                root=text_of(members, "root"),
                holder=text_of(members, "holder"),
                request=_request(request),
            )
        except InputError as error:
            raise MalformedError(str(error)) from None
        if found.encode() != text:
            raise MalformedError(f"{_NAME}: not in its one canonical form")
        return found


def _request(members: Mapping[str, JsonValue]) -> Request:
    """The request with these members. Raises `InputError` and `MalformedError`."""
    action, resource, args = members.get("action"), members.get("resource"), members.get("args")
    if not isinstance(action, str) or not isinstance(resource, str) or not isinstance(args, dict):
        raise MalformedError(f"{_NAME}: expected a request with an action, a resource and args")
    price = members.get("cost")
    if price is None:
        return Request(action=action, resource=resource, args=args)
    if not isinstance(price, dict) or price.keys() != {"amount", "currency"}:
        raise MalformedError(f"{_NAME}: expected a cost with an amount and a currency")
    amount, currency = price["amount"], price["currency"]
    if not isinstance(amount, int) or not isinstance(currency, str):
        raise MalformedError(f"{_NAME}: expected a cost in whole minor units of a currency")
    return Request(action=action, resource=resource, args=args, cost=Money(amount, currency))
