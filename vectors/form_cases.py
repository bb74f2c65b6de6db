"""Text, container, block and Datalog: steps 0 and 1."""

from __future__ import annotations

from collections.abc import Callable

from vectors import testkit as kit
from vectors.scenario import Case, one_link, wire
from vectors.testkit import ALICE, BOB, MALLORY, PLANNER, pb

GOOD = kit.baseline()
BLOCKS = kit.presented(kit.three_links(), BOB)
SEAL = pb(2, kit.seal(BOB, BLOCKS[-1]))
FIRST, *REST = (block.message for block in BLOCKS)
PAYLOAD, KEY, SIGNATURE, VERSION = BLOCKS[0].fields()


def first(message: bytes) -> str:
    """The baseline with another message as its first block."""
    return kit.url64(kit.container([message, *REST], SEAL))


def edited(edit: Callable[[list[bytes]], list[bytes]]) -> str:
    return one_link(edit=edit)


def malformed(name: str, notes: str, attack: int, text: str) -> Case:
    return Case(name, notes, attack, text, "malformed", 1)


def foreign(name: str, notes: str, attack: int, text: str) -> Case:
    return Case(name, notes, attack, text, "not_admitted", 1)


def nested(depth: int) -> kit.Part:
    term = pb(2, 1)
    for _ in range(depth):
        term = pb(7, pb(1, term))
    return kit.check(kit.query(kit.pred("arg", kit.raw(term))))


OPERATION = kit.pred("operation", kit.var("0"))
CASES: tuple[Case, ...] = (
    Case("limits/text", "65,537 characters", 4, "A" * 65_537, "limit_exceeded", 0),
    Case("limits/checks", "65 caveats in one link", 4, one_link(*[kit.actions("a")] * 64), "limit_exceeded", 1),
    malformed("text/empty", "no text at all", 13, ""),
    malformed("text/padded", "base64url with padding", 44, GOOD + "=" * (-len(GOOD) % 4 or 4)),
    malformed("text/newline", "a newline behind the text", 44, GOOD + "\n"),
    malformed("text/standard-alphabet", "the base64 alphabet with + and /", 44, "+" + GOOD[1:]),
    malformed("text/skipped-character", "a character that lenient decoders skip", 45, GOOD[:9] + "!" + GOOD[9:]),
    malformed(
        "container/overlong-length", "a length in two bytes where one would do", 8, kit.url64(b"\x12\x80" + FIRST)
    ),
    malformed("container/overlong-version", "signature version 1 in two bytes", 8, first(FIRST[:-1] + b"\x81\x00")),
    malformed("container/unknown-field", "field 6 in a signed block", 8, first(FIRST + pb(6, b"x"))),
    malformed("container/duplicate-key", "two next keys", 8, first(PAYLOAD + KEY + KEY + SIGNATURE + VERSION)),
    malformed("container/field-order", "the signature before the key", 8, first(PAYLOAD + SIGNATURE + KEY + VERSION)),
    malformed("container/group", "the payload as a protobuf group", 8, first(b"\x0b\x0c" + KEY + SIGNATURE + VERSION)),
    malformed("container/trailing", "a byte behind the proof", 12, kit.url64(kit.container(BLOCKS, SEAL, tail=b"\0"))),
    malformed("container/cut-short", "the last byte missing", 8, kit.url64(kit.container(BLOCKS, SEAL)[:-1])),
    malformed("container/root-key-id", "an unsigned hint", 75, kit.url64(kit.container(BLOCKS, SEAL, head=pb(1, 1)))),
    malformed(
        "container/two-proofs", "a secret and a seal", 8, kit.url64(kit.container(BLOCKS, pb(1, bytes(32)) + SEAL))
    ),
    malformed(
        "keys/unknown-algorithm", "algorithm 2", 15, wire(kit.extend([], ALICE, kit.Claimed(2, bytes(32))), PLANNER)
    ),
    malformed(
        "keys/low-order", "a next key of low order", 33, wire(kit.extend([], ALICE, kit.Claimed(0, bytes(32))), PLANNER)
    ),
    malformed(
        "keys/wrong-length",
        "Ed25519 bytes as P-256",
        17,
        wire(kit.extend([], ALICE, kit.Claimed(1, PLANNER.data)), PLANNER),
    ),
    malformed("keys/user-of-33-bytes", "a Multikey cut short", 32, one_link(user=kit.octets(ALICE.multikey[:-1]))),
    foreign("block/context", "a context", 8, edited(lambda fields: [pb(2, b"note"), *fields])),
    foreign("block/rule", "an unknown field where a rule would stand", 76, edited(lambda f: [*f, pb(5, b"")])),
    foreign("block/scope", "trusting previous blocks", 74, edited(lambda fields: [*fields, pb(7, pb(1, 1))])),
    foreign(
        "block/public-key", "a public key for scopes", 74, edited(lambda fields: [*fields, pb(8, MALLORY.message)])
    ),
    foreign("block/version-6", "Datalog 3.3 that nothing calls for", 8, one_link(version=6)),
    foreign(
        "block/minted-time",
        "a link that states the time",
        76,
        one_link(facts=[*kit.link_facts([], ALICE), kit.fact("time", kit.date(0))]),
    ),
    malformed(
        "block/unused-symbol",
        "a symbol that nothing uses",
        74,
        edited(lambda fields: [fields[0], pb(1, b"x"), *fields[1:]]),
    ),
    malformed(
        "block/default-symbol", "a default symbol declared again", 74, edited(lambda fields: [pb(1, b"time"), *fields])
    ),
    malformed(
        "block/not-utf-8", "a symbol that is not UTF-8", 14, edited(lambda fields: [pb(1, b"\xc0\xaf"), *fields])
    ),
    foreign("block/no-user", "a first block without its user", 76, one_link(facts=kit.link_facts([], ALICE)[1:])),
    foreign("datalog/nested-sets", "sets in sets, 400 deep", 1, one_link(nested(400))),
    foreign(
        "datalog/regex",
        "a regular expression",
        11,
        one_link(kit.compare("operation", variable="0", op=kit.REGEX, to=kit.text(".*"))),
    ),
    foreign("datalog/no-terms", "a predicate without terms", 4, one_link(kit.check(kit.query(kit.pred("operation"))))),
    foreign("datalog/check-all", "check all", 10, one_link(kit.check(kit.query(OPERATION), extra=pb(2, 1)))),
    foreign("datalog/reject-if", "reject if", 10, one_link(kit.check(kit.query(OPERATION), extra=pb(2, 2)))),
    foreign(
        "datalog/array",
        "an array",
        10,
        one_link(kit.check(kit.query(kit.pred("arg", kit.text("limit"), kit.members(kit.num(1), number=9))))),
    ),
    foreign(
        "datalog/set-order",
        "a set out of order",
        10,
        one_link(kit.check(kit.query(kit.pred("arg", kit.members(kit.num(2), kit.num(1)))))),
    ),
    foreign(
        "datalog/trusting",
        "a check that trusts a key",
        74,
        one_link(kit.check(kit.query(OPERATION, extra=pb(4, pb(2, 0))))),
    ),
    malformed(
        "datalog/overlong-integer",
        "an integer in two bytes",
        8,
        one_link(kit.check(kit.query(kit.pred("arg", kit.raw(pb(2, 5, pad=1)))))),
    ),
)
