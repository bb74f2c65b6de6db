"""`attorn macaroon key` and `attorn macaroon issue`: what a server does, so that users can mint Macaroons for it."""

from __future__ import annotations

import argparse

from attorn.cli.command import Commands, Parser, Result, command
from attorn.cli.families import SUMMARIES
from attorn.display import escaped
from attorn.macaroon import MacKey, encode, issue
from attorn.macaroon.issuing import name_of


def add(commands: Commands) -> None:
    """Add `macaroon` with its two forms."""
    family = commands.add_parser("macaroon", help=SUMMARIES["macaroon"]).add_subparsers(
        dest="form", metavar="key|issue", required=True, parser_class=Parser
    )
    key = command(family, "key", "make a key in a new file; prints the key's name", _key)
    key.add_argument("--out", metavar="FILE", required=True, help="the file to make; one that exists is not replaced")
    new = command(family, "issue", "issue a base macaroon, for one user to mint with; prints it", _issue)
    new.add_argument("--key", metavar="FILE", required=True, help="the server's key")
    new.add_argument("--location", metavar="TEXT", help="where it is good, as a hint for people; nothing proves it")


def _key(arguments: argparse.Namespace) -> Result:
    made = MacKey.generate()
    made.save(arguments.out)
    name = name_of(made).hex()
    return Result(name, {"key": name, "file": escaped(arguments.out)})


def _issue(arguments: argparse.Namespace) -> Result:
    key = MacKey.load(arguments.key)
    text = encode(issue(key, location=arguments.location))
    return Result(text, {"macaroon": text, "key": name_of(key).hex()})
