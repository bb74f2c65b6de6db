"""A store in one Redis server, shared by the threads, processes and machines that reach it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.connection import BlockingConnectionPool, parse_url
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.retry import Retry as Retries

from attorn.did.resolver import Resolver
from attorn.errors import AttornError, InputError, UnavailableError
from attorn.revocation import Signed
from attorn.statement import Kind, Statement
from attorn.store import redis_scripts, remote
from attorn.store.applying import apply
from attorn.store.ports import (
    Charge,
    Charged,
    Retry,
    require_accounts,
    require_charges,
    require_presentation,
    require_statements,
    require_wanted,
)

_WHAT: Final = "Redis store"
_PREFIX = re.compile(r"[A-Za-z0-9._:{}-]{1,64}", re.ASCII)
_CODE = re.compile(r"[A-Z]{2,20}(?= )", re.ASCII)
_KEPT = re.compile(r"(\d{1,16}) (\d{1,16}) (.*)", re.ASCII | re.DOTALL)
_FSYNC: Final = {False: {"always"}, True: {"always", "everysec"}}


class _RefusedError(RedisError):
    """The server does not keep what a store needs kept."""


class RedisStore:
    """Connects to the server at `url` (`redis://`, `rediss://` or `unix://`); its keys begin with `prefix`.

    Raises `UnavailableError` if the server cannot be asked, is a replica, may evict keys (`maxmemory` set and a policy
    other than `noeviction`) or does not write and sync every change before it answers (`appendonly yes`, `appendfsync
    always`, `no-appendfsync-on-rewrite no`). `allow_eviction`, `allow_everysec` (up to two seconds of charges may be
    lost) and `allow_no_persistence` (all may be lost) let go of one each. Every new connection is checked again.

    The first store writes an epoch beside the data. From then on a store object whose epoch has changed or is gone
    raises `UnavailableError`, until it is replaced: the data was lost. A new object can be told the `epoch` that it
    must find. `timeout` is how many seconds to wait for a connection, and for an answer; `connections` how many there
    may be at once. A charge whose answer was lost is `UnavailableError`, and may have been counted. Raises `InputError`
    for unusable arguments.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "attorn",
        timeout: float = 2.0,
        connections: int = 64,
        epoch: str | None = None,
        allow_eviction: bool = False,
        allow_everysec: bool = False,
        allow_no_persistence: bool = False,
    ) -> None:
        if not isinstance(prefix, str) or _PREFIX.fullmatch(prefix) is None:
            raise InputError(f"{_WHAT}: expected a prefix of 1 to 64 letters, digits and ._:{{}}-")
        self._prefix = prefix
        self._allow_eviction = remote.flag(allow_eviction, "allow_eviction")
        self._allow_everysec = remote.flag(allow_everysec, "allow_everysec")
        self._allow_no_persistence = remote.flag(allow_no_persistence, "allow_no_persistence")
        self._closed = False
        expected = remote.expected_epoch(epoch, _WHAT)
        self._client: Any = redis.Redis(connection_pool=self._pool(url, remote.timeout(timeout, _WHAT), connections))
        names = ("epoch", "seen", "marks", "used", "ends", "retries")
        self._epoch_key, self._seen, self._marks, self._used, self._ends, self._retries = map(self._key, names)
        self._epoch = remote.new_epoch()
        try:
            found = self._run(redis_scripts.START, [self._key(name) for name in names[1:]], [])
            # Whatever is not ASCII becomes a character that no epoch holds.
            text = found.decode("ascii", "replace") if isinstance(found, bytes) else found
            self._epoch = remote.checked_epoch(text, expected, _WHAT)
        except AttornError:
            self.close()
            raise

    @property
    def epoch(self) -> str:
        """The mark of this data: another one after a restart means that everything before was lost."""
        return self._epoch

    def _pool(self, url: str, timeout: float, connections: int) -> BlockingConnectionPool:
        try:
            options: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, AttributeError):
            # Not chained: the URL may hold a password.
            raise InputError(f"{_WHAT}: expected a URL: redis://, rediss:// or unix://") from None
        # Nothing in the URL may bring back retries, which could charge twice, or endless waiting.
        for name in ("retry_on_timeout", "retry_on_error", "health_check_interval", "decode_responses", "timeout"):
            options.pop(name, None)
        options |= {
            "socket_timeout": timeout,
            "socket_connect_timeout": timeout,
            "retry": Retries(NoBackoff(), 0),
            "protocol": 2,
            "redis_connect_func": self._connect,
            "max_connections": remote.connections(connections, _WHAT),
        }
        return BlockingConnectionPool(timeout=timeout, **options)  # type: ignore[no-untyped-call]

    def _key(self, name: str) -> bytes:
        return f"{self._prefix}:{name}".encode()

    def _connect(self, connection: Any) -> None:
        """Greet the server, and leave unless it keeps what it is told. Raises `RedisError` only: the pool knows it."""
        connection.on_connect()

        def ask(*command: str) -> Any:
            connection.send_command(*command)
            return connection.read_response()

        role = ask("ROLE")
        if not isinstance(role, list) or not role or role[0] != b"master":
            raise _RefusedError("the server is a replica")

        def setting(name: str) -> str | None:
            try:
                found = ask("CONFIG", "GET", name)
            except ResponseError as error:
                raise _RefusedError("CONFIG GET is forbidden, so what the server keeps cannot be checked") from error
            return found[1].decode("ascii", "replace") if isinstance(found, list) and len(found) == 2 else None

        if not self._allow_eviction and setting("maxmemory") != "0" and setting("maxmemory-policy") != "noeviction":
            raise _RefusedError("the server may evict keys: expected maxmemory-policy noeviction")
        if self._allow_no_persistence:
            return
        if setting("appendonly") != "yes":
            raise _RefusedError("the server forgets everything when it stops: expected appendonly yes")
        if setting("appendfsync") not in _FSYNC[self._allow_everysec]:
            raise _RefusedError("a power cut loses what the server confirmed: expected appendfsync always")
        if not self._allow_everysec and setting("no-appendfsync-on-rewrite") != "no":
            raise _RefusedError("the server does not sync while it rewrites: expected no-appendfsync-on-rewrite no")

    def _run(self, script: str, keys: Sequence[bytes], arguments: Sequence[bytes | str | int]) -> Any:
        """What one script answers. It is never sent twice, unless the server says that it did not know it."""
        if self._closed:
            raise UnavailableError(f"{_WHAT}: closed")
        rest = (1 + len(keys), self._epoch_key, *keys, self._epoch, *arguments)
        try:
            try:
                return self._client.execute_command("EVALSHA", _name(script), *rest)
            except NoScriptError:
                return self._client.execute_command("EVAL", script, *rest)
        except _RefusedError as error:
            raise UnavailableError(f"{_WHAT}: {error}") from error
        except ResponseError as error:
            code = _CODE.match(str(error))
            reason = code.group() if code else type(error).__name__
            raise UnavailableError(f"{_WHAT}: the server refused: {reason}") from error
        except Exception as error:  # the client reads whatever the other end sends
            raise UnavailableError(f"{_WHAT}: {type(error).__name__}") from error

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """See `Store.remember`."""
        require_presentation(presentation, expires, now)
        arguments = (presentation, remote.whole(expires), remote.whole(now))
        new = self._run(redis_scripts.REMEMBER, (self._seen, self._marks), arguments)
        _require(type(new) is int and new in (0, 1))
        return bool(new)

    def statements(
        self, wanted: Sequence[tuple[Kind, str]], *, by: Collection[str] | None = None
    ) -> Sequence[Statement]:
        """See `Store.statements`."""
        require_wanted(wanted, by)
        wanted = tuple(dict.fromkeys(wanted))
        if not wanted:
            return ()
        keys = [self._about(kind, subject) for kind, subject in wanted]
        rows = self._run(redis_scripts.STATEMENTS, keys, ("all",) if by is None else ("by", *by))
        _require(isinstance(rows, list) and len(rows) == len(wanted))
        found: list[Statement] = []
        for (kind, subject), row in zip(wanted, rows, strict=True):
            _require(isinstance(row, list) and len(row) % 2 == 0)
            found += [_restored(kind, subject, by, text) for by, text in zip(row[::2], row[1::2], strict=True)]
        return found

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        """See `Store.put`."""
        require_statements(statements)
        if not statements:
            return None
        arguments: list[str | int] = []
        for each in statements:
            arguments += [each.by, each.sequence, f"{each.sequence} {each.at} {each.value}"]
        newer = self._run(redis_scripts.PUT, [self._about(each.kind, each.subject) for each in statements], arguments)
        if newer == []:
            return None
        match newer:
            case [int(place), bytes(text)] if 0 <= place < len(statements):
                mine = statements[place]
                return _restored(mine.kind, mine.subject, mine.by.encode(), text)
        raise _senseless()

    def apply(self, signed: Signed | str, *, resolver: Resolver | None = None) -> None:
        """Honour what a principal signed from now on, once its signature has been checked: see `applying.apply`."""
        apply(self, signed, resolver)

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        """See `Ledger.charge`."""
        require_charges(charges, now, retry)
        arguments: list[bytes | str | int] = [remote.whole(now)]
        arguments += [b"", ""] if retry is None else [retry.key, remote.whole(retry.until)]
        for charge in charges:
            arguments += [charge.account, charge.limit, charge.amount, remote.end(charge)]
        keys = (self._marks, self._used, self._ends, self._retries)
        match self._run(redis_scripts.CHARGE, keys, arguments):
            case [b"charged"]:
                return Charged()
            case [b"repeated"] if retry is not None:
                return Charged(repeated=True)
            case [b"refused", int(place)] if 0 <= place < len(charges):
                return Charged(refused=charges[place])
            case [b"forgotten"]:
                raise UnavailableError(f"{_WHAT}: an account's period is over and may have been forgotten")
        raise _senseless()

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """See `Ledger.used`."""
        require_accounts(accounts)
        found = self._run(redis_scripts.USED, (self._used,), accounts)
        _require(isinstance(found, list) and len(found) == len(accounts) and all(map(_is_number, found)))
        return {account: int(number) for account, number in zip(accounts, found, strict=True)}

    def close(self) -> None:
        """Close the connections. The store cannot be used after."""
        self._closed = True
        self._client.connection_pool.disconnect()

    def _about(self, kind: Kind, subject: str) -> bytes:
        return self._key(f"statement:{kind}:{subject}")


@cache
def _name(script: str) -> str:
    """What Redis calls a script."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


def _senseless() -> UnavailableError:
    return UnavailableError(f"{_WHAT}: an answer that makes no sense")


def _require(sense: bool) -> None:
    if not sense:
        raise _senseless()


def _is_number(found: object) -> bool:
    return isinstance(found, bytes) and found.isdigit() and len(found) <= 16


def _restored(kind: Kind, subject: str, by: object, text: object) -> Statement:
    """The statement that was kept as `sequence at value`. Raises `UnavailableError` if it is damaged."""
    if not isinstance(by, bytes) or not isinstance(text, bytes):
        raise UnavailableError(f"{_WHAT}: a statement is damaged")
    try:
        signer, kept = by.decode(), text.decode()
    except UnicodeDecodeError as error:
        raise UnavailableError(f"{_WHAT}: a statement is damaged") from error
    parts = _KEPT.fullmatch(kept)
    if parts is None:
        raise UnavailableError(f"{_WHAT}: a statement is damaged")
    return remote.restored(kind, subject, signer, (int(parts[1]), int(parts[2])), parts[3])
