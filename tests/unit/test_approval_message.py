"""What an approver reads: all of the request, or a note of what is left out, and nothing that deceives the eye."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.scene import ALICE, AUDIENCE, SCOUT

from attorn import Request
from attorn.approval import ApprovalRequest
from attorn.request.money import Money


def asked(args: dict[str, Any] | None = None, **changed: Any) -> ApprovalRequest:
    request = Request(**{"action": "pay:out", "resource": "shop://store/orders/7", "args": args or {}, **changed})
    return ApprovalRequest(
        approvers=(ALICE.did,), threshold=1, audience=AUDIENCE, root=ALICE.did, holder=SCOUT.did, request=request
    )


def test_a_request_in_words() -> None:
    known = asked({"to": "Bob Müller", "amount": 120, "tags": ["a", 1.5, None], "urgent": True}, cost=Money(5, "EUR"))
    assert known.message().split("\n") == [
        "pay:out on shop://store/orders/7",
        "costs 5 EUR, in minor units",
        "amount = 120",
        'tags = ["a", 1.5, null]',
        'to = "Bob Müller"',
        "urgent = true",
        f"code {known.code}",
    ]
    assert known.complete


def test_it_comes_from_the_request_alone() -> None:
    one = asked({"a": 1})
    other = ApprovalRequest(
        approvers=(SCOUT.did, ALICE.did),
        threshold=2,
        audience="x:y",
        root=SCOUT.did,
        holder=ALICE.did,
        request=one.request,
    )
    assert one.message() == other.message()
    assert one.message() == ApprovalRequest.decode(one.encode()).message()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": None}, {"a": "null"}),
        ({"a": True}, {"a": "true"}),
        ({"a": 1}, {}),
        ({"a": "x"}, {"a": "x "}),
        ({"a": "x"}, {"a": "\u200bx"}),
        ({"a": "x"}, {"a": "x\u00ad"}),
        ({"a": "x y"}, {"a": "x\u00a0y"}),
        ({"a": "1"}, {"a": "1\u0338"}),
        ({"a": "\\n"}, {"a": "\n"}),
        ({"a": ["x", "y"]}, {"a": 'x", "y'}),
        ({"a b": 1}, {"a\u2003b": 1}),
        ({"a": 1, "b": 2}, {"a": "1\nb = 2"}),
        ({"a": "x" * 500}, {"a": "x" * 501}),
    ],
)
def test_two_requests_never_read_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = (asked(args).message().rsplit("\n", 1) for args in (one, other))
    assert first[0] != second[0]
    assert first[1] != second[1]


HIDDEN = [
    "\n", "\r", "\t", "\0", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029", "\u200b", "\u200e", "\u200f", "\u202a",
    "\u202e", "\u2066", "\u2069", "\u00ad", "\u061c", "\ufeff", "\u00a0", "\u3000", "\u2003", "\u2800", "\u3164",
    "\u115f", "\ufe0f", "\ue000", "\U000e0041", "\U000e0100", "\u05d0", "\u0627", "\u0661", "\U0001e900", "\ufffe",
    "\u0336", "\u20e0", "\ufffc", "\U00016fe4", "\U0001d159",
]  # fmt: skip


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_what_hides_or_moves_text_is_escaped(character: str) -> None:
    """In a value, in a name, inside a list and as a member: everywhere."""
    args = {"a": f"x{character}y", f"n{character}m": 1, "l": [character], "o": {character: {character: 1}}}
    message = asked(args).message()
    lines = message.split("\n")
    assert len(lines) == 2 + len(args)
    strange = [each for each in character if not each.isascii() or not each.isprintable()]
    assert not [each for each in strange for line in lines if each in line]
    assert message.count(json.dumps(character)[1:-1]) == 5


def test_one_letter_after_another_of_any_script_that_runs_from_left_to_right() -> None:
    for text in ("Grüße", "Привет", "日本語", "नमस्ते", "Việt Nam", "Ωμέγα", "a+b=100 €", "🗓"):
        assert f'a = "{text}"' in asked({"a": unicodedata.normalize("NFC", text)}).message()


@pytest.mark.parametrize("text", ["\u0338", "1\u0338", "a" + "\u0301" * 3, "a\u0338\u0338\u0338", '"\u20dd'])
def test_marks_that_would_strike_something_out_are_escaped(text: str) -> None:
    message = asked({"a": text}).message()
    assert f"\\u{ord(text[-1]):04x}" in message


def test_nothing_that_an_agent_writes_looks_like_what_attorn_writes() -> None:
    lies = {
        "a": "1\ncode 0000-0000",
        "code 0000-0000": 1,
        "pay:in on shop": "[... 5 characters are not shown]",
        "[... 9 more arguments are not shown]": 1,
        "costs 1 EUR, in minor units\n": 0,
    }
    known = asked(lies)
    lines = known.message().split("\n")
    assert len(lines) == 7
    assert [line for line in lines if line.startswith(("code", "costs", "["))] == [f"code {known.code}"]
    assert known.complete


@pytest.mark.parametrize("size", [199, 200, 201, 5_000, 60_000])
def test_a_long_value_is_cut_and_said_to_be(size: int) -> None:
    known = asked({"a": "x" * (size - 2), "b": 1})
    line = known.message().split("\n")[1]
    if size <= 200:
        assert line == f'a = "{"x" * (size - 2)}"'
        assert known.complete
    else:
        assert f"[... {size - 180} characters are not shown]" in line
        assert line.endswith('x"')
        assert len(line) < 300
        assert not known.complete


@pytest.mark.parametrize(
    "changed",
    [
        {"args": {"n" * 230: 1}},
        {"args": {"a": list(range(200))}},
        {"args": {"a": {"b": "\u202e" * 300}}},
        {"args": {f"n{number:03}": number for number in range(41)}},
        {"resource": "/" + "a" * 300},
    ],
)
def test_whatever_is_left_out_is_said(changed: dict[str, Any]) -> None:
    known = asked(**changed)
    assert "not shown]" in known.message()
    assert not known.complete


def test_many_arguments() -> None:
    known = asked({f"n{number:03}": number for number in range(100)})
    lines = known.message().split("\n")
    assert len(lines) == 43
    assert lines[41] == "[... 60 more arguments are not shown]"
    most = asked({f"n{number:03}": number for number in range(40)})
    assert most.complete
    assert "not shown" not in most.message()


@pytest.mark.parametrize("size", [64, 65])
def test_a_name_stands_bare_up_to_a_length(size: int) -> None:
    name = "n" * size
    assert (f'"{name}" = 1' if size > 64 else f"{name} = 1") in asked({name: 1}).message().split("\n")


def test_the_code_is_of_the_digest() -> None:
    known = asked({"a": 1})
    bits = int.from_bytes(known.digest[:5], "big")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    value = 0
    for character in known.code.replace("-", ""):
        value = value * 32 + alphabet.index(character)
    assert value == bits
    assert len(known.code) == 9
    assert known.code != asked({"a": 2}).code


TEXTS = st.text(
    st.one_of(st.sampled_from('"\\\n\u202e\u0301\u05d0 =[]{}'), st.characters(exclude_categories=["Cs"])), max_size=12
)
ARGUMENTS = st.dictionaries(
    TEXTS.filter(bool),
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), TEXTS, st.lists(TEXTS, max_size=3)),
    max_size=6,
)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(ARGUMENTS)
def test_a_message_can_be_read_back(args: dict[str, Any]) -> None:
    """What is shown is the JSON of the arguments, in order, on one line each, and shows where it stands."""
    known = asked(args)
    message = known.message()
    assert "  " not in message
    for character in message.replace("\n", ""):
        assert character.isprintable()
        assert unicodedata.bidirectional(character) not in ("R", "AL", "AN")
    found = {}
    for line in message.split("\n")[1:-1]:
        quoted = line.startswith('"')
        name, end = json.JSONDecoder().raw_decode(line) if quoted else (line.split(" = ")[0], line.index(" = "))
        assert line[end : end + 3] == " = "
        found[name] = json.loads(line[end + 3 :])
    assert found == args
    assert known.complete


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-7, "1e-7"),
        (2.5, "2.5"),
        (1e15, "1000000000000000"),
        ("\x08\x0c\x0b\x7f", '"\\b\\f\\u000b\\u007f"'),
        ("\U000e0041", '"\\udb40\\udc41"'),
        ({"b": [1, {}], "a": []}, '{"a": [], "b": [1, {}]}'),
        ("\u05d0\u0301", '"\\u05d0\\u0301"'),
        ("x  y", '"x \\u0020y"'),
        ("x   ", '"x \\u0020\\u0020"'),
        ("  ", '" \\u0020"'),
        (" \u2003 ", '" \\u2003 "'),
    ],
)
def test_values_as_the_specification_writes_them(value: Any, text: str) -> None:
    assert f"a = {text}" in asked({"a": value}).message().split("\n")


def test_all_of_it_is_safe_to_print_too() -> None:
    known = asked({"a": "\u202e\n" + "x" * 500}, cost=Money(5, "EUR"))
    assert known.in_full().split("\n") == [
        "action: " + '"pay:out"',
        'args: {"a": "\\u202e\\n' + "x" * 500 + '"}',
        'cost: {"amount": 5, "currency": "EUR"}',
        'resource: "shop://store/orders/7"',
    ]
