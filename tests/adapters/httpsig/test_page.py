"""The page says what the code does: its blocks run, its numbers and statuses are the code's; and the extra is named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from attorn import httpsig
from attorn.errors import (
    AttornError,
    ExpiredError,
    LimitError,
    MalformedError,
    ReplayError,
    ResolutionError,
    SignatureError,
    UnavailableError,
    UntrustedRootError,
)
from attorn.httpsig import asgi, directories, message, verifying

PAGE = (Path(__file__).parents[3] / "docs" / "adapters" / "httpsig.md").read_text(encoding="utf-8")


def test_the_blocks_run() -> None:
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "httpsig.md", "exec"), names)


def test_the_numbers() -> None:
    assert f"{message.MOST_FIELD:,} characters" in PAGE
    assert (verifying.LONGEST.total_seconds() / 3600, verifying._SKEW.total_seconds() / 60) == (24, 1)
    spans = (directories._FRESH, directories._RETRY, directories._KEEP)
    assert [span.total_seconds() for span in spans] == [300, 30, 86_400]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MalformedError("x"), 400),
        (SignatureError("x"), 403),
        (ExpiredError("x"), 403),
        (UntrustedRootError("x"), 403),
        (ResolutionError("x"), 403),
        (LimitError("x"), 413),
        (ReplayError("x"), 429),
        (UnavailableError("x"), 503),
    ],
)
def test_the_statuses(error: AttornError, status: int) -> None:
    assert asgi.status_of(error) == status
    assert f"\n| {status}" in PAGE


def test_every_name_is_on_the_page() -> None:
    assert [name for name in httpsig.__all__ if name not in PAGE] == []


@pytest.mark.parametrize("missing", ["http_message_signatures", "http_sf"])
def test_without_the_extra_it_says_what_to_install(missing: str) -> None:
    script = f"import sys; sys.modules[{missing!r}] = None\nimport attorn\nimport attorn.httpsig"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("pip install 'attorn[httpsig]'")


def test_it_loads_no_web_framework() -> None:
    script = "import sys, attorn.httpsig; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"starlette", "fastapi", "httpx", "httpx2", "aiohttp", "uvicorn"} & set(loaded)
