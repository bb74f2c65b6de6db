"""Macaroons in transit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import macaroons as mac
from . import testkit as kit
from .case import Case
from .macaroon_cast import Cast
from .transit import InTransit
from .world import World


def held(name: str, notes: str, attack: int | None, text: Callable[[Cast], str], **more: Any) -> InTransit:
    """A Macaroon in transit, and a verifier that has its server's key."""
    also = more.pop("also", None) or (lambda s: {"macaroon_keys": [kit.url64(s.secret)]})
    return InTransit(f"macaroon/token-{name}", notes, attack, lambda s: text(Cast(s)), also=also, **more)


MACAROON_ORDER = "docs/spec/macaroon.md section 4: the macaroon alone, its last caveat a link"
RECIPES: tuple[Callable[[World], Case], ...] = (
    held(
        "valid", "three links", None, lambda c: mac.text(c.chain), people=lambda s: [s.alice, s.planner, s.scout, s.bob]
    ),
    held(
        "valid-third-party",
        "a third party, who is not asked",
        None,
        lambda c: mac.text(c.demanding),
        people=lambda s: [s.alice, s.planner, s.scout],
    ),
    held(
        "no-key",
        "a verifier without keys",
        94,
        lambda c: mac.text(c.chain),
        code="untrusted_root",
        step=2,
        also=lambda s: {"macaroon_keys": []},
    ),
    held(
        "mac",
        "a MAC that is none",
        94,
        lambda c: mac.text(replace(c.chain, written=bytes(32))),
        code="bad_signature",
        step=4,
    ),
    held(
        "link-dropped",
        "the middle link dropped, under a right MAC",
        61,
        lambda c: mac.text(replace(c.chain, caveats=(c.chain.caveats[0], c.chain.caveats[2]))),
        code="bad_signature",
        step=4,
    ),
    held(
        "base",
        "a base without a link",
        58,
        lambda c: mac.text(c.base),
        code="not_admitted",
        step=1,
        spec=MACAROON_ORDER,
    ),
    held(
        "presentation", "a presentation", 77, lambda c: mac.text(c.shown), code="malformed", step=1, spec=MACAROON_ORDER
    ),
    held(
        "two",
        "a discharge behind it",
        12,
        lambda c: mac.text(c.demanding, c.discharge()),
        code="malformed",
        step=1,
        spec=MACAROON_ORDER,
    ),
)
