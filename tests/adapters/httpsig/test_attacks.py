"""What must not be identified: changed, stripped, replayed, untimely, ambiguous, or somebody else's."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.adapters.httpsig.library import Request, fields, sign
from tests.adapters.httpsig.scene import (
    AGENT,
    ORIGIN,
    OTHER,
    START,
    Clock,
    Web,
    agent,
    message,
    other,
    p256,
    published,
    signed,
    signer,
    verifier,
    web,
)

from attorn.errors import AttornError, InputError, UnavailableError
from attorn.httpsig import AgentVerifier, Coverage, Directory, RequestSigner, SignedMessage
from attorn.httpsig.fields import read_claim
from attorn.httpsig.source import WELL_KNOWN
from attorn.keys.jwk import thumbprint
from attorn.store import MemoryStore

WHOLE = '("@method" "@authority" "@path" "signature-agent";key="sig1")'
KEYID = thumbprint(agent.signer.public_key)
POSTED = message("POST", query="n=1", body=b'{"n":1}', headers=(("authorization", "Attorn AAAA"), ("x-a", "1")))


def refused(request: SignedMessage, code: str, clock: Clock | None = None, **arguments: Any) -> None:
    transport: Web | None = arguments.pop("transport", None)
    with pytest.raises(AttornError) as caught:
        verifier(clock or Clock(), transport, **arguments).identify(request)
    assert caught.value.code == code, caught.value
    for secret in ("AAAA", '"n"', request.one("signature")):
        assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize("field", ["signature", "signature-input", "signature-agent"])
@pytest.mark.parametrize("text", ["sig1=(", "sig1=1, sig1=1", "sig1=:AAAA", '"AAAA', "AAAA=\x7f"])
def test_what_a_parser_said_of_a_field_is_told_to_nobody(field: str, text: str) -> None:
    request = signed(Clock(), **{field.replace("-", "_"): text})
    with pytest.raises(AttornError) as caught:
        read_claim(request, legacy=True)
    assert (caught.value.code, caught.value.__context__) == ("malformed", None)
    assert text not in str(caught.value)


def altered(**fields: str | None) -> SignedMessage:
    return signed(Clock(), **fields)


def made(components: str = WHOLE, **arguments: Any) -> SignedMessage:
    """A GET that the library signed as it was told."""
    found = fields(agent, components, Clock(), **arguments)
    return message(headers=tuple((name.lower(), value) for name, value in found.items()))


def edited(name: str, old: str, new: str) -> SignedMessage:
    """A signed GET, one of its fields changed afterwards."""
    request = signed(Clock())
    before = str(request.one(name))
    assert old in before
    return replace(
        request, headers=tuple((k, before.replace(old, new) if k == name else v) for k, v in request.headers)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},  # attack 84
        {"path": "/cart/2"},
        {"path": "/%63art"},
        {"path": "/cart/"},
        {"query": "n=2"},
        {"query": "n=1&n=1"},
        {"query": ""},
        {"body": b'{"n":2}'},
        {"body": b""},
        {"body": b'{"n":1} '},
        {"origin": "https://bank.example"},  # attacks 83, 129
        {"origin": "http://shop.example:443"},
        {"origin": ORIGIN + ":8443"},
    ],
    ids=str,
)
def test_a_changed_request(change: dict[str, Any]) -> None:
    refused(replace(signed(Clock(), POSTED), **change), "bad_signature")


def test_a_query_that_was_added_is_covered_by_nothing() -> None:
    refused(replace(signed(Clock()), query="admin=1"), "bad_signature")


def test_a_body_that_was_added_is_covered_by_nothing() -> None:
    refused(replace(signed(Clock(), message("POST")), body=b"x"), "bad_signature")


@pytest.mark.parametrize("digest", ["sha-256=:AAAA:", "sha-256=x", "", "md5=:AAAA:", "sha-256=:%s:, sha-256=:%s:"])
def test_header_and_body_disagree(digest: str) -> None:
    right = b64encode(hashlib.sha256(POSTED.body).digest()).decode()
    refused(signed(Clock(), POSTED, content_digest=digest.replace("%s", right)), "bad_signature")


def test_a_digest_that_was_signed_and_is_of_another_body() -> None:
    request = signed(Clock(), POSTED)
    refused(replace(request, body=b"[]"), "bad_signature", coverage=Coverage.AUTHORITY)


def test_a_digest_that_is_there_and_not_signed() -> None:
    refused(altered(content_digest="sha-256=:AAAA:"), "bad_signature")


@pytest.mark.parametrize("name", ["signature", "signature_input", "signature_agent"])
def test_stripped(name: str) -> None:
    refused(altered(**{name: None}), "bad_signature")


def test_the_chain_was_taken_away_or_exchanged() -> None:
    request = signed(Clock(), POSTED)
    for line in ((), (("authorization", "Attorn BBBB"),), (("authorization", "Bearer AAAA"),)):
        kept = tuple(each for each in request.headers if each[0] != "authorization")
        refused(replace(request, headers=kept + line), "bad_signature")


@pytest.mark.parametrize("coverage", Coverage)
def test_a_chain_that_was_added_is_covered_by_nothing(coverage: Coverage) -> None:
    request = signed(Clock())
    stolen = (("authorization", "Attorn AAAA"),)
    refused(replace(request, headers=request.headers + stolen), "bad_signature", coverage=coverage)


@pytest.mark.parametrize("missing", ['"@method"', '"@authority"', '"@path"'])
def test_uncovered_components(missing: str) -> None:
    # attack 87
    refused(made(WHOLE.replace(missing, "")), "bad_signature")


@pytest.mark.parametrize(
    "components",
    [
        '("@method" "@authority" "@path")',
        WHOLE.replace("sig1", "sig2"),
        WHOLE.replace(';key="sig1"', ""),
        WHOLE.replace(';key="sig1"', ';key="sig1";sf'),
    ],
)
def test_whose_agent_is_not_covered_as_one_member(components: str) -> None:
    refused(made(components, agent=f'sig1="{AGENT}", sig2="{OTHER}";x'), "bad_signature")


def test_two_members_are_covered() -> None:
    both = WHOLE.replace(")", ' "signature-agent";key="b")')
    refused(made(both, agent=f'sig1="{AGENT}", b="{OTHER}"'), "bad_signature")


def test_replay() -> None:
    # attack 80; also by another verifier with the same store
    clock, store, request = Clock(), MemoryStore(), signed(Clock())
    assert verifier(clock, store=store).identify(request).url == AGENT
    for tick in (0, 30, 29):
        clock.tick(seconds=tick)
        refused(request, "replayed", clock, store=store)
    clock.tick(seconds=1)
    refused(request, "outside_validity", clock, store=store)
    # attack 88: the clock steps back
    clock.tick(seconds=-45)
    refused(request, "replayed", clock, store=store)


def test_a_nonce_that_was_used_for_another_request() -> None:
    clock, store = Clock(), MemoryStore()
    by = signer(clock, random=bytes)
    verifier(clock, store=store).identify(signed(clock, by=by))
    refused(signed(clock, message(path="/other"), by=by), "replayed", clock, store=store)


@pytest.mark.parametrize("random", [lambda _: "x" * 32, lambda _: b"", lambda size: bytes(size - 1), lambda _: None])
def test_no_signature_with_less_of_a_nonce(random: Any) -> None:
    with pytest.raises(UnavailableError, match="random source"):
        signed(Clock(), by=signer(Clock(), random=random))


def test_without_a_nonce_the_same_signature_counts_once() -> None:
    clock, store = Clock(), MemoryStore()
    request = made(nonce=None)
    assert verifier(clock, store=store).identify(request).url == AGENT
    refused(request, "replayed", clock, store=store)


def test_a_high_s_twin_is_the_same_signature() -> None:
    # attack 43
    clock, store, transport = Clock(), MemoryStore(), web()
    transport.documents[AGENT + WELL_KNOWN] = published(p256)
    request = signed(clock, by=signer(clock, p256))
    verifier(clock, transport, store=store).identify(request)
    raw = b64decode(str(request.one("signature")).removeprefix("sig1=:").removesuffix(":"))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    text = f"sig1=:{b64encode(twin).decode()}:"
    again = replace(request, headers=tuple((k, text if k == "signature" else v) for k, v in request.headers))
    assert verifier(clock, transport).identify(again).did == p256.did
    refused(again, "replayed", clock, transport=transport, store=store)


def test_a_stranger_cannot_use_up_the_nonce_of_another() -> None:
    clock, store = Clock(), MemoryStore()
    nothing = {"random": bytes}
    mine = signed(clock, by=signer(clock, **nothing))
    theirs = signed(clock, by=RequestSigner(other, agent=OTHER, clock=clock, **nothing))  # type: ignore[arg-type]
    forged = replace(mine, path="/other")
    by = verifier(clock, store=store)
    assert by.identify(theirs).url == OTHER
    refused(forged, "bad_signature", clock, store=store)
    assert by.identify(mine).url == AGENT


def test_nothing_is_remembered_and_so_nothing_counts() -> None:
    # attacks 82, 122, 131
    class Broken(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            raise OSError("disk")

    class Vague(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            return 1  # type: ignore[return-value]

    refused(altered(), "unavailable", store=Broken())
    refused(altered(), "replayed", store=Vague())


def test_one_store_for_two_origins_keeps_them_apart() -> None:
    clock, store = Clock(), MemoryStore()
    by = signer(clock, random=bytes)
    elsewhere = replace(message(), origin="https://bank.example")
    for asked in (message(), elsewhere):
        assert verifier(clock, store=store).identify(signed(clock, asked, by)).url == AGENT
        refused(signed(clock, asked, by), "replayed", clock, store=store)


@pytest.mark.parametrize(
    ("created", "expires"),
    [(61, 90), (3600, 3700), (-120, -60), (-60, 0), (0, 0), (10, 0), (-10, 86_391), (0, 86_401), (0, 10**9), (30, 20)],
)
def test_untimely(created: int, expires: int) -> None:
    # attacks 57, 81: in the future, over, or good for more than a day
    at = {"created": START + timedelta(seconds=created), "expires": START + timedelta(seconds=expires)}
    refused(made(**at), "outside_validity")


@pytest.mark.parametrize("parameter", ["created", "expires", "keyid", "tag"])
def test_a_parameter_that_is_missing(parameter: str) -> None:
    request = signed(Clock())
    text = str(request.one("signature-input"))
    without = re.sub(rf';{parameter}=("[^"]*"|\d+)', "", text)
    assert without != text
    refused(altered(signature_input=without), "bad_signature")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('tag="web-bot-auth"', 'tag="Web-Bot-Auth"', "bad_signature"),
        ('tag="web-bot-auth"', "tag=web-bot-auth", "bad_signature"),
        ('tag="web-bot-auth"', 'tag="other"', "bad_signature"),
        ('tag="web-bot-auth"', 'tag="web-bot-auth";tag="web-bot-auth"', "malformed"),
        ('tag="web-bot-auth"', 'tag="web-bot-auth";wimse-aud="x"', "bad_signature"),
        ("created=", "created=1;created=", "malformed"),
        ("created=", "created=-", "malformed"),
        ("expires=", "expires=?1;x=", "malformed"),
        ("expires=", "expires=1.", "malformed"),
        ('keyid="', 'keyid="x', "malformed"),
        ('keyid="', "keyid=", "malformed"),
        ('nonce="', 'nonce="x', "bad_signature"),
        ('"@method"', '"@method" "@method"', "bad_signature"),
        ('"@method"', '"@Method"', "bad_signature"),
        ('"@method"', "@method", "malformed"),
        ('"@method"', '"@method";req', "bad_signature"),
        ('"@path"', '"@path" "@status"', "bad_signature"),
        ('"@path"', '"@path" "@nothing"', "bad_signature"),
        ('"@path"', '"@path" "cookie"', "bad_signature"),
        ('"@path"', '"@path" "signature"', "bad_signature"),
        ('"@path"', '"@path" ' + '"x" ' * 32, "malformed"),
        ("sig1=(", "sig1=", "malformed"),
        ("sig1=(", "sig1=(), sig1=(", "malformed"),
        ("sig1=(", "sig2=(", "malformed"),
        ("sig1=(", "Sig1=(", "malformed"),
        ("sig1=(", "sig1 = (", "malformed"),
        ("sig1=(", "é", "malformed"),
    ],
)
def test_an_input_that_was_changed(old: str, new: str, code: str) -> None:
    refused(edited("signature-input", old, new), code)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("sig1=:AAAA:", "bad_signature"),
        ("sig1=::", "bad_signature"),
        ("sig1=:" + "A" * 86 + "==:", "bad_signature"),
        ('sig1="AAAA"', "malformed"),
        ("sig1", "malformed"),
        ("sig1=:AA==:, sig1=:AA==:", "malformed"),
        ("sig1=:A%:", "malformed"),
        ("", "malformed"),
        ("sig1=:AAAA:, ", "malformed"),
        ("sig1=:AAAA:, sig2=:AAAA:", "malformed"),
    ],
    ids=lambda value: value[:30],
)
def test_a_signature_that_is_none(value: str, code: str) -> None:
    refused(altered(signature=value), code)


@pytest.mark.parametrize("name", ["signature", "signature-input", "signature-agent", "authorization", "content-digest"])
def test_a_field_in_two_lines(name: str) -> None:
    # attacks 87, 130
    request = signed(Clock(), POSTED)
    with pytest.raises(AttornError) as caught:
        replace(request, headers=(*request.headers, (name.title(), str(request.one(name)))))
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("name", ["signature", "signature_input", "signature_agent", "content_digest"])
def test_a_field_without_end(name: str) -> None:
    # attack 4
    with pytest.raises(AttornError) as caught:
        altered(**{name: "x" * 4097})
    assert caught.value.code == "limit_exceeded"


def test_two_signatures_that_are_meant() -> None:
    request = signed(Clock())
    inputs, signatures = (str(request.one(name)) for name in ("signature-input", "signature"))
    twice = {
        "signature_input": f"{inputs}, {inputs.replace('sig1=', 'b=', 1)}",
        "signature": f"{signatures}, {signatures.replace('sig1=', 'b=', 1)}",
    }
    refused(altered(**twice), "bad_signature")


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (f'sig1="{AGENT}";type=nothing', "bad_signature"),  # ignored, not taken for a directory
        (f'sig1="{AGENT}";type="directory"', "bad_signature"),
        (f'sig1="{AGENT}";type=cimd', "bad_signature"),
        (f'sig1="{AGENT}";type', "bad_signature"),
        (f'sig1="{AGENT}";type=directory;type=directory', "malformed"),
        (f'sig1="{AGENT}";other=1', "bad_signature"),
        (f'sig1="{AGENT}", sig1="{OTHER}"', "malformed"),
        (f'other="{AGENT}"', "bad_signature"),
        (f'"{AGENT}"', "bad_signature"),  # the legacy form
        (f"sig1=({AGENT})", "malformed"),
        ("sig1", "malformed"),
        ("sig1=1", "malformed"),
        (f"sig1=:{b64encode(AGENT.encode()).decode()}:", "malformed"),
        ('sig1="http://agent.example"', "malformed"),  # attacks 34, 35, 55
        ('sig1="https://agent.example/path"', "malformed"),
        ('sig1="https://user@agent.example"', "malformed"),
        ('sig1="https://agent.example?x"', "malformed"),
        ('sig1="https://agent.example#x"', "malformed"),
        ('sig1="https://0x7f000001"', "malformed"),
        ('sig1="agent.example"', "malformed"),
        ('sig1="file:///etc/passwd"', "malformed"),
        ('sig1=""', "malformed"),
        ('sig1="https://agent.example\\\\@other.example"', "malformed"),
        (f'sig1="{AGENT}";type=jwks_uri', "malformed"),
    ],
    ids=lambda value: value[:48],
)
def test_an_agent_that_is_none(member: str, code: str) -> None:
    transport = web()
    refused(altered(signature_agent=member), code, transport=transport, agents=lambda url: True)
    assert not transport.asked


def test_an_agent_that_was_exchanged_after_signing() -> None:
    transport = web()
    transport.documents[OTHER + WELL_KNOWN] = published(agent, origin=OTHER)
    refused(altered(signature_agent=f'sig1="{OTHER}"'), "bad_signature", transport=transport)


def test_a_key_of_another_directory() -> None:
    # The key is known, and that URL does not publish it: attack 28
    clock, transport = Clock(), web()
    by = verifier(clock, transport)
    by.identify(signed(clock))
    request = signed(clock, by=signer(clock, agent, agent=OTHER))
    with pytest.raises(AttornError) as caught:
        by.identify(request)
    assert caught.value.code == "unresolved_principal"


def test_a_key_that_is_published_and_did_not_sign() -> None:
    transport = web()
    transport.documents[AGENT + WELL_KNOWN] = published(agent, other)
    forged = edited("signature-input", KEYID, thumbprint(other.signer.public_key))
    refused(forged, "bad_signature", transport=transport)


def test_an_agent_that_is_not_to_be_looked_up() -> None:
    transport = web()
    refused(altered(), "untrusted_root", agents=[OTHER], transport=transport)
    refused(altered(), "untrusted_root", agents=lambda url: 1, transport=transport)
    refused(altered(), "unavailable", agents=lambda url: {}[url], transport=transport)
    assert not transport.asked


@pytest.mark.parametrize("alg", ["rsa-pss-sha512", "ecdsa-p256-sha256", "hmac-sha256", "none", "Ed25519", "EdDSA"])
def test_an_algorithm_of_the_message_is_never_the_one(alg: str) -> None:
    # attacks 15, 17
    refused(edited("signature-input", ";tag=", f';alg="{alg}";tag='), "bad_signature")


def test_an_algorithm_that_is_the_keys_own_may_be_named() -> None:
    assert verifier(Clock()).identify(made(include_alg=True)).url == AGENT


@pytest.mark.parametrize("alg", ["", ';alg="hmac-sha256"', ';alg="ed25519"'])
@pytest.mark.parametrize("secret", [agent.signer.public_key.data, KEYID.encode(), b""])
def test_a_shared_secret(alg: str, secret: bytes) -> None:
    # attack 16
    request = edited("signature-input", ";tag=", f"{alg};tag=")
    params = str(request.one("signature-input")).removeprefix("sig1=")
    base = (
        f'"@method": GET\n"@authority": shop.example\n"@path": /cart\n"signature-agent";key="sig1": "{AGENT}"\n'
        f'"@signature-params": {params}'
    )
    mac = b64encode(hmac.digest(secret, base.encode(), "sha256")).decode()
    kept = tuple(line for line in request.headers if line[0] != "signature")
    refused(replace(request, headers=(*kept, ("signature", f"sig1=:{mac}:"))), "bad_signature")


def test_a_signature_for_another_profile() -> None:
    headers = {"Signature-Agent": f'sig1="{AGENT}"'}
    covered = ['"@method"', '"@authority"', '"@path"', '"signature-agent";key="sig1"']
    found = sign(agent, Request("GET", f"{ORIGIN}/cart", headers), Clock(), tag="wimse-workload-to-workload",
                 covered_component_ids=covered)  # fmt: skip
    request = message(headers=tuple((name.lower(), value) for name, value in found.headers.items()))
    refused(request, "bad_signature")


def test_the_legacy_form_counts_only_where_it_is_taken() -> None:
    legacy = {"agent": f'"{AGENT}"', "components": WHOLE.replace(';key="sig1"', "")}
    refused(made(**legacy), "bad_signature")
    assert verifier(Clock(), legacy=True).identify(made(**legacy)).url == AGENT
    refused(made(WHOLE, agent=f'sig1="{AGENT}";type=nothing'), "bad_signature", legacy=True)
    for wrong in ({"agent": f'"{AGENT}";type=directory'}, {"components": WHOLE.replace(';key="sig1"', ";bs")}):
        refused(made(**{**legacy, **wrong}), "bad_signature", legacy=True)
    for value in (f'"{AGENT}";type=directory', f'"{AGENT}", "{OTHER}"', '"http://agent.example"', '"'):
        with pytest.raises(AttornError):
            verifier(Clock(), legacy=True).identify(replace(made(**legacy), headers=tuple(
                (name, value if name == "signature-agent" else text) for name, text in made(**legacy).headers
            )))  # fmt: skip


@pytest.mark.parametrize("arguments", [
    {"method": "get"}, {"method": 1}, {"path": "cart"}, {"path": "/a?b"}, {"path": "/ä"}, {"path": "/\n"},
    {"query": "#"}, {"query": None}, {"body": "x"}, {"origin": "shop.example"}, {"origin": ORIGIN + "/x"},
    {"origin": "ftp://shop.example"}, {"headers": {"a": "b"}}, {"headers": (("a",),)}, {"headers": ((b"a", b"b"),)},
], ids=str)  # fmt: skip
def test_what_is_no_request(arguments: dict[str, Any]) -> None:
    with pytest.raises(AttornError) as caught:
        SignedMessage(**{"method": "GET", "origin": ORIGIN, "path": "/", **arguments})
    assert caught.value.code == "invalid_input"


@pytest.mark.parametrize("path", ["/a b", '/"', "/a|b", "/^", "/%zz"])
def test_a_path_that_no_url_has(path: str) -> None:
    refused(replace(signed(Clock()), path=path), "bad_signature")
    with pytest.raises(AttornError):
        signer(Clock()).sign(message(path=path))


def test_what_an_agent_verifier_cannot_be_made_of() -> None:
    clock = Clock()
    for wrong in (
        {"agents": AGENT}, {"agents": 1}, {"coverage": "request"}, {"legacy": 1}, {"lifetime": 60},
        {"skew": timedelta(seconds=-1)}, {"agents": [1]}, {"agents": ["https://a b"]},
        {"agents": iter(lambda: 1 / 0, 1)}, {"agents": [AGENT, "http://agent.example"]}, {"agents": ["agent.example"]},
        {"agents": ["http://localhost:1"]}, {"agents": ["wss://agent.example"]}, {"agents": ["/jwks.json"]},
        {"agents": [AGENT, None]}, {"agents": [b"https://agent.example"]}, {"agents": b"https://agent.example"},
    ):  # fmt: skip
        with pytest.raises(AttornError):
            verifier(clock, **wrong)
    for directories in (None, print, SimpleNamespace(key=print), SimpleNamespace(loopback=False)):
        with pytest.raises(InputError):
            AgentVerifier(directories, agents=[AGENT])  # type: ignore[arg-type]
    with pytest.raises(AttornError):
        verifier(clock).identify("GET /")  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        verifier(lambda: 1, None).identify(altered())  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(
    "at", [datetime(1969, 12, 31, tzinfo=UTC), datetime.min, datetime.max.replace(tzinfo=UTC)], ids=str
)
def test_a_senseless_clock_signs_nothing(at: datetime) -> None:
    with pytest.raises(UnavailableError):
        signer(Clock(at)).sign(message())
    with pytest.raises(UnavailableError):
        Directory(agent, origin=AGENT, clock=Clock(at)).headers()
