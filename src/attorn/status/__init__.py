"""Status lists in both standard forms: the W3C's Bitstring Status List and the IETF's Token Status List."""

from attorn.keys.signer import Signatory
from attorn.status.aggregation import aggregated, read_aggregation, write_aggregation
from attorn.status.checking import Report, check, check_credential, judge, look_up, references_of, require_current
from attorn.status.entry import BitstringEntry
from attorn.status.fetching import Refreshed, lists_for, refresh
from attorn.status.publisher import Publisher
from attorn.status.reading import read, verify
from attorn.status.status_list import ListKind, StatusList
from attorn.status.token_list import INVALID, SUSPENDED, VALID, TokenReference
from attorn.transport import Transport

__all__ = [
    "INVALID",
    "SUSPENDED",
    "VALID",
    "BitstringEntry",
    "ListKind",
    "Publisher",
    "Refreshed",
    "Report",
    "Signatory",
    "StatusList",
    "TokenReference",
    "Transport",
    "aggregated",
    "check",
    "check_credential",
    "judge",
    "lists_for",
    "look_up",
    "read",
    "read_aggregation",
    "references_of",
    "refresh",
    "require_current",
    "verify",
    "write_aggregation",
]
