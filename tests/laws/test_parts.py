"""Invariants 6, 8, 10 and 13: links taken out, doubled, moved, spliced, cut off or signed by another are refused.

For Macaroons whoever edits may know the MAC of the macaroon as its server issued it, as every delegate does, and make a
new MAC for whatever they please: only the links' signatures stand in the way. And they may not, and edit all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.caveats.kit import Situation
from tests.laws.edits import mutations, rearranged
from tests.laws.scene import (
    ALLOWED,
    FORMATS,
    UNKNOWN_KEY,
    Case,
    Grant,
    Step,
    base,
    cases,
    claim,
    formats,
    grant,
    grants,
    judged,
    people,
    presented,
    use,
    verdict,
    verifier,
)
from tests.laws.sizes import law
from tests.property.chains import OTHER_THIEF, PEOPLE, THIEF, Person

from attorn import Request, Token
from attorn.biscuit.container import Container, ProofKind, SignedBlock, parse
from attorn.biscuit.signature import seal, sign_block
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, DelegationError
from attorn.limits import Limits
from attorn.macaroon import container as macaroons
from attorn.macaroon.container import Macaroon, UnverifiedCaveat, encode_all
from attorn.macaroon.mac import attenuate
from attorn.token import chain as chains
from attorn.token.carrier import BiscuitCarrier, Carrier, MacaroonCarrier
from attorn.token.principal import Principal

GENUINE = (
    ALLOWED,
    "denied",
    "approval_required",
    "outside_validity",
    "stale_status",
    "wrong_request",
    "wrong_audience",
)
"""What is said of presentations whose every signature was found genuine."""
thieves = st.sampled_from((THIEF, OTHER_THIEF))
quiet = cases(most=4, offsets=(-30,))


def refused(root: Person, situation: Situation, wire: str, request: Request) -> bool:
    return judged(verifier(root, situation), wire, request).code not in GENUINE


def parts(carrier: Carrier) -> list[Any]:
    """The blocks, or the caveats as they stand in the macaroon."""
    return list(carrier.macaroon.unverified_caveats if isinstance(carrier, MacaroonCarrier) else carrier.blocks)


def rebuilt(carrier: Carrier, several: Sequence[Any], *, insider: bool) -> Carrier:
    """A carrier of these parts instead; the MAC is made anew by an insider, and else stays."""
    if isinstance(carrier, BiscuitCarrier):
        return BiscuitCarrier(tuple(several))
    assert isinstance(carrier, MacaroonCarrier)
    return MacaroonCarrier(remade(carrier.macaroon, several, insider=insider))


def remade(macaroon: Macaroon, several: Sequence[UnverifiedCaveat], *, insider: bool) -> Macaroon:
    if not insider:
        return replace(macaroon, unverified_caveats=tuple(several))
    made: Any = base("macaroon")
    bare = replace(made.macaroon, identifier=macaroon.identifier)
    assert bare == made.macaroon
    for each in several:
        bare = attenuate(bare, each.id)
    return bare


@law
@given(quiet, formats, st.booleans(), st.data())
def test_06_links_left_out_doubled_moved_or_spliced_are_refused(
    case: Case, format_: str, insider: bool, data: Any
) -> None:
    held, other = case.grant(format_), case.grant(format_, salt=1)
    honest = parts(held.carrier)
    theirs = parts(other.carrier)
    edited = data.draw(rearranged(honest, theirs))
    # What is a prefix of either is somebody's genuine token, if not the holder's.
    assume(edited and edited != honest[: len(edited)])
    assume(edited != theirs[: len(edited)] or format_ == "macaroon")
    carrier = rebuilt(held.carrier, edited, insider=insider)
    wire, request = use(replace(held, carrier=carrier, symbols=symbols(carrier, held)), case.situation)
    assert refused(held.root, case.situation, wire, request)


def symbols(carrier: Carrier, held: Grant) -> tuple[str, ...]:
    """Those that a reader of the edited chain has, if it can be read."""
    try:
        whole = carrier if isinstance(carrier, BiscuitCarrier) else MacaroonCarrier.of(carrier.macaroon)
        return chains.read(whole.blocks, Limits()).symbols
    except AttornError:
        return held.symbols


@law
@given(quiet, formats, thieves)
def test_06_a_child_token_does_not_give_back_what_it_was_made_from(case: Case, format_: str, thief: Person) -> None:
    """Its holder, or a thief, cuts the last link off: what is left is another's, and neither can present it."""
    several = grants(format_, case.root, [*case.steps, Step(thief)])
    whole = several[-1]
    for shorter in several[:-1]:
        carrier = rebuilt(whole.carrier, parts(whole.carrier)[: len(shorter.people) - 1], insider=True)
        assert parts(carrier) == parts(shorter.carrier)
        situation = replace(case.situation, depth=len(shorter.people) - 2)
        wire, request = use(shorter, situation, by=thief)
        assert refused(shorter.root, situation, wire, request)


@law
@given(quiet, formats)
def test_08_an_access_names_everyone_in_the_chain_and_nobody_else(case: Case, format_: str) -> None:
    several = (case.root, *(step.to for step in case.steps))
    bare = grant(format_, case.root, [Step(step.to, (), step.issued) for step in case.steps])
    wire, request = use(bare, case.situation)
    access = verifier(case.root, case.situation).authorize(wire, request)
    assert [link.delegator for link in access.chain] == [each.did for each in several[:-1]]
    assert [link.delegate for link in access.chain] == [each.did for each in several[1:]]
    assert (access.root, access.holder) == (several[0].did, several[-1].did)
    assert [link.position for link in access.chain] == list(range(1, len(several)))


@law
@given(quiet, formats, st.integers(0, 5), st.one_of(people, thieves))
def test_08_a_link_or_presentation_signed_by_anyone_else_is_refused(
    case: Case, format_: str, place: int, impostor: Person
) -> None:
    place %= len(case.steps) + 1
    rightful = (case.root, *(step.to for step in case.steps))[place]
    assume(impostor.key != rightful.key)
    steps = list(case.steps)
    if place < len(steps):
        steps[place] = replace(steps[place], signer=impostor)
    held = grant(format_, case.root, steps)
    wire, request = use(held, case.situation, by=impostor if place == len(steps) else None)
    assert judged(verifier(held.root, case.situation), wire, request).code in ("bad_signature", "broken_chain")


def _parts_of(wire: str) -> tuple[list[Any], Any]:
    """The parts of a presentation, the last one being what was presented, and the whole."""
    data = base64url_decode(wire)
    if data[:1] == b"\x02":
        macaroon = macaroons.parse_all(data)[0]
        return list(macaroon.unverified_caveats), macaroon
    container = parse(data, most_blocks=64)
    return list(container.blocks), container


def _sealed(whole: Any, several: Sequence[Any], thief: Person | None) -> str:
    """The wire of other parts: a new MAC, or the seal that was there or a thief's."""
    if isinstance(whole, Macaroon):
        return base64url_encode(encode_all([remade(whole, several, insider=True)]))
    proof = whole.proof_bytes if thief is None else seal(thief.signer, several[-1])
    return base64url_encode(Container(tuple(several), ProofKind.SEAL, proof).encode())


def _strips(several: list[Any], mine: list[Any]) -> list[Any]:
    del mine
    return several[:-1]


def _replaces(several: list[Any], mine: list[Any]) -> list[Any]:
    return [*several[:-1], mine[-1]]


def _adds(several: list[Any], mine: list[Any]) -> list[Any]:
    return [*several, mine[-1]]


def _moves(several: list[Any], mine: list[Any]) -> list[Any]:
    del mine
    return [*several[:-2], several[-1]]


def _doubles(several: list[Any], mine: list[Any]) -> list[Any]:
    del mine
    return [*several, several[-1]]


def _takes_over(several: list[Any], mine: list[Any]) -> list[Any]:
    return [*several[:-1], *mine]


SURGERY: tuple[Callable[[list[Any], list[Any]], list[Any]], ...] = (
    _strips,
    _replaces,
    _adds,
    _moves,
    _doubles,
    _takes_over,
)


@law
@given(quiet, formats, st.sampled_from(SURGERY), thieves, st.booleans())
def test_10_a_presentation_is_worth_nothing_to_whoever_receives_it(
    case: Case, format_: str, surgery: Callable[[list[Any], list[Any]], list[Any]], thief: Person, mine: bool
) -> None:
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    several, whole = _parts_of(wire)
    # The thief's own link and presentation, as well as they can be made without the holder's key.
    steps = [*case.steps, Step(thief, signer=thief)]
    forged = grant(format_, case.root, steps)
    stolen = replace(forged, people=(*forged.people[:-1], thief))
    own, _ = _parts_of(presented(stolen, claim(situation, request, number=7)))
    edited = surgery(several, own[-2:])
    again = _sealed(whole, edited, thief if mine else None)
    assert again == wire or refused(held.root, situation, again, request)


@law
@given(quiet, formats, people, thieves)
def test_10_what_is_sealed_cannot_be_extended_and_what_is_not_cannot_be_used(
    case: Case, format_: str, to: Person, thief: Person
) -> None:
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    with pytest.raises(AttornError):
        Token.decode(wire)
    text = base64url_encode(held.carrier.encode())
    token = Token.decode(text)
    assert refused(held.root, situation, text, request)
    for each in (thief, to):
        if each.did == held.holder.did:
            continue
        with pytest.raises(DelegationError):
            each.identity.delegate(token, to=to.did)
        with pytest.raises(DelegationError):
            each.identity.present(token, request, audience=situation.audience)
    _, whole = _parts_of(wire)
    if isinstance(whole, Macaroon):
        with pytest.raises(AttornError):
            MacaroonCarrier.of(whole)
        with pytest.raises(DelegationError):
            MacaroonCarrier(whole).extended(held.holder.signer, b"x", to.key)
        with pytest.raises(DelegationError):
            MacaroonCarrier(whole).presented(thief.signer, b"x")


@law
@given(quiet, formats, st.one_of(people, thieves))
def test_13_another_root_or_another_server_s_key_is_refused(case: Case, format_: str, other: Person) -> None:
    assume(other.did != case.root.did)
    situation = case.situation
    wire, request = use(case.grant(format_), situation)
    assert judged(verifier(other, situation), wire, request).code == "untrusted_root"
    # Signed by another and said to be by the root.
    forged = grant(format_, case.root, [replace(case.steps[0], signer=other), *case.steps[1:]])
    assert judged(verifier(case.root, situation), *use(forged, situation)).code == "bad_signature"
    if format_ == "macaroon":
        for keys in ([], [UNKNOWN_KEY]):
            by = verifier(case.root, situation, macaroon_keys=keys)
            assert judged(by, wire, request).code == "untrusted_root"
        # The name of one key and the MAC of another.
        _, whole = _parts_of(wire)
        made: Any = base("macaroon", key=UNKNOWN_KEY)
        bare = made.macaroon
        for each in whole.unverified_caveats:
            bare = attenuate(bare, each.id)
        lying = replace(bare, identifier=whole.identifier)
        assert judged(verifier(case.root, situation), _wire(lying), request).code == "bad_signature"


def _wire(macaroon: Macaroon) -> str:
    return base64url_encode(encode_all([macaroon]))


@law
@given(st.lists(people, min_size=1, max_size=3), formats, st.one_of(people, thieves), st.booleans())
def test_13_a_root_s_key_is_the_one_that_its_did_lists(
    several: list[Person], format_: str, other: Person, genuine: bool
) -> None:
    did, method = "did:web:root.example", "did:web:root.example#key"
    root = replace(PEOPLE[0], principal=Principal(PEOPLE[0].key, method))
    held = grant(format_, root, [Step(each) for each in several])
    wire, request = use(held, Situation())
    listed = root.key if genuine else other.key
    either = frozenset({Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION})
    documents = {did: DidDocument(did, (VerificationMethod(method, did, listed, either),))}
    by = verifier(root, Situation(), roots=[did], resolver=StaticResolver(documents))
    found = judged(by, wire, request).code
    assert found == (ALLOWED if listed == root.key else "bad_signature")


@law
@given(quiet, st.integers(0, 5), st.sampled_from(("payload", "next_key", "signature", "version", "previous")))
def test_06_a_biscuit_s_block_with_one_thing_changed_is_refused(case: Case, place: int, part: str) -> None:
    """Everything behind the changed block is signed again, honestly, on top of it."""
    held = case.grant(FORMATS[0])
    blocks: list[SignedBlock] = parts(held.carrier)
    place %= len(blocks)
    other: SignedBlock = parts(case.grant(FORMATS[0], salt=1).carrier)[place]
    block = blocks[place]
    blocks[place] = {
        "payload": replace(block, payload=other.payload),
        "next_key": replace(block, next_key=THIEF.key),
        "signature": replace(block, signature=other.signature),
        "version": replace(block, version=0),
        "previous": sign_block(held.people[place].signer, block.payload, block.next_key, b"\1" * 64),
    }[part]
    for behind in range(place + 1, len(blocks)):
        signer, before = held.people[behind].signer, blocks[behind - 1].signature
        blocks[behind] = sign_block(signer, blocks[behind].payload, blocks[behind].next_key, before)
    edited = replace(held, carrier=BiscuitCarrier(tuple(blocks)))
    assert refused(held.root, case.situation, *use(edited, case.situation))


@law
@given(quiet, st.integers(0, 5), mutations())
def test_06_a_macaroon_s_caveat_with_any_byte_changed_is_refused_whatever_the_mac(
    case: Case, place: int, change: Callable[[bytes], bytes]
) -> None:
    """Payload, key or signature, of a link or the presentation, by one who makes the MAC of it all anew."""
    held, situation = case.grant("macaroon"), case.situation
    wire, request = use(held, situation)
    several, whole = _parts_of(wire)
    assume(not situation.approved)
    place %= len(several)
    prefix, dot, body = several[place].id.rpartition(b".")
    changed = change(base64url_decode(body.decode()))
    assume(changed != base64url_decode(body.decode()))
    several[place] = replace(several[place], id=prefix + dot + base64url_encode(changed).encode())
    assert refused(held.root, situation, _sealed(whole, several, None), request)


def test_the_scene_is_genuine() -> None:
    """What the tests above spoil is permitted when nothing is spoilt."""
    for format_ in FORMATS:
        held = grant(format_, PEOPLE[0], [Step(PEOPLE[1]), Step(PEOPLE[2])])
        assert verdict(held, Situation(depth=1)).code == ALLOWED
        carrier = rebuilt(held.carrier, parts(held.carrier), insider=True)
        assert verdict(replace(held, carrier=carrier), Situation(depth=1)).code == ALLOWED
