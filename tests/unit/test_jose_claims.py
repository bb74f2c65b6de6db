"""Claims of others: each is what it must be, or refused, and no type stands in for another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from attorn.clock import LATEST, seconds_in
from attorn.errors import ExpiredError, InputError, MalformedError
from attorn.jose.claims import SKEW, Claims, is_text, require_expected


def of(value: Any) -> Claims:
    return Claims({"x": value}, "told")


def test_what_is_there_as_it_must_be() -> None:
    claims = Claims({"text": "ä b", "from": 0, "until": LATEST, "list": ["b", "", "b"], "null": None})
    assert claims.text("text") == "ä b"
    assert of("x" * 2048).text("x") == "x" * 2048
    assert (claims.second("from"), claims.second("until")) == (0, LATEST)
    assert claims.texts("list") == ("b", "", "b")
    assert claims.texts("list", alone=True) == ("b", "", "b")
    assert claims.texts("text", alone=True) == ("ä b",)
    assert "null" in claims
    assert "nothing" not in claims


@pytest.mark.parametrize("value", [None, "", "x" * 2049, "a\nb", "a\x00", "\u202e", 1, True, b"x", ["x"], {"x": "x"}])
def test_what_is_no_text(value: Any) -> None:
    """Attack 57."""
    with pytest.raises(MalformedError, match=r"^told: expected x as text$"):
        of(value).text("x")
    assert not is_text(value)


def test_text_of_any_kind() -> None:
    for value in ("a", "a\nb", "\u202e", "x" * 2048):
        assert of(value).any_text("x") == value
    assert of("").any_text("x", least=0) == ""
    assert of("xx").any_text("x", most=2) == "xx"


@pytest.mark.parametrize("value", [None, "", "xxx", 1, True, b"x", ["x"], {"x": "x"}])
def test_what_is_no_text_of_any_kind(value: Any) -> None:
    with pytest.raises(MalformedError, match=r"^told: expected x as text of 1 to 2 characters$"):
        of(value).any_text("x", most=2)
    for ask in (Claims({}).any_text, of(None).any_text):
        with pytest.raises(MalformedError):
            ask("x", least=0)


def test_what_claims_say() -> None:
    assert of("a").says("x", "a")
    for value in ("A", "a ", "", None, ["a"], {"a": "a"}, 1, True):
        assert not of(value).says("x", "a")
    # Nothing that is missing or null equals what a program forgot to set.
    for nothing in (None, "None", "null", ""):
        assert not of(None).says("x", nothing)  # type: ignore[arg-type]
        assert not Claims({}).says("x", nothing)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, -1, LATEST + 1, 1.0, 1.5, True, False, "1", [1], {}])
def test_what_is_no_second(value: Any) -> None:
    """Attack 57."""
    with pytest.raises(MalformedError, match=r"^told: expected x as a Unix second$"):
        of(value).second("x")


@pytest.mark.parametrize("value", [None, [], [None], ["a", 1], [["a"]], {"a": "b"}, ("a",), 1, True])
@pytest.mark.parametrize("alone", [False, True])
def test_what_is_no_list_of_texts(value: Any, alone: bool) -> None:
    with pytest.raises(MalformedError, match=r"^told: expected x as a list of texts$"):
        of(value).texts("x", alone=alone)


def test_a_text_is_no_list_of_its_letters() -> None:
    with pytest.raises(MalformedError):
        of("abc").texts("x")


def test_what_is_not_there() -> None:
    nothing = Claims({})
    for ask in (nothing.text, nothing.second, nothing.texts):
        with pytest.raises(MalformedError, match=r"^JWT: expected x as "):
            ask("x")


NOW = 1_900_000_000


def good(*, issued: bool = False, longest: int = 100, **said: Any) -> int:
    claims = Claims({"exp": NOW + 100, **said}, "told")
    return claims.require_times(NOW, 30, timedelta(seconds=longest), issued=issued)


def test_times_at_their_bounds() -> None:
    for said in ({}, {"exp": NOW + 1}, {"iat": NOW + 30}, {"nbf": NOW + 30}, {"iat": 0, "nbf": 0}):
        assert good(**said) == said.get("exp", NOW + 100)
    # Counted from iat, a clock ahead of ours takes nothing from a whole life.
    assert good(issued=True, iat=NOW + 30, exp=NOW + 130) == NOW + 130


@pytest.mark.parametrize(
    "said",
    [
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": NOW + 101},
        {"iat": NOW + 31},
        {"nbf": NOW + 31},
        {"iat": 0, "nbf": NOW + 31},
        {"iat": NOW + 31, "nbf": 0},
        {"issued": True, "iat": NOW - 1},
        {"issued": True, "iat": NOW, "nbf": NOW + 31},
        {"issued": True, "iat": NOW + 31, "exp": NOW + 40},
    ],
)
def test_times_that_are_not_now(said: dict[str, Any]) -> None:
    with pytest.raises(ExpiredError, match=r"^told: it "):
        good(**said)


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [None, "1", 1.0, True, -1, [], LATEST + 1])
def test_times_that_are_none(name: str, value: Any) -> None:
    for issued in (False, True):
        with pytest.raises(MalformedError):
            good(**{"iat": NOW, "issued": issued, name: value})


def test_times_that_must_be_there() -> None:
    with pytest.raises(MalformedError):
        Claims({"iat": NOW}).require_times(NOW, 30, timedelta(days=1))
    with pytest.raises(MalformedError):
        good(issued=True)


def test_what_was_said_is_quoted_nowhere() -> None:
    for ask in (of("secret\n").text, of(["secret", 1]).texts, of("secret").second):
        with pytest.raises(MalformedError) as caught:
            ask("x")
        assert "secret" not in str(caught.value)


def test_what_is_expected_of_claims_is_text() -> None:
    require_expected("told", audience="x" * 5000, nonce="\n")
    require_expected("told")


@pytest.mark.parametrize("text", ["", None, 0, b"x", ["x"], True])
def test_an_unset_value_is_nothing_to_expect(text: Any) -> None:
    with pytest.raises(InputError, match=r"^told: expected nonce as text$"):
        require_expected("told", audience="x", nonce=text)


def test_a_span_in_whole_seconds() -> None:
    assert [seconds_in(span, "x") for span in (timedelta(0), SKEW, timedelta(days=1, milliseconds=999))] == [
        0,
        30,
        86_400,
    ]


@pytest.mark.parametrize("span", [-timedelta(1), timedelta(microseconds=-1), 30, 30.0, None, "30s", True])
def test_what_is_no_span(span: Any) -> None:
    with pytest.raises(InputError, match=r"^skew: "):
        seconds_in(span, "skew")


def test_a_span_within_bounds() -> None:
    hour = timedelta(hours=1)
    assert [seconds_in(span, "x", least=1, most=hour) for span in (timedelta(seconds=1), hour)] == [1, 3600]
    assert seconds_in(timedelta.max, "x") == int(timedelta.max.total_seconds())


@pytest.mark.parametrize(
    "span",
    [
        timedelta(0),
        timedelta(microseconds=999_999),
        -timedelta(hours=1),
        timedelta(hours=1, microseconds=1),
        timedelta.max,
        60,
        None,
    ],
)
def test_a_span_out_of_bounds(span: Any) -> None:
    with pytest.raises(InputError, match=r"^life: .* 1 seconds, and at most 1:00:00$"):
        seconds_in(span, "life", least=1, most=timedelta(hours=1))
