"""Getting lists over real sockets: a uvicorn server, one with TLS, and one that says whatever a test wants."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from tests.web.world import alice

from attorn.did import reading
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.fault import Fault
from attorn.did.resolver import resolution
from attorn.did.web import MOST_DOCUMENT, WebResolver
from attorn.errors import InputError, ResolutionError, UnavailableError
from attorn.keys.signer import Ed25519Signer
from attorn.status import ListKind, Publisher, refresh
from attorn.status.fetching import ACCEPT
from attorn.web import fetch
from attorn.web.fetch import HttpTransport, public_address

KEY = Ed25519Signer.from_seed(b"\x01" * 32).public_key
PUBLISHERS: dict[str, Publisher] = {}


def listed(request: Request) -> Response:
    kind = request.path_params["kind"]
    text = PUBLISHERS[str(request.url)].publish(alice)
    if request.headers["accept"] != ACCEPT or "authorization" in request.headers:
        return PlainTextResponse("no", 406)
    return Response(text, media_type="application/statuslist+jwt" if kind == "token" else "application/vc+jwt")


def named(request: Request) -> Response:
    """A did:web document: of this very server, or of whatever a test makes of it."""
    name = request.path_params.get("name", "")
    did = f"did:web:localhost%3A{request.url.port}" + (f":{name}" if name else "")
    document = reading.write(DidDocument(did, (VerificationMethod(f"{did}#k", did, KEY, frozenset(Relationship)),)))
    text = json.dumps({**document, "id": "did:web:evil.example"} if name == "evil" else document)
    if name == "large":
        text += " " * MOST_DOCUMENT
    if name == "moved":
        return RedirectResponse("/there/did.json")
    if name == "away":
        return RedirectResponse("https://127.0.0.1/did.json")
    if name == "failed":
        return PlainTextResponse("no", 503)
    return Response(text, media_type="text/html" if name == "page" else "application/did+json")


def large(request: Request) -> Response:
    return Response(bytes(request.path_params["size"]))


def moved(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"], int(request.query_params.get("status", "302")))


def packed(request: Request) -> Response:
    return Response(b"\x1f\x8b", headers={"content-encoding": "gzip"})


APP = Starlette(
    routes=[
        Route("/lists/{kind}", listed),
        Route("/large/{size:int}", large),
        Route("/moved", moved),
        Route("/packed", packed),
        Route("/empty", lambda request: Response(b"", 204)),
        Route("/.well-known/did.json", named),
        Route("/{name}/did.json", named),
        Route("/gone", lambda request: Response(b"", 410)),
        Route("/typed", lambda request: Response(b"a.b.c", media_type=request.query_params["as"] or None)),
        Route("/failed", lambda request: Response(b"a.b.c", 500)),
    ]
)


def run(listener: socket.socket, **options: Any) -> uvicorn.Server:
    server = uvicorn.Server(uvicorn.Config(APP, log_level="critical", http="h11", ws="none", **options))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = run(listener)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An https origin named `localhost`, and the certificate to trust for it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (folder / "key").write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate").write_bytes(certificate.public_bytes(encoding))
    listener = socket.create_server(("127.0.0.1", 0))
    server = run(listener, ssl_keyfile=str(folder / "key"), ssl_certfile=str(folder / "certificate"))
    yield f"https://localhost:{listener.getsockname()[1]}", folder / "certificate"
    server.should_exit = True


class Kept:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def apply(self, signed: str, *, resolver: Any = None) -> None:
        self.texts.append(signed)


LOCAL = HttpTransport(loopback=True)


def get(url: str, transport: HttpTransport = LOCAL, most: int = 1000) -> bytes | None:
    return transport.get(url, accept=ACCEPT, most=most)


def test_lists_travel_from_a_publisher_to_a_store(origin: str) -> None:
    token, bits = f"{origin}/lists/token", f"{origin}/lists/bits"
    PUBLISHERS[token] = Publisher(token)
    PUBLISHERS[bits] = Publisher(bits, kind=ListKind.REVOCATION)
    references = [PUBLISHERS[token].allocate(), PUBLISHERS[bits].allocate()]
    store = Kept()
    for expected in (0, 1):
        results = refresh(store, references, LOCAL, loopback=True)
        assert [result.error for result in results] == [None, None]
        assert [reference.value(result.lists[0]) for reference, result in zip(references, results, strict=True)] == [
            expected,
            expected,
        ]
        for reference in references:
            PUBLISHERS[reference.uri].revoke(reference.index)
    assert len(store.texts) == 4


def test_tls_is_checked_against_the_name(secure: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    origin, certificate = secure
    trusting = HttpTransport(loopback=True, context=ssl.create_default_context(cafile=certificate))
    assert get(f"{origin}/large/5", trusting) == bytes(5)
    with pytest.raises(UnavailableError):
        get(f"{origin}/large/5")
    with pytest.raises(UnavailableError):
        get(f"{origin}/large/5".replace("localhost", "127.0.0.1"), trusting)
    # The name is looked up once, and the connection goes to the address that was checked.
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def counted(host: Any, *rest: Any, **named: Any) -> Any:
        looked_up.append(host)
        return real(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    assert get(f"{origin}/large/5", trusting) == bytes(5)
    assert looked_up.count("localhost") == 1


def test_the_size_has_an_end(origin: str) -> None:
    assert get(f"{origin}/large/1000") == bytes(1000)
    for size in (1001, 100_000_000):
        with pytest.raises(UnavailableError, match="more than 1000"):
            get(f"{origin}/large/{size}")


@pytest.mark.parametrize("path", ["/failed", "/empty", "/packed", "/typed?as=text/html"])
def test_other_answers(origin: str, path: str) -> None:
    with pytest.raises(UnavailableError):
        get(origin + path)


@pytest.mark.parametrize("path", ["/nothing", "/gone"])
def test_a_document_that_is_not_there(origin: str, path: str) -> None:
    assert get(origin + path) is None


@pytest.mark.parametrize("media_type", ["application/vc+jwt", "Application/VC+JWT; charset=utf-8", ""])
def test_attack_36_only_the_media_types_asked_for(origin: str, media_type: str) -> None:
    url = f"{origin}/typed?as={quote(media_type)}"
    assert get(url) == b"a.b.c"
    assert LOCAL.get(url, accept="*/*", most=10) == b"a.b.c"
    if media_type:
        with pytest.raises(UnavailableError, match="media type"):
            LOCAL.get(url, accept="application/json", most=10)


@pytest.mark.parametrize("url", ["ftp://a.example/", "https://a.example/\u00fc", "https://a.example/\n", "", "a"])
def test_urls_that_may_not_be_followed(url: str) -> None:
    with pytest.raises(UnavailableError, match="https URL"):
        get(url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_to_the_same_origin(origin: str, status: int) -> None:
    for to in ("/large/7", f"{origin}/large/7"):
        assert get(f"{origin}/moved?status={status}&to={to}") == bytes(7)
    with pytest.raises(UnavailableError):
        get(f"{origin}/moved?status={status}&to=/large/7", HttpTransport(loopback=True, redirects=0))


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:1/large/7",
        "http://localhost:{port}/large/7",
        "http://127.0.0.1:{port}@evil.example/",
        "http://127.0.0.1:{port}0/large/7",
        "https://127.0.0.1:{port}/large/7",
        "//127.0.0.1:{port}/large/7",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "large/7",
        "",
        "/moved?to=/moved",
    ],
)
def test_redirects_elsewhere_or_for_ever(origin: str, to: str) -> None:
    with pytest.raises(UnavailableError):
        get(f"{origin}/moved?to={to.format(port=origin.rpartition(':')[2])}")


def said(answer: bytes, *, pause: float = 0.0) -> str:
    """The URL of a server that answers once with these bytes, one by one if there is a pause."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            connection.recv(65_536)
            try:
                for byte in answer if pause else [answer]:
                    connection.sendall(bytes([byte]) if pause else answer)
                    time.sleep(pause)
            except OSError:
                return

    threading.Thread(target=speak, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"junk\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000,
        b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
def test_servers_that_speak_nonsense(answer: bytes) -> None:
    with pytest.raises(UnavailableError):
        get(said(answer))


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_attack_36_a_slow_trickle_ends_in_time(head: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(UnavailableError):
        get(
            said((head or b"HTTP/1.1 200 OK\r\nX: ") + b"a" * 900, pause=0.02),
            HttpTransport(loopback=True, timeout=timedelta(seconds=1)),
        )
    assert time.monotonic() - started < 12


def test_nobody_there() -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(UnavailableError):
        get(f"http://127.0.0.1:{port}/")
    with pytest.raises(UnavailableError):
        get("https://name.invalid/")


# Attack 35: what may be connected to.


def test_this_machine_is_not_asked_unless_that_is_said(origin: str, secure: tuple[str, Path]) -> None:
    plain = HttpTransport(ports=range(1, 65_536))
    with pytest.raises(UnavailableError, match="https URL"):
        get(f"{origin}/large/5", plain)
    with pytest.raises(UnavailableError, match="not public"):
        get(f"{secure[0]}/large/5", plain)


def test_other_ports_are_not_asked() -> None:
    with pytest.raises(UnavailableError, match="port"):
        get("https://issuer.example:8443/", HttpTransport())


def test_loopback_opens_no_port_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8")
    with pytest.raises(UnavailableError, match="port 8443"):
        get("https://issuer.example:8443/", HttpTransport(loopback=True))


PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "::7f00:1",
    "fec0::1",
    "not an address",
]


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(fetch.socket, "getaddrinfo", lambda *given, **named: answer)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for addresses in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        resolving(monkeypatch, *addresses)
        with pytest.raises(UnavailableError, match="not public"):
            public_address("issuer.example", 443)


def test_a_name_that_leads_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8", "2606:4700::1")
    assert public_address("issuer.example", 443) == "8.8.8.8"
    resolving(monkeypatch, "10.0.0.1")
    with pytest.raises(UnavailableError):
        public_address("issuer.example", 443, loopback=True)
    resolving(monkeypatch)
    with pytest.raises(UnavailableError):
        public_address("issuer.example", 443)


def test_no_proxy_of_the_environment_is_asked(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get(f"{origin}/large/5") == bytes(5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": 5},
        {"timeout": timedelta(0)},
        {"redirects": -1},
        {"redirects": "3"},
        {"redirects": True},
        {"ports": 5},
        {"ports": None},
        {"ports": "443"},
        {"ports": [443, "444"]},
        {"ports": [[443]]},
        {"ports": [True]},
        {"ports": [0]},
        {"ports": [65_536]},
        {"loopback": 1},
        {"context": True},
    ],
)
def test_unusable_arguments(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        HttpTransport(**wrong)


# did:web over TLS.


def test_a_did_web_resolves_over_tls(secure: tuple[str, Path]) -> None:
    origin, certificate = secure
    did = f"did:web:localhost%3A{origin.rpartition(':')[2]}"
    trusting = HttpTransport(loopback=True, context=ssl.create_default_context(cafile=certificate))
    by = WebResolver(trusting)
    for each in (did, f"{did}:agents"):
        assert by.resolve(each).keys_for(Relationship.CAPABILITY_DELEGATION) == (KEY,)
        assert resolution(by, each).error is None
    faults = {
        f"{did}:evil": Fault.INVALID_DID_DOCUMENT,  # attack 31
        f"{did}:moved": Fault.INVALID_DID_DOCUMENT,  # the document of another DID
        f"{did}:nobody:there": Fault.NOT_FOUND,
        f"{did}:large": Fault.INTERNAL_ERROR,  # attack 36
        f"{did}:page": Fault.INTERNAL_ERROR,  # attack 36
        f"{did}:failed": Fault.INTERNAL_ERROR,  # attack 40
        f"{did}:away": Fault.INTERNAL_ERROR,  # attack 35
    }
    for each, fault in faults.items():
        error = resolution(by, each).error
        assert error is not None
        assert (each, error.type) == (each, fault)
        with pytest.raises(UnavailableError if fault == Fault.INTERNAL_ERROR else ResolutionError):
            by.resolve(each)
    # Attack 35: another authority's certificate, and a transport that does not know this machine.
    for transport in (LOCAL, HttpTransport(ports=range(1, 65_536)), HttpTransport()):
        with pytest.raises(UnavailableError):
            WebResolver(transport).resolve(did)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::ffff:169.254.169.254", "10.0.0.1"])
def test_attack_35_a_did_web_whose_name_leads_inside(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, address)
    with pytest.raises(UnavailableError, match="not public"):
        WebResolver(HttpTransport()).resolve("did:web:rebinding.example")


def test_ports_that_fail_to_be_said() -> None:
    def failing() -> Iterator[int]:
        yield 443
        raise OSError("42")

    with pytest.raises(UnavailableError):
        HttpTransport(ports=failing())


@pytest.mark.parametrize("url", [None, 5, b"https://a.example/"])
def test_a_url_is_text(url: Any) -> None:
    with pytest.raises(InputError):
        HttpTransport().get(url, accept="*/*", most=1)
