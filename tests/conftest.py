"""How large the laws are run: 500 examples each, 10,000 with `--hypothesis-profile=long`, 25 with `few`.

`glance` is as few, and does not look for the smallest failure: for where it is enough that there is one.

What was collected is kept to the end of the session, so it is never looked through for garbage. A worker says of a test
that it passed, and not of its setup and teardown too: to tell each of them takes longer than most tests.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from _pytest.runner import runtestprotocol
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if not hasattr(item.config, "workerinput"):
        return None
    # Not public, as nothing that does this is: no hook can keep back a report that another has made, and whoever runs
    # the phases by the public hooks leaves behind what the runner clears away of an item.
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
