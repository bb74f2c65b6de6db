"""What the lists at hand say about references: nothing bad, something bad, or not enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from attorn.display import shown
from attorn.errors import (
    CredentialError,
    InputError,
    MalformedError,
    RevokedError,
    StaleError,
    StatusError,
    SuspendedError,
)
from attorn.status.entry import TYPE, BitstringEntry
from attorn.status.status_list import ListKind, StatusList
from attorn.status.token_list import INVALID, SUSPENDED, VALID, TokenReference

if TYPE_CHECKING:
    from attorn.credential.verified import VerifiedCredential

Reference: TypeAlias = BitstringEntry | TokenReference
SKEW: Final = 60
"""By how many seconds an issuer's clock may run ahead of ours."""
_VERDICTS: Final = (ListKind.TOKEN, ListKind.REVOCATION, ListKind.SUSPENSION)


@dataclass(frozen=True, slots=True)
class Report:
    """What a current list says of one reference."""

    reference: Reference
    value: int

    @property
    def purpose(self) -> ListKind:
        """What the list is about."""
        return self.reference.purpose if isinstance(self.reference, BitstringEntry) else ListKind.TOKEN

    @property
    def valid(self) -> bool:
        """Whether the value is 0, which every purpose calls valid."""
        return self.value == VALID

    @property
    def message(self) -> str | None:
        """What the credential says that this value means, if it says."""
        messages = self.reference.messages if isinstance(self.reference, BitstringEntry) else ()
        return messages[self.value] if messages else None


def require_current(status_list: StatusList, *, now: int, staleness: int, skew: int = SKEW) -> None:
    """Raises `StaleError` unless the list speaks at Unix second `now` and is at most `staleness` seconds old.

    Its `ttl` is no part of this: it says when to fetch again, not what to accept.
    """
    if now < status_list.issued - skew:
        raise StaleError(f"status list: issued {status_list.issued - now} seconds from now")
    if status_list.expires is not None and now >= status_list.expires:
        raise StaleError(f"status list: expired {now - status_list.expires} seconds ago")
    if now - status_list.issued > staleness:
        raise StaleError(f"status list: {now - status_list.issued} seconds old, at most {staleness} are accepted")


def check(
    references: Iterable[Reference],
    lists: Iterable[StatusList],
    *,
    issuer: str,
    now: int,
    staleness: int,
    skew: int = SKEW,
) -> None:
    """Returns if every one of these references is to a valid entry of a current list by `issuer`. All must be.

    The lists must come from `verify`. Entries for `refresh` and `message` are looked up and judge nothing: `look_up`
    tells what they say. Raises `RevokedError`, `SuspendedError`, `StatusError` for an entry that is not there or of a
    value with no known meaning, and `StaleError` where no list is at hand, or none is current.
    """
    for report in _reports(references, lists, issuer=issuer, now=now, staleness=staleness, skew=skew):
        judge(report.purpose, report.value)


def look_up(
    references: Iterable[Reference],
    lists: Iterable[StatusList],
    *,
    issuer: str,
    now: int,
    staleness: int,
    skew: int = SKEW,
) -> tuple[Report, ...]:
    """What current lists by `issuer` say of each reference, **good or bad**: to show or to log; `check` decides.

    The lists must come from `verify`. Raises `StatusError` for an entry that is not there, and `StaleError` where no
    list is at hand, or none is current.
    """
    return tuple(_reports(references, lists, issuer=issuer, now=now, staleness=staleness, skew=skew))


def check_credential(
    credential: VerifiedCredential,
    lists: Iterable[StatusList],
    *,
    now: int,
    staleness: int,
    issuer: str | None = None,
    skew: int = SKEW,
) -> None:
    """Returns if every status that a verified credential names is valid, as `check` does; or if it names none.

    The lists must be by `issuer`, without it by the credential's own. With `functools.partial` it is a `status` for
    `attorn.credential.verify`. Raises as `check` does, and `CredentialError` or `StatusError` for an entry that is
    malformed, or of a type that attorn does not know.
    """
    references = references_of(credential)
    check(references, lists, issuer=issuer or credential.issuer, now=now, staleness=staleness, skew=skew)


def references_of(credential: VerifiedCredential) -> tuple[Reference, ...]:
    """The entries of lists that a verified credential names, of both forms, in its order.

    Raises `CredentialError` for one that is malformed, and `StatusError` for one of a type that attorn does not know.
    """
    if not isinstance(getattr(credential, "status", None), tuple):
        raise InputError(f"status: expected a verified credential, got {type(credential).__name__}")
    references: list[Reference] = []
    try:
        for entry in credential.status:
            if entry.types != (TYPE,):
                raise StatusError(f"credential: no status of type {shown(list(entry.types))} is known")
            references.append(BitstringEntry.read({**entry.members, "type": TYPE}))
        if credential.token_status is not None:
            if not isinstance(credential.token_status, dict) or set(credential.token_status) != {"status_list"}:
                raise CredentialError("credential: expected status as an object with status_list alone")
            references.append(TokenReference.read({"status": credential.token_status}))
    except MalformedError as error:
        raise CredentialError(str(error)) from None
    return tuple(references)


def _reports(
    references: Iterable[Reference], lists: Iterable[StatusList], *, issuer: str, now: int, staleness: int, skew: int
) -> Iterator[Report]:
    """One by one, so that what is known to be bad is not hidden by what is not known."""
    lists = list(lists) if isinstance(lists, Iterable) else [lists]
    if not all(isinstance(status_list, StatusList) for status_list in lists):
        raise InputError("status: expected lists as StatusList")
    for name, number in (("now", now), ("staleness", staleness), ("skew", skew)):
        if type(number) is not int:
            raise InputError(f"status: expected {name} in whole seconds, got {type(number).__name__}")
    known = [status_list for status_list in lists if status_list.issuer == issuer]
    for reference in references if isinstance(references, Iterable) else [references]:
        if not isinstance(reference, BitstringEntry | TokenReference):
            raise InputError(f"status: expected a reference to a list, got {type(reference).__name__}")
        kind = reference.purpose if isinstance(reference, BitstringEntry) else ListKind.TOKEN
        mine = [status_list for status_list in known if (status_list.uri, status_list.kind) == (reference.uri, kind)]
        if not mine:
            raise StaleError("status list: none at hand of this issuer, URI and kind")
        newest = max(mine, key=lambda status_list: status_list.issued)
        require_current(newest, now=now, staleness=staleness, skew=skew)
        yield Report(reference, reference.value(newest))


def judge(kind: ListKind, value: int) -> None:
    """Returns if an entry of this value in a list of this kind is no reason to refuse.

    Raises `RevokedError`, `SuspendedError`, and `StatusError` for a value with no known meaning.
    """
    if value == VALID or kind not in _VERDICTS:
        return
    if kind is ListKind.SUSPENSION or (kind is ListKind.TOKEN and value == SUSPENDED):
        raise SuspendedError("status list: suspended")
    if value == INVALID:
        raise RevokedError("status list: revoked")
    raise StatusError(f"status list: the value {value} has no meaning here")
