"""`attorn approve`: shows a person what is asked, and signs what was shown."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from attorn.approval import Approval, ApprovalRequest
from attorn.approval.asked import MOST_CHARACTERS
from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.cli import passphrase, source
from attorn.cli.command import Commands, Result, add_key, command
from attorn.cli.output import write
from attorn.cli.words import span
from attorn.display import line, stamp
from attorn.encoding import base64url_encode
from attorn.errors import InputError

_WHAT: Final = """\
What is asked is written to standard error, the approval to standard output. The agent hands it in with its request:
attorn present --approval. It is good for one use of this very request by this very holder, and for --ttl."""


def add(commands: Commands) -> None:
    """Add `approve`."""
    parser = command(commands, "approve", "read what an agent wants to do and approve it, once", _approve, _WHAT)
    parser.add_argument(
        "asked",
        metavar="REQUEST",
        help="what asks: a file's name, its text (longer than 255 characters), or - for standard input",
    )
    add_key(parser)
    parser.add_argument("--ttl", metavar="SPAN", default="5m", help="how long it may be used (default: 5m, at most 1d)")
    parser.add_argument("--yes", action="store_true", help="do not ask; for scripts that decide otherwise")


def _approve(arguments: argparse.Namespace) -> Result:
    ttl = span(arguments.ttl, "--ttl")
    asked = ApprovalRequest.decode(source.token_text(arguments.asked, what="approval request", most=MOST_CHARACTERS))
    text = _shown(asked)
    if arguments.yes:
        _say(text)
    else:
        _ask(text)
    return _told(passphrase.identity(arguments).approve(asked, ttl=ttl), asked)


def _shown(asked: ApprovalRequest) -> str:
    """All that a person should know, none of which can move the cursor or hide."""
    rows = [
        f"{line(asked.holder)} asks, for {line(asked.root)}, at {line(asked.audience)}:",
        "",
        *(f"  {row}" for row in asked.message().split("\n")),
        "",
    ]
    if not asked.complete:
        rows += ["Not all of it is shown. This is all of it:", asked.in_full(), ""]
    several = f"{asked.threshold} of these" if len(asked.approvers) > 1 else "This one"
    return "\n".join([*rows, f"{several} must approve: {', '.join(map(line, asked.approvers))}"])


def _say(text: str) -> None:
    if not write(sys.stderr, text):
        raise InputError("cannot write to standard error what is asked")


def _ask(text: str) -> None:
    """Return if a person on the terminal says yes. Raises `InputError`."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("no terminal to ask whether to approve; use --yes if somebody has read it")
    _say(f"{text}\nApprove? Type yes:")
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
