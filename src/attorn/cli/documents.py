"""`attorn id export` and `attorn id resolve`: DID documents, of one's own key or of anybody."""

from __future__ import annotations

import argparse
import json

from attorn.canonical import JsonValue
from attorn.cli import logs, network, passphrase
from attorn.cli.command import Commands, Result, add_passphrase, command
from attorn.did import reading
from attorn.did.dereferencing import follow
from attorn.did.did import parse_url
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.material import KeyFormat
from attorn.did.resolution import Options
from attorn.did.resolver import LocalResolver, look_up
from attorn.errors import MalformedError, ResolutionError
from attorn.keys import jwk, keyfile, multikey
from attorn.keys.public import PublicKey

_LOCAL = ("key", "jwk", "peer")
_FORMATS = ("document", "jwk", "multikey")
_RELATIONSHIPS = frozenset(Relationship) - {Relationship.KEY_AGREEMENT}


def add(family: Commands) -> None:
    """Add both to the forms of `id`."""
    export = command(
        family,
        "export",
        "print the public side of a key file, for others",
        _export,
        "For a DID that says everything itself, its document; for a did:webvh, the one in\nthe log beside the file;"
        " for any other, the document to publish where that DID\nleads, with this one key.",
    )
    export.add_argument("file", metavar="FILE", help="the key file")
    export.add_argument("--format", choices=_FORMATS, default="document", help="what to print (default: document)")
    add_passphrase(export)
    resolve = command(
        family,
        "resolve",
        "print the DID document that a DID leads to",
        _resolve,
        "Of did:key, did:jwk and did:peer without asking anybody. A DID URL leads to a\npart of a document, or to"
        " the URLs of a service. What a server says of a did:web\nis not signed by anybody; a did:webvh is"
        " verified with its whole history.",
    )
    resolve.add_argument("did", metavar="DID", help="a DID or a DID URL")
    resolve.add_argument(
        "--network", action="store_true", help="ask the server that a did:web or did:webvh names, over https"
    )
    resolve.add_argument("--key-agreement", action="store_true", help="derive an X25519 key, for did:key")
    resolve.add_argument(
        "--key-format",
        metavar="TYPE",
        choices=tuple(map(str, KeyFormat)),
        default=str(KeyFormat.MULTIKEY),
        help="type of the methods of a did:key: Multikey (the default), JsonWebKey, JsonWebKey2020 or"
        " Ed25519VerificationKey2020",
    )


def _export(arguments: argparse.Namespace) -> Result:
    signer, did = keyfile.load(arguments.file, passphrase.take(arguments))
    key = signer.public_key
    forms: dict[str, JsonValue] = {
        "document": _document(did, key, arguments.file),
        "jwk": {**jwk.to_jwk(key)},
        "multikey": multikey.to_multibase(key),
    }
    chosen = forms[arguments.format]
    return Result(chosen if isinstance(chosen, str) else _pretty(chosen), {"did": did, **forms})


def _document(did: str, key: PublicKey, file: str) -> JsonValue:
    """The document of a key's DID. Raises `ResolutionError` where that cannot be made."""
    try:
        url = parse_url(did)
    except MalformedError as error:
        raise ResolutionError(f"the key file's DID is none: {error}") from None
    base = url.did.text
    if url.did.method in _LOCAL:
        return look_up(LocalResolver(), base).did_document
    if url.did.method == "webvh":
        return look_up(logs.resolver_beside(file), base).did_document
    fragment = multikey.to_multibase(key) if url.fragment is None else url.fragment
    method = VerificationMethod(f"{base}#{fragment}", base, key, _RELATIONSHIPS)
    return reading.write(DidDocument(base, (method,)))


def _resolve(arguments: argparse.Namespace) -> Result:
    resolver = network.resolver(network.transport() if arguments.network else None)
    options = Options(key_agreement=arguments.key_agreement, key_format=arguments.key_format, experimental=True)
    if any(sign in arguments.did for sign in "/?#"):
        led = follow(arguments.did, resolver, options=options)
        return Result(_pretty(led.content), led.to_json())
    found = look_up(resolver, arguments.did, options)
    return Result(_pretty(found.did_document), found.to_json())


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, indent=2)
