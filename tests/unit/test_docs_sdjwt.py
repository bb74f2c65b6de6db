"""The page about SD-JWT says what the code does: its examples run, its bounds and names are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn import sdjwt
from attorn.errors import AttornError, CredentialError
from attorn.sdjwt import binding, compact, disclosure, profile, revealing, times

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "sd-jwt.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_run() -> None:
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        exec(compile(block, "sd-jwt.md", "exec"), {})


@pytest.mark.parametrize("number", [compact.MOST_CHARACTERS, compact.MOST_DISCLOSURES, revealing.MOST_DEPTH])
def test_the_bounds_are_those_of_the_code(number: int) -> None:
    assert re.search(rf"\b{number:,}\b", PAGE)


def test_the_times_are_those_of_the_code() -> None:
    assert f"({int(times.SKEW.total_seconds())} seconds)" in PAGE
    assert f"at most {int(binding.AGE.total_seconds()) // 60} minutes ago" in PAGE


def test_what_is_never_hidden() -> None:
    sentences = {typ: profile._NEVER.get(typ, profile._VALIDITY) for typ in (sdjwt.SD_JWT_VC, "other")}
    for name in sentences["other"]:
        assert f"`{name}`" in PAGE.split("are never hidden")[0].rpartition("\n\n")[2]
    assert set(sentences[sdjwt.SD_JWT_VC]) - set(sentences["other"]) == {"vct", "vct#integrity"}
    for name in profile._NEVER_ISSUED[sdjwt.W3C_VC] - profile._VALIDITY:
        assert f"`{name}`" in PAGE
    assert all(f"`{name}`" in PAGE for name in (*disclosure.RESERVED, *sdjwt.HashAlgorithm))


def test_every_public_name_is_on_the_page() -> None:
    hidden = {"Confirmation", "UnverifiedSdJwt", "VerifiedSdJwt", "W3C_VC"}
    assert [name for name in sdjwt.__all__ if name not in PAGE and name not in hidden] == []


def test_the_codes_are_real() -> None:
    codes = {each.code for each in _classes(AttornError)}
    table = re.findall(r"^\| `([a-z_]+)` \| ", PAGE, re.MULTILINE)
    told = [code for code in table if code in codes]
    assert told == ["not_holder", "wrong_audience", "wrong_request", "outside_validity", "malformed"]
    assert revealing.NOT_GENUINE.endswith("CRYPTOGRAPHIC_SECURITY_ERROR")
    assert CredentialError.code in PAGE


def _classes(root: type[AttornError]) -> list[type[AttornError]]:
    return [root, *(each for below in root.__subclasses__() for each in _classes(below))]
