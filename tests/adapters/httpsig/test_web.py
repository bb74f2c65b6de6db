"""The middleware before a server that asks for chains, and the hook in an httpx client that presents one.

No postponed annotations: FastAPI could not look up the dependency inside a function.
"""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from tests.adapters.httpsig.scene import (
    AGENT,
    ORIGIN,
    Clock,
    Web,
    agent,
    message,
    other,
    published,
    signed,
    signer,
    verifier,
    web,
)

from attorn import Access, Identity, Token, Verifier, caveat
from attorn.errors import InputError, PossessionError
from attorn.httpsig import Agent, AgentMiddleware, Directory, DirectoryEndpoint, RequestSigner
from attorn.httpsig.source import MEDIA_TYPE, WELL_KNOWN
from attorn.web.client import HolderAuth
from attorn.web.dependency import Authorized, Refused, answer_refused

AUDIENCE = "did:web:shop.example"
ALICE = Identity.from_seed(b"\x07" * 32)
CHALLENGE = '("@method" "@authority" "@path" "signature-agent";key="sig1");created;expires;tag="web-bot-auth"'


def token(to: Identity = agent) -> Token:
    return ALICE.mint(to=to.did, caveats=[caveat.Actions("http:*"), caveat.Resources(ORIGIN)])


def shop(clock: Clock, transport: Web | None = None, **arguments: Any) -> FastAPI:
    """Whoever calls must be known, and show a chain; `/open` says who was known."""
    app = FastAPI(exception_handlers={Refused: answer_refused})
    authorized = Authorized(Verifier(audience=AUDIENCE, roots=[ALICE.did]), origin=ORIGIN)

    @app.api_route("/cart", methods=["GET", "POST"])
    async def cart(request: Request, access: Annotated[Access, Depends(authorized)]) -> dict[str, object]:
        caller: Agent | None = request.state.agent
        if caller is not None:
            caller.require_holder(access)
        body = (await request.body()).decode()
        return {"agent": caller and caller.url, "for": access.root, "body": body}

    @app.get("/open")
    async def unguarded(request: Request) -> dict[str, object]:
        assert request.scope["attorn.agent"] is request.state.agent
        return {"agent": request.state.agent and request.state.agent.did}

    identifying = {"verifier": verifier(clock, transport), "origin": ORIGIN, **arguments}
    app.add_middleware(AgentMiddleware, **identifying)
    return app


def call(app: FastAPI, method: str = "GET", path: str = "/open", **arguments: Any) -> httpx.Response:
    """One call by an asynchronous client; `hooks` run before it is sent."""
    hooks = {"request": arguments.pop("hooks", [])}

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=arguments.pop("raises", True))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, event_hooks=hooks) as client:
            return await client.request(method, path, **arguments)

    return asyncio.run(go())


def signing(clock: Clock, by: Identity = agent) -> RequestSigner:
    return signer(clock, by)


def holding(held: Token | None = None, by: Identity = agent) -> HolderAuth:
    return HolderAuth(by, held or token(), audience=AUDIENCE, origin=ORIGIN)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    found = answer.json()
    assert (answer.status_code, found["code"], found["status"]) == (status, code, status), found
    assert answer.headers["content-type"] == "application/problem+json"
    return dict(found)


def test_a_known_agent_with_a_chain() -> None:
    clock = Clock()
    for method, body in (("GET", b""), ("POST", b'{"n":1}')):
        answer = call(
            shop(clock), method, "/cart?a=1", hooks=[signing(clock).asynchronous], auth=holding(), content=body
        )
        assert answer.json() == {"agent": AGENT, "for": ALICE.did, "body": body.decode()}, answer.text


def test_to_be_known_is_not_to_be_permitted() -> None:
    clock = Clock()
    hooks = [signing(clock).asynchronous]
    assert call(shop(clock), hooks=hooks).json() == {"agent": agent.did}
    problem(call(shop(clock), path="/cart", hooks=hooks), 401, "no_presentation")


def test_a_chain_of_another_audience() -> None:
    # attack 129
    clock = Clock()
    auth = HolderAuth(agent, token(), audience="did:web:bank.example", origin=ORIGIN)
    answer = call(shop(clock), path="/cart", hooks=[signing(clock).asynchronous], auth=auth)
    problem(answer, 401, "wrong_audience")


def test_a_chain_of_another_holder_than_the_agent_that_signed() -> None:
    # attack 85
    clock = Clock()
    with pytest.raises(PossessionError):
        call(
            shop(clock), path="/cart", hooks=[signing(clock).asynchronous], auth=holding(token(other), by=other),
        )  # fmt: skip


def test_a_chain_that_the_signature_does_not_cover() -> None:
    clock = Clock()
    stolen: list[str] = []

    async def add(request: httpx.Request) -> None:
        request.headers["Authorization"] = stolen[0]

    async def take(request: httpx.Request) -> None:
        stolen.append(request.headers["Authorization"])

    call(shop(clock), path="/cart", hooks=[take, signing(clock).asynchronous], auth=holding())
    problem(call(shop(clock), path="/cart", hooks=[signing(clock).asynchronous, add]), 403, "bad_signature")


def test_a_signature_without_its_padding_is_the_same_and_used_up_once() -> None:
    # RFC 8941 section 4.2.7
    clock = Clock()
    app, held = shop(clock), signed(clock, message(path="/open"))
    bare = [(name, value.replace("==:", ":") if name.lower() == "signature" else value) for name, value in held.headers]
    assert bare != list(held.headers)
    assert call(app, headers=bare).status_code == 200
    problem(call(app, headers=list(held.headers)), 429, "replayed")


def test_a_further_member_that_nobody_signed_means_nothing() -> None:
    clock = Clock()
    held = signed(clock, message(path="/open"))
    more = [
        (name, f'{value}, other="https://other.example"' if name.lower() == "signature-agent" else value)
        for name, value in held.headers
    ]
    assert more != list(held.headers)
    assert call(shop(clock), headers=more).json() == {"agent": agent.did}


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Original-URL", "x_rewrite_url", "X-Forwarded-Uri"])
def test_headers_that_override_what_was_signed(name: str, required: bool) -> None:
    # attack 130
    clock = Clock()
    held, app = signed(clock, message(path="/open")), shop(clock, required=required)
    problem(call(app, headers=[*held.headers, (name, "DELETE")]), 400, "invalid_input")
    # It was refused before it was remembered.
    assert call(app, headers=list(held.headers)).json() == {"agent": agent.did}


def test_headers_that_override_what_nobody_signed_are_the_applications() -> None:
    assert call(shop(Clock(), required=False), headers={"X-Original-URL": "/cart"}).json() == {"agent": None}


@pytest.mark.parametrize("name", ["signature", "signature-input", "signature-agent"])
def test_stripped(name: str) -> None:
    clock = Clock()

    async def strip(request: httpx.Request) -> None:
        del request.headers[name]

    answer = call(shop(clock, required=False), hooks=[signing(clock).asynchronous, strip])
    problem(answer, 403, "bad_signature")


def test_all_of_it_stripped_is_unsigned() -> None:
    clock = Clock()
    answer = call(shop(clock), path="/open?a=1")
    problem(answer, 403, "bad_signature")
    assert answer.headers["accept-signature"] == "sig1=" + CHALLENGE.replace('"@path"', '"@path" "@query"')
    assert call(shop(clock, required=False)).json() == {"agent": None}


@pytest.mark.parametrize("change", ["method", "url", "content"])
def test_changed_on_the_way(change: str) -> None:
    # attack 84
    clock = Clock()
    held = signed(clock, message("POST", path="/open", body=b"x"))
    changed = {"method": "POST", "path": "/open", "content": b"x"}
    changed |= {"method": {"method": "PUT"}, "url": {"path": "/cart"}, "content": {"content": b"y"}}[change]
    answer = call(shop(clock), headers=list(held.headers), **changed)
    problem(answer, 403, "bad_signature")
    # What is asked for is a signature of what came, its body included.
    assert '"content-digest"' in answer.headers["accept-signature"]


def test_replayed() -> None:
    # attack 80
    clock = Clock()
    app, held = shop(clock), signed(clock, message(path="/open"))
    assert call(app, headers=list(held.headers)).status_code == 200
    answer = call(app, headers=list(held.headers))
    problem(answer, 429, "replayed")
    assert answer.headers["accept-signature"] == "sig1=" + CHALLENGE


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ([("signature", "x"), ("signature-input", "(")], 400, "malformed"),
        ([("signature", "a=:AA==:"), ("signature", "b=:AA==:")], 400, "malformed"),
        ([("signature", "x" * 4097)], 413, "limit_exceeded"),
        ([("signature", "sig1=:AA==:"), ("signature-input", "sig1=();tag=1")], 403, "bad_signature"),
        ([("authorization", "Attorn A"), ("authorization", "Bearer B")], 400, "malformed"),
    ],
    ids=str,
)
def test_what_cannot_be_read(headers: list[tuple[str, str]], status: int, code: str) -> None:
    answer = call(shop(Clock(), required=False), headers=headers)
    problem(answer, status, code)
    assert ("accept-signature" in answer.headers) is (status == 403)


def test_what_was_not_found_out_says_nothing_of_why() -> None:
    clock, transport = Clock(), web()
    transport.down = True
    answer = call(shop(clock, transport, required=False), hooks=[signing(clock).asynchronous])
    assert "fetch" not in problem(answer, 503, "unavailable")["detail"]
    assert answer.headers["retry-after"] == "1"


def test_a_body_over_the_limit() -> None:
    clock = Clock()
    answer = call(shop(clock, most_body=3), "POST", hooks=[signing(clock).asynchronous], content=b"four")
    problem(answer, 413, "limit_exceeded")
    assert (
        call(shop(clock, most_body=4), "GET", hooks=[signing(clock).asynchronous], content=b"four").status_code == 200
    )


@pytest.mark.parametrize(
    ("lengths", "status", "code"),
    [
        ([(b"content-length", b"5")], 413, "limit_exceeded"),
        ([(b"content-length", b"9" * 18)], 413, "limit_exceeded"),
        ([(b"content-length", b"four")], 400, "invalid_input"),
        ([(b"content-length", b"9" * 19)], 400, "invalid_input"),
        ([(b"content-length", b"4"), (b"content-length", b"4")], 400, "invalid_input"),
        ([(b"content-length", b"4"), (b"transfer-encoding", b"chunked")], 400, "invalid_input"),
    ],
)
def test_a_body_that_is_not_even_read(lengths: list[tuple[bytes, bytes]], status: int, code: str) -> None:
    held = signed(Clock(), message("POST", path="/open", body=b"four"))
    headers = [(name.encode(), value.encode()) for name, value in held.headers]
    scope = {"type": "http", "method": "POST", "path": "/open", "raw_path": b"/open", "query_string": b""}
    app = AgentMiddleware(shop(Clock()), verifier=verifier(Clock()), origin=ORIGIN, most_body=4)  # type: ignore[arg-type]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was read")

    async def send(each: Any) -> None:
        sent.append(each)

    asyncio.run(app({**scope, "headers": [*headers, *lengths]}, receive, send))
    assert (sent[0]["status"], json.loads(sent[1]["body"])["code"]) == (status, code)


@pytest.mark.parametrize(
    "messages",
    [[{"type": "http.disconnect"}], [{"type": "http.request", "body": b"f", "more_body": True}, {"type": "other"}]],
)
def test_a_client_that_goes_away_reaches_nobody(messages: list[dict[str, Any]]) -> None:
    held = signed(Clock(), message("POST", path="/open", body=b"four"))
    headers = [(name.encode(), value.encode()) for name, value in held.headers]
    scope = {"type": "http", "method": "POST", "path": "/open", "raw_path": b"/open", "query_string": b""}
    app = AgentMiddleware(shop(Clock()), verifier=verifier(Clock()), origin=ORIGIN)  # type: ignore[arg-type]
    assert _sent(app, {**scope, "headers": headers}, *messages) == []


def test_a_stream_is_read_and_signed() -> None:
    clock = Clock()

    async def parts() -> Any:
        yield b"one "
        yield b"two"

    answer = call(shop(clock), "POST", "/cart", hooks=[signing(clock).asynchronous], auth=holding(), content=parts())
    assert answer.json()["body"] == "one two"


def test_whatever_signs_keeps_no_event_loop_waiting() -> None:
    threads: list[int] = []

    def random(size: int) -> bytes:
        threads.append(threading.get_ident())
        return bytes(size)

    request = httpx.Request("POST", ORIGIN, content=b"x")
    asyncio.run(signer(Clock(), random=random).asynchronous(request))
    assert "signature" in request.headers
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_a_loop_of_another_library() -> None:
    request = httpx.Request("POST", ORIGIN, content=b"x")
    with pytest.raises(StopIteration):
        signer(Clock()).asynchronous(request).send(None)
    assert "signature" in request.headers


def test_a_stream_that_no_synchronous_client_can_read() -> None:
    async def parts() -> Any:
        yield b""

    with pytest.raises(InputError):
        signing(Clock())(httpx.Request("POST", ORIGIN, content=parts()))
    with pytest.raises(InputError):
        asyncio.run(signing(Clock()).asynchronous(httpx.Request("POST", ORIGIN, content=iter([b""]))))


@pytest.mark.parametrize("wrong", [None, 5, "GET /", ORIGIN, httpx.Response(200), message()], ids=repr)
def test_what_is_no_request_is_not_signed(wrong: Any) -> None:
    with pytest.raises(InputError):
        signing(Clock())(wrong)
    with pytest.raises(InputError):
        asyncio.run(signing(Clock()).asynchronous(wrong))


@pytest.mark.parametrize("url", ["https://SHOP.example:443/a?b", f"{ORIGIN}/%C3%BC", ORIGIN, f"{ORIGIN}/?"])
def test_a_synchronous_client_and_its_redirects(url: str) -> None:
    """Each request that is sent is signed itself, and has one of each field."""
    clock, by = Clock(), verifier(Clock())
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(307, headers={"Location": "/next?c"}) if len(seen) == 1 else httpx.Response(200)

    with httpx.Client(
        transport=httpx.MockTransport(answer), event_hooks={"request": [signing(clock)]}, follow_redirects=True
    ) as client:
        client.post(url, content=b"x", headers={"Signature": "old=:AA==:", "Content-Digest": "sha-256=:AA==:"})
    assert len(seen) == 2
    for request in seen:
        path, _, query = request.url.raw_path.decode().partition("?")
        lines = tuple((name.decode(), value.decode()) for name, value in request.headers.raw)
        found = by.identify(message("POST", path=path, query=query, headers=lines, body=request.content))
        assert found.url == AGENT


def test_a_websocket_and_what_nobody_thought_of() -> None:
    app = AgentMiddleware(shop(Clock()), verifier=verifier(Clock()), origin=ORIGIN)  # type: ignore[arg-type]
    assert _scoped(app, {"type": "websocket"}) == ["websocket.close"]
    with pytest.raises(InputError):
        _scoped(app, {"type": "news"})


@pytest.mark.parametrize(
    "change",
    [
        {"raw_path": None},
        {"raw_path": b"/admin"},
        {"path": "/admin"},
        {"root_path": "", "raw_path": b"/%6Fpen?"},
        {"raw_path": b"/\xfcber", "path": "/\u00fcber"},
        {"query_string": b"a=\xfc"},
    ],
)
def test_a_path_that_was_rewritten(change: dict[str, Any]) -> None:
    # attack 130
    scope = {"type": "http", "method": "GET", "path": "/open", "raw_path": b"/open", "query_string": b"", "headers": []}
    app = AgentMiddleware(shop(Clock()), verifier=verifier(Clock()), origin=ORIGIN, required=False)  # type: ignore[arg-type]
    sent = _sent(app, {**scope, **change})
    assert sent[0]["status"] in (400, 503)


def test_what_a_middleware_cannot_be_made_of() -> None:
    for wrong in (
        {"verifier": None}, {"verifier": SimpleNamespace(identify=print)},
        {"verifier": SimpleNamespace(challenge=print)}, {"origin": "shop.example"}, {"required": 1},
        {"most_body": -1}, {"most_body": True},
    ):  # fmt: skip
        with pytest.raises(InputError):
            AgentMiddleware(shop(Clock()), **{"verifier": verifier(Clock()), "origin": ORIGIN, **wrong})  # type: ignore[arg-type]


def test_a_directory_is_served_at_its_place_alone() -> None:
    app = DirectoryEndpoint(Directory(agent, origin=AGENT))
    answer = call(app, path=WELL_KNOWN)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, MEDIA_TYPE, published(agent))
    assert {"content-digest", "signature", "signature-input"} <= set(answer.headers)
    head = call(app, "HEAD", WELL_KNOWN)  # type: ignore[arg-type]
    assert (head.status_code, head.content, head.headers["content-length"]) == (
        200,
        b"",
        answer.headers["content-length"],
    )
    assert call(app, "POST", WELL_KNOWN).status_code == 405  # type: ignore[arg-type]
    assert call(app, path="/").status_code == 404  # type: ignore[arg-type]
    assert call(app, path=WELL_KNOWN + "/").status_code == 404  # type: ignore[arg-type]
    assert _scoped(app, {"type": "websocket"}) == ["websocket.close"]
    with pytest.raises(InputError):
        _scoped(app, {"type": "news"})


@pytest.mark.parametrize("wrong", [None, 5, {}, agent])
def test_what_is_no_directory_is_not_served(wrong: Any) -> None:
    with pytest.raises(InputError, match="directory"):
        DirectoryEndpoint(wrong)


def test_a_directory_whose_signer_fails() -> None:
    class Broken:
        public_key = agent.signer.public_key

        def sign(self, message: bytes) -> bytes:
            return bytes(64)

    class By:
        did, signer = agent.did, Broken()

    app = DirectoryEndpoint(Directory(By(), origin=AGENT))
    assert call(app, path=WELL_KNOWN).status_code == 503  # type: ignore[arg-type]


def test_it_needs_no_web_framework() -> None:
    script = (
        "import sys\n"
        "for name in ('starlette', 'fastapi', 'httpx', 'uvicorn', 'anyio'): sys.modules[name] = None\n"
        "import attorn.httpsig\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def _sent(app: Callable[..., Any], scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    left = list(messages)

    async def receive() -> dict[str, Any]:
        return left.pop(0) if messages else {"type": "http.request"}

    async def send(each: Any) -> None:
        sent.append(each)

    asyncio.run(app(scope, receive, send))
    return sent


def _scoped(app: Callable[..., Any], scope: dict[str, Any]) -> list[str]:
    return [each["type"] for each in _sent(app, scope)]
