"""What every unit test leaves behind: nothing that is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from tests.primitives import stretched_once

from attorn.audit import SQLiteLog


@pytest.fixture(autouse=True)
def _keys_are_stretched_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the command line is what is tested; what key files promise has tests of its own."""
    if request.path.name.startswith("test_cli_"):
        stretched_once(monkeypatch)


@pytest.fixture(autouse=True)
def _logs_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the writing connection of each log that a test made. One that only reads closes its own."""
    make = SQLiteLog.__init__
    with ExitStack() as opened:

        def remembered(log: SQLiteLog, *given: object, **named: object) -> None:
            make(log, *given, **named)  # type: ignore[arg-type]
            opened.callback(partial(SQLiteLog.close, log))

        monkeypatch.setattr(SQLiteLog, "__init__", remembered)
        yield
