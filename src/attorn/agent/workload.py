"""Which workload endorsed an agent: SPIFFE IDs, and what a credential says of them: docs/spec/agent.md, section 2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import CredentialError, InputError, MalformedError

TYPE: Final = "WorkloadEvidence"
FORMS: Final = ("jwt-svid", "wit-svid")
MOST: Final = 8
"""Most workloads in one credential."""
_MOST_ID: Final = 2048
_TRUST_DOMAIN: Final = re.compile(r"[a-z0-9._-]{1,255}")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9._-]+")
_DIGEST: Final = re.compile(r"sha-256:[A-Za-z0-9_-]{43}")
_MEMBERS: Final = {"type", "workload", "form", "digest"}


@dataclass(frozen=True, slots=True)
class SpiffeId:
    """A workload's name (SPIFFE-ID, section 2): `spiffe://`, a trust domain, and a path that begins with a slash."""

    trust_domain: str
    path: str

    def __post_init__(self) -> None:
        segments = self.path.split("/")[1:] if isinstance(self.path, str) and self.path.startswith("/") else []
        plain = all(_SEGMENT.fullmatch(each) and each not in (".", "..") for each in segments)
        if not is_trust_domain(self.trust_domain) or not segments or not plain or len(str(self)) > _MOST_ID:
            raise InputError(f"SPIFFE ID: expected a trust domain and a plain path, got {shown(self.path)}")

    @classmethod
    def read(cls, text: str) -> SpiffeId:
        """The workload that `text` names, in the one spelling that SPIFFE has. Raises `MalformedError`."""
        if not isinstance(text, str) or len(text) > _MOST_ID or not text.startswith("spiffe://"):
            raise MalformedError("SPIFFE ID: expected spiffe:// and a trust domain")
        domain, slash, path = text.removeprefix("spiffe://").partition("/")
        try:
            return cls(domain, slash + path)
        except InputError as error:
            raise MalformedError(str(error)) from None

    def __str__(self) -> str:
        return f"spiffe://{self.trust_domain}{self.path}"


@dataclass(frozen=True, slots=True)
class WorkloadEvidence:
    """That `workload` endorsed the agent, by an SVID of the kind `form` that the issuer checked.

    `digest` is that of the SVID, `sha-256:` and base64url: what the issuer kept can be found by it, and it cannot be
    used. Raises `InputError`.
    """

    workload: SpiffeId
    form: str
    digest: str

    def __post_init__(self) -> None:
        if not isinstance(self.workload, SpiffeId) or self.form not in FORMS:
            raise InputError(f"workload evidence: expected a SPIFFE ID, and form as one of {', '.join(FORMS)}")
        if not isinstance(self.digest, str) or not _DIGEST.fullmatch(self.digest):
            raise InputError("workload evidence: expected digest as sha-256: and base64url")

    def write(self) -> dict[str, JsonValue]:
        """The object in `evidence`."""
        return {"type": TYPE, "workload": str(self.workload), "form": self.form, "digest": self.digest}

    @classmethod
    def read(cls, unverified: Mapping[str, JsonValue]) -> WorkloadEvidence:
        """What such an object says. Raises `CredentialError`, also for a member with no meaning."""
        if not isinstance(unverified, Mapping) or set(unverified) != _MEMBERS or not is_workload_evidence(unverified):
            raise CredentialError("workload evidence: expected type, workload, form and digest, and nothing else")
        workload, form, digest = (unverified[name] for name in ("workload", "form", "digest"))
        try:
            return cls(SpiffeId.read(workload), form, digest)  # type: ignore[arg-type]  # it checks each
        except (InputError, MalformedError) as error:
            raise CredentialError(str(error)) from None


def is_trust_domain(value: object) -> bool:
    """Whether `value` is the name of a trust domain."""
    return isinstance(value, str) and _TRUST_DOMAIN.fullmatch(value) is not None


def is_workload_evidence(value: JsonValue | Mapping[str, JsonValue]) -> bool:
    """Whether an element of `evidence` says that it is of this type."""
    types = value.get("type") if isinstance(value, Mapping) else None
    return TYPE in types if isinstance(types, list) else types == TYPE


def evidence_in(document: Mapping[str, JsonValue]) -> tuple[WorkloadEvidence, ...]:
    """The workloads in a credential's `evidence`; other kinds of evidence are passed over. Raises `CredentialError`."""
    value = document.get("evidence", [])
    found = [each for each in (value if isinstance(value, list) else [value]) if is_workload_evidence(each)]
    if len(found) > MOST:
        raise CredentialError(f"workload evidence: expected at most {MOST} workloads")
    return tuple(WorkloadEvidence.read(each) for each in found if isinstance(each, dict))
