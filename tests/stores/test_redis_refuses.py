"""What the Redis store refuses: servers that may forget, data that was lost or damaged, and every kind of failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from tests.servers.redis_server import RedisServer
from tests.stores.contract import DONE, name, said
from tests.unit.scene import NOW

from attorn.errors import InputError, UnavailableError
from attorn.statement import Kind
from attorn.store import Charge, RedisStore, Retry

WANTED = [(Kind.REVOCATION, "ab" * 16)]
USES: dict[str, Callable[[RedisStore], object]] = {
    "remember": lambda store: store.remember(name(9), expires=NOW + 60, now=NOW),
    "charge": lambda store: store.charge([Charge("a", 9, 1)], now=NOW),
    "used": lambda store: store.used(["a"]),
    "statements": lambda store: store.statements(WANTED),
    "put": lambda store: store.put([said(9)]),
}
WRITES = [USES[each] for each in ("remember", "charge", "put")]
every_use = pytest.mark.parametrize("use", list(USES.values()), ids=list(USES))


@pytest.fixture
def changed(redis_server: RedisServer) -> Iterator[RedisServer]:
    """The server, whose settings are put back afterwards."""
    client = redis_server.client()
    names = ("appendfsync", "no-appendfsync-on-rewrite", "maxmemory", "maxmemory-policy", "min-replicas-to-write")
    before = {each: client.config_get(each)[each] for each in names}
    yield redis_server
    client.replicaof("no", "one")
    for each, value in before.items():
        client.config_set(each, value)
    client.close()


@pytest.fixture
def store(redis_server: RedisServer) -> Iterator[RedisStore]:
    with closing(RedisStore(redis_server.url)) as store:
        yield store


def refused(server: RedisServer, match: str, **told: Any) -> None:
    with pytest.raises(UnavailableError, match=match):
        RedisStore(server.url, **told)


def works(server: RedisServer, **told: Any) -> None:
    with closing(RedisStore(server.url, **told)) as store:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random", "volatile-ttl", "volatile-lfu"])
def test_a_server_that_may_evict(changed: RedisServer, policy: str) -> None:
    changed.client().config_set("maxmemory-policy", policy)
    changed.client().config_set("maxmemory", "100mb")
    refused(changed, "noeviction")
    refused(changed, "noeviction", allow_no_persistence=True, allow_everysec=True)
    works(changed, allow_eviction=True)


def test_memory_without_a_limit_is_not_evicted(changed: RedisServer) -> None:
    changed.client().config_set("maxmemory-policy", "allkeys-lru")
    works(changed)


def test_a_limit_without_eviction(changed: RedisServer) -> None:
    changed.client().config_set("maxmemory", "100mb")
    works(changed)


def test_a_server_that_syncs_every_second(changed: RedisServer) -> None:
    changed.client().config_set("appendfsync", "everysec")
    refused(changed, "appendfsync always")
    refused(changed, "appendfsync always", allow_eviction=True)
    works(changed, allow_everysec=True)


def test_a_server_that_never_syncs(changed: RedisServer) -> None:
    changed.client().config_set("appendfsync", "no")
    refused(changed, "appendfsync always")
    refused(changed, "appendfsync always", allow_everysec=True)
    works(changed, allow_no_persistence=True)


def test_a_server_that_does_not_sync_while_it_rewrites(changed: RedisServer) -> None:
    changed.client().config_set("no-appendfsync-on-rewrite", "yes")
    refused(changed, "no-appendfsync-on-rewrite")
    works(changed, allow_everysec=True)


def test_a_server_that_forgets_when_it_stops() -> None:
    with RedisServer(appendonly="no") as server:
        refused(server, "appendonly yes")
        refused(server, "appendonly yes", allow_eviction=True, allow_everysec=True)
        with closing(RedisStore(server.url, allow_no_persistence=True)) as store:
            assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE
            server.kill()
            server.start()
            for _ in range(3):
                for use in USES.values():
                    with pytest.raises(UnavailableError):
                        use(store)
            refused(server, "another epoch", allow_no_persistence=True, epoch=store.epoch)
            # Only a new store object begins again.
            works(server, allow_no_persistence=True)
            with pytest.raises(UnavailableError, match="LOST"):
                store.used(["a"])


def test_a_server_that_does_not_say_what_it_keeps() -> None:
    with RedisServer(rename_command="CONFIG hidden") as server:
        refused(server, "CONFIG GET is forbidden")
        refused(server, "CONFIG GET is forbidden", allow_eviction=True)
        refused(server, "CONFIG GET is forbidden", allow_no_persistence=True)
        works(server, allow_eviction=True, allow_no_persistence=True)


def test_a_replica(changed: RedisServer) -> None:
    with closing(RedisStore(changed.url)) as store:
        assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE
        changed.client().replicaof("127.0.0.1", 1)
        for use in WRITES:
            with pytest.raises(UnavailableError):
                use(store)
        refused(changed, "replica", allow_eviction=True, allow_no_persistence=True)
        changed.client().replicaof("no", "one")
        assert {**store.used(["a"])} == {"a": 1}


def test_a_server_that_lacks_its_replicas(changed: RedisServer, store: RedisStore) -> None:
    changed.client().config_set("min-replicas-to-write", "1")
    for use in WRITES:
        with pytest.raises(UnavailableError, match="NOREPLICAS"):
            use(store)


def test_a_setting_that_changed_is_seen_by_the_next_connection(changed: RedisServer, store: RedisStore) -> None:
    changed.client().config_set("appendfsync", "no")
    store._client.connection_pool.disconnect()
    for use in USES.values():
        with pytest.raises(UnavailableError, match="appendfsync"):
            use(store)
    changed.client().config_set("appendfsync", "always")
    assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE


@every_use
@pytest.mark.parametrize("loss", ["FLUSHALL", "DEL attorn:epoch", "SET attorn:epoch " + "0" * 32, "LPUSH attorn:epoch"])
def test_data_that_was_lost(
    redis_server: RedisServer, store: RedisStore, use: Callable[[RedisStore], object], loss: str
) -> None:
    store.charge([Charge("a", 9, 1)], now=NOW)
    client = redis_server.client()
    if loss.startswith("LPUSH"):
        client.delete("attorn:epoch")
        loss += " x"
    client.execute_command(*loss.split())
    for _ in range(2):
        with pytest.raises(UnavailableError):
            use(store)


def test_data_without_an_epoch_is_not_begun_anew(redis_server: RedisServer, store: RedisStore) -> None:
    store.charge([Charge("a", 9, 1)], now=NOW)
    redis_server.client().delete("attorn:epoch")
    refused(redis_server, "LOST")


def test_the_epoch_that_must_be_found(redis_server: RedisServer, store: RedisStore) -> None:
    works(redis_server, epoch=store.epoch)
    refused(redis_server, "another epoch", epoch="0" * 32)
    for damaged in ("", "x", "A" * 32, store.epoch + "0", b"\xff" * 32):
        redis_server.client().set("attorn:epoch", damaged)
        refused(redis_server, "damaged")


def test_64_are_forgotten_at_once(redis_server: RedisServer, store: RedisStore) -> None:
    for number in range(100):
        retry = Retry(name(number), NOW + 1 + number)
        assert store.charge([Charge(f"{number}", 1, 1, NOW + 1 + number)], now=NOW, retry=retry) == DONE
        assert store.remember(name(number), expires=NOW + 1 + number, now=NOW) is True
    assert store.remember(name(100), expires=NOW + 900, now=NOW + 200) is True
    assert store.charge([Charge("a", 1, 1)], now=NOW + 200, retry=Retry(name(100), NOW + 900)) == DONE
    client = redis_server.client()
    assert [client.zcard(f"attorn:{key}") for key in ("seen", "ends", "retries")] == [36 + 1] * 3
    assert client.hlen("attorn:used") == 36 + 1


def test_prefixes_are_apart(redis_server: RedisServer, store: RedisStore) -> None:
    with closing(RedisStore(redis_server.url, prefix="other")) as other:
        assert other.epoch != store.epoch
        assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE
        assert other.charge([Charge("a", 1, 1)], now=NOW) == DONE
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert other.remember(name(1), expires=NOW + 60, now=NOW) is True


KEYS = ("seen", "marks", "used", "ends", "retries", "statement:revocation:" + "ab" * 16)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_another_type(redis_server: RedisServer, store: RedisStore, key: str) -> None:
    redis_server.client().set(f"attorn:{key}", "x")
    failed = 0
    uses = [*USES.values(), lambda s: s.charge([Charge("a", 9, 1)], now=NOW, retry=Retry(name(1), NOW + 60))]
    for use in uses:
        try:
            use(store)
        except UnavailableError:
            failed += 1
    assert failed > 0
    if key in ("marks", "used", "ends", "retries"):
        for _ in range(3):
            with pytest.raises(UnavailableError):
                store.charge([Charge("a", 9, 1)], now=NOW)
        # Nothing had been written before it failed.
        redis_server.client().delete(f"attorn:{key}")
        assert store.used(["a"]).get("a", 0) == 0
        assert redis_server.client().exists("attorn:ends") == 0


@pytest.mark.parametrize(
    "value", ["", "-1", "1.5", "x", "1e3", "9007199254740993", "99999999999999999999", " 1", "0x1"]
)
@pytest.mark.parametrize("key", ["used", "marks"])
def test_a_damaged_number(redis_server: RedisServer, store: RedisStore, key: str, value: str) -> None:
    assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE
    redis_server.client().hset(f"attorn:{key}", "a" if key == "used" else "account", value)
    with pytest.raises(UnavailableError, match="DAMAGED"):
        store.charge([Charge("a", 9, 1)], now=NOW)
    if key == "marks":
        redis_server.client().hset("attorn:marks", "presentation", value)
        with pytest.raises(UnavailableError, match="DAMAGED"):
            store.remember(name(1), expires=NOW + 60, now=NOW)
    else:
        with pytest.raises(UnavailableError, match="DAMAGED"):
            store.used(["a"])


def test_half_an_account(redis_server: RedisServer, store: RedisStore) -> None:
    for account, lose in (("a", ("hdel", "attorn:used")), ("b", ("zrem", "attorn:ends"))):
        assert store.charge([Charge(account, 9, 9)], now=NOW) == DONE
        getattr(redis_server.client(), lose[0])(lose[1], account)
        with pytest.raises(UnavailableError, match="DAMAGED"):
            store.charge([Charge(account, 9, 1)], now=NOW)


@pytest.mark.parametrize(
    "value",
    ["", "x", "1", "1 2", "-1 2 x", "9007199254740992 1 x", "99999999999999999 1 x", "1 x y", b"1 2 \xff", "1 2 \0"],
)
def test_a_damaged_statement(redis_server: RedisServer, store: RedisStore, value: str) -> None:
    redis_server.client().hset("attorn:statement:revocation:" + "ab" * 16, "did:x:a", value)
    with pytest.raises(UnavailableError):
        store.statements(WANTED)


def test_memory_that_is_full(changed: RedisServer, store: RedisStore) -> None:
    assert store.charge([Charge("a", 9, 3)], now=NOW) == DONE
    client = changed.client()
    client.config_set("maxmemory", "1")
    for _ in range(2):
        for use in WRITES:
            with pytest.raises(UnavailableError, match="OutOfMemory"):
                use(store)
    client.config_set("maxmemory", "0")
    assert {**store.used(["a"])} == {"a": 3}
    assert list(store.statements(WANTED)) == []
    assert store.remember(name(9), expires=NOW + 60, now=NOW) is True


def test_a_server_that_hangs(redis_server: RedisServer) -> None:
    with closing(RedisStore(redis_server.url, timeout=0.2)) as store:
        redis_server.pause()
        try:
            for use in USES.values():
                with pytest.raises(UnavailableError):
                    use(store)
            refused(redis_server, "TimeoutError", timeout=0.2)
        finally:
            redis_server.resume()
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True


def test_a_server_that_crashes_comes_back_with_everything(redis_server: RedisServer, store: RedisStore) -> None:
    store.remember(name(1), expires=NOW + 60, now=NOW)
    store.put([said(3)])
    store.charge([Charge("a", 9, 3)], now=NOW, retry=Retry(name(1), NOW + 60))
    redis_server.kill()
    for use in USES.values():
        with pytest.raises(UnavailableError):
            use(store)
    redis_server.start()
    assert store.remember(name(1), expires=NOW + 60, now=NOW) is False
    assert list(store.statements(WANTED)) == [said(3)]
    assert {**store.used(["a"])} == {"a": 3}
    assert store.charge([Charge("a", 9, 3)], now=NOW, retry=Retry(name(1), NOW + 60)).repeated


def test_scripts_that_the_server_forgot(redis_server: RedisServer, store: RedisStore) -> None:
    assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE
    redis_server.client().script_flush()
    assert store.charge([Charge("a", 9, 1)], now=NOW) == DONE
    assert {**store.used(["a"])} == {"a": 2}


def test_the_url_brings_no_retries_back(redis_server: RedisServer) -> None:
    url = redis_server.url + "?retry_on_timeout=true&retry_on_error=ConnectionError&health_check_interval=1&timeout=99"
    with closing(RedisStore(url + "&socket_timeout=99&max_connections=5000&decode_responses=true&protocol=3")) as store:
        connection = store._client.connection_pool.make_connection()
        assert connection.retry.get_retries() == 0
        assert (connection.retry_on_timeout, connection.retry_on_error) == (False, [])
        assert (connection.socket_timeout, connection.socket_connect_timeout) == (2.0, 2.0)
        assert connection.health_check_interval == 0
        assert (store._client.connection_pool.timeout, store._client.connection_pool.max_connections) == (2.0, 64)
        assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE


@pytest.mark.parametrize("url", ["", "http://x", "redis", None, 5, b"redis://x", "redis://x:port/", "redis://x/?db=x"])
def test_addresses_that_are_none(url: Any) -> None:
    with pytest.raises((InputError, UnavailableError)):
        RedisStore(url, timeout=0.2)


def test_no_message_holds_the_password() -> None:
    for url in ("redis://user:sesame@127.0.0.1:1/0", "redis//user:sesame@127.0.0.1", "redis://:sesame@127.0.0.1:x/"):
        with pytest.raises((InputError, UnavailableError)) as error:
            RedisStore(url, timeout=0.2)
        assert "sesame" not in str(error.value)


@pytest.mark.parametrize(
    "told",
    [
        {"prefix": ""},
        {"prefix": "a b"},
        {"prefix": None},
        {"prefix": b"x"},
        {"prefix": "x" * 65},
        {"connections": 0},
        {"connections": True},
        {"epoch": ""},
        {"epoch": 5},
        {"allow_eviction": 1},
        {"allow_everysec": "no"},
        {"allow_no_persistence": None},
    ],
    ids=ascii,
)
def test_arguments_that_are_none(told: dict[str, Any]) -> None:
    name = "Redis store" if told.keys() & {"prefix", "connections", "epoch"} else next(iter(told))
    with pytest.raises(InputError, match=f"^{name}: expected "):
        RedisStore("redis://127.0.0.1:1/0", **told)


def test_the_longest_prefix(redis_server: RedisServer) -> None:
    works(redis_server, prefix="x" * 58 + "._:{}-")


@pytest.mark.parametrize("number", [-1, 2**53, 1.5, True, None, "5"], ids=ascii)
def test_numbers_that_are_none(store: RedisStore, number: Any) -> None:
    for use in (
        lambda: store.remember(name(1), expires=number, now=NOW),
        lambda: store.remember(name(1), expires=NOW, now=number),
        lambda: store.charge([Charge("a", 1, 1)], now=number),
        lambda: store.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(name(1), number)),
    ):
        with pytest.raises(InputError):
            use()
    assert store.used(["a"]).get("a", 0) == 0


def test_marks_that_went_away(redis_server: RedisServer, store: RedisStore) -> None:
    redis_server.client().delete("attorn:marks")
    for use in (USES["remember"], USES["charge"]):
        with pytest.raises(UnavailableError, match="DAMAGED"):
            use(store)
