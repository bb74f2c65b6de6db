"""Something that speaks the Redis protocol and answers what a test says, sense or not."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Mapping
from typing import BinaryIO

_HONEST = {
    "ROLE": b"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n",
    "CONFIG maxmemory": b"*2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n",
    "CONFIG appendonly": b"*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n",
    "CONFIG appendfsync": b"*2\r\n$11\r\nappendfsync\r\n$6\r\nalways\r\n",
    "CONFIG no-appendfsync-on-rewrite": b"*2\r\n$25\r\nno-appendfsync-on-rewrite\r\n$2\r\nno\r\n",
    "EVALSHA": b"$32\r\n" + b"0" * 32 + b"\r\n",
}


class ScriptedRedis:
    """Answers each command as `answers` says, which may change, and everything else with OK.

    As it begins a store may start with it. A question about a setting is named after it: `CONFIG appendonly`.
    """

    def __init__(self, answers: Mapping[str, bytes] | None = None) -> None:
        self.answers = _HONEST | {**(answers or {})}
        outer = self

        class Answering(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while words := _command(self.rfile):
                    name = f"CONFIG {words[2]}" if words[0] == "CONFIG" else words[0]
                    self.wfile.write(outer.answers.get(name, b"+OK\r\n"))

        class Listening(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Listening(("127.0.0.1", 0), Answering)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._server.server_address[1]}/0"

    def __enter__(self) -> ScriptedRedis:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _command(stream: BinaryIO) -> list[str]:
    """The words of the next command, or none at the end."""
    try:
        count = int(stream.readline()[1:] or 0)
        return [stream.read(int(stream.readline()[1:]) + 2)[:-2].decode("latin-1") for _ in range(count)]
    except (OSError, ValueError):
        return []
