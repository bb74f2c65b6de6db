"""The figures of docs/stores.md in a small form; `python -m tests.figures` measures them in full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.figures import crashes, faults, sharing
from tests.figures.places import Place
from tests.servers.process import Server

SERVERS = {"Redis": "redis_server", "PostgreSQL": "postgres_server"}
every_store = pytest.mark.parametrize("kind", ["SQLite", *SERVERS])
every_server = pytest.mark.parametrize("kind", list(SERVERS))


@pytest.fixture
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Place]:
    def find(kind: str) -> Place:
        if kind == "SQLite":
            return Place(kind, str(tmp_path / "store.db"))
        server: Server = request.getfixturevalue(SERVERS[kind])
        return Place(kind, getattr(server, "url"), server)  # noqa: B009 - each kind of server has one

    return find


@every_store
def test_threads_share_a_limit(at: Callable[[str], Place], kind: str) -> None:
    found = sharing.by_threads(at(kind), workers=16, attempts=96, limit=30)
    assert found == {"allowed": 30, "denied": 66}


@every_store
def test_a_store_that_reads_and_then_writes_is_noticed(at: Callable[[str], Place], kind: str) -> None:
    found = sharing.by_threads(at(kind), workers=16, attempts=96, limit=30, naive=True)
    assert found["allowed"] > 30


@every_store
def test_processes_share_a_limit(at: Callable[[str], Place], kind: str) -> None:
    found = sharing.by_processes(at(kind), workers=2, attempts=40, limit=15)
    assert found == {"allowed": 15, "denied": 25}


@every_server
def test_a_server_that_is_killed_loses_nothing(at: Callable[[str], Place], kind: str) -> None:
    found = crashes.of_server(at(kind), 3)
    assert found.clean, asdict(found)
    assert (found.runs, found.confirmed > 0) == (3, True)


def test_a_process_that_is_killed_loses_nothing(at: Callable[[str], Place]) -> None:
    found = crashes.of_process(at("SQLite"), 2)
    assert found.clean, asdict(found)


@every_server
def test_nothing_is_allowed_while_the_store_cannot_answer(at: Callable[[str], Place], kind: str) -> None:
    for trial in faults.by_proxy(at(kind), attempts=4):
        assert trial.closed, trial


def test_nor_while_the_file_cannot_be_written(at: Callable[[str], Place]) -> None:
    for trial in faults.in_file(at("SQLite"), attempts=4):
        assert trial.closed, trial


@every_server
def test_faults_that_come_and_go(at: Callable[[str], Place], kind: str) -> None:
    found = faults.storm(at(kind), attempts=60, limit=20)
    assert found.holds, found
