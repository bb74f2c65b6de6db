"""A holder and the token that it presents, as programs hand them over together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from attorn.approval import Approval, ApprovalRequest, texts_about
from attorn.canonical import JsonValue
from attorn.errors import InputError, MalformedError
from attorn.identity import Identity
from attorn.request.request import Request
from attorn.token.presentation import words
from attorn.token.token import Token


def check_holder(identity: Identity, token: Token) -> None:
    """Return if these are what they are to be; whether the one holds the other is not asked. Raises `InputError`."""
    if not isinstance(identity, Identity) or not isinstance(token, Token):
        raise InputError(f"expected an Identity and a Token, got {type(identity).__name__}, {type(token).__name__}")


@dataclass(frozen=True, slots=True)
class Holding:
    """`identity` presents `token` to `audience`; whether it holds it, is asked then. Raises `InputError`."""

    identity: Identity
    token: Token = field(repr=False)
    audience: str

    def __post_init__(self) -> None:
        check_holder(self.identity, self.token)
        words(self.audience, "audience")

    @property
    def root(self) -> str:
        """The DID of the user that the token says it leads back to."""
        return self.token.unverified_links[0].delegator

    def present(self, request: Request, approvals: Sequence[Approval | str] = ()) -> str:
        """A fresh presentation for `request`. Raises as `Identity.present`."""
        return self.identity.present(self.token, request, audience=self.audience, approvals=approvals)

    def about(self, text: JsonValue, ours: Request) -> ApprovalRequest:
        """What `text`, in which a server asks for approval, asks for: of `ours`, which was sent, and of nothing else.

        Raises `MalformedError`.
        """
        if not isinstance(text, str):
            raise MalformedError("the server says that approval is required, and not of what")
        asked = ApprovalRequest.decode(text)
        asked.require_about(ours, audience=self.audience, holder=self.identity.did, root=self.root)
        return asked

    def require_together(self, approvals: Sequence[Approval], digest: bytes) -> None:
        """Return if one presentation, of the request with `digest`, can carry all of these. Raises `InputError`."""
        texts_about(approvals, audience=self.audience, root=self.root, holder=self.identity.did, digest=digest)
