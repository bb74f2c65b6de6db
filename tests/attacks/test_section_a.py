"""Attacks 1 to 14: format and parse bombs."""

from __future__ import annotations

import base64
import json
import time
from datetime import timedelta

import pytest
from tests.attacks.scene import REQUEST, accepted, refused, verdict, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, BOB, NOW, PLANNER, pb, varint

from attorn import AttornError, Limits, Token
from attorn.did import jwk as did_jwk
from attorn.revocation import RevocationEntry

CHAIN = kit.three_links()
PRESENTED = kit.presented(CHAIN, BOB)
GOOD = kit.baseline()
SEAL = kit.seal(BOB, PRESENTED[-1])
MESSAGES = [block.message for block in PRESENTED]
FIRST = PRESENTED[0].fields()
KEY = pb(1, 0) + pb(2, PLANNER.data)
MALFORMED = ("malformed", 1)
NOT_ADMITTED = ("not_admitted", 1)


def container(first: bytes = MESSAGES[0], proof: bytes = pb(2, SEAL)) -> bytes:
    return kit.container([first, *MESSAGES[1:]], proof)


def signed_block(**fields: bytes) -> bytes:
    """The first block with fields replaced."""
    payload, key, signature, version = FIRST
    parts = {"payload": payload, "key": key, "signature": signature, "version": version, **fields}
    return b"".join(parts.values())


def with_key(message: bytes) -> bytes:
    return container(signed_block(key=pb(2, message)))


def test_the_baseline_is_accepted() -> None:
    access = accepted(GOOD)
    assert [link.delegate for link in access.chain] == [PLANNER.did, kit.SCOUT.did, BOB.did]


def test_the_baseline_is_accepted_by_the_stock_library() -> None:
    biscuit_auth = pytest.importorskip("biscuit_auth")
    root = biscuit_auth.PublicKey.from_bytes(ALICE.data, biscuit_auth.Algorithm.Ed25519)
    token = biscuit_auth.Biscuit.from_bytes(base64.urlsafe_b64decode(GOOD + "=" * (-len(GOOD) % 4)), root)
    builder = biscuit_auth.AuthorizerBuilder(
        "operation({action}); path({prefix}); resource({resource}); depth(2); audience({audience});"
        "request({digest}); nonce({nonce}); time(2026-09-21T14:13:20Z); allow if true;",
        {
            "action": kit.ACTION,
            "prefix": "cal://alice",
            "resource": kit.RESOURCE,
            "audience": kit.AUDIENCE,
            "digest": kit.digest(),
            "nonce": bytes(range(16)),
        },
    )
    limits = builder.limits()
    # Its own default, 1 ms, is missed on a busy machine.
    limits.max_time = timedelta(seconds=5)
    builder.set_limits(limits)
    assert builder.build(token).authorize() == 0
    assert NOW == 1_790_000_000


CONTAINERS = {
    "8-length-past-the-buffer": b"\x12\xff\x7f" + MESSAGES[0],
    "8-overlong-block-length": varint(2 << 3 | 2) + varint(len(MESSAGES[0]), pad=1) + MESSAGES[0] + container()[-2:],
    "8-overlong-tag": b"\x92\x00" + container()[1:],
    "8-overlong-version": container(signed_block(version=pb(5, 1, pad=1))),
    "8-overlong-seal-length": container(proof=pb(2, SEAL, pad=1)),
    "8-varint-of-eleven-bytes": container(signed_block(version=b"\x28" + b"\x81" * 10 + b"\x00")),
    "8-varint-above-64-bits": container(signed_block(version=b"\x28" + b"\xff" * 9 + b"\x7f")),
    "8-version-zero-written-out": container(signed_block(version=pb(5, 0))),
    "8-duplicate-payload": container(signed_block(payload=FIRST[0] * 2)),
    "8-duplicate-key": container(signed_block(key=FIRST[1] * 2)),
    "8-duplicate-signature": container(signed_block(signature=FIRST[2] * 2)),
    "8-duplicate-version": container(signed_block(version=FIRST[3] * 2)),
    "8-duplicate-authority": kit.container(MESSAGES, pb(2, SEAL), head=pb(2, MESSAGES[0])),
    "8-duplicate-proof": container() + pb(4, pb(2, SEAL)),
    "8-duplicate-seal": container(proof=pb(2, SEAL) * 2),
    "8-secret-and-seal": container(proof=pb(1, bytes(32)) + pb(2, SEAL)),
    "8-unknown-field-in-container": kit.container(MESSAGES, pb(2, SEAL), head=pb(15, b"x")),
    "8-unknown-field-in-signed-block": container(signed_block(version=FIRST[3] + pb(6, b"x"))),
    "8-unknown-field-in-key": with_key(KEY + pb(3, b"x")),
    "8-unknown-field-in-proof": container(proof=pb(3, SEAL)),
    "8-unknown-field-behind-seal": container(proof=pb(2, SEAL) + pb(3, b"")),
    "8-payload-as-varint": container(signed_block(payload=pb(1, 7))),
    "8-payload-as-fixed64": container(signed_block(payload=b"\x09" + bytes(8))),
    "8-payload-as-group": container(signed_block(payload=b"\x0b" + FIRST[0] + b"\x0c")),
    "8-version-as-fixed32": container(signed_block(version=b"\x2d\x01\x00\x00\x00")),
    "8-key-fields-swapped": with_key(pb(2, PLANNER.data) + pb(1, 0)),
    "8-key-without-algorithm": with_key(pb(2, PLANNER.data)),
    "8-key-algorithm-overlong": with_key(pb(1, 0, pad=1) + pb(2, PLANNER.data)),
    "8-signature-before-key": container(FIRST[0] + FIRST[2] + FIRST[1] + FIRST[3]),
    "8-version-first": container(FIRST[3] + FIRST[0] + FIRST[1] + FIRST[2]),
    "8-without-payload": container(signed_block(payload=b"")),
    "8-without-key": container(signed_block(key=b"")),
    "8-without-signature": container(signed_block(signature=b"")),
    "8-without-proof": b"".join([pb(2, MESSAGES[0]), *(pb(3, message) for message in MESSAGES[1:])]),
    "8-without-authority": b"".join([*(pb(3, message) for message in MESSAGES[1:]), pb(4, pb(2, SEAL))]),
    "8-proof-first": pb(4, pb(2, SEAL)) + container()[: -len(pb(4, pb(2, SEAL)))],
    "8-block-before-authority": pb(3, MESSAGES[1]) + container(),
    "12-bytes-behind-the-proof": container() + b"\0",
    "12-two-tokens": container() * 2,
    "75-root-key-id": pb(1, 0) + container(),
    "75-root-key-id-too-large": pb(1, 1 << 32) + container(),
    "13-empty": b"",
    "13-nul": b"\0",
}


@pytest.mark.parametrize("data", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_container_faults(data: bytes) -> None:
    refused(kit.url64(data), *MALFORMED)


def edited(edit: object) -> str:
    """A presentation whose first block was edited before Alice signed it: nothing but its form is wrong."""
    checks = [kit.actions(kit.ACTION), kit.expires(NOW + 60)]
    return wire(kit.extend([], ALICE, PLANNER, checks, edit=edit), PLANNER)  # type: ignore[arg-type]


def test_the_twin_of_an_edited_block_is_accepted() -> None:
    accepted(edited(lambda fields: fields))


def place(fields: list[bytes], tag: int) -> int:
    return next(index for index, field in enumerate(fields) if field[0] == tag)


def put(index: int, *added: bytes) -> object:
    return lambda fields: [*fields[:index], *added, *fields[index:]]


def swap(tag: int, new: bytes) -> object:
    return lambda fields: [new if field[0] == tag else field for field in fields]


LAST = 99
BLOCKS = {
    "8-context-first": (put(0, pb(2, b"note")), *NOT_ADMITTED),
    "8-context-before-version": (lambda f: [*f[: place(f, 24)], pb(2, b"x"), *f[place(f, 24) :]], *NOT_ADMITTED),
    "8-version-twice": (lambda f: [*f[: place(f, 24)], pb(3, 3), *f[place(f, 24) :]], *NOT_ADMITTED),
    "8-version-overlong": (swap(24, pb(3, 3, pad=1)), *MALFORMED),
    "8-version-last": (lambda f: [x for x in f if x[0] != 24] + [pb(3, 3)], *NOT_ADMITTED),
    "8-version-missing": (lambda f: [x for x in f if x[0] != 24], *NOT_ADMITTED),
    "8-unknown-field": (put(LAST, pb(15, b"x")), *NOT_ADMITTED),
    "8-fact-behind-the-checks": (put(LAST, pb(4, pb(1, pb(1, 1)))), *NOT_ADMITTED),
    "8-link-before-user": (
        lambda f: [*f[: place(f, 34)], f[place(f, 34) + 1], f[place(f, 34)], *f[-2:]],
        *NOT_ADMITTED,
    ),
    "8-fact-with-two-predicates": (put(LAST, pb(4, pb(1, pb(1, 1)) * 2)), *NOT_ADMITTED),
    "8-empty-check": (put(LAST, pb(6, b"")), *MALFORMED),
    "8-empty-term": (put(LAST, pb(6, pb(1, pb(1, pb(1, 27)) + pb(2, pb(1, 3) + pb(2, b""))))), *MALFORMED),
    "8-group-term": (put(LAST, pb(6, pb(1, pb(1, pb(1, 27)) + pb(2, pb(1, 3) + pb(2, b"\x13\x14"))))), *MALFORMED),
    "12-bytes-behind-the-block": (put(LAST, b"\0"), *NOT_ADMITTED),
}


@pytest.mark.parametrize(("edit", "code", "step"), BLOCKS.values(), ids=BLOCKS.keys())
def test_block_faults(edit: object, code: str, step: int) -> None:
    refused(edited(edit), code, step)


TERMS = {
    "8-integer-overlong": (kit.raw(pb(2, 5, pad=1)), *MALFORMED),
    "8-two-values-in-a-term": (kit.raw(pb(2, 5) + pb(2, 6)), *MALFORMED),
    "8-boolean-of-two": (kit.raw(pb(6, 2)), *MALFORMED),
    "8-date-beyond-2-to-53": (kit.date(1 << 53), *MALFORMED),
    "8-unknown-term": (kit.raw(pb(11, b"")), *NOT_ADMITTED),
    "8-symbol-in-the-reserved-range": (kit.raw(pb(3, 28)), *MALFORMED),
    "8-symbol-in-no-table": (kit.raw(pb(3, 5000)), *MALFORMED),
    "8-symbol-of-64-bits": (kit.raw(pb(3, (1 << 64) - 1)), *MALFORMED),
    "10-array": (kit.members(kit.num(1), number=9), *NOT_ADMITTED),
    "10-map": (kit.entries((kit.raw(pb(2, b"\x08\x01")), kit.num(1))), *NOT_ADMITTED),
    "10-empty-set": (kit.members(), *MALFORMED),
    "10-set-of-mixed-types": (kit.members(kit.num(1), kit.flag(True)), *NOT_ADMITTED),
    "10-set-out-of-order": (kit.members(kit.num(2), kit.num(1)), *NOT_ADMITTED),
    "10-set-with-a-value-twice": (kit.members(kit.num(1), kit.num(1)), *NOT_ADMITTED),
    "10-set-in-a-set": (kit.members(kit.members(kit.num(1))), *NOT_ADMITTED),
    "10-variable-in-a-set": (kit.members(kit.var("x")), *NOT_ADMITTED),
}


@pytest.mark.parametrize(("term", "code", "step"), TERMS.values(), ids=TERMS.keys())
def test_term_faults(term: kit.Part, code: str, step: int) -> None:
    chain = kit.extend([], ALICE, PLANNER, [kit.check(kit.query(kit.pred("arg", kit.text("limit"), term)))])
    refused(wire(chain, PLANNER), code, step)


@pytest.mark.parametrize("depth", [2, 50, 300, 500, 5000], ids=lambda depth: f"1-sets-nested-{depth}-deep")
def test_nested_sets(depth: int) -> None:
    term = pb(2, 1)
    for _ in range(depth):
        term = pb(7, pb(1, term))
    chain = kit.extend([], ALICE, PLANNER, [kit.check(kit.query(kit.pred("arg", kit.text("limit"), kit.raw(term))))])
    refused(wire(chain, PLANNER), "not_admitted", 1)


PREDICATE = kit.pred("operation", kit.var("0"))
DEFAULTS = Limits()


def spread(check: kit.Part) -> str:
    """Three links, each with this caveat."""
    chain = kit.extend([], ALICE, PLANNER, [check])
    chain = kit.extend(chain, PLANNER, kit.SCOUT, [check])
    return wire(kit.extend(chain, kit.SCOUT, BOB, [check]), BOB)


def many(count: int) -> kit.Part:
    return kit.check(kit.query(kit.pred("arg", *[kit.num(1)] * count)))


def globs(count: int) -> kit.Part:
    conditions = (kit.pred("glob", kit.text("limit"), kit.text(f"**a{n}"), kit.flag(True)) for n in range(count))
    return kit.check(*map(kit.query, conditions))


LIMITS = {
    "4-text": (Limits(token_bytes=len(GOOD) - 1), GOOD, 0),
    "4-links": (Limits(links=2), GOOD, 0),
    "4-checks": (Limits(), wire(kit.extend([], ALICE, PLANNER, [kit.actions("a")] * 65), PLANNER), 1),
    "4-queries": (
        Limits(),
        wire(kit.extend([], ALICE, PLANNER, [kit.check(*[kit.query(PREDICATE)] * 65)]), PLANNER),
        1,
    ),
    "4-terms": (
        Limits(),
        wire(
            kit.extend(
                [], ALICE, PLANNER, [kit.check(kit.query(kit.pred("arg", *[kit.num(1)] * (DEFAULTS.terms + 1))))]
            ),
            PLANNER,
        ),
        1,
    ),
    "4-members": (
        Limits(),
        wire(
            kit.extend(
                [],
                ALICE,
                PLANNER,
                [kit.check(kit.query(kit.pred("arg", kit.members(*map(kit.num, range(DEFAULTS.terms + 1))))))],
            ),
            PLANNER,
        ),
        1,
    ),
    "4-terms-of-three-links": (Limits(), spread(many(DEFAULTS.terms // 3 + 1)), 1),
    "4-symbols": (
        DEFAULTS,
        edited(lambda fields: [*(pb(1, b"s%d" % n) for n in range(DEFAULTS.symbols + 1)), *fields]),
        1,
    ),
    "11-globs": (DEFAULTS, spread(globs(DEFAULTS.globs // 3 + 1)), 1),
    "2-text-of-8-MiB": (Limits(), "A" * (8 << 20), 0),
}


@pytest.mark.parametrize(("limits", "text", "step"), LIMITS.values(), ids=LIMITS.keys())
def test_limits(limits: Limits, text: str, step: int) -> None:
    started = time.process_time()
    refused(text, "limit_exceeded", step, by=verifier(limits=limits))
    assert time.process_time() - started < 10


def test_what_is_exactly_at_the_limits_is_accepted() -> None:
    accepted(GOOD, by=verifier(limits=Limits(token_bytes=len(GOOD), links=3)))
    chain = kit.extend(
        [], ALICE, PLANNER, [*[kit.actions(kit.ACTION)] * 63, kit.actions(kit.ACTION, *(f"a{n:02}" for n in range(63)))]
    )
    accepted(wire(chain, PLANNER))


BAD_TEXT = {
    "13-empty": "",
    "13-space": " ",
    "13-newline-behind": GOOD + "\n",
    "13-space-in-front": " " + GOOD,
    "13-nul": "\0",
    "13-nul-inside": GOOD[:40] + "\0" + GOOD[40:],
    "13-lone-surrogate": "\ud800",
    "14-bom": "\ufeff" + GOOD,
    "14-utf-16": GOOD.encode("utf-16-le").decode("latin-1"),
    "12-two-tokens-in-one-text": GOOD + GOOD,
    "12-comma": GOOD + "," + GOOD,
}


@pytest.mark.parametrize("text", BAD_TEXT.values(), ids=BAD_TEXT.keys())
def test_text_faults(text: str) -> None:
    refused(text, *MALFORMED)
    with pytest.raises(AttornError):
        Token.decode(text)


UTF8 = {
    "14-overlong-utf-8": b"\xc0\xaf",
    "14-utf-8-surrogate": b"\xed\xa0\x80",
    "14-utf-8-cut-short": b"\xe2\x82",
    "14-utf-8-beyond-unicode": b"\xf4\x90\x80\x80",
    "14-latin-1": b"caf\xe9",
}


@pytest.mark.parametrize("octets", UTF8.values(), ids=UTF8.keys())
def test_symbols_that_are_not_utf8(octets: bytes) -> None:
    refused(edited(lambda fields: [pb(1, octets), *fields]), *MALFORMED)


def entry(members: str) -> str:
    return kit.url64(members.encode("utf-8", "surrogatepass"))


JSON = {
    "1-nested-100000-deep": "[" * 100_000,
    "1-nested-in-a-member": '{"at":' + "[" * 4000 + "]" * 4000 + "}",
    "3-integer-of-5000-digits": '{"at":' + "9" * 5000 + "}",
    "3-integer-of-4000-digits": '{"at":' + "9" * 4000 + "}",
    "12-two-documents": "{}{}",
    "13-empty-document": "",
    "13-lone-surrogate": '{"by":"\ud800"}',
    "13-escaped-lone-surrogate": '{"by":"\\ud800"}',
    "14-bom": "\ufeff{}",
    "21-duplicate-member": '{"crv":"Ed25519","crv":"Ed25519","kty":"OKP","x":"' + ALICE.jwk["x"] + '"}',
    "47-nan": '{"at":NaN}',
    "47-infinity": '{"at":1e999}',
}


@pytest.mark.parametrize("members", JSON.values(), ids=JSON.keys())
def test_json_in_entries_and_dids(members: str) -> None:
    for read, text in ((RevocationEntry.decode, entry(members)), (did_jwk.parse, "did:jwk:" + entry(members))):
        with pytest.raises(AttornError) as caught:
            read(text)
        assert verdict(caught.value) == MALFORMED


def test_the_twins_of_the_json_faults_are_read() -> None:
    assert did_jwk.parse("did:jwk:" + entry(json.dumps(ALICE.jwk))).data == ALICE.data


def join_bomb() -> kit.Part:
    """Eight predicates over the same facts: 1.5 kB that stall an engine."""
    body = [kit.pred("operation", kit.var(f"v{n}")) for n in range(8)]
    return kit.check(kit.query(*body, where=[kit.expr(kit.value(kit.var("v0")), kit.value(kit.var("v1")), kit.EQUAL)]))


REGEX = kit.compare("operation", variable="0", op=kit.REGEX, to=kit.text("(a+)+$" * 50))
BOMBS = {
    "10-join-bomb": (join_bomb(), "not_admitted", 1),
    "10-join-without-conditions": (
        kit.check(kit.query(*(kit.pred("operation", kit.var(f"v{n}")) for n in range(60)))),
        "denied",
        9,
    ),
    "11-regex": (REGEX, "not_admitted", 1),
}


@pytest.mark.parametrize(("bomb", "code", "step"), BOMBS.values(), ids=BOMBS.keys())
def test_datalog_bombs(bomb: kit.Part, code: str, step: int) -> None:
    text = wire(kit.extend([], ALICE, PLANNER, [bomb]), PLANNER)
    by = verifier()
    started = time.process_time()
    refused(text, code, step, by=by, request=REQUEST)
    assert time.process_time() - started < 10
