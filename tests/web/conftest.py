"""Tests that take a `door` run at both."""

from __future__ import annotations

import pytest
from tests.web.world import DOORS, Door


@pytest.fixture(params=sorted(DOORS))
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]
