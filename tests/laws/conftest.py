"""Signatures are the same for every example: see `tests/primitives.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.primitives import asked_once


@pytest.fixture(scope="module", autouse=True)
def _signatures_are_asked_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        asked_once(patch)
        yield
