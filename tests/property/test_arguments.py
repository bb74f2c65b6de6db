"""Whatever a programmer hands to a public function, the outcome is a value or an `AttornError`, never anything else.

Each parameter in turn is given every odd value, the others being good ones; what comes out is then used. Left out is
what only attorn's own modules call, with what they have read: `read`, `render` and the facts of a caveat, and stores.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from tests.property.odd import ODD
from tests.unit.scene import ALICE, AUDIENCE, PLANNER, READ, REQUEST, Clock, given, shown, verifier

from attorn import (
    AttornError,
    Identity,
    Limits,
    Request,
    Token,
    Verifier,
    canonical,
    caveat,
    clock,
    display,
    revocation,
    tree,
)
from attorn.caveat import Caveat, Expires, NotBefore
from attorn.did import did, document, resolver
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.encoding import base58_decode, base64url_decode
from attorn.engine import StockEngine
from attorn.keys import ecdsa, jwk, keyfile, multikey, signer
from attorn.keys.public import Algorithm, PublicKey
from attorn.request import address, filepath, glob, origin, resource, url
from attorn.request.facts import Facts
from attorn.request.money import Money
from attorn.revocation import RevocationEntry
from attorn.web import http, problem
from attorn.web.asgi import AttornMiddleware
from attorn.web.client import HolderAuth
from attorn.web.dependency import Authorized

ORIGIN = "https://calendar.example"
TOKEN = given()
WIRE = shown(TOKEN, PLANNER)
ENTRY = revocation.revoke(TOKEN, by=ALICE, clock=Clock())
KEY = ALICE.signer.public_key
JWK = jwk.to_jwk(KEY)
RAW = bytes([0, *[1] * 31, 0, *[1] * 31])
FACTS = Facts(REQUEST, audience=AUDIENCE, now=1_900_000_000, depth=0)
DID_DOCUMENT = did_key.document(ALICE.did)
METHOD = DID_DOCUMENT.methods[0]
AT = datetime(2030, 1, 1, tzinfo=UTC)


class Call(NamedTuple):
    """A public callable with arguments that are good, by name or, where it takes many, by position."""

    function: Callable[..., object]
    named: dict[str, Any]
    listed: tuple[Any, ...] = ()


def call(function: Callable[..., object], *listed: Any, **named: Any) -> Call:
    return Call(function, named, listed)


def use(value: object) -> None:
    """What one does with what came out, so that nothing odd was merely stored."""
    repr(value)
    if isinstance(value, Caveat):
        value.limit()
        hash(value)
        assert value == value  # noqa: PLR0124
        value.narrower_than(READ)
        value.narrower_than(value)
        value.resolved(AT, 1).prohibits(FACTS)
        given(value)
    elif isinstance(value, Request):
        value.digest()
        shown(TOKEN, PLANNER, value)
    elif isinstance(value, Limits):
        Token.decode(TOKEN.encode(), limits=value)
        verifier(limits=value).authorize(WIRE, REQUEST)
    elif isinstance(value, Verifier):
        value.authorize(WIRE, REQUEST)
    elif isinstance(value, Identity):
        value.mint(to=PLANNER.did, caveats=[READ])
    elif isinstance(value, http.HttpMessage):
        http.bind(value)
    elif isinstance(value, HolderAuth):
        next(value.sync_auth_flow(httpx.Request("GET", f"{ORIGIN}/events")))
    elif isinstance(value, RevocationEntry):
        RevocationEntry.decode(value.encode())
        value.at  # noqa: B018
    elif inspect.isfunction(value):
        value(http.HttpMessage(method="GET", origin=ORIGIN, path="/"))


CAVEATS = [
    call(caveat.Actions, "events:read", "events:*"),
    call(caveat.Resources, "/a", "/b"),
    call(caveat.Audience, "a", "b"),
    call(caveat.Expires, at=AT),
    call(caveat.NotBefore, at=AT),
    call(caveat.ExpiresIn, span=timedelta(1), days=1, hours=1, minutes=1, seconds=1),
    call(caveat.MaxDepth, hops=1),
    call(caveat.Purpose, sentence="to see"),
    call(caveat.MaxUses, n=1),
    call(caveat.Rate, n=1, per="day"),
    call(caveat.Spaced, per="month"),
    call(caveat.Budget, amount=1, currency="EUR", per="day"),
    call(caveat.Equals, name="a", value=1),
    call(caveat.OneOf, "a", 1, 2),
    call(caveat.OneOf, "a", ["b", "c"]),
    call(caveat.NotOneOf, "a", 1, 2),
    call(caveat.Range, name="a", minimum=1, maximum=2),
    call(caveat.MaxLength, name="a", most=1),
    call(caveat.Contains, "a", 1, 2),
    call(caveat.SubsetOf, "a", 1, 2),
    call(caveat.StartsWith, name="a", prefix="b"),
    call(caveat.Glob, name="a", glob="*"),
    call(caveat.Subpath, "a", "/b", "/c"),
    call(caveat.UrlHost, "a", "b.example", "*.c.example"),
    call(caveat.Cidr, "a", "10.0.0.0/8", "::/0"),
    call(caveat.AllOf, caveat.Equals("a", 1), caveat.Equals("b", 1)),
    call(caveat.AnyOf, caveat.Equals("a", 1), caveat.Equals("b", 1)),
    call(caveat.Not, part=caveat.OneOf("a", 1)),
]
GOOD: list[Caveat] = [each.function(*each.listed, **each.named) for each in CAVEATS]  # type: ignore[misc]
METHODS = [
    *(call(each.narrower_than, other=READ) for each in GOOD),
    *(call(each.resolved, now=AT, depth=1) for each in (caveat.ExpiresIn(days=1), caveat.NoDelegation(), READ)),
    call(caveat.Actions("a:*").covers, name="a:b"),
    call(Expires.from_second, second=1),
    call(NotBefore.from_second, second=1),
]
REQUESTS = [
    call(Request, action="a", resource="/a", args={"a": 1}, cost=Money(1, "EUR")),
    call(lambda value: Request(action="a", resource="/", args={"a": value}), value=1),
    call(lambda value: Request(action="a", resource="/", args={"a": [value]}), value=1),
    call(lambda value: Request(action="a", resource="/", args={"a": {"b": value}}), value=1),
    call(Money, amount=1, currency="EUR"),
    call(resource.normalise, resource="/a"),
    call(url.hosts, url="https://a.example"),
    call(url.host_pattern, text="a.example"),
    call(address.address_bits, text="10.0.0.1"),
    call(address.network_bits, cidr="10.0.0.0/8"),
    call(address.network_text, bits="4:0"),
    call(filepath.subpaths, path="/a"),
    call(filepath.plain, path="/a"),
    call(glob.check_pattern, pattern="*"),
    call(glob.matches, pattern="*", text="a"),
    call(canonical.parse, text="[]", most=10, depth=2),
    call(canonical.canonicalise, value=1),
    call(base64url_decode, text="AA"),
    call(base58_decode, text="A"),
    call(Limits, **{name: getattr(Limits(), name) for name in Limits.__slots__}),
    call(clock.instant, value=AT, name="x"),
    call(clock.read, clock=Clock()),
    call(display.shown, value=1),
    call(tree.draw, links=TOKEN.unverified_links, colour=True, verified=True),
    call(tree.until, links=TOKEN.unverified_links),
]
IDENTITIES = [
    call(Identity, signer=ALICE.signer, did=ALICE.did, resolver=resolver.LocalResolver(), clock=Clock(), random=bytes),
    call(Identity.generate, algorithm="Ed25519", method="key", clock=Clock()),
    call(Identity.from_seed, seed=bytes(32), method="key", clock=Clock(), random=bytes),
    call(ALICE.mint, to=PLANNER.did, caveats=[READ], resolver=resolver.LocalResolver()),
    call(lambda one: ALICE.mint(to=PLANNER.did, caveats=[READ, one]), one=READ),
    call(PLANNER.delegate, token=TOKEN, to=ALICE.did, caveats=[READ], resolver=resolver.LocalResolver()),
    call(PLANNER.present, token=TOKEN, request=REQUEST, audience="a", challenge="b", ttl=timedelta(seconds=60)),
    call(revocation.revoke, link_or_token=TOKEN, by=ALICE, clock=Clock()),
    call(revocation.verify, signed=ENTRY, resolver=resolver.LocalResolver()),
    call(RevocationEntry, link=ENTRY.link, by=ENTRY.by, second=1, signature=b""),
    call(RevocationEntry.decode, text=ENTRY.encode()),
]
VERIFIERS = [
    call(
        Verifier,
        audience=AUDIENCE,
        roots=[ALICE.did],
        clock=Clock(),
        resolver=resolver.LocalResolver(),
        limits=Limits(),
        cache=1,
    ),
    call(lambda root: verifier(roots=[root]), root=ALICE.did),
    call(verifier().authorize, wire=WIRE, request=REQUEST, challenge="a"),
    call(verifier().verify, wire=WIRE, request=REQUEST, challenge="a"),
    call(Token.decode, text=TOKEN.encode(), limits=Limits()),
    call(StockEngine, limits=Limits(), patience=timedelta(seconds=1)),
    call(StockEngine().read, wire=WIRE),
    call(
        StockEngine().authorize,
        wire=WIRE,
        request=REQUEST,
        root=KEY,
        audience=AUDIENCE,
        now=1_900_000_000,
        nonce=b"a",
        depth=0,
        challenge="a",
    ),
]
KEYS = [
    call(did.parse, text=ALICE.did),
    call(did.parse_url, text=ALICE.did),
    call(did.is_did, text=ALICE.did),
    call(document.VerificationMethod, id=METHOD.id, controller=ALICE.did, key=KEY, relationships=METHOD.relationships),
    call(document.DidDocument, id=ALICE.did, methods=(METHOD,), deactivated=False),
    call(DID_DOCUMENT.method, url=METHOD.id),
    call(DID_DOCUMENT.keys_for, relationship=document.Relationship.AUTHENTICATION),
    call(resolver.StaticResolver, documents={ALICE.did: DID_DOCUMENT}),
    call(resolver.StaticResolver({ALICE.did: DID_DOCUMENT}).resolve, did=ALICE.did),
    call(resolver.LocalResolver().resolve, did=ALICE.did),
    *(call(module.encode, key=KEY) for module in (did_key, did_jwk, multikey)),
    *(call(function, did=ALICE.did) for function in (did_key.parse, did_key.document, did_jwk.parse, did_jwk.document)),
    call(multikey.decode, data=multikey.encode(KEY)),
    call(multikey.to_multibase, key=KEY),
    call(multikey.from_multibase, text=multikey.to_multibase(KEY)),
    call(jwk.to_jwk, key=KEY),
    call(jwk.thumbprint, key=KEY),
    call(jwk.from_jwk, jwk=JWK),
    *(call(lambda value, name=name: jwk.from_jwk({**JWK, name: value}), value=1) for name in (*JWK, "y", "use", "alg")),
    call(lambda value: jwk.from_jwk({**JWK, "key_ops": ["verify", value]}), value=1),
    call(lambda value: jwk.from_jwk({**JWK, "key_ops": value}), value=1),
    call(ecdsa.is_low_s, raw=RAW),
    call(ecdsa.to_low_s, raw=RAW),
    call(ecdsa.raw_to_der, raw=RAW),
    call(ecdsa.der_to_raw, der=ecdsa.raw_to_der(RAW)),
    call(PublicKey, algorithm=Algorithm.ED25519, data=KEY.data),
    call(PublicKey.checked, algorithm=Algorithm.ED25519, data=KEY.data),
    call(KEY.verify, signature=bytes(64), message=b"x"),
    call(signer.Ed25519Signer.from_seed, seed=bytes(32)),
    call(signer.Ed25519Signer.from_seed(bytes(32)).sign, message=b"x"),
    call(signer.P256Signer.from_scalar, scalar=bytes([1] * 32)),
    call(signer.P256Signer.from_scalar(bytes([1] * 32)).sign, message=b"x"),
    call(signer.signed, signer=ALICE.signer, message=b"x"),
]
WEB = [
    call(http.HttpMessage, method="GET", origin=ORIGIN, path="/", query="", body=b""),
    call(http.fixed_route, action="a", resource="/"),
    call(http.bind, message=http.HttpMessage(method="GET", origin=ORIGIN, path="/"), route=http.plain_route),
    call(http.plain_route, message=http.HttpMessage(method="GET", origin=ORIGIN, path="/")),
    call(origin.checked_origin, text=ORIGIN),
    call(http.authorization, presentation=WIRE),
    call(problem.checked_realm, realm="x"),
    call(Authorized, verifier=verifier(), origin=ORIGIN, action="a", resource="/", most_body=1, realm="x"),
    call(Authorized, verifier=verifier(), origin=ORIGIN, route=http.plain_route),
    call(
        AttornMiddleware,
        app=lambda *_: None,
        verifier=verifier(),
        origin=ORIGIN,
        route=http.plain_route,
        public=["/x"],
        most_body=1,
        realm="x",
    ),
    call(lambda path: AttornMiddleware(print, verifier=verifier(), origin=ORIGIN, public=[path]), path="/x"),  # type: ignore[arg-type]
    call(HolderAuth, identity=PLANNER, token=TOKEN, audience="a", origin=ORIGIN, route=http.plain_route),
]


def label(each: Call) -> str:
    return getattr(each.function, "__qualname__", str(each.function))


def tries(each: Call) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each parameter's turn with each odd value."""
    for kind, make in ODD.items():
        for name in each.named:
            yield f"{name} = {kind}", lambda name=name, make=make: each.function(**{**each.named, name: make()})  # type: ignore[misc]
        for place in range(len(each.listed)):
            before, after = each.listed[:place], each.listed[place + 1 :]
            yield (
                f"argument {place} = {kind}",
                lambda before=before, after=after, make=make: each.function(*before, make(), *after),  # type: ignore[misc]
            )


def leaks(each: Call) -> list[str]:
    """What came out that is no `AttornError`."""
    found = []
    for turn, attempt in tries(each):
        try:
            use(attempt())
        except AttornError as error:
            if len(str(error)) > 5000:
                found.append(f"{turn}: a message of {len(str(error))} characters")
        except Exception as error:  # noqa: BLE001 - this is what the test looks for
            found.append(f"{turn}: {type(error).__name__}")
    return found


@pytest.mark.parametrize("each", [*CAVEATS, *METHODS], ids=label)
def test_caveats(each: Call) -> None:
    assert leaks(each) == []


@pytest.mark.parametrize("each", [*REQUESTS, *KEYS], ids=label)
def test_requests_and_keys(each: Call) -> None:
    assert leaks(each) == []


@pytest.mark.parametrize("each", [*IDENTITIES, *VERIFIERS], ids=label)
def test_identities_and_verifiers(each: Call) -> None:
    assert leaks(each) == []


@pytest.mark.parametrize("each", WEB, ids=label)
def test_web(each: Call) -> None:
    assert leaks(each) == []


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_key_files(make: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keyfile, "_stretch", lambda passphrase, *_: hashlib.sha256(passphrase).digest())
    ALICE.save("good", passphrase="x")
    good = {"path": "good", "passphrase": "x"}
    assert leaks_of(lambda: Identity.load(make(), passphrase="x")) is None
    assert leaks_of(lambda: Identity.load("good", passphrase=make())) is None
    assert leaks_of(lambda: Identity.load(**good, resolver=make())) is None
    assert leaks_of(lambda: ALICE.save(make(), passphrase="x")) is None
    assert leaks_of(lambda: ALICE.save("a", passphrase=make())) is None
    assert leaks_of(lambda: ALICE.save("b", passphrase="x", strength=make())) is None
    assert leaks_of(lambda: keyfile.save("c", make(), ALICE.did, "x")) is None
    assert leaks_of(lambda: keyfile.save("d", ALICE.signer, make(), "x")) is None


def leaks_of(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except AttornError:
        return None
    except Exception as error:  # noqa: BLE001 - this is what the test looks for
        return type(error).__name__
    return None
