"""One run of the command line: parse, do, tell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from attorn.cli.command import Parser, Result, unknown
from attorn.cli.exits import Exit, of
from attorn.cli.families import FAMILIES, SUMMARIES
from attorn.cli.output import complain, tell
from attorn.errors import AttornError, InputError

_MANDATES = ("content", "checkout", "pay", "order", "offered", "payment", "checkout_jwt")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `attorn` with these arguments (default: the process's own) and return its exit code.

    Results go to standard output, errors to standard error in one line; no input of a user ends in a traceback.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    try:
        _check(words)
        # No option of `attorn` itself takes a value, so no other word can be the command.
        word = next((each for each in words if each in SUMMARIES), "")
        arguments, rest = parser(word).parse_known_args(words)
        if rest:
            raise unknown(rest)
        _check_input(arguments)
        result: Result = arguments.run(arguments)
        told = tell(result, as_json=arguments.json)
        if result.then is not None and told is Exit.OK:
            result.then()
        return int(told)
    except AttornError as error:
        return int(complain(error, of(error), as_json=as_json))
    except SystemExit as stop:
        # Only --help ends here: errors are raised.
        return stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)


def parser(word: str | None = None) -> Parser:
    """The parser of all commands. With `word`, only its family is loaded; the others are names and summaries."""
    top = Parser(prog="attorn", description="Checkable authority for AI agents: mint, delegate, present, verify.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for family, words in FAMILIES.items():
        if word is None or word in words:
            import_module(f"attorn.cli.{family}").add(commands)
        else:
            for name, summary in words.items():
                commands.add_parser(name, help=summary)
    return top


def _check_input(arguments: argparse.Namespace) -> None:
    """Return if at most one thing comes from standard input. Raises `InputError`."""
    given = [getattr(arguments, name, None) for name in ("token", "asked", "base", "document", "secured", *_MANDATES)]
    for name in ("approval", "discharge", "tokens", "credentials"):
        given += getattr(arguments, name, None) or []
    if "-" in given and getattr(arguments, "passphrase_stdin", False):
        raise InputError("standard input holds the token or the passphrase, not both")
    if given.count("-") > 1:
        raise InputError("standard input holds one thing; - may stand once")


def _check(words: Sequence[str]) -> None:
    for number, word in enumerate(words, start=1):
        if "\0" in word or any("\ud800" <= character <= "\udfff" for character in word):
            raise InputError(f"argument {number}: not text in UTF-8")
