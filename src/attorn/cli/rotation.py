"""`attorn id new --method webvh` and `attorn id rotate`: identities that outlive their keys.

Beside the key file FILE are its log `did.jsonl`, to be published, and `FILE.next`, the key that the log has committed
to for the next rotation: keep that one elsewhere, and whoever steals FILE cannot take the identity over.
"""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from typing import Final

from attorn.cli import logs, passphrase
from attorn.cli.command import Commands, Result, add_passphrase, command
from attorn.clock import read, system_clock
from attorn.did.did import parse
from attorn.did.webvh import controller, history
from attorn.did.webvh.history import Version
from attorn.display import escaped, shown
from attorn.errors import InputError, KeyFileError, ResolutionError
from attorn.keys import keyfile, multikey
from attorn.keys.signer import Ed25519Signer, Signer

_NEXT: Final = ".next"
_AFTER: Final = ".after-next"
"""The key after the next, while a rotation is under way."""


def add(family: Commands) -> None:
    """Add `id rotate`."""
    rotate = command(
        family,
        "rotate",
        "give a did:webvh its next key; the identity stays",
        _rotate,
        "FILE gets the key that was kept in FILE.next, which gets a new one; did.jsonl beside it gets an entry, and\n"
        "is then to be published. What was delegated to the old key must be passed on to the new one: a verifier\n"
        "takes presentations by current keys only. A did:key, did:jwk or did:peer is its key and cannot rotate.",
    )
    rotate.add_argument("file", metavar="FILE", help="the key file; FILE.next and did.jsonl must be beside it")
    rotate.add_argument(
        "--strength",
        choices=("interactive", "moderate", "sensitive"),
        default="moderate",
        help="how hard guessing the passphrase is made (default: moderate)",
    )
    add_passphrase(rotate)


def new(arguments: argparse.Namespace, secret: str) -> Result:
    """A new did:webvh with its log and its next key. Raises `InputError` and `KeyFileError`."""
    if arguments.domain is None:
        raise InputError("--method webvh: expected --domain, where the log will be published")
    if arguments.algorithm != "Ed25519":
        raise InputError("--method webvh: a log is signed with Ed25519")
    file, log = arguments.file, logs.path_beside(arguments.file)
    for path in (file, file + _NEXT, log):
        if os.path.lexists(path):
            raise KeyFileError(f"{shown(path)} is there already, and is not replaced")
    key, following = Ed25519Signer.generate(), Ed25519Signer.generate()
    text = controller.create(
        domain=arguments.domain,
        path=[] if arguments.path is None else arguments.path.split("/"),
        by=key,
        at=_now(),
        next_keys=[following.public_key],
    )
    head = _head(text)
    keyfile.save(file, key, head.did.text, secret, strength=arguments.strength)
    keyfile.save(file + _NEXT, following, head.did.text, secret, strength=arguments.strength)
    logs.write(log, text, replace=False)
    return Result(head.did.text, {**_told(head, file), "algorithm": "Ed25519", "next": escaped(file + _NEXT)})


def _rotate(arguments: argparse.Namespace) -> Result:
    secret, file = passphrase.take(arguments), arguments.file
    _, did = keyfile.load(file, secret)
    method = parse(did).method
    if method != "webvh":
        raise InputError(
            f"a did:{method} is its key and cannot rotate: make a new identity, and pass on to it what this one holds"
        )
    following = _of_the_same(file + _NEXT, secret, did)
    path = logs.path_beside(file)
    text = logs.kept(path)
    if _head(text).did.text != did:
        raise InputError(f"log: {shown(path)} is of another identity")
    if _head(text).parameters.update_keys != (multikey.to_multibase(following.public_key),):
        # The key after the next is on disk before anything commits to it: without it the DID could never change again.
        if not os.path.lexists(file + _AFTER):
            keyfile.save(file + _AFTER, Ed25519Signer.generate(), did, secret, strength=arguments.strength)
        after = _of_the_same(file + _AFTER, secret, did)
        text = controller.rotate(text, by=following, at=_now(), next_keys=[after.public_key])
        logs.write(path, text, replace=True)
    # Here too where a rotation was interrupted after its log had been written: what is left of it is done now.
    keyfile.save(file, following, did, secret, strength=arguments.strength, replace=True)
    try:
        os.replace(file + _AFTER, file + _NEXT)
    except OSError as error:
        raise KeyFileError(f"cannot rename {shown(file + _AFTER)}: {os.strerror(error.errno or 0)}") from None
    head = _head(text)
    told = _told(head, file)
    rows = "\n".join(f"{name:<9}{told[name]}" for name in ("did", "key", "version", "publish", "url"))
    return Result(rows, told)


def _of_the_same(path: str, secret: str, did: str) -> Signer:
    """The key in another of an identity's files. Raises `KeyFileError`."""
    signer, of = keyfile.load(path, secret)
    if of != did:
        raise KeyFileError(f"{shown(path)} is of another identity")
    return signer


def _told(head: Version, file: str) -> dict[str, str | int]:
    return {
        "did": head.did.text,
        "key": head.parameters.update_keys[0],
        "version": head.id,
        "file": escaped(file),
        "publish": escaped(logs.path_beside(file)),
        "url": head.did.log_url,
    }


def _head(text: str) -> Version:
    try:
        return history.unasked(text, now=_now()).head
    except ResolutionError as error:
        raise InputError(f"log: {error}") from None


def _now() -> datetime:
    return read(system_clock)
