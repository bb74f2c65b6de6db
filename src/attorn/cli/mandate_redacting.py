"""`attorn mandate redact`: the same mandate with less of it shown."""

from __future__ import annotations

import argparse

from attorn.cli import mandate_terms
from attorn.cli.command import Commands, Result, command
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.redacting import redact
from attorn.words import whole


def add(family: Commands) -> None:
    """Add `redact` to the forms of `mandate`."""
    parser = command(
        family,
        "redact",
        "keep back entries of what a mandate allows, or the checkout; prints the mandate",
        _redact,
        "Nothing gets wider: what is not shown is not allowed. It takes no key. Only the\n"
        "last mandate of a chain, and one before a mandate by --binding jwt-hash.",
    )
    parser.add_argument("token", metavar="MANDATE", help=mandate_terms.HOW_GIVEN)
    parser.add_argument(
        "--hide",
        metavar="PATH",
        action="append",
        required=True,
        help="what to keep back, as show lists it, like constraints/0/allowed/1 (repeatable)",
    )
    parser.add_argument("--position", metavar="N", help="of the mandate at this place of its chain (default: the last)")
    parser.add_argument(
        "--unit", choices=tuple(map(str, Unit)), default=str(Unit.MINOR), help="what a budget counts (default: minor)"
    )
    mandate_terms.add_claim(parser)


def _redact(arguments: argparse.Namespace) -> Result:
    text = redact(
        mandate_terms.mandate_text(arguments.token),
        [_pointer(each) for each in arguments.hide],
        position=None if arguments.position is None else whole(arguments.position, "--position"),
        claim=arguments.claim,
        unit=Unit(arguments.unit),
    )
    return Result(text, {"mandate": text})


def _pointer(path: str) -> list[str | int | None]:
    """A path as `show` writes it: numbers go into lists."""
    return [int(step) if step.isascii() and step.isdecimal() and len(step) < 9 else step for step in path.split("/")]
