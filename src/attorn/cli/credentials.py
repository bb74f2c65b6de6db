"""`attorn vc issue`, `verify`, `present` and `status`: verifiable credentials, from files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from attorn import credential, status
from attorn.canonical import JsonValue, parse
from attorn.cli import lists, logs, network, passphrase, signers, source
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.credential import Securing, UnsignedPresentation, VerifiedCredential, VerifiedPresentation
from attorn.did.resolver import Resolver
from attorn.display import line, stamp
from attorn.errors import InputError, MalformedError
from attorn.identity import Identity
from attorn.integrity import Suite
from attorn.jose.jws import typ_of
from attorn.jsonld import Contexts
from attorn.status import Publisher, StatusList, TokenReference
from attorn.transport import Transport
from attorn.words import span, whole

_MOST: Final = 1 << 20
_MOST_LIST: Final = 4 << 20
_DEPTH: Final = 40
_PRESENTATIONS: Final = frozenset({"VerifiablePresentation", "EnvelopedVerifiablePresentation"})
_HOW_GIVEN: Final = "a file's name, or - for standard input"


def add(commands: Commands) -> None:
    """Add `vc` with its forms."""
    family = commands.add_parser("vc", help=SUMMARIES["vc"]).add_subparsers(
        dest="form", metavar="FORM", required=True, parser_class=Parser
    )
    _add_issue(family)
    _add_verify(family)
    _add_present(family)
    _add_status(family)


def _add_issue(family: Commands) -> None:
    parser = command(
        family,
        "issue",
        "secure a credential as its issuer; prints it",
        _issue,
        "The document is one of the data model 2.0 in JSON. An issuer that is missing is filled in.",
    )
    parser.add_argument("document", metavar="DOCUMENT", help=f"the credential to secure: {_HOW_GIVEN}")
    parser.add_argument(
        "--status", metavar="FILE", help="give it an entry of your list in this file (attorn vc status)"
    )
    _add_suite(parser)
    add_key(parser)


def _add_verify(family: Commands) -> None:
    parser = command(
        family,
        "verify",
        "say whether a credential or a presentation is genuine and good now",
        _verify,
        "All credentials of a presentation must be. What names a status list needs the list, from --list or --network.",
    )
    parser.add_argument("secured", metavar="SECURED", help=f"JSON or a JWS: {_HOW_GIVEN}")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument(
        "--issuer", metavar="DID", action="append", help="an issuer whose credentials are taken (repeatable)"
    )
    whose.add_argument("--any-issuer", action="store_true", help="take anybody's, and say whose they are")
    parser.add_argument("--challenge", metavar="TEXT", help="for a presentation: what you asked its holder to sign")
    parser.add_argument("--domain", metavar="TEXT", help="for a presentation: the name that those for you carry")
    parser.add_argument(
        "--unbound", action="store_true", help="take a presentation that may have been made for others, or copied"
    )
    parser.add_argument("--list", metavar="FILE", action="append", help="a signed status list (repeatable)")
    parser.add_argument("--staleness", metavar="SPAN", default="1d", help="how old a list may be (default: 1d)")
    parser.add_argument("--ignore-status", action="store_true", help="take what may have been revoked")
    parser.add_argument("--accept-v1", action="store_true", help="take credentials of version 1.1 too")
    parser.add_argument(
        "--network", action="store_true", help="ask the servers that DIDs and status lists name, over https"
    )


def _add_present(family: Commands) -> None:
    parser = command(
        family, "present", "show credentials to one verifier, as their holder; prints the presentation", _present
    )
    parser.add_argument("credentials", metavar="CREDENTIAL", nargs="+", help=f"JSON or a JWS: {_HOW_GIVEN}")
    parser.add_argument("--challenge", metavar="TEXT", help="what the verifier asked you to sign")
    parser.add_argument("--domain", metavar="TEXT", help="the name of the verifier")
    parser.add_argument("--unbound", action="store_true", help="for anybody; whoever gets it can show it on")
    _add_suite(parser)
    add_key(parser)


def _add_status(family: Commands) -> None:
    parser = command(
        family,
        "status",
        "make or change your status list, and sign it; prints the signed list",
        _status,
        "Credentials get their entries by attorn vc issue --status, mandates those of a\n"
        "token list by attorn mandate issue --status-list. Publish what is printed at the\n"
        "list's URI, again before it expires.",
    )
    parser.add_argument("list", metavar="FILE", help="the list's file")
    parser.add_argument("--uri", metavar="URI", help="for a new list: where it is published")
    parser.add_argument(
        "--kind", choices=("revocation", "suspension", "token"), help="for a new list: a bitstring, or a token list"
    )
    change = parser.add_mutually_exclusive_group()
    for name, what in (("revoke", "end for good"), ("suspend", "suspend"), ("resume", "end the suspension of")):
        change.add_argument(f"--{name}", metavar="N", help=f"{what} what has entry N")
    parser.add_argument(
        "--lifetime", metavar="SPAN", default="1d", help="how long the signed list speaks (default: 1d)"
    )
    _add_suite(parser, "sign a bitstring with a proof of this suite (default: as a JWS)")
    add_key(parser)


def _add_suite(parser: Parser, what: str = "what to secure it with (default: the JCS suite of the key)") -> None:
    parser.add_argument("--suite", choices=signers.SUITES, help=what)


def _issue(arguments: argparse.Namespace) -> Result:
    document = _object(_given(arguments.document), "document")
    by = passphrase.identity(arguments)
    document = {**document, "issuer": document.get("issuer", by.did)}
    with ExitStack() as kept:
        token_status = None
        if arguments.status is not None:
            entry = kept.enter_context(lists.opened(arguments.status)).allocate()
            if isinstance(entry, TokenReference):
                token_status = entry.write()
            elif "credentialStatus" in document:
                raise InputError("--status: the document has a credentialStatus already")
            else:
                document["credentialStatus"] = entry.write()
        securing, suite = _form(arguments.suite)
        if token_status is not None and securing is Securing.DATA_INTEGRITY:
            raise InputError("--status: a token list is for --suite vc+jwt")
        secured = credential.issue(
            document,
            by=by,
            securing=securing,
            suite=suite,
            created=datetime.now(UTC),
            method=_method(arguments, by),
            token_status=token_status,
            contexts=_known(),
        )
    return _told(secured, "credential", issuer=by.did)


def _present(arguments: argparse.Namespace) -> Result:
    _check_binding(arguments)
    given = [_secured(_given(each)) for each in arguments.credentials]
    by = passphrase.identity(arguments)
    securing, suite = _form(arguments.suite)
    shown = credential.present(
        given,
        by=by,
        challenge=arguments.challenge,
        domain=arguments.domain,
        securing=securing,
        suite=suite,
        created=datetime.now(UTC),
        method=_method(arguments, by),
        contexts=_known(),
    )
    return _told(shown, "presentation", holder=by.did)


def _known() -> Contexts:
    """The contexts that come with attorn, that of agents' identities among them."""
    from attorn.agent.context import contexts  # noqa: PLC0415 - as much as all other imports, and only needed here

    return contexts()


def _told(secured: dict[str, JsonValue] | str, name: str, **who: str) -> Result:
    text = secured if isinstance(secured, str) else json.dumps(secured, indent=2)
    return Result(text, {name: secured, **who})


def _verify(arguments: argparse.Namespace) -> Result:
    secured = _secured(_given(arguments.secured))
    presented = _is_presentation(secured)
    if presented:
        _check_binding(arguments)
    elif arguments.challenge is not None or arguments.domain is not None or arguments.unbound:
        raise InputError("--challenge, --domain and --unbound are for presentations")
    now = datetime.now(UTC)
    asked = network.transport() if arguments.network else None
    resolver = network.resolver(asked)
    issuers: Sequence[str] | Callable[[str], bool] = arguments.issuer or (lambda _: True)
    checked = _status_check(arguments, resolver, asked, now)
    if not presented:
        found = credential.verify(
            secured,
            resolver=resolver,
            now=now,
            issuers=issuers,
            status=checked,
            contexts=_known(),
            accept_v1=arguments.accept_v1,
        )
        return Result("\n".join(_rows(found)), {"credential": _facts(found)})
    shown = credential.verify_presentation(
        secured,
        resolver=resolver,
        now=now,
        issuers=issuers,
        challenge=arguments.challenge,
        domain=arguments.domain,
        status=checked,
        contexts=_known(),
        unsigned=arguments.unbound,
        accept_v1=arguments.accept_v1,
        most=_MOST,
    )
    return _presented(shown)


def _presented(shown: VerifiedPresentation | UnsignedPresentation) -> Result:
    holder = None if isinstance(shown, UnsignedPresentation) else shown.holder
    rows = ["UNSIGNED presentation" if holder is None else f"GENUINE presentation by {line(holder)}"]
    for found in shown.credentials:
        rows += [f"  {row}" for row in _rows(found)]
    return Result("\n".join(rows), {"holder": holder, "credentials": [_facts(found) for found in shown.credentials]})


def _rows(found: VerifiedCredential) -> list[str]:
    rows = [f"GENUINE credential by {line(found.issuer)}", f"  type     {line(', '.join(found.types))}"]
    rows += [f"  subject  {line(subject.id)}" for subject in found.subjects if subject.id is not None]
    if found.valid_until is not None:
        rows.append(f"  until    {stamp(found.valid_until)}")
    return rows


def _facts(found: VerifiedCredential) -> dict[str, JsonValue]:
    return {
        "id": found.id,
        "issuer": found.issuer,
        "types": [*found.types],
        "subjects": [subject.id for subject in found.subjects],
        "valid_from": None if found.valid_from is None else stamp(found.valid_from),
        "valid_until": None if found.valid_until is None else stamp(found.valid_until),
        "securing": str(found.securing),
        "document": found.document,
    }


def _status_check(
    arguments: argparse.Namespace, resolver: Resolver, asked: Transport | None, now: datetime
) -> Callable[[VerifiedCredential], None]:
    if arguments.ignore_status:
        return credential.unsafe_ignore_status
    staleness = int(span(arguments.staleness, "--staleness").total_seconds())
    known: list[StatusList] = []
    for path in arguments.list or []:
        text = source.file(path, "status list", _MOST_LIST).decode("utf-8", "replace").strip(" \t\r\n")
        known += status.verify(text, resolver)

    def check(found: VerifiedCredential) -> None:
        more = () if asked is None else status.lists_for(found, asked, resolver)
        status.check_credential(found, [*known, *more], now=int(now.timestamp()), staleness=staleness)

    return check


def _status(arguments: argparse.Namespace) -> Result:
    if (arguments.uri is None) is not (arguments.kind is None):
        raise InputError("--uri and --kind go together")
    securing, suite = _form(arguments.suite or signers.JWT)
    lifetime = span(arguments.lifetime, "--lifetime")
    by = passphrase.identity(arguments)
    made = None if arguments.uri is None else lambda: Publisher(arguments.uri, kind=arguments.kind)
    with lists.opened(arguments.list, made) as publisher:
        if arguments.revoke is not None:
            publisher.revoke(whole(arguments.revoke, "--revoke"))
        elif arguments.suspend is not None:
            publisher.suspend(whole(arguments.suspend, "--suspend"))
        elif arguments.resume is not None:
            publisher.resume(whole(arguments.resume, "--resume"))
        kid = _method(arguments, by)
        text = publisher.publish(by, lifetime=lifetime, kid=kid, suite=suite)
    facts: dict[str, JsonValue] = {"list": text, "uri": publisher.uri, "kind": str(publisher.kind), "issuer": by.did}
    return Result(text, {**facts, "securing": str(securing), "free": publisher.free})


def _form(name: str | None) -> tuple[Securing, Suite | None]:
    if name == signers.JWT:
        return Securing.JOSE, None
    return Securing.DATA_INTEGRITY, None if name is None else Suite(name)


def _method(arguments: argparse.Namespace, by: Identity) -> str | None:
    return signers.method_of(by, logs.resolver_beside(arguments.key))


def _check_binding(arguments: argparse.Namespace) -> None:
    """Raises `InputError` unless it is said for whom a presentation is, or that it is for anybody."""
    bound = arguments.challenge is not None or arguments.domain is not None
    if bound is arguments.unbound:
        raise InputError("presentation: expected --challenge and --domain, or else --unbound")


def _given(argument: str) -> str:
    content = source.standard_input(_MOST) if argument == "-" else source.file(argument, "credential", _MOST)
    try:
        return content.decode("utf-8").strip(" \t\r\n")
    except UnicodeDecodeError:
        raise InputError("credential: not valid UTF-8") from None


def _secured(text: str) -> dict[str, JsonValue] | str:
    """A JSON object, or the text of a JWS. Raises `MalformedError`."""
    return _object(text, "credential") if text.startswith("{") else text


def _object(text: str, name: str) -> dict[str, JsonValue]:
    value = parse(text, most=_MOST, depth=_DEPTH)
    if not isinstance(value, dict):
        raise MalformedError(f"{name}: expected a JSON object")
    return value


def _is_presentation(secured: dict[str, JsonValue] | str) -> bool:
    if isinstance(secured, str):
        return typ_of(secured, most=_MOST) == "vp+jwt"
    types = secured.get("type")
    return any(
        each in _PRESENTATIONS for each in (types if isinstance(types, list) else [types]) if isinstance(each, str)
    )
