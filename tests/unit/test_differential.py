"""The page about other libraries says what a run says."""

from __future__ import annotations

from fnmatch import fnmatchcase
from importlib.metadata import version

import pytest
from tests.differential.__main__ import MARK, PAGE, PEERS, refused_twins, tables
from tests.differential.asked import OWN, Peer, committed, findings

PAGE_TEXT = PAGE.read_text().partition(MARK)[2]


@pytest.fixture(scope="module")
def computed() -> str:
    return "\n".join(tables())


def section(text: str, name: str) -> str:
    return text.partition(f"### {name} ")[2].partition("\n### ")[0].strip()


@pytest.mark.parametrize("name", [peer.name for peer in PEERS])
def test_the_page_lists_what_a_library_accepts(name: str, computed: str) -> None:
    here, there = section(computed, name), section(PAGE_TEXT, name)
    if here.partition("\n")[0] != there.partition("\n")[0]:
        pytest.skip(f"the page is about another version than {version(name)}")
    assert here == there
    row = f"| {name} | {version(name)} |"
    assert [line for line in computed.splitlines() if line.startswith(row)] == [
        line for line in PAGE_TEXT.splitlines() if line.startswith(row)
    ]


def test_attorn_accepts_none_of_them(computed: str) -> None:
    (row,) = [line for line in computed.splitlines() if line.startswith("| attorn |")]
    assert row in PAGE_TEXT
    assert row.endswith("| 0 |")


def test_every_library_accepts_good_cases_of_the_same_form() -> None:
    assert refused_twins() == []


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_rule_is_for_a_case_that_there_is(peer: Peer) -> None:
    names = [name for name, case in committed().items() if case["expect"]["code"] != "ok"]
    assert [each for each in peer.rules if not any(fnmatchcase(name, each) for name in names)] == []


def test_each_case_is_asked_by_one_rule() -> None:
    cases = committed()
    for peer in PEERS:
        found = list(findings(peer, cases))
        assert len({each.case for each in found}) == len(found)
        assert {each.rule for each in found} & {OWN}
