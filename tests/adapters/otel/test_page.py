"""The page says what the code does: its block runs, its table has the attributes that there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.adapters.otel.test_spans import OTHER, REQUEST, SERVICE, Telemetry, present, told, verifier

from attorn import otel
from attorn.audit import JsonLinesLog, Recorder
from attorn.otel import spans

PAGE = (Path(__file__).parents[3] / "docs" / "adapters" / "otel.md").read_text(encoding="utf-8")


def test_the_block_runs() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "otel.md", "exec"), {})


def test_the_table_is_what_is_said(tmp_path: Path) -> None:
    telemetry = Telemetry()
    recorder = Recorder(JsonLinesLog(str(tmp_path / "log")), by=SERVICE)
    recording = otel.SpanRecorder(recorder, provider=telemetry.provider, resources=True)
    told(verifier(recording), present(), REQUEST)
    told(verifier(recording), present(OTHER), OTHER)
    told(verifier(recording, roots=lambda root, request: 1 / 0), present(), REQUEST)
    said = {name for span in telemetry.spans() for name in span}
    rows = re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z._]+)`", row)} == said


def test_the_names_that_a_server_may_add() -> None:
    assert [name for name in otel.NAMES if f"`{name}`" not in PAGE] == []
    assert f"{spans._MOST_TEXT} characters" in PAGE


def test_without_the_extra_it_says_what_to_install() -> None:
    script = "import sys; sys.modules['opentelemetry'] = None\nimport attorn\nimport attorn.otel"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("pip install 'attorn[otel]'")


def test_it_needs_no_sdk() -> None:
    script = "import sys, attorn.otel; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "opentelemetry.trace" in loaded
    assert not [name for name in loaded if name.startswith("opentelemetry.sdk")]
