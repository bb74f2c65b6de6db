"""What the named blocks of docs/spec/macaroon.md must hold, made by the code from the keys that the page names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.unit.macaroon_world import held

from attorn import Identity, Request, Token, Verifier, caveat, macaroon
from attorn.encoding import base64url_decode
from attorn.keys import multikey
from attorn.macaroon import MacKey
from attorn.macaroon.container import parse_all
from attorn.macaroon.mac import require
from attorn.token.discharge import discharge

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
AUDIENCE = "did:web:calendar.example"
KEY, FRIEND = MacKey(b"\x09" * 32), MacKey(b"\x0c" * 32)


def person(number: int, drawn: bytes = b"\x07") -> Identity:
    return Identity.from_seed(bytes((number,)) * 32, clock=lambda: NOW, random=lambda size: drawn * size)


def tokens(request: Request) -> tuple[Token, Token, str]:
    """The chain of wire.md on a base, and its presentation."""
    alice, planner, scout = person(1, b"\x11"), person(2, b"\x22"), person(3, b"\x33")
    limits = [
        caveat.Purpose("Plan my November"),
        caveat.Actions("events:read", "events:write"),
        caveat.Resources("cal://alice"),
        caveat.ExpiresIn(hours=8),
    ]
    base = macaroon.issue(KEY, random=lambda size: b"\x44" * size)
    first = alice.mint(to=planner.did, caveats=limits, base=base)
    second = planner.delegate(first, to=scout.did, caveats=[caveat.Actions("events:read"), caveat.MaxUses(10)])
    return first, second, scout.present(second, request, audience=AUDIENCE)


def examples(request: Request) -> dict[str, bytes | str]:
    first, second, wire = tokens(request)
    (whole,) = parse_all(base64url_decode(wire))
    (link,) = first.unverified.blocks
    signed = b"\0ATTORN\0MACAROON LINK\0v1\0" + link.transcript + multikey.encode(link.next_key) + link.payload  # type: ignore[union-attr]
    demanding = require(held(second), key=FRIEND, identifier=b"is it monday?", random=lambda size: b"\x55" * size)
    met = discharge(FRIEND, b"is it monday?", caveats=[caveat.Range("limit", maximum=5)])
    return {
        "macaroon-identifier": whole.identifier,
        "macaroon-base-text": macaroon.encode(macaroon.issue(KEY, random=lambda size: b"\x44" * size)),
        "macaroon-link-1-signed": signed,
        "macaroon-link-1-signature": link.signature,
        "macaroon-link-1": whole.unverified_caveats[0].id.decode(),
        "macaroon-token-text": second.encode(),
        "macaroon-presentation": whole.unverified_caveats[-1].id.decode(),
        "macaroon-presentation-text": wire,
        "macaroon-vid": demanding.unverified_caveats[-1].vid or b"",
        "macaroon-discharge-text": macaroon.encode(met),
    }


def permitted(request: Request) -> bool:
    """Whether the page's presentation is allowed by a verifier with the page's key."""
    _, _, wire = tokens(request)
    verifier = Verifier(
        audience=AUDIENCE, roots=[person(1).did], macaroon_keys=[KEY], clock=lambda: NOW + timedelta(seconds=5)
    )
    return verifier.authorize(wire, request).decision.allowed
