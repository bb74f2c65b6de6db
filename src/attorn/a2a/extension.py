"""How an agent says in its card that it takes chains, and as whom: an A2A extension."""

from __future__ import annotations

from typing import Final

from a2a.types import AgentCard, AgentExtension

from attorn.did.did import is_did
from attorn.errors import InputError, MalformedError

EXTENSION: Final = "https://w3id.org/attorn/a2a/v1"
"""The URI of the extension: in the card, in `A2A-Extensions`, in `Message.extensions` and as the key of metadata."""
_DESCRIPTION: Final = "Every request carries a chain of authority that leads back to a user."


def advertise(card: AgentCard, *, did: str) -> AgentCard:
    """A copy of `card` that says: whoever calls presents a chain to `did`. Sign it afterwards.

    Raises `InputError` for anything but a card and a DID, and for a card that says so already.
    """
    if not isinstance(card, AgentCard) or not isinstance(did, str) or not is_did(did):
        raise InputError("advertise: expected an AgentCard and a DID")
    if any(each.uri == EXTENSION for each in card.capabilities.extensions):
        raise InputError("advertise: this card has the extension already")
    said = AgentCard()
    said.CopyFrom(card)
    said.capabilities.extensions.append(
        AgentExtension(uri=EXTENSION, description=_DESCRIPTION, required=True, params={"did": did})
    )
    del said.signatures[:]
    return said


def advertised(card: AgentCard) -> str | None:
    """The DID that the card says chains are presented to, None if it does not have the extension. Nothing is verified.

    Raises `MalformedError` where the extension stands twice, or names no DID, and `InputError`.
    """
    if not isinstance(card, AgentCard):
        raise InputError(f"advertised: expected an AgentCard, got {type(card).__name__}")
    found = [each for each in card.capabilities.extensions if each.uri == EXTENSION]
    if not found:
        return None
    members = found[0].params.fields
    did = members["did"].string_value if "did" in members else ""
    if len(found) > 1 or not is_did(did):
        raise MalformedError("agent card: expected the extension once, with the DID of the agent")
    return str(did)
