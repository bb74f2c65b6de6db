"""Step 7 beyond single entries: lives of principals, signed lists, status lists."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import Key
from .world import World

FINAL = 2**53 - 1
VALUES = (0, 1, 2, 3)
WHO = "docs/spec/revocation.md section 1: who may say what"
LIFE = "docs/spec/revocation.md section 4: of all that one signer says of one principal the latest holds"
RECEIVER = "docs/spec/revocation.md section What a receiver does: sequence, since and what is known"
STEP_7 = "docs/spec/verification.md section The procedure: step 7, every list that a link depends on"

Said = Callable[[Scene], str]


def usual(name: str, notes: str, code: str, *said: Said, spec: str) -> Presentation:
    """The usual chain, alice -> planner -> scout -> bob, after these statements."""
    step = None if code == "ok" else 7
    told = lambda s: {"revocations": [each(s) for each in said]}  # noqa: E731 - one expression, used once
    return Presentation(f"standing/{name}", notes, 71, Scene.baseline, code, step, told, spec)


def life(name: str, notes: str, code: str, *said: Said, spec: str = LIFE) -> Presentation:
    return usual(f"life-{name}", notes, code, *said, spec=spec)


def listed(name: str, notes: str, code: str, *said: Said) -> Presentation:
    return usual(f"list-{name}", notes, code, *said, spec=RECEIVER)


def entry(who: str, event: str, by: str, sequence: int, signer: str | None = None) -> Said:
    """That of `who` by `by`, the names of people in a scene."""

    def said(s: Scene) -> str:
        person, author = getattr(s, who), getattr(s, by)
        return s.life(person.did, event, author, sequence, signer=getattr(s, signer) if signer else None)

    return said


def of(by: str, *positions: int, ahead: int = -10, **more: int) -> Said:
    """A list of the links at these positions by one of the people."""
    return lambda s: s.revocation_list(
        getattr(s, by), [s.link_id(position) for position in positions], at=s.now + ahead, **more
    )


def fresh(s: Scene) -> str:
    return s.one_link(kit.check(kit.query(kit.pred("fresh_list", kit.text(s.alice.did)))))


def needing(
    name: str, notes: str, wire: Callable[[Scene], str], code: str, step: int | None, *said: Said
) -> Presentation:
    """A link that holds only while a list says so."""
    told = lambda s: {"revocations": [each(s) for each in said]} if said else {}  # noqa: E731 - as above
    return Presentation(name, notes, 107, wire, code, step, told, STEP_7)


def depending(name: str, notes: str, code: str, *said: Said) -> Presentation:
    return needing(f"standing/list-{name}", notes, fresh, code, None, *said)


def status(
    name: str, notes: str, index: int, code: str, *said: Said, issuer: str = "mallory", kind: str = "token"
) -> Presentation:
    """A link that holds while the entry at `index` of mallory's list is 0."""

    def wire(s: Scene) -> str:
        terms = (kit.text(kind), kit.text(s.list_uri), kit.num(index), kit.text(getattr(s, issuer).did))
        return s.one_link(kit.check(kit.query(kit.pred("status", *terms))))

    step = None if code in ("ok", "stale_status") else 7
    return needing(f"standing/status-{name}", notes, wire, code, step, *said)


def values(
    s: Scene, by: Callable[[Scene], Key] = lambda s: s.mallory, told: tuple[int, ...] = VALUES, **more: int | str
) -> str:
    return s.status_list(by(s), told, **more)  # type: ignore[arg-type]


SUSPENDED = entry("scout", "suspend", "planner", 5)
ENDED = entry("scout", "deprovision", "alice", FINAL)
RECIPES: tuple[Callable[[World], Case], ...] = (
    life("suspended-by-delegator", "scout, by the planner, who delegated to it", "suspended", SUSPENDED, spec=WHO),
    life("suspended-by-root", "scout, by alice", "suspended", entry("scout", "suspend", "alice", 5), spec=WHO),
    life("suspended-by-itself", "scout, by itself", "suspended", entry("scout", "suspend", "scout", 5), spec=WHO),
    life("root-suspended", "alice, by herself", "suspended", entry("alice", "suspend", "alice", 5), spec=WHO),
    life("holder-suspended", "bob, by scout", "suspended", entry("bob", "suspend", "scout", 5), spec=WHO),
    life(
        "suspended-from-below",
        "the planner, by scout below it",
        "ok",
        entry("planner", "suspend", "scout", 5),
        spec=WHO,
    ),
    life("suspended-by-stranger", "scout, by a stranger", "ok", entry("scout", "suspend", "mallory", 5), spec=WHO),
    life("stranger-suspended", "a stranger, by alice", "ok", entry("mallory", "suspend", "alice", 5), spec=WHO),
    life(
        "forged",
        "signed by another key",
        "ok",
        entry("scout", "suspend", "alice", 5, signer="mallory"),
        spec="docs/spec/revocation.md section 2: the signature covers a tag and all other members",
    ),
    life("resumed", "by who suspended", "ok", SUSPENDED, entry("scout", "resume", "planner", 6)),
    life(
        "resumed-by-another",
        "alice may suspend, but not resume for another",
        "suspended",
        SUSPENDED,
        entry("scout", "resume", "alice", 6),
    ),
    life("resumed-before", "an older number", "suspended", SUSPENDED, entry("scout", "resume", "planner", 4)),
    life("resumed-with-its-number", "the same number", "suspended", SUSPENDED, entry("scout", "resume", "planner", 5)),
    life("ended", "scout, by alice", "deprovisioned", ENDED),
    life("ended-and-resumed", "nothing follows", "deprovisioned", ENDED, entry("scout", "resume", "alice", FINAL - 1)),
    life("ended-and-enrolled", "nothing follows", "deprovisioned", ENDED, entry("scout", "enrol", "alice", FINAL - 1)),
    life(
        "ended-with-another-number",
        "the last number alone ends a life",
        "ok",
        entry("scout", "deprovision", "alice", 5),
    ),
    life(
        "resumed-with-the-last-number",
        "which ends lives alone",
        "suspended",
        SUSPENDED,
        entry("scout", "resume", "planner", FINAL),
    ),
    life("ended-by-stranger", "scout, by a stranger", "ok", entry("scout", "deprovision", "mallory", FINAL), spec=WHO),
    listed("by-root", "the second link, in alice's list", "revoked", of("alice", 2)),
    listed("by-stranger", "the second link, in a stranger's list", "ok", of("mallory", 2)),
    listed("others", "a link of no chain here", "ok", of("alice", 9)),
    listed("delta", "a full list, then a delta", "revoked", of("alice"), of("alice", 2, sequence=2, since=1)),
    listed("gap", "a delta of what is not known", "ok", of("alice", 2, sequence=2, since=1)),
    listed(
        "rolled-back",
        "an older list takes nothing back",
        "revoked",
        of("alice", 2, sequence=2),
        of("alice", sequence=1),
    ),
    depending("fresh", "a link that needs a fresh list, and one", "ok", of("alice")),
    depending("unknown", "and none", "stale_status"),
    depending("as-old-as-accepted", "300 seconds", "ok", of("alice", ahead=-300)),
    depending("stale", "301 seconds", "stale_status", of("alice", ahead=-301)),
    depending("from-the-future", "61 seconds ahead", "stale_status", of("alice", ahead=61)),
    depending("of-another", "somebody else's", "stale_status", of("planner")),
    status("valid", "0", 0, "ok", values),
    status("invalid", "1", 1, "revoked", values),
    status("suspended", "2", 2, "suspended", values),
    status("unknown-value", "3", 3, "bad_status", values),
    status("no-such-entry", "index 4 of 4", 4, "bad_status", values),
    status("unknown-list", "no list", 0, "stale_status"),
    status("other-issuer", "signed by another", 0, "stale_status", lambda s: values(s, lambda s: s.bob)),
    status("other-uri", "another list", 0, "stale_status", lambda s: values(s, uri=s.list_uri + "0")),
    status("other-kind", "a list of another kind", 0, "stale_status", values, kind="revocation"),
    status("stale", "301 seconds", 0, "stale_status", lambda s: values(s, at=s.now - 301)),
    status("expired", "at this second", 0, "stale_status", lambda s: values(s, exp=s.now)),
    status(
        "rolled-back",
        "an older list takes nothing back",
        1,
        "revoked",
        values,
        lambda s: values(s, told=(0, 0), at=s.now - 20),
    ),
)
