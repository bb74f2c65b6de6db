"""A PostgreSQL server as Debian's package sets it up, made smaller. It refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path
from typing import Any

import psycopg
from tests.servers.process import INSTALL, MissingError, Server

_USER = "postgres"


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise MissingError(f"no PostgreSQL server: {INSTALL}")
    return Path(on_path).resolve().parent


class PostgresServer(Server):
    """`settings` are those of postgresql.conf."""

    def __init__(self, *, on_disk: bool = False, **settings: str) -> None:
        self._programs = _programs()
        if os.geteuid() == 0:
            try:
                pwd.getpwnam(_USER)
            except KeyError:
                raise MissingError(f"PostgreSQL refuses to run as root, and there is no user {_USER}") from None
            self.user = _USER
        super().__init__(on_disk=on_disk)
        self.settings = {"fsync": "on", "shared_buffers": "16MB", "max_connections": "150"} | settings
        self.data = self.folder / "data"
        options = ["-A", "trust", "-U", "attorn", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = self.spawn([str(self._programs / "initdb"), "-D", str(self.data), *options])
        if made.wait() != 0:
            raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in self.settings.items())

    @property
    def url(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=attorn dbname=postgres"

    def command(self) -> list[str]:
        return [str(self._programs / "postgres"), "-D", str(self.data), "-p", str(self.port), "-k", ""]

    def answers(self) -> bool:
        try:
            with self.client():
                return True
        except psycopg.OperationalError:
            return False

    def clear(self) -> None:
        with self.client() as client:
            client.execute("DROP SCHEMA IF EXISTS attorn CASCADE")

    def client(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)
