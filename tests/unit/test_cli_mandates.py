"""`attorn mandate`: mandates signed, handed on, closed, verified and shown, from files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.mandate_scene import opened, paid, root
from tests.unit.test_cli_world import PASSPHRASE, Outcome, call, refused, stdin

from attorn import Identity
from attorn.canonical import canonicalise
from attorn.checkout import checkout_hash
from attorn.cli.program import parser
from attorn.did.only_key import only_key_of
from attorn.errors import VerificationError
from attorn.jose import jws
from attorn.keys import jwk
from attorn.mandate.hop import PAYLOAD
from attorn.mandate.issuing import ROOT, closed_content, concealed
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.redacting import redact
from attorn.sdjwt.compact import Compact
from attorn.status import Publisher

NAMES = ("alice", "shopper", "scout", "shop", "mallory")
SHOP, BANK, NONCE = "shop-1", "bank", "n-1"
LISTED = "https://alice.example/mandates"
CART: dict[str, Any] = {
    "id": "c-17",
    "merchant": {"id": SHOP, "name": "The Tea Shop"},
    "currency": "USD",
    "line_items": [
        {"id": "1", "item": {"id": "tea", "title": "Green tea", "price": 1200}, "quantity": 2, "totals": []}
    ],
    "totals": [{"type": "subtotal", "amount": 2400}, {"type": "total", "amount": 2400}],
    "status": "ready_for_complete",
    "links": [],
}


class Market:
    """Everybody's key files and DIDs, and the mandates of one purchase, each a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.who = {name: Identity.generate(algorithm="P-256") for name in NAMES}
        self.who["alice"] = Identity.generate()
        for name, identity in self.who.items():
            identity.save(folder / f"{name}.key", passphrase=PASSPHRASE, strength="interactive")
        self.file("passphrase", PASSPHRASE + "\n")

    def file(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(0o600)
        return str(path)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def by(self, name: str) -> tuple[str, ...]:
        return ("--key", self.path(f"{name}.key"), "--passphrase-file", self.path("passphrase"))

    def did(self, name: str) -> str:
        return self.who[name].did

    def to(self, name: str, *more: str) -> tuple[str, ...]:
        return ("--to", self.did(name), "--expires-in", "1h", *more)

    @property
    def trust(self) -> tuple[str, ...]:
        return ("--anchor", self.did("alice"), "--merchant", f"{SHOP}={self.did('shop')}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return Market(tmp_path_factory.mktemp("market"))


class Desk:
    """The commands of one test."""

    def __init__(self, made: Market, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.made, self.folder, self.capsys = made, folder, capsys

    def call(self, *words: str) -> Outcome:
        return call(self.capsys, "mandate", *words)

    def kept(self, name: str, *words: str) -> str:
        """What a command prints, as a file."""
        found = self.call(*words)
        assert found.code == 0, found.err
        return self.made.file(name, found.out)

    def verify(self, *words: str) -> Outcome:
        return self.call("verify", *words, *self.made.trust)


@pytest.fixture
def desk(made: Market, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    found = Desk(made, tmp_path, capsys)
    if not (made.folder / "pay").exists():
        _purchase(found)
    return found


def _purchase(desk: Desk) -> None:
    """A purchase by an agent: `cart.jwt`, `order.open`, `pay.open`, `order`, `pay`."""
    made = desk.made
    cart = desk.kept("cart.jwt", "checkout", made.file("cart.json", CART), *made.by("shop"))
    to = made.to("shopper", "--redelegations", "1")
    items = ("--item", "2:tea,coffee", "--merchant", f"{SHOP}=The Tea Shop", "--merchant", "shop-2")
    order = desk.kept("order.open", "issue", *items, *to, *made.by("alice"))
    limits = ("--order", order, "--max", "2500:USD", "--min", "100:USD", "--payee", SHOP, "--instrument", "card:c-1")
    pay = desk.kept("pay.open", "issue", *limits, *to, *made.by("alice"))
    desk.kept("order", "close", order, "--checkout", cart, *bound(SHOP), *made.by("shopper"))
    desk.kept("pay", "close", pay, "--pay", cart, "--instrument", "card:c-1", *bound(BANK), *made.by("shopper"))


def bound(audience: str, nonce: str = NONCE) -> tuple[str, ...]:
    return ("--audience", audience, "--nonce", nonce)


# What is told.


def test_a_shop_accepts_an_order_once(desk: Desk) -> None:
    made = desk.made
    words = (made.path("order"), *bound(SHOP), "--offered", made.path("cart.jwt"))
    accept = (*words, "--store", str(desk.folder / "shop.db"))
    looked = desk.verify(*words)
    assert "human not present: closed by an agent, through 1 open mandate(s)" in looked.out
    assert looked.out.splitlines()[-1].startswith("Note: without --store")
    told = desk.verify(*accept, "--json").data
    assert (told["accepted"], told["human_present"], told["kind"]) == (True, False, "checkout")
    assert told["checkout"]["total"] == {"amount": 2400, "currency": "USD"}
    assert told["checkout"]["line_items"] == [{"id": "tea", "title": "Green tea", "quantity": 2, "price": 1200}]
    first, last = told["hops"]
    assert (first["signer"]["did"], first["holder"]["did"]) == (made.did("alice"), made.did("shopper"))
    assert first["limits"] == [
        "checkout.allowed_merchants: shop-1 (The Tea Shop) or shop-2",
        "checkout.line_items: 2 of tea or coffee",
    ]
    assert (last["audience"], last["holder"], last["nonce"]) == (SHOP, None, NONCE)
    refused(desk.verify(*accept), 2, "replayed")


def test_a_shop_sells_as_often_as_the_user_says(desk: Desk) -> None:
    made, store = desk.made, ("--store", str(desk.folder / "shop.db"))
    limits = ("--item", "2:tea,coffee", "--merchant", SHOP, "--uses", "3")
    order = desk.kept("often.open", "issue", *limits, *made.to("shopper", "--redelegations", "1"), *made.by("alice"))
    to = ("--to", made.did("scout"), "--expires-in", "30m", *bound("scout"), *made.by("shopper"))
    less = desk.kept("often.scout", "delegate", order, "--uses", "2", *to)
    same = desk.kept("often.same", "delegate", order, "--item", "2:tea", *to)
    refused(desk.call("delegate", order, "--uses", "4", *to), 1, "cannot_delegate", "uses: 4")
    assert "uses: at most 2" in desk.call("show", less).out
    assert "uses: at most 3" in desk.call("show", same).out

    def sold(number: int, before: str, by: str) -> Outcome:
        cart = made.file(f"often-{number}.json", {**CART, "id": f"often-{number}"})
        cart = desk.kept(f"often-{number}.jwt", "checkout", cart, *made.by("shop"))
        nonce = f"often-{number}"
        closed = desk.kept(f"often-{number}", "close", before, "--checkout", cart, *bound(SHOP, nonce), *made.by(by))
        return desk.verify(closed, *bound(SHOP, nonce), *store)

    assert sold(1, less, "scout").code == 0
    assert sold(2, less, "scout").code == 0
    refused(sold(3, less, "scout"), 3, "denied", "allows 2 uses")
    assert sold(4, order, "shopper").code == 0
    refused(sold(5, same, "scout"), 3, "denied", "allows 3 uses")


def test_a_bank_sees_the_order_beside_the_payment(desk: Desk) -> None:
    made = desk.made
    found = desk.verify(made.path("pay"), *bound(BANK), "--order", made.path("order"))
    assert found.code == 0, found.err
    for words in (
        "only   payment.amount_range: 1.00 USD to 25.00 USD",
        "only   payment.allowed_payees: shop-1",
        "only   payment.allowed_payment_instruments: card c-1",
        "pay: 24.00 USD to shop-1 (The Tea Shop)",
        "ordered under",
        "only   checkout.line_items: 2 of tea or coffee",
        "2 of tea (Green tea), 12.00 USD each",
        "total  24.00 USD",
    ):
        assert words in found.out
    assert made.did("shopper") in found.out


def test_a_sub_agent_buys_with_less(desk: Desk) -> None:
    made = desk.made
    to = (*made.to("scout"), "--audience", "scout", "--nonce", "s-1", *made.by("shopper"))
    order = desk.kept("order.scout", "delegate", made.path("order.open"), "--item", "2:tea", *to[:3], "30m", *to[4:])
    pay = desk.kept(
        "pay.scout", "delegate", made.path("pay.open"), "--max", "2400:USD", "--min", "200:USD", *to[:3], "30m", *to[4:]
    )
    cart, by = made.path("cart.jwt"), made.by("scout")
    order = desk.kept("order.2", "close", order, "--checkout", cart, *bound(SHOP), *by)
    pay = desk.kept("pay.2", "close", pay, "--pay", cart, "--instrument", "card:c-1", *bound(BANK), *by)
    told = desk.verify(pay, *bound(BANK), "--order", order, "--json").data
    assert [hop["signer"]["did"] for hop in told["hops"]] == [made.did(name) for name in ("alice", "shopper", "scout")]
    assert [hop["redelegations"] for hop in told["hops"]] == [1, 0, 0]
    # What was not said anew stays as it was.
    assert "payment.allowed_payees: shop-1" in told["hops"][1]["limits"]
    assert "payment.amount_range: 2.00 USD to 24.00 USD" in told["hops"][1]["limits"]


def test_a_user_who_is_present_signs_the_purchase(desk: Desk) -> None:
    made, by = desk.made, desk.made.by("alice")
    order = desk.kept("order.alice", "issue", "--checkout", made.path("cart.jwt"), *bound(SHOP), *by)
    pay = desk.kept("pay.alice", "issue", "--pay", made.path("cart.jwt"), "--instrument", "card:c-1", *bound(BANK), *by)
    assert "human present: signed by the user" in desk.verify(order, *bound(SHOP)).out
    told = desk.verify(pay, *bound(BANK), "--order", made.path("cart.jwt"), "--json").data
    assert (told["human_present"], told["kind"], len(told["hops"])) == (True, "payment", 1)


def test_a_holder_checks_what_it_was_handed(desk: Desk) -> None:
    told = desk.call("verify", desk.made.path("pay.open"), "--held", "--anchor", desk.made.did("alice"))
    assert "GENUINE open payment mandate" in told.out
    assert "may be handed on: 1" in told.out
    assert "Note" not in told.out


def test_a_mandate_from_a_file_in_the_form_of_ap2(desk: Desk) -> None:
    made = desk.made
    content = {
        "vct": "mandate.payment.open.1",
        "constraints": [
            {"type": "payment.reference", "conditional_transaction_id": "c-hash"},
            {"type": "payment.budget", "max": 2999, "currency": "JPY"},
        ],
        "payee": {"id": SHOP, "name": "The Tea Shop"},
    }
    words = ("issue", "--content", made.file("content", content), *made.to("shopper"), *made.by("alice"))
    shown = desk.call("show", desk.kept("made", *words), "--json").data["hops"][0]
    assert shown["limits"][1:] == [
        "payment.budget: 2999 JPY in all",
        "payee: fixed to shop-1 (The Tea Shop)",
    ]


def test_what_is_kept_back_is_marked(desk: Desk) -> None:
    made = desk.made
    text = redact(Path(made.path("order.open")).read_text().strip(), [("constraints", 0, "allowed", 1)])
    found = desk.call("show", made.file("redacted", text))
    assert (
        "checkout.allowed_merchants: shop-1 (The Tea Shop) [REDACTED: 1 more, not shown and so not allowed]"
        in found.out
    )
    assert found.out.startswith("UNVERIFIED: ")
    assert "shop-2" not in found.out
    told = desk.call("show", made.path("redacted"), "--json").data
    assert (told["verified"], told["hops"][0]["redacted"]) == (False, [["constraints", 0, "allowed"]])
    text = redact(Path(made.path("order")).read_text().strip(), [("checkout_jwt",)])
    assert "checkout_jwt [REDACTED]" in desk.call("show", made.file("redacted", text)).out


def test_entries_are_kept_back_by_the_paths_that_are_shown(desk: Desk) -> None:
    made = desk.made
    order = made.path("order.open")
    rows = [each.strip() for each in desk.call("show", order).out.splitlines()]
    tea, coffee, shop = (
        "constraints/1/items/0/acceptable_items/0",
        "constraints/1/items/0/acceptable_items/1",
        "constraints/0/allowed/1",
    )
    assert {tea, coffee, shop} <= set(rows)
    less = desk.kept("less", "redact", order, "--hide", coffee, "--hide", shop)
    found = desk.call("show", less)
    assert "line_items: 2 of tea [REDACTED: 1 more" in found.out
    assert "shop-2" not in found.out
    assert "parts that can be kept back: 2 shown, 2 not" in found.out
    words = ("close", less, "--checkout", made.path("cart.jwt"), *bound(SHOP), *made.by("shopper"))
    assert desk.verify(desk.kept("less.order", *words), *bound(SHOP)).code == 0
    # The same mandate of a chain that was closed by the hash of its JWT.
    words = ("close", order, "--checkout", made.path("cart.jwt"), "--binding", "jwt-hash", *bound(SHOP))
    closed = desk.kept("jwt.order", *words, *made.by("shopper"))
    text = desk.call("redact", closed, "--hide", coffee, "--position", "1", "--json").data["mandate"]
    assert desk.verify(made.file("jwt.less", text), *bound(SHOP)).code == 0
    assert "2 of tea [REDACTED" in desk.call("show", made.path("jwt.less")).out
    # A budget in major units is of another unit than is read unasked.
    content = {
        "vct": "mandate.payment.open.1",
        "constraints": [
            {"type": "payment.reference", "conditional_transaction_id": "c-hash"},
            {"type": "payment.allowed_payees", "allowed": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]},
            {"type": "payment.budget", "max": 19.99, "currency": "USD"},
        ],
    }
    words = (made.file("major", root(opened(**content))), "--hide", "constraints/1/allowed/0")
    refused(desk.call("redact", *words), 1, "invalid_input", "whole minor units")
    assert desk.call("redact", *words, "--unit", "major").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--hide", "constraints/0"), "expected pointers to what can be kept back"),
        (("--hide", "constraints/0/allowed/7"), "nothing at"),
        (("--hide", "constraints/x"), "nothing at"),
        (("--hide", ""), "nothing at"),
        (("--hide", "constraints/" + "1" * 5000), "nothing at"),
        (("--hide", "constraints/0/allowed/0", "--hide", "constraints/0/allowed/1"), "expected an entry"),
        (("--hide", "constraints/0/allowed/1", "--position", "2"), "expected position as 1 to 1"),
        (("--hide", "constraints/0/allowed/1", "--position", "x"), "--position"),
        ((), "--hide"),
    ],
)
def test_what_cannot_be_kept_back(desk: Desk, words: tuple[str, ...], told: str) -> None:
    refused(desk.call("redact", desk.made.path("order.open"), *words), 1, "invalid_input", told)


def test_a_mandate_that_all_would_refuse_is_shown_with_the_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(desk.made.path("pay.open")).read_text().strip()
    left = "~".join(text.split("~")[:1] + [each for each in text.split("~")[1:] if len(each) > 200]) + "~"
    stdin(monkeypatch, left)
    assert "refused by every verifier: " in desk.call("show", "-").out


def test_a_bare_key_is_named_by_its_thumbprint(desk: Desk) -> None:
    made = desk.made
    key = made.file("alice.jwk", {**jwk.to_jwk(made.who["alice"].signer.public_key)})
    found = desk.call("verify", made.path("pay.open"), "--held", "--anchor", key)
    assert f"by the key {jwk.thumbprint(made.who['alice'].signer.public_key)}" in found.out


def test_revoked_by_its_list(desk: Desk) -> None:
    made, lists = desk.made, Publisher(LISTED, kind="token")
    state = made.file("list", lists.encode().decode())
    words = ("issue", "--item", "1:tea", "--status-list", state, *made.to("shopper"), *made.by("alice"))
    text = made.file("listed", (told := desk.call(*words, "--json").data)["mandate"])
    assert told["status"]["uri"] == LISTED
    held = ("verify", text, "--held", "--anchor", made.did("alice"))
    # Nothing is known of it, so nothing is allowed.
    refused(desk.call(*held), 4, "stale_status")
    lists = Publisher.decode(Path(state).read_text())
    signed = made.file("signed", lists.publish(made.who["alice"]))
    assert f"status {LISTED}#{told['status']['index']}" in desk.call(*held, "--list", signed).out
    lists.revoke(told["status"]["index"])
    signed = made.file("signed", lists.publish(made.who["alice"]))
    refused(desk.call(*held, "--list", signed), 2, "revoked")
    # A list that somebody else signs says nothing.
    other = made.file("signed", lists.publish(made.who["mallory"]))
    refused(desk.call(*held, "--list", other), 4, "stale_status")
    refused(desk.call(*held, "--list", other, "--list-issuer", f"{LISTED}={made.did('mallory')}"), 2, "revoked")


# What is refused.


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("--anchor", "mallory"), 2, "untrusted_root"),
        (("--audience", BANK), 2, "wrong_audience"),
        (("--nonce", "n-2"), 2, "wrong_request"),
        (("--as-of", "2h"), 2, "outside_validity"),
        (("--as-of", "-1h"), 2, "outside_validity"),
        (("--merchant", "mallory"), 2, "untrusted_root"),
        (("--offered", "other.jwt"), 2, "broken_chain"),
    ],
)
def test_an_order_that_is_not_for_this_shop_now(desk: Desk, words: tuple[str, str], code: int, name: str) -> None:
    # attacks 109 to 113
    made = desk.made
    if not (made.folder / "other.jwt").exists():
        desk.kept("other.jwt", "checkout", made.path("cart.json"), *made.by("shop"))
    option, value = words
    given = {"--anchor": made.did("alice"), "--merchant": f"{SHOP}={made.did('shop')}", "--audience": SHOP}
    given |= {"--nonce": NONCE}
    if option == "--as-of":
        hours = timedelta(hours=int(value.removesuffix("h")))
        value = (datetime.now(UTC) + hours).strftime("%Y-%m-%dT%H:%M:%SZ")
    elif option == "--offered":
        value = made.path(value)
    elif value == "mallory":
        value = made.did(value) if option == "--anchor" else f"{SHOP}={made.did(value)}"
    given[option] = value
    refused(desk.call("verify", made.path("order"), *(word for pair in given.items() for word in pair)), code, name)


def test_a_dearer_cart_is_prohibited_with_every_reason(desk: Desk) -> None:
    # attack 110
    made = desk.made
    cart = json.loads(json.dumps(CART).replace("2400", "2700").replace('"tea"', '"gin"'))
    jwt = desk.kept("gin.jwt", "checkout", made.file("gin.json", cart), *made.by("shop"))
    by = made.by("shopper")
    order = desk.kept("gin.order", "close", made.path("order.open"), "--checkout", jwt, *bound(SHOP), *by)
    told = desk.verify(order, *bound(SHOP), "--json")
    refused(told, 3, "denied", "checkout.line_items")
    assert [each["code"] for each in told.data["error"]["prohibitions"]] == ["item_not_allowed"]
    words = ("--pay", jwt, "--instrument", "card:c-2", *bound(BANK), *by)
    pay = desk.kept("gin.pay", "close", made.path("pay.open"), *words)
    # The order comes first: the bank need not look at the payment.
    refused(desk.verify(pay, *bound(BANK), "--order", order), 3, "denied", "checkout.line_items")


def test_a_limit_that_must_be_there(desk: Desk) -> None:
    made = desk.made
    words = (made.path("pay"), *bound(BANK), "--order", made.path("order"))
    assert desk.verify(*words, "--require", "payment.amount_range", "--require", "checkout.line_items").code == 0
    told = desk.verify(*words, "--require", "payment.budget", "--json")
    refused(told, 3, "denied", "payment.budget")
    assert told.data["error"]["prohibitions"][0]["code"] == "constraint_missing"
    refused(desk.verify(*words, "--require", "payment.any"), 1, "invalid_input", "types of constraints")


def test_another_instrument_and_another_amount(desk: Desk) -> None:
    made = desk.made
    words = ("--pay", made.path("cart.jwt"), "--instrument", "card:c-2", *bound(BANK), *made.by("shopper"))
    pay = desk.kept("card.pay", "close", made.path("pay.open"), *words)
    told = desk.verify(pay, *bound(BANK), "--order", made.path("order"), "--json")
    refused(told, 3, "denied", "card c-2")
    assert told.data["error"]["prohibitions"][0]["code"] == "instrument_not_allowed"


@pytest.mark.parametrize(
    "words",
    [
        ("--max", "2600:USD"),
        ("--max", "2500:EUR"),
        ("--payee", "mallory"),
        ("--instrument", "card:c-2"),
        ("--frequency", "DAILY", "--budget", "2500:USD"),
        ("--redelegations", "1"),
        ("--expires-in", "2h"),
    ],
)
def test_a_sub_agent_gets_no_more(desk: Desk, words: tuple[str, ...]) -> None:
    # attack 116
    made, given = desk.made, {"--expires-in": "30m", "--to": desk.made.did("scout"), "--audience": "s", "--nonce": "s"}
    for option, value in zip(words[::2], words[1::2], strict=True):
        given[option] = value
    said = (word for pair in given.items() for word in pair)
    refused(desk.call("delegate", made.path("pay.open"), *said, *made.by("shopper")), 1, "cannot_delegate")


def test_only_the_holder_closes_or_hands_on(desk: Desk) -> None:
    made = desk.made
    checkout = ("--checkout", made.path("cart.jwt"), *bound(SHOP))
    refused(desk.call("close", made.path("order.open"), *checkout, *made.by("mallory")), 1, "cannot_delegate")
    refused(desk.call("close", made.path("order"), *checkout, *made.by("shopper")), 1, "cannot_delegate")
    refused(desk.call("close", made.path("pay.open"), *checkout, *made.by("shopper")), 1, "cannot_delegate")
    to = (*made.to("scout"), *bound("scout"))
    refused(desk.call("delegate", made.path("order.open"), *to, *made.by("mallory")), 1, "cannot_delegate")
    refused(desk.call("delegate", made.path("order"), *to, *made.by("shopper")), 1, "invalid_input", "closed")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "expected --content, or what it allows"),
        (("--item", "tea"), "expected units and items"),
        (("--item", "0:tea"), "expected a quantity"),
        (("--item", "1:"), "expected id"),
        (("--merchant", "shop-1"), "checkout.line_items"),
        (("--item", "1:tea", "--max", "1:USD"), "one mandate is about one of them"),
        (("--max", "1:USD"), "payment.reference"),
        (("--min", "1:USD"), "--min goes with --max"),
        (("--max", "1.5:USD"), "minor units"),
        (("--uses", "2"), "--uses goes with --frequency, or with --item"),
        (("--order", "order.open", "--uses", "2"), "--uses goes with --frequency, or with --item"),
        (("--item", "1:tea", "--uses", "0"), "uses: expected an integer of 1"),
        (("--item", "1:tea", "--uses", "x"), "--uses"),
        (("--instrument", "c-1"), "its type and its id"),
        (("--order", "pay.open"), "expected an open checkout mandate"),
        (("--order", "order.open", "--max", "9:USD", "--min", "1:EUR"), "currency of --max"),
        (("--order", "order.open", "--frequency", "DAILY"), "payment.agent_recurrence"),
        (("--item", "1:tea", "--checkout", "cart.jwt"), "for a closed mandate"),
        (("--item", "1:tea", "--audience", "shop-1"), "expected --to for an open mandate"),
        (("--item", "1:tea", "--status", "https://alice.example/list"), "--status: expected the list's URI"),
        (("--item", "1:tea", "--redelegations", "40"), "redelegations"),
        (("--item", "1:tea", "--expires-in", "0s"), "expires after now"),
    ],
)
def test_an_open_mandate_that_nobody_could_mean(desk: Desk, words: tuple[str, ...], told: str) -> None:
    made = desk.made
    named = [made.path(word) if (made.folder / word).exists() else word for word in words]
    refused(desk.call("issue", *made.to("shopper"), *named, *made.by("alice")), 1, "invalid_input", told)


@pytest.mark.parametrize("member", ["cnf", "iat", "exp", "status", "attorn"])
def test_a_file_says_nothing_that_would_be_passed_over(desk: Desk, member: str) -> None:
    made = desk.made
    content = {"vct": "mandate.checkout.open.1", "constraints": [], member: {}}
    words = ("--content", made.file("content", content), *made.to("shopper"), *made.by("alice"))
    refused(desk.call("issue", *words), 1, "invalid_input", f"content: {member} is for the options")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"vct": "mandate.checkout.open"}, "expected vct as one of"),
        ({}, "expected vct as one of"),
        ({"vct": "mandate.checkout.open.1", "constraints": [{"type": "checkout.any"}]}, "expected a type of"),
        ({"vct": "mandate.checkout.open.1", "constraints": [{}]}, "expected a type of"),
        ({"vct": "mandate.checkout.open.1", "constraints": []}, "expected 1 to 64"),
        ({"vct": "mandate.checkout.1", "checkout_hash": "h"}, "expected checkout_jwt"),
        ([], "expected a JSON object"),
        ("{", "content: "),
    ],
)
def test_a_file_that_is_no_open_mandate(desk: Desk, content: object, told: str) -> None:
    made = desk.made
    words = ("--content", made.file("content", content), *made.to("shopper"), *made.by("alice"))
    refused(desk.call("issue", *words), 1, "invalid_input", told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "expected one of --content, --checkout and --pay"),
        (("--checkout", "cart.jwt", "--pay", "cart.jwt"), "expected one of"),
        (("--pay", "cart.jwt"), "expected one --instrument"),
        (("--pay", "cart.jwt", "--instrument", "card:c-1", "--payee", "mallory"), "expected one --instrument"),
        (("--checkout", "cart.jwt", "--instrument", "card:c-1"), "--instrument goes with --pay"),
        (("--checkout", "cart.json"), "checkout_jwt: JWT"),
        (("--content", "cart.json"), "status is for the options"),
    ],
)
def test_a_closed_mandate_that_nobody_could_mean(desk: Desk, words: tuple[str, ...], told: str) -> None:
    made = desk.made
    named = [made.path(word) if (made.folder / word).exists() else word for word in words]
    refused(desk.call("issue", *bound(SHOP), *named, *made.by("alice")), 1, "invalid_input", told)
    if "--payee" not in words:
        by = made.by("shopper")
        refused(desk.call("close", made.path("order.open"), *bound(SHOP), *named, *by), 1, "invalid_input", told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pay",), "expected --audience and --nonce"),
        (("pay", "--audience", BANK, "--nonce", ""), "expected --audience and --nonce"),
        (("pay", *bound(BANK)), "--order is needed"),
        (("pay", *bound(BANK), "--order", "order", "--offered", "cart.jwt"), "--offered is for a checkout"),
        (("pay.open", "--held", *bound(BANK)), "--audience is for a closed mandate"),
        (("pay.open", "--held", "--store", "x.db"), "--store is for a closed mandate"),
        (("pay.open", "--held", "--unbound"), "--require and --unbound are for a closed mandate"),
        (("pay.open", "--held", "--require", "payment.budget"), "--require and --unbound are for a closed mandate"),
        (("pay", *bound(BANK), "--merchant", "shop-1"), "--merchant: expected an id"),
        (("pay", *bound(BANK), "--anchor", "cart.json"), "anchor: "),
        (("pay", *bound(BANK), "--list-issuer", "x"), "--list-issuer: expected"),
        (("pay", *bound(BANK), "--age", "1w"), "--age: expected a duration"),
        (("pay", *bound(BANK), "--as-of", "today"), "--as-of: expected a time"),
        (("-", *bound(BANK), "--order", "-"), "- may stand once"),
    ],
)
def test_a_question_that_cannot_be_answered(desk: Desk, words: tuple[str, ...], told: str) -> None:
    made = desk.made
    named = [made.path(word) if word and (made.folder / word).exists() else word for word in words]
    refused(desk.verify(*named), 1, "invalid_input", told)


def test_without_a_merchant_the_option_is_asked_for(desk: Desk) -> None:
    made, anchor = desk.made, ("--anchor", desk.made.did("alice"))
    told = "--merchant is needed"
    refused(desk.call("verify", made.path("order"), *bound(SHOP), *anchor), 1, "invalid_input", told)
    payment = ("verify", made.path("pay"), *bound(BANK), "--order", made.path("order"))
    refused(desk.call(*payment, *anchor), 1, "invalid_input", told)
    refused(desk.call(*payment, "--anchor", made.did("mallory")), 2, "untrusted_root")


@pytest.mark.parametrize("text", ["x", "a.b.c~", "~~", "a.b.c~~d.e.f~", "{}"])
@pytest.mark.parametrize("form", ["show", "verify"])
def test_what_is_no_mandate_is_malformed(desk: Desk, text: str, form: str) -> None:
    words = ("--anchor", desk.made.did("alice"), *bound(SHOP)) if form == "verify" else ()
    refused(desk.call(form, desk.made.file("bad", text), *words), 2, "malformed")


def test_a_mandate_for_nobody_in_particular_is_taken_by_those_who_ask_for_it(desk: Desk) -> None:
    made, now = desk.made, datetime.now(UTC)
    jwt = Path(made.path("cart.jwt")).read_text().strip()
    said = ClosedCheckout(unverified_hash=checkout_hash(jwt), unverified_jwt=jwt)
    claims, texts = concealed(closed_content(said, now=now, expires=None), said, {}, claim=PAYLOAD, random=token_bytes)
    by = made.who["alice"]
    text = Compact(jws.sign(claims, by=by.signer, typ=ROOT, kid=only_key_of(by.did)), texts).encode()
    words = (made.file("nobody", text), *bound(SHOP))
    refused(desk.verify(*words), 2, "wrong_audience")
    assert desk.verify(*words, "--unbound").code == 0


def test_open_and_closed_are_not_taken_for_each_other(desk: Desk) -> None:
    made = desk.made
    refused(desk.verify(made.path("order"), "--held"), 2, "bad_mandate", "expected an open mandate")
    refused(desk.verify(made.path("order.open"), *bound(SHOP)), 2, "bad_mandate", "expected a closed mandate")
    crossed = desk.verify(made.path("order"), *bound(SHOP), "--order", made.path("order"))
    refused(crossed, 2, "bad_mandate", "expected a payment mandate")


def test_an_agent_needs_a_key_of_p256(desk: Desk) -> None:
    made = desk.made
    item = ("--item", "1:tea", "--expires-in", "1h", *made.by("alice"))
    refused(desk.call("issue", *item, "--to", made.did("alice")), 1, "invalid_input", "P-256")
    refused(desk.call("issue", *item, "--to", "did:web:agent.example"), 2, "unresolved_principal", "--network")
    refused(
        desk.call("issue", "--item", "1:tea", "--to", made.did("scout"), *made.by("alice")), 1, "invalid_input", "never"
    )
    refused(desk.call("checkout", made.path("cart.json"), *made.by("alice")), 1, "invalid_input", "P-256")


@pytest.mark.parametrize("changed", [{"currency": "XXX"}, {"line_items": []}, {"totals": []}, {"jti": "1"}])
def test_a_checkout_that_is_none_is_not_signed(desk: Desk, changed: dict[str, Any]) -> None:
    made = desk.made
    refused(desk.call("checkout", made.file("bad.json", {**CART, **changed}), *made.by("shop")), 1, "invalid_input")


# Whatever it says.

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e9, 1e9).map(abs)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
PARSER = parser()
NAMED = st.sampled_from(["iat", "nbf", "exp", "cnf", "status", "attorn", "payee", "constraints", "vct", "risk_data"])


@settings(max_examples=settings.default.max_examples // 4)
@given(st.dictionaries(NAMED, JSON, max_size=3), st.dictionaries(NAMED, JSON, max_size=2), st.booleans())
def test_whatever_a_mandate_says_it_is_shown_on_lines_of_its_own(
    content: dict[str, Any], claims: dict[str, Any], closed: bool
) -> None:
    # attack 109
    text = root({**(paid() if closed else opened()), **content}, **claims)
    arguments = PARSER.parse_args(["mandate", "show", text])
    try:
        result = arguments.run(arguments)
    except VerificationError:
        return
    assert result.text.startswith("UNVERIFIED: ")
    assert result.text.replace("\n", "").isprintable()
    canonicalise(dict(result.data))
