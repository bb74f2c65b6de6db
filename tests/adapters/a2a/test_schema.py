"""The schema of cards that the SDK ships, pinned: another one would change what is signed, and is to be looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from a2a.types import AgentCard, AgentExtension, AgentSkill, SecurityScheme
from google.api.field_behavior_pb2 import REQUIRED, field_behavior
from google.protobuf.descriptor import Descriptor
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.a2a.cards import card

from attorn.a2a import canonical_card, read_card

ALWAYS = {
    "AgentCard": "name description supportedInterfaces version capabilities defaultInputModes defaultOutputModes"
    " skills",
    "AgentInterface": "url protocolBinding protocolVersion",
    "AgentProvider": "url organization",
    "AgentSkill": "id name description tags",
    "APIKeySecurityScheme": "location name",
    "HTTPAuthSecurityScheme": "scheme",
    "OAuth2SecurityScheme": "flows",
    "AuthorizationCodeOAuthFlow": "authorizationUrl tokenUrl scopes",
    "ClientCredentialsOAuthFlow": "tokenUrl scopes",
    "DeviceCodeOAuthFlow": "deviceAuthorizationUrl tokenUrl scopes",
    "OpenIdConnectSecurityScheme": "openIdConnectUrl",
    "AgentCardSignature": "protected signature",
}
"""What is REQUIRED of each message that a card is made of (A2A 1.0.1, a2a.proto)."""
OPTIONAL = {
    "AgentCard": "documentationUrl iconUrl",
    "AgentCapabilities": "streaming pushNotifications extendedAgentCard",
}
"""What is marked `optional`, and so told from empty."""


def messages(found: Descriptor, seen: set[str]) -> Iterator[Descriptor]:
    if found.full_name in seen or found.full_name.startswith("google."):
        return
    seen.add(found.full_name)
    if not found.GetOptions().map_entry:
        yield found
    for field in found.fields:
        if field.message_type is not None:
            yield from messages(field.message_type, seen)


def test_the_schema() -> None:
    always, optional = {}, {}
    for each in messages(AgentCard.DESCRIPTOR, set()):
        required = [f.json_name for f in each.fields if REQUIRED in f.GetOptions().Extensions[field_behavior]]
        told = [f.json_name for f in each.fields if f.has_presence and f.message_type is None]
        if required:
            always[each.name] = " ".join(required)
        if told:
            optional[each.name] = " ".join(told)
    assert always == ALWAYS
    assert optional == OPTIONAL


def reference(made: AgentCard) -> dict[str, Any]:
    """The members that are signed, worked out from the JSON and the table above."""
    whole = MessageToDict(made, always_print_fields_with_no_presence=True)
    whole.pop("signatures", None)
    kinds = {"supportedInterfaces": "AgentInterface", "provider": "AgentProvider", "skills": "AgentSkill"}

    def pruned(members: dict[str, Any], kind: str) -> dict[str, Any]:
        stay = f"{ALWAYS.get(kind, '')} {OPTIONAL.get(kind, '')}".split()
        return {
            name: below(name, value, kind)
            for name, value in members.items()
            if name in stay or (isinstance(value, dict) and name == "params") or value not in ("", False, [], {})
        }

    def below(name: str, value: Any, kind: str) -> Any:
        if kind == "AgentCard" and name == "capabilities":
            return pruned(value, "AgentCapabilities")
        if kind == "AgentCard" and name == "securitySchemes":
            return {each: {scheme: pruned(said, "") for scheme, said in one.items()} for each, one in value.items()}
        if name == "extensions":
            return [pruned(each, "AgentExtension") for each in value]
        if kind == "AgentCard" and name in kinds:
            one = isinstance(value, dict)
            return pruned(value, kinds[name]) if one else [pruned(each, kinds[name]) for each in value]
        return value

    return pruned(whole, "AgentCard")


words = st.sampled_from(["", "a", "\u2603", "\U0001f600"])
texts = st.lists(words, max_size=2)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words,
    lambda each: st.lists(each, max_size=2) | st.dictionaries(words, each, max_size=2),
    max_leaves=4,
)
skills = st.builds(AgentSkill, id=words, name=words, description=words, tags=texts, examples=texts, input_modes=texts)
params = st.none() | st.dictionaries(words, values, max_size=2)
extensions = st.builds(AgentExtension, uri=words, description=words, required=st.booleans(), params=params)


@st.composite
def cards(draw: st.DrawFn) -> AgentCard:
    made = card(
        name=draw(words),
        description=draw(words),
        version=draw(words),
        default_input_modes=draw(texts),
        skills=draw(st.lists(skills, max_size=2)),
    )
    for name in ("icon_url", "documentation_url"):
        if draw(st.booleans()):
            setattr(made, name, draw(words))
    for name in ("streaming", "push_notifications", "extended_agent_card"):
        made.capabilities.ClearField(name)
        if draw(st.booleans()):
            setattr(made.capabilities, name, draw(st.booleans()))
    made.capabilities.extensions.extend(draw(st.lists(extensions, max_size=2)))
    if draw(st.booleans()):
        made.provider.url, made.provider.organization = draw(words), draw(words)
    for name in draw(st.sets(words, max_size=2)):
        scheme = SecurityScheme()
        scheme.mtls_security_scheme.description = draw(words)
        made.security_schemes[name].CopyFrom(scheme)
    return made


@given(cards())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_canonical_form_is_that_of_the_table(made: AgentCard) -> None:
    form = canonical_card(made)
    assert json.loads(form) == reference(made)
    assert canonical_card(read_card(form)) == form
    # What the SDK makes of it, and leaves out, has the same form once read.
    assert canonical_card(read_card(json.dumps(MessageToDict(made)))) == form


@given(cards(), cards())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_two_cards_have_one_form_only_if_they_say_the_same(one: AgentCard, other: AgentCard) -> None:
    assert (canonical_card(one) == canonical_card(other)) is (one == other)
