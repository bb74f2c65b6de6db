"""The page about proofs says which contexts are bundled, to the byte."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spec" / "integrity.md").read_text(encoding="utf-8")


def test_the_digests_are_those_of_the_files() -> None:
    files = (ROOT / "src" / "attorn" / "jsonld" / "contexts").glob("*.jsonld")
    listed = re.findall(r"^\| `https://.*\| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
