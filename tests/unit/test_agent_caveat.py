"""Who the delegates are, asked at step 9: of the holder or of all, in credentials that hold here and now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.agent_scene import (
    ALICE,
    AUDIENCE,
    BY_ORG,
    DAY,
    FORMATS,
    KEY,
    LAB,
    NOW,
    ORG,
    PLANNER,
    REQUEST,
    SCOUT,
    Clock,
    door,
    draw,
    issued,
    minted,
    refused,
    use,
)
from tests.unit.scene import denied

from attorn import Access, Denied, Identity, Request, agent, caveat, revocation, store
from attorn.agent import Securing
from attorn.caveat import Agent
from attorn.datalog import Predicate, string
from attorn.engine import StockEngine
from attorn.errors import InputError, VerificationError
from attorn.macaroon import MacKey, ThirdParty, issue
from attorn.request.attested import Attested
from attorn.status import Publisher
from attorn.token.discharge import discharge
from attorn.token.presentation import MOST_CREDENTIALS, Presentation

formats = pytest.mark.parametrize("form", FORMATS)


def lets_through(text: str, by: Any = None, request: Request = REQUEST) -> Access:
    access = (by or door()).authorize(text, request)
    assert access.decision.allowed is True
    return access


@formats
@pytest.mark.parametrize("secured", [Securing.JOSE, Securing.DATA_INTEGRITY, Securing.SD_JWT])
def test_a_holder_of_whom_it_is_said_is_let_through_and_nobody_else(form: str, secured: Securing) -> None:
    token = minted(form, BY_ORG)
    lets_through(use(token, PLANNER, issued(securing=secured)))
    denied(use(token, PLANNER), 9, 1, by=door())
    denied(use(token, PLANNER, issued(securing=secured, model="m-2")), 9, 1, by=door())
    denied(use(token, PLANNER, issued(securing=secured, by=LAB)), 9, 1, by=door())
    denied(use(token, PLANNER, issued(SCOUT, securing=secured)), 9, 1, by=door())


@formats
def test_the_denial_names_who_is_asked_for(form: str) -> None:
    error = denied(use(minted(form, BY_ORG)), 9, 1, by=door())
    assert error.decision.denial is not None
    assert error.decision.denial.caveat == "Agent"
    assert f"{ORG.did} says: model m-1" in error.decision.denial.limit


@formats
def test_one_credential_says_all_of_it(form: str) -> None:
    token = minted(form, Agent(attested_by=ORG.did, model="m-1", provider="Lab"))
    lets_through(use(token, PLANNER, issued()))
    halves = issued(model="m-1", provider="Other"), issued(model="m-2", provider="Lab")
    denied(use(token, PLANNER, *halves), 9, 1, by=door())
    lets_through(use(token, PLANNER, *halves, issued()))


@formats
def test_every_delegate_is_asked_where_the_caveat_says_so(form: str) -> None:
    token = minted(form, Agent(attested_by=ORG.did, every=True))
    passed = PLANNER.delegate(token, to=SCOUT.did)
    planner, scout = issued(PLANNER), issued(SCOUT)
    lets_through(use(passed, SCOUT, planner, scout))
    lets_through(use(passed, SCOUT, scout, planner))
    for some in ((), (planner,), (scout,), (planner, planner)):
        denied(use(passed, SCOUT, *some), 9, 1, by=door())
    alone = PLANNER.delegate(minted(form, Agent(attested_by=ORG.did)), to=SCOUT.did)
    lets_through(use(alone, SCOUT, scout))
    denied(use(alone, SCOUT, planner), 9, 1, by=door())


@formats
def test_a_delegator_can_ask_for_more_and_never_for_less(form: str) -> None:
    """Attack 67."""
    token = minted(form, BY_ORG)
    more = PLANNER.delegate(token, to=SCOUT.did, caveats=[Agent(attested_by=LAB.did, stage="staging")])
    by_lab = issued(SCOUT, by=LAB, stage="staging")
    denied(use(more, SCOUT, issued(SCOUT)), 9, 2, by=door())
    denied(use(more, SCOUT, by_lab), 9, 1, by=door())
    lets_through(use(more, SCOUT, issued(SCOUT), by_lab))
    less = PLANNER.delegate(token, to=SCOUT.did, caveats=[Agent(attested_by=[ORG.did, SCOUT.did])])
    denied(use(less, SCOUT, issued(SCOUT, by=SCOUT)), 9, 1, by=door())


@formats
def test_nobody_attests_to_itself(form: str) -> None:
    denied(use(minted(form, BY_ORG), PLANNER, issued(by=PLANNER)), 9, 1, by=door())


@formats
@pytest.mark.parametrize("seconds", [-3600, 2 * 86_400])
def test_a_credential_that_is_not_good_now_does_not_count(form: str, seconds: int) -> None:
    text = issued(second=NOW - seconds, lifetime=DAY)
    denied(use(minted(form, BY_ORG), PLANNER, text), 9, 1, by=door())
    lets_through(use(minted(form, BY_ORG), PLANNER, text, issued()))


@formats
def test_what_is_not_genuine_is_no_credential_at_all(form: str) -> None:
    good = issued()
    head, body, signature = good.split(".")
    token = minted(form, BY_ORG)
    bad = f"{head}.{body}.{'A' * len(signature)}"
    refused(use(token, PLANNER, bad), "bad_credential", 9, by=door())
    refused(use(token, PLANNER, good, "x"), "bad_credential", 9, by=door())
    for odd in ("~", "{}", "a.b.c~"):
        with pytest.raises(VerificationError) as caught:
            door().authorize(use(token, PLANNER, odd), REQUEST)
        assert caught.value.step == 9
    other = minted(form)
    lets_through(use(other, PLANNER, bad, "nobody asks for this one, so nobody reads it"))


@formats
def test_credentials_of_strangers_are_not_looked_at(form: str) -> None:
    head, body, signature = issued(by=LAB).split(".")
    forged = f"{head}.{body}.{'A' * len(signature)}"
    lets_through(use(minted(form, BY_ORG), PLANNER, forged, issued()))


# What was said since


@pytest.fixture
def publisher() -> Publisher:
    return Publisher("https://lists.example/agents", entries=64, random=lambda most: most // 2)


@formats
def test_its_status_must_be_known_and_valid(form: str, publisher: Publisher) -> None:
    """Attack 107."""
    memory = store.MemoryStore()
    reference = publisher.allocate()
    text, clock = issued(status=[reference]), Clock()
    token = minted(form, BY_ORG)

    def asked() -> Any:
        return door(store=memory, clock=clock)

    refused(use(token, PLANNER, text), "stale_status", None, by=asked())
    memory.apply(publisher.publish(LAB, clock=clock))
    refused(use(token, PLANNER, text), "stale_status", None, by=asked())
    memory.apply(publisher.publish(ORG, clock=clock))
    lets_through(use(token, PLANNER, text), by=asked())
    publisher.suspend(reference.index)
    memory.apply(publisher.publish(ORG, clock=clock))
    denied(use(token, PLANNER, text), 9, 1, by=asked())
    publisher.resume(reference.index)
    memory.apply(publisher.publish(ORG, clock=clock))
    lets_through(use(token, PLANNER, text), by=asked())
    publisher.revoke(reference.index)
    memory.apply(publisher.publish(ORG, clock=clock))
    denied(use(token, PLANNER, text), 9, 1, by=asked())
    clock.second += 360
    again = PLANNER.present(token, REQUEST, audience=AUDIENCE, credentials=[text], ttl=timedelta(minutes=8))
    refused(again, "stale_status", None, by=asked())


@formats
def test_one_of_unknown_status_is_no_reason_to_refuse_where_another_will_do(form: str, publisher: Publisher) -> None:
    unknown = issued(status=[publisher.allocate()])
    lets_through(use(minted(form, BY_ORG), PLANNER, unknown, issued()))
    refused(use(minted(form, BY_ORG), PLANNER, unknown), "stale_status", None, by=door())
    denied(use(minted(form, BY_ORG), PLANNER, issued(model="m-2")), 9, 1, by=door())


@formats
@pytest.mark.parametrize("end", [revocation.suspend, revocation.deprovision])
def test_the_issuers_word_about_the_agent_ends_what_it_said(form: str, end: Any) -> None:
    memory = store.MemoryStore()
    token, text = minted(form, BY_ORG), issued()
    memory.apply(end(PLANNER.did, by=LAB, clock=Clock()).encode())
    lets_through(use(token, PLANNER, text), by=door(store=memory))
    memory.apply(end(PLANNER.did, by=ORG, clock=Clock()).encode())
    denied(use(token, PLANNER, text), 9, 1, by=door(store=memory))
    other = minted(form, Agent(attested_by=[ORG.did, LAB.did]))
    denied(use(other, PLANNER, text), 9, 1, by=door(store=memory))


def test_a_verifier_that_cleared_once_asks_again() -> None:
    memory = store.MemoryStore()
    verified = door(store=memory).verify(use(minted("biscuit", BY_ORG), PLANNER, issued()), REQUEST)
    assert verified.clear().decision.allowed
    memory.apply(revocation.suspend(PLANNER.did, by=ORG, clock=Clock()).encode())
    with pytest.raises(Denied):
        verified.clear()


def test_a_remembered_chain_is_asked_for_its_credentials_each_time() -> None:
    """Attack 132."""
    token, by = minted("biscuit", BY_ORG), door()
    lets_through(use(token, PLANNER, issued()), by=by)
    denied(use(token, PLANNER), 9, 1, by=by)


# How it travels


@formats
def test_more_credentials_than_delegates_can_have_are_refused(form: str) -> None:
    """Attack 4."""
    token = minted(form)
    many = [f"x{number}" for number in range(MOST_CREDENTIALS + 1)]
    lets_through(use(token, PLANNER, *many[1:]))
    with pytest.raises(InputError):
        use(token, PLANNER, *many)


@pytest.mark.parametrize("texts", ["x", [""], [None], [b"x"], {"x"}, ["\ud800"]])
def test_credentials_are_texts(texts: Any) -> None:
    with pytest.raises(InputError):
        PLANNER.present(minted("biscuit"), REQUEST, audience=AUDIENCE, credentials=texts)


def test_they_come_after_the_key_and_the_approvals() -> None:
    whole = Presentation(AUDIENCE, b"d" * 32, b"i" * 16, NOW, NOW + 1, None, "key", ("a",), ("c", "d"))
    names = [predicate.name for predicate in whole.facts()]
    assert names == ["idempotency", "approval", "credential", "credential"]
    assert whole.facts()[-1] == Predicate("credential", (string("d"),))


def test_a_third_party_may_ask_who_the_holder_is() -> None:
    key, identifier = draw(32), b"ticket"
    party = ThirdParty(MacKey(key), identifier)
    token = ALICE.mint(
        to=PLANNER.did, caveats=[caveat.Actions("events:read")], base=issue(KEY, random=draw), third_parties=[party]
    )
    # Beside a caveat of another kind, which is judged before.
    granted = discharge(MacKey(key), identifier, caveats=[caveat.Audience(AUDIENCE), BY_ORG])

    def shown(*credentials: str) -> str:
        return PLANNER.present(token, REQUEST, audience=AUDIENCE, discharges=[granted], credentials=credentials)

    lets_through(shown(issued()))
    denied(shown(), 9, 1, by=door())


# The stock engine


@pytest.mark.parametrize("every", [False, True])
def test_the_stock_engine_enforces_it_if_it_is_told(every: bool) -> None:
    token = PLANNER.delegate(
        minted("biscuit", Agent(attested_by=ORG.did, model=["m-1", "m-2"], every=every)), to=SCOUT.did
    )
    wire = use(token, SCOUT)
    one, other = (
        frozenset({Attested(ORG.did, frozenset({"model=m-2"}))}),
        frozenset({Attested(LAB.did, frozenset({"model=m-2"}))}),
    )
    nothing: frozenset[Attested] = frozenset()

    def judged(*said: frozenset[Attested]) -> bool:
        try:
            StockEngine().authorize(
                wire, REQUEST, root=ALICE.signer.public_key, audience=AUDIENCE, now=NOW, nonce=nonce, attested=said
            )
        except Denied:
            return False
        return True

    nonce = StockEngine().read(wire).presentation.id
    assert judged(one, one)
    assert judged(nothing, one) is not every
    assert not judged(one, nothing)
    assert not judged(one, other)
    assert not judged()


@pytest.mark.parametrize("attested", ["x", [1], [[1]], [("did:web:a.example", ())], {1: 2}])
def test_what_the_engine_is_told_is_a_list_for_each_delegate(attested: Any) -> None:
    wire = use(minted("biscuit", BY_ORG))
    with pytest.raises(InputError):
        StockEngine().authorize(
            wire,
            REQUEST,
            root=ALICE.signer.public_key,
            audience=AUDIENCE,
            now=NOW,
            nonce=b"n" * 16,
            attested=attested,
        )


# The caveat itself


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"attested_by": []},
        {"attested_by": "x"},
        {"attested_by": [None]},
        {"attested_by": {"did:web:a.example"}},
        {"attested_by": [f"did:web:a{number}.example" for number in range(17)]},
        {"attested_by": ORG.did, "every": 1},
        {"attested_by": ORG.did, "model": ""},
        {"attested_by": ORG.did, "model": []},
        {"attested_by": ORG.did, "model": [1]},
        {"attested_by": ORG.did, "model": 1},
        {"attested_by": ORG.did, "model": "x" * 257},
        {"attested_by": ORG.did, "model": "\ud800"},
        {"attested_by": ORG.did, "model": [str(number) for number in range(65)]},
        {"attested_by": ORG.did, "clearance": "top"},
    ],
    ids=lambda arguments: "-".join(map(str, arguments.values()))[:40],
)
def test_unusable_caveats(arguments: dict[str, Any]) -> None:
    with pytest.raises((InputError, TypeError)):
        Agent(**arguments)
    with pytest.raises(InputError):
        Agent.of([ORG.did], False, {"clearance": ["top"]})


def test_it_holds_as_much_as_it_may() -> None:
    several = Agent(attested_by=ORG.did, model=[f"m{number}" for number in range(60)], version=list("abcd"))
    assert sum(len(values) for _, values in several.properties) == 64
    assert len(Agent(attested_by=[f"did:web:a{number}.example" for number in range(16)]).attested_by) == 16
    assert Agent(attested_by=(ORG.did, ORG.did), model=("b", "a", "b")) == Agent(attested_by=ORG.did, model=["a", "b"])
    assert Agent(attested_by=ORG.did, model="x" * 256).properties == (("model", ("x" * 256,)),)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Agent(attested_by="did:web:a.example"), "use by an agent of whom did:web:a.example says: it is theirs"),
        (
            Agent(attested_by="did:web:a.example", every=True, stage="staging", model=["m-2", "m-1"]),
            "use through agents of each of whom did:web:a.example says: model m-1 or m-2 and stage staging",
        ),
        (
            Agent(attested_by=[f"did:web:{letter}.example" for letter in "abcdefgh"], kind="agent"),
            "use by an agent of whom "
            + " or ".join(f"did:web:{letter}.example" for letter in "abcdefgh")
            + " says: kind agent",
        ),
        (
            Agent(attested_by=[f"did:web:{letter}.example" for letter in "abcdefghi"], kind="agent"),
            "use by an agent of whom "
            + " or ".join(f"did:web:{letter}.example" for letter in "abcdefgh")
            + " ... says: kind agent",
        ),
    ],
)
def test_its_words(limit: Agent, words: str) -> None:
    assert limit.limit() == words


@pytest.mark.parametrize("values", [{"a"}, {"a": 1}, 5, b"a", True, range(3), ["a", None], ["a", ""], ["a", "b\udfff"]])
def test_values_are_a_text_or_a_list_of_texts(values: Any) -> None:
    with pytest.raises(InputError):
        Agent(attested_by=ORG.did, model=values)
    with pytest.raises(InputError):
        Agent(attested_by=values)


# Another name for each audience


@formats
def test_a_name_for_one_audience_holds_and_says_nothing_of_the_other(form: str) -> None:
    here, there = PLANNER.pairwise(AUDIENCE), PLANNER.pairwise("did:web:other.example")
    assert len({here.did, there.did, PLANNER.did}) == 3
    assert here.did == PLANNER.pairwise(AUDIENCE).did
    token = minted(form, BY_ORG, to=here)
    text = agent.disclose(issued(here, securing=Securing.SD_JWT), "model")
    access = lets_through(use(token, here, text))
    assert access.holder == here.did
    wire = use(token, here, text)
    assert PLANNER.did not in wire
    denied(use(token, here, issued(there)), 9, 1, by=door())


@pytest.mark.parametrize("audience", ["", None, "x" * 2049])
def test_an_audience_has_a_name(audience: Any) -> None:
    with pytest.raises(InputError):
        PLANNER.pairwise(audience)


def test_a_key_in_hardware_has_no_other_names() -> None:
    class Module:
        def __init__(self, inner: Any) -> None:
            self.public_key = inner.public_key
            self.sign = inner.sign

    with pytest.raises(InputError):
        Identity(Module(PLANNER.signer)).pairwise(AUDIENCE)
