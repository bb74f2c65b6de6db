"""Asking a ledger, and taking only what it can have answered: it may be foreign code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attorn.errors import UnavailableError
from attorn.handed import ask, members
from attorn.store.ports import Charge, Charged, Ledger, Retry


def charged_by(ledger: Ledger, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
    """What the ledger says of these charges, which it makes all or none.

    Raises `UnavailableError`, also for an answer that cannot be.
    """
    answer = ask("ledger", lambda: ledger.charge(charges, now=now, retry=retry))
    if not isinstance(answer, Charged):
        raise UnavailableError(f"the ledger must answer what it charged, got {type(answer).__name__}")
    if answer.repeated and retry is None:
        raise UnavailableError("the ledger says that this was charged before, and no key was given to know it by")
    if answer.refused is None and not answer.repeated and any(charge.amount > charge.limit for charge in charges):
        raise UnavailableError("the ledger says that it charged what there can be no room for")
    asked = {charge.account for charge in charges}
    if answer.refused is not None and not (isinstance(answer.refused, Charge) and answer.refused.account in asked):
        raise UnavailableError("the ledger refused a charge that it was not asked to make")
    return answer


def holdings(ledger: Ledger, accounts: Sequence[str]) -> Mapping[str, int]:
    """What these accounts hold. Raises `UnavailableError`, also for an answer that cannot be."""
    found = ask("ledger", lambda: ledger.used(accounts))
    held = members("ledger", found) if isinstance(found, Mapping) else None
    if held is None or not all(type(amount) is int and amount >= 0 for amount in held.values()):
        raise UnavailableError("the ledger must return a mapping from accounts to what they hold")
    return held
