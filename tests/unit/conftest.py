"""What every unit test leaves behind: nothing that is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from tests.primitives import stretched_once

from attorn.audit import SQLiteLog

_OPENED = ExitStack()


@pytest.fixture(scope="module", autouse=True)
def _keys_are_stretched_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the command line is what is tested; what key files promise has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.name.startswith("test_cli_"):
            stretched_once(patch)
        yield


@pytest.fixture(scope="module", autouse=True)
def _logs_are_remembered() -> Iterator[None]:
    make = SQLiteLog.__init__

    def remembered(log: SQLiteLog, *given: object, **named: object) -> None:
        make(log, *given, **named)  # type: ignore[arg-type]
        _OPENED.callback(partial(SQLiteLog.close, log))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteLog, "__init__", remembered)
        yield


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Close the writing connection of each log that a test made. One that only reads closes its own."""
    _OPENED.close()
