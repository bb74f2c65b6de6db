"""did:peer of the kinds 2 and 4: the DID holds its document (DIF, Peer DID Method, May 2025). Nothing to fetch.

Two parties exchange such a DID between them. Of kind 4 there is a short form, a hash, for whoever has the long one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attorn.canonical import JsonValue
from attorn.clock import Clock, read, system_clock
from attorn.did import peer2, peer4, reading
from attorn.did.document import DidDocument
from attorn.did.fault import Fault
from attorn.did.resolution import DocumentMetadata, Options, Resolution, require_supported
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError

PREFIX = "did:peer:"


def document(did: str) -> DidDocument:
    """What a did:peer of kind 2, or the long form of kind 4, says about keys that sign.

    A method that ends is left out, as nobody here has a clock. Raises `MalformedError`, also for the other kinds and
    for a short form.
    """
    return reading.read(members(did), did)


def look_up(did: str, options: Options) -> Resolution:
    """The document of such a did:peer in JSON. Raises `ResolutionError`."""
    return _resolution(did, did, options, None)


def members(did: str) -> dict[str, JsonValue]:
    """The JSON document that a did:peer of kind 2, or the long form of kind 4, holds. Raises `MalformedError`."""
    if not isinstance(did, str):
        raise InputError(f"did:peer: expected str, got {type(did).__name__}")
    if did.startswith(peer2.PREFIX):
        return peer2.members(did)
    if did.startswith(peer4.PREFIX):
        return peer4.members(did)
    raise MalformedError(f"expected a did:peer of kind 2 or 4, got {shown(did)}")


class PeerResolver:
    """Resolves did:peer as `LocalResolver` does, with a clock for methods that end, and short forms of those it knows.

    `known` are long forms of kind 4. Raises `MalformedError` for one that is none.
    """

    __slots__ = ("_clock", "_known")

    def __init__(self, known: Iterable[str] = (), *, clock: Clock = system_clock) -> None:
        self._known = {peer4.short(did): did for did in known}
        self._clock = clock

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError` and `UnavailableError`."""
        found = self.look_up(did, Options()).document
        assert found is not None
        return found

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did` in JSON. Raises `ResolutionError` and `UnavailableError`."""
        long = self._known.get(did, did) if isinstance(did, str) else did
        return _resolution(did, long, options, read(self._clock))


def _resolution(did: str, long: str, options: Options, now: datetime | None) -> Resolution:
    require_supported(options)
    try:
        if peer4.is_short(long):
            raise ResolutionError(f"{shown(did)} is a short form; hand in its long form", problem=Fault.NOT_FOUND)
        written = members(long) if long == did else peer4.members(long, as_short=True)
        found = reading.read(written, did, now=now)
    except MalformedError as error:
        raise ResolutionError(f"{shown(did)} does not resolve: {error}", problem=Fault.INVALID_DID) from error
    metadata = DocumentMetadata()
    if long.startswith(peer4.PREFIX):
        metadata = DocumentMetadata(equivalent_id=(long if long != did else peer4.short(long),))
    return Resolution(did_document=written, document=found, metadata=metadata, content_type=options.accept)
