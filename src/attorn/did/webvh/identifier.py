"""The syntax of did:webvh (did:webvh 1.0, Method-Specific Identifier) and where its files are.

Stricter than did:webvh itself: one spelling of each place. Hosts are lower-case ASCII names with a dot, never
addresses; path segments mean the same before and after a server decodes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from attorn.did.did import parse as parse_did
from attorn.did.webvh.hashes import is_hash
from attorn.did.webvh.refusal import Reason, refused
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.request.url import hosts

METHOD: Final = "webvh"
PLACEHOLDER: Final = "{SCID}"
"""What stands for the SCID where the SCID itself is computed."""

_HOST: Final = re.compile(r"([a-z0-9.-]+)(?:%3A([1-9][0-9]{0,4}))?")


@dataclass(frozen=True, slots=True)
class WebvhDid:
    """A did:webvh in its parts: `authority` is host and port as a URL has them, `segments` the path, decoded."""

    text: str
    scid: str
    authority: str
    segments: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The URL that the DID's own files are below, with a slash at its end."""
        return f"https://{self.authority}/" + "".join(f"{_spelt(segment)}/" for segment in self.segments)

    @property
    def log_url(self) -> str:
        """Where the log is."""
        return self._beside("did.jsonl")

    @property
    def witness_url(self) -> str:
        """Where the proofs of its witnesses are."""
        return self._beside("did-witness.json")

    def _beside(self, name: str) -> str:
        return self.folder + (name if self.segments else f".well-known/{name}")


def parse(did: str) -> WebvhDid:
    """The parts of a bare did:webvh. Raises `ResolutionError` (invalidDid) for anything else."""
    try:
        found = parse_did(did)
    except MalformedError as error:
        raise refused(Reason.INVALID_DID, str(error)) from None
    if found.method != METHOD:
        raise refused(Reason.INVALID_DID, f"expected a did:webvh, got {shown(did)}")
    scid, _, place = found.identifier.partition(":")
    authority, segments = read_place(place)
    if not is_hash(scid):
        raise refused(Reason.INVALID_DID, f"{shown(did)} has no SCID: expected base58btc of a SHA-256 multihash")
    return WebvhDid(did, scid, authority, segments)


def read_place(place: str) -> tuple[str, tuple[str, ...]]:
    """Host and port, and the decoded path, of what stands behind the SCID. Raises `ResolutionError` (invalidDid)."""
    host, *segments = place.split(":")
    match = _HOST.fullmatch(host)
    if match is None or "." not in match[1] or not _is_name(match[1]):
        raise refused(
            Reason.INVALID_DID, f"expected a lower-case host name, perhaps with %3A and a port; got {shown(host)}"
        )
    if match[2] is not None and (int(match[2]) > 65535 or match[2] == "443"):
        raise refused(Reason.INVALID_DID, f"expected a port up to 65535, and none where it is 443; got {match[2]}")
    authority = match[1] if match[2] is None else f"{match[1]}:{match[2]}"
    return authority, tuple(map(_segment, segments))


def _is_name(host: str) -> bool:
    """Whether it is a DNS name that no parser reads as an IP address."""
    found = hosts(f"https://{host}/")
    return found is not None and len(found) > 1


def _segment(spelt: str) -> str:
    """A segment decoded, exactly once. Raises `ResolutionError` where a server might find another file by it."""
    try:
        segment = unquote_to_bytes(spelt).decode("utf-8")
    except UnicodeDecodeError:
        segment = ""
    if (
        segment in ("", ".", "..")
        or not segment.isprintable()
        or any(character in segment for character in "/\\%?#:")
        or _spelt(segment) != spelt
    ):
        raise refused(Reason.INVALID_DID, f"path segment {shown(spelt)} could mean another place")
    return segment


def _spelt(segment: str) -> str:
    """A segment as a DID has it: all but letters, digits and `.-_` as percent-encoded UTF-8."""
    return quote(segment, safe="").replace("~", "%7E")


def write(domain: str, path: Sequence[str] = (), *, scid: str = PLACEHOLDER) -> str:
    """The DID of a log at `domain` (`example.com`, `example.com:8443`) and a path of decoded segments.

    Raises `InputError` for a place that a did:webvh cannot name.
    """
    if not isinstance(domain, str) or isinstance(path, str) or not all(isinstance(each, str) for each in path):
        raise InputError("did:webvh: expected the domain as text and the path as a list of texts")
    place = ":".join((domain.replace(":", "%3A"), *map(_spelt, path)))
    try:
        read_place(place)
    except ResolutionError as error:
        raise InputError(f"did:webvh: {error}") from None
    return f"did:{METHOD}:{scid}:{place}"
