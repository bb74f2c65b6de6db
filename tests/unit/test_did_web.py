"""did:web over a transport: which URL a DID leads to, what may come back, and what is made of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.did import reading, web
from attorn.did.did import parse
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.fault import Fault
from attorn.did.resolution import Options
from attorn.did.resolver import live_document, resolution
from attorn.did.web import MOST_DOCUMENT, WebResolver, url_of
from attorn.errors import InputError, MalformedError, ResolutionError, UnavailableError
from attorn.keys.signer import Ed25519Signer
from attorn.request.url import hosts

DID = "did:web:agents.example"
KEY = Ed25519Signer.from_seed(b"\x01" * 32).public_key
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DOCUMENT = DidDocument(DID, (VerificationMethod(f"{DID}#k", DID, KEY, frozenset(Relationship)),))
WRITTEN = reading.write(DOCUMENT)


class Pages:
    """A transport with one answer; remembers what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def get(self, url: str, *, accept: str, most: int) -> Any:
        self.asked.append(url)
        assert most == MOST_DOCUMENT
        assert "application/json" in accept
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def resolver(answer: Any) -> WebResolver:
    return WebResolver(Pages(answer), clock=lambda: NOW)


@pytest.mark.parametrize(
    ("did", "url"),
    [
        (DID, "https://agents.example/.well-known/did.json"),
        ("did:web:agents.example:user:alice", "https://agents.example/user/alice/did.json"),
        ("did:web:agents.example%3A8443", "https://agents.example:8443/.well-known/did.json"),
        ("did:web:agents.example%3a8443:a", "https://agents.example:8443/a/did.json"),
        ("did:web:a.example:A%20b:c.d", "https://a.example/A%20b/c.d/did.json"),
        ("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
    ],
)
def test_where_a_document_is(did: str, url: str) -> None:
    assert url_of(did) == url


ATTACKS_34 = [
    "did:web:127.0.0.1",
    "did:web:127.1",
    "did:web:2130706433",
    "did:web:0x7f000001",
    "did:web:0x7f.1",
    "did:web:0177.0.0.1",
    "did:web:169.254.169.254:latest",
    "did:web:%5B%3A%3A1%5D",
    "did:web:1.2.3.4%3A443",
    "did:web:Agents.example",
    "did:web:agents.EXAMPLE",
    "did:web:agents.example.",
    "did:web:.agents.example",
    "did:web:agents..example",
    "did:web:-agents.example",
    "did:web:agents-.example",
    "did:web:" + "a" * 64 + ".example",
    "did:web:" + ".".join(["abcdefgh"] * 30),
    "did:web:xn--80ak6aa92e.com",
    "did:web:www.xn--80ak6aa92e.com",
    "did:web:%D0%B0pple.com",
    "did:web:agents%2Eexample",
    "did:web:agents.example%2F..",
    "did:web:agents.example%2Fx",
    "did:web:agents.example%5Cevil.example",
    "did:web:agents.example%00",
    "did:web:agents.example%09",
    "did:web:agents.example%0A",
    "did:web:user%40agents.example",
    "did:web:agents.example%40evil.example",
    "did:web:agents.example%23",
    "did:web:agents.example%3F",
    "did:web:agents.example%3A",
    "did:web:agents.example%3A0",
    "did:web:agents.example%3A443",
    "did:web:agents.example%3A08443",
    "did:web:agents.example%3A65536",
    "did:web:agents.example%3A84430000",
    "did:web:agents.example%3Aa",
    "did:web:agents.example%3A80%3A80",
    "did:web:agents.example%253A8443",
    "did:web:agents.example:..",
    "did:web:agents.example:.",
    "did:web:agents.example:...",
    "did:web:agents.example:a:..:b",
    "did:web:agents.example:%2E%2E",
    "did:web:agents.example:%2e",
    "did:web:agents.example:a%2Fb",
    "did:web:agents.example:a%5Cb",
    "did:web:agents.example:%00",
    "did:web:agents.example:a%25",
    "did:web:agents.example:a%252e",
    "did:web:agents.example:%61",
    "did:web:agents.example:%C3%BC",
    "did:web:agents.example:%7F",
    "did:web:agents.example::a",
    "did:web::a",
    "did:web:",
    "did:web",
    "did:web:agents.example#k",
    "did:web:agents.example/a",
    "did:web:agents.example?a=b",
    "did:web:agents.example\n",
    "did:web:agents.example\t",
    "did:web:\u0430gents.example",
    "did:web:agents\u3002example",
    "did:web:agents_x!.example",
    "did:web:a_b.example",
    "did:web:" + "a." * 1100 + "example",
    "did:key:z6Mk",
    "did:webvh:agents.example",
    "https://agents.example/",
    "",
]


@pytest.mark.parametrize("did", ATTACKS_34)
def test_attack_34_dids_that_lead_nowhere(did: str) -> None:
    with pytest.raises(MalformedError):
        url_of(did)
    pages = Pages(json.dumps({**WRITTEN, "id": did}).encode())
    with pytest.raises(ResolutionError) as caught:
        WebResolver(pages).resolve(did)
    assert caught.value.problem == Fault.INVALID_DID
    assert pages.asked == []


IDENTIFIER = st.text(alphabet="ab1-._:%23AEFx@/\\", min_size=1, max_size=24)


@settings(derandomize=True, deadline=None)
@given(st.one_of(IDENTIFIER, IDENTIFIER.map(lambda text: f"a.example:{text}")))
def test_a_did_leads_to_one_url_of_its_own_host(identifier: str) -> None:
    try:
        url = url_of(f"did:web:{identifier}")
    except MalformedError:
        return
    host, *path = identifier.split(":")
    assert hosts(url) is not None
    assert host.partition("%")[0] in (hosts(url) or ())
    assert url.isascii()
    assert ".." not in url.split("/")
    assert url.endswith("/".join(["", *(path or [".well-known"]), "did.json"]))
    assert parse(f"did:web:{identifier}").method == "web"


def test_a_document_is_what_its_server_says_now() -> None:
    pages = Pages(json.dumps(WRITTEN).encode())
    by = WebResolver(pages, clock=lambda: NOW)
    assert live_document(by, DID) == DOCUMENT
    found = resolution(by, DID)
    assert (found.document, found.did_document, found.error) == (DOCUMENT, WRITTEN, None)
    assert pages.asked == ["https://agents.example/.well-known/did.json"] * 2


def bad(**members: Any) -> bytes:
    return json.dumps({**WRITTEN, **members}).encode()


METHOD = {"id": f"{DID}#k", "type": "Multikey", "controller": DID}
ANSWERS: dict[str, tuple[Any, str]] = {
    "absent": (None, Fault.NOT_FOUND),
    "31-another did": (bad(id="did:web:evil.example"), Fault.INVALID_DID_DOCUMENT),
    "31-foreign controller": (
        bad(verificationMethod=[{**METHOD, "controller": "did:web:evil.example"}]),
        Fault.INVALID_DID_DOCUMENT,
    ),
    "21-duplicate member": (b'{"id":"' + DID.encode() + b'",' + bad()[1:], Fault.INVALID_DID_DOCUMENT),
    "1-deep": (b"[" * 5000, Fault.INVALID_DID_DOCUMENT),
    "12-trailing": (bad() + b"{}", Fault.INVALID_DID_DOCUMENT),
    "13-empty": (b"", Fault.INVALID_DID_DOCUMENT),
    "14-mark": (b"\xef\xbb\xbf" + bad(), Fault.INVALID_DID_DOCUMENT),
    "14-utf-16": (bad().decode().encode("utf-16"), Fault.INVALID_DID_DOCUMENT),
    "36-html": (b"<html>", Fault.INVALID_DID_DOCUMENT),
    "36-oversized": (bad() + b" " * MOST_DOCUMENT, Fault.INTERNAL_ERROR),
    "text": (bad().decode(), Fault.INTERNAL_ERROR),
    "40-unavailable": (UnavailableError("later"), Fault.INTERNAL_ERROR),
    "40-timeout": (TimeoutError("slow"), Fault.INTERNAL_ERROR),
    "40-anything": (KeyError("x"), Fault.INTERNAL_ERROR),
}


@pytest.mark.parametrize(("answer", "fault"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers_that_are_no_document(answer: Any, fault: str) -> None:
    expected = UnavailableError if fault == Fault.INTERNAL_ERROR else ResolutionError
    with pytest.raises(expected):
        resolver(answer).resolve(DID)
    found = resolution(resolver(answer), DID)
    assert found.error is not None
    assert (found.error.type, found.document, found.did_document) == (fault, None, None)


def test_there_are_no_versions_of_a_did_web() -> None:
    found = resolution(resolver(bad()), DID, Options(version_id="1"))
    assert found.error is not None
    assert found.error.type == Fault.FEATURE_NOT_SUPPORTED


def test_a_key_that_ended_is_none() -> None:
    method = {**WRITTEN["verificationMethod"][0], "expires": "2026-11-22T08:59:59Z"}  # type: ignore[index,call-overload,dict-item]
    assert resolver(bad(verificationMethod=[method])).resolve(DID).methods == ()


@pytest.mark.parametrize("transport", [None, "x", 5, object()])
def test_what_is_no_transport(transport: Any) -> None:
    with pytest.raises(InputError):
        WebResolver(transport)


def test_the_location_of_others() -> None:
    assert web.location("a.example:b") == "https://a.example/b"
