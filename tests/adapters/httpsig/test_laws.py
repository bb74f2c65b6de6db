"""For any request: what was signed is known, and whatever is known is what was signed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.httpsig.scene import AGENT, Clock, agent, message, p256, published, signed, signer, verifier, web

from attorn import Identity
from attorn.errors import ReplayError, VerificationError
from attorn.httpsig import SignedMessage
from attorn.httpsig.source import WELL_KNOWN

FEW = settings(max_examples=30)
PATHS = st.from_regex(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2}){0,20}", fullmatch=True)
QUERIES = st.from_regex(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2}){0,20}", fullmatch=True)
LINES = st.lists(st.tuples(st.sampled_from(["accept", "cookie", "x-a"]), st.text("ab \t;=", max_size=5)), max_size=3)
AUTHORITY = st.sampled_from([(), (("authorization", "Attorn AAAA"),)])


@st.composite
def requests(draw: st.DrawFn) -> SignedMessage:
    return message(
        draw(st.sampled_from(["GET", "POST", "M-SEARCH"])),
        draw(PATHS),
        query=draw(QUERIES),
        body=draw(st.binary(max_size=20)),
        headers=(*draw(LINES), *draw(AUTHORITY)),
    )


def parts(request: SignedMessage) -> tuple[object, ...]:
    """What a signature of the whole request is over."""
    return request.method, request.path, request.query, request.body, request.one("authorization")


@FEW
@given(requests(), st.sampled_from([agent, p256]))
def test_what_was_signed_is_known_once(request: SignedMessage, by: Identity) -> None:
    clock, transport = Clock(), web()
    transport.documents[AGENT + WELL_KNOWN] = published(agent, p256)
    sent = signed(clock, request, signer(clock, by))
    known = verifier(clock, transport)
    assert known.identify(sent).did == by.did
    with pytest.raises(ReplayError):
        known.identify(sent)


@FEW
@given(requests(), requests())
def test_a_signature_is_for_no_other_request(request: SignedMessage, other: SignedMessage) -> None:
    clock = Clock()
    fields = signer(clock).sign(request)
    moved = replace(other, headers=(*other.headers, *fields.items()))
    try:
        verifier(clock).identify(moved)
    except VerificationError:
        assert parts(request) != parts(other)
    else:
        assert parts(request) == parts(other)


@FEW
@given(requests(), st.data())
def test_a_character_that_was_changed_changes_nothing_that_counts(request: SignedMessage, data: st.DataObject) -> None:
    clock = Clock()
    sent = signed(clock, request)
    names = [number for number, (name, _) in enumerate(sent.headers) if name.startswith(("signature", "content"))]
    number = data.draw(st.sampled_from(names))
    name, value = sent.headers[number]
    at = data.draw(st.integers(0, len(value) - 1))
    changed = value[:at] + data.draw(st.characters(codec="latin-1")) + value[at + 1 :]
    edited = replace(sent, headers=(*sent.headers[:number], (name, changed), *sent.headers[number + 1 :]))
    expected = verifier(clock).identify(sent)
    try:
        found = verifier(clock).identify(edited)
    except VerificationError:
        assert changed != value
    else:
        # White space, or bits of base64 that no byte needs.
        assert found == expected
