"""A proof by itself: its form, other kinds of JWS in its place, and the examples of RFC 9449."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import joserfc.jws
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey, OKPKey
from tests.adapters.oauth.dpop_scene import HELD, NOW, PATH, TEXT, URL, Clock, guard, proof, scout, signed, thief
from tests.web.world import AUDIENCE, ORIGIN

from attorn import Identity, Request, caveat, macaroon
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AudienceError,
    DelegationError,
    InputError,
    MalformedError,
    NotAdmittedError,
    PossessionError,
    WrongRequestError,
)
from attorn.jose.jws import token_hash
from attorn.keys.jwk import thumbprint, to_jwk
from attorn.oauth import DpopError, DpopNonceError, DpopProof, Nonces, dpop, prove
from attorn.verify import chain as links
from attorn.web.http import HttpMessage, bind

EC = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"  # noqa: E501
FOR_A_RESOURCE = (
    f"{EC}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90"
    "ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9"
    ".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
"""RFC 9449, section 7.1, figure 13."""
FOR_A_TOKEN_ENDPOINT = (
    f"{EC}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIi"
    "wiaWF0IjoxNTYyMjYyNjE2fQ"
    ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
"""RFC 9449, section 4.1, figure 2. It has no `ath`."""
ITS_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
ITS_THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def read(text: str, *, token: str = TEXT, now: int = NOW, **arguments: Any) -> DpopProof:
    message = arguments.pop("message", HttpMessage(method="GET", origin=ORIGIN, path=PATH))
    return dpop.read(text, token=token, message=message, request=bind(message), audience=AUDIENCE, now=now, **arguments)


def refused(text: str, **arguments: Any) -> DpopError:
    with pytest.raises(DpopError) as caught:
        read(text, **arguments).verify(scout.signer.public_key)
    return caught.value


def test_the_example_of_the_rfc() -> None:
    message = HttpMessage(method="GET", origin="https://resource.example.org", path="/protectedresource")
    found = read(FOR_A_RESOURCE, token=ITS_TOKEN, message=message, now=1562262618)
    found.verify(found.key)
    assert thumbprint(found.key) == ITS_THUMBPRINT
    assert (found.made.start, found.made.stop) == (1562262318, 1562262918)
    with pytest.raises(PossessionError):
        found.verify(scout.signer.public_key)
    tampered = FOR_A_RESOURCE[:-2] + "QQ"
    with pytest.raises(DpopError):
        read(tampered, token=ITS_TOKEN, message=message, now=1562262618).verify(found.key)


@pytest.mark.parametrize("token", ["ä", "\udc80", f"{TEXT}\u00e4"])
def test_a_token_in_other_characters_has_no_proof(token: str) -> None:
    with pytest.raises(MalformedError):
        read(proof(TEXT), token=token)


def test_the_example_without_ath_is_bound_to_no_token() -> None:
    message = HttpMessage(method="POST", origin="https://server.example.com", path="/token")
    assert "ath" in str(refused(FOR_A_TOKEN_ENDPOINT, message=message, now=1562262616))


def test_other_libraries_read_ours_and_write_what_we_read() -> None:
    text = prove(HELD, by=scout, method="GET", url=f"{URL}?a=1#b", clock=Clock())
    header = jwt.get_unverified_header(text)
    assert (header["typ"], header["jwk"]) == ("dpop+jwt", to_jwk(scout.signer.public_key))
    key = jwt.PyJWK.from_json(json.dumps(header["jwk"]), algorithm="EdDSA")
    claims = jwt.decode(text, key.key, algorithms=["EdDSA"], options={"verify_iat": False})
    assert (claims["htm"], claims["htu"], claims["iat"], claims["ath"]) == ("GET", URL, NOW, token_hash(TEXT))
    for theirs, alg in ((OKPKey.generate_key("Ed25519"), "Ed25519"), (ECKey.generate_key("P-256"), "ES256")):
        members = {"typ": "dpop+jwt", "alg": alg, "jwk": theirs.as_dict(private=False)}
        made = joserfc.jws.serialize_compact(members, json.dumps(claims).encode(), theirs, algorithms=[alg])
        found = read(made)
        found.verify(found.key)
    secret = Ed25519PrivateKey.generate()
    own = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(secret.public_key()))
    found = read(jwt.encode(claims, secret, "EdDSA", {"typ": "dpop+jwt", "jwk": own}))
    found.verify(found.key)


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat", "ath"])
def test_every_claim_is_needed(name: str) -> None:
    refused(proof(without=[name]))


@pytest.mark.parametrize(
    "claims",
    [
        {"jti": ""},
        {"jti": 1},
        {"jti": None},
        {"jti": ["a"]},
        {"jti": "x" * 257},
        {"htm": 1},
        {"htu": None},
        {"htu": ["https://calendar.example"]},
        {"iat": str(NOW)},
        {"iat": NOW + 0.5},
        {"iat": True},
        {"iat": -1},
        {"iat": None},
        {"iat": 1e300},
        {"ath": None},
        {"ath": 1},
        {"nonce": None},
        {"nonce": 1},
    ],
)
def test_claims_of_another_type(claims: dict[str, Any]) -> None:
    refused(proof(**claims))


@pytest.mark.parametrize("identifier", ["x" * 256, "a\nb", "\u202e", " "])
def test_an_identifier_is_any_text(identifier: str) -> None:
    assert read(proof(jti=identifier)).made.id != read(proof()).made.id


def test_further_claims_are_ignored() -> None:
    read(proof(exp=1, foo={"a": 1})).verify(scout.signer.public_key)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": None},
        *({"typ": typ} for typ in ("JWT", "dpop", "dpop+jwt+x", "", "jwt", "application/dpop+jwt;x", 1, ["dpop+jwt"])),
        *(
            {"typ": typ}
            for typ in (
                "oauth-id-jag+jwt", "txntoken+jwt", "wit+jwt", "wpt+jwt", "secevent+jwt", "command+jwt",
                "statuslist+jwt", "at+jwt", "kya+jwt", "pay+jwt", "kya-pay+jwt", "dc+sd-jwt", "kb+jwt", "kb+sd-jwt",
                "vc+jwt", "vp+jwt", "aa-agent+jwt", "aip+jwt", "entity-statement+jwt", "checkout+jwt",
            )
        ),
        {"alg": None},
        *({"alg": alg} for alg in ("none", "None", "NONE", "HS256", "ES256", "RS256", "PS256", "ES384")),
        *({"alg": alg} for alg in ("", "eddsa", 1)),
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False},
        {"jku": "https://calendar.example/keys"},
        {"x5c": ["MII"]},
        {"x5u": "https://calendar.example/x"},
        {"kid": 1},
        {"jwk": None},
        {"jwk": "x"},
        {"jwk": []},
        {"jwk": {}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"jwk": {**to_jwk(scout.signer.public_key), "d": "AAAA"}},
        {"jwk": {**to_jwk(scout.signer.public_key), "k": "AAAA"}},
        {"jwk": {**to_jwk(scout.signer.public_key), "use": "enc"}},
        {"jwk": {**to_jwk(scout.signer.public_key), "key_ops": ["sign"]}},
        {"jwk": {**to_jwk(scout.signer.public_key), "alg": "ES256"}},
        {"jwk": {**to_jwk(scout.signer.public_key), "crv": "Ed448"}},
        {"jwk": {**to_jwk(scout.signer.public_key), "x": "AA"}},
    ],
    ids=repr,
)  # fmt: skip
def test_a_header_that_is_none(header: dict[str, Any]) -> None:
    """Attacks 15-23 and 25: none, secrets, other kinds of object and of key."""
    refused(proof(header=header))


def test_alg_of_the_other_kind_of_key() -> None:
    other = Identity.generate(algorithm="P-256")
    members = {"typ": "dpop+jwt", "alg": "EdDSA", "jwk": to_jwk(other.signer.public_key)}
    claims = json.loads(base64url_decode(proof().split(".")[1]))
    with pytest.raises(DpopError):
        read(signed(members, claims, other)).verify(other.signer.public_key)


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b.c", proof() + ".", proof() + "=", " " + proof(), proof() + "\n", proof().replace(".", " ", 1)],
)
def test_text_that_is_no_jws(text: str) -> None:
    refused(text)


def test_members_that_are_there_twice() -> None:
    parts = proof().split(".")
    for place in (0, 1):
        members = base64url_decode(parts[place]).decode()
        name = "typ" if place == 0 else "htm"
        value = json.loads(members)[name]
        doubled = members[:-1] + f', "{name}": "{value}"}}'
        text = list(parts)
        text[place] = base64url_encode(doubled.encode())
        refused(".".join(text))


def test_a_private_key_in_a_proof_is_not_repeated_in_the_error() -> None:
    secret = base64url_encode(b"\x03" * 32)
    error = refused(proof(header={"jwk": {**to_jwk(scout.signer.public_key), "d": secret}}))
    assert secret not in str(error)


def test_a_proof_says_what_it_was_made_for() -> None:
    found = read(proof())
    assert found.presentation().digest == bind(HttpMessage(method="GET", origin=ORIGIN, path=PATH)).digest()
    assert (found.presentation().audience, len(found.presentation().id)) == (AUDIENCE, 36)
    assert read(proof(jti="other")).made.id != found.made.id


def test_a_proof_for_one_request_authorizes_no_other() -> None:
    """An adapter that hands the verifier another request than it read the proof for is refused."""
    with pytest.raises(WrongRequestError):
        guard().authorize(read(proof()), Request(action="http:get", resource=URL))
    message = HttpMessage(method="GET", origin=ORIGIN, path=PATH)
    with pytest.raises(AudienceError):
        guard(audience="did:web:mail.example").authorize(read(proof()), bind(message))
    with pytest.raises(WrongRequestError):
        guard().authorize(read(proof()), bind(message), challenge="answer me")


def test_a_macaroon_takes_no_proof_but_a_presentation() -> None:
    key = macaroon.MacKey.generate()
    token = Identity(thief.signer, clock=Clock()).mint(
        to=scout.did, caveats=[caveat.Actions("http:get")], base=macaroon.issue(key)
    )
    text = prove(token, by=scout, method="GET", url=URL, clock=Clock())
    judge = guard(roots=[thief.did], macaroon_keys=[key])
    with pytest.raises(NotAdmittedError):
        judge.authorize(read(text, token=token.encode()), bind(HttpMessage(method="GET", origin=ORIGIN, path=PATH)))


def test_the_chain_is_remembered_once_for_both_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = guard()
    message = HttpMessage(method="GET", origin=ORIGIN, path=PATH)
    judge.authorize(read(proof()), bind(message))
    monkeypatch.setattr(links, "verify_signatures", None)
    wire = Identity(scout.signer, clock=Clock()).present(HELD, bind(message), audience=AUDIENCE)
    judge.authorize(wire, bind(message))


def test_who_may_make_one() -> None:
    with pytest.raises(DelegationError):
        prove(HELD, by=thief, method="GET", url=URL)
    for arguments in (
        {"by": "scout"},
        {"token": TEXT},
        {"url": None},
        {"url": PATH},
        {"url": "ftp://calendar.example/x"},
        {"url": f"https://a@calendar.example{PATH}"},
        {"url": f"{ORIGIN}/a/../b"},
        {"method": "get"},
        {"nonce": 1},
    ):
        given: dict[str, Any] = {"token": HELD, "by": scout, "method": "GET", "url": URL, **arguments}
        with pytest.raises(InputError):
            prove(given.pop("token"), **given)


def test_nonces() -> None:
    clock = Clock()
    ours = Nonces(b"\7" * 32, clock=clock)
    given = ours.issue()
    assert ours.knows(given)
    assert Nonces(b"\7" * 32, clock=clock).knows(given)
    for bad in (given[:-1] + "A", given[:-1], given + "A", "", "é" * 32, None, given.lower(), given[::-1]):
        assert not ours.knows(bad)  # type: ignore[arg-type]
    assert not Nonces(b"\x08" * 32, clock=clock).knows(given)
    clock.second = NOW - 60
    assert ours.knows(given)
    clock.second = NOW - 61
    assert not ours.knows(given)
    with pytest.raises(DpopNonceError):
        read(proof(), nonces=ours)
    for arguments in ({"secret": b"short"}, {"secret": "x" * 32}, {"lifetime": 1}):
        with pytest.raises(InputError):
            Nonces(**{"secret": b"\7" * 32, **arguments})  # type: ignore[arg-type]


def test_a_nonce_in_place_of_another() -> None:
    clock = Clock()
    ours = Nonces(b"\7" * 32, clock=clock)
    given = ours.issue()
    clock.second += 299
    assert ours.in_place_of(given) is None
    for other in (None, "", "x", "A" * 32, given[::-1], 5, Nonces(b"\x08" * 32, clock=clock).issue()):
        assert ours.in_place_of(other) == ours.issue() != given  # type: ignore[arg-type]
    clock.second += 1
    assert ours.in_place_of(given) == ours.issue()
    clock.second = NOW - 60
    assert ours.in_place_of(given) is None
    clock.second = NOW - 61
    assert ours.in_place_of(given) == ours.issue()


def test_what_asks_for_a_nonce_has_it_also_elsewhere() -> None:
    ours = Nonces(b"\7" * 32, clock=Clock())
    with pytest.raises(DpopNonceError) as caught:
        read(proof(), nonces=ours)
    for error in (caught.value, copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert (error.nonce, error.step, str(error)) == (ours.issue(), 8, str(caught.value))


def test_a_key_of_a_low_order_point_is_no_key() -> None:
    x = base64url_encode(b"\1" + bytes(31))
    refused(proof(header={"jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}}))


@pytest.mark.parametrize("typ", ["dpop+jwt", "DPoP+JWT", "application/dpop+jwt", "Application/DPOP+jwt"])
def test_a_type_may_be_spelled_as_media_types_are(typ: str) -> None:
    assert read(proof(header={"typ": typ})).made


@pytest.mark.parametrize(
    "typ", ["application/application/dpop+jwt", "text/dpop+jwt", " dpop+jwt", "dpop+jwt ", "dp\u00f6p+jwt"]
)
def test_a_type_that_is_another(typ: str) -> None:
    with pytest.raises(DpopError):
        read(proof(header={"typ": typ}))
