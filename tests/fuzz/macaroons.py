"""Harnesses of the Macaroon format: both codecs, the links in it, and macaroons with a MAC over whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from tests.fuzz.wire import CHAIN, REQUEST, RICH, chains, hold, known_store, trusted
from tests.property.chains import AUDIENCE, PEOPLE, Step, build, clock

from attorn import Denied, Identity, Verifier
from attorn.biscuit.block import encode
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import SignatureError, UnavailableError, VerificationError
from attorn.keys import multikey
from attorn.limits import Limits
from attorn.macaroon import container, issuing, link, mac, notation, text
from attorn.macaroon.container import Macaroon, UnverifiedCaveat
from attorn.macaroon.discharge import ThirdParty, granting
from attorn.token import discharge as grants
from attorn.token.carrier import MacaroonCarrier
from attorn.token.token import read_text

KEY = mac.MacKey(bytes(range(32)))
THIRD = mac.MacKey(bytes(range(1, 33)))
MOST_LINKS = 8
_IDENTIFIER = b"identifier"
_PAYLOADS = build(PEOPLE[0], [Step(PEOPLE[at + 1], RICH[at]) for at in range(3)]).blocks


def _binary(data: bytes) -> bool:
    several = accepted(lambda: container.parse_all(data), VerificationError)
    require(container.encode_all(several) == data, "macaroons")
    one = tried(lambda: container.parse(data), VerificationError)
    require((one is not None) == (len(several) == 1), "one or several")
    require(one is None or (one == several[0] and one.encode() == data), "macaroon")
    for each in several:
        _as_json(each)
    return True


def _as_json(macaroon: Macaroon) -> None:
    written = notation.to_json(macaroon)
    require(notation.from_json(written) == macaroon == text.decode(written), "another macaroon as JSON", written)
    require(text.decode(text.encode(macaroon)) == macaroon, "another macaroon in base64url", written)
    require(container.parse(macaroon.encode()) == macaroon, "another macaroon in binary", written)


def _json(data: bytes) -> bool:
    given = text_of(data)
    one = tried(lambda: notation.from_json(given), VerificationError)
    if one is not None:
        written = notation.to_json(one)
        require(notation.from_json(written) == one, "another macaroon once written", written)
        require(notation.to_json(notation.from_json(written)) == written, "written anew otherwise", written)
        _as_json(one)
        return True
    several = accepted(lambda: notation.all_from_json(given), VerificationError)
    written = notation.all_to_json(several)
    require(notation.all_from_json(written) == several, "other macaroons once written", written)
    require(container.parse_all(container.encode_all(several)) == several, "other macaroons in binary", written)
    return True


def _links(data: bytes) -> bool:
    """Caveats of any content in a macaroon with the right MAC: verified, and read as links."""
    caveats = [each for each in parts_of(data, 12) if each]
    macaroon = mac.mint(KEY, _IDENTIFIER)
    discharges = []
    for number, caveat in enumerate(caveats):
        if caveat[:1] == b"?":
            # A third party's, discharged as it should be; what stands behind the mark are the discharge's conditions.
            asked = b"ask %d" % number
            macaroon = mac.require(macaroon, key=THIRD, identifier=asked, random=bytes)
            found = mac.discharge(THIRD, asked)
            discharges.append(mac.attenuate(found, caveat[1:]) if caveat[1:] else found)
        else:
            macaroon = mac.attenuate(macaroon, caveat)
    bound = [mac.bind(macaroon, each) for each in discharges]
    proven = mac.verify(macaroon, bound, KEY)
    require(len(proven.caveats) == len(caveats), "a caveat that the MAC does not cover")
    chain = accepted(lambda: link.read(proven.identifier, proven.caveats, most_links=MOST_LINKS), VerificationError)
    unverified = link.read(macaroon.identifier, macaroon.unverified_caveats, most_links=MOST_LINKS)
    require(unverified == chain, "other links before the MAC is verified than behind")
    written = [_link(each) for each in chain.links]
    if chain.presentation is not None:
        shown = chain.presentation
        written.append(b"attorn-presentation-1." + base64url_encode(shown.signature + shown.payload).encode())
    require(written == [each.id for each in proven.caveats if each.vid is None], "links")
    keys = [PEOPLE[0].key, *(each.next_key for each in chain.links)]
    for position, (key, each) in enumerate(zip(keys, chain.links, strict=False), start=1):
        tried(lambda key=key, each=each, at=position: link.verify_link(key, each, at), SignatureError)  # type: ignore[misc]
    require(chain.presentation is None or type(chain.presentation.signed_by(keys[-1])) is bool, "no answer")
    return True


def _link(signed: link.SignedLink) -> bytes:
    key = multikey.encode(signed.next_key)
    return b"attorn-link-1." + base64url_encode(bytes((len(key),)) + key + signed.signature + signed.payload).encode()


def _mac(data: bytes) -> bool:
    """Macaroons of any content under any MAC: only the one that was minted is genuine, with its own discharge."""
    several = accepted(lambda: container.parse_all(data), VerificationError)
    proven = accepted(lambda: mac.verify(several[0], several[1:], KEY), VerificationError)
    first, *rest = several
    require(any(_same(first, each[0]) and len(rest) == len(each) - 1 for each in _minted()), "a forged macaroon")
    require(
        all(_same(mine, theirs) for mine, theirs in zip(rest, _discharges(first), strict=True)), "a forged discharge"
    )
    return len(proven.caveats) == len(first.unverified_caveats)


def _same(one: Macaroon, other: Macaroon) -> bool:
    """Whether the two differ in no more than their locations, which no MAC covers."""
    caveats = [[(each.id, each.vid) for each in macaroon.unverified_caveats] for macaroon in (one, other)]
    return (one.identifier, one.signature) == (other.identifier, other.signature) and caveats[0] == caveats[1]


def _discharges(first: Macaroon) -> list[Macaroon]:
    return [macaroon for each in _minted() if _same(first, each[0]) for macaroon in each[1:]]


def _minted() -> list[list[Macaroon]]:
    plain = mac.attenuate(mac.mint(KEY, b"plain", location="here"), b"a = 1")
    asking = mac.require(plain, key=THIRD, identifier=b"ask", random=bytes, location="there")
    return [[plain], [mac.mint(KEY, b"bare")], [asking, mac.bind(asking, mac.discharge(THIRD, b"ask"))]]


def _chain() -> Macaroon:
    """A macaroon of three links and a presentation, the third behind a third party's caveat."""
    macaroon = mac.mint(KEY, _IDENTIFIER)
    for at, block in enumerate(_PAYLOADS):
        if at == 2:
            macaroon = mac.require(macaroon, key=THIRD, identifier=b"ask", random=bytes)
        macaroon = link.append_link(PEOPLE[at].signer, macaroon, block.payload, PEOPLE[at + 1].key)
    return link.append_presentation(PEOPLE[3].signer, macaroon, b"payload")


def _all() -> list[list[Macaroon]]:
    odd = Macaroon(b"\xff\xfe", (UnverifiedCaveat(b"\x80"), UnverifiedCaveat(b"?", bytes(72))), bytes(range(200, 232)))
    return [*_minted(), [_chain()], [odd]]


def _binaries() -> Iterable[bytes]:
    yield from (container.encode_all(each) for each in _all())


def _jsons() -> Iterable[bytes]:
    for each in _all():
        yield notation.all_to_json(each).encode()
        yield notation.to_json(each[0]).encode()
        yield json.dumps(json.loads(notation.to_json(each[0])), indent=1).encode()


def _conditions() -> Iterable[bytes]:
    caveats = [b"?" if each.vid is not None else each.id for each in _chain().unverified_caveats]
    yield joined(*caveats)
    yield joined(*caveats[:1])
    yield joined(*caveats[:2], *caveats[3:4])
    yield joined(caveats[0], b"?a = 1", caveats[1])


def _genuine() -> Iterable[bytes]:
    yield from (container.encode_all(each) for each in _minted())


def _wire(data: bytes) -> bool:
    """Presentations as text: nobody who holds no key makes one, but whoever passes it on writes what no MAC covers."""
    given = text_of(data)
    access = accepted(lambda: _judge().authorize(given, REQUEST), VerificationError, Denied, UnavailableError)
    read = container.parse_all(read_text(given, Limits()))
    known = [container.parse_all(base64url_decode(each)) for each in _wires()]
    require(any(_all_same(read, each) for each in known), "a forged presentation", given)
    return access.decision.allowed


def _all_same(some: Sequence[Macaroon], others: Sequence[Macaroon]) -> bool:
    """Whether the first are the same, and the discharges, in whatever order they stand."""
    first, *rest = sorted(some, key=lambda each: (each.identifier != some[0].identifier, each.identifier))
    other, *more = sorted(others, key=lambda each: (each.identifier != others[0].identifier, each.identifier))
    return len(rest) == len(more) and all(map(_same, (first, *rest), (other, *more)))


def _judge() -> Verifier:
    return Verifier(audience=AUDIENCE, roots=trusted, store=known_store(), clock=clock, cache=0, macaroon_keys=[KEY])


@cache
def _wires() -> tuple[str, ...]:
    drawn = count()
    people = [
        Identity.from_seed(bytes((number,)) * 32, clock=clock, random=lambda size: next(drawn).to_bytes(size, "big"))
        for number in (1, 2, 3)
    ]
    alice, planner, scout = people
    require([each.did for each in people] == [each.did for each in PEOPLE[:3]], "other people")
    base = issuing.issue(KEY, random=bytes, location="here")
    plain = alice.mint(to=planner.did, caveats=RICH[0], base=base)
    narrow = planner.delegate(plain, to=scout.did, caveats=RICH[1])
    asking = ThirdParty(THIRD, b"ask", "there")
    demanding = planner.delegate(plain, to=scout.did, caveats=RICH[2], third_parties=[asking])
    granted = grants.discharge(THIRD, b"ask", caveats=[RICH[1][0]])
    return (
        planner.present(plain, REQUEST, audience=AUDIENCE),
        scout.present(narrow, REQUEST, audience=AUDIENCE),
        scout.present(demanding, REQUEST, audience=AUDIENCE, discharges=[granted]),
    )


def _chain_of(data: bytes) -> bool:
    """Links of any content, each signed by whoever should, and discharged: behind MAC and signatures."""
    *parts, last = parts_of(data, 8)
    carrier = MacaroonCarrier(issuing.issue(KEY, random=bytes))
    macaroon, discharges, links = carrier.macaroon, [], 0
    by = PEOPLE[0]
    for number, part in enumerate(parts):
        if part[:1] == b"?":
            asked = b"ask %d" % number
            macaroon = mac.require(macaroon, key=THIRD, identifier=asked, random=bytes)
            discharges.append(granting(THIRD, asked, part[1:]))
        elif len(part) > 1:
            to = PEOPLE[part[0] % 9]
            macaroon, links, by = link.append_link(by.signer, macaroon, part[1:], to.key), links + 1, to
    if not last or not links:
        return False
    made = MacaroonCarrier(macaroon, (), tuple(discharges)).presented(by.signer, last)
    wire = base64url_encode(made)
    access = accepted(lambda: _judge().authorize(wire, REQUEST), VerificationError, Denied, UnavailableError)
    require((access.root, access.holder) == (PEOPLE[0].did, by.did), "somebody else's authority")
    hold(access, links)
    return True


def _wire_seeds() -> Iterable[bytes]:
    for each in _wires():
        yield each.encode()
        yield notation.all_to_json(container.parse_all(base64url_decode(each))).encode()


def _given(payloads: Sequence[bytes]) -> list[bytes]:
    """Each payload behind the number of whom its link is given to."""
    return [bytes((at,)) + payload for at, payload in enumerate(payloads, start=1)]


def _chain_seeds() -> Iterable[bytes]:
    for payloads, last in chains():
        yield joined(*_given(payloads), last)
    payloads, last = list(chains())[2]
    links = _given(payloads)
    granted = encode((), (RICH[1][0].render(),), ())  # type: ignore[arg-type]
    yield joined(b"?" + granted, *links, last)
    yield joined(links[0], b"?", *links[1:], b"?" + granted, last)


_CONDITIONS = mutators.each_part(
    mutators.either(
        mutators.base64url(mutators.plain, b"attorn-link-1."),
        mutators.base64url(mutators.plain, b"attorn-presentation-1."),
    )
)

HARNESSES = (
    Harness("macaroon", "identity; the same in JSON", _binary, _binaries, "attorn.macaroon.container:parse_all",
            "attorn.macaroon.container:Macaroon.encode"),
    Harness("macaroon-json", "fixpoint; the same in binary", _json, _jsons, "attorn.macaroon.notation:from_json",
            "attorn.macaroon.notation:to_json", mutators.json_text),
    Harness("macaroon-links", "identity", _links, _conditions, "attorn.macaroon.link:read", None, _CONDITIONS),
    Harness("macaroon-mac", "nothing is genuine but what was minted", _mac, _genuine, "attorn.macaroon.mac:verify",
            None, size=1024),
    Harness("macaroon-wire", "nothing is accepted but what was signed", _wire, _wire_seeds,
            "attorn.verify.verifier:Verifier.authorize", None,
            mutators.either(mutators.base64url(mutators.plain), mutators.json_text)),
    Harness("macaroon-chain", "what is accepted breaks no caveat", _chain_of, _chain_seeds,
            "attorn.verify.verifier:Verifier.authorize", None, CHAIN),
)  # fmt: skip
