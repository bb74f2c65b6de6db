"""The life of an agent in its issuer's register, and what verifiers make of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.agent_scene import (
    BY_ORG,
    FORMATS,
    LAB,
    NOW,
    ORG,
    PLANNER,
    REQUEST,
    SCOUT,
    Clock,
    door,
    minted,
    profile,
    refused,
    use,
)
from tests.unit.scene import denied

from attorn import Identity, agent, revocation, store
from attorn.agent import Record, Register, Securing
from attorn.encoding import base64url_decode
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.revocation import LifecycleEvent
from attorn.status import Publisher

AT = datetime.fromtimestamp(NOW, UTC)
formats = pytest.mark.parametrize("form", FORMATS)


class World:
    """An issuer with a register, and a verifier's store that hears of all it publishes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.publisher = Publisher("https://lists.example/agents", entries=64)
        self.register = Register(by=ORG, publisher=self.publisher, clock=self.clock)
        self.store = store.MemoryStore()

    def heard(self, *entries: revocation.LifecycleEntry) -> None:
        """Every verifier learns what was signed, and the list as it is now."""
        self.clock.second += 1
        for entry in entries:
            self.store.apply(entry.encode())
        self.store.apply(self.publisher.publish(ORG, clock=self.clock))

    def door(self, **changed: Any) -> Any:
        return door(store=self.store, clock=self.clock, **changed)


@pytest.fixture
def world() -> World:
    return World()


def told(text: str, world: World) -> agent.AgentIdentity:
    return agent.verify(text, issuers=[ORG.did], now=world.clock())


@formats
@pytest.mark.parametrize("secured", [Securing.JOSE, Securing.SD_JWT])
def test_enrolled_suspended_resumed_and_deprovisioned(world: World, form: str, secured: Securing) -> None:
    token = minted(form, BY_ORG)
    text, entry = world.register.enrol(profile(), securing=secured)
    assert (entry.event, entry.principal, entry.by) == (LifecycleEvent.ENROL, PLANNER.did, ORG.did)
    assert told(text, world).profile == profile()
    world.heard(entry)
    world.door().authorize(use(token, PLANNER, text), REQUEST)
    world.heard(*world.register.suspend(PLANNER.did))
    denied(use(token, PLANNER, text), 9, 1, by=world.door())
    world.heard(*world.register.resume(PLANNER.did))
    world.door().authorize(use(token, PLANNER, text), REQUEST)
    world.heard(*world.register.deprovision(PLANNER.did))
    denied(use(token, PLANNER, text), 9, 1, by=world.door())
    assert world.register.record(PLANNER.did).ended


@pytest.mark.parametrize("only", ["entry", "list"])
def test_the_entry_alone_and_the_list_alone_end_it(world: World, only: str) -> None:
    text, _ = world.register.enrol(profile())
    world.heard()
    (entry,) = world.register.deprovision(PLANNER.did)
    world.clock.second += 1
    if only == "entry":
        world.store.apply(entry.encode())
    else:
        world.store.apply(world.publisher.publish(ORG, clock=world.clock))
    denied(use(minted("biscuit", BY_ORG), PLANNER, text), 9, 1, by=world.door())


def test_an_authority_of_the_verifier_ends_every_chain_through_it(world: World) -> None:
    world.register.enrol(profile())
    world.heard(*world.register.deprovision(PLANNER.did))
    wire = use(minted("biscuit"), PLANNER)
    refused(wire, "deprovisioned", 7, by=world.door(authorities=[ORG.did]))


@formats
def test_a_transfer_revokes_what_was_said_before(world: World, form: str) -> None:
    token = minted(form, BY_ORG)
    before, _ = world.register.enrol(profile())
    after = world.register.transfer(PLANNER.did, owner=LAB.did, accountable="Night shift")
    assert told(after, world).profile == replace(profile(), owner=LAB.did, accountable="Night shift")
    world.heard()
    denied(use(token, PLANNER, before), 9, 1, by=world.door())
    world.door().authorize(use(token, PLANNER, after), REQUEST)


def test_a_renewal_says_the_same_and_revokes_nothing(world: World) -> None:
    before, _ = world.register.enrol(profile())
    world.clock.second += 20
    after = world.register.renew(PLANNER.did)
    first, second = told(before, world), told(after, world)
    assert (first.profile, first.references) == (second.profile, second.references)
    assert second.valid_until - first.valid_until == timedelta(seconds=20)
    world.heard()
    for text in (before, after):
        world.door().authorize(use(minted("biscuit", BY_ORG), PLANNER, text), REQUEST)


CHANGES = {
    "renew": lambda register, did: register.renew(did),
    "change": lambda register, did: register.change(replace(register.record(did).profile, model="m-2")),
    "transfer": lambda register, did: register.transfer(did, owner=LAB.did, accountable=None),
}
changes = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@changes
def test_what_replaces_an_sd_jwt_can_hide_as_much(world: World, change: Any) -> None:
    # A name for one audience, shown with the owner and the accountable person in clear, is no such name.
    here = PLANNER.pairwise("did:web:a.example")
    world.register.enrol(profile())
    world.register.enrol(profile(here), securing=Securing.SD_JWT, alias_of=PLANNER.did)
    again = Register.decode(world.register.encode(), by=ORG, publisher=world.publisher, clock=world.clock)
    for text in (change(again, here.did), again.renew(here.did)):
        bare = told(agent.disclose(text), world).profile
        assert (bare.id, bare.owner, bare.accountable, bare.model) == (here.did, None, None, None)


@changes
def test_the_form_is_changed_for_good_where_one_is_named(world: World, change: Any) -> None:
    world.register.enrol(profile(), securing=Securing.SD_JWT)
    assert "~" not in world.register.renew(PLANNER.did, securing=Securing.JOSE)
    assert "~" not in change(world.register, PLANNER.did)
    assert "~" in world.register.change(profile(), securing=Securing.SD_JWT)
    assert "~" in change(world.register, PLANNER.did)
    assert world.register.record(PLANNER.did).securing is Securing.SD_JWT


@pytest.mark.parametrize("odd", ["sd-jwt", "jose", 1, Securing.ENVELOPED, Securing.DATA_INTEGRITY])
def test_a_form_that_is_none_changes_nothing(world: World, odd: Any) -> None:
    # What a token list says of a credential stands beside a document, where no Data Integrity proof is.
    with pytest.raises(InputError):
        world.register.enrol(profile(), securing=odd)
    assert list(world.register) == []
    world.register.enrol(profile(), securing=Securing.SD_JWT)
    state = world.register.encode()
    for refused_call in (
        lambda: world.register.renew(PLANNER.did, securing=odd),
        lambda: world.register.change(profile(), securing=odd),
        lambda: world.register.transfer(PLANNER.did, owner=LAB.did, accountable=None, securing=odd),
    ):
        with pytest.raises(InputError):
            refused_call()
    assert world.register.encode() == state
    assert world.publisher.value(world.register.record(PLANNER.did).index) == 0


def test_other_names_share_the_fate_of_the_agent_and_the_credentials_do_not_say_so(world: World) -> None:
    here, there = PLANNER.pairwise("did:web:a.example"), PLANNER.pairwise("did:web:b.example")
    world.register.enrol(profile())
    texts = [
        world.register.enrol(profile(each), securing=Securing.SD_JWT, alias_of=PLANNER.did)[0] for each in (here, there)
    ]
    for text in texts:
        shown = "".join(base64url_decode(part).decode("latin-1") for part in text.replace("~", ".").split(".") if part)
        assert PLANNER.did not in shown
    assert len({told(text, world).references for text in texts}) == 2
    entries = world.register.deprovision(PLANNER.did)
    assert {entry.principal for entry in entries} == {PLANNER.did, here.did, there.did}
    assert all(record.ended for record in world.register)


def test_one_name_can_be_ended_by_itself(world: World) -> None:
    here = PLANNER.pairwise("did:web:a.example")
    world.register.enrol(profile())
    world.register.enrol(profile(here), alias_of=PLANNER.did)
    assert [entry.principal for entry in world.register.suspend(here.did)] == [here.did]
    assert [entry.principal for entry in world.register.deprovision(here.did)] == [here.did]
    assert not world.register.record(PLANNER.did).ended
    assert [entry.principal for entry in world.register.suspend(PLANNER.did)] == [PLANNER.did]


def test_no_new_name_while_the_agent_is_suspended(world: World) -> None:
    # Its entry in the list would be valid, and the agent back under it.
    world.register.enrol(profile())
    world.register.suspend(PLANNER.did)
    with pytest.raises(InputError):
        world.register.enrol(profile(SCOUT), alias_of=PLANNER.did)
    world.register.resume(PLANNER.did)
    world.register.enrol(profile(SCOUT), alias_of=PLANNER.did)


def test_a_name_has_no_other_names(world: World) -> None:
    # What is done to the agent would not reach a name of its name.
    here, there = PLANNER.pairwise("did:web:a.example"), PLANNER.pairwise("did:web:b.example")
    world.register.enrol(profile())
    world.register.enrol(profile(here), alias_of=PLANNER.did)
    with pytest.raises(InputError):
        world.register.enrol(profile(there), alias_of=here.did)


class Failing:
    """A signer that fails after so many signatures."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.left = inner, 0
        self.public_key = inner.public_key

    def sign(self, message: bytes) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError
        return self.inner.sign(message)


@pytest.mark.parametrize("verb", ["suspend", "resume", "deprovision"])
def test_a_signer_that_fails_half_way_leaves_every_name_as_it_was(world: World, verb: str) -> None:
    world.register.enrol(profile())
    world.register.enrol(profile(SCOUT), alias_of=PLANNER.did)
    before, values = world.register.encode(), [world.publisher.value(record.index) for record in world.register]
    signer = Failing(ORG.signer)
    failing = Register.decode(before, by=Identity(signer), publisher=world.publisher, clock=world.clock)
    signer.left = 1
    with pytest.raises(UnavailableError):
        getattr(failing, verb)(PLANNER.did)
    assert failing.encode() == before
    assert [world.publisher.value(record.index) for record in failing] == values
    signer.left = 2
    assert len(getattr(failing, verb)(PLANNER.did)) == 2


@pytest.mark.parametrize("verb", ["change", "transfer", "alias", "suspend", "resume"])
def test_an_older_state_raises_nobody_from_the_dead(world: World, verb: str) -> None:
    # The publisher was saved after the end, the register before it.
    world.register.enrol(profile())
    state = world.register.encode()
    world.register.deprovision(PLANNER.did)
    older = Register.decode(state, by=ORG, publisher=world.publisher, clock=world.clock)
    with pytest.raises(InputError):
        act(older, verb)
    assert [entry.event for entry in older.deprovision(PLANNER.did)] == [LifecycleEvent.DEPROVISION]


ENDED = ["renew", "suspend", "resume", "deprovision", "change", "transfer", "alias"]


@pytest.mark.parametrize("verb", ENDED)
def test_nothing_follows_the_end(world: World, verb: str) -> None:
    world.register.enrol(profile())
    world.register.deprovision(PLANNER.did)
    state = world.register.encode()
    with pytest.raises(InputError):
        act(world.register, verb)
    with pytest.raises(InputError):
        world.register.enrol(profile())
    assert world.register.encode() == state


@pytest.mark.parametrize("verb", ENDED)
def test_nothing_is_done_to_a_stranger(world: World, verb: str) -> None:
    with pytest.raises(InputError):
        act(world.register, verb)
    assert list(world.register) == []


def act(register: Register, verb: str) -> Any:
    if verb == "change":
        return register.change(profile(model="m-2"))
    if verb == "transfer":
        return register.transfer(PLANNER.did, owner=LAB.did, accountable=None)
    if verb == "alias":
        return register.enrol(profile(SCOUT), alias_of=PLANNER.did)
    return getattr(register, verb)(PLANNER.did)


def test_a_change_does_not_resume(world: World) -> None:
    world.register.enrol(profile())
    world.register.suspend(PLANNER.did)
    with pytest.raises(InputError):
        world.register.change(profile(model="m-2"))
    world.register.resume(PLANNER.did)
    world.register.change(profile(model="m-2"))


@pytest.mark.parametrize("odd", [None, "x", {"id": PLANNER.did}])
def test_profiles_are_profiles(world: World, odd: Any) -> None:
    with pytest.raises(InputError):
        world.register.enrol(odd)
    with pytest.raises(InputError):
        world.register.change(odd)


# Kept across a restart


def test_a_register_that_is_restored_goes_on(world: World) -> None:
    world.register.enrol(profile())
    world.register.enrol(profile(SCOUT), alias_of=PLANNER.did)
    world.register.deprovision(SCOUT.did)
    state = world.register.encode()
    again = Register.decode(state, by=ORG, publisher=world.publisher, clock=world.clock)
    assert list(again) == list(world.register)
    assert again.encode() == state
    assert [type(record) for record in again] == [Record, Record]
    with pytest.raises(InputError):
        again.enrol(profile())
    assert told(again.renew(PLANNER.did), world).profile == profile()


GOOD: dict[str, Any] = {
    "alias_of": None,
    "ended": False,
    "index": 3,
    "profile": profile().subject(),
    "securing": "sd-jwt",
}


@pytest.mark.parametrize(
    "state",
    [
        {},
        [],
        {"records": [], "version": 2},
        {"records": [], "version": 1, "more": 1},
        {"records": {}, "version": 1},
        *(
            {"records": records, "version": 1}
            for records in (
                [{}],
                [[]],
                [GOOD, GOOD],
                [{**GOOD, "index": -1}],
                [{**GOOD, "index": True}],
                [{**GOOD, "ended": 0}],
                [{**GOOD, "alias_of": "x"}],
                [{**GOOD, "alias_of": SCOUT.did}],
                [{**GOOD, "alias_of": PLANNER.did}],
                [{**GOOD, "profile": {}}],
                [{**GOOD, "profile": None}],
                [{**GOOD, "more": 1}],
                [{**GOOD, "securing": "enveloped"}],
                [{**GOOD, "securing": "SD_JWT"}],
                [{**GOOD, "securing": []}],
                [{**GOOD, "securing": None}],
                [{name: value for name, value in GOOD.items() if name != "securing"}],
            )
        ),
    ],
    ids=lambda state: json.dumps(state)[:40],
)
def test_other_states_are_refused(world: World, state: Any) -> None:
    with pytest.raises(MalformedError):
        Register.decode(json.dumps(state).encode(), by=ORG, publisher=world.publisher)


def test_the_good_record_is_good(world: World) -> None:
    state = json.dumps({"records": [GOOD], "version": 1}).encode()
    assert [record.index for record in Register.decode(state, by=ORG, publisher=world.publisher)] == [3]


@pytest.mark.parametrize(
    "changed",
    [
        {"by": ORG.did},
        {"publisher": "https://lists.example/agents"},
        {"publisher": Publisher("https://lists.example/r", kind="revocation")},
        {"publisher": Publisher("https://lists.example/a", entries=64, bits=1)},
        {"lifetime": timedelta(0)},
        {"lifetime": 60},
    ],
    ids="-".join,
)
def test_unusable_registers(world: World, changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Register(**{"by": ORG, "publisher": world.publisher, **changed})
