"""The verifier that a question describes: default limits, an empty memory, and what it was told before."""

from __future__ import annotations

from datetime import datetime, timedelta

from attorn.caveat.validity import moment
from attorn.conformance import pages
from attorn.conformance.members import Members
from attorn.did.resolver import Resolver
from attorn.encoding import base64url_decode
from attorn.errors import Denied, InputError, MalformedError, UnavailableError, VerificationError
from attorn.macaroon import MacKey
from attorn.request.request import Request
from attorn.store import MemoryStore
from attorn.verify.rotation import LONGEST
from attorn.verify.verifier import Verifier


class Hands:
    """A clock that shows what it was set to."""

    __slots__ = ("second",)

    def __init__(self) -> None:
        self.second = 0

    def __call__(self) -> datetime:
        return moment(self.second)


def verifier(members: Members, audience: str, hands: Hands | None = None, store: MemoryStore | None = None) -> Verifier:
    """By `now`, `roots`, `documents`, `revocations`, `macaroon_keys` and `rotated_keys`. Raises `InputError`.

    `hands` are set to `now`; they, and the store, are its own unless they are handed in.
    """
    now = members.second("now")
    resolver = pages.resolver(members, now)
    hands, store = hands or Hands(), store or MemoryStore()
    hands.second = now
    for entry in members.texts("revocations"):
        apply(store, entry, resolver)
    return Verifier(
        audience=audience,
        roots=members.texts("roots"),
        store=store,
        clock=hands,
        resolver=resolver,
        macaroon_keys=map(key, members.texts("macaroon_keys")),
        rotated_keys=_period(members),
    )


def _period(members: Members) -> timedelta | None:
    """For how long a key counts once its DID has taken it out; None where nothing is said."""
    if not members.has("rotated_keys"):
        return None
    seconds = members.integer("rotated_keys")
    if not 0 < seconds <= int(LONGEST.total_seconds()):
        raise InputError("input: rotated_keys: expected seconds, at most 366 days")
    return timedelta(seconds=seconds)


def apply(store: MemoryStore, entry: str, resolver: Resolver) -> None:
    """Have a store honour what somebody signed; what does not verify changes nothing."""
    try:
        store.apply(entry, resolver=resolver)
    except (VerificationError, UnavailableError):
        # A case may say that a forged revocation came first: it must change nothing.
        return


def use(verifier: Verifier, wire: str, request: Request, challenge: str | None) -> None:
    """Show it a presentation, whatever becomes of it."""
    try:
        verifier.authorize(wire, request, challenge=challenge)
    except (VerificationError, Denied, UnavailableError):
        # A case may say that a refused presentation came first; its verdict is another case's.
        return


def key(text: str) -> MacKey:
    """The secret of base macaroons in `text`. Raises `InputError`."""
    try:
        return MacKey(base64url_decode(text))
    except MalformedError as error:
        raise InputError(f"input: macaroon_keys: {error}") from None
