"""What stands behind the last digest of a disclosure is not walked through; and nothing is missed by it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sdjwt_scene import element, hashed

from attorn.errors import CredentialError, MalformedError
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import UNKNOWN, Disclosure
from attorn.sdjwt.revealing import MOST_DEPTH, Revealed, reveal

FIRST, SECOND = element("one"), element({"two": [2]})


def digest(text: str) -> dict[str, Any]:
    return {"...": hashed(text)}


def revealed(content: Any, *others: str) -> Revealed:
    """A payload with one element, whose disclosure has `content`, and these disclosures in it."""
    texts = (element(content), *others)
    payload: dict[str, Any] = {"list": [digest(texts[0])]}
    return reveal(payload, map(Disclosure.read, texts), HashAlgorithm.SHA_256)


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = [inner]
    return inner


def test_every_digest_is_found_wherever_it_stands() -> None:
    content = {"a": [digest(FIRST), digest("hidden"), {"b": [[digest(SECOND)]]}], "c": {"d": ["plain"]}}
    found = revealed(content, FIRST, SECOND)
    assert found.claims == {"list": [{"a": ["one", {"b": [[{"two": [2]}]]}], "c": {"d": ["plain"]}}]}
    assert found.disclosed == (("list", 0), ("list", 0, "a", 0), ("list", 0, "a", 1, "b", 0, 0))
    assert found.hidden == (("list", 0, "a"),)


def test_a_disclosure_in_a_disclosure_has_places_of_its_own() -> None:
    outer = element([digest(FIRST), {"x": 1}])
    found = revealed([digest(outer), [digest(SECOND)], [3]], FIRST, outer, SECOND)
    assert found.claims == {"list": [[["one", {"x": 1}], [{"two": [2]}], [3]]]}


@pytest.mark.parametrize(
    "behind",
    [
        {"...": "x"},
        {"a": {"...": "x"}},
        [{"...": "x", "a": 1}],
        [{"...": 5}],
        {"a": {"_sd_alg": "sha-256"}},
        {"_sd": 5},
    ],
)
def test_what_is_wrong_behind_a_digest_is_refused(behind: Any) -> None:
    with pytest.raises(MalformedError):
        revealed({"a": [digest(FIRST)], "b": behind}, FIRST)


def test_a_digest_twice_is_refused_also_where_the_second_stands_behind_the_last() -> None:
    with pytest.raises(CredentialError):
        revealed({"a": [digest(FIRST)], "b": [[digest(FIRST)]]}, FIRST)


def test_a_text_of_three_dots_is_no_digest_and_hides_none() -> None:
    found = revealed(["...", digest(FIRST), {"a": "...", "b": [digest(SECOND)]}], FIRST, SECOND)
    assert found.claims == {"list": [["...", "one", {"a": "...", "b": [{"two": [2]}]}]]}


def test_what_is_too_deep_behind_a_digest_is_refused() -> None:
    # Three steps lead to what is nested.
    assert revealed({"a": [digest(FIRST)], "b": nested(MOST_DEPTH - 3, 1)}, FIRST).claims
    with pytest.raises(MalformedError):
        revealed({"a": [digest(FIRST)], "b": nested(MOST_DEPTH - 2, 1)}, FIRST)


@pytest.mark.parametrize("content", [{"_sd": []}, {"a": "_sd"}, {"a_sd": 1}, "\\", {"\\": "..."}])
def test_where_digests_of_claims_may_be_everything_is_walked_through(content: Any) -> None:
    assert Disclosure.read(element(content)).places == UNKNOWN
    assert Disclosure.of("s", content).places == UNKNOWN


def test_places_are_counted() -> None:
    assert Disclosure.read(element([digest(FIRST), "...", "....", " ...", {"a": [digest(SECOND)]}])).places == 3
    assert Disclosure.read(element({"a": ["b"]})).places == 0
