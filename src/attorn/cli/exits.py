"""What the exit code of every `attorn` command means.

| code | meaning |
|---|---|
| 0 | done; for `verify`, allowed; for `vectors` and `demo`, every verdict was as told |
| 1 | usage or input error, or an act that is not this identity's to do (`cannot_delegate`) |
| 2 | invalid: not genuine, or not valid now (every `VerificationError`); for `audit`, the log is not whole |
| 3 | denied: genuine, but a caveat prohibits this request |
| 4 | could not decide or could not run (every `UnavailableError`); nothing was allowed |
| 5 | key file or passphrase: missing, open to others, damaged, or wrong |
| 6 | a vector or the demo did not come out as told; for `audit alerts`, there are some |
| 130 | interrupted |
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from attorn.errors import AttornError, AuditError, Denied, KeyFileError, UnavailableError, VerificationError


class Exit(IntEnum):
    """The exit codes."""

    OK = 0
    INPUT = 1
    INVALID = 2
    DENIED = 3
    UNDECIDED = 4
    KEY_FILE = 5
    NOT_AS_TOLD = 6
    INTERRUPTED = 130


EPILOG: Final = """\
exit codes:
  0  done; for verify: allowed
  1  usage or input error, or an act that is not this identity's to do
  2  invalid: not genuine, or not valid now; for audit: the log is not whole
  3  denied: genuine, but a caveat prohibits this request
  4  could not decide or could not run; nothing was allowed
  5  key file or passphrase: missing, open to others, damaged or wrong
  6  a vector or the demo did not come out as told; for audit: there are alerts
130  interrupted

With --json, standard output is exactly one JSON object, also after an error.
"""


def of(error: AttornError) -> Exit:
    """The exit code of an error."""
    if isinstance(error, VerificationError | AuditError):
        return Exit.INVALID
    if isinstance(error, Denied):
        return Exit.DENIED
    if isinstance(error, UnavailableError):
        return Exit.UNDECIDED
    if isinstance(error, KeyFileError):
        return Exit.KEY_FILE
    return Exit.INPUT
