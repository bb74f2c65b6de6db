"""Laws of did:webvh logs: what anybody did to one after it was signed is noticed, or changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.webvh_world import NOW, START, Web, did_key, public, resolver, signer

from attorn.did.webvh import approval, controller, history
from attorn.did.webvh.witness import Witnesses
from attorn.errors import ResolutionError

AT = [START + timedelta(days=number) for number in range(8)]
LOG = controller.create(domain="example.com", by=signer(1), at=AT[0], next_keys=[public(2)], portable=True, ttl=60)
LOG = controller.rotate(LOG, by=signer(2), at=AT[1], next_keys=[])
LOG = controller.update(LOG, by=signer(2), at=AT[2], witness=Witnesses(1, (did_key(8),)))
BYTES, PROOFS = LOG.encode(), approval.approve(LOG, by=signer(8), at=AT[2])
HEAD = history.unasked(LOG, now=NOW).head
DID = HEAD.did.text


def resolved(log: bytes, proofs: str | bytes = PROOFS) -> history.History:
    web = Web()
    web.pages = {
        "https://example.com/.well-known/did.jsonl": log,
        "https://example.com/.well-known/did-witness.json": proofs,
    }
    return resolver(web).history(DID)


GOOD = resolved(BYTES)
LAW = settings(deadline=None, derandomize=True, max_examples=max(25, settings().max_examples // 4))
OCTET, PLACE = st.integers(0, 255), st.integers(0, len(BYTES) - 1)


def same_or_refused(log: bytes, proofs: str | bytes = PROOFS) -> None:
    try:
        known = resolved(log, proofs)
    except ResolutionError:
        return
    assert known == GOOD


@LAW
@given(PLACE, OCTET)
def test_any_byte_that_is_changed_is_noticed_or_means_nothing(place: int, octet: int) -> None:
    same_or_refused(BYTES[:place] + bytes((octet,)) + BYTES[place + 1 :])


@LAW
@given(PLACE, st.binary(max_size=3), st.integers(0, 3))
def test_so_is_what_is_put_in_or_left_out(place: int, put: bytes, left: int) -> None:
    same_or_refused(BYTES[:place] + put + BYTES[place + left :])


@LAW
@given(PLACE, PLACE, st.integers(1, 400))
def test_so_is_what_is_copied_from_elsewhere_in_it(there: int, here: int, size: int) -> None:
    same_or_refused(BYTES[:here] + BYTES[there : there + size] + BYTES[here + size :])


@LAW
@given(st.integers(0, len(PROOFS) - 1), OCTET)
def test_the_file_of_proofs_changes_no_document(place: int, octet: int) -> None:
    proofs = PROOFS.encode()
    same_or_refused(BYTES, proofs[:place] + bytes((octet,)) + proofs[place + 1 :])


LINES = [json.loads(line) for line in LOG.splitlines()]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=4) | st.just(DID),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every member of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, member in inner for found in places(member, (*path, name)))]


@LAW
@given(st.sampled_from([found for found in places(LINES) if len(found) > 1]), JSON)
def test_any_member_that_gets_another_value_is_noticed(path: tuple[Any, ...], value: Any) -> None:
    lines = json.loads(json.dumps(LINES))
    target = lines
    for name in path[:-1]:
        target = target[name]
    same = type(target[path[-1]]) is type(value) and target[path[-1]] == value
    target[path[-1]] = value
    log = "".join(json.dumps(line) + "\n" for line in lines).encode()
    if same:
        assert resolved(log) == GOOD
    else:
        try:
            resolved(log)
        except ResolutionError:
            return
        raise AssertionError(path)


@LAW
@given(st.lists(st.sampled_from(range(3)), max_size=5))
def test_no_other_order_of_entries_resolves_to_more(order: list[int]) -> None:
    lines = LOG.splitlines(keepends=True)
    try:
        known = resolved("".join(lines[number] for number in order).encode())
    except ResolutionError:
        return
    assert order == list(range(len(order))), "an order of its own"
    assert known.versions == GOOD.versions[: len(order)], "another history than a shorter one"
