"""Keeping a did:webvh log: what each step writes, and what it refuses to write."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.webvh_world import HOST, NOW, Web, did_key, public, resolver, signer, spelt

from attorn.did.webvh import approval, controller, history
from attorn.did.webvh.document import write_state
from attorn.did.webvh.witness import NOBODY, Witnesses
from attorn.errors import InputError, UnavailableError
from attorn.keys.signer import P256Signer

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def created(**changed: Any) -> str:
    return controller.create(**{"domain": HOST, "by": signer(1), "at": at(0), **changed})


def head(log: str) -> history.Version:
    return history.unasked(log, now=NOW).head


def keys(log: str, proofs: str | None = None) -> list[Any]:
    """The keys that a stranger finds."""
    did = head(log).did
    folder = did.log_url.removesuffix("did.jsonl")
    return [m.key for m in resolver(Web().publish(log, proofs, folder)).resolve(did.text).methods]


def test_a_did_is_made() -> None:
    log = created()
    assert keys(log) == [public(1)]
    first = json.loads(log)
    assert first["parameters"] == {
        "method": "did:webvh:1.0",
        "scid": head(log).parameters.scid,
        "updateKeys": [spelt(1)],
        "portable": False,
    }
    assert first["versionTime"] == first["proof"][0]["created"] == "2026-01-01T00:00:00Z"
    assert log.endswith("}\n")
    assert "{SCID}" not in log


def test_it_can_be_anywhere_and_say_anything() -> None:
    log = created(
        domain="a.example:8443",
        path=["agents", "m&m"],
        document={"id": "did:webvh:{SCID}:a.example%3A8443:agents:m%26m", "service": []},
        update_keys=[public(1), public(3)],
        next_keys=[public(4)],
        witness=Witnesses(1, (did_key(8), did_key(9))),
        watchers=["https://watch.example/"],
        portable=True,
        ttl=60,
    )
    found = head(log)
    assert found.did.log_url == "https://a.example:8443/agents/m%26m/did.jsonl"
    assert found.state == {"id": found.did.text, "service": []}
    assert found.parameters.next_key_hashes == (controller.key_hash(public(4)),)
    assert found.parameters.witness == Witnesses(1, (did_key(8), did_key(9)))
    assert (found.parameters.ttl, found.parameters.watchers) == (60, ("https://watch.example/",))


def test_a_key_is_rotated_and_the_identity_stays() -> None:
    log = created()
    did = head(log).did.text
    state = {
        **write_state(did, (public(1),)),
        "service": [{"id": "#a", "type": "A", "serviceEndpoint": "https://a.b/"}],
    }
    log = controller.update(log, by=signer(1), at=at(1), document=state)
    log = controller.rotate(log, by=signer(1), key=public(2), at=at(2))
    assert keys(log) == [public(2)]
    assert head(log).did.text == did
    assert head(log).parameters.update_keys == (spelt(2),)
    assert head(log).state["service"] == state["service"]
    log = controller.rotate(log, by=signer(2), key=public(3), at=at(3))
    assert keys(log) == [public(3)]


def test_keys_are_committed_to_beforehand() -> None:
    log = created(next_keys=[public(2)])
    log = controller.rotate(log, by=signer(2), at=at(1), next_keys=[public(3), public(4)])
    assert keys(log) == [public(2)]
    log = controller.update(log, by=signer(4), at=at(2), next_keys=[public(5)])
    assert keys(log) == [public(2)]
    log = controller.update(log, by=signer(5), at=at(3), next_keys=[])
    log = controller.update(log, by=signer(5), at=at(4), next_keys=[public(6)])
    log = controller.deactivate(log, by=signer(6), at=at(5))
    assert head(log).parameters.deactivated


def test_what_is_not_named_stays() -> None:
    log = created(ttl=60, watchers=["https://watch.example/"], portable=True)
    before = head(log)
    after = head(controller.update(log, by=signer(1), at=at(1)))
    assert (after.parameters, after.state) == (before.parameters, before.state)
    assert after.number == 2


def test_it_moves_and_takes_its_history_along() -> None:
    log = created(portable=True, path=["a"])
    old = head(log).did.text
    log = controller.move(log, domain="new.example", path=["b"], by=signer(1), at=at(1))
    found = head(log)
    assert found.did.text == old.replace("example.com:a", "new.example:b")
    assert found.state["alsoKnownAs"] == [old]
    methods: Any = found.state["verificationMethod"]
    assert methods[0]["id"] == f"{found.did.text}#{spelt(1)}"
    assert keys(log) == [public(1)]
    again = controller.move(log, domain=HOST, path=["a"], by=signer(1), at=at(2))
    assert head(again).did.text == old
    assert head(again).state["alsoKnownAs"] == [found.did.text]


def test_only_what_is_this_did_is_renamed() -> None:
    log = created(portable=True)
    did = head(log).did.text
    state = {
        **write_state(did, (public(1),)),
        "alsoKnownAs": [f"{did}:below", "did:web:example.com"],
        "service": [{"id": f"{did}#a", "type": "A", "serviceEndpoint": f"{did}/path?x#y"}],
    }
    log = controller.update(log, by=signer(1), at=at(1), document=state)
    new = head(controller.move(log, domain="new.example", by=signer(1), at=at(2)))
    assert new.state["alsoKnownAs"] == [f"{did}:below", "did:web:example.com", did]
    name = new.did.text
    assert new.state["service"] == [{"id": f"{name}#a", "type": "A", "serviceEndpoint": f"{name}/path?x#y"}]


def test_witnesses_come_approve_and_go() -> None:
    log = controller.update(
        created(), by=signer(1), at=at(1), witness=Witnesses(2, (did_key(7), did_key(8), did_key(9)))
    )
    proofs = approval.approve(log, by=signer(7), at=at(1))
    proofs = approval.approve(log, by=signer(8), at=at(1), proofs=proofs)
    assert keys(log, proofs) == [public(1)]
    next_ = controller.rotate(log, by=signer(1), key=public(2), at=at(2))
    for by in (8, 9):
        proofs = approval.approve(next_, by=signer(by), at=at(2), proofs=proofs)
    # The new file goes out first: it must still do for those who have the old log.
    assert keys(log, proofs) == [public(1)]
    assert keys(next_, proofs) == [public(2)]
    last = controller.update(next_, by=signer(2), at=at(3), witness=NOBODY)
    for by in (7, 8):
        proofs = approval.approve(last, by=signer(by), at=at(3), proofs=proofs)
    assert keys(last, proofs) == [public(2)]
    counts = [len(each["proof"]) for each in json.loads(proofs)]
    assert sum(counts) == 5, "two of a witness that went on, one of the other"
    free = controller.update(last, by=signer(2), at=at(4))
    assert keys(free, proofs) == [public(2)]


def test_to_approve_twice_is_to_approve() -> None:
    log = created(witness=Witnesses(1, (did_key(8),)))
    once = approval.approve(log, by=signer(8), at=at(1))
    assert len(json.loads(approval.approve(log, by=signer(8), at=at(2), proofs=once))[0]["proof"]) == 1
    assert keys(log, once) == [public(1)]


def test_a_deactivated_did_ends() -> None:
    log = controller.deactivate(created(), by=signer(1), at=at(1))
    found = head(log).parameters
    assert (found.deactivated, found.update_keys) == (True, ())


GOOD = created()
COMMITTED = created(next_keys=[public(2)])
PORTABLE = created(portable=True)
WATCHED = created(witness=Witnesses(1, (did_key(8),)))

REFUSED: dict[str, Callable[[], object]] = {
    "a domain that is an address": lambda: created(domain="127.0.0.1"),
    "a domain without a dot": lambda: created(domain="localhost"),
    "a domain in capitals": lambda: created(domain="Example.com"),
    "a domain with a path": lambda: created(domain="example.com/a"),
    "a domain that is none": lambda: created(domain=None),
    "a path that goes up": lambda: created(path=["..", "a"]),
    "a path as text": lambda: created(path="a"),
    "an empty segment": lambda: created(path=[""]),
    "a P-256 key": lambda: created(by=P256Signer.from_scalar(b"\1" * 32)),
    "a P-256 update key": lambda: created(update_keys=[public(1), P256Signer.from_scalar(b"\1" * 32).public_key]),
    "update keys without the signer's": lambda: created(update_keys=[public(2)]),
    "an update key that is none": lambda: created(update_keys=[spelt(1)]),
    "a next key that is none": lambda: created(next_keys=[spelt(1)]),
    "a document of another place": lambda: created(document={"id": "did:web:a.example"}),
    "a document without the SCID": lambda: created(document={"id": f"did:webvh:{HOST}"}),
    "a document that is no JSON": lambda: created(document={"id": "did:webvh:{SCID}:a.example", "x": object()}),
    "a long document": lambda: created(document={"id": f"did:webvh:{{SCID}}:{HOST}", "x": "x" * 70_000}),
    "a watcher that is no URI": lambda: created(watchers=["watcher"]),
    "a ttl beyond all": lambda: created(ttl=2**32),
    "a threshold above all": lambda: created(witness=Witnesses(2, (did_key(8),))),
    "a threshold of none": lambda: created(witness=Witnesses(0, (did_key(8),))),
    "a witness twice": lambda: created(witness=Witnesses(1, (did_key(8), did_key(8)))),
    "a naive time": lambda: created(at=datetime(2026, 1, 1)),
    "portable as text": lambda: created(portable="yes"),
    "a stranger's update": lambda: controller.update(GOOD, by=signer(9), at=at(1)),
    "an update at the same time": lambda: controller.update(GOOD, by=signer(1), at=at(0)),
    "an update before": lambda: controller.update(GOOD, by=signer(1), at=at(-1)),
    "an update of no log": lambda: controller.update("", by=signer(1), at=at(1)),
    "an update of bytes": lambda: controller.update(GOOD.encode(), by=signer(1), at=at(1)),  # type: ignore[arg-type]
    "an update of a log that was edited": lambda: controller.update(
        GOOD.replace("authentication", "authenticatiom"), by=signer(1), at=at(1)
    ),
    "an update to another DID": lambda: controller.update(GOOD, by=signer(1), at=at(1), document={"id": "did:web:a.b"}),
    "a key that was not committed to": lambda: controller.rotate(COMMITTED, by=signer(1), at=at(1), next_keys=[]),
    "a rotation that commits to nothing": lambda: controller.rotate(COMMITTED, by=signer(2), at=at(1)),
    "a rotation to a stranger's key": lambda: controller.rotate(
        COMMITTED, by=signer(2), key=public(3), at=at(1), next_keys=[]
    ),
    "a deactivation by the old key": lambda: controller.deactivate(COMMITTED, by=signer(1), at=at(1)),
    "a move of what is not portable": lambda: controller.move(GOOD, domain="new.example", by=signer(1), at=at(1)),
    "a move to an address": lambda: controller.move(PORTABLE, domain="10.0.0.1", by=signer(1), at=at(1)),
    "an update after the end": lambda: controller.update(
        controller.deactivate(GOOD, by=signer(1), at=at(1)), by=signer(1), at=at(2)
    ),
    "approval that nobody asked for": lambda: approval.approve(GOOD, by=signer(8), at=at(1)),
    "approval by a stranger": lambda: approval.approve(WATCHED, by=signer(9), at=at(1)),
    "approval of what does not hold": lambda: approval.approve(
        WATCHED.replace("authentication", "authenticatiom"), by=signer(8), at=at(1)
    ),
    "approval beside what is no file": lambda: approval.approve(WATCHED, by=signer(8), at=at(1), proofs="{}"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_written_that_a_resolver_would_refuse(name: str) -> None:
    with pytest.raises(InputError):
        REFUSED[name]()


class Broken:
    public_key = public(1)

    def sign(self, message: bytes) -> bytes:
        raise OSError(f"secret {message!r}")


def test_a_signer_may_fail() -> None:
    with pytest.raises(UnavailableError, match="the signer failed with OSError"):
        created(by=Broken())
