"""The calendar server, a process of its own: FastAPI under uvicorn on a free loopback port.

It knows one thing about the world: the DID of the user whose word counts here. It says its origin as a line of JSON,
applies what principals have signed, one line of JSON each on its standard input, and ends with it.
"""

from __future__ import annotations

import json
import socket
import sys
import threading

import uvicorn
from fastapi import FastAPI, Request

from attorn.demo.calendar import AUDIENCE, route
from attorn.store import MemoryStore
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier
from attorn.web.asgi import AttornMiddleware


def application(verifier: Verifier, origin: str) -> FastAPI:
    """The calendar. Its endpoints see only requests that have been verified."""
    events = {"alice/2026-11": ["12th: dentist"], "alice/2026-12": ["24th: dinner"], "bob/2026-11": ["3rd: moving"]}
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(AttornMiddleware, verifier=verifier, origin=origin, route=route)

    async def read(owner: str, month: str, request: Request) -> dict[str, object]:
        return {"events": events.get(f"{owner}/{month}", []), "acted": _acted(request.state.access)}

    async def write(owner: str, month: str, request: Request) -> dict[str, object]:
        kept = events.setdefault(f"{owner}/{month}", [])
        kept.append((await request.body()).decode())
        return {"events": kept, "acted": _acted(request.state.access)}

    async def buy(owner: str, month: str, request: Request) -> dict[str, object]:
        return {"events": [f"a ticket for {owner} in {month}"], "acted": _acted(request.state.access)}

    app.post("/{owner}/{month}/ticket")(buy)
    app.get("/{owner}/{month}")(read)
    app.post("/{owner}/{month}")(write)
    return app


def _acted(access: Access) -> str:
    return " -> ".join((access.root, *(link.delegate for link in access.chain)))


def _say(members: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve the user whose DID is the first argument."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    store = MemoryStore()
    app = application(Verifier(audience=AUDIENCE, roots=[sys.argv[1]], store=store), origin)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))

    def until_alone() -> None:
        for line in sys.stdin:
            store.apply(json.loads(line)["apply"])
            _say({"applied": True})
        server.should_exit = True

    threading.Thread(target=until_alone, daemon=True).start()
    _say({"origin": origin})
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
