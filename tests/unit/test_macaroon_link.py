"""Links on a Macaroon: each signed by the delegate before, over everything before it, and nothing else admitted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.macaroon_chain import verify as chain_signatures

from attorn import Identity, Request, Token, caveat
from attorn.biscuit.container import SignedBlock, parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    DelegationError,
    InputError,
    LimitError,
    MalformedError,
    NotAdmittedError,
    SignatureError,
    UnavailableError,
)
from attorn.keys import multikey
from attorn.keys.public import PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer
from attorn.limits import Limits
from attorn.macaroon.container import Macaroon, UnverifiedCaveat
from attorn.macaroon.key import MacKey
from attorn.macaroon.link import UnverifiedLinks, append_link, append_presentation, read, transcript
from attorn.macaroon.mac import ProvenCaveat, attenuate, bind, discharge, mint, require, verify
from attorn.token import chain as chains

ROOT, THEIRS = MacKey(b"r" * 40), MacKey(b"t" * 40)
ALICE, PLANNER, SCOUT, MALLORY = (Ed25519Signer.from_seed(bytes([number]) * 32) for number in range(1, 5))
CAROL = P256Signer.from_scalar(bytes([7]) * 32)
FRESH = mint(ROOT, b"token 1")
ONE = append_link(ALICE, FRESH, b"first", PLANNER.public_key)
TWO = append_link(PLANNER, ONE, b"second", SCOUT.public_key)
SHOWN = append_presentation(SCOUT, TWO, b"use")


def found(macaroon: Macaroon, most_links: int = 32) -> UnverifiedLinks:
    return read(macaroon.identifier, macaroon.unverified_caveats, most_links=most_links)


def genuine(macaroon: Macaroon, root: PublicKey = ALICE.public_key) -> bool:
    try:
        chain_signatures(found(macaroon), root)
    except SignatureError:
        return False
    return True


def asking(macaroon: Macaroon, identifier: bytes = b"ask") -> Macaroon:
    return require(macaroon, key=THEIRS, identifier=identifier, random=bytes)


def rebuilt(*conditions: UnverifiedCaveat, identifier: bytes = b"token 1") -> Macaroon:
    """What somebody who holds the macaroon without caveats can put together, MAC and all."""
    macaroon = mint(ROOT, identifier)
    for each in conditions:
        assert each.vid is None
        macaroon = attenuate(macaroon, each.id)
    return macaroon


FIRST, SECOND, USE = SHOWN.unverified_caveats


def test_a_chain_is_read_and_verifies() -> None:
    chain = found(SHOWN)
    assert [each.payload for each in chain.links] == [b"first", b"second"]
    assert [each.next_key for each in chain.links] == [PLANNER.public_key, SCOUT.public_key]
    assert chain.presentation is not None
    assert chain.presentation.payload == b"use"
    assert found(TWO) == replace(chain, presentation=None)
    chain_signatures(chain, ALICE.public_key)
    chain_signatures(found(ONE), ALICE.public_key)


def test_proven_caveats_read_alike() -> None:
    proven = verify(SHOWN, [], ROOT)
    assert read(proven.identifier, proven.caveats, most_links=2) == found(SHOWN)


def test_what_is_signed_is_what_the_record_says() -> None:
    state = hashlib.sha256(b"\0ATTORN\0MACAROON IDENTIFIER\0v1\0" + b"token 1").digest()
    key = multikey.encode(PLANNER.public_key)
    signature = ALICE.sign(b"\0ATTORN\0MACAROON LINK\0v1\0" + state + key + b"first")
    assert FIRST.id == b"attorn-link-1." + base64url_encode(b"\x22" + key + signature + b"first").encode()
    state = hashlib.sha256(b"\0ATTORN\0MACAROON CAVEAT\0v1\0" + state + b"\0" + FIRST.id).digest()
    assert state == transcript(b"token 1", [FIRST]) == found(SHOWN).links[1].transcript
    asked = asking(FRESH).unverified_caveats[0]
    begun = transcript(b"token 1", [])
    message = b"\0ATTORN\0MACAROON CAVEAT\0v1\0" + begun + b"\x48" + (asked.vid or b"") + b"ask"
    assert transcript(b"token 1", [asked]) == hashlib.sha256(message).digest()
    state = transcript(b"token 1", [FIRST, SECOND])
    signature = SCOUT.sign(b"\0ATTORN\0MACAROON PRESENTATION\0v1\0" + state + b"use")
    assert USE.id == b"attorn-presentation-1." + base64url_encode(signature + b"use").encode()


def test_p256_principals() -> None:
    chain = append_presentation(CAROL, append_link(ALICE, FRESH, b"first", CAROL.public_key), b"use")
    assert genuine(chain)
    assert genuine(append_link(CAROL, FRESH, b"first", SCOUT.public_key), CAROL.public_key)
    assert not genuine(append_link(CAROL, FRESH, b"first", SCOUT.public_key))


def test_a_third_partys_caveat_belongs_to_the_signature_behind_it() -> None:
    chain = asking(append_link(ALICE, asking(FRESH, b"one"), b"first", PLANNER.public_key), b"two")
    chain = append_link(PLANNER, asking(chain, b"three"), b"second", SCOUT.public_key)
    chain = append_presentation(SCOUT, asking(chain, b"four"), b"use")
    steps = found(chain)
    assert steps.presentation is not None
    assert genuine(chain)
    met = [bind(chain, discharge(THEIRS, each)) for each in (b"one", b"two", b"three", b"four")]
    assert len(verify(chain, met, ROOT).caveats) == 7


def test_the_payload_is_that_of_a_biscuit_block() -> None:
    """The same facts and checks, so the same caveats and the same chain."""
    people = [Identity(signer) for signer in (ALICE, PLANNER, SCOUT)]
    token = people[0].mint(to=people[1].did, caveats=[caveat.Actions("a:b", "a:c"), caveat.Resources("/data")])
    token = people[1].delegate(token, to=people[2].did, caveats=[caveat.Actions("a:b"), caveat.MaxUses(3)])
    wire = people[2].present(token, Request(action="a:b", resource="/data/x"), audience="did:web:x.example")
    *blocks, last = parse(base64url_decode(wire), most_blocks=3).blocks
    macaroon = FRESH
    for signer, block in zip((ALICE, PLANNER), blocks, strict=True):
        macaroon = append_link(signer, macaroon, block.payload, block.next_key)
    chain = found(append_presentation(SCOUT, macaroon, last.payload))
    chain_signatures(chain, ALICE.public_key)
    again = tuple(SignedBlock(each.payload, each.next_key, each.signature) for each in chain.links)
    assert chains.read(again, Limits()).links == token.unverified_links == Token.decode(token.encode()).unverified_links


OTHER_TOKEN = append_link(ALICE, mint(ROOT, b"token 2"), b"first", PLANNER.public_key)
BY_MALLORY = append_link(MALLORY, ONE, b"second", SCOUT.public_key)
ASKED = append_link(PLANNER, asking(ONE), b"second", SCOUT.public_key)
FORGED: dict[str, Macaroon] = {
    "signed-by-another": append_link(MALLORY, FRESH, b"first", PLANNER.public_key),
    "second-link-by-another": BY_MALLORY,
    "second-link-by-the-user": append_link(ALICE, ONE, b"second", SCOUT.public_key),
    "second-link-by-its-own-delegate": append_link(SCOUT, ONE, b"second", SCOUT.public_key),
    "presented-by-another": append_presentation(MALLORY, TWO, b"use"),
    "presented-by-the-delegator": append_presentation(PLANNER, TWO, b"use"),
    "presented-by-the-user": append_presentation(ALICE, TWO, b"use"),
    "first-link-dropped": rebuilt(SECOND, USE),
    "second-link-dropped": rebuilt(FIRST, USE),
    "links-swapped": rebuilt(SECOND, FIRST),
    "first-link-twice": rebuilt(FIRST, FIRST, SECOND),
    "second-link-twice": rebuilt(FIRST, SECOND, SECOND),
    "link-of-another-token": rebuilt(*OTHER_TOKEN.unverified_caveats, SECOND),
    "moved-to-another-token": rebuilt(FIRST, SECOND, identifier=b"token 2"),
    "moved-to-a-longer-identifier": rebuilt(FIRST, identifier=b"token 1\0"),
    "tail-of-another-token": rebuilt(*OTHER_TOKEN.unverified_caveats, SECOND, USE, identifier=b"token 2"),
    "presentation-behind-fewer-links": rebuilt(FIRST, USE),
}
FORGED["third-party-put-before-a-link"] = attenuate(asking(ONE), SECOND.id)
FORGED["third-party-dropped"] = rebuilt(FIRST, ASKED.unverified_caveats[2])
FORGED["third-party-put-before-the-presentation"] = attenuate(asking(TWO), USE.id)
FORGED["third-party-replaced"] = attenuate(asking(ONE, b"other"), ASKED.unverified_caveats[2].id)


@pytest.mark.parametrize("name", FORGED)
def test_a_chain_that_its_principals_did_not_sign_is_refused(name: str) -> None:
    chain = found(FORGED[name])
    with pytest.raises(SignatureError) as caught:
        chain_signatures(chain, ALICE.public_key)
    assert (caught.value.code, caught.value.step) == ("bad_signature", 4)


def test_the_refusal_names_the_link() -> None:
    with pytest.raises(SignatureError, match="link 2:"):
        chain_signatures(found(BY_MALLORY), ALICE.public_key)
    with pytest.raises(SignatureError, match="presentation"):
        chain_signatures(found(FORGED["presented-by-another"]), ALICE.public_key)


def test_an_identifier_cannot_stand_for_the_links_of_another_token() -> None:
    """A server chooses identifiers: none may make one of planner's links the first of a token."""
    for tag in (b"\0ATTORN\0MACAROON IDENTIFIER\0v1\0", b"\0ATTORN\0MACAROON CAVEAT\0v1\0", b""):
        crafted = tag + transcript(b"token 1", []) + b"\0" + FIRST.id
        assert transcript(crafted, []) != transcript(b"token 1", [FIRST])
        assert not genuine(rebuilt(SECOND, identifier=crafted), PLANNER.public_key)


def test_every_byte_of_a_link_is_covered() -> None:
    for position, each in enumerate(SHOWN.unverified_caveats):
        prefix, _, text = each.id.partition(b".")
        body = base64url_decode(text.decode())
        for index in range(len(body)):
            changed = body[:index] + bytes((body[index] ^ 1,)) + body[index + 1 :]
            caveats = list(SHOWN.unverified_caveats)
            caveats[position] = UnverifiedCaveat(prefix + b"." + base64url_encode(changed).encode())
            try:
                assert not genuine(rebuilt(*caveats))
            except (MalformedError, NotAdmittedError):
                continue


@pytest.mark.parametrize("root", [PLANNER, SCOUT, MALLORY, CAROL], ids=["planner", "scout", "mallory", "carol"])
def test_the_wrong_root_is_refused(root: Signer) -> None:
    assert not genuine(TWO, root.public_key)


KEY = multikey.encode(PLANNER.public_key)
BODY = base64url_decode(FIRST.id.partition(b".")[2].decode())


def spelt(body: bytes, prefix: bytes = b"attorn-link-1.") -> bytes:
    return prefix + base64url_encode(body).encode()


PRESENTATION = b"attorn-presentation-1."
MALFORMED: dict[str, bytes] = {
    "nothing": spelt(b""),
    "length-alone": spelt(b"\x22"),
    "no-key": spelt(b"\0" + bytes(64) + b"first"),
    "key-cut-short": spelt(b"\x22" + KEY[:20]),
    "shorter-length": spelt(b"\x21" + BODY[1:]),
    "longer-length": spelt(b"\x23" + BODY[1:]),
    "unknown-algorithm": spelt(b"\x22\xec" + BODY[2:]),
    "p-256-code-on-an-ed25519-key": spelt(b"\x22\x80\x24" + BODY[3:]),
    "p-256-not-compressed": spelt(b"\x23\x80\x24\x04" + bytes(32) + BODY[35:]),
    "key-of-low-order": spelt(b"\x22\xed\x01" + bytes(32) + BODY[35:]),
    "no-signature": spelt(b"\x22" + KEY),
    "signature-cut-short": spelt(b"\x22" + KEY + bytes(63)),
    "no-payload": spelt(b"\x22" + KEY + bytes(64)),
    "padded": FIRST.id + b"=",
    "a-newline-behind": FIRST.id + b"\n",
    "a-space-in-it": FIRST.id[:20] + b" " + FIRST.id[20:],
    "standard-alphabet": b"attorn-link-1." + b"+/+/" + FIRST.id[18:],
    "trailing-bits": b"attorn-link-1." + b"A" * 140 + b"AB",
    "not-ascii": b"attorn-link-1.\xc3\xbc",
    "not-utf-8": b"attorn-link-1.\xff",
    "empty-presentation": PRESENTATION,
    "presentation-without-payload": spelt(bytes(64), PRESENTATION),
    "presentation-cut-short": spelt(bytes(63), PRESENTATION),
    "presentation-padded": USE.id + b"=",
    "presentation-not-ascii": PRESENTATION + b"\xff",
}
UNKNOWN: dict[str, bytes] = {
    "words": b"a = 1",
    "another-version": b"attorn-link-2." + FIRST.id[14:],
    "no-version": b"attorn-link." + FIRST.id[14:],
    "another-case": b"Attorn-link-1." + FIRST.id[14:],
    "a-space-before": b" " + FIRST.id,
    "prefix-cut-short": b"attorn-link-1",
    "another-presentation": b"attorn-presentation-2." + USE.id[22:],
    "nul": b"\0",
    "not-utf-8": b"\xff",
    "a-caveat-of-another-library": b"time < 2030-01-01T00:00",
    "datalog": b'check if operation("events:read")',
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_link_is_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        found(attenuate(ONE, MALFORMED[name]))


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("place", [0, 1, 2, 3], ids=["first", "second", "third", "last"])
def test_an_unknown_condition_is_refused_wherever_it_stands(name: str, place: int) -> None:
    caveats = list(SHOWN.unverified_caveats)
    caveats.insert(place, UnverifiedCaveat(UNKNOWN[name]))
    with pytest.raises(NotAdmittedError):
        found(rebuilt(*caveats))


UNSIGNED: dict[str, Macaroon] = {
    "nothing": FRESH,
    "third-party-alone": asking(FRESH),
    "third-party-behind-a-link": asking(TWO),
    "third-party-behind-the-presentation": asking(SHOWN),
    "a-link-behind-the-presentation": attenuate(SHOWN, SECOND.id),
    "a-second-presentation": attenuate(SHOWN, USE.id),
    "a-condition-behind-the-presentation": attenuate(SHOWN, b"a = 1"),
    "presentation-alone": append_presentation(ALICE, FRESH, b"use"),
}


@pytest.mark.parametrize("name", UNSIGNED)
def test_what_no_principal_signed_is_refused(name: str) -> None:
    with pytest.raises(NotAdmittedError):
        found(UNSIGNED[name])


def test_the_number_of_links_is_bounded() -> None:
    found(SHOWN, most_links=2)
    with pytest.raises(LimitError) as caught:
        found(SHOWN, most_links=1)
    assert caught.value.step == 1


def test_a_presented_macaroon_is_at_its_end() -> None:
    for extend in (
        lambda: append_link(SCOUT, SHOWN, b"more", MALLORY.public_key),
        lambda: append_presentation(SCOUT, SHOWN, b"again"),
    ):
        with pytest.raises(DelegationError):
            extend()


@pytest.mark.parametrize("payload", [b"", "text", None, bytearray(b"first")], ids=repr)
def test_a_payload_is_bytes(payload: Any) -> None:
    with pytest.raises(InputError):
        append_link(ALICE, FRESH, payload, PLANNER.public_key)
    with pytest.raises(InputError):
        append_presentation(PLANNER, ONE, payload)


def test_arguments_of_other_types_are_refused() -> None:
    for other in (None, FRESH.encode(), "text"):
        with pytest.raises(InputError):
            append_link(ALICE, other, b"first", PLANNER.public_key)  # type: ignore[arg-type]
        with pytest.raises(InputError):
            append_presentation(ALICE, other, b"use")  # type: ignore[arg-type]
        with pytest.raises(InputError):
            append_link(ALICE, FRESH, b"first", other)  # type: ignore[arg-type]


def test_a_payload_that_is_too_long_is_refused() -> None:
    with pytest.raises(LimitError):
        append_link(ALICE, FRESH, bytes(16_384), PLANNER.public_key)


class Broken:
    """A signer whose signatures are another's."""

    public_key = ALICE.public_key

    def sign(self, message: bytes) -> bytes:
        return MALLORY.sign(message)


def test_a_signer_that_fails_puts_nothing_out() -> None:
    with pytest.raises(UnavailableError):
        append_link(Broken(), FRESH, b"first", PLANNER.public_key)
    with pytest.raises(UnavailableError):
        append_presentation(Broken(), ONE, b"use")


def test_proof_of_a_link_says_nothing_of_another_message() -> None:
    """The tags keep links, presentations and Biscuit blocks apart, though one key signs them all."""
    steps = found(SHOWN)
    assert steps.presentation is not None
    forged = replace(steps.links[1], payload=b"use", signature=steps.presentation.signature)
    assert not forged.signed_by(SCOUT.public_key)
    assert not replace(steps.presentation, signature=steps.links[1].signature).signed_by(PLANNER.public_key)


def test_a_proven_caveat_is_covered_as_an_unproven_one() -> None:
    asked = asking(FRESH).unverified_caveats[0]
    proven = ProvenCaveat(asked.id, asked.vid, (b"condition",))
    assert transcript(b"id", [proven]) == transcript(b"id", [asked])
    assert transcript(b"id", [UnverifiedCaveat(asked.id)]) != transcript(b"id", [asked])
