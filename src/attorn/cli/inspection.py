"""`attorn inspect`: what a token or presentation claims, without believing it."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack

from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.cli import source
from attorn.cli.chains import Accompanied, links_json, receive
from attorn.cli.command import Commands, Result, command
from attorn.cli.families import SUMMARIES
from attorn.display import line, stamp
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.limits import Limits
from attorn.store import MemoryStore, SQLiteStore
from attorn.token.presentation import Presentation
from attorn.token.token import Token
from attorn.tree import draw, until
from attorn.verify.exposure import Exposure
from attorn.verify.verifier import Verifier
from attorn.words import span


def add(commands: Commands) -> None:
    """Add `inspect`."""
    parser = command(commands, "inspect", SUMMARIES["inspect"], _inspect)
    parser.add_argument("token", metavar="TOKEN", help=source.HOW_GIVEN)
    parser.add_argument(
        "--exposure", action="store_true", help="say the worst that can happen after a revocation; checks signatures"
    )
    parser.add_argument("--store", metavar="FILE.db", help="with --exposure: what is used up, from this SQLite file")
    parser.add_argument(
        "--staleness",
        metavar="TIME",
        help="with --exposure: how old a list the verifier accepts, like 5m (its default)",
    )


def colour() -> bool:
    """Whether standard output is a terminal whose user did not ask for no colours (no-color.org)."""
    if sys.stdout is None or not sys.stdout.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _inspect(arguments: argparse.Namespace) -> Result:
    if not arguments.exposure and (arguments.store, arguments.staleness) != (None, None):
        raise InputError("--store and --staleness go with --exposure")
    given = source.token_text(arguments.token)
    chain = receive(given)
    text, presented = draw(chain.links, colour=colour()), chain.presentation
    beside = chain.macaroon
    end = until(chain.links)
    data: dict[str, JsonValue] = {
        "verified": False,
        "kind": "token" if presented is None else "presentation",
        "format": "biscuit" if beside is None else "macaroon",
        "root": chain.links[0].delegator,
        "holder": chain.links[-1].delegate,
        "until": None if end is None else stamp(end[0]),
        "links": links_json(chain.links),
    }
    if beside is not None:
        text += "\n" + _beside(beside)
        data["macaroon"] = {
            "key": beside.key,
            "third_parties": beside.third_parties,
            "discharges": beside.discharges,
        }
    if presented is None:
        text += "\nIn transit: of no use without the holder's private key."
        if arguments.exposure:
            exposed = _exposure(arguments, given)
            text += f"\nExposure {exposed.explain()}"
            data["exposure"] = _exposure_json(exposed)
    else:
        if arguments.exposure:
            raise InputError("--exposure: expected a token in transit, got a presentation")
        text += "\n" + _words(presented)
        data["presentation"] = _json(presented)
    return Result(text, data)


def _beside(macaroon: Accompanied) -> str:
    made = "no key as attorn names them" if macaroon.key is None else f"key {macaroon.key}"
    return f"Macaroon made with {made}; third parties {macaroon.third_parties}, discharges {macaroon.discharges}"


def _exposure(arguments: argparse.Namespace, text: str) -> Exposure:
    limits = Limits() if arguments.staleness is None else Limits(staleness=span(arguments.staleness, "--staleness"))
    with ExitStack() as opened:
        store: MemoryStore | SQLiteStore = MemoryStore()
        if arguments.store is not None:
            store = SQLiteStore(source.existing_store(arguments.store))
            opened.callback(store.close)
        verifier = Verifier(audience="attorn inspect", roots=[], store=store, limits=limits)
        return verifier.exposure(Token.decode(text))


def _exposure_json(exposed: Exposure) -> dict[str, JsonValue]:
    return {
        "seconds": exposed.seconds,
        "uses": exposed.uses,
        "spend": [{"amount": money.amount, "currency": money.currency} for money in exposed.spend],
    }


def _words(presented: Presentation) -> str:
    rows = [
        f"Presented to {line(presented.audience)} for one request, once",
        f"   from      {stamp(moment(presented.start))}",
        f"   until     {stamp(moment(presented.stop))}",
        f"   request   sha-256 {base64url_encode(presented.digest)}",
    ]
    if presented.idempotency_key is not None:
        rows.append(f"   retry key {line(presented.idempotency_key)}")
    if presented.unverified_approvals:
        rows.append(f"   approvals {len(presented.unverified_approvals)}, not verified")
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
        "idempotency_key": presented.idempotency_key,
        "approvals": list(presented.unverified_approvals),
    }
