"""One grant written in either format, what is said of it here and by others, and plain cases to say it of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st
from tests.caveats.kit import Kit, Situation, situations
from tests.caveats.pools import NOW, moment
from tests.caveats.vocabulary import KITS, drawn, kit_of, plain, with_opposite
from tests.property.chains import PEOPLE, Person
from tests.reference import caveats as reference
from tests.reference import verdict as judging

from attorn import AttornError, Denied, Request, Verifier, agent
from attorn.approval import ApprovalRequest, approve
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat import Caveat, Purpose
from attorn.caveat.profile import recognise
from attorn.clock import LATEST
from attorn.datalog import Predicate
from attorn.encoding import base64url_encode
from attorn.limits import Limits
from attorn.macaroon import MacKey, issue
from attorn.store import MemoryStore
from attorn.token.carrier import BiscuitCarrier, Carrier, MacaroonCarrier
from attorn.token.link import Link, write
from attorn.token.presentation import Presentation

ALLOWED = "allowed"
FORMATS = ("biscuit", "macaroon")
KEY = MacKey(b"a secret of one server, for laws")
UNKNOWN_KEY = MacKey(b"a secret of quite another server")
formats = st.sampled_from(FORMATS)
BY_DID = {person.did: person for person in PEOPLE}


class Verdict(NamedTuple):
    """`allowed` or the code of the error; for a denial, the link and the kind of caveat."""

    code: str
    link: int | None = None
    caveat: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One link: whom it is given to, within what, when, and who really signs it (default: who should)."""

    to: Person
    caveats: tuple[Caveat, ...] = ()
    issued: int = NOW - 30
    signer: Person | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A chain as one format carries it, with the people, the root first and the holder last."""

    carrier: Carrier
    people: tuple[Person, ...]
    symbols: tuple[str, ...]

    @property
    def holder(self) -> Person:
        return self.people[-1]

    @property
    def root(self) -> Person:
        return self.people[0]

    @property
    def delegates(self) -> list[str]:
        return [each.did for each in self.people[1:]]


def base(format_: str, *, salt: int = 0, key: MacKey = KEY) -> Carrier:
    """What a grant begins with."""
    if format_ == "biscuit":
        return BiscuitCarrier()
    return MacaroonCarrier(issue(key, random=lambda size: bytes((salt,)) * size))


def grants(format_: str, root: Person, steps: Sequence[Step], *, salt: int = 0) -> list[Grant]:
    """The grant as it was after each link, the first link first."""
    found = [Grant(base(format_, salt=salt), (root,), ())]
    for position, step in enumerate(steps, start=1):
        held = found[-1]
        payload = block(position, held.holder, step, held.symbols, salt=salt)
        found.append(extended(held, payload, step.to, signer=step.signer))
    return found[1:]


def extended(held: Grant, payload: bytes, to: Person, *, signer: Person | None = None) -> Grant:
    """The grant with one more link, signed by its holder unless said otherwise."""
    carrier = held.carrier.extended((signer or held.holder).signer, payload, to.key)
    return Grant(carrier, (*held.people, to), held.symbols + admit(payload, held.symbols, Limits()).symbols)


def block(position: int, by: Person, step: Step, symbols: tuple[str, ...], *, salt: int = 0) -> bytes:
    """The payload of one link; ids are made of the salt and the position."""
    limits = tuple(each.resolved(moment(step.issued), position - 1) for each in step.caveats)
    link_id = bytes((salt, position)) * 8
    return encode(*write(Link(position, link_id, step.issued, by.principal, step.to.principal, limits)), symbols)


def grant(format_: str, root: Person, steps: Sequence[Step], *, salt: int = 0) -> Grant:
    return grants(format_, root, steps, salt=salt)[-1]


def claim(situation: Situation, request: Request, *, number: int = 0) -> Presentation:
    """What a holder signs, whose clock and the verifier's agree."""
    start, stop = max(0, situation.now - 30), min(situation.now + 60, LATEST)
    return Presentation(situation.audience, request.digest(), number.to_bytes(16, "big"), start, stop)


def presented(
    held: Grant,
    said: Presentation,
    *,
    by: Person | None = None,
    approvals: Sequence[str] = (),
    credentials: Sequence[str] = (),
) -> str:
    """The grant with a presentation, by its holder unless said otherwise, and with these approvals and credentials."""
    carrier, stated = held.carrier.accompanied(tuple(approvals))
    whole = replace(said, unverified_approvals=stated, unverified_credentials=tuple(credentials))
    payload = encode(whole.facts(), (whole.check(),), held.symbols)
    return base64url_encode(carrier.presented((by or held.holder).signer, payload))


def approvals_of(held: Grant, situation: Situation, request: Request, *, number: int = 0) -> list[str]:
    """One approval of this very use by each of whom the situation says that they approved."""
    asked = [
        ApprovalRequest(
            approvers=(did,),
            threshold=1,
            audience=situation.audience,
            root=held.root.did,
            holder=held.holder.did,
            request=request,
        )
        for did in sorted(situation.approved.intersection(BY_DID))
    ]
    now, drawn = moment(situation.now), number.to_bytes(16, "big")
    return [
        approve(each, by=BY_DID[each.approvers[0]].identity, clock=lambda: now, random=lambda size: drawn).encode()
        for each in asked
    ]


def credentials_of(held: Grant, situation: Situation) -> list[str]:
    """An identity credential for each thing that the situation says of a delegate."""
    said = dict(zip(held.delegates, situation.told(held.delegates), strict=False))
    return [identity_credential(by, did, says) for did in sorted(said) for by, says in sorted(said[did], key=repr)]


# Signed again and again, in both formats and by every law, if it were not kept.
@cache
def identity_credential(by: str, of: str, says: frozenset[str]) -> str:
    """One by one of the people about another, good for a hundred days around the time of most situations."""
    members: dict[str, Any] = dict(text.split("=", 1) for text in says if not text.startswith("capability="))
    several = sorted(text.partition("=")[2] for text in says if text.startswith("capability="))
    profile = agent.AgentProfile(id=of, capability=tuple(several), **members)
    issuer = BY_DID[by].identity
    issued = moment(NOW) - timedelta(days=50)
    return agent.issue(profile, by=issuer, lifetime=timedelta(days=100), clock=lambda: issued)


def use(
    held: Grant, situation: Situation, *, number: int = 0, challenge: str | None = None, by: Person | None = None
) -> tuple[str, Request]:
    """What the holder sends for a request, with every approval and credential that the situation speaks of."""
    request = situation.request()
    approvals = approvals_of(held, situation, request, number=number)
    said = replace(claim(situation, request, number=number), challenge=challenge)
    shown = credentials_of(held, situation)
    return presented(held, said, by=by, approvals=approvals, credentials=shown), request


def verifier(root: Person, situation: Situation, **changed: Any) -> Verifier:
    """A verifier that trusts the root and has seen nothing yet."""
    now = moment(situation.now)
    arguments = {"audience": situation.audience, "roots": [root.did], "clock": lambda: now, "cache": 0}
    return Verifier(**{**arguments, "macaroon_keys": [KEY], "store": MemoryStore(), **changed})


def judged(by: Verifier, wire: str, request: Request, *, challenge: str | None = None) -> Verdict:
    try:
        by.authorize(wire, request, challenge=challenge)
    except Denied as error:
        denial = error.decision.denial
        return Verdict(error.code, error.decision.link, None if denial is None else denial.caveat)
    except AttornError as error:
        return Verdict(error.code)
    return Verdict(ALLOWED)


def verdict(held: Grant, situation: Situation) -> Verdict:
    """What a fresh verifier says when the holder presents the grant for this request."""
    return judged(verifier(held.root, situation), *use(held, situation))


def permitted(held: Grant, situation: Situation) -> bool:
    return verdict(held, situation).code == ALLOWED


@dataclass(frozen=True, slots=True)
class Case:
    """A situation, and the links of a chain from a root. The situation's depth is that of the chain."""

    situation: Situation
    root: Person
    steps: tuple[Step, ...]

    def grant(self, format_: str, *, salt: int = 0) -> Grant:
        return grant(format_, self.root, self.steps, salt=salt)

    @property
    def delegates(self) -> list[str]:
        return [step.to.did for step in self.steps]

    def caveats(self) -> list[tuple[int, Step, Caveat]]:
        """Each with the position of its link, from 0, and its link."""
        return [(place, step, each) for place, step in enumerate(self.steps) for each in step.caveats]

    def expected(self, ledger: judging.Ledger, situation: Situation | None = None) -> Verdict:
        """What the reference evaluator says; the ledger is charged."""
        asked = situation or self.situation
        people = (self.root, *(step.to for step in self.steps))
        links = [
            judging.Link(by.did, str(place), step.issued, list(map(plain, step.caveats)))
            for place, (by, step) in enumerate(zip(people, self.steps, strict=False))
        ]
        found = judging.judge(links, asked.plain(), asked.world(self.delegates), ledger)
        if found.link is None or found.caveat is None:
            return Verdict(found.code)
        return Verdict(found.code, found.link, self._read_as(found.link - 1, found.caveat))

    def _read_as(self, place: int, index: int) -> str:
        """The kind that a reader finds: the plainest that is written the same."""
        step = self.steps[place]
        rendered = step.caveats[index].resolved(moment(step.issued), place).render()
        return "Purpose" if isinstance(rendered, Predicate) else type(recognise(rendered)).__name__

    def stock_permits(self) -> bool:
        """What a stock engine must say: every check that it has the facts for holds, and there is no other."""
        world, asked = self.situation.world(self.delegates), self.situation.plain()
        limits = [(each, _made(each, step, place)) for place, step, each in self.caveats()]
        return all(kit_of(each).stock and not reference.prohibits(made, asked, world) for each, made in limits)


def _made(limit: Caveat, step: Step, place: int) -> dict[str, Any]:
    return plain(limit.resolved(moment(step.issued), place))


def permits(limit: Caveat, situation: Situation, *, issued: int, place: int, delegates: Sequence[str] = ()) -> bool:
    """What the reference says of one caveat of the link at a place (from 0), without ledger or lists."""
    made = plain(limit.resolved(moment(issued), place))
    return not reference.prohibits(made, situation.plain(), situation.world(delegates))


_OFFSETS = (-30, -30, -30, -30, 0, 60, 61, -89, -5000)
people = st.sampled_from(PEOPLE)
_moods = st.integers(0, 2)
"""0: whatever comes; 1: only what permits; 2: at most one that prohibits."""


# What is made anew for each example is also validated anew.
@cache
def _limits(kits: tuple[Kit, ...]) -> st.SearchStrategy[list[Caveat]]:
    return st.lists(drawn(tuple(kit for kit in kits if kit.kind is not Purpose)), max_size=2)


@cache
def _lateness(offsets: tuple[int, ...]) -> st.SearchStrategy[int]:
    return st.sampled_from(offsets)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    about: Kit | None = None,
    kits: Iterable[Kit] = KITS,
    most: int = 4,
    offsets: tuple[int, ...] = _OFFSETS,
) -> Case:
    """A chain of 1 to `most` links. In most, all caveats but perhaps one permit the request.

    With `about`, one caveat is of that kind or the opposite, and the situation near its edge.
    """
    situation = draw(situations())
    length = draw(st.integers(1, most))
    focus = None
    if about is not None:
        limit = draw(about.caveats)
        near = draw(st.sampled_from(list(about.near(limit))))
        focus = draw(st.sampled_from(with_opposite(limit)))
        args = {**situation.args, **near.args}
        situation = replace(near, args=args, cost=near.cost or situation.cost)
        length = max(length, near.depth + 1) if draw(st.booleans()) else near.depth + 1
    situation = replace(situation, depth=length - 1)
    root, *others = [draw(people) for _ in range(length + 1)]
    delegates = [each.did for each in others]
    mood = draw(_moods)
    spare = mood == 2
    limits, lateness = _limits(tuple(kits)), _lateness(offsets)
    home = draw(st.integers(0, length - 1))
    steps = []
    for place, to in enumerate(others):
        issued = max(0, situation.now + draw(lateness))
        kept: list[Caveat] = []
        for each in draw(limits):
            if mood and not permits(each, situation, issued=issued, place=place, delegates=delegates):
                if not spare:
                    continue
                spare = False
            kept.append(each)
        if focus is not None and place == home:
            kept.insert(draw(st.integers(0, len(kept))), focus)
        steps.append(Step(to, tuple(kept), issued))
    return Case(situation, root, tuple(steps))


def within_limits(found: Verdict) -> Verdict:
    """Of a token that is too large for a verifier, nothing else is said."""
    assume(found.code != "limit_exceeded")
    return found
