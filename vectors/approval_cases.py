"""Requests that somebody must have approved: whose word counts, for what, and how often."""

from __future__ import annotations

import hashlib
from typing import Any

from vectors import macaroons as mac
from vectors import testkit as kit
from vectors.scenario import Case, wire
from vectors.testkit import ALICE, BOB, CAROL_P256, MALLORY, NOW, PLANNER, SCOUT

OTHER = kit.digest(args={"limit": 11})


def asking(*approvers: kit.Key, threshold: int = 1, unless: tuple[kit.Part, ...] = ()) -> kit.Part:
    """The check that asks for approval, but where one of the queries in `unless` holds."""
    dids = kit.texts(*(approver.did for approver in approvers))
    return kit.check(kit.query(kit.pred("approved", kit.num(threshold), dids)), *unless)


def below(name: str, amount: int) -> kit.Part:
    """The argument is known to be below this amount."""
    low, high = kit.var("0"), kit.var("1")
    where = [kit.expr(kit.value(low), kit.value(kit.num(amount)), kit.LESS)]
    return kit.query(kit.pred("number", kit.text(name), low, high), where=where)


def approval(by: kit.Key = BOB, *, signer: kit.Key | None = None, **changed: Any) -> str:
    """The text of an approval of the usual request, which planner makes for alice."""
    members = {
        "audience": kit.AUDIENCE,
        "by": by.did,
        "digest": kit.url64(kit.digest()),
        "expires": NOW + 290,
        "holder": PLANNER.did,
        "id": kit.url64(bytes(range(16))),
        "issued": NOW - 10,
        "root": ALICE.did,
        **changed,
    }
    statement = b"\0ATTORN\0APPROVAL\0v1\0" + kit.compact(members)
    if by.algorithm == 0:
        signature = (signer or by).sign(statement)
    else:
        r, s = by.sign_numbers(statement)
        signature = r.to_bytes(32, "big") + min(s, kit.P256_ORDER - s).to_bytes(32, "big")
    return kit.url64(kit.compact({**members, "signature": kit.url64(signature)}))


def presented(check: kit.Part, *approvals: str, id: bytes = bytes(16)) -> str:
    """Alice -> planner with this caveat, presented with these approvals."""
    chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION), check])
    return wire(chain, PLANNER, facts=[kit.fact("approval", kit.text(text)) for text in approvals], id=id)


def lacking(name: str, notes: str, attack: int | None, text: str, step: int = 9, **more: Any) -> Case:
    return Case(f"approval/{name}", notes, attack, text, "approval_required", step, **more)


def not_counting(name: str, notes: str, attack: int, **changed: Any) -> Case:
    """A genuine approval that does not count for this use."""
    return lacking(name, notes, attack, presented(asking(BOB), approval(**changed)))


def macaroon(check: kit.Part, *approvals: str, stated: tuple[str, ...] = (), id: bytes = bytes(16)) -> str:
    """The same as a Macaroon: each approval a discharge, or stated in the block of the presentation."""
    (link,) = chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION), check])
    held, unbound = mac.link(mac.base(), ALICE, link), []
    for text in approvals:
        ticket = hashlib.sha256(text.encode()).digest()
        key = hashlib.sha256(b"\0ATTORN\0MACAROON APPROVAL KEY\0v1\0" + ticket).digest()
        name = b"attorn-approval-1." + kit.url64(ticket).encode()
        held = mac.demand(held, key, name, nonce=ticket[:24])
        unbound.append(mac.discharge(b"attorn-approval-1." + text.encode(), key=key, identifier=name))
    facts = [kit.fact("approval", kit.text(text)) for text in stated]
    shown = mac.present(held, PLANNER, kit.presented(chain, PLANNER, facts=facts, id=id)[-1])
    return mac.text(shown, *(mac.bind(shown, each) for each in unbound))


def carried(name: str, notes: str, wire: str, code: str = "ok", step: int | None = None, **more: Any) -> Case:
    keys = (kit.url64(mac.SECRET),)
    return Case(f"approval/macaroon-{name}", notes, None, wire, code, step, macaroon_keys=keys, **more)


TWO = asking(BOB, SCOUT, CAROL_P256, threshold=2)
CASES: tuple[Case, ...] = (
    Case("approval/given", "approved by whom the link names", None, presented(asking(BOB), approval())),
    Case(
        "approval/two-of-three",
        "two keys of different kinds, and a stranger's word between them, which nobody looks at",
        None,
        presented(TWO, approval(CAROL_P256), approval(MALLORY, signer=BOB), approval(SCOUT)),
    ),
    Case(
        "approval/not-needed",
        "limit = 10 is known to be below 100",
        None,
        presented(asking(BOB, unless=(below("limit", 100),))),
    ),
    Case(
        "approval/skewed",
        "signed by a clock that is a minute ahead",
        None,
        presented(asking(BOB), approval(issued=NOW + 60)),
    ),
    lacking("none", "nobody approved", None, presented(asking(BOB))),
    lacking(
        "unknown", "whether amount is below 100 is unknown", 52, presented(asking(BOB, unless=(below("amount", 100),)))
    ),
    not_counting("another-request", "of limit = 11", 84, digest=kit.url64(OTHER)),
    not_counting("another-audience", "of a use elsewhere", 83, audience="did:web:mail.example"),
    not_counting("another-holder", "of a use by mallory", 85, holder=MALLORY.did),
    not_counting("another-root", "of a use for mallory", 85, root=MALLORY.did),
    not_counting("expired", "good until now", 81, expires=NOW),
    not_counting("future", "signed more than a minute from now", 81, issued=NOW + 61),
    lacking("stranger", "by somebody that no link names", 85, presented(asking(BOB), approval(MALLORY))),
    lacking(
        "same-twice",
        "two approvals of one approver count once",
        None,
        presented(TWO, approval(), approval(id=kit.url64(bytes(16)))),
    ),
    lacking(
        "used",
        "used by another presentation",
        80,
        presented(asking(BOB), approval(), id=bytes(range(16))),
        10,
        before=(presented(asking(BOB), approval()),),
    ),
    lacking(
        "suspended",
        "the approver has suspended itself",
        71,
        presented(asking(BOB), approval()),
        revocations=(kit.life(BOB.did, "suspend", BOB, 1),),
    ),
    Case(
        "approval/forged",
        "signed by mallory in bob's name",
        85,
        presented(asking(BOB), approval(signer=MALLORY)),
        "bad_signature",
        9,
    ),
    Case("approval/twice", "the same one twice", 80, presented(TWO, approval(), approval()), "malformed", 9),
    Case(
        "approval/not-canonical",
        "a space in its JSON",
        None,
        presented(asking(BOB), kit.url64(kit.base64.urlsafe_b64decode(approval() + "==") + b" ")),
        "malformed",
        9,
    ),
    Case(
        "approval/seventeen",
        "sixteen travel at most",
        8,
        presented(asking(BOB), *(approval(id=kit.url64(bytes((n,)) * 16)) for n in range(17))),
        "limit_exceeded",
        1,
    ),
    Case(
        "approval/prohibited-anyway",
        "nobody is asked to approve what another caveat prohibits",
        None,
        wire(kit.extend([], ALICE, PLANNER, [asking(BOB), kit.resources("cal://ali")]), PLANNER),
        "denied",
        9,
    ),
    carried("given", "an approval as a discharge", macaroon(asking(BOB), approval())),
    carried(
        "two-of-three",
        "two discharges",
        macaroon(TWO, approval(SCOUT), approval(CAROL_P256)),
    ),
    carried("none", "nobody approved", macaroon(asking(BOB)), "approval_required", 9),
    carried(
        "forged",
        "signed by mallory in bob's name: the key of the discharge is no secret, and does not help",
        macaroon(asking(BOB), approval(signer=MALLORY)),
        "bad_signature",
        9,
    ),
    carried(
        "another-request",
        "of limit = 11",
        macaroon(asking(BOB), approval(digest=kit.url64(OTHER))),
        "approval_required",
        9,
    ),
    carried(
        "used",
        "used as a fact of a Biscuit",
        macaroon(asking(BOB), approval(), id=bytes(range(16))),
        "approval_required",
        10,
        before=(presented(asking(BOB), approval()),),
    ),
    carried(
        "stated",
        "a fact of the presentation's block, where a Macaroon has discharges",
        macaroon(asking(BOB), stated=(approval(),)),
        "not_admitted",
        1,
    ),
)
