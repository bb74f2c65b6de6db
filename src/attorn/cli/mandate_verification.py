"""`attorn mandate verify`: one mandate in, a verdict out, with everybody who had a say in it."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from attorn import status
from attorn.canonical import JsonValue
from attorn.checkout.known_signer import KnownSigner
from attorn.cli import mandate_terms, mandate_view, mandate_words, network, source
from attorn.cli.command import Commands, Parser, Result, command
from attorn.cli.inspection import colour
from attorn.did.resolver import Resolver
from attorn.display import Colour, line, painted, shown, stamp
from attorn.errors import InputError
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.listed import by_lists
from attorn.mandate.policy import Status
from attorn.mandate.verified import VerifiedChain
from attorn.mandate.verifier import CheckedCheckout, CheckedPayment, MandateVerifier
from attorn.mandate.verifying import verify_held
from attorn.status import StatusList
from attorn.store import SQLiteStore
from attorn.words import instant, span, whole

_MOST_LIST: Final = 4 << 20
_ORDER: Final = "for a payment: the checkout mandate it is for, or its checkout_jwt"
_NOTE: Final = "Note: without --store, nothing is known of other uses, and this one is not remembered."
_WHO: Final = """\
The shop's signature under the checkout must be that of a --merchant, by its id.
What names a status list needs the list, from --list. With --store the mandate
is accepted, which uses it up; without, it is looked at, also --as-of another
time."""


def add(family: Commands) -> None:
    """Add `verify` to the forms of `mandate`."""
    parser = command(
        family, "verify", "say whether a mandate is genuine, for you, and within every limit", _verify, _WHO
    )
    parser.add_argument("token", metavar="MANDATE", help=mandate_terms.HOW_GIVEN)
    parser.add_argument(
        "--anchor", metavar="WHO", action="append", required=True, help="a trusted user: a DID, or a JWK in a file"
    )
    parser.add_argument("--held", action="store_true", help="an open one that you were handed, as its holder")
    parser.add_argument("--audience", metavar="TEXT", help="the name that mandates for you carry")
    parser.add_argument("--nonce", metavar="TEXT", help="what you asked to be answered")
    parser.add_argument(
        "--merchant", metavar="ID=WHO", action="append", default=[], help="a shop, and its DID or JWK (repeatable)"
    )
    parser.add_argument("--offered", metavar="JWT", help="for a checkout: the checkout_jwt that you offered last")
    parser.add_argument("--order", metavar="MANDATE", help=_ORDER)
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--as-of", metavar="TIME", help="look at it as at this time, like 2026-11-21T18:00:00Z")
    when.add_argument("--store", metavar="FILE.db", help="accept it, and remember that in this SQLite file")
    parser.add_argument(
        "--require", metavar="TYPE", action="append", default=[], help="a kind of limit that there must be (repeatable)"
    )
    parser.add_argument("--list", metavar="FILE", action="append", help="a signed status list (repeatable)")
    add_policy(parser)
    parser.add_argument("--unbound", action="store_true", help="take one that its user signed for nobody in particular")
    parser.add_argument("--network", action="store_true", help="ask the servers that DIDs name, over https")
    mandate_terms.add_claim(parser)


def add_policy(parser: Parser) -> None:
    """How strictly chains are judged, and by whose status lists."""
    parser.add_argument(
        "--list-issuer",
        metavar="URI=DID",
        action="append",
        default=[],
        help="who signs the list at URI, if not who signed the mandate",
    )
    parser.add_argument("--staleness", metavar="SPAN", default="1d", help="how old a list may be (default: 1d)")
    parser.add_argument("--age", metavar="SPAN", default="1h", help="how old a closed mandate may be (default: 1h)")
    parser.add_argument("--skew", metavar="SPAN", default="5m", help="how far clocks may differ (default: 5m)")
    parser.add_argument(
        "--unit", choices=tuple(map(str, Unit)), default=str(Unit.MINOR), help="what a budget counts (default: minor)"
    )
    parser.add_argument(
        "--redelegations",
        metavar="N",
        default="0",
        help="how often one may be handed on that does not say (0)",
    )
    parser.add_argument(
        "--credential", metavar="VCT", action="append", default=[], help="a credential that may come first (repeatable)"
    )


def _verify(arguments: argparse.Namespace) -> Result:
    text = mandate_terms.mandate_text(arguments.token)
    resolver = network.resolver(network.transport() if arguments.network else None)
    now = datetime.now(UTC) if arguments.as_of is None else instant(arguments.as_of, "--as-of").astimezone(UTC)
    anchors = [trusted(each, "--anchor") for each in arguments.anchor]
    checked = _status(arguments, resolver)
    redelegations = whole(arguments.redelegations, "--redelegations")
    if arguments.held:
        for name in ("audience", "nonce", "offered", "order", "store"):
            if getattr(arguments, name) is not None:
                raise InputError(f"--{name} is for a closed mandate")
        if arguments.require or arguments.unbound:
            raise InputError("--require and --unbound are for a closed mandate")
        chain = verify_held(
            text,
            anchors=anchors,
            now=now,
            resolver=resolver,
            credentials=arguments.credential,
            status=checked,
            unit=Unit(arguments.unit),
            claim=arguments.claim,
            redelegations=redelegations,
            skew=span(arguments.skew, "--skew"),
        )
        return _told(chain, None, now, accepted=False)
    if not arguments.audience or not arguments.nonce:
        # An unset shell variable must not turn a check off.
        raise InputError("mandate: expected --audience and --nonce, or --held for an open one")
    with ExitStack() as opened:
        store = None
        if arguments.store is not None:
            store = SQLiteStore(arguments.store)
            opened.callback(store.close)
        verifier = MandateVerifier(
            audience=arguments.audience,
            anchors=anchors,
            merchants=[known(each, "--merchant") for each in arguments.merchant],
            store=store,
            clock=lambda: now,
            resolver=resolver,
            credentials=arguments.credential,
            status=checked,
            unit=Unit(arguments.unit),
            claim=arguments.claim,
            redelegations=redelegations,
            required=arguments.require,
            unbound=arguments.unbound,
            age=span(arguments.age, "--age"),
            skew=span(arguments.skew, "--skew"),
        )
        found = _judged(verifier, text, arguments, now)
    return _told(found.chain, found, now, accepted=arguments.store is not None)


def _judged(
    verifier: MandateVerifier, text: str, arguments: argparse.Namespace, now: datetime
) -> CheckedCheckout | CheckedPayment:
    nonce, accept = arguments.nonce, arguments.store is not None
    if not arguments.merchant:
        # What is wrong with the mandate itself comes first.
        verifier.verify(text, nonce=nonce, now=now)
        raise InputError("--merchant is needed: who signs the checkout, like --merchant shop-1=shop.jwk")
    if arguments.order is not None:
        if arguments.offered is not None:
            raise InputError("--offered is for a checkout, --order for a payment")
        order = mandate_terms.mandate_text(arguments.order)
        if accept:
            return verifier.accept_payment(text, nonce=nonce, checkout=order)
        return verifier.check_payment(text, nonce=nonce, checkout=order, now=now)
    if verifier.verify(text, nonce=nonce, now=now).is_payment:
        raise InputError(f"--order is needed {_ORDER}")
    offered = None if arguments.offered is None else mandate_terms.jwt_text(arguments.offered)
    if accept:
        return verifier.accept_checkout(text, nonce=nonce, checkout_jwt=offered)
    return verifier.check_checkout(text, nonce=nonce, now=now, checkout_jwt=offered)


def _told(
    chain: VerifiedChain, found: CheckedCheckout | CheckedPayment | None, now: datetime, *, accepted: bool
) -> Result:
    kind = "payment" if chain.is_payment else "checkout"
    state = "open" if chain.closed is None else "closed"
    rows = [f"{painted('GENUINE', Colour.GREEN, colour())} {state} {kind} mandate, as of {stamp(now)}"]
    rows.append(f"by {line(mandate_view.signer_of(chain.hops[0]))}")
    if chain.closed is not None:
        rows.append("human present: signed by the user" if chain.human_present else _absent(chain))
    rows.append(mandate_view.draw(chain))
    data: dict[str, JsonValue] = {"at": stamp(now), "accepted": accepted, **mandate_view.chain_json(chain)}
    if found is not None:
        rows += mandate_words.bought(found.checkout)
        data["checkout"] = mandate_words.bought_json(found.checkout)
        if isinstance(found, CheckedPayment) and found.checkout_chain is not None:
            rows += ["ordered under", mandate_view.draw(found.checkout_chain)]
            data["order"] = mandate_view.chain_json(found.checkout_chain)
    if found is not None and not accepted:
        rows.append(_NOTE)
    return Result("\n".join(rows), data)


def _absent(chain: VerifiedChain) -> str:
    return f"human not present: closed by an agent, through {len(chain.opens)} open mandate(s)"


def trusted(given: str, name: str) -> str | dict[str, JsonValue]:
    """A DID as it is, or the public JWK in a file. Raises `InputError`."""
    return given if given.startswith("did:") else mandate_terms.document(given, name)


def known(given: str, name: str) -> KnownSigner:
    """Who signs as whom: `ID=WHO`. Raises `InputError`."""
    found, separator, who = given.partition("=")
    if not separator or not who:
        raise InputError(f"{name}: expected an id and a DID or a file, like m-1=shop.jwk, got {shown(given)}")
    return KnownSigner.of(found, trusted(who, name))


def list_issuers(arguments: argparse.Namespace) -> dict[str, str]:
    """Whose lists count, by their URIs. Raises `InputError`."""
    found = {}
    for given in arguments.list_issuer:
        uri, separator, did = given.rpartition("=")
        if not separator:
            raise InputError(f"--list-issuer: expected a URI and a DID, got {shown(given)}")
        found[uri] = did
    return found


def _status(arguments: argparse.Namespace, resolver: Resolver) -> Status:
    """What judges status entries by the lists at hand. Raises as `attorn.status.verify`."""
    issuers = list_issuers(arguments)
    staleness, skew = span(arguments.staleness, "--staleness"), span(arguments.skew, "--skew")
    at_hand: list[StatusList] = []
    for path in arguments.list or []:
        text = source.file(path, "status list", _MOST_LIST).decode("utf-8", "replace").strip(" \t\r\n")
        at_hand += status.verify(text, resolver)
    return by_lists(lambda: at_hand, staleness=staleness, issuers=issuers, skew=skew)
