"""The contexts that attorn knows: copies that came with it, held to their SHA-256, and those that a caller hands in.

Nothing is ever fetched. A context that is not here is unknown, and so is every term that it would define.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.display import shown
from attorn.errors import CredentialError, InputError, MalformedError, UnavailableError
from attorn.jsonld.active import Made

CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
MOST_BYTES: Final = 65_536
"""Longest context document."""
_DEPTH: Final = 16
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]{1,2000}")

_BUNDLED: Final = {
    CREDENTIALS_V1: ("credentials-v1", "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8"),
    CREDENTIALS_V2: ("credentials-v2", "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"),
    "https://www.w3.org/ns/credentials/undefined-terms/v2": (
        "undefined-terms-v2",
        "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
    ),
    "https://www.w3.org/ns/credentials/examples/v2": (
        "examples-v2",
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
    ),
    "https://w3id.org/security/data-integrity/v1": (
        "data-integrity-v1",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "data-integrity-v2",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "multikey-v1",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    "https://w3id.org/security/jwk/v1": ("jwk-v1", "0f14b62f6071aafe00df265770ea0c7508e118247d79b7d861a406d2aa00bece"),
    "https://w3id.org/security/suites/ed25519-2020/v1": (
        "ed25519-2020-v1",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
    ),
    "https://www.w3.org/ns/did/v1": ("did-v1", "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f"),
    "https://w3id.org/citizenship/v4rc1": (
        "citizenship-v4rc1",
        "a89b0bc00b1848ac3dfdf956c7dd5de8567e755351c07ec6a1c2b4a08b67953b",
    ),
}


@dataclass(frozen=True, slots=True)
class PinnedContext:
    """A context document that a caller hands in: its bytes, and the SHA-256 (hex) that it knows from elsewhere.

    Raises `InputError` if they do not belong together, or the bytes are no JSON object with an `@context`.
    """

    data: bytes
    sha256: str

    def __post_init__(self) -> None:
        if type(self.data) is not bytes or len(self.data) > MOST_BYTES:
            raise InputError(f"context: expected at most {MOST_BYTES} bytes")
        if not isinstance(self.sha256, str) or not _SHA256.fullmatch(self.sha256):
            raise InputError("context: expected its SHA-256 as 64 lower-case hexadecimal digits")
        if hashlib.sha256(self.data).hexdigest() != self.sha256:
            raise InputError("context: these bytes have another SHA-256")
        try:
            _context_of(self.data)
        except MalformedError as error:
            raise InputError(f"context: {error}") from None


class Contexts:
    """The contexts by URL: those that come with attorn, and `extra` ones.

    Raises `InputError` for an extra one under a URL that is bundled, or that is no absolute URL.
    """

    __slots__ = ("_extra", "literals", "made")

    def __init__(self, extra: Mapping[str, PinnedContext] | None = None) -> None:
        if extra is not None and not isinstance(extra, Mapping):
            raise InputError(f"contexts: expected a mapping, got {type(extra).__name__}")
        self._extra: dict[str, JsonValue] = {}
        self.made = Made()
        for url, context in (extra or {}).items():
            if not isinstance(url, str) or not _URL.fullmatch(url) or url in _BUNDLED:
                raise InputError(f"contexts: expected an absolute URL that is not bundled, got {shown(url)}")
            if not isinstance(context, PinnedContext):
                raise InputError(f"contexts: expected a PinnedContext, got {type(context).__name__}")
            self._extra[url] = _context_of(context.data)
        self.literals = frozenset(_literals(list(self._extra.values())))
        """The terms that one of the extra ones says are JSON as it stands (`@json`): none of it is about the graph."""

    @property
    def urls(self) -> frozenset[str]:
        """The URLs of all of them."""
        return frozenset(_BUNDLED) | frozenset(self._extra)

    def context(self, url: str) -> JsonValue:
        """The value of `@context` in the document of `url`. Not to be changed. Raises `CredentialError`: not here."""
        if url in _BUNDLED:
            return _bundled(url)
        if url in self._extra:
            return self._extra[url]
        raise CredentialError(f"{shown(url)} is no context that is known here, and none is fetched")


@cache
def bundled() -> Contexts:
    """Those that come with attorn and no others."""
    return Contexts()


@cache
def _bundled(url: str) -> JsonValue:
    name, digest = _BUNDLED[url]
    data = files("attorn.jsonld").joinpath("contexts", f"{name}.jsonld").read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise UnavailableError(f"the bundled context {name} is not the one that came with attorn")
    return _context_of(data)


def _literals(context: JsonValue) -> Iterator[str]:
    waiting = [context]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield from (name for name, term in found.items() if isinstance(term, dict) and term.get("@type") == "@json")
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _context_of(data: bytes) -> JsonValue:
    document = parse(data, most=MOST_BYTES, depth=_DEPTH)
    if not isinstance(document, dict) or "@context" not in document:
        raise MalformedError("expected a JSON object with @context")
    return document["@context"]
