"""Principals that are a did:webvh: agents that end, and keys that were taken out since they signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .moments import stamp
from .presentation import Presentation
from .principal_cases import page
from .resolving import multibase
from .scene import Scene
from .testkit import Key
from .webvh_log import Edit, Log
from .world import World

DOCUMENTS = "docs/spec/verification.md section The procedure: step 3, a DID that is deactivated resolves no more"
ROTATED = "docs/spec/webvh.md section Rotated keys: for how long a key that was taken out counts"
UNRESOLVED = ("unresolved_principal", 3)
FORGED = ("bad_signature", 4)
USES = ("authentication", "capabilityDelegation", "capabilityInvocation")
DAY = 86_400

Made = Callable[[Scene], Log]
Shown = Callable[[Scene, Log], str]


def of(key: Key, at: int) -> Edit:
    """A document of this key, named by its own text, for all that a principal does, from this second on."""

    def edit(entry: dict[str, Any]) -> None:
        entry["versionTime"] = stamp(at)
        (method,) = entry["state"]["verificationMethod"]
        method.update(id=f"{entry['state']['id']}#{multibase(key)}", publicKeyMultibase=multibase(key))
        entry["state"].update({use: [method["id"]] for use in USES})

    return edit


def agent(s: Scene, key: Key | None = None, since: int = 30 * DAY) -> Log:
    """A DID of one key, planner's unless said otherwise, for thirty days."""
    return Log(s, f"{s.world.word('agent host', 'planner')}.example").first(before=of(key or s.planner, s.now - since))


def replaced(s: Scene, ago: int, key: Key | None = None) -> Log:
    """The key of an agent was replaced by bob's, so many seconds ago."""
    return agent(s, key).then(hashed=of(s.bob, s.now - ago))


def ended(s: Scene, key: Key | None = None) -> Log:
    return agent(s, key).then(hashed=of(key or s.planner, s.now - 60), deactivated=True)


def renamed(s: Scene) -> Log:
    """A user's key was replaced by bob's, under its name."""

    def edit(entry: dict[str, Any]) -> None:
        of(s.alice, s.now - 60)(entry)
        entry["state"]["verificationMethod"][0]["publicKeyMultibase"] = multibase(s.bob)

    return agent(s, s.alice).then(hashed=edit)


def begun_late(s: Scene) -> Log:
    """A DID that began after planner's link, and has another key now."""
    return agent(s, since=1800).then(hashed=of(s.bob, s.now - 60))


def held(s: Scene, made: Log) -> str:
    """Alice -> planner, who is that DID and presents."""
    return s.one_link(method=f"{made.did}#{multibase(s.planner)}")


def passed_on(s: Scene, made: Log) -> str:
    """Alice -> planner, who is that DID -> scout."""
    first = s.extend([], s.alice, s.planner, [s.read], method=f"{made.did}#{multibase(s.planner)}")
    return s.wire(s.extend(first, s.planner, s.scout), s.scout)


def begun(s: Scene, made: Log) -> str:
    """A user who is that DID, with alice's key -> planner."""
    return s.one_link(user=kit.text(f"{made.did}#{multibase(s.alice)}"))


def case(
    name: str, notes: str, attack: int | None, shown: Shown, made: Made, spec: str = DOCUMENTS, **more: int
) -> Presentation:
    """A presentation that leads through the DID of a log; refused if it is an attack."""

    def also(s: Scene) -> dict[str, Any]:
        log = made(s)
        roots = {"roots": [log.did]} if shown is begun else {}
        return {**roots, "documents": log.asked()["documents"], **more}

    verdict: tuple[Any, ...] = ("ok", None) if attack is None else FORGED if made is renamed else UNRESOLVED
    return Presentation(f"link/{name}", notes, attack, lambda s: shown(s, made(s)), *verdict, also, spec)


def rotated(name: str, notes: str, attack: int | None, shown: Shown, made: Made, period: int = DAY) -> Presentation:
    """The same, by a verifier that takes keys for so many seconds after they were taken out."""
    full = f"valid-rotated-{name}" if attack is None else f"rotated-{name}"
    return case(full, notes, attack, shown, made, ROTATED, rotated_keys=period)


def without_history(s: Scene) -> dict[str, Any]:
    """A did:web, whose document now has bob's key."""
    host = f"{s.world.word('agent host', 'planner')}.example"
    return {"rotated_keys": DAY, **page(s, host, s.bob, *USES)}


def by_a_did_web(s: Scene) -> str:
    did = f"did:web:{s.world.word('agent host', 'planner')}.example"
    first = s.extend([], s.alice, s.planner, [s.read], method=f"{did}#k")
    return s.wire(s.extend(first, s.planner, s.scout), s.scout)


RECIPES: tuple[Callable[[World], Case], ...] = (
    case("valid-webvh-holder", "a holder who is a did:webvh", None, held, agent),
    case("valid-webvh-delegator", "a delegator who is a did:webvh", None, passed_on, agent),
    case("valid-webvh-root", "a user who is a did:webvh", None, begun, lambda s: agent(s, s.alice)),
    case("principal-webvh-ended-holder", "a holder whose DID is deactivated", 39, held, ended),
    case("principal-webvh-ended-delegator", "a delegator whose DID is deactivated since", 39, passed_on, ended),
    case("root-webvh-ended", "a user whose DID is deactivated since", 39, begun, lambda s: ended(s, s.alice)),
    case("principal-webvh-replaced-holder", "a holder's key was replaced", 38, held, lambda s: replaced(s, 60)),
    case("principal-webvh-replaced", "a delegator's key was replaced since", 38, passed_on, lambda s: replaced(s, 60)),
    case("root-webvh-replaced", "a user's key was replaced since", 38, begun, lambda s: replaced(s, 60, s.alice)),
    rotated("delegator", "a key that was taken out within the period", None, passed_on, lambda s: replaced(s, 60)),
    rotated("root", "a user's, within the period", None, begun, lambda s: replaced(s, 60, s.alice)),
    rotated("last-second", "in the last second of it", None, passed_on, lambda s: replaced(s, 1799), 1800),
    rotated("unneeded", "a key that is current, whatever the period", None, passed_on, agent),
    rotated("long-ago", "a key taken out as long ago as the period", 38, passed_on, lambda s: replaced(s, 1800), 1800),
    rotated("root-long-ago", "a user's, a second longer", 38, begun, lambda s: replaced(s, 1801, s.alice), 1800),
    rotated("root-same-name", "a user's key replaced under its name", 38, begun, renamed),
    rotated("dated-behind", "a link dated behind the end of its key", 38, passed_on, lambda s: replaced(s, 7200)),
    rotated("root-dated-behind", "a user's link, the same", 38, begun, lambda s: replaced(s, 7200, s.alice)),
    rotated("dated-before", "a link dated before the DID", 38, passed_on, begun_late),
    rotated("holder", "the holder's own key was taken out", 38, held, lambda s: replaced(s, 60)),
    rotated("ended", "a DID that is deactivated, within the period", 39, passed_on, ended),
    rotated("another", "a key that the DID never had", 38, passed_on, lambda s: agent(s, s.scout)),
    Presentation(
        "link/rotated-no-history",
        "a did:web, which has no history",
        38,
        by_a_did_web,
        *UNRESOLVED,
        without_history,
        ROTATED,
    ),
)
