"""The stock Biscuit engine against attorn: the same bytes for the same Datalog, the same verdict on every request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from biscuit_auth import (
    AuthorizationError,
    AuthorizerBuilder,
    Biscuit,
    BiscuitBlockError,
    BiscuitBuilder,
    BiscuitBuildError,
    BiscuitValidationError,
    BlockBuilder,
    KeyPair,
    PublicKey,
    UnverifiedBiscuit,
)
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from tests.caveats.pools import APPROVERS
from tests.laws.edits import mutations
from tests.primitives import asked_once
from tests.property.chains import (
    ALLOWED,
    AUDIENCE,
    ISSUED,
    NOW,
    PEOPLE,
    Chain,
    Step,
    build,
    clock_at,
    facts,
    outcome,
    permits,
    presentation,
    presented,
    resigned,
    verdict,
    verifier,
    wire_of,
)
from tests.property.strategies import ATOMS, SCOPES, Scene, compared, near, requests, scenes
from tests.property.test_unknown import printable

from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.biscuit.container import ProofKind, parse
from attorn.biscuit.text import block_text, check_text, predicate_text
from attorn.caveat import (
    Audience,
    Budget,
    Caveat,
    Expires,
    Glob,
    MaxUses,
    Not,
    NotBefore,
    Rate,
    RequiresApproval,
    Spaced,
)
from attorn.caveat.counted import Counted
from attorn.datalog import Check, Predicate, octets
from attorn.encoding import base64url_decode
from attorn.engine import StockEngine
from attorn.errors import AttornError, InputError
from attorn.limits import Limits
from attorn.request.request import Request

pytestmark = pytest.mark.oracle
ENGINE = StockEngine()
STOCK_ERRORS = (BiscuitBlockError, BiscuitBuildError, BiscuitValidationError)
WRITER = KeyPair().private_key


@pytest.fixture(scope="module", autouse=True)
def _signatures_are_asked_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        asked_once(patch)
        yield


def stock_key(chain: Chain) -> Any:
    key = chain.root.key
    return PublicKey(f"{'ed25519' if len(key.data) == 32 else 'secp256r1'}/{key.data.hex()}")


def globs(chain: Chain) -> list[tuple[str, str]]:
    """The pairs that the chain's checks ask about, read from its blocks as any verifier would."""
    found = []
    known: tuple[str, ...] = ()
    for block in chain.blocks:
        content = admit(block.payload, known, Limits())
        known += content.symbols
        predicates = [each for check in content.checks for query in check for each in query.body]
        found += [(str(each.terms[0][1]), str(each.terms[1][1])) for each in predicates if each.name == "glob"]
    return found


def generous(authorizer: Any) -> Any:
    """Limits that no honest check reaches."""
    limits = authorizer.limits()
    limits.max_time, limits.max_facts = timedelta(seconds=5), 100_000
    return limits


def judged(authorizer: Any) -> bool:
    """Its verdict. Anything but a failed check, a limit or a failed evaluation for instance, is no verdict."""
    try:
        return authorizer.authorize() == 0
    except AuthorizationError as error:
        if "the following checks failed" in str(error):
            return False
        raise


def stock_allows(chain: Chain, wire: str, request: Request, *, nonce: bytes) -> bool:
    """What stock biscuit-python says, given as text the facts that any verifier supplies. Never undecided."""
    token = Biscuit.from_bytes(base64url_decode(wire), stock_key(chain))
    statements = facts(request, depth=len(chain.blocks) - 1).statements(globs(chain))
    statements.append(Predicate("nonce", (octets(nonce),)))
    authorizer: Any = AuthorizerBuilder(block_text(tuple(statements), ()) + "allow if true;")
    authorizer.set_limits(generous(authorizer))
    return judged(authorizer.build(token))


def adapter(chain: Chain, wire: str, request: Request, *, nonce: bytes, approved: frozenset[str] = frozenset()) -> str:
    """`allowed`, or the code of the adapter's refusal."""
    try:
        ENGINE.authorize(wire, request, root=chain.root.key, audience=AUDIENCE, now=NOW, nonce=nonce, approved=approved)
    except AttornError as error:
        return error.code
    return ALLOWED


def has_counted(steps: tuple[Step, ...]) -> bool:
    return any(isinstance(each, Counted) for step in steps for each in step.caveats)


# The same bytes


@compared
@given(scenes())
def test_the_stock_compiler_writes_the_same_bytes_for_the_printed_text(scene: Scene) -> None:
    chain = scene.chain()
    ours = parse(base64url_decode(presented(chain, presentation(scene.request))), most_blocks=16)
    known: tuple[str, ...] = ()
    stock: Any = None
    for block in ours.blocks:
        content = admit(block.payload, known, Limits())
        known += content.symbols
        text = block_text(content.facts, content.checks)
        stock = BiscuitBuilder(text).build(WRITER) if stock is None else stock.append(BlockBuilder(text))
    theirs = parse(bytes(stock.to_bytes()), most_blocks=16)
    assert [block.payload for block in theirs.blocks] == [block.payload for block in ours.blocks]


@compared
@given(st.lists(printable, min_size=1, max_size=2))
def test_the_stock_compiler_writes_the_same_bytes_for_any_admitted_check(several: list[Check]) -> None:
    payload = encode((), tuple(several), ())
    try:
        text = block_text((), admit(payload, (), Limits()).checks)
    except AttornError:
        assume(False)
    try:
        stock = BiscuitBuilder(text).build(WRITER)
    except Exception:  # noqa: BLE001 - for instance a variable that no predicate binds
        return
    theirs = parse(bytes(stock.to_bytes()), most_blocks=2).blocks[0].payload
    try:
        again = admit(theirs, (), Limits())
    except AttornError:
        # Parentheses are an operation of their own, outside the profile.
        return
    assert again.checks == tuple(several)
    assert theirs == payload


# The same verdict


@compared
@given(scenes())
def test_stock_and_attorn_give_the_same_verdict(scene: Scene) -> None:
    chain = scene.chain()
    wire = chain.holder.identity.present(chain.token(), scene.request, audience=AUDIENCE)
    nonce = ENGINE.read(wire).presentation.id
    ours = outcome(verifier(chain), wire, scene.request)
    # A caveat that needs state fails closed at a stock engine.
    expected = ours == ALLOWED and not has_counted(scene.steps)
    assert stock_allows(chain, wire, scene.request, nonce=nonce) is expected
    theirs = adapter(chain, wire, scene.request, nonce=nonce)
    assert (theirs == ALLOWED) is expected
    assert theirs in (ALLOWED, "denied", "outside_validity", "broken_chain")


@pytest.mark.parametrize("kind", sorted(ATOMS))
def test_stock_and_attorn_agree_at_the_edges_of_every_atom(kind: str) -> None:
    """Each atom and its negation against every value just inside and just outside of what it allows."""

    @settings(compared, max_examples=60)
    @given(ATOMS[kind], ATOMS[kind], st.booleans())
    def agree(limit: Any, other: Any, negated: bool) -> None:
        try:
            formula = Not(limit) if negated else limit
        except InputError:
            reject()
        pairs = [(each.name, each.glob) for each in (limit,) if isinstance(each, Glob)]
        text = check_text(formula.render())
        for value in (*near(limit), *near(other)):
            request = Request(action="pay", resource="/shop", args={limit.name: value})
            known = block_text(tuple(facts(request).statements(pairs)), ())
            authorizer: Any = AuthorizerBuilder(f"{known}{text}; allow if true;")
            authorizer.set_limits(generous(authorizer))
            allowed = judged(authorizer.build_unauthenticated())
            assert allowed is permits(formula, request)

    agree()


@compared
@given(SCOPES["RequiresApproval"], requests(), st.frozensets(st.sampled_from(APPROVERS)))
def test_stock_and_attorn_agree_on_what_needs_approval_and_has_it(
    limit: RequiresApproval, request: Request, crowd: frozenset[str]
) -> None:
    predicates = [each for query in limit.render() for each in query.body]
    pairs = [(str(each.terms[0][1]), str(each.terms[1][1])) for each in predicates if each.name == "glob"]
    known = facts(request, approved=crowd).statements(pairs, [(limit.threshold, frozenset(limit.by))])
    authorizer: Any = AuthorizerBuilder(f"{block_text(tuple(known), ())}{check_text(limit.render())}; allow if true;")
    authorizer.set_limits(generous(authorizer))
    assert judged(authorizer.build_unauthenticated()) is permits(limit, request, approved=crowd)


@compared
@given(
    scenes(most=4, kinds=st.one_of(SCOPES["RequiresApproval"], *ATOMS.values())),
    st.frozensets(st.sampled_from(APPROVERS)),
)
def test_the_stock_engine_may_be_told_who_approved(scene: Scene, crowd: frozenset[str]) -> None:
    chain = scene.chain()
    wire = presented(chain, presentation(scene.request))
    expected = all(permits(each, scene.request, depth=scene.depth, approved=crowd) for each in scene.caveats())
    assert adapter(chain, wire, scene.request, nonce=bytes(16), approved=crowd) == (ALLOWED if expected else "denied")


@compared
@given(scenes(most=3), requests())
def test_stock_enforces_the_presentation_too(scene: Scene, other: Request) -> None:
    chain = scene.chain()
    wire = presented(chain, presentation(scene.request))
    nonce = bytes(16)
    assume(stock_allows(chain, wire, scene.request, nonce=nonce))
    assert not stock_allows(chain, wire, scene.request, nonce=b"\x01" * 16)
    assert adapter(chain, wire, scene.request, nonce=b"\x01" * 16) == "wrong_request"
    if other != scene.request:
        assert not stock_allows(chain, wire, other, nonce=nonce)
        assert adapter(chain, wire, other, nonce=nonce) in ("wrong_request", "denied")


@compared
@given(scenes(most=4), st.integers(0, 3), st.lists(mutations(), min_size=1, max_size=2))
def test_they_agree_on_links_that_were_damaged_before_they_were_signed(
    scene: Scene, place: int, changes: list[Callable[[bytes], bytes]]
) -> None:
    chain = scene.chain()
    place %= len(chain.blocks)
    payload = chain.blocks[place].payload
    for change in changes:
        payload = change(payload)
    damaged = resigned(chain, {place: payload})
    wire = presented(damaged, presentation(scene.request))
    ours = outcome(verifier(damaged), wire, scene.request)
    theirs = adapter(damaged, wire, scene.request, nonce=bytes(16))
    if theirs == ALLOWED and ours != ALLOWED:
        # The damage may be to the DID of the user or of a delegate, which the stock engine neither trusts nor resolves,
        # or to the time of issue, which it does not compare.
        links = ENGINE.read(wire).chain.links
        named = any(link.by.method or link.to.method for link in links)
        assert named if ours in ("untrusted_root", "unresolved_principal") else ours == "outside_validity"
        assert named or any(link.second != ISSUED for link in links)
    elif ours == ALLOWED and theirs != ALLOWED:
        # The one reason for which the stock engine may refuse what attorn permits.
        assert any(isinstance(each, Counted) for link in ENGINE.read(wire).chain.links for each in link.caveats)
    assert theirs != "engine_failed"


@pytest.mark.parametrize("limit", [MaxUses(5), Rate(5, "day"), Budget(500, "EUR"), Spaced("month")])
def test_a_counted_caveat_fails_closed_at_stock(limit: Caveat) -> None:
    request = Request(action="pay", resource="/shop", args={})
    chain = build(PEOPLE[0], [Step(PEOPLE[1], (limit,))])
    wire = presented(chain, presentation(request))
    assert not stock_allows(chain, wire, request, nonce=bytes(16))
    assert adapter(chain, wire, request, nonce=bytes(16)) == "denied"


def test_attorn_alone_looks_at_when_a_link_was_issued() -> None:
    """Issue times are facts of a link, which a stock engine does not compare: attorn is the stricter of the two."""
    request = Request(action="pay", resource="/shop")
    later = clock_at(NOW - 60)
    steps = [Step(PEOPLE[1], (NotBefore(later),), issued=NOW - 5000), Step(PEOPLE[2], issued=NOW - 4000)]
    chain = build(PEOPLE[0], steps)
    wire = presented(chain, presentation(request))
    assert stock_allows(chain, wire, request, nonce=bytes(16))
    assert verdict(chain, request) == "outside_validity"


# Tokens in transit, and sealed ones


@compared
@given(scenes(most=4), st.sampled_from((ProofKind.IN_TRANSIT, ProofKind.SEAL)))
def test_stock_refuses_a_token_in_transit(scene: Scene, ending: ProofKind) -> None:
    chain = scene.chain()
    wire = wire_of(chain.blocks, ending)
    with pytest.raises(BiscuitValidationError):
        Biscuit.from_bytes(base64url_decode(wire), stock_key(chain))
    with pytest.raises(BiscuitValidationError):
        UnverifiedBiscuit.from_base64(wire).verify(stock_key(chain))


@compared
@given(scenes(most=4))
def test_a_sealed_presentation_is_a_standard_biscuit_that_cannot_be_extended(scene: Scene) -> None:
    chain = scene.chain()
    data = base64url_decode(presented(chain, presentation(scene.request)))
    token: Any = Biscuit.from_bytes(data, stock_key(chain))
    ours = parse(data, most_blocks=16)
    assert bytes(token.to_bytes()) == data
    assert token.block_count() == len(ours.blocks)
    assert token.revocation_ids == [block.signature.hex() for block in ours.blocks]
    with pytest.raises(STOCK_ERRORS):
        token.append(BlockBuilder("check if true"))
    with pytest.raises(STOCK_ERRORS):
        token.third_party_request()
    with pytest.raises(STOCK_ERRORS):
        UnverifiedBiscuit.from_base64(presented(chain, presentation(scene.request))).append(BlockBuilder("a(1)"))


def test_printed_caveats_read_as_a_person_would_write_them() -> None:
    limits: list[Caveat] = [Expires(clock_at(NOW)), Audience('https://a.example/"\\')]
    assert [check_text(each.render()) for each in limits] == [  # type: ignore[arg-type]
        "check if time($time), $time < 2030-03-17T17:46:40Z",
        r'check if audience("https://a.example/\"\\")',
    ]
    assert predicate_text(Predicate("nonce", (octets(b"\x00\xff"),))) == "nonce(hex:00ff)"
