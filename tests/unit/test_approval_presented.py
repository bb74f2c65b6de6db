"""Approvals in a presentation: written, read and refused, believed by no other block, and told in receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from biscuit_auth import AuthorizationError, AuthorizerBuilder, Biscuit, Policy
from tests.unit.approval_scene import (
    ALICE,
    BOSS,
    BY_BOSS,
    CHIEF,
    FORMATS,
    PAY,
    PLANNER,
    approved,
    door,
    lacks,
    minted,
    smuggled,
)
from tests.unit.audit_scene import KINDS, SERVICE
from tests.unit.scene import accepted, refused, shown, verifier
from tests.unit.test_presentation import PLAIN, block
from tests.unit.test_retries_key import CRAFTED, crafted

from attorn import caveat
from attorn.audit import ALLOWED, Recorder, receipts
from attorn.audit.orphans import orphans
from attorn.caveat import RequiresApproval
from attorn.datalog import Predicate, integer, octets, string
from attorn.encoding import base64url_decode
from attorn.engine import StockEngine, _stock_key
from attorn.errors import Denied, LimitError, MalformedError
from attorn.store import MemoryStore
from attorn.token.presentation import read

both = pytest.mark.parametrize("form", FORMATS)


def said(*texts: str) -> tuple[Predicate, ...]:
    return tuple(Predicate("approval", (string(text),)) for text in texts)


KEY = Predicate("idempotency", (string("k"),))


def test_approvals_are_read_back() -> None:
    for made in (
        replace(PLAIN, unverified_approvals=("a", "b")),
        replace(PLAIN, unverified_approvals=("b", "a"), idempotency_key="k"),
    ):
        assert read(block(made.check(), facts=made.facts())) == made
    assert replace(PLAIN, unverified_approvals=("b", "a"), idempotency_key="k").facts() == (KEY, *said("b", "a"))


@pytest.mark.parametrize(
    "facts",
    [
        (*said("a"), KEY),
        (KEY, KEY, *said("a")),
        (KEY, *said("a"), Predicate("operation", (string("pay"),))),
        (Predicate("approved", (string("a"),)),),
        (Predicate("approval", (octets(b"a"),)),),
        (Predicate("approval", (integer(1),)),),
        (Predicate("approval", (string("a"), string("b"))),),
        (Predicate("approvals", (string("a"),)),),
    ],
)
def test_what_else_the_block_states_is_refused(facts: tuple[Predicate, ...]) -> None:
    with pytest.raises(MalformedError):
        read(block(PLAIN.check(), facts=facts))


def test_sixteen_and_no_more() -> None:
    texts = [f"{number}" for number in range(17)]
    assert read(block(PLAIN.check(), facts=said(*texts[:16]))).unverified_approvals == tuple(texts[:16])
    with pytest.raises(LimitError) as caught:
        read(block(PLAIN.check(), facts=said(*texts)))
    assert caught.value.step == 1


@pytest.mark.parametrize("facts", [said(""), said("a"), (KEY, *said("é")), said("a" * 40_000)])
def test_a_crafted_presentation_with_an_approval_that_is_none(facts: tuple[Predicate, ...]) -> None:
    refused(crafted(CRAFTED, *facts), "malformed", 9, by=verifier(roots=[CRAFTED.root.did]))


def test_an_approval_fulfils_no_check_of_a_link() -> None:
    """A stock engine believes facts of a block in that block alone, and nobody's `approved` but the verifier's."""
    token = minted("biscuit", BY_BOSS)
    wire = shown(token, PLANNER, PAY, approvals=[approved()])
    stock = Biscuit.from_bytes(base64url_decode(wire), _stock_key(ALICE.signer.public_key))
    builder: Any = AuthorizerBuilder()
    builder.add_policy(Policy("allow if true"))
    with pytest.raises(AuthorizationError) as caught:
        builder.build(stock).authorize()
    assert "in block n°0: check if approved(1, {" in str(caught.value)


@pytest.mark.parametrize("who", [(), (BOSS.did,), (CHIEF.did,)])
def test_the_stock_engine_takes_the_callers_word(who: tuple[str, ...]) -> None:
    engine = StockEngine()
    wire = shown(minted("biscuit", BY_BOSS), PLANNER, PAY, approvals=[approved()])
    found = engine.read(wire).presentation
    arguments: dict[str, Any] = {
        "root": ALICE.signer.public_key,
        "audience": found.audience,
        "now": found.start + 30,
        "nonce": found.id,
    }
    if who == (BOSS.did,):
        engine.authorize(wire, PAY, **arguments, approved=who)
    else:
        with pytest.raises(Denied) as caught:
            engine.authorize(wire, PAY, **arguments, approved=who)
        assert caught.value.decision.link == 1


def test_a_macaroons_block_states_no_approvals() -> None:
    """They are its discharges; there is one place for them."""
    token = minted("macaroon", BY_BOSS)
    as_biscuit = type("Carrier", (), {"accompanied": lambda _, texts: (token.carrier, texts)})()
    odd = type("Odd", (), {"carrier": as_biscuit, "unverified": token.unverified})()
    refused(smuggled(odd, PLANNER, [approved()]), "not_admitted", 1, by=door(), request=PAY)  # type: ignore[arg-type]


def test_a_biscuit_holds_them_in_its_last_block() -> None:
    wire = shown(minted("biscuit", BY_BOSS), PLANNER, PAY, approvals=[approved()])
    (text,) = StockEngine().read(wire).presentation.unverified_approvals
    assert base64url_decode(wire).count(text.encode()) == 1


@both
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_used_up_is_told(kind: str, form: str, tmp_path: Path) -> None:
    log: Any = KINDS[kind](tmp_path / "log")
    by = door(receipts=Recorder(log, by=SERVICE), store=(store := MemoryStore()))
    token = minted(form, caveat.MaxUses(5), RequiresApproval([BOSS.did, CHIEF.did], 2))
    lacks(shown(token, PLANNER, PAY, approvals=[approved()]), by=by)
    first, second = approved(BOSS), approved(CHIEF)
    accepted(shown(token, PLANNER, PAY, approvals=[second, first]), by=by, request=PAY)
    lacks(shown(token, PLANNER, PAY, approvals=[approved(BOSS), second]), step=10, by=by)
    told = list(receipts(log, by=[SERVICE.did]))
    assert [(each.verdict, each.step, each.link) for each in told] == [
        ("approval_required", 9, 1),
        (ALLOWED, None, None),
        ("approval_required", 10, 1),
    ]
    assert [(line.link, line.unit, line.period, line.limit, line.amount) for line in told[1].charges] == [
        (1, "uses", "total", 5, 1),
        (1, "approvals", "total", 1, 1),
        (1, "approvals", "total", 1, 1),
    ]
    assert [line.account for line in told[1].charges[1:]] == [
        f"approval/{each.by}/{each.id.hex()}" for each in (second, first)
    ]
    assert not told[0].charges
    assert not told[2].charges
    # Nothing of an approval is left behind.
    (orphan,) = orphans(told, PLANNER.did, store)
    assert [(left.unit, left.used) for left in orphan.unspent] == [("uses", 1)]
    close = getattr(log, "close", None)
    if close is not None:
        close()


@both
def test_a_retry_does_not_tell_of_an_approval_that_it_did_not_use_up(form: str, tmp_path: Path) -> None:
    """The first try's receipt says whose approval the use had; another one that a retry brings is still good."""
    log: Any = next(iter(KINDS.values()))(tmp_path / "log")
    by = door(receipts=Recorder(log, by=SERVICE), retries=timedelta(minutes=10))
    token = minted(form, caveat.MaxUses(5), RequiresApproval([BOSS.did, CHIEF.did]))
    first, other = approved(BOSS), approved(CHIEF)
    for approval in (first, other):
        wire = shown(token, PLANNER, PAY, approvals=[approval], idempotency_key="order-7")
        accepted(wire, by=by, request=PAY)
    told = list(receipts(log, by=[SERVICE.did]))
    assert [(each.retry, [line.unit for line in each.charges]) for each in told] == [
        (False, ["uses", "approvals"]),
        (True, ["uses"]),
    ]
    assert told[0].charges[1].account == f"approval/{first.by}/{first.id.hex()}"
    close = getattr(log, "close", None)
    if close is not None:
        close()


def test_the_ledger_forgets_an_approval_an_hour_after_it_ended() -> None:
    class Kept(MemoryStore):
        until: int | None = None

        def charge(self, charges: Any, *, now: int, retry: Any = None) -> Any:
            (charge,) = charges
            self.until = charge.until
            return super().charge(charges, now=now, retry=retry)

    store, approval = Kept(), approved()
    accepted(shown(minted("biscuit", BY_BOSS), PLANNER, PAY, approvals=[approval]), by=door(store=store), request=PAY)
    assert store.until == approval.expires + 3600


def test_an_identity_approves_with_its_own_clock() -> None:
    approval = approved()
    assert (approval.issued, approval.expires) == (1_900_000_000, 1_900_000_300)
