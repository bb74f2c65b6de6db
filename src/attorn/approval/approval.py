"""An approval: a principal's word, for a few minutes and for one use, that one request may be made.

It is bound to the exact request by its digest, to who makes it, for whom and where. Whether its signer is one whose
word a link asks for is a question about a chain, and is asked where there is one: at verification, step 9.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from attorn.approval.asked import ApprovalRequest
from attorn.approval.text import read, require_did, require_parties, text_of, write
from attorn.canonical import JsonValue, canonicalise
from attorn.clock import LATEST, Clock, second_of, system_clock
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver, live_document
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    DelegationError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
)
from attorn.handed import draw
from attorn.keys.public import SIGNATURE_BYTES, PublicKey
from attorn.keys.signer import Signatory, require_signatory, signed
from attorn.token.presentation import DIGEST_BYTES, ID_BYTES, MOST_APPROVALS

MOST_CHARACTERS: Final = 32_768
"""Longest text of an approval."""
APPROVALS: Final = "approvals"
"""The unit in which a receipt counts them."""
MOST_BY_ONE: Final = 4
"""Most approvals by one DID that travel with one presentation: the holder must not choose how much is verified."""
MOST_TTL: Final = timedelta(days=1)
MOST_KEYS: Final = 8
"""Most keys of one approver that are tried."""
DEFAULT_TTL: Final = timedelta(minutes=5)
_DOMAIN: Final = b"\0ATTORN\0APPROVAL\0v1\0"
_NAME: Final = "approval"
_KINDS: Final = {
    "audience": str,
    "by": str,
    "digest": str,
    "expires": int,
    "holder": str,
    "id": str,
    "issued": int,
    "root": str,
    "signature": str,
}
_STEP: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """`by` approves the request with this digest, made once by `holder` for `root` at `audience`. Made by `approve`.

    `id` (16 bytes) is what single use is kept under. `issued` and `expires` are Unix seconds: good before `expires`,
    which is at most a day behind `issued`. Raises `InputError` for values of other types and ranges.
    """

    by: str
    audience: str
    root: str
    holder: str
    digest: bytes
    id: bytes
    issued: int
    expires: int
    signature: bytes

    def __post_init__(self) -> None:
        require_did(self.by, f"{_NAME}: by")
        require_parties(self.audience, self.root, self.holder, _NAME)
        for value, size in ((self.digest, DIGEST_BYTES), (self.id, ID_BYTES)):
            if type(value) is not bytes or len(value) != size:
                raise InputError(f"{_NAME}: expected a digest of {DIGEST_BYTES} bytes and an id of {ID_BYTES}")
        if type(self.signature) is not bytes or len(self.signature) != SIGNATURE_BYTES:
            raise InputError(f"{_NAME}: expected a signature of {SIGNATURE_BYTES} bytes")
        if type(self.issued) is not int or type(self.expires) is not int or not 0 <= self.issued < self.expires:
            raise InputError(f"{_NAME}: expected a Unix second of issue and a later one of expiry")
        if self.expires - self.issued > int(MOST_TTL.total_seconds()) or self.expires > LATEST:
            raise InputError(f"{_NAME}: expected it to last for a day at most")

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + canonicalise(self._members())

    def is_about(self, *, audience: str, root: str, holder: str, digest: bytes) -> bool:
        """Whether this is the use that was approved."""
        return (self.audience, self.root, self.holder, self.digest) == (audience, root, holder, digest)

    @property
    def account(self) -> str:
        """The account of a ledger that holds whether it was used."""
        return f"approval/{self.by}/{self.id.hex()}"

    def is_good(self, now: int, skew: int) -> bool:
        """Whether it may be used at Unix second `now`, the approver's clock being at most `skew` seconds ahead."""
        return self.issued <= now + skew and now < self.expires

    def encode(self) -> str:
        """The approval as text: base64url of its JSON form."""
        return write({**self._members(), "signature": base64url_encode(self.signature)})

    def _members(self) -> dict[str, JsonValue]:
        return {
            "audience": self.audience,
            "by": self.by,
            "digest": base64url_encode(self.digest),
            "expires": self.expires,
            "holder": self.holder,
            "id": base64url_encode(self.id),
            "issued": self.issued,
            "root": self.root,
        }

    @classmethod
    def decode(cls, text: str) -> Approval:
        """The approval in `text`, its signature not yet checked. Raises `MalformedError`."""
        members = read(text, _KINDS, most=MOST_CHARACTERS, name=_NAME)
        issued, expires = members["issued"], members["expires"]
        if not isinstance(issued, int) or not isinstance(expires, int):
            raise MalformedError(f"{_NAME}: a member of another type")
        try:
            found = cls(
                by=text_of(members, "by"),
                audience=text_of(members, "audience"),
                root=text_of(members, "root"),
                holder=text_of(members, "holder"),
                digest=base64url_decode(text_of(members, "digest")),
                id=base64url_decode(text_of(members, "id")),
                issued=issued,
                expires=expires,
                signature=base64url_decode(text_of(members, "signature")),
            )
        except InputError as error:
            raise MalformedError(str(error)) from None
        if found.encode() != text:
            raise MalformedError(f"{_NAME}: not in its one canonical form")
        return found


def approve(
    asked: ApprovalRequest,
    *,
    by: Signatory,
    ttl: timedelta = DEFAULT_TTL,
    clock: Clock = system_clock,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> Approval:
    """A signed approval of what is asked, good for `ttl`: from a second to a day.

    Raises `DelegationError` if `by` is not among those who are asked, `UnavailableError` if the clock, the random
    source or the signer fails, and `InputError` for unusable arguments.
    """
    if not isinstance(asked, ApprovalRequest):
        raise InputError(f"approve: expected an ApprovalRequest, got {type(asked).__name__}")
    by = require_signatory(by, "approve")
    if by.did not in asked.approvers:
        raise DelegationError(f"{by.did} is not asked to approve this, so its word would not count")
    if not isinstance(ttl, timedelta) or not timedelta(seconds=1) <= ttl <= MOST_TTL:
        raise InputError("approve: expected a ttl from one second to one day")
    drawn = draw(random, ID_BYTES)
    now = second_of(clock)
    until = now + int(ttl.total_seconds())
    unsigned = Approval(
        by=by.did,
        audience=asked.audience,
        root=asked.root,
        holder=asked.holder,
        digest=asked.digest,
        id=drawn,
        issued=now,
        expires=until,
        signature=bytes(SIGNATURE_BYTES),
    )
    return replace(unsigned, signature=signed(by.signer, unsigned.statement()))


def texts_about(
    approvals: Sequence[Approval | str], *, audience: str, root: str, holder: str, digest: bytes
) -> tuple[str, ...]:
    """The texts of these approvals, for a presentation of the use that they are about.

    Raises `InputError` for one that is about another use, for one that is there twice, and for more than 16, or 4 by
    one DID.
    """
    if not isinstance(approvals, list | tuple) or len(approvals) > MOST_APPROVALS:
        raise InputError(f"approvals: expected a list of at most {MOST_APPROVALS}")
    found: dict[str, Approval] = {}
    for each in approvals:
        approval = _decoded(each)
        if not approval.is_about(audience=audience, root=root, holder=holder, digest=digest):
            raise InputError(f"approvals: that of {approval.by} is about another request, audience, user or holder")
        found[approval.account] = approval
    if len(found) != len(approvals):
        raise InputError("approvals: one is there twice")
    if too_many_by_one(found.values()):
        raise InputError(f"approvals: expected at most {MOST_BY_ONE} by one DID")
    return tuple(approval.encode() for approval in found.values())


def _decoded(approval: Approval | str) -> Approval:
    if isinstance(approval, str):
        try:
            return Approval.decode(approval)
        except MalformedError as error:
            raise InputError(f"approvals: {error}") from None
    if not isinstance(approval, Approval):
        raise InputError(f"approvals: expected approvals or their texts, got {type(approval).__name__}")
    return approval


def too_many_by_one(approvals: Iterable[Approval]) -> bool:
    """Whether more of them are by one DID than are ever of use."""
    return any(count > MOST_BY_ONE for count in Counter(approval.by for approval in approvals).values())


def verify_signature(approval: Approval | str, resolver: Resolver | None = None) -> Approval:
    """The approval, or the one in a text, once its signature has been checked against the DID that it names.

    Nothing else is checked: not what it is about, not whether it is good now (`is_about`, `is_good`), and not whether
    it was used. Raises `InputError`, `UnavailableError`, and of step 9 `MalformedError`, `SignatureError` and
    `ResolutionError`.
    """
    if isinstance(approval, str):
        try:
            approval = Approval.decode(approval)
        except MalformedError as error:
            raise MalformedError(str(error), step=_STEP) from None
    if not isinstance(approval, Approval):
        raise InputError(f"approval: expected one, or its text, got {type(approval).__name__}")
    require_signed(approval, keys_of(approval.by, LocalResolver() if resolver is None else resolver))
    return approval


def keys_of(did: str, resolver: Resolver) -> tuple[PublicKey, ...]:
    """The keys that `did` may sign approvals with. Raises `ResolutionError` of step 9, and `UnavailableError`."""
    try:
        keys = tuple(live_document(resolver, did).keys_for(Relationship.CAPABILITY_DELEGATION))
    except ResolutionError as error:
        raise ResolutionError(str(error), step=_STEP) from error
    if len(keys) > MOST_KEYS:
        # Whoever holds a chain can ask for approvals of a DID of their own, and each key would be tried.
        raise ResolutionError(f"{did} has more than {MOST_KEYS} keys that could approve", step=_STEP)
    return keys


def require_signed(approval: Approval, keys: Sequence[PublicKey]) -> None:
    """Return if one of these keys of its approver signed it. Raises `SignatureError` of step 9."""
    statement = approval.statement()
    if not any(key.verify(approval.signature, statement) for key in keys):
        raise SignatureError(f"an approval is not signed by {approval.by}, which it names", step=_STEP)
