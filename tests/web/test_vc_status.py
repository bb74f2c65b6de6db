"""Status in the VC API: entries given out at issue, set by /credentials/status, and lists at URLs of the server."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import Any

import pytest
from tests.web.vc_scene import (
    BASE,
    DATA_MODEL,
    ED,
    HOLDER,
    NOW,
    SECURITY,
    V2,
    Api,
    Broken,
    ask,
    clock,
    refused,
    written,
)

from attorn import credential, status
from attorn.did.resolver import LocalResolver
from attorn.encoding import base64url_decode
from attorn.errors import InputError, UnavailableError
from attorn.integrity import Suite
from attorn.status import ListKind
from attorn.web.vc_api import application
from attorn.web.vc_form import Form
from attorn.web.vc_issuing import Issuing
from attorn.web.vc_lists import Lists, OwnLists

REVOCATION = (ListKind.REVOCATION,)
BOTH = (ListKind.REVOCATION, ListKind.SUSPENSION)


def path_of(uri: str) -> str:
    return uri.removeprefix("https://issuer.example")


def bits(document: dict[str, Any]) -> bytes:
    """The array of a list, as anybody would read it."""
    return zlib.decompress(base64url_decode(document["credentialSubject"]["encodedList"][1:]), wbits=31)


def is_set(api: Api, entry: dict[str, Any]) -> bool:
    array = bits(api.get(path_of(entry["statusListCredential"])).data)
    index = int(entry["statusListIndex"])
    return bool(array[index // 8] & (0x80 >> index % 8))


def test_every_credential_is_given_an_entry_where_the_server_says_so() -> None:
    api = Api(purposes=REVOCATION)
    issued = api.issued()
    entry = issued["credentialStatus"]
    assert set(entry) == {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
    assert entry["type"] == "BitstringStatusListEntry"
    assert entry["statusPurpose"] == "revocation"
    assert entry["statusListCredential"] == f"{BASE}revocation/1"
    assert entry["id"] == f"{BASE}revocation/1#{entry['statusListIndex']}"
    assert str(int(entry["statusListIndex"])) == entry["statusListIndex"]
    assert api.verify(issued).data["checks"] == ["proof", "credentialStatus"]


def test_entries_are_given_where_the_client_asks() -> None:
    api = Api()
    assert "credentialStatus" not in api.issued()
    entries = api.issued(
        written(id="urn:uuid:2"),
        credentialStatus=[
            {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"},
            {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        ],
    )["credentialStatus"]
    assert [entry["statusPurpose"] for entry in entries] == ["suspension", "revocation"]


def test_a_client_may_ask_for_another_purpose_than_the_servers() -> None:
    api = Api(purposes=REVOCATION)
    asked = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
    assert api.issued(credentialStatus=asked)["credentialStatus"]["statusPurpose"] == "suspension"


def test_the_list_is_a_credential_as_the_suites_read_it() -> None:
    api = Api(purposes=REVOCATION)
    answer = api.get(path_of(api.issued()["credentialStatus"]["statusListCredential"]))
    assert answer.status == 200
    assert answer.media_type == "application/json"
    document = answer.data
    assert document["@context"] == [V2]
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert document["issuer"] == ED.did
    assert document["id"] == f"{BASE}revocation/1"
    subject = document["credentialSubject"]
    assert set(subject) == {"id", "type", "statusPurpose", "encodedList"}
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    assert subject["encodedList"][0] == "u"
    assert bits(document) == bytes(131_072 // 8)
    credential.verify(document, resolver=LocalResolver(), now=NOW, issuers=[ED.did])


@pytest.mark.parametrize("form", Form)
def test_lists_of_every_form(form: Form) -> None:
    api = Api(form, purposes=REVOCATION)
    api.issued()
    uri = f"{BASE}revocation/1"
    (embedded,) = status.verify(api.get(path_of(uri)).body.decode())
    answer = api.get(path_of(uri), headers={"accept": "application/vc+jwt, */*"})
    assert answer.media_type == "application/vc+jwt"
    (jws,) = status.verify(answer.body.decode())
    for found in (embedded, jws):
        assert (found.uri, found.issuer, found.kind) == (uri, api.by.did, ListKind.REVOCATION)
    assert answer.headers["vary"] == "Accept"
    for other in ("application/vc+jwtx", "x/application/vc+jwt", "text/plain;x=application/vc+jwt"):
        assert api.get(path_of(uri), headers={"accept": other}).media_type == "application/json"
    assert api.get(path_of(uri), headers={"accept": "x/y, Application/VC+JWT;q=1"}).media_type == "application/vc+jwt"


def test_revoked_for_good() -> None:
    api = Api(purposes=REVOCATION)
    issued = api.issued()
    other = api.issued(written(id="urn:uuid:2"))
    answer = api.set(issued["id"])
    assert answer.status == 200
    assert answer.data["credentialStatus"] == {**issued["credentialStatus"], "status": True}
    assert is_set(api, issued["credentialStatus"])
    assert not is_set(api, other["credentialStatus"])
    assert refused(api.verify(issued), "about:blank")["code"] == "revoked"
    assert api.verify(other).status == 200
    assert api.verify(issued, checks=["proof"]).status == 200
    refused(api.set(issued["id"], status=False), "about:blank")
    assert is_set(api, issued["credentialStatus"])
    assert api.set(issued["id"], status="1").status == 200


def test_suspended_and_resumed() -> None:
    api = Api(purposes=BOTH)
    issued = api.issued()
    for value, code in ((True, "suspended"), (False, None), ("1", "suspended"), ("0", None)):
        assert api.set(issued["id"], "suspension", status=value).status == 200
        verified = api.verify(issued)
        assert (verified.status == 200) if code is None else (refused(verified)["code"] == code)


def test_set_at_the_top_and_for_two_purposes_at_once() -> None:
    api = Api(purposes=BOTH)
    issued = api.issued()
    entries = [{"type": "BitstringStatusListEntry", "statusPurpose": str(purpose)} for purpose in BOTH]
    body = {"credentialId": issued["id"], "credentialStatus": entries, "status": True}
    assert len(api.post("/credentials/status", body).data["credentialStatus"]) == 2
    assert all(is_set(api, entry) for entry in issued["credentialStatus"])
    # One of them cannot be: then neither is.
    body["status"] = False
    refused(api.post("/credentials/status", body))
    assert all(is_set(api, entry) for entry in issued["credentialStatus"])


def test_an_entry_that_is_set_twice_at_once_is_not_set() -> None:
    api = Api(purposes=REVOCATION)
    issued = api.issued()
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    for statuses in ((True, False), (False, True), (True, True)):
        entries = [{**entry, "status": value} for value in statuses]
        refused(api.post("/credentials/status", {"credentialId": issued["id"], "credentialStatus": entries}))
        assert not is_set(api, issued["credentialStatus"])


def test_set_by_list_and_index() -> None:
    api = Api(purposes=REVOCATION)
    entry = api.issued(written(id=...))["credentialStatus"]
    assert api.post("/credentials/status", {"credentialStatus": entry}).status == 200
    assert is_set(api, entry)


def test_publishing_is_asked_for_in_vain_and_granted() -> None:
    api = Api(purposes=REVOCATION)
    uri = api.issued()["credentialStatus"]["statusListCredential"]
    assert api.post(f"{path_of(uri)}/publish", {}).status == 204


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credentialId": "urn:uuid:unknown"},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}},
        {"credentialId": None, "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}},
        {"credentialId": 5, "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}},
        {"credentialId": "ID", "credentialStatus": []},
        {"credentialId": "ID", "credentialStatus": "revocation"},
        {"credentialId": "ID", "credentialStatus": [{}] * 9},
        {"credentialId": "ID", "credentialStatus": {"statusPurpose": "revocation"}},
        {"credentialId": "ID", "credentialStatus": {"type": "BitstringStatusListEntry"}},
        {"credentialId": "ID", "credentialStatus": {"type": "StatusList2021Entry", "statusPurpose": "revocation"}},
        {"credentialId": "ID", "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}},
        {"credentialId": "ID", "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "message"}},
        {"credentialId": "ID", "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": 5}},
        {"credentialId": "ID", "credentialStatus": {"STATUS": "maybe"}},
        {"credentialId": "ID", "credentialStatus": {"STATUS": 1}},
        {"credentialId": "ID", "credentialStatus": {"STATUS": None}},
        {"credentialId": "ID", "credentialStatus": {"statusListIndex": "1"}},
        {"credentialId": "ID", "credentialStatus": {"statusListCredential": f"{BASE}revocation/1"}},
        {"credentialId": "ID", "credentialStatus": {"statusListCredential": "LIST", "statusListIndex": "-1"}},
        {"credentialId": "ID", "credentialStatus": {"statusListCredential": "LIST", "statusListIndex": 1}},
        {"credentialId": "ID", "credentialStatus": {"statusListCredential": "LIST", "statusListIndex": "131072"}},
        {"credentialId": "ID", "credentialStatus": {"statusListCredential": "LIST", "statusListIndex": "OTHER"}},
        {"credentialId": "ID", "credentialStatus": {"statusListCredential": "urn:no:list", "statusListIndex": "1"}},
        {"credentialStatus": {"statusListCredential": "LIST", "statusListIndex": "NEVER"}},
        {"credentialStatus": {"statusPurpose": "suspension", "statusListCredential": "LIST", "statusListIndex": "0"}},
        {"credentialId": "ID", "credentialStatus": {"unknown": True}},
        {"credentialId": "ID", "credentialStatus": {}, "unknown": True},
    ],
)  # fmt: skip
def test_what_cannot_be_set(body: dict[str, Any]) -> None:
    api = Api(purposes=REVOCATION)
    issued, other = api.issued(), api.issued(written(id="urn:uuid:2"))
    taken = {issued["credentialStatus"]["statusListIndex"], other["credentialStatus"]["statusListIndex"]}
    words = {
        "ID": issued["id"],
        "LIST": f"{BASE}revocation/1",
        "OTHER": other["credentialStatus"]["statusListIndex"],
        "NEVER": next(str(index) for index in range(3) if str(index) not in taken),
    }
    entry = body.get("credentialStatus")
    if isinstance(entry, dict) and not {"type", "statusPurpose"} & set(entry):
        body = {
            **body,
            "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", **entry},
        }
    elif isinstance(entry, dict) and "statusListIndex" in entry:
        body = {**body, "credentialStatus": {"type": "BitstringStatusListEntry", **entry}}
    text = json.dumps(body).replace('"STATUS"', '"status"')
    for word, meaning in words.items():
        text = text.replace(f'"{word}"', json.dumps(meaning))
    refused(api.post("/credentials/status", text.encode()))
    assert not any(is_set(api, each["credentialStatus"]) for each in (issued, other))


def test_an_id_has_one_status() -> None:
    api = Api(purposes=REVOCATION)
    api.issued()
    refused(api.issue(written()), f"{DATA_MODEL}MALFORMED_VALUE_ERROR")


def test_what_cannot_be_issued_is_given_no_entry() -> None:
    api = Api(purposes=REVOCATION)
    refused(api.issue(written(undefinedTerm="x")))
    assert api.lists.register.uris == ()
    assert api.issue(written()).status == 201


@pytest.mark.parametrize("path", ["revocation/1", "revocation/2", "suspension/1", "message/1", "revocation/%2e%2e"])
def test_a_list_that_is_not_there(path: str) -> None:
    assert Api().get(f"/status/{path}").status == 404


def test_a_list_is_signed_anew_when_it_changed_or_is_old() -> None:
    moments = [NOW]
    lists = Lists(ED, base=BASE, suite=Suite.EDDSA_JCS_2022, clock=lambda: moments[0])
    first, second = (lists.register.assign(None, REVOCATION)[0] for _ in range(2))
    text = lists.text(first.uri)
    assert lists.text(first.uri) == text
    lists.register.set(first, True)
    changed = lists.text(first.uri)
    assert changed != text
    # A second each: lists are told apart by it.
    (old,), (new,) = status.verify(text), status.verify(changed)
    assert (new.issued, new.value(first.index), new.value(second.index)) == (old.issued + 1, 1, 0)
    moments[0] += timedelta(minutes=4)
    assert lists.text(first.uri) == changed
    moments[0] += timedelta(minutes=1)
    assert lists.text(first.uri) != changed
    # A clock that goes back by an hour makes no list that would be older than one that is out.
    moments[0] -= timedelta(hours=1)
    assert json.loads(lists.text(first.uri))["validFrom"] == "2026-11-22T12:05:00Z"


def test_many_changes_at_once_are_told_a_little_later() -> None:
    moments = [NOW]
    lists = Lists(ED, base=BASE, suite=Suite.EDDSA_JCS_2022, clock=lambda: moments[0])
    entries = [lists.register.assign(None, REVOCATION)[0] for _ in range(40)]
    for entry in entries:
        lists.register.set(entry, True)
        (found,) = status.verify(lists.text(entry.uri))
    assert found.issued == int(NOW.timestamp()) + 31
    told = [found.value(entry.index) for entry in entries]
    assert told == [1] * 32 + [0] * 8
    moments[0] += timedelta(seconds=2)
    (found,) = status.verify(lists.text(entries[0].uri))
    assert all(found.value(entry.index) for entry in entries)


def test_a_list_that_cannot_be_signed() -> None:
    class Faulty:
        did = ED.did
        signer = Broken()

    lists = Lists(Faulty(), base=BASE, suite=Suite.EDDSA_JCS_2022, clock=clock)
    (entry,) = lists.register.assign("urn:uuid:1", REVOCATION)
    answer = ask(application(lists=lists), "GET", path_of(entry.uri))
    refused(answer, "about:blank", status=503)
    assert b"42" not in answer.body


def test_lists_of_others_are_got_through_the_transport_that_is_handed_in() -> None:
    class Pages:
        def get(self, url: str, *, accept: str, most: int) -> bytes:
            assert "application/vc" in accept
            return url.encode()

    lists = Lists(ED, base=BASE, suite=Suite.EDDSA_JCS_2022, clock=clock)
    (entry,) = lists.register.assign(None, REVOCATION)
    both = OwnLists(lists, Pages())
    asked = {"accept": "application/vc", "most": 100}
    assert json.loads(both.get(entry.uri, **asked) or b"")["id"] == entry.uri
    assert both.get(f"{BASE}revocation/2", **asked) is None
    assert both.get("https://elsewhere.example/1", **asked) == b"https://elsewhere.example/1"
    with pytest.raises(UnavailableError):
        OwnLists(lists).get("https://elsewhere.example/1", **asked)


def test_a_list_by_somebody_else_is_as_good_as_none() -> None:
    api = Api(purposes=REVOCATION)
    issued = api.issued()
    lists = Lists(HOLDER, base=BASE, suite=Suite.EDDSA_JCS_2022, clock=clock)
    lists.register.assign(None, REVOCATION)
    found = status.verify(lists.text(issued["credentialStatus"]["statusListCredential"]))
    genuine = credential.verify(
        issued, resolver=LocalResolver(), now=NOW, issuers=[ED.did], status=credential.unsafe_ignore_status
    )
    with pytest.raises(UnavailableError):
        status.check_credential(genuine, found, now=int(NOW.timestamp()), staleness=600)


def test_an_entry_needs_a_proof_like_everything_else() -> None:
    api = Api(purposes=REVOCATION)
    issued = api.issued()
    issued["credentialStatus"]["statusListIndex"] = "7"
    refused(api.verify(issued), f"{SECURITY}PROOF_VERIFICATION_ERROR")


def test_an_issuer_without_lists_gives_no_entries() -> None:
    app = application(issuing=Issuing(ED, clock=clock))
    asked = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    body = json.dumps({"credential": written(), "options": {"credentialStatus": asked}}).encode()
    refused(ask(app, "POST", "/credentials/issue", body))
    assert ask(app, "POST", "/credentials/status", b"{}").status == 404
    with pytest.raises(InputError):
        Issuing(ED, purposes=BOTH)
