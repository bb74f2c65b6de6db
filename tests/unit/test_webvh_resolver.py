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

from attorn.did.did import MOST
from attorn.did.resolver import HistoricResolver
from attorn.did.webvh import identifier
from attorn.did.webvh.document import with_services
from attorn.did.webvh.metadata import metadata
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


PLACES = {
    "example.com": "https://example.com/.well-known/did.jsonl",
    "a.b.example.com": "https://a.b.example.com/.well-known/did.jsonl",
    "xn--jp-cd2fp15c.xn--fsq.jp": "https://xn--jp-cd2fp15c.xn--fsq.jp/.well-known/did.jsonl",
    "example.com%3A3000": "https://example.com:3000/.well-known/did.jsonl",
    "example.com:dids:issuer": "https://example.com/dids/issuer/did.jsonl",
    "example.com%3A3000:dids:issuer": "https://example.com:3000/dids/issuer/did.jsonl",
    "example.com:%E7%94%A8%E6%88%B7": "https://example.com/%E7%94%A8%E6%88%B7/did.jsonl",
    "example.com:a%20b": "https://example.com/a%20b/did.jsonl",
    "example.com:a.b-c_d:...": "https://example.com/a.b-c_d/.../did.jsonl",
    f"example.com:{SCID}": f"https://example.com/{SCID}/did.jsonl",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_did_says_where_its_log_is(place: str) -> None:
    found = identifier.parse(f"did:webvh:{SCID}:{place}")
    assert found.log_url == PLACES[place]
    assert found.witness_url == PLACES[place].replace("did.jsonl", "did-witness.json")
    assert identifier.write(found.authority, found.segments, scid=SCID) == found.text


NO_PLACES = [
    "", "localhost", "com", "com%3A80", "Example.com", "EXAMPLE.COM", "example.com.", ".example.com", "example..com",
    "-a.example.com", "exa mple.com", "ex%61mple.com", "example%2Ecom", "example.com%2Fa", "example.com%5Ca",
    "example.com%00", "user%40example.com", "example.com%3a80", "example.com%3A", "example.com%3A0",
    "example.com%3A080", "example.com%3A65536", "example.com%3A123456", "example.com%3A80%3A80", "example.com%253A80",
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.0.0.0x1", "127.0.0.1%3A80", "1.2.3.4.5",
    "%5B%3A%3A1%5D", "169.254.169.254", "127%2E0%2E0%2E1", "example.com%23a", "example.com%3Fa", "例.jp",
    "%E4%BE%8B.jp", "a" * 64 + ".com",
]  # fmt: skip
"""Attacks 34 and 35: what is no host name, or might be another to somebody else."""
NO_SEGMENTS = [
    "", ".", "..", "%2e%2e", "%2E%2E", "%2E", "a%2Fb", "a%2fb", "a%5Cb", "a%00b", "%00", "a%252Fb", "%252e%252e", "%25",
    "a%0Ab", "a%3Fb", "a%23b", "a%3Ab", "%61", "%e7%94%a8", "%7e", "%FF", "%C0%AE%C0%AE", "%ED%A0%80", "%E2%80%AE",
    "%E2%80%8B", "%20\u00a0",
]  # fmt: skip
"""Segments that could mean another place to a server, or have another spelling."""


@pytest.mark.parametrize("place", NO_PLACES)
def test_what_is_no_host_is_refused_before_anything_is_fetched(place: str) -> None:
    web = Web()
    with pytest.raises(ResolutionError, match="invalidDid: "):
        resolver(web).resolve(f"did:webvh:{SCID}:{place}")
    assert web.asked == []


@pytest.mark.parametrize("segment", NO_SEGMENTS)
def test_what_could_be_another_path_is_refused(segment: str) -> None:
    web = Web()
    for path in (segment, f"a:{segment}", f"{segment}:a"):
        with pytest.raises(ResolutionError, match="invalidDid: "):
            resolver(web).resolve(f"did:webvh:{SCID}:example.com:{path}")
    assert web.asked == []


@pytest.mark.parametrize(
    "did",
    [
        "", "did:webvh", "did:webvh:", f"did:webvh:{SCID}", f"did:webvh:{SCID}:", "did:webvh:example.com",
        f"did:webvh:{SCID[:-1]}:example.com", f"did:webvh:{SCID}x:example.com", f"did:webvh:{'Q' * 46}:example.com",
        "did:webvh:{SCID}:example.com", f"did:web:{SCID}:example.com", f"did:WEBVH:{SCID}:example.com",
        f"did:webvh:{SCID}:example.com#key", f"did:webvh:{SCID}:example.com?versionNumber=1",
        f"did:webvh:{SCID}:example.com/whois", f"did:webvh:{SCID}:example.com:{'a' * MOST}",
        f"did:webvh:{SCID.replace('m', 'l')}:example.com",
    ],
)  # fmt: skip
def test_what_is_no_did_is_refused(did: str) -> None:
    web = Web()
    with pytest.raises(ResolutionError, match="invalidDid: "):
        resolver(web).resolve(did)
    assert web.asked == []


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
    known = resolver(Web().publish(forged.log, forged.approved(8))).history(forged.did)
    assert metadata(known, known.number(1)) == {
        "created": day(0),
        "updated": day(0),
        "deactivated": False,
        "portable": True,
        "scid": forged.scid,
        "ttl": "60",
        "versionId": forged.lines[0]["versionId"],
        "versionNumber": 1,
        "versionTime": day(0),
        "watchers": ["https://watch.example/"],
        "witness": {"threshold": 1, "witnesses": [{"id": did_key(8)}]},
    }


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


ODD = {"nothing": None, "text": "{}", "bytearray": bytearray(b"{}"), "long": b"x" * (1 << 21), "down": OSError("down")}


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
    "a key that is none": lambda state: state["verificationMethod"][0].update(publicKeyMultibase="z6Mk"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_must_be_one(name: str) -> None:
    """Attack 31, in a log that is otherwise good."""
    forged = Forgery().first(before=lambda bare: DOCUMENTS[name](bare["state"]))
    with pytest.raises(ResolutionError, match="invalidDid: its document: "):
        resolver(Web().publish(forged.log)).resolve(forged.did)


def test_pre_rotation_may_begin_go_on_and_end() -> None:
    forged = Forgery().first().then({"nextKeyHashes": [committed(2), "not even a hash"]})
    forged.then({"updateKeys": [spelt(2)], "nextKeyHashes": [committed(3)]}, by=2)
    forged.then({"updateKeys": [spelt(3)], "nextKeyHashes": []}, by=3)
    forged.then({"updateKeys": [spelt(4)]}, by=3).then(by=4)
    assert resolver(Web().publish(forged.log)).history(forged.did).head.number == 6
