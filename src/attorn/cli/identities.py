"""`attorn id`: making identities, and showing them."""

from __future__ import annotations

import argparse

from attorn.cli import documents, passphrase
from attorn.cli.command import Commands, Parser, Result, add_passphrase, command
from attorn.display import escaped
from attorn.identity import Identity
from attorn.keys import jwk, multikey


def add(commands: Commands) -> None:
    """Add `id` with its forms."""
    family = commands.add_parser("id", help="make or show an identity, resolve a DID").add_subparsers(
        dest="form", metavar="FORM", required=True, parser_class=Parser
    )
    new = command(family, "new", "make an identity in a new encrypted key file; prints its DID", _new)
    new.add_argument("file", metavar="FILE", help="the key file to make; one that exists is not replaced")
    new.add_argument("--algorithm", choices=("Ed25519", "P-256"), default="Ed25519")
    new.add_argument("--method", choices=("key", "jwk"), default="key", help="the DID method (default: key)")
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


def _new(arguments: argparse.Namespace) -> Result:
    secret = passphrase.take(arguments, twice=True)
    made = Identity.generate(algorithm=arguments.algorithm, method=arguments.method)
    made.save(arguments.file, passphrase=secret, strength=arguments.strength)
    return Result(made.did, {"did": made.did, "algorithm": arguments.algorithm, "file": escaped(arguments.file)})


def _show(arguments: argparse.Namespace) -> Result:
    loaded = Identity.load(arguments.file, passphrase=passphrase.take(arguments))
    key = loaded.signer.public_key
    rows = {
        "did": loaded.did,
        "algorithm": str(key.algorithm),
        "multibase": multikey.to_multibase(key),
        "thumbprint": jwk.thumbprint(key),
    }
    text = "\n".join(f"{name:<11}{value}" for name, value in rows.items())
    return Result(text, {**rows, "jwk": {**jwk.to_jwk(key)}})
