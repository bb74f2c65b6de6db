"""One contract for every store. Each is run against it with `place`, where its data is, new for each test."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from tests.unit.scene import ALICE, MALLORY, NOW, PLANNER, READ, Clock, given

from attorn import revocation
from attorn import store as stores
from attorn.errors import AttornError, DeprovisionedError, GapError, InputError, RollbackError, UnavailableError
from attorn.statement import FINAL, Kind, Statement
from attorn.store import Charge, Charged, Ledger, MemoryStore, PostgresStore, RedisStore, Retry, SQLiteStore

AnyStore = MemoryStore | SQLiteStore | RedisStore | PostgresStore
TOKEN = given(READ)
ENTRY = revocation.revoke(TOKEN, by=ALICE)
MOST = 2**53 - 1
LINK = "ab" * 16
DONE = Charged()
_Result = TypeVar("_Result")


def name(number: int) -> bytes:
    return number.to_bytes(32, "big")


def said(sequence: int, by: str = "did:x:a", subject: str = LINK, **changed: Any) -> Statement:
    return Statement(**{"kind": Kind.REVOCATION, "at": NOW, **changed}, subject=subject, by=by, sequence=sequence)


def together(work: Callable[[int], _Result], count: int) -> list[_Result]:
    """What `work` returns in each of `count` threads that begin at once."""
    start, found = threading.Barrier(count), list[_Result]()

    def run(number: int) -> None:
        start.wait()
        found.append(work(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == count
    return found


def order(statements: Any) -> list[Statement]:
    return sorted(statements, key=lambda each: (each.kind, each.subject, each.by))


class Remembering:
    """Presentations."""

    def test_a_presentation_is_new_once(self, store: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        for now in (NOW, NOW + 1, NOW + 59):
            assert store.remember(name(1), expires=NOW + 60, now=now) is False
        assert store.remember(name(2), expires=NOW + 60, now=NOW + 59) is True

    def test_another_expiry_does_not_make_it_new(self, store: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert store.remember(name(1), expires=NOW + 600, now=NOW) is False
        assert store.remember(name(1), expires=NOW + 1, now=NOW) is False

    def test_names_are_compared_whole(self, store: AnyStore) -> None:
        for each in (b"", b"\0", b"\0\0", b"a", b"A", b"\xff", "\u00e9".encode()):
            assert store.remember(each, expires=NOW + 60, now=NOW) is True
            assert store.remember(each, expires=NOW + 60, now=NOW) is False

    def test_what_was_forgotten_is_not_new_again(self, store: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert store.remember(name(2), expires=NOW + 600, now=NOW + 60) is True
        # The clock steps back into the window of the first.
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is False
        assert store.remember(name(3), expires=NOW + 60, now=NOW) is False
        assert store.remember(name(2), expires=NOW + 600, now=NOW) is False

    def test_a_clock_stepped_back_stops_nothing_that_was_not_forgotten(self, store: AnyStore) -> None:
        store.remember(name(1), expires=NOW + 60, now=NOW)
        store.remember(name(2), expires=NOW + 600, now=NOW + 60)
        assert store.remember(name(4), expires=NOW + 61, now=NOW) is True
        assert store.remember(name(4), expires=NOW + 61, now=NOW) is False

    def test_one_that_expires_now_is_never_good_for_long(self, store: AnyStore) -> None:
        first = store.remember(name(1), expires=NOW, now=NOW)
        again = store.remember(name(1), expires=NOW, now=NOW)
        assert (first, again) in ((True, False), (False, False))

    def test_many_are_all_remembered(self, store: AnyStore) -> None:
        for number in range(100):
            assert store.remember(name(number), expires=NOW + 60 + number % 7, now=NOW) is True
        for number in range(100):
            assert store.remember(name(number), expires=NOW + 60 + number % 7, now=NOW + 59) is False

    def test_many_of_one_second_are_all_forgotten(self, store: AnyStore) -> None:
        for number in range(100):
            assert store.remember(name(number), expires=NOW + 60, now=NOW) is True
        for number in range(3):
            assert store.remember(name(1000 + number), expires=NOW + 600, now=NOW + 60) is True
        for number in range(100):
            assert store.remember(name(number), expires=NOW + 60, now=NOW) is False

    def test_many_of_different_seconds(self, store: AnyStore) -> None:
        """More than are forgotten at once: whatever is forgotten when, none is ever new again."""
        for number in range(100):
            assert store.remember(name(number), expires=NOW + 1 + number, now=NOW) is True
        for step in range(4):
            assert store.remember(name(1000 + step), expires=NOW + 600, now=NOW + 200) is True
            for number in range(0, 100, 9):
                assert store.remember(name(number), expires=NOW + 1 + number, now=NOW) is False

    def test_threads_remember_one_presentation_once(self, store: AnyStore) -> None:
        def work(_: int) -> list[bool]:
            return [store.remember(name(number), expires=NOW + 60, now=NOW) for number in range(10)]

        found = [answer for answers in together(work, 8) for answer in answers]
        assert (found.count(True), found.count(False)) == (10, 70)

    def test_threads_whose_clocks_differ(self, store: AnyStore) -> None:
        """One forgets what another, whose clock is behind, sees: it is new to one of them all."""

        def work(number: int) -> list[bool]:
            now = NOW + 30 * number
            return [store.remember(name(n), expires=NOW + 1 + n, now=now) for n in range(40)]

        answers = together(work, 6)
        assert all(sum(each[n] for each in answers) <= 1 for n in range(40))


class Statements:
    """What principals signed."""

    def test_nobody_said_anything(self, store: AnyStore) -> None:
        assert list(store.statements([])) == []
        assert list(store.statements([(Kind.REVOCATION, LINK)])) == []
        assert list(store.statements([(kind, f"{n:032x}") for n in range(33) for kind in Kind])) == []

    def test_an_entry_is_kept(self, store: AnyStore) -> None:
        store.apply(ENTRY)
        store.apply(ENTRY)
        store.apply(ENTRY.encode())
        (kept,) = store.statements([(Kind.REVOCATION, ENTRY.link.hex())])
        assert (kept.by, kept.subject) == (ALICE.did, ENTRY.link.hex())
        assert list(store.statements([(Kind.REVOCATION, bytes(16).hex())])) == []

    def test_several_revoke_one_link(self, store: AnyStore) -> None:
        store.apply(revocation.revoke(TOKEN.unverified_links[0], by=PLANNER))
        store.apply(ENTRY)
        kept = store.statements([(Kind.REVOCATION, ENTRY.link.hex())])
        assert {each.by for each in kept} == {ALICE.did, PLANNER.did}

    @pytest.mark.parametrize(
        "entry",
        [
            revocation.RevocationEntry(ENTRY.link, ALICE.did, ENTRY.second, bytes(64)),
            revocation.RevocationEntry(ENTRY.link, MALLORY.did, ENTRY.second, ENTRY.signature),
            revocation.RevocationEntry(bytes(16), ALICE.did, ENTRY.second, ENTRY.signature),
            "",
            "not an entry",
            None,
            5,
            b"x",
        ],
        ids=["no-signature", "another-name", "another-link", "empty", "text", "none", "number", "bytes"],
    )
    def test_what_is_no_entry_is_not_kept(self, store: AnyStore, entry: Any) -> None:
        with pytest.raises(AttornError):
            store.apply(entry)
        assert list(store.statements([(Kind.REVOCATION, ENTRY.link.hex()), (Kind.REVOCATION, bytes(16).hex())])) == []

    def test_lists_and_lives_are_applied(self, store: AnyStore) -> None:
        roll = revocation.Roll(ALICE)
        roll.add(TOKEN)
        first = roll.publish(clock=Clock())
        roll.add(bytes(16))
        delta = roll.publish(since=first.sequence, clock=Clock())
        with pytest.raises(GapError):
            store.apply(delta)
        store.apply(first)
        store.apply(delta)
        with pytest.raises(RollbackError):
            store.apply(first)
        wanted = [(Kind.LIST, ALICE.did), (Kind.REVOCATION, ENTRY.link.hex()), (Kind.REVOCATION, bytes(16).hex())]
        assert {each.by for each in store.statements(wanted)} == {ALICE.did}
        assert len(store.statements(wanted)) == 3
        store.apply(revocation.suspend(MALLORY.did, by=ALICE, clock=Clock()))
        end = revocation.deprovision(MALLORY.did, by=ALICE, clock=Clock())
        store.apply(end)
        for late in (revocation.resume, revocation.enrol, revocation.suspend):
            with pytest.raises(DeprovisionedError):
                store.apply(late(MALLORY.did, by=ALICE, clock=Clock(NOW + 60)))
        (life,) = end.statements()
        assert life.sequence == FINAL
        assert list(store.statements([(life.kind, life.subject)])) == [life]

    def test_they_come_back_as_they_were(self, store: AnyStore) -> None:
        value = "header.payload\n \u00e9 \U0001f600 'quoted' \"twice\" \\ %s {}"
        put = [
            said(0, value=""),
            said(FINAL, by="did:x:b", value=value),
            said(7, by="did:x:\u00e9 b", at=0),
            said(1, subject="x" * 2048, by="did:x:" + "y" * 2042, kind=Kind.LIFECYCLE, value="v" * 100_000),
            said(MOST, subject="https://list.example/1?a=b c", kind=Kind.STATUS, at=MOST),
            said(1, subject=LINK, kind=Kind.EVENT),
        ]
        assert store.put(put) is None
        wanted = list(dict.fromkeys((each.kind, each.subject) for each in put))
        assert order(store.statements(wanted)) == order(put)
        assert order(store.statements([(Kind.REVOCATION, LINK)])) == order(put[:3])
        assert order(store.statements([(Kind.EVENT, LINK)])) == put[5:]
        assert list(store.statements([(Kind.EVENT, LINK.upper()), (Kind.LIST, LINK), (Kind.EVENT, "")])) == []

    def test_the_newest_is_kept(self, store: AnyStore) -> None:
        for sequence in (3, 4, 9):
            assert store.put([said(sequence)]) is None
        assert store.put([said(8)]) == said(9)
        assert store.put([said(0)]) == said(9)
        assert list(store.statements([(Kind.REVOCATION, LINK)])) == [said(9)]
        assert store.put([said(10)]) is None
        assert store.put([said(9)]) == said(10)

    def test_the_same_number_stays_as_it_is(self, store: AnyStore) -> None:
        assert store.put([said(3, value="first")]) is None
        assert store.put([said(3, value="second", at=NOW + 1)]) is None
        assert list(store.statements([(Kind.REVOCATION, LINK)])) == [said(3, value="first")]

    @pytest.mark.parametrize("nth", [0, 1, 2])
    def test_all_are_kept_or_none(self, store: AnyStore, nth: int) -> None:
        subjects = [f"{n:032x}" for n in range(3)]
        assert store.put([said(5, subject=subjects[nth])]) is None
        assert store.put([said(4, subject=subject) for subject in subjects]) == said(5, subject=subjects[nth])
        assert list(store.statements([(Kind.REVOCATION, each) for each in subjects])) == [
            said(5, subject=subjects[nth])
        ]

    def test_each_signer_and_subject_and_kind_for_itself(self, store: AnyStore) -> None:
        assert store.put([said(9)]) is None
        others = [said(1, by="did:x:b"), said(1, subject="cd" * 16), said(1, kind=Kind.LIST)]
        assert store.put(others) is None
        wanted = [(Kind.REVOCATION, LINK), (Kind.REVOCATION, "cd" * 16), (Kind.LIST, LINK)]
        assert order(store.statements(wanted)) == order([said(9), *others])

    def test_only_the_signers_that_are_asked_for(self, store: AnyStore) -> None:
        for each in ("did:x:a", "did:x:b", "did:x:c"):
            store.put([said(1, by=each), said(1, by=each, subject="another")])
        wanted = [(Kind.REVOCATION, LINK)]
        assert {each.by for each in store.statements(wanted)} == {"did:x:a", "did:x:b", "did:x:c"}
        assert order(store.statements(wanted, by=["did:x:a", "did:x:c"])) == order(
            [said(1, by="did:x:a"), said(1, by="did:x:c")]
        )
        assert list(store.statements(wanted, by={"did:x:d", "did:x"})) == []
        assert list(store.statements(wanted, by=())) == []
        assert len(store.statements([*wanted, (Kind.REVOCATION, "another")], by=["did:x:b"])) == 2

    def test_numbers_of_any_size_are_compared_as_numbers(self, store: AnyStore) -> None:
        for sequence in (9, 10, 99, 2**31, 2**52 + 1, MOST - 1, MOST):
            assert store.put([said(sequence)]) is None
            assert store.put([said(sequence - 1)]) == said(sequence)

    def test_many_at_once(self, store: AnyStore) -> None:
        many = [said(1, subject=f"{n:032x}", by=f"did:x:{n % 7}") for n in range(3000)]
        assert store.put(many) is None
        assert order(store.statements([(each.kind, each.subject) for each in many])) == order(many)
        assert store.put([]) is None

    def test_threads_keep_the_newest(self, store: AnyStore) -> None:
        def work(number: int) -> None:
            both = [said(number, subject="aa" * 16), said(number, subject="bb" * 16)]
            store.put(both if number % 2 else both[::-1])

        together(work, 12)
        found = store.statements([(Kind.REVOCATION, "aa" * 16), (Kind.REVOCATION, "bb" * 16)])
        assert [each.sequence for each in found] == [11, 11]


class Charging:
    """Uses and budgets."""

    def test_it_counts(self, store: AnyStore) -> None:
        assert isinstance(store, Ledger)
        assert store.charge([], now=NOW) == DONE
        for _ in range(3):
            assert store.charge([Charge("a", 3, 1)], now=NOW) == DONE
        for _ in range(2):
            assert store.charge([Charge("a", 3, 1)], now=NOW) == Charged(refused=Charge("a", 3, 1))
        assert store.charge([Charge("b", 3, 3)], now=NOW) == DONE
        assert {**store.used(["a", "b"])} == {"a": 3, "b": 3}

    def test_nothing_was_used(self, store: AnyStore) -> None:
        assert {**store.used([])} == {}
        store.charge([Charge("a", 3, 1)], now=NOW)
        assert store.used(["b"]).get("b", 0) == 0
        assert store.used(["b", "a", "A", ""]).get("a") == 1
        assert store.used(["A", "", "a "]).get("A", 0) == 0

    def test_the_limit_is_the_callers(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 3, 3)], now=NOW) == DONE
        assert store.charge([Charge("a", 4, 1)], now=NOW) == DONE
        assert store.charge([Charge("a", 3, 0)], now=NOW) == Charged(refused=Charge("a", 3, 0))
        assert store.charge([Charge("a", 4, 0)], now=NOW) == DONE

    def test_nothing_is_charged_to_an_account_that_holds_nothing(self, store: AnyStore) -> None:
        for _ in range(2):
            assert store.charge([Charge("a", 1, 0)], now=NOW) == DONE
        assert store.used(["a"]).get("a", 0) == 0
        assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE
        assert store.charge([Charge("a", 1, 1)], now=NOW) == Charged(refused=Charge("a", 1, 1))

    def test_more_than_all_at_once(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 3, 4)], now=NOW) == Charged(refused=Charge("a", 3, 4))
        assert store.charge([Charge("a", 3, 3)], now=NOW) == DONE

    def test_the_largest_amounts(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", MOST, MOST)], now=NOW) == DONE
        assert store.charge([Charge("a", MOST, 1)], now=NOW) == Charged(refused=Charge("a", MOST, 1))
        assert store.charge([Charge("a", MOST, MOST)], now=NOW) == Charged(refused=Charge("a", MOST, MOST))
        assert store.used(["a"])["a"] == MOST
        assert store.charge([Charge("b", MOST, MOST - 1)], now=NOW) == DONE
        assert store.charge([Charge("b", MOST, 2)], now=NOW) == Charged(refused=Charge("b", MOST, 2))
        assert store.charge([Charge("b", MOST, 1)], now=NOW) == DONE
        assert store.used(["b"])["b"] == MOST

    def test_accounts_of_any_name(self, store: AnyStore) -> None:
        names = ["a", "A", "\u00e9", "e\u0301", "a\nb", "x" * 6000, "1", "01", " ", "a/b/c d", "*", "[a]"]
        for account in names:
            assert store.charge([Charge(account, 1, 1)], now=NOW) == DONE
            assert store.charge([Charge(account, 1, 1)], now=NOW).refused is not None
        assert {**store.used(names)} == dict.fromkeys(names, 1)

    @pytest.mark.parametrize("nth", [0, 1, 2])
    def test_all_or_none(self, store: AnyStore, nth: int) -> None:
        charges = [Charge(account, 2, 1) for account in "abc"]
        charges[nth] = Charge(charges[nth].account, 2, 3)
        assert store.charge(charges, now=NOW) == Charged(refused=charges[nth])
        for account in "abc":
            assert store.charge([Charge(account, 2, 2)], now=NOW) == DONE
            assert store.charge([Charge(account, 2, 1)], now=NOW).refused is not None

    def test_the_first_without_room_is_told(self, store: AnyStore) -> None:
        charges = [Charge("z", 5, 1), Charge("m", 1, 2), Charge("a", 1, 2)]
        assert store.charge(charges, now=NOW) == Charged(refused=Charge("m", 1, 2))

    def test_one_account_twice_in_one_charge(self, store: AnyStore) -> None:
        """`charge` says that an account may hold at most its limit, however the charges come."""
        assert store.charge([Charge("a", 1, 1), Charge("a", 1, 1)], now=NOW) == Charged(refused=Charge("a", 1, 1))
        assert store.charge([Charge("a", 5, 2), Charge("b", 9, 1), Charge("a", 4, 3)], now=NOW) == Charged(
            refused=Charge("a", 4, 3)
        )
        assert store.charge([Charge("a", 2, 1), Charge("b", 9, 1), Charge("a", 2, 1)], now=NOW) == DONE
        assert {**store.used(["a", "b"])} == {"a": 2, "b": 1}

    def test_many_accounts_at_once(self, store: AnyStore) -> None:
        charges = [Charge(f"{n}", 2, 1) for n in range(200)]
        assert store.charge(charges, now=NOW) == DONE
        assert store.charge(charges[::-1], now=NOW) == DONE
        assert store.charge(charges, now=NOW) == Charged(refused=charges[0])
        assert {**store.used([each.account for each in charges])} == {each.account: 2 for each in charges}

    @pytest.mark.parametrize(
        "call",
        [
            lambda store: store.charge([1], now=NOW),
            lambda store: store.charge(Charge("a", 1, 1), now=NOW),
            lambda store: store.charge(None, now=NOW),
            lambda store: store.charge([], now="1"),
            lambda store: store.charge([], now=-1),
            lambda store: store.charge([], now=10**5000),
            lambda store: store.charge([], now=True),
            lambda store: store.charge([], now=NOW, retry=b"key"),
            lambda store: store.used("account"),
            lambda store: store.used([1]),
            lambda store: store.used(["\ud800"]),
            lambda store: store.used(None),
            lambda store: store.put([("revocation", LINK)]),
            lambda store: store.put(None),
            lambda store: store.put(said(1)),
            lambda store: store.statements(None),
            lambda store: store.statements([LINK]),
            lambda store: store.statements([("revocation", LINK)]),
            lambda store: store.statements([(Kind.REVOCATION, None)]),
            lambda store: store.statements([(Kind.REVOCATION, "\ud800")]),
            lambda store: store.statements([(Kind.REVOCATION, LINK)], by=5),
            lambda store: store.remember("text", expires=NOW, now=NOW),
            lambda store: store.remember(b"x", expires=None, now=NOW),
            lambda store: store.remember(b"x", expires=2**53, now=NOW),
            lambda store: store.remember(b"x", expires=NOW, now=1.5),
        ],
    )
    def test_arguments_that_are_none(self, store: AnyStore, call: Callable[[Any], object]) -> None:
        with pytest.raises(InputError):
            call(store)

    @pytest.mark.parametrize(("key", "until"), [("text", 1), (b"x", -1), (b"x", None), (b"x", 2**53)])
    def test_retries_that_are_none(self, key: Any, until: Any) -> None:
        with pytest.raises(InputError):
            Retry(key, until)

    def test_no_truth_value(self, store: AnyStore) -> None:
        with pytest.raises(TypeError):
            bool(store.charge([], now=NOW))

    def test_random_charges_against_a_model(self, store: AnyStore) -> None:
        drawn, model = random.Random(5), dict.fromkeys("abcd", 0)
        for _ in range(120):
            charges = [
                Charge(drawn.choice("abcd"), drawn.choice((5, 20, 60)), drawn.randint(0, 4))
                for _ in range(drawn.randint(1, 4))
            ]
            after, expected = dict(model), DONE
            for charge in charges:
                if after[charge.account] + charge.amount > charge.limit:
                    expected = Charged(refused=charge)
                    break
                after[charge.account] += charge.amount
            assert store.charge(charges, now=NOW) == expected
            model = after if expected == DONE else model
        assert {account: store.used(list("abcd")).get(account, 0) for account in "abcd"} == model

    def test_64_threads_share_100(self, store: AnyStore) -> None:
        def work(number: int) -> int:
            charges = [Charge(f"child {number % 10}", 100, 1), Charge("root", 100, 1)]
            return sum(store.charge(charges, now=NOW) == DONE for _ in range(3))

        assert sum(together(work, 64)) == 100
        names = ["root", *(f"child {n}" for n in range(10))]
        used = store.used(names)
        assert used["root"] == 100
        assert sum(used.get(each, 0) for each in names[1:]) == 100

    def test_threads_that_name_accounts_in_any_order(self, store: AnyStore) -> None:
        """None waits for another that waits for it."""

        def work(number: int) -> int:
            drawn = random.Random(number)
            return sum(
                store.charge([Charge(each, 1000, 1) for each in drawn.sample("abcdef", 4)], now=NOW) == DONE
                for _ in range(6)
            )

        assert together(work, 12) == [6] * 12
        assert sum(store.used(list("abcdef")).values()) == 12 * 6 * 4


class Ending:
    """Accounts of periods that are over, and charges that are tried again."""

    def test_an_account_is_not_forgotten_before_its_end(self, store: AnyStore) -> None:
        charge = Charge("a", 1, 1, NOW + 60)
        assert store.charge([charge], now=NOW) == DONE
        for now in (NOW, NOW + 59):
            assert store.charge([charge], now=now) == Charged(refused=charge)
        assert store.used(["a"])["a"] == 1

    def test_a_period_that_is_over_does_not_open_again(self, store: AnyStore) -> None:
        charge, later = Charge("a", 1, 1, NOW + 60), Charge("b", 1, 1, NOW + 600)
        assert store.charge([charge], now=NOW) == DONE
        assert store.charge([later], now=NOW + 60) == DONE
        # The clock steps back into the period that was forgotten.
        for account in ("a", "c"):
            with pytest.raises(UnavailableError):
                store.charge([Charge(account, 1, 1, NOW + 60)], now=NOW)
            with pytest.raises(UnavailableError):
                store.charge([Charge("d", 5, 1), Charge(account, 1, 1, NOW + 60)], now=NOW)
        assert store.used(["d"]).get("d", 0) == 0
        assert store.charge([later], now=NOW) == Charged(refused=later)
        assert store.charge([Charge("d", 1, 1, NOW + 61)], now=NOW) == DONE
        assert store.charge([Charge("e", 1, 1)], now=NOW) == DONE

    def test_an_account_without_an_end_is_kept(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 1, 1)], now=NOW) == DONE
        for now in (NOW + 10**6, NOW + 10**9, MOST):
            assert store.charge([Charge("a", 1, 1)], now=now).refused is not None
        assert store.used(["a"])["a"] == 1

    @pytest.mark.parametrize("ends", [(NOW + 60, None), (None, NOW + 60), (NOW + 60, NOW + 600)])
    def test_the_later_of_two_ends_counts(self, store: AnyStore, ends: tuple[int | None, int | None]) -> None:
        for until in ends:
            assert store.charge([Charge("a", 9, 1, until)], now=NOW) == DONE
        assert store.charge([Charge("b", 1, 1, NOW + 60)], now=NOW) == DONE
        assert store.charge([Charge("c", 1, 1)], now=NOW + 300) == DONE
        assert store.used(["a"])["a"] == 2
        assert store.charge([Charge("a", 2, 1, NOW + 600)], now=NOW + 300).refused is not None

    @pytest.mark.parametrize("ends", [(NOW + 60, NOW + 600), (NOW + 600, NOW + 60), (None, NOW + 60)])
    def test_the_later_end_counts_in_one_charge(self, store: AnyStore, ends: tuple[int | None, int | None]) -> None:
        assert store.charge([Charge("a", 9, 1, until) for until in ends], now=NOW) == DONE
        assert store.charge([Charge("b", 9, 1)], now=NOW + 300) == DONE
        assert {**store.used(["a"])} == {"a": 2}
        assert store.charge([Charge("a", 2, 1, NOW + 600)], now=NOW + 300).refused is not None

    def test_what_was_forgotten_of_one_is_not_of_another(self, store: AnyStore) -> None:
        """Presentations and accounts are forgotten each for itself."""
        store.remember(name(1), expires=NOW + 60, now=NOW)
        store.remember(name(2), expires=NOW + 600, now=NOW + 60)
        for until in (NOW + 60, NOW + 200):
            assert store.charge([Charge("a", 2, 1, until)], now=NOW) == DONE
        assert store.charge([Charge("b", 1, 1, NOW + 900)], now=NOW + 300) == DONE
        assert store.remember(name(3), expires=NOW + 61, now=NOW) is True
        assert store.remember(name(2), expires=NOW + 600, now=NOW + 300) is False

    def test_from_the_first_second_to_the_last(self, store: AnyStore) -> None:
        charge, last = Charge("a", 1, 1, 1), Charge("b", 1, 1, MOST)
        assert store.charge([charge], now=0, retry=Retry(name(1), 1)) == DONE
        assert store.charge([charge], now=0, retry=Retry(name(1), 1)) == Charged(repeated=True)
        assert store.charge([charge], now=0) == Charged(refused=charge)
        assert store.remember(name(1), expires=1, now=0) is True
        assert store.remember(name(1), expires=1, now=0) is False
        assert store.charge([last], now=MOST - 1) == DONE
        assert store.charge([last], now=MOST - 1) == Charged(refused=last)
        assert store.remember(name(2), expires=MOST, now=MOST - 1) is True
        assert store.remember(name(2), expires=MOST, now=MOST - 1) is False

    def test_a_charge_to_an_account_that_was_over_is_kept(self, store: AnyStore) -> None:
        store.charge([Charge("a", 3, 1, NOW + 10)], now=NOW)
        assert store.charge([Charge("a", 3, 2, NOW + 100)], now=NOW + 20) == DONE
        assert store.used(["a"])["a"] >= 2
        assert store.charge([Charge("a", 3, 2, NOW + 100)], now=NOW + 21).refused is not None

    def test_accounts_of_many_periods(self, store: AnyStore) -> None:
        """More than are forgotten at once: whatever is forgotten when, none is opened again."""
        for number in range(100):
            assert store.charge([Charge(f"{number}", 1, 1, NOW + 1 + number)], now=NOW) == DONE
        for step in range(4):
            assert store.charge([Charge("z", 9, 1, NOW + 600)], now=NOW + 200) == DONE
            for number in range(0, 100, 9):
                charge = Charge(f"{number}", 1, 1, NOW + 1 + number)
                with suppress(UnavailableError):
                    assert store.charge([charge], now=NOW) == Charged(refused=charge), step

    def test_a_charge_that_is_tried_again_is_made_once(self, store: AnyStore) -> None:
        retry = Retry(name(1), NOW + 60)
        assert store.charge([Charge("a", 5, 2)], now=NOW, retry=retry) == DONE
        for now in (NOW, NOW + 1, NOW + 59):
            assert store.charge([Charge("a", 5, 2)], now=now, retry=retry) == Charged(repeated=True)
        assert store.used(["a"])["a"] == 2
        assert store.charge([Charge("a", 5, 2)], now=NOW, retry=Retry(name(2), NOW + 60)) == DONE
        assert store.charge([Charge("a", 5, 1)], now=NOW) == DONE
        assert store.used(["a"])["a"] == 5

    def test_it_is_repeated_even_where_nothing_is_left(self, store: AnyStore) -> None:
        retry = Retry(name(1), NOW + 60)
        assert store.charge([Charge("a", 1, 1)], now=NOW, retry=retry) == DONE
        assert store.charge([Charge("a", 1, 1)], now=NOW, retry=retry) == Charged(repeated=True)
        assert store.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(name(2), NOW + 60)).refused is not None

    def test_a_refused_one_may_be_tried_again(self, store: AnyStore) -> None:
        retry = Retry(name(1), NOW + 60)
        assert store.charge([Charge("a", 1, 2)], now=NOW, retry=retry).refused is not None
        assert store.charge([Charge("a", 1, 2)], now=NOW, retry=retry).refused is not None
        assert store.charge([Charge("a", 2, 2)], now=NOW, retry=retry) == DONE
        assert store.charge([Charge("a", 2, 2)], now=NOW, retry=retry) == Charged(repeated=True)

    def test_one_that_failed_may_be_tried_again(self, store: AnyStore) -> None:
        store.charge([Charge("x", 1, 1, NOW + 60)], now=NOW)
        store.charge([Charge("y", 1, 1)], now=NOW + 60)
        retry = Retry(name(1), NOW + 60)
        with pytest.raises(UnavailableError):
            store.charge([Charge("a", 1, 1), Charge("x", 1, 1, NOW + 60)], now=NOW, retry=retry)
        assert store.charge([Charge("a", 1, 1)], now=NOW, retry=retry) == DONE

    def test_nothing_to_charge_is_repeated_as_well(self, store: AnyStore) -> None:
        retry = Retry(name(1), NOW + 60)
        assert store.charge([], now=NOW, retry=retry) == DONE
        assert store.charge([], now=NOW, retry=retry) == Charged(repeated=True)

    def test_a_retry_that_is_over_is_charged(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 9, 1)], now=NOW, retry=Retry(name(1), NOW + 60)) == DONE
        assert store.charge([Charge("a", 9, 1)], now=NOW + 60, retry=Retry(name(1), NOW + 120)) == DONE
        assert store.charge([Charge("a", 9, 1)], now=NOW + 119, retry=Retry(name(1), NOW + 120)).repeated
        assert store.used(["a"])["a"] == 2

    def test_of_many_retries_none_lasts_too_long(self, store: AnyStore) -> None:
        for number in range(100):
            assert store.charge([], now=NOW, retry=Retry(name(number), NOW + 1 + number)) == DONE
        for number in range(99, 0, -9):
            retry = Retry(name(number), NOW + 900)
            assert store.charge([Charge("a", 99, 1)], now=NOW + 200, retry=retry) == DONE
            assert store.charge([Charge("a", 99, 1)], now=NOW + 200, retry=retry) == Charged(repeated=True)
        for number in range(99, 0, -9):
            retry = Retry(name(number), NOW + 900)
            assert store.charge([Charge("a", 99, 1)], now=NOW + 200, retry=retry) == Charged(repeated=True)

    def test_a_retry_ends_in_its_second_whatever_is_forgotten_before(self, store: AnyStore) -> None:
        """Two calls forget no more than 128."""
        for number in range(150):
            assert store.charge([], now=NOW, retry=Retry(name(number), NOW + 1 + number)) == DONE
        assert store.charge([], now=NOW + 149, retry=Retry(name(149), NOW + 900)) == Charged(repeated=True)
        assert store.charge([], now=NOW + 150, retry=Retry(name(149), NOW + 900)) == DONE

    def test_keys_are_compared_whole(self, store: AnyStore) -> None:
        for key in (bytes(32), bytes(31) + b"\1", b"\xff" * 32, b"a" * 32, b"A" * 32):
            assert store.charge([], now=NOW, retry=Retry(key, NOW + 60)) == DONE
            assert store.charge([], now=NOW, retry=Retry(key, NOW + 60)) == Charged(repeated=True)

    def test_threads_that_try_the_same(self, store: AnyStore) -> None:
        def work(number: int) -> list[Charged]:
            return [store.charge([Charge("a", 99, 1)], now=NOW, retry=Retry(name(n), NOW + 60)) for n in range(5)]

        found = [answer for answers in together(work, 16) for answer in answers]
        assert (found.count(DONE), found.count(Charged(repeated=True))) == (5, 75)
        assert store.used(["a"])["a"] == 5

    def test_threads_that_charge_by_different_clocks(self, store: AnyStore) -> None:
        """One forgets the account that another, whose clock is behind, charges: no more than the limit in all."""

        def work(number: int) -> list[int]:
            made = [0] * 30
            for account in range(30):
                with suppress(UnavailableError):
                    charge = Charge(f"{account}", 2, 1, NOW + 1 + account)
                    made[account] += store.charge([charge], now=NOW + 20 * (number % 3)) == DONE
            return made

        answers = together(work, 9)
        assert all(sum(each[account] for each in answers) <= 2 for account in range(30))


_WORKER = """
import sys
from attorn.errors import UnavailableError
from attorn.store import Charge, Charged, PostgresStore, RedisStore, SQLiteStore
store = {kind}({place!r}, timeout=20)
print("ready", flush=True)
sys.stdin.readline()
print(sum(store.charge([Charge("root", 100, 1)], now=5) == Charged() for _ in range(50)))
"""


class Shared:
    """What stores do whose data outlives a store object: others see it, and it is there again after a restart."""

    kind: str

    @pytest.fixture
    def other(self, store: AnyStore, open_store: Callable[[], AnyStore]) -> Iterator[AnyStore]:
        second = open_store()
        yield second
        second.close()  # type: ignore[union-attr]

    def test_another_store_knows_it_all(self, store: AnyStore, other: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert other.remember(name(1), expires=NOW + 60, now=NOW) is False
        other.apply(ENTRY)
        assert len(store.statements([(Kind.REVOCATION, ENTRY.link.hex())])) == 1
        assert store.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(name(1), NOW + 60)) == DONE
        assert other.charge([Charge("a", 1, 1)], now=NOW, retry=Retry(name(1), NOW + 60)).repeated
        assert other.charge([Charge("a", 1, 1)], now=NOW).refused is not None
        assert {**other.used(["a"])} == {"a": 1}

    def test_and_what_was_forgotten(self, store: AnyStore, other: AnyStore) -> None:
        store.remember(name(1), expires=NOW + 60, now=NOW)
        store.remember(name(2), expires=NOW + 600, now=NOW + 60)
        assert other.remember(name(3), expires=NOW + 60, now=NOW) is False
        store.charge([Charge("a", 1, 1, NOW + 60)], now=NOW)
        store.charge([Charge("b", 1, 1, NOW + 600)], now=NOW + 60)
        with pytest.raises(UnavailableError):
            other.charge([Charge("a", 1, 1, NOW + 60)], now=NOW)

    def test_processes_share_100(self, store: AnyStore, place: Any) -> None:
        code = _WORKER.format(kind=self.kind, place=str(place))
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
            for _ in range(4)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
        made = [int(worker.communicate()[0]) for worker in workers]
        assert sum(made) == 100
        assert store.used(["root"])["root"] == 100

    def test_a_closed_store(self, open_store: Callable[[], AnyStore]) -> None:
        for use in (
            lambda s: s.remember(name(1), expires=NOW + 60, now=NOW),
            lambda s: s.charge([Charge("a", 1, 1)], now=NOW),
            lambda s: s.used(["a"]),
            lambda s: s.statements([(Kind.EVENT, "a")]),
            lambda s: s.put([said(1)]),
        ):
            store: Any = open_store()
            store.close()
            with pytest.raises(UnavailableError):
                use(store)
            store.close()

    @pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf"), 3601, True, None, "5"], ids=ascii)
    def test_timeouts_that_are_none(self, place: Any, timeout: Any) -> None:
        with pytest.raises(InputError):
            getattr(stores, self.kind)(place, timeout=timeout)


class StoreContract(Remembering, Statements, Charging, Ending):
    """What every store does."""
