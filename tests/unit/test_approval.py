"""Approvals: what is signed is what was asked and nothing else, and there is one spelling of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.scene import ALICE, AUDIENCE, MALLORY, NOW, PLANNER, SCOUT, Answering, Clock, document, draw

from attorn import Identity, Request
from attorn.approval import APPROVALS, Approval, ApprovalRequest, approve, texts_about, verify_signature
from attorn.canonical import JsonValue, canonicalise, parse
from attorn.caveat.validity import LATEST
from attorn.did.document import Relationship
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    DelegationError,
    InputError,
    MalformedError,
    ResolutionError,
    SignatureError,
    UnavailableError,
)
from attorn.keys.signer import P256Signer
from attorn.request.money import Money
from attorn.revocation import revoke

REQUEST = Request(
    action="pay:out", resource="shop://store/orders/7", args={"amount": 120, "to": "bob"}, cost=Money(12000, "EUR")
)
ASKED = ApprovalRequest(
    approvers=(ALICE.did, PLANNER.did),
    threshold=2,
    audience=AUDIENCE,
    root=ALICE.did,
    holder=SCOUT.did,
    request=REQUEST,
)


def made(asked: ApprovalRequest = ASKED, by: Identity = ALICE, second: float = NOW, **others: Any) -> Approval:
    return approve(asked, by=by, clock=Clock(second), random=draw, **others)


APPROVAL = made()


def respelt(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    """The text with its members changed, canonical again."""
    members = parse(base64url_decode(text), most=200_000)
    assert isinstance(members, dict)
    change(members)
    return base64url_encode(canonicalise(members))


# What asks


def test_what_is_asked_there_and_back() -> None:
    again = ApprovalRequest.decode(ASKED.encode())
    assert again == ASKED
    assert again.digest == REQUEST.digest()
    assert again.request.digest() == REQUEST.digest()
    assert again.encode() == ASKED.encode()


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"a": 2.5, "b": [1, "x", None, True, {"c": []}], "c": {}},
        {"é\u202e": "line\nbreak", '"': "\\", "\0": "\u2028"},
        {"deep": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]},
        {"large": 2**53 - 1, "small": -(2**53) + 1, "tiny": 1e-300},
        {"long": "x" * 65_000},
        {"long": "\u20ac" * 21_000},
        {"long": "\0" * 10_000},
        {f"n{number}": number for number in range(4_000)},
    ],
    ids=["none", "kinds", "odd", "deep", "numbers", "long", "wide", "escaped", "many"],
)
def test_any_request_there_and_back(args: dict[str, Any]) -> None:
    asked = replace(ASKED, request=Request(action="a", resource="/x", args=args))
    again = ApprovalRequest.decode(asked.encode())
    assert again.digest == asked.digest
    assert again.message() == asked.message()


def about(**changed: Any) -> None:
    sent = {"request": REQUEST, "audience": AUDIENCE, "holder": SCOUT.did, "root": ALICE.did, **changed}
    ASKED.require_about(sent.pop("request"), **sent)


def test_a_client_compares_it_with_what_it_sent() -> None:
    about()
    about(request=replace(REQUEST))


@pytest.mark.parametrize(
    "changed",
    [
        {"request": replace(REQUEST, args={"amount": 121, "to": "bob"})},
        {"request": replace(REQUEST, cost=None)},
        {"request": None},
        {"audience": f"{AUDIENCE}/"},
        {"holder": PLANNER.did},
        {"root": MALLORY.did},
        {"holder": ALICE.did, "root": SCOUT.did},
    ],
)
def test_what_a_client_did_not_send_is_for_nobody_to_approve(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="another request than was sent"):
        about(**changed)


def test_the_largest_names_fit() -> None:
    longest = f"did:web:{'a' * 2040}"
    crowd = tuple(f"did:web:{number:02}{'a' * 2038}" for number in range(16))
    asked = ApprovalRequest(
        approvers=crowd, threshold=16, audience="\0" * 2048, root=longest, holder=longest, request=REQUEST
    )
    assert ApprovalRequest.decode(asked.encode()) == asked
    signed = replace(APPROVAL, by=longest, root=longest, holder=longest, audience="\0" * 2048)
    assert Approval.decode(signed.encode()) == signed


ODD_REQUESTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "approvers-none": lambda m: m.update(approvers=[]),
    "approvers-no-did": lambda m: m.update(approvers=["alice"]),
    "approvers-twice": lambda m: m.update(approvers=[ALICE.did, ALICE.did]),
    "approvers-unsorted": lambda m: m.update(approvers=sorted(m["approvers"], reverse=True)),
    "approvers-number": lambda m: m.update(approvers=[1]),
    "approvers-text": lambda m: m.update(approvers=ALICE.did),
    "approvers-many": lambda m: m.update(approvers=[f"did:web:a{n:02}.test" for n in range(17)]),
    "threshold-zero": lambda m: m.update(threshold=0),
    "threshold-high": lambda m: m.update(threshold=3),
    "threshold-true": lambda m: m.update(threshold=True),
    "threshold-text": lambda m: m.update(threshold="2"),
    "threshold-fraction": lambda m: m.update(threshold=1.5),
    "audience-empty": lambda m: m.update(audience=""),
    "audience-null": lambda m: m.update(audience=None),
    "audience-long": lambda m: m.update(audience="a" * 2049),
    "root-no-did": lambda m: m.update(root="alice"),
    "root-url": lambda m: m.update(root=f"{ALICE.did}#key"),
    "holder-no-did": lambda m: m.update(holder=""),
    "request-missing": lambda m: m.pop("request"),
    "request-list": lambda m: m.update(request=[]),
    "request-empty": lambda m: m.update(request={}),
    "request-action": lambda m: m["request"].update(action="pay out"),
    "request-action-number": lambda m: m["request"].update(action=1),
    "request-resource-not-normal": lambda m: m["request"].update(resource="shop://store/orders/7/"),
    "request-resource-bad": lambda m: m["request"].update(resource="/../x"),
    "request-args-list": lambda m: m["request"].update(args=[]),
    "request-args-missing": lambda m: m["request"].pop("args"),
    "request-resource-null": lambda m: m["request"].update(resource=None),
    "request-cost-list": lambda m: m["request"].update(cost=[5, "EUR"]),
    "request-cost-less": lambda m: m["request"]["cost"].pop("currency"),
    "request-cost-null": lambda m: m["request"]["cost"].update(currency=None),
    "request-more": lambda m: m["request"].update(more=1),
    "request-no-cost": lambda m: m["request"].update(cost=None),
    "request-cost-more": lambda m: m["request"]["cost"].update(per="day"),
    "request-cost-fraction": lambda m: m["request"]["cost"].update(amount=1.5),
    "request-cost-negative": lambda m: m["request"]["cost"].update(amount=-1),
    "request-cost-true": lambda m: m["request"]["cost"].update(amount=True),
    "request-cost-currency": lambda m: m["request"]["cost"].update(currency="eur"),
    "digest-said": lambda m: m.update(digest=base64url_encode(bytes(32))),
    "missing": lambda m: m.pop("holder"),
}


TOLD = {
    "request-action-number": "expected a request with an action, a resource and args",
    "request-resource-null": "expected a request with an action, a resource and args",
    "request-args-list": "expected a request with an action, a resource and args",
    "request-args-missing": "expected a request with an action, a resource and args",
    "request-empty": "expected a request with an action, a resource and args",
    "request-cost-more": "expected a cost with an amount and a currency",
    "request-cost-less": "expected a cost with an amount and a currency",
    "request-cost-list": "expected a cost with an amount and a currency",
    "request-cost-fraction": "expected a cost in whole minor units of a currency",
    "request-cost-null": "expected a cost in whole minor units of a currency",
    "threshold-text": "threshold: expected int, got str",
    "threshold-true": "threshold: expected int, got bool",
    "audience-null": "audience: expected str, got NoneType",
    "approvers-text": "approvers: expected list, got str",
    "request-list": "request: expected dict, got list",
    "approvers-unsorted": "not in its one canonical form",
    "missing": "expected an object with the members approvers, audience, holder, request, root, threshold",
}


@pytest.mark.parametrize("name", ODD_REQUESTS)
def test_what_asks_in_any_other_form_is_refused(name: str) -> None:
    with pytest.raises(MalformedError, match=f"^approval request: .*{TOLD[name]}$" if name in TOLD else None):
        ApprovalRequest.decode(respelt(ASKED.encode(), ODD_REQUESTS[name]))


@pytest.mark.parametrize(
    ("kind", "name", "most"), [(Approval, "approval", 32_768), (ApprovalRequest, "approval request", 196_608)]
)
def test_the_longest_text(kind: Any, name: str, most: int) -> None:
    for size in (most, most + 1):
        with pytest.raises(MalformedError) as caught:
            kind.decode("A" * size)
        assert (str(caught.value) == f"{name}: expected text of at most {most} characters") is (size > most)


NO_TEXT: list[Any] = ["", "!", "AA", b"", None, 7, "e30", "W10", "bnVsbA", "A" * 300_000]


@pytest.mark.parametrize("text", NO_TEXT)
@pytest.mark.parametrize("kind", [Approval, ApprovalRequest])
def test_no_text_of_any_kind(kind: Any, text: Any) -> None:
    with pytest.raises(MalformedError):
        kind.decode(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text[:-1],
        lambda text: base64url_encode(base64url_decode(text) + b" "),
        lambda text: base64url_encode(base64url_decode(text).replace(b":", b": ", 1)),
        lambda text: base64url_encode(base64url_decode(text).replace(b"{", b'{"a":1,', 1)),
        lambda text: base64url_encode(base64url_decode(text).replace(b"{", b'{"audience":"a",', 1)),
        lambda text: base64url_encode(base64url_decode(text).replace(b"did:web:c", b"did:web:\\u0063")),
        lambda text: base64url_encode(b"[" + base64url_decode(text) + b"]"),
    ],
)
@pytest.mark.parametrize("thing", [ASKED, APPROVAL], ids=["asked", "approval"])
def test_there_is_one_spelling(thing: Any, change: Callable[[str], str]) -> None:
    with pytest.raises(MalformedError):
        type(thing).decode(change(thing.encode()))


@pytest.mark.parametrize(
    "changed",
    [
        {"approvers": ()},
        {"approvers": ("alice",)},
        {"threshold": 3},
        {"audience": ""},
        {"audience": 7},
        {"audience": "\ud800"},
        {"root": "alice"},
        {"root": None},
        {"holder": f"{SCOUT.did}#k"},
        {"request": {}},
    ],
)
def test_what_asks_must_make_sense(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(ASKED, **changed)


# What is signed


def test_what_is_signed_in_every_version() -> None:
    members = {
        "audience": AUDIENCE,
        "by": ALICE.did,
        "digest": base64url_encode(REQUEST.digest()),
        "expires": NOW + 300,
        "holder": SCOUT.did,
        "id": base64url_encode(APPROVAL.id),
        "issued": NOW,
        "root": ALICE.did,
    }
    assert APPROVAL.statement() == b"\0ATTORN\0APPROVAL\0v1\0" + canonicalise(members)
    text = base64url_encode(canonicalise({**members, "signature": base64url_encode(APPROVAL.signature)}))
    assert APPROVAL.encode() == text
    assert APPROVALS == "approvals"
    assert APPROVAL.account == f"approval/{ALICE.did}/{APPROVAL.id.hex()}"


def test_the_first_second_and_the_last() -> None:
    for issued in (0, LATEST - 1):
        lasting = replace(APPROVAL, issued=issued, expires=issued + 1)
        assert Approval.decode(lasting.encode()) == lasting
    with pytest.raises(InputError, match="a day at most"):
        replace(APPROVAL, issued=LATEST, expires=LATEST + 1)


def some(count: int, by: Identity = ALICE) -> list[Approval]:
    asked = replace(ASKED, approvers=(by.did,), threshold=1)
    ids = (bytes((number,)) * 16 for number in range(count))
    return [approve(asked, by=by, clock=Clock(), random=lambda _: next(ids)) for _ in range(count)]


ABOUT: dict[str, Any] = {"audience": AUDIENCE, "root": ALICE.did, "holder": SCOUT.did, "digest": REQUEST.digest()}


def test_as_many_as_may_travel() -> None:
    several = [each for by in (ALICE, PLANNER, SCOUT, MALLORY) for each in some(4, by)]
    assert texts_about(several, **ABOUT) == tuple(each.encode() for each in several)
    assert texts_about(tuple(each.encode() for each in several), **ABOUT) == texts_about(several, **ABOUT)
    assert texts_about([], **ABOUT) == ()


BY_OTHERS = [some(1, by)[0] for by in (PLANNER, SCOUT)]
TOO_MANY: dict[str, tuple[Any, str]] = {
    "seventeen": ([*some(16), BY_OTHERS[0]], "expected a list of at most 16"),
    "five-by-one": ([BY_OTHERS[0], *some(5), BY_OTHERS[1]], "expected at most 4 by one DID"),
    "twice": ([APPROVAL, BY_OTHERS[0], APPROVAL], "one is there twice"),
    "twice-in-both-forms": ([APPROVAL, APPROVAL.encode()], "one is there twice"),
    "none": (None, "expected a list of at most 16"),
    "text": (APPROVAL.encode(), "expected a list of at most 16"),
    "one": (APPROVAL, "expected a list of at most 16"),
    "generator": ((each for each in (APPROVAL,)), "expected a list of at most 16"),
    "a-number": ([APPROVAL, 5], "expected approvals or their texts, got int"),
    "what-was-asked": ([ASKED], "expected approvals or their texts, got ApprovalRequest"),
    "damaged": ([APPROVAL.encode()[:-1]], ".*"),
    "of-another-request": (
        [APPROVAL, replace(APPROVAL, digest=bytes(32))],
        f"that of {ALICE.did} is about another request, audience, user or holder",
    ),
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_approvals_that_cannot_travel(name: str) -> None:
    several, told = TOO_MANY[name]
    with pytest.raises(InputError, match=f"^approvals: {told}$"):
        texts_about(several, **ABOUT)


def test_an_approval_there_and_back() -> None:
    assert verify_signature(APPROVAL) is APPROVAL
    assert verify_signature(APPROVAL.encode()) == APPROVAL
    assert APPROVAL.digest == REQUEST.digest()
    assert (APPROVAL.by, APPROVAL.audience, APPROVAL.root, APPROVAL.holder) == (
        ALICE.did,
        AUDIENCE,
        ALICE.did,
        SCOUT.did,
    )
    assert (APPROVAL.issued, APPROVAL.expires) == (NOW, NOW + 300)
    assert APPROVAL.is_about(audience=AUDIENCE, root=ALICE.did, holder=SCOUT.did, digest=REQUEST.digest())


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
@pytest.mark.parametrize("method", ["key", "jwk"])
def test_with_any_key(algorithm: str, method: str) -> None:
    boss = Identity.generate(algorithm=algorithm, method=method, clock=Clock())
    assert verify_signature(made(replace(ASKED, approvers=(boss.did,), threshold=1), by=boss).encode()).by == boss.did


@pytest.mark.parametrize(
    "other",
    [
        {"audience": "did:web:other.example"},
        {"root": MALLORY.did},
        {"holder": MALLORY.did},
        {"digest": bytes(32)},
    ],
)
def test_it_is_about_one_use(other: dict[str, Any]) -> None:
    about = {"audience": AUDIENCE, "root": ALICE.did, "holder": SCOUT.did, "digest": REQUEST.digest()}
    assert not APPROVAL.is_about(**{**about, **other})


@pytest.mark.parametrize(
    ("now", "skew", "expected"),
    [
        (NOW, 0, True),
        (NOW + 299, 0, True),
        (NOW + 300, 0, False),
        (NOW + 300, 600, False),
        (NOW - 1, 0, False),
        (NOW - 60, 60, True),
        (NOW - 61, 60, False),
    ],
)
def test_it_is_good_for_a_while(now: int, skew: int, expected: bool) -> None:
    assert APPROVAL.is_good(now, skew) is expected


def flipped(text: str) -> str:
    data = bytearray(base64url_decode(text))
    data[0] ^= 1
    return base64url_encode(bytes(data))


TAMPERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "audience": lambda m: m.update(audience="did:web:other.example"),
    "by": lambda m: m.update(by=PLANNER.did),
    "digest": lambda m: m.update(digest=flipped(m["digest"])),
    "expires": lambda m: m.update(expires=m["expires"] + 1),
    "holder": lambda m: m.update(holder=MALLORY.did),
    "id": lambda m: m.update(id=flipped(m["id"])),
    "issued": lambda m: m.update(issued=m["issued"] + 1),
    "root": lambda m: m.update(root=SCOUT.did),
    "signature": lambda m: m.update(signature=flipped(m["signature"])),
}


@pytest.mark.parametrize("member", TAMPERED)
def test_every_member_is_signed(member: str) -> None:
    text = respelt(APPROVAL.encode(), TAMPERED[member])
    Approval.decode(text)
    with pytest.raises(SignatureError) as caught:
        verify_signature(text)
    assert caught.value.step == 9


def test_every_member_is_tampered_with() -> None:
    members = parse(base64url_decode(APPROVAL.encode()))
    assert isinstance(members, dict)
    assert members.keys() <= TAMPERED.keys()


ODD_APPROVALS: dict[str, Callable[[dict[str, Any]], object]] = {
    "signature-empty": lambda m: m.update(signature=""),
    "signature-cut": lambda m: m.update(signature=base64url_encode(base64url_decode(m["signature"])[:63])),
    "signature-longer": lambda m: m.update(signature=base64url_encode(base64url_decode(m["signature"]) + b"\0")),
    "digest-short": lambda m: m.update(digest=base64url_encode(bytes(31))),
    "digest-long": lambda m: m.update(digest=base64url_encode(bytes(33))),
    "digest-padded": lambda m: m.update(digest=m["digest"] + "="),
    "id-short": lambda m: m.update(id=base64url_encode(bytes(15))),
    "id-number": lambda m: m.update(id=7),
    "issued-text": lambda m: m.update(issued=str(m["issued"])),
    "issued-true": lambda m: m.update(issued=True),
    "issued-negative": lambda m: m.update(issued=-1),
    "issued-fraction": lambda m: m.update(issued=m["issued"] + 0.5),
    "expires-at-issue": lambda m: m.update(expires=m["issued"]),
    "expires-before": lambda m: m.update(expires=m["issued"] - 1),
    "expires-late": lambda m: m.update(expires=m["issued"] + 86_401),
    "expires-beyond": lambda m: m.update(issued=253_402_300_799, expires=253_402_300_800),
    "by-url": lambda m: m.update(by=f"{ALICE.did}#key"),
    "by-list": lambda m: m.update(by=[ALICE.did]),
    "audience-empty": lambda m: m.update(audience=""),
    "more": lambda m: m.update(link="x"),
    "less": lambda m: m.pop("root"),
}


TOLD_OF_APPROVALS = {
    "issued-text": "issued: expected int, got str",
    "issued-true": "issued: expected int, got bool",
    "issued-negative": "expected a Unix second of issue and a later one of expiry",
    "expires-at-issue": "expected a Unix second of issue and a later one of expiry",
    "expires-late": "expected it to last for a day at most",
    "signature-cut": "expected a signature of 64 bytes",
    "digest-long": "expected a digest of 32 bytes and an id of 16",
    "id-short": "expected a digest of 32 bytes and an id of 16",
    "id-number": "id: expected str, got int",
    "by-list": "by: expected str, got list",
    "by-url": "by: expected a DID, got .*",
}


@pytest.mark.parametrize("name", ODD_APPROVALS)
def test_an_approval_in_any_other_form_is_refused(name: str) -> None:
    text = respelt(APPROVAL.encode(), ODD_APPROVALS[name])
    told = TOLD_OF_APPROVALS.get(name)
    with pytest.raises(MalformedError, match=f"^approval: {told}$" if told else None):
        Approval.decode(text)
    with pytest.raises(MalformedError) as caught:
        verify_signature(text)
    assert caught.value.step == 9


def test_a_day_is_the_longest() -> None:
    assert made(ttl=timedelta(seconds=1)).expires == NOW + 1
    longest = made(ttl=timedelta(days=1))
    assert longest.expires == NOW + 86_400
    assert verify_signature(longest.encode()) == longest


@pytest.mark.parametrize(
    "statement",
    [
        lambda a: a.statement()[1:],
        lambda a: a.statement().replace(b"APPROVAL", b"REVOCATION"),
        lambda a: a.statement().replace(b"v1", b"v2"),
        lambda a: canonicalise(parse(base64url_decode(a.encode()))),
        lambda a: a.digest,
        lambda a: base64url_decode(ASKED.encode()),
    ],
    ids=["prefix", "other-domain", "other-version", "bare", "digest", "what-was-asked"],
)
def test_a_signature_over_anything_else_does_not_count(statement: Callable[[Approval], bytes]) -> None:
    other = replace(APPROVAL, signature=ALICE.signer.sign(statement(APPROVAL)))
    with pytest.raises(SignatureError):
        verify_signature(other)


def test_what_is_signed_elsewhere_is_no_approval() -> None:
    entry = revoke(bytes(16), by=ALICE, clock=Clock())
    with pytest.raises(SignatureError):
        verify_signature(replace(APPROVAL, signature=entry.signature))
    with pytest.raises(MalformedError):
        verify_signature(entry.encode())


@pytest.mark.parametrize("who", [MALLORY, PLANNER, SCOUT], ids=["mallory", "planner", "scout"])
def test_signed_by_somebody_else(who: Identity) -> None:
    with pytest.raises(SignatureError):
        verify_signature(replace(APPROVAL, signature=who.signer.sign(APPROVAL.statement())))


WEB = "did:web:boss.example"


def _by_web(key: P256Signer) -> Approval:
    boss = Identity(key, did=WEB, resolver=StaticResolver({WEB: document(WEB, key.public_key)}), clock=Clock())
    return made(replace(ASKED, approvers=(WEB,), threshold=1), by=boss)


def test_neither_time_nor_use_is_checked_with_the_signature() -> None:
    old = made(second=1_000_000_000)
    assert verify_signature(old.encode()) == old
    assert not old.is_good(NOW, 60)


@pytest.mark.parametrize("kind", [Approval, ApprovalRequest])
def test_members_are_named_where_they_are_given(kind: Any) -> None:
    """Three DIDs in a row are soon swapped."""
    thing = ASKED if kind is ApprovalRequest else APPROVAL
    values = [getattr(thing, field.name) for field in fields(thing)]
    with pytest.raises(TypeError):
        kind(*values)


def test_by_a_did_that_must_be_resolved() -> None:
    key, other = P256Signer.generate(), P256Signer.generate()
    approval = _by_web(key)
    assert (
        verify_signature(approval, StaticResolver({WEB: document(WEB, other.public_key, key.public_key)})) is approval
    )
    with pytest.raises(SignatureError):
        verify_signature(approval, StaticResolver({WEB: document(WEB, other.public_key)}))
    only_signs_in = document(WEB, key.public_key, relationships=[Relationship.CAPABILITY_INVOCATION])
    with pytest.raises(SignatureError):
        verify_signature(approval, StaticResolver({WEB: only_signs_in}))
    for resolver in (None, StaticResolver({WEB: document(WEB, key.public_key, deactivated=True)})):
        with pytest.raises(ResolutionError) as caught:
            verify_signature(approval, resolver)
        assert caught.value.step == 9
    for answer in (RuntimeError("down"), UnavailableError("down")):
        with pytest.raises(UnavailableError):
            verify_signature(approval, Answering(answer))


def test_an_approver_has_a_few_keys_to_try() -> None:
    """Who makes a document can put any number into it, and each would cost a verification for each approval."""
    others = [P256Signer.generate().public_key for _ in range(8)]
    signer = P256Signer.generate()
    approval = _by_web(signer)
    for more, fails in ((others[:7], False), (others, True)):
        resolver = StaticResolver({WEB: document(WEB, *more, signer.public_key)})
        if not fails:
            assert verify_signature(approval, resolver) is approval
            continue
        with pytest.raises(ResolutionError, match="more than 8 keys") as caught:
            verify_signature(approval, resolver)
        assert caught.value.step == 9


@pytest.mark.parametrize("who", [SCOUT, MALLORY], ids=["holder", "stranger"])
def test_only_who_is_asked_can_approve(who: Identity) -> None:
    with pytest.raises(DelegationError, match="not asked"):
        made(by=who)


@pytest.mark.parametrize(
    "arguments",
    [
        {"ttl": timedelta(0)},
        {"ttl": timedelta(seconds=-5)},
        {"ttl": timedelta(days=1, seconds=1)},
        {"ttl": 300},
        {"ttl": None},
        {"by": None},
        {"by": ALICE.did},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^approve: expected "):
        made(**arguments)


@pytest.mark.parametrize("asked", [None, REQUEST, ASKED.encode()])
def test_only_what_asks_can_be_approved(asked: Any) -> None:
    with pytest.raises(InputError):
        made(asked)


@pytest.mark.parametrize("other", [None, 7, ASKED, b"x"])
def test_only_an_approval_can_be_verified(other: Any) -> None:
    with pytest.raises(InputError):
        verify_signature(other)


@pytest.mark.parametrize("random", [lambda size: bytes(size - 1), lambda _: "x" * 16, lambda _: 1 / 0])
def test_a_random_source_that_fails(random: Any) -> None:
    with pytest.raises(UnavailableError, match=r"^(the )?random source\b"):
        approve(ASKED, by=ALICE, clock=Clock(), random=random)


@pytest.mark.parametrize(
    "changed",
    [
        {"by": "alice"},
        {"digest": "x" * 32},
        {"digest": bytes(31)},
        {"id": bytearray(16)},
        {"issued": NOW + 300},
        {"issued": True},
        {"expires": NOW + 0.5},
        {"expires": None},
        {"signature": "x"},
        {"signature": b""},
        {"signature": bytes(63)},
        {"signature": bytearray(64)},
        {"audience": ""},
        {"root": 7},
    ],
)
def test_an_approval_must_make_sense(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(APPROVAL, **changed)


JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from((ASKED, APPROVAL)), st.text(max_size=10), JSON, st.data())
def test_whatever_stands_there_gives_one_spelling_or_an_error(
    thing: Any, key: str, value: JsonValue, data: st.DataObject
) -> None:
    members = parse(base64url_decode(thing.encode()))
    assert isinstance(members, dict)
    member = data.draw(st.sampled_from([key, *members]))
    text = respelt(thing.encode(), lambda found: found.update({member: value}))
    try:
        again = type(thing).decode(text)
    except MalformedError:
        return
    assert again.encode() == text
