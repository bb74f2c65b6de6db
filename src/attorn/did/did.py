"""The syntax of DIDs and DID URLs (DID Core 1.0 sections 3.1 and 3.2): ASCII only, at most 2048 characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from attorn.display import shown
from attorn.errors import InputError, MalformedError

MOST = 2048
"""Longest DID or DID URL, in characters."""

_PARTS = r"did:([a-z0-9]+):((?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*+:)*+(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})++)"
_PCHAR = r"[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}"
_REST = rf"((?:/(?:{_PCHAR})*+)*+)(?:\?((?:{_PCHAR}|[/?])*+))?(?:#((?:{_PCHAR}|[/?])*+))?"
_DID = re.compile(_PARTS)
_URL = re.compile(f"({_PARTS}){_REST}")


@dataclass(frozen=True, slots=True)
class Did:
    """A DID in its parts: `text` is all of it, `method` the method's name, `identifier` what the method explains."""

    text: str
    method: str
    identifier: str


@dataclass(frozen=True, slots=True)
class DidUrl:
    """A DID URL in its parts, undecoded. `path` keeps its slash; `query` and `fragment` are None where absent."""

    did: Did
    path: str
    query: str | None
    fragment: str | None

    @property
    def names_method(self) -> bool:
        """Whether it is of the form that names a verification method: a DID and a fragment, and nothing between."""
        return not self.path and self.query is None and bool(self.fragment)


def parse(text: str) -> Did:
    """The parts of the bare DID `text`. Raises `MalformedError` for anything else, a DID URL included."""
    match = _DID.fullmatch(_bounded(text))
    if match is None:
        raise MalformedError(f"expected a DID, got {shown(text)}")
    return Did(text, match[1], match[2])


def parse_url(text: str) -> DidUrl:
    """The parts of the absolute DID URL `text`, which may be a bare DID. Raises `MalformedError`."""
    match = _URL.fullmatch(_bounded(text))
    if match is None:
        raise MalformedError(f"expected a DID URL, got {shown(text)}")
    did, method, identifier, path, query, fragment = match.groups()
    return DidUrl(Did(did, method, identifier), path, query, fragment)


def is_did(text: str) -> bool:
    """Whether `text` is a bare DID."""
    return isinstance(text, str) and len(text) <= MOST and _DID.fullmatch(text) is not None


def is_method(text: str) -> bool:
    """Whether `text` is an absolute DID URL of the form that names a verification method."""
    try:
        return parse_url(text).names_method
    except MalformedError:
        return False


def _bounded(text: str) -> str:
    if not isinstance(text, str):
        raise InputError(f"DID: expected str, got {type(text).__name__}")
    if len(text) > MOST:
        raise MalformedError(f"DID: expected at most {MOST} characters, got {len(text)}")
    return text
