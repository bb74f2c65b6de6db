"""Several users' presentations for one request: what every one of them permits, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import macaroons as mac
from . import testkit as kit
from .approval_cases import asking
from .case import Case
from .scene import Scene
from .testkit import Key, Part
from .trace import max_uses
from .world import World

PAGE = "docs/spec/many-users.md section "
ORDER = PAGE + "The order of checks: "
READERS = PAGE + "Readers: each must be a user of one of the chains"
CHARGED = PAGE + "What is charged, and what is used up: every chain pays, in one call, or none does"

Also = Callable[[Scene], dict[str, Any]]
Wires = Callable[[Scene], list[str]]
Refusal = tuple[str, int | None]
Blamed = tuple[int, Callable[[Scene], Key] | None]
"""The presentation that a refusal is about, and whose it is, if its links were verified."""


@dataclass(frozen=True)
class Together:
    """The recipe of several presentations by planner; alice, bob and carol are trusted. `users` are who permit."""

    name: str
    notes: str
    attack: int | None
    wires: Wires
    spec: str
    refusal: Refusal | None = None
    blamed: Blamed | None = None
    users: Callable[[Scene], list[Key]] = lambda s: []
    also: Also = lambda s: {}

    def __call__(self, w: World) -> Case:
        s = Scene(w)
        asked: dict[str, Any] = {
            "wires": self.wires(s),
            "request": s.request(),
            "audience": s.audience,
            "roots": [s.alice.did, s.bob.did, s.carol.did],
            "now": s.now,
            **self.also(s),
        }
        code, step = self.refusal or ("ok", None)
        result: dict[str, Any] = {}
        if self.refusal is None:
            result = {"roots": [user.did for user in self.users(s)], "holder": s.planner.did}
        elif step is not None:
            number, whose = self.blamed or (None, None)
            result = {"presentation": number, "root": None if whose is None else whose(s).did}
        name = f"together/{self.name}"
        return Case(name, "verify-together", self.notes, self.attack, self.spec, asked, code, step, result)


def nonce(s: Scene, label: str) -> bytes:
    return hashlib.sha256(s.nonce + label.encode()).digest()[:16]


def by(s: Scene, user: Key, *checks: Part, label: str = "", link: bytes | None = None, **presentation: Any) -> str:
    """A user -> planner with these caveats, presented by planner."""
    chain = s.extend([], user, s.planner, [s.read, *checks], id=link or nonce(s, f"link {user.did}"))
    return s.wire(chain, s.planner, id=nonce(s, f"{user.did} {label}"), **presentation)


def through(s: Scene, user: Key, *, id: bytes, holder: Key | None = None) -> str:
    """A user -> scout -> planner, whose link by scout has this id."""
    chain = s.extend([], user, s.scout, [s.read], id=nonce(s, f"link {user.did}"))
    chain = s.extend(chain, s.scout, holder or s.planner, id=id)
    return s.wire(chain, holder or s.planner, id=nonce(s, user.did))


def good(
    name: str,
    notes: str,
    wires: Wires,
    users: Callable[[Scene], list[Key]],
    spec: str = ORDER + "every one permits it",
    also: Also | None = None,
) -> Together:
    return Together(f"valid-{name}", notes, None, wires, spec, users=users, also=also or (lambda s: {}))


def second(
    name: str, notes: str, attack: int, wire: Callable[[Scene], str], refusal: Refusal, whose: bool = True
) -> Together:
    """Alice's presentation, and a second one by bob that is refused."""
    blamed: Blamed = (2, (lambda s: s.bob) if whose else None)
    spec = ORDER + "each presentation by itself"
    return Together(name, notes, attack, lambda s: [by(s, s.alice), wire(s)], spec, refusal, blamed)


def bad(
    name: str,
    notes: str,
    attack: int,
    wires: Wires,
    refusal: Refusal,
    blamed: Blamed | None = None,
    spec: str = ORDER + "what they must be together",
    also: Also | None = None,
) -> Together:
    return Together(name, notes, attack, wires, spec, refusal, blamed, also=also or (lambda s: {}))


def everybody(s: Scene) -> list[Key]:
    return [s.alice, s.bob, s.carol]


def both(s: Scene) -> list[Key]:
    return [s.alice, s.bob]


def of(users: Callable[[Scene], Sequence[Key]], *checks: Part, **presentation: Any) -> Wires:
    """A presentation for each of these users."""
    return lambda s: [by(s, user, *checks, **presentation) for user in users(s)]


def read_by(*readers: Callable[[Scene], str]) -> Also:
    return lambda s: {"audience_of": [each(s) for each in readers]}


def macaroon(s: Scene, user: Key, **presentation: Any) -> str:
    """The same as a Macaroon."""
    (link,) = chain = s.extend([], user, s.planner, [s.read], id=nonce(s, f"link {user.did}"))
    held = mac.link(mac.base(s.secret, mac.named(s.secret, s.drawn)), user, link)
    return mac.text(mac.present(held, s.planner, s.presented(chain, s.planner, **presentation)[-1]))


def forged(s: Scene) -> str:
    """Bob's link, signed by mallory."""
    link = s.extend([], s.bob, s.planner, [s.read])[0]
    signed = kit.sign(s.mallory, link.payload, s.planner, None, link.symbols)
    return s.wire([signed], s.planner, id=nonce(s, "forged"))


GOOD: tuple[Callable[[World], Case], ...] = (
    good("one", "one user alone", of(lambda s: [s.alice]), lambda s: [s.alice]),
    good("three", "three users", of(everybody), everybody),
    good("other-order", "in another order", of(lambda s: [s.carol, s.alice]), lambda s: [s.carol, s.alice]),
    good(
        "formats",
        "a Biscuit and a Macaroon",
        lambda s: [by(s, s.alice), macaroon(s, s.bob)],
        both,
        also=lambda s: {"macaroon_keys": [kit.url64(s.secret)]},
    ),
    good(
        "challenge",
        "a challenge that both answer",
        of(both, challenge="room 7"),
        both,
        also=lambda s: {"challenge": "room 7"},
    ),
    good("counted", "a use that is the only one for both", of(both, max_uses(1)), both, CHARGED),
    good(
        "readers", "both read the answer", of(both), both, READERS, read_by(lambda s: s.bob.did, lambda s: s.alice.did)
    ),
    good(
        "reader-twice", "bob reads it, and is named twice", of(both), both, READERS, read_by(*[lambda s: s.bob.did] * 2)
    ),
    good(
        "links-of-two-delegators",
        "two links with one id, by other delegators",
        lambda s: [by(s, s.alice, link=s.other_id), by(s, s.bob, link=s.other_id)],
        both,
    ),
    good(
        "links-by-one",
        "two links by scout",
        lambda s: [through(s, s.alice, id=s.other_id), through(s, s.bob, id=s.nonce)],
        both,
    ),
)
SINGLY: tuple[Callable[[World], Case], ...] = (
    second("malformed", "a text that is none", 13, lambda s: "no token", ("malformed", 1), whose=False),
    second("too-long", "a text of 65,537 characters", 4, lambda s: "A" * 65_537, ("limit_exceeded", 0), whose=False),
    second("forged", "a link that mallory signed", 75, forged, ("bad_signature", 4), whose=False),
    bad(
        "untrusted",
        "mallory's authority",
        75,
        lambda s: [by(s, s.alice), by(s, s.mallory)],
        ("untrusted_root", 2),
        (2, None),
        ORDER + "each presentation by itself",
    ),
    second(
        "expired", "a link that has expired", 69, lambda s: by(s, s.bob, kit.expires(s.now)), ("outside_validity", 6)
    ),
    second(
        "another-audience", "made for another", 83, lambda s: by(s, s.bob, audience=s.elsewhere), ("wrong_audience", 8)
    ),
    second(
        "another-request",
        "made for another request",
        84,
        lambda s: by(s, s.bob, request=s.digest(resource=s.tree)),
        ("wrong_request", 8),
    ),
    second(
        "denied", "a caveat that prohibits it", 68, lambda s: by(s, s.bob, kit.resources("cal://other")), ("denied", 9)
    ),
    second(
        "approval-missing",
        "an approval that is missing",
        68,
        lambda s: by(s, s.bob, asking(s.scout)),
        ("approval_required", 9),
    ),
    bad(
        "revoked",
        "a link that bob has taken back",
        71,
        of(both),
        ("revoked", 7),
        (2, lambda s: s.bob),
        ORDER + "each presentation by itself",
        lambda s: {"revocations": [s.revocation(nonce(s, f"link {s.bob.did}"), s.bob)]},
    ),
    bad(
        "challenge-unanswered",
        "one of them answers no challenge",
        84,
        lambda s: [by(s, s.alice, challenge="room 7"), by(s, s.bob)],
        ("wrong_request", 8),
        (2, lambda s: s.bob),
        ORDER + "a challenge is answered by every presentation",
        lambda s: {"challenge": "room 7"},
    ),
)
JOINTLY: tuple[Callable[[World], Case], ...] = (
    bad("none", "no presentation", 68, lambda s: [], ("not_holder", 0), spec=ORDER + "at least one"),
    bad("sixty-five", "65 presentations", 4, lambda s: ["x"] * 65, ("limit_exceeded", 0), spec=ORDER + "at most 64"),
    bad(
        "user-twice",
        "two presentations by alice's authority",
        79,
        lambda s: [by(s, s.alice), by(s, s.alice, label="again", link=s.other_id)],
        ("broken_chain", 5),
        (2, lambda s: s.alice),
    ),
    bad(
        "third-user-twice",
        "the first user once more",
        79,
        lambda s: [by(s, s.alice), by(s, s.bob), by(s, s.alice, label="again", link=s.other_id)],
        ("broken_chain", 5),
        (3, lambda s: s.alice),
    ),
    bad(
        "link-shared",
        "two links by scout with one id",
        79,
        lambda s: [through(s, s.alice, id=s.other_id), through(s, s.bob, id=s.other_id)],
        ("broken_chain", 5),
        (2, lambda s: s.bob),
    ),
    bad(
        "other-holder",
        "bob's authority is held by mallory",
        86,
        lambda s: [by(s, s.alice), through(s, s.bob, id=s.other_id, holder=s.mallory)],
        ("not_holder", 8),
        (2, lambda s: s.bob),
    ),
    bad(
        "replayed",
        "bob's presentation was used before",
        80,
        of(both),
        ("replayed", 8),
        (2, lambda s: s.bob),
        ORDER + "each was not used before",
        lambda s: {"before": [by(s, s.bob)]},
    ),
    bad(
        "same-twice",
        "one presentation twice",
        80,
        lambda s: [by(s, s.alice)] * 2,
        ("broken_chain", 5),
        (2, lambda s: s.alice),
    ),
    bad(
        "no-room",
        "bob's only use was made before",
        120,
        of(both, max_uses(1)),
        ("denied", 10),
        (2, lambda s: s.bob),
        CHARGED,
        lambda s: {"before": [by(s, s.bob, max_uses(1), label="before")]},
    ),
    bad(
        "reader-missing",
        "carol reads it, and has permitted nothing",
        79,
        of(both),
        ("denied", 9),
        spec=READERS,
        also=read_by(lambda s: s.alice.did, lambda s: s.carol.did),
    ),
    bad(
        "reader-a-delegate",
        "the agent itself reads it",
        79,
        of(both),
        ("denied", 9),
        spec=READERS,
        also=read_by(lambda s: s.planner.did),
    ),
    bad(
        "reader-before-a-caveat",
        "a reader who is missing, and a caveat that prohibits it",
        79,
        lambda s: [by(s, s.alice, kit.resources("cal://other"))],
        ("denied", 9),
        spec=ORDER + "each row is asked of all before the next",
        also=read_by(lambda s: s.bob.did),
    ),
    bad(
        "window-before-a-caveat",
        "the first prohibits it, and the second has expired",
        69,
        lambda s: [by(s, s.alice, kit.resources("cal://other")), by(s, s.bob, kit.expires(s.now))],
        ("outside_validity", 6),
        (2, lambda s: s.bob),
        ORDER + "each row is asked of all before the next",
    ),
    bad(
        "readers-empty", "an empty list of readers", 68, of(both), ("invalid_input", None), spec=READERS, also=read_by()
    ),
    bad(
        "reader-no-did",
        "a reader who is no DID",
        68,
        of(both),
        ("invalid_input", None),
        spec=READERS,
        also=read_by(lambda s: "alice"),
    ),
    bad(
        "reader-no-key",
        "a reader who is a did:key without a key",
        32,
        of(both),
        ("invalid_input", None),
        spec=READERS,
        also=read_by(lambda s: "did:key:z6Mk"),
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*GOOD, *SINGLY, *JOINTLY)
