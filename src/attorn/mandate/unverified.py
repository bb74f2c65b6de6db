"""What each hop of a chain says, before anybody has checked a signature: step 1 of verifying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import CredentialError, MalformedError, MandateError
from attorn.mandate import content as contents
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.content import OPEN, Content
from attorn.mandate.hop import UnverifiedHop
from attorn.mandate.policy import Policy
from attorn.mandate.times import Times
from attorn.sdjwt.binding import MOST_TEXT
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.profile import SD_JWT_VC, require_open
from attorn.status import TokenReference

_STATUS: Final = "status"
_ENTRY: Final = frozenset(("idx", "uri"))


class UnverifiedMandate(NamedTuple):
    """A hop and what it means, before anybody has checked its signature. Made by `read`."""

    hop: UnverifiedHop
    content: Content | None
    holder: AgentKey | None
    times: Times
    audience: str | None
    nonce: str | None
    status: TokenReference | None


def read(parts: Sequence[Compact], policy: Policy, *, is_root: bool = True) -> tuple[UnverifiedMandate, ...]:
    """The mandate of each hop, the first of which is a root or stands behind one.

    Raises `MalformedError` and `MandateError`.
    """
    found = []
    for part in parts:
        hop = UnverifiedHop.read(part, claim=policy.claim)
        if is_root:
            hop.require_root()
        elif hop.content is None:
            raise MandateError(f"mandate: expected {policy.claim} in every hop but a credential at the root")
        else:
            hop.require_typ()
        found.append(_understood(hop, policy, is_root=is_root))
        is_root = False
    return tuple(found)


def _understood(hop: UnverifiedHop, policy: Policy, *, is_root: bool) -> UnverifiedMandate:
    if hop.content is None:
        content, source = None, hop.claims
        _require_credential(hop, policy)
    else:
        content, source = contents.read(hop.content, hop.disclosed, hop.hidden, policy.unit), hop.content
    holder = AgentKey.read(source[CONFIRMATION], policy.keys.read) if CONFIRMATION in source else None
    times = Times.read(hop.claims) if hop.content is None else Times.read(hop.claims, hop.content)
    if isinstance(content, OPEN) and times.ends is None:
        raise MandateError("mandate: expected exp in an open mandate: else it is good for ever")
    if not is_root and "iat" not in hop.claims:
        raise MandateError("mandate: expected iat in every hop after the root")
    # What a credential is for is none of ours, and its claims are its issuer's own.
    bound = hop.claims if hop.content is not None else {}
    audience = None if is_root and "aud" not in bound else _text(bound, "aud")
    nonce = None if is_root and "nonce" not in bound else _text(bound, "nonce")
    return UnverifiedMandate(hop, content, holder, times, audience, nonce, _status(hop))


def _require_credential(hop: UnverifiedHop, policy: Policy) -> None:
    vct = hop.claims.get("vct")
    if not isinstance(vct, str) or vct not in policy.credentials:
        raise MandateError(f"mandate: no credential of vct {shown(vct)} is taken as a root")
    if CONFIRMATION not in hop.claims:
        raise MandateError("mandate: a credential without cnf names nobody who could sign a mandate")
    try:
        require_open(SD_JWT_VC, (*hop.disclosed, *hop.hidden))
    except CredentialError as error:
        raise MandateError(str(error)) from None


def _text(claims: Mapping[str, JsonValue], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
        raise MandateError(f"mandate: expected {name} as text of 1 to {MOST_TEXT} characters")
    return value


def _status(hop: UnverifiedHop) -> TokenReference | None:
    """The status of a hop: a claim of its JWT, or a member of its content, where others put all that they say."""
    inside = hop.content is not None and _STATUS in hop.content
    if _STATUS not in hop.claims and not inside:
        return None
    if _STATUS in hop.claims and inside:
        raise MandateError("mandate: expected one status, got one beside its content and one in it")
    naming = hop.content if inside and hop.content is not None else hop.claims
    status = naming[_STATUS]
    if not isinstance(status, dict) or set(status) != {"status_list"}:
        raise MandateError("mandate: expected status as an object with status_list alone")
    entry = status["status_list"]
    if isinstance(entry, dict) and not _ENTRY.issuperset(entry):
        raise MandateError(f"mandate: expected an entry of a status list with {' and '.join(sorted(_ENTRY))} alone")
    try:
        return TokenReference.read(naming)
    except MalformedError as error:
        raise MandateError(f"mandate: {error}") from None
