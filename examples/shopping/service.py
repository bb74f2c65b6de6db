"""What every process of the story does: it says who it is, learns who the others are, and answers JSON on loopback."""

import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from attorn import AttornError, Identity
from attorn.did.only_key import only_key_of
from attorn.mandate import Prohibited


class Refused(Exception):
    """Somebody said no: by whom, with which code, and why."""


class Service:
    """One process, by `name`, with a key that it alone has; `others` are the URL and DID of everybody."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.me = Identity.generate(algorithm="P-256")
        self.kid = str(only_key_of(self.me.did))
        self.server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        print(json.dumps({"url": f"http://127.0.0.1:{self.server.server_port}", "did": self.me.did}), flush=True)
        self.others: dict[str, dict[str, str]] = json.loads(sys.stdin.readline())

    def did(self, name: str) -> str:
        """Whose signature counts as that of `name`."""
        return self.others[name]["did"]

    def ask(self, name: str, path: str, **body: Any) -> dict[str, Any]:
        """What `name` answers. Raises `Refused`."""
        return ask(self.others[name]["url"], path, **body)

    def run(self, answers: dict[str, Callable[..., Any]]) -> None:
        """Answer until whoever started this process is gone."""
        refused = self._refused

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    status, answer = 200, answers[self.path](**body)
                except (AttornError, Refused) as error:
                    status, answer = 403, refused(error)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Mandates are nobody's to read in a log."""

        self.server.RequestHandlerClass = Handler
        Thread(target=self.server.serve_forever, daemon=True).start()
        sys.stdin.read()

    def _refused(self, error: Exception) -> dict[str, Any]:
        if isinstance(error, Refused):
            return error.args[0]
        code = ", ".join(error.codes) if isinstance(error, Prohibited) else error.code
        return {"by": self.name, "code": code, "why": str(error)}


def ask(url: str, path: str, **body: Any) -> dict[str, Any]:
    """What is answered at a URL. Raises `Refused`."""
    request = Request(url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)
    except HTTPError as error:
        with error:
            raise Refused(json.load(error)) from None
