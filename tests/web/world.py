"""A calendar behind each of the two doors (middleware, dependency), and the people who knock.

No postponed annotations: FastAPI could not look up the dependency inside a function.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import unquote

import httpx
from fastapi import Depends, FastAPI, Request

from attorn import Access, Identity, Token, Verifier, caveat
from attorn.web.asgi import AttornMiddleware
from attorn.web.client import HolderAuth
from attorn.web.dependency import Authorized, Refused, answer_refused
from attorn.web.http import HttpMessage, bind

ORIGIN = "https://calendar.example"
AUDIENCE = "did:web:calendar.example"
PATH = "/events/2026-11"

alice, planner, scout, thief = (Identity.from_seed(bytes([n]) * 32) for n in range(1, 5))

Door = Callable[..., FastAPI]


def token(*caveats: caveat.Caveat) -> Token:
    """alice -> planner -> scout: any method on events, unless `caveats` narrow the second link."""
    wide = alice.mint(to=planner.did, caveats=[caveat.Actions("http:*"), caveat.Resources(f"{ORIGIN}/events")])
    return planner.delegate(wide, to=scout.did, caveats=list(caveats))


def verifier(**arguments: Any) -> Verifier:
    return Verifier(**{"audience": AUDIENCE, "roots": [alice.did], **arguments})


def said(access: Access, request: Request, body: bytes) -> dict[str, object]:
    return {
        "root": access.root,
        "holder": access.holder,
        "links": len(access.chain),
        "path": request.scope["path"],
        "query": request.url.query,
        "body": body.decode("latin-1"),
    }


METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def by_middleware(guard: Verifier, **arguments: Any) -> FastAPI:
    app = FastAPI()
    app.add_middleware(AttornMiddleware, **{"verifier": guard, "origin": ORIGIN, "public": ["/health"], **arguments})

    @app.api_route("/{path:path}", methods=METHODS)
    async def echo(request: Request) -> dict[str, object]:
        access = request.scope.get("attorn.access")
        if access is None:
            return {"public": True, "state": hasattr(request.state, "access")}
        assert request.state.access is access
        return said(access, request, await request.body())

    return app


def by_dependency(guard: Verifier, **arguments: Any) -> FastAPI:
    app = FastAPI(exception_handlers={Refused: answer_refused})
    authorized = Authorized(guard, **{"origin": ORIGIN, **arguments})

    @app.api_route("/{path:path}", methods=METHODS)
    async def echo(request: Request, access: Annotated[Access, Depends(authorized)]) -> dict[str, object]:
        return said(access, request, await request.body())

    return app


DOORS = {"middleware": by_middleware, "dependency": by_dependency}


def present(
    method: str = "GET", path: str = PATH, query: str = "", body: bytes = b"", *, by: Identity = scout, **other: Any
) -> str:
    """A presentation made for exactly this message."""
    message = HttpMessage(method=method, origin=ORIGIN, path=path, query=query, body=body)
    return by.present(other.pop("token", None) or token(), bind(message), **{"audience": AUDIENCE, **other})


def auth(held: Token | None = None, **arguments: Any) -> HolderAuth:
    return HolderAuth(scout, held or token(), **{"audience": AUDIENCE, "origin": ORIGIN, **arguments})


def call(app: Any, method: str = "GET", url: str = PATH, wire: str | None = None, **arguments: Any) -> httpx.Response:
    """One call over httpx, in process; `wire` goes into the Authorization header."""
    headers = list(arguments.pop("headers", []))
    if wire is not None:
        headers.append(("Authorization", f"Attorn {wire}"))

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return await client.request(method, url, headers=headers, **arguments)

    return asyncio.run(go())


def knock(
    app: Any,
    *,
    method: str = "GET",
    path: str = PATH,
    query: bytes = b"",
    headers: Sequence[tuple[bytes, bytes]] = (),
    body: Sequence[bytes] = (b"",),
    gone: bool = False,
    stays: bool = False,
    scope: dict[str, Any] | None = None,
) -> tuple[int, dict[str, Any]]:
    """One call by a bare ASGI server, for what no HTTP client would send: status (0: no answer) and JSON body.

    `path` is the raw one; `scope` replaces members of the scope. The client goes at once behind its body, and before
    the end of it if it is `gone`; one that `stays` has its answer first.
    """
    messages = [
        {"type": "http.request", "body": part, "more_body": gone or n < len(body)} for n, part in enumerate(body, 1)
    ]
    messages.append({"type": "http.disconnect"})
    sent: list[dict[str, Any]] = []
    answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if stays and not gone and len(messages) == 1:
            await answered.wait()
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            answered.set()

    whole = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query,
        "headers": list(headers),
        "server": ("calendar.example", 443),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        **(scope or {}),
    }
    asyncio.run(app(whole, receive, send))
    if not sent:
        return 0, {}
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], json.loads(content) if content else {}


def header(wire: str) -> tuple[bytes, bytes]:
    return b"authorization", b"Attorn " + wire.encode()


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"] == "about:blank"
    return dict(problem)
