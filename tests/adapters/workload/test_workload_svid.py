"""JWT-SVIDs: written by two libraries, of one trust domain, for one audience; and everything else refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.adapters import outside
from tests.adapters.workload.workload_scene import (
    AUDIENCE,
    BUNDLE,
    DOMAIN,
    KEYS,
    OTHER,
    SIGNER,
    WORKLOAD,
    claims,
    found,
    svid,
    verifier,
    wit,
)
from tests.unit.scene import MALLORY, NOW, PLANNER, Clock

from attorn import workload
from attorn.agent import SpiffeId
from attorn.encoding import base64url_encode
from attorn.errors import (
    AttornError,
    AudienceError,
    ExpiredError,
    InputError,
    MalformedError,
    SignatureError,
    UnavailableError,
    UntrustedRootError,
)
from attorn.workload import Bundle

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
ALGS = [alg for alg in outside.BY_ALG if alg != "EdDSA"]


def bundle(key: Any, **members: Any) -> list[Bundle]:
    return [Bundle.read({"keys": [outside.jwk(key, **{"kid": "1", "use": "jwt-svid"} | members)]}, trust_domain=DOMAIN)]


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("write", [outside.with_pyjwt, outside.with_joserfc])
def test_every_algorithm_by_either_library(alg: str, write: Any) -> None:
    text = write(claims(), alg=alg, kid="1")
    told = verifier(bundles=bundle(outside.BY_ALG[alg])).jwt_svid(text, audience=AUDIENCE)
    assert str(told.id) == WORKLOAD
    assert told.evidence.form == "jwt-svid"
    assert told.evidence.digest == f"sha-256:{base64url_encode(hashlib.sha256(text.encode()).digest())}"
    assert (told.audience, told.expires) == (AUDIENCE, NOW + 300)


@pytest.mark.parametrize("key", [outside.ED, outside.P256])
@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_no_eddsa(alg: str, key: Any) -> None:
    made = "EdDSA" if key is outside.ED else "ES256"
    text = outside.by_hand({"alg": alg, "kid": "1", "typ": "JWT"}, claims(), key=key, alg=made)
    with pytest.raises(MalformedError):
        verifier(bundles=bundle(key)).jwt_svid(text, audience=AUDIENCE)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256K", "RS1", "", None, 5])
def test_no_other_algorithm(alg: Any) -> None:
    """Attack 15."""
    with pytest.raises(MalformedError):
        found(svid({"alg": alg}))


def test_the_public_key_is_no_secret() -> None:
    """Attack 16."""
    header, body, _ = svid({"alg": "HS256"}).split(".")
    mac = hmac.new(outside.public_pem(SIGNER).encode(), f"{header}.{body}".encode(), hashlib.sha256).digest()
    with pytest.raises(MalformedError):
        found(f"{header}.{body}.{base64url_encode(mac)}")


@pytest.mark.parametrize("typ", ["JWT", "JOSE", "jose", ...])
def test_types(typ: Any) -> None:
    assert found(svid({"typ": typ}))


@pytest.mark.parametrize("typ", [*outside.TYPS, "oauth-id-jag+jwt", "", None, 5])
def test_no_other_type(typ: Any) -> None:
    """Attack 22."""
    with pytest.raises(MalformedError):
        found(svid({"typ": typ}))


@pytest.mark.parametrize("kid", ["r", "w", "x", "1", ""])
def test_a_kid_names_the_key(kid: str) -> None:
    """Attack 28: a key of another use, or another kind, is not the one that signed."""
    with pytest.raises(SignatureError):
        found(svid({"kid": kid}))


def test_a_kid_may_be_missing_where_one_key_can_be_meant() -> None:
    assert found(svid({"kid": ...}))
    both = {"keys": [*KEYS["keys"], outside.jwk(outside.derived(8), kid="2", use="jwt-svid")]}
    with pytest.raises(SignatureError):
        verifier(bundles=[Bundle.read(both, trust_domain=DOMAIN)]).jwt_svid(svid({"kid": ...}), audience=AUDIENCE)


def test_a_key_of_the_bundle_has_one_use() -> None:
    by_other = outside.by_hand({"alg": "ES384", "kid": "w"}, claims(), key=OTHER, alg="ES384")
    with pytest.raises(SignatureError):
        found(by_other)


@pytest.mark.parametrize("member", [{"crit": []}, {"jwk": {}}, {"jku": "https://a.example"}, {"x5c": []}])
def test_a_header_brings_no_key(member: dict[str, Any]) -> None:
    """Attack 19."""
    with pytest.raises(MalformedError):
        found(svid(member))


@pytest.mark.parametrize(
    "sub",
    [
        "spiffe://other.example/ns/travel/sa/planner",
        "spiffe://sub.prod.example/a",
        "spiffe://prod.example.evil/a",
        "spiffe://example/a",
    ],
)
def test_another_trust_domain(sub: str) -> None:
    with pytest.raises(UntrustedRootError):
        found(svid(sub=sub))


def test_one_domains_keys_are_not_anothers() -> None:
    other = Bundle.read({"keys": [outside.jwk(OTHER, kid="j", use="jwt-svid")]}, trust_domain="other.example")
    by = verifier(bundles=[BUNDLE, other])
    assert by.jwt_svid(svid(), audience=AUDIENCE)
    with pytest.raises(SignatureError):
        by.jwt_svid(svid(sub="spiffe://other.example/a"), audience=AUDIENCE)


@pytest.mark.parametrize(
    "sub",
    [
        "spiffe://prod.example",
        "spiffe://prod.example/",
        "spiffe://prod.example/a/",
        "spiffe://prod.example//a",
        "spiffe://prod.example/a//b",
        "spiffe://prod.example/.",
        "spiffe://prod.example/..",
        "spiffe://prod.example/a/../b",
        "spiffe://prod.example/a/./b",
        "spiffe://prod.example/%2e%2e/b",
        "spiffe://prod.example/a%2Fb",
        "spiffe://PROD.example/a",
        "SPIFFE://prod.example/a",
        "Spiffe://prod.example/a",
        "spiffe:/prod.example/a",
        "spiffe:prod.example/a",
        "spiffe:///a",
        "spiffe://user@prod.example/a",
        "spiffe://prod.example@evil.example/a",
        "spiffe://user:pass@prod.example/a",
        "spiffe://prod.example:443/a",
        "spiffe://prod.example/a?b=c",
        "spiffe://prod.example/a#b",
        "spiffe://prod.example/a\\b",
        "spiffe://prod.example/a b",
        "spiffe://prod.example/ä",
        "spiffe://pröd.example/a",
        "spiffe://prod.example/a\n",
        "spiffe://prod.example\0/a",
        " spiffe://prod.example/a",
        "spiffe://[::1]/a",
        "https://prod.example/a",
        "prod.example/a",
        "spiffe://" + "a" * 256 + "/a",
        "spiffe://prod.example/" + "a" * 2048,
        "",
        None,
        5,
        ["spiffe://prod.example/a"],
    ],
)
def test_what_is_no_spiffe_id(sub: Any) -> None:
    with pytest.raises(MalformedError):
        found(svid(sub=sub))
    with pytest.raises(MalformedError):
        SpiffeId.read(sub)


@pytest.mark.parametrize("text", ["spiffe://prod.example/a", "spiffe://1.2.3.4/a", "spiffe://a_b-c.d/A.b/..c/_-"])
def test_what_is_one(text: str) -> None:
    assert str(SpiffeId.read(text)) == text


@pytest.mark.parametrize(
    ("domain", "path"),
    [("Prod", "/a"), ("p", "a"), ("p", ""), (None, "/a"), ("p", None), ("p", "/" + "a" * 2040)],
)
def test_an_id_that_is_made_is_one(domain: Any, path: Any) -> None:
    with pytest.raises(InputError):
        SpiffeId(domain, path)


@pytest.mark.parametrize(
    "aud",
    [
        workload.endorsement_audience(issuer=PLANNER.did, agent=PLANNER.did),
        workload.endorsement_audience(issuer=MALLORY.did, agent=PLANNER.did),
        AUDIENCE + "/",
        "prod.example",
        [AUDIENCE, "https://other.example"],
        ...,
    ],
)
def test_another_audience(aud: Any) -> None:
    """Attack 83: also one audience of several, since the others could show it here."""
    with pytest.raises(AudienceError):
        found(svid(aud=aud))


@pytest.mark.parametrize("aud", [[], [5], [AUDIENCE, 5], 5, None, [AUDIENCE, AUDIENCE], {"a": 1}, ""])
def test_an_audience_is_text(aud: Any) -> None:
    with pytest.raises((AudienceError, MalformedError)):
        found(svid(aud=aud))


@pytest.mark.parametrize("changed", [{"exp": NOW}, {"exp": NOW + 86_401}, {"iat": NOW + 31}, {"nbf": NOW + 31}])
def test_too_early_or_too_late(changed: dict[str, Any]) -> None:
    """Attack 81."""
    with pytest.raises(ExpiredError):
        found(svid(**changed))


def test_a_clock_that_is_a_little_ahead() -> None:
    assert found(svid(iat=NOW + 30, nbf=NOW + 30)).expires == NOW + 300
    later = verifier(skew=timedelta(minutes=1))
    assert later.jwt_svid(svid(iat=NOW + 60), audience=AUDIENCE).expires == NOW + 300
    with pytest.raises(ExpiredError):
        later.jwt_svid(svid(iat=NOW + 61), audience=AUDIENCE)
    with pytest.raises(ExpiredError):
        verifier(skew=timedelta(0)).jwt_svid(svid(nbf=NOW + 1), audience=AUDIENCE)


@pytest.mark.parametrize("exp", [..., None, "1", 1.5, True, -1])
def test_an_end_is_required(exp: Any) -> None:
    with pytest.raises(MalformedError):
        found(svid(exp=exp))


def test_times_of_issue_are_optional() -> None:
    assert found(svid(iat=...)).expires == NOW + 300


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b'{"alg":"ES256","alg":"ES256","kid":"j"}', json.dumps(claims()).encode()),
        (b'{"alg":"ES256","kid":"j"}', json.dumps(claims()).encode()[:-1] + b',"sub":"spiffe://prod.example/b"}'),
        (b'{"alg":"ES256","kid":"j"}', b"[]"),
    ],
)
def test_json_with_two_meanings(header: bytes, body: bytes) -> None:
    """Attack 21."""
    with pytest.raises(MalformedError):
        found(outside.by_hand(header, body, key=SIGNER, alg="ES256"))


def test_huge_and_odd_texts() -> None:
    """Attack 2, attack 44."""
    for text in ("a" * 1_000_000, svid() + "=", svid()[:-1], "", "..", None, wit()):
        with pytest.raises((MalformedError, SignatureError)):
            found(text)  # type: ignore[arg-type]


def test_errors_name_no_token() -> None:
    text = svid(aud="s3cret-audience")
    with pytest.raises(AttornError) as caught:
        found(text)
    assert text.split(".")[1] not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "keys",
    [
        [outside.jwk(SIGNER, kid="j", use="sig")],
        [outside.jwk(SIGNER, kid="j")],
        [outside.jwk(SIGNER, kid="j", use="x509-svid")],
        [outside.jwk(SIGNER, kid="j", use="JWT-SVID")],
        [outside.jwk(SIGNER, kid="j", use="enc")],
        [outside.jwk(SIGNER, kid="j", use="jwt-svid"), outside.jwk(OTHER, kid="j", use="jwt-svid")],
        [outside.jwk(SIGNER, kid="j", use="jwt-svid"), {"kty": "oct", "k": "AAAA", "use": "jwt-svid"}],
        [{**outside.jwk(SIGNER, kid="j", use="jwt-svid"), "d": "AAAA"}],
        [],
        None,
    ],
)
def test_bundles_that_vouch_for_nobody(keys: Any) -> None:
    """Attacks 23 to 25."""
    with pytest.raises(MalformedError):
        Bundle.read({"keys": keys}, trust_domain=DOMAIN)


@pytest.mark.parametrize(
    "domain", ["", "Prod.example", "spiffe://prod.example", "prod.example/a", "a:1", None, "a" * 256]
)
def test_a_bundle_is_of_one_trust_domain(domain: Any) -> None:
    with pytest.raises(InputError):
        Bundle.read(KEYS, trust_domain=domain)


class Served:
    def __init__(self, body: bytes | None) -> None:
        self.body = body

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        assert (url, most) == ("https://prod.example/bundle", 65_536)
        return self.body


def test_a_bundle_is_fetched() -> None:
    url = "https://prod.example/bundle"
    body = json.dumps(KEYS).encode()
    assert Bundle.fetch(url, trust_domain=DOMAIN, transport=Served(body)) == BUNDLE
    with pytest.raises(UnavailableError):
        Bundle.fetch(url, trust_domain=DOMAIN, transport=Served(None))
    with pytest.raises(MalformedError):
        Bundle.fetch(url, trust_domain=DOMAIN, transport=Served(b"{}"))


@pytest.mark.parametrize(
    "changed",
    [
        {"bundles": []},
        {"bundles": None},
        {"bundles": [KEYS]},
        {"bundles": [BUNDLE, BUNDLE]},
        {"skew": 60},
        {"skew": -timedelta(1)},
    ],
)
def test_unusable_arguments(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        verifier(**changed)


@pytest.mark.parametrize("audience", ["", None, 5])
def test_an_audience_is_expected(audience: Any) -> None:
    with pytest.raises(InputError):
        found(svid(), audience=audience)


def test_a_clock_that_fails_decides_nothing() -> None:
    with pytest.raises(UnavailableError):
        verifier(clock=lambda: None).jwt_svid(svid(), audience=AUDIENCE)
    with pytest.raises(ExpiredError):
        verifier(clock=Clock(NOW + 300)).jwt_svid(svid(), audience=AUDIENCE)


@pytest.mark.parametrize("store", [5, None, "attorn.db", {}, object()])
def test_what_remembers_nothing_is_no_store(store: Any) -> None:
    with pytest.raises(InputError, match="store"):
        verifier(store=store)
