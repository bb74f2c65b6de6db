"""A Redis server that syncs every change before it answers."""

from __future__ import annotations

import shutil

import redis
from tests.servers.process import INSTALL, MissingError, Server


class RedisServer(Server):
    """`settings` are those of redis.conf, on top of the append-only file with `appendfsync always`."""

    def __init__(self, *, on_disk: bool = False, **settings: str) -> None:
        if shutil.which("redis-server") is None:
            raise MissingError(f"no redis-server: {INSTALL}")
        super().__init__(on_disk=on_disk)
        self.settings = {"appendonly": "yes", "appendfsync": "always", "save": "", "databases": "4"}
        self.settings |= {name.replace("_", "-"): value for name, value in settings.items()}

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        for name, value in self.settings.items():
            command += [f"--{name}", *(value.split(" ") if value else [value])]
        return command

    def answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, socket_timeout=5) as client:
                return client.ping() is True
        except redis.RedisError:
            return False

    def clear(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5)
