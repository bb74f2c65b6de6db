"""Laws of SD-JWT: what is chosen is what is revealed, nothing else is, and every edit of a presentation is refused."""

from __future__ import annotations

import itertools
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.sdjwt_claims import credentials, paths, within, without
from tests.property.strategies import law
from tests.unit.mandate_scene import b64, hashed
from tests.unit.sdjwt_scene import AUDIENCE, HOLDER, ISSUER, MALLORY, NONCE, check, issued, presented

from attorn import sdjwt
from attorn.errors import AttornError, MalformedError
from attorn.sdjwt import HashAlgorithm
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.disclosure import UNKNOWN, Disclosure
from attorn.sdjwt.revealing import reveal

TYP = "example+sd-jwt"
Credential = tuple[dict[str, Any], frozenset[Any], frozenset[Any]]


def issue(claims: dict[str, Any], disclosable: Any, **changed: Any) -> str:
    given: dict[str, Any] = {"by": ISSUER, "typ": TYP, "disclosable": disclosable, "holder": HOLDER.signer.public_key}
    return sdjwt.issue(claims, **{**given, **changed})


def own(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in ("iss", "cnf")}


@settings(law, max_examples=60)
@given(credentials(), st.integers(0, 3), st.sampled_from(HashAlgorithm))
def test_what_is_chosen_is_what_is_revealed(credential: Credential, decoys: int, algorithm: HashAlgorithm) -> None:
    claims, disclosable, chosen = credential
    text = issue(claims, disclosable, decoys=decoys, algorithm=algorithm)
    whole = sdjwt.read(text)
    assert own(whole.unverified_claims) == claims
    assert frozenset(whole.disclosable) == disclosable
    shown = within(chosen, disclosable)
    found = check(presented(text, *chosen), typ=TYP)
    assert own(found.claims) == without(claims, disclosable - shown)
    assert len(found.disclosed) == len(shown)
    # Whoever is shown less is shown no digest that tells how much less: only how many there are.
    assert len(found.hidden) >= len([path for path in disclosable - shown if path[:-1] in {(), *shown}])


@settings(law, max_examples=50)
@given(credentials())
def test_nothing_that_is_kept_back_is_in_the_text(credential: Credential) -> None:
    claims, disclosable, chosen = credential
    text = issue(claims, disclosable)
    shown = within(chosen, disclosable)
    sent = Compact.split(presented(text, *chosen))
    held = sdjwt.read(text).unverified.disclosures
    assert set(sent.disclosures) == {each.text for path, each in held if path in shown}
    assert sent.jwt == Compact.split(text).jwt


@settings(law, max_examples=50)
@given(credentials())
def test_presenting_all_is_presenting_what_was_issued(credential: Credential) -> None:
    claims, disclosable, _ = credential
    text = issue(claims, disclosable, holder=None)
    again = sdjwt.present(text, disclose=sdjwt.read(text).disclosable)
    assert sorted(again.split("~")) == sorted(text.split("~"))
    assert own(check(again, typ=TYP, audience=None, nonce=None).claims) == claims
    assert Compact.split(text).encode() == text


@settings(law, max_examples=50)
@given(credentials())
def test_disclosures_read_as_they_were_written(credential: Credential) -> None:
    for path in paths(credential[0]):
        value: Any = credential[0]
        for step in path:
            value = value[step]
        name = path[-1] if isinstance(path[-1], str) else None
        made = Disclosure.of("salt", value, name)
        assert Disclosure.read(made.text) == made


@cache
def sound() -> str:
    return presented(issued(), "name", ("address", "street"), ("nationalities", 1))


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~="


@settings(law, max_examples=200)
@given(st.data())
def test_every_edit_is_refused(data: st.DataObject) -> None:
    text = sound()
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(st.text(ALPHABET, max_size=2))
    edited = text[:at] + put + text[at + cut :]
    if edited == text:
        return
    with pytest.raises(AttornError):
        check(edited)


@settings(law, max_examples=50)
@given(st.permutations(range(6)), st.integers(0, 6))
def test_every_other_order_or_number_of_parts_is_refused(order: list[int], count: int) -> None:
    parts = sound().split("~")
    assert len(parts) == 6
    other = [parts[index] for index in order][:count]
    if other == parts:
        return
    with pytest.raises(AttornError):
        check("~".join(other))


def test_parts_of_two_credentials_never_mix() -> None:
    one, two = sound().split("~"), presented(issued(), "name", ("address", "street"), ("nationalities", 1)).split("~")
    for choice in itertools.product((0, 1), repeat=6):
        text = "~".join((one, two)[which][index] for index, which in enumerate(choice))
        if len(set(choice)) == 1:
            assert check(text).bound
            continue
        with pytest.raises(AttornError):
            check(text)


@settings(law, max_examples=50)
@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_a_binding_is_for_one_audience_and_nonce(audience: str, nonce: str) -> None:
    text = issued()
    asked = {"audience": audience, "nonce": nonce}
    try:
        bound = presented(text, "name", **asked)
    except AttornError:
        return  # lone surrogates have no JSON
    assert check(bound, **asked).bound
    for other in ({**asked, "audience": AUDIENCE}, {**asked, "nonce": NONCE}, {"audience": nonce, "nonce": audience}):
        if other != asked:
            with pytest.raises(AttornError):
                check(bound, **other)


def test_nobody_else_presents() -> None:
    with pytest.raises(AttornError):
        presented(issued(), by=MALLORY)


PIECES = st.recursive(
    st.one_of(st.integers(0, 9), st.sampled_from(["", "_sd", "...", "a\\b", "é"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "_sd", "...", "_sd_alg", "a_sd", '"', "...."]), inner, max_size=3),
    ),
    max_leaves=8,
)


@st.composite
def disclosed(draw: st.DrawFn) -> tuple[dict[str, Any], list[str], int]:
    """A payload and disclosures that it names, some in others, one perhaps deep, and in how many objects it stands.

    Behind a digest in an array there may be more digests, or something else that is not to be passed over.
    """
    texts: list[str] = []
    elements: list[str] = []
    escaped, ascii_only = draw(st.booleans()), draw(st.booleans())
    for _ in range(draw(st.integers(1, 3))):
        value = draw(PIECES)
        for _ in range(draw(st.sampled_from((0, 0, 3, 27, 28, 29, 30)))):
            value = {"n": value} if draw(st.booleans()) else [value]
        if draw(st.booleans()):
            salt = f"e{len(elements)}"
            elements.append(b64(json.dumps([salt, draw(PIECES)]).encode()))
            value = draw(st.permutations([{"...": hashed(elements[-1])}, {"...": salt}, value, {"n": [1]}]))
        if texts and draw(st.booleans()):
            value = {"_sd": [hashed(texts.pop())], "v": value}
        text = json.dumps(["s", "c", value], ensure_ascii=ascii_only)
        texts.append(b64((text.replace("_sd", "\\u005fsd") if escaped else text).encode()))
    return {"_sd": [hashed(text) for text in texts], "list": [{"...": "x"}]}, texts + elements, draw(st.integers(0, 2))


@settings(law, max_examples=300)
@given(disclosed())
def test_what_is_not_walked_through_is_revealed_as_if_it_were(case: tuple[dict[str, Any], list[str], int]) -> None:
    payload, texts, within_objects = case
    digests = payload.pop("_sd")
    for digest in digests:
        # Each under a name of its own object, so that one name may be disclosed more than once.
        payload[f"o{len(payload)}"] = {"_sd": [digest]}
    for _ in range(within_objects):
        payload = {"deep": payload}

    def outcome(disclosures: list[Disclosure]) -> object:
        try:
            found = reveal(payload, disclosures, HashAlgorithm.SHA_256)
        except AttornError as error:
            return type(error), str(error)
        return found.claims, [(path, each.text) for path, each in found.disclosures], found.hidden

    try:
        read = [Disclosure.read(text) for text in texts]
    except MalformedError:
        return
    assert outcome(read) == outcome([each._replace(places=UNKNOWN) for each in read])
