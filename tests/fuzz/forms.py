"""Harnesses of the text forms: encodings, JSON, DIDs, keys, and everything that a caveat or a request is written in."""

from __future__ import annotations

import ipaddress
import json
import posixpath
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from vectors.testkit import ALICE, PLANNER, SCOUT, Key, url64

from attorn import canonical, encoding
from attorn.did import did, resolver, subject
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.document import Relationship
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import ecdsa, jwk, multikey
from attorn.keys.public import Algorithm, PublicKey
from attorn.request import address, filepath, glob, resource, url
from attorn.token import principal

P256 = Key(b"\x01" * 32, 1)
POINT = PublicKey(Algorithm.P256, P256.data)
MOST_JSON = 1 << 20


def _encodings(data: bytes) -> bool:
    text = text_of(data)
    octets = tried(lambda: encoding.base64url_decode(text), MalformedError)
    require(octets is None or encoding.base64url_encode(octets) == text, "base64url")
    found = tried(lambda: encoding.base58_decode(text), MalformedError)
    require(found is None or encoding.base58_encode(found) == text, "base58")
    number = tried(lambda: encoding.varint_decode(data, 0), MalformedError)
    if number is not None:
        value, end = number
        require(value < 2**64 and encoding.varint_encode(value) == data[:end], "varint")
    return octets is not None or found is not None or number is not None


def _json(data: bytes) -> bool:
    value = accepted(lambda: canonical.parse(data), MalformedError)
    require(value == json.loads(data), "another value than the standard library reads")
    written = canonical.canonicalise(value)
    again = canonical.parse(written, most=MOST_JSON)
    require(again == value, "another value once written", written)
    require(canonical.canonicalise(again) == written, "written anew otherwise", written)
    return True


def _did(data: bytes) -> bool:
    text = text_of(data)
    plain = tried(lambda: did.parse(text), MalformedError)
    require((plain is not None) == did.is_did(text), "is_did and parse disagree")
    if plain is not None:
        require(f"did:{plain.method}:{plain.identifier}" == plain.text == text, "another DID")
        tried(lambda: subject.subject(text), MalformedError)
    tried(lambda: principal.named(text), MalformedError)
    found = accepted(lambda: did.parse_url(text), MalformedError)
    rest = "".join(sign + part for sign, part in (("?", found.query), ("#", found.fragment)) if part is not None)
    require(found.did.text + found.path + rest == text, "another DID URL")
    require(did.parse(found.did.text) == found.did, "the DID in a DID URL is none")
    return True


def _local_did(data: bytes) -> bool:
    text = text_of(data)
    document = accepted(lambda: resolver.LocalResolver().resolve(text), ResolutionError)
    if text.startswith("did:peer:"):
        require(document.id == text and all(each.controller == text for each in document.methods), "another DID")
        return True
    (method,) = document.methods
    require(document.id == text and method.controller == text, "a document of another DID")
    require(document.method(method.id) is method, "a method that is not found")
    require(document.keys_for(Relationship.CAPABILITY_DELEGATION) == (method.key,), "no key to delegate with")
    encode, parse = (did_key.encode, did_key.parse) if text.startswith("did:key:") else (did_jwk.encode, did_jwk.parse)
    written = encode(method.key)
    require(parse(text) == parse(written) == method.key, "another key once written")
    # One key has many did:jwk DIDs, and one did:key.
    require(written == text or text.startswith("did:jwk:"), "a second did:key of one key")
    require(encode(parse(written)) == written, "written anew otherwise")
    return True


def _jwk(data: bytes) -> bool:
    members = accepted(lambda: canonical.parse(data), MalformedError)
    if not isinstance(members, dict):
        return False
    key = accepted(lambda: jwk.from_jwk(members), MalformedError)
    written = jwk.to_jwk(key)
    require(all(members[name] == value for name, value in written.items()), "another key than its members say")
    require(jwk.from_jwk(written) == key and jwk.to_jwk(jwk.from_jwk(written)) == written, "another key once written")
    require(len(jwk.thumbprint(key)) == 43, "a thumbprint of another length")
    return True


def _multikey(data: bytes) -> bool:
    loose = tried(lambda: multikey.read(data), MalformedError)
    require(loose is None or multikey.encode(loose) == data, "multikey")
    key = tried(lambda: multikey.decode(data), MalformedError)
    require(key is None or (key == loose and multikey.encode(key) == data), "multikey")
    text = text_of(data)
    spelt = tried(lambda: multikey.from_multibase(text), MalformedError)
    require(spelt is None or multikey.to_multibase(spelt) == text, "multibase")
    return key is not None or spelt is not None


def _signature(data: bytes) -> bool:
    """Signatures in either spelling, and what they are asked: a key says no to what is none, and nothing else."""
    loose = tried(lambda: ecdsa.der_to_raw(data, low_s=False), MalformedError)
    strict = tried(lambda: ecdsa.der_to_raw(data), MalformedError)
    raw = data if loose is None else loose
    require(strict == (loose if loose is not None and ecdsa.is_low_s(loose) else None), "low S")
    require(loose is None or ecdsa.raw_to_der(loose) == data, "DER")
    written = tried(lambda: ecdsa.raw_to_der(raw), MalformedError)
    if written is not None:
        require(ecdsa.der_to_raw(written, low_s=False) == raw, "raw")
        low = ecdsa.to_low_s(raw)
        require(ecdsa.is_low_s(low) and ecdsa.to_low_s(low) == low and low[:32] == raw[:32], "low-S twin")
    require(not POINT.verify(raw, b"never signed"), "a forged signature")
    return written is not None


def _resource(data: bytes) -> bool:
    text = text_of(data)
    normal = accepted(lambda: resource.normalise(text), InputError)
    require(resource.normalise(normal) == normal, "a normal form that has another", normal)
    require(normal.isascii() and normal.isprintable() and len(normal) <= resource.MOST_CHARACTERS, normal)
    above = resource.ancestors(normal)
    require(normal in above and all(normal == each or _below(normal, each) for each in above), "ancestors", above)
    require(all(resource.normalise(each) == each for each in above), "an ancestor that is not normal", above)
    require(all(resource.ancestors(each) <= above for each in above), "ancestors of ancestors", above)
    return True


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder if folder == "/" else folder + "/")


def _url(data: bytes) -> bool:
    text = text_of(data)
    pattern = tried(lambda: url.host_pattern(text), InputError)
    require(pattern is None or url.host_pattern(pattern) == pattern, "a pattern that has another form", pattern)
    hosts = url.hosts(text)
    if hosts is None:
        return pattern is not None
    (host,) = (each for each in hosts if not each.startswith("*."))
    require(url.hosts(f"https://{host}/") == hosts, "another host once written", host)
    require(all(url.host_pattern(each) == each for each in hosts), "a host that no caveat can name", hosts)
    theirs = urlsplit(text).hostname or ""
    if host[0] == "[":
        require(ipaddress.ip_address(theirs) == ipaddress.ip_address(host[1:-1]), "another reader's host", theirs)
    else:
        require(theirs == host, "another reader's host", theirs)
    return True


def _address(data: bytes) -> bool:
    text = text_of(data)
    bits = address.address_bits(text)
    if bits is not None:
        there = ipaddress.ip_address(address.network_text(bits).partition("/")[0])
        read = ipaddress.ip_address(text)
        require(there in (read, getattr(read, "ipv4_mapped", None)), "another reader's address", there)
    tried(lambda: address.network_text(text), InputError)
    network = tried(lambda: address.network_bits(text), InputError)
    if network is not None:
        written = address.network_text(network)
        require(address.network_bits(written) == network, "another network once written", written)
        require(address.network_text(address.network_bits(written)) == written, "written anew otherwise", written)
    return bits is not None or network is not None


def _filepath(data: bytes) -> bool:
    text = text_of(data)
    above = filepath.subpaths(text)
    plain = tried(lambda: filepath.plain(text), InputError)
    require((above is None) == (plain is None), "subpaths and plain disagree")
    if above is None or plain is None:
        return False
    require(filepath.plain(plain) == plain == posixpath.normpath(plain), "a plain form that has another", plain)
    require(all(each == plain or _below(plain, each) for each in above), "folders", above)
    require("/" in above and plain in above, "folders", above)
    return True


def _glob(data: bytes) -> bool:
    pattern, *rest = map(text_of, parts_of(data, 2))
    text = rest[0] if rest else ""
    matched = accepted(lambda: glob.matches(pattern, text), InputError)
    require(matched == _matches(pattern, text[: glob.MOST_TEXT]) or len(text) > glob.MOST_TEXT, "glob", pattern, text)
    return matched


def _matches(pattern: str, text: str) -> bool:
    """The same question, asked of one item of the pattern after another."""
    reached = {0}
    at = 0
    while at < len(pattern):
        item = pattern[at]
        at += 1
        if item == "*":
            crosses = pattern[at : at + 1] == "*"
            at += crosses
            spread = set[int]()
            for start in sorted(reached):
                stop = len(text) if crosses else text.find("/", start)
                spread.update(range(start, (len(text) if stop == -1 else stop) + 1))
            reached = spread
            continue
        if item == "\\":
            item = pattern[at]
            at += 1
            reached = {each + 1 for each in reached if text[each : each + 1] == item}
        elif item == "?":
            reached = {each + 1 for each in reached if text[each : each + 1] not in ("", "/")}
        else:
            reached = {each + 1 for each in reached if text[each : each + 1] == item}
    return len(text) in reached


def _texts(*texts: str | bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: (text.encode() if isinstance(text, str) else text for text in texts)


def _jwks() -> Iterable[bytes]:
    for key in (ALICE, P256):
        yield json.dumps(key.jwk).encode()
        yield json.dumps({**key.jwk, "use": "sig", "key_ops": ["verify"], "kid": "a"}).encode()
    yield json.dumps({**ALICE.jwk, "alg": "EdDSA"}).encode()


def _multikeys() -> Iterable[bytes]:
    for key in (ALICE, P256):
        yield key.multikey
        yield key.did.removeprefix("did:key:").encode()


def _local_dids() -> Iterable[bytes]:
    for key in (ALICE, PLANNER, SCOUT, P256):
        yield key.did.encode()
        yield key.did_jwk.encode()
    yield ("did:jwk:" + url64(json.dumps({**P256.jwk, "use": "sig"}).encode())).encode()


def _signatures() -> Iterable[bytes]:
    yield P256.sign(b"a")
    yield P256.sign(b"b")
    r, s = P256.sign_numbers(b"c")
    yield r.to_bytes(32, "big") + s.to_bytes(32, "big")
    yield bytes.fromhex("3006020101020101")


_LOCAL = mutators.either(mutators.base64url(mutators.json_text, b"did:jwk:"), mutators.plain)

HARNESSES = (
    Harness("encodings", "identity", _encodings,
            _texts("AQID", "_-8", "", "z6Mk", "1112", b"\x80\x01", b"\xff" * 9 + b"\x01", b"\x7f"),
            "attorn.encoding:base64url_decode", "attorn.encoding:base64url_encode", size=2048),
    Harness("json", "fixpoint; the standard library reads the same", _json,
            _texts('{"a":[1,2.5,"x",null,true,{"b":"\\u00e9"}]}', "[1e5,-0.25,1E-3]", '"\\ud83d\\ude00"', "[[[[[]]]]]",
                   "9007199254740991", ' {"" : "\\n\\t\\/" } '),
            "attorn.canonical:parse", "attorn.canonical:canonicalise", mutators.json_text),
    Harness("did", "identity", _did,
            _texts("did:web:calendar.example", "did:web:a%3A80:b", "did:example:1:2/p/q?x=1#key-1", "did:key:z6Mk#z6Mk",
                   "did:web:a.example#k"),
            "attorn.did.did:parse_url", size=2100),
    Harness("local-did", "identity for did:key, fixpoint for did:jwk", _local_did, _local_dids,
            "attorn.did.resolver:LocalResolver.resolve", "attorn.did.key:encode", _LOCAL, size=1024),
    Harness("jwk", "fixpoint", _jwk, _jwks, "attorn.keys.jwk:from_jwk", "attorn.keys.jwk:to_jwk", mutators.json_text,
            size=1024),
    Harness("multikey", "identity", _multikey,
            _multikeys,
            "attorn.keys.multikey:decode", "attorn.keys.multikey:encode", size=96),
    Harness("signature", "identity; a key says no and nothing else", _signature, _signatures,
            "attorn.keys.ecdsa:der_to_raw", "attorn.keys.ecdsa:raw_to_der", size=96),
    Harness("resource", "fixpoint", _resource,
            _texts("cal://alice/2026-11", "HTTPS://Example.com:443/a/./b/../c%7Ed/", "/data/a%20b", "a/b/c", "/",
                   "https://[2001:DB8::1]:8443/x", "http://a_b.c/ü/é"),
            "attorn.request.resource:normalise", size=2100),
    Harness("url", "fixpoint; urllib reads the same host", _url,
            _texts("https://a.b.example.com/x?y#z", "wss://127.0.0.1:8080", "HTTP://[::1]/", "*.example.com", "a_b.c",
                   "https://[2001:db8:0:0:1::2]:1/"),
            "attorn.request.url:hosts", size=1024),
    Harness("address", "fixpoint; ipaddress reads the same", _address,
            _texts("10.0.0.0/8", "2001:db8::/32", "::ffff:10.1.2.0/120", "192.0.2.1", "2001:DB8::1", "6:0010", "::/0",
                   "0.0.0.0/0", "64:ff9b::1.2.3.4"),
            "attorn.request.address:network_bits", "attorn.request.address:network_text", size=96),
    Harness("filepath", "fixpoint; posixpath agrees", _filepath,
            _texts("/data/a", "/", "/a/b/c/", "/.hidden/x y/ü", "/a%41/..b", "relative"),
            "attorn.request.filepath:plain", size=4200),
    Harness("glob", "a second matcher agrees", _glob,
            lambda: (joined(*(each.encode() for each in pair)) for pair in (
                ("*.txt", "a.txt"), ("**/x?z", "a/b/xyz"), ("\\*\\?", "*?"), ("a**b*c", "a/b/bxc"), ("****", ""))),
            "attorn.request.glob:matches", size=400),
)  # fmt: skip
