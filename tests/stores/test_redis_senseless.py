"""What the Redis store makes of answers that no Redis server gives: it cannot find out, and nothing is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from tests.servers.scripted import ScriptedRedis
from tests.stores.contract import LINK, said
from tests.stores.test_redis_refuses import USES, WANTED
from tests.unit.scene import NOW

from attorn.errors import UnavailableError
from attorn.store import Charge, RedisStore, Retry


@pytest.fixture
def server() -> Iterator[ScriptedRedis]:
    with ScriptedRedis() as server:
        yield server


@pytest.fixture
def store(server: ScriptedRedis) -> Iterator[RedisStore]:
    with closing(RedisStore(server.url)) as store:
        yield store


ANSWERS = {
    "remember": (b":2", b":-1", b"$1\r\n1", b"$-1", b"*0", b"*1\r\n:1", b"+OK"),
    "charge": (
        b"*0", b":1", b"$7\r\ncharged", b"*1\r\n$8\r\nrepeated", b"*1\r\n$7\r\nrefused", b"*1\r\n$8\r\ncharged?",
        b"*2\r\n$7\r\nrefused\r\n:1", b"*2\r\n$7\r\nrefused\r\n:-1", b"*2\r\n$7\r\nrefused\r\n$1\r\n0", b"$-1", b"+OK",
    ),
    "used": (
        b"*0", b":1", b"$1\r\n1", b"*1\r\n:1", b"*1\r\n$-1", b"*1\r\n$0\r\n", b"*1\r\n$2\r\n-1", b"*1\r\n$1\r\nx",
        b"*1\r\n$17\r\n00000000000000001", b"*2\r\n$1\r\n1\r\n$1\r\n1", b"*2\r\n$1\r\n1\r\n$1\r\nx", b"+OK",
    ),
    "statements": (
        b"*0", b":1", b"$1\r\na", b"*1\r\n:1", b"*1\r\n$2\r\nab", b"*1\r\n*1\r\n$1\r\na", b"*2\r\n*0\r\n*0",
        b"*1\r\n*3\r\n$1\r\na\r\n$5\r\n1 2 x\r\n$1\r\nb", b"*1\r\n$-1", b"+OK",
    ),
    "put": (
        b":0", b"$-1", b"*1\r\n:0", b"*2\r\n:1\r\n$5\r\n1 2 x", b"*2\r\n:-1\r\n$5\r\n1 2 x",
        b"*2\r\n$1\r\n0\r\n$5\r\n1 2 x",
        b"*2\r\n:0\r\n:5", b"*3\r\n:0\r\n$5\r\n1 2 x\r\n:0", b"+OK",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("use", "answer"), [(use, answer) for use, several in ANSWERS.items() for answer in several])
def test_answers_that_make_no_sense(server: ScriptedRedis, store: RedisStore, use: str, answer: bytes) -> None:
    server.answers["EVALSHA"] = answer + b"\r\n"
    with pytest.raises(UnavailableError, match=r"^Redis store: an answer that makes no sense$"):
        USES[use](store)


@pytest.mark.parametrize("text", [b":5", b"$1\r\nx", b"$-1", b"*0", b"$6\r\n1 2 \xff\xff", b"$6\r\n1 2 x\0"])
def test_statements_that_are_damaged(server: ScriptedRedis, store: RedisStore, text: bytes) -> None:
    server.answers["EVALSHA"] = b"*1\r\n*2\r\n$7\r\ndid:x:a\r\n" + text + b"\r\n"
    with pytest.raises(UnavailableError, match="damaged"):
        store.statements(WANTED)


@pytest.mark.parametrize("by", [b":5", b"$-1", b"*0", b"$2\r\n\xff\xff", b"$1\r\n\0"])
def test_signers_that_are_damaged(server: ScriptedRedis, store: RedisStore, by: bytes) -> None:
    server.answers["EVALSHA"] = b"*1\r\n*2\r\n" + by + b"\r\n$5\r\n1 2 x\r\n"
    with pytest.raises(UnavailableError, match="damaged"):
        store.statements(WANTED)


@pytest.mark.parametrize("text", [b"$1\r\nx", b"$7\r\n1 2 \xff\xff\xff", b"$2\r\n1 "])
def test_a_newer_statement_that_is_damaged(server: ScriptedRedis, store: RedisStore, text: bytes) -> None:
    server.answers["EVALSHA"] = b"*2\r\n:0\r\n" + text + b"\r\n"
    with pytest.raises(UnavailableError, match="damaged"):
        store.put([said(1)])


def test_answers_that_make_sense(server: ScriptedRedis, store: RedisStore) -> None:
    """The same in their usual forms: what is refused above is refused for what is wrong with it."""

    def answers(answer: bytes) -> None:
        server.answers["EVALSHA"] = answer + b"\r\n"

    answers(b":1")
    assert store.remember(b"x", expires=NOW + 60, now=NOW) is True
    answers(b"*1\r\n$8\r\nrepeated")
    assert store.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(b"x", NOW + 60)).repeated
    answers(b"*1\r\n$16\r\n0000000000000001")
    assert store.used(["a"]) == {"a": 1}
    answers(b"*1\r\n*2\r\n$7\r\ndid:x:a\r\n$6\r\n9 5 \xc3\xa9")
    assert store.statements(WANTED) == [said(9, at=5, value="\u00e9")]
    answers(b"*2\r\n:1\r\n$4\r\n9 5 ")
    assert store.put([said(1), said(1, by="did:x:b", subject=LINK)]) == said(9, by="did:x:b", at=5)
    answers(b"*1\r\n$9\r\nforgotten")
    with pytest.raises(UnavailableError, match=r"^Redis store: an account's period is over and may have been"):
        store.charge([Charge("a", 1, 1)], now=NOW)


NONE = (b"*0", b":1", b"$-1", b"+OK", b"$6\r\nmaster", b"*1\r\n$3\r\nyes", b"*3\r\n$1\r\na\r\n$1\r\n0\r\n:0")
GREETED: dict[str, str] = {
    "ROLE": "the server is a replica",
    "CONFIG maxmemory": "expected maxmemory-policy noeviction",
    "CONFIG appendonly": "expected appendonly yes",
    "CONFIG appendfsync": "expected appendfsync always",
    "CONFIG no-appendfsync-on-rewrite": "expected no-appendfsync-on-rewrite no",
}


@pytest.mark.parametrize("asked", GREETED)
@pytest.mark.parametrize("answer", [*NONE, b"*2\r\n$1\r\na\r\n$2\r\n\xff\xff"])
def test_a_server_that_does_not_say_what_it_is(asked: str, answer: bytes) -> None:
    # Where eviction is allowed for, the policy counts as well: it is none either.
    said = dict.fromkeys(("CONFIG maxmemory-policy", asked), answer + b"\r\n")
    refused = pytest.raises(UnavailableError, match=f"^Redis store: .*{GREETED[asked]}$")
    with ScriptedRedis(said) as server, refused:
        RedisStore(server.url)


@pytest.mark.parametrize("found", [b"$32\r\n" + b"\xff" * 32, b"$-1", b":5", b"*0", b"$0\r\n", b"$5\r\n12345"])
def test_an_epoch_that_is_none(found: bytes) -> None:
    refused = pytest.raises(UnavailableError, match="epoch is damaged")
    with ScriptedRedis({"EVALSHA": found + b"\r\n"}) as server, refused:
        RedisStore(server.url)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"-WRONGTYPE of a key\r\n", "the server refused: WRONGTYPE"),
        (b"-lost\r\n", "the server refused: ResponseError"),
        (b"-AB of no kind\r\n", "the server refused: AB"),
        (b"-A of no kind\r\n", "the server refused: ResponseError"),
        (b"!\r\n", "InvalidResponse"),
        (b":x\r\n", "ValueError"),
    ],
)
def test_errors_are_told_by_their_code_alone(
    server: ScriptedRedis, store: RedisStore, answer: bytes, told: str
) -> None:
    server.answers["EVALSHA"] = answer
    with pytest.raises(UnavailableError) as error:
        store.used(["a"])
    assert str(error.value) == f"Redis store: {told}"


def test_connections_end_with_the_store(server: ScriptedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Any] = []
    disconnect = RedisStore._pool

    def remembered(*given: Any) -> Any:
        pool = disconnect(*given)
        end = pool.disconnect
        pool.disconnect = lambda *how: (ended.append(pool), end(*how))
        return pool

    monkeypatch.setattr(RedisStore, "_pool", remembered)
    with pytest.raises(UnavailableError, match="another epoch"):
        RedisStore(server.url, epoch="1" * 32)
    assert len(ended) == 1
    RedisStore(server.url).close()
    assert len(ended) == 2
