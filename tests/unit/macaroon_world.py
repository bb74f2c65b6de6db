"""The scene of tests/unit/scene.py with Macaroons: one server's key, its bases, and wires taken apart and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.unit import scene
from tests.unit.macaroon_scene import SECRET, chained, generated, mac, token_key
from tests.unit.scene import ALICE, PLANNER, READ, REQUEST, draw

from attorn import Access, AttornError, Denied, Identity, Request, Token, Verifier, macaroon
from attorn.caveat import Caveat
from attorn.encoding import base64url_decode, base64url_encode
from attorn.macaroon import Macaroon, MacKey, ThirdParty
from attorn.macaroon.container import UnverifiedCaveat, encode_all, parse_all
from attorn.macaroon.mac import bind
from attorn.token.carrier import MacaroonCarrier
from attorn.token.discharge import discharge

KEY = MacKey(SECRET)
FRIEND, STRANGER = MacKey(b"f" * 32), MacKey(b"s" * 32)
ASK = b"is it monday?"
ASKED = ThirdParty(FRIEND, ASK)


def base(key: MacKey = KEY) -> Macaroon:
    """A base that no test was given before."""
    return macaroon.issue(key, random=draw)


def given(*caveats: Caveat, by: Identity = ALICE, to: Identity = PLANNER, **call: Any) -> Token:
    """A token of one link, on a fresh base unless one is named."""
    return by.mint(to=to.did, caveats=caveats or (READ,), **{"base": base(), **call})


def verifier(**changed: Any) -> Verifier:
    return scene.verifier(**{"macaroon_keys": [KEY], **changed})


def accepted(text: str, *, by: Verifier | None = None, request: Request = REQUEST, **call: Any) -> Access:
    return scene.accepted(text, by=by or verifier(), request=request, **call)


def refused(text: str, code: str, step: int | None, *, by: Verifier | None = None, **call: Any) -> AttornError:
    return scene.refused(text, code, step, by=by or verifier(), **call)


def denied(text: str, step: int, link: int, *, by: Verifier | None = None, **call: Any) -> Denied:
    return scene.denied(text, step, link, by=by or verifier(), **call)


def held(token: Token) -> Macaroon:
    """The macaroon of a token in transit."""
    assert isinstance(token.carrier, MacaroonCarrier)
    return token.carrier.macaroon


def opened(wire: str) -> tuple[Macaroon, ...]:
    """The macaroon of a presentation and its discharges."""
    return parse_all(base64url_decode(wire))


def closed(*macaroons: Macaroon) -> str:
    return base64url_encode(encode_all(macaroons))


def attended(token: Token, by: Identity, *discharges: Macaroon, **call: Any) -> str:
    """A presentation that goes with these discharges, whatever the chain asks for: `present` would refuse."""
    asked = [each.id for each in held(token).unverified_caveats if each.vid is not None]
    whole, *_ = opened(scene.shown(token, by, discharges=[discharge(FRIEND, each) for each in asked], **call))
    return closed(whole, *(bind(whole, each) for each in discharges))


def remade(
    whole: Macaroon,
    caveats: Sequence[UnverifiedCaveat],
    *,
    identifier: bytes | None = None,
    secret: bytes = SECRET,
) -> Macaroon:
    """The macaroon with other caveats and a MAC that is right for them, as whoever holds its base can make it."""
    name = whole.identifier if identifier is None else identifier
    parts = [each.id if each.vid is None else (each.vid, each.id) for each in caveats]
    signature = chained(mac(generated(token_key(secret, name)), name), *parts)
    return replace(whole, identifier=name, unverified_caveats=tuple(caveats), signature=signature)


def bent(each: UnverifiedCaveat) -> UnverifiedCaveat:
    """The caveat of a link or presentation with another signature: one byte of it, behind any key, is changed."""
    where = each.id.index(b".") + 1 + 4 * 18
    other = b"B" if each.id[where : where + 1] == b"A" else b"A"
    return UnverifiedCaveat(each.id[:where] + other + each.id[where + 1 :])
