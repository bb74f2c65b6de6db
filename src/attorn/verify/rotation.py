"""Step 3, and what it makes of a key that its DID has taken out since it signed (attack 38).

The default makes nothing of it: a link counts only while the key that signed it is current. A verifier may allow a
period instead, for principals whose DID has a history. A link is dated by whoever signs it, so a thief of a key that
was taken out can date one to before: the period is how long such a key, thief's or not, still works.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from attorn.clock import Clock, read
from attorn.did.document import Relationship
from attorn.did.resolver import HistoricResolver, Resolver, live_document, past_document
from attorn.display import stamp
from attorn.errors import InputError, ResolutionError
from attorn.keys.public import PublicKey
from attorn.token.link import Link
from attorn.token.principal import Principal, confirm, key_in

LONGEST = timedelta(days=366)
"""The longest that a verifier may go on accepting a key that was taken out."""


@dataclass(frozen=True, slots=True)
class Principals:
    """Whom `resolver` says the principals of a chain are; `rotated` is for how long a key counts once taken out.

    Raises `InputError` for a period that is none or not bounded, or a resolver that has no history to go with it.
    """

    resolver: Resolver
    clock: Clock
    rotated: timedelta | None = None

    def __post_init__(self) -> None:
        if self.rotated is None:
            return
        if not isinstance(self.rotated, timedelta) or not timedelta(0) < self.rotated <= LONGEST:
            raise InputError(f"rotated_keys: expected a timedelta of at most {LONGEST.days} days, or None")
        if not isinstance(self.resolver, HistoricResolver):
            raise InputError("rotated_keys: expected a resolver with resolve_at(did, at) beside it")

    def delegator_key(self, link: Link) -> PublicKey:
        """The key that its delegator signed `link` with, current now or, if allowed, then.

        Raises `ResolutionError` and `UnavailableError`.
        """
        principal = link.by
        if principal.method is None or self.rotated is None or not isinstance(self.resolver, HistoricResolver):
            return confirm(self.resolver, principal, Relationship.CAPABILITY_DELEGATION)
        # A DID that is deactivated, or gone, has no key any more, whatever it had.
        document = live_document(self.resolver, principal.did)
        try:
            return key_in(document, principal, Relationship.CAPABILITY_DELEGATION)
        except ResolutionError:
            return self._rotated_key(self.resolver, self.rotated, link)

    def confirm_holder(self, holder: Principal) -> None:
        """Return if the holder's key is current: whoever presents has it now. Raises as `delegator_key`."""
        confirm(self.resolver, holder, Relationship.CAPABILITY_INVOCATION)

    def _rotated_key(self, resolver: HistoricResolver, period: timedelta, link: Link) -> PublicKey:
        key = _key_at(resolver, link, link.issued)
        # If it was current when the period began, or signed after that, it was not taken out before.
        began = read(self.clock) - period
        if link.issued < began and _key_at(resolver, link, began) != key:
            raise ResolutionError(f"{link.by.method} was another key {period} ago than when it signed")
        return key


def _key_at(resolver: HistoricResolver, link: Link, at: datetime) -> PublicKey:
    document = past_document(resolver, link.by.did, at)
    try:
        return key_in(document, link.by, Relationship.CAPABILITY_DELEGATION)
    except ResolutionError as error:
        raise ResolutionError(f"{error}: not now, and not at {stamp(at)}") from None
