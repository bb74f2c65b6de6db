"""Tests that take a `door` run at both."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.oauth.dpop_scene import DOORS


@pytest.fixture(params=sorted(DOORS))
def door(request: pytest.FixtureRequest) -> Any:
    return DOORS[request.param]
