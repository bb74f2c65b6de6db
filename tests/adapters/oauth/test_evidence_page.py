"""The page about evidence says what the code does: its examples run, its bounds are the code's."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from attorn.jose.claims import SKEW
from attorn.jose.foreign import ALGS, MOST
from attorn.keys.rsa_key import LEAST_BITS, MOST_BITS
from attorn.oauth import client_metadata, txn_token
from attorn.oauth.evidence import ID_JAG, LONGEST

PAGE = (Path(__file__).parents[3] / "docs" / "adapters" / "oauth-evidence.md").read_text(encoding="utf-8")


def test_the_examples_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "oauth-evidence.md", "exec"), names)


def test_the_bounds_are_those_of_the_code() -> None:
    for number in (MOST, LEAST_BITS, MOST_BITS, txn_token.MOST, client_metadata.MOST_BYTES, txn_token.MOST_ACTORS):
        assert f"{number:,}" in PAGE
    assert timedelta(days=1) == LONGEST
    assert PAGE.count(f"{SKEW.seconds} seconds ahead") == 2
    assert f"{txn_token.LONGEST.seconds // 60} at most" in PAGE
    assert f"`{ID_JAG}`" in PAGE
    assert {alg[:2] for alg in ALGS} == {"RS", "PS", "ES", "Ed"}
