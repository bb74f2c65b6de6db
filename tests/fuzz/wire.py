"""Harnesses of the Biscuit format: container, blocks, tokens, presentations, and whole chains signed after mutation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from random import Random

from tests.fuzz import datalog, mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.property.chains import AUDIENCE, NOW, PEOPLE, Person, Step, build, clock, clock_at, presentation, wire_of
from vectors.testkit import ALICE
from vectors.testkit import NOW as VECTORS_NOW

from attorn import Access, Denied, Request, Verifier, caveat, macaroon, tree
from attorn.biscuit import admission, block, container, signature
from attorn.biscuit.container import Container, ProofKind
from attorn.biscuit.text import check_text
from attorn.caveat import Caveat, spoken
from attorn.caveat.counted import Counted
from attorn.caveat.formula import Alternatives
from attorn.caveat.profile import recognise
from attorn.caveat.status import Standing
from attorn.caveat.unrecognised import Unrecognised
from attorn.encoding import base64url_decode
from attorn.engine import StockEngine
from attorn.errors import InputError, SignatureError, UnavailableError, VerificationError
from attorn.keys.public import Algorithm, PublicKey
from attorn.limits import Limits
from attorn.macaroon import container as macaroons
from attorn.macaroon import notation
from attorn.request.facts import Facts
from attorn.request.money import Money
from attorn.revocation import Roll
from attorn.statement import Statement
from attorn.status import token_list
from attorn.store import MemoryStore
from attorn.token import link as links
from attorn.token import presentation as presentations
from attorn.token.token import Token

LIMITS = Limits()
VECTORS = Path(__file__).parent.parent.parent / "vectors" / "cases"
REQUEST = Request(
    action="events:read",
    resource="cal://alice/2026-11",
    args={
        "limit": 10,
        "to": "https://a.example/x",
        "at": "10.1.2.3",
        "in": "/data/a",
        "tags": ["a", "b"],
        "on": True,
        "no": None,
    },
    cost=Money(100, "EUR"),
)
"""It has an argument of every kind that a caveat may be about."""
SIGNED_FOR = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10})
"""The request of the conformance vectors."""
FACTS = Facts(REQUEST, audience=AUDIENCE, now=NOW, depth=1)
RICH: tuple[tuple[Caveat, ...], ...] = (
    (caveat.Actions("events:read", "events:write"), caveat.Resources("cal://alice"), caveat.Expires(clock_at(NOW + 9))),
    (caveat.MaxDepth(2), caveat.Purpose("find an hour"), caveat.Range("limit", 1, 50), caveat.MaxUses(3)),
    (caveat.OneOf("limit", 1, 10), caveat.StartsWith("to", "https:"), caveat.Glob("to", "https://**")),
    (caveat.UrlHost("to", "*.example"), caveat.Cidr("at", "10.0.0.0/8"), caveat.Subpath("in", "/data")),
    (caveat.Contains("tags", "a"), caveat.MaxLength("tags", 3), caveat.Equals("on", True), caveat.Equals("no", None)),
    (caveat.Rate(3, "day"), caveat.Budget(500, "EUR", "month")),
    (caveat.AnyOf(caveat.Equals("limit", 3), caveat.Not(caveat.Range("limit", None, 5))), caveat.Audience(AUDIENCE)),
    (caveat.SubsetOf("tags", "a", "b", "c"), caveat.NotOneOf("limit", 3)),
    (caveat.RequiresApproval(by=[PEOPLE[5].did], when=caveat.Range("limit", 11)), caveat.Range("limit", None, 50)),
    (caveat.Agent(attested_by=PEOPLE[3].did, model=["a", "b"], every=True),),
    (caveat.FreshList(PEOPLE[3].did), caveat.Status("https://a.example/1", 7, PEOPLE[4].did)),
)
KNOWN = build(PEOPLE[0], [Step(PEOPLE[1], RICH[0])]).symbols
"""The symbols before a second block."""
_REFUSED = (VerificationError,)


def _container(data: bytes) -> bool:
    found = accepted(lambda: container.parse(data, most_blocks=8), *_REFUSED)
    require(found.encode() == data, "container")
    for each in found.blocks:
        message = each.encode()
        require(container.parse_block(message, 0, len(message)) == each, "signed block")
    tried(lambda: signature.verify_foreign(found, PublicKey(Algorithm.ED25519, ALICE.data)), SignatureError)
    return True


def _block(data: bytes) -> bool:
    second, payload = data[:1] == b"2", data[1:]
    known = KNOWN if second else ()
    found = accepted(lambda: admission.admit(payload, known, LIMITS), *_REFUSED)
    require(block.encode(found.facts, found.checks, known) == payload, "block")
    for shaped, check in zip(found.shaped, found.checks, strict=True):
        each = recognise(shaped)
        require(each == recognise(check), "a shape is another caveat than its check", check)
        require(each.render() == check, "a caveat that renders otherwise", check)
        _ask(each)
        tried(lambda check=check: check_text(check), InputError)  # type: ignore[misc]
    by = PEOPLE[1].principal if second else None
    link = tried(lambda: links.read(found, 1 + second, by, PEOPLE[2].key), *_REFUSED)
    if link is not None:
        require(block.encode(*links.write(link), known) == payload, "link")
        require(all(line.isprintable() for line in tree.draw([link], colour=False).split("\n")), "a tree with controls")
    shown = tried(lambda: presentations.read(found), *_REFUSED)
    if shown is not None:
        require(block.encode(shown.facts(), (shown.check(),), known) == payload, "presentation")
    return True


def _ask(each: Caveat) -> None:
    """What a verifier and a command line do with a caveat that it has read."""
    denial = each.prohibits(FACTS)
    require(denial is not None or not isinstance(each, Unrecognised), "an unknown caveat that prohibits nothing")
    each.limit()
    said = json.dumps(spoken.to_json(each))
    if not isinstance(each, Unrecognised | Alternatives):
        again = tried(lambda: spoken.read(said), InputError)
        require(again is None or spoken.to_json(again) == json.loads(said), "a caveat spoken otherwise", said)


def _token(data: bytes) -> bool:
    text = text_of(data)
    token = accepted(lambda: Token.decode(text), *_REFUSED)
    written = token.encode()
    # JSON is a second spelling of a Macaroon.
    require(written == text or text[:1] in ("{", "["), "token")
    require(Token.decode(written) == token and Token.decode(written).encode() == written, "another token", written)
    drawn = tree.draw(token.unverified_links, colour=False)
    require(all(line.isprintable() for line in drawn.split("\n")), "a tree with control characters")
    return True


@cache
def _vectors() -> frozenset[str]:
    """The presentations of the conformance vectors that are accepted for the first one's request."""
    cases = [json.loads(path.read_text()) for path in sorted(VECTORS.glob("*/*.json"))]
    asked = [
        case["input"]
        for case in cases
        if (case["operation"], case["expect"]["code"]) == ("verify-presentation", "ok")
        and not case["input"].get("macaroon_keys")
    ]
    (usual,) = [case["input"] for case in cases if case["name"] == "chain/valid-three-links"]
    return frozenset(
        each["wire"] for each in asked if all(each[name] == usual[name] for name in ("request", "audience", "roots"))
    )


def _wire(data: bytes) -> bool:
    """Nobody who holds no key makes a presentation: all that is ever accepted is what was signed."""
    now = clock_at(VECTORS_NOW)
    judge = Verifier(audience=AUDIENCE, roots=[ALICE.did], store=MemoryStore(), clock=lambda: now, cache=0)
    text = text_of(data)
    access = accepted(lambda: judge.authorize(text, SIGNED_FOR), VerificationError, Denied, UnavailableError)
    require(text in _vectors(), "a forged presentation", text)
    return access.decision.allowed


def _signed_chain(data: bytes) -> tuple[str, Person, int]:
    """The presentation of blocks of any content, each signed by whoever should; its holder, and how many links."""
    *payloads, last = parts_of(data, 6)
    if not payloads or not all(payloads):
        raise Refusal
    signed: list[container.SignedBlock] = []
    by = PEOPLE[0]
    for payload in payloads:
        to = PEOPLE[payload[0] % len(PEOPLE[:9])]
        signed.append(_signed(by, payload[1:], to, signed))
        by = to
    shown = _signed(by, last, by, signed)
    return (
        wire_of([*signed, shown], ProofKind.SEAL, _signature(PEOPLE.index(by), signature.seal_payload(shown))),
        by,
        len(payloads),
    )


def _chain(data: bytes) -> bool:
    """Behind the signatures, every step is reached."""
    wire, by, links = _signed_chain(data)
    judge = Verifier(audience=AUDIENCE, roots=trusted, store=known_store(), clock=clock, cache=0)
    access = accepted(lambda: judge.authorize(wire, REQUEST), VerificationError, Denied, UnavailableError)
    require((access.root, access.holder) == (PEOPLE[0].did, by.did), "somebody else's authority")
    hold(access, links)
    return True


def _engine(data: bytes) -> bool:
    """The same chains, before attorn's verifier and before the stock engine."""
    wire, _, _ = _signed_chain(data)
    engine = StockEngine()
    admitted = accepted(lambda: engine.read(wire), *_REFUSED)
    mine = _verdict(wire)
    links = admitted.chain.links
    if any(isinstance(each, Counted | Standing) for link in links for each in link.caveats):
        return False
    try:
        engine.authorize(wire, REQUEST, root=PEOPLE[0].key, audience=AUDIENCE, now=NOW, nonce=admitted.presentation.id)
    except (VerificationError, Denied) as error:
        require(mine is not None, "attorn allows what the stock engine refuses", error)
        return False
    except UnavailableError:
        return False
    # Windows of links, depth and the like are also refused where they are no caveats of the engine's.
    require(not isinstance(mine, Denied), "a caveat denies what the stock engine allows", mine)
    return True


def _verdict(wire: str) -> Exception | None:
    judge = Verifier(audience=AUDIENCE, roots=trusted, store=known_store(), clock=clock, cache=0)
    try:
        judge.authorize(wire, REQUEST)
    except (VerificationError, Denied, UnavailableError) as error:
        return error
    return None


@cache
def _lists() -> tuple[Statement, ...]:
    """A revocation list and a status list, as fresh as can be, that name nobody."""
    empty = Roll(PEOPLE[3].identity).publish(clock=clock)
    text = token_list.issue("https://a.example/1", bytes(64), by=PEOPLE[4].identity, bits=1, issued=NOW)
    return (*empty.statements(), token_list.read(text).statement())


def known_store() -> MemoryStore:
    """A store that has seen no presentation, and knows the lists that caveats here may depend on."""
    store = MemoryStore()
    store.put(_lists())
    return store


def trusted(root: str, _: Request) -> bool:
    """Whose authority counts here. A list would be resolved for every input."""
    return root == PEOPLE[0].did


def hold(access: Access, links: int) -> None:
    """Raises `Finding` unless there are so many links, and every caveat of each permits the request."""
    facts = Facts(REQUEST, audience=AUDIENCE, now=NOW, depth=links - 1)
    require(len(access.chain) == links, "links are missing")
    for link in access.chain:
        # What depends on a list is asked before, and prohibits where it is asked of the request alone.
        asked = [each for each in link.caveats if not isinstance(each, Standing)]
        require(all(each.prohibits(facts) is None for each in asked), "a caveat was passed over")


def _signed(by: Person, payload: bytes, to: Person, before: list[container.SignedBlock]) -> container.SignedBlock:
    message = signature.block_payload(payload, to.key, before[-1].signature if before else None)
    return container.SignedBlock(payload, to.key, _signature(PEOPLE.index(by), message))


@lru_cache(maxsize=8192)
def _signature(number: int, message: bytes) -> bytes:
    # Remembered, as most blocks of an input are those of the one before.
    return PEOPLE[number].signer.sign(message)


def chains() -> Iterable[tuple[tuple[bytes, ...], bytes]]:
    """The payloads of chains of one to three links, and of a presentation behind each."""
    for first in range(len(RICH)):
        for length in (1, 2, 3):
            steps = [Step(PEOPLE[at + 1], RICH[(first + at) % len(RICH)]) for at in range(length)]
            made = build(PEOPLE[0], steps)
            claim = presentation(REQUEST, number=length)
            yield tuple(each.payload for each in made.blocks), block.encode((), (claim.check(),), made.symbols)


def _chain_seeds() -> Iterable[bytes]:
    for payloads, last in chains():
        yield joined(*(bytes((at,)) + payload for at, payload in enumerate(payloads, start=1)), last)
    for number in (7, 8):
        made = build(PEOPLE[0], [Step(PEOPLE[number], (RICH[1][2],))])
        claim = block.encode((), (presentation(REQUEST).check(),), made.symbols)
        yield joined(bytes((number,)) + made.blocks[0].payload, claim)


def _block_seeds() -> Iterable[bytes]:
    yield from (b"1" + payloads[0] for payloads, _ in chains())
    for rich in RICH:
        made = build(PEOPLE[0], [Step(PEOPLE[1], RICH[0]), Step(PEOPLE[2], rich)])
        yield b"2" + made.blocks[1].payload
    claim = presentation(REQUEST)
    yield b"2" + block.encode(claim.facts(), (claim.check(),), KNOWN)
    named = presentations.Presentation(AUDIENCE, REQUEST.digest(), bytes(16), NOW, NOW + 60, "which?", "retry-1")
    yield b"2" + block.encode(named.facts(), (named.check(),), KNOWN)


def _tokens() -> Iterable[bytes]:
    for number in range(len(RICH)):
        steps = [Step(PEOPLE[at + 1], RICH[(number + at) % len(RICH)]) for at in range(1 + number % 3)]
        yield build(PEOPLE[0], steps).token().encode().encode()
    yield build(PEOPLE[8], [Step(PEOPLE[9], RICH[1]), Step(PEOPLE[7])]).token().encode().encode()
    base = macaroon.issue(macaroon.MacKey(bytes(32)), random=bytes, location="here")
    token = PEOPLE[0].identity.mint(to=PEOPLE[1].did, caveats=RICH[1], base=base)
    yield token.encode().encode()
    yield notation.to_json(macaroons.parse(base64url_decode(token.encode()))).encode()


def _wire_seeds() -> Iterable[bytes]:
    yield from (text.encode() for text in sorted(_vectors()))


def _containers() -> Iterable[bytes]:
    yield from (data for text in _tokens() if text[:1] == b"E" and (data := base64url_decode(text.decode())))
    yield from (base64url_decode(text) for text in sorted(_vectors()))
    (first, *_) = build(PEOPLE[0], [Step(PEOPLE[1])]).blocks
    yield Container((first,), ProofKind.BEARER, bytes(32), 7).encode()


def _said(data: bytes, random: Random) -> bytes:
    return data[:1] + datalog.block(data[1:], KNOWN if data[:1] == b"2" else (), random)


def second_half(data: bytes, random: Random) -> bytes:
    return data[:1] + mutators.protobuf(data[1:], random)


CHAIN = mutators.either(datalog.blocks, datalog.blocks, mutators.each_part(second_half))
_TEXT = mutators.base64url(mutators.protobuf)

HARNESSES = (
    Harness("container", "identity", _container, _containers, "attorn.biscuit.container:parse",
            "attorn.biscuit.container:Container.encode", mutators.protobuf),
    Harness("block", "identity; every caveat renders to its check", _block, _block_seeds,
            "attorn.biscuit.admission:admit", "attorn.biscuit.block:encode", mutators.either(_said, second_half)),
    Harness("token", "identity", _token, _tokens, "attorn.token.token:Token.decode", "attorn.token.token:Token.encode",
            mutators.either(_TEXT, mutators.json_text)),
    Harness("wire", "nothing is accepted but what was signed", _wire, _wire_seeds,
            "attorn.verify.verifier:Verifier.authorize", None, _TEXT),
    Harness("chain", "what is accepted breaks no caveat", _chain, _chain_seeds,
            "attorn.verify.verifier:Verifier.authorize", None, CHAIN),
    Harness("engine", "the stock Biscuit engine agrees", _engine, _chain_seeds, "attorn.engine:StockEngine.read", None,
            CHAIN),
)  # fmt: skip
