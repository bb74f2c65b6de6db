"""Resolving did:webvh through a transport that the caller hands in (did:webvh 1.0, Read)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from attorn.clock import Clock, read, system_clock
from attorn.did.document import DidDocument
from attorn.did.resolution import Options, Resolution, require_supported
from attorn.did.webvh import history, witness
from attorn.did.webvh.document import read_state, with_services
from attorn.did.webvh.entry import MOST_LOG
from attorn.did.webvh.history import History, Version
from attorn.did.webvh.identifier import parse
from attorn.did.webvh.metadata import VersionMetadata
from attorn.did.webvh.refusal import Reason, refused, within
from attorn.did.webvh.witness import UnverifiedWitnessFile, require_witnessed
from attorn.display import shown
from attorn.errors import InputError, ResolutionError
from attorn.transport import Transport, fetched

# Few servers know the type of such a file; what it holds is verified, whatever they call it.
_LOG: Final = (
    "text/jsonl, application/jsonl, application/json-lines, application/x-ndjson, application/json, text/plain,"
    " application/octet-stream"
)
_WITNESS: Final = "application/json"


class WebvhResolver:
    """Resolves did:webvh DIDs and nothing else, fetching their logs anew each time.

    It remembers how far each of the `most` DIDs it resolved last had come, and refuses a log that has become shorter
    or another since (attack 37): so keep the resolver. Raises `InputError` for unusable arguments.
    """

    __slots__ = ("_clock", "_lock", "_most", "_seen", "_transport")

    def __init__(self, transport: Transport, *, clock: Clock = system_clock, most: int = 4096) -> None:
        if not callable(getattr(transport, "get", None)):
            raise InputError(f"transport: expected something with get(url), got {type(transport).__name__}")
        if type(most) is not int or most < 0:
            raise InputError(f"most: expected a number of DIDs from 0 on, got {shown(most)}")
        self._transport = transport
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def resolve(self, did: str) -> DidDocument:
        """The document of `did` as it is now.

        Raises `ResolutionError`, also if the DID is deactivated or has moved, and `UnavailableError` if its files
        could not be fetched.
        """
        return self._live(did, None)

    def resolve_at(self, did: str, at: datetime) -> DidDocument:
        """The document of `did` as it was at `at`, an aware instant, by the times that its log states.

        Raises as `resolve`: a DID that is deactivated now, or has moved, has no history either.
        """
        if not isinstance(at, datetime) or at.utcoffset() is None:
            raise InputError("resolve_at: expected an aware datetime")
        return self._live(did, at.astimezone(UTC))

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did` in JSON, of the version that `options` ask for; also if it is deactivated.

        Its services are those of the method, too. Raises as `resolve`, and for versions that are not there.
        """
        require_supported(options, history=True)
        known = self.history(did)
        try:
            version = _chosen(known, options)
            at = version.time if options.versioned else read(self._clock)
            document = _document(known, version, did, at)
        except ResolutionError as error:
            raise _unresolved(did, error) from None
        return Resolution(
            did_document=with_services(version.state, version.did),
            document=replace(document, deactivated=known.head.parameters.deactivated),
            metadata=VersionMetadata.of(known, version),
            content_type=options.accept,
        )

    def history(self, did: str) -> History:
        """All versions of `did`, verified, also if it is deactivated or has moved. Raises as `resolve`."""
        if not isinstance(did, str):
            raise InputError(f"DID: expected str, got {type(did).__name__}")
        try:
            found = parse(did)
            log = fetched(self._transport, found.log_url, accept=_LOG, most=MOST_LOG)
            if log is None:
                raise refused(Reason.NOT_FOUND, "its server has no log")
            known = history.verify(log, did=did, now=read(self._clock))
            if known.needs_witnesses:
                proofs = fetched(self._transport, found.witness_url, accept=_WITNESS, most=witness.MOST_BYTES)
                _require_witnessed(known, b"[]" if proofs is None else proofs)
            self._remember(known)
        except ResolutionError as error:
            raise _unresolved(did, error) from None
        return known

    def _live(self, did: str, at: datetime | None) -> DidDocument:
        known = self.history(did)
        try:
            if known.head.parameters.deactivated:
                raise refused(Reason.DEACTIVATED, "it is deactivated")
            if at is None:
                return _document(known, known.head, did, read(self._clock))
            return _document(known, known.at(at), did, at)
        except ResolutionError as error:
            raise _unresolved(did, error) from None

    def _remember(self, known: History) -> None:
        """Refuse a history that does not go on from what was seen of it, and remember how far it has come."""
        with self._lock:
            number, version = self._seen.get(known.scid, (0, ""))
            if number and (number > len(known.versions) or known.versions[number - 1].id != version):
                raise refused(Reason.ROLLED_BACK, f"the log does not go on from version {version}, seen before")
            if self._most:
                self._seen[known.scid] = (known.head.number, known.head.id)
                self._seen.move_to_end(known.scid)
                if len(self._seen) > self._most:
                    self._seen.popitem(last=False)


def _unresolved(did: str, error: ResolutionError) -> ResolutionError:
    return within(f"{shown(did)} does not resolve", error)


def _require_witnessed(known: History, proofs: bytes) -> None:
    versions = known.versions
    file = UnverifiedWitnessFile.read(proofs)
    require_witnessed([each.id for each in versions], [each.witnesses for each in versions], file)


def _chosen(known: History, options: Options) -> Version:
    """The one version that the options name; the head where they name none."""
    found: list[Version] = []
    if options.version_id is not None:
        found.append(known.version(options.version_id))
    if options.version_number is not None:
        found.append(known.number(options.version_number))
    if options.version_time is not None:
        found.append(known.at(options.version_time.astimezone(UTC)))
    if any(version is not found[0] for version in found):
        raise refused(Reason.NOT_FOUND, "there is no version that is all of what was asked for")
    return found[0] if found else known.head


def _document(known: History, version: Version, did: str, now: datetime) -> DidDocument:
    if known.head.did.text != did:
        # What it was called before counts for nothing: a log may begin under a name that was never its own.
        raise refused(Reason.INVALID_DID, f"it has moved and is {shown(known.head.did.text)} now")
    if version.did.text != did:
        raise refused(Reason.INVALID_DID, f"it was {shown(version.did.text)} then")
    return read_state(version.state, did, now=now)
