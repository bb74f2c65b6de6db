"""Open mandates that become tokens: minted once, for whom and until when, and what one verifier then says."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from attorn import AttornError, Denied, Identity, Request, Token, Verifier, caveat
from attorn.caveat import AllOf, AnyOf, Caveat, Contains, Equals, OneOf, Range, SubsetOf
from attorn.caveat.spaced import SPACES
from attorn.checkout.checkout import Checkout
from attorn.checkout.party import Instrument, Merchant, Pisp
from attorn.did import key as did_key
from attorn.errors import DelegationError, ExpiredError, InputError, ReplayError, UnavailableError
from attorn.keys.signer import P256Signer
from attorn.limits import Limits
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.appending import delegate
from attorn.mandate.capability import ACTION, caveats, mint, purchase
from attorn.mandate.constraint.allowed_instruments import AllowedInstruments
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.allowed_pisps import AllowedPisps
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import PaymentConstraint
from attorn.mandate.constraint.budget import Budget
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.constraint.execution_date import ExecutionDate
from attorn.mandate.constraint.line_items import AcceptableItem, LineItems, Requirement
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.content import Open
from attorn.mandate.date import Date
from attorn.mandate.issuing import issue
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.presets import Presets
from attorn.mandate.verified import VerifiedChain
from attorn.mandate.verifying import verify_held
from attorn.request.money import Money
from attorn.status import Publisher, TokenReference
from attorn.store import Charge, Charged, MemoryStore, SQLiteStore

NOW = 1_900_000_000
AT = datetime.fromtimestamp(NOW, UTC)
AUDIENCE, SHOP, URI = "did:web:shop.example", "https://shop.example/checkout", "https://lists.example/1"
DAY = 86_400


class Clock:
    def __init__(self) -> None:
        self.second = NOW

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)


CLOCK = Clock()


def person(number: int) -> Identity:
    return Identity(P256Signer.from_scalar(bytes((number,)) * 32), clock=CLOCK)


USER, AGENT, SCOUT = (person(number) for number in (1, 2, 3))
STORE, OTHER = Merchant("m-1", "Shop", "https://shop.example"), Merchant("m-2", "Other")
CARD = Instrument("i-1", "card")
REFERENCE = Reference("c-hash")
RANGE = AmountRange(5_000, "USD")


@pytest.fixture(autouse=True)
def _now() -> None:
    CLOCK.second = NOW


def payments(*constraints: PaymentConstraint, presets: Presets | None = None) -> OpenPayment:
    return OpenPayment((REFERENCE, RANGE, *constraints), presets or Presets())


def paid(**changed: Any) -> ClosedPayment:
    members = {"transaction_id": "t", "payee": STORE, "amount": Money(1_999, "USD"), "instrument": CARD, **changed}
    return ClosedPayment(**members)


def order(*items: tuple[str, int]) -> OpenCheckout:
    return OpenCheckout((lines(*((name, quantity, (name,)) for name, quantity in items)),))


def lines(*items: tuple[str, int, Sequence[str]]) -> LineItems:
    return LineItems(
        tuple(Requirement(name, tuple(AcceptableItem(id, "T") for id in ids), count) for name, count, ids in items)
    )


def cart(*items: tuple[str, int], merchant: dict[str, str] | None = None) -> Checkout:
    total = sum(count for _, count in items)
    return Checkout.read(
        {
            "id": "c",
            "line_items": [
                {"id": f"l{place}", "item": {"id": item, "title": "T", "price": 1}, "quantity": count, "totals": []}
                for place, (item, count) in enumerate(items)
            ],
            "currency": "USD",
            "status": "ready_for_complete",
            "totals": [{"type": "subtotal", "amount": total}, {"type": "total", "amount": total}],
            "links": [],
            **({} if merchant is None else {"merchant": merchant}),
        }
    )


def held(mandate: Open, *, to: Any = None, by: Identity = USER, **changed: Any) -> VerifiedChain:
    said = {"now": AT, "expires": AT + timedelta(hours=1), **changed}
    text = issue(mandate, by=by, to=AGENT.did if to is None else to, **said)
    return verified(text)


def verified(text: str) -> VerifiedChain:
    return verify_held(text, anchors=[USER.did], now=CLOCK(), status=lambda *_: None, redelegations=1)


def minted(*mandates: Open, ledger: Any = None, **changed: Any) -> Token:
    said = {"by": USER, "resource": SHOP, "ledger": MemoryStore() if ledger is None else ledger, "now": CLOCK()}
    return mint([held(each) for each in mandates], **{**said, **changed})


def asked(payment: ClosedPayment | None = None, checkout: Checkout | None = None, **changed: Any) -> Request:
    said = {"open_checkouts": ["c-hash"], "resource": SHOP, "now": AT, "checkout": checkout, **changed}
    return purchase(payment=paid() if payment is None and checkout is None else payment, **said)


class Door:
    """The shop's one verifier."""

    def __init__(self, store: Any = None) -> None:
        self.store = MemoryStore() if store is None else store
        self.by = Verifier(audience=AUDIENCE, roots=[USER.did], store=self.store, clock=CLOCK)

    def says(self, token: Token, request: Request, holder: Identity = AGENT) -> str:
        try:
            self.by.authorize(holder.present(token, request, audience=AUDIENCE), request)
        except Denied as error:
            denial = error.decision.denial
            assert denial is not None
            return denial.caveat
        except AttornError as error:
            return error.code
        return "allowed"


# What a mandate becomes.

PISP = Pisp("Legal", "Brand", "pisp.example")
FIRST = Date("2030-03-17T12:00:00.5Z")
MAPPED: list[tuple[str, PaymentConstraint, list[Caveat]]] = [
    ("amount", AmountRange(9, "EUR", 3), [Equals("currency", "EUR"), Range("amount", 3, 9)]),
    ("payee", AllowedPayees((OTHER,)), [OneOf("payee.id", "m-2")]),
    (
        "payee-at-a-website",
        AllowedPayees((STORE,)),
        [OneOf("payee.place", '["m-1",""]', '["m-1","https://shop.example"]')],
    ),
    (
        "payees",
        AllowedPayees((STORE, OTHER)),
        [AnyOf(OneOf("payee.id", "m-2"), OneOf("payee.place", '["m-1",""]', '["m-1","https://shop.example"]'))],
    ),
    ("instrument", AllowedInstruments((CARD,)), [OneOf("instrument.key", '["i-1","card"]')]),
    (
        "pisp",
        AllowedPisps((PISP,)),
        [OneOf("pisp", '{"brand_name":"Brand","domain_name":"pisp.example","legal_name":"Legal"}')],
    ),
    ("reference", Reference("other"), [Contains("open_checkouts", "other")]),
    ("budget", Budget(9, "USD"), [caveat.Budget(9, "USD")]),
    ("from-a-day", ExecutionDate(Date("2030-03-17")), [Range("first.second", 1_899_936_000)]),
    ("to-a-day", ExecutionDate(None, Date("2030-03-17")), [Range("last.second", None, 1_900_022_399)]),
    (
        "from-a-fraction",
        ExecutionDate(FIRST),
        [
            AnyOf(
                Range("first.second", 1_899_979_201),
                AllOf(Equals("first.second", 1_899_979_200), Range("first.microsecond", 500_000)),
            )
        ],
    ),
    (
        "to-a-fraction",
        ExecutionDate(None, FIRST),
        [
            AnyOf(
                Range("last.second", None, 1_899_979_199),
                AllOf(Equals("last.second", 1_899_979_200), Range("last.microsecond", None, 500_000)),
            )
        ],
    ),
]


@pytest.mark.parametrize(("constraint", "expected"), [case[1:] for case in MAPPED], ids=[case[0] for case in MAPPED])
def test_what_a_constraint_becomes(constraint: PaymentConstraint, expected: list[Caveat]) -> None:
    always = [Contains("open_checkouts", "c-hash"), *(Equals("currency", "USD"), Range("amount", 0, 5_000))]
    assert list(caveats(payments(constraint))) == [*always, *expected, caveat.MaxUses(1)]


@pytest.mark.parametrize("frequency", Frequency)
@pytest.mark.parametrize("most", [None, 3])
def test_what_a_recurrence_becomes(frequency: Frequency, most: int | None) -> None:
    spaces = dict(zip(list(Frequency)[1:], SPACES, strict=True))
    found = caveats(payments(Budget(9_000, "USD"), Recurrence(frequency, most)))
    assert [each.n for each in found if isinstance(each, caveat.MaxUses)] == ([] if most is None else [most])
    assert [each.per for each in found if isinstance(each, caveat.Spaced)] == [
        spaces[frequency] for _ in range(frequency is not Frequency.ON_DEMAND)
    ]


PRESETS: list[tuple[Presets, list[Caveat]]] = [
    (
        Presets(payee=STORE),
        [Equals("payee", '{"id":"m-1","name":"Shop","website":"https://shop.example"}')],
    ),
    (Presets(amount=Money(7, "EUR")), [Equals("amount", 7), Equals("currency", "EUR")]),
    (Presets(instrument=CARD), [Equals("instrument", '{"id":"i-1","type":"card"}')]),
    (Presets(execution_date=FIRST), [Equals("execution_date", "2030-03-17T12:00:00.5Z")]),
    (Presets(risk_data=b'{"a":1}'), [Equals("risk_data", '{"a":1}')]),
]


@pytest.mark.parametrize(("presets", "expected"), PRESETS)
def test_what_was_fixed_beforehand_stays(presets: Presets, expected: list[Caveat]) -> None:
    assert list(caveats(payments(presets=presets)))[3:-1] == expected


@pytest.mark.parametrize(
    ("changed", "presets"),
    [
        ({"payee": replace(STORE, name="shop")}, Presets(payee=STORE)),
        ({"payee": replace(OTHER, website="")}, Presets(payee=OTHER)),
        ({"instrument": replace(CARD, description="gold")}, Presets(instrument=CARD)),
        ({"execution_date": Date("2030-03-17T12:00:00.50Z")}, Presets(execution_date=FIRST)),
        ({}, Presets(execution_date=FIRST)),
        ({}, Presets(pisp=PISP)),
        ({"risk_data": b"{}"}, Presets(risk_data=b'{"a":1}')),
    ],
    ids=["payee", "website", "instrument", "date", "no-date", "no-pisp", "risk"],
)
def test_what_was_fixed_beforehand_is_compared_to_the_letter(changed: Any, presets: Presets) -> None:
    """Attack 110: what the official SDK leaves out of the comparison too."""
    token, door = minted(payments(presets=presets)), Door()
    assert door.says(token, asked(paid(**changed))) == "Equals"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([("r", 2, "ab")], []),
        ([("r", 2, "a"), ("s", 1, "b")], [AllOf(Range("units a", 2), Range("units b", 1))]),
        (
            [("r", 1, "ab"), ("s", 1, "c")],
            [AnyOf(Range("units a", 1), Range("units b", 1)), AllOf(Range("units c", 1))],
        ),
        (
            [("r", 1, "ab"), ("s", 1, "bc")],
            [
                AnyOf(
                    AllOf(Range("units a", 1), Range("units b", 1)),
                    AllOf(Range("units a", 1), Range("units c", 1)),
                    AllOf(Range("units b", 1), Range("units c", 1)),
                    Range("units b", 2),
                )
            ],
        ),
    ],
    ids=["any-of-one", "each", "groups", "shared"],
)
def test_what_line_items_become(items: Any, expected: list[Caveat]) -> None:
    limit = lines(*items)
    ids = sorted({item for _, _, several in items for item in several})
    total = sum(count for _, count, _ in items)
    rendered = [each.render() for each in caveats(OpenCheckout((limit,)))]
    made = [SubsetOf("items", *ids), Equals("units", total), *expected, caveat.MaxUses(1)]
    assert rendered == [each.render() for each in made]


def test_more_carts_than_a_caveat_can_list_make_no_token() -> None:
    fits = lines(("r", 3, "abc"), ("s", 1, "c"))
    assert caveats(OpenCheckout((fits,)))
    for items in (
        [("r", 40, "abcde"), ("s", 1, "a")],
        [("r", 1, "abcdefgh"), ("s", 1, "abcdefgh"), ("t", 1, "abcdefgh")],
        [("r", 1_000_000, "ab"), ("s", 1, "b")],
    ):
        with pytest.raises(InputError, match="more than 64 carts"):
            caveats(OpenCheckout((lines(*items),)))
    # Of one requirement any number will do.
    assert caveats(OpenCheckout((lines(("r", 1_000_000, "abcdefgh")),)))


def test_a_long_shopping_list_is_one_token() -> None:
    wanted = [(f"item-{number}", 2) for number in range(60)]
    token, door = minted(order(*wanted)), Door()
    assert door.says(token, asked(checkout=cart(*wanted[:-1], ("item-59", 1)))) == "Equals"
    assert door.says(token, asked(checkout=cart(*wanted[:-1], ("item-58", 2)))) == "AllOf"
    assert door.says(token, asked(checkout=cart(*wanted))) == "allowed"


@pytest.mark.parametrize("item", ["x" * 2_000, "a\u200bb", "sha-256:x", "units", "ü☃", '"'], ids=ascii)
def test_items_of_any_name(item: str) -> None:
    mandate = order((item, 2), ("b", 1))
    for count, expected in ((2, "allowed"), (1, "Equals"), (3, "Equals")):
        assert Door().says(minted(mandate), asked(checkout=cart((item, count), ("b", 1)))) == expected


def test_an_item_is_not_taken_for_the_digest_of_another() -> None:
    long = "x" * 2_000
    (name,) = (name for name in asked(checkout=cart((long, 1))).args if name.startswith("units "))
    assert len(asked(checkout=cart((long, 1), (name.removeprefix("units "), 1))).args) == 6


@pytest.mark.parametrize(
    "mandate", [None, "x", paid(), (REFERENCE,), payments(AllowedPayees((Merchant("m" * 2_048, "n", "w" * 2_048),)))]
)
def test_caveats_of_anything_else(mandate: Any) -> None:
    if isinstance(mandate, OpenPayment):
        # Of what is long the digest is compared.
        assert "sha-256:" in caveats(mandate)[3].limit()
        return
    with pytest.raises(InputError):
        caveats(mandate)


# The request.


def test_what_a_payment_is_as_a_request() -> None:
    request = asked(paid(pisp=PISP, execution_date=Date("2030-03-17"), risk_data=b'{"a":1}'))
    assert (request.action, request.resource, request.cost) == (ACTION, SHOP, Money(1_999, "USD"))
    assert dict(request.args) == {
        "transaction_id": "t",
        "amount": 1_999,
        "currency": "USD",
        "payee": '{"id":"m-1","name":"Shop","website":"https://shop.example"}',
        "payee.id": "m-1",
        "payee.place": '["m-1","https://shop.example"]',
        "instrument": '{"id":"i-1","type":"card"}',
        "instrument.key": '["i-1","card"]',
        "pisp": '{"brand_name":"Brand","domain_name":"pisp.example","legal_name":"Legal"}',
        "risk_data": '{"a":1}',
        "execution_date": "2030-03-17",
        "first.second": 1_899_936_000,
        "first.microsecond": 0,
        "last.second": 1_900_022_399,
        "last.microsecond": 999_999,
        "open_checkouts": ("c-hash",),
    }


def test_what_a_checkout_is_as_a_request() -> None:
    several = cart(("b", 1), ("a", 2), ("b", 4), merchant={"id": "m-1", "name": "Shop"})
    request = asked(checkout=several, open_checkouts=None)
    assert request.cost is None
    assert dict(request.args) == {
        "checkout": "c",
        "items": ("a", "b"),
        "units": 7,
        "units a": 2,
        "units b": 5,
        "merchant.id": "m-1",
        "merchant.place": '["m-1",""]',
    }


def test_without_a_date_a_payment_is_executed_now() -> None:
    args = asked(now=AT + timedelta(seconds=1.9)).args
    assert (args["first.second"], args["last.second"], args["last.microsecond"]) == (NOW + 1, NOW + 1, 0)
    assert "execution_date" not in args


@pytest.mark.parametrize(
    "text", ["0001-01-01T14:00:00+14:00", "1969-12-31T23:59:59.25Z", "9999-12-31T23:59:59.999999Z"]
)
def test_dates_at_the_ends_of_the_calendar(text: str) -> None:
    args = asked(paid(execution_date=Date(text))).args
    second, rest = args["first.second"], args["first.microsecond"]
    assert isinstance(second, int)
    assert isinstance(rest, int)
    expected = Date(text).first - datetime(1970, 1, 1, tzinfo=UTC)
    assert timedelta(seconds=second, microseconds=rest) == expected
    assert 0 <= rest < 1_000_000


@pytest.mark.parametrize(
    "changed",
    [
        {"payment": None},
        {"payment": "x"},
        {"payment": payments()},
        {"checkout": {}},
        {"open_checkouts": "c-hash"},
        {"open_checkouts": [1]},
        {"now": NOW},
        {"now": datetime(2030, 1, 1)},
        {"resource": ""},
        {"action": ""},
        {"payment": paid(transaction_id="t" * 66_000)},
    ],
    ids="-".join,
)
def test_what_is_no_purchase(changed: Any) -> None:
    said: dict[str, Any] = {"resource": SHOP, "now": AT, "payment": paid(), **changed}
    with pytest.raises(InputError):
        purchase(**said)


# Minting.


def test_one_verifier_guards_the_purchase_and_the_other_calls() -> None:
    """A token for each: what a link counts, it counts with every use."""
    token = minted(payments(AllowedPayees((STORE,))), order(("a", 2)))
    browse = USER.mint(to=AGENT.did, caveats=[caveat.Actions("catalogue:*", "cart:*"), caveat.Resources(SHOP)])
    door = Door()
    look = Request(action="catalogue:read", resource=SHOP)
    for _ in range(3):
        assert door.says(browse, look) == "allowed"
        assert door.says(token, look) == "Actions"
    good, buy = cart(("a", 2)), asked(paid(), cart(("a", 2)))
    assert door.says(browse, buy) == "Actions"
    assert door.says(token, asked(paid(payee=OTHER), good)) == "OneOf"
    assert door.says(token, asked(paid(amount=Money(5_001, "USD")), good)) == "Range"
    assert door.says(token, asked(paid(), cart(("a", 3)))) == "Equals"
    assert door.says(token, asked(paid(), good, open_checkouts=["c2"])) == "Contains"
    assert door.says(token, buy) == "allowed"
    assert door.says(token, buy) == "MaxUses"


def test_nobody_else_can_use_it() -> None:
    """Attack 114: `cnf` is not the presenter's key. Without the holder's own, a token is inert (law 4)."""
    token, request = minted(payments()), asked()
    with pytest.raises(DelegationError):
        SCOUT.present(token, request, audience=AUDIENCE)
    with pytest.raises(DelegationError):
        SCOUT.delegate(token, to=SCOUT.did)


def test_one_off_is_refused() -> None:
    """Attack 110, by one unit and one second."""
    door = Door()
    token = minted(payments(AmountRange(1_999, "USD", 1_999), ExecutionDate(Date("2030-03-17T17:46:40Z"))))
    for amount in (1_998, 2_000):
        assert door.says(token, asked(paid(amount=Money(amount, "USD")))) == "Range"
    assert door.says(token, asked(paid(amount=Money(1_999, "USD")), now=AT - timedelta(seconds=1))) == "Range"
    assert door.says(token, asked(paid(amount=Money(1_999, "EUR")))) == "Equals"
    assert door.says(token, asked(paid(amount=Money(1_999, "USD")))) == "allowed"


def test_it_is_given_to_the_key_of_the_mandate_and_ends_with_it() -> None:
    token = minted(payments())
    (link,) = token.unverified_links
    assert (link.delegator, link.delegate) == (USER.did, AGENT.did)
    assert list(link.caveats)[:3] == [
        caveat.Actions("purchase"),
        caveat.Resources(SHOP),
        caveat.Expires(AT + timedelta(hours=1)),
    ]
    door = Door()
    CLOCK.second = NOW + 3_599
    assert door.says(token, asked()) == "allowed"
    CLOCK.second = NOW + 3_600
    assert door.says(token, asked()) == "outside_validity"


def test_of_two_mandates_the_first_to_end_ends_it() -> None:
    chains = [held(payments()), held(order(("a", 1)), expires=AT + timedelta(minutes=5))]
    token = mint(chains, by=USER, resource=SHOP, ledger=MemoryStore(), now=AT)
    assert caveat.Expires(AT + timedelta(minutes=5)) in token.unverified_links[0].caveats


@pytest.mark.parametrize("form", ["key", "did:key", "did:jwk"])
def test_the_holder_may_be_a_key_or_a_did_that_is_one(form: str) -> None:
    agent = Identity.generate(algorithm="P-256", method="jwk" if form == "did:jwk" else "key")
    to = agent.signer.public_key if form == "key" else agent.did
    token = mint([held(payments(), to=to)], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT)
    assert token.unverified_links[0].delegate == agent.did


def test_of_another_did_the_key_is_the_holder() -> None:
    """What the DID lists later is not what the mandate was given to."""
    key = AgentKey.of(AGENT.did).key
    chain = held(payments())
    (hop,) = chain.hops
    named = replace(chain, hops=(hop._replace(holder=AgentKey(key, "did:web:agent.example")),))
    token = mint([named], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT)
    assert token.unverified_links[0].delegate == did_key.encode(AGENT.signer.public_key)


def test_a_mandate_becomes_a_token_once(tmp_path: Path) -> None:
    """Attack 112: two tokens of one mandate would be counted apart."""
    for ledger in (MemoryStore(), SQLiteStore(tmp_path / "store.db")):
        chains = [held(payments()), held(order(("a", 1)))]
        said: Any = {"by": USER, "resource": SHOP, "ledger": ledger, "now": AT}
        mint(chains, **said)
        for again in (chains, chains[:1], chains[1:]):
            with pytest.raises(ReplayError):
                mint(again, **said)
        mint([held(payments())], **said)


def test_of_many_at_once_one_is_minted() -> None:
    ledger, chain, found = MemoryStore(), held(payments()), list[str]()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        try:
            mint([chain], by=USER, resource=SHOP, ledger=ledger, now=AT)
            found.append("minted")
        except ReplayError as error:
            found.append(error.code)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["minted"] + ["replayed"] * 7


def test_it_is_remembered_for_as_long_as_the_mandate_is_accepted() -> None:
    class Recording(MemoryStore):
        def charge(self, charges: Sequence[Charge], **others: Any) -> Charged:
            seen.extend(charges)
            return super().charge(charges, **others)

    seen: list[Charge] = []
    chain = held(payments())
    mint([chain], by=USER, resource=SHOP, ledger=Recording(), now=AT)
    assert seen == [Charge(f"capability {chain.hops[0].id}", 1, 1, NOW + 3_600 + 3_600)]


def test_what_was_not_minted_is_not_used_up() -> None:
    class Failing:
        def mint(self, **_: Any) -> Token:
            raise UnavailableError("no key")

    ledger, chain = MemoryStore(), held(payments())
    with pytest.raises(UnavailableError):
        mint([chain], by=Failing(), resource=SHOP, ledger=ledger, now=AT)
    mint([chain], by=USER, resource=SHOP, ledger=ledger, now=AT)


def test_a_ledger_that_fails_makes_no_token() -> None:
    class Failing(MemoryStore):
        def charge(self, *_: Any, **__: Any) -> Any:
            raise OSError("gone")

    with pytest.raises(UnavailableError):
        minted(payments(), ledger=Failing())


def test_a_sub_agent_is_handed_the_token() -> None:
    """Attack 116: the sum stays under the cap. What a sub-agent spends, the agent has spent (law 7)."""
    mandate = payments(Budget(5_000, "USD"), Recurrence(Frequency.ON_DEMAND, 5))
    narrower = payments(Budget(2_500, "USD"), Recurrence(Frequency.DAILY, 5), AllowedPayees((STORE,)))
    token = minted(mandate)
    below = AGENT.delegate(token, to=SCOUT.did, caveats=caveats(narrower))
    door = Door()
    assert door.says(below, asked(paid(payee=OTHER)), SCOUT) == "OneOf"
    assert door.says(below, asked(), SCOUT) == "allowed"
    assert door.says(below, asked(), SCOUT) in ("Budget", "Spaced")
    assert door.says(token, asked()) == "allowed"
    assert door.says(token, asked()) == "Budget"


def test_a_mandate_that_was_handed_on_is_no_token() -> None:
    text = issue(payments(), by=USER, to=AGENT.did, now=AT, expires=AT + timedelta(hours=1), redelegations=1)
    said: Any = {"audience": "a", "nonce": "n-0123456789", "now": AT, "expires": AT + timedelta(hours=1)}
    longer = delegate(text, payments(), by=AGENT, to=SCOUT.did, **said)
    with pytest.raises(InputError, match="handed the token"):
        mint([verified(longer)], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT)


def test_a_recurring_purchase_over_months() -> None:
    mandate = payments(Budget(50_000, "USD"), Recurrence(Frequency.MONTHLY, 3))
    chain = held(mandate, expires=AT + timedelta(days=365))
    token, door = mint([chain], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT), Door()
    for days, expected in ((0, "allowed"), (0, "Spaced"), (30, "Spaced"), (31, "allowed"), (61, "allowed")):
        CLOCK.second = NOW + days * DAY
        assert door.says(token, asked()) == expected, days
    CLOCK.second = NOW + 200 * DAY
    assert door.says(token, asked()) == "MaxUses"


def test_what_can_be_revoked_as_a_mandate_can_be_revoked_as_a_token() -> None:
    status = TokenReference(URI, 7)
    chain = held(payments(), status=status)
    with pytest.raises(InputError, match="status lists"):
        mint([chain], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT)
    token = mint([chain], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT, lists=USER.did)
    assert caveat.Status(URI, 7, USER.did) in token.unverified_links[0].caveats
    door = Door()
    assert door.says(token, asked()) == "stale_status"
    publisher = Publisher(URI, kind="token")
    door.store.apply(publisher.publish(USER, clock=CLOCK))
    assert door.says(token, asked()) == "allowed"


@pytest.mark.parametrize("expires", [60, 0])
def test_what_has_ended_is_no_token(expires: int) -> None:
    chain = held(payments(), expires=AT + timedelta(seconds=60))
    with pytest.raises(ExpiredError):
        mint([chain], by=USER, resource=SHOP, ledger=MemoryStore(), now=AT + timedelta(seconds=60 + expires))


@pytest.mark.parametrize(
    "chains",
    [
        list,
        lambda: None,
        lambda: ["x"],
        lambda: held(payments()),
        lambda: [held(payments()), held(payments())],
        lambda: [held(order(("a", 1))), held(order(("a", 1)))],
        lambda: [held(payments()), held(order(("a", 1)), to=SCOUT.did)],
        lambda: [held(payments()), held(order(("a", 1))), held(order(("a", 1)))],
        lambda: [replace(held(payments()), expires=None)],
    ],
    ids=["none", "null", "text", "one", "payments", "checkouts", "holders", "three", "endless"],
)
def test_mandates_that_make_no_token(chains: Any) -> None:
    with pytest.raises(InputError):
        mint(chains(), by=USER, resource=SHOP, ledger=MemoryStore(), now=AT)


@pytest.mark.parametrize("changed", [{"ledger": 7}, {"resource": ""}, {"action": "*"}, {"now": NOW}])
def test_mint_with_anything_else(changed: Any) -> None:
    with pytest.raises(InputError):
        minted(payments(), **changed)


def test_more_than_a_link_holds_is_no_token() -> None:
    each = range(16)
    mandate = OpenPayment(
        (
            *(Reference(f"h{number}") for number in each),
            *(AmountRange(5_000 + number, "USD") for number in each),
            *(ExecutionDate(Date(f"2030-03-{number + 1:02}"), Date(f"2030-04-{number + 1:02}")) for number in each),
            *(AllowedPayees((Merchant(f"m-{number}", "x"),)) for number in each),
        )
    )
    assert len(caveats(mandate)) > Limits().checks
    with pytest.raises(InputError):
        minted(mandate)


def test_merchants_are_compared_as_payees_are() -> None:
    mandate = OpenCheckout((lines(("r", 1, "a")), AllowedMerchants((STORE, OTHER))))
    for merchant, expected in (
        ({"id": "m-1", "name": "x"}, "allowed"),
        ({"id": "m-1", "name": "x", "website": ""}, "allowed"),
        ({"id": "m-1", "name": "x", "website": "https://shop.example"}, "allowed"),
        ({"id": "m-1", "name": "x", "website": "https://shop.example/"}, "AnyOf"),
        ({"id": "m-2", "name": "x", "website": "https://evil.example"}, "allowed"),
        ({"id": "m-3", "name": "Shop"}, "AnyOf"),
        (None, "AnyOf"),
    ):
        assert Door().says(minted(mandate), asked(checkout=cart(("a", 1), merchant=merchant))) == expected


@pytest.mark.parametrize("by", [None, object(), USER.did])
def test_whoever_mints_can_mint(by: Any) -> None:
    with pytest.raises(InputError):
        mint([held(payments())], by=by, resource=SHOP, ledger=MemoryStore(), now=AT)
