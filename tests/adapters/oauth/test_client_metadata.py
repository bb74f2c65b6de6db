"""Client ID Metadata Documents: what an agent serves, what other libraries make of it, what is read of strangers."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet as JoserfcKeys
from mcp.client.auth.utils import is_valid_client_metadata_url
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from tests.adapters import outside
from tests.unit.scene import PLANNER

from attorn import Identity
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.jose import foreign, jws
from attorn.jose.key_set import KeySet
from attorn.oauth import fetch_client_metadata, read_client_metadata, write_client_metadata
from attorn.oauth.client_metadata import MOST_BYTES, is_client_id
from attorn.web.fetch import HttpTransport

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
ID = "https://agent.example/client.json"
P256 = Identity.generate(algorithm="P-256")
BACK = ["http://localhost:3000/callback"]


def made(**changed: Any) -> bytes:
    return write_client_metadata(**{"identity": PLANNER, "client_id": ID, "name": "Planner"} | changed)


def changed(**members: Any) -> bytes:
    """The document with other members; `...` takes one out."""
    document = {**json.loads(made()), **members}
    return json.dumps({name: value for name, value in document.items() if value is not ...}).encode()


def read(document: bytes, client_id: str = ID) -> Any:
    return read_client_metadata(document, client_id=client_id)


@pytest.mark.parametrize(("identity", "alg"), [(PLANNER, "EdDSA"), (P256, "ES256")])
def test_a_document_of_an_agent(identity: Identity, alg: str) -> None:
    document = json.loads(made(identity=identity, redirect_uris=BACK))
    assert document["client_id"] == ID
    assert document["token_endpoint_auth_method"] == "private_key_jwt"
    assert document["token_endpoint_auth_signing_alg"] == alg
    (jwk,) = document["jwks"]["keys"]
    assert (jwk["use"], jwk["alg"], jwk["kid"]) == ("sig", alg, f"{identity.did}#{identity.did[8:]}")
    assert not {"client_secret", "client_secret_expires_at", "d"} & {*document, *jwk}
    found = read(made(identity=identity, redirect_uris=BACK))
    assert (found.client_id, found.name, found.method) == (ID, "Planner", "private_key_jwt")
    assert (found.redirect_uris, found.jwks_uri) == (tuple(BACK), None)


@pytest.mark.parametrize("redirect_uris", [[], BACK])
def test_an_mcp_client_takes_it(redirect_uris: list[str]) -> None:
    assert is_valid_client_metadata_url(ID)
    document = json.loads(made(redirect_uris=redirect_uris))
    kept = OAuthClientInformationFull.model_validate(document)
    assert (kept.client_id, kept.client_secret, kept.token_endpoint_auth_method) == (ID, None, "private_key_jwt")
    if redirect_uris:
        assert OAuthClientMetadata.model_validate(document).jwks == document["jwks"]


@pytest.mark.parametrize("identity", [PLANNER, P256])
def test_an_assertion_of_the_agent_is_by_the_key_in_it(identity: Identity) -> None:
    document = json.loads(made(identity=identity))
    (jwk,) = document["jwks"]["keys"]
    said = {"iss": ID, "sub": ID, "aud": "https://as.example", "exp": 4_000_000_000, "jti": "1"}
    assertion = jws.sign(said, by=identity.signer, typ="JWT", kid=jwk["kid"])
    algs = [jwk["alg"]]
    assert pyjwt.decode(assertion, pyjwt.PyJWK(jwk), algorithms=algs, audience="https://as.example") == said
    assert joserfc_jwt.decode(assertion, JoserfcKeys.import_key_set(document["jwks"]), algorithms=algs).claims == said
    foreign.read(assertion, typs=("jwt",)).verify(read(made(identity=identity)).keys)


IDS = (
    "http://agent.example/client",
    "https://agent.example",
    "https://agent.example/",
    "https://agent.example//client",
    "https://agent.example/a#b",
    "https://agent.example/a?b=c",
    "https://user@agent.example/a",
    "https://user:x@agent.example/a",
    "https://agent.example/a/../b",
    "https://agent.example/./a",
    "https://agent.example/a/.",
    "https://agent.example/..",
    "https://agent.example/a/%2e%2e/b",
    "https://agent.example/%61",
    "https://agent.example/a b",
    "https://agent.example/a\\b",
    "https://agent.example/ä",
    "https://Agent.example/a",
    "HTTPS://agent.example/a",
    "https://agent.example:0/a",
    "https://agent.example:443/a",
    "https://agent.example./a",
    "https://0x7f.1/a",
    "https:///a",
    "https:/agent.example/a",
    "//agent.example/a",
    "did:web:agent.example",
    " https://agent.example/a",
    "https://agent.example/a\n",
    "https://agent.example/" + "a" * 2048,
    "",
    None,
    5,
)


@pytest.mark.parametrize("client_id", IDS)
def test_what_is_no_client_id(client_id: Any) -> None:
    """Attack 53, attack 55."""
    assert not is_client_id(client_id)
    with pytest.raises(InputError):
        made(client_id=client_id)
    with pytest.raises(MalformedError):
        read(changed(client_id=client_id), client_id)
    with pytest.raises(MalformedError):
        fetch_client_metadata(client_id, transport=Served(b""))


@pytest.mark.parametrize(
    "client_id", [ID, "https://a.example:8443/x/", "https://192.0.2.1/a", "https://a.example/~x/.well"]
)
def test_what_is_one(client_id: str) -> None:
    assert read(changed(client_id=client_id), client_id).client_id == client_id


@pytest.mark.parametrize(
    "said", [f"{ID}/", ID[:-1], ID.upper(), "https://agent.example:443/client.json", None, 5, [ID], ...]
)
def test_another_client_id_than_it_was_got_from(said: Any) -> None:
    with pytest.raises(MalformedError):
        read(changed(client_id=said))


@pytest.mark.parametrize(
    "members",
    [
        {"client_secret": "s3cret"},
        {"client_secret": None},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": "tls_client_auth"},
        {"token_endpoint_auth_method": None},
        {"token_endpoint_auth_method": ["none"]},
        {"token_endpoint_auth_method": ...},
        {"token_endpoint_auth_method": "none"},
        {"jwks": ...},
        {"jwks": None},
        {"jwks": []},
        {"jwks": {}},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
        {"jwks": {"keys": [{**outside.jwk(outside.P256), "d": "AAAA"}]}},
        {"jwks": {"keys": [outside.jwk(outside.P256, kid="1"), outside.jwk(outside.RSA, kid="1")]}},
        {"jwks": {"keys": [outside.jwk(outside.P256, use="enc")]}},
        {"jwks_uri": "https://agent.example/jwks"},
        {"jwks": ..., "jwks_uri": "http://agent.example/jwks"},
        {"jwks": ..., "jwks_uri": "file:///etc/passwd"},
        {"jwks": ..., "jwks_uri": 5},
        {"jwks": ..., "jwks_uri": None},
        {"client_name": 5},
        {"redirect_uris": "https://a.example/"},
        {"redirect_uris": [5]},
        {"redirect_uris": [""]},
        {"redirect_uris": ["https://a.example/#b"]},
        {"redirect_uris": ["https://a.example/\n"]},
        {"redirect_uris": ["https://a.example/"] * 33},
    ],
)
def test_documents_that_are_refused(members: dict[str, Any]) -> None:
    """Attacks 24 and 25 among them."""
    with pytest.raises(MalformedError) as caught:
        read(changed(**members))
    assert "s3cret" not in str(caught.value)


def test_documents_of_others() -> None:
    public = read(changed(token_endpoint_auth_method="none", jwks=..., redirect_uris=BACK))
    assert (public.method, public.keys, public.redirect_uris) == ("none", None, tuple(BACK))
    elsewhere = read(changed(jwks=..., jwks_uri="https://agent.example/jwks", client_name=..., unknown=1))
    assert (elsewhere.name, elsewhere.keys, elsewhere.jwks_uri) == (None, None, "https://agent.example/jwks")
    rsa = {"keys": [outside.jwk(outside.RSA, kid="1")]}
    assert read(changed(jwks=rsa)).keys == KeySet.read(rsa)


@pytest.mark.parametrize(
    "document",
    [
        b"", b"[]", b"null", b"<html>", b"\xff", b"\xef\xbb\xbf{}", made() + b"{}", made()[:-1] + b',"client_id":"x"}',
        made()[:-1] + b',"a":' + b"[" * 50 + b"]" * 50 + b"}", made() + b" " * MOST_BYTES,
    ],
)  # fmt: skip
def test_text_that_is_no_document(document: bytes) -> None:
    """Attacks 1, 12, 14 and 21."""
    with pytest.raises(MalformedError):
        read(document)


@pytest.mark.parametrize(
    "unusable",
    [
        {"identity": None},
        {"identity": PLANNER.did},
        {"name": ""},
        {"name": "a" * 257},
        {"name": "a\nb"},
        {"redirect_uris": "https://a.example/"},
        {"redirect_uris": [5]},
        {"redirect_uris": ["https://a.example/" + "a" * MOST_BYTES]},
        {"kid": "did:web:other.example#k"},
    ],
)
def test_unusable_arguments(unusable: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        made(**unusable)


class Served:
    """A transport that has one document and follows nothing."""

    redirects: Any = 0

    def __init__(self, body: Any) -> None:
        self.body = body

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        assert (url, accept, most) == (ID, "application/json", MOST_BYTES)
        if isinstance(self.body, Exception):
            raise self.body
        return self.body  # type: ignore[no-any-return]


def test_a_document_is_fetched() -> None:
    assert fetch_client_metadata(ID, transport=Served(made())).client_id == ID


@pytest.mark.parametrize("body", [None, OSError("gone"), UnavailableError("x"), "text", b" " * 5_121])
def test_a_document_that_is_not_to_be_had(body: Any) -> None:
    with pytest.raises(UnavailableError):
        fetch_client_metadata(ID, transport=Served(body))


@pytest.mark.parametrize("redirects", [1, 3, None, False, "0", 0.0])
def test_a_transport_that_may_follow_redirects(redirects: Any) -> None:
    transport = Served(made())
    transport.redirects = redirects
    with pytest.raises(InputError):
        fetch_client_metadata(ID, transport=transport)
    for other in (HttpTransport(), None, object()):
        with pytest.raises(InputError):
            fetch_client_metadata(ID, transport=other)  # type: ignore[arg-type]


def served(request: Request) -> Response:
    document = made(client_id=str(request.url))
    match request.path_params["name"]:
        case "moved":
            return RedirectResponse("/client", 302)
        case "away":
            return RedirectResponse("https://other.example/client", 307)
        case "created":
            return Response(document, 201, media_type="application/json")
        case "empty":
            return Response(b"", 204)
        case "failed":
            return Response(document, 500, media_type="application/json")
        case "gone":
            return Response(document, 404, media_type="application/json")
        case "page":
            return Response(document, media_type="text/html")
        case "large":
            return Response(document + b" " * MOST_BYTES, media_type="application/json")
        case "other":
            return Response(made(), media_type="application/json")
        case "slash":
            return Response(made(client_id=f"{request.url}/"), media_type="application/json")
    return Response(document, media_type="application/json")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An https server on this machine, and the certificate to trust for it."""
    folder = tmp_path_factory.mktemp("tls")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, outside.P256.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(outside.P256, hashes.SHA256())
    )
    (folder / "key").write_text(outside.pem(outside.P256))
    (folder / "certificate").write_bytes(certificate.public_bytes(outside.ENCODING))
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/{name}", served)])
    options = {"ssl_keyfile": str(folder / "key"), "ssl_certfile": str(folder / "certificate")}
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", http="h11", ws="none", **options))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    yield f"https://localhost:{listener.getsockname()[1]}", folder / "certificate"
    server.should_exit = True


def test_over_https(origin: tuple[str, Path]) -> None:
    """Attacks 35 and 36: status 200 alone, no redirect, no other media type, and no more than fits."""
    url, certificate = origin
    transport = HttpTransport(loopback=True, redirects=0, context=ssl.create_default_context(cafile=certificate))
    found = fetch_client_metadata(f"{url}/client", transport=transport)
    assert (found.client_id, found.name) == (f"{url}/client", "Planner")
    for name in ("moved", "away", "created", "empty", "failed", "gone", "page", "large"):
        with pytest.raises(UnavailableError):
            fetch_client_metadata(f"{url}/{name}", transport=transport)
    for name in ("other", "slash"):
        with pytest.raises(MalformedError):
            fetch_client_metadata(f"{url}/{name}", transport=transport)
    closed = HttpTransport(redirects=0, context=ssl.create_default_context(cafile=certificate))
    with pytest.raises(AttornError) as caught:
        fetch_client_metadata(f"{url}/client", transport=closed)
    assert caught.value.code == "unavailable"
