"""`attorn suspend`, `resume` and `deprovision`: signed entries about a principal."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from attorn.cli import passphrase
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.display import stamp
from attorn.revocation import LifecycleEntry, deprovision, resume, suspend
from attorn.words import whole

_WHO = (
    "It counts if you are that principal, stand above it in a chain, or are an authority of the verifier. Verifiers\n"
    "honour the entry once they have it: attorn verify --revocations FILE."
)


def add(commands: Commands) -> None:
    """Add `suspend`, `resume` and `deprovision`."""
    _numbered(_command(commands, "suspend", partial(_reversible, suspend), _WHO))
    _numbered(_command(commands, "resume", partial(_reversible, resume), _WHO))
    _command(commands, "deprovision", _deprovision, f"This cannot be taken back. {_WHO}")


def _command(commands: Commands, name: str, run: Callable[[argparse.Namespace], Result], description: str) -> Parser:
    parser = command(commands, name, SUMMARIES[name], run, description)
    parser.add_argument("principal", metavar="DID", help="the principal")
    add_key(parser)
    return parser


def _numbered(parser: Parser) -> None:
    parser.add_argument(
        "--sequence", metavar="N", help="number after that of your last entry about it (default: microseconds of now)"
    )


def _reversible(make: Callable[..., LifecycleEntry], arguments: argparse.Namespace) -> Result:
    sequence = None if arguments.sequence is None else whole(arguments.sequence, "--sequence")
    return _told(make(arguments.principal, by=passphrase.identity(arguments), sequence=sequence))


def _deprovision(arguments: argparse.Namespace) -> Result:
    return _told(deprovision(arguments.principal, by=passphrase.identity(arguments)))


def _told(entry: LifecycleEntry) -> Result:
    text = entry.encode()
    data = {"entry": text, "event": entry.event.value, "principal": entry.principal, "by": entry.by}
    return Result(text, {**data, "sequence": entry.sequence, "at": stamp(entry.at)})
