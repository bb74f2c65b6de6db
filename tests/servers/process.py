"""What both servers have in common: a folder, a free port, a process that can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

INSTALL = "apt-get install -y redis-server postgresql"
"""The one line a newcomer needs."""
_READY_WITHIN = 60.0


_ROOM = 1 << 30


class MissingError(Exception):
    """The server is not installed, or cannot be run by this user."""


def free_port() -> int:
    """A port of the loopback interface that nobody listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _in_memory() -> str | None:
    """A file system in memory, if there is one with room: nothing there survives a power cut, but it is quick."""
    with contextlib.suppress(OSError):
        found = os.statvfs("/dev/shm")
        if found.f_bavail * found.f_frsize >= _ROOM and os.access("/dev/shm", os.W_OK):
            return "/dev/shm"
    return None


class Server:
    """A server in a temporary folder, which is removed when it is stopped; `on_disk` for where syncing takes its time.

    What a killed process had written is in the files either way.
    """

    user: str | None = None
    most_file = 0
    """Bytes beyond which no file may grow, if any: what the server then meets is what a full disk gives it."""

    def __init__(self, *, on_disk: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="attorn-", dir=None if on_disk else _in_memory()))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if self.user is not None:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the server can be used now."""
        raise NotImplementedError

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        # A test run that is killed takes its servers with it.
        until_death = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*until_death, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                start_new_session=True,
            )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        bounded = ["sh", "-c", f'ulimit -f {self.most_file // 512}; exec "$@"', "sh"] if self.most_file else []
        self._process = self.spawn([*bounded, *self.command()])
        until = time.monotonic() + _READY_WITHIN
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                log = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.command()[0]} did not start:\n{log}")
            time.sleep(0.01)

    def kill(self) -> None:
        """End it as a crash would: no goodbye, nothing written."""
        assert self._process is not None
        # Its own processes too: one that outlives it for a moment would go on answering.
        self._process.send_signal(signal.SIGSTOP)
        children = [pid for pid, parent in _alive() if parent == self._process.pid]
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 10
        while {pid for pid, _ in _alive()}.intersection(children) and time.monotonic() < until:
            time.sleep(0.005)
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _alive() -> Iterator[tuple[int, int]]:
    """Every process that has not ended, with its parent."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold anything; the state and the parent follow it.
            state, parent = stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state not in "ZX":
                yield int(stat.parent.name), int(parent)
