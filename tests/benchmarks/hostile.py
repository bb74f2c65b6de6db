"""Tokens meant to make a verifier hang, swell or panic, up to the size limit and beyond it.

Three sorts. *Grafted*: a genuine presentation whose last link or presentation block says more than any caveat can,
signed and sealed again by principals who hold the keys, so that nothing but admission stands between it and an engine.
*Raw*: containers and bytes that are wrong further out. *Full*: genuine tokens of the public API, as large and as
expensive as its limits let a legitimate delegate make them (`hostile_full`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import datalog_bombs as bombs
from tests.benchmarks import protobuf as wire

TEXT_LIMIT = 65_536
BYTE_LIMIT = TEXT_LIMIT * 3 // 4
_FIRST_SYMBOL = 1024


@dataclass(frozen=True, slots=True)
class Specimen:
    """One hostile text. `sort` groups the rows of the report."""

    sort: str
    name: str
    text: str
    request: Any = None
    """The request to ask for; None for the bench's usual one. Servers build it from what the attacker sent, too."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """A genuine presentation and the seeds behind it: the root's, then each block's next key's, in order."""

    text: str
    seeds: tuple[bytes, ...]

    def blocks(self) -> list[wire.Block]:
        payloads = wire.payloads(wire.from_text(self.text))
        return [wire.Block(payload, seed) for payload, seed in zip(payloads, self.seeds[1:], strict=True)]


def grafted(genuine: Genuine) -> Iterator[Specimen]:
    """Every Datalog bomb, once in the authority block (where no later symbol moves) and once in the last block."""
    blocks = genuine.blocks()
    room = BYTE_LIMIT - len(wire.from_text(genuine.text)) - 400
    for name, make in _bombs(room).items():
        for position, place in ((0, "root link"), (len(blocks) - 1, "presentation")):
            payloads = [block.payload for block in blocks[: position + 1]]
            addition = make(_FIRST_SYMBOL + wire.symbol_count(payloads))
            if position == 0 and any(tag == 1 for tag, _, _ in wire.fields(addition)):
                continue  # new strings in an early block would renumber those of every later block
            changed = list(blocks)
            changed[position] = wire.Block(wire.graft(blocks[position].payload, addition), blocks[position].next_seed)
            yield Specimen("grafted", f"{name}, {place}", wire.to_text(wire.assemble(genuine.seeds[0], changed)))


def _bombs(room: int) -> dict[str, Callable[[int], bytes]]:
    """Builders by name, each taking the next free symbol number; `room` is how many bytes they may fill."""
    return {
        "join of 6 over 100 facts": lambda _: bombs.join_in_check(facts=100, width=6),
        "join of 12 over 40 facts": lambda _: bombs.join_in_check(facts=40, width=12),
        "join of 6 in check all": lambda _: bombs.join_in_check(facts=100, width=6, kind=1),
        "join of 6 in reject if": lambda _: bombs.join_in_check(facts=100, width=6, kind=2),
        "join of 6 in a rule": lambda _: bombs.join_in_rule(facts=100, width=6),
        "300 joins of 3 over 40 facts": lambda _: bombs.repeated_join(300),
        "4 nested closures": lambda _: bombs.closures(4),
        "100 expensive regexes": lambda first: bombs.expensive_regex(first, 100),
        "facts to the limit": lambda _: bombs.many_facts(room // 12),
        "checks to the limit": lambda _: bombs.many_checks(room // 36),
        "alternatives to the limit": lambda _: bombs.many_queries(room // 17),
        "predicates to the limit": lambda _: bombs.many_predicates(room // 13),
        "predicates without terms to the limit": lambda _: bombs.bare_predicates(room // 4),
        "empty expressions to the limit": lambda _: bombs.empty_expressions(room // 2),
        "terms to the limit": lambda _: bombs.many_terms(room // 7),
        "a set to the limit": lambda _: bombs.huge_set(room // 7),
        "sets nested to the limit": lambda _: bombs.nested_sets(20_000),
        "arrays nested to the limit": lambda _: bombs.nested_arrays(20_000),
        "negations to the limit": lambda _: bombs.long_expression(room // 7),
        "pushes to the limit": lambda _: bombs.unbalanced_expression(room // 9),
        "symbols to the limit": lambda _: bombs.many_symbols(room // 6),
        "one symbol again and again": lambda _: bombs.same_symbol(room // 8),
        "one symbol to the limit": lambda _: bombs.long_symbol(room - 100),
        "scopes to the limit": lambda _: bombs.scopes(room // 5),
    }


def raw(genuine: Genuine) -> Iterator[Specimen]:
    """Containers wrong at the outer layers, garbage, and text that is no container at all."""
    blocks = genuine.blocks()
    container = wire.from_text(genuine.text)
    tiny = wire.Block(wire.number(3, 6), genuine.seeds[1])
    for count in (33, 200, BYTE_LIMIT // 113 - 2):
        made = wire.assemble(genuine.seeds[0], [blocks[0], *[tiny] * (count - 1)])
        yield Specimen("raw", f"{count} tiny blocks, all signed", wire.to_text(made))
    for each in (100, 500):
        yield Specimen(
            "raw", f"{each} new symbols in every link", wire.to_text(_symbol_chain(genuine, blocks[0], each))
        )
    external = wire.field(4, wire.field(1, b"\x55" * 64), wire.field(2, wire.number(1, 0), wire.field(2, b"\x42" * 32)))
    yield Specimen("raw", "external signatures", wire.to_text(wire.assemble(genuine.seeds[0], blocks, extra=external)))
    for name, data in _byte_strings(container).items():
        yield Specimen("raw", name, wire.to_text(data))
    yield from _texts(genuine.text)


def _symbol_chain(genuine: Genuine, first: wire.Block, each: int) -> bytes:
    """As many links as fit, each with strings that no link before it had, all of them used once, in order."""
    chain = [first]
    following = _FIRST_SYMBOL + wire.symbol_count([first.payload])
    room = BYTE_LIMIT - 1_000
    while room > 0 and len(chain) < 33:
        uses = bombs.fact(bombs.RIGHT, *(bombs.string(following + index) for index in range(each)))
        payload = bombs.many_symbols(each, each * len(chain)) + wire.number(3, 3) + uses
        chain.append(wire.Block(payload, genuine.seeds[1]))
        following += each
        room -= len(payload) + 125
    return wire.assemble(genuine.seeds[0], chain[:-1])


def _byte_strings(container: bytes) -> dict[str, bytes]:
    noise = random.Random(2026)
    return {
        "random bytes to the limit": noise.randbytes(BYTE_LIMIT),
        "zeros to the limit": bytes(BYTE_LIMIT),
        "0xFF to the limit": b"\xff" * BYTE_LIMIT,
        "group starts to the limit": b"\x0b" * BYTE_LIMIT,
        "authority tags to the limit": b"\x12\x00" * (BYTE_LIMIT // 2),
        "a length of 2**63": b"\x12" + wire.varint(2**63) + bytes(100),
        "trailing bytes to the limit": container + bytes(BYTE_LIMIT - len(container)),
        "unknown fields to the limit": container + wire.field(15, b"") * ((BYTE_LIMIT - len(container)) // 2),
        "half of a presentation": container[: len(container) // 2],
        "a presentation twice": container * 2,
    }


def _texts(text: str) -> Iterator[Specimen]:
    longest = {
        "A to the limit": "A" * TEXT_LIMIT,
        "presentation and A to the limit": text + "A" * (TEXT_LIMIT - len(text)),
        "16 MiB of base64": "A" * (1 << 24),
        "newlines to the limit": text + "\n" * (TEXT_LIMIT - len(text)),
        "padding to the limit": text + "=" * (TEXT_LIMIT - len(text)),
        "not ASCII, to the limit": "\u00e9" * TEXT_LIMIT,
        "lone surrogates, to the limit": "\ud800" * TEXT_LIMIT,
        "NUL to the limit": "\0" * TEXT_LIMIT,
        "empty": "",
    }
    for name, value in longest.items():
        yield Specimen("raw", name, value)


def oversized(specimens: Sequence[Specimen]) -> list[str]:
    """Names of specimens above the text limit: they test step 0, the others everything after it."""
    return [specimen.name for specimen in specimens if len(specimen.text) > TEXT_LIMIT]
