"""Evidence as bytes: two libraries write what is read; no other type, algorithm, key or spelling is."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from tests.adapters import outside
from tests.adapters.oauth.evidence_scene import (
    ISSUER,
    JAG_TYP,
    KEYS,
    as_id_token,
    as_jag,
    id_claims,
    id_token,
    jag,
    jag_claims,
    verifier,
)

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError, MalformedError, SignatureError, UntrustedRootError
from attorn.jose.key_set import KeySet

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


def set_of(key: Any, **members: Any) -> dict[str, KeySet]:
    return {ISSUER: KeySet.read({"keys": [outside.jwk(key, **{"kid": "1", **members})]})}


def jag_by(issuers: dict[str, KeySet], text: str) -> Any:
    return verifier(issuers=issuers).id_jag(
        text, audience="https://as.calendar.example", client_id=jag_claims()["client_id"]
    )


@pytest.mark.parametrize("alg", outside.BY_ALG)
@pytest.mark.parametrize("write", [outside.with_pyjwt, outside.with_joserfc])
def test_every_algorithm_by_either_library(alg: str, write: Any) -> None:
    text = write(jag_claims(), alg=alg, kid="1", typ=JAG_TYP)
    found = jag_by(set_of(outside.BY_ALG[alg]), text)
    assert found.vouched_user.subject == "alice"
    assert found.vouched_user.digest == f"sha-256:{base64url_encode(hashlib.sha256(text.encode()).digest())}"


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt", None])
def test_an_id_token_has_no_type_or_jwt(typ: str | None) -> None:
    text = outside.by_hand({"alg": "RS256", "kid": "1", **({} if typ is None else {"typ": typ})}, id_claims())
    assert as_id_token(text).vouched_user.kind == "id-token"


@pytest.mark.parametrize("typ", [*outside.TYPS, "JOSE", JAG_TYP, "", None, 5, ["JWT"]])
def test_nothing_else_is_an_id_token(typ: Any) -> None:
    """Attack 22."""
    with pytest.raises(MalformedError):
        as_id_token(outside.by_hand({"alg": "RS256", "kid": "1", "typ": typ}, id_claims()))


@pytest.mark.parametrize("typ", [*outside.TYPS, "JOSE", "JWT", "", None, 5, ...])
def test_nothing_else_is_an_id_jag(typ: Any) -> None:
    """Attack 22."""
    with pytest.raises(MalformedError):
        as_jag(outside.by_hand({"alg": "RS256", "kid": "1", **({} if typ is ... else {"typ": typ})}, jag_claims()))


@pytest.mark.parametrize("claims", [{"typ": "Bearer"}, {"typ": "Refresh"}, {"events": {}}])
def test_claims_of_another_kind_of_jwt_are_no_id_token(claims: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        as_id_token(id_token(**claims))


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", "HS256", "HS512", "ES256K", "RS1", "A256KW", None, 5, ["RS256"]]
)
def test_no_other_algorithm(alg: Any) -> None:
    """Attack 15."""
    with pytest.raises(MalformedError):
        as_jag(outside.by_hand({"alg": alg, "kid": "1", "typ": JAG_TYP}, jag_claims()))


@pytest.mark.parametrize("secret", [outside.public_pem(outside.RSA), json.dumps(outside.jwk(outside.RSA))])
def test_the_public_key_is_no_secret(secret: str) -> None:
    """Attack 16."""
    body = jag().rsplit(".", 1)[0].split(".")[1]
    header = base64url_encode(json.dumps({"alg": "HS256", "kid": "1", "typ": JAG_TYP}).encode())
    mac = hmac.new(secret.encode(), f"{header}.{body}".encode(), hashlib.sha256).digest()
    with pytest.raises(MalformedError):
        as_jag(f"{header}.{body}.{base64url_encode(mac)}")


@pytest.mark.parametrize(
    ("said", "made", "key"),
    [
        ("RS256", "PS256", outside.RSA),
        ("PS256", "RS256", outside.RSA),
        ("RS512", "RS256", outside.RSA),
        ("RS256", "RS256", outside.OTHER_RSA),
        ("ES256", "RS256", outside.RSA),
        ("EdDSA", "RS256", outside.RSA),
        ("RS256", "ES256", outside.P256),
        ("RS256", "EdDSA", outside.ED),
    ],
)
def test_a_signature_by_another_key_or_algorithm(said: str, made: str, key: Any) -> None:
    """Attack 17."""
    with pytest.raises(SignatureError):
        as_jag(outside.by_hand({"alg": said, "kid": "1", "typ": JAG_TYP}, jag_claims(), key=key, alg=made))


@pytest.mark.parametrize(
    ("said", "key"),
    [("ES384", outside.P256), ("ES256", outside.P384), ("ES512", outside.P384), ("Ed25519", outside.P256)],
)
def test_a_curve_has_one_algorithm(said: str, key: Any) -> None:
    """Attack 18."""
    alg = {256: "ES256", 384: "ES384"}[key.curve.key_size]
    text = outside.by_hand({"alg": said, "kid": "1", "typ": JAG_TYP}, jag_claims(), key=key, alg=alg)
    with pytest.raises(SignatureError):
        jag_by(set_of(key), text)


def test_a_key_is_for_the_algorithm_that_it_names() -> None:
    text = outside.with_pyjwt(jag_claims(), alg="RS256", kid="1", typ=JAG_TYP)
    assert jag_by(set_of(outside.RSA, alg="RS256"), text)
    with pytest.raises(SignatureError):
        jag_by(set_of(outside.RSA, alg="PS256"), text)


TWO = {"keys": [outside.jwk(outside.RSA, kid="1"), outside.jwk(outside.OTHER_RSA, kid="2")]}


def test_a_kid_names_the_key() -> None:
    """Attack 28."""
    issuers = {ISSUER: KeySet.read(TWO)}
    assert jag_by(issuers, outside.with_pyjwt(jag_claims(), kid="1", typ=JAG_TYP))
    assert jag_by(issuers, outside.with_pyjwt(jag_claims(), key=outside.OTHER_RSA, kid="2", typ=JAG_TYP))
    for kid in ("2", "3", "", "../1", "1' OR '1'='1"):
        with pytest.raises(SignatureError):
            jag_by(issuers, outside.with_pyjwt(jag_claims(), kid=kid, typ=JAG_TYP))


def test_without_a_kid_there_must_be_one_key() -> None:
    text = outside.with_pyjwt(jag_claims(), typ=JAG_TYP)
    assert as_jag(text)
    with pytest.raises(SignatureError):
        jag_by({ISSUER: KeySet.read(TWO)}, text)
    mixed = KeySet.read({"keys": [outside.jwk(outside.RSA, kid="1"), outside.jwk(outside.P256, kid="2")]})
    assert jag_by({ISSUER: mixed}, text)


@pytest.mark.parametrize("kid", [5, None, ["1"], {}])
def test_a_kid_is_text(kid: Any) -> None:
    with pytest.raises(MalformedError):
        as_jag(outside.by_hand({"alg": "RS256", "kid": kid, "typ": JAG_TYP}, jag_claims()))


@pytest.mark.parametrize(
    "member",
    [
        {"crit": []},
        {"b64": True},
        {"jwk": outside.jwk(outside.RSA)},
        {"jku": "https://a.example"},
        {"x5c": []},
        {"x5u": ""},
    ],
)
def test_a_header_brings_no_key_and_no_extension(member: dict[str, Any]) -> None:
    """Attack 19, attack 20."""
    with pytest.raises(MalformedError):
        as_jag(outside.by_hand({"alg": "RS256", "kid": "1", "typ": JAG_TYP, **member}, jag_claims()))


HEADER = json.dumps({"alg": "RS256", "kid": "1", "typ": JAG_TYP}).encode()
CLAIMS = json.dumps(jag_claims()).encode()


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        (HEADER[:-1] + b', "alg": "RS256"}', CLAIMS),
        (HEADER[:-1] + b', "kid": "2"}', CLAIMS),
        (HEADER, CLAIMS[:-1] + b', "sub": "mallory"}'),
        (HEADER, CLAIMS[:-1] + b', "exp": 2000000000}'),
        (HEADER, CLAIMS + b" {}"),
        (HEADER, b"[]"),
        (HEADER, b'"alice"'),
        (b"[]", CLAIMS),
        (b"\xef\xbb\xbf" + HEADER, CLAIMS),
        (HEADER, CLAIMS.replace(b"alice", b"ali\\ud800ce")),
        (HEADER, b'{"a":' * 40 + b"1" + b"}" * 40),
    ],
)
def test_json_with_two_meanings(header: bytes, claims: bytes) -> None:
    """Attacks 1, 12, 14 and 21."""
    with pytest.raises(MalformedError):
        as_jag(outside.by_hand(header, claims))


def test_a_huge_token() -> None:
    """Attack 2, attack 4."""
    unsigned = jag().rsplit(".", 1)[0]
    for text in (jag(scope="x" * 16_384), "a" * 10_000_000, jag() + "." * 100, f"{'a' * 8192}.e30.AA"):
        with pytest.raises(MalformedError):
            as_jag(text)
    for text in (f"{unsigned}.", f"{unsigned}.{'A' * 1368}"):
        with pytest.raises(MalformedError):
            as_jag(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "=",
        lambda text: text + "A",
        lambda text: text.replace(".", ".A", 1),
        lambda text: text.rsplit(".", 1)[0],
        lambda text: text.rsplit(".", 1)[0] + ".",
        lambda text: text + ".e30",
        lambda text: f" {text}",
        lambda text: f"{text}\n",
        lambda text: text.replace(".", "..", 1),
        lambda text: "",
        lambda text: None,
        lambda text: text.encode(),
    ],
)
def test_one_spelling(change: Any) -> None:
    """Attack 44."""
    with pytest.raises(AttornError) as caught:
        as_jag(change(jag()))
    assert isinstance(caught.value, MalformedError | SignatureError)


def test_any_changed_character_is_noticed() -> None:
    text = jag()
    for position in range(0, len(text), 7):
        changed = text[:position] + ("B" if text[position] != "B" else "C") + text[position + 1 :]
        with pytest.raises((MalformedError, SignatureError, UntrustedRootError)):
            as_jag(changed)
    header, body, made = text.split(".")
    swapped = base64url_encode(base64url_decode(body).replace(b"alice", b"carol"))
    with pytest.raises(SignatureError):
        as_jag(f"{header}.{swapped}.{made}")


@pytest.mark.parametrize(
    "issuer", [f"{ISSUER}/", ISSUER.upper(), "http://idp.example", "https://other.example", "alice"]
)
def test_another_issuer(issuer: str) -> None:
    with pytest.raises(UntrustedRootError):
        as_jag(jag(iss=issuer))
    with pytest.raises(UntrustedRootError):
        as_id_token(id_token(iss=issuer))


def test_one_issuers_keys_are_not_anothers() -> None:
    both = {ISSUER: KEYS, "https://other.example": set_of(outside.OTHER_RSA)[ISSUER]}
    with pytest.raises(SignatureError):
        jag_by(both, jag(iss="https://other.example"))
    with pytest.raises(SignatureError):
        jag_by(both, outside.with_pyjwt(jag_claims(), key=outside.OTHER_RSA, kid="1", typ=JAG_TYP))


@pytest.mark.parametrize("issuers", [None, {}, [ISSUER], {ISSUER: None}, {ISSUER: {"keys": []}}, ISSUER])
def test_issuers_have_key_sets(issuers: Any) -> None:
    with pytest.raises(InputError):
        verifier(issuers=issuers)


def test_errors_say_nothing_of_what_was_signed() -> None:
    for text in (jag(sub="s3cret", aud="x"), jag(sub="s3cret", exp=1), jag(sub="s3cret" * 200), jag(iss="s3cret")):
        with pytest.raises(AttornError) as caught:
            as_jag(text)
        assert "s3cret" not in str(caught.value)
