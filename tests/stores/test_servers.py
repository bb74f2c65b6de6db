"""Where a server is not installed its tests are skipped and say what to install; in CI they fail."""

from __future__ import annotations

import pytest
from tests.servers.process import INSTALL, MissingError
from tests.servers.redis_server import RedisServer
from tests.stores.conftest import running


def missing() -> RedisServer:
    raise MissingError(f"no redis-server: {INSTALL}")


def test_a_server_that_is_missing_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install -y redis-server postgresql"):
        next(running(missing))


def test_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install"):
        next(running(missing))


def test_a_server_that_is_not_on_the_path_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingError):
        RedisServer()
