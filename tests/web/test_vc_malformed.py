"""Whatever is sent to the VC API, the answer is a refusal with a reason, and never a server's error."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.vc_scene import (
    DATA_MODEL,
    ED,
    PROBLEM,
    Answer,
    Api,
    ask,
    presentation,
    refused,
    unsigned,
    written,
)

from attorn.status import ListKind
from attorn.web.vc_api import application
from attorn.web.vc_issuing import Issuing

# A request costs more than a call does.
SOME = settings(max_examples=settings.default.max_examples // 3)
API = Api(purposes=(ListKind.REVOCATION,))
ISSUED = API.issued(written(credentialStatus={"type": "https://issuer.example/terms#Status"}))
BODIES: dict[str, dict[str, Any]] = {
    "/credentials/issue": {"credential": written(), "options": {}},
    "/credentials/verify": {"verifiableCredential": ISSUED, "options": {"checks": ["proof"]}},
    "/presentations/verify": {"verifiablePresentation": presentation(ISSUED), "options": {"checks": ["proof"]}},
    "/credentials/status": {
        "credentialId": "urn:uuid:1",
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
    },
}
PATHS = tuple(BODIES)
# Names and texts that mean something somewhere, so that what is made at random gets further than the first check.
NAMES = st.sampled_from(
    [
        "@context", "@id", "@type", "@value", "@vocab", "id", "type", "issuer", "credentialSubject", "proof", "holder",
        "verifiableCredential", "verifiablePresentation", "credential", "options", "checks", "domain", "challenge",
        "cryptosuite", "proofValue", "verificationMethod", "proofPurpose", "created", "credentialStatus", "status",
        "statusPurpose", "statusListIndex", "statusListCredential", "credentialId", "validFrom", "name", "x",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=12),
    NAMES,
    st.sampled_from(
        ["https://www.w3.org/ns/credentials/v2", "VerifiableCredential", "VerifiablePresentation", "DataIntegrityProof",
         "eddsa-jcs-2022", "eddsa-rdfc-2022", "assertionMethod", "EnvelopedVerifiableCredential", ED.did,
         f"{ED.did}#{ED.did[8:]}", "2026-01-01T00:00:00Z", "data:application/vc+jwt,e30.e30.e30", "z" + "1" * 88]
    ),
)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(NAMES | st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=8,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a value."""
    found = [at]
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(member, (*at, name))
    return found


def put(value: Any, at: tuple[Any, ...], what: Any) -> Any:
    if not at:
        return what
    copied = copy.copy(value)
    copied[at[0]] = put(copied[at[0]], at[1:], what)
    return copied


def require_answer(answer: Answer) -> None:
    """An answer that is no server's error; a refusal has a problem in it and no trace."""
    assert answer.status in (200, 201, 400, 413, 415, 422), (answer.status, answer.body)
    if answer.status >= 400:
        refused(answer, status=answer.status)


@SOME
@given(st.sampled_from(PATHS), st.binary(max_size=200))
def test_bytes(path: str, body: bytes) -> None:
    refused(API.post(path, body), f"{DATA_MODEL}PARSING_ERROR")


@SOME
@given(st.sampled_from(PATHS), JSON)
def test_json(path: str, value: Any) -> None:
    require_answer(API.post(path, value))


@SOME
@given(st.data())
def test_one_value_of_a_good_body_is_another(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PATHS))
    body = BODIES[path]
    at = data.draw(st.sampled_from(places(body)))
    require_answer(API.post(path, put(body, at, data.draw(JSON))))


@SOME
@given(st.sampled_from(PATHS), st.data())
def test_a_good_body_cut_or_with_other_bytes_in_it(path: str, data: st.DataObject) -> None:
    body = json.dumps(BODIES[path]).encode()
    at = data.draw(st.integers(0, len(body) - 1))
    replaced = data.draw(st.binary(max_size=4))
    require_answer(API.post(path, body[:at] + replaced + body[data.draw(st.integers(at, len(body))) :]))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"a":1}{}',
        b"\xef\xbb\xbf{}",
        b'{"options":{},"options":{}}',
        b'{"options":{"checks":[NaN]}}',
        b'{"options":1e999}',
        b'{"options":9007199254740993}',
        b'{"options":"\\ud800"}',
        b'{"options":-0}',
        b"[" * 100_000,
        b'{"options":' * 50 + b"1" + b"}" * 50,
        b"\xff\xfe{\x00}\x00",
    ],
)
def test_json_that_parsers_disagree_on(path: str, body: bytes) -> None:
    # attack 47
    refused(API.post(path, body), f"{DATA_MODEL}PARSING_ERROR", f"{DATA_MODEL}MALFORMED_VALUE_ERROR")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("options", [None, [], "x", 5, True])
def test_options_are_an_object(path: str, options: Any) -> None:
    refused(API.post(path, {**BODIES[path], "options": options}))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "text/json", "json"]
)
def test_a_body_that_a_page_may_send_without_asking_is_refused(path: str, media_type: str) -> None:
    body = json.dumps(BODIES[path]).encode()
    answer = ask(API.app, "POST", path, body, headers={"content-type": media_type})
    refused(answer, status=415)


def test_a_body_that_is_encoded_is_not_read() -> None:
    body = json.dumps(BODIES["/presentations/verify"]).encode()
    for encoding in ("gzip", "identity"):
        headers = {"content-type": "application/json", "content-encoding": encoding}
        refused(ask(API.app, "POST", "/presentations/verify", body, headers=headers), status=415)


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/ld+json", "Application/JSON"])
def test_other_names_of_json(media_type: str) -> None:
    body = json.dumps({"verifiablePresentation": unsigned()}).encode()
    answer = ask(API.app, "POST", "/presentations/verify", body, headers={"content-type": media_type})
    assert answer.status == 200


def test_a_body_over_the_cap() -> None:
    app = application(issuing=Issuing(ED), most_body=100)
    refused(ask(app, "POST", "/credentials/issue", b" " * 101), status=413)
    refused(ask(app, "POST", "/credentials/issue", b"", headers={"content-length": "101"}), status=413)
    refused(ask(app, "POST", "/credentials/issue", b"", headers={"content-length": "ten"}))
    both = {"content-length": "0", "transfer-encoding": "chunked"}
    refused(ask(app, "POST", "/credentials/issue", b"", headers=both))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/credentials/issue", 405),
        ("PUT", "/credentials/verify", 405),
        ("OPTIONS", "/credentials/issue", 405),
        ("POST", "/identifiers/did:key:z", 405),
        ("POST", "/", 404),
        ("GET", "/", 404),
        ("GET", "/status", 404),
        ("GET", "/status/revocation/1/2", 404),
        ("DELETE", "/status/revocation/1", 405),
    ],
)
def test_what_is_not_there(method: str, path: str, status: int) -> None:
    answer = ask(API.app, method, path)
    assert answer.status == status
    assert answer.media_type == PROBLEM


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8443", 404),
        ("LOCALHOST:8443", 404),
        ("evil.example:8443", 421),
        ("127.0.0.1", 421),
        ("127.0.0.1:8443.evil.example", 421),
        ("", 421),
        (None, 421),
    ],
)
def test_a_name_that_is_not_the_servers(host: str | None, status: int) -> None:
    app = application(authorities=["127.0.0.1:8443", "localhost:8443"])
    answer = ask(app, "GET", "/", headers={} if host is None else {"host": host})
    assert (answer.status, answer.media_type) == (status, PROBLEM)


def test_a_document_as_large_as_a_body_may_be_is_refused_in_time() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = {"name": deep}
    for subject in ({"name": "x" * 900_000}, {"name": ["x"] * 200_000}, {"name": deep}):
        refused(API.issue(written(id=..., credentialSubject=subject)))


def test_a_context_that_would_be_fetched_is_not() -> None:
    # attack 49
    for url in ("https://127.0.0.1/context", "file:///etc/passwd", "http://169.254.169.254/latest"):
        refused(API.issue(written(context=["https://www.w3.org/ns/credentials/v2", url])))
