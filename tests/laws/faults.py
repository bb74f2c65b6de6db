"""Wrong variants of attorn, each with one check left out or done badly: what the laws must notice."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from attorn.biscuit import container as biscuits
from attorn.biscuit import signature as signatures
from attorn.biscuit import wire
from attorn.caveat import Equals, MaxUses, Range, spoken
from attorn.caveat.argument import Formula, Literal
from attorn.caveat.unrecognised import Unrecognised
from attorn.errors import MalformedError
from attorn.identity import Identity
from attorn.keys import ecdsa
from attorn.keys.public import PublicKey
from attorn.limits import Limits
from attorn.macaroon import container as macaroons
from attorn.request.facts import Facts
from attorn.store import MemoryStore
from attorn.store.ports import Charged
from attorn.token import token as tokens
from attorn.token.link import Link
from attorn.token.token import Token
from attorn.verify import arrival, clearing, verifier
from attorn.verify import chain as links
from attorn.verify.arrival import ArrivedBiscuit, ArrivedMacaroon
from attorn.verify.chain import VerifiedChain
from attorn.verify.rotation import Principals
from attorn.verify.verifier import Verifier

Fault = Callable[[pytest.MonkeyPatch], None]


def _clearing(kept: Callable[[VerifiedChain], list[Any]]) -> Fault:
    """Step 9 asks only some of the caveats."""
    honest = clearing.clear

    def fault(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(verifier, "clear", lambda chain, *rest: honest(replace(chain, caveats=tuple(kept(chain))), *rest))

    return fault


last_link_only = _clearing(lambda chain: [each for each in chain.caveats if each[0] is chain.links[-1]])
all_but_last_link = _clearing(lambda chain: [each for each in chain.caveats if each[0] is not chain.links[-1]])
first_caveat_only = _clearing(lambda chain: list(chain.caveats[:1]))


def _setting(target: Any, name: str, value: Any) -> Fault:
    return lambda patch: patch.setattr(target, name, value)


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _within(limit: Range, low: int, high: int) -> bool:
    """The minimum is excluded."""
    return (limit.minimum is None or low > limit.minimum) and (limit.maximum is None or high <= limit.maximum)


def _floor(facts: Facts, name: str) -> tuple[int, int] | None:
    value: Any = facts.request.args.get(name)
    return (int(value), int(value)) if type(value) in (int, float) else None


def _folded(limit: Equals, facts: Facts) -> bool | None:
    text = facts.text(limit.name)
    return None if text is None else str(limit.value).lower() in text.lower()


excluding_range = _setting(Range, "admits", _within)
no_ceiling = _setting(Facts, "number", _floor)
always_narrower = _setting(Range, "narrower_than", lambda self, other: True if isinstance(other, Range) else None)
unknown_permits = _setting(
    Formula, "prohibits", lambda self, facts: self.denial("x") if self.holds(facts) is False else None
)
unrecognised_permits = _setting(Unrecognised, "prohibits", _nothing)
case_folded = _setting(Equals, "holds", _folded)


def negation_not_read(patch: pytest.MonkeyPatch) -> None:
    honest = Range.from_pattern

    def read(predicate: Any, expressions: Any) -> Literal | None:
        found = honest(predicate, expressions)
        return None if found is None else Literal(found.atom, False)

    patch.setattr(Range, "from_pattern", read)


def read_without_comparing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Range, "pattern", _Anything(Range.pattern))


class _Anything:
    """A pattern that says it is whatever it is compared with."""

    def __init__(self, honest: Callable[..., Any]) -> None:
        self.honest = honest

    def __get__(self, atom: Any, kind: Any) -> Callable[..., Any]:
        return lambda first, negated: _Equal(self.honest(atom, first, negated))


class _Equal(tuple):  # type: ignore[type-arg]
    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def says_another_number(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(spoken._READERS, "MaxUses", lambda value: MaxUses(int(value) + 1))  # type: ignore[index]


def macaroon_loses_caveats(patch: pytest.MonkeyPatch) -> None:
    honest = ArrivedMacaroon.read_chain

    def read(self: ArrivedMacaroon, limits: Limits) -> Any:
        chain = honest(self, limits)
        return replace(chain, links=(*chain.links[:-1], replace(chain.links[-1], caveats=())))

    patch.setattr(ArrivedMacaroon, "read_chain", read)


def window_closed(patch: pytest.MonkeyPatch) -> None:
    honest = Verifier._check_time
    patch.setattr(
        Verifier,
        "_check_time",
        lambda self, chain, said, now: honest(self, replace(chain, stop=chain.stop + 1), said, now),
    )


def twice_the_skew(patch: pytest.MonkeyPatch) -> None:
    honest = links.join
    patch.setattr(links, "join", lambda chain, skew: honest(chain, 2 * skew))


def one_deeper(patch: pytest.MonkeyPatch) -> None:
    honest = links._Together
    patch.setattr(links, "_Together", lambda depth, skew: honest(depth - 1, skew))


def no_count_of_blocks(patch: pytest.MonkeyPatch) -> None:
    biscuit, macaroon = arrival.outline, arrival.macaroon_links.read
    patch.setattr(arrival, "outline", lambda data, most_blocks: biscuit(data, most_blocks=64))
    patch.setattr(arrival.macaroon_links, "read", lambda *some, most_links: macaroon(*some, most_links=64))


def last_account_only(patch: pytest.MonkeyPatch) -> None:
    honest = clearing.entries
    patch.setattr(clearing, "entries", lambda *some: dict([*honest(*some).items()][-1:]))


def charged_one_by_one(patch: pytest.MonkeyPatch) -> None:
    """What was charged before the limit was met stays charged."""
    honest = MemoryStore.charge

    def charge(self: MemoryStore, charges: Any, **rest: Any) -> Charged:
        for each in charges:
            found = honest(self, [each], **rest)
            if found.refused is not None:
                return found
        return honest(self, [], **rest)

    patch.setattr(MemoryStore, "charge", charge)


no_replay = _setting(Verifier, "_check_replay", _nothing)
no_binding = _setting(Verifier, "_check_binding", _nothing)
no_standing = _setting(Verifier, "_check_standing", _nothing)
no_trust = _setting(Verifier, "_trust", _nothing)
no_signatures = _setting(links, "verify_signatures", _nothing)


def no_presentation_signature(patch: pytest.MonkeyPatch) -> None:
    for kind in (ArrivedBiscuit, ArrivedMacaroon):
        patch.setattr(kind, "verify_presentation", _nothing)


def any_signature(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PublicKey, "verify", lambda self, signature, message: True)


def any_mac(patch: pytest.MonkeyPatch) -> None:
    """Whatever the MAC says, the caveats are taken as they stand; signatures too, or they would notice."""
    any_signature(patch)
    patch.setattr(arrival.mac, "verify", lambda macaroon, *rest: _taken(macaroon))


def _taken(macaroon: Any) -> Any:
    caveats = tuple(arrival.mac.ProvenCaveat(each.id, each.vid) for each in macaroon.unverified_caveats)
    return arrival.mac.Proven(macaroon.identifier, caveats)


delegate_named_for_delegator = _setting(Link, "delegator", property(lambda self: self.to.did))
anyone_holds = _setting(Identity, "_hold", _nothing)


def first_key_that_is_listed(patch: pytest.MonkeyPatch) -> None:
    """The key that the token itself names, and not the one of the root's DID."""
    honest = Principals.delegator_key

    def delegator_key(principals: Any, link: Any) -> Any:
        honest(principals, link)
        from tests.property.chains import PEOPLE  # noqa: PLC0415

        return PEOPLE[0].key

    patch.setattr(Principals, "delegator_key", delegator_key)


def doubled_text_halved(patch: pytest.MonkeyPatch) -> None:
    honest = arrival.read_text

    def read(text: str, limits: Limits) -> bytes:
        half = len(text) // 2
        return honest(text[:half] if text[:half] == text[half:] else text, limits)

    patch.setattr(arrival, "read_text", read)


def long_varints(patch: pytest.MonkeyPatch) -> None:
    for module in (wire, macaroons):
        patch.setattr(module, "varint_decode", _loose_varint)


def _loose_varint(data: bytes, index: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[index]
        value |= (byte & 127) << shift
        shift += 7
        index += 1
        if not byte & 128:
            return value, index


def loose_base64(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "base64url_decode", lambda text: base64.urlsafe_b64decode("".join(text.split()) + "=="))


def padded_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Token, "encode", lambda self: tokens.base64url_encode(self.carrier.encode()) + "=")


def any_s(patch: pytest.MonkeyPatch) -> None:
    honest = ecdsa.der_to_raw
    patch.setattr(ecdsa, "is_low_s", lambda raw: True)
    patch.setattr(signatures, "der_to_raw", lambda der: honest(der, low_s=False))


def loose_der(patch: pytest.MonkeyPatch) -> None:
    honest = ecdsa.der_to_raw
    patch.setattr(
        signatures,
        "der_to_raw",
        lambda der: honest(bytes((0x30, der[1] - 1, 2, der[3] - 1)) + der[5:]) if der[4:6] == b"\0\0" else honest(der),
    )


def parser_that_breaks(patch: pytest.MonkeyPatch) -> None:
    honest = macaroons.parse_all

    def parse(data: bytes) -> Any:
        return honest(data) if data[-1] % 4 else {}[data]

    patch.setattr(macaroons, "parse_all", parse)


def one_digest_for_all(patch: pytest.MonkeyPatch) -> None:
    honest = verifier.arrive
    kinds = (ArrivedMacaroon, ArrivedBiscuit)
    patch.setattr(
        verifier,
        "arrive",
        lambda *some: replace(found, digest=b"") if isinstance(found := honest(*some), kinds) else found,
    )


def standing_not_asked_again(patch: pytest.MonkeyPatch) -> None:
    """A verifier with a memory takes revocations for settled."""
    honest = Verifier._check_standing
    patch.setattr(
        Verifier, "_check_standing", lambda self, *some: None if self._cache is not None else honest(self, *some)
    )


def anybody_may_revoke(patch: pytest.MonkeyPatch) -> None:
    honest = Verifier._check_standing

    def check(self: Verifier, chain: VerifiedChain, now: int) -> None:
        if self.store.statements(chain.subjects):
            raise verifier.ExpiredError("somebody said something")
        honest(self, chain, now)

    patch.setattr(Verifier, "_check_standing", check)


def proof_anywhere(patch: pytest.MonkeyPatch) -> None:
    """Bytes behind the proof are not looked at."""
    honest = biscuits.outline

    def outline(data: bytes, *, most_blocks: int) -> Any:
        for stop in range(len(data), max(0, len(data) - 12), -1):
            try:
                return honest(data[:stop], most_blocks=most_blocks)
            except MalformedError:
                continue
        return honest(data, most_blocks=most_blocks)

    patch.setattr(arrival, "outline", outline)
