"""Approvals whose members are nearly right, and discharges that are nearly those of an approval."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from . import macaroons as mac
from . import testkit as kit
from .approval_cases import FORM, TRAVELS, approval, asking, case, presented
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .world import World

MALFORMED = ("malformed", 9)


def members_of(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kit.base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def approving(s: Scene, **changed: Any) -> str:
    """The usual approval with other members, all of which bob signs."""
    members = {**members_of(approval(s)), **changed}
    del members["signature"]
    signature = mac.raw(s.bob, b"\0ATTORN\0APPROVAL\0v1\0" + kit.compact(members))
    return kit.url64(kit.compact({**members, "signature": kit.url64(signature)}))


def with_members(name: str, notes: str, changed: Callable[[Scene], dict[str, Any]]) -> Presentation:
    """An approval that is signed as it stands, with other members."""
    return case(name, notes, 91, lambda s: presented(s, asking(s.bob), approving(s, **changed(s))), MALFORMED, FORM)


def reread(name: str, notes: str, change: Callable[[dict[str, Any]], Any]) -> Presentation:
    """The text of an approval, its members changed after it was signed."""

    def wire(s: Scene) -> str:
        return presented(s, asking(s.bob), kit.url64(kit.compact(change(members_of(approval(s))))))

    return case(name, notes, 91, wire, MALFORMED, FORM)


def discharged(s: Scene, *conditions: bytes, of: bytes | None = None) -> str:
    """A Macaroon with the caveat of a good approval, or of these bytes, whose discharge holds these conditions."""
    (link,) = chain = s.extend([], s.alice, s.planner, [s.read, asking(s.bob)])
    held = mac.link(mac.base(s.secret, mac.named(s.secret, s.drawn)), s.alice, link)
    ticket = hashlib.sha256(approval(s).encode() if of is None else of).digest()
    key = hashlib.sha256(b"\0ATTORN\0MACAROON APPROVAL KEY\0v1\0" + ticket).digest()
    name = b"attorn-approval-1." + kit.url64(ticket).encode()
    held = mac.demand(held, key, name, nonce=ticket[:24])
    shown = mac.present(held, s.planner, s.presented(chain, s.planner, id=s.other_id)[-1])
    return mac.text(shown, mac.bind(shown, mac.discharge(*conditions, key=key, identifier=name)))


def carrying(name: str, notes: str, conditions: Callable[[Scene], tuple[bytes, ...]]) -> Presentation:
    """A discharge of an approval's caveat that holds something else."""
    return case(
        f"macaroon-{name}",
        notes,
        91,
        lambda s: discharged(s, *conditions(s)),
        ("not_admitted", 1),
        TRAVELS,
        lambda s: {"macaroon_keys": [kit.url64(s.secret)]},
    )


def condition(text: str) -> bytes:
    return b"attorn-approval-1." + text.encode()


def other_kind(s: Scene) -> tuple[bytes, ...]:
    """The very text, behind a name that is as long as the right one."""
    return (b"attorn-approval-2." + approval(s).encode(),)


RECIPES: tuple[Callable[[World], Case], ...] = (
    with_members("by-no-did", "an approver who is no DID", lambda s: {"by": "bob"}),
    with_members("root-no-did", "a root that is no DID", lambda s: {"root": "alice"}),
    with_members("holder-no-did", "a holder that is no DID", lambda s: {"holder": "planner"}),
    with_members("audience-empty", "an empty audience", lambda s: {"audience": ""}),
    with_members("digest-short", "a digest of 31 bytes", lambda s: {"digest": kit.url64(s.digest()[:31])}),
    with_members("id-short", "an id of 15 bytes", lambda s: {"id": kit.url64(s.nonce[:15])}),
    with_members("expires-as-issued", "it expires in the second of its issue", lambda s: {"expires": s.now - 10}),
    with_members("issued-before-1970", "issued before 1970", lambda s: {"issued": -1, "expires": 5}),
    with_members("a-day-and-a-second", "good for a day and a second", lambda s: {"expires": s.now - 10 + 86_401}),
    with_members(
        "year-10000",
        "good until the year 10000",
        lambda s: {"issued": 253_402_300_799 - 60, "expires": 253_402_300_800},
    ),
    with_members("member-more", "a member more", lambda s: {"note": "ok"}),
    with_members("expires-text", "a time as text", lambda s: {"expires": str(s.now + 290)}),
    with_members("issued-fraction", "a time with a fraction", lambda s: {"issued": s.now - 9.5}),
    reread("member-missing", "a member less", lambda members: {k: v for k, v in members.items() if k != "id"}),
    reread("array", "an array", list),
    reread("signature-short", "a signature of 63 bytes", lambda members: {**members, "signature": "AA"}),
    case(
        "unresolved",
        "by somebody whose DID nobody resolves",
        40,
        lambda s: presented(
            s,
            kit.check(kit.query(kit.pred("approved", kit.num(1), kit.texts(s.did_web("approver", "bob"))))),
            approving(s, by=s.did_web("approver", "bob")),
        ),
        ("unresolved_principal", 9),
        "docs/spec/verification.md section Approvals: the DID is resolved",
    ),
    carrying("two-conditions", "twice", lambda s: (condition(approval(s)), condition(approval(s)))),
    carrying("nothing", "without it", lambda s: ()),
    carrying("caveats", "caveats in its place", lambda s: (mac.caveats([s.read]),)),
    carrying("under-another-name", "the approval as a condition of another kind", other_kind),
    carrying("another", "another approval", lambda s: (condition(approval(s, id=kit.url64(s.other_id))),)),
    case(
        "macaroon-not-ascii",
        "an approval that is not ASCII, in a discharge",
        91,
        lambda s: discharged(s, b"attorn-approval-1.\xff", of=b"\xff"),
        ("malformed", 1),
        TRAVELS,
        lambda s: {"macaroon_keys": [kit.url64(s.secret)]},
    ),
)
