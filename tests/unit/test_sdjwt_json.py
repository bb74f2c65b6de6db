"""The JSON serialisations of an SD-JWT: they say what the compact form says, or are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.sdjwt_scene import issued, presented

from attorn import sdjwt
from attorn.errors import InputError, LimitError, MalformedError
from attorn.sdjwt.compact import MOST_DISCLOSURES


def flattened(text: str, **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in {**json.loads(sdjwt.to_json(text)), **changed}.items() if value is not ...}


@pytest.mark.parametrize("text", [issued(), presented(issued(), "name"), issued(disclosable=[])])
def test_as_json_it_is_the_same(text: str) -> None:
    members = flattened(text)
    assert sdjwt.from_json(json.dumps(members)) == text
    assert members["header"].get("kb_jwt") == (text.rpartition("~")[2] or None)
    protected, payload_, signature = text.split("~", maxsplit=1)[0].split(".")
    assert members["header"]["disclosures"] == text.split("~")[1:-1]
    one = {"header": {**members["header"], "kid": "other"}, "protected": protected, "signature": signature}
    assert sdjwt.from_json(json.dumps({"payload": payload_, "signatures": [one]})) == text


MEMBERS = flattened(issued())
HEADER = MEMBERS["header"]
ONE = {name: MEMBERS[name] for name in ("header", "protected", "signature")}
NOT_JSON: list[Any] = [
    [], "x", {}, {**MEMBERS, "payload": ...}, {**MEMBERS, "payload": 1}, {**MEMBERS, "protected": None},
    {**MEMBERS, "signature": "a.b"}, {**MEMBERS, "signature": ""}, {**MEMBERS, "signature": "a~b"},
    {**MEMBERS, "header": []}, {**MEMBERS, "header": {"disclosures": "x"}}, {**MEMBERS, "header": {"disclosures": [1]}},
    {**MEMBERS, "header": {"disclosures": [""]}}, {**MEMBERS, "header": {"disclosures": ["a~b"]}},
    {**MEMBERS, "header": {"disclosures": ["a.b.c"]}}, {**MEMBERS, "header": {**HEADER, "kb_jwt": ""}},
    {**MEMBERS, "header": {**HEADER, "kb_jwt": None}}, {**MEMBERS, "header": {**HEADER, "kb_jwt": "abc"}},
    {**MEMBERS, "header": {**HEADER, "kb_jwt": "x~a.b.c"}}, {**MEMBERS, "signatures": [ONE]},
    {"payload": MEMBERS["payload"], "signatures": []}, {"payload": MEMBERS["payload"], "signatures": [ONE, ONE]},
    {"payload": MEMBERS["payload"], "signatures": ["x"]}, {"payload": MEMBERS["payload"], "signatures": ONE},
    {"payload": MEMBERS["payload"], "signatures": [{**ONE, "protected": 1}]},
]  # fmt: skip


@pytest.mark.parametrize("members", NOT_JSON)
def test_json_that_is_no_sd_jwt(members: Any) -> None:
    if isinstance(members, dict):
        members = {name: value for name, value in members.items() if value is not ...}
    with pytest.raises(MalformedError):
        sdjwt.from_json(json.dumps(members))


def test_json_that_parsers_disagree_on() -> None:
    text = json.dumps(MEMBERS)
    for wrong in (text + "{}", text[:-1], text[:-1] + ',"payload":"x"}', "\ufeff" + text, "[" * 9 + "]" * 9, ""):
        with pytest.raises(MalformedError):
            sdjwt.from_json(wrong)
    with pytest.raises(InputError):
        sdjwt.from_json(text.encode())  # type: ignore[arg-type]
    many = {**MEMBERS, "header": {"disclosures": ["a"] * (MOST_DISCLOSURES + 1)}}
    with pytest.raises(LimitError):
        sdjwt.from_json(json.dumps(many))
