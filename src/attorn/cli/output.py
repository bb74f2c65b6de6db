"""What leaves the command line: one line for each error, text or one JSON object for each result."""

from __future__ import annotations

import json
import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TextIO

from attorn.canonical import JsonValue
from attorn.cli.command import Result
from attorn.cli.exits import Exit
from attorn.cli.source import reason
from attorn.display import line
from attorn.errors import AttornError, AuditError, Denied, VerificationError

if TYPE_CHECKING:
    from attorn.mandate.prohibited import Prohibition

_PLAIN: Final = str.maketrans({"└": "`", "─": "-", "│": "|"})


def tell(result: Result, *, as_json: bool) -> IntEnum:
    """Write a result to standard output. Its own exit code, or `INPUT` if it could not be written."""
    text = _dumped({"ok": result.code is Exit.OK, "exit": int(result.code), **result.data}) if as_json else result.text
    return result.code if not text or write(sys.stdout, text) else Exit.INPUT


def complain(error: AttornError, code: Exit, *, as_json: bool) -> Exit:
    """Write one line about an error to standard error and, with `as_json`, one object to standard output."""
    step = error.step if isinstance(error, VerificationError) else None
    where = "" if step is None else f" (step {step})"
    write(sys.stderr, f"attorn: {error.code}{where}: {line(str(error))}")
    asked = _asked(error)
    if as_json:
        content: dict[str, JsonValue] = {"code": error.code, "message": str(error), "step": step}
        if isinstance(error, Denied):
            content |= {"step": error.decision.step, "decision": _decision(error)}
        if asked is not None:
            content["approval"] = asked
        elif isinstance(error, Denied):
            content |= _prohibitions(error)
        if isinstance(error, AuditError):
            content["sequence"] = error.sequence
        write(sys.stdout, _dumped({"ok": False, "exit": int(code), "error": content}))
    elif asked is not None:
        # What to hand to the approvers: as ready for a file as any result.
        write(sys.stdout, asked)
    return code


def _asked(error: AttornError) -> str | None:
    """The request for approval, where that is all that is missing."""
    if not isinstance(error, Denied) or type(error) is Denied:
        return None
    from attorn.approval import ApprovalRequired  # noqa: PLC0415 - loaded where it was raised, and little used elsewhere

    return error.approval.encode() if isinstance(error, ApprovalRequired) else None


def _decision(denied: Denied) -> dict[str, JsonValue]:
    decision, denial = denied.decision, denied.decision.denial
    return {
        "allowed": decision.allowed,
        "link": decision.link,
        "delegator": decision.delegator,
        "delegate": decision.delegate,
        "caveat": None if denial is None else denial.caveat,
        "limit": None if denial is None else denial.limit,
        "asked": None if denial is None else denial.asked,
    }


def _prohibitions(denied: Denied) -> dict[str, JsonValue]:
    if type(denied) is Denied:
        return {}
    from attorn.mandate import Prohibited  # noqa: PLC0415 - loaded where it was raised, and of no use elsewhere

    return (
        {"prohibitions": [_prohibition(each) for each in denied.prohibitions]} if isinstance(denied, Prohibited) else {}
    )


def _prohibition(found: Prohibition) -> JsonValue:
    said = found.violation
    names: dict[str, JsonValue] = {"position": found.position, "code": str(said.code), "type": said.type}
    return {**names, "limit": said.limit, "asked": said.asked}


def _dumped(content: dict[str, JsonValue]) -> str:
    return json.dumps(content, indent=2)


def write(stream: TextIO | None, text: str) -> bool:
    """Whether `text` and a newline were written, in characters that the stream's encoding has."""
    if stream is None:
        return False
    encoding = stream.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(text + "\n")
        stream.flush()
    except (OSError, ValueError) as error:
        return _lost(stream, error)
    return True


def _lost(stream: TextIO, error: Exception) -> bool:
    if stream is sys.stdout:
        # What is left in the buffer must not fail again when the interpreter ends.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
        write(sys.stderr, f"attorn: cannot write the result: {reason(error)}")
    return False
