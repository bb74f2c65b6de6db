"""What an identity credential says of an agent: docs/spec/agent.md, section 1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.did.did import is_did
from attorn.display import shown
from attorn.errors import CredentialError, InputError
from attorn.request.attested import NAMES

SUBJECT: Final = "AgentIdentity"
"""The type of the credential's subject."""
KINDS: Final = ("agent", "organisation", "person", "service")
STAGES: Final = ("development", "staging", "production", "retired")
MOST_TEXT: Final = 256
MOST_CAPABILITIES: Final = 64
_TEXTS: Final = ("accountable", "model", "provider", "purpose", "version")
_DIGEST: Final = re.compile(r"sha-256:[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """The agent `id` (a DID), who owns it, and what it is. Texts have 1 to 256 characters.

    `owner` is the DID of whoever owns it, `accountable` names the person or team that answers for it. `digest` is that
    of its software: `sha-256:` and base64url. `parent` is the DID of the agent that started this one. `kind` is one of
    agent, organisation, person and service, `stage` one of development, staging, production and retired. Raises
    `InputError` for other values.
    """

    id: str
    kind: str = "agent"
    owner: str | None = None
    accountable: str | None = None
    purpose: str | None = None
    provider: str | None = None
    model: str | None = None
    version: str | None = None
    digest: str | None = None
    capability: tuple[str, ...] = ()
    stage: str | None = None
    parent: str | None = None

    def __post_init__(self) -> None:
        for name, did in (("id", self.id), ("owner", self.owner), ("parent", self.parent)):
            if not (did is None and name != "id") and not (isinstance(did, str) and is_did(did)):
                raise InputError(f"agent profile: expected {name} as a DID, got {shown(did)}")
        if self.kind not in KINDS:
            raise InputError(f"agent profile: expected kind as one of {', '.join(KINDS)}, got {shown(self.kind)}")
        if self.stage is not None and self.stage not in STAGES:
            raise InputError(f"agent profile: expected stage as one of {', '.join(STAGES)}, got {shown(self.stage)}")
        for name in _TEXTS:
            value = getattr(self, name)
            if value is not None:
                _require_text(value, name)
        if self.digest is not None and not (isinstance(self.digest, str) and _DIGEST.fullmatch(self.digest)):
            raise InputError(f"agent profile: expected digest as sha-256: and base64url, got {shown(self.digest)}")
        if not isinstance(self.capability, list | tuple) or len(self.capability) > MOST_CAPABILITIES:
            raise InputError(f"agent profile: expected at most {MOST_CAPABILITIES} capabilities, in a list")
        for value in self.capability:
            _require_text(value, "capability")
        if len(set(self.capability)) != len(self.capability):
            raise InputError("agent profile: a capability is there twice")
        object.__setattr__(self, "capability", tuple(self.capability))

    @classmethod
    def read(cls, unverified_subject: Mapping[str, JsonValue]) -> AgentProfile:
        """The profile that a credential's subject is. Raises `CredentialError`, also for a member with no meaning."""
        if not isinstance(unverified_subject, Mapping):
            raise CredentialError("agent profile: expected one subject")
        members = dict(unverified_subject)
        if members.pop("type", None) not in (SUBJECT, [SUBJECT]):
            raise CredentialError(f"agent profile: expected a subject of type {SUBJECT}")
        strange = sorted(set(members) - {*NAMES, "id"})
        if strange:
            raise CredentialError(f"agent profile: {shown(strange[0])} has no meaning")
        capability = members.pop("capability", [])
        several = capability if isinstance(capability, list) else [capability]
        if any(value is None for value in members.values()):
            raise CredentialError("agent profile: a member is null; leave it out")
        try:
            return cls(**{"id": None, "kind": "", **members, "capability": several})  # type: ignore[arg-type]  # it checks each
        except InputError as error:
            raise CredentialError(str(error)) from None

    def subject(self) -> dict[str, JsonValue]:
        """The `credentialSubject` that says this."""
        said: dict[str, JsonValue] = {"id": self.id, "type": SUBJECT}
        said |= {name: value for name, value in self._single().items() if value is not None}
        if self.capability:
            said["capability"] = list(self.capability)
        return said

    def says(self) -> frozenset[str]:
        """What an `Agent` caveat may ask for, as texts `name=value`."""
        single = {f"{name}={value}" for name, value in self._single().items() if value is not None}
        return frozenset(single | {f"capability={value}" for value in self.capability})

    def _single(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in NAMES if name != "capability"}


def _require_text(value: JsonValue, name: str) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
        raise InputError(f"agent profile: expected {name} as 1 to {MOST_TEXT} characters of text, got {shown(value)}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InputError(f"agent profile: {name} holds a lone surrogate")
