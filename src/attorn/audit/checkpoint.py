"""A checkpoint: how far a log had come, signed, in one short text that says nothing about anybody.

Whoever keeps one elsewhere can tell later whether that log still holds all that it held then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attorn.audit.receipt import DIGEST_BYTES
from attorn.canonical import MOST_INTEGER, JsonValue, canonicalise, parse
from attorn.clock import LATEST
from attorn.did.did import is_did
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError

MOST_CHARACTERS: Final = 4096
"""Longest text of a checkpoint."""
_DOMAIN: Final = b"\0ATTORN\0CHECKPOINT\0v1\0"
_MEMBERS: Final = {"at", "by", "count", "digest", "signature"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """`by` says that its log held `count` receipts at Unix second `at`, the last with this `digest`.

    Made by a `Recorder`. Raises `InputError` for values out of range.
    """

    count: int
    digest: bytes
    at: int
    by: str
    signature: bytes

    def __post_init__(self) -> None:
        if type(self.count) is not int or not 1 <= self.count <= MOST_INTEGER:
            raise InputError("checkpoint: expected a count from 1 to 2**53 - 1")
        if type(self.digest) is not bytes or len(self.digest) != DIGEST_BYTES or type(self.signature) is not bytes:
            raise InputError(f"checkpoint: expected a digest of {DIGEST_BYTES} bytes, and a signature in bytes")
        if type(self.at) is not int or not 0 <= self.at <= LATEST:
            raise InputError("checkpoint: expected a Unix second before the year 10000")
        if not isinstance(self.by, str) or not is_did(self.by):
            raise InputError("checkpoint: expected a DID")

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + canonicalise(self._members())

    def encode(self) -> str:
        """The checkpoint as text: base64url of its JSON form."""
        signature = base64url_encode(self.signature)
        return base64url_encode(canonicalise({**self._members(), "signature": signature}))

    def _members(self) -> dict[str, JsonValue]:
        return {"at": self.at, "by": self.by, "count": self.count, "digest": base64url_encode(self.digest)}

    @classmethod
    def decode(cls, text: str) -> Checkpoint:
        """The checkpoint in `text`, its signature not yet checked. Raises `MalformedError`."""
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
            raise MalformedError(f"checkpoint: expected text of at most {MOST_CHARACTERS} characters")
        members = parse(base64url_decode(text), most=MOST_CHARACTERS)
        if not isinstance(members, dict) or set(members) != _MEMBERS:
            raise MalformedError("checkpoint: expected the members at, by, count, digest and signature")
        digest, signature = members["digest"], members["signature"]
        if not isinstance(digest, str) or not isinstance(signature, str):
            raise MalformedError("checkpoint: expected digest and signature as base64url text")
        values = {name: members[name] for name in ("at", "by", "count")}
        octets = {"digest": base64url_decode(digest), "signature": base64url_decode(signature)}
        try:
            checkpoint = cls(**values, **octets)  # type: ignore[arg-type]  # the constructor checks what each is
        except InputError as error:
            raise MalformedError(str(error)) from None
        if checkpoint.encode() != text:
            raise MalformedError("checkpoint: not in its one canonical form")
        return checkpoint
