"""What the PostgreSQL store refuses: servers that may lose a commit, data that was lost or damaged, every failure."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from tests.servers.postgres_server import PostgresServer
from tests.stores.contract import DONE, name, said, together
from tests.unit.scene import NOW

from attorn.errors import InputError, UnavailableError
from attorn.statement import Kind
from attorn.store import Charge, PostgresStore, Retry

WANTED = [(Kind.REVOCATION, "ab" * 16)]
USES: dict[str, Callable[[PostgresStore], object]] = {
    "remember": lambda store: store.remember(name(9), expires=NOW + 60, now=NOW),
    "charge": lambda store: store.charge([Charge("a", 9, 1)], now=NOW),
    "used": lambda store: store.used(["a"]),
    "statements": lambda store: store.statements(WANTED),
    "put": lambda store: store.put([said(9)]),
}
every_use = pytest.mark.parametrize("use", list(USES.values()), ids=list(USES))


@pytest.fixture
def store(postgres_server: PostgresServer) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_server.url)) as store:
        yield store


@pytest.fixture
def changed(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The server, whose settings are put back afterwards."""
    yield postgres_server
    with postgres_server.client() as client:
        client.execute("ALTER SYSTEM RESET ALL")
        client.execute("SELECT pg_reload_conf()")


def set_up(server: PostgresServer, setting: str, value: str) -> None:
    """Change a setting of the whole server, and wait until a new session has it."""
    with server.client() as client:
        client.execute(f"ALTER SYSTEM SET {setting} = {value}")
        client.execute("SELECT pg_reload_conf()")
    for _ in range(1000):
        with server.client() as client:
            if client.execute("SELECT current_setting(%s)", (setting,)).fetchone() == (value,):
                return
    pytest.fail(f"{setting} did not change")


LOSING = [("synchronous_commit", "off"), ("synchronous_commit", "local"), ("synchronous_commit", "remote_write")]
READ_ONLY = ("default_transaction_read_only", "on")


@pytest.mark.parametrize(("setting", "value"), [*LOSING, READ_ONLY])
def test_a_session_that_may_lose_a_commit(postgres_server: PostgresServer, setting: str, value: str) -> None:
    with pytest.raises(UnavailableError, match="expected the setting"):
        PostgresStore(f"{postgres_server.url} options='-c {setting}={value}'")


@pytest.mark.parametrize(("setting", "value"), [*LOSING[:1], READ_ONLY, ("fsync", "off"), ("full_page_writes", "off")])
def test_a_server_that_may_lose_a_commit(
    changed: PostgresServer, store: PostgresStore, setting: str, value: str
) -> None:
    assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE
    set_up(changed, setting, value)
    with pytest.raises(UnavailableError, match="expected the setting"):
        PostgresStore(changed.url)
    # The store that had started before notices as well.
    failed = 0
    for _ in range(50):
        try:
            store.charge([Charge("a", 99, 1)], now=NOW)
        except UnavailableError:
            failed += 1
    assert failed > 40
    for use in USES.values():
        with pytest.raises(UnavailableError):
            use(store)


def test_a_stricter_setting(postgres_server: PostgresServer) -> None:
    options = "-c synchronous_commit=remote_apply -c default_transaction_isolation=serializable"
    with closing(PostgresStore(f"{postgres_server.url} options='{options}'")) as store:
        assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE


def test_a_database_that_is_not_in_utf8(postgres_server: PostgresServer) -> None:
    with postgres_server.client() as client:
        client.execute("DROP DATABASE IF EXISTS old")
        client.execute("CREATE DATABASE old TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(UnavailableError, match="server_encoding"):
        PostgresStore(postgres_server.url.replace("dbname=postgres", "dbname=old"))


def test_a_replica() -> None:
    with PostgresServer() as server:
        with closing(PostgresStore(server.url)) as store:
            assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE
            server.kill()
            (server.data / "standby.signal").touch()
            (server.data / "postmaster.pid").unlink(missing_ok=True)
            server.start()
            for use in USES.values():
                with pytest.raises(UnavailableError):
                    use(store)
        with pytest.raises(UnavailableError, match="replica"):
            PostgresStore(server.url)


@every_use
@pytest.mark.parametrize(
    "loss",
    [
        "DROP SCHEMA attorn CASCADE",
        "TRUNCATE attorn.store",
        "UPDATE attorn.store SET epoch = repeat('0', 32)",
        "DROP TABLE attorn.store",
    ],
)
def test_data_that_was_lost(
    postgres_server: PostgresServer, store: PostgresStore, use: Callable[[PostgresStore], object], loss: str
) -> None:
    store.charge([Charge("a", 9, 1)], now=NOW)
    with postgres_server.client() as client:
        client.execute(loss)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            use(store)


def test_a_new_beginning_is_not_taken_for_the_old(postgres_server: PostgresServer, store: PostgresStore) -> None:
    assert store.charge([Charge("a", 9, 9)], now=NOW) == DONE
    postgres_server.clear()
    with closing(PostgresStore(postgres_server.url)) as other:
        assert other.epoch != store.epoch
        for use in USES.values():
            with pytest.raises(UnavailableError, match="epoch"):
                use(store)
        with pytest.raises(UnavailableError, match="epoch"):
            PostgresStore(postgres_server.url, epoch=store.epoch)
        assert PostgresStore(postgres_server.url, epoch=other.epoch).epoch == other.epoch


@pytest.mark.parametrize(
    "damage",
    ["TRUNCATE attorn.store", "UPDATE attorn.store SET version = 9", "UPDATE attorn.store SET epoch = 'x'"],
)
def test_tables_of_another_version(postgres_server: PostgresServer, store: PostgresStore, damage: str) -> None:
    with postgres_server.client() as client:
        client.execute(damage)
    with pytest.raises(UnavailableError, match="epoch is damaged" if "epoch" in damage else "tables of version 1$"):
        PostgresStore(postgres_server.url)


@pytest.mark.parametrize("table", ["presentation", "account", "retry", "forgotten", "statement"])
def test_a_table_that_went_away(postgres_server: PostgresServer, store: PostgresStore, table: str) -> None:
    with postgres_server.client() as client:
        client.execute(f"DROP TABLE attorn.{table}")
    failed = 0
    for use in (*USES.values(), lambda s: s.charge([], now=NOW, retry=Retry(name(1), NOW + 60))):
        try:
            use(store)
        except UnavailableError:
            failed += 1
    assert failed > 0


def test_marks_that_went_away(postgres_server: PostgresServer, store: PostgresStore) -> None:
    with postgres_server.client() as client:
        client.execute("TRUNCATE attorn.forgotten")
    for use in (USES["remember"], USES["charge"]):
        with pytest.raises(UnavailableError):
            use(store)


@pytest.mark.parametrize(
    "damage", ["sequence = -1", "at = -1", "sequence = 9007199254740992", "kind = 'x'", "subject = 'other'"]
)
def test_a_damaged_statement(postgres_server: PostgresServer, store: PostgresStore, damage: str) -> None:
    store.put([said(3)])
    with postgres_server.client() as client:
        client.execute(f"UPDATE attorn.statement SET {damage}")
    with pytest.raises(UnavailableError, match="damaged"):
        store.statements(WANTED)


def test_the_database_refuses_damaged_counts(postgres_server: PostgresServer, store: PostgresStore) -> None:
    store.charge([Charge("a", 9, 1)], now=NOW)
    for value in ("-1", "9007199254740992", "NULL"):
        with postgres_server.client() as client, pytest.raises(psycopg.Error):
            client.execute(f"UPDATE attorn.account SET used = {value}")


def test_a_table_that_another_session_holds(postgres_server: PostgresServer) -> None:
    with closing(PostgresStore(postgres_server.url, timeout=0.5)) as store:
        with psycopg.connect(postgres_server.url) as client:
            client.execute("LOCK TABLE attorn.account, attorn.presentation, attorn.statement")
            for use in USES.values():
                with pytest.raises(UnavailableError):
                    use(store)
        assert {**store.used(["a"])} == {}
        assert store.remember(name(9), expires=NOW + 60, now=NOW) is True


def test_a_server_that_hangs(postgres_server: PostgresServer) -> None:
    with closing(PostgresStore(postgres_server.url, timeout=0.5, connections=2)) as store:
        postgres_server.pause()
        try:
            with psycopg.connect(postgres_server.url, connect_timeout=2):
                pytest.fail("a stopped server answered")
        except psycopg.OperationalError:
            with pytest.raises(UnavailableError):
                PostgresStore(postgres_server.url, timeout=0.5)
        finally:
            postgres_server.resume()
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True


def test_a_server_that_crashes_comes_back_with_everything() -> None:
    with PostgresServer() as server, closing(PostgresStore(server.url)) as store:
        store.remember(name(1), expires=NOW + 60, now=NOW)
        store.put([said(3)])
        store.charge([Charge("a", 9, 3)], now=NOW, retry=Retry(name(1), NOW + 60))
        server.kill()
        for use in USES.values():
            with pytest.raises(UnavailableError):
                use(store)
        server.start()
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is False
        assert list(store.statements(WANTED)) == [said(3)]
        assert {**store.used(["a"])} == {"a": 3}
        assert store.charge([Charge("a", 9, 3)], now=NOW, retry=Retry(name(1), NOW + 60)).repeated


def test_a_connection_that_the_server_ended_is_replaced(postgres_server: PostgresServer, store: PostgresStore) -> None:
    store.charge([Charge("a", 9, 1)], now=NOW)
    with postgres_server.client() as client:
        client.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    made = 0
    for _ in range(2):
        try:
            made += store.charge([Charge("a", 9, 1)], now=NOW) == DONE
        except UnavailableError:
            continue
    assert made >= 1
    assert {**store.used(["a"])} == {"a": 1 + made}


def test_a_disk_that_is_full() -> None:
    with PostgresServer() as server, closing(PostgresStore(server.url)) as store:
        assert store.charge([Charge("a", 99, 3)], now=NOW) == DONE
        server.kill()
        server.most_file = 17 << 20
        server.start()
        with closing(PostgresStore(server.url)) as full:
            fill = (full.put([said(1, subject=f"{n}", value=secrets.token_hex(500_000))]) for n in range(100))
            with pytest.raises(UnavailableError):
                list(fill)
            kept = [n for n in range(100) if full.statements([(Kind.REVOCATION, f"{n}")])]
            assert kept == list(range(len(kept)))
            assert {**full.used(["a"])} == {"a": 3}


_FORKED = """
import os, sys
from attorn.store import Charge, Charged, PostgresStore, RedisStore
store = PostgresStore({place!r})
done = [store.charge([Charge("a", 999, 1)], now=5) for _ in range(5)]
child = os.fork()
done += [store.charge([Charge("a", 999, 1)], now=5) for _ in range(50)]
assert done == [Charged()] * 55, done
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
store.charge([Charge("a", 999, 1)], now=5)
print(store.used(["a"])["a"])
"""


@pytest.mark.parametrize("kind", ["PostgresStore", "RedisStore"])
def test_a_process_that_forks(request: pytest.FixtureRequest, kind: str) -> None:
    """Both go on with the store, each through connections of its own."""
    server = request.getfixturevalue("postgres_server" if kind == "PostgresStore" else "redis_server")
    code = _FORKED.replace("PostgresStore(", f"{kind}(").format(place=server.url)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.returncode) == ("106\n", 0), found.stderr


def test_more_threads_than_connections(postgres_server: PostgresServer) -> None:
    with closing(PostgresStore(postgres_server.url, timeout=20, connections=2)) as store:
        assert together(lambda n: store.charge([Charge(f"{n}", 1, 1)], now=NOW), 16) == [DONE] * 16
        assert len(store._pool._idle) <= 2


def test_no_connection_is_free(postgres_server: PostgresServer) -> None:
    with closing(PostgresStore(postgres_server.url, timeout=0.5, connections=1)) as store:
        with psycopg.connect(postgres_server.url) as client:
            client.execute("LOCK TABLE attorn.account")

            def work(_: int) -> bool:
                try:
                    return store.charge([Charge("a", 1, 1)], now=NOW) == DONE
                except UnavailableError:
                    return False

            assert together(work, 4) == [False] * 4
        assert store.charge([Charge("b", 1, 1)], now=NOW) == DONE


@pytest.mark.parametrize("dsn", [None, 5, b"host=x", "host", "postgresql://[", "nonsense=1"], ids=ascii)
def test_connection_strings_that_are_none(dsn: Any) -> None:
    with pytest.raises(InputError):
        PostgresStore(dsn)


def test_no_message_holds_the_password() -> None:
    for dsn in ("host=127.0.0.1 port=1 password=sesame", "password=sesame nonsense=1", "postgresql://a:sesame@[/x"):
        with pytest.raises((InputError, UnavailableError)) as error:
            PostgresStore(dsn, timeout=0.5)
        assert "sesame" not in str(error.value)


@pytest.mark.parametrize("told", [{"connections": 0}, {"connections": True}, {"epoch": ""}, {"epoch": 5}], ids=ascii)
def test_arguments_that_are_none(told: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^PostgreSQL store: expected "):
        PostgresStore("host=127.0.0.1 port=1", **told)


@pytest.mark.parametrize("number", [-1, 2**53, 1.5, True, None, "5"], ids=ascii)
def test_numbers_that_are_none(store: PostgresStore, number: Any) -> None:
    for use in (
        lambda: store.remember(name(1), expires=number, now=NOW),
        lambda: store.remember(name(1), expires=NOW, now=number),
        lambda: store.charge([Charge("a", 1, 1)], now=number),
        lambda: store.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(name(1), number)),
    ):
        with pytest.raises(InputError):
            use()
    assert {**store.used(["a"])} == {}
