"""The status of a hop by Token Status Lists at hand: a hop that was revoked takes everything below it with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TypeAlias

from attorn import status
from attorn.clock import seconds_in
from attorn.errors import InputError, StaleError
from attorn.handed import ask
from attorn.mandate.policy import Status
from attorn.mandate.times import SKEW
from attorn.mandate.verified import VerifiedHop
from attorn.status import StatusList

Lists: TypeAlias = Callable[[], Iterable[StatusList]]
"""The lists at hand now, all of them from `attorn.status.verify`."""


def by_lists(
    lists: Lists, *, staleness: timedelta, issuers: Mapping[str, str] | None = None, skew: timedelta = SKEW
) -> Status:
    """A `status` for `verify` and `MandateVerifier`: the entry that a hop names must be valid in a current list.

    The list must be signed by the DID of the hop's signer, or by the DID that `issuers` names for the list's URI: that
    of a bare key must be there. A list older than `staleness` says nothing. Raises `InputError`; what it returns raises
    `RevokedError`, `SuspendedError`, `StatusError`, and `StaleError` where nothing is known.
    """
    if not callable(lists):
        raise InputError("status: expected a callable that returns the lists at hand")
    if issuers is not None and not isinstance(issuers, Mapping):
        raise InputError("status: expected issuers as a mapping of URIs to DIDs")
    named, oldest, ahead = dict(issuers or {}), seconds_in(staleness, "staleness"), seconds_in(skew, "skew")

    def check(hop: VerifiedHop, now: int) -> None:
        if hop.status is None:
            return
        issuer = named.get(hop.status.uri, hop.did)
        if issuer is None:
            raise StaleError(f"mandate: nobody is known to say what the status of hop {hop.position} is")
        known = ask("lists", lambda: tuple(lists()))
        status.check([hop.status], known, issuer=issuer, now=now, staleness=oldest, skew=ahead)

    return check
