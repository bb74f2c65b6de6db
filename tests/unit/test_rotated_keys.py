"""Links whose signing key was taken out of its DID since (attack 38), in both formats of a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit import scene
from tests.unit.macaroon_world import KEY, base
from tests.unit.scene import AUDIENCE, READ, REQUEST, Clock, at, draw
from tests.unit.webvh_world import Web, public, signer

from attorn import Identity, Token, Verifier, caveat
from attorn.did.caching import CachingResolver
from attorn.did.document import DidDocument
from attorn.did.methods import MethodResolver
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.did.webvh import controller, history
from attorn.did.webvh.document import write_state
from attorn.did.webvh.resolver import WebvhResolver
from attorn.errors import InputError, UnavailableError

CREATED, SIGNED, ROTATED = at("2026-03-01T00:00:00Z"), at("2026-03-01T01:00:00Z"), at("2026-03-01T02:00:00Z")
DAY = timedelta(days=1)
UNRESOLVED = ("unresolved_principal", 3)
ALICE, PLANNER, SCOUT = 1, 2, 3
"""The first keys; whoever rotates goes on to the key ten further."""


@dataclass
class World:
    """Three DIDs on the web, with the clock that everybody goes by."""

    clock: Clock = field(default_factory=lambda: Clock(SIGNED))
    web: Web = field(default_factory=Web)
    logs: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for who in (ALICE, PLANNER, SCOUT):
            log = controller.create(domain=f"a{who}.example", by=signer(who), at=moment(CREATED), portable=True)
            self.publish(who, log)
        self.resolver = WebvhResolver(self.web, clock=self.clock)

    def publish(self, who: int, log: str, host: str = "") -> None:
        self.logs[who] = log
        self.web.publish(log, at=f"https://{host or f'a{who}.example'}/.well-known/")

    def did(self, who: int) -> str:
        return history.unasked(self.logs[who], now=moment(self.clock.second)).head.did.text

    def identity(self, who: int, key: int = 0) -> Identity:
        return Identity(signer(key or who), did=self.did(who), resolver=self.resolver, clock=self.clock, random=draw)

    def rotate(self, who: int, second: float = ROTATED, key: int = 0) -> None:
        to = public(key or who + 10)
        self.publish(who, controller.rotate(self.logs[who], by=signer(who), key=to, at=moment(second)))

    def chain(self, made: Any = None, holder: int = SCOUT) -> Token:
        """Alice to the planner to the holder, signed now."""
        token = self.identity(ALICE).mint(to=self.did(PLANNER), caveats=[READ], base=made)
        return self.identity(PLANNER).delegate(token, to=self.did(holder), caveats=[caveat.Range("limit", 1, 10)])

    def verifier(self, rotated: timedelta | None = DAY, **changed: Any) -> Verifier:
        return Verifier(
            **{
                "audience": AUDIENCE,
                "roots": [self.did(ALICE)],
                "clock": self.clock,
                "resolver": self.resolver,
                "macaroon_keys": [KEY],
                "rotated_keys": rotated,
                **changed,
            }
        )

    def accepted(self, wire: str, by: Verifier | None = None) -> None:
        scene.accepted(wire, by=by or self.verifier())

    def refused(self, wire: str, by: Verifier | None = None, expected: tuple[str, int] = UNRESOLVED) -> None:
        scene.refused(wire, *expected, by=by or self.verifier())


def moment(second: float) -> datetime:
    return Clock(second)()


FORMATS: dict[str, Callable[[], Any]] = {"biscuit": lambda: None, "macaroon": base}


@pytest.fixture(params=FORMATS)
def made(request: pytest.FixtureRequest) -> Any:
    """What a token is made on: nothing for a Biscuit, a base for a Macaroon."""
    return FORMATS[request.param]()


def present(world: World, token: Token, key: int = 0) -> str:
    return world.identity(SCOUT, key).present(token, REQUEST, audience=AUDIENCE)


def test_nothing_is_rotated_and_all_is_well(made: Any) -> None:
    world = World()
    token = world.chain(made)
    for rotated in (None, DAY):
        world.accepted(present(world, token), world.verifier(rotated))


@pytest.mark.parametrize("who", [ALICE, PLANNER])
def test_by_default_a_key_that_was_taken_out_counts_no_more(made: Any, who: int) -> None:
    """Attack 38: an explicit decision, and this is it where none was made."""
    world = World()
    token = world.chain(made)
    world.rotate(who)
    world.clock.second = ROTATED + 1
    world.refused(present(world, token), world.verifier(None))


@pytest.mark.parametrize("who", [ALICE, PLANNER])
def test_within_the_period_it_does(made: Any, who: int) -> None:
    world = World()
    token = world.chain(made)
    world.rotate(who)
    for after in (1, 3600, 86_399):
        world.clock.second = ROTATED + after
        world.accepted(present(world, token))
    # At the very end of the period the key is looked up at the second from which it was gone.
    for after in (86_400, 86_401, 864_000):
        world.clock.second = ROTATED + after
        world.refused(present(world, token))


def test_both_may_have_rotated(made: Any) -> None:
    world = World()
    token = world.chain(made)
    world.rotate(ALICE)
    world.rotate(PLANNER, ROTATED + 600)
    world.clock.second = ROTATED + 86_399
    world.accepted(present(world, token))
    world.clock.second = ROTATED + 86_400
    world.refused(present(world, token))


def test_the_presenter_must_be_current(made: Any) -> None:
    world = World()
    token = world.chain(made)
    world.accepted(present(world, token))
    world.rotate(SCOUT)
    world.clock.second = ROTATED + 1
    late = Identity(
        signer(SCOUT), did=world.did(SCOUT), resolver=_Then(world, moment(SIGNED)), clock=world.clock, random=draw
    )
    world.refused(late.present(token, REQUEST, audience=AUDIENCE))


class _Then:
    """Resolves as the world was at a time: what a thief of an old key would have his own tools believe."""

    def __init__(self, world: World, then: datetime) -> None:
        self.world, self.then = world, then

    def resolve(self, did: str) -> DidDocument:
        return self.world.resolver.resolve_at(did, self.then)


def test_an_agent_rotates_its_key_and_goes_on(made: Any) -> None:
    """Before it rotates, it passes what it holds on to its own next key."""
    world = World()
    token = world.chain(made)
    both = write_state(world.did(SCOUT), (public(SCOUT), public(13)))
    world.publish(SCOUT, controller.update(world.logs[SCOUT], by=signer(SCOUT), document=both, at=moment(SIGNED + 60)))
    world.clock.second = SIGNED + 120
    new = f"{world.did(SCOUT)}#{both['verificationMethod'][1]['id'].partition('#')[2]}"  # type: ignore[index,call-overload,union-attr]
    again = world.identity(SCOUT).delegate(token, to=new)
    world.rotate(SCOUT, ROTATED)
    world.clock.second = ROTATED + 1
    world.accepted(present(world, again, 13))
    world.refused(present(world, again, 13), world.verifier(None))


def test_a_key_signs_nothing_new_once_it_is_out(made: Any) -> None:
    world = World()
    alice = world.identity(ALICE)
    world.rotate(ALICE)
    world.clock.second = ROTATED
    token = alice.mint(to=world.did(SCOUT), caveats=[READ], base=made)
    world.clock.second = ROTATED + 10
    world.refused(present(world, token))


def test_a_thief_who_dates_back_has_until_the_end_of_the_period(made: Any) -> None:
    world = World()
    alice = world.identity(ALICE)
    world.rotate(ALICE)
    world.clock.second = ROTATED - 1
    token = alice.mint(to=world.did(SCOUT), caveats=[READ], base=made)
    world.clock.second = ROTATED + 3600
    world.accepted(present(world, token))
    world.refused(present(world, token), world.verifier(None))
    world.clock.second = ROTATED + 86_400
    world.refused(present(world, token))


def test_a_link_dated_before_the_did_was_is_refused(made: Any) -> None:
    world = World()
    alice = world.identity(ALICE)
    world.rotate(ALICE)
    planner = Identity.from_seed(b"p" * 32, clock=world.clock, random=draw)
    world.clock.second = CREATED - 1
    token = alice.mint(to=planner.did, caveats=[READ], base=made, resolver=LocalResolver())
    world.clock.second = ROTATED + 1
    world.refused(planner.present(token, REQUEST, audience=AUDIENCE))


@pytest.mark.parametrize("who", [ALICE, PLANNER])
def test_a_deactivated_did_has_no_keys_whenever_it_signed(made: Any, who: int) -> None:
    """Attack 39."""
    world = World()
    token = world.chain(made)
    world.rotate(who)
    log = controller.deactivate(world.logs[who], by=signer(who + 10), at=moment(ROTATED + 60))
    world.clock.second = ROTATED + 61
    wire = present(world, token)
    world.accepted(wire)
    by = world.verifier()
    world.publish(who, log)
    world.refused(present(world, token), by)


def test_a_did_that_has_moved_has_left_its_history_behind(made: Any) -> None:
    world = World()
    token = world.chain(made)
    world.rotate(PLANNER)
    by = world.verifier()
    world.clock.second = ROTATED + 61
    world.accepted(present(world, token), by)
    log = controller.move(world.logs[PLANNER], domain="new.example", by=signer(12), at=moment(ROTATED + 60))
    world.publish(PLANNER, log)
    world.publish(PLANNER, log, "new.example")
    world.refused(present(world, token), by)


def test_a_key_that_only_lost_its_use_counts_as_taken_out(made: Any) -> None:
    world = World()
    token = world.chain(made)
    state = dict(write_state(world.did(ALICE), (public(ALICE),)))
    state["capabilityDelegation"] = []
    log = controller.update(world.logs[ALICE], by=signer(ALICE), document=state, at=moment(ROTATED))
    world.publish(ALICE, log)
    world.clock.second = ROTATED + 60
    world.accepted(present(world, token))
    world.refused(present(world, token), world.verifier(None))
    world.clock.second = ROTATED + 86_400
    world.refused(present(world, token))


def test_a_name_that_went_to_another_key_means_that_key(made: Any) -> None:
    """The root's key is looked up by its name, so its old links end at once; the others' are bound in the chain."""
    for who, expected in ((ALICE, ("bad_signature", 4)), (PLANNER, UNRESOLVED)):
        world = World()
        named = _renamed(world, who, public(who))
        world.publish(who, controller.update(world.logs[who], by=signer(who), document=named, at=moment(SIGNED - 60)))
        token = world.chain(made)
        world.accepted(present(world, token))
        named = _renamed(world, who, public(who + 10))
        world.publish(who, controller.update(world.logs[who], by=signer(who), document=named, at=moment(ROTATED)))
        world.clock.second = ROTATED + 1
        if who == PLANNER:
            # The chain binds his key, so the period holds for it whatever its name means now.
            world.accepted(present(world, token))
            world.clock.second = ROTATED + 86_400
        world.refused(present(world, token), expected=expected)


def _renamed(world: World, who: int, key: Any) -> Any:
    state: Any = write_state(world.did(who), (key,))
    url = f"{world.did(who)}#key"
    state["verificationMethod"][0]["id"] = url
    for name in ("assertionMethod", "authentication", "capabilityDelegation", "capabilityInvocation"):
        state[name] = [url]
    return state


def test_what_was_verified_before_is_looked_up_again(made: Any) -> None:
    """Attack 132: the chain is not remembered, so no old answer lives on in the cache."""
    world = World()
    token = world.chain(made)
    by = world.verifier()
    world.accepted(present(world, token), by)
    world.rotate(PLANNER)
    world.clock.second = ROTATED + 86_399
    world.accepted(present(world, token), by)
    world.clock.second = ROTATED + 86_400
    world.refused(present(world, token), by)
    asked = len(world.web.asked)
    world.refused(present(world, token), by)
    assert len(world.web.asked) > asked


def test_a_log_that_is_rolled_back_brings_no_key_back(made: Any) -> None:
    """Attack 37 under attack 38: the old log would make the old key current again."""
    world = World()
    token = world.chain(made)
    by, old = world.verifier(None), world.logs[PLANNER]
    world.rotate(PLANNER)
    world.clock.second = ROTATED + 1
    world.refused(present(world, token), by)
    world.publish(PLANNER, old)
    world.refused(present(world, token), by)


def test_a_history_that_cannot_be_had_is_no_answer(made: Any) -> None:
    world = World()
    token = world.chain(made)
    world.rotate(ALICE)
    world.clock.second = ROTATED + 1
    wire = present(world, token)
    world.web.down.add("https://a1.example/.well-known/did.jsonl")
    with pytest.raises(UnavailableError):
        world.verifier().authorize(wire, REQUEST)
    world.web.down.clear()
    del world.web.pages["https://a1.example/.well-known/did.jsonl"]
    world.refused(wire)


def test_resolvers_of_several_methods_pass_the_question_on(made: Any) -> None:
    world = World()
    token = world.chain(made)
    world.rotate(ALICE)
    world.clock.second = ROTATED + 1
    cached = CachingResolver(world.resolver, clock=world.clock)
    world.accepted(present(world, token), world.verifier(resolver=MethodResolver({"webvh": cached})))
    forgetful = MethodResolver({"webvh": _Then(world, moment(ROTATED))})
    world.refused(present(world, token), world.verifier(resolver=forgetful))


def test_exposure_asks_as_verification_does(made: Any) -> None:
    world = World()
    token = world.chain(made)
    world.rotate(ALICE)
    world.clock.second = ROTATED + 1
    assert world.verifier().exposure(token)
    with pytest.raises(scene.AttornError, match="is no key of"):
        world.verifier(None).exposure(token)


@pytest.mark.parametrize(
    "period", [timedelta(0), timedelta(seconds=-1), timedelta(days=367), 86_400, "P1D", True], ids=str
)
def test_a_period_is_some_time_and_bounded(period: Any) -> None:
    with pytest.raises(InputError, match="rotated_keys: expected a timedelta of at most 366 days"):
        World().verifier(period)


@pytest.mark.parametrize("resolver", [None, LocalResolver(), StaticResolver({})], ids=["default", "local", "static"])
def test_a_period_needs_a_resolver_with_a_history(resolver: Any) -> None:
    with pytest.raises(InputError, match="rotated_keys: expected a resolver with resolve_at"):
        World().verifier(DAY, resolver=resolver)
