"""`attorn approve`: shows a person what is asked, and signs what was shown."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from attorn.approval import Approval, ApprovalRequest
from attorn.approval.asked import MOST_CHARACTERS
from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.cli import passphrase, source
from attorn.cli.command import Commands, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.cli.output import write
from attorn.display import escaped, stamp
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.words import span

_WHAT: Final = """\
What is asked is written to standard error, the approval to standard output. The agent hands it in with its request:
attorn present --approval. It is good for one use of this very request by this very holder, and for --ttl."""

_MARK: Final = "> "
"""In front of what goes on from the row above. No row of attorn's own begins like it."""
_LEAST_COLUMNS: Final = 20


def add(commands: Commands) -> None:
    """Add `approve`."""
    parser = command(commands, "approve", SUMMARIES["approve"], _approve, _WHAT)
    parser.add_argument(
        "asked",
        metavar="REQUEST",
        help="what asks: a file's name, its text (longer than 255 characters), or - for standard input (with --yes)",
    )
    add_key(parser)
    parser.add_argument("--ttl", metavar="SPAN", default="5m", help="how long it may be used (default: 5m, at most 1d)")
    parser.add_argument("--yes", action="store_true", help="do not ask; for scripts that decide otherwise")


def _approve(arguments: argparse.Namespace) -> Result:
    if arguments.asked == "-" and not arguments.yes:
        raise InputError("standard input cannot hold what asks and a person's answer; put it in a file, or use --yes")
    ttl = span(arguments.ttl, "--ttl")
    asked = ApprovalRequest.decode(source.token_text(arguments.asked, what="approval request", most=MOST_CHARACTERS))
    text = "\n".join(wrapped(_rows(asked), _columns()))
    if arguments.yes:
        _say(text)
    else:
        _ask(text)
    return _told(passphrase.identity(arguments).approve(asked, ttl=ttl), asked)


def _rows(asked: ApprovalRequest) -> Iterator[str]:
    """All that a person should know, what gets signed last: it must not have left the screen when they are asked."""
    several = f"{asked.threshold} of these" if len(asked.approvers) > 1 else "This one"
    yield f"{several} must approve:"
    yield from (f"  {escaped(did)}" for did in asked.approvers)
    yield ""
    if not asked.complete:
        yield "Not all of it is shown at the end. This is all of it:"
        yield from (f"  {row}" for row in asked.in_full().split("\n"))
        yield ""
    yield f"Asks: {escaped(asked.holder)}"
    yield f"For: {escaped(asked.root)}"
    yield f"At: {escaped(asked.audience)}"
    yield ""
    yield from (f"  {row}" for row in asked.message().split("\n"))


def wrapped(rows: Iterable[str], columns: int) -> Iterator[str]:
    """The rows in that many columns, `> ` in front of what goes on from the row above.

    A terminal wraps without a mark: what comes out on a row of its own could then pass for a line of attorn's.
    """
    for row in rows:
        start, taken = 0, 0
        for index, character in enumerate(row):
            # Twice as wide is as wide as a terminal draws anything.
            width = 1 if character.isascii() else 2
            if taken + width > columns:
                yield row[start:index] if not start else f"{_MARK}{row[start:index]}"
                start, taken = index, len(_MARK)
            taken += width
        yield row[start:] if not start else f"{_MARK}{row[start:]}"


def _columns() -> int:
    """How many a row on standard error has; 80 where it is no terminal."""
    try:
        found = os.get_terminal_size(sys.stderr.fileno()).columns
    except (AttributeError, OSError, ValueError):
        found = 0
    return found if found >= _LEAST_COLUMNS else 80


def _say(text: str) -> None:
    if not write(sys.stderr, text):
        raise InputError("cannot write to standard error what is asked")


def _ask(text: str) -> None:
    """Return if a person on the terminal says yes. Raises `InputError`."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("no terminal to ask whether to approve; use --yes if somebody has read it")
    _say(f"{text}\n\nApprove? Type yes:")
    try:
        answer = sys.stdin.readline()
    except (OSError, ValueError):
        answer = ""
    if answer.strip().lower() != "yes":
        raise InputError("not approved; nothing was signed")


def _told(approval: Approval, asked: ApprovalRequest) -> Result:
    text = approval.encode()
    data: dict[str, JsonValue] = {
        "approval": text,
        "by": approval.by,
        "holder": approval.holder,
        "root": approval.root,
        "audience": approval.audience,
        "digest": base64url_encode(approval.digest),
        "expires": stamp(moment(approval.expires)),
        "code": asked.code,
        "message": asked.message(),
    }
    return Result(text, data)
