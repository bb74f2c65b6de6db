"""`attorn inspect`: what a token or presentation claims, without believing it."""

from __future__ import annotations

import argparse
import os
import sys

from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.cli import source
from attorn.cli.chains import links_json, receive
from attorn.cli.command import Commands, Result, command
from attorn.display import line, stamp
from attorn.encoding import base64url_encode
from attorn.token.presentation import Presentation
from attorn.tree import draw, until


def add(commands: Commands) -> None:
    """Add `inspect`."""
    parser = command(commands, "inspect", "draw what a token or presentation claims; verifies nothing", _inspect)
    parser.add_argument("token", metavar="TOKEN", help=source.HOW_GIVEN)


def colour() -> bool:
    """Whether standard output is a terminal whose user did not ask for no colours (no-color.org)."""
    if sys.stdout is None or not sys.stdout.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _inspect(arguments: argparse.Namespace) -> Result:
    chain = receive(source.token_text(arguments.token))
    text, presented = draw(chain.links, colour=colour()), chain.presentation
    end = until(chain.links)
    data: dict[str, JsonValue] = {
        "verified": False,
        "kind": "token" if presented is None else "presentation",
        "root": chain.links[0].delegator,
        "holder": chain.links[-1].delegate,
        "until": None if end is None else stamp(end[0]),
        "links": links_json(chain.links),
    }
    if presented is None:
        text += "\nIn transit: of no use without the holder's private key."
    else:
        text += "\n" + _words(presented)
        data["presentation"] = _json(presented)
    return Result(text, data)


def _words(presented: Presentation) -> str:
    rows = [
        f"Presented to {line(presented.audience)} for one request, once",
        f"   from      {stamp(moment(presented.start))}",
        f"   until     {stamp(moment(presented.stop))}",
        f"   request   sha-256 {base64url_encode(presented.digest)}",
    ]
    if presented.challenge is not None:
        rows.append(f"   challenge {line(presented.challenge)}")
    return "\n".join(rows)


def _json(presented: Presentation) -> dict[str, JsonValue]:
    return {
        "id": base64url_encode(presented.id),
        "audience": presented.audience,
        "request": base64url_encode(presented.digest),
        "from": stamp(moment(presented.start)),
        "until": stamp(moment(presented.stop)),
        "challenge": presented.challenge,
    }
