"""What the tests of security events share: one transmitter, one receiver, and tokens that say anything."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.scene import ALICE, AUDIENCE, NOW, PLANNER, READ, SCOUT, Clock, document, given, passed, person

from attorn import AttornError
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_encode
from attorn.events import Received, Receiver, emit
from attorn.events.security_event import TYP
from attorn.jose import jws
from attorn.revocation import deprovision, enrol, resume, revoke, suspend
from attorn.statement import Statement
from attorn.store import MemoryStore

SENDER = person(9)
FIRST = given(READ)
SECOND = passed(FIRST, PLANNER, SCOUT)
LINK = SECOND.unverified_links[-1].id
CLOCK = Clock()
ENTRIES = {
    "revoke": revoke(SECOND, by=PLANNER, clock=CLOCK),
    "suspend": suspend(PLANNER.did, by=ALICE, sequence=2, clock=CLOCK),
    "resume": resume(PLANNER.did, by=ALICE, sequence=3, clock=CLOCK),
    "enrol": enrol(PLANNER.did, by=ALICE, sequence=1, clock=CLOCK),
    "deprovision": deprovision(PLANNER.did, by=ALICE, clock=CLOCK),
}
CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OPAQUE = {"format": "opaque", "id": base64url_encode(LINK)}
DID = {"format": "did", "url": PLANNER.did}
SENDER_WEB = "did:web:sender.example"
WEB = StaticResolver({SENDER_WEB: document(SENDER_WEB, SENDER.signer.public_key)})


class Spy(MemoryStore):
    """A store that tells what was put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Statement] = []

    def put(self, statements: Any) -> Statement | None:
        newer = super().put(statements)
        if newer is None:
            self.kept += statements
        return newer


def receiver(store: Any = None, **changed: Any) -> Receiver:
    chosen = {"audience": AUDIENCE, "issuers": [SENDER.did], "clock": Clock(), **changed}
    return Receiver(Spy() if store is None else store, **chosen)


def event(name: str = "revoke", **changed: Any) -> str:
    """One of the entries, as it leaves."""
    return emit(ENTRIES[name], **{"by": SENDER, "audience": AUDIENCE, "clock": CLOCK, **changed})


def claims(**changed: Any) -> dict[str, Any]:
    """Claims of somebody else's event, with members replaced, or taken away by `...`."""
    members = {
        "iss": SENDER.did,
        "jti": "one",
        "iat": NOW,
        "aud": AUDIENCE,
        "sub_id": OPAQUE,
        "events": {f"{CAEP}session-revoked": {}},
        **changed,
    }
    return {name: value for name, value in members.items() if value is not ...}


def said(typ: str = TYP, by: Any = SENDER, kid: str | None = None, **changed: Any) -> str:
    """A signed token with such claims."""
    return jws.sign(claims(**changed), by=by.signer, typ=typ, kid=kid)


def turned_away(text: Any, code: str, **changed: Any) -> AttornError:
    """The error, after making sure that nothing was kept."""
    store = Spy()
    with pytest.raises(AttornError) as caught:
        receiver(store, **changed).receive(text)
    assert caught.value.code == code, caught.value
    assert store.kept == []
    return caught.value


def applied(text: str, **changed: Any) -> list[Statement]:
    """What a store keeps of it, apart from that it was received."""
    store = Spy()
    assert receiver(store, **changed).receive(text) is Received.APPLIED
    return [kept for kept in store.kept if kept.kind != "event"]
