"""The constraints of AP2 v0.2: the limits of an open mandate, one file for each kind."""

from attorn.mandate.constraint.allowed_instruments import AllowedInstruments
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.allowed_pisps import AllowedPisps
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import Asked, Code, Usage, Violation
from attorn.mandate.constraint.budget import Budget, Unit
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.constraint.execution_date import ExecutionDate
from attorn.mandate.constraint.line_items import AcceptableItem, LineItems, Requirement
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference

__all__ = [
    "AcceptableItem",
    "AllowedInstruments",
    "AllowedMerchants",
    "AllowedPayees",
    "AllowedPisps",
    "AmountRange",
    "Asked",
    "Budget",
    "Code",
    "ExecutionDate",
    "Frequency",
    "LineItems",
    "Recurrence",
    "Reference",
    "Requirement",
    "Unit",
    "Usage",
    "Violation",
]
