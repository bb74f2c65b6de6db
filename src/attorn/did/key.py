"""did:key: the DID is the key (W3C CCG, The did:key Method v0.7). One canonical form; nothing to fetch."""

from __future__ import annotations

import re
from typing import Final

from attorn.canonical import JsonValue
from attorn.did import material, reading
from attorn.did.did import MOST
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.fault import Fault
from attorn.did.material import KeyFormat
from attorn.did.resolution import Options, Resolution
from attorn.display import shown
from attorn.encoding import base58_decode
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import multikey, x25519
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.x25519 import AgreementKey

PREFIX = "did:key:"

# No keyAgreement: a key that signs must not also decrypt.
_RELATIONSHIPS = frozenset(Relationship) - {Relationship.KEY_AGREEMENT}
_VERSIONED: Final = re.compile(r"did:key:(?:([^:]*):)?([^:]*)")
_VERSION: Final = re.compile("[1-9][0-9]{0,8}")
_STANDARD: Final = frozenset(KeyFormat) - {KeyFormat.JSON_WEB_KEY}
"""The types that the specification names; the others it calls experimental."""
_OTHERS: Final = frozenset(
    {"Ed25519VerificationKey2018", "X25519KeyAgreementKey2019", "EcdsaSecp256r1VerificationKey2019"}
)
"""Types that are known by their names, and that attorn does not write."""
_LENGTHS: Final = {Algorithm.ED25519: 32, Algorithm.P256: 33}


def encode(key: PublicKey) -> str:
    """The did:key of `key`."""
    return PREFIX + multikey.to_multibase(key)


def parse(did: str) -> PublicKey:
    """The key that a did:key is, fully checked. Raises `MalformedError`, also where a version is spelt out."""
    if not isinstance(did, str):
        raise InputError(f"did:key: expected str, got {type(did).__name__}")
    if not did.startswith(PREFIX):
        raise MalformedError(f"expected a did:key, got {shown(did)}")
    return multikey.from_multibase(did[len(PREFIX) :])


def document(did: str) -> DidDocument:
    """The document of a did:key: one method, whose fragment is the multibase value. Raises `MalformedError`."""
    key = parse(did)
    return _document(did, did[len(PREFIX) :], key)


def look_up(did: str, options: Options) -> Resolution:
    """The document of a did:key in JSON, in the form that `options` ask for.

    A version may be spelt out, and the key may be an X25519 key: neither is a DID that attorn takes authority from, and
    `document` of the result lists no key then. Raises `ResolutionError`, its problem one of the specification's errors.
    """
    text, key = _examined(did)
    form = _format(options, key)
    if isinstance(key, AgreementKey):
        members = {**reading.write(DidDocument(did, ())), "verificationMethod": []}
        _add_agreement(members, did, key, form)
        return Resolution(did_document=members, document=DidDocument(did, ()), content_type=options.accept)
    found = _document(did, text, key)
    members = reading.write(found, key_format=form)
    if options.key_agreement and key.algorithm is Algorithm.ED25519:
        agreement = KeyFormat.X25519_2020 if form is KeyFormat.ED25519_2020 else form
        _add_agreement(members, did, x25519.derive(key), agreement)
    canonical = did == PREFIX + text
    return Resolution(
        did_document=members,
        document=found if canonical else DidDocument(did, ()),
        content_type=options.accept,
    )


def _document(did: str, fragment: str, key: PublicKey) -> DidDocument:
    return DidDocument(did, (VerificationMethod(f"{did}#{fragment}", did, key, _RELATIONSHIPS),))


def _add_agreement(members: dict[str, JsonValue], did: str, key: AgreementKey, form: KeyFormat) -> None:
    url = f"{did}#{x25519.to_multibase(key)}"
    listed, terms = members["verificationMethod"], members["@context"]
    if isinstance(listed, list) and isinstance(terms, list):
        listed.append(material.write(url, did, key, form))
        terms += [term for term in material.context([form]) if term not in terms]
    members[str(Relationship.KEY_AGREEMENT)] = [url]


def _examined(did: str) -> tuple[str, PublicKey | AgreementKey]:
    """The multibase value and its key, each mistake under the name that the specification gives it."""
    match = _VERSIONED.fullmatch(did) if len(did) <= MOST else None
    if match is None or (match[1] is not None and _VERSION.fullmatch(match[1]) is None):
        raise ResolutionError(f"expected a did:key, got {shown(did)}", problem=Fault.INVALID_DID)
    text = match[2]
    if not text.startswith("z"):
        raise ResolutionError("did:key: expected a multibase value that starts with 'z'", problem=Fault.INVALID_DID)
    try:
        data = base58_decode(text[1:], most=MOST)
    except MalformedError as error:
        raise ResolutionError(f"did:key: {error}", problem=Fault.INVALID_DID) from None
    algorithm = multikey.algorithm_of(data)
    if algorithm is None and data[:2] != x25519.CODE:
        raise ResolutionError("did:key: a key of an unknown type", problem=Fault.UNSUPPORTED_PUBLIC_KEY_TYPE)
    expected = 32 if algorithm is None else _LENGTHS[algorithm]
    if len(data) - 2 != expected:
        raise ResolutionError(
            f"did:key: expected a key of {expected} bytes, got {len(data) - 2}", problem=Fault.INVALID_PUBLIC_KEY_LENGTH
        )
    try:
        return text, AgreementKey(data[2:]) if algorithm is None else multikey.decode(data)
    except MalformedError as error:
        raise ResolutionError(f"did:key: {error}", problem=Fault.INVALID_PUBLIC_KEY) from None


def _format(options: Options, key: PublicKey | AgreementKey) -> KeyFormat:
    if options.key_format in _OTHERS:
        raise ResolutionError(
            f"did:key: no key is to be had as {options.key_format}", problem=Fault.INVALID_PUBLIC_KEY_TYPE
        )
    if options.key_format not in tuple(KeyFormat):
        raise ResolutionError(
            f"did:key: unknown format {shown(options.key_format)}", problem=Fault.UNSUPPORTED_PUBLIC_KEY_TYPE
        )
    form = KeyFormat(options.key_format)
    if isinstance(key, AgreementKey):
        fits = form is not KeyFormat.ED25519_2020
    else:
        fits = form is not KeyFormat.X25519_2020 and (
            form is not KeyFormat.ED25519_2020 or key.algorithm is Algorithm.ED25519
        )
    if not fits or (form not in _STANDARD and not options.experimental):
        raise ResolutionError(f"did:key: this key is not to be had as {form}", problem=Fault.INVALID_PUBLIC_KEY_TYPE)
    return form
