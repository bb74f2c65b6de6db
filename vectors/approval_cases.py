"""Requests that somebody must have approved: whose word counts, for what, and how often."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from . import macaroons as mac
from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import Key, Part
from .world import World

COUNTS = "docs/spec/verification.md section Approvals: which approvals count"
USED = "docs/spec/verification.md section Approvals: which approvals are used up"
FORM = "docs/spec/approval.md section 3: one spelling, signed by who it names"
TRAVELS = "docs/spec/approval.md section 4: how an approval travels"

Wire = Callable[[Scene], str]
Also = Callable[[Scene], dict[str, Any]]
REQUIRED = ("approval_required", 9)


def asking(*approvers: Key, threshold: int = 1, unless: tuple[Part, ...] = ()) -> Part:
    """The check that asks for approval, but where one of the queries in `unless` holds."""
    dids = kit.texts(*(approver.did for approver in approvers))
    return kit.check(kit.query(kit.pred("approved", kit.num(threshold), dids)), *unless)


def below(name: str, amount: int) -> Part:
    """The argument is known to be below this amount."""
    low, high = kit.var("0"), kit.var("1")
    where = [kit.expr(kit.value(low), kit.value(kit.num(amount)), kit.LESS)]
    return kit.query(kit.pred("number", kit.text(name), low, high), where=where)


def approval(s: Scene, by: Key | None = None, *, signer: Key | None = None, **changed: Any) -> str:
    """The text of an approval of the usual request, which planner makes for alice; by bob unless said otherwise."""
    author = by or s.bob
    members = {
        "audience": s.audience,
        "by": author.did,
        "digest": kit.url64(s.digest()),
        "expires": s.now + 290,
        "holder": s.planner.did,
        "id": kit.url64(s.nonce),
        "issued": s.now - 10,
        "root": s.alice.did,
        **changed,
    }
    statement = b"\0ATTORN\0APPROVAL\0v1\0" + kit.compact(members)
    return kit.url64(kit.compact({**members, "signature": kit.url64(mac.raw(signer or author, statement))}))


def presented(s: Scene, check: Part, *approvals: str, id: bytes | None = None) -> str:
    """Alice -> planner with this caveat, presented with these approvals."""
    chain = s.extend([], s.alice, s.planner, [s.read, check])
    facts = [kit.fact("approval", kit.text(text)) for text in approvals]
    return s.wire(chain, s.planner, facts=facts, id=id or s.other_id)


def macaroon(s: Scene, check: Part, *approvals: str, stated: tuple[str, ...] = (), id: bytes | None = None) -> str:
    """The same as a Macaroon: each approval a discharge, or stated in the block of the presentation."""
    (link,) = chain = s.extend([], s.alice, s.planner, [s.read, check])
    held, unbound = mac.link(mac.base(s.secret, mac.named(s.secret, s.drawn)), s.alice, link), []
    for text in approvals:
        ticket = hashlib.sha256(text.encode()).digest()
        key = hashlib.sha256(b"\0ATTORN\0MACAROON APPROVAL KEY\0v1\0" + ticket).digest()
        name = b"attorn-approval-1." + kit.url64(ticket).encode()
        held = mac.demand(held, key, name, nonce=ticket[:24])
        unbound.append(mac.discharge(b"attorn-approval-1." + text.encode(), key=key, identifier=name))
    facts = [kit.fact("approval", kit.text(text)) for text in stated]
    shown = mac.present(held, s.planner, s.presented(chain, s.planner, facts=facts, id=id or s.other_id)[-1])
    return mac.text(shown, *(mac.bind(shown, each) for each in unbound))


def two(s: Scene) -> Part:
    """Two of bob, scout and carol."""
    return asking(s.bob, s.scout, s.carol, threshold=2)


def case(
    name: str,
    notes: str,
    attack: int | None,
    wire: Wire,
    verdict: tuple[str, int | None] = ("ok", None),
    spec: str = COUNTS,
    also: Also | None = None,
) -> Presentation:
    return Presentation(f"approval/{name}", notes, attack, wire, *verdict, also, spec)


def not_counting(name: str, notes: str, attack: int, changed: Callable[[Scene], dict[str, Any]]) -> Presentation:
    """A genuine approval that does not count for this use."""
    return case(name, notes, attack, lambda s: presented(s, asking(s.bob), approval(s, **changed(s))), REQUIRED)


def carried(
    name: str, notes: str, wire: Wire, code: str = "ok", step: int | None = None, also: Also | None = None
) -> Presentation:
    """The same on a Macaroon."""
    told = lambda s: {"macaroon_keys": [kit.url64(s.secret)], **(also(s) if also else {})}  # noqa: E731 - used once
    return case(f"macaroon-{name}", notes, None, wire, (code, step), TRAVELS, told)


def one_used(s: Scene) -> dict[str, Any]:
    return {"before": [presented(s, asking(s.bob), approval(s))]}


def not_canonical(s: Scene) -> str:
    text = approval(s)
    spaced = kit.base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) + b" "
    return presented(s, asking(s.bob), kit.url64(spaced))


def seventeen(s: Scene) -> str:
    return presented(s, asking(s.bob), *(approval(s, id=kit.url64(bytes((n,)) * 16)) for n in range(17)))


GOOD: tuple[Callable[[World], Case], ...] = (
    case("given", "approved by whom the link names", None, lambda s: presented(s, asking(s.bob), approval(s))),
    case(
        "two-of-three",
        "two keys of different kinds, and a stranger's word between them, which nobody looks at",
        None,
        lambda s: presented(
            s, two(s), approval(s, s.carol), approval(s, s.mallory, signer=s.bob), approval(s, s.scout)
        ),
    ),
    case(
        "not-needed",
        "limit = 10 is known to be below 100",
        None,
        lambda s: presented(s, asking(s.bob, unless=(below("limit", 100),))),
    ),
    case(
        "skewed",
        "signed by a clock that is a minute ahead",
        None,
        lambda s: presented(s, asking(s.bob), approval(s, issued=s.now + 60)),
    ),
)
BAD: tuple[Callable[[World], Case], ...] = (
    case("none", "nobody approved", None, lambda s: presented(s, asking(s.bob)), REQUIRED),
    case(
        "unknown",
        "whether amount is below 100 is unknown",
        52,
        lambda s: presented(s, asking(s.bob, unless=(below("amount", 100),))),
        REQUIRED,
        "docs/spec/caveats.md section RequiresApproval: unknown means that approval is needed",
    ),
    not_counting("another-request", "of limit = 11", 84, lambda s: {"digest": kit.url64(s.digest(args={"limit": 11}))}),
    not_counting("another-audience", "of a use elsewhere", 83, lambda s: {"audience": s.elsewhere}),
    not_counting("another-holder", "of a use by mallory", 85, lambda s: {"holder": s.mallory.did}),
    not_counting("another-root", "of a use for mallory", 85, lambda s: {"root": s.mallory.did}),
    not_counting("expired", "good until now", 81, lambda s: {"expires": s.now}),
    not_counting("future", "signed more than a minute from now", 81, lambda s: {"issued": s.now + 61}),
    case(
        "stranger",
        "by somebody that no link names",
        85,
        lambda s: presented(s, asking(s.bob), approval(s, s.mallory)),
        REQUIRED,
    ),
    case(
        "same-twice",
        "two approvals of one approver count once",
        None,
        lambda s: presented(s, two(s), approval(s), approval(s, id=kit.url64(s.other_id))),
        REQUIRED,
    ),
    case(
        "used",
        "used by another presentation",
        80,
        lambda s: presented(s, asking(s.bob), approval(s), id=s.nonce),
        ("approval_required", 10),
        USED,
        one_used,
    ),
    case(
        "suspended",
        "the approver has suspended itself",
        71,
        lambda s: presented(s, asking(s.bob), approval(s)),
        REQUIRED,
        also=lambda s: {"revocations": [s.life(s.bob.did, "suspend", s.bob, 1)]},
    ),
    case(
        "forged",
        "signed by mallory in bob's name",
        85,
        lambda s: presented(s, asking(s.bob), approval(s, signer=s.mallory)),
        ("bad_signature", 9),
        FORM,
    ),
    case(
        "twice",
        "the same one twice",
        80,
        lambda s: presented(s, two(s), approval(s), approval(s)),
        ("malformed", 9),
        "docs/spec/verification.md section Approvals: not two by the same DID with the same id",
    ),
    case("not-canonical", "a space behind its JSON", None, not_canonical, ("malformed", 9), FORM),
    case("seventeen", "sixteen travel at most", 8, seventeen, ("limit_exceeded", 1), TRAVELS),
    case(
        "prohibited-anyway",
        "nobody is asked to approve what another caveat prohibits",
        None,
        lambda s: s.wire(s.extend([], s.alice, s.planner, [asking(s.bob), kit.resources(s.tree[:-2])]), s.planner),
        ("denied", 9),
        "docs/spec/verification.md section Approvals: only once no other caveat prohibits",
    ),
)
ON_MACAROONS: tuple[Callable[[World], Case], ...] = (
    carried("given", "an approval as a discharge", lambda s: macaroon(s, asking(s.bob), approval(s))),
    carried(
        "two-of-three", "two discharges", lambda s: macaroon(s, two(s), approval(s, s.scout), approval(s, s.carol))
    ),
    carried("none", "nobody approved", lambda s: macaroon(s, asking(s.bob)), "approval_required", 9),
    carried(
        "forged",
        "signed by mallory in bob's name: the key of the discharge is no secret, and does not help",
        lambda s: macaroon(s, asking(s.bob), approval(s, signer=s.mallory)),
        "bad_signature",
        9,
    ),
    carried(
        "another-request",
        "of limit = 11",
        lambda s: macaroon(s, asking(s.bob), approval(s, digest=kit.url64(s.digest(args={"limit": 11})))),
        "approval_required",
        9,
    ),
    carried(
        "used",
        "used as a fact of a Biscuit",
        lambda s: macaroon(s, asking(s.bob), approval(s), id=s.nonce),
        "approval_required",
        10,
        one_used,
    ),
    carried(
        "stated",
        "a fact of the presentation's block, where a Macaroon has discharges",
        lambda s: macaroon(s, asking(s.bob), stated=(approval(s),)),
        "not_admitted",
        1,
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*GOOD, *BAD, *ON_MACAROONS)
