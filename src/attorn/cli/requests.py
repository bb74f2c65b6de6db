"""A request as arguments of a command, and as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from attorn.canonical import JsonValue, parse
from attorn.cli.command import Parser
from attorn.display import bare, shown
from attorn.encoding import base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.request.money import Money
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


def read(members: Mapping[str, JsonValue]) -> Request:
    """The request in a JSON object, in any form that says what its canonical one does. Raises `InputError`."""
    for name in members:
        if name not in ("action", "resource", "args", "cost"):
            raise InputError(f"request: expected only action, resource, args and cost, got {shown(name)}")
    cost, price = members.get("cost"), None
    if cost is not None:
        if not isinstance(cost, dict) or cost.keys() != {"amount", "currency"}:
            raise InputError("request: expected cost as amount, in minor units, and currency")
        price = Money(cost["amount"], cost["currency"])  # type: ignore[arg-type]  # it refuses all others
    action, resource, args = members.get("action"), members.get("resource"), members.get("args", {})
    if not isinstance(action, str) or not isinstance(resource, str) or not isinstance(args, dict):
        raise InputError("request: expected action and resource as text, and args as an object")
    return Request(action=action, resource=resource, args=args, cost=price)


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
