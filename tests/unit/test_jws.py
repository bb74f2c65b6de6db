"""Compact JWS: three other libraries read ours and we read theirs, and what they are lax about is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws

from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AttornError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
    UnavailableError,
    VerificationError,
)
from attorn.jose.jws import MOST_HEADER, REFUSED, UnverifiedJws, issuer_keys, members_of, read, sign, token_hash, typ_of
from attorn.keys import ecdsa
from attorn.keys.jwk import to_jwk
from attorn.keys.public import PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer

TYP = "statuslist+jwt"
CLAIMS: dict[str, Any] = {"iat": 1_700_000_000, "iss": "did:example:1", "list": [1, "ü", None]}
ED = Ed25519Signer.from_seed(b"\x07" * 32)
P256 = P256Signer.from_scalar(b"\x07" * 32)
BOTH = pytest.mark.parametrize("signer", [ED, P256], ids=["EdDSA", "ES256"])
ASSERT = Relationship.ASSERTION_METHOD
# RFC 9864 has a newer name for EdDSA; the old one is what is understood everywhere.
OLD_NAME = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


def alg_of(signer: Signer) -> str:
    return "EdDSA" if signer is ED else "ES256"


def private_key(signer: Ed25519Signer | P256Signer) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    secret = signer.export_secret()
    if isinstance(signer, Ed25519Signer):
        return ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def private_jwk(signer: Ed25519Signer | P256Signer) -> dict[str, str]:
    return {**to_jwk(signer.public_key), "d": base64url_encode(signer.export_secret())}


def joserfc_key(signer: Ed25519Signer | P256Signer) -> OKPKey | ECKey:
    kind = OKPKey if isinstance(signer, Ed25519Signer) else ECKey
    return kind.import_key(private_jwk(signer))  # type: ignore[attr-defined]


def raw(header: bytes, claims: bytes = b"{}", signer: Signer = ED) -> str:
    """Signed as it is, however wrong."""
    text = f"{base64url_encode(header)}.{base64url_encode(claims)}"
    return f"{text}.{base64url_encode(signer.sign(text.encode()))}"


def headed(**members: Any) -> str:
    given = {"alg": "EdDSA", "typ": TYP, **members}
    return raw(json.dumps({name: value for name, value in given.items() if value is not ...}).encode())


# Others read what we write.


@OLD_NAME
@BOTH
def test_joserfc_reads_ours(signer: Any) -> None:
    text = sign(CLAIMS, by=signer, typ=TYP, kid="did:example:1#a")
    found = joserfc_jws.deserialize_compact(text, joserfc_key(signer), algorithms=[alg_of(signer)])
    assert json.loads(found.payload) == CLAIMS
    assert found.headers() == {"alg": alg_of(signer), "kid": "did:example:1#a", "typ": TYP}


@BOTH
def test_pyjwt_reads_ours(signer: Any) -> None:
    text = sign(CLAIMS, by=signer, typ=TYP)
    assert jwt.decode(text, private_key(signer).public_key(), algorithms=[alg_of(signer)]) == CLAIMS


@BOTH
def test_jwcrypto_reads_ours(signer: Any) -> None:
    token = jwcrypto_jws.JWS()
    token.deserialize(sign(CLAIMS, by=signer, typ=TYP), jwcrypto_jwk.JWK(**to_jwk(signer.public_key)))
    assert json.loads(token.payload) == CLAIMS


# We read what others write. OpenSSL signs with either half of s: a few of each.


def by_joserfc(signer: Any) -> str:
    header = {"alg": alg_of(signer), "typ": TYP}
    return joserfc_jws.serialize_compact(header, json.dumps(CLAIMS), joserfc_key(signer), algorithms=[alg_of(signer)])


def by_pyjwt(signer: Any) -> str:
    return jwt.encode(CLAIMS, private_key(signer), algorithm=alg_of(signer), headers={"typ": TYP})


def by_jwcrypto(signer: Any) -> str:
    token = jwcrypto_jws.JWS(json.dumps(CLAIMS).encode())
    header = json.dumps({"alg": alg_of(signer), "typ": TYP})
    token.add_signature(jwcrypto_jwk.JWK(**private_jwk(signer)), None, header, None)
    return str(token.serialize(compact=True))


@OLD_NAME
@BOTH
@pytest.mark.parametrize("write", [by_joserfc, by_pyjwt, by_jwcrypto])
def test_theirs_are_read(signer: Any, write: Callable[[Any], str]) -> None:
    for _ in range(8):
        found = read(write(signer), typ=TYP)
        assert found.claims == CLAIMS
        found.verify([signer.public_key])
        with pytest.raises(SignatureError):
            found.verify([Ed25519Signer.generate().public_key, P256Signer.generate().public_key])


def test_both_halves_of_an_ecdsa_signature_are_the_same_signature() -> None:
    text = sign(CLAIMS, by=P256, typ=TYP)
    head, _, signature = text.rpartition(".")
    low = base64url_decode(signature)
    high = low[:32] + (ecdsa.ORDER - int.from_bytes(low[32:], "big")).to_bytes(32, "big")
    read(f"{head}.{base64url_encode(high)}", typ=TYP).verify([P256.public_key])


# What they are lax about.


LAX = {
    "unknown crit": headed(crit=["exp"], exp=1),
    "empty crit": headed(crit=[]),
    "null crit": headed(crit=None),
    "alg none": headed(alg="none"),
    "alg None": headed(alg="None"),
    "alg HS256": headed(alg="HS256"),
    "alg RS256": headed(alg="RS256"),
    "alg ES384": headed(alg="ES384"),
    "alg in lower case": headed(alg="eddsa"),
    "alg is a list": headed(alg=["EdDSA"]),
    "alg is null": headed(alg=None),
    "alg absent": headed(alg=...),
    "jwk": headed(jwk=to_jwk(ED.public_key)),
    "jku": headed(jku="https://a.example/jwks"),
    "x5u": headed(x5u="https://a.example/x"),
    "x5c": headed(x5c=["AA"]),
    "b64": headed(b64=False),
    "b64 true": headed(b64=True),
    "duplicate header member": raw(b'{"alg":"EdDSA","typ":"x","typ":"statuslist+jwt"}'),
    "duplicate claim": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":1,"a":1}'),
    "duplicate nested claim": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":{"b":1,"b":2}}'),
    "padded signature": headed() + "==",
    "padded header": headed().replace(".", "=.", 1),
    "typ absent": headed(typ=...),
    "typ is a number": headed(typ=1),
    "another typ": headed(typ="vc+jwt"),
    "typ JWT": headed(typ="JWT"),
    "typ of another tree": headed(typ="text/statuslist+jwt"),
    "typ with a prefix twice": headed(typ="application/application/statuslist+jwt"),
    "typ with a letter that folds": headed(typ="\u017ftatuslist+jwt"),
    "typ with a space": headed(typ=f"{TYP} "),
    "kid is a number": headed(kid=1),
    "kid is null": headed(kid=None),
    "header is a list": raw(b"[]"),
    "header is text": raw(b'"EdDSA"'),
    "header is empty": raw(b""),
    "header with a byte order mark": raw(b'\xef\xbb\xbf{"alg":"EdDSA","typ":"statuslist+jwt"}'),
    "header nested": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt","a":[[[[[1]]]]]}'),
    "claims are a list": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b"[]"),
    "claims are empty": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b""),
    "claims with NaN": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":NaN}'),
    "claims with 2**53": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":9007199254740992}'),
    "claims with a lone surrogate": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":"\\ud800"}'),
    "claims not UTF-8": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":"\xff"}'),
    "claims with more behind": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b"{}{}"),
    "claims nested deeply": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":' + b"[" * 9000 + b"]" * 9000 + b"}"),
    "two parts": headed().rpartition(".")[0],
    "four parts": headed() + ".AA",
    "five parts": headed() + ".AA.AA",
    "no signature": headed().rpartition(".")[0] + ".",
    "short signature": headed()[:-4],
    "long signature": headed() + "AAAA",
    "DER signature": headed().rpartition(".")[0] + "." + "A" * 95,
    "leading space": " " + headed(),
    "line feed behind": headed() + "\n",
    "line feed within": headed()[:20] + "\n" + headed()[20:],
    "base64 of the other alphabet": raw(b'{"alg":"EdDSA","typ":"statuslist+jwt"}', b'{"a":"???"}').replace("_", "/"),
    "JSON serialisation": json.dumps({"protected": "e30", "payload": "e30", "signature": "AA"}),
    "empty": "",
    "NUL": "\0",
    "not ASCII": "\u00e9.e30.AA",
}


@pytest.mark.parametrize("name", LAX)
def test_refused_before_any_key_is_asked(name: str) -> None:
    with pytest.raises(MalformedError):
        read(LAX[name], typ=TYP)


def test_bits_behind_the_end_are_refused() -> None:
    text = headed()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]
    with pytest.raises(MalformedError):
        read(twin, typ=TYP)


@pytest.mark.parametrize("typ", [TYP, "StatusList+JWT", "application/statuslist+jwt", "APPLICATION/StatusList+jwt"])
def test_the_type_is_compared_as_a_media_type(typ: str) -> None:
    assert typ_of(headed(typ=typ)) == TYP
    assert read(headed(typ=typ), typ=TYP).claims == {}
    assert read(headed(), typ=typ).claims == {}


def test_a_text_that_is_too_long_is_refused_by_its_length() -> None:
    # Attack 2: on length, before base64.
    text = sign({"a": "b" * 2000}, by=ED, typ=TYP)
    with pytest.raises(MalformedError, match="at most"):
        read(text, typ=TYP, most=len(text) - 1)
    assert read(text, typ=TYP, most=len(text))
    with pytest.raises(MalformedError, match="header of at most"):
        read(raw(b'{"alg":"EdDSA","typ":"statuslist+jwt","a":"' + b"b" * MOST_HEADER + b'"}'), typ=TYP)
    with pytest.raises(MalformedError, match="at most"):
        read("." * (8 << 20), typ=TYP)
    with pytest.raises(MalformedError, match="three parts"):
        read("." * 65_536, typ=TYP)


@pytest.mark.parametrize("asked", [(), ("jwk",), ("jku",), ("jwk", "jku")])
@pytest.mark.parametrize("name", REFUSED)
def test_a_reader_of_headers_takes_what_it_asked_for_and_nothing_else(name: str, asked: tuple[str, ...]) -> None:
    part = base64url_encode(json.dumps({"alg": "EdDSA", name: "x"}).encode())
    wanted = {each: each in asked for each in ("jwk", "jku")}
    if name in asked:
        assert members_of(part, **wanted)[name] == "x"
        return
    with pytest.raises(MalformedError, match=f"the header holds {name}"):
        members_of(part, **wanted)


@pytest.mark.parametrize("text", [None, 1, b"a.b.c", ["a", "b", "c"]])
def test_what_is_no_text_is_malformed(text: Any) -> None:
    with pytest.raises(MalformedError):
        read(text, typ=TYP)


# The key decides the algorithm.


@pytest.mark.parametrize(
    ("alg", "signer", "key"),
    [
        ("ES256", ED, ED.public_key),
        ("EdDSA", P256, P256.public_key),
        ("Ed25519", P256, P256.public_key),
        ("EdDSA", ED, P256.public_key),
        ("ES256", P256, ED.public_key),
    ],
)
def test_a_key_verifies_by_its_own_algorithm_only(alg: str, signer: Signer, key: PublicKey) -> None:
    text = raw(json.dumps({"alg": alg, "typ": TYP}).encode(), signer=signer)
    with pytest.raises(SignatureError) as caught:
        read(text, typ=TYP).verify([key])
    assert caught.value.step == 4


def test_the_newer_name_of_ed25519_is_the_same() -> None:
    text = sign(CLAIMS, by=ED, typ=TYP, alg="Ed25519")
    found = read(text, typ=TYP)
    assert found.alg == "Ed25519"
    found.verify([P256.public_key, ED.public_key])
    theirs = joserfc_jws.deserialize_compact(text, joserfc_key(ED), algorithms=["Ed25519"])
    assert json.loads(theirs.payload) == CLAIMS


def test_no_key_verifies_nothing() -> None:
    with pytest.raises(SignatureError):
        read(headed(), typ=TYP).verify([])


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, bytes(63) + b"\1", b"\1" + bytes(63)])
@BOTH
def test_signatures_out_of_range_are_no_signatures(signer: Any, signature: bytes) -> None:
    head = sign(CLAIMS, by=signer, typ=TYP).rpartition(".")[0]
    with pytest.raises(SignatureError):
        read(f"{head}.{base64url_encode(signature)}", typ=TYP).verify([signer.public_key])


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.integers(0, 10_000), st.sampled_from("ABCxyz019-_.=\n"), st.booleans())
def test_any_changed_character_is_refused(place: int, character: str, of_ed: bool) -> None:
    signer = ED if of_ed else P256
    text = sign(CLAIMS, by=signer, typ=TYP, kid="did:example:1#a")
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises(VerificationError):
        read(changed, typ=TYP).verify([signer.public_key])


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=60), st.lists(st.binary(max_size=20), min_size=3, max_size=3)))
def test_only_our_errors_escape(given: str | list[bytes]) -> None:
    text = given if isinstance(given, str) else ".".join(map(base64url_encode, given))
    with pytest.raises(AttornError):
        read(text, typ=TYP)


# Signing.


def test_a_written_header_holds_what_was_asked_and_no_more() -> None:
    plain = read(sign({}, by=ED, typ=TYP), typ=TYP)
    assert plain.header == {"alg": "EdDSA", "typ": TYP}
    assert plain.kid is None
    assert read(sign({}, by=ED, typ=TYP, kid="k"), typ=TYP).kid == "k"


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": []},
        {"claims": "{}"},
        {"claims": b"{}"},
        {"claims": {1: 2}},
        {"claims": {"a": object()}},
        {"claims": {"a": float("nan")}},
        {"claims": {"a": 2**53}},
        {"claims": {"\ud800": 1}},
        {"typ": ""},
        {"typ": "application/jwt"},
        {"typ": 'a"b'},
        {"typ": "a\n"},
        {"typ": 1},
        {"kid": 1},
        {"kid": "\ud800"},
        {"kid": "k" * MOST_HEADER},
        {"alg": "none"},
        {"alg": "ES256"},
        {"alg": "HS256"},
        {"alg": ["EdDSA"]},
    ],
)
def test_unusable_arguments_of_sign(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        sign(**{"claims": {}, "by": ED, "typ": TYP, **wrong})


class Broken:
    """A signer that fails as it is told to."""

    def __init__(self, key: Any, signature: Any) -> None:
        self._key, self._signature = key, signature

    @property
    def public_key(self) -> Any:
        if isinstance(self._key, Exception):
            raise self._key
        return self._key

    def sign(self, message: bytes) -> Any:
        if isinstance(self._signature, Exception):
            raise self._signature
        return self._signature


@pytest.mark.parametrize(
    "signer",
    [
        Broken(OSError("PIN 1234"), b""),
        Broken("key", b""),
        Broken(ED.public_key, OSError("PIN 1234")),
        Broken(ED.public_key, bytes(64)),
        Broken(ED.public_key, None),
        Broken(P256.public_key, b"\xff" * 64),
        None,
    ],
)
def test_a_failing_signer_signs_nothing_and_tells_no_secret(signer: Any) -> None:
    with pytest.raises(UnavailableError) as caught:
        sign({}, by=signer, typ=TYP)
    assert "1234" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not isinstance(caught.value.__context__, OSError)


# Whose key.


DID = "did:web:issuer.example"
DOCUMENT = DidDocument(
    DID,
    (
        VerificationMethod(f"{DID}#assert", DID, ED.public_key, frozenset({ASSERT})),
        VerificationMethod(f"{DID}#login", DID, P256.public_key, frozenset({Relationship.AUTHENTICATION})),
    ),
)
OTHER = "did:web:other.example"
RESOLVER = StaticResolver(
    {
        DID: DOCUMENT,
        OTHER: DidDocument(OTHER, ()),
        "did:web:gone.example": DidDocument("did:web:gone.example", (), deactivated=True),
    }
)


def test_the_keys_of_an_issuer() -> None:
    assert issuer_keys(RESOLVER, DID, None, ASSERT) == (ED.public_key,)
    assert issuer_keys(RESOLVER, DID, f"{DID}#assert", ASSERT) == (ED.public_key,)
    assert issuer_keys(RESOLVER, DID, f"{DID}#login", Relationship.AUTHENTICATION) == (P256.public_key,)
    for did in (did_key.encode(P256.public_key), did_jwk.encode(P256.public_key)):
        (method,) = LocalResolver().resolve(did).methods
        assert issuer_keys(LocalResolver(), did, None, ASSERT) == (P256.public_key,)
        assert issuer_keys(LocalResolver(), did, method.id, ASSERT) == (P256.public_key,)


@pytest.mark.parametrize(
    ("issuer", "kid"),
    [
        (DID, f"{DID}#login"),
        (DID, f"{DID}#none"),
        (DID, DID),
        (DID, "#assert"),
        (DID, "assert"),
        (DID, ""),
        (DID, f"{OTHER}#assert"),
        (DID, f"{DID}.evil#assert"),
        (DID, f"{DID}?a#assert"),
        (DID, f"{DID}/x#assert"),
        (DID, f"{DID}#assert\n"),
        (DID, "https://issuer.example/keys/1"),
        (DID, "d" * 5000),
        (OTHER, None),
        (OTHER, f"{DID}#assert"),
        ("did:web:gone.example", None),
        ("did:web:unknown.example", None),
        ("did:key:zzz", None),
        ("https://issuer.example", None),
        ("", None),
        ("d" * 5000, None),
    ],
)
def test_a_key_that_is_not_the_issuers_for_this(issuer: str, kid: str | None) -> None:
    with pytest.raises(ResolutionError):
        issuer_keys(RESOLVER, issuer, kid, ASSERT)


class Answering:
    """A resolver that answers anything."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def resolve(self, did: str) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize("answer", [None, "document", DidDocument(OTHER, ()), DidDocument(DID, (), deactivated=True)])
def test_a_resolver_that_answers_something_else(answer: Any) -> None:
    with pytest.raises(ResolutionError):
        issuer_keys(Answering(answer), DID, None, ASSERT)


def test_a_resolver_that_cannot_be_asked() -> None:
    with pytest.raises(UnavailableError):
        issuer_keys(Answering(OSError()), DID, None, ASSERT)


def test_an_unverified_jws_is_frozen() -> None:
    found = read(headed(), typ=TYP)
    assert isinstance(found, UnverifiedJws)
    with pytest.raises(AttributeError):
        found.claims = {}  # type: ignore[misc]


def test_the_hash_of_a_token_is_that_of_the_rfc() -> None:
    """RFC 9449, section 7.1, figure 12."""
    assert token_hash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU") == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    assert token_hash("") != token_hash(" ")


@pytest.mark.parametrize("text", ["ä", "a\u00e9", "\udc80", "\U0001f600"])
def test_what_is_no_token_has_no_hash(text: str) -> None:
    with pytest.raises(MalformedError):
        token_hash(text)


@pytest.mark.parametrize("text", [headed() + "A" * 70_000, None, b"a.b.c", 1, "", ".", "e30.e30.AA"])
def test_the_type_of_what_is_no_jws(text: Any) -> None:
    with pytest.raises(MalformedError):
        typ_of(text)
