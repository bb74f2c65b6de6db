"""What an entry looks like as a security event, and what a security event says to a store.

One event is written under two URIs: the OpenID type (CAEP 1.0, RISC 1.0) that any receiver may know, and attorn's own,
whose payload is the signed entry. Where that is present nothing else counts, so no transmitter can say more than was
signed. Events of others are the word of their issuer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.did.subject import subject as name_of
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import MalformedError
from attorn.events.security_event import SecurityEvent
from attorn.events.subject import SubjectId
from attorn.revocation import LifecycleEntry, LifecycleEvent, RevocationEntry, read
from attorn.statement import FINAL, Kind, Statement
from attorn.token.link import ID_BYTES

Entry = RevocationEntry | LifecycleEntry

ENTRY_EVENT: Final = "urn:attorn:secevent:entry"
_CAEP: Final = "https://schemas.openid.net/secevent/caep/event-type/"
_RISC: Final = "https://schemas.openid.net/secevent/risc/event-type/"
CREDENTIAL_CHANGE: Final = _CAEP + "credential-change"
SESSION_REVOKED: Final = _CAEP + "session-revoked"
ACCOUNT_DISABLED: Final = _RISC + "account-disabled"
ACCOUNT_ENABLED: Final = _RISC + "account-enabled"
ACCOUNT_PURGED: Final = _RISC + "account-purged"

_LIVES: Final = {
    LifecycleEvent.SUSPEND: ACCOUNT_DISABLED,
    LifecycleEvent.RESUME: ACCOUNT_ENABLED,
    LifecycleEvent.DEPROVISION: ACCOUNT_PURGED,
}
_REVOKING: Final = ("revoke", "delete")
_PER_SECOND: Final = 1_000_000


def subject_of(entry: Entry) -> SubjectId:
    """The subject of the event of `entry`: a principal by its DID, a link by its id in base64url."""
    if isinstance(entry, LifecycleEntry):
        return SubjectId("did", (("url", entry.principal),))
    return SubjectId("opaque", (("id", base64url_encode(entry.link)),))


def events_of(entry: Entry) -> dict[str, dict[str, object]]:
    """The event of `entry`: its payload under each of its URIs."""
    own: dict[str, dict[str, object]] = {ENTRY_EVENT: {"entry": entry.encode()}}
    if isinstance(entry, RevocationEntry):
        change = {"change_type": "revoke", "credential_type": "verifiable-credential", "event_timestamp": entry.second}
        return {CREDENTIAL_CHANGE: change, **own}
    if entry.event in _LIVES:
        return {_LIVES[entry.event]: {"event_timestamp": entry.second}, **own}
    return own


def entry_in(event: SecurityEvent) -> Entry | None:
    """The entry that `event` carries, its signature not yet checked; None if it carries none.

    Raises `MalformedError` where it is no entry, or where the event beside it says anything else.
    """
    payload = event.events.get(ENTRY_EVENT)
    if payload is None:
        return None
    text = payload.get("entry")
    if set(payload) != {"entry"} or not isinstance(text, str):
        raise MalformedError("security event: expected an entry")
    entry = read(text)
    if not isinstance(entry, RevocationEntry | LifecycleEntry):
        raise MalformedError("security event: expected an entry, got a list")
    meant = events_of(entry)
    if event.sub_id != subject_of(entry) or set(event.events) != set(meant):
        raise MalformedError("security event: it says something else than the entry in it")
    # Members of the standard's that attorn does not write, a reason for instance, may stand beside.
    if any(event.events[uri].get(name, value) != value for uri, said in meant.items() for name, value in said.items()):
        raise MalformedError("security event: it says something else than the entry in it")
    return entry


def statements_in(event: SecurityEvent) -> tuple[Statement, ...]:
    """What `event`, which carries no entry, makes a store keep as the word of its issuer; nothing for other events.

    In the order of their numbers: a store takes none of them if one follows a newer one about the same. Raises
    `MalformedError` for one that is issued so late, in the year 2255, that a statement cannot be numbered after it.
    """
    found = (_statement(event, uri, payload) for uri, payload in event.events.items())
    return tuple(sorted((each for each in found if each is not None), key=lambda statement: statement.sequence))


def _statement(event: SecurityEvent, uri: str, payload: Mapping[str, object]) -> Statement | None:
    revoking = uri == CREDENTIAL_CHANGE and payload.get("change_type") in _REVOKING
    if revoking or uri == SESSION_REVOKED:
        link = _link(event.sub_id)
        return None if link is None else Statement(Kind.REVOCATION, link.hex(), event.iss, 0, event.iat)
    principal = _principal(event.sub_id)
    if principal is None:
        return None
    # Of two in one second, that which refuses more comes last.
    number = event.iat * _PER_SECOND
    lives = {
        ACCOUNT_ENABLED: (number, LifecycleEvent.RESUME),
        ACCOUNT_DISABLED: (number + 1, LifecycleEvent.SUSPEND),
        ACCOUNT_PURGED: (FINAL, LifecycleEvent.DEPROVISION),
    }
    if uri not in lives:
        return None
    sequence, life = lives[uri]
    if sequence > FINAL:
        raise MalformedError("security event: issued too late to be numbered")
    return Statement(Kind.LIFECYCLE, principal, event.iss, sequence, event.iat, life.value)


def _link(subject: SubjectId) -> bytes | None:
    """The link that an `opaque` id or the `jti` of a `jwt_id` is."""
    name = {"opaque": "id", "jwt_id": "jti"}.get(subject.format)
    try:
        link = b"" if name is None else base64url_decode(subject[name])
    except MalformedError:
        return None
    return link if len(link) == ID_BYTES else None


def _principal(subject: SubjectId) -> str | None:
    """The name of the principal whose bare DID this is."""
    try:
        return name_of(subject["url"]) if subject.format == "did" else None
    except MalformedError:
        return None
