"""The Bitstring Status List of the W3C (Recommendation 1.0): a credential secured by a JWS or by Data Integrity proofs.

The payload of the JWS, of type `vc+jwt`, is the credential itself (Verifiable Credentials Data Model 2.0, VC-JOSE-COSE
1.0). The left-most bit is index 0; the array is compressed with gzip and written as multibase base64url.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from attorn import integrity
from attorn.canonical import JsonValue, parse
from attorn.caveat.validity import moment
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown, stamp
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, SignatureError, StatusError
from attorn.integrity import Suite
from attorn.integrity.proof import proofs_of
from attorn.jose import jws
from attorn.jose.kid import kid_of
from attorn.jsonld.library import CREDENTIALS_V2
from attorn.keys.signer import Signatory, require_signatory
from attorn.stamp import read_stamp
from attorn.status.bits import MOST_BYTES, WIDEST, Packing, entries, pack, unpack
from attorn.status.entry import FEWEST
from attorn.status.status_list import (
    MOST_CHARACTERS,
    ListKind,
    StatusList,
    checked_uri,
    issuer_of,
    own_uri,
    second,
    seconds_of,
    times,
    verify_by,
)

TYP: Final = "vc+jwt"
TYPES: Final = ("VerifiableCredential", "BitstringStatusListCredential")
SUBJECT: Final = "BitstringStatusList"
_BASE64URL: Final = "u"
_DEPTH: Final = 12
# What another format would say at the same place, and a list whose own status nobody looks up.
_ABSENT: Final = ("vc", "vp", "credentialStatus")


def issue(
    uri: str,
    data: bytes,
    *,
    by: Signatory,
    purposes: Sequence[ListKind],
    issued: int,
    expires: int | None = None,
    ttl: int | None = None,
    bits: int = 1,
    kid: str | None = None,
    suite: Suite | None = None,
) -> str:
    """The signed text of a list of packed entries, to be found at `uri`, whose entries mean each of `purposes` alike.

    With `suite` it is JSON with a proof of Data Integrity, without it a JWS. Times in Unix seconds, `ttl` in seconds.
    `bits` is more than 1 for the purpose `message` alone. `kid` is the DID URL of the signer's key, known by itself for
    did:key and did:jwk. Raises `InputError` for values that no list has, fewer than 131,072 entries included, and
    `UnavailableError` if the signer fails.
    """
    if type(data) is not bytes or len(data) > MOST_BYTES:
        raise InputError(f"status list: expected {FEWEST} entries or more, in at most {MOST_BYTES} bytes")
    times(issued, expires, ttl)
    by = require_signatory(by, "status list")
    kid = kid_of(by, kid, "status list")
    document: dict[str, JsonValue] = {
        "@context": [CREDENTIALS_V2],
        "id": own_uri(uri),
        "type": list(TYPES),
        "issuer": by.did,
        "validFrom": stamp(moment(issued)),
        "credentialSubject": _new_subject(uri, data, tuple(purposes), bits, ttl),
    }
    if expires is not None:
        document["validUntil"] = stamp(moment(expires))
    if suite is not None:
        purpose, created = Relationship.ASSERTION_METHOD, moment(issued)
        signed = integrity.sign(document, by=by, suite=suite, purpose=purpose, created=created, method=kid)
        text = json.dumps(signed, separators=(",", ":"))
    else:
        ends: dict[str, JsonValue] = {} if expires is None else {"exp": expires}
        text = jws.sign({**document, "iat": issued, "iss": by.did, **ends}, by=by.signer, typ=TYP, kid=kid)
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"status list: longer than {MOST_CHARACTERS} characters once signed")
    return text


def _new_subject(
    uri: str, data: bytes, purposes: tuple[ListKind, ...], bits: int, ttl: int | None
) -> dict[str, JsonValue]:
    if not purposes or len(set(purposes)) < len(purposes) or not set(purposes) <= set(ListKind) - {ListKind.TOKEN}:
        raise InputError("status list: expected its purposes as ListKind, each once, and not token")
    if type(bits) is not int or not 1 <= bits <= WIDEST or (bits > 1 and purposes != (ListKind.MESSAGE,)):
        raise InputError("status list: expected 1 bit for an entry, or up to 8 for messages alone")
    if entries(data, bits) < FEWEST:
        raise InputError(f"status list: expected {FEWEST} entries or more, got {entries(data, bits)}")
    names: list[JsonValue] = [str(purpose) for purpose in purposes]
    subject: dict[str, JsonValue] = {
        "id": f"{uri}#list",
        "type": SUBJECT,
        "statusPurpose": names if len(names) > 1 else names[0],
        "encodedList": _BASE64URL + base64url_encode(pack(data, Packing.GZIP)),
    }
    if bits > 1:
        subject["statusSize"] = bits
    if ttl is not None:
        subject["ttl"] = ttl * 1000
    return subject


def is_embedded(text: str) -> bool:
    """Whether `text` is JSON, so that its proofs are in it, rather than a JWS."""
    return isinstance(text, str) and text.startswith("{")


def read(text: str) -> tuple[StatusList, ...]:
    """A list for each purpose that attorn knows, the signature not checked.

    Raises `MalformedError`, `LimitError`, `StatusError` or `ProofError`.
    """
    if is_embedded(text):
        document = _embedded(text)
        return _lists(document, _named(document), _embedded_window(document), text)
    found = jws.read(text, typ=TYP, most=MOST_CHARACTERS)
    return _lists(found.claims, _issuer(found), _window(found.claims), text)


def verify(text: str, resolver: Resolver | None = None) -> tuple[StatusList, ...]:
    """A list for each purpose that attorn knows, signed by the DID that they name as their issuer.

    Whether that one is trusted, and whether the lists are fresh, is for the caller to say.

    Raises `MalformedError`, `LimitError`, `StatusError`, `SignatureError`, `ResolutionError` or `UnavailableError`; for
    a list with proofs `ProofError` and `CredentialError` too.
    """
    resolver = LocalResolver() if resolver is None else resolver
    # First, in both forms: what nobody signed is not inflated.
    if is_embedded(text):
        document = _embedded(text)
        issuer, window = _named(document), _embedded_window(document)
        proven = integrity.verify(
            document, purpose=Relationship.ASSERTION_METHOD, resolver=resolver, now=moment(window[0])
        )
        if issuer not in {proof.controller for proof in proven.proofs}:
            raise SignatureError(f"status list: not signed by {shown(issuer)}", step=7)
        return _lists(dict(proven.document), issuer, window, text)
    found = jws.read(text, typ=TYP, most=MOST_CHARACTERS)
    verify_by(found, _issuer(found), resolver)
    return _lists(found.claims, _issuer(found), _window(found.claims), text)


def _embedded(text: str) -> dict[str, JsonValue]:
    document = parse(text, most=MOST_CHARACTERS, depth=_DEPTH)
    if not isinstance(document, dict):
        raise MalformedError("status list: expected a JSON object")
    for name in ("iat", "nbf", "exp", "iss"):
        if name in document:
            raise MalformedError(f"status list: {name} has no place beside a proof")
    return document


def _embedded_window(document: dict[str, JsonValue]) -> tuple[int, int | None]:
    """As `_window`; a list speaks no earlier than it was signed, and no longer than its proofs are good."""
    issued, expires = _window(document)
    proofs = proofs_of(document)
    ends = [int(proof.expires.timestamp()) for proof in proofs if proof.expires is not None]
    issued = max([issued, *(int(proof.created.timestamp()) for proof in proofs if proof.created is not None)])
    expires = min(ends if expires is None else [*ends, expires], default=None)
    if expires is not None and expires <= issued:
        raise StatusError("status list: it expires before it speaks")
    return second(issued, "created"), expires


def _lists(
    claims: dict[str, JsonValue], issuer: str, window: tuple[int, int | None], text: str
) -> tuple[StatusList, ...]:
    subject = _subject(claims)
    uri = checked_uri(claims.get("id"), "status list")
    issued, expires = window
    purposes = _purposes(subject.get("statusPurpose"))
    bits = subject.get("statusSize", 1)
    if type(bits) is not int or not 1 <= bits <= WIDEST or (bits > 1 and purposes != (ListKind.MESSAGE,)):
        raise StatusError("status list: expected a statusSize of 1, or up to 8 for messages alone")
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str) or not encoded.startswith(_BASE64URL):
        raise MalformedError("status list: expected encodedList as multibase base64url, which starts with u")
    data = unpack(base64url_decode(encoded[1:]), Packing.GZIP)
    if entries(data, bits) < FEWEST:
        raise StatusError(f"status list: expected {FEWEST} entries or more, got {entries(data, bits)}")
    ttl = _ttl(subject)
    return tuple(StatusList(uri, issuer, kind, bits, data, issued, expires, ttl, None, text) for kind in purposes)


def _issuer(found: jws.UnverifiedJws) -> str:
    return issuer_of(found, _named(found.claims))


def _named(claims: dict[str, JsonValue]) -> str:
    """The issuer that the credential names."""
    issuer = claims.get("issuer")
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    if not isinstance(issuer, str) or not is_did(issuer):
        raise MalformedError("status list: expected issuer as a DID or an object with one as its id")
    return issuer


def _subject(claims: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What the credential is about, once the credential is one of a bitstring (VCDM 2.0 section 4)."""
    for name in _ABSENT:
        if name in claims:
            raise MalformedError(f"status list: {name} has no place in it")
    context, types, subject = claims.get("@context"), claims.get("type"), claims.get("credentialSubject")
    if not isinstance(context, list) or context[:1] != [CREDENTIALS_V2]:
        raise MalformedError(f"status list: expected @context to start with {CREDENTIALS_V2}")
    if not all(isinstance(member, str | dict) for member in context):
        raise MalformedError("status list: expected @context as URLs and objects")
    if not isinstance(types, list) or not all(name in types for name in TYPES):
        raise MalformedError(f"status list: expected its type to hold {' and '.join(TYPES)}")
    if not isinstance(subject, dict) or SUBJECT not in _several(subject.get("type")):
        raise MalformedError(f"status list: expected one credentialSubject of type {SUBJECT}")
    return subject


def _purposes(value: JsonValue) -> tuple[ListKind, ...]:
    """Those that attorn knows; `token` is none of them. Raises `StatusError` if there is none."""
    names = _several(value)
    if not names or not all(isinstance(name, str) for name in names) or len(set(map(str, names))) < len(names):
        raise MalformedError("status list: expected statusPurpose as one text, or several, each once")
    known = tuple(kind for kind in ListKind if kind is not ListKind.TOKEN and kind in names)
    if not known:
        raise StatusError("status list: no statusPurpose that attorn knows")
    return known


def _several(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _window(claims: dict[str, JsonValue]) -> tuple[int, int | None]:
    """From when the list speaks: the latest of what is said; until when: the earliest. Raises `StatusError`."""
    starts, ends = seconds_of(claims, "iat", "nbf"), seconds_of(claims, "exp")
    if "validFrom" in claims:
        starts.append(_instant(claims["validFrom"], "validFrom"))
    if "validUntil" in claims:
        ends.append(_instant(claims["validUntil"], "validUntil"))
    if not starts:
        raise StatusError("status list: it does not say when it was issued: no validFrom, no iat")
    issued, expires = max(starts), min(ends, default=None)
    if expires is not None and expires <= issued:
        raise StatusError("status list: it expires before it speaks")
    return issued, expires


def _instant(value: JsonValue, name: str) -> int:
    """The Unix second of an `xsd:dateTimeStamp`, whose zone is required. Raises `MalformedError`."""
    at = read_stamp(value)
    if at is None or at.year < 1970:
        raise MalformedError(f"status list: expected {name} as a date and time with a zone, in 1970 or later")
    return second(int(at.timestamp()), name)


def _ttl(subject: dict[str, JsonValue]) -> int | None:
    """Whole seconds, at least one; the list says milliseconds."""
    ttl = subject.get("ttl")
    if "ttl" not in subject:
        return None
    if type(ttl) is not int or ttl < 1:
        raise MalformedError("status list: expected a positive ttl in whole milliseconds")
    return max(1, ttl // 1000)
