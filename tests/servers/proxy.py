"""A proxy on the loopback interface that delays, resets, closes one half, swallows or garbles what passes through."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from enum import StrEnum

_CHUNK = 65536


class Fault(StrEnum):
    """What happens to the bytes that a server answers with (or, for `REFUSE`, to a new connection)."""

    NONE = "none"
    DELAY = "delay"
    """They arrive too late."""
    RESET = "reset"
    """The connection is reset instead."""
    HALF_CLOSE = "half-close"
    """The connection is closed in that direction instead."""
    BLACK_HOLE = "black-hole"
    """They never arrive."""
    CUT = "cut"
    """Half of them arrive, then the connection is closed."""
    GARBLE = "garble"
    """Other bytes arrive in their place."""
    REFUSE = "refuse"
    """New connections are closed at once, and those there are."""


class Proxy:
    """Listens on `port` and passes everything on to `target`, as `fault` says at the time."""

    def __init__(self, target: int, *, delay: float = 1.0) -> None:
        self.fault = Fault.NONE
        self._target = target
        self._delay = delay
        self._random = random.Random(7)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """End every connection."""
        for each in list(self._open):
            self._end(each)

    def _end(self, each: socket.socket, *, reset: bool = False) -> None:
        self._open.discard(each)
        with contextlib.suppress(OSError):
            if reset:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # A thread that still reads from it would keep it open.
                each.shutdown(socket.SHUT_RD)
            else:
                each.shutdown(socket.SHUT_RDWR)
        each.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.fault is Fault.REFUSE:
                self._end(near, reset=True)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                self._end(near, reset=True)
                continue
            self._open |= {near, far}
            threading.Thread(target=self._pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answering: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                passed = self._spoil(data, sink) if answering else data
                if passed is None:
                    return
                sink.sendall(passed)
        self._end(source)
        self._end(sink)

    def _spoil(self, data: bytes, sink: socket.socket) -> bytes | None:
        """What arrives instead of `data`; None if nothing ever will on this connection."""
        match self.fault:
            case Fault.DELAY:
                time.sleep(self._delay)
            case Fault.RESET | Fault.REFUSE:
                self._end(sink, reset=True)
                return None
            case Fault.HALF_CLOSE:
                sink.shutdown(socket.SHUT_WR)
                return None
            case Fault.BLACK_HOLE:
                return None
            case Fault.CUT:
                sink.sendall(data[: len(data) // 2])
                self._end(sink)
                return None
            case Fault.GARBLE:
                return self._random.randbytes(len(data))
        return data
