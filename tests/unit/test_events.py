"""Security events: what leaves carries what was signed, what comes in is applied once, and nobody speaks for others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.unit.event_scene import (
    CAEP,
    CLOCK,
    DID,
    ENTRIES,
    FIRST,
    LINK,
    OPAQUE,
    RISC,
    SECOND,
    SENDER,
    SENDER_WEB,
    WEB,
    Spy,
    applied,
    claims,
    event,
    receiver,
    said,
    turned_away,
)
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    MALLORY,
    NOW,
    PLANNER,
    SCOUT,
    Answering,
    Clock,
    accepted,
    document,
    refused,
    shown,
    verifier,
)

from attorn import AttornError, Identity
from attorn.did.document import Relationship
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.events import Outbox, Received, Receiver, SecurityEvent, SubjectId, emit, meaning
from attorn.events.meaning import ENTRY_EVENT
from attorn.keys.signer import P256Signer
from attorn.revocation import Roll, resume, revoke, suspend
from attorn.statement import FINAL, Kind, Statement
from attorn.store import MemoryStore, SQLiteStore

STANDARD = {
    "revoke": f"{CAEP}credential-change",
    "suspend": f"{RISC}account-disabled",
    "resume": f"{RISC}account-enabled",
    "deprovision": f"{RISC}account-purged",
    "enrol": None,
}


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, body, _ = text.split(".")
    return json.loads(base64url_decode(header)), json.loads(base64url_decode(body))


@pytest.mark.parametrize("name", ENTRIES)
def test_what_leaves(name: str) -> None:
    header, body = parts(event(name))
    assert header == {"alg": "EdDSA", "typ": "secevent+jwt"}
    assert body.keys() == {"iss", "jti", "iat", "aud", "sub_id", "events"}
    assert (body["iss"], body["aud"], body["iat"]) == (SENDER.did, AUDIENCE, NOW)
    assert body["sub_id"] == (OPAQUE if name == "revoke" else DID)
    assert body["events"].keys() == {ENTRY_EVENT, *filter(None, [STANDARD[name]])}
    assert body["events"][ENTRY_EVENT] == {"entry": ENTRIES[name].encode()}


def test_the_payload_of_a_revoked_link() -> None:
    payload = parts(event("revoke"))[1]["events"][f"{CAEP}credential-change"]
    assert payload == {"change_type": "revoke", "credential_type": "verifiable-credential", "event_timestamp": NOW}


@pytest.mark.parametrize("name", ENTRIES)
def test_what_arrives_is_what_was_signed(name: str) -> None:
    assert applied(event(name)) == list(ENTRIES[name].statements())


def test_once_by_issuer_and_name() -> None:
    store = Spy()
    by = receiver(store, issuers=[SENDER.did, SCOUT.did])
    text = event()
    assert [by.receive(text) for _ in range(3)] == ["applied", "duplicate", "duplicate"]
    (seen,) = [kept for kept in store.kept if kept.kind == "event"]
    assert seen == Statement(Kind.EVENT, parts(text)[1]["jti"], SENDER.did, 0, NOW)
    # The same name by somebody else is another event; so is another name.
    jti = parts(text)[1]["jti"]
    assert by.receive(said(iss=SCOUT.did, by=SCOUT, jti=jti)) is Received.APPLIED
    assert by.receive(event()) is Received.APPLIED
    assert by.receive(said(jti=jti)) is Received.DUPLICATE


def test_by_an_hour_later() -> None:
    """Events do not expire: a revocation that arrives late is one all the same."""
    assert applied(event(), clock=Clock(NOW + 10**8))


def test_a_refused_event_may_come_again() -> None:
    store, clock = Spy(), Clock(NOW - 100)
    by = receiver(store, clock=clock)
    text = event()
    with pytest.raises(AttornError):
        by.receive(text)
    clock.second = NOW
    assert by.receive(text) is Received.APPLIED


def test_events_out_of_order_end_where_they_should() -> None:
    store = Spy()
    by = receiver(store)
    said_last = [by.receive(event(name)) for name in ("resume", "suspend", "enrol", "deprovision", "suspend", "enrol")]
    assert said_last == ["applied", "outdated", "outdated", "applied", "outdated", "outdated"]
    (kept,) = store.statements([(Kind.LIFECYCLE, ENTRIES["suspend"].statements()[0].subject)])
    assert (kept.value, kept.sequence) == ("deprovision", FINAL)


def test_a_verifier_honours_what_arrived() -> None:
    store = MemoryStore()
    by, to = verifier(store=store), receiver(store)
    accepted(shown(SECOND, SCOUT), by=by)
    to.receive(event("revoke"))
    refused(shown(SECOND, SCOUT), "revoked", 7, by=by)
    accepted(shown(FIRST, PLANNER), by=by)
    to.receive(event("suspend"))
    refused(shown(FIRST, PLANNER), "suspended", 7, by=by)
    to.receive(event("resume"))
    accepted(shown(FIRST, PLANNER), by=by)
    to.receive(event("deprovision"))
    refused(shown(FIRST, PLANNER), "deprovisioned", 7, by=by)


def test_a_transmitter_that_is_trusted_says_nothing_for_others() -> None:
    """What it signs itself is its own word, and over this chain it has none."""
    store = MemoryStore()
    by, to = verifier(store=store), receiver(store)
    assert to.receive(said()) is Received.APPLIED
    assert to.receive(said(jti="two", sub_id=DID, events={f"{RISC}account-purged": {}})) is Received.APPLIED
    assert to.receive(event("revoke", by=SENDER)) is Received.APPLIED
    accepted(shown(FIRST, PLANNER), by=by)
    stranger = revoke(FIRST.unverified_links[0], by=MALLORY)
    assert to.receive(emit(stranger, by=SENDER, audience=AUDIENCE, clock=CLOCK)) is Received.APPLIED
    accepted(shown(FIRST, PLANNER), by=by)


def test_an_authority_that_knows_nothing_of_attorn() -> None:
    store = MemoryStore()
    by, to = verifier(store=store, authorities=[SENDER.did]), receiver(store)
    assert to.receive(said(sub_id=DID, events={f"{RISC}account-disabled": {"reason": "hijacking"}})) == "applied"
    refused(shown(FIRST, PLANNER), "suspended", 7, by=by)
    assert to.receive(said(jti="2", iat=NOW + 1, sub_id=DID, events={f"{RISC}account-enabled": {}})) == "applied"
    accepted(shown(FIRST, PLANNER), by=by)


FOREIGN: dict[str, tuple[dict[str, Any], Statement]] = {
    "session-revoked": ({}, Statement(Kind.REVOCATION, LINK.hex(), SENDER.did, 0, NOW)),
    "jwt-id": (
        {"sub_id": {"format": "jwt_id", "iss": "https://x.example", "jti": base64url_encode(LINK)}},
        Statement(Kind.REVOCATION, LINK.hex(), SENDER.did, 0, NOW),
    ),
    "credential-revoked": (
        {"events": {f"{CAEP}credential-change": {"change_type": "revoke", "credential_type": "x"}}},
        Statement(Kind.REVOCATION, LINK.hex(), SENDER.did, 0, NOW),
    ),
    "credential-deleted": (
        {"events": {f"{CAEP}credential-change": {"change_type": "delete"}}},
        Statement(Kind.REVOCATION, LINK.hex(), SENDER.did, 0, NOW),
    ),
    "disabled": (
        {"sub_id": {"format": "did", "url": "did:web:a.example"}, "events": {f"{RISC}account-disabled": {}}},
        Statement(Kind.LIFECYCLE, "did:web:a.example", SENDER.did, NOW * 1_000_000 + 1, NOW, "suspend"),
    ),
    "enabled": (
        {"sub_id": {"format": "did", "url": "did:web:a.example"}, "events": {f"{RISC}account-enabled": {}}},
        Statement(Kind.LIFECYCLE, "did:web:a.example", SENDER.did, NOW * 1_000_000, NOW, "resume"),
    ),
    "purged": (
        {"sub_id": {"format": "did", "url": "did:web:a.example"}, "events": {f"{RISC}account-purged": {}}},
        Statement(Kind.LIFECYCLE, "did:web:a.example", SENDER.did, FINAL, NOW, "deprovision"),
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_events_of_others_are_the_word_of_their_issuer(name: str) -> None:
    changed, statement = FOREIGN[name]
    assert applied(said(**changed)) == [statement]


@pytest.mark.parametrize(
    "changed",
    [
        {"events": {f"{CAEP}session-established": {}}},
        {"events": {f"{CAEP}credential-change": {"change_type": "create"}}},
        {"events": {f"{CAEP}credential-change": {}}},
        {"events": {f"{CAEP}credential-change": {"change_type": ["revoke"]}}},
        {"events": {"https://schemas.openid.net/secevent/ssf/event-type/verification": {"state": "x"}}},
        {"events": {f"{CAEP}Session-Revoked": {}}},
        {"events": {f"{RISC}account-disabled": {}}},
        {"sub_id": DID},
        {"sub_id": {"format": "opaque", "id": "alice"}},
        {"sub_id": {"format": "opaque", "id": base64url_encode(LINK[:-1])}},
        {"sub_id": {"format": "opaque", "id": LINK.hex()}},
        {"sub_id": {"format": "email", "email": "alice@example.com"}, "events": {f"{RISC}account-purged": {}}},
        {"sub_id": {"format": "did", "url": "did:web:a.example#0"}, "events": {f"{RISC}account-purged": {}}},
        {"sub_id": {"format": "did", "url": "did:key:z6Mk"}, "events": {f"{RISC}account-purged": {}}},
        {"sub_id": {"format": "uri", "uri": "did:web:a.example"}, "events": {f"{RISC}account-purged": {}}},
        {"sub_id": {"format": "complex", "user": DID}, "events": {f"{RISC}account-purged": {}}},
        {"sub_id": {"format": "aliases", "identifiers": [DID]}, "events": {f"{RISC}account-purged": {}}},
        {"sub_id": {"format": "something-new", "more": [1]}, "events": {f"{RISC}account-purged": {}}},
    ],
    ids=str,
)
def test_what_says_nothing_to_a_verifier(changed: dict[str, Any]) -> None:
    store = Spy()
    by = receiver(store)
    assert by.receive(said(**changed)) is Received.IGNORED
    assert [kept.kind for kept in store.kept] == ["event"]
    assert by.receive(said(**changed)) is Received.DUPLICATE


def test_of_two_in_one_second_the_stricter_holds() -> None:
    at = {"sub_id": DID, "iat": NOW}
    disabled = said(jti="1", events={f"{RISC}account-disabled": {}}, **at)
    enabled = said(jti="2", events={f"{RISC}account-enabled": {}}, **at)
    for order in ((disabled, enabled), (enabled, disabled)):
        store = Spy()
        for text in order:
            receiver(store).receive(text)
        (kept,) = store.statements([(Kind.LIFECYCLE, ENTRIES["suspend"].statements()[0].subject)])
        assert kept.value == "suspend"


@pytest.mark.parametrize("names", [("disabled", "enabled"), ("disabled", "enabled", "purged")])
def test_of_two_in_one_event_the_stricter_holds(tmp_path: Path, names: tuple[str, ...]) -> None:
    text = said(sub_id=DID, events={f"{RISC}account-{name}": {} for name in names})
    with closing(SQLiteStore(tmp_path / "store.db")) as file:
        for store in (MemoryStore(), file):
            assert receiver(store).receive(text) is Received.APPLIED
            (kept,) = store.statements([(Kind.LIFECYCLE, ENTRIES["suspend"].statements()[0].subject)])
            assert kept.value == ("deprovision" if "purged" in names else "suspend")


MALFORMED: dict[str, Any] = {
    "nothing": "",
    "none": None,
    "bytes": event().encode(),
    "no-jws": "a.b.c",
    "two-parts": event().rsplit(".", 1)[0],
    "four-parts": event() + ".x",
    "an-entry": ENTRIES["revoke"].encode(),
    "typ-jwt": said(typ="JWT"),
    "typ-status-list": said(typ="statuslist+jwt"),
    "typ-at": said(typ="at+jwt"),
    "typ-almost": said(typ="secevent+jwts"),
    "exp": said(exp=NOW + 60),
    "sub": said(sub=PLANNER.did),
    "sub-null": said(sub=None),
    "no-iss": said(iss=...),
    "no-jti": said(jti=...),
    "no-iat": said(iat=...),
    "no-aud": said(aud=...),
    "no-sub-id": said(sub_id=...),
    "no-events": said(events=...),
    "iss-number": said(iss=5),
    "iss-null": said(iss=None),
    "jti-empty": said(jti=""),
    "jti-number": said(jti=1),
    "jti-nul": said(jti="a\0b"),
    "jti-long": said(jti="j" * 2049),
    "iat-text": said(iat=str(NOW)),
    "iat-true": said(iat=True),
    "iat-negative": said(iat=-1),
    "iat-beyond": said(iat=10**15),
    "aud-null": said(aud=None),
    "aud-empty": said(aud=[]),
    "aud-object": said(aud={AUDIENCE: 1}),
    "aud-with-number": said(aud=[AUDIENCE, 5]),
    "aud-many": said(aud=[AUDIENCE] * 65),
    "events-empty": said(events={}),
    "events-list": said(events=[f"{CAEP}session-revoked"]),
    "events-many": said(events={f"urn:x:{n}": {} for n in range(17)}),
    "payload-null": said(events={f"{CAEP}session-revoked": None}),
    "payload-text": said(events={f"{CAEP}session-revoked": "x"}),
    "uri-empty": said(events={"": {}}),
    "sub-id-text": said(sub_id=PLANNER.did),
    "sub-id-list": said(sub_id=[DID]),
    "sub-id-empty": said(sub_id={}),
    "sub-id-no-format": said(sub_id={"url": PLANNER.did}),
    "sub-id-format-number": said(sub_id={"format": 1, "url": PLANNER.did}),
    "sub-id-no-url": said(sub_id={"format": "did"}),
    "sub-id-url-number": said(sub_id={"format": "did", "url": 5}),
    "sub-id-url-empty": said(sub_id={"format": "did", "url": ""}),
    "sub-id-url-long": said(sub_id={"format": "did", "url": "did:web:" + "a" * 2048}),
    "sub-id-member-more": said(sub_id={**DID, "email": "a@example.com"}),
    "sub-id-complex-empty": said(sub_id={"format": "complex"}),
    "sub-id-complex-text": said(sub_id={"format": "complex", "user": PLANNER.did}),
    "sub-id-complex-in-complex": said(sub_id={"format": "complex", "user": {"format": "complex", "user": DID}}),
    "sub-id-complex-many": said(sub_id={"format": "complex", **{f"p{n}": DID for n in range(17)}}),
    "sub-id-aliases-text": said(sub_id={"format": "aliases", "identifiers": PLANNER.did}),
    "sub-id-aliases-empty": said(sub_id={"format": "aliases", "identifiers": []}),
    "sub-id-aliases-in-aliases": said(
        sub_id={"format": "aliases", "identifiers": [{"format": "aliases", "identifiers": [DID]}]}
    ),
    "long": said(events={f"{CAEP}session-revoked": {"x": "x" * 60_000}}),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_security_event(name: str) -> None:
    turned_away(MALFORMED[name], "malformed")


@pytest.mark.parametrize("typ", ["secevent+jwt", "application/secevent+jwt", "SecEvent+JWT"])
def test_spellings_of_the_type(typ: str) -> None:
    header, body, _ = said().split(".")
    members = {**json.loads(base64url_decode(header)), "typ": typ}
    start = f"{base64url_encode(json.dumps(members).encode())}.{body}"
    text = f"{start}.{base64url_encode(SENDER.signer.sign(start.encode()))}"
    assert receiver().receive(text) is Received.APPLIED


OWN = ENTRIES["revoke"].encode()
LIFE = ENTRIES["suspend"].encode()
LIST = Roll(ALICE).publish().encode()
MISLEADING: dict[str, dict[str, Any]] = {
    "entry-missing": {"events": {ENTRY_EVENT: {}}},
    "entry-null": {"events": {ENTRY_EVENT: {"entry": None}}},
    "entry-object": {"events": {ENTRY_EVENT: {"entry": {"link": "x"}}}},
    "entry-garbled": {"events": {ENTRY_EVENT: {"entry": OWN[:-4]}}},
    "entry-and-more": {"events": {ENTRY_EVENT: {"entry": OWN, "more": 1}, STANDARD["revoke"]: {}}},
    "a-list": {"events": {ENTRY_EVENT: {"entry": LIST}, STANDARD["revoke"]: {}}},
    "alone": {"events": {ENTRY_EVENT: {"entry": OWN}}},
    "another-event": {"events": {ENTRY_EVENT: {"entry": OWN}, f"{CAEP}session-revoked": {}}},
    "one-event-more": {"events": {ENTRY_EVENT: {"entry": OWN}, STANDARD["revoke"]: {}, f"{CAEP}session-revoked": {}}},
    "enabled-while-suspended": {
        "sub_id": DID,
        "events": {ENTRY_EVENT: {"entry": LIFE}, STANDARD["resume"]: {}},
    },
    "created-while-revoked": {
        "events": {ENTRY_EVENT: {"entry": OWN}, STANDARD["revoke"]: {"change_type": "create"}},
    },
    "another-time": {
        "events": {ENTRY_EVENT: {"entry": OWN}, STANDARD["revoke"]: {"event_timestamp": NOW + 1}},
    },
    "another-link": {
        "sub_id": {"format": "opaque", "id": base64url_encode(bytes(16))},
        "events": {ENTRY_EVENT: {"entry": OWN}, STANDARD["revoke"]: {}},
    },
    "link-as-jwt": {
        "sub_id": {"format": "jwt_id", "iss": PLANNER.did, "jti": base64url_encode(LINK)},
        "events": {ENTRY_EVENT: {"entry": OWN}, STANDARD["revoke"]: {}},
    },
    "another-principal": {
        "sub_id": {"format": "did", "url": SCOUT.did},
        "events": {ENTRY_EVENT: {"entry": LIFE}, STANDARD["suspend"]: {}},
    },
}


@pytest.mark.parametrize("name", MISLEADING)
def test_an_event_that_says_something_else_than_its_entry(name: str) -> None:
    turned_away(said(**MISLEADING[name]), "malformed")


def test_the_audience() -> None:
    for aud in ("did:web:other.example", AUDIENCE + "/", AUDIENCE.upper(), ["a", "b"], [AUDIENCE + " "]):
        turned_away(said(aud=aud), "wrong_audience")
    assert applied(said(aud=["did:web:other.example", AUDIENCE]))
    assert applied(event(audience=["did:web:other.example", AUDIENCE]))
    assert applied(said(aud="b"), audience=["a", "b"])


def test_the_issuer() -> None:
    turned_away(event(by=SCOUT), "untrusted_issuer")
    turned_away(said(iss=SCOUT.did), "untrusted_issuer")
    turned_away(event(), "untrusted_issuer", issuers=[])
    turned_away(event(), "untrusted_issuer", issuers=[SCOUT.did])
    turned_away(event(), "untrusted_issuer", issuers=lambda did: False)
    turned_away(event(), "untrusted_issuer", issuers=lambda did: "yes")
    turned_away(said(iss="https://idp.example"), "untrusted_issuer", issuers=lambda did: True)
    turned_away(said(iss=SENDER.did + "#x"), "untrusted_issuer", issuers=lambda did: True)
    assert applied(event(), issuers=lambda did: did == SENDER.did)


def test_a_policy_that_fails() -> None:
    def broken(did: str) -> bool:
        raise KeyError(did)

    turned_away(event(), "unavailable", issuers=broken)


def test_a_stranger_does_not_choose_what_is_resolved() -> None:
    turned_away(event(by=SCOUT), "untrusted_issuer", resolver=Answering(AssertionError("asked")))
    turned_away(said(aud="x"), "wrong_audience", resolver=Answering(AssertionError("asked")))


def _signed_by(who: Identity, text: str) -> str:
    start = text.rsplit(".", 1)[0]
    return f"{start}.{base64url_encode(who.signer.sign(start.encode()))}"


def test_the_signature_of_the_event() -> None:
    text = event()
    start, signature = text.rsplit(".", 1)
    other = event("suspend").rsplit(".", 1)
    for forged in (
        _signed_by(MALLORY, text),
        f"{start}.{base64url_encode(bytes(64))}",
        f"{other[0]}.{signature}",
        f"{start}.{other[1]}",
        said(by=MALLORY),
    ):
        assert turned_away(forged, "bad_signature").step == 7  # type: ignore[attr-defined]
    p256 = Identity(P256Signer.from_scalar(b"\7" * 32), clock=CLOCK)
    assert applied(event(by=p256), issuers=[p256.did])
    turned_away(said(by=p256), "bad_signature")


def test_the_signature_of_the_entry() -> None:
    """A trusted transmitter cannot make up an entry."""
    stranger = suspend(PLANNER.did, by=MALLORY, sequence=2, clock=CLOCK)
    members = json.loads(base64url_decode(stranger.encode()))
    members["by"] = ALICE.did
    forged = base64url_encode(json.dumps(members, sort_keys=True, separators=(",", ":")).encode())
    events = {ENTRY_EVENT: {"entry": forged}, STANDARD["suspend"]: {}}
    turned_away(said(sub_id=DID, events=events), "bad_signature")


def test_keys_of_the_issuer() -> None:
    def web(**changed: Any) -> StaticResolver:
        return StaticResolver({SENDER_WEB: document(SENDER_WEB, SENDER.signer.public_key, **changed)})

    asserting = web(relationships=[Relationship.ASSERTION_METHOD])
    trusted: dict[str, Any] = {"issuers": [SENDER_WEB]}
    for kid in (None, f"{SENDER_WEB}#0"):
        assert applied(said(iss=SENDER_WEB, kid=kid), resolver=asserting, **trusted)
    for kid in (f"{SENDER_WEB}#1", "#0", f"{SENDER.did}#{SENDER.did[8:]}", "did:web:other.example#0", "x"):
        turned_away(said(iss=SENDER_WEB, kid=kid), "unresolved_principal", resolver=asserting, **trusted)
    # A key that may delegate says nothing in the name of its DID.
    turned_away(said(iss=SENDER_WEB), "unresolved_principal", resolver=WEB, **trusted)
    turned_away(said(iss=SENDER_WEB), "unresolved_principal", **trusted)
    turned_away(said(iss=SENDER_WEB), "unresolved_principal", resolver=web(deactivated=True), **trusted)
    turned_away(said(iss=SENDER_WEB), "unavailable", resolver=Answering(OSError("no network")), **trusted)


def test_an_event_from_the_future() -> None:
    assert applied(said(iat=NOW + 60))
    assert turned_away(said(iat=NOW + 61), "outside_validity").step == 7  # type: ignore[attr-defined]
    assert applied(said(iat=NOW + 61), skew=timedelta(minutes=2))
    turned_away(said(iat=NOW + 1), "outside_validity", skew=timedelta(0))
    assert applied(said(iat=NOW + 0.5), skew=timedelta(0))
    turned_away(event(), "unavailable", clock=lambda: None)


class Failing(Spy):
    """A store that fails at one of its methods."""

    def __init__(self, method: str, error: Exception) -> None:
        super().__init__()
        self.method, self.error = method, error

    def statements(self, wanted: Sequence[tuple[Kind, str]], *, by: Any = None) -> Sequence[Statement]:
        if self.method == "statements":
            raise self.error
        return super().statements(wanted, by=by)

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        if self.method == "put":
            raise self.error
        return super().put(statements)


@pytest.mark.parametrize("error", [OSError("disk"), UnavailableError("down"), KeyError("x")], ids=repr)
@pytest.mark.parametrize("method", ["statements", "put"])
@pytest.mark.parametrize("text", [event(), said()], ids=["own", "foreign"])
def test_a_store_that_fails(text: str, method: str, error: Exception) -> None:
    store = Failing(method, error)
    with pytest.raises(UnavailableError):
        receiver(store).receive(text)
    store.method = ""
    assert receiver(store).receive(text) is Received.APPLIED


@pytest.mark.parametrize(
    "arguments",
    [
        {"audience": ""},
        {"audience": []},
        {"audience": None},
        {"audience": [5]},
        {"issuers": SENDER.did},
        {"issuers": None},
        {"issuers": ["https://idp.example"]},
        {"issuers": [5]},
        {"skew": 60},
        {"skew": timedelta(seconds=-1)},
    ],
    ids=str,
)
def test_receivers_that_cannot_be(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        receiver(**arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {"by": None},
        {"by": SENDER.did},
        {"audience": None},
        {"audience": ""},
        {"audience": []},
        {"audience": [5]},
        {"audience": [AUDIENCE] * 65},
    ],
    ids=["by-none", "by-text", "none", "empty", "no-one", "number", "many"],
)
def test_what_cannot_leave(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        event(**arguments)


@pytest.mark.parametrize(
    "entry", [None, OWN, LIST, Roll(ALICE).publish(), 5], ids=["none", "text", "list", "roll", "5"]
)
def test_entries_that_are_none(entry: Any) -> None:
    with pytest.raises(InputError):
        emit(entry, by=SENDER, audience=AUDIENCE)


@pytest.mark.parametrize("random", [lambda n: b"", lambda n: "x" * n, lambda n: None, lambda n: b"x" * 17, lambda: 1])
def test_a_random_source_that_fails(random: Any) -> None:
    with pytest.raises(UnavailableError):
        event(random=random)


def test_an_event_is_what_its_claims_say() -> None:
    read = SecurityEvent.read(parts(event("suspend"))[1])
    assert SecurityEvent.read(read.claims()) == read
    assert read.claims() == parts(event("suspend"))[1] | {"jti": read.jti}
    assert isinstance(read.events[STANDARD["suspend"]], type(read.events))
    with pytest.raises(TypeError):
        read.events["x"] = {}  # type: ignore[index]
    several = SecurityEvent.read(claims(aud=["a", "b"], events={"urn:x": {"list": [1, {"a": None}]}}))
    assert several.claims()["aud"] == ["a", "b"]
    assert several.events["urn:x"]["list"] == (1, several.events["urn:x"]["list"][1])  # type: ignore[index]


def test_subjects_are_what_they_are_written_as() -> None:
    compound = {"format": "complex", "device": {"format": "opaque", "id": "1"}, "user": DID}
    aliases = {"format": "aliases", "identifiers": [DID, {"format": "iss_sub", "iss": "a", "sub": "b"}]}
    for written in (DID, OPAQUE, compound, aliases, {"format": "jwt_id", "iss": "a", "jti": "b"}):
        assert SubjectId.read(written).json() == written  # type: ignore[arg-type]
    assert SubjectId.read(compound).parts[1] == ("user", SubjectId.read(DID))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("format_", "members", "parts"),
    [
        ("did", (), ()),
        ("did", (("url", ""),), ()),
        ("did", (("url", 5),), ()),
        ("did", (("url", "a"), ("url", "b")), ()),
        ("did", (("uri", "a"),), ()),
        ("complex", (), ()),
        ("did", (("url", "a"),), (("user", SubjectId("did", (("url", "a"),))),)),
        (None, (), ()),
    ],
    ids=str,
)
def test_subjects_that_are_none(format_: Any, members: Any, parts: Any) -> None:
    with pytest.raises(InputError):
        SubjectId(format_, members, parts)


def test_payloads_that_are_none() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    for events in ({"urn:x": endless}, {"urn:x": {"y": object()}}, {"urn:x": {"y": "y" * 70_000}}, {"urn:x": None}, {}):
        with pytest.raises(InputError):
            SecurityEvent(SENDER.did, "1", NOW, ("a",), SubjectId.read(DID), events)  # type: ignore[arg-type]


def test_an_outbox() -> None:
    box = Outbox(capacity=3)
    texts = [event() for _ in range(3)]
    names = [box.add(text) for text in texts]
    assert len(set(names)) == 3
    with pytest.raises(UnavailableError):
        box.add(event())
    assert box.waiting(2) == (dict(zip(names[:2], texts[:2], strict=True)), True)
    assert box.waiting(3) == (dict(zip(names, texts, strict=True)), False)
    box.settle([names[0], "unknown"], {names[1]: "invalid_key", "unknown": "x"})
    assert box.waiting(3) == ({names[2]: texts[2]}, False)
    assert box.refused == {names[1]: "invalid_key"}
    box.settle(names, {})
    assert box.waiting(3) == ({}, False)


@pytest.mark.parametrize("text", ["", "x", OWN, said(typ="JWT"), said(sub="x"), None], ids=str)
def test_what_no_outbox_takes(text: Any) -> None:
    with pytest.raises(MalformedError):
        Outbox().add(text)


@pytest.mark.parametrize("capacity", [0, -1, 1.5, None, True])
def test_outboxes_that_hold_nothing(capacity: Any) -> None:
    with pytest.raises(InputError):
        Outbox(capacity=capacity)


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@drawn(st.integers(0, 10_000), st.sampled_from("ABab01-_.=+/ \n\0é"))
def test_no_changed_character_survives(place: int, character: str) -> None:
    text = event()
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    if changed == text:
        return
    store = Spy()
    with pytest.raises(AttornError):
        Receiver(store, audience=AUDIENCE, issuers=[SENDER.did], clock=Clock()).receive(changed)
    assert store.kept == []


def test_an_entry_that_was_applied_before_by_hand() -> None:
    store = Spy()
    store.apply(ENTRIES["revoke"])
    assert receiver(store).receive(event()) is Received.APPLIED
    store.apply(resume(PLANNER.did, by=ALICE, sequence=9))
    assert receiver(store).receive(event("suspend")) is Received.OUTDATED


def test_an_event_of_a_year_that_no_statement_can_be_numbered_in() -> None:
    disabled = {"sub_id": DID, "events": {f"{RISC}account-disabled": {}}}
    last = SecurityEvent.read(claims(iat=9_007_199_253, **disabled))
    assert meaning.statements_in(last)[0].at == 9_007_199_253
    for second in (9_007_199_255, 253_402_300_799):
        event = SecurityEvent.read(claims(iat=second, **disabled))
        with pytest.raises(MalformedError, match="numbered"):
            meaning.statements_in(event)
        late = {"clock": Clock(second), "skew": timedelta(0)}
        turned_away(said(iat=second, **disabled), "malformed", **late)
    purged = {"sub_id": DID, "events": {f"{RISC}account-purged": {}}}
    assert meaning.statements_in(SecurityEvent.read(claims(iat=253_402_300_799, **purged)))[0].sequence == 2**53 - 1
