"""Cards: the canonical form of A2A 1.0.1 section 8.4.1, who signed, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from a2a.types import (
    AgentCapabilities,
    AgentCard,
    AgentCardSignature,
    AgentExtension,
    AgentSkill,
    MutualTlsSecurityScheme,
    OAuth2SecurityScheme,
    SecurityScheme,
)
from google.protobuf.json_format import MessageToDict
from tests.adapters.a2a.cards import EXTENSION, card, offered, planner, resigned, scout, thief

from attorn import Identity
from attorn.a2a import advertise, advertised, canonical_card, read_card, sign_card, verify_card
from attorn.canonical import parse
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AttornError,
    InputError,
    LimitError,
    MalformedError,
    ResolutionError,
    SignatureError,
    UnavailableError,
)


def text(made: AgentCard) -> str:
    return json.dumps(MessageToDict(made))


def check(made: AgentCard | str, *signers: str, **more: Any) -> Any:
    return verify_card(made, signers=list(signers) or [planner.did], **more)


def refused(expected: type[AttornError], question: Callable[[], object]) -> None:
    with pytest.raises(expected) as caught:
        question()
    assert type(caught.value) is expected


def test_the_specifications_own_example() -> None:
    # Section 8.4.1: its fragment, and what becomes of it.
    fragment = {
        "name": "Example Agent",
        "description": "",
        "capabilities": {"streaming": False, "pushNotifications": False, "extensions": []},
        "skills": [],
    }
    found = json.loads(canonical_card(read_card(json.dumps(fragment))))
    assert {name: found.pop(name) for name in ("supportedInterfaces", "defaultInputModes", "defaultOutputModes")} == {
        "supportedInterfaces": [],
        "defaultInputModes": [],
        "defaultOutputModes": [],
    }
    assert found.pop("version") == ""
    assert found == {**fragment, "capabilities": {"pushNotifications": False, "streaming": False}}


def test_the_canonical_form() -> None:
    made = card(
        icon_url="",
        capabilities=AgentCapabilities(
            extensions=[AgentExtension(uri="urn:x", params={"b": [None, 1.0, {}], "a": ""})]
        ),
        security_schemes={"m": SecurityScheme(mtls_security_scheme=MutualTlsSecurityScheme())},
    )
    found = json.loads(canonical_card(sign_card(made, by=planner)))
    assert found.keys().isdisjoint({"signatures", "documentationUrl", "provider"})
    assert found["iconUrl"] == ""
    assert found["capabilities"] == {"extensions": [{"uri": "urn:x", "params": {"b": [None, 1, {}], "a": ""}}]}
    assert found["securitySchemes"] == {"m": {"mtlsSecurityScheme": {}}}
    assert found["skills"] == [{"id": "plan", "name": "Plan", "description": "Plans.", "tags": ["journeys"]}]
    assert canonical_card(made) == canonical_card(read_card(text(made)))


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_a_signed_card_is_verified(algorithm: str) -> None:
    agent = Identity.generate(algorithm=algorithm)
    made = offered(agent)
    for given in (made, text(made), text(made).encode()):
        found = verify_card(given, signers=[scout.did, agent.did])
        assert (found.signers, found.did, found.unchecked) == ((agent.did,), agent.did, ())
        assert found.card == made
    header = parse(base64url_decode(made.signatures[0].protected))
    assert header == {
        "alg": "EdDSA" if algorithm == "Ed25519" else "ES256",
        "kid": f"{agent.did}#{agent.did.removeprefix('did:key:')}",
        "typ": "JOSE",
    }


class Lost(list[str]):
    """A list in a place that cannot be reached."""

    def __iter__(self) -> Iterator[str]:
        raise OSError("no database")


def test_what_the_caller_expects_decides() -> None:
    asked: list[str] = []

    def policy(did: str) -> bool:
        asked.append(did)
        return did == planner.did

    both = sign_card(offered(), by=scout)
    found = verify_card(both, signers=policy)
    assert (found.signers, asked) == ((planner.did,), [planner.did, scout.did])
    assert found.unchecked == (f"{scout.did}#{scout.did.removeprefix('did:key:')}",)
    assert verify_card(both, signers={planner.did, scout.did}).signers == (planner.did, scout.did)
    # A stranger's signature, however good, is nobody's.
    refused(SignatureError, lambda: check(offered(thief)))
    refused(SignatureError, lambda: verify_card(both, signers=lambda did: 1))  # type: ignore[arg-type, return-value]
    refused(UnavailableError, lambda: verify_card(both, signers=lambda did: 1 / 0 > 0))
    refused(UnavailableError, lambda: verify_card(both, signers=Lost([planner.did])))


def test_a_signature_taken_away() -> None:
    refused(SignatureError, lambda: check(advertise(card(), did=planner.did)))
    stripped = offered()
    del stripped.signatures[:]
    refused(SignatureError, lambda: check(stripped))
    refused(SignatureError, lambda: check(text(stripped)))
    refused(SignatureError, lambda: verify_card(offered(), signers=[scout.did]))
    # Without the extension the card names nobody who should have.
    refused(SignatureError, lambda: check(card()))
    refused(SignatureError, lambda: check(text(card())))
    refused(SignatureError, lambda: check(sign_card(card(), by=thief)))


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.supported_interfaces[0].__setattr__("url", "https://thief.example/a2a"),
        lambda made: made.__setattr__("description", ""),
        lambda made: made.__setattr__("icon_url", ""),
        lambda made: made.capabilities.__setattr__("push_notifications", False),
        lambda made: made.capabilities.ClearField("streaming"),
        lambda made: made.capabilities.extensions[0].__setattr__("required", False),
        lambda made: made.skills.append(AgentSkill(id="x", name="x", description="x", tags=[])),
        lambda made: made.security_schemes["m"].mtls_security_scheme.SetInParent(),
        lambda made: made.provider.SetInParent(),
        lambda made: made.default_input_modes.append(""),
    ],
)
def test_an_altered_card(change: Callable[[AgentCard], object]) -> None:
    made = offered()
    change(made)
    for given in (made, text(made)):
        refused(SignatureError, lambda given=given: check(given))  # type: ignore[misc]


def test_one_signature_that_does_not_hold_is_enough() -> None:
    # The SDK takes a card of which any signature is good; an old one left behind would hide a change.
    changed = offered()
    changed.description = "Steals."
    both = sign_card(changed, by=scout)
    refused(SignatureError, lambda: check(both, planner.did, scout.did))
    refused(SignatureError, lambda: check(both, planner.did))
    # Nobody asked for planner, but the card names it.
    refused(SignatureError, lambda: check(both, scout.did))


def test_signed_anew() -> None:
    again = sign_card(sign_card(offered(), by=scout), by=planner)
    assert [len(again.signatures), check(again).signers] == [2, (planner.did,)]
    assert check(sign_card(card(), by=planner)).did is None


def test_a_card_with_the_kid_of_another() -> None:
    # attacks 28, 29
    kid = f"{planner.did}#{planner.did.removeprefix('did:key:')}"
    refused(SignatureError, lambda: check(resigned(offered(thief), {"kid": kid}, thief)))
    refused(InputError, lambda: sign_card(card(), by=thief, kid=kid))
    for other in (f"{planner.did}#other", planner.did, f"{scout.did}#{kid.partition('#')[2]}"):
        refused(ResolutionError, lambda other=other: check(resigned(offered(), {"kid": other}), planner.did, scout.did))  # type: ignore[misc]


def test_a_card_that_names_another_agent() -> None:
    # The thief signs with its own good key, for a card that says: present to planner.
    made = sign_card(advertise(card(), did=planner.did), by=thief)
    refused(SignatureError, lambda: verify_card(made, signers=lambda did: True))
    assert verify_card(sign_card(card(), by=thief), signers=lambda did: True).signers == (thief.did,)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES256"},
        {"alg": "Ed25519x"},
    ],
)
def test_another_algorithm(header: dict[str, Any]) -> None:
    # attacks 15 to 17
    refused(SignatureError, lambda: check(resigned(offered(), header)))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": None},
        {"alg": 1},
        {"kid": None},
        {"kid": ""},
        {"kid": 7},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"typ": None, "crit": ["b64"]},
        {"b64": False},
        {"jwk": {"kty": "OKP"}},
        {"x5c": []},
        {"x5u": "https://thief.example/"},
        {"jku": "https://registry.example/keys", "jwk": {"kty": "OKP"}},
        {"typ": "application/JOSE"},
        {"typ": "jose"},
    ],
)
def test_headers_that_are_refused(header: dict[str, Any]) -> None:
    # attacks 19, 20, 22
    refused(MalformedError, lambda: check(resigned(offered(), header)))


def test_a_header_may_say_where_keys_are_and_nobody_looks() -> None:
    # attack 19: the key is that of the DID.
    for header in ({"jku": "https://thief.example/keys"}, {"typ": None}, {"alg": "Ed25519"}):
        assert check(resigned(offered(), header)).signers == (planner.did,)
    refused(SignatureError, lambda: check(resigned(offered(), {"jku": "https://thief.example/keys"}, thief)))


@pytest.mark.parametrize(
    "entry",
    [
        AgentCardSignature(protected="e30", signature="AA"),
        AgentCardSignature(protected="e30=", signature="AA"),
        AgentCardSignature(protected="W10", signature="AA"),
        AgentCardSignature(protected="", signature=""),
        AgentCardSignature(protected="A" * 5000, signature="AA"),
        AgentCardSignature(protected=base64url_encode(b'{"alg":"RS256","kid":"key-1"}'), signature="A" * 3000),
        AgentCardSignature(protected=base64url_encode(b'{"alg":"RS256","kid":"key-1"}'), signature="AA=="),
        AgentCardSignature(protected=base64url_encode(b'{"alg":"RS256","kid":"k","kid":"key-1"}'), signature="AA"),
        AgentCardSignature(
            protected=base64url_encode(b'{"alg":"RS256","kid":"key-1"}'), signature="AA", header={"kid": "other"}
        ),
    ],
)
def test_entries_that_are_no_signatures(entry: AgentCardSignature) -> None:
    # attacks 2, 21, 44
    made = offered()
    made.signatures.append(entry)
    refused(MalformedError, lambda: check(made))


def test_signatures_of_other_kinds_count_for_nothing() -> None:
    made = offered()
    other = base64url_encode(b'{"alg":"RS256","jku":"https://registry.example/keys","kid":"key-1","typ":"JOSE"}')
    made.signatures.append(AgentCardSignature(protected=other, signature="AA", header={"note": "registry"}))
    assert check(made).unchecked == ("key-1",)
    del made.signatures[0]
    refused(SignatureError, lambda: check(made))
    made.signatures.extend([made.signatures[0]] * 8)
    refused(LimitError, lambda: check(made))


def test_a_stranger_does_not_choose_what_is_looked_up() -> None:
    # attack 35
    asked: list[str] = []

    class Watched:
        def resolve(self, did: str) -> Any:
            asked.append(did)
            return StaticResolver({}).resolve(did)

    made = resigned(offered(), {"kid": "did:web:internal.example#key"})
    refused(SignatureError, lambda: check(made, resolver=Watched()))
    assert asked == []
    refused(ResolutionError, lambda: check(made, "did:web:internal.example", resolver=Watched()))
    assert asked == ["did:web:internal.example"]


@pytest.mark.parametrize(
    "said",
    [
        '{"name":"A","name":"Planner"}',
        '{"capabilities":{"streaming":true,"streaming":false}}',
        '{"name":"A","unknown":1}',
        '{"name":"A","url":"https://thief.example"}',
        '{"supported_interfaces":[]}',
        '{"name":null}',
        '{"name":1}',
        '{"capabilities":{"streaming":"true"}}',
        '{"skills":{}}',
        '{"skills":[null]}',
        '{"capabilities":{"extensions":[{"params":[]}]}}',
        '{"capabilities":{"extensions":[{"params":{"a":{"b":1,"b":2}}}]}}',
        "[]",
        "null",
        "",
        '{"name":"A"',
        '{"signatures":[{"protected":"","signature":"","x":1}]}',
        '{"capabilities":{"extensions":[{"params":{"a":' + "[" * 40 + "]" * 40 + "}}]}}",
    ],
)
def test_texts_that_are_no_cards(said: str) -> None:
    # attacks 1, 12, 13, 21: two readers of one text.
    refused(MalformedError, lambda: read_card(said))
    refused(MalformedError, lambda: check(said))


def test_cards_without_a_canonical_form() -> None:
    refused(MalformedError, lambda: canonical_card(AgentCard(name="A")))
    refused(MalformedError, lambda: sign_card(AgentCard(name="A"), by=planner))
    lacking = card(security_schemes={"o": SecurityScheme(oauth2_security_scheme=OAuth2SecurityScheme())})
    refused(MalformedError, lambda: canonical_card(lacking))
    endless = card(capabilities=AgentCapabilities(extensions=[AgentExtension(uri="urn:x", params={"a": float("inf")})]))
    refused(MalformedError, lambda: canonical_card(endless))
    refused(MalformedError, lambda: read_card(text(offered()), most=100))
    refused(LimitError, lambda: check(offered(), most=100))


def test_the_extension() -> None:
    made = offered()
    (extension,) = made.capabilities.extensions
    assert (extension.uri, extension.required, advertised(made)) == (EXTENSION, True, planner.did)
    assert advertised(card()) is None
    twice = offered()
    twice.capabilities.extensions.append(extension)
    nobody = card(capabilities=AgentCapabilities(extensions=[AgentExtension(uri=EXTENSION, params={"did": "planner"})]))
    endless = offered()
    endless.capabilities.extensions[0].params["x"] = float("nan")
    assert advertised(endless) == planner.did
    numbered = card(capabilities=AgentCapabilities(extensions=[AgentExtension(uri=EXTENSION, params={"did": 1})]))
    for each in (twice, nobody, numbered):
        refused(MalformedError, lambda each=each: advertised(each))  # type: ignore[misc]
        refused(MalformedError, lambda each=each: check(sign_card(each, by=planner)))  # type: ignore[misc]


@pytest.mark.parametrize(
    "question",
    [
        lambda: advertise(offered(), did=planner.did),
        lambda: advertise(card(), did="planner"),
        lambda: advertise("{}", did=planner.did),  # type: ignore[arg-type]
        lambda: sign_card(card(), by=None),  # type: ignore[arg-type]
        lambda: sign_card("{}", by=planner),  # type: ignore[arg-type]
        lambda: sign_card(card(), by=Identity(planner.signer), kid="did:web:planner.example#key"),
        lambda: canonical_card({}),  # type: ignore[arg-type]
        lambda: verify_card(offered(), signers=[]),
        lambda: verify_card(offered(), signers=planner.did),
        lambda: verify_card(offered(), signers=["planner"]),
        lambda: verify_card(offered(), signers=None),  # type: ignore[arg-type]
        lambda: verify_card(None, signers=[planner.did]),  # type: ignore[arg-type]
        lambda: verify_card(offered(), signers=[planner.did], most="1"),  # type: ignore[arg-type]
        lambda: verify_card(offered(), signers=[planner.did], most=-1),
        lambda: verify_card("{}", signers=[planner.did], most=None),  # type: ignore[arg-type]
        lambda: read_card("{}", most="1"),  # type: ignore[arg-type]
        lambda: advertised({}),  # type: ignore[arg-type]
    ],
)
def test_arguments_of_no_use(question: Callable[[], object]) -> None:
    refused(InputError, question)


@pytest.mark.parametrize("signature", ["AA", "A" * 86, base64url_encode(bytes(65)), base64url_encode(b"\xff" * 64)])
def test_bytes_that_are_no_signature(signature: str) -> None:
    made = offered()
    made.signatures[0].signature = signature
    refused(SignatureError, lambda: check(made))


def test_without_the_sdk() -> None:
    # Import plainly says what is missing.
    script = (
        "import sys, importlib.util as u; find = u.find_spec; u.find_spec = lambda name: name != 'a2a' and find(name)"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{script} or None; import attorn.a2a"], capture_output=True, text=True, check=False
    )
    assert told.returncode
    assert "pip install 'attorn[a2a]'" in told.stderr


WEB = "did:web:planner.example"


def web_agent(
    *, of: Identity = planner, uses: Relationship = Relationship.ASSERTION_METHOD, **more: Any
) -> StaticResolver:
    """A resolver that knows WEB by the key of `of`, for assertions unless `uses` says otherwise."""
    relationships = {uses, Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION}
    method = VerificationMethod(f"{WEB}#key-1", WEB, of.signer.public_key, frozenset(relationships))
    return StaticResolver({WEB: DidDocument(WEB, (method,), **more)})


def test_an_agent_with_a_name_on_the_web() -> None:
    by = Identity(planner.signer, did=WEB, resolver=web_agent())
    made = sign_card(advertise(card(), did=WEB), by=by, kid=f"{WEB}#key-1")
    assert check(made, WEB, resolver=web_agent()).did == WEB
    refused(InputError, lambda: sign_card(card(), by=by))
    refused(InputError, lambda: sign_card(card(), by=by, kid=f"{WEB}#{'k' * 4096}"))
    # attacks 30, 38, 39: it has another key by now, its key is not for saying things, it is no more, nobody knows it.
    refused(SignatureError, lambda: check(made, WEB, resolver=web_agent(of=scout)))
    refused(ResolutionError, lambda: check(made, WEB, resolver=web_agent(uses=Relationship.AUTHENTICATION)))
    refused(ResolutionError, lambda: check(made, WEB, resolver=web_agent(deactivated=True)))
    refused(ResolutionError, lambda: check(made, WEB))


def test_a_resolver_that_fails() -> None:
    class Broken:
        def resolve(self, did: str) -> Any:
            raise OSError(did)

    by = Identity(planner.signer, did=WEB, resolver=web_agent())
    made = sign_card(card(), by=by, kid=f"{WEB}#key-1")
    refused(UnavailableError, lambda: check(made, WEB, resolver=Broken()))
