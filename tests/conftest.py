"""How large the laws are run: 500 examples each, 10,000 with `--hypothesis-profile=long`, 25 with `few`.

`glance` is as few, and does not look for the smallest failure: for where it is enough that there is one.

What was collected is kept to the end of the session, so it is never looked through for garbage.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

_YOUNG = 10_000
"""New objects between two searches for garbage; Python's own 700 searches after each few lines of a law."""

settings.register_profile("few", deadline=None, max_examples=25)
settings.register_profile("glance", deadline=None, max_examples=25, phases=[Phase.generate])
settings.register_profile("short", deadline=None, max_examples=500)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.load_profile("short")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_YOUNG)
        gc.enable()
