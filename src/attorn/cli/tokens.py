"""`attorn mint`, `attorn delegate` and `attorn present`: what a holder does, offline."""

from __future__ import annotations

import argparse
from typing import Final

from attorn import caveat as kinds
from attorn import macaroon
from attorn.canonical import canonicalise, parse
from attorn.caveat import Caveat, spoken
from attorn.cli import network, passphrase, requests, source
from attorn.cli.chains import links_json
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.did.document import DELEGATE
from attorn.did.resolver import Resolver, StaticResolver, live_document
from attorn.errors import CredentialError, InputError, MalformedError, VerificationError
from attorn.token.principal import resolve
from attorn.token.token import Token
from attorn.words import instant, span, whole

_CAVEATS: Final = """\
--caveat takes one caveat of the whole vocabulary as JSON, and may be given several times:
  --caveat '{"Range": {"name": "limit", "maximum": 10}}'
  --caveat '{"AnyOf": [{"Equals": {"name": "to", "value": "bob"}}, {"Not": {"MaxLength": {"name": "to", "most": 9}}}]}'
Kinds: Actions, Resources, Audience [texts]; NotBefore, Expires "2026-11-21T18:00:00Z"; ExpiresIn "8h"; MaxDepth,
MaxUses number; NoDelegation {}; Purpose text; Rate {n, per}; Budget {amount, currency, per}; Spaced text;
RequiresApproval {by, threshold, when: [caveats]}; Status {uri, index, issuer, kind}; FreshList DID; Agent
{attested_by, every, model, provider, ...}; on a named argument {name, ...}: Equals value; OneOf, NotOneOf, Contains,
SubsetOf values; Range minimum, maximum; MaxLength most; StartsWith prefix; Glob glob; Subpath paths; UrlHost hosts;
Cidr networks; AllOf, AnyOf [caveats]; Not caveat.
The token is printed on one line. It is no secret: only its holder's key can use it or pass it on."""
_MOST_CREDENTIAL: Final = 1 << 16


def add(commands: Commands) -> None:
    """Add the three commands."""
    mint = command(commands, "mint", SUMMARIES["mint"], _mint, _CAVEATS)
    add_key(mint)
    mint.add_argument("--base", metavar="MACAROON", help=f"mint a Macaroon on this: {source.HOW_BASE}")
    _add_link(mint)
    delegate = command(commands, "delegate", SUMMARIES["delegate"], _delegate, _CAVEATS)
    delegate.add_argument("token", metavar="TOKEN", help=source.HOW_GIVEN)
    add_key(delegate)
    _add_link(delegate)
    present = command(commands, "present", SUMMARIES["present"], _present)
    present.add_argument("token", metavar="TOKEN", help=source.HOW_GIVEN)
    add_key(present)
    requests.add(present)
    present.add_argument("--audience", required=True, help="the verifier it is for")
    present.add_argument("--challenge", help="the text that the verifier asked to be answered")
    present.add_argument(
        "--approval", metavar="TEXT", action="append", default=[], help="of this very use: text or a file (repeatable)"
    )
    present.add_argument(
        "--discharge",
        metavar="MACAROON",
        action="append",
        default=[],
        help="what a third party answered: text or a file (repeatable)",
    )
    present.add_argument(
        "--credential",
        metavar="FILE",
        action="append",
        default=[],
        help="an identity credential, yours or another delegate's, if an Agent caveat asks for it (repeatable)",
    )
    present.add_argument("--ttl", metavar="SPAN", default="60s", help="how long it may be used (default: 60s)")


def _add_link(parser: Parser) -> None:
    parser.add_argument("--to", metavar="DID", required=True, help="who gets it")
    parser.add_argument(
        "--network", action="store_true", help="ask the server that a did:web or did:webvh of --to names, over https"
    )
    limits = parser.add_argument_group("caveats (each can only prohibit)")
    limits.add_argument("--actions", metavar="A,B", action="append", help="like events:read,events:* (repeatable)")
    limits.add_argument("--resources", metavar="R", action="append", help="like cal://alice (repeatable)")
    limits.add_argument("--audiences", metavar="TEXT", action="append", help="only at this verifier (repeatable)")
    limits.add_argument("--expires-in", metavar="SPAN", help="like 8h, 30m or 1d12h")
    limits.add_argument("--expires", metavar="TIME", help="like 2026-11-21T18:00:00Z")
    limits.add_argument("--not-before", metavar="TIME")
    limits.add_argument("--max-uses", metavar="N")
    limits.add_argument("--max-depth", metavar="N", help="delegations after the user's own link")
    limits.add_argument("--no-delegation", action="store_true", help="may not be passed on")
    limits.add_argument("--purpose", metavar="SENTENCE", help="what it is for, in words; signed, and shown to people")
    limits.add_argument("--caveat", metavar="JSON", action="append", help="any caveat; see above (repeatable)")


def _caveats(arguments: argparse.Namespace) -> list[Caveat]:
    """The caveats of the shortcuts, then those in JSON. Raises `InputError`."""
    found: list[Caveat] = []
    if arguments.purpose is not None:
        found.append(kinds.Purpose(arguments.purpose))
    if arguments.actions is not None:
        found.append(kinds.Actions(*(name for names in arguments.actions for name in names.split(","))))
    if arguments.resources is not None:
        found.append(kinds.Resources(*arguments.resources))
    if arguments.audiences is not None:
        found.append(kinds.Audience(*arguments.audiences))
    if arguments.expires_in is not None:
        found.append(kinds.ExpiresIn(span(arguments.expires_in, "--expires-in")))
    if arguments.expires is not None:
        found.append(kinds.Expires(instant(arguments.expires, "--expires")))
    if arguments.not_before is not None:
        found.append(kinds.NotBefore(instant(arguments.not_before, "--not-before")))
    if arguments.max_uses is not None:
        found.append(kinds.MaxUses(whole(arguments.max_uses, "--max-uses")))
    if arguments.max_depth is not None:
        found.append(kinds.MaxDepth(whole(arguments.max_depth, "--max-depth")))
    if arguments.no_delegation:
        found.append(kinds.NoDelegation())
    return found + [spoken.read(text) for text in arguments.caveat or ()]


def _delegate_of(arguments: argparse.Namespace) -> Resolver:
    """What resolves `--to`, once it has a key. A misspelt one is the caller's own, not an invalid token: `InputError`.

    A server is asked once: what it said is what the token is made for.
    """
    asked = network.resolver(network.transport() if arguments.network else None)
    try:
        document = live_document(asked, arguments.to.partition("#")[0])
        found = StaticResolver({document.id: document})
        resolve(found, arguments.to, DELEGATE)
    except VerificationError as error:
        raise InputError(f"--to: {error}") from None
    return found


def _mint(arguments: argparse.Namespace) -> Result:
    resolver, limits = _delegate_of(arguments), _caveats(arguments)
    if not limits:
        raise InputError("mint: expected at least one caveat, like --actions or --expires-in")
    base = None if arguments.base is None else macaroon.decode(source.macaroon_text(arguments.base))
    by = passphrase.identity(arguments)
    return _told(by.mint(to=arguments.to, caveats=limits, base=base, resolver=resolver))


def _delegate(arguments: argparse.Namespace) -> Result:
    resolver, limits = _delegate_of(arguments), _caveats(arguments)
    token = Token.decode(source.token_text(arguments.token))
    return _told(passphrase.identity(arguments).delegate(token, to=arguments.to, caveats=limits, resolver=resolver))


def _told(token: Token) -> Result:
    text = token.encode()
    links = links_json(token.unverified_links)
    return Result(text, {"token": text, "format": token.carrier.format, "holder": token.holder, "links": links})


def _present(arguments: argparse.Namespace) -> Result:
    request = requests.build(arguments)
    ttl = span(arguments.ttl, "--ttl")
    token = Token.decode(source.token_text(arguments.token))
    wire = passphrase.identity(arguments).present(
        token,
        request,
        audience=arguments.audience,
        challenge=arguments.challenge,
        ttl=ttl,
        approvals=[source.token_text(text, what="approval") for text in arguments.approval],
        discharges=[macaroon.decode(source.macaroon_text(text)) for text in arguments.discharge],
        credentials=[_credential(given) for given in arguments.credential],
    )
    shown = {"audience": arguments.audience, "request": requests.to_json(request)}
    return Result(wire, {"presentation": wire, "holder": token.holder, **shown})


def _credential(given: str) -> str:
    """The text of an identity credential, as short as it can be written. Raises `InputError` for anything else."""
    from attorn import agent  # noqa: PLC0415 - most presentations show none

    content = (
        source.standard_input(_MOST_CREDENTIAL) if given == "-" else source.file(given, "credential", _MOST_CREDENTIAL)
    )
    text = content.decode("utf-8", "replace").strip(" \t\r\n")
    try:
        if text.startswith("{"):
            # White space is no part of what was signed, and a presentation has little room.
            text = canonicalise(parse(text, most=_MOST_CREDENTIAL)).decode()
        agent.read(text)
    except (CredentialError, MalformedError) as error:
        raise InputError(f"--credential: {error}") from None
    return text
