"""The connections of the PostgreSQL store: reused, ended, replaced and never more than were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from time import sleep
from typing import Any

import psycopg
import pytest
from tests.servers.postgres_server import PostgresServer
from tests.stores.contract import DONE, LINK, name, said, together
from tests.unit.scene import NOW

from attorn.errors import UnavailableError
from attorn.statement import Kind
from attorn.store import Charge, Charged, PostgresStore, Retry, postgres_pool

WANTED = [(Kind.REVOCATION, LINK)]


@pytest.fixture
def store(postgres_server: PostgresServer) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_server.url)) as store:
        yield store


def setting(store: PostgresStore, name: str) -> str:
    ((value,),) = store._pool.run("SELECT current_setting(%s)", (name,))
    return str(value)


def backend(store: PostgresStore) -> int:
    ((pid,),) = store._pool.run("SELECT pg_backend_pid()", ())
    return int(pid)


def test_a_connection_is_used_again(store: PostgresStore) -> None:
    assert len({backend(store) for _ in range(3)}) == 1
    assert len(store._pool._idle) == 1


def test_a_connection_that_was_closed_is_replaced(store: PostgresStore) -> None:
    first = backend(store)
    store._pool._idle[0].close()
    assert backend(store) != first
    assert len(store._pool._idle) == 1


def test_one_on_which_the_server_said_goodbye_is_not_asked(
    postgres_server: PostgresServer, store: PostgresStore
) -> None:
    first, (kept,) = backend(store), store._pool._idle
    with postgres_server.client() as client:
        client.execute("SELECT pg_terminate_backend(%s)", (first,))
    for _ in range(1000):
        if postgres_pool._readable(kept):
            break
        sleep(0.01)
    assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE
    assert kept.closed
    assert backend(store) != first


def test_a_call_that_fails_ends_its_connection_and_those_at_rest(store: PostgresStore) -> None:
    assert together(lambda n: store.charge([Charge(f"{n}", 1, 1)], now=NOW), 8) == [DONE] * 8
    used: list[Any] = []

    def fail(connection: Any) -> None:
        used.extend([connection, *store._pool._idle])
        raise ZeroDivisionError

    with pytest.raises(UnavailableError, match=r"^PostgreSQL store: ZeroDivisionError$"):
        store._pool.use(fail)
    assert store._pool._idle == []
    assert all(each.closed for each in used)
    assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE


def test_one_that_was_closed_in_use_is_not_kept(store: PostgresStore) -> None:
    store._pool.use(lambda connection: connection.close())
    assert store._pool._idle == []
    assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE


def test_a_store_that_is_closed_ends_every_connection(store: PostgresStore) -> None:
    """Those at rest now, and one in use when it is given back."""
    store.used(["a"])
    (resting,) = store._pool._idle
    store.close()
    assert resting.closed


def test_a_store_that_is_closed_meanwhile(store: PostgresStore) -> None:
    def use(connection: Any) -> Any:
        store.close()
        assert not connection.closed
        return connection

    assert store._pool.use(use).closed
    assert store._pool._idle == []


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Each connection that was made, with its options."""
    found: list[tuple[Any, dict[str, Any]]] = []
    connect = postgres_pool._Connection.connect

    def remembered(dsn: str, **options: Any) -> Any:
        found.append((connect(dsn, **options), options))
        return found[-1][0]

    monkeypatch.setattr(postgres_pool._Connection, "connect", remembered)
    return found


@pytest.mark.parametrize(
    ("timeout", "connect", "statement"), [(0.7, 1, "700ms"), (1.4, 1, "1400ms"), (2.0, 2, "2s"), (20, 20, "20s")]
)
def test_how_long_it_waits(
    postgres_server: PostgresServer,
    made: list[tuple[Any, dict[str, Any]]],
    timeout: float,
    connect: int,
    statement: str,
) -> None:
    with closing(PostgresStore(postgres_server.url, timeout=timeout)) as store:
        assert setting(store, "statement_timeout") == statement
    assert [options["connect_timeout"] for _, options in made] == [connect] * 2
    # The first is that under which the tables were looked at.
    assert all(connection.closed for connection, _ in made)


def test_a_connection_that_is_refused_is_closed(
    postgres_server: PostgresServer, made: list[tuple[Any, dict[str, Any]]]
) -> None:
    with pytest.raises(UnavailableError, match="expected the setting"):
        PostgresStore(f"{postgres_server.url} options='-c synchronous_commit=off'")
    ((connection, _),) = made
    assert connection.closed


def test_an_encoding_of_the_clients_own(postgres_server: PostgresServer) -> None:
    with closing(PostgresStore(f"{postgres_server.url} client_encoding=LATIN1")) as store:
        assert setting(store, "client_encoding") == "UTF8"
        assert store.put([said(1, value="\u20ac")]) is None
        assert list(store.statements(WANTED)) == [said(1, value="\u20ac")]


def test_first_starts_that_meet(postgres_server: PostgresServer) -> None:
    """One of them makes the tables, the others find them."""

    def start(_: int) -> str:
        with closing(PostgresStore(postgres_server.url, timeout=60)) as store:
            return store.epoch

    assert len(set(together(start, 8))) == 1


TOLD = {
    "UPDATE attorn.store SET epoch = repeat('0', 32)": "another epoch than before: what was kept has been lost",
    "SET synchronous_commit = off": "a setting that it needs has changed",
    "UPDATE attorn.forgotten SET until = 9007199254740991": "an account's period is over and may have been forgotten",
}


@pytest.mark.parametrize("damage", TOLD)
def test_what_the_functions_refuse_is_told(postgres_server: PostgresServer, store: PostgresStore, damage: str) -> None:
    store.used(["a"])
    with postgres_server.client() as client:
        if damage.startswith("SET"):
            store._pool._idle[0].execute(damage)
        else:
            client.execute(damage)
    with pytest.raises(UnavailableError) as error:
        store.charge([Charge("a", 9, 1, NOW + 60)], now=NOW)
    assert str(error.value) == f"PostgreSQL store: {TOLD[damage]}"


@pytest.mark.parametrize(
    "setting",
    [
        "default_transaction_isolation=serializable",
        "default_transaction_read_only=on",
        "synchronous_commit=off",
        "synchronous_commit=local",
    ],
)
def test_the_functions_refuse_a_session_with_other_settings(
    postgres_server: PostgresServer, store: PostgresStore, setting: str
) -> None:
    session = psycopg.connect(f"{postgres_server.url} options='-c {setting}'", autocommit=True)
    with closing(session), pytest.raises(psycopg.Error) as error:
        session.execute("SELECT * FROM attorn.used(%s, '{}')", (store.epoch,))
    assert error.value.sqlstate == "AT001"


ANSWERS: dict[str, tuple[Callable[[PostgresStore], object], list[list[tuple[Any, ...]]]]] = {
    "charge": (
        lambda store: store.charge([Charge("a", 1, 1)], now=NOW),
        [[], [()], [(0, 0)], [(0,), (0,)], [(-1,)], [(2,)], [(-2,)], [(None,)], [("1",)]],
    ),
    "remember": (
        lambda store: store.remember(b"x", expires=NOW + 60, now=NOW),
        [[], [()], [(True, True)], [(True,), (True,)]],
    ),
}


@pytest.mark.parametrize(("use", "rows"), [(use, rows) for use, (_, several) in ANSWERS.items() for rows in several])
def test_answers_that_make_no_sense(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch, use: str, rows: list[tuple[Any, ...]]
) -> None:
    monkeypatch.setattr(store._pool, "run", lambda *_: rows)
    with pytest.raises(UnavailableError, match=r"^PostgreSQL store: an answer that makes no sense$"):
        ANSWERS[use][0](store)


@pytest.mark.parametrize("answer", [None, 1, 0, "t", False])
def test_only_true_is_new(store: PostgresStore, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    monkeypatch.setattr(store._pool, "run", lambda *_: [(answer,)])
    assert store.remember(b"x", expires=NOW + 60, now=NOW) is False


@pytest.mark.parametrize("answer", [(0, DONE), (-1, Charged(repeated=True)), (1, Charged(refused=Charge("a", 1, 1)))])
def test_answers_that_make_sense(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, Charged]
) -> None:
    monkeypatch.setattr(store._pool, "run", lambda *_: [answer[:1]])
    assert store.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(name(1), NOW + 60)) == answer[1]


@pytest.mark.parametrize(
    "row",
    [
        ("nonsense", LINK, "did:x:a", 1, NOW, ""),
        (None, LINK, "did:x:a", 1, NOW, ""),
        ("revocation", None, "did:x:a", 1, NOW, ""),
        ("revocation", b"x", "did:x:a", 1, NOW, ""),
        ("revocation", LINK, None, 1, NOW, ""),
        ("revocation", LINK, "did:x:a", "1", NOW, ""),
        ("revocation", LINK, "did:x:a", 1, None, ""),
        ("revocation", LINK, "did:x:a", 1, NOW, None),
        ("revocation", LINK.upper(), "did:x:a", 1, NOW, ""),
        ("lifecycle", LINK, "did:x:a", 1, NOW, ""),
    ],
)
def test_rows_that_are_damaged(store: PostgresStore, monkeypatch: pytest.MonkeyPatch, row: tuple[Any, ...]) -> None:
    good = ("revocation", LINK, "did:x:a", 1, NOW, "")
    monkeypatch.setattr(store._pool, "run", lambda *_: [good, row])
    with pytest.raises(UnavailableError, match="a statement is damaged"):
        store.statements([*WANTED, (Kind.EVENT, "other")])


def test_64_are_forgotten_at_once(postgres_server: PostgresServer, store: PostgresStore) -> None:
    for number in range(100):
        retry = Retry(name(number), NOW + 1 + number)
        assert store.charge([Charge(f"{number}", 1, 1, NOW + 1 + number)], now=NOW, retry=retry) == DONE
        assert store.remember(name(number), expires=NOW + 1 + number, now=NOW) is True
    assert store.remember(name(100), expires=NOW + 900, now=NOW + 200) is True
    assert store.charge([Charge("a", 1, 1, NOW + 900)], now=NOW + 200, retry=Retry(name(100), NOW + 900)) == DONE
    counts = "SELECT (SELECT count(*) FROM attorn.presentation), count(*) FROM attorn.account"
    with postgres_server.client() as client:
        assert client.execute(counts).fetchone() == (36 + 1, 36 + 1)
        assert client.execute("SELECT count(*) FROM attorn.retry").fetchone() == (36 + 1,)
        # What is charged to one account keeps no other.
        assert client.execute("SELECT max(until) FROM attorn.account WHERE name <> 'a'").fetchone() == (NOW + 100,)


def test_what_ends_now_is_forgotten_now(postgres_server: PostgresServer, store: PostgresStore) -> None:
    assert store.charge([Charge("a", 1, 1, NOW + 60)], now=NOW, retry=Retry(name(1), NOW + 60)) == DONE
    assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
    store.remember(name(2), expires=NOW + 90, now=NOW + 60)
    store.charge([Charge("b", 1, 1, NOW + 90)], now=NOW + 60, retry=Retry(name(2), NOW + 90))
    with postgres_server.client() as client:
        for table in ("presentation", "account", "retry"):
            assert client.execute(f"SELECT until FROM attorn.{table}").fetchall() == [(NOW + 90,)]
