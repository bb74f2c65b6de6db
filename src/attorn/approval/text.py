"""The text form of approvals and of what asks for them: base64url of canonical JSON, of which there is one spelling."""

from __future__ import annotations

from collections.abc import Mapping

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.did.did import is_did
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.token.presentation import words


def require_parties(audience: str, root: str, holder: str, name: str) -> None:
    """Raises `InputError` unless these are an audience and two DIDs."""
    words(audience, f"{name}: audience")
    require_did(root, f"{name}: root")
    require_did(holder, f"{name}: holder")


def require_did(value: str, name: str) -> None:
    """Raises `InputError` unless `value` is a DID."""
    if not is_did(value):
        raise InputError(f"{name}: expected a DID, got {shown(value)}")


def write(members: Mapping[str, JsonValue]) -> str:
    """The text of these members."""
    return base64url_encode(canonicalise(members))


def read(text: str, kinds: Mapping[str, type], *, most: int, name: str) -> dict[str, JsonValue]:
    """The members in `text` of at most `most` characters, exactly these and of these types. Raises `MalformedError`."""
    if not isinstance(text, str) or len(text) > most:
        raise MalformedError(f"{name}: expected text of at most {most} characters")
    members = parse(base64url_decode(text), most=most)
    if not isinstance(members, dict) or members.keys() != kinds.keys():
        raise MalformedError(f"{name}: expected an object with the members {', '.join(sorted(kinds))}")
    for member, kind in kinds.items():
        if type(members[member]) is not kind:
            raise MalformedError(f"{name}: {member}: expected {kind.__name__}, got {type(members[member]).__name__}")
    return members


def text_of(members: Mapping[str, JsonValue], member: str) -> str:
    """A member that `read` found to be text."""
    return str(members[member])
