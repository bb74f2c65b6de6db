"""Presentations, verified and authorised in JavaScript by the stock Biscuit library for WebAssembly."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from nacl.signing import SigningKey

from attorn import Identity, Request, caveat

PACKAGE = "@biscuit-auth/biscuit-wasm"
VERSION = "0.6.0"
AUDIENCE = "did:web:calendar.example"
SEED = b"\x01" * 32
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")


def _installed(folder: Path) -> Path:
    """The library's modules; where npm cannot reach its registry the test is skipped, and else it fails."""
    (folder / "package.json").write_text("{}")
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", f"{PACKAGE}@{VERSION}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and any(word in done.stderr for word in OFFLINE):
        pytest.skip("npm cannot reach its registry")
    assert done.returncode == 0, done.stderr
    return folder / "node_modules" / PACKAGE / "module"


def _facts(request: dict[str, Any], now: int) -> str:
    """What docs/spec/facts.md says of a request with one segment in its resource, and one argument, an integer."""
    digest = hashlib.sha256(b"attorn request v1\0" + rfc8785.dumps(request)).hexdigest()
    ((name, value),) = request["args"].items()
    stated = [
        f'operation("{request["action"]}")',
        f'resource("{request["resource"]}")',
        f'path("{request["resource"].rpartition("/")[0]}")',
        f'path("{request["resource"]}")',
        f'audience("{AUDIENCE}")',
        f"time({time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now))})",
        "depth(1)",
        f"request(hex:{digest})",
        f'integer("{name}", {value})',
        f'number("{name}", {value}, {value})',
    ]
    return "".join(f"{fact};" for fact in stated)


def _altered(wire: str) -> str:
    """The same with one letter of an action changed."""
    octets = base64.urlsafe_b64decode(wire + "=" * (-len(wire) % 4))
    changed = octets.replace(b"events:read", b"events:rear", 1)
    assert changed != octets
    return base64.urlsafe_b64encode(changed).decode().rstrip("=")


def _questions() -> dict[str, tuple[dict[str, str], object]]:
    """By what is asked: the question, and what the answer holds, True or words of the library."""
    now = int(time.time())
    alice, planner, scout = Identity.from_seed(SEED), Identity.from_seed(b"\x02" * 32), Identity.from_seed(b"\x03" * 32)
    limits = [
        caveat.Actions("events:read", "mail:*"),
        caveat.Resources("cal://alice"),
        caveat.ExpiresIn(hours=8),
        caveat.MaxDepth(1),
        caveat.Range("limit", 1, 10),
    ]
    token = alice.mint(to=planner.did, caveats=limits)
    narrow = planner.delegate(token, to=scout.did, caveats=[caveat.Equals("limit", 10)])
    root = SigningKey(SEED).verify_key.encode().hex()
    read = {"action": "events:read", "args": {"limit": 10}, "resource": "cal://alice/2026-11"}

    def question(*, wire: str | None = None, now: int = now, **changed: Any) -> dict[str, str]:
        asked = {**read, **changed}
        made = Request(action=asked["action"], resource=asked["resource"], args=asked["args"])
        wire = scout.present(narrow, made, audience=AUDIENCE) if wire is None else wire
        return {"wire": wire, "root": root, "facts": _facts(asked, now)}

    presented = question()["wire"]
    stranger = SigningKey(b"\x09" * 32).verify_key.encode().hex()
    return {
        "as it was given": (question(), True),
        "in another part of the resource": (question(resource="cal://alice/2027"), True),
        "another action": (question(action="events:write"), "FailedLogic"),
        "another resource": (question(resource="cal://bob/2026-11"), "FailedLogic"),
        "another argument": (question(args={"limit": 11}), "FailedLogic"),
        "an argument of one link alone": (question(args={"limit": 9}), "FailedLogic"),
        "no such argument": (question(args={"most": 10}), "FailedLogic"),
        "another request than was presented": (question(wire=presented, resource="cal://alice/2027"), "FailedLogic"),
        "after the presentation": (question(wire=presented, now=now + 700), "FailedLogic"),
        "after the links": (question(wire=presented, now=now + 9 * 3_600), "FailedLogic"),
        "altered": (question(wire=_altered(presented)), "Signature"),
        "another root": ({**question(), "root": stranger}, "Signature"),
        "in transit": (question(wire=narrow.encode()), "DeserializationError"),
    }


def test_the_stock_library_in_javascript_agrees(tmp_path: Path) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        assert not os.environ.get("CI"), "Node and npm are needed here"
        pytest.skip("there is no Node, or no npm")
    questions = _questions()
    lines = "".join(f"{json.dumps(question)}\n" for question, _ in questions.values())
    command = ["node", str(Path(__file__).with_name("biscuit_wasm.mjs")), str(_installed(tmp_path))]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answers = dict(zip(questions, map(json.loads, done.stdout.splitlines()), strict=True))
    for name, (_, expected) in questions.items():
        said = answers[name]
        assert said is True if expected is True else str(expected) in json.dumps(said), (name, said)
