"""`attorn verify`: one presentation and one request in, a decision out."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from typing import Final

from attorn.canonical import JsonValue
from attorn.cli import network, requests, source
from attorn.cli.chains import links_json
from attorn.cli.command import Commands, Result, command
from attorn.cli.families import SUMMARIES
from attorn.cli.inspection import colour
from attorn.did.resolver import Resolver
from attorn.display import Colour, line, painted, stamp
from attorn.errors import DeprovisionedError, InputError, RollbackError, VerificationError
from attorn.macaroon import MacKey
from attorn.store import MemoryStore, SQLiteStore
from attorn.tree import draw
from attorn.verify.verifier import Verifier

_MOST_REVOCATIONS: Final = 8 * 1024 * 1024
_THIS_RUN: Final = "this run only"
_NOTE: Final = "Note: without --store, replays, uses and budgets are only seen within this one run."


def add(commands: Commands) -> None:
    """Add `verify`."""
    parser = command(commands, "verify", SUMMARIES["verify"], _verify)
    parser.add_argument("token", metavar="PRESENTATION", help=source.HOW_GIVEN)
    parser.add_argument("--root", metavar="DID", action="append", required=True, help="a trusted user (repeatable)")
    parser.add_argument("--audience", required=True, help="the name that presentations for you carry")
    requests.add(parser)
    parser.add_argument("--challenge", help="the text that you asked to be answered")
    parser.add_argument("--store", metavar="FILE.db", help="remember replays, revocations and uses in this SQLite file")
    parser.add_argument("--revocations", metavar="FILE", help="honour these entries and lists, one on each line")
    parser.add_argument(
        "--authority",
        metavar="DID",
        action="append",
        default=[],
        help="may suspend any principal, and end it (repeatable)",
    )
    parser.add_argument(
        "--macaroon-key",
        metavar="FILE",
        action="append",
        default=[],
        help="take Macaroons on bases that this key issued (repeatable)",
    )
    parser.add_argument(
        "--network", action="store_true", help="ask the servers that a did:web or did:webvh names, over https"
    )


def _verify(arguments: argparse.Namespace) -> Result:
    request = requests.build(arguments)
    if arguments.challenge == "":
        # An unset shell variable must not turn the check off.
        raise InputError("--challenge: expected a text that is not empty")
    keys = [MacKey.load(path) for path in arguments.macaroon_key]
    resolver = network.resolver(network.transport() if arguments.network else None)
    with ExitStack() as opened:
        store: MemoryStore | SQLiteStore = MemoryStore()
        if arguments.store is not None:
            store = SQLiteStore(arguments.store)
            opened.callback(store.close)
        verifier = Verifier(
            audience=arguments.audience,
            roots=arguments.root,
            store=store,
            authorities=arguments.authority,
            macaroon_keys=keys,
            resolver=resolver,
        )
        if arguments.revocations is not None:
            apply_revocations(store, arguments.revocations, resolver)
        access = verifier.authorize(source.token_text(arguments.token), request, challenge=arguments.challenge)
    on = colour()
    rows = [
        f"{painted('ALLOWED', Colour.GREEN, on)} {line(request.action)} on {line(request.resource)}",
        draw(access.chain, colour=on, verified=True),
    ]
    if arguments.store is None:
        rows.append(_NOTE)
    data: dict[str, JsonValue] = {
        "allowed": True,
        "root": access.root,
        "holder": access.holder,
        "audience": access.audience,
        "at": stamp(access.at),
        "request": requests.to_json(request),
        "links": links_json(access.chain),
        "memory": _THIS_RUN if arguments.store is None else "store",
    }
    return Result("\n".join(rows), data)


def apply_revocations(store: MemoryStore | SQLiteStore, path: str, resolver: Resolver) -> None:
    """Apply every line of the file, or refuse to go on: a revocation that was not understood must not be lost."""
    content = source.file(path, "revocations", _MOST_REVOCATIONS).decode("ascii", "replace")
    for number, text in enumerate(content.split("\n"), start=1):
        entry = text.strip(" \t\r")
        if not entry:
            continue
        try:
            store.apply(entry, resolver=resolver)
        except (RollbackError, DeprovisionedError):
            # Something newer by the same signer is known already, from this file or from the store.
            continue
        except VerificationError as error:
            raise InputError(f"revocations: line {number}: {error}") from None
