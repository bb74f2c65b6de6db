"""`attorn mandate`: what users, agents and shops sign for a purchase (AP2 v0.2)."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout import signed
from attorn.cli import (
    evidences,
    lists,
    logs,
    mandate_redacting,
    mandate_terms,
    mandate_verification,
    mandate_view,
    network,
    passphrase,
    signers,
)
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.document import Relationship
from attorn.did.only_key import only_key_of
from attorn.did.resolver import live_document
from attorn.display import stamp
from attorn.errors import InputError
from attorn.identity import Identity
from attorn.keys.ec_key import EcKey
from attorn.keys.public import Algorithm
from attorn.mandate import appending, content, issuing, wire
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.appending import Binding
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import Content, Open
from attorn.mandate.hop import UnverifiedHop
from attorn.sdjwt.digest import HashAlgorithm
from attorn.status import TokenReference
from attorn.words import whole

_BINDINGS: Final = {"sd-hash": Binding.SD_HASH, "jwt-hash": Binding.JWT_HASH}


def add(commands: Commands) -> None:
    """Add `mandate` with its forms."""
    family = commands.add_parser("mandate", help=SUMMARIES["mandate"]).add_subparsers(
        dest="form", metavar="FORM", required=True, parser_class=Parser
    )
    _add_issue(family)
    _add_delegate(family)
    _add_close(family)
    mandate_verification.add(family)
    mandate_view.add(family)
    mandate_redacting.add(family)
    _add_checkout(family)
    evidences.add(family)


def _add_issue(family: Commands) -> None:
    parser = command(
        family,
        "issue",
        "sign a mandate as the user; prints it",
        _issue,
        "An open one for an agent, --to, that may buy within its limits until it\n"
        "expires. Or, being present, a closed one for a single purchase, --audience and\n--nonce.",
    )
    mandate_terms.add_content(parser)
    mandate_terms.add_limits(parser)
    mandate_terms.add_purchase(parser, beside=True)
    _add_holder(parser, required=False)
    _add_bound(parser, required=False, what="of a closed one: ")
    _add_status(parser)
    mandate_terms.add_claim(parser)
    add_key(parser)


def _add_delegate(family: Commands) -> None:
    parser = command(
        family,
        "delegate",
        "hand an open mandate on to another agent, narrowed; prints it",
        _delegate,
        "What is not said stays as it was. Nothing can be allowed that was not before.",
    )
    parser.add_argument("token", metavar="MANDATE", help=f"the open mandate: {mandate_terms.HOW_GIVEN}")
    mandate_terms.add_content(parser)
    mandate_terms.add_limits(parser)
    _add_holder(parser, required=True)
    _add_bound(parser, required=True, what="to know that it is new: ")
    _add_binding(parser)
    _add_status(parser)
    mandate_terms.add_claim(parser)
    add_key(parser)


def _add_close(family: Commands) -> None:
    parser = command(
        family,
        "close",
        "use an open mandate for one purchase; prints the chain",
        _close,
        "For one audience, once. Whether the purchase is within the limits is for that\naudience to say.",
    )
    parser.add_argument("token", metavar="MANDATE", help=f"the open mandate: {mandate_terms.HOW_GIVEN}")
    mandate_terms.add_content(parser)
    mandate_terms.add_purchase(parser)
    mandate_terms.add_expiry(parser)
    _add_bound(parser, required=True, what="")
    _add_binding(parser)
    mandate_terms.add_claim(parser)
    add_key(parser)


def _add_checkout(family: Commands) -> None:
    parser = command(
        family, "checkout", "sign a checkout as its merchant, by a P-256 key; prints the checkout_jwt", _checkout
    )
    parser.add_argument("document", metavar="CHECKOUT", help="the UCP checkout in JSON: a file's name, or -")
    add_key(parser)


def _add_holder(parser: Parser, *, required: bool) -> None:
    group = parser.add_argument_group("who may use it")
    group.add_argument("--to", metavar="DID", required=required, help="the agent, whose key must be of P-256")
    group.add_argument("--redelegations", metavar="N", default="0", help="how often it may be handed on (default: 0)")
    group.add_argument("--network", action="store_true", help="ask the server that the agent's DID names, over https")
    mandate_terms.add_expiry(parser)


def _add_bound(parser: Parser, *, required: bool, what: str) -> None:
    parser.add_argument("--audience", metavar="TEXT", required=required, help=f"{what}whom it is for")
    parser.add_argument("--nonce", metavar="TEXT", required=required, help=f"{what}what they asked to be answered")


def _add_binding(parser: Parser) -> None:
    parser.add_argument(
        "--binding",
        choices=tuple(_BINDINGS),
        default="sd-hash",
        help="to the mandate as it is shown, or (jwt-hash) so that less of it can be shown later (default: sd-hash)",
    )


def _add_status(parser: Parser) -> None:
    status = parser.add_mutually_exclusive_group()
    status.add_argument("--status", metavar="URI#N", help="it can be revoked by entry N of the token list at URI")
    made = "made by attorn vc status --kind token"
    status.add_argument("--status-list", metavar="FILE", help=f"give it an entry of your list in this file, {made}")


def _issue(arguments: argparse.Namespace) -> Result:
    bound = [name for name in ("audience", "nonce") if getattr(arguments, name) is not None]
    if arguments.to is not None and not bound:
        return _issue_open(arguments)
    if arguments.to is not None or len(bound) != 2:
        raise InputError("mandate: expected --to for an open mandate, or else --audience and --nonce for a closed one")
    for name, default in (("redelegations", "0"), ("network", False)):
        if getattr(arguments, name) != default:
            raise InputError(f"--{name} is for an open mandate")
    said = mandate_terms.closed(arguments)
    now, by = datetime.now(UTC), passphrase.identity(arguments)
    with ExitStack() as kept:
        status = _status(arguments, kept)
        text = issuing.issue_closed(
            said,
            by=by,
            audience=arguments.audience,
            nonce=arguments.nonce,
            now=now,
            expires=mandate_terms.expiry(arguments, now),
            status=status,
            kid=_kid(arguments, by),
            claim=arguments.claim,
        )
    return _told(text, said, by, status)


def _issue_open(arguments: argparse.Namespace) -> Result:
    if arguments.checkout is not None or arguments.pay is not None:
        raise InputError("--checkout and --pay are for a closed mandate")
    said = mandate_terms.opened(arguments)
    now = datetime.now(UTC)
    expires, redelegations = _end(arguments, now), whole(arguments.redelegations, "--redelegations")
    to, by = _agent(arguments), passphrase.identity(arguments)
    with ExitStack() as kept:
        status = _status(arguments, kept)
        text = issuing.issue(
            said,
            by=by,
            to=to,
            now=now,
            expires=expires,
            redelegations=redelegations,
            status=status,
            kid=_kid(arguments, by),
            claim=arguments.claim,
        )
    return _told(text, said, by, status, to=arguments.to, expires=stamp(expires))


def _delegate(arguments: argparse.Namespace) -> Result:
    chain = mandate_terms.mandate_text(arguments.token)
    said = mandate_terms.opened(arguments, _parent(chain, arguments.claim))
    now = datetime.now(UTC)
    expires, redelegations = _end(arguments, now), whole(arguments.redelegations, "--redelegations")
    to, by = _agent(arguments), passphrase.identity(arguments)
    with ExitStack() as kept:
        status = _status(arguments, kept)
        text = appending.delegate(
            chain,
            said,
            by=by,
            to=to,
            audience=arguments.audience,
            nonce=arguments.nonce,
            now=now,
            expires=expires,
            redelegations=redelegations,
            status=status,
            binding=_BINDINGS[arguments.binding],
            claim=arguments.claim,
        )
    return _told(text, said, by, status, to=arguments.to, expires=stamp(expires))


def _close(arguments: argparse.Namespace) -> Result:
    chain = mandate_terms.mandate_text(arguments.token)
    said = mandate_terms.closed(arguments)
    now, by = datetime.now(UTC), passphrase.identity(arguments)
    text = appending.close(
        chain,
        said,
        by=by,
        audience=arguments.audience,
        nonce=arguments.nonce,
        now=now,
        expires=mandate_terms.expiry(arguments, now),
        binding=_BINDINGS[arguments.binding],
        claim=arguments.claim,
    )
    return _told(text, said, by, None)


def _checkout(arguments: argparse.Namespace) -> Result:
    document = mandate_terms.document(arguments.document, "checkout")
    by = passphrase.identity(arguments)
    kid = _kid(arguments, by)
    text = signed.sign(document, by=by.signer, kid=kid)
    return Result(text, {"checkout_jwt": text, "hash": signed.checkout_hash(text), "by": by.did, "kid": kid})


def _parent(chain: str, claim: str) -> Open | None:
    """The open mandate at the end of a chain, None if that is a credential. Raises `InputError`."""
    hop = UnverifiedHop.read(wire.split(chain)[-1], claim=claim)
    if hop.content is None:
        return None
    found = content.read(hop.content, hop.disclosed, hop.hidden, Unit.MINOR)
    if not isinstance(found, Open):
        raise InputError("mandate: it is closed, so nothing can stand behind it")
    return found


def _agent(arguments: argparse.Namespace) -> AgentKey:
    """Whom an open mandate is for. Raises `InputError` and `ResolutionError`."""
    did = arguments.to
    if did.startswith((did_key.PREFIX, did_jwk.PREFIX)):
        return AgentKey.of(did)
    resolver = network.resolver(network.transport() if arguments.network else None)
    listed = live_document(resolver, did).keys_for(Relationship.AUTHENTICATION)
    keys = [key for key in listed if key.algorithm is Algorithm.P256]
    if len(keys) != 1:
        raise InputError(f"--to: expected a DID with one P-256 key for authentication, got one with {len(keys)}")
    return AgentKey(EcKey.of(keys[0]), did)


def _end(arguments: argparse.Namespace, now: datetime) -> datetime:
    expires = mandate_terms.expiry(arguments, now)
    if expires is None:
        raise InputError("mandate: expected --expires-in or --expires; an open mandate is never for ever")
    return expires.astimezone(UTC)


def _status(arguments: argparse.Namespace, kept: ExitStack) -> TokenReference | None:
    """The status entry that is asked for. Raises `InputError`."""
    if arguments.status_list is not None:
        entry = kept.enter_context(lists.opened(arguments.status_list)).allocate()
        if not isinstance(entry, TokenReference):
            raise InputError("--status-list: expected a list of --kind token")
        return entry
    if arguments.status is None:
        return None
    uri, separator, index = arguments.status.rpartition("#")
    if not separator:
        raise InputError("--status: expected the list's URI and a number, like https://shop.example/list#7")
    return TokenReference(uri, whole(index, "--status"))


def _kid(arguments: argparse.Namespace, by: Identity) -> str:
    """The DID URL of the key that signs."""
    return signers.method_of(by, logs.resolver_beside(arguments.key)) or str(only_key_of(by.did))


def _told(text: str, said: Content, by: Identity, status: TokenReference | None, **more: str) -> Result:
    data: dict[str, JsonValue] = {"mandate": text, "vct": mandate_view.vct_of(said), "by": by.did, **more}
    if isinstance(said, Open):
        data["hash"] = wire.split(text)[-1].sd_hash(HashAlgorithm.SHA_256)
    if status is not None:
        data["status"] = {"uri": status.uri, "index": status.index}
    return Result(text, data)
