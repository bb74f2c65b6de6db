"""Agents with cards."""

from __future__ import annotations

from typing import Any

from a2a.types import AgentCapabilities, AgentCard, AgentInterface, AgentSkill

from attorn import Identity
from attorn.a2a import EXTENSION, advertise, canonical_card, sign_card
from attorn.canonical import canonicalise, parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.keys.signer import Signatory, signed

alice, planner, scout, thief = (Identity.from_seed(bytes([n]) * 32) for n in range(1, 5))
URL = "https://planner.example/a2a"


def card(**members: Any) -> AgentCard:
    """A card without an empty required field, where the SDK and the specification agree."""
    return AgentCard(
        **{
            "name": "Planner",
            "description": "Plans journeys, \u2603 and \U0001f600 too.",
            "version": "1.0.0",
            "supported_interfaces": [AgentInterface(url=URL, protocol_binding="JSONRPC", protocol_version="1.0")],
            "capabilities": AgentCapabilities(streaming=True),
            "default_input_modes": ["text/plain"],
            "default_output_modes": ["text/plain"],
            "skills": [AgentSkill(id="plan", name="Plan", description="Plans.", tags=["journeys"])],
            **members,
        }
    )


def offered(by: Identity = planner, **members: Any) -> AgentCard:
    """A card that says that chains are presented to `by`, who signed it."""
    return sign_card(advertise(card(**members), did=by.did), by=by)


def resigned(made: AgentCard, header: dict[str, Any], by: Signatory = planner, at: int = 0) -> AgentCard:
    """`made`, one of whose signatures has other members in its header (None: without) and is right for them."""
    changed = AgentCard()
    changed.CopyFrom(made)
    entry = changed.signatures[at]
    members = parse(base64url_decode(entry.protected))
    assert isinstance(members, dict)
    merged = {name: value for name, value in {**members, **header}.items() if value is not None}
    entry.protected = base64url_encode(canonicalise(merged))
    entry.signature = base64url_encode(
        signed(by.signer, f"{entry.protected}.{base64url_encode(canonical_card(made))}".encode())
    )
    return changed


__all__ = ["EXTENSION", "URL", "alice", "card", "offered", "planner", "resigned", "scout", "thief"]
