"""Every bit, every cut, and noise: bytes that nobody made are refused, by an `AttornError` and by nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.attacks.scene import REQUEST, accepted, verifier, wire
from tests.primitives import asked_once
from vectors import testkit as kit
from vectors.testkit import ALICE, BOB, CAROL_P256, DAVE_P256, PLANNER, Part, pb

from attorn import AttornError, Denied, Token
from attorn.canonical import parse as parse_json
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.did import parse as parse_did
from attorn.did.did import parse_url
from attorn.errors import UnavailableError, VerificationError
from attorn.keys import multikey
from attorn.keys.ecdsa import der_to_raw
from attorn.keys.jwk import from_jwk
from attorn.revocation import RevocationEntry

noisy = settings(derandomize=True, deadline=None, max_examples=200)
DATA = kit.sealed(kit.presented(kit.three_links(), BOB), BOB)
TRANSIT = kit.container(kit.three_links(), b"")
P256_DATA = kit.sealed(
    kit.presented(kit.extend([], CAROL_P256, DAVE_P256, [kit.actions(kit.ACTION)]), DAVE_P256), DAVE_P256
)


@pytest.fixture(scope="module", autouse=True)
def _signatures_are_asked_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        asked_once(patch)
        yield


def survivors(data: bytes, changed: list[bytes], roots: list[str]) -> list[bytes]:
    """The changed ones that were accepted; any other exception than an `AttornError` fails the test."""
    by = verifier(roots=roots)
    found = []
    for each in changed:
        assert each != data
        try:
            by.authorize(kit.url64(each), REQUEST)
        except VerificationError:
            continue
        found.append(each)
    return found


def flipped(data: bytes) -> list[bytes]:
    return [
        data[:index] + bytes((data[index] ^ 1 << bit,)) + data[index + 1 :]
        for index in range(len(data))
        for bit in range(8)
    ]


def test_the_twins_are_accepted() -> None:
    accepted(kit.url64(DATA))
    accepted(kit.url64(P256_DATA), by=verifier(roots=[CAROL_P256.did]))
    assert Token.decode(kit.url64(TRANSIT)).encode() == kit.url64(TRANSIT)


def test_every_flipped_bit_is_refused() -> None:
    assert survivors(DATA, flipped(DATA), [ALICE.did]) == []


def test_every_flipped_bit_of_a_p256_chain_is_refused() -> None:
    assert survivors(P256_DATA, flipped(P256_DATA), [CAROL_P256.did]) == []


def test_every_cut_is_refused() -> None:
    cuts = [DATA[:length] for length in range(len(DATA))] + [DATA[start:] for start in range(1, len(DATA))]
    assert survivors(DATA, cuts, [ALICE.did]) == []


def test_every_byte_left_out_doubled_or_put_in_is_refused() -> None:
    changed = []
    for index in range(len(DATA)):
        changed += [DATA[:index] + DATA[index + 1 :], DATA[:index] + b"\0" + DATA[index:]]
        changed.append(DATA[: index + 1] + DATA[index : index + 1] + DATA[index + 1 :])
    assert survivors(DATA, [each for each in changed if each != DATA], [ALICE.did]) == []


def test_every_cut_of_the_text_is_refused() -> None:
    text = kit.url64(DATA)
    by = verifier()
    for length in range(len(text)):
        with pytest.raises(VerificationError):
            by.authorize(text[:length], REQUEST)


def test_a_changed_token_is_refused_or_is_what_its_bytes_say() -> None:
    for each in [*flipped(TRANSIT), *(TRANSIT[:length] for length in range(len(TRANSIT)))]:
        text = kit.url64(each)
        try:
            token = Token.decode(text)
        except VerificationError:
            continue
        assert token.encode() == text


def test_every_flipped_bit_of_what_is_then_signed_is_refused_or_decided() -> None:
    """A holder signs whatever he likes: a block with any one bit changed, and properly signed, gives a verdict."""
    checks = [
        kit.actions(kit.ACTION),
        kit.compare("arg", kit.text("limit"), variable="0", op=kit.LESS, to=kit.texts("a")),
    ]
    checks += [kit.compare("number", kit.text("limit"), variable="0", op=kit.LESS, to=kit.num(-1)), kit.max_depth(3)]
    payload = kit.extend([], ALICE, PLANNER, checks, purpose="x")[0].payload
    by = verifier()
    for each in flipped(payload):
        block = kit.sign(ALICE, each, PLANNER, None, ["user", "link"])
        text = kit.url64(kit.sealed([block, kit.sign(PLANNER, each, PLANNER, block.signature)], PLANNER))
        with pytest.raises(AttornError):
            by.authorize(text, REQUEST)


@noisy
@given(st.binary(max_size=400))
def test_noise_as_bytes(data: bytes) -> None:
    for text in (kit.url64(data), kit.url64(DATA[:200] + data), kit.url64(pb(2, data) + pb(4, pb(2, bytes(64))))):
        with pytest.raises(VerificationError):
            verifier().authorize(text, REQUEST)
        with pytest.raises(VerificationError):
            Token.decode(text)


@noisy
@given(st.text(max_size=200) | st.text(alphabet="AEQgI-_=.\n", max_size=100))
def test_noise_as_text(text: str) -> None:
    with pytest.raises(VerificationError):
        verifier().authorize(text, REQUEST)
    with pytest.raises(VerificationError):
        Token.decode(text)
    with pytest.raises(VerificationError):
        RevocationEntry.decode(text)


SPLICES = st.tuples(st.integers(0, len(DATA)), st.integers(0, 40), st.binary(max_size=12))


@noisy
@given(SPLICES)
def test_noise_spliced_into_a_good_one(splice: tuple[int, int, bytes]) -> None:
    at, removed, added = splice
    data = DATA[:at] + added + DATA[at + removed :]
    if data != DATA:
        assert survivors(DATA, [data], [ALICE.did]) == []


names = st.sampled_from(
    ["operation", "path", "audience", "depth", "time", "max_uses", "rate", "budget", "arg", "number"]
)
names |= st.sampled_from(["length", "texts", "text", "glob", "subpath", "host", "address", "user", "link", "weather"])
words = st.sampled_from(
    ["", "a", "*", "a:b", "time", "0", "1", "EUR", "day", "4:0101", "4:2", "6:", "/a", "x\0y", "limit"]
)
numbers = st.sampled_from([0, 1, -1, 2**53, 2**63 - 1, -(2**63), kit.NOW])
scalars = (
    words.map(kit.text)
    | words.map(kit.var)
    | numbers.map(kit.num)
    | st.sampled_from([0, kit.NOW, 253_402_300_799, 253_402_300_800, 2**53 - 1]).map(kit.date)
    | st.binary(max_size=2).map(kit.octets)
    | st.booleans().map(kit.flag)
    | st.just(kit.null())
)
terms = scalars | st.lists(words, min_size=1, max_size=3).map(lambda values: kit.texts(*values))
terms |= st.lists(numbers, min_size=1, max_size=3, unique=True).map(lambda v: kit.members(*map(kit.num, sorted(v))))
operations = st.sampled_from([kit.binary(kind) for kind in (0, 1, 2, 3, 5, 6)] + [kit.NEGATE])
expressions = st.lists(terms.map(kit.value) | operations, max_size=5).map(lambda ops: kit.expr(*ops))
predicates = st.builds(lambda name, parts: kit.pred(name, *parts), names, st.lists(terms, max_size=3))
queries = st.builds(
    lambda body, where: kit.query(*body, where=where),
    st.lists(predicates, max_size=3),
    st.lists(expressions, max_size=3),
)
checks = st.lists(queries, min_size=1, max_size=3).map(lambda found: kit.check(*found))

NAMES = ["operation", "path", "audience", "depth", "time", "max_uses", "rate", "budget", "arg", "number", "length"]
NAMES += ["texts", "text", "glob", "subpath", "host", "address", "user", "link", "weather"]
OPERATIONS = [kit.LESS, kit.GREATER, kit.LESS_OR_EQUAL, kit.GREATER_OR_EQUAL, kit.CONTAINS, kit.PREFIX, kit.NEGATE]
VALUES = [kit.num(value) for value in (0, -1, 2**53, 2**63 - 1, -(2**63), -62_135_596_801)]
VALUES += [kit.date(value) for value in (0, kit.NOW, 253_402_300_799, 253_402_300_800, 2**53 - 1)]
VALUES += [kit.text(value) for value in ("", "a", "*", "4:2", "4:0101", "x\0y")]
VALUES += [kit.octets(b""), kit.flag(True), kit.texts("a", "b"), kit.members(kit.num(-(2**63))), kit.var("z")]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_nearly_a_caveat_gives_a_verdict(name: str) -> None:
    """The shapes that a reader of caveats looks for, with every kind of wrong thing in them."""
    by = verifier(cache=0)
    variable = "time" if name == "time" else "0"
    found = [kit.check(kit.query(kit.pred(name, *many))) for many in ([], [kit.text("limit")] * 2, [kit.num(-1)] * 3)]
    for value in VALUES:
        found += [kit.compare(name, variable=variable, op=op, to=value) for op in OPERATIONS]
        found += [kit.compare(name, kit.text("limit"), variable=variable, op=op, to=value) for op in OPERATIONS]
        found += [kit.check(kit.query(kit.pred(name, value))), kit.check(kit.query(kit.pred(name, value, value)))]
    for check in found:
        text = wire(kit.extend([], ALICE, PLANNER, [check]), PLANNER)
        try:
            by.authorize(text, REQUEST)
        except (VerificationError, Denied):
            continue


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.lists(checks, min_size=1, max_size=2), st.booleans())
def test_any_datalog_gives_a_verdict(found: list[Part], version_6: bool) -> None:
    """Whatever a holder can say in the words of the profile: allowed, or an `AttornError`."""
    chain = kit.extend([], ALICE, PLANNER, found, version=6 if version_6 else 3)
    try:
        verifier().authorize(wire(chain, PLANNER), REQUEST)
    except (VerificationError, Denied):
        return
    except UnavailableError as error:
        raise AssertionError("a token may not make it undecidable") from error


READERS = [
    did_key.parse,
    did_jwk.parse,
    parse_did,
    parse_url,
    multikey.from_multibase,
    parse_json,
    RevocationEntry.decode,
]
PREFIXES = ["", "did:key:z", "did:jwk:", "did:jwk:eyJ", "did:web:", "z6Mk", "{", '{"at":1,"by":"', "["]


@noisy
@given(
    st.sampled_from(PREFIXES), st.text(max_size=80) | st.text(alphabet='z6Mk{}[]",:0123456789eE-+.tfn\\u', max_size=80)
)
def test_noise_for_the_parsers(prefix: str, text: str) -> None:
    for read in READERS:
        try:
            read(prefix + text)
        except AttornError:
            continue


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
jwk_members = st.sampled_from(["kty", "crv", "x", "y", "d", "use", "key_ops", "alg", "kid"])


@noisy
@given(st.dictionaries(jwk_members, json_values | st.sampled_from(["OKP", "EC", "Ed25519", "P-256", ALICE.jwk["x"]])))
def test_noise_for_jwks(jwk: dict[str, object]) -> None:
    for read, argument in ((from_jwk, jwk), (did_jwk.document, "did:jwk:" + kit.url64(json.dumps(jwk).encode()))):
        try:
            read(argument)  # type: ignore[operator]
        except AttornError:
            continue


@noisy
@given(st.binary(max_size=80))
def test_noise_for_signatures_and_keys(data: bytes) -> None:
    for read in (der_to_raw, multikey.decode):
        for each in (data, b"\x30" + data, b"\xed\x01" + data, b"\x80\x24\x02" + data):
            try:
                read(each)
            except AttornError:
                continue


@noisy
@given(st.dictionaries(st.sampled_from(["at", "by", "link", "signature", "x"]), json_values))
def test_noise_for_revocations(members: dict[str, object]) -> None:
    text = kit.url64(json.dumps(members, sort_keys=True, separators=(",", ":")).encode())
    try:
        assert RevocationEntry.decode(text).encode() == text
    except VerificationError:
        return
