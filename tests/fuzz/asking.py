"""Harnesses of what asks: requests on a command line, caveats as JSON, HTTP messages and headers, key files."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Coroutine, Iterable
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from tests.fuzz.wire import FACTS, RICH, VECTORS
from tests.property.chains import clock

from attorn import Request, words
from attorn.asgi.body import declared_length
from attorn.asgi.headers import header_values
from attorn.canonical import canonicalise
from attorn.caveat import spoken
from attorn.cli import requests
from attorn.conformance import protocol
from attorn.conformance.case import Case
from attorn.encoding import base64url_encode
from attorn.errors import (
    InputError,
    KeyFileError,
    LimitError,
    MalformedError,
    MissingError,
    UnavailableError,
    VerificationError,
)
from attorn.evidence.evidence import read_request
from attorn.keys import keyfile
from attorn.status import fetching
from attorn.status.publisher import Publisher
from attorn.web import client, events, http, poll, problem, scope

MOST = 1024


def _request(data: bytes) -> bool:
    """A request as the arguments of a command: action, resource, cost, and `NAME=JSON` any number of times."""
    action, resource, cost, *given = map(text_of, _parts(data))
    arguments = argparse.Namespace(action=action, resource=resource, cost=cost or None, arg=given)
    found = accepted(lambda: requests.build(arguments), InputError)
    args = _thawed(found.args)
    require(isinstance(args, dict), "args that are none")
    again = Request(action=found.action, resource=found.resource, args=args, cost=found.cost)
    require(again == found and again.digest() == found.digest() and _thawed(again.args) == args, "another request")
    asked: dict[str, Any] = {"action": found.action, "args": args, "resource": found.resource}
    if found.cost is not None:
        asked["cost"] = {"amount": found.cost.amount, "currency": found.cost.currency}
    digest = hashlib.sha256(b"attorn request v1\0" + canonicalise(asked)).digest()
    require(found.digest() == digest, "a digest of another text than the canonical")
    require(read_request(asked) == found, "another request in a file")
    return True


def _parts(data: bytes) -> list[bytes]:
    """At least three parts."""
    parts = parts_of(data, 9)
    return parts + [b""] * (3 - len(parts))


def _thawed(value: object) -> Any:
    if isinstance(value, tuple):
        return [_thawed(each) for each in value]
    return {name: _thawed(each) for name, each in value.items()} if hasattr(value, "items") else value


def _words(data: bytes) -> bool:
    text = text_of(data)
    found = [
        tried(lambda read=read: read(text, "--x"), InputError)  # type: ignore[misc]
        for read in (words.span, words.instant, words.whole, words.money)
    ]
    money, whole = found[3], found[2]
    require(money is None or words.money(f"{money.amount}:{money.currency}", "--x") == money, "money")
    require(whole is None or whole == int(text), "whole")
    return any(each is not None for each in found)


def _caveat(data: bytes) -> bool:
    """A caveat as JSON: read, rendered, asked, compared with itself, and written again."""
    text = text_of(data)
    found = accepted(lambda: spoken.read(text), InputError)
    written = spoken.to_json(found)
    again = spoken.from_json(written)
    require(again == found, "another caveat once written", written)
    require(spoken.to_json(again) == written, "written anew otherwise", written)
    found.limit()
    require(found.narrower_than(found) is not False, "a caveat that is not as narrow as itself")
    resolved = tried(lambda: found.resolved(clock(), 1), InputError)
    if resolved is not None:
        rendered = tried(resolved.render, InputError)
        require(rendered is None or resolved.render() == rendered, "rendered twice, two ways")
        resolved.prohibits(FACTS)
    return True


def _http(data: bytes) -> bool:
    """Method, path, query and headers of a message, as a server has them."""
    method, path, query, *headers = _parts(data)
    pairs = [tuple(each.partition(b":")[::2]) for each in headers]
    asked: dict[str, Any] = {
        "headers": pairs,
        "raw_path": path,
        "path": unquote(text_of(path)),
        "query_string": query,
        "method": text_of(method),
    }
    length = tried(lambda: declared_length(asked), InputError)
    require(length is None or 0 <= length < 10**18, "a length that is none", length)
    values = header_values(asked, b"authorization")
    shown = tried(lambda: http.read_authorization(values, most=MOST), LimitError, MalformedError, MissingError)
    if shown is not None:
        written = tried(lambda: http.authorization(shown), InputError)
        whole = shown != "" and shown.isprintable() and " " not in shown
        require(len(shown) <= MOST and (written is not None) == whole, "authorization")
        require(written is None or written.encode()[7:] == values[0][7:], "authorization")
    message = accepted(lambda: scope.read_message(asked, "https://a.example"), InputError, UnavailableError)
    bound = accepted(lambda: http.bind(message), InputError)
    require(bound.args["@path"] == path.decode() and bound.args["@query"] == query.decode(), "another message")
    require(bound.resource.startswith("https://a.example"), "another origin")
    return True


def _answers(data: bytes) -> bool:
    """What a server answers, and is asked for: a list of events, or any text as the message of a refusal."""
    text = text_of(data)
    for error in (InputError(text), MalformedError(text), UnavailableError(text)):
        said = problem.problem(error, realm="a")
        require(json.loads(said.body)["status"] == said.status, "a problem that is no JSON")
        require(all(value.isascii() and value.isprintable() for _, value in said.headers), "a header of two")
    tried(lambda: problem.checked_realm(text), InputError)
    tried(lambda: fetching.require_fetchable(text), VerificationError)
    found = tried(lambda: poll._sets(data, 16), UnavailableError)
    require(found is None or len(found[0]) <= 16, "more events than were asked for")
    asked = tried(lambda: _driven(poll._asked(*_body(data, b"application/json"))), MalformedError)
    require(asked is None or 0 <= asked.most <= poll.MOST_EVENTS, "more events than are handed out")
    response = httpx.Response(403, headers={"Content-Type": "application/problem+json"}, content=data)
    require(isinstance(client._members(response), dict), "a problem that is no object")
    pushed = tried(lambda: _driven(events._text(*_body(data, events.MEDIA_TYPE.encode()))), MalformedError)
    require(pushed is None or pushed == text, "another event than was pushed")
    return found is not None or asked is not None


def _body(data: bytes, media_type: bytes) -> tuple[dict[str, Any], Any]:
    """The scope of a POST, and what receives its body."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data}

    return {"headers": [(b"content-type", media_type), (b"content-length", b"%d" % len(data))]}, receive


def _driven(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def _keyfile(data: bytes) -> bool:
    """The members of a key file, before any passphrase is tried."""
    header, sealed = accepted(lambda: keyfile._open(data), KeyFileError)
    accepted(lambda: keyfile._work(header), KeyFileError)
    require(len(sealed) == keyfile._SEALED_BYTES, "a key of another length")
    again = keyfile._open(canonicalise({**header, "sealed": base64url_encode(sealed)}))
    require(again == (header, sealed), "another key file once written")
    return True


def _publisher(data: bytes) -> bool:
    """What a publisher of a status list keeps."""
    found = accepted(lambda: Publisher.decode(data, random=lambda bound: bound - 1), MalformedError)
    written = found.encode()
    again = Publisher.decode(written, random=lambda bound: bound - 1)
    require(again.encode() == written, "written anew otherwise")
    require(tried(found.allocate, InputError) == tried(again.allocate, InputError), "another publisher once written")
    return True


def _case(data: bytes) -> bool:
    """A conformance case: its verdict is told, whatever it says, and reads back from its one line."""
    found = accepted(lambda: Case.read(data), InputError)
    verdict = protocol.ask(found.operation, found.input)
    require(verdict.meets(protocol.ask(found.operation, found.input)), "two verdicts")
    require(verdict.words().isprintable(), "words that no terminal shows")
    written = protocol.written(verdict).encode()
    require(protocol.read(written) == verdict, "another verdict once written")
    return verdict.code == "ok"


def _requests() -> Iterable[bytes]:
    yield joined(
        b"events:read", b"cal://alice/2026-11", b"250:EUR", b"limit=10", b'to="bob"', b'tags=["a",1,null,true]'
    )
    yield joined(b"a", b"/data/a", b"", b'x={"y":[1.5,{"z":"\\u00e9"}]}')
    yield joined(b"http:get", b"https://a.example:8080/x%20y", b"0:JPY")
    yield joined(b"a.b-c_d:e", b"rel/at/ive", b"9007199254740991:USD", b"n=-1", b"f=1e3", b's=""')


def _spoken() -> Iterable[bytes]:
    for each in (each for row in RICH for each in row):
        yield json.dumps(spoken.to_json(each)).encode()
    yield b'{"ExpiresIn":"1d12h30m5s"}'
    yield b'{"NoDelegation":{}}'
    yield b'{"AllOf":[{"Equals":{"name":"a","value":"b"}},{"Not":{"AnyOf":[{"Range":{"name":"a","minimum":1}}]}}]}'
    yield b'{"NotBefore":"2026-11-21T18:00:00+01:00"}'


def _messages() -> Iterable[bytes]:
    yield joined(b"GET", b"/a/b%20c", b"x=1&y=2", b"Authorization:Attorn abc", b"content-length:12")
    yield joined(b"POST", b"/", b"", b"content-type:text/plain", b"Authorization:attorn x")
    yield joined(b"DELETE", b"/a;b=c/~d", b"q=%23")


def _answered() -> Iterable[bytes]:
    yield b'{"sets":{"one":"a.b.c","two":"d.e.f"},"moreAvailable":true}'
    yield b'{"sets":{}}'
    yield b'{"maxEvents":3,"returnImmediately":true,"ack":["a"],"setErrs":{"b":{"err":"x"}}}'


def _keyfiles() -> Iterable[bytes]:
    content = {
        "algorithm": "Ed25519", "did": "did:web:a.example", "format": "attorn key file 1", "memory": 67108864,
        "nonce": "A" * 32, "operations": 2, "salt": "A" * 22, "sealed": "A" * 64,
    }  # fmt: skip
    yield canonicalise(content) + b"\n"
    yield json.dumps({**content, "algorithm": "P-256"}).encode()


def _publishers() -> Iterable[bytes]:
    made = Publisher("https://a.example/1", kind="token", bits=2, entries=1024, random=lambda bound: bound // 2)
    yield made.encode()
    made.revoke(made.allocate().index)
    yield made.encode()
    yield Publisher(
        "https://a.example/2", kind="message", messages=("a", "b"), random=lambda bound: bound // 2
    ).encode()


@cache
def _cases() -> tuple[bytes, ...]:
    """For each operation the two shortest cases that are accepted."""
    found: dict[str, list[bytes]] = {}
    for path in sorted(VECTORS.glob("*/*.json")):
        case = json.loads(path.read_text())
        if case["expect"]["code"] == "ok":
            text = json.dumps({name: case[name] for name in case if name not in ("notes", "spec")}).encode()
            found.setdefault(case["operation"], []).append(text)
    return tuple(text for texts in found.values() for text in sorted(texts, key=len)[:2])


_JSON = mutators.json_text

HARNESSES = (
    Harness("request", "the digest is that of the canonical form", _request, _requests, "attorn.cli.requests:build",
            "attorn.request.request:Request.digest", mutators.each_part(mutators.plain)),
    Harness("words", "fixpoint", _words, lambda: (b"1d12h30m", b"90s", b"2026-11-21T18:00:00Z", b"250:EUR", b"12"),
            "attorn.words:money", None, size=96),
    Harness("caveat", "fixpoint", _caveat, _spoken, "attorn.caveat.spoken:read", "attorn.caveat.spoken:to_json", _JSON),
    Harness("http-message", "what is bound is what was sent", _http, _messages, "attorn.web.http:bind", None,
            mutators.each_part(mutators.plain), size=2100),
    Harness("http-answer", "refusals are JSON, headers one line", _answers, _answered, "attorn.web.poll:_sets", None,
            _JSON),
    Harness("keyfile", "fixpoint", _keyfile, _keyfiles, "attorn.keys.keyfile:_open", None, _JSON, size=1024),
    Harness("publisher", "fixpoint", _publisher, _publishers, "attorn.status.publisher:Publisher.decode",
            "attorn.status.publisher:Publisher.encode", _JSON),
    Harness("case", "one verdict", _case, _cases, "attorn.conformance.case:Case.read", None, _JSON, size=8192),
)  # fmt: skip
