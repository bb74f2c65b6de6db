"""A link's block, fact by fact, and how much a whole chain of them may hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.scene import ALICE, PLANNER, READ, SCOUT, given, passed

from attorn import Token, caveat
from attorn.biscuit.admission import admit
from attorn.biscuit.block import Block
from attorn.biscuit.container import SignedBlock, parse
from attorn.caveat.validity import Purpose
from attorn.clock import LATEST
from attorn.datalog import Predicate, date, integer, octets, string
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError, LimitError, MalformedError, NotAdmittedError
from attorn.keys import multikey
from attorn.limits import Limits
from attorn.token import chain as chains
from attorn.token.link import Link, read, write
from attorn.token.principal import Principal

A, B = Principal(ALICE.signer.public_key), Principal(PLANNER.signer.public_key)
URL = "did:web:planner.example#0"
ID = bytes(range(16))
FIRST = Link(1, ID, 100, A, B, (READ,))
LATER = Link(2, ID, 100, A, B, (READ,))
LINKS = {
    "first": FIRST,
    "later": LATER,
    "with-a-purpose": replace(FIRST, caveats=(Purpose("Plan my November"), READ)),
    "later-with-a-purpose": replace(LATER, caveats=(Purpose("x"),)),
    "to-a-named-key": replace(FIRST, to=Principal(B.key, URL)),
    "later-to-a-named-key": replace(LATER, to=Principal(B.key, URL), caveats=()),
    "by-a-named-key": replace(FIRST, by=Principal(None, "did:web:alice.example#0")),
    "at-the-last-second": replace(LATER, second=LATEST),
    "at-the-first-second": replace(FIRST, second=0),
}


def taken(block: Block, position: int) -> Link:
    assert B.key is not None
    return read(block, position, None if position == 1 else A, B.key)


def test_a_token_is_read_within_limits() -> None:
    token = passed(given(READ), PLANNER, SCOUT)
    for limits in (None, Limits(), Limits(links=2)):
        assert Token.decode(token.encode(), limits=limits).encode() == token.encode()
    with pytest.raises(LimitError):
        Token.decode(token.encode(), limits=Limits(links=1))
    for other in (5, {}, "2", Limits):
        with pytest.raises(InputError, match=r"^limits: expected Limits, got "):
            Token.decode(token.encode(), limits=other)  # type: ignore[arg-type]
    size = len(token.encode())
    assert Token.decode(token.encode(), limits=Limits(token_bytes=size)).encode() == token.encode()
    with pytest.raises(LimitError, match=f"expected at most {size - 1} characters, got {size}"):
        Token.decode(token.encode(), limits=Limits(token_bytes=size - 1))
    for limits in (Limits(symbols=1), Limits(token_bytes=size - 1), Limits(links=1)):
        with pytest.raises(LimitError):
            Token.decode(token.encode(), limits=limits)


@pytest.mark.parametrize("text", [None, 5, b"AAAA", ["AAAA"], True], ids=repr)
def test_a_token_is_text(text: Any) -> None:
    with pytest.raises(InputError, match=r"^token: expected text, got "):
        Token.decode(text)


@pytest.mark.parametrize("number", [0, 1, 2**32 - 1])
def test_a_token_names_no_root_key_beside_its_signatures(number: int) -> None:
    text = passed(given(READ), PLANNER, SCOUT).encode()
    hinted = replace(parse(base64url_decode(text), most_blocks=16), root_key_id=number)
    with pytest.raises(MalformedError, match="a root key id is not admitted"):
        Token.decode(base64url_encode(hinted.encode()))


@pytest.mark.parametrize("name", LINKS)
def test_links_are_read_back(name: str) -> None:
    link = LINKS[name]
    facts, checks = write(link)
    assert taken(Block((), facts, checks, 0, 0), link.position) == link
    assert [fact.name for fact in facts[:2]] == (["user", "link"] if link.position == 1 else ["link", "purpose"])[
        : len(facts)
    ]


def test_a_link_of_two_purposes_is_not_written() -> None:
    for number, good in ((0, True), (1, True), (2, False), (3, False)):
        link = replace(FIRST, caveats=(READ, *[Purpose("x")] * number))
        if good:
            assert len(write(link)[0]) == 2 + number
        else:
            with pytest.raises(InputError, match="at most one Purpose"):
                write(link)


assert A.key is not None
USER = Predicate("user", (octets(multikey.encode(A.key)),))
LINK = Predicate("link", (octets(ID), date(100)))
WHY = Predicate("purpose", (string("x"),))


def link(*terms: Any) -> Predicate:
    return Predicate("link", terms)


OUTSIDE = NotAdmittedError
FAULTS: dict[str, tuple[int, tuple[Predicate, ...], type[AttornError], str]] = {
    "no-facts-first": (1, (), OUTSIDE, r"user\(...\) first"),
    "no-user": (1, (LINK,), OUTSIDE, r"user\(...\) first"),
    "user-behind-the-link": (1, (LINK, USER), OUTSIDE, r"user\(...\) first"),
    "user-of-another-name": (1, (Predicate("root", USER.terms), LINK), OUTSIDE, r"user\(...\) first"),
    "user-of-nothing": (1, (Predicate("user", ()), LINK), OUTSIDE, r"user\(...\) first"),
    "user-of-two": (1, (Predicate("user", USER.terms * 2), LINK), OUTSIDE, r"user\(...\) first"),
    "user-of-a-number": (1, (Predicate("user", (integer(1),)), LINK), MalformedError, "expected the user"),
    "user-alone": (1, (USER,), OUTSIDE, r"block 1: expected the fact link"),
    "user-twice": (1, (USER, USER, LINK), OUTSIDE, r"block 1: expected the fact link"),
    "user-later": (2, (USER, LINK), OUTSIDE, r"block 2: expected the fact link"),
    "no-facts": (2, (), OUTSIDE, r"block 2: expected the fact link"),
    "purpose-alone": (2, (WHY,), OUTSIDE, r"block 2: expected the fact link"),
    "purpose-first": (2, (WHY, LINK), OUTSIDE, r"block 2: expected the fact link"),
    "link-of-another-name": (2, (Predicate("edge", LINK.terms),), OUTSIDE, r"block 2: expected the fact link"),
    "link-of-nothing": (2, (link(),), OUTSIDE, r"block 2: expected the fact link"),
    "link-of-one": (2, (link(octets(ID)),), OUTSIDE, r"block 2: expected the fact link"),
    "link-of-four": (2, (link(*LINK.terms, string(URL), string(URL)),), OUTSIDE, r"block 2: expected the fact link"),
    "id-of-15": (2, (link(octets(ID[:15]), date(100)),), MalformedError, "a link id of 16 bytes"),
    "id-of-17": (2, (link(octets(ID + b"x"), date(100)),), MalformedError, "a link id of 16 bytes"),
    "id-of-text": (2, (link(string("x" * 16), date(100)),), MalformedError, "a link id of 16 bytes"),
    "id-of-a-number": (2, (link(integer(16), date(100)),), MalformedError, "a link id of 16 bytes"),
    "issued-as-a-number": (2, (link(octets(ID), integer(100)),), MalformedError, "the date of issue"),
    "issued-as-text": (2, (link(octets(ID), string("100")),), MalformedError, "the date of issue"),
    "issued-too-late": (2, (link(octets(ID), date(LATEST + 1)),), MalformedError, "the date of issue"),
    "delegate-as-bytes": (2, (link(*LINK.terms, octets(URL.encode())),), MalformedError, "the delegate's DID URL"),
    "delegate-as-a-number": (2, (link(*LINK.terms, integer(1)),), MalformedError, "the delegate's DID URL"),
    "delegate-without-a-key": (2, (link(*LINK.terms, string("did:web:x.example")),), MalformedError, "is named by"),
    "delegate-as-did-key": (2, (link(*LINK.terms, string(f"{ALICE.did}#x")),), MalformedError, "is named by"),
    "link-twice": (2, (LINK, LINK), OUTSIDE, "no facts but its own and one purpose"),
    "purpose-twice": (2, (LINK, WHY, WHY), OUTSIDE, "no facts but its own and one purpose"),
    "purpose-of-another-name": (2, (LINK, Predicate("time", WHY.terms)), OUTSIDE, "no facts but its own"),
    "purpose-of-nothing": (2, (LINK, Predicate("purpose", ())), OUTSIDE, "no facts but its own"),
    "purpose-of-two": (2, (LINK, Predicate("purpose", WHY.terms * 2)), OUTSIDE, "no facts but its own"),
    "purpose-of-a-number": (2, (LINK, Predicate("purpose", (integer(1),))), OUTSIDE, "no facts but its own"),
    "purpose-of-bytes": (2, (LINK, Predicate("purpose", (octets(b"x"),))), OUTSIDE, "no facts but its own"),
    "purpose-empty": (2, (LINK, Predicate("purpose", (string(""),))), OUTSIDE, "block 2: Purpose"),
    "purpose-too-long": (2, (LINK, Predicate("purpose", (string("x" * 501),))), OUTSIDE, "block 2: Purpose"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_blocks_that_are_no_link(name: str) -> None:
    position, facts, kind, why = FAULTS[name]
    with pytest.raises(kind, match=why) as caught:
        taken(Block((), facts, (), 0, 0), position)
    assert caught.value.code == kind.code
    assert getattr(caught.value, "step", None) == 1


@pytest.mark.parametrize("kind", [integer(1)[0], string("")[0]], ids=["number", "text"])
def test_a_value_is_asked_for_its_type_and_its_type_for_its_value(kind: int) -> None:
    """No admitted block holds these; the reader does not lean on that."""
    for terms in ((kind, ID), date(100)), (octets(ID), (kind, 100)), (*LINK.terms, (kind, 100)):
        with pytest.raises(MalformedError):
            taken(Block((), (link(*terms),), (), 0, 0), 2)
    with pytest.raises(MalformedError):
        taken(Block((), (link(*LINK.terms, (integer(1)[0], URL)),), (), 0, 0), 2)


def blocks() -> tuple[SignedBlock, ...]:
    """Three links, the middle one with the most in it."""
    token = passed(given(READ), PLANNER, SCOUT, *(caveat.Glob("path", f"/{n}/*") for n in range(6)))
    token = passed(token, SCOUT, PLANNER, *(caveat.Glob("path", f"/{n}/*") for n in "ab"), READ)
    return parse(base64url_decode(token.encode()), most_blocks=3).blocks


@pytest.mark.parametrize(("name", "what"), [("terms", "values"), ("globs", "patterns")])
def test_what_a_chain_holds_is_counted_to_the_limit(name: str, what: str) -> None:
    symbols: tuple[str, ...] = ()
    counts = []
    for signed in blocks():
        block = admit(signed.payload, symbols, Limits())
        symbols += block.symbols
        counts.append(getattr(block, name))
    chain = chains.read(blocks(), Limits(**{name: sum(counts)}))
    assert [link.position for link in chain.links] == [1, 2, 3]
    assert chain.symbols == symbols
    assert max(counts) < sum(counts) - 1
    with pytest.raises(LimitError, match=f"at most {sum(counts) - 1} {what} in a chain") as caught:
        chains.read(blocks(), Limits(**{name: sum(counts) - 1}))
    assert (caught.value.code, caught.value.step) == ("limit_exceeded", 1)
