"""`attorn id`: making identities, and showing them."""

from __future__ import annotations

import argparse

from attorn.cli import documents, logs, passphrase, rotation
from attorn.cli.command import Commands, Parser, Result, add_passphrase, command
from attorn.cli.families import SUMMARIES
from attorn.display import escaped
from attorn.errors import InputError
from attorn.identity import Identity
from attorn.keys import jwk, multikey


def add(commands: Commands) -> None:
    """Add `id` with its forms."""
    family = commands.add_parser("id", help=SUMMARIES["id"]).add_subparsers(
        dest="form", metavar="FORM", required=True, parser_class=Parser
    )
    new = command(family, "new", "make an identity in a new encrypted key file; prints its DID", _new)
    new.add_argument("file", metavar="FILE", help="the key file to make; one that exists is not replaced")
    new.add_argument("--algorithm", choices=("Ed25519", "P-256"), default="Ed25519")
    new.add_argument("--method", choices=("key", "jwk", "webvh"), default="key", help="the DID method (default: key)")
    new.add_argument("--domain", metavar="HOST", help="with webvh: the host, perhaps with a port, of the DID's log")
    new.add_argument("--path", metavar="A/B", help="with webvh: the folder of the log there (default: .well-known)")
    new.add_argument(
        "--strength",
        choices=("interactive", "moderate", "sensitive"),
        default="moderate",
        help="how hard guessing the passphrase is made (default: moderate)",
    )
    add_passphrase(new)
    show = command(family, "show", "show the public side of the identity in a key file", _show)
    show.add_argument("file", metavar="FILE", help="the key file")
    add_passphrase(show)
    documents.add(family)
    rotation.add(family)


def _new(arguments: argparse.Namespace) -> Result:
    if arguments.method != "webvh" and (arguments.domain is not None or arguments.path is not None):
        raise InputError("--domain and --path are for --method webvh")
    secret = passphrase.take(arguments, twice=True)
    if arguments.method == "webvh":
        return rotation.new(arguments, secret)
    made = Identity.generate(algorithm=arguments.algorithm, method=arguments.method)
    made.save(arguments.file, passphrase=secret, strength=arguments.strength)
    return Result(made.did, {"did": made.did, "algorithm": arguments.algorithm, "file": escaped(arguments.file)})


def _show(arguments: argparse.Namespace) -> Result:
    secret, resolver = passphrase.take(arguments), logs.resolver_beside(arguments.file)
    loaded = Identity.load(arguments.file, passphrase=secret, resolver=resolver)
    key = loaded.signer.public_key
    rows = {
        "did": loaded.did,
        "algorithm": str(key.algorithm),
        "multibase": multikey.to_multibase(key),
        "thumbprint": jwk.thumbprint(key),
    }
    text = "\n".join(f"{name:<11}{value}" for name, value in rows.items())
    return Result(text, {**rows, "jwk": {**jwk.to_jwk(key)}})
