"""A request as arguments of a command, and as JSON."""

from __future__ import annotations

import argparse

from attorn.canonical import JsonValue, parse
from attorn.cli.command import Parser
from attorn.display import bare, shown
from attorn.encoding import base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.request.request import Request
from attorn.words import money


def add(parser: Parser) -> None:
    """The options that say what is asked."""
    parser.add_argument("--action", required=True, help="like events:read")
    parser.add_argument("--resource", required=True, help="like cal://alice/2026-11")
    parser.add_argument(
        "--arg", metavar="NAME=JSON", action="append", help="an argument; text takes quotes: 'to=\"bob\"' (repeatable)"
    )
    parser.add_argument("--cost", metavar="MINOR:CUR", help="like 250:EUR, which is 2.50 euros")


def build(arguments: argparse.Namespace) -> Request:
    """The request. Raises `InputError`."""
    cost = None if arguments.cost is None else money(arguments.cost, "--cost")
    return Request(action=arguments.action, resource=arguments.resource, args=_args(arguments.arg or []), cost=cost)


def _args(texts: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise InputError(f"--arg: expected NAME=JSON, got {shown(text)}")
        if name in found:
            raise InputError(f"--arg: {shown(name)} is given twice")
        try:
            found[name] = parse(value)
        except MalformedError as error:
            raise InputError(f"--arg {shown(name)}: {error} (text takes quotes: '{bare(name)}=\"...\"')") from None
    return found


def to_json(request: Request) -> dict[str, JsonValue]:
    """The request in its normal form, with the digest that a presentation signs."""
    return {"action": request.action, "resource": request.resource, "digest": base64url_encode(request.digest())}
