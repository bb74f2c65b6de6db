"""JWK Sets as they come: what is one, and that none of its keys counts where one is a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from attorn.errors import InputError, MalformedError
from attorn.jose.jwk_set import MOST_BYTES, MOST_KEYS, JwkSet
from attorn.keys.jwk import PRIVATE

KEY: dict[str, Any] = {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}


def test_the_keys_in_their_order_and_unread() -> None:
    odd: dict[str, Any] = {"kty": "none of ours", "use": 1}
    text = json.dumps({"keys": [odd, KEY, {}], "more": 1})
    for form in (text, text.encode(), json.loads(text)):
        assert JwkSet.read(form) == JwkSet((odd, KEY, {}))
    assert JwkSet.read({"keys": []}).keys == ()
    assert len(JwkSet.read({"keys": [KEY] * MOST_KEYS}).keys) == MOST_KEYS


@pytest.mark.parametrize("member", PRIVATE)
@pytest.mark.parametrize("value", ["AQAB", None, ""])
def test_where_one_is_a_secret_none_counts(member: str, value: str | None) -> None:
    """Attack 24, and a secret that is spelt wrong is one."""
    for keys in ([KEY, {member: value}], [{**KEY, member: value}], [{"kty": "oct", member: value}, KEY]):
        assert JwkSet.read({"keys": keys}) == JwkSet((), discloses=True)  # type: ignore[dict-item]


@pytest.mark.parametrize("keys", [None, {}, "", KEY, [None], [KEY, 1], [KEY, "d"], [[KEY]], [KEY] * (MOST_KEYS + 1)])
def test_keys_that_are_no_list_of_objects(keys: Any) -> None:
    with pytest.raises(MalformedError):
        JwkSet.read({"keys": keys})


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{}", '{"Keys": []}', '{"keys": [], "keys": []}', '{"keys": []} x', b"\xff",
        '{"keys": [{"d": 1, "d": 1}]}', '{"keys": [' + "[" * 8 + "]" * 8 + "]}", '{"keys": []' + " " * MOST_BYTES + "}",
        b'\xef\xbb\xbf{"keys": []}',
    ],
)  # fmt: skip
def test_text_that_is_no_key_set(text: str | bytes) -> None:
    """Attacks 1, 3, 12, 14 and 21."""
    with pytest.raises(MalformedError):
        JwkSet.read(text)


@pytest.mark.parametrize("given", [None, 1, ["keys"], {"keys": [{"x": {1}}]}, {1: []}])
def test_what_is_no_json(given: Any) -> None:
    with pytest.raises(InputError):
        JwkSet.read(given)


def test_what_was_published_is_quoted_nowhere() -> None:
    with pytest.raises(MalformedError) as caught:
        JwkSet.read('{"keys": [{"k": "c2VjcmV0"}, 1]}')
    assert "c2VjcmV0" not in str(caught.value)
