"""What every command is made of: a strict argument parser, and a result that is text for people or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NoReturn, Protocol

from attorn.canonical import JsonValue
from attorn.cli.exits import EPILOG, Exit
from attorn.errors import InputError


@dataclass(frozen=True, slots=True)
class Result:
    """What a command has to say: `text` for a person, `data` for a machine; and what it does once that is said."""

    text: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    code: IntEnum = Exit.OK
    then: Callable[[], None] | None = None


Run = Callable[[argparse.Namespace], Result]


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `InputError` instead of exiting, and takes no abbreviations."""

    def __init__(self, **settings: Any) -> None:
        raw = argparse.RawDescriptionHelpFormatter
        super().__init__(**{"allow_abbrev": False, "formatter_class": raw, "epilog": EPILOG, **settings})

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


class Commands(Protocol):
    """What `add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str, description: str | None = None) -> Parser:
        """The parser of a new subcommand."""


class _Refused(argparse.Action):
    """An option that must not be used: its value, a secret, is neither kept nor repeated."""

    def __call__(self, *_: object) -> NoReturn:
        raise InputError("a passphrase is never an argument, where others see it; use --passphrase-file or -stdin")


def command(commands: Commands, name: str, summary: str, run: Run, description: str = "") -> Parser:
    """A new subcommand that `run` carries out, with the options all have."""
    parser = commands.add_parser(name, help=summary, description=f"{summary}\n\n{description}".rstrip())
    parser.add_argument("--json", action="store_true", help="write one JSON object to standard output")
    parser.set_defaults(run=run)
    return parser


def add_passphrase(parser: Parser) -> None:
    """The ways to hand in a passphrase; without any of them it is asked for."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--passphrase-file", metavar="FILE", help="read the passphrase from a file only you can read")
    source.add_argument("--passphrase-stdin", action="store_true", help="read the passphrase from standard input")
    parser.add_argument("--passphrase", nargs="?", action=_Refused, help=argparse.SUPPRESS)


def add_key(parser: Parser) -> None:
    """The key file of whoever acts."""
    parser.add_argument("--key", metavar="FILE", required=True, help="key file of the identity that acts")
    add_passphrase(parser)


def unknown(words: Sequence[str]) -> InputError:
    """The error for arguments nobody asked for. Names options only: a stray value may be a secret."""
    options = sorted({word.partition("=")[0] for word in words if word.startswith("-")})
    if options:
        return InputError(f"unknown option {', '.join(options)}; see attorn --help")
    return InputError(f"{len(words)} argument(s) too many; see attorn --help")
