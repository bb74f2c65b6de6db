"""The pages on AuthZEN and Cedar run as they stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.adapters.authzen.scene import FIXTURE
from tests.unit.test_docs import fences

PAGES = ("docs/adapters/authzen.md", "docs/adapters/cedar.md")


@pytest.mark.parametrize("page", PAGES)
def test_python_blocks_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = [fence for fence in fences("python") if fence.page == page]
    assert blocks
    for fence in blocks:
        exec(compile(fence.text, page, "exec"), names)
    client = names.get("client")
    if isinstance(client, httpx.Client):
        client.close()


def test_the_page_shows_the_policy_that_is_certified() -> None:
    (shown,) = [fence.text for fence in fences("python") if fence.page == PAGES[0] and "fixture" in fence.text]
    assert FIXTURE in shown


def test_each_end_loads_what_it_needs() -> None:
    script = """
import sys
def loaded(): return {"starlette", "httpx", "cedarpy"} & {name.split(".")[0] for name in sys.modules}
import attorn.authzen; assert loaded() == set()
import attorn.authzen.cedar; assert loaded() == {"cedarpy"}
import attorn.authzen.pep; assert loaded() == {"cedarpy", "httpx"}
"""
    subprocess.run([sys.executable, "-c", script], check=True)
