"""Tests that take a `door` run at all four."""

from __future__ import annotations

import pytest
from tests.adapters.mcp.world import DOORS, Door


@pytest.fixture(params=sorted(DOORS))
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]
