"""Making a store honour what principals signed: revocations, lists, life cycles and status lists.

What was signed is verified here, once; whether its signer had any say over a chain is asked at verification, step 7.
"""

from __future__ import annotations

from attorn.did.resolver import Resolver
from attorn.errors import DeprovisionedError, RollbackError
from attorn.revocation import LifecycleEntry, RevocationList, Signed, verify
from attorn.statement import FINAL, Kind, Statement
from attorn.store.ports import Store


def apply(store: Store, signed: Signed | str, resolver: Resolver | None) -> None:
    """Honour `signed` (an entry, a list, or the text of one; the text of a status list) from now on.

    Raises `RollbackError` if something newer by its signer, or another of the same number, was applied before,
    `GapError` for a delta that follows a list not applied yet, `DeprovisionedError` for a life that ended,
    `SignatureError`, `ResolutionError`, `MalformedError`, `InputError` or `UnavailableError`.
    """
    if isinstance(signed, str) and "." in signed:
        lists = _status_lists(signed, resolver)
        _put(store, lists)
        _require_kept(store, lists)
        return
    genuine = verify(signed, resolver)
    if isinstance(genuine, RevocationList) and genuine.since:
        # A list only grows: that another is applied between this reading and the writing does no harm.
        genuine.follows(_known(store, genuine.by))
    _put(store, genuine.statements())
    if isinstance(genuine, LifecycleEntry):
        _require_kept(store, genuine.statements())


def _status_lists(text: str, resolver: Resolver | None) -> tuple[Statement, ...]:
    from attorn import status  # noqa: PLC0415 - most programs never see a status list

    return tuple(found.statement() for found in status.verify(text, resolver))


def _put(store: Store, statements: tuple[Statement, ...]) -> None:
    newer = store.put(statements)
    if newer is not None:
        raise _refused(newer)


def _require_kept(store: Store, statements: tuple[Statement, ...]) -> None:
    """A store leaves what has the same number as it is; two different things must not share one."""
    said = {(each.kind, each.subject, each.by, each.sequence): each.value for each in statements}
    for kept in store.statements([(each.kind, each.subject) for each in statements]):
        if said.get((kept.kind, kept.subject, kept.by, kept.sequence), kept.value) != kept.value:
            raise _refused(kept)


def _known(store: Store, by: str) -> int:
    """The number of the last list of `by` that was applied, 0 before the first."""
    return max((kept.sequence for kept in store.statements([(Kind.LIST, by)]) if kept.by == by), default=0)


def _refused(newer: Statement) -> DeprovisionedError | RollbackError:
    if newer.kind is Kind.LIFECYCLE and newer.sequence == FINAL:
        return DeprovisionedError("a principal that was deprovisioned is so for good")
    return RollbackError(f"expected something newer than number {newer.sequence}, which was applied before")
