"""What a receipt says, its one form, and that no secret is in it (attacks 133 and 134)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.unit.audit_scene import CHAIN, COST, SERVICE, USE, denied, draft
from tests.unit.scene import ALICE, PLANNER, SCOUT, given, passed, shown

from attorn import Request
from attorn.audit import ChargeLine, Checkpoint, Head, Hop, JsonLinesLog, Receipt, ReceiptDraft, Recorder
from attorn.audit.receipt import MOST_LINE
from attorn.biscuit.admission import admit
from attorn.biscuit.container import parse
from attorn.canonical import canonicalise
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, AuditError, InputError, MalformedError, UnavailableError
from attorn.limits import Limits
from attorn.token.presentation import read as read_presentation


class Kept:
    """A log in memory, which fails if it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.receipts: list[Receipt] = []
        self.points: list[Checkpoint] = []

    def append(self, make: Any) -> None:
        if self.failure is not None:
            raise self.failure
        last = Head(len(self.receipts), self.receipts[-1].digest(), self.points[-1]) if self.receipts else None
        receipt, point = make(last or Head(0, bytes(32)))
        self.receipts.append(receipt)
        self.points.append(point)

    def lines(self) -> Any:
        return iter([receipt.encode().encode() for receipt in self.receipts])

    def checkpoint(self) -> str | None:
        return self.points[-1].encode() if self.points else None


def recorded(given: ReceiptDraft | None = None) -> Receipt:
    return Recorder(Kept(), by=SERVICE).record(given or draft())


RECEIPT = recorded()
LINE = RECEIPT.encode()
POINT = Checkpoint(count=3, digest=b"\x01" * 32, at=1, by=SERVICE.did, signature=b"\x02" * 64)


def test_it_names_the_user_and_every_agent() -> None:
    assert (RECEIPT.root, RECEIPT.holder) == (ALICE.did, SCOUT.did)
    assert RECEIPT.delegators == (ALICE.did, PLANNER.did)
    said = json.loads(LINE)
    assert [hop["delegate"] for hop in said["chain"]] == [PLANNER.did, SCOUT.did]
    assert (said["root"], said["holder"], said["by"]) == (ALICE.did, SCOUT.did, SERVICE.did)


def test_it_names_the_one_before() -> None:
    log = Kept()
    recorder = Recorder(log, by=SERVICE)
    first, second = recorder.record(draft()), recorder.record(denied())
    assert (first.sequence, first.previous) == (1, bytes(32))
    assert (second.sequence, second.previous) == (2, hashlib.sha256(first.encode().encode()).digest())
    assert second.previous == first.digest()
    assert (log.points[-1].count, log.points[-1].digest) == (2, second.digest())


def test_line_is_canonical_and_reads_back() -> None:
    assert canonicalise(json.loads(LINE)).decode() == LINE
    assert Receipt.decode(LINE) == RECEIPT == Receipt.decode(LINE.encode())
    assert "\n" not in LINE


@settings(derandomize=True, deadline=None, max_examples=60)
@drawn(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers(0, 2**53 - 1))
def test_any_text_has_one_canonical_line(text: str, number: int) -> None:
    charge = replace(USE, account=text, amount=number)
    receipt = recorded(draft(audience=text, resource=text, charges=(charge,)))
    line = receipt.encode()
    assert canonicalise(json.loads(line)).decode() == line
    assert b"\n" not in line.encode()
    assert Receipt.decode(line) == receipt
    assert receipt.statement().endswith(canonicalise({k: v for k, v in json.loads(line).items() if k != "signature"}))


def test_what_was_verified_and_what_was_only_claimed() -> None:
    assert RECEIPT.genuine
    assert denied().genuine
    assert draft(verdict="revoked", step=7, charges=()).genuine
    assert not draft(verdict="bad_signature", step=4, charges=()).genuine
    assert not draft(verdict="unavailable", charges=()).genuine
    assert not draft(verdict="malformed", step=1, root=None, chain=(), charges=()).genuine


def test_without_a_chain_nobody_is_named() -> None:
    receipt = recorded(draft(verdict="malformed", step=1, root=None, chain=(), charges=()))
    assert (receipt.holder, receipt.delegators) == (None, ())
    assert Receipt.decode(receipt.encode()) == receipt


def test_no_secret_is_in_it() -> None:
    request = Request(action="mail:send", resource="mail://alice", args={"to": "SENTINEL-ARGUMENT", "pin": 987654321})
    token = passed(given(to=PLANNER), PLANNER, SCOUT)
    wire = shown(token, SCOUT, request, challenge="SENTINEL-CHALLENGE")
    line = recorded(draft(action=request.action, resource=request.resource, request=request.digest())).encode()
    for secret in (token.encode(), wire, "SENTINEL", "987654321", *(SERVICE, ALICE, SCOUT)):
        text = secret if isinstance(secret, str) else base64url_encode(secret.signer.export_secret())
        assert text not in line
    container = parse(base64url_decode(wire), most_blocks=9)
    presented = read_presentation(admit(container.blocks[-1].payload, token.unverified.symbols, Limits()))
    for octets in (presented.id, container.proof_bytes, *(block.signature for block in container.blocks)):
        assert base64url_encode(octets) not in line
        assert octets.hex() not in line


@pytest.mark.parametrize(
    "changed",
    [
        {"at": -1},
        {"at": 1.5},
        {"at": True},
        {"at": 253402300800},
        {"audience": None},
        {"audience": "a\0b"},
        {"audience": "\ud800"},
        {"root": None},
        {"root": "alice"},
        {"chain": ()},
        {"chain": list(CHAIN)},
        {"chain": ("did:key:z",)},
        {"action": 7},
        {"resource": b"cal://alice"},
        {"request": b"\x0c" * 31},
        {"request": "digest"},
        {"verdict": "ALLOWED"},
        {"verdict": ""},
        {"verdict": "de\nnied"},
        {"verdict": None},
        {"step": 11},
        {"step": -1},
        {"step": True},
        {"link": 0},
        {"link": 3},
        {"link": True},
        {"charges": [USE]},
        {"charges": (COST, "uses")},
        {"charges": (replace(USE, link=3),)},
        {"charges": (replace(USE, link=0),)},
        {"retry": 1},
    ],
    ids=str,
)
def test_draft_refuses(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        draft(**changed)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Hop(b"\1" * 15, SCOUT.did),
        lambda: Hop("id", SCOUT.did),
        lambda: Hop(b"\1" * 16, "scout"),
        lambda: replace(USE, amount=-1),
        lambda: replace(USE, limit=2**53),
        lambda: replace(USE, unit=None),
        lambda: replace(USE, account="a\0"),
        lambda: replace(RECEIPT, sequence=0),
        lambda: replace(RECEIPT, previous=b""),
        lambda: replace(RECEIPT, by="service"),
        lambda: replace(RECEIPT, signature=None),
        lambda: replace(POINT, count=0),
        lambda: replace(POINT, count=True),
        lambda: replace(POINT, digest=b""),
        lambda: replace(POINT, at=-1),
        lambda: replace(POINT, by=7),
        lambda: replace(POINT, signature="text"),
    ],
)
def test_parts_refuse(make: Any) -> None:
    with pytest.raises(InputError):
        make()


def changed_line(**changes: Any) -> str:
    members = {**json.loads(LINE), **changes}
    return json.dumps({k: v for k, v in members.items() if v is not ...}, separators=(",", ":"), sort_keys=True)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "null",
        LINE + "\n",
        " " + LINE,
        LINE.replace(",", ", ", 1),
        LINE[:-1],
        LINE[:-1] + ',"more":1}',
        LINE + LINE,
        LINE.replace('"retry":false', '"retry":false,"retry":false'),
        LINE.encode() + b"\xff",
        *(changed_line(**{name: ...}) for name in json.loads(LINE)),
        *(changed_line(**{name: 7.5}) for name in json.loads(LINE)),
        *(changed_line(**{name: {}}) for name in json.loads(LINE)),
        changed_line(holder=PLANNER.did),
        changed_line(holder=None),
        changed_line(chain=[{"delegate": SCOUT.did}]),
        changed_line(chain=[{"delegate": 7, "link": "CgoKCgoKCgoKCgoKCgoKCg"}]),
        changed_line(chain=["x"]),
        changed_line(charges=[{"account": "a"}]),
        changed_line(charges=[7]),
        changed_line(charges=[{**json.loads(LINE)["charges"][0], "amount": "1"}]),
        changed_line(previous=json.loads(LINE)["previous"] + "="),
        changed_line(signature="***"),
        changed_line(sequence=0),
        changed_line(at="now"),
        "x" * (MOST_LINE + 1),
    ],
    ids=lambda line: str(line)[-40:],
)
def test_decode_refuses(line: str | bytes) -> None:
    with pytest.raises(MalformedError):
        Receipt.decode(line)


def test_checkpoint_reads_back() -> None:
    assert Checkpoint.decode(POINT.encode()) == POINT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "***",
        POINT.encode() + "=",
        POINT.encode()[:-4],
        base64url_encode(b"[]"),
        base64url_encode(b'{"at":1}'),
        base64url_encode(b'{"at":1,"by":"did:key:z","count":1,"digest":7,"signature":""}'),
        base64url_encode(b'{"at":1,"by":"x","count":1,"digest":"","signature":""}'),
        base64url_encode(b" " + canonicalise({"at": 1, "by": SERVICE.did, "count": 1, "digest": "", "signature": ""})),
        "A" * 5000,
        None,
    ],
    ids=str,
)
def test_checkpoint_refuses(text: Any) -> None:
    with pytest.raises(MalformedError):
        Checkpoint.decode(text)


def test_a_checkpoint_is_spelt_in_one_way() -> None:
    spaced = json.dumps(json.loads(canonicalise({**POINT._members(), "signature": base64url_encode(POINT.signature)})))
    with pytest.raises(MalformedError, match="canonical"):
        Checkpoint.decode(base64url_encode(spaced.encode()))


@pytest.mark.parametrize("wrong", [None, "draft", {}, RECEIPT])
def test_recorder_takes_drafts_only(wrong: Any) -> None:
    with pytest.raises(InputError):
        Recorder(Kept(), by=SERVICE).record(wrong)


@pytest.mark.parametrize(
    "failure",
    [OSError("disk"), RuntimeError("broken"), UnavailableError("full"), AuditError("tail dropped", sequence=3)],
)
def test_a_log_that_fails_leaves_no_receipt(failure: Exception) -> None:
    with pytest.raises(UnavailableError):
        Recorder(Kept(failure), by=SERVICE).record(draft())


def test_a_log_that_keeps_nothing_is_found_out() -> None:
    class Idle(Kept):
        def append(self, make: Any) -> None:
            del make

    with pytest.raises(UnavailableError):
        Recorder(Idle(), by=SERVICE).record(draft())


def test_a_signer_that_fails_leaves_no_receipt() -> None:
    class Faulty:
        public_key = SERVICE.signer.public_key

        def sign(self, message: bytes) -> bytes:
            raise OSError("no token in slot")

    class By:
        did = SERVICE.did
        signer = Faulty()

    log = Kept()
    with pytest.raises(UnavailableError):
        Recorder(log, by=By()).record(draft())
    assert log.receipts == []


def test_a_signer_that_does_not_say_its_key_makes_no_recorder() -> None:
    class Silent:
        @property
        def public_key(self) -> Any:
            raise OSError("no token in slot")

    class By:
        did = SERVICE.did
        signer: Any = Silent()

    with pytest.raises(UnavailableError):
        Recorder(Kept(), by=By())


def test_a_receipt_too_long_for_its_readers_is_not_kept() -> None:
    log = Kept()
    charge = ChargeLine(link=1, unit="uses", period="total", limit=1, amount=1, account="x" * MOST_LINE)
    with pytest.raises(UnavailableError):
        Recorder(log, by=SERVICE).record(draft(charges=(charge,)))
    assert log.receipts == []


@pytest.mark.parametrize(
    ("log", "by", "more"),
    [
        (Kept(), None, {}),
        (Kept(), "did:key:z", {}),
        (None, SERVICE, {}),
        (Kept(), SERVICE, {"others": "did:key:z"}),
        (Kept(), SERVICE, {"others": ["nobody"]}),
        (Kept(), SERVICE, {"resolver": 7}),
    ],
)
def test_recorder_refuses(log: Any, by: Any, more: dict[str, Any]) -> None:
    with pytest.raises(AttornError) as caught:
        Recorder(log, by=by, **more)
    assert caught.value.code == "invalid_input"


def test_nothing_is_opened_before_the_first_receipt(tmp_path: Any) -> None:
    Recorder(JsonLinesLog(tmp_path / "log"), by=SERVICE)
    assert list(tmp_path.iterdir()) == []
