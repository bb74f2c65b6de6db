"""`attorn revoke`: a signed entry, or list, that ends a link and everything delegated from it; `attorn publish`."""

from __future__ import annotations

import argparse

from attorn.cli import passphrase, rolls, source
from attorn.cli.chains import receive
from attorn.cli.command import Commands, Parser, Result, add_key, command
from attorn.cli.families import SUMMARIES
from attorn.display import shown, stamp
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import DelegationError, InputError, MalformedError
from attorn.identity import Identity
from attorn.revocation import RevocationList, revoke
from attorn.token.link import ID_BYTES
from attorn.words import whole


def add(commands: Commands) -> None:
    """Add `revoke` and `publish`."""
    parser = command(
        commands,
        "revoke",
        SUMMARIES["revoke"],
        _revoke,
        "Only a principal above the link in its chain, its delegator included, can end it. Verifiers honour the entry\n"
        "once they have it: attorn verify --revocations FILE.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--token", metavar="TOKEN", help="the chain it is in: the last link, or --position; " + source.HOW_GIVEN
    )
    what.add_argument("--link", metavar="ID", help="the link's id, as attorn inspect shows it")
    parser.add_argument("--position", metavar="N", help="which link of --token, the user's own being 1")
    parser.add_argument(
        "--list", metavar="FILE", help="put the link on your list in this file, and print the signed list instead"
    )
    _add_since(parser)
    add_key(parser)
    parser = command(
        commands,
        "publish",
        SUMMARIES["publish"],
        _publish,
        "Also where nothing was added: a list that is new proves that nothing is missing.",
    )
    parser.add_argument("list", metavar="FILE", help="the list's file, as attorn revoke --list keeps it")
    _add_since(parser)
    add_key(parser)


def _add_since(parser: Parser) -> None:
    parser.add_argument(
        "--since", metavar="N", help="only what was added after list N, for those who have it (default: everything)"
    )


def _revoke(arguments: argparse.Namespace) -> Result:
    if arguments.since is not None and arguments.list is None:
        raise InputError("--since goes with --list")
    since = _since(arguments)
    link_id, by = _target(arguments)
    if arguments.list is not None:
        with rolls.opened(arguments.list, by, new=True) as roll:
            roll.add(link_id)
            published = roll.publish(since=since)
        return _told(published)
    entry = revoke(link_id, by=by)
    text = entry.encode()
    return Result(text, {"entry": text, "link": base64url_encode(entry.link), "by": entry.by, "at": stamp(entry.at)})


def _target(arguments: argparse.Namespace) -> tuple[bytes, Identity]:
    """The id of the link that is to end, and who ends it."""
    if arguments.link is not None:
        if arguments.position is not None:
            raise InputError("--position goes with --token")
        return _id(arguments.link), passphrase.identity(arguments)
    links = receive(source.token_text(arguments.token)).links
    position = len(links) if arguments.position is None else whole(arguments.position, "--position")
    if not 1 <= position <= len(links):
        raise InputError(f"--position: expected 1 to {len(links)}, got {position}")
    by = passphrase.identity(arguments)
    if by.did not in {above.delegator for above in links[:position]}:
        raise DelegationError(f"{by.did} does not stand above link {position}, so it cannot revoke it")
    return links[position - 1].id, by


def _publish(arguments: argparse.Namespace) -> Result:
    since = _since(arguments)
    by = passphrase.identity(arguments)
    with rolls.opened(arguments.list, by, new=False) as roll:
        published = roll.publish(since=since)
    return _told(published)


def _since(arguments: argparse.Namespace) -> int:
    return 0 if arguments.since is None else whole(arguments.since, "--since")


def _told(published: RevocationList) -> Result:
    """The list as a result. Its file has been written: a number that was given away is never given again."""
    text = published.encode()
    numbers = {"sequence": published.sequence, "since": published.since, "links": len(published.links)}
    return Result(text, {"list": text, "by": published.by, "at": stamp(published.at), **numbers})


def _id(text: str) -> bytes:
    try:
        link_id = base64url_decode(text)
    except MalformedError:
        link_id = b""
    if len(link_id) != ID_BYTES:
        raise InputError(f"--link: expected {ID_BYTES} bytes as base64url, got {shown(text)}")
    return link_id
