"""`attorn audit`: whether a log is whole, and what is in it. Every form verifies the log it reads, from its start."""

from __future__ import annotations

import argparse
import json
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from attorn.audit import JsonLinesLog, Log, Receipt, SQLiteLog, receipts, verify
from attorn.audit.alerts import Alert, fast_rate, many_denials, unusual_hours
from attorn.audit.checkpoint import MOST_CHARACTERS
from attorn.audit.orphans import Orphan, orphans
from attorn.audit.queries import between, by_agent, by_resource, by_user
from attorn.audit.review import Unused, review
from attorn.canonical import JsonValue
from attorn.caveat.counted import TOTAL
from attorn.caveat.validity import moment
from attorn.cli import source
from attorn.cli.chains import receive
from attorn.cli.command import Commands, Parser, Result, command
from attorn.cli.exits import Exit
from attorn.cli.families import SUMMARIES
from attorn.clock import LATEST, read, system_clock
from attorn.display import line, stamp
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.store import SQLiteStore
from attorn.words import instant, whole

_UNSPENT: Final = ("unit", "period", "limit", "used", "left")
_NOBODY: Final = "nobody: it could not be read"
_UNVERIFIED: Final = "Note: the links are as the tokens claim them; only the log was verified."


def add(commands: Commands) -> None:
    """Add `audit` with its forms."""
    family = commands.add_parser("audit", help=SUMMARIES["audit"]).add_subparsers(
        dest="form", metavar="FORM", required=True, parser_class=Parser
    )
    _add_log(command(family, "verify", "say whether a log is whole, or which receipt shows that it is not", _verify))
    head = command(
        family,
        "head",
        "print the log's checkpoint, to be kept elsewhere",
        _head,
        "Whoever has an older one can tell whether the log still holds all that it held then: --expect.",
    )
    _add_log(head)
    show = command(family, "show", "show receipts, the newest last", _show)
    _add_log(show)
    show.add_argument("--user", metavar="DID", help="only for this user")
    show.add_argument("--agent", metavar="DID", help="only with this agent in the chain, wherever")
    show.add_argument("--resource", metavar="R", help="only on this resource and below it")
    show.add_argument("--since", metavar="TIME", help="like 2026-11-21T18:00:00Z")
    show.add_argument("--until", metavar="TIME", help="before this time")
    show.add_argument("--last", metavar="N", default="100", help="at most so many (default: 100)")
    alerts = command(
        family,
        "alerts",
        "run the alert rules over a log",
        _alerts,
        "Rules, by holder: 10 denials in 5 minutes; more than 3 times the usual rate; use at unusual hours.",
    )
    _add_log(alerts)
    scope = command(family, "review", "say which granted actions nobody used, by link", _review)
    _add_log(scope)
    scope.add_argument("tokens", metavar="TOKEN", nargs="+", help="what was granted; " + source.HOW_GIVEN)
    scope.add_argument("--days", metavar="N", default="30", help="in the last so many days (default: 30)")
    left = command(
        family,
        "orphans",
        "say which links a principal that is gone leaves behind, and what was unspent of them",
        _orphans,
        "The links that were given to it or delegated from there, as far as they were ever used.",
    )
    _add_log(left)
    left.add_argument("--principal", metavar="DID", required=True, help="who is gone")
    left.add_argument("--store", metavar="FILE.db", required=True, help="the SQLite file that uses were charged in")


def _add_log(parser: Parser) -> None:
    parser.add_argument("log", metavar="LOG", help="the log: a file of JSON lines or a SQLite file")
    parser.add_argument("--by", metavar="DID", action="append", required=True, help="who signs in it (repeatable)")
    parser.add_argument("--expect", metavar="CHECKPOINT", help="one kept from before: its text, or a file's name")


def _open(path: str) -> Log:
    """The log in a file, which must be there. Raises `InputError`."""
    return SQLiteLog(path) if source.is_sqlite(path, "log") else JsonLinesLog(path)


def _expected(arguments: argparse.Namespace) -> str | None:
    given: str | None = arguments.expect
    if given is None or len(given) > source.LONGEST_NAME:
        return given
    return source.file(given, "checkpoint", MOST_CHARACTERS + 2).decode("ascii", "replace").strip(" \t\r\n")


def _receipts(arguments: argparse.Namespace) -> Iterator[Receipt]:
    return receipts(_open(arguments.log), by=arguments.by, expect=_expected(arguments))


def _verify(arguments: argparse.Namespace) -> Result:
    head = verify(_open(arguments.log), by=arguments.by, expect=_expected(arguments))
    digest = base64url_encode(head.digest)
    rows = [f"WHOLE {head.count} receipts, the last with sha-256 {digest}"]
    if arguments.expect is None:
        rows.append("Note: without --expect, a log that was replaced as a whole is not noticed.")
    return Result("\n".join(rows), {"count": head.count, "digest": digest, "expected": arguments.expect is not None})


def _head(arguments: argparse.Namespace) -> Result:
    point = verify(_open(arguments.log), by=arguments.by, expect=_expected(arguments)).checkpoint
    if point is None:
        raise InputError("log: it has no checkpoint yet")
    text = point.encode()
    return Result(text, {"checkpoint": text, "count": point.count, "by": point.by, "at": stamp(moment(point.at))})


def _show(arguments: argparse.Namespace) -> Result:
    last = whole(arguments.last, "--last")
    found = _receipts(arguments)
    if arguments.user is not None:
        found = by_user(found, arguments.user)
    if arguments.agent is not None:
        found = by_agent(found, arguments.agent)
    if arguments.resource is not None:
        found = by_resource(found, arguments.resource)
    since = moment(0) if arguments.since is None else instant(arguments.since, "--since")
    until = moment(LATEST) if arguments.until is None else instant(arguments.until, "--until")
    # To its end, even where nothing of it is shown: only then it is known to be whole.
    kept = deque(between(found, since, until), maxlen=min(last, 10**6))
    rows = [row for receipt in kept for row in _rows(receipt)] or ["no receipts"]
    return Result("\n".join(rows), {"receipts": [json.loads(receipt.encode()) for receipt in kept]})


def _rows(receipt: Receipt) -> list[str]:
    where = "".join(
        f" {what} {number}"
        for what, number in (("at step", receipt.step), ("by link", receipt.link))
        if number is not None
    )
    claimed = "" if receipt.genuine else " (only claimed)"
    through = ", ".join(hop.delegate for hop in receipt.chain)
    whom = _NOBODY if receipt.root is None else f"{receipt.root} through {through}{claimed}"
    rows = [
        f"#{receipt.sequence} {stamp(moment(receipt.at))} {receipt.verdict}{where}: "
        + line(f"{receipt.action} on {receipt.resource}"),
        f"   for {line(whom)}",
    ]
    charges = ", ".join(f"{charge.amount} {charge.unit} to link {charge.link}" for charge in receipt.charges)
    if charges:
        rows.append(f"   charged {line(charges)}" + (" before: a retry" if receipt.retry else ""))
    return rows


def _alerts(arguments: argparse.Namespace) -> Result:
    found: list[Alert] = []
    for rule in (many_denials, fast_rate, unusual_hours):
        # Read again for each: a log may be larger than memory.
        found += rule(_receipts(arguments))
    found.sort(key=lambda alert: alert.sequence)
    rows = [
        f"{alert.rule} {stamp(moment(alert.at))} #{alert.sequence} {line(alert.holder or 'nobody')}: {alert.what}"
        + (" (only claimed)" if alert.claimed else "")
        for alert in found
    ]
    data: list[JsonValue] = [
        {
            "rule": alert.rule,
            "holder": alert.holder,
            "at": stamp(moment(alert.at)),
            "sequence": alert.sequence,
            "what": alert.what,
            "claimed": alert.claimed,
        }
        for alert in found
    ]
    return Result("\n".join(rows or ["no alerts"]), {"alerts": data}, Exit.NOT_AS_TOLD if found else Exit.OK)


def _review(arguments: argparse.Namespace) -> Result:
    days = whole(arguments.days, "--days")
    chains = [receive(source.token_text(text)).links for text in arguments.tokens]
    found = review(chains, _receipts(arguments), days=days, now=read(system_clock))
    rows = [_unused_row(unused, days) for unused in found] or [
        f"no link older than {days} days grants what nobody used since"
    ]
    data: list[JsonValue] = [
        {
            "link": base64url_encode(unused.link),
            "delegator": unused.delegator,
            "delegate": unused.delegate,
            "issued": stamp(unused.issued),
            "actions": list(unused.actions),
        }
        for unused in found
    ]
    return Result("\n".join([*rows, _UNVERIFIED]), {"days": days, "unused": data})


def _orphans(arguments: argparse.Namespace) -> Result:
    with closing(SQLiteStore(source.existing_store(arguments.store))) as ledger:
        found = orphans(_receipts(arguments), arguments.principal, ledger)
    rows = [row for orphan in found for row in _orphan_rows(orphan)] or ["no link of its was ever used"]
    data: list[JsonValue] = [
        {
            "link": base64url_encode(orphan.link),
            "delegator": orphan.delegator,
            "delegate": orphan.delegate,
            "unspent": [{name: getattr(limit, name) for name in _UNSPENT} for limit in orphan.unspent],
        }
        for orphan in found
    ]
    return Result("\n".join(rows), {"principal": arguments.principal, "orphans": data})


def _orphan_rows(orphan: Orphan) -> list[str]:
    rows = [line(f"{orphan.delegator} -> {orphan.delegate} (link id {base64url_encode(orphan.link)})")]
    for limit in orphan.unspent:
        period = "in all" if limit.period == TOTAL else f"per {limit.period}"
        rows.append("   " + line(f"{limit.left} of {limit.limit} {limit.unit} {period} unspent"))
    return rows


def _unused_row(unused: Unused, days: int) -> str:
    head = f"{unused.delegator} -> {unused.delegate} (link id {base64url_encode(unused.link)})"
    return f"{line(head)}\n   not used in {days} days: {line(', '.join(unused.actions))}"
