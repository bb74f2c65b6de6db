"""Law 10: unknown means no. A check, fact, version, algorithm or ending that attorn does not know prohibits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.caveats.pools import NAMES
from tests.property.chains import (
    ALLOWED,
    PEOPLE,
    THIEF,
    Chain,
    Step,
    build,
    outcome,
    permits,
    presentation,
    presented,
    resigned,
    verdict,
    verifier,
)
from tests.property.strategies import Scene, caveats, law, requests, scenes

from attorn import Request
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.biscuit.container import Container, ExternalSignature, ProofKind, parse
from attorn.biscuit.wire import write_varint_field
from attorn.caveat import Caveat, Unrecognised
from attorn.caveat.profile import recognise
from attorn.datalog import (
    NEGATE,
    OPERATIONS,
    Check,
    Expression,
    Predicate,
    Query,
    Term,
    date,
    integer,
    octets,
    scalar,
    set_of,
    string,
    variable,
)
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError
from attorn.limits import Limits

FACTS = (
    "operation", "resource", "path", "audience", "time", "depth", "request", "arg", "null", "text", "integer",
    "boolean", "number", "length", "texts", "integers", "booleans", "host", "hosts", "address",
    "subpath", "subpaths", "glob", "nonce",
    "challenge", "max_uses", "rate", "budget", "approved", "approval", "user", "link", "purpose", "phase_of_the_moon",
)  # fmt: skip
_VARIABLES = tuple(map(variable, ("0", "1", "time", "x")))
_constants = st.one_of(
    st.sampled_from((*NAMES, "events:read", "cal://alice", "a")).map(string),
    st.integers(-3, 10).map(integer),
    st.sampled_from((0, 1_900_000_000)).map(date),
    st.booleans().map(scalar),
    st.just(octets(b"\x07" * 16)),
    st.frozensets(st.sampled_from(("a", "b")).map(scalar), min_size=1, max_size=2).map(set_of),
)
_terms: st.SearchStrategy[Term] = st.one_of(st.sampled_from(_VARIABLES), _constants)
_predicates = st.builds(Predicate, st.sampled_from(FACTS), st.lists(_terms, min_size=1, max_size=3).map(tuple))
_operations = st.sampled_from(sorted(OPERATIONS))
_BINARY = sorted(OPERATIONS - {NEGATE})


def _checks(operations: st.SearchStrategy[Any]) -> st.SearchStrategy[Check]:
    """Checks of one or two queries, each with up to two expressions: two terms, and behind them these operations."""
    expressions: st.SearchStrategy[Expression] = st.builds(
        lambda left, right, ops: (left, right, *ops), _terms, _terms, operations
    )
    several = st.lists(expressions, max_size=2).map(tuple)
    queries = st.builds(Query, st.lists(_predicates, max_size=2).map(tuple), several)
    return st.lists(queries, min_size=1, max_size=2).map(tuple)


checks = _checks(st.lists(_operations, max_size=2))
printable = _checks(
    st.sampled_from([ops for op in _BINARY for ops in ((op,), (op,), (op, NEGATE), (NEGATE, op))]),
)
"""Those whose expressions come to one value, which alone can be written as text."""


def _with_block(chain: Chain, place: int, facts_added: tuple[Predicate, ...], checks_added: tuple[Check, ...]) -> Chain:
    """The chain with more in one of its blocks, everything signed again."""
    payloads: dict[int, bytes] = {}
    known: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    for index, block in enumerate(chain.blocks):
        read = admit(block.payload, known, Limits())
        known += read.symbols
        extra = (facts_added, checks_added) if index == place else ((), ())
        payloads[index] = encode(read.facts + extra[0], read.checks + extra[1], symbols)
        symbols += admit(payloads[index], symbols, Limits()).symbols
    return replace(resigned(chain, payloads), symbols=symbols)


@law
@given(scenes(most=4), st.integers(0, 3), checks)
def test_a_check_that_stands_for_no_caveat_prohibits_everything(scene: Scene, place: int, check: Check) -> None:
    chain = scene.chain()
    read = recognise(check)
    assert read.render() == check
    try:
        stranger = _with_block(chain, place % len(chain.blocks), (), (check,))
    except AttornError:
        # Not even admitted.
        assume(False)
    found = verdict(stranger, scene.request)
    if isinstance(read, Unrecognised):
        assert not permits(read, scene.request)
        assert found != ALLOWED
    else:
        expected = verdict(chain, scene.request) == ALLOWED and permits(read, scene.request, depth=scene.depth)
        assert (found == ALLOWED) is expected


@law
@given(scenes(most=4), st.integers(0, 3), _predicates)
def test_a_fact_that_no_link_holds_is_refused(scene: Scene, place: int, fact: Predicate) -> None:
    """Above all one that a verifier supplies: a block must not state `operation("pay")` about itself."""
    chain = scene.chain()
    place %= len(chain.blocks)
    is_purpose = fact.name == "purpose" and len(fact.terms) == 1 and isinstance(fact.terms[0][1], str)
    assume(not is_purpose)
    try:
        stranger = _with_block(chain, place, (fact,), ())
    except AttornError:
        assume(False)
    wire = presented(stranger, presentation(scene.request))
    assert outcome(verifier(stranger), wire, scene.request) in ("not_admitted", "malformed")


def _version(container: Container, number: int) -> Container:
    return replace(container, blocks=tuple(replace(block, version=number) for block in container.blocks))


def _external(container: Container, number: int) -> Container:
    block = container.blocks[-1]
    signature = ExternalSignature(THIEF.signer.sign(b"x"), THIEF.key)
    return replace(
        container, blocks=(*container.blocks[:-1], replace(block, external=signature, version=1 + number % 2))
    )


def _root_hint(container: Container, number: int) -> Container:
    return replace(container, root_key_id=number)


def _ending(container: Container, number: int) -> Container:
    return replace(container, proof=(ProofKind.IN_TRANSIT, ProofKind.BEARER)[number % 2])


Strange = Callable[[Container, int], Container]
STRANGE = (_version, _external, _root_hint, _ending)


@law
@given(scenes(most=4), st.sampled_from(STRANGE), st.sampled_from((0, 2, 3, 4, 9, 2**31)))
def test_an_unknown_version_signature_hint_or_ending_is_refused(scene: Scene, strange: Strange, number: int) -> None:
    chain = scene.chain()
    container = parse(base64url_decode(presented(chain, presentation(scene.request))), most_blocks=16)
    wire = base64url_encode(strange(container, number).encode())
    assert outcome(verifier(chain), wire, scene.request) not in (ALLOWED, "denied")


@law
@given(scenes(most=4), st.integers(0, 3), st.sampled_from((0, 1, 2, 4, 5, 6, 7, 2**32)))
def test_an_unknown_datalog_version_is_refused(scene: Scene, place: int, version: int) -> None:
    chain = scene.chain()
    place %= len(chain.blocks)
    payload = chain.blocks[place].payload
    # The version stands behind the symbols, and no symbol holds these two bytes.
    other = payload.replace(write_varint_field(3, 3), write_varint_field(3, version), 1)
    assume(other != payload)
    stranger = resigned(chain, {place: other})
    wire = presented(stranger, presentation(scene.request))
    assert outcome(verifier(stranger), wire, scene.request) in ("not_admitted", "malformed", "limit_exceeded")


@law
@given(requests(), caveats, st.sampled_from((0, 2, 5, 7, 99)))
def test_an_unknown_key_algorithm_is_refused(asked: Request, limit: Caveat, algorithm: int) -> None:
    chain = build(PEOPLE[0], [Step(PEOPLE[1], (limit,))])
    wire = presented(chain, presentation(asked))
    data = base64url_decode(wire)
    key = b"\x08\x00\x12\x20" + PEOPLE[1].key.data
    assert data.count(key) == 2
    for times in (1, 2):
        other = data.replace(key, bytes((0x08, algorithm or 1)) + key[2:], times)
        found = outcome(verifier(chain), base64url_encode(other), asked)
        assert found not in (ALLOWED, "denied")
