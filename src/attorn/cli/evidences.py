"""`attorn mandate evidence`: a purchase kept in one file, and what that file shows to a third party."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Final

from attorn.approval import ApprovalRequired
from attorn.canonical import JsonValue
from attorn.cli import mandate_terms, mandate_view, mandate_words, network, source
from attorn.cli.command import Commands, Parser, Result, command
from attorn.cli.exits import Exit
from attorn.cli.inspection import colour
from attorn.cli.mandate_verification import add_policy, known, list_issuers, trusted
from attorn.cli.output import write
from attorn.display import Colour, line, painted, stamp
from attorn.errors import (
    Denied,
    EngineError,
    InputError,
    MalformedError,
    StaleError,
    UnavailableError,
    UntrustedRootError,
)
from attorn.evidence import Evidence, Finding, Findings, Point, Presented, Shown, verify
from attorn.evidence.evidence import MOST_BYTES, read_request
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.verified import VerifiedChain
from attorn.words import instant, span, whole

_DENIED: Final = frozenset({Denied.code, ApprovalRequired.code})
_OPTIONS: Final = {
    Point.CHECKOUT: "merchant",
    Point.PAYMENT: "merchant",
    Point.CHECKOUT_RECEIPT: "merchant",
    Point.PAYMENT_RECEIPT: "processor",
    Point.PRESENTATION: "root",
}
"""Which option says whose signature counts there."""
_UNDECIDED: Final = frozenset({UnavailableError.code, StaleError.code, EngineError.code})


def add(family: Commands) -> None:
    """Add `evidence` with its forms to those of `mandate`."""
    forms = family.add_parser("evidence", help="keep a purchase in one file, and see what it shows").add_subparsers(
        dest="act", metavar="ACT", required=True, parser_class=Parser
    )
    _add_keep(forms)
    _add_verify(forms)


def _add_keep(forms: Commands) -> None:
    parser = command(
        forms,
        "keep",
        "put all that was shown for a purchase into one file; prints it",
        _keep,
        "To the byte, and as of now: keep it when the purchase is made.",
    )
    for name, who in (("checkout", "the merchant"), ("payment", "the processor")):
        parser.add_argument(f"--{name}", metavar="MANDATE", help=f"the {name} mandate: {mandate_terms.HOW_GIVEN}")
        parser.add_argument(f"--{name}-audience", metavar="TEXT", help="whom it was shown to")
        parser.add_argument(f"--{name}-nonce", metavar="TEXT", help="what they had asked to be answered")
        parser.add_argument(f"--{name}-receipt", metavar="FILE", help=f"what {who} said of it")
    parser.add_argument(
        "--checkout-jwt", metavar="JWT", help="instead of --checkout, where the user signed a payment alone"
    )
    parser.add_argument("--presentation", metavar="FILE", help="the token that it was bought with, as it was shown")
    parser.add_argument("--presentation-audience", metavar="TEXT", help="whom it was shown to")
    parser.add_argument(
        "--presentation-request", metavar="FILE", help="what it was shown for, as JSON: action, resource, args, cost"
    )
    parser.add_argument(
        "--fetched",
        nargs=2,
        metavar=("URL", "FILE"),
        action="append",
        default=[],
        help="a status list, a DID document or its log (repeatable)",
    )
    parser.add_argument("--as-of", metavar="TIME", help="when it was judged, like 2026-11-21T18:00:00Z (default: now)")


def _add_verify(forms: Commands) -> None:
    parser = command(
        forms,
        "verify",
        "say what evidence shows as of its time, point by point",
        _verify,
        "Offline, by the files in it. Whom to believe is yours to say. It cannot show that\nnothing was used twice.",
    )
    parser.add_argument("document", metavar="EVIDENCE", help="a file's name, or - for standard input")
    parser.add_argument(
        "--anchor", metavar="WHO", action="append", required=True, help="a trusted user: a DID, or a JWK in a file"
    )
    for name, what in (("merchant", "a shop, and its"), ("processor", "who signs receipts of payments, and its")):
        parser.add_argument(
            f"--{name}", metavar="ID=WHO", action="append", default=[], help=f"{what} DID or JWK (repeatable)"
        )
    parser.add_argument(
        "--root", metavar="DID", action="append", default=[], help="a trusted user of a token (repeatable)"
    )
    parser.add_argument(
        "--trust-file",
        metavar="URL",
        action="append",
        default=[],
        help="a did:web document in it that you know to be right (repeatable)",
    )
    add_policy(parser)
    parser.add_argument(
        "--delay", metavar="SPAN", default="5m", help="how long after the verdict a receipt may be (default: 5m)"
    )
    parser.add_argument("--network", action="store_true", help="ask the servers that DIDs name today, over https")
    mandate_terms.add_claim(parser)


def _keep(arguments: argparse.Namespace) -> Result:
    at = datetime.now(UTC) if arguments.as_of is None else instant(arguments.as_of, "--as-of")
    jwt = arguments.checkout_jwt
    kept = Evidence(
        at=at,
        checkout=_shown(arguments, "checkout"),
        payment=_shown(arguments, "payment"),
        checkout_jwt=None if jwt is None else mandate_terms.jwt_text(jwt),
        presentation=_presented(arguments),
        files={url: source.file(path, "fetched", MOST_BYTES) for url, path in arguments.fetched},
    )
    text = kept.encode().decode("utf-8")
    return Result(text, {"evidence": text, "at": stamp(kept.at)})


def _shown(arguments: argparse.Namespace, name: str) -> Shown | None:
    mandate, audience, nonce, receipt = (
        getattr(arguments, each) for each in (name, f"{name}_audience", f"{name}_nonce", f"{name}_receipt")
    )
    if mandate is None:
        if (audience, nonce, receipt) != (None, None, None):
            raise InputError(f"--{name}-audience, -nonce and -receipt go with --{name}")
        return None
    if audience is None or nonce is None:
        raise InputError(f"--{name} goes with --{name}-audience and --{name}-nonce")
    told = None if receipt is None else source.token_text(receipt, what="receipt")
    return Shown(mandate_terms.mandate_text(mandate), audience, nonce, told)


def _presented(arguments: argparse.Namespace) -> Presented | None:
    wire, audience, request = (
        getattr(arguments, name) for name in ("presentation", "presentation_audience", "presentation_request")
    )
    if wire is None and audience is None and request is None:
        return None
    if wire is None or audience is None or request is None:
        raise InputError("--presentation, --presentation-audience and --presentation-request go together")
    text, members = source.token_text(wire, what="presentation"), mandate_terms.document(request, "request")
    try:
        return Presented(text, audience, read_request(members))
    except MalformedError as error:
        raise InputError(str(error)) from None


def _verify(arguments: argparse.Namespace) -> Result:
    path = arguments.document
    content = source.standard_input(MOST_BYTES) if path == "-" else source.file(path, "evidence", MOST_BYTES)
    # A newline is what a shell adds to what it writes to a file.
    evidence = Evidence.read(content.removesuffix(b"\n"))
    found = verify(
        evidence,
        anchors=[trusted(each, "--anchor") for each in arguments.anchor],
        merchants=[known(each, "--merchant") for each in arguments.merchant],
        processors=[known(each, "--processor") for each in arguments.processor],
        roots=arguments.root,
        credentials=arguments.credential,
        status_issuers=list_issuers(arguments),
        unit=Unit(arguments.unit),
        claim=arguments.claim,
        redelegations=whole(arguments.redelegations, "--redelegations"),
        age=span(arguments.age, "--age"),
        skew=span(arguments.skew, "--skew"),
        staleness=span(arguments.staleness, "--staleness"),
        delay=span(arguments.delay, "--delay"),
        resolver=network.resolver(network.transport()) if arguments.network else None,
        trusted_files=arguments.trust_file,
    )
    return _told(evidence, found, arguments)


def _told(evidence: Evidence, found: Findings, arguments: argparse.Namespace) -> Result:
    word, shade = ("HOLDS", Colour.GREEN) if found.holds else ("DOES NOT HOLD", Colour.RED)
    receipts = [("checkout", found.checkout_receipt), ("payment", found.payment_receipt)]
    failed = any(each is not None and each.receipt.failure is not None for _, each in receipts)
    what = "a purchase that failed" if failed else "a purchase"
    rows = [f"{painted(word, shade, colour())} evidence of {what}, as of {stamp(evidence.at)}"]
    points = [(each, _detail(each, arguments)) for each in found.points]
    rows += [f"  {each.point:<17} {_verdict(each, detail)}" for each, detail in points]
    data: dict[str, JsonValue] = {
        "at": stamp(evidence.at),
        "purchase_failed": failed,
        "points": [{"point": str(each.point), "code": each.code, "detail": detail} for each, detail in points],
    }
    checked = found.payment if found.checkout is None else found.checkout
    if checked is not None:
        rows += mandate_words.bought(checked.checkout)
        data["cart"] = mandate_words.bought_json(checked.checkout)
    for name, chain in _chains(found):
        rows += [f"{name} mandate", mandate_view.draw(chain)]
        data[name] = mandate_view.chain_json(chain)
    for name, receipt in receipts:
        if receipt is not None:
            rows += mandate_words.receipt(name, receipt)
            data[f"{name}_receipt"] = mandate_words.receipt_json(receipt)
    if found.holds:
        return Result("\n".join(rows), data)
    first, detail = next((each, detail) for each, detail in points if not each.holds)
    write(sys.stderr, f"attorn: {first.code}: evidence: {first.point}: {line(detail)}")
    data["error"] = {"code": first.code, "message": detail, "step": None}
    return Result("\n".join(rows), data, _exit(found))


def _chains(found: Findings) -> list[tuple[str, VerifiedChain]]:
    checked = (("checkout", found.checkout), ("payment", found.payment))
    return [(name, each.chain) for name, each in checked if each is not None]


def _verdict(finding: Finding, detail: str) -> str:
    return "holds" if finding.code is None else f"{finding.code}: {line(detail)}"


def _detail(finding: Finding, arguments: argparse.Namespace) -> str:
    """What was found, and which option is missing where nobody could be believed."""
    option = _OPTIONS.get(finding.point)
    if finding.code != UntrustedRootError.code or option is None or getattr(arguments, option):
        return finding.detail
    return f"{finding.detail} (no --{option} is given)"


def _exit(found: Findings) -> Exit:
    """Invalid if anything is, else denied if anything is, else undecided."""
    codes = {each.code for each in found.failed}
    if codes - _DENIED - _UNDECIDED:
        return Exit.INVALID
    return Exit.DENIED if codes & _DENIED else Exit.UNDECIDED
