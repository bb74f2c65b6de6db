"""Harnesses of OAuth for chains: DPoP proofs, requests to a token endpoint, authorization details."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from tests.adapters.oauth import dpop_scene, exchange_scene
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, joined, parts_of, require, text_of, tried
from tests.unit.scene import given

from attorn import Request, caveat
from attorn.canonical import parse
from attorn.encoding import base64url_decode
from attorn.errors import InputError, MalformedError, VerificationError
from attorn.oauth import dpop, rar, token_request
from attorn.oauth.dpop import DpopError
from attorn.oauth.token_request import TokenRequest
from attorn.token.link import Link
from attorn.web.http import HttpMessage, bind

_MESSAGE = HttpMessage(method="GET", origin=dpop_scene.ORIGIN, path=dpop_scene.PATH)
_REQUEST = bind(_MESSAGE)
_TOKEN = "AAAA"
"""The same in every process, so that what is kept stays good."""
_LINK = given().unverified_links[0]
_KEY = dpop_scene.scout.signer.public_key


def _read(text: str, token: str = _TOKEN, message: HttpMessage = _MESSAGE) -> dpop.DpopProof:
    return dpop.read(
        text, token=token, message=message, request=bind(message), audience="did:web:a.example", now=dpop_scene.NOW
    )


def _proof(data: bytes) -> bool:
    """The text as it comes; and the header and claims in it, once the holder has signed them."""
    tried(lambda: _read(text_of(data)), DpopError)
    members = [accepted(lambda part=part: parse(part), MalformedError) for part in parts_of(data, 2)]  # type: ignore[misc]
    if len(members) != 2 or not all(isinstance(each, dict) for each in members):
        raise Refusal
    text = dpop_scene.signed(*members, dpop_scene.scout)
    found = accepted(lambda: _read(text), DpopError)
    accepted(lambda: found.verify(_KEY), VerificationError)
    require(found.made.digest == _REQUEST.digest() and found.token == _TOKEN, "a proof of something else")
    require(found.made.start <= dpop_scene.NOW < found.made.stop, "a proof of another time")
    other = HttpMessage(method="POST", origin=dpop_scene.ORIGIN, path=dpop_scene.PATH)
    elsewhere = HttpMessage(method="GET", origin=dpop_scene.ORIGIN, path=f"{dpop_scene.PATH}/x")
    for message in (other, elsewhere):
        require(tried(lambda message=message: _read(text, message=message), DpopError) is None, "another request")  # type: ignore[misc]
    require(tried(lambda: _read(text, token=f"{_TOKEN}A"), DpopError) is None, "another token")
    return True


def _proofs() -> Iterable[bytes]:
    text = dpop_scene.proof(_TOKEN, nonce="n", exp=1)
    header, claims, _ = text.split(".")
    parts = [base64url_decode(part) for part in (header, claims)]
    yield joined(*parts)
    respelt = {**json.loads(parts[1]), "htu": "HTTPS://Calendar.example:443/%65vents/2026-11"}
    yield joined(parts[0], json.dumps(respelt).encode())
    yield joined(json.dumps({**json.loads(parts[0]), "alg": "Ed25519", "kid": "x"}).encode(), parts[1])
    yield text.encode()


def _token_request(data: bytes) -> bool:
    """A body; what it asks for is the same once it is written again."""
    found = accepted(lambda: TokenRequest.of(data), token_request.TokenRequestError)
    again = TokenRequest.of(urlencode(found.parameters).encode())
    require(again == found, "another request once written")
    require(0 < len(found.scopes) + len(found.details) <= token_request.MOST_ITEMS, "too much asked, or nothing")
    for item in found.details:
        require(Request(action=item.action, resource=item.location).resource == item.location, "no such thing", item)
    tried(lambda: token_request.exchange_request(exchange_scene.ENDPOINT, found.parameters), InputError)
    return True


def _token_requests() -> Iterable[bytes]:
    several = exchange_scene.details("/a", "cal://b", actions=("a", "b"))
    for sent in (
        exchange_scene.by_dpop(),
        exchange_scene.by_dpop(scope=None, authorization_details=several),
        exchange_scene.by_dpop(audience=None, resource="a", requested_token_type=token_request.JWT, client_id="x"),
        exchange_scene.by_presentation(scope="a b:c openid"),
    ):
        yield urlencode({**sent["data"], "subject_token": "AAAA"}).encode()


def _detail(data: bytes) -> bool:
    """An object; the caveats that it says make a link that says the same."""
    value: Any = accepted(lambda: parse(data), MalformedError)
    caveats = accepted(lambda: rar.from_detail(value), MalformedError)
    detail = accepted(lambda: rar.to_detail([_link(caveats)]), rar.ProjectionError)
    again = rar.from_detail(detail)
    require(rar.to_detail([_link(again)]) == detail, "another detail once written", detail)
    return True


def _link(caveats: tuple[caveat.Caveat, ...]) -> Link:
    return Link(1, _LINK.id, _LINK.second, _LINK.by, _LINK.to, caveats)


def _details() -> Iterable[bytes]:
    yield json.dumps({"type": rar.CHAIN_DETAILS}).encode()
    whole = {
        "type": rar.CHAIN_DETAILS,
        "actions": ["events:*", "events:read", "mail:send"],
        "locations": ["CAL://alice/./x", "/data"],
        "audiences": ["did:web:a.example", "b"],
        "nbf": 1,
        "exp": 2_000_000_000,
        "constraints": [
            {"Range": {"name": "limit", "minimum": 1, "maximum": 10}},
            {
                "AnyOf": [
                    {"Equals": {"name": "a", "value": None}},
                    {"Not": {"OneOf": {"name": "b", "values": [1, 2]}}},
                ]
            },
            {"UrlHost": {"name": "url", "hosts": ["*.a.example"]}},
        ],
    }
    yield json.dumps(whole).encode()
    yield json.dumps({**whole, "actions": ["a"]}).encode()


HARNESSES = (
    Harness(
        "dpop-proof",
        "signed; nothing is accepted but a proof of one request, for one token",
        _proof,
        _proofs,
        "attorn.oauth.dpop:read",
        mutate=mutators.each_part(mutators.json_text, mutators.json_text),
    ),
    Harness("token-request", "fixpoint", _token_request, _token_requests, "attorn.oauth.token_request:TokenRequest.of"),
    Harness(
        "chain-detail",
        "fixpoint",
        _detail,
        _details,
        "attorn.oauth.rar:from_detail",
        "attorn.oauth.rar:to_detail",
        mutators.json_text,
    ),
)
