"""The processes of the demo: started together, spoken to in lines of JSON, and ended whatever happens."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from attorn.demo.calendar import AUDIENCE
from attorn.demo.reply import Reply

_PATIENCE: Final = 20.0
"""Seconds to wait for any one line."""


class Lost(Exception):
    """A process of the demo ended or fell silent."""


class Process:
    """One child process. Its standard output is read as lines of JSON; its errors go where this process's go."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.name = name
        # A session of its own: an interrupt from the keyboard is for the one who started it, and who ends it.
        self._child = subprocess.Popen(  # noqa: S603 - this very interpreter, on modules of attorn
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self._child.stdout or ():
            self._lines.put(line)
        self._lines.put("")

    def tell(self, command: dict[str, str]) -> None:
        """Send one line. Raises `Lost`."""
        if self._child.stdin is None:
            raise Lost(self.name)
        try:
            self._child.stdin.write(json.dumps(command) + "\n")
            self._child.stdin.flush()
        except OSError as error:
            raise Lost(f"{self.name} has ended") from error

    def hear(self) -> str:
        """The next line. Raises `Lost`."""
        try:
            line = self._lines.get(timeout=_PATIENCE)
        except queue.Empty:
            raise Lost(f"{self.name} said nothing for {_PATIENCE:.0f} seconds") from None
        if not line:
            raise Lost(f"{self.name} has ended")
        return line

    def end(self) -> None:
        """Close its input, then insist."""
        if self._child.stdin is not None:
            try:
                self._child.stdin.close()
            except OSError:
                # It is gone already, with a line unread.
                self._child.kill()
        for insist in (self._child.terminate, self._child.kill):
            try:
                self._child.wait(timeout=2)
            except subprocess.TimeoutExpired:
                insist()
        self._child.wait()
        # The listener has met the end of the output by now.
        self._listener.join()
        if self._child.stdout is not None:
            self._child.stdout.close()


class Player:
    """An agent's process, with the DID that it gave itself."""

    def __init__(self, process: Process) -> None:
        self._process = process
        process.tell({"do": "hello"})
        self.name = process.name
        self.did = ""

    def introduce(self) -> None:
        """Hear its DID."""
        self.did = Reply(**json.loads(self._process.hear())).did

    def do(self, what: str, **details: str) -> Reply:
        """What the agent answers to one command. Raises `Lost`."""
        self._process.tell({"do": what, **details})
        return Reply(**json.loads(self._process.hear()))


class Cast:
    """The calendar server's origin, and three agents."""

    def __init__(self, server: Process, planner: Player, scout: Player, thief: Player) -> None:
        self._server = server
        self.origin = json.loads(server.hear())["origin"]
        self.planner = planner
        self.scout = scout
        self.thief = thief

    def call(self, who: Player, token: str, path: str = "/alice/2026-11", **details: str) -> Reply:
        """`who` calls the server with `token`. Raises `Lost`."""
        return who.do("call", **{**self._defaults(), "token": token, "path": path, **details})

    def prepare(self, who: Player, token: str) -> str:
        """The presentation that `who` would call the server with. Raises `Lost`."""
        return who.do("prepare", **{**self._defaults(), "token": token}).presentation

    def send(self, who: Player, header: str, path: str = "/alice/2026-11") -> Reply:
        """`who` calls the server with a presentation, or with any other text in its place. Raises `Lost`."""
        return who.do("send", **{**self._defaults(), "header": header, "path": path})

    def publish(self, signed: str) -> None:
        """Tell the server what a principal has signed. Raises `Lost`."""
        self._server.tell({"apply": signed})
        self._server.hear()

    def _defaults(self) -> dict[str, str]:
        return {
            "origin": self.origin,
            "audience": AUDIENCE,
            "method": "GET",
            "path": "/alice/2026-11",
            "content": "",
        }


@contextmanager
def cast(root: str) -> Iterator[Cast]:
    """The processes of the demo, with a server that trusts `root`. All of them have ended when this has."""
    with ExitStack() as stack:

        def started(name: str, *arguments: str) -> Process:
            process = Process(name, *arguments)
            stack.callback(process.end)
            return process

        server = started("the server", "attorn.demo.server", root)
        players = [Player(started(name, "attorn.demo.agent")) for name in ("planner", "scout", "thief")]
        for player in players:
            player.introduce()
        yield Cast(server, *players)
