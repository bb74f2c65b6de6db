"""One encoding for everything: what is read back is what was written, and what is accepted is written that way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.laws.edits import mutations
from tests.property.chains import presentation, presented
from tests.property.strategies import Scene, caveats, law, scenes, uncounted
from tests.property.test_unknown import checks

from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.biscuit.container import parse
from attorn.biscuit.wire import write_bytes_field
from attorn.caveat import Caveat, Purpose
from attorn.datalog import Predicate
from attorn.encoding import base64url_decode
from attorn.errors import AttornError
from attorn.limits import Limits
from attorn.token import chain as chains


def _written(limits: list[Caveat], known: tuple[str, ...] = ()) -> bytes:
    rendered = [each.render() for each in limits if not isinstance(each, Purpose)]
    return encode((), tuple(check for check in rendered if not isinstance(check, Predicate)), known)


@law
@given(st.lists(caveats, max_size=4), st.sampled_from(((), ("a", "n"), ("arg", "ü☃", "events:read"))))
def test_caveats_are_read_back_as_the_checks_they_were_written_as(limits: list[Caveat], known: tuple[str, ...]) -> None:
    block = admit(_written(limits, known), known, Limits())
    assert block.facts == ()
    assert list(block.checks) == [each.render() for each in limits]


@law
@given(st.lists(checks, max_size=3), st.lists(mutations(), max_size=2))
def test_a_block_that_is_accepted_is_written_back_byte_for_byte(
    several: list[object], changes: list[Callable[[bytes], bytes]]
) -> None:
    payload = encode((), tuple(several), ())  # type: ignore[arg-type]
    for change in changes:
        payload = change(payload)
    try:
        block = admit(payload, (), Limits())
    except AttornError:
        assume(False)
    assert encode(block.facts, block.checks, ()) == payload


@law
@given(scenes(most=3), st.integers(0, 3), st.lists(mutations(), max_size=2))
def test_a_damaged_block_of_a_presentation_is_refused_or_written_back_byte_for_byte(
    scene: Scene, place: int, changes: list[Callable[[bytes], bytes]]
) -> None:
    container = parse(base64url_decode(presented(scene.chain(), presentation(scene.request))), most_blocks=16)
    place %= len(container.blocks)
    known = chains.read(container.blocks[:place], Limits()).symbols
    payload = container.blocks[place].payload
    for change in changes:
        payload = change(payload)
    try:
        block = admit(payload, known, Limits())
    except AttornError:
        return
    assert encode(block.facts, block.checks, known) == payload


def _with_symbols(payload: bytes, symbols: list[str]) -> bytes:
    """The block with another list of symbols; everything behind the list stays."""
    old = b"".join(write_bytes_field(1, name.encode()) for name in admit(payload, (), Limits()).symbols)
    assert payload.startswith(old)
    return b"".join(write_bytes_field(1, name.encode()) for name in symbols) + payload[len(old) :]


@law
@given(st.lists(uncounted, min_size=1, max_size=3), st.data())
def test_symbols_have_one_order_and_no_strangers_among_them(limits: list[Caveat], data: st.DataObject) -> None:
    payload = _written(limits)
    symbols = list(admit(payload, (), Limits()).symbols)
    assume(len(symbols) > 1)
    assert _with_symbols(payload, symbols) == payload
    one, two = sorted(data.draw(st.lists(st.sampled_from(range(len(symbols))), min_size=2, max_size=2, unique=True)))
    swapped = list(symbols)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    for strange in (
        [*symbols, "nothing uses this"],
        [*symbols, symbols[one]],
        [*symbols, "read"],
        swapped,
        symbols[:two] + symbols[two + 1 :],
    ):
        # Swapped symbols may say something else, correctly written; it must then be written back as it stands.
        changed = _with_symbols(payload, strange)
        if strange is not swapped:
            with pytest.raises(AttornError):
                admit(changed, (), Limits())
            continue
        try:
            block = admit(changed, (), Limits())
        except AttornError:
            continue
        assert encode(block.facts, block.checks, ()) == changed
    with pytest.raises(AttornError):
        # The same numbers, but one name that an earlier block has brought already.
        admit(_written(limits, ("nothing uses this",)), (symbols[one],), Limits())


@law
@given(scenes(), st.lists(mutations(), max_size=1))
def test_a_container_that_is_accepted_is_written_back_byte_for_byte(
    scene: Scene, changes: list[Callable[[bytes], bytes]]
) -> None:
    chain = scene.chain()
    data = base64url_decode(presented(chain, presentation(scene.request)))
    for change in changes:
        data = change(data)
    try:
        container = parse(data, most_blocks=16)
    except AttornError:
        return
    assert container.encode() == data
