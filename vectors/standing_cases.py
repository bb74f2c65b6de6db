"""Step 7 beyond single entries: lives of principals, signed lists, status lists; and what a retry states."""

from __future__ import annotations

from vectors import testkit as kit
from vectors.scenario import Case, one_link, wire
from vectors.testkit import ALICE, BOB, MALLORY, NOW, PLANNER, SCOUT

FINAL = 2**53 - 1
URI = "https://lists.example/1"
GOOD = kit.baseline()
FRESH = one_link(kit.check(kit.query(kit.pred("fresh_list", kit.text(ALICE.did)))))


def life(name: str, notes: str, code: str, *said: str) -> Case:
    """The usual chain, alice -> planner -> scout -> bob, after these entries."""
    refused = () if code == "ok" else (code, 7)
    return Case(name, notes, 71, GOOD, *refused, revocations=said)


def status(index: int = 0, issuer: kit.Key = MALLORY, kind: str = "token") -> str:
    terms = (kit.text(kind), kit.text(URI), kit.num(index), kit.text(issuer.did))
    return one_link(kit.check(kit.query(kit.pred("status", *terms))))


def listed(name: str, notes: str, text: str, code: str, step: int | None, *said: str) -> Case:
    refused = () if code == "ok" else (code, step)
    return Case(name, notes, 107, text, *refused, revocations=said)


def retry(name: str, notes: str, code: str, *facts: kit.Part) -> Case:
    text = wire(kit.three_links(), BOB, facts=facts)
    return Case(name, notes, 121, text, *(() if code == "ok" else (code, 1)))


def key(text: str) -> kit.Part:
    return kit.fact("idempotency", kit.text(text))


SUSPENDED = kit.life(SCOUT.did, "suspend", PLANNER, 5)
ENDED = kit.life(SCOUT.did, "deprovision", ALICE, FINAL)
VALUES = (0, 1, 2, 3)

CASES: tuple[Case, ...] = (
    life("life/suspended-by-delegator", "scout, by the planner, who delegated to it", "suspended", SUSPENDED),
    life("life/suspended-by-root", "scout, by alice", "suspended", kit.life(SCOUT.did, "suspend", ALICE, 5)),
    life("life/suspended-by-itself", "scout, by itself", "suspended", kit.life(SCOUT.did, "suspend", SCOUT, 5)),
    life("life/root-suspended", "alice, by herself", "suspended", kit.life(ALICE.did, "suspend", ALICE, 5)),
    life("life/holder-suspended", "bob, by scout", "suspended", kit.life(BOB.did, "suspend", SCOUT, 5)),
    life(
        "life/suspended-from-below", "the planner, by scout below it", "ok", kit.life(PLANNER.did, "suspend", SCOUT, 5)
    ),
    life("life/suspended-by-stranger", "scout, by a stranger", "ok", kit.life(SCOUT.did, "suspend", MALLORY, 5)),
    life("life/stranger-suspended", "a stranger, by alice", "ok", kit.life(MALLORY.did, "suspend", ALICE, 5)),
    life("life/forged", "signed by another key", "ok", kit.life(SCOUT.did, "suspend", ALICE, 5, signer=MALLORY)),
    life("life/resumed", "by who suspended", "ok", SUSPENDED, kit.life(SCOUT.did, "resume", PLANNER, 6)),
    life(
        "life/resumed-by-another",
        "alice may suspend, but not resume for another",
        "suspended",
        SUSPENDED,
        kit.life(SCOUT.did, "resume", ALICE, 6),
    ),
    life("life/resumed-before", "an older number", "suspended", SUSPENDED, kit.life(SCOUT.did, "resume", PLANNER, 4)),
    life(
        "life/resumed-with-its-number",
        "the same number",
        "suspended",
        SUSPENDED,
        kit.life(SCOUT.did, "resume", PLANNER, 5),
    ),
    life("life/ended", "scout, by alice", "deprovisioned", ENDED),
    life(
        "life/ended-and-resumed",
        "nothing follows",
        "deprovisioned",
        ENDED,
        kit.life(SCOUT.did, "resume", ALICE, FINAL - 1),
    ),
    life(
        "life/ended-and-enrolled",
        "nothing follows",
        "deprovisioned",
        ENDED,
        kit.life(SCOUT.did, "enrol", ALICE, FINAL - 1),
    ),
    life(
        "life/ended-with-another-number",
        "the last number alone ends a life",
        "ok",
        kit.life(SCOUT.did, "deprovision", ALICE, 5),
    ),
    life(
        "life/resumed-with-the-last-number",
        "which ends lives alone",
        "suspended",
        SUSPENDED,
        kit.life(SCOUT.did, "resume", PLANNER, FINAL),
    ),
    life("life/ended-by-stranger", "scout, by a stranger", "ok", kit.life(SCOUT.did, "deprovision", MALLORY, FINAL)),
    life("list/by-root", "the second link, in alice's list", "revoked", kit.revocation_list(ALICE, [kit.link_id(2)])),
    life(
        "list/by-stranger",
        "the second link, in a stranger's list",
        "ok",
        kit.revocation_list(MALLORY, [kit.link_id(2)]),
    ),
    life("list/others", "a link of no chain here", "ok", kit.revocation_list(ALICE, [kit.link_id(9)])),
    life(
        "list/delta",
        "a full list, then a delta",
        "revoked",
        kit.revocation_list(ALICE, []),
        kit.revocation_list(ALICE, [kit.link_id(2)], sequence=2, since=1),
    ),
    life(
        "list/gap",
        "a delta of what is not known",
        "ok",
        kit.revocation_list(ALICE, [kit.link_id(2)], sequence=2, since=1),
    ),
    life(
        "list/rolled-back",
        "an older list takes nothing back",
        "revoked",
        kit.revocation_list(ALICE, [kit.link_id(2)], sequence=2),
        kit.revocation_list(ALICE, [], sequence=1),
    ),
    listed("list/fresh", "a link that needs a fresh list, and one", FRESH, "ok", 7, kit.revocation_list(ALICE, [])),
    listed("list/unknown", "and none", FRESH, "stale_status", None),
    listed("list/as-old-as-accepted", "300 seconds", FRESH, "ok", 7, kit.revocation_list(ALICE, [], at=NOW - 300)),
    listed("list/stale", "301 seconds", FRESH, "stale_status", None, kit.revocation_list(ALICE, [], at=NOW - 301)),
    listed(
        "list/from-the-future",
        "61 seconds ahead",
        FRESH,
        "stale_status",
        None,
        kit.revocation_list(ALICE, [], at=NOW + 61),
    ),
    listed("list/of-another", "somebody else's", FRESH, "stale_status", None, kit.revocation_list(PLANNER, [])),
    listed("status/valid", "0", status(0), "ok", 7, kit.status_list(MALLORY, URI, VALUES)),
    listed("status/invalid", "1", status(1), "revoked", 7, kit.status_list(MALLORY, URI, VALUES)),
    listed("status/suspended", "2", status(2), "suspended", 7, kit.status_list(MALLORY, URI, VALUES)),
    listed("status/unknown-value", "3", status(3), "bad_status", 7, kit.status_list(MALLORY, URI, VALUES)),
    listed("status/no-such-entry", "index 4 of 4", status(4), "bad_status", 7, kit.status_list(MALLORY, URI, VALUES)),
    listed("status/unknown-list", "no list", status(0), "stale_status", None),
    listed(
        "status/other-issuer", "signed by another", status(0), "stale_status", None, kit.status_list(BOB, URI, VALUES)
    ),
    listed(
        "status/other-uri", "another list", status(0), "stale_status", None, kit.status_list(MALLORY, URI + "0", VALUES)
    ),
    listed(
        "status/other-kind",
        "a list of another kind",
        status(0, kind="revocation"),
        "stale_status",
        None,
        kit.status_list(MALLORY, URI, VALUES),
    ),
    listed(
        "status/stale",
        "301 seconds",
        status(0),
        "stale_status",
        None,
        kit.status_list(MALLORY, URI, VALUES, at=NOW - 301),
    ),
    listed(
        "status/expired",
        "at this second",
        status(0),
        "stale_status",
        None,
        kit.status_list(MALLORY, URI, VALUES, exp=NOW),
    ),
    listed(
        "status/rolled-back",
        "an older list takes nothing back",
        status(1),
        "revoked",
        7,
        kit.status_list(MALLORY, URI, VALUES),
        kit.status_list(MALLORY, URI, (0, 0), at=NOW - 20),
    ),
    retry("retry/key", "a key for tries of one use", "ok", key("order-1")),
    retry("retry/empty", "no text", "malformed", key("")),
    retry("retry/longest", "255 characters", "ok", key("k" * 255)),
    retry("retry/too-long", "256 characters", "malformed", key("k" * 256)),
    retry("retry/control", "a control character", "malformed", key("a\nb")),
    retry("retry/not-ascii", "a letter beyond ASCII", "malformed", key("\u00e9")),
    retry("retry/twice", "two keys", "malformed", key("a"), key("b")),
    retry("retry/two-terms", "two texts", "malformed", kit.fact("idempotency", kit.text("a"), kit.text("b"))),
    retry("retry/number", "a number", "malformed", kit.fact("idempotency", kit.num(1))),
    retry("retry/another-fact", "a fact of another name", "malformed", kit.fact("operation", kit.text("events:read"))),
)
