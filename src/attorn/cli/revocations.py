"""`attorn revoke`: a signed entry that ends a link and everything delegated from it."""

from __future__ import annotations

import argparse

from attorn.cli import passphrase, source
from attorn.cli.chains import receive
from attorn.cli.command import Commands, Result, add_key, command
from attorn.cli.words import whole
from attorn.display import shown, stamp
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import DelegationError, InputError, MalformedError
from attorn.revocation import revoke
from attorn.token.link import ID_BYTES


def add(commands: Commands) -> None:
    """Add `revoke`."""
    parser = command(
        commands,
        "revoke",
        "end a link and everything delegated from it; prints a signed entry",
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
    add_key(parser)


def _revoke(arguments: argparse.Namespace) -> Result:
    if arguments.link is not None:
        if arguments.position is not None:
            raise InputError("--position goes with --token")
        link_id = _id(arguments.link)
        by = passphrase.identity(arguments)
    else:
        links = receive(source.token_text(arguments.token)).links
        position = len(links) if arguments.position is None else whole(arguments.position, "--position")
        if not 1 <= position <= len(links):
            raise InputError(f"--position: expected 1 to {len(links)}, got {position}")
        link_id = links[position - 1].id
        by = passphrase.identity(arguments)
        if by.did not in {above.delegator for above in links[:position]}:
            raise DelegationError(f"{by.did} does not stand above link {position}, so it cannot revoke it")
    entry = revoke(link_id, by=by)
    text = entry.encode()
    return Result(text, {"entry": text, "link": base64url_encode(entry.link), "by": entry.by, "at": stamp(entry.at)})


def _id(text: str) -> bytes:
    try:
        link_id = base64url_decode(text)
    except MalformedError:
        link_id = b""
    if len(link_id) != ID_BYTES:
        raise InputError(f"--link: expected {ID_BYTES} bytes as base64url, got {shown(text)}")
    return link_id
