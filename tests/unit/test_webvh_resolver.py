"""Resolving did:webvh: where its files are, versions, times, and logs that are not what they were (attack 37)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.unit.webvh_world import (
    HOST,
    NOW,
    START,
    Forgery,
    Web,
    committed,
    day,
    did_key,
    document,
    public,
    resolver,
    sha,
    spelt,
    witnessed,
)

from attorn.did.dereferencing import dereference
from attorn.did.document import Relationship
from attorn.did.fault import Fault
from attorn.did.resolution import Options
from attorn.did.resolver import HistoricResolver, look_up, resolution
from attorn.did.webvh import identifier
from attorn.did.webvh.document import with_services
from attorn.did.webvh.resolver import WebvhResolver
from attorn.errors import InputError, ResolutionError, UnavailableError

SCID = sha(b"any")


def states(bare: dict[str, Any], *keys: int) -> None:
    bare["state"] = document(bare["state"]["id"], *keys)


def rotated() -> Forgery:
    """Three versions: key 1, then 2, then both."""
    forged = Forgery().first()
    forged.then(hashed=lambda bare: states(bare, 2))
    return forged.then(hashed=lambda bare: states(bare, 1, 2))


@pytest.mark.parametrize("did", [None, 1, b"did:webvh:x"])
def test_a_did_is_text(did: Any) -> None:
    with pytest.raises(InputError, match="expected str"):
        resolver(Web()).resolve(did)


def test_the_newest_version_is_the_document() -> None:
    forged = rotated()
    found = resolver(Web().publish(forged.log)).resolve(forged.did)
    assert [method.key for method in found.methods] == [public(1), public(2)]
    assert found.id == forged.did
    assert not found.deactivated


def test_a_document_has_a_past() -> None:
    forged = rotated()
    by = resolver(Web().publish(forged.log))
    assert isinstance(by, HistoricResolver)
    for at, keys in (
        (START, [public(1)]),
        (START + timedelta(days=1, microseconds=-1), [public(1)]),
        (START + timedelta(days=1), [public(2)]),
        (START.astimezone(timezone(timedelta(hours=5))) + timedelta(days=1, hours=1), [public(2)]),
        (START + timedelta(days=2), [public(1), public(2)]),
        (NOW, [public(1), public(2)]),
        (datetime.max.replace(tzinfo=UTC), [public(1), public(2)]),
    ):
        assert [method.key for method in by.resolve_at(forged.did, at).methods] == keys
    with pytest.raises(ResolutionError, match="notFound: there was no version yet"):
        by.resolve_at(forged.did, START - timedelta(microseconds=1))
    for naive in (datetime(2026, 1, 1), "2026-01-01T00:00:00Z", 0):
        with pytest.raises(InputError, match="expected an aware datetime"):
            by.resolve_at(forged.did, naive)  # type: ignore[arg-type]


def test_versions_have_names() -> None:
    forged = rotated()
    known = resolver(Web().publish(forged.log)).history(forged.did)
    assert known.version(forged.lines[1]["versionId"]) is known.number(2) is known.versions[1]
    for version in ("2", "2-" + SCID, "", forged.lines[1]["versionId"] + " "):
        with pytest.raises(ResolutionError, match="notFound: there is no version"):
            known.version(version)
    for number in (0, -1, 4):
        with pytest.raises(ResolutionError, match="notFound: there is no version"):
            known.number(number)


def test_what_is_known_about_a_version() -> None:
    parameters = {"ttl": 60, "watchers": ["https://watch.example/"], "portable": True, **witnessed()}
    forged = Forgery().first(parameters).then()
    found = resolver(Web().publish(forged.log, forged.approved(8))).look_up(forged.did, Options(version_number=1))
    assert found.metadata.to_json() == {
        "created": day(0),
        "updated": day(0),
        "deactivated": False,
        "nextUpdate": day(1),
        "nextVersionId": forged.lines[1]["versionId"],
        "portable": True,
        "scid": forged.scid,
        "ttl": "60",
        "versionId": forged.lines[0]["versionId"],
        "versionNumber": 1,
        "versionTime": day(0),
        "watchers": ["https://watch.example/"],
        "witness": {"threshold": 1, "witnesses": [{"id": did_key(8)}]},
    }


def test_one_version_can_be_asked_for() -> None:
    forged = rotated()
    by = resolver(Web().publish(forged.log))
    second = {
        "version_number": 2,
        "version_id": forged.lines[1]["versionId"],
        "version_time": START + timedelta(days=1),
    }
    for options in (Options(**{name: value}) for name, value in second.items()):
        found = look_up(by, forged.did, options)
        assert found.document is not None
        assert [method.key for method in found.document.methods] == [public(2)]
        assert found.metadata.version_id == forged.lines[1]["versionId"]
    assert look_up(by, forged.did, Options(**second)).metadata.version_id == forged.lines[1]["versionId"]
    assert look_up(by, forged.did).metadata.version_id == forged.lines[2]["versionId"]
    for changed in ({"version_number": 1}, {"version_time": NOW}, {"version_id": forged.lines[0]["versionId"]}):
        with pytest.raises(ResolutionError, match="notFound: there is no version that is all"):
            look_up(by, forged.did, Options(**{**second, **changed}))
    for options in (
        Options(version_number=4),
        Options(version_id="1-" + SCID),
        Options(version_time=START - timedelta(seconds=1)),
    ):
        with pytest.raises(ResolutionError, match="notFound: there") as refusal:
            look_up(by, forged.did, options)
        assert refusal.value.problem == Fault.NOT_FOUND
    with pytest.raises(ResolutionError) as refusal:
        look_up(by, forged.did, Options(accept="text/html"))
    assert refusal.value.problem == Fault.REPRESENTATION_NOT_SUPPORTED


def test_a_did_url_names_a_version() -> None:
    forged = rotated()
    by = resolver(Web().publish(forged.log))
    found = dereference(f"{forged.did}?versionNumber=2#{spelt(2)}", by)
    assert isinstance(found.content, dict)
    assert found.content["publicKeyMultibase"] == spelt(2)
    assert dereference(f"{forged.did}?versionNumber=1#{spelt(2)}", by).error is not None


PROBLEMS: dict[str, tuple[Callable[[], tuple[str, Web]], Fault]] = {
    "no log": (lambda: (rotated().did, Web()), Fault.NOT_FOUND),
    "no did:webvh": (lambda: (f"did:webvh:{SCID}:127.0.0.1", Web()), Fault.INVALID_DID),
    "a log that does not hold": (lambda: (rotated().did, Web().publish("{}")), Fault.INVALID_DID),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_refusal_has_the_standards_name_too(name: str) -> None:
    make, fault = PROBLEMS[name]
    did, web = make()
    found = resolution(resolver(web), did)
    assert found.error is not None
    assert found.error.type == fault
    assert found.document is None


def test_services_that_the_document_names_itself_stay() -> None:
    own = {"id": "#whois", "type": "LinkedVerifiablePresentation", "serviceEndpoint": "https://a.example/"}
    for identifier_ in ("#whois", f"did:webvh:{SCID}:{HOST}:a#whois"):
        state = {"service": [{**own, "id": identifier_}]}
        services: Any = with_services(state, identifier.parse(f"did:webvh:{SCID}:{HOST}:a"))["service"]
        assert services[0] == {**own, "id": identifier_}
        assert [each["serviceEndpoint"] for each in services] == ["https://a.example/", "https://example.com/a/"]
        assert len(state["service"]) == 1


def test_a_deactivated_did_is_refused_and_its_history_is_not() -> None:
    """Attack 39."""
    forged = Forgery().first().then({"deactivated": True})
    by = resolver(Web().publish(forged.log))
    for call in (lambda: by.resolve(forged.did), lambda: by.resolve_at(forged.did, START)):
        with pytest.raises(ResolutionError, match="deactivated: it is deactivated"):
            call()
    assert by.history(forged.did).head.parameters.deactivated
    found = by.look_up(forged.did, Options(version_number=1))
    assert found.metadata.deactivated
    assert found.document is not None
    assert found.document.deactivated
    assert found.document.keys_for(Relationship.ASSERTION_METHOD) == ()


def test_a_did_that_has_moved_goes_by_its_new_name() -> None:
    def move(bare: dict[str, Any]) -> None:
        old = bare["state"]["id"]
        bare["state"] = {**document(old.replace(HOST, "new.example"), 1), "alsoKnownAs": [old]}

    forged = Forgery().first({"portable": True}).then(hashed=move)
    new = forged.did.replace(HOST, "new.example")
    by = resolver(Web().publish(forged.log).publish(forged.log, at="https://new.example/.well-known/"))
    assert by.resolve(new).id == new
    with pytest.raises(ResolutionError, match=r"it has moved and is 'did:webvh:.*new\.example' now"):
        by.resolve(forged.did)
    with pytest.raises(ResolutionError, match=r"it has moved and is"):
        by.resolve_at(forged.did, START)
    with pytest.raises(ResolutionError, match=r"it was 'did:webvh:.*example\.com' then"):
        by.resolve_at(new, START)


def longer(forged: Forgery) -> str:
    return forged.then().log


BACK: dict[str, Callable[[Forgery], str]] = {
    "shorter": lambda forged: "".join(json.dumps(line) + "\n" for line in forged.lines[:2]),
    "the first entry alone": lambda forged: json.dumps(forged.lines[0]),
    "another last entry": lambda forged: _other(forged, 2).log,
    "another entry before": lambda forged: _other(forged, 1).then().log,
    "another entry before, and longer": lambda forged: _other(forged, 1).then().then().then().log,
}


def _other(forged: Forgery, kept: int) -> Forgery:
    other = Forgery()
    other.lines, other.scid = forged.lines[:kept], forged.scid
    return other.then({"ttl": 5})


@pytest.mark.parametrize("name", BACK)
def test_a_log_does_not_go_back(name: str) -> None:
    """Attack 37: both logs are genuine, signed by the same key; the one seen before counts."""
    forged = rotated()
    web = Web().publish(forged.log)
    by = resolver(web)
    by.resolve(forged.did)
    web.publish(BACK[name](forged))
    for _ in range(2):
        for call in (lambda: by.resolve(forged.did), lambda: by.resolve_at(forged.did, NOW)):
            with pytest.raises(ResolutionError, match="rolledBack: the log does not go on from version 3-"):
                call()
    assert resolver(web).resolve(forged.did), "a resolver that has seen nothing cannot know"
    assert resolver(web, most=0).resolve(forged.did)
    web.publish(forged.then().log)
    assert by.history(forged.did).head.number == 4


def test_what_was_refused_is_not_remembered() -> None:
    forged = Forgery().first(witnessed()).then()
    approved, head = forged.approved(8), forged.log
    web = Web().publish(longer(forged), approved)
    by = resolver(web)
    with pytest.raises(ResolutionError, match="entry 3: expected approval"):
        by.resolve(forged.did)
    web.publish(head, approved)
    assert by.history(forged.did).head.number == 2


def test_only_so_many_are_remembered_and_those_asked_last() -> None:
    ones = [Forgery(f"a{number}.example").first().then() for number in range(3)]
    web = Web()
    for one in ones:
        web.publish(one.log, at=f"https://{one.host}/.well-known/")
    by = resolver(web, most=2)
    for number in (0, 1, 0, 2):
        by.resolve(ones[number].did)
    for one in ones:
        web.publish(json.dumps(one.lines[0]), at=f"https://{one.host}/.well-known/")
    assert by.resolve(ones[1].did), "forgotten"
    with pytest.raises(ResolutionError, match="rolledBack"):
        by.resolve(ones[2].did)


class Odd:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def get(self, url: str, *, accept: str, most: int) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


ODD = {"text": "{}", "bytearray": bytearray(b"{}"), "long": b"x" * (1 << 21), "down": OSError("down")}


@pytest.mark.parametrize("name", ODD)
def test_a_transport_may_fail_in_any_way(name: str) -> None:
    with pytest.raises(UnavailableError):
        WebvhResolver(Odd(ODD[name]), clock=lambda: NOW).resolve(f"did:webvh:{SCID}:{HOST}")


def test_a_clock_may_fail_too() -> None:
    forged = rotated()
    with pytest.raises(UnavailableError):
        WebvhResolver(Web().publish(forged.log), clock=lambda: datetime(2026, 1, 1)).resolve(forged.did)


@pytest.mark.parametrize("changed", [{"most": -1}, {"most": True}, {"most": 1.0}, {"transport": None}], ids=str)
def test_unusable_arguments(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        WebvhResolver(**{"transport": Web(), **changed})


DOCUMENTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a method of another DID": lambda state: state["verificationMethod"][0].update(id="did:web:a.example#k"),
    "another controller": lambda state: state["verificationMethod"][0].update(controller="did:web:a.example"),
    "a method twice": lambda state: state["verificationMethod"].append(state["verificationMethod"][0]),
    "a secret key": lambda state: state["verificationMethod"][0].update(secretKeyMultibase="z3u2"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_must_be_one(name: str) -> None:
    """Attack 31, in a log that is otherwise good."""
    forged = Forgery().first(before=lambda bare: DOCUMENTS[name](bare["state"]))
    with pytest.raises(ResolutionError, match="invalidDidDocument: "):
        resolver(Web().publish(forged.log)).resolve(forged.did)


def test_pre_rotation_may_begin_go_on_and_end() -> None:
    forged = Forgery().first().then({"nextKeyHashes": [committed(2), "not even a hash"]})
    forged.then({"updateKeys": [spelt(2)], "nextKeyHashes": [committed(3)]}, by=2)
    forged.then({"updateKeys": [spelt(3)], "nextKeyHashes": []}, by=3)
    forged.then({"updateKeys": [spelt(4)]}, by=3).then(by=4)
    assert resolver(Web().publish(forged.log)).history(forged.did).head.number == 6
