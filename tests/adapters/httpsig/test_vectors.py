"""What others signed: the vectors of the drafts, with the Ed25519 key of RFC 9421 B.1.4, and the library either way.

Ed25519 is deterministic: a directory's signature must be theirs to the byte where it is over the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from http_message_signatures import HTTPMessageVerifier, InvalidSignature, MappingKeyResolver, algorithms
from tests.adapters.httpsig import library
from tests.adapters.httpsig.scene import AGENT, ORIGIN, Clock, Web, agent, message, p256, signed, signer, verifier

from attorn import Identity
from attorn.encoding import base64url_decode
from attorn.errors import AttornError
from attorn.httpsig import AgentVerifier, Coverage, Directories, Directory, SignedMessage
from attorn.httpsig.message import Fields, Reply, View
from attorn.httpsig.source import WELL_KNOWN
from attorn.keys.jwk import thumbprint
from attorn.keys.p256 import coordinates

TESTER = Identity.from_seed(base64url_decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"))
KEYID = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"
URL = "https://signature-agent.test"
CREATED = datetime.fromtimestamp(1_735_689_600, UTC)
NONCE = "n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA=="
LEGACY = "e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUKAJ0qVkU0mEeLElW1qg=="
SET = (
    b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U",'
    b'"x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs","use":"sig"}]}'
)
DIGEST = "sha-256=:CADMT2aBdV/rqQr/NIru64ERQkCobVvllA4V0fLFDu0=:"
VECTORS = {
    # web_bot_auth_architecture_v2.json: the member has another name than the signature
    "architecture": (
        f'agent2="{URL}"', ';key="agent2"', 4_889_289_600, NONCE,
        "RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==",
    ),
    # draft-ietf-webbotauth-httpsig-protocol, EdDSA, Signature-Agent
    "protocol": (
        f'sig2="{URL}"', ';key="sig2"', 4_889_289_600, NONCE,
        "CGokAoY/FrPpyuzTe1Fb2kLTAH9Idw6qSFd1+D77r1firsMRCxeuLu5e6O+ek3zQgDMAzjiXtLVfqE00xnABCQ==",
    ),
    # the same, the String form
    "legacy": (
        f'"{URL}"', "", 1_735_693_200, LEGACY,
        "jdq0SqOwHdyHr9+r5jw3iYZH6aNGKijYp/EstF4RQTQdi5N5YYKrD+mCT1HA1nZDsi6nJKuHxUi/5Syp3rLWBA==",
    ),
}  # fmt: skip


def vector(name: str) -> SignedMessage:
    named, key, expires, nonce, signature = VECTORS[name]
    params = (
        f'sig2=("@authority" "signature-agent"{key});created=1735689600;keyid="{KEYID}";alg="ed25519"'
        f';expires={expires};nonce="{nonce}";tag="web-bot-auth"'
    )
    lines = (("signature-agent", named), ("signature-input", params), ("signature", f"sig2=:{signature}:"))
    return SignedMessage(method="GET", origin="https://example.com", path="/path/to/resource", headers=lines)


def others(**arguments: object) -> AgentVerifier:
    clock, transport = Clock(CREATED + timedelta(minutes=1)), Web()
    transport.documents[URL + WELL_KNOWN] = SET
    given = {"agents": [URL], "clock": clock, "coverage": Coverage.AUTHORITY, "lifetime": timedelta(days=40_000)}
    return AgentVerifier(Directories(transport, clock=clock), **{**given, "legacy": True, **arguments})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_drafts(name: str) -> None:
    found = others().identify(vector(name))
    assert (found.url, found.keyid, found.did) == (URL, KEYID, TESTER.did)


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_refused_for_what_attorn_asks_beyond_the_draft(name: str) -> None:
    strict: list[dict[str, object]] = [{"coverage": Coverage.REQUEST}]
    strict.append({"legacy": False} if name == "legacy" else {"lifetime": timedelta(hours=24)})
    for each in strict:
        with pytest.raises(AttornError):
            others(**each).identify(vector(name))


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_that_was_changed(name: str) -> None:
    request = vector(name)
    for number, (field, value) in enumerate(request.headers):
        for at in range(0, len(value), 7):
            changed = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
            lines = (*request.headers[:number], (field, changed), *request.headers[number + 1 :])
            with pytest.raises(AttornError):
                others().identify(replace(request, headers=lines))
    with pytest.raises(AttornError):
        others().identify(replace(request, origin="https://example.org"))


def test_the_key_of_the_rfc_has_the_thumbprint_of_the_draft() -> None:
    assert thumbprint(TESTER.signer.public_key) == KEYID
    assert set(Directory(TESTER, origin=URL).headers()) == {
        "Content-Type", "Cache-Control", "Content-Digest", "Signature-Input", "Signature"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("params", "signature"),
    [
        (
            f';created=1735689600;keyid="{KEYID}";alg="ed25519";expires=4889289600',
            "yiHq0TXrbpzbmlttAQMpYoAufitFJUWuNsakB7QQMoN0EHbo5o51bZRVR8az/ptTWCwllix9clrKXfGKwdPzBg==",
        ),
        (
            f';created=1735689600;expires=4889289600;keyid="{KEYID}"',
            "l6P8R67tm3kujAxbHWio7ll01qrEZ0dKD/WWlGhNYEmTnFZM8Wt0VQ9zqGfvo7T/UMkBxsigzChM1Gpz7gOVBg==",
        ),
    ],
)
def test_the_signed_directories_of_the_drafts_are_what_ours_is(params: str, signature: str) -> None:
    """Theirs are verified by the same library as ours, over the same components, with the same tag."""
    tagged = f'binding=("@authority";req "content-digest"){params};tag="http-message-signatures-directory"'
    theirs = {"Content-Digest": DIGEST, "Signature-Input": tagged, "Signature": f"binding=:{signature}:"}
    _check_directory(TESTER, theirs, SET, URL)
    with pytest.raises(InvalidSignature):
        _check_directory(TESTER, theirs, SET, "https://other.example")
    ours = Directory(TESTER, origin=URL)
    _check_directory(TESTER, ours.headers(), ours.body, URL)
    shape = re.sub(r"^\w+=|;(?:created|keyid|alg|expires)=[^;]+", "", tagged)
    assert re.sub(r"^\w+=|;(?:created|keyid|alg|expires)=[^;]+", "", ours.headers()["Signature-Input"]) == shape


def test_a_directory_is_signed_by_every_key() -> None:
    ours = Directory(agent, TESTER, p256, origin=AGENT)
    labels = re.findall(r"(binding\d)=\(", ours.headers()["Signature-Input"])
    assert labels == ["binding0", "binding1", "binding2"]
    for number, by in enumerate((agent, TESTER)):
        _check_directory(by, ours.headers(), ours.body, AGENT, number)
        with pytest.raises(InvalidSignature):
            _check_directory(by, ours.headers(), ours.body, "https://other.example", number)
        with pytest.raises(InvalidSignature):
            _check_directory(by, ours.headers(), ours.body + b" ", AGENT, number)


def _check_directory(by: Identity, headers: dict[str, str], body: bytes, origin: str, number: int = 0) -> None:
    """One proof of a directory, by the library alone. The others are other keys' affair, and are taken out."""
    mine = {**headers}
    for name in ("Signature-Input", "Signature"):
        mine[name] = re.split(r", (?=binding)", headers[name])[number]
    keys = MappingKeyResolver(
        public_keys={thumbprint(by.signer.public_key): library.private(by).public_key()}, private_keys={}
    )
    request = View("GET", origin + WELL_KNOWN, Fields(()))
    (found,) = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys).verify(
        Reply(200, mine, request), expect_tag="http-message-signatures-directory", max_age=None, body=body
    )
    assert found.body == body


@pytest.mark.parametrize("query", ["", "a=1&a=2&b=%2F"])
@pytest.mark.parametrize("body", [b"", b"body"])
def test_the_library_verifies_what_attorn_signs(query: str, body: bytes) -> None:
    now = Clock(datetime.now(UTC))  # the library has a clock of its own
    asked = message("POST", query=query, body=body, headers=(("authorization", "Attorn AAAA"),))
    request = signed(now, asked)
    theirs = library.Request("POST", request.url, dict(request.headers))
    required = ['"@method"', '"@authority"', '"@path"', '"authorization"', '"signature-agent";key="sig1"']
    assert library.verifies(agent, theirs, require_components=required, body=body)
    for change in ({"method": "PUT"}, {"url": f"{ORIGIN}/cart/2"}):
        with pytest.raises(InvalidSignature):
            library.verifies(agent, replace(theirs, **change))
    with pytest.raises(InvalidSignature):
        library.verifies(agent, theirs, body=b"another")


def test_the_library_verifies_what_a_p256_key_signs() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    now = Clock(datetime.now(UTC))
    request = signed(now, by=signer(now, p256))
    x, y = (int.from_bytes(each, "big") for each in coordinates(p256.signer.public_key.data))
    keys = {thumbprint(p256.signer.public_key): ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()}
    found = HTTPMessageVerifier(
        signature_algorithm=algorithms.ECDSA_P256_SHA256,
        key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}),
    ).verify(library.Request("GET", request.url, dict(request.headers)), expect_tag="web-bot-auth")
    assert len(found) == 1


@pytest.mark.parametrize("include_alg", [True, False])
@pytest.mark.parametrize("body", [b"", b"body"])
def test_attorn_verifies_what_the_library_signs(include_alg: bool, body: bytes) -> None:
    clock = Clock()
    theirs = library.sign(
        agent,
        library.Request("PATCH", f"{ORIGIN}/cart?x=1", {"Signature-Agent": f'sig1="{AGENT}"', "Cookie": "a=b"}),
        clock,
        include_alg=include_alg,
        covered_component_ids=["@method", "@target-uri", "cookie", '"signature-agent";key="sig1"'],
        body=body or None,
    )
    lines = tuple(theirs.headers.items())
    found = verifier(clock).identify(message("PATCH", query="x=1", body=body, headers=lines))
    assert '"cookie"' in found.covered
